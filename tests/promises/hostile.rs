//! Promise: nothing that anybody sends, of any size or shape, is answered with anything but a clear sentence, and
//! what is refused leaves no trace.

use serde_json::{Value, json};

use crate::feeds_random::Dice;
use crate::town::{Client, Town, booking};

const LANGS: [&str; 4] = ["nl", "fr", "de", "en"];
const MEETINGS: &str = "/api/v1/meetings";

fn traces(town: &Town) -> (u64, u64, i64, u64) {
    town.store
        .read(|view| {
            let (meetings, dates) = view.counts()?;
            let guests = u64::from(view.person_by_email("gast@elders.example")?.is_some());
            Ok::<_, belfort::store::StoreError>((meetings, dates, view.journal_head()?, guests))
        })
        .unwrap()
}

fn with(extra: Value) -> Value {
    let mut wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    wish.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    wish
}

/// Sends bytes in each language, and fails unless they are refused with different sentences.
async fn refused(client: &Client, kind: &str, bytes: &[u8], status: u16) -> Value {
    let mut said = std::collections::BTreeSet::new();
    let mut last = Value::Null;
    for lang in LANGS {
        let answer = client.clone().speaking(lang).raw("POST", MEETINGS, bytes.to_vec(), kind, &[]).await;
        last = answer.refused(status, lang);
        said.insert(last["detail"].as_str().unwrap().to_owned());
    }
    assert_eq!(said.len(), 4, "{said:?}");
    last
}

