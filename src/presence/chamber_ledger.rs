//! The ledger of presence in a session: lines that are only ever added, and who is where as a fold of them.
//!
//! A line says what happened to one member at an instant. What was written wrongly is corrected by another line that
//! names it, never by a change. To fold up to a line gives what was known when it was written; so a count of those
//! present, once taken, can be taken again at any time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, MandateId};
use crate::time::Interval;

/// By which way somebody takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the room.
    Room,
    /// From elsewhere.
    Remote,
}

impl Channel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Room, Self::Remote];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Remote => "remote",
        }
    }
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The screen of the room.
    Kiosk,
    /// The clerk or the chair.
    Clerk,
    /// The member, on the page to take part.
    Portal,
    /// The conference system.
    AvBridge,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Kiosk, Self::Clerk, Self::Portal, Self::AvBridge];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Clerk => "clerk",
            Self::Portal => "portal",
            Self::AvBridge => "av_bridge",
        }
    }
}

/// How it is known that it was this member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifiedBy {
    /// A badge at the screen.
    Badge,
    /// A number typed at the screen.
    Pin,
    /// Chair or secretary saw and heard them.
    SeenByChair,
    /// Signed in with a second factor.
    TwoFactor,
    /// Signed in with a password alone.
    SignedIn,
}

impl IdentifiedBy {
    /// Every way.
    pub const ALL: [Self; 5] = [Self::Badge, Self::Pin, Self::SeenByChair, Self::TwoFactor, Self::SignedIn];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::Pin => "pin",
            Self::SeenByChair => "seen_by_chair",
            Self::TwoFactor => "two_factor",
            Self::SignedIn => "signed_in",
        }
    }
}

/// What happened to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceKind {
    /// Said that they would not come (verontschuldigd).
    Excuse,
    /// Came.
    Arrive(Channel),
    /// Left.
    Leave,
    /// Takes part by the other way from now on.
    SwitchChannel(Channel),
    /// The line of somebody remote broke.
    ConnectionLost,
    /// It is back.
    Reconnected,
    /// Chair or secretary saw and heard somebody remote.
    Seen,
    /// Left for one item in which they have an interest.
    RecuseStart(ItemId),
    /// Came back after it.
    RecuseEnd,
    /// A line was wrong.
    Correct {
        /// The line.
        of: i64,
        /// Why.
        reason: String,
    },
}

impl PresenceKind {
    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Excuse => "excuse",
            Self::Arrive(_) => "arrive",
            Self::Leave => "leave",
            Self::SwitchChannel(_) => "switch_channel",
            Self::ConnectionLost => "connection_lost",
            Self::Reconnected => "reconnected",
            Self::Seen => "seen",
            Self::RecuseStart(_) => "recuse_start",
            Self::RecuseEnd => "recuse_end",
            Self::Correct { .. } => "correct",
        }
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceEvent {
    /// Its number within the session, from 1 on.
    pub seq: i64,
    /// The member.
    pub mandate: MandateId,
    /// What happened.
    pub kind: PresenceKind,
    /// When it happened, UTC; written down at that time or later.
    pub at: DateTime<Utc>,
    /// Who wrote it.
    pub source: Source,
    /// How it is known that it was them.
    pub identified_by: IdentifiedBy,
}

/// How sure somebody remote is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RemoteLine {
    /// Seen and heard by chair or secretary: counts.
    Confirmed,
    /// Connected, and not yet seen and heard: does not count.
    Unseen,
    /// The line broke at this instant and the grace period has not passed: counts if it did before.
    Lost {
        /// When it broke, UTC.
        since: DateTime<Utc>,
        /// Whether they had been seen and heard.
        confirmed: bool,
    },
}

/// Where a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Not there.
    Absent {
        /// Whether they had said so.
        excused: bool,
    },
    /// In the room.
    InRoom,
    /// Takes part from elsewhere.
    Remote(RemoteLine),
    /// There, but out of the room for one item.
    Recused(ItemId),
}

impl Presence {
    /// By which way they count for the quorum; none if they do not (rule P2).
    #[must_use]
    pub const fn counts(self) -> Option<Channel> {
        match self {
            Self::InRoom => Some(Channel::Room),
            Self::Remote(RemoteLine::Confirmed | RemoteLine::Lost { confirmed: true, .. }) => {
                Some(Channel::Remote)
            }
            _ => None,
        }
    }

    /// The word for it in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Absent { excused: false } => "absent",
            Self::Absent { excused: true } => "excused",
            Self::InRoom => "in_room",
            Self::Remote(RemoteLine::Confirmed) => "remote",
            Self::Remote(RemoteLine::Unseen) => "unseen",
            Self::Remote(RemoteLine::Lost { .. }) => "lost",
            Self::Recused(_) => "recused",
        }
    }
}

