//! Days: of a room, of all rooms, of a person, and of the screen at a door.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Caller;
use super::create_meeting::clip;
use super::read_meeting::{slugs, wall};
use crate::booking::{
    Answer, CheckInRule, Meeting, Mode, Occurrence, Participant, Privacy, Refusal, Sight, Viewer, sight,
    timetable,
};
use crate::ids::{MeetingId, OccurrenceId, PersonId};
use crate::presence::roster;
use crate::store::View;
use crate::time::Interval;
use crate::town::{Action, BodyKind, Room, email_of};
use crate::wire::{Board, BoardMeeting, BoardRoom, Remote, RemoteState, Status};

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
    /// The personal join link; only in one's own agenda, for those who may need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
}

/// A meeting and its list, loaded once for all its dates on a day.
struct Known {
    meeting: Meeting,
    people: Vec<PersonId>,
    organiser: String,
}

/// Meetings already loaded.
#[derive(Default)]
struct Loaded(HashMap<MeetingId, Option<Known>>);

impl Loaded {
    fn get(&mut self, view: &View<'_>, id: MeetingId) -> Result<Option<&Known>, Refusal> {
        if let Entry::Vacant(vacant) = self.0.entry(id) {
            let known = match view.meeting(id)? {
                None => None,
                Some(meeting) => {
                    let organiser = view.person(meeting.organiser)?.map_or_else(String::new, |p| p.name);
                    // Only the privacy of these two levels depends on who is on the list.
                    let listed = matches!(meeting.privacy, Privacy::Private | Privacy::Closed);
                    let people = if listed {
                        view.participants(id)?.into_iter().map(|p| p.person).collect()
                    } else {
                        Vec::new()
                    };
                    Some(Known { meeting, people, organiser })
                }
            };
            vacant.insert(known);
        }
        Ok(self.0.get(&id).and_then(Option::as_ref))
    }
}

/// The day of one room.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room.
pub fn room_day(view: &View<'_>, caller: &Caller, slug: &str, day: NaiveDate) -> Result<RoomDay, Refusal> {
    caller.must(Action::ReadRooms)?;
    let room = view.directory().room_named(slug).ok_or_else(|| Refusal::unknown("room", clip(slug)))?;
    one_room(view, caller, room, day, &mut Loaded::default())
}

/// The day of every room, in order of name.
pub fn town_day(view: &View<'_>, caller: &Caller, day: NaiveDate) -> Result<Vec<RoomDay>, Refusal> {
    caller.must(Action::ReadRooms)?;
    let mut loaded = Loaded::default();
    view.directory()
        .rooms
        .iter()
        .filter(|room| room.active)
        .map(|room| one_room(view, caller, room, day, &mut loaded))
        .collect()
}

fn one_room(
    view: &View<'_>,
    caller: &Caller,
    room: &Room,
    day: NaiveDate,
    loaded: &mut Loaded,
) -> Result<RoomDay, Refusal> {
    let window = view.directory().house.zone.day(day);
    let mut meetings = Vec::new();
    for date in dates_of(view, room, window)? {
        let Some(known) = loaded.get(view, date.meeting)? else { continue };
        let entry = entry(view, caller, known, &date);
        if !matches!(entry.status, Status::Cancelled | Status::Released) {
            meetings.push(entry);
        }
    }
    Ok(RoomDay { room: room.slug.clone(), name: room.name.clone(), day, meetings })
}

/// The dates in a room whose visible time touches `window`, those given free or called off too.
fn dates_of(view: &View<'_>, room: &Room, window: Interval) -> Result<Vec<Occurrence>, Refusal> {
    let mut ids: Vec<OccurrenceId> = Vec::new();
    for cell in &room.cells {
        for row in view.cell_day(*cell, window)? {
            if !ids.contains(&row.occurrence) {
                ids.push(row.occurrence);
            }
        }
    }
    let mut dates = Vec::with_capacity(ids.len());
    for id in ids {
        dates.extend(view.occurrence(id)?.filter(|date| date.time.overlaps(&window)));
    }
    dates.sort_by_key(|date| (date.time.start, date.id));
    Ok(dates)
}

