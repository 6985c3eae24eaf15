//! Days of a person, and of the screen at a door.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::Caller;
use super::create_meeting::clip;
use super::read_meeting::rooms_of_date;
use super::room_days::{DayEntry, KnownDate};
use crate::booking::{
    Answer, CheckInRule, Mode, Occurrence, Participant, Privacy, Refusal, Sight, Viewer, sight, timetable,
};
use crate::ids::{MeetingId, PersonId};
use crate::presence::roster;
use crate::store::{DatedMeeting, View};
use crate::time::Interval;
use crate::town::{Action, BodyKind, Room};
use crate::wire::{Board, BoardMeeting, BoardRoom, Remote, RemoteState, Status};

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
    let person = view.person_at(email)?.ok_or_else(unknown)?;
    if to < from || to - from > TimeDelta::days(366) {
        return Err(Refusal::invalid("to", crate::texts::Said::new("time.range").with("days", 366)));
    }
    let zone = view.directory().house.zone;
    let window = Interval { start: zone.day(from).start, end: zone.day(to).end };
    let own = caller.person == Some(person.id);
    let mut agenda = Vec::new();
    for found in view.dates_of_person(person.id, window)? {
        let (meeting, date) = (found.meeting.id, found.date.id);
        let mut shown = KnownDate::new(view, found)?.entry(view, caller);
        let list = view.participants_at(meeting, date)?;
        if let Some(p) = list.iter().find(|p| p.person == person.id) {
            shown.mode = Some(p.mode);
            shown.answer = Some(p.answer);
            let may_join = own && p.mode != Mode::InRoom && p.answer != Answer::Declined;
            shown.join = may_join.then(|| join(meeting, person.id));
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
    for found in dates_in(view, room, window)? {
        meetings.extend(board_meeting(view, found)?);
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

/// The dates in a room whose visible time touches `window`, those given free or called off too.
fn dates_in(view: &View<'_>, room: &Room, window: Interval) -> Result<Vec<DatedMeeting>, Refusal> {
    let mut dates = Vec::new();
    for cell in &room.cells {
        dates.extend(view.dates_on(*cell, window)?);
    }
    dates.sort_by_key(|found| (found.date.time.start, found.date.id));
    dates.dedup_by_key(|found| found.date.id);
    Ok(dates)
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

fn board_meeting(view: &View<'_>, found: DatedMeeting) -> Result<Option<BoardMeeting>, Refusal> {
    let DatedMeeting { meeting, date, organiser } = found;
    let directory = view.directory();
    let rooms = rooms_of_date(view, &meeting, &date);
    let rule = CheckInRule::from(&directory.house);
    let table = timetable(rule, &meeting, &date, &rooms, view.now());
    // A date given free is shown only as long as that can be undone.
    let undo = table.undo_until.is_some_and(|until| view.now() < until);
    if table.status == Status::Cancelled || table.status == Status::Released && !undo {
        return Ok(None);
    }
    let seen = sight(&meeting, Viewer::Screen) >= Sight::Title;
    let closed = meeting.privacy == Privacy::Closed
        || meeting.body.and_then(|id| directory.body(id)).is_some_and(|body| body.kind == BodyKind::College);
    let list = view.participants_at(meeting.id, date.id)?;
    let heads = crate::booking::heads(&list);
    Ok(Some(BoardMeeting {
        meeting: meeting.id,
        occurrence: date.id,
        start: date.time.start,
        end: date.time.end,
        title: seen.then(|| date.title.clone().unwrap_or_else(|| meeting.title.clone())).filter(|_| !closed),
        organiser: Some(organiser).filter(|_| seen && !closed && !meeting.ad_hoc),
        status: table.status,
        council: meeting.is_session(),
        closed,
        check_in_from: table.check_in_from,
        release_at: table.release_at,
        undo_until: table.undo_until.filter(|_| undo),
        expected_in_room: heads.in_room,
        in_room: date.check_ins,
        remote: if closed { Vec::new() } else { remote(view, &date, &list, seen)? },
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
