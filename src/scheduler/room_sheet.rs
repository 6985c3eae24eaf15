//! The page of a room: what it is, how one finds it, and what is on. Open to the public, for the code at the
//! door leads here.

use chrono::{DateTime, NaiveDate, Utc};

use super::Caller;
use super::change_room::{note, tended};
use super::create_meeting::clip;
use super::room_days::{RoomDay, days_of};
use crate::booking::Refusal;
use crate::store::{Photo, Tx, View};
use crate::texts::Said;
use crate::town::{Action, Role, Room, Site};

/// The longest text on how one finds a room.
const LONGEST_DIRECTIONS: usize = 2_000;
/// The largest photo.
const LARGEST_PHOTO: usize = 1 << 20;
/// The most days that are read at once.
const MOST_DAYS: u32 = 42;

/// A room with all that its page shows.
#[derive(Clone, Debug)]
pub struct RoomSheet {
    /// The room.
    pub room: Room,
    /// Its building.
    pub site: Site,
    /// How one finds it; empty if nobody has written it down.
    pub directions: String,
    /// When its photo was put there.
    pub photo: Option<DateTime<Utc>>,
    /// Slug and name of the rooms it is made of.
    pub made_of: Vec<(String, String)>,
    /// Slug and name of the rooms that it is a part of.
    pub part_of: Vec<(String, String)>,
    /// Slug and name of the same room laid out otherwise.
    pub layouts: Vec<(String, String)>,
    /// Today.
    pub today: RoomDay,
    /// The days asked for.
    pub days: Vec<RoomDay>,
}

/// Reads a room with `days` days from `from` on.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room, or the public asks for one that cannot be booked.
pub fn room_sheet(
    view: &View<'_>,
    caller: &Caller,
    slug: &str,
    from: NaiveDate,
    days: u32,
) -> Result<RoomSheet, Refusal> {
    let room = visible(view, caller, slug)?;
    let directory = view.directory();
    let site = directory.site(room.site).ok_or_else(|| Refusal::unknown("site", room.site))?;
    let today = directory.house.zone.wall(view.now()).date();
    let named = |fits: &dyn Fn(&Room) -> bool| {
        let rooms = directory.rooms.iter().filter(|other| other.active && fits(other));
        rooms.map(|other| (other.slug.clone(), other.name.clone())).collect()
    };
    let today = days_of(view, caller, room, today, 1)?.pop();
    Ok(RoomSheet {
        directions: view.directions(room.id)?,
        photo: view.photo_changed(room.id)?,
        made_of: named(&|other| other.part_of(room)),
        part_of: named(&|other| room.part_of(other)),
        layouts: named(&|other| other.id != room.id && other.cells == room.cells),
        today: today.ok_or_else(|| Refusal::Internal("a day has no room".to_owned()))?,
        days: days_of(view, caller, room, from, days.min(MOST_DAYS))?,
        room: room.clone(),
        site: site.clone(),
    })
}

/// The photo of a room.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room, or it has none.
pub fn room_photo(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Photo, Refusal> {
    let room = visible(view, caller, slug)?;
    view.photo(room.id)?.ok_or_else(|| Refusal::unknown("room", clip(slug)))
}

fn visible<'v>(view: &'v View<'_>, caller: &Caller, slug: &str) -> Result<&'v Room, Refusal> {
    let public = caller.role == Role::Public;
    if !public {
        caller.must(Action::ReadRooms)?;
    }
    let room = view.directory().room_named(slug).filter(|room| room.active || !public);
    room.ok_or_else(|| Refusal::unknown("room", clip(slug)))
}

/// Writes down how one finds a room.
///
/// # Errors
/// [`Refusal::Invalid`] if it is too long.
pub fn set_directions(tx: &Tx<'_>, caller: &Caller, slug: &str, text: &str) -> Result<(), Refusal> {
    let room = tended(tx, caller, slug)?.id;
    let text = text.trim().replace("\r\n", "\n");
    let plain = text.chars().all(|c| c == '\n' || !c.is_control());
    if text.chars().count() > LONGEST_DIRECTIONS || !plain {
        let said = Said::new("manage.directions_long").with("max", LONGEST_DIRECTIONS);
        return Err(Refusal::invalid("directions", said));
    }
    if tx.directions(room)? == text {
        return Ok(());
    }
    tx.set_directions(room, &text)?;
    note(tx, caller, "room.directions", room)
}

/// Puts a photo of a room there, a JPEG or a PNG.
///
/// # Errors
/// [`Refusal::Invalid`] for something else, or something too large.
pub fn put_photo(tx: &Tx<'_>, caller: &Caller, slug: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let room = tended(tx, caller, slug)?.id;
    let kind = match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "image/png",
        _ => return Err(Refusal::invalid("photo", Said::new("manage.photo_kind"))),
    };
    if bytes.len() > LARGEST_PHOTO {
        return Err(Refusal::invalid("photo", Said::new("manage.photo_large")));
    }
    tx.put_photo(room, kind, bytes)?;
    note(tx, caller, "room.photo", room)
}

/// Takes the photo of a room away.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room.
pub fn drop_photo(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<(), Refusal> {
    let room = tended(tx, caller, slug)?.id;
    if tx.drop_photo(room)? { note(tx, caller, "room.photo_dropped", room) } else { Ok(()) }
}
