//! What goes against a rule of law, as a value that says which rule, how sure we are, and what it takes to go on.

use serde::{Deserialize, Serialize};

use super::Mark;
use crate::texts::Said;

/// What a violation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It is said, and nothing else.
    Warn,
    /// It goes on once somebody writes down why (as with urgency, spoed).
    NeedsReason,
    /// It does not go on.
    Block,
}

/// Something that goes against a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The id of the rule, such as `convocation-sent`.
    pub rule: String,
    /// Its article, such as `20`.
    pub article: String,
    /// How sure we are of the rule.
    pub mark: Mark,
    /// What it does.
    pub severity: Severity,
    /// What is wrong and what to do.
    pub said: Said,
}
