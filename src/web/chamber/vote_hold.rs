//! Holding a vote: opening it, taking ballots down, declaring the result, annulling it.

use axum::extract::{Path, State};
use axum::response::Response;

use super::session_conduct::{act, mandate_of, no_such_act};
use super::words::{choice_of, choice_value, choices};
use crate::booking::Refusal;
use crate::council::{Ballot, Choice, Majority, TieBreak, TieGround, Urn, VoteKind, VotePurpose};
use crate::http::App;
use crate::ids::{ItemId, MandateId, SessionId, VoteId};
use crate::scheduler::{
    Caller, DeclareVote, Hall, OpenVote, annul_vote, cast_ballots, declare_vote, hand_in_paper, open_vote,
    read_hall,
};
use crate::store::{Tx, Urns};
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::{Fields, InsiderForm};

/// The most ballots of one answer that are entered: more than any body has members.
const MOST_BALLOTS: u32 = 1_000;

/// `POST /council/sessions/{slug}/chamber/vote`.
pub(super) async fn hold(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (store, asked) = (app.store.clone(), slug.clone());
    let counted: Option<VoteId> = fields.get("vote").parse().ok();
    let forgets = matches!(fields.get("do"), "declare" | "annul");
    let answer = act(&app, &insider, (&slug, fields), move |tx, caller, session, sent| {
        let hall = read_hall(tx, caller, &asked)?;
        deed(tx, caller, (session, &hall), (sent, store.urns()))
    })
    .await?;
    if let Some(vote) = counted.filter(|_| forgets && answer.status().is_redirection()) {
        app.store.urns().forget(vote);
    }
    Ok(answer)
}

fn deed(
    tx: &Tx<'_>,
    caller: &Caller,
    (session, hall): (SessionId, &Hall),
    (sent, urns): (&Fields, &Urns),
) -> Result<(), Refusal> {
    let vote = || sent.get("vote").parse::<VoteId>().map_err(|_| Refusal::unknown("vote", "?"));
    let (verb, choice) = sent.get("do").split_once(' ').unwrap_or((sent.get("do"), ""));
    match verb {
        "open" => open_vote(tx, caller, session, &opened(hall, sent)?).map(|_| ()),
        "second_round" => open_vote(tx, caller, session, &second_round(hall, vote()?)?).map(|_| ()),
        "cast" => cast_ballots(tx, caller, vote()?, &ballots(sent)?),
        "rest" => {
            cast_marked(tx, caller, vote()?, sent)?;
            cast_ballots(tx, caller, vote()?, &rest(tx, hall, vote()?, choice)?)
        }
        "hand_in" => {
            let members = sent.all("handed_in").map(mandate_of).collect::<Result<Vec<_>, _>>()?;
            hand_in_paper(tx, caller, vote()?, &members)
        }
        "hand_in_all" => hand_in_paper(tx, caller, vote()?, &in_the_room(tx, hall, vote()?)?),
        "declare" => {
            let id = vote()?;
            cast_marked(tx, caller, id, sent)?;
            let said = DeclareVote { secret: counted(hall, id, (sent, urns))?, tie_break: tie_break(sent)? };
            declare_vote(tx, caller, id, &said).map(|_| ())
        }
        "annul" => annul_vote(tx, caller, vote()?, sent.get("reason")),
        _ => Err(no_such_act()),
    }
}

fn opened(hall: &Hall, sent: &Fields) -> Result<OpenVote, Refusal> {
    let item: ItemId = sent.get("item").parse().map_err(|_| Refusal::unknown("item", "?"))?;
    let urgent = sent.get("purpose") == VotePurpose::Urgency.word();
    let title = || hall.items.iter().find(|other| other.id == item).map(|item| item.title.clone());
    let kind = VoteKind::ALL.into_iter().find(|kind| kind.word() == sent.get("kind"));
    let majority = match sent.get("majority") {
        _ if urgent => Majority::TwoThirdsPresent,
        "absolute" => Majority::Absolute,
        "two_thirds_present" => Majority::TwoThirdsPresent,
        "elect" => Majority::Elect { round: 1 },
        _ => return Err(Refusal::invalid("majority", Said::new("chamber.which_majority"))),
    };
    let election = matches!(majority, Majority::Elect { .. });
    let names = sent.get("candidates").lines().map(|line| line.trim().to_owned());
    let subject = sent.some("subject").map(str::to_owned).or_else(title).unwrap_or_default();
    Ok(OpenVote {
        item,
        subject,
        purpose: if urgent { VotePurpose::Urgency } else { VotePurpose::Substance },
        kind: kind.ok_or_else(|| Refusal::invalid("kind", Said::new("chamber.which_kind")))?,
        urn: Urn::ALL.into_iter().find(|urn| kind == Some(VoteKind::Secret) && urn.word() == sent.get("urn")),
        majority,
        candidates: if election { names.filter(|name| !name.is_empty()).collect() } else { Vec::new() },
        first_round: None,
    })
}