fn entry(view: &View<'_>, caller: &Caller, known: &Known, date: &Occurrence) -> DayEntry {
    let meeting = &known.meeting;
    let seen = caller.sees(meeting, &known.people) >= Sight::Title;
    let zone = view.directory().house.zone;
    let rooms: Vec<&Room> =
        date.rooms_or(&meeting.rooms).iter().filter_map(|id| view.directory().room(*id)).collect();
    let rule = CheckInRule::from(&view.directory().house);
    DayEntry {
        meeting: meeting.id.to_string(),
        occurrence: date.id.to_string(),
        start: date.time.start,
        end: date.time.end,
        local_start: wall(zone.wall(date.time.start)),
        local_end: wall(zone.wall(date.time.end)),
        title: seen.then(|| date.title.clone().unwrap_or_else(|| meeting.title.clone())),
        organiser: seen.then(|| known.organiser.clone()),
        status: timetable(rule, meeting, date, &rooms, view.now()).status,
        rooms: slugs(view, date.rooms_or(&meeting.rooms)),
        closed: meeting.privacy == Privacy::Closed,
        mode: None,
        join: None,
    }
}

/// The agenda of a person, by address: the days from `from` up to and including `to`. `join` makes the
/// personal join link of a meeting; it is given only to the person's own eyes.
///
/// # Errors
/// [`Refusal::Unknown`] for nobody; [`Refusal::Invalid`] for more than a year at once.
pub fn person_agenda(
    view: &View<'_>,
    caller: &Caller,
    email: &str,
    (from, to): (NaiveDate, NaiveDate),
    join: impl Fn(MeetingId, PersonId) -> String,
) -> Result<Vec<DayEntry>, Refusal> {
    caller.must(Action::ReadAgenda)?;
    let unknown = || Refusal::unknown("person", clip(email));
    let person = view.person_by_email(&email_of(email).ok_or_else(unknown)?)?.ok_or_else(unknown)?;
    if to < from || to - from > TimeDelta::days(366) {
        return Err(Refusal::invalid("to", crate::texts::Said::new("time.range").with("days", 366)));
    }
    let zone = view.directory().house.zone;
    let window = Interval { start: zone.day(from).start, end: zone.day(to).end };
    let own = caller.person == Some(person.id);
    let mut loaded = Loaded::default();
    let mut agenda = Vec::new();
    for row in view.person_days(person.id, window)? {
        let Some(date) = view.occurrence(row.occurrence)? else { continue };
        let Some(known) = loaded.get(view, row.meeting)? else { continue };
        let mut shown = entry(view, caller, known, &date);
        let list = view.participants_at(row.meeting, row.occurrence)?;
        if let Some(p) = list.iter().find(|p| p.person == person.id) {
            shown.mode = Some(p.mode);
            let may_join = own && p.mode != Mode::InRoom && p.answer != Answer::Declined;
            shown.join = may_join.then(|| join(row.meeting, person.id));
        }
        agenda.push(shown);
    }
    Ok(agenda)
}

