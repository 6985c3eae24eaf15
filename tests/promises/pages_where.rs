//! Promise: staff find a colleague by name and see where they are now, as far as they may know it; and name people on
//! the booking form as they call them.

use belfort::ids::PersonId;
use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::town::{Grant, Person, PersonKind, Role};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::forms::send;
use crate::town::{Client, Town};

const AN: &str = "an.peeters@stad.example";
const ELS: &str = "els.claes@stad.example";
const JAN: &str = "jan.maes@stad.example";
const GRIET: &str = "griet.clerk@stad.example";

fn hire(town: &Town, email: &str, name: &str) {
    let (email, name) = (email.to_owned(), name.to_owned());
    let made = town.store.write_now(move |tx| {
        tx.insert_person(&Person {
            id: PersonId(tx.fresh()),
            kind: PersonKind::Staff,
            email,
            name,
            lang: Lang::Nl,
            zone: Zone::BRUSSELS,
            department: Some("Jeugd".into()),
            resource: None,
            hard: false,
            expires: None,
        })
    });
    made.unwrap();
}

async fn book(town: &Town, who: &str, at: (&str, &str), more: Value) -> Value {
    let mut wish = json!({ "title": "Overleg", "start": format!("2027-01-18T{}", at.0),
        "end": format!("2027-01-18T{}", at.1) });
    wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.client(Role::Clerk, Some(who), None).post("/api/v1/meetings", wish).await.must(201).json()
}

async fn ask(client: &Client, typed: &str) -> String {
    client.get(&format!("/people?q={typed}")).await.must(200).text()
}

