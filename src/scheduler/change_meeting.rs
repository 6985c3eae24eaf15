//! Changes a meeting: one date, one and all following, or all that lie ahead.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::place_with;
use super::create_meeting::{
    check_equipment, conference_faults, dates_of, horizon, open_end, refuse_denied, rooms_of, settle,
    subjects, text_fault, wall_of,
};
use super::invite::{Invite, list_of, replace_list};
use super::order_services::{OrderService, hand_over, order, still_in_time};
use super::place::{Plan, claim_all, judge_all};
use super::rework::{Rework, left_out};
use super::{Caller, Made, OnConflict, find_occurrence};
use crate::booking::{
    Conference, Meeting, MeetingStatus, Occurrence, Participant, Privacy, Refusal, Run, Slot,
};
use crate::ids::{MeetingId, RoomId};
use crate::store::{NewEntry, NewMeeting, Tx, View};
use crate::texts::Said;
use crate::time::Interval;
use crate::time::recurrence::Rule;
use crate::town::{Action, Person, Role};

/// How far a change reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One date.
    This,
    /// One date and all following.
    Following,
    /// All dates that lie ahead.
    #[default]
    All,
}

/// What is to be changed or cancelled.
#[derive(Clone, Debug)]
pub struct Target {
    /// The meeting.
    pub meeting: MeetingId,
    /// How far.
    pub scope: Scope,
    /// Which date, for `this` and `following`: its id, wall time or instant.
    pub occurrence: Option<String>,
    /// The version that the caller has seen.
    pub if_match: Option<i64>,
}

/// What is to be different; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeMeeting {
    /// What it is about.
    pub title: Option<String>,
    /// More about it; empty to remove.
    pub description: Option<String>,
    /// Who may see that.
    #[schema(value_type = Option<String>)]
    pub privacy: Option<Privacy>,
    /// Wall time of the start, of the date given or the first.
    pub start: Option<String>,
    /// Wall time of the end.
    pub end: Option<String>,
    /// Slugs of rooms.
    pub rooms: Option<Vec<String>>,
    /// Kinds of equipment.
    pub equipment: Option<Vec<String>>,
    /// All services that are to be ordered.
    pub services: Option<Vec<OrderService>>,
    /// How to join from elsewhere.
    #[schema(value_type = Option<Object>)]
    pub conference: Option<Conference>,
    /// The whole list; what people said is kept where they stay.
    pub participants: Option<Vec<Invite>>,
    /// A new rule; empty for a single date.
    pub rrule: Option<String>,
    /// What to do with dates that do not fit.
    pub on_conflict: OnConflict,
    /// Book against rules that deny.
    pub override_policy: bool,
    /// Only say what would come of it.
    pub dry_run: bool,
}

impl ChangeMeeting {
    pub(super) fn moves(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.rrule.is_some()
    }

    /// Whether it changes what the meeting is about, or who knows of it.
    fn tells(&self) -> bool {
        self.title.is_some()
            || self.description.is_some()
            || self.privacy.is_some()
            || self.conference.is_some()
            || self.participants.is_some()
    }

    fn reclaims(&self) -> bool {
        self.moves() || self.rooms.is_some() || self.equipment.is_some() || self.participants.is_some()
    }
}

impl Target {
    /// The meeting, if the caller may change it and has seen its current version.
    pub(super) fn load(&self, view: &View<'_>, caller: &Caller) -> Result<Meeting, Refusal> {
        let meeting = view.meeting(self.meeting)?.ok_or_else(|| Refusal::unknown("meeting", self.meeting))?;
        caller.must_own(view, &meeting)?;
        match self.if_match {
            Some(seen) if seen != meeting.version => Err(Refusal::Stale { current: meeting.version }),
            _ => Ok(meeting),
        }
    }

