//! One VEVENT.

use calcard::icalendar::{ICalendarComponent, ICalendarProperty, ICalendarValue};
use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::times::{Moment, moments};
use super::zones::Zones;
use super::{Incoming, IncomingOverride, Notes, people};
use crate::texts::Said;
use crate::time::recurrence::{self, Entered, MAX_OCCURRENCES};
use crate::time::{Shift, Zone};

/// Names under which recurrence rules pass the parser unread.
pub(super) const RRULE: &str = "X-BELFORT-RRULE";
pub(super) const EXRULE: &str = "X-BELFORT-EXRULE";

/// Second rules and EXRULEs written out as dates in one reading.
pub(super) const MAX_FURTHER_RULES: usize = 50;
/// Further dates and exceptions that one event may list.
const MAX_DATES: usize = 2 * MAX_OCCURRENCES;
/// Longest title and place, in characters.
const MAX_LINE: usize = 1_000;
/// Longest description, in characters.
const MAX_TEXT: usize = 50_000;

/// A VEVENT on its own, before it is known whether its series is there.
pub(super) struct Draft {
    pub event: Incoming,
    start: Moment,
    /// RECURRENCE-ID.
    pub original: Option<Moment>,
}

impl Draft {
    /// The change that this makes to its series.
    pub(super) fn into_override(self, series: &Incoming) -> IncomingOverride {
        let own_time = series.start_wall.time();
        let start_wall = self.start.in_zone(series.zone, own_time);
        let original = self.original.map_or(start_wall, |moment| moment.in_zone(series.zone, own_time));
        let midnight = |wall: NaiveDateTime| if series.all_day { day_start(wall) } else { wall };
        IncomingOverride {
            original: midnight(original),
            start_wall: midnight(start_wall),
            length: self.event.length,
            cancelled: self.event.cancelled,
            summary: self.event.summary,
            description: self.event.description,
            location: self.event.location,
            conference: self.event.conference,
            attendees: self.event.attendees,
            sequence: self.event.sequence,
        }
    }

    /// An event of its own, for a date whose series is not in the input.
    pub(super) fn into_single(self) -> Incoming {
        let (zone, time) = (self.event.zone, self.event.start_wall.time());
        let recurrence_id = self.original.map(|moment| moment.in_zone(zone, time));
        Incoming { recurrence_id, rule: None, ..self.event }
    }
}

fn day_start(wall: NaiveDateTime) -> NaiveDateTime {
    wall.date().and_time(NaiveTime::MIN)
}

/// Reads one VEVENT; none, with a note, if it has no start. `further` is the horizon of rules that are written
/// out, and how many still may be.
pub(super) fn draft(
    component: &ICalendarComponent,
    zones: &mut Zones<'_>,
    notes: &mut Notes,
    further: (NaiveDateTime, &mut usize),
) -> Option<Draft> {
    let summary = line(component, &ICalendarProperty::Summary).unwrap_or_default();
    let start = moments(component, &ICalendarProperty::Dtstart, zones, notes).into_iter().next();
    let Some(mut start) = start else {
        notes.add(Said::new("ical.no_start").with("summary", &summary));
        return None;
    };
    let length = length(component, &start, &summary, zones, notes);
    let rules = carried(component, RRULE);
    settle(&mut start, length, rules.is_empty(), &summary, zones, notes);
    let zone = start.zone.unwrap_or(zones.default);
    let mut dates = Dates { component, start: &start, zone, zones, notes };
    let mut event = Incoming {
        uid: uid(component, &start, &summary),
        sequence: sequence(component),
        dtstamp: None,
        recurrence_id: None,
        start_wall: start.wall,
        zone,
        length,
        all_day: start.date_only,
        rdates: dates.listed(&ICalendarProperty::Rdate, &summary),
        exdates: dates.listed(&ICalendarProperty::Exdate, &summary),
        rule: None,
        overrides: Vec::new(),
        description: text(component, &ICalendarProperty::Description),
        location: location(component),
        organizer: people::organizer(component),
        attendees: people::attendees(component),
        conference: people::conference(component),
        private: is(component, &ICalendarProperty::Class, &["PRIVATE", "CONFIDENTIAL"]),
        cancelled: is(component, &ICalendarProperty::Status, &["CANCELLED"]),
        transparent: is(component, &ICalendarProperty::Transp, &["TRANSPARENT"]),
        summary,
    };
    add_rules(&mut event, rules, carried(component, EXRULE), further, notes);
    event.dtstamp = instant(component, zones, notes);
    let original = moments(component, &ICalendarProperty::RecurrenceId, zones, notes).into_iter().next();
    if original.is_some() && has_range(component) {
        notes.add(Said::new("ical.range_left_out").with("summary", &event.summary));
    }
    Some(Draft { event, start, original })
}

