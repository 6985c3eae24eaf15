//! Days to test with: a town hall as it is, with its longest names.
#![expect(
    clippy::missing_panics_doc,
    reason = "a sample that cannot be built fails the test that asked for it"
)]

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::ids::{MeetingId, OccurrenceId};
use crate::texts::Lang;
use crate::wire::{Board, BoardMeeting, BoardRoom, Remote, RemoteState, Status};

/// The offsets of Brussels around 2027.
const OFFSETS: [(&str, i32); 3] =
    [("2026-10-25T01:00:00Z", 3600), ("2027-03-28T01:00:00Z", 7200), ("2027-10-31T01:00:00Z", 3600)];

/// An empty day of the council chamber in Brussels time, somewhere in 2027.
#[must_use]
pub fn board(day: &str) -> Board {
    let day: NaiveDate = day.parse().expect("the sample day is a date");
    let offsets: Vec<(DateTime<Utc>, i32)> =
        OFFSETS.iter().map(|(from, offset_s)| (from.parse().expect("an instant"), *offset_s)).collect();
    let midnight = |day: NaiveDate| instant(&offsets, day, NaiveTime::MIN);
    let (day_start, day_end) = (midnight(day), midnight(day.succ_opt().expect("there is a tomorrow")));
    Board {
        seq: 1,
        server_time: day_start,
        zone: "Europe/Brussels".into(),
        day,
        day_start,
        day_end,
        offsets,
        room: BoardRoom {
            slug: "raadzaal".into(),
            name: "Raadzaal".into(),
            site: "Stadhuis".into(),
            floor: "1".into(),
            capacity: 42,
            hybrid: true,
            wheelchair: true,
            hearing_loop: true,
        },
        languages: Lang::ALL.to_vec(),
        town: "Belfort aan de Leie".into(),
        book_now_min: vec![15, 30, 60],
        extend_min: vec![15, 30],
        meetings: Vec::new(),
    }
}

/// The instant of `wall` (`HH:MM`) on the day of `board`.
#[must_use]
pub fn at(board: &Board, wall: &str) -> DateTime<Utc> {
    instant(&board.offsets, board.day, NaiveTime::parse_from_str(wall, "%H:%M").expect("a wall time"))
}

fn instant(offsets: &[(DateTime<Utc>, i32)], day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let wall = day.and_time(time).and_utc();
    let guess = |from: &DateTime<Utc>, offset_s: i32| {
        let instant = wall - TimeDelta::seconds(offset_s.into());
        (*from <= instant).then_some(instant)
    };
    offsets.iter().rev().find_map(|(from, offset_s)| guess(from, *offset_s)).unwrap_or(wall)
}

/// Adds a planned meeting from `start` to `end` (`HH:MM`) and gives it back to be changed.
pub fn meeting<'a>(board: &'a mut Board, start: &str, end: &str, title: &str) -> &'a mut BoardMeeting {
    let (start, end) = (at(board, start), at(board, end));
    let number = u128::try_from(board.meetings.len()).unwrap_or(0) + 1;
    board.meetings.push(BoardMeeting {
        meeting: MeetingId(Uuid::from_u128(number)),
        occurrence: OccurrenceId(Uuid::from_u128(number << 64)),
        start,
        end,
        title: Some(title.into()),
        organiser: Some("Sociale dienst".into()),
        status: Status::Planned,
        council: false,
        closed: false,
        check_in_from: start - TimeDelta::minutes(15),
        release_at: Some(start + TimeDelta::minutes(15)),
        undo_until: None,
        expected_in_room: 7,
        in_room: 0,
        remote: Vec::new(),
        ad_hoc: false,
    });
    board.meetings.last_mut().expect("just pushed")
}

/// `count` remote participants in all states, the longest name first.
#[must_use]
pub fn remote(count: usize, since: DateTime<Utc>) -> Vec<Remote> {
    const NAMES: [&str; 8] = [
        "Marie-Christine Vandenbroucke-De Smet",
        "Jan Claes",
        "Fatima El Amrani",
        "Bart Van den Bossche",
        "Özlem Yıldız",
        "Li Wu",
        "Jean-Baptiste de Ribaucourt",
        "An De Ridder",
    ];
    (0..count)
        .map(|index| {
            let state = match index % 5 {
                0 | 1 => RemoteState::Here,
                2 => RemoteState::Lost,
                3 => RemoteState::Invited,
                _ => RemoteState::Left,
            };
            let name = NAMES[index % NAMES.len()];
            let name = if index < NAMES.len() { name.to_owned() } else { format!("{name} {index}") };
            Remote { name: Some(name), state, since: (state != RemoteState::Invited).then_some(since) }
        })
        .collect()
}

/// A day at one moment, by name: every state a screen can be in.
#[must_use]
pub fn scene(name: &str) -> (Board, DateTime<Utc>) {
    let mut day = board("2027-01-19");
    let now = match name {
        "free" => "08:12",
        "free-rest" => "19:40",
        "soon" => "09:51",
        "check-in" => "10:11",
        "night" => "23:10",
        _ => "10:42",
    };
    let now = at(&day, now);
    if name != "free-rest" {
        scene_meetings(&mut day, name, now);
    }
    (day, now)
}

fn scene_meetings(day: &mut Board, name: &str, now: DateTime<Utc>) {
    meeting(day, "08:30", "09:30", "Teamoverleg burgerzaken").status =
        if name == "free" { Status::Planned } else { Status::CheckedIn };
    let main = meeting(day, "10:00", "11:30", "Bijzonder comité voor de sociale dienst");
    match name {
        "busy" | "busy-40" | "busy-none" | "ad-hoc" | "closed" | "private" => {
            main.status = Status::CheckedIn;
            main.in_room = 6;
        }
        "released" => {
            main.status = Status::Released;
            main.undo_until = Some(now + TimeDelta::minutes(8));
        }
        "held" => main.status = Status::Held,
        "ended" => main.status = Status::Ended,
        "council" => {
            main.title = Some("Gemeenteraad".into());
            main.organiser = Some("Secretariaat".into());
            (main.council, main.release_at) = (true, None);
        }
        _ => {}
    }
    if matches!(name, "private" | "closed") {
        (main.title, main.organiser) = (None, None);
    }
    if name == "closed" {
        (main.closed, main.council) = (true, true);
    } else {
        let count = match name {
            "busy-40" => 40,
            "busy-none" | "ad-hoc" => 0,
            _ => 7,
        };
        main.remote = remote(count, now - TimeDelta::minutes(9));
        if name == "private" {
            main.remote.iter_mut().for_each(|remote| remote.name = None);
        }
    }
    if name == "ad-hoc" {
        (main.ad_hoc, main.title, main.expected_in_room) = (true, Some("Vergadering".into()), 0);
    }
    meeting(day, "14:00", "15:30", "Lokale adviescommissie omtrent de minimale levering van energie");
    let session = meeting(day, "19:30", "21:30", "");
    (session.title, session.organiser, session.council, session.closed) = (None, None, true, true);
    session.release_at = None;
}

/// The names [`scene`] knows.
pub const SCENES: [&str; 15] = [
    "free",
    "free-rest",
    "soon",
    "check-in",
    "busy",
    "busy-40",
    "busy-none",
    "private",
    "council",
    "ad-hoc",
    "released",
    "held",
    "ended",
    "closed",
    "night",
];
