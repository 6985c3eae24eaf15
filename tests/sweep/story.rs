//! A session from its first item to its last publication, as clerk, chair and members would have it.

use belfort::booking::Refusal;
use belfort::council::publication::Asked;
use belfort::council::{
    Ballot, Choice, DocumentState, ItemState, Majority, ModeReason, Readied, ReadyState, SessionMode,
    SessionPart, Urn, VoteKind, VotePurpose,
};
use belfort::ids::{DocumentId, ItemId, MandateId, SessionId, VoteId};
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use belfort::scheduler::council::{
    Convene, NewSession, add_item, add_minutes_item, approve_minutes, convene, fix_agenda, note_ready,
    offer_minutes, plan_session, remark_minutes, step_item, submit_item,
};
use belfort::scheduler::{
    Caller, DeclareVote, EndItem, NewDocument, NotePresence, OpenVote, Publish, Signal, add_document,
    add_version, annul_vote, begin_item, cast_ballots, change_state, close_session, declare_vote, end_item,
    hand_in_paper, note_presence, open_session, open_vote, publish_session, read_hall, release_documents,
    resume_session, signal_session, suspend_session, withdraw_publication,
};
use belfort::store::{StoreError, Tx};
use belfort::time::Zone;
use belfort::town::Role;
use chrono::{Days, NaiveTime, TimeDelta};

use crate::bodies::{CIRCUMSTANCE, COUNCIL, email};
use crate::crawl::BASE;
use crate::papers::{file, pdf};
use crate::plan::{AGENDA, Fate, Item, NOTHING, Paper, Plan};
use crate::town::Town;

/// Days between the making of an agenda and the session.
const AHEAD: Days = Days::new(15);

/// A session on its way.
pub struct Story<'t> {
    town: &'t Town,
    plan: Plan,
    slug: String,
    session: SessionId,
    members: Vec<MandateId>,
    items: Vec<ItemId>,
    documents: Vec<DocumentId>,
}

