//! Promise: whoever listens hears every change at once, in order, once, and nothing that is not theirs to hear.

use std::time::Duration;

use belfort::store::NewEntry;
use belfort::store::Subjects;
use serde_json::{Value, json};
use tokio_stream::StreamExt;

use crate::town::{Client, PEOPLE, Town, booking};

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    id: Option<i64>,
    kind: String,
    data: Value,
}

/// An open stream, read event by event.
struct Ear {
    stream: axum::body::BodyDataStream,
    text: String,
    all: String,
}

impl Ear {
    async fn open(client: &Client, path: &str, headers: &[(&str, &str)]) -> Self {
        Self { stream: client.stream(path, headers).await, text: String::new(), all: String::new() }
    }

    /// The next event, or nothing if none comes soon.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name).map(|text| text.trim().to_owned()))
                };
                let told = Told {
                    id: field("id:").map(|id| id.parse().unwrap()),
                    kind: field("event:").unwrap_or_default(),
                    data: field("data:").map_or(Value::Null, |data| serde_json::from_str(&data).unwrap()),
                };
                self.text = String::from(rest);
                return Some(told);
            }
            let chunk =
                tokio::time::timeout(Duration::from_millis(700), self.stream.next()).await.ok()??.unwrap();
            let chunk = String::from_utf8(chunk.to_vec()).unwrap();
            self.all.push_str(&chunk);
            self.text.push_str(&chunk);
        }
    }

    /// Whether the stream ends soon; what it still tells is read.
    async fn ends(&mut self) -> bool {
        let end = async {
            while let Some(chunk) = self.stream.next().await {
                self.all.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(2), end).await.is_ok()
    }

    /// The changes told from now on until it is quiet.
    async fn changes(&mut self) -> Vec<Told> {
        let mut changes = Vec::new();
        while let Some(told) = self.next().await {
            if told.kind == "changed" {
                changes.push(told);
            }
        }
        changes
    }
}

async fn book(town: &Town, room: &str, hour: u32) -> Value {
    let wish = booking(room, &format!("2027-01-19T{hour}:00"), &format!("2027-01-19T{hour}:30"));
    let made = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
    town.app.catch_up().unwrap();
    made
}

#[tokio::test]
async fn a_heartbeat_at_once_and_then_the_change() {
    let town = Town::new(1);
    let mut ear = Ear::open(&town.staff(), "/api/v1/events", &[]).await;
    let beat = ear.next().await.unwrap();
    assert_eq!((beat.kind.as_str(), beat.id), ("heartbeat", None));
    assert_eq!(beat.data["server_time"], "2027-01-18T08:00:00+00:00");
    let made = book(&town, "raadzaal", 10).await;
    let told = ear.next().await.unwrap();
    assert_eq!(told.kind, "changed");
    assert_eq!(told.data["meeting"], made["id"]);
    assert_eq!(told.data["rooms"], json!(["raadzaal"]));
    assert_eq!(told.data["action"], "meeting.created");
    assert_eq!(told.data["seq"], told.id.unwrap());
    for (lang, word) in [("nl", "aangemeld"), ("fr", "connecté"), ("de", "angemeldet"), ("en", "signed in")]
    {
        let refused = town.anonymous().speaking(lang).get("/api/v1/events").await.refused(401, lang);
        assert!(!refused["detail"].as_str().unwrap().is_empty(), "{word}");
    }
    let staff = town.staff();
    staff.refused_in_all_languages("GET", "/api/v1/events?room=geen", None, 404).await;
    staff.refused_in_all_languages("GET", "/api/v1/events?after=x", None, 400).await;
    staff.refused_in_all_languages("GET", "/api/v1/events?bogus=1", None, 400).await;
    staff.send("GET", "/api/v1/events", None, &[("last-event-id", "x")]).await.refused(400, "nl");
}

#[tokio::test]
async fn a_room_hears_what_touches_its_cells() {
    let town = Town::new(1);
    let staff = town.staff();
    let mut part = Ear::open(&staff, "/api/v1/events?room=hal-a", &[]).await;
    let mut other = Ear::open(&staff, "/api/v1/events?room=hal-c", &[]).await;
    let mut device = Ear::open(&town.kiosk("hal-b"), "/api/v1/events", &[]).await;
    book(&town, "hal-ab", 10).await;
    book(&town, "raadzaal", 10).await;
    book(&town, "hal-c", 12).await;
    let moved = book(&town, "hal-a", 14).await;
    // Moved out of the hall: the hall hears that too.
    let path = format!("/api/v1/meetings/{}", moved["id"].as_str().unwrap());
    staff.patch(&path, json!({ "rooms": ["collegezaal"] })).await.must(200);
    town.app.catch_up().unwrap();
    let rooms = |told: &[Told]| -> Vec<String> { told.iter().map(|t| t.data["rooms"].to_string()).collect() };
    assert_eq!(rooms(&part.changes().await).len(), 3);
    assert_eq!(rooms(&other.changes().await), ["[\"hal-c\"]"]);
    assert_eq!(
        rooms(&device.changes().await),
        ["[\"hal-ab\"]"],
        "a screen hears its own room without asking"
    );
    let kiosk = town.kiosk("hal-b");
    kiosk.refused_in_all_languages("GET", "/api/v1/events?room=raadzaal", None, 404).await;
    kiosk.refused_in_all_languages("GET", "/api/v1/events?room=hal-ab", None, 404).await;
}

