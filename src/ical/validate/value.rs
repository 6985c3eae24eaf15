//! The form of values, by property.

use chrono::NaiveDate;

use super::Fault;
use crate::ical::lines::Content;
use crate::time::Zone;
use crate::time::recurrence::Rule;

/// The form that a value must have.
enum Form {
    Text,
    /// Texts between commas.
    Texts,
    Uri,
    /// DATE with VALUE=DATE, else DATE-TIME, with TZID or Z or, in an observance, neither.
    Time,
    Utc,
    Number,
    /// 0 to 100.
    Percent,
    Offset,
    Duration,
    Rule,
    OneOf(&'static [&'static str]),
    Anything,
}

fn form(name: &str, kind: &str) -> Form {
    match name {
        "SUMMARY" | "DESCRIPTION" | "LOCATION" | "COMMENT" | "UID" | "RELATED-TO" | "PRODID" | "NAME"
        | "TZNAME" | "TZID" | "X-WR-CALNAME" | "X-WR-CALDESC" | "COLOR" | "CONTACT" => Form::Text,
        "CATEGORIES" | "RESOURCES" => Form::Texts,
        "URL" | "SOURCE" | "CONFERENCE" | "ORGANIZER" | "ATTENDEE" => Form::Uri,
        "DTSTART" | "DTEND" | "DUE" | "RECURRENCE-ID" | "EXDATE" => Form::Time,
        "DTSTAMP" | "CREATED" | "LAST-MODIFIED" | "COMPLETED" => Form::Utc,
        "SEQUENCE" => Form::Number,
        "PERCENT-COMPLETE" => Form::Percent,
        "TZOFFSETFROM" | "TZOFFSETTO" => Form::Offset,
        "REFRESH-INTERVAL" | "X-PUBLISHED-TTL" | "DURATION" => Form::Duration,
        "RRULE" => Form::Rule,
        "VERSION" => Form::OneOf(&["2.0"]),
        "CALSCALE" => Form::OneOf(&["GREGORIAN"]),
        "STATUS" if kind == "VTODO" => Form::OneOf(&["NEEDS-ACTION", "COMPLETED", "IN-PROCESS", "CANCELLED"]),
        "STATUS" => Form::OneOf(&["CONFIRMED", "TENTATIVE", "CANCELLED"]),
        "TRANSP" => Form::OneOf(&["OPAQUE", "TRANSPARENT"]),
        "CLASS" => Form::OneOf(&["PUBLIC", "PRIVATE", "CONFIDENTIAL"]),
        "X-MICROSOFT-CDO-BUSYSTATUS" => Form::OneOf(&["FREE", "TENTATIVE", "BUSY", "OOF"]),
        _ => Form::Anything,
    }
}

/// Parameters that say something about a value; anything else in our own feeds is a slip.
const PARAMETERS: [&str; 9] =
    ["VALUE", "TZID", "CN", "ROLE", "PARTSTAT", "CUTYPE", "LABEL", "FEATURE", "RELTYPE"];

pub(super) fn check(content: &Content<'_>, kind: &str, faults: &mut Vec<Fault>) {
    let value = content.value;
    let in_observance = matches!(kind, "STANDARD" | "DAYLIGHT");
    let (rule, fits) = match form(content.name, kind) {
        Form::Text => ("RFC 5545 3.3.11", is_text(value, false)),
        Form::Texts => ("RFC 5545 3.3.11", is_text(value, true)),
        Form::Uri => ("RFC 5545 3.3.13", is_uri(value)),
        Form::Time => ("RFC 5545 3.3.5", is_time(content, in_observance)),
        Form::Utc => ("RFC 5545 3.3.5", is_utc(value) && content.params.is_empty()),
        Form::Number => ("RFC 5545 3.3.8", value.parse::<u32>().is_ok()),
        Form::Percent => ("RFC 5545 3.8.1.8", value.parse::<u8>().is_ok_and(|percent| percent <= 100)),
        Form::Offset => ("RFC 5545 3.3.14", is_offset(value)),
        Form::Duration => ("RFC 5545 3.3.6", is_duration(value)),
        Form::Rule => ("RFC 5545 3.3.10", is_rule(value, in_observance)),
        Form::OneOf(words) => ("RFC 5545 3.8", words.contains(&value)),
        Form::Anything => ("RFC 5545 3.8.8.2", content.name.starts_with("X-")),
    };
    if !fits {
        let shown: String = value.chars().take(40).collect();
        faults.push(Fault::new(content.line, rule, format!("bad value of {}: {shown}", content.name)));
    }
    for (name, value) in &content.params {
        if !PARAMETERS.contains(name) {
            faults.push(Fault::new(content.line, "RFC 5545 3.2", format!("parameter {name}")));
        }
        if !is_caret_encoded(value) {
            faults.push(Fault::new(content.line, "RFC 6868 3.1", format!("bad escape in {name}")));
        }
    }
}

