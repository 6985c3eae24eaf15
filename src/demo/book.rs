//! Books the demo: sessions, series, what is on now, and single meetings for the rest.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, DurationRound, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::busy::Busy;
use super::cast::{self, Cast};
use super::dice::Dice;
use super::facts::{FACTS, Session, Use};
use super::{CHAMBER, rhythm};
use crate::booking::{Conference, Mode, Occurrence, Part, Privacy, Refusal};
use crate::ids::OccurrenceId;
use crate::scheduler::{Caller, CreateMeeting, Invite, Made, OnConflict, create_meeting};
use crate::store::Store;
use crate::texts::Lang;
use crate::time::recurrence::Rule;
use crate::time::{Interval, Zone};
use crate::town::{Directory, Person, Room};

/// Single meetings written in one job. The cost of a job grows with the square of its size, because SQLite walks
/// the savepoint's journal at the end of every statement; jobs share commits anyway.
const BATCH: usize = 8;
/// Jobs on their way.
const IN_FLIGHT: usize = 512;

/// What was booked.
pub(super) struct Booked {
    /// Meetings, series counted once.
    pub meetings: usize,
    /// Their dates.
    pub dates: Vec<Occurrence>,
    /// The date that the screen of the chamber shows.
    pub on_screen: Option<OccurrenceId>,
}

/// Books, and knows what is taken.
pub(super) struct Booker<'s> {
    store: &'s Store,
    directory: Arc<Directory>,
    dice: Dice,
    period: (NaiveDate, NaiveDate),
    zone: Zone,
    staff: Vec<Person>,
    by_department: HashMap<String, Vec<usize>>,
    councillors: HashMap<String, Vec<String>>,
    cast: Cast,
    busy: Busy,
    booked: Booked,
}

