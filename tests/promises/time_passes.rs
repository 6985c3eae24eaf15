//! Promise: what time itself does is done: horizons roll on, guests are forgotten, old answers are wiped, and a
//! change of a meeting leaves alone what it is not about.

use belfort::booking::Run;
use belfort::ids::MeetingId;
use belfort::scheduler::{Kept, housekeep};
use belfort::store::StoreError;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::town::{Answer, Town, booking};

fn keep(town: &Town) -> Kept {
    town.store.write_now(housekeep).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn path(made: &Answer) -> String {
    format!("/api/v1/meetings/{}", made.json()["id"].as_str().unwrap())
}

fn starts(sheet: &Value) -> Vec<String> {
    let dates = sheet["occurrences"].as_array().unwrap().iter();
    dates.map(|date| date["local_start"].as_str().unwrap()[..16].to_owned()).collect()
}

#[tokio::test]
async fn a_horizon_rolls_on_and_says_which_dates_found_their_room_taken() {
    let town = Town::new(1);
    let staff = town.staff();
    let mut wish = booking("groene-kamer", "2027-01-19T10:00", "2027-01-19T11:00");
    wish["rrule"] = json!("FREQ=MONTHLY");
    let series = staff.post("/api/v1/meetings", wish).await.must(201);
    assert_eq!(series.json()["occurrences"].as_array().unwrap().len(), 24);
    // Beyond the horizon nothing is claimed yet, so somebody else may take a date.
    let far = booking("groene-kamer", "2029-02-19T10:30", "2029-02-19T11:30");
    staff.post("/api/v1/meetings", far).await.must(201);

    assert_eq!(keep(&town), Kept::default(), "not every night");
    town.clock.advance(TimeDelta::days(100));
    assert_eq!(keep(&town), Kept { rolled: 1, clashes: 1, erased: 0 });
    assert_eq!(keep(&town), Kept::default(), "once");
    let sheet = staff.get(&path(&series)).await.must(200).json();
    let dates = starts(&sheet);
    assert_eq!(dates.len(), 27, "January, March and April are new; {dates:?}");
    assert!(dates.contains(&"2029-01-19T10:00".to_owned()) && dates.contains(&"2029-04-19T10:00".to_owned()));
    assert!(!dates.contains(&"2029-02-19T10:00".to_owned()));
    // Calendars expand the rule themselves, so the date that is left out is news to them.
    assert_eq!((sheet["sequence"].as_i64(), sheet["version"].as_i64()), (Some(1), Some(2)));
    town.verify();
}

#[tokio::test]
async fn a_series_that_was_called_off_and_restored_rolls_on_again() {
    let town = Town::new(2);
    let staff = town.staff();
    let mut wish = booking("groene-kamer", "2027-01-19T10:00", "2027-01-19T11:00");
    wish["rrule"] = json!("FREQ=MONTHLY");
    let series = path(&staff.post("/api/v1/meetings", wish).await.must(201));
    staff.delete(&series).await.must(200);
    town.clock.advance(TimeDelta::days(40));
    assert_eq!(keep(&town).rolled, 0, "what is called off does not grow");
    staff.post(&format!("{series}/restore"), json!({})).await.must(200);
    town.clock.advance(TimeDelta::days(60));
    assert_eq!(keep(&town).rolled, 1);
    let dates = starts(&staff.get(&series).await.json());
    assert_eq!(dates.last().unwrap(), "2029-04-19T10:00", "{dates:?}");
    assert_eq!(dates.len(), 28, "no gap and no date twice: {dates:?}");
    town.verify();
}

#[tokio::test]
async fn guests_are_forgotten_after_their_time_and_the_chain_still_verifies() {
    let town = Town::new(3);
    let staff = town.staff();
    let mut wish = booking("raadzaal", "2027-01-19T10:00", "2027-01-19T11:00");
    wish["participants"] =
        json!([{ "email": "gast@elders.example", "name": "Gast Elders", "mode": "in_room" }]);
    let meeting = path(&staff.post("/api/v1/meetings", wish.clone()).await.must(201));
    let days = i64::from(town.store.directory().house.guest_retention_days);
    town.clock.advance(TimeDelta::days(days));
    assert_eq!(keep(&town).erased, 0, "a day too early: the time counts from the last meeting");
    town.clock.advance(TimeDelta::days(2));
    assert_eq!(keep(&town).erased, 1);
    let sheet = staff.get(&meeting).await.must(200).text();
    assert!(!sheet.contains("gast@") && !sheet.contains("Gast Elders"), "{sheet}");
    let journal = town.admin().get("/api/v1/journal?after=0").await.must(200).text();
    assert!(journal.contains("person.erased") && !journal.contains("Elders"), "{journal}");
    assert_eq!(keep(&town).erased, 0, "once");
    // The same address may come again.
    let start = town.clock.now() + TimeDelta::days(3);
    wish["start"] = json!(start.format("%Y-%m-%dT10:00").to_string());
    wish["end"] = json!(start.format("%Y-%m-%dT11:00").to_string());
    staff.post("/api/v1/meetings", wish).await.must(201);
    town.verify();
}

#[tokio::test]
async fn the_answer_to_a_key_is_kept_for_a_week() {
    let town = Town::new(4);
    let staff = town.staff();
    let wish = booking("raadzaal", "2027-03-19T10:00", "2027-03-19T11:00");
    let key = [("idempotency-key", "k")];
    let first = staff.send("POST", "/api/v1/meetings", Some(wish.clone()), &key).await.must(201);
    town.clock.advance(TimeDelta::days(6));
    keep(&town);
    let again = staff.send("POST", "/api/v1/meetings", Some(wish.clone()), &key).await.must(201);
    assert_eq!(first.bytes, again.bytes);
    town.clock.advance(TimeDelta::days(2));
    keep(&town);
    staff.send("POST", "/api/v1/meetings", Some(wish), &key).await.must(409);
}

#[tokio::test]
async fn a_date_that_was_called_off_comes_back_with_its_room_after_the_series_moved() {
    let town = Town::new(5);
    let staff = town.staff();
    let mut wish = booking("groene-kamer", "2027-01-19T10:00", "2027-01-19T11:00");
    wish["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let series = path(&staff.post("/api/v1/meetings", wish).await.must(201));
    let one = |at: &str| format!("{series}{at}?scope=this&occurrence=2027-01-26T10:00");
    staff.delete(&one("")).await.must(200);
    staff.patch(&series, json!({ "rooms": ["collegezaal"] })).await.must(200);
    staff.post(&one("/restore"), json!({})).await.must(200);
    let taken = booking("collegezaal", "2027-01-26T10:30", "2027-01-26T11:30");
    staff.post("/api/v1/meetings", taken).await.must(409);
    town.verify();
}

#[tokio::test]
async fn a_hold_that_was_called_off_comes_back_as_a_hold() {
    let town = Town::new(6);
    let staff = town.staff();
    let mut wish = booking("raadzaal", "2027-01-19T10:00", "2027-01-19T11:00");
    wish["hold_min"] = json!(60);
    wish["rrule"] = json!("FREQ=WEEKLY;COUNT=2");
    let held = path(&staff.post("/api/v1/meetings", wish).await.must(201));
    // One date of it, while the rest is still held.
    staff.delete(&format!("{held}?scope=this&occurrence=2027-01-26T10:00")).await.must(200);
    let back = staff.post(&format!("{held}/restore?scope=this&occurrence=2027-01-26T10:00"), json!({})).await;
    assert_eq!(back.must(200).json()["status"], "held");
    staff.delete(&held).await.must(200);
    let back = staff.post(&format!("{held}/restore"), json!({})).await.must(200).json();
    assert_eq!(back["status"], "held", "nobody has approved it");
    town.manager().post(&format!("{held}/approve"), json!({})).await.must(200);
    town.verify();
}

#[tokio::test]
async fn dates_that_no_rule_gives_are_all_moved() {
    let town = Town::new(7);
    let staff = town.staff();
    let mut wish = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    wish["rrule"] = json!("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=4");
    let made = staff.post("/api/v1/meetings", wish).await.must(201);
    let later = json!({ "start": "2027-01-20T14:00", "end": "2027-01-20T15:00" });
    let moved = staff.patch(&path(&made), later).await.must(200).json();
    let days = ["2027-01-20", "2027-01-25", "2027-01-27", "2027-02-01"];
    assert_eq!(starts(&moved), days.map(|day| format!("{day}T14:00")));
    let ids = |sheet: &Value| -> Vec<Value> {
        sheet["occurrences"].as_array().unwrap().iter().map(|date| date["id"].clone()).collect()
    };
    assert_eq!(ids(&moved), ids(&made.json()), "they are the same dates");
    staff.patch(&path(&made), json!({ "start": "2027-01-21T14:00" })).await.must(422);
    town.verify();
}

#[tokio::test]
async fn more_time_survives_a_change_of_the_list_and_a_release_can_be_undone_after_it() {
    let town = Town::new(8);
    let staff = town.staff();
    let made = staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-01-18T09:30", "2027-01-18T10:30"))
        .await
        .must(201);
    let meeting = path(&made);
    town.pass(TimeDelta::minutes(32)).await;
    staff.post(&format!("{meeting}/extend"), json!({ "minutes": 30 })).await.must(200);
    let list = json!({ "participants": [{ "email": "jan.maes@stad.example", "mode": "in_room" }] });
    let changed = staff.patch(&meeting, list.clone()).await.must(200).json();
    assert_eq!(changed["occurrences"][0]["end"], "2027-01-18T10:00:00Z", "until eleven in Brussels");
    town.pass(TimeDelta::minutes(10)).await;
    assert_eq!(staff.get(&meeting).await.json()["occurrences"][0]["status"], "released");
    staff.patch(&meeting, list).await.must(200);
    staff.patch(&meeting, json!({ "rooms": ["raadzaal"] })).await.must(409);
    staff.post(&format!("{meeting}/release/undo"), json!({})).await.must(200);
    let taken = booking("groene-kamer", "2027-01-18T10:15", "2027-01-18T10:45");
    staff.post("/api/v1/meetings", taken).await.must(409);
    let id: MeetingId = made.json()["id"].as_str().unwrap().parse().unwrap();
    let dates = town.store.read(|view| view.occurrences(id)).unwrap();
    assert_eq!(dates[0].run, Run::Planned);
    let claims = town.store.read(|view| Ok::<_, StoreError>(view.claims_of_occurrence(dates[0].id)?.len()));
    assert_eq!(claims.unwrap(), 2, "the room, and the time of who was put on the list");
    town.verify();
}