/// Why a line cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LedgerFault {
    /// They are there already; to change the way they take part is another act (rule P1).
    AlreadyThere,
    /// They are not there.
    NotThere,
    /// They take part by that way already.
    SameChannel,
    /// They are not remote.
    NotRemote,
    /// Their line is not broken.
    NotLost,
    /// They were seen and heard already.
    AlreadySeen,
    /// They left for an item already.
    AlreadyRecused,
    /// They did not leave for an item.
    NotRecused,
    /// There is no such line of theirs that still counts.
    NoSuchLine,
    /// It lies ahead, or before the line that came last for them.
    WrongTime,
}

/// The lines of a session and the grace period of its body.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'a> {
    /// The lines by number.
    pub events: &'a [PresenceEvent],
    /// For how long a broken line still counts (rule P3).
    pub grace: TimeDelta,
}

/// A member while the lines are folded.
#[derive(Clone, Copy, Debug)]
struct Folded {
    base: Presence,
    recused: Option<ItemId>,
}

impl Folded {
    const NEW: Self = Self { base: Presence::Absent { excused: false }, recused: None };

    fn seen(self) -> Presence {
        match (self.base, self.recused) {
            (Presence::InRoom | Presence::Remote(_), Some(item)) => Presence::Recused(item),
            (base, _) => base,
        }
    }

    /// What somebody is after a broken line that did not come back in time.
    fn settled(self, at: DateTime<Utc>, grace: TimeDelta) -> Self {
        match self.base {
            Presence::Remote(RemoteLine::Lost { since, .. }) if since + grace <= at => Self::NEW,
            _ => self,
        }
    }

    /// What somebody is after a line; one that cannot follow changes nothing.
    fn after(self, event: &PresenceEvent, grace: TimeDelta) -> Self {
        let settled = self.settled(event.at, grace);
        settled.next(event).unwrap_or(settled)
    }

    fn is_there(self) -> bool {
        matches!(self.base, Presence::InRoom | Presence::Remote(_))
    }

    fn next(self, event: &PresenceEvent) -> Result<Self, LedgerFault> {
        use LedgerFault as F;
        let there = if self.is_there() { Ok(()) } else { Err(F::NotThere) };
        let line = match self.base {
            Presence::Remote(line) => Ok(line),
            _ => Err(F::NotRemote),
        };
        let confirmed = event.identified_by == IdentifiedBy::SeenByChair;
        let base = match &event.kind {
            PresenceKind::Correct { .. } => self.base,
            PresenceKind::Excuse | PresenceKind::Arrive(_) if self.is_there() => return Err(F::AlreadyThere),
            PresenceKind::Excuse => Presence::Absent { excused: true },
            PresenceKind::Arrive(channel) => on(*channel, confirmed),
            PresenceKind::Leave => {
                there?;
                return Ok(Self::NEW);
            }
            PresenceKind::SwitchChannel(channel) => {
                there?;
                if matches!(self.base, Presence::InRoom) == (*channel == Channel::Room) {
                    return Err(F::SameChannel);
                }
                on(*channel, confirmed)
            }
            PresenceKind::ConnectionLost => match line? {
                RemoteLine::Lost { .. } => return Err(F::NotThere),
                line => Presence::Remote(RemoteLine::Lost {
                    since: event.at,
                    confirmed: line == RemoteLine::Confirmed,
                }),
            },
            // Back after the grace period they come anew, and have to be seen and heard again.
            PresenceKind::Reconnected if !self.is_there() => on(Channel::Remote, confirmed),
            PresenceKind::Reconnected => match line? {
                RemoteLine::Lost { confirmed: before, .. } => on(Channel::Remote, before || confirmed),
                _ => return Err(F::NotLost),
            },
            PresenceKind::Seen => match line? {
                RemoteLine::Unseen => Presence::Remote(RemoteLine::Confirmed),
                RemoteLine::Confirmed => return Err(F::AlreadySeen),
                RemoteLine::Lost { .. } => return Err(F::NotThere),
            },
            PresenceKind::RecuseStart(item) => {
                there?;
                if self.recused.is_some() {
                    return Err(F::AlreadyRecused);
                }
                return Ok(Self { recused: Some(*item), ..self });
            }
            PresenceKind::RecuseEnd => {
                there?;
                self.recused.ok_or(F::NotRecused)?;
                return Ok(Self { recused: None, ..self });
            }
        };
        Ok(Self { base, ..self })
    }
}

const fn on(channel: Channel, confirmed: bool) -> Presence {
    match channel {
        Channel::Room => Presence::InRoom,
        Channel::Remote if confirmed => Presence::Remote(RemoteLine::Confirmed),
        Channel::Remote => Presence::Remote(RemoteLine::Unseen),
    }
}

