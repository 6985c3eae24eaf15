//! A small town on the real store and the real router, with a clock that stands still and ids that repeat.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, StatusCode, header};
use belfort::booking::Refusal;
use belfort::clock::Clock;
use belfort::http::{App, router};
use belfort::ids::{IdSource, PersonId, RoomId, SiteId};
use belfort::scheduler::{Caller, NewApiToken, NewFeed, issue_api_token, issue_feed_token};
use belfort::store::{FeedScope, Level, Store, StoreError, Tx};
use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::town::{
    Body as TownBody, BodyKind, Grant, Kit, LegalBody, Person, PersonKind, Role, Room, Site,
};
use belfort::web::pages;
use chrono::{DateTime, TimeDelta, Utc};
use hyper::body::Frame;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// The town.
pub struct Town {
    pub dir: Arc<TempDir>,
    pub store: Store,
    pub clock: Clock,
    pub app: App,
    pub router: Router,
}

/// Somebody who calls, with a token or without.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
    /// The secret of a sign-in, sent as a cookie.
    cookie: Option<String>,
    lang: &'static str,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Fails unless this is a refusal as RFC 9457 wants it: a problem with a sentence in `lang`, that is no text
    /// key and has no hole in it.
    #[track_caller]
    pub fn refused(self, status: u16, lang: &str) -> Value {
        let answer = self.must(status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
        assert_eq!(answer.header("content-language"), lang);
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "code", "type"] {
            let text = problem[field].as_str().unwrap_or("");
            assert!(!text.trim().is_empty(), "{field} is empty: {problem}");
        }
        let mut said = vec![&problem["detail"]];
        said.extend(problem["fields"].as_array().into_iter().flatten().map(|field| &field["detail"]));
        said.extend(problem["reasons"].as_array().into_iter().flatten().map(|reason| &reason["detail"]));
        said.extend(
            problem["conflicts"].as_array().into_iter().flatten().map(|conflict| &conflict["reason"]),
        );
        for sentence in said {
            let sentence = sentence.as_str().unwrap_or("");
            assert!(sentence.contains(' ') && *sentence != problem["code"], "no sentence: {problem}");
            let hole = sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            let named =
                |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(!hole.into_iter().any(named), "a hole in a sentence: {problem}");
        }
        problem
    }

    /// Fails unless the status is the one given; says the body.
    #[track_caller]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

/// The PHC string of a password that nobody types.
const PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Monday 18 January 2027, 09:00 in Brussels.
pub fn monday() -> DateTime<Utc> {
    "2027-01-18T08:00:00Z".parse().unwrap()
}

/// The staff of the town by address.
pub const PEOPLE: [(&str, &str, bool); 7] = [
    ("an.peeters@stad.example", "An Peeters", false),
    ("jan.maes@stad.example", "Jan Maes", false),
    ("els.claes@stad.example", "Els Claes", false),
    ("tom.wouters@stad.example", "Tom Wouters", false),
    ("griet.clerk@stad.example", "Griet De Klerk", false),
    ("raad.een@stad.example", "Raadslid Een", true),
    ("raad.twee@stad.example", "Raadslid Twee", true),
];

