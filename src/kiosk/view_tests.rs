use super::*;
use crate::kiosk::actions::{ActionKind, command};
use crate::kiosk::sample::{self, meeting};
use crate::wire::Command;

fn at(board: &Board, wall: &str) -> (View, DateTime<Utc>) {
    let now = sample::at(board, wall);
    (view(&Known { board: Some(board), heard_at: Some(now), waiting: 0 }, now), now)
}

fn kinds(view: &View) -> Vec<(ActionKind, u32)> {
    view.actions.iter().map(|action| (action.kind, action.minutes)).collect()
}

#[test]
fn a_day_goes_through_its_states() {
    let mut day = sample::board("2027-01-19");
    meeting(&mut day, "10:00", "11:00", "Overleg");
    meeting(&mut day, "11:00", "12:00", "Erna").status = Status::CheckedIn;
    for (wall, state, until, minutes_left) in [
        ("08:00", State::Free, "10:00", 0),
        ("09:44", State::Free, "10:00", 0),
        ("09:45", State::Soon, "10:00", 0),
        ("10:00", State::CheckIn, "11:00", 15),
        ("10:11", State::CheckIn, "11:00", 4),
        ("10:15", State::CheckIn, "11:00", 0),
        ("11:00", State::Busy, "12:00", 0),
        ("12:00", State::Ended, "", 0),
        ("12:05", State::Free, "", 0),
    ] {
        let (view, _) = at(&day, wall);
        let seen = (view.state, view.until.as_str(), view.minutes_left);
        assert_eq!(seen, (state, until, minutes_left), "{wall}");
        assert!(!view.stale);
    }
}

#[test]
fn each_status_has_its_state_and_its_buttons() {
    use ActionKind::{Book, CheckIn, End, Extend, Undo};
    for (name, state, buttons) in [
        ("free", State::Free, vec![(Book, 15)]),
        ("free-rest", State::Free, vec![(Book, 15), (Book, 30), (Book, 60)]),
        ("soon", State::Soon, vec![(CheckIn, 0)]),
        ("check-in", State::CheckIn, vec![(CheckIn, 0)]),
        ("busy", State::Busy, vec![(Extend, 15), (Extend, 30), (End, 0)]),
        ("ad-hoc", State::Busy, vec![(Extend, 15), (Extend, 30), (End, 0)]),
        ("council", State::Busy, vec![(CheckIn, 0)]),
        ("released", State::Released, vec![(Undo, 0)]),
        ("held", State::Held, vec![]),
        ("closed", State::Closed, vec![]),
        ("ended", State::Ended, vec![(Book, 15), (Book, 30), (Book, 60)]),
    ] {
        let (board, now) = sample::scene(name);
        let view = view(&Known { board: Some(&board), heard_at: Some(now), waiting: 0 }, now);
        assert_eq!((view.state, kinds(&view)), (state, buttons), "{name}");
    }
}

#[test]
fn nothing_is_lengthened_or_booked_into_the_next_meeting() {
    let mut day = sample::board("2027-01-19");
    meeting(&mut day, "10:00", "11:00", "Overleg").status = Status::CheckedIn;
    meeting(&mut day, "11:15", "12:00", "Volgende").status = Status::Planned;
    assert_eq!(kinds(&at(&day, "10:30").0), [(ActionKind::Extend, 15), (ActionKind::End, 0)]);
    day.meetings[1].start = sample::at(&day, "11:00");
    assert_eq!(kinds(&at(&day, "10:30").0), [(ActionKind::End, 0)], "back to back leaves no room");
    assert_eq!(kinds(&at(&day, "09:40").0), [(ActionKind::Book, 15)]);
    assert_eq!(at(&day, "09:40").0.book_minutes, 15);
}

#[test]
fn silence_turns_facts_into_hearsay() {
    let (board, now) = sample::scene("free-rest");
    let heard = now - TimeDelta::minutes(45);
    let old = view(&Known { board: Some(&board), heard_at: Some(heard), waiting: 2 }, now);
    assert!(old.stale && old.known_at == "18:55" && old.waiting == 2);
    assert_eq!((old.state, old.actions, old.book_minutes), (State::Free, vec![], 0));
    let (board, now) = sample::scene("check-in");
    let known = Known { board: Some(&board), heard_at: Some(now - TimeDelta::seconds(41)), waiting: 0 };
    let view = view(&known, now);
    assert!(view.stale && view.people.is_none());
    assert_eq!(kinds(&view), [(ActionKind::CheckIn, 0)], "who is there may say so at any time");
}

#[test]
fn closed_matter_has_no_words_even_if_the_server_sends_them() {
    let (mut board, now) = sample::scene("closed");
    board.meetings[1].title = Some("Tuchtzaak".into());
    board.meetings[1].organiser = Some("Iemand".into());
    board.meetings[1].remote = sample::remote(3, now);
    let view = view(&Known { board: Some(&board), heard_at: Some(now), waiting: 0 }, now);
    assert_eq!(view.state, State::Closed);
    assert!(view.people.is_none());
    assert!(!format!("{view:?}").contains("Tuchtzaak") && !format!("{view:?}").contains("Iemand"));
}

