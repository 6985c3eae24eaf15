//! The vote that is open, and those that were held.

use super::attendance::name;
use super::words;
use crate::council::{
    Ballot, Choice, Majority, TallyFault, TieGround, Totals, Urn, Vote, VoteKind, VoteOutcome, VoteState,
    outcome,
};
use crate::ids::{MandateId, VoteId};
use crate::presence::{Channel, Presence, RemoteLine};
use crate::scheduler::Hall;
use crate::store::VoteResult;
use crate::texts::{Lang, Said, text};

/// One who may vote.
pub(super) struct Voter {
    pub(super) id: MandateId,
    pub(super) name: String,
    /// Value, words and whether it is theirs.
    pub(super) choices: Vec<(String, String, bool)>,
    /// Whether they have handed in a ballot.
    pub(super) handed_in: bool,
    /// Why they cannot vote at this moment.
    pub(super) hindered: Option<&'static str>,
}

impl Voter {
    /// Whether they can vote in the open and have not yet.
    pub(super) fn has_to_vote(&self) -> bool {
        self.hindered.is_none() && self.choices.iter().all(|(_, _, theirs)| !theirs)
    }
}

/// The vote that is open.
pub(super) struct OpenPanel {
    pub(super) id: VoteId,
    pub(super) subject: String,
    pub(super) about: String,
    /// How ballots come: taken down by `name`, on `paper`, from a `device`.
    pub(super) way: &'static str,
    pub(super) voters: Vec<Voter>,
    /// Value and words of each answer with its count; of a secret vote the counts are none.
    pub(super) totals: Vec<(String, String, u32)>,
    pub(super) secret: bool,
    pub(super) given: String,
    /// What would be declared now.
    pub(super) would_be: Option<String>,
    pub(super) tie: Option<Tie>,
    /// Too few are there to declare anything.
    pub(super) blocked: bool,
    /// Members elsewhere who cannot put paper into a box.
    pub(super) shut_out: u32,
}

/// Candidates with as many votes, of whom the chair says who goes first.
pub(super) struct Tie {
    /// Place and name.
    pub(super) names: Vec<(u32, String)>,
    pub(super) places: usize,
    pub(super) grounds: Vec<(&'static str, &'static str)>,
}

/// A vote that was held.
pub(super) struct HeldVote {
    pub(super) id: VoteId,
    pub(super) subject: String,
    pub(super) about: String,
    pub(super) result: String,
    pub(super) counts: String,
    pub(super) annulled: Option<String>,
    /// Whether it can be declared void.
    pub(super) can_annul: bool,
    /// Whether the second round can be opened.
    pub(super) second_round: bool,
}

/// The vote that is open, with the ballots given so far.
pub(super) fn open_panel(
    lang: Lang,
    hall: &Hall,
    vote: &Vote,
    (ballots, handed_in): (&[Ballot], &[MandateId]),
) -> OpenPanel {
    let electorate = hall.electorate(vote);
    let totals = Totals::count(ballots.iter().map(|ballot| ballot.choice), vote.candidates.len());
    let secret = vote.kind == VoteKind::Secret;
    let given = if secret { handed_in.len() } else { ballots.len() };
    let result = outcome(vote.majority, &totals, vote.quorum.present(), None);
    let would_be = result.as_ref().ok().filter(|_| !secret && !ballots.is_empty());
    let elsewhere = |id: &&MandateId| hall.presence(**id).counts() == Some(Channel::Remote);
    let remote = electorate.iter().filter(elsewhere).count();
    let paper = vote.urn == Some(Urn::Paper);
    let counted = |choice: Choice| {
        (words::choice_value(choice), words::choice(lang, vote, choice), words::count(&totals, choice))
    };
    OpenPanel {
        id: vote.id,
        subject: vote.subject.clone(),
        about: about(lang, vote),
        way: match vote.kind {
            VoteKind::RollCall | VoteKind::ShowOfHands => "name",
            _ if paper => "paper",
            _ => "device",
        },
        voters: electorate.iter().map(|id| voter(lang, hall, vote, (*id, ballots, handed_in))).collect(),
        totals: words::choices(vote).into_iter().map(counted).collect(),
        secret,
        given: Said::new("chamber.given").with("given", given).with("all", electorate.len()).speak(lang),
        would_be: would_be.map(|found| words::result(lang, vote, found)),
        tie: result.err().filter(|_| !secret).and_then(|fault| tie(lang, vote, fault)),
        blocked: !hall.quorum(Some(vote.item)).holds(),
        shut_out: if paper { u32::try_from(remote).unwrap_or(u32::MAX) } else { 0 },
    }
}

