//! One meeting as events of a feed: a rule with its exceptions where calendars agree on it, single events
//! where they do not.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::create_meeting::far;
use super::join_link::{join_token, pseudonym};
use super::render_feed::{FeedSpec, in_scope, lang_of};
use crate::booking::{
    Answer, Meeting, MeetingStatus, Mode, Occurrence, Part, Participant, Privacy, PublicView, Refusal, Run,
    Sight, Viewer, sight,
};
use crate::council::Session;
use crate::ical::{
    Attendee, BusyStatus, Class, Conference, Feature, FeedEvent, Kind, Mailbox, Partstat,
    Role as AttendeeRole, Status, Uri, When,
};
use crate::ids::{PersonId, RoomId};
use crate::store::{FeedScope, Level, View};
use crate::texts::{Lang, Said, text};
use crate::time::recurrence::{MAX_OCCURRENCES, Rule};
use crate::time::{Interval, Shift, Zone};
use crate::town::Role;

/// Days for which something called off is still shown as called off.
pub(super) const KEPT_CANCELLED_DAYS: i64 = 90;

/// A feed as its readers see it.
pub(super) struct FeedView<'a> {
    spec: &'a FeedSpec,
    lang: Lang,
    owner: Option<PersonId>,
}

impl<'a> FeedView<'a> {
    pub(super) fn new(view: &View<'_>, spec: &'a FeedSpec) -> Result<Self, Refusal> {
        let owner = match spec.scope {
            FeedScope::Person(id) if spec.level == Level::Full => Some(id),
            _ => None,
        };
        Ok(Self { spec, lang: lang_of(view, spec)?, owner })
    }

    fn sees(&self, meeting: &Meeting, list: &[Participant]) -> Sight {
        let people: Vec<PersonId> = list.iter().map(|p| p.person).collect();
        match (self.spec.level, self.owner) {
            (Level::Busy, _) => sight(meeting, Viewer::Busy),
            (Level::CouncilPublic, _) => sight(meeting, Viewer::Public),
            (Level::Title, _) => sight(meeting, Viewer::Screen),
            (Level::Full, None) => sight(meeting, Viewer::Office(Role::Staff)),
            (Level::Full, Some(person)) => {
                sight(meeting, Viewer::Person { person, role: Role::Staff, participants: &people })
            }
        }
    }
}

/// What the meeting shows in this feed, loaded once for all its dates.
struct Shown<'a> {
    meeting: &'a Meeting,
    list: Vec<Participant>,
    /// The session that it is, in the agenda of somebody who is convened to it.
    session: Option<Session>,
    organiser: Option<Mailbox>,
    sight: Sight,
    summary: String,
    uid: String,
}

/// The events of a meeting in a feed, master first; none if the feed does not show it.
pub(super) fn feed_events(
    view: &View<'_>,
    feed: &FeedView<'_>,
    meeting: &Meeting,
) -> Result<Vec<FeedEvent>, Refusal> {
    let public = PublicView::of(meeting);
    if feed.spec.level == Level::CouncilPublic
        && (meeting.body.is_none() || public.title().is_none() && !public.is_closed())
    {
        return Ok(Vec::new());
    }
    let list = view.participants(meeting.id)?;
    let sight = feed.sees(meeting, &list);
    let organiser = view.person(meeting.organiser)?.map(|p| Mailbox { name: Some(p.name), address: p.email });
    let summary = match (sight, meeting.privacy) {
        (Sight::Busy, Privacy::Closed) => text(feed.lang, "feed.closed_session").to_owned(),
        (Sight::Busy, _) => text(feed.lang, "feed.busy").to_owned(),
        _ => meeting.title.clone(),
    };
    // Calendars of two levels must not be joined by their UIDs.
    let uid = match feed.spec.level {
        Level::Busy => pseudonym(&feed.spec.secret, b"busy", &meeting.uid),
        _ => meeting.uid.clone(),
    };
    let session = match feed.owner {
        Some(_) if sight >= Sight::Full && meeting.is_session() => view.session_of(meeting.id)?,
        _ => None,
    };
    let shown = Shown { meeting, list, session, organiser, sight, summary, uid };
    let dates = view.occurrences(meeting.id)?;
    let rule = match &meeting.rule {
        Some(rule) => Rule::parse(rule, meeting.start, meeting.zone).ok(),
        None => None,
    };
    match rule {
        Some(rule)
            if in_scope(view, feed.spec.scope, &meeting.rooms)
                && tellable(meeting.zone, first_time(meeting)) =>
        {
            series(view, feed, &shown, &rule, &dates)
        }
        _ => singles(view, feed, &shown, &dates),
    }
}