#[test]
fn yesterday_is_not_today() {
    let (board, _) = sample::scene("busy");
    let soon_after = board.day_end + TimeDelta::seconds(20);
    let known = |heard| Known { board: Some(&board), heard_at: Some(heard), waiting: 0 };
    assert_eq!(view(&known(soon_after), soon_after).state, State::Free, "the new day is on its way");
    let much_later = board.day_end + TimeDelta::hours(3);
    let lost = view(&known(board.day_end), much_later);
    assert_eq!((lost.state, lost.stale, lost.known_at.as_str()), (State::Unknown, true, "00:00"));
    let never = view(&Known::default(), much_later);
    assert_eq!((never.state, never.stale), (State::Unknown, true));
}

#[test]
fn a_meeting_over_midnight_stays_on_the_door() {
    let mut day = sample::board("2027-01-19");
    let late = meeting(&mut day, "22:00", "23:00", "Gemeenteraad");
    (late.status, late.end) = (Status::CheckedIn, late.end + TimeDelta::hours(2));
    let now = day.day_end + TimeDelta::seconds(5);
    let view = view(&Known { board: Some(&day), heard_at: Some(now), waiting: 0 }, now);
    assert_eq!((view.state, view.until.as_str(), view.night), (State::Busy, "01:00", false));
}

#[test]
fn days_of_23_and_25_hours_keep_their_wall_times() {
    for (day, hours) in [("2027-03-28", 23), ("2027-10-31", 25)] {
        let mut board = sample::board(day);
        assert_eq!((board.day_end - board.day_start).num_hours(), hours);
        meeting(&mut board, "10:00", "11:00", "Overleg");
        let (view, _) = at(&board, "08:15");
        assert_eq!((view.until.as_str(), view.wall[3], view.wall[4]), ("10:00", 8, 15), "{day}");
        assert!((view.slots[0].start - 0.2).abs() < 1e-6, "10 h is a fifth of the line on {day}");
    }
}

#[test]
fn the_night_is_for_empty_rooms_only() {
    let (board, now) = sample::scene("night");
    let asleep =
        |board: &Board, now| view(&Known { board: Some(board), heard_at: Some(now), waiting: 0 }, now).night;
    assert!(asleep(&board, now));
    let mut early = sample::board("2027-01-19");
    meeting(&mut early, "06:30", "07:30", "Markt");
    assert!(asleep(&early, sample::at(&early, "05:30")));
    assert!(!asleep(&early, sample::at(&early, "06:05")), "half an hour before, the screen is awake");
}

#[test]
fn people_are_sorted_and_twins_told_apart() {
    let (mut board, now) = sample::scene("busy-40");
    board.meetings[1].remote[5].name = Some("Jan Claes".into());
    let view = view(&Known { board: Some(&board), heard_at: Some(now), waiting: 0 }, now);
    let people = view.people.unwrap();
    assert_eq!((people.remote_total, people.remote_here, people.in_room), (40, 16, 6));
    let keys: std::collections::BTreeSet<_> = people.remote.iter().map(|person| &person.key).collect();
    assert_eq!(keys.len(), 40);
    let ranks: Vec<_> = people.remote.iter().map(|person| person.state).collect();
    assert_eq!(ranks.iter().filter(|state| **state == crate::wire::RemoteState::Lost).count(), 8);
    assert!(ranks[..8].iter().all(|state| *state == crate::wire::RemoteState::Lost));
}

#[test]
fn a_tap_is_only_a_command_while_its_button_is_there() {
    let (board, now) = sample::scene("check-in");
    let tap = |kind, minutes| command(&board, Action { kind, minutes }, now);
    let occurrence = board.meetings[1].occurrence;
    assert_eq!(tap(ActionKind::CheckIn, 0), Some(Command::CheckIn { occurrence, made_at: now }));
    assert_eq!(tap(ActionKind::Extend, 15), None);
    assert_eq!(tap(ActionKind::Book, 15), None);
    let (free, now) = sample::scene("free-rest");
    let book = |minutes| command(&free, Action { kind: ActionKind::Book, minutes }, now);
    assert_eq!(book(30), Some(Command::BookNow { minutes: 30 }));
    assert_eq!(book(31), None, "only the lengths offered");
}

#[test]
fn endless_texts_are_cut() {
    let (mut board, now) = sample::scene("busy");
    board.meetings[1].title = Some("x\n".repeat(100_000));
    let view = view(&Known { board: Some(&board), heard_at: Some(now), waiting: 0 }, now);
    let title = view.meeting.unwrap().title.unwrap();
    assert_eq!(title.chars().count(), 90);
    assert!(title.ends_with('…') && !title.contains('\n'));
}
