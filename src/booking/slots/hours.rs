//! Working hours and parts of the day, in the wall time of each zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::grid::{Grid, Scale};
use crate::time::{Interval, Zone};

/// When somebody works, by the clock on their own wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// Where they are.
    pub zone: Zone,
    /// From when.
    pub from: NaiveTime,
    /// Until when; at or before `from` it is the next day.
    pub to: NaiveTime,
    /// On which days, Monday first.
    pub days: [bool; 7],
}

impl WorkingHours {
    /// Monday to Friday from 8 to 18.
    #[must_use]
    pub fn office(zone: Zone) -> Self {
        let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self { zone, from: clock(8), to: clock(18), days: [true, true, true, true, true, false, false] }
    }

    /// The stretches of work that touch a window, one for each working day.
    #[must_use]
    pub fn within(&self, window: Interval) -> Vec<Interval> {
        daily(self.zone, self.from, self.to, window)
            .filter(|(day, _)| self.days[day.weekday().num_days_from_monday() as usize])
            .map(|(_, time)| time)
            .collect()
    }
}

/// Wall times of one zone to instants, as [`Zone::resolve`] does, without asking the zone for each.
struct Clock {
    zone: Zone,
    /// Days between which the clock does not change, and its distance from UTC.
    steady: Option<(NaiveDate, NaiveDate, TimeDelta)>,
}

impl Clock {
    /// Days over which one look suffices: no zone changes its clock and back within so few.
    const STEADY_DAYS: Days = Days::new(7);

    fn instant(&mut self, wall: NaiveDateTime) -> DateTime<Utc> {
        let day = wall.date();
        if self.steady.is_none_or(|(from, to, _)| day < from || day >= to) {
            self.steady = self.look(day);
        }
        match self.steady {
            Some((_, _, offset)) => (wall - offset).and_utc(),
            None => self.zone.resolve(wall).instant,
        }
    }

    fn look(&self, day: NaiveDate) -> Option<(NaiveDate, NaiveDate, TimeDelta)> {
        let to = day.checked_add_days(Self::STEADY_DAYS)?;
        // No clock is more than a day away from UTC.
        let before =
            self.zone.offset_s(day.checked_sub_days(Days::new(1))?.and_time(NaiveTime::MIN).and_utc());
        let after = self.zone.offset_s(to.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN).and_utc());
        (before == after).then_some((day, to, TimeDelta::seconds(i64::from(before))))
    }
}

/// From `from` to `to` on every day that touches a window, by the clock of a zone; `to` at or before `from` is
/// on the next day. A time that the change of the clock leaves out moves with it.
pub fn daily(
    zone: Zone,
    from: NaiveTime,
    to: NaiveTime,
    window: Interval,
) -> impl Iterator<Item = (NaiveDate, Interval)> {
    let first = zone.wall(window.start).date();
    let first = first.pred_opt().unwrap_or(first);
    let last = zone.wall(window.end).date();
    let mut clock = Clock { zone, steady: None };
    first.iter_days().take_while(move |day| *day <= last).filter_map(move |day| {
        let end = if to > from { day } else { day.succ_opt()? };
        let time = Interval::new(clock.instant(day.and_time(from)), clock.instant(end.and_time(to)))?;
        time.overlaps(&window).then_some((day, time))
    })
}

/// Which part of which day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartOfDay {
    pub(super) day: usize,
    /// 0 in the morning, 1 in the afternoon, 2 in the evening.
    pub(super) part: u8,
}

/// The parts of the days of a window, in order of time.
pub(super) struct Calendar {
    /// The first grain of each part.
    begins: Vec<(usize, PartOfDay)>,
}

/// The hours at which the parts of a day begin.
const PARTS: [(u32, u8); 3] = [(0, 0), (12, 1), (17, 2)];

