//! What lies before a clerk: what must be done, by article, and how ready the next session of each body is.

use askama::Template;
use axum::response::Response;

use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::Insider;
use super::words::{DeadlineRow, deadline_row, light_word, mode_word, state_word, when};
use crate::council::{Deadline, DeadlineState, Light, Session, SessionState};
use crate::scheduler::council::{BodyCard, council_home};
use crate::texts::{Lang, Said};

#[derive(Template)]
#[template(path = "council/council_read.html")]
struct Page {
    shell: Shell,
    said: String,
    due: Vec<Due>,
    bodies: Vec<BodyRow>,
    mine: Vec<MyRow>,
    /// The name in addresses of the body of the first of them.
    mine_of: String,
    minutes: Vec<SessionRow>,
}

/// A session to which the reader is convened.
struct MyRow {
    row: SessionRow,
    /// Whether they can still hand in an item, as far as the seat and the state of the session go.
    submits: bool,
    /// Whether they can take part, or say that they will not.
    takes_part: bool,
}

/// Something to do, and for which session.
struct Due {
    session: String,
    body: String,
    when: String,
    line: DeadlineRow,
}

/// A body with its next session.
struct BodyRow {
    slug: String,
    name: String,
    set_up: bool,
    next: Option<SessionRow>,
    /// How ready that is, where something is left to do.
    light: Option<(&'static str, &'static str)>,
    item_waits: bool,
}

/// A session as a line of a list.
pub(super) struct SessionRow {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) when: String,
    pub(super) place: String,
    pub(super) mode: &'static str,
    pub(super) state: &'static str,
    pub(super) closed: bool,
}

/// A session as a line of a list.
pub(super) fn session_row(lang: Lang, name: &str, session: &Session) -> SessionRow {
    SessionRow {
        slug: session.slug.clone(),
        name: name.to_owned(),
        when: when(lang, session),
        place: session.place.clone(),
        mode: mode_word(lang, session.mode),
        state: state_word(lang, session.state),
        closed: !session.state.lies_ahead() && !session.state.is_under_way(),
    }
}

/// `GET /council`.
pub(super) async fn read(insider: Insider) -> Result<Response, Oops> {
    let lang = insider.lang();
    let (home, names) = insider
        .read(|view, caller| {
            let names = view.directory().bodies.iter();
            let names: Vec<_> = names.map(|body| (body.id, body.slug.clone(), body.name.clone())).collect();
            Ok((council_home(view, caller)?, names))
        })
        .await?;
    let of = |session: &Session| names.iter().find(|(id, ..)| *id == session.body);
    let name = |session: &Session| of(session).map_or("", |(.., name)| name.as_str());
    let slug = |session: &Session| of(session).map_or("", |(_, slug, _)| slug.as_str());
    let due = |(session, deadline): &(Session, Deadline)| Due {
        session: session.slug.clone(),
        body: name(session).to_owned(),
        when: when(lang, session),
        line: deadline_row(lang, session.zone, deadline),
    };
    let missed = home.due.iter().filter(|(_, deadline)| deadline.state == DeadlineState::Missed).count();
    let said = Said::new(if missed > 0 { "council.home_missed" } else { "council.home_due" });
    let html = Page {
        said: said.with("count", home.due.len()).with("missed", missed).speak(lang),
        due: home.due.iter().map(due).collect(),
        bodies: home.bodies.iter().map(|card| body_row(lang, card)).collect(),
        mine: home.mine.iter().map(|(one, seat)| my_row(lang, name(one), (one, *seat))).collect(),
        minutes: home.minutes.iter().map(|one| session_row(lang, name(one), one)).collect(),
        mine_of: home.mine.first().map_or_else(String::new, |(session, _)| slug(session).to_owned()),
        shell: insider.shell(insider.t("menu.council")),
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn my_row(lang: Lang, name: &str, (session, seat): (&Session, bool)) -> MyRow {
    MyRow {
        row: session_row(lang, name, session),
        submits: seat && session.state.lies_ahead(),
        takes_part: session.state == SessionState::Convened || session.state.is_under_way(),
    }
}

fn body_row(lang: Lang, card: &BodyCard) -> BodyRow {
    let next = card.next.as_ref();
    BodyRow {
        slug: card.body.slug.clone(),
        name: card.body.name.clone(),
        set_up: card.set_up,
        next: next.map(|(session, _)| session_row(lang, &card.body.name, session)),
        light: next.filter(|(_, light)| *light != Light::Green).map(|(_, light)| light_word(lang, *light)),
        item_waits: card.item_waits,
    }
}
