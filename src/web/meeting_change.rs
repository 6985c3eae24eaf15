//! What is done to a meeting from its page: answer, change one date or more, cancel, restore.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::meeting_read::meeting_id;
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::sign_in_begin::local;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use crate::booking::{Answer, Mode, Refusal};
use crate::http::{App, Problem};
use crate::ids::MeetingId;
use crate::scheduler::{
    AnswerInvitation, ChangeMeeting, MeetingSheet, Scope, Target, answer_invitation, cancel_because,
    change_meeting, meeting_sheet, restore_meeting, suggest,
};
use crate::texts::Said;

#[derive(Template)]
#[template(path = "meeting_change.html")]
struct Page {
    shell: Shell,
    id: String,
    occurrence: String,
    version: i64,
    series: bool,
    scope: &'static str,
    title: String,
    date: String,
    from: String,
    to: String,
    rooms: Vec<(String, String, bool)>,
    wrong: Option<Problem>,
}

/// `POST /meetings/{id}/answer`: what somebody says of themself.
pub(super) async fn answer(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    let mode = match fields.get("mode") {
        "in_room" => Some(Mode::InRoom),
        "remote" => Some(Mode::Remote),
        "undecided" => Some(Mode::Undecided),
        _ => None,
    };
    let answer = match fields.get("answer") {
        "accepted" => Some(Answer::Accepted),
        "tentative" => Some(Answer::Tentative),
        "declined" => Some(Answer::Declined),
        _ => None,
    };
    let occurrence = fields.some("occurrence").map(str::to_owned);
    let said = AnswerInvitation { answer, mode, occurrence, ..AnswerInvitation::default() };
    let email = insider.person().email.clone();
    insider
        .write(move |tx, caller| answer_invitation(tx, caller, id, &email, &said).map(|_| ()))
        .await
        .map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to(local(fields.get("to"))).into_response())
}

fn target(id: MeetingId, fields: &Fields) -> Target {
    let scope = match fields.get("scope") {
        "this" => Scope::This,
        "following" => Scope::Following,
        _ => Scope::All,
    };
    let occurrence = fields.some("occurrence").filter(|_| scope != Scope::All).map(str::to_owned);
    Target { meeting: id, scope, occurrence, if_match: fields.get("version").parse().ok() }
}

/// `POST /meetings/{id}/cancel`.
pub(super) async fn cancel(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    let (target, reason) = (target(id, &fields), fields.get("reason").to_owned());
    insider
        .write(move |tx, caller| cancel_because(tx, caller, &target, &reason).map(|_| ()))
        .await
        .map_err(|refusal| insider.oops(refusal))?;
    Ok(back(id, &fields, "cancelled"))
}

/// `POST /meetings/{id}/restore`.
pub(super) async fn restore(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    let target = target(id, &fields);
    insider
        .write(move |tx, caller| restore_meeting(tx, caller, &target).map(|_| ()))
        .await
        .map_err(|refusal| insider.oops(refusal))?;
    Ok(back(id, &fields, "restored"))
}

fn back(id: MeetingId, fields: &Fields, done: &str) -> Response {
    let occurrence: String = form_urlencoded::byte_serialize(fields.get("occurrence").as_bytes()).collect();
    Redirect::to(&format!("/meetings/{id}?occurrence={occurrence}&done={done}")).into_response()
}

/// `GET /meetings/{id}/change`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    show(&app, &insider, id, &asked, None).await
}

