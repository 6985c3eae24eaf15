//! Promise: a meeting is booked, changed, called off and restored as people mean it, and nothing is booked twice.

use crate::town::{self, Town, booking};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn starts(sheet: &Value) -> Vec<String> {
    sheet["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|date| date["local_start"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_booking_is_made_once_and_the_second_is_told_what_is_free() {
    let town = Town::new(1);
    let staff = town.staff();
    let made = staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-01-19T14:00", "2027-01-19T15:30"))
        .await
        .must(201);
    assert_eq!(made.header("etag"), "\"1\"");
    assert!(made.header("location").starts_with("/api/v1/meetings/"));
    assert_eq!(made.json()["occurrences"][0]["start"], "2027-01-19T13:00:00Z");

    let taken = staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-01-19T15:00", "2027-01-19T16:00"))
        .await
        .must(409);
    let problem = taken.json();
    assert_eq!(taken.header("content-type"), "application/problem+json");
    assert_eq!(problem["code"], "booking.taken");
    assert_eq!(problem["conflicts"][0]["resource"], "groene-kamer");
    assert!(problem["detail"].as_str().unwrap().contains("Groene Kamer"), "{problem}");
    let rooms: Vec<_> =
        problem["alternatives"].as_array().unwrap().iter().map(|a| a["room"].as_str().unwrap()).collect();
    assert!(rooms.contains(&"hal-a") && rooms.contains(&"groene-kamer"), "{rooms:?}");
    let later =
        problem["alternatives"].as_array().unwrap().iter().find(|a| a["room"] == "groene-kamer").unwrap();
    assert_eq!(later["start"], "2027-01-19T15:30:00");

    staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-01-19T15:30", "2027-01-19T16:00"))
        .await
        .must(201);
    town.verify();
}

#[tokio::test]
async fn refusals_speak_the_callers_language() {
    let town = Town::new(1);
    let staff = town.staff();
    let wish = || booking("raadzaal", "2027-01-19T14:00", "2027-01-19T15:00");
    staff.post("/api/v1/meetings", wish()).await.must(201);
    let mut said = Vec::new();
    for lang in ["nl", "fr", "de", "en"] {
        let answer = staff.clone().speaking(lang).post("/api/v1/meetings", wish()).await.must(409);
        assert_eq!(answer.header("content-language"), lang);
        said.push(answer.json()["detail"].as_str().unwrap().to_owned());
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 4, "{said:?}");
}

#[tokio::test]
async fn combinations_of_a_hall_share_their_cells_and_set_up_counts() {
    let town = Town::new(1);
    let staff = town.staff();
    let book = |room: &str, start: &str, end: &str| {
        let (staff, wish) = (staff.clone(), booking(room, start, end));
        async move { staff.post("/api/v1/meetings", wish).await.status.as_u16() }
    };
    assert_eq!(book("hal-ab", "2027-01-19T10:00", "2027-01-19T12:00").await, 201);
    assert_eq!(book("hal-a", "2027-01-19T11:00", "2027-01-19T11:30").await, 409);
    assert_eq!(
        book("hal-abc", "2027-01-19T13:00", "2027-01-19T14:00").await,
        201,
        "clean-up and set-up touch"
    );
    assert_eq!(book("hal-c", "2027-01-19T10:00", "2027-01-19T12:00").await, 201);
    assert_eq!(book("hal-b", "2027-01-19T12:30", "2027-01-19T12:40").await, 409, "set-up of the next");
    let day = staff.get("/api/v1/rooms/hal-a/day/2027-01-19").await.must(200).json();
    let shown: Vec<_> =
        day["meetings"].as_array().unwrap().iter().map(|m| m["local_start"].as_str().unwrap()).collect();
    assert_eq!(
        shown,
        ["2027-01-19T10:00:00", "2027-01-19T13:00:00"],
        "visible times, in every room that is used"
    );
    town.verify();
}

#[tokio::test]
async fn the_hybrid_rule() {
    let town = Town::new(1);
    let staff = town.staff();
    let with = |room: &str, conference: Value, modes: &[&str]| {
        let people: Vec<Value> = modes
            .iter()
            .zip(town::PEOPLE)
            .map(|(mode, (email, ..))| json!({ "email": email, "mode": mode }))
            .collect();
        json!({ "title": "Hybride", "start": "2027-01-20T10:00", "end": "2027-01-20T11:00", "rooms": [room],
                "participants": people, "conference": conference })
    };
    let link = || json!({ "url": "https://meet.stad.example/hybride" });
    let rules = |problem: Value| -> Vec<String> {
        problem["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    let refused = staff
        .post("/api/v1/meetings", with("groene-kamer", json!({}), &["in_room", "remote"]))
        .await
        .must(422);
    assert_eq!(rules(refused.json()), ["house.hybrid-kit", "house.join-link"]);
    let refused = staff
        .post("/api/v1/meetings", with("collegezaal", json!({}), &["in_room", "remote"]))
        .await
        .must(422);
    assert_eq!(rules(refused.json()), ["house.join-link"]);
    staff.post("/api/v1/meetings", with("collegezaal", link(), &["in_room", "remote"])).await.must(201);
    let crowd = json!({ "title": "Druk", "start": "2027-01-20T10:00", "end": "2027-01-20T11:00", "rooms": ["groene-kamer"],
        "participants": (0..9).map(|n| json!({ "email": format!("gast{n}@elders.example"), "mode": "in_room" })).collect::<Vec<_>>() });
    assert_eq!(rules(staff.post("/api/v1/meetings", crowd).await.must(422).json()), ["house.capacity"]);
}

#[tokio::test]
async fn a_series_with_conflicts_is_previewed_and_the_caller_chooses() {
    let town = Town::new(1);
    let staff = town.staff();
    staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-02-02T10:00", "2027-02-02T11:00"))
        .await
        .must(201);
    let series = |extra: Value| {
        let mut wish = json!({ "title": "Weekoverleg", "start": "2027-01-19T10:00", "end": "2027-01-19T11:00",
            "rooms": ["groene-kamer"], "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=6" });
        wish.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        wish
    };
    let preview = staff.post("/api/v1/meetings", series(json!({ "dry_run": true }))).await.must(409).json();
    let conflicts = preview["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0]["occurrence"], "2027-02-02T10:00:00");
    assert!(conflicts[0]["substitutes"].as_array().unwrap().len() >= 2, "{preview}");
    assert_eq!(
        staff.post("/api/v1/meetings", series(json!({}))).await.status.as_u16(),
        409,
        "nothing is half booked"
    );

    let chosen = json!({ "choices": [{ "occurrence": "2027-02-02T10:00:00", "action": "room", "room": "collegezaal" }] });
    let made = staff.post("/api/v1/meetings", series(chosen)).await.must(201).json();
    assert_eq!(made["occurrences"].as_array().unwrap().len(), 6);
    assert_eq!(made["occurrences"][2]["rooms"], json!(["collegezaal"]));

    let skipped = json!({ "rooms": ["groene-kamer"], "start": "2027-01-19T10:30", "end": "2027-01-19T11:30", "on_conflict": "skip" });
    staff.post("/api/v1/meetings", series(skipped)).await.must(409);
    let other = json!({ "rooms": ["blauwe-kamer"], "on_conflict": "substitute" });
    staff.post("/api/v1/meetings", series(other)).await.must(201);
    town.verify();
}

#[tokio::test]
async fn one_date_following_dates_and_all_dates() {
    let town = Town::new(1);
    let staff = town.staff();
    let wish = json!({ "title": "Teamoverleg", "start": "2027-01-19T10:00", "end": "2027-01-19T11:00",
        "rooms": ["groene-kamer"], "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=8" });
    let made = staff.post("/api/v1/meetings", wish).await.must(201).json();
    let path = format!("/api/v1/meetings/{}", made["id"].as_str().unwrap());

    // This one: moved by an hour and renamed.
    let one = format!("{path}?scope=this&occurrence=2027-01-26T10:00");
    let changed = staff
        .patch(&one, json!({ "start": "2027-01-26T13:00", "end": "2027-01-26T14:00", "title": "Later" }))
        .await
        .must(200)
        .json();
    assert_eq!(starts(&changed)[1], "2027-01-26T13:00:00");
    assert_eq!(changed["occurrences"][1]["title"], "Later");
    assert_eq!(changed["sequence"], 1);

    // Following: a new meeting takes over; its dates keep their ids.
    let ids: Vec<_> = changed["occurrences"].as_array().unwrap().iter().map(|d| d["id"].clone()).collect();
    let following = format!("{path}?scope=following&occurrence=2027-02-09T10:00");
    let tail = staff
        .patch(&following, json!({ "start": "2027-02-09T09:00", "end": "2027-02-09T10:00" }))
        .await
        .must(200)
        .json();
    assert_eq!(tail["split_from"], made["id"]);
    assert_eq!(starts(&tail)[0], "2027-02-09T09:00:00");
    assert_eq!(tail["occurrences"].as_array().unwrap().len(), 5);
    assert_eq!(tail["occurrences"][0]["id"], ids[3]);
    let head = staff.get(&path).await.must(200).json();
    assert_eq!(head["occurrences"].as_array().unwrap().len(), 3);
    assert_eq!(head["rrule"], "FREQ=WEEKLY;BYDAY=TU;COUNT=3");

    // All: the time changes, the exception keeps its own.
    let moved = staff
        .patch(&path, json!({ "start": "2027-01-20T08:00", "end": "2027-01-20T09:00" }))
        .await
        .must(422)
        .json();
    assert_eq!(moved["code"], "request.invalid", "another day needs a rule that says so: {moved}");
    let all = staff
        .patch(&path, json!({ "start": "2027-01-19T11:00", "end": "2027-01-19T12:00" }))
        .await
        .must(200)
        .json();
    assert_eq!(starts(&all), ["2027-01-19T11:00:00", "2027-01-26T13:00:00", "2027-02-02T11:00:00"]);

    // One date is called off and restored; then the rest is called off.
    let gone = staff.delete(&format!("{path}?scope=this&occurrence=2027-02-02T11:00")).await.must(200).json();
    assert_eq!(gone["occurrences"][2]["status"], "cancelled");
    staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-02-02T11:30", "2027-02-02T12:00"))
        .await
        .must(201);
    let lost = staff
        .post(&format!("{path}/restore?scope=this&occurrence=2027-02-02T11:00"), json!({}))
        .await
        .must(409);
    assert_eq!(lost.json()["code"], "booking.taken");
    staff.delete(&path).await.must(200);
    assert_eq!(staff.get(&path).await.json()["status"], "cancelled");
    town.verify();
}

#[tokio::test]
async fn keys_and_versions() {
    let town = Town::new(1);
    let staff = town.staff();
    let wish = booking("raadzaal", "2027-01-19T14:00", "2027-01-19T15:00");
    let key = [("idempotency-key", "k-1")];
    let first = staff.send("POST", "/api/v1/meetings", Some(wish.clone()), &key).await.must(201);
    let again = staff.send("POST", "/api/v1/meetings", Some(wish.clone()), &key).await.must(201);
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(first.header("location"), again.header("location"));
    let other = booking("raadzaal", "2027-01-20T14:00", "2027-01-20T15:00");
    let reused = staff.send("POST", "/api/v1/meetings", Some(other), &key).await.must(422);
    assert_eq!(reused.json()["code"], "request.key_reused");

    let path = first.header("location").to_owned();
    let seen = [("if-match", "\"1\"")];
    staff.send("PATCH", &path, Some(json!({ "title": "Een" })), &seen).await.must(200);
    let stale = staff.send("PATCH", &path, Some(json!({ "title": "Twee" })), &seen).await.must(412);
    assert_eq!(stale.json()["version"], 2);
    assert_eq!(staff.get(&path).await.json()["title"], "Een");
    staff.send("DELETE", &path, None, &[("if-match", "bogus")]).await.must(400);
}

#[tokio::test]
async fn a_hold_expires_and_an_approved_one_stays() {
    let town = Town::new(1);
    let (staff, manager) = (town.staff(), town.manager());
    let held = |room: &str| {
        let mut wish = booking(room, "2027-01-19T14:00", "2027-01-19T15:00");
        wish["hold_min"] = json!(30);
        wish
    };
    let first = staff.post("/api/v1/meetings", held("raadzaal")).await.must(201).json();
    assert_eq!(first["status"], "held");
    staff
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-19T14:00", "2027-01-19T15:00"))
        .await
        .must(409);
    let second = staff.post("/api/v1/meetings", held("collegezaal")).await.must(201).json();
    let approve = |id: &Value| format!("/api/v1/meetings/{}/approve", id.as_str().unwrap());
    staff.post(&approve(&second["id"]), json!({})).await.must(403);
    manager.post(&approve(&second["id"]), json!({})).await.must(200);
    town.pass(TimeDelta::minutes(31)).await;
    staff
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-19T14:00", "2027-01-19T15:00"))
        .await
        .must(201);
    staff
        .post("/api/v1/meetings", booking("collegezaal", "2027-01-19T14:00", "2027-01-19T15:00"))
        .await
        .must(409);
    manager.post(&approve(&first["id"]), json!({})).await.must(409);
    town.verify();
}

#[tokio::test]
async fn equipment_runs_out_and_councillors_cannot_be_in_two_sessions() {
    let town = Town::new(1);
    let (staff, clerk) = (town.staff(), town.clerk());
    let with = |room: &str, kinds: &[&str]| {
        let mut wish = booking(room, "2027-01-19T14:00", "2027-01-19T15:00");
        wish["equipment"] = json!(kinds);
        wish
    };
    staff.post("/api/v1/meetings", with("raadzaal", &["beamer"])).await.must(201);
    staff.post("/api/v1/meetings", with("collegezaal", &["beamer", "beamer"])).await.must(409);
    staff.post("/api/v1/meetings", with("collegezaal", &["beamer"])).await.must(201);
    let none = staff.post("/api/v1/meetings", with("groene-kamer", &["beamer"])).await.must(409).json();
    assert_eq!(none["conflicts"][0]["resource"], "beamer");
    staff.post("/api/v1/meetings", with("groene-kamer", &["zeppelin"])).await.must(422);

    let session = |room: &str, privacy: &str| {
        let mut wish = booking(room, "2027-01-25T20:00", "2027-01-25T23:00");
        wish["body"] = json!("gemeenteraad");
        wish["privacy"] = json!(privacy);
        wish["participants"] = json!([{ "email": "raad.een@stad.example", "mode": "in_room" }]);
        wish
    };
    staff.post("/api/v1/meetings", session("raadzaal", "public")).await.must(403);
    clerk.post("/api/v1/meetings", session("raadzaal", "public")).await.must(201);
    let twice = clerk.post("/api/v1/meetings", session("collegezaal", "closed")).await.must(409).json();
    assert_eq!(twice["conflicts"][0]["resource"], "raad.een@stad.example");
    town.verify();
}

#[tokio::test]
async fn both_dst_nights_and_leap_day() {
    let town = Town::new(1);
    let staff = town.staff();
    let gap = staff
        .post("/api/v1/meetings", booking("raadzaal", "2027-03-28T02:15", "2027-03-28T02:45"))
        .await
        .must(201)
        .json();
    assert_eq!(gap["occurrences"][0]["start"], "2027-03-28T01:15:00Z");
    assert_eq!(gap["notes"].as_array().unwrap().len(), 1, "{gap}");
    let fold = staff
        .post("/api/v1/meetings", booking("raadzaal", "2027-10-31T02:30", "2027-10-31T03:30"))
        .await
        .must(201)
        .json();
    assert_eq!(fold["occurrences"][0]["start"], "2027-10-31T00:30:00Z");
    assert_eq!(fold["occurrences"][0]["end"], "2027-10-31T02:30:00Z", "two hours on that night");
    let leap = json!({ "title": "Schrikkeldag", "start": "2028-02-29T10:00", "end": "2028-02-29T11:00", "rooms": ["groene-kamer"] });
    let leap = staff.post("/api/v1/meetings", leap).await.must(201).json();
    assert_eq!(leap["occurrences"][0]["start"], "2028-02-29T09:00:00Z");
    let eve = booking("groene-kamer", "2027-12-31T23:00", "2028-01-01T01:00");
    assert_eq!(
        staff.post("/api/v1/meetings", eve).await.must(201).json()["occurrences"][0]["end"],
        "2028-01-01T00:00:00Z"
    );
    // Each quarter of an hour of both nights can be booked once.
    for day in [town::monday().date_naive(), "2027-03-28".parse().unwrap(), "2027-10-31".parse().unwrap()] {
        let span = belfort::time::Zone::BRUSSELS.day(day);
        assert!([23, 24, 25].contains(&span.length().num_hours()));
    }
    town.verify();
}

#[tokio::test]
async fn rules_that_calendars_disagree_about_become_dates() {
    let town = Town::new(1);
    let staff = town.staff();
    let series = |start: &str, rule: &str| {
        let mut wish = booking("groene-kamer", start, &start.replace("T10:00", "T11:00"));
        wish["rrule"] = json!(rule);
        wish
    };
    // A Wednesday: the first week is cut short, and BYSETPOS counts in the whole week.
    let made = staff
        .post(
            "/api/v1/meetings",
            series("2027-01-20T10:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=4"),
        )
        .await
        .must(201)
        .json();
    assert_eq!(
        starts(&made),
        ["2027-01-20T10:00:00", "2027-01-25T10:00:00", "2027-01-27T10:00:00", "2027-02-01T10:00:00"]
    );
    assert_eq!(made["rrule"], Value::Null);
    assert_eq!(made["notes"].as_array().unwrap().len(), 1);
    let hourly =
        staff.post("/api/v1/meetings", series("2027-03-20T10:00", "FREQ=HOURLY")).await.must(422).json();
    assert_eq!(hourly["fields"][0]["field"], "rrule");
}
