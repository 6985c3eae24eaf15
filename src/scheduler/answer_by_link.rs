//! What somebody without an account sees and says through the personal link of an invitation.

use chrono::{NaiveDateTime, TimeDelta};
use uuid::Uuid;

use super::feed_events::{FeedView, feed_events};
use super::read_mail::{MailLinks, Place, WhenSheet, at_hand, on_two_clocks, places};
use super::render_feed::{FeedAs, FeedSpec, assemble, render_meeting};
use super::{AnswerInvitation, Caller, answer_invitation};
use crate::booking::{Answer, Meeting, MeetingStatus, Mode, Occurrence, Participant, Refusal, Run};
use crate::ids::{MeetingId, PersonId};
use crate::store::{FeedScope, Level, StoreError, Tx, View};
use crate::texts::{Lang, Said};
use crate::town::{Person, Role};

/// How long after the last date a link still opens.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Dates of a series that are offered one by one.
const OFFERED: usize = 60;

/// An invitation as its page shows it: nothing about the others on the list.
#[derive(Clone, Debug)]
pub struct InvitationSheet {
    /// Name of the one who is invited.
    pub name: String,
    /// Their language.
    pub lang: Lang,
    /// What it is about.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Name of the organiser.
    pub organiser: Option<String>,
    /// The next date, or the last.
    pub when: Option<WhenSheet>,
    /// Where that is, and the way to it.
    pub places: Vec<Place>,
    /// Whether one can come to a room, and whether from elsewhere.
    pub ways: (bool, bool),
    /// How it stands.
    pub state: InvitationState,
    /// What they said for all dates.
    pub answer: Answer,
    /// How they said they would come.
    pub mode: Mode,
    /// The dates ahead, if there are several: an answer may differ for each.
    pub dates: Vec<DateSheet>,
}

/// One date of a series on the page.
#[derive(Clone, Debug)]
pub struct DateSheet {
    /// Its original wall time, by which it is named.
    pub original: NaiveDateTime,
    /// When it is.
    pub when: WhenSheet,
    /// What was said for it.
    pub answer: Answer,
    /// How they would come.
    pub mode: Mode,
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be answered.
    Open,
    /// It was called off.
    Cancelled,
    /// It is over.
    Over,
}

/// What the page of `person`'s invitation to `meeting` shows.
///
/// # Errors
/// [`Refusal::Unknown`] if the meeting is gone or was over 30 days ago, or the person is off the list or erased.
pub fn invitation_sheet(
    view: &View<'_>,
    meeting: MeetingId,
    person: PersonId,
) -> Result<InvitationSheet, Refusal> {
    let (meeting, who, own) = open(view, meeting, person)?;
    let dates = view.occurrences(meeting.id)?;
    let date = at_hand(&dates, None, view.now());
    let ahead: Vec<&Occurrence> =
        dates.iter().filter(|date| date.run == Run::Planned && date.time.end > view.now()).collect();
    let state = match ahead.is_empty() {
        _ if meeting.status == MeetingStatus::Cancelled => InvitationState::Cancelled,
        false => InvitationState::Open,
        true if dates.last().is_some_and(|last| last.run == Run::Cancelled) => InvitationState::Cancelled,
        true => InvitationState::Over,
    };
    let rooms = date.map_or(meeting.rooms.as_slice(), |date| date.rooms_or(&meeting.rooms));
    let places = places(view, rooms);
    let several = state == InvitationState::Open && dates.len() > 1;
    let mut offered = Vec::new();
    for date in ahead.iter().filter(|_| several).take(OFFERED) {
        let list = view.participants_at(meeting.id, date.id)?;
        let said = list.iter().find(|p| p.person == person).unwrap_or(&own);
        let when = on_two_clocks(date.time, meeting.zone, who.zone);
        offered.push(DateSheet { original: date.original, when, answer: said.answer, mode: said.mode });
    }
    let remote = meeting.conference.url.is_some() || meeting.conference.dial_in.is_some();
    Ok(InvitationSheet {
        name: who.name,
        lang: who.lang,
        title: date.and_then(|date| date.title.clone()).unwrap_or_else(|| meeting.title.clone()),
        organiser: view.person(meeting.organiser)?.map(|person| person.name),
        when: date.map(|date| on_two_clocks(date.time, meeting.zone, who.zone)),
        ways: (!places.is_empty(), remote),
        places,
        state,
        answer: own.answer,
        mode: own.mode,
        dates: offered,
        description: meeting.description,
    })
}

