//! Councils, colleges and committees in law: what a session needs before, during and after. Pure.
//!
//! A session is a meeting of a body: it claims its room and its members like any other, and is never released by
//! itself. What the law asks of it is here: who sits, what is on the agenda, how votes are counted, what may be
//! published.

mod agenda;
mod body;
mod document;
mod mandate;
mod media;
mod session;
mod treatment;
mod vote;

pub use agenda::{
    AgendaItem, AgendaVersion, Ground, ItemState, Origin, Outcome, Section, SessionPart, Urgency, VersionKind,
};
pub use body::{CouncilBody, FeePolicy, LateNumbers, RemoteTool, RulesOfProcedure, Stricter, Term};
pub use document::{
    Access, Content, Document, DocumentRule, DocumentState, DocumentVersion, Reader, ReleaseRule,
    check_access, check_release, may_read,
};
pub use mandate::{Mandate, MandateRole, MandateStatus, seat_clash, sitting};
pub use media::{MediaKind, media_kind};
pub use session::{ModeReason, Session, SessionMode, SessionState};
pub use treatment::{Article, Decision, Treatment};
pub use vote::{Ballot, Choice, Majority, Vote, VoteKind, VoteState};
