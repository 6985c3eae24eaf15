//! Somebody leaves the house: the meetings they organise are handed over or called off, they are taken off the lists
//! of others and out of bodies, and their account, tokens and feeds end. All of it, or nothing.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::hand_over::{hand_over, may_take_over, take_off_list};
use super::manage_account::{close_account, staff};
use super::{Caller, Scope, Target, cancel_because};
use crate::booking::{Meeting, Refusal, Sight};
use crate::ids::{MeetingId, PersonId};
use crate::store::{NewEntry, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::{Action, Person, PersonKind};

/// What becomes of a meeting whose organiser leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Somebody else organises it.
    HandOver(PersonId),
    /// It is called off.
    Cancel,
}

/// How somebody leaves.
#[derive(Clone, Debug)]
pub struct Leave {
    /// Who.
    pub who: PersonId,
    /// What becomes of the meetings that they organise.
    pub rest: Option<Fate>,
    /// What becomes of single ones of them instead.
    pub each: Vec<(MeetingId, Fate)>,
    /// Why meetings are called off, for those who would have come.
    pub reason: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HasLeft {
    /// Meetings that others organise now.
    pub handed_over: usize,
    /// Meetings that were called off.
    pub cancelled: usize,
    /// Lists of others that they are no longer on.
    pub lists: usize,
}

/// A meeting that has to be arranged when its organiser leaves.
#[derive(Clone, Debug)]
pub struct ToArrange {
    /// Which.
    pub id: MeetingId,
    /// What it is about; nothing if the caller may not know.
    pub title: Option<String>,
    /// When its next date begins.
    pub next: DateTime<Utc>,
    /// How many dates lie ahead.
    pub dates: u32,
    /// The names of its rooms.
    pub rooms: Vec<String>,
    /// Those on its list who could organise it.
    pub people: Vec<(PersonId, String)>,
    /// How many are on its list besides whoever leaves.
    pub listed: usize,
}

/// What is to be arranged when somebody leaves.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Who.
    pub person: Person,
    /// The meetings they organise that lie ahead.
    pub organised: Vec<ToArrange>,
    /// How many meetings of others that lie ahead they are on the list of.
    pub lists: usize,
    /// Tokens and feeds of theirs that end.
    pub tokens: usize,
    /// The names of the bodies in which they sit.
    pub bodies: Vec<String>,
}

/// What has to be arranged before somebody leaves.
///
/// # Errors
/// [`Refusal::Forbidden`]; [`Refusal::Unknown`] if there is no such member of staff, [`Refusal::State`] if they have
/// left before.
pub fn leaving(view: &View<'_>, caller: &Caller, who: PersonId) -> Result<Leaving, Refusal> {
    let person = may_leave(view, caller, who)?;
    let mut organised = Vec::new();
    for (id, next, dates) in view.organised_ahead(who)? {
        if let Some(meeting) = view.meeting(id)? {
            organised.push(to_arrange(view, caller, &meeting, next, dates)?);
        }
    }
    let now = view.now();
    let bodies = view.directory().bodies.iter().filter(|body| body.members.contains(&who));
    Ok(Leaving {
        organised,
        lists: view.listed_ahead(who)?.len(),
        tokens: view.tokens()?.iter().filter(|token| token.person == Some(who) && token.works(now)).count(),
        bodies: bodies.map(|body| body.name.clone()).collect(),
        person,
    })
}

fn may_leave(view: &View<'_>, caller: &Caller, who: PersonId) -> Result<Person, Refusal> {
    caller.must(Action::ManageAccounts)?;
    let person = staff(view, who)?;
    if view.left_at(who)?.is_some() {
        return Err(Refusal::State(Said::new("people.left_before").with("name", person.name)));
    }
    if caller.person == Some(who) {
        return Err(Refusal::State(Said::new("people.leave_self")));
    }
    Ok(person)
}

fn to_arrange(
    view: &View<'_>,
    caller: &Caller,
    meeting: &Meeting,
    next: DateTime<Utc>,
    dates: u32,
) -> Result<ToArrange, Refusal> {
    let list = view.participants(meeting.id)?;
    let on_list: Vec<PersonId> = list.iter().map(|p| p.person).collect();
    let mut people = Vec::new();
    for person in list.iter().filter(|p| p.person != meeting.organiser) {
        let known = view.person(person.person)?.filter(|known| known.kind == PersonKind::Staff);
        people.extend(known.map(|known| (known.id, known.name)));
    }
    let directory = view.directory();
    let rooms = meeting.rooms.iter().filter_map(|id| directory.room(*id)).map(|room| room.name.clone());
    Ok(ToArrange {
        id: meeting.id,
        title: (caller.sees(meeting, &on_list) >= Sight::Title).then(|| meeting.title.clone()),
        next,
        dates,
        rooms: rooms.collect(),
        people,
        listed: list.iter().filter(|p| p.person != meeting.organiser).count(),
    })
}

/// Somebody leaves. A meeting that the new organiser may not know of is called off and not given to them, unless it
/// was named in `each`: then the whole is refused.
///
/// # Errors
/// Those of [`leaving`]; [`Refusal::Invalid`] if nobody said what becomes of the meetings; [`Refusal::State`] for the
/// last administrator; those of [`hand_over`] and [`cancel_because`].
pub fn leave_house(tx: &Tx<'_>, caller: &Caller, leave: &Leave) -> Result<HasLeft, Refusal> {
    may_leave(tx, caller, leave.who)?;
    let fates = leave.each.iter().map(|(_, fate)| *fate).chain(leave.rest);
    if fates.into_iter().any(|fate| fate == Fate::HandOver(leave.who)) {
        return Err(Refusal::invalid("to", Said::new("people.to_self")));
    }
    let mut done = HasLeft::default();
    for (id, ..) in tx.organised_ahead(leave.who)? {
        match fate(tx, leave, id)? {
            Fate::HandOver(to) => {
                hand_over(tx, caller, id, to)?;
                done.handed_over += 1;
            }
            Fate::Cancel => {
                let target = Target { meeting: id, scope: Scope::All, occurrence: None, if_match: None };
                cancel_because(tx, caller, &target, &leave.reason)?;
                done.cancelled += 1;
            }
        }
    }
    for id in tx.listed_ahead(leave.who)? {
        take_off_list(tx, caller, id, leave.who)?;
        done.lists += 1;
    }
    tx.leave_bodies(leave.who)?;
    close_account(tx, caller, leave.who)?;
    tx.set_left(leave.who, Some(tx.now()))?;
    let detail = json!({ "handed_over": done.handed_over, "cancelled": done.cancelled, "lists": done.lists });
    let subjects = Subjects { people: vec![leave.who], detail: Some(detail), ..Subjects::default() };
    let subject = Some(leave.who.0);
    tx.journal(&NewEntry { actor: caller.actor(), action: "person.left", subject, subjects })?;
    Ok(done)
}

/// What becomes of one meeting.
fn fate(tx: &Tx<'_>, leave: &Leave, id: MeetingId) -> Result<Fate, Refusal> {
    if let Some((_, fate)) = leave.each.iter().find(|(meeting, _)| *meeting == id) {
        return Ok(*fate);
    }
    match leave.rest {
        None => Err(Refusal::invalid("rest", Said::new("people.which_fate"))),
        Some(Fate::HandOver(to)) => {
            let meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
            let knows = may_take_over(tx, &meeting, &staff(tx, to)?)?;
            Ok(if knows { Fate::HandOver(to) } else { Fate::Cancel })
        }
        Some(Fate::Cancel) => Ok(Fate::Cancel),
    }
}
