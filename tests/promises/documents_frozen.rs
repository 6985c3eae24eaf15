//! Promise: what went with a convocation never changes, neither by the program nor in the file; a correction is another
//! version that says so, and a closed item has no open documents.

use belfort::booking::Refusal;
use belfort::council::{Access, DocumentState, Ground, Session, SessionPart, SessionState};
use belfort::ids::SessionId;
use belfort::scheduler::council::table_again;
use belfort::scheduler::{DocumentFields, add_version, change_document, change_state, freeze_documents};
use rusqlite::Connection;

use crate::documents_stage::{ONE, RECUSED, SLUG, STAFF, Stage, file, pdf, send_files};
use crate::forms;

fn key(refusal: Result<(), Refusal>) -> String {
    match refusal.unwrap_err() {
        Refusal::Invalid(faults) => faults[0].said.key.clone(),
        other => other.said().key,
    }
}

#[tokio::test]
async fn a_correction_is_another_version_with_a_mark() {
    let stage = Stage::new(3_201);
    let id = stage.document(Some(stage.items[0]), "nota", Access::Members, DocumentState::Approved);
    stage.convene();
    let (clerk, member) = (stage.clerk(), stage.member(ONE));
    let page = format!("/council/documents/{id}");
    let first = member.get(&format!("{page}/versions/1")).await.must(200).bytes;
    let again = [("nota.pdf", &first[..])];
    send_files(&clerk, &page, &format!("{page}/version"), &[], &again).await.must(200);
    let corrected = pdf(&["verbeterd"]);
    send_files(&clerk, &page, &format!("{page}/version"), &[], &[("nota.pdf", &corrected)]).await.must(303);
    // A draft is not yet for members: they read what they were sent.
    member.get(&format!("{page}/versions/2")).await.must(404);
    assert_eq!(member.get(&format!("{page}/versions/1")).await.must(200).bytes, first);
    for state in ["approved", "frozen"] {
        forms::send(&clerk, &page, &format!("{page}/state"), &[("state", state)]).await.must(303);
    }
    assert_eq!(member.get(&format!("{page}/versions/2")).await.must(200).bytes, corrected);
    assert_eq!(member.get(&format!("{page}/versions/1")).await.must(200).bytes, first, "the first stays");
    let shown = member.get(&format!("/council/sessions/{SLUG}/file")).await.must(200).text();
    assert!(shown.contains("Gewijzigd na oproeping") && shown.contains("Alle versies"), "{shown}");
    let shown = member.get(&page).await.must(200).text();
    assert!(shown.contains("Gewijzigd of toegevoegd na oproeping 1"), "{shown}");
    for state in ["draft", "submitted", "approved", "superseded"] {
        let answer = forms::send(&clerk, &page, &format!("{page}/state"), &[("state", state)]).await;
        assert!(answer.must(200).text().contains("DLB 20"), "the refusal says the article: {state}");
    }
    let versions = stage.town.store.read(|view| view.document_versions(id)).unwrap();
    let seen: Vec<_> = versions.iter().map(|v| (v.state, v.frozen_for, v.changed_after)).collect();
    assert_eq!(seen, [(DocumentState::Superseded, Some(1), None), (DocumentState::Frozen, Some(1), Some(1))]);
    stage.town.verify();
}

#[tokio::test]
async fn the_file_itself_refuses_to_change_what_was_sent() {
    let stage = Stage::new(3_202);
    let closed = stage.document(Some(stage.items[1]), "besloten", Access::Closed, DocumentState::Frozen);
    let open = stage.document(Some(stage.items[0]), "openbaar", Access::Public, DocumentState::Frozen);
    let (member, person) = (stage.member(ONE), stage.town.person_id(ONE));
    member.get(&format!("/council/documents/{open}/versions/1")).await.must(200);
    let conn = Connection::open(stage.town.dir.path().join("belfort.db")).unwrap();
    conn.create_scalar_function("slug", 1, rusqlite::functions::FunctionFlags::SQLITE_UTF8, |context| {
        context.get::<String>(0)
    })
    .unwrap();
    let ids = [closed.0.into_bytes(), open.0.into_bytes()];
    for (sql, message) in [
        ("UPDATE content SET bytes = x'00'", "never change"),
        ("UPDATE content SET text = 'x'", "never change"),
        ("DELETE FROM content", "FOREIGN KEY"),
        (
            "UPDATE document_version SET sha256 = NULL, kind = NULL, length = NULL, name = NULL",
            "never changes",
        ),
        ("UPDATE document_version SET changed_after = 1", "never changes"),
        ("UPDATE document_version SET state = 'draft', frozen_for = NULL", "stays sent"),
        ("UPDATE document_version SET frozen_for = 2", "stays sent"),
        ("DELETE FROM document_version", "never goes"),
        ("UPDATE document_version SET access = 'public' WHERE document = ?1", "more open"),
        ("UPDATE document_version SET access = 'members' WHERE document = ?1", "more open"),
        ("UPDATE document_version SET state = 'released', access = 'members' WHERE document = ?2", "CHECK"),
        ("UPDATE document_receipt SET first_read_at = 0", "receipt"),
        ("DELETE FROM document_receipt", "receipt"),
        ("UPDATE document SET session = randomblob(16) WHERE id = ?2", "another session"),
    ] {
        conn.pragma_update(None, "foreign_keys", true).unwrap();
        let mut statement = conn.prepare(sql).unwrap();
        let count = statement.parameter_count();
        let outcome = match count {
            0 => statement.execute([]),
            1 => statement.execute([ids[0]]),
            _ => statement.execute([ids[0], ids[1]]),
        };
        let said = outcome.expect_err(sql).to_string();
        assert!(said.contains(message), "{sql}: {said}");
    }
    let receipts = stage.town.store.read(|view| view.receipts(stage.session)).unwrap();
    assert_eq!((receipts.len(), receipts[0].person), (1, person));
}

