//! The streaming writer of feeds: a head, one blob for each event, a tail.
//!
//! Blobs do not depend on what is around them, so a feed is a concatenation and a changed meeting is the
//! only thing printed again. Equal values give equal bytes. There is no METHOD: it would ask for an
//! ORGANIZER in every event (RFC 5546 3.2.1).

use chrono::NaiveDateTime;

use super::event::{Attendee, BusyStatus, CalendarInfo, Class, Conference, FeedEvent, Mailbox, Status, When};
use super::text::Line;
use super::timezone;
use crate::time::Zone;

/// Raised when the same values give other bytes; part of the `ETag`.
pub const WRITER_VERSION: u32 = 2;

/// Who wrote it (RFC 5545 3.7.3).
pub(super) const PRODID: &str = "-//Belfort//Belfort//NL";

/// Writes everything before the first event: the calendar's own properties and a VTIMEZONE for each of
/// `zones`, which must hold the zone of every event that follows (RFC 5545 3.2.19).
///
/// No UID of the calendar itself (RFC 7986 5.3): some programs that take a feed apart, vdirsyncer among them,
/// take it for the UID of each event and keep only one of them.
pub fn write_head(out: &mut Vec<u8>, info: &CalendarInfo, zones: &[Zone]) {
    out.extend_from_slice(b"BEGIN:VCALENDAR\r\n");
    Line::new(out, "PRODID:").text(PRODID).end();
    out.extend_from_slice(b"VERSION:2.0\r\nCALSCALE:GREGORIAN\r\n");
    Line::new(out, "NAME:").text(&info.name).end();
    Line::new(out, "X-WR-CALNAME:").text(&info.name).end();
    if let Some(description) = &info.description {
        Line::new(out, "DESCRIPTION:").text(description).end();
        Line::new(out, "X-WR-CALDESC:").text(description).end();
    }
    Line::new(out, "X-WR-TIMEZONE:").token(info.zone.name()).end();
    Line::new(out, "LAST-MODIFIED:").instant(info.last_modified).end();
    let minutes = info.refresh_min.max(1);
    Line::new(out, "REFRESH-INTERVAL;VALUE=DURATION:PT").number(minutes).raw("M").end();
    Line::new(out, "X-PUBLISHED-TTL:PT").number(minutes).raw("M").end();
    if let Some(source) = &info.source {
        Line::new(out, "SOURCE;VALUE=URI:").uri(source).end();
    }
    if let Some(color) = &info.color {
        Line::new(out, "COLOR:").text(color).end();
    }
    if let Some(url) = &info.url {
        Line::new(out, "URL:").uri(url).end();
    }
    let mut written: Vec<Zone> = Vec::with_capacity(zones.len());
    for &zone in zones {
        // Times in UTC carry a Z and need no definition.
        if zone != Zone::UTC && !written.contains(&zone) {
            out.extend_from_slice(&timezone::vtimezone(zone));
            written.push(zone);
        }
    }
}

/// Writes what follows the last event.
pub fn write_tail(out: &mut Vec<u8>) {
    out.extend_from_slice(b"END:VCALENDAR\r\n");
}

/// How people are written: in a feed nobody is asked anything.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner<'a> {
    /// Attendees are asked to answer (RFC 5545 3.2.17).
    pub(super) rsvp: bool,
    /// Who writes in the organiser's name (RFC 5545 3.2.18).
    pub(super) sent_by: Option<&'a str>,
}

/// Writes one VEVENT.
pub fn write_event(out: &mut Vec<u8>, event: &FeedEvent) {
    write_event_as(out, event, &Manner::default());
}

/// Writes one VEVENT in a manner.
pub(super) fn write_event_as(out: &mut Vec<u8>, event: &FeedEvent, manner: &Manner<'_>) {
    out.extend_from_slice(b"BEGIN:VEVENT\r\n");
    Line::new(out, "UID:").text(&event.uid).end();
    write_dates(out, event);
    Line::new(out, "DTSTAMP:").instant(event.dtstamp).end();
    Line::new(out, "CREATED:").instant(event.created).end();
    Line::new(out, "LAST-MODIFIED:").instant(event.last_modified).end();
    Line::new(out, "SEQUENCE:").number(event.sequence).end();
    Line::new(out, "SUMMARY:").text(&event.summary).end();
    if let Some(description) = &event.description {
        Line::new(out, "DESCRIPTION:").text(description).end();
    }
    if let Some(location) = &event.location {
        Line::new(out, "LOCATION:").text(location).end();
    }
    write_categories(out, &event.categories);
    write_state(out, event);
    if let Some(url) = &event.url {
        Line::new(out, "URL:").uri(url).end();
    }
    for conference in &event.conferences {
        write_conference(out, conference);
    }
    if let Some(organizer) = &event.organizer {
        let mut line = Line::new(out, "ORGANIZER");
        if let Some(address) = manner.sent_by {
            line = line.param("SENT-BY", &format!("mailto:{address}"));
        }
        write_mailbox(line, organizer);
    }
    for attendee in &event.attendees {
        write_attendee(out, attendee, manner);
    }
    if let Some(related) = &event.related_to {
        Line::new(out, "RELATED-TO:").text(related).end();
    }
    out.extend_from_slice(b"END:VEVENT\r\n");
}

