//! The page of a room: the code at its door leads here, so it opens for anybody and works on a phone.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use super::oops::Oops;
use super::page;
use super::rooms_manage::tends;
use super::rooms_read::{Pill, closed, kit, line, state, times, title};
use super::shell::Shell;
use super::time_picture::{Bar, FIRST_HOUR, LAST_HOUR, picture};
use super::visitor::{Asked, Fields, Visitor};
use super::words::{month, qr, short_day};
use crate::booking::CheckInRule;
use crate::http::App;
use crate::scheduler::{
    Caller, DayEntry, Open, RoomDay, RoomSheet, open_time, room_now, room_photo, room_sheet,
};
use crate::texts::{Lang, Said, day as long_day, text};
use crate::town::{Action, Directory, Matter, Role, Room};
use crate::wire::Status;

/// The shortest stretch that is offered.
const LEAST_MIN: i64 = 15;
/// Dates named in one day of a month.
const NAMED: usize = 3;

#[derive(Template)]
#[template(path = "room_read.html")]
struct Page {
    shell: Shell,
    slug: String,
    name: String,
    place: String,
    address: String,
    seats: String,
    kit: Vec<&'static str>,
    directions: Vec<String>,
    photo: Option<i64>,
    parts: Vec<(String, Vec<(String, String)>)>,
    active: bool,
    state: Pill,
    current: Option<String>,
    next: Option<String>,
    inside: bool,
    may_book: bool,
    share: Option<String>,
    /// Where the room is managed, for those who do.
    manage: Option<String>,
    enter: String,
    qr: String,
    views: Vec<(&'static str, &'static str, bool)>,
    date: NaiveDate,
    before: NaiveDate,
    after: NaiveDate,
    span: String,
    picture: String,
    days: Vec<DayRows>,
    weeks: Vec<Vec<Cell>>,
}

/// A day in the table.
struct DayRows {
    date: NaiveDate,
    name: String,
    rows: Vec<Row>,
}

/// A stretch of a day.
struct Row {
    times: String,
    what: String,
    who: Option<String>,
    book: Option<String>,
}

/// A day of a month.
struct Cell {
    date: NaiveDate,
    name: String,
    inside: bool,
    lines: Vec<String>,
    more: usize,
}

impl Cell {
    /// The day of the week in few letters.
    fn weekday(&self) -> &str {
        self.name.split(' ').next().unwrap_or("")
    }
}

/// How much time a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Span {
    Day,
    Week,
    Month,
}

impl Span {
    const ALL: [(Self, &'static str); 3] = [(Self::Day, "day"), (Self::Week, "week"), (Self::Month, "month")];

    fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map_or(Self::Day, |(span, _)| span)
    }

    /// The first day shown for `date`, and how many.
    fn days(self, date: NaiveDate) -> (NaiveDate, u32) {
        let monday = |day: NaiveDate| day.week(chrono::Weekday::Mon).first_day();
        match self {
            Self::Day => (date, 1),
            Self::Week => (monday(date), 7),
            Self::Month => (monday(date.with_day(1).unwrap_or(date)), 42),
        }
    }

    /// The dates before and after `date` that show what is not shown now.
    fn beside(self, date: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (before, after) = match self {
            Self::Day => (date.checked_sub_days(Days::new(1)), date.checked_add_days(Days::new(1))),
            Self::Week => (date.checked_sub_days(Days::new(7)), date.checked_add_days(Days::new(7))),
            Self::Month => (date.checked_sub_months(Months::new(1)), date.checked_add_months(Months::new(1))),
        };
        (before.unwrap_or(date), after.unwrap_or(date))
    }
}

/// `GET /rooms/{slug}`.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let wall = app.store.directory().house.zone.wall(app.store.clock().now());
    let span = Span::of(asked.get("view"));
    let date = date_of(&asked).unwrap_or(wall.date());
    let (from, count) = span.days(date);
    let caller = caller_of(&visitor);
    let sheet = app
        .read(move |view| room_sheet(view, &caller, &slug, from, count))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let html = show(&app, &visitor, &sheet, span, date, wall);
    Ok(page(html.render().unwrap_or_default()))
}

fn caller_of(visitor: &Visitor) -> Caller {
    visitor.who.as_ref().map_or_else(|| Caller::public(visitor.lang), |who| who.caller.clone())
}

fn date_of(asked: &Fields) -> Option<NaiveDate> {
    let date: NaiveDate = asked.get("date").parse().ok()?;
    (1970..=2200).contains(&date.year()).then_some(date)
}

