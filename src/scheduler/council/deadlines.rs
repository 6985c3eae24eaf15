//! The deadlines of a session, as its body's law and its own rules of procedure have them.

use chrono::NaiveDate;

use crate::council::{CouncilBody, Session};

/// The last day of a rule for a session; none if its law counts no days for it.
pub(super) fn due_day(session: &Session, law: &CouncilBody, rule: &str) -> Option<NaiveDate> {
    let _ = (session, law, rule);
    None
}
