//! The sessions of a year, proposed: from a pattern, round holidays and school breaks, each with its deadlines.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::year_count::count_years;
use super::year_place::{Placed, Placing};
use super::{Anchor, Deadline, Pattern, Remark, RuleSet, SessionFacts, YearCount, deadlines};
use crate::texts::Said;
use crate::time::{SchoolBreak, WorkingDays, Zone};

/// The longest period that is planned at once, in days.
const MOST_DAYS: i64 = 5 * 366;

/// What becomes of a session whose day cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dodge {
    /// It is left out.
    Skip,
    /// It is held one week earlier, or as many more as it takes.
    WeekEarlier,
    /// It is held one week later, or as many more as it takes.
    WeekLater,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct YearPlan {
    /// On which days.
    pub pattern: Pattern,
    /// At what time on the wall clock.
    pub time: NaiveTime,
    /// In which zone.
    pub zone: Zone,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of the period.
    pub to: NaiveDate,
    /// Months without sessions, 1 to 12.
    pub without: Vec<u32>,
    /// What becomes of a session on a holiday or a closing day of the town hall. It never stays there.
    pub holidays: Dodge,
    /// What becomes of a session in a school break; none keeps it, with a note.
    pub breaks: Option<Dodge>,
    /// The school breaks.
    pub school_breaks: Vec<SchoolBreak>,
    /// How many sessions a calendar year needs by the body's own wish; the law may ask for more.
    pub minimum: Option<u32>,
    /// The body that meets on the same evenings, such as the council for social welfare after the municipal council.
    pub joined: Option<Joined>,
}

/// A body that meets on the same days. Its agenda, ledger and minutes stay its own.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The rules for its sessions.
    pub rules: RuleSet,
    /// How many minutes after the first it starts; 0 for a joint session.
    pub after_min: u32,
}

/// A session of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// Its local day.
    pub day: NaiveDate,
    /// Its start.
    pub start: DateTime<Utc>,
    /// What is to be said about its day.
    pub remark: Option<Remark>,
    /// Its deadlines. The terms of its minutes are there as soon as the session after it is known.
    pub deadlines: Vec<Deadline>,
    /// The session of the body that meets on the same day: its start and deadlines.
    pub joined: Option<(DateTime<Utc>, Vec<Deadline>)>,
}

/// The sessions of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearCalendar {
    /// By day.
    pub sessions: Vec<Proposed>,
    /// Days that the pattern asks for and that have no session, and why.
    pub unplaced: Vec<Remark>,
    /// For each calendar year, whether there are enough.
    pub years: Vec<YearCount>,
}

/// Proposes the sessions of a period; their deadlines are looked at from `now`. A period that ends before it begins,
/// or lasts for more than five years, is refused.
pub fn plan_year(
    plan: &YearPlan,
    rules: &RuleSet,
    days: &WorkingDays,
    now: DateTime<Utc>,
) -> Result<YearCalendar, Said> {
    if plan.to < plan.from || (plan.to - plan.from).num_days() > MOST_DAYS {
        return Err(Said::new("time.range").with("days", MOST_DAYS));
    }
    let (placed, unplaced) = Placing { plan, days }.place();
    let years = count_years(plan, rules.kind(), &placed);
    let sessions = Telling { plan, rules, days, now }.sessions(&placed);
    Ok(YearCalendar { sessions, unplaced, years })
}

/// Tells the deadlines of each session.
struct Telling<'a> {
    plan: &'a YearPlan,
    rules: &'a RuleSet,
    days: &'a WorkingDays,
    now: DateTime<Utc>,
}

impl Telling<'_> {
    fn sessions(&self, placed: &[Placed]) -> Vec<Proposed> {
        let starts: Vec<_> = placed.iter().map(|(day, _)| self.start(*day)).collect();
        let nexts = starts.iter().skip(1).copied().map(Some).chain([None]);
        let sessions = placed.iter().zip(&starts).zip(nexts);
        sessions
            .map(|(((day, remark), start), next)| self.session(*day, remark.as_ref(), *start, next))
            .collect()
    }

    fn start(&self, day: NaiveDate) -> DateTime<Utc> {
        self.plan.zone.resolve(day.and_time(self.plan.time)).instant
    }

    fn session(
        &self,
        day: NaiveDate,
        remark: Option<&Remark>,
        start: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
    ) -> Proposed {
        let joined = self.plan.joined.as_ref().map(|joined| {
            let later = TimeDelta::minutes(joined.after_min.into());
            let start = start + later;
            (start, self.deadlines(&joined.rules, start, next.map(|next| next + later)))
        });
        let deadlines = self.deadlines(self.rules, start, next);
        Proposed { day, start, remark: remark.cloned(), deadlines, joined }
    }

    fn deadlines(&self, rules: &RuleSet, start: DateTime<Utc>, next: Option<DateTime<Utc>>) -> Vec<Deadline> {
        let facts = SessionFacts { next_start: next, ..SessionFacts::planned(start, self.plan.zone) };
        let mut list = deadlines(&facts, rules, self.days, self.now);
        // The minutes of the session before are in the list of that one.
        list.retain(|deadline| deadline.basis.anchor != Anchor::Approval || !deadline.basis.assumed);
        list
    }
}
