//! Promise: nobody signs in as another. Forms come from our own pages, cookies end when one signs out, guessing
//! is slowed down, a code and a link are good once.

use belfort::ids::PersonId;
use belfort::scheduler::{Caller, accept_link, grant_role, hash_password, invite_person, open_set_up};
use belfort::town::{Grant, Role};
use chrono::TimeDelta;

use crate::forms::{encode, field};
use crate::town::{Answer, Client, PEOPLE, Town, booking};

const PASSWORD: &str = "de klok luidt om negen";
const AN: &str = "an.peeters@stad.example";

/// A browser: it keeps cookies and sends them back.
struct Browser {
    client: Client,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn new(town: &Town) -> Self {
        Self { client: town.anonymous(), cookies: Vec::new() }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    async fn send(&mut self, method: &str, path: &str, body: String, headers: &[(&str, &str)]) -> Answer {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let jar = jar.join("; ");
        let mut all = vec![("cookie", jar.as_str()), ("user-agent", "Proefblader 1")];
        all.extend_from_slice(headers);
        let kind = "application/x-www-form-urlencoded";
        let answer = self.client.raw(method, path, body.into_bytes(), kind, &all).await;
        for set in answer.headers.get_all("set-cookie") {
            let text = set.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(key, _)| key != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
            if name.starts_with("__Host-") {
                for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                    assert!(text.contains(part), "{text}");
                }
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new(), &[]).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, encode(fields), &[("sec-fetch-site", "same-origin")]).await
    }

    async fn sign_in(&mut self, password: &str) -> Answer {
        self.post("/sign-in", &[("email", AN), ("password", password), ("to", "/account")]).await
    }

