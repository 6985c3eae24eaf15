//! Which properties a component has, how often, and how they fit together.

use std::collections::{BTreeMap, HashSet};

use super::Fault;
use crate::ical::lines::Content;

/// What was seen in the whole calendar.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// UID and RECURRENCE-ID of every event and to-do.
    pub events: HashSet<(String, String)>,
    pub zones_defined: HashSet<String>,
    /// First line on which each TZID is used.
    pub zones_used: BTreeMap<String, usize>,
}

/// Properties that must be there once, by component.
fn required(kind: &str) -> &'static [&'static str] {
    match kind {
        "VCALENDAR" => &["PRODID", "VERSION"],
        "VEVENT" => &["UID", "DTSTAMP", "DTSTART"],
        "VTODO" => &["UID", "DTSTAMP"],
        "VTIMEZONE" => &["TZID"],
        _ => &["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"],
    }
}

/// Properties of which there is one, or that must be there; all others may be repeated.
const COUNTED: [&str; 37] = [
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "DUE",
    "COMPLETED",
    "PERCENT-COMPLETE",
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "STATUS",
    "TRANSP",
    "CLASS",
    "RRULE",
    "RECURRENCE-ID",
    "ORGANIZER",
    "URL",
    "DURATION",
    "GEO",
    "PRIORITY",
    "COLOR",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "PRODID",
    "VERSION",
    "CALSCALE",
    "METHOD",
    "NAME",
    "REFRESH-INTERVAL",
    "SOURCE",
    "X-WR-CALNAME",
    "X-WR-TIMEZONE",
    "X-MICROSOFT-CDO-BUSYSTATUS",
];

/// Of those, what a component may have more than once (RFC 7986 4: in several languages).
fn repeatable(kind: &str) -> &'static [&'static str] {
    if kind == "VCALENDAR" { &["NAME", "DESCRIPTION"] } else { &[] }
}

