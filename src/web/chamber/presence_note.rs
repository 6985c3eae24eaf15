//! Writing down who is there.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{DateTime, NaiveTime, Utc};

use super::session_conduct::{act, mandate_of, no_such_act};
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::{MandateId, SessionId};
use crate::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use crate::scheduler::{Caller, Hall, NotePresence, note_presence, read_hall};
use crate::store::Tx;
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::{Fields, InsiderForm};

/// `POST /council/sessions/{slug}/chamber/presence`. A button carries its verb and the member.
pub(super) async fn note(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let asked = slug.clone();
    act(&app, &insider, (&slug, fields), move |tx: &Tx<'_>, caller, id, sent| {
        let hall = read_hall(tx, caller, &asked)?;
        let (verb, member) = sent.get("do").split_once(' ').unwrap_or((sent.get("do"), ""));
        let (kind, mandate) = match verb {
            "correct" => {
                let of: i64 = sent.get("line").parse().unwrap_or(0);
                let line = hall.lines.iter().find(|line| line.seq == of);
                let line = line.ok_or_else(|| Refusal::invalid("line", Said::new("chamber.which_line")))?;
                (PresenceKind::Correct { of, reason: sent.get("reason").to_owned() }, line.mandate)
            }
            // A button without a member is about all who are ticked.
            _ if member.is_empty() => return note_all(tx, caller, (id, &hall), (kind(&hall, verb)?, sent)),
            _ => (kind(&hall, verb)?, mandate_of(member)?),
        };
        note_presence(tx, caller, id, &line(mandate, kind, time(&hall, sent)?))
    })
    .await
}

fn note_all(
    tx: &Tx<'_>,
    caller: &Caller,
    (id, hall): (SessionId, &Hall),
    (kind, sent): (PresenceKind, &Fields),
) -> Result<(), Refusal> {
    let members = sent.all("member").map(mandate_of).collect::<Result<Vec<_>, _>>()?;
    if members.is_empty() {
        return Err(Refusal::State(Said::new("chamber.nobody_ticked")));
    }
    let at = time(hall, sent)?;
    members.into_iter().try_for_each(|member| note_presence(tx, caller, id, &line(member, kind.clone(), at)))
}

fn line(mandate: MandateId, kind: PresenceKind, at: Option<DateTime<Utc>>) -> NotePresence {
    NotePresence { mandate, kind, at, source: Source::Clerk, identified_by: IdentifiedBy::SeenByChair }
}

fn kind(hall: &Hall, verb: &str) -> Result<PresenceKind, Refusal> {
    Ok(match verb {
        "excuse" => PresenceKind::Excuse,
        "arrive_room" => PresenceKind::Arrive(Channel::Room),
        "arrive_remote" => PresenceKind::Arrive(Channel::Remote),
        "leave" => PresenceKind::Leave,
        "switch_room" => PresenceKind::SwitchChannel(Channel::Room),
        "switch_remote" => PresenceKind::SwitchChannel(Channel::Remote),
        "lost" => PresenceKind::ConnectionLost,
        "back" => PresenceKind::Reconnected,
        "seen" => PresenceKind::Seen,
        "recuse" => {
            let item = hall.under_way().ok_or_else(|| Refusal::State(Said::new("chamber.item_not_open")))?;
            PresenceKind::RecuseStart(item.item)
        }
        "recuse_end" => PresenceKind::RecuseEnd,
        _ => return Err(no_such_act()),
    })
}

/// The time that was typed; none for now.
fn time(hall: &Hall, sent: &Fields) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(typed) = sent.some("time") else { return Ok(None) };
    let time =
        NaiveTime::parse_from_str(typed, "%H:%M").or_else(|_| NaiveTime::parse_from_str(typed, "%H:%M:%S"));
    let time = time.map_err(|_| Refusal::invalid("time", Said::new("chamber.which_time")))?;
    Ok(Some(hall.instant_of(time)))
}
