//! Looking after the house in a browser: requests, rooms, opening hours, rules, services.

use belfort::booking::Refusal;
use belfort::scheduler::{Caller, put_policy};
use belfort::town::{Effect, Grant, Policy, Role, RoleScope, Scope, Test, Window};
use chrono::TimeDelta;
use serde_json::json;

use crate::town::{Answer, Client, Town, booking};

const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const ELS: &str = "els.claes@stad.example";
const TOM: &str = "tom.wouters@stad.example";
const GRIET: &str = "griet.clerk@stad.example";

fn encode(fields: &[(&str, &str)]) -> String {
    let plain = |text: &str| -> String {
        let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    fields.iter().map(|(k, v)| format!("{}={}", plain(k), plain(v))).collect::<Vec<_>>().join("&")
}

/// The value of the last field of a name.
fn field(page: &str, name: &str) -> String {
    let from = page.rsplit_once(&format!("name=\"{name}\"")).map_or("", |(_, rest)| rest);
    from.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
}

/// Sends a form with the token of the page that the sender has before them.
async fn send(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = field(&client.get("/account").await.must(200).text(), "form");
    let mut all = vec![("form", token.as_str())];
    all.extend_from_slice(fields);
    let kind = "application/x-www-form-urlencoded";
    let from = [("sec-fetch-site", "same-origin")];
    client.raw("POST", path, encode(&all).into_bytes(), kind, &from).await
}

/// Puts a rule in force.
fn rule(town: &Town, id: &str, scope: Scope, effect: Effect, test: Test) {
    let policy = Policy { id: id.into(), scope, effect, window: Window::default(), test };
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
        "alleen met het akkoord",
        "raadzaal-akkoord",
        "di 19 jan 09:00",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(here.get("/manage").await.must(200).text().contains("1 wachten op u"));
    assert!(here.get("/today").await.text().contains("class=\"count\">1"));

    let other = elsewhere.get("/manage/approvals").await.must(200).text();
    assert!(!other.contains("Overleg") && other.contains("Er wachten geen aanvragen"));
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
    assert!(page.contains("privévergadering") && !page.contains("Tuchtzaak"), "{page}");
    assert!(page.contains("14:00–15:00 Oudercomité") && page.contains("ook een aanvraag"), "{page}");
    // Without an answer they lapse, and wait for nobody.
    town.pass(TimeDelta::hours(25)).await;
    let manager = town.signed_in(JAN, &[Grant::town(Role::Manager)]);
    assert!(manager.get("/manage/approvals").await.text().contains("Er wachten geen aanvragen"));
    assert!(!manager.get("/today").await.text().contains("class=\"count\""));
}