impl<'s> Booker<'s> {
    pub(super) fn new(
        store: &'s Store,
        dice: Dice,
        from: NaiveDate,
        to: NaiveDate,
        zone: Zone,
    ) -> Result<Self, Refusal> {
        let (everybody, cast) = store.read(|view| {
            let cast = cast::cast(view)?.ok_or_else(|| Refusal::unknown("person", "demo"))?;
            Ok::<_, Refusal>((cast::everybody(view)?, cast))
        })?;
        let directory = store.directory();
        let mut councillors = HashMap::new();
        for body in &directory.bodies {
            let emails = everybody.iter().filter(|p| body.members.contains(&p.id)).map(|p| p.email.clone());
            councillors.insert(body.slug.clone(), emails.collect());
        }
        let staff: Vec<Person> = everybody.into_iter().filter(|person| !person.hard).collect();
        let mut by_department: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, person) in staff.iter().enumerate() {
            by_department.entry(person.department.clone().unwrap_or_default()).or_default().push(index);
        }
        Ok(Self {
            store,
            directory,
            dice,
            period: (from, to),
            zone,
            staff,
            by_department,
            councillors,
            cast,
            busy: Busy::default(),
            booked: Booked { meetings: 0, dates: Vec::new(), on_screen: None },
        })
    }

    pub(super) fn booked(self) -> Booked {
        self.booked
    }

    /// The sessions of the bodies, through the years.
    pub(super) fn sessions(&mut self) -> Result<(), Refusal> {
        for session in &FACTS.town.session {
            let Some(start) = self.first_date(session) else { continue };
            let wanted = self.session(session, start);
            self.book(wanted)?;
        }
        Ok(())
    }

    fn session(&self, session: &Session, start: NaiveDateTime) -> CreateMeeting {
        let members = self.councillors.get(&session.body).cloned().unwrap_or_default();
        let chair = members.iter().position(|email| email.starts_with("marie-christine.")).unwrap_or(0);
        let invites = members.iter().enumerate().map(|(index, email)| Invite {
            email: email.clone(),
            mode: if index % 6 == 3 && index / 6 < session.remote { Mode::Remote } else { Mode::InRoom },
            role: if index == chair { Part::Chair } else { Part::Required },
            ..Invite::default()
        });
        CreateMeeting {
            title: session.title.clone(),
            start: text_of(start),
            end: text_of(start + TimeDelta::minutes(session.minutes)),
            rooms: vec![session.room.clone()],
            privacy: session.privacy,
            rrule: Some(session.rrule.clone()),
            participants: invites.collect(),
            conference: conference(&session.body),
            body: Some(session.body.clone()),
            organiser: Some(self.cast.clerk.email.clone()),
            on_conflict: OnConflict::Skip,
            ..CreateMeeting::default()
        }
    }

    /// The first day of the period, or after it, that the rule makes.
    fn first_date(&self, session: &Session) -> Option<NaiveDateTime> {
        let time = NaiveTime::parse_from_str(&session.start, "%H:%M").ok()?;
        self.period
            .0
            .iter_days()
            .take(62)
            .map(|day| day.and_time(time))
            .find(|start| Rule::parse(&session.rrule, *start, self.zone).is_ok_and(|rule| rule.makes(*start)))
    }

    /// What the screen of the chamber shows: a meeting that runs, with people here and elsewhere, and the
    /// next. If a session sits there at this hour, that is what it shows.
    pub(super) fn around(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let start = now.duration_trunc(TimeDelta::minutes(5)).unwrap_or(now) - TimeDelta::minutes(10);
        let (running, after) = (TimeDelta::minutes(90), TimeDelta::minutes(120));
        let facts = &FACTS.meetings;
        let next = (start + after, TimeDelta::minutes(60), facts.next.as_str());
        for (start, length, title) in [(start, running, facts.now.as_str()), next] {
            let Some(room) = self.directory.room_named(CHAMBER).cloned() else { return Ok(()) };
            let time = Interval { start, end: start + length };
            if !self.busy.room_is_free(&room, time) {
                continue;
            }
            let made = self.book(CreateMeeting {
                title: title.to_owned(),
                start: text_of(self.zone.wall(time.start)),
                end: text_of(self.zone.wall(time.end)),
                rooms: vec![CHAMBER.to_owned()],
                participants: self.partners(),
                conference: conference("stationsomgeving"),
                organiser: Some(self.cast.staff.email.clone()),
                ..CreateMeeting::default()
            })?;
            let date = made.occurrences.first().map(|date| date.id);
            self.booked.on_screen = self.booked.on_screen.or(date);
        }
        Ok(())
    }

    fn partners(&self) -> Vec<Invite> {
        let of = |department: &str, nth: usize| {
            let staff = self.by_department.get(department).and_then(|people| people.get(nth));
            staff.map(|index| self.staff[*index].email.clone())
        };
        let chair = Invite {
            email: self.cast.staff.email.clone(),
            mode: Mode::InRoom,
            role: Part::Chair,
            ..Invite::default()
        };
        let colleagues = [
            ("Mobiliteit", 0, Mode::InRoom),
            ("Mobiliteit", 1, Mode::InRoom),
            ("Openbare werken", 2, Mode::InRoom),
            ("Communicatie", 0, Mode::InRoom),
            ("Financiën", 1, Mode::Remote),
            ("Economie", 1, Mode::Remote),
            ("Omgeving", 4, Mode::Undecided),
        ];
        let colleagues = colleagues.into_iter().filter_map(|(department, nth, mode)| {
            Some(Invite { email: of(department, nth)?, mode, ..Invite::default() })
        });
        let guests = [0, 5, 7].into_iter().map(|index| guest(index, Mode::Remote));
        std::iter::once(chair).chain(colleagues).chain(guests).collect()
    }

    /// Meetings that come back: each department weekly, its heads every second week, a steering group monthly.
    pub(super) fn series(&mut self) -> Result<(), Refusal> {
        let facts = &FACTS.meetings;
        let kinds = [
            (facts.weekly.as_str(), "FREQ=WEEKLY", 60, 7),
            (facts.biweekly.as_str(), "FREQ=WEEKLY;INTERVAL=2", 60, 4),
            (facts.monthly.as_str(), "FREQ=MONTHLY", 90, 6),
        ];
        for (number, department) in FACTS.town.department.iter().enumerate() {
            for (kind, (title, rule, minutes, people)) in kinds.into_iter().enumerate() {
                // Weekly for all, the others for every second and third department.
                if number % (kind + 1) == 0 {
                    let title = title.replace("{department}", &department.name);
                    self.one_series(&department.name, &title, rule, TimeDelta::minutes(minutes), people)?;
                }
            }
        }
        Ok(())
    }

    fn one_series(
        &mut self,
        department: &str,
        title: &str,
        rule: &str,
        length: TimeDelta,
        heads: usize,
    ) -> Result<(), Refusal> {
        let period = (self.period.0, self.period.0 + TimeDelta::days(7));
        for _ in 0..200 {
            let (start, _) = rhythm::draw(&self.dice, period, Use::Office, false);
            // Monthly by weekday, as people plan: "the second Thursday".
            let rule = if rule == "FREQ=MONTHLY" { monthly(start.date()) } else { rule.to_owned() };
            let time = self.stretch(start, length);
            let remote = usize::from(self.dice.percent(50));
            let Some(room) = self.find_room(Use::Office, heads, remote > 0, time) else { continue };
            let mut list: Vec<Invite> = Vec::new();
            for index in self.by_department.get(department).into_iter().flatten() {
                let person = &self.staff[*index];
                if list.len() < heads + remote && self.person_is_free(person, time) {
                    list.push(invite(
                        &person.email,
                        if list.len() < heads { Mode::InRoom } else { Mode::Remote },
                    ));
                }
            }
            if list.len() < 2 {
                continue;
            }
            let organiser = list[0].email.clone();
            list[0].role = Part::Chair;
            let until = self.period.0 + TimeDelta::days(365);
            self.book(CreateMeeting {
                title: title.to_owned(),
                start: text_of(start),
                end: text_of(start + length),
                rooms: vec![room.slug.clone()],
                rrule: Some(format!("{rule};UNTIL={}", until.format("%Y%m%dT235959"))),
                participants: list,
                conference: if remote > 0 { conference(title) } else { Conference::default() },
                organiser: Some(organiser),
                on_conflict: OnConflict::Skip,
                ..CreateMeeting::default()
            })?;
            return Ok(());
        }
        Ok(())
    }

    /// Books one request in a job of its own and notes what it takes.
    fn book(&mut self, wanted: CreateMeeting) -> Result<Made, Refusal> {
        let made = self.store.write_now(move |tx| create_meeting(tx, &Caller::system(), &wanted))?;
        for date in &made.occurrences {
            for room in date.rooms_or(&made.meeting.rooms) {
                if let Some(room) = self.directory.room(*room) {
                    self.busy.take_room(room, date.time);
                }
            }
            for participant in &made.participants {
                let known = self.staff.binary_search_by(|person| person.email.cmp(&participant.email));
                if let Some(resource) = known.ok().and_then(|index| self.staff[index].resource) {
                    self.busy.take(resource, date.time);
                }
            }
        }
        self.booked.meetings += 1;
        self.booked.dates.extend(made.occurrences.iter().cloned());
        Ok(made)
    }

    /// Fills up to `total` meetings with single ones.
    pub(super) fn singles(&mut self, total: usize) -> Result<(), Refusal> {
        let mut waiting = Vec::new();
        while self.booked.meetings < total {
            let count = BATCH.min(total - self.booked.meetings);
            let batch: Vec<CreateMeeting> = (0..count).filter_map(|_| self.single()).collect();
            self.booked.meetings += count;
            waiting.push(self.store.write(move |tx| {
                let mut dates = Vec::with_capacity(batch.len());
                for wanted in &batch {
                    dates.extend(create_meeting(tx, &Caller::system(), wanted)?.occurrences);
                }
                Ok::<_, Refusal>(dates)
            }));
            if waiting.len() == IN_FLIGHT || self.booked.meetings == total {
                for answer in waiting.drain(..) {
                    self.booked.dates.extend(answer.wait()?);
                }
            }
        }
        Ok(())
    }

    /// Draws until something fits that is free; the usual hours first, then any.
    fn single(&mut self) -> Option<CreateMeeting> {
        for attempt in 0..20_000 {
            let kinds = [(86, Use::Office), (7, Use::Hall), (3, Use::Council), (4, Use::Wedding)];
            let used_for = if attempt < 60 { self.dice.weighted(&kinds) } else { Use::Office };
            let (start, length) = rhythm::draw(&self.dice, self.period, used_for, attempt >= 120);
            let time = self.stretch(start, length);
            let remote =
                if used_for == Use::Wedding || self.dice.percent(60) { 0 } else { 1 + self.dice.below(3) };
            let heads = self.dice.weighted(&[(20, 2), (22, 3), (18, 4), (14, 5), (10, 6), (8, 7), (8, 9)]);
            let Some(room) = self.find_room(used_for, heads, remote > 0, time) else { continue };
            let list = self.list(time, heads, remote);
            if list.len() < 2 {
                continue;
            }
            self.busy.take_room(&room, time);
            return Some(self.request(used_for, &room, (start, length), list));
        }
        None
    }

    fn request(
        &self,
        used_for: Use,
        room: &Room,
        (start, length): (NaiveDateTime, TimeDelta),
        list: Vec<Invite>,
    ) -> CreateMeeting {
        let organiser = list[0].email.clone();
        let remote = list.iter().any(|invite| invite.mode == Mode::Remote);
        let privacy = match used_for {
            Use::Wedding | Use::Hall => Privacy::Public,
            Use::Office | Use::Council => self.dice.weighted(&[
                (72, Privacy::Internal),
                (20, Privacy::Private),
                (6, Privacy::Public),
                (2, Privacy::Closed),
            ]),
        };
        CreateMeeting {
            title: self.title(used_for, &organiser),
            start: text_of(start),
            end: text_of(start + length),
            rooms: vec![room.slug.clone()],
            privacy,
            conference: if remote {
                conference(&format!("{}-{start}", room.slug))
            } else {
                Conference::default()
            },
            participants: list,
            organiser: Some(organiser),
            ..CreateMeeting::default()
        }
    }

    fn title(&self, used_for: Use, organiser: &str) -> String {
        let (facts, dice) = (&FACTS.meetings, &self.dice);
        let found = self.staff.binary_search_by(|person| person.email.as_str().cmp(organiser));
        let person = found.ok().map(|index| &self.staff[index]);
        let department = person.and_then(|person| person.department.as_deref()).unwrap_or_default();
        let list = match (used_for, person.map(|person| person.lang)) {
            (Use::Hall, _) => &facts.hall,
            (Use::Council, _) => &facts.council,
            (Use::Wedding, _) => {
                let name = || dice.one(&FACTS.people.first).clone();
                return facts.wedding.replace("{a}", &name()).replace("{b}", &name());
            }
            (Use::Office, Some(Lang::Fr)) => &facts.fr,
            (Use::Office, Some(Lang::De)) => &facts.de,
            (Use::Office, Some(Lang::En)) => &facts.en,
            (Use::Office, _) => &facts.nl,
        };
        dice.one(list).replace("{department}", department)
    }

    /// Who takes part: the organiser, mostly colleagues of the department, now and then somebody from
    /// elsewhere. Only people who have nothing else at that time.
    fn list(&mut self, time: Interval, heads: usize, remote: usize) -> Vec<Invite> {
        let home = self.dice.one(&FACTS.town.department).name.clone();
        let mut list: Vec<Invite> = Vec::new();
        for _ in 0..(heads + remote) * 4 {
            let own = list.is_empty() || self.dice.percent(70);
            let index = match self.by_department.get(&home).filter(|_| own) {
                Some(colleagues) => *self.dice.one(colleagues),
                None => self.dice.below(self.staff.len()),
            };
            let person = &self.staff[index];
            if list.len() >= heads + remote || !self.person_is_free(person, time) {
                continue;
            }
            let mode = if list.len() >= heads {
                Mode::Remote
            } else if self.dice.percent(10) && !list.is_empty() {
                Mode::Undecided
            } else {
                Mode::InRoom
            };
            list.push(invite(&person.email, mode));
            if let Some(resource) = person.resource {
                self.busy.take(resource, time);
            }
        }
        if let Some(organiser) = list.first_mut() {
            organiser.role = Part::Chair;
        }
        for optional in list.iter_mut().skip(4) {
            optional.role = Part::Optional;
        }
        if !list.is_empty() && self.dice.percent(if remote > 0 { 35 } else { 12 }) {
            let from = self.dice.below(FACTS.people.guest.len());
            list.push(guest(from, if remote > 0 { Mode::Remote } else { Mode::InRoom }));
        }
        list
    }

    fn person_is_free(&self, person: &Person, time: Interval) -> bool {
        person.resource.is_some_and(|resource| self.busy.is_free(resource, time))
    }

    /// A free room for so many, the first from a drawn place on, so that all rooms are used.
    fn find_room(&self, used_for: Use, heads: usize, hybrid: bool, time: Interval) -> Option<Room> {
        let rooms = &FACTS.town.room;
        let from = self.dice.below(rooms.len());
        let fits = |room: &Room| {
            let seats = usize::try_from(room.capacity).unwrap_or(0);
            // One seat more, for a guest at the table.
            seats > heads && (room.kit.hybrid || !hybrid) && self.busy.room_is_free(room, time)
        };
        let turned = rooms[from..].iter().chain(&rooms[..from]);
        turned
            .filter(|room| room.used_for == used_for)
            .filter_map(|room| self.directory.room_named(&room.slug))
            .find(|room| fits(room))
            .cloned()
    }

    fn stretch(&self, start: NaiveDateTime, length: TimeDelta) -> Interval {
        let start = self.zone.resolve(start).instant;
        Interval { start, end: start + length }
    }
}

fn monthly(day: NaiveDate) -> String {
    use chrono::Datelike;
    let weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][day.weekday().num_days_from_monday() as usize];
    // The fifth is not in every month.
    let nth = day.day0() / 7 + 1;
    if nth > 4 {
        format!("FREQ=MONTHLY;BYDAY=-1{weekday}")
    } else {
        format!("FREQ=MONTHLY;BYDAY={nth}{weekday}")
    }
}

fn invite(email: &str, mode: Mode) -> Invite {
    Invite { email: email.to_owned(), mode, ..Invite::default() }
}

fn guest(index: usize, mode: Mode) -> Invite {
    let guest = &FACTS.people.guest[index % FACTS.people.guest.len()];
    Invite {
        email: guest.email.clone(),
        name: Some(guest.name.clone()),
        zone: Some(guest.zone.clone()),
        lang: Some(guest.lang),
        mode,
        role: Part::Required,
    }
}

fn conference(name: &str) -> Conference {
    let room = crate::town::slug_of(name);
    Conference { url: Some(format!("https://meet.{}/{room}", FACTS.town.domain)), dial_in: None }
}

fn text_of(wall: NaiveDateTime) -> String {
    wall.format("%Y-%m-%dT%H:%M").to_string()
}
