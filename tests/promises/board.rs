//! Promise: the screen at the door shows what is so, and what people do there counts once, at the time they did it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::town::{Client, Town, booking};

/// A meeting of `room` at 10:00 of the first day (it is 09:00), and the screen at its door.
async fn at_ten(town: &Town, room: &str) -> (Value, Client) {
    let wish = booking(room, "2027-01-18T10:00", "2027-01-18T11:00");
    let made = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
    (made, town.kiosk(room))
}

async fn board(kiosk: &Client, room: &str) -> Value {
    kiosk.get(&format!("/api/v1/rooms/{room}/board")).await.must(200).json()
}

fn commands(room: &str) -> String {
    format!("/api/v1/rooms/{room}/commands")
}

fn check_in(made: &Value, at: &str) -> Value {
    json!({ "command": "check_in", "occurrence": made["occurrences"][0]["id"], "made_at": at })
}

fn about(made: &Value, command: &str) -> Value {
    json!({ "command": command, "occurrence": made["occurrences"][0]["id"] })
}

#[tokio::test]
async fn the_window_of_check_in_and_the_release_after_it() {
    let town = Town::new(1);
    let (made, kiosk) = at_ten(&town, "raadzaal").await;
    let shown = board(&kiosk, "raadzaal").await;
    assert_eq!(shown["meetings"][0]["status"], "planned");
    assert_eq!(shown["meetings"][0]["check_in_from"], "2027-01-18T08:45:00Z");
    assert_eq!(shown["meetings"][0]["release_at"], "2027-01-18T09:10:00Z");
    let early = kiosk
        .refused_in_all_languages(
            "POST",
            &commands("raadzaal"),
            Some(check_in(&made, "2027-01-18T08:00:00Z")),
            409,
        )
        .await;
    assert_eq!(early["code"], "run.too_early");
    // A kiosk whose clock runs ahead gains nothing by it.
    kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T08:50:00Z")).await.refused(409, "nl");

    town.pass(TimeDelta::minutes(46)).await;
    let answer =
        kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T08:46:00Z")).await.must(200).json();
    assert_eq!(answer["board"]["meetings"][0]["status"], "checked_in");
    assert_eq!(answer["board"]["meetings"][0]["in_room"], 1);
    assert!(answer["board"]["meetings"][0]["release_at"].is_null());
    town.pass(TimeDelta::minutes(60)).await;
    assert_eq!(
        board(&kiosk, "raadzaal").await["meetings"][0]["status"],
        "checked_in",
        "whoever came keeps the room"
    );
    town.pass(TimeDelta::minutes(20)).await;
    let over = kiosk
        .refused_in_all_languages(
            "POST",
            &commands("raadzaal"),
            Some(check_in(&made, "2027-01-18T10:06:00Z")),
            409,
        )
        .await;
    assert_eq!(over["code"], "run.ended");
    town.verify();
}

#[tokio::test]
async fn nobody_came_and_then_somebody_did() {
    let town = Town::new(1);
    let (made, kiosk) = at_ten(&town, "raadzaal").await;
    town.clock.advance(TimeDelta::minutes(69));
    board(&kiosk, "raadzaal").await;
    town.pass(TimeDelta::minutes(1)).await;
    let shown = board(&kiosk, "raadzaal").await;
    assert_eq!(shown["meetings"][0]["status"], "released");
    assert_eq!(shown["meetings"][0]["undo_until"], "2027-01-18T09:20:00Z");
    // A touch made before the release that arrives after it wins.
    let answer =
        kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T09:09:59Z")).await.must(200).json();
    assert_eq!(answer["board"]["meetings"][0]["status"], "checked_in");
    let sheet = town.staff().get(&format!("/api/v1/meetings/{}", made["id"].as_str().unwrap())).await.json();
    assert_eq!(sheet["occurrences"][0]["checked_in"], "2027-01-18T09:09:59Z");
    town.verify();
}

