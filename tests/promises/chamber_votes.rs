//! Votes: who may vote, what follows, and that every count can be taken again.

use belfort::council::{
    Ballot, Choice, Majority, Outcome, RulesOfProcedure, TieBreak, TieGround, Totals, VoteKind, VoteOutcome,
};
use belfort::ids::VoteId;
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source, quorum};
use belfort::scheduler::{
    Caller, DeclareVote, EndItem, NotePresence, OpenVote, Signal, annul_vote, cast_ballots, close_session,
    declare_vote, end_item, hand_in_paper, note_presence, signal_session,
};
use chrono::TimeDelta;

use crate::chamber_stage::{CLOSED, DECISION, ELECTION, NOTICE, Stage, URGENT, key};

fn cast(stage: &Stage, vote: VoteId, choices: &[(usize, Choice)]) -> Result<(), belfort::booking::Refusal> {
    let ballots: Vec<Ballot> = choices
        .iter()
        .map(|(place, choice)| Ballot { mandate: stage.seats[*place], choice: *choice })
        .collect();
    stage.act(move |tx, caller| cast_ballots(tx, caller, vote, &ballots))
}

fn declare(stage: &Stage, vote: VoteId) -> Result<VoteOutcome, belfort::booking::Refusal> {
    stage.act(move |tx, caller| declare_vote(tx, caller, vote, &DeclareVote::default()))
}

/// Three in the room, two elsewhere: whoever drops out while a vote is open counts for the grace period, cannot vote while
/// the line is broken, and keeps the ballot that was given before.
#[tokio::test]
async fn a_councillor_drops_out_in_the_middle_of_a_vote() {
    let stage = Stage::new(921).await.opened(4);
    stage.note(3, PresenceKind::SwitchChannel(Channel::Remote)).unwrap();
    stage.note(4, PresenceKind::Arrive(Channel::Remote)).unwrap();
    // One more is connected, and nobody has seen and heard them: they do not count and cannot vote.
    let unseen = NotePresence {
        mandate: stage.seats[5],
        kind: PresenceKind::Arrive(Channel::Remote),
        at: None,
        source: Source::AvBridge,
        identified_by: IdentifiedBy::SignedIn,
    };
    let session = stage.session;
    stage.act(move |tx, caller| note_presence(tx, caller, session, &unseen)).unwrap();
    stage.begin(DECISION).unwrap();
    let vote = stage.put(stage.question(DECISION, Majority::Absolute)).unwrap();
    let stored = stage.hall().votes[0].clone();
    assert_eq!((stored.quorum.room, stored.quorum.remote, stored.quorum.needed), (3, 2, 4));
    assert_eq!(key(cast(&stage, vote, &[(5, Choice::For)])), "chamber.cannot_vote");
    cast(&stage, vote, &[(3, Choice::Against), (0, Choice::For), (1, Choice::For)]).unwrap();

    stage.pass(5);
    stage.note(3, PresenceKind::ConnectionLost).unwrap();
    stage.note(4, PresenceKind::ConnectionLost).unwrap();
    assert_eq!(key(cast(&stage, vote, &[(4, Choice::Against)])), "chamber.cannot_vote", "the line is broken");
    stage.pass(30);
    let within = stage.hall().quorum(None);
    assert_eq!(within.present(), 5, "rule P3: within the grace period they count");
    stage.note(4, PresenceKind::Reconnected).unwrap();
    assert_eq!(key(declare(&stage, vote)), "chamber.ballots_missing");
    cast(&stage, vote, &[(2, Choice::Abstain), (4, Choice::Against)]).unwrap();
    // The one who voted against does not come back: gone since the line broke, and the ballot stands.
    stage.pass(31);
    assert_eq!(stage.hall().quorum(None).present(), 4);
    assert_eq!(declare(&stage, vote).unwrap(), VoteOutcome::Rejected, "two for, two against: a tie");
    let result = stage.read(|view| view.vote_result(vote).unwrap().unwrap());
    assert_eq!((result.totals.yes, result.totals.no, result.totals.abstain), (2, 2, 1));
    assert_eq!((result.declared.quorum.room, result.declared.quorum.remote), (3, 1));
    let spans = stage.hall().ledger().intervals(stage.seats[3], stage.hall().now);
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].length(), TimeDelta::seconds(5), "the interval ends when the line broke");
    assert_eq!(key(cast(&stage, vote, &[(0, Choice::Against)])), "chamber.vote_closed");
    stage.verify();
}

