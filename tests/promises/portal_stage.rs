//! A council's session in the store, from a fixed agenda to approved minutes: the one of `tests/publication`.

use belfort::booking::Refusal;
use belfort::council::publication::{Asked, FiledVote, SessionFile};
use std::collections::BTreeMap;

use belfort::council::{
    Access, Ballot, Content, CouncilBody, Declared, Document, DocumentState, DocumentVersion, MediaKind,
    Quorum, Session, SessionState, Totals, VersionKind, VoteKind, VoteOutcome,
};
use belfort::ids::{DocumentId, ItemId, SessionId};
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use belfort::scheduler::{Caller, Publish, publish_session, withdraw_publication};
use belfort::store::{NewContent, NewPresence, Publication, StoreError, Tx};
use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::town::{Person, PersonKind};
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};

pub use crate::crawl::BASE;
use crate::session_file::{decision_id, item, item_id, opened, session_file};
use crate::town::{Answer, Town};

/// The session's name in addresses.
pub const SLUG: &str = "gemeenteraad-2027-01-18";

/// The town with a session whose agenda is fixed and whose members are convened.
pub fn convened(seed: u64) -> (Town, SessionFile) {
    let town = Town::at(seed, "2027-01-21T15:30:00Z".parse().unwrap());
    let mut file = session_file(BASE);
    let body = town.store.directory().body_named("gemeenteraad").unwrap().id;
    file.body.id = body;
    file.body.council.body = body;
    file.term.body = body;
    file.session.body = body;
    file.items[3].item.references = vec![item_id(40)];
    let wanted = file.clone();
    town.store.write_now(move |tx| found(tx, &wanted)).unwrap();
    (town, file)
}

/// [`convened`], with everything that happened in the session, and its minutes approved.
pub fn approved(seed: u64) -> (Town, SessionFile) {
    let (town, file) = convened(seed);
    let wanted = file.clone();
    town.store.write_now(move |tx| hold(tx, &wanted)).unwrap();
    step(&town, &file, SessionState::MinutesApproved);
    (town, file)
}

/// Moves the session on.
pub fn step(town: &Town, file: &SessionFile, state: SessionState) {
    let session = in_state(file, state);
    town.store.write_now(move |tx| tx.put_session(&session)).unwrap();
}

fn in_state(file: &SessionFile, state: SessionState) -> Session {
    let sat = state.was_held();
    let times = (file.session.opened.filter(|_| sat), file.session.closed.filter(|_| sat));
    Session { state, opened: times.0, closed: times.1, version: 2, ..file.session.clone() }
}

fn found(tx: &Tx<'_>, file: &SessionFile) -> Result<(), StoreError> {
    for (n, filed) in file.people.iter().enumerate() {
        tx.insert_person(&Person {
            id: filed.mandate.person,
            kind: PersonKind::Staff,
            email: format!("raad{n}@stad.example"),
            name: filed.name.clone(),
            lang: Lang::Nl,
            zone: Zone::BRUSSELS,
            department: None,
            resource: None,
            hard: true,
            expires: None,
        })?;
        if let Some(iri) = &filed.person_iri {
            tx.put_public_identity("person", &filed.mandate.person.to_string(), iri)?;
        }
    }
    tx.put_council_body(&CouncilBody { body: file.body.id, ..file.body.council.clone() })?;
    tx.put_public_identity("unit", "stad", file.unit.iri.as_deref().unwrap())?;
    tx.put_public_identity("area", "stad", file.unit.area_iri.as_deref().unwrap())?;
    tx.insert_term(&file.term)?;
    for filed in &file.people {
        tx.put_mandate(&filed.mandate)?;
    }
    let earlier = Session {
        id: SessionId(uuid::Uuid::from_u128(9)),
        slug: "gemeenteraad-2026-12-14".into(),
        planned: file.session.planned - TimeDelta::days(35),
        ..in_state(file, SessionState::Convened)
    };
    tx.put_session(&earlier)?;
    let mut postponed = item(40, "Herinrichting van de Markt");
    postponed.session = earlier.id;
    tx.put_agenda_item(&postponed)?;
    tx.put_session(&in_state(file, SessionState::Convened))?;
    for filed in &file.items {
        tx.put_agenda_item(&filed.item)?;
    }
    file_documents(tx, file.session.id)?;
    tx.insert_agenda_version(&belfort::council::AgendaVersion {
        session: file.session.id,
        number: 1,
        kind: VersionKind::First,
        fixed_at: tx.now(),
        content: fixed(file),
        hash: [7; 32],
    })
}

