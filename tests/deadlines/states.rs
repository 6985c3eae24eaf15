//! How a deadline stands, as time goes by and things are done.

use belfort::council::{DeadlineState, Fulfilment, Happened, deadlines};

use super::{at, calendar, done, facts, kind};

/// The state of one rule of a council that meets on Monday 18 January 2027 at 20:00.
fn state(known: &str, happened: Vec<Happened>, now: &str, rule: &str) -> DeadlineState {
    let mut facts = facts(known);
    facts.happened.extend(happened);
    let council = kind("gemeenteraad");
    let list = deadlines(&facts, &council.rules(), &calendar(council), at(now));
    list.into_iter().find(|deadline| deadline.rule == rule).unwrap().state
}

const MONDAY: &str = "at 2027-01-18T20:00";

#[test]
fn a_duty_comes_near_is_missed_or_met() {
    let sent = |when: &str| vec![done("convocation-sent", at(when))];
    for (happened, now, expected) in [
        // The term ends on Sunday the 10th, its last working day is Friday the 8th.
        (vec![], "2027-01-04T23:59", DeadlineState::Ahead),
        (vec![], "2027-01-05T00:00", DeadlineState::DueSoon),
        (vec![], "2027-01-10T23:59", DeadlineState::DueSoon),
        (vec![], "2027-01-11T00:00", DeadlineState::Missed),
        (sent("2027-01-10T23:59"), "2027-01-20T12:00", DeadlineState::Met(at("2027-01-10T23:59"))),
        (sent("2027-01-11T00:00"), "2027-01-20T12:00", DeadlineState::Missed),
    ] {
        assert_eq!(state(MONDAY, happened, now, "convocation-sent"), expected, "{now}");
    }
}

#[test]
fn the_last_word_counts_and_a_reason_is_kept() {
    let waived = Happened {
        rule: "convocation-sent".into(),
        of: None,
        outcome: Fulfilment::Waived("dijkbreuk, spoed".into()),
    };
    let happened = vec![done("convocation-sent", at("2027-01-15T10:00")), waived];
    let state = state(MONDAY, happened, "2027-01-16T10:00", "convocation-sent");
    assert_eq!(state, DeadlineState::Waived("dijkbreuk, spoed".into()));
}

#[test]
fn rights_end_and_effects_begin_by_themselves_once_their_start_is_known() {
    let published = "at 2027-01-18T20:00 published 2027-01-20T11:00";
    for (known, rule, now, expected) in [
        (MONDAY, "member-item", "2027-01-13T23:59", DeadlineState::DueSoon),
        (MONDAY, "member-item", "2027-01-14T00:00", DeadlineState::Met(at("2027-01-14T00:00"))),
        (published, "entry-into-force", "2027-01-24T23:59", DeadlineState::DueSoon),
        (published, "entry-into-force", "2027-01-25T00:00", DeadlineState::Met(at("2027-01-25T00:00"))),
        (published, "complaint-window", "2027-02-20T00:00", DeadlineState::Met(at("2027-02-20T00:00"))),
        (MONDAY, "entry-into-force", "2027-06-01T12:00", DeadlineState::Ahead),
        (MONDAY, "complaint-window", "2027-06-01T12:00", DeadlineState::Ahead),
    ] {
        assert_eq!(state(known, vec![], now, rule), expected, "{rule} {now}");
    }
}

#[test]
fn each_amended_agenda_has_a_term_of_its_own() {
    let (first, second) = (at("2027-01-13T10:00"), at("2027-01-14T10:00"));
    let mut facts = facts("at 2027-01-18T20:00 amended 2027-01-13T10:00 amended 2027-01-14T10:00");
    let published = Fulfilment::Done(at("2027-01-14T09:00"));
    facts.happened.push(Happened {
        rule: "amended-agenda-public".into(),
        of: Some(first),
        outcome: published,
    });
    let council = kind("gemeenteraad");
    let list = deadlines(&facts, &council.rules(), &calendar(council), at("2027-01-15T10:01"));
    let states: Vec<_> = list
        .into_iter()
        .filter(|deadline| deadline.rule == "amended-agenda-public")
        .map(|deadline| (deadline.basis.at, deadline.state))
        .collect();
    assert_eq!(
        states,
        [
            (belfort::council::Due::Instant(first), DeadlineState::Met(at("2027-01-14T09:00"))),
            (belfort::council::Due::Instant(second), DeadlineState::Missed),
        ]
    );
}

#[test]
fn a_file_that_comes_after_the_convocation_is_late() {
    let known = "at 2027-01-18T20:00 sent 2027-01-07T09:15";
    let there = |when: &str| vec![done("dossier-available", at(when))];
    let asked = |when| state(known, there(when), "2027-01-07T12:00", "dossier-available");
    assert_eq!(asked("2027-01-07T09:15"), DeadlineState::Met(at("2027-01-07T09:15")));
    assert_eq!(asked("2027-01-07T09:16"), DeadlineState::Missed);
}
