//! Promise: a foreign calendar comes in whole or not at all, comes in once however often it is sent, and no file of
//! any shape does harm.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use belfort::store::{FeedScope, Level};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::feeds::sound;
use crate::feeds_random::{booked, expanded};
use crate::town::{Answer, Client, Town, booking};

const FILES: [&str; 8] =
    ["apple", "broken", "exchange", "google", "mrbs", "outlook", "thunderbird", "windows1252"];

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/ical/{name}.ics", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

async fn import(client: &Client, query: &str, bytes: &[u8]) -> Answer {
    client.raw("POST", &format!("/api/v1/import?{query}"), bytes.to_vec(), "text/calendar", &[]).await
}

/// Everything that an import could leave behind.
fn traces(town: &Town) -> (u64, u64, i64, usize) {
    town.store
        .read(|view| {
            let (meetings, dates) = view.counts()?;
            let guests = view.overlapping_claims()?;
            Ok::<_, belfort::store::StoreError>((
                meetings,
                dates,
                view.journal_head()?,
                usize::try_from(guests).unwrap_or(0),
            ))
        })
        .unwrap()
}

fn calendar(events: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{events}END:VCALENDAR\r\n").into_bytes()
}

fn event(uid: &str, title: &str, start: &str, end: &str, extra: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART;TZID=Europe/Brussels:{start}\r\n\
         DTEND;TZID=Europe/Brussels:{end}\r\nSUMMARY:{title}\r\n{extra}END:VEVENT\r\n"
    )
}

#[tokio::test]
async fn the_calendars_of_every_program_come_in_once() {
    for file in FILES {
        let town = Town::new(1);
        let clerk = town.clerk();
        let bytes = sample(file);
        let before = traces(&town);
        let rehearsed =
            import(&clerk, "room=raadzaal&skip_conflicts=true&dry_run=true", &bytes).await.must(200).json();
        assert_eq!(traces(&town), before, "{file}: a rehearsal leaves nothing behind");
        let first = import(&clerk, "room=raadzaal&skip_conflicts=true", &bytes).await.must(200).json();
        assert_eq!(first, rehearsed, "{file}");
        assert!(first["made"].as_u64().unwrap() > 0, "{file}: {first}");
        for list in ["notes", "refused"] {
            for said in first[list].as_array().unwrap() {
                assert!(said.as_str().unwrap().contains(' '), "{file}: {said}");
            }
        }
        let after = traces(&town);
        let again = import(&clerk, "room=raadzaal&skip_conflicts=true", &bytes).await.must(200).json();
        assert_eq!((&again["made"], &again["changed"]), (&json!(0), &json!(0)), "{file}: {again}");
        assert_eq!(traces(&town), after, "{file}: the second time changes nothing");
        let feed = town.feed(FeedScope::Town, Level::Full, false);
        sound(&town.anonymous().get(&feed).await.must(200).bytes, file);
        town.verify();
    }
}

#[tokio::test]
async fn by_location_each_goes_where_it_says() {
    let town = Town::new(1);
    let clerk = town.clerk();
    for file in FILES {
        let answer = import(&clerk, "skip_conflicts=true", &sample(file)).await.must(200).json();
        assert!(answer["made"].is_number(), "{file}");
    }
    let town = Town::new(2);
    let clerk = town.clerk();
    let text = calendar(
        &[
            ("a", "raadzaal"),
            ("b", "Collegezaal\\nMarkt 1\\, 9999 Voorbeeld"),
            ("c", "Groene Kamer; Teams-vergadering"),
            ("d", "Hal A+B"),
        ]
        .map(|(uid, place)| {
            event(uid, uid, "20270302T100000", "20270302T110000", &format!("LOCATION:{place}\r\n"))
        })
        .concat(),
    );
    import(&clerk, "", &text).await.must(200);
    for (room, title) in
        [("raadzaal", "a"), ("collegezaal", "b"), ("groene-kamer", "c"), ("hal-a", "d"), ("hal-b", "d")]
    {
        let day = clerk.get(&format!("/api/v1/rooms/{room}/day/2027-03-02")).await.must(200).json();
        assert_eq!(day["meetings"][0]["title"], title, "{room}: {day}");
    }
    let nowhere =
        calendar(&event("e", "Elders", "20270303T100000", "20270303T110000", "LOCATION:Café De Zwaan\r\n"));
    let before = traces(&town);
    for lang in ["nl", "fr", "de", "en"] {
        let problem = import(&clerk.clone().speaking(lang), "", &nowhere).await.refused(422, lang);
        assert!(problem["detail"].as_str().unwrap().contains("Zwaan"), "{problem}");
    }
    assert_eq!(traces(&town), before);
}

