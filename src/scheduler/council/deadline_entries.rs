//! The deadlines of sessions as entries of a calendar, for one who prepares them: things to do (VTODO) for programs that
//! keep lists of tasks, and days (VEVENT) for calendars that show no tasks.
//!
//! What an entry says follows from the file and the day alone, so that the same state gives the same bytes.

use std::collections::HashMap;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};

use super::super::Caller;
use super::super::feed_events::KEPT_CANCELLED_DAYS;
use super::super::render_feed::{FeedAs, Rendered};
use super::deadlines::{counted_deadlines, takes_place};
use super::must_for;
use super::session_entries::is_forgotten;
use crate::booking::Refusal;
use crate::council::{Anchor, Deadline, DeadlineState, Due, Session, TermRole};
use crate::ical::{
    BusyStatus, Class, FeedEvent, FeedTodo, Status, TodoDue, TodoStatus, Uri, When, write_event, write_todo,
};
use crate::ids::BodyId;
use crate::store::View;
use crate::texts::{Lang, Said, text};
use crate::time::{Interval, Zone};
use crate::town::Action;

/// Days back to the oldest session of which something open is shown.
const OPEN_DAYS: i64 = 366;
/// Months ahead to the last session.
const MONTHS_AHEAD: u32 = 18;

/// What moves or settles the terms of the session that it was done to.
const OF_SESSION: [&str; 18] = [
    "agenda.fixed",
    "convocation.failed",
    "convocation.reached",
    "convocation.sent",
    "item.ended",
    "minutes.approved",
    "minutes.offered",
    "publication.published",
    "publication.withdrawn",
    "session.adjourned",
    "session.cancelled",
    "session.closed",
    "session.convened",
    "session.moved",
    "session.not_quorate",
    "session.planned",
    "vote.annulled",
    "vote.declared",
];
/// What moves the terms of other sessions of the same body: minutes are due for the next one.
const OF_OTHERS: [&str; 4] = ["session.cancelled", "session.moved", "session.not_quorate", "session.planned"];

