//! Calendar objects that ask something of a calendar (RFC 5546), as they stand in mails (RFC 6047).

use super::event::{FeedEvent, Status, When};
use super::text::Line;
use super::timezone;
use super::write::{Manner, PRODID, write_event_as};
use crate::time::Zone;

/// What is asked (RFC 5546 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// To hold the events and to answer.
    Request,
    /// To take the events out.
    Cancel,
}

impl Method {
    /// The word of RFC 5546 1.4: the value of METHOD and of the `method` parameter of the mail part, which must
    /// be equal (RFC 6047 2.4).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// Writes one object. All `events` have one UID, an organiser and an attendee (RFC 5546 3.2.2, 3.2.5).
/// `sent_by` is the address that mails in the organiser's name (RFC 5545 3.2.18).
#[must_use]
pub fn write_itip(method: Method, sent_by: &str, events: &[FeedEvent]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2_048);
    out.extend_from_slice(b"BEGIN:VCALENDAR\r\n");
    Line::new(&mut out, "PRODID:").text(PRODID).end();
    out.extend_from_slice(b"VERSION:2.0\r\nCALSCALE:GREGORIAN\r\n");
    Line::new(&mut out, "METHOD:").raw(method.word()).end();
    let mut written: Vec<Zone> = Vec::new();
    for event in events {
        if let When::Timed { zone, .. } = event.when
            && zone != Zone::UTC
            && !written.contains(&zone)
        {
            out.extend_from_slice(&timezone::vtimezone(zone));
            written.push(zone);
        }
    }
    for event in events {
        let asks = method == Method::Request && event.status != Status::Cancelled;
        write_event_as(&mut out, event, &Manner { rsvp: asks, sent_by: Some(sent_by) });
    }
    out.extend_from_slice(b"END:VCALENDAR\r\n");
    out
}
