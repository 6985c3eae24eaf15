//! How a series recurs, as people say it: "each 4th Monday, except in July and August". Turned into an RRULE
//! (RFC 5545 3.3.10) of a shape on which calendars agree.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use crate::texts::{Lang, Said, text};

/// The step of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// No series.
    #[default]
    Once,
    /// Every so many days.
    Daily,
    /// Every so many weeks, on some days of the week.
    Weekly,
    /// Every so many months, on the same day of the month.
    MonthlyDay,
    /// Every so many months, on the same weekday: the 4th Monday, the last Tuesday.
    MonthlyWeekday,
}

/// How a series recurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rhythm {
    /// By what step.
    pub step: Step,
    /// Every how many; 0 counts as 1.
    pub every: u32,
    /// Days of the week, of a weekly series; that of the start if empty.
    pub weekdays: Vec<Weekday>,
    /// Counts the weekday from the end of the month.
    pub from_end: bool,
    /// Months left out, 1 to 12.
    pub without: Vec<u32>,
    /// The last day on which it may happen.
    pub until: Option<NaiveDate>,
    /// How many times; a last day wins over it.
    pub count: Option<u32>,
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Rhythm {
    /// The RRULE value for a series that begins at wall time `start`; none for a single date.
    #[must_use]
    pub fn rule(&self, start: NaiveDateTime) -> Option<String> {
        let mut parts = Vec::new();
        let day = start.weekday().num_days_from_monday() as usize;
        match self.step {
            Step::Once => return None,
            Step::Daily => parts.push("FREQ=DAILY".to_owned()),
            Step::Weekly => {
                parts.push("FREQ=WEEKLY".to_owned());
                parts.push(format!("BYDAY={}", self.days_of_week(start)));
            }
            Step::MonthlyDay => parts.push(format!("FREQ=MONTHLY;BYMONTHDAY={}", start.day())),
            Step::MonthlyWeekday => {
                let nth = if self.from_end { -1 } else { i64::from(nth_of(start.date())) };
                parts.push(format!("FREQ=MONTHLY;BYDAY={nth}{}", DAYS[day]));
            }
        }
        if self.every > 1 {
            parts.push(format!("INTERVAL={}", self.every));
        }
        if !self.without.is_empty() {
            let kept = (1..=12).filter(|month| !self.without.contains(month)).map(|month| month.to_string());
            parts.push(format!("BYMONTH={}", kept.collect::<Vec<_>>().join(",")));
        }
        match (self.until, self.count) {
            (Some(until), _) => parts.push(format!("UNTIL={}T235959", until.format("%Y%m%d"))),
            (None, Some(count)) => parts.push(format!("COUNT={count}")),
            (None, None) => {}
        }
        Some(parts.join(";"))
    }

    /// The days of the week as RFC 5545 writes them, in its order, that of the start among them.
    fn days_of_week(&self, start: NaiveDateTime) -> String {
        let named = |day: &Weekday| self.weekdays.contains(day) || *day == start.weekday();
        let all = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        let kept = all.iter().filter(|day| named(day)).map(|day| DAYS[day.num_days_from_monday() as usize]);
        kept.collect::<Vec<_>>().join(",")
    }
}

/// Which of its weekday in its month a day is, 1 to 5.
fn nth_of(day: NaiveDate) -> u32 {
    (day.day() - 1) / 7 + 1
}

/// A rule in words, for the shapes that [`Rhythm::rule`] writes and those of the demo; others are said to recur,
/// no more.
#[must_use]
pub fn rule_in_words(rule: &str, lang: Lang) -> String {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let every: u32 = part("INTERVAL").and_then(|n| n.parse().ok()).unwrap_or(1);
    let (step, many) = match part("FREQ") {
        Some("DAILY") => ("rhythm.daily", "rhythm.days"),
        Some("WEEKLY") => ("rhythm.weekly", "rhythm.weeks"),
        Some("MONTHLY") => ("rhythm.monthly", "rhythm.months"),
        Some("YEARLY") => ("rhythm.yearly", "rhythm.years"),
        _ => return text(lang, "rhythm.other").to_owned(),
    };
    let mut words = match every {
        1 => vec![text(lang, step).to_owned()],
        n => vec![Said::new(many).with("n", n).speak(lang)],
    };
    if let Some(days) = part("BYDAY") {
        let days: Vec<String> =
            days.split(',').map(|day| day_in_words(day, part("BYSETPOS"), lang)).collect();
        words.push(Said::new("rhythm.on").with("days", days.join(", ")).speak(lang));
    } else if let Some(days) = part("BYMONTHDAY") {
        words.push(Said::new("rhythm.on_day").with("days", days.replace(',', ", ")).speak(lang));
    }
    if let Some(months) = part("BYMONTH") {
        let kept: Vec<u32> = months.split(',').filter_map(|month| month.parse().ok()).collect();
        let name = |month: u32| {
            let names = text(lang, "date.months");
            names.split(',').nth(month as usize - 1).unwrap_or("").trim().to_owned()
        };
        let (key, named): (_, Vec<u32>) = if kept.len() > 6 {
            ("rhythm.except", (1..=12).filter(|month| !kept.contains(month)).collect())
        } else {
            ("rhythm.only", kept)
        };
        let months: Vec<String> = named.into_iter().filter(|m| (1..=12).contains(m)).map(name).collect();
        words.push(Said::new(key).with("months", months.join(", ")).speak(lang));
    }
    if let Some(until) =
        part("UNTIL").and_then(|text| NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok())
    {
        words.push(Said::new("rhythm.until").with("day", crate::texts::day(lang, until)).speak(lang));
    } else if let Some(count) = part("COUNT") {
        words.push(Said::new("rhythm.times").with("n", count).speak(lang));
    }
    words.join(", ")
}

