//! Finds what would fit: free rooms for a request, and substitutes for dates that are taken.

use chrono::{NaiveDateTime, TimeDelta};

use super::Caller;
use super::create_meeting::{clip, wall_of};
use crate::booking::{
    Alternative, Candidate, Conflict, Facts, Heads, Query, Refusal, Slot, Verdict, Wish, claims_of, evaluate,
    rank,
};
use crate::ids::OccurrenceId;
use crate::store::{StoreError, View};
use crate::texts::Said;
use crate::time::{Interval, Zone};
use crate::town::{Action, Effect, Kit, Role, Room};

/// Conflicts for which substitutes are sought; a series that fails on more dates needs another rhythm.
const MAX_CONFLICTS: usize = 60;
/// Substitutes of each kind that are named.
const ROOMS_NAMED: usize = 3;
/// How far a date is moved in search of a free stretch.
const MAX_SHIFT_MIN: i64 = 240;

/// What room is sought.
#[derive(Clone, Debug, Default)]
pub struct SearchRooms {
    /// Wall start.
    pub start: String,
    /// Length in minutes.
    pub minutes: i64,
    /// IANA zone; the town's own if absent.
    pub zone: Option<String>,
    /// Who takes part.
    pub heads: Heads,
    /// Fittings that are needed.
    pub kit: Kit,
    /// Slug of the building preferred.
    pub near: Option<String>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// When.
    pub time: Interval,
    /// Every room with its verdict, best first.
    pub verdicts: Vec<Verdict>,
}

/// Ranks the rooms for a request, with the reason for each that is rejected.
///
/// # Errors
/// [`Refusal::Invalid`] for an unreadable time, length, zone or building.
pub fn search_rooms(view: &View<'_>, caller: &Caller, wanted: &SearchRooms) -> Result<Found, Refusal> {
    caller.must(Action::ReadRooms)?;
    let directory = view.directory();
    let mut faults = Vec::new();
    let zone = match wanted.zone.as_deref() {
        None => directory.house.zone,
        Some(name) => name
            .parse::<Zone>()
            .map_err(|_| Refusal::invalid("zone", Said::new("time.unknown_zone").with("zone", clip(name))))?,
    };
    let Some(start) = wall_of("start", &wanted.start, &mut faults) else {
        return Err(Refusal::Invalid(faults));
    };
    if !(1..=20_160).contains(&wanted.minutes) {
        return Err(Refusal::invalid("minutes", Said::new("booking.too_long").with("days", 14)));
    }
    let near = match &wanted.near {
        None => None,
        Some(slug) => Some(
            directory
                .site_named(slug)
                .ok_or_else(|| Refusal::invalid("near", Said::new("unknown.site").with("name", clip(slug))))?
                .id,
        ),
    };
    let slot = Slot::new(start, TimeDelta::minutes(wanted.minutes), zone);
    let query = Query { time: slot.time, heads: wanted.heads, kit: wanted.kit, near };
    let now = view.now();
    let mut candidates = Vec::with_capacity(directory.rooms.len());
    for room in directory.rooms.iter().filter(|room| room.active) {
        let facts = Facts {
            now,
            role: caller.role,
            time: slot.time,
            start,
            end: zone.wall(slot.time.end),
            room,
            heads: wanted.heads,
            future_meetings: 0,
        };
        let objection = evaluate(&directory.policies, &facts)
            .into_iter()
            .find(|r| r.effect == Effect::Deny)
            .map(|r| r.said);
        candidates.push(Candidate { room, taken: taken(view, room, slot.time)?, objection });
    }
    Ok(Found { time: slot.time, verdicts: rank(directory, &query, &candidates) })
}

/// Fills in the substitutes of conflicts, and the alternatives of a single date.
pub fn suggest(view: &View<'_>, refusal: Refusal) -> Result<Refusal, Refusal> {
    let Refusal::Taken { mut conflicts, wish: Some(wish), .. } = refusal else { return Ok(refusal) };
    fill_in(view, &wish, &mut conflicts)?;
    let alternatives = match conflicts.as_slice() {
        [only] => only.substitutes.clone(),
        _ => Vec::new(),
    };
    Ok(Refusal::Taken { conflicts, alternatives, wish: None })
}