    /// Sends a form of a page, with the token that the page holds.
    async fn form(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = field(&self.get(page).await.must(200).text(), "form");
        let mut all = vec![("form", token.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    async fn is_in(&mut self) -> bool {
        self.get("/account").await.status == 200
    }
}

fn refused(answer: &Answer) -> bool {
    answer.text().contains("role=\"alert\"")
}

/// Gives An an account, and a role if one is named.
fn open_account(town: &Town, role: Option<Role>) -> PersonId {
    let person = town.person_id(AN);
    let phc = hash_password(town.store.ids(), PASSWORD).unwrap();
    let done: Result<(), belfort::booking::Refusal> = town.store.write_now(move |tx| {
        let caller = Caller::system();
        let link = invite_person(tx, &caller, person)?;
        accept_link(tx, &link, &phc)?;
        role.map_or(Ok(()), |role| grant_role(tx, &caller, person, &Grant::town(role)))
    });
    done.unwrap();
    person
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_comes_back_to_where_they_wanted() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    for path in ["/today", "/account", "/book", "/meetings/x"] {
        let answer = browser.get(path).await.must(303);
        assert!(answer.header("location").starts_with("/sign-in?to=%2F"), "{path}");
    }
    let page = browser.get("/sign-in?to=%2Faccount").await.must(200);
    assert_eq!(field(&page.text(), "to"), "/account");
    let answer = browser.sign_in(PASSWORD).await.must(303);
    assert_eq!(answer.header("location"), "/account");
    assert!(browser.is_in().await);
    let away = [("email", AN), ("password", PASSWORD), ("to", "//evil.example/")];
    assert_eq!(Browser::new(&town).post("/sign-in", &away).await.header("location"), "/today");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_the_same() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut said = Vec::new();
    for (email, password) in
        [(AN, "verkeerd wachtwoord"), ("niemand@stad.example", PASSWORD), ("geen adres", "")]
    {
        let answer = Browser::new(&town).post("/sign-in", &[("email", email), ("password", password)]).await;
        let text = answer.must(200).text();
        said.push(text.split("role=\"alert\"").nth(1).unwrap().split("</p>").next().unwrap().to_owned());
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
}

#[tokio::test]
async fn guessing_is_slowed_down_even_when_the_guess_is_right() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    for _ in 0..5 {
        assert!(refused(&browser.sign_in("een verkeerde gok").await.must(200)));
    }
    // Locked: also for the right one, and each further failure doubles the wait.
    assert!(refused(&browser.sign_in(PASSWORD).await.must(200)));
    town.clock.advance(TimeDelta::seconds(31));
    assert!(refused(&browser.sign_in("weer een verkeerde").await.must(200)));
    town.clock.advance(TimeDelta::seconds(31));
    assert!(refused(&browser.sign_in(PASSWORD).await.must(200)), "now a minute");
    town.clock.advance(TimeDelta::seconds(31));
    browser.sign_in(PASSWORD).await.must(303);
    assert!(browser.is_in().await);
    town.verify();
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    let token = field(&browser.get("/account").await.text(), "form");
    let mut other = Browser::new(&town);
    other.sign_in(PASSWORD).await.must(303);
    let foreign = field(&other.get("/account").await.text(), "form");
    let with = |form: &str| encode(&[("form", form), ("lang", "fr"), ("to", "/account")]);
    for (body, site) in [
        (with(&token), "cross-site"),
        (with(&token), "same-site"),
        (with(""), "same-origin"),
        (with(&foreign), "same-origin"),
        (with(&token.replace('a', "b")), "same-origin"),
    ] {
        let answer = browser.send("POST", "/sign-out", body.clone(), &[("sec-fetch-site", site)]).await;
        assert_eq!(answer.status, 400, "{site} {body}");
        assert!(refused(&answer));
    }
    let origin = [("origin", "https://evil.example"), ("host", "belfort.test")];
    browser.send("POST", "/sign-out", with(&token), &origin).await.must(400);
    assert!(browser.is_in().await, "nobody was signed out");
    // Signing somebody in from elsewhere, as whoever the attacker is, does not work either.
    let body = encode(&[("email", AN), ("password", PASSWORD)]);
    Browser::new(&town).send("POST", "/sign-in", body, &[("sec-fetch-site", "cross-site")]).await.must(400);
}

#[tokio::test]
async fn a_cookie_known_before_opens_nothing_and_one_signed_out_neither() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    let planted = "abcdefghijklmnopqrstuvwxyz234567";
    browser.cookies.push(("__Host-belfort".into(), planted.into()));
    browser.sign_in(PASSWORD).await.must(303);
    let secret = browser.cookie("__Host-belfort").unwrap().to_owned();
    assert_ne!(secret, planted, "the secret is ours");
    let mut thief = Browser::new(&town);
    thief.cookies.push(("__Host-belfort".into(), planted.into()));
    assert!(!thief.is_in().await);
    thief.cookies = vec![("__Host-belfort".into(), secret)];
    assert!(thief.is_in().await, "whoever has the secret is in");
    browser.form("/account", "/sign-out", &[]).await.must(303);
    assert!(!thief.is_in().await && !browser.is_in().await, "until it is signed out");
}

#[tokio::test]
async fn sign_ins_end_by_themselves_and_by_hand() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    for _ in 0..3 {
        town.clock.advance(TimeDelta::hours(7));
        assert!(browser.is_in().await, "used within eight hours");
    }
    town.clock.advance(TimeDelta::hours(9));
    assert!(!browser.is_in().await, "idle for too long");
    browser.sign_in(PASSWORD).await.must(303);
    for _ in 0..23 {
        town.clock.advance(TimeDelta::hours(7));
        browser.is_in().await;
    }
    town.clock.advance(TimeDelta::minutes(7 * 60 + 30));
    town.app.write_seen().unwrap();
    assert!(!browser.is_in().await, "after seven days whatever happens");

    let (mut here, mut there) = (Browser::new(&town), Browser::new(&town));
    here.sign_in(PASSWORD).await.must(303);
    there.sign_in(PASSWORD).await.must(303);
    let id = field(&here.get("/account").await.text(), "id");
    here.form("/account", "/account/sign-ins/end", &[("id", &id)]).await.must(303);
    assert!(here.is_in().await && !there.is_in().await);
    there.sign_in(PASSWORD).await.must(303);
    let new = [("old", PASSWORD), ("password", "een heel ander woord"), ("again", "een heel ander woord")];
    here.form("/account", "/account/password", &new).await.must(303);
    assert!(here.is_in().await && !there.is_in().await, "a new password ends the others");
}

#[tokio::test]
async fn those_who_can_do_harm_are_asked_again_sooner() {
    let town = Town::new(1);
    open_account(&town, Some(Role::Clerk));
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    town.clock.advance(TimeDelta::minutes(59));
    assert!(browser.is_in().await);
    town.clock.advance(TimeDelta::minutes(61));
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_a_code_is_good_once() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    let offered = field(&browser.get("/account").await.text(), "secret");
    let code = |at: chrono::DateTime<chrono::Utc>| code_of(&offered, at);
    let wrong = [("secret", offered.as_str()), ("code", "000000")];
    assert!(refused(&browser.form("/account", "/account/second-factor", &wrong).await));
    let first = code(town.clock.now());
    let right = [("secret", offered.as_str()), ("code", first.as_str())];
    let page = browser.form("/account", "/account/second-factor", &right).await.must(200).text();
    let recovery: Vec<String> =
        page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(recovery.len(), 10);

    let mut other = Browser::new(&town);
    let answer = other.sign_in(PASSWORD).await.must(303);
    assert!(answer.header("location").starts_with("/sign-in/code"));
    assert!(!other.is_in().await, "the password alone is not enough");
    let pending = other.cookie("__Host-belfort-code").unwrap().to_owned();
    let mut forged = Browser::new(&town);
    forged.cookies.push(("__Host-belfort".into(), pending));
    assert!(!forged.is_in().await, "the waiting cookie opens nothing");
    assert!(refused(&other.post("/sign-in/code", &[("code", &first)]).await), "the code was shown before");
    town.clock.advance(TimeDelta::seconds(30));
    let second = code(town.clock.now());
    other.post("/sign-in/code", &[("code", &second)]).await.must(303);
    assert!(other.is_in().await);

    let mut replay = Browser::new(&town);
    replay.sign_in(PASSWORD).await.must(303);
    assert!(refused(&replay.post("/sign-in/code", &[("code", &second)]).await), "replayed");
    replay.post("/sign-in/code", &[("code", &recovery[0])]).await.must(303);
    let mut again = Browser::new(&town);
    again.sign_in(PASSWORD).await.must(303);
    assert!(refused(&again.post("/sign-in/code", &[("code", &recovery[0])]).await), "a recovery code twice");
    town.clock.advance(TimeDelta::minutes(6));
    again.post("/sign-in/code", &[("code", &recovery[1])]).await.must(303);
    assert!(!again.is_in().await, "it waits five minutes and no longer");
}

/// The code of RFC 6238 for a secret in base32.
fn code_of(secret: &str, at: chrono::DateTime<chrono::Utc>) -> String {
    let mut bytes = [0_u8; 20];
    let (mut buffer, mut bits, mut index) = (0_u32, 0_u32, 0);
    for c in secret.bytes() {
        buffer = (buffer << 5) | u32::from(if c.is_ascii_uppercase() { c - b'A' } else { c - b'2' + 26 });
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes[index] = u8::try_from(buffer >> bits & 0xff).unwrap();
            index += 1;
        }
    }
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::new_stack(bytes)).build().unwrap();
    totp.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

