//! Sessions that were made public, as calendar entries: what the agenda says of when and where, and nothing more.

use chrono::TimeDelta;

use super::feed_events::{stream_line, stream_of};
use super::read_published::PublishedSession;
use crate::council::SessionState;
use crate::council::publication::PublicationKind;
use crate::ical::{CalendarInfo, Class, FeedEvent, Status, Uri, When, write_event, write_head, write_tail};
use crate::store::View;
use crate::texts::{Lang, Said, text};

/// Minutes between two looks at a calendar.
const REFRESH_MIN: u32 = 60;

/// The calendar of sessions of one body, of which there is at least one.
pub(super) fn calendar(view: &View<'_>, base: &str, sessions: &[PublishedSession]) -> Vec<u8> {
    let house = &view.directory().house;
    let body = sessions.first().map_or("", |session| session.body_name.as_str());
    let published = sessions.iter().flat_map(|session| &session.documents).map(|entry| entry.published_at);
    let stamps = published.chain(sessions.iter().filter_map(|session| session.changed));
    let info = CalendarInfo {
        name: Said::new("feed.calendar_name_body").with("name", body).speak(house.lang()),
        description: Some(house.town.clone()),
        zone: house.zone,
        last_modified: stamps.max().unwrap_or_default(),
        refresh_min: REFRESH_MIN,
        source: None,
        color: Some("steelblue".to_owned()),
        url: Some(Uri::from(format!("{base}/zittingen").as_str())),
    };
    let mut out = Vec::new();
    write_head(&mut out, &info, &[house.zone]);
    for session in sessions {
        write_event(&mut out, &event(view, base, session));
    }
    write_tail(&mut out);
    out
}

fn event(view: &View<'_>, base: &str, session: &PublishedSession) -> FeedEvent {
    let house = &view.directory().house;
    let start = house.zone.wall(session.planned.to_utc());
    let stamps = || session.documents.iter().map(|entry| entry.published_at);
    let changed = stamps().max().max(session.changed).unwrap_or_default();
    let page = format!("{base}/zittingen/{}", session.slug);
    let gone = session.state == SessionState::Cancelled;
    let shown = !session.closed;
    let stream = stream_of(house.lang(), &session.stream_url).filter(|_| shown && !gone);
    FeedEvent {
        uid: format!("{}@zittingen", session.id),
        sequence: u32::try_from(session.version).unwrap_or(u32::MAX),
        dtstamp: changed,
        created: stamps().min().unwrap_or_default(),
        last_modified: changed,
        when: When::Timed {
            start,
            end: start + TimeDelta::minutes(i64::from(session.length_min)),
            zone: house.zone,
        },
        rule: None,
        exdates: Vec::new(),
        recurrence_id: None,
        summary: if shown {
            session.body_name.clone()
        } else {
            text(house.lang(), "feed.closed_session").to_owned()
        },
        description: shown.then(|| description(house.lang(), &page, session)),
        location: Some(session.place.clone()).filter(|place| !place.is_empty()),
        categories: Vec::new(),
        status: if gone { Status::Cancelled } else { Status::Confirmed },
        transparent: true,
        busy_status: None,
        class: Class::Public,
        url: shown.then(|| Uri::from(page.as_str())),
        conferences: stream.into_iter().collect(),
        organizer: None,
        attendees: Vec::new(),
        related_to: None,
    }
}

/// The way to the agenda, or to what else stands of a session; and to the stream, which many calendars show nowhere else.
fn description(lang: Lang, page: &str, session: &PublishedSession) -> String {
    let agenda = session.documents.iter().any(|entry| entry.kind == PublicationKind::Agenda);
    let url = if agenda { format!("{page}/{}", PublicationKind::Agenda.dutch()) } else { page.to_owned() };
    let mut lines = vec![Said::new("feed.agenda_public").with("url", url).speak(lang)];
    if session.state != SessionState::Cancelled {
        lines.extend(stream_line(lang, &session.stream_url));
    }
    lines.join("\n")
}
