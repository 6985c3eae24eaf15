//! Takes down how members vote, and who hands in a secret ballot.

use serde_json::json;

use super::Hall;
use super::figures::note;
use crate::booking::Refusal;
use crate::council::{Ballot, Choice, Majority, Urn, Vote, VoteKind, VoteState};
use crate::ids::{MandateId, VoteId};
use crate::scheduler::Caller;
use crate::store::Tx;
use crate::texts::Said;
use crate::town::Action;

/// The hall of a vote that is open, and the vote.
pub(super) fn at_the_vote(tx: &Tx<'_>, id: VoteId) -> Result<(Hall, Vote), Refusal> {
    let vote = tx.vote(id)?.ok_or_else(|| Refusal::unknown("vote", id))?;
    let hall = Hall::load(tx, vote.session)?;
    if vote.state != VoteState::Open {
        return Err(Refusal::State(Said::new("chamber.vote_closed")));
    }
    hall.must_sit()?;
    Ok((hall, vote))
}

/// Whether a choice can be made in a vote. To take no part is an answer in public only: in secret one hands in nothing.
pub(super) fn choice_fits(vote: &Vote, choice: Choice) -> bool {
    let election = matches!(vote.majority, Majority::Elect { .. });
    match choice {
        Choice::For | Choice::Against => !election,
        Choice::Abstain => true,
        Choice::NotVoting => vote.kind != VoteKind::Secret,
        Choice::Candidate(place) => election && (place as usize) < vote.candidates.len(),
    }
}

/// Takes down ballots of a public vote: the clerk those of a roll call or a show of hands; where it is electronic a member
/// their own, and the clerk those of members who gave none on a device. A ballot can be given otherwise until the result
/// is declared.
///
/// # Errors
/// [`Refusal::Forbidden`] for ballots of others; [`Refusal::State`] if the vote is not open, for somebody who may not
/// vote in it now (rules V1 and V5), or for whom the clerk would speak who has voted on a device; [`Refusal::Invalid`]
/// for an answer that is none.
pub fn cast_ballots(tx: &Tx<'_>, caller: &Caller, id: VoteId, ballots: &[Ballot]) -> Result<(), Refusal> {
    let (hall, vote) = at_the_vote(tx, id)?;
    let own = hall.seat_of(caller);
    match vote.kind {
        VoteKind::Secret => return Err(Refusal::State(Said::new("chamber.vote_is_secret"))),
        VoteKind::RollCall | VoteKind::ShowOfHands => hall.must_conduct(caller)?,
        VoteKind::Electronic => {
            let others = || ballots.iter().filter(|ballot| Some(ballot.mandate) != own);
            if others().next().is_some() {
                hall.must_conduct(caller)?;
            }
            let given = tx.ballots(id)?;
            let is_given = |ballot: &Ballot| given.iter().any(|one| one.mandate == ballot.mandate);
            if let Some(ballot) = others().find(|ballot| is_given(ballot)) {
                let name = hall.name(ballot.mandate);
                return Err(Refusal::State(Said::new("chamber.voted_alone").with("name", name)));
            }
        }
    }
    let voting = hall.still_voting(&vote);
    let mut told = Vec::new();
    for ballot in ballots {
        may_vote(&hall, &voting, ballot.mandate)?;
        if !choice_fits(&vote, ballot.choice) {
            return Err(Refusal::invalid("choice", Said::new("chamber.no_such_choice")));
        }
        tx.put_ballot(id, ballot)?;
        told.push(json!({
            "mandate": ballot.mandate,
            "choice": ballot.choice.word(),
            "candidate": ballot.choice.candidate(),
        }));
    }
    if told.is_empty() {
        return Ok(());
    }
    note(tx, caller, &hall.session, ("vote.cast", json!({ "vote": id, "ballots": told })))
}

fn may_vote(hall: &Hall, voting: &[MandateId], mandate: MandateId) -> Result<(), Refusal> {
    if voting.contains(&mandate) {
        return Ok(());
    }
    let name = hall.name(mandate);
    Err(Refusal::State(Said::new("chamber.cannot_vote").with("name", name)))
}

/// Takes down who put a ballot on paper into the box.
///
/// # Errors
/// [`Refusal::State`] if no vote on paper is open, or for somebody who may not vote in it or has.
pub fn hand_in_paper(
    tx: &Tx<'_>,
    caller: &Caller,
    id: VoteId,
    mandates: &[MandateId],
) -> Result<(), Refusal> {
    let (hall, vote) = at_the_vote(tx, id)?;
    hall.must_conduct(caller)?;
    if vote.urn != Some(Urn::Paper) {
        return Err(Refusal::State(Said::new("chamber.no_box")));
    }
    for mandate in mandates {
        let in_room = hall.presence(*mandate).counts() == Some(crate::presence::Channel::Room);
        if !in_room {
            may_vote(&hall, &[], *mandate)?;
        }
        hand_in(tx, caller, (&hall, &vote), *mandate)?;
    }
    Ok(())
}

/// Takes down that the caller hands in a ballot on a device. What it says is looked at and let go of: whoever calls this
/// puts it into the urn ([`crate::store::Urns`]) once this is on disk.
///
/// # Errors
/// As [`hand_in_paper`]; [`Refusal::Invalid`] for an answer that is none.
pub fn hand_in_device(tx: &Tx<'_>, caller: &Caller, id: VoteId, choice: Choice) -> Result<(), Refusal> {
    let (hall, vote) = at_the_vote(tx, id)?;
    if vote.urn != Some(Urn::Electronic) {
        return Err(Refusal::State(Said::new("chamber.no_urn")));
    }
    if !choice_fits(&vote, choice) {
        return Err(Refusal::invalid("choice", Said::new("chamber.no_such_choice")));
    }
    let own = hall.seat_of(caller);
    let own = own.ok_or(Refusal::Forbidden { action: Action::ConductSession, role: caller.role })?;
    hand_in(tx, caller, (&hall, &vote), own)
}

fn hand_in(
    tx: &Tx<'_>,
    caller: &Caller,
    (hall, vote): (&Hall, &Vote),
    mandate: MandateId,
) -> Result<(), Refusal> {
    may_vote(hall, &hall.still_voting(vote), mandate)?;
    if !tx.hand_in(vote.id, mandate)? {
        let name = hall.name(mandate);
        return Err(Refusal::State(Said::new("chamber.has_handed_in").with("name", name)));
    }
    let detail = json!({ "vote": vote.id, "mandate": mandate });
    note(tx, caller, &hall.session, ("vote.handed_in", detail))
}