#[tokio::test]
async fn a_colleague_is_found_where_they_are_as_far_as_one_may_know() {
    let town = Town::new(601);
    let people = json!([{ "email": AN, "mode": "in_room" }, { "email": ELS, "mode": "remote" },
        { "email": "tom.wouters@stad.example" }]);
    book(&town, GRIET, ("09:05", "09:20"), json!({ "title": "Voorbij", "participants": [{ "email": AN }] }))
        .await;
    let on = json!({ "title": "Begroting", "rooms": ["raadzaal"], "participants": people,
        "conference": { "url": "https://meet.example/x" } });
    let sheet = book(&town, GRIET, ("09:30", "10:30"), on).await;
    let secret = json!({ "title": "Ontslag", "privacy": "private", "rooms": ["groene-kamer"],
        "participants": [{ "email": JAN }] });
    book(&town, GRIET, ("09:30", "11:00"), secret).await;
    let later = json!({ "title": "Evaluatie", "privacy": "private", "participants": [{ "email": AN }] });
    book(&town, GRIET, ("14:00", "15:00"), later).await;
    let open =
        json!({ "title": "Straatfeest", "rooms": ["blauwe-kamer"], "participants": [{ "email": AN }] });
    book(&town, GRIET, ("16:00", "17:00"), open).await;
    let tom = town.client(Role::Staff, Some("tom.wouters@stad.example"), None);
    let own =
        format!("/api/v1/meetings/{}/participants/tom.wouters@stad.example", sheet["id"].as_str().unwrap());
    tom.put(&own, json!({ "answer": "declined" })).await.must(200);
    town.clock.advance(TimeDelta::minutes(35));
    let els = town.signed_in(ELS, &[]);
    let page = ask(&els, "PEETERS+an").await;
    for words in [
        "An Peeters",
        "In vergadering tot 10:30",
        "Begroting",
        "/rooms/raadzaal",
        "16:00 – 17:00 Straatfeest, Blauwe Kamer",
        "14:00 – 15:00 Bezet",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    for hidden in ["Voorbij", "Evaluatie"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    let page = ask(&els, "claes").await;
    assert!(
        page.contains("Op afstand in vergadering tot 10:30") && !page.contains("/rooms/raadzaal"),
        "{page}"
    );
    let page = ask(&els, "jan").await;
    assert!(page.contains("Bezet tot 11:00"), "{page}");
    assert!(
        !page.contains("Ontslag") && !page.contains("groene-kamer") && !page.contains("Groene"),
        "{page}"
    );
    let page = ask(&town.signed_in(JAN, &[]), "jan").await;
    assert!(
        page.contains("In vergadering tot 11:00")
            && page.contains("Ontslag")
            && page.contains("Groene Kamer")
    );
    let page = ask(&els, "tom").await;
    assert!(page.contains("Vrij vandaag") && !page.contains("Begroting"), "declined: {page}");
    assert!(page.contains("/book?person=tom.wouters%40stad.example"), "{page}");
    assert!(town.signed_in(AN, &[]).get("/today").await.must(200).text().contains("action=\"/people\""));
}

#[tokio::test]
async fn the_directory_gives_staff_by_their_names_and_nobody_else() {
    let town = Town::new(602);
    for number in 0..25 {
        hire(&town, &format!("zoe{number:02}@stad.example"), &format!("Zoë Nummer{number:02}"));
    }
    let guest = json!({ "participants": [{ "email": "gast@elders.example", "name": "Zoë Gast" }] });
    book(&town, AN, ("10:00", "11:00"), guest).await;
    town.kiosk("raadzaal")
        .post("/api/v1/rooms/raadzaal/commands", json!({ "kind": "book_now", "minutes": 15 }))
        .await;
    let an = town.signed_in(AN, &[]);
    let page = ask(&an, "zoe").await;
    assert_eq!(page.matches("Zoë Nummer").count(), 40, "twenty, each with a button: {page}");
    assert!(page.contains("Typ meer letters") && !page.contains("Gast"), "{page}");
    assert!(ask(&an, "ZOË+nummer07").await.contains("(1)"));
    for (typed, said) in [
        ("z", "te weinig letters"),
        ("%25%25", "te weinig letters"),
        ("_%25_", "te weinig letters"),
        ("xyzzy", "Niemand van het personeel"),
        ("gast", "Niemand van het personeel"),
        ("belfort.invalid", "Niemand van het personeel"),
    ] {
        let page = ask(&an, typed).await;
        assert!(page.contains(said) && !page.contains("class=\"row room\""), "{typed}: {page}");
    }
    assert!(!ask(&an, "").await.contains("role=\"alert\""));
    let away = town.anonymous().get("/people?q=zoe").await.must(303);
    assert!(away.header("location").starts_with("/sign-in"));
}

/// The fields of a booking on Wednesday.
fn wish<'f>(people: &[&'f str], more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields =
        vec![("title", "Gezamenlijk"), ("date", "2027-01-20"), ("from", "10:00"), ("to", "11:00")];
    for person in people {
        fields.extend([("person", *person), ("mode", "in_room"), ("part", "required")]);
    }
    fields.extend_from_slice(more);
    fields
}

async fn booked(town: &Town, client: &Client, fields: &[(&str, &str)]) -> Vec<String> {
    let answer = send(client, "/book", "/book", fields).await.must(303);
    let place = answer.header("location").to_owned();
    let id = place.trim_start_matches("/meetings/").split('?').next().unwrap();
    let sheet = town.clerk().get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    let list = sheet["participants"].as_array().unwrap().iter();
    let mut emails: Vec<String> = list.map(|p| p["email"].as_str().unwrap().to_owned()).collect();
    emails.push(format!("by {}", sheet["organiser"].as_str().unwrap()));
    emails
}

