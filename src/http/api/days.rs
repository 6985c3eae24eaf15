//! Rooms and days: of one room, of all, of a person, and the board of a screen.

use axum::Json;
use axum::extract::State;
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::Refusal;
use crate::http::App;
use crate::http::params::{Path, Query};
use crate::http::problem::{In, Problem, Refused};
use crate::scheduler::{self, Caller, DayEntry, RoomDay, join_token, person_agenda};
use crate::store::View;
use crate::texts::Said;
use crate::town::{Action, Room};
use crate::wire::Board;

/// A room as it can be booked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RoomSheet {
    slug: String,
    name: String,
    site: String,
    floor: String,
    capacity: u32,
    hybrid: bool,
    wheelchair: bool,
    hearing_loop: bool,
    setup_min: u32,
    cleanup_min: u32,
    group: Option<String>,
    /// Number of cells; more than one for a combination.
    cells: usize,
    /// Rooms that cannot be used at the same time.
    shares_with: Vec<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Give it as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// Where a page begins and how long it is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Paging {
    /// The `next` of the page before.
    pub(super) after: Option<String>,
    /// At most this many, up to 500.
    pub(super) limit: Option<usize>,
}

fn room_sheet(view: &View<'_>, room: &Room) -> RoomSheet {
    let directory = view.directory();
    let mut shares_with: Vec<String> = room
        .cells
        .iter()
        .flat_map(|cell| directory.rooms_on(*cell))
        .filter(|other| other.id != room.id)
        .map(|other| other.slug.clone())
        .collect();
    shares_with.sort_unstable();
    shares_with.dedup();
    RoomSheet {
        slug: room.slug.clone(),
        name: room.name.clone(),
        site: directory.site(room.site).map_or_else(String::new, |site| site.slug.clone()),
        floor: room.floor.clone(),
        capacity: room.capacity,
        hybrid: room.kit.hybrid,
        wheelchair: room.kit.wheelchair,
        hearing_loop: room.kit.hearing_loop,
        setup_min: room.setup_min,
        cleanup_min: room.cleanup_min,
        group: room.group.clone(),
        cells: room.cells.len(),
        shares_with,
    }
}

/// Lists the rooms in order of slug.
#[utoipa::path(get, path = "/api/v1/rooms", params(Paging), responses((status = 200, body = Page<RoomSheet>)))]
pub(super) async fn rooms(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<RoomSheet>>, Refused> {
    let lang = caller.lang;
    let page = app
        .read(move |view| {
            caller.must(Action::ReadRooms)?;
            let mut rooms: Vec<&Room> = view.directory().rooms.iter().filter(|room| room.active).collect();
            rooms.sort_by(|a, b| a.slug.cmp(&b.slug));
            let after = paging.after.unwrap_or_default();
            let limit = paging.limit.unwrap_or(100).clamp(1, 500);
            let mut rest = rooms.into_iter().filter(|room| room.slug > after);
            let items: Vec<RoomSheet> =
                rest.by_ref().take(limit).map(|room| room_sheet(view, room)).collect();
            let more = rest.next().is_some();
            let next = items.last().filter(|_| more).map(|room| room.slug.clone());
            Ok(Page { items, next })
        })
        .await
        .say_in(lang)?;
    Ok(Json(page))
}

/// Reads a local day in a path or query.
fn day_of(text: &str) -> Result<NaiveDate, Refusal> {
    let read: Option<NaiveDate> = text.parse().ok();
    read.filter(|day| (1970..=2200).contains(&day.year())).ok_or_else(|| {
        Refusal::State(Said::new("request.date_bad").with("text", text.chars().take(40).collect::<String>()))
    })
}

/// The day of one room.
#[utoipa::path(get, path = "/api/v1/rooms/{slug}/day/{date}", params(("slug" = String, Path), ("date" = String, Path)),
    responses((status = 200, body = RoomDay), (status = 404, body = Problem)))]
pub(super) async fn room_day(
    State(app): State<App>,
    caller: Caller,
    Path((slug, date)): Path<(String, String)>,
) -> Result<Json<RoomDay>, Refused> {
    let lang = caller.lang;
    let day = day_of(&date).say_in(lang)?;
    app.read(move |view| scheduler::room_day(view, &caller, &slug, day)).await.say_in(lang).map(Json)
}

/// What the screen at a door shows of today.
#[utoipa::path(get, path = "/api/v1/rooms/{slug}/board", params(("slug" = String, Path)),
    responses((status = 200, body = serde_json::Value), (status = 404, body = Problem)))]
pub(super) async fn board(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Board>, Refused> {
    let lang = caller.lang;
    app.read(move |view| scheduler::board(view, &caller, &slug)).await.say_in(lang).map(Json)
}

/// The day of every room.
#[utoipa::path(get, path = "/api/v1/days/{date}", params(("date" = String, Path)),
    responses((status = 200, body = Vec<RoomDay>)))]
pub(super) async fn town_day(
    State(app): State<App>,
    caller: Caller,
    Path(date): Path<String>,
) -> Result<Json<Vec<RoomDay>>, Refused> {
    let lang = caller.lang;
    let day = day_of(&date).say_in(lang)?;
    app.town_day(caller, day).await.say_in(lang).map(Json)
}

/// From which day to which.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    /// First local day; today if absent.
    from: Option<String>,
    /// Last local day; a week after the first if absent.
    to: Option<String>,
}

/// Somebody's agenda.
#[utoipa::path(get, path = "/api/v1/people/{email}/agenda", params(("email" = String, Path), Span),
    responses((status = 200, body = Vec<DayEntry>), (status = 404, body = Problem)))]
pub(super) async fn agenda(
    State(app): State<App>,
    caller: Caller,
    Path(email): Path<String>,
    Query(span): Query<Span>,
) -> Result<Json<Vec<DayEntry>>, Refused> {
    let lang = caller.lang;
    let today = app.store.directory().house.zone.wall(app.store.clock().now()).date();
    let from = span.from.as_deref().map_or(Ok(today), day_of).say_in(lang)?;
    let week = from.checked_add_days(Days::new(6)).unwrap_or(from);
    let to = span.to.as_deref().map_or(Ok(week), day_of).say_in(lang)?;
    let (secret, base_url) = (app.store.secret().to_vec(), app.base_url.clone());
    app.read(move |view| {
        person_agenda(view, &caller, &email, (from, to), |meeting, person| {
            format!("{base_url}/join/{}", join_token(&secret, meeting, person))
        })
    })
    .await
    .say_in(lang)
    .map(Json)
}