fn show(
    app: &App,
    visitor: &Visitor,
    sheet: &RoomSheet,
    span: Span,
    date: NaiveDate,
    wall: NaiveDateTime,
) -> Page {
    let (lang, room) = (visitor.lang, &sheet.room);
    let directory = app.store.directory();
    let happening =
        room_now(room, &sheet.today, CheckInRule::from(&directory.house), app.store.clock().now());
    let may_book =
        room.active && visitor.who.as_ref().is_some_and(|who| who.caller.must(Action::Book).is_ok());
    let role = visitor.who.as_ref().map_or(Role::Public, |who| who.caller.role);
    let names = visitor.who.is_some();
    let table = Table { lang, directory: &directory, room, wall, role, may_book, names };
    let (before, after) = span.beside(date);
    let address = format!("{}/rooms/{}", app.base_url, room.slug);
    let floor = Some(&room.floor).filter(|floor| !floor.is_empty());
    let floor = floor.map(|floor| Said::new("rooms.floor").with("floor", floor).speak(lang));
    let place = [Some(sheet.site.name.clone()), floor].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let parts = [
        ("rooms.made_of", &sheet.made_of),
        ("rooms.part_of", &sheet.part_of),
        ("rooms.layouts", &sheet.layouts),
    ];
    let parts = parts.into_iter().filter(|(_, rooms)| !rooms.is_empty());
    let to: String = form_urlencoded::byte_serialize(visitor.path.as_bytes()).collect();
    let here = Matter { sites: vec![room.site], ..Matter::default() };
    let may_share =
        visitor.who.as_ref().is_some_and(|who| who.caller.must_in(Action::SharedFeeds, &here).is_ok());
    let month_shown = span == Span::Month;
    Page {
        shell: visitor.shell(&room.name),
        slug: room.slug.clone(),
        name: room.name.clone(),
        place,
        address: sheet.site.address.clone(),
        seats: Said::new("rooms.seats").with("seats", room.capacity).speak(lang),
        kit: kit(lang, room.kit),
        directions: sheet.directions.lines().map(str::to_owned).collect(),
        photo: sheet.photo.map(|at| at.timestamp()),
        parts: parts.map(|(key, rooms)| (text(lang, key).to_owned(), rooms.clone())).collect(),
        active: room.active,
        state: state(&directory, lang, &happening, closed(&directory, room, role, app.store.clock().now())),
        current: happening.current.map(|entry| line(lang, entry)),
        next: happening.next.map(|entry| line(lang, entry)),
        inside: visitor.who.is_some(),
        may_book,
        share: may_share.then(|| format!("/calendars?scope=room:{}#make", room.slug)),
        manage: visitor
            .who
            .as_ref()
            .filter(|who| tends(&who.caller, &sheet.site))
            .map(|_| format!("/manage/rooms/{}", room.slug)),
        enter: format!("/sign-in?to={to}"),
        qr: qr(&address),
        views: Span::ALL.map(|(each, word)| (word, span_word(lang, each), each == span)).to_vec(),
        date,
        before,
        after,
        span: span_title(lang, span, date),
        picture: if month_shown { String::new() } else { table.picture(&sheet.days) },
        days: if month_shown { Vec::new() } else { sheet.days.iter().map(|day| table.day(day)).collect() },
        weeks: if month_shown { table.weeks(&sheet.days, date) } else { Vec::new() },
    }
}

fn span_word(lang: Lang, span: Span) -> &'static str {
    match span {
        Span::Day => text(lang, "rooms.day"),
        Span::Week => text(lang, "rooms.week"),
        Span::Month => text(lang, "rooms.month"),
    }
}

fn span_title(lang: Lang, span: Span, date: NaiveDate) -> String {
    let (first, days) = span.days(date);
    match span {
        Span::Day => long_day(lang, date),
        Span::Week => {
            let last = first + Days::new(u64::from(days) - 1);
            format!("{} – {} {}", short_day(lang, first), short_day(lang, last), last.year())
        }
        Span::Month => month(lang, date),
    }
}

/// What decides how days are shown.
struct Table<'a> {
    lang: Lang,
    directory: &'a Directory,
    room: &'a Room,
    role: Role,
    wall: NaiveDateTime,
    may_book: bool,
    names: bool,
}

