//! The pages on which people, roles, tokens, the journal and the state of the house are looked after.

use belfort::town::{Grant, Role};

use crate::forms::{field, send};
use crate::town::{Answer, Client, Town};

const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const TOM: &str = "tom.wouters@stad.example";

fn admin(town: &Town) -> Client {
    town.signed_in(TOM, &[Grant::town(Role::Admin)])
}

fn place(town: &Town, email: &str) -> String {
    format!("/manage/people/{}", town.person_id(email))
}

#[tokio::test]
async fn people_are_found_by_name_address_department_and_account() {
    let town = Town::new(501);
    let tom = admin(&town);
    let page = tom.get("/manage/people").await.must(200).text();
    assert!(page.contains("7 personen") && page.contains("An Peeters") && page.contains("Tom Wouters"));
    for (query, found, hidden) in [
        ("find=peeters", "An Peeters", "Jan Maes"),
        ("find=MAES+secretariaat", "Jan Maes", "An Peeters"),
        ("find=de+klerk", "Griet De Klerk", "An Peeters"),
        ("find=raad.twee@stad", "Raadslid Twee", "Raadslid Een"),
        ("account=account", "Tom Wouters", "An Peeters"),
        ("account=none", "An Peeters", "Tom Wouters"),
        ("role=admin", "Tom Wouters", "An Peeters"),
    ] {
        let page = tom.get(&format!("/manage/people?{query}")).await.must(200).text();
        let list = page.split("<tbody>").nth(1).unwrap();
        assert!(list.contains(found) && !list.contains(hidden), "{query}: {list}");
    }
    let none = tom.get("/manage/people?find=niemand").await.must(200).text();
    assert!(none.contains("Niemand past bij wat u zoekt") && none.contains("Iedereen tonen"), "{none}");
    // Accents and wildcards of SQL are letters like others.
    assert!(tom.get("/manage/people?find=%25").await.must(200).text().contains("7 personen"));
    assert!(tom.get("/manage/people?find=P%C3%A9eters").await.must(200).text().contains("An Peeters"));
}

#[tokio::test]
async fn the_directory_is_for_those_who_look_after_the_town() {
    let town = Town::new(502);
    let id = town.person_id(AN);
    for path in ["/manage/people", "/manage/people/add", &format!("/manage/people/{id}/change")] {
        for (grants, status) in
            [(vec![], 403), (vec![Grant::town(Role::Clerk)], 403), (vec![Grant::town(Role::Manager)], 200)]
        {
            let answer = town.signed_in(JAN, &grants).get(path).await.must(status);
            assert_eq!(answer.text().contains("role=\"alert\""), status == 403, "{path}");
        }
        town.store
            .write_now(move |tx| tx.close_account(tx.person_by_email(JAN)?.unwrap().id))
            .unwrap_or_else(|error: belfort::store::StoreError| panic!("{error}"));
        town.anonymous().get(path).await.must(303);
    }
    let manager = town.signed_in(JAN, &[Grant::town(Role::Manager)]);
    assert!(manager.get("/manage").await.must(200).text().contains("href=\"/manage/people\""));
    manager.get("/manage/people/nobody/change").await.must(404);
}

#[tokio::test]
async fn somebody_is_added_and_changed_and_a_wrong_form_keeps_what_was_typed() {
    let town = Town::new(503);
    let tom = admin(&town);
    let wrong =
        [("name", "Els Nieuw"), ("email", JAN), ("department", "Jeugd"), ("lang", "fr"), ("hard", "1")];
    let page = send(&tom, "/manage/people/add", "/manage/people/add", &wrong).await.must(200).text();
    assert!(page.contains("is al bekend") && page.contains("href=\"#email\"") && page.contains("Els Nieuw"));
    assert!(page.contains("value=\"fr\" lang=\"fr\" selected") && page.contains("value=\"1\""), "{page}");
    let mut right = wrong;
    right[1] = ("email", "Els.Nieuw@stad.example");
    let answer = send(&tom, "/manage/people/add", "/manage/people/add", &right).await.must(303);
    assert!(answer.header("location").starts_with("/manage/people/"));
    let id = town.person_id("els.nieuw@stad.example");
    let change = format!("/manage/people/{id}/change");
    let taken = [("name", ""), ("email", AN), ("department", "Jeugd"), ("lang", "fr")];
    let page = send(&tom, &change, &change, &taken).await.must(200).text();
    assert!(page.contains("al het adres van iemand anders") && page.contains("href=\"#name\""), "{page}");
    let saved = [("name", "Els Nieuws"), ("email", "els@stad.example"), ("department", ""), ("lang", "de")];
    send(&tom, &change, &change, &saved).await.must(303);
    let person = town.store.read(|view| view.person(id)).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.email.as_str()), ("Els Nieuws", "els@stad.example"));
    assert!(person.department.is_none() && !person.hard && person.lang.code() == "de");
    let entries = town.store.read(|view| view.journal_of(id.0, 10)).unwrap();
    let text = format!("{entries:?}");
    assert!(text.contains("person.changed") && text.contains("department") && !text.contains("Nieuws"));
    // Nothing else than what it was: no entry.
    send(&tom, &change, &change, &saved).await.must(303);
    assert_eq!(town.store.read(|view| view.journal_of(id.0, 10)).unwrap().len(), entries.len());
    town.verify();
}

