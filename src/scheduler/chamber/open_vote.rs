//! Opens a vote.

use std::collections::BTreeSet;

use serde_json::json;

use super::Hall;
use super::figures::{figures, note};
use super::open_session::must_not_vote;
use crate::booking::{Fault, Refusal};
use crate::council::{AgendaItem, Law, Majority, Urn, Vote, VoteKind, VoteOutcome, VotePurpose, VoteState};
use crate::ids::{ItemId, SessionId, VoteId};
use crate::scheduler::Caller;
use crate::scheduler::create_meeting::text_fault;
use crate::store::Tx;
use crate::texts::Said;

/// The longest subject, and the longest name of a candidate.
const LONGEST: usize = 500;
/// The most candidates.
const MOST_CANDIDATES: usize = 60;

/// What is put to the vote.
#[derive(Clone, Debug)]
pub struct OpenVote {
    /// The item.
    pub item: ItemId,
    /// What is asked, in words.
    pub subject: String,
    /// What it is about.
    pub purpose: VotePurpose,
    /// How votes are given.
    pub kind: VoteKind,
    /// Where secret ballots go.
    pub urn: Option<Urn>,
    /// What it takes to win; for an election its round.
    pub majority: Majority,
    /// The candidates of an election's first round.
    pub candidates: Vec<String>,
    /// The first round, of which this is the second.
    pub first_round: Option<VoteId>,
}

/// Opens a vote. Who counts as present now may vote in it, and nobody else: whoever comes later is part of the next.
///
/// # Errors
/// [`Refusal::State`] if the session does not sit, a vote is open, the item is not under way, too few are there, or the
/// law asks for another kind of vote; [`Refusal::Invalid`] for wrong fields.
pub fn open_vote(
    tx: &Tx<'_>,
    caller: &Caller,
    session: SessionId,
    new: &OpenVote,
) -> Result<VoteId, Refusal> {
    let hall = Hall::load(tx, session)?;
    hall.must_conduct(caller)?;
    hall.must_sit()?;
    must_not_vote(&hall)?;
    let item = hall.item(new.item)?;
    belongs(&hall, item, new)?;
    right_kind(&hall, item, new)?;
    without_recused(tx, &hall, new)?;
    let candidates = candidates(tx, &hall, new)?;
    let subject = new.subject.trim();
    if let Some(fault) = text_fault("subject", subject, LONGEST, true) {
        return Err(Refusal::Invalid(vec![fault]));
    }
    let count = hall.must_be_quorate(Some(new.item))?;
    let vote = Vote {
        id: VoteId(tx.fresh()),
        session,
        item: new.item,
        subject: subject.to_owned(),
        purpose: new.purpose,
        kind: new.kind,
        urn: new.urn,
        majority: new.majority,
        candidates,
        ledger_seq: hall.ledger().last(),
        quorum: count,
        opened: hall.now,
        first_round: new.first_round,
        annulled_because: None,
        state: VoteState::Open,
    };
    tx.insert_vote(&vote)?;
    let round = match vote.majority {
        Majority::Elect { round } => Some(round),
        _ => None,
    };
    let detail = json!({
        "vote": vote.id,
        "item": vote.item,
        "purpose": vote.purpose.word(),
        "kind": vote.kind.word(),
        "urn": vote.urn.map(Urn::word),
        "majority": vote.majority.word(),
        "round": round,
        "candidates": vote.candidates.len(),
        "quorum": figures(&hall, &count),
    });
    note(tx, caller, &hall.session, ("vote.opened", detail))?;
    Ok(vote.id)
}

/// Refuses a vote on what is not being treated. Urgency is voted on before the item is begun (article 23).
fn belongs(hall: &Hall, item: &AgendaItem, new: &OpenVote) -> Result<(), Refusal> {
    let treated = hall.under_way().map(|treatment| treatment.item);
    match new.purpose {
        VotePurpose::Substance if treated == Some(item.id) => Ok(()),
        VotePurpose::Substance => Err(Refusal::State(Said::new("chamber.item_not_open"))),
        VotePurpose::Urgency => {
            let asked = item.is_live() && item.urgency.as_ref().is_some_and(|urgency| urgency.vote.is_none());
            if treated.is_some() {
                Err(Refusal::State(Said::new("chamber.item_open")))
            } else if !asked {
                Err(Refusal::State(Said::new("chamber.not_urgent")))
            } else {
                Ok(())
            }
        }
    }
}

