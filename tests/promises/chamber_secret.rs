//! Secret votes: as many ballots as were handed in, and no file that tells who gave which.

use std::collections::BTreeSet;

use belfort::council::{Choice, Majority, RulesOfProcedure, Totals, Urn, VoteKind, VoteOutcome};
use belfort::ids::VoteId;
use belfort::scheduler::{DeclareVote, OpenVote, annul_vote, declare_vote, hand_in_paper};

use crate::chamber_stage::{ELECTION, Stage, key, send};

const PAGE: &str = "/council/sessions/gemeenteraad-2027-01-18/take-part";

fn question(stage: &Stage, urn: Urn) -> OpenVote {
    let plain = stage.question(ELECTION, Majority::Absolute);
    OpenVote { kind: VoteKind::Secret, urn: Some(urn), ..plain }
}

/// The page images in a write-ahead log, without the salts and sums that SQLite draws by chance.
fn pages(log: &[u8]) -> Vec<Vec<u8>> {
    assert_eq!(&log[8..12], 4_096_u32.to_be_bytes(), "the size of a page");
    log[32..].chunks_exact(24 + 4_096).map(|frame| [&frame[..8], &frame[24..]].concat()).collect()
}

/// What lies on disk at one instant: the file, and the log as it would be copied.
fn on_disk(stage: &Stage) -> (Vec<u8>, Vec<Vec<u8>>) {
    let read = |name: &str| std::fs::read(stage.town.dir.path().join(name)).unwrap_or_default();
    (read("belfort.db"), pages(&read("belfort.db-wal")))
}

/// What lies on disk after each step of a secret vote on devices.
async fn steps(choices: &[&str]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let rules = RulesOfProcedure { remote_secret_ballot: true, ..RulesOfProcedure::default() };
    let stage = Stage::with(931, rules).await.opened(5);
    stage.begin(ELECTION).unwrap();
    let vote = stage.put(question(&stage, Urn::Electronic)).unwrap().to_string();
    let mut copies = vec![on_disk(&stage)];
    for (place, choice) in choices.iter().enumerate() {
        let member = stage.member(place);
        let page = format!("{PAGE}/vote");
        send(&member, PAGE, &page, &[("vote", &vote), ("choice", choice)]).await.must(303);
        stage.pass(7);
        copies.push(on_disk(&stage));
    }
    let clerk = stage
        .town
        .signed_in("griet.clerk@stad.example", &[belfort::town::Grant::town(belfort::town::Role::Clerk)]);
    let cockpit = "/council/sessions/gemeenteraad-2027-01-18/chamber";
    let fields = [("vote", vote.as_str()), ("do", "declare")];
    send(&clerk, cockpit, &format!("{cockpit}/vote"), &fields).await.must(303);
    let id: VoteId = vote.parse().unwrap();
    let result = stage.read(|view| view.vote_result(id).unwrap().unwrap());
    assert_eq!(result.totals, Totals { yes: 3, no: 2, ..Totals::default() });
    copies.push(on_disk(&stage));
    stage.town.store.close();
    copies.push((std::fs::read(stage.town.dir.path().join("belfort.db")).unwrap(), Vec::new()));
    copies
}

/// Two runs of the same vote in which members swap their answers leave the same bytes behind at every step: the file,
/// every page image in its log, and the file after the log was folded into it. So nothing that can be done with copies
/// of the files tells who answered what.
#[tokio::test]
async fn whoever_copies_the_files_at_every_step_cannot_tell_who_voted_how() {
    let one = steps(&["for", "against", "for", "against", "for"]).await;
    let other = steps(&["against", "for", "for", "for", "against"]).await;
    assert_eq!(one.len(), other.len());
    for (step, (a, b)) in one.iter().zip(&other).enumerate() {
        assert!(a.0 == b.0, "the file differs at step {step}");
        assert!(a.1 == b.1, "the log differs at step {step}");
    }
    // The test would see it: the totals do make a difference.
    let third = steps_counting(&["for", "for", "for", "for", "against"]).await;
    assert!(third != one.last().unwrap().0);
}

/// The file in the end of a vote with other totals.
async fn steps_counting(choices: &[&str]) -> Vec<u8> {
    let rules = RulesOfProcedure { remote_secret_ballot: true, ..RulesOfProcedure::default() };
    let stage = Stage::with(931, rules).await.opened(5);
    stage.begin(ELECTION).unwrap();
    let vote = stage.put(question(&stage, Urn::Electronic)).unwrap();
    for (place, choice) in choices.iter().enumerate() {
        let fields = [("vote", vote.to_string()), ("choice", (*choice).to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        send(&stage.member(place), PAGE, &format!("{PAGE}/vote"), &fields).await.must(303);
    }
    let secret = stage.town.store.urns().look(vote);
    let said = DeclareVote { secret, tie_break: None };
    stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said)).unwrap();
    stage.town.store.close();
    std::fs::read(stage.town.dir.path().join("belfort.db")).unwrap()
}

