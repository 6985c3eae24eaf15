//! What people say to an invitation: whether they come, and how; for all dates or for one.

use serde::Deserialize;
use utoipa::ToSchema;

use super::create_meeting::{clip, subjects};
use super::invite::{Invite, refuse_who_left, resolve_invites};
use super::{Caller, find_occurrence};
use crate::booking::{
    Answer, Claim, Conflict, Mode, Occurrence, Part, Participant, Reason, Refusal, Run, Strength, heads,
    hybrid_reasons,
};
use crate::ids::MeetingId;
use crate::store::{NewEntry, Tx};
use crate::town::{Action, Room, email_of};

use super::Made;

/// What somebody says; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerInvitation {
    /// Whether they come.
    #[schema(value_type = Option<String>)]
    pub answer: Option<Answer>,
    /// How.
    #[schema(value_type = Option<String>)]
    pub mode: Option<Mode>,
    /// What for; only the organiser may say.
    #[schema(value_type = Option<String>)]
    pub role: Option<Part>,
    /// Name of a guest who is put on the list.
    pub name: Option<String>,
    /// Zone of a guest who is put on the list.
    pub zone: Option<String>,
    /// Only for this date: its id, wall time or instant.
    pub occurrence: Option<String>,
}

/// Writes what `email` says. People speak for themselves; the organiser and those who act for others for
/// everybody, and they may put somebody on the list.
///
/// A changed answer that breaks capacity or lacks hybrid kit is accepted, for it is the truth; the answer warns.
///
/// # Errors
/// [`Refusal::Unknown`] for a meeting, date or person that is not there.
pub fn answer_invitation(
    tx: &Tx<'_>,
    caller: &Caller,
    id: MeetingId,
    email: &str,
    said: &AnswerInvitation,
) -> Result<Made, Refusal> {
    let mut meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    let unknown = || Refusal::unknown("person", clip(email));
    let email = email_of(email).ok_or_else(unknown)?;
    let own = match caller.person {
        Some(person) => tx.person(person)?.is_some_and(|person| person.email == email),
        None => false,
    };
    if own {
        caller.must(Action::Book)?;
    } else {
        caller.must_own(tx, &meeting)?;
        caller.must_see(&meeting, &tx.participants(id)?)?;
    }
    let list = tx.participants(id)?;
    let participant = match list.iter().find(|p| p.email == email) {
        Some(participant) => participant.clone(),
        None if own => return Err(unknown()),
        None => add(tx, id, &email, said)?,
    };
    let mode = said.mode.unwrap_or(participant.mode);
    let answer = said.answer.unwrap_or(participant.answer);
    let date: Option<Occurrence> = match &said.occurrence {
        Some(text) => Some(find_occurrence(tx, &meeting, text)?),
        None => None,
    };
    match &date {
        Some(date) => tx.set_answer_at(date.id, participant.person, mode, answer)?,
        None => tx.set_answer(id, participant.person, mode, answer)?,
    }
    let warnings = warn(tx, &meeting, date.as_ref())?;
    meeting.version += 1;
    meeting.sequence += 1;
    meeting.modified = tx.now();
    tx.update_meeting(&meeting)?;
    let participants = tx.participants(id)?;
    let mut subjects = subjects(&meeting, &participants, date.as_slice());
    subjects.occurrence = date.as_ref().map(|date| date.id);
    subjects.for_person = (!own).then_some(participant.person);
    tx.journal(&NewEntry {
        actor: caller.actor(),
        action: "participant.answered",
        subject: Some(id.0),
        subjects,
    })?;
    let added = !list.iter().any(|p| p.person == participant.person);
    super::post_mail::answered(tx, caller, &meeting, participant.person, added)?;
    let occurrences = tx.occurrences(id)?;
    let conflicts: Vec<Conflict> = Vec::new();
    Ok(Made { meeting, participants, occurrences, warnings, notes: Vec::new(), conflicts })
}

/// Puts somebody on the list and softly claims their time.
fn add(tx: &Tx<'_>, id: MeetingId, email: &str, said: &AnswerInvitation) -> Result<Participant, Refusal> {
    let dates = tx.occurrences(id)?;
    let invite = Invite {
        email: email.to_owned(),
        name: said.name.clone(),
        zone: said.zone.clone(),
        lang: None,
        mode: said.mode.unwrap_or_default(),
        role: said.role.unwrap_or_default(),
    };
    let last = dates.last().map_or_else(|| tx.now(), |date| date.time.end);
    let found = resolve_invites(tx, &[invite], last)?;
    refuse_who_left(tx, &found)?;
    let Some((participant, person)) = found.into_iter().next() else {
        return Err(Refusal::unknown("person", email));
    };
    tx.insert_participant(id, &participant)?;
    if let Some(resource) = person.resource {
        for date in dates.iter().filter(|date| date.run == Run::Planned && date.time.end > tx.now()) {
            tx.insert_claim(&Claim {
                resource,
                time: date.time,
                occurrence: date.id,
                strength: Strength::Soft,
            })?;
        }
    }
    Ok(participant)
}

fn warn(
    tx: &Tx<'_>,
    meeting: &crate::booking::Meeting,
    date: Option<&Occurrence>,
) -> Result<Vec<Reason>, Refusal> {
    let list = match date {
        Some(date) => tx.participants_at(meeting.id, date.id)?,
        None => tx.participants(meeting.id)?,
    };
    let ids = date.map_or(meeting.rooms.as_slice(), |date| date.rooms_or(&meeting.rooms));
    let rooms: Vec<&Room> = ids.iter().filter_map(|id| tx.directory().room(*id)).collect();
    let percent = tx.directory().house.undecided_percent;
    Ok(hybrid_reasons(heads(&list), &rooms, &meeting.conference, percent))
}
