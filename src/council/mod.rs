//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session (zitting) is a meeting of a body (bestuursorgaan): it claims its room and its members like any other, and
//! is never released by itself. What the law asks of it is data: each [`Rule`] has its article and a [`Mark`] that says
//! how sure we are, and both are shown wherever the rule is. [`deadlines`] counts the terms of a session, [`moved`] says
//! what moving it breaks, [`plan_year`] proposes the sessions of a year. Beside them: who sits, what is on the agenda,
//! how votes are counted, what may be published.

mod agenda;
mod agenda_content;
mod body;
mod calendar;
mod convocation;
mod deadline;
mod deadline_mail;
mod document;
mod due;
mod explain;
mod facts;
mod fee;
mod house_order;
mod kind;
mod mandate;
mod media;
mod minutes;
mod moved;
mod pattern;
pub mod publication;
mod quorum;
mod readiness;
mod remark;
mod rule;
mod rulebook;
mod rules;
mod session;
mod session_event;
mod tally;
mod treatment;
mod violation;
mod vote;
mod year;
mod year_count;
mod year_place;

pub use agenda::{
    AgendaItem, AgendaVersion, Ground, ItemState, Origin, Outcome, Section, SessionPart, Urgency, VersionKind,
};
pub use agenda_content::{AgendaContent, Difference, FixedItem, differences, number};
pub use body::{ClosedList, CouncilBody, FeePolicy, LateNumbers, RemoteTool, RulesOfProcedure, Term};
pub use calendar::{holidays, school_breaks};
pub use convocation::{
    Convocation, Dispatch, DispatchChannel, DispatchState, LetterFacts, Proof, SealedDocument, letter,
    missing, proof,
};
pub use deadline::{Deadline, DeadlineState, SOON_DAYS, deadlines};
pub use deadline_mail::{DeadlineMail, is_telling_time};
pub use document::{
    Access, Content, Document, DocumentRule, DocumentState, DocumentVersion, Reader, ReleaseRule,
    check_access, check_release, may_read,
};
pub use due::{Basis, Due};
pub use facts::{ConvocationNo, Fulfilment, Happened, SessionFacts};
pub use fee::{Fee, FeeGround, Paid, fee};
pub use house_order::{HouseOrder, HouseTerm};
pub use kind::{Jurisdiction, Kind, Minimum, Publicness, Remote, UnknownKind};
pub use mandate::{Mandate, MandateRole, MandateStatus, convened, places, seat_clash, sitting};
pub use media::{MediaKind, media_kind};
pub use minutes::{Minutes, MinutesRemark, MinutesVersion, minutes_text, report_text};
pub use moved::moved;
pub use pattern::{Nth, Pattern};
pub use quorum::{Law, Quorum};
pub use readiness::{CallResult, Light, Needs, Readied, ReadyItem, ReadyState, TestCall, light};
pub use remark::{MOST_WEEKS, Obstacle, Remark};
pub use rule::{Anchor, Count, Mark, Rule, RuleTerm, TermRole};
pub use rulebook::{Shift, shift};
pub use rules::RuleSet;
pub use session::{ModeReason, Session, SessionMode, SessionState};
pub use session_event::{SessionEvent, SessionEventKind};
pub use tally::{Declared, TallyFault, TieBreak, TieGround, Totals, VoteOutcome, outcome};
pub use treatment::{Article, Decision, Treatment};
pub use violation::{Severity, Violation};
pub use vote::{Ballot, Choice, Majority, Urn, Vote, VoteKind, VotePurpose, VoteState};
pub use year::{Dodge, Joined, Proposed, YearCalendar, YearPlan, plan_year};
pub use year_count::YearCount;
