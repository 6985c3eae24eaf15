//! A session as it stands: who sits, where they are, what is treated, what is voted on.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::booking::Refusal;
use crate::council::{
    AgendaItem, Law, Mandate, MandateStatus, Quorum, RulesOfProcedure, Session, SessionEvent,
    SessionEventKind, SessionMode, SessionPart, SessionState, Treatment, Vote, VotePurpose, VoteState,
    places, sitting,
};
use crate::ids::{BodyId, ItemId, MandateId, PersonId, SessionId, VoteId};
use crate::presence::{Ledger, Presence, PresenceEvent, RemoteLine, present, quorum};
use crate::scheduler::Caller;
use crate::store::View;
use crate::texts::Said;
use crate::town::{Action, Matter};

/// A session as it stands.
#[derive(Clone, Debug)]
pub struct Hall {
    /// The instant of the snapshot, UTC.
    pub now: DateTime<Utc>,
    /// The session.
    pub session: Session,
    /// The rules of procedure of its body.
    pub rules: RulesOfProcedure,
    /// The mandates of its term, by precedence.
    pub mandates: Vec<Mandate>,
    /// The names of their holders; empty for somebody whose data were wiped.
    pub names: BTreeMap<MandateId, String>,
    /// The ledger of presence.
    pub lines: Vec<PresenceEvent>,
    /// What happened.
    pub events: Vec<SessionEvent>,
    /// The agenda, in order.
    pub items: Vec<AgendaItem>,
    /// What became of items, in order.
    pub treatments: Vec<Treatment>,
    /// The votes, in order.
    pub votes: Vec<Vote>,
    /// Whether members may take part from elsewhere and no test call was made with any of them (rule H1).
    pub untested: bool,
    /// Items that come for the second time after a second convocation.
    second_time: BTreeSet<ItemId>,
}

fn conducts(caller: &Caller, body: BodyId) -> Result<(), Refusal> {
    caller.must_in(Action::ConductSession, &Matter { body: Some(body), ..Matter::default() })
}

