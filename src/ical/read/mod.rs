//! Foreign calendars, turned into values of our own.
//!
//! The bytes pass [`super::guard`] first, then `calcard` takes the lines apart; what they mean is decided
//! here. Whatever had to be guessed or left out is said in [`Reading::notes`].

mod event;
mod people;
mod times;
mod zones;

use std::collections::HashMap;

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use calcard::{Entry, Parser};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::event::{Attendee, Mailbox};
use super::guard::guard;
use crate::texts::Said;
use crate::time::Zone;

/// The most notes one reading gives.
const MAX_NOTES: usize = 50;

/// What a foreign calendar holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// METHOD of the first calendar, in capitals: `REQUEST`, `CANCEL` ... (RFC 5546 1.4).
    pub method: Option<String>,
    /// The events, in the order of the input, each UID once.
    pub events: Vec<Incoming>,
    /// What was mended, guessed or left out.
    pub notes: Vec<Said>,
}

/// A single event or a series with its changed dates.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says what one property says; they do not exclude each other"
)]
pub struct Incoming {
    /// The UID as given; if there was none, one made of the start and the title.
    pub uid: String,
    /// SEQUENCE, 0 if there was none.
    pub sequence: u32,
    /// DTSTAMP: of two messages with the same SEQUENCE the later wins (RFC 5546 2.1.5).
    pub dtstamp: Option<DateTime<Utc>>,
    /// Set if this is one date of a series that is not in the input: its original wall start.
    pub recurrence_id: Option<NaiveDateTime>,
    /// First wall time inside, in `zone`.
    pub start_wall: NaiveDateTime,
    /// Zone of all wall times of this event. Single events in UTC are brought to the default zone.
    pub zone: Zone,
    /// How long it lasts; zero if the input gave no end.
    pub length: TimeDelta,
    /// Whole days: `start_wall` is midnight and `length` a number of days.
    pub all_day: bool,
    /// The RRULE value as it was written, for [`crate::time::recurrence::enter`].
    pub rule: Option<String>,
    /// Further wall starts.
    pub rdates: Vec<NaiveDateTime>,
    /// Wall starts that do not take place.
    pub exdates: Vec<NaiveDateTime>,
    /// Dates of the series that were changed.
    pub overrides: Vec<IncomingOverride>,
    /// Title, on one line.
    pub summary: String,
    /// Long text.
    pub description: Option<String>,
    /// Place, on one line.
    pub location: Option<String>,
    /// Who called it.
    pub organizer: Option<Mailbox>,
    /// Who was invited.
    pub attendees: Vec<Attendee>,
    /// Link to take part from elsewhere.
    pub conference: Option<String>,
    /// CLASS is PRIVATE or CONFIDENTIAL.
    pub private: bool,
    /// STATUS:CANCELLED, or the calendar has METHOD:CANCEL.
    pub cancelled: bool,
    /// Leaves the time free.
    pub transparent: bool,
}

/// One date of a series that was changed or cancelled.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingOverride {
    /// The wall start that the rule gave, in the zone of the series.
    pub original: NaiveDateTime,
    /// The wall start it has now, in the zone of the series.
    pub start_wall: NaiveDateTime,
    /// How long it lasts now.
    pub length: TimeDelta,
    /// It does not take place.
    pub cancelled: bool,
    /// Title.
    pub summary: String,
    /// Long text.
    pub description: Option<String>,
    /// Place.
    pub location: Option<String>,
    /// Link to take part from elsewhere.
    pub conference: Option<String>,
    /// Who was invited to this date.
    pub attendees: Vec<Attendee>,
    /// SEQUENCE of the change.
    pub sequence: u32,
}

/// Why a calendar cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("calendar refused: {}", .0.key)]
pub struct ReadError(pub Said);

/// Notes without doubles and without end.
#[derive(Debug, Default)]
struct Notes(Vec<Said>);

impl Notes {
    fn add(&mut self, said: Said) {
        if self.0.len() < MAX_NOTES && !self.0.contains(&said) {
            self.0.push(said);
        }
    }
}

/// Reads every VCALENDAR in `bytes`. Times without zone are wall times of `default_zone`, or of the zone that
/// the calendar names in X-WR-TIMEZONE. Second rules and EXRULEs are written out as dates before `horizon`.
///
/// Refused is what the guard refuses; a single event that cannot be read is left out with a note.
pub fn read(bytes: &[u8], default_zone: Zone, horizon: NaiveDateTime) -> Result<Reading, ReadError> {
    let guarded = guard(bytes).map_err(|error| ReadError(error.0))?;
    let mut notes = Notes::default();
    for note in guarded.notes {
        notes.add(note);
    }
    let mut method = None;
    let mut drafts = Vec::new();
    let mut worked_out = 0;
    let mut further = event::MAX_FURTHER_RULES;
    for text in &guarded.calendars {
        let text = past_the_parser(text);
        let Entry::ICalendar(calendar) = Parser::new(&text).entry() else {
            notes.add(Said::new("ical.calendar_left_out"));
            continue;
        };
        let own = method_of(&calendar);
        let mut zones = zones::Zones::new(&calendar, default_zone, worked_out);
        let cancel = own.as_deref() == Some("CANCEL");
        method = method.or(own);
        for component in calendar.components.iter().skip(1) {
            match &component.component_type {
                ICalendarComponentType::VEvent => {
                    let mut draft = event::draft(component, &mut zones, &mut notes, (horizon, &mut further));
                    if let Some(draft) = &mut draft {
                        draft.event.cancelled |= cancel;
                    }
                    drafts.extend(draft);
                }
                ICalendarComponentType::VTodo | ICalendarComponentType::VJournal => {
                    notes.add(Said::new("ical.not_an_event").with("kind", component.component_type.as_str()));
                }
                _ => {}
            }
        }
        worked_out = zones.worked_out;
    }
    Ok(Reading { method, events: grouped(drafts, &mut notes), notes: notes.0 })
}

