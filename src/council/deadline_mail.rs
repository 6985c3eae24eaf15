//! Of which deadlines somebody who prepares sessions is told by mail, in the morning of a working day.

use chrono::{Days, NaiveDate, NaiveTime};

use super::{Deadline, DeadlineState, SOON_DAYS, TermRole};
use crate::time::{WorkingDays, Zone};

/// Of what was missed longer ago nobody is told any more: it stands on the page of the session.
const LATE_DAYS: u64 = 14;
/// Working days of a week.
const WEEK_DAYS: u64 = 5;
/// When it is sent at the earliest, on the clock of the town: before the counters open.
const FROM: (u32, u32) = (7, 30);
/// When the day is over: what was not sent by then, because nothing ran, is left to the next working day.
const TO: (u32, u32) = (18, 0);

/// Of what somebody who prepares sessions wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineMail {
    /// Of nothing.
    None,
    /// Of what must be done today, and of what is late.
    Due,
    /// Also of what must be done within [`SOON_DAYS`] working days.
    Soon,
    /// Also of what must be done within a week of working days.
    Week,
}

impl DeadlineMail {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::None, Self::Due, Self::Soon, Self::Week];

    /// The word in the store and in forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Due => "due",
            Self::Soon => "soon",
            Self::Week => "week",
        }
    }

    /// What holds for somebody who has not chosen. Unlike a meeting, no calendar that they keep anyway reminds a clerk of
    /// a legal term, and what is missed can be contested: they are told in time to act. Others who may prepare sessions,
    /// such as those who look after the installation, do not do so by trade.
    #[must_use]
    pub const fn usual(clerk: bool) -> Self {
        if clerk { Self::Soon } else { Self::None }
    }

    /// How many working days ahead it looks; none if it looks at nothing.
    const fn reach(self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Due => Some(0),
            Self::Soon => Some(SOON_DAYS),
            Self::Week => Some(WEEK_DAYS),
        }
    }

    /// Whether a deadline is told of on the local day `today`: somebody must do it, nobody has, and its last working day
    /// has come or is near.
    #[must_use]
    pub fn tells(self, deadline: &Deadline, (today, zone): (NaiveDate, Zone), days: &WorkingDays) -> bool {
        let Some(reach) = self.reach() else { return false };
        let waived = matches!(deadline.state, DeadlineState::Waived(_));
        if deadline.role != TermRole::Duty || deadline.done.is_some() || waived {
            return false;
        }
        let oldest = today.checked_sub_days(Days::new(LATE_DAYS)).unwrap_or(today);
        let last = (0..reach).fold(today, |day, _| days.next_after(day));
        deadline.due.day(zone) >= oldest && deadline.last_working_day <= last
    }
}

/// Whether it is the time of the day at which what is to be done is told, on the clock of the town.
#[must_use]
pub fn is_telling_time(time: NaiveTime) -> bool {
    let clock = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    clock(FROM) <= time && time < clock(TO)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::council::{Fulfilment, Happened, Jurisdiction, Kind, SessionFacts, deadlines, holidays};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// The convocation of a council on Monday 15 February 2027, due on Sunday the 7th, seen on `day`.
    fn convocation(day: &str, outcome: Option<Fulfilment>) -> (Deadline, WorkingDays) {
        let rules = Kind::of(Jurisdiction::Flanders, "gemeenteraad").unwrap().rules();
        let days = WorkingDays::observing(holidays(), &[]);
        let mut facts = SessionFacts::planned(at("2027-02-15T18:00:00Z"), Zone::BRUSSELS);
        facts.happened.extend(outcome.map(|outcome| Happened {
            rule: "convocation-sent".into(),
            of: None,
            outcome,
        }));
        let now = at(&format!("{day}T08:00:00Z"));
        let list = deadlines(&facts, &rules, &days, now);
        (list.into_iter().find(|deadline| deadline.rule == "convocation-sent").unwrap(), days)
    }

    #[test]
    fn each_is_told_from_the_day_on_that_they_wish() {
        use DeadlineMail::{Due, None, Soon, Week};
        // The last working day is Friday the 5th.
        for (day, none, due, soon, week) in [
            ("2027-01-28", false, false, false, false),
            ("2027-01-29", false, false, false, true),
            ("2027-02-01", false, false, false, true),
            ("2027-02-02", false, false, true, true),
            ("2027-02-05", false, true, true, true),
            ("2027-02-08", false, true, true, true),
            ("2027-02-21", false, true, true, true),
            ("2027-02-22", false, false, false, false),
        ] {
            let (deadline, days) = convocation(day, Option::None);
            let today = day.parse().unwrap();
            for (wish, told) in [(None, none), (Due, due), (Soon, soon), (Week, week)] {
                assert_eq!(wish.tells(&deadline, (today, Zone::BRUSSELS), &days), told, "{day} {wish:?}");
            }
        }
    }

    #[test]
    fn what_is_done_or_need_not_be_is_told_nobody() {
        let today = "2027-02-08".parse().unwrap();
        for outcome in [
            Fulfilment::Done(at("2027-02-04T08:00:00Z")),
            Fulfilment::Done(at("2027-02-08T07:00:00Z")),
            Fulfilment::Waived("De dijk is gebroken.".into()),
        ] {
            let (deadline, days) = convocation("2027-02-08", Some(outcome.clone()));
            assert!(!DeadlineMail::Week.tells(&deadline, (today, Zone::BRUSSELS), &days), "{outcome:?}");
        }
    }

    #[test]
    fn it_is_told_in_the_morning_and_not_at_night() {
        for (time, tells) in
            [("07:29:59", false), ("07:30:00", true), ("17:59:59", true), ("18:00:00", false)]
        {
            assert_eq!(is_telling_time(time.parse().unwrap()), tells, "{time}");
        }
    }
}