#[tokio::test]
async fn bodies_that_are_too_big_of_the_wrong_kind_or_broken() {
    let town = Town::new(1);
    let staff = town.staff();
    let before = traces(&town);
    let good = with(json!({})).to_string().into_bytes();
    refused(&staff, "application/json", &vec![b' '; 10 << 20], 413).await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
        "json",
        "application/jsonx",
        "",
    ] {
        refused(&staff, kind, &good, 415).await;
    }
    for broken in [
        "{",
        "{\"title\":",
        "[1,2",
        "{} {}",
        "nul",
        "{\"a\":1,}",
        "{'a':1}",
        "\u{feff}{}",
        "{\"title\":\"\u{1}\"}",
    ] {
        refused(&staff, "application/json", broken.as_bytes(), 400).await;
    }
    refused(&staff, "application/json", b"{\"title\":\"\xff\xfe\"}", 400).await;
    refused(&staff, "application/json", "[".repeat(100_000).as_bytes(), 400).await;
    let deep = format!("{{\"title\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let status =
        staff.raw("POST", MEETINGS, deep.into_bytes(), "application/json", &[]).await.status.as_u16();
    assert!((400..=422).contains(&status));
    assert_eq!(traces(&town), before);
    // The kinds that are read.
    for (kind, room) in
        [("application/json; charset=utf-8", "raadzaal"), ("application/merge-patch+json", "collegezaal")]
    {
        let bytes = with(json!({ "rooms": [room] })).to_string().into_bytes();
        staff.raw("POST", MEETINGS, bytes, kind, &[]).await.must(201);
    }
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let town = Town::new(1);
    let staff = town.staff();
    let long = "x".repeat(201);
    let people = |count: usize| -> Vec<Value> {
        (0..count).map(|n| json!({ "email": format!("gast{n}@elders.example"), "mode": "remote" })).collect()
    };
    let twice = json!([{ "email": "gast@elders.example" }, { "email": "Gast@Elders.example" }]);
    let cases: Vec<(Value, &str)> = vec![
        (json!({ "titel": "x" }), "titel"),
        (json!({ "conference": { "urll": "x" } }), "conference.urll"),
        (
            json!({ "participants": [{ "email": "gast@elders.example", "mod": "remote" }] }),
            "participants[0].mod",
        ),
        (json!({ "title": 5 }), "title"),
        (json!({ "title": null }), "title"),
        (json!({ "rooms": "raadzaal" }), "rooms"),
        (json!({ "rooms": [1] }), "rooms[0]"),
        (json!({ "privacy": "geheim" }), "privacy"),
        (json!({ "dry_run": "yes" }), "dry_run"),
        (json!({ "hold_min": -1 }), "hold_min"),
        (json!({ "hold_min": 1e300 }), "hold_min"),
        (
            json!({ "participants": [{ "email": "gast@elders.example", "mode": "astral" }] }),
            "participants[0].mode",
        ),
        (json!({ "participants": [{ "mode": "remote" }] }), "participants[0].email"),
        (json!({ "participants": {} }), "participants"),
        (json!({ "on_conflict": "fight" }), "on_conflict"),
        (json!({ "title": "" }), "title"),
        (json!({ "title": " \t " }), "title"),
        (json!({ "title": long }), "title"),
        (json!({ "title": "a\u{0}b" }), "title"),
        (json!({ "title": "a\r\nATTENDEE:x" }), "title"),
        (json!({ "title": "\u{1b}[31m" }), "title"),
        (json!({ "title": "a\u{85}b" }), "title"),
        (json!({ "description": "a\u{7}b" }), "description"),
        (json!({ "description": "x".repeat(20_001) }), "description"),
        (json!({ "start": "2027-01-17T10:00", "end": "2027-01-17T11:00" }), "start"),
        (json!({ "start": "2027-01-20T10:00", "end": "2027-01-20T10:00" }), "end"),
        (json!({ "start": "2027-01-20T10:00", "end": "2027-01-20T09:00" }), "end"),
        (json!({ "start": "2027-01-20T10:00", "end": "2029-10-16T10:00" }), "end"),
        (json!({ "start": "2027-02-29T10:00", "end": "2027-02-29T11:00" }), "start"),
        (json!({ "start": "2027-01-20T25:00" }), "start"),
        (json!({ "start": "2027-01-20 10:00" }), "start"),
        (json!({ "start": "2027-01-20T10:00Z" }), "start"),
        (json!({ "start": "+262143-01-01T00:00", "end": "+262143-01-01T01:00" }), "start"),
        (json!({ "start": "9999-12-31T23:00", "end": "9999-12-31T23:30" }), "start"),
        (json!({ "start": "" }), "start"),
        (json!({ "start": "x".repeat(100_000) }), "start"),
        (json!({ "zone": "Mars/Olympus" }), "zone"),
        (json!({ "zone": "" }), "zone"),
        (json!({ "zone": "../../etc/passwd" }), "zone"),
        (json!({ "zone": "Europe/Brussels\u{0}" }), "zone"),
        (json!({ "rooms": ["geen"] }), "rooms"),
        (json!({ "rooms": ["' OR 1=1 --"] }), "rooms"),
        (json!({ "rooms": vec!["raadzaal"; 5_000] }), "rooms"),
        (json!({ "equipment": ["x"] }), "equipment"),
        (json!({ "equipment": vec!["beamer"; 50_000] }), "equipment"),
        (json!({ "equipment": vec!["beamer"; 3] }), "equipment"),
        (json!({ "participants": people(5_000) }), "participants"),
        (json!({ "participants": people(501) }), "participants"),
        (json!({ "participants": [{ "email": "niet" }] }), "participants[0].email"),
        (json!({ "participants": [{ "email": "a@b.c\r\nBcc: x@y.z" }] }), "participants[0].email"),
        (
            json!({ "participants": [{ "email": "gast@elders.example", "name": "a\u{0}" }] }),
            "participants[0].name",
        ),
        (
            json!({ "participants": [{ "email": "gast@elders.example", "zone": "X" }] }),
            "participants[0].zone",
        ),
        (json!({ "participants": twice }), "participants[1].email"),
        (json!({ "conference": { "url": "javascript:alert(1)" } }), "conference.url"),
        (json!({ "conference": { "url": "https://x.example/\r\nATTENDEE:x" } }), "conference.url"),
        (json!({ "conference": { "url": "https://x.example/\"><script>" } }), "conference.url"),
        (json!({ "conference": { "dial_in": "1\u{0}" } }), "conference.dial_in"),
        (json!({ "body": "geen" }), "body"),
        (json!({ "organiser": "geen@x.example" }), "organiser"),
        (json!({ "rrule": "x" }), "rrule"),
        (json!({ "rrule": "FREQ=SECONDLY" }), "rrule"),
        (json!({ "rrule": "FREQ=HOURLY" }), "rrule"),
        (json!({ "rrule": "FREQ=DAILY;COUNT=99999999999999999999" }), "rrule"),
        (json!({ "rrule": "FREQ=DAILY;INTERVAL=0" }), "rrule"),
        (json!({ "rrule": "FREQ=DAILY;UNTIL=20260101" }), "rrule"),
        (json!({ "rrule": "FREQ=DAILY\r\nATTENDEE:x" }), "rrule"),
        (json!({ "rrule": format!("FREQ=YEARLY;BYYEARDAY={}", vec!["1"; 50_000].join(",")) }), "rrule"),
    ];
    let before = traces(&town);
    for (extra, field) in cases {
        let short: String = extra.to_string().chars().take(100).collect();
        let bytes = with(extra).to_string().into_bytes();
        let begun = std::time::Instant::now();
        let problem = refused(&staff, "application/json", &bytes, 422).await;
        assert_eq!(problem["fields"][0]["field"], field, "{short}: {problem}");
        assert!(
            problem.to_string().len() < 5_000,
            "{short}: an answer of {} octets",
            problem.to_string().len()
        );
        assert!(begun.elapsed().as_secs() < 5, "{short}");
    }
    for missing in ["title", "start", "end"] {
        let mut wish = with(json!({}));
        wish.as_object_mut().unwrap().remove(missing);
        let problem = refused(&staff, "application/json", wish.to_string().as_bytes(), 422).await;
        assert_eq!(problem["fields"][0]["field"], missing);
    }
    for body in ["[]", "\"x\"", "5", "null", "true"] {
        refused(&staff, "application/json", body.as_bytes(), 422).await;
    }
    assert_eq!(traces(&town), before, "what is refused leaves no trace, not even guests");
}

