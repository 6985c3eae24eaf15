//! Looking after the house in a browser: requests, rooms, opening hours, rules, services.

use belfort::booking::Refusal;
use belfort::scheduler::{Caller, put_policy};
use belfort::town::{Effect, Grant, Policy, Role, RoleScope, Scope, Test, Window};
use chrono::TimeDelta;
use serde_json::json;

use crate::forms::{field, send as send_from};
use crate::town::{Answer, Client, Town, booking};

const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const ELS: &str = "els.claes@stad.example";
const TOM: &str = "tom.wouters@stad.example";
const GRIET: &str = "griet.clerk@stad.example";

/// Sends a form with the token of a page that everybody has.
async fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    send_from(client, "/account", path, fields).await
}

/// Puts a rule in force.
fn rule(town: &Town, id: &str, scope: Scope, effect: Effect, test: Test) {
    let policy = Policy { id: id.into(), scope, effect, window: Window::default(), note: None, test };
    let done: Result<(), Refusal> =
        town.store.write_now(move |tx| put_policy(tx, &Caller::system(), 10, &policy));
    done.unwrap();
}

fn in_room(slug: &str) -> Scope {
    Scope { room: Some(slug.into()), ..Scope::default() }
}

fn manager_of(town: &Town, site: &str) -> Grant {
    let site = town.store.directory().site_named(site).unwrap().id;
    Grant { role: Role::Manager, scope: RoleScope::Site(site) }
}

#[tokio::test]
async fn a_request_is_decided_about_by_those_who_look_after_its_building_only() {
    let town = Town::new(501);
    rule(&town, "raadzaal-akkoord", in_room("raadzaal"), Effect::NeedsApproval, Test::Always);
    let asked = booking("raadzaal", "2027-01-19T10:00", "2027-01-19T11:00");
    let made = town.staff().post("/api/v1/meetings", asked).await.must(201).json();
    let id = made["id"].as_str().unwrap();
    let here = town.signed_in(TOM, &[manager_of(&town, "stadhuis")]);
    let elsewhere = town.signed_in(ELS, &[manager_of(&town, "sociaal-huis")]);
    let staff = town.signed_in(JAN, &[]);

    let page = here.get("/manage/approvals").await.must(200).text();
    for words in [
        "Overleg",
        "dinsdag 19 januari 2027, 10:00 – 11:00",
        "An Peeters (Secretariaat)",
        "Alle gebruikers boeken Raadzaal alleen met een akkoord.",
        "raadzaal-akkoord",
        "di 19 jan 09:00",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(here.get("/manage").await.must(200).text().contains("Te beslissen: 1"));
    assert!(here.get("/today").await.text().contains("Te beslissen: </span>1"));

    let other = elsewhere.get("/manage/approvals").await.must(200).text();
    assert!(!other.contains("Overleg") && other.contains("Er wachten geen aanvragen"));
    let link = format!("/manage/approvals#r-{id}");
    assert!(here.get(&format!("/meetings/{id}")).await.must(200).text().contains(&link));
    assert!(!staff.get(&format!("/meetings/{id}")).await.must(200).text().contains(&link));
    let version = field(&page, "version");
    let approve = [("meeting", id), ("version", version.as_str()), ("do", "approve")];
    send(&elsewhere, "/manage/approvals", &approve).await.must(403);
    staff.get("/manage/approvals").await.must(403);
    send(&staff, "/manage/approvals", &approve).await.must(403);
    assert!(!staff.get("/today").await.text().contains("href=\"/manage\""));
    town.anonymous().get("/manage/approvals").await.must(303);

    let done = send(&here, "/manage/approvals", &approve).await.must(303);
    assert_eq!(done.header("location"), "/manage/approvals?done=approved");
    let sheet = town.staff().get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    assert_eq!(sheet["status"], "live");
    // The second answer comes too late, and says so.
    let late = send(&here, "/manage/approvals", &approve).await.must(200).text();
    assert!(late.contains("role=\"alert\"") && late.contains("wacht niet (meer)"), "{late}");
    town.verify();
}

#[tokio::test]
async fn a_refusal_needs_a_reason_frees_the_room_and_is_read_by_whoever_asked() {
    let town = Town::new(502);
    rule(&town, "raadzaal-akkoord", in_room("raadzaal"), Effect::NeedsApproval, Test::Always);
    let asked = booking("raadzaal", "2027-01-19T10:00", "2027-01-19T11:00");
    let made = town.staff().post("/api/v1/meetings", asked.clone()).await.must(201).json();
    let id = made["id"].as_str().unwrap().to_owned();
    let clerk = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let page = clerk.get("/manage/approvals").await.must(200).text();
    let version = field(&page, "version");
    let refuse = |reason: &'static str| {
        [
            ("meeting", id.clone()),
            ("version", version.clone()),
            ("do", "refuse".into()),
            ("reason", reason.into()),
        ]
    };
    let pairs = refuse("   ");
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let again = send(&clerk, "/manage/approvals", &pairs).await.must(200).text();
    assert!(again.contains("Een afwijzing vraagt een reden") && again.contains("aria-invalid"), "{again}");

    // The organiser changes it meanwhile: what was looked at is not what would be decided about.
    let change = json!({ "title": "Overleg, langer" });
    town.staff().patch(&format!("/api/v1/meetings/{id}"), change).await.must(200);
    let pairs = refuse("Dan is er een huwelijk.");
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let stale = send(&clerk, "/manage/approvals", &pairs).await.must(200).text();
    assert!(stale.contains("role=\"alert\"") && stale.contains("Overleg, langer"), "{stale}");
    let version = field(&stale, "version");
    let now = [
        ("meeting", id.as_str()),
        ("version", version.as_str()),
        ("do", "refuse"),
        ("reason", "Dan is er een huwelijk."),
    ];
    let done = send(&clerk, "/manage/approvals", &now).await.must(303);
    assert_eq!(done.header("location"), "/manage/approvals?done=refused");

    let asker = town.signed_in(AN, &[]);
    let page = asker.get(&format!("/meetings/{id}")).await.must(200).text();
    assert!(page.contains("Dan is er een huwelijk.") && page.contains("Aanvraag afgewezen"), "{page}");
    let journal = town.manager().get("/api/v1/journal").await.must(200).text();
    assert!(journal.contains("meeting.refused") && !journal.contains("huwelijk"), "{journal}");
    // The room is free for others.
    town.clerk().post("/api/v1/meetings", asked).await.must(201);
    town.verify();
}