    /// The dates that the scope reaches, in order.
    pub(super) fn dates(&self, view: &View<'_>, meeting: &Meeting) -> Result<Vec<Occurrence>, Refusal> {
        let all = view.occurrences(meeting.id)?;
        if self.scope == Scope::All {
            return Ok(all);
        }
        let date = match (&self.occurrence, all.as_slice()) {
            (Some(text), _) => find_occurrence(view, meeting, text)?,
            (None, [only]) => only.clone(),
            (None, _) => {
                return Err(Refusal::invalid("occurrence", Said::new("change.which_date")));
            }
        };
        Ok(match self.scope {
            Scope::This => vec![date],
            _ => all.into_iter().filter(|other| other.original >= date.original).collect(),
        })
    }
}

/// Changes a meeting. What is over stays as it was: a change of time or place of a running series applies
/// from its next date on, and the answer says so.
///
/// # Errors
/// As for creating; [`Refusal::Stale`] if somebody else changed it first.
pub fn change_meeting(
    tx: &Tx<'_>,
    caller: &Caller,
    target: &Target,
    change: &ChangeMeeting,
) -> Result<Made, Refusal> {
    refuse_session(tx, target.meeting)?;
    rework_meeting(tx, caller, target, change)
}

/// A session in law is moved and called off as such: its terms, its convocation and its agenda move with it.
pub(super) fn refuse_session(view: &View<'_>, meeting: MeetingId) -> Result<(), Refusal> {
    match view.session_of(meeting)? {
        Some(session) => Err(Refusal::State(Said::new("council.by_its_file").with("session", session.slug))),
        None => Ok(()),
    }
}

