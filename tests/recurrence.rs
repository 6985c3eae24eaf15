//! Rules of recurrence: the examples of RFC 5545, the cases at which common engines fail, and refusals.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::time::recurrence::{Entered, Rule, enter};
use chrono::NaiveDateTime;

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

/// Section, rule, start, whether it is kept, the first dates ("." at the end: there are no more).
type Row = (&'static str, &'static str, &'static str, bool, &'static str);

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

const KEPT: bool = true;
const AS_DATES: bool = false;

#[test]
fn the_examples_of_rfc_5545() {
    check(RFC_5545);
}

const RFC_5545: &[Row] = &[
    (
        "3.8.5.3 daily for 10",
        "FREQ=DAILY;COUNT=10",
        "19970902",
        KEPT,
        "19970902 19970903 19970904 19970905 19970906 19970907 19970908 19970909 19970910 19970911.",
    ),
    ("3.8.5.3 every other day", "FREQ=DAILY;INTERVAL=2", "19970902", KEPT, "19970902 19970904 19970906"),
    (
        "3.8.5.3 every 10 days, 5 times",
        "FREQ=DAILY;INTERVAL=10;COUNT=5",
        "19970902",
        KEPT,
        "19970902 19970912 19970922 19971002 19971012.",
    ),
    (
        "3.8.5.3 every day in January",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
        "19980101",
        AS_DATES,
        "19980101 19980102 19980103",
    ),
    (
        "3.8.5.3 weekly for 10",
        "FREQ=WEEKLY;COUNT=10",
        "19970902",
        KEPT,
        "19970902 19970909 19970916 19970923 19970930 19971007 19971014 19971021 19971028 19971104.",
    ),
    (
        "3.8.5.3 weekly until 24 December",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z",
        "19970902",
        KEPT,
        "19970902 19970909 19970916 19970923 19970930.",
    ),
    (
        "3.8.5.3 every other week",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "19970902",
        KEPT,
        "19970902 19970916 19970930 19971014",
    ),
    (
        "3.8.5.3 weekly on Tuesday and Thursday",
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "19970902",
        KEPT,
        "19970902 19970904 19970909 19970911 19970916 19970918 19970923 19970925 19970930 19971002.",
    ),
    (
        "3.8.5.3 every other week on MO WE FR",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19970930T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "19970901",
        KEPT,
        "19970901 19970903 19970905 19970915 19970917 19970919 19970929.",
    ),
    (
        "3.8.5.3 every other week on TU TH, 8",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "19970902",
        KEPT,
        "19970902 19970904 19970916 19970918 19970930 19971002 19971014 19971016.",
    ),
    (
        "3.8.5.3 monthly on the first Friday",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "19970905",
        KEPT,
        "19970905 19971003 19971107 19971205 19980102 19980206 19980306 19980403 19980501 19980605.",
    ),
    (
        "3.8.5.3 every other month on first and last Sunday",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "19970907",
        AS_DATES,
        "19970907 19970928 19971102 19971130 19980104 19980125 19980301 19980329 19980503 19980531.",
    ),
    (
        "3.8.5.3 second-to-last Monday",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "19970922",
        KEPT,
        "19970922 19971020 19971117 19971222 19980119 19980216.",
    ),
    (
        "3.8.5.3 third-to-last day",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "19970928",
        KEPT,
        "19970928 19971029 19971128 19971229 19980129 19980226",
    ),
    (
        "3.8.5.3 2nd and 15th",
        "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15",
        "19970902",
        AS_DATES,
        "19970902 19970915 19971002 19971015.",
    ),
    (
        "3.8.5.3 first and last day",
        "FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,-1",
        "19970930",
        AS_DATES,
        "19970930 19971001 19971031 19971101 19971130.",
    ),
    (
        "3.8.5.3 every 18 months, 10th to 12th",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=5;BYMONTHDAY=10,11,12",
        "19970910",
        AS_DATES,
        "19970910 19970911 19970912 19990310 19990311.",
    ),
    (
        "3.8.5.3 every Tuesday, every other month",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;COUNT=7",
        "19970902",
        AS_DATES,
        "19970902 19970909 19970916 19970923 19970930 19971104 19971111.",
    ),
    (
        "3.8.5.3 June and July",
        "FREQ=YEARLY;COUNT=4;BYMONTH=6,7",
        "19970610",
        AS_DATES,
        "19970610 19970710 19980610 19980710.",
    ),
    (
        "3.8.5.3 every other year, January to March",
        "FREQ=YEARLY;INTERVAL=2;COUNT=4;BYMONTH=1,2,3",
        "19970310",
        AS_DATES,
        "19970310 19990110 19990210 19990310.",
    ),
    (
        "3.8.5.3 1st, 100th and 200th day",
        "FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200",
        "19970101",
        AS_DATES,
        "19970101 19970410 19970719 20000101.",
    ),
    (
        "3.8.5.3 20th Monday",
        "FREQ=YEARLY;BYDAY=20MO;COUNT=3",
        "19970519",
        AS_DATES,
        "19970519 19980518 19990517.",
    ),
    (
        "3.8.5.3 Monday of week 20",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3",
        "19970512",
        AS_DATES,
        "19970512 19980511 19990517.",
    ),
    (
        "3.8.5.3 Thursdays in March",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=5",
        "19970313",
        AS_DATES,
        "19970313 19970320 19970327 19980305 19980312.",
    ),
    (
        "3.8.5.3 Friday the 13th",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4",
        "19980213",
        AS_DATES,
        "19980213 19980313 19981113 19990813.",
    ),
    (
        "3.8.5.3 Saturday after the first Sunday",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=4",
        "19970913",
        AS_DATES,
        "19970913 19971011 19971108 19971213.",
    ),
    (
        "3.8.5.3 election day",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3",
        "19961105",
        AS_DATES,
        "19961105 20001107 20041102.",
    ),
    (
        "3.8.5.3 third of TU WE TH",
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "19970904",
        KEPT,
        "19970904 19971007 19971106.",
    ),
    (
        "3.8.5.3 second-to-last weekday",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4",
        "19970929",
        KEPT,
        "19970929 19971030 19971127 19971230.",
    ),
    (
        "3.8.5.3 WKST=MO",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "19970805",
        KEPT,
        "19970805 19970810 19970819 19970824.",
    ),
    (
        "3.8.5.3 WKST=SU",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "19970805",
        KEPT,
        "19970805 19970817 19970819 19970831.",
    ),
    (
        "3.8.5.3 invalid dates left out",
        "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "20070115",
        AS_DATES,
        "20070115 20070130 20070215 20070315 20070330.",
    ),
    (
        "3.8.5.3 every 20 minutes of the day",
        "FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20,40;COUNT=7",
        "19970902",
        AS_DATES,
        "19970902T090000 19970902T092000 19970902T094000 19970902T100000 19970902T102000 \
         19970902T104000 19970903T090000.",
    ),
];

