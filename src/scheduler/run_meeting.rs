//! What happens at the door and on the day: check in, extend, end, book now, undo a release.

use chrono::{DateTime, TimeDelta, Utc};

use super::caller::matter_of;
use super::create_meeting::subjects;
use super::place::release_at;
use super::read_meeting::rooms_of_date;
use super::{Caller, Made};
use crate::booking::{
    CheckInRule, Conflict, Facts, Heads, Meeting, MeetingStatus, Occurrence, Privacy, Refusal, Run, Slot,
    Timetable, book_now_room, evaluate, timetable,
};
use crate::ids::{MeetingId, OccurrenceId, PersonId, RoomId};
use crate::store::{NewEntry, NewMeeting, Tx, View};
use crate::texts::{Said, text};
use crate::time::Interval;
use crate::town::{Action, Effect, PersonKind, Policy, Room};

/// One date with all that the rules of its day need.
struct Running {
    meeting: Meeting,
    date: Occurrence,
    table: Timetable,
}

impl Running {
    fn load(tx: &Tx<'_>, caller: &Caller, id: OccurrenceId) -> Result<Self, Refusal> {
        caller.must(Action::RunMeeting)?;
        let unknown = || Refusal::unknown("occurrence", id);
        let date = tx.occurrence(id)?.ok_or_else(unknown)?;
        let meeting = tx.meeting(date.meeting)?.ok_or_else(unknown)?;
        let rooms = rooms_of_date(tx, &meeting, &date);
        // A screen runs the meetings of its own door, and a person those that they have a part in.
        if let Some(door) = caller.room {
            let here = tx.directory().room(door).is_some_and(|door| {
                rooms.iter().any(|room| room.cells.iter().any(|cell| door.cells.contains(cell)))
            });
            if !here {
                return Err(unknown());
            }
        } else if let Some(person) = caller.person
            && meeting.organiser != person
            && caller.must_in(Action::ActForOthers, &matter_of(tx, &meeting)?).is_err()
            && !tx.participants(meeting.id)?.iter().any(|p| p.person == person)
        {
            return Err(Refusal::Forbidden { action: Action::ActForOthers, role: caller.role });
        }
        let table = timetable(CheckInRule::from(&tx.directory().house), &meeting, &date, &rooms, tx.now());
        Ok(Self { meeting, date, table })
    }

    fn save(
        mut self,
        tx: &Tx<'_>,
        caller: &Caller,
        action: &str,
        visible: bool,
    ) -> Result<Occurrence, Refusal> {
        let release_at =
            release_at(tx, &self.meeting, &self.date, &rooms_of_date(tx, &self.meeting, &self.date));
        tx.update_occurrence(&self.date, release_at)?;
        self.meeting.version += 1;
        if visible {
            self.meeting.sequence += 1;
            self.meeting.modified = tx.now();
        }
        tx.update_meeting(&self.meeting)?;
        let list = tx.participants(self.meeting.id)?;
        let mut subjects = subjects(&self.meeting, &list, std::slice::from_ref(&self.date));
        subjects.occurrence = Some(self.date.id);
        let subject = Some(self.meeting.id.0);
        tx.journal(&NewEntry { actor: caller.actor(), action, subject, subjects })?;
        Ok(self.date)
    }
}

/// Checks in. `made_at` is when the finger touched the glass: a touch made before a release wins over it,
/// if the room is still free. An instant of the future counts as now.
///
/// # Errors
/// [`Refusal::State`] too early, over, cancelled; [`Refusal::Taken`] if the room went to another.
pub fn check_in(
    tx: &Tx<'_>,
    caller: &Caller,
    id: OccurrenceId,
    made_at: DateTime<Utc>,
) -> Result<Occurrence, Refusal> {
    let mut running = Running::load(tx, caller, id)?;
    let made_at = made_at.min(tx.now());
    running.table.may_check_in(&running.date, made_at).map_err(Refusal::State)?;
    let visible = running.date.run == Run::Released;
    if visible {
        tx.revive_claims(id)?;
        running.date.run = Run::Planned;
        running.date.released = None;
    }
    running.date.checked_in = Some(running.date.checked_in.map_or(made_at, |first| first.min(made_at)));
    running.date.check_ins += 1;
    running.save(tx, caller, "meeting.checked_in", visible)
}