#[tokio::test]
async fn a_ballot_from_a_device_is_given_once_and_kept_nowhere_before_the_count() {
    let rules = RulesOfProcedure { remote_secret_ballot: true, ..RulesOfProcedure::default() };
    let stage = Stage::with(932, rules).await.opened(5);
    stage.begin(ELECTION).unwrap();
    let vote = stage.put(question(&stage, Urn::Electronic)).unwrap();
    let (id, page) = (vote.to_string(), format!("{PAGE}/vote"));
    let member = stage.member(2);
    let shown = member.get(PAGE).await.must(200).text();
    assert!(shown.contains("value=\"for\"") && !shown.contains("value=\"not_voting\""), "{shown}");
    send(&member, PAGE, &page, &[("vote", &id), ("choice", "against")]).await.must(303);
    let again = send(&member, PAGE, &page, &[("vote", &id), ("choice", "for")]).await.must(200).text();
    assert!(again.contains("heeft al een biljet afgegeven"), "{again}");
    assert!(!again.contains("aria-pressed=\"true\""), "the page does not tell what was chosen");
    let wrong =
        send(&stage.member(3), PAGE, &page, &[("vote", &id), ("choice", "not_voting")]).await.must(200);
    assert!(wrong.text().contains("role=\"alert\""));
    // Somebody who is not there cannot vote.
    let absent = send(&stage.member(5), PAGE, &page, &[("vote", &id), ("choice", "for")]).await.must(200);
    assert!(absent.text().contains("role=\"alert\""));
    assert_eq!(stage.town.store.urns().look(vote), [Choice::Against]);
    assert_eq!(stage.read(|view| view.secret_ballots(vote).unwrap().len()), 0);
    assert_eq!(stage.read(|view| view.handed_in(vote).unwrap()), [stage.seats[2]]);

    // The program stops: the urn is gone, the vote cannot be declared, and is held again.
    stage.town.store.urns().forget(vote);
    let said = DeclareVote::default();
    let empty = stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said));
    assert_eq!(key(empty), "chamber.count_differs");
    stage.act(move |tx, caller| annul_vote(tx, caller, vote, "Het toestel viel uit.")).unwrap();
    let next = stage.put(question(&stage, Urn::Electronic)).unwrap();
    assert_ne!(next, vote);
    stage.verify();
}

#[tokio::test]
async fn ballots_are_as_many_as_were_handed_in_and_have_no_row_number_or_instant() {
    let stage = Stage::new(933).await.opened(7);
    stage.begin(ELECTION).unwrap();
    let vote = stage.put(question(&stage, Urn::Paper)).unwrap();
    let seats = stage.seats.clone();
    stage.act(move |tx, caller| hand_in_paper(tx, caller, vote, &seats[..6])).unwrap();
    let twice = stage.seats[0];
    let twice = stage.act(move |tx, caller| hand_in_paper(tx, caller, vote, &[twice]));
    assert_eq!(key(twice), "chamber.has_handed_in");
    let count = |secret: Vec<Choice>| {
        let said = DeclareVote { secret, tie_break: None };
        stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said))
    };
    assert_eq!(key(count(vec![Choice::For; 7])), "chamber.count_differs");
    assert_eq!(key(count(vec![Choice::NotVoting; 6])), "chamber.no_such_choice");
    let mut ballots = vec![Choice::For; 4];
    ballots.extend([Choice::Against, Choice::Abstain]);
    assert_eq!(count(ballots).unwrap(), VoteOutcome::Adopted);

    let path = stage.town.dir.path().join("belfort.db");
    let conn = rusqlite::Connection::open(&path).unwrap();
    let columns: Vec<String> = conn
        .prepare("SELECT name FROM pragma_table_info('secret_ballot')")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(columns, ["vote", "id", "choice", "candidate"], "no instant, no actor, no number");
    assert!(conn.prepare("SELECT rowid FROM secret_ballot").is_err(), "no row number");
    assert!(conn.prepare("SELECT rowid FROM handed_in").is_err());
    // Among many votes the answers lie in any order of their ids, as chance has it.
    let ids: Vec<Vec<u8>> = conn
        .prepare("SELECT id FROM secret_ballot ORDER BY choice, id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 6);
    assert!(ids.iter().all(|id| id.len() == 16));
    for sql in [
        "INSERT INTO secret_ballot (vote, id, choice) SELECT vote, randomblob(16), 'for' FROM secret_ballot LIMIT 1",
        "UPDATE secret_ballot SET choice = 'for'",
        "DELETE FROM secret_ballot",
        "DELETE FROM handed_in",
    ] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
    // The journal says who handed in and the totals, and no entry says both who and what.
    let told: Vec<String> = conn
        .prepare("SELECT payload FROM journal WHERE action LIKE 'vote.%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for payload in &told {
        let names = payload.contains("\"mandate\"");
        let answers = ["totals", "choice", "against"].iter().any(|word| payload.contains(word));
        assert!(!(names && answers), "{payload}");
    }
    assert_eq!(told.iter().filter(|payload| payload.contains("\"mandate\"")).count(), 6);
    stage.verify();
}
