//! Feeds: which meetings belong to one, and each as calendar text. A feed is a concatenation of the texts of
//! its meetings, so that a change renders one meeting and not all.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::feed_events::{FeedView, feed_events};
use crate::booking::Refusal;
use crate::ical::{CalendarInfo, Uri, WRITER_VERSION, write_event, write_head, write_tail};
use crate::ids::{BodyId, MeetingId, RoomId};
use crate::store::{FeedScope, Level, MeetingKey, StoreError, View};
use crate::texts::{Lang, Said};
use crate::time::{Interval, Zone};
use crate::town::Room;

/// Days before today from which on meetings are shown.
const DAYS_BACK: i64 = 90;
/// Months ahead up to which single meetings are shown; rules run on by themselves.
const MONTHS_AHEAD: u32 = 18;

/// As what the entries of a feed are written. Most calendars look past things to do, and programs that show both would
/// show each deadline twice: so there is one calendar of each kind, from one link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FeedAs {
    /// VEVENT: for every calendar.
    #[default]
    Events,
    /// VTODO: for lists of tasks. Only of deadlines.
    Todos,
}

impl FeedAs {
    /// The one that an address asks for with `as=`; none for a word that there is not.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "events" => Some(Self::Events),
            "todos" => Some(Self::Todos),
            _ => None,
        }
    }
}

/// A feed to be rendered.
#[derive(Clone, Debug)]
pub struct FeedSpec {
    /// What it is of.
    pub scope: FeedScope,
    /// How much it shows.
    pub level: Level,
    /// As what its entries are written.
    pub shape: FeedAs,
    /// Names attendees; only in the owner's own feed.
    pub attendees: bool,
    /// Where people reach this server, without slash at the end.
    pub base_url: String,
    /// The municipality's secret, for join links and anonymous UIDs.
    pub secret: Vec<u8>,
}

/// What tells whether a rendered feed is still right, without rendering it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// The meetings and their versions, in order.
    pub keys: Vec<MeetingKey>,
    /// The strong entity tag, quotes included: the same for the same state, also after a restart.
    pub etag: String,
    /// The local day for which the window was cut.
    pub day: NaiveDate,
    /// Fingerprint of what is not in the meetings: names of rooms, window, version of the writer.
    pub frame: [u8; 32],
}

/// One meeting in calendar text.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Zero or more VEVENTs.
    pub bytes: Vec<u8>,
    /// Zones they use.
    pub zones: Vec<Zone>,
    /// Last visible change.
    pub modified: DateTime<Utc>,
}

/// The state of a feed: which meetings it holds and its entity tag.
pub fn feed_state(view: &View<'_>, spec: &FeedSpec) -> Result<FeedState, Refusal> {
    let zone = view.directory().house.zone;
    let day = zone.wall(view.now()).date();
    let window = window(zone, day);
    let keys = keys(view, spec, window)?;
    let frame = frame(view, spec, day);
    let mut hash = Sha256::new();
    hash.update(frame);
    for key in &keys {
        hash.update(key.id.0.as_bytes());
        hash.update(key.version.to_le_bytes());
    }
    let digest = hash.finalize();
    let tag = super::join_link::hex(&digest[..12]);
    Ok(FeedState { keys, etag: format!("\"{tag}\""), day, frame })
}

pub(super) fn window(zone: Zone, day: NaiveDate) -> Interval {
    let start = zone.day(day - TimeDelta::days(DAYS_BACK)).start;
    let last = day.checked_add_months(Months::new(MONTHS_AHEAD)).unwrap_or(day);
    Interval { start, end: zone.day(last).end }
}

fn keys(view: &View<'_>, spec: &FeedSpec, window: Interval) -> Result<Vec<MeetingKey>, StoreError> {
    let (from, to) = (window.start, window.end);
    let directory = view.directory();
    match spec.scope {
        FeedScope::Room(id) => {
            let cells = directory.room(id).map(|room| room.cells.clone()).unwrap_or_default();
            view.meetings_on_cells(&cells, from, to)
        }
        FeedScope::Site(id) => {
            let mut cells: Vec<_> =
                directory.rooms.iter().filter(|room| room.site == id).flat_map(|r| r.cells.clone()).collect();
            cells.sort_unstable();
            cells.dedup();
            view.meetings_on_cells(&cells, from, to)
        }
        FeedScope::Person(id) => view.meetings_of_person(id, from, to),
        FeedScope::Body(id) => view.meetings_of_body(id, from, to),
        FeedScope::Town => view.meetings_of_town(from, to),
        // Made of sessions, by `council_feed`.
        FeedScope::Deadlines(..) | FeedScope::Sessions(..) => Ok(Vec::new()),
    }
}

/// Everything in a feed that does not come from its meetings.
fn frame(view: &View<'_>, spec: &FeedSpec, day: NaiveDate) -> [u8; 32] {
    let directory = view.directory();
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    add(&format!("{WRITER_VERSION} {} {:?} {} {day}", spec.scope, spec.level, spec.attendees));
    add(&spec.base_url);
    add(&directory.house.town);
    add(&format!("{:?}", directory.house.languages));
    for room in &directory.rooms {
        add(&format!("{} {} {:?}", room.id, room.site, room.cells));
        add(&room.name);
    }
    for site in &directory.sites {
        add(&site.name);
        add(&site.address);
    }
    for body in &directory.bodies {
        add(&body.name);
    }
    hash.finalize().into()
}

