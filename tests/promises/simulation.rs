//! Promise: a year of a municipality, drawn from a seed, leaves every invariant standing after every step.
//! `BELFORT_SIM_STEPS` and `BELFORT_SIM_SEED` choose how long and which; a failure prints both.

#![expect(clippy::cast_possible_wrap, reason = "counts of a test are small")]

use std::collections::{BTreeMap, BTreeSet};

use belfort::booking::{Meeting, MeetingStatus, Occurrence, Run, Strength, claims_of};
use belfort::ical::{exchange, validate::validate};
use belfort::ids::{MeetingId, OccurrenceId, PersonId};
use belfort::scheduler::{housekeep, join_token};
use belfort::store::{FeedScope, Level, StoreError, View, verify_file};
use belfort::time::Zone;
use belfort::town::Room;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};

use crate::town::{Answer, Client, PEOPLE, Town, monday};

/// Steps between two checks of everything.
const CHECK_EVERY: usize = 150;
const ROOMS: [&str; 9] = [
    "raadzaal",
    "collegezaal",
    "groene-kamer",
    "blauwe-kamer",
    "hal-a",
    "hal-b",
    "hal-c",
    "hal-ab",
    "hal-abc",
];
/// The nights on which the clock of Brussels changes in the simulated year.
const NIGHTS: [&str; 2] = ["2027-03-28T01:30:00", "2027-10-31T01:30:00"];

/// Chance that repeats (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What was seen of a meeting the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    version: i64,
    sequence: u32,
    uid: String,
    dates: Vec<Occurrence>,
}

struct Sim {
    town: Town,
    dice: Dice,
    staff: Client,
    clerk: Client,
    manager: Client,
    door: Client,
    feeds: Vec<String>,
    seen: BTreeMap<MeetingId, Seen>,
    /// Dates that were acknowledged: none of them may ever be gone.
    acknowledged: BTreeSet<OccurrenceId>,
    restarts: u64,
    done: BTreeMap<String, usize>,
}

/// One meeting with its dates, as the file has it.
type Loaded = (Meeting, Vec<Occurrence>);

fn load(view: &View<'_>, id: MeetingId) -> Result<Option<Loaded>, StoreError> {
    let Some(meeting) = view.meeting(id)? else { return Ok(None) };
    Ok(Some((meeting, view.occurrences(id)?)))
}