#[tokio::test]
async fn a_private_request_is_decided_about_without_telling_what_it_is() {
    let town = Town::new(503);
    rule(&town, "raadzaal-akkoord", in_room("raadzaal"), Effect::NeedsApproval, Test::Always);
    let mut asked = booking("raadzaal", "2027-01-19T10:00", "2027-01-19T11:00");
    asked["title"] = json!("Tuchtzaak");
    asked["privacy"] = json!("private");
    town.staff().post("/api/v1/meetings", asked).await.must(201);
    let mut beside = booking("raadzaal", "2027-01-19T14:00", "2027-01-19T15:00");
    beside["title"] = json!("Oudercomité");
    town.staff().post("/api/v1/meetings", beside).await.must(201);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let page = manager.get("/manage/approvals").await.must(200).text();
    assert!(page.contains("Privévergadering") && !page.contains("Tuchtzaak"), "{page}");
    assert!(page.contains("14:00–15:00 Oudercomité") && page.contains("ook een aanvraag"), "{page}");
    // Without an answer they lapse, and wait for nobody.
    town.pass(TimeDelta::hours(25)).await;
    let manager = town.signed_in(JAN, &[Grant::town(Role::Manager)]);
    assert!(manager.get("/manage/approvals").await.text().contains("Er wachten geen aanvragen"));
    assert!(!manager.get("/today").await.text().contains("class=\"count\""));
}

/// A form of a room as a browser sends it.
fn room_form<'a>(name: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("name", name), ("site", "stadhuis"), ("floor", "2"), ("capacity", "30")];
    all.extend_from_slice(more);
    all
}

#[tokio::test]
async fn a_room_is_added_and_changed_by_those_who_look_after_its_building() {
    let town = Town::new(504);
    let here = town.signed_in(TOM, &[manager_of(&town, "stadhuis")]);
    let elsewhere = town.signed_in(ELS, &[manager_of(&town, "sociaal-huis")]);
    let clerk = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    for path in [
        "/manage/rooms",
        "/manage/rooms/new",
        "/manage/rooms/raadzaal",
        "/manage/buildings",
        "/manage/equipment",
    ] {
        here.get(path).await.must(200);
        clerk.get(path).await.must(403);
        town.anonymous().get(path).await.must(303);
    }
    elsewhere.get("/manage/rooms/raadzaal").await.must(403);
    assert!(!elsewhere.get("/manage/rooms").await.text().contains("Raadzaal"));

    // Wrong fields are said beside each, with what was typed kept.
    let wrong = room_form(" ", &[("setup_min", "2000"), ("group", "vergaderen")]);
    let page = send(&here, "/manage/rooms/new", &wrong).await.must(200).text();
    assert!(page.contains("href=\"#name\"") && page.contains("href=\"#setup_min\""), "{page}");
    assert!(page.contains("value=\"2000\"") && page.contains("value=\"vergaderen\""), "{page}");

    let good = room_form("Spiegelzaal", &[("wheelchair", "1"), ("check_in", "1"), ("kind", "own")]);
    send(&elsewhere, "/manage/rooms/new", &good).await.must(403);
    send(&clerk, "/manage/rooms/new", &good).await.must(403);
    let made = send(&here, "/manage/rooms/new", &good).await.must(303);
    assert_eq!(made.header("location"), "/manage/rooms/spiegelzaal?done=saved");
    let room = town.store.directory().room_named("spiegelzaal").unwrap().clone();
    assert!(room.capacity == 30 && room.kit.wheelchair && !room.kit.hybrid && room.check_in && room.active);
    assert!(send(&here, "/manage/rooms/new", &good).await.must(200).text().contains("bestaat al"));

    let change = room_form(
        "Spiegelzaal Van Eyck",
        &[("hybrid", "1"), ("cleanup_min", "20"), ("directions", "Neem de lift.")],
    );
    send(&elsewhere, "/manage/rooms/spiegelzaal", &change).await.must(403);
    send(&here, "/manage/rooms/spiegelzaal", &change).await.must(303);
    let room = town.store.directory().room_named("spiegelzaal").unwrap().clone();
    assert_eq!((room.name.as_str(), room.cleanup_min, room.check_in), ("Spiegelzaal Van Eyck", 20, false));
    let page = town.anonymous().get("/rooms/spiegelzaal").await.must(200).text();
    assert!(page.contains("Neem de lift.") && page.contains("Spiegelzaal Van Eyck"));
    // It cannot be moved to a building that one does not look after.
    let away = [("name", "Spiegelzaal"), ("site", "sociaal-huis"), ("capacity", "30")];
    send(&here, "/manage/rooms/spiegelzaal", &away).await.must(403);
    let journal = town.admin().get("/api/v1/journal").await.must(200).text();
    assert!(journal.contains("room.changed") && !journal.contains("Van Eyck"));
    let sheet = town.anonymous().get("/rooms/spiegelzaal/code").await.must(200).text();
    assert!(sheet.contains("<svg viewBox") && sheet.contains("http://belfort.test/rooms/spiegelzaal"));
}