fn about(lang: Lang, vote: &Vote) -> String {
    let urn = vote.urn.map(|urn| words::urn(lang, urn).to_owned());
    let parts = [Some(words::kind(lang, vote.kind).to_owned()), urn, Some(words::majority(lang, vote))];
    parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
}

fn voter(
    lang: Lang,
    hall: &Hall,
    vote: &Vote,
    (id, ballots, handed_in): (MandateId, &[Ballot], &[MandateId]),
) -> Voter {
    let mine = ballots.iter().find(|ballot| ballot.mandate == id).map(|ballot| ballot.choice);
    let presence = hall.presence(id);
    let hindered = match presence {
        Presence::Remote(RemoteLine::Lost { .. }) => Some(text(lang, "chamber.is_lost")),
        other if other.counts().is_none() => Some(text(lang, "chamber.gone")),
        Presence::Remote(_) if vote.urn == Some(Urn::Paper) => Some(text(lang, "chamber.is_remote")),
        _ => None,
    };
    let option = |choice: Choice| {
        (words::choice_value(choice), words::choice(lang, vote, choice), mine == Some(choice))
    };
    Voter {
        id,
        name: name(lang, hall, id),
        choices: words::choices(vote).into_iter().map(option).collect(),
        handed_in: handed_in.contains(&id),
        hindered,
    }
}

fn tie(lang: Lang, vote: &Vote, fault: TallyFault) -> Option<Tie> {
    let TallyFault::Tied { candidates, places } = fault else { return None };
    Some(Tie {
        names: candidates.into_iter().map(|place| (place, words::candidate(vote, place))).collect(),
        places,
        grounds: grounds(lang),
    })
}

/// The grounds on which the chair decides between candidates.
pub(super) fn grounds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    TieGround::ALL.into_iter().map(|ground| (ground.word(), words::ground(lang, ground))).collect()
}

/// Any candidate may be named where the counts of a secret vote are entered and come out the same.
pub(super) fn any_tie(lang: Lang, vote: &Vote) -> Option<Tie> {
    let election = matches!(vote.majority, Majority::Elect { .. }) && vote.candidates.len() > 1;
    let names = (0_u32..).zip(vote.candidates.iter().cloned()).collect();
    election.then(|| Tie { names, places: 1, grounds: grounds(lang) })
}

/// A vote that was held, with its result.
pub(super) fn held(lang: Lang, hall: &Hall, vote: &Vote, result: Option<&VoteResult>) -> HeldVote {
    let declared = result.map(|result| words::result(lang, vote, &result.outcome));
    let counts = result.map_or_else(String::new, |result| {
        let answers = words::choices(vote).into_iter();
        let counted = answers.map(|choice| (choice, words::count(&result.totals, choice)));
        let told =
            counted.filter(|(choice, count)| *count > 0 || matches!(choice, Choice::For | Choice::Against));
        told.map(|(choice, count)| format!("{}: {count}", words::choice(lang, vote, choice)))
            .collect::<Vec<String>>()
            .join(", ")
    });
    let under_way = hall.under_way().is_some_and(|treatment| treatment.item == vote.item);
    let goes_on = matches!(result.map(|result| &result.outcome), Some(VoteOutcome::SecondRound { .. }));
    let stands = vote.state == VoteState::Declared;
    HeldVote {
        id: vote.id,
        subject: vote.subject.clone(),
        about: about(lang, vote),
        result: declared.unwrap_or_default(),
        counts,
        annulled: vote.annulled_because.clone(),
        can_annul: stands && hall.may_annul(vote),
        second_round: stands
            && under_way
            && goes_on
            && !hall.is_followed(vote.id)
            && hall.open_vote().is_none(),
    }
}
