//! Promise: whoever takes part from elsewhere is seen arriving, staying, falling silent and leaving, by their own
//! link and nobody else's.

use belfort::presence::Evidence;
use belfort::scheduler::join_token;
use belfort::store::{FeedScope, Level};
use belfort::town::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::town::{Answer, Client, Town};

const ELS: &str = "els.claes@stad.example";

struct Hybrid {
    town: Town,
    sheet: Value,
    meeting: String,
}

impl Hybrid {
    /// A meeting at 10:00 (it is 09:00) with Els and guests of four languages elsewhere.
    async fn new() -> Self {
        let town = Town::new(1);
        let wish = json!({ "title": "Hybride & <b>overleg</b>", "start": "2027-01-18T10:00", "end": "2027-01-18T11:00",
            "rooms": ["collegezaal"], "conference": { "url": "https://meet.example/hybride", "dial_in": "+32 2 555" },
            "participants": [
                { "email": ELS, "mode": "remote" },
                { "email": "jan.maes@stad.example", "mode": "in_room" },
                { "email": "gast.fr@elders.example", "name": "Guy", "lang": "fr", "mode": "remote" },
                { "email": "gast.de@elders.example", "name": "Gerd", "lang": "de", "mode": "remote" },
                { "email": "gast.en@elders.example", "name": "Gail", "lang": "en", "mode": "remote", "zone": "America/New_York" },
            ] });
        let sheet = town.staff().post("/api/v1/meetings", wish).await.must(201).json();
        let meeting = format!("/api/v1/meetings/{}", sheet["id"].as_str().unwrap());
        Self { town, sheet, meeting }
    }

    fn link(&self, email: &str) -> String {
        let meeting = self.sheet["id"].as_str().unwrap().parse().unwrap();
        format!("/join/{}", join_token(self.town.store.secret(), meeting, self.town.person_id(email)))
    }

    fn ledger(&self) -> Vec<Evidence> {
        let id = self.sheet["occurrences"][0]["id"].as_str().unwrap().parse().unwrap();
        self.town.store.read(|view| view.presence(id)).unwrap().iter().map(|entry| entry.evidence).collect()
    }

    /// The state of each remote participant on the screen at the door.
    async fn board(&self) -> Vec<(String, String)> {
        let board =
            self.town.kiosk("collegezaal").get("/api/v1/rooms/collegezaal/board").await.must(200).json();
        let remote = board["meetings"][0]["remote"].as_array().unwrap().clone();
        remote
            .iter()
            .map(|r| (r["name"].as_str().unwrap().to_owned(), r["state"].as_str().unwrap().to_owned()))
            .collect()
    }

    async fn state(&self, name: &str) -> String {
        self.board().await.into_iter().find(|(known, _)| known == name).map_or("-".into(), |(_, state)| state)
    }
}

/// A browser with its cookie.
struct Browser {
    client: Client,
    cookie: String,
}

impl Browser {
    fn new(town: &Town) -> Self {
        Self { client: town.anonymous(), cookie: String::new() }
    }

    async fn open(&mut self, link: &str) -> Answer {
        let answer = self.call("GET", link).await;
        if let Some(cookie) =
            answer.header("set-cookie").split(';').next().filter(|cookie| !cookie.is_empty())
        {
            cookie.clone_into(&mut self.cookie);
        }
        answer
    }

    async fn call(&self, method: &str, link: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str())];
        let headers = if self.cookie.is_empty() { &headers[..0] } else { &headers[..] };
        self.client.send(method, link, None, headers).await
    }

    async fn beat(&self, link: &str) -> u16 {
        self.call("POST", &format!("{link}/here")).await.status.as_u16()
    }
}