/// Renders one meeting of a feed; none if it is gone.
pub fn render_meeting(view: &View<'_>, spec: &FeedSpec, id: MeetingId) -> Result<Option<Rendered>, Refusal> {
    let Some(meeting) = view.meeting(id)? else { return Ok(None) };
    let feed = FeedView::new(view, spec)?;
    let events = feed_events(view, &feed, &meeting)?;
    let mut rendered = Rendered { bytes: Vec::new(), zones: Vec::new(), modified: meeting.modified };
    for event in &events {
        write_event(&mut rendered.bytes, event);
    }
    if !events.is_empty() {
        rendered.zones.push(meeting.zone);
    }
    Ok(Some(rendered))
}

/// The text before the first and after the last meeting.
fn render_frame(
    view: &View<'_>,
    spec: &FeedSpec,
    zones: &[Zone],
    modified: DateTime<Utc>,
) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    let info = CalendarInfo {
        name: name(view, spec)?,
        description: Some(view.directory().house.town.clone()),
        zone: view.directory().house.zone,
        last_modified: modified,
        refresh_min: 60,
        source: None,
        color: Some("steelblue".to_owned()),
        url: Some(Uri::from(spec.base_url.as_str())),
    };
    // A calendar must hold something (RFC 5545 3.6): one without events has the zone of the house.
    let own = [info.zone];
    write_head(&mut head, &info, if zones.is_empty() { &own } else { zones });
    write_tail(&mut tail);
    Ok((head, tail))
}

/// A whole calendar at once: an export.
pub fn export_calendar(view: &View<'_>, spec: &FeedSpec) -> Result<Vec<u8>, Refusal> {
    if spec.scope.is_of_council() {
        return Ok(super::council_feed(view, spec)?.bytes);
    }
    let mut meetings = Vec::new();
    for key in feed_state(view, spec)?.keys {
        meetings.extend(render_meeting(view, spec, key.id)?);
    }
    assemble(view, spec, &meetings.iter().collect::<Vec<_>>())
}

/// The calendar that these meetings make, in their order.
pub fn assemble(view: &View<'_>, spec: &FeedSpec, meetings: &[&Rendered]) -> Result<Vec<u8>, Refusal> {
    let mut zones: Vec<Zone> = meetings.iter().flat_map(|one| one.zones.iter().copied()).collect();
    zones.sort_unstable_by_key(|zone| zone.name());
    zones.dedup();
    if zones.is_empty() {
        // A calendar without any component is none (RFC 5545 3.6): the zone of the house stands alone.
        zones.push(view.directory().house.zone);
    }
    let newest = meetings.iter().map(|one| one.modified).max().unwrap_or_default();
    let (mut calendar, tail) = render_frame(view, spec, &zones, newest)?;
    calendar.reserve(meetings.iter().map(|one| one.bytes.len()).sum::<usize>() + tail.len());
    for one in meetings {
        calendar.extend_from_slice(&one.bytes);
    }
    calendar.extend_from_slice(&tail);
    Ok(calendar)
}

/// The name under which Outlook, Google, Apple and Thunderbird show the calendar.
pub(super) fn name(view: &View<'_>, spec: &FeedSpec) -> Result<String, Refusal> {
    let directory = view.directory();
    let lang = lang_of(view, spec)?;
    let said = |key: &str, name: &str| Said::new(key).with("name", name).speak(lang);
    let body = |id: BodyId| directory.body(id).map_or("", |body| body.name.as_str());
    Ok(match spec.scope {
        FeedScope::Room(id) => {
            said("feed.calendar_name_room", directory.room(id).map_or("", |room| room.name.as_str()))
        }
        FeedScope::Site(id) => {
            said("feed.calendar_name_site", directory.site(id).map_or("", |site| site.name.as_str()))
        }
        FeedScope::Body(id) => said("feed.calendar_name_body", body(id)),
        FeedScope::Sessions(_, id) => said("feed.calendar_name_sessions", body(id)),
        FeedScope::Deadlines(_, id) => {
            said("feed.calendar_name_deadlines", id.map_or(directory.house.town.as_str(), body))
        }
        FeedScope::Person(id) => {
            let person = view.person(id)?;
            said("feed.calendar_name_person", person.as_ref().map_or("", |person| person.name.as_str()))
        }
        FeedScope::Town => said("feed.calendar_name_town", &directory.house.town),
    })
}

/// The language of a feed: its owner's, or the house's.
pub(super) fn lang_of(view: &View<'_>, spec: &FeedSpec) -> Result<Lang, Refusal> {
    let house = view.directory().house.lang();
    let owner = spec.scope.owner().map(|id| view.person(id)).transpose()?.flatten();
    Ok(owner.map_or(house, |person| person.lang))
}

/// Whether a date in `rooms` shows in the feed of a room, site or anything else.
pub(super) fn in_scope(view: &View<'_>, scope: FeedScope, rooms: &[RoomId]) -> bool {
    let directory = view.directory();
    let found = || rooms.iter().filter_map(|id| directory.room(*id));
    match scope {
        FeedScope::Room(id) => {
            let Some(own) = directory.room(id) else { return false };
            found().any(|room: &Room| room.cells.iter().any(|cell| own.cells.contains(cell)))
        }
        FeedScope::Site(id) => found().any(|room| room.site == id),
        _ => true,
    }
}
