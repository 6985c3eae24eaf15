//! Promise: a clerk makes a session ready on pages alone, from an empty body to a convocation, and is told at each step
//! what the law asks, by its article.

use belfort::council::{Session, SessionState};
use belfort::ids::{BodyId, hex};
use belfort::store::StoreError;
use belfort::town::{Body, BodyKind, Grant, Role};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::forms::{field, send as send_from};
use crate::town::{Answer, Client, Town, booking};

const GRIET: &str = "griet.clerk@stad.example";
pub const BODY: &str = "/council/bodies/gemeenteraad";
const SESSION: &str = "/council/sessions/gemeenteraad-2027-02-15";
/// Who sits: a chair, a member, the mayor; and who writes the minutes.
const MEMBERS: &str = "e-mail;naam;zetel;rol;fractie;vanaf
raad.een@stad.example;Raadslid Een;1;voorzitter;Samen;2025-01-06
raad.twee@stad.example;Raadslid Twee;2;lid;Groen;06/01/2025
burgemeester@stad.example;Mia Burgemeester;3;burgemeester;Samen;2025-01-06
directeur@stad.example;Dirk Directeur;;algemeen directeur;;2025-01-06
";
/// What a body is: the council of a Flemish town.
pub const COUNCIL: [(&str, &str); 4] = [
    ("kind", "BE-VLG/gemeenteraad"),
    ("mode_physical", "1"),
    ("needs_draft", "1"),
    ("late_numbers", "prefixed"),
];

/// A town with a clerk who is signed in.
pub struct Clerk {
    pub town: Town,
    client: Client,
}

impl Clerk {
    fn new(seed: u64) -> Self {
        let town = Town::new(seed);
        let client = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
        Self { town, client }
    }

    /// A council with its members, set up on pages.
    pub async fn with_council(seed: u64) -> Self {
        let clerk = Self::new(seed);
        clerk.send(&format!("{BODY}/rules"), &COUNCIL).await.must(303);
        clerk.send(&format!("{BODY}/terms"), &TERM).await.must(303);
        clerk.import(&[("apply", "1"), ("csv", MEMBERS)], None).await.must(303);
        clerk
    }

    /// The same with a session on Monday 15 February 2027 at 19:00, four weeks from now.
    pub async fn with_session(seed: u64) -> Self {
        let clerk = Self::with_council(seed).await;
        let done = clerk.send(&format!("{BODY}/plan"), &plan("2027-02-15T19:00", "raadzaal")).await.must(303);
        assert_eq!(done.header("location"), format!("{SESSION}?done=booked"));
        clerk
    }

    /// The same with two items on a fixed agenda.
    pub async fn with_agenda(seed: u64) -> Self {
        let clerk = Self::with_session(seed).await;
        for title in ["Reglement op de markten", "Aankoop van een veegwagen"] {
            clerk.approve(title).await;
        }
        clerk.send(&format!("{SESSION}/agenda/fix"), &[]).await.must(303);
        clerk
    }

    /// The same, convened in time.
    pub async fn convened(seed: u64) -> Self {
        let clerk = Self::with_agenda(seed).await;
        clerk.send(&format!("{SESSION}/convocation"), &[]).await.must(303);
        assert_eq!(clerk.session().state, SessionState::Convened);
        clerk
    }

    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        send_from(&self.client, "/account", path, fields).await
    }

    pub async fn page(&self, path: &str) -> String {
        self.client.get(path).await.must(200).text()
    }

    /// Sends the form for a list of members, as a browser does.
    async fn import(&self, fields: &[(&str, &str)], file: Option<&str>) -> Answer {
        let token = field(&self.page("/account").await, "form");
        let mut body = String::new();
        let mut part = |head: &str, content: &str| {
            body += &format!("--grens\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
        };
        part("name=\"form\"", &token);
        for (name, value) in fields {
            part(&format!("name=\"{name}\""), value);
        }
        if let Some(file) = file {
            part("name=\"file\"; filename=\"leden.csv\"", file);
        }
        body += "--grens--\r\n";
        let (path, kind) = (format!("{BODY}/members/import"), "multipart/form-data; boundary=grens");
        let from = [("sec-fetch-site", "same-origin")];
        self.client.raw("POST", &path, body.into_bytes(), kind, &from).await
    }

    /// Adds an item and takes it through its steps.
    pub async fn approve(&self, title: &str) -> String {
        let item = [("title", title), ("note", "Daarom."), ("draft", "Artikel 1. Het wordt zo.")];
        self.send(&format!("{SESSION}/agenda"), &item).await.must(303);
        let id = self.item(title).await;
        for step in ["for_approval", "approved"] {
            let version = field(&self.page(&format!("/council/items/{id}")).await, "version");
            let step = [("version", version.as_str()), ("to", step)];
            self.send(&format!("/council/items/{id}/step"), &step).await.must(303);
        }
        id
    }

    /// The item of that title on the agenda.
    async fn item(&self, title: &str) -> String {
        let page = self.page(&format!("{SESSION}/agenda")).await;
        let row = rows(&page).into_iter().find(|row| row.2 == title);
        row.unwrap_or_else(|| panic!("no {title}: {page}")).0
    }

    /// Numbers and titles of the agenda, in order.
    async fn agenda(&self) -> Vec<(String, String)> {
        let page = self.page(&format!("{SESSION}/agenda")).await;
        rows(&page).into_iter().map(|(_, number, title)| (number, title)).collect()
    }

    pub fn session(&self) -> Session {
        let slug = SESSION.rsplit('/').next().unwrap();
        self.town.store.read(move |view| view.session_named(slug)).unwrap().unwrap()
    }

    /// Goes on at a later instant; a sign-in does not last that long.
    pub fn at(&mut self, instant: &str) {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        let by = instant - self.town.clock.now();
        assert!(by > TimeDelta::zero(), "time goes on");
        self.town.clock.advance(by);
        self.client = self.town.signed_in(GRIET, &[]);
    }

    /// Somebody who sits, signed in with no role at all.
    pub fn member(&self, email: &str) -> Client {
        self.town.signed_in(email, &[])
    }
}

