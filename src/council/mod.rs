//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session (zitting) is a meeting of a body (bestuursorgaan): it is never released by itself, and a closed one
//! shows nothing but that it is closed. What the law asks of it is data: each [`Rule`] has its article and a [`Mark`]
//! that says how sure we are, and both are shown wherever the rule is. [`deadlines`] counts the terms of a session and
//! [`moved`] says what moving it breaks.

mod calendar;
mod deadline;
mod due;
mod explain;
mod facts;
mod house_order;
mod kind;
mod moved;
mod rule;
mod rulebook;
mod rules;
mod violation;

pub use calendar::{holidays, school_breaks};
pub use deadline::{Deadline, SOON_DAYS, State, deadlines};
pub use due::{Basis, Due};
pub use facts::{Convocation, Happened, Outcome, SessionFacts};
pub use house_order::{HouseOrder, HouseTerm};
pub use kind::{Jurisdiction, Kind, Minimum, Publicness, Remote, UnknownKind};
pub use moved::moved;
pub use rule::{Anchor, Count, Mark, Role, Rule, Term};
pub use rulebook::{Shift, shift};
pub use rules::RuleSet;
pub use violation::{Severity, Violation};
