//! What clerks and members see of bodies and sessions.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::super::Caller;
use super::super::create_meeting::clip;
use super::deadlines::{board_deadlines, session_deadlines};
use super::ready_session::session_light;
use super::submit_item::seats_of;
use super::{must_for, tended_body};
use crate::booking::Refusal;
use crate::council::{
    AgendaItem, AgendaVersion, Convocation, CouncilBody, Deadline, DeadlineState, Dispatch, ItemState, Light,
    Mandate, Readied, ReadyItem, Session, SessionState, Term, TestCall,
};
use crate::ids::{MandateId, PersonId};
use crate::store::View;
use crate::time::Interval;
use crate::town::{Action, Body};

/// What lies before somebody who prepares sessions or sits in them.
#[derive(Clone, Debug, Default)]
pub struct CouncilHome {
    /// What must be done: terms that end within two weeks or were missed within two, and were not met.
    pub due: Vec<(Session, Deadline)>,
    /// The bodies whose sessions the caller prepares, each with its next session and how ready that is.
    pub bodies: Vec<BodyCard>,
    /// Sessions ahead to which the caller is convened, and whether they hold a seat there: only then they add items.
    pub mine: Vec<(Session, bool)>,
    /// Sessions of the last half year whose minutes the caller may read, the latest first.
    pub minutes: Vec<Session>,
}

/// A body on the clerk's board.
#[derive(Clone, Debug)]
pub struct BodyCard {
    /// The body.
    pub body: Body,
    /// Whether it is set what it is in law.
    pub set_up: bool,
    /// Its next session, and how ready that is.
    pub next: Option<(Session, Light)>,
    /// Whether its next session is convened and an item came in since, of which its members do not know yet.
    pub item_waits: bool,
}

/// What lies before the caller.
///
/// # Errors
/// Those of the store.
pub fn council_home(view: &View<'_>, caller: &Caller) -> Result<CouncilHome, Refusal> {
    let now = view.now();
    let weeks = TimeDelta::days(14);
    let window = Interval { start: now - weeks, end: now + weeks };
    let mut due = board_deadlines(view, caller, window)?;
    // What was done late is done: nothing is left to do about it.
    due.retain(|(_, deadline)| {
        deadline.done.is_none() && !matches!(deadline.state, DeadlineState::Waived(_))
    });
    due.retain(|(_, deadline)| deadline.role == crate::council::TermRole::Duty);
    let mut bodies = Vec::new();
    for body in &view.directory().bodies {
        if must_for(caller, Action::PrepareSession, body.id).is_err() {
            continue;
        }
        let next = view.session_after(body.id, now - TimeDelta::hours(12))?;
        let next =
            next.map(|next| session_light(view, &next).map(|(light, ..)| (next, light))).transpose()?;
        let set_up = view.council_body(body.id)?.is_some();
        let item_waits = match &next {
            Some((next, _)) if next.state == SessionState::Convened => {
                view.agenda_items(next.id)?.iter().any(|item| item.state == ItemState::Approved)
            }
            _ => false,
        };
        bodies.push(BodyCard { body: body.clone(), set_up, next, item_waits });
    }
    let ahead = Interval { start: now - TimeDelta::days(1), end: now + TimeDelta::days(183) };
    let past = Interval { start: now - TimeDelta::days(183), end: now };
    let minutes = sessions_of_member(view, caller, past)?.into_iter().rev().map(|(session, _)| session);
    let minutes = minutes.filter(|session| {
        use SessionState as S;
        matches!(session.state, S::MinutesDraft | S::MinutesApproved | S::Archived)
    });
    let (minutes, mine) = (minutes.collect(), sessions_of_member(view, caller, ahead)?);
    Ok(CouncilHome { due, bodies, mine, minutes })
}

/// Sessions of a time in which the caller sits, and whether they hold a seat there.
fn sessions_of_member(
    view: &View<'_>,
    caller: &Caller,
    window: Interval,
) -> Result<Vec<(Session, bool)>, Refusal> {
    let Some(person) = caller.person else { return Ok(Vec::new()) };
    if view.mandates_of(person)?.is_empty() {
        return Ok(Vec::new());
    }
    let mut mine = Vec::new();
    for session in view.sessions_within(window)? {
        let seats = seats_of(view, &session, person)?;
        if !seats.is_empty() {
            mine.push((session, seats.iter().any(|mandate| mandate.seat.is_some())));
        }
    }
    Ok(mine)
}

