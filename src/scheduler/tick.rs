//! What time itself does: holds run out, unvisited rooms are given free, horizons roll on, guests are forgotten.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::Caller;
use super::create_meeting::{horizon, open_end, subjects};
use super::invite::list_of;
use super::place::{Plan, claim_all};
use super::remind::{remind, warn};
use super::remind_deadlines::{day_to_tell, remind_deadlines};
use crate::booking::{CheckInRule, MeetingStatus, Refusal, Run, Slot, longest_warning, timetable};
use crate::ids::{MeetingId, OccurrenceId, RoomId};
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::time::recurrence::{MAX_OCCURRENCES, Rule};
use crate::town::{Role, Room};

/// Days of rest before a horizon is rolled on, so that a series is not touched every night.
const ROLL_EVERY_DAYS: i64 = 28;
/// Series rolled in one tick.
const ROLLED: u32 = 50;
/// How long answers to keyed commands are kept.
const KEPT_ANSWERS_DAYS: i64 = 7;
/// How long the telemetry of presence is kept.
const KEPT_PRESENCE_DAYS: i64 = 90;
/// How long it is kept that something was mailed.
const KEPT_MAIL_DAYS: i64 = 90;

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Rooms given free.
    pub released: usize,
    /// Holds that ran out.
    pub expired: usize,
    /// Reminders queued.
    pub reminded: usize,
    /// Those who prepare sessions told what is to be done.
    pub told: usize,
    /// Organisers told that their room is about to be given free.
    pub warned: usize,
}

/// What housekeeping did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Series whose dates were made further ahead.
    pub rolled: usize,
    /// Dates of those that found their room taken.
    pub clashes: usize,
    /// Guests forgotten.
    pub erased: usize,
}

/// Does what is due. `silent` names the rooms whose screen is out of reach: a release there is held back, for
/// a screen that is cut off may have taken check-ins that are still to come.
pub fn tick(tx: &Tx<'_>, silent: &BTreeSet<RoomId>) -> Result<Ticked, Refusal> {
    let mut ticked = Ticked { expired: expire_holds(tx)?, ..Ticked::default() };
    ticked.reminded = remind(tx)?;
    ticked.told = remind_deadlines(tx)?;
    ticked.warned = warn(tx, silent)?;
    for id in tx.due_releases(tx.now())? {
        ticked.released += usize::from(release(tx, id, silent)?);
    }
    Ok(ticked)
}

/// Whether anything is due.
///
/// # Errors
/// Those of the store.
pub fn is_due(view: &View<'_>) -> Result<bool, Refusal> {
    let now = view.now();
    Ok(!view.due_releases(now)?.is_empty()
        || !view.expired_holds(now)?.is_empty()
        || !view.due_reminders(1)?.is_empty()
        || day_to_tell(view)?.is_some()
        || !view.unwarned(now + longest_warning())?.is_empty())
}

/// Rolls horizons on, forgets guests whose time has come, and wipes what has been kept long enough.
pub fn housekeep(tx: &Tx<'_>) -> Result<Kept, Refusal> {
    let mut kept = Kept::default();
    let soon = horizon(tx.now() - TimeDelta::days(ROLL_EVERY_DAYS), tx.directory().house.zone);
    for id in tx.short_series(soon, ROLLED)? {
        kept.clashes += roll(tx, id)?;
        kept.rolled += 1;
    }
    for person in tx.expired_guests(tx.now())? {
        tx.erase_person(person)?;
        let subjects = Subjects { people: vec![person], ..Subjects::default() };
        tx.journal(&NewEntry { actor: None, action: "person.erased", subject: Some(person.0), subjects })?;
        kept.erased += 1;
    }
    tx.forget_commands(tx.now() - TimeDelta::days(KEPT_ANSWERS_DAYS))?;
    tx.wipe_presence(tx.now() - TimeDelta::days(KEPT_PRESENCE_DAYS))?;
    tx.forget_mail(tx.now() - TimeDelta::days(KEPT_MAIL_DAYS))?;
    Ok(kept)
}

