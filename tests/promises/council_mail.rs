//! Promise: a convocation reaches every member, each once, and it is known how and when; whom the mail does not reach is
//! handed it on paper; and not a word of what was sealed can change afterwards.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use belfort::booking::Refusal;
use belfort::council::{
    Convocation, CouncilBody, Dispatch, DispatchChannel, DispatchState, Jurisdiction, Proof,
    RulesOfProcedure, proof,
};
use belfort::ids::BodyId;
use belfort::mail::Delivered;
use belfort::scheduler::council::{
    ItemFields, NewSession, NewTerm, add_item, add_term, convocations_are_whole, fix_agenda, import_mandates,
    plan_session, read_mandates, set_up_body, step_item,
};
use belfort::scheduler::{Caller, LEASE, claim_mail, switch_mail};
use belfort::store::{StoreError, Tx};
use belfort::town::{Grant, Role};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::forms::send;
use crate::mail::{Post, decoded};
use crate::sink::{Mood, Sink};
use crate::town::{Client, Town};

const SLUG: &str = "gemeenteraad-2027-02-15";
const PATH: &str = "/council/sessions/gemeenteraad-2027-02-15/convocation";
const SEATS: usize = 35;

/// A council of thirty-five with a fixed agenda, a mail server, and a clerk.
async fn stage(seed: u64) -> (Post, Client) {
    let town = Town::new(seed);
    town.clock.advance(TimeDelta::hours(6));
    town.store.write_now(found).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let clerk = town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
    (Post::of(town, Sink::open().await), clerk)
}

fn found(tx: &Tx<'_>) -> Result<(), Refusal> {
    let system = Caller::system();
    switch_mail(tx, true)?;
    let law = CouncilBody {
        body: BodyId(uuid::Uuid::nil()),
        kind: "gemeenteraad".into(),
        jurisdiction: Jurisdiction::Flanders.code().into(),
        iri: None,
        rules: RulesOfProcedure::default(),
    };
    set_up_body(tx, &system, "gemeenteraad", &law)?;
    let (starts, ends) = ("2025-01-01".parse().unwrap(), "2030-12-31".parse().unwrap());
    let seats = u32::try_from(SEATS).unwrap();
    add_term(tx, &system, "gemeenteraad", &NewTerm { name: "t".into(), starts, ends, seats, iri: None })?;
    let mut list = "email;naam;zetel;rol;van\n".to_owned();
    for seat in 1..=SEATS {
        let role = if seat == 1 { "voorzitter" } else { "lid" };
        writeln!(list, "lid{seat}@stad.example;Lid Nummer {seat};{seat};{role};2025-01-06").unwrap();
    }
    let rows = read_mandates(tx, list.as_bytes(), starts)?;
    let lines = import_mandates(tx, &system, "gemeenteraad", &rows)?;
    assert!(lines.len() == SEATS && lines.iter().all(|line| line.wrong.is_none()), "{lines:?}");
    let session = plan_session(
        tx,
        &system,
        &NewSession {
            body: "gemeenteraad".into(),
            start: "2027-02-15T19:00:00".parse().unwrap(),
            length_min: 180,
            rooms: vec!["raadzaal".into()],
            organiser: Some("griet.clerk@stad.example".into()),
            ..NewSession::default()
        },
    )?;
    let fields = ItemFields {
        title: "Reglement op de markten – één ontwerp".into(),
        note: "Daarom.".into(),
        draft: "Artikel 1.".into(),
        ..ItemFields::default()
    };
    let item = add_item(tx, &system, &session.slug, &fields)?;
    for next in [belfort::council::ItemState::ForApproval, belfort::council::ItemState::Approved] {
        step_item(tx, &system, item.id, None, next)?;
    }
    fix_agenda(tx, &system, &session.slug).map(|_| ())
}

/// What was sealed, and how each member was tried to be reached.
fn sealed(town: &Town) -> (Convocation, Vec<Dispatch>) {
    let read = town.store.read(|view| {
        let session = view.session_named(SLUG)?.unwrap().id;
        Ok::<_, StoreError>((view.convocations(session)?.pop().unwrap(), view.dispatches(session)?))
    });
    read.unwrap()
}

fn is_whole(town: &Town) -> bool {
    let whole = town.store.read(|view| {
        let session = view.session_named(SLUG)?.unwrap().id;
        convocations_are_whole(view, session)
    });
    whole.unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"))
}

fn count(ways: &[Dispatch], state: DispatchState) -> usize {
    ways.iter().filter(|way| way.state == state).count()
}

