//! Promise: whoever prepares sessions is told in the morning what is to be done for them, once a day, as they wish, with
//! article and link; and nobody when there is nothing to do.

use belfort::council::DeadlineMail;
use belfort::scheduler::{Caller, NewBody, add_body, set_language, switch_mail};
use belfort::store::MailKind;
use belfort::texts::Lang;
use belfort::town::{BodyKind, Grant, Role, RoleScope};
use chrono::{DateTime, TimeDelta, Utc};

use crate::council_clerk::Clerk;
use crate::forms::send;
use crate::mail::{Post, decoded};
use crate::sink::Sink;

const GRIET: &str = "griet.clerk@stad.example";
const ELS: &str = "els.claes@stad.example";
const JAN: &str = "jan.maes@stad.example";
const TOM: &str = "tom.wouters@stad.example";

/// A council with a session on Monday 15 February 2027 whose convocation is not sent: it must be by Friday the 5th. Its
/// town has a mail server, and the Monday on which it was planned was told already.
async fn stage(seed: u64) -> Post {
    let clerk = Clerk::with_agenda(seed).await;
    clerk.town.store.write_now(|tx| switch_mail(tx, true)).unwrap();
    let post = Post::of(clerk.town, Sink::open().await);
    post.town.pass(TimeDelta::zero()).await;
    assert_eq!(told(&post), Vec::<String>::new(), "four weeks before there is nothing to do");
    post
}

/// Moves the clock to an instant and does what is due.
async fn at(post: &Post, instant: &str) {
    let instant: DateTime<Utc> = instant.parse().unwrap();
    post.town.pass(instant - post.town.clock.now()).await;
}

/// Who is to be told, by now.
fn told(post: &Post) -> Vec<String> {
    let rows = post.rows().into_iter();
    rows.filter(|(_, kind)| *kind == MailKind::Deadlines).map(|(email, _)| email).collect()
}

fn wish(post: &Post, email: &str, wanted: DeadlineMail) {
    let person = post.town.person_id(email);
    post.town.store.write_now(move |tx| tx.set_deadline_mail(person, wanted)).unwrap();
}

