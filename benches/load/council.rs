//! A session of 60 items with 300 documents, as the clerk, a member and the public open its pages: before it, in the middle
//! of a vote, and when its minutes are written; and its agenda pack of more than 500 pages, with its progress.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use belfort::booking::Refusal;
use belfort::clock::Clock;
use belfort::council::publication::Asked;
use belfort::council::{
    Ballot, Choice, CouncilBody, DocumentState, Ground, ItemState, Jurisdiction, Majority, MandateRole,
    MandateStatus, Outcome, RulesOfProcedure, SessionPart, VoteKind, VotePurpose,
};
use belfort::demo::{Scale, cast, found};
use belfort::ids::{BodyId, IdSource, ItemId, MandateId, PersonId, SessionId, VoteId};
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use belfort::scheduler::council::{
    Convene, ItemFields, NewMandate, NewSession, NewTerm, add_item, add_mandate, add_term, convene,
    fix_agenda, offer_minutes, plan_session, set_up_body, step_item,
};
use belfort::scheduler::{
    Caller, DeclareVote, EndItem, NewDocument, NotePresence, OpenVote, Publish, Signal, add_document,
    begin_item, cast_ballots, change_state, close_session, declare_vote, end_item, grant_role, note_presence,
    open_session, open_vote, publish_session, read_hall, release_documents, signal_session,
};
use belfort::store::{Store, Tx};
use belfort::town::{Grant, Role};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::client::{Client, page};
use crate::feeds::prebuilt;
use crate::papers::{file, pdf};
use crate::report::{line, percentile};
use crate::town::serve_store;

/// Items on the agenda, and documents that go with each.
const ITEMS: usize = 60;
const DOCUMENTS: usize = 5;
/// Pages of each document: the whole makes a pack of more than 500.
const PAGES: usize = 2;
/// Members with a seat.
const SEATS: u32 = 35;
/// Requests for each page.
const COUNTED: usize = 200;
/// What a page may take (the promise to clerks).
const MOST: Duration = Duration::from_millis(50);
/// A Monday, 10:35 in Brussels.
const NOW: &str = "2027-01-18T09:35:00Z";
const BODY: &str = "gemeenteraad";
const BASE: &str = "http://belfort.example";

pub fn measure() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let store = Store::open(dir.path(), Clock::mock(now), IdSource::seeded(1), true).unwrap();
    found(&store, Scale::Fortnight, now, 1).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let sitting = Sitting::prepare(&store);
    let at = serve_store(&store);
    let session = format!("/council/sessions/{}", sitting.slug);
    let clerk = sitting.sign_in(sitting.clerk);
    for (name, path) in [
        ("session", String::new()),
        ("agenda", "/agenda".into()),
        ("documents", "/documents".into()),
        ("convocation", "/convocation".into()),
        ("readiness", "/ready".into()),
        ("pack", "/pack".into()),
    ] {
        one(at, &format!("clerk: {name}"), &format!("{session}{path}"), &clerk);
    }
    one(at, "clerk: an item", &format!("/council/items/{}", sitting.items[0]), &clerk);
    one(at, "clerk: all sessions", "/council", &clerk);
    one(at, "clerk: search", "/council/search?q=markt", &clerk);
    let member = sitting.sign_in(sitting.member);
    one(at, "member: file", &format!("{session}/file"), &member);
    pack(at, &format!("{session}/pack"), &member);

    let vote = sitting.begin();
    let (clerk, member) = (sitting.sign_in(sitting.clerk), sitting.sign_in(sitting.member));
    one(at, "clerk: chamber, in a vote", &format!("{session}/chamber"), &clerk);
    one(at, "member: takes part, in a vote", &format!("{session}/take-part"), &member);
    sitting.finish(vote);
    let (clerk, member) = (sitting.sign_in(sitting.clerk), sitting.sign_in(sitting.member));
    one(at, "clerk: after the session", &format!("{session}/after"), &clerk);
    one(at, "member: minutes", &format!("{session}/minutes"), &member);
    let public = format!("/zittingen/{}", sitting.slug);
    for (name, path) in [
        ("session", public.clone()),
        ("agenda", format!("{public}/agenda")),
        ("decisions", format!("{public}/besluitenlijst")),
        ("search", "/zittingen?q=markt".into()),
        ("items in OParl", "/oparl/bodies/gemeente/agendaitems".into()),
    ] {
        one(at, &format!("anybody: {name}"), &path, "");
    }
}

