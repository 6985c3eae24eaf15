//! Sessions conducted at random: whatever is tried, in whatever order, every stored count can be taken again, by the
//! program and by the independent one, and no vote counts anybody who was not there.

use belfort::booking::Refusal;
use belfort::council::{
    Ballot, Choice, Majority, Outcome, RulesOfProcedure, TieBreak, TieGround, Urn, VoteKind, VotePurpose,
    VoteState,
};
use belfort::ids::VoteId;
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source, quorum};
use belfort::scheduler::{
    DeclareVote, EndItem, NotePresence, OpenVote, Signal, annul_vote, cast_ballots, declare_vote, end_item,
    hand_in_paper, note_presence, resume_session, signal_session, suspend_session,
};
use chrono::TimeDelta;

use crate::chamber_stage::{ELECTION, Stage, URGENT};
use crate::chamber_votes::recompute;
use crate::dice::Dice;

/// Outside of a runtime: it waits for the writer more often than a task of tokio may without giving way.
#[test]
fn whatever_happens_in_a_session_can_be_counted_anew() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut done = [0; 3];
    for seed in 0..4 {
        let rules = RulesOfProcedure { lost_grace_s: 40, ..RulesOfProcedure::default() };
        let stage = runtime.block_on(Stage::with(950 + seed, rules)).opened(6);
        let dice = Dice::new(seed);
        for _ in 0..220 {
            stage.pass(i64::try_from(dice.below(25)).unwrap());
            // What cannot be done is refused, and leaves nothing behind.
            let tried = deed(&stage, &dice);
            assert!(!matches!(tried, Err(Refusal::Internal(_) | Refusal::Unavailable(_))), "{tried:?}");
            if dice.one_in(6) {
                // Enough come back now and then for the session to go on.
                for place in 0..7 {
                    let _ = stage.note(place, PresenceKind::Arrive(Channel::Room));
                }
            }
        }
        let (treatments, declared, annulled) = check(&stage);
        for (sum, count) in done.iter_mut().zip([treatments, declared, annulled]) {
            *sum += count;
        }
        stage.verify();
        recompute(&stage, 0);
    }
    assert!(done.iter().all(|count| *count >= 3), "too little happened: {done:?}");
}

/// Compares every stored count with the ledger; how many items were treated, votes declared and annulled.
fn check(stage: &Stage) -> (usize, usize, usize) {
    let hall = stage.hall();
    for treatment in &hall.treatments {
        let (at, stored) = (treatment.started, treatment.quorum);
        let then = hall.ledger().up_to(treatment.ledger_seq);
        assert_eq!(quorum(&then, &hall.sitting(at), at, stored.exempt), stored);
        assert!(stored.holds());
    }
    let mut declared = 0;
    for vote in &hall.votes {
        let electorate = hall.electorate(vote);
        assert_eq!(electorate.len(), vote.quorum.present() as usize);
        let Some(result) = stage.read(|view| view.vote_result(vote.id).unwrap()) else { continue };
        declared += 1;
        let given =
            result.ballots.iter().map(|ballot| ballot.mandate).chain(result.handed_in.iter().copied());
        assert!(given.into_iter().all(|mandate| electorate.contains(&mandate)), "rule V1");
        let ballots = result.ballots.len() + result.handed_in.len();
        assert_eq!(result.totals.ballots() as usize, ballots, "rule V2");
        assert!(result.declared.quorum.holds(), "rule Q2");
    }
    let annulled = hall.votes.iter().filter(|vote| vote.state == VoteState::Annulled).count();
    (hall.treatments.len(), declared, annulled)
}

fn deed(stage: &Stage, dice: &Dice) -> Result<(), Refusal> {
    let (session, hall) = (stage.session, stage.hall());
    match dice.below(14) {
        0..=4 => attend(stage, dice),
        5 => {
            let item = dice.below(stage.items.len());
            let closed = item == crate::chamber_stage::CLOSED;
            for what in [Signal::Doors, Signal::Screens] {
                let _ = stage.act(move |tx, caller| signal_session(tx, caller, session, (what, !closed)));
            }
            stage.begin(item)
        }
        6 => {
            let Some(item) = hall.under_way().map(|treatment| treatment.item) else { return Ok(()) };
            let outcome = dice.of(&[Outcome::Decided, Outcome::Rejected, Outcome::Noted, Outcome::Postponed]);
            let end = EndItem { outcome, decisions: Vec::new(), summary: String::new() };
            stage.act(move |tx, caller| end_item(tx, caller, (session, item), &end))
        }
        7 | 8 => put(stage, dice),
        9 => stage.act(move |tx, caller| suspend_session(tx, caller, session, "Pauze")),
        10 => stage.act(move |tx, caller| resume_session(tx, caller, session)),
        11 if dice.one_in(2) => {
            let Some(vote) = hall.votes.last().map(|vote| vote.id) else { return Ok(()) };
            stage.act(move |tx, caller| annul_vote(tx, caller, vote, "Fout"))
        }
        _ => answer(stage, dice),
    }
}

