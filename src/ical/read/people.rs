//! Organisers, attendees and the ways to take part from elsewhere.

use calcard::icalendar::{
    ICalendarComponent, ICalendarEntry, ICalendarParameterName as Name, ICalendarProperty, ICalendarValue,
};

use super::event::one_line;
use crate::ical::event::{Attendee, Kind, Mailbox, Partstat, Role};

/// Attendees read of one event.
const MAX_ATTENDEES: usize = 1_000;

/// Longest link, in bytes.
const MAX_LINK: usize = 2_000;

/// Properties that hold a link to a meeting, the most precise first.
const LINKS: [&str; 6] = [
    "CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-GOOGLE-CONFERENCE",
    "X-ZOOM-MEETING-URL",
];

/// Hosts whose links in a place or description are links to a meeting.
const HOSTS: [&str; 8] = [
    "teams.microsoft.com",
    "teams.live.com",
    "meet.google.com",
    "zoom.us",
    "webex.com",
    "meet.jit.si",
    "whereby.com",
    "gotomeeting.com",
];

pub(super) fn organizer(component: &ICalendarComponent) -> Option<Mailbox> {
    mailbox(component.property(&ICalendarProperty::Organizer)?)
}

pub(super) fn attendees(component: &ICalendarComponent) -> Vec<Attendee> {
    component.properties(&ICalendarProperty::Attendee).filter_map(attendee).take(MAX_ATTENDEES).collect()
}

fn attendee(entry: &ICalendarEntry) -> Option<Attendee> {
    let word = |name: &Name| {
        entry.parameter(name).and_then(|value| value.as_text()).unwrap_or_default().to_ascii_uppercase()
    };
    Some(Attendee {
        mailbox: mailbox(entry)?,
        role: match word(&Name::Role).as_str() {
            "CHAIR" => Role::Chair,
            "OPT-PARTICIPANT" => Role::Optional,
            "NON-PARTICIPANT" => Role::NonParticipant,
            _ => Role::Required,
        },
        partstat: match word(&Name::Partstat).as_str() {
            "ACCEPTED" => Partstat::Accepted,
            "DECLINED" => Partstat::Declined,
            "TENTATIVE" => Partstat::Tentative,
            "DELEGATED" => Partstat::Delegated,
            _ => Partstat::NeedsAction,
        },
        kind: match word(&Name::Cutype).as_str() {
            "GROUP" => Kind::Group,
            "RESOURCE" => Kind::Resource,
            "ROOM" => Kind::Room,
            _ => Kind::Individual,
        },
    })
}

/// The address of a `mailto:`, else of the EMAIL parameter (RFC 7986 6.2; Apple writes a path as value).
fn mailbox(entry: &ICalendarEntry) -> Option<Mailbox> {
    let value = entry.values.first().and_then(ICalendarValue::as_text).unwrap_or_default();
    let parameter = |name: &Name| {
        entry
            .parameter(name)
            .and_then(|value| value.as_text())
            .map(caret_decoded)
            .and_then(|text| one_line(&text))
    };
    let mailto = value.trim();
    let mailto = match mailto.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &mailto[7..],
        _ => mailto,
    };
    let address = address(&percent_decoded(mailto))
        .or_else(|| parameter(&Name::Email).and_then(|text| address(&text)))?;
    let name = parameter(&Name::Cn).filter(|name| !name.eq_ignore_ascii_case(&address));
    Some(Mailbox { name, address })
}

fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, host) = text.rsplit_once('@')?;
    let clean = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"/:".contains(c));
    (clean && !local.is_empty() && !host.is_empty()).then(|| text.to_owned())
}

/// RFC 6868 3.2; some programs escape a comma in a name as if it were a text.
fn caret_decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('^', Some('n')) => '\n',
            ('^', Some('\'')) => '"',
            ('^', Some('^')) => '^',
            ('\\', Some(',')) => ',',
            ('\\', Some(';')) => ';',
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(decoded);
        chars.next();
    }
    out
}

/// RFC 3986 2.1; what is not a valid escape stays.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()))
            .flatten();
        out.push(escape.unwrap_or(bytes[at]));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The link of a property made for it, else one to a known host in the place or the description.
pub(super) fn conference(component: &ICalendarComponent) -> Option<String> {
    let made_for = LINKS.iter().find_map(|name| {
        let entry = component.entries.iter().find(|entry| entry.name.as_str().eq_ignore_ascii_case(name))?;
        // The parser cuts unknown properties at semicolons.
        let value: Vec<&str> = entry.values.iter().filter_map(ICalendarValue::as_text).collect();
        link(&value.join(";"))
    });
    made_for.or_else(|| {
        [ICalendarProperty::Location, ICalendarProperty::Description, ICalendarProperty::Url]
            .iter()
            .filter_map(|property| component.property(property)?.values.first()?.as_text())
            .find_map(known_link)
    })
}

fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let ok = ["https://", "http://", "tel:", "sip:"].iter().any(|scheme| text.starts_with(scheme))
        && text.len() <= MAX_LINK
        && text.chars().all(|c| c.is_ascii_graphic());
    ok.then(|| text.to_owned())
}

fn known_link(text: &str) -> Option<String> {
    text.match_indices("https://").take(20).find_map(|(at, _)| {
        let rest = &text[at..text.floor_char_boundary(at + MAX_LINK)];
        let end =
            at + rest.find(|c: char| c.is_whitespace() || "<>\"'()[]".contains(c)).unwrap_or(rest.len());
        let url = text[at..end].trim_end_matches(['.', ',', ';']);
        let host = url["https://".len()..].split(['/', '?', ':', '#']).next().unwrap_or_default();
        let known = HOSTS.iter().any(|known| {
            host.eq_ignore_ascii_case(known)
                || host.len() > known.len()
                    && host.to_ascii_lowercase().ends_with(known)
                    && host.as_bytes()[host.len() - known.len() - 1] == b'.'
        });
        if known { link(url) } else { None }
    })
}
