//! Sessions that were made public, as calendar entries: what the agenda says of when and where, and nothing more.

use chrono::TimeDelta;

use super::read_published::PublishedSession;
use crate::council::SessionState;
use crate::ical::{
    CalendarInfo, Class, Conference, Feature, FeedEvent, Status, Uri, When, write_event, write_head,
    write_tail,
};
use crate::store::View;
use crate::texts::Said;

/// Minutes between two looks at a calendar.
const REFRESH_MIN: u32 = 60;

/// The calendar of sessions of one body, of which there is at least one.
pub(super) fn calendar(view: &View<'_>, base: &str, sessions: &[PublishedSession]) -> Vec<u8> {
    let house = &view.directory().house;
    let body = sessions.first().map_or("", |session| session.body_name.as_str());
    let stamps = sessions.iter().flat_map(|session| &session.documents).map(|entry| entry.published_at);
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
    let zone = view.directory().house.zone;
    let start = zone.wall(session.planned.to_utc());
    let stamps = || session.documents.iter().map(|entry| entry.published_at);
    let page = format!("{base}/zittingen/{}", session.slug);
    let stream =
        Some(&session.stream_url).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    FeedEvent {
        uid: format!("{}@zittingen", session.id),
        sequence: u32::try_from(session.version).unwrap_or(u32::MAX),
        dtstamp: stamps().max().unwrap_or_default(),
        created: stamps().min().unwrap_or_default(),
        last_modified: stamps().max().unwrap_or_default(),
        when: When::Timed { start, end: start + TimeDelta::minutes(i64::from(session.length_min)), zone },
        rule: None,
        exdates: Vec::new(),
        recurrence_id: None,
        summary: session.body_name.clone(),
        description: Some(page.clone()),
        location: Some(session.place.clone()).filter(|place| !place.is_empty()),
        categories: Vec::new(),
        status: if session.state == SessionState::Cancelled { Status::Cancelled } else { Status::Confirmed },
        transparent: true,
        busy_status: None,
        class: Class::Public,
        url: Some(Uri::from(page.as_str())),
        conferences: stream
            .map(|url| Conference {
                uri: Uri::from(url.as_str()),
                label: session.body_name.clone(),
                features: vec![Feature::Feed, Feature::Video],
            })
            .into_iter()
            .collect(),
        organizer: None,
        attendees: Vec::new(),
        related_to: None,
    }
}
