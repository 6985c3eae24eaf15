//! Deadlines counted by hand, each with the article that it follows from.

/// Kind of body, what is known of its session, rule, article, mark, due, last working day (public holidays only).
pub type Row =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const GR: &str = "gemeenteraad";
const RMW: &str = "raad-voor-maatschappelijk-welzijn";
const CBS: &str = "college-van-burgemeester-en-schepenen";
const BRU: &str = "BE-BRU/gemeenteraad";
const WAL: &str = "BE-WAL/conseil-communal";
const NL: &str = "NL/gemeenteraad";

const SENT: &str = "convocation-sent";
const FILE: &str = "dossier-available";
const PUBLIC: &str = "agenda-public";
const ITEM: &str = "member-item";
const AMENDED: &str = "amended-agenda-public";
const DRAFT: &str = "draft-minutes-available";
const MINUTES: &str = "minutes-approved";
const LIST: &str = "decision-list";
const FULL: &str = "regulations-full-text";
const FORCE: &str = "entry-into-force";
const COMPLAINT: &str = "complaint-window";
const SECOND: &str = "second-convocation-sent";

const V: &str = "verified";
const P: &str = "practice";
const M: &str = "memory";

/// A Monday in January, every rule of every kind of council.
pub const EVERY_RULE: &[Row] = &[
    (GR, "at 2027-01-18T20:00", SENT, "20", P, "2027-01-10", "2027-01-08"),
    (GR, "at 2027-01-18T20:00", FILE, "20", V, "2027-01-10", "2027-01-08"),
    (GR, "at 2027-01-18T20:00", PUBLIC, "22", V, "2027-01-10", "2027-01-08"),
    (GR, "at 2027-01-18T20:00", ITEM, "21", V, "2027-01-13", "2027-01-13"),
    (GR, "at 2027-01-18T20:00", DRAFT, "32", V, "2027-01-10", "2027-01-08"),
    (GR, "at 2027-01-18T20:00 next 2027-02-22T20:00", DRAFT, "32", V, "2027-02-14", "2027-02-12"),
    (GR, "at 2027-01-18T20:00", LIST, "285+287", V, "2027-01-28", "2027-01-28"),
    (GR, "at 2027-01-18T20:00", FULL, "286+287", V, "2027-01-28", "2027-01-28"),
    (GR, "at 2027-01-18T20:00", FORCE, "288", V, "2027-02-02", "2027-02-02"),
    (GR, "at 2027-01-18T20:00", COMPLAINT, "332", V, "2027-02-27", "2027-02-26"),
    (GR, "at 2027-01-18T20:00 published 2027-01-20T11:00", FORCE, "288", V, "2027-01-25", "2027-01-25"),
    (GR, "at 2027-01-18T20:00 published 2027-01-20T11:00", COMPLAINT, "332", V, "2027-02-19", "2027-02-19"),
    (GR, "at 2027-01-18T20:00 sent 2027-01-07T09:15", FILE, "20", V, "2027-01-07T09:15+01:00", "2027-01-07"),
    (
        GR,
        "at 2027-01-18T20:00 amended 2027-01-14T16:30",
        AMENDED,
        "22",
        V,
        "2027-01-15T16:30+01:00",
        "2027-01-15",
    ),
    (GR, "at 2027-01-18T20:00 second", SENT, "20", P, "2027-01-10", "2027-01-08"),
    (RMW, "at 2027-01-18T20:45", SENT, "20", P, "2027-01-10", "2027-01-08"),
    (RMW, "at 2027-01-18T20:45", ITEM, "21", V, "2027-01-13", "2027-01-13"),
    ("districtsraad", "at 2027-01-18T20:00", PUBLIC, "22", V, "2027-01-10", "2027-01-08"),
    (CBS, "at 2027-01-18T09:00 next 2027-01-25T09:00", MINUTES, "52", V, "2027-01-25", "2027-01-25"),
    (CBS, "at 2027-01-18T09:00", MINUTES, "52", V, "2027-01-18", "2027-01-18"),
    (CBS, "at 2027-01-18T09:00", LIST, "285+287", M, "2027-01-28", "2027-01-28"),
    ("vast-bureau", "at 2027-01-18T10:00", MINUTES, "52", V, "2027-01-18", "2027-01-18"),
    (BRU, "at 2027-01-18T20:00", SENT, "87", P, "2027-01-10", "2027-01-08"),
    (BRU, "at 2027-01-18T20:00 second", SENT, "87", P, "2027-01-15", "2027-01-15"),
    (BRU, "at 2027-01-18T20:00", ITEM, "97", M, "2027-01-12", "2027-01-12"),
    (WAL, "at 2027-01-18T20:00", SENT, "L1122-13", M, "2027-01-10", "2027-01-08"),
    (WAL, "at 2027-01-18T20:00 second", SENT, "L1122-13", M, "2027-01-15", "2027-01-15"),
    (WAL, "at 2027-01-18T20:00", ITEM, "L1122-24", M, "2027-01-12", "2027-01-12"),
    (NL, "at 2027-01-18T20:00 second", SECOND, "20", V, "2027-01-17T20:00+01:00", "2027-01-15"),
];

