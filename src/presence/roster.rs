//! Who is there: a fold of the ledger, the same for the same lines, at any past instant.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Assurance, Entry, Evidence};
use crate::ids::PersonId;
use crate::wire::RemoteState;

/// After this long without a heartbeat a device counts as lost.
pub const SILENCE: TimeDelta = TimeDelta::seconds(45);

/// Somebody of whom there is evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// Here while any of their devices is; lost while one is lost; else left.
    pub state: RemoteState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The best assurance among the devices that are here.
    pub assurance: Assurance,
}

/// Folds the lines of one date, in the order of the ledger, up to and including `at`.
#[must_use]
pub fn roster<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    at: DateTime<Utc>,
) -> BTreeMap<PersonId, Attendee> {
    let mut devices: BTreeMap<(PersonId, &str), &Entry> = BTreeMap::new();
    for entry in entries {
        if entry.at <= at {
            devices.insert((entry.person, entry.device.as_str()), entry);
        }
    }
    let mut people: BTreeMap<PersonId, Attendee> = BTreeMap::new();
    for ((person, _), entry) in devices {
        let seen = Attendee { state: state_of(entry.evidence), since: entry.at, assurance: entry.assurance };
        people
            .entry(person)
            .and_modify(|known| {
                if better(&seen, known) {
                    *known = seen;
                }
            })
            .or_insert(seen);
    }
    people
}

/// Of two devices the one that is here counts, of two that are here the one that came first, and of two that
/// are not the one last seen.
fn better(new: &Attendee, known: &Attendee) -> bool {
    let rank = |state| match state {
        RemoteState::Here => 0,
        RemoteState::Lost => 1,
        RemoteState::Left => 2,
        RemoteState::Invited => 3,
    };
    match rank(new.state).cmp(&rank(known.state)) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal if new.state == RemoteState::Here => new.since < known.since,
        std::cmp::Ordering::Equal => new.since > known.since,
    }
}

fn state_of(evidence: Evidence) -> RemoteState {
    match evidence {
        Evidence::Joined => RemoteState::Here,
        Evidence::Lost => RemoteState::Lost,
        Evidence::Left => RemoteState::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::OccurrenceId;
    use uuid::Uuid;

    fn entry(person: u128, device: &str, evidence: Evidence, second: i64) -> Entry {
        Entry {
            occurrence: OccurrenceId(Uuid::nil()),
            person: PersonId(Uuid::from_u128(person)),
            device: device.into(),
            evidence,
            assurance: Assurance::Claimed,
            at: at(second),
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    #[test]
    fn a_person_is_here_while_any_of_their_devices_is() {
        use Evidence::{Joined, Left, Lost};
        use RemoteState::{Here, Left as Gone, Lost as Silent};
        let ledger = [
            entry(1, "laptop", Joined, 0),
            entry(1, "phone", Joined, 10),
            entry(1, "laptop", Lost, 20),
            entry(1, "phone", Left, 30),
            entry(1, "laptop", Joined, 40),
            entry(1, "laptop", Left, 50),
            entry(2, "tablet", Joined, 45),
        ];
        for (second, state, since) in
            [(0, Here, 0), (15, Here, 0), (25, Here, 10), (35, Silent, 20), (45, Here, 40), (55, Gone, 50)]
        {
            let people = roster(&ledger, at(second));
            let first = people[&PersonId(Uuid::from_u128(1))];
            assert_eq!((first.state, first.since), (state, at(since)), "at {second}");
        }
        assert_eq!(roster(&ledger, at(44)).len(), 1, "the past knows nothing of the future");
    }
}
