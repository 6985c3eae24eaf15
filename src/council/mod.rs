//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session is a meeting of a body: it claims its room and its members like any other, and is never released by
//! itself. What the law asks of it is here: who sits, what is on the agenda, how votes are counted, what may be
//! published.

mod agenda;
mod body;
mod fee;
mod mandate;
pub mod publication;
mod quorum;
mod session;
mod session_event;
mod tally;
mod treatment;
mod vote;

pub use agenda::{
    AgendaItem, AgendaVersion, Ground, ItemState, Origin, Outcome, Section, SessionPart, Urgency, VersionKind,
};
pub use body::{CouncilBody, FeePolicy, LateNumbers, RemoteTool, RulesOfProcedure, Stricter, Term};
pub use fee::{Fee, FeeGround, Paid, fee};
pub use mandate::{Mandate, MandateRole, MandateStatus, seat_clash, sitting};
pub use quorum::{Law, Mark, Quorum};
pub use session::{ModeReason, Session, SessionMode, SessionState};
pub use session_event::{SessionEvent, SessionEventKind};
pub use tally::{Declared, TallyFault, TieBreak, TieGround, Totals, VoteOutcome, outcome};
pub use treatment::{Article, Decision, Treatment};
pub use vote::{Ballot, Choice, Majority, Urn, Vote, VoteKind, VotePurpose, VoteState};
