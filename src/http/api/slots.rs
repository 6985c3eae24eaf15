//! Finding a time and a room for people.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::App;
use crate::http::json::JsonBody;
use crate::http::problem::{In, Problem, Refused};
use crate::scheduler::{Caller, FindSlots, SlotOffer, SlotRelax, SlotsConsidered, find_slots};
use crate::texts::Lang;

/// The best times and rooms.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SlotsSheet {
    /// Best first, each after the first chosen to differ from those before it.
    options: Vec<OptionSheet>,
    /// The one change of the request that would help most; absent if none would help enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    relax: Option<RelaxSheet>,
    considered: SlotsConsidered,
    /// What is to be known about the answer.
    notes: Vec<String>,
}

/// A time and a room, and what speaks for and against it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct OptionSheet {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// By the town's clock.
    #[schema(value_type = String, example = "2027-01-19T14:00:00")]
    local_start: NaiveDateTime,
    /// By the town's clock.
    #[schema(value_type = String, example = "2027-01-19T15:30:00")]
    local_end: NaiveDateTime,
    /// Slug of the room; absent if nobody needs a seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<String>,
    /// Lower is better.
    score: u32,
    reasons: Vec<String>,
}

/// A change of the request, and the offer that it makes possible.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RelaxSheet {
    /// `remote`, `shorter`, `earlier`, `later`, `any_room`, `without_equipment`, `without_hybrid`,
    /// `without_hearing_loop` or `without_person`.
    change: &'static str,
    /// Address of the person, or kind of the equipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    whom: Option<String>,
    detail: String,
    option: OptionSheet,
}

fn option_sheet(offer: &SlotOffer, lang: Lang) -> OptionSheet {
    OptionSheet {
        start: offer.start,
        end: offer.end,
        local_start: offer.local_start,
        local_end: offer.local_end,
        room: offer.room.clone(),
        score: offer.score,
        reasons: offer.reasons.iter().map(|said| said.speak(lang)).collect(),
    }
}

fn relax_sheet(relax: &SlotRelax, lang: Lang) -> RelaxSheet {
    RelaxSheet {
        change: relax.change,
        whom: relax.whom.clone(),
        detail: relax.said.speak(lang),
        option: option_sheet(&relax.offer, lang),
    }
}

/// Finds the best times and rooms for people, across their calendars and zones. Nothing is booked.
#[utoipa::path(post, path = "/api/v1/search/slots", request_body = FindSlots,
    responses((status = 200, body = SlotsSheet), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn slots(
    State(app): State<App>,
    caller: Caller,
    body: JsonBody<FindSlots>,
) -> Result<Json<SlotsSheet>, Refused> {
    let lang = caller.lang;
    let found = app.read(move |view| find_slots(view, &caller, &body.value)).await.say_in(lang)?;
    Ok(Json(SlotsSheet {
        options: found.options.iter().map(|offer| option_sheet(offer, lang)).collect(),
        relax: found.relax.as_ref().map(|relax| relax_sheet(relax, lang)),
        considered: found.considered,
        notes: found.notes.iter().map(|said| said.speak(lang)).collect(),
    }))
}