/// [`change_meeting`] for a session too, by whoever changes it as such.
pub(super) fn rework_meeting(
    tx: &Tx<'_>,
    caller: &Caller,
    target: &Target,
    change: &ChangeMeeting,
) -> Result<Made, Refusal> {
    let meeting = target.load(tx, caller)?;
    if meeting.status == MeetingStatus::Cancelled {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    if change.override_policy {
        caller.must(Action::OverridePolicy)?;
    }
    if change.tells() {
        caller.must_see(&meeting, &tx.participants(meeting.id)?)?;
    }
    check(change)?;
    let dates = target.dates(tx, &meeting)?;
    let all = tx.occurrences(meeting.id)?;
    // A series of which the horizon holds one date has more to come: that date is still one of many.
    if target.scope == Scope::This && (all.len() > 1 || meeting.is_series()) {
        let [date] = dates.as_slice() else { return Err(Refusal::unknown("occurrence", "?")) };
        let made = change_one(tx, caller, meeting, date.clone(), change)?;
        still_in_time(tx, caller, &all, &made)?;
        return Ok(made);
    }
    let ahead = |date: &Occurrence| date.run == Run::Planned && date.time.end > tx.now();
    let elsewhere = change.start.is_some() || change.end.is_some() || change.rooms.is_some();
    if elsewhere && change.rrule.is_none() && !dates.iter().any(ahead) {
        return Err(Refusal::State(Said::new("run.ended")));
    }
    let mut notes = Vec::new();
    let first = all.first().map(|date| date.original);
    let split = match target.scope {
        Scope::Following => dates.first().map(|date| date.original),
        _ if change.reclaims() => {
            let ahead = all.iter().find(|date| date.time.end > tx.now());
            let split = ahead.map(|date| date.original).filter(|at| Some(*at) != first);
            if split.is_some() {
                notes.push(Said::new("change.from_next").with("date", split.unwrap_or_default().date()));
            }
            split
        }
        _ => None,
    }
    .filter(|at| Some(*at) != first);
    let reference = split.unwrap_or(meeting.start);
    let meeting = match split {
        Some(at) => split_series(tx, caller, meeting, at)?,
        None => meeting,
    };
    let mut made = change_all(tx, caller, meeting, reference, change)?;
    if let Some(services) = &change.services {
        order(tx, caller, &made.meeting, &made.occurrences, services)?;
    }
    still_in_time(tx, caller, &all, &made)?;
    made.notes.splice(0..0, notes);
    Ok(made)
}

fn check(change: &ChangeMeeting) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    faults.extend(change.title.as_ref().and_then(|text| text_fault("title", text, 200, true)));
    let description = change.description.as_ref();
    faults.extend(description.and_then(|text| text_fault("description", text, 20_000, false)));
    faults.extend(change.conference.iter().flat_map(conference_faults));
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// Changes one date of a series: its title, time or rooms.
fn change_one(
    tx: &Tx<'_>,
    caller: &Caller,
    mut meeting: Meeting,
    mut date: Occurrence,
    change: &ChangeMeeting,
) -> Result<Made, Refusal> {
    let whole = change.privacy.is_some()
        || change.conference.is_some()
        || change.participants.is_some()
        || change.rrule.is_some()
        || change.equipment.is_some()
        || change.services.is_some()
        || change.description.is_some();
    if whole {
        return Err(Refusal::invalid("scope", Said::new("change.only_all")));
    }
    if date.run != Run::Planned || date.time.end <= tx.now() {
        return Err(Refusal::State(Said::new("run.ended")));
    }
    if let Some(title) = &change.title {
        date.title = Some(title.trim().to_owned()).filter(|title| *title != meeting.title);
    }
    let slot = moved_slot(tx, &meeting, &date, change)?;
    let (list, people) = list_of(tx, &meeting)?;
    let plan = plan(&meeting, &list, &people, caller, change);
    tx.drop_claims(date.id)?;
    let judged = judge_all(tx, &plan, vec![slot.clone()])?;
    refuse_denied(&judged)?;
    if judged.needs_approval {
        // One date of a series cannot wait for consent on its own.
        may_decide(tx, caller, slot.rooms.as_deref().unwrap_or(&meeting.rooms))?;
    }
    let known = |_: &Slot| Some(date.clone());
    let mut placement = claim_all(tx, &plan, judged.fit, known)?;
    let conflicts = settle(tx, change.on_conflict, &plan, &mut placement, &known)?;
    if placement.occurrences.is_empty() {
        return Err(super::create_meeting::taken(&meeting, &list, conflicts));
    }
    let mut warnings = judged.warnings;
    warnings.append(&mut placement.warnings);
    let mut touched = placement.occurrences.clone();
    touched.push(date);
    super::end_meeting::save(tx, caller, &mut meeting, "meeting.changed", &touched)?;
    let occurrences = tx.occurrences(meeting.id)?;
    Ok(Made { meeting, participants: list, occurrences, warnings, notes: Vec::new(), conflicts })
}

/// Refuses to move a date to where consent is needed, but for those who can give it for the rooms to which it goes.
fn may_decide(tx: &Tx<'_>, caller: &Caller, rooms: &[RoomId]) -> Result<(), Refusal> {
    let may = caller.must_in(Action::OverridePolicy, &place_with(tx, rooms));
    may.map_err(|_| Refusal::State(Said::new("change.needs_consent")))
}

/// The slot of one date after the change.
fn moved_slot(
    tx: &Tx<'_>,
    meeting: &Meeting,
    date: &Occurrence,
    change: &ChangeMeeting,
) -> Result<Slot, Refusal> {
    let mut faults = Vec::new();
    let was = meeting.zone.wall(date.time.start);
    let start = match &change.start {
        Some(text) => wall_of("start", text, &mut faults).unwrap_or(was),
        None => was,
    };
    let mut slot = Slot::new(start, date.time.length(), meeting.zone);
    if let Some(text) = &change.end {
        let end = wall_of("end", text, &mut faults).unwrap_or(start);
        let time = Interval::new(slot.time.start, meeting.zone.resolve(end).instant)
            .filter(|time| time.length() <= TimeDelta::days(14));
        match time {
            Some(time) => slot.time = time,
            None => faults.push(crate::booking::Fault::new("end", Said::new("booking.no_length"))),
        }
    }
    if slot.time.start < tx.now() - TimeDelta::minutes(5) && start != was {
        let said = Said::new("booking.past").with("start", super::read_meeting::wall(start));
        faults.push(crate::booking::Fault::new("start", said));
    }
    slot.original = date.original;
    slot.rooms = match &change.rooms {
        Some(slugs) => Some(rooms_of(tx, slugs, &mut faults)),
        None => date.rooms.clone(),
    };
    if faults.is_empty() { Ok(slot) } else { Err(Refusal::Invalid(faults)) }
}

/// Splits a series: the head ends before `at`, the tail gets its own id and UID, its dates keep theirs.
fn split_series(
    tx: &Tx<'_>,
    caller: &Caller,
    mut head: Meeting,
    at: NaiveDateTime,
) -> Result<Meeting, Refusal> {
    let id = MeetingId(tx.fresh());
    let mut tail = Meeting {
        id,
        uid: id.to_string(),
        start: at,
        version: 1,
        sequence: 0,
        created: tx.now(),
        modified: tx.now(),
        split_from: Some(head.id),
        ..head.clone()
    };
    if let Some(rule) = &head.rule {
        let rule = Rule::parse(rule, head.start, head.zone).map_err(|e| Refusal::State(e.0))?;
        tail.rule = Some(rule.continued_from(head.start, at).to_string());
        head.rule = Some(rule.ended_before(head.start, at).to_string());
    }
    head.materialised_to = None;
    let list = tx.participants(head.id)?;
    tx.insert_meeting(&NewMeeting {
        meeting: &tail,
        participants: &list,
        imported_uid: None,
        import_digest: None,
    })?;
    tx.hand_over_occurrences(head.id, tail.id, at)?;
    tx.put_hold_reasons(tail.id, &tx.hold_reasons(head.id)?)?;
    hand_over(tx, head.id, tail.id)?;
    super::end_meeting::save(tx, caller, &mut head, "meeting.split", &[])?;
    Ok(tail)
}

/// Changes all dates of a meeting that lie ahead. Dates with a time, room or title of their own keep it.
fn change_all(
    tx: &Tx<'_>,
    caller: &Caller,
    mut meeting: Meeting,
    reference: NaiveDateTime,
    change: &ChangeMeeting,
) -> Result<Made, Refusal> {
    let before = tx.occurrences(meeting.id)?;
    let former = subjects(&meeting, &tx.participants(meeting.id)?, &before);
    let known = super::post_mail::before(tx, &meeting)?;
    let nominal = meeting.length;
    let former_rooms = meeting.rooms.clone();
    apply_fields(tx, &mut meeting, change)?;
    let mut notes = Vec::new();
    let mut wanted: Vec<NaiveDateTime> = before.iter().map(|date| date.original).collect();
    let mut renamed: HashMap<NaiveDateTime, NaiveDateTime> = HashMap::new();
    let left_out = left_out(&meeting, &before);
    if change.moves() {
        let listed = meeting.rule.is_none() && before.len() > 1;
        let dates = apply_times(tx, &mut meeting, reference, change, listed)?;
        let shift = meeting.start - reference;
        if listed && change.rrule.is_none() {
            // Dates that no rule gives are moved one by one: there is nothing to make them from again.
            for date in &mut wanted {
                *date += shift;
            }
        } else {
            (wanted, notes) = dates;
        }
        if change.rrule.is_none() {
            renamed = before.iter().map(|date| (date.original + shift, date.original)).collect();
            // What somebody left out of the series stays out of it at its new time.
            wanted.retain(|date| !left_out.contains(&(*date - shift)));
        }
    }
    if let Some(invites) = &change.participants {
        replace_list(tx, &meeting, invites, &before)?;
    }
    let mut made = Made {
        meeting,
        participants: Vec::new(),
        occurrences: Vec::new(),
        warnings: Vec::new(),
        notes,
        conflicts: Vec::new(),
    };
    if change.reclaims() {
        let work = Rework {
            before: &before,
            wanted: &wanted,
            renamed: &renamed,
            nominal,
            former_rooms: &former_rooms,
            change,
        };
        (made.warnings, made.conflicts) = work.place(tx, caller, &mut made.meeting)?;
    }
    made.meeting.version += 1;
    made.meeting.sequence += 1;
    made.meeting.modified = tx.now();
    tx.update_meeting(&made.meeting)?;
    made.participants = tx.participants(made.meeting.id)?;
    made.occurrences = tx.occurrences(made.meeting.id)?;
    let mut now = subjects(&made.meeting, &made.participants, &made.occurrences);
    now.rooms.extend(former.rooms);
    now.people.extend(former.people);
    now.rooms.sort_unstable();
    now.rooms.dedup();
    now.people.sort_unstable();
    now.people.dedup();
    let subject = Some(made.meeting.id.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "meeting.changed", subject, subjects: now })?;
    known.changed(tx, caller, &made)?;
    Ok(made)
}

