//! The rules as they are embedded (`data/council/rules.json`), read once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Jurisdiction, Mark, Minimum, Publicness, Remote, Rule};
use crate::texts::Words;

/// What is known about one kind of body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindFacts {
    pub(super) id: String,
    pub(super) name: Words,
    pub(super) classification: Option<String>,
    pub(super) unit_classification: Option<String>,
    pub(super) article: String,
    pub(super) mark: Mark,
    pub(super) publicness: Publicness,
    pub(super) remote: Remote,
    pub(super) remote_article: Option<String>,
    #[serde(default)]
    pub(super) minimum: Option<Minimum>,
    /// The id of its rule set.
    pub(super) rules: String,
}

/// The law of one jurisdiction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Law {
    id: Jurisdiction,
    /// What it is called and where it is found.
    #[serde(rename = "law")]
    pub(super) title: String,
    /// Whether the Belgian holidays are its holidays.
    pub(super) holidays: bool,
    pub(super) kinds: Vec<KindFacts>,
    rule_sets: Vec<Rules>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    id: String,
    rules: Vec<Rule>,
}

/// What a weekend or holiday does to a term that ends on it, as far as anybody has seen: nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Where the term moves to: `none`.
    pub shift: String,
    /// How sure we are of it.
    pub mark: Mark,
    /// What that means for the clerk.
    pub explanation: Words,
}

#[derive(Debug, Deserialize)]
struct Book {
    weekend_holiday_effect: Shift,
    jurisdictions: Vec<Law>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/council/rules.json"))
        .expect("the embedded rules are read by every test of them")
});

/// The law of a jurisdiction.
pub(super) fn of(jurisdiction: Jurisdiction) -> &'static Law {
    let law = BOOK.jurisdictions.iter().find(|law| law.id == jurisdiction);
    law.expect("the embedded rules have every jurisdiction, as a test checks")
}

/// The rules of a rule set; every kind names one that exists, as a test checks.
pub(super) fn rules(jurisdiction: Jurisdiction, set: &str) -> &'static [Rule] {
    of(jurisdiction).rule_sets.iter().find(|rules| rules.id == set).map_or(&[], |rules| &rules.rules)
}

/// What a weekend or holiday does to a term.
#[must_use]
pub fn shift() -> &'static Shift {
    &BOOK.weekend_holiday_effect
}