/// A single event in UTC is shown in the default zone, and one in the spring gap moves out of it. A series
/// keeps what it has: its rule counts from there.
fn settle(
    start: &mut Moment,
    length: TimeDelta,
    single: bool,
    summary: &str,
    zones: &Zones<'_>,
    notes: &mut Notes,
) {
    if !single || start.date_only {
        return;
    }
    if start.zone == Some(Zone::UTC) && tells(zones.default, start, length) {
        *start = Moment {
            wall: start.in_zone(zones.default, NaiveTime::MIN),
            zone: Some(zones.default),
            ..*start
        };
    }
    let zone = start.zone.unwrap_or(zones.default);
    let resolved = zone.resolve(start.wall);
    if let Shift::Gap(_) = resolved.shift {
        start.wall = zone.wall(resolved.instant);
        notes.add(Said::new("ical.gap_moved").with("summary", summary).with("start", start.wall));
    }
}

/// Whether a time in UTC stays the same on the clock of `zone`: in the autumn night the second of two equal hours
/// is taken for the first, and whole days are counted on the wall.
fn tells(zone: Zone, start: &Moment, length: TimeDelta) -> bool {
    let at = Zone::UTC.resolve(start.wall).instant;
    let wall = zone.wall(at);
    let whole = length.num_seconds() % 86_400 == 0;
    zone.resolve(wall).instant == at && (!whole || zone.wall(at + length) == wall + length)
}

/// Lists of dates of one event, as wall times of its zone.
struct Dates<'a, 'z, 'c> {
    component: &'a ICalendarComponent,
    start: &'a Moment,
    zone: Zone,
    zones: &'z mut Zones<'c>,
    notes: &'a mut Notes,
}

impl Dates<'_, '_, '_> {
    /// A DATE among times means the occurrence of that day; a time among dates means its day.
    fn listed(&mut self, property: &ICalendarProperty, summary: &str) -> Vec<NaiveDateTime> {
        let mut list: Vec<NaiveDateTime> = moments(self.component, property, self.zones, self.notes)
            .into_iter()
            .map(|moment| {
                let wall = moment.in_zone(self.zone, self.start.wall.time());
                if self.start.date_only { day_start(wall) } else { wall }
            })
            .collect();
        list.sort_unstable();
        list.dedup();
        if list.len() > MAX_DATES {
            list.truncate(MAX_DATES);
            self.notes.add(Said::new("ical.too_many_dates").with("summary", summary).with("max", MAX_DATES));
        }
        list
    }
}

/// The first rule stays a rule; further ones and EXRULEs become dates (RFC 5545 says one RRULE, old programs
/// write more).
fn add_rules(
    event: &mut Incoming,
    rules: Vec<String>,
    exrules: Vec<String>,
    (horizon, left): (NaiveDateTime, &mut usize),
    notes: &mut Notes,
) {
    let mut rules = rules.into_iter();
    event.rule = rules.next();
    let start = event.start_wall;
    let further = rules.map(|rule| (rule, false)).chain(exrules.into_iter().map(|rule| (rule, true)));
    for (rule, excludes) in further {
        let Some(fewer) = left.checked_sub(1) else {
            notes.add(Said::new("ical.rules_left_out").with("max", MAX_FURTHER_RULES));
            return;
        };
        *left = fewer;
        let dates = written_out(event, &rule, horizon, notes);
        if excludes {
            event.exdates.extend(dates);
        } else {
            event.rdates.extend(dates.into_iter().filter(|at| *at != start));
        }
    }
    for list in [&mut event.rdates, &mut event.exdates] {
        list.sort_unstable();
        list.dedup();
    }
}

fn written_out(
    event: &Incoming,
    rule: &str,
    horizon: NaiveDateTime,
    notes: &mut Notes,
) -> Vec<NaiveDateTime> {
    match recurrence::enter(rule, event.start_wall, event.zone, horizon) {
        Ok(Entered::Dates { dates, .. }) => dates,
        Ok(Entered::Rule(rule)) => {
            rule.occurrences(event.start_wall, event.start_wall, horizon, MAX_OCCURRENCES)
        }
        Err(error) => {
            notes.add(error.0);
            Vec::new()
        }
    }
}