#[tokio::test]
async fn changes_are_looked_at_as_bookings_are() {
    let town = Town::new(1);
    let staff = town.staff();
    let mut wish = with(json!({ "rrule": "FREQ=WEEKLY;COUNT=4" }));
    wish["title"] = json!("Vast");
    let made = staff.post(MEETINGS, wish).await.must(201).json();
    let path = format!("{MEETINGS}/{}", made["id"].as_str().unwrap());
    let one = format!("{path}?scope=this&occurrence=2027-01-27T10:00");
    let people: Vec<Value> = (0..5_000).map(|n| json!({ "email": format!("g{n}@e.example") })).collect();
    let before = (traces(&town), staff.get(&path).await.json());
    for (path, body, field) in [
        (&path, json!({ "title": "" }), "title"),
        (&path, json!({ "titel": "x" }), "titel"),
        (&path, json!({ "privacy": 5 }), "privacy"),
        (&path, json!({ "rooms": ["geen"] }), "rooms"),
        (&path, json!({ "rooms": vec!["raadzaal"; 5_000] }), "rooms"),
        (&path, json!({ "equipment": ["zeppelin"] }), "equipment"),
        (&path, json!({ "participants": people }), "participants"),
        (&path, json!({ "participants": [{ "email": "x" }] }), "participants[0].email"),
        (&path, json!({ "conference": { "url": "ftp://x" } }), "conference.url"),
        (&path, json!({ "start": "2026-01-20T10:00", "end": "2026-01-20T11:00" }), "start"),
        (&path, json!({ "start": "2027-01-20T10:00", "end": "2027-03-20T11:00" }), "end"),
        (&path, json!({ "rrule": "FREQ=SECONDLY" }), "rrule"),
        (&one, json!({ "title": "a\u{0}" }), "title"),
        (&one, json!({ "start": "2027-01-27T10:00", "end": "2027-01-27T10:00" }), "end"),
        (&one, json!({ "start": "2027-01-17T10:00", "end": "2027-01-17T11:00" }), "start"),
        (&one, json!({ "start": "x" }), "start"),
        (&one, json!({ "rooms": ["geen"] }), "rooms"),
        (&one, json!({ "privacy": "closed" }), "scope"),
    ] {
        let problem = staff.refused_in_all_languages("PATCH", path, Some(body.clone()), 422).await;
        assert_eq!(problem["fields"][0]["field"], field, "{body}: {problem}");
    }
    for (path, status) in [
        (format!("{path}?scope=some"), 400),
        (format!("{path}?scope=this"), 422),
        (format!("{path}?bogus=1"), 400),
        (format!("{path}?scope=this&occurrence=x"), 404),
        (format!("{path}?scope=this&occurrence=%27%20OR%201=1"), 404),
        (format!("{path}?scope=this&occurrence=2027-01-28T10:00"), 404),
        (format!("{path}?scope=following&occurrence=9999-99-99T99:99"), 404),
        (format!("{MEETINGS}/x"), 404),
        (format!("{MEETINGS}/00000000-0000-0000-0000-000000000000"), 404),
        (format!("{MEETINGS}/%00"), 404),
        (format!("{MEETINGS}/%ff"), 400),
        (format!("{MEETINGS}/..%2f..%2fetc%2fpasswd"), 404),
        (format!("{MEETINGS}/x%0d%0aSet-Cookie:%20a=b"), 404),
    ] {
        staff.refused_in_all_languages("PATCH", &path, Some(json!({ "title": "Anders" })), status).await;
        staff.refused_in_all_languages("DELETE", &path, None, status).await;
    }
    for (header, value, status) in [
        ("if-match", "1", 400),
        ("if-match", "\"x\"", 400),
        ("if-match", "\"99\"", 412),
        ("if-match", "\"99999999999999999999\"", 400),
        ("idempotency-key", "", 400),
        ("idempotency-key", &"k".repeat(256), 400),
    ] {
        for lang in LANGS {
            let headers = [(header, value)];
            let client = staff.clone().speaking(lang);
            client
                .send("PATCH", &path, Some(json!({ "title": "Anders" })), &headers)
                .await
                .refused(status, lang);
        }
    }
    assert_eq!((traces(&town), staff.get(&path).await.json()), before, "nothing was changed");
    town.verify();
}