/// Gives a running date more time.
///
/// # Errors
/// [`Refusal::Taken`] with the next meeting that is in the way.
pub fn extend(tx: &Tx<'_>, caller: &Caller, id: OccurrenceId, minutes: u32) -> Result<Occurrence, Refusal> {
    if !(1..=480).contains(&minutes) {
        return Err(Refusal::invalid("minutes", Said::new("run.minutes").with("max", 480)));
    }
    let mut running = Running::load(tx, caller, id)?;
    running.table.may_run_on(&running.date, tx.now()).map_err(Refusal::State)?;
    let by = TimeDelta::minutes(i64::from(minutes));
    let time = Interval { start: running.date.time.start, end: running.date.time.end + by };
    if time.length() > TimeDelta::days(14) {
        return Err(Refusal::invalid("minutes", Said::new("booking.too_long").with("days", 14)));
    }
    reclaim(tx, &running.meeting, &running.date, time)?;
    running.date.time = time;
    running.save(tx, caller, "meeting.extended", true)
}

/// Claims anew for another stretch, or says what is in the way.
fn reclaim(tx: &Tx<'_>, meeting: &Meeting, date: &Occurrence, time: Interval) -> Result<(), Refusal> {
    let claims = tx.claims_of_occurrence(date.id)?;
    tx.drop_claims(date.id)?;
    for mut claim in claims {
        claim.time = Interval {
            start: claim.time.start + (time.start - date.time.start),
            end: claim.time.end + (time.end - date.time.end),
        };
        if claim.strength != crate::booking::Strength::Soft
            && let Some(taken) = tx.taken(claim.resource, claim.time)?
        {
            return Err(in_the_way(tx, meeting, date, taken.time));
        }
        tx.insert_claim(&claim)?;
    }
    Ok(())
}

fn in_the_way(tx: &Tx<'_>, meeting: &Meeting, date: &Occurrence, taken: Interval) -> Refusal {
    let zone = tx.directory().house.zone;
    let room = rooms_of_date(tx, meeting, date).first().map_or(("", ""), |room| (&room.slug, &room.name));
    let why = Said::new("booking.taken")
        .with("room", room.1)
        .with("from", zone.wall(taken.start).format("%Y-%m-%d %H:%M"))
        .with("to", zone.wall(taken.end).format("%H:%M"));
    let conflict = Conflict {
        start: date.original,
        resource: room.0.to_owned(),
        taken: Some(taken),
        why,
        substitutes: Vec::new(),
    };
    Refusal::Taken { conflicts: vec![conflict], alternatives: Vec::new(), wish: None }
}

/// Ends a running date now and frees its rooms.
pub fn end_now(tx: &Tx<'_>, caller: &Caller, id: OccurrenceId) -> Result<Occurrence, Refusal> {
    let mut running = Running::load(tx, caller, id)?;
    running.table.may_run_on(&running.date, tx.now()).map_err(Refusal::State)?;
    if running.date.time.start >= tx.now() {
        return Err(Refusal::State(Said::new("run.not_begun")));
    }
    running.date.ended = Some(tx.now());
    running.date.time.end = tx.now().max(running.date.time.start + TimeDelta::minutes(1));
    tx.shorten_claims(id, running.date.time.end)?;
    running.save(tx, caller, "meeting.ended", true)
}

/// Takes a release back: the people are there after all.
pub fn undo_release(tx: &Tx<'_>, caller: &Caller, id: OccurrenceId) -> Result<Occurrence, Refusal> {
    let mut running = Running::load(tx, caller, id)?;
    running.table.may_undo(tx.now()).map_err(Refusal::State)?;
    tx.revive_claims(id)?;
    running.date.run = Run::Planned;
    running.date.released = None;
    // Somebody stands at the door: that is a check-in, or the timer would release again at once.
    running.date.checked_in = Some(tx.now());
    running.date.check_ins += 1;
    running.save(tx, caller, "meeting.release_undone", true)
}

