//! Requests that wait for consent: what is asked and why, and the answer of whoever looks after the rooms.

use chrono::{DateTime, Utc};

use super::caller::place_of;
use super::place::Judged;
use super::read_meeting::rooms_of_date;
use super::room_days::{DayEntry, days_of};
use super::{Caller, approve_meeting};
use crate::booking::{Heads, Meeting, MeetingStatus, Occurrence, Reason, Refusal, Run, Sight, heads};
use crate::ids::{MeetingId, PersonId};
use crate::store::{StoreError, Tx, View};
use crate::texts::Said;
use crate::time::{Interval, Zone};
use crate::town::{Action, Effect};

/// The longest reason.
const LONGEST: usize = 500;

/// A request that waits for consent, as far as whoever decides may see it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The meeting.
    pub meeting: MeetingId,
    /// The version that was read: a decision about another one is refused.
    pub version: i64,
    /// What it is about; none if whoever decides may not know.
    pub title: Option<String>,
    /// Name and department of who asks; none if whoever decides may not know.
    pub asker: Option<(String, Option<String>)>,
    /// The next date.
    pub time: Interval,
    /// The zone of its clock.
    pub zone: Zone,
    /// How many dates lie ahead.
    pub dates: usize,
    /// The rule of a series.
    pub rule: Option<String>,
    /// Names of the rooms.
    pub rooms: Vec<String>,
    /// Who takes part.
    pub heads: Heads,
    /// Why consent is needed; nothing if somebody only holds a room for a while.
    pub reasons: Vec<Reason>,
    /// When it was last changed.
    pub asked: DateTime<Utc>,
    /// When it lapses.
    pub until: DateTime<Utc>,
    /// What else is in these rooms on that day, by name of the room.
    pub beside: Vec<(String, DayEntry)>,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It takes place.
    Approve,
    /// It does not, and why.
    Refuse(String),
}

/// Writes down which rules asked for consent, for whoever decides.
pub(super) fn keep_reasons(tx: &Tx<'_>, meeting: &Meeting, judged: &Judged) -> Result<(), StoreError> {
    if meeting.status != MeetingStatus::Held || !judged.needs_approval {
        return Ok(());
    }
    let asks = |reason: &&Reason| reason.effect == Effect::NeedsApproval;
    let reasons: Vec<Reason> = judged.warnings.iter().filter(asks).cloned().collect();
    tx.put_hold_reasons(meeting.id, &reasons)
}

/// Whether a meeting waits for a decision that `caller` may take.
///
/// # Errors
/// Those of the store.
pub fn may_decide(view: &View<'_>, caller: &Caller, meeting: &Meeting) -> Result<bool, Refusal> {
    let held = meeting.status == MeetingStatus::Held && meeting.held_until.is_some_and(|at| at > view.now());
    Ok(held && caller.must_in(Action::OverridePolicy, &place_of(view, meeting)?).is_ok())
}

/// How many requests wait for a decision that `caller` may take.
///
/// # Errors
/// Those of the store.
pub fn waiting(view: &View<'_>, caller: &Caller) -> Result<usize, Refusal> {
    if !caller.may_somewhere(Action::OverridePolicy) {
        return Ok(0);
    }
    let held = view.held_meetings(view.now())?;
    // Every page says this to those who look after the whole town: it takes no look at each of them.
    if caller.must(Action::OverridePolicy).is_ok() {
        return Ok(held.len());
    }
    let mut count = 0;
    for id in held {
        let Some(meeting) = view.meeting(id)? else { continue };
        count += usize::from(may_decide(view, caller, &meeting)?);
    }
    Ok(count)
}

/// The requests about which `caller` may decide, those that lapse first before the others.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who may decide about nothing.
pub fn requests(view: &View<'_>, caller: &Caller) -> Result<Vec<Request>, Refusal> {
    caller.must_somewhere(Action::OverridePolicy)?;
    let mut requests = Vec::new();
    for id in view.held_meetings(view.now())? {
        let Some(meeting) = view.meeting(id)? else { continue };
        if may_decide(view, caller, &meeting)? {
            requests.extend(request(view, caller, &meeting)?);
        }
    }
    Ok(requests)
}