#[tokio::test]
async fn somebody_with_an_interest_leaves_by_one_act_and_cannot_vote() {
    let stage = Stage::new(922).await.opened(6);
    stage.begin(DECISION).unwrap();
    let item = stage.items[DECISION];
    stage.note(1, PresenceKind::RecuseStart(item)).unwrap();
    let vote = stage.put(stage.question(DECISION, Majority::Absolute)).unwrap();
    assert_eq!(stage.hall().votes[0].quorum.present(), 5);
    assert_eq!(key(cast(&stage, vote, &[(1, Choice::For)])), "chamber.cannot_vote");
    // Whoever comes after the opening is part of the next vote, not of this one.
    stage.note(6, PresenceKind::Arrive(Channel::Room)).unwrap();
    assert_eq!(key(cast(&stage, vote, &[(6, Choice::For)])), "chamber.cannot_vote");
    assert_eq!(key(stage.note(2, PresenceKind::RecuseStart(item))), "chamber.recuse_before");
    assert_eq!(key(cast(&stage, vote, &[(0, Choice::Candidate(0))])), "chamber.no_such_choice");
    let all: Vec<(usize, Choice)> = [0, 2, 3, 4, 5].map(|place| (place, Choice::For)).to_vec();
    cast(&stage, vote, &all).unwrap();
    // A ballot can be given otherwise while the vote is open; it stays one.
    cast(&stage, vote, &[(5, Choice::NotVoting)]).unwrap();
    assert_eq!(declare(&stage, vote).unwrap(), VoteOutcome::Adopted);
    let result = stage.read(|view| view.vote_result(vote).unwrap().unwrap());
    assert_eq!((result.totals.yes, result.totals.not_voting, result.totals.ballots()), (4, 1, 5));
    let end = EndItem { outcome: Outcome::Decided, decisions: Vec::new(), summary: String::new() };
    let session = stage.session;
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &end)).unwrap();
    assert_eq!(stage.hall().presence(stage.seats[1]).word(), "in_room", "back when the item is over");
    assert_eq!(stage.hall().quorum(None).present(), 7);
}