#[tokio::test]
async fn resuming_leaves_no_gap_and_tells_nothing_twice() {
    let town = Town::new(1);
    let staff = town.staff();
    let mut ear = Ear::open(&staff, "/api/v1/events", &[]).await;
    for hour in 10..16 {
        book(&town, "raadzaal", hour).await;
    }
    let heard = ear.changes().await;
    assert_eq!(heard.len(), 6);
    let ids: Vec<i64> = heard.iter().map(|told| told.id.unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    for (index, id) in ids.iter().enumerate() {
        let id = id.to_string();
        let mut by_header = Ear::open(&staff, "/api/v1/events?after=999999", &[("last-event-id", &id)]).await;
        assert_eq!(by_header.changes().await, heard[index + 1..], "the header wins");
        if index == 2 {
            let mut by_query = Ear::open(&staff, &format!("/api/v1/events?after={id}"), &[]).await;
            assert_eq!(by_query.changes().await, heard[index + 1..]);
        }
    }
    // An id from the future, such as from before a restore of an older copy: from now on.
    let mut future = Ear::open(&staff, "/api/v1/events", &[("last-event-id", "999999")]).await;
    book(&town, "collegezaal", 10).await;
    assert_eq!(future.changes().await.len(), 1);
    // Bookings go on while somebody resumes.
    let first = ids[0].to_string();
    let mut resumed = Ear::open(&staff, "/api/v1/events", &[("last-event-id", &first)]).await;
    for hour in 11..15 {
        book(&town, "collegezaal", hour).await;
    }
    let told = resumed.changes().await;
    assert_eq!(told.len(), 10);
    assert!(told.windows(2).all(|pair| pair[0].id < pair[1].id));
    let town = town.restarted(3);
    let mut after = Ear::open(&town.staff(), "/api/v1/events", &[("last-event-id", &first)]).await;
    assert_eq!(after.changes().await.len(), 10);
}

#[tokio::test]
async fn a_long_absence_is_told_to_the_end() {
    let town = Town::new(1);
    let room = town.room_id("raadzaal");
    town.store
        .write_now(move |tx| {
            for _ in 0..10_500 {
                let subjects = Subjects { rooms: vec![room], ..Subjects::default() };
                tx.journal(&NewEntry { actor: None, action: "room.tested", subject: None, subjects })?;
            }
            Ok::<_, belfort::store::StoreError>(())
        })
        .unwrap();
    town.app.catch_up().unwrap();
    let mut ear = Ear::open(&town.staff(), "/api/v1/events?after=0", &[]).await;
    let told = ear.changes().await;
    assert_eq!(told.len(), 10_500);
    assert!(told.windows(2).all(|pair| pair[0].id < pair[1].id));
    book(&town, "raadzaal", 10).await;
    assert_eq!(ear.changes().await.len(), 1);
}

#[tokio::test]
async fn nothing_withheld_is_told() {
    let town = Town::new(1);
    let mut ear = Ear::open(&town.admin(), "/api/v1/events?after=0", &[]).await;
    let wish = json!({ "title": "Titelgeheim", "description": "Tekstgeheim", "privacy": "closed",
        "start": "2027-01-19T10:00", "end": "2027-01-19T11:00", "rooms": ["raadzaal"],
        "conference": { "url": "https://confgeheim.example/x" },
        "participants": [{ "email": "mailgeheim@elders.example", "name": "Naamgeheim", "mode": "remote" }] });
    let made = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
    let path = format!("/api/v1/meetings/{}", made["id"].as_str().unwrap());
    town.staff()
        .put(&format!("{path}/participants/mailgeheim@elders.example"), json!({ "answer": "accepted" }))
        .await
        .must(200);
    let feed = town
        .staff()
        .post(
            "/api/v1/feeds",
            json!({ "scope": "person:an.peeters@stad.example", "level": "busy", "label": "Labelgeheim" }),
        )
        .await;
    let feed = feed.must(201).json();
    town.staff().delete(&format!("/api/v1/feeds/{}", feed["id"].as_str().unwrap())).await.must(204);
    town.app.catch_up().unwrap();
    let told = ear.changes().await;
    assert_eq!(told.len(), 2, "the meeting and the answer; tokens and people are told to nobody: {told:?}");
    assert!(
        !ear.all.contains("geheim") && !ear.all.contains('@') && !ear.all.contains("token"),
        "{}",
        ear.all
    );
    for (email, name, _) in PEOPLE {
        let id = town.person_id(email).to_string();
        assert!(!ear.all.contains(name) && !ear.all.contains(&id), "{}", ear.all);
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_and_when_the_server_stops() {
    let town = Town::new(1);
    let (staff, clerk) = (town.staff(), town.clerk());
    let mut gone = Ear::open(&staff, "/api/v1/events", &[]).await;
    let mut other = Ear::open(&clerk, "/api/v1/events", &[]).await;
    for ear in [&mut gone, &mut other] {
        assert_eq!(ear.next().await.unwrap().kind, "heartbeat");
    }
    let secret = staff.secret().to_owned();
    town.store
        .write_now(move |tx| {
            let token = tx.token_by_secret(&secret)?.unwrap().id;
            belfort::scheduler::revoke_token(tx, &belfort::scheduler::Caller::system(), token)
        })
        .unwrap_or_else(|refusal: belfort::booking::Refusal| panic!("{refusal:?}"));
    book(&town, "raadzaal", 10).await;
    assert!(gone.ends().await, "nothing more is told: {:?}", gone.all);
    assert!(!gone.all.contains("changed"));
    assert_eq!(other.next().await.unwrap().kind, "changed");
    town.app.stop();
    assert!(other.ends().await);
    let mut late = Ear::open(&clerk, "/api/v1/events", &[]).await;
    assert!(late.ends().await, "nor is one begun that would hold up the stop");
}