#[tokio::test]
async fn a_changed_calendar_changes_what_it_brought() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let at = |start: &str, end: &str, place: &str, extra: &str| {
        calendar(&event(
            "vast@elders",
            "Overleg",
            start,
            end,
            &format!("LOCATION:{place}\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n{extra}"),
        ))
    };
    let feeds = ["raadzaal", "collegezaal"]
        .map(|slug| town.feed(FeedScope::Room(town.room_id(slug)), Level::Title, false));
    let read = async |index: usize| town.anonymous().get(&feeds[index]).await.must(200).text();
    import(&clerk, "", &at("20270302T100000", "20270302T110000", "Raadzaal", "")).await.must(200);
    assert!(read(0).await.contains("SUMMARY:Overleg") && !read(1).await.contains("SUMMARY:Overleg"));
    let day = clerk.get("/api/v1/rooms/raadzaal/day/2027-03-09").await.json();
    let id = day["meetings"][0]["meeting"].clone();
    for (start, end, place, extra, dates) in [
        ("20270302T130000", "20270302T140000", "Raadzaal", "", 3),
        (
            "20270302T130000",
            "20270302T140000",
            "Raadzaal",
            "EXDATE;TZID=Europe/Brussels:20270309T130000\r\n",
            2,
        ),
        ("20270302T130000", "20270302T140000", "Collegezaal", "", 3),
    ] {
        let report = import(&clerk, "", &at(start, end, place, extra)).await.must(200).json();
        assert_eq!((&report["made"], &report["changed"]), (&json!(0), &json!(1)), "{report}");
        let sheet = clerk.get(&format!("/api/v1/meetings/{}", id.as_str().unwrap())).await.must(200).json();
        assert_eq!(sheet["occurrences"].as_array().unwrap().len(), dates);
    }
    // Both calendars know at once: the room that it left too.
    assert!(!read(0).await.contains("SUMMARY:Overleg"), "the room that was left still shows it");
    assert!(read(1).await.contains("SUMMARY:Overleg"));
    let gone = at("20270302T130000", "20270302T140000", "Collegezaal", "STATUS:CANCELLED\r\n");
    let report = import(&clerk, "", &gone).await.must(200).json();
    assert_eq!(report["cancelled"], 1, "{report}");
    clerk
        .post("/api/v1/meetings", booking("collegezaal", "2027-03-02T13:00", "2027-03-02T14:00"))
        .await
        .must(201);
    town.verify();
}

#[tokio::test]
async fn one_conflict_refuses_all_and_every_conflict_is_named() {
    let town = Town::new(1);
    let clerk = town.clerk();
    for day in ["2027-03-09", "2027-03-23"] {
        let wish = booking("raadzaal", &format!("{day}T10:00"), &format!("{day}T11:00"));
        clerk.post("/api/v1/meetings", wish).await.must(201);
    }
    let one = event("een", "Eenmalig", "20270323T103000", "20270323T104500", "");
    let series =
        event("reeks", "Reeks", "20270302T100000", "20270302T110000", "RRULE:FREQ=WEEKLY;COUNT=5\r\n");
    let free = event("vrij", "Vrij", "20270305T100000", "20270305T110000", "");
    let text = calendar(&format!("{free}{series}{one}"));
    let before = traces(&town);
    for lang in ["nl", "fr", "de", "en"] {
        let problem = import(&clerk.clone().speaking(lang), "room=raadzaal", &text).await.refused(409, lang);
        assert_eq!(problem["conflicts"].as_array().unwrap().len(), 3, "{problem}");
    }
    assert_eq!(traces(&town), before, "nothing is half imported");
    let report = import(&clerk, "room=raadzaal&skip_conflicts=true", &text).await.must(200).json();
    assert_eq!((&report["made"], &report["dates"]), (&json!(2), &json!(4)), "{report}");
    assert_eq!(report["refused"].as_array().unwrap().len(), 3);
    assert_eq!(traces(&town).0, before.0 + 2, "what does not fit at all leaves no empty meeting");
    // When the room is free again, what was left out comes in.
    let day = clerk.get("/api/v1/rooms/raadzaal/day/2027-03-23").await.json();
    clerk
        .delete(&format!("/api/v1/meetings/{}", day["meetings"][0]["meeting"].as_str().unwrap()))
        .await
        .must(200);
    let later = import(&clerk, "room=raadzaal&skip_conflicts=true", &text).await.must(200).json();
    assert_eq!((&later["made"], &later["unchanged"]), (&json!(1), &json!(2)), "{later}");
    town.verify();
}

