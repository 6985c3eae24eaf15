//! A session with a public and a closed item, its members, and files as people send them.

use belfort::booking::Refusal;
use belfort::council::{
    Access, AgendaItem, CouncilBody, DocumentState, Ground, ItemState, Mandate, MandateRole, MandateStatus,
    Origin, RulesOfProcedure, Section, Session, SessionMode, SessionPart, SessionState, Term,
};
use belfort::ids::{BodyId, DocumentId, ItemId, MandateId, PersonId, SessionId, TermId};
use belfort::papers::Vetted;
use belfort::scheduler::{
    Caller, NewDocument, add_document, change_state, freeze_documents, release_documents, set_access,
};
use belfort::store::{StoreError, Tx};
use belfort::time::Zone;
use belfort::town::{Grant, Role};
use chrono::{DateTime, TimeDelta, Utc};

use crate::forms::field;
pub use crate::papers::{file, pdf};
use crate::town::{Answer, Client, Town, monday};

pub const CLERK: &str = "griet.clerk@stad.example";
pub const ONE: &str = "raad.een@stad.example";
pub const TWO: &str = "raad.twee@stad.example";
/// Sits in the council, and keeps away from both items.
pub const RECUSED: &str = "jan.maes@stad.example";
pub const STAFF: &str = "els.claes@stad.example";
/// The session's name in addresses.
pub const SLUG: &str = "gemeenteraad-2027-01-25";

/// A session with its items.
pub struct Stage {
    pub town: Town,
    pub session: SessionId,
    pub body: BodyId,
    /// The public item, then the closed one.
    pub items: [ItemId; 2],
}

impl Stage {
    /// A session of the council on Monday 25 January 2027 at 20:00 in Brussels, planned, not yet convened.
    pub fn new(seed: u64) -> Self {
        Self::on(Town::new(seed))
    }

    pub fn on(town: Town) -> Self {
        let people = [ONE, TWO, RECUSED].map(|email| town.person_id(email));
        let body = town.store.directory().bodies[0].id;
        let made = town.store.write_now(move |tx| found(tx, body, &people));
        let (session, items) = made.unwrap_or_else(|error: StoreError| panic!("{error:?}"));
        Self { town, session, body, items }
    }

    pub fn clerk(&self) -> Client {
        self.town.signed_in(CLERK, &[Grant::town(Role::Clerk)])
    }

    pub fn member(&self, email: &str) -> Client {
        self.town.signed_in(email, &[])
    }

    /// Does something with the rights of the program.
    #[track_caller]
    pub fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> T {
        self.attempt(work).unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// Does something with the rights of the program; the refusal is the caller's to look at.
    pub fn attempt<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>, &Caller) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.town.store.write_now(move |tx| work(tx, &Caller::system()))
    }

    /// A PDF of one page that says `words`, in this access and state: as far as the rules let it come.
    pub fn document(
        &self,
        item: Option<ItemId>,
        words: &str,
        access: Access,
        state: DocumentState,
    ) -> DocumentId {
        let id = self.add(item, words, Some(access), &file(&format!("{words}.pdf"), pdf(&[words])));
        self.bring(id, state);
        id
    }

    /// A document as it was sent.
    pub fn add(
        &self,
        item: Option<ItemId>,
        title: &str,
        access: Option<Access>,
        file: &Vetted,
    ) -> DocumentId {
        let new = NewDocument { session: SLUG.into(), item, title: title.into(), access, downloadable: true };
        let file = file.clone();
        self.act(move |tx, caller| add_document(tx, caller, &new, Some(&file)))
    }

    /// Takes a document on until it has come so far; what is sent is sent with convocation 1.
    pub fn bring(&self, id: DocumentId, state: DocumentState) {
        use DocumentState as S;
        let session = self.session;
        if state >= S::Submitted {
            self.act(move |tx, caller| change_state(tx, caller, id, S::Submitted));
        }
        if state >= S::Approved {
            self.act(move |tx, caller| change_state(tx, caller, id, S::Approved));
        }
        if state.was_sent() {
            self.act(move |tx, caller| freeze_documents(tx, caller, session, 1).map(|_| ()));
        }
        if state == S::Released {
            self.act(move |tx, caller| change_state(tx, caller, id, S::Released));
        }
    }

    /// Seals the agenda as a convocation does: the items stand on it, the documents are frozen.
    pub fn convene(&self) {
        let (session, items) = (self.session, self.items);
        self.act(move |tx, caller| {
            for (number, id) in (1..).zip(items) {
                let mut item = tx.agenda_item(id)?.unwrap();
                item.state = ItemState::OnAgenda;
                item.number = Some(format!("{number}"));
                tx.put_agenda_item(&item)?;
            }
            let mut convened = tx.session(session)?.unwrap();
            convened.state = SessionState::Convened;
            tx.put_session(&convened)?;
            freeze_documents(tx, caller, session, 1).map(|_| ())
        });
    }

    pub fn release(&self) -> u32 {
        self.act(|tx, caller| release_documents(tx, caller, SLUG))
    }

    pub fn set_access(&self, id: DocumentId, access: Access) -> Result<(), Refusal> {
        self.attempt(move |tx, caller| set_access(tx, caller, id, access))
    }

    /// The pack as whoever asks gets it.
    pub async fn pack(&self, client: &Client, whom: &str) -> Answer {
        let page = format!("/council/sessions/{SLUG}/pack");
        crate::forms::send(client, &page, &page, &[("for", whom)]).await.must(303);
        for _ in 0..600 {
            if !client.get(&page).await.must(200).text().contains("data-soon") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        client.get(&format!("{page}.pdf?for={whom}")).await.must(200)
    }
}

