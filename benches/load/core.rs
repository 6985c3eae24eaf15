//! Work without HTTP: a weekly series over two rooms, previewed and committed; free rooms for a request.

use std::time::{Duration, Instant};

use belfort::booking::{Heads, Mode, Refusal};
use belfort::ids::PersonId;
use belfort::scheduler::{
    Caller, CreateMeeting, FindSlots, SearchRooms, SlotParticipant, create_meeting, find_slots, search_rooms,
};
use belfort::texts::Lang;
use belfort::town::{Kit, Role};

use crate::report::{line, percentile};
use crate::town::{Town, slot};

pub fn measure() {
    let town = Town::new();
    series(&town);
    search(&town);
    slots(&town);
    town.store.close();
}

fn caller(organiser: PersonId) -> Caller {
    Caller {
        token: uuid::Uuid::nil(),
        role: Role::Admin,
        person: Some(organiser),
        room: None,
        grants: Vec::new(),
        lang: Lang::Nl,
    }
}

fn series(town: &Town) {
    let organiser = town.organiser;
    let mut times: Vec<Duration> = (0..40_usize)
        .map(|n| {
            let (_, start) = slot(n * crate::town::ROOMS);
            let wanted = CreateMeeting {
                title: format!("Reeks {n}"),
                start: start.format("%Y-%m-%dT%H:%M").to_string(),
                end: (start + chrono::TimeDelta::minutes(30)).format("%Y-%m-%dT%H:%M").to_string(),
                rooms: vec!["zaal-1".into(), "zaal-2".into()],
                rrule: Some("FREQ=WEEKLY;COUNT=52".into()),
                ..CreateMeeting::default()
            };
            let preview = wanted.clone();
            let begun = Instant::now();
            let seen = town.store.rehearse(move |tx| create_meeting(tx, &caller(organiser), &preview)).wait();
            assert_eq!(seen.unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}")).occurrences.len(), 52);
            let made = town.store.write_now(move |tx| create_meeting(tx, &caller(organiser), &wanted));
            assert_eq!(made.unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}")).occurrences.len(), 52);
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let figure = format!("p50 {:.2} ms", percentile(&times, 50.0).as_secs_f64() * 1e3);
    line("weekly series, 52 dates x 2 rooms, preview + commit", &figure, "-", None);
}

fn search(town: &Town) {
    let (_, start) = slot(20 * crate::town::ROOMS);
    let wanted = SearchRooms {
        start: start.format("%Y-%m-%dT%H:%M").to_string(),
        minutes: 90,
        heads: Heads { in_room: 8, remote: 3, undecided: 0 },
        kit: Kit::default(),
        ..SearchRooms::default()
    };
    let caller = caller(town.organiser);
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let begun = Instant::now();
            let found = town.store.read(|view| search_rooms(view, &caller, &wanted));
            assert_eq!(
                found.unwrap_or_else(|refusal| panic!("{refusal:?}")).verdicts.len(),
                crate::town::ROOMS
            );
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let figure = format!("p50 {:.0} us", percentile(&times, 50.0).as_secs_f64() * 1e6);
    line("free rooms for 8 + 3 remote, 50 rooms, ranked with reasons", &figure, "-", None);
}

/// Reading the calendars included; `benches/slots.rs` measures the search alone.
fn slots(town: &Town) {
    let person = |n: usize| SlotParticipant {
        email: format!("p{n}@stad.example"),
        mode: if n < 4 { Mode::Remote } else { Mode::InRoom },
        ..SlotParticipant::default()
    };
    let wanted =
        FindSlots { participants: (0..12).map(person).collect(), length_min: 60, ..FindSlots::default() };
    let caller = caller(town.organiser);
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let begun = Instant::now();
            let found = town.store.read(|view| find_slots(view, &caller, &wanted));
            assert_eq!(found.unwrap_or_else(|refusal| panic!("{refusal:?}")).options.len(), 5);
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let figure = format!("p50 {:.0} us", percentile(&times, 50.0).as_secs_f64() * 1e6);
    line("best 5 slots, 12 people (4 remote), 4 weeks, 50 rooms, calendars read", &figure, "-", None);
}
