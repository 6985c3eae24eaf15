//! Changes a room: what it is called and fitted with, whether it is in use; and what lies ahead in it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::create_meeting::{clip, text_fault};
use super::{Caller, must_tend};
use crate::booking::{Fault, Refusal, Run, Sight};
use crate::ids::{MeetingId, OccurrenceId, PersonId, RoomId, SiteId};
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Kit, Room};

/// The most seats that a room can have: more is a typing error.
const MAX_SEATS: u32 = 20_000;
/// The longest set-up or clean-up, in minutes.
const MAX_AROUND_MIN: u32 = 1_440;

/// What can be said of a room.
#[derive(Clone, Debug, Default)]
pub struct RoomFields {
    /// The name on the sign.
    pub name: String,
    /// Slug of the building.
    pub site: String,
    /// The floor as people say it.
    pub floor: String,
    /// Seats.
    pub capacity: u32,
    /// Fittings.
    pub kit: Kit,
    /// Minutes needed before a meeting.
    pub setup_min: u32,
    /// Minutes needed after a meeting.
    pub cleanup_min: u32,
    /// A named set of rooms to which rules may apply.
    pub group: Option<String>,
    /// Meetings must be checked in to.
    pub check_in: bool,
}

impl RoomFields {
    /// The building, if everything is sound and the caller looks after it.
    pub(super) fn check(&self, tx: &Tx<'_>, caller: &Caller) -> Result<SiteId, Refusal> {
        let site = tx.directory().site_named(&self.site);
        let site = site.ok_or_else(|| Refusal::unknown("site", clip(&self.site)))?.id;
        must_tend(caller, &[site])?;
        let mut faults = Vec::new();
        let group = self.group.as_deref().unwrap_or("");
        faults.extend(text_fault("name", self.name.trim(), 200, true));
        faults.extend(text_fault("floor", self.floor.trim(), 80, false));
        faults.extend(text_fault("group", group.trim(), 80, false));
        if self.capacity == 0 || self.capacity > MAX_SEATS {
            faults.push(Fault::new("capacity", Said::new("town.seats").with("max", MAX_SEATS)));
        }
        for (field, minutes) in [("setup_min", self.setup_min), ("cleanup_min", self.cleanup_min)] {
            if minutes > MAX_AROUND_MIN {
                faults.push(Fault::new(field, Said::new("town.setup").with("max", MAX_AROUND_MIN)));
            }
        }
        if faults.is_empty() { Ok(site) } else { Err(Refusal::Invalid(faults)) }
    }

    /// Writes the fields into a room.
    pub(super) fn fill(&self, room: &mut Room, site: SiteId) {
        self.name.trim().clone_into(&mut room.name);
        self.floor.trim().clone_into(&mut room.floor);
        room.site = site;
        room.capacity = self.capacity;
        room.kit = self.kit;
        room.setup_min = self.setup_min;
        room.cleanup_min = self.cleanup_min;
        room.group = self.group.as_deref().map(str::trim).filter(|g| !g.is_empty()).map(str::to_owned);
        room.check_in = self.check_in;
    }
}

/// Changes what a room is called and fitted with. Its address and its cells stay; what is booked keeps the time it
/// claimed around itself.
///
/// # Errors
/// [`Refusal::Unknown`] for a room or building that is not there, [`Refusal::Invalid`] for wrong fields.
pub fn change_room(tx: &Tx<'_>, caller: &Caller, slug: &str, fields: &RoomFields) -> Result<Room, Refusal> {
    let mut room = tended(tx, caller, slug)?;
    let site = fields.check(tx, caller)?;
    let before = room.clone();
    fields.fill(&mut room, site);
    if room == before {
        return Ok(room);
    }
    tx.update_room(&room)?;
    note(tx, caller, "room.changed", room.id)?;
    Ok(room)
}

/// Takes a room out of use, or back in. What is booked in it stays booked: whoever looks after the house decides
/// about each.
///
/// # Errors
/// [`Refusal::Unknown`] for a room that is not there.
pub fn use_room(tx: &Tx<'_>, caller: &Caller, slug: &str, active: bool) -> Result<Room, Refusal> {
    let mut room = tended(tx, caller, slug)?;
    if room.active != active {
        room.active = active;
        tx.update_room(&room)?;
        note(tx, caller, if active { "room.in_use" } else { "room.out_of_use" }, room.id)?;
    }
    Ok(room)
}

/// The room, for those who look after its building.
pub(super) fn tended(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Room, Refusal> {
    let room = view.directory().room_named(slug).ok_or_else(|| Refusal::unknown("room", clip(slug)))?;
    must_tend(caller, &[room.site])?;
    Ok(room.clone())
}

/// Writes in the journal what was done to a room.
pub(super) fn note(tx: &Tx<'_>, caller: &Caller, action: &str, room: RoomId) -> Result<(), Refusal> {
    let subjects = Subjects { rooms: vec![room], ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(room.0), subjects })?;
    Ok(())
}

/// A date that lies ahead, as far as the caller may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateAhead {
    /// The meeting.
    pub meeting: MeetingId,
    /// The date.
    pub occurrence: OccurrenceId,
    /// When.
    pub time: Interval,
    /// What it is about; none if withheld.
    pub title: Option<String>,
    /// Who organises; none if withheld.
    pub organiser: Option<String>,
    /// Names of its rooms.
    pub rooms: Vec<String>,
}

/// The dates that lie ahead in any of these rooms between two instants, in order of start.
///
/// # Errors
/// Those of the store.
pub fn dates_ahead(
    view: &View<'_>,
    caller: &Caller,
    rooms: &[RoomId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<DateAhead>, Refusal> {
    let Some(window) = Interval::new(from.max(view.now()), to) else { return Ok(Vec::new()) };
    let directory = view.directory();
    let mut cells: Vec<_> =
        rooms.iter().filter_map(|id| directory.room(*id)).flat_map(|r| &r.cells).collect();
    cells.sort_unstable();
    cells.dedup();
    let mut ahead: Vec<DateAhead> = Vec::new();
    let mut known = HashSet::new();
    for cell in cells {
        for found in view.dates_on(*cell, window)? {
            let (meeting, date) = (&found.meeting, &found.date);
            let inside = date.rooms_or(&meeting.rooms);
            let meant = date.run == Run::Planned && inside.iter().any(|room| rooms.contains(room));
            if !meant || !known.insert(date.id) {
                continue;
            }
            let people: Vec<PersonId> = view.participants(meeting.id)?.iter().map(|p| p.person).collect();
            let knows = caller.sees(meeting, &people) >= Sight::Title;
            ahead.push(DateAhead {
                meeting: meeting.id,
                occurrence: date.id,
                time: date.time,
                title: knows.then(|| date.title.clone().unwrap_or_else(|| meeting.title.clone())),
                organiser: knows.then(|| found.organiser.clone()),
                rooms: inside.iter().filter_map(|id| Some(directory.room(*id)?.name.clone())).collect(),
            });
        }
    }
    ahead.sort_by_key(|date| (date.time.start, date.occurrence));
    Ok(ahead)
}
