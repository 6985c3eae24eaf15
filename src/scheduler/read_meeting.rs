//! A meeting as a caller may see it.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Caller, Made, OrderedService};
use crate::booking::{
    CheckInRule, Meeting, MeetingStatus, Occurrence, Participant, Privacy, Refusal, Sight, timetable,
};
use crate::ids::{MeetingId, OccurrenceId, PersonId, RoomId};
use crate::store::View;
use crate::texts::Said;
use crate::town::Room;
use crate::wire::Status;

/// A meeting as the caller may see it; absent fields are withheld.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeetingSheet {
    /// Identity.
    pub id: String,
    /// UID in calendars.
    pub uid: String,
    /// What it is about.
    pub title: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may see that.
    #[schema(value_type = String)]
    pub privacy: Privacy,
    /// `live`, `held` or `cancelled`.
    #[schema(value_type = String)]
    pub status: MeetingStatus,
    /// When a hold ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    /// Address of the organiser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organiser: Option<String>,
    /// Slug of the body that sits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Wall time of the first start.
    pub start: String,
    /// Wall time of the first end.
    pub end: String,
    /// The zone of that clock.
    pub zone: String,
    /// The rule, if it recurs by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rrule: Option<String>,
    /// Slugs of the rooms.
    pub rooms: Vec<String>,
    /// Kinds of equipment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<String>,
    /// Services that are ordered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<OrderedService>,
    /// How to join from elsewhere; of a session for those on its list and those who book it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub conference: Option<crate::booking::Conference>,
    /// Raised by every change; the `ETag` holds it.
    pub version: i64,
    /// Raised by every visible change.
    pub sequence: u32,
    /// Who takes part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<ParticipantSheet>>,
    /// The dates.
    pub occurrences: Vec<OccurrenceSheet>,
    /// What was said to the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Rules that warn or ask for approval.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Dates that were left out or moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// The series that this one was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_from: Option<String>,
}

/// One date of a meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OccurrenceSheet {
    /// Identity.
    pub id: String,
    /// The wall time that the rule gave it.
    pub occurrence: String,
    /// Start, an instant.
    pub start: DateTime<Utc>,
    /// End, an instant.
    pub end: DateTime<Utc>,
    /// Wall time of the start.
    pub local_start: String,
    /// How far it has come.
    #[schema(value_type = String)]
    pub status: Status,
    /// A title of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Rooms of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<String>>,
    /// First check-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_in: Option<DateTime<Utc>>,
    /// When the room was given free because nobody came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<DateTime<Utc>>,
    /// Until when that can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<DateTime<Utc>>,
    /// What people said about this date, where it differs from the list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<ParticipantSheet>,
}

/// Somebody on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ParticipantSheet {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
    /// What for.
    #[schema(value_type = String)]
    pub role: crate::booking::Part,
    /// How.
    #[schema(value_type = String)]
    pub mode: crate::booking::Mode,
    /// What they said.
    #[schema(value_type = String)]
    pub answer: crate::booking::Answer,
    /// How the last mail about it to them stands, for those who answer for the meeting: `queued`, `sent`,
    /// `failed` or `given_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<&'static str>,
}

impl From<&Participant> for ParticipantSheet {
    fn from(p: &Participant) -> Self {
        Self {
            email: p.email.clone(),
            name: p.name.clone(),
            role: p.part,
            mode: p.mode,
            answer: p.answer,
            mail: None,
        }
    }
}

/// The meeting with this id as the caller may see it.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none.
pub fn meeting_sheet(view: &View<'_>, caller: &Caller, id: MeetingId) -> Result<MeetingSheet, Refusal> {
    let meeting = view.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    let participants = view.participants(id)?;
    let occurrences = view.occurrences(id)?;
    let made = Made {
        meeting,
        participants,
        occurrences,
        warnings: Vec::new(),
        notes: Vec::new(),
        conflicts: Vec::new(),
    };
    let mut sheet = Made::sheet(&made, view, caller)?;
    if caller.must_own(view, &made.meeting).is_ok() {
        let states = view.mail_of_meeting(id)?;
        for (shown, p) in sheet.participants.iter_mut().flatten().zip(&made.participants) {
            let last = states.iter().rfind(|(person, kind, _)| *person == p.person && kind.is_calendar());
            shown.mail = last.map(|(_, _, state)| state.word());
        }
    }
    if sheet.participants.is_some() {
        for (date, shown) in made.occurrences.iter().zip(&mut sheet.occurrences) {
            let own = view.participants_at(id, date.id)?;
            shown.participants =
                own.iter().filter(|p| !made.participants.contains(p)).map(ParticipantSheet::from).collect();
        }
    }
    Ok(sheet)
}

