//! Who is on the list of a meeting: people of the directory, and guests whom it comes to know.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create_meeting::{MAX_PARTICIPANTS, clip, list_fault, text_fault, zone_of};
use crate::booking::{Answer, Meeting, Mode, Occurrence, Part, Participant, Refusal};
use crate::ids::PersonId;
use crate::store::{StoreError, Tx};
use crate::texts::{Lang, Said};
use crate::town::{Person, PersonKind, email_of};

/// Somebody to invite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Address.
    pub email: String,
    /// Name, for guests whom the directory does not know.
    #[serde(default)]
    pub name: Option<String>,
    /// Zone of a guest.
    #[serde(default)]
    pub zone: Option<String>,
    /// Language of a guest.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub lang: Option<Lang>,
    /// How they take part.
    #[serde(default)]
    #[schema(value_type = String, example = "remote")]
    pub mode: Mode,
    /// What for.
    #[serde(default)]
    #[schema(value_type = String, example = "required")]
    pub role: Part,
}

/// Finds the people of a list, making guests of those whom the directory does not know.
pub(super) fn resolve_invites(
    tx: &Tx<'_>,
    invites: &[Invite],
    last: DateTime<Utc>,
) -> Result<Vec<(Participant, Person)>, Refusal> {
    if let Some(fault) = list_fault("participants", invites.len(), MAX_PARTICIPANTS) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let mut found: Vec<(Participant, Person)> = Vec::with_capacity(invites.len());
    for (index, invite) in invites.iter().enumerate() {
        let field = || format!("participants[{index}].email");
        let email = email_of(&invite.email).ok_or_else(|| {
            Refusal::invalid(&field(), Said::new("request.email").with("text", clip(&invite.email)))
        })?;
        if found.iter().any(|(participant, _)| participant.email == email) {
            return Err(Refusal::invalid(&field(), Said::new("request.twice").with("text", email)));
        }
        let person = match tx.person_by_email(&email)? {
            Some(person) => person,
            None => invite_guest(tx, invite, email, index)?,
        };
        if person.kind == PersonKind::Guest {
            let days = tx.directory().house.guest_retention_days;
            tx.keep_guest_until(person.id, last + TimeDelta::days(i64::from(days)))?;
        }
        let participant = Participant {
            person: person.id,
            email: person.email.clone(),
            name: person.name.clone(),
            part: invite.role,
            mode: invite.mode,
            answer: Answer::None,
        };
        found.push((participant, person));
    }
    Ok(found)
}

/// Refuses to invite anew who has left the house. Calendars that are imported may name them: they did take part.
pub(super) fn refuse_who_left(tx: &Tx<'_>, found: &[(Participant, Person)]) -> Result<(), Refusal> {
    for (index, (_, person)) in found.iter().enumerate() {
        if person.kind == PersonKind::Staff && tx.left_at(person.id)?.is_some() {
            let said = Said::new("people.invite_left").with("name", &person.name);
            return Err(Refusal::invalid(&format!("participants[{index}].email"), said));
        }
    }
    Ok(())
}

fn invite_guest(tx: &Tx<'_>, invite: &Invite, email: String, index: usize) -> Result<Person, Refusal> {
    let mut faults = Vec::new();
    let zone = zone_of(tx, invite.zone.as_deref(), &mut faults);
    let name = match invite.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => email.split('@').next().unwrap_or_default().to_owned(),
    };
    faults.extend(text_fault("name", &name, 200, true));
    for fault in &mut faults {
        fault.field = format!("participants[{index}].{}", fault.field);
    }
    let Some(zone) = zone.filter(|_| faults.is_empty()) else { return Err(Refusal::Invalid(faults)) };
    let guest = Person {
        id: PersonId(tx.fresh()),
        kind: PersonKind::Guest,
        email,
        name,
        lang: invite.lang.unwrap_or_default(),
        zone,
        department: None,
        resource: None,
        hard: false,
        expires: Some(tx.now()),
    };
    Ok(tx.insert_person(&guest)?)
}

/// Replaces the list of a meeting, keeping what people said where they stay.
pub(super) fn replace_list(
    tx: &Tx<'_>,
    meeting: &Meeting,
    invites: &[Invite],
    dates: &[Occurrence],
) -> Result<(), Refusal> {
    let last = dates.last().map_or_else(|| tx.now(), |date| date.time.end);
    let former = tx.participants(meeting.id)?;
    let found = resolve_invites(tx, invites, last)?;
    refuse_who_left(tx, &found)?;
    let list: Vec<Participant> = found
        .into_iter()
        .map(|(mut participant, _)| {
            if let Some(known) = former.iter().find(|p| p.person == participant.person) {
                participant.answer = known.answer;
            }
            participant
        })
        .collect();
    Ok(tx.replace_participants(meeting.id, &list)?)
}

/// The list of a meeting, and the people on it.
pub(super) fn list_of(tx: &Tx<'_>, meeting: &Meeting) -> Result<(Vec<Participant>, Vec<Person>), StoreError> {
    let list = tx.participants(meeting.id)?;
    let mut people = Vec::with_capacity(list.len());
    for participant in &list {
        people.extend(tx.person(participant.person)?);
    }
    Ok((list, people))
}
