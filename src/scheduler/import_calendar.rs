//! Brings foreign calendars in: every event becomes a meeting, all in one transaction. The same file twice
//! changes nothing the second time.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::create_meeting::{clip, conference_faults, dates_of, horizon, open_end, subjects};
use super::invite::{Invite, resolve_invites};
use super::place::{Plan, claim_all, release_at};
use super::{Caller, Target};
use crate::booking::{
    Conference, Conflict, Meeting, MeetingStatus, Occurrence, Part, Participant, Privacy, Refusal, Slot,
};
use crate::ical::{Incoming, Kind, Reading, Role as AttendeeRole};
use crate::ids::{MeetingId, PersonId, RoomId};
use crate::store::{NewEntry, NewMeeting, Subjects, Tx, View};
use crate::texts::{Lang, Said};
use crate::time::{Interval, Shift};
use crate::town::{Action, Person, Role, Room, email_of};

/// Dates that one import may bring in all.
const MAX_DATES: usize = 100_000;
/// Refusals that one answer names; whoever has more than that mends these first.
const MAX_NAMED: usize = 1_000;
/// What an event without an end lasts.
const DEFAULT_MIN: i64 = 30;

/// Where the meetings are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportTo {
    /// All in one room.
    Room(RoomId),
    /// Each in the room that its LOCATION names.
    ByLocation,
}

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportCalendar {
    /// Where the meetings are to be.
    pub to: ImportTo,
    /// Who answers for events whose organiser the directory does not know.
    pub organiser: Option<PersonId>,
    /// Leave out dates that do not fit; else one that does not fit refuses the whole import.
    pub skip: bool,
}

/// What came of an import.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imported {
    /// Meetings made.
    pub made: usize,
    /// Meetings changed.
    pub changed: usize,
    /// Meetings that were there already.
    pub unchanged: usize,
    /// Meetings called off.
    pub cancelled: usize,
    /// Dates brought in.
    pub dates: usize,
    /// What could not be brought in, and why.
    pub refused: Vec<Said>,
    /// What was mended or guessed.
    pub notes: Vec<Said>,
}

/// The wall time up to which the rules of an import are written out.
#[must_use]
pub fn import_horizon(now: chrono::DateTime<chrono::Utc>, zone: crate::time::Zone) -> NaiveDateTime {
    horizon(now, zone)
}

/// Imports what was read from a calendar. Unless `skip` is set, anything that does not fit refuses the whole
/// import, with everything that does not fit in one list.
///
/// # Errors
/// [`Refusal::Taken`] with every date that does not fit, when nothing else is wrong;
/// [`Refusal::Invalid`] with all that cannot be brought in. Then nothing is imported.
pub fn import_calendar(
    tx: &Tx<'_>,
    caller: &Caller,
    wanted: &ImportCalendar,
    reading: &Reading,
) -> Result<Imported, Refusal> {
    caller.must(Action::Import)?;
    let mut import = Import {
        tx,
        caller,
        wanted,
        report: Imported { notes: reading.notes.clone(), ..Imported::default() },
        conflicts: Vec::new(),
        tried: 0,
    };
    for event in &reading.events {
        import.event(event)?;
        if !wanted.skip && import.report.refused.len() >= MAX_NAMED {
            break;
        }
        if import.tried > MAX_DATES {
            let said = Said::new("recurrence.too_many").with("max", MAX_DATES);
            return Err(Refusal::invalid("file", said));
        }
    }
    let Import { report, conflicts, .. } = import;
    if wanted.skip || report.refused.is_empty() {
        return Ok(report);
    }
    if conflicts.len() == report.refused.len() {
        return Err(Refusal::Taken { conflicts, alternatives: Vec::new(), wish: None });
    }
    Err(Refusal::Invalid(
        report.refused.into_iter().map(|said| crate::booking::Fault::new("file", said)).collect(),
    ))
}

struct Import<'a> {
    tx: &'a Tx<'a>,
    caller: &'a Caller,
    wanted: &'a ImportCalendar,
    report: Imported,
    conflicts: Vec<Conflict>,
    /// Dates that were looked at, whether they fit or not.
    tried: usize,
}