#[tokio::test]
async fn a_release_is_undone_as_long_as_the_room_is_free() {
    for (wait, taken, status, code) in
        [(5, false, 200, ""), (10, false, 409, "run.undo_too_late"), (5, true, 409, "booking.")]
    {
        let town = Town::new(1);
        let (made, kiosk) = at_ten(&town, "raadzaal").await;
        kiosk.post(&commands("raadzaal"), about(&made, "undo_release")).await.refused(409, "nl");
        town.clock.advance(TimeDelta::minutes(69));
        board(&kiosk, "raadzaal").await;
        town.pass(TimeDelta::minutes(1)).await;
        kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T09:10:00Z")).await.refused(409, "nl");
        town.pass(TimeDelta::minutes(wait)).await;
        if taken {
            let wish = booking("raadzaal", "2027-01-18T10:30", "2027-01-18T11:30");
            town.staff().post("/api/v1/meetings", wish).await.must(201);
        }
        let answer = kiosk.post(&commands("raadzaal"), about(&made, "undo_release")).await;
        if status == 200 {
            let shown = answer.must(200).json();
            assert_eq!(shown["board"]["meetings"][0]["status"], "checked_in");
            town.pass(TimeDelta::minutes(15)).await;
            assert_eq!(board(&kiosk, "raadzaal").await["meetings"][0]["status"], "checked_in");
            town.staff()
                .post("/api/v1/meetings", booking("raadzaal", "2027-01-18T10:45", "2027-01-18T11:30"))
                .await
                .must(409);
        } else {
            let problem = answer.refused(status, "nl");
            assert!(problem["code"].as_str().unwrap().starts_with(code), "{problem}");
            kiosk
                .refused_in_all_languages(
                    "POST",
                    &commands("raadzaal"),
                    Some(about(&made, "undo_release")),
                    409,
                )
                .await;
        }
        town.verify();
    }
}

#[tokio::test]
async fn a_screen_out_of_reach_holds_the_release_back() {
    // The screen of a part of the hall stands for the whole.
    for (room, screen) in [("raadzaal", "raadzaal"), ("hal-ab", "hal-a")] {
        let town = Town::new(1);
        let wish = booking(room, "2027-01-18T10:00", "2027-01-18T11:00");
        let made = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
        let kiosk = town.kiosk(screen);
        board(&kiosk, screen).await;
        town.clock.advance(TimeDelta::minutes(60));
        town.pass(TimeDelta::minutes(15)).await;
        let sheet =
            town.staff().get(&format!("/api/v1/meetings/{}", made["id"].as_str().unwrap())).await.json();
        assert_eq!(
            sheet["occurrences"][0]["status"], "planned",
            "{screen} may have taken check-ins that are to come"
        );
        let late = check_in(&made, "2027-01-18T09:05:00Z");
        if room == screen {
            kiosk.post(&commands(screen), late).await.must(200);
            town.pass(TimeDelta::minutes(1)).await;
            assert_eq!(board(&kiosk, screen).await["meetings"][0]["status"], "checked_in");
        } else {
            board(&kiosk, screen).await;
            town.pass(TimeDelta::minutes(1)).await;
            let sheet =
                town.staff().get(&format!("/api/v1/meetings/{}", made["id"].as_str().unwrap())).await.json();
            assert_eq!(sheet["occurrences"][0]["status"], "released", "heard again, and nobody had come");
        }
    }
}

#[tokio::test]
async fn more_time_as_far_as_the_next_meeting_lets() {
    let town = Town::new(1);
    let (made, kiosk) = at_ten(&town, "raadzaal").await;
    town.staff()
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-18T11:20", "2027-01-18T12:00"))
        .await
        .must(201);
    let extend = |minutes: u32| {
        let mut command = about(&made, "extend");
        command["minutes"] = json!(minutes);
        command
    };
    kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(extend(15)), 409).await;
    town.pass(TimeDelta::minutes(62)).await;
    kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T09:02:00Z")).await.must(200);
    let answer = kiosk.post(&commands("raadzaal"), extend(15)).await.must(200).json();
    assert_eq!(answer["board"]["meetings"][0]["end"], "2027-01-18T10:15:00Z");
    let blocked = kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(extend(15)), 409).await;
    assert_eq!(blocked["code"], "booking.taken");
    assert_eq!(blocked["conflicts"][0]["taken_from"], "2027-01-18T10:20:00+00:00");
    kiosk.post(&commands("raadzaal"), extend(5)).await.must(200);
    for minutes in [0, 481, u32::MAX] {
        kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(extend(minutes)), 422).await;
    }
    assert_eq!(board(&kiosk, "raadzaal").await["meetings"][0]["end"], "2027-01-18T10:20:00Z");
    town.verify();
}

