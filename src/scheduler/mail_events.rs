//! A meeting as calendar objects for the mail of one person (RFC 5546 3.2.2, 3.2.5).

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use crate::booking::{Meeting, Occurrence};
use crate::ical::{Attendee, BusyStatus, FeedEvent, Kind, Mailbox, Partstat, Role, Status, When};
use crate::town::Person;

/// What is asked of a calendar: to hold these events. A date that was called off is an exception here, for a
/// REQUEST cannot cancel (RFC 5546 3.2.2).
pub(super) fn for_request(
    events: Vec<FeedEvent>,
    meeting: &Meeting,
    date: Option<&Occurrence>,
    original: Option<NaiveDateTime>,
) -> Vec<Vec<FeedEvent>> {
    let mut events = match original {
        Some(original) => vec![of_date(&events, meeting, date, original)].into_iter().flatten().collect(),
        None => events,
    };
    let off: Vec<(String, NaiveDateTime)> = events
        .iter()
        .filter(|event| event.status == Status::Cancelled)
        .filter_map(|event| Some((event.uid.clone(), event.recurrence_id?)))
        .collect();
    events.retain(|event| event.status != Status::Cancelled);
    for event in events.iter_mut().filter(|event| event.rule.is_some()) {
        let own = off.iter().filter(|(uid, _)| *uid == event.uid).map(|(_, at)| *at);
        event.exdates.extend(own);
        event.exdates.sort_unstable();
    }
    by_uid(events)
}

/// What a calendar is to take out: one date, or all. `known` is title and start for somebody who was taken off
/// the list and is told nothing newer.
pub(super) fn for_cancel(
    events: Vec<FeedEvent>,
    meeting: &Meeting,
    date: Option<&Occurrence>,
    original: Option<NaiveDateTime>,
    known: Option<(&str, NaiveDateTime)>,
) -> Vec<Vec<FeedEvent>> {
    let mut events: Vec<FeedEvent> = match original {
        Some(original) => of_date(&events, meeting, date, original).into_iter().collect(),
        None => events.into_iter().filter(|event| event.recurrence_id.is_none()).collect(),
    };
    for event in &mut events {
        event.status = Status::Cancelled;
        event.transparent = true;
        event.busy_status = Some(BusyStatus::Free);
        event.description = None;
        event.conferences.clear();
        if let Some((title, start)) = known {
            title.clone_into(&mut event.summary);
            event.location = None;
            event.categories.clear();
            event.rule = None;
            event.exdates.clear();
            let end = start + meeting.length;
            event.when = When::Timed { start, end, zone: meeting.zone };
        }
    }
    by_uid(events)
}

/// One date of a series: as the feed shows it if it differs there, else the series' own event at that date.
fn of_date(
    events: &[FeedEvent],
    meeting: &Meeting,
    date: Option<&Occurrence>,
    original: NaiveDateTime,
) -> Option<FeedEvent> {
    let single = format!("{}-{}", meeting.uid, original.format("%Y%m%dT%H%M%S"));
    let found = events.iter().find(|event| event.recurrence_id == Some(original) || event.uid == single);
    if let Some(event) = found {
        return Some(event.clone());
    }
    let mut event = events.iter().find(|event| event.recurrence_id.is_none())?.clone();
    let start = date.map_or(original, |date| meeting.zone.wall(date.time.start));
    let end = date.map_or(start + meeting.length, |date| meeting.zone.wall(date.time.end));
    event.recurrence_id = event.rule.is_some().then_some(original);
    event.rule = None;
    event.exdates.clear();
    event.when = When::Timed { start, end, zone: meeting.zone };
    Some(event)
}

/// An object holds one UID only (RFC 5546 3.2).
fn by_uid(events: Vec<FeedEvent>) -> Vec<Vec<FeedEvent>> {
    let mut order = Vec::new();
    let mut objects: BTreeMap<String, Vec<FeedEvent>> = BTreeMap::new();
    for event in events {
        if !objects.contains_key(&event.uid) {
            order.push(event.uid.clone());
        }
        objects.entry(event.uid.clone()).or_default().push(event);
    }
    order.iter().filter_map(|uid| objects.remove(uid)).collect()
}

/// Leaves the recipient as the only attendee; an organiser for whom somebody else booked comes.
pub(super) fn only_attendee(event: &mut FeedEvent, to: &Person) {
    event.attendees.retain(|attendee| attendee.mailbox.address == to.email);
    if event.attendees.is_empty() {
        let organiser = event.organizer.as_ref().is_some_and(|organizer| organizer.address == to.email);
        event.attendees.push(Attendee {
            mailbox: Mailbox { name: Some(to.name.clone()), address: to.email.clone() },
            role: Role::Required,
            partstat: if organiser { Partstat::Accepted } else { Partstat::NeedsAction },
            kind: Kind::Individual,
        });
    }
}
