//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session (zitting) is a meeting of a body (bestuursorgaan): it is never released by itself, and a closed one
//! shows nothing but that it is closed. What the law asks of it is data: each [`Rule`] has its article and a [`Mark`]
//! that says how sure we are, and both are shown wherever the rule is. [`deadlines`] counts the terms of a session,
//! [`moved`] says what moving it breaks, [`plan_year`] proposes the sessions of a year.

mod calendar;
mod deadline;
mod due;
mod explain;
mod facts;
mod house_order;
mod kind;
mod moved;
mod pattern;
mod remark;
mod rule;
mod rulebook;
mod rules;
mod violation;
mod year;
mod year_count;
mod year_place;

pub use calendar::{holidays, school_breaks};
pub use deadline::{Deadline, SOON_DAYS, State, deadlines};
pub use due::{Basis, Due};
pub use facts::{Convocation, Happened, Outcome, SessionFacts};
pub use house_order::{HouseOrder, HouseTerm};
pub use kind::{Jurisdiction, Kind, Minimum, Publicness, Remote, UnknownKind};
pub use moved::moved;
pub use pattern::{Nth, Pattern};
pub use remark::{MOST_WEEKS, Obstacle, Remark};
pub use rule::{Anchor, Count, Mark, Role, Rule, Term};
pub use rulebook::{Shift, shift};
pub use rules::RuleSet;
pub use violation::{Severity, Violation};
pub use year::{Dodge, Joined, Proposed, YearCalendar, YearPlan, plan_year};
pub use year_count::YearCount;