impl Made {
    /// What the caller may see of it.
    pub fn sheet(&self, view: &View<'_>, caller: &Caller) -> Result<MeetingSheet, Refusal> {
        let meeting = &self.meeting;
        let people: Vec<PersonId> = self.participants.iter().map(|p| p.person).collect();
        let sight = caller.sees(meeting, &people);
        let (title, full) = (sight >= Sight::Title, sight >= Sight::Full);
        // The line of a session is for those who sit and those who book it: everybody else follows its stream.
        let on_list = caller.person.is_some_and(|id| id == meeting.organiser || people.contains(&id));
        let joins = full && (!meeting.is_session() || on_list || caller.must_own(view, meeting).is_ok());
        let organiser = if title { view.person(meeting.organiser)?.map(|p| p.email) } else { None };
        let end = meeting.zone.wall(meeting.zone.resolve(meeting.start).instant + meeting.length);
        let speak = |said: &Said| said.speak(caller.lang);
        Ok(MeetingSheet {
            id: meeting.id.to_string(),
            uid: meeting.uid.clone(),
            title: title.then(|| meeting.title.clone()),
            description: meeting.description.clone().filter(|_| full),
            privacy: meeting.privacy,
            status: meeting.status,
            held_until: meeting.held_until,
            organiser,
            body: meeting.body.and_then(|id| view.directory().body(id)).map(|body| body.slug.clone()),
            start: wall(meeting.start),
            end: wall(end),
            zone: meeting.zone.to_string(),
            rrule: meeting.rule.clone(),
            rooms: slugs(view, &meeting.rooms),
            equipment: meeting.equipment.clone(),
            services: if full { ordered(view, meeting.id)? } else { Vec::new() },
            conference: joins.then(|| meeting.conference.clone()),
            version: meeting.version,
            sequence: meeting.sequence,
            participants: full.then(|| self.participants.iter().map(ParticipantSheet::from).collect()),
            occurrences: self.occurrences.iter().map(|date| date_sheet(view, meeting, date, title)).collect(),
            notes: self.notes.iter().map(speak).collect(),
            warnings: self.warnings.iter().map(|reason| speak(&reason.said)).collect(),
            left_out: self.conflicts.iter().map(|conflict| speak(&conflict.why)).collect(),
            split_from: meeting.split_from.map(|id| id.to_string()),
        })
    }
}

/// What is ordered for a meeting; not asked where nothing can be ordered.
fn ordered(view: &View<'_>, meeting: MeetingId) -> Result<Vec<OrderedService>, Refusal> {
    if view.directory().services.is_empty() {
        return Ok(Vec::new());
    }
    Ok(view.orders(meeting)?.into_iter().map(OrderedService::from).collect())
}

fn date_sheet(view: &View<'_>, meeting: &Meeting, date: &Occurrence, title: bool) -> OccurrenceSheet {
    let directory = view.directory();
    let rooms = rooms_of_date(view, meeting, date);
    let table = timetable(CheckInRule::from(&directory.house), meeting, date, &rooms, view.now());
    OccurrenceSheet {
        id: date.id.to_string(),
        occurrence: wall(date.original),
        start: date.time.start,
        end: date.time.end,
        local_start: wall(meeting.zone.wall(date.time.start)),
        status: table.status,
        title: date.title.clone().filter(|_| title),
        rooms: date.rooms.as_ref().map(|ids| slugs(view, ids)),
        checked_in: date.checked_in,
        released: date.released,
        undo_until: table.undo_until,
        participants: Vec::new(),
    }
}

/// The rooms in which a date is: its own, or else those of the meeting.
pub(super) fn rooms_of_date<'v>(view: &'v View<'_>, meeting: &Meeting, date: &Occurrence) -> Vec<&'v Room> {
    date.rooms_or(&meeting.rooms).iter().filter_map(|id| view.directory().room(*id)).collect()
}

pub(super) fn slugs(view: &View<'_>, ids: &[RoomId]) -> Vec<String> {
    ids.iter().filter_map(|id| view.directory().room(*id)).map(|room| room.slug.clone()).collect()
}

pub(super) fn wall(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Finds one date of a meeting by what callers know of it: its id, the wall time that the rule gave it, the
/// wall time at which it now is, or its instant.
///
/// # Errors
/// [`Refusal::Unknown`] if the meeting has no such date.
pub fn find_occurrence(view: &View<'_>, meeting: &Meeting, text: &str) -> Result<Occurrence, Refusal> {
    let unknown = || Refusal::unknown("occurrence", super::create_meeting::clip(text));
    if let Ok(id) = text.parse::<OccurrenceId>() {
        let found = view.occurrence(id)?.filter(|date| date.meeting == meeting.id);
        return found.ok_or_else(unknown);
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        let instant = instant.to_utc();
        let dates = view.occurrences(meeting.id)?;
        return dates.into_iter().find(|date| date.time.start == instant).ok_or_else(unknown);
    }
    let start = super::create_meeting::wall_of("occurrence", text, &mut Vec::new()).ok_or_else(unknown)?;
    if let Some(date) = view.occurrence_at(meeting.id, start)? {
        return Ok(date);
    }
    let dates = view.occurrences(meeting.id)?;
    dates.into_iter().find(|date| meeting.zone.wall(date.time.start) == start).ok_or_else(unknown)
}
