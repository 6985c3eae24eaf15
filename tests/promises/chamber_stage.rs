//! A council of seven with its secretary, convened for this very hour, in a hybrid session with a few items.

use belfort::booking::Refusal;
use belfort::council::{
    AgendaItem, CallResult, CouncilBody, FeePolicy, Ground, ItemState, Majority, Mandate, MandateRole,
    MandateStatus, Origin, RemoteTool, RulesOfProcedure, Section, Session, SessionMode, SessionPart,
    SessionState, Term, TestCall, Urgency, VoteKind, VotePurpose,
};
use belfort::ids::{BodyId, ItemId, MandateId, MeetingId, PersonId, SessionId, TermId, VoteId};
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use belfort::scheduler::{
    Caller, Hall, NotePresence, OpenVote, begin_item, note_presence, open_session, open_vote, read_hall,
};
use belfort::store::{Tx, View};
use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::town::{Person, PersonKind};
use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::town::{Answer, Client, Town, booking};

/// The members in order of precedence: the first presides. The last writes the minutes and has no seat.
pub const MEMBERS: [&str; 8] = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "secretaris"];

/// A council on its stage.
pub struct Stage {
    pub town: Town,
    pub body: BodyId,
    /// By place, as [`MEMBERS`].
    pub seats: Vec<MandateId>,
    pub session: SessionId,
    /// Public 1 (decision), 2 (secret election), 3 (notice), an urgent one, and a closed one.
    pub items: Vec<ItemId>,
}

pub const DECISION: usize = 0;
pub const ELECTION: usize = 1;
pub const NOTICE: usize = 2;
pub const URGENT: usize = 3;
pub const CLOSED: usize = 4;

pub fn email(place: usize) -> String {
    format!("{}@raad.example", MEMBERS[place])
}

impl Stage {
    pub async fn new(seed: u64) -> Self {
        Self::with(seed, RulesOfProcedure::default()).await
    }

    /// The stage of a body with these rules of procedure; it may meet in every mode, and pays 200 euro.
    pub async fn with(seed: u64, rules: RulesOfProcedure) -> Self {
        let town = Town::new(seed);
        let mut wish = booking("raadzaal", "2027-01-18T09:00", "2027-01-18T12:00");
        wish["body"] = json!("gemeenteraad");
        let made = town.clerk().post("/api/v1/meetings", wish).await.must(201).json();
        let meeting: MeetingId = made["id"].as_str().unwrap().parse().unwrap();
        let body = town.store.directory().body_named("gemeenteraad").unwrap().id;
        let made = town.store.write_now(move |tx| found(tx, body, meeting, rules)).unwrap();
        let (seats, session, items) = made;
        Self { town, body, seats, session, items }
    }

    pub const SLUG: &str = "gemeenteraad-2027-01-18";

    /// Does something as the program itself.
    pub fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.town.store.write_now(move |tx| work(tx, &Caller::system()))
    }

    pub fn read<T>(&self, work: impl FnOnce(&View<'_>) -> T) -> T {
        self.town.store.read(|view| Ok::<T, belfort::store::StoreError>(work(view))).unwrap()
    }

    pub fn hall(&self) -> Hall {
        self.town.store.read(|view| read_hall(view, &Caller::system(), Self::SLUG)).unwrap()
    }

    /// Writes down what happens to somebody.
    pub fn note(&self, place: usize, kind: PresenceKind) -> Result<(), Refusal> {
        let (session, mandate) = (self.session, self.seats[place]);
        let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
        let new = NotePresence { mandate, kind, at: None, source, identified_by };
        self.act(move |tx, caller| note_presence(tx, caller, session, &new))
    }

    /// So many members come into the room, and the secretary.
    pub fn fill(&self, members: usize) {
        for place in (0..members).chain([7]) {
            self.note(place, PresenceKind::Arrive(Channel::Room)).unwrap();
        }
    }

    /// A session that sits, with so many members in the room.
    pub fn opened(self, members: usize) -> Self {
        self.fill(members);
        let session = self.session;
        self.act(move |tx, caller| open_session(tx, caller, session, "")).unwrap();
        self
    }

    pub fn begin(&self, item: usize) -> Result<(), Refusal> {
        let (session, item) = (self.session, self.items[item]);
        self.act(move |tx, caller| begin_item(tx, caller, session, item))
    }

    /// What is asked about an item by show of hands.
    pub fn question(&self, item: usize, majority: Majority) -> OpenVote {
        OpenVote {
            item: self.items[item],
            subject: "Goedkeuring".into(),
            purpose: VotePurpose::Substance,
            kind: VoteKind::ShowOfHands,
            urn: None,
            majority,
            candidates: Vec::new(),
            first_round: None,
        }
    }

    pub fn put(&self, question: OpenVote) -> Result<VoteId, Refusal> {
        let session = self.session;
        self.act(move |tx, caller| open_vote(tx, caller, session, &question))
    }

    pub fn pass(&self, seconds: i64) {
        self.town.clock.advance(TimeDelta::seconds(seconds));
    }

    /// A member, signed in with a browser.
    pub fn member(&self, place: usize) -> Client {
        self.town.signed_in(&email(place), &[])
    }

    /// Fails unless the journal and the ledger hold.
    #[track_caller]
    pub fn verify(&self) {
        self.town.verify();
        assert_eq!(self.read(|view| view.presence_fault(self.session).unwrap()), None, "the ledger's chain");
    }
}

/// Sends a form of the page at `page` to `path`.
pub async fn send(client: &Client, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    crate::forms::send(client, page, path, fields).await
}

