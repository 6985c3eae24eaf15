//! What moving a session breaks.

use chrono::{DateTime, Utc};

use super::due::{Counted, count};
use super::{Anchor, Fulfilment, RuleSet, SessionFacts, Severity, TermRole, Violation};
use crate::texts::Said;
use crate::time::Zone;

/// What moving the session to `new_start` breaks at `now`, by the rules that count from the start of a session.
///
/// What was sent or made public names the old time, so it has to be done again: while that can be in time it is a
/// warning, after that it takes what the rule says. Whether such a notice must itself keep the term is not confirmed;
/// this is the safe reading.
#[must_use]
pub fn moved(
    facts: &SessionFacts,
    rules: &RuleSet,
    new_start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Violation> {
    if new_start == facts.start {
        return Vec::new();
    }
    let later = SessionFacts { start: new_start, ..facts.clone() };
    let pairs = count(facts, rules).into_iter().zip(count(&later, rules));
    let asked = Asked { facts, zone: facts.zone, now };
    pairs.filter_map(|(before, after)| asked.broken(&before, &after)).collect()
}

struct Asked<'a> {
    facts: &'a SessionFacts,
    zone: Zone,
    now: DateTime<Utc>,
}

impl Asked<'_> {
    fn broken(&self, before: &Counted, after: &Counted) -> Option<Violation> {
        if matches!(after.basis.anchor, Anchor::Decided | Anchor::Published) {
            return None;
        }
        let outcome = self.facts.outcome(&after.rule.id, after.basis.of());
        match (after.term.role, outcome) {
            (_, Some(Fulfilment::Waived(_))) | (TermRole::Effect, _) => None,
            (TermRole::Window, _) => self.window(before, after),
            (TermRole::Duty, Some(Fulfilment::Done(at))) => self.done(before, after, *at),
            (TermRole::Duty, None) => {
                let late = before.due != after.due && !after.due.covers(self.now, self.zone);
                late.then(|| self.say(after, after.term.late, Said::new("deadline.moved_too_late")))
            }
        }
    }

    /// Something was done already, for the old time.
    fn done(&self, before: &Counted, after: &Counted, at: DateTime<Utc>) -> Option<Violation> {
        if after.term.names_time {
            return Some(if after.due.covers(self.now, self.zone) {
                self.say(after, Severity::Warn, Said::new("deadline.moved_again"))
            } else {
                self.say(after, after.term.late, Said::new("deadline.moved_again_late"))
            });
        }
        let late = before.due != after.due && !after.due.covers(at, self.zone);
        late.then(|| self.say(after, after.term.late, Said::new("deadline.moved_done_late")))
    }

    /// A right ends on another day.
    fn window(&self, before: &Counted, after: &Counted) -> Option<Violation> {
        let was_open = before.due.covers(self.now, self.zone);
        let is_open = after.due.covers(self.now, self.zone);
        let shorter = after.due.end(self.zone) < before.due.end(self.zone);
        match (was_open, is_open) {
            (true, false) => Some(self.say(after, after.term.late, Said::new("deadline.moved_closed"))),
            (true, true) if shorter => {
                Some(self.say(after, Severity::Warn, Said::new("deadline.moved_shorter")))
            }
            (false, true) => Some(self.say(after, Severity::Warn, Said::new("deadline.moved_reopened"))),
            _ => None,
        }
    }

    fn say(&self, after: &Counted, severity: Severity, said: Said) -> Violation {
        after.rule.violated(severity, said.with("due", after.due.value(self.zone)))
    }
}
