//! Somebody leaves the house: what has to be arranged first, and what will happen, before it happens.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::Oops;
use super::page;
use super::person_change::person_id;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::moment;
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::{MeetingId, PersonId};
use crate::scheduler::{Fate, Leave, Leaving, ToArrange, leave_house, leaving};
use crate::store::{Tx, View};
use crate::texts::{Lang, Said};
use crate::time::Zone;

#[derive(Template)]
#[template(path = "person_leave.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    what: Vec<String>,
    meetings: Vec<Row>,
    /// `hand_over`, `cancel` or not chosen yet.
    rest: String,
    to: String,
    reason: String,
    staff: Vec<(String, String)>,
    wrong: Wrong,
}

/// One meeting that needs another organiser.
struct Row {
    id: String,
    title: Option<String>,
    when: String,
    where_to: String,
    listed: String,
    people: Vec<(String, String, bool)>,
    cancel: bool,
}

/// `GET /manage/people/{id}/leave`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    show(&app, &insider, id, &Fields::default(), Wrong::default()).await
}

async fn show(
    app: &App,
    insider: &Insider,
    id: PersonId,
    fields: &Fields,
    wrong: Wrong,
) -> Result<Response, Oops> {
    let (leaving, staff) =
        insider.read(move |view, caller| Ok((leaving(view, caller, id)?, view.staff("", 2_000)?))).await?;
    let (lang, zone) = (insider.lang(), app.store.directory().house.zone);
    let title = Said::new("people.leaves").with("name", &leaving.person.name).speak(lang);
    let others = staff.into_iter().filter(|person| person.id != id);
    let html = Page {
        shell: insider.shell(&title),
        id: id.to_string(),
        name: leaving.person.name.clone(),
        what: what(lang, &leaving),
        meetings: leaving.organised.iter().map(|meeting| row(lang, zone, meeting, fields)).collect(),
        rest: fields.get("rest").to_owned(),
        to: fields.get("to").to_owned(),
        reason: fields.get("reason").to_owned(),
        staff: others.map(|person| (person.email, person.name)).collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What will happen, whatever is chosen.
fn what(lang: Lang, leaving: &Leaving) -> Vec<String> {
    let mut what = vec![Said::new("people.leave_account")];
    if leaving.tokens > 0 {
        what.push(Said::new("people.leave_tokens").with("count", leaving.tokens));
    }
    if leaving.lists > 0 {
        what.push(Said::new("people.leave_lists").with("count", leaving.lists));
    }
    if !leaving.bodies.is_empty() {
        what.push(Said::new("people.leave_bodies").with("names", leaving.bodies.join(", ")));
    }
    what.push(Said::new("people.leave_kept"));
    what.iter().map(|said| said.speak(lang)).collect()
}

fn row(lang: Lang, zone: Zone, meeting: &ToArrange, fields: &Fields) -> Row {
    let chosen = fields.get(&format!("fate-{}", meeting.id));
    let when = moment(lang, zone, meeting.next);
    let when = match meeting.dates {
        1 => when,
        dates => Said::new("people.leave_dates").with("when", when).with("count", dates).speak(lang),
    };
    Row {
        id: meeting.id.to_string(),
        title: meeting.title.clone(),
        when,
        where_to: meeting.rooms.join(", "),
        listed: Said::new("people.leave_listed").with("count", meeting.listed).speak(lang),
        people: meeting
            .people
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone(), id.to_string() == chosen))
            .collect(),
        cancel: chosen == "cancel",
    }
}

/// `POST /manage/people/{id}/leave`.
pub(super) async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let sent = fields.clone();
    let work = move |tx: &Tx<'_>, caller: &_| leave_house(tx, caller, &wanted(tx, id, &sent)?).map(|_| ());
    match insider.write(work).await {
        Ok(()) => Ok(Redirect::to(&format!("/manage/people/{id}?done=left")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, id, &fields, Wrong::of(refusal, insider.lang())).await,
    }
}

/// What the form asks for.
fn wanted(view: &View<'_>, who: PersonId, fields: &Fields) -> Result<Leave, Refusal> {
    let rest = match fields.get("rest") {
        "hand_over" => Some(Fate::HandOver(colleague(view, "to", fields.get("to"))?)),
        "cancel" => Some(Fate::Cancel),
        _ => None,
    };
    let mut each = Vec::new();
    for (name, value) in &fields.0 {
        let Some(meeting) = name.strip_prefix("fate-").and_then(|id| id.parse::<MeetingId>().ok()) else {
            continue;
        };
        match value.as_str() {
            "cancel" => each.push((meeting, Fate::Cancel)),
            id => each.extend(id.parse().ok().map(|person| (meeting, Fate::HandOver(person)))),
        }
    }
    Ok(Leave { who, rest, each, reason: fields.get("reason").to_owned() })
}

/// Somebody of the house by address.
pub(super) fn colleague(view: &View<'_>, field: &str, text: &str) -> Result<PersonId, Refusal> {
    let short: String = text.chars().take(80).collect();
    let unknown = || Refusal::invalid(field, Said::new("unknown.person").with("name", &short));
    Ok(view.colleague_at(text)?.ok_or_else(unknown)?.id)
}