/// A secret election: nobody has more than half, two go on, and in the last round both have as many.
#[tokio::test]
async fn an_election_takes_two_rounds_and_the_chair_breaks_the_tie() {
    let stage = Stage::new(923).await.opened(7);
    stage.begin(ELECTION).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let question = |urn, candidates: &[&str]| OpenVote {
        kind: VoteKind::Secret,
        urn,
        candidates: names(candidates),
        ..stage.question(ELECTION, Majority::Elect { round: 1 })
    };
    let paper = Some(belfort::council::Urn::Paper);
    let public = OpenVote { kind: VoteKind::RollCall, ..question(None, &["A", "B"]) };
    assert_eq!(key(stage.put(public)), "chamber.must_be_secret");
    assert_eq!(key(stage.put(question(None, &["A", "B"]))), "chamber.which_urn");
    assert_eq!(key(stage.put(question(paper, &["A", " A "]))), "chamber.candidates");
    assert_eq!(key(stage.put(question(paper, &[]))), "chamber.candidates");
    let first = stage.put(question(paper, &["Anna", "Bert", "Cleo"])).unwrap();
    let seats = stage.seats.clone();
    stage.act(move |tx, caller| hand_in_paper(tx, caller, first, &seats[..7])).unwrap();
    let count = |vote, ballots: Vec<Choice>, tie_break| {
        let said = DeclareVote { secret: ballots, tie_break };
        stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said))
    };
    let of = |a: usize, b: usize, c: usize, blank: usize| -> Vec<Choice> {
        let some = |choice, count| std::iter::repeat_n(choice, count);
        some(Choice::Candidate(0), a)
            .chain(some(Choice::Candidate(1), b))
            .chain(some(Choice::Candidate(2), c))
            .chain(some(Choice::Abstain, blank))
            .collect()
    };
    assert_eq!(key(count(first, of(3, 2, 2, 1), None)), "chamber.count_differs");
    assert_eq!(key(count(first, of(3, 2, 1, 0), None)), "chamber.count_differs");
    // Three, two and two: who of the two goes on is for the chair to say.
    assert_eq!(key(count(first, of(3, 2, 2, 0), None)), "chamber.tied");
    let lot = |candidate| Some(TieBreak { candidates: vec![candidate], ground: TieGround::Lot });
    assert_eq!(key(count(first, of(3, 2, 2, 0), lot(0))), "chamber.not_tied");
    let went = count(first, of(3, 2, 2, 0), lot(2)).unwrap();
    assert_eq!(went, VoteOutcome::SecondRound { candidates: [0, 2] });
    let end = EndItem { outcome: Outcome::Decided, decisions: Vec::new(), summary: String::new() };
    let (session, item) = (stage.session, stage.items[ELECTION]);
    let early = end.clone();
    let early = stage.act(move |tx, caller| end_item(tx, caller, (session, item), &early));
    assert_eq!(key(early), "chamber.votes_disagree");

    let round = |first| OpenVote {
        majority: Majority::Elect { round: 2 },
        first_round: Some(first),
        ..question(paper, &[])
    };
    let second = stage.put(round(first)).unwrap();
    assert_eq!(stage.hall().votes[1].candidates, ["Anna", "Cleo"]);
    let seats = stage.seats.clone();
    stage.act(move |tx, caller| hand_in_paper(tx, caller, second, &seats[..7])).unwrap();
    assert_eq!(key(count(second, of(3, 3, 0, 1), None)), "chamber.tied");
    assert_eq!(count(second, of(3, 3, 0, 1), lot(1)).unwrap(), VoteOutcome::Elected { candidate: 1 });
    assert_eq!(key(stage.put(round(first))), "chamber.no_first_round", "one second round");
    let annul = stage.act(move |tx, caller| annul_vote(tx, caller, first, "fout"));
    assert_eq!(key(annul), "chamber.vote_stands", "the second round rests on it");
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &end)).unwrap();
    let result = stage.read(|view| view.vote_result(second).unwrap().unwrap());
    assert_eq!(result.totals, Totals { abstain: 1, candidates: vec![3, 3], ..Totals::default() });
    assert_eq!((result.handed_in.len(), result.ballots.len()), (7, 0));
    assert_eq!(stage.read(|view| view.secret_ballots(second).unwrap().len()), 7);
    stage.verify();
}

#[tokio::test]
async fn remote_members_vote_in_secret_only_where_the_rules_let_them_and_all_go_the_same_way() {
    use belfort::council::Urn;
    for (allowed, urn, refused) in [
        (false, Urn::Electronic, Some("chamber.no_remote_secret")),
        (false, Urn::Paper, None),
        (true, Urn::Paper, Some("chamber.one_urn")),
        (true, Urn::Electronic, None),
    ] {
        let rules = RulesOfProcedure { remote_secret_ballot: allowed, ..RulesOfProcedure::default() };
        let stage = Stage::with(924, rules).await.opened(5);
        stage.note(5, PresenceKind::Arrive(Channel::Remote)).unwrap();
        stage.begin(ELECTION).unwrap();
        let question = OpenVote {
            kind: VoteKind::Secret,
            urn: Some(urn),
            ..stage.question(ELECTION, Majority::Absolute)
        };
        let opened = stage.put(question);
        match refused {
            Some(why) => assert_eq!(key(opened), why, "{allowed} {urn:?}"),
            None => {
                let vote = opened.unwrap();
                let seat = stage.seats[5];
                let paper = stage.act(move |tx, caller| hand_in_paper(tx, caller, vote, &[seat]));
                let why = if urn == Urn::Paper { "chamber.cannot_vote" } else { "chamber.no_box" };
                assert_eq!(key(paper), why, "nobody elsewhere puts paper into a box");
            }
        }
    }
}