fn attend(stage: &Stage, dice: &Dice) -> Result<(), Refusal> {
    use PresenceKind as K;
    let hall = stage.hall();
    let last = i64::try_from(hall.lines.len()).unwrap();
    let of = last - i64::try_from(dice.below(8)).unwrap();
    let item = stage.items[dice.below(3)];
    let kinds = [
        K::Excuse,
        K::Arrive(Channel::Room),
        K::Arrive(Channel::Remote),
        K::Leave,
        K::SwitchChannel(Channel::Room),
        K::SwitchChannel(Channel::Remote),
        K::ConnectionLost,
        K::ConnectionLost,
        K::Reconnected,
        K::Seen,
        K::RecuseStart(hall.under_way().map_or(item, |treatment| treatment.item)),
        K::RecuseEnd,
        K::Correct { of, reason: "Fout".into() },
    ];
    let kind = dice.of(&kinds);
    let corrected = hall.lines.iter().find(|line| line.seq == of).map(|line| line.mandate);
    let mandate = match (&kind, corrected) {
        (K::Correct { .. }, Some(mandate)) => mandate,
        _ => stage.seats[dice.below(7)],
    };
    let earlier = TimeDelta::seconds(i64::try_from(dice.below(90)).unwrap());
    let at = (dice.one_in(3)).then(|| hall.now - earlier);
    let identified_by =
        dice.of(&[IdentifiedBy::SeenByChair, IdentifiedBy::SeenByChair, IdentifiedBy::TwoFactor]);
    let new = NotePresence { mandate, kind, at, source: Source::Clerk, identified_by };
    let session = stage.session;
    stage.act(move |tx, caller| note_presence(tx, caller, session, &new))
}

fn put(stage: &Stage, dice: &Dice) -> Result<(), Refusal> {
    let hall = stage.hall();
    let treated = hall.under_way().map(|treatment| treatment.item);
    let election = treated == Some(stage.items[ELECTION]);
    let secret = OpenVote {
        kind: VoteKind::Secret,
        urn: Some(Urn::Paper),
        candidates: ["Anna", "Bert", "Cleo"].map(str::to_owned).to_vec(),
        ..stage.question(ELECTION, Majority::Elect { round: 1 })
    };
    let first = hall
        .votes
        .iter()
        .rev()
        .find(|vote| vote.state == VoteState::Declared && vote.majority == Majority::Elect { round: 1 });
    let question = match (treated, first) {
        (Some(_), Some(first)) if election => OpenVote {
            majority: Majority::Elect { round: 2 },
            candidates: Vec::new(),
            first_round: Some(first.id),
            ..secret
        },
        (Some(_), _) if election => secret,
        (Some(item), _) => {
            let majority = dice.of(&[Majority::Absolute, Majority::TwoThirdsPresent]);
            OpenVote { item, ..stage.question(0, majority) }
        }
        (None, _) => {
            OpenVote { purpose: VotePurpose::Urgency, ..stage.question(URGENT, Majority::TwoThirdsPresent) }
        }
    };
    stage.put(question).map(|_| ())
}

/// Gives what ballots can be given in the vote that is open, and declares it.
fn answer(stage: &Stage, dice: &Dice) -> Result<(), Refusal> {
    let hall = stage.hall();
    let Some(vote) = hall.open_vote() else { return Ok(()) };
    let (id, secret, candidates) = (vote.id, vote.kind == VoteKind::Secret, vote.candidates.len());
    for mandate in hall.electorate(vote) {
        if secret {
            let _ = stage.act(move |tx, caller| hand_in_paper(tx, caller, id, &[mandate]));
        } else {
            let choice =
                dice.of(&[Choice::For, Choice::For, Choice::Against, Choice::Abstain, Choice::NotVoting]);
            let _ = stage.act(move |tx, caller| cast_ballots(tx, caller, id, &[Ballot { mandate, choice }]));
        }
    }
    let handed_in = stage.read(|view| view.handed_in(id).unwrap().len());
    let drawn = |_| match dice.below(candidates + 1) {
        0 => Choice::Abstain,
        place => Choice::Candidate(u32::try_from(place).unwrap() - 1),
    };
    let secret: Vec<Choice> = if secret { (0..handed_in).map(drawn).collect() } else { Vec::new() };
    declare(stage, dice, (id, secret))
}

/// Declares, with whatever the chair has to say where candidates have as many votes.
fn declare(stage: &Stage, dice: &Dice, (id, secret): (VoteId, Vec<Choice>)) -> Result<(), Refusal> {
    let mut said = DeclareVote { secret, tie_break: None };
    for places in 0..3 {
        let trial = said.clone();
        let outcome = stage.act(move |tx, caller| declare_vote(tx, caller, id, &trial));
        let tied = outcome
            .as_ref()
            .is_err_and(|refusal| matches!(refusal.code(), "chamber.tied" | "chamber.not_tied"));
        if !tied || places == 2 {
            return outcome.map(|_| ());
        }
        let mut candidates: Vec<u32> = vec![0, 1, 2];
        candidates.rotate_left(dice.below(3));
        candidates.truncate(places + 1);
        said.tie_break = Some(TieBreak { candidates, ground: dice.of(&TieGround::ALL) });
    }
    Ok(())
}
