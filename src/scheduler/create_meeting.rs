//! Books a meeting: single, recurring, with rooms, equipment and participants here and elsewhere.

use std::str::FromStr;

use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::decide_meeting::keep_reasons;
use super::invite::{Invite, refuse_who_left, resolve_invites};
use super::organise::{body_of, organiser_of};
use super::place::{Judged, Placement, Plan, claim_all, judge_all};
use super::{Caller, OrderService, suggest};
use crate::booking::{
    Choice, ChoiceAction, Conference, Conflict, Fault, Meeting, MeetingStatus, Occurrence, Participant,
    Privacy, Reason, Refusal, Slot, Wish, apply_choice, heads,
};
use crate::ids::{BodyId, MeetingId, PersonId, RoomId};
use crate::store::{NewEntry, NewMeeting, StoreError, Subjects, Tx, View};
use crate::texts::Said;
use crate::time::recurrence::{self, Entered, MAX_OCCURRENCES, Rule};
use crate::time::{Shift, Zone};
use crate::town::{Action, Person, Role};

/// Months ahead for which dates of a series exist; a timer rolls the horizon on.
pub(super) const HORIZON_MONTHS: u32 = 24;
/// People on one list.
pub(super) const MAX_PARTICIPANTS: usize = 500;
/// Rooms, or pieces of equipment, of one meeting.
const MAX_THINGS: usize = 50;
/// The longest meeting.
const MAX_DAYS: i64 = 14;

/// What is asked for. Times are wall time in `zone`, as `2027-01-18T20:00`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMeeting {
    /// What it is about.
    pub title: String,
    /// More about it.
    #[serde(default)]
    pub description: Option<String>,
    /// Wall time of the start.
    pub start: String,
    /// Wall time of the end.
    pub end: String,
    /// IANA zone; the town's own if absent.
    #[serde(default)]
    pub zone: Option<String>,
    /// Slugs of rooms, the main room first.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// Kinds of equipment; name a kind twice for two units.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// Services to be ordered with it.
    #[serde(default)]
    pub services: Vec<OrderService>,
    /// Who may see what it is about.
    #[serde(default)]
    #[schema(value_type = String, example = "internal")]
    pub privacy: Privacy,
    /// An RRULE value (RFC 5545 3.3.10).
    #[serde(default)]
    pub rrule: Option<String>,
    /// Who takes part.
    #[serde(default)]
    pub participants: Vec<Invite>,
    /// How to join from elsewhere.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub conference: Conference,
    /// Slug of the body that sits.
    #[serde(default)]
    pub body: Option<String>,
    /// Address of the person who answers for it, if not the caller.
    #[serde(default)]
    pub organiser: Option<String>,
    /// What to do with single dates that do not fit.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub choices: Vec<Choice>,
    /// What to do with dates that do not fit and for which nothing was chosen.
    #[serde(default)]
    pub on_conflict: OnConflict,
    /// Only hold the rooms, for so many minutes.
    #[serde(default)]
    pub hold_min: Option<u32>,
    /// Book against rules that deny; needs the right to override, and is journalled.
    #[serde(default)]
    pub override_policy: bool,
    /// Only say what would come of it.
    #[serde(default)]
    pub dry_run: bool,
    /// Invite nobody: members of a body are convened, which is an act of its own.
    #[serde(skip)]
    pub uninvited: bool,
}

/// What to do with dates that do not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Book nothing and list them.
    #[default]
    Refuse,
    /// Leave them out.
    Skip,
    /// Take the first substitute of each; leave out those without one.
    Substitute,
}

/// A meeting as made or changed.
#[derive(Clone, Debug)]
pub struct Made {
    /// The meeting.
    pub meeting: Meeting,
    /// Its list.
    pub participants: Vec<Participant>,
    /// Its dates.
    pub occurrences: Vec<Occurrence>,
    /// Rules that warn or ask for approval.
    pub warnings: Vec<Reason>,
    /// What had to be done to the request: clock changes, rules turned into dates.
    pub notes: Vec<Said>,
    /// Dates that were left out or moved, by choice.
    pub conflicts: Vec<Conflict>,
}