fn write_dates(out: &mut Vec<u8>, event: &FeedEvent) {
    match event.when {
        When::Timed { start, end, .. } => {
            write_time(out, "DTSTART", event.when, start);
            if end > start {
                write_time(out, "DTEND", event.when, end);
            }
        }
        When::AllDay { first, until } => {
            Line::new(out, "DTSTART;VALUE=DATE:").date(first).end();
            if until > first {
                Line::new(out, "DTEND;VALUE=DATE:").date(until).end();
            }
        }
    }
    if let Some(original) = event.recurrence_id {
        write_time(out, "RECURRENCE-ID", event.when, original);
    }
    if let Some(rule) = &event.rule {
        let value = match event.when {
            When::Timed { zone, .. } => rule.to_ical(zone),
            When::AllDay { .. } => rule.to_ical_all_day(),
        };
        Line::new(out, "RRULE:").token(&value).end();
    }
    for &exdate in &event.exdates {
        write_time(out, "EXDATE", event.when, exdate);
    }
}

/// Writes a date property with the value type and zone of the event's start: EXDATE and RECURRENCE-ID must
/// match DTSTART, else clients ignore them.
fn write_time(out: &mut Vec<u8>, name: &'static str, when: When, wall: NaiveDateTime) {
    let line = Line::new(out, name);
    match when {
        When::AllDay { .. } => line.raw(";VALUE=DATE:").date(wall.date()).end(),
        When::Timed { zone: Zone::UTC, .. } => line.raw(":").instant(wall.and_utc()).end(),
        When::Timed { zone, .. } => line.raw(";TZID=").token(zone.name()).raw(":").wall(wall).end(),
    }
}

pub(super) fn write_categories(out: &mut Vec<u8>, categories: &[String]) {
    let Some((first, rest)) = categories.split_first() else { return };
    let mut line = Line::new(out, "CATEGORIES:").text(first);
    for category in rest {
        line = line.raw(",").text(category);
    }
    line.end();
}

fn write_state(out: &mut Vec<u8>, event: &FeedEvent) {
    let fixed: &[u8] = match event.status {
        Status::Confirmed => b"STATUS:CONFIRMED\r\n",
        Status::Tentative => b"STATUS:TENTATIVE\r\n",
        Status::Cancelled => b"STATUS:CANCELLED\r\n",
    };
    out.extend_from_slice(fixed);
    let fixed: &[u8] = if event.transparent { b"TRANSP:TRANSPARENT\r\n" } else { b"TRANSP:OPAQUE\r\n" };
    out.extend_from_slice(fixed);
    let fixed: &[u8] = match event.class {
        Class::Public => b"CLASS:PUBLIC\r\n",
        Class::Private => b"CLASS:PRIVATE\r\n",
        Class::Confidential => b"CLASS:CONFIDENTIAL\r\n",
    };
    out.extend_from_slice(fixed);
    let fixed: &[u8] = match event.busy_status {
        Some(BusyStatus::Free) => b"X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n",
        Some(BusyStatus::Tentative) => b"X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n",
        Some(BusyStatus::Busy) => b"X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n",
        Some(BusyStatus::OutOfOffice) => b"X-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n",
        None => b"",
    };
    out.extend_from_slice(fixed);
}

fn write_conference(out: &mut Vec<u8>, conference: &Conference) {
    let mut line = Line::new(out, "CONFERENCE;VALUE=URI");
    if let Some((first, rest)) = conference.features.split_first() {
        line = line.raw(";FEATURE=").raw(first.word());
        for feature in rest {
            line = line.raw(",").raw(feature.word());
        }
    }
    if !conference.label.is_empty() {
        line = line.param("LABEL", &conference.label);
    }
    line.raw(":").uri(&conference.uri).end();
}

fn write_mailbox(mut line: Line<'_>, mailbox: &Mailbox) {
    if let Some(name) = mailbox.name.as_deref().filter(|name| !name.is_empty()) {
        line = line.param("CN", name);
    }
    line.raw(":").mailto(&mailbox.address).end();
}

fn write_attendee(out: &mut Vec<u8>, attendee: &Attendee, manner: &Manner<'_>) {
    let mut line = Line::new(out, "ATTENDEE")
        .raw(";CUTYPE=")
        .raw(attendee.kind.word())
        .raw(";ROLE=")
        .raw(attendee.role.word())
        .raw(";PARTSTAT=")
        .raw(attendee.partstat.word());
    if manner.rsvp {
        line = line.raw(";RSVP=TRUE");
    }
    write_mailbox(line, &attendee.mailbox);
}
