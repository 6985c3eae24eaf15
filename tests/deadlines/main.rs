//! The deadlines of sessions, against cases counted by hand, and what holds for every session.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod always;
mod house;
mod moves;
mod rows;
mod states;

use belfort::council::{
    ConvocationNo, Deadline, Due, Fulfilment, Happened, Kind, RuleSet, SessionFacts, deadlines,
};
use belfort::time::{WorkingDays, Zone};
use chrono::{DateTime, NaiveDateTime, Utc};
use rows::{CALENDAR, CLOCK, EVERY_RULE, HOLIDAYS, Row};

/// An instant by the clock on the wall in Brussels.
fn at(text: &str) -> DateTime<Utc> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
    Zone::BRUSSELS.resolve(wall).instant
}

fn kind(text: &str) -> Kind {
    text.parse().unwrap()
}

/// What is known of a session, as the rows say it: `at … second decided … published … next … sent … amended …`.
fn facts(text: &str) -> SessionFacts {
    let mut facts = SessionFacts::planned(DateTime::UNIX_EPOCH, Zone::BRUSSELS);
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        if word == "second" {
            facts.convocation = ConvocationNo::Second;
            continue;
        }
        let when = at(words.next().unwrap());
        match word {
            "at" => facts.start = when,
            "decided" => facts.decided = Some(when),
            "published" => facts.published = Some(when),
            "next" => facts.next_start = Some(when),
            "amended" => facts.amended.push(when),
            "sent" => facts.happened.push(done("convocation-sent", when)),
            other => panic!("{other}"),
        }
    }
    facts
}

fn done(rule: &str, at: DateTime<Utc>) -> Happened {
    Happened { rule: rule.to_owned(), of: None, outcome: Fulfilment::Done(at) }
}

/// The calendar of a town that observes the public holidays only.
fn calendar(kind: Kind) -> WorkingDays {
    WorkingDays::observing(kind.jurisdiction().holidays(), &[])
}

/// All deadlines of a session, looked at the day before it.
fn of(rules: &RuleSet, facts: &SessionFacts) -> Vec<Deadline> {
    deadlines(facts, rules, &calendar(rules.kind()), facts.start - chrono::TimeDelta::days(1))
}

fn one(rules: &RuleSet, facts: &SessionFacts, rule: &str) -> Deadline {
    let mut found: Vec<_> = of(rules, facts).into_iter().filter(|deadline| deadline.rule == rule).collect();
    assert_eq!(found.len(), 1, "{rule}");
    found.remove(0)
}

fn due(text: &str) -> Due {
    match text.parse() {
        Ok(day) => Due::Date(day),
        Err(_) => Due::Instant(
            DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z").unwrap_or_else(|_| panic!("{text}")).to_utc(),
        ),
    }
}

fn check(rows: &[Row]) {
    for (body, known, rule, article, mark, ends, target) in rows {
        let deadline = one(&kind(body).rules(), &facts(known), rule);
        let case = format!("{body} {known}: {rule} (art. {article})");
        assert_eq!(deadline.article, *article, "{case}");
        assert_eq!(deadline.mark.word(), *mark, "{case}");
        assert_eq!(deadline.due, due(ends), "{case}");
        assert_eq!(deadline.last_working_day.to_string(), *target, "{case}");
    }
}

#[test]
fn every_rule_of_every_council_is_counted_as_by_hand() {
    check(EVERY_RULE);
}

#[test]
fn a_term_that_ends_on_a_holiday_stays_and_the_target_moves() {
    check(HOLIDAYS);
}

#[test]
fn leap_days_and_turns_of_the_year_count_as_the_days_they_are() {
    check(CALENDAR);
}

#[test]
fn nights_in_which_the_clock_changes_take_nothing_from_a_term() {
    check(CLOCK);
}

#[test]
fn there_are_enough_rows_and_each_names_its_article() {
    let rows: Vec<&Row> = [EVERY_RULE, HOLIDAYS, CALENDAR, CLOCK].into_iter().flatten().collect();
    assert!(rows.len() >= 70, "{}", rows.len());
    assert!(rows.iter().all(|row| !row.3.is_empty()));
}