/// Books a room from now on, for at most `minutes`, less if another meeting follows.
///
/// # Errors
/// [`Refusal::State`] if fewer than five minutes are left; [`Refusal::Taken`] if it is taken now.
pub fn book_now(tx: &Tx<'_>, caller: &Caller, room: RoomId, minutes: u32) -> Result<Made, Refusal> {
    caller.must(Action::BookNow)?;
    if caller.room.is_some_and(|door| door != room) {
        return Err(Refusal::unknown("room", room));
    }
    if !(5..=240).contains(&minutes) {
        return Err(Refusal::invalid("minutes", Said::new("run.minutes").with("max", 240)));
    }
    let found = tx.directory().room(room).ok_or_else(|| Refusal::unknown("room", room))?;
    refuse_shut(tx, caller, found)?;
    let next = next_claim(tx, found)?;
    let time = book_now_room(tx.now(), minutes, next).map_err(Refusal::State)?;
    let meeting = ad_hoc(tx, caller, found, time)?;
    tx.insert_meeting(&NewMeeting {
        meeting: &meeting,
        participants: &[],
        imported_uid: None,
        import_digest: None,
    })?;
    let plan = super::place::Plan {
        meeting: &meeting,
        participants: &[],
        people: &[],
        role: caller.role,
        override_policy: false,
        ignore_policy: true,
        stands: false,
        future_meetings: 0,
    };
    let slot = Slot {
        original: meeting.start,
        start: meeting.start,
        time,
        rooms: None,
        shift: crate::time::Shift::Exact,
    };
    let mut placement = super::place::claim_all(tx, &plan, vec![slot], |_| None)?;
    if !placement.conflicts.is_empty() {
        return Err(super::create_meeting::taken(&meeting, &[], placement.conflicts));
    }
    // Whoever books at the door stands at the door.
    for date in &mut placement.occurrences {
        date.checked_in = Some(tx.now());
        date.check_ins = 1;
        tx.update_occurrence(date, None)?;
    }
    let subjects = subjects(&meeting, &[], &placement.occurrences);
    let subject = Some(meeting.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "meeting.booked_now", subject, subjects })?;
    Ok(Made {
        meeting,
        participants: Vec::new(),
        occurrences: placement.occurrences,
        warnings: Vec::new(),
        notes: Vec::new(),
        conflicts: Vec::new(),
    })
}

/// Refuses a room that is out of use, or closed now. No other rule is asked at the door: whoever stands there has
/// planned nothing.
fn refuse_shut(view: &View<'_>, caller: &Caller, room: &Room) -> Result<(), Refusal> {
    if !room.active {
        return Err(Refusal::State(Said::new("booking.room_closed").with("room", &room.name)));
    }
    let directory = view.directory();
    let zone = directory.house.zone;
    let time = Interval { start: view.now(), end: view.now() + TimeDelta::minutes(1) };
    let facts = Facts {
        now: view.now(),
        role: caller.role,
        time,
        start: zone.wall(time.start),
        end: zone.wall(time.end),
        room,
        heads: Heads::default(),
        future_meetings: 0,
    };
    let about_opening = |policy: &&Policy| policy.test.is_about_opening();
    let rules: Vec<Policy> = directory.policies.iter().filter(about_opening).cloned().collect();
    let mut shut = evaluate(&rules, &facts);
    shut.retain(|reason| reason.effect == Effect::Deny);
    if shut.is_empty() { Ok(()) } else { Err(Refusal::Policy(shut)) }
}

/// When the next claim on the room's cells starts; set-up of the next one counts, for it needs the room.
fn next_claim(tx: &Tx<'_>, room: &Room) -> Result<Option<DateTime<Utc>>, Refusal> {
    let mut next: Option<DateTime<Utc>> = None;
    for cell in &room.cells {
        let starts = tx.next_claim(*cell, tx.now())?;
        next = [next, starts].into_iter().flatten().min();
    }
    Ok(next.map(|at| at - TimeDelta::minutes(i64::from(room.cleanup_min))))
}

fn ad_hoc(tx: &Tx<'_>, caller: &Caller, room: &Room, time: Interval) -> Result<Meeting, Refusal> {
    let zone = tx.directory().house.zone;
    let organiser = match caller.person {
        Some(person) => person,
        None => door_keeper(tx, room)?,
    };
    let lang = tx.directory().house.lang();
    let id = MeetingId(tx.fresh());
    Ok(Meeting {
        id,
        uid: id.to_string(),
        title: text(lang, "run.ad_hoc_title").to_owned(),
        description: None,
        privacy: Privacy::Internal,
        organiser,
        body: None,
        start: zone.wall(time.start),
        zone,
        length: time.length(),
        rule: None,
        rooms: vec![room.id],
        equipment: Vec::new(),
        conference: crate::booking::Conference::default(),
        status: MeetingStatus::Live,
        held_until: None,
        version: 1,
        sequence: 0,
        created: tx.now(),
        modified: tx.now(),
        split_from: None,
        materialised_to: None,
        ad_hoc: true,
    })
}

/// The entry of the directory in whose name a door books: made at first need, one for all doors.
fn door_keeper(tx: &Tx<'_>, _room: &Room) -> Result<PersonId, Refusal> {
    const EMAIL: &str = "kiosk@belfort.invalid";
    if let Some(person) = tx.person_by_email(EMAIL)? {
        return Ok(person.id);
    }
    let lang = tx.directory().house.lang();
    let keeper = crate::town::Person {
        id: PersonId(tx.fresh()),
        kind: PersonKind::Staff,
        email: EMAIL.to_owned(),
        name: text(lang, "run.door_keeper").to_owned(),
        lang,
        zone: tx.directory().house.zone,
        department: None,
        resource: None,
        hard: false,
        expires: None,
    };
    Ok(tx.insert_person(&keeper)?.id)
}
