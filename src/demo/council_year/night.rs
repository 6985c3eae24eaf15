//! The evening of a session: who comes, what is treated, how is voted.

use super::matters::MATTERS;
use super::run::Stage;
use super::tale::Twist;
use super::year::Planned;
use crate::booking::Refusal;
use crate::council::{
    AgendaItem, Ballot, CallResult, Choice, ItemState, Majority, Outcome, Readied, ReadyState, Section,
    Session, SessionPart, Urn, VoteKind, VoteOutcome, VotePurpose,
};
use crate::ids::{ItemId, MandateId, VoteId};
use crate::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use crate::scheduler::council::{ItemFields, add_item, fix_agenda, note_ready, note_test_call, step_item};
use crate::scheduler::{
    DeclareVote, EndItem, NotePresence, OpenVote, Signal, begin_item, cast_ballots, close_session,
    declare_not_quorate, declare_vote, end_item, hand_in_paper, note_presence, open_session, open_vote,
    read_hall, signal_session,
};

/// Holds a session. Returns the session whose minutes it approved.
pub(super) fn hold(stage: &Stage<'_>, planned: &Planned, twist: Twist) -> Result<Option<Session>, Refusal> {
    let session = stage.session(&planned.slug)?;
    let members = stage.members(&session)?;
    let mandates: Vec<MandateId> = members.iter().map(|(mandate, _)| *mandate).collect();
    // After a second convocation few come, and that is enough.
    let coming = if session.convocation_no == 2 {
        mandates.len() / 3
    } else {
        mandates.len() - usize::from(mandates.len() > 20)
    };
    let remote = if twist == Twist::Hybrid { 6 } else { 0 };
    let night = Night { stage, session: &session, twist };
    if remote > 0 {
        night.test(&mandates[coming - remote..coming])?;
    }
    night.arrive(&mandates[..coming], remote)?;
    stage.pass(120);
    let id = session.id;
    stage.act(move |tx, caller| open_session(tx, caller, id, ""))?;
    if twist == Twist::Hybrid {
        stage.act(move |tx, caller| signal_session(tx, caller, id, (Signal::Stream, true)))?;
    }
    if twist == Twist::Urgent {
        night.add_urgent()?;
    }
    let mut approved = None;
    for item in night.agenda()? {
        night.treat(&item)?;
        if item.section == Section::Minutes {
            let (body, planned) = (session.body, session.planned);
            approved = stage.store.read(|view| view.session_before(body, planned))?;
        }
    }
    stage.pass(300);
    stage.act(move |tx, caller| close_session(tx, caller, id, false))?;
    Ok(approved)
}

/// Too few come, and the clerk says so a quarter of an hour after the start.
pub(super) fn wait_in_vain(stage: &Stage<'_>, planned: &Planned) -> Result<(), Refusal> {
    let session = stage.session(&planned.slug)?;
    let mandates: Vec<MandateId> = stage.members(&session)?.into_iter().map(|(mandate, _)| mandate).collect();
    let night = Night { stage, session: &session, twist: Twist::NoQuorum };
    night.arrive(&mandates[..mandates.len() / 3], 0)?;
    stage.pass(900);
    let id = session.id;
    stage.act(move |tx, caller| declare_not_quorate(tx, caller, id))
}

struct Night<'a, 's> {
    stage: &'a Stage<'s>,
    session: &'a Session,
    twist: Twist,
}

fn note(mandate: MandateId, kind: PresenceKind) -> NotePresence {
    NotePresence { mandate, kind, at: None, source: Source::Clerk, identified_by: IdentifiedBy::SeenByChair }
}

impl Night<'_, '_> {
    fn arrive(&self, mandates: &[MandateId], remote: usize) -> Result<(), Refusal> {
        let (id, secretary) = (self.session.id, self.session.secretary);
        let mandates = mandates.to_vec();
        self.stage.act(move |tx, caller| {
            let in_room = mandates.len() - remote;
            for (place, mandate) in mandates.iter().enumerate() {
                let channel = if place < in_room { Channel::Room } else { Channel::Remote };
                note_presence(tx, caller, id, &note(*mandate, PresenceKind::Arrive(channel)))?;
            }
            if let Some(secretary) = secretary.filter(|one| !mandates.contains(one)) {
                note_presence(tx, caller, id, &note(secretary, PresenceKind::Arrive(Channel::Room)))?;
            }
            Ok(())
        })
    }

    /// The chair's test call with those who take part from elsewhere, and what else has to be ready.
    fn test(&self, remote: &[MandateId]) -> Result<(), Refusal> {
        let (slug, remote) = (self.session.slug.clone(), remote.to_vec());
        self.stage.act(move |tx, caller| {
            for what in Readied::ALL {
                note_ready(tx, caller, &slug, what, ReadyState::Done, "")?;
            }
            for mandate in &remote {
                note_test_call(tx, caller, &slug, *mandate, CallResult::Good, "")?;
            }
            Ok(())
        })
    }

