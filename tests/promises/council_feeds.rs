//! Promise: what a clerk has to do for sessions and by when, and what members attend, stands in their own calendars and
//! lists of tasks: as it is in law, right after every change, and for nobody else.

use belfort::council::publication::Asked;
use belfort::scheduler::{Caller, NewBody, Publish, add_body, publish_session, take_role};
use belfort::store::{FeedScope, Level};
use belfort::town::{BodyKind, Grant, Role, RoleScope};
use chrono::TimeDelta;
use serde_json::json;

use crate::council_clerk::{BODY, COUNCIL, Clerk, plan};
use crate::feeds::{Component, components_of, sound, value};
use crate::forms::send;
use crate::town::Town;

const GRIET: &str = "griet.clerk@stad.example";
const EEN: &str = "raad.een@stad.example";
const TWEE: &str = "raad.twee@stad.example";
const SESSION: &str = "/council/sessions/gemeenteraad-2027-02-15";

fn deadlines(town: &Town, email: &str) -> String {
    town.feed(FeedScope::Deadlines(town.person_id(email), None), Level::Full, false)
}

fn sessions(town: &Town, email: &str) -> String {
    let body = town.store.directory().body_named("gemeenteraad").unwrap().id;
    town.feed(FeedScope::Sessions(town.person_id(email), body), Level::Full, false)
}

/// The entries of one kind in a feed, after every check that its bytes can take.
async fn read(town: &Town, path: &str, kind: &str) -> Vec<Component> {
    let answer = town.anonymous().get(path).await.must(200);
    sound(&answer.bytes, path);
    components_of(&answer.text(), kind)
}

/// The sessions in a feed of them, without the terms between.
async fn of_sessions(town: &Town, path: &str) -> Vec<Component> {
    let mut found = read(town, path, "VEVENT").await;
    found.retain(|one| !value(one, "UID").unwrap().contains("-member-item-"));
    found
}

async fn tag(town: &Town, path: &str) -> String {
    town.anonymous().get(path).await.must(200).header("etag").to_owned()
}

/// The entry whose UID holds the name of a rule.
#[track_caller]
fn of<'c>(found: &'c [Component], rule: &str) -> &'c Component {
    let mut named = found.iter().filter(|one| value(one, "UID").unwrap().contains(rule));
    let one = named.next().unwrap_or_else(|| panic!("no {rule}: {found:?}"));
    assert!(named.next().is_none(), "{rule} twice: {found:?}");
    one
}

#[track_caller]
fn says(one: &Component, name: &str, wanted: &str) {
    let line = value(one, name).unwrap_or_else(|| panic!("no {name}: {one:?}"));
    assert!(line.contains(wanted), "{name} {wanted}: {line}");
}