fn apply_fields(tx: &Tx<'_>, meeting: &mut Meeting, change: &ChangeMeeting) -> Result<(), Refusal> {
    if let Some(title) = &change.title {
        title.trim().clone_into(&mut meeting.title);
    }
    if let Some(description) = &change.description {
        meeting.description = Some(description.clone()).filter(|text| !text.trim().is_empty());
    }
    meeting.privacy = change.privacy.unwrap_or(meeting.privacy);
    if let Some(conference) = &change.conference {
        meeting.conference = conference.clone();
    }
    if let Some(equipment) = &change.equipment {
        let mut faults = Vec::new();
        check_equipment(tx, equipment, &mut faults);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        meeting.equipment.clone_from(equipment);
    }
    if let Some(slugs) = &change.rooms {
        let mut faults = Vec::new();
        meeting.rooms = rooms_of(tx, slugs, &mut faults);
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
    }
    Ok(())
}

/// Sets start, length and rule; the dates that they now give.
fn apply_times(
    tx: &Tx<'_>,
    meeting: &mut Meeting,
    reference: NaiveDateTime,
    change: &ChangeMeeting,
    listed: bool,
) -> Result<(Vec<NaiveDateTime>, Vec<Said>), Refusal> {
    let mut faults = Vec::new();
    let start = match &change.start {
        Some(text) => wall_of("start", text, &mut faults),
        None => Some(reference),
    };
    let end = match &change.end {
        Some(text) => wall_of("end", text, &mut faults),
        None => start.map(|start| start + meeting.length),
    };
    let (Some(start), Some(end)) = (start, end) else { return Err(Refusal::Invalid(faults)) };
    if (listed || meeting.rule.is_some()) && change.rrule.is_none() && start.date() != reference.date() {
        return Err(Refusal::invalid("start", Said::new("change.day_needs_rule")));
    }
    let length = end - start;
    if length < TimeDelta::minutes(1) || length > TimeDelta::days(14) {
        return Err(Refusal::invalid("end", Said::new("booking.no_length")));
    }
    if meeting.zone.resolve(start).instant < tx.now() - TimeDelta::minutes(5) && start != reference {
        let said = Said::new("booking.past").with("start", super::read_meeting::wall(start));
        return Err(Refusal::invalid("start", said));
    }
    meeting.start = start;
    meeting.length = length;
    let rule = change.rrule.clone().or_else(|| meeting.rule.clone());
    let horizon = horizon(tx.now(), meeting.zone);
    let (rule, dates, notes) = dates_of(rule.as_deref(), start, meeting.zone, horizon)?;
    meeting.materialised_to = rule.as_ref().and_then(|rule| open_end(rule, start, horizon));
    meeting.rule = rule.map(|rule| rule.to_string());
    Ok((dates, notes))
}

pub(super) fn plan<'a>(
    meeting: &'a Meeting,
    list: &'a [Participant],
    people: &'a [Person],
    caller: &Caller,
    change: &ChangeMeeting,
) -> Plan<'a> {
    Plan {
        meeting,
        participants: list,
        people,
        role: caller.role,
        override_policy: change.override_policy,
        ignore_policy: caller.role == Role::System,
        stands: !change.moves() && change.rooms.is_none(),
        // A meeting that stands counts already; quotas are about new ones.
        future_meetings: 0,
    }
}