#[tokio::test]
async fn a_guest_who_comes_to_work_here_keeps_what_they_were_invited_to() {
    let town = Town::new(504);
    let mut meeting = crate::town::booking("raadzaal", "2027-01-18T10:00", "2027-01-18T11:00");
    meeting["participants"] = serde_json::json!([{ "email": "gast@elders.example", "name": "Gast" }]);
    town.staff().post("/api/v1/meetings", meeting).await.must(201);
    let guest = town.person_id("gast@elders.example");
    let new = [("name", "Gast Vast"), ("email", "gast@elders.example"), ("lang", "nl")];
    send(&admin(&town), "/manage/people/add", "/manage/people/add", &new).await.must(303);
    assert_eq!(town.person_id("gast@elders.example"), guest);
    let person = town.store.read(|view| view.person(guest)).unwrap().unwrap();
    assert!(person.resource.is_some() && person.expires.is_none() && person.name == "Gast Vast");
    town.verify();
}

#[tokio::test]
async fn somebody_is_invited_by_a_link_that_is_shown_once_without_mail_and_posted_with_it() {
    let town = Town::new(505);
    let (tom, an) = (admin(&town), place(&town, AN));
    assert!(tom.get(&an).await.must(200).text().contains("Geen account"));
    let page = send(&tom, &an, &format!("{an}/link"), &[]).await.must(200).text();
    assert_eq!(page.matches("http://belfort.test/account/open/").count(), 1, "{page}");
    let again = tom.get(&an).await.must(200).text();
    assert!(again.contains("Uitgenodigd") && !again.contains("/account/open/"));
    let path = page.split("http://belfort.test").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(town.anonymous().get(&path).await.must(200).text().contains("An Peeters"));
    // A second invitation ends the first; with a mail server it is posted and not shown.
    town.store.write_now(|tx| belfort::scheduler::switch_mail(tx, true)).unwrap();
    let answer = send(&tom, &an, &format!("{an}/link"), &[]).await.must(303);
    assert!(answer.header("location").ends_with("done=link_sent"));
    town.anonymous().get(&path).await.must(404);
    let counts = town.store.read(|view| view.mail_counts()).unwrap();
    assert_eq!(counts.values().sum::<u64>(), 1);
}

#[tokio::test]
async fn an_account_is_unlocked_signed_out_and_freed_of_a_lost_second_factor() {
    let town = Town::new(506);
    let (tom, an, id) = (admin(&town), place(&town, AN), town.person_id(AN));
    let open = town.signed_in(AN, &[]);
    let until = town.clock.now() + chrono::TimeDelta::minutes(10);
    let done: Result<(), belfort::store::StoreError> = town.store.write_now(move |tx| {
        tx.set_totp(id, Some([7; 20]))?;
        tx.count_failures(id, 9, Some(until))
    });
    done.unwrap();
    let page = tom.get(&an).await.must(200).text();
    assert!(page.contains("Geblokkeerd") && page.contains("Tweede stap verwijderen"), "{page}");
    send(&tom, &an, &format!("{an}/unlock"), &[]).await.must(303);
    assert!(!tom.get(&an).await.text().contains("Geblokkeerd tot"));
    open.get("/account").await.must(200);
    send(&tom, &an, &format!("{an}/second-factor"), &[]).await.must(303);
    open.get("/account").await.must(303);
    let account = town.store.read(|view| view.account(id)).unwrap().unwrap();
    assert!(account.totp.is_none() && account.locked_until.is_none() && account.password.is_some());
    let again = town.signed_in(AN, &[]);
    send(&tom, &an, &format!("{an}/sign-ins"), &[]).await.must(303);
    again.get("/account").await.must(303);
    let text = format!("{:?}", town.store.read(|view| view.journal_of(id.0, 20)).unwrap());
    for action in ["account.unlocked", "account.second_factor_reset", "sign_in.all_ended"] {
        assert!(text.contains(action), "{action} is not in the journal");
    }
    // Once more there is nothing to take away; and what is not a deed is not done.
    send(&tom, &an, &format!("{an}/second-factor"), &[]).await.must(409);
    send(&tom, &an, &format!("{an}/erase"), &[]).await.must(404);
}