/// Terms that end on a holiday, or run over one: they do not move, the target does.
pub const HOLIDAYS: &[Row] = &[
    // Easter Monday 29 March 2027.
    (GR, "at 2027-04-06T20:00", SENT, "20", P, "2027-03-29", "2027-03-26"),
    (GR, "at 2027-04-06T20:00", ITEM, "21", V, "2027-04-01", "2027-04-01"),
    (GR, "at 2027-03-30T20:00", PUBLIC, "22", V, "2027-03-22", "2027-03-22"),
    (GR, "at 2027-03-30T20:00", LIST, "285+287", V, "2027-04-09", "2027-04-09"),
    (GR, "at 2027-03-18T20:00 decided 2027-03-19T00:20", LIST, "285+287", V, "2027-03-29", "2027-03-26"),
    (GR, "at 2027-03-24T20:00", FULL, "286+287", V, "2027-04-03", "2027-04-02"),
    (BRU, "at 2027-04-06T20:00", SENT, "87", P, "2027-03-29", "2027-03-26"),
    // Labour Day on a Saturday, Ascension, Whit Monday, National Day, Assumption on a Sunday, Armistice.
    (GR, "at 2027-05-09T20:00", SENT, "20", P, "2027-05-01", "2027-04-30"),
    (GR, "at 2027-05-14T20:00", SENT, "20", P, "2027-05-06", "2027-05-05"),
    (GR, "at 2027-05-25T20:00", SENT, "20", P, "2027-05-17", "2027-05-14"),
    (GR, "at 2027-07-29T20:00", PUBLIC, "22", V, "2027-07-21", "2027-07-20"),
    (GR, "at 2027-08-23T20:00", DRAFT, "32", V, "2027-08-15", "2027-08-13"),
    (GR, "at 2027-11-19T20:00", SENT, "20", P, "2027-11-11", "2027-11-10"),
    // All Saints on a Monday: three days in a row without work.
    (GR, "at 2027-11-09T20:00", SENT, "20", P, "2027-11-01", "2027-10-29"),
    // 11 July closes only those who observe it; the Netherlands have none of these days.
    (GR, "at 2028-07-19T20:00", SENT, "20", P, "2028-07-11", "2028-07-11"),
    (NL, "at 2027-03-30T10:00 second", SECOND, "20", V, "2027-03-29T10:00+02:00", "2027-03-29"),
];

