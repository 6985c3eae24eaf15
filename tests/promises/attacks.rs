//! Promise: a right in one part of the town opens no other part, whatever a form names, and what is not meant for
//! somebody does not reach them by a way round.

use belfort::booking::Refusal;
use belfort::scheduler::{Caller, put_policy};
use belfort::town::{Effect, Grant, Policy, Role, RoleScope, Scope, Test, Window};
use serde_json::{Value, json};

use crate::town::{Answer, Client, Town, booking};

const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const ELS: &str = "els.claes@stad.example";
const TOM: &str = "tom.wouters@stad.example";

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
    client.raw("POST", path, encode(&all).into_bytes(), kind, &[("sec-fetch-site", "same-origin")]).await
}

/// Puts a rule in force.
fn rule(town: &Town, id: &str, room: &str, effect: Effect, test: Test, note: Option<&str>) {
    let scope = Scope { room: Some(room.into()), ..Scope::default() };
    let note = note.map(str::to_owned);
    let policy = Policy { id: id.into(), scope, effect, window: Window::default(), note, test };
    let done: Result<(), Refusal> =
        town.store.write_now(move |tx| put_policy(tx, &Caller::system(), 10, &policy));
    done.unwrap();
}

fn asks_for_consent(town: &Town, room: &str) {
    rule(town, &format!("{room}-akkoord"), room, Effect::NeedsApproval, Test::Always, None);
}