#[tokio::test]
async fn the_first_account_is_made_with_a_link_that_is_good_once() {
    let town = Town::new(1);
    let open = || -> Option<String> {
        town.store
            .write_now(open_set_up)
            .unwrap_or_else(|refusal: belfort::booking::Refusal| panic!("{refusal:?}"))
    };
    let old = open().unwrap();
    let link = open().unwrap();
    let mut browser = Browser::new(&town);
    browser.get(&format!("/account/open/{old}")).await.must(404);
    let path = format!("/account/open/{link}");
    browser.get(&path).await.must(200);
    let with = |password: &'static str, again: &'static str| {
        [
            ("name", "Bea De Beheerder"),
            ("email", "bea@stad.example"),
            ("password", password),
            ("again", again),
        ]
    };
    for (password, again) in
        [("kort", "kort"), ("bea@stad.example", "bea@stad.example"), (PASSWORD, "iets anders")]
    {
        assert!(refused(&browser.post(&path, &with(password, again)).await.must(200)), "{password}");
    }
    let answer = browser.post(&path, &with(PASSWORD, PASSWORD)).await.must(303);
    assert_eq!(answer.header("location"), "/today");
    assert!(browser.is_in().await);
    assert!(browser.get("/account").await.text().contains(">beheerder<"), "the first is an administrator");
    Browser::new(&town).post(&path, &with(PASSWORD, PASSWORD)).await.must(404);
    assert_eq!(open(), None, "and then there is no such link any more");
    town.verify();
}

#[tokio::test]
async fn a_link_for_a_new_password_is_good_once_and_ends_what_the_old_one_opened() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    let known = Browser::new(&town).post("/forgotten", &[("email", AN)]).await.must(200).text();
    let unknown =
        Browser::new(&town).post("/forgotten", &[("email", "wie@stad.example")]).await.must(200).text();
    assert_eq!(known, unknown, "nobody learns who has an account");
    let reset = || {
        let made = town.store.write_now(|tx| belfort::scheduler::request_reset(tx, AN));
        made.unwrap_or_else(|refusal: belfort::booking::Refusal| panic!("{refusal:?}")).unwrap().1
    };
    let late = format!("/account/open/{}", reset());
    town.clock.advance(TimeDelta::minutes(61));
    Browser::new(&town).get(&late).await.must(404);
    let path = format!("/account/open/{}", reset());
    let new = [("password", "een heel ander woord"), ("again", "een heel ander woord")];
    let mut other = Browser::new(&town);
    other.post(&path, &new).await.must(303);
    assert!(other.is_in().await && !browser.is_in().await);
    Browser::new(&town).post(&path, &new).await.must(404);
    assert!(refused(&browser.sign_in(PASSWORD).await.must(200)), "the old password is gone");
}