/// A successor takes the oath in the session: from then on they sit, and not a second before (rule P5).
#[tokio::test]
async fn a_successor_counts_from_the_oath_on() {
    let stage = Stage::new(926).await.opened(5);
    let (session, left) = (stage.session, stage.seats[6]);
    stage.pass(60);
    let successor = stage
        .act(move |tx, _| {
            let mut old = tx.mandate(left)?.unwrap();
            let person = tx.person_by_email("an.peeters@stad.example")?.unwrap().id;
            let new = belfort::council::Mandate {
                id: belfort::ids::MandateId(tx.fresh()),
                person,
                starts: tx.now() + TimeDelta::seconds(30),
                ..old.clone()
            };
            old.ends = Some(tx.now());
            tx.put_mandate(&old)?;
            tx.put_mandate(&new)?;
            Ok(new.id)
        })
        .unwrap();
    let arrive = |stage: &Stage, mandate| {
        let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
        let kind = PresenceKind::Arrive(Channel::Room);
        let new = NotePresence { mandate, kind, at: None, source, identified_by };
        stage.act(move |tx, caller| note_presence(tx, caller, session, &new))
    };
    assert_eq!(key(arrive(&stage, left)), "chamber.no_mandate");
    assert_eq!(key(arrive(&stage, successor)), "chamber.no_mandate");
    stage.begin(NOTICE).unwrap();
    let between = stage.hall().treatments[0].quorum;
    assert_eq!((between.sitting, between.needed), (6, 4), "the seat is empty");
    stage.pass(30);
    arrive(&stage, successor).unwrap();
    let noted = EndItem { outcome: Outcome::Noted, decisions: Vec::new(), summary: String::new() };
    let item = stage.items[NOTICE];
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &noted)).unwrap();
    stage.begin(DECISION).unwrap();
    let after = stage.hall().treatments[1].quorum;
    assert_eq!((after.sitting, after.present()), (7, 6));
    stage.verify();
    recompute(&stage, 0);
}

/// Rule Q3: folding the ledger up to the stored line gives exactly the stored count, also after corrections; and an
/// independent program finds the same from the journal alone.
#[tokio::test]
async fn every_stored_count_can_be_taken_again() {
    let stage = busy_session(925).await;
    let hall = stage.hall();
    let mut counts = 0;
    for treatment in &hall.treatments {
        let then = hall.ledger().up_to(treatment.ledger_seq);
        let (at, stored) = (treatment.started, treatment.quorum);
        assert_eq!(quorum(&then, &hall.sitting(at), at, stored.exempt), stored);
        counts += 1;
    }
    for vote in &hall.votes {
        let then = hall.ledger().up_to(vote.ledger_seq);
        assert_eq!(quorum(&then, &hall.sitting(vote.opened), vote.opened, vote.quorum.exempt), vote.quorum);
        if let Some(result) = stage.read(|view| view.vote_result(vote.id).unwrap()) {
            let declared = result.declared;
            let then = hall.ledger().up_to(declared.ledger_seq);
            let found = quorum(&then, &hall.sitting(declared.at), declared.at, declared.quorum.exempt);
            assert_eq!(found, declared.quorum);
            counts += 1;
        }
        counts += 1;
    }
    assert!(counts >= 9, "only {counts} counts");
    let told: Vec<u32> = belfort::presence::changes(&hall.ledger(), &hall.sitting(hall.now), hall.now)
        .iter()
        .map(|change| change.after)
        .collect();
    assert_eq!(told.last(), Some(&hall.quorum(None).present()));
    stage.verify();
    recompute(&stage, 0);

    // A count that is changed in the file is found by whoever counts from the journal.
    let conn = rusqlite::Connection::open(stage.town.dir.path().join("belfort.db")).unwrap();
    conn.execute_batch("DROP TRIGGER treatment_stands; UPDATE treatment SET room = room - 1").unwrap();
    recompute(&stage, 1);
    conn.execute_batch("UPDATE treatment SET room = room + 1").unwrap();
    recompute(&stage, 0);
    conn.execute_batch(
        "DROP TRIGGER ballot_changes_while_open; UPDATE ballot SET choice = 'for' WHERE choice = 'against'",
    )
    .unwrap();
    recompute(&stage, 1);
}

/// Runs the independent count on the stage's file.
#[track_caller]
pub fn recompute(stage: &Stage, expected: i32) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/council/recompute.py");
    let file = stage.town.dir.path().join("belfort.db");
    let run = std::process::Command::new("python3").arg(script).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(expected), "{said}");
}

