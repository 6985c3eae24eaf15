//! A session of a fictional council that has everything in it: a vote in which people differed, one by unanimity, a
//! secret one, an item put off before and taken up again, one that is closed, a regulation, a member who left.

use belfort::council::publication::{
    Attachment, EarlierItem, FiledBody, FiledItem, FiledMandate, FiledVote, SessionFile, Unit,
};
use belfort::council::{
    AgendaItem, Article, Ballot, Choice, CouncilBody, Decision, Ground, ItemState, Majority, Mandate,
    MandateRole, MandateStatus, Origin, Outcome, Quorum, RulesOfProcedure, Section, Session, SessionMode,
    SessionPart, SessionState, Term, Totals, Treatment, Urn, Vote, VoteKind, VotePurpose, VoteState,
};
use belfort::ids::{BodyId, DecisionId, ItemId, MandateId, PersonId, SessionId, TermId, VoteId};
use belfort::time::Zone;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

/// Members of the fictional council, their groups, and who of them comes late.
const MEMBERS: [(&str, &str); 7] = [
    ("Ada Fictief", "Samen"),
    ("Bert Voorbeeld", "Samen"),
    ("Cleo Demo", "Groen Licht"),
    ("Marie-Christine Vandenbroucke-De Smet", "Samen"),
    ("Dries Proefman", "Groen Licht"),
    ("Eva Staal", "Lokaal"),
    ("Finn Model", "Lokaal"),
];

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | n)
}

/// The opening of the session, UTC.
pub fn opened() -> DateTime<Utc> {
    "2027-01-18T19:02:00Z".parse().unwrap()
}

/// A mandate of the council by its place.
pub fn member(n: u128) -> MandateId {
    MandateId(id(100 + n))
}

/// An item by its place.
pub fn item_id(n: u128) -> ItemId {
    ItemId(id(200 + n))
}

/// The decision on an item.
pub fn decision_id(n: u128) -> DecisionId {
    DecisionId(id(300 + n))
}

fn mandate(n: u128, name: &str, fraction: &str) -> FiledMandate {
    let mandate = Mandate {
        id: member(n),
        term: TermId(id(3)),
        person: PersonId(id(150 + n)),
        seat: Some(u32::try_from(n).unwrap() + 1),
        role: if n == 0 { MandateRole::Chair } else { MandateRole::Member },
        status: MandateStatus::Effective,
        precedence: u32::try_from(n).unwrap() + 1,
        fraction: Some(fraction.into()),
        iri: Some(format!("http://data.lblod.info/id/mandatarissen/belfort-m{n}")),
        starts: opened() - TimeDelta::days(700),
        ends: None,
    };
    FiledMandate {
        mandate,
        name: name.into(),
        person_iri: Some(format!("http://data.lblod.info/id/personen/belfort-p{n}")),
    }
}

fn secretary() -> FiledMandate {
    let mut filed = mandate(50, "Greet Algemeen", "");
    filed.mandate.seat = None;
    filed.mandate.role = MandateRole::Secretary;
    filed.mandate.fraction = None;
    filed.mandate.iri = Some("http://data.lblod.info/id/functionarissen/belfort-ad".into());
    filed
}

/// An item of the public part.
pub fn item(n: u128, title: &str) -> AgendaItem {
    AgendaItem {
        id: item_id(n),
        session: SessionId(id(1)),
        part: SessionPart::Public,
        ground: None,
        section: if n == 1 { Section::Minutes } else { Section::Decisions },
        position: u32::try_from(n).unwrap(),
        number: Some(n.to_string()),
        title: title.into(),
        internal_title: String::new(),
        description: format!("Korte omschrijving van punt {n}."),
        note: "Toelichting.".into(),
        draft: "Ontwerp.".into(),
        origin: Origin::College,
        submitted_by: None,
        submitted_at: opened() - TimeDelta::days(20),
        rapporteur: None,
        planned_min: 10,
        secret: false,
        regulation: false,
        references: Vec::new(),
        urgency: None,
        state: ItemState::Treated,
        version: 1,
    }
}

