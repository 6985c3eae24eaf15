//! What a body's own rules of procedure (huishoudelijk reglement) ask beyond the law.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Count, Rule, RuleTerm, Severity, TermRole, Violation};
use crate::texts::Said;

/// The most days or hours that a body's own rules may ask for.
const MOST: u32 = 365;

/// A body's own terms, by the id of the rule that they tighten; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseOrder {
    /// Rule id to term.
    pub terms: BTreeMap<String, HouseTerm>,
}

/// A body's own term for one rule; what is absent stays as in the law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseTerm {
    /// How many days or hours. The shorter term after a session without quorum stays that of the law.
    #[serde(default)]
    pub n: Option<u32>,
    /// How they are counted: calendar days before may be counted as clear days, and the other way about.
    #[serde(default)]
    pub count: Option<Count>,
}

impl HouseOrder {
    /// The same order with one term more.
    #[must_use]
    pub fn with(mut self, rule: &str, term: HouseTerm) -> Self {
        self.terms.insert(rule.to_owned(), term);
        self
    }
}

/// `rule` with the body's own term, or why that may not be: a body may ask for more than the law, never for less, and
/// may not shorten a right of members or citizens.
pub(super) fn tightened(rule: &Rule, own: &HouseTerm) -> Result<Rule, Violation> {
    let refused = |said| Err(rule.violated(Severity::Block, said));
    let Some(law) = rule.term else { return refused(Said::new("deadline.house_no_term")) };
    let count = own.count.unwrap_or(law.count);
    if !count.is_like(law.count) {
        return refused(Said::new("deadline.house_count"));
    }
    if own.n.is_some_and(|n| n == 0 || n > MOST) {
        return refused(Said::new("deadline.house_range").with("max", MOST));
    }
    if law.role != TermRole::Duty && own.n.is_some_and(|n| law.n != Some(n)) {
        return refused(Said::new("deadline.house_fixed"));
    }
    let term = RuleTerm { n: own.n.or(law.n), count, ..law };
    if is_looser(&term, &law) {
        let said = law.n.map_or_else(|| Said::new("deadline.house_count"), |n| looser(&law, n));
        return refused(said);
    }
    let kept = rule.law.or((term != law).then_some(law));
    Ok(Rule { term: Some(term), law: kept, ..rule.clone() })
}

fn looser(law: &RuleTerm, n: u32) -> Said {
    match law.count {
        Count::CalendarBefore => Said::new("deadline.house_looser_days").with("n", n),
        Count::Clear => Said::new("deadline.house_looser_clear").with("n", n),
        Count::HoursBefore => Said::new("deadline.house_looser_hours").with("n", n),
        Count::HoursAfter => Said::new("deadline.house_looser_hours_after").with("n", n),
        Count::CalendarAfter => Said::new("deadline.house_looser_days_after").with("n", n),
    }
}

/// Whether `own` asks for less than `law`.
fn is_looser(own: &RuleTerm, law: &RuleTerm) -> bool {
    let (Some(own_n), Some(law_n)) = (own.n, law.n) else { return false };
    let reach = |count, n: u32| n + u32::from(count == Count::Clear);
    match law.count {
        Count::HoursAfter | Count::CalendarAfter => own_n > law_n,
        _ => reach(own.count, own_n) < reach(law.count, law_n),
    }
}
