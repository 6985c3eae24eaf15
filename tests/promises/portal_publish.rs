//! Promise: the public reads what was published and nothing before; what is published stays as it went out, byte for
//! byte; a correction is a new version; the register shows every change.

use belfort::booking::Refusal;
use belfort::council::SessionState;
use belfort::council::publication::{Asked, PublicationKind};
use belfort::ids::hex;
use belfort::scheduler::{Caller, Publish, publish_session};
use belfort::store::{FILE, verify_file};
use belfort::town::{Grant, Role, RoleScope};
use sha2::{Digest, Sha256};

use crate::forms::send;
use crate::portal_stage::{BASE, SLUG, approved, convened, publish, retitle, step, withdraw};
use crate::session_file::{decision_id, item_id};
use crate::town::{Client, Town};

fn state_key(refused: Result<impl std::fmt::Debug, Refusal>) -> String {
    match refused.unwrap_err() {
        Refusal::State(said) => said.key,
        other => panic!("{other:?}"),
    }
}

async fn text(client: &Client, path: &str) -> String {
    client.get(path).await.must(200).text()
}

/// Everything about the session that could be asked for.
fn addresses() -> Vec<String> {
    let decision = decision_id(2);
    vec![
        format!("/zittingen/{SLUG}"),
        format!("/zittingen/{SLUG}/agenda"),
        format!("/zittingen/{SLUG}/agenda/v/1"),
        format!("/zittingen/{SLUG}/besluitenlijst"),
        format!("/zittingen/{SLUG}/notulen"),
        format!("/besluiten/{decision}"),
        format!("/reglementen/{decision}"),
        "/zittingen.ics?body=gemeenteraad".into(),
        format!("/oparl/meetings/{SLUG}"),
        "/oparl/bodies/stad/meetings".into(),
        "/bekendmakingen/1".into(),
    ]
}

#[tokio::test]
async fn nothing_is_known_of_a_session_before_something_is_published() {
    let (town, _) = approved(1);
    let anybody = town.anonymous();
    for address in addresses() {
        anybody.get(&address).await.must(404);
    }
    for list in
        ["/zittingen", "/reglementen", "/bekendmakingen", "/zittingen?q=markt", "/ldes/1", "/oparl/bodies"]
    {
        let page = text(&anybody, list).await;
        assert!(!page.contains("Herinrichting") && !page.contains(SLUG), "{list}");
    }
    assert_eq!(anybody.get("/bekendmakingen.json").await.must(200).json()["entries"], serde_json::json!([]));
}

#[tokio::test]
async fn documents_wait_until_they_are_ready() {
    let (town, file) = convened(2);
    assert_eq!(state_key(publish(&town, Asked::DecisionList, "")), "portal.session_not_over");
    assert_eq!(state_key(publish(&town, Asked::Extract(decision_id(2)), "")), "portal.session_not_over");
    assert_eq!(state_key(publish(&town, Asked::Minutes, "")), "portal.minutes_not_approved");
    publish(&town, Asked::Agenda, "").unwrap();
    let anybody = town.anonymous();
    let page = text(&anybody, &format!("/zittingen/{SLUG}")).await;
    assert!(
        page.contains("Reglement vergaderzalen &#38; &#60;zalen&#62;") && page.contains("Raadzaal"),
        "{page}"
    );
    assert!(page.contains("lblodBesluit:linkToPublication"), "harvesters find the document");
    anybody.get(&format!("/zittingen/{SLUG}/besluitenlijst")).await.must(404);
    let calendar = text(&anybody, "/zittingen.ics?body=gemeenteraad").await;
    assert!(calendar.contains("BEGIN:VEVENT") && calendar.contains("20270118T200000"), "{calendar}");
    step(&town, &file, SessionState::Cancelled);
    assert!(text(&anybody, "/zittingen").await.contains("afgelast"));
    assert!(text(&anybody, "/zittingen.ics?body=gemeenteraad").await.contains("STATUS:CANCELLED"));
    assert_eq!(state_key(publish(&town, Asked::Agenda, "x")), "portal.agenda_not_fixed");
}

