//! Where a colleague is: now, and what the rest of today holds, as far as the one who asks may see it.

use chrono::{DateTime, Utc};

use super::Caller;
use super::read_meeting::slugs;
use crate::booking::{Answer, MeetingStatus, Mode, Refusal, Run, Sight};
use crate::ids::PersonId;
use crate::store::{DatedMeeting, View};
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Action, Person, letters, name_fits, patterns, same_name};

/// The fewest letters that are looked for.
const LEAST_LETTERS: usize = 2;
/// The most people that are found.
pub const MOST_FOUND: usize = 20;
/// People of one's own recent meetings who are offered.
const KNOWN: u32 = 50;

/// A stretch of today in which somebody has something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// From when until when.
    pub time: Interval,
    /// What, and where; none if the one who asks may not know.
    pub known: Option<KnownEngagement>,
}

/// What somebody has, for those who may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEngagement {
    /// What it is about.
    pub title: String,
    /// Slugs of the rooms; none if they take part from elsewhere.
    pub rooms: Vec<String>,
    /// How they take part.
    pub mode: Mode,
}

/// A colleague, and what they have from now until midnight.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// Who.
    pub person: Person,
    /// In order of start; what has begun comes first.
    pub engagements: Vec<Engagement>,
}

/// Members of staff whose name fits what was typed, in order of name; guests are never found.
fn find_people(view: &View<'_>, caller: &Caller, typed: &str) -> Result<Vec<Person>, Refusal> {
    caller.must(Action::ReadAgenda)?;
    if letters(typed) < LEAST_LETTERS {
        let said = Said::new("where.too_short").with("least", LEAST_LETTERS);
        return Err(Refusal::invalid("q", said));
    }
    let mut found = view.staff_like(&patterns(typed))?;
    found.retain(|person| name_fits(typed, &person.name));
    found.truncate(MOST_FOUND);
    Ok(found)
}

/// The people whom a name may mean: those of exactly that name, or else those whose name fits it.
///
/// # Errors
/// Those of the role table and of the store.
pub fn people_called(view: &View<'_>, caller: &Caller, name: &str) -> Result<Vec<Person>, Refusal> {
    caller.must(Action::ReadAgenda)?;
    // Not cut short: of two of the same name neither may be taken for the only one.
    let exact: Vec<Person> = view
        .staff_like(&patterns(name))?
        .into_iter()
        .filter(|person| same_name(name, &person.name))
        .take(MOST_FOUND)
        .collect();
    if exact.is_empty() && letters(name) >= LEAST_LETTERS {
        return find_people(view, caller, name);
    }
    Ok(exact)
}

/// Address and name of those with whom the caller met lately, the latest first.
///
/// # Errors
/// Those of the store.
pub fn known_people(view: &View<'_>, caller: &Caller) -> Result<Vec<(String, String)>, Refusal> {
    let Some(person) = caller.person else { return Ok(Vec::new()) };
    Ok(view.met_by(person, KNOWN)?)
}

/// Where the people are whose name fits what was typed. Of what was, nothing is told.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `q` for fewer than two letters.
pub fn where_now(view: &View<'_>, caller: &Caller, typed: &str) -> Result<Vec<Whereabouts>, Refusal> {
    let people = find_people(view, caller, typed)?;
    let zone = view.directory().house.zone;
    let midnight = zone.day(zone.wall(view.now()).date()).end;
    let rest = Interval { start: view.now(), end: midnight };
    let mut found = Vec::with_capacity(people.len());
    for person in people {
        let mut engagements = Vec::new();
        for dated in view.dates_of_person(person.id, rest)? {
            engagements.extend(engagement(view, caller, person.id, dated)?);
        }
        found.push(Whereabouts { person, engagements });
    }
    Ok(found)
}

/// What a date means for `person`: nothing if it does not take place, or not with them.
fn engagement(
    view: &View<'_>,
    caller: &Caller,
    person: PersonId,
    DatedMeeting { meeting, date, .. }: DatedMeeting,
) -> Result<Option<Engagement>, Refusal> {
    if meeting.status == MeetingStatus::Cancelled || date.run != Run::Planned {
        return Ok(None);
    }
    let list = view.participants_at(meeting.id, date.id)?;
    let own = list.iter().find(|p| p.person == person);
    // Whoever is not on the list organises it, and is there.
    if own.is_some_and(|p| p.answer == Answer::Declined) {
        return Ok(None);
    }
    let people: Vec<PersonId> = list.iter().map(|p| p.person).collect();
    let mode = own.map_or(Mode::InRoom, |p| p.mode);
    let seen = caller.sees(&meeting, &people) >= Sight::Title;
    let known = seen.then(|| KnownEngagement {
        title: date.title.clone().unwrap_or_else(|| meeting.title.clone()),
        rooms: if mode == Mode::Remote { Vec::new() } else { slugs(view, date.rooms_or(&meeting.rooms)) },
        mode,
    });
    Ok(Some(Engagement { time: date.time, known }))
}

impl Whereabouts {
    /// What has begun.
    #[must_use]
    pub fn now(&self, now: DateTime<Utc>) -> Option<&Engagement> {
        self.engagements.iter().find(|each| each.time.start <= now && now < each.time.end)
    }

    /// What is still to begin today.
    pub fn later(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Engagement> {
        self.engagements.iter().filter(move |each| each.time.start > now)
    }
}