/// A body with its terms, its members and its sessions.
#[derive(Clone, Debug)]
pub struct BodySheet {
    /// The body.
    pub body: Body,
    /// What it is in law, once that is set.
    pub law: Option<CouncilBody>,
    /// Its terms, the latest first, each with its mandates.
    pub terms: Vec<(Term, Vec<Seat>)>,
    /// Its sessions, by start.
    pub sessions: Vec<Session>,
}

/// A mandate with the name of its holder.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The mandate.
    pub mandate: Mandate,
    /// Who holds it.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether they sit now.
    pub sits: bool,
}

/// A body, for those who prepare its sessions.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`].
pub fn body_sheet(view: &View<'_>, caller: &Caller, slug: &str) -> Result<BodySheet, Refusal> {
    let body = tended_body(view, caller, slug)?.clone();
    let mut terms = Vec::new();
    for term in view.terms(body.id)? {
        let seats = seats(view, &view.mandates(term.id)?)?;
        terms.push((term, seats));
    }
    let (law, sessions) = (view.council_body(body.id)?, view.sessions_of_body(body.id)?);
    Ok(BodySheet { body, law, terms, sessions })
}

fn seats(view: &View<'_>, mandates: &[Mandate]) -> Result<Vec<Seat>, Refusal> {
    let mut seats = Vec::with_capacity(mandates.len());
    for mandate in mandates {
        let person = view.person(mandate.person)?;
        let (name, email) = person.map(|person| (person.name, person.email)).unwrap_or_default();
        let sits = mandate.sits_at(view.now());
        seats.push(Seat { mandate: mandate.clone(), name, email, sits });
    }
    Ok(seats)
}

/// A session with all that is being prepared for it.
#[derive(Clone, Debug)]
pub struct SessionSheet {
    /// The session.
    pub session: Session,
    /// Its body.
    pub body: Body,
    /// What that is in law.
    pub law: CouncilBody,
    /// Its terms, by the day on which they end.
    pub deadlines: Vec<Deadline>,
    /// The items of its agenda, in order, also those withdrawn.
    pub items: Vec<AgendaItem>,
    /// The versions of its agenda that were fixed.
    pub versions: Vec<AgendaVersion>,
    /// Its convocations.
    pub convocations: Vec<Convocation>,
    /// How members were reached.
    pub dispatches: Vec<Dispatch>,
    /// Those who hold a mandate of its term at its hour, by precedence.
    pub seats: Vec<Seat>,
    /// How ready it is, what is open, and with how many members the test call is not good.
    pub light: (Light, Vec<Readied>, usize),
    /// What was noted of how ready it is.
    pub ready: Vec<ReadyItem>,
    /// The test calls.
    pub calls: Vec<TestCall>,
    /// The next session of its body, and the one before.
    pub beside: (Option<Session>, Option<Session>),
    /// The session that repeats it for want of members, or goes on where it broke off.
    pub follow_up: Option<Session>,
    /// Sessions of other bodies that share its room and stream and are not called off, each with its body.
    pub joint: Vec<(Session, Body)>,
}

impl SessionSheet {
    /// The name of whoever holds a mandate.
    #[must_use]
    pub fn name_of(&self, mandate: MandateId) -> Option<&str> {
        self.seats.iter().find(|seat| seat.mandate.id == mandate).map(|seat| seat.name.as_str())
    }
}