#[tokio::test]
async fn an_agenda_is_published_as_it_was_fixed() {
    let (town, _) = convened(3);
    retitle(&town, item_id(4), "Een andere titel");
    let mut moved = town.store.read(|view| view.session_named(SLUG)).unwrap().unwrap();
    moved.place = "Een andere zaal".into();
    town.store.write_now(move |tx| tx.put_session(&moved)).unwrap();
    publish(&town, Asked::Agenda, "").unwrap();
    let page = text(&town.anonymous(), &format!("/zittingen/{SLUG}/agenda")).await;
    assert!(page.contains("Herinrichting van de Markt") && !page.contains("Een andere titel"));
    assert!(page.contains("Raadzaal, stadhuis Belfort") && !page.contains("Een andere zaal"));
}

#[tokio::test]
async fn what_was_closed_after_the_agenda_was_fixed_is_closed() {
    let (town, _) = convened(9);
    let close = |tx: &belfort::store::Tx<'_>| {
        let mut item = tx.agenda_item(item_id(3))?.unwrap();
        item.part = belfort::council::SessionPart::Closed;
        item.ground = Some(belfort::council::Ground::Privacy);
        tx.put_agenda_item(&item)
    };
    town.store.write_now(close).unwrap();
    publish(&town, Asked::Agenda, "").unwrap();
    let page = text(&town.anonymous(), &format!("/zittingen/{SLUG}/agenda")).await;
    assert_eq!(page.matches("content=\"false\"").count(), 2, "two items are closed");
    assert!(!page.contains("Korte omschrijving van punt 3."));
}

#[tokio::test]
async fn what_lies_with_an_item_is_had_named_or_kept_back() {
    let (town, _) = convened(8);
    publish(&town, Asked::Agenda, "").unwrap();
    let anybody = town.anonymous();
    let page = text(&anybody, &format!("/zittingen/{SLUG}/agenda")).await;
    let place = format!("{BASE}/council/documents/{}/versions/1", uuid::Uuid::from_u128(501));
    assert!(page.contains(&format!("href=\"{place}\"")), "{page}");
    assert_eq!(text(&anybody, &place[BASE.len()..]).await, "Plan van de zalen");
    assert!(page.contains("Maquette op het secretariaat"), "what lies elsewhere is named");
    assert_eq!(page.matches("eli:related_to").count(), 2, "what is for members is not");
}

#[tokio::test]
async fn what_is_published_stays_byte_for_byte_and_a_correction_is_a_new_version() {
    let (town, _) = approved(4);
    let anybody = town.anonymous();
    publish(&town, Asked::DecisionList, "").unwrap();
    let stands = format!("/zittingen/{SLUG}/besluitenlijst");
    let first = anybody.get(&format!("{stands}/v/1")).await.must(200);
    assert_eq!(first.header("cache-control"), "public, no-cache", "it may be taken back");
    assert!(first.header("x-robots-tag").is_empty());
    assert!(first.header("content-security-policy").contains("default-src 'none'"));
    let tag = first.header("etag").to_owned();
    let again = anybody.send("GET", &stands, None, &[("if-none-match", &tag)]).await.must(304);
    assert!(again.bytes.is_empty());

    assert_eq!(state_key(publish(&town, Asked::DecisionList, "Niets")), "portal.unchanged");
    retitle(&town, item_id(4), "Heraanleg van de Markt");
    assert!(
        matches!(publish(&town, Asked::DecisionList, " "), Err(Refusal::Invalid(_))),
        "a reason is needed"
    );
    let second = publish(&town, Asked::DecisionList, "De titel van punt 4 was fout.").unwrap();
    assert_eq!((second.version, second.url.as_str()), (2, &*format!("{BASE}{stands}/v/2")));

    let kept = anybody.get(&format!("{stands}/v/1")).await.must(200);
    assert_eq!(kept.bytes, first.bytes, "what went out stays");
    assert!(kept.header("link").contains("rel=\"latest-version\""));
    let now = text(&anybody, &stands).await;
    assert!(now.contains("Verbeterd op") && now.contains("De titel van punt 4 was fout."));
    assert!(now.contains("Heraanleg van de Markt"));
    assert!(text(&anybody, &format!("/zittingen/{SLUG}")).await.contains("/besluitenlijst/v/1"));
    let feed = text(&anybody, "/ldes/1").await;
    assert_eq!(feed.matches("prov:atLocation").count(), 2, "the correction is a member of its own: {feed}");
    assert_eq!(feed.matches("dct:isVersionOf <").count(), 2);
    anybody.get(&format!("{stands}/v/3")).await.must(404);
    anybody.get(&format!("{stands}/v/x")).await.must(404);
}