/// The key of a refusal, so that tests need no sentences.
#[track_caller]
pub fn key<T: std::fmt::Debug>(refused: Result<T, Refusal>) -> String {
    let refusal = refused.expect_err("it should have been refused");
    match &refusal {
        Refusal::Invalid(faults) => faults[0].said.key.clone(),
        other => other.code().to_owned(),
    }
}

type Founded = (Vec<MandateId>, SessionId, Vec<ItemId>);

fn found(tx: &Tx<'_>, body: BodyId, meeting: MeetingId, rules: RulesOfProcedure) -> Result<Founded, Refusal> {
    let rules = RulesOfProcedure {
        modes: SessionMode::ALL.to_vec(),
        fee: FeePolicy { amount_cents: 20_000, ..FeePolicy::default() },
        remote: RemoteTool { name: "Vergadertool".into(), how: "Klik".into(), ..RemoteTool::default() },
        ..rules
    };
    let (kind, jurisdiction) = ("gemeenteraad".to_owned(), "BE-VLG".to_owned());
    tx.put_council_body(&CouncilBody { body, kind, jurisdiction, iri: None, rules })?;
    let term = TermId(tx.fresh());
    let day = |text: &str| text.parse().unwrap();
    let (starts, ends) = (day("2025-01-01"), day("2030-12-31"));
    tx.insert_term(&Term { id: term, body, name: "2025-2030".into(), starts, ends, seats: 7, iri: None })?;
    let seats = found_members(tx, term)?;
    let session = SessionId(tx.fresh());
    tx.put_session(&Session {
        id: session,
        slug: Stage::SLUG.into(),
        body,
        term,
        meeting: Some(meeting),
        planned: tx.now(),
        zone: Zone::BRUSSELS,
        length_min: 180,
        place: "Raadzaal".into(),
        mode: SessionMode::Hybrid,
        mode_reason: None,
        chair: Some(seats[0]),
        secretary: Some(seats[7]),
        joint_with: None,
        convocation_no: 1,
        previous: None,
        stream_url: "https://stream.example/raad".into(),
        state: SessionState::Convened,
        opened: None,
        closed: None,
        version: 1,
    })?;
    tx.put_test_call(session, &tested(seats[3], Some(tx.now() - TimeDelta::hours(2))))?;
    let items = found_items(tx, session)?;
    Ok((seats, session, items))
}

/// The chair's test call with a member, made or only planned.
pub fn tested(mandate: MandateId, done_at: Option<chrono::DateTime<Utc>>) -> TestCall {
    let result = if done_at.is_some() { CallResult::Good } else { CallResult::Planned };
    TestCall { mandate, planned: None, done_at, result, note: String::new() }
}

fn found_members(tx: &Tx<'_>, term: TermId) -> Result<Vec<MandateId>, Refusal> {
    let mut seats = Vec::new();
    for (place, name) in MEMBERS.iter().enumerate() {
        let person = tx.insert_person(&Person {
            id: PersonId(tx.fresh()),
            kind: PersonKind::Staff,
            email: email(place),
            name: format!("Lid {name}"),
            lang: Lang::Nl,
            zone: Zone::BRUSSELS,
            department: None,
            resource: None,
            hard: false,
            expires: None,
        })?;
        let secretary = place == 7;
        let number = u32::try_from(place).unwrap() + 1;
        let id = MandateId(tx.fresh());
        tx.put_mandate(&Mandate {
            id,
            term,
            person: person.id,
            seat: (!secretary).then_some(number),
            role: if secretary { MandateRole::Secretary } else { MandateRole::Member },
            status: MandateStatus::Effective,
            precedence: number,
            fraction: Some("Lijst A".into()),
            iri: None,
            starts: "2025-01-02T18:00:00Z".parse::<chrono::DateTime<Utc>>().unwrap(),
            ends: None,
        })?;
        seats.push(id);
    }
    Ok(seats)
}

fn found_items(tx: &Tx<'_>, session: SessionId) -> Result<Vec<ItemId>, Refusal> {
    let mut items = Vec::new();
    for (place, title) in
        ["Reglement", "Aanduiding", "Mededeling", "Hoogdringend", "Personeelslid"].iter().enumerate()
    {
        let made = item(tx, session, place, title);
        tx.put_agenda_item(&made)?;
        items.push(made.id);
    }
    Ok(items)
}

/// An item as the stage has it at this place.
pub fn item(tx: &Tx<'_>, session: SessionId, place: usize, title: &str) -> AgendaItem {
    let (urgent, closed) = (place == URGENT, place == CLOSED);
    AgendaItem {
        id: ItemId(tx.fresh()),
        session,
        part: if closed { SessionPart::Closed } else { SessionPart::Public },
        ground: closed.then_some(Ground::Privacy),
        section: match place {
            NOTICE => Section::Notices,
            URGENT => Section::Urgent,
            _ => Section::Decisions,
        },
        position: u32::try_from(place).unwrap() + 1,
        number: (!urgent).then(|| (place + 1).to_string()),
        title: title.into(),
        internal_title: String::new(),
        description: String::new(),
        note: "Gelet op de toelichting.".into(),
        draft: "De raad keurt het goed.\n\nDit besluit wordt bekendgemaakt.".into(),
        origin: Origin::College,
        submitted_by: None,
        submitted_at: tx.now(),
        rapporteur: None,
        planned_min: 5,
        secret: place == ELECTION,
        regulation: place == DECISION,
        references: Vec::new(),
        urgency: urgent.then(|| Urgency { reason: "Een dijk brak.".into(), vote: None }),
        state: if urgent { ItemState::Approved } else { ItemState::OnAgenda },
        version: 1,
    }
}