    /// What is to be treated, in the order of the agenda.
    fn agenda(&self) -> Result<Vec<AgendaItem>, Refusal> {
        let id = self.session.id;
        let items = self.stage.store.read(|view| view.agenda_items(id))?;
        Ok(items.into_iter().filter(|item| item.state == ItemState::OnAgenda).collect())
    }

    /// The chair brings an item that cannot wait; it is treated only after two thirds say so.
    fn add_urgent(&self) -> Result<(), Refusal> {
        let urgent = &MATTERS.urgent_item;
        let fields =
            ItemFields { section: Section::Urgent, urgent_reason: urgent.reason.clone(), ..urgent.fields() };
        let slug = self.session.slug.clone();
        let id = self.session.id;
        let item = self.stage.act(move |tx, caller| {
            let item = add_item(tx, caller, &slug, &fields)?;
            step_item(tx, caller, item.id, None, ItemState::ForApproval)?;
            let item = step_item(tx, caller, item.id, None, ItemState::Approved)?;
            fix_agenda(tx, caller, &slug)?;
            Ok(item.id)
        })?;
        self.stage.pass(60);
        let vote = self.stage.act(move |tx, caller| {
            open_vote(
                tx,
                caller,
                id,
                &ask(item, "de hoogdringendheid", VotePurpose::Urgency, Majority::TwoThirdsPresent),
            )
        })?;
        self.vote_in_the_open(vote, |place| if place % 7 == 6 { Choice::Against } else { Choice::For })?;
        self.declare(vote, DeclareVote::default()).map(|_| ())
    }

    fn treat(&self, item: &AgendaItem) -> Result<(), Refusal> {
        let (session, id) = (self.session.id, item.id);
        if item.part == SessionPart::Closed {
            self.stage.act(move |tx, caller| {
                for signal in [Signal::Stream, Signal::Doors, Signal::Screens] {
                    signal_session(tx, caller, session, (signal, false))?;
                }
                Ok(())
            })?;
        }
        self.stage.pass(60);
        self.stage.act(move |tx, caller| begin_item(tx, caller, session, id))?;
        self.stage.pass(240);
        let outcome = self.decide(item)?;
        self.stage.pass(60);
        let summary = match item.section {
            Section::Minutes => String::new(),
            _ => "De schepen licht het voorstel toe. Twee fracties stellen vragen over de timing.".to_owned(),
        };
        let end = EndItem { outcome, decisions: Vec::new(), summary };
        self.stage.act(move |tx, caller| end_item(tx, caller, (session, id), &end))
    }

    fn decide(&self, item: &AgendaItem) -> Result<Outcome, Refusal> {
        if item.section == Section::Minutes {
            return Ok(Outcome::Decided);
        }
        if item.title == MATTERS.postponed.title && item.references.is_empty() {
            return Ok(Outcome::Postponed);
        }
        if item.title == MATTERS.election.title {
            return self.elect(item.id);
        }
        if item.secret {
            return self.vote_in_secret(item.id);
        }
        let (id, session, subject) = (item.id, self.session.id, item.title.clone());
        let vote = self.stage.act(move |tx, caller| {
            open_vote(tx, caller, session, &ask(id, &subject, VotePurpose::Substance, Majority::Absolute))
        })?;
        let lost = if self.twist == Twist::Hybrid { self.drop_out(vote)? } else { None };
        self.vote_in_the_open(vote, |place| match place % 10 {
            3 | 8 => Choice::Against,
            5 => Choice::Abstain,
            _ => Choice::For,
        })?;
        self.declare(vote, DeclareVote::default())?;
        if let Some(mandate) = lost {
            self.stage.pass(30);
            self.stage.act(move |tx, caller| {
                note_presence(tx, caller, session, &note(mandate, PresenceKind::Reconnected))
            })?;
        }
        Ok(Outcome::Decided)
    }

    /// While the vote is open the line of a remote member breaks; they come back for the next one.
    fn drop_out(&self, vote: VoteId) -> Result<Option<MandateId>, Refusal> {
        let (session, slug) = (self.session.id, self.session.slug.clone());
        let remote = self.stage.act(move |tx, caller| {
            let hall = read_hall(tx, caller, &slug)?;
            let voting = hall.votes.iter().find(|one| one.id == vote).map(|one| hall.electorate(one));
            let voting = voting.unwrap_or_default();
            let remote =
                voting.into_iter().rev().find(|id| hall.presence(*id).counts() == Some(Channel::Remote));
            if let Some(mandate) = remote {
                note_presence(tx, caller, session, &note(mandate, PresenceKind::ConnectionLost))?;
            }
            Ok(remote)
        })?;
        // Longer than the grace of the rules of procedure: they have left, and are no part of this vote any more.
        self.stage.pass(120);
        Ok(remote)
    }