/// Dates without a common rule: an event each. RDATE without RRULE is not imported by Exchange
/// (MS-OXCICAL 2.1.3.1.1.20.18).
fn singles(
    view: &View<'_>,
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    dates: &[Occurrence],
) -> Result<Vec<FeedEvent>, Refusal> {
    let mut events = Vec::new();
    for date in dates {
        if !in_scope(view, feed.spec.scope, date.rooms_or(&shown.meeting.rooms)) || forgotten(view, date) {
            continue;
        }
        let mut event = event(view, feed, shown, Some(date))?;
        if dates.len() > 1 {
            event.uid = single_uid(shown, date.original);
            event.related_to = Some(shown.uid.clone());
        }
        events.push(event);
    }
    Ok(events)
}

/// Called off, given free or run out: shown as such for a while, then not at all.
fn forgotten(view: &View<'_>, date: &Occurrence) -> bool {
    let since = match date.run {
        Run::Planned => return false,
        Run::Cancelled => date.cancelled,
        Run::Released => date.released,
        Run::Expired => None,
    };
    // Counted in days, for the tag of a feed knows the day and not the hour.
    let zone = view.directory().house.zone;
    let today = zone.wall(view.now()).date();
    since.is_none_or(|at| zone.wall(at).date() + TimeDelta::days(KEPT_CANCELLED_DAYS) < today)
}

fn single_uid(shown: &Shown<'_>, original: NaiveDateTime) -> String {
    format!("{}-{}", shown.uid, original.format("%Y%m%dT%H%M%S"))
}

/// A rule, its exceptions, and the dates that differ.
fn series(
    view: &View<'_>,
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    rule: &Rule,
    dates: &[Occurrence],
) -> Result<Vec<FeedEvent>, Refusal> {
    let meeting = shown.meeting;
    let mut master = event(view, feed, shown, None)?;
    master.rule = Some(rule.clone());
    let mut events = Vec::new();
    let days: HashSet<NaiveDate> = dates.iter().map(|date| date.original.date()).collect();
    // Without a horizon the rule ends, and all that it makes was looked at: also what was left out at its end.
    let made = match meeting.materialised_to {
        Some(horizon) => rule.occurrences(meeting.start, meeting.start, horizon, usize::MAX),
        None => rule.occurrences(meeting.start, meeting.start, far(meeting.start), MAX_OCCURRENCES + 1),
    };
    let known: HashSet<NaiveDateTime> = dates.iter().map(|date| date.original).collect();
    master.exdates.extend(made.iter().filter(|at| !known.contains(at)));
    if meeting.status != MeetingStatus::Cancelled {
        for date in dates {
            match fate(view, feed, shown, date, &days)? {
                Fate::AsRule => {}
                Fate::LeftOut => master.exdates.push(date.original),
                Fate::Differs => {
                    let mut event = event(view, feed, shown, Some(date))?;
                    event.recurrence_id = Some(date.original);
                    events.push(event);
                }
                Fate::Apart => {
                    master.exdates.push(date.original);
                    let mut event = event(view, feed, shown, Some(date))?;
                    event.uid = single_uid(shown, date.original);
                    event.related_to = Some(shown.uid.clone());
                    events.push(event);
                }
            }
        }
    }
    master.exdates.sort_unstable();
    // A series of which every date is an exception has no date of its own to show.
    if master.exdates.len() >= made.len() && meeting.materialised_to.is_none() {
        return Ok(events);
    }
    events.insert(0, master);
    Ok(events)
}

