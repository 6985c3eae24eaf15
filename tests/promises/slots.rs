//! Promise: who seeks a time for several people gets times that suit them, in rooms that are free, chosen to
//! differ; learns what one change would help; and learns of others no more than that they are away.

use crate::town::{Answer, Client, Town, booking};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/search/slots";
const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const ELS: &str = "els.claes@stad.example";

/// Somebody in the room who has to be there.
fn needed(email: &str) -> Value {
    json!({ "email": email, "mode": "in_room" })
}

async fn find(client: &Client, mut wish: Value) -> Value {
    let fields = wish.as_object_mut().unwrap();
    fields.entry("length_min").or_insert(json!(60));
    client.clone().speaking("en").post(PATH, wish).await.must(200).json()
}

fn starts(found: &Value) -> Vec<&str> {
    found["options"].as_array().unwrap().iter().map(|o| o["local_start"].as_str().unwrap()).collect()
}

fn said(option: &Value) -> Vec<&str> {
    option["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect()
}

/// Takes the time of people, and a room if one is given.
async fn book(client: &Client, room: Option<&str>, start: &str, end: &str, people: &[&str]) -> Answer {
    let mut wish = booking("raadzaal", start, end);
    wish["rooms"] = json!(room.into_iter().collect::<Vec<_>>());
    wish["title"] = json!("Titelgeheim");
    wish["participants"] = people.iter().map(|email| needed(email)).collect();
    client.post("/api/v1/meetings", wish).await.must(201)
}

#[tokio::test]
async fn five_offers_suit_everybody_and_differ() {
    let town = Town::new(1);
    let clerk = town.clerk();
    book(&clerk, None, "2027-01-18T09:00", "2027-01-18T18:00", &[AN]).await;
    book(&clerk, None, "2027-01-19T08:00", "2027-01-19T12:00", &[JAN]).await;
    book(&clerk, Some("groene-kamer"), "2027-01-19T12:00", "2027-01-19T13:00", &[]).await;
    let wish = json!({ "participants": [needed(AN), needed(JAN)], "to": "2027-01-29" });
    let found = find(&town.staff(), wish).await;
    let options = found["options"].as_array().unwrap();
    assert_eq!(options.len(), 5, "{found}");
    let first = &options[0];
    // The small room near by is taken for an hour; waiting costs less than a hall for two.
    assert_eq!(
        (first["room"].as_str(), first["local_start"].as_str()),
        (Some("groene-kamer"), Some("2027-01-19T13:00:00"))
    );
    assert_eq!(first["start"], "2027-01-19T12:00:00Z");
    assert_eq!(said(first), ["Everyone is free", "8 seats, 2 needed"]);
    let mut days: Vec<&str> = starts(&found).iter().map(|start| &start[..10]).collect();
    days.sort_unstable();
    days.dedup();
    assert_eq!(days.len(), 5, "a day each: {found}");
    let score = |at: usize| options[at]["score"].as_u64().unwrap();
    assert!((1..5).all(|at| score(0) <= score(at)));
    assert!(found["relax"].is_null(), "nothing to gain: {found}");
    // What is offered can be booked.
    for option in options {
        let mut wish = booking(
            option["room"].as_str().unwrap(),
            option["local_start"].as_str().unwrap(),
            option["local_end"].as_str().unwrap(),
        );
        wish["participants"] = json!([needed(AN), needed(JAN)]);
        let made = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
        assert_eq!(made["warnings"].as_array().map_or(0, Vec::len), 0, "{made}");
    }
    town.verify();
}

#[tokio::test]
async fn of_others_no_more_is_said_than_that_they_are_away() {
    let town = Town::new(1);
    let clerk = town.clerk();
    for day in 18..=22 {
        let (start, end) = (format!("2027-01-{day}T09:00"), format!("2027-01-{day}T18:00"));
        book(&clerk, Some("collegezaal"), &start, &end, &[ELS]).await;
    }
    let wish = json!({
        "participants": [needed(AN), { "email": ELS, "mode": "in_room", "part": "optional" }],
        "to": "2027-01-22", "earliest": "09:00"
    });
    let found = find(&town.staff(), wish).await;
    assert_eq!(said(&found["options"][0])[0], "Optional and not free: Els Claes");
    assert!(!found.to_string().contains("geheim"), "{found}");
    let other = town.client(belfort::town::Role::Device, None, Some("raadzaal"));
    let wish = json!({ "participants": [needed(ELS)], "length_min": 60 });
    other.refused_in_all_languages("POST", PATH, Some(wish), 403).await;
    // Rooms for heads without a name are for everybody who sees rooms.
    find(&other, json!({ "in_room_extra": 12 })).await;
}

#[tokio::test]
async fn each_clock_counts_for_those_who_live_by_it() {
    let town = Town::new(1);
    let mut wish = booking("raadzaal", "2027-01-18T10:00", "2027-01-18T11:00");
    wish["participants"] = json!([{ "email": "eva@expert.example", "name": "Eva", "zone": "America/New_York", "mode": "remote" }]);
    wish["conference"] = json!({ "url": "https://meet.stad.example/x" });
    town.staff().post("/api/v1/meetings", wish).await.must(201);
    // New York changes its clock on 14 March, Brussels on 28 March 2027.
    for (day, earliest) in [("2027-03-12", "14:00"), ("2027-03-19", "13:00"), ("2027-03-29", "14:00")] {
        let eva = json!({ "email": "eva@expert.example", "mode": "remote" });
        let wish = json!({ "participants": [needed(AN), eva], "from": day, "to": day, "count": 1 });
        let found = find(&town.staff(), wish).await;
        assert_eq!(starts(&found), [format!("{day}T{earliest}:00")], "{found}");
        assert_eq!(
            found["notes"],
            json!(["We do not know the calendars of Eva. Ask them whether the time suits."])
        );
        let early = json!({ "participants": [needed(AN), { "email": "eva@expert.example", "mode": "remote" }],
                            "from": day, "to": day, "latest": "13:00", "count": 1 });
        let found = find(&town.staff(), early).await;
        let reasons = said(&found["options"][0]).join("; ");
        assert!(reasons.contains("in New York: outside working hours for Eva"), "{reasons}");
    }
}

#[tokio::test]
async fn when_nothing_fits_one_change_is_named() {
    let town = Town::new(1);
    let clerk = town.clerk();
    let day = |wish: Value| {
        let mut wish = wish;
        wish["from"] = json!("2027-01-19");
        wish["to"] = json!("2027-01-19");
        wish
    };
    // Jan and the rest of the day.
    book(&clerk, None, "2027-01-19T08:00", "2027-01-19T18:00", &[JAN]).await;
    let found = find(&clerk, day(json!({ "participants": [needed(AN), needed(JAN)] }))).await;
    assert_eq!(starts(&found), [""; 0]);
    assert_eq!(found["relax"]["change"], "without_person", "an evening for two is worse: {found}");
    let chaired = json!([needed(AN), { "email": JAN, "mode": "in_room", "part": "chair" }]);
    book(&clerk, None, "2027-01-22T08:00", "2027-01-22T12:00", &[JAN]).await;
    let wish =
        json!({ "participants": chaired, "from": "2027-01-22", "to": "2027-01-22", "latest": "12:00" });
    assert_eq!(find(&clerk, wish).await["relax"]["change"], "later");
    let chaired = json!([needed(AN), { "email": JAN, "mode": "in_room", "part": "chair" }]);
    let found =
        find(&clerk, day(json!({ "participants": chaired, "earliest": "09:00", "latest": "15:00" }))).await;
    assert!(found["relax"].is_null(), "who chairs has to come: {found}");
    assert!(found["notes"][0].as_str().unwrap().starts_with("There is no time"), "{found}");
    let both = json!([needed(AN), needed(JAN)]);
    let found =
        find(&clerk, day(json!({ "participants": both, "earliest": "09:00", "latest": "15:00" }))).await;
    assert_eq!((&found["relax"]["change"], &found["relax"]["whom"]), (&json!("without_person"), &json!(JAN)));
    assert_eq!(found["relax"]["detail"], "It would work out if Jan Maes need not come.");
    assert_eq!(said(&found["relax"]["option"])[0], "Everyone but Jan Maes can come");
    // 50 minutes between two meetings, an hour wanted.
    book(&clerk, None, "2027-01-20T08:00", "2027-01-20T12:00", &[AN]).await;
    book(&clerk, None, "2027-01-20T12:45", "2027-01-20T18:00", &[AN]).await;
    let an = json!({ "participants": [needed(AN)], "from": "2027-01-20", "to": "2027-01-20" });
    let found = find(&clerk, an).await;
    assert_eq!(found["relax"]["detail"], "It would work out if it lasted 15 minutes less.");
    assert_eq!(found["relax"]["option"]["local_start"], "2027-01-20T12:00:00");
    // Eight seats in the only room asked for, nine people.
    let wish = day(json!({ "participants": [needed(AN)], "in_room_extra": 60, "rooms": ["raadzaal"] }));
    let found = find(&clerk, wish).await;
    assert_eq!(
        (&found["relax"]["change"], &found["relax"]["whom"]),
        (&json!("remote"), &json!(AN)),
        "{found}"
    );
    let wish = day(json!({ "in_room_extra": 9, "rooms": ["groene-kamer"] }));
    assert_eq!(find(&clerk, wish).await["relax"]["change"], "any_room");
    let found = find(&clerk, day(json!({ "in_room_extra": 200 }))).await;
    assert!(found["relax"].is_null());
    assert!(found["notes"][0].as_str().unwrap().starts_with("No room has 200 seats"), "{found}");
    // Both projectors are out.
    for room in ["hal-a", "hal-b"] {
        let mut wish = booking(room, "2027-01-21T07:00", "2027-01-21T20:00");
        wish["equipment"] = json!(["beamer"]);
        clerk.post("/api/v1/meetings", wish).await.must(201);
    }
    let wish =
        json!({ "in_room_extra": 4, "equipment": ["beamer"], "from": "2027-01-21", "to": "2027-01-21" });
    let found = find(&clerk, wish).await;
    assert_eq!(found["relax"]["whom"], "beamer", "{found}");
    assert_eq!(found["relax"]["detail"], "It would work out without the beamer.");
}

#[tokio::test]
async fn the_rules_of_the_house_count() {
    let town = Town::new(1);
    let rules = [
        json!({ "id": "uren", "effect": "deny", "test": "opening_hours", "from": "13:00:00", "to": "17:00:00" }),
        json!({ "id": "dicht", "effect": "deny", "test": "never", "window": { "weekdays": [2] } }),
        json!({ "id": "vraag", "effect": "needs_approval", "test": "always", "scope": { "room": "raadzaal" } }),
        json!({ "id": "half-uur", "effect": "deny", "test": "step", "minutes": 30 }),
    ];
    let policies: Vec<belfort::town::Policy> =
        rules.into_iter().map(|rule| serde_json::from_value(rule).unwrap()).collect();
    town.store
        .write_now(move |tx| {
            for (at, policy) in (0..).zip(&policies) {
                belfort::scheduler::put_policy(tx, &belfort::scheduler::Caller::system(), at, policy)?;
            }
            Ok::<_, belfort::booking::Refusal>(())
        })
        .unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let staff = town.staff();
    let wish = json!({ "in_room_extra": 40, "rooms": ["raadzaal"], "to": "2027-01-20", "count": 20 });
    let found = find(&staff, wish).await;
    let starts = starts(&found);
    assert!(starts.contains(&"2027-01-18T13:00:00") && starts.contains(&"2027-01-20T16:00:00"), "{starts:?}");
    for start in &starts {
        assert!(!start.starts_with("2027-01-19"), "closed on Tuesdays: {start}");
        assert!(matches!(&start[11..13], "13" | "14" | "15" | "16"), "{start}");
        assert!(matches!(&start[14..16], "00" | "30"), "{start}");
    }
    let reasons = said(&found["options"][0]);
    assert!(reasons.iter().any(|reason| reason.contains("consent of a room manager")), "{reasons:?}");
    // Set-up and clean-up of a hall: 30 minutes each side of what is booked.
    let wish = booking("hal-c", "2027-01-20T14:00", "2027-01-20T15:00");
    staff.post("/api/v1/meetings", wish).await.must(201);
    let wish = json!({ "in_room_extra": 70, "rooms": ["hal-abc"], "from": "2027-01-20", "to": "2027-01-20" });
    let found = find(&staff, wish).await;
    assert_eq!(super::slots::starts(&found), ["2027-01-20T16:00:00"], "{found}");
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_a_sentence() {
    let town = Town::new(1);
    let staff = town.staff();
    let many: Vec<Value> = (0..61).map(|n| needed(&format!("p{n}@stad.example"))).collect();
    for (field, wish) in [
        ("length_min", json!({ "length_min": 0 })),
        ("length_min", json!({ "length_min": 601 })),
        ("length_min", json!({ "length_min": u32::MAX })),
        ("participants[1].email", json!({ "participants": [needed(AN), needed("niemand@stad.example")] })),
        ("participants[0].email", json!({ "participants": [needed("geen adres")] })),
        ("participants[1].email", json!({ "participants": [needed(AN), needed(AN)] })),
        ("participants", json!({ "participants": many })),
        ("to", json!({ "from": "2027-02-01", "to": "2027-08-02" })),
        ("to", json!({ "from": "2027-02-01", "to": "2027-01-31" })),
        ("to", json!({ "from": "2027-01-01", "to": "2027-01-15" })),
        ("from", json!({ "from": "morgen" })),
        ("earliest", json!({ "earliest": "8u" })),
        ("latest", json!({ "earliest": "18:00", "latest": "08:00" })),
        ("weekdays", json!({ "weekdays": [0] })),
        ("weekdays", json!({ "weekdays": [8] })),
        ("weekdays", json!({ "weekdays": [] })),
        ("rooms", json!({ "rooms": ["kelder"] })),
        ("equipment", json!({ "equipment": ["kanon"] })),
        ("equipment", json!({ "equipment": ["beamer", "beamer", "beamer"] })),
        ("near", json!({ "near": "elders" })),
        ("count", json!({ "count": 0 })),
        ("count", json!({ "count": 21 })),
        ("in_room_extra", json!({ "in_room_extra": u32::MAX })),
    ] {
        let mut wish = wish;
        wish.as_object_mut().unwrap().entry("length_min").or_insert(json!(60));
        let problem = staff.refused_in_all_languages("POST", PATH, Some(wish.clone()), 422).await;
        assert_eq!(problem["fields"][0]["field"], field, "{wish}: {problem}");
    }
    staff.refused_in_all_languages("POST", PATH, Some(json!({})), 422).await;
    // 26 weeks are not too long, nor is a period that has begun.
    find(&staff, json!({ "from": "2027-01-01", "to": "2027-07-01" })).await;
    // Nobody and no room: a time for the asker alone is any time.
    let found = find(&staff, json!({ "remote_extra": 3, "to": "2027-01-18" })).await;
    assert_eq!(said(&found["options"][0]), ["Everyone is free", "Nobody needs a room"]);
    assert_eq!(starts(&found)[0], "2027-01-18T09:00:00", "not before now");
}

/// Every time of day that the offers of a page name, from start to end.
fn offered(page: &str) -> Vec<(String, String)> {
    let values = page.split("name=\"pick\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values
        .filter_map(|value| {
            let mut parts = value.split(' ').filter_map(|part| part.split_once('T'));
            Some((parts.next()?.1.to_owned(), parts.next()?.1.to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn the_form_asks_where_and_between_which_hours() {
    let town = Town::new(88);
    let an = town.signed_in("an.peeters@stad.example", &[]);
    let asked = "/book?date=2027-01-19&from=09:00&to=10:00&in_room=4&do=times";
    let page = an.get(asked).await.must(200).text();
    assert!(
        !offered(&page).is_empty()
            && offered(&page).iter().all(|(from, to)| from.as_str() >= "08:00" && to.as_str() <= "18:00")
    );
    let late =
        an.get(&format!("{asked}&earliest=13:00&latest=19:30&last=2027-01-20&near=sociaal-huis")).await;
    let page = late.must(200).text();
    let times = offered(&page);
    assert!(
        !times.is_empty()
            && times.iter().all(|(from, to)| from.as_str() >= "13:00" && to.as_str() <= "19:30"),
        "{times:?}"
    );
    assert!(page.contains("Blauwe Kamer"), "the room in the preferred building comes first: {times:?}");
    assert!(
        page.contains("value=\"sociaal-huis\" selected")
            && page.contains("name=\"latest\" type=\"time\" value=\"19:30\"")
    );
    for (wrong, said) in [("&earliest=15:00&latest=14:00", "eindigt om 14:00"), ("&last=2026-01-01", "")] {
        let page = an.get(&format!("{asked}{wrong}")).await.must(200).text();
        assert!(
            offered(&page).is_empty() && page.contains("role=\"alert\"") && page.contains(said),
            "{wrong}"
        );
    }
    an.get(&format!("{asked}&near=nergens")).await.must(200);
}