fn treatment(n: u128, outcome: Outcome) -> Treatment {
    let started = opened() + TimeDelta::minutes(10 * i64::try_from(n).unwrap());
    Treatment {
        item: item_id(n),
        started,
        ended: Some(started + TimeDelta::minutes(9)),
        public: true,
        ledger_seq: 7,
        quorum: Quorum::of(7, 6, 0, false),
        outcome: Some(outcome),
        summary: format!("Over punt {n} werd het woord gevoerd."),
    }
}

/// A decision on an item.
pub fn decision(n: u128, title: &str) -> Decision {
    Decision {
        id: decision_id(n),
        item: item_id(n),
        title: title.into(),
        short_title: String::new(),
        motivation: "Gelet op het decreet van 22 december 2017.\nOverwegende dat de zalen gedeeld worden."
            .into(),
        articles: vec![
            Article { number: "Artikel 1".into(), text: "De raad keurt het voorstel goed.".into() },
            Article { number: "Artikel 2".into(), text: "Dit besluit wordt bekendgemaakt.".into() },
        ],
        regulation: false,
        proposed_by: None,
        taken: opened() + TimeDelta::minutes(30),
    }
}

/// A vote on an item: each member's answer by their place.
fn vote(n: u128, kind: VoteKind, answers: &[(u128, Choice)]) -> FiledVote {
    let count = |wanted: &Choice| {
        u32::try_from(answers.iter().filter(|(_, choice)| choice == wanted).count()).unwrap()
    };
    let totals = Totals {
        yes: count(&Choice::For),
        no: count(&Choice::Against),
        abstain: count(&Choice::Abstain),
        not_voting: count(&Choice::NotVoting),
        candidates: Vec::new(),
    };
    let secret = kind == VoteKind::Secret;
    let ballot = |(who, choice): &(u128, Choice)| Ballot { mandate: member(*who), choice: *choice };
    FiledVote {
        vote: Vote {
            id: VoteId(id(400 + n)),
            session: SessionId(id(1)),
            item: item_id(n),
            subject: format!("Stemming over punt {n}"),
            kind,
            majority: Majority::Absolute,
            candidates: Vec::new(),
            ledger_seq: 7,
            purpose: VotePurpose::Substance,
            urn: secret.then_some(Urn::Electronic),
            quorum: Quorum::of(7, 6, 0, false),
            opened: opened(),
            first_round: None,
            annulled_because: None,
            state: VoteState::Declared,
        },
        ballots: if secret { Vec::new() } else { answers.iter().map(ballot).collect() },
        adopted: Some(totals.yes > totals.no),
        elected: None,
        present: answers.iter().map(|(who, _)| member(*who)).collect(),
        totals,
    }
}

fn filed(item: AgendaItem, outcome: Outcome) -> FiledItem {
    let n = item.id.0.as_u128() & 0xff;
    FiledItem {
        treatment: Some(treatment(n - 200, outcome)),
        present: (0..6).map(member).collect(),
        earlier: Vec::new(),
        votes: Vec::new(),
        decisions: Vec::new(),
        attachments: Vec::new(),
        item,
    }
}

