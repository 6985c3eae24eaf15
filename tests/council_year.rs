//! The session calendar of a year, against years worked out by hand with a calendar on the wall.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeSet;

use belfort::council::{
    Dodge, Due, HouseOrder, HouseTerm, Joined, Kind, Nth, Pattern, Remark, RuleSet, YearCalendar, YearPlan,
    plan_year, school_breaks,
};
use belfort::texts::Lang;
use belfort::time::{SchoolBreak, WorkingDays, Zone};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Weekday};
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules(kind: &str) -> RuleSet {
    kind.parse::<Kind>().unwrap().rules()
}

fn calendar() -> WorkingDays {
    WorkingDays::observing(belfort::council::holidays(), &["flemish-community"])
}

/// Sessions in 2027 at 19:00, not in July and August; out of the way of holidays and school breaks a week earlier.
fn plan(pattern: Pattern) -> YearPlan {
    YearPlan {
        pattern,
        time: NaiveTime::from_hms_opt(19, 0, 0).unwrap(),
        zone: Zone::BRUSSELS,
        from: date("2027-01-01"),
        to: date("2027-12-31"),
        without: vec![7, 8],
        holidays: Dodge::WeekEarlier,
        breaks: Some(Dodge::WeekEarlier),
        school_breaks: school_breaks().to_vec(),
        minimum: None,
        joined: None,
    }
}

const LAST_TUESDAY: Pattern = Pattern::Monthly { nth: Nth::Last, weekday: Weekday::Tue };

fn made(plan: &YearPlan, kind: &str) -> YearCalendar {
    plan_year(plan, &rules(kind), &calendar(), DateTime::UNIX_EPOCH).unwrap()
}

fn days(calendar: &YearCalendar) -> String {
    let days = calendar.sessions.iter().map(|session| session.day.format("%m-%d").to_string());
    days.collect::<Vec<_>>().join(" ")
}

fn said(remarks: &[Remark]) -> Vec<String> {
    remarks.iter().map(|remark| remark.speak(Lang::Nl)).collect()
}

#[test]
fn the_last_tuesday_of_ten_months() {
    let year = made(&plan(LAST_TUESDAY), "gemeenteraad");
    assert_eq!(days(&year), "01-26 02-23 03-23 04-27 05-25 06-29 09-28 10-26 11-30 12-21");
    let moved: Vec<_> = year
        .sessions
        .iter()
        .filter_map(|session| session.remark.as_ref().map(|remark| remark.speak(Lang::Nl)))
        .collect();
    assert_eq!(
        moved,
        [
            "Verplaatst van di 30 mrt 2027: schoolvakantie (Paasvakantie).",
            "Verplaatst van di 28 dec 2027: schoolvakantie (Kerstvakantie).",
        ]
    );
    assert!(year.unplaced.is_empty());
    let [count] = year.years.as_slice() else { panic!() };
    assert_eq!((count.year, count.planned, count.needed, count.is_met()), (2027, 10, Some(10), true));
    assert!(count.speak(Lang::Nl).unwrap().contains("art. 18, nagekeken"));
}

#[test]
fn sessions_left_out_are_reported_and_counted() {
    let year = made(&YearPlan { breaks: Some(Dodge::Skip), ..plan(LAST_TUESDAY) }, "gemeenteraad");
    assert_eq!(days(&year), "01-26 02-23 04-27 05-25 06-29 09-28 10-26 11-30");
    assert_eq!(
        said(&year.unplaced),
        [
            "Geen zitting op di 30 mrt 2027: schoolvakantie (Paasvakantie).",
            "Geen zitting op di 28 dec 2027: schoolvakantie (Kerstvakantie).",
        ]
    );
    assert!(!year.years[0].is_met());
    let sentence = year.years[0].speak(Lang::En).unwrap();
    assert!(sentence.starts_with("2027: 8 sessions, too few for the 10 that are needed."), "{sentence}");
}

#[test]
fn a_session_in_a_school_break_may_stay_with_a_note() {
    let year = made(&YearPlan { breaks: None, ..plan(LAST_TUESDAY) }, "gemeenteraad");
    assert_eq!(days(&year), "01-26 02-23 03-30 04-27 05-25 06-29 09-28 10-26 11-30 12-28");
    let kept = year.sessions[2].remark.as_ref().unwrap();
    assert_eq!(kept.speak(Lang::En), "Stays, with a note: school break (Easter holidays).");
}