#[tokio::test]
async fn layouts_and_joined_rooms_share_their_floor() {
    let town = Town::new(505);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let layout = room_form("Raadzaal, theater", &[("kind", "layout"), ("layout_of", "raadzaal")]);
    send(&manager, "/manage/rooms/new", &layout).await.must(303);
    let one = room_form("Alleen", &[("kind", "parts"), ("part", "collegezaal")]);
    assert!(send(&manager, "/manage/rooms/new", &one).await.must(200).text().contains("minstens twee zalen"));
    let apart = room_form("Ver", &[("kind", "parts"), ("part", "collegezaal"), ("part", "blauwe-kamer")]);
    assert!(send(&manager, "/manage/rooms/new", &apart).await.must(200).text().contains("een ander gebouw"));
    let joined = room_form("Beide", &[("kind", "parts"), ("part", "collegezaal"), ("part", "groene-kamer")]);
    send(&manager, "/manage/rooms/new", &joined).await.must(303);

    let list = manager.get("/manage/rooms").await.must(200).text();
    let (at, layout_at) = (list.find("rooms/raadzaal\"").unwrap(), list.find("Raadzaal, theater").unwrap());
    assert!(at < layout_at && list[at..layout_at].contains("class=\"sub\""), "{list}");
    assert!(list.contains("Bestaat uit Collegezaal, Groene Kamer"), "{list}");
    let page = manager.get("/manage/rooms/raadzaal-theater").await.must(200).text();
    assert!(page.contains("dezelfde zaal als <a href=\"/manage/rooms/raadzaal\">"), "{page}");

    let clerk = town.clerk();
    let at = |room: &str| booking(room, "2027-01-20T10:00", "2027-01-20T11:00");
    clerk.post("/api/v1/meetings", at("raadzaal-theater")).await.must(201);
    clerk.post("/api/v1/meetings", at("raadzaal")).await.must(409);
    clerk.post("/api/v1/meetings", at("groene-kamer")).await.must(201);
    clerk.post("/api/v1/meetings", at("beide")).await.must(409);
    town.verify();
}

#[tokio::test]
async fn a_room_out_of_use_keeps_what_is_booked_and_takes_nothing_new() {
    let town = Town::new(506);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let mut weekly = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=12");
    town.staff().post("/api/v1/meetings", weekly).await.must(201);
    let mut secret = booking("groene-kamer", "2027-01-18T15:00", "2027-01-18T16:00");
    secret["title"] = json!("Tuchtzaak");
    secret["privacy"] = json!("private");
    town.staff().post("/api/v1/meetings", secret).await.must(201);
    let page = manager.get("/manage/rooms/groene-kamer").await.must(200).text();
    assert!(page.contains("Komende vergaderingen in deze zaal: 13") && page.contains("+ 3"), "{page}");
    assert!(page.contains("wo 20 jan 10:00") && !page.contains("Tuchtzaak"), "{page}");
    send(&manager, "/manage/rooms/groene-kamer/use", &[("active", "0")]).await.must(303);
    let new = booking("groene-kamer", "2027-01-21T10:00", "2027-01-21T11:00");
    let problem = town.clerk().post("/api/v1/meetings", new.clone()).await.refused(422, "nl");
    assert!(problem.to_string().contains("buiten gebruik"), "{problem}");
    let list = manager.get("/manage/rooms").await.must(200).text();
    assert!(list.contains("buiten gebruik"));
    town.anonymous().get("/rooms/groene-kamer").await.must(404);
    let page = manager.get("/manage/rooms/groene-kamer").await.must(200).text();
    assert!(page.contains("Komende vergaderingen in deze zaal: 13"), "nothing was cancelled: {page}");
    send(&manager, "/manage/rooms/groene-kamer/use", &[("active", "1")]).await.must(303);
    town.clerk().post("/api/v1/meetings", new).await.must(201);
}

#[tokio::test]
async fn a_photo_is_sent_with_a_form() {
    let town = Town::new(507);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let token = field(&manager.get("/account").await.text(), "form");
    let upload = |client: &Client, token: &str, photo: &[u8], site: &'static str| {
        let head = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{token}\r\n--grens\r\n\
             Content-Disposition: form-data; name=\"photo\"; filename=\"zaal.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        let body = [head.as_bytes(), photo, b"\r\n--grens--\r\n"].concat();
        let client = client.clone();
        async move {
            let kind = "multipart/form-data; boundary=grens";
            client.raw("POST", "/manage/rooms/raadzaal/photo", body, kind, &[("sec-fetch-site", site)]).await
        }
    };
    let png = b"\x89PNG\r\n\x1a\n--grens and so on".to_vec();
    upload(&manager, "vals", &png, "same-origin").await.must(400);
    upload(&manager, &token, &png, "cross-site").await.must(400);
    let text = upload(&manager, &token, b"<svg/>", "same-origin").await.must(200).text();
    assert!(text.contains("geen JPEG of PNG"), "{text}");
    let large = [b"\xff\xd8\xff".to_vec(), vec![0; 2 << 20]].concat();
    let text = upload(&manager, &token, &large, "same-origin").await.must(200).text();
    assert!(text.contains("hoogstens 1 MB"), "{text}");
    upload(&manager, &token, &png, "same-origin").await.must(303);
    assert_eq!(town.anonymous().get("/rooms/raadzaal/photo").await.must(200).bytes, png);
    send(&manager, "/manage/rooms/raadzaal/photo/drop", &[]).await.must(303);
    town.anonymous().get("/rooms/raadzaal/photo").await.must(404);
    let staff = town.signed_in(JAN, &[]);
    let token = field(&staff.get("/account").await.text(), "form");
    upload(&staff, &token, &png, "same-origin").await.must(403);
}

