//! What is seen from outside: by anybody, by staff who do not sit, on screens, in calendars, streams, packs and mails.

use std::io::Read as _;
use std::time::Duration;

use axum::body::BodyDataStream;
use belfort::booking::Refusal;
use belfort::scheduler::{MailLinks, Matter, mail_sheet};
use belfort::store::{FeedScope, Level};
use belfort::time::Zone;
use belfort::town::{Grant, Role};
use chrono::Days;
use tokio_stream::StreamExt;

use crate::bodies::{COLLEGE, COUNCIL};
use crate::crawl::{BASE, crawl};
use crate::papers::words_of;
use crate::plan::{MARK, OPEN};
use crate::town::{Answer, Client, Town, booking};

/// Sits in no body.
const STAFF: &str = "els.claes@stad.example";
/// The most mails that a town may have queued.
const MAILS: u32 = 10_000;

/// How much was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    texts: usize,
    open: usize,
    boards: usize,
    events: usize,
    packs: usize,
    mails: usize,
    found: usize,
    refused: usize,
}

impl Seen {
    pub fn add(&mut self, more: &Self) {
        self.texts += more.texts;
        self.open += more.open;
        self.boards += more.boards;
        self.events += more.events;
        self.packs += more.packs;
        self.mails += more.mails;
        self.found += more.found;
        self.refused += more.refused;
    }

    /// Fails if it looked at next to nothing: then it would find nothing either.
    pub fn must_be_enough(&self, towns: usize) {
        let seen = [
            (self.texts, 300, "texts"),
            (self.open, 10, "texts with open words"),
            (self.boards, 8, "boards"),
            (self.events, 5, "live events"),
            (self.refused, 60, "refusals"),
            (self.mails, 1, "mails"),
        ];
        for (count, each, what) in seen {
            assert!(count >= each * towns, "only {count} {what} in {towns} towns");
        }
        if towns >= 10 {
            assert!(self.packs >= towns && self.found >= towns, "{self:?}");
        }
    }
}

