//! Taking part from elsewhere: what the personal join page shows, and the lines of the presence ledger.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::create_meeting::subjects;
use crate::booking::{Answer, Meeting, MeetingStatus, Occurrence, Refusal, Run};
use crate::ids::{MeetingId, OccurrenceId, PersonId};
use crate::presence::Entry;
use crate::store::{NewEntry, Tx, View};
use crate::texts::{Lang, Said};
use crate::time::Zone;

/// How long before the start the door of the lobby opens.
const OPENS_BEFORE: TimeDelta = TimeDelta::minutes(30);

/// How a meeting stands for somebody who opens their link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LobbyState {
    /// It begins later.
    Waiting,
    /// It begins within half an hour, or is on.
    Open,
    /// It is over, and there is no further date.
    Over,
    /// It was called off.
    Cancelled,
}

/// What the join page shows.
#[derive(Clone, Debug)]
pub struct LobbySheet {
    /// The name of the person.
    pub name: String,
    /// Their language.
    pub lang: Lang,
    /// Their zone, in which the times are.
    pub zone: Zone,
    /// What the meeting is about.
    pub title: String,
    /// The date at hand.
    pub occurrence: Option<OccurrenceId>,
    /// Wall time of its start.
    pub from: Option<NaiveDateTime>,
    /// Wall time of its end.
    pub to: Option<NaiveDateTime>,
    /// How it stands.
    pub state: LobbyState,
    /// Where the conference is.
    pub url: Option<String>,
    /// A number to call.
    pub dial_in: Option<String>,
}

/// What the join page of `person` shows of a meeting.
///
/// # Errors
/// [`Refusal::Unknown`] if the meeting is gone or the person is no longer on its list.
pub fn lobby_sheet(view: &View<'_>, meeting: MeetingId, person: PersonId) -> Result<LobbySheet, Refusal> {
    let unknown = || Refusal::Unknown(Said::new("lobby.unknown"));
    let found = view.meeting(meeting)?.ok_or_else(unknown)?;
    let listed =
        view.participants(meeting)?.iter().any(|p| p.person == person && p.answer != Answer::Declined);
    let who = view.person(person)?.filter(|_| listed).ok_or_else(unknown)?;
    let dates = view.occurrences(meeting)?;
    let (date, state) = at_hand(&found, &dates, view.now());
    let wall = |at: DateTime<Utc>| who.zone.wall(at);
    Ok(LobbySheet {
        name: who.name.clone(),
        lang: who.lang,
        zone: who.zone,
        title: date.and_then(|date| date.title.clone()).unwrap_or_else(|| found.title.clone()),
        occurrence: date.map(|date| date.id),
        from: date.map(|date| wall(date.time.start)),
        to: date.map(|date| wall(date.time.end)),
        state,
        url: found.conference.url,
        dial_in: found.conference.dial_in,
    })
}

/// The date that is on, else the next one, else the last one.
fn at_hand<'d>(
    meeting: &Meeting,
    dates: &'d [Occurrence],
    now: DateTime<Utc>,
) -> (Option<&'d Occurrence>, LobbyState) {
    // Given free means that nobody came to the room; those elsewhere may still meet.
    let stands = |date: &&Occurrence| matches!(date.run, Run::Planned | Run::Released);
    if meeting.status == MeetingStatus::Cancelled {
        return (dates.last(), LobbyState::Cancelled);
    }
    let next =
        dates.iter().filter(stands).filter(|date| date.time.end > now).min_by_key(|date| date.time.start);
    match next {
        Some(date) if date.time.start - OPENS_BEFORE <= now => (Some(date), LobbyState::Open),
        Some(date) => (Some(date), LobbyState::Waiting),
        None => match dates.last() {
            Some(last) if last.run == Run::Cancelled => (Some(last), LobbyState::Cancelled),
            last => (last, LobbyState::Over),
        },
    }
}

/// Adds a line to the presence ledger and the journal.
///
/// # Errors
/// [`Refusal::Unknown`] for a date that is gone.
pub fn record_presence(tx: &Tx<'_>, entry: &Entry) -> Result<(), Refusal> {
    let unknown = || Refusal::unknown("occurrence", entry.occurrence);
    let date = tx.occurrence(entry.occurrence)?.ok_or_else(unknown)?;
    let meeting = tx.meeting(date.meeting)?.ok_or_else(unknown)?;
    tx.insert_presence(entry)?;
    let mut subjects = subjects(&meeting, &[], std::slice::from_ref(&date));
    subjects.occurrence = Some(date.id);
    subjects.people = vec![entry.person];
    let action = match entry.evidence {
        crate::presence::Evidence::Joined => "presence.joined",
        crate::presence::Evidence::Lost => "presence.lost",
        crate::presence::Evidence::Left => "presence.left",
    };
    let actor = Some(entry.person.0);
    tx.journal(&NewEntry { actor, action, subject: Some(meeting.id.0), subjects })?;
    Ok(())
}