#[test]
fn what_is_in_the_way_is_got_round_in_either_direction() {
    let third_monday = Pattern::Monthly { nth: Nth::From(3), weekday: Weekday::Mon };
    // Whit Monday 17 May; all others are free. Earlier is the 10th, later the 24th.
    for (dodge, expected) in [
        (Dodge::WeekEarlier, "01-18 02-15 03-15 04-19 05-10 06-21 09-20 10-18 11-15 12-20"),
        (Dodge::WeekLater, "01-18 02-15 03-15 04-19 05-24 06-21 09-20 10-18 11-15 12-20"),
        (Dodge::Skip, "01-18 02-15 03-15 04-19 06-21 09-20 10-18 11-15 12-20"),
    ] {
        let plan = YearPlan { holidays: dodge, breaks: Some(dodge), ..plan(third_monday) };
        assert_eq!(days(&made(&plan, "gemeenteraad")), expected, "{dodge:?}");
    }
    // The first Monday of April 2027 lies in the first of two weeks of holidays: two weeks later.
    let first_monday = Pattern::Monthly { nth: Nth::From(1), weekday: Weekday::Mon };
    let april = YearPlan {
        from: date("2027-04-01"),
        to: date("2027-04-30"),
        breaks: Some(Dodge::WeekLater),
        ..plan(first_monday)
    };
    assert_eq!(days(&made(&april, "gemeenteraad")), "04-12");
    // In the whole month there is no other day before it.
    let earlier = made(&YearPlan { breaks: Some(Dodge::WeekEarlier), ..april }, "gemeenteraad");
    assert_eq!(
        said(&earlier.unplaced),
        [
            "Geen plaats voor de zitting van ma 5 apr 2027: schoolvakantie (Paasvakantie), en ook binnen 4 weken is geen dag vrij."
        ]
    );
    assert!(!earlier.years[0].is_whole && !earlier.years[0].is_met());
}