#[tokio::test]
async fn a_clerk_is_told_once_a_morning_what_is_to_be_done_by_which_article_and_where() {
    let post = stage(911).await;
    // Three working days before, at half past seven on the clock of the town.
    at(&post, "2027-02-01T12:00:00Z").await;
    assert_eq!(told(&post), Vec::<String>::new());
    at(&post, "2027-02-02T06:29:59Z").await;
    assert_eq!(told(&post), Vec::<String>::new());
    at(&post, "2027-02-02T06:30:00Z").await;
    assert_eq!(told(&post), [GRIET]);
    post.town.pass(TimeDelta::minutes(1)).await;
    assert_eq!(told(&post), [GRIET], "once");
    assert_eq!(post.send().await.sent, 1);
    let mails = post.to(GRIET);
    let mail = decoded(&mails[0]);
    for words in [
        "Te doen voor zittingen: 3",
        "vr 5 feb: Oproeping verzonden (art. 20), wettelijk uiterlijk zo 7 feb 2027",
        "Agenda bekendgemaakt (art. 22)",
        "Gemeenteraad, ma 15 feb 2027",
        "http://belfort.test/council/sessions/gemeenteraad-2027-02-15",
        "http://belfort.test/council",
        "http://belfort.test/account#mail",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert!(!mail.contains("Punten van raadsleden"), "a right that ends is nobody's duty: {mail}");
    // A session has its link once, however much is to be done for it.
    let plain = mail.split("text/html").next().unwrap();
    assert_eq!(plain.matches("/council/sessions/").count(), 1, "{plain}");
    let griet = Caller { person: Some(post.town.person_id(GRIET)), ..Caller::system() };
    post.town.store.write_now(move |tx| set_language(tx, &griet, Lang::Fr)).unwrap();
    post.sink.forget();
    at(&post, "2027-02-03T06:30:00Z").await;
    post.send().await;
    let mail = decoded(&post.to(GRIET)[0]);
    assert!(
        mail.contains("Convocation envoyée (art. 20)") && mail.contains("À faire pour les séances"),
        "{mail}"
    );
    post.town.verify();
}

#[tokio::test]
async fn nobody_is_told_twice_after_a_restart_nor_at_night_nor_on_days_without_work() {
    let post = stage(912).await;
    at(&post, "2027-02-05T06:30:00Z").await;
    assert_eq!(told(&post), [GRIET]);
    let Post { town, sink, .. } = post;
    let post = Post::of(town.restarted(7), sink);
    post.town.pass(TimeDelta::minutes(1)).await;
    assert_eq!(told(&post), [GRIET], "the restart made no more");
    assert_eq!(post.send().await.sent, 1);
    for instant in ["2027-02-06T09:00:00Z", "2027-02-07T09:00:00Z", "2027-02-08T05:00:00Z"] {
        at(&post, instant).await;
        assert_eq!(told(&post), Vec::<String>::new(), "{instant}");
    }
    // Nothing ran on Monday before six in the evening: that evening is no time for it, Tuesday morning is.
    at(&post, "2027-02-08T17:00:00Z").await;
    assert_eq!(told(&post), Vec::<String>::new());
    post.sink.forget();
    at(&post, "2027-02-09T08:15:00Z").await;
    assert_eq!(post.send().await.sent, 1, "rather late than not at all");
    assert!(decoded(&post.to(GRIET)[0]).contains("vr 5 feb, te laat: Oproeping verzonden"));
    // Two weeks late it is told no more.
    at(&post, "2027-02-24T09:00:00Z").await;
    let mail = decoded(
        &{
            post.sink.forget();
            post.send().await;
            post.to(GRIET)
        }[0],
    );
    assert!(!mail.contains("Oproeping verzonden") && mail.contains("Lijst van besluiten"), "{mail}");
}

#[tokio::test]
async fn each_is_told_what_they_wish_of_the_bodies_that_they_tend() {
    let post = stage(913).await;
    let town = &post.town;
    let college = NewBody {
        slug: "college".into(),
        name: "College".into(),
        kind: BodyKind::College,
        legal_body: "stad".into(),
        members: Vec::new(),
    };
    let system = Caller::system();
    let other = town.store.write_now(move |tx| add_body(tx, &system, &college)).unwrap().id;
    let council = town.store.directory().body_named("gemeenteraad").unwrap().id;
    town.signed_in(ELS, &[Grant { role: Role::Clerk, scope: RoleScope::Body(council) }]);
    town.signed_in(JAN, &[Grant { role: Role::Clerk, scope: RoleScope::Body(other) }]);
    town.signed_in(TOM, &[Grant::town(Role::Admin)]);
    wish(&post, GRIET, DeadlineMail::Due);
    at(&post, "2027-02-02T06:30:00Z").await;
    assert_eq!(told(&post), [ELS], "not of other bodies, not before they wish, nor those who never asked");
    post.send().await;
    // Whoever looks after the installation is told once they ask; on the page, as a clerk chooses there.
    let tom = town.signed_in(TOM, &[]);
    let page = tom.get("/account").await.must(200).text();
    assert!(page.contains("name=\"deadlines\" value=\"none\" checked"), "{page}");
    let fields = |word| [("reminders", "none"), ("quiet_from", ""), ("quiet_to", ""), ("deadlines", word)];
    let wrong = send(&tom, "/account", "/account/mail", &fields("always")).await.must(200).text();
    assert!(wrong.contains("href=\"#deadlines\""), "{wrong}");
    send(&tom, "/account", "/account/mail", &fields("week")).await.must(303);
    let els = town.signed_in(ELS, &[]);
    let page = els.get("/account").await.must(200).text();
    assert!(page.contains("name=\"deadlines\" value=\"soon\" checked"), "{page}");
    send(&els, "/account", "/account/mail", &fields("none")).await.must(303);
    // Those who prepare nothing are not asked, and cannot ask.
    let an = town.signed_in("an.peeters@stad.example", &[]);
    assert!(!an.get("/account").await.must(200).text().contains("name=\"deadlines\""));
    send(&an, "/account", "/account/mail", &fields("week")).await.must(303);
    at(&post, "2027-02-03T06:30:00Z").await;
    assert_eq!(told(&post), [TOM]);
    post.send().await;
    at(&post, "2027-02-05T06:30:00Z").await;
    assert_eq!(told(&post), [GRIET, TOM]);
}

#[tokio::test]
async fn what_was_done_meanwhile_is_not_told_and_whoever_sleeps_is_told_when_they_wake() {
    let post = stage(914).await;
    let griet = post.town.person_id(GRIET);
    post.town.store.write_now(move |tx| tx.set_quiet_hours(griet, 20 * 60, 10 * 60)).unwrap();
    at(&post, "2027-02-02T06:30:00Z").await;
    assert_eq!(post.send().await.sent, 0, "it is quiet until ten");
    at(&post, "2027-02-02T09:00:00Z").await;
    assert_eq!(post.send().await.sent, 1);
    // A mail that could not go on its own day says nothing on the next: that has its own.
    at(&post, "2027-02-03T06:30:00Z").await;
    at(&post, "2027-02-04T09:30:00Z").await;
    assert_eq!(told(&post).len(), 2);
    let done = post.send().await;
    assert_eq!((done.sent, done.needless), (1, 1));
    // It is done between the morning and the sending: there is nothing to tell.
    at(&post, "2027-02-05T06:30:00Z").await;
    let clerk = post.town.signed_in(GRIET, &[]);
    let off = "/council/sessions/gemeenteraad-2027-02-15/cancel";
    send(&clerk, "/account", off, &[("reason", "Er zijn geen punten.")]).await.must(303);
    post.town.clock.advance(TimeDelta::hours(4));
    let before = post.to(GRIET).len();
    post.send().await;
    let fresh = post.to(GRIET).split_off(before);
    assert!(fresh.iter().all(|mail| !decoded(mail).contains("Te doen voor zittingen")), "{fresh:?}");
    at(&post, "2027-02-08T09:00:00Z").await;
    assert_eq!(
        told(&post),
        Vec::<String>::new(),
        "of a session that does not take place nothing is to be done"
    );
}
