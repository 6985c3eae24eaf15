//! How many are present at an instant, and why that changed.

use chrono::{DateTime, Utc};

use super::chamber_ledger::{Channel, Ledger, PresenceKind};
use crate::council::Quorum;
use crate::ids::MandateId;

/// Counts the sitting members who are present at an instant, each once. Guests, staff and those who sit without a vote
/// are not among `sitting`, and so never count (rule P6).
#[must_use]
pub fn quorum(ledger: &Ledger<'_>, sitting: &[MandateId], at: DateTime<Utc>, exempt: bool) -> Quorum {
    let states = ledger.states(at);
    let (mut room, mut remote) = (0, 0);
    for mandate in sitting {
        match states.get(mandate).and_then(|presence| presence.counts()) {
            Some(Channel::Room) => room += 1,
            Some(Channel::Remote) => remote += 1,
            None => {}
        }
    }
    Quorum::of(u32::try_from(sitting.len()).unwrap_or(u32::MAX), room, remote, exempt)
}

/// Those of `sitting` who count as present at an instant, in their order: those who may vote.
#[must_use]
pub fn present(ledger: &Ledger<'_>, sitting: &[MandateId], at: DateTime<Utc>) -> Vec<MandateId> {
    let states = ledger.states(at);
    let counts = |id: &&MandateId| states.get(*id).is_some_and(|presence| presence.counts().is_some());
    sitting.iter().filter(counts).copied().collect()
}

/// Why the number of those present changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeCause {
    /// A line of the ledger.
    Line(PresenceKind),
    /// A broken line did not come back in time.
    GracePassed,
}

/// One change of the number of those present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceChange {
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// By whom.
    pub mandate: MandateId,
    /// Why.
    pub cause: ChangeCause,
    /// How many were present before.
    pub before: u32,
    /// How many are present since.
    pub after: u32,
}

/// Every change of the number of those present up to an instant, in order, as things are known by the last line.
#[must_use]
pub fn changes(ledger: &Ledger<'_>, sitting: &[MandateId], until: DateTime<Utc>) -> Vec<PresenceChange> {
    let lines = ledger.standing();
    let causes = lines.into_iter().map(|line| (line.at, line.mandate, ChangeCause::Line(line.kind.clone())));
    let passed =
        ledger.expiries(until).into_iter().map(|(mandate, at)| (at, mandate, ChangeCause::GracePassed));
    let mut causes: Vec<_> = causes.filter(|(at, ..)| *at <= until).chain(passed).collect();
    causes.sort_by_key(|(at, ..)| *at);
    let counts = |mandate: MandateId, at| ledger.state_of(mandate, at).counts().is_some();
    let mut found: Vec<PresenceChange> = Vec::new();
    let mut number = 0;
    for (at, mandate, cause) in causes {
        if !sitting.contains(&mandate) {
            continue;
        }
        let last = found.iter().rev().find(|change| change.mandate == mandate);
        let was = last.is_some_and(|change| change.after > change.before);
        let is = counts(mandate, at);
        if was != is {
            let before = number;
            number = if is { number + 1 } else { number - 1 };
            found.push(PresenceChange { at, mandate, cause, before, after: number });
        }
    }
    found
}