#[tokio::test]
async fn ending_early_frees_the_room_and_book_now_takes_what_is_left() {
    let town = Town::new(1);
    let (made, kiosk) = at_ten(&town, "raadzaal").await;
    let book_now = |minutes: u32| json!({ "command": "book_now", "minutes": minutes });
    for (minutes, end) in
        [(15, "2027-01-18T08:15:00Z"), (30, "2027-01-18T08:45:00Z"), (60, "2027-01-18T09:00:00Z")]
    {
        let answer = kiosk.post(&commands("raadzaal"), book_now(minutes)).await.must(200).json();
        let meetings = answer["board"]["meetings"].as_array().unwrap();
        let now = meetings.iter().rfind(|m| m["ad_hoc"] == true).unwrap();
        assert_eq!(
            (now["end"].as_str().unwrap(), now["status"].as_str().unwrap()),
            (end, "checked_in"),
            "{minutes}"
        );
        kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(book_now(15)), 409).await;
        let until: chrono::DateTime<chrono::Utc> = end.parse().unwrap();
        town.pass(until - town.clock.now()).await;
    }
    // It is ten: the meeting is on. Nobody books over it; it is ended early, and the room is free again.
    kiosk.post(&commands("raadzaal"), about(&made, "end")).await.refused(409, "nl");
    town.pass(TimeDelta::minutes(5)).await;
    kiosk.post(&commands("raadzaal"), check_in(&made, "2027-01-18T09:05:00Z")).await.must(200);
    let answer = kiosk.post(&commands("raadzaal"), about(&made, "end")).await.must(200).json();
    let ended = answer["board"]["meetings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["meeting"] == made["id"])
        .unwrap()
        .clone();
    assert_eq!(
        (ended["status"].as_str(), ended["end"].as_str()),
        (Some("ended"), Some("2027-01-18T09:05:00Z"))
    );
    kiosk.post(&commands("raadzaal"), book_now(60)).await.must(200);
    kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(about(&made, "end")), 409).await;
    for minutes in [0, 4, 241, u32::MAX] {
        kiosk.refused_in_all_languages("POST", &commands("raadzaal"), Some(book_now(minutes)), 422).await;
    }
    town.verify();
}

#[tokio::test]
async fn a_session_waits_for_its_members_and_a_closed_one_says_no_more() {
    let town = Town::new(1);
    let clerk = town.clerk();
    for (room, privacy, title) in
        [("raadzaal", "public", "Gemeenteraad"), ("collegezaal", "closed", "Tuchtzaak")]
    {
        let wish = json!({ "title": title, "start": "2027-01-18T10:00", "end": "2027-01-18T12:00", "rooms": [room],
            "body": "gemeenteraad", "privacy": privacy, "conference": { "url": "https://meet.example/x" },
            "participants": [{ "email": format!("gast.{privacy}@elders.example"), "name": "Naamgeheim", "mode": "remote" }] });
        clerk.post("/api/v1/meetings", wish).await.must(201);
    }
    let private = json!({ "title": "Tuchtzaak", "start": "2027-01-18T10:00", "end": "2027-01-18T12:00", "privacy": "private",
        "rooms": ["blauwe-kamer"], "conference": { "url": "https://meet.example/x" },
        "participants": [{ "email": "els.claes@stad.example", "mode": "remote" }] });
    town.staff().post("/api/v1/meetings", private).await.must(201);
    town.pass(TimeDelta::minutes(90)).await;
    for (room, title, named, remote) in [
        ("raadzaal", json!("Gemeenteraad"), true, 1),
        ("collegezaal", Value::Null, false, 0),
        ("blauwe-kamer", Value::Null, false, 1),
    ] {
        let answer = town.kiosk(room).get(&format!("/api/v1/rooms/{room}/board")).await.must(200);
        let shown = answer.json();
        if room == "blauwe-kamer" {
            assert_eq!(
                shown["meetings"][0]["status"], "released",
                "an ordinary meeting was given free: {shown}"
            );
            assert!(!answer.text().contains("Tuchtzaak"));
            continue;
        }
        let meeting = &shown["meetings"][0];
        assert_eq!(
            (meeting["status"].as_str(), &meeting["council"]),
            (Some("planned"), &json!(true)),
            "never released"
        );
        assert!(meeting["release_at"].is_null());
        assert_eq!(meeting["title"], title);
        assert_eq!(meeting["closed"], json!(room == "collegezaal"));
        assert_eq!(meeting["remote"].as_array().unwrap().len(), remote);
        assert_eq!(answer.text().contains("Naamgeheim"), named, "{room}");
        assert_eq!(answer.text().contains("Griet"), named, "{room}");
        assert!(!answer.text().contains('@') && !answer.text().contains("meet.example"), "{room}");
    }
}