#[test]
fn a_college_meets_every_week_and_has_no_other_week_to_go_to() {
    let mondays = Pattern::Weekly { weekday: Weekday::Mon, every: 1 };
    let plan = YearPlan { without: vec![], breaks: None, ..plan(mondays) };
    let year = made(&plan, "college-van-burgemeester-en-schepenen");
    // 52 Mondays, without Easter Monday, Whit Monday and All Saints.
    assert_eq!(year.sessions.len(), 49);
    let days: Vec<_> = year
        .unplaced
        .iter()
        .map(|remark| match remark {
            Remark::NoWeek(day, _) => day.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(days, ["2027-03-29", "2027-05-17", "2027-11-01"]);
    assert_eq!(year.years[0].needed, None);
    assert_eq!(year.years[0].speak(Lang::Nl), None);
    // The minutes of each are approved on the next Monday.
    let approval =
        year.sessions[0].deadlines.iter().find(|deadline| deadline.rule == "minutes-approved").unwrap();
    assert_eq!(approval.due, Due::Date(date("2027-01-11")));
    let last = year.sessions.last().unwrap();
    assert!(last.deadlines.iter().all(|deadline| deadline.rule != "minutes-approved"));
}

#[test]
fn every_second_thursday_steps_aside_for_armistice() {
    let thursdays = Pattern::Weekly { weekday: Weekday::Thu, every: 2 };
    let autumn = YearPlan {
        from: date("2027-10-28"),
        to: date("2027-12-09"),
        holidays: Dodge::WeekLater,
        breaks: None,
        ..plan(thursdays)
    };
    assert_eq!(days(&made(&autumn, "vast-bureau")), "10-28 11-18 11-25 12-09");
}

#[test]
fn months_without_a_fifth_monday_say_so() {
    let fifth = Pattern::Monthly { nth: Nth::From(5), weekday: Weekday::Mon };
    let year = made(&plan(fifth), "gemeenteraad");
    // Five Mondays have March (Easter Monday, a week earlier), May and November; August is out.
    assert_eq!(days(&year), "03-22 05-31 11-29");
    assert_eq!(year.unplaced.len(), 7);
    assert_eq!(
        year.unplaced[0].speak(Lang::En),
        "In the month that begins on Fri 1 Jan 2027 that weekday does not come so often."
    );
}

#[test]
fn a_closing_day_of_the_town_hall_is_avoided_too() {
    let days_off = calendar().with_closures([date("2027-01-26")]);
    let year =
        plan_year(&plan(LAST_TUESDAY), &rules("gemeenteraad"), &days_off, DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(year.sessions[0].day, date("2027-01-19"));
    let remark = year.sessions[0].remark.as_ref().unwrap().speak(Lang::Nl);
    assert_eq!(remark, "Verplaatst van di 26 jan 2027: gesloten gemeentehuis.");
}

#[test]
fn the_council_for_social_welfare_follows_with_deadlines_of_its_own() {
    let order = HouseOrder::default().with("convocation-sent", HouseTerm { n: Some(10), count: None });
    let council = rules("gemeenteraad").tightened_by(&order).unwrap();
    let welfare = rules("raad-voor-maatschappelijk-welzijn");
    let plan = YearPlan { joined: Some(Joined { rules: welfare, after_min: 90 }), ..plan(LAST_TUESDAY) };
    let year = plan_year(&plan, &council, &calendar(), DateTime::UNIX_EPOCH).unwrap();
    let first = &year.sessions[0];
    assert_eq!(first.start.to_rfc3339(), "2027-01-26T18:00:00+00:00");
    let (start, deadlines) = first.joined.as_ref().unwrap();
    assert_eq!(start.to_rfc3339(), "2027-01-26T19:30:00+00:00");
    let sent = |list: &[belfort::council::Deadline]| {
        list.iter().find(|deadline| deadline.rule == "convocation-sent").unwrap().due
    };
    assert_eq!(sent(&first.deadlines), Due::Date(date("2027-01-16")));
    assert_eq!(sent(deadlines), Due::Date(date("2027-01-18")));
    // The draft minutes of January are due before the session of 23 February.
    let draft = deadlines.iter().find(|deadline| deadline.rule == "draft-minutes-available").unwrap();
    assert_eq!(draft.due, Due::Date(date("2027-02-15")));
}

#[test]
fn a_period_that_makes_no_sense_is_refused() {
    for (from, to) in [("2027-01-02", "2027-01-01"), ("2020-01-01", "2030-01-01")] {
        let plan = YearPlan { from: date(from), to: date(to), ..plan(LAST_TUESDAY) };
        let refused =
            plan_year(&plan, &rules("gemeenteraad"), &calendar(), DateTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(refused.key, "time.range");
    }
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (0..7_u8).prop_map(|day| Weekday::try_from(day).unwrap())
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    let nth = prop_oneof![Just(Nth::Last), (0..7_u8).prop_map(Nth::From)];
    prop_oneof![
        (nth, weekday()).prop_map(|(nth, weekday)| Pattern::Monthly { nth, weekday }),
        (weekday(), 0..9_u32).prop_map(|(weekday, every)| Pattern::Weekly { weekday, every }),
    ]
}

fn any_dodge() -> impl Strategy<Value = Dodge> {
    prop_oneof![Just(Dodge::Skip), Just(Dodge::WeekEarlier), Just(Dodge::WeekLater)]
}

fn any_plan() -> impl Strategy<Value = YearPlan> {
    let period = (0..700_u64, 0..500_u64);
    let dodges = (any_dodge(), proptest::option::of(any_dodge()));
    let without = proptest::collection::vec(1..13_u32, 0..4);
    (any_pattern(), period, dodges, without, proptest::option::of(0..60_u32)).prop_map(
        |(pattern, (first, length), (holidays, breaks), without, minimum)| {
            let from = date("2026-06-01") + chrono::Days::new(first);
            let to = from + chrono::Days::new(length);
            YearPlan { from, to, holidays, breaks, without, minimum, ..plan(pattern) }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_session_is_on_a_holiday_and_none_is_forgotten(plan in any_plan()) {
        let year = made(&plan, "gemeenteraad");
        let observed = calendar();
        let days: Vec<NaiveDate> = year.sessions.iter().map(|session| session.day).collect();
        prop_assert!(days.is_sorted());
        prop_assert_eq!(days.iter().collect::<BTreeSet<_>>().len(), days.len());
        for session in &year.sessions {
            let day = session.day;
            prop_assert!(observed.holiday_on(day).is_none(), "{day}");
            prop_assert!(plan.from <= day && day <= plan.to && !plan.without.contains(&day.month()));
            let pause = plan.school_breaks.iter().any(|pause: &SchoolBreak| pause.contains(day));
            prop_assert!(!pause || plan.breaks.is_none());
            prop_assert!(!session.deadlines.is_empty());
        }
        // What asks for nothing in the way has a session for each day of its pattern, or a remark.
        let free = YearPlan { breaks: None, ..plan.clone() };
        let none = WorkingDays::default();
        let wanted = plan_year(&free, &rules("gemeenteraad"), &none, DateTime::UNIX_EPOCH).unwrap();
        prop_assert_eq!(
            wanted.sessions.len() + wanted.unplaced.len(),
            year.sessions.len() + year.unplaced.len()
        );
        for count in &year.years {
            let held = days.iter().filter(|day| day.year() == count.year).count();
            prop_assert_eq!(count.planned as usize, held);
            prop_assert!(held >= 10 || !count.is_met());
            let spoken = count.speak(Lang::En).unwrap();
            prop_assert!(spoken.contains(&count.planned.to_string()), "{spoken}");
        }
        for remark in &year.unplaced {
            for lang in Lang::ALL {
                let sentence = remark.speak(lang);
                prop_assert!(!sentence.contains(['{', '}']), "{sentence}");
            }
        }
    }
}