async fn show(
    app: &App,
    insider: &Insider,
    id: MeetingId,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Oops> {
    let sheet = insider
        .read(move |view, caller| {
            let meeting = view.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
            caller.must_own(view, &meeting)?;
            meeting_sheet(view, caller, id)
        })
        .await?;
    let wrong = refusal.map(|refusal| Problem::new(&refusal, insider.lang()));
    Ok(page(form(app, insider, id, &sheet, fields, wrong).render().unwrap_or_default()))
}

/// The form as it was sent, or else as the date stands.
fn form(
    app: &App,
    insider: &Insider,
    id: MeetingId,
    sheet: &MeetingSheet,
    fields: &Fields,
    wrong: Option<Problem>,
) -> Page {
    let directory = app.store.directory();
    let zone = sheet.zone.parse().unwrap_or(directory.house.zone);
    let wanted = fields.get("occurrence");
    let date = sheet.occurrences.iter().find(|date| date.id == wanted).or_else(|| sheet.occurrences.first());
    let wall = |at| zone.wall(at);
    let or = |name: &str, stands: String| fields.some(name).map_or(stands, str::to_owned);
    let part = |format: &str, end: bool| {
        date.map(|date| wall(if end { date.end } else { date.start }).format(format).to_string())
            .unwrap_or_default()
    };
    let stands = date.and_then(|date| date.rooms.clone()).unwrap_or_else(|| sheet.rooms.clone());
    let sent: Vec<&str> = fields.all("room").collect();
    let chosen = |slug: &str| {
        if sent.is_empty() { stands.iter().any(|room| room == slug) } else { sent.contains(&slug) }
    };
    let rooms = directory.rooms.iter().filter(|room| room.active || chosen(&room.slug));
    Page {
        shell: insider.shell(insider.t("meeting.change")),
        id: id.to_string(),
        occurrence: date.map_or_else(String::new, |date| date.id.clone()),
        version: sheet.version,
        series: sheet.occurrences.len() > 1 || sheet.rrule.is_some(),
        scope: match fields.get("scope") {
            "following" => "following",
            "all" => "all",
            _ => "this",
        },
        title: or("title", date.and_then(|d| d.title.clone()).or(sheet.title.clone()).unwrap_or_default()),
        date: or("date", part("%Y-%m-%d", false)),
        from: or("from", part("%H:%M", false)),
        to: or("to", part("%H:%M", true)),
        rooms: rooms.map(|room| (room.slug.clone(), room.name.clone(), chosen(&room.slug))).collect(),
        wrong,
    }
}

/// `POST /meetings/{id}/change`.
pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    match changed(&app, &insider, id, &fields).await {
        Ok(id) => Ok(back(id, &fields, "changed")),
        Err(refusal) => show(&app, &insider, id, &fields, Some(refusal)).await,
    }
}

/// Changes it; a series that is split goes on under another id.
async fn changed(app: &App, insider: &Insider, id: MeetingId, fields: &Fields) -> Result<MeetingId, Refusal> {
    let caller = insider.caller().clone();
    let sheet = app.read(move |view| meeting_sheet(view, &caller, id)).await?;
    let directory = app.store.directory();
    let zone = sheet.zone.parse().unwrap_or(directory.house.zone);
    let wanted = fields.get("occurrence");
    let date = sheet.occurrences.iter().find(|date| date.id == wanted);
    let date = date.ok_or_else(|| Refusal::State(Said::new("change.which_date")))?;
    let target = target(id, fields);
    let start = format!("{}T{}", fields.get("date"), fields.get("from"));
    let end = format!("{}T{}", fields.get("date"), fields.get("to"));
    let same = |text: &str, at| zone.wall(at).format("%Y-%m-%dT%H:%M").to_string() == text;
    let rooms: Vec<String> = fields.all("room").map(str::to_owned).collect();
    let stands = date.rooms.as_ref().unwrap_or(&sheet.rooms);
    let title = fields.get("title").to_owned();
    let moved = !same(&start, date.start) || !same(&end, date.end);
    let wanted = ChangeMeeting {
        title: (date.title.as_ref().or(sheet.title.as_ref()) != Some(&title)).then_some(title),
        start: moved.then_some(start),
        end: moved.then_some(end),
        rooms: (rooms != *stands).then_some(rooms),
        ..ChangeMeeting::default()
    };
    let outcome = insider
        .write(move |tx, caller| change_meeting(tx, caller, &target, &wanted).map(|made| made.meeting.id))
        .await;
    match outcome {
        Err(refusal @ Refusal::Taken { wish: Some(_), .. }) => {
            Err(app.read(move |view| suggest(view, refusal)).await.unwrap_or_else(|refusal| refusal))
        }
        other => other,
    }
}