#[test]
fn what_common_engines_get_wrong() {
    check(HARD_CASES);
}

const HARD_CASES: &[Row] = &[
    // libical icalrecur_test.txt; rrule 0.14 and calcard 0.3 count BYSETPOS from the middle of the week.
    (
        "weekly BYSETPOS, start in the middle of the week",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=4",
        "20150513",
        AS_DATES,
        "20150513 20150518 20150520 20150525.",
    ),
    // rrule refuses these.
    (
        "daily, last days of the month",
        "FREQ=DAILY;BYMONTHDAY=-1,-2;COUNT=4",
        "20150130",
        AS_DATES,
        "20150130 20150131 20150227 20150228.",
    ),
    (
        "BYYEARDAY=366",
        "FREQ=YEARLY;BYYEARDAY=366;COUNT=3",
        "20001231",
        AS_DATES,
        "20001231 20041231 20081231.",
    ),
    ("BYYEARDAY=-2", "FREQ=YEARLY;BYYEARDAY=-2;COUNT=3", "20031230", AS_DATES, "20031230 20041230 20051230."),
    ("BYYEARDAY=-366", "FREQ=YEARLY;BYYEARDAY=-366;COUNT=2", "20040101", AS_DATES, "20040101 20080101."),
    (
        "last week of the year",
        "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=3",
        "20041231",
        AS_DATES,
        "20041231 20050102 20060101.",
    ),
    (
        "week 53",
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;COUNT=3",
        "19981228",
        AS_DATES,
        "19981228 20041227 20091228.",
    ),
    (
        "week 1 that starts in December",
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3",
        "19971229",
        AS_DATES,
        "19971229 19990104 20000103.",
    ),
    (
        "29 February by date",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=4",
        "19960229",
        KEPT,
        "19960229 20000229 20040229 20080229.",
    ),
    ("29 February from the start", "FREQ=YEARLY;COUNT=3", "19960229", KEPT, "19960229 20000229 20040229."),
    (
        "last day of February",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=4",
        "19970228",
        KEPT,
        "19970228 19980228 19990228 20000229.",
    ),
    (
        "31st of the month from the start",
        "FREQ=MONTHLY;COUNT=4",
        "19970131",
        KEPT,
        "19970131 19970331 19970531 19970731.",
    ),
    (
        "last day of the month",
        "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3",
        "19970131",
        KEPT,
        "19970131 19970228 19970331.",
    ),
    (
        "31st from the end",
        "FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=3",
        "19970101",
        KEPT,
        "19970101 19970301 19970501.",
    ),
    (
        "fifth Monday",
        "FREQ=MONTHLY;BYDAY=5MO;COUNT=4",
        "19970331",
        KEPT,
        "19970331 19970630 19970929 19971229.",
    ),
    (
        "fifth Monday of a month of the year",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=5MO;COUNT=2",
        "19970331",
        KEPT,
        "19970331 19980330.",
    ),
    (
        "5 weekdays at most, sixth position",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=10;COUNT=2",
        "19970930",
        KEPT,
        "19970930 19971230.",
    ),
    (
        "month without the position",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1,2,3;BYSETPOS=2;COUNT=1",
        "19970901",
        AS_DATES,
        "19970901.",
    ),
    (
        "daily on weekdays is weekly",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=6",
        "19970905",
        KEPT,
        "19970905 19970908 19970909 19970910 19970911 19970912.",
    ),
    (
        "every other day on weekdays is not",
        "FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;COUNT=3",
        "19970905",
        AS_DATES,
        "19970905 19970909 19970911.",
    ),
    (
        "Outlook says the start again",
        "FREQ=WEEKLY;BYDAY=TU;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=2",
        "19970902",
        KEPT,
        "19970902 19970909.",
    ),
    (
        "Outlook's second Tuesday",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=2",
        "19970909",
        KEPT,
        "19970909 19971014.",
    ),
    (
        "Outlook's last Friday of September",
        "FREQ=YEARLY;BYDAY=FR;BYMONTH=9;BYSETPOS=-1;COUNT=2",
        "19970926",
        KEPT,
        "19970926 19980925.",
    ),
    (
        "every month of the year by day",
        "FREQ=YEARLY;BYMONTHDAY=1;COUNT=3",
        "19970901",
        AS_DATES,
        "19970901 19971001 19971101.",
    ),
    (
        "lower case, spaces, empty parts",
        " rrule:freq=weekly;byday= tu , we ;; count=3 ",
        "19970902",
        KEPT,
        "19970902 19970903 19970909.",
    ),
];

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
