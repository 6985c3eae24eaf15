//! What holds for every session of every kind of body.

use belfort::council::{
    ConvocationNo, Count, HouseOrder, HouseTerm, Jurisdiction, Kind, SessionFacts, TermRole, school_breaks,
    shift,
};
use belfort::texts::Lang;
use belfort::time::{HolidayKind, Zone, easter, holidays_of};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Weekday};
use proptest::prelude::*;

use super::{calendar, of, one};

fn kinds() -> Vec<Kind> {
    Jurisdiction::ALL.into_iter().flat_map(Jurisdiction::kinds).collect()
}

fn any_facts() -> impl Strategy<Value = SessionFacts> {
    // Quarters of an hour from 2020 to 2060.
    let start = (1_577_836_800_i64..2_840_140_800).prop_map(|s| s - s % 900);
    (start, any::<bool>(), proptest::option::of(0..500_000_i64), 0..100_000_i64).prop_map(
        |(start, second, late, before)| {
            let start = DateTime::from_timestamp(start, 0).unwrap();
            let mut facts = SessionFacts::planned(start, Zone::BRUSSELS);
            facts.convocation = if second { ConvocationNo::Second } else { ConvocationNo::First };
            facts.published = late.map(|late| start + TimeDelta::seconds(late));
            facts.amended = vec![start - TimeDelta::seconds(before)];
            facts
        },
    )
}

proptest! {
    #[test]
    fn every_answer_has_its_source_and_four_explanations(facts in any_facts(), at in 0..13_usize) {
        let kinds = kinds();
        let kind = kinds[at % kinds.len()];
        for deadline in of(&kind.rules(), &facts) {
            prop_assert!(!deadline.rule.is_empty() && !deadline.article.is_empty());
            for lang in Lang::ALL {
                let said = deadline.explanation.speak(lang);
                prop_assert!(said.contains(&deadline.article), "{said}");
                prop_assert!(!said.contains(['{', '}']) && !said.contains("deadline."), "{said}");
                prop_assert!(!deadline.name.speak(lang).is_empty());
            }
        }
    }

    #[test]
    fn the_last_working_day_is_one_and_not_after_the_due_day(facts in any_facts(), at in 0..13_usize) {
        let kinds = kinds();
        let kind = kinds[at % kinds.len()];
        let days = calendar(kind);
        for deadline in of(&kind.rules(), &facts) {
            let due = deadline.due.day(facts.zone);
            prop_assert!(deadline.last_working_day <= due);
            prop_assert!(days.is_working(deadline.last_working_day));
            prop_assert!(days.next_after(deadline.last_working_day) > due);
        }
    }

    #[test]
    fn a_later_session_has_no_earlier_deadline(
        facts in any_facts(), later_s in 0..40_000_000_i64, at in 0..13_usize,
    ) {
        let kinds = kinds();
        let rules = kinds[at % kinds.len()].rules();
        let later = SessionFacts { start: facts.start + TimeDelta::seconds(later_s), ..facts.clone() };
        for rule in rules.iter() {
            let ends = |facts: &SessionFacts| {
                let list = of(&rules, facts).into_iter().filter(|deadline| deadline.rule == rule.id);
                list.map(|deadline| deadline.due.end(facts.zone)).collect::<Vec<_>>()
            };
            let (before, after) = (ends(&facts), ends(&later));
            prop_assert_eq!(before.len(), after.len());
            prop_assert!(before.iter().zip(&after).all(|(before, after)| before <= after), "{}", rule.id);
        }
    }

    #[test]
    fn clear_days_end_one_day_before_calendar_days(facts in any_facts(), n in 8..60_u32) {
        let rules = |count| {
            let order = HouseOrder::default()
                .with("convocation-sent", HouseTerm { n: Some(n), count: Some(count) });
            "gemeenteraad".parse::<Kind>().unwrap().rules().tightened_by(&order).unwrap()
        };
        let day = |count| one(&rules(count), &facts, "convocation-sent").due.day(facts.zone);
        prop_assert_eq!(day(Count::Clear), day(Count::CalendarBefore) - Days::new(1));
        prop_assert_eq!(
            day(Count::CalendarBefore),
            facts.zone.wall(facts.start).date() - Days::new(n.into())
        );
    }

    #[test]
    fn easter_is_a_sunday_of_spring(year in 1583..9_999_i32) {
        let day = easter(year).unwrap();
        prop_assert_eq!(day.weekday(), Weekday::Sun);
        let first = NaiveDate::from_ymd_opt(year, 3, 22).unwrap();
        prop_assert!(first <= day && day <= NaiveDate::from_ymd_opt(year, 4, 25).unwrap());
    }
}

