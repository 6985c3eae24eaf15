//! How ready a hybrid session is: what a physical one needs too, and what makes it lawful from elsewhere.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{CouncilBody, Session, SessionMode};
use crate::ids::MandateId;

/// What has to be ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readied {
    /// The room, with time to set it up and clear it.
    Room,
    /// Cameras, microphones, screens.
    Kit,
    /// The stream by which the public follows (BVR 10 September 2021 article 1).
    Stream,
    /// A telephone number for whoever's connection fails.
    FallbackPhone,
    /// A way to vote in secret.
    SecretVote,
}

impl Readied {
    /// Everything, in the order of a list to tick.
    pub const ALL: [Self; 5] = [Self::Room, Self::Kit, Self::Stream, Self::FallbackPhone, Self::SecretVote];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Kit => "kit",
            Self::Stream => "stream",
            Self::FallbackPhone => "fallback_phone",
            Self::SecretVote => "secret_vote",
        }
    }
}

/// How far one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyState {
    /// Nobody has looked.
    Open,
    /// It works.
    Done,
    /// It does not.
    Failed,
    /// This session can do without.
    NotNeeded,
}

impl ReadyState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Done, Self::Failed, Self::NotNeeded];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::NotNeeded => "not_needed",
        }
    }
}

/// What was noted of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyItem {
    /// Of what.
    pub what: Readied,
    /// How far it is.
    pub state: ReadyState,
    /// When that was noted, UTC.
    pub at: DateTime<Utc>,
    /// More about it.
    pub note: String,
}

/// How a test call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// It is still to come.
    Planned,
    /// Seen and heard.
    Good,
    /// Heard and not seen: such a member is not recognisable (BVR 10 September 2021 article 1).
    SoundOnly,
    /// Not reached.
    Failed,
}

impl CallResult {
    /// Every result.
    pub const ALL: [Self; 4] = [Self::Planned, Self::Good, Self::SoundOnly, Self::Failed];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Good => "good",
            Self::SoundOnly => "sound_only",
            Self::Failed => "failed",
        }
    }
}

/// The chair's test call with a member who takes part remotely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCall {
    /// The member.
    pub mandate: MandateId,
    /// When it is planned, UTC.
    pub planned: Option<DateTime<Utc>>,
    /// When it was made, UTC.
    pub done_at: Option<DateTime<Utc>>,
    /// How it went.
    pub result: CallResult,
    /// More about it.
    pub note: String,
}

/// The colour of a session on the clerk's board, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// All is ready, or it is too early to worry.
    Green,
    /// Something is still to be done, and the session is near.
    Amber,
    /// Something does not work.
    Red,
}

/// What holds a session back: red for what fails, amber for what is still open once the session is near (by the hours
/// that the body's rules of procedure give). Secret votes and the stream are asked about only where they are needed.
#[must_use]
pub fn light(
    session: &Session,
    law: &CouncilBody,
    items: &[ReadyItem],
    calls: &[TestCall],
    needs: Needs,
    now: DateTime<Utc>,
) -> (Light, Vec<Readied>, usize) {
    let near = session.planned - now <= TimeDelta::hours(i64::from(law.rules.test_call_hours));
    let elsewhere = session.mode != SessionMode::Physical;
    let needed = |what: &Readied| match what {
        Readied::Room => session.mode != SessionMode::Digital,
        Readied::Kit | Readied::FallbackPhone => elsewhere,
        Readied::Stream => elsewhere && needs.public,
        Readied::SecretVote => needs.secret_vote,
    };
    let state = |what: Readied| {
        items.iter().find(|item| item.what == what).map_or(ReadyState::Open, |item| item.state)
    };
    let mut worst = Light::Green;
    let mut missing = Vec::new();
    for what in Readied::ALL.into_iter().filter(needed) {
        match state(what) {
            ReadyState::Done | ReadyState::NotNeeded => continue,
            ReadyState::Failed => worst = Light::Red,
            ReadyState::Open if near => worst = worst.max(Light::Amber),
            ReadyState::Open => {}
        }
        missing.push(what);
    }
    let bad = calls.iter().filter(|call| call.result != CallResult::Good).count();
    if elsewhere && (calls.is_empty() || bad > 0) {
        let failed =
            calls.iter().any(|call| matches!(call.result, CallResult::Failed | CallResult::SoundOnly));
        worst = worst.max(if failed {
            Light::Red
        } else if near {
            Light::Amber
        } else {
            Light::Green
        });
    }
    (worst, missing, bad)
}

/// What a session needs beyond its room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The public follows it.
    pub public: bool,
    /// Something is voted on in secret.
    pub secret_vote: bool,
}