#[tokio::test]
async fn buildings_and_equipment_are_kept_too() {
    let town = Town::new(508);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let here = town.signed_in(ELS, &[manager_of(&town, "stadhuis")]);
    let new = [("name", "Sporthal"), ("address", "Sportlaan 5"), ("walk_min", "9")];
    send(&here, "/manage/buildings", &new).await.must(403);
    send(&manager, "/manage/buildings", &new).await.must(303);
    let far = [("name", "Ver"), ("address", ""), ("walk_min", "9000")];
    let page = send(&manager, "/manage/buildings", &far).await.must(200).text();
    assert!(page.contains("href=\"#walk_min\"") && page.contains("value=\"9000\""), "{page}");
    let change = [("name", "Stadhuis"), ("address", "Nieuwe Markt 2"), ("walk_min", "0")];
    send(&here, "/manage/buildings/sociaal-huis", &change).await.must(403);
    send(&here, "/manage/buildings/stadhuis", &change).await.must(303);
    assert!(town.anonymous().get("/rooms/raadzaal").await.text().contains("Nieuwe Markt 2"));

    let unit = [("kind", "Beamer"), ("name", "Beamer 3"), ("site", "stadhuis")];
    send(&here, "/manage/equipment", &unit).await.must(303);
    let units = |kind: &str| {
        town.store.directory().units.iter().filter(|unit| unit.kind == kind && unit.active).count()
    };
    assert_eq!(units("beamer"), 3);
    for (unit, status) in [("1000000", 200), ("x", 200)] {
        send(&here, "/manage/equipment/use", &[("unit", unit), ("active", "0")]).await.must(status);
    }
    let all: Vec<i64> = town.store.directory().units.iter().map(|unit| unit.resource.0).collect();
    for unit in all {
        send(&here, "/manage/equipment/use", &[("unit", &unit.to_string()), ("active", "0")]).await.must(303);
    }
    assert_eq!(units("beamer"), 0);
    let mut wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    wish["equipment"] = json!(["beamer"]);
    town.clerk().post("/api/v1/meetings", wish).await.must(422);
}

#[tokio::test]
async fn rules_are_read_in_sentences_and_kept_in_order() {
    let town = Town::new(509);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let clerk = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    for path in ["/manage/rules", "/manage/rules/new", "/manage/rules/try", "/manage/opening"] {
        manager.get(path).await.must(200);
        clerk.get(path).await.must(403);
    }
    assert!(manager.get("/manage/rules").await.text().contains("Er zijn nog geen huisregels"));
    let rule = |kind, id, amount, more: &[(&'static str, &'static str)]| {
        let mut all = vec![("kind", kind), ("id", id), ("amount", amount), ("effect", "deny")];
        all.extend_from_slice(more);
        all
    };
    let days = rule("max_lead", "90 dagen", "90", &[("role", "staff"), ("place", "room:raadzaal")]);
    send(&clerk, "/manage/rules/new", &days).await.must(403);
    send(&manager, "/manage/rules/new", &days).await.must(303);
    let again = send(&manager, "/manage/rules/new", &days).await.must(200).text();
    assert!(again.contains("bestaat al") && again.contains("href=\"#id\""), "{again}");
    let length = rule("max_length", "lang", "4", &[("unit", "60"), ("weekday", "1"), ("weekday", "3")]);
    send(&manager, "/manage/rules/new", &length).await.must(303);
    let none = rule("min_occupancy", "leeg", "veel", &[]);
    let wrong = send(&manager, "/manage/rules/new", &none).await.must(200).text();
    assert!(wrong.contains("getal van 1 tot 100") && wrong.contains("value=\"veel\""), "{wrong}");

    let read = |lang: &'static str| {
        let manager = manager.clone();
        let store = town.store.clone();
        let person = town.person_id(TOM);
        async move {
            let to = belfort::texts::Lang::from_code(lang).unwrap();
            store.write_now(move |tx| tx.set_person_lang(person, to)).unwrap();
            manager.get("/manage/rules").await.must(200).text()
        }
    };
    for (lang, sentences) in [
        (
            "nl",
            [
                "Medewerkers boeken Raadzaal hoogstens 90 dagen vooraf.",
                "voor hoogstens 4 uur (maandag, woensdag).",
            ],
        ),
        (
            "fr",
            [
                "Les membres du personnel réservent Raadzaal au plus 90 jours à l&#39;avance.",
                "pour 4 heures au plus (lundi, mercredi).",
            ],
        ),
        (
            "de",
            [
                "Mitarbeitende buchen Raadzaal höchstens 90 Tage im Voraus.",
                "für höchstens 4 Stunden (Montag, Mittwoch).",
            ],
        ),
        (
            "en",
            [
                "Members of staff book Raadzaal at most 90 days ahead.",
                "for at most 4 hours (Monday, Wednesday).",
            ],
        ),
    ] {
        let page = read(lang).await;
        for sentence in sentences {
            assert!(page.contains(sentence), "{sentence}: {page}");
        }
    }
    let page = read("nl").await;
    assert!(page.find("90-dagen").unwrap() < page.find("regel lang").unwrap());
    send(&manager, "/manage/rules/move", &[("rule", "lang"), ("to", "up")]).await.must(303);
    send(&manager, "/manage/rules/move", &[("rule", "lang"), ("to", "up")]).await.must(303);
    let page = read("nl").await;
    assert!(page.find("regel lang").unwrap() < page.find("90-dagen").unwrap());
    send(&clerk, "/manage/rules/move", &[("rule", "lang"), ("to", "down")]).await.must(403);

    let change =
        rule("max_lead", "", "30", &[("rule", "90-dagen"), ("role", "staff"), ("place", "room:raadzaal")]);
    send(&manager, "/manage/rules/change", &change).await.must(303);
    let far = booking("raadzaal", "2027-03-08T10:00", "2027-03-08T11:00");
    let problem = town.staff().post("/api/v1/meetings", far.clone()).await.must(422).json();
    assert!(problem.to_string().contains("hoogste aantal dagen: 30"), "{problem}");
    let journal = town.admin().get("/api/v1/journal").await.must(200).text();
    assert!(journal.contains("policy.moved") && journal.contains("90-dagen"));
    send(&clerk, "/manage/rules/drop", &[("rule", "90-dagen")]).await.must(403);
    send(&manager, "/manage/rules/drop", &[("rule", "90-dagen")]).await.must(303);
    send(&manager, "/manage/rules/drop", &[("rule", "90-dagen")]).await.must(404);
    town.staff().post("/api/v1/meetings", far).await.must(201);
    assert!(town.admin().get("/api/v1/journal").await.text().contains("policy.dropped"));
}

