//! What is published, as values: the filter makes them, renderers speak them, the register keeps them.
//!
//! They may be read back from the register, for what stands there has passed the filter. A renderer of documents takes
//! a `PublicView` all the same, which only the filter builds.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use super::kind::PublicationKind;
use crate::council::{Article, MandateRole, Outcome, Section, SessionMode, Totals};
use crate::ids::{BodyId, DecisionId, ItemId, MandateId, PersonId, SessionId, VoteId};

/// What is published of a session in one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Which document.
    pub kind: PublicationKind,
    /// The identity of the document, whatever its version.
    pub document: String,
    /// Where people reach the house, without slash at the end.
    pub base: String,
    /// The session.
    pub session: PublicSession,
    /// Its items in the order of the agenda; the one item of an extract or a regulation.
    pub items: Vec<PublicItem>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicSession {
    /// Identity.
    pub id: SessionId,
    /// Identity in linked data.
    pub iri: String,
    /// The name in addresses.
    pub slug: String,
    /// The body.
    pub body: PublicBody,
    /// When it is planned to start, on the wall of the town.
    pub planned: DateTime<FixedOffset>,
    /// Where; none if that is not said.
    pub place: Option<PublicPlace>,
    /// In which way it meets.
    pub mode: SessionMode,
    /// When it was opened.
    pub started: Option<DateTime<FixedOffset>>,
    /// When it was closed.
    pub ended: Option<DateTime<FixedOffset>>,
    /// Who presided.
    pub chair: Option<PublicPerson>,
    /// Who wrote the minutes.
    pub secretary: Option<PublicPerson>,
    /// Who was present at the start; none if the body does not publish it.
    pub at_start: Option<Vec<PublicPerson>>,
    /// Which sitting members were not; empty if the body does not publish it.
    pub absent: Vec<PublicPerson>,
    /// The version of the agenda that was fixed.
    pub agenda_version: Option<u32>,
}

/// A body in its term, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicBody {
    /// Identity.
    pub id: BodyId,
    /// The name in addresses.
    pub slug: String,
    /// Identity of the body in its term in linked data.
    pub iri: String,
    /// The full name.
    pub name: String,
    /// Its kind, as a concept.
    pub classification: String,
    /// The name of the legal person.
    pub unit: String,
    /// Its identity.
    pub unit_iri: String,
    /// Its kind, as a concept.
    pub unit_classification: String,
    /// What its land is called.
    pub area: String,
    /// The identity of its land.
    pub area_iri: String,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPlace {
    /// Identity in linked data.
    pub iri: String,
    /// In words.
    pub name: String,
}

/// Somebody in a public office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicPerson {
    /// The mandate.
    pub mandate: MandateId,
    /// The mandate in linked data.
    pub iri: String,
    /// Who holds it.
    pub person: PersonId,
    /// Who holds it, in linked data.
    pub person_iri: String,
    /// The name used.
    pub given: String,
    /// The family name.
    pub family: String,
    /// What they do.
    pub role: MandateRole,
    /// Their group.
    pub fraction: Option<String>,
}

impl PublicPerson {
    /// Their name as it is said.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }
}

/// An item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicItem {
    /// Identity.
    pub id: ItemId,
    /// Identity in linked data.
    pub iri: String,
    /// The item before it, in linked data.
    pub after: Option<String>,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// A short description.
    pub description: Option<String>,
    /// Whether it is treated behind closed doors.
    pub closed: bool,
    /// The section it stands in.
    pub section: Section,
    /// Earlier items that it takes up again.
    pub earlier: Vec<PublicReference>,
    /// What lies with it.
    pub attachments: Vec<PublicAttachment>,
    /// What became of it.
    pub treatment: Option<PublicTreatment>,
}

/// An earlier item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicReference {
    /// Identity in linked data.
    pub iri: String,
    /// Its title.
    pub title: String,
    /// Whether it was treated behind closed doors.
    pub closed: bool,
}

/// Something that lies with an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAttachment {
    /// Identity in linked data: where it can be had, if it can.
    pub iri: String,
    /// What it is called.
    pub name: String,
    /// Where it can be had; none if it is only named.
    pub url: Option<String>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicTreatment {
    /// Identity in linked data.
    pub iri: String,
    /// The treatment before it, in linked data.
    pub after: Option<String>,
    /// What became of it; none behind closed doors.
    pub outcome: Option<Outcome>,
    /// Who was present; none if it is not published.
    pub present: Option<Vec<PublicPerson>>,
    /// The essence of what was said; empty if there is none.
    pub summary: String,
    /// The votes.
    pub votes: Vec<PublicVote>,
    /// The decisions.
    pub decisions: Vec<PublicDecision>,
}

/// A vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicVote {
    /// Identity.
    pub id: VoteId,
    /// Identity in linked data.
    pub iri: String,
    /// What was asked.
    pub subject: String,
    /// Whether it was secret.
    pub secret: bool,
    /// Whether it was adopted; none of an election.
    pub adopted: Option<bool>,
    /// Who was chosen.
    pub elected: Option<String>,
    /// What was counted; none in a list of decisions.
    pub count: Option<PublicCount>,
}

/// What was counted in a vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCount {
    /// How many answered what.
    pub totals: Totals,
    /// The candidates by name.
    pub candidates: Vec<String>,
    /// Who was present; empty if it is not published.
    pub present: Vec<PublicPerson>,
    /// Who was for, against, abstained, and took no part: empty of a secret vote, and of one in which nobody differed
    /// if the body does not publish who was present.
    pub named: Option<Named>,
}

/// Who answered what in a public vote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// For.
    pub in_favour: Vec<PublicPerson>,
    /// Against.
    pub against: Vec<PublicPerson>,
    /// Abstained.
    pub abstained: Vec<PublicPerson>,
    /// Present, and took no part.
    pub not_voting: Vec<PublicPerson>,
    /// Voted for a candidate.
    pub chose: Vec<PublicPerson>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicDecision {
    /// Identity.
    pub id: DecisionId,
    /// Identity in linked data.
    pub iri: String,
    /// Its title.
    pub title: String,
    /// Its title in short.
    pub short_title: String,
    /// A short description.
    pub description: Option<String>,
    /// Its text; none in a list of decisions, and of what was decided behind closed doors.
    pub text: Option<DecisionText>,
    /// Whether it is a regulation.
    pub regulation: bool,
    /// The day on which it was taken.
    pub taken: NaiveDate,
}

/// The text of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionText {
    /// Its grounds.
    pub motivation: String,
    /// Its articles.
    pub articles: Vec<Article>,
}
