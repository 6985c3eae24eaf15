//! Wall time and zones: what a clock on the wall shows, and which instant that is.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use super::Interval;

/// An IANA time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// What the zone did to a wall time that does not exist or exists twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// The wall time exists once.
    Exact,
    /// It falls in the spring gap and was moved forward by the length of the gap (RFC 5545 3.3.5).
    Gap(TimeDelta),
    /// It exists twice in autumn; the first was taken (RFC 5545 3.3.5).
    Fold,
}

/// A wall time and the instant it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The instant.
    pub instant: DateTime<Utc>,
    /// What had to be done to find it.
    pub shift: Shift,
}

/// The edges of the time in which clocks are read: near those of the date library its sums overflow, and people type
/// any year. What lies beyond is taken for the edge.
const EARLIEST: NaiveDateTime = edge(1);
const LATEST: NaiveDateTime = edge(9_999);

const fn edge(year: i32) -> NaiveDateTime {
    match NaiveDate::from_ymd_opt(year, 12, 31) {
        Some(day) => NaiveDateTime::new(day, NaiveTime::MIN),
        None => NaiveDateTime::MIN,
    }
}

impl Zone {
    /// The zone of the towns Belfort is made for.
    pub const BRUSSELS: Self = Self(Tz::Europe__Brussels);
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The IANA name, such as `Europe/Brussels`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The chrono-tz zone, for the modules that compute with offsets.
    #[must_use]
    pub fn tz(self) -> Tz {
        self.0
    }

    /// The instant of a wall time: in the spring gap the offset before the gap counts, in the autumn fold
    /// the first of the two.
    #[must_use]
    pub fn resolve(self, wall: NaiveDateTime) -> Resolved {
        let wall = wall.clamp(EARLIEST, LATEST);
        match self.0.from_local_datetime(&wall) {
            LocalResult::Single(at) => Resolved { instant: at.to_utc(), shift: Shift::Exact },
            LocalResult::Ambiguous(first, _) => Resolved { instant: first.to_utc(), shift: Shift::Fold },
            LocalResult::None => self.resolve_gap(wall),
        }
    }

    fn resolve_gap(self, wall: NaiveDateTime) -> Resolved {
        // No zone has changed twice within a day, so the offset of a day earlier is the one before the gap.
        let before = self.0.offset_from_utc_datetime(&(wall - TimeDelta::days(1))).fix();
        let instant = Utc.from_utc_datetime(&(wall - TimeDelta::seconds(before.local_minus_utc().into())));
        Resolved { instant, shift: Shift::Gap(self.wall(instant) - wall) }
    }

    /// What the wall clock shows at `instant`.
    #[must_use]
    pub fn wall(self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.with_timezone(&self.0).naive_local()
    }

    /// Seconds east of UTC at `instant`.
    #[must_use]
    pub fn offset_s(self, instant: DateTime<Utc>) -> i32 {
        instant.with_timezone(&self.0).offset().fix().local_minus_utc()
    }

    /// The local day, midnight to midnight: 23, 24 or 25 hours.
    #[must_use]
    pub fn day(self, day: NaiveDate) -> Interval {
        let midnight = |day: NaiveDate| self.resolve(day.and_time(NaiveTime::MIN)).instant;
        let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        Interval { start: midnight(day), end: midnight(next) }
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        name.parse::<Tz>().map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A zone name that the IANA database does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}")]
pub struct UnknownZone(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn both_dst_nights_of_brussels() {
        for (local, utc, shift) in [
            ("2027-03-28T01:59", "2027-03-28T00:59", Shift::Exact),
            ("2027-03-28T02:30", "2027-03-28T01:30", Shift::Gap(TimeDelta::hours(1))),
            ("2027-03-28T03:00", "2027-03-28T01:00", Shift::Exact),
            ("2027-10-31T02:30", "2027-10-31T00:30", Shift::Fold),
            ("2027-10-31T03:00", "2027-10-31T02:00", Shift::Exact),
            ("2028-02-29T12:00", "2028-02-29T11:00", Shift::Exact),
            ("2027-12-31T23:59", "2027-12-31T22:59", Shift::Exact),
        ] {
            let resolved = Zone::BRUSSELS.resolve(wall(local));
            assert_eq!(resolved.instant.naive_utc(), wall(utc), "{local}");
            assert_eq!(resolved.shift, shift, "{local}");
        }
    }

    #[test]
    fn a_local_day_has_23_or_25_hours_when_the_clock_changes() {
        let hours =
            |y, m, d| Zone::BRUSSELS.day(NaiveDate::from_ymd_opt(y, m, d).unwrap()).length().num_hours();
        assert_eq!((hours(2027, 3, 28), hours(2027, 10, 31), hours(2027, 6, 1)), (23, 25, 24));
    }

    #[test]
    fn a_zone_that_does_not_exist_is_named_in_the_error() {
        assert_eq!("Europe/Brugge".parse::<Zone>(), Err(UnknownZone("Europe/Brugge".into())));
        assert_eq!("Asia/Tokyo".parse::<Zone>().map(Zone::name), Ok("Asia/Tokyo"));
    }

    #[test]
    fn a_gap_of_half_an_hour_moves_by_half_an_hour() {
        let lord_howe: Zone = "Australia/Lord_Howe".parse().unwrap();
        let resolved = lord_howe.resolve(wall("2027-10-03T02:15"));
        assert_eq!(resolved.shift, Shift::Gap(TimeDelta::minutes(30)));
    }
}