#[tokio::test]
async fn roles_are_granted_with_what_they_allow_and_taken_back_but_not_the_last_administrator() {
    let town = Town::new(507);
    let (tom, an, id) = (admin(&town), place(&town, AN), town.person_id(AN));
    let page = tom.get(&an).await.must(200).text();
    assert!(page.contains("Mag ook: een vergadering van iemand anders boeken") && page.contains("optgroup"));
    let roles = format!("{an}/roles");
    let site = town.store.directory().sites[0].id;
    let scope = format!("site:{site}");
    send(&tom, &an, &roles, &[("role", "manager"), ("scope", &scope)]).await.must(303);
    send(&tom, &an, &roles, &[("role", "clerk"), ("scope", "department:Secretariaat")]).await.must(303);
    let page = tom.get(&an).await.text();
    assert!(page.contains("zaalbeheerder (") && page.contains("secretariaat (Secretariaat)"), "{page}");
    for wrong in [
        [("role", "admin"), ("scope", scope.as_str())],
        [("role", "device"), ("scope", "town")],
        [("role", "clerk"), ("scope", "planet:1")],
        [("role", ""), ("scope", "town")],
    ] {
        let page = send(&tom, &an, &roles, &wrong).await.must(200).text();
        assert!(page.contains("role=\"alert\"") && page.contains("class=\"error\""), "{wrong:?}");
        let kept = format!("value=\"{}\" required checked", wrong[0].1);
        assert!(page.contains(&kept) || wrong[0].1 != "admin", "what was chosen stays: {page}");
    }
    assert_eq!(town.store.read(|view| view.grants(id)).unwrap().len(), 2);
    let take = format!("{an}/roles/take");
    send(&tom, &an, &take, &[("role", "manager"), ("scope", &scope)]).await.must(303);
    let twice = send(&tom, &an, &take, &[("role", "manager"), ("scope", &scope)]).await.must(200).text();
    assert!(twice.contains("al ingetrokken"));
    let own = place(&town, TOM);
    let last = [("role", "admin"), ("scope", "town")];
    let page = send(&tom, &own, &format!("{own}/roles/take"), &last).await.must(200).text();
    assert!(page.contains("laatste beheerder"), "{page}");
}

#[tokio::test]
async fn a_room_manager_sees_people_but_neither_their_accounts_nor_a_way_into_them() {
    let town = Town::new(508);
    let manager = town.signed_in(JAN, &[Grant::town(Role::Manager)]);
    let (tom, an) = (place(&town, TOM), place(&town, AN));
    let _admin = admin(&town);
    let page = manager.get(&tom).await.must(200).text();
    assert!(page.contains("Tom Wouters") && !page.contains("/link\"") && !page.contains("/roles"), "{page}");
    for deed in ["link", "sign-ins", "unlock", "second-factor", "roles", "roles/take"] {
        let fields = [("role", "admin"), ("scope", "town")];
        send(&manager, &tom, &format!("{tom}/{deed}"), &fields).await.must(403);
    }
    // Where a forgotten password would be sent is not theirs to change.
    let change = [("name", "Tom Wouters"), ("email", "jan.anders@stad.example"), ("lang", "nl")];
    send(&manager, &format!("{tom}/change"), &format!("{tom}/change"), &change).await.must(403);
    let plain = [("name", "An Peeters-Maes"), ("email", "an.maes@stad.example"), ("lang", "nl")];
    send(&manager, &format!("{an}/change"), &format!("{an}/change"), &plain).await.must(303);
    assert_eq!(town.person_id("an.maes@stad.example").to_string(), an.rsplit('/').next().unwrap());
}

