//! Promise: whoever a meeting concerns hears of it by mail, once for each revision, in their language and at a decent
//! hour; and answers from there without an account.

use belfort::config::{MailConfig, Security};
use belfort::ical::validate::validate;
use belfort::mail::{Delivered, Mailer};
use belfort::scheduler::{LinkMail, answer_token, join_token, post_link_mail, switch_mail};
use belfort::store::{MailKind, MailState, StoreError};
use belfort::town::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::sink::{Mood, Sink, Taken};
use crate::town::{Client, Town};

pub const AN: &str = "an.peeters@stad.example";
pub const ELS: &str = "els.claes@stad.example";
pub const JAN: &str = "jan.maes@stad.example";
const GUY: &str = "gast.fr@elders.example";

/// A town with a mail server, and somebody who carries the mail.
pub struct Post {
    pub town: Town,
    pub sink: Sink,
    pub mailer: Mailer,
}

impl Post {
    pub async fn new() -> Self {
        let (town, sink) = (Town::new(1), Sink::open().await);
        // 15:00 in Brussels and 09:00 in New York: no quiet hours anywhere.
        town.clock.advance(TimeDelta::hours(6));
        town.store.write_now(|tx| switch_mail(tx, true)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        Self::of(town, sink)
    }

    /// The same for a town that is there.
    pub fn of(town: Town, sink: Sink) -> Self {
        let mailer = mailer(&town, &sink);
        Self { town, sink, mailer }
    }

    pub async fn book(&self, client: &Client, more: Value) -> (String, Value) {
        let mut wish = json!({ "title": "Overleg é", "start": "2027-01-20T10:00", "end": "2027-01-20T11:00",
            "rooms": ["collegezaal"], "conference": { "url": "https://meet.example/x" },
            "participants": [{ "email": ELS }, { "email": JAN, "mode": "remote" },
                { "email": GUY, "name": "Guy", "lang": "fr", "mode": "remote", "zone": "America/New_York" }] });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let sheet = client.post("/api/v1/meetings", wish).await.must(201).json();
        (format!("/api/v1/meetings/{}", sheet["id"].as_str().unwrap()), sheet)
    }

    pub async fn send(&self) -> Delivered {
        self.mailer.deliver().await.unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    /// What waits: address and kind, in order.
    pub fn rows(&self) -> Vec<(String, MailKind)> {
        let rows = self.town.store.read(|view| {
            let mut rows = Vec::new();
            for mail in view.due_mail(10_000)? {
                rows.push((view.person(mail.person)?.unwrap().email, mail.kind));
            }
            Ok::<_, StoreError>(rows)
        });
        let mut rows = rows.unwrap();
        rows.sort_by_key(|(email, kind)| (email.clone(), kind.word()));
        rows
    }

    pub fn to(&self, email: &str) -> Vec<Taken> {
        self.sink.taken().into_iter().filter(|mail| mail.to == email && mail.answered).collect()
    }

    pub fn answer_link(&self, sheet: &Value, email: &str) -> String {
        let meeting = sheet["id"].as_str().unwrap().parse().unwrap();
        format!("/answer/{}", answer_token(self.town.store.secret(), meeting, self.town.person_id(email)))
    }
}

fn mailer(town: &Town, sink: &Sink) -> Mailer {
    let config = MailConfig {
        security: Security::Plain,
        host: "127.0.0.1".into(),
        port: sink.port,
        credentials: None,
        from_name: None,
        from: "zalen@stad.example".into(),
        retry_s: 60,
    };
    Mailer::new(&town.store, config, "http://belfort.test")
}

/// A mail with its parts decoded.
pub fn decoded(mail: &Taken) -> String {
    let mut out = String::new();
    for (number, part) in mail.text.split("Content-Transfer-Encoding: ").enumerate() {
        let quoted = number > 0 && part.starts_with("quoted-printable");
        assert!(number == 0 || quoted || part.starts_with("7bit"), "{part}");
        let (body, after) = part.split_once("\r\n--").unwrap_or((part, ""));
        out += &if quoted { unquoted(body) } else { body.to_owned() };
        out += after;
    }
    out
}

/// Quoted-printable taken off (RFC 2045 6.7).
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_str();
    while let Some((plain, after)) = rest.split_once('=') {
        bytes.extend(plain.bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            // The headers and the boundary after the part.
            None => {
                bytes.push(b'=');
                rest = after;
            }
        }
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The calendar object in a mail, and the method its part names.
fn object(mail: &Taken) -> (String, String) {
    let text = decoded(mail);
    let method = text
        .split("text/calendar; method=")
        .nth(1)
        .unwrap_or_else(|| panic!("no object: {text}"))
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let from = text.find("BEGIN:VCALENDAR").unwrap();
    let to = text.find("END:VCALENDAR\r\n").unwrap() + "END:VCALENDAR\r\n".len();
    (method, text[from..to].to_owned())
}

/// What is wrong with an object beside what feeds may not have and mails must.
fn faults(calendar: &str) -> Vec<String> {
    let all = validate(calendar.as_bytes()).err().unwrap_or_default();
    let of_mail = ["METHOD", "SENT-BY", "RSVP"];
    all.iter()
        .map(ToString::to_string)
        .filter(|fault| !of_mail.iter().any(|word| fault.contains(word)))
        .collect()
}

fn line<'t>(text: &'t str, name: &str) -> &'t str {
    let event = if name == "METHOD:" { text } else { text.split("BEGIN:VEVENT").nth(1).unwrap_or(text) };
    event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("-")
}

#[tokio::test]
async fn a_row_for_each_recipient_and_action() {
    let post = Post::new().await;
    let staff = post.town.staff();
    let (meeting, _) = post.book(&staff, json!({})).await;
    let all = |kind| [ELS, GUY, JAN].map(|email| (email.to_owned(), kind)).to_vec();
    let (invited, changed, cancelled) =
        (all(MailKind::Invitation), all(MailKind::Change), all(MailKind::Cancellation));
    assert_eq!(post.rows(), invited, "the organiser invited the others, and needs no mail himself");
    assert_eq!(post.send().await.sent, 3);
    assert!(post.rows().is_empty());

    staff.patch(&meeting, json!({ "start": "2027-01-20T11:00", "end": "2027-01-20T12:00" })).await.must(200);
    assert_eq!(post.rows(), changed);
    // Changed again before it was sent: one mail, with the latest state.
    staff.patch(&meeting, json!({ "title": "Overleg twee" })).await.must(200);
    assert_eq!(post.rows(), changed);
    post.sink.forget();
    assert_eq!(post.send().await, Delivered { sent: 3, ..Delivered::default() });
    let sheet = staff.get(&meeting).await.must(200).json();
    for email in [ELS, GUY, JAN] {
        let mails = post.to(email);
        assert_eq!(mails.len(), 1, "{email}");
        let (method, calendar) = object(&mails[0]);
        assert_eq!((method.as_str(), line(&calendar, "METHOD:")), ("REQUEST", "REQUEST"));
        assert_eq!(line(&calendar, "SEQUENCE:"), sheet["sequence"].to_string());
        assert_eq!(line(&calendar, "SUMMARY:"), "Overleg twee");
        assert!(calendar.contains("DTSTART;TZID=Europe/Brussels:20270120T110000"), "{calendar}");
    }

    // What nobody sees is not told.
    staff.patch(&meeting, json!({ "equipment": ["beamer"] })).await.must(200);
    assert!(post.rows().is_empty());

    // Only those who come and go hear of it.
    let others = json!([{ "email": ELS }, { "email": JAN }, { "email": "tom.wouters@stad.example" }]);
    staff.patch(&meeting, json!({ "participants": others, "privacy": "private" })).await.must(200);
    let expected = vec![
        (GUY.to_owned(), MailKind::Cancellation),
        ("tom.wouters@stad.example".to_owned(), MailKind::Invitation),
    ];
    assert_eq!(post.rows(), expected);
    // Somebody who was taken off is told nothing newer than what they knew.
    staff.patch(&meeting, json!({ "title": "Geheim" })).await.must(200);
    post.sink.forget();
    post.send().await;
    let gone = &post.to(GUY)[0];
    let (method, calendar) = object(gone);
    assert_eq!((method.as_str(), line(&calendar, "METHOD:")), ("CANCEL", "CANCEL"));
    assert_eq!(line(&calendar, "STATUS:"), "CANCELLED");
    assert!(!decoded(gone).contains("Geheim") && decoded(gone).contains("Overleg twee"), "{}", gone.text);

    staff.delete(&meeting).await.must(200);
    post.send().await;
    let told: Vec<String> = cancelled.iter().map(|(email, _)| email.clone()).collect();
    assert!(told.contains(&ELS.to_owned()));
    let (method, calendar) = object(post.to(ELS).last().unwrap());
    assert_eq!((method.as_str(), line(&calendar, "METHOD:")), ("CANCEL", "CANCEL"));
    staff.send("POST", &format!("{meeting}/restore"), None, &[]).await.must(200);
    assert!(post.rows().contains(&(ELS.to_owned(), MailKind::Invitation)));
    post.town.verify();
}

#[tokio::test]
async fn without_a_mail_server_nothing_is_queued_and_health_says_so() {
    let town = Town::new(1);
    let post = Post { sink: Sink::open().await, mailer: mailer(&town, &Sink::open().await), town };
    post.book(&post.town.staff(), json!({})).await;
    assert!(post.rows().is_empty());
    let health = post.town.anonymous().get("/healthz").await.must(200).json();
    assert_eq!(health["mail"], "off");
    let post = Post::new().await;
    assert_eq!(post.town.anonymous().get("/healthz").await.must(200).json()["mail"], "on");
    post.book(&post.town.staff(), json!({})).await;
    let metrics = post.town.anonymous().get("/metrics").await.must(200).text();
    assert!(metrics.contains("belfort_mail{state=\"queued\"} 3"), "{metrics}");
}

#[tokio::test]
async fn who_never_heard_of_it_is_not_told_of_its_end() {
    let post = Post::new().await;
    let staff = post.town.staff();
    let (meeting, _) = post.book(&staff, json!({})).await;
    staff.patch(&meeting, json!({ "title": "Anders" })).await.must(200);
    assert!(post.rows().iter().all(|(_, kind)| *kind == MailKind::Invitation), "still an invitation");
    staff.delete(&meeting).await.must(200);
    assert!(post.rows().is_empty());
    assert_eq!(post.send().await, Delivered::default());
}

#[tokio::test]
async fn an_organiser_hears_of_what_others_do_in_their_name() {
    let post = Post::new().await;
    let clerk = post.town.clerk();
    let (meeting, _) = post.book(&clerk, json!({ "organiser": AN })).await;
    assert!(post.rows().contains(&(AN.to_owned(), MailKind::Invitation)));
    post.send().await;
    let (_, calendar) = object(&post.to(AN)[0]);
    assert!(calendar.replace("\r\n ", "").contains("PARTSTAT=ACCEPTED"), "{calendar}");
    // Those who take part answer; the organiser hears once, after a while.
    let els = post.town.client(Role::Staff, Some(ELS), None);
    let jan = post.town.client(Role::Staff, Some(JAN), None);
    els.put(&format!("{meeting}/participants/{ELS}"), json!({ "answer": "accepted" })).await.must(200);
    jan.put(&format!("{meeting}/participants/{JAN}"), json!({ "answer": "declined" })).await.must(200);
    assert!(post.rows().is_empty(), "answers are gathered");
    post.town.clock.advance(TimeDelta::minutes(10));
    assert_eq!(post.rows(), [(AN.to_owned(), MailKind::Answered)]);
    post.sink.forget();
    post.send().await;
    let said = decoded(&post.to(AN)[0]);
    assert!(
        said.contains("Komen: 1") && said.contains("Komen niet: 1") && said.contains("Els Claes"),
        "{said}"
    );
}

#[tokio::test]
async fn one_date_of_a_series() {
    let post = Post::new().await;
    let staff = post.town.staff();
    let (meeting, sheet) = post.book(&staff, json!({ "rrule": "FREQ=WEEKLY;COUNT=4" })).await;
    assert_eq!(post.send().await.sent, 3);
    let (_, calendar) = object(&post.to(ELS)[0]);
    assert_eq!(line(&calendar, "RRULE:"), "FREQ=WEEKLY;BYDAY=WE;COUNT=4");
    assert_eq!(line(&calendar, "UID:"), sheet["uid"].as_str().unwrap());
    assert_eq!(faults(&calendar), [""; 0], "{calendar}");
    assert!(decoded(&post.to(ELS)[0]).contains("en daarna nog 3 keer, tot"));
    post.sink.forget();
    let second = "2027-01-27T10:00:00";
    let at = format!("{meeting}?scope=this&occurrence={second}");
    staff.patch(&at, json!({ "start": "2027-01-27T14:00", "end": "2027-01-27T15:00" })).await.must(200);
    post.send().await;
    let (method, calendar) = object(&post.to(ELS)[0]);
    assert_eq!(method, "REQUEST");
    assert_eq!(line(&calendar, "RECURRENCE-ID;TZID=Europe/Brussels:"), "20270127T100000");
    assert_eq!(line(&calendar, "DTSTART;TZID=Europe/Brussels:"), "20270127T140000");
    assert_eq!(faults(&calendar), [""; 0], "{calendar}");
    post.sink.forget();
    // Cancelled and, before that was sent, nothing else: one CANCEL for the one date.
    staff.delete(&format!("{meeting}?scope=this&occurrence=2027-02-03T10:00:00")).await.must(200);
    post.send().await;
    let (method, calendar) = object(&post.to(ELS)[0]);
    assert_eq!(method, "CANCEL");
    assert_eq!(line(&calendar, "RECURRENCE-ID;TZID=Europe/Brussels:"), "20270203T100000");
    assert_eq!((line(&calendar, "RRULE:"), line(&calendar, "UID:")), ("-", sheet["uid"].as_str().unwrap()));
    post.sink.forget();
    // A change of the whole names the cancelled date as an exception: a REQUEST cannot cancel.
    staff.patch(&meeting, json!({ "title": "Reeks" })).await.must(200);
    post.send().await;
    let (_, calendar) = object(&post.to(ELS)[0]);
    assert!(calendar.contains("EXDATE;TZID=Europe/Brussels:20270203T100000"), "{calendar}");
    assert!(!calendar.contains("CANCELLED"), "{calendar}");
}

#[tokio::test]
async fn in_the_recipients_language_and_with_nobody_elses_address() {
    let post = Post::new().await;
    post.book(&post.town.staff(), json!({ "privacy": "private" })).await;
    post.send().await;
    let mail = &post.to(GUY)[0];
    let text = decoded(mail);
    assert!(text.contains("Vous êtes invité") && text.contains("Chez vous"), "{text}");
    assert!(text.contains("mercredi 20 janvier 2027, 04:00–05:00 (America/New_York)"), "{text}");
    assert!(text.contains("étage 1, Stadhuis, Grote Markt 1, 9999 Teststad"), "{text}");
    assert!(!text.contains(ELS) && !text.contains("Els Claes") && !text.contains(JAN), "{text}");
    for header in
        ["Auto-Submitted: auto-generated\r\n", "Reply-To: ", "From: Teststad <zalen@stad.example>\r\n"]
    {
        assert!(mail.text.contains(header), "{}", mail.text);
    }
    let (_, calendar) = object(mail);
    assert_eq!(faults(&calendar), [""; 0], "{calendar}");
    let unfolded = calendar.replace("\r\n ", "");
    assert!(unfolded.contains("ORGANIZER;SENT-BY=\"mailto:zalen@stad.example\";CN="), "{unfolded}");
    assert!(unfolded.contains("ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"), "{unfolded}");
    assert_eq!(unfolded.matches("ATTENDEE").count(), 1);
    assert!(unfolded.contains("BEGIN:VTIMEZONE") && unfolded.contains("CLASS:PRIVATE"));
    let dutch = decoded(&post.to(ELS)[0]);
    assert!(dutch.contains("U bent uitgenodigd") && !dutch.contains("Bij u"), "{dutch}");
    // The journal holds ids only.
    let journal = post.town.clerk().get("/api/v1/journal?limit=500").await.must(200).text();
    assert!(!journal.contains('@') && !journal.contains("Overleg"), "{journal}");
}

#[tokio::test]
async fn consent_is_asked_of_those_who_may_give_it_and_tells_them_no_private_title() {
    let post = Post::new().await;
    let manager = post.town.manager();
    let rule =
        json!({ "id": "groot", "scope": {}, "effect": "needs_approval", "window": {}, "test": "always" });
    let policy = serde_json::from_value(rule).unwrap();
    post.town.store.write_now(move |tx| tx.put_policy(1, &policy)).unwrap();
    let wish = json!({ "privacy": "private", "title": "Heel geheim" });
    let (meeting, sheet) = post.book(&post.town.staff(), wish).await;
    assert_eq!(sheet["status"], "held");
    assert_eq!(post.rows(), [("tom.wouters@stad.example".to_owned(), MailKind::Asked)]);
    post.send().await;
    let asked = decoded(&post.sink.taken()[0]);
    assert!(!asked.contains("Heel geheim") && asked.contains("privévergadering"), "{asked}");
    assert!(!asked.contains("/answer/") && !asked.contains("text/calendar"), "{asked}");
    manager.send("POST", &format!("{meeting}/approve"), None, &[]).await.must(200);
    let mut kinds: Vec<_> = post.rows().iter().map(|(_, kind)| kind.word()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["decided", "invitation", "invitation", "invitation"]);
}

#[tokio::test]
async fn whoever_looks_after_the_building_is_asked_and_a_refusal_says_why() {
    let post = Post::new().await;
    let site = |slug: &str| {
        let id = post.town.store.directory().site_named(slug).unwrap().id;
        belfort::town::Grant { role: belfort::town::Role::Manager, scope: belfort::town::RoleScope::Site(id) }
    };
    post.town.signed_in("jan.maes@stad.example", &[site("stadhuis")]);
    post.town.signed_in("tom.wouters@stad.example", &[site("sociaal-huis")]);
    let rule =
        json!({ "id": "groot", "scope": {}, "effect": "needs_approval", "window": {}, "test": "always" });
    let policy = serde_json::from_value(rule).unwrap();
    post.town.store.write_now(move |tx| tx.put_policy(1, &policy)).unwrap();
    let (meeting, sheet) = post.book(&post.town.staff(), json!({})).await;
    assert_eq!(sheet["status"], "held");
    assert_eq!(post.rows(), [("jan.maes@stad.example".to_owned(), MailKind::Asked)]);
    post.send().await;
    assert!(decoded(&post.sink.taken()[0]).contains("/manage/approvals"));
    let id: belfort::ids::MeetingId = meeting.rsplit('/').next().unwrap().parse().unwrap();
    let version = sheet["version"].as_i64().unwrap();
    let why = belfort::scheduler::Decision::Refuse("Dan is er een huwelijk.".into());
    let refused: Result<_, belfort::booking::Refusal> = post.town.store.write_now(move |tx| {
        belfort::scheduler::decide_meeting(tx, &belfort::scheduler::Caller::system(), id, version, &why)
    });
    refused.unwrap();
    assert_eq!(post.rows().iter().map(|(_, kind)| kind.word()).collect::<Vec<_>>(), ["decided"]);
    post.send().await;
    let said = decoded(post.sink.taken().last().unwrap());
    assert!(said.contains("Afgewezen: ") && said.contains("Dan is er een huwelijk."), "{said}");
}

#[tokio::test]
async fn at_night_only_what_cannot_wait_is_sent() {
    let post = Post::new().await;
    let staff = post.town.staff();
    // 22:00 in Brussels, 16:00 in New York.
    post.town.clock.advance(TimeDelta::hours(7));
    let (meeting, _) = post.book(&staff, json!({})).await;
    assert_eq!(post.send().await.sent, 1, "it is day where Guy is");
    assert_eq!(post.send().await, Delivered::default());
    post.town.clock.advance(TimeDelta::hours(9) - TimeDelta::seconds(1));
    assert_eq!(post.send().await.sent, 0);
    post.town.clock.advance(TimeDelta::seconds(1));
    assert_eq!(post.send().await.sent, 2, "07:00");
    // The night before: the meeting begins within 24 hours.
    post.town.clock.advance(TimeDelta::hours(16));
    staff.patch(&meeting, json!({ "title": "Anders" })).await.must(200);
    assert_eq!(post.send().await.sent, 3);
    // Somebody's own hours.
    let els = post.town.person_id(ELS);
    post.town.store.write_now(move |tx| tx.set_quiet_hours(els, 0, 0)).unwrap();
    let later = json!({ "start": "2027-02-20T10:00", "end": "2027-02-20T11:00" });
    post.book(&staff, later).await;
    assert_eq!(post.send().await.sent, 2, "Els and Guy");
}

#[tokio::test]
async fn what_goes_wrong_is_tried_again_and_comes_once() {
    let post = Post::new().await;
    let (meeting, _) = post.book(&post.town.staff(), json!({ "participants": [{ "email": ELS }] })).await;
    let mut waits = Vec::new();
    for mood in [Mood::Greylist, Mood::DropInData, Mood::KeepSilent] {
        post.sink.expect(&[mood]);
        assert_eq!(post.send().await, Delivered { later: 1, ..Delivered::default() }, "{mood:?}");
        let mut minutes = 0;
        while post.rows().is_empty() {
            post.town.clock.advance(TimeDelta::minutes(1));
            minutes += 1;
        }
        waits.push(minutes);
    }
    assert_eq!(waits, [1, 5, 15]);
    assert_eq!(post.send().await.sent, 1);
    assert_eq!(post.send().await, Delivered::default());
    let taken = post.sink.taken();
    assert_eq!(taken.iter().filter(|mail| mail.answered).count(), 1);
    // The one that was taken without a word bears the same Message-ID.
    assert_eq!(taken.len(), 2);
    let id = |mail: &Taken| line(&mail.text, "Message-ID:").to_owned();
    assert_eq!(id(&taken[0]), id(&taken[1]));
    let sheet = post.town.staff().get(&meeting).await.must(200).json();
    assert_eq!(sheet["participants"][0]["mail"], "sent");
}

#[tokio::test]
async fn a_refusal_is_final_and_the_organiser_can_see_it() {
    let post = Post::new().await;
    let (meeting, _) =
        post.book(&post.town.staff(), json!({ "participants": [{ "email": ELS }, { "email": JAN }] })).await;
    post.sink.expect(&[Mood::Refuse]);
    let done = post.send().await;
    assert_eq!((done.sent, done.refused), (1, 1));
    assert_eq!(post.sink.connections(), 1, "one line for both");
    let sheet = post.town.staff().get(&meeting).await.must(200).json();
    let mut states: Vec<_> =
        sheet["participants"].as_array().unwrap().iter().map(|p| p["mail"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["failed", "sent"]);
    let other = post.town.client(Role::Staff, Some(ELS), None).get(&meeting).await.must(200).json();
    assert!(other["participants"][0]["mail"].is_null(), "the others are not told");
    let journal = post.town.clerk().get("/api/v1/journal?limit=500").await.must(200).text();
    assert!(journal.contains("\"mail.failed\"") && journal.contains("550"), "{journal}");
    assert!(!journal.contains('@'), "{journal}");
    post.town.verify();
}

#[tokio::test]
async fn after_two_days_it_is_given_up_and_after_ninety_forgotten() {
    let post = Post::new().await;
    let wish = json!({ "start": "2027-02-20T10:00", "end": "2027-02-20T11:00",
        "participants": [{ "email": GUY, "name": "Guy" }] });
    post.book(&post.town.staff(), wish).await;
    post.sink.expect(&[Mood::Greylist; 100]);
    let mut tries = 0;
    for _ in 0..72 {
        tries += post.send().await.later;
        post.town.clock.advance(TimeDelta::hours(1));
    }
    let counts = || post.town.store.read(|view| view.mail_counts()).unwrap();
    assert_eq!(counts().get(&MailState::GivenUp), Some(&1), "{:?}", counts());
    assert!((8..24).contains(&tries), "{tries} tries");
    post.town.clock.advance(TimeDelta::days(91));
    post.town.app.write(belfort::scheduler::housekeep).await.unwrap();
    assert!(counts().is_empty());
}

#[tokio::test]
async fn a_claim_of_a_program_that_died_is_taken_up_by_the_next() {
    let post = Post::new().await;
    post.book(&post.town.staff(), json!({ "participants": [{ "email": ELS }] })).await;
    let claimed = post.town.store.write_now(|tx| belfort::scheduler::claim_mail(tx, 8));
    assert_eq!(claimed.unwrap_or_else(|refusal| panic!("{refusal:?}")).len(), 1);
    assert_eq!(post.send().await, Delivered::default(), "it may still be at it");
    post.town.clock.advance(belfort::scheduler::LEASE);
    assert_eq!(post.send().await.sent, 1);
    assert_eq!(post.to(ELS).len(), 1);
}

#[tokio::test]
async fn when_asked_to_stop_what_is_not_begun_is_put_back_at_once_and_nothing_comes_twice() {
    let post = Post::new().await;
    let guests: Vec<Value> = (0..30)
        .map(|n| json!({ "email": format!("gast{n}@elders.example"), "name": "Gast", "mode": "remote" }))
        .collect();
    post.book(&post.town.staff(), json!({ "participants": guests })).await;
    post.sink.expect(&[Mood::Dawdle(200); 30]);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(post.mailer.clone().run(async move {
        let _ = stopped.await;
    }));
    while post.sink.taken().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    let (taken, waiting) = (post.sink.taken().len(), post.rows().len());
    assert!((1..20).contains(&taken), "{taken} were sent before the stop");
    assert_eq!(taken + waiting, 30, "nothing is left to the lease");
    let attempts = post.town.store.read(|view| view.due_mail(100)).unwrap();
    assert!(attempts.iter().all(|mail| mail.attempts == 0), "what was not begun is no attempt");
    // The next program sends the rest at once.
    let next = mailer(&post.town, &post.sink);
    post.sink.expect(&[]);
    assert_eq!(next.deliver().await.unwrap_or_else(|refusal| panic!("{refusal:?}")).sent, waiting);
    let mut told: Vec<String> = post.sink.taken().into_iter().map(|mail| mail.to).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!((told.len(), post.sink.taken().len()), (30, 30), "each once");
}

#[tokio::test]
async fn what_is_in_hand_for_too_long_at_a_stop_is_let_go_of_as_doubtful() {
    let post = Post::new().await;
    let (meeting, _) = post.book(&post.town.staff(), json!({ "participants": [{ "email": ELS }] })).await;
    post.sink.expect(&[Mood::Dawdle(60_000)]);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(post.mailer.clone().run(async move {
        let _ = stopped.await;
    }));
    while post.sink.connections() == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    stop.send(()).unwrap();
    let begun = std::time::Instant::now();
    running.await.unwrap();
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert!(post.rows().is_empty(), "not at once: it may have arrived");
    post.town.clock.advance(TimeDelta::minutes(1));
    assert_eq!(post.rows().len(), 1, "nor after half an hour only");
    // It may have arrived, so its end is told.
    post.town.staff().delete(&meeting).await.must(200);
    assert_eq!(post.rows(), [(ELS.to_owned(), MailKind::Cancellation)]);
}

#[tokio::test]
async fn the_link_of_an_account_is_wiped_when_it_was_sent() {
    let post = Post::new().await;
    let els = post.town.person_id(ELS);
    post.town.clock.advance(TimeDelta::hours(14));
    let url = "http://belfort.test/reset/s3cr3tl1nk";
    let posted = post.town.store.write_now(move |tx| post_link_mail(tx, els, LinkMail::Reset, url));
    assert!(posted.unwrap_or_else(|refusal| panic!("{refusal:?}")));
    let note = post.town.store.read(|view| view.due_mail(1)).unwrap()[0].note.clone();
    assert!(note.unwrap().contains("s3cr3tl1nk"));
    assert_eq!(post.send().await.sent, 1, "at night too: she waits for it");
    assert!(decoded(&post.to(ELS)[0]).contains(url));
    post.town.store.close();
    let file = std::fs::read(post.town.dir.path().join("belfort.db")).unwrap();
    assert!(!file.windows(10).any(|bytes| bytes == b"s3cr3tl1nk"), "wiped from the file too");
}

#[tokio::test]
async fn an_answer_from_the_mail() {
    let post = Post::new().await;
    let (meeting, sheet) = post.book(&post.town.staff(), json!({})).await;
    let link = post.answer_link(&sheet, GUY);
    let anonymous = post.town.anonymous();
    let said = |sheet: &Value| {
        let list = sheet["participants"].as_array().unwrap();
        let guy = list.iter().find(|p| p["email"] == GUY).unwrap();
        (guy["answer"].as_str().unwrap().to_owned(), guy["mode"].as_str().unwrap().to_owned())
    };
    // Looking says nothing, however often and however.
    for method in ["GET", "HEAD"] {
        for path in [link.clone(), format!("{link}?as=decline")] {
            anonymous.send(method, &path, None, &[]).await.must(200);
        }
    }
    anonymous.send("GET", &format!("{link}/decline"), None, &[]).await.must(405);
    let now = post.town.staff().get(&meeting).await.must(200).json();
    assert_eq!(said(&now).0, "none");
    let page = anonymous.clone().speaking("de").get(&link).await.must(200);
    let html = page.text();
    assert!(html.contains("<html lang=\"fr\"") && html.contains("Je participe à distance"), "{html}");
    assert!(html.contains("04:00–05:00 (America/New_York)") && html.contains("10:00–11:00"), "{html}");
    assert!(html.contains("Collegezaal, étage 1, Stadhuis"), "{html}");
    for other in ["Els Claes", "Jan Maes", ELS, JAN] {
        assert!(!html.contains(other), "{other} in {html}");
    }
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    let ours = html.matches("<script src=\"/assets/").count();
    assert!(html.matches("<script").count() == ours && !html.contains(" style="));

    for (word, expected) in [
        ("remote", ("accepted", "remote")),
        ("in_room", ("accepted", "in_room")),
        ("tentative", ("tentative", "in_room")),
        ("decline", ("declined", "in_room")),
    ] {
        let back = anonymous.send("POST", &format!("{link}/{word}"), None, &[]).await.must(303);
        assert_eq!(back.header("location"), link);
        let now = post.town.staff().get(&meeting).await.must(200).json();
        assert_eq!(said(&now), (expected.0.to_owned(), expected.1.to_owned()));
    }
    assert!(anonymous.get(&link).await.must(200).text().contains("Je ne viens pas"));
    anonymous.send("POST", &format!("{link}/perhaps"), None, &[]).await.must(404);

    let calendar = anonymous.get(&format!("{link}/meeting.ics")).await.must(200);
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(validate(&calendar.bytes), Ok(1));
    assert!(!calendar.text().contains("ATTENDEE") && !calendar.text().contains("METHOD"));
}

#[tokio::test]
async fn an_answer_for_one_date() {
    let post = Post::new().await;
    let (meeting, sheet) = post.book(&post.town.staff(), json!({ "rrule": "FREQ=WEEKLY;COUNT=3" })).await;
    let link = post.answer_link(&sheet, GUY);
    let anonymous = post.town.anonymous();
    let html = anonymous.get(&link).await.must(200).text();
    assert_eq!(html.matches("<details").count(), 3, "{html}");
    let date = "?date=2027-01-27T10:00:00";
    assert!(html.contains(date), "{html}");
    anonymous.send("POST", &format!("{link}/remote"), None, &[]).await.must(303);
    anonymous.send("POST", &format!("{link}/decline{date}"), None, &[]).await.must(303);
    let now = post.town.staff().get(&meeting).await.must(200).json();
    assert_eq!(now["occurrences"][1]["participants"][0]["answer"], "declined");
    assert_eq!(now["occurrences"][0]["participants"], Value::Null);
    anonymous.send("POST", &format!("{link}/decline?date=2031-01-01T10:00:00"), None, &[]).await.must(404);
    // What is over is over.
    post.town.pass(TimeDelta::days(10)).await;
    anonymous.send("POST", &format!("{link}/remote{date}"), None, &[]).await.must(409);
}

#[tokio::test]
async fn a_link_answers_for_its_own_person_and_purpose_and_ends() {
    let post = Post::new().await;
    let (meeting, sheet) = post.book(&post.town.staff(), json!({})).await;
    let anonymous = post.town.anonymous();
    let id = sheet["id"].as_str().unwrap().parse().unwrap();
    let guy = post.town.person_id(GUY);
    let join = join_token(post.town.store.secret(), id, guy);
    let good = post.answer_link(&sheet, GUY);
    let token = good.trim_start_matches("/answer/");
    for bad in [
        format!("/answer/{join}"),
        format!("/answer/{}00", token),
        format!("/answer/{}", &token[2..]),
        post.answer_link(&sheet, "tom.wouters@stad.example"),
        "/answer/x".to_owned(),
    ] {
        let page = anonymous.get(&bad).await.must(404);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text().contains("Overleg"));
        anonymous.send("POST", &format!("{bad}/decline"), None, &[]).await.must(404);
        anonymous.get(&format!("{bad}/meeting.ics")).await.must(404);
    }
    anonymous.get(&format!("/join/{token}")).await.must(404);
    // Called off: the page says so, and takes no answer.
    post.town.staff().delete(&meeting).await.must(200);
    assert!(anonymous.get(&good).await.must(200).text().contains("annulée"));
    anonymous.send("POST", &format!("{good}/decline"), None, &[]).await.must(409);
    post.town.staff().send("POST", &format!("{meeting}/restore"), None, &[]).await.must(200);
    // Over, then gone.
    post.town.pass(TimeDelta::days(3)).await;
    assert!(anonymous.get(&good).await.must(200).text().contains("terminée"));
    post.town.pass(TimeDelta::days(30)).await;
    anonymous.get(&good).await.must(404);

    let (meeting, sheet) = post
        .book(
            &post.town.staff(),
            json!({
        "start": "2027-03-10T10:00", "end": "2027-03-10T11:00" }),
        )
        .await;
    let good = post.answer_link(&sheet, GUY);
    anonymous.get(&good).await.must(200);
    post.town.store.write_now(move |tx| tx.erase_person(guy)).unwrap();
    anonymous.get(&good).await.must(404);
    assert_eq!(post.send().await.sent, 2, "nothing to somebody who was erased, nothing of what is over");
    let els = post.answer_link(&sheet, ELS);
    anonymous.get(&els).await.must(200);
    post.town.staff().patch(&meeting, json!({ "participants": [{ "email": JAN }] })).await.must(200);
    anonymous.get(&els).await.must(404);
}