impl<'t> Story<'t> {
    pub fn body(&self) -> &'static str {
        self.plan.body
    }

    /// Plans a session, makes its agenda and convenes its members.
    pub fn prepare(town: &'t Town, plan: Plan) -> Self {
        let day = Zone::BRUSSELS.wall(town.clock.now()).date() + AHEAD;
        let new = NewSession {
            body: plan.body.into(),
            start: day.and_time(NaiveTime::from_hms_opt(20, 0, 0).unwrap()),
            length_min: 120,
            rooms: if plan.place.is_empty() { vec![room_of(plan.body).into()] } else { Vec::new() },
            place: plan.place.clone(),
            mode: if plan.hybrid.is_some() { SessionMode::Hybrid } else { SessionMode::Physical },
            mode_reason: plan
                .hybrid
                .clone()
                .map(|reason| ModeReason { circumstance: CIRCUMSTANCE.into(), reason }),
            organiser: Some("griet.clerk@stad.example".into()),
            ..NewSession::default()
        };
        let session = act(town, move |tx, caller| plan_session(tx, caller, &new));
        let (id, term) = (session.id, session.term);
        let mandates = town.store.read(|view| view.mandates(term)).unwrap();
        let mut story = Self {
            town,
            plan,
            slug: session.slug,
            session: id,
            members: mandates.into_iter().map(|mandate| mandate.id).collect(),
            items: Vec::new(),
            documents: Vec::new(),
        };
        story.fill();
        story
    }

    fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        act(self.town, work)
    }

    fn fill(&mut self) {
        let (slug, plan) = (self.slug.clone(), self.plan.clone());
        let made = self.act(move |tx, caller| {
            note_ready(tx, caller, &slug, Readied::Room, ReadyState::Done, &plan.ready)?;
            let (mut items, mut documents) = (Vec::new(), Vec::new());
            // There is a session before it, but for the first.
            let _ = add_minutes_item(tx, caller, &slug);
            for item in plan.items.iter().filter(|item| item.fate != Fate::HandedIn) {
                let id = enter(tx, caller, &slug, item)?;
                for paper in &item.papers {
                    documents.push(put(tx, caller, (&slug, id), paper)?);
                }
                items.push(id);
            }
            fix_agenda(tx, caller, &slug)?;
            for item in plan.items.iter().filter(|item| item.fate == Fate::HandedIn) {
                let member = tx.person_by_email(&email(2))?.unwrap().id;
                let member = Caller { role: Role::Staff, person: Some(member), ..Caller::system() };
                items.push(submit_item(tx, &member, &slug, &item.fields)?.id);
            }
            Ok((items, documents))
        });
        (self.items, self.documents) = made;
        let (slug, plan) = (self.slug.clone(), self.plan.clone());
        let documents = self.documents.clone();
        self.act(move |tx, caller| {
            // With nothing that can be treated there is nobody to convene for.
            convene(tx, caller, &slug, &Convene { urgent_reason: String::new(), channels: Vec::new() })?;
            if plan.releases {
                release_documents(tx, caller, &slug)?;
            }
            let papers =
                plan.items.iter().filter(|item| item.fate != Fate::HandedIn).flat_map(|one| &one.papers);
            for (id, paper) in documents.into_iter().zip(papers) {
                let Some(later) = &paper.later else { continue };
                add_version(tx, caller, id, &file("later.txt", later.clone().into_bytes()))?;
            }
            Ok(())
        });
        if self.plan.published >= AGENDA {
            self.publish(Asked::Agenda);
        }
    }

    /// Holds it: `seen` is called while each item is under way and votes on it are open. Then the minutes of the
    /// session `before` can be approved.
    pub fn hold(&mut self, before: Option<&mut Self>, mut seen: impl FnMut(&Self)) {
        let (slug, id) = (self.slug.clone(), self.session);
        let planned = self.town.store.read(|view| view.session_named(&slug)).unwrap().unwrap().planned;
        self.town.clock.set(planned);
        let members = self.members.clone();
        self.act(move |tx, caller| {
            for mandate in members {
                let kind = PresenceKind::Arrive(Channel::Room);
                let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
                note_presence(
                    tx,
                    caller,
                    id,
                    &NotePresence { mandate, kind, at: None, source, identified_by },
                )?;
            }
            open_session(tx, caller, id, "Wie belt, deed dat al.")
        });
        if let Some(why) = self.plan.suspended.clone() {
            self.act(move |tx, caller| suspend_session(tx, caller, id, &why));
            seen(self);
            self.act(move |tx, caller| resume_session(tx, caller, id));
        }
        let on_it = self.town.store.read(|view| view.agenda_items(id)).unwrap();
        for item in on_it.into_iter().filter(|item| item.state == ItemState::OnAgenda) {
            let place = self.items.iter().position(|known| *known == item.id);
            let known = place.map(|place| self.planned(place));
            self.treat((item.id, item.part == SessionPart::Closed), known, &mut seen);
        }
        self.act(move |tx, caller| close_session(tx, caller, id, true));
        let (slug, remark) = (self.slug.clone(), self.plan.remark.clone());
        self.act(move |tx, caller| {
            offer_minutes(tx, caller, &slug)?;
            let member = tx.person_by_email(&email(2))?.unwrap().id;
            let member = Caller { role: Role::Staff, person: Some(member), ..Caller::system() };
            remark_minutes(tx, &member, &slug, None, &remark)
        });
        if let Some(before) = before {
            let slug = before.slug.clone();
            self.act(move |tx, caller| approve_minutes(tx, caller, &slug).map(|_| ()));
            if before.plan.published > AGENDA && before.body() == COUNCIL {
                before.publish(Asked::Minutes);
            }
        }
    }

    /// The plan of an item by its place among those that were entered.
    fn planned(&self, place: usize) -> Item {
        let entered = |late| self.plan.items.iter().filter(move |item| (item.fate == Fate::HandedIn) == late);
        entered(false).chain(entered(true)).nth(place).unwrap().clone()
    }

    fn treat(&self, (item, closed): (ItemId, bool), known: Option<Item>, seen: &mut impl FnMut(&Self)) {
        let session = self.session;
        self.act(move |tx, caller| {
            for signal in [Signal::Stream, Signal::Doors, Signal::Screens] {
                if signal != Signal::Stream || closed {
                    signal_session(tx, caller, session, (signal, !closed))?;
                }
            }
            begin_item(tx, caller, session, item)
        });
        let end = match known {
            // The minutes of the session before.
            None => EndItem {
                outcome: belfort::council::Outcome::Decided,
                decisions: Vec::new(),
                summary: String::new(),
            },
            Some(known) => {
                if known.outcome == belfort::council::Outcome::Decided {
                    if let Some(why) = known.annulled.clone() {
                        let vote = self.vote(item, &known);
                        self.act(move |tx, caller| annul_vote(tx, caller, vote, &why));
                    }
                    let vote = self.vote(item, &known);
                    seen(self);
                    self.answer(vote, known.fields.secret);
                } else {
                    seen(self);
                }
                EndItem { outcome: known.outcome, decisions: vec![known.decision], summary: known.summary }
            }
        };
        self.town.clock.advance(TimeDelta::minutes(3));
        self.act(move |tx, caller| end_item(tx, caller, (session, item), &end));
    }

    fn vote(&self, item: ItemId, known: &Item) -> VoteId {
        let secret = known.fields.secret;
        let new = OpenVote {
            item,
            subject: known.subject.clone(),
            purpose: VotePurpose::Substance,
            kind: if secret { VoteKind::Secret } else { VoteKind::RollCall },
            urn: secret.then_some(Urn::Paper),
            majority: Majority::Absolute,
            candidates: Vec::new(),
            first_round: None,
        };
        let session = self.session;
        self.act(move |tx, caller| open_vote(tx, caller, session, &new))
    }

    fn answer(&self, vote: VoteId, secret: bool) {
        let slug = self.slug.clone();
        self.act(move |tx, caller| {
            let hall = read_hall(tx, caller, &slug)?;
            let voting = hall.electorate(hall.votes.iter().find(|one| one.id == vote).unwrap());
            let mut said = DeclareVote::default();
            if secret {
                hand_in_paper(tx, caller, vote, &voting)?;
                said.secret = vec![Choice::For; voting.len()];
            } else {
                let choice = |place| if place == 1 { Choice::Against } else { Choice::For };
                let ballot = |(place, mandate): (usize, &MandateId)| Ballot {
                    mandate: *mandate,
                    choice: choice(place),
                };
                let ballots: Vec<Ballot> = voting.iter().enumerate().map(ballot).collect();
                cast_ballots(tx, caller, vote, &ballots)?;
            }
            declare_vote(tx, caller, vote, &said).map(|_| ())
        });
    }

    fn try_publish(&self, asked: Asked) -> Result<(), Refusal> {
        let wish = Publish { session: self.slug.clone(), asked, reason: "Een verbetering.".into() };
        let done = move |tx: &Tx<'_>| publish_session(tx, &Caller::system(), BASE, &wish).map(|_| ());
        self.town.store.write_now(done)
    }

    fn publish(&self, asked: Asked) {
        match self.try_publish(asked) {
            // A college publishes nothing but what it decided.
            Err(Refusal::State(_)) if self.body() != COUNCIL => {}
            other => other.unwrap_or_else(|refusal| panic!("{asked:?}: {refusal:?}")),
        }
    }

    /// Publishes what may be of the decisions; of those behind closed doors the store refuses all but the title. One
    /// extract is taken back.
    pub fn publish_the_rest(&mut self) {
        if self.plan.published <= AGENDA {
            return;
        }
        self.publish(Asked::DecisionList);
        let mut taken_back = false;
        for (id, closed) in self.decisions() {
            let (extract, regulation) =
                (self.try_publish(Asked::Extract(id)), self.try_publish(Asked::Regulation(id)));
            assert_eq!(extract.is_err(), closed, "{extract:?}");
            assert!(regulation.is_err() || !closed);
            if extract.is_ok() && !taken_back {
                taken_back = true;
                let wish = Publish {
                    session: self.slug.clone(),
                    asked: Asked::Extract(id),
                    reason: "Bij vergissing.".into(),
                };
                self.act(move |tx, caller| withdraw_publication(tx, caller, &wish));
            }
        }
    }

    /// The decisions that were taken, and whether behind closed doors.
    fn decisions(&self) -> Vec<(belfort::ids::DecisionId, bool)> {
        let id = self.session;
        let read = self.town.store.read(|view| {
            let items = view.agenda_items(id)?;
            let closed = |item| items.iter().any(|one| one.id == item && one.part == SessionPart::Closed);
            Ok::<_, StoreError>(
                view.decisions(id)?.into_iter().map(|one| (one.id, closed(one.item))).collect(),
            )
        });
        read.unwrap()
    }

    /// Every address at which something of the session would stand that is not for everybody.
    pub fn closed(&self) -> Vec<String> {
        let session = format!("/council/sessions/{}", self.slug);
        let below = [
            "",
            "/agenda",
            "/agenda/1",
            "/convocation",
            "/ready",
            "/submit",
            "/after",
            "/minutes",
            "/documents",
            "/file",
            "/pack",
            "/pack.pdf?for=public",
            "/pack.pdf?for=own",
            "/chamber",
            "/take-part",
            "/move",
        ];
        let mut all: Vec<String> = below.iter().map(|path| format!("{session}{path}")).collect();
        all.push(format!("/council/bodies/{}", self.plan.body));
        all.push(format!("/zittingen/{}", self.slug));
        for document in ["agenda", "besluitenlijst", "notulen"] {
            all.extend([
                format!("/zittingen/{}/{document}", self.slug),
                format!("/zittingen/{}/{document}/v/1", self.slug),
            ]);
        }
        all.extend(
            self.items
                .iter()
                .flat_map(|id| [format!("/council/items/{id}"), format!("{session}/recusals/{id}")]),
        );
        for id in &self.documents {
            all.extend(
                ["", "/versions/1", "/versions/2"].map(|rest| format!("/council/documents/{id}{rest}")),
            );
        }
        for (id, _) in self.decisions() {
            all.extend([
                format!("/besluiten/{id}"),
                format!("/besluiten/{id}/v/1"),
                format!("/reglementen/{id}"),
            ]);
            all.extend(["besluiten", "uittreksel", "reglement"].map(|noun| format!("/id/{noun}/{id}")));
        }
        if self.plan.published == NOTHING {
            all.push(format!("/id/zittingen/{}", self.session));
        }
        let meeting = self.town.store.read(|view| view.session(self.session)).unwrap().unwrap().meeting;
        all.extend(
            meeting.into_iter().flat_map(|id| [format!("/api/v1/meetings/{id}"), format!("/meetings/{id}")]),
        );
        all
    }
}