#[tokio::test]
async fn out_and_in_again_is_the_same() {
    let town = Town::new(1);
    let clerk = town.clerk();
    for (room, start, end, rule) in [
        ("collegezaal", "2027-01-19T09:00", "2027-01-19T10:00", "FREQ=WEEKLY;BYDAY=TU;COUNT=60"),
        ("raadzaal", "2027-03-27T22:00", "2027-03-28T04:00", ""),
        ("raadzaal", "2027-10-25T02:30", "2027-10-25T03:30", "FREQ=DAILY;COUNT=10"),
        ("groene-kamer", "2027-10-31T02:15", "2027-10-31T03:15", "FREQ=MONTHLY;COUNT=3"),
        (
            "blauwe-kamer",
            "2027-01-20T10:00",
            "2027-01-20T11:00",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=6",
        ),
    ] {
        let mut wish = booking(room, start, end);
        wish["rrule"] = json!(rule);
        wish["title"] = json!(format!("Titel; met, tekens \\ \" ü 日 {room} {start}"));
        wish["description"] = json!("Eén\nTwee, drie; vier\\");
        let made = clerk.post("/api/v1/meetings", wish).await.must(201).json();
        if rule.contains("COUNT=60") {
            let one = |at: &str| {
                format!("/api/v1/meetings/{}?scope=this&occurrence={at}", made["id"].as_str().unwrap())
            };
            let moved = json!({ "start": "2027-01-28T15:00", "end": "2027-01-28T16:30", "title": "Verzet" });
            clerk.patch(&one("2027-01-26T09:00"), moved).await.must(200);
            clerk.delete(&one("2027-02-02T09:00")).await.must(200);
            clerk.patch(&one("2027-02-09T09:00"), json!({ "rooms": ["raadzaal"] })).await.must(200);
        }
    }
    let until = "2029-01-18T00:00:00".parse().unwrap();
    let feed = town.feed(FeedScope::Town, Level::Full, false);
    let bytes = town.anonymous().get(&feed).await.must(200).bytes;
    // Into the town it came from: everything is there already.
    let before = traces(&town);
    let back = import(&clerk, "", &bytes).await.must(200).json();
    assert_eq!((&back["made"], &back["changed"]), (&json!(0), &json!(0)), "{back}");
    assert_eq!(traces(&town), before);
    // Into another, and out, and into a third.
    let mut shown = expanded(&bytes, until);
    assert!(shown.len() > 70);
    let mut bytes = bytes;
    for seed in [2, 3] {
        let other = Town::new(seed);
        let clerk = other.clerk();
        import(&clerk, "", &bytes).await.must(200);
        let ids: Vec<String> = meetings_of(&clerk).await;
        let stands = booked(&clerk, &ids).await;
        assert_eq!(stands, shown, "town {seed}");
        let feed = other.feed(FeedScope::Town, Level::Full, false);
        bytes = other.anonymous().get(&feed).await.must(200).bytes;
        sound(&bytes, "other town");
        shown = expanded(&bytes, until);
        assert_eq!(stands, shown, "town {seed}");
        let again = import(&clerk, "", &bytes).await.must(200).json();
        assert_eq!(again["made"], 0, "{again}");
        other.verify();
    }
}

