//! Finding a room.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::Heads;
use crate::http::App;
use crate::http::params::Query;
use crate::http::problem::{In, Problem, Refused};
use crate::scheduler::{Caller, SearchRooms, search_rooms};
use crate::town::Kit;

/// "A room for 8 in the room and 3 remote, Tuesday 14:00 for 90 minutes, near the town hall."
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Wall start, as `2027-01-19T14:00`.
    start: String,
    /// Length in minutes.
    minutes: i64,
    /// IANA zone of the start.
    zone: Option<String>,
    /// How many come to the room.
    #[serde(default)]
    in_room: u32,
    /// How many join from elsewhere.
    #[serde(default)]
    remote: u32,
    /// How many have not said.
    #[serde(default)]
    undecided: u32,
    /// Camera, microphones and screen are needed.
    #[serde(default)]
    hybrid: bool,
    /// It must be usable in a wheelchair.
    #[serde(default)]
    wheelchair: bool,
    /// A hearing loop is needed.
    #[serde(default)]
    hearing_loop: bool,
    /// Slug of the building preferred.
    near: Option<String>,
}

/// The rooms, best first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SearchSheet {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    rooms: Vec<VerdictSheet>,
}

/// A room and why it stands where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct VerdictSheet {
    room: String,
    suits: bool,
    /// Lower is better; absent for a room that is rejected.
    score: Option<u32>,
    reasons: Vec<String>,
}

/// Ranks the rooms for a request, with the reason for each that is rejected.
#[utoipa::path(get, path = "/api/v1/search/rooms", params(Wanted),
    responses((status = 200, body = SearchSheet), (status = 422, body = Problem)))]
pub(super) async fn rooms(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<SearchSheet>, Refused> {
    let lang = caller.lang;
    let search = SearchRooms {
        start: wanted.start,
        minutes: wanted.minutes,
        zone: wanted.zone,
        heads: Heads { in_room: wanted.in_room, remote: wanted.remote, undecided: wanted.undecided },
        kit: Kit { hybrid: wanted.hybrid, wheelchair: wanted.wheelchair, hearing_loop: wanted.hearing_loop },
        near: wanted.near,
    };
    let found = app.read(move |view| search_rooms(view, &caller, &search)).await.say_in(lang)?;
    let rooms = found
        .verdicts
        .into_iter()
        .map(|verdict| VerdictSheet {
            room: verdict.room,
            suits: verdict.score.is_some(),
            score: verdict.score,
            reasons: verdict.reasons.iter().map(|said| said.speak(lang)).collect(),
        })
        .collect();
    Ok(Json(SearchSheet { start: found.time.start, end: found.time.end, rooms }))
}