/// Documents of item 2: one that anybody may have, one that lies elsewhere, one for members alone.
fn file_documents(tx: &Tx<'_>, session: SessionId) -> Result<(), StoreError> {
    let bytes = b"Plan van de zalen".to_vec();
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let length = bytes.len() as u64;
    tx.put_content(NewContent { sha256, bytes: &bytes, text: None, pages: None })?;
    let content = Content { sha256, kind: MediaKind::Txt, length, name: "plan.txt".into() };
    for (n, title, access, state, content) in [
        (1, "Plan van de zalen", Access::Public, DocumentState::Released, Some(content.clone())),
        (2, "Maquette op het secretariaat", Access::Public, DocumentState::Released, None),
        (3, "Geheimwoord van het bestek", Access::Members, DocumentState::Frozen, Some(content)),
    ] {
        let document = Document {
            id: DocumentId(uuid::Uuid::from_u128(500 + n)),
            session,
            item: Some(item_id(2)),
            title: title.into(),
            position: u32::try_from(n).unwrap(),
            downloadable: content.is_some(),
        };
        tx.put_document(&document)?;
        tx.insert_version(&DocumentVersion {
            document: document.id,
            number: 1,
            content,
            made_by: None,
            at: tx.now(),
            access,
            state,
            frozen_for: Some(1),
            changed_after: None,
        })?;
    }
    Ok(())
}

/// The agenda as it is fixed.
fn fixed(file: &SessionFile) -> String {
    let line = |filed: &belfort::council::publication::FiledItem| {
        let item = &filed.item;
        json!({
            "id": item.id, "part": item.part, "section": item.section, "number": item.number, "title": item.title,
            "internal_title": item.internal_title, "description": item.description, "note": item.note,
            "draft": item.draft, "references": item.references,
        })
    };
    let items: Vec<_> = file.items.iter().map(line).collect();
    json!({
        "session": file.session.slug, "planned": file.session.planned, "place": file.session.place,
        "mode": file.session.mode, "convocation_no": 1, "items": items,
    })
    .to_string()
}

fn hold(tx: &Tx<'_>, file: &SessionFile) -> Result<(), StoreError> {
    let session = file.session.id;
    for mandate in &file.at_start {
        tx.add_presence(
            session,
            NewPresence {
                mandate: *mandate,
                kind: PresenceKind::Arrive(Channel::Room),
                at: opened() - TimeDelta::minutes(5),
                source: Source::Clerk,
                identified_by: IdentifiedBy::SeenByChair,
            },
        )?;
    }
    let last = i64::try_from(file.at_start.len()).unwrap();
    for filed in &file.items {
        if let Some(treatment) = &filed.treatment {
            let treatment = belfort::council::Treatment { ledger_seq: last, ..treatment.clone() };
            tx.insert_treatment(session, &treatment)?;
        }
        for vote in &filed.votes {
            count(tx, vote, last)?;
        }
        for decision in &filed.decisions {
            tx.insert_decision(decision)?;
        }
    }
    Ok(())
}

fn count(tx: &Tx<'_>, filed: &FiledVote, last: i64) -> Result<(), StoreError> {
    let vote = belfort::council::Vote { ledger_seq: last, ..filed.vote.clone() };
    tx.insert_vote(&vote)?;
    for Ballot { mandate, choice } in &filed.ballots {
        tx.put_ballot(vote.id, &Ballot { mandate: *mandate, choice: *choice })?;
    }
    if vote.kind == VoteKind::Secret {
        for mandate in &filed.present {
            tx.hand_in(vote.id, *mandate)?;
        }
        tx.write_secret_ballots(vote.id, &filed.totals)?;
    }
    tx.declare_vote(
        vote.id,
        &Declared {
            at: opened() + TimeDelta::minutes(20),
            ledger_seq: last,
            quorum: Quorum::of(7, 6, 0, false),
            totals: Totals { ..filed.totals.clone() },
            outcome: if filed.adopted == Some(true) { VoteOutcome::Adopted } else { VoteOutcome::Rejected },
            tie_break: None,
        },
    )
}

/// Publishes a document.
pub fn publish(town: &Town, asked: Asked, reason: &str) -> Result<Publication, Refusal> {
    let wish = Publish { session: SLUG.into(), asked, reason: reason.into() };
    town.store.write_now(move |tx| publish_session(tx, &Caller::system(), BASE, &wish))
}

/// Takes a document back.
pub fn withdraw(town: &Town, asked: Asked, reason: &str) -> Result<Publication, Refusal> {
    let wish = Publish { session: SLUG.into(), asked, reason: reason.into() };
    town.store.write_now(move |tx| withdraw_publication(tx, &Caller::system(), &wish))
}

/// Changes the public title of an item.
pub fn retitle(town: &Town, id: ItemId, title: &str) {
    let title = title.to_owned();
    let change = move |tx: &Tx<'_>| {
        let mut item = tx.agenda_item(id)?.unwrap();
        item.title = title;
        tx.put_agenda_item(&item)
    };
    town.store.write_now(change).unwrap();
}

/// Every address that can be reached from where anybody begins, from each decision, and from some more, with what
/// stands there.
pub async fn crawl(town: &Town, more: &[String]) -> BTreeMap<String, Answer> {
    let of = |id| [format!("/besluiten/{}", decision_id(id)), format!("/reglementen/{}", decision_id(id))];
    let begin: Vec<String> = (1..=5).flat_map(of).chain(more.iter().cloned()).collect();
    crate::crawl::crawl(town, &begin).await
}
