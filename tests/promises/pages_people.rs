//! The pages on which people, roles, tokens, the journal and the state of the house are looked after.

use belfort::town::{Grant, Role};

use crate::town::{Answer, Client, Town};

const AN: &str = "an.peeters@stad.example";
const JAN: &str = "jan.maes@stad.example";
const TOM: &str = "tom.wouters@stad.example";

fn encode(fields: &[(&str, &str)]) -> String {
    let plain = |text: &str| -> String {
        let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    fields.iter().map(|(k, v)| format!("{}={}", plain(k), plain(v))).collect::<Vec<_>>().join("&")
}

/// The value of the last hidden field of that name on a page.
fn field(page: &str, name: &str) -> String {
    let from = page.rsplit_once(&format!("name=\"{name}\"")).map_or("", |(_, rest)| rest);
    from.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("").to_owned()
}

/// Sends a form of the page `page` to `path`.
async fn form(client: &Client, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = field(&client.get(page).await.must(200).text(), "form");
    let mut all = vec![("form", token.as_str())];
    all.extend_from_slice(fields);
    let kind = "application/x-www-form-urlencoded";
    client.raw("POST", path, encode(&all).into_bytes(), kind, &[("sec-fetch-site", "same-origin")]).await
}

fn admin(town: &Town) -> Client {
    town.signed_in(TOM, &[Grant::town(Role::Admin)])
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
    let page = form(&tom, "/manage/people/add", "/manage/people/add", &wrong).await.must(200).text();
    assert!(page.contains("is al bekend") && page.contains("href=\"#email\"") && page.contains("Els Nieuw"));
    assert!(page.contains("value=\"fr\" lang=\"fr\" selected") && page.contains("value=\"1\""), "{page}");
    let mut right = wrong;
    right[1] = ("email", "Els.Nieuw@stad.example");
    let answer = form(&tom, "/manage/people/add", "/manage/people/add", &right).await.must(303);
    assert!(answer.header("location").starts_with("/manage/people/"));
    let id = town.person_id("els.nieuw@stad.example");
    let change = format!("/manage/people/{id}/change");
    let taken = [("name", ""), ("email", AN), ("department", "Jeugd"), ("lang", "fr")];
    let page = form(&tom, &change, &change, &taken).await.must(200).text();
    assert!(page.contains("al het adres van iemand anders") && page.contains("href=\"#name\""), "{page}");
    let saved = [("name", "Els Nieuws"), ("email", "els@stad.example"), ("department", ""), ("lang", "de")];
    form(&tom, &change, &change, &saved).await.must(303);
    let person = town.store.read(|view| view.person(id)).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.email.as_str()), ("Els Nieuws", "els@stad.example"));
    assert!(person.department.is_none() && !person.hard && person.lang.code() == "de");
    let entries = town.store.read(|view| view.journal_of(id.0, 10)).unwrap();
    let text = format!("{entries:?}");
    assert!(text.contains("person.changed") && text.contains("department") && !text.contains("Nieuws"));
    // Nothing else than what it was: no entry.
    form(&tom, &change, &change, &saved).await.must(303);
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
    form(&admin(&town), "/manage/people/add", "/manage/people/add", &new).await.must(303);
    assert_eq!(town.person_id("gast@elders.example"), guest);
    let person = town.store.read(|view| view.person(guest)).unwrap().unwrap();
    assert!(person.resource.is_some() && person.expires.is_none() && person.name == "Gast Vast");
    town.verify();
}