/// Books a meeting.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields, [`Refusal::Policy`] if rules deny every date,
/// [`Refusal::Taken`] with each date that does not fit; then nothing is booked.
pub fn create_meeting(tx: &Tx<'_>, caller: &Caller, wanted: &CreateMeeting) -> Result<Made, Refusal> {
    caller.must(Action::Book)?;
    if wanted.override_policy {
        caller.must(Action::OverridePolicy)?;
    }
    let draft = Draft::check(tx, caller, wanted)?;
    let people = resolve_invites(tx, &wanted.participants, draft.last)?;
    refuse_who_left(tx, &people)?;
    let (list, people): (Vec<Participant>, Vec<Person>) = people.into_iter().unzip();
    let slots = choose(tx, &draft, &wanted.choices)?;
    let mut meeting = draft.meeting(tx, wanted);
    let mut judged = judge_all(tx, &draft.plan(caller, wanted, &meeting, &list, &people), slots)?;
    refuse_denied(&judged)?;
    if judged.needs_approval || wanted.hold_min.is_some() {
        let minutes = wanted.hold_min.unwrap_or(tx.directory().house.hold_min).min(60 * 24 * 30);
        meeting.status = MeetingStatus::Held;
        meeting.held_until = Some(tx.now() + TimeDelta::minutes(i64::from(minutes.max(1))));
    }
    tx.insert_meeting(&NewMeeting {
        meeting: &meeting,
        participants: &list,
        imported_uid: None,
        import_digest: None,
    })?;
    keep_reasons(tx, &meeting, &judged)?;
    let fit = std::mem::take(&mut judged.fit);
    let mut placement = claim_all(tx, &draft.plan(caller, wanted, &meeting, &list, &people), fit, |_| None)?;
    placement.conflicts.append(&mut judged.conflicts);
    let left_out = settle(
        tx,
        wanted.on_conflict,
        &draft.plan(caller, wanted, &meeting, &list, &people),
        &mut placement,
        &|_| None,
    )?;
    if placement.occurrences.is_empty() {
        return Err(taken(&meeting, &list, left_out));
    }
    journal_made(tx, caller, &meeting, &list, &placement, &judged)?;
    if !wanted.uninvited {
        super::post_mail::created(tx, caller, &meeting, &list, judged.needs_approval)?;
    }
    if !wanted.services.is_empty() {
        super::order_services::order(tx, caller, &meeting, &placement.occurrences, &wanted.services)?;
    }
    let mut warnings = judged.warnings;
    warnings.append(&mut placement.warnings);
    let notes = draft.notes;
    Ok(Made {
        meeting,
        participants: list,
        occurrences: placement.occurrences,
        warnings,
        notes,
        conflicts: left_out,
    })
}

/// Decides about the dates that did not fit: refuses, leaves them out, or takes the first substitute.
pub(super) fn settle(
    tx: &Tx<'_>,
    on_conflict: OnConflict,
    plan: &Plan<'_>,
    placement: &mut Placement,
    known: &dyn Fn(&Slot) -> Option<Occurrence>,
) -> Result<Vec<Conflict>, Refusal> {
    let mut conflicts = std::mem::take(&mut placement.conflicts);
    conflicts.sort_by_key(|conflict| conflict.start);
    if conflicts.is_empty() || on_conflict == OnConflict::Skip {
        return Ok(conflicts);
    }
    if on_conflict == OnConflict::Refuse {
        return Err(taken(plan.meeting, plan.participants, conflicts));
    }
    suggest::fill_in(tx, &wish(plan.meeting, plan.participants), &mut conflicts)?;
    // A substitute is a time or place that nobody has asked the rules about yet, for this caller.
    let moved = Plan { stands: false, ..*plan };
    for conflict in &conflicts {
        let Some(best) = conflict.substitutes.first() else { continue };
        let Some(room) = tx.directory().room_named(&best.room) else { continue };
        let mut slot = Slot::new(best.start, plan.meeting.length, plan.meeting.zone);
        slot.original = conflict.start;
        slot.rooms = Some(vec![room.id]);
        let judged = judge_all(tx, &moved, vec![slot])?;
        if judged.needs_approval && plan.meeting.status == MeetingStatus::Live {
            continue;
        }
        let mut placed = claim_all(tx, &moved, judged.fit, known)?;
        placement.occurrences.append(&mut placed.occurrences);
    }
    placement.occurrences.sort_by_key(|date| date.original);
    Ok(conflicts)
}

pub(super) fn wish(meeting: &Meeting, list: &[Participant]) -> Wish {
    Wish { heads: heads(list), rooms: meeting.rooms.clone(), length: meeting.length, zone: meeting.zone }
}

pub(super) fn taken(meeting: &Meeting, list: &[Participant], conflicts: Vec<Conflict>) -> Refusal {
    Refusal::Taken { conflicts, alternatives: Vec::new(), wish: Some(Box::new(wish(meeting, list))) }
}

/// If rules deny every date, that is the answer; if only some, they are conflicts of the series.
pub(super) fn refuse_denied(judged: &Judged) -> Result<(), Refusal> {
    if judged.fit.is_empty() && !judged.denied.is_empty() {
        return Err(Refusal::Policy(judged.denied.clone()));
    }
    Ok(())
}

