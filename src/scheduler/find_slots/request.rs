//! Reading what is asked for: every wrong field gets its sentence.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::FindSlots;
use crate::booking::slots::daily;
use crate::booking::{Fault, Heads, Mode, Part, Refusal};
use crate::ids::SiteId;
use crate::scheduler::create_meeting::{check_equipment, clip, list_fault, rooms_of};
use crate::store::View;
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Kit, Person, Room, email_of};

/// People whose calendars are looked at together.
const MAX_PEOPLE: usize = 60;
/// Offers that anybody would read.
const MAX_COUNT: usize = 20;
/// The longest period, in days: 26 weeks.
const MAX_DAYS: u32 = 182;
/// Heads without a name, on either side.
const MAX_HEADS: u32 = 100_000;

/// Somebody of the directory who is to take part.
pub(super) struct Invited {
    pub(super) person: Person,
    pub(super) part: Part,
    pub(super) mode: Mode,
}

/// A request whose fields have been read.
pub(super) struct Request<'a> {
    pub(super) people: Vec<Invited>,
    pub(super) in_room_extra: u32,
    pub(super) remote_extra: u32,
    pub(super) length: TimeDelta,
    pub(super) window: Interval,
    /// The days of the window, whether a meeting may be on them or not.
    pub(super) days: Vec<NaiveDate>,
    /// From the earliest to the latest time of each day asked for.
    pub(super) times: Vec<Interval>,
    pub(super) kit: Kit,
    /// Kinds of equipment and how many of each.
    pub(super) equipment: Vec<(&'a str, usize)>,
    pub(super) near: Option<SiteId>,
    /// The rooms in use, and whether each was asked for by name.
    pub(super) rooms: Vec<(&'a Room, bool)>,
    pub(super) count: usize,
}

impl<'a> Request<'a> {
    pub(super) fn read(view: &'a View<'_>, wanted: &'a FindSlots) -> Result<Self, Refusal> {
        let mut faults = Vec::new();
        let days = days(view, wanted, &mut faults);
        let hours = hours(wanted, &mut faults);
        let weekdays = weekdays(wanted, &mut faults);
        let people = people(view, wanted, &mut faults)?;
        let asked = rooms_of(view, &wanted.rooms, &mut faults);
        check_equipment(view, &wanted.equipment, &mut faults);
        let near = near(view, wanted, &mut faults);
        let count = wanted.count.unwrap_or(5);
        if !(1..=MAX_COUNT).contains(&count) {
            faults.push(Fault::new("count", Said::new("slots.count").with("max", MAX_COUNT)));
        }
        for (field, heads) in [("in_room_extra", wanted.in_room_extra), ("remote_extra", wanted.remote_extra)]
        {
            if heads > MAX_HEADS {
                faults.push(Fault::new(field, Said::new("slots.heads").with("max", MAX_HEADS)));
            }
        }
        let (Some((first, last)), Some((from, to)), true) = (days, hours, faults.is_empty()) else {
            return Err(Refusal::Invalid(faults));
        };
        let zone = view.directory().house.zone;
        let window = window(view.now(), zone.day(first).start, zone.day(last).end);
        let on = |day: &NaiveDate| weekdays[day.weekday().num_days_from_monday() as usize];
        let times = daily(zone, from, to, window).filter(|(day, _)| on(day)).map(|(_, time)| time).collect();
        let rooms = view.directory().rooms.iter().filter(|room| room.active);
        Ok(Self {
            people,
            in_room_extra: wanted.in_room_extra,
            remote_extra: wanted.remote_extra,
            length: TimeDelta::minutes(i64::from(wanted.length_min)),
            window,
            days: first.iter_days().take_while(|day| *day <= last).collect(),
            times,
            kit: Kit {
                hybrid: wanted.hybrid,
                wheelchair: wanted.wheelchair,
                hearing_loop: wanted.hearing_loop,
            },
            equipment: counted(&wanted.equipment),
            near,
            rooms: rooms.map(|room| (room, asked.contains(&room.id))).collect(),
            count,
        })
    }
}

impl Request<'_> {
    /// How many take part, and how.
    pub(super) fn heads(&self) -> Heads {
        let mut heads = Heads { in_room: self.in_room_extra, remote: self.remote_extra, undecided: 0 };
        for invited in &self.people {
            match invited.mode {
                Mode::InRoom => heads.in_room += 1,
                Mode::Remote => heads.remote += 1,
                Mode::Undecided => heads.undecided += 1,
            }
        }
        heads
    }
}

/// What has gone by is not offered any more; of a period that is over nothing is left.
fn window(now: DateTime<Utc>, start: DateTime<Utc>, end: DateTime<Utc>) -> Interval {
    Interval { start: start.max(now).min(end), end }
}