impl Calendar {
    pub(super) fn new(zone: Zone, window: Interval, scale: Scale) -> Self {
        let first = zone.wall(window.start).date();
        let mut clock = Clock { zone, steady: None };
        let mut begins = Vec::new();
        for (day, date) in first.iter_days().enumerate() {
            for (hour, part) in PARTS {
                let wall = date.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
                let at = clock.instant(wall);
                if at >= window.end {
                    return Self { begins };
                }
                // A part begun before the window begins with it.
                let from = scale.inside(&Interval { start: at.max(window.start), end: window.end }).start;
                begins.push((from, PartOfDay { day, part }));
            }
        }
        Self { begins }
    }

    /// The part in which a grain begins.
    pub(super) fn part(&self, grain: usize) -> PartOfDay {
        let after = self.begins.partition_point(|(from, _)| *from <= grain);
        after.checked_sub(1).and_then(|at| self.begins.get(at)).map_or(PartOfDay { day: 0, part: 0 }, |b| b.1)
    }
}

/// The starts from which a meeting of `run` grains lies within one of some stretches.
pub(super) fn starts_within(scale: Scale, stretches: &[Interval], run: usize) -> Grid {
    Grid::of(scale.grains, stretches.iter().map(|stretch| scale.starts_inside(stretch, run)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap().and_utc()
    }

    #[test]
    fn office_hours_follow_the_clock_of_each_zone_over_the_change() {
        // The clocks of Europe change on Sunday 28 March 2027, those of New York on 14 March.
        let window = Interval::new(at("2027-03-26T00:00"), at("2027-03-30T00:00")).unwrap();
        for (zone, expected) in [
            ("Europe/Brussels", [("2027-03-26T07:00", 10), ("2027-03-29T06:00", 10)]),
            ("Europe/Lisbon", [("2027-03-26T08:00", 10), ("2027-03-29T07:00", 10)]),
            ("America/New_York", [("2027-03-26T12:00", 10), ("2027-03-29T12:00", 10)]),
        ] {
            let hours = WorkingHours::office(zone.parse().unwrap());
            let found: Vec<_> =
                hours.within(window).iter().map(|w| (w.start, w.length().num_hours())).collect();
            assert_eq!(found, expected.map(|(start, hours)| (at(start), hours)), "{zone}");
        }
    }

    #[test]
    fn the_quick_clock_is_that_of_the_zone() {
        for zone in ["Europe/Brussels", "America/New_York", "Africa/Casablanca", "Pacific/Apia", "Asia/Tokyo"]
        {
            let zone: Zone = zone.parse().unwrap();
            let mut clock = Clock { zone, steady: None };
            for hour in 0..24 * 366 {
                let wall = at("2027-01-01T00:30").naive_utc() + TimeDelta::hours(hour);
                assert_eq!(clock.instant(wall), zone.resolve(wall).instant, "{zone} {wall}");
            }
        }
    }

    #[test]
    fn a_night_shift_ends_the_next_day_and_is_shorter_in_spring() {
        let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let hours = WorkingHours {
            from: clock(22),
            to: clock(6),
            days: [true; 7],
            ..WorkingHours::office(Zone::BRUSSELS)
        };
        let window = Interval::new(at("2027-03-27T12:00"), at("2027-03-28T12:00")).unwrap();
        assert_eq!(
            hours.within(window).iter().map(Interval::length).collect::<Vec<_>>(),
            [TimeDelta::hours(7)]
        );
    }

    #[test]
    fn the_parts_of_a_day_of_25_hours() {
        let window = Zone::BRUSSELS.day(NaiveDate::from_ymd_opt(2027, 10, 31).unwrap());
        let window = Interval { start: window.start, end: window.end + TimeDelta::hours(24) };
        let scale = Scale::new(window);
        let calendar = Calendar::new(Zone::BRUSSELS, window, scale);
        for (hour, day, part) in
            [(0, 0, 0), (12, 0, 0), (13, 0, 1), (17, 0, 1), (18, 0, 2), (24, 0, 2), (25, 1, 0), (37, 1, 1)]
        {
            assert_eq!(calendar.part(hour * 4), PartOfDay { day, part }, "hour {hour} of the window");
        }
    }
}