/// The deadlines that `caller` has to keep, of one body or of all that they prepare sessions of.
///
/// # Errors
/// Those of the store.
pub(in crate::scheduler) fn deadline_entries(
    view: &View<'_>,
    caller: &Caller,
    (base, body, shape): (&str, Option<BodyId>, FeedAs),
) -> Result<Vec<Rendered>, Refusal> {
    let house = view.directory().house.zone;
    let today = house.wall(view.now()).date();
    let last = today.checked_add_months(Months::new(MONTHS_AHEAD)).unwrap_or(today);
    let start = house.day(today - TimeDelta::days(OPEN_DAYS)).start;
    let mut others = HashMap::new();
    let mut rendered = Vec::new();
    for session in view.sessions_within(Interval { start, end: house.day(last).end })? {
        let asked = body.is_none_or(|body| body == session.body) && !is_forgotten(view, &session)?;
        if !asked || must_for(caller, Action::PrepareSession, session.body).is_err() {
            continue;
        }
        let planned = match others.get(&session.body) {
            Some(known) => *known,
            None => *others.entry(session.body).or_insert(plans_of(view, session.body)?),
        };
        let page = format!("{base}/council/sessions/{}", session.slug);
        let teller = Teller::new(view, (&session, planned), caller.lang, page)?;
        match teller.tell(shape, today) {
            Ok(told) => rendered.extend(told),
            // One body of a kind that the law as we know it has not does not silence the others.
            Err(Refusal::State(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(rendered)
}

/// The last entry of the journal that says when the sessions of a body are, or what rules it has given itself. All of
/// its sessions count: one that leaves must not take the number back.
pub(super) fn plans_of(view: &View<'_>, body: BodyId) -> Result<(i64, DateTime<Utc>), Refusal> {
    let mut last = view.last_entry(body.0, &["body.set_up"])?.unwrap_or_default();
    for session in view.sessions_of_body(body)? {
        last = last.max(view.last_entry(session.id.0, &OF_OTHERS)?.unwrap_or_default());
    }
    Ok(last)
}

/// The day on which members' right to add items to a session ends (article 21), for the calendar of one who has it; none
/// once it is over, or where the law knows of no such right. `planned` is [`plans_of`] its body, `page` where items are
/// added.
pub(super) fn members_term(
    view: &View<'_>,
    (session, planned): (&Session, (i64, DateTime<Utc>)),
    lang: Lang,
    page: String,
) -> Result<Option<FeedEvent>, Refusal> {
    if !session.state.lies_ahead() {
        return Ok(None);
    }
    let today = session.zone.wall(view.now()).date();
    let ahead =
        |deadline: &Deadline| deadline.rule == "member-item" && deadline.due.day(session.zone) >= today;
    let list = match counted_deadlines(view, session) {
        // The law as we know it has no such kind of body, so it tells of no such right.
        Err(Refusal::State(_)) => Vec::new(),
        found => found?,
    };
    let Some(term) = list.into_iter().find(ahead) else { return Ok(None) };
    let teller = Teller::new(view, (session, planned), lang, page)?;
    let created = teller.created()?;
    Ok(Some(teller.event(&term, teller.standing(&term), created)))
}

/// The terms of one session, on their way into a calendar.
struct Teller<'a> {
    view: &'a View<'a>,
    lang: Lang,
    /// Where it is done.
    page: String,
    session: &'a Session,
    sequence: u32,
    modified: DateTime<Utc>,
}

/// How a term stands, whatever the hour.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Done(DateTime<Utc>),
    Dropped,
}

impl<'a> Teller<'a> {
    /// `planned` is the last entry of the journal that moves the sessions of the body.
    fn new(
        view: &'a View<'a>,
        (session, planned): (&'a Session, (i64, DateTime<Utc>)),
        lang: Lang,
        page: String,
    ) -> Result<Self, Refusal> {
        let own = view.last_entry(session.id.0, &OF_SESSION)?.unwrap_or_default();
        let (seq, modified) = own.max(planned);
        let sequence = u32::try_from(seq).unwrap_or(u32::MAX);
        Ok(Self { view, lang, page, session, sequence, modified })
    }

    fn tell(&self, shape: FeedAs, today: NaiveDate) -> Result<Option<Rendered>, Refusal> {
        let zone = self.session.zone;
        let kept = today - TimeDelta::days(KEPT_CANCELLED_DAYS);
        let (mut bytes, created) = (Vec::new(), self.created()?);
        for deadline in counted_deadlines(self.view, self.session)? {
            let standing = self.standing(&deadline);
            let open = standing == Standing::Open && self.can_be_done(&deadline);
            if !open && deadline.due.day(zone) < kept {
                continue;
            }
            match shape {
                FeedAs::Events => write_event(&mut bytes, &self.event(&deadline, standing, created)),
                FeedAs::Todos if deadline.role == TermRole::Duty => {
                    write_todo(&mut bytes, &self.todo(&deadline, standing));
                }
                FeedAs::Todos => {}
            }
        }
        let some = !bytes.is_empty();
        Ok(some.then(|| Rendered { bytes, zones: vec![zone], modified: self.modified }))
    }

    /// Whether it is of use to remind of it, however late: what had to be done before a session that was held no longer
    /// can, what follows from it must still.
    fn can_be_done(&self, deadline: &Deadline) -> bool {
        let follows = matches!(deadline.basis.anchor, Anchor::Approval | Anchor::Decided | Anchor::Published);
        deadline.role == TermRole::Duty && (follows || !self.session.state.was_held())
    }

    fn standing(&self, deadline: &Deadline) -> Standing {
        match (&deadline.state, deadline.done) {
            (_, Some(at)) => Standing::Done(at),
            (DeadlineState::Waived(_), None) => Standing::Dropped,
            _ if takes_place(self.session) => Standing::Open,
            _ => Standing::Dropped,
        }
    }

    fn todo(&self, deadline: &Deadline, standing: Standing) -> FeedTodo {
        let due = match deadline.due {
            Due::Date(day) => TodoDue::Day(day),
            Due::Instant(at) => {
                let zone = self.clock(at);
                TodoDue::At { wall: zone.wall(at), zone }
            }
        };
        FeedTodo {
            uid: self.uid(deadline, "todo"),
            sequence: self.sequence,
            modified: self.modified,
            due,
            summary: self.summary(deadline),
            description: Some(self.description(deadline)),
            categories: self.categories(),
            status: match standing {
                Standing::Open => TodoStatus::NeedsAction,
                Standing::Done(at) => TodoStatus::Completed(at),
                Standing::Dropped => TodoStatus::Cancelled,
            },
            url: Some(Uri::from(self.page.as_str())),
        }
    }

    fn event(&self, deadline: &Deadline, standing: Standing, created: DateTime<Utc>) -> FeedEvent {
        let summary = self.summary(deadline);
        let done = matches!(standing, Standing::Done(_));
        FeedEvent {
            uid: self.uid(deadline, "event"),
            sequence: self.sequence,
            dtstamp: self.modified,
            created,
            last_modified: self.modified,
            when: self.when(deadline),
            rule: None,
            exdates: Vec::new(),
            recurrence_id: None,
            // An event has no word for what was done: its title says it.
            summary: if done {
                Said::new("feed.deadline_done").with("what", summary).speak(self.lang)
            } else {
                summary
            },
            description: Some(self.description(deadline)),
            location: None,
            categories: self.categories(),
            status: if standing == Standing::Dropped { Status::Cancelled } else { Status::Confirmed },
            transparent: true,
            busy_status: Some(BusyStatus::Free),
            class: Class::Public,
            url: Some(Uri::from(self.page.as_str())),
            conferences: Vec::new(),
            organizer: None,
            attendees: Vec::new(),
            related_to: None,
        }
    }

    /// What somebody must do stands on the last working day for it; what ends or begins by itself on its own day.
    fn when(&self, deadline: &Deadline) -> When {
        let whole = |day: NaiveDate| When::AllDay { first: day, until: day + TimeDelta::days(1) };
        match deadline.due {
            Due::Date(_) if deadline.role == TermRole::Duty => whole(deadline.last_working_day),
            Due::Date(day) => whole(day),
            Due::Instant(at) => {
                let zone = self.clock(at);
                When::Timed { start: zone.wall(at), end: zone.wall(at), zone }
            }
        }
    }

    /// The zone in which an instant can be told: in the autumn night the second of two equal hours is read as the first.
    fn clock(&self, at: DateTime<Utc>) -> Zone {
        let zone = self.session.zone;
        if zone.resolve(zone.wall(at)).instant == at { zone } else { Zone::UTC }
    }

    /// One for each session and rule, and each event from which that runs anew.
    fn uid(&self, deadline: &Deadline, shape: &str) -> String {
        let of = deadline.basis.of().map_or_else(String::new, |at| format!("-{}", at.timestamp()));
        format!("{}-{}{of}-{shape}@zittingen", self.session.id, deadline.rule)
    }

    fn created(&self) -> Result<DateTime<Utc>, Refusal> {
        Ok(self.view.last_done(self.session.id.0, "session.planned")?.unwrap_or(self.modified))
    }

    fn summary(&self, deadline: &Deadline) -> String {
        let day = self.session.zone.wall(self.session.planned).date();
        Said::new("feed.deadline")
            .with("what", deadline.name.speak(self.lang))
            .with("body", self.body())
            .with("day", day)
            .speak(self.lang)
    }

    fn description(&self, deadline: &Deadline) -> String {
        let due = deadline.due.value(self.session.zone);
        let mut lines = vec![Said::new("feed.deadline_due").with("due", due).speak(self.lang)];
        if deadline.role == TermRole::Duty {
            let day = deadline.last_working_day;
            lines.push(Said::new("feed.deadline_target").with("day", day).speak(self.lang));
        }
        if let DeadlineState::Waived(why) = &deadline.state {
            lines.push(Said::new("feed.deadline_waived").with("why", why).speak(self.lang));
        }
        if deadline.basis.assumed {
            lines.push(text(self.lang, "deadline.expected").to_owned());
        }
        lines.push(deadline.explanation.speak(self.lang).to_owned());
        lines.push(self.page.clone());
        lines.join("\n")
    }

    fn body(&self) -> &str {
        self.view.directory().body(self.session.body).map_or("", |body| body.name.as_str())
    }

    fn categories(&self) -> Vec<String> {
        vec![self.body().to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_terms_of_others_moves_its_own() {
        assert!(OF_OTHERS.iter().all(|action| OF_SESSION.contains(action)));
    }
}