fn number(one: &Component) -> u32 {
    value(one, "SEQUENCE").unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_is_to_be_done_is_a_task_and_a_day_and_goes_with_the_session() {
    let mut clerk = Clerk::with_agenda(901).await;
    let feed = deadlines(&clerk.town, GRIET);
    let tasks = format!("{feed}?as=todos");
    let before = read(&clerk.town, &tasks, "VTODO").await;
    let sent = of(&before, "-convocation-sent-todo");
    // Eight days before Monday 15 February is Sunday the 7th; the last working day is Friday the 5th.
    assert!(sent.contains(&("DUE;VALUE=DATE".into(), "20270207".into())), "{sent:?}");
    says(sent, "STATUS", "NEEDS-ACTION");
    says(sent, "SUMMARY", "Oproeping verzonden · Gemeenteraad\\, ma 15 feb 2027");
    for words in
        ["Uiterlijk: zo 7 feb 2027", "Laatste werkdag: vr 5 feb 2027", "art. 20", "zoals andere besturen"]
    {
        says(sent, "DESCRIPTION", words);
    }
    says(sent, "URL", "http://belfort.test/council/sessions/gemeenteraad-2027-02-15");
    assert!(before.iter().all(|one| value(one, "COMPLETED").is_none()), "{before:?}");
    // What nobody has to do is no task, but a day all the same.
    assert!(!before.iter().any(|one| value(one, "UID").unwrap().contains("member-item")));
    let days = read(&clerk.town, &feed, "VEVENT").await;
    let day = of(&days, "-convocation-sent-event");
    assert!(
        day.contains(&("DTSTART;VALUE=DATE".into(), "20270205".into())),
        "on the last working day: {day:?}"
    );
    says(day, "TRANSP", "TRANSPARENT");
    let window = of(&days, "-member-item-event");
    assert!(window.contains(&("DTSTART;VALUE=DATE".into(), "20270210".into())), "on its own day: {window:?}");
    let uids =
        |list: &[Component]| list.iter().map(|one| value(one, "UID").unwrap().to_owned()).collect::<Vec<_>>();
    assert!(uids(&before).iter().all(|uid| !uids(&days).contains(uid)), "an entry is one thing only");

    // The same state gives the same bytes, and costs nobody anything.
    let (old, old_days) = (tag(&clerk.town, &tasks).await, tag(&clerk.town, &feed).await);
    assert_ne!(old, old_days);
    for path in [&tasks, &feed] {
        let known = tag(&clerk.town, path).await;
        let asked = [("if-none-match", known.as_str())];
        clerk.town.anonymous().send("GET", path, None, &asked).await.must(304);
    }
    // A session that moves takes its terms along.
    let moved = [("start", "2027-02-22T19:00"), ("reason", "")];
    clerk.send(&format!("{SESSION}/move"), &moved).await.must(303);
    assert_ne!(tag(&clerk.town, &tasks).await, old);
    assert_ne!(tag(&clerk.town, &feed).await, old_days);
    let after = read(&clerk.town, &tasks, "VTODO").await;
    let later = of(&after, "-convocation-sent-todo");
    assert_eq!(value(later, "UID"), value(sent, "UID"));
    assert!(later.contains(&("DUE;VALUE=DATE".into(), "20270214".into())), "{later:?}");
    assert!(number(later) > number(sent), "{later:?}");
    assert!(value(later, "LAST-MODIFIED") >= value(sent, "LAST-MODIFIED"));

    // What is done is done.
    clerk.send(&format!("{SESSION}/convocation"), &[]).await.must(303);
    clerk.town.clock.advance(TimeDelta::hours(1));
    let at = "20270118T080000Z";
    // Each member opens what was sent to them; with the last of them it is proven.
    for member in ["raad.een", "raad.twee", "burgemeester", "directeur"] {
        let member = clerk.member(&format!("{member}@stad.example"));
        member.get(&format!("{SESSION}/file")).await.must(200);
    }
    let done = read(&clerk.town, &tasks, "VTODO").await;
    says(of(&done, "-convocation-sent-todo"), "STATUS", "COMPLETED");
    assert!(value(of(&done, "-convocation-sent-todo"), "COMPLETED").unwrap() >= at);
    assert!(number(of(&done, "-convocation-sent-todo")) > number(later));
    says(of(&read(&clerk.town, &feed, "VEVENT").await, "-convocation-sent-event"), "SUMMARY", "Gedaan: ");

    // And of a session that is called off nothing is left to do.
    clerk.at("2027-01-19T08:00:00Z");
    clerk.send(&format!("{SESSION}/cancel"), &[("reason", "De zaal staat onder water.")]).await.must(303);
    let off = read(&clerk.town, &tasks, "VTODO").await;
    says(of(&off, "-agenda-public-todo"), "STATUS", "CANCELLED");
    says(of(&off, "-convocation-sent-todo"), "STATUS", "COMPLETED");
    says(of(&read(&clerk.town, &feed, "VEVENT").await, "-agenda-public-event"), "STATUS", "CANCELLED");
    clerk.town.verify();
}

#[tokio::test]
async fn what_is_open_stays_and_what_is_settled_goes_after_a_while() {
    let mut clerk = Clerk::convened(902).await;
    let feed = format!("{}?as=todos", deadlines(&clerk.town, GRIET));
    clerk.at("2027-02-16T09:00:00Z");
    let todos = read(&clerk.town, &feed, "VTODO").await;
    // The agenda was never made public: it is late, and still to be done.
    says(of(&todos, "-agenda-public-todo"), "STATUS", "NEEDS-ACTION");
    clerk.at("2027-07-16T09:00:00Z");
    let todos = read(&clerk.town, &feed, "VTODO").await;
    says(of(&todos, "-agenda-public-todo"), "STATUS", "NEEDS-ACTION");
    let settled = |list: &[Component]| list.iter().any(|one| value(one, "STATUS") == Some("COMPLETED"));
    assert!(!settled(&todos), "what was done five months ago is no news: {todos:?}");
    clerk.at("2028-03-16T09:00:00Z");
    assert_eq!(read(&clerk.town, &feed, "VTODO").await, Vec::<Component>::new());
}

#[tokio::test]
async fn nobody_follows_more_than_they_may_and_only_as_long_as_they_may() {
    let clerk = Clerk::with_session(903).await;
    let town = &clerk.town;
    // Whoever has no part in the council is offered nothing of it.
    let els = town.signed_in("els.claes@stad.example", &[]);
    let page = els.get("/calendars").await.must(200).text();
    assert!(!page.contains("deadlines") && !page.contains("sessions:"), "{page}");
    for scope in ["deadlines", "deadlines:gemeenteraad", "sessions:gemeenteraad"] {
        let page = send(&els, "/calendars", "/calendars", &[("scope", scope), ("level", "full")])
            .await
            .must(200)
            .text();
        assert!(page.contains("scope-wrong") && !page.contains("/feeds/"), "{scope}: {page}");
    }
    // A member follows the sessions and no deadlines; a clerk of another body nothing of this one.
    let een = town.signed_in(EEN, &[]);
    let page = een.get("/calendars").await.must(200).text();
    assert!(
        page.contains("value=\"sessions:gemeenteraad\"") && !page.contains("value=\"deadlines"),
        "{page}"
    );
    assert!(page.contains("value=\"full\" required checked"), "of one's own everything is shown: {page}");
    let college = NewBody {
        slug: "college".into(),
        name: "College".into(),
        kind: BodyKind::College,
        legal_body: "stad".into(),
        members: Vec::new(),
    };
    let other = town.store.write_now(move |tx| add_body(tx, &Caller::system(), &college)).unwrap().id;
    let here = Grant { role: Role::Clerk, scope: RoleScope::Body(other) };
    let jan = town.signed_in("jan.maes@stad.example", &[here]);
    let page = jan.get("/calendars").await.must(200).text();
    assert!(
        page.contains("value=\"deadlines:college\"") && !page.contains("value=\"deadlines:gemeenteraad"),
        "{page}"
    );
    let own = deadlines(town, "jan.maes@stad.example");
    assert_eq!(read(town, &own, "VEVENT").await, Vec::<Component>::new());
    // The right is asked at each look: who has lost it finds nothing more, at once.
    let feed = deadlines(town, GRIET);
    assert!(!read(town, &feed, "VEVENT").await.is_empty());
    let griet = town.person_id(GRIET);
    let system = Caller::system();
    town.store.write_now(move |tx| take_role(tx, &system, griet, &Grant::town(Role::Clerk))).unwrap();
    assert_eq!(read(town, &feed, "VEVENT").await, Vec::<Component>::new());
    assert_eq!(read(town, &format!("{feed}?as=todos"), "VTODO").await, Vec::<Component>::new());
    // Nobody makes one for another, nor by a door of programs.
    let staff = town.staff();
    for scope in ["deadlines", "deadlines:gemeenteraad", "sessions:gemeenteraad"] {
        let wish = json!({ "scope": scope, "level": "full" });
        staff.post("/api/v1/feeds", wish).await.refused(403, "nl");
    }
    let wish = json!({ "scope": "deadlines:gemeenteraad", "level": "busy" });
    let made = town.clerk().post("/api/v1/feeds", wish).await.must(201).json();
    assert_eq!(made["level"], "full", "{made}");
    let path = made["url"].as_str().unwrap().trim_start_matches("http://belfort.test").to_owned();
    assert!(!read(town, &path, "VEVENT").await.is_empty(), "a right by token is a right");
    // Only deadlines are tasks, and there is no third shape.
    let town_feed = town.feed(FeedScope::Town, Level::Title, false);
    for path in [format!("{town_feed}?as=todos"), format!("{path}?as=journal"), format!("{path}?as=")] {
        town.anonymous().get(&path).await.refused(422, "nl");
    }
    town.anonymous().get(&format!("{town_feed}?as=events")).await.must(200);
}

#[tokio::test]
async fn members_see_their_sessions_with_file_room_and_ways_in() {
    let clerk = Clerk::with_council(904).await;
    let hybrid = [
        ("join_url", "https://vergader.example/raad"),
        ("stream_url", "https://kijk.example/raad"),
        ("fallback_phone", "+32 2 555 01 02"),
        ("mode_hybrid", "1"),
        ("remote_name", "Vergaderkamer"),
        ("remote_how", "Open de link."),
        ("circumstances", "overmacht"),
    ];
    let rules = [COUNCIL.as_slice(), &hybrid].concat();
    clerk.send(&format!("{}/rules", BODY), &rules).await.must(303);
    let mut wish = plan("2027-02-15T19:00", "raadzaal").to_vec();
    clerk.send("/council/bodies/gemeenteraad/plan", &wish).await.must(303);
    let town = &clerk.town;
    let (own, clerks) = (sessions(town, TWEE), sessions(town, GRIET));
    let events = of_sessions(town, &own).await;
    assert_eq!(events.len(), 1, "{events:?}");
    let one = &events[0];
    says(one, "SUMMARY", "Gemeenteraad");
    says(one, "LOCATION", "Raadzaal");
    says(one, "URL", "/council/sessions/gemeenteraad-2027-02-15/file");
    for words in ["Agenda en dossier: http://belfort.test/council/sessions/", "https://kijk.example/raad"] {
        says(one, "DESCRIPTION", words);
    }
    says(one, "STATUS", "CONFIRMED");
    let conferences = |one: &Component| {
        let lines = one.iter().filter(|(name, _)| name.starts_with("CONFERENCE"));
        lines.map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>()
    };
    // In the room: the public stream and nothing else.
    assert_eq!(conferences(one).len(), 1, "{one:?}");
    assert!(
        conferences(one)[0].contains("FEATURE=FEED,VIDEO") && conferences(one)[0].contains("kijk.example")
    );
    says(&of_sessions(town, &clerks).await[0], "URL", "/council/sessions/gemeenteraad-2027-02-15");
    assert!(!value(&of_sessions(town, &clerks).await[0], "URL").unwrap().ends_with("/file"));

    // Until when they may add items stands there too, on its own day; not for the mayor, nor for the clerk.
    let all = read(town, &own, "VEVENT").await;
    let term = of(&all, "-member-item-event");
    assert!(term.contains(&("DTSTART;VALUE=DATE".into(), "20270210".into())), "{term:?}");
    says(term, "DESCRIPTION", "art. 21");
    says(term, "URL", "http://belfort.test/council/sessions/gemeenteraad-2027-02-15/submit");
    for who in [GRIET, "burgemeester@stad.example", "directeur@stad.example"] {
        let all = read(town, &sessions(town, who), "VEVENT").await;
        assert_eq!(all.len(), 1, "{who}: {all:?}");
    }

    // From elsewhere: a way in of one's own, and the telephone.
    wish[3] = ("mode", "hybrid");
    wish[0] = ("start", "2027-03-15T19:00");
    wish[2] = ("room", "collegezaal");
    wish.extend([("circumstance", "overmacht"), ("mode_reason", "De brug is dicht.")]);
    clerk.send("/council/bodies/gemeenteraad/plan", &wish).await.must(303);
    let events = of_sessions(town, &own).await;
    let elsewhere = &events[1];
    let ways = conferences(elsewhere);
    assert!(ways.iter().any(|way| way.contains("http://belfort.test/join/")), "{ways:?}");
    assert!(ways.iter().any(|way| way.contains("tel:+3225550102")), "{ways:?}");
    says(elsewhere, "DESCRIPTION", "Online deelnemen: http://belfort.test/join/");
    let for_een = of_sessions(town, &sessions(town, EEN)).await;
    assert_ne!(conferences(&for_een[1]), ways, "each has their own");
    assert!(conferences(&of_sessions(town, &clerks).await[1])[0].contains("https://vergader.example/raad"));

    // In a member's own agenda too the way to the file and the stream stand with the session.
    let agenda = town.feed(FeedScope::Person(town.person_id(TWEE)), Level::Full, false);
    let events = read(town, &agenda, "VEVENT").await;
    assert_eq!(events.len(), 2, "{events:?}");
    let there = events.iter().find(|one| value(one, "URL").unwrap().contains("gemeenteraad-2027-02-15/file"));
    let there = there.unwrap_or_else(|| panic!("no way to the file: {events:?}"));
    says(there, "DESCRIPTION", "Rechtstreeks te volgen: https://kijk.example/raad");
    assert_eq!(conferences(there).len(), 1, "{events:?}");
    let plain = town.feed(FeedScope::Person(town.person_id(TWEE)), Level::Title, false);
    assert!(read(town, &plain, "VEVENT").await.iter().all(|one| value(one, "URL").is_none()));

    // It moves, and it is called off: the same entry, counted on.
    let old = tag(town, &own).await;
    clerk.send(&format!("{SESSION}/move"), &[("start", "2027-02-16T19:00"), ("reason", "")]).await.must(303);
    let events = of_sessions(town, &own).await;
    let moved = &events[0];
    assert_ne!(tag(town, &own).await, old);
    assert_eq!(value(moved, "UID"), value(one, "UID"));
    assert_eq!(value(moved, "DTSTART"), Some("20270216T190000"));
    assert!(number(moved) > number(one), "{moved:?}");
    clerk.send(&format!("{SESSION}/cancel"), &[("reason", "Geen punten.")]).await.must(303);
    let events = of_sessions(town, &own).await;
    says(&events[0], "STATUS", "CANCELLED");
    assert!(number(&events[0]) > number(moved) && conferences(&events[0]).is_empty(), "{events:?}");
    // Where members look, the way there is shown.
    let twee = town.signed_in(TWEE, &[]);
    for page in ["/council", "/council/sessions/gemeenteraad-2027-03-15/file"] {
        let page = twee.get(page).await.must(200).text();
        assert!(page.contains("/calendars?scope=sessions:gemeenteraad#make"), "{page}");
    }
    let page = clerk.page("/council/bodies/gemeenteraad").await;
    assert!(
        page.contains("?scope=deadlines:gemeenteraad#make")
            && page.contains("?scope=sessions:gemeenteraad#make")
    );
    let chosen = clerk.page("/calendars?scope=deadlines:gemeenteraad").await;
    assert!(chosen.contains("value=\"deadlines:gemeenteraad\" selected"), "{chosen}");
    let made = clerk.send("/calendars", &[("scope", "deadlines"), ("level", "title")]).await.must(200).text();
    assert!(made.contains(".ics?as=todos") && made.contains("Ook als takenlijst"), "{made}");
}

#[tokio::test]
async fn anybody_sees_agenda_room_and_stream_of_public_sessions_and_that_they_move() {
    let mut clerk = Clerk::with_council(905).await;
    let stream = [COUNCIL.as_slice(), &[("stream_url", "https://kijk.example/raad")]].concat();
    clerk.send(&format!("{BODY}/rules"), &stream).await.must(303);
    clerk.send(&format!("{BODY}/plan"), &plan("2027-02-15T19:00", "raadzaal")).await.must(303);
    clerk.approve("Reglement op de markten").await;
    clerk.send(&format!("{SESSION}/agenda/fix"), &[]).await.must(303);
    let wish =
        Publish { session: "gemeenteraad-2027-02-15".into(), asked: Asked::Agenda, reason: String::new() };
    clerk
        .town
        .store
        .write_now(move |tx| publish_session(tx, &Caller::system(), "http://belfort.test", &wish))
        .unwrap();
    let path = "/zittingen.ics?body=gemeenteraad";
    let before = read(&clerk.town, path, "VEVENT").await;
    assert_eq!(before.len(), 1, "{before:?}");
    let one = &before[0];
    says(one, "SUMMARY", "Gemeenteraad");
    says(one, "LOCATION", "Raadzaal\\, Stadhuis");
    says(one, "URL", "http://belfort.test/zittingen/gemeenteraad-2027-02-15");
    let agenda = "Agenda en documenten: http://belfort.test/zittingen/gemeenteraad-2027-02-15/agenda";
    says(one, "DESCRIPTION", agenda);
    says(one, "DESCRIPTION", "Rechtstreeks te volgen: https://kijk.example/raad");
    let (name, url) = one.iter().find(|(name, _)| name.starts_with("CONFERENCE")).unwrap();
    assert!(name.contains("FEATURE=FEED,VIDEO") && url == "https://kijk.example/raad", "{one:?}");
    clerk.town.anonymous().get("/zittingen/gemeenteraad-2027-02-15/agenda").await.must(200);
    // Google keeps the old hour unless both the number and the stamp have moved.
    let old = tag(&clerk.town, path).await;
    clerk.at("2027-01-20T09:00:00Z");
    clerk.send(&format!("{SESSION}/move"), &[("start", "2027-02-22T19:00"), ("reason", "")]).await.must(303);
    assert_ne!(tag(&clerk.town, path).await, old);
    let after = read(&clerk.town, path, "VEVENT").await;
    assert_eq!(value(&after[0], "DTSTART"), Some("20270222T190000"));
    assert!(number(&after[0]) > number(one), "{after:?}");
    assert_eq!(value(&after[0], "LAST-MODIFIED"), Some("20270120T090000Z"));
    assert_eq!(value(&after[0], "DTSTAMP"), Some("20270120T090000Z"));
    clerk.send(&format!("{SESSION}/cancel"), &[("reason", "Geen punten.")]).await.must(303);
    let off = read(&clerk.town, path, "VEVENT").await;
    says(&off[0], "STATUS", "CANCELLED");
    assert!(
        !off[0].iter().any(|(name, _)| name.starts_with("CONFERENCE")),
        "there is nothing to follow: {off:?}"
    );
}

#[tokio::test]
async fn a_term_that_hangs_on_the_next_session_goes_with_it_and_its_number_never_falls() {
    let clerk = Clerk::with_session(906).await;
    let feed = format!("{}?as=todos", deadlines(&clerk.town, GRIET));
    let mut number_before = 0;
    // The minutes lie ready eight days before the session that approves them: the next one, whichever that is.
    for (path, fields, due) in [
        ("/council/bodies/gemeenteraad/plan", plan("2027-04-19T19:00", "raadzaal").to_vec(), "20270411"),
        ("/council/bodies/gemeenteraad/plan", plan("2027-03-15T19:00", "raadzaal").to_vec(), "20270307"),
        ("/council/sessions/gemeenteraad-2027-03-15/move", vec![("start", "2027-03-22T19:00")], "20270314"),
        ("/council/sessions/gemeenteraad-2027-03-15/cancel", vec![("reason", "Geen punten.")], "20270411"),
        ("/council/bodies/gemeenteraad/plan", plan("2027-03-29T19:00", "raadzaal").to_vec(), "20270321"),
    ] {
        clerk.send(path, &fields).await.must(303);
        let first = clerk.session().id.to_string();
        let todos = read(&clerk.town, &feed, "VTODO").await;
        let minutes = of(&todos, &format!("{first}-draft-minutes-available"));
        assert_eq!(value(minutes, "DUE"), Some(due), "{path}: {minutes:?}");
        assert!(number(minutes) > number_before, "{path}: {number_before}, {minutes:?}");
        number_before = number(minutes);
    }
}