fn days(view: &View<'_>, wanted: &FindSlots, faults: &mut Vec<Fault>) -> Option<(NaiveDate, NaiveDate)> {
    let mut read = |field: &str, text: &Option<String>, default: Option<NaiveDate>| {
        let Some(text) = text else { return default };
        let day = text.trim().parse::<NaiveDate>().ok().filter(|day| (1970..=2200).contains(&day.year()));
        if day.is_none() {
            faults.push(Fault::new(field, Said::new("request.date_bad").with("text", clip(text))));
        }
        day
    };
    let today = view.directory().house.zone.wall(view.now()).date();
    let first = read("from", &wanted.from, Some(today))?;
    let last = read("to", &wanted.to, first.checked_add_days(Days::new(27)))?;
    if last < first || last - first >= TimeDelta::days(i64::from(MAX_DAYS)) {
        faults.push(Fault::new("to", Said::new("time.range").with("days", MAX_DAYS)));
    } else if last < today {
        faults.push(Fault::new("to", Said::new("slots.past").with("date", last)));
    }
    Some((first, last))
}

fn hours(wanted: &FindSlots, faults: &mut Vec<Fault>) -> Option<(NaiveTime, NaiveTime)> {
    let mut read = |field: &str, text: &Option<String>, hour| {
        let Some(text) = text else { return NaiveTime::from_hms_opt(hour, 0, 0) };
        let time = NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        if time.is_none() {
            faults.push(Fault::new(field, Said::new("slots.time_bad").with("text", clip(text))));
        }
        time
    };
    let (from, to) = (read("earliest", &wanted.earliest, 8), read("latest", &wanted.latest, 18));
    let (from, to) = (from?, to?);
    let span = (to - from).num_minutes() + if to == NaiveTime::MIN { 24 * 60 } else { 0 };
    let clock = |time: NaiveTime| time.format("%H:%M").to_string();
    if span <= 0 {
        let said = Said::new("slots.hours").with("from", clock(from)).with("to", clock(to));
        faults.push(Fault::new("latest", said));
    } else if !(1..=span).contains(&i64::from(wanted.length_min)) {
        let said =
            Said::new("slots.length").with("max", span).with("from", clock(from)).with("to", clock(to));
        faults.push(Fault::new("length_min", said));
    }
    Some((from, to))
}

fn weekdays(wanted: &FindSlots, faults: &mut Vec<Fault>) -> [bool; 7] {
    let Some(asked) = &wanted.weekdays else { return [true, true, true, true, true, false, false] };
    let mut days = [false; 7];
    if let Some(fault) = list_fault("weekdays", asked.len(), days.len()) {
        faults.push(fault);
        return days;
    }
    for day in asked {
        match day.checked_sub(1).and_then(|at| days.get_mut(at as usize)) {
            Some(on) => *on = true,
            None => faults.push(Fault::new("weekdays", Said::new("slots.weekday").with("text", day))),
        }
    }
    if asked.is_empty() {
        faults.push(Fault::new("weekdays", Said::new("request.empty")));
    }
    days
}

fn people(view: &View<'_>, wanted: &FindSlots, faults: &mut Vec<Fault>) -> Result<Vec<Invited>, Refusal> {
    if let Some(fault) = list_fault("participants", wanted.participants.len(), MAX_PEOPLE) {
        faults.push(fault);
        return Ok(Vec::new());
    }
    let mut people: Vec<Invited> = Vec::with_capacity(wanted.participants.len());
    for (at, participant) in wanted.participants.iter().enumerate() {
        let mut fault = |said| faults.push(Fault::new(&format!("participants[{at}].email"), said));
        let Some(email) = email_of(&participant.email) else {
            fault(Said::new("request.email").with("text", clip(&participant.email)));
            continue;
        };
        match view.person_by_email(&email)? {
            None => fault(Said::new("unknown.person").with("name", clip(&email))),
            Some(person) if people.iter().any(|other| other.person.id == person.id) => {
                fault(Said::new("request.twice").with("text", email));
            }
            Some(person) => people.push(Invited { person, part: participant.part, mode: participant.mode }),
        }
    }
    Ok(people)
}

fn near(view: &View<'_>, wanted: &FindSlots, faults: &mut Vec<Fault>) -> Option<SiteId> {
    let slug = wanted.near.as_ref()?;
    let site = view.directory().site_named(slug);
    if site.is_none() {
        faults.push(Fault::new("near", Said::new("unknown.site").with("name", clip(slug))));
    }
    site.map(|site| site.id)
}

fn counted(kinds: &[String]) -> Vec<(&str, usize)> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for kind in kinds {
        match counted.iter_mut().find(|(known, _)| known == kind) {
            Some((_, count)) => *count += 1,
            None => counted.push((kind, 1)),
        }
    }
    counted
}