/// The session with this name in addresses, for those who conduct it.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none, [`Refusal::Forbidden`] for others.
pub fn conducted(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Session, Refusal> {
    let unknown = || Refusal::unknown("session", super::super::create_meeting::clip(slug));
    let session = view.session_named(slug)?.ok_or_else(unknown)?;
    conducts(caller, session.body)?;
    Ok(session)
}

/// All of the session with this name in addresses, for those who conduct it.
///
/// # Errors
/// As [`conducted`].
pub fn read_hall(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Hall, Refusal> {
    Hall::of(view, conducted(view, caller, slug)?)
}

/// The session with this name in addresses, for a member of it, and their mandate.
///
/// # Errors
/// [`Refusal::Unknown`] if there is none that the caller is a member of.
pub fn read_seat(view: &View<'_>, caller: &Caller, slug: &str) -> Result<(Hall, MandateId), Refusal> {
    let unknown = || Refusal::unknown("session", super::super::create_meeting::clip(slug));
    let hall = Hall::of(view, view.session_named(slug)?.ok_or_else(unknown)?)?;
    let seat = hall.seat_of(caller).ok_or_else(unknown)?;
    Ok((hall, seat))
}

impl Hall {
    /// Loads a session for an act.
    pub(super) fn load(view: &View<'_>, id: SessionId) -> Result<Self, Refusal> {
        let session = view.session(id)?.ok_or_else(|| Refusal::unknown("session", id))?;
        Self::of(view, session)
    }

    fn of(view: &View<'_>, session: Session) -> Result<Self, Refusal> {
        let mandates = view.mandates(session.term)?;
        let mut names = BTreeMap::new();
        for mandate in &mandates {
            names.insert(
                mandate.id,
                view.person(mandate.person)?.map(|person| person.name).unwrap_or_default(),
            );
        }
        let items = view.agenda_items(session.id)?;
        let second_time = match session.previous.filter(|_| session.convocation_no == 2) {
            Some(previous) => {
                let numbered = view.agenda_items(previous)?.into_iter().filter(|item| item.number.is_some());
                let earlier: BTreeSet<ItemId> = numbered.map(|item| item.id).collect();
                let again = |item: &&AgendaItem| item.references.iter().any(|id| earlier.contains(id));
                items.iter().filter(again).map(|item| item.id).collect()
            }
            None => BTreeSet::new(),
        };
        let ahead = session.mode != SessionMode::Physical && session.state.lies_ahead();
        let tested = !ahead || view.test_calls(session.id)?.iter().any(|call| call.done_at.is_some());
        Ok(Self {
            now: view.now(),
            rules: view.council_body(session.body)?.map(|body| body.rules).unwrap_or_default(),
            lines: view.presence_events(session.id)?,
            events: view.session_events(session.id)?,
            treatments: view.treatments(session.id)?,
            votes: view.votes(session.id)?,
            session,
            mandates,
            names,
            items,
            untested: !tested,
            second_time,
        })
    }

    /// Refuses those who do not conduct sessions of this body.
    pub(super) fn must_conduct(&self, caller: &Caller) -> Result<(), Refusal> {
        conducts(caller, self.session.body)
    }

    /// Whether what was said can still be written down: until the minutes are approved.
    #[must_use]
    pub fn can_summarise(&self) -> bool {
        self.session.state.is_under_way() || self.session.state.awaits_minutes()
    }

    /// Whether it can be written down who is there: from the convocation until the minutes are approved.
    #[must_use]
    pub fn takes_attendance(&self) -> bool {
        let state = self.session.state;
        state == SessionState::Convened || state.is_under_way() || state.awaits_minutes()
    }

    /// Refuses unless the session sits.
    pub(super) fn must_sit(&self) -> Result<(), Refusal> {
        if self.session.state == SessionState::Open {
            return Ok(());
        }
        Err(Refusal::State(Said::new("chamber.not_open")))
    }

    /// The mandate by which the caller belongs to this session now.
    #[must_use]
    pub fn seat_of(&self, caller: &Caller) -> Option<MandateId> {
        let person = caller.person?;
        let stands = |m: &&Mandate| {
            m.person == person && m.stands_at(self.now) && m.status != MandateStatus::Prevented
        };
        self.mandates.iter().find(stands).map(|mandate| mandate.id)
    }

    /// The name of a member; empty of somebody whose data were wiped.
    pub(super) fn name(&self, mandate: MandateId) -> String {
        self.names.get(&mandate).cloned().unwrap_or_default()
    }

    /// A mandate of this term.
    pub(super) fn mandate(&self, id: MandateId) -> Result<&Mandate, Refusal> {
        self.mandates.iter().find(|m| m.id == id).ok_or_else(|| Refusal::unknown("mandate", id))
    }

    /// An item of the agenda.
    pub(super) fn item(&self, id: ItemId) -> Result<&AgendaItem, Refusal> {
        self.items.iter().find(|item| item.id == id).ok_or_else(|| Refusal::unknown("item", id))
    }

    /// The ledger with the grace period of the body.
    #[must_use]
    pub fn ledger(&self) -> Ledger<'_> {
        Ledger { events: &self.lines, grace: TimeDelta::seconds(i64::from(self.rules.lost_grace_s)) }
    }

    /// The sitting members at an instant, in order of precedence.
    #[must_use]
    pub fn sitting(&self, at: DateTime<Utc>) -> Vec<MandateId> {
        sitting(&self.mandates, at).iter().map(|mandate| mandate.id).collect()
    }

    /// Those who have a place in the session now: the sitting members, then those who sit without a vote.
    #[must_use]
    pub fn places(&self) -> Vec<&Mandate> {
        places(&self.mandates, self.now)
    }

    /// Whether an item may be decided whatever the number: article 26, from memory.
    #[must_use]
    pub fn exempt(&self, item: ItemId) -> bool {
        self.second_time.contains(&item)
    }

    /// The count of those present now; about an item, with its exemption.
    #[must_use]
    pub fn quorum(&self, item: Option<ItemId>) -> Quorum {
        let exempt = item.map_or(!self.second_time.is_empty(), |item| self.exempt(item));
        quorum(&self.ledger(), &self.sitting(self.now), self.now, exempt)
    }

    /// Refuses to go on without enough members.
    pub(super) fn must_be_quorate(&self, item: Option<ItemId>) -> Result<Quorum, Refusal> {
        let count = self.quorum(item);
        if count.holds() {
            return Ok(count);
        }
        let said = Said::new("chamber.no_quorum").with("present", count.present());
        Err(Refusal::State(said.with("needed", count.needed).with("article", Law::QUORUM)))
    }

    /// Where a member is now.
    #[must_use]
    pub fn presence(&self, mandate: MandateId) -> Presence {
        self.ledger().state_of(mandate, self.now)
    }

    /// The treatment that is under way.
    #[must_use]
    pub fn under_way(&self) -> Option<&Treatment> {
        self.treatments.iter().find(|treatment| treatment.ended.is_none())
    }

    /// The vote that is open.
    #[must_use]
    pub fn open_vote(&self) -> Option<&Vote> {
        self.votes.iter().find(|vote| vote.state == VoteState::Open)
    }

    /// A vote of this session.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] for one of another.
    pub fn vote(&self, id: VoteId) -> Result<&Vote, Refusal> {
        self.votes.iter().find(|vote| vote.id == id).ok_or_else(|| Refusal::unknown("vote", id))
    }

    /// Whether another round rests on a vote.
    #[must_use]
    pub fn is_followed(&self, id: VoteId) -> bool {
        self.votes.iter().any(|vote| vote.first_round == Some(id) && vote.state != VoteState::Annulled)
    }

    /// Whether a vote can be declared void (rule V6): while the session goes on and nothing rests on it, be it another
    /// round, the end of its item or, for urgency, its beginning.
    #[must_use]
    pub fn may_annul(&self, vote: &Vote) -> bool {
        let treatment = self.treatments.iter().find(|treatment| treatment.item == vote.item);
        let rests = match vote.purpose {
            VotePurpose::Substance => treatment.is_none_or(|treatment| treatment.ended.is_some()),
            VotePurpose::Urgency => treatment.is_some(),
        };
        let stands = vote.state != VoteState::Annulled;
        stands && !rests && !self.is_followed(vote.id) && self.session.state.is_under_way()
    }

    /// Those who keep away from an item, as was said beforehand, and are present all the same.
    #[must_use]
    pub fn not_away(&self, item: ItemId, recusals: &[(ItemId, PersonId)]) -> Vec<&Mandate> {
        let away = |mandate: &&Mandate| recusals.contains(&(item, mandate.person));
        let here = |mandate: &&Mandate| self.presence(mandate.id).counts().is_some();
        self.places().into_iter().filter(away).filter(here).collect()
    }

    /// That they are to leave first: who they are, and what to do.
    #[must_use]
    pub fn must_leave<'m>(&self, who: impl IntoIterator<Item = &'m Mandate>) -> Option<Said> {
        let names: Vec<String> = who.into_iter().map(|mandate| self.name(mandate.id)).collect();
        (!names.is_empty()).then(|| Said::new("chamber.recused_here").with("names", names.join(", ")))
    }

    /// Who may vote in a vote: those who counted as present when it was opened.
    #[must_use]
    pub fn electorate(&self, vote: &Vote) -> Vec<MandateId> {
        present(&self.ledger().up_to(vote.ledger_seq), &self.sitting(vote.opened), vote.opened)
    }

    /// Who may vote in a vote now: present when it was opened and still.
    #[must_use]
    pub fn still_voting(&self, vote: &Vote) -> Vec<MandateId> {
        let states = self.ledger().states(self.now);
        // A member whose line is broken at this moment counts, but cannot say how they vote.
        let voting = |id: &MandateId| {
            states.get(id).is_some_and(|presence| {
                presence.counts().is_some() && !matches!(presence, Presence::Remote(RemoteLine::Lost { .. }))
            })
        };
        self.electorate(vote).into_iter().filter(voting).collect()
    }

    /// The last of two opposite events; `false` if neither happened.
    fn last_is(&self, yes: SessionEventKind, no: SessionEventKind) -> bool {
        let last = self.events.iter().rev().find(|event| event.kind == yes || event.kind == no);
        last.is_some_and(|event| event.kind == yes)
    }

    /// Whether the doors are open.
    #[must_use]
    pub fn doors_open(&self) -> bool {
        self.last_is(SessionEventKind::DoorsOpen, SessionEventKind::DoorsClosed)
    }

    /// Whether the public stream runs.
    #[must_use]
    pub fn stream_up(&self) -> bool {
        self.last_is(SessionEventKind::StreamUp, SessionEventKind::StreamDown)
    }

    /// Since when the public stream has been down, if it ran before.
    #[must_use]
    pub fn stream_down_since(&self) -> Option<DateTime<Utc>> {
        let last =
            self.events.iter().rev().find(|event| {
                matches!(event.kind, SessionEventKind::StreamUp | SessionEventKind::StreamDown)
            })?;
        (last.kind == SessionEventKind::StreamDown).then_some(last.at)
    }

    /// Whether screens show what is treated.
    #[must_use]
    pub fn screens_on(&self) -> bool {
        self.last_is(SessionEventKind::ScreensOn, SessionEventKind::ScreensOff)
    }

    /// Who is speaking, and since when.
    #[must_use]
    pub fn speaker(&self) -> Option<(MandateId, DateTime<Utc>)> {
        let last = self.events.iter().rev().find(|event| {
            matches!(event.kind, SessionEventKind::SpeakerStarted | SessionEventKind::SpeakerStopped)
        })?;
        let speaks = last.kind == SessionEventKind::SpeakerStarted;
        last.mandate.filter(|_| speaks).map(|mandate| (mandate, last.at))
    }

    /// Whether every item is for closed doors, as of a college.
    pub(super) fn sits_closed(&self) -> bool {
        let mut live = self.items.iter().filter(|item| item.is_live()).peekable();
        live.peek().is_some() && live.all(|item| item.part == SessionPart::Closed)
    }

    /// Items that were not treated.
    #[must_use]
    pub fn left_over(&self) -> Vec<&AgendaItem> {
        let treated = |item: &AgendaItem| self.treatments.iter().any(|treatment| treatment.item == item.id);
        self.items.iter().filter(|item| item.is_live() && !treated(item)).collect()
    }
}
