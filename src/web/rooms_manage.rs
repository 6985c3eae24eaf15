//! All rooms, also those out of use, by building: what they are made of and how they are laid out.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::oops::Oops;
use super::page;
use super::rooms_read::kit;
use super::shell::Shell;
use super::visitor::Insider;
use crate::http::App;
use crate::ids::SiteId;
use crate::scheduler::Caller;
use crate::texts::{Lang, Said};
use crate::town::{Action, Directory, Matter, Room, Site};

#[derive(Template)]
#[template(path = "rooms_manage.html")]
struct Page {
    shell: Shell,
    groups: Vec<Group>,
}

/// The rooms of one building.
struct Group {
    slug: String,
    name: String,
    rows: Vec<Row>,
}

/// One room.
struct Row {
    slug: String,
    name: String,
    /// Laid out otherwise than the room above it.
    layout: bool,
    /// What it is made of, or part of.
    parts: Vec<String>,
    seats: u32,
    kit: String,
    around: Option<String>,
    check_in: bool,
    group: String,
    active: bool,
}

/// Whether the caller looks after a building.
pub(super) fn tends(caller: &Caller, site: &Site) -> bool {
    caller.must_in(Action::ManageTown, &Matter { sites: vec![site.id], ..Matter::default() }).is_ok()
}

/// Refuses a building to those who do not look after it, and says who does.
pub(super) fn must_tend(insider: &Insider, site: SiteId) -> Result<(), Oops> {
    let here = Matter { sites: vec![site], ..Matter::default() };
    insider.caller().must_in(Action::ManageTown, &here).map_err(|refusal| insider.oops(refusal))
}

/// The buildings that the caller looks after; refused to those who look after none.
pub(super) fn tended<'d>(insider: &Insider, directory: &'d Directory) -> Result<Vec<&'d Site>, Oops> {
    let caller = insider.caller();
    caller.must_somewhere(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    Ok(directory.sites.iter().filter(|site| tends(caller, site)).collect())
}

/// `GET /manage/rooms`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let sites = tended(&insider, &directory)?;
    let group = |site: &&Site| Group {
        slug: site.slug.clone(),
        name: site.name.clone(),
        rows: rows(&directory, insider.lang(), site),
    };
    let groups = sites.iter().map(group).collect();
    Ok(page(Page { shell: insider.shell(insider.t("manage.rooms")), groups }.render().unwrap_or_default()))
}

/// The rooms of a building, each followed by its layouts.
fn rows(directory: &Directory, lang: Lang, site: &Site) -> Vec<Row> {
    let here = || directory.rooms.iter().filter(|room| room.site == site.id);
    let mut rows = Vec::new();
    for room in here().filter(|room| is_first(directory, room)) {
        let layouts = here().filter(|other| other.id != room.id && other.cells == room.cells);
        rows.push(row(directory, lang, room, false));
        rows.extend(layouts.map(|layout| row(directory, lang, layout, true)));
    }
    rows
}

/// Whether a room is the first of those on its cells, the others being layouts of it: the one with the plainest
/// name, for "Raadzaal, theater" is a layout of "Raadzaal".
pub(super) fn is_first(directory: &Directory, room: &Room) -> bool {
    let plain = |room: &Room| (room.slug.len(), room.slug.clone());
    directory.rooms.iter().all(|other| other.cells != room.cells || plain(other) >= plain(room))
}

/// The smallest rooms that a room is made of.
pub(super) fn made_of<'d>(directory: &'d Directory, room: &Room) -> Vec<&'d Room> {
    let parts = || directory.rooms.iter().filter(|other| other.part_of(room) && is_first(directory, other));
    parts().filter(|part| !parts().any(|smaller| smaller.part_of(part))).collect()
}

fn row(directory: &Directory, lang: Lang, room: &Room, layout: bool) -> Row {
    let parts = made_of(directory, room).into_iter().map(|part| part.name.clone());
    let around = (room.setup_min + room.cleanup_min > 0).then(|| {
        Said::new("manage.room_around")
            .with("before", room.setup_min)
            .with("after", room.cleanup_min)
            .speak(lang)
    });
    Row {
        slug: room.slug.clone(),
        name: room.name.clone(),
        layout,
        parts: parts.filter(|_| !layout).collect(),
        seats: room.capacity,
        kit: kit(lang, room.kit).join(", "),
        around,
        check_in: room.check_in,
        group: room.group.clone().unwrap_or_default(),
        active: room.active,
    }
}
