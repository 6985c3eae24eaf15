//! The rules that hold for the sessions of one body: those of law for its kind, tightened by its own.

use super::house_order::tightened;
use super::{HouseOrder, Kind, Rule, Violation};
use crate::texts::{Lang, Said};

/// The rules for the sessions of one body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    kind: Kind,
    rules: Vec<Rule>,
}

impl RuleSet {
    pub(super) fn new(kind: Kind, rules: Vec<Rule>) -> Self {
        Self { kind, rules }
    }

    /// The kind of body that they are for.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// All of them, those without a term too.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// The rule with this id, such as `quorum`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The same rules, tightened by the body's own. Each entry that is looser than the law, or that no rule of law
    /// answers to, is refused with its article.
    pub fn tightened_by(&self, order: &HouseOrder) -> Result<Self, Vec<Violation>> {
        let mut faults = Vec::new();
        let mut rules = self.rules.clone();
        for (id, own) in &order.terms {
            let Some(rule) = rules.iter_mut().find(|rule| rule.id == *id) else {
                faults.push(self.no_such_rule(id));
                continue;
            };
            match tightened(rule, own) {
                Ok(stricter) => *rule = stricter,
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self { kind: self.kind, rules }) } else { Err(faults) }
    }

    fn no_such_rule(&self, id: &str) -> Violation {
        Violation {
            rule: id.to_owned(),
            article: self.kind.article().to_owned(),
            mark: self.kind.mark(),
            severity: super::Severity::Block,
            said: Said::new("deadline.house_unknown").with("text", id),
        }
    }

    /// A violation with the name and article of its rule: "Convocation sent (art. 20): …".
    #[must_use]
    pub fn speak(&self, violation: &Violation, lang: Lang) -> String {
        let sentence = violation.said.speak(lang);
        match self.get(&violation.rule) {
            Some(rule) => format!("{} ({}): {sentence}", rule.name.speak(lang), rule.cited(lang)),
            None => sentence,
        }
    }
}