#[tokio::test]
async fn every_part_of_every_address_may_hold_anything() {
    let town = Town::new(1);
    let admin = town.admin();
    let made = admin.post(MEETINGS, with(json!({}))).await.must(201).json();
    let id = made["id"].as_str().unwrap();
    let before = traces(&town);
    let long = "a".repeat(8_000);
    let hostile = [
        "",
        "%20",
        "%00",
        "%ff",
        "%c0%af",
        "%27%20OR%20%271%27=%271",
        "1;DROP%20TABLE%20meeting;--",
        "..%2f..%2f..%2fetc%2fpasswd",
        "%0d%0aSet-Cookie:%20a=b",
        "%7b%7b7*7%7d%7d",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "-1",
        "0",
        "99999999999999999999",
        "NaN",
        "null",
        "%F0%9F%92%A9",
        "%E2%80%AE",
        "2027-02-30",
        "0000-00-00",
        "-9999-01-01",
        "%2B262142-12-31",
        "9999-12-31",
        "2027-01-20T10:00",
        "%25s%25n",
        &long,
    ];
    let templates = [
        "/api/v1/meetings/{}",
        "/api/v1/meetings/ID?scope=this&occurrence={}",
        "/api/v1/meetings/ID?scope={}",
        "/api/v1/meetings/ID/{}",
        "/api/v1/rooms?after={}",
        "/api/v1/rooms?limit={}",
        "/api/v1/rooms/{}/day/2027-01-20",
        "/api/v1/rooms/raadzaal/day/{}",
        "/api/v1/rooms/{}/board",
        "/api/v1/days/{}",
        "/api/v1/people/{}/agenda",
        "/api/v1/people/an.peeters@stad.example/agenda?from={}",
        "/api/v1/people/an.peeters@stad.example/agenda?from=2027-01-01&to={}",
        "/api/v1/search/rooms?start={}&minutes=60",
        "/api/v1/search/rooms?start=2027-01-20T10:00&minutes={}",
        "/api/v1/search/rooms?start=2027-01-20T10:00&minutes=60&zone={}",
        "/api/v1/search/rooms?start=2027-01-20T10:00&minutes=60&near={}",
        "/api/v1/search/rooms?start=2027-01-20T10:00&minutes=60&in_room={}",
        "/api/v1/search/rooms?start=2027-01-20T10:00&minutes=60&in_room=4294967295&remote=4294967295&undecided={}",
        "/api/v1/journal?after={}",
        "/api/v1/journal?limit={}",
        "/api/v1/journal?{}",
        "/api/v1/feeds/{}",
        "/api/v1/{}",
        "/{}",
        "/feeds/{}",
        "/feeds/{}.ics",
    ];
    for template in templates {
        for value in hostile {
            let path = template.replace("ID", id).replace("{}", value);
            for method in ["GET", "DELETE", "POST"] {
                // What exists must not be deleted by its own good address.
                let body = (method == "POST").then(|| json!({}));
                if method != "GET"
                    && (value.is_empty() || template.contains("ID") || template == "/api/v1/meetings/{}")
                {
                    continue;
                }
                let answer = admin.send(method, &path, body, &[]).await;
                let status = answer.status.as_u16();
                assert!(
                    (200..500).contains(&status),
                    "{method} {template} {value}: {status} {}",
                    answer.text()
                );
                assert_eq!(answer.header("set-cookie"), "", "{path}");
                if status >= 400 {
                    let problem = answer.refused(status, "nl");
                    assert!(problem.to_string().len() < 3_000, "{template} {value}: said back at length");
                }
            }
        }
    }
    assert_eq!(traces(&town), before);
    admin.refused_in_all_languages("GET", "/api/v1/nothing", None, 404).await;
    admin.refused_in_all_languages("PUT", "/api/v1/rooms", None, 405).await;
    town.verify();
}