#[tokio::test]
async fn a_private_meeting_shows_states_without_names() {
    let town = Town::new(1);
    let private = json!({ "title": "Tuchtzaak", "start": "2027-01-18T10:00", "end": "2027-01-18T12:00", "privacy": "private",
        "rooms": ["blauwe-kamer"], "conference": { "url": "https://meet.example/x" },
        "participants": [{ "email": "els.claes@stad.example", "mode": "remote" }] });
    town.staff().post("/api/v1/meetings", private).await.must(201);
    let answer = town.kiosk("blauwe-kamer").get("/api/v1/rooms/blauwe-kamer/board").await.must(200);
    let meeting = &answer.json()["meetings"][0];
    assert_eq!(meeting["remote"], json!([{ "name": null, "state": "invited", "since": null }]));
    assert!(
        !answer.text().contains("Tuchtzaak")
            && !answer.text().contains("Claes")
            && !answer.text().contains("Peeters")
    );
}

#[tokio::test]
async fn a_command_sent_twice_counts_once() {
    let town = Town::new(1);
    let (made, kiosk) = at_ten(&town, "raadzaal").await;
    town.pass(TimeDelta::minutes(50)).await;
    let key = [("idempotency-key", "touch-1")];
    let command = check_in(&made, "2027-01-18T08:50:00Z");
    let first = kiosk.send("POST", &commands("raadzaal"), Some(command.clone()), &key).await.must(200);
    town.pass(TimeDelta::minutes(1)).await;
    let again = kiosk.send("POST", &commands("raadzaal"), Some(command.clone()), &key).await.must(200);
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(board(&kiosk, "raadzaal").await["meetings"][0]["in_room"], 1);
    kiosk.send("POST", &commands("raadzaal"), Some(about(&made, "end")), &key).await.refused(422, "nl");
    let town = town.restarted(5);
    let kiosk = town.anonymous().with_token(kiosk.secret());
    let later = kiosk.send("POST", &commands("raadzaal"), Some(command), &key).await.must(200);
    assert_eq!(first.bytes, later.bytes, "also after a restart");
    assert_eq!(board(&kiosk, "raadzaal").await["meetings"][0]["in_room"], 1);
}