impl Sim {
    fn new(seed: u64) -> Self {
        let town = Town::new(seed);
        let scope = [
            (FeedScope::Town, Level::Title),
            (FeedScope::Room(town.room_id("raadzaal")), Level::Full),
            (FeedScope::Room(town.room_id("hal-b")), Level::Busy),
            (FeedScope::Person(town.person_id(PEOPLE[0].0)), Level::Full),
        ];
        let feeds = scope.map(|(scope, level)| town.feed(scope, level, false)).to_vec();
        let (staff, clerk) = (town.staff(), town.clerk());
        let (manager, door) = (town.manager(), town.kiosk("groene-kamer"));
        Self {
            town,
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            staff,
            clerk,
            manager,
            door,
            feeds,
            seen: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            restarts: 0,
            done: BTreeMap::new(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.town.clock.now()
    }

    fn wall(&self) -> NaiveDateTime {
        Zone::BRUSSELS.wall(self.now())
    }

    /// A quarter of an hour of working time in the next weeks, or in a night on which the clock changes.
    fn some_time(&mut self) -> NaiveDateTime {
        let nights: Vec<NaiveDateTime> = NIGHTS.iter().map(|night| night.parse().unwrap()).collect();
        let ahead: Vec<_> = nights.into_iter().filter(|night| *night > self.wall()).collect();
        if self.dice.one_in(12) && !ahead.is_empty() {
            return *self.dice.pick(&ahead) + TimeDelta::minutes(15 * self.dice.below(8) as i64);
        }
        let days = if self.dice.one_in(4) { 60 } else { 3 };
        let day = self.wall().date() + TimeDelta::days(self.dice.below(days) as i64);
        let hour = if day == self.wall().date() { self.wall().hour() + 1 } else { 8 };
        let start = day.and_hms_opt(hour.min(22), 0, 0).unwrap();
        start + TimeDelta::minutes(15 * self.dice.below(40) as i64 % (60 * (23 - i64::from(hour.min(22)))))
    }

    fn some_meeting(&mut self) -> Option<MeetingId> {
        // Mostly one that is not over.
        let (now, any) = (self.now(), self.dice.one_in(8));
        let ahead = |seen: &Seen| any || seen.dates.iter().any(|date| date.time.end > now);
        let all: Vec<MeetingId> = self.seen.iter().filter(|(_, s)| ahead(s)).map(|(id, _)| *id).collect();
        (!all.is_empty()).then(|| *self.dice.pick(&all))
    }

    fn some_date(&mut self, id: MeetingId) -> Option<Occurrence> {
        let dates = self.seen.get(&id)?.dates.clone();
        let ahead: Vec<_> = dates.iter().filter(|date| date.time.end > self.now()).cloned().collect();
        if ahead.is_empty() { dates.last().cloned() } else { Some(self.dice.pick(&ahead).clone()) }
    }

    /// Something that is on about now, or was to be.
    fn on_now(&mut self) -> Option<Occurrence> {
        let (from, to) = (self.now() + TimeDelta::minutes(20), self.now());
        let dates = self.seen.values().flat_map(|seen| &seen.dates);
        let on: Vec<_> = dates.filter(|d| d.time.start < from && d.time.end > to).cloned().collect();
        (!on.is_empty()).then(|| self.dice.pick(&on).clone())
    }

    /// Notes an answer; faults of ours end the simulation.
    fn note(&mut self, what: &str, answer: &Answer) -> bool {
        let status = answer.status.as_u16();
        assert!([200, 201, 403, 404, 409, 412, 422].contains(&status), "{what}: {status}: {}", answer.text());
        *self.done.entry(format!("{what} {status}")).or_default() += 1;
        status < 300
    }

    fn acknowledge(&mut self, answer: &Answer) {
        let sheet = answer.json();
        // Dates of an imported meeting go when the calendar that it is from no longer has them.
        let own = !sheet["uid"].as_str().unwrap().starts_with("import-");
        for date in sheet["occurrences"].as_array().into_iter().flatten() {
            let id: OccurrenceId = date["id"].as_str().unwrap().parse().unwrap();
            self.acknowledged.extend(own.then_some(id));
            let kept = self.town.store.read(|view| view.occurrence(id)).unwrap();
            let kept = kept.expect("an acknowledged date is on file");
            let start: DateTime<Utc> = date["start"].as_str().unwrap().parse().unwrap();
            assert_eq!(kept.time.start, start, "what was acknowledged is what is on file");
        }
        let id: MeetingId = sheet["id"].as_str().unwrap().parse().unwrap();
        self.look_at(id);
    }

    /// Reads a meeting anew and compares it with what was seen before, and its claims with the rule.
    fn look_at(&mut self, id: MeetingId) {
        let check = |view: &View<'_>| -> Result<Option<Loaded>, StoreError> {
            let Some(loaded) = load(view, id)? else { return Ok(None) };
            check_claims(view, &loaded)?;
            Ok(Some(loaded))
        };
        let (meeting, dates) = self.town.store.read(check).unwrap().expect("a meeting never disappears");
        let now =
            Seen { version: meeting.version, sequence: meeting.sequence, uid: meeting.uid.clone(), dates };
        if let Some(before) = self.seen.get(&id) {
            assert_eq!(before.uid, now.uid, "a UID stays");
            assert!(now.sequence >= before.sequence && now.version >= before.version, "{id} goes back");
            if now.version == before.version {
                assert_eq!(*before, now, "{id} changed without a new version");
            }
            let visible = |seen: &Seen| -> Vec<_> {
                seen.dates.iter().map(|date| (date.original, date.time, date.run == Run::Planned)).collect()
            };
            if now.sequence == before.sequence && now.dates.len() == before.dates.len() {
                assert_eq!(visible(before), visible(&now), "{id} changed visibly without a new SEQUENCE");
            }
        }
        self.seen.insert(id, now);
    }

    async fn step(&mut self) {
        match self.dice.below(100) {
            0..20 => self.book().await,
            20..24 => self.book_series().await,
            24..38 => self.change().await,
            38..45 => self.answer().await,
            45..52 => self.cancel().await,
            52..57 => self.restore().await,
            57..60 => self.approve().await,
            60..72 => self.run_on_the_day().await,
            72..75 => self.book_now().await,
            75..78 => self.join().await,
            78..96 => self.pass().await,
            96 => self.import().await,
            97 => self.keep_house(),
            98 => self.back_up(),
            _ => self.restart(),
        }
    }

    fn wish(&mut self) -> Value {
        let start = self.some_time();
        let end = start + TimeDelta::minutes(30 + 15 * self.dice.below(8) as i64);
        let text = |wall: NaiveDateTime| wall.format("%Y-%m-%dT%H:%M").to_string();
        let room = *self.dice.pick(&ROOMS);
        let mut wish = json!({ "title": format!("Overleg {}", self.dice.below(1_000)), "start": text(start),
            "end": text(end), "rooms": [room] });
        let hybrid = ["raadzaal", "collegezaal", "blauwe-kamer", "hal-ab", "hal-abc"].contains(&room);
        if self.dice.one_in(2) {
            let mut list: Vec<Value> = Vec::new();
            for (email, _, _) in PEOPLE.iter().take(1 + self.dice.below(PEOPLE.len())) {
                let mode =
                    if hybrid { *self.dice.pick(&["remote", "in_room", "undecided"]) } else { "in_room" };
                list.push(json!({ "email": email, "mode": mode }));
            }
            if self.dice.one_in(4) {
                list.push(json!({ "email": format!("gast{}@elders.example", self.dice.below(20)), "mode": "in_room" }));
            }
            wish["participants"] = list.into();
        }
        if hybrid {
            wish["conference"] = json!({ "url": "https://overleg.example/kamer" });
        }
        if self.dice.one_in(8) {
            wish["equipment"] = json!(["beamer"]);
        }
        wish["privacy"] = json!(self.dice.pick(&["public", "internal", "private"]));
        wish
    }

    async fn book(&mut self) {
        let mut wish = self.wish();
        let mut client = self.staff.clone();
        if self.dice.one_in(6) {
            wish["hold_min"] = json!(30 + self.dice.below(3_000));
        } else if self.dice.one_in(5) {
            wish["body"] = json!("gemeenteraad");
            client = self.clerk.clone();
        }
        let answer = client.post("/api/v1/meetings", wish).await;
        if self.note("book", &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn book_series(&mut self) {
        let mut wish = self.wish();
        let count = 2 + self.dice.below(10);
        let rule = match self.dice.below(5) {
            0 => format!("FREQ=DAILY;COUNT={count}"),
            1 => "FREQ=MONTHLY".to_owned(),
            // A rule that calendars disagree about: it becomes a list of dates.
            2 => format!("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT={count}"),
            _ => format!("FREQ=WEEKLY;COUNT={count}"),
        };
        wish["rrule"] = json!(rule);
        wish["on_conflict"] = json!(self.dice.pick(&["refuse", "skip", "substitute"]));
        let answer = self.staff.post("/api/v1/meetings", wish).await;
        if self.note("series", &answer) {
            self.acknowledge(&answer);
        }
    }

    /// A path with a scope and, where it needs one, a date.
    fn reach(&mut self, id: MeetingId, verb: &str) -> Option<String> {
        let scope = *self.dice.pick(&["this", "following", "all", "all"]);
        let date = self.some_date(id)?;
        Some(format!("/api/v1/meetings/{id}{verb}?scope={scope}&occurrence={}", date.id))
    }

    async fn change(&mut self) {
        let Some(id) = self.some_meeting() else { return };
        let Some(path) = self.reach(id, "") else { return };
        let Some(date) = self.some_date(id) else { return };
        let was = Zone::BRUSSELS.wall(date.time.start);
        let mut change = json!({ "on_conflict": self.dice.pick(&["refuse", "skip", "substitute"]) });
        if self.dice.one_in(2) {
            let shift = TimeDelta::minutes(15 * (self.dice.below(16) as i64 - 8));
            let start = if self.dice.one_in(3) { self.some_time() } else { was + shift };
            change["start"] = json!(start.format("%Y-%m-%dT%H:%M").to_string());
            change["end"] = json!((start + date.time.length()).format("%Y-%m-%dT%H:%M").to_string());
        }
        if self.dice.one_in(3) {
            change["rooms"] = json!([self.dice.pick(&ROOMS)]);
        }
        if self.dice.one_in(4) {
            change["title"] = json!(format!("Anders {}", self.dice.below(1_000)));
        }
        if path.contains("scope=all") && self.dice.one_in(3) {
            let (first, second) = (self.dice.below(PEOPLE.len()), self.dice.below(PEOPLE.len()));
            let mut list = vec![json!({ "email": PEOPLE[first].0, "mode": "in_room" })];
            if second != first {
                list.push(json!({ "email": PEOPLE[second].0, "mode": "in_room" }));
            }
            change["participants"] = list.into();
        }
        let answer = self.clerk.patch(&path, change.clone()).await;
        if self.note("change", &answer) {
            let before: Vec<_> = self.seen[&id].dates.iter().map(|date| date.id).collect();
            self.acknowledge(&answer);
            self.look_at(id);
            for date in before {
                let kept = self.town.store.read(|view| view.occurrence(date)).unwrap();
                assert!(kept.is_some(), "{path} {change} lost {date} of {}", answer.text());
            }
        }
    }

    async fn answer(&mut self) {
        let Some(id) = self.some_meeting() else { return };
        let email = self.dice.pick(&PEOPLE).0;
        let mut said = json!({ "answer": self.dice.pick(&["accepted", "declined", "tentative"]) });
        if self.dice.one_in(2) {
            said["mode"] = json!(self.dice.pick(&["in_room", "remote"]));
        }
        if self.dice.one_in(3)
            && let Some(date) = self.some_date(id)
        {
            said["occurrence"] = json!(date.id.to_string());
        }
        let answer = self.clerk.put(&format!("/api/v1/meetings/{id}/participants/{email}"), said).await;
        if self.note("answer", &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn cancel(&mut self) {
        let Some(id) = self.some_meeting() else { return };
        let Some(path) = self.reach(id, "") else { return };
        let answer = self.clerk.delete(&path).await;
        if self.note("cancel", &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn restore(&mut self) {
        // Called-off ones are few, so one of those is sought.
        let now = self.now();
        let off = |seen: &Seen| seen.dates.iter().any(|d| d.run == Run::Cancelled && d.time.end > now);
        let all: Vec<MeetingId> = self.seen.iter().filter(|(_, s)| off(s)).map(|(id, _)| *id).collect();
        if all.is_empty() {
            return;
        }
        let id = *self.dice.pick(&all);
        let Some(path) = self.reach(id, "/restore") else { return };
        let answer = self.clerk.post(&path, json!({})).await;
        if self.note("restore", &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn approve(&mut self) {
        let held = self.town.store.read(|view| {
            let mut held = Vec::new();
            for id in self.seen.keys() {
                let status = view.meeting(*id)?.map(|meeting| meeting.status);
                held.extend((status == Some(MeetingStatus::Held)).then_some(*id));
            }
            Ok::<_, StoreError>(held)
        });
        let held = held.unwrap();
        if held.is_empty() {
            return;
        }
        let id = *self.dice.pick(&held);
        let answer = self.manager.post(&format!("/api/v1/meetings/{id}/approve"), json!({})).await;
        if self.note("approve", &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn run_on_the_day(&mut self) {
        let Some(date) = self.on_now() else { return };
        let mut body = json!({ "occurrence": date.id.to_string() });
        let verb = match self.dice.below(7) {
            0..3 => {
                // Some touches arrive late, from a screen that was cut off.
                let late = TimeDelta::minutes(self.dice.below(30) as i64);
                body["at"] = json!(self.now() - late);
                "check-in"
            }
            3 | 4 => {
                body["minutes"] = json!(5 + self.dice.below(60));
                "extend"
            }
            5 => "end",
            _ => "release/undo",
        };
        let path = format!("/api/v1/meetings/{}/{verb}", date.meeting);
        let answer = self.clerk.post(&path, body).await;
        if self.note(verb, &answer) {
            self.acknowledge(&answer);
        }
    }

    async fn book_now(&mut self) {
        let minutes = 15 * (1 + self.dice.below(4));
        let body = json!({ "command": "book_now", "minutes": minutes });
        let answer = self.door.post("/api/v1/rooms/groene-kamer/commands", body).await;
        self.note("book now", &answer);
        self.look_at_news();
    }

    async fn join(&mut self) {
        let Some(date) = self.on_now() else { return };
        let id = date.meeting;
        let list = self.town.store.read(|view| view.participants(id)).unwrap();
        let Some(participant) = list.first() else { return };
        let token = join_token(self.town.store.secret(), id, participant.person);
        let page = self.town.anonymous().get(&format!("/join/{token}")).await;
        assert!(page.status.as_u16() < 500, "{}", page.text());
        let verb = if self.dice.one_in(3) { "left" } else { "here" };
        let cookie = page.header("set-cookie").split(';').next().unwrap_or("").to_owned();
        let headers = [("cookie", cookie.as_str())];
        let path = format!("/join/{token}/{verb}");
        let said = self.town.anonymous().send("POST", &path, None, &headers).await;
        assert!(said.status.as_u16() < 500, "{}", said.text());
        *self.done.entry(format!("join {}", page.status.as_u16())).or_default() += 1;
        self.look_at(id);
    }

    async fn pass(&mut self) {
        let minutes = match self.dice.below(10) {
            0..6 => 3 + self.dice.below(30),
            6..8 => 60 + self.dice.below(600),
            8 => 1_440 * (1 + self.dice.below(20)),
            // To the start of the next meeting, where people come or do not.
            _ => {
                let now = self.now();
                let dates = self.seen.values().flat_map(|seen| &seen.dates);
                let next =
                    dates.filter(|d| d.run == Run::Planned).map(|d| d.time.start).filter(|at| *at > now);
                next.min().map_or(5, |at| {
                    usize::try_from((at - now).num_minutes()).unwrap_or(0) + self.dice.below(15)
                })
            }
        };
        self.town.pass(TimeDelta::minutes(minutes as i64)).await;
        // What was on or held may have changed by itself.
        let since = self.now() - TimeDelta::minutes(minutes as i64 + 60);
        let touched: Vec<MeetingId> = self
            .seen
            .iter()
            .filter(|(_, seen)| seen.dates.iter().any(|d| d.time.end > since && d.time.start < self.now()))
            .map(|(id, _)| *id)
            .collect();
        for id in touched {
            self.look_at(id);
        }
    }

    async fn import(&mut self) {
        let mut text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//elders//NL\r\n".to_owned();
        for _ in 0..=self.dice.below(3) {
            let start = self.some_time();
            let end = start + TimeDelta::minutes(45);
            let stamp = |wall: NaiveDateTime| wall.format("%Y%m%dT%H%M%S").to_string();
            let event = format!(
                "BEGIN:VEVENT\r\nUID:import-{}@elders.example\r\nDTSTAMP:20270101T000000Z\r\n\
                 DTSTART;TZID=Europe/Brussels:{}\r\nDTEND;TZID=Europe/Brussels:{}\r\nSUMMARY:Van elders\r\n{}\
                 END:VEVENT\r\n",
                self.dice.below(30),
                stamp(start),
                stamp(end),
                if self.dice.one_in(3) { "RRULE:FREQ=WEEKLY;COUNT=4\r\n" } else { "" }
            );
            text.push_str(&event);
        }
        text += "END:VCALENDAR\r\n";
        let skip = self.dice.one_in(2);
        let path = format!(
            "/api/v1/import?room=blauwe-kamer&organiser=an.peeters@stad.example&skip_conflicts={skip}"
        );
        let admin = self.town.admin();
        let answer = admin.raw("POST", &path, text.into_bytes(), "text/calendar", &[]).await;
        self.note("import", &answer);
        self.look_at_news();
    }

    fn keep_house(&mut self) {
        let kept = self.town.store.write_now(housekeep).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        *self.done.entry("series rolled on".to_owned()).or_default() += kept.rolled;
        *self.done.entry("guests forgotten".to_owned()).or_default() += kept.erased;
        self.check_everything();
    }

    fn back_up(&mut self) {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("copy.db");
        self.town.store.backup(&target).unwrap();
        let copy = verify_file(&target).unwrap();
        assert!(copy.is_clean(), "{copy:?}");
        let counts = self.town.store.read(|view| {
            let counts = view.counts()?;
            Ok::<_, StoreError>(counts)
        });
        let counts = counts.unwrap();
        assert_eq!((copy.meetings, copy.occurrences), counts, "a backup has everything");
        *self.done.entry("backup".to_owned()).or_default() += 1;
    }

    fn restart(&mut self) {
        self.restarts += 1;
        let aside = Town::new(0);
        let town = std::mem::replace(&mut self.town, aside);
        self.town = town.restarted(1_000_000 + self.restarts);
        (self.staff, self.clerk) = (self.town.staff(), self.town.clerk());
        (self.manager, self.door) = (self.town.manager(), self.town.kiosk("groene-kamer"));
        *self.done.entry("restart".to_owned()).or_default() += 1;
        self.check_everything();
    }

    fn all_meetings(&self) -> Vec<MeetingId> {
        let (from, to) = (monday() - TimeDelta::days(9_999), monday() + TimeDelta::days(9_999));
        let keys = self.town.store.read(|view| view.meetings_of_town(from, to)).unwrap();
        keys.into_iter().map(|key| key.id).collect()
    }

    /// Meetings that came by other ways than an answer: imports, doors.
    fn look_at_news(&mut self) {
        for id in self.all_meetings() {
            if !self.seen.contains_key(&id) {
                self.look_at(id);
            }
        }
    }

    fn check_everything(&mut self) {
        self.town.verify();
        for id in self.all_meetings() {
            self.look_at(id);
        }
        let known: BTreeSet<OccurrenceId> =
            self.seen.values().flat_map(|seen| &seen.dates).map(|date| date.id).collect();
        let lost: Vec<_> = self.acknowledged.difference(&known).collect();
        assert!(lost.is_empty(), "acknowledged dates are gone: {lost:?}");
    }

    /// Feeds are valid, and days show what is claimed.
    async fn check_doors(&mut self) {
        self.town.app.catch_up().unwrap();
        for path in self.feeds.clone() {
            let feed = self.town.anonymous().get(&path).await.must(200);
            if let Err(faults) = validate(&feed.bytes) {
                panic!("a feed is not valid: {faults:?}");
            }
            let faults = exchange::lint(&feed.bytes);
            assert!(faults.is_empty(), "Exchange would not take a feed: {faults:?}");
        }
        let day = self.wall().date() + TimeDelta::days(self.dice.below(4) as i64);
        let shown = self.clerk.get(&format!("/api/v1/days/{day}")).await.must(200).json();
        for room in shown.as_array().unwrap() {
            let found: BTreeSet<String> =
                room["meetings"].as_array().unwrap().iter().map(|m| m["occurrence"].to_string()).collect();
            assert_eq!(found, self.expected_day(room["room"].as_str().unwrap(), day), "{}", room["room"]);
        }
    }

    fn expected_day(&self, slug: &str, day: NaiveDate) -> BTreeSet<String> {
        let directory = self.town.store.directory();
        let here = directory.room_named(slug).unwrap();
        let window = directory.house.zone.day(day);
        let stands = |view: &View<'_>| -> Result<BTreeSet<String>, StoreError> {
            let mut expected = BTreeSet::new();
            for id in self.seen.keys() {
                let Some((meeting, dates)) = load(view, *id)? else { continue };
                for date in dates.iter().filter(|d| d.run == Run::Planned && d.time.overlaps(&window)) {
                    let rooms = rooms(view, &meeting, date);
                    let shares = rooms.iter().any(|room| room.cells.iter().any(|c| here.cells.contains(c)));
                    if shares && meeting.status != MeetingStatus::Cancelled {
                        expected.insert(format!("\"{}\"", date.id));
                    }
                }
            }
            Ok(expected)
        };
        self.town.store.read(stands).unwrap()
    }
}

fn rooms<'v>(view: &'v View<'_>, meeting: &Meeting, date: &Occurrence) -> Vec<&'v Room> {
    date.rooms_or(&meeting.rooms).iter().filter_map(|id| view.directory().room(*id)).collect()
}

/// Planned dates claim exactly what the rule says; all others claim nothing.
fn check_claims(view: &View<'_>, (meeting, dates): &Loaded) -> Result<(), StoreError> {
    let list: Vec<PersonId> = view.participants(meeting.id)?.iter().map(|p| p.person).collect();
    for date in dates {
        let held = view.claims_of_occurrence(date.id)?;
        let mut live = Vec::new();
        for claim in &held {
            let now = view.claims_in(claim.resource, claim.time)?;
            live.extend(now.iter().any(|taken| taken.occurrence == date.id).then_some(*claim));
        }
        if date.run != Run::Planned {
            assert!(live.is_empty(), "{date:?} is {:?} and claims {live:?}", date.run);
            assert!(date.run != Run::Released || !meeting.is_session(), "a session was given free: {date:?}");
            continue;
        }
        assert_eq!(live.len(), held.len(), "{date:?} stands, and some of its claims do not");
        let strength = if meeting.status == MeetingStatus::Held { Strength::Hold } else { Strength::Hard };
        let mut wanted = claims_of(&rooms(view, meeting, date), date.time, date.id, strength);
        if date.ended.is_some() {
            for claim in &mut wanted {
                claim.time.end = date.time.end;
            }
        }
        let cells: BTreeSet<i64> = wanted.iter().map(|claim| claim.resource.0).collect();
        let mut found: Vec<_> = live.iter().filter(|c| cells.contains(&c.resource.0)).copied().collect();
        if meeting.status == MeetingStatus::Cancelled {
            // What was over when it was called off stays as it was, also if it was only held.
            for claim in &mut found {
                claim.strength = strength;
            }
        }
        wanted.sort_by_key(|claim| claim.resource.0);
        found.sort_by_key(|claim| claim.resource.0);
        assert_eq!(found, wanted, "the claims of {date:?} in {:?}", meeting.rooms);
        let units = view.directory().units.iter().filter(|u| live.iter().any(|c| c.resource == u.resource));
        assert_eq!(units.count(), meeting.equipment.len(), "equipment of {date:?}");
        if date.time.end > view.now() {
            for person in &list {
                let Some(resource) = view.person(*person)?.and_then(|person| person.resource) else {
                    continue;
                };
                assert!(live.iter().any(|c| c.resource == resource), "{person:?} is not claimed by {date:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_year_of_a_municipality_keeps_every_promise() {
    let number = |name: &str, otherwise: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let (seed, steps) = (number("BELFORT_SIM_SEED", 7), number("BELFORT_SIM_STEPS", 1_200));
    let mut sim = Sim::new(seed);
    for step in 1..=usize::try_from(steps).unwrap() {
        let at = Where { seed, step };
        sim.step().await;
        if step.is_multiple_of(CHECK_EVERY) {
            sim.check_everything();
            sim.check_doors().await;
        }
        std::mem::forget(at);
    }
    sim.check_everything();
    sim.check_doors().await;
    sim.town.store.close();
    let days = (sim.now() - monday()).num_days();
    println!("seed {seed}: {steps} steps, {days} days, {} meetings: {:#?}", sim.seen.len(), sim.done);
}

/// Says where the simulation was when it ended in a panic.
struct Where {
    seed: u64,
    step: usize,
}

impl Drop for Where {
    fn drop(&mut self) {
        eprintln!("the simulation failed: BELFORT_SIM_SEED={} BELFORT_SIM_STEPS={}", self.seed, self.step);
    }
}