fn in_site(town: &Town, role: Role, site: &str) -> Grant {
    let site = town.store.directory().site_named(site).unwrap().id;
    Grant { role, scope: RoleScope::Site(site) }
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn consent_is_given_by_those_who_look_after_the_rooms_of_every_date() {
    let town = Town::new(901);
    asks_for_consent(&town, "blauwe-kamer");
    let stadhuis = town.signed_in(TOM, &[in_site(&town, Role::Manager, "stadhuis")]);
    let sociaal = town.signed_in(ELS, &[in_site(&town, Role::Manager, "sociaal-huis")]);
    // A series in the town hall, of which one date is in the other building from the beginning.
    let mut weekly = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    weekly["choices"] =
        json!([{ "occurrence": "2027-01-27T10:00:00", "action": "room", "room": "blauwe-kamer" }]);
    let made = town.staff().post("/api/v1/meetings", weekly).await.must(201).json();
    assert_eq!(made["status"], "held", "{made}");
    let id = id_of(&made);
    let approve = [("meeting", id.as_str()), ("version", "1"), ("do", "approve")];
    for part in [&stadhuis, &sociaal] {
        assert!(!part.get("/manage/approvals").await.must(200).text().contains(&id));
        send(part, "/manage/approvals", &approve).await.must(403);
    }
    let whole = town.signed_in(JAN, &[Grant::town(Role::Manager)]);
    send(&whole, "/manage/approvals", &approve).await.must(303);
    town.verify();
}

#[tokio::test]
async fn whoever_looks_after_one_building_moves_no_date_into_another_without_consent() {
    let town = Town::new(902);
    asks_for_consent(&town, "blauwe-kamer");
    let manager = town.signed_in(TOM, &[in_site(&town, Role::Manager, "stadhuis")]);
    let mut weekly = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let made = town.staff().post("/api/v1/meetings", weekly).await.must(201).json();
    let id = id_of(&made);
    let date = made["occurrences"][1]["id"].as_str().unwrap();
    let there = [
        ("scope", "this"),
        ("occurrence", date),
        ("version", "1"),
        ("title", "Overleg"),
        ("date", "2027-01-27"),
        ("from", "10:00"),
        ("to", "11:00"),
        ("room", "blauwe-kamer"),
        ("do", "save"),
    ];
    let answer = send(&manager, &format!("/meetings/{id}/change"), &there).await.must(200).text();
    assert!(answer.contains("akkoord"), "{answer}");
    let sheet = town.staff().get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    assert_eq!(sheet["occurrences"][1]["rooms"], Value::Null, "{sheet}");
    town.verify();
}

#[tokio::test]
async fn a_role_for_a_department_consents_to_no_room() {
    let town = Town::new(903);
    asks_for_consent(&town, "raadzaal");
    let department = RoleScope::Department("Secretariaat".into());
    let an = town.signed_in(AN, &[Grant { role: Role::Clerk, scope: department }]);
    let fields = [
        ("title", "Mijn feest"),
        ("date", "2027-01-20"),
        ("from", "10:00"),
        ("to", "11:00"),
        ("room", "raadzaal"),
        ("privacy", "internal"),
        ("do", "book"),
    ];
    let made = send(&an, "/book", &fields).await.must(303);
    let place = made.header("location").split('?').next().unwrap().to_owned();
    let id = place.trim_start_matches("/meetings/").to_owned();
    let approve = [("meeting", id.as_str()), ("version", "1"), ("do", "approve")];
    send(&an, "/manage/approvals", &approve).await.must(403);
    let sheet = town.staff().get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    assert_eq!(sheet["status"], "held");
    town.verify();
}

#[tokio::test]
async fn what_is_noted_with_a_rule_is_for_those_who_look_after_it() {
    let town = Town::new(904);
    rule(&town, "nooit", "raadzaal", Effect::Deny, Test::Never, Some("Ruzie met de fanfare"));
    let page = town.anonymous().get("/rooms/raadzaal?date=2027-01-20").await.must(200).text();
    assert!(page.contains("Gesloten") && !page.contains("fanfare"), "{page}");
    let wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    let problem = town.staff().post("/api/v1/meetings", wish).await.must(422).json();
    assert!(!problem.to_string().contains("fanfare"), "{problem}");
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    assert!(manager.get("/manage/rules").await.must(200).text().contains("fanfare"));
}

#[tokio::test]
async fn the_address_of_somebody_with_a_role_is_changed_by_administrators_before_they_have_an_account_too() {
    let town = Town::new(905);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let (els, jan) = (town.person_id(ELS), town.person_id(JAN));
    town.store.write_now(move |tx| tx.insert_grant(els, &Grant::town(Role::Admin))).unwrap();
    let fields = [("name", "Els Claes"), ("email", "mijn.eigen@adres.example"), ("lang", "nl")];
    send(&manager, &format!("/manage/people/{els}/change"), &fields).await.must(403);
    assert_eq!(town.person_id(ELS), els);
    let fields = [("name", "Jan Maes"), ("email", "jan@stad.example"), ("lang", "nl")];
    send(&manager, &format!("/manage/people/{jan}/change"), &fields).await.must(303);
}

#[tokio::test]
async fn whoever_has_left_is_offered_to_nobody_but_stays_in_calendars_that_are_brought_in() {
    let town = Town::new(906);
    let mut wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    wish["participants"] = json!([{ "email": ELS }]);
    town.client(Role::Staff, Some(JAN), None).post("/api/v1/meetings", wish).await.must(201);
    let jan = town.signed_in(JAN, &[]);
    assert!(jan.get("/book").await.must(200).text().contains(ELS));
    assert!(jan.get("/people?q=els").await.must(200).text().contains(ELS));
    let leave = json!({ "cancel": true, "reason": "Weg" });
    town.admin().post(&format!("/api/v1/people/{ELS}/leave"), leave).await.must(200);
    assert!(!jan.get("/book").await.must(200).text().contains(ELS));
    assert!(!jan.get("/people?q=els").await.must(200).text().contains(ELS));
    let calendar = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//NONSGML y//EN\r\nBEGIN:VEVENT\r\nUID:oud@x.example\r\n\
         DTSTAMP:20260101T000000Z\r\nDTSTART:20270127T090000Z\r\nDTEND:20270127T100000Z\r\nSUMMARY:Oud\r\n\
         LOCATION:Raadzaal\r\nORGANIZER:mailto:{AN}\r\nATTENDEE:mailto:{ELS}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let clerk = town.clerk();
    let path = format!("/api/v1/import?organiser={AN}");
    let answer = clerk.raw("POST", &path, calendar.into_bytes(), "text/calendar", &[]).await;
    let report = answer.must(200).json();
    assert!(!report.to_string().contains("Els Claes"), "{report}");
    let found = town.staff().get("/api/v1/days/2027-01-27").await.must(200).text();
    assert!(found.contains("Oud"), "{report} {found}");
}

#[tokio::test]
async fn no_day_is_too_far_for_an_answer() {
    let town = Town::new(907);
    let admin = town.signed_in(TOM, &[Grant::town(Role::Admin)]);
    for day in ["-262143-01-01", "-0001-01-01", "0000-01-01", "9999-12-31", "+10000-01-01", "+262142-12-31"] {
        let escaped = day.replace('+', "%2B");
        for page in [
            format!("/manage/journal?from={escaped}"),
            format!("/manage/journal?to={escaped}"),
            format!("/manage/journal.csv?from={escaped}&to={escaped}"),
            format!("/manage/orders?date={escaped}"),
            format!("/manage/rules/try?room=raadzaal&date={escaped}&from=10:00&to=11:00"),
            format!("/rooms/raadzaal?date={escaped}&view=month"),
            format!("/today?date={escaped}"),
            format!("/book?date={escaped}&from=10:00&to=11:00"),
        ] {
            let answer = admin.get(&page).await;
            assert!(answer.status.as_u16() < 500, "{page}: {}", answer.text());
        }
        for save in ["", "save"] {
            let fields = [
                ("place", ""),
                ("first", day),
                ("last", day),
                ("from", "10:00"),
                ("to", "11:00"),
                ("why", "x"),
                ("do", save),
            ];
            let answer = send(&admin, "/manage/opening/close", &fields).await;
            assert!(answer.status.as_u16() < 500, "{fields:?}: {}", answer.text());
        }
        let rule = [
            ("kind", "always"),
            ("id", "ver"),
            ("effect", "deny"),
            ("first", day),
            ("last", day),
            ("weekday", "99"),
        ];
        let answer = send(&admin, "/manage/rules/new", &rule).await;
        assert!(answer.status.as_u16() < 500, "{rule:?}: {}", answer.text());
        for page in ["/manage/opening", "/manage/rules", "/rooms", "/rooms/raadzaal", "/today"] {
            admin.get(page).await.must(200);
        }
    }
    let wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    town.staff().post("/api/v1/meetings", wish).await.must(201);
    town.verify();
}

#[tokio::test]
async fn files_of_strangers_are_not_kept_in_memory() {
    let town = Town::new(908);
    let body = |token: &str| {
        let mut body = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n{token}\r\n--xyz\r\n\
             Content-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(vec![b'x'; 4 << 20]);
        body.extend(b"\r\n--xyz--\r\n");
        body
    };
    let path = "/manage/rooms/raadzaal/photo";
    let kind = "multipart/form-data; boundary=xyz";
    let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let sent = town.anonymous().trickled(path, body("x"), kind, &read).await;
    assert_eq!((sent.status.as_u16(), sent.header("location").starts_with("/sign-in")), (303, true));
    let read = read.load(std::sync::atomic::Ordering::SeqCst);
    assert!(read < 256 << 10, "{read} bytes of a stranger were read");
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let token = field(&manager.get("/account").await.must(200).text(), "form");
    let from = [("sec-fetch-site", "same-origin")];
    let told = manager.raw("POST", path, body(&token), kind, &from).await.must(200).text();
    assert!(told.contains("role=\"alert\""), "{told}");
}

#[tokio::test]
async fn what_was_booked_under_other_rules_is_not_undone_by_a_change_that_moves_nothing() {
    let town = Town::new(909);
    asks_for_consent(&town, "raadzaal");
    let mut weekly = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let made = town.staff().post("/api/v1/meetings", weekly).await.must(201).json();
    let path = format!("/api/v1/meetings/{}", id_of(&made));
    town.manager().post(&format!("{path}/approve"), json!({})).await.must(200);
    // A closure strikes one of the dates, and the next is nearer than the house now wants.
    let closed = [("place", ""), ("first", "2027-01-27"), ("why", "Brugdag"), ("do", "save")];
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    send(&manager, "/manage/opening/close", &closed).await.must(303);
    let week = Test::MinLead { minutes: 7 * 24 * 60 };
    rule(&town, "week-vooraf", "raadzaal", Effect::Deny, week, None);
    let staff = town.staff();
    let more = json!({ "participants": [{ "email": JAN }] });
    let changed = staff.patch(&path, more).await.must(200).json();
    assert_eq!(changed["status"], "live", "consent was given: {changed}");
    assert_eq!(changed["occurrences"].as_array().unwrap().len(), 3, "{changed}");
    let one = format!("{path}?scope=this&occurrence=2027-01-27T10:00");
    staff.patch(&one, json!({ "title": "Met taart" })).await.must(200);
    // How many come is asked all the same, and so is all that moves.
    let full = Test::MinOccupancy { percent: 100 };
    rule(&town, "vol", "raadzaal", Effect::Deny, full, None);
    let fewer = json!({ "participants": [{ "email": ELS }] });
    assert!(staff.patch(&path, fewer).await.must(422).text().contains("vol"));
    staff.patch(&one, json!({ "start": "2027-01-27T10:30", "end": "2027-01-27T11:30" })).await.must(422);
    town.verify();
}

#[tokio::test]
async fn a_substitute_is_asked_about_like_any_other_date() {
    let town = Town::new(910);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let closed = [("place", ""), ("first", "2027-01-27"), ("why", "Brugdag"), ("do", "save")];
    send(&manager, "/manage/opening/close", &closed).await.must(303);
    let mut weekly = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=2");
    let staff = town.staff();
    let told = staff.post("/api/v1/meetings", weekly.clone()).await.must(409).json();
    assert_eq!(told["conflicts"][0]["substitutes"], json!([]), "{told}");
    weekly["on_conflict"] = json!("substitute");
    let made = staff.post("/api/v1/meetings", weekly).await.must(201).json();
    let dates = made["occurrences"].as_array().unwrap();
    assert_eq!(dates.len(), 1, "the house is closed on the other: {made}");
    // For a role that a rule is about, the suggestions of others are no way round it.
    let scope = Scope { role: Some(Role::Clerk), ..Scope::default() };
    let never = Policy {
        id: "x".into(),
        scope,
        effect: Effect::Deny,
        window: Window::default(),
        note: None,
        test: Test::Never,
    };
    let only = Window { from: "2027-02-03".parse().ok(), to: "2027-02-03".parse().ok(), ..Window::default() };
    let never = Policy { window: only, ..never };
    let done: Result<(), Refusal> =
        town.store.write_now(move |tx| put_policy(tx, &Caller::system(), 10, &never));
    done.unwrap();
    let mut weekly = booking("collegezaal", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;INTERVAL=2;COUNT=2");
    weekly["on_conflict"] = json!("substitute");
    let made = town.clerk().post("/api/v1/meetings", weekly).await.must(201).json();
    assert_eq!(made["occurrences"].as_array().unwrap().len(), 1, "{made}");
    town.verify();
}

#[tokio::test]
async fn no_door_opens_what_is_closed_or_out_of_use() {
    let town = Town::new(911);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let now = json!({ "command": "book_now", "minutes": 30 });
    let path = "/api/v1/rooms/groene-kamer/commands";
    let screen = town.kiosk("groene-kamer");
    let closed = [("place", "room:groene-kamer"), ("first", "2027-01-18"), ("why", "Lek"), ("do", "save")];
    send(&manager, "/manage/opening/close", &closed).await.must(303);
    let problem = screen.refused_in_all_languages("POST", path, Some(now.clone()), 422).await;
    assert!(problem.to_string().contains("Lek"), "{problem}");
    let lift = [("rule", "closed-groene-kamer-2027-01-18")];
    send(&manager, "/manage/opening/lift", &lift).await.must(303);
    send(&manager, "/manage/rooms/groene-kamer/use", &[("active", "0")]).await.must(303);
    screen.refused_in_all_languages("POST", path, Some(now.clone()), 409).await;
    send(&manager, "/manage/rooms/groene-kamer/use", &[("active", "1")]).await.must(303);
    screen.post(path, now).await.must(200);
    town.verify();
}

#[tokio::test]
async fn what_is_ordered_goes_along_with_a_date_and_hinders_none_for_which_nothing_is() {
    let town = Town::new(912);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let new = [("name", "Broodjes"), ("lead_hours", "48"), ("contact", "onthaal@stad.example")];
    send(&manager, "/manage/services", &new).await.must(303);
    let staff = town.staff();
    let with = |room: &str, day: &str| {
        let mut wish = booking(room, &format!("{day}T10:00"), &format!("{day}T11:00"));
        wish["services"] = json!([{ "service": "broodjes", "count": 7 }]);
        wish
    };
    // Too near to be ordered for, tomorrow's date of a series moves as it likes.
    let mut weekly = with("groene-kamer", "2027-01-19");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=2");
    let series = id_of(&staff.post("/api/v1/meetings", weekly).await.must(201).json());
    let first = format!("/api/v1/meetings/{series}?scope=this&occurrence=2027-01-19T10:00");
    let later = json!({ "start": "2027-01-19T14:00", "end": "2027-01-19T15:00" });
    staff.patch(&first, later).await.must(200);
    let second = format!("/api/v1/meetings/{series}?scope=this&occurrence=2027-01-26T10:00");
    let tomorrow = json!({ "start": "2027-01-19T16:00", "end": "2027-01-19T17:00" });
    let told = staff.patch(&second, tomorrow.clone()).await.must(422).json();
    assert!(told["detail"].as_str().unwrap().contains("di 19 jan 2027 16:00"), "{told}");
    // Whoever looks after the house moves a meeting nearer, and what is ordered is still to be delivered.
    let single =
        id_of(&staff.post("/api/v1/meetings", with("collegezaal", "2027-01-22")).await.must(201).json());
    let single = format!("/api/v1/meetings/{single}");
    staff.patch(&single, tomorrow.clone()).await.must(422);
    town.manager().patch(&single, tomorrow).await.must(200);
    let page = manager.get("/manage/orders").await.must(200).text();
    assert_eq!(page.matches("7 × Broodjes").count() + page.matches("16:00–17:00").count(), 2, "{page}");
    town.verify();
}

#[tokio::test]
async fn a_form_without_end_makes_no_search_without_end() {
    let town = Town::new(913);
    let staff = town.signed_in(JAN, &[]);
    let mut fields = vec![("title", "x"), ("date", "2027-01-20"), ("from", "10:00"), ("to", "11:00")];
    fields.extend(vec![("person", "raadslid"); 3_000]);
    fields.push(("do", "book"));
    let page = send(&staff, "/book", &fields).await.must(200).text();
    let asked_back = page.matches("Raadslid Twee").count();
    assert!((1..=200).contains(&asked_back), "{asked_back} suggestions");
}

#[tokio::test]
async fn a_reason_may_have_lines() {
    let town = Town::new(914);
    asks_for_consent(&town, "raadzaal");
    let wish = booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00");
    let id = id_of(&town.staff().post("/api/v1/meetings", wish).await.must(201).json());
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let lines = "Dan is er een huwelijk.\r\nNeem de collegezaal.";
    let refuse = [("meeting", id.as_str()), ("version", "1"), ("do", "refuse"), ("reason", lines)];
    send(&manager, "/manage/approvals", &refuse).await.must(303);
    let page = town.signed_in(AN, &[]).get(&format!("/meetings/{id}")).await.must(200).text();
    assert!(page.contains("Dan is er een huwelijk. Neem de collegezaal."), "{page}");
}

#[tokio::test]
async fn a_description_may_have_lines() {
    let town = Town::new(915);
    let fields = [
        ("title", "Overleg"),
        ("date", "2027-01-20"),
        ("from", "10:00"),
        ("to", "11:00"),
        ("room", "raadzaal"),
        ("privacy", "internal"),
        ("description", "1. Begroting\r\n2. Rondvraag"),
        ("do", "book"),
    ];
    let made = send(&town.signed_in(AN, &[]), "/book", &fields).await.must(303);
    let place = made.header("location").split('?').next().unwrap().to_owned();
    let sheet = town.staff().get(&format!("/api/v1{place}")).await.must(200).json();
    assert_eq!(sheet["description"], "1. Begroting\n2. Rondvraag");
}

#[tokio::test]
async fn a_date_that_was_called_off_does_not_come_back_where_it_could_not_be_booked() {
    let town = Town::new(916);
    let manager = town.signed_in(TOM, &[Grant::town(Role::Manager)]);
    let closed = [("place", "room:raadzaal"), ("first", "2027-01-27"), ("why", "Brugdag"), ("do", "save")];
    send(&manager, "/manage/opening/close", &closed).await.must(303);
    let mut weekly = booking("groene-kamer", "2027-01-20T10:00", "2027-01-20T11:00");
    weekly["rrule"] = json!("FREQ=WEEKLY;COUNT=3");
    let staff = town.staff();
    let path =
        format!("/api/v1/meetings/{}", id_of(&staff.post("/api/v1/meetings", weekly).await.must(201).json()));
    let one = "scope=this&occurrence=2027-01-27T10:00";
    staff.delete(&format!("{path}?{one}")).await.must(200);
    staff.post(&format!("{path}/restore?{one}"), json!({})).await.must(200);
    staff.delete(&format!("{path}?{one}")).await.must(200);
    staff.patch(&path, json!({ "rooms": ["raadzaal"] })).await.must(200);
    let problem = staff.post(&format!("{path}/restore?{one}"), json!({})).await.must(422).json();
    assert!(problem.to_string().contains("Brugdag"), "{problem}");
    send(&manager, "/manage/opening/lift", &[("rule", "closed-raadzaal-2027-01-27")]).await.must(303);
    staff.post(&format!("{path}/restore?{one}"), json!({})).await.must(200);
    town.verify();
}