#[tokio::test]
async fn whoever_looks_after_one_building_makes_rules_about_its_rooms_only() {
    let town = Town::new(510);
    let here = town.signed_in(ELS, &[manager_of(&town, "sociaal-huis")]);
    let rule = |id: &'static str, place: &'static str| {
        [("kind", "always"), ("id", id), ("effect", "needs_approval"), ("place", place)]
    };
    send(&here, "/manage/rules/new", &rule("hier", "room:blauwe-kamer")).await.must(303);
    send(&here, "/manage/rules/new", &rule("daar", "room:raadzaal")).await.must(403);
    send(&here, "/manage/rules/new", &rule("overal", "")).await.must(403);
    send(&here, "/manage/rules/new", &rule("groep", "group:geen")).await.must(403);
    let page = here.get("/manage/rules").await.must(200).text();
    assert!(page.contains("Alle gebruikers boeken Blauwe Kamer alleen met een akkoord."), "{page}");
    assert!(!page.contains("value=\"up\""), "only who looks after all may order: {page}");
    send(&here, "/manage/rules/move", &[("rule", "hier"), ("to", "up")]).await.must(403);
    let all = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    send(&all, "/manage/rules/new", &rule("overal", "")).await.must(303);
    send(&here, "/manage/rules/drop", &[("rule", "overal")]).await.must(403);
    send(&here, "/manage/opening", &[("place", ""), ("closed7", "1")]).await.must(403);
    send(&here, "/manage/opening", &[("place", "room:blauwe-kamer"), ("closed7", "1")]).await.must(303);
}

#[tokio::test]
async fn the_tester_says_what_booking_would_say_and_books_nothing() {
    let town = Town::new(511);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let staff_only = Scope { role: Some(Role::Staff), ..in_room("raadzaal") };
    rule(&town, "een-uur", staff_only, Effect::Deny, Test::MaxLength { minutes: 60 });
    rule(&town, "akkoord", in_room("raadzaal"), Effect::NeedsApproval, Test::Always);
    rule(&town, "kwartier", in_room("raadzaal"), Effect::Warn, Test::Step { minutes: 15 });
    rule(&town, "weinig", in_room("groene-kamer"), Effect::Deny, Test::Quota { meetings: 3 });
    let taken = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    town.clerk().post("/api/v1/meetings", taken).await.must(201);
    let before = town.store.read(|view| view.counts()).unwrap();
    let ask = |query: &'static str| {
        let manager = manager.clone();
        async move { manager.get(&format!("/manage/rules/try?date=2027-01-20&{query}")).await.must(200).text() }
    };
    let page = ask("role=staff&room=raadzaal&from=10:05&to=12:00&in_room=70&remote=2").await;
    for words in [
        "Dit wordt geweigerd",
        "hoogstens 60 minuten",
        "Medewerkers boeken Raadzaal voor hoogstens 1 uur.",
        "een-uur",
        "vraagt akkoord",
        "waarschuwt",
        "Er zijn 70 plaatsen nodig",
        "heeft nog geen link",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // For another role one rule less, and then it is a request.
    let page = ask("role=clerk&room=raadzaal&from=10:00&to=12:00&link=1&remote=2").await;
    assert!(page.contains("wacht") && !page.contains("hoogstens 60 minuten"), "{page}");
    assert!(page.contains("Dit wordt een aanvraag"), "{page}");
    let page = ask("role=staff&room=groene-kamer&from=10:30&to=11:30&link=1").await;
    assert!(page.contains("Dit wordt geweigerd") && page.contains("Groene Kamer is bezet van"), "{page}");
    let page = ask("role=staff&room=groene-kamer&from=12:00&to=13:00&link=1&future=3").await;
    assert!(page.contains("komende vergaderingen als de huisregels toelaten"), "{page}");
    let page = ask("role=staff&room=groene-kamer&from=12:00&to=13:00&link=1&future=2").await;
    assert!(page.contains("Dit wordt geboekt."), "{page}");
    let page = ask("role=staff&room=groene-kamer&from=12:00&to=11:00").await;
    assert!(page.contains("Het einde komt niet na het begin"), "{page}");
    assert_eq!(town.store.read(|view| view.counts()).unwrap(), before, "nothing was booked");
    town.verify();
}

