//! Kinds of bodies (bestuursorganen), by the jurisdiction whose law they sit under.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::rulebook::{self, KindFacts};
use super::{Mark, RuleSet};
use crate::texts::{Lang, Said, Words};
use crate::time::Holiday;

/// Whose law a body sits under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Jurisdiction {
    /// Flanders: Decreet over het lokaal bestuur.
    #[serde(rename = "BE-VLG")]
    Flanders,
    /// Brussels: Nieuwe Gemeentewet.
    #[serde(rename = "BE-BRU")]
    Brussels,
    /// Wallonia: Code de la démocratie locale et de la décentralisation.
    #[serde(rename = "BE-WAL")]
    Wallonia,
    /// The Netherlands: Gemeentewet.
    #[serde(rename = "NL")]
    Netherlands,
}

impl Jurisdiction {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Flanders, Self::Brussels, Self::Wallonia, Self::Netherlands];

    /// Its code (ISO 3166), such as `BE-VLG`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Flanders => "BE-VLG",
            Self::Brussels => "BE-BRU",
            Self::Wallonia => "BE-WAL",
            Self::Netherlands => "NL",
        }
    }

    /// The name of its law on local government.
    #[must_use]
    pub fn law(self) -> &'static str {
        &rulebook::of(self).title
    }

    /// The holidays whose days are known; none for the Netherlands, so that only weekends count there.
    #[must_use]
    pub fn holidays(self) -> &'static [Holiday] {
        if rulebook::of(self).holidays { super::holidays() } else { &[] }
    }

    /// The kinds of bodies that its law knows.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        rulebook::of(self).kinds.iter().map(move |facts| Kind { jurisdiction: self, facts })
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Jurisdiction {
    type Err = UnknownKind;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|jurisdiction| jurisdiction.code() == code);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::code).join(", ");
            UnknownKind(Said::new("deadline.unknown_jurisdiction").with("text", code).with("known", known))
        })
    }
}

/// Whether the public may follow the sessions of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publicness {
    /// Public, except for the part that the law closes.
    PublicUnlessClosed,
    /// Closed by law.
    Closed,
    /// Staff among themselves; the law says nothing.
    Internal,
}

/// Whether a body may meet remotely or in hybrid form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remote {
    /// Only in the exceptional circumstances that its rules of procedure name.
    ExceptionalOnly,
    /// If its rules of procedure say so and how.
    AllowedByRules,
    /// As it likes.
    Free,
}

/// How often a body must meet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// Meetings in a calendar year.
    pub n: u32,
    /// The article, such as `18`.
    pub article: String,
    /// How sure we are of it.
    pub mark: Mark,
}

/// A kind of body: what `data/council/rules.json` lists, and nothing else.
///
/// It is written `gemeenteraad` for Flanders and with its jurisdiction for the others: `BE-BRU/gemeenteraad`.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind {
    jurisdiction: Jurisdiction,
    facts: &'static KindFacts,
}

impl Kind {
    /// The kind called `id` under the law of `jurisdiction`.
    pub fn of(jurisdiction: Jurisdiction, id: &str) -> Result<Self, UnknownKind> {
        jurisdiction.kinds().find(|kind| kind.id() == id).ok_or_else(|| {
            let known: Vec<&str> = jurisdiction.kinds().map(Kind::id).collect();
            let said = Said::new("deadline.unknown_kind").with("text", id).with("known", known.join(", "));
            UnknownKind(said)
        })
    }

    /// Whose law it sits under.
    #[must_use]
    pub const fn jurisdiction(self) -> Jurisdiction {
        self.jurisdiction
    }

    /// Its id within the jurisdiction, such as `gemeenteraad`.
    #[must_use]
    pub fn id(self) -> &'static str {
        &self.facts.id
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static Words {
        &self.facts.name
    }

    /// The IRI of its classification (`BestuursorgaanClassificatieCode`), where there is one.
    #[must_use]
    pub fn classification(self) -> Option<&'static str> {
        self.facts.classification.as_deref()
    }

    /// The IRI of the classification of its legal person (`BestuurseenheidClassificatieCode`), where there is one.
    #[must_use]
    pub fn unit_classification(self) -> Option<&'static str> {
        self.facts.unit_classification.as_deref()
    }

    /// The articles that it is governed by.
    #[must_use]
    pub fn article(self) -> &'static str {
        &self.facts.article
    }

    /// How sure we are of what is said about it.
    #[must_use]
    pub fn mark(self) -> Mark {
        self.facts.mark
    }

    /// Whether the public may follow its sessions.
    #[must_use]
    pub fn publicness(self) -> Publicness {
        self.facts.publicness
    }

    /// Whether its sessions are public, but for the part that the law closes.
    #[must_use]
    pub fn is_public(self) -> bool {
        self.publicness() == Publicness::PublicUnlessClosed
    }

    /// Whether it may meet remotely.
    #[must_use]
    pub fn remote(self) -> Remote {
        self.facts.remote
    }

    /// The article on meeting remotely, where one was seen.
    #[must_use]
    pub fn remote_article(self) -> Option<&'static str> {
        self.facts.remote_article.as_deref()
    }

    /// How often it must meet, where the law says so.
    #[must_use]
    pub fn minimum(self) -> Option<&'static Minimum> {
        self.facts.minimum.as_ref()
    }

    /// The rules of law for its sessions, without any rules of its own.
    #[must_use]
    pub fn rules(self) -> RuleSet {
        RuleSet::new(self, rulebook::rules(self.jurisdiction, &self.facts.rules).to_vec())
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        (self.jurisdiction, self.id()) == (other.jurisdiction, other.id())
    }
}

impl Eq for Kind {}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({self})")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.jurisdiction {
            Jurisdiction::Flanders => f.write_str(self.id()),
            other => write!(f, "{other}/{}", self.id()),
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((jurisdiction, id)) => Self::of(jurisdiction.parse()?, id),
            None => Self::of(Jurisdiction::Flanders, text),
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = UnknownKind;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.to_string()
    }
}

/// A kind of body or a jurisdiction that the rules do not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.speak(Lang::En))]
pub struct UnknownKind(pub Said);
