//! What moving a session breaks.

use belfort::council::{Severity, moved};

use super::{at, done, facts, kind};

type Broken = (&'static str, &'static str, Severity, &'static str);

const WARN: Severity = Severity::Warn;
const REASON: Severity = Severity::NeedsReason;
const BLOCK: Severity = Severity::Block;

fn broken(
    body: &str,
    known: &str,
    done_rules: &[(&str, &str)],
    to: &str,
    now: &str,
) -> Vec<(String, String, Severity, String)> {
    let mut facts = facts(known);
    facts.happened.extend(done_rules.iter().map(|(rule, when)| done(rule, at(when))));
    moved(&facts, &kind(body).rules(), at(to), at(now))
        .into_iter()
        .map(|fault| (fault.rule, fault.article, fault.severity, fault.said.key))
        .collect()
}

fn check(found: &[(String, String, Severity, String)], expected: &[Broken]) {
    let found: Vec<_> = found
        .iter()
        .map(|(rule, article, severity, key)| (rule.as_str(), article.as_str(), *severity, key.as_str()))
        .collect();
    assert_eq!(found, expected);
}

/// Convened in time for Monday 18 January 2027: convocation, file, agenda and draft minutes on the 7th.
const CONVENED: &[(&str, &str)] = &[
    ("convocation-sent", "2027-01-07T09:00"),
    ("dossier-available", "2027-01-07T09:00"),
    ("agenda-public", "2027-01-07T09:30"),
    ("draft-minutes-available", "2027-01-07T09:00"),
];
const MONDAY: &str = "at 2027-01-18T20:00";

#[test]
fn a_move_far_ahead_means_to_send_again() {
    let found = broken("gemeenteraad", MONDAY, CONVENED, "2027-01-25T20:00", "2027-01-14T10:00");
    check(
        &found,
        &[
            ("convocation-sent", "20", WARN, "deadline.moved_again"),
            ("agenda-public", "22", WARN, "deadline.moved_again"),
            // Closed since the 14th; for the 25th open until the 20th.
            ("member-item", "21", WARN, "deadline.moved_reopened"),
        ],
    );
}

#[test]
fn a_move_by_two_days_comes_too_late_to_send_again() {
    let found = broken("gemeenteraad", MONDAY, CONVENED, "2027-01-20T20:00", "2027-01-13T10:00");
    check(
        &found,
        &[
            ("convocation-sent", "20", REASON, "deadline.moved_again_late"),
            ("agenda-public", "22", REASON, "deadline.moved_again_late"),
        ],
    );
}

#[test]
fn an_earlier_date_takes_days_from_everybody() {
    // To Thursday the 14th: due on the 6th, members until Saturday the 9th.
    let found = broken("gemeenteraad", MONDAY, CONVENED, "2027-01-14T20:00", "2027-01-08T10:00");
    check(
        &found,
        &[
            ("convocation-sent", "20", REASON, "deadline.moved_again_late"),
            ("agenda-public", "22", REASON, "deadline.moved_again_late"),
            ("member-item", "21", WARN, "deadline.moved_shorter"),
            ("draft-minutes-available", "32", WARN, "deadline.moved_done_late"),
        ],
    );
}

#[test]
fn an_earlier_date_may_end_a_right_at_once() {
    let found = broken("gemeenteraad", MONDAY, &[], "2027-01-12T20:00", "2027-01-09T10:00");
    check(
        &found,
        &[
            ("convocation-sent", "20", REASON, "deadline.moved_too_late"),
            // The file is there from dispatch on, and the last day for that is gone too.
            ("dossier-available", "20", REASON, "deadline.moved_too_late"),
            ("agenda-public", "22", REASON, "deadline.moved_too_late"),
            ("member-item", "21", REASON, "deadline.moved_closed"),
            ("draft-minutes-available", "32", WARN, "deadline.moved_too_late"),
        ],
    );
}

#[test]
fn another_hour_of_the_same_day_is_another_time_too() {
    let found = broken("gemeenteraad", MONDAY, CONVENED, "2027-01-18T21:00", "2027-01-09T10:00");
    check(
        &found,
        &[
            ("convocation-sent", "20", WARN, "deadline.moved_again"),
            ("agenda-public", "22", WARN, "deadline.moved_again"),
        ],
    );
}

#[test]
fn nothing_convened_and_far_ahead_breaks_nothing() {
    for (body, to, now) in [
        ("gemeenteraad", "2027-01-19T20:00", "2026-12-01T10:00"),
        ("gemeenteraad", "2027-01-18T20:00", "2027-01-18T19:00"),
        ("managementteam", "2027-01-11T20:00", "2027-01-18T19:00"),
    ] {
        check(&broken(body, MONDAY, &[], to, now), &[]);
    }
}

#[test]
fn where_the_law_knows_no_urgency_a_late_move_is_blocked() {
    let sent = &[("convocation-sent", "2027-01-08T09:00")];
    let found = broken("BE-BRU/gemeenteraad", MONDAY, sent, "2027-01-19T20:00", "2027-01-12T10:00");
    check(&found, &[("convocation-sent", "87", BLOCK, "deadline.moved_again_late")]);
}

#[test]
fn an_amended_agenda_published_after_the_new_start_is_late() {
    let known = "at 2027-01-18T20:00 amended 2027-01-13T10:00";
    let mut facts = facts(known);
    let published = belfort::council::Fulfilment::Done(at("2027-01-14T09:00"));
    let of = Some(at("2027-01-13T10:00"));
    let rule = "amended-agenda-public".to_owned();
    facts.happened.push(belfort::council::Happened { rule, of, outcome: published });
    let found = moved(&facts, &kind("gemeenteraad").rules(), at("2027-01-13T20:00"), at("2027-01-12T10:00"));
    let amended = found.iter().find(|fault| fault.rule == "amended-agenda-public").unwrap();
    assert_eq!((amended.severity, amended.said.key.as_str()), (BLOCK, "deadline.moved_done_late"));
    assert_eq!(amended.said.args, [("due".to_owned(), "2027-01-13 20:00".to_owned())]);
}
