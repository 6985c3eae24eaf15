//! The building board: every room, what goes on in it now and what comes next.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider};
use super::words::clock;
use crate::booking::CheckInRule;
use crate::http::App;
use crate::scheduler::{DayEntry, Happening, Open, RoomDay, RoomNow, open_time, room_now};
use crate::texts::{Lang, Said, text};
use crate::town::{Directory, Kit, Role, Room};

#[derive(Template)]
#[template(path = "rooms_read.html")]
struct Page {
    shell: Shell,
    sites: Vec<(String, String)>,
    wanted: Wanted,
    groups: Vec<Group>,
    shown: usize,
}

/// The rooms of one building.
struct Group {
    name: String,
    rows: Vec<Row>,
}

/// One room.
struct Row {
    slug: String,
    name: String,
    about: String,
    state: Pill,
    current: Option<String>,
    next: Option<String>,
}

/// What goes on in words, and the class of the pill around them.
pub(super) struct Pill {
    pub(super) class: &'static str,
    pub(super) words: String,
}

/// What rooms are asked for.
struct Wanted {
    site: String,
    seats: u32,
    hybrid: bool,
    wheelchair: bool,
    free: bool,
}

impl Wanted {
    fn of(fields: &Fields) -> Self {
        Self {
            site: fields.get("site").to_owned(),
            seats: fields.get("seats").parse().unwrap_or(0),
            hybrid: fields.ticked("hybrid"),
            wheelchair: fields.ticked("wheelchair"),
            free: fields.ticked("free"),
        }
    }

    fn fits(&self, directory: &Directory, room: &Room, now: &RoomNow<'_>, closed: bool) -> bool {
        let here = || directory.site(room.site).is_some_and(|site| site.slug == self.site);
        (self.site.is_empty() || here())
            && room.capacity >= self.seats
            && (room.kit.hybrid || !self.hybrid)
            && (room.kit.wheelchair || !self.wheelchair)
            && (now.happening == Happening::Free && !closed || !self.free)
    }
}

/// `GET /rooms`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let now = app.store.clock().now();
    let today = directory.house.zone.wall(now).date();
    let days = app.town_day(insider.caller().clone(), today).await.map_err(|r| insider.oops(r))?;
    let wanted = Wanted::of(&asked);
    let groups = groups(&directory, (insider.lang(), insider.caller().role), &wanted, &days, now);
    let html = Page {
        shell: insider.shell(insider.t("menu.rooms")),
        sites: directory.sites.iter().map(|site| (site.slug.clone(), site.name.clone())).collect(),
        shown: groups.iter().map(|group| group.rows.len()).sum(),
        wanted,
        groups,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn groups(
    directory: &Directory,
    (lang, role): (Lang, Role),
    wanted: &Wanted,
    days: &[RoomDay],
    now: DateTime<Utc>,
) -> Vec<Group> {
    let rule = CheckInRule::from(&directory.house);
    let mut groups: Vec<Group> =
        directory.sites.iter().map(|site| Group { name: site.name.clone(), rows: Vec::new() }).collect();
    for day in days {
        let Some(room) = directory.room_named(&day.room) else { continue };
        let happening = room_now(room, day, rule, now);
        let place = directory.sites.iter().position(|site| site.id == room.site);
        let group = place.and_then(|place| groups.get_mut(place));
        let closed = closed(directory, room, role, now);
        if let Some(group) = group.filter(|_| wanted.fits(directory, room, &happening, closed)) {
            let state = state(directory, lang, &happening, closed);
            group.rows.push(row(lang, room, &happening, state));
        }
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

fn row(lang: Lang, room: &Room, now: &RoomNow<'_>, state: Pill) -> Row {
    Row {
        slug: room.slug.clone(),
        name: room.name.clone(),
        about: about(lang, room),
        state,
        current: now.current.map(|entry| line(lang, entry)),
        next: now.next.map(|entry| line(lang, entry)),
    }
}

/// Floor, seats and fittings in a line.
pub(super) fn about(lang: Lang, room: &Room) -> String {
    let floor = Some(&room.floor).filter(|floor| !floor.is_empty());
    let floor = floor.map(|floor| Said::new("rooms.floor").with("floor", floor).speak(lang));
    let seats = Said::new("rooms.seats").with("seats", room.capacity).speak(lang);
    let parts = floor.into_iter().chain([seats]).chain(kit(lang, room.kit).into_iter().map(str::to_owned));
    parts.collect::<Vec<_>>().join(" · ")
}

/// What a room is fitted with, in words.
pub(super) fn kit(lang: Lang, kit: Kit) -> Vec<&'static str> {
    [
        (kit.hybrid, text(lang, "rooms.hybrid")),
        (kit.wheelchair, text(lang, "rooms.wheelchair")),
        (kit.hearing_loop, text(lang, "rooms.hearing_loop")),
    ]
    .into_iter()
    .filter_map(|(has, word)| has.then_some(word))
    .collect()
}

/// Whether a room is closed at an instant, for those of a role.
pub(super) fn closed(directory: &Directory, room: &Room, role: Role, at: DateTime<Utc>) -> bool {
    match open_time(directory, room, role, directory.house.zone.wall(at).date()) {
        Open::During(open) => at < open.start || at >= open.end,
        Open::Closed(_) => true,
    }
}

/// What goes on in a room, in words and colour; of one that is free, that it is closed.
pub(super) fn state(directory: &Directory, lang: Lang, now: &RoomNow<'_>, closed: bool) -> Pill {
    if closed && now.happening == Happening::Free {
        return Pill { class: "", words: text(lang, "rooms.closed_day").to_owned() };
    }
    let time = now.until.map(|at| clock(directory.house.zone.wall(at))).unwrap_or_default();
    let (class, said) = match (now.happening, now.until) {
        (Happening::Free, None) => ("free", Said::new("rooms.free")),
        (Happening::Free, Some(_)) => ("free", Said::new("rooms.free_until").with("time", time)),
        (Happening::Busy, _) => ("busy", Said::new("rooms.busy_until").with("time", time)),
        (Happening::Begins, _) => ("soon", Said::new("rooms.begins").with("time", time)),
        (Happening::Closed, _) => ("closed", Said::new("rooms.closed_until").with("time", time)),
    };
    Pill { class, words: said.speak(lang) }
}

/// What a date is called for whoever may not know more.
pub(super) fn title(lang: Lang, entry: &DayEntry) -> String {
    match (&entry.title, entry.closed) {
        (Some(title), _) => title.clone(),
        (None, true) => text(lang, "rooms.closed_session").to_owned(),
        (None, false) => text(lang, "rooms.taken").to_owned(),
    }
}

/// `10:00–11:00 Overleg`.
pub(super) fn line(lang: Lang, entry: &DayEntry) -> String {
    format!("{} {}", times(entry), title(lang, entry))
}

/// `10:00–11:00`.
pub(super) fn times(entry: &DayEntry) -> String {
    let time = |wall: &str| wall.get(11..16).unwrap_or("").to_owned();
    format!("{}–{}", time(&entry.local_start), time(&entry.local_end))
}