fn found(tx: &Tx<'_>, body: BodyId, people: &[PersonId]) -> Result<(SessionId, [ItemId; 2]), StoreError> {
    tx.put_council_body(&CouncilBody {
        body,
        kind: "gemeenteraad".into(),
        jurisdiction: "BE-VLG".into(),
        iri: None,
        rules: RulesOfProcedure::default(),
    })?;
    let term = TermId(tx.fresh());
    let day = |text: &str| text.parse().unwrap();
    tx.insert_term(&Term {
        id: term,
        body,
        name: "2025-2030".into(),
        starts: day("2025-01-01"),
        ends: day("2030-12-31"),
        seats: 25,
        iri: None,
    })?;
    for (seat, person) in (1..).zip(people) {
        tx.put_mandate(&Mandate {
            id: MandateId(tx.fresh()),
            term,
            person: *person,
            seat: Some(seat),
            role: MandateRole::Member,
            status: MandateStatus::Effective,
            precedence: seat,
            fraction: None,
            iri: None,
            starts: monday() - TimeDelta::days(500),
            ends: None,
        })?;
    }
    let planned: DateTime<Utc> = "2027-01-25T19:00:00Z".parse().unwrap();
    let session = session(SessionId(tx.fresh()), body, term, planned);
    tx.put_session(&session)?;
    let items = [ItemId(tx.fresh()), ItemId(tx.fresh())];
    for (id, part) in items.into_iter().zip(SessionPart::ALL) {
        tx.put_agenda_item(&item(id, session.id, part))?;
    }
    tx.set_recused(items[0], &people[2..3])?;
    tx.set_recused(items[1], &people[2..3])?;
    Ok((session.id, items))
}

fn session(id: SessionId, body: BodyId, term: TermId, planned: DateTime<Utc>) -> Session {
    Session {
        id,
        slug: SLUG.into(),
        body,
        term,
        meeting: None,
        planned,
        zone: Zone::BRUSSELS,
        length_min: 180,
        place: "Raadzaal, Stadhuis".into(),
        mode: SessionMode::Hybrid,
        mode_reason: None,
        chair: None,
        secretary: None,
        joint_with: None,
        convocation_no: 1,
        previous: None,
        stream_url: "https://stroom.stad.example/raad".into(),
        state: SessionState::Scheduled,
        opened: None,
        closed: None,
        version: 1,
    }
}

/// An item that is approved. What only members read holds a word of its own: `merk` and the part.
fn item(id: ItemId, session: SessionId, part: SessionPart) -> AgendaItem {
    let closed = part == SessionPart::Closed;
    let (title, word) = if closed {
        ("Personeel: tuchtmaatregel", "merkbesloten")
    } else {
        ("Aanleg van een fietspad in de Dorpsstraat", "merkopenbaar")
    };
    AgendaItem {
        id,
        session,
        part,
        ground: closed.then_some(Ground::Privacy),
        section: Section::Decisions,
        position: 1,
        number: None,
        title: title.into(),
        internal_title: format!("{word}titel"),
        description: if closed { String::new() } else { "Veiliger naar school".into() },
        note: format!("De {word}nota legt uit waarom."),
        draft: format!("Artikel 1. {word}ontwerp."),
        origin: Origin::College,
        submitted_by: None,
        submitted_at: monday(),
        rapporteur: None,
        planned_min: 10,
        secret: closed,
        regulation: false,
        references: Vec::new(),
        urgency: None,
        state: ItemState::Approved,
        version: 1,
    }
}

/// Sends a form with files from a page of ours.
pub async fn send_files(
    client: &Client,
    page: &str,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> Answer {
    let token = field(&client.get(page).await.must(200).text(), "form");
    let body = form_body(&[&[("form", token.as_str())], fields].concat(), files);
    let from = [("sec-fetch-site", "same-origin")];
    client.raw("POST", path, body, "multipart/form-data; boundary=grens", &from).await
}

/// A form as browsers send it (RFC 7578).
pub fn form_body(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--grens\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    for (name, bytes) in files {
        let head = format!(
            "--grens\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--grens--\r\n");
    body
}