/// How one date stands to the rule.
enum Fate {
    /// As the rule says.
    AsRule,
    /// Not in this feed.
    LeftOut,
    /// An instance with a time, place, title or people of its own.
    Differs,
    /// An event of its own: where calendars disagree about an instance.
    Apart,
}

fn fate(
    view: &View<'_>,
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    date: &Occurrence,
    days: &HashSet<NaiveDate>,
) -> Result<Fate, Refusal> {
    let meeting = shown.meeting;
    if forgotten(view, date) || !in_scope(view, feed.spec.scope, date.rooms_or(&meeting.rooms)) {
        return Ok(Fate::LeftOut);
    }
    if !tellable(meeting.zone, date.time) {
        return Ok(Fate::Apart);
    }
    let start = meeting.zone.wall(date.time.start);
    // A time in the spring gap is dropped by some calendars and moved by others (RFC 5545 3.3.10).
    if meeting.zone.resolve(date.original).shift != Shift::Exact && start != date.original {
        return Ok(Fate::Apart);
    }
    // Two instances of a series may not start on one day (MS-OXCDATA, PidLidAppointmentRecur).
    if start.date() != date.original.date() && days.contains(&start.date()) {
        return Ok(Fate::Apart);
    }
    let nominal = meeting.zone.wall(date.time.end) - start;
    let usual = meeting.zone.wall(first_time(meeting).end) - meeting.start;
    let differs = date.run != Run::Planned
        || start != date.original
        || nominal != usual
        || date.rooms.is_some()
        || date.title.is_some() && shown.sight >= Sight::Title
        || feed.owner.is_some() && own_answer_differs(view, feed, shown, date)?;
    Ok(if differs { Fate::Differs } else { Fate::AsRule })
}

fn first_time(meeting: &Meeting) -> Interval {
    crate::booking::Slot::new(meeting.start, meeting.length, meeting.zone).time
}

/// Whether a wall clock tells this time: in the autumn night the second of two equal hours is read as the first.
fn tellable(zone: Zone, time: Interval) -> bool {
    [time.start, time.end].into_iter().all(|at| zone.resolve(zone.wall(at)).instant == at)
}

fn own_answer_differs(
    view: &View<'_>,
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    date: &Occurrence,
) -> Result<bool, Refusal> {
    let list = view.participants_at(shown.meeting.id, date.id)?;
    let own =
        |list: &[Participant]| list.iter().find(|p| Some(p.person) == feed.owner).map(|p| (p.mode, p.answer));
    Ok(own(&list) != own(&shown.list))
}