const TERM: [(&str, &str); 4] =
    [("term", "2025-2030"), ("starts", "2025-01-01"), ("ends", "2030-12-31"), ("seats", "7")];

pub fn plan<'f>(start: &'f str, room: &'f str) -> [(&'f str, &'f str); 4] {
    [("start", start), ("length_min", "180"), ("room", room), ("mode", "physical")]
}

/// Id, number and title of each item on a page of an agenda.
fn rows(page: &str) -> Vec<(String, String, String)> {
    let until = |text: &str, end: char| text.split(end).next().unwrap_or("").to_owned();
    page.split("data-item=\"")
        .skip(1)
        .map(|row| {
            let number = row.split("<strong class=\"tnum\">").nth(1).map_or(String::new(), |t| until(t, '<'));
            let title = row.split("class=\"target\"").nth(1).and_then(|rest| rest.split('>').nth(1));
            (until(row, '"'), number, title.map_or(String::new(), |t| until(t, '<')))
        })
        .collect()
}

/// What a page says is wrong.
#[track_caller]
fn refused(answer: Answer, words: &[&str]) {
    let page = answer.must(200).text();
    let (_, alert) =
        page.split_once("role=\"alert\"").unwrap_or_else(|| panic!("nothing is refused: {page}"));
    for word in words {
        assert!(alert.contains(word), "{word}: {}", alert.chars().take(800).collect::<String>());
    }
}