#[tokio::test]
async fn opening_hours_are_set_for_each_weekday() {
    let town = Town::new(512);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let room = ("place", "room:raadzaal");
    let hours = [
        room,
        ("from1", "09:00"),
        ("to1", "17:00"),
        ("same", "1"),
        ("closed7", "1"),
        ("from6", "10:00"),
        ("to6", "00:00"),
    ];
    send(&manager, "/manage/opening", &hours).await.must(303);
    let clerk = town.clerk();
    for (start, end, status) in [
        ("2027-01-20T08:30", "2027-01-20T09:30", 422),
        ("2027-01-20T09:00", "2027-01-20T17:00", 201),
        ("2027-01-23T22:00", "2027-01-24T00:00", 201),
        ("2027-01-24T10:00", "2027-01-24T11:00", 422),
    ] {
        clerk.post("/api/v1/meetings", booking("raadzaal", start, end)).await.must(status);
    }
    let page = manager.get("/rooms/raadzaal?date=2027-01-21").await.must(200).text();
    assert!(page.contains("09:00–17:00") && page.contains("from=09:00"), "{page}");
    let page = manager.get("/manage/opening?place=room%3Araadzaal").await.must(200).text();
    assert_eq!(page.matches("value=\"09:00\"").count(), 5, "{page}");
    assert!(page.contains("name=\"closed7\" value=\"1\" checked"), "{page}");
    let wrong = [room, ("from2", "17:00"), ("to2", "09:00")];
    let again = send(&manager, "/manage/opening", &wrong).await.must(200).text();
    assert!(
        again.contains("href=\"#to2\"") && again.contains("Het sluitingsuur komt voor het openingsuur"),
        "{again}"
    );
    let half = [room, ("from3", "09:00"), ("to3", "")];
    assert!(send(&manager, "/manage/opening", &half).await.must(200).text().contains("href=\"#to3\""));
    // Cleared again, nothing is left of them.
    send(&manager, "/manage/opening", &[room]).await.must(303);
    assert!(town.store.directory().policies.is_empty());
}

#[tokio::test]
async fn a_closure_names_what_it_strikes_before_it_is_kept() {
    let town = Town::new(513);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let clerk = town.clerk();
    let morning = booking("raadzaal", "2027-01-22T09:00", "2027-01-22T10:00");
    let made = clerk.post("/api/v1/meetings", morning).await.must(201).json();
    let afternoon = booking("groene-kamer", "2027-01-22T14:00", "2027-01-22T15:00");
    clerk.post("/api/v1/meetings", afternoon).await.must(201);
    let noon = [("place", ""), ("first", "2027-01-22"), ("to", "12:00"), ("why", "Nieuwjaarsreceptie")];
    let page = send(&manager, "/manage/opening/close", &noon).await.must(200).text();
    assert!(page.contains("dan geboekt zijn: 1") && page.contains("vr 22 jan 14:00"), "{page}");
    assert!(page.contains("value=\"Nieuwjaarsreceptie\"") && !page.contains("vr 22 jan 09:00"), "{page}");
    assert!(town.store.directory().policies.is_empty(), "nothing is kept by looking");

    let all_day = [
        ("place", "room:raadzaal"),
        ("first", "2027-01-22"),
        ("last", "2027-01-24"),
        ("why", "Verkiezingen"),
    ];
    let page = send(&manager, "/manage/opening/close", &all_day).await.must(200).text();
    assert!(page.contains("vr 22 jan 09:00") && !page.contains("vr 22 jan 14:00"), "{page}");
    let keep: Vec<_> = all_day.into_iter().chain([("do", "save")]).collect();
    send(&manager, "/manage/opening/close", &keep).await.must(303);
    send(&manager, "/manage/opening/close", &keep).await.must(303);
    let problem = clerk
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-23T10:00", "2027-01-23T11:00"))
        .await
        .must(422)
        .json();
    assert!(problem.to_string().contains("gesloten: Verkiezingen"), "{problem}");
    let id = made["id"].as_str().unwrap();
    let sheet = clerk.get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    assert_eq!(sheet["status"], "live", "what was booked stands");

    // The page of the room says so to everybody, and offers nothing on that day.
    let page = town.anonymous().get("/rooms/raadzaal?date=2027-01-23").await.must(200).text();
    assert!(page.contains("Gesloten: Verkiezingen") && !page.contains(">Vrij<"), "{page}");
    let page = manager.get("/rooms/raadzaal?date=2027-01-25").await.must(200).text();
    assert!(!page.contains("Gesloten:") && page.contains("from=07:00"), "{page}");
    let now = [("place", "room:blauwe-kamer"), ("first", "2027-01-18"), ("why", "Lek"), ("do", "save")];
    send(&manager, "/manage/opening/close", &now).await.must(303);
    let board = manager.get("/rooms?site=sociaal-huis").await.must(200).text();
    assert!(board.contains(">Gesloten<") && !board.contains("Vrij vandaag"), "{board}");
    assert!(!manager.get("/rooms?free=1").await.text().contains("/rooms/blauwe-kamer"));
    send(&manager, "/manage/opening/lift", &[("rule", "closed-blauwe-kamer-2027-01-18")]).await.must(303);

    let page = manager.get("/manage/opening").await.must(200).text();
    assert!(page.contains("vr 22 jan 2027 – zo 24 jan 2027") && page.contains("Verkiezingen"), "{page}");
    for (fields, fault) in [
        ([("place", ""), ("first", "2027-01-22"), ("last", "2027-01-20"), ("why", "x")], "#last"),
        ([("place", ""), ("first", "gisteren"), ("last", ""), ("why", "x")], "#first"),
        ([("place", ""), ("first", "2027-01-22"), ("last", ""), ("why", " ")], "#why"),
    ] {
        let page = send(&manager, "/manage/opening/close", &fields).await.must(200).text();
        assert!(page.contains(&format!("href=\"{fault}\"")), "{fault}: {page}");
    }
    let staff = town.signed_in(JAN, &[]);
    send(&staff, "/manage/opening/close", &keep).await.must(403);
    for id in ["closed-raadzaal-2027-01-22", "closed-raadzaal-2027-01-22-2"] {
        send(&staff, "/manage/opening/lift", &[("rule", id)]).await.must(403);
        send(&manager, "/manage/opening/lift", &[("rule", id)]).await.must(303);
    }
    assert!(town.store.directory().policies.is_empty());
}

