//! Which zone a TZID means.
//!
//! In this order: an IANA name, also behind a prefix; a Windows name; the hint in the VTIMEZONE; the zone
//! whose clock does what the VTIMEZONE describes; the default zone, with a note.

use std::collections::HashMap;

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarValue};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::TZ_VARIANTS;

use super::event::RRULE;
use super::{Notes, times};
use crate::ical::windows_zones;
use crate::texts::Said;
use crate::time::Zone;
use crate::time::recurrence::Rule;

/// Zones worked out from a VTIMEZONE in one reading; each costs a comparison with every zone there is.
const MAX_WORKED_OUT: usize = 20;
/// Longest name of a zone that is looked up.
const MAX_NAME: usize = 200;
/// Observances of a VTIMEZONE that are looked at.
const MAX_OBSERVANCES: usize = 50;
/// Names remembered in one calendar.
const MAX_NAMES: usize = 1_000;
/// The year in which clocks are compared.
const YEAR: i32 = 2027;

/// The zones of one calendar.
pub(super) struct Zones<'c> {
    /// For floating times.
    pub default: Zone,
    known: HashMap<String, Zone>,
    defined: HashMap<&'c str, (&'c ICalendar, &'c ICalendarComponent)>,
    /// Zones worked out so far, in all calendars of the reading.
    pub worked_out: usize,
}

impl<'c> Zones<'c> {
    pub(super) fn new(calendar: &'c ICalendar, default: Zone, worked_out: usize) -> Self {
        let mut defined = HashMap::new();
        for component in &calendar.components {
            if component.component_type == ICalendarComponentType::VTimezone
                && let Some(name) = text(component, "TZID")
            {
                defined.entry(name.trim()).or_insert((calendar, component));
            }
        }
        let mut zones = Self { default, known: HashMap::new(), defined, worked_out };
        let own = calendar.components.first().and_then(|head| text(head, "X-WR-TIMEZONE"));
        zones.default = own.and_then(by_name).unwrap_or(default);
        zones
    }

    /// The zone of a TZID; the default zone if nothing is known of it.
    pub(super) fn find(&mut self, name: &str, notes: &mut Notes) -> Zone {
        let name = name.trim().trim_matches('"');
        if let Some(&zone) = self.known.get(name) {
            return zone;
        }
        let zone = by_name(name).or_else(|| self.by_definition(name)).unwrap_or_else(|| {
            let shown: String = name.chars().take(60).collect();
            notes.add(Said::new("ical.zone_unknown").with("zone", shown).with("used", self.default));
            self.default
        });
        if self.known.len() < MAX_NAMES {
            self.known.insert(name.to_owned(), zone);
        }
        zone
    }

    fn by_definition(&mut self, name: &str) -> Option<Zone> {
        let &(calendar, component) = self.defined.get(name)?;
        if let Some(zone) = text(component, "X-LIC-LOCATION").and_then(by_name) {
            return Some(zone);
        }
        self.worked_out += 1;
        if self.worked_out > MAX_WORKED_OUT {
            return None;
        }
        let wanted = Clock::of(calendar, component)?.samples();
        let same =
            |zone: &Zone| sample_instants().zip(&wanted).all(|(at, offset_s)| zone.offset_s(at) == *offset_s);
        let near = ["Europe/Brussels", "Europe/London", "Europe/Helsinki", "America/New_York", "UTC"];
        let near = near.iter().filter_map(|name| name.parse().ok());
        let all = TZ_VARIANTS.iter().filter_map(|tz| tz.name().parse().ok());
        [self.default].into_iter().chain(near).chain(all).find(same)
    }
}

/// An IANA name, a Windows name, or a path that ends with an IANA name
/// (`/freeassociation.sourceforge.net/Europe/Brussels`).
fn by_name(name: &str) -> Option<Zone> {
    let name = name.trim().trim_matches('"');
    if name.len() > MAX_NAME {
        return None;
    }
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    if let Some(zone) = windows_zones::iana(name) {
        return zone.parse().ok();
    }
    name.match_indices('/').map(|(at, _)| &name[at + 1..]).find_map(|end| end.parse().ok())
}

fn text<'c>(component: &'c ICalendarComponent, name: &str) -> Option<&'c str> {
    let entry = component.entries.iter().find(|entry| entry.name.as_str().eq_ignore_ascii_case(name))?;
    entry.values.first()?.as_text()
}

/// What a VTIMEZONE describes: offsets from certain instants on.
struct Clock {
    /// Sorted; offset in seconds from that instant on.
    changes: Vec<(DateTime<Utc>, i32)>,
    before_s: i32,
}

impl Clock {
    /// Reads the observances, as far as they matter for [`YEAR`] (RFC 5545 3.6.5).
    fn of(calendar: &ICalendar, component: &ICalendarComponent) -> Option<Self> {
        let mut changes = Vec::new();
        let mut before = None;
        for id in component.component_ids.iter().take(MAX_OBSERVANCES) {
            let part = calendar.component_by_id(*id)?;
            let (from_s, to_s) = (offset(part, "TZOFFSETFROM")?, offset(part, "TZOFFSETTO")?);
            for onset in onsets(part)? {
                let at = onset.and_utc() - TimeDelta::seconds(from_s.into());
                changes.push((at, to_s));
                if before.is_none_or(|(earliest, _)| at < earliest) {
                    before = Some((at, from_s));
                }
            }
        }
        changes.sort_unstable();
        Some(Self { changes, before_s: before?.1 })
    }

    fn samples(&self) -> Vec<i32> {
        sample_instants()
            .map(|at| {
                let later = self.changes.partition_point(|(change, _)| *change <= at);
                later.checked_sub(1).map_or(self.before_s, |last| self.changes[last].1)
            })
            .collect()
    }
}

/// Every fifth day at noon, which tells European from American weekends of change.
fn sample_instants() -> impl Iterator<Item = DateTime<Utc>> {
    let noon = year_start(YEAR) + TimeDelta::hours(12);
    (0..73).map(move |step| (noon + TimeDelta::days(step * 5)).and_utc())
}

fn year_start(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN)
}

/// The last onset before [`YEAR`] and those in it.
fn onsets(part: &ICalendarComponent) -> Option<Vec<NaiveDateTime>> {
    let first = times::onset(part)?;
    let rule: Vec<&str> = part
        .entries
        .iter()
        .filter(|entry| entry.name.as_str().eq_ignore_ascii_case(RRULE))
        .flat_map(|entry| entry.values.iter().filter_map(ICalendarValue::as_text))
        .collect();
    if rule.is_empty() {
        return Some(vec![first]);
    }
    let rule = Rule::parse(&rule.join(";"), first, Zone::UTC).ok().filter(Rule::is_yearly)?;
    let mut onsets = rule.occurrences(first, year_start(YEAR - 1), year_start(YEAR + 1), 10);
    if onsets.is_empty() {
        onsets.push(rule.until().unwrap_or(first));
    }
    Some(onsets)
}

/// `+0100` in seconds.
fn offset(part: &ICalendarComponent, name: &str) -> Option<i32> {
    let entry = part.entries.iter().find(|entry| entry.name.as_str().eq_ignore_ascii_case(name))?;
    let ICalendarValue::PartialDateTime(at) = entry.values.first()? else { return None };
    let seconds = i32::from(at.tz_hour?) * 3_600 + i32::from(at.tz_minute.unwrap_or(0)) * 60;
    Some(if at.tz_minus { -seconds } else { seconds })
}
