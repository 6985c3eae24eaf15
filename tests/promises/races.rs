//! Promise: whoever races for a room, one gets it. Raced by 16 clients through the real router, on several
//! threads; and any sequence of commands leaves the claims that a naive list of bookings would have.

#![expect(clippy::cast_possible_wrap, reason = "counts of a test are small")]

use std::sync::Arc;

use belfort::store::StoreError;
use belfort::time::Interval;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::town::{Answer, Client, Town, booking, monday};

const CLIENTS: usize = 16;

/// `BELFORT_RACE_ROUNDS`, or 300.
fn rounds() -> usize {
    std::env::var("BELFORT_RACE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

/// Lets everybody start at once; the answers in their order.
async fn race<F>(starters: impl IntoIterator<Item = F>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let starters: Vec<F> = starters.into_iter().collect();
    let barrier = Arc::new(Barrier::new(starters.len()));
    let running: Vec<_> = starters
        .into_iter()
        .map(|starter| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                barrier.wait().await;
                starter.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(running.len());
    for running in running {
        answers.push(running.await.unwrap());
    }
    answers
}

/// Fails unless exactly one of the answers has the status of success and all others are 409.
#[track_caller]
fn one_wins(answers: &[Answer], success: u16, what: &str) -> usize {
    let won: Vec<usize> = (0..answers.len()).filter(|at| answers[*at].status.as_u16() == success).collect();
    let lost = answers.iter().filter(|answer| answer.status.as_u16() == 409).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!((won.len(), lost), (1, answers.len() - 1), "{what}: {statuses:?}");
    won[0]
}

/// The wall time of round `round`: eight slots of an hour a day from 19 January 2027 on.
fn slot(round: usize) -> NaiveDateTime {
    let first: NaiveDateTime = "2027-01-19T08:00:00".parse().unwrap();
    first + TimeDelta::days((round / 8) as i64) + TimeDelta::hours((round % 8) as i64)
}

fn text(wall: NaiveDateTime) -> String {
    wall.format("%Y-%m-%dT%H:%M").to_string()
}

fn hour(room: &str, start: NaiveDateTime) -> Value {
    booking(room, &text(start), &text(start + TimeDelta::hours(1)))
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn post(client: Client, path: String, body: Value) -> Answer {
    client.post(&path, body).await
}

async fn book(client: Client, body: Value) -> Answer {
    client.post("/api/v1/meetings", body).await
}

fn meetings(town: &Town) -> u64 {
    town.store.read(|view| Ok::<_, StoreError>(view.counts()?.0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_clients_race_for_one_slot() {
    let town = Town::new(1);
    let clients: Vec<Client> = (0..CLIENTS).map(|_| town.staff()).collect();
    let rounds = rounds();
    for round in 0..rounds {
        let wish = hour("groene-kamer", slot(round));
        let answers = race(clients.iter().map(|client| book(client.clone(), wish.clone()))).await;
        one_wins(&answers, 201, &format!("round {round}"));
    }
    town.verify();
    assert_eq!(meetings(&town), rounds as u64);
    println!("{rounds} rounds of {CLIENTS} clients: {rounds} booked, 0 doubles");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn series_race_and_nothing_is_half_booked() {
    let town = Town::new(2);
    let staff = town.staff();
    for round in 0..rounds().div_ceil(20) {
        let start: NaiveDateTime = "2027-02-01T08:00:00".parse().unwrap();
        let start = start + TimeDelta::days(28 * round as i64);
        // Every rule meets every other on the first day of the second week, and the first date differs.
        let wishes = (0..CLIENTS).map(|n| {
            let (first, rule) = match n % 4 {
                0 => (0, "FREQ=DAILY;COUNT=9"),
                1 => (0, "FREQ=WEEKLY;COUNT=3"),
                2 => (7, "FREQ=DAILY;COUNT=5"),
                _ => (3, "FREQ=DAILY;INTERVAL=2;COUNT=7"),
            };
            let mut wish = hour("collegezaal", start + TimeDelta::days(first));
            wish["rrule"] = json!(rule);
            book(staff.clone(), wish)
        });
        let before = meetings(&town);
        let answers = race(wishes.collect::<Vec<_>>()).await;
        one_wins(&answers, 201, &format!("round {round}"));
        assert_eq!(meetings(&town), before + 1, "round {round}");
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn moves_race_and_losers_stay_where_they_were() {
    let town = Town::new(3);
    let staff = town.staff();
    for round in 0..rounds().div_ceil(20) {
        let day: NaiveDateTime = "2027-02-01T07:00:00".parse().unwrap();
        let day = day + TimeDelta::days(2 * round as i64);
        let mut paths = Vec::new();
        for n in 0..CLIENTS {
            let room = ["raadzaal", "collegezaal", "groene-kamer", "blauwe-kamer"][n % 4];
            let made = book(staff.clone(), hour(room, day + TimeDelta::hours(n as i64 / 4))).await.must(201);
            paths.push(format!("/api/v1/meetings/{}", id(&made)));
        }
        let goal = day + TimeDelta::days(1);
        let change =
            json!({ "start": text(goal), "end": text(goal + TimeDelta::hours(1)), "rooms": ["hal-a"] });
        let answers = race(paths.iter().cloned().map(|path| {
            let (staff, change) = (staff.clone(), change.clone());
            async move { staff.patch(&path, change).await }
        }))
        .await;
        let won = one_wins(&answers, 200, &format!("round {round}"));
        for (n, path) in paths.iter().enumerate() {
            let at =
                staff.get(path).await.json()["occurrences"][0]["local_start"].as_str().unwrap().to_owned();
            let stays = text(if n == won { goal } else { day + TimeDelta::hours(n as i64 / 4) });
            assert!(at.starts_with(&stays), "round {round}, meeting {n}: {at} is not {stays}");
            staff.delete(path).await.must(200);
        }
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn holds_race_and_of_many_answers_one_counts() {
    let town = Town::new(4);
    let (staff, manager) = (town.staff(), town.manager());
    for round in 0..rounds().div_ceil(10) {
        let mut wish = hour("raadzaal", slot(round));
        wish["hold_min"] = json!(60);
        let answers = race((0..CLIENTS).map(|_| book(staff.clone(), wish.clone()))).await;
        let held = id(&answers[one_wins(&answers, 201, &format!("holds, round {round}"))]);
        let path = format!("/api/v1/meetings/{held}/approve");
        if round % 2 == 0 {
            let answers = race((0..CLIENTS).map(|_| post(manager.clone(), path.clone(), json!({})))).await;
            one_wins(&answers, 200, &format!("approvals, round {round}"));
        } else {
            // Approved or called off, in either order; an approval after the cancellation finds no hold.
            let answers = race((0..CLIENTS).map(|n| {
                let (staff, manager, path) = (staff.clone(), manager.clone(), path.clone());
                let gone = path.trim_end_matches("/approve").to_owned();
                async move {
                    if n % 2 == 0 { manager.post(&path, json!({})).await } else { staff.delete(&gone).await }
                }
            }))
            .await;
            let won = |odd| answers.iter().skip(odd).step_by(2).filter(|a| a.status == 200).count();
            assert!(won(0) <= 1 && won(1) == 1, "round {round}: {} approved, {} called off", won(0), won(1));
            let sheet = staff.get(path.trim_end_matches("/approve")).await.json();
            assert_eq!(sheet["status"], "cancelled", "round {round}");
            book(staff.clone(), hour("raadzaal", slot(round))).await.must(201);
        }
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restore_races_with_bookings_of_the_free_slot() {
    let town = Town::new(5);
    let staff = town.staff();
    for round in 0..rounds().div_ceil(10) {
        let made = book(staff.clone(), hour("groene-kamer", slot(round))).await.must(201);
        let path = format!("/api/v1/meetings/{}", id(&made));
        staff.delete(&path).await.must(200);
        let answers = race((0..CLIENTS).map(|n| {
            let (staff, path) = (staff.clone(), path.clone());
            let wish = hour("groene-kamer", slot(round));
            async move {
                match n % 2 {
                    0 => staff.post(&format!("{path}/restore"), json!({})).await,
                    _ => staff.post("/api/v1/meetings", wish).await,
                }
            }
        }))
        .await;
        let won = answers.iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(won, 1, "round {round}");
        assert!(answers.iter().all(|answer| answer.status.is_success() || answer.status == 409));
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn combinations_of_a_divisible_hall_race() {
    const ROOMS: [(&str, &str); 5] =
        [("hal-a", "a"), ("hal-b", "b"), ("hal-c", "c"), ("hal-ab", "ab"), ("hal-abc", "abc")];
    let town = Town::new(6);
    let staff = town.staff();
    for round in 0..rounds().div_ceil(10) {
        // Set-up and clean-up take half an hour each, so rounds are three hours apart.
        let start: NaiveDateTime = "2027-02-01T06:00:00".parse().unwrap();
        let start = start + TimeDelta::hours(3 * round as i64);
        let answers = race((0..CLIENTS).map(|n| book(staff.clone(), hour(ROOMS[n % 5].0, start)))).await;
        let mut cells: Vec<char> =
            (0..CLIENTS).filter(|n| answers[*n].status == 201).flat_map(|n| ROOMS[n % 5].1.chars()).collect();
        cells.sort_unstable();
        let all = cells.len();
        cells.dedup();
        assert_eq!(all, cells.len(), "round {round}: a cell was given twice");
        assert!(!cells.is_empty(), "round {round}: nobody got anything");
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_in_races_with_the_release_and_with_whoever_wants_the_room() {
    let town = Town::new(7);
    let (staff, other) = (town.staff(), town.clerk());
    for round in 0..rounds().div_ceil(15) {
        let start = slot(round);
        let made = book(staff.clone(), hour("groene-kamer", start)).await.must(201);
        let path = format!("/api/v1/meetings/{}", id(&made));
        let begins: DateTime<Utc> = made.json()["occurrences"][0]["start"].as_str().unwrap().parse().unwrap();
        town.clock.set(begins + TimeDelta::minutes(11));
        let touched = json!({ "at": begins + TimeDelta::minutes(5) });
        // The last quarter is free as soon as the room is given free.
        let late = start + TimeDelta::minutes(45);
        let wish = booking("groene-kamer", &text(late), &text(late + TimeDelta::minutes(15)));
        let app = town.app.clone();
        let (ticked, answers) = tokio::join!(
            async move { app.tick().await.unwrap() },
            race((0..CLIENTS).map(|n| {
                let (staff, other, path) = (staff.clone(), other.clone(), path.clone());
                let (touched, wish) = (touched.clone(), wish.clone());
                async move {
                    match n % 2 {
                        0 => staff.post(&format!("{path}/check-in"), touched).await,
                        _ => other.post("/api/v1/meetings", wish).await,
                    }
                }
            }))
        );
        let won = |odd| answers.iter().skip(odd).step_by(2).filter(|a| a.status.is_success()).count();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        let sheet = staff.get(&path).await.json();
        let status = sheet["occurrences"][0]["status"].as_str().unwrap();
        match won(1) {
            // Nobody else took it: a touch that was made in time stands.
            0 => assert_eq!((status, won(0)), ("checked_in", 8), "round {round}: {statuses:?}"),
            1 => assert_eq!((status, won(0)), ("released", 0), "round {round}: {statuses:?}"),
            _ => panic!("round {round}: the quarter was booked twice: {statuses:?}"),
        }
        assert!(ticked.released <= 1);
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn answers_of_many_people_are_all_kept() {
    let town = Town::new(8);
    let staff = town.staff();
    let people = ["an.peeters", "jan.maes", "els.claes", "tom.wouters"].map(|n| format!("{n}@stad.example"));
    let clients: Vec<Client> =
        people.iter().map(|email| town.client(belfort::town::Role::Staff, Some(email), None)).collect();
    for round in 0..rounds().div_ceil(15) {
        let mut wish = hour("collegezaal", slot(round));
        wish["participants"] = people.iter().map(|email| json!({ "email": email })).collect();
        let path = format!("/api/v1/meetings/{}", id(&book(staff.clone(), wish).await.must(201)));
        let answers = race((0..CLIENTS).map(|n| {
            let client = clients[n % 4].clone();
            let path = format!("{path}/participants/{}", people[n % 4]);
            let said = if (n + round) % 4 == 0 { "declined" } else { "accepted" };
            async move { client.put(&path, json!({ "answer": said })).await }
        }))
        .await;
        assert!(answers.iter().all(|answer| answer.status == 200), "round {round}");
        let sheet = staff.get(&path).await.json();
        assert_eq!(
            sheet["version"],
            1 + CLIENTS as i64,
            "round {round}: every answer is a version of its own"
        );
        for (n, email) in people.iter().enumerate() {
            let listed = sheet["participants"].as_array().unwrap().iter().find(|p| p["email"] == **email);
            let said = if (n + round) % 4 == 0 { "declined" } else { "accepted" };
            assert_eq!(listed.unwrap()["answer"], said, "round {round}, {email}");
        }
    }
    town.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_raced_key_has_one_effect() {
    let town = Town::new(9);
    let staff = town.staff();
    for round in 0..rounds().div_ceil(10) {
        let before = meetings(&town);
        let answers =
            race((0..CLIENTS).map(|_| {
                let (staff, wish) = (staff.clone(), hour("raadzaal", slot(round)));
                let key = format!("round-{round}");
                async move {
                    staff.send("POST", "/api/v1/meetings", Some(wish), &[("idempotency-key", &key)]).await
                }
            }))
            .await;
        assert!(answers.iter().all(|a| a.status == 201 && a.bytes == answers[0].bytes), "round {round}");
        assert_eq!(meetings(&town), before + 1, "round {round}");
    }
    town.verify();
}

/// What the property test does to the town.
#[derive(Clone, Debug)]
enum Step {
    Book { room: usize, start: i64, slots: i64 },
    Move { which: usize, room: usize, start: i64 },
    Cancel { which: usize },
    Restore { which: usize },
    Pass { minutes: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let room = 0..ROOMS.len();
    prop_oneof![
        4 => (room.clone(), 0_i64..12, 1_i64..4).prop_map(|(room, start, slots)| Step::Book { room, start, slots }),
        3 => (any::<usize>(), room, 0_i64..12).prop_map(|(which, room, start)| Step::Move { which, room, start }),
        2 => any::<usize>().prop_map(|which| Step::Cancel { which }),
        2 => any::<usize>().prop_map(|which| Step::Restore { which }),
        1 => (5_i64..40).prop_map(|minutes| Step::Pass { minutes }),
    ]
}

/// Rooms with their cells and the minutes of set-up and clean-up.
const ROOMS: [(&str, &str, i64); 6] = [
    ("groene-kamer", "g", 0),
    ("hal-a", "a", 15),
    ("hal-b", "b", 15),
    ("hal-c", "c", 15),
    ("hal-ab", "ab", 30),
    ("hal-abc", "abc", 30),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Planned,
    Cancelled,
    Released,
}

/// A booking as a naive list keeps it, in minutes since the beginning.
#[derive(Clone, Debug)]
struct Kept {
    path: String,
    room: usize,
    start: i64,
    length: i64,
    called_off: bool,
    state: State,
}

impl Kept {
    fn claim(&self) -> (i64, i64) {
        let around = ROOMS[self.room].2;
        (self.start - around, self.start + self.length + around)
    }

    fn end(&self) -> i64 {
        self.start + self.length
    }
}

#[derive(Default)]
struct Model {
    now: i64,
    kept: Vec<Kept>,
}

impl Model {
    fn free(&self, wish: &Kept, except: Option<usize>) -> bool {
        let (from, to) = wish.claim();
        !self.kept.iter().enumerate().any(|(at, other)| {
            let (starts, ends) = other.claim();
            Some(at) != except
                && other.state == State::Planned
                && starts < to
                && from < ends
                && ROOMS[other.room].1.chars().any(|cell| ROOMS[wish.room].1.contains(cell))
        })
    }

    fn pass(&mut self, minutes: i64) {
        self.now += minutes;
        for kept in &mut self.kept {
            let due = kept.start + 10 <= self.now && self.now < kept.end();
            if kept.state == State::Planned && due {
                kept.state = State::Released;
            }
        }
    }

    /// The live claims of a cell.
    fn claims(&self, cell: char) -> Vec<(i64, i64)> {
        let live = self.kept.iter().filter(|kept| kept.state == State::Planned);
        let mut claims: Vec<_> =
            live.filter(|kept| ROOMS[kept.room].1.contains(cell)).map(Kept::claim).collect();
        claims.sort_unstable();
        claims
    }
}

fn at(minute: i64) -> String {
    text("2027-01-18T09:00:00".parse::<NaiveDateTime>().unwrap() + TimeDelta::minutes(minute))
}

/// Does one step in the town and in the model; the answers must agree.
async fn take(town: &Town, staff: &Client, model: &mut Model, step: &Step) {
    let pick = |which: usize| (!model.kept.is_empty()).then(|| which % model.kept.len());
    match *step {
        Step::Pass { minutes } => {
            town.pass(TimeDelta::minutes(minutes)).await;
            model.pass(minutes);
        }
        Step::Book { room, start, slots } => {
            let (start, length) = (30 * start, 30 * slots);
            let answer = book(staff.clone(), booking(ROOMS[room].0, &at(start), &at(start + length))).await;
            let state = State::Planned;
            let mut new = Kept { path: String::new(), room, start, length, called_off: false, state };
            let wanted = match () {
                () if start < model.now - 5 => 422,
                () if model.free(&new, None) => 201,
                () => 409,
            };
            assert_eq!(answer.status, wanted, "{step:?} at {}: {}", model.now, answer.text());
            if wanted == 201 {
                new.path = format!("/api/v1/meetings/{}", id(&answer));
                model.kept.push(new);
            }
        }
        Step::Move { which, room, start } => {
            let Some(which) = pick(which) else { return };
            let was = model.kept[which].clone();
            let new = Kept { room, start: 30 * start, ..was.clone() };
            let wish = json!({ "start": at(new.start), "end": at(new.end()), "rooms": [ROOMS[room].0] });
            let answer = staff.patch(&was.path, wish).await;
            let over = was.called_off || was.state != State::Planned || was.end() <= model.now;
            let wanted = match () {
                () if over => 409,
                () if new.start != was.start && new.start < model.now - 5 => 422,
                () if model.free(&new, Some(which)) => 200,
                () => 409,
            };
            assert_eq!(answer.status, wanted, "{step:?} of {was:?} at {}: {}", model.now, answer.text());
            if wanted == 200 {
                model.kept[which] = new;
            }
        }
        Step::Cancel { which } => {
            let Some(which) = pick(which) else { return };
            let now = model.now;
            let kept = &mut model.kept[which];
            let answer = staff.delete(&kept.path).await;
            // What took place did so: it is not called off afterwards.
            let wanted = if kept.called_off || kept.end() <= now { 409 } else { 200 };
            assert_eq!(answer.status, wanted, "{step:?} of {kept:?} at {now}");
            if wanted == 200 {
                kept.called_off = true;
                if kept.state == State::Planned {
                    kept.state = State::Cancelled;
                }
            }
        }
        Step::Restore { which } => {
            let Some(which) = pick(which) else { return };
            let was = model.kept[which].clone();
            let answer = staff.post(&format!("{}/restore", was.path), json!({})).await;
            let can = was.state == State::Cancelled && was.end() > model.now && model.free(&was, Some(which));
            let wanted = if can { 200 } else { 409 };
            assert_eq!(answer.status, wanted, "{step:?} of {was:?} at {}: {}", model.now, answer.text());
            if can {
                model.kept[which].state = State::Planned;
                model.kept[which].called_off = false;
            }
        }
    }
}

/// Fails unless the live claims of every cell are those of the model.
fn compare(town: &Town, model: &Model) {
    let directory = town.store.directory();
    let all = Interval { start: monday() - TimeDelta::days(1), end: monday() + TimeDelta::days(2) };
    for (slug, cells, _) in ROOMS.iter().filter(|(_, cells, _)| cells.len() == 1) {
        let cell = directory.room_named(slug).unwrap().cells[0];
        let found = town.store.read(|view| view.claims_in(cell, all)).unwrap();
        let minutes = |instant: DateTime<Utc>| (instant - monday()).num_minutes();
        let found: Vec<_> =
            found.iter().map(|taken| (minutes(taken.time.start), minutes(taken.time.end))).collect();
        assert_eq!(found, model.claims(cells.chars().next().unwrap()), "claims of {slug}");
    }
    town.verify();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_of_commands_leaves_the_claims_of_a_naive_list(
        steps in proptest::collection::vec(step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let town = Town::new(10);
            let staff = town.staff();
            let mut model = Model::default();
            for step in &steps {
                take(&town, &staff, &mut model, step).await;
                compare(&town, &model);
            }
        });
    }
}
