//! Where a colleague is now, found by name.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::oops::{Oops, faults};
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Insider};
use super::words::clock;
use crate::booking::{Mode, Refusal};
use crate::http::App;
use crate::scheduler::{Engagement, MOST_FOUND, Whereabouts, where_now};
use crate::texts::{Lang, Said, text};
use crate::town::Directory;

#[derive(Template)]
#[template(path = "people_find.html")]
struct Page {
    shell: Shell,
    typed: String,
    found: Option<Vec<Row>>,
    /// More people may fit than are shown.
    cut: bool,
    wrong: Option<String>,
}

/// A colleague in words.
struct Row {
    name: String,
    department: Option<String>,
    email: String,
    class: &'static str,
    now: String,
    what: Option<String>,
    rooms: Vec<(String, String)>,
    later: Vec<String>,
    book: String,
}

/// `GET /people`.
pub(super) async fn find(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let typed: String = asked.get("q").chars().take(100).collect();
    let (mut found, mut wrong) = (None, None);
    if !typed.is_empty() {
        let (caller, wanted) = (insider.caller().clone(), typed.clone());
        match app.read(move |view| where_now(view, &caller, &wanted)).await {
            Ok(people) => found = Some(people),
            Err(refusal @ Refusal::Invalid(_)) => {
                wrong = faults(insider.lang(), refusal).into_iter().map(|(_, why)| why).next();
            }
            Err(refusal) => return Err(insider.oops(refusal)),
        }
    }
    let (directory, now) = (app.store.directory(), app.store.clock().now());
    let rows = found.map(|found: Vec<Whereabouts>| {
        found.iter().map(|each| row(&directory, insider.lang(), each, now)).collect::<Vec<_>>()
    });
    let html = Page {
        shell: insider.shell(insider.t("where.title")),
        cut: rows.as_ref().is_some_and(|rows| rows.len() == MOST_FOUND),
        found: rows,
        typed,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn row(directory: &Directory, lang: Lang, each: &Whereabouts, now: DateTime<Utc>) -> Row {
    let time = |at: DateTime<Utc>| clock(directory.house.zone.wall(at));
    let current = each.now(now);
    let known = current.and_then(|on| on.known.as_ref());
    let (class, said) = match (current, each.later(now).next()) {
        (Some(on), _) => {
            let key = match known.map(|known| known.mode) {
                Some(Mode::Remote) => "where.remote_until",
                Some(Mode::InRoom | Mode::Undecided) => "where.meeting_until",
                None => "where.busy_until",
            };
            ("busy", Said::new(key).with("time", time(on.time.end)))
        }
        (None, Some(next)) => ("free", Said::new("where.free_until").with("time", time(next.time.start))),
        (None, None) => ("free", Said::new("where.free")),
    };
    let rooms = known.map(|known| known.rooms.as_slice()).unwrap_or_default();
    let named = |slug: &String| directory.room_named(slug).map(|room| (slug.clone(), room.name.clone()));
    let email: String = form_urlencoded::byte_serialize(each.person.email.as_bytes()).collect();
    Row {
        name: each.person.name.clone(),
        department: each.person.department.clone(),
        email: each.person.email.clone(),
        class,
        now: said.speak(lang),
        what: known.map(|known| known.title.clone()),
        rooms: rooms.iter().filter_map(named).collect(),
        later: each.later(now).map(|later| line(directory, lang, later)).collect(),
        book: format!("/book?person={email}"),
    }
}

/// `14:00 – 15:00 Overleg, Raadzaal`.
fn line(directory: &Directory, lang: Lang, later: &Engagement) -> String {
    let time = |at: DateTime<Utc>| clock(directory.house.zone.wall(at));
    let mut words = vec![match &later.known {
        Some(known) => known.title.clone(),
        None => text(lang, "state.busy").to_owned(),
    }];
    if let Some(known) = &later.known {
        let names = known.rooms.iter().filter_map(|slug| directory.room_named(slug));
        words.extend(names.map(|room| room.name.clone()));
        words.extend((known.mode == Mode::Remote).then(|| text(lang, "mode.remote").to_owned()));
    }
    format!("{} – {} {}", time(later.time.start), time(later.time.end), words.join(", "))
}