    /// Everybody who may vote and has not yet, by their place.
    fn vote_in_the_open(&self, vote: VoteId, choose: impl Fn(usize) -> Choice) -> Result<(), Refusal> {
        let voting = self.still_to_vote(vote)?;
        let ballots: Vec<Ballot> = voting
            .into_iter()
            .enumerate()
            .map(|(place, mandate)| Ballot { mandate, choice: choose(place) })
            .collect();
        self.stage.pass(45);
        self.stage.act(move |tx, caller| cast_ballots(tx, caller, vote, &ballots))
    }

    fn still_to_vote(&self, vote: VoteId) -> Result<Vec<MandateId>, Refusal> {
        let slug = self.session.slug.clone();
        self.stage.act(move |tx, caller| {
            let hall = read_hall(tx, caller, &slug)?;
            let given: Vec<MandateId> = tx.ballots(vote)?.into_iter().map(|ballot| ballot.mandate).collect();
            let voting = hall.votes.iter().find(|one| one.id == vote).map(|one| hall.electorate(one));
            let mut voting = voting.unwrap_or_default();
            voting.retain(|id| !given.contains(id) && hall.presence(*id).counts().is_some());
            Ok(voting)
        })
    }

    fn declare(&self, vote: VoteId, said: DeclareVote) -> Result<VoteOutcome, Refusal> {
        self.stage.pass(20);
        self.stage.act(move |tx, caller| declare_vote(tx, caller, vote, &said))
    }

    /// A ballot of each in the box, and what the ballots say.
    fn ballots_in_the_box(
        &self,
        vote: VoteId,
        choose: impl Fn(usize) -> Choice,
    ) -> Result<VoteOutcome, Refusal> {
        let voting = self.still_to_vote(vote)?;
        let secret = (0..voting.len()).map(choose).collect();
        self.stage.pass(120);
        self.stage.act(move |tx, caller| hand_in_paper(tx, caller, vote, &voting))?;
        self.declare(vote, DeclareVote { secret, tie_break: None })
    }

    fn vote_in_secret(&self, item: ItemId) -> Result<Outcome, Refusal> {
        let session = self.session.id;
        let wish = OpenVote {
            kind: VoteKind::Secret,
            urn: Some(Urn::Paper),
            ..ask(item, "de bevestiging", VotePurpose::Substance, Majority::Absolute)
        };
        let vote = self.stage.act(move |tx, caller| open_vote(tx, caller, session, &wish))?;
        self.ballots_in_the_box(vote, |place| match place % 8 {
            2 => Choice::Against,
            6 => Choice::Abstain,
            _ => Choice::For,
        })?;
        Ok(Outcome::Decided)
    }

    /// Three candidates, nobody with more than half in the first round, and a second one between the best two.
    fn elect(&self, item: ItemId) -> Result<Outcome, Refusal> {
        let session = self.session.id;
        let names = ["Veerle Cools", "Driss Ben Haddou", "Ilse Ooms"].map(str::to_owned).to_vec();
        let round = |round: u8, candidates: Vec<String>, first: Option<VoteId>| OpenVote {
            kind: VoteKind::Secret,
            urn: Some(Urn::Paper),
            candidates,
            first_round: first,
            ..ask(item, "de afgevaardigde", VotePurpose::Substance, Majority::Elect { round })
        };
        let wish = round(1, names, None);
        let first = self.stage.act(move |tx, caller| open_vote(tx, caller, session, &wish))?;
        let outcome = self.ballots_in_the_box(first, |place| match place % 7 {
            0..3 => Choice::Candidate(0),
            3 | 4 => Choice::Candidate(1),
            5 => Choice::Candidate(2),
            _ => Choice::Abstain,
        })?;
        if matches!(outcome, VoteOutcome::SecondRound { .. }) {
            let wish = round(2, Vec::new(), Some(first));
            let second = self.stage.act(move |tx, caller| open_vote(tx, caller, session, &wish))?;
            self.ballots_in_the_box(second, |place| Choice::Candidate(u32::from(place % 3 == 2)))?;
        }
        Ok(Outcome::Decided)
    }
}

fn ask(item: ItemId, subject: &str, purpose: VotePurpose, majority: Majority) -> OpenVote {
    OpenVote {
        item,
        subject: subject.to_owned(),
        purpose,
        kind: VoteKind::ShowOfHands,
        urn: None,
        majority,
        candidates: Vec::new(),
        first_round: None,
    }
}