#[tokio::test]
async fn what_is_taken_back_is_gone_and_stays_in_the_register() {
    let (town, _) = approved(5);
    let anybody = town.anonymous();
    let asked = Asked::Regulation(decision_id(2));
    publish(&town, asked, "").unwrap();
    let place = format!("/reglementen/{}", decision_id(2));
    assert!(text(&anybody, &place).await.contains("De raad keurt het voorstel goed."));
    assert!(text(&anybody, "/reglementen").await.contains(&place));
    withdraw(&town, asked, "Vernietigd door de toezichthoudende overheid.").unwrap();
    for address in [place.clone(), format!("{place}/v/1"), format!("{place}/v/2")] {
        let gone = anybody.get(&address).await.must(410).text();
        assert!(gone.contains("Vernietigd door") && !gone.contains("keurt het voorstel goed"), "{address}");
    }
    assert!(!text(&anybody, "/reglementen").await.contains(&place));
    assert!(!text(&anybody, "/zittingen?q=voorstel").await.contains(&place), "no search finds it");
    let register = anybody.get("/bekendmakingen.json").await.must(200).json();
    assert_eq!(register["entries"][1]["act"], "withdrawn");
    assert_eq!(state_key(withdraw(&town, asked, "Nog eens.")), "portal.nothing_stands");
    let third = publish(&town, asked, "Opnieuw vastgesteld.").unwrap();
    assert_eq!(third.version, 3);
    anybody.get(&format!("{place}/v/1")).await.must(410);
    anybody.get(&format!("{place}/v/3")).await.must(200);
}

#[tokio::test]
async fn a_clerk_takes_a_document_back_on_the_page_and_publishes_it_again() {
    let (town, _) = approved(10);
    publish(&town, Asked::DecisionList, "").unwrap();
    let clerk = town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
    let after = format!("/council/sessions/{SLUG}/after");
    let press = async |fields: &[(&str, &str)]| {
        let what = [("what", PublicationKind::DecisionList.word())];
        send(&clerk, &after, &format!("{after}/publish"), &[&what, fields].concat()).await
    };
    let refused = press(&[("do", "withdraw"), ("reason", " ")]).await.must(200).text();
    assert!(refused.contains("class=\"wrong\"") || refused.contains("role=\"alert\""), "{refused}");
    text(&town.anonymous(), &format!("/zittingen/{SLUG}/besluitenlijst")).await;
    press(&[("do", "withdraw"), ("reason", "Een naam hoorde er niet in.")]).await.must(303);
    let anybody = town.anonymous();
    for version in ["", "/v/1", "/v/2"] {
        let gone = anybody.get(&format!("/zittingen/{SLUG}/besluitenlijst{version}")).await.must(410);
        assert!(gone.text().contains("Een naam hoorde er niet in."), "{version}");
    }
    let page = text(&clerk, &after).await;
    assert!(page.contains("ingetrokken") && page.contains("Een naam hoorde er niet in."));
    let refused = press(&[("do", "withdraw"), ("reason", "Nog eens.")]).await.must(200).text();
    assert!(refused.contains(belfort::texts::text(belfort::texts::Lang::Nl, "portal.nothing_stands")));
    press(&[("do", "publish"), ("reason", "Zonder de naam.")]).await.must(303);
    anybody.get(&format!("/zittingen/{SLUG}/besluitenlijst/v/3")).await.must(200);
    anybody.get(&format!("/zittingen/{SLUG}/besluitenlijst/v/1")).await.must(410);
}

#[tokio::test]
async fn a_file_of_oparl_that_no_longer_stands_says_so_under_its_own_address() {
    let (town, _) = approved(11);
    let anybody = town.anonymous();
    publish(&town, Asked::DecisionList, "").unwrap();
    assert!(anybody.get("/oparl/files/1").await.must(200).json().get("deleted").is_none());
    retitle(&town, item_id(4), "Heraanleg van de Markt");
    publish(&town, Asked::DecisionList, "De titel van punt 4 was fout.").unwrap();
    withdraw(&town, Asked::DecisionList, "Vernietigd.").unwrap();
    for seq in [1, 2] {
        let file = anybody.get(&format!("/oparl/files/{seq}")).await.must(200).json();
        assert_eq!(
            (&file["deleted"], &file["id"]),
            (&true.into(), &format!("{BASE}/oparl/files/{seq}").into())
        );
    }
    anybody.get("/oparl/files/3").await.must(404);
}

