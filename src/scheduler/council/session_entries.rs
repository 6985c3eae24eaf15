//! The sessions of a body as one sees them who sits in it or prepares them: with the way to their own file, the room, the
//! way in from elsewhere, and the public stream.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::Caller;
use super::super::feed_events::{
    KEPT_CANCELLED_DAYS, conferences, location, stream_line, stream_of, way_lines,
};
use super::super::join_link::join_token;
use super::super::render_feed::{FeedSpec, Rendered, window};
use super::deadline_entries::{members_term, plans_of};
use super::deadlines::takes_place;
use super::must_for;
use super::plan_session::privacy_of;
use crate::booking::{Answer, Meeting, Mode, Participant, Privacy, Refusal};
use crate::council::{CouncilBody, Mandate, Session, SessionState, convened};
use crate::ical::{BusyStatus, Class, FeedEvent, Status, Uri, When, write_event};
use crate::ids::BodyId;
use crate::store::{StoreError, View};
use crate::texts::Said;
use crate::town::Action;

/// What changes a session as calendars show it.
const CHANGES: [&str; 5] =
    ["session.cancelled", "session.mode_changed", "session.moved", "session.not_quorate", "session.planned"];

/// When a session was last changed as calendars show it; none if the journal knows nothing of it.
pub(in crate::scheduler) fn session_changed(
    view: &View<'_>,
    session: &Session,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(view.last_entry(session.id.0, &CHANGES)?.map(|(_, at)| at))
}

/// Whether it is so long ago that a session was called off that calendars need not say so any more.
pub(super) fn is_forgotten(view: &View<'_>, session: &Session) -> Result<bool, StoreError> {
    // Counted in days, as a feed is made once for a day.
    let day = |at| session.zone.wall(at).date();
    let kept = day(view.now()) - TimeDelta::days(KEPT_CANCELLED_DAYS);
    Ok(!takes_place(session) && session_changed(view, session)?.is_some_and(|at| day(at) < kept))
}

/// The sessions of a body to which `caller` is convened; all of them for one who prepares them.
///
/// # Errors
/// Those of the store; [`Refusal::State`] for a body of a kind that the law as we know it has not.
pub(in crate::scheduler) fn session_entries(
    view: &View<'_>,
    caller: &Caller,
    (spec, body): (&FeedSpec, BodyId),
) -> Result<Vec<Rendered>, Refusal> {
    // A body that is no council in law has no sessions.
    let Some(law) = view.council_body(body)? else { return Ok(Vec::new()) };
    let house = view.directory().house.zone;
    let window = window(house, house.wall(view.now()).date());
    let prepares = must_for(caller, Action::PrepareSession, body).is_ok();
    // Read once, and only for those who may add items.
    let mut planned = None;
    let mut rendered = Vec::new();
    for session in view.sessions_of_body(body)? {
        if !window.contains(session.planned) || is_forgotten(view, &session)? {
            continue;
        }
        let mandates = view.mandates(session.term)?;
        let seat = convened(&mandates, session.planned).into_iter().find(|m| Some(m.person) == caller.person);
        if seat.is_none() && !prepares {
            continue;
        }
        let meeting = session.meeting.map(|id| view.meeting(id)).transpose()?.flatten();
        let list = meeting.as_ref().map(|one| view.participants(one.id)).transpose()?.unwrap_or_default();
        let own = list.into_iter().find(|p| Some(p.person) == caller.person);
        let teller = Teller { view, caller, spec, law: &law, session: &session, meeting: meeting.as_ref() };
        let mut bytes = Vec::new();
        let event = teller.event(seat, own.as_ref())?;
        write_event(&mut bytes, &event);
        // Those who may add items see until when: the law gives the day, and no mail tells them of it.
        if seat.is_some_and(adds_items) {
            let page = format!("{}/council/sessions/{}/submit", spec.base_url, session.slug);
            let planned = match planned {
                Some(known) => known,
                None => *planned.insert(plans_of(view, body)?),
            };
            if let Some(term) = members_term(view, (&session, planned), caller.lang, page)? {
                write_event(&mut bytes, &term);
            }
        }
        rendered.push(Rendered { bytes, zones: vec![session.zone], modified: event.last_modified });
    }
    Ok(rendered)
}

/// Whether the holder of a mandate may add items: members do, those of the executive do not (article 21).
fn adds_items(seat: &Mandate) -> bool {
    seat.seat.is_some() && !seat.role.is_executive()
}

/// One session, on its way into a calendar.
struct Teller<'a> {
    view: &'a View<'a>,
    caller: &'a Caller,
    spec: &'a FeedSpec,
    law: &'a CouncilBody,
    session: &'a Session,
    meeting: Option<&'a Meeting>,
}