/// Every meeting that the journal names.
async fn meetings_of(clerk: &Client) -> Vec<String> {
    let journal = clerk.get("/api/v1/journal?limit=500").await.must(200).json();
    let mut ids: Vec<String> = journal["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["subjects"]["meeting"].as_str().map(str::to_owned))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

#[tokio::test]
async fn hostile_files_end_with_a_sentence_and_soon() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let nested = format!("{}{}", "BEGIN:VEVENT\r\n".repeat(50_000), "END:VEVENT\r\n".repeat(50_000));
    let mut bombs = String::new();
    for number in 0..2_000 {
        let _ = write!(
            bombs,
            "{}",
            event(
                &format!("bom{number}"),
                "Bom",
                "20270302T100000",
                "20270302T100100",
                "RRULE:FREQ=DAILY\r\n"
            )
        );
    }
    let folded = event("v", &"x\r\n ".repeat(400_000), "20270302T100000", "20270302T110000", "");
    let many = format!("EXDATE:{}\r\n", vec!["20270302T100000"; 100_000].join(","));
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("no calendar", b"hello".to_vec()),
        ("json", b"{\"a\": 1}".to_vec()),
        ("zeroes", vec![0; 100_000]),
        (
            "noise",
            (0..100_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect(),
        ),
        ("nested", calendar(&nested)),
        ("not closed", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n".to_vec()),
        (
            "one long line",
            calendar(&event("l", &"x".repeat(5_000_000), "20270302T100000", "20270302T110000", "")),
        ),
        (
            "rule by the second",
            calendar(&event("s", "S", "20270302T100000", "20270302T110000", "RRULE:FREQ=SECONDLY\r\n")),
        ),
        ("rule bombs", calendar(&bombs)),
        (
            "rule without end of one",
            calendar(&event(
                "n",
                "N",
                "20270302T100000",
                "20270302T110000",
                "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n",
            )),
        ),
        ("year 9999", calendar(&event("y", "Y", "99991231T235900", "99991231T235959", ""))),
        ("end before start", calendar(&event("e", "E", "20270302T110000", "20270302T100000", ""))),
        ("a thousand days", calendar(&event("d", "D", "20270302T110000", "20291202T100000", ""))),
        ("too big", vec![b'x'; 33 << 20]),
    ];
    for (name, bytes) in files {
        let before = traces(&town);
        for lang in ["nl", "en"] {
            let begun = Instant::now();
            let answer = import(&clerk.clone().speaking(lang), "room=raadzaal", &bytes).await;
            let took = begun.elapsed();
            let status = answer.status.as_u16();
            assert!((200..500).contains(&status), "{name}: {}", answer.text());
            assert!(took < Duration::from_secs(20), "{name} took {took:?}");
            if status >= 400 {
                answer.refused(status, lang);
                assert_eq!(traces(&town), before, "{name}: nothing is half imported");
            } else {
                assert!(
                    matches!(
                        name,
                        "end before start" | "year 9999" | "one long line" | "rule without end of one"
                    ),
                    "{name} came in: {}",
                    answer.text()
                );
            }
        }
    }
    for (name, bytes) in [
        ("folded", calendar(&folded)),
        ("exdates", calendar(&event("m", "M", "20270304T100000", "20270304T110000", &many))),
    ] {
        let begun = Instant::now();
        let answer = import(&clerk, "room=raadzaal&skip_conflicts=true", &bytes).await;
        assert!(
            answer.status.as_u16() < 500 && begun.elapsed() < Duration::from_secs(20),
            "{name}: {}",
            answer.text()
        );
    }
    town.verify();
}

#[tokio::test]
async fn what_is_injected_stays_text() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let extra = "DESCRIPTION:a\\nATTENDEE:mailto:evil@x.example\\r\\nEND:VEVENT\r\n\
        LOCATION:Raadzaal\r\nURL:javascript:alert(1)\r\nCONFERENCE;VALUE=URI:javascript:alert(1)\r\n\
        ORGANIZER;CN=\"x^'^nATTENDEE:y\":mailto:an.peeters@stad.example\r\n\
        ATTENDEE;CN=\"<script>alert(1)</script>\":mailto:guest@elders.example\r\n";
    let title = "<script>alert(1)</script>'; DROP TABLE meeting; --\\nEND:VCALENDAR";
    let text = calendar(&event("../../etc/passwd", title, "20270302T100000", "20270302T110000", extra));
    import(&clerk, "room=raadzaal", &text).await.must(200);
    for level in [Level::Busy, Level::Title, Level::Full, Level::CouncilPublic] {
        let feed = town.feed(FeedScope::Town, level, false);
        let bytes = town.anonymous().get(&feed).await.must(200).bytes;
        sound(&bytes, "injected");
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("\nATTENDEE") && !text.contains("javascript:"), "{text}");
        assert_eq!(text.matches("\r\nEND:VCALENDAR\r\n").count(), 1);
    }
    town.pass(TimeDelta::minutes(1)).await;
    town.verify();
}