fn day_in_words(day: &str, position: Option<&str>, lang: Lang) -> String {
    let (nth, code) = day.split_at(day.len().saturating_sub(2));
    let nth = if nth.is_empty() { position.unwrap_or("") } else { nth };
    let names = text(lang, "date.weekdays");
    let index = DAYS.iter().position(|known| *known == code).unwrap_or(0);
    let name = names.split(',').nth(index).unwrap_or("").trim();
    match nth {
        "" => name.to_owned(),
        "-1" => Said::new("rhythm.last").with("day", name).speak(lang),
        // Ordinals below four are written otherwise in English and French.
        "1" => Said::new("rhythm.first").with("day", name).speak(lang),
        "2" => Said::new("rhythm.second").with("day", name).speak(lang),
        "3" => Said::new("rhythm.third").with("day", name).speak(lang),
        n => Said::new("rhythm.nth").with("n", n).with("day", name).speak(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn rhythms_become_rules_and_words() {
        let base = Rhythm { every: 1, ..Rhythm::default() };
        let weekly = Rhythm { step: Step::Weekly, weekdays: vec![Weekday::Thu], ..base.clone() };
        let council = Rhythm { step: Step::MonthlyWeekday, without: vec![7, 8], ..base.clone() };
        let until = NaiveDate::from_ymd_opt(2027, 6, 30);
        for (rhythm, rule, words) in [
            (base.clone(), None, ""),
            (weekly.clone(), Some("FREQ=WEEKLY;BYDAY=MO,TH"), "every week, on Monday, Thursday"),
            (
                council.clone(),
                Some("FREQ=MONTHLY;BYDAY=4MO;BYMONTH=1,2,3,4,5,6,9,10,11,12"),
                "every month, on the 4th Monday, except in July, August",
            ),
            (
                Rhythm { from_end: true, until, count: Some(3), ..council },
                Some("FREQ=MONTHLY;BYDAY=-1MO;BYMONTH=1,2,3,4,5,6,9,10,11,12;UNTIL=20270630T235959"),
                "every month, on the last Monday, except in July, August, until Wednesday 30 June 2027",
            ),
            (
                Rhythm { step: Step::Daily, every: 2, count: Some(5), ..base.clone() },
                Some("FREQ=DAILY;INTERVAL=2;COUNT=5"),
                "every 2 days, 5 times",
            ),
            (
                Rhythm { step: Step::MonthlyDay, ..base },
                Some("FREQ=MONTHLY;BYMONTHDAY=25"),
                "every month, on day 25",
            ),
        ] {
            // Monday 25 January 2027 is the fourth Monday of its month.
            let made = rhythm.rule(at("2027-01-25T10:00"));
            assert_eq!(made.as_deref(), rule);
            if let Some(made) = made {
                assert_eq!(rule_in_words(&made, Lang::En), words);
                let parsed = crate::time::recurrence::Rule::parse(
                    &made,
                    at("2027-01-25T10:00"),
                    crate::time::Zone::BRUSSELS,
                );
                // What not all calendars read alike is turned into dates when it is booked.
                let dates = |error: &crate::time::recurrence::RuleError| error.0.key == "recurrence.not_kept";
                assert!(parsed.as_ref().err().is_none_or(dates), "{made}: {parsed:?}");
            }
        }
    }

    #[test]
    fn no_rule_of_any_shape_is_too_much() {
        for odd in [
            "",
            ";;",
            "FREQ=",
            "FREQ=WEEKLY;BYDAY=é",
            "FREQ=MONTHLY;BYMONTH=0,99",
            "FREQ=WEEKLY;BYDAY=X",
            "FREQ=DAILY;UNTIL=é",
        ] {
            assert!(!rule_in_words(odd, Lang::Nl).is_empty(), "{odd}");
        }
    }
}