/// A session, for those who prepare it.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`].
pub fn session_sheet(view: &View<'_>, caller: &Caller, slug: &str) -> Result<SessionSheet, Refusal> {
    let session = super::edit_agenda::prepared_session(view, caller, slug)?;
    let body =
        view.directory().body(session.body).ok_or_else(|| Refusal::unknown("session", clip(slug)))?.clone();
    let mut mandates = view.mandates(session.term)?;
    mandates.retain(|mandate| mandate.stands_at(session.planned));
    let beside = (
        view.session_after(session.body, session.planned)?,
        view.session_before(session.body, session.planned)?,
    );
    let follow_up = view
        .sessions_of_body(session.body)?
        .into_iter()
        .find(|other| other.previous == Some(session.id) && other.state != SessionState::Cancelled);
    Ok(SessionSheet {
        law: super::law_of(view, &body)?,
        deadlines: session_deadlines(view, &session)?,
        items: view.agenda_items(session.id)?,
        versions: view.agenda_versions(session.id)?,
        convocations: view.convocations(session.id)?,
        dispatches: view.dispatches(session.id)?,
        seats: seats(view, &mandates)?,
        light: session_light(view, &session)?,
        ready: view.readiness(session.id)?,
        calls: view.test_calls(session.id)?,
        beside,
        follow_up,
        joint: joint(view, &session)?,
        session,
        body,
    })
}

/// The sessions held together with this one: within a day, as they share its room.
fn joint(view: &View<'_>, session: &Session) -> Result<Vec<(Session, Body)>, Refusal> {
    let near = TimeDelta::days(1);
    let window = Interval { start: session.planned - near, end: session.planned + near };
    let mut found = view.sessions_within(window)?;
    found.retain(|other| {
        let tied = other.joint_with == Some(session.id) || session.joint_with == Some(other.id);
        tied && other.state != SessionState::Cancelled
    });
    let with_body = |other: Session| view.directory().body(other.body).cloned().map(|body| (other, body));
    Ok(found.into_iter().filter_map(with_body).collect())
}

/// An item with its session and the people it names.
#[derive(Clone, Debug)]
pub struct ItemSheet {
    /// The session.
    pub session: Session,
    /// The body.
    pub body: Body,
    /// The item.
    pub item: AgendaItem,
    /// Names by person: who handed it in, who presents it.
    pub names: HashMap<PersonId, (String, String)>,
    /// Sessions ahead of the same body to which it can come back: once its own is over, or it was withdrawn.
    pub later: Vec<Session>,
}

impl ItemSheet {
    /// Whether what is said of it can still be changed: until its session sits, unless it was withdrawn.
    #[must_use]
    pub fn may_change(&self) -> bool {
        self.session.state.lies_ahead() && self.item.state != ItemState::Withdrawn
    }
}

/// An item, for those who prepare its session.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`].
pub fn item_sheet(view: &View<'_>, caller: &Caller, id: crate::ids::ItemId) -> Result<ItemSheet, Refusal> {
    let (session, item) = super::edit_agenda::prepared_item(view, caller, id, None)?;
    let body = view.directory().body(session.body).ok_or_else(|| Refusal::unknown("item", id))?.clone();
    let mut names = HashMap::new();
    for person in item.submitted_by.into_iter().chain(item.rapporteur) {
        if let Some(known) = view.person(person)? {
            names.insert(person, (known.name, known.email));
        }
    }
    let stays = item.is_live() && !session.state.is_over();
    let mut later = if stays { Vec::new() } else { view.sessions_of_body(session.body)? };
    later.retain(|other| other.state.lies_ahead() && other.id != session.id);
    Ok(ItemSheet { session, body, item, names, later })
}

/// A session as those see it who are convened to it. Whoever would add an item holds a seat (`voting`).
///
/// # Errors
/// [`Refusal::Unknown`] for a session to which the caller is not convened, or in which they hold no seat.
pub fn member_session(
    view: &View<'_>,
    caller: &Caller,
    (slug, voting): (&str, bool),
) -> Result<(Session, Body, Vec<Deadline>), Refusal> {
    let unknown = || Refusal::unknown("session", clip(slug));
    let session = view.session_named(slug)?.ok_or_else(unknown)?;
    let person = caller.person.ok_or_else(unknown)?;
    let seats = seats_of(view, &session, person)?;
    if !seats.iter().any(|mandate| !voting || mandate.seat.is_some()) {
        return Err(unknown());
    }
    let body = view.directory().body(session.body).ok_or_else(unknown)?.clone();
    let deadlines = session_deadlines(view, &session)?;
    Ok((session, body, deadlines))
}