fn expire_holds(tx: &Tx<'_>) -> Result<usize, Refusal> {
    let expired = tx.expired_holds(tx.now())?;
    for id in &expired {
        let Some(mut meeting) = tx.meeting(*id)? else { continue };
        let mut touched = Vec::new();
        for mut date in tx.occurrences(*id)? {
            if date.run == Run::Planned {
                date.run = Run::Expired;
                tx.silence_claims(date.id)?;
                tx.update_occurrence(&date, None)?;
                touched.push(date);
            }
        }
        meeting.status = MeetingStatus::Cancelled;
        meeting.held_until = None;
        super::end_meeting::save(tx, &Caller::system(), &mut meeting, "meeting.hold_expired", &touched)?;
    }
    Ok(expired.len())
}

/// Gives a room free, unless somebody came, or its screen cannot be heard.
fn release(tx: &Tx<'_>, id: OccurrenceId, silent: &BTreeSet<RoomId>) -> Result<bool, Refusal> {
    let Some(mut date) = tx.occurrence(id)? else { return Ok(false) };
    let Some(mut meeting) = tx.meeting(date.meeting)? else { return Ok(false) };
    let ids = date.rooms_or(&meeting.rooms).to_vec();
    let rooms: Vec<_> = ids.iter().filter_map(|id| tx.directory().room(*id)).collect();
    if is_unheard(tx, &rooms, silent) && tx.now() < date.time.end {
        return Ok(false);
    }
    let rule = CheckInRule::from(&tx.directory().house);
    let table = timetable(rule, &meeting, &date, &rooms, tx.now());
    let due = table.release_at.is_some_and(|at| at <= tx.now()) && tx.now() < date.time.end;
    if !due {
        // Somebody came, the rules changed, or it is over: the timer has nothing more to say about it.
        let later = table.release_at.filter(|at| *at > tx.now());
        tx.update_occurrence(&date, later)?;
        return Ok(false);
    }
    date.run = Run::Released;
    date.released = Some(tx.now());
    tx.silence_claims(id)?;
    tx.update_occurrence(&date, None)?;
    let touched = std::slice::from_ref(&date);
    super::end_meeting::save(tx, &Caller::system(), &mut meeting, "meeting.released", touched)?;
    Ok(true)
}

/// Whether the screen of one of the rooms is out of reach. That of a part of a hall stands for the whole of it.
pub(super) fn is_unheard(view: &View<'_>, rooms: &[&Room], silent: &BTreeSet<RoomId>) -> bool {
    let mut unheard = silent.iter().filter_map(|id| view.directory().room(*id)).flat_map(|room| &room.cells);
    unheard.any(|cell| rooms.iter().any(|room| room.cells.contains(cell)))
}

/// Makes the dates of a series up to the horizon. Dates whose room is taken are left out and journalled.
fn roll(tx: &Tx<'_>, id: MeetingId) -> Result<usize, Refusal> {
    let Some(mut meeting) = tx.meeting(id)? else { return Ok(0) };
    let (Some(text), Some(from)) = (meeting.rule.clone(), meeting.materialised_to) else { return Ok(0) };
    let rule = Rule::parse(&text, meeting.start, meeting.zone).map_err(|error| Refusal::State(error.0))?;
    let until = horizon(tx.now(), meeting.zone);
    let dates = rule.occurrences(meeting.start, from, until, MAX_OCCURRENCES);
    let (list, people) = list_of(tx, &meeting)?;
    let slots: Vec<Slot> = dates.iter().map(|date| Slot::new(*date, meeting.length, meeting.zone)).collect();
    let plan = Plan {
        meeting: &meeting,
        participants: &list,
        people: &people,
        role: Role::System,
        override_policy: false,
        ignore_policy: true,
        stands: false,
        future_meetings: 0,
    };
    let placement = claim_all(tx, &plan, slots, |_| None)?;
    let mut subjects = subjects(&meeting, &list, &placement.occurrences);
    let clashes: Vec<String> =
        placement.conflicts.iter().map(|c| super::read_meeting::wall(c.start)).collect();
    subjects.detail = Some(serde_json::json!({ "made": placement.occurrences.len(), "taken": clashes }));
    meeting.materialised_to = open_end(&rule, meeting.start, until);
    meeting.version += 1;
    if !clashes.is_empty() {
        // Calendars expand the rule themselves: what is left out is news to them.
        meeting.sequence += 1;
        meeting.modified = tx.now();
    }
    tx.update_meeting(&meeting)?;
    tx.journal(&NewEntry { actor: None, action: "meeting.rolled_on", subject: Some(id.0), subjects })?;
    Ok(clashes.len())
}
