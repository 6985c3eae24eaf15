//! Tells those who prepare sessions what is to be done for them: one mail in the morning of a working day, of what each
//! wishes to know; none if there is nothing to do.
//!
//! For which day that was done is kept in the transaction that queues the mails, so that nobody is told twice over
//! restarts. What waits in the outbox is looked at again when it is sent.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::Caller;
use super::council::board_deadlines;
use super::sign_in::in_full;
use crate::booking::Refusal;
use crate::council::{Deadline, DeadlineMail, DeadlineState, Session, holidays, is_telling_time};
use crate::ids::PersonId;
use crate::store::{MailKind, NewMail, StoreError, Tx, View};
use crate::texts::Words;
use crate::time::{Interval, WorkingDays};
use crate::town::{Action, Role, may};

/// Days back and ahead within which the terms lie of which anybody is told.
const LOOKED_AT: (i64, i64) = (20, 30);

/// What somebody is told of their sessions.
#[derive(Clone, Debug)]
pub struct DeadlineNews {
    /// What is to be done, by its last working day.
    pub lines: Vec<DeadlineLine>,
    /// Where people reach this server, without slash at the end.
    pub base_url: String,
}

/// Something to be done for a session.
#[derive(Clone, Debug)]
pub struct DeadlineLine {
    /// What.
    pub what: Words,
    /// Its article, as people cite it.
    pub article: Words,
    /// By when the law wants it, as a value for sentences.
    pub due: String,
    /// The last working day on or before that.
    pub last_working_day: NaiveDate,
    /// Whether it is too late.
    pub late: bool,
    /// The page of the session.
    pub page: String,
    /// The name of the body.
    pub body: String,
    /// The local day of the session.
    pub day: NaiveDate,
}

/// The days on which the town hall works.
fn working_days(view: &View<'_>) -> WorkingDays {
    let also: Vec<&str> = view.directory().house.holidays.iter().map(String::as_str).collect();
    WorkingDays::observing(holidays(), &also)
}

/// The day for which those who prepare sessions are to be told now; none at night, on days on which nobody works, and
/// once it was done.
pub(super) fn day_to_tell(view: &View<'_>) -> Result<Option<NaiveDate>, StoreError> {
    let house = &view.directory().house;
    let wall = house.zone.wall(view.now());
    if !house.mail || !is_telling_time(wall.time()) || view.deadlines_told()? == Some(wall.date()) {
        return Ok(None);
    }
    Ok(Some(wall.date()).filter(|day| working_days(view).is_working(*day)))
}

/// Queues the mails of today, unless that was done; answers how many.
pub(super) fn remind_deadlines(tx: &Tx<'_>) -> Result<usize, Refusal> {
    let Some(day) = day_to_tell(tx)? else { return Ok(0) };
    tx.set_deadlines_told(day)?;
    let mut queued = 0;
    for person in those_who_prepare(tx)? {
        if to_tell(tx, person, day)?.is_empty() {
            continue;
        }
        let (kind, date) = (MailKind::Deadlines, Some(day.and_time(NaiveTime::MIN)));
        let next_at = tx.now();
        tx.queue_mail(&NewMail { meeting: None, date, person, kind, sequence: 0, next_at, note: None })?;
        queued += 1;
    }
    Ok(queued)
}

/// Everybody who may prepare sessions somewhere, by role or by token.
fn those_who_prepare(view: &View<'_>) -> Result<BTreeSet<PersonId>, StoreError> {
    let mut people = BTreeSet::new();
    for role in Role::that_may(Action::PrepareSession) {
        people.extend(view.holders_of(role)?);
    }
    let granted = view.all_grants()?.into_iter();
    people.extend(
        granted.filter(|(_, grant)| may(grant.role, Action::PrepareSession)).map(|(person, _)| person),
    );
    Ok(people)
}

/// Of what somebody wants to be told, or what holds until they choose; none for those who prepare no session.
pub(super) fn deadline_wish(view: &View<'_>, caller: &Caller) -> Result<Option<DeadlineMail>, StoreError> {
    let Some(person) = caller.person.filter(|_| caller.may_somewhere(Action::PrepareSession)) else {
        return Ok(None);
    };
    let clerk = caller.role == Role::Clerk || caller.grants.iter().any(|grant| grant.role == Role::Clerk);
    Ok(Some(view.deadline_mail(person)?.unwrap_or(DeadlineMail::usual(clerk))))
}

/// What somebody is told on a day, by its last working day.
fn to_tell(view: &View<'_>, person: PersonId, day: NaiveDate) -> Result<Vec<(Session, Deadline)>, Refusal> {
    let Some(caller) = in_full(view, person)? else { return Ok(Vec::new()) };
    let Some(wish) = deadline_wish(view, &caller)?.filter(|wish| *wish != DeadlineMail::None) else {
        return Ok(Vec::new());
    };
    let (back, ahead) = (TimeDelta::days(LOOKED_AT.0), TimeDelta::days(LOOKED_AT.1));
    let window = Interval { start: view.now() - back, end: view.now() + ahead };
    let days = working_days(view);
    let mut list = match board_deadlines(view, &caller, window) {
        // A body of a kind that the law as we know it has not: the board says so, and the clock and the outbox go on.
        Err(Refusal::State(_)) => Vec::new(),
        found => found?,
    };
    list.retain(|(session, deadline)| wish.tells(deadline, (day, session.zone), &days));
    Ok(list)
}

/// What a mail that was queued for `day` says; none if that day is over or there is nothing to do any more.
pub(super) fn deadline_news(
    view: &View<'_>,
    (person, day): (PersonId, NaiveDate),
    base_url: &str,
) -> Result<Option<DeadlineNews>, Refusal> {
    if view.directory().house.zone.wall(view.now()).date() != day {
        return Ok(None);
    }
    let line = |(session, deadline): (Session, Deadline)| DeadlineLine {
        article: Words::each(|lang| deadline.cited(lang)),
        due: deadline.due.value(session.zone),
        last_working_day: deadline.last_working_day,
        late: deadline.state == DeadlineState::Missed,
        what: deadline.name,
        page: format!("{base_url}/council/sessions/{}", session.slug),
        body: view.directory().body(session.body).map_or_else(String::new, |body| body.name.clone()),
        day: session.zone.wall(session.planned).date(),
    };
    let lines: Vec<_> = to_tell(view, person, day)?.into_iter().map(line).collect();
    Ok((!lines.is_empty()).then(|| DeadlineNews { lines, base_url: base_url.to_owned() }))
}