fn request(view: &View<'_>, caller: &Caller, meeting: &Meeting) -> Result<Option<Request>, Refusal> {
    let dates = view.occurrences(meeting.id)?;
    let ahead: Vec<&Occurrence> =
        dates.iter().filter(|date| date.run == Run::Planned && date.time.end > view.now()).collect();
    let (Some(next), Some(until)) = (ahead.first(), meeting.held_until) else { return Ok(None) };
    let list = view.participants(meeting.id)?;
    let people: Vec<PersonId> = list.iter().map(|p| p.person).collect();
    let knows = caller.sees(meeting, &people) >= Sight::Title;
    let asker = view.person(meeting.organiser)?.map(|person| (person.name, person.department));
    let rooms = rooms_of_date(view, meeting, next);
    let day = view.directory().house.zone.wall(next.time.start).date();
    let mut beside: Vec<(String, DayEntry)> = Vec::new();
    for room in &rooms {
        let entries = days_of(view, caller, room, day, 1)?.into_iter().flat_map(|day| day.meetings);
        let others = entries.filter(|entry| entry.meeting != meeting.id.to_string());
        beside.extend(others.map(|entry| (room.name.clone(), entry)));
    }
    Ok(Some(Request {
        meeting: meeting.id,
        version: meeting.version,
        title: knows.then(|| next.title.clone().unwrap_or_else(|| meeting.title.clone())),
        asker: asker.filter(|_| knows),
        time: next.time,
        zone: meeting.zone,
        dates: ahead.len(),
        rule: meeting.rule.clone(),
        rooms: rooms.iter().map(|room| room.name.clone()).collect(),
        heads: heads(&list),
        reasons: view.hold_reasons(meeting.id)?,
        asked: meeting.modified,
        until,
        beside,
    }))
}

/// Answers a request. `seen` is the version that was looked at.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::State`] if it is not, or no longer, held: of two answers one wins;
/// [`Refusal::Stale`] if it was changed meanwhile; [`Refusal::Invalid`] for a refusal without a reason.
pub fn decide_meeting(
    tx: &Tx<'_>,
    caller: &Caller,
    id: MeetingId,
    seen: i64,
    decision: &Decision,
) -> Result<Meeting, Refusal> {
    let meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    caller.must_in(Action::OverridePolicy, &place_of(tx, &meeting)?)?;
    if meeting.status != MeetingStatus::Held || meeting.held_until.is_some_and(|until| until <= tx.now()) {
        return Err(Refusal::State(Said::new("run.not_held")));
    }
    if meeting.version != seen {
        return Err(Refusal::Stale { current: meeting.version });
    }
    match decision {
        Decision::Approve => approve_meeting(tx, caller, id),
        Decision::Refuse(reason) => refuse(tx, caller, meeting, reason),
    }
}

/// Calls the held dates off. The reason is kept with them, not in the journal, so that it can be wiped.
fn refuse(tx: &Tx<'_>, caller: &Caller, mut meeting: Meeting, reason: &str) -> Result<Meeting, Refusal> {
    // People write a reason in several lines; it is said in one.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        return Err(Refusal::invalid("reason", Said::new("approvals.why_needed")));
    }
    if reason.chars().count() > LONGEST || reason.chars().any(char::is_control) {
        return Err(Refusal::invalid("reason", Said::new("request.too_long").with("max", LONGEST)));
    }
    let mut touched = Vec::new();
    for mut date in tx.occurrences(meeting.id)? {
        if date.run == Run::Planned {
            date.run = Run::Cancelled;
            date.cancelled = Some(tx.now());
            tx.silence_claims(date.id)?;
            tx.update_occurrence(&date, None)?;
            touched.push(date);
        }
    }
    tx.set_cancel_reason(meeting.id, &reason)?;
    meeting.status = MeetingStatus::Cancelled;
    meeting.held_until = None;
    super::end_meeting::save(tx, caller, &mut meeting, "meeting.refused", &touched)?;
    Ok(meeting)
}
