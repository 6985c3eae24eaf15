//! Promise: closed matter stands at no address that anybody can reach, and is found by no search.

use belfort::booking::Refusal;
use belfort::council::publication::{Asked, SessionFile};
use belfort::store::StoreError;

use crate::feeds::{components, sound, value};
use crate::portal_stage::{SLUG, approved, crawl, publish, retitle, withdraw};
use crate::session_file::{decision_id, item_id};
use crate::town::Town;

/// What nobody may read.
const MARK: &str = "Geheimwoord";

/// Marks every closed field of the session in the store: inner titles, notes, drafts of all items, and what was said
/// and decided about the closed one.
fn mark(town: &Town, file: &SessionFile) {
    let ids: Vec<_> = file.items.iter().map(|filed| filed.item.id).collect();
    let change = move |tx: &belfort::store::Tx<'_>| -> Result<(), StoreError> {
        for id in ids {
            let mut item = tx.agenda_item(id)?.unwrap();
            item.internal_title = format!("{MARK} titel");
            item.note = format!("{MARK} nota");
            item.draft = format!("{MARK} ontwerp");
            tx.put_agenda_item(&item)?;
        }
        tx.set_summary(item_id(5), &format!("{MARK} gezegd"))?;
        let decision = belfort::council::Decision {
            id: belfort::ids::DecisionId(uuid::Uuid::from_u128(77)),
            title: format!("{MARK} besluit"),
            short_title: format!("{MARK} kort"),
            motivation: format!("{MARK} gronden"),
            articles: vec![belfort::council::Article { number: "1".into(), text: format!("{MARK} artikel") }],
            ..crate::session_file::decision(5, "x")
        };
        tx.insert_decision(&decision)
    };
    town.store.write_now(change).unwrap();
}

#[tokio::test]
async fn no_public_address_holds_a_closed_word() {
    let (town, file) = approved(11);
    mark(&town, &file);
    for asked in [Asked::Agenda, Asked::DecisionList, Asked::Minutes, Asked::Extract(decision_id(1))] {
        publish(&town, asked, "").unwrap();
    }
    publish(&town, Asked::Regulation(decision_id(2)), "").unwrap();
    assert!(matches!(publish(&town, Asked::Extract(decision_id(5)), ""), Err(Refusal::State(_))));
    retitle(&town, item_id(1), "Notulen van de zitting van december");
    publish(&town, Asked::Minutes, "Titel.").unwrap();
    withdraw(&town, Asked::Extract(decision_id(1)), "Proef.").unwrap();
    let seen = crawl(&town, &[format!("/zittingen?q={MARK}")]).await;
    assert!(seen.len() > 40, "only {} addresses were found: {:?}", seen.len(), seen.keys());
    for wanted in [
        format!("/zittingen/{SLUG}/notulen/v/1"),
        format!("/zittingen/{SLUG}/notulen/v/2"),
        "/ldes/1".into(),
        "/bekendmakingen.json".into(),
        "/oparl/bodies/stad/agendaitems".into(),
        "/zittingen.ics?body=gemeenteraad".into(),
    ] {
        assert!(seen.contains_key(&wanted), "{wanted} was not reached: {:?}", seen.keys());
    }
    let asked = format!("/zittingen?q={MARK}");
    let text = |path: &str| seen[path].text();
    for (path, answer) in &seen {
        let text = answer.text() + answer.header("location");
        let said_back = usize::from(*path == asked) * 4;
        assert!(text.matches(MARK).count() <= said_back, "{path} holds a closed word");
    }
    assert!(text(&asked).contains("Niets bekendgemaakts"), "the search finds no closed word");
    let list = text(&format!("/zittingen/{SLUG}/besluitenlijst"));
    assert!(list.contains("Personeelszaak"), "the public title of the closed item stands there");
}

#[tokio::test]
async fn a_search_finds_public_words_whatever_their_accents() {
    let (town, _) = approved(12);
    publish(&town, Asked::Minutes, "").unwrap();
    let anybody = town.anonymous();
    let search = async |words: &str| {
        let words = words.replace(' ', "+");
        anybody.get(&format!("/zittingen?q={words}")).await.must(200).text()
    };
    assert!(search("herinrichting markt").await.contains(&format!("/zittingen/{SLUG}/notulen")));
    assert!(search("HÉRINRICHT").await.contains("<mark>Herinrichting</mark>"), "also half a word");
    assert!(search("herinrichting kerk").await.contains("Niets bekendgemaakts"), "all words");
    assert!(search("Toelichting").await.contains("Niets bekendgemaakts"), "a note is not published");
    for hostile in ["%22", "*", "NEAR(", "a%22%20OR%20b", "%00", "%E2%80%AE", "title:x", "-"] {
        anybody.get(&format!("/zittingen?q={hostile}")).await.must(200);
    }
}

#[tokio::test]
async fn a_college_publishes_its_decisions_by_title_and_nothing_else() {
    let (town, file) = approved(13);
    let mut council = file.body.council.clone();
    council.kind = "college-van-burgemeester-en-schepenen".into();
    town.store.write_now(move |tx| tx.put_council_body(&council)).unwrap();
    for asked in
        [Asked::Agenda, Asked::Minutes, Asked::Extract(decision_id(1)), Asked::Regulation(decision_id(2))]
    {
        assert!(matches!(publish(&town, asked, ""), Err(Refusal::State(_))), "{asked:?}");
    }
    publish(&town, Asked::DecisionList, "").unwrap();
    let anybody = town.anonymous();
    let list = anybody.get(&format!("/zittingen/{SLUG}/besluitenlijst")).await.must(200).text();
    assert!(list.contains("Herinrichting van de Markt"));
    for never in ["Korte omschrijving", "Raadzaal", "Cleo", "Stemming"] {
        assert!(!list.contains(never), "{never}");
    }
    let page = anybody.get(&format!("/zittingen/{SLUG}")).await.must(200).text();
    assert!(!page.contains("Raadzaal"), "where a closed body meets is nobody's business");
    // In a calendar such a session is a closed one, at its hour, and nothing else.
    let calendar = anybody.get("/zittingen.ics?body=gemeenteraad").await.must(200);
    sound(&calendar.bytes, "calendar of a college");
    let events = components(&calendar.text());
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(value(&events[0], "SUMMARY"), Some("Besloten zitting"));
    for name in ["LOCATION", "DESCRIPTION", "CONFERENCE", "URL", "CATEGORIES"] {
        assert_eq!(value(&events[0], name), None, "{name}: {events:?}");
    }
}