/// A session in which everything happens that a ledger can hold.
async fn busy_session(seed: u64) -> Stage {
    let stage = Stage::new(seed).await.opened(4);
    let session = stage.session;
    stage.note(4, PresenceKind::Excuse).unwrap();
    stage.note(5, PresenceKind::Arrive(Channel::Remote)).unwrap();
    stage.note(6, PresenceKind::Arrive(Channel::Remote)).unwrap();
    stage.begin(DECISION).unwrap();
    stage.pass(20);
    stage.note(5, PresenceKind::ConnectionLost).unwrap();
    stage.note(6, PresenceKind::SwitchChannel(Channel::Room)).unwrap();
    stage.note(1, PresenceKind::RecuseStart(stage.items[DECISION])).unwrap();
    stage.pass(10);
    let vote = stage.put(stage.question(DECISION, Majority::Absolute)).unwrap();
    cast(&stage, vote, &[(0, Choice::For), (2, Choice::For), (3, Choice::Against), (6, Choice::For)])
        .unwrap();
    stage.pass(90);
    assert_eq!(declare(&stage, vote).unwrap(), VoteOutcome::Adopted);
    let end = |outcome| EndItem { outcome, decisions: Vec::new(), summary: String::new() };
    let (decided, item) = (end(Outcome::Decided), stage.items[DECISION]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &decided)).unwrap();
    stage.note(5, PresenceKind::Reconnected).unwrap();

    let urgency = OpenVote {
        purpose: belfort::council::VotePurpose::Urgency,
        ..stage.question(URGENT, Majority::TwoThirdsPresent)
    };
    let vote = stage.put(urgency).unwrap();
    let all = [0, 1, 2, 3, 5, 6].map(|place| (place, Choice::For));
    cast(&stage, vote, &all).unwrap();
    assert_eq!(declare(&stage, vote).unwrap(), VoteOutcome::Adopted);
    stage.begin(URGENT).unwrap();
    let (postponed, item) = (end(Outcome::Postponed), stage.items[URGENT]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &postponed)).unwrap();

    // It was not the second member who leaves here: the line is corrected.
    stage.pass(60);
    stage.note(2, PresenceKind::Leave).unwrap();
    stage.begin(NOTICE).unwrap();
    let wrong = stage.hall().lines.last().unwrap().seq;
    stage.note(2, PresenceKind::Correct { of: wrong, reason: "Het was iemand anders.".into() }).unwrap();
    stage.note(3, PresenceKind::Leave).unwrap();
    let (noted, item) = (end(Outcome::Noted), stage.items[NOTICE]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &noted)).unwrap();
    secret_vote(&stage);
    for what in [Signal::Doors, Signal::Screens] {
        stage.act(move |tx, caller| signal_session(tx, caller, session, (what, false))).unwrap();
    }
    stage.begin(CLOSED).unwrap();
    let (withdrawn, item) = (end(Outcome::Withdrawn), stage.items[CLOSED]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &withdrawn)).unwrap();
    stage.act(move |tx, caller| close_session(tx, caller, session, false)).unwrap();
    stage
}

fn secret_vote(stage: &Stage) {
    let (session, item) = (stage.session, stage.items[ELECTION]);
    stage.begin(ELECTION).unwrap();
    let question = OpenVote {
        kind: VoteKind::Secret,
        urn: Some(belfort::council::Urn::Paper),
        candidates: vec!["Anna".into(), "Bert".into()],
        ..stage.question(ELECTION, Majority::Elect { round: 1 })
    };
    let void = stage.put(question.clone()).unwrap();
    stage.act(move |tx, caller| annul_vote(tx, caller, void, "Een biljet te veel.")).unwrap();
    let vote = stage.put(question).unwrap();
    let seats: Vec<_> = [0, 1, 2, 6].map(|place| stage.seats[place]).to_vec();
    stage.act(move |tx, caller| hand_in_paper(tx, caller, vote, &seats)).unwrap();
    let secret = vec![Choice::Candidate(0), Choice::Candidate(0), Choice::Candidate(1), Choice::Candidate(0)];
    let said = DeclareVote { secret, tie_break: None };
    stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said)).unwrap();
    let end = EndItem { outcome: Outcome::Decided, decisions: Vec::new(), summary: String::new() };
    stage.act(move |tx, caller| end_item(tx, caller, (session, item), &end)).unwrap();
    assert_eq!(
        key(stage.town.store.write_now(move |tx| {
            let nobody = Caller::public(belfort::texts::Lang::Nl);
            annul_vote(tx, &nobody, vote, "zomaar")
        })),
        "access.forbidden"
    );
}
