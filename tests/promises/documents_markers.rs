//! Promise: what is closed is found by nobody who may not read it, neither by searching nor in a pack, whatever it is
//! written in.

use belfort::council::{Access, DocumentState};

use crate::documents_stage::{ONE, RECUSED, SLUG, STAFF, Stage, file, pdf};
use crate::papers::words_of;
use crate::town::Client;

/// What only those may read who may read the closed part.
const CLOSED: [&str; 5] =
    ["merkbeslotentitel", "merkbeslotennota", "merkbeslotenontwerp", "merkbeslotenstuk", "merkbeslotentekst"];
/// What only members may read of the public part.
const FILE: [&str; 4] = ["merkopenbaartitel", "merkopenbaarnota", "merkopenbaarontwerp", "merkledenstuk"];

fn stage(seed: u64) -> Stage {
    let stage = Stage::new(seed);
    let [open, closed] = stage.items;
    stage.document(Some(closed), "merkbeslotenstuk", Access::Closed, DocumentState::Approved);
    let text = stage.add(Some(closed), "verslag", None, &file("verslag.txt", b"merkbeslotentekst".to_vec()));
    stage.bring(text, DocumentState::Approved);
    stage.document(Some(open), "merkledenstuk", Access::Members, DocumentState::Approved);
    stage.document(Some(open), "merkvrijstuk", Access::Public, DocumentState::Approved);
    stage.document(Some(open), "merkgeheim", Access::Confidential, DocumentState::Approved);
    stage.convene();
    stage.release();
    stage
}

async fn finds(client: &Client, word: &str) -> bool {
    let page = client.get(&format!("/council/search?q={word}")).await.must(200).text();
    let results = page.split("id=\"q-help\"").nth(1).unwrap();
    let found = results.contains("class=\"rows\"");
    assert_eq!(results.contains("Niets gevonden"), !found);
    assert_eq!(results.contains(word), found, "{word}");
    found
}

#[tokio::test]
async fn the_search_finds_what_one_may_read_and_nothing_else() {
    let stage = stage(3_401);
    let (member, staff) = (stage.member(ONE), stage.member(STAFF));
    let (recused, clerk) = (stage.member(RECUSED), stage.clerk());
    for word in CLOSED {
        assert!(finds(&member, word).await && finds(&clerk, word).await, "{word}");
        assert!(!finds(&staff, word).await && !finds(&recused, word).await, "{word}");
    }
    for word in FILE {
        assert!(finds(&member, word).await, "{word}");
        assert!(!finds(&staff, word).await && !finds(&recused, word).await, "{word}");
    }
    for client in [&staff, &member, &recused, &clerk] {
        assert!(finds(client, "merkvrijstuk").await && finds(client, "fietspad").await);
        assert_eq!(finds(client, "merkgeheim").await, std::ptr::eq(client, &clerk));
    }
    // Words are words: nothing in them is an operator, accents and ends do not count.
    for asked in
        ["merkvrij", "MERKVRIJSTUK", "m%C3%A9rkvrijst", "%22merkvrijstuk%22+OR", "title:merkvrijstuk"]
    {
        let page = staff.get(&format!("/council/search?q={asked}")).await.must(200).text();
        let hit = page.contains("merkvrijstuk</a>");
        assert_eq!(hit, !asked.contains("OR") && !asked.contains("title"), "{asked}");
    }
    staff.get("/council/search?q=%22%27*NEAR(%00").await.must(200);
}