pub(super) fn fill_in(view: &View<'_>, wish: &Wish, conflicts: &mut [Conflict]) -> Result<(), StoreError> {
    for conflict in conflicts.iter_mut().take(MAX_CONFLICTS) {
        let slot = Slot::new(conflict.start, wish.length, wish.zone);
        conflict.substitutes = other_rooms(view, wish, &slot)?;
        conflict.substitutes.extend(other_times(view, wish, &slot)?);
    }
    Ok(())
}

fn other_rooms(view: &View<'_>, wish: &Wish, slot: &Slot) -> Result<Vec<Alternative>, StoreError> {
    let directory = view.directory();
    let Some(main) = wish.rooms.first().and_then(|id| directory.room(*id)) else { return Ok(Vec::new()) };
    let query = Query { time: slot.time, heads: wish.heads, kit: Kit::default(), near: Some(main.site) };
    let mut candidates = Vec::new();
    for room in directory.rooms.iter().filter(|room| room.active && !wish.rooms.contains(&room.id)) {
        let objection = objection(view, wish, slot, room);
        candidates.push(Candidate { room, taken: taken(view, room, slot.time)?, objection });
    }
    Ok(rank(directory, &query, &candidates)
        .into_iter()
        .filter(|verdict| verdict.score.is_some())
        .take(ROOMS_NAMED)
        .map(|verdict| Alternative {
            room: verdict.room,
            start: slot.start,
            end: wish.zone.wall(slot.time.end),
        })
        .collect())
}

/// Why the rules make a room no substitute: it would have to be asked for, or be refused.
fn objection(view: &View<'_>, wish: &Wish, slot: &Slot, room: &Room) -> Option<Said> {
    let facts = Facts {
        now: view.now(),
        role: Role::Staff,
        time: slot.time,
        start: slot.start,
        end: wish.zone.wall(slot.time.end),
        room,
        heads: wish.heads,
        future_meetings: 0,
    };
    let mut objections = evaluate(&view.directory().policies, &facts).into_iter();
    objections.find(|reason| reason.effect != Effect::Warn).map(|reason| reason.said)
}

/// The nearest stretch before and after, on the same day, for which all rooms asked for are free and open.
fn other_times(view: &View<'_>, wish: &Wish, slot: &Slot) -> Result<Vec<Alternative>, StoreError> {
    let directory = view.directory();
    let rooms: Vec<&Room> = wish.rooms.iter().filter_map(|id| directory.room(*id)).collect();
    let Some(main) = rooms.first() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for direction in [1, -1] {
        for step in 1..=MAX_SHIFT_MIN / 15 {
            let start: NaiveDateTime = slot.start + TimeDelta::minutes(15 * step * direction);
            let moved = Slot::new(start, wish.length, wish.zone);
            let end = wish.zone.wall(moved.time.end);
            let same_day = start.date() == slot.start.date()
                && (end - TimeDelta::seconds(1)).date() == slot.start.date();
            if !same_day || moved.time.start < view.now() {
                break;
            }
            let mut free = true;
            for room in &rooms {
                free = free
                    && objection(view, wish, &moved, room).is_none()
                    && taken(view, room, moved.time)?.is_none();
            }
            if free {
                found.push(Alternative { room: main.slug.clone(), start, end });
                break;
            }
        }
    }
    Ok(found)
}

/// The stretch for which a room is taken, if it overlaps `time` with set-up and clean-up.
fn taken(view: &View<'_>, room: &Room, time: Interval) -> Result<Option<Interval>, StoreError> {
    let nobody = OccurrenceId(uuid::Uuid::nil());
    for claim in claims_of(&[room], time, nobody, crate::booking::Strength::Hard) {
        if let Some(by) = view.taken(claim.resource, claim.time)? {
            return Ok(Some(by.time));
        }
    }
    Ok(None)
}