/// Three meetings that An organises, one that Griet does with An on the list; returns their ids.
async fn agenda(town: &Town) -> Vec<String> {
    let an = town.staff();
    let mut ids = Vec::new();
    for (client, room, day, title, privacy, guests) in [
        (&an, "groene-kamer", "19", "Weekoverleg", "internal", vec![AN, JAN]),
        (&an, "blauwe-kamer", "20", "Gesprek onder vier ogen", "private", vec!["els.claes@stad.example"]),
        (&an, "raadzaal", "21", "Startvergadering", "internal", vec![JAN]),
        (&town.clerk(), "collegezaal", "22", "Overleg van Griet", "internal", vec![AN, JAN]),
    ] {
        let mut meeting =
            crate::town::booking(room, &format!("2027-01-{day}T10:00"), &format!("2027-01-{day}T11:00"));
        meeting["title"] = serde_json::json!(title);
        meeting["privacy"] = serde_json::json!(privacy);
        let guests = guests.iter().map(|email| serde_json::json!({ "email": email }));
        meeting["participants"] = guests.collect();
        if title == "Weekoverleg" {
            meeting["rrule"] = serde_json::json!("FREQ=WEEKLY;COUNT=4");
        }
        let made = client.post("/api/v1/meetings", meeting).await.must(201).json();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn whoever_leaves_hands_over_what_others_may_know_and_the_rest_is_called_off_in_one_step() {
    let town = Town::new(509);
    town.store.write_now(|tx| belfort::scheduler::switch_mail(tx, true)).unwrap();
    let ids = agenda(&town).await;
    let (tom, an, id) = (admin(&town), place(&town, AN), town.person_id(AN));
    let browser = town.signed_in(AN, &[Grant::town(Role::Clerk)]);
    let feed = belfort::store::FeedScope::Person(id);
    let feed = town.feed(feed, belfort::store::Level::Title, false);
    let leave = format!("{an}/leave");
    let page = tom.get(&leave).await.must(200).text();
    for words in
        ["Weekoverleg", "in totaal 4 datums", "Een vergadering die u niet mag inzien", "Startvergadering"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("vier ogen") && page.contains("van de lijst gaat: 1."), "{page}");
    // Nobody said what becomes of the meetings: nothing happens, and what was typed stays.
    let nothing = send(&tom, &leave, &leave, &[("reason", "Pensioen")]).await.must(200).text();
    assert!(nothing.contains("overdragen of annuleren") && nothing.contains("Pensioen"));
    let wrong = [("rest", "hand_over"), ("to", "niemand@stad.example")];
    assert!(send(&tom, &leave, &leave, &wrong).await.must(200).text().contains("href=\"#to\""));
    let own = [("rest", "hand_over"), ("to", AN)];
    assert!(send(&tom, &leave, &leave, &own).await.must(200).text().contains("Kies een collega"));
    let itself = town.person_id(AN).to_string();
    let single = format!("fate-{}", ids[0]);
    let own = [("rest", "cancel"), (single.as_str(), itself.as_str())];
    assert!(send(&tom, &leave, &leave, &own).await.must(200).text().contains("Kies een collega"));
    // What is named must be possible, or the whole is refused.
    let jan_private = format!("fate-{}", ids[1]);
    let jan = town.person_id(JAN).to_string();
    let forbidden = [("rest", "cancel"), (jan_private.as_str(), jan.as_str())];
    let page = send(&tom, &leave, &leave, &forbidden).await.must(200).text();
    assert!(page.contains("privé of besloten"), "{page}");
    browser.get("/account").await.must(200);
    let single = format!("fate-{}", ids[2]);
    let fields =
        [("rest", "hand_over"), ("to", JAN), (single.as_str(), "cancel"), ("reason", "An gaat met pensioen")];
    send(&tom, &leave, &leave, &fields).await.must(303);

    let clerk = town.clerk();
    let read = |id: &str| format!("/api/v1/meetings/{id}");
    let weekly = clerk.get(&read(&ids[0])).await.must(200).json();
    assert_eq!(weekly["organiser"]["email"].as_str().or(weekly["organiser"].as_str()), Some(JAN), "{weekly}");
    assert!(!weekly["participants"].to_string().contains(AN), "{weekly}");
    for called_off in [&ids[1], &ids[2]] {
        let id = called_off.parse().unwrap();
        let meeting = town.store.read(|view| view.meeting(id)).unwrap().unwrap();
        assert_eq!(meeting.status, belfort::booking::MeetingStatus::Cancelled);
    }
    let griet = clerk.get(&read(&ids[3])).await.must(200).json();
    assert!(!griet["participants"].to_string().contains(AN) && griet["status"] == "live", "{griet}");
    browser.get("/account").await.must(303);
    town.anonymous().get(&feed).await.must(410);
    let (account, left, grants, mails) = town
        .store
        .read(|view| {
            let mails = view.mail_counts()?;
            Ok::<_, belfort::store::StoreError>((
                view.account(id)?,
                view.left_at(id)?,
                view.grants(id)?,
                mails,
            ))
        })
        .unwrap();
    assert!(account.is_some_and(|account| account.closed.is_some()) && left.is_some() && grants.is_empty());
    assert!(mails.values().sum::<u64>() >= 4, "{mails:?}");
    let page = tom.get(&an).await.must(200).text();
    assert!(page.contains("Uit dienst sinds") && !page.contains("/leave\""));
    assert!(tom.get("/manage/people?account=left").await.text().contains("An Peeters"));
    assert!(!tom.get("/manage/people?find=peeters").await.text().contains("An Peeters"));
    tom.get(&leave).await.must(409);
    // Whoever has left is neither invited nor made to organise anything.
    let mut meeting = crate::town::booking("raadzaal", "2027-01-25T10:00", "2027-01-25T11:00");
    meeting["participants"] = serde_json::json!([{ "email": AN }]);
    let refusal = clerk.post("/api/v1/meetings", meeting.clone()).await.refused(422, "nl");
    assert!(refusal["detail"].as_str().unwrap().contains("uit dienst"), "{refusal}");
    meeting["participants"] = serde_json::json!([]);
    meeting["organiser"] = serde_json::json!(AN);
    clerk.post("/api/v1/meetings", meeting).await.refused(422, "nl");
    send(&tom, &an, &format!("{an}/link"), &[]).await.must(409);
    send(&tom, &an, &format!("{an}/back"), &[]).await.must(303);
    send(&tom, &an, &format!("{an}/link"), &[]).await.must(303);
    town.verify();
}

#[tokio::test]
async fn leaving_frees_time_takes_councillors_out_of_bodies_and_is_for_administrators() {
    let town = Town::new(510);
    agenda(&town).await;
    let (an, jan) = (town.person_id(AN), town.person_id(JAN));
    let resource = town.store.read(|view| view.person(an)).unwrap().unwrap().resource.unwrap();
    let busy = || {
        let from = town.clock.now();
        let all = belfort::time::Interval::new(from, from + chrono::TimeDelta::days(60)).unwrap();
        town.store.read(|view| view.claims_in(resource, all)).unwrap().len()
    };
    assert!(busy() > 0);
    for (grants, status) in [(vec![Grant::town(Role::Manager)], 403), (vec![Grant::town(Role::Clerk)], 403)] {
        let client = town.signed_in(JAN, &grants);
        let path = format!("/manage/people/{an}/leave");
        client.get(&path).await.must(status);
    }
    let tom = admin(&town);
    let own = format!("/manage/people/{}/leave", town.person_id(TOM));
    assert!(tom.get(&own).await.must(409).text().contains("uzelf"));
    let leave = format!("/manage/people/{an}/leave");
    send(&tom, &leave, &leave, &[("rest", "cancel")]).await.must(303);
    assert_eq!(busy(), 0, "nobody who left is busy");
    let councillor = town.person_id("raad.een@stad.example");
    let leave = format!("/manage/people/{councillor}/leave");
    let page = tom.get(&leave).await.must(200).text();
    assert!(page.contains("zetelt niet langer in: Gemeenteraad"), "{page}");
    send(&tom, &leave, &leave, &[]).await.must(303);
    assert!(!town.store.directory().bodies[0].members.contains(&councillor));
    // The list of Jan's meetings is what it was, but for An.
    assert!(town.store.read(|view| view.listed_ahead(jan)).unwrap().len() == 1);
    town.verify();
}

const LIST: &str = "/manage/people/import";

/// Sends a form with a file, or with a list that was previewed, as a browser does.
async fn upload(client: &Client, fields: &[(&str, &str)], file: Option<&[u8]>) -> Answer {
    let token = field(&client.get(LIST).await.must(200).text(), "form");
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(
            format!("--grens\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"form\"", token.as_bytes());
    for (name, value) in fields {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    if let Some(file) = file {
        part("name=\"file\"; filename=\"personeel; juli.csv\"", file);
    }
    body.extend_from_slice(b"--grens--\r\n");
    let kind = "multipart/form-data; boundary=grens";
    client.raw("POST", LIST, body, kind, &[("sec-fetch-site", "same-origin")]).await
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn a_list_is_previewed_then_taken_over_and_a_second_time_changes_nothing() {
    let town = Town::new(511);
    let tom = admin(&town);
    let list = "E-mail;Naam;Dienst;Taal;Raadslid;Telefoon\n\
        bo@stad.example;Bo \"\"De Wit\"\" Maes;Jeugd;fr;ja;1\n\
        an.peeters@stad.example;An Peeters;Sport;;;2\n\
        jan.maes@stad.example;Jan Maes;Secretariaat;nl;nee;3\n\
        geen adres;Wie;;;;\n\
        bo@stad.example;Bo Nogmaals;;it;misschien;\n";
    let page = upload(&tom, &[], Some(list.as_bytes())).await.must(200).text();
    for words in [
        "Toe te voegen: 1. Te wijzigen: 1. Al gelijk: 1. Fout en overgeslagen: 2.",
        "Deze kolommen zijn niet gelezen: Telefoon",
        "geen e-mailadres",
        "Dit adres staat ook op regel 2",
        "geen taal van Belfort",
        "geen ja en geen nee",
    ] {
        assert!(unescaped(&page).contains(words), "{words}: {page}");
    }
    let known =
        |town: &Town| town.store.read(|view| view.people(&belfort::store::PeopleAsked::default(), 0, 99));
    assert_eq!(known(&town).unwrap().1, 7, "a preview changes nothing");
    let csv = unescaped(&field(&page, "csv"));
    let apply = [("apply", "1"), ("csv", csv.as_str())];
    let head = town.store.read(|view| view.journal_head()).unwrap();
    assert!(upload(&tom, &apply, None).await.must(303).header("location").ends_with("people_imported"));
    assert_eq!(town.store.read(|view| view.journal_head()).unwrap(), head + 2);
    let bo = town.store.read(|view| view.person(town.person_id("bo@stad.example"))).unwrap().unwrap();
    assert!(bo.hard && bo.lang.code() == "fr" && bo.department.as_deref() == Some("Jeugd"));
    let again = upload(&tom, &[], Some(list.as_bytes())).await.must(200).text();
    assert!(again.contains("Toe te voegen: 0. Te wijzigen: 0. Al gelijk: 3."), "{again}");
    assert!(again.contains("Er valt niets te importeren") && !again.contains("Nu importeren"));
    upload(&tom, &apply, None).await.must(303);
    assert_eq!(
        town.store.read(|view| view.journal_head()).unwrap(),
        head + 2,
        "the same list changes nothing"
    );
    for (file, words) in [
        (&b""[..], "geen bestand gekozen"),
        (b"PK\x03\x04 a workbook", "werkmap"),
        (b"naam\nAn", "minstens e-mail en naam"),
        (b"\xff\xfee\0", "UTF-16"),
    ] {
        let page = upload(&tom, &[], Some(file)).await.must(200).text();
        assert!(page.contains(words) && page.contains("href=\"#file\""), "{words}: {page}");
    }
    let old = upload(&tom, &[], Some(b"email;naam\nrene@stad.example;Ren\xe9 \x96 X")).await.must(200).text();
    assert!(old.contains("René – X") && old.contains("Windows-1252"), "{old}");
}

#[tokio::test]
async fn a_thousand_people_are_taken_over_fast_and_only_by_those_who_may() {
    let town = Town::new(512);
    let tom = admin(&town);
    let mut list = "email,name,department\n".to_owned();
    for n in 0..1_000 {
        list += &format!("p{n}@stad.example,Persoon {n},Dienst {}\n", n % 20);
    }
    let begun = std::time::Instant::now();
    let page = upload(&tom, &[], Some(list.as_bytes())).await.must(200).text();
    assert!(page.contains("Toe te voegen: 1000.") && page.contains("En nog 500."));
    upload(&tom, &[("apply", "1"), ("csv", &list)], None).await.must(303);
    assert!(begun.elapsed().as_secs() < 20, "{:?} for a thousand people, unoptimised", begun.elapsed());
    let page = tom.get("/manage/people?find=persoon").await.must(200).text();
    assert!(page.contains("1000 personen") && page.contains("Bladzijde 1 van 20"), "{page}");
    assert!(page.contains("page=2") && page.contains("find=persoon"));
    let last = tom.get("/manage/people?find=persoon&page=20").await.must(200).text();
    assert!(last.contains("Bladzijde 20 van 20") && !last.contains("page=21"));
    assert_eq!(last.matches("<tr>").count(), 51, "fifty people and a head");
    town.signed_in(JAN, &[]).get(LIST).await.must(403);
    let strange =
        b"--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--grens--\r\n";
    let kind = "multipart/form-data; boundary=grens";
    tom.raw("POST", LIST, strange.to_vec(), kind, &[("sec-fetch-site", "same-origin")]).await.must(400);
    tom.raw("POST", LIST, strange.to_vec(), kind, &[("sec-fetch-site", "cross-site")]).await.must(400);
    tom.raw("POST", LIST, vec![b'x'; 2 << 20], kind, &[("sec-fetch-site", "same-origin")]).await.must(400);
    town.verify();
}

#[tokio::test]
async fn the_journal_is_read_in_words_and_searched_by_day_person_kind_and_subject() {
    let town = Town::new(513);
    agenda(&town).await;
    let tom = admin(&town);
    let an = place(&town, AN);
    send(&tom, &an, &format!("{an}/roles"), &[("role", "clerk"), ("scope", "town")]).await.must(303);
    town.clock.advance(chrono::TimeDelta::days(1));
    let tom = admin(&town);
    let change = [("name", "An Maes"), ("email", AN), ("lang", "fr")];
    send(&tom, &format!("{an}/change"), &format!("{an}/change"), &change).await.must(303);
    let list = |page: &str| page.split("<tbody>").nth(1).unwrap_or("").to_owned();
    let page = list(&tom.get("/manage/journal").await.must(200).text());
    for words in [
        "Vergadering geboekt: Weekoverleg",
        "Rol gegeven: An Maes",
        "secretariaat",
        "Gegevens gewijzigd: An Maes",
        "gewijzigd: Naam, Taal, Dienst",
        "een vergadering die u niet mag inzien",
        "Griet De Klerk",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("vier ogen"), "a private title is nobody's business: {page}");
    for (query, found, hidden) in [
        ("group=access", "Rol gegeven", "Weekoverleg"),
        ("group=meetings", "Weekoverleg", "Rol gegeven"),
        ("from=2027-01-19", "Gegevens gewijzigd", "Weekoverleg"),
        ("to=2027-01-18", "Weekoverleg", "Gegevens gewijzigd"),
        ("from=2027-01-18&to=2027-01-18", "Rol gegeven", "Gegevens gewijzigd"),
        ("actor=griet.clerk%40stad.example", "Overleg van Griet", "Weekoverleg"),
        ("subject=an.peeters%40stad.example", "Rol gegeven", "Weekoverleg"),
    ] {
        let page = list(&tom.get(&format!("/manage/journal?{query}")).await.must(200).text());
        assert!(page.contains(found) && !page.contains(hidden), "{query}: {page}");
    }
    for (query, fault) in
        [("from=gisteren", "#from"), ("from=2027-02-01&to=2027-01-01", "#to"), ("actor=niemand", "#actor")]
    {
        let page = tom.get(&format!("/manage/journal?{query}")).await.must(200).text();
        assert!(page.contains(&format!("href=\"{fault}\"")), "{query}: {page}");
    }
    let none = tom.get("/manage/journal?group=mail").await.must(200).text();
    assert!(none.contains("Er staat niets in het logboek dat hierbij past"));
    let csv = tom.get("/manage/journal.csv?group=access").await.must(200);
    assert!(
        csv.header("content-type").starts_with("text/csv")
            && csv.header("content-disposition").contains("csv")
    );
    let csv = csv.text();
    assert!(
        csv.starts_with('\u{feff}') && csv.contains("role.granted") && !csv.contains("meeting.created"),
        "{csv}"
    );
    for path in ["/manage/journal", "/manage/journal.csv"] {
        town.signed_in(JAN, &[]).get(path).await.must(403);
        town.anonymous().get(path).await.must(303);
    }
    town.signed_in(JAN, &[Grant::town(Role::Clerk)]).get("/manage/journal").await.must(200);
}

#[tokio::test]
async fn the_journal_goes_on_page_by_page_and_says_whether_it_is_intact() {
    let town = Town::new(514);
    let tom = admin(&town);
    let caller = belfort::scheduler::Caller::system();
    let made: Result<(), belfort::booking::Refusal> = town.store.write_now(move |tx| {
        (0..60).try_for_each(|n| belfort::scheduler::set_house(tx, &caller, "grace_min", &n.to_string()))
    });
    made.unwrap();
    let page = tom.get("/manage/journal").await.must(200).text();
    assert!(
        page.contains("Nog nooit nagekeken") && page.contains("Algemene instelling gewijzigd: grace_min")
    );
    let older = page.split("before=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let next = tom.get(&format!("/manage/journal?before={older}")).await.must(200).text();
    assert!(next.contains("Nieuwste") && next.matches("<tr>").count() < 52, "{next}");
    send(&tom, "/manage/journal", "/manage/journal/check", &[]).await.must(303);
    let mut page = String::new();
    for _ in 0..100 {
        page = tom.get("/manage/journal").await.must(200).text();
        if page.contains("Ongeschonden. ") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(page.contains("Ongeschonden. ") && page.contains("Vingerafdruk"), "{page}");
    assert!(page.contains("Logboek nagekeken"), "the check is in the journal: {page}");
    let hash = town.store.read(|view| view.journal_hash()).unwrap().unwrap();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!page.contains(&hex), "the fingerprint is of the line before the check was noted");
    town.signed_in(JAN, &[]).get("/manage/journal").await.must(403);
    town.verify();
}

const TOKENS: &str = "/manage/tokens";

#[tokio::test]
async fn a_screen_gets_a_token_that_is_shown_once_with_how_to_start_it_and_ends_when_revoked() {
    let town = Town::new(515);
    let tom = admin(&town);
    assert!(tom.get(TOKENS).await.must(200).text().contains("Er zijn nog geen sleutels"));
    let screen = [("kind", "screen"), ("room", "raadzaal"), ("label", "Gang, links")];
    let page = send(&tom, TOKENS, TOKENS, &screen).await.must(200).text();
    let secret = page.split("BELFORT_TOKEN=").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(page.matches(&secret).count(), 2, "once to copy, once in the command: {page}");
    assert!(page.contains("belfort kiosk --server http://belfort.test --room raadzaal"), "{page}");
    let device = town.anonymous().with_token(&secret);
    device.get("/api/v1/rooms/raadzaal/board").await.must(200);
    town.app.write_used().unwrap();
    let page = tom.get(TOKENS).await.must(200).text();
    assert!(page.contains("Gang, links") && page.contains("Raadzaal") && !page.contains(&secret), "{page}");
    assert!(
        !page.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap().contains("nooit"),
        "{page}"
    );
    let program = [("kind", "program"), ("role", "staff"), ("person", AN), ("label", "Boekhouding")];
    let page = send(&tom, TOKENS, TOKENS, &program).await.must(200).text();
    assert!(page.contains("Boekhouding") && page.contains("An Peeters") && !page.contains("belfort kiosk"));
    for (fields, fault) in [
        ([("kind", "screen"), ("room", "nergens"), ("label", "x"), ("role", "")], "#room"),
        (
            [("kind", "program"), ("role", "staff"), ("person", "niemand@stad.example"), ("label", "")],
            "#person",
        ),
        ([("kind", "program"), ("role", "chair"), ("person", AN), ("label", "")], "#role"),
    ] {
        let page = send(&tom, TOKENS, TOKENS, &fields).await.must(200).text();
        assert!(page.contains(&format!("href=\"{fault}\"")), "{fault}: {page}");
    }
    let tokens = town.store.read(|view| view.tokens()).unwrap();
    let id = tokens.iter().find(|token| token.label == "Gang, links").unwrap().id;
    let revoke = format!("{TOKENS}/{id}/revoke");
    for grants in [vec![], vec![Grant::town(Role::Manager)], vec![Grant::town(Role::Clerk)]] {
        let other = town.signed_in(JAN, &grants);
        other.get(TOKENS).await.must(403);
        send(&other, "/account", &revoke, &[]).await.must(403);
        send(&other, "/account", TOKENS, &screen).await.must(403);
    }
    device.get("/api/v1/rooms/raadzaal/board").await.must(200);
    send(&tom, TOKENS, &revoke, &[]).await.must(303);
    device.get("/api/v1/rooms/raadzaal/board").await.must(401);
    assert!(tom.get(TOKENS).await.must(200).text().contains("Ingetrokken sleutels"));
    send(&tom, TOKENS, &revoke, &[]).await.must(409);
    send(&tom, TOKENS, &format!("{TOKENS}/x/revoke"), &[]).await.must(404);
}

#[tokio::test]
async fn the_page_of_health_says_what_needs_attention() {
    let town = Town::new(516);
    let tom = admin(&town);
    let page = tom.get("/manage/health").await.must(200).text();
    for words in
        ["nog geen back-up", "geen mailserver", "geen schermen aangemeld", "7", "Kijk na", "Europe/Brussels"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let kiosk = town.kiosk("raadzaal");
    let _silent = town.kiosk("collegezaal");
    kiosk.get("/api/v1/rooms/raadzaal/board").await.must(200);
    let done: Result<(), belfort::booking::Refusal> = town.store.write_now(|tx| {
        belfort::scheduler::switch_mail(tx, true)?;
        Ok(belfort::scheduler::keep_backup_time(tx)?)
    });
    done.unwrap();
    let person = town.person_id(AN);
    let sent = town.store.write_now(move |tx| {
        let url = "http://belfort.test/account/open/x";
        belfort::scheduler::post_link_mail(tx, person, belfort::scheduler::LinkMail::Welcome, url)
    });
    assert!(sent.unwrap());
    let page = tom.get("/manage/health").await.must(200).text();
    for words in
        ["Berichten die wachten: 1", "De laatste is van ma 18 jan", "Melden zich: 1 van 2", "Collegezaal"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("/account/open/"), "{page}");
    town.clock.advance(chrono::TimeDelta::days(3));
    let page = admin(&town).get("/manage/health").await.must(200).text();
    for words in
        ["Dat is te lang geleden", "Het oudste wacht al sinds", "Niets gehoord van: Collegezaal, Raadzaal"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    for (grants, status) in
        [(vec![], 403), (vec![Grant::town(Role::Clerk)], 403), (vec![Grant::town(Role::Manager)], 200)]
    {
        town.signed_in(JAN, &grants).get("/manage/health").await.must(status);
    }
}

#[tokio::test]
async fn the_api_grants_roles_and_lets_people_leave() {
    let town = Town::new(517);
    agenda(&town).await;
    let tom = town.admin();
    let roles = "/api/v1/people/an.peeters@stad.example/roles";
    assert_eq!(tom.get(roles).await.must(200).json(), serde_json::json!([]));
    for path in [
        "manager/site:stadhuis",
        "chair/body:gemeenteraad",
        "clerk/department:Burger%20en%20Welzijn",
        "clerk/town",
    ] {
        tom.put(&format!("{roles}/{path}"), serde_json::json!({})).await.must(204);
        tom.put(&format!("{roles}/{path}"), serde_json::json!({})).await.must(204);
    }
    let held = tom.get(roles).await.must(200).json();
    assert_eq!(held.as_array().unwrap().len(), 4);
    assert!(
        held.to_string().contains("department:Burger en Welzijn")
            && held.to_string().contains("site:stadhuis")
    );
    for (path, status) in [
        ("admin/site:stadhuis", 422),
        ("pope/town", 422),
        ("clerk/site:nergens", 422),
        ("clerk/planet:1", 422),
        ("device/town", 422),
    ] {
        tom.put(&format!("{roles}/{path}"), serde_json::json!({})).await.refused(status, "nl");
    }
    let nobody = "/api/v1/people/niemand@stad.example/roles";
    tom.get(nobody).await.refused(404, "nl");
    tom.delete(&format!("{roles}/clerk/town")).await.must(204);
    tom.delete(&format!("{roles}/clerk/town")).await.refused(409, "nl");
    let refusal =
        town.clerk().put(&format!("{roles}/clerk/town"), serde_json::json!({})).await.refused(403, "nl");
    let said = refusal["detail"].as_str().unwrap();
    assert!(
        said.contains("accounts, uitnodigingen en rollen beheren") && said.contains("beheerder"),
        "{said}"
    );

    let leave = "/api/v1/people/an.peeters@stad.example/leave";
    tom.post(leave, serde_json::json!({})).await.refused(422, "nl");
    tom.post(leave, serde_json::json!({ "to": JAN, "cancel": true })).await.refused(422, "nl");
    let body = serde_json::json!({ "to": JAN, "reason": "Pensioen", "dry_run": true });
    let rehearsed = tom.post(leave, body).await.must(200).json();
    assert_eq!(rehearsed, serde_json::json!({ "handed_over": 2, "cancelled": 1, "lists": 1 }));
    let body = serde_json::json!({ "to": JAN, "reason": "Pensioen" });
    let key = [("idempotency-key", "weg")];
    let done = tom.send("POST", leave, Some(body.clone()), &key).await.must(200).json();
    assert_eq!(done, rehearsed);
    assert_eq!(
        tom.send("POST", leave, Some(body), &key).await.must(200).json(),
        done,
        "a retry does nothing"
    );
    tom.post(leave, serde_json::json!({ "cancel": true })).await.refused(409, "nl");
    town.verify();
}

#[tokio::test]
async fn a_session_is_not_handed_to_a_councillor_who_sits_elsewhere_at_the_time() {
    let town = Town::new(518);
    let clerk = town.clerk();
    let (een, twee) = ("raad.een@stad.example", "raad.twee@stad.example");
    let mut ids = Vec::new();
    for (room, organiser) in [("raadzaal", een), ("collegezaal", twee)] {
        let mut session = crate::town::booking(room, "2027-01-20T19:00", "2027-01-20T21:00");
        session["body"] = serde_json::json!("gemeenteraad");
        session["organiser"] = serde_json::json!(organiser);
        session["participants"] = serde_json::json!([{ "email": organiser }]);
        let made = clerk.post("/api/v1/meetings", session).await.must(201).json();
        ids.push(made["id"].as_str().unwrap().parse::<belfort::ids::MeetingId>().unwrap());
    }
    let tom = admin(&town);
    let leave = format!("/manage/people/{}/leave", town.person_id(een));
    let page = send(&tom, &leave, &leave, &[("rest", "hand_over"), ("to", twee)]).await.must(200).text();
    assert!(page.contains("Raadslid Twee zit in een andere vergadering"), "{page}");
    assert!(page.contains(&format!("value=\"{twee}\"")), "what was typed stays");
    let organiser = |id| town.store.read(|view| view.meeting(id)).unwrap().unwrap().organiser;
    assert_eq!(organiser(ids[0]), town.person_id(een), "nothing was done by halves");
    assert!(town.store.read(|view| view.left_at(town.person_id(een))).unwrap().is_none());
    // Somebody who is free takes the place, firmly: nobody else gets that time of theirs.
    send(&tom, &leave, &leave, &[("rest", "hand_over"), ("to", JAN)]).await.must(303);
    assert_eq!(organiser(ids[0]), town.person_id(JAN));
    let list = town.store.read(|view| view.participants(ids[0])).unwrap();
    assert_eq!(list.iter().map(|p| p.email.as_str()).collect::<Vec<_>>(), [JAN]);
    town.verify();
}
