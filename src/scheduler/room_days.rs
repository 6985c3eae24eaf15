//! The days of rooms: what is booked, as far as the caller may see it. A day that was read is kept until the
//! journal moves on, for boards in halls and pages of rooms are looked at far more often than they change.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Caller;
use super::create_meeting::clip;
use super::read_meeting::{rooms_of_date, slugs, wall};
use crate::booking::{Answer, CheckInRule, Meeting, Mode, Occurrence, Privacy, Refusal, Sight, timetable};
use crate::ids::{OccurrenceId, PersonId};
use crate::store::{DatedMeeting, View};
use crate::town::{Action, BodyKind, ResourceId, Role, Room};
use crate::wire::Status;

/// Days kept; a calendar that is leafed through starts afresh.
const MAX_KEPT: usize = 64;

/// A day of one room.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoomDay {
    /// Slug of the room.
    pub room: String,
    /// Name of the room.
    pub name: String,
    /// The local day.
    #[schema(value_type = String)]
    pub day: NaiveDate,
    /// What is booked, in order of start.
    pub meetings: Vec<DayEntry>,
}

/// One date on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayEntry {
    /// The meeting.
    pub meeting: String,
    /// The date.
    pub occurrence: String,
    /// Visible start.
    pub start: DateTime<Utc>,
    /// Visible end.
    pub end: DateTime<Utc>,
    /// Wall time of the start, in the house's zone.
    pub local_start: String,
    /// Wall time of the end.
    pub local_end: String,
    /// What it is about; absent when withheld.
    pub title: Option<String>,
    /// Who organises; absent when withheld.
    pub organiser: Option<String>,
    /// How far it has come.
    #[schema(value_type = String)]
    pub status: Status,
    /// Slugs of all rooms in which it is.
    pub rooms: Vec<String>,
    /// A closed session.
    pub closed: bool,
    /// How the person asked about takes part; only in an agenda.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub mode: Option<Mode>,
    /// What the person asked about said; only in an agenda.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub answer: Option<Answer>,
    /// The personal join link; only in one's own agenda, for those who may need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
}

/// A date with what decides who may see it, and its entry as those see it who may see all.
pub(super) struct KnownDate {
    meeting: Meeting,
    date: Occurrence,
    people: Vec<PersonId>,
    entry: DayEntry,
}

impl KnownDate {
    /// Reads what else is needed of a date.
    pub(super) fn new(view: &View<'_>, found: DatedMeeting) -> Result<Self, Refusal> {
        let DatedMeeting { meeting, date, organiser } = found;
        let zone = view.directory().house.zone;
        let entry = DayEntry {
            meeting: meeting.id.to_string(),
            occurrence: date.id.to_string(),
            start: date.time.start,
            end: date.time.end,
            local_start: wall(zone.wall(date.time.start)),
            local_end: wall(zone.wall(date.time.end)),
            title: Some(date.title.clone().unwrap_or_else(|| meeting.title.clone())),
            organiser: Some(organiser),
            status: Status::Planned,
            rooms: slugs(view, date.rooms_or(&meeting.rooms)),
            closed: meeting.privacy == Privacy::Closed,
            mode: None,
            answer: None,
            join: None,
        };
        // Only the privacy of these two levels depends on who is on the list.
        let people = match meeting.privacy {
            Privacy::Private | Privacy::Closed => {
                view.participants(meeting.id)?.into_iter().map(|p| p.person).collect()
            }
            Privacy::Public | Privacy::Internal => Vec::new(),
        };
        Ok(Self { meeting, date, people, entry })
    }

    /// What the caller may see of it, now.
    pub(super) fn entry(&self, view: &View<'_>, caller: &Caller) -> DayEntry {
        let mut entry = DayEntry { status: self.status(view), ..self.entry.clone() };
        if caller.sees(&self.meeting, &self.people) < Sight::Title {
            entry.title = None;
            entry.organiser = None;
        }
        if caller.role == Role::Public {
            // Who organises a public meeting is nobody's business, and a college sits behind closed doors.
            entry.organiser = None;
            let body = self.meeting.body.and_then(|id| view.directory().body(id));
            if body.is_some_and(|body| body.kind == BodyKind::College) {
                entry.title = None;
                entry.closed = true;
            }
        }
        entry
    }

