//! What can be done on the day from the page of a meeting, as at the door: check in, take a room back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::meeting_read::meeting_id;
use super::oops::Oops;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::clock;
use crate::booking::{CheckInRule, Refusal};
use crate::http::App;
use crate::ids::OccurrenceId;
use crate::scheduler::{OccurrenceSheet, check_in, undo_release};
use crate::texts::{Lang, Said, text};
use crate::town::Directory;
use crate::wire::Status;

/// What can be done now, and what that does.
pub(super) struct Deed {
    pub(super) what: String,
    pub(super) path: &'static str,
    pub(super) button: &'static str,
}

/// What can be done now about a date in the rooms with these slugs; a session is never given free.
pub(super) fn deed(
    directory: &Directory,
    lang: Lang,
    date: &OccurrenceSheet,
    (slugs, session): (&[String], bool),
    now: DateTime<Utc>,
) -> Option<Deed> {
    let rule = CheckInRule::from(&directory.house);
    let time = |at: DateTime<Utc>| clock(directory.house.zone.wall(at));
    let asks = slugs.iter().all(|slug| directory.room_named(slug).is_some_and(|room| room.check_in));
    match date.status {
        Status::Planned if asks && !slugs.is_empty() && date.start - rule.before <= now && now < date.end => {
            let free_at = Some(date.start + rule.grace).filter(|at| !session && now < *at && *at < date.end);
            let what = free_at.map_or_else(
                || text(lang, "meeting.not_checked_in").to_owned(),
                |at| Said::new("meeting.free_at").with("time", time(at)).speak(lang),
            );
            Some(Deed { what, path: "check-in", button: text(lang, "meeting.check_in") })
        }
        Status::Released => date.undo_until.filter(|until| now < *until).map(|until| Deed {
            what: Said::new("meeting.take_back_what").with("time", time(until)).speak(lang),
            path: "take-back",
            button: text(lang, "meeting.take_back"),
        }),
        _ => None,
    }
}

fn date_of(insider: &Insider, fields: &Fields) -> Result<OccurrenceId, Oops> {
    fields.get("occurrence").parse().map_err(|_| insider.oops(Refusal::unknown("occurrence", "?")))
}

/// `POST /meetings/{id}/check-in`.
pub(super) async fn here(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (id, date) = (meeting_id(&insider, &id)?, date_of(&insider, &fields)?);
    let now = app.store.clock().now();
    let done = insider.write(move |tx, caller| check_in(tx, caller, date, now)).await;
    done.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to(&format!("/meetings/{id}?occurrence={date}&done=checked_in")).into_response())
}

/// `POST /meetings/{id}/take-back`: the room that was given free, if nobody has it by now.
pub(super) async fn take_back(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (id, date) = (meeting_id(&insider, &id)?, date_of(&insider, &fields)?);
    let done = insider.write(move |tx, caller| undo_release(tx, caller, date)).await;
    done.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to(&format!("/meetings/{id}?occurrence={date}&done=taken_back")).into_response())
}