/// Leap day, the turn of the year, and the months that are short.
pub const CALENDAR: &[Row] = &[
    (GR, "at 2028-03-08T20:00", SENT, "20", P, "2028-02-29", "2028-02-29"),
    (GR, "at 2028-03-05T20:00", ITEM, "21", V, "2028-02-29", "2028-02-29"),
    (GR, "at 2028-02-29T20:00", SENT, "20", P, "2028-02-21", "2028-02-21"),
    (GR, "at 2028-02-29T20:00", LIST, "285+287", V, "2028-03-10", "2028-03-10"),
    (GR, "at 2028-02-17T20:00 decided 2028-02-19T09:00", LIST, "285+287", V, "2028-02-29", "2028-02-29"),
    (GR, "at 2028-02-14T20:00 published 2028-02-24T08:00", FORCE, "288", V, "2028-02-29", "2028-02-29"),
    (GR, "at 2028-01-24T20:00 published 2028-01-30T08:00", COMPLAINT, "332", V, "2028-02-29", "2028-02-29"),
    (WAL, "at 2028-03-08T20:00", SENT, "L1122-13", M, "2028-02-29", "2028-02-29"),
    (WAL, "at 2028-03-03T20:00 second", SENT, "L1122-13", M, "2028-02-29", "2028-02-29"),
    (GR, "at 2027-03-08T20:00", SENT, "20", P, "2027-02-28", "2027-02-26"),
    (GR, "at 2027-01-05T20:00", SENT, "20", P, "2026-12-28", "2026-12-28"),
    (GR, "at 2027-01-09T20:00", SENT, "20", P, "2027-01-01", "2026-12-31"),
    (GR, "at 2027-01-02T20:00", PUBLIC, "22", V, "2026-12-25", "2026-12-24"),
    (GR, "at 2026-12-22T20:00", LIST, "285+287", V, "2027-01-01", "2026-12-31"),
    (GR, "at 2027-12-27T20:00", FULL, "286+287", V, "2028-01-06", "2028-01-06"),
    (GR, "at 2027-12-20T20:00 published 2027-12-30T17:00", FORCE, "288", V, "2028-01-04", "2028-01-04"),
    (GR, "at 2027-12-20T20:00 published 2027-12-30T17:00", COMPLAINT, "332", V, "2028-01-29", "2028-01-28"),
];

/// Both nights in which the clock changes: days stay days of the wall, hours stay hours of sixty minutes.
pub const CLOCK: &[Row] = &[
    (GR, "at 2027-03-28T20:00", SENT, "20", P, "2027-03-20", "2027-03-19"),
    (GR, "at 2027-10-31T20:00", SENT, "20", P, "2027-10-23", "2027-10-22"),
    (GR, "at 2027-11-08T20:00", PUBLIC, "22", V, "2027-10-31", "2027-10-29"),
    (GR, "at 2027-04-05T00:30", SENT, "20", P, "2027-03-28", "2027-03-26"),
    (
        GR,
        "at 2027-04-02T20:00 amended 2027-03-27T12:00",
        AMENDED,
        "22",
        V,
        "2027-03-28T13:00+02:00",
        "2027-03-26",
    ),
    (
        GR,
        "at 2027-04-02T20:00 amended 2027-03-27T02:30",
        AMENDED,
        "22",
        V,
        "2027-03-28T03:30+02:00",
        "2027-03-26",
    ),
    (
        GR,
        "at 2027-04-02T20:00 amended 2027-03-28T01:30",
        AMENDED,
        "22",
        V,
        "2027-03-29T02:30+02:00",
        "2027-03-26",
    ),
    (
        GR,
        "at 2027-11-05T20:00 amended 2027-10-30T12:00",
        AMENDED,
        "22",
        V,
        "2027-10-31T11:00+01:00",
        "2027-10-29",
    ),
    (
        GR,
        "at 2027-11-05T20:00 amended 2027-10-31T02:30",
        AMENDED,
        "22",
        V,
        "2027-11-01T01:30+01:00",
        "2027-10-29",
    ),
    // Less than 24 hours before the session: before it starts.
    (
        GR,
        "at 2027-03-28T20:00 amended 2027-03-28T10:00",
        AMENDED,
        "22",
        V,
        "2027-03-28T20:00+02:00",
        "2027-03-26",
    ),
    (NL, "at 2027-03-28T20:00 second", SECOND, "20", V, "2027-03-27T19:00+01:00", "2027-03-26"),
    (NL, "at 2027-10-31T20:00 second", SECOND, "20", V, "2027-10-30T21:00+02:00", "2027-10-29"),
    (GR, "at 2027-03-18T23:30 decided 2027-03-19T00:05", FULL, "286+287", V, "2027-03-29", "2027-03-26"),
    (GR, "at 2027-10-21T20:00", LIST, "285+287", V, "2027-10-31", "2027-10-29"),
];
