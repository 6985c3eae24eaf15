//! When somebody is reminded of a date, and when its organiser is told that nobody has come.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use super::Mode;
use crate::time::Zone;
use crate::town::PersonKind;

/// How long before the start the later of the two reminders comes.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// The hour of the evening before, on the clock of the town.
const EVENING: u32 = 18;
/// How long before a room is given free its organiser is told: time to walk to the door.
const WARNING: TimeDelta = TimeDelta::minutes(5);
/// A grace shorter than this leaves no time for a warning: it would come with the release.
const LEAST_GRACE: TimeDelta = TimeDelta::minutes(4);

/// One reminder of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// On the evening before.
    Evening,
    /// An hour before the start.
    Hour,
}

/// Of what somebody wants to be reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminders {
    /// Of nothing.
    None,
    /// On the evening before.
    Evening,
    /// An hour before the start.
    Hour,
    /// Both.
    Both,
}

impl Reminders {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::None, Self::Evening, Self::Hour, Self::Both];

    /// The word in the store and in forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Evening => "evening",
            Self::Hour => "hour",
            Self::Both => "both",
        }
    }

    /// Whether `reminder` is wanted.
    #[must_use]
    pub const fn want(self, reminder: Reminder) -> bool {
        match reminder {
            Reminder::Evening => matches!(self, Self::Evening | Self::Both),
            Reminder::Hour => matches!(self, Self::Hour | Self::Both),
        }
    }

    /// What holds for somebody who has not chosen. A guest knows of the meeting from our mail alone: whoever comes
    /// to the house hears of it on the evening before, in time to travel or to stay at home; whoever joins from
    /// elsewhere an hour before, with the link at hand. Staff have calendars that remind them, and five mails a
    /// day would be read by nobody: they are sent none until they ask.
    #[must_use]
    pub const fn usual(kind: PersonKind, mode: Mode) -> Self {
        match (kind, mode) {
            (PersonKind::Staff, _) => Self::None,
            (PersonKind::Guest, Mode::Remote) => Self::Hour,
            (PersonKind::Guest, Mode::InRoom | Mode::Undecided) => Self::Evening,
        }
    }
}

/// When the reminders of a date that begins at `start` come, the earlier first.
fn times(start: DateTime<Utc>, zone: Zone) -> [(DateTime<Utc>, Reminder); 2] {
    let day = zone.wall(start).date();
    let before = day.checked_sub_days(Days::new(1)).unwrap_or(day);
    let evening = before.and_time(NaiveTime::from_hms_opt(EVENING, 0, 0).unwrap_or_default());
    [(zone.resolve(evening).instant, Reminder::Evening), (start - HOUR, Reminder::Hour)]
}

/// When the next reminder of a date comes after `now`; none if there is none any more.
#[must_use]
pub fn next_reminder(start: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    times(start, zone).into_iter().map(|(at, _)| at).find(|at| *at > now)
}

/// The reminders whose time came from `since` to `now`, the latest first; none once the date has begun.
#[must_use]
pub fn due_reminders(
    start: DateTime<Utc>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: Zone,
) -> Vec<Reminder> {
    let due =
        times(start, zone).into_iter().rev().filter(|(at, _)| since <= *at && *at <= now && now < start);
    due.map(|(_, reminder)| reminder).collect()
}

/// When the organiser of a date that begins at `start` is told that nobody has checked in; none if the grace is
/// too short for that to help.
#[must_use]
pub fn warn_at(start: DateTime<Utc>, release_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let grace = release_at - start;
    // Not before half of the grace: people come late.
    (grace >= LEAST_GRACE).then(|| release_at - WARNING.min(grace / 2))
}

/// The longest time between a warning and the release.
#[must_use]
pub const fn longest_warning() -> TimeDelta {
    WARNING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_evening_and_an_hour_before_on_the_clock_of_the_town() {
        let zone = Zone::BRUSSELS;
        for (start, now, next) in [
            ("2027-01-20T09:00:00Z", "2027-01-18T08:00:00Z", Some("2027-01-19T17:00:00Z")),
            ("2027-01-20T09:00:00Z", "2027-01-19T17:00:00Z", Some("2027-01-20T08:00:00Z")),
            ("2027-01-20T09:00:00Z", "2027-01-20T07:59:59Z", Some("2027-01-20T08:00:00Z")),
            ("2027-01-20T09:00:00Z", "2027-01-20T08:00:00Z", None),
            // Half past midnight in Brussels: the evening before is that of the day that has just ended.
            ("2027-01-19T23:30:00Z", "2027-01-18T08:00:00Z", Some("2027-01-19T17:00:00Z")),
            // The night in which the clock goes forward.
            ("2027-03-28T08:00:00Z", "2027-03-27T08:00:00Z", Some("2027-03-27T17:00:00Z")),
        ] {
            assert_eq!(next_reminder(at(start), at(now), zone), next.map(at), "{start} {now}");
        }
    }

    #[test]
    fn what_is_due_after_a_pause() {
        use Reminder::{Evening, Hour};
        let (zone, start) = (Zone::BRUSSELS, at("2027-01-20T09:00:00Z"));
        for (since, now, due) in [
            ("2027-01-19T17:00:00Z", "2027-01-19T17:00:01Z", vec![Evening]),
            ("2027-01-19T17:00:00Z", "2027-01-20T08:30:00Z", vec![Hour, Evening]),
            ("2027-01-20T08:00:00Z", "2027-01-20T08:30:00Z", vec![Hour]),
            ("2027-01-19T17:00:00Z", "2027-01-20T09:00:00Z", vec![]),
            ("2027-01-18T17:00:00Z", "2027-01-19T16:00:00Z", vec![]),
        ] {
            assert_eq!(due_reminders(start, at(since), at(now), zone), due, "{since} {now}");
        }
    }

    #[test]
    fn a_warning_comes_while_it_helps() {
        let start = at("2027-01-20T09:00:00Z");
        for (grace, warned) in [(3, None), (4, Some(2)), (8, Some(4)), (10, Some(5)), (30, Some(25))] {
            let minutes = |count: i64| start + TimeDelta::minutes(count);
            assert_eq!(warn_at(start, minutes(grace)), warned.map(minutes), "{grace}");
        }
    }

    #[test]
    fn who_is_reminded_without_asking() {
        use PersonKind::{Guest, Staff};
        for (kind, mode, evening, hour) in [
            (Guest, Mode::InRoom, true, false),
            (Guest, Mode::Undecided, true, false),
            (Guest, Mode::Remote, false, true),
            (Staff, Mode::InRoom, false, false),
            (Staff, Mode::Remote, false, false),
        ] {
            let usual = Reminders::usual(kind, mode);
            assert_eq!(usual.want(Reminder::Evening), evening, "{kind:?} {mode:?}");
            assert_eq!(usual.want(Reminder::Hour), hour, "{kind:?} {mode:?}");
        }
    }
}