fn journal_made(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    list: &[Participant],
    placement: &Placement,
    judged: &Judged,
) -> Result<(), StoreError> {
    let mut subjects = subjects(meeting, list, &placement.occurrences);
    subjects.overridden = judged.overridden.iter().cloned().collect();
    subjects.for_person = (caller.person != Some(meeting.organiser)).then_some(meeting.organiser);
    let action = if meeting.status == MeetingStatus::Held { "meeting.held" } else { "meeting.created" };
    tx.journal(&NewEntry { actor: caller.actor(), action, subject: Some(meeting.id.0), subjects })?;
    Ok(())
}

/// Whom and what a meeting touches.
pub(super) fn subjects(meeting: &Meeting, list: &[Participant], dates: &[Occurrence]) -> Subjects {
    let mut rooms = meeting.rooms.clone();
    for date in dates {
        rooms.extend(date.rooms.iter().flatten().filter(|room| !meeting.rooms.contains(room)));
    }
    rooms.sort_unstable();
    rooms.dedup();
    let mut people: Vec<PersonId> = list.iter().map(|p| p.person).collect();
    people.push(meeting.organiser);
    people.sort_unstable();
    people.dedup();
    Subjects { meeting: Some(meeting.id), rooms, people, body: meeting.body, ..Subjects::default() }
}

/// A request whose fields have been read.
pub(super) struct Draft {
    organiser: PersonId,
    body: Option<BodyId>,
    rooms: Vec<RoomId>,
    start: NaiveDateTime,
    zone: Zone,
    length: TimeDelta,
    rule: Option<Rule>,
    dates: Vec<NaiveDateTime>,
    horizon: NaiveDateTime,
    pub(super) future_meetings: u32,
    notes: Vec<Said>,
    last: DateTime<Utc>,
}

impl Draft {
    pub(super) fn plan<'a>(
        &self,
        caller: &Caller,
        wanted: &CreateMeeting,
        meeting: &'a Meeting,
        participants: &'a [Participant],
        people: &'a [Person],
    ) -> Plan<'a> {
        Plan {
            meeting,
            participants,
            people,
            role: caller.role,
            override_policy: wanted.override_policy,
            ignore_policy: caller.role == Role::System,
            stands: false,
            future_meetings: self.future_meetings,
        }
    }

    pub(super) fn check(tx: &Tx<'_>, caller: &Caller, wanted: &CreateMeeting) -> Result<Self, Refusal> {
        let mut faults = check_texts(wanted);
        let zone = zone_of(tx, wanted.zone.as_deref(), &mut faults);
        let start = wall_of("start", &wanted.start, &mut faults);
        let end = wall_of("end", &wanted.end, &mut faults);
        let rooms = rooms_of(tx, &wanted.rooms, &mut faults);
        check_equipment(tx, &wanted.equipment, &mut faults);
        let (Some(start), Some(end), Some(zone)) = (start, end, zone) else {
            return Err(Refusal::Invalid(faults));
        };
        let length = length_of(start, end, zone, &mut faults);
        if zone.resolve(start).instant < tx.now() - TimeDelta::minutes(5) && caller.role != Role::System {
            faults.push(Fault::new("start", Said::new("booking.past").with("start", &wanted.start)));
        }
        if !faults.is_empty() {
            return Err(Refusal::Invalid(faults));
        }
        let horizon = horizon(tx.now(), zone);
        let (rule, dates, mut notes) = dates_of(wanted.rrule.as_deref(), start, zone, horizon)?;
        let organiser = organiser_of(tx, caller, wanted)?;
        let quota_matters = !tx.directory().policies.is_empty();
        let future_meetings = if quota_matters { tx.future_meetings(organiser, tx.now(), 1_000)? } else { 0 };
        notes.extend(dates.iter().filter_map(|date| clock_note(*date, zone)));
        let last = zone.resolve(*dates.last().unwrap_or(&start)).instant + length;
        let body = body_of(tx, caller, wanted)?;
        Ok(Self {
            organiser,
            body,
            rooms,
            start,
            zone,
            length,
            rule,
            dates,
            horizon,
            future_meetings,
            notes,
            last,
        })
    }

    pub(super) fn meeting(&self, tx: &Tx<'_>, wanted: &CreateMeeting) -> Meeting {
        let id = MeetingId(tx.fresh());
        Meeting {
            id,
            uid: id.to_string(),
            title: wanted.title.trim().to_owned(),
            description: wanted.description.clone().filter(|text| !text.trim().is_empty()),
            privacy: wanted.privacy,
            organiser: self.organiser,
            body: self.body,
            start: self.start,
            zone: self.zone,
            length: self.length,
            rule: self.rule.as_ref().map(ToString::to_string),
            rooms: self.rooms.clone(),
            equipment: wanted.equipment.clone(),
            conference: wanted.conference.clone(),
            status: MeetingStatus::Live,
            held_until: None,
            version: 1,
            sequence: 0,
            created: tx.now(),
            modified: tx.now(),
            split_from: None,
            materialised_to: self.rule.as_ref().and_then(|rule| open_end(rule, self.start, self.horizon)),
            ad_hoc: false,
        }
    }
}

