//! Promise: whoever takes part and wants it is reminded once of each date, at a decent hour; an organiser hears in
//! time that the room is about to be given free, and can take it back.

use belfort::booking::Reminders;
use belfort::scheduler::switch_mail;
use belfort::store::MailKind;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::forms::send;
use crate::mail::{AN, ELS, JAN, Post, decoded};
use crate::town::booking;

const GAST: &str = "gast@elders.example";
const TOM: &str = "tom.wouters@stad.example";

fn wish(post: &Post, email: &str, reminders: Reminders) {
    let person = post.town.person_id(email);
    post.town.store.write_now(move |tx| tx.set_reminders(person, reminders)).unwrap();
}

/// A town in which the invitations to a meeting on Wednesday at ten were sent, on Monday at three.
async fn invited(more: Value) -> (Post, String, Value) {
    let post = Post::new().await;
    let (meeting, sheet) = post.book(&post.town.staff(), more).await;
    post.send().await;
    post.sink.forget();
    (post, meeting, sheet)
}

/// Queued by now, of kinds that are about a day.
fn reminders(post: &Post) -> Vec<(String, MailKind)> {
    post.rows().into_iter().filter(|(_, kind)| kind.is_about_a_day()).collect()
}

#[tokio::test]
async fn each_is_reminded_once_of_what_they_want() {
    use MailKind::{EveningReminder, HourReminder};
    let people = json!([{ "email": ELS, "mode": "in_room" }, { "email": JAN, "mode": "remote" }, { "email": TOM, "mode": "remote" },
        { "email": GAST, "name": "Gast" }, { "email": "ver@elders.example", "name": "Ver", "mode": "remote" }]);
    let (post, _, _) = invited(json!({ "participants": people })).await;
    wish(&post, ELS, Reminders::Both);
    wish(&post, JAN, Reminders::Hour);
    wish(&post, AN, Reminders::Evening);
    post.town.pass(TimeDelta::hours(27) - TimeDelta::seconds(1)).await;
    assert_eq!(reminders(&post), []);
    post.town.pass(TimeDelta::seconds(1)).await;
    // The guest who comes to the house hears of it without asking; staff who have not asked do not.
    let evening = [AN, ELS, GAST].map(|email| (email.to_owned(), EveningReminder));
    assert_eq!(reminders(&post), evening);
    post.town.pass(TimeDelta::zero()).await;
    assert_eq!(reminders(&post), evening, "once");
    assert_eq!(post.send().await.sent, 3);
    let mail = decoded(&post.to(ELS)[0]);
    for words in
        ["Herinnering: Overleg", "10:00–11:00", "Collegezaal", "/answer/", "as=remote", "Naar de vergadering"]
    {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert!(!mail.contains("text/calendar") && !mail.contains("&date="), "{mail}");
    post.sink.forget();
    post.town.pass(TimeDelta::hours(15)).await;
    let hour = [ELS, JAN, "ver@elders.example"].map(|email| (email.to_owned(), HourReminder));
    assert_eq!(reminders(&post), hour);
    assert_eq!(post.send().await.sent, 3);
    let (jan, els) = (decoded(&post.to(JAN)[0]), decoded(&post.to(ELS)[0]));
    assert!(jan.contains("http://belfort.test/join/") && !els.contains("/join/"), "{jan}{els}");
    for _ in 0..3 {
        post.town.pass(TimeDelta::minutes(20)).await;
        assert_eq!(reminders(&post).iter().filter(|(_, kind)| kind.is_reminder()).count(), 0);
    }
    post.town.verify();
}

#[tokio::test]
async fn nobody_is_reminded_twice_after_a_restart_nor_too_late_after_a_pause() {
    let (post, _, _) = invited(json!({ "participants": [{ "email": ELS }, { "email": JAN }] })).await;
    wish(&post, ELS, Reminders::Both);
    wish(&post, JAN, Reminders::Evening);
    post.town.pass(TimeDelta::hours(27)).await;
    assert_eq!(reminders(&post).len(), 2);
    let Post { town, sink, .. } = post;
    let post = Post::of(town.restarted(7), sink);
    post.town.pass(TimeDelta::minutes(1)).await;
    assert_eq!(reminders(&post).len(), 2, "the restart made no more");
    assert_eq!(post.send().await.sent, 2);
    let later = json!({ "title": "Later", "start": "2027-01-22T10:00", "end": "2027-01-22T11:00",
        "participants": [{ "email": ELS }, { "email": JAN }] });
    post.book(&post.town.staff(), later).await;
    post.send().await;
    // Nothing ran from Tuesday evening until Friday, half an hour before the start: one mail each, and no night's.
    let (town, sink) = (post.town, post.sink);
    town.clock.advance(TimeDelta::hours(63) + TimeDelta::minutes(29));
    let post = Post::of(town.restarted(8), sink);
    post.town.pass(TimeDelta::zero()).await;
    let rows = [(ELS.to_owned(), MailKind::HourReminder), (JAN.to_owned(), MailKind::EveningReminder)];
    assert_eq!(reminders(&post), rows);
    // And when the start has come, none.
    post.town.clock.advance(TimeDelta::minutes(30));
    assert_eq!(post.send().await.needless, 2);
}

#[tokio::test]
async fn what_moves_reminds_anew_and_what_is_called_off_not() {
    let (post, meeting, _) =
        invited(json!({ "participants": [{ "email": ELS }], "rrule": "FREQ=DAILY;COUNT=4" })).await;
    wish(&post, ELS, Reminders::Evening);
    post.town.pass(TimeDelta::hours(27)).await;
    assert_eq!(post.send().await.sent, 1, "for Wednesday");
    let staff = post.town.staff();
    staff.delete(&format!("{meeting}?scope=this&occurrence=2027-01-21T10:00:00")).await.must(200);
    let moved = json!({ "start": "2027-01-25T14:00", "end": "2027-01-25T15:00" });
    staff.patch(&format!("{meeting}?scope=this&occurrence=2027-01-20T10:00:00"), moved).await.must(200);
    post.send().await;
    let mut reminded = Vec::new();
    for _ in 0..8 {
        post.town.pass(TimeDelta::hours(24)).await;
        post.sink.forget();
        post.send().await;
        reminded.extend(post.to(ELS).iter().map(|mail| {
            let text = decoded(mail);
            let when = text.split("Wanneer: ").nth(1).unwrap().split(',').next().unwrap().to_owned();
            assert!(text.contains("&date=") || text.contains("&amp;date="), "of one date: {text}");
            when
        }));
    }
    assert_eq!(reminded, ["vrijdag 22 januari 2027", "zaterdag 23 januari 2027", "maandag 25 januari 2027"]);
    // One that moves while its reminder waits in the outbox does not remind of the old time.
    let later =
        json!({ "start": "2027-03-10T10:00", "end": "2027-03-10T11:00", "participants": [{ "email": ELS }] });
    let (meeting, _) = post.book(&staff, later).await;
    post.send().await;
    let eve: chrono::DateTime<chrono::Utc> = "2027-03-09T17:00:00Z".parse().unwrap();
    post.town.pass(eve - post.town.clock.now()).await;
    assert_eq!(reminders(&post).len(), 1);
    staff.patch(&meeting, json!({ "start": "2027-03-12T10:00", "end": "2027-03-12T11:00" })).await.must(200);
    let done = post.send().await;
    assert_eq!((done.sent, done.needless), (1, 1), "the change, and no reminder");
    post.town.pass(TimeDelta::hours(48)).await;
    assert_eq!(reminders(&post).len(), 1, "anew");
}

#[tokio::test]
async fn quiet_hours_are_quiet_and_nothing_comes_after_the_start() {
    let (post, _, _) = invited(json!({ "participants": [{ "email": ELS }, { "email": JAN }] })).await;
    wish(&post, ELS, Reminders::Evening);
    wish(&post, JAN, Reminders::Both);
    for email in [ELS, JAN] {
        let person = post.town.person_id(email);
        post.town.store.write_now(move |tx| tx.set_quiet_hours(person, 17 * 60, 8 * 60)).unwrap();
    }
    let early = json!({ "title": "Vroeg", "start": "2027-01-20T07:30", "end": "2027-01-20T08:00", "rooms": [],
        "participants": [{ "email": JAN }] });
    post.book(&post.town.staff(), early).await;
    post.send().await;
    post.town.pass(TimeDelta::hours(27)).await;
    assert_eq!(post.send().await.sent, 0, "six in the evening is quiet for both");
    post.town.pass(TimeDelta::hours(13)).await;
    assert_eq!(post.send().await.sent, 0, "07:00");
    post.sink.forget();
    post.town.pass(TimeDelta::hours(1)).await;
    let done = post.send().await;
    // What began at 07:30 is past; at nine Jan is reminded anyway, so not now.
    assert_eq!((done.sent, done.needless), (1, 3), "{:?}", post.sink.taken());
    assert_eq!(post.to(ELS).len(), 1);
    post.town.pass(TimeDelta::hours(1)).await;
    assert_eq!(reminders(&post), [(JAN.to_owned(), MailKind::HourReminder)]);
    assert_eq!(post.send().await.sent, 1);
}

#[tokio::test]
async fn a_click_in_a_reminder_changes_one_date_and_who_declined_is_left_alone() {
    let people = json!([{ "email": ELS }, { "email": GAST, "name": "Gast" }]);
    let (post, meeting, sheet) =
        invited(json!({ "participants": people, "rrule": "FREQ=WEEKLY;COUNT=3" })).await;
    wish(&post, ELS, Reminders::Evening);
    let link = post.answer_link(&sheet, GAST);
    let anonymous = post.town.anonymous();
    let date = "date=2027-01-27T10:00:00";
    let page = anonymous.get(&format!("{link}?as=decline&{date}")).await.must(200).text();
    assert!(page.contains("woensdag 27 januari 2027") && page.contains("Alleen voor"), "{page}");
    assert!(page.contains(&format!("{link}/decline?{date}")) && !page.contains("<details"), "{page}");
    anonymous.send("POST", &format!("{link}/decline?{date}"), None, &[]).await.must(303);
    let odd = anonymous.get(&format!("{link}?as=decline&date=1999-01-01T10:00:00")).await.must(200).text();
    assert!(odd.contains("<details"), "a date that is none shows them all");
    let now = post.town.staff().get(&meeting).await.must(200).json();
    assert_eq!(now["occurrences"][1]["participants"][0]["answer"], "declined");
    post.town.pass(TimeDelta::hours(27)).await;
    assert_eq!(reminders(&post).len(), 2, "Wednesday the 20th");
    post.send().await;
    post.town.pass(TimeDelta::days(7)).await;
    assert_eq!(reminders(&post), [(ELS.to_owned(), MailKind::EveningReminder)], "the 27th was declined");
}

#[tokio::test]
async fn an_organiser_hears_before_the_room_is_given_free_and_can_take_it_back() {
    let post = Post::new().await;
    let staff = post.town.staff();
    let meeting = booking("groene-kamer", "2027-01-18T15:30", "2027-01-18T16:30");
    let sheet = staff.post("/api/v1/meetings", meeting).await.must(201).json();
    let other = booking("collegezaal", "2027-01-18T15:30", "2027-01-18T16:30");
    let other = staff.post("/api/v1/meetings", other).await.must(201).json();
    let (id, date) = (sheet["id"].as_str().unwrap(), sheet["occurrences"][0]["id"].as_str().unwrap());
    let page = format!("/meetings/{id}?occurrence={date}");
    let an = post.town.signed_in(AN, &[]);
    assert!(!an.get(&page).await.must(200).text().contains("/check-in"), "too early");
    post.town.pass(TimeDelta::minutes(35) - TimeDelta::seconds(1)).await;
    assert_eq!(reminders(&post), []);
    // Somebody has come to the other one.
    let check = json!({ "kind": "check_in", "occurrence": other["occurrences"][0]["id"] });
    let url = format!("/meetings/{}", other["id"].as_str().unwrap());
    let here = [("occurrence", check["occurrence"].as_str().unwrap())];
    send(&an, &url, &format!("{url}/check-in"), &here).await.must(303);
    post.town.pass(TimeDelta::seconds(1)).await;
    assert_eq!(reminders(&post), [(AN.to_owned(), MailKind::ReleaseSoon)]);
    assert_eq!(post.send().await.sent, 1);
    let mail = decoded(&post.to(AN)[0]);
    assert!(
        mail.contains("Nog niemand ingecheckt: Overleg") && mail.contains("Om 15:40 komt de zaal"),
        "{mail}"
    );
    assert!(mail.contains(&format!("http://belfort.test{page}")), "{mail}");
    assert!(an.get(&page).await.must(200).text().contains("Om 15:40 komt de zaal vrij"));
    post.sink.forget();
    post.town.pass(TimeDelta::minutes(1)).await;
    assert_eq!(reminders(&post), [], "once");
    post.town.pass(TimeDelta::minutes(4)).await;
    assert_eq!(reminders(&post), [(AN.to_owned(), MailKind::Released)]);
    post.send().await;
    let mail = decoded(&post.to(AN)[0]);
    assert!(mail.contains("Zaal vrijgegeven: Overleg") && mail.contains("Tot 15:50"), "{mail}");
    // Nobody else takes it back, and after that time nobody.
    let (body, path) = ([("occurrence", date)], format!("/meetings/{id}/take-back"));
    let jan = post.town.signed_in(JAN, &[]);
    assert!(!jan.get(&page).await.must(200).text().contains("take-back"));
    send(&jan, &page, &path, &body).await.must(403);
    let shown = an.get(&page).await.must(200).text();
    assert!(shown.contains("Zaal terughalen") && shown.contains("Tot 15:50"), "{shown}");
    let back = send(&an, &page, &path, &body).await.must(303);
    assert!(back.header("location").ends_with("done=taken_back"));
    let now = staff.get(&format!("/api/v1/meetings/{id}")).await.must(200).json();
    assert_eq!(now["occurrences"][0]["status"], "checked_in");
    send(&an, &page, &path, &body).await.must(409);
    post.town.verify();
}

#[tokio::test]
async fn no_warning_where_it_would_not_help() {
    let post = Post::new().await;
    post.town.store.write_now(|tx| tx.set_house("house.grace_min", "3")).unwrap();
    let meeting = booking("groene-kamer", "2027-01-18T15:30", "2027-01-18T16:30");
    post.town.staff().post("/api/v1/meetings", meeting).await.must(201);
    for _ in 0..33 {
        post.town.pass(TimeDelta::minutes(1)).await;
        assert!(reminders(&post).iter().all(|(_, kind)| *kind == MailKind::Released));
    }
    assert_eq!(reminders(&post).len(), 1, "three minutes of grace: released without a warning");
    // Without a mail server nothing is queued, and nothing is left over for when there is one.
    let post = Post::new().await;
    let (_, _) = post.book(&post.town.staff(), json!({ "participants": [{ "email": ELS }] })).await;
    wish(&post, ELS, Reminders::Both);
    post.send().await;
    post.town.store.write_now(|tx| switch_mail(tx, false)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    post.town.pass(TimeDelta::hours(27)).await;
    post.town.store.write_now(|tx| switch_mail(tx, true)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    post.town.pass(TimeDelta::minutes(1)).await;
    assert_eq!(reminders(&post), []);
}

#[tokio::test]
async fn who_is_off_the_list_by_then_and_what_waits_for_consent_reminds_nobody() {
    let (post, meeting, _) = invited(json!({ "participants": [{ "email": ELS }, { "email": JAN }] })).await;
    for email in [ELS, JAN] {
        wish(&post, email, Reminders::Evening);
        let person = post.town.person_id(email);
        post.town.store.write_now(move |tx| tx.set_quiet_hours(person, 17 * 60, 8 * 60)).unwrap();
    }
    post.town.pass(TimeDelta::hours(27)).await;
    assert_eq!(reminders(&post).len(), 2);
    post.town.staff().patch(&meeting, json!({ "participants": [{ "email": ELS }] })).await.must(200);
    post.send().await;
    post.sink.forget();
    post.town.pass(TimeDelta::hours(14)).await;
    post.send().await;
    let told =
        |email: &str| post.to(email).iter().filter(|mail| decoded(mail).contains("Herinnering")).count();
    assert_eq!((told(ELS), told(JAN)), (1, 0));
    // Held: nobody has said yes to it.
    let rule =
        json!({ "id": "groot", "scope": {}, "effect": "needs_approval", "window": {}, "test": "always" });
    let policy = serde_json::from_value(rule).unwrap();
    post.town.store.write_now(move |tx| tx.put_policy(1, &policy)).unwrap();
    let held =
        json!({ "start": "2027-01-22T08:30", "end": "2027-01-22T09:30", "participants": [{ "email": ELS }] });
    let (_, sheet) = post.book(&post.town.staff(), held).await;
    assert_eq!(sheet["status"], "held");
    wish(&post, ELS, Reminders::Hour);
    post.town.store.write_now(|tx| tx.set_house("house.hold_min", "10000")).unwrap();
    post.town.pass(TimeDelta::hours(48)).await;
    assert_eq!(reminders(&post), []);
}

#[tokio::test]
async fn no_warning_where_the_screen_at_the_door_cannot_be_heard() {
    let post = Post::new().await;
    let meeting = booking("groene-kamer", "2027-01-18T15:30", "2027-01-18T16:30");
    post.town.staff().post("/api/v1/meetings", meeting).await.must(201);
    let kiosk = post.town.kiosk("groene-kamer");
    kiosk.get("/api/v1/rooms/groene-kamer/board").await.must(200);
    post.town.pass(TimeDelta::minutes(36)).await;
    assert_eq!(reminders(&post), [], "somebody may have come");
    kiosk.get("/api/v1/rooms/groene-kamer/board").await.must(200);
    post.town.pass(TimeDelta::seconds(1)).await;
    assert_eq!(reminders(&post), [(AN.to_owned(), MailKind::ReleaseSoon)], "heard again, and nobody has");
    // Too late to be of use: not sent.
    post.town.clock.advance(TimeDelta::minutes(4));
    assert_eq!(post.send().await.needless, 1);
}

#[tokio::test]
async fn one_sets_quiet_hours_and_reminders_on_ones_own_page() {
    let post = Post::new().await;
    let els = post.town.signed_in(ELS, &[]);
    let page = els.get("/account").await.must(200).text();
    assert!(
        page.contains("name=\"reminders\" value=\"none\" checked"),
        "staff are not reminded unasked: {page}"
    );
    assert!(
        page.contains("value=\"20:00\"") && page.contains("value=\"07:00\"") && !page.contains("mailserver")
    );
    let set = |from: &'static str, to: &'static str, reminders: &'static str| {
        [("quiet_from", from), ("quiet_to", to), ("reminders", reminders)]
    };
    let answer = send(&els, "/account", "/account/mail", &set("19:30", "06:15", "both")).await.must(303);
    assert_eq!(answer.header("location"), "/account?done=saved");
    let person = post.town.person_id(ELS);
    let read = || {
        post.town
            .store
            .read(|view| {
                Ok::<_, belfort::store::StoreError>((view.quiet_hours(person)?, view.reminders(person)?))
            })
            .unwrap()
    };
    assert_eq!(read(), (Some((1170, 375)), Some(Reminders::Both)));
    for (from, to, reminders, field) in [
        ("19:30", "", "both", "quiet_to"),
        ("25:00", "06:00", "both", "quiet_from"),
        ("19:00", "06:00", "soms", "reminders"),
    ] {
        let fields = [("quiet_from", from), ("quiet_to", to), ("reminders", reminders)];
        let page = send(&els, "/account", "/account/mail", &fields).await.must(200).text();
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
        assert!(page.contains(&format!("value=\"{from}\"")), "what was typed stays: {page}");
    }
    assert_eq!(read(), (Some((1170, 375)), Some(Reminders::Both)), "nothing was half saved");
    send(&els, "/account", "/account/mail", &set("", "", "none")).await.must(303);
    assert_eq!(read(), (Some((0, 0)), Some(Reminders::None)));
    let page = els.get("/account").await.must(200).text();
    assert!(page.contains("name=\"quiet_from\" type=\"time\" value=\"\""), "{page}");
    let journal = post.town.clerk().get("/api/v1/journal?limit=500").await.must(200).text();
    assert!(journal.contains("person.mail_set") && !journal.contains("Els"), "{journal}");
    post.town.anonymous().get("/account").await.must(303);
}
