//! DATE and DATE-TIME values (RFC 5545 3.3.4, 3.3.5).

use calcard::common::PartialDateTime;
use calcard::icalendar::{ICalendarComponent, ICalendarPeriod, ICalendarProperty, ICalendarValue};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::Notes;
use super::zones::Zones;
use crate::texts::Said;
use crate::time::Zone;

/// Earlier years are slips of the keyboard, and make series that take long to count.
const EARLIEST: i32 = 1900;
/// Windows lets its clock rules begin in 1601.
const EARLIEST_ONSET: i32 = 1600;

/// A point in time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub wall: NaiveDateTime,
    /// None for a floating time.
    pub zone: Option<Zone>,
    /// A DATE: `wall` is midnight.
    pub date_only: bool,
}

impl Moment {
    /// The same moment as wall time of `zone`; a DATE gets the time of day `time`.
    pub(super) fn in_zone(&self, zone: Zone, time: NaiveTime) -> NaiveDateTime {
        match self.zone {
            _ if self.date_only => self.wall.date().and_time(time),
            Some(own) if own != zone => zone.wall(own.resolve(self.wall).instant),
            _ => self.wall,
        }
    }

    /// The instant; floating times and dates are wall times of `default`.
    pub(super) fn instant(&self, default: Zone) -> DateTime<Utc> {
        self.zone.unwrap_or(default).resolve(self.wall).instant
    }
}

/// All moments of a property that may be repeated and may hold a list. Of periods the start counts.
pub(super) fn moments(
    component: &ICalendarComponent,
    property: &ICalendarProperty,
    zones: &mut Zones<'_>,
    notes: &mut Notes,
) -> Vec<Moment> {
    let mut list = Vec::new();
    for entry in component.properties(property) {
        let zone = entry.tz_id().map(|name| zones.find(name, notes));
        for value in &entry.values {
            match moment(value, zone, EARLIEST) {
                Some(moment) => list.push(moment),
                None => notes.add(Said::new("ical.bad_time").with("property", property.as_str())),
            }
        }
    }
    list
}

/// A moment in the year `earliest` or later.
fn moment(value: &ICalendarValue, zone: Option<Zone>, earliest: i32) -> Option<Moment> {
    let at = match value {
        ICalendarValue::PartialDateTime(at) => at,
        ICalendarValue::Period(
            ICalendarPeriod::Range { start, .. } | ICalendarPeriod::Duration { start, .. },
        ) => start,
        _ => return None,
    };
    let day = date(at, earliest)?;
    let Some(hour) = at.hour else {
        return Some(Moment { wall: day.and_time(NaiveTime::MIN), zone, date_only: true });
    };
    // 235960 is a leap second (RFC 5545 3.3.12), which nobody books.
    let second = at.second.unwrap_or(0).min(59);
    let wall = day.and_hms_opt(hour.into(), at.minute.unwrap_or(0).into(), second.into())?;
    let Some(offset_hours) = at.tz_hour else { return Some(Moment { wall, zone, date_only: false }) };
    // RFC 5545 knows only Z; some programs write an offset.
    let offset = TimeDelta::hours(offset_hours.into()) + TimeDelta::minutes(at.tz_minute.unwrap_or(0).into());
    let wall = if at.tz_minus { wall + offset } else { wall - offset };
    Some(Moment { wall, zone: Some(Zone::UTC), date_only: false })
}

/// Late years would overflow when a zone is applied.
fn date(at: &PartialDateTime, earliest: i32) -> Option<NaiveDate> {
    let day = NaiveDate::from_ymd_opt(at.year?.into(), at.month?.into(), at.day?.into())?;
    (earliest..=9_998).contains(&day.year()).then_some(day)
}

/// DTSTART of an observance: a wall time without zone.
pub(super) fn onset(part: &ICalendarComponent) -> Option<NaiveDateTime> {
    Some(moment(part.property(&ICalendarProperty::Dtstart)?.values.first()?, None, EARLIEST_ONSET)?.wall)
}
