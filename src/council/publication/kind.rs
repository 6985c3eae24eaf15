//! What is published of a session, and what each kind is called in linked data.

use serde::{Deserialize, Serialize};

use crate::council::SessionState;
use crate::ids::DecisionId;

/// A kind of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationKind {
    /// The agenda (article 22).
    Agenda,
    /// The list of decisions (besluitenlijst, articles 285 to 287).
    DecisionList,
    /// The approved minutes (notulen, article 32).
    Minutes,
    /// One decision in full (uittreksel).
    Extract,
    /// The full text of a regulation (reglement, article 286), which is in force five days later (article 288).
    Regulation,
}

impl PublicationKind {
    /// Whether it can be published of a session: an agenda once one was `fixed`, decisions once the session is over,
    /// minutes once they are approved.
    #[must_use]
    pub const fn is_ready(self, state: SessionState, fixed: bool) -> bool {
        match self {
            Self::Agenda => fixed && !matches!(state, SessionState::Cancelled),
            Self::DecisionList | Self::Extract | Self::Regulation => state.was_held(),
            Self::Minutes => matches!(state, SessionState::MinutesApproved | SessionState::Archived),
        }
    }

    /// Every kind, in the order in which they come.
    pub const ALL: [Self; 5] =
        [Self::Agenda, Self::DecisionList, Self::Minutes, Self::Extract, Self::Regulation];

    /// The word for it in the store, in files and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agenda => "agenda",
            Self::DecisionList => "decision_list",
            Self::Minutes => "minutes",
            Self::Extract => "extract",
            Self::Regulation => "regulation",
        }
    }

    /// The Dutch word for it in addresses and identifiers.
    #[must_use]
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::Agenda => "agenda",
            Self::DecisionList => "besluitenlijst",
            Self::Minutes => "notulen",
            Self::Extract => "uittreksel",
            Self::Regulation => "reglement",
        }
    }

    /// Its type among the `BesluitDocumentType`s of the Flemish government. There is none for a regulation by itself:
    /// it is published as the extract of the decision that lays it down.
    #[must_use]
    pub const fn document_type(self) -> &'static str {
        match self {
            Self::Agenda => {
                "https://data.vlaanderen.be/id/concept/BesluitDocumentType/13fefad6-a9d6-4025-83b5-e4cbee3a8965"
            }
            Self::DecisionList => {
                "https://data.vlaanderen.be/id/concept/BesluitDocumentType/3fa67785-ffdc-4b30-8880-2b99d97b4dee"
            }
            Self::Minutes => {
                "https://data.vlaanderen.be/id/concept/BesluitDocumentType/8e791b27-7600-4577-b24e-c7c29e0eb773"
            }
            Self::Extract | Self::Regulation => {
                "https://data.vlaanderen.be/id/concept/BesluitDocumentType/9d5bfaca-bbf2-49dd-a830-769f91a6377b"
            }
        }
    }

    /// How a session points to it.
    #[must_use]
    pub const fn property(self) -> &'static str {
        match self {
            Self::Agenda => "besluit:heeftAgenda",
            Self::DecisionList => "besluit:heeftBesluitenlijst",
            Self::Minutes => "besluit:heeftNotulen",
            Self::Extract | Self::Regulation => "besluit:heeftUittreksel",
        }
    }

    /// Whether it is about one decision, not about the session.
    #[must_use]
    pub const fn is_of_decision(self) -> bool {
        matches!(self, Self::Extract | Self::Regulation)
    }
}

/// What an entry of the register says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationAct {
    /// A version was published.
    Published,
    /// The document was taken back: none of its versions is shown any more.
    Withdrawn,
}

impl PublicationAct {
    /// Both, for reading from the store.
    pub const ALL: [Self; 2] = [Self::Published, Self::Withdrawn];

    /// The word for it in the store and in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Which publication is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// The agenda.
    Agenda,
    /// The list of decisions.
    DecisionList,
    /// The minutes.
    Minutes,
    /// The extract of one decision.
    Extract(DecisionId),
    /// The text of one regulation.
    Regulation(DecisionId),
}

impl Asked {
    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> PublicationKind {
        match self {
            Self::Agenda => PublicationKind::Agenda,
            Self::DecisionList => PublicationKind::DecisionList,
            Self::Minutes => PublicationKind::Minutes,
            Self::Extract(_) => PublicationKind::Extract,
            Self::Regulation(_) => PublicationKind::Regulation,
        }
    }

    /// The decision that it is about, if it is about one.
    #[must_use]
    pub const fn decision(self) -> Option<DecisionId> {
        match self {
            Self::Extract(id) | Self::Regulation(id) => Some(id),
            Self::Agenda | Self::DecisionList | Self::Minutes => None,
        }
    }
}
