//! The pages of rooms: what goes on, for staff and for the public, and what keeps them fresh.

use std::time::Duration;

use belfort::booking::Refusal;
use belfort::town::{Grant, Role};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_stream::StreamExt;

use crate::town::{Town, booking};

const AN: &str = "an.peeters@stad.example";

fn private(mut meeting: Value, title: &str, privacy: &str) -> Value {
    meeting["title"] = json!(title);
    meeting["privacy"] = json!(privacy);
    meeting
}

#[tokio::test]
async fn the_board_says_what_goes_on_in_each_room() {
    let town = Town::new(401);
    let board = town.signed_in(AN, &[]);
    let staff = town.clerk();
    for (room, start, end) in [
        ("groene-kamer", "2027-01-18T09:00", "2027-01-18T10:00"),
        ("collegezaal", "2027-01-18T09:10", "2027-01-18T10:00"),
        ("blauwe-kamer", "2027-01-18T14:00", "2027-01-18T15:00"),
    ] {
        staff.post("/api/v1/meetings", booking(room, start, end)).await.must(201);
    }
    town.pass(TimeDelta::minutes(1)).await;
    let page = board.get("/rooms").await.must(200).text();
    for words in
        ["Begint om 09:00: inchecken", "Begint om 09:10: inchecken", "Vrij tot 14:00", "Vrij vandaag"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("09:00–10:00 Overleg") && page.contains("data-live"));
    let free = board.get("/rooms?free=1&site=sociaal-huis").await.must(200).text();
    assert!(
        free.contains("Blauwe Kamer") && !free.contains("/rooms/groene-kamer") && !free.contains("Raadzaal")
    );
    let large = board.get("/rooms?seats=60").await.must(200).text();
    assert!(large.contains("/rooms/raadzaal") && !large.contains("/rooms/groene-kamer"));
    let none = board.get("/rooms?seats=9000").await.must(200).text();
    assert!(none.contains("Geen enkele zaal") && none.contains("Alle zalen tonen"));
    assert_eq!(town.anonymous().get("/rooms").await.must(303).header("location"), "/sign-in?to=%2Frooms");
}

#[tokio::test]
async fn the_public_sees_a_room_but_no_title_that_is_not_public() {
    let town = Town::new(402);
    let clerk = town.clerk();
    let at = |hour: u32| {
        booking("raadzaal", &format!("2027-01-18T{hour}:00"), &format!("2027-01-18T{}:00", hour + 1))
    };
    for (hour, privacy) in [(10, "public"), (12, "internal"), (14, "private"), (16, "closed")] {
        let meeting = private(at(hour), &format!("Onderwerp {privacy}"), privacy);
        clerk.post("/api/v1/meetings", meeting).await.must(201);
    }
    for view in ["", "?view=day", "?view=week", "?view=month", "?view=week&date=2027-01-20"] {
        let page = town.anonymous().get(&format!("/rooms/raadzaal{view}")).await.must(200).text();
        assert!(page.contains("Onderwerp public"), "{view}");
        for secret in ["Onderwerp internal", "Onderwerp private", "Onderwerp closed", "De Klerk", "/book?"] {
            assert!(!page.contains(secret), "{secret} in {view}");
        }
        assert!(page.contains("Aanmelden om te boeken") && page.contains("Grote Markt 1"), "{view}");
    }
    let inside = town.signed_in(AN, &[]).get("/rooms/raadzaal").await.must(200).text();
    assert!(inside.contains("Onderwerp internal") && !inside.contains("Onderwerp private"));
    assert!(
        inside.contains("/book?room=raadzaal&#38;date=2027-01-18&#38;from=09:00")
            || inside.contains("/book?room=raadzaal&amp;date=2027-01-18&amp;from=09:00"),
        "{inside}"
    );
    town.anonymous().get("/rooms/nergens").await.must(404);
}

#[tokio::test]
async fn a_photo_is_a_photo_and_is_kept_by_browsers() {
    let town = Town::new(403);
    town.signed_in(AN, &[]).get("/rooms/raadzaal/photo").await.must(404);
    let png = b"\x89PNG\r\n\x1a\n and so on".to_vec();
    let put = |bytes: Vec<u8>| {
        let caller = belfort::scheduler::Caller::system();
        town.store.write_now(move |tx| belfort::scheduler::put_photo(tx, &caller, "raadzaal", &bytes))
    };
    assert!(matches!(put(b"<svg onload=alert(1)>".to_vec()), Err(Refusal::Invalid(_))));
    let large = [b"\xff\xd8\xff".to_vec(), vec![0; 1 << 20]].concat();
    assert!(matches!(put(large), Err(Refusal::Invalid(_))));
    put(png.clone()).unwrap();
    let photo = town.anonymous().get("/rooms/raadzaal/photo").await.must(200);
    assert_eq!((photo.header("content-type"), &photo.bytes), ("image/png", &png));
    assert!(photo.header("cache-control").contains("immutable"));
    let page = town.anonymous().get("/rooms/raadzaal").await.must(200).text();
    assert!(page.contains("/rooms/raadzaal/photo?v="));
}

#[tokio::test]
async fn an_open_page_hears_that_something_changed_until_the_sign_in_ends() {
    let town = Town::new(404);
    town.anonymous().get("/live").await.must(401);
    let reader = town.signed_in(AN, &[Grant::town(Role::Clerk)]);
    let mut stream = reader.stream("/live", &[]).await;
    let clerk = town.clerk();
    for hour in [10, 11, 12] {
        let meeting = booking("raadzaal", &format!("2027-01-18T{hour}:00"), &format!("2027-01-18T{hour}:30"));
        clerk.post("/api/v1/meetings", meeting).await.must(201);
    }
    town.app.catch_up().unwrap();
    let mut heard = String::new();
    while !heard.contains("changed") {
        let part = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.unwrap();
        heard.push_str(&String::from_utf8_lossy(&part.unwrap().unwrap()));
    }
    assert!(!heard.contains("raadzaal") && !heard.contains("Overleg"), "{heard}");
    let person = town.person_id(AN);
    town.store.write_now(move |tx| tx.end_sign_ins(person, None).map(|_| ())).unwrap();
    clerk
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-18T15:00", "2027-01-18T16:00"))
        .await
        .must(201);
    town.app.catch_up().unwrap();
    while let Some(part) = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.unwrap() {
        heard.push_str(&String::from_utf8_lossy(&part.unwrap()));
    }
    assert!(heard.matches("changed").count() <= 2, "three bookings at once are told once or twice: {heard}");
}
