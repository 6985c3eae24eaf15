//! A sitting of a body (zitting) and the states that it passes through.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BodyId, MandateId, MeetingId, SessionId, TermId};
use crate::time::Zone;

/// In which way a body meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionMode {
    /// All members are in the room.
    #[default]
    Physical,
    /// One or more members take part remotely.
    Hybrid,
    /// All members take part remotely.
    Digital,
}

impl SessionMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Physical, Self::Hybrid, Self::Digital];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Physical => "physical",
            Self::Hybrid => "hybrid",
            Self::Digital => "digital",
        }
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Thought of; no room yet.
    Draft,
    /// Its room is booked.
    Scheduled,
    /// Its members are convened.
    Convened,
    /// Sitting.
    Open,
    /// Sitting, for the moment not.
    Suspended,
    /// It has ended.
    Closed,
    /// The draft of its minutes is at the members' disposal.
    MinutesDraft,
    /// A later session has approved its minutes.
    MinutesApproved,
    /// All that had to be published is.
    Archived,
    /// Called off before it was opened.
    Cancelled,
    /// Too few members came.
    NotQuorate,
    /// Broken off, to be continued by another.
    Adjourned,
}

impl SessionState {
    /// Every state, in the order of a session's life.
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Scheduled,
        Self::Convened,
        Self::Open,
        Self::Suspended,
        Self::Closed,
        Self::MinutesDraft,
        Self::MinutesApproved,
        Self::Archived,
        Self::Cancelled,
        Self::NotQuorate,
        Self::Adjourned,
    ];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Convened => "convened",
            Self::Open => "open",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
            Self::MinutesDraft => "minutes_draft",
            Self::MinutesApproved => "minutes_approved",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
            Self::NotQuorate => "not_quorate",
            Self::Adjourned => "adjourned",
        }
    }

    /// Whether a session may go from here to there.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use SessionState as S;
        matches!(
            (self, next),
            (S::Draft, S::Scheduled)
                | (S::Scheduled, S::Draft | S::Convened)
                | (S::Convened, S::Scheduled | S::Open | S::NotQuorate)
                | (S::Open, S::Suspended | S::Closed | S::Adjourned)
                | (S::Suspended, S::Open | S::Closed | S::Adjourned)
                | (S::Closed | S::Adjourned, S::MinutesDraft)
                | (S::MinutesDraft, S::MinutesApproved)
                | (S::MinutesApproved, S::Archived)
                | (S::Draft | S::Scheduled | S::Convened, S::Cancelled)
        )
    }

    /// Whether its agenda is still being made.
    #[must_use]
    pub const fn lies_ahead(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled | Self::Convened)
    }

    /// Whether it is sitting, if only for the moment not.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Open | Self::Suspended)
    }

    /// Whether it neither lies ahead nor sits: it was held, or will not be.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !self.lies_ahead() && !self.is_under_way()
    }

    /// Whether it was held and its minutes are not approved yet, so that what was taken down wrongly is put right.
    #[must_use]
    pub const fn awaits_minutes(self) -> bool {
        matches!(self, Self::Closed | Self::Adjourned | Self::MinutesDraft)
    }

    /// Whether it was held and is over.
    #[must_use]
    pub const fn was_held(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::Adjourned | Self::MinutesDraft | Self::MinutesApproved | Self::Archived
        )
    }
}

/// Why a body meets otherwise than in the room, where that is the exception (article 20 paragraph 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeReason {
    /// The circumstance, one of those that its rules of procedure name.
    pub circumstance: String,
    /// The reason in this case.
    pub reason: String,
}

/// A sitting of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// The name in addresses, such as `gemeenteraad-2027-01-18`; never changes, also when the date does.
    pub slug: String,
    /// The body.
    pub body: BodyId,
    /// The term that it sits in.
    pub term: TermId,
    /// The meeting that claims its room and its members; none while it is a draft.
    pub meeting: Option<MeetingId>,
    /// When it is planned to start, UTC. Opening never changes it.
    pub planned: DateTime<Utc>,
    /// The zone in which it was planned and in which its terms are counted.
    pub zone: Zone,
    /// How long it is planned to last, in minutes.
    pub length_min: u32,
    /// Where, in words, as its convocation and its agenda say it.
    pub place: String,
    /// In which way it meets.
    pub mode: SessionMode,
    /// Why, if that is the exception.
    pub mode_reason: Option<ModeReason>,
    /// Who presides.
    pub chair: Option<MandateId>,
    /// Who writes the minutes.
    pub secretary: Option<MandateId>,
    /// The session that follows or shares room and stream with this one, never its agenda, ledger or minutes.
    pub joint_with: Option<SessionId>,
    /// First or second convocation (article 26).
    pub convocation_no: u8,
    /// The session for which too few came, or that was broken off, which this one repeats or continues.
    pub previous: Option<SessionId>,
    /// Where the public follows it: an address; empty if nowhere.
    pub stream_url: String,
    /// Where it stands.
    pub state: SessionState,
    /// When it was opened, UTC.
    pub opened: Option<DateTime<Utc>>,
    /// When it was closed or broken off, UTC.
    pub closed: Option<DateTime<Utc>>,
    /// Counts its changes, from 1 on.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionState as S;

    #[test]
    fn a_session_goes_through_its_states_in_order_and_never_back_from_a_sitting() {
        let way = [
            S::Draft,
            S::Scheduled,
            S::Convened,
            S::Open,
            S::Suspended,
            S::Open,
            S::Closed,
            S::MinutesDraft,
            S::MinutesApproved,
            S::Archived,
        ];
        assert!(way.windows(2).all(|pair| pair[0].may_become(pair[1])));
        for state in S::ALL {
            assert!(!state.may_become(state), "{state:?} is no step");
            assert_eq!(state.may_become(S::Cancelled), state.lies_ahead(), "{state:?}");
            assert_eq!(state.may_become(S::NotQuorate), state == S::Convened, "{state:?}");
            if state.was_held() || state.is_under_way() {
                assert!(!state.may_become(S::Convened) && !state.may_become(S::Draft), "{state:?}");
            }
        }
        for end in [S::Cancelled, S::NotQuorate, S::Archived] {
            assert!(S::ALL.iter().all(|next| !end.may_become(*next)), "{end:?} is an end");
        }
    }
}
