//! Promise: whoever may make a calendar link gets one that works, sees it once, knows who reads it, and ends it.

use belfort::ids::SiteId;
use belfort::town::{Grant, Role, RoleScope};
use chrono::TimeDelta;

use crate::forms::{post, send};
use crate::town::{Client, Town, booking};

const AN: &str = "an.peeters@stad.example";
const ELS: &str = "els.claes@stad.example";
const GRIET: &str = "griet.clerk@stad.example";

/// What stands between two marks, the first time.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_else(|| panic!("{from}: {text}"))
}

/// The path of the feed that a page shows.
fn feed_path(page: &str) -> String {
    format!("/feeds/{}", between(page, "value=\"http://belfort.test/feeds/", "\""))
}

async fn made(client: &Client, fields: &[(&str, &str)]) -> (String, String) {
    let page = send(client, "/calendars", "/calendars", fields).await.must(200).text();
    (feed_path(&page), page)
}

/// The ids of the links that the page lists.
async fn listed(client: &Client) -> Vec<String> {
    let page = client.get("/calendars").await.must(200).text();
    page.split("href=\"/calendars/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_link_is_shown_once_works_at_once_and_says_who_reads_it() {
    let town = Town::new(501);
    let an = town.signed_in(AN, &[]);
    town.staff()
        .post("/api/v1/meetings", booking("raadzaal", "2027-01-18T10:00", "2027-01-18T11:00"))
        .await
        .must(201);
    let empty = an.get("/calendars").await.must(200).text();
    assert!(
        empty.contains("U hebt nog geen agendalink") && empty.contains("aria-current=\"page\">Agendalinks")
    );
    let (path, page) = made(&an, &[("scope", "own"), ("level", "full"), ("label", "Mijn telefoon")]).await;
    let calendar = town.anonymous().get(&path).await.must(200).text();
    assert!(calendar.contains("SUMMARY:Overleg"), "{calendar}");
    // Each program in its own form; the address of this town is not encrypted, and that is said.
    let secret = path.trim_start_matches("/feeds/");
    for link in [
        format!(
            "https://outlook.office.com/calendar/0/addfromweb?url=http%3A%2F%2Fbelfort.test%2Ffeeds%2F{secret}"
        ),
        format!(
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fbelfort.test%2Ffeeds%2F{secret}\""
        ),
        format!("href=\"webcal://belfort.test/feeds/{secret}\""),
    ] {
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert_eq!(page.matches("rel=\"noreferrer noopener\"").count(), 4);
    assert!(page.contains("niet beveiligd (http)") && page.contains("belfort.test") && page.contains("<svg"));
    let list = an.get("/calendars").await.must(200).text();
    assert!(!list.contains(secret), "shown once");
    assert!(list.contains("Mijn telefoon") && list.contains("Nog niet gebruikt") && list.contains("Alles"));
    let agent = [("user-agent", "Google-Calendar-Importer,gzip(gfe)")];
    town.anonymous().send("GET", &path, None, &agent).await.must(200);
    town.app.write_used().unwrap();
    let list = an.get("/calendars").await.must(200).text();
    assert!(list.contains("ma 18 jan 09:00<span class=\"muted\"> · Google"), "{list}");
    let journal = town.clerk().get("/api/v1/journal?limit=500").await.must(200).text();
    assert!(journal.contains("token.issued") && !journal.contains("telefoon"), "{journal}");
    assert_eq!(
        town.anonymous().get("/calendars").await.must(303).header("location"),
        "/sign-in?to=%2Fcalendars"
    );
}

#[tokio::test]
async fn each_makes_links_of_what_they_may_share() {
    let town = Town::new(502);
    let site = town.store.directory().site_named("sociaal-huis").unwrap().id;
    let an = town.signed_in(AN, &[]);
    let griet = town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let keeper =
        town.signed_in(ELS, &[Grant { role: Role::Manager, scope: RoleScope::Site(SiteId(site.0)) }]);
    let page = an.get("/calendars").await.must(200).text();
    assert!(page.contains("value=\"own\" selected") && !page.contains("value=\"town\""), "{page}");
    assert!(!page.contains("value=\"room:"));
    let page = griet.get("/calendars?scope=room:raadzaal").await.must(200).text();
    for value in ["own", "town", "site:stadhuis", "room:groene-kamer", "body:gemeenteraad"] {
        assert!(page.contains(&format!("value=\"{value}\"")), "{value}");
    }
    assert!(
        page.contains("value=\"room:raadzaal\" selected")
            && page.contains("value=\"title\" required checked")
    );
    let page = keeper.get("/calendars").await.must(200).text();
    assert!(page.contains("value=\"room:blauwe-kamer\"") && page.contains("value=\"site:sociaal-huis\""));
    assert!(!page.contains("value=\"room:raadzaal\"") && !page.contains("value=\"town\""));
    let link = "/calendars?scope=room:raadzaal#make";
    assert!(griet.get("/rooms/raadzaal").await.must(200).text().contains(link));
    for client in [&an, &keeper, &town.anonymous()] {
        assert!(!client.get("/rooms/raadzaal").await.must(200).text().contains(link));
    }
    // What is not on the list is refused, beside the field, and what was typed stays.
    for (client, scope) in
        [(&an, "room:raadzaal"), (&an, "town"), (&keeper, "site:stadhuis"), (&griet, "room:x")]
    {
        let fields = [("scope", scope), ("level", "title"), ("label", "Aan de <muur>")];
        let page = send(client, "/calendars", "/calendars", &fields).await.must(200).text();
        assert!(page.contains("href=\"#scope\"") && page.contains("id=\"scope-wrong\""), "{scope}: {page}");
        assert!(page.contains("value=\"Aan de &#60;muur&#62;\"") && !page.contains("/feeds/"), "{page}");
    }
    for (level, attendees, field) in [("", "", "level"), ("alles", "", "level"), ("busy", "1", "attendees")] {
        let fields = [("scope", "own"), ("level", level), ("attendees", attendees)];
        let page = send(&an, "/calendars", "/calendars", &fields).await.must(200).text();
        assert!(page.contains(&format!("href=\"#{field}\"")) && !page.contains("/feeds/"), "{level}: {page}");
    }
    let (path, _) = made(&griet, &[("scope", "body:gemeenteraad"), ("level", "council_public")]).await;
    assert!(town.anonymous().get(&path).await.must(200).text().contains("Gemeenteraad"));
    let list = griet.get("/calendars").await.must(200).text();
    assert!(list.contains("Zittingen: Gemeenteraad") && list.contains("Wat bekend mag zijn"), "{list}");
    assert!(listed(&an).await.is_empty() && listed(&keeper).await.is_empty());
    // Without the token of the page nothing is made.
    post(&an, "/calendars", &[("scope", "own"), ("level", "busy")]).await.must(400);
    assert!(listed(&an).await.is_empty());
}

#[tokio::test]
async fn a_link_that_is_revoked_shows_nothing_more() {
    let town = Town::new(503);
    let (an, els) = (town.signed_in(AN, &[]), town.signed_in(ELS, &[]));
    let (path, _) = made(&an, &[("scope", "own"), ("level", "busy")]).await;
    let id = listed(&an).await.remove(0);
    let page = an.get(&format!("/calendars/{id}")).await.must(200).text();
    assert!(page.contains("Niemand heeft deze link al gebruikt") && page.contains("niet ongedaan"), "{page}");
    // Nobody else sees or ends it, not even the secretariat.
    for other in [els, town.signed_in(GRIET, &[])] {
        other.get(&format!("/calendars/{id}")).await.must(404);
        send(&other, "/calendars", &format!("/calendars/{id}/revoke"), &[]).await.must(404);
        send(&other, "/calendars", &format!("/calendars/{id}/rotate"), &[]).await.must(404);
    }
    town.anonymous().get(&path).await.must(200);
    let revoke = format!("/calendars/{id}/revoke");
    let back = send(&an, &format!("/calendars/{id}"), &revoke, &[]).await.must(303);
    assert_eq!(back.header("location"), "/calendars?done=revoked");
    town.anonymous().get(&path).await.must(410);
    assert!(listed(&an).await.is_empty());
    send(&an, "/calendars", &revoke, &[]).await.must(409);
    an.get(&format!("/calendars/{id}")).await.must(404);
    an.get("/calendars/onzin").await.must(404);
}

#[tokio::test]
async fn a_new_address_leaves_time_to_put_it_in() {
    let town = Town::new(504);
    let an = town.signed_in(AN, &[]);
    let (old, _) = made(&an, &[("scope", "own"), ("level", "title"), ("label", "Kantoor")]).await;
    let id = listed(&an).await.remove(0);
    let page = send(&an, &format!("/calendars/{id}"), &format!("/calendars/{id}/rotate"), &[]).await;
    let page = page.must(200).text();
    let new = feed_path(&page);
    assert!(new != old && page.contains("nog 14 dagen") && page.contains("Kantoor"), "{page}");
    for path in [&old, &new] {
        town.anonymous().get(path).await.must(200);
    }
    let list = an.get("/calendars").await.must(200).text();
    assert!(list.contains("Werkt nog tot ma 1 feb 09:00"), "{list}");
    assert!(!an.get(&format!("/calendars/{id}")).await.must(200).text().contains("/rotate"));
    // The address of the form, as a change of language leads to it, makes nothing.
    let rotate = format!("/calendars/{id}/rotate");
    assert_eq!(an.get(&rotate).await.must(303).header("location"), "/calendars");
    town.clock.advance(TimeDelta::days(14));
    // Weeks later the browser has been signed out.
    let an = town.signed_in(AN, &[]);
    town.anonymous().get(&old).await.must(410);
    town.anonymous().get(&new).await.must(200);
    assert_eq!(listed(&an).await.len(), 1);
}