#[tokio::test]
async fn a_convocation_takes_what_is_approved_and_says_what_stays_behind() {
    let stage = Stage::new(3_203);
    let item = Some(stage.items[0]);
    let approved = stage.document(item, "een", Access::Members, DocumentState::Approved);
    let draft = stage.document(item, "twee", Access::Members, DocumentState::Draft);
    let session = stage.session;
    let frozen = stage.act(move |tx, caller| freeze_documents(tx, caller, session, 1));
    assert_eq!(frozen.left, [draft]);
    let sent: Vec<_> =
        frozen.sent.iter().map(|one| (one.document, one.version, one.sha256.is_some())).collect();
    assert_eq!(sent, [(approved, 1, true)]);
    // An approved document that was made before the convocation waits for the next one.
    let third = stage.document(item, "drie", Access::Members, DocumentState::Draft);
    let versions = stage.town.store.read(|view| view.document_versions(third)).unwrap();
    assert_eq!(versions[0].changed_after, Some(1), "what comes after is marked");
    stage.bring(draft, DocumentState::Approved);
    let said = key(stage.attempt(move |tx, caller| change_state(tx, caller, draft, DocumentState::Frozen)));
    assert_eq!(said, "documents.goes_with_convocation");
    let frozen = stage.act(move |tx, caller| freeze_documents(tx, caller, session, 2));
    assert_eq!((frozen.left, frozen.sent.len()), (vec![third], 2));
    let versions = stage.town.store.read(|view| view.document_versions(approved)).unwrap();
    assert_eq!(versions[0].frozen_for, Some(1), "what went with the first stays with the first");
}

#[tokio::test]
async fn an_item_that_goes_behind_closed_doors_takes_its_documents_along() {
    let stage = Stage::new(3_204);
    let [open, closed] = stage.items;
    let id = stage.document(Some(open), "openwoord", Access::Public, DocumentState::Approved);
    let other = stage.document(Some(open), "tweedewoord", Access::Public, DocumentState::Draft);
    stage.convene();
    assert_eq!(stage.release(), 1);
    stage.town.anonymous().get(&format!("/council/documents/{id}/versions/1")).await.must(200);
    let said = stage.set_access(other, Access::Public);
    assert!(said.is_ok());
    let fields = move |item| DocumentFields { title: "x".into(), item, position: 1, downloadable: true };
    stage.act(move |tx, caller| change_document(tx, caller, other, &fields(Some(closed))));
    assert_eq!(key(stage.set_access(other, Access::Members)), "documents.too_open");
    stage.act(move |tx, _| {
        let mut item = tx.agenda_item(open)?.unwrap();
        (item.part, item.ground, item.number) = (SessionPart::Closed, Some(Ground::Privacy), item.number);
        item.position = 2;
        Ok(tx.put_agenda_item(&item)?)
    });
    for id in [id, other] {
        let versions = stage.town.store.read(|view| view.document_versions(id)).unwrap();
        assert_eq!(versions[0].access, Access::Closed);
        stage.town.anonymous().get(&format!("/council/documents/{id}/versions/1")).await.must(303);
        stage.member(STAFF).get(&format!("/council/documents/{id}")).await.must(404);
    }
    let found = stage.member(STAFF).get("/council/search?q=openwoord").await.must(200).text();
    assert!(found.contains("Niets gevonden"), "{found}");
    stage.member(ONE).get(&format!("/council/documents/{id}/versions/1")).await.must(200);
}

