//! All that the house knows of a session, as plain values: what the filter reads, and nothing else does.

use crate::council::{
    AgendaItem, Ballot, CouncilBody, Decision, Mandate, Session, Term, Totals, Treatment, Vote,
};
use crate::ids::{BodyId, ItemId, MandateId};

/// All that the house knows of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionFile {
    /// Where people reach the house, without slash at the end: what has no identity of its own gets one below it.
    pub base: String,
    /// Whose body it is.
    pub unit: Unit,
    /// The body.
    pub body: FiledBody,
    /// The term.
    pub term: Term,
    /// The session.
    pub session: Session,
    /// Everybody who has or had a mandate in the term.
    pub people: Vec<FiledMandate>,
    /// Its items in the order of the agenda.
    pub items: Vec<FiledItem>,
    /// Who was present when it was opened.
    pub at_start: Vec<MandateId>,
    /// The last fixed version of its agenda.
    pub agenda_version: Option<u32>,
}

/// A legal person (bestuurseenheid) and the land that it governs (werkingsgebied).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The name in addresses.
    pub slug: String,
    /// The full name.
    pub name: String,
    /// Its identity in linked data, if it has one elsewhere.
    pub iri: Option<String>,
    /// What its land is called.
    pub area: String,
    /// The identity of its land, if it has one elsewhere.
    pub area_iri: Option<String>,
}

/// A body with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledBody {
    /// Identity.
    pub id: BodyId,
    /// The name in addresses.
    pub slug: String,
    /// The full name.
    pub name: String,
    /// What it is in law.
    pub council: CouncilBody,
    /// Whether it never meets in the open (college, permanent bureau): article 52 and others.
    pub never_public: bool,
}

/// Somebody's mandate with their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledMandate {
    /// The mandate.
    pub mandate: Mandate,
    /// The name shown.
    pub name: String,
    /// Who it is in linked data, if they have an identity elsewhere.
    pub person_iri: Option<String>,
}

/// An item with all that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledItem {
    /// The item.
    pub item: AgendaItem,
    /// Earlier items that it takes up again.
    pub earlier: Vec<EarlierItem>,
    /// What became of it.
    pub treatment: Option<Treatment>,
    /// Who was present when it was begun.
    pub present: Vec<MandateId>,
    /// The votes on it, in their order.
    pub votes: Vec<FiledVote>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What lies with it.
    pub attachments: Vec<Attachment>,
}

/// An earlier item, as far as it may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierItem {
    /// Identity.
    pub id: ItemId,
    /// Its title that anybody may read.
    pub title: String,
    /// Whether it was treated behind closed doors.
    pub closed: bool,
}

/// A vote with what was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledVote {
    /// The vote.
    pub vote: Vote,
    /// Who answered what; none of a secret vote.
    pub ballots: Vec<Ballot>,
    /// What was counted.
    pub totals: Totals,
    /// Whether it was adopted; none of an election, or as long as it is not declared.
    pub adopted: Option<bool>,
    /// Who was chosen, by their place among the candidates.
    pub elected: Option<u32>,
    /// Who was present when it was opened.
    pub present: Vec<MandateId>,
}

/// Something that lies with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// Where anybody may get it; none if it is only named (OSLO question 136).
    pub url: Option<String>,
    /// Whether it may be named in public at all.
    pub public: bool,
}
