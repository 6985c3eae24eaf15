//! Promise: a member who opens a version leaves one receipt, of the first time; nobody else leaves any. What they have
//! not opened is marked as unread.

use belfort::council::{Access, DocumentState};
use chrono::TimeDelta;

use crate::documents_stage::{ONE, SLUG, STAFF, Stage, TWO};

#[tokio::test]
async fn a_receipt_is_written_once_and_shown_to_the_clerk() {
    let stage = Stage::new(3_301);
    let id = stage.document(Some(stage.items[0]), "nota", Access::Public, DocumentState::Approved);
    stage.convene();
    stage.release();
    let file = format!("/council/sessions/{SLUG}/file");
    let path = format!("/council/documents/{id}/versions/1");
    let (one, two, clerk) = (stage.member(ONE), stage.member(TWO), stage.clerk());
    assert!(one.get(&file).await.must(200).text().contains("Nog te lezen: 1"));
    stage.town.anonymous().get(&path).await.must(200);
    stage.member(STAFF).get(&path).await.must(200);
    clerk.get(&path).await.must(200);
    assert!(stage.town.store.read(|view| view.receipts(stage.session)).unwrap().is_empty());
    let first = stage.town.clock.now();
    one.get(&path).await.must(200);
    stage.town.clock.advance(TimeDelta::minutes(5));
    for _ in 0..3 {
        one.get(&path).await.must(200);
    }
    let receipts = stage.town.store.read(|view| view.receipts(stage.session)).unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!((receipts[0].person, receipts[0].first_read_at), (stage.town.person_id(ONE), first));
    let mine = one.get(&file).await.must(200).text();
    assert!(mine.contains("U hebt alles geopend") && !mine.contains(">Ongelezen<"), "{mine}");
    assert!(two.get(&file).await.must(200).text().contains(">Ongelezen<"));
    let list = clerk.get(&format!("/council/sessions/{SLUG}/documents")).await.must(200).text();
    assert!(list.contains("gelezen door 1 van 3"), "{list}");
    let page = clerk.get(&format!("/council/documents/{id}")).await.must(200).text();
    assert!(page.contains("Raadslid Een") && page.contains("v1 · ma 18 jan 09:00"), "{page}");
    let others = one.get(&format!("/council/documents/{id}")).await.must(200).text();
    assert!(!others.contains("Wie heeft het gelezen"), "who read what is for the clerk");
    stage.town.verify();
}
