//! The strict check of every calendar before it is published (RFC 5545, 7986).
//!
//! It shares no code with the writer but the recurrence rules: a mistake there must be caught here.

mod component;
mod value;

use super::lines::{Content, content, unfolded};
use component::{Component, Seen};

pub use super::lines::Fault;

/// Faults reported at most.
const MAX_FAULTS: usize = 50;
/// Components inside one another: VCALENDAR, VTIMEZONE, STANDARD.
const MAX_DEPTH: usize = 4;
/// Octets of a line without CRLF.
const MAX_LINE: usize = 75;

/// Checks a calendar that is to be published; answers the number of its events and to-dos.
///
/// Checked are the bytes (CRLF, line length, UTF-8, control characters), the lines, the balance of
/// components, which properties are there and how often, the form of their values, that every TZID has its
/// VTIMEZONE, that EXDATE and RECURRENCE-ID are of the type of DTSTART, and that no UID is there twice.
pub fn validate(bytes: &[u8]) -> Result<usize, Vec<Fault>> {
    let mut faults = Vec::new();
    let Some(text) = check_bytes(bytes, &mut faults) else { return Err(faults) };
    let mut checker = Checker { faults, open: Vec::new(), seen: Seen::default(), calendars: 0 };
    for (line, text) in unfolded(text.strip_suffix("\r\n").unwrap_or(text)) {
        match content(line, &text) {
            Ok(content) => checker.take(&content),
            Err(fault) => checker.faults.push(fault),
        }
        if checker.faults.len() >= MAX_FAULTS {
            break;
        }
    }
    checker.finish()
}

/// The form of the bytes; none if they are not text, so that nothing more can be said.
fn check_bytes<'a>(bytes: &'a [u8], faults: &mut Vec<Fault>) -> Option<&'a str> {
    const RULE: &str = "RFC 5545 3.1";
    let Ok(text) = std::str::from_utf8(bytes) else {
        faults.push(Fault::new(0, RULE, "not UTF-8"));
        return None;
    };
    if text.starts_with('\u{FEFF}') {
        faults.push(Fault::new(1, RULE, "byte order mark"));
    }
    if !text.ends_with("\r\n") {
        faults.push(Fault::new(0, RULE, "does not end with CRLF"));
        return Some(text);
    }
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.strip_suffix("\r\n").unwrap_or(whole);
        let what = if line.len() == whole.len() {
            "line end without CR"
        } else if line.len() > MAX_LINE {
            "line of more than 75 octets"
        } else if line.is_empty() {
            "blank line"
        } else if has_control(line) {
            "control character"
        } else {
            continue;
        };
        faults.push(Fault::new(index + 1, RULE, what));
        if faults.len() >= MAX_FAULTS {
            break;
        }
    }
    Some(text)
}

/// Control characters of ASCII, and U+0080 to U+009F, which are C2 and 80 to 9F in UTF-8.
fn has_control(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.iter().any(u8::is_ascii_control)
        || !bytes.is_ascii() && bytes.windows(2).any(|pair| pair[0] == 0xC2 && matches!(pair[1], 0x80..=0x9F))
}

struct Checker {
    faults: Vec<Fault>,
    open: Vec<Component>,
    seen: Seen,
    calendars: usize,
}

impl Checker {
    fn take(&mut self, content: &Content<'_>) {
        match content.name {
            "BEGIN" => self.begin(content),
            "END" => self.end(content),
            _ => {
                let Some(component) = self.open.last_mut() else {
                    self.fault(content.line, "RFC 5545 3.4", "property outside of a calendar");
                    return;
                };
                value::check(content, &component.kind, &mut self.faults);
                component.take(content, &mut self.seen);
            }
        }
    }

    fn begin(&mut self, content: &Content<'_>) {
        let parent = self.open.last().map_or("nothing", |component| component.kind.as_str());
        let fits = matches!(
            (parent, content.value),
            ("nothing", "VCALENDAR")
                | ("VCALENDAR", "VEVENT" | "VTODO" | "VTIMEZONE")
                | ("VTIMEZONE", "STANDARD" | "DAYLIGHT")
        );
        if !fits || self.open.len() >= MAX_DEPTH {
            let what = format!("{} inside of {parent}", content.value);
            self.fault(content.line, "RFC 5545 3.6", &what);
        }
        match self.open.last_mut() {
            Some(parent) => parent.children += 1,
            None => self.calendars += 1,
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push(Component::new(content.value.to_owned(), content.line));
        }
    }

    fn end(&mut self, content: &Content<'_>) {
        match self.open.pop() {
            Some(component) if component.kind == content.value => {
                component.finish(&mut self.seen, &mut self.faults);
            }
            _ => self.fault(content.line, "RFC 5545 3.6", &format!("END:{} without BEGIN", content.value)),
        }
    }

    fn finish(mut self) -> Result<usize, Vec<Fault>> {
        if !self.open.is_empty() {
            self.fault(0, "RFC 5545 3.6", "a component is not closed");
        }
        if self.calendars != 1 {
            self.fault(0, "RFC 5545 3.4", "not exactly one calendar");
        }
        let defined = &self.seen.zones_defined;
        for (zone, line) in &self.seen.zones_used {
            if !defined.contains(zone) {
                self.faults.push(Fault::new(*line, "RFC 5545 3.2.19", format!("no VTIMEZONE for {zone}")));
            }
        }
        if self.faults.is_empty() { Ok(self.seen.events.len()) } else { Err(self.faults) }
    }

    fn fault(&mut self, line: usize, rule: &'static str, what: &str) {
        self.faults.push(Fault::new(line, rule, what));
    }
}