impl Town {
    /// A town with sites, rooms, people and a council; the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self::at(seed, monday())
    }

    /// [`Town::new`] at another instant.
    pub fn at(seed: u64, now: DateTime<Utc>) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let clock = Clock::mock(now);
        let store = Store::open(dir.path(), clock.clone(), IdSource::seeded(seed), true).unwrap();
        store.write_now(found).unwrap();
        Self::on(dir, store, clock)
    }

    fn on(dir: Arc<TempDir>, store: Store, clock: Clock) -> Self {
        let app = App::new(store.clone(), "http://belfort.test");
        let router = router(&app, pages());
        Self { dir, store, clock, app, router }
    }

    /// The same town after the program was stopped and started.
    pub fn restarted(self, seed: u64) -> Self {
        self.store.close();
        let Self { dir, clock, store, app, router } = self;
        drop((store, app, router));
        let store = Store::open(dir.path(), clock.clone(), IdSource::seeded(seed), false).unwrap();
        Self::on(dir, store, clock)
    }

    /// Moves the clock on and does what is due.
    pub async fn pass(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.app.tick().await.unwrap();
        self.app.sweep_lobby().await.unwrap();
    }

    pub fn client(&self, role: Role, email: Option<&str>, room: Option<&str>) -> Client {
        let (email, room) = (email.map(str::to_owned), room.map(str::to_owned));
        let secret = self
            .store
            .write_now(move |tx| {
                let person = match &email {
                    Some(email) => Some(tx.person_by_email(email)?.expect("a person of the town").id),
                    None => None,
                };
                let room = room.map(|slug| tx.directory().room_named(&slug).expect("a room of the town").id);
                let new = NewApiToken { role, person, room, label: "test".into() };
                issue_api_token(tx, &Caller::system(), &new).map(|(_, secret)| secret)
            })
            .unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"));
        Client { router: self.router.clone(), token: Some(secret), cookie: None, lang: "nl" }
    }

    pub fn staff(&self) -> Client {
        self.client(Role::Staff, Some("an.peeters@stad.example"), None)
    }

    pub fn clerk(&self) -> Client {
        self.client(Role::Clerk, Some("griet.clerk@stad.example"), None)
    }

    pub fn manager(&self) -> Client {
        self.client(Role::Manager, Some("tom.wouters@stad.example"), None)
    }

    pub fn admin(&self) -> Client {
        self.client(Role::Admin, Some("tom.wouters@stad.example"), None)
    }

    pub fn kiosk(&self, room: &str) -> Client {
        self.client(Role::Device, None, Some(room))
    }

    pub fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), token: None, cookie: None, lang: "nl" }
    }

    /// Somebody of the town, signed in with a browser and granted roles.
    pub fn signed_in(&self, email: &str, grants: &[Grant]) -> Client {
        let (email, grants) = (email.to_owned(), grants.to_vec());
        let made = self.store.write_now(move |tx| {
            let person = tx.person_by_email(&email)?.expect("a person of the town").id;
            tx.open_account(person)?;
            tx.set_password(person, PASSWORD)?;
            for grant in &grants {
                tx.insert_grant(person, grant)?;
            }
            tx.begin_sign_in(person, false, None)
        });
        let (_, secret) = made.unwrap_or_else(|error: StoreError| panic!("{error:?}"));
        Client { router: self.router.clone(), token: None, cookie: Some(secret), lang: "nl" }
    }

    /// The path of a feed of its own.
    pub fn feed(&self, scope: FeedScope, level: Level, attendees: bool) -> String {
        let new = NewFeed { scope, level, attendees, label: "test".into() };
        let made = self.store.write_now(move |tx| issue_feed_token(tx, &Caller::system(), &new));
        let (_, secret) = made.unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"));
        format!("/feeds/{secret}.ics")
    }

    pub fn room_id(&self, slug: &str) -> RoomId {
        self.store.directory().room_named(slug).unwrap().id
    }

    pub fn person_id(&self, email: &str) -> PersonId {
        let email = email.to_owned();
        self.store.read(|view| view.person_by_email(&email)).unwrap().unwrap().id
    }

    /// Fails if anything in the file contradicts the invariants.
    #[track_caller]
    pub fn verify(&self) {
        let (overlaps, chain) = self
            .store
            .read(|view| {
                Ok::<_, belfort::store::StoreError>((view.overlapping_claims()?, view.verify_chain()?))
            })
            .unwrap();
        assert_eq!(overlaps, 0, "live claims overlap");
        assert!(chain.is_ok(), "{chain:?}");
    }
}

impl Client {
    /// The same router, called with another secret.
    pub fn with_token(mut self, secret: &str) -> Self {
        self.token = Some(secret.to_owned());
        self
    }

    /// The secret of the caller.
    pub fn secret(&self) -> &str {
        self.token.as_deref().unwrap_or("")
    }

    /// Fails unless the request is refused with a sentence in each of the four languages, all different.
    pub async fn refused_in_all_languages(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        let mut said = std::collections::BTreeSet::new();
        let mut last = Value::Null;
        for lang in ["nl", "fr", "de", "en"] {
            let answer = self.clone().speaking(lang).send(method, path, body.clone(), &[]).await;
            last = answer.refused(status, lang);
            said.insert(last["detail"].as_str().unwrap_or("").to_owned());
        }
        assert_eq!(said.len(), 4, "{method} {path} says the same in two languages: {said:?}");
        last
    }

