//! Rules of recurrence: the examples of RFC 5545, the cases at which common engines fail, and refusals.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod rows;

use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::time::recurrence::{Entered, Rule, enter};
use chrono::NaiveDateTime;
use rows::{AS_DATES, HARD_CASES, KEPT, RFC_5545, Row};

fn at(text: &str) -> NaiveDateTime {
    let text = if text.len() == 8 { format!("{text}T090000") } else { text.to_owned() };
    NaiveDateTime::parse_from_str(&text, "%Y%m%dT%H%M%S").unwrap()
}

/// The dates of a rule up to a far horizon, and whether it is kept as a rule.
fn dates(rule: &str, start: &str) -> (Vec<NaiveDateTime>, bool) {
    let horizon = at("20200101");
    let zone: Zone = "America/New_York".parse().unwrap();
    match enter(rule, at(start), zone, horizon).unwrap_or_else(|error| panic!("{rule}: {error:?}")) {
        Entered::Rule(rule) => (rule.occurrences(at(start), at(start), horizon, 100), true),
        Entered::Dates { dates, .. } => (dates, false),
    }
}

fn check(rows: &[Row]) {
    for (section, rule, start, kept, expected) in rows {
        let (got, is_kept) = dates(rule, start);
        let whole = expected.ends_with('.');
        let expected: Vec<_> = expected.trim_end_matches('.').split_whitespace().map(at).collect();
        if whole {
            assert_eq!(got, expected, "{section}: {rule}");
        } else {
            assert!(got.len() > expected.len(), "{section}: {rule} ends");
            assert_eq!(got[..expected.len()], expected, "{section}: {rule}");
        }
        assert_eq!(is_kept, *kept, "{section}: {rule}");
    }
}

#[test]
fn the_examples_of_rfc_5545() {
    check(RFC_5545);
}

#[test]
fn what_common_engines_get_wrong() {
    check(HARD_CASES);
}

#[test]
fn the_end_of_a_series() {
    let rows: &[Row] = &[
        (
            "3.3.10 UNTIL is inclusive",
            "FREQ=DAILY;UNTIL=19970904T130000Z",
            "19970902",
            KEPT,
            "19970902 19970903 19970904.",
        ),
        (
            "3.3.10 UNTIL one second too early",
            "FREQ=DAILY;UNTIL=19970904T125959Z",
            "19970902",
            KEPT,
            "19970902 19970903.",
        ),
        (
            "3.3.10 UNTIL in wall time",
            "FREQ=DAILY;UNTIL=19970904T090000",
            "19970902",
            KEPT,
            "19970902 19970903 19970904.",
        ),
        (
            "3.3.10 UNTIL as a date holds that day",
            "FREQ=DAILY;UNTIL=19970904",
            "19970902",
            KEPT,
            "19970902 19970903 19970904.",
        ),
        ("3.3.10 UNTIL at the start", "FREQ=DAILY;UNTIL=19970902T090000", "19970902", KEPT, "19970902."),
        ("3.3.10 COUNT=1", "FREQ=MONTHLY;COUNT=1", "19970902", KEPT, "19970902."),
        (
            "UNTIL in winter, entered in summer",
            "FREQ=WEEKLY;UNTIL=19971104T140000Z",
            "19971021",
            KEPT,
            "19971021 19971028 19971104.",
        ),
    ];
    check(rows);
}

#[test]
fn a_start_that_the_rule_does_not_make_counts_and_the_series_becomes_dates() {
    let rows: &[Row] = &[
        (
            "3.8.5.3 DTSTART counts",
            "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
            "19970903",
            AS_DATES,
            "19970903 19970909 19970916.",
        ),
        (
            "3.8.5.3 DTSTART counts, by month",
            "FREQ=MONTHLY;BYDAY=1MO;COUNT=2",
            "19970903",
            AS_DATES,
            "19970903 19971006.",
        ),
        (
            "30 February: only the start is left",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "19970902",
            AS_DATES,
            "19970902.",
        ),
    ];
    check(rows);
    let Entered::Dates { why, .. } =
        enter("FREQ=WEEKLY;BYDAY=TU", at("19970903"), Zone::BRUSSELS, at("19971001")).unwrap()
    else {
        panic!("kept");
    };
    assert_eq!(why.key, "recurrence.as_dates_start");
    assert!(why.speak(Lang::Nl).contains("1997-09-03"), "{}", why.speak(Lang::Nl));
}