#[tokio::test]
async fn a_body_is_set_up_with_its_rules_its_term_and_its_members() {
    let clerk = Clerk::new(801);
    let home = clerk.page("/council").await;
    assert!(home.contains("Gemeenteraad") && home.contains("nog in te stellen"), "{home}");
    let early = clerk.send(&format!("{BODY}/plan"), &plan("2027-02-15T19:00", "raadzaal")).await;
    refused(early, &["nog niet ingesteld welk soort orgaan"]);

    // The body's own rules may be stricter than the law, never looser.
    let looser = [COUNCIL.as_slice(), &[("term_convocation-sent", "7")]].concat();
    refused(clerk.send(&format!("{BODY}/rules"), &looser).await, &["(art. 20)", "minder dan de wet vraagt"]);
    let no_mode = [("kind", "BE-VLG/gemeenteraad"), ("late_numbers", "prefixed")];
    refused(clerk.send(&format!("{BODY}/rules"), &no_mode).await, &["Kies er minstens één"]);
    clerk.send(&format!("{BODY}/rules"), &COUNCIL).await.must(303);
    let backwards = [("term", "x"), ("starts", "2027-01-01"), ("ends", "2026-01-01"), ("seats", "7")];
    refused(clerk.send(&format!("{BODY}/terms"), &backwards).await, &["eindigt voor ze begint"]);
    clerk.send(&format!("{BODY}/terms"), &TERM).await.must(303);
    refused(
        clerk.send(&format!("{BODY}/terms"), &TERM).await,
        &["loopt samen met de bestuursperiode 2025-2030"],
    );

    // A list with five lines that are wrong: each is said, the others are taken.
    let wrong = "lid.vier@stad.example;Lid Vier;1;lid;;2025-01-06
lid.vijf@stad.example;Lid Vijf;99;lid;;2025-01-06
lid.zes@stad.example;Lid Zes;4;tovenaar;;2025-01-06
geen adres;Lid Zeven;5;lid;;2025-01-06
lid.acht@stad.example;Lid Acht;6;lid;;2040-01-01
";
    let list = format!("{MEMBERS}{wrong}");
    let preview = clerk.import(&[], Some(&list)).await.must(200).text();
    assert!(preview.contains("Kloppen: 4. Fout en overgeslagen: 5."), "{preview}");
    for (line, why) in [
        (6, "Zetel 1 is in die tijd al bezet"),
        (7, "Kies een nummer van 1 tot 7"),
        (8, "tovenaar"),
        (9, "geen e-mailadres"),
        (10, "loopt er geen bestuursperiode"),
    ] {
        let row = preview.split(&format!("<th scope=\"row\">{line}</th>")).nth(1);
        let row = row.unwrap_or_else(|| panic!("line {line} is not said: {preview}"));
        assert!(row.split("</tr>").next().unwrap().contains(why), "{line}: {why}: {row}");
    }
    assert!(!clerk.page(BODY).await.contains("Mia Burgemeester"), "nothing was changed by looking");
    clerk.import(&[("apply", "1"), ("csv", &list)], None).await.must(303);
    let page = clerk.page(BODY).await;
    for words in ["Mia Burgemeester", "Dirk Directeur", "Raadslid Twee", "Groen", "waarvan bezet: 3"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Lid Vier"), "{page}");
    let known = |email: &'static str| clerk.town.store.read(move |view| view.person_by_email(email)).unwrap();
    for refused in ["lid.vier@stad.example", "lid.vijf@stad.example", "lid.acht@stad.example"] {
        assert!(known(refused).is_none(), "who gets no seat is not in the directory: {refused}");
    }
    assert!(known("raad.twee@stad.example").unwrap().hard);
    let again = clerk.import(&[], Some(MEMBERS)).await.must(200).text();
    assert!(
        again.contains("Kloppen: 4. Fout en overgeslagen: 0."),
        "what stands already is no fault: {again}"
    );
    clerk.town.verify();
}

#[tokio::test]
async fn a_session_claims_its_room_and_its_members_and_is_moved_only_as_a_session() {
    let clerk = Clerk::with_session(802).await;
    let session = clerk.session();
    assert_eq!((session.state, session.place.as_str()), (SessionState::Scheduled, "Raadzaal, Stadhuis"));
    assert!(session.chair.is_some() && session.secretary.is_some());

    let other = booking("raadzaal", "2027-02-15T20:00", "2027-02-15T21:00");
    let taken = clerk.town.staff().post("/api/v1/meetings", other).await.refused(409, "nl");
    assert!(taken.to_string().contains("Raadzaal"), "{taken}");
    refused(
        clerk.send(&format!("{BODY}/plan"), &plan("2027-02-15T20:00", "raadzaal")).await,
        &["is bezet van"],
    );

    // The mayor sits in another body too, and cannot sit in both at once.
    second_body(&clerk).await;
    let elsewhere = plan("2027-02-15T19:30", "collegezaal");
    refused(
        clerk.send("/council/bodies/vast-bureau/plan", &elsewhere).await,
        &["Mia Burgemeester", "kan niet op twee plaatsen zijn"],
    );
    let after = plan("2027-02-15T22:30", "collegezaal");
    clerk.send("/council/bodies/vast-bureau/plan", &after).await.must(303);

    // What a session hangs on, its terms and its convocation, does not move with an ordinary booking.
    let meeting = session.meeting.unwrap();
    let (api, own) = (format!("/api/v1/meetings/{meeting}"), clerk.town.clerk());
    let moved = json!({ "start": "2027-02-16T19:00", "end": "2027-02-16T22:00" });
    let no = own.patch(&api, moved).await.refused(409, "nl");
    assert!(no["detail"].as_str().unwrap().contains("Dit is een zitting"), "{no}");
    own.delete(&api).await.refused(409, "nl");
    let version = own.get(&api).await.must(200).json()["version"].to_string();
    let page = clerk.page(&format!("/meetings/{meeting}/change")).await;
    let occurrence = field(&page, "occurrence");
    let change = [
        ("version", version.as_str()),
        ("scope", "all"),
        ("occurrence", occurrence.as_str()),
        ("title", "Gemeenteraad"),
        ("date", "2027-02-16"),
        ("from", "19:00"),
        ("to", "22:00"),
    ];
    let cancel = [("version", version.as_str()), ("scope", "all"), ("reason", "Anders")];
    for (deed, fields) in [("change", change.as_slice()), ("cancel", cancel.as_slice())] {
        let answer = clerk.send(&format!("/meetings/{meeting}/{deed}"), fields).await;
        assert_ne!(answer.status.as_u16(), 303, "{deed} is accepted");
        assert!(answer.text().contains("Dit is een zitting"), "{deed}: {}", answer.text());
    }
    assert_eq!(clerk.session(), session, "nothing happened to it");
    clerk.town.verify();
}

/// A permanent bureau of which nothing is set up.
fn bare_body(clerk: &Clerk) {
    let made = clerk.town.store.write_now(|tx| {
        tx.insert_body(&Body {
            id: BodyId(tx.fresh()),
            slug: "vast-bureau".into(),
            name: "Vast bureau".into(),
            kind: BodyKind::Council,
            legal_body: "ocmw".into(),
            members: Vec::new(),
        })
    });
    made.unwrap_or_else(|error: StoreError| panic!("{error:?}"));
}

/// A permanent bureau in which the mayor sits.
async fn second_body(clerk: &Clerk) {
    bare_body(clerk);
    set_up(clerk).await;
}

async fn set_up(clerk: &Clerk) {
    let path = |rest: &str| format!("/council/bodies/vast-bureau{rest}");
    let law = [("kind", "BE-VLG/vast-bureau"), ("mode_physical", "1")];
    clerk.send(&path("/rules"), &law).await.must(303);
    clerk.send(&path("/terms"), &TERM).await.must(303);
    let seat = [
        ("email", "burgemeester@stad.example"),
        ("seat", "1"),
        ("role", "chair"),
        ("status", "effective"),
        ("from", "2025-01-06T10:00"),
    ];
    clerk.send(&path("/members"), &seat).await.must(303);
}

#[tokio::test]
async fn an_agenda_is_ordered_approved_and_fixed_and_its_numbers_stay() {
    let clerk = Clerk::with_session(803).await;
    let agenda = format!("{SESSION}/agenda");
    refused(clerk.send(&format!("{agenda}/fix"), &[]).await, &["nog geen enkel punt goedgekeurd"]);
    // An item without note or draft cannot be approved.
    clerk.send(&agenda, &[("title", "Kaal punt")]).await.must(303);
    let bare = clerk.item("Kaal punt").await;
    let step = format!("/council/items/{bare}/step");
    clerk.send(&step, &[("version", "1"), ("to", "for_approval")]).await.must(303);
    refused(
        clerk.send(&step, &[("version", "2"), ("to", "approved")]).await,
        &["ontbreekt de toelichting of het ontwerpbesluit"],
    );
    refused(clerk.send(&step, &[("version", "1"), ("to", "approved")]).await, &["nu versie 2"]);

    let first = clerk.approve("Eerst gevraagd").await;
    clerk.approve("Later gevraagd").await;
    clerk.approve("Personeelszaak").await;
    let up = [("place", "3"), ("by", "up")];
    clerk.send(&format!("/council/items/{}/move", clerk.item("Later gevraagd").await), &up).await.must(303);
    let titles: Vec<String> = clerk.agenda().await.into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles, ["Kaal punt", "Later gevraagd", "Eerst gevraagd", "Personeelszaak"]);

    clerk.send(&format!("{agenda}/fix"), &[]).await.must(303);
    refused(clerk.send(&format!("{agenda}/fix"), &[]).await, &["niets veranderd"]);
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(number, title)| ((*number).to_owned(), (*title).to_owned())).collect()
    };
    assert_eq!(
        clerk.agenda().await,
        pairs(&[
            ("–", "Kaal punt"),
            ("1", "Later gevraagd"),
            ("2", "Eerst gevraagd"),
            ("3", "Personeelszaak")
        ])
    );
    // Dragged elsewhere and followed by another: the numbers that were sent are those that stay.
    clerk.send(&format!("/council/items/{first}/move"), &[("place", "1")]).await.must(303);
    clerk.approve("Nieuw punt").await;
    clerk.send(&format!("{agenda}/fix"), &[]).await.must(303);
    assert_eq!(
        clerk.agenda().await,
        pairs(&[
            ("2", "Eerst gevraagd"),
            ("–", "Kaal punt"),
            ("1", "Later gevraagd"),
            ("3", "Personeelszaak"),
            ("AP1", "Nieuw punt"),
        ])
    );
    let page = clerk.page(&agenda).await;
    assert!(page.contains("Versie 2 (aanvullend)") && page.contains("Nieuw: Nieuw punt"), "{page}");
    let version = clerk.page(&format!("{agenda}/1")).await;
    assert!(version.contains("Ongewijzigd sinds het vastleggen"), "{version}");
    assert!(!version.contains("Nieuw punt"), "{version}");
    // A fixed item does not change sides.
    let form = clerk.page(&format!("/council/items/{first}")).await;
    let closed = [
        ("version", field(&form, "version")),
        ("title", "Eerst gevraagd".into()),
        ("note", "Daarom.".into()),
        ("draft", "Artikel 1.".into()),
        ("ground", "privacy".into()),
    ];
    let closed: Vec<(&str, &str)> = closed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    refused(clerk.send(&format!("/council/items/{first}"), &closed).await, &["blijft in zijn deel"]);
    // What was withdrawn is read, and nothing there can be filled in that would be refused.
    let page = clerk.page(&format!("/council/items/{bare}")).await;
    assert!(page.contains("name=\"title\""), "{page}");
    let step = [("version", field(&page, "version")), ("to", "withdrawn".into())];
    let step: Vec<(&str, &str)> = step.iter().map(|(name, value)| (*name, value.as_str())).collect();
    clerk.send(&format!("/council/items/{bare}/step"), &step).await.must(303);
    let page = clerk.page(&format!("/council/items/{bare}")).await;
    assert!(page.contains("Kaal punt") && page.contains("Openbaar of besloten"), "{page}");
    assert!(
        page.contains("Verwachte duur") && !page.contains("Geheime stemming"),
        "what is so stands there: {page}"
    );
    assert!(!page.contains("name=\"title\""), "{page}");
    clerk.town.verify();
}