/// What the screen at a door shows of today.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such room, or it is not the device's own.
pub fn board(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Board, Refusal> {
    caller.must(Action::ReadRooms)?;
    let directory = view.directory();
    let room = directory
        .room_named(slug)
        .filter(|room| caller.room.is_none_or(|door| door == room.id))
        .ok_or_else(|| Refusal::unknown("room", clip(slug)))?;
    let zone = directory.house.zone;
    let day = zone.wall(view.now()).date();
    let window = zone.day(day);
    let mut meetings = Vec::new();
    for date in dates_of(view, room, window)? {
        if let Some(meeting) = view.meeting(date.meeting)? {
            meetings.extend(board_meeting(view, &meeting, &date)?);
        }
    }
    let site = directory.site(room.site);
    Ok(Board {
        seq: view.journal_head()?,
        server_time: view.now(),
        zone: zone.to_string(),
        day,
        day_start: window.start,
        day_end: window.end,
        offsets: offsets(view, day),
        room: BoardRoom {
            slug: room.slug.clone(),
            name: room.name.clone(),
            site: site.map_or_else(String::new, |site| site.name.clone()),
            floor: room.floor.clone(),
            capacity: room.capacity,
            hybrid: room.kit.hybrid,
            wheelchair: room.kit.wheelchair,
            hearing_loop: room.kit.hearing_loop,
        },
        languages: directory.house.languages.clone(),
        town: directory.house.town.clone(),
        book_now_min: vec![15, 30, 60],
        extend_min: vec![15, 30],
        meetings,
    })
}

/// The offsets of the zone from yesterday to the end of tomorrow: one, or two around a change of the clock.
fn offsets(view: &View<'_>, day: NaiveDate) -> Vec<(DateTime<Utc>, i32)> {
    let zone = view.directory().house.zone;
    let mut at = zone.day(day.checked_sub_days(Days::new(1)).unwrap_or(day)).start;
    let end = zone.day(day.checked_add_days(Days::new(1)).unwrap_or(day)).end;
    let mut offsets = vec![(at, zone.offset_s(at))];
    while at < end {
        at += TimeDelta::minutes(15);
        let offset = zone.offset_s(at);
        if offsets.last().is_none_or(|last| last.1 != offset) {
            offsets.push((at, offset));
        }
    }
    offsets
}

fn board_meeting(
    view: &View<'_>,
    meeting: &Meeting,
    date: &Occurrence,
) -> Result<Option<BoardMeeting>, Refusal> {
    let directory = view.directory();
    let rooms: Vec<&Room> =
        date.rooms_or(&meeting.rooms).iter().filter_map(|id| directory.room(*id)).collect();
    let rule = CheckInRule::from(&directory.house);
    let table = timetable(rule, meeting, date, &rooms, view.now());
    // A date given free is shown only as long as that can be undone.
    let undo = table.undo_until.is_some_and(|until| view.now() < until);
    if table.status == Status::Cancelled || table.status == Status::Released && !undo {
        return Ok(None);
    }
    let seen = sight(meeting, Viewer::Screen) >= Sight::Title;
    let closed = meeting.privacy == Privacy::Closed
        || meeting.body.and_then(|id| directory.body(id)).is_some_and(|body| body.kind == BodyKind::College);
    let list = view.participants_at(meeting.id, date.id)?;
    let organiser = view.person(meeting.organiser)?.map(|person| person.name);
    let heads = crate::booking::heads(&list);
    Ok(Some(BoardMeeting {
        meeting: meeting.id,
        occurrence: date.id,
        start: date.time.start,
        end: date.time.end,
        title: seen.then(|| date.title.clone().unwrap_or_else(|| meeting.title.clone())).filter(|_| !closed),
        organiser: organiser.filter(|_| seen && !closed && !meeting.ad_hoc),
        status: table.status,
        council: meeting.is_session(),
        closed,
        check_in_from: table.check_in_from,
        release_at: table.release_at,
        undo_until: table.undo_until.filter(|_| undo),
        expected_in_room: heads.in_room,
        in_room: date.check_ins,
        remote: if closed { Vec::new() } else { remote(view, date, &list, seen)? },
        ad_hoc: meeting.ad_hoc,
    }))
}

/// Who takes part from elsewhere, as the roster has them, in order of name.
fn remote(
    view: &View<'_>,
    date: &Occurrence,
    list: &[Participant],
    names: bool,
) -> Result<Vec<Remote>, Refusal> {
    let people = roster(&view.presence(date.id)?, view.now());
    let mut shown: Vec<(String, Remote)> = list
        .iter()
        .filter(|p| p.answer != Answer::Declined)
        .filter(|p| p.mode == Mode::Remote || people.contains_key(&p.person))
        .map(|p| {
            let seen = people.get(&p.person);
            let remote = Remote {
                name: names.then(|| p.name.clone()),
                state: seen.map_or(RemoteState::Invited, |seen| seen.state),
                since: seen.map(|seen| seen.since),
            };
            (p.name.clone(), remote)
        })
        .collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(shown.into_iter().map(|(_, remote)| remote).collect())
}