    /// The same caller, answered in another language.
    pub fn speaking(mut self, lang: &'static str) -> Self {
        self.lang = lang;
        self
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, &[]).await
    }

    /// A request with headers of its own.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        self.raw(method, path, bytes, "application/json", headers).await
    }

    /// A request with any body.
    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        bytes: Vec<u8>,
        kind: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::ACCEPT_LANGUAGE, self.lang).header(header::CONTENT_TYPE, kind);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(secret) = &self.cookie {
            request = request.header(header::COOKIE, format!("__Host-belfort={secret}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(bytes)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Posts a body in pieces, counting in `read` the bytes that are asked for.
    pub async fn trickled(&self, path: &str, bytes: Vec<u8>, kind: &str, read: &Arc<AtomicUsize>) -> Answer {
        let request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, kind);
        let pieces: Vec<Bytes> = bytes.chunks(16 << 10).map(Bytes::copy_from_slice).collect();
        let body = Body::new(Pieces { left: pieces.into_iter(), read: Arc::clone(read) });
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Opens a stream; the body is read as it comes.
    pub async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> axum::body::BodyDataStream {
        let mut request = Request::builder().uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(secret) = &self.cookie {
            request = request.header(header::COOKIE, format!("__Host-belfort={secret}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().into_data_stream()
    }
}

/// A body that comes piece by piece, and counts what is taken of it.
struct Pieces {
    left: std::vec::IntoIter<Bytes>,
    read: Arc<AtomicUsize>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.left.next();
        self.read.fetch_add(piece.as_ref().map_or(0, Bytes::len), Ordering::SeqCst);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// Two legal bodies, two sites, ordinary rooms, a council chamber and a hall of three cells.
fn found(tx: &Tx<'_>) -> Result<(), Refusal> {
    tx.set_house("house.town", "Teststad")?;
    for (slug, name) in [("stad", "Stad Teststad"), ("ocmw", "OCMW Teststad")] {
        tx.insert_legal_body(&LegalBody { slug: slug.into(), name: name.into() })?;
    }
    let mut sites = Vec::new();
    for (slug, name, walk_min) in [("stadhuis", "Stadhuis", 0), ("sociaal-huis", "Sociaal Huis", 12)] {
        let site = Site {
            id: SiteId(tx.fresh()),
            slug: slug.into(),
            name: name.into(),
            address: "Grote Markt 1, 9999 Teststad".into(),
            walk_min,
        };
        tx.insert_site(&site)?;
        sites.push(site.id);
    }
    found_rooms(tx, &sites)?;
    for name in ["Beamer 1", "Beamer 2"] {
        tx.insert_unit("beamer", name, sites[0])?;
    }
    found_people(tx)
}

fn found_rooms(tx: &Tx<'_>, sites: &[SiteId]) -> Result<(), Refusal> {
    let cells = [tx.new_cell()?, tx.new_cell()?, tx.new_cell()?];
    for (slug, name, site, capacity, hybrid, cells, around_min) in [
        ("raadzaal", "Raadzaal", 0, 60, true, vec![tx.new_cell()?], 0),
        ("collegezaal", "Collegezaal", 0, 16, true, vec![tx.new_cell()?], 0),
        ("groene-kamer", "Groene Kamer", 0, 8, false, vec![tx.new_cell()?], 0),
        ("blauwe-kamer", "Blauwe Kamer", 1, 10, true, vec![tx.new_cell()?], 0),
        ("hal-a", "Hal A", 0, 20, false, vec![cells[0]], 15),
        ("hal-b", "Hal B", 0, 20, false, vec![cells[1]], 15),
        ("hal-c", "Hal C", 0, 20, false, vec![cells[2]], 15),
        ("hal-ab", "Hal A+B", 0, 50, true, vec![cells[0], cells[1]], 30),
        ("hal-abc", "Hal A+B+C", 0, 80, true, cells.to_vec(), 30),
    ] {
        tx.insert_room(&Room {
            id: RoomId(tx.fresh()),
            slug: slug.into(),
            name: name.into(),
            site: sites[site],
            floor: "1".into(),
            capacity,
            kit: Kit { hybrid, wheelchair: true, hearing_loop: slug == "raadzaal" },
            cells,
            setup_min: around_min,
            cleanup_min: around_min,
            group: None,
            check_in: true,
            active: true,
        })?;
    }
    Ok(())
}

fn found_people(tx: &Tx<'_>) -> Result<(), Refusal> {
    let mut council = Vec::new();
    for (email, name, hard) in PEOPLE {
        let person = tx.insert_person(&Person {
            id: PersonId(tx.fresh()),
            kind: PersonKind::Staff,
            email: email.into(),
            name: name.into(),
            lang: Lang::Nl,
            zone: Zone::BRUSSELS,
            department: Some("Secretariaat".into()),
            resource: None,
            hard,
            expires: None,
        })?;
        if hard {
            council.push(person.id);
        }
    }
    tx.insert_body(&TownBody {
        id: belfort::ids::BodyId(tx.fresh()),
        slug: "gemeenteraad".into(),
        name: "Gemeenteraad".into(),
        kind: BodyKind::Council,
        legal_body: "stad".into(),
        members: council,
    })?;
    Ok(())
}

/// A booking of one hour in a room on a day of the week that begins on [`monday`].
pub fn booking(room: &str, start: &str, end: &str) -> Value {
    serde_json::json!({ "title": "Overleg", "start": start, "end": end, "rooms": [room] })
}
