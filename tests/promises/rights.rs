//! Promise: nobody reads or does more than the role table says, at every door of the API, and is told so in their
//! own language.

use belfort::town::Role;
use serde_json::{Value, json};

use crate::town::{Client, Town, booking};

const LANGS: [&str; 4] = ["nl", "fr", "de", "en"];

/// What there is to act on.
struct Stage {
    town: Town,
    /// Of An, internal, in the council chamber.
    open: String,
    /// Of An, private.
    private: String,
    /// Of the clerk, closed session of the council.
    closed: String,
    /// A hold of An.
    held: String,
    /// A date of the first.
    date: String,
}

impl Stage {
    async fn new() -> Self {
        let town = Town::new(1);
        let (staff, clerk) = (town.staff(), town.clerk());
        let make = async |client: &Client, extra: Value, room: &str| {
            let mut wish = booking(room, "2027-01-18T09:10", "2027-01-18T10:00");
            wish["title"] = json!("Titelgeheim");
            wish.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            client.post("/api/v1/meetings", wish).await.must(201).json()
        };
        let open = make(&staff, json!({}), "raadzaal").await;
        let private = make(&staff, json!({ "privacy": "private" }), "collegezaal").await;
        let closed =
            make(&clerk, json!({ "privacy": "closed", "body": "gemeenteraad" }), "groene-kamer").await;
        let held = make(&staff, json!({ "hold_min": 60 }), "blauwe-kamer").await;
        let path = |sheet: &Value| format!("/api/v1/meetings/{}", sheet["id"].as_str().unwrap());
        Self {
            open: path(&open),
            private: path(&private),
            closed: path(&closed),
            held: path(&held),
            date: open["occurrences"][0]["id"].as_str().unwrap().to_owned(),
            town,
        }
    }

    /// A shared feed that nobody has revoked.
    async fn fresh_feed(&self) -> String {
        let clerk = self.town.clerk();
        let made =
            clerk.post("/api/v1/feeds", json!({ "scope": "town", "level": "busy" })).await.must(201).json();
        format!("/api/v1/feeds/{}", made["id"].as_str().unwrap())
    }

