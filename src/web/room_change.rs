//! Changes a room: what it is, how it looks, whether it is in use. What lies ahead in it is named before it is
//! taken out of use.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;

use super::form::{Ask, Field, Wrong};
use super::oops::Oops;
use super::page;
use super::room_add::{RoomForm, as_it_stands, fields_of};
use super::rooms_manage::{is_first, made_of, must_tend, tended};
use super::shell::Shell;
use super::upload::Upload;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::moment;
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{
    DateAhead, change_room, dates_ahead, drop_photo, put_photo, set_directions, use_room,
};
use crate::texts::{Lang, text};
use crate::time::Zone;
use crate::town::{Directory, Room};

/// Dates ahead that are named; the others are counted.
const NAMED: usize = 10;
/// How far ahead dates are counted: beyond the horizon of every series.
const AHEAD_DAYS: i64 = 1_100;

#[derive(Template)]
#[template(path = "room_change.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    form: RoomForm,
    directions: Field,
    photo: Option<i64>,
    active: bool,
    /// What this room has to do with others: words, and slug and name of each.
    kin: Vec<(String, Vec<(String, String)>)>,
    whole: bool,
    ahead: usize,
    dates: Vec<Ahead>,
}

/// A date that lies ahead.
pub(super) struct Ahead {
    pub(super) meeting: String,
    pub(super) when: String,
    pub(super) title: String,
    pub(super) organiser: String,
}

impl Ahead {
    /// A date in words.
    pub(super) fn of(lang: Lang, zone: Zone, date: &DateAhead) -> Self {
        Self {
            meeting: format!("{}?occurrence={}", date.meeting, date.occurrence),
            when: moment(lang, zone, date.time.start),
            title: date.title.clone().unwrap_or_else(|| text(lang, "approvals.withheld").to_owned()),
            organiser: date.organiser.clone().unwrap_or_default(),
        }
    }
}

/// `GET /manage/rooms/{slug}`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    show(&app, &insider, &slug, &Fields::default(), None).await
}

async fn show(
    app: &App,
    insider: &Insider,
    slug: &str,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let sites = tended(insider, &directory)?;
    let room = directory.room_named(slug).ok_or_else(|| insider.oops(Refusal::unknown("room", slug)))?;
    must_tend(insider, room.site)?;
    let id = room.id;
    let (directions, photo, ahead) = insider
        .read(move |view, caller| {
            let until = view.now() + TimeDelta::days(AHEAD_DAYS);
            let ahead = dates_ahead(view, caller, &[id], view.now(), until)?;
            Ok((view.directions(id)?, view.photo_changed(id)?, ahead))
        })
        .await?;
    let lang = insider.lang();
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let zone = directory.house.zone;
    let html = Page {
        shell: insider.shell(&room.name),
        slug: room.slug.clone(),
        form: RoomForm::of(ask, &as_it_stands(&directory, room), &directory, &sites),
        directions: ask
            .area("directions", "rooms.directions", &directions, 2_000)
            .help(insider.t("manage.room_directions_help")),
        photo: photo.map(|at| at.timestamp()),
        active: room.active,
        kin: kin(&directory, lang, room),
        whole: made_of(&directory, room).is_empty(),
        ahead: ahead.len(),
        dates: ahead.iter().take(NAMED).map(|date| Ahead::of(lang, zone, date)).collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The rooms that share cells with this one, by how.
fn kin(directory: &Directory, lang: Lang, room: &Room) -> Vec<(String, Vec<(String, String)>)> {
    let named = |rooms: Vec<&Room>| -> Vec<(String, String)> {
        rooms.into_iter().map(|other| (other.slug.clone(), other.name.clone())).collect()
    };
    let part_of = directory.rooms.iter().filter(|other| room.part_of(other));
    let layouts = directory.rooms.iter().filter(|other| other.id != room.id && other.cells == room.cells);
    let layout_word = if is_first(directory, room) { "manage.room_layouts" } else { "manage.room_same" };
    [
        ("rooms.made_of", named(made_of(directory, room))),
        ("rooms.part_of", named(part_of.collect())),
        (layout_word, named(layouts.collect())),
    ]
    .into_iter()
    .filter(|(_, rooms)| !rooms.is_empty())
    .map(|(key, rooms)| (text(lang, key).to_owned(), rooms))
    .collect()
}

/// `POST /manage/rooms/{slug}`.
pub(super) async fn change(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (said, directions) = (fields_of(&fields), fields.get("directions").to_owned());
    let wanted = slug.clone();
    let outcome = insider
        .write(move |tx, caller| {
            change_room(tx, caller, &wanted, &said)?;
            set_directions(tx, caller, &wanted, &directions)
        })
        .await;
    answer(&app, &insider, &slug, &fields, outcome).await
}

/// `POST /manage/rooms/{slug}/use`.
pub(super) async fn put_in_use(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (wanted, active) = (slug.clone(), fields.get("active") == "1");
    let outcome = insider.write(move |tx, caller| use_room(tx, caller, &wanted, active).map(|_| ())).await;
    answer(&app, &insider, &slug, &Fields::default(), outcome).await
}

/// `POST /manage/rooms/{slug}/photo`.
pub(super) async fn photo(
    State(app): State<App>,
    Path(slug): Path<String>,
    Upload { insider, file, .. }: Upload,
) -> Result<Response, Oops> {
    let wanted = slug.clone();
    let outcome =
        insider.write(move |tx, caller| put_photo(tx, caller, &wanted, &file.unwrap_or_default())).await;
    answer(&app, &insider, &slug, &Fields::default(), outcome).await
}

/// `POST /manage/rooms/{slug}/photo/drop`.
pub(super) async fn photo_drop(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let wanted = slug.clone();
    let outcome = insider.write(move |tx, caller| drop_photo(tx, caller, &wanted)).await;
    answer(&app, &insider, &slug, &Fields::default(), outcome).await
}

/// Back to the room, or the form again with what is wrong.
async fn answer(
    app: &App,
    insider: &Insider,
    slug: &str,
    fields: &Fields,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/manage/rooms/{slug}?done=saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, slug, fields, Some(&refusal)).await,
    }
}