/// How long a page takes, over one connection, beside a server that only sends as many bytes.
fn one(at: SocketAddr, name: &str, path: &str, cookie: &str) {
    let request = page(path, cookie);
    let (times, size) = asked(at, &request, name);
    let raw = prebuilt(size);
    let (limit, _) = asked(raw, &request, name);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (p50, p99) = (percentile(&times, 50.0), percentile(&times, 99.0));
    let figure = format!("p50 {:.2} ms, p99 {:.2} ms, {} kB", ms(p50), ms(p99), size / 1024);
    let limit = percentile(&limit, 50.0);
    line(name, &figure, &format!("p50 {:.3} ms of a prebuilt buffer", ms(limit)), Some(ms(p50) / ms(limit)));
    assert!(p50 <= MOST, "{name} takes {p50:?}, more than {MOST:?}");
}

/// How long each of many requests took, sorted, and how long the answer is.
fn asked(at: SocketAddr, request: &[u8], name: &str) -> (Vec<Duration>, usize) {
    let mut client = Client::connect(at);
    let mut size = 0;
    let mut times: Vec<Duration> = (0..COUNTED)
        .map(|_| {
            let begun = Instant::now();
            let (status, body) = client.send(request);
            assert_eq!(status, 200, "{name}: {}", String::from_utf8_lossy(&body[..body.len().min(400)]));
            size = body.len();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times, size)
}

/// Has a pack made as a member does with a browser, and looks how far it is until it is there.
fn pack(at: SocketAddr, path: &str, cookie: &str) {
    let mut client = Client::connect(at);
    let mut look = || String::from_utf8_lossy(client.send(&page(path, cookie)).1).into_owned();
    let before = look();
    let token =
        before.rsplit_once("name=\"form\" value=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap();
    let body = format!("form={token}&for=own");
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: b\r\ncookie: __Host-belfort={cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let begun = Instant::now();
    let (status, _) = Client::connect(at).send(request.as_bytes());
    assert_eq!(status, 303, "the pack is begun");
    let mut percents = std::collections::BTreeSet::new();
    let ready = loop {
        let seen = look();
        if !seen.contains("data-soon") {
            break seen;
        }
        percents.extend(
            seen.split("<progress")
                .nth(1)
                .and_then(|rest| rest.split("value=\"").nth(1)?.split('"').next()?.parse::<u8>().ok()),
        );
        assert!(begun.elapsed() < Duration::from_mins(2), "no pack after two minutes");
        std::thread::sleep(Duration::from_millis(20));
    };
    let took = begun.elapsed();
    let mut client = Client::connect(at);
    let (status, bytes) = client.send(&page(&format!("{path}.pdf?for=own"), cookie));
    assert_eq!(status, 200, "{ready}");
    let size = bytes.len();
    assert!(percents.len() > 2, "no progress was told: {percents:?}");
    let said = ready.split("notice good\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("");
    let numbers = said.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<usize>().ok());
    // When it was made stands there too, but not with the largest number: that is of pages.
    let pages = numbers.filter(|number| !(2_000..2_100).contains(number)).max().unwrap_or(0);
    assert!(pages >= 500, "{said}");
    let steps = percents.len();
    let figure = format!("{:.2} s, {steps} steps of progress seen, {} kB", took.as_secs_f64(), size / 1024);
    line(&format!("agenda pack of {} documents, {pages} pages", ITEMS * DOCUMENTS), &figure, "-", None);
}

/// A session in the store.
struct Sitting<'s> {
    store: &'s Store,
    slug: String,
    session: SessionId,
    items: Vec<ItemId>,
    mandates: Vec<MandateId>,
    clerk: PersonId,
    member: PersonId,
}

impl<'s> Sitting<'s> {
    fn prepare(store: &'s Store) -> Self {
        let (clerk, member) = act(store, seat);
        let session = act(store, |tx| {
            let new = NewSession {
                body: BODY.into(),
                start: "2027-02-15T20:00:00".parse().unwrap(),
                length_min: 180,
                place: "Raadzaal".into(),
                organiser: tx.person(clerk_of(tx))?.map(|person| person.email),
                ..NewSession::default()
            };
            plan_session(tx, &Caller::system(), &new)
        });
        let mandates = store.read(|view| view.mandates(session.term)).unwrap();
        let mut sitting = Self {
            store,
            slug: session.slug,
            session: session.id,
            items: Vec::new(),
            mandates: mandates.into_iter().map(|mandate| mandate.id).collect(),
            clerk,
            member,
        };
        for number in 0..ITEMS {
            let slug = sitting.slug.clone();
            sitting.items.push(act(store, move |tx| enter(tx, &slug, number)));
        }
        let slug = sitting.slug.clone();
        act(store, move |tx| {
            let system = Caller::system();
            fix_agenda(tx, &system, &slug)?;
            convene(tx, &system, &slug, &Convene { urgent_reason: String::new(), channels: Vec::new() })?;
            release_documents(tx, &system, &slug)
        });
        sitting.publish(Asked::Agenda);
        sitting
    }

    /// The secret of a browser of somebody's that is signed in: it does not last from the agenda to the session.
    fn sign_in(&self, person: PersonId) -> String {
        act(self.store, move |tx| {
            tx.open_account(person)?;
            Ok(tx.begin_sign_in(person, false, None)?.1)
        })
    }

    fn publish(&self, asked: Asked) {
        let wish = Publish { session: self.slug.clone(), asked, reason: String::new() };
        act(self.store, move |tx| publish_session(tx, &Caller::system(), BASE, &wish).map(|_| ()));
    }

    /// Holds it as far as the middle: half of the items are treated, and a vote is open.
    fn begin(&self) -> VoteId {
        self.store.clock().set("2027-02-15T19:00:00Z".parse().unwrap());
        let (session, mandates) = (self.session, self.mandates.clone());
        act(self.store, move |tx| {
            for mandate in mandates {
                let kind = PresenceKind::Arrive(Channel::Room);
                let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
                let new = NotePresence { mandate, kind, at: None, source, identified_by };
                note_presence(tx, &Caller::system(), session, &new)?;
            }
            open_session(tx, &Caller::system(), session, "Wie belt, deed dat al.")
        });
        let middle = self.items.len() / 2;
        for item in &self.items[..middle] {
            let vote = self.put(*item);
            self.answer(*item, vote);
        }
        self.put(self.items[middle])
    }

    /// Treats the rest, closes the session, writes its minutes and publishes what was decided.
    fn finish(&self, vote: VoteId) {
        let middle = self.items.len() / 2;
        self.answer(self.items[middle], vote);
        for item in &self.items[middle + 1..] {
            let vote = self.put(*item);
            self.answer(*item, vote);
        }
        let (session, slug) = (self.session, self.slug.clone());
        act(self.store, move |tx| {
            close_session(tx, &Caller::system(), session, true)?;
            offer_minutes(tx, &Caller::system(), &slug)
        });
        self.publish(Asked::DecisionList);
    }

    fn put(&self, item: ItemId) -> VoteId {
        let session = self.session;
        self.store.clock().advance(TimeDelta::minutes(2));
        act(self.store, move |tx| {
            let closed = tx.agenda_item(item)?.is_some_and(|item| item.part == SessionPart::Closed);
            for signal in [Signal::Doors, Signal::Screens] {
                signal_session(tx, &Caller::system(), session, (signal, !closed))?;
            }
            begin_item(tx, &Caller::system(), session, item)?;
            let new = OpenVote {
                item,
                subject: "Goedkeuring".into(),
                purpose: VotePurpose::Substance,
                kind: VoteKind::RollCall,
                urn: None,
                majority: Majority::Absolute,
                candidates: Vec::new(),
                first_round: None,
            };
            open_vote(tx, &Caller::system(), session, &new)
        })
    }

    fn answer(&self, item: ItemId, vote: VoteId) {
        let (session, slug) = (self.session, self.slug.clone());
        act(self.store, move |tx| {
            let system = Caller::system();
            let hall = read_hall(tx, &system, &slug)?;
            let electorate = hall.votes.iter().find(|one| one.id == vote).map(|one| hall.electorate(one));
            let choice = |place: usize| if place.is_multiple_of(5) { Choice::Against } else { Choice::For };
            let ballot = |(place, mandate)| Ballot { mandate, choice: choice(place) };
            let ballots: Vec<Ballot> =
                electorate.unwrap_or_default().into_iter().enumerate().map(ballot).collect();
            cast_ballots(tx, &system, vote, &ballots)?;
            declare_vote(tx, &system, vote, &DeclareVote::default())?;
            let summary = "De schepen licht toe; twee fracties stellen vragen over de timing.".to_owned();
            end_item(
                tx,
                &system,
                (session, item),
                &EndItem { outcome: Outcome::Decided, decisions: Vec::new(), summary },
            )
        });
    }
}

fn act<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&Tx<'_>) -> Result<T, Refusal> + Send + 'static,
) -> T {
    store.write_now(work).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn clerk_of(tx: &Tx<'_>) -> PersonId {
    cast(tx).ok().flatten().expect("the demo's people are there").clerk.id
}

/// Sets the council up in law; the clerk, and a member.
fn seat(tx: &Tx<'_>) -> Result<(PersonId, PersonId), Refusal> {
    let (system, clerk) = (Caller::system(), clerk_of(tx));
    grant_role(tx, &system, clerk, &Grant::town(Role::Clerk))?;
    let law = CouncilBody {
        body: BodyId(uuid::Uuid::nil()),
        kind: BODY.into(),
        jurisdiction: Jurisdiction::Flanders.code().into(),
        iri: None,
        rules: RulesOfProcedure::default(),
    };
    set_up_body(tx, &system, BODY, &law)?;
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (starts, ends) = (day("2025-01-01"), day("2030-12-31"));
    add_term(
        tx,
        &system,
        BODY,
        &NewTerm { name: "2025-2030".into(), starts, ends, seats: SEATS, iri: None },
    )?;
    let mut member = None;
    // The last has no seat and writes the minutes.
    for seat in 1..=SEATS + 1 {
        let sits = seat <= SEATS;
        let new = NewMandate {
            email: format!("zetel{seat}@raad.example"),
            name: format!("Lid Nummer {seat}"),
            seat: sits.then_some(seat),
            role: match seat {
                1 => MandateRole::Chair,
                _ if sits => MandateRole::Member,
                _ => MandateRole::Secretary,
            },
            status: MandateStatus::Effective,
            precedence: None,
            fraction: Some(format!("Lijst {}", seat % 5)),
            iri: None,
            from: starts.and_hms_opt(0, 0, 0).unwrap(),
            until: None,
        };
        let person = add_mandate(tx, &system, BODY, &new)?.person;
        member = member.filter(|_| !sits).or(Some(person));
    }
    Ok((clerk, member.unwrap()))
}

/// An item that is approved, with its documents.
fn enter(tx: &Tx<'_>, slug: &str, number: usize) -> Result<ItemId, Refusal> {
    let system = Caller::system();
    let paragraph =
        "Gelet op het decreet over het lokaal bestuur; overwegende dat de markt wordt heringericht. ";
    let fields = ItemFields {
        title: format!(
            "Herinrichting van de markt, deel {number}: goedkeuring van lastvoorwaarden en gunning"
        ),
        description: "Wijziging van de verkeerssituatie tijdens de werken.".into(),
        note: paragraph.repeat(12),
        draft: format!("{}\n\n{}", paragraph.repeat(2), paragraph.repeat(2)),
        ground: (number >= ITEMS - 5).then_some(Ground::Privacy),
        ..ItemFields::default()
    };
    let item = add_item(tx, &system, slug, &fields)?.id;
    for state in [ItemState::ForApproval, ItemState::Approved] {
        step_item(tx, &system, item, None, state)?;
    }
    for place in 0..DOCUMENTS {
        let pages: Vec<String> =
            (1..=PAGES).map(|page| format!("Bijlage {place} van punt {number}, blad {page}")).collect();
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        let new = NewDocument {
            session: slug.into(),
            item: Some(item),
            title: format!("Bijlage {place} bij punt {number}"),
            access: None,
            downloadable: true,
        };
        let id = add_document(tx, &system, &new, Some(&file("bijlage.pdf", pdf(&pages))))?;
        for state in [DocumentState::Submitted, DocumentState::Approved] {
            change_state(tx, &system, id, state)?;
        }
    }
    Ok(item)
}
