//! One's own day and week: where to be, how to join, and how one takes part.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::Days;

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::Insider;
use super::words::{clock, mode_word, short_day};
use crate::booking::{Answer, Mode};
use crate::http::App;
use crate::scheduler::{DayEntry, join_token, person_agenda};
use crate::texts::{Lang, day, text};
use crate::town::Directory;
use crate::wire::Status;

/// Days shown after today.
const AHEAD: u64 = 7;

#[derive(Template)]
#[template(path = "today_read.html")]
struct Page {
    shell: Shell,
    days: Vec<Day>,
    free: bool,
}

/// One day with what is on it.
struct Day {
    name: String,
    today: bool,
    rows: Vec<Row>,
}

/// One date of a meeting in somebody's agenda.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) occurrence: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) title: String,
    pub(super) rooms: Vec<(String, String)>,
    pub(super) now: bool,
    pub(super) state: Option<(&'static str, &'static str)>,
    pub(super) modes: Vec<(Mode, &'static str, &'static str, bool)>,
    pub(super) join: Option<String>,
}

/// `GET /today`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let zone = directory.house.zone;
    let today = zone.wall(app.store.clock().now()).date();
    let last = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let email = insider.person().email.clone();
    let secret = app.store.secret().to_vec();
    let entries = insider
        .read(move |view, caller| {
            person_agenda(view, caller, &email, (today, last), |meeting, person| {
                format!("/join/{}", join_token(&secret, meeting, person))
            })
        })
        .await?;
    let lang = insider.lang();
    let now = app.store.clock().now();
    let mut days: Vec<Day> = Vec::new();
    for date in today.iter_days().take_while(|date| *date <= last) {
        let on = |entry: &&DayEntry| zone.wall(entry.start).date().max(today) == date;
        let rows: Vec<Row> = entries.iter().filter(on).map(|e| row(&directory, lang, e, now)).collect();
        if date == today || !rows.is_empty() {
            days.push(Day { name: day(lang, date), today: date == today, rows });
        }
    }
    let free = days.iter().all(|day| day.rows.is_empty());
    let shell = insider.shell(insider.t("menu.today"));
    Ok(page(Page { shell, days, free }.render().unwrap_or_default()))
}

/// A date as a row of an agenda.
pub(super) fn row(
    directory: &Directory,
    lang: Lang,
    entry: &DayEntry,
    now: chrono::DateTime<chrono::Utc>,
) -> Row {
    let zone = directory.house.zone;
    let (start, end) = (zone.wall(entry.start), zone.wall(entry.end));
    let long = end.date() != start.date();
    let state = match (entry.status, entry.answer) {
        (Status::Cancelled, _) => Some(("busy", text(lang, "state.cancelled"))),
        (Status::Released, _) => Some(("soon", text(lang, "state.released"))),
        (_, Some(Answer::Declined)) => Some(("", text(lang, "reply.declined"))),
        _ if entry.closed => Some(("closed", text(lang, "state.closed"))),
        _ => None,
    };
    let over = entry.end <= now || entry.status == Status::Cancelled;
    let modes = entry.mode.filter(|_| !over).map_or_else(Vec::new, |mode| {
        let all = [(Mode::InRoom, "in_room"), (Mode::Remote, "remote"), (Mode::Undecided, "undecided")];
        all.map(|(m, word)| (m, word, mode_word(lang, m), m == mode)).to_vec()
    });
    let named = |slug: &String| directory.room_named(slug).map(|room| (slug.clone(), room.name.clone()));
    Row {
        id: entry.meeting.clone(),
        occurrence: entry.occurrence.clone(),
        from: clock(start),
        to: if long { format!("{} {}", short_day(lang, end.date()), clock(end)) } else { clock(end) },
        title: entry.title.clone().unwrap_or_else(|| text(lang, "state.busy").to_owned()),
        rooms: entry.rooms.iter().filter_map(named).collect(),
        now: entry.start <= now && now < entry.end && !over,
        state,
        modes,
        join: entry.join.clone().filter(|_| !over),
    }
}