#[tokio::test]
async fn who_answers_and_where_must_be_known() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let text = calendar(&event("a", "A", "20270302T100000", "20270302T110000", ""));
    for (query, status) in [
        ("room=geen", 404),
        ("room=", 404),
        ("room=%27%20OR%201=1", 404),
        ("organiser=nobody@x.example&room=raadzaal", 422),
        ("organiser=x&room=raadzaal", 422),
        ("bogus=1", 400),
        ("dry_run=maybe", 400),
        ("room=raadzaal&room=collegezaal", 400),
    ] {
        let before = traces(&town);
        for lang in ["nl", "fr", "de", "en"] {
            import(&clerk.clone().speaking(lang), query, &text).await.refused(status, lang);
        }
        assert_eq!(traces(&town), before, "{query}");
    }
    let report: Value =
        import(&clerk, "room=raadzaal&organiser=an.peeters@stad.example", &text).await.must(200).json();
    assert_eq!(report["made"], 1);
    let agenda = town
        .staff()
        .get("/api/v1/people/an.peeters@stad.example/agenda?from=2027-03-02")
        .await
        .must(200)
        .json();
    assert_eq!(agenda[0]["title"], "A");
}

#[tokio::test]
async fn what_a_calendar_calls_off_too_late_stays_and_the_rest_comes_in() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let past = |extra| event("a@x", "Voorbij", "20270119T100000", "20270119T110000", extra);
    import(&clerk, "room=raadzaal", &calendar(&past(""))).await.must(200);
    town.pass(TimeDelta::days(5)).await;
    let next = event("b@x", "Nieuw", "20270126T100000", "20270126T110000", "");
    let file = calendar(&(past("STATUS:CANCELLED\r\n") + &next));
    let report = import(&clerk, "room=raadzaal", &file).await.must(200).json();
    assert_eq!((&report["made"], &report["unchanged"]), (&json!(1), &json!(1)), "{report}");
    town.verify();
}

#[tokio::test]
async fn the_last_date_of_a_series_that_was_left_out_stays_out() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let extra = "RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Brussels:20270209T100000\r\n";
    let file = calendar(&event("a@x", "Reeks", "20270119T100000", "20270119T110000", extra));
    import(&clerk, "room=raadzaal", &file).await.must(200);
    let feed = town.feed(FeedScope::Town, Level::Full, false);
    let shown = || async {
        let feed = String::from_utf8(town.anonymous().get(&feed).await.must(200).bytes).unwrap();
        sound(feed.as_bytes(), "a series without its last date");
        feed
    };
    assert!(shown().await.contains("EXDATE;TZID=Europe/Brussels:20270209T100000"), "{}", shown().await);
    let day = clerk.get("/api/v1/rooms/raadzaal/day/2027-01-19").await.must(200).json();
    let path = format!("/api/v1/meetings/{}", day["meetings"][0]["meeting"].as_str().unwrap());
    let change = json!({ "start": "2027-01-19T14:00", "end": "2027-01-19T15:00" });
    let changed = clerk.patch(&path, change).await.must(200).json();
    let starts: Vec<_> =
        changed["occurrences"].as_array().unwrap().iter().map(|date| &date["local_start"]).collect();
    assert_eq!(starts, ["2027-01-19T14:00:00", "2027-01-26T14:00:00", "2027-02-02T14:00:00"]);
    assert!(shown().await.contains("EXDATE;TZID=Europe/Brussels:20270209T140000"), "{}", shown().await);
    town.verify();
}