fn items() -> Vec<FiledItem> {
    use Choice::{Abstain, Against, For, NotVoting};
    let mut minutes = filed(item(1, "Notulen van de vorige zitting"), Outcome::Decided);
    minutes.votes = vec![vote(1, VoteKind::ShowOfHands, &(0..6).map(|n| (n, For)).collect::<Vec<_>>())];
    minutes.decisions = vec![decision(1, "Goedkeuring van de notulen van 14 december 2026")];
    let mut rules = filed(item(2, "Reglement vergaderzalen & <zalen>"), Outcome::Decided);
    rules.item.regulation = true;
    let answers = [(0, For), (1, For), (2, Against), (3, For), (4, Abstain), (5, NotVoting)];
    rules.votes = vec![vote(2, VoteKind::RollCall, &answers)];
    rules.decisions =
        vec![Decision { regulation: true, ..decision(2, "Reglement op het gebruik van de vergaderzalen") }];
    rules.attachments = vec![
        Attachment {
            name: "Plan van de zalen.pdf".into(),
            url: Some("https://belfort.example/stukken/1".into()),
            public: true,
        },
        Attachment { name: "Maquette (in te kijken op het secretariaat)".into(), url: None, public: true },
    ];
    let mut person = filed(item(3, "Aanstelling van een vertegenwoordiger"), Outcome::Decided);
    let answers = [(0, For), (1, For), (2, Against), (3, For), (4, Abstain), (5, For)];
    person.votes = vec![vote(3, VoteKind::Secret, &answers)];
    person.decisions = vec![decision(3, "Aanstelling van een vertegenwoordiger in de intercommunale")];
    let mut again = filed(item(4, "Herinrichting van de Markt"), Outcome::Postponed);
    again.earlier =
        vec![EarlierItem { id: item_id(40), title: "Herinrichting van de Markt".into(), closed: false }];
    let mut closed = filed(item(5, "Personeelszaak"), Outcome::Decided);
    closed.item.part = SessionPart::Closed;
    closed.item.ground = Some(Ground::Privacy);
    closed.item.number = Some("1".into());
    closed.decisions = vec![decision(5, "Personeelszaak")];
    if let Some(treatment) = &mut closed.treatment {
        treatment.public = false;
    }
    vec![minutes, rules, person, again, closed]
}

/// The session.
pub fn session_file(base: &str) -> SessionFile {
    let mut people: Vec<FiledMandate> =
        (0..).zip(MEMBERS).map(|(n, (name, fraction))| mandate(n, name, fraction)).collect();
    people.push(secretary());
    SessionFile {
        base: base.into(),
        unit: Unit {
            slug: "stad".into(),
            name: "Stad Belfort".into(),
            iri: Some("http://data.lblod.info/id/bestuurseenheden/belfort".into()),
            area: "Belfort".into(),
            area_iri: Some("http://data.lblod.info/id/werkingsgebieden/belfort".into()),
        },
        body: FiledBody {
            id: BodyId(id(2)),
            slug: "gemeenteraad".into(),
            name: "Gemeenteraad".into(),
            council: CouncilBody {
                body: BodyId(id(2)),
                kind: "gemeenteraad".into(),
                jurisdiction: "BE-VLG".into(),
                iri: None,
                rules: RulesOfProcedure::default(),
            },
            never_public: false,
        },
        term: Term {
            id: TermId(id(3)),
            body: BodyId(id(2)),
            name: "2025-2030".into(),
            starts: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
            ends: NaiveDate::from_ymd_opt(2030, 12, 31).unwrap(),
            seats: 7,
            iri: Some("http://data.lblod.info/id/bestuursorganen/belfort-gr-2025-2030".into()),
        },
        session: session(),
        people,
        items: items(),
        at_start: (0..6).map(member).collect(),
        agenda_version: Some(1),
    }
}

fn session() -> Session {
    Session {
        id: SessionId(id(1)),
        slug: "gemeenteraad-2027-01-18".into(),
        body: BodyId(id(2)),
        term: TermId(id(3)),
        meeting: None,
        planned: opened() - TimeDelta::minutes(2),
        zone: Zone::BRUSSELS,
        length_min: 180,
        place: "Raadzaal, stadhuis Belfort".into(),
        mode: SessionMode::Hybrid,
        mode_reason: None,
        chair: Some(member(0)),
        secretary: Some(member(50)),
        joint_with: None,
        convocation_no: 1,
        previous: None,
        stream_url: String::new(),
        state: SessionState::MinutesApproved,
        opened: Some(opened()),
        closed: Some(opened() + TimeDelta::minutes(105)),
        version: 1,
    }
}