    fn status(&self, view: &View<'_>) -> Status {
        let rooms = rooms_of_date(view, &self.meeting, &self.date);
        let rule = CheckInRule::from(&view.directory().house);
        timetable(rule, &self.meeting, &self.date, &rooms, view.now()).status
    }
}

/// What is on some cells on a day.
#[derive(Default)]
struct Day {
    dates: Vec<KnownDate>,
    on: HashMap<ResourceId, Vec<usize>>,
}

impl Day {
    fn read(view: &View<'_>, cells: BTreeSet<ResourceId>, day: NaiveDate) -> Result<Self, Refusal> {
        let window = view.directory().house.zone.day(day);
        let (mut read, mut places) = (Self::default(), HashMap::<OccurrenceId, usize>::new());
        for cell in cells {
            let mut on = Vec::new();
            for found in view.dates_on(cell, window)? {
                let id = found.date.id;
                let place = if let Some(place) = places.get(&id) {
                    *place
                } else {
                    read.dates.push(KnownDate::new(view, found)?);
                    read.dates.len() - 1
                };
                places.insert(id, place);
                on.push(place);
            }
            read.on.insert(cell, on);
        }
        Ok(read)
    }

    fn of(&self, view: &View<'_>, caller: &Caller, room: &Room, day: NaiveDate) -> RoomDay {
        let mut places: Vec<usize> =
            room.cells.iter().flat_map(|cell| self.on.get(cell).into_iter().flatten()).copied().collect();
        if room.cells.len() > 1 {
            places.sort_by_key(|place| (self.dates[*place].date.time.start, self.dates[*place].date.id));
            places.dedup();
        }
        let entries = places.into_iter().map(|place| self.dates[place].entry(view, caller));
        let meetings =
            entries.filter(|entry| !matches!(entry.status, Status::Cancelled | Status::Released)).collect();
        RoomDay { room: room.slug.clone(), name: room.name.clone(), day, meetings }
    }
}

/// Days of the whole town that were read, each with the head of the journal at which it was.
#[derive(Default)]
pub struct KnownDays(Mutex<HashMap<NaiveDate, (i64, Arc<Day>)>>);

impl KnownDays {
    fn day(&self, view: &View<'_>, day: NaiveDate) -> Result<Arc<Day>, Refusal> {
        let head = view.journal_head()?;
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, kept)) = known().get(&day).filter(|(at, _)| *at == head) {
            return Ok(Arc::clone(kept));
        }
        let cells = view.directory().rooms.iter().flat_map(|room| room.cells.iter().copied()).collect();
        let read = Arc::new(Day::read(view, cells, day)?);
        let mut days = known();
        if days.len() >= MAX_KEPT {
            days.clear();
        }
        days.insert(day, (head, Arc::clone(&read)));
        Ok(read)
    }
}

/// The day of one room.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room.
pub fn room_day(view: &View<'_>, caller: &Caller, slug: &str, day: NaiveDate) -> Result<RoomDay, Refusal> {
    caller.must(Action::ReadRooms)?;
    let room = view.directory().room_named(slug).ok_or_else(|| Refusal::unknown("room", clip(slug)))?;
    let read = Day::read(view, room.cells.iter().copied().collect(), day)?;
    Ok(read.of(view, caller, room, day))
}

/// The days of one room from `from` on, as many as wanted. Open to the public, who sees what the law lets it see.
pub(super) fn days_of(
    view: &View<'_>,
    caller: &Caller,
    room: &Room,
    from: NaiveDate,
    days: u32,
) -> Result<Vec<RoomDay>, Refusal> {
    let cells: BTreeSet<ResourceId> = room.cells.iter().copied().collect();
    let each = from.iter_days().take(days as usize);
    each.map(|day| Ok(Day::read(view, cells.clone(), day)?.of(view, caller, room, day))).collect()
}

/// The day of every room, in order of name.
///
/// # Errors
/// Those of the store, and of the role table.
pub fn town_day(
    view: &View<'_>,
    caller: &Caller,
    known: &KnownDays,
    day: NaiveDate,
) -> Result<Vec<RoomDay>, Refusal> {
    caller.must(Action::ReadRooms)?;
    let read = known.day(view, day)?;
    let rooms = view.directory().rooms.iter().filter(|room| room.active);
    Ok(rooms.map(|room| read.of(view, caller, room, day)).collect())
}
