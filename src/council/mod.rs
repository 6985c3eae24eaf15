//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session is a meeting of a body: it claims its room and its members like any other, and is never released by
//! itself. What the law asks of it is here: who sits, what is on the agenda, how votes are counted, what may be
//! published.

mod agenda;
mod agenda_content;
mod body;
mod convocation;
mod mandate;
mod readiness;
mod session;
mod treatment;
mod vote;

pub use agenda::{
    AgendaItem, AgendaVersion, Ground, ItemState, Origin, Outcome, Section, SessionPart, Urgency, VersionKind,
};
pub use agenda_content::{AgendaContent, Difference, FixedItem, differences, number};
pub use body::{CouncilBody, FeePolicy, LateNumbers, RemoteTool, RulesOfProcedure, Stricter, Term};
pub use convocation::{
    Channel, Convocation, Dispatch, DispatchState, LetterFacts, Proof, letter, missing, proof,
};
pub use mandate::{Mandate, MandateRole, MandateStatus, seat_clash, sitting};
pub use readiness::{CallResult, Light, Needs, Readied, ReadyItem, ReadyState, TestCall, light};
pub use session::{ModeReason, Session, SessionMode, SessionState};
pub use treatment::{Article, Decision, Treatment};
pub use vote::{Ballot, Choice, Majority, Vote, VoteKind, VoteState};
