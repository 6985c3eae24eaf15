//! Placing dates: checks each against rules and claims, and claims those that fit. All doors book through here.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::booking::{
    CheckInRule, Claim, Conflict, Facts, Meeting, MeetingStatus, Occurrence, Participant, Reason, Refusal,
    Run, Slot, Strength, claims_of, evaluate, heads, hybrid_reasons, timetable,
};
use crate::ids::{OccurrenceId, RoomId};
use crate::store::{StoreError, Tx};
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Directory, Effect, Person, ResourceId, Role, Room, Test};

/// What is to be placed, and under which rules.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub meeting: &'a Meeting,
    pub participants: &'a [Participant],
    /// Those of the list who have a calendar of their own.
    pub people: &'a [Person],
    pub role: Role,
    /// Book against rules that deny; each is journalled.
    pub override_policy: bool,
    /// Imports and timers are not asked for lead times and the like.
    pub ignore_policy: bool,
    /// Time and place stay as they are: only what is said of who comes is asked anew. Rules change, and what was booked
    /// or consented to under others stands.
    pub stands: bool,
    pub future_meetings: u32,
}

/// What the rules say of the dates.
#[derive(Default)]
pub(super) struct Judged {
    /// Dates that no rule denies.
    pub fit: Vec<Slot>,
    /// Dates that one does.
    pub conflicts: Vec<Conflict>,
    /// The rules that deny, once each.
    pub denied: Vec<Reason>,
    pub warnings: Vec<Reason>,
    pub overridden: BTreeSet<String>,
    pub needs_approval: bool,
}

/// What came of claiming.
#[derive(Default)]
pub(super) struct Placement {
    pub occurrences: Vec<Occurrence>,
    pub conflicts: Vec<Conflict>,
    pub warnings: Vec<Reason>,
}

/// Asks the rules about every date, before anything is written.
pub(super) fn judge_all(tx: &Tx<'_>, plan: &Plan<'_>, slots: Vec<Slot>) -> Result<Judged, Refusal> {
    let mut judged = Judged::default();
    for slot in slots {
        let rooms = rooms_at(tx, plan, &slot)?;
        if judge(tx, plan, &slot, &rooms, &mut judged) {
            judged.fit.push(slot);
        }
    }
    Ok(judged)
}

/// Claims the dates that are free and writes them; those that are not are conflicts, and nothing is written
/// for them. The meeting itself must be written before. `known` gives a date that moves its former self.
pub(super) fn claim_all(
    tx: &Tx<'_>,
    plan: &Plan<'_>,
    slots: Vec<Slot>,
    known: impl Fn(&Slot) -> Option<Occurrence>,
) -> Result<Placement, Refusal> {
    let mut placement = Placement::default();
    for slot in slots {
        let rooms = rooms_at(tx, plan, &slot)?;
        let before = known(&slot);
        let id = before.as_ref().map_or_else(|| OccurrenceId(tx.fresh()), |o| o.id);
        match claims(tx, plan, &slot, &rooms, id)? {
            Err(conflict) => placement.conflicts.push(*conflict),
            Ok(claims) => {
                placement.occurrences.push(write(tx, plan, &slot, &rooms, id, before)?);
                // Claimed at once, so that two dates of one series cannot take the same stretch.
                for claim in &claims {
                    tx.insert_claim(claim)?;
                }
            }
        }
    }
    warn_of_double_duty(tx, plan, &mut placement)?;
    Ok(placement)
}

fn rooms_at<'t>(tx: &'t Tx<'_>, plan: &Plan<'_>, slot: &Slot) -> Result<Vec<&'t Room>, Refusal> {
    let ids: &[RoomId] = slot.rooms.as_deref().unwrap_or(&plan.meeting.rooms);
    ids.iter().map(|id| tx.directory().room(*id).ok_or_else(|| Refusal::unknown("room", id))).collect()
}

/// Asks the rules about one date; false if one denies it.
fn judge(tx: &Tx<'_>, plan: &Plan<'_>, slot: &Slot, rooms: &[&Room], judged: &mut Judged) -> bool {
    if plan.ignore_policy {
        return true;
    }
    let directory = tx.directory();
    let meeting = plan.meeting;
    let heads = heads(plan.participants);
    let mut reasons = hybrid_reasons(heads, rooms, &meeting.conference, directory.house.undecided_percent);
    for room in rooms {
        let facts = Facts {
            now: tx.now(),
            role: plan.role,
            time: slot.time,
            start: slot.start,
            end: meeting.zone.wall(slot.time.end),
            room,
            heads,
            future_meetings: plan.future_meetings,
        };
        let objections = evaluate(&directory.policies, &facts).into_iter();
        reasons.extend(objections.filter(|reason| !plan.stands || is_about_heads(directory, reason)));
    }
    let mut fits = true;
    for reason in reasons {
        match reason.effect {
            Effect::Deny if plan.override_policy => {
                judged.overridden.insert(reason.rule);
            }
            Effect::Deny => {
                if fits {
                    judged.conflicts.push(Conflict {
                        start: slot.original,
                        resource: rooms.first().map_or_else(String::new, |room| room.slug.clone()),
                        taken: None,
                        why: reason.said.clone(),
                        substitutes: Vec::new(),
                    });
                }
                fits = false;
                push_new(&mut judged.denied, reason);
            }
            Effect::NeedsApproval => {
                judged.needs_approval |= !plan.override_policy;
                push_new(&mut judged.warnings, reason);
            }
            Effect::Warn => push_new(&mut judged.warnings, reason),
        }
    }
    fits
}