#[track_caller]
fn act<T: Send + 'static>(
    town: &Town,
    work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
) -> T {
    let done = town.store.write_now(move |tx| work(tx, &Caller::system()));
    done.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// The room in which a body meets.
fn room_of(body: &str) -> &'static str {
    if body == COUNCIL { "raadzaal" } else { "collegezaal" }
}

/// Enters an item and takes it as far as its fate lets it come.
fn enter(tx: &Tx<'_>, caller: &Caller, slug: &str, item: &Item) -> Result<ItemId, Refusal> {
    let id = add_item(tx, caller, slug, &item.fields)?.id;
    let steps: &[ItemState] = match item.fate {
        Fate::Treated => &[ItemState::ForApproval, ItemState::Approved],
        Fate::Withdrawn => &[ItemState::ForApproval, ItemState::Approved, ItemState::Withdrawn],
        Fate::Draft | Fate::HandedIn => &[],
    };
    for step in steps {
        step_item(tx, caller, id, None, *step)?;
    }
    Ok(id)
}

/// Adds a paper to an item and takes it as far as it is to come by itself.
fn put(
    tx: &Tx<'_>,
    caller: &Caller,
    (slug, item): (&str, ItemId),
    paper: &Paper,
) -> Result<DocumentId, Refusal> {
    let bytes = if paper.pdf { pdf(&[&paper.words]) } else { paper.words.clone().into_bytes() };
    let vetted = file(if paper.pdf { "stuk.pdf" } else { "stuk.txt" }, bytes);
    let new = NewDocument {
        session: slug.into(),
        item: Some(item),
        title: paper.title.clone(),
        access: Some(paper.access),
        downloadable: true,
    };
    let id = add_document(tx, caller, &new, Some(&vetted))?;
    for state in [DocumentState::Submitted, DocumentState::Approved] {
        if state <= paper.state {
            change_state(tx, caller, id, state)?;
        }
    }
    Ok(id)
}