#[tokio::test]
async fn the_booking_form_takes_names() {
    let town = Town::new(603);
    hire(&town, "jan.maes2@stad.example", "Jan Maes");
    let els = town.signed_in(ELS, &[]);
    let people = ["an peeters", "Tom Wouters <tom.wouters@stad.example>", "nieuw@elders.example"];
    assert_eq!(
        booked(&town, &els, &wish(&people, &[("do", "book")])).await,
        [AN, "tom.wouters@stad.example", "nieuw@elders.example", "by els.claes@stad.example"]
    );
    // Two have that name, one is half a name, one nobody has: each asked back beside its field, and nothing is booked.
    let people = ["An Peeters", "", "Jan Maes", "griet", "Piet Niemand"];
    for deed in [("do", "book"), ("take", "raadzaal"), ("do", "times"), ("do", "rooms")] {
        let page = send(&els, "/book", "/book", &wish(&people, &[deed])).await.must(200).text();
        let lines: Vec<&str> = page.split("<li class=\"row\">").collect();
        assert!(lines[1].contains("value=\"an.peeters@stad.example\""), "{page}");
        for email in ["jan.maes@stad.example", "jan.maes2@stad.example"] {
            assert!(lines[2].contains(&format!("<option value=\"{email}\">Jan Maes · ")), "{page}");
        }
        assert!(
            lines[2].contains("Kies wie u bedoelt") && lines[2].contains("<option value=\"\">"),
            "{page}"
        );
        assert!(page.contains("href=\"#p-2\"") && page.contains("href=\"#p-4\""), "{page}");
        assert!(lines[3].contains("value=\"griet.clerk@stad.example\">Griet De Klerk"), "{page}");
        assert!(
            lines[4].contains("Niemand in de gids heet \"Piet Niemand\"")
                || lines[4].contains("Piet Niemand&#34;. Kijk"),
            "{page}"
        );
        assert!(page.contains("value=\"Gezamenlijk\"") && page.contains("role=\"alert\""), "{page}");
    }
    let people = ["An Peeters", "jan.maes2@stad.example", "griet.clerk@stad.example", ""];
    let fields = wish(&people, &[("from", "12:00"), ("do", "book")]);
    assert_eq!(booked(&town, &els, &fields).await.len(), 4);
    // In the name of another, by name.
    let griet = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let fields = wish(&["Els Claes"], &[("organiser", "Peeters An"), ("do", "book")]);
    assert_eq!(booked(&town, &griet, &fields).await, [ELS, "by an.peeters@stad.example"]);
    let fields = wish(&[], &[("organiser", "Jan Maes"), ("do", "book")]);
    let page = send(&griet, "/book", "/book", &fields).await.must(200).text();
    assert!(page.contains("role=\"alert\"") && page.contains("Jan Maes"), "{page}");
    // Programs name people by address only.
    let named = json!({ "title": "x", "start": "2027-01-20T14:00", "end": "2027-01-20T15:00",
        "participants": [{ "email": "An Peeters" }] });
    town.staff().post("/api/v1/meetings", named).await.refused(422, "nl");
}

#[tokio::test]
async fn the_form_offers_those_whom_one_has_met_lately() {
    let town = Town::new(604);
    let with = json!({ "participants": [{ "email": AN }, { "email": JAN },
        { "email": "gast@elders.example", "name": "Guy Gast" }] });
    book(&town, ELS, ("10:00", "11:00"), with).await;
    book(
        &town,
        GRIET,
        ("10:00", "11:00"),
        json!({ "participants": [{ "email": "tom.wouters@stad.example" }] }),
    )
    .await;
    let list = async |email: &str| {
        let page = town.signed_in(email, &[]).get("/book").await.must(200).text();
        page.split("<datalist id=\"known\">").nth(1).unwrap().split("</datalist>").next().unwrap().to_owned()
    };
    let els = list(ELS).await;
    for offered in ["value=\"an.peeters@stad.example\">An Peeters", JAN, "Guy Gast"] {
        assert!(els.contains(offered), "{offered}: {els}");
    }
    assert!(!els.contains("Tom") && !els.contains("Els"), "{els}");
    let an = list(AN).await;
    assert!(an.contains("Guy Gast") && an.contains("Jan Maes") && !an.contains("An Peeters"), "{an}");
    assert_eq!(list("raad.een@stad.example").await, "");
}
