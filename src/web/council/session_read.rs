//! A session: where it stands, its terms with their articles, and where to go on; how it is moved or called off.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::form::{Ask, Field, Wrong};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::after;
use super::body_read::wall;
use super::words::{DeadlineRow, deadline_row, light_word, mode_word, state_word, when};
use crate::booking::Refusal;
use crate::council::{Deadline, DeadlineState, ItemState, Session, SessionState};
use crate::scheduler::council::{SessionSheet, cancel_session, move_session, moving_breaks, session_sheet};
use crate::texts::{Lang, Said, text};
use crate::town::Body;

#[derive(Template)]
#[template(path = "council/session_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    facts: Vec<(&'static str, String)>,
    light: Option<(&'static str, &'static str)>,
    next: Option<(String, &'static str)>,
    deadlines: Vec<DeadlineRow>,
    joint: Vec<(String, String)>,
    cancel: bool,
    ahead: bool,
    /// Whether it can still be chosen in which way it meets.
    chooses_mode: bool,
}

/// What every page of a session has on top.
pub(in crate::web) struct Head {
    pub(in crate::web) slug: String,
    pub(in crate::web) body: String,
    pub(in crate::web) body_slug: String,
    pub(in crate::web) when: String,
    pub(in crate::web) state: &'static str,
    /// Its pages: path, word, whether it is this one.
    pub(in crate::web) tabs: Vec<(String, &'static str, bool)>,
}

/// The top of a page of a session.
pub(super) fn head(insider: &Insider, sheet: &SessionSheet, here: &str) -> Head {
    head_of(insider, (&sheet.session, &sheet.body), here)
}

/// The top of a page of a session of a body.
pub(in crate::web) fn head_of(insider: &Insider, (session, body): (&Session, &Body), here: &str) -> Head {
    let tabs = [
        ("", "session.tab_session"),
        ("/agenda", "session.tab_agenda"),
        ("/documents", "session.tab_documents"),
        ("/convocation", "session.tab_convocation"),
        ("/ready", "session.tab_ready"),
        ("/chamber", "session.tab_chamber"),
        ("/after", "minutes.tab_after"),
    ];
    let base = format!("/council/sessions/{}", session.slug);
    Head {
        slug: session.slug.clone(),
        body: body.name.clone(),
        body_slug: body.slug.clone(),
        when: when(insider.lang(), session),
        state: state_word(insider.lang(), session.state),
        tabs: tabs
            .map(|(path, key)| (format!("{base}{path}"), text(insider.lang(), key), path == here))
            .into(),
    }
}

/// `GET /council/sessions/{slug}`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

async fn show(insider: &Insider, slug: String, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let lang = insider.lang();
    let sheet = insider.read(move |view, caller| session_sheet(view, caller, &slug)).await?;
    let session = &sheet.session;
    let html = Page {
        shell: insider.shell(&sheet.body.name),
        head: head(insider, &sheet, ""),
        facts: facts(insider, &sheet),
        light: (!session.state.is_over()).then(|| light_word(lang, sheet.light.0)),
        next: next_step(insider, &sheet),
        deadlines: sheet
            .deadlines
            .iter()
            .map(|deadline| deadline_row(lang, session.zone, deadline))
            .collect(),
        joint: joint(lang, &sheet),
        cancel: session.state.may_become(SessionState::Cancelled),
        ahead: session.state.lies_ahead(),
        chooses_mode: matches!(session.state, SessionState::Draft | SessionState::Scheduled)
            && sheet.law.rules.modes.len() > 1,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The sessions held together with it: where they are and what they are called.
fn joint(lang: Lang, sheet: &SessionSheet) -> Vec<(String, String)> {
    let row = |(session, body): &(Session, Body)| {
        (format!("/council/sessions/{}", session.slug), format!("{}, {}", body.name, when(lang, session)))
    };
    sheet.joint.iter().map(row).collect()
}

fn facts(insider: &Insider, sheet: &SessionSheet) -> Vec<(&'static str, String)> {
    let (lang, session) = (insider.lang(), &sheet.session);
    let name = |id: Option<_>| id.and_then(|id| sheet.name_of(id)).unwrap_or("–").to_owned();
    let live = sheet.items.iter().filter(|item| item.is_live()).count();
    let mut facts = vec![
        (text(lang, "session.place"), session.place.clone()),
        (text(lang, "session.mode"), mode_word(lang, session.mode).to_owned()),
        (text(lang, "session.chair"), name(session.chair)),
        (text(lang, "session.secretary"), name(session.secretary)),
        (text(lang, "session.items"), live.to_string()),
    ];
    if let Some(reason) = &session.mode_reason {
        facts
            .push((text(lang, "session.mode_reason"), format!("{}: {}", reason.circumstance, reason.reason)));
    }
    if session.convocation_no == 2 {
        facts.push((text(lang, "session.convocation_no"), text(lang, "session.second").to_owned()));
    }
    facts
}

/// What is to be done now, and where.
fn next_step(insider: &Insider, sheet: &SessionSheet) -> Option<(String, &'static str)> {
    let session = &sheet.session;
    let base = format!("/council/sessions/{}", session.slug);
    let (path, key) = match session.state {
        SessionState::Draft => (format!("{base}/move"), "session.next_room"),
        SessionState::Scheduled | SessionState::Convened => {
            let (path, key) = before_it(sheet);
            (format!("{base}{path}"), key)
        }
        SessionState::Open | SessionState::Suspended => (format!("{base}/chamber"), "session.next_chamber"),
        SessionState::NotQuorate | SessionState::Adjourned => goes_on(sheet),
        SessionState::Closed => (format!("{base}/after"), "session.next_after"),
        SessionState::MinutesApproved => (format!("{base}/after"), "session.next_sign"),
        SessionState::MinutesDraft | SessionState::Archived | SessionState::Cancelled => return None,
    };
    Some((path, insider.t(key)))
}

/// What is to be done before it is opened.
fn before_it(sheet: &SessionSheet) -> (&'static str, &'static str) {
    let waiting = sheet.items.iter().any(|item| item.state == ItemState::Approved);
    let last = sheet.versions.last().map(|version| version.number);
    let sent = sheet.convocations.last().map(|sealed| sealed.agenda_version);
    let unpublished = |deadline: &Deadline| {
        let agenda = matches!(deadline.rule.as_str(), "agenda-public" | "amended-agenda-public");
        agenda && !matches!(deadline.state, DeadlineState::Met(_) | DeadlineState::Waived(_))
    };
    match sheet.session.state {
        _ if waiting || last.is_none() => ("/agenda", "session.next_agenda"),
        // It was moved after it was convened: its new time is fixed first, then its members are convened anew.
        SessionState::Scheduled if last == sent => ("/agenda", "session.next_moved"),
        SessionState::Scheduled => ("/convocation", "session.next_convene"),
        _ if last != sent => ("/convocation", "session.next_supplement"),
        _ if sheet.deadlines.iter().any(unpublished) => ("/after", "session.next_publish"),
        _ => ("/chamber", "session.next_open"),
    }
}

/// How what a session could not do is done after all.
fn goes_on(sheet: &SessionSheet) -> (String, &'static str) {
    let session = &sheet.session;
    if let Some(other) = &sheet.follow_up {
        return (format!("/council/sessions/{}", other.slug), "session.next_there");
    }
    let path = format!(
        "/council/bodies/{}/plan?previous={}&length_min={}",
        sheet.body.slug, session.slug, session.length_min
    );
    let second = session.state == SessionState::NotQuorate;
    (path, if second { "session.next_second" } else { "session.next_continue" })
}

/// `POST /council/sessions/{slug}/cancel`.
pub(super) async fn cancel(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (name, reason) = (slug.clone(), fields.get("reason").to_owned());
    let outcome =
        insider.write(move |tx, caller| cancel_session(tx, caller, &name, &reason).map(|_| ())).await;
    match after(&insider, outcome, &format!("/council/sessions/{slug}?done=cancelled"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, Some(wrong)).await,
    }
}

#[derive(Template)]
#[template(path = "council/session_move.html")]
struct MovePage {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    form: Vec<Field>,
    breaks: Vec<String>,
    joint: Vec<(String, String)>,
}

/// `GET /council/sessions/{slug}/move`: with a new hour, what moving there would break.
pub(super) async fn ask_move(
    insider: Insider,
    Path(slug): Path<String>,
    Asked(fields): Asked,
) -> Result<Response, Oops> {
    show_move(&insider, slug, &fields, None).await
}

async fn show_move(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let start = wall(fields.get("start"));
    let (sheet, rooms, breaks) = insider
        .read(move |view, caller| {
            let sheet = session_sheet(view, caller, &slug)?;
            let rooms = view.directory().rooms.iter().filter(|room| room.active);
            let rooms: Vec<_> = rooms.map(|room| (room.slug.clone(), room.name.clone())).collect();
            let breaks = start.map(|start| moving_breaks(view, caller, &slug, start)).transpose()?;
            Ok((sheet, rooms, breaks.unwrap_or_default()))
        })
        .await?;
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let stands = sheet.session.zone.wall(sheet.session.planned).format("%Y-%m-%dT%H:%M").to_string();
    let stay = (String::new(), insider.t("session.same_room").to_owned());
    let html = MovePage {
        shell: insider.shell(insider.t("session.move")),
        head: head(insider, &sheet, "/move"),
        form: vec![
            ask.special("datetime-local", "start", "session.start", &stands).required(),
            ask.choice("room", "session.room", "", [stay].into_iter().chain(rooms)),
            ask.area("reason", "session.move_reason", "", 1_000).help(insider.t("session.move_reason_help")),
        ],
        breaks: breaks.into_iter().map(|one| one.words).collect(),
        joint: joint(insider.lang(), &sheet),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /council/sessions/{slug}/move`.
pub(super) async fn shift(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let Some(start) = wall(fields.get("start")) else {
        let wrong = Wrong::of(&Refusal::invalid("start", Said::new("rules.unreadable")), insider.lang());
        return show_move(&insider, slug, &fields, Some(wrong)).await;
    };
    if fields.ticked("look") {
        return show_move(&insider, slug, &fields, None).await;
    }
    let (name, reason) = (slug.clone(), fields.get("reason").to_owned());
    let rooms: Vec<String> = fields.some("room").map(str::to_owned).into_iter().collect();
    let outcome = insider
        .write(move |tx, caller| move_session(tx, caller, &name, start, &rooms, &reason).map(|_| ()))
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/council/sessions/{slug}?done=changed")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            show_move(&insider, slug, &fields, Some(wrong)).await
        }
    }
}
