//! The deadlines of a session: a pure function of what is known, the rules, the calendar and the time.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::due::{Counted, count};
use super::{Basis, Count, Due, Fulfilment, Mark, RuleSet, SessionFacts, TermRole};
use crate::texts::Words;
use crate::time::WorkingDays;

/// A deadline is due soon from so many days before its last working day.
pub const SOON_DAYS: u64 = 3;

/// How a deadline stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadlineState {
    /// There is time.
    Ahead,
    /// It ends within [`SOON_DAYS`] of its last working day.
    DueSoon,
    /// Done in time, at this instant. A right that has ended and an effect that has begun count as met then.
    Met(DateTime<Utc>),
    /// Not done in time.
    Missed,
    /// It does not apply, for the reason that somebody wrote down.
    Waived(String),
}

impl DeadlineState {
    /// The word by which programs know it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::DueSoon => "due_soon",
            Self::Met(_) => "met",
            Self::Missed => "missed",
            Self::Waived(_) => "waived",
        }
    }
}

/// One deadline of a session, with the rule that it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The id of the rule, such as `convocation-sent`.
    pub rule: String,
    /// Its article.
    pub article: String,
    /// How sure we are of the rule.
    pub mark: Mark,
    /// What it is called.
    pub name: Words,
    /// Whether somebody must act, a right ends, or something begins.
    pub role: TermRole,
    /// How many days or hours.
    pub n: u32,
    /// How they were counted.
    pub count: Count,
    /// From what it was counted.
    pub basis: Basis,
    /// When it ends.
    pub due: Due,
    /// The last working day on or before that: the clerk's target, as legal terms do not move.
    pub last_working_day: NaiveDate,
    /// How it stands.
    pub state: DeadlineState,
    /// When it was done, in time or late; what ends or begins by itself is never done.
    pub done: Option<DateTime<Utc>>,
    /// What must happen, how it is counted, and how sure we are.
    pub explanation: Words,
}

/// The deadlines of a session at `now`, by the day on which they end.
///
/// "N days before the day of the meeting" are calendar days, the meeting day not counted; whether the day of dispatch
/// counts is not confirmed, so a body may choose clear days (`council::HouseOrder`). No term moves for a weekend or
/// holiday.
#[must_use]
pub fn deadlines(
    facts: &SessionFacts,
    rules: &RuleSet,
    days: &WorkingDays,
    now: DateTime<Utc>,
) -> Vec<Deadline> {
    let mut list: Vec<Deadline> =
        count(facts, rules).iter().map(|counted| deadline(counted, facts, days, now)).collect();
    list.sort_by_key(|deadline| (deadline.due.day(facts.zone), deadline.due.end(facts.zone)));
    list
}

fn deadline(counted: &Counted, facts: &SessionFacts, days: &WorkingDays, now: DateTime<Utc>) -> Deadline {
    let Counted { rule, term, n, basis, due } = counted;
    let last_working_day = days.last_on_or_before(due.day(facts.zone));
    Deadline {
        rule: rule.id.clone(),
        article: rule.article.clone(),
        mark: rule.mark,
        name: rule.name.clone(),
        role: term.role,
        n: *n,
        count: term.count,
        basis: *basis,
        due: *due,
        last_working_day,
        state: state(counted, facts, last_working_day, now),
        done: match facts.outcome(&rule.id, basis.of()) {
            Some(Fulfilment::Done(at)) => Some(*at),
            _ => None,
        },
        explanation: rule.explained(facts.convocation),
    }
}

fn state(counted: &Counted, facts: &SessionFacts, target: NaiveDate, now: DateTime<Utc>) -> DeadlineState {
    let zone = facts.zone;
    match facts.outcome(&counted.rule.id, counted.basis.of()) {
        Some(Fulfilment::Waived(reason)) => return DeadlineState::Waived(reason.clone()),
        Some(Fulfilment::Done(at)) if counted.due.covers(*at, zone) => return DeadlineState::Met(*at),
        Some(Fulfilment::Done(_)) => return DeadlineState::Missed,
        None => {}
    }
    // What runs from a publication that has not taken place neither begins nor ends by itself.
    let by_itself = counted.term.role != TermRole::Duty;
    if by_itself && counted.basis.assumed {
        return DeadlineState::Ahead;
    }
    let begins = counted.due.day(zone);
    let today = zone.wall(now).date();
    if counted.term.role == TermRole::Effect && begins <= today {
        return DeadlineState::Met(zone.day(begins).start);
    }
    if !counted.due.covers(now, zone) {
        return if by_itself { DeadlineState::Met(counted.due.end(zone)) } else { DeadlineState::Missed };
    }
    if today.checked_add_days(Days::new(SOON_DAYS)).is_none_or(|soon| target <= soon) {
        DeadlineState::DueSoon
    } else {
        DeadlineState::Ahead
    }
}