/// The event of one date, or of the whole series.
fn event(
    view: &View<'_>,
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    date: Option<&Occurrence>,
) -> Result<FeedEvent, Refusal> {
    let meeting = shown.meeting;
    let own_list = match date {
        Some(date) if feed.owner.is_some() => Some(view.participants_at(meeting.id, date.id)?),
        _ => None,
    };
    let list = own_list.as_deref().unwrap_or(&shown.list);
    let own = list.iter().find(|p| Some(p.person) == feed.owner);
    let rooms = date.map_or(meeting.rooms.as_slice(), |date| date.rooms_or(&meeting.rooms));
    let time = date.map_or_else(|| first_time(meeting), |date| date.time);
    let zone = if tellable(meeting.zone, time) { meeting.zone } else { Zone::UTC };
    let gone =
        date.is_some_and(|date| date.run != Run::Planned) || meeting.status == MeetingStatus::Cancelled;
    let status = match meeting.status {
        _ if gone => Status::Cancelled,
        MeetingStatus::Held => Status::Tentative,
        _ => Status::Confirmed,
    };
    let declined = own.is_some_and(|p| p.answer == Answer::Declined);
    let title = date.and_then(|date| date.title.clone()).filter(|_| shown.sight >= Sight::Title);
    let full = shown.sight >= Sight::Full;
    let join = own.filter(|p| p.mode != Mode::InRoom && p.answer != Answer::Declined).map(|p| {
        format!("{}/join/{}", feed.spec.base_url, join_token(&feed.spec.secret, meeting.id, p.person))
    });
    let ways = ways_in(feed, meeting, (own.is_some(), join.as_deref()));
    Ok(FeedEvent {
        uid: shown.uid.clone(),
        sequence: meeting.sequence,
        dtstamp: meeting.modified,
        created: meeting.created,
        last_modified: meeting.modified,
        when: When::Timed {
            start: if date.is_none() { meeting.start } else { zone.wall(time.start) },
            end: zone.wall(time.end),
            zone,
        },
        rule: None,
        exdates: Vec::new(),
        recurrence_id: None,
        summary: title.unwrap_or_else(|| shown.summary.clone()),
        description: if full { description(feed, shown, ways) } else { None },
        location: location(view, rooms),
        categories: categories(view, shown, rooms),
        status,
        transparent: gone || declined,
        busy_status: Some(match status {
            _ if declined => BusyStatus::Free,
            Status::Cancelled => BusyStatus::Free,
            Status::Tentative => BusyStatus::Tentative,
            Status::Confirmed => BusyStatus::Busy,
        }),
        class: match meeting.privacy {
            Privacy::Public | Privacy::Internal => Class::Public,
            Privacy::Private => Class::Private,
            Privacy::Closed => Class::Confidential,
        },
        url: shown.session.as_ref().map(|session| Uri::from(file_of(feed, session).as_str())),
        conferences: if full {
            let mut ways = conferences(feed.lang, ways.0, ways.1);
            let stream = shown.session.as_ref().filter(|_| !gone);
            ways.extend(stream.and_then(|session| stream_of(feed.lang, &session.stream_url)));
            ways
        } else {
            Vec::new()
        },
        organizer: shown.organiser.clone().filter(|_| full && feed.spec.attendees),
        attendees: if full && feed.spec.attendees { list.iter().map(attendee).collect() } else { Vec::new() },
        related_to: meeting.split_from.filter(|_| feed.spec.level != Level::Busy).map(|id| id.to_string()),
    })
}

/// The ways in from elsewhere: one's own link or that of the meeting, and the telephone. The line of a session is for those
/// who sit and those who book it; others follow its stream.
fn ways_in<'a>(
    feed: &FeedView<'_>,
    meeting: &'a Meeting,
    (on_list, join): (bool, Option<&'a str>),
) -> (Option<&'a str>, Option<&'a str>) {
    if meeting.is_session() && !on_list && feed.owner != Some(meeting.organiser) {
        return (None, None);
    }
    let line = meeting.conference.url.as_deref().filter(|_| feed.owner.is_none());
    (join.or(line), meeting.conference.dial_in.as_deref())
}

/// The ways in from elsewhere, in words.
pub(super) fn way_lines(lang: Lang, url: Option<&str>, dial_in: Option<&str>) -> Vec<String> {
    let url = url.map(|url| Said::new("feed.join").with("url", url));
    let dial_in = dial_in.map(|number| Said::new("feed.dial_in").with("number", number));
    url.into_iter().chain(dial_in).map(|said| said.speak(lang)).collect()
}

/// Where the public follows a session, in words, if that is an address of the web.
pub(super) fn stream_line(lang: Lang, url: &str) -> Option<String> {
    stream_of(lang, url).map(|_| Said::new("feed.stream").with("url", url).speak(lang))
}