fn second_round(hall: &Hall, first: VoteId) -> Result<OpenVote, Refusal> {
    let vote = hall.vote(first)?;
    Ok(OpenVote {
        item: vote.item,
        subject: vote.subject.clone(),
        purpose: vote.purpose,
        kind: vote.kind,
        urn: vote.urn,
        majority: Majority::Elect { round: 2 },
        candidates: Vec::new(),
        first_round: Some(first),
    })
}

/// The ballots that were marked: a field for each member, named by their mandate.
fn ballots(sent: &Fields) -> Result<Vec<Ballot>, Refusal> {
    let marked = sent.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("ballot-")?, value)));
    let marked = marked.filter(|(_, value)| !value.is_empty());
    marked
        .map(|(mandate, value)| Ok(Ballot { mandate: mandate_of(mandate)?, choice: choice(value)? }))
        .collect()
}

/// Takes down the marks that are not taken down yet: whoever presses another button of the form has marked them too.
fn cast_marked(tx: &Tx<'_>, caller: &Caller, vote: VoteId, sent: &Fields) -> Result<(), Refusal> {
    let given = tx.ballots(vote)?;
    let mut marked = ballots(sent)?;
    marked.retain(|ballot| !given.contains(ballot));
    if marked.is_empty() { Ok(()) } else { cast_ballots(tx, caller, vote, &marked) }
}

/// Those who may vote, are in the room and have handed in no ballot yet.
fn in_the_room(tx: &Tx<'_>, hall: &Hall, id: VoteId) -> Result<Vec<MandateId>, Refusal> {
    let vote = hall.vote(id)?;
    let handed_in = tx.handed_in(id)?;
    let room = |member: &MandateId| {
        hall.presence(*member) == crate::presence::Presence::InRoom && !handed_in.contains(member)
    };
    Ok(hall.electorate(vote).into_iter().filter(room).collect())
}

fn choice(value: &str) -> Result<Choice, Refusal> {
    choice_of(value).ok_or_else(|| Refusal::invalid("choice", Said::new("chamber.no_such_choice")))
}

/// One answer for all who have given none and can.
fn rest(tx: &Tx<'_>, hall: &Hall, id: VoteId, value: &str) -> Result<Vec<Ballot>, Refusal> {
    let choice = choice(value)?;
    let vote = hall.vote(id)?;
    let given = tx.ballots(id)?;
    let gave_none = |mandate: &MandateId| !given.iter().any(|ballot| ballot.mandate == *mandate);
    Ok(hall
        .still_voting(vote)
        .into_iter()
        .filter(gave_none)
        .map(|mandate| Ballot { mandate, choice })
        .collect())
}

/// What the ballots of a secret vote say: from the urn, or as many of each as were counted from the box.
fn counted(hall: &Hall, id: VoteId, (sent, urns): (&Fields, &Urns)) -> Result<Vec<Choice>, Refusal> {
    let vote = hall.vote(id)?;
    match vote.urn {
        None => Ok(Vec::new()),
        Some(Urn::Electronic) => Ok(urns.look(id)),
        Some(Urn::Paper) => {
            let mut ballots = Vec::new();
            for choice in choices(vote) {
                let field = format!("count-{}", choice_value(choice));
                let count: u32 = match sent.get(&field) {
                    "" => 0,
                    typed => typed.parse().unwrap_or(u32::MAX),
                };
                if count > MOST_BALLOTS {
                    return Err(Refusal::invalid(&field, Said::new("chamber.which_count")));
                }
                ballots.extend((0..count).map(|_| choice));
            }
            Ok(ballots)
        }
    }
}

/// What the chair said where candidates have as many votes.
fn tie_break(sent: &Fields) -> Result<Option<TieBreak>, Refusal> {
    let places: Result<Vec<u32>, _> = sent.all("first").map(str::parse).collect();
    let candidates = places.map_err(|_| Refusal::invalid("first", Said::new("chamber.no_such_choice")))?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let ground = TieGround::ALL.into_iter().find(|ground| ground.word() == sent.get("ground"));
    let ground = ground.ok_or_else(|| Refusal::invalid("ground", Said::new("chamber.which_ground")))?;
    Ok(Some(TieBreak { candidates, ground }))
}