/// The horizon to note for a series that has dates beyond it.
pub(super) fn open_end(rule: &Rule, start: NaiveDateTime, horizon: NaiveDateTime) -> Option<NaiveDateTime> {
    let closed = rule.is_finite() && rule.occurrences(start, horizon, far(horizon), 1).is_empty();
    (!closed).then_some(horizon)
}

/// A wall time that no rule with an end reaches.
pub(super) fn far(from: NaiveDateTime) -> NaiveDateTime {
    from + TimeDelta::days(366 * 100)
}

/// The wall time up to which dates are made.
pub(super) fn horizon(now: DateTime<Utc>, zone: Zone) -> NaiveDateTime {
    let today = zone.wall(now).date();
    today.checked_add_months(Months::new(HORIZON_MONTHS)).unwrap_or(today).and_time(chrono::NaiveTime::MIN)
}

/// The rule if it is kept, its dates up to the horizon, and what is to be said about them.
pub(super) type Dates = (Option<Rule>, Vec<NaiveDateTime>, Vec<Said>);

/// The dates of a rule, or the one date of a meeting without.
pub(super) fn dates_of(
    rrule: Option<&str>,
    start: NaiveDateTime,
    zone: Zone,
    horizon: NaiveDateTime,
) -> Result<Dates, Refusal> {
    let Some(text) = rrule.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok((None, vec![start], Vec::new()));
    };
    let invalid = |said| Refusal::invalid("rrule", said);
    match recurrence::enter(text, start, zone, horizon).map_err(|error| invalid(error.0))? {
        Entered::Rule(rule) => {
            // A series that begins beyond the horizon still has its first year.
            let until = horizon.max(start + TimeDelta::days(366));
            let dates = rule.occurrences(start, start, until, MAX_OCCURRENCES + 1);
            if dates.len() > MAX_OCCURRENCES {
                return Err(invalid(Said::new("recurrence.too_many").with("max", MAX_OCCURRENCES)));
            }
            Ok((Some(rule), dates, Vec::new()))
        }
        Entered::Dates { dates, why } => Ok((None, dates, vec![why])),
    }
}

pub(super) fn choose(tx: &Tx<'_>, draft: &Draft, choices: &[Choice]) -> Result<Vec<Slot>, Refusal> {
    let mut slots = Vec::with_capacity(draft.dates.len());
    for choice in choices {
        if !draft.dates.contains(&choice.occurrence) {
            return Err(Refusal::unknown("occurrence", choice.occurrence));
        }
        if let ChoiceAction::Room { room } = &choice.action
            && tx.directory().room_named(room).is_none()
        {
            return Err(Refusal::unknown("room", room));
        }
    }
    for date in &draft.dates {
        let slot = Slot::new(*date, draft.length, draft.zone);
        let chosen = match choices.iter().find(|choice| choice.occurrence == *date) {
            Some(choice) => apply_choice(slot, &choice.action, draft.length, draft.zone, |slug| {
                tx.directory().room_named(slug).map(|room| room.id)
            }),
            None => Some(slot),
        };
        slots.extend(chosen);
    }
    Ok(slots)
}

pub(super) fn clock_note(date: NaiveDateTime, zone: Zone) -> Option<Said> {
    let resolved = zone.resolve(date);
    let said = match resolved.shift {
        Shift::Exact => return None,
        Shift::Gap(_) => Said::new("time.gap").with("moved", zone.wall(resolved.instant).format("%H:%M")),
        Shift::Fold => Said::new("time.fold"),
    };
    Some(said.with("date", date.format("%Y-%m-%d")).with("time", date.format("%H:%M")))
}

/// Reads a wall time, with or without seconds.
pub(super) fn wall_of(field: &str, text: &str, faults: &mut Vec<Fault>) -> Option<NaiveDateTime> {
    let text = text.trim();
    let read = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .filter(|wall| (1970..=2200).contains(&chrono::Datelike::year(wall)));
    if read.is_none() {
        faults.push(Fault::new(field, Said::new("time.unreadable").with("text", clip(text))));
    }
    read
}

