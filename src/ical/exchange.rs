//! What Exchange and Outlook need beyond the standard (MS-OXCICAL, MS-STANOICAL).
//!
//! A calendar can be right by RFC 5545 and still come out empty or an hour off in Outlook; these are the
//! rules whose breach does that.

use chrono::{NaiveDateTime, TimeDelta};

use super::lines::{Content, Fault, content, unfolded};
use super::read::{Incoming, read};
use crate::time::Zone;
use crate::time::recurrence::Rule;

/// Occurrences of one series that are looked at.
const MAX_LOOKED_AT: usize = 1_000;

/// Lists what Exchange would misread in a calendar; empty if nothing.
#[must_use]
pub fn lint(bytes: &[u8]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<_> = unfolded(text.trim_end_matches("\r\n")).collect();
    let contents: Vec<Content<'_>> =
        lines.iter().filter_map(|(line, text)| content(*line, text).ok()).collect();
    lint_zones(&contents, &mut faults);
    lint_lines(&contents, &mut faults);
    match read(bytes, Zone::BRUSSELS, NaiveDateTime::MAX) {
        Ok(reading) => {
            for event in &reading.events {
                lint_series(event, &mut faults);
            }
        }
        Err(error) => faults.push(Fault::new(0, "RFC 5545", error.to_string())),
    }
    faults
}

/// One STANDARD and at most one DAYLIGHT, with a yearly rule of one BYDAY or BYMONTHDAY: of several, only
/// the newest is read, and some programs read none (MS-OXCICAL 2.1.3.1.1.19.2, 2.1.3.1.1.19.3).
fn lint_zones(contents: &[Content<'_>], faults: &mut Vec<Fault>) {
    const RULE: &str = "MS-OXCICAL 2.1.3.1.1.19";
    let (mut standards, mut daylights) = (0, 0);
    let mut in_observance = false;
    for content in contents {
        match (content.name, content.value) {
            ("BEGIN", "VTIMEZONE") => (standards, daylights) = (0, 0),
            ("BEGIN", kind @ ("STANDARD" | "DAYLIGHT")) => {
                in_observance = true;
                if kind == "STANDARD" { standards += 1 } else { daylights += 1 }
            }
            ("END", "STANDARD" | "DAYLIGHT") => in_observance = false,
            ("END", "VTIMEZONE") if standards != 1 || daylights > 1 => {
                let what = format!("{standards} STANDARD and {daylights} DAYLIGHT in a VTIMEZONE");
                faults.push(Fault::new(content.line, RULE, what));
            }
            ("RRULE", rule) if in_observance && !is_zone_template(rule) => {
                faults.push(Fault::new(content.line, RULE, format!("rule of a VTIMEZONE: {rule}")));
            }
            ("RDATE", _) if in_observance => {
                faults.push(Fault::new(content.line, RULE, "RDATE in a VTIMEZONE"));
            }
            _ => {}
        }
    }
}

fn is_zone_template(rule: &str) -> bool {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name));
    let single = |value: &str| !value.contains(',');
    part("FREQ=") == Some("YEARLY")
        && part("BYMONTH=").is_some_and(single)
        && match (part("BYDAY="), part("BYMONTHDAY=")) {
            (Some(only), None) | (None, Some(only)) => single(only),
            _ => false,
        }
}

/// RANGE and PERIOD are not understood; METHOD asks for an organiser in every event.
fn lint_lines(contents: &[Content<'_>], faults: &mut Vec<Fault>) {
    for content in contents {
        let (rule, what) = match content.name {
            "RECURRENCE-ID" if content.param("RANGE").is_some() => ("MS-OXCICAL 2.1.3.1.1.20.20", "RANGE"),
            "RDATE" if content.param("VALUE") == Some("PERIOD") => {
                ("MS-OXCICAL 2.1.3.1.1.20.18", "RDATE of periods")
            }
            "EXRULE" => ("MS-OXCICAL 2.1.3.1.1.20", "EXRULE"),
            "METHOD" => ("RFC 5546 3.2.1", "METHOD in a feed"),
            _ => continue,
        };
        faults.push(Fault::new(content.line, rule, what));
    }
}

fn lint_series(event: &Incoming, faults: &mut Vec<Fault>) {
    let mut fault = |rule, what: &str| faults.push(Fault::new(0, rule, format!("{}: {what}", event.uid)));
    if event.rule.is_none() && !event.rdates.is_empty() {
        fault("MS-OXCICAL 2.1.3.1.1.20.18", "RDATE without RRULE");
    }
    if event.rdates.len() > event.exdates.len() {
        fault("MS-OXCICAL 2.1.3.1.1.20.18", "RDATE without an EXDATE that it moves");
    }
    let Some(text) = &event.rule else { return };
    let Ok(rule) = Rule::parse(text, event.start_wall, event.zone) else {
        fault("MS-OXCICAL 2.1.3.2.2", "rule of no recurrence template");
        return;
    };
    if !is_template(&rule.to_string()) {
        fault("MS-OXCICAL 2.1.3.2.2", "rule of no recurrence template");
    }
    if !rule.makes(event.start_wall) {
        fault("RFC 5545 3.8.5.3", "the rule does not make the start");
    }
    let instances = instances(event, &rule);
    for pair in instances.windows(2) {
        let ((start, end), (next, _)) = (pair[0], pair[1]);
        if start.date() == next.date() {
            fault("MS-OXOCAL 2.2.1.44", "two occurrences on one day");
            return;
        }
        if next < end {
            fault("MS-OXOCAL 2.2.1.44", "occurrences overlap");
            return;
        }
    }
}

/// Positions go from first to fourth, or are the last; days of the month count from the start, or are the
/// last.
fn is_template(rule: &str) -> bool {
    rule.split(';').all(|part| match part.split_once('=') {
        Some(("BYSETPOS", position)) => matches!(position, "-1" | "1" | "2" | "3" | "4"),
        Some(("BYMONTHDAY", day)) => day == "-1" || !day.starts_with('-'),
        Some(("BYDAY", days)) => days
            .split(',')
            .all(|day| matches!(&day[..day.len().saturating_sub(2)], "" | "-1" | "1" | "2" | "3" | "4")),
        _ => true,
    })
}

/// Wall start and end of what takes place, sorted.
fn instances(event: &Incoming, rule: &Rule) -> Vec<(NaiveDateTime, NaiveDateTime)> {
    let start = event.start_wall;
    let moved = |at: &NaiveDateTime| event.overrides.iter().any(|change| change.original == *at);
    let until = start.checked_add_signed(TimeDelta::days(3_660)).unwrap_or(NaiveDateTime::MAX);
    let mut list: Vec<(NaiveDateTime, NaiveDateTime)> = rule
        .occurrences(start, start, until, MAX_LOOKED_AT)
        .into_iter()
        .chain(event.rdates.iter().copied())
        .filter(|at| event.exdates.binary_search(at).is_err() && !moved(at))
        .map(|at| (at, at + event.length))
        .chain(
            event
                .overrides
                .iter()
                .filter(|change| !change.cancelled)
                .map(|change| (change.start_wall, change.start_wall + change.length)),
        )
        .collect();
    list.sort_unstable();
    list
}