impl Teller<'_> {
    fn event(&self, seat: Option<&Mandate>, own: Option<&Participant>) -> Result<FeedEvent, Refusal> {
        let (view, session) = (self.view, self.session);
        let start = session.zone.wall(session.planned);
        let changed = session_changed(view, session)?.max(self.meeting.map(|meeting| meeting.modified));
        let changed = changed.unwrap_or_default();
        let created = view.last_done(session.id.0, "session.planned")?.unwrap_or(changed);
        let status = match session.state {
            SessionState::Cancelled => Status::Cancelled,
            SessionState::Draft => Status::Tentative,
            _ => Status::Confirmed,
        };
        let declined = own.is_some_and(|own| own.answer == Answer::Declined);
        let free = seat.is_none() || declined || status == Status::Cancelled;
        let (join, dial_in) = if status == Status::Cancelled { (None, None) } else { self.ways_in(own) };
        let stream = Some(session.stream_url.as_str()).filter(|_| status != Status::Cancelled);
        let mut conferences = conferences(self.caller.lang, join.as_deref(), dial_in.as_deref());
        conferences.extend(stream.and_then(|url| stream_of(self.caller.lang, url)));
        let page = self.page(seat);
        Ok(FeedEvent {
            uid: format!("{}@zittingen", session.id),
            sequence: self.sequence(),
            dtstamp: changed,
            created,
            last_modified: changed,
            when: When::Timed {
                start,
                end: start + TimeDelta::minutes(i64::from(session.length_min)),
                zone: session.zone,
            },
            rule: None,
            exdates: Vec::new(),
            recurrence_id: None,
            summary: self.body().to_owned(),
            description: Some(self.description(seat, join.as_deref(), dial_in.as_deref())),
            location: self.place(),
            categories: Vec::new(),
            status,
            transparent: free,
            busy_status: Some(match status {
                _ if free => BusyStatus::Free,
                Status::Tentative => BusyStatus::Tentative,
                _ => BusyStatus::Busy,
            }),
            class: match privacy_of(self.law) {
                Privacy::Public | Privacy::Internal => Class::Public,
                Privacy::Private => Class::Private,
                Privacy::Closed => Class::Confidential,
            },
            url: Some(Uri::from(page.as_str())),
            conferences,
            organizer: None,
            attendees: Vec::new(),
            related_to: None,
        })
    }

    /// Both only ever rise: a session keeps its meeting once it has one.
    fn sequence(&self) -> u32 {
        let of_session = u32::try_from(self.session.version - 1).unwrap_or_default();
        of_session.saturating_add(self.meeting.map_or(0, |meeting| meeting.sequence))
    }

    /// The caller's own way in from elsewhere, or for one who prepares the session that of the room; and the telephone.
    fn ways_in(&self, own: Option<&Participant>) -> (Option<String>, Option<String>) {
        let Some(meeting) = self.meeting else { return (None, None) };
        let url = match own {
            Some(own) if own.mode == Mode::InRoom || own.answer == Answer::Declined => None,
            Some(own) => {
                let token = join_token(&self.spec.secret, meeting.id, own.person);
                Some(format!("{}/join/{token}", self.spec.base_url))
            }
            None => meeting.conference.url.clone(),
        };
        (url, meeting.conference.dial_in.clone())
    }

    fn description(&self, seat: Option<&Mandate>, join: Option<&str>, dial_in: Option<&str>) -> String {
        let (lang, session) = (self.caller.lang, self.session);
        // The way in comes first, for Outlook and Google do not show CONFERENCE.
        let mut lines = way_lines(lang, join, dial_in);
        lines.push(Said::new("feed.agenda").with("url", self.page(seat)).speak(lang));
        if session.state != SessionState::Cancelled {
            lines.extend(stream_line(lang, &session.stream_url));
        }
        lines.join("\n")
    }

    /// Members go to their file, those who prepare to what they prepare.
    fn page(&self, seat: Option<&Mandate>) -> String {
        let file = if seat.is_some() { "/file" } else { "" };
        format!("{}/council/sessions/{}{file}", self.spec.base_url, self.session.slug)
    }

    /// The room with its address; where a session is held elsewhere, the place as its convocation says it.
    fn place(&self) -> Option<String> {
        let rooms = self.meeting.map_or(&[][..], |meeting| &meeting.rooms);
        location(self.view, rooms)
            .or_else(|| Some(self.session.place.clone()).filter(|place| !place.is_empty()))
    }

    fn body(&self) -> &str {
        self.view.directory().body(self.session.body).map_or("", |body| body.name.as_str())
    }
}