#[tokio::test]
async fn only_what_is_public_is_released_and_it_can_be_taken_back() {
    let stage = Stage::new(3_205);
    let item = Some(stage.items[0]);
    let open = stage.document(item, "openbaar", Access::Public, DocumentState::Approved);
    let members = stage.document(item, "leden", Access::Members, DocumentState::Approved);
    let session = stage.session;
    stage.act(move |tx, caller| freeze_documents(tx, caller, session, 1).map(|_| ()));
    let release = |id| {
        move |tx: &belfort::store::Tx<'_>, caller: &_| change_state(tx, caller, id, DocumentState::Released)
    };
    assert_eq!(key(stage.attempt(release(open))), "documents.release_not_now", "not before the convocation");
    stage.convene();
    assert_eq!(key(stage.attempt(release(members))), "documents.release_not_public");
    assert_eq!(stage.release(), 1);
    let path = format!("/council/documents/{open}/versions/1");
    stage.town.anonymous().get(&path).await.must(200);
    let clerk = stage.clerk();
    let page = format!("/council/documents/{open}");
    forms::send(&clerk, &page, &format!("{page}/access"), &[("access", "members")]).await.must(303);
    stage.town.anonymous().get(&path).await.must(303);
    stage.member(ONE).get(&path).await.must(200);
}

#[tokio::test]
async fn the_same_bytes_are_kept_once() {
    let stage = Stage::new(3_206);
    let paper = file("nota.pdf", pdf(&["nota"]));
    let one = stage.add(Some(stage.items[0]), "een", None, &paper);
    stage.add(Some(stage.items[1]), "twee", None, &paper);
    assert_eq!(stage.town.store.read(|view| view.contents()).unwrap(), 1);
    let same = paper.clone();
    let said = key(stage.attempt(move |tx, caller| add_version(tx, caller, one, &same).map(|_| ())));
    assert_eq!(said, "documents.same_bytes");
    let other = file("nota.pdf", pdf(&["nota, verbeterd"]));
    stage.act(move |tx, caller| add_version(tx, caller, one, &other));
    assert_eq!(stage.town.store.read(|view| view.contents()).unwrap(), 2);
    let versions = stage.town.store.read(|view| view.versions_of_session(stage.session)).unwrap();
    let accesses: Vec<Access> = versions.iter().map(|version| version.access).collect();
    assert_eq!(
        accesses,
        [Access::Members, Access::Members, Access::Closed],
        "as open as the item for members"
    );
}

#[tokio::test]
async fn an_item_that_comes_back_brings_its_documents_and_those_who_keep_away() {
    let stage = Stage::new(3_207);
    let item = stage.items[0];
    let sent = stage.document(Some(item), "nota", Access::Members, DocumentState::Approved);
    let named = stage.document(Some(item), "advies", Access::Confidential, DocumentState::Approved);
    let one = stage.town.person_id(ONE);
    stage.act(move |tx, _| Ok(tx.set_document_readers(named, &[one])?));
    stage.convene();
    stage.document(Some(item), "ontwerp", Access::Members, DocumentState::Draft);
    let (session, later) = (stage.session, SessionId(uuid::Uuid::from_u128(0x51)));
    let again = stage.act(move |tx, caller| {
        let first = tx.session(session)?.unwrap();
        tx.put_session(&Session {
            id: later,
            slug: "later".into(),
            planned: first.planned + chrono::TimeDelta::days(28),
            state: SessionState::Scheduled,
            ..first
        })?;
        table_again(tx, caller, item, "later")
    });
    let (documents, recused) = stage.act(move |tx, _| {
        let mut found = Vec::new();
        for document in tx.documents(later)? {
            let last = tx.document_versions(document.id)?.pop().unwrap();
            found.push((document, last));
        }
        Ok((found, tx.recusals(later)?))
    });
    let stands: Vec<_> = documents
        .iter()
        .map(|(document, last)| {
            (document.title.as_str(), document.item, last.number, last.access, last.state)
        })
        .collect();
    let on = Some(again.id);
    assert_eq!(
        stands,
        [
            ("nota", on, 1, Access::Members, DocumentState::Approved),
            ("advies", on, 1, Access::Confidential, DocumentState::Approved),
            ("ontwerp", on, 1, Access::Members, DocumentState::Draft),
        ]
    );
    let of = |id| stage.act(move |tx, _| Ok(tx.document_versions(id)?.pop().unwrap()));
    assert_eq!(documents[0].1.content, of(sent).content, "the same bytes");
    assert!(documents.iter().all(|(_, last)| last.frozen_for.is_none() && last.changed_after.is_none()));
    let (copy, away) = (documents[1].0.id, stage.town.person_id(RECUSED));
    assert_eq!(stage.act(move |tx, _| Ok(tx.document_readers(copy)?)), [one]);
    assert_eq!(recused, [(again.id, away)]);
    stage.town.verify();
}