    /// Anonymous, staff (An, whose meetings these are), other staff, clerk, manager, admin, the screen of the
    /// council chamber, the screen of another room.
    fn callers(&self) -> [(&'static str, Client); 8] {
        let town = &self.town;
        [
            ("anonymous", town.anonymous()),
            ("owner", town.staff()),
            ("staff", town.client(Role::Staff, Some("jan.maes@stad.example"), None)),
            ("clerk", town.clerk()),
            ("manager", town.manager()),
            ("admin", town.admin()),
            ("device", town.kiosk("raadzaal")),
            ("other device", town.kiosk("hal-c")),
        ]
    }
}

/// A route with its body, and what each caller is answered.
type Row = (&'static str, String, Value, [u16; 8]);

fn table(s: &Stage) -> Vec<Row> {
    let new = |room: &str| booking(room, "2027-01-20T10:00", "2027-01-20T11:00");
    let with = |extra: Value| {
        let mut wish = new("hal-a");
        wish["dry_run"] = json!(true);
        wish.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        wish
    };
    let g = |path: &str| path.to_owned();
    let none = Value::Null;
    let command = |name: &str| json!({ "command": name, "occurrence": s.date });
    let book_now = json!({ "command": "book_now", "minutes": 5 });
    let check_in = json!({ "command": "check_in", "occurrence": s.date, "made_at": "2027-01-18T08:00:00Z" });
    let rename = json!({ "title": "Anders", "dry_run": true });
    let reveal = json!({ "privacy": "public", "dry_run": true });
    //                                                      anon own staff clerk man adm dev other
    let mut rows = vec![
        ("GET", g("/api/v1/rooms"), none.clone(), [401, 200, 200, 200, 200, 200, 200, 200]),
        (
            "GET",
            g("/api/v1/rooms/raadzaal/day/2027-01-18"),
            none.clone(),
            [401, 200, 200, 200, 200, 200, 200, 200],
        ),
        ("GET", g("/api/v1/rooms/raadzaal/board"), none.clone(), [401, 200, 200, 200, 200, 200, 200, 404]),
        ("GET", g("/api/v1/days/2027-01-18"), none.clone(), [401, 200, 200, 200, 200, 200, 200, 200]),
        (
            "GET",
            g("/api/v1/search/rooms?start=2027-01-20T10:00&minutes=60"),
            none.clone(),
            [401, 200, 200, 200, 200, 200, 200, 200],
        ),
        (
            "GET",
            g("/api/v1/people/an.peeters@stad.example/agenda"),
            none.clone(),
            [401, 200, 200, 200, 200, 200, 403, 403],
        ),
        ("GET", g("/api/v1/journal"), none.clone(), [401, 403, 403, 200, 200, 200, 403, 403]),
        ("GET", g("/api/v1/feeds"), none.clone(), [401, 200, 200, 200, 200, 200, 403, 403]),
        ("GET", s.open.clone(), none.clone(), [401, 200, 200, 200, 200, 200, 200, 200]),
        ("GET", s.private.clone(), none.clone(), [401, 200, 200, 200, 200, 200, 200, 200]),
        ("POST", g("/api/v1/meetings"), with(json!({})), [401, 200, 200, 200, 200, 200, 403, 403]),
        (
            "POST",
            g("/api/v1/meetings"),
            with(json!({ "organiser": "an.peeters@stad.example" })),
            [401, 200, 403, 200, 200, 200, 403, 403],
        ),
        (
            "POST",
            g("/api/v1/meetings"),
            with(json!({ "override_policy": true })),
            [401, 403, 403, 200, 200, 200, 403, 403],
        ),
        (
            "POST",
            g("/api/v1/meetings"),
            with(json!({ "body": "gemeenteraad" })),
            [401, 403, 403, 200, 403, 200, 403, 403],
        ),
        ("PATCH", s.open.clone(), rename.clone(), [401, 200, 403, 200, 200, 200, 403, 403]),
        (
            "PATCH",
            s.private.clone(),
            json!({ "rooms": ["hal-b"], "dry_run": true }),
            [401, 200, 403, 200, 200, 200, 403, 403],
        ),
        // Who may move a meeting that they cannot see may not make it seen, or put somebody on its list.
        ("PATCH", s.private.clone(), reveal.clone(), [401, 200, 403, 403, 403, 403, 403, 403]),
        (
            "PATCH",
            s.private.clone(),
            json!({ "participants": [{ "email": "tom.wouters@stad.example" }], "dry_run": true }),
            [401, 200, 403, 403, 403, 403, 403, 403],
        ),
        (
            "PUT",
            format!("{}/participants/gast@elders.example", s.private),
            json!({ "mode": "in_room" }),
            [401, 200, 403, 403, 403, 403, 403, 403],
        ),
        ("PATCH", s.closed.clone(), reveal, [401, 403, 403, 200, 403, 403, 403, 403]),
        (
            "PATCH",
            s.open.clone(),
            json!({ "override_policy": true, "dry_run": true }),
            [401, 403, 403, 200, 200, 200, 403, 403],
        ),
        ("POST", format!("{}/approve", s.held), json!({}), [401, 403, 403, 200, 409, 409, 403, 403]),
        ("POST", format!("{}/check-in", s.open), json!({}), [401, 200, 403, 200, 200, 200, 200, 404]),
        (
            "POST",
            format!("{}/extend", s.open),
            json!({ "minutes": 5 }),
            [401, 200, 403, 200, 200, 200, 200, 404],
        ),
        (
            "POST",
            g("/api/v1/search/slots"),
            json!({ "length_min": 60, "participants": [{ "email": "an.peeters@stad.example" }] }),
            [401, 200, 200, 200, 200, 200, 403, 403],
        ),
        ("POST", format!("{}/release/undo", s.open), json!({}), [401, 409, 403, 409, 409, 409, 409, 404]),
        ("POST", g("/api/v1/rooms/raadzaal/commands"), check_in, [401, 200, 403, 200, 200, 200, 200, 404]),
        (
            "POST",
            g("/api/v1/rooms/raadzaal/commands"),
            command("undo_release"),
            [401, 409, 403, 409, 409, 409, 409, 404],
        ),
        ("POST", g("/api/v1/rooms/raadzaal/commands"), book_now, [401, 403, 403, 200, 409, 409, 409, 404]),
        (
            "POST",
            g("/api/v1/import?room=hal-a&dry_run=true"),
            Value::Null,
            [401, 403, 403, 422, 422, 422, 403, 403],
        ),
        (
            "GET",
            g("/api/v1/people/jan.maes@stad.example/roles"),
            none.clone(),
            [401, 403, 403, 403, 200, 200, 403, 403],
        ),
        (
            "PUT",
            g("/api/v1/people/jan.maes@stad.example/roles/manager/site:stadhuis"),
            none.clone(),
            [401, 403, 403, 403, 403, 204, 403, 403],
        ),
        (
            "DELETE",
            g("/api/v1/people/jan.maes@stad.example/roles/manager/site:stadhuis"),
            none.clone(),
            [401, 403, 403, 403, 403, 204, 403, 403],
        ),
        (
            "POST",
            g("/api/v1/people/jan.maes@stad.example/leave"),
            json!({ "cancel": true, "dry_run": true }),
            [401, 403, 403, 403, 403, 200, 403, 403],
        ),
        ("POST", format!("{}/restore", s.open), json!({}), [401, 409, 403, 409, 409, 409, 403, 403]),
        ("DELETE", g("/api/v1/feeds/FRESH"), none.clone(), [401, 404, 404, 204, 204, 204, 404, 404]),
        ("POST", format!("{}/end", s.open), json!({}), [401, 409, 403, 409, 409, 409, 409, 404]),
        ("DELETE", s.closed.clone(), none.clone(), [401, 403, 403, 200, 403, 409, 403, 403]),
        ("DELETE", s.open.clone(), none, [401, 200, 403, 409, 409, 409, 403, 403]),
    ];
    for (scope, level, statuses) in [
        ("room:raadzaal", "title", [401, 403, 403, 201, 201, 201, 403, 403]),
        ("town", "full", [401, 403, 403, 201, 201, 201, 403, 403]),
        ("person:an.peeters@stad.example", "busy", [401, 201, 403, 201, 201, 201, 403, 403]),
        ("person:an.peeters@stad.example", "title", [401, 201, 403, 201, 201, 201, 403, 403]),
        // Only the person themself: it holds their personal links.
        ("person:an.peeters@stad.example", "full", [401, 201, 403, 422, 422, 422, 403, 403]),
        ("person:jan.maes@stad.example", "full", [401, 403, 201, 422, 422, 422, 403, 403]),
        ("person:nobody@stad.example", "busy", [401, 422, 422, 422, 422, 422, 403, 403]),
    ] {
        rows.push(("POST", g("/api/v1/feeds"), json!({ "scope": scope, "level": level }), statuses));
    }
    rows
}

#[tokio::test]
async fn every_role_at_every_door() {
    let stage = Stage::new().await;
    let callers = stage.callers();
    let mut wrong = Vec::new();
    for (method, path, body, expected) in table(&stage) {
        for ((who, client), expected) in callers.iter().zip(expected) {
            let body = Some(body.clone()).filter(|body| !body.is_null());
            let path = if path.ends_with("FRESH") { stage.fresh_feed().await } else { path.clone() };
            let answer = client.send(method, &path, body.clone(), &[]).await;
            if answer.status.as_u16() != expected {
                let text: String = answer.text().chars().take(200).collect();
                wrong.push(format!(
                    "{who} {method} {path} {body:?}: {} and not {expected}: {text}",
                    answer.status
                ));
            } else if expected >= 400 {
                for lang in LANGS {
                    let answer = client.clone().speaking(lang).send(method, &path, body.clone(), &[]).await;
                    answer.refused(expected, lang);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stage.town.verify();
}

#[tokio::test]
async fn every_route_of_the_description_asks_who_calls() {
    let town = Town::new(1);
    let document = town.anonymous().get("/api/v1/openapi.json").await.must(200).json();
    let mut routes = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path
            .replace("{id}", "01a327cf-73a0-70da-920a-06af2ca40014")
            .replace("{slug}", "raadzaal")
            .replace("{email}", "an.peeters@stad.example")
            .replace("{role}", "clerk")
            .replace("{scope}", "town")
            .replace("{date}", "2027-01-18");
        for method in methods.as_object().unwrap().keys() {
            routes += 1;
            let method = method.to_uppercase();
            town.anonymous().refused_in_all_languages(&method, &path, None, 401).await;
            let other = town.staff().send("TRACE", &path, None, &[]).await;
            other.refused(405, "nl");
        }
    }
    assert!(routes >= 24, "{routes}");
}

/// A stream does not end: `events.rs` asks it.
const ELSEWHERE: &[(&str, &str)] = &[("get", "/api/v1/events")];

/// Every route of the description is asked role by role, here or where `ELSEWHERE` says.
#[tokio::test]
async fn no_route_of_the_description_is_left_out() {
    let stage = Stage::new().await;
    let document = stage.town.anonymous().get("/api/v1/openapi.json").await.must(200).json();
    let asked: Vec<(String, String)> = table(&stage)
        .into_iter()
        .map(|(method, path, ..)| (method.to_lowercase(), path.split('?').next().unwrap().to_owned()))
        .collect();
    let fits = |pattern: &str, path: &str| {
        let (mut a, mut b) = (pattern.split('/'), path.split('/'));
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(part), Some(given)) if part == given || part.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    let mut left_out = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let here = asked.iter().any(|(m, p)| m == method && fits(path, p));
            let there = ELSEWHERE.contains(&(method.as_str(), path.as_str()));
            if !here && !there {
                left_out.push(format!("{method} {path}"));
            }
        }
    }
    assert!(left_out.is_empty(), "not asked role by role: {left_out:#?}");
}

#[tokio::test]
async fn wrong_revoked_and_malformed_tokens() {
    let town = Town::new(1);
    let staff = town.staff();
    staff.get("/api/v1/rooms").await.must(200);
    let secret = staff.secret().to_owned();
    for wrong in [
        "",
        "x",
        "Bearer",
        "abcdefghijklmnopqrstuvwxyz234567",
        "' OR 1=1 --",
        &secret[1..],
        &secret.to_uppercase(),
    ] {
        for lang in LANGS {
            let client = town.anonymous().with_token(wrong).speaking(lang);
            let answer = client.get("/api/v1/rooms").await;
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            answer.refused(401, lang);
        }
    }
    for header in [
        format!("Basic {secret}"),
        secret.clone(),
        format!("Bearer{secret}"),
        "Bearer \u{7f}".replace('\u{7f}', "~"),
    ] {
        let headers = [("authorization", header.as_str())];
        town.anonymous().send("GET", "/api/v1/rooms", None, &headers).await.refused(401, "nl");
    }
    let lower = format!("bearer {secret}");
    town.anonymous().send("GET", "/api/v1/rooms", None, &[("authorization", &lower)]).await.must(200);
    // Revoked: at once, everywhere, for good.
    town.store
        .write_now(move |tx| {
            let token = tx.token_by_secret(&secret)?.unwrap().id;
            belfort::scheduler::revoke_token(tx, &belfort::scheduler::Caller::system(), token)
        })
        .unwrap_or_else(|refusal: belfort::booking::Refusal| panic!("{refusal:?}"));
    staff.refused_in_all_languages("GET", "/api/v1/rooms", None, 401).await;
    staff
        .refused_in_all_languages(
            "POST",
            "/api/v1/meetings",
            Some(booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00")),
            401,
        )
        .await;
}

#[tokio::test]
async fn what_is_private_is_withheld_from_everybody_else() {
    let stage = Stage::new().await;
    for (who, client) in stage.callers().into_iter().skip(1) {
        for (path, visible) in
            [(&stage.open, true), (&stage.private, who == "owner"), (&stage.closed, who == "clerk")]
        {
            let answer = client.get(path).await.must(200);
            assert_eq!(answer.text().contains("Titelgeheim"), visible, "{who} {path}: {}", answer.text());
            let names = visible && !who.contains("device");
            assert_eq!(answer.json()["participants"].is_array(), names, "{who} {path}");
        }
        for (path, visible) in [
            ("/api/v1/rooms/collegezaal/day/2027-01-18", who == "owner"),
            ("/api/v1/rooms/groene-kamer/day/2027-01-18", who == "clerk"),
            ("/api/v1/rooms/raadzaal/day/2027-01-18", true),
        ] {
            let answer = client.get(path).await.must(200);
            assert_eq!(answer.text().contains("Titelgeheim"), visible, "{who} {path}");
            assert_eq!(
                answer.json()["meetings"].as_array().unwrap().len(),
                1,
                "the room is seen to be taken"
            );
        }
        if !who.contains("device") {
            let agenda = client.get("/api/v1/people/an.peeters@stad.example/agenda").await.must(200).text();
            let titles = agenda.matches("Titelgeheim").count();
            assert_eq!(titles, if who == "owner" { 3 } else { 2 }, "{who}: {agenda}");
        }
    }
    let journal = stage.town.admin().get("/api/v1/journal").await.must(200).text();
    assert!(
        !journal.contains("geheim") && !journal.contains('@') && !journal.contains("Peeters"),
        "{journal}"
    );
}

#[tokio::test]
async fn the_line_of_a_session_is_for_those_who_sit_and_those_who_book_it() {
    let town = Town::new(41);
    let mut wish = booking("raadzaal", "2027-01-19T19:00", "2027-01-19T21:00");
    wish["body"] = json!("gemeenteraad");
    wish["privacy"] = json!("public");
    wish["conference"] = json!({ "url": "https://vergader.example/kamer", "dial_in": "+32 2 000 00 00" });
    wish["participants"] = json!([{ "email": "raad.een@stad.example" }]);
    let made = town.clerk().post("/api/v1/meetings", wish).await.must(201).json();
    let path = format!("/api/v1/meetings/{}", made["id"].as_str().unwrap());
    let member = town.client(Role::Staff, Some("raad.een@stad.example"), None);
    for (who, client, told) in
        [("clerk", town.clerk(), true), ("member", member, true), ("staff", town.staff(), false)]
    {
        let sheet = client.get(&path).await.must(200).json();
        assert_eq!(sheet["title"], made["title"], "{who} knows of the session");
        assert_eq!(sheet["conference"]["url"].is_string(), told, "{who}: {sheet}");
    }
    let mut overleg = booking("raadzaal", "2027-01-20T09:00", "2027-01-20T10:00");
    overleg["privacy"] = json!("internal");
    overleg["conference"] = json!({ "url": "https://overleg.example/kamer" });
    town.clerk().post("/api/v1/meetings", overleg).await.must(201);
    // A link to the room's feed is handed on: it names the session, not the line, and of other meetings the line too.
    let feed = json!({ "scope": "room:raadzaal", "level": "full" });
    let made = town.admin().post("/api/v1/feeds", feed).await.must(201).json();
    let path = made["url"].as_str().unwrap().split_once("/feeds/").unwrap().1.to_owned();
    let calendar = town.anonymous().get(&format!("/feeds/{path}")).await.must(200).text();
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "{calendar}");
    assert!(calendar.contains("https://overleg.example/kamer"), "{calendar}");
    assert!(!calendar.contains("vergader.example") && !calendar.contains("tel:"), "{calendar}");
}