/// Every backslash starts an escape, every separator is escaped.
fn is_text(value: &str, commas_separate: bool) -> bool {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let fits = match c {
            '\\' => matches!(chars.next(), Some('\\' | ';' | ',' | 'n' | 'N')),
            ';' => false,
            ',' => commas_separate,
            _ => true,
        };
        if !fits {
            return false;
        }
    }
    true
}

fn is_caret_encoded(value: &str) -> bool {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c == '^' && !matches!(chars.next(), Some('^' | 'n' | '\'')) {
            return false;
        }
    }
    true
}

/// A scheme and ASCII without spaces and quotes (RFC 3986).
fn is_uri(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    scheme_fits
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

fn is_time(content: &Content<'_>, local: bool) -> bool {
    let value = content.value;
    let zone = content.param("TZID");
    match content.param("VALUE") {
        Some("DATE") => zone.is_none() && is_date(value),
        Some("DATE-TIME") | None => match (zone, value.strip_suffix('Z')) {
            (None, Some(_)) => is_utc(value) && !local,
            (Some(_), None) => is_wall(value) && !local,
            (None, None) => is_wall(value) && local,
            (Some(_), Some(_)) => false,
        },
        Some(_) => false,
    }
}

fn is_date(value: &str) -> bool {
    value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit()) && {
        let number = |from: usize, to: usize| value[from..to].parse().unwrap_or(0);
        let year = value[..4].parse().unwrap_or(0);
        NaiveDate::from_ymd_opt(year, number(4, 6), number(6, 8)).is_some()
    }
}

fn is_wall(value: &str) -> bool {
    let Some((date, time)) = value.split_once('T') else { return false };
    is_date(date)
        && time.len() == 6
        && time.bytes().all(|byte| byte.is_ascii_digit())
        && &time[..2] < "24"
        && &time[2..4] < "60"
        && &time[4..] < "60"
}

fn is_utc(value: &str) -> bool {
    value.strip_suffix('Z').is_some_and(is_wall)
}

fn is_offset(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 5
        && matches!(bytes[0], b'+' | b'-')
        && bytes[1..].iter().all(u8::is_ascii_digit)
        && value != "-0000"
        && &value[3..] < "60"
}

/// `PT60M`, `P1D`, `P2W`: a P, digits with units, a T before the time.
fn is_duration(value: &str) -> bool {
    let Some(rest) = value.strip_prefix('P') else { return false };
    let mut digits = false;
    let mut units = 0;
    for c in rest.chars() {
        match c {
            '0'..='9' => digits = true,
            'T' if !digits => {}
            'W' | 'D' | 'H' | 'M' | 'S' if digits => {
                digits = false;
                units += 1;
            }
            _ => return false,
        }
    }
    units > 0 && !digits
}

/// A rule of a kept shape; the clocks of some countries need more in an observance.
fn is_rule(value: &str, in_observance: bool) -> bool {
    let start = NaiveDate::MIN.and_hms_opt(0, 0, 0).unwrap_or_default();
    if in_observance {
        value.starts_with("FREQ=YEARLY;BYMONTH=")
    } else {
        Rule::parse(value, start, Zone::UTC).is_ok()
    }
}