#[test]
fn refused_rules_say_why() {
    let long = format!("FREQ=DAILY;BYMONTHDAY={}", "1,".repeat(2_000));
    for (rule, key) in [
        ("FREQ=SECONDLY", "recurrence.too_often"),
        ("FREQ=MINUTELY;INTERVAL=1440", "recurrence.too_often"),
        ("FREQ=HOURLY;COUNT=2", "recurrence.too_often"),
        ("", "recurrence.unreadable"),
        ("RRULE:", "recurrence.unreadable"),
        ("elke dinsdag", "recurrence.unreadable"),
        ("INTERVAL=2", "recurrence.unreadable"),
        (&long, "recurrence.unreadable"),
        ("FREQ=OFTEN", "recurrence.bad_value"),
        ("FREQ=DAILY;INTERVAL=0", "recurrence.bad_value"),
        ("FREQ=DAILY;INTERVAL=-1", "recurrence.bad_value"),
        ("FREQ=DAILY;COUNT=0", "recurrence.bad_value"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "recurrence.bad_value"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "recurrence.bad_value"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "recurrence.bad_value"),
        ("FREQ=MONTHLY;BYDAY=0MO", "recurrence.bad_value"),
        ("FREQ=WEEKLY;BYDAY=XX", "recurrence.bad_value"),
        ("FREQ=WEEKLY;BYDAY=é", "recurrence.bad_value"),
        ("FREQ=WEEKLY;BYDAY=", "recurrence.bad_value"),
        ("FREQ=DAILY;UNTIL=19971301", "recurrence.bad_value"),
        ("FREQ=DAILY;UNTIL=+1970-01-01", "recurrence.bad_value"),
        ("FREQ=YEARLY;BYWEEKNO=54", "recurrence.bad_value"),
        ("FREQ=WEEKLY;BYWEEKNO=5", "recurrence.combination"),
        ("FREQ=MONTHLY;BYYEARDAY=5", "recurrence.combination"),
        ("FREQ=WEEKLY;BYMONTHDAY=5", "recurrence.combination"),
        ("FREQ=WEEKLY;BYDAY=1MO", "recurrence.combination"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "recurrence.combination"),
        ("FREQ=MONTHLY;BYSETPOS=1", "recurrence.combination"),
        ("FREQ=DAILY;COUNT=2;UNTIL=19980101", "recurrence.count_and_until"),
        ("FREQ=DAILY;COUNT=2;COUNT=3", "recurrence.twice"),
        ("FREQ=DAILY;FREQ=WEEKLY", "recurrence.twice"),
        ("FREQ=MONTHLY;RSCALE=CHINESE;SKIP=FORWARD", "recurrence.unknown_part"),
        ("FREQ=YEARLY;BYEASTER=0", "recurrence.unknown_part"),
        ("FREQ=DAILY;UNTIL=19960101", "recurrence.ends_before_start"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,10,20,30,40,50", "recurrence.too_many"),
    ] {
        let error = enter(rule, at("19970902"), Zone::BRUSSELS, at("19990902")).unwrap_err();
        assert_eq!(error.0.key, key, "{rule}");
        for lang in Lang::ALL {
            let sentence = error.0.speak(lang);
            assert!(sentence.len() > 40 && !sentence.contains('{'), "{rule}: {sentence}");
        }
    }
    let error = enter("FREQ=WEEKLY;BYDAY=TU;BYSETPOS=1", at("19990902"), Zone::BRUSSELS, at("19990902"));
    assert_eq!(error.unwrap_err().0.key, "recurrence.empty", "nothing before the horizon");
}

#[test]
fn the_canonical_form_is_read_back_as_the_same_rule() {
    let zone = Zone::BRUSSELS;
    for (rule, start, canonical, feed) in [
        ("RRULE:FREQ=WEEKLY;COUNT=10", "20270302", "FREQ=WEEKLY;BYDAY=TU;COUNT=10", None),
        ("FREQ=WEEKLY;COUNT=2;BYDAY=TH,TU;WKST=MO", "20270302", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=2", None),
        ("FREQ=MONTHLY", "20270331", "FREQ=MONTHLY;BYMONTHDAY=31", None),
        ("FREQ=YEARLY", "20270331", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=31", None),
        ("WKST=SU;INTERVAL=2;FREQ=DAILY", "20270331", "FREQ=DAILY;INTERVAL=2;WKST=SU", None),
        ("FREQ=MONTHLY;BYDAY=FR,MO;BYSETPOS=-1", "20270329", "FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=-1", None),
        (
            "FREQ=DAILY;UNTIL=20270728T070000Z",
            "20270302",
            "FREQ=DAILY;UNTIL=20270728T090000",
            Some("FREQ=DAILY;UNTIL=20270728T070000Z"),
        ),
        (
            "FREQ=DAILY;UNTIL=20271228",
            "20270302",
            "FREQ=DAILY;UNTIL=20271228T235959",
            Some("FREQ=DAILY;UNTIL=20271228T225959Z"),
        ),
    ] {
        let parsed = Rule::parse(rule, at(start), zone).unwrap();
        assert_eq!(parsed.to_string(), canonical);
        assert_eq!(Rule::parse(canonical, at(start), zone).unwrap(), parsed);
        assert_eq!(parsed.to_ical(zone), feed.unwrap_or(canonical));
        assert_eq!(Rule::parse(&parsed.to_ical(zone), at(start), zone).unwrap(), parsed);
    }
    let all_day = Rule::parse("FREQ=DAILY;UNTIL=20271228", at("20270302"), zone).unwrap();
    assert_eq!(all_day.to_ical_all_day(), "FREQ=DAILY;UNTIL=20271228");
    assert_eq!(all_day.until(), Some(at("20271228T235959")));
    assert!(all_day.is_finite() && all_day.count().is_none());
    let error = Rule::parse("FREQ=YEARLY;BYWEEKNO=20", at("20270302"), zone).unwrap_err();
    assert_eq!(error.0.key, "recurrence.not_kept");
}

#[test]
fn a_series_is_split_without_losing_or_doubling_a_date() {
    for (rule, start, split) in [
        ("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", "20270302", "20270318"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=9", "20270302", "20270401"),
        ("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20271231", "20270326", "20270625"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5", "20270331", "20270831"),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20270401T090000", "20270302", "20270308"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", "20280229", "20320229"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "20270302", "20270305"),
    ] {
        let (start, split, far) = (at(start), at(split), at("20450101"));
        let rule = Rule::parse(rule, start, Zone::BRUSSELS).unwrap();
        let whole = rule.occurrences(start, start, far, 100);
        assert!(whole.contains(&split), "{rule} has no {split}");
        let head = rule.ended_before(start, split);
        let tail = rule.continued_from(start, split);
        let mut halves = head.occurrences(start, start, far, 100);
        assert!(head.is_finite() && halves.iter().all(|at| *at < split), "{head}");
        halves.extend(tail.occurrences(split, split, far, 100 - halves.len()));
        assert_eq!(halves, whole, "{rule} at {split}: {head} and {tail}");
    }
}

#[test]
fn a_window_is_cut_out_of_the_whole() {
    let start = at("20270302");
    for rule in [
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SU",
        "FREQ=DAILY;INTERVAL=7",
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=2",
        "FREQ=YEARLY;INTERVAL=3;BYMONTH=3;BYMONTHDAY=2",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=200",
    ] {
        let rule = Rule::parse(rule, start, Zone::BRUSSELS).unwrap();
        let whole = rule.occurrences(start, start, at("20400101"), 5_000);
        for (from, until) in [
            ("20270302", "20270303"),
            ("20270303", "20280303"),
            ("20300601", "20300605"),
            ("20350101", "20350101"),
            ("20260101", "20270302"),
            ("20290101", "20400101"),
        ] {
            let cut: Vec<_> = whole.iter().copied().filter(|w| at(from) <= *w && *w < at(until)).collect();
            assert_eq!(rule.occurrences(start, at(from), at(until), 5_000), cut, "{rule} {from} {until}");
        }
        assert_eq!(rule.occurrences(start, start, at("20400101"), 3), whole[..3]);
        assert!(rule.occurrences(start, start, at("20400101"), 0).is_empty());
    }
}