#[tokio::test]
async fn members_are_convened_in_time_or_with_a_reason() {
    // Eight days before Monday the fifteenth is Sunday the seventh: still in time at its last minute.
    let mut clerk = Clerk::with_agenda(804).await;
    clerk.at("2027-02-07T22:59:00Z");
    clerk.send(&format!("{SESSION}/convocation"), &[]).await.must(303);
    let page = clerk.page(&format!("{SESSION}/convocation")).await;
    for words in [
        "Gemeenteraad: oproeping tot de zitting",
        "U wordt opgeroepen tot de zitting van maandag 15 februari 2027 om 19:00 uur.",
        "Plaats: Raadzaal, Stadhuis",
        "1. Reglement op de markten",
        "Oproeping 1 (eerste)",
        "nog niet elk lid is bereikt",
        "Dirk Directeur",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    refused(clerk.send(&format!("{SESSION}/convocation"), &[]).await, &["is al verstuurd"]);
    clerk.town.verify();

    let mut late = Clerk::with_agenda(805).await;
    late.at("2027-02-07T23:00:00Z");
    refused(
        late.send(&format!("{SESSION}/convocation"), &[]).await,
        &["Oproeping verzonden (art. 20)", "zo 7 feb 2027", "hoogdringendheid"],
    );
    assert_eq!(late.session().state, SessionState::Scheduled, "nothing was sent");
    let reason = [("urgent_reason", "De dijk is gebroken.")];
    late.send(&format!("{SESSION}/convocation"), &reason).await.must(303);
    let page = late.page(&format!("{SESSION}/convocation")).await;
    assert!(
        page.contains("wegens hoogdringendheid later") && page.contains("De dijk is gebroken."),
        "{page}"
    );
    assert!(page.contains("vervalt"), "the term does not apply, for that reason: {page}");
    late.town.verify();
}

#[tokio::test]
async fn members_add_items_until_five_days_before_and_the_executive_adds_none() {
    let mut clerk = Clerk::convened(806).await;
    let submit = format!("{SESSION}/submit");
    let item =
        [("title", "Fietsenstalling"), ("note", "Er is er geen."), ("draft", "Artikel 1. Er komt er een.")];
    let hand_in =
        async |who: &Client, fields: &[(&str, &str)]| send_from(who, "/account", &submit, fields).await;
    // Wednesday the tenth is the last day.
    clerk.at("2027-02-10T22:59:00Z");
    let (member, mayor) = (clerk.member("raad.twee@stad.example"), clerk.member("burgemeester@stad.example"));
    refused(hand_in(&member, &item[..1]).await, &["toelichting en een ontwerpbesluit"]);
    refused(hand_in(&mayor, &item).await, &["(art. 21)", "lid is van het college"]);
    hand_in(&member, &item).await.must(303);
    let secretary = clerk.member("directeur@stad.example");
    hand_in(&secretary, &item).await.must(404);
    clerk.at("2027-02-10T23:00:00Z");
    let late = [("title", "Te laat"), ("note", "x"), ("draft", "y")];
    refused(hand_in(&member, &late).await, &["(art. 21)", "wo 10 feb 2027"]);

    // What was handed in in time needs nobody's approval: it goes on a supplementary agenda.
    clerk.send(&format!("{SESSION}/agenda/fix"), &[]).await.must(303);
    let number = clerk.agenda().await.into_iter().find(|(_, title)| title == "Fietsenstalling").unwrap().0;
    assert_eq!(number, "AP1");
    clerk.send(&format!("{SESSION}/convocation"), &[]).await.must(303);
    let page = clerk.page(&format!("{SESSION}/convocation")).await;
    assert!(page.contains("aanvullende agenda bij de oproeping") && page.contains("AP1. Fietsenstalling"));

    // After that only urgency lets an item in.
    let agenda = format!("{SESSION}/agenda");
    let late = [("title", "Bijkomend"), ("note", "x"), ("draft", "y")];
    refused(clerk.send(&agenda, &late).await, &["hoogdringend punt of een punt van een lid"]);
    let urgent = [late.as_slice(), &[("section", "urgent")]].concat();
    refused(clerk.send(&agenda, &urgent).await, &["heeft een reden nodig"]);
    let urgent = [urgent.as_slice(), &[("urgent_reason", "De dijk is gebroken.")]].concat();
    clerk.send(&agenda, &urgent).await.must(303);
    assert!(clerk.page(&agenda).await.contains("over de hoogdringendheid is nog niet gestemd"));
    clerk.town.verify();
}

#[tokio::test]
async fn moving_a_convened_session_says_what_breaks_and_convenes_anew() {
    let mut clerk = Clerk::convened(807).await;
    clerk.at("2027-01-25T09:00:00Z");
    let path = format!("{SESSION}/move");
    // A week earlier would still be in time; next Friday would not.
    let look = clerk.page(&format!("{path}?start=2027-01-29T19:00")).await;
    for words in ["Op dat tijdstip komt dit in het gedrang", "Oproeping verzonden (art. 20)", "(art. 22)"] {
        assert!(look.contains(words), "{words}: {look}");
    }
    let taken = booking("raadzaal", "2027-01-29T18:00", "2027-01-29T20:00");
    let other = clerk.town.staff().post("/api/v1/meetings", taken).await.must(201).json();
    let bare = [("start", "2027-01-29T19:00")];
    refused(clerk.send(&path, &bare).await, &["Oproeping verzonden (art. 20)"]);
    let why = [("start", "2027-01-29T19:00"), ("reason", "De dijk is gebroken.")];
    refused(clerk.send(&path, &why).await, &["Raadzaal", "is bezet van"]);
    assert_eq!(clerk.session().state, SessionState::Convened, "it moves as a whole or not at all");
    let id = other["id"].as_str().unwrap();
    clerk.town.staff().delete(&format!("/api/v1/meetings/{id}")).await.must(200);
    clerk.send(&path, &why).await.must(303);
    let session = clerk.session();
    assert_eq!(session.state, SessionState::Scheduled, "its members have to be convened anew");
    assert_eq!(session.planned, "2027-01-29T18:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert!(clerk.page(SESSION).await.contains("De zitting is verplaatst."));

    clerk.send(&format!("{SESSION}/agenda/fix"), &[]).await.must(303);
    refused(clerk.send(&format!("{SESSION}/convocation"), &[]).await, &["(art. 20)"]);
    let reason = [("urgent_reason", "De dijk is gebroken.")];
    clerk.send(&format!("{SESSION}/convocation"), &reason).await.must(303);
    let page = clerk.page(&format!("{SESSION}/convocation")).await;
    for words in ["Oproeping 2 (verplaatste zitting)", "nieuwe oproeping tot de zitting", "29 januari 2027"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // The room of the old time is free again.
    let free = booking("raadzaal", "2027-02-15T19:00", "2027-02-15T21:00");
    clerk.town.staff().post("/api/v1/meetings", free).await.must(201);
    clerk.town.verify();
}

#[tokio::test]
async fn a_session_without_a_room_gets_one_later_and_one_is_called_off_with_a_reason() {
    let clerk = Clerk::with_council(808).await;
    let bare = plan("2027-02-15T19:00", "");
    clerk.send(&format!("{BODY}/plan"), &bare).await.must(303);
    assert_eq!(clerk.session().state, SessionState::Draft);
    clerk
        .send(&format!("{SESSION}/move"), &[("start", "2027-02-15T20:00"), ("room", "raadzaal")])
        .await
        .must(303);
    let session = clerk.session();
    assert_eq!((session.state, session.place.as_str()), (SessionState::Scheduled, "Raadzaal, Stadhuis"));
    let other = booking("raadzaal", "2027-02-15T20:00", "2027-02-15T21:00");
    clerk.town.staff().post("/api/v1/meetings", other.clone()).await.refused(409, "nl");

    refused(clerk.send(&format!("{SESSION}/cancel"), &[("reason", " ")]).await, &["mag niet leeg zijn"]);
    clerk.send(&format!("{SESSION}/cancel"), &[("reason", "Te weinig punten.")]).await.must(303);
    assert_eq!(clerk.session().state, SessionState::Cancelled);
    clerk.town.staff().post("/api/v1/meetings", other).await.must(201);
    refused(clerk.send(&format!("{SESSION}/cancel"), &[("reason", "Nog eens.")]).await, &["afgelast"]);
    // Held elsewhere than in a room of the house, it still claims its members' time.
    let elsewhere =
        [("start", "2027-03-15T19:00"), ("length_min", "180"), ("place", "De Brug"), ("mode", "physical")];
    let done = clerk.send(&format!("{BODY}/plan"), &elsewhere).await.must(303);
    assert!(done.header("location").contains("gemeenteraad-2027-03-15"));
    let made = clerk.town.store.read(|view| view.session_named("gemeenteraad-2027-03-15")).unwrap().unwrap();
    assert_eq!((made.state, made.place.as_str()), (SessionState::Scheduled, "De Brug"));
    clerk.town.verify();
}

/// The seal covers the documents too: the letter carries their common hash, and what stays behind is said beforehand.
#[tokio::test]
async fn a_convocation_is_bound_to_the_documents_that_go_with_it() {
    let clerk = Clerk::with_agenda(811).await;
    let papers = format!("{SESSION}/documents");
    for (name, words) in [("ontwerp.pdf", "Het ontwerp"), ("kladnota.pdf", "Een kladnota")] {
        let pdf = crate::documents_stage::pdf(&[words]);
        let files = [(name, &pdf[..])];
        crate::documents_stage::send_files(&clerk.client, &papers, &papers, &[("access", "members")], &files)
            .await
            .must(303);
    }
    let session = clerk.session().id;
    let documents = clerk.town.store.read(move |view| view.documents(session)).unwrap();
    let id = documents.iter().find(|document| document.title.contains("ontwerp")).unwrap().id;
    let state = format!("/council/documents/{id}/state");
    for step in ["submitted", "approved"] {
        clerk.send(&state, &[("state", step)]).await.must(303);
    }
    let convocation = format!("{SESSION}/convocation");
    let page = clerk.page(&convocation).await;
    let warned = page.split("gaan niet mee").nth(1).expect("what stays behind is said").to_owned();
    let warned = warned.split("</ul>").next().unwrap();
    assert!(warned.contains("kladnota") && !warned.contains("ontwerp"), "{warned}");
    clerk.send(&convocation, &[]).await.must(303);

    let read = clerk.town.store.read(move |view| {
        Ok::<_, StoreError>((view.convocations(session)?.remove(0), view.sealed_documents(session, 1)?))
    });
    let (sealed, sent) = read.unwrap();
    assert_eq!(sent.iter().map(|one| (one.document, one.version)).collect::<Vec<_>>(), [(id, 1)]);
    let sha = hex(&sent[0].sha256.unwrap());
    // What anybody can compute with the file in hand: one line for each document, then SHA-256 of all lines.
    let lines = format!("{id} 1 {sha}\n");
    let common = hex(&Sha256::digest(lines.as_bytes()));
    assert!(
        sealed.letter.contains("bij deze oproeping: 1.") && sealed.letter.contains(&common),
        "{}",
        sealed.letter
    );
    assert!(!sealed.letter.contains("ontwerp.pdf"), "titles stand in the file alone");
    let page = clerk.page(&convocation).await;
    assert!(page.contains(&sha) && !page.contains("controlesom klopt niet"));
    // Somebody with the file in hand puts another document into the list, past the trigger.
    let conn = rusqlite::Connection::open(clerk.town.dir.path().join("belfort.db")).unwrap();
    let change = "UPDATE convocation_document SET sha256 = zeroblob(32)";
    assert!(conn.execute(change, []).unwrap_err().to_string().contains("never changes"));
    conn.execute_batch(&format!("DROP TRIGGER convocation_document_never_changes; {change};")).unwrap();
    assert!(clerk.page(&convocation).await.contains("controlesom klopt niet"));
}

/// The year is booked with chamber and equipment; where the body that follows cannot meet, neither is booked.
#[tokio::test]
async fn a_year_books_room_and_equipment_for_both_bodies_or_for_neither() {
    let clerk = Clerk::with_council(812).await;
    bare_body(&clerk);
    let body = format!("{BODY}/year");
    let page =
        clerk.page(&format!("{body}?pattern=last&weekday=1&time=19:00&from=2027-09-01&to=2027-12-31")).await;
    assert!(page.contains("name=\"gear-beamer\"") && page.contains("name=\"mode\""), "{page}");
    let book = async |day: &str, beamers: &str, joined: &str| {
        let fields = [
            ("pattern", "last"),
            ("weekday", "1"),
            ("time", "19:00"),
            ("from", "2027-09-01"),
            ("to", "2027-12-31"),
            ("room", "raadzaal"),
            ("length_min", "120"),
            ("joined", joined),
            ("after_min", "120"),
            ("mode", "physical"),
            ("gear-beamer", beamers),
            ("day", day),
        ];
        clerk.send(&body, &fields).await.must(200).text()
    };
    let named = |slug: &'static str| clerk.town.store.read(move |view| view.session_named(slug)).unwrap();
    // The law that the other body sits under was not set up.
    let page = book("2027-09-28T19:00", "1", "vast-bureau").await;
    assert!(page.contains("nog niet ingesteld welk soort orgaan"), "{page}");
    assert!(named("gemeenteraad-2027-09-28").is_none() && named("vast-bureau-2027-09-28").is_none());
    set_up(&clerk).await;
    let page = book("2027-09-28T19:00", "99", "vast-bureau").await;
    assert!(page.contains("beamer") && named("gemeenteraad-2027-09-28").is_none(), "{page}");
    book("2027-09-28T19:00", "1", "vast-bureau").await;
    let session = named("gemeenteraad-2027-09-28").unwrap();
    let joined = named("vast-bureau-2027-09-28").unwrap();
    assert_eq!((joined.joint_with, joined.place), (Some(session.id), session.place.clone()));
    let meeting = session.meeting.unwrap();
    let booked = clerk.town.clerk().get(&format!("/api/v1/meetings/{meeting}")).await.must(200).json();
    assert_eq!(booked["equipment"], json!(["beamer"]), "{booked}");
    let held: Vec<_> = booked["rooms"].as_array().unwrap().iter().collect();
    assert_eq!(held.len(), 1, "{booked}");
}

#[tokio::test]
async fn a_session_without_quorum_is_held_after_a_second_convocation_with_all_that_stood_on_its_agenda() {
    let mut clerk = Clerk::convened(811).await;
    clerk.at("2027-02-15T18:20:00Z");
    clerk.send(&format!("{SESSION}/chamber/session"), &[("do", "not_quorate")]).await.must(303);
    let page = clerk.page(SESSION).await;
    let on = "/council/bodies/gemeenteraad/plan?previous=gemeenteraad-2027-02-15";
    assert!(page.contains("Er waren te weinig leden") && page.contains(on), "{page}");
    let form = clerk.page(on).await;
    assert!(form.contains("value=\"gemeenteraad-2027-02-15\" selected"), "it knows what it follows: {form}");
    let mut again = plan("2027-03-01T19:00", "raadzaal").to_vec();
    again.push(("previous", "gemeenteraad-2027-02-15"));
    let done = clerk.send(&format!("{BODY}/plan"), &again).await.must(303);
    assert!(done.header("location").contains("gemeenteraad-2027-03-01"));
    let second =
        clerk.town.store.read(|view| view.session_named("gemeenteraad-2027-03-01")).unwrap().unwrap();
    assert_eq!((second.convocation_no, second.previous), (2, Some(clerk.session().id)));
    let page = clerk.page("/council/sessions/gemeenteraad-2027-03-01/agenda").await;
    let titles: Vec<String> = rows(&page).into_iter().map(|(_, _, title)| title).collect();
    assert_eq!(titles, ["Reglement op de markten", "Aankoop van een veegwagen"]);
    assert_eq!(page.matches("Goedgekeurd").count(), 2, "they were approved already: {page}");
    let page = clerk.page(SESSION).await;
    assert!(page.contains("/council/sessions/gemeenteraad-2027-03-01\""), "it leads on: {page}");
    clerk.town.verify();
}

#[tokio::test]
async fn the_way_of_meeting_is_changed_until_the_members_are_convened() {
    let clerk = Clerk::with_agenda(812).await;
    let path = format!("{SESSION}/mode");
    refused(clerk.send(&path, &[("mode", "hybrid")]).await, &["kan dit orgaan zo niet vergaderen"]);
    let mut rules = COUNCIL.to_vec();
    rules.extend([("mode_hybrid", "1"), ("circumstances", "Overmacht"), ("remote_name", "Meet")]);
    clerk.send(&format!("{BODY}/rules"), &rules).await.must(303);
    refused(clerk.send(&path, &[("mode", "hybrid")]).await, &["Kies de omstandigheid"]);
    let why = [("mode", "hybrid"), ("circumstance", "Overmacht"), ("mode_reason", "IJzel.")];
    clerk.send(&path, &why).await.must(303);
    assert_eq!(clerk.session().mode, belfort::council::SessionMode::Hybrid);
    assert!(clerk.page(SESSION).await.contains("Overmacht: IJzel."));
    clerk.send(&path, &[("mode", "physical")]).await.must(303);
    clerk.send(&format!("{SESSION}/convocation"), &[]).await.must(303);
    refused(clerk.send(&path, &why).await, &["Verplaats de zitting"]);
    assert!(!clerk.page(SESSION).await.contains(&path), "the way is closed once they are convened");
    clerk.town.verify();
}