/// The join link comes first, for Outlook and Google do not show CONFERENCE.
fn description(
    feed: &FeedView<'_>,
    shown: &Shown<'_>,
    (url, dial_in): (Option<&str>, Option<&str>),
) -> Option<String> {
    let meeting = shown.meeting;
    let mut lines = way_lines(feed.lang, url, dial_in);
    if let Some(name) = shown.organiser.as_ref().and_then(|organiser| organiser.name.as_ref()) {
        lines.push(Said::new("feed.organiser").with("name", name).speak(feed.lang));
    }
    if let Some(session) = &shown.session {
        lines.push(Said::new("feed.agenda").with("url", file_of(feed, session)).speak(feed.lang));
        lines.extend(stream_line(feed.lang, &session.stream_url));
    }
    lines.extend(meeting.description.clone());
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Where somebody who is convened reads the agenda and the file.
fn file_of(feed: &FeedView<'_>, session: &Session) -> String {
    format!("{}/council/sessions/{}/file", feed.spec.base_url, session.slug)
}

/// The ways in from elsewhere: over the line, and by telephone.
pub(super) fn conferences(lang: Lang, url: Option<&str>, dial_in: Option<&str>) -> Vec<Conference> {
    let mut conferences = Vec::new();
    if let Some(uri) = url.map(Uri::from) {
        let label = text(lang, "feed.join_label").to_owned();
        conferences.push(Conference { uri, label, features: vec![Feature::Audio, Feature::Video] });
    }
    let digits =
        dial_in.map(|number| number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>());
    if let Some(uri) = digits.filter(|d| d.len() > 3).map(|d| Uri::from(format!("tel:{d}"))) {
        let label = dial_in.unwrap_or_default().to_owned();
        conferences.push(Conference { uri, label, features: vec![Feature::Phone] });
    }
    conferences
}

/// Where the public follows a session, if that is an address of the web.
pub(super) fn stream_of(lang: Lang, url: &str) -> Option<Conference> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web.then(|| Conference {
        uri: Uri::from(url),
        label: text(lang, "feed.stream_label").to_owned(),
        features: vec![Feature::Feed, Feature::Video],
    })
}

pub(super) fn location(view: &View<'_>, rooms: &[RoomId]) -> Option<String> {
    let directory = view.directory();
    let mut places = Vec::new();
    let mut last_site = None;
    let found: Vec<_> = rooms.iter().filter_map(|id| directory.room(*id)).collect();
    for room in found.iter().rev() {
        let site = directory.site(room.site).filter(|site| last_site != Some(site.id));
        last_site = Some(room.site);
        places.push(match site {
            Some(site) if site.address.is_empty() => format!("{}, {}", room.name, site.name),
            Some(site) => format!("{}, {}, {}", room.name, site.name, site.address),
            None => room.name.clone(),
        });
    }
    places.reverse();
    (!places.is_empty()).then(|| places.join("; "))
}

fn categories(view: &View<'_>, shown: &Shown<'_>, rooms: &[RoomId]) -> Vec<String> {
    let directory = view.directory();
    let mut categories: Vec<String> = shown
        .meeting
        .body
        .and_then(|id| directory.body(id))
        .map(|body| body.name.clone())
        .into_iter()
        .collect();
    for site in rooms.iter().filter_map(|id| directory.room(*id)).filter_map(|r| directory.site(r.site)) {
        if !categories.contains(&site.name) {
            categories.push(site.name.clone());
        }
    }
    categories
}

fn attendee(p: &Participant) -> Attendee {
    Attendee {
        mailbox: Mailbox { name: Some(p.name.clone()), address: p.email.clone() },
        role: match p.part {
            Part::Chair => AttendeeRole::Chair,
            Part::Required => AttendeeRole::Required,
            Part::Optional => AttendeeRole::Optional,
        },
        partstat: match p.answer {
            Answer::None => Partstat::NeedsAction,
            Answer::Accepted => Partstat::Accepted,
            Answer::Declined => Partstat::Declined,
            Answer::Tentative => Partstat::Tentative,
        },
        kind: Kind::Individual,
    }
}