#[tokio::test]
async fn a_screen_touches_nothing_behind_another_door() {
    let town = Town::new(1);
    let (made, _) = at_ten(&town, "raadzaal").await;
    let other = town.kiosk("collegezaal");
    town.pass(TimeDelta::minutes(50)).await;
    let now = "2027-01-18T08:50:00Z";
    other.refused_in_all_languages("GET", "/api/v1/rooms/raadzaal/board", None, 404).await;
    let mut extend = about(&made, "extend");
    extend["minutes"] = json!(15);
    for command in [
        check_in(&made, now),
        extend,
        about(&made, "end"),
        about(&made, "undo_release"),
        json!({ "command": "book_now", "minutes": 15 }),
    ] {
        other.refused_in_all_languages("POST", &commands("raadzaal"), Some(command.clone()), 404).await;
        if command["command"] != "book_now" {
            other.refused_in_all_languages("POST", &commands("collegezaal"), Some(command), 404).await;
        }
    }
    let path = format!("/api/v1/meetings/{}/check-in", made["id"].as_str().unwrap());
    other.refused_in_all_languages("POST", &path, Some(json!({})), 404).await;
    for bad in [
        json!({}),
        json!({ "command": "explode" }),
        json!({ "command": "book_now" }),
        json!({ "command": "book_now", "minutes": "x" }),
        json!({ "command": "end", "occurrence": "x" }),
        json!({ "command": "book_now", "minutes": 15, "x": 1 }),
    ] {
        other.refused_in_all_languages("POST", &commands("collegezaal"), Some(bad), 422).await;
    }
    let shown = board(&town.kiosk("raadzaal"), "raadzaal").await;
    assert_eq!(shown["meetings"][0]["status"], "planned", "nothing was done");
    // The screen of one part of a hall runs the meeting of the whole.
    let whole = town
        .staff()
        .post("/api/v1/meetings", booking("hal-abc", "2027-01-18T10:00", "2027-01-18T11:00"))
        .await
        .must(201)
        .json();
    town.kiosk("hal-b").post(&commands("hal-b"), check_in(&whole, now)).await.must(200);
}

#[tokio::test]
async fn the_days_on_which_the_clock_changes() {
    for (now, hours, offsets) in [
        ("2027-03-28T08:00:00Z", 23, json!([["2027-03-26T23:00:00Z", 3600], ["2027-03-28T01:00:00Z", 7200]])),
        ("2027-10-31T08:00:00Z", 25, json!([["2027-10-29T22:00:00Z", 7200], ["2027-10-31T01:00:00Z", 3600]])),
        ("2027-01-18T08:00:00Z", 24, json!([["2027-01-16T23:00:00Z", 3600]])),
    ] {
        let town = Town::at(1, now.parse().unwrap());
        let shown = board(&town.kiosk("raadzaal"), "raadzaal").await;
        let at = |field: &str| -> chrono::DateTime<chrono::Utc> {
            shown[field].as_str().unwrap().parse().unwrap()
        };
        assert_eq!((at("day_end") - at("day_start")).num_hours(), hours, "{now}");
        assert_eq!(shown["offsets"], offsets, "{now}");
    }
}

/// The titles on the day of a room in the view of the whole town.
async fn on_the_day(client: &Client, room: &str) -> Vec<Value> {
    let days = client.get("/api/v1/days/2027-01-18").await.must(200).json();
    let of_room = days.as_array().unwrap().iter().find(|day| day["room"] == room).unwrap();
    of_room["meetings"].as_array().unwrap().iter().map(|meeting| meeting["title"].clone()).collect()
}

#[tokio::test]
async fn a_day_that_was_looked_at_is_right_after_every_change_and_for_every_eye() {
    let town = Town::new(3);
    let (staff, admin) = (town.staff(), town.admin());
    assert!(on_the_day(&staff, "raadzaal").await.is_empty());
    let mut wish = booking("raadzaal", "2027-01-18T10:00", "2027-01-18T11:00");
    wish["title"] = json!("Personeelszaak");
    wish["privacy"] = json!("private");
    let made = staff.post("/api/v1/meetings", wish).await.must(201).json();
    assert_eq!(on_the_day(&staff, "raadzaal").await, [json!("Personeelszaak")]);
    // The same day, kept, for the screen at the door.
    assert_eq!(on_the_day(&town.kiosk("raadzaal"), "raadzaal").await, [Value::Null]);
    let one_room = staff.get("/api/v1/rooms/raadzaal/day/2027-01-18").await.must(200).json();
    assert_eq!(one_room["meetings"][0]["title"], "Personeelszaak");

    let path = format!("/api/v1/meetings/{}", made["id"].as_str().unwrap());
    staff.patch(&path, json!({ "title": "Iets anders" })).await.must(200);
    assert_eq!(on_the_day(&staff, "raadzaal").await, [json!("Iets anders")]);
    admin.delete(&path).await.must(200);
    assert!(on_the_day(&staff, "raadzaal").await.is_empty());
}