/// A random value of JSON, with a liking for what is nearly right.
fn random(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 9 } else { 11 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(dice.below(1_000_000)),
        3 => json!(-1.5e300),
        4 => json!(u64::MAX),
        5 => json!(*dice.pick(&[
            "",
            "x",
            "2027-01-20T10:00",
            "2027-01-20T11:00",
            "raadzaal",
            "hal-ab",
            "public",
            "FREQ=DAILY;COUNT=3",
            "Europe/Brussels",
            "UTC",
            "an.peeters@stad.example",
            "gast@elders.example",
            "remote",
            "\u{0}",
            "é\u{202e}",
            "this"
        ])),
        6 => json!(*dice.pick(&[
            "2027-03-28T02:30",
            "2027-10-31T02:30",
            "2199-12-31T23:59",
            "1970-01-01T00:00",
            "FREQ=WEEKLY;BYDAY=MO",
            "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5",
            "Pacific/Apia",
            "skip",
            "substitute",
            "chair",
            "beamer",
            "gemeenteraad",
            "https://x.example/y"
        ])),
        7 => json!("y".repeat(dice.below(300))),
        8 => json!(i64::MIN),
        9 => Value::Array((0..dice.below(4)).map(|_| random(dice, depth - 1)).collect()),
        _ => Value::Object((0..dice.below(4)).map(|_| (key(dice), random(dice, depth - 1))).collect()),
    }
}

fn key(dice: &mut Dice) -> String {
    (*dice.pick(&[
        "title",
        "description",
        "start",
        "end",
        "zone",
        "rooms",
        "equipment",
        "privacy",
        "rrule",
        "participants",
        "conference",
        "body",
        "organiser",
        "choices",
        "on_conflict",
        "hold_min",
        "override_policy",
        "dry_run",
        "email",
        "mode",
        "role",
        "name",
        "url",
        "dial_in",
        "occurrence",
        "action",
        "room",
        "shift_min",
        "x",
    ]))
    .to_owned()
}

#[tokio::test]
async fn random_requests_never_break_anything() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let mut dice = Dice::new(20_270_118);
    let mut made: Vec<String> = Vec::new();
    let mut refusals = 0;
    for round in 0..1_500 {
        let mut wish = with(json!({}));
        let day = 20 + dice.below(10);
        wish["start"] = json!(format!("2027-01-{day}T10:00"));
        wish["end"] = json!(format!("2027-01-{day}T11:00"));
        let object = wish.as_object_mut().unwrap();
        for _ in 0..=dice.below(3) {
            let key = key(&mut dice);
            let value = match key.as_str() {
                "rooms" | "equipment" => json!([random(&mut dice, 0)]),
                "participants" => json!([{ "email": random(&mut dice, 0), "mode": random(&mut dice, 0) }]),
                "conference" => json!({ "url": random(&mut dice, 0) }),
                _ => random(&mut dice, 3),
            };
            object.insert(key, value);
        }
        let before = traces(&town);
        let target =
            if made.is_empty() || dice.below(3) > 0 { MEETINGS.to_owned() } else { dice.pick(&made).clone() };
        let method = if target == MEETINGS { "POST" } else { "PATCH" };
        let answer = clerk.send(method, &target, Some(wish.clone()), &[]).await;
        let status = answer.status.as_u16();
        assert!(status < 500, "round {round}: {method} {wish}: {}", answer.text());
        if status >= 400 {
            refusals += 1;
            let _ = answer.refused(status, "nl");
            assert_eq!(traces(&town), before, "round {round}: {wish}");
        } else if status == 201 {
            made.push(answer.header("location").to_owned());
        }
        if method == "POST" && made.len() > 20 {
            clerk.delete(&made.remove(0)).await;
        }
    }
    assert!(refusals > 200, "{refusals}");
    let feed = town.feed(belfort::store::FeedScope::Town, belfort::store::Level::Full, false);
    crate::feeds::sound(&town.anonymous().get(&feed).await.must(200).bytes, "after the storm");
    town.verify();
}