pub(super) fn zone_of(view: &View<'_>, name: Option<&str>, faults: &mut Vec<Fault>) -> Option<Zone> {
    let Some(name) = name else { return Some(view.directory().house.zone) };
    let zone = Zone::from_str(name).ok();
    if zone.is_none() {
        faults.push(Fault::new("zone", Said::new("time.unknown_zone").with("zone", clip(name))));
    }
    zone
}

fn length_of(start: NaiveDateTime, end: NaiveDateTime, zone: Zone, faults: &mut Vec<Fault>) -> TimeDelta {
    let nominal = end - start;
    // Whole days are counted on the calendar, hours on the clock.
    let length = if nominal.num_seconds() % 86_400 == 0 {
        nominal
    } else {
        zone.resolve(end).instant - zone.resolve(start).instant
    };
    if length < TimeDelta::minutes(1) {
        faults.push(Fault::new("end", Said::new("booking.no_length")));
    } else if length > TimeDelta::days(MAX_DAYS) {
        faults.push(Fault::new("end", Said::new("booking.too_long").with("days", MAX_DAYS)));
    }
    length
}

pub(super) fn rooms_of(view: &View<'_>, slugs: &[String], faults: &mut Vec<Fault>) -> Vec<RoomId> {
    if let Some(fault) = list_fault("rooms", slugs.len(), MAX_THINGS) {
        faults.push(fault);
        return Vec::new();
    }
    let mut rooms = Vec::with_capacity(slugs.len());
    for slug in slugs {
        match view.directory().room_named(slug) {
            Some(room) if !room.active => {
                faults.push(Fault::new("rooms", Said::new("booking.room_closed").with("room", &room.name)));
            }
            Some(room) if rooms.contains(&room.id) => {}
            Some(room) => rooms.push(room.id),
            None => faults.push(Fault::new("rooms", Said::new("unknown.room").with("name", clip(slug)))),
        }
    }
    rooms
}

pub(super) fn check_equipment(view: &View<'_>, kinds: &[String], faults: &mut Vec<Fault>) {
    if let Some(fault) = list_fault("equipment", kinds.len(), MAX_THINGS) {
        faults.push(fault);
        return;
    }
    for kind in kinds {
        let stock = view.directory().units.iter().filter(|unit| unit.active && unit.kind == *kind).count();
        let asked = kinds.iter().filter(|other| *other == kind).count();
        if stock == 0 {
            faults.push(Fault::new("equipment", Said::new("unknown.equipment").with("name", clip(kind))));
        } else if asked > stock {
            let said = Said::new("booking.too_many_units").with("kind", kind).with("stock", stock);
            faults.push(Fault::new("equipment", said));
        }
    }
}

fn check_texts(wanted: &CreateMeeting) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(text_fault("title", &wanted.title, 200, true));
    if let Some(description) = &wanted.description {
        faults.extend(text_fault("description", description, 20_000, false));
    }
    faults.extend(conference_faults(&wanted.conference));
    faults.extend(list_fault("participants", wanted.participants.len(), MAX_PARTICIPANTS));
    faults.extend(list_fault("choices", wanted.choices.len(), MAX_OCCURRENCES));
    faults
}

/// A list that is longer than anybody can mean.
pub(super) fn list_fault(field: &str, length: usize, max: usize) -> Option<Fault> {
    (length > max).then(|| Fault::new(field, Said::new("request.too_many").with("max", max)))
}

/// A text that people read: not empty where it must not be, not endless, no control characters.
pub(super) fn text_fault(field: &str, text: &str, max: usize, required: bool) -> Option<Fault> {
    let said = if required && text.trim().is_empty() {
        Said::new("request.empty")
    } else if text.chars().count() > max {
        Said::new("request.too_long").with("max", max)
    } else if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t') || (required && c == '\n')) {
        Said::new("request.control_character")
    } else {
        return None;
    };
    Some(Fault::new(field, said))
}

pub(super) fn conference_faults(conference: &Conference) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(url) = &conference.url {
        let sound = (url.starts_with("https://") || url.starts_with("http://"))
            && url.len() <= 2_000
            && url.len() > 10
            && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
        if !sound {
            faults.push(Fault::new("conference.url", Said::new("request.url").with("text", clip(url))));
        }
    }
    if let Some(dial_in) = &conference.dial_in {
        faults.extend(text_fault("conference.dial_in", dial_in, 200, true));
    }
    faults
}

/// The beginning of a text that somebody sent, short enough to be said back.
pub(super) fn clip(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