/// Whoever looks, and what leaked.
pub struct Eyes {
    anybody: Client,
    staff: Client,
    token: Client,
    screens: [(Client, &'static str); 2],
    streams: Vec<(&'static str, BodyDataStream)>,
    feeds: Vec<String>,
    leaks: Vec<String>,
    seen: Seen,
}

impl Eyes {
    /// Opens the streams, which tell from now on what happens.
    pub async fn open(town: &Town) -> Self {
        let staff = town.signed_in(STAFF, &[]);
        let token = town.staff();
        let screens = [(town.kiosk("raadzaal"), "raadzaal"), (town.kiosk("collegezaal"), "collegezaal")];
        let streams = vec![
            ("the live stream of a screen", screens[0].0.stream("/api/v1/events", &[]).await),
            ("the live stream of another screen", screens[1].0.stream("/api/v1/events", &[]).await),
            ("the live stream of staff", token.stream("/api/v1/events", &[]).await),
            ("the live pages of staff", staff.stream("/live", &[]).await),
        ];
        let body = |slug: &str| FeedScope::Body(town.store.directory().body_named(slug).unwrap().id);
        let room = |slug: &str| FeedScope::Room(town.room_id(slug));
        let feeds = vec![
            town.feed(body(COUNCIL), Level::CouncilPublic, false),
            town.feed(body(COLLEGE), Level::CouncilPublic, false),
            town.feed(room("raadzaal"), Level::Title, false),
            town.feed(room("collegezaal"), Level::Full, false),
            town.feed(FeedScope::Town, Level::Title, false),
            town.feed(FeedScope::Town, Level::CouncilPublic, false),
        ];
        let anybody = town.anonymous();
        let (leaks, seen) = (Vec::new(), Seen::default());
        Self { anybody, staff, token, screens, streams, feeds, leaks, seen }
    }

    /// Signs staff in anew: a sign-in does not last from one session to the next.
    fn sign_in(&mut self, town: &Town) {
        self.staff = town.signed_in(STAFF, &[]);
    }

    /// What was seen; fails if a closed word was.
    pub fn end(self) -> Seen {
        assert!(self.leaks.is_empty(), "closed words are seen from outside: {:#?}", self.leaks);
        self.seen
    }

    fn see(&mut self, what: &str, bytes: &[u8]) {
        self.seen.texts += 1;
        let mut text = String::from_utf8_lossy(bytes).to_lowercase();
        if bytes.starts_with(b"%PDF") {
            text += &words_of(bytes).to_lowercase();
            text += &streams_of(bytes).to_lowercase();
        }
        // Lines of calendars are folded (RFC 5545 3.1), and what a search found is marked.
        let text = text.replace("\r\n ", "").replace("<mark>", "").replace("</mark>", "");
        self.seen.open += usize::from(text.contains(OPEN));
        if let Some(at) = text.find(MARK) {
            let around = |n: usize| {
                text.char_indices().map(|(at, _)| at).take_while(|at| *at <= n).last().unwrap_or(0)
            };
            let (from, to) = (around(at.saturating_sub(120)), around((at + 60).min(text.len())));
            self.leaks.push(format!("{what}: …{}…", &text[from..to]));
        }
    }

    fn answer(&mut self, what: &str, answer: &Answer) {
        assert_ne!(answer.status.as_u16(), 500, "{what}: {}", answer.text());
        self.seen.refused += usize::from(answer.status.as_u16() >= 300);
        let heads: String =
            answer.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()) + "\n").collect();
        self.see(what, heads.as_bytes());
        self.see(what, &answer.bytes);
    }

    /// Addresses that are not for everybody, as anybody asks for them and as staff do who do not sit.
    async fn knock(&mut self, closed: &[String]) {
        for path in closed {
            for (who, client) in [
                ("anybody", self.anybody.clone()),
                ("staff", self.staff.clone()),
                ("a token", self.token.clone()),
            ] {
                let answer = client.get(path).await;
                self.answer(&format!("{path} for {who}"), &answer);
            }
        }
    }

    async fn screens(&mut self) {
        for (screen, room) in self.screens.clone() {
            let board = screen.get(&format!("/api/v1/rooms/{room}/board")).await.must(200);
            self.seen.boards += 1;
            self.answer(&format!("the board of {room}"), &board);
        }
    }

    async fn feeds(&mut self) {
        for path in self.feeds.clone() {
            let feed = self.anybody.get(&path).await.must(200);
            self.answer("a feed", &feed);
        }
    }

    async fn searches(&mut self, town: &Town) {
        // Half a word is enough to find it, and is not the whole mark when the page says it back.
        let half = &MARK[..MARK.len() - 1];
        for (client, path, nothing) in [
            (self.anybody.clone(), "/zittingen", "Niets bekendgemaakts"),
            (self.staff.clone(), "/council/search", "Niets gevonden"),
        ] {
            let page = client.get(&format!("{path}?q={half}")).await.must(200);
            if !page.text().contains(nothing) {
                self.leaks.push(format!("{path} finds closed words: {}", page.text()));
            }
            self.answer(path, &page);
            let page = client.get(&format!("{path}?q={}", &OPEN[..OPEN.len() - 1])).await.must(200);
            self.seen.found += usize::from(page.text().contains(&format!("<mark>{OPEN}")));
            self.answer(path, &page);
        }
        // That there is something to be found: whoever prepares the sessions finds it.
        let clerk = town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
        let page = clerk.get(&format!("/council/search?q={half}")).await.must(200).text();
        assert!(page.contains(MARK), "{page}");
    }

    async fn pack(&mut self, slug: &str) {
        let page = format!("/council/sessions/{slug}/pack");
        let form = token_of(&self.staff.get(&page).await);
        let fields = form_urlencoded::Serializer::new(String::new())
            .append_pair("form", &form)
            .append_pair("for", "public")
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let begun = self
            .staff
            .raw("POST", &page, fields.into_bytes(), kind, &[("sec-fetch-site", "same-origin")])
            .await;
        self.answer("a pack begun", &begun);
        if begun.status.as_u16() != 303 {
            return;
        }
        for _ in 0..600 {
            let answer = self.staff.get(&format!("{page}.pdf?for=public")).await;
            if answer.status.as_u16() == 200 {
                self.seen.packs += 1;
                self.answer("a public pack", &answer);
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no pack of {slug}");
    }

    /// Every mail that waits for somebody who does not sit in the body that it is about. There is one at least: a guest is
    /// invited into the same room.
    async fn mails(&mut self, town: &Town) {
        let day = Zone::BRUSSELS.wall(town.clock.now()).date() + Days::new(1);
        let at = |hour: u32| format!("{day}T{hour}:00");
        let mut wish = booking("raadzaal", &at(10), &at(11));
        wish["title"] = format!("{OPEN}overleg").into();
        wish["participants"] = serde_json::json!([{ "email": "gast@elders.example", "name": "Gast" }]);
        town.staff().post("/api/v1/meetings", wish).await.must(201);
        let links = MailLinks { base_url: BASE.into(), secret: b"geheim van de gemeente".to_vec() };
        let sheets = town.store.read(|view| {
            let sheets = view.due_mail(MAILS)?.into_iter().map(|mail| mail_sheet(view, &mail, &links));
            sheets.collect::<Result<Vec<_>, Refusal>>()
        });
        let directory = town.store.directory();
        for sheet in sheets.unwrap().into_iter().flatten() {
            let sits = match &sheet.matter {
                Matter::Convocation(news) => {
                    let body = directory.bodies.iter().find(|body| body.name == news.body).unwrap();
                    body.members.contains(&sheet.to.id)
                }
                _ => false,
            };
            if !sits {
                self.seen.mails += 1;
                self.see("a mail", format!("{sheet:?}").as_bytes());
            }
        }
    }

    async fn streams(&mut self, town: &Town) {
        town.app.catch_up().unwrap();
        for place in 0..self.streams.len() {
            let (what, stream) = &mut self.streams[place];
            let (what, mut told) = (*what, Vec::new());
            while let Ok(Some(chunk)) = tokio::time::timeout(Duration::from_millis(20), stream.next()).await {
                told.extend_from_slice(&chunk.unwrap());
            }
            let told = String::from_utf8_lossy(&told).into_owned();
            self.seen.events +=
                told.matches("event: changed").count() + told.matches("event:changed").count();
            self.see(what, told.as_bytes());
        }
    }
}

/// The token of the last form on a page.
fn token_of(page: &Answer) -> String {
    let text = page.text();
    let from = text.rsplit_once("name=\"form\"").map_or("", |(_, rest)| rest);
    from.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
}

/// What the packed streams of a PDF hold.
fn streams_of(pdf: &[u8]) -> String {
    let mut all = String::new();
    let find = |from: usize, what: &[u8]| {
        pdf[from..].windows(what.len()).position(|at| at == what).map(|at| from + at)
    };
    let mut from = 0;
    while let Some(begin) = find(from, b"stream") {
        let begin = begin + 6 + usize::from(pdf.get(begin + 6) == Some(&b'\r')) + 1;
        let Some(end) = find(begin.min(pdf.len()), b"endstream") else { break };
        let mut plain = Vec::new();
        if flate2::read::ZlibDecoder::new(&pdf[begin..end]).read_to_end(&mut plain).is_ok() {
            all += &String::from_utf8_lossy(&plain);
        }
        from = end + 9;
    }
    all
}

/// A look while something goes on in the chamber.
pub async fn look_about(eyes: &mut Eyes, town: &Town, closed: &[String]) {
    eyes.sign_in(town);
    eyes.screens().await;
    for path in ["/zittingen.ics?body=gemeenteraad", "/zittingen.ics?body=college", "/zittingen", "/healthz"]
    {
        let answer = eyes.anybody.get(path).await;
        eyes.answer(path, &answer);
    }
    for path in ["/rooms/raadzaal", "/rooms/collegezaal", "/rooms", "/today"] {
        let answer = eyes.staff.get(path).await;
        eyes.answer(path, &answer);
    }
    let chamber: Vec<String> = closed
        .iter()
        .filter(|path| path.contains("/chamber") || path.contains("/take-part"))
        .cloned()
        .collect();
    eyes.knock(&chamber).await;
    town.app.catch_up().unwrap();
}

/// Everything, at the end.
pub async fn look_everywhere(eyes: &mut Eyes, town: &Town, closed: &[String]) {
    eyes.sign_in(town);
    for (path, answer) in crawl(town, closed).await {
        eyes.answer(&path, &answer);
    }
    eyes.knock(closed).await;
    eyes.screens().await;
    eyes.feeds().await;
    eyes.searches(town).await;
    for path in closed.iter().filter(|path| path.ends_with("/pack")) {
        let slug = path.split('/').nth(3).unwrap_or("").to_owned();
        eyes.pack(&slug).await;
    }
    eyes.mails(town).await;
    eyes.streams(town).await;
    let metrics = eyes.anybody.get("/metrics").await;
    eyes.answer("/metrics", &metrics);
}