/// Whether a rule objects to how many come.
fn is_about_heads(directory: &Directory, reason: &Reason) -> bool {
    let rule = directory.policies.iter().find(|policy| policy.id == reason.rule);
    rule.is_some_and(|policy| matches!(policy.test, Test::MinOccupancy { .. }))
}

fn push_new(reasons: &mut Vec<Reason>, reason: Reason) {
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
}

/// The claims of one date, or the first of another that is in the way.
fn claims(
    tx: &Tx<'_>,
    plan: &Plan<'_>,
    slot: &Slot,
    rooms: &[&Room],
    id: OccurrenceId,
) -> Result<Result<Vec<Claim>, Box<Conflict>>, StoreError> {
    let strength = if plan.meeting.status == MeetingStatus::Held { Strength::Hold } else { Strength::Hard };
    let mut claims = claims_of(rooms, slot.time, id, strength);
    for claim in &claims {
        if let Some(taken) = tx.taken(claim.resource, claim.time)? {
            let room = rooms.iter().find(|room| room.cells.contains(&claim.resource));
            let (slug, name) = room.map_or(("", ""), |room| (&room.slug, &room.name));
            return Ok(Err(conflict(tx, slot, slug, "booking.taken", name, taken.time)));
        }
    }
    for kind in &plan.meeting.equipment {
        match free_unit(tx, kind, slot.time, &claims)? {
            Ok(resource) => claims.push(Claim { resource, time: slot.time, occurrence: id, strength }),
            Err(until) => {
                return Ok(Err(conflict(tx, slot, kind, "booking.no_unit", kind, until)));
            }
        }
    }
    for person in plan.people {
        let Some(resource) = person.resource else { continue };
        let hard = person.hard && plan.meeting.is_session();
        let strength = if hard { strength } else { Strength::Soft };
        if hard && let Some(taken) = tx.taken(resource, slot.time)? {
            return Ok(Err(conflict(
                tx,
                slot,
                &person.email,
                "booking.person_taken",
                &person.name,
                taken.time,
            )));
        }
        claims.push(Claim { resource, time: slot.time, occurrence: id, strength });
    }
    Ok(Ok(claims))
}

/// A unit of `kind` that is free and not yet chosen, or when one of them is taken.
fn free_unit(
    tx: &Tx<'_>,
    kind: &str,
    time: Interval,
    chosen: &[Claim],
) -> Result<Result<ResourceId, Interval>, StoreError> {
    let mut taken = time;
    for unit in tx.directory().units.iter().filter(|unit| unit.active && unit.kind == kind) {
        if chosen.iter().any(|claim| claim.resource == unit.resource) {
            continue;
        }
        match tx.taken(unit.resource, time)? {
            None => return Ok(Ok(unit.resource)),
            Some(by) => taken = by.time,
        }
    }
    Ok(Err(taken))
}

fn conflict(
    tx: &Tx<'_>,
    slot: &Slot,
    resource: &str,
    key: &str,
    name: &str,
    taken: Interval,
) -> Box<Conflict> {
    let zone = tx.directory().house.zone;
    let day = zone.wall(taken.start);
    let end = zone.wall(taken.end);
    let format = if day.date() == end.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    let why = Said::new(key)
        .with("room", name)
        .with("from", day.format("%Y-%m-%d %H:%M"))
        .with("to", end.format(format));
    Box::new(Conflict {
        start: slot.original,
        resource: resource.to_owned(),
        taken: Some(taken),
        why,
        substitutes: Vec::new(),
    })
}

/// Warns, once for each person, that somebody is asked to be in two meetings at once.
fn warn_of_double_duty(tx: &Tx<'_>, plan: &Plan<'_>, placement: &mut Placement) -> Result<(), StoreError> {
    for person in plan.people {
        let Some(resource) = person.resource else { continue };
        let mut clashes = 0;
        for date in &placement.occurrences {
            clashes += u32::from(tx.softly_busy(resource, date.time, plan.meeting.id)?);
        }
        if clashes > 0 {
            placement.warnings.push(Reason {
                rule: "house.double-duty".to_owned(),
                effect: Effect::Warn,
                said: Said::new("booking.double_duty").with("name", &person.name).with("count", clashes),
            });
        }
    }
    Ok(())
}

/// When a date is given free if nobody comes, as it stands now.
pub(super) fn release_at(
    tx: &Tx<'_>,
    meeting: &Meeting,
    occurrence: &Occurrence,
    rooms: &[&Room],
) -> Option<DateTime<Utc>> {
    timetable(CheckInRule::from(&tx.directory().house), meeting, occurrence, rooms, tx.now()).release_at
}

fn write(
    tx: &Tx<'_>,
    plan: &Plan<'_>,
    slot: &Slot,
    rooms: &[&Room],
    id: OccurrenceId,
    before: Option<Occurrence>,
) -> Result<Occurrence, StoreError> {
    let mut occurrence = Occurrence {
        id,
        meeting: plan.meeting.id,
        original: slot.original,
        time: slot.time,
        run: Run::Planned,
        title: None,
        rooms: slot.rooms.clone().filter(|rooms| *rooms != plan.meeting.rooms),
        checked_in: None,
        check_ins: 0,
        released: None,
        ended: None,
        cancelled: None,
    };
    let moves = before.is_some();
    if let Some(before) = before {
        occurrence.title = before.title;
        occurrence.checked_in = before.checked_in;
        occurrence.check_ins = before.check_ins;
    }
    let release_at = release_at(tx, plan.meeting, &occurrence, rooms);
    if moves {
        tx.update_occurrence(&occurrence, release_at)?;
    } else {
        tx.insert_occurrence(&occurrence, release_at)?;
    }
    Ok(occurrence)
}