#[test]
fn the_rules_are_whole() {
    assert_eq!(kinds().len(), 12);
    for kind in kinds() {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        let iri = "http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/";
        assert!(kind.classification().is_none_or(|found| found.starts_with(iri)));
        let rules = kind.rules();
        assert!(rules.iter().count() > 0, "{kind} has a rule set");
        for rule in rules.iter() {
            assert!(!rule.article.is_empty());
            assert_eq!(rules.iter().filter(|other| other.id == rule.id).count(), 1, "{kind} {}", rule.id);
            let Some(term) = rule.term else { continue };
            let has_place = rule.explained(ConvocationNo::First).en.contains(char::is_numeric);
            assert!(
                term.n.is_none() || term.n == Some(0) || has_place,
                "{} does not say its number",
                rule.id
            );
            assert!(term.role == TermRole::Duty || !term.names_time);
        }
    }
    assert!(kinds().iter().filter(|kind| kind.is_public()).count() >= 6);
    assert_eq!(shift().shift, "none");
    assert_eq!(shift().mark.word(), "memory");
}

#[test]
fn an_unknown_kind_is_told_what_there_is() {
    let error = "gemeenteraden".parse::<Kind>().unwrap_err();
    assert!(error.to_string().contains("gemeenteraad, raad-voor-maatschappelijk-welzijn"), "{error}");
    assert_eq!("BE-XXX/gemeenteraad".parse::<Kind>().unwrap_err().0.key, "deadline.unknown_jurisdiction");
    let kept: Result<Kind, _> = serde_json::from_str("\"NL/gemeenteraad\"");
    assert_eq!(kept.unwrap().jurisdiction(), Jurisdiction::Netherlands);
}

/// The public holidays of Belgium as the official lists have them, in the order of the year.
const OFFICIAL: &[(i32, [&str; 10])] = &[
    (2025, ["01-01", "04-21", "05-01", "05-29", "06-09", "07-21", "08-15", "11-01", "11-11", "12-25"]),
    (2026, ["01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"]),
    (2027, ["01-01", "03-29", "05-01", "05-06", "05-17", "07-21", "08-15", "11-01", "11-11", "12-25"]),
    (2028, ["01-01", "04-17", "05-01", "05-25", "06-05", "07-21", "08-15", "11-01", "11-11", "12-25"]),
    (2030, ["01-01", "04-22", "05-01", "05-30", "06-10", "07-21", "08-15", "11-01", "11-11", "12-25"]),
    (2035, ["01-01", "03-26", "05-01", "05-03", "05-14", "07-21", "08-15", "11-01", "11-11", "12-25"]),
];

#[test]
fn holidays_are_those_of_the_official_lists() {
    let rules = Jurisdiction::Flanders.holidays();
    for (year, days) in OFFICIAL {
        let found: Vec<String> =
            holidays_of(rules, *year, &[]).iter().map(|(day, _)| day.format("%m-%d").to_string()).collect();
        assert_eq!(found, days, "{year}");
    }
    assert!(Jurisdiction::Netherlands.holidays().is_empty());
}

#[test]
fn a_town_switches_its_own_holidays_on() {
    let rules = Jurisdiction::Flanders.holidays();
    let observed = holidays_of(rules, 2027, &["flemish-community", "boxing-day"]);
    let own: Vec<_> = observed.iter().filter(|(_, holiday)| holiday.kind != HolidayKind::Public).collect();
    let named: Vec<_> =
        own.iter().map(|(day, holiday)| (day.to_string(), holiday.name.nl.as_str())).collect();
    assert_eq!(
        named,
        [
            ("2027-07-11".to_owned(), "Feestdag van de Vlaamse Gemeenschap"),
            ("2027-12-26".to_owned(), "Tweede kerstdag"),
        ]
    );
}

#[test]
fn school_breaks_follow_the_usual_pattern() {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let breaks = school_breaks();
    assert_eq!(breaks.len(), 10);
    for stretch in breaks {
        assert!(stretch.from < stretch.to);
    }
    assert!(breaks.windows(2).all(|pair| pair[0].to < pair[1].from));
    for (year, autumn, christmas) in
        [(2026, date(2026, 11, 2), date(2026, 12, 21)), (2027, date(2027, 11, 1), date(2027, 12, 27))]
    {
        assert!(breaks.iter().any(|stretch| stretch.from == autumn), "{year}");
        assert!(breaks.iter().any(|stretch| stretch.from == christmas), "{year}");
    }
    for year in [2027, 2028] {
        let sunday = easter(year).unwrap();
        // The Monday before Easter is the first, so the seventh is 48 days before Easter Sunday.
        assert!(breaks.iter().any(|stretch| stretch.from == sunday - Days::new(48)), "{year}");
        assert!(breaks.iter().any(|stretch| stretch.contains(sunday + Days::new(1))), "{year}");
        assert!(breaks.iter().any(|stretch| stretch.contains(date(year, 7, 15))), "{year}");
    }
}
