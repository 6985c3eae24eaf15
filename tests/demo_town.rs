//! The demo municipality is as large as it says, breaks no invariant, and is the same for the same seed.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use belfort::booking::Refusal;
use belfort::clock::Clock;
use belfort::demo::{Founded, Scale, cast, found};
use belfort::ids::IdSource;
use belfort::store::{FILE, JournalEntry, Store, verify_file};
use belfort::texts::Lang;
use belfort::time::Interval;
use belfort::town::Person;
use chrono::{DateTime, TimeDelta, Utc};

/// A Thursday, half past ten in Brussels.
fn thursday() -> DateTime<Utc> {
    "2027-01-21T09:30:00Z".parse().unwrap()
}

fn demo(dir: &Path, now: DateTime<Utc>, seed: u64) -> (Store, Founded) {
    let store = Store::open(dir, Clock::mock(now), IdSource::seeded(seed), true).unwrap();
    let founded = found(&store, Scale::Fortnight, now, seed).unwrap();
    (store, founded)
}

fn people(store: &Store) -> Vec<Person> {
    store.read(|view| Ok::<_, Refusal>(view.staff("", 10_000)?)).unwrap()
}

fn journal(store: &Store) -> Vec<JournalEntry> {
    store.read(|view| Ok::<_, Refusal>(view.journal_after(0, 100_000)?)).unwrap()
}

#[test]
fn it_is_as_large_as_it_says_and_breaks_no_invariant() {
    let dir = tempfile::tempdir().unwrap();
    let now = thursday();
    let (store, founded) = demo(dir.path(), now, 1);
    assert_eq!(founded.meetings, 600);
    assert!(founded.dates_in_period >= 560, "{founded:?}");
    assert!(founded.checked_in > 200, "{founded:?}");

    let directory = store.directory();
    assert_eq!((directory.legal_bodies.len(), directory.sites.len(), directory.rooms.len()), (2, 3, 40));
    let hall = directory.room_named("meersenzaal-a-b-c").unwrap();
    let parts = ["meersenzaal-a", "meersenzaal-b", "meersenzaal-c"];
    let cells: BTreeSet<_> =
        parts.iter().flat_map(|slug| &directory.room_named(slug).unwrap().cells).collect();
    assert_eq!(cells, hall.cells.iter().collect(), "the whole hall stands on the cells of its parts");
    let legal: BTreeSet<_> = directory.bodies.iter().map(|body| body.legal_body.as_str()).collect();
    assert_eq!(legal, BTreeSet::from(["gemeente", "ocmw"]));
    assert_eq!(directory.body_named("gemeenteraad").unwrap().members.len(), 35);

    let everybody = people(&store);
    assert_eq!(everybody.iter().filter(|person| !person.hard).count(), 1_000);
    assert_eq!(everybody.iter().filter(|person| person.hard).count(), 35);
    let spoken: BTreeSet<Lang> = everybody.iter().map(|person| person.lang).collect();
    assert_eq!(spoken, Lang::ALL.into_iter().collect());
    assert!(store.read(cast).unwrap().is_some());

    store.close();
    let verified = verify_file(&dir.path().join(FILE)).unwrap();
    assert!(verified.is_clean(), "{verified:?}");
    assert_eq!(verified.meetings, 600);
}

#[test]
fn the_same_seed_and_instant_give_the_same_town() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let (first, _) = demo(dirs[0].path(), thursday(), 7);
    let (second, _) = demo(dirs[1].path(), thursday(), 7);
    assert_eq!(people(&first), people(&second));
    assert_eq!(journal(&first), journal(&second));
    let (other, _) = demo(dirs[2].path(), thursday(), 8);
    assert_ne!(people(&first), people(&other));
}

#[test]
fn the_chamber_has_something_to_show_at_any_hour() {
    for now in [
        "2027-01-21T09:33:00Z",
        "2027-01-24T02:07:00Z", // a Sunday night
        "2027-01-25T19:10:00Z", // while the council sits
        "2027-03-28T00:55:00Z", // minutes before the clock goes forward
    ] {
        let dir = tempfile::tempdir().unwrap();
        let now = now.parse().unwrap();
        let (store, _) = demo(dir.path(), now, 1);
        let cell = store.directory().room_named("raadzaal").unwrap().cells[0];
        let around = Interval { start: now - TimeDelta::hours(3), end: now + TimeDelta::hours(3) };
        let shown = store
            .read(|view| {
                for taken in view.claims_in(cell, around)? {
                    let date = view.occurrence(taken.occurrence)?.unwrap();
                    if date.time.contains(now) {
                        return Ok::<_, Refusal>(view.participants(date.meeting)?);
                    }
                }
                Ok(Vec::new())
            })
            .unwrap();
        let remote = shown.iter().filter(|one| one.mode == belfort::booking::Mode::Remote).count();
        assert!(remote >= 2, "{now}: {remote} remote");
    }
}