/// Refuses a vote on a matter as long as a member who keeps away from it counts as present: they would be of those who
/// vote (rule V5, article 27).
fn without_recused(tx: &Tx<'_>, hall: &Hall, new: &OpenVote) -> Result<(), Refusal> {
    if new.purpose == VotePurpose::Urgency {
        return Ok(());
    }
    let recusals = tx.recusals(hall.session.id)?;
    let members = hall.sitting(hall.now);
    let here = hall.not_away(new.item, &recusals).into_iter().filter(|one| members.contains(&one.id));
    hall.must_leave(here).map_or(Ok(()), |said| Err(Refusal::State(said)))
}

/// Refuses a kind of vote or a majority that the law does not have for this.
fn right_kind(hall: &Hall, item: &AgendaItem, new: &OpenVote) -> Result<(), Refusal> {
    let state = |key: &str, law: Law| Err(Refusal::State(Said::new(key).with("article", law)));
    if new.purpose == VotePurpose::Urgency && new.majority != Majority::TwoThirdsPresent {
        return state("chamber.urgency_majority", Law::URGENCY);
    }
    let secret = new.kind == VoteKind::Secret;
    let must_be = item.secret && new.purpose == VotePurpose::Substance;
    if must_be != secret {
        return state(if must_be { "chamber.must_be_secret" } else { "chamber.must_be_public" }, Law::SECRET);
    }
    match (secret, new.urn) {
        (false, None) => Ok(()),
        (true, Some(urn)) => urn_fits(hall, urn),
        _ => Err(Refusal::invalid("urn", Said::new("chamber.which_urn"))),
    }
}

/// Members who take part remotely vote in secret only where the rules of procedure let them (rule V4); and where they
/// do, all ballots go the same way, for a few that come on devices would not be secret beside many on paper.
fn urn_fits(hall: &Hall, urn: Urn) -> Result<(), Refusal> {
    let remote = hall.quorum(None).remote > 0;
    match (urn, remote, hall.rules.remote_secret_ballot) {
        (Urn::Electronic, true, false) => Err(Refusal::State(Said::new("chamber.no_remote_secret"))),
        (Urn::Paper, true, true) => Err(Refusal::State(Said::new("chamber.one_urn"))),
        _ => Ok(()),
    }
}

/// The names that can be chosen: those given, or the two that go on from the first round.
fn candidates(tx: &Tx<'_>, hall: &Hall, new: &OpenVote) -> Result<Vec<String>, Refusal> {
    let Majority::Elect { round } = new.majority else {
        let none = new.candidates.is_empty() && new.first_round.is_none();
        return if none { Ok(Vec::new()) } else { Err(wrong_candidates("chamber.no_candidates")) };
    };
    if round == 1 && new.first_round.is_none() {
        return named(&new.candidates);
    }
    let first = match new.first_round.filter(|_| round == 2) {
        Some(id) => hall.vote(id)?,
        None => return Err(wrong_candidates("chamber.no_first_round")),
    };
    let result =
        tx.vote_result(first.id)?.filter(|_| first.state == VoteState::Declared && first.item == new.item);
    match result.map(|result| result.outcome) {
        Some(VoteOutcome::SecondRound { candidates }) if !hall.is_followed(first.id) => {
            Ok(candidates.iter().filter_map(|place| first.candidates.get(*place as usize)).cloned().collect())
        }
        _ => Err(wrong_candidates("chamber.no_first_round")),
    }
}

fn wrong_candidates(key: &str) -> Refusal {
    Refusal::invalid("candidates", Said::new(key))
}

fn named(given: &[String]) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> =
        given.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let faults: Vec<Fault> =
        names.iter().filter_map(|name| text_fault("candidates", name, LONGEST, true)).collect();
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let apart = names.iter().collect::<BTreeSet<_>>().len() == names.len();
    if names.is_empty() || names.len() > MOST_CANDIDATES || !apart {
        return Err(wrong_candidates("chamber.candidates"));
    }
    Ok(names)
}