/// One event, made ready.
struct Ready {
    meeting: Meeting,
    list: Vec<Participant>,
    people: Vec<Person>,
    slots: Vec<Slot>,
    titles: HashMap<NaiveDateTime, String>,
}

impl Import<'_> {
    fn event(&mut self, event: &Incoming) -> Result<(), Refusal> {
        let uid = match event.recurrence_id {
            Some(original) => format!("{}/{}", event.uid, original.format("%Y%m%dT%H%M%S")),
            None => event.uid.clone(),
        };
        let digest = digest(event, self.wanted);
        // A calendar that we published ourselves comes back: its meetings are here already.
        // Dates without a rule go out under the meeting's UID and their own time.
        let whose = event.uid.get(..36).unwrap_or(&event.uid);
        let own = match whose.parse::<MeetingId>() {
            Ok(id) => self.tx.meeting(id)?.is_some(),
            Err(_) => false,
        };
        let known = self.tx.meeting_imported_as(&uid)?;
        if own || known.as_ref().is_some_and(|(_, seen)| *seen == Some(digest)) {
            self.report.unchanged += 1;
            return Ok(());
        }
        let known = known.map(|(meeting, _)| meeting);
        if event.cancelled {
            return self.cancel(known);
        }
        let ready = match self.ready(event, known.as_ref())? {
            Ok(ready) => ready,
            Err(said) => {
                if self.report.refused.len() < MAX_NAMED {
                    self.report.refused.push(said);
                }
                return Ok(());
            }
        };
        match known {
            Some(_) => self.replace(&ready, digest),
            None => self.make(&ready, &uid, digest),
        }
    }

    fn cancel(&mut self, known: Option<Meeting>) -> Result<(), Refusal> {
        if let Some(meeting) = known.filter(|meeting| meeting.status != MeetingStatus::Cancelled) {
            let target =
                Target { meeting: meeting.id, scope: super::Scope::All, occurrence: None, if_match: None };
            match super::cancel_meeting(self.tx, &Caller::system(), &target) {
                Ok(_) => self.report.cancelled += 1,
                // What is over stays as it was.
                Err(Refusal::State(_)) => self.report.unchanged += 1,
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    fn make(&mut self, ready: &Ready, uid: &str, digest: [u8; 32]) -> Result<(), Refusal> {
        let new = NewMeeting {
            meeting: &ready.meeting,
            participants: &ready.list,
            imported_uid: Some(uid),
            import_digest: Some(digest),
        };
        self.tx.insert_meeting(&new)?;
        if !self.place(ready, &[])? {
            // Nothing of it fits: nothing of it stays, and the next import may try again.
            self.tx.delete_meeting(ready.meeting.id)?;
            return Ok(());
        }
        self.report.made += 1;
        self.journal(ready, "meeting.imported", Subjects::default())
    }

    /// The same UID with other content: the meeting keeps its id, and each date its own where it stays.
    fn replace(&mut self, ready: &Ready, digest: [u8; 32]) -> Result<(), Refusal> {
        let before = self.tx.occurrences(ready.meeting.id)?;
        let former = match self.tx.meeting(ready.meeting.id)? {
            Some(meeting) => subjects(&meeting, &self.tx.participants(meeting.id)?, &before),
            None => Subjects::default(),
        };
        for date in &before {
            if ready.slots.iter().any(|slot| slot.original == date.original) {
                self.tx.drop_claims(date.id)?;
            } else {
                self.tx.delete_occurrence(date.id)?;
            }
        }
        self.tx.update_meeting(&ready.meeting)?;
        self.tx.replace_participants(ready.meeting.id, &ready.list)?;
        self.tx.set_import_digest(ready.meeting.id, digest)?;
        if self.place(ready, &before)? {
            self.report.changed += 1;
        }
        self.journal(ready, "meeting.changed", former)
    }

    fn place(&mut self, ready: &Ready, before: &[Occurrence]) -> Result<bool, Refusal> {
        let plan = Plan {
            meeting: &ready.meeting,
            participants: &ready.list,
            people: &ready.people,
            role: Role::System,
            override_policy: false,
            ignore_policy: true,
            stands: false,
            future_meetings: 0,
        };
        let known = |slot: &Slot| before.iter().find(|date| date.original == slot.original).cloned();
        self.tried += ready.slots.len();
        let placed = claim_all(self.tx, &plan, ready.slots.clone(), known)?;
        for conflict in placed.conflicts {
            if let Some(gone) = before.iter().find(|date| date.original == conflict.start) {
                self.tx.delete_occurrence(gone.id)?;
            }
            if self.report.refused.len() >= MAX_NAMED {
                continue;
            }
            self.report.refused.push(
                Said::new("import.conflict")
                    .with("title", &ready.meeting.title)
                    .with("start", conflict.start.format("%Y-%m-%d %H:%M"))
                    .with("why", conflict.why.speak(self.caller.lang)),
            );
            self.conflicts.push(conflict);
        }
        self.report.dates += placed.occurrences.len();
        for mut date in placed.occurrences.iter().cloned() {
            if let Some(title) = ready.titles.get(&date.original) {
                date.title = Some(title.clone());
                let ids = date.rooms_or(&ready.meeting.rooms);
                let rooms: Vec<&Room> = ids.iter().filter_map(|id| self.tx.directory().room(*id)).collect();
                let at = release_at(self.tx, &ready.meeting, &date, &rooms);
                self.tx.update_occurrence(&date, at)?;
            }
        }
        Ok(!placed.occurrences.is_empty())
    }

    /// Notes it, with the rooms and people of before: their calendars changed too.
    fn journal(&self, ready: &Ready, action: &str, former: Subjects) -> Result<(), Refusal> {
        let dates = self.tx.occurrences(ready.meeting.id)?;
        let mut subjects = subjects(&ready.meeting, &ready.list, &dates);
        subjects.rooms.extend(former.rooms);
        subjects.people.extend(former.people);
        subjects.rooms.sort_unstable();
        subjects.rooms.dedup();
        subjects.people.sort_unstable();
        subjects.people.dedup();
        let subject = Some(ready.meeting.id.0);
        self.tx.journal(&NewEntry { actor: self.caller.actor(), action, subject, subjects })?;
        Ok(())
    }

    /// Makes an event ready, or says why it cannot be brought in.
    fn ready(&mut self, event: &Incoming, known: Option<&Meeting>) -> Result<Result<Ready, Said>, Refusal> {
        let start = event.start_wall;
        let about = |why: &Said| {
            Said::new("import.conflict")
                .with("title", clip(&event.summary))
                .with("start", start.format("%Y-%m-%d %H:%M"))
                .with("why", why.speak(self.caller.lang))
        };
        let length = match event.length {
            none if none < TimeDelta::minutes(1) => TimeDelta::minutes(DEFAULT_MIN),
            long if long > TimeDelta::days(14) => {
                return Ok(Err(about(&Said::new("booking.too_long").with("days", 14))));
            }
            length => length,
        };
        let (rooms, elsewhere) = match rooms_of(self.tx, self.wanted.to, event) {
            Ok(found) => found,
            Err(why) => return Ok(Err(about(&why))),
        };
        let horizon = horizon(self.tx.now(), event.zone);
        let (rule, dates) = match dates(event, horizon) {
            Ok(found) => found,
            Err(why) => return Ok(Err(about(&why))),
        };
        let Some(organiser) = self.organiser(event)? else {
            let email = event.organizer.as_ref().map_or("-", |organizer| organizer.address.as_str());
            return Ok(Err(about(&Said::new("import.no_organiser").with("email", clip(email)))));
        };
        let slots = slots(self.tx, self.wanted.to, event, &dates, length);
        let last = slots.iter().map(|slot| slot.time.end).max().unwrap_or(self.tx.now());
        let (list, people) = resolve_invites(self.tx, &invites(event), last)?.into_iter().unzip();
        let titles = event
            .overrides
            .iter()
            // A changed date without a title has that of its series.
            .filter(|change| {
                !change.cancelled && !change.summary.is_empty() && change.summary != event.summary
            })
            .map(|change| (change.original, change.summary.clone()))
            .collect();
        let open = rule.as_ref().and_then(|rule| open_end(rule, start, horizon));
        let mut meeting = meeting(self.tx, event, known, organiser);
        meeting.length = length;
        meeting.rooms = rooms;
        meeting.rule = rule.map(|rule| rule.to_string());
        meeting.materialised_to = open;
        let name = self.tx.person(organiser)?.map(|person| person.name).unwrap_or_default();
        meeting.description =
            meeting.description.and_then(|text| unheaded(&text, &name, &meeting.conference));
        if meeting.description.is_none() {
            meeting.description = elsewhere;
        }
        Ok(Ok(Ready { meeting, list, people, slots, titles }))
    }

    fn organiser(&self, event: &Incoming) -> Result<Option<PersonId>, Refusal> {
        if let Some(organizer) = &event.organizer
            && let Some(person) = self.tx.colleague_at(&organizer.address)?
        {
            return Ok(Some(person.id));
        }
        Ok(self.wanted.organiser.or(self.caller.person))
    }
}

fn digest(event: &Incoming, wanted: &ImportCalendar) -> [u8; 32] {
    // The time at which a calendar was written changes with each export and means nothing.
    let content = Incoming { dtstamp: None, ..event.clone() };
    Sha256::digest(format!("{:?} {content:?}", wanted.to)).into()
}

fn meeting(tx: &Tx<'_>, event: &Incoming, known: Option<&Meeting>, organiser: PersonId) -> Meeting {
    let id = known.map_or_else(|| MeetingId(tx.fresh()), |known| known.id);
    let conference = Conference { url: event.conference.clone(), dial_in: None };
    let title = event.summary.trim();
    Meeting {
        id,
        uid: known.map_or_else(|| id.to_string(), |known| known.uid.clone()),
        title: if title.is_empty() { "-".to_owned() } else { title.chars().take(200).collect() },
        description: event.description.clone().filter(|text| !text.trim().is_empty()),
        privacy: if event.private { Privacy::Private } else { Privacy::Internal },
        organiser,
        body: known.and_then(|known| known.body),
        start: event.start_wall,
        zone: event.zone,
        length: event.length,
        rule: None,
        rooms: Vec::new(),
        equipment: Vec::new(),
        conference: if conference_faults(&conference).is_empty() {
            conference
        } else {
            Conference::default()
        },
        status: MeetingStatus::Live,
        held_until: None,
        version: known.map_or(1, |known| known.version + 1),
        sequence: known.map_or(event.sequence.min(1_000_000), |known| known.sequence + 1),
        created: known.map_or(tx.now(), |known| known.created),
        modified: tx.now(),
        split_from: None,
        materialised_to: None,
        ad_hoc: false,
    }
}

/// A description less the lines that our own feeds put before it: a calendar that goes from town to town would
/// get them once more with every step. Only what this meeting's feed will say again is left out.
fn unheaded(description: &str, organiser: &str, conference: &Conference) -> Option<String> {
    let own: Vec<String> = Lang::ALL
        .into_iter()
        .flat_map(|lang| {
            let link = conference.url.as_ref().map(|url| Said::new("feed.join").with("url", url).speak(lang));
            link.into_iter().chain([Said::new("feed.organiser").with("name", organiser).speak(lang)])
        })
        .collect();
    let lines = description.split('\n').skip_while(|line| own.iter().any(|own| own == line));
    Some(lines.collect::<Vec<_>>().join("\n")).filter(|text| !text.trim().is_empty())
}

/// The rule, if there is one that is kept, and the dates less those that do not take place.
fn dates(
    event: &Incoming,
    horizon: NaiveDateTime,
) -> Result<(Option<crate::time::recurrence::Rule>, Vec<NaiveDateTime>), Said> {
    let found = dates_of(event.rule.as_deref(), event.start_wall, event.zone, horizon);
    let (mut rule, found, _) = found.map_err(|refusal| match refusal {
        Refusal::Invalid(faults) => {
            faults.into_iter().next().map_or(Said::new("request.invalid"), |f| f.said)
        }
        other => other.said(),
    })?;
    let mut dates: BTreeSet<NaiveDateTime> = found.into_iter().collect();
    if event.rdates.iter().any(|date| !dates.contains(date)) {
        // Dates outside the rule: the list of dates is the truth from here on.
        rule = None;
        dates.extend(event.rdates.iter().take(crate::time::recurrence::MAX_OCCURRENCES));
    }
    for gone in &event.exdates {
        dates.remove(gone);
    }
    for change in event.overrides.iter().filter(|change| change.cancelled) {
        dates.remove(&change.original);
    }
    Ok((rule, dates.into_iter().collect()))
}

fn slots(
    tx: &Tx<'_>,
    to: ImportTo,
    event: &Incoming,
    dates: &[NaiveDateTime],
    length: TimeDelta,
) -> Vec<Slot> {
    dates
        .iter()
        .map(|date| {
            let usual = Slot::new(*date, length, event.zone);
            let Some(change) = event.overrides.iter().find(|change| change.original == *date) else {
                return usual;
            };
            let own = if change.length < TimeDelta::minutes(1) { length } else { change.length };
            let mut slot = Slot::new(change.start_wall, own.min(TimeDelta::days(14)), event.zone);
            slot.original = *date;
            if to == ImportTo::ByLocation && change.location != event.location {
                slot.rooms = change.location.as_deref().and_then(|text| named(tx, text)).map(|id| vec![id]);
            }
            slot
        })
        .filter(|slot| Interval::new(slot.time.start, slot.time.end).is_some() || slot.shift == Shift::Exact)
        .collect()
}

/// The rooms of an event, and what its LOCATION says if that is not the room.
fn rooms_of(view: &View<'_>, to: ImportTo, event: &Incoming) -> Result<(Vec<RoomId>, Option<String>), Said> {
    // What leaves the time free takes no room.
    if event.transparent {
        return Ok((Vec::new(), None));
    }
    match to {
        ImportTo::Room(room) => Ok((vec![room], None)),
        ImportTo::ByLocation => {
            let location = event.location.as_deref().map(str::trim).filter(|text| !text.is_empty());
            match location {
                None => Ok((Vec::new(), None)),
                Some(text) => match named(view, text) {
                    Some(room) => Ok((vec![room], None)),
                    None => Err(Said::new("import.no_room").with("location", clip(text))),
                },
            }
        }
    }
}

/// The room that a LOCATION names: by slug or name, whole or up to the first separator; the longest name wins.
fn named(view: &View<'_>, location: &str) -> Option<RoomId> {
    let parts: Vec<String> = std::iter::once(location)
        .chain(location.split([',', ';', '(', '/']))
        .map(|p| p.trim().to_lowercase())
        .collect();
    let matches =
        |room: &&Room| parts.iter().any(|part| *part == room.slug || *part == room.name.to_lowercase());
    view.directory().rooms.iter().filter(matches).max_by_key(|room| room.name.len()).map(|room| room.id)
}

fn invites(event: &Incoming) -> Vec<Invite> {
    let mut seen = BTreeSet::new();
    event
        .attendees
        .iter()
        .filter(|attendee| matches!(attendee.kind, Kind::Individual | Kind::Group))
        .filter_map(|attendee| {
            let email = email_of(&attendee.mailbox.address)?;
            seen.insert(email.clone()).then(|| Invite {
                email,
                name: attendee
                    .mailbox
                    .name
                    .as_ref()
                    .map(|name| name.chars().filter(|c| !c.is_control()).take(200).collect()),
                role: match attendee.role {
                    AttendeeRole::Chair => Part::Chair,
                    AttendeeRole::Required => Part::Required,
                    AttendeeRole::Optional | AttendeeRole::NonParticipant => Part::Optional,
                },
                ..Invite::default()
            })
        })
        .take(500)
        .collect()
}