#[tokio::test]
async fn every_member_is_reached_once_by_mail_or_by_hand() {
    let (post, clerk) = stage(821).await;
    send(&clerk, "/account", PATH, &[]).await.must(303);
    let (letter, ways) = sealed(&post.town);
    assert_eq!((ways.len(), count(&ways, DispatchState::Queued)), (SEATS, SEATS));
    assert_eq!(proof(&ways), Proof::Sending);

    post.sink.expect(&[Mood::Refuse, Mood::Refuse]);
    let done = post.send().await;
    assert_eq!(done, Delivered { sent: SEATS - 2, refused: 2, ..Delivered::default() });
    let mails = post.sink.taken();
    let to: BTreeSet<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!((mails.len(), to.len()), (SEATS - 2, SEATS - 2), "each once");
    let hash: String = Sha256::digest(letter.letter.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    for mail in &mails {
        let text = decoded(mail).replace("\r\n", "\n");
        assert!(text.contains(&letter.letter), "word for word: {text}");
        assert!(text.contains(&hash), "with its checksum: {text}");
        assert!(text.contains(&format!("/council/sessions/{SLUG}/file")), "{text}");
    }
    let (_, ways) = sealed(&post.town);
    assert_eq!(count(&ways, DispatchState::Sent), SEATS - 2);
    assert_eq!(proof(&ways), Proof::PartlyFailed(2));
    let sent = ways.iter().filter(|way| way.state == DispatchState::Sent);
    assert!(sent.clone().all(|way| way.sent_at.is_some() && way.evidence.contains("taken")), "{ways:?}");
    let failed: Vec<&Dispatch> = ways.iter().filter(|way| way.state == DispatchState::Failed).collect();
    assert!(failed.iter().all(|way| way.sent_at.is_none() && way.evidence.contains("550")), "{failed:?}");
    let page = clerk.get(PATH).await.must(200).text();
    assert!(page.contains("Niet bereikt: 2.") && page.contains("Op papier overhandigd"), "{page}");

    // The two are handed it, the second an hour after the first: that is when the council is convened.
    for way in &failed {
        post.town.clock.advance(TimeDelta::hours(1));
        let member = way.mandate.to_string();
        let by = |channel| [("mandate", member.as_str()), ("channel", channel)];
        let again = send(&clerk, "/account", &format!("{PATH}/reach"), &by("email")).await.must(200).text();
        assert!(again.contains("Kies een andere manier"), "{again}");
        send(&clerk, "/account", &format!("{PATH}/reach"), &by("paper")).await.must(303);
    }
    let (_, ways) = sealed(&post.town);
    assert_eq!(proof(&ways), Proof::Proven(post.town.clock.now()));
    let paper: Vec<&Dispatch> = ways.iter().filter(|way| way.channel == DispatchChannel::Paper).collect();
    let by = post.town.person_id("griet.clerk@stad.example").to_string();
    assert!(paper.len() == 2 && paper.iter().all(|way| way.evidence.contains(&by)), "{paper:?}");
    assert!(clerk.get(PATH).await.must(200).text().contains("Elk lid is bereikt"));

    // The program stops and starts: nothing is sent once more.
    let Post { town, sink, .. } = post;
    let post = Post::of(town.restarted(822), sink);
    post.town.clock.advance(TimeDelta::days(2));
    assert_eq!(post.send().await, Delivered::default());
    assert_eq!(post.sink.taken().len(), SEATS - 2);
    post.town.verify();
}

#[tokio::test]
async fn a_mailer_that_died_on_its_way_leaves_nobody_out_and_writes_to_nobody_twice() {
    let (post, clerk) = stage(823).await;
    send(&clerk, "/account", PATH, &[]).await.must(303);
    // Eight were claimed when the power went.
    let claimed = post.town.store.write_now(|tx| claim_mail(tx, 8)).unwrap_or_else(|no| panic!("{no:?}"));
    assert_eq!(claimed.len(), 8);
    let Post { town, sink, .. } = post;
    let post = Post::of(town.restarted(824), sink);
    assert_eq!(post.send().await.sent, SEATS - 8, "the others go at once");
    assert_eq!(proof(&sealed(&post.town).1), Proof::Sending);
    post.town.clock.advance(LEASE + TimeDelta::seconds(1));
    assert_eq!(post.send().await.sent, 8);
    let to: BTreeSet<String> = post.sink.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!((post.sink.taken().len(), to.len()), (SEATS, SEATS));
    assert_eq!(proof(&sealed(&post.town).1), Proof::Proven(post.town.clock.now()));
    post.town.verify();
}

#[tokio::test]
async fn what_was_sealed_cannot_be_changed_unnoticed() {
    let (post, clerk) = stage(825).await;
    send(&clerk, "/account", PATH, &[]).await.must(303);
    post.send().await;
    let (before, ways) = sealed(&post.town);
    assert_eq!(before.hash, <[u8; 32]>::from(Sha256::digest(before.letter.as_bytes())));
    assert!(is_whole(&post.town));
    let conn = rusqlite::Connection::open(post.town.dir.path().join("belfort.db")).unwrap();
    for deed in [
        "UPDATE convocation SET letter = replace(letter, '15 februari', '16 februari')",
        "UPDATE convocation SET urgent_reason = 'x'",
        "UPDATE convocation SET sealed_at = sealed_at - 1",
        "DELETE FROM convocation",
        "UPDATE dispatch SET sent_at = sent_at - 1 WHERE state = 'sent'",
        "UPDATE dispatch SET state = 'failed', sent_at = NULL WHERE state = 'sent'",
        "UPDATE dispatch SET evidence = 'x' WHERE state = 'sent'",
        "DELETE FROM dispatch",
    ] {
        assert!(conn.execute(deed, []).is_err(), "{deed} went through");
    }
    assert_eq!(sealed(&post.town), (before, ways));

    // Whoever takes the lock off the file is found out by the seal.
    conn.execute_batch(
        "DROP TRIGGER convocation_never_changes;
         UPDATE convocation SET letter = replace(letter, '15 februari', '16 februari');",
    )
    .unwrap();
    assert!(!is_whole(&post.town));
    let page = clerk.get(PATH).await.must(200).text();
    assert!(page.contains("is niet meer wat er verstuurd werd"), "{page}");
}
