//! Declares the result of a vote, or that it is void.

use serde_json::json;

use super::Hall;
use super::cast_ballot::{at_the_vote, choice_fits};
use super::figures::{figures, note};
use super::open_session::reason;
use crate::booking::Refusal;
use crate::council::{
    Choice, Declared, Law, TallyFault, TieBreak, Totals, Vote, VoteKind, VoteOutcome, VotePurpose, outcome,
};
use crate::ids::VoteId;
use crate::scheduler::Caller;
use crate::store::Tx;
use crate::texts::Said;

/// What is said when a result is declared, beside what is computed.
#[derive(Clone, Debug, Default)]
pub struct DeclareVote {
    /// What the secret ballots say, counted from the box or the urn; in no order.
    pub secret: Vec<Choice>,
    /// Who goes first of candidates with as many votes, as the chair says.
    pub tie_break: Option<TieBreak>,
}

/// Declares a result: it is computed from the ballots (rule V3). Not while too few are there (rule Q2), nor while
/// somebody who may vote has not said how, or that they do not.
///
/// # Errors
/// [`Refusal::State`] if the vote is not open, too few are there, ballots are missing, or the chair must say who goes
/// first; [`Refusal::Invalid`] for ballots that cannot be.
pub fn declare_vote(
    tx: &Tx<'_>,
    caller: &Caller,
    id: VoteId,
    said: &DeclareVote,
) -> Result<VoteOutcome, Refusal> {
    let (hall, vote) = at_the_vote(tx, id)?;
    hall.must_conduct(caller)?;
    let count = hall.must_be_quorate(Some(vote.item))?;
    let totals = if vote.kind == VoteKind::Secret {
        count_secret(tx, &vote, &said.secret)?
    } else {
        count_public(tx, &hall, &vote)?
    };
    let result = outcome(vote.majority, &totals, vote.quorum.present(), said.tie_break.as_ref())
        .map_err(|fault| undecided(&vote, fault))?;
    if vote.kind == VoteKind::Secret {
        tx.write_secret_ballots(id, &totals)?;
    }
    let declared = Declared {
        at: hall.now,
        ledger_seq: hall.ledger().last(),
        quorum: count,
        totals,
        outcome: result.clone(),
        tie_break: said.tie_break.clone(),
    };
    tx.declare_vote(id, &declared)?;
    let detail = json!({
        "vote": id,
        "quorum": figures(&hall, &count),
        "totals": declared.totals,
        "outcome": declared.outcome,
        "tie_break": declared.tie_break,
    });
    note(tx, caller, &hall.session, ("vote.declared", detail))?;
    let passed = result == VoteOutcome::Adopted;
    if vote.purpose == VotePurpose::Urgency && passed {
        let_in(tx, &hall, &vote, Some(id))?;
    }
    Ok(result)
}

/// Counts a public vote, once everybody who may vote now has said something.
fn count_public(tx: &Tx<'_>, hall: &Hall, vote: &Vote) -> Result<Totals, Refusal> {
    let ballots = tx.ballots(vote.id)?;
    let given = |id: &crate::ids::MandateId| ballots.iter().any(|ballot| ballot.mandate == *id);
    let missing = hall.still_voting(vote).iter().filter(|id| !given(id)).count();
    if missing > 0 {
        return Err(Refusal::State(Said::new("chamber.ballots_missing").with("count", missing)));
    }
    Ok(Totals::count(ballots.iter().map(|ballot| ballot.choice), vote.candidates.len()))
}

/// Counts a secret vote: as many ballots as were handed in, no more and no fewer.
fn count_secret(tx: &Tx<'_>, vote: &Vote, ballots: &[Choice]) -> Result<Totals, Refusal> {
    let handed_in = tx.handed_in(vote.id)?.len();
    if ballots.len() != handed_in {
        let said = Said::new("chamber.count_differs").with("ballots", ballots.len());
        return Err(Refusal::State(said.with("handed_in", handed_in)));
    }
    if !ballots.iter().all(|choice| choice_fits(vote, *choice)) {
        return Err(Refusal::invalid("choice", Said::new("chamber.no_such_choice")));
    }
    Ok(Totals::count(ballots.iter().copied(), vote.candidates.len()))
}

fn undecided(vote: &Vote, fault: TallyFault) -> Refusal {
    Refusal::State(match fault {
        TallyFault::Tied { candidates, places } => {
            let names: Vec<&str> = candidates
                .iter()
                .filter_map(|place| vote.candidates.get(*place as usize).map(String::as_str))
                .collect();
            let said = Said::new("chamber.tied").with("names", names.join(", ")).with("places", places);
            said.with("article", Law::ELECTION)
        }
        TallyFault::NotTied => Said::new("chamber.not_tied"),
        TallyFault::NothingTied => Said::new("chamber.nothing_tied"),
    })
}

/// Lets an urgent item in, or out again when the vote that let it in is void.
fn let_in(tx: &Tx<'_>, hall: &Hall, vote: &Vote, by: Option<VoteId>) -> Result<(), Refusal> {
    let mut item = hall.item(vote.item)?.clone();
    if let Some(urgency) = &mut item.urgency {
        urgency.vote = by;
        item.version += 1;
        tx.put_agenda_item(&item)?;
    }
    Ok(())
}

/// Declares a vote void, for a reason; another takes its place (rule V6). The reason stays out of the journal, for it
/// may name somebody.
///
/// # Errors
/// [`Refusal::State`] if it is void already, its item was ended on it, or another round rests on it;
/// [`Refusal::Invalid`] without a reason.
pub fn annul_vote(tx: &Tx<'_>, caller: &Caller, id: VoteId, why: &str) -> Result<(), Refusal> {
    let vote = tx.vote(id)?.ok_or_else(|| Refusal::unknown("vote", id))?;
    let hall = Hall::load(tx, vote.session)?;
    hall.must_conduct(caller)?;
    let why = reason(why)?;
    if !hall.session.state.is_under_way() {
        return Err(Refusal::State(Said::new("chamber.not_open")));
    }
    if !hall.may_annul(&vote) {
        return Err(Refusal::State(Said::new("chamber.vote_stands")));
    }
    tx.annul_vote(id, why)?;
    // A vote that did not let the item in takes nothing away from a later one that did.
    if hall.item(vote.item)?.urgency.as_ref().is_some_and(|urgency| urgency.vote == Some(id)) {
        let_in(tx, &hall, &vote, None)?;
    }
    note(tx, caller, &hall.session, ("vote.annulled", json!({ "vote": id, "at": hall.now.timestamp() })))
}