/// Writes what `person` says through their link, for all dates or for one.
///
/// # Errors
/// [`Refusal::Unknown`] as for the page; [`Refusal::State`] if there is nothing left to answer.
pub fn answer_by_link(
    tx: &Tx<'_>,
    meeting: MeetingId,
    person: PersonId,
    answer: Answer,
    mode: Option<Mode>,
    date: Option<String>,
) -> Result<(), Refusal> {
    let (found, who, _) = open(tx, meeting, person)?;
    let sheet = invitation_sheet(tx, meeting, person)?;
    match sheet.state {
        InvitationState::Open => {}
        InvitationState::Cancelled => return Err(Refusal::State(Said::new("answer.cancelled"))),
        InvitationState::Over => return Err(Refusal::State(Said::new("answer.over"))),
    }
    if let Some(text) = &date {
        let date = super::find_occurrence(tx, &found, text)?;
        if date.run != Run::Planned || date.time.end <= tx.now() {
            return Err(Refusal::State(Said::new("answer.over")));
        }
    }
    // The link lets them speak for themselves and do nothing else, whoever they are.
    let caller = Caller {
        token: Uuid::nil(),
        role: Role::Staff,
        person: Some(person),
        room: None,
        grants: Vec::new(),
        lang: who.lang,
    };
    let said =
        AnswerInvitation { answer: Some(answer), mode, occurrence: date, ..AnswerInvitation::default() };
    answer_invitation(tx, &caller, meeting, &who.email, &said)?;
    Ok(())
}

/// The meeting as a calendar file for the person behind a link, without anybody's address.
///
/// # Errors
/// [`Refusal::Unknown`] as for the page.
pub fn invitation_calendar(
    view: &View<'_>,
    meeting: MeetingId,
    person: PersonId,
    links: &MailLinks,
) -> Result<Vec<u8>, Refusal> {
    let (meeting, _, _) = open(view, meeting, person)?;
    let spec = FeedSpec {
        scope: FeedScope::Person(person),
        level: Level::Full,
        shape: FeedAs::Events,
        attendees: false,
        base_url: links.base_url.clone(),
        secret: links.secret.clone(),
    };
    // Nothing to show is no calendar to add.
    if feed_events(view, &FeedView::new(view, &spec)?, &meeting)?.is_empty() {
        return Err(unknown());
    }
    let rendered = render_meeting(view, &spec, meeting.id)?.ok_or_else(unknown)?;
    assemble(view, &spec, &[&rendered])
}

fn unknown() -> Refusal {
    Refusal::Unknown(Said::new("answer.unknown"))
}

/// The meeting and the person's place on its list, as long as the link is good.
fn open(
    view: &View<'_>,
    meeting: MeetingId,
    person: PersonId,
) -> Result<(Meeting, Person, Participant), Refusal> {
    let found = view.meeting(meeting)?.ok_or_else(unknown)?;
    let own = view.participants(meeting)?.into_iter().find(|p| p.person == person).ok_or_else(unknown)?;
    let erased = view.quiet_hours(person)?.is_none();
    let who = view.person(person)?.filter(|_| !erased).ok_or_else(unknown)?;
    if last_end(view, meeting)?.is_none_or(|end| end + KEPT < view.now()) {
        return Err(unknown());
    }
    Ok((found, who, own))
}

fn last_end(
    view: &View<'_>,
    meeting: MeetingId,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, StoreError> {
    Ok(view.occurrences(meeting)?.iter().map(|date| date.time.end).max())
}