/// Adds services as a manager does: one that takes two days, one that takes none.
async fn services(manager: &Client) {
    for (name, hours) in [("Broodjes", "48"), ("Water", "0")] {
        let new = [("name", name), ("lead_hours", hours), ("contact", "onthaal@stad.example")];
        send(manager, "/manage/services", &new).await.must(303);
    }
}

#[tokio::test]
async fn services_are_kept_by_those_who_look_after_the_town() {
    let town = Town::new(514);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let here = town.signed_in(ELS, &[manager_of(&town, "stadhuis")]);
    let new = [("name", "Broodjes"), ("lead_hours", "48"), ("contact", "")];
    send(&here, "/manage/services", &new).await.must(403);
    here.get("/manage/services").await.must(403);
    services(&manager).await;
    assert!(send(&manager, "/manage/services", &new).await.must(200).text().contains("bestaat al"));
    let wrong = [("name", " "), ("lead_hours", "9000"), ("contact", "x")];
    let page = send(&manager, "/manage/services", &wrong).await.must(200).text();
    assert!(page.contains("href=\"#name\"") && page.contains("href=\"#lead_hours\""), "{page}");
    let page = manager.get("/manage/services").await.must(200).text();
    assert!(page.contains("minstens 2 dagen vooraf · onthaal@stad.example"), "{page}");
    let off = [("name", "Broodjes en soep"), ("lead_hours", "24"), ("contact", "")];
    send(&manager, "/manage/services/broodjes", &off).await.must(303);
    send(&manager, "/manage/services/nergens", &off).await.must(404);
    let service = town.store.directory().services.iter().find(|s| s.slug == "broodjes").unwrap().clone();
    assert!(!service.active && service.name == "Broodjes en soep" && service.lead_hours == 24);
}

#[tokio::test]
async fn a_service_is_ordered_with_a_meeting_while_there_is_time() {
    let town = Town::new(515);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    services(&manager).await;
    let an = town.signed_in(AN, &[]);
    let form = |date: &'static str, more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("title", "Overleg"),
            ("date", date),
            ("from", "10:00"),
            ("to", "11:00"),
            ("room", "groene-kamer"),
            ("do", "book"),
        ];
        all.extend_from_slice(more);
        all
    };
    // It is Monday nine o'clock: for Tuesday it is too late, and nothing is booked.
    let order = [("count-broodjes", "12"), ("note-broodjes", "2 vegetarisch"), ("count-water", "")];
    let page = send(&an, "/book", &form("2027-01-19", &order)).await.must(200).text();
    assert!(page.contains("Broodjes moet minstens 48 uur vooraf besteld worden"), "{page}");
    assert!(page.contains("onthaal@stad.example") && page.contains("value=\"2 vegetarisch\""), "{page}");
    assert!(page.contains("aria-invalid=\"true\""), "{page}");
    let made = send(&an, "/book", &form("2027-01-21", &order)).await.must(303);
    let path = made.header("location").split('?').next().unwrap().to_owned();
    let page = an.get(&path).await.must(200).text();
    assert!(page.contains("12 × Broodjes") && page.contains("2 vegetarisch"), "{page}");

    let change = format!("{path}/services");
    let fewer = [("count-broodjes", "8"), ("note-broodjes", ""), ("count-water", "4")];
    let jan = town.signed_in(JAN, &[]);
    send(&jan, &change, &fewer).await.must(403);
    jan.get(&change).await.must(403);
    let id = path.rsplit('/').next().unwrap();
    let tag = town.staff().get(&format!("/api/v1/meetings/{id}")).await.must(200).header("etag").to_owned();
    send(&an, &change, &fewer).await.must(303);
    assert_ne!(town.staff().get(&format!("/api/v1/meetings/{id}")).await.header("etag"), tag);
    let sheet = town.staff().get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    let ordered: Vec<_> = sheet["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| (o["service"].clone(), o["count"].clone()))
        .collect();
    assert_eq!(ordered, [(json!("broodjes"), json!(8)), (json!("water"), json!(4))]);
    assert_eq!(sheet["services"][0]["from"], "2027-01-20T08:00:00Z");
    for (count, said) in [("20000", "aantal van 1 tot 10000"), ("veel", "aantal van 1 tot 10000")] {
        let page = send(&an, &change, &[("count-broodjes", count)]).await.must(200).text();
        assert!(page.contains(said), "{count}: {page}");
    }
    // Two days before, the order is fixed; what takes no time can still be changed.
    town.clock.advance(TimeDelta::hours(30));
    let an = town.signed_in(AN, &[]);
    for late in [&[("count-broodjes", "9"), ("count-water", "4")][..], &[("count-water", "4")]] {
        let page = send(&an, &change, late).await.must(200).text();
        assert!(page.contains("ligt vast") && page.contains("do 21 jan 2027 10:00"), "{page}");
    }
    send(&an, &change, &[("count-broodjes", "8"), ("count-water", "6")]).await.must(303);
    // Whoever looks after the house arranges it all the same, and that is noted.
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    send(&manager, &change, &[("count-broodjes", "9"), ("count-water", "6")]).await.must(303);
    let journal = town.admin().get("/api/v1/journal").await.must(200).text();
    assert!(journal.contains("service.broodjes") && journal.contains("order.changed"), "{journal}");
    assert!(!journal.contains("vegetarisch"), "{journal}");
    town.verify();
}