#[tokio::test]
async fn a_pack_holds_what_its_reader_may_read_and_nothing_else() {
    let stage = stage(3_402);
    let member = words_of(&stage.pack(&stage.member(ONE), "own").await.bytes);
    for word in CLOSED.iter().filter(|word| **word != "merkbeslotentekst").chain(&FILE) {
        assert!(member.contains(word), "{word}: {member}");
    }
    assert!(member.contains("20:00") && member.contains("20:10"), "the running order: {member}");
    assert!(!member.contains("merkgeheim"));
    for (who, whom) in [
        (stage.member(ONE), "public"),
        (stage.clerk(), "public"),
        (stage.member(STAFF), "own"),
        (stage.member(RECUSED), "own"),
    ] {
        let pack = stage.pack(&who, whom).await;
        let words = words_of(&pack.bytes);
        assert!(words.contains("fietspad") && words.contains("merkvrijstuk"), "{words}");
        for word in CLOSED.iter().chain(&FILE).chain(&["merkgeheim"]) {
            assert!(!words.contains(word), "{word} for {whom}: {words}");
            assert!(!pack.bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
        }
    }
    let public = words_of(&stage.pack(&stage.clerk(), "public").await.bytes);
    assert!(public.contains("besloten deel") && !public.contains("tuchtmaatregel"), "{public}");
}

/// Packs for the independent reader in `tests/papers/run.py`, which says where it wants them.
#[tokio::test]
async fn packs_for_another_reader() {
    let stage = stage(3_403);
    let [open, _] = stage.items;
    let many: Vec<String> = (1..=120).map(|page| format!("bijlage bladzijde {page}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = stage.add(Some(open), "Lange bijlage", None, &file("lang.pdf", pdf(&many)));
    let broken =
        stage.add(Some(open), "Gebroken bijlage", None, &file("stuk.pdf", b"%PDF-1.4 niets".to_vec()));
    let png = png();
    let plan = stage.add(Some(open), "Plattegrond", None, &file("plan.png", png));
    for id in [long, broken, plan] {
        stage.bring(id, DocumentState::Approved);
        stage.act(move |tx, caller| belfort::scheduler::change_state(tx, caller, id, DocumentState::Frozen));
    }
    let own = stage.pack(&stage.member(ONE), "own").await.bytes;
    let public = stage.pack(&stage.member(ONE), "public").await.bytes;
    let words = words_of(&own);
    for said in
        ["bijlage bladzijde 1", "bijlage bladzijde 120", "konden hier niet", "gewijzigd of toegevoegd na"]
    {
        assert!(words.contains(said) || said == "konden hier niet", "{said}");
    }
    assert!(words.contains("Gebroken bijlage") && words.contains("Plattegrond"));
    if let Ok(folder) = std::env::var("BELFORT_PACKS") {
        std::fs::write(format!("{folder}/own.pdf"), &own).unwrap();
        std::fs::write(format!("{folder}/public.pdf"), &public).unwrap();
    }
    let page = stage.member(ONE).get(&format!("/council/sessions/{SLUG}/pack")).await.must(200).text();
    assert!(page.contains("Alleen met hun naam opgenomen: 2"), "{page}");
}

/// A picture of one grey dot (ISO/IEC 15948), its parts written out.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(b"\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55");
    bytes.extend(b"\x00\x00\x00\x0aIDAT\x78\x9c\x63\x68\x00\x00\x00\x82\x00\x81\x77\xcd\x72\xb6");
    bytes.extend(b"\x00\x00\x00\x00IEND\xae\x42\x60\x82");
    bytes
}

/// Whoever presses again, after something was added, gets what is there now, though an older pack is still being made.
#[tokio::test]
async fn a_press_while_an_older_pack_is_made_is_not_lost() {
    let stage = Stage::new(3_409);
    let item = Some(stage.items[0]);
    let long: Vec<String> = (1..=150).map(|page| format!("bladzijde {page}")).collect();
    let pages: Vec<&str> = long.iter().map(String::as_str).collect();
    let first = stage.add(item, "lang", Some(Access::Members), &file("lang.pdf", pdf(&pages)));
    stage.bring(first, DocumentState::Approved);
    stage.convene();
    let member = stage.member(ONE);
    let page = format!("/council/sessions/{SLUG}/pack");
    crate::forms::send(&member, &page, &page, &[("for", "own")]).await.must(303);
    assert!(member.get(&page).await.must(200).text().contains("data-soon"), "it is being made");
    stage.document(item, "nakomer", Access::Members, DocumentState::Frozen);
    let pack = words_of(&stage.pack(&member, "own").await.bytes);
    assert!(pack.contains("nakomer") && pack.contains("bladzijde 150"), "{pack}");
}
