//! What was done to a meeting, by whom and on whose behalf, from the journal; and why it was called off.

use chrono::{DateTime, Utc};

use super::{Caller, Target, cancel_meeting};
use crate::booking::{Meeting, Refusal, Sight};
use crate::ids::{MeetingId, PersonId};
use crate::store::{Tx, View};
use crate::texts::Said;

/// Entries shown.
const SHOWN: u32 = 200;
/// The longest reason.
const LONGEST: usize = 500;

/// One line of a meeting's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What was done, as the journal has it.
    pub action: String,
    /// Who did it; nobody for what happens by itself, and for people whose data were wiped.
    pub by: Option<String>,
    /// On whose behalf, when it was not their own.
    pub for_person: Option<String>,
    /// Rules of the house that were overridden.
    pub overridden: Vec<String>,
}

/// The history of a meeting, newest first, for those who may see all of it; for others it is empty.
///
/// # Errors
/// [`Refusal::Unknown`] if there is no such meeting.
pub fn meeting_history(view: &View<'_>, caller: &Caller, id: MeetingId) -> Result<Vec<HistoryLine>, Refusal> {
    let meeting = view.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    let people: Vec<PersonId> = view.participants(id)?.iter().map(|p| p.person).collect();
    if caller.sees(&meeting, &people) < Sight::Full {
        return Ok(Vec::new());
    }
    let name = |id: Option<PersonId>| -> Result<Option<String>, Refusal> {
        let person = id.map(|id| view.person(id)).transpose()?.flatten();
        Ok(person.map(|person| person.name).filter(|name| !name.is_empty()))
    };
    let mut lines = Vec::new();
    for entry in view.journal_of(id.0, SHOWN)? {
        lines.push(HistoryLine {
            at: entry.at,
            by: name(entry.actor.map(PersonId))?,
            for_person: name(entry.subjects.for_person)?,
            action: entry.action,
            overridden: entry.subjects.overridden,
        });
    }
    Ok(lines)
}

/// Cancels and says why. The reason is kept with the dates, not in the journal, so that it can be wiped.
///
/// # Errors
/// Those of [`cancel_meeting`]; [`Refusal::Invalid`] for a reason that is too long.
pub fn cancel_because(
    tx: &Tx<'_>,
    caller: &Caller,
    target: &Target,
    reason: &str,
) -> Result<Meeting, Refusal> {
    let reason = reason.trim();
    if reason.chars().count() > LONGEST {
        return Err(Refusal::invalid("reason", Said::new("request.text_length").with("max", LONGEST)));
    }
    let meeting = cancel_meeting(tx, caller, target)?;
    if !reason.is_empty() {
        tx.set_cancel_reason(meeting.id, reason)?;
    }
    Ok(meeting)
}