#[tokio::test]
async fn a_meeting_with_an_order_is_not_moved_so_near_that_it_cannot_be_delivered() {
    let town = Town::new(516);
    services(&town.signed_in(TOM, &[Grant::town(Role::Manager)])).await;
    let staff = town.staff();
    let mut wish = booking("groene-kamer", "2027-01-22T10:00", "2027-01-22T11:00");
    wish["services"] = json!([{ "service": "broodjes", "count": 5 }]);
    let made = staff.post("/api/v1/meetings", wish.clone()).await.must(201).json();
    let path = format!("/api/v1/meetings/{}", made["id"].as_str().unwrap());
    let move_to = |day: &str| json!({ "start": format!("{day}T10:00"), "end": format!("{day}T11:00") });
    let problem = staff.patch(&path, move_to("2027-01-19")).await.must(422).json();
    assert!(problem.to_string().contains("service.broodjes"), "{problem}");
    staff.patch(&path, move_to("2027-01-21")).await.must(200);
    let ordered = staff
        .patch(&path, json!({ "services": [{ "service": "water", "count": 3 }] }))
        .await
        .must(200)
        .json();
    assert_eq!(ordered["services"][0]["service"], "water");
    assert_eq!(ordered["services"].as_array().unwrap().len(), 1, "the whole list is sent: {ordered}");
    // Without the order it may move as near as it likes.
    staff.patch(&path, move_to("2027-01-19")).await.must(200);
    wish["services"] = json!([{ "service": "taart", "count": 5 }]);
    let problem = staff.post("/api/v1/meetings", wish.clone()).await.refused(422, "nl");
    assert!(problem.to_string().contains("geen dienst"), "{problem}");
    wish["services"] = json!([{ "service": "water", "count": 5 }, { "service": "water", "count": 6 }]);
    staff.post("/api/v1/meetings", wish).await.refused(422, "nl");
}

#[tokio::test]
async fn orders_are_listed_by_day_for_those_who_see_to_them() {
    let town = Town::new(517);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    services(&manager).await;
    let staff = town.staff();
    let with = |room: &str, day: &str, title: &str, privacy: &str| {
        let mut wish = booking(room, &format!("{day}T10:00"), &format!("{day}T11:00"));
        wish["title"] = json!(title);
        wish["privacy"] = json!(privacy);
        wish["services"] = json!([{ "service": "broodjes", "count": 7, "note": "zonder noten" }]);
        wish
    };
    let mut weekly = with("groene-kamer", "2027-01-19", "Reeks", "internal");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let made = staff.post("/api/v1/meetings", weekly).await.must(201).json();
    staff
        .post("/api/v1/meetings", with("blauwe-kamer", "2027-01-21", "Tuchtzaak", "private"))
        .await
        .must(201);
    let own = town.signed_in(AN, &[]);
    let page = own.get(&format!("/meetings/{}", made["id"].as_str().unwrap())).await.must(200).text();
    assert!(page.contains("7 × Broodjes") && page.contains("niet voor deze datum"), "{page}");
    let page = manager.get("/manage/orders").await.must(200).text();
    // Tomorrow's date of the series was too near; the private one is there without its title.
    assert_eq!(page.matches("7 × Broodjes").count(), 1, "{page}");
    assert!(page.contains("donderdag 21 januari 2027") && page.contains("zonder noten"), "{page}");
    assert!(page.contains("Privévergadering") && !page.contains("Tuchtzaak"), "{page}");
    let next = manager.get("/manage/orders?date=2027-01-26").await.must(200).text();
    assert_eq!(next.matches("7 × Broodjes").count(), 1, "{next}");
    let here = town.signed_in(ELS, &[manager_of(&town, "stadhuis")]);
    assert!(here.get("/manage/orders").await.must(200).text().contains("is niets besteld"));
    town.signed_in(GRIET, &[Grant::town(Role::Clerk)]).get("/manage/orders").await.must(200);
    town.signed_in(JAN, &[]).get("/manage/orders").await.must(403);

    // The tail of a split series keeps its order; a date that is called off needs nothing any more.
    let id = made["id"].as_str().unwrap();
    let later = json!({ "start": "2027-01-26T14:00", "end": "2027-01-26T15:00" });
    let path = format!("/api/v1/meetings/{id}?scope=following&occurrence=2027-01-26T10:00");
    let tail = staff.patch(&path, later).await.must(200).json();
    let tail = tail["id"].as_str().unwrap().to_owned();
    assert_ne!(tail, id);
    let next = manager.get("/manage/orders?date=2027-01-26").await.must(200).text();
    assert!(next.contains("14:00–15:00") && next.contains("7 × Broodjes"), "{next}");
    staff.delete(&format!("/api/v1/meetings/{tail}")).await.must(200);
    let next = manager.get("/manage/orders?date=2027-01-26").await.must(200).text();
    assert!(next.contains("vervalt"), "{next}");
    town.verify();
}

#[tokio::test]
async fn one_date_of_a_series_does_not_slip_past_consent() {
    let town = Town::new(518);
    rule(&town, "raadzaal-akkoord", in_room("raadzaal"), Effect::NeedsApproval, Test::Always);
    let mut weekly = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let made = town.staff().post("/api/v1/meetings", weekly).await.must(201).json();
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/meetings/{id}?scope=this&occurrence=2027-01-27T10:00");
    let there = json!({ "rooms": ["raadzaal"] });
    let staff = town.staff();
    let problem = staff.refused_in_all_languages("PATCH", &path, Some(there.clone()), 409).await;
    assert_eq!(problem["code"], "change.needs_consent");
    town.manager().patch(&path, there).await.must(200);
    let title = json!({ "title": "Anders" });
    staff.patch(&path, title).await.must(200);
    town.verify();
}