impl<'a> Ledger<'a> {
    /// The number of the last line; 0 if there is none.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.events.last().map_or(0, |event| event.seq)
    }

    /// The lines up to and including number `seq`.
    #[must_use]
    pub fn up_to(&self, seq: i64) -> Self {
        let end = self.events.partition_point(|event| event.seq <= seq);
        Self { events: &self.events[..end], ..*self }
    }

    /// The lines that still count, in the order in which things happened.
    #[must_use]
    pub fn standing(&self) -> Vec<&'a PresenceEvent> {
        let corrected: BTreeSet<i64> = self
            .events
            .iter()
            .filter_map(|event| match event.kind {
                PresenceKind::Correct { of, .. } => Some(of),
                _ => None,
            })
            .collect();
        let counts = |event: &&PresenceEvent| {
            !matches!(event.kind, PresenceKind::Correct { .. }) && !corrected.contains(&event.seq)
        };
        let mut lines: Vec<&PresenceEvent> = self.events.iter().filter(counts).collect();
        lines.sort_by_key(|event| (event.at, event.seq));
        lines
    }

    /// Where everybody is at an instant of whom there is a line. A line that cannot follow the ones before it, because
    /// one of these was corrected, counts for nothing.
    #[must_use]
    pub fn states(&self, at: DateTime<Utc>) -> BTreeMap<MandateId, Presence> {
        let mut members: BTreeMap<MandateId, Folded> = BTreeMap::new();
        for event in self.standing().into_iter().filter(|event| event.at <= at) {
            let member = members.entry(event.mandate).or_insert(Folded::NEW);
            *member = member.after(event, self.grace);
        }
        members
            .into_iter()
            .map(|(mandate, member)| (mandate, member.settled(at, self.grace).seen()))
            .collect()
    }

    fn folded(&self, mandate: MandateId, at: DateTime<Utc>) -> Folded {
        let own = self.standing().into_iter().filter(|event| event.mandate == mandate && event.at <= at);
        own.fold(Folded::NEW, |member, event| member.after(event, self.grace)).settled(at, self.grace)
    }

    /// Where one member is at an instant.
    #[must_use]
    pub fn state_of(&self, mandate: MandateId, at: DateTime<Utc>) -> Presence {
        self.folded(mandate, at).seen()
    }

    /// Whether a line may be added, its number aside.
    ///
    /// # Errors
    /// [`LedgerFault`] for a line that cannot follow those that there are.
    pub fn admits(&self, event: &PresenceEvent, now: DateTime<Utc>) -> Result<(), LedgerFault> {
        if let PresenceKind::Correct { of, .. } = event.kind {
            let stands = self.standing().iter().any(|line| line.seq == of && line.mandate == event.mandate);
            return if stands { Ok(()) } else { Err(LedgerFault::NoSuchLine) };
        }
        let mine = |line: &&&PresenceEvent| line.mandate == event.mandate;
        let latest = self.standing().iter().filter(mine).map(|line| line.at).max();
        if event.at > now || latest.is_some_and(|latest| event.at < latest) {
            return Err(LedgerFault::WrongTime);
        }
        self.folded(event.mandate, event.at).next(event).map(|_| ())
    }

    /// When a member was there, up to an instant: in order, apart from each other. A broken line that did not come back
    /// in time ends an interval when it broke (rule P3). To leave for one item ends none.
    #[must_use]
    pub fn intervals(&self, mandate: MandateId, until: DateTime<Utc>) -> Vec<Interval> {
        let mut spans = Vec::new();
        let (mut member, mut since) = (Folded::NEW, None);
        let mine = |event: &&PresenceEvent| event.mandate == mandate && event.at <= until;
        let close = |spans: &mut Vec<Interval>, since: Option<DateTime<Utc>>, end| {
            spans.extend(since.and_then(|start| Interval::new(start, end)));
        };
        for event in self.standing().into_iter().filter(mine) {
            let settled = member.settled(event.at, self.grace);
            if let (true, false, Some(lost)) = (member.is_there(), settled.is_there(), lost_since(member)) {
                close(&mut spans, since.take(), lost);
            }
            member = settled.next(event).unwrap_or(settled);
            match (since, member.is_there()) {
                (None, true) => since = Some(event.at),
                (Some(_), false) => close(&mut spans, since.take(), event.at),
                _ => {}
            }
        }
        let gone = !member.settled(until, self.grace).is_there();
        let end = if gone { lost_since(member) } else { Some(until) };
        close(&mut spans, since, end.unwrap_or(until));
        spans
    }

    /// The instants after which somebody's broken line counts no more, up to an instant: member and instant.
    #[must_use]
    pub fn expiries(&self, until: DateTime<Utc>) -> Vec<(MandateId, DateTime<Utc>)> {
        let lost = |event: &&PresenceEvent| matches!(event.kind, PresenceKind::ConnectionLost);
        let lines = self.standing();
        let ends = lines.iter().copied().filter(lost).map(|event| (event.mandate, event.at + self.grace));
        ends.filter(|(mandate, end)| {
            let before = self.state_of(*mandate, *end - TimeDelta::seconds(1));
            *end <= until
                && matches!(before, Presence::Remote(RemoteLine::Lost { since, .. }) if since + self.grace == *end)
                && matches!(self.state_of(*mandate, *end), Presence::Absent { .. })
        })
        .collect()
    }
}

fn lost_since(member: Folded) -> Option<DateTime<Utc>> {
    match member.base {
        Presence::Remote(RemoteLine::Lost { since, .. }) => Some(since),
        _ => None,
    }
}

#[cfg(test)]
#[path = "chamber_ledger_tests.rs"]
mod tests;