/// Makes the chain again from the file alone, as anybody can.
fn chain_holds(register: &serde_json::Value) -> bool {
    let columns = [
        "prev_hash",
        "seq",
        "kind",
        "session",
        "decision",
        "version",
        "act",
        "document",
        "url",
        "title",
        "reason",
        "published_at",
        "sha256",
    ];
    let mut previous = "0".repeat(64);
    register["entries"].as_array().unwrap().iter().all(|entry| {
        let line = columns.map(|name| entry[name].as_str().unwrap()).join("\n");
        let holds = entry["prev_hash"] == previous.as_str();
        previous = hex(&Sha256::digest(line.as_bytes()));
        holds && entry["hash"] == previous.as_str()
    })
}

#[tokio::test]
async fn anybody_can_check_the_register_and_tampering_shows() {
    let (town, _) = approved(6);
    for asked in [Asked::Agenda, Asked::DecisionList, Asked::Minutes, Asked::Extract(decision_id(1))] {
        publish(&town, asked, "").unwrap();
    }
    let anybody = town.anonymous();
    let mut register = anybody.get("/bekendmakingen.json").await.must(200).json();
    assert_eq!(register["entries"].as_array().unwrap().len(), 4);
    assert!(chain_holds(&register));
    for entry in register["entries"].as_array().unwrap() {
        let path = entry["url"].as_str().unwrap().strip_prefix(BASE).unwrap();
        let page = anybody.get(path).await.must(200);
        assert_eq!(entry["sha256"], hex(&Sha256::digest(&page.bytes)).as_str(), "{path}");
    }
    register["entries"][1]["title"] = "Anders".into();
    assert!(!chain_holds(&register));
    let csv = text(&anybody, "/bekendmakingen.csv").await;
    assert_eq!(csv.lines().count(), 5);

    assert_eq!(town.store.read(|view| view.verify_publications()).unwrap(), Ok(4));
    let conn = rusqlite::Connection::open(town.dir.path().join(FILE)).unwrap();
    for sql in ["UPDATE publication SET title = 'x' WHERE seq = 2", "DELETE FROM publication WHERE seq = 4"] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
    conn.execute_batch("DROP TRIGGER publication_never_changes").unwrap();
    for (change, back, seq, what) in [
        ("title = 'x' || title", "title = substr(title, 2)", 2, "hash"),
        (
            "bytes = CAST(bytes || x'20' AS BLOB)",
            "bytes = CAST(substr(bytes, 1, length(bytes) - 1) AS BLOB)",
            3,
            "bytes",
        ),
        (
            "prev_hash = randomblob(32)",
            "prev_hash = (SELECT hash FROM publication WHERE seq = 3)",
            4,
            "previous",
        ),
    ] {
        conn.execute(&format!("UPDATE publication SET {change} WHERE seq = {seq}"), []).unwrap();
        let fault = town.store.read(|view| view.verify_publications()).unwrap().unwrap_err();
        assert_eq!((fault.seq, fault.what), (seq, what));
        let verified = verify_file(&town.dir.path().join(FILE)).unwrap();
        assert!(!verified.is_clean() && verified.register.unwrap_err().seq == seq);
        conn.execute(&format!("UPDATE publication SET {back} WHERE seq = {seq}"), []).unwrap();
    }
    assert_eq!(town.store.read(|view| view.verify_publications()).unwrap(), Ok(4));
    town.verify();
}

#[tokio::test]
async fn who_may_not_publish_does_not() {
    let (town, file) = approved(7);
    let publish_as = |role: Role, grants: Vec<Grant>| {
        let caller = Caller { role, grants, ..Caller::system() };
        let wish = Publish { session: SLUG.into(), asked: Asked::DecisionList, reason: String::new() };
        town.store.write_now(move |tx| publish_session(tx, &caller, BASE, &wish))
    };
    for role in [Role::Public, Role::Device, Role::Staff, Role::Member, Role::Chair, Role::Manager] {
        assert!(matches!(publish_as(role, Vec::new()), Err(Refusal::Forbidden { .. })), "{role:?}");
    }
    let clerk_of_another = Grant { role: Role::Clerk, scope: RoleScope::Department("Secretariaat".into()) };
    assert!(publish_as(Role::Staff, vec![clerk_of_another]).is_err());
    let clerk = Grant { role: Role::Clerk, scope: RoleScope::Body(file.body.id) };
    publish_as(Role::Staff, vec![clerk]).unwrap();
    assert!(
        Town::anonymous(&town).get(&format!("/zittingen/{SLUG}/besluitenlijst")).await.status.is_success()
    );
}
