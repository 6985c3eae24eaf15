//! Adds a room: one of its own, one made of others, or another layout of one.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Ask, Field, Wrong, number};
use super::oops::Oops;
use super::page;
use super::rooms_manage::{is_first, made_of, tended};
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::words::room_words;
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{NewRoom, RoomFields, add_room};
use crate::texts::Said;
use crate::town::{Directory, Kit, Room, Site};

#[derive(Template)]
#[template(path = "room_add.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    form: RoomForm,
    kind: String,
    layout_of: Field,
    /// Slug, name with building, ticked.
    parts: Vec<(String, String, bool)>,
}

/// The fields that every room has.
pub(super) struct RoomForm {
    pub(super) name: Field,
    pub(super) site: Field,
    pub(super) floor: Field,
    pub(super) numbers: Vec<Field>,
    pub(super) ticks: Vec<Field>,
    pub(super) group: Field,
    pub(super) check_in: Field,
}

impl RoomForm {
    /// The fields as they were sent, or as they stand.
    pub(super) fn of(ask: Ask<'_>, stands: &RoomFields, directory: &Directory, sites: &[&Site]) -> Self {
        let help = |field: Field, key: &'static str| field.help(crate::texts::text(ask.lang, key));
        let groups = directory.rooms.iter().filter_map(|room| room.group.clone());
        let groups: std::collections::BTreeSet<String> = groups.collect();
        let sites = sites.iter().map(|site| (site.slug.clone(), site.name.clone()));
        let group = stands.group.as_deref().unwrap_or("");
        let kit = stands.kit;
        Self {
            name: ask.text("name", "manage.room_name", &stands.name, 200).required(),
            site: ask.choice("site", "rooms.building", &stands.site, sites),
            floor: ask.text("floor", "manage.room_floor", &stands.floor, 80),
            numbers: vec![
                ask.number("capacity", "manage.room_seats", stands.capacity, 20_000).required(),
                help(
                    ask.number("setup_min", "manage.room_setup", stands.setup_min, 1_440),
                    "manage.room_setup_help",
                ),
                help(
                    ask.number("cleanup_min", "manage.room_cleanup", stands.cleanup_min, 1_440),
                    "manage.room_cleanup_help",
                ),
            ],
            ticks: vec![
                ask.tick("hybrid", "kit.hybrid", kit.hybrid),
                ask.tick("wheelchair", "kit.wheelchair", kit.wheelchair),
                ask.tick("hearing_loop", "kit.hearing_loop", kit.hearing_loop),
            ],
            group: help(
                ask.text("group", "manage.room_group", group, 80).known(groups.into_iter().collect()),
                "manage.room_group_help",
            ),
            check_in: help(
                ask.tick("check_in", "manage.room_check_in", stands.check_in),
                "manage.room_check_in_help",
            ),
        }
    }
}

/// What a form of a room says.
pub(super) fn fields_of(fields: &Fields) -> RoomFields {
    RoomFields {
        name: fields.get("name").to_owned(),
        site: fields.get("site").to_owned(),
        floor: fields.get("floor").to_owned(),
        capacity: number(fields, "capacity", 0),
        kit: Kit {
            hybrid: fields.ticked("hybrid"),
            wheelchair: fields.ticked("wheelchair"),
            hearing_loop: fields.ticked("hearing_loop"),
        },
        setup_min: number(fields, "setup_min", 0),
        cleanup_min: number(fields, "cleanup_min", 0),
        group: fields.some("group").map(str::to_owned),
        check_in: fields.ticked("check_in"),
    }
}

/// A room as its form shows it.
pub(super) fn as_it_stands(directory: &Directory, room: &Room) -> RoomFields {
    RoomFields {
        name: room.name.clone(),
        site: directory.site(room.site).map_or_else(String::new, |site| site.slug.clone()),
        floor: room.floor.clone(),
        capacity: room.capacity,
        kit: room.kit,
        setup_min: room.setup_min,
        cleanup_min: room.cleanup_min,
        group: room.group.clone(),
        check_in: room.check_in,
    }
}

/// `GET /manage/rooms/new`: `layout_of` or `part` names a room to begin with.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    show(&app, &insider, &asked, None)
}

fn show(app: &App, insider: &Insider, fields: &Fields, refusal: Option<&Refusal>) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let sites = tended(insider, &directory)?;
    let wrong = refusal.map(|refusal| Wrong::of(refusal, insider.lang()));
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let begun = fields.some("layout_of").or(fields.some("part"));
    let model = begun.and_then(|slug| directory.room_named(slug));
    let mut stands = model.map(|room| as_it_stands(&directory, room)).unwrap_or_default();
    stands.name = model.map_or_else(String::new, |room| format!("{}, ", room.name));
    if model.is_none() {
        sites.first().map_or("", |site| site.slug.as_str()).clone_into(&mut stands.site);
        stands.check_in = true;
    }
    let mine = |room: &&Room| sites.iter().any(|site| site.id == room.site);
    let mut rooms: Vec<&Room> =
        directory.rooms.iter().filter(mine).filter(|r| is_first(&directory, r)).collect();
    rooms.sort_by_key(|room| sites.iter().position(|site| site.id == room.site));
    let named = |room: &Room| (room.slug.clone(), room_words(&directory, room));
    let ticked: Vec<&str> = fields.all("part").collect();
    let whole = rooms.iter().filter(|room| made_of(&directory, room).is_empty());
    let parts = whole.map(|room| {
        let (slug, name) = named(room);
        let on = ticked.contains(&slug.as_str());
        (slug, name, on)
    });
    let kind = match fields.get("kind") {
        "" if fields.some("layout_of").is_some() => "layout",
        "" if !ticked.is_empty() => "parts",
        "" => "own",
        sent => sent,
    };
    let html = Page {
        shell: insider.shell(insider.t("manage.room_add")),
        form: RoomForm::of(ask, &stands, &directory, &sites),
        kind: kind.to_owned(),
        layout_of: ask.choice("layout_of", "manage.room_layout_of", "", rooms.iter().map(|room| named(room))),
        parts: parts.collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/rooms/new`.
pub(super) async fn add(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    match added(&insider, &fields).await {
        Ok(slug) => Ok(Redirect::to(&format!("/manage/rooms/{slug}?done=saved")).into_response()),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, &fields, Some(&refusal)),
    }
}

async fn added(insider: &Insider, fields: &Fields) -> Result<String, Refusal> {
    let made_of: Vec<String> = match fields.get("kind") {
        "layout" => vec![fields.get("layout_of").to_owned()],
        "parts" => fields.all("part").map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if fields.get("kind") == "parts" && made_of.len() < 2 {
        return Err(Refusal::invalid("made_of", Said::new("manage.room_two_parts")));
    }
    let new = NewRoom { slug: String::new(), made_of, fields: fields_of(fields) };
    insider.write(move |tx, caller| add_room(tx, caller, &new).map(|room| room.slug)).await
}