impl Table<'_> {
    fn day(&self, day: &RoomDay) -> DayRows {
        let mut rows: Vec<(i64, Row)> = Vec::new();
        for entry in &day.meetings {
            let who = entry.organiser.clone().filter(|_| self.names);
            let row = Row { times: times(entry), what: title(self.lang, entry), who, book: None };
            rows.push((minutes(day.day, &entry.local_start), row));
        }
        for (from, to) in self.gaps(day) {
            let book = self.may_book.then(|| self.book(day.day, from));
            let times = format!("{}–{}", of_day(from), of_day(to));
            let row = Row { times, what: text(self.lang, "rooms.free_word").to_owned(), who: None, book };
            rows.push((from, row));
        }
        if let Some(what) = self.closed(day.day) {
            rows.push((-1, Row { times: String::new(), what, who: None, book: None }));
        }
        rows.sort_by_key(|(from, _)| *from);
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        DayRows { date: day.day, name: short_day(self.lang, day.day), rows }
    }

    fn picture(&self, days: &[RoomDay]) -> String {
        let bars: Vec<Bar> = days
            .iter()
            .map(|day| Bar {
                name: short_day(self.lang, day.day),
                taken: day.meetings.iter().filter_map(|entry| bar(day.day, entry)).collect(),
                free: if self.may_book {
                    self.gaps(day).into_iter().map(|(f, t)| (f, t, self.book(day.day, f))).collect()
                } else {
                    Vec::new()
                },
                now: (day.day == self.wall.date()).then(|| minute_of(self.wall.time())),
            })
            .collect();
        picture(&bars)
    }

    fn weeks(&self, days: &[RoomDay], date: NaiveDate) -> Vec<Vec<Cell>> {
        let cell = |day: &RoomDay| Cell {
            date: day.day,
            name: short_day(self.lang, day.day),
            inside: day.day.month() == date.month(),
            lines: self
                .closed(day.day)
                .into_iter()
                .chain(day.meetings.iter().map(|entry| line(self.lang, entry)))
                .take(NAMED)
                .collect(),
            more: day.meetings.len().saturating_sub(NAMED),
        };
        let weeks = days.chunks(7).filter(|week| week.iter().any(|day| day.day.month() == date.month()));
        weeks.map(|week| week.iter().map(cell).collect()).collect()
    }

    /// The stretches of a day that could be booked, in minutes of the day: from 7 to 22 h, from now on, with the
    /// time that others, and one's own meeting, need around them.
    fn gaps(&self, day: &RoomDay) -> Vec<(i64, i64)> {
        let mut from = FIRST_HOUR * 60;
        if day.day < self.wall.date() || !self.room.active {
            return Vec::new();
        }
        if day.day == self.wall.date() {
            // A quarter of an hour that has begun is over.
            from = from.max((minute_of(self.wall.time()) + 14) / 15 * 15);
        }
        let around = i64::from(self.room.setup_min + self.room.cleanup_min);
        let mut gaps = Vec::new();
        let live = day.meetings.iter().filter(|entry| entry.status != Status::Ended);
        for entry in live {
            let (start, end) = (minutes(day.day, &entry.local_start), minutes(day.day, &entry.local_end));
            if start - around - from >= LEAST_MIN {
                gaps.push((from, start - around));
            }
            from = from.max(end + around);
        }
        if LAST_HOUR * 60 - from >= LEAST_MIN {
            gaps.push((from, LAST_HOUR * 60));
        }
        let (opens, closes) = self.open(day.day);
        let within = |(from, to): (i64, i64)| (from.max(opens), to.min(closes));
        gaps.into_iter().map(within).filter(|(from, to)| to - from >= LEAST_MIN).collect()
    }

    /// That the room is closed on a day, and why.
    fn closed(&self, day: NaiveDate) -> Option<String> {
        match open_time(self.directory, self.room, self.role, day) {
            Open::During(_) => None,
            Open::Closed(None) => Some(text(self.lang, "rooms.closed_day").to_owned()),
            Open::Closed(Some(why)) => {
                Some(Said::new("rooms.closed_because").with("why", why).speak(self.lang))
            }
        }
    }

    /// The minutes of a day in which the room is open.
    fn open(&self, day: NaiveDate) -> (i64, i64) {
        let Open::During(open) = open_time(self.directory, self.room, self.role, day) else { return (0, 0) };
        let minute = |at| (self.directory.house.zone.wall(at) - day.and_time(NaiveTime::MIN)).num_minutes();
        (minute(open.start).clamp(0, 1_440), minute(open.end).clamp(0, 1_440))
    }

    fn book(&self, day: NaiveDate, from: i64) -> String {
        format!("/book?room={}&date={day}&from={}", self.room.slug, of_day(from))
    }
}

fn bar(day: NaiveDate, entry: &DayEntry) -> Option<(&'static str, i64, i64)> {
    let class = match entry.status {
        Status::Held => "held",
        Status::Ended => "over",
        _ if entry.closed => "own",
        _ => "taken",
    };
    let (from, to) = (minutes(day, &entry.local_start), minutes(day, &entry.local_end));
    (from < to).then_some((class, from, to))
}

/// Minutes of `day` at a wall time; before and after it, those of midnight.
fn minutes(day: NaiveDate, wall: &str) -> i64 {
    let at = NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(wall, "%Y-%m-%dT%H:%M"));
    let since = at.map_or(TimeDelta::zero(), |at| at - day.and_time(NaiveTime::MIN));
    since.num_minutes().clamp(0, 24 * 60)
}

fn minute_of(time: NaiveTime) -> i64 {
    i64::from(time.hour() * 60 + time.minute())
}

fn of_day(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `GET /rooms/{slug}/photo`.
pub(super) async fn photo(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    let caller = caller_of(&visitor);
    let photo = app
        .read(move |view| room_photo(view, &caller, &slug))
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let kind = if photo.kind == "image/png" { "image/png" } else { "image/jpeg" };
    let mut response = photo.bytes.into_response();
    // The address that pages use changes with the photo.
    let about = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    for (name, value) in about {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