#[tokio::test]
async fn a_meeting_is_booked_answered_changed_cancelled_and_restored_in_the_browser() {
    let town = Town::new(1);
    open_account(&town, None);
    let mut browser = Browser::new(&town);
    browser.sign_in(PASSWORD).await.must(303);
    // The room is taken on one of four Mondays.
    let taken = booking("blauwe-kamer", "2027-02-01T10:00", "2027-02-01T11:00");
    town.clerk().post("/api/v1/meetings", taken).await.must(201);
    let mut form = vec![
        ("title", "Werkoverleg <b>mobiliteit</b>"),
        ("date", "2027-01-25"),
        ("from", "10:00"),
        ("to", "11:00"),
        ("repeat", "weekly"),
        ("count", "4"),
        ("url", "https://vergader.example/mobiliteit"),
    ];
    for (number, (email, ..)) in PEOPLE.iter().take(5).enumerate() {
        form.extend([
            ("person", *email),
            ("mode", if number == 1 { "remote" } else { "in_room" }),
            ("part", "required"),
        ]);
    }
    let mut looking = form.clone();
    looking.push(("do", "rooms"));
    let page = browser.form("/book", "/book", &looking).await.must(200).text();
    assert!(
        page.contains("value=\"blauwe-kamer\"") && page.contains("&lt;b&gt;mobiliteit")
            || page.contains("&#60;b&#62;mobiliteit"),
        "{page}"
    );
    let mut take = form.clone();
    take.push(("take", "blauwe-kamer"));
    let page = browser.form("/book", "/book", &take).await.must(200).text();
    assert!(page.contains("choice-2027-02-01T10:00:00"), "the date that does not fit is shown: {page}");
    let mut choose = form.clone();
    choose.extend([
        ("room", "blauwe-kamer"),
        ("choice-2027-02-01T10:00:00", "room collegezaal"),
        ("do", "book"),
    ]);
    let made = browser.form("/book", "/book", &choose).await.must(303);
    let path = made.header("location").split('?').next().unwrap().to_owned();
    let page = browser.get(&path).await.must(200).text();
    for part in ["Blauwe Kamer", "Collegezaal", "Jan Maes", "Op afstand"] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(!page.contains("<b>mobiliteit"));
    let dates: Vec<&str> = page.split("?occurrence=").skip(1).map(|rest| &rest[..36]).collect();
    let mut unique: Vec<&str> = Vec::new();
    for date in dates {
        if !unique.contains(&date) {
            unique.push(date);
        }
    }
    assert_eq!(unique.len(), 4);
    let answer =
        [("occurrence", unique[0]), ("mode", "remote"), ("answer", "accepted"), ("to", path.as_str())];
    browser.form(&path, &format!("{path}/answer"), &answer).await.must(303);
    let change = [
        ("occurrence", unique[2]),
        ("scope", "this"),
        ("title", "Werkoverleg elders"),
        ("date", "2027-02-09"),
        ("from", "14:00"),
        ("to", "15:30"),
        ("room", "groene-kamer"),
    ];
    let refusal = browser.form(&path, &format!("{path}/change"), &change).await;
    assert!(refused(&refusal.must(200)), "no camera in the green room for whoever is remote");
    let mut change = change;
    change[6] = ("room", "raadzaal");
    browser.form(&path, &format!("{path}/change"), &change).await.must(303);
    let cancel = [("occurrence", unique[3]), ("scope", "this"), ("reason", "Ziekte in de ploeg")];
    browser.form(&path, &format!("{path}/cancel"), &cancel).await.must(303);
    let page = browser.get(&path).await.must(200).text();
    assert!(page.contains("Ziekte in de ploeg") && page.contains("Raadzaal"));
    let restore = [("occurrence", unique[3]), ("scope", "this")];
    browser.form(&path, &format!("{path}/restore"), &restore).await.must(303);
    let sheet = town.staff().get(&format!("/api/v1{path}")).await.must(200).json();
    let statuses: Vec<&str> = sheet["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|date| date["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["planned"; 4]);
    // Somebody else may look, and no more.
    let stranger = town.anonymous();
    assert_eq!(stranger.get(&path).await.status, 303);
    town.verify();
}
