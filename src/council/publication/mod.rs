//! What the public may read of a session: the filter, the document, the feed. Pure.
//!
//! A [`SessionFile`] is all that the house knows. [`PublicView::of`] alone makes of it what may be read, and [`render`]
//! takes nothing else.

mod document;
mod document_items;
mod document_session;
mod document_votes;
mod facts;
pub mod feed;
mod file;
mod filter;
mod iri;
mod kind;
mod markup;

pub use document::{Edition, Rendered, kind_key, render};
pub use document_items::outcome_key;
pub use facts::{
    DecisionText, Facts, Named, PublicAttachment, PublicBody, PublicCount, PublicDecision, PublicItem,
    PublicPerson, PublicPlace, PublicReference, PublicSession, PublicTreatment, PublicVote,
};
pub use file::{Attachment, EarlierItem, FiledBody, FiledItem, FiledMandate, FiledVote, SessionFile, Unit};
pub use filter::{NotPublic, PublicView};
pub use iri::is_iri;
pub use kind::{Asked, PublicationAct, PublicationKind};