/// Of those, what belongs in another component (RFC 5545 3.6.1, 3.6.2).
fn misplaced(kind: &str) -> &'static [&'static str] {
    match kind {
        "VEVENT" => &["DUE", "COMPLETED", "PERCENT-COMPLETE"],
        "VTODO" => &["DTEND", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"],
        _ => &[],
    }
}

/// A component whose END has not come yet.
#[derive(Debug)]
pub(super) struct Component {
    pub kind: String,
    line: usize,
    pub children: usize,
    /// How often each of [`COUNTED`] was there.
    counts: [u8; COUNTED.len()],
    uid: String,
    recurrence_id: String,
    start: Option<Time>,
    end: Option<Time>,
    /// Times that must be of the type of the start: name, line, time.
    alike: Vec<(&'static str, usize, Time)>,
    /// UNTIL of the RRULE.
    until: Option<(usize, String)>,
}

/// A date or time as written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Time {
    date_only: bool,
    zone: Option<String>,
    value: String,
}

impl Time {
    fn of(content: &Content<'_>) -> Self {
        Self {
            date_only: content.param("VALUE") == Some("DATE"),
            zone: content.param("TZID").map(str::to_owned),
            value: content.value.to_owned(),
        }
    }

    fn is_utc(&self) -> bool {
        self.value.ends_with('Z')
    }

    fn is_like(&self, other: &Self) -> bool {
        self.date_only == other.date_only && self.zone == other.zone && self.is_utc() == other.is_utc()
    }
}

impl Component {
    pub(super) fn new(kind: String, line: usize) -> Self {
        Self {
            kind,
            line,
            children: 0,
            counts: [0; COUNTED.len()],
            uid: String::new(),
            recurrence_id: String::new(),
            start: None,
            end: None,
            alike: Vec::new(),
            until: None,
        }
    }

    pub(super) fn take(&mut self, content: &Content<'_>, seen: &mut Seen) {
        if let Some(zone) = content.param("TZID")
            && !seen.zones_used.contains_key(zone)
        {
            seen.zones_used.insert(zone.to_owned(), content.line);
        }
        match content.name {
            "UID" => self.uid.push_str(content.value),
            "TZID" => {
                seen.zones_defined.insert(content.value.to_owned());
            }
            "DTSTART" => self.start = Some(Time::of(content)),
            "DTEND" | "DUE" => self.end = Some(Time::of(content)),
            "RECURRENCE-ID" => {
                self.recurrence_id.push_str(content.value);
                self.alike.push(("RECURRENCE-ID", content.line, Time::of(content)));
            }
            "EXDATE" => self.alike.push(("EXDATE", content.line, Time::of(content))),
            "RRULE" => {
                let until = content.value.split(';').find_map(|part| part.strip_prefix("UNTIL="));
                self.until = until.map(|until| (content.line, until.to_owned()));
            }
            _ => {}
        }
        if let Some(index) = COUNTED.iter().position(|name| *name == content.name) {
            self.counts[index] = self.counts[index].saturating_add(1);
        }
    }

    pub(super) fn finish(self, seen: &mut Seen, faults: &mut Vec<Fault>) {
        self.check_names(faults);
        match self.kind.as_str() {
            "VEVENT" | "VTODO" => {
                self.check_entry(faults);
                if !seen.events.insert((self.uid, self.recurrence_id)) {
                    faults.push(Fault::new(self.line, "RFC 5545 3.8.4.7", "this event is there twice"));
                }
            }
            "VCALENDAR" | "VTIMEZONE" if self.children == 0 => {
                faults.push(Fault::new(self.line, "RFC 5545 3.6", format!("{} is empty", self.kind)));
            }
            _ => {}
        }
    }

    fn has(&self, name: &str) -> bool {
        COUNTED.iter().position(|counted| *counted == name).is_some_and(|index| self.counts[index] > 0)
    }

    fn check_names(&self, faults: &mut Vec<Fault>) {
        const RULE: &str = "RFC 5545 3.6";
        let mut fault = |what: String| faults.push(Fault::new(self.line, RULE, what));
        for name in required(&self.kind) {
            if !self.has(name) {
                fault(format!("{} without {name}", self.kind));
            }
        }
        for (name, count) in COUNTED.iter().zip(self.counts) {
            if count > 1 && !repeatable(&self.kind).contains(name) {
                fault(format!("{name} more than once"));
            }
        }
        if self.kind == "VCALENDAR" && self.has("METHOD") {
            fault("METHOD in a feed".to_owned());
        }
        for name in misplaced(&self.kind) {
            if self.has(name) {
                fault(format!("{name} in a {}", self.kind));
            }
        }
        if self.has(self.ends()) && self.has("DURATION") {
            fault(format!("both {} and DURATION", self.ends()));
        }
    }

    /// The property with which it ends.
    fn ends(&self) -> &'static str {
        if self.kind == "VTODO" { "DUE" } else { "DTEND" }
    }

    fn check_entry(&self, faults: &mut Vec<Fault>) {
        if self.uid.is_empty() || self.uid.len() > 255 {
            faults.push(Fault::new(self.line, "RFC 7986 5.3", "UID must have 1 to 255 octets"));
        }
        let Some(start) = &self.start else { return };
        if let Some(end) = &self.end {
            let name = self.ends();
            let rule = if name == "DUE" { "RFC 5545 3.8.2.3" } else { "RFC 5545 3.8.2.2" };
            if !end.is_like(start) && start.date_only != end.date_only {
                faults.push(Fault::new(self.line, rule, format!("{name} of another type than DTSTART")));
            } else if end.is_like(start) && end.value <= start.value {
                faults.push(Fault::new(self.line, rule, format!("{name} is not after DTSTART")));
            }
        }
        for (name, line, time) in &self.alike {
            if !time.is_like(start) {
                let rule = if *name == "EXDATE" { "RFC 5545 3.8.5.1" } else { "RFC 5545 3.8.4.4" };
                faults.push(Fault::new(*line, rule, format!("{name} of another type than DTSTART")));
            }
        }
        if let Some((line, until)) = &self.until {
            let fits = match (start.date_only, start.zone.is_some() || start.is_utc()) {
                (true, _) => until.len() == 8,
                (false, true) => until.ends_with('Z'),
                (false, false) => until.len() == 15,
            };
            if !fits {
                faults.push(Fault::new(*line, "RFC 5545 3.3.10", "UNTIL of another type than DTSTART"));
            }
        }
    }
}