/// DTEND or DURATION, else a day for a DATE and nothing for a time (RFC 5545 3.6.1). From midnight to midnight
/// are whole days, also in the night when the clock changes: the other dates of the series last as long.
fn length(
    component: &ICalendarComponent,
    start: &Moment,
    summary: &str,
    zones: &mut Zones<'_>,
    notes: &mut Notes,
) -> TimeDelta {
    let day = TimeDelta::days(1);
    let given = match moments(component, &ICalendarProperty::Dtend, zones, notes).first() {
        Some(end) if start.date_only => {
            Some(end.in_zone(start.zone.unwrap_or(zones.default), NaiveTime::MIN).date() - start.wall.date())
        }
        Some(end) => {
            let wall = end.wall - start.wall;
            let whole = end.zone == start.zone && wall.num_seconds() % 86_400 == 0;
            Some(if whole { wall } else { end.instant(zones.default) - start.instant(zones.default) })
        }
        None => duration(component, start, zones.default),
    };
    match given {
        Some(length) if length < TimeDelta::zero() => {
            notes.add(Said::new("ical.end_before_start").with("summary", summary));
            if start.date_only { day } else { TimeDelta::zero() }
        }
        Some(length) if start.date_only => length.max(day),
        Some(length) => length,
        None if start.date_only => day,
        None => TimeDelta::zero(),
    }
}

/// Weeks and days of a DURATION are nominal, the rest is exact (RFC 5545 3.3.6). Whole days stay days: the other
/// dates of a series that begins in the night when the clock changes last as long.
fn duration(component: &ICalendarComponent, start: &Moment, default: Zone) -> Option<TimeDelta> {
    let ICalendarValue::Duration(duration) = first(component, &ICalendarProperty::Duration)? else {
        return None;
    };
    let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
    let seconds =
        i64::from(duration.hours) * 3_600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds);
    let days = TimeDelta::try_days(days.min(36_600))?;
    let exact = TimeDelta::try_seconds(seconds.min(3_162_240_000))?;
    if start.date_only {
        return Some(days + TimeDelta::days(exact.num_days()));
    }
    if exact.is_zero() {
        return Some(if duration.neg { -days } else { days });
    }
    let later = Moment { wall: start.wall.checked_add_signed(days)?, ..*start };
    let length = later.instant(default) - start.instant(default) + exact;
    Some(if duration.neg { -length } else { length })
}

fn instant(
    component: &ICalendarComponent,
    zones: &mut Zones<'_>,
    notes: &mut Notes,
) -> Option<DateTime<Utc>> {
    let stamp = moments(component, &ICalendarProperty::Dtstamp, zones, notes).into_iter().next()?;
    Some(stamp.instant(zones.default))
}

fn sequence(component: &ICalendarComponent) -> u32 {
    first(component, &ICalendarProperty::Sequence)
        .and_then(ICalendarValue::as_integer)
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0)
}

fn has_range(component: &ICalendarComponent) -> bool {
    use calcard::icalendar::ICalendarParameterName::Range;
    component.property(&ICalendarProperty::RecurrenceId).is_some_and(|entry| entry.has_parameter(&Range))
}

/// The UID; an event without one gets the same made-up one at each reading (FNV-1a, 64 bits).
fn uid(component: &ICalendarComponent, start: &Moment, summary: &str) -> String {
    if let Some(uid) = line(component, &ICalendarProperty::Uid) {
        return uid;
    }
    let hash = format!("{}{summary}", start.wall).bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("no-uid-{hash:016x}")
}

fn first<'c>(component: &'c ICalendarComponent, property: &ICalendarProperty) -> Option<&'c ICalendarValue> {
    component.property(property)?.values.first()
}

/// Rules that were carried past the parser, which cuts unknown properties at semicolons.
fn carried(component: &ICalendarComponent, name: &str) -> Vec<String> {
    component
        .entries
        .iter()
        .filter(|entry| entry.name.as_str().eq_ignore_ascii_case(name))
        .map(|entry| entry.values.iter().filter_map(ICalendarValue::as_text).collect::<Vec<_>>().join(";"))
        .filter(|rule| !rule.trim().is_empty())
        .collect()
}

fn is(component: &ICalendarComponent, property: &ICalendarProperty, words: &[&str]) -> bool {
    first(component, property)
        .and_then(ICalendarValue::as_text)
        .is_some_and(|text| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word)))
}

/// A text on one line; none if it is empty.
fn line(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    one_line(first(component, property)?.as_text()?)
}

/// A place; Apple writes name and address on lines of their own, which a comma keeps apart.
fn location(component: &ICalendarComponent) -> Option<String> {
    let text = first(component, &ICalendarProperty::Location)?.as_text()?;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    one_line(&lines.join(", "))
}

/// The text without line ends and control characters, spaces single; none if nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.len() > MAX_LINE {
        out = out.chars().take(MAX_LINE).collect();
    }
    (!out.is_empty()).then_some(out)
}

/// A text with its line ends, without other control characters; none if it is empty.
fn text(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    let text = first(component, property)?.as_text()?;
    let clean: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).take(MAX_TEXT).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}