#[tokio::test]
async fn arriving_staying_silence_and_leaving() {
    let at = Hybrid::new().await;
    let link = at.link(ELS);
    let mut els = Browser::new(&at.town);
    // The door is not open yet: the page says so, and nothing is recorded.
    let page = els.open(&link).await.must(200);
    assert!(page.text().contains("10:00"), "{}", page.text());
    assert_eq!(els.beat(&link).await, 205);
    assert!(at.ledger().is_empty());
    assert_eq!(at.state("Els Claes").await, "invited");

    at.town.pass(TimeDelta::minutes(31)).await;
    assert_eq!(els.beat(&link).await, 204);
    let page = els.open(&link).await.must(200);
    assert!(page.text().contains("https://meet.example/hybride"));
    assert!(
        page.text().contains("Hybride &#38; &#60;b&#62;") || page.text().contains("Hybride &amp; &lt;b&gt;"),
        "{}",
        page.text()
    );
    assert_eq!(at.ledger(), [Evidence::Joined], "opening twice with one browser is one arrival");
    assert_eq!(at.state("Els Claes").await, "here");

    for _ in 0..8 {
        at.town.pass(TimeDelta::seconds(15)).await;
        assert_eq!(els.beat(&link).await, 204);
    }
    assert_eq!(at.ledger(), [Evidence::Joined], "heartbeats are not written down");

    at.town.pass(TimeDelta::seconds(45)).await;
    assert_eq!(at.state("Els Claes").await, "here", "45 seconds are still patience");
    at.town.pass(TimeDelta::seconds(1)).await;
    assert_eq!(at.state("Els Claes").await, "lost");
    assert_eq!(els.beat(&link).await, 204);
    assert_eq!(at.state("Els Claes").await, "here");
    els.call("POST", &format!("{link}/left")).await.must(200);
    assert_eq!(at.state("Els Claes").await, "left");
    at.town.pass(TimeDelta::minutes(2)).await;
    assert_eq!(at.ledger(), [Evidence::Joined, Evidence::Lost, Evidence::Joined, Evidence::Left]);

    // Two devices: here while one of them is.
    let (mut laptop, mut phone) = (Browser::new(&at.town), Browser::new(&at.town));
    laptop.open(&link).await;
    phone.open(&link).await;
    assert_ne!(laptop.cookie, phone.cookie);
    laptop.call("POST", &format!("{link}/left")).await.must(200);
    assert_eq!(at.state("Els Claes").await, "here");
    phone.call("POST", &format!("{link}/left")).await.must(200);
    assert_eq!(at.state("Els Claes").await, "left");

    // Each line of the ledger is a line of the journal, with ids and no names.
    let journal = at.town.clerk().get("/api/v1/journal?limit=500").await.must(200);
    let of = |action: &str| journal.text().matches(&format!("\"presence.{action}\"")).count();
    assert_eq!((of("joined"), of("lost"), of("left")), (4, 1, 3), "{}", journal.text());
    assert!(!journal.text().contains("Els") && !journal.text().contains('@'));
    at.town.verify();
}

#[tokio::test]
async fn a_link_is_for_its_own_person() {
    let at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(40)).await;
    let good = at.link(ELS);
    let mut forged = good.clone().into_bytes();
    let last = forged.len() - 1;
    forged[last] = if forged[last] == b'0' { b'1' } else { b'0' };
    // Somebody who is not on the list, in a token that is otherwise ours.
    let stranger = at.link("tom.wouters@stad.example");
    let browser = Browser::new(&at.town);
    for link in [
        String::from_utf8(forged).unwrap(),
        stranger,
        "/join/x".into(),
        "/join/%00".into(),
        "/join/..%2f..".into(),
        format!("{good}00"),
        good[..good.len() - 2].to_owned(),
        "/join/'%20or%201=1".into(),
    ] {
        let answer = browser.call("GET", &link).await.must(404);
        assert!(answer.header("content-type").starts_with("text/html"), "{link}");
        assert!(!answer.text().contains("Hybride") && !answer.text().contains("meet.example"), "{link}");
        assert_eq!(answer.header("set-cookie"), "");
        assert_ne!(browser.beat(&link).await, 204);
        browser.call("POST", &format!("{link}/left")).await;
    }
    assert!(at.ledger().is_empty());
    for (lang, word) in
        [("fr", "lien"), ("de", "Link funktioniert"), ("en", "This link"), ("nl", "Deze link")]
    {
        let page = at.town.anonymous().speaking(lang).get("/join/x").await.must(404).text();
        assert!(page.contains(word), "{lang}: {page}");
    }

    // Taken off the list: the link is dead from then on.
    let mut els = Browser::new(&at.town);
    els.open(&good).await.must(200);
    let others = json!([{ "email": "gast.fr@elders.example", "mode": "remote" }]);
    at.town.staff().patch(&at.meeting, json!({ "participants": others })).await.must(200);
    els.open(&good).await.must(404);
    assert_eq!(els.beat(&good).await, 205);
    assert!(!at.board().await.iter().any(|(name, _)| name == "Els Claes"));
}

#[tokio::test]
async fn somebody_who_declined_is_not_let_in_until_they_accept() {
    let at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(40)).await;
    let els = at.town.client(Role::Staff, Some(ELS), None);
    let put = format!("{}/participants/{ELS}", at.meeting);
    els.put(&put, json!({ "answer": "declined" })).await.must(200);
    Browser::new(&at.town).open(&at.link(ELS)).await.must(404);
    let agenda = els.get(&format!("/api/v1/people/{ELS}/agenda")).await.must(200).json();
    assert!(agenda[0]["join"].is_null());
    els.put(&put, json!({ "answer": "accepted" })).await.must(200);
    Browser::new(&at.town).open(&at.link(ELS)).await.must(200);
    let agenda = els.get(&format!("/api/v1/people/{ELS}/agenda")).await.must(200).json();
    assert_eq!(agenda[0]["join"], format!("http://belfort.test{}", at.link(ELS)));
    // Nobody else is shown it, whatever their role.
    for client in [at.town.staff(), at.town.clerk(), at.town.admin()] {
        let agenda = client.get(&format!("/api/v1/people/{ELS}/agenda")).await.must(200).text();
        assert!(!agenda.contains("/join/"), "{agenda}");
    }
    let own = at.town.feed(FeedScope::Person(at.town.person_id(ELS)), Level::Full, false);
    let text = at.town.anonymous().get(&own).await.must(200).text().replace("\r\n ", "");
    assert!(text.contains(&at.link(ELS)) && text.matches("/join/").count() == 2, "{text}");
}