/// Three habits of the parser are worked around. It leaves out parts of an RRULE that it does not know, without
/// saying so: the value is carried past it under another name, so that [`crate::time::recurrence`] can judge
/// all of it. And it takes a backslash in a parameter for an escape, so that `CN="a\"` has no end: RFC 5545 3.2
/// knows no such escape, so the backslash is doubled. And it reads a time that is labelled as a date as the date
/// alone: the label goes.
fn past_the_parser(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        let unlabelled = time_labelled_date(line);
        let line = unlabelled.as_deref().unwrap_or(line);
        let name = line.find([':', ';']).map_or("", |end| line[..end].trim_end());
        if name.eq_ignore_ascii_case("RRULE") || name.eq_ignore_ascii_case("EXRULE") {
            let value = line.rsplit_once(':').map_or("", |(_, value)| value);
            out.push_str(if name.len() == 5 { event::RRULE } else { event::EXRULE });
            out.push(':');
            out.push_str(value);
        } else if line.contains('\\') {
            let value = value_start(line);
            out.push_str(&line[..value].replace('\\', "\\\\"));
            out.push_str(&line[value..]);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// `DTSTART;VALUE=DATE:20270804T120000` without its label: some programs put it on everything.
fn time_labelled_date(line: &str) -> Option<String> {
    const LABEL: &str = ";VALUE=DATE";
    let value = value_start(line);
    let at = line[..value].to_ascii_uppercase().find(LABEL)?;
    let rest = &line[at + LABEL.len()..];
    let timed = line[value..].split(',').all(|time| time.contains(['T', 't']));
    (rest.starts_with([':', ';']) && timed).then(|| format!("{}{rest}", &line[..at]))
}

/// Where the value of a content line starts: after the first colon outside of quotes.
fn value_start(line: &str) -> usize {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    });
    colon.map_or(line.len(), |colon| colon + 1)
}

fn method_of(calendar: &ICalendar) -> Option<String> {
    let entry = calendar.components.first()?.property(&ICalendarProperty::Method)?;
    Some(entry.values.first()?.as_text()?.to_ascii_uppercase())
}

/// Brings masters and changed dates of one UID together.
fn grouped(drafts: Vec<event::Draft>, notes: &mut Notes) -> Vec<Incoming> {
    let mut masters: Vec<Incoming> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    let mut changes = Vec::new();
    for draft in drafts {
        if draft.original.is_some() {
            changes.push(draft);
        } else if let Some(&at) = place.get(&draft.event.uid) {
            notes.add(Said::new("ical.uid_twice").with("summary", &draft.event.summary));
            if newer(&draft.event, &masters[at]) {
                masters[at] = draft.event;
            }
        } else {
            place.insert(draft.event.uid.clone(), masters.len());
            masters.push(draft.event);
        }
    }
    let mut alone: HashMap<(String, NaiveDateTime), usize> = HashMap::new();
    for draft in changes {
        if let Some(&at) = place.get(&draft.event.uid) {
            let change = draft.into_override(&masters[at]);
            masters[at].overrides.push(change);
            continue;
        }
        let event = draft.into_single();
        let key = (event.uid.clone(), event.recurrence_id.unwrap_or(event.start_wall));
        if let Some(&at) = alone.get(&key) {
            if newer(&event, &masters[at]) {
                masters[at] = event;
            }
        } else {
            alone.insert(key, masters.len());
            masters.push(event);
        }
    }
    for master in &mut masters {
        latest_only(&mut master.overrides);
    }
    masters
}

/// RFC 5546 2.1.5: SEQUENCE first, then DTSTAMP; what comes later in the input wins a tie.
fn newer(this: &Incoming, than: &Incoming) -> bool {
    (this.sequence, this.dtstamp) >= (than.sequence, than.dtstamp)
}

/// Keeps of several changes of one date the one with the highest SEQUENCE, the last of equals.
fn latest_only(changes: &mut Vec<IncomingOverride>) {
    // Stable: equal keys stay in the order of the input.
    changes.sort_by_key(|change| (change.original, change.sequence));
    changes.reverse();
    changes.dedup_by_key(|change| change.original);
    changes.reverse();
}
