//! Plans a session: when, where, in which way.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;

use super::super::equipment_form::{equipment_of, gear_fields, kinds};
use super::super::form::{Ask, Field, Wrong, number};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::body_read::wall;
use super::words::{mode_word, when};
use crate::booking::Refusal;
use crate::council::{CouncilBody, ModeReason, Session, SessionMode, SessionState};
use crate::ids::BodyId;
use crate::scheduler::council::{BodySheet, NewSession, body_sheet, plan_session, table_rest};
use crate::store::View;
use crate::texts::{Lang, Said, text};
use crate::time::Interval;

/// What can be chosen: value and words.
type Choices = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "council/session_plan.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    body: String,
    form: Vec<Field>,
}

/// `GET /council/bodies/{slug}/plan`: with `previous`, to go on with a session that could not be held or finished.
pub(super) async fn ask(
    insider: Insider,
    Path(slug): Path<String>,
    Asked(fields): Asked,
) -> Result<Response, Oops> {
    show(&insider, slug, &fields, None).await
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let (sheet, offers) = insider
        .read(move |view, caller| {
            let rooms = view.directory().rooms.iter().filter(|room| room.active);
            let rooms: Vec<_> = rooms.map(|room| (room.slug.clone(), room.name.clone())).collect();
            let sheet = body_sheet(view, caller, &slug)?;
            let beside = beside(view, caller.lang, sheet.body.id)?;
            let gear = kinds(view.directory());
            Ok((sheet, Offers { rooms, beside, gear }))
        })
        .await?;
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let html = Page {
        shell: insider.shell(insider.t("session.plan")),
        slug: sheet.body.slug.clone(),
        body: sheet.body.name.clone(),
        form: form(ask, &sheet, offers),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What there is to choose from.
struct Offers {
    rooms: Choices,
    /// Sessions of other bodies whose room can be shared.
    beside: Choices,
    /// Kinds of equipment.
    gear: Vec<String>,
}

/// Sessions of other bodies in the year ahead, whose room another can share.
fn beside(view: &View<'_>, lang: Lang, body: BodyId) -> Result<Choices, Refusal> {
    let window = Interval { start: view.now(), end: view.now() + TimeDelta::days(366) };
    let mut others = view.sessions_within(window)?;
    others.retain(|other| other.body != body && other.meeting.is_some() && other.state.lies_ahead());
    let named = |other: &Session| {
        let name = view.directory().body(other.body).map_or("", |body| &body.name);
        (other.slug.clone(), format!("{name}, {}", when(lang, other)))
    };
    Ok(others.iter().map(named).collect())
}

fn form(ask: Ask<'_>, sheet: &BodySheet, offers: Offers) -> Vec<Field> {
    let lang = ask.lang;
    let none = || (String::new(), text(lang, "session.none").to_owned());
    let failed = sheet
        .sessions
        .iter()
        .filter(|session| matches!(session.state, SessionState::NotQuorate | SessionState::Adjourned));
    let failed = failed.map(|session| (session.slug.clone(), when(lang, session)));
    let mut fields = vec![
        ask.special("datetime-local", "start", "session.start", "").required(),
        ask.number("length_min", "session.length", 180, 1_440).required(),
        ask.choice("room", "session.room", "", [none()].into_iter().chain(offers.rooms)),
        ask.text("place", "session.place", "", 200).help(text(lang, "session.place_help")),
    ];
    fields.extend(gear_fields(ask, &offers.gear));
    fields.extend(mode_fields(ask, sheet.law.as_ref(), (SessionMode::Physical, None)));
    fields.extend([
        ask.choice("previous", "session.previous", "", [none()].into_iter().chain(failed))
            .help(text(lang, "session.previous_help")),
        ask.choice("joint_with", "session.joint", "", [none()].into_iter().chain(offers.beside))
            .help(text(lang, "session.joint_help")),
    ]);
    fields
}

/// In which way the body is to meet, of those that it may, and why.
pub(super) fn mode_fields(
    ask: Ask<'_>,
    law: Option<&CouncilBody>,
    (mode, why): (SessionMode, Option<&ModeReason>),
) -> Vec<Field> {
    let modes = law.map_or(&[][..], |law| &law.rules.modes).iter();
    let modes = modes.map(|mode| (mode.word().to_owned(), mode_word(ask.lang, *mode).to_owned()));
    let mut fields = vec![ask.choice("mode", "session.mode", mode.word(), modes)];
    fields.extend(reason_fields(ask, law, why));
    fields
}

/// The circumstance and the reason, where the body may meet elsewhere only by exception.
fn reason_fields(ask: Ask<'_>, law: Option<&CouncilBody>, stands: Option<&ModeReason>) -> Vec<Field> {
    let Some(law) = law.filter(|law| !law.rules.circumstances.is_empty()) else { return Vec::new() };
    let none = (String::new(), text(ask.lang, "session.none").to_owned());
    let named = law.rules.circumstances.iter().map(|one| (one.clone(), one.clone()));
    let chosen = stands.map_or("", |reason| reason.circumstance.as_str());
    vec![
        ask.choice("circumstance", "session.circumstance", chosen, [none].into_iter().chain(named)),
        ask.text("mode_reason", "session.mode_reason", stands.map_or("", |r| &r.reason), 500),
    ]
}

/// The circumstance and the reason that were given.
pub(super) fn reason_of(fields: &Fields) -> Option<ModeReason> {
    let circumstance = fields.some("circumstance")?.to_owned();
    Some(ModeReason { circumstance, reason: fields.get("mode_reason").to_owned() })
}

/// The way that was chosen.
pub(super) fn mode_of(fields: &Fields) -> SessionMode {
    SessionMode::ALL.into_iter().find(|mode| mode.word() == fields.get("mode")).unwrap_or_default()
}

/// `POST /council/bodies/{slug}/plan`.
pub(super) async fn plan(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let Some(start) = wall(fields.get("start")) else {
        let wrong = Wrong::of(&Refusal::invalid("start", Said::new("rules.unreadable")), insider.lang());
        return show(&insider, slug, &fields, Some(wrong)).await;
    };
    let previous = fields.some("previous").map(str::to_owned);
    let new = NewSession {
        body: slug.clone(),
        start,
        length_min: number(&fields, "length_min", 0),
        rooms: fields.some("room").map(str::to_owned).into_iter().collect(),
        equipment: equipment_of(&fields),
        place: fields.get("place").to_owned(),
        mode: mode_of(&fields),
        mode_reason: reason_of(&fields),
        joint_with: fields.some("joint_with").map(str::to_owned),
        ..NewSession::default()
    };
    let outcome = insider
        .write(move |tx, caller| {
            let earlier = previous.map(|slug| tx.session_named(&slug)).transpose()?.flatten();
            let earlier = earlier.map(|session| (session.id, session.state == SessionState::NotQuorate));
            let (previous, second) = (earlier.map(|(id, _)| id), earlier.is_some_and(|(_, second)| second));
            let session = plan_session(tx, caller, &NewSession { previous, second, ..new })?;
            if let Some(earlier) = previous {
                table_rest(tx, caller, earlier, &session.slug)?;
            }
            Ok(session)
        })
        .await;
    match outcome {
        Ok(session) => {
            Ok(Redirect::to(&format!("/council/sessions/{}?done=booked", session.slug)).into_response())
        }
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            show(&insider, slug, &fields, Some(wrong)).await
        }
    }
}