#[tokio::test]
async fn waiting_open_over_and_called_off_in_the_persons_own_language() {
    let at = Hybrid::new().await;
    let people = [
        (ELS, "nl", "10:00"),
        ("gast.fr@elders.example", "fr", "10:00"),
        ("gast.de@elders.example", "de", "10:00"),
        ("gast.en@elders.example", "en", "04:00"),
    ];
    let mut heard = Vec::new();
    for (minutes, state) in [(0, "waiting"), (30, "open"), (60, "open"), (31, "over")] {
        at.town.pass(TimeDelta::minutes(minutes)).await;
        for (email, lang, clock) in people {
            // The browser's own language does not matter: the person's does.
            let page = at.town.anonymous().speaking("en").get(&at.link(email)).await.must(200);
            let html = page.text();
            assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{html}");
            assert!(html.contains(clock), "the person's own clock: {html}");
            assert_eq!(html.contains("data-lobby"), state == "open", "{state}");
            assert_eq!(
                html.contains("meet.example"),
                state == "open",
                "{state}: the conference is shown when it is on"
            );
            let line = html.split("role=\"status\">").nth(1).unwrap().split("</p>").next().unwrap();
            heard.push(line.rsplit("</svg>").next().unwrap().to_owned());
        }
    }
    heard.sort();
    heard.dedup();
    assert_eq!(heard.len(), 12, "three states in four languages: {heard:?}");

    let at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(45)).await;
    let mut els = Browser::new(&at.town);
    let link = at.link(ELS);
    els.open(&link).await;
    at.town.staff().delete(&at.meeting).await.must(200);
    assert_eq!(els.beat(&link).await, 205, "the page is told to read itself again");
    let page = els.open(&link).await.must(200);
    assert!(!page.text().contains("meet.example"));
    assert!(page.text().contains("gaat niet door"), "{}", page.text());
}

#[tokio::test]
async fn the_page_runs_nothing_but_our_own_script() {
    let at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(40)).await;
    for path in [at.link(ELS), "/join/x".to_owned(), "/sign-in".to_owned()] {
        let page = at.town.anonymous().get(&path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("data:"), "{policy}");
        for (name, expected) in
            [("referrer-policy", "no-referrer"), ("cache-control", "no-store"), ("x-frame-options", "DENY")]
        {
            assert_eq!(page.header(name), expected, "{path} {name}");
        }
        let html = page.text();
        for inline in [" onclick=", " onload=", " style=", "<style", "javascript:", "<script>"] {
            assert!(!html.contains(inline), "{path}: {inline}");
        }
        for asset in html.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            at.town.anonymous().get(&format!("/assets/{asset}")).await.must(200);
        }
    }
    let cookie = at.town.anonymous().get(&at.link(ELS)).await.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/join"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_restart_keeps_the_roster_and_then_asks_after_it() {
    let mut at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(45)).await;
    let (link, guest) = (at.link(ELS), at.link("gast.fr@elders.example"));
    let (mut els, mut guy) = (Browser::new(&at.town), Browser::new(&at.town));
    els.open(&link).await;
    guy.open(&guest).await;
    at.town = at.town.restarted(7);
    at.town.app.reopen_lobby().await.unwrap();
    els.client = at.town.anonymous();
    assert_eq!(at.state("Els Claes").await, "here");
    at.town.pass(TimeDelta::seconds(30)).await;
    assert_eq!(els.beat(&link).await, 204, "the page did not notice");
    at.town.pass(TimeDelta::seconds(16)).await;
    assert_eq!(at.state("Els Claes").await, "here");
    assert_eq!(at.state("Guy").await, "lost");
    at.town.pass(TimeDelta::seconds(40)).await;
    assert_eq!(at.state("Els Claes").await, "lost");
    at.town.verify();
}

#[tokio::test]
async fn cookies_that_are_not_ours_are_no_devices() {
    let at = Hybrid::new().await;
    at.town.pass(TimeDelta::minutes(40)).await;
    let link = at.link(ELS);
    for cookie in [
        "belfort-device=",
        "belfort-device=../../x",
        "belfort-device=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "x=y",
    ] {
        let headers = [("cookie", cookie)];
        at.town.anonymous().send("POST", &format!("{link}/here"), None, &headers).await.must(205);
        at.town.anonymous().send("POST", &format!("{link}/left"), None, &headers).await.must(200);
    }
    assert!(at.ledger().is_empty());
}
