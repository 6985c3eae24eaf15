//! Promise: every page and every form asks the role table. The expectations are made from the table itself, for each
//! role, in the whole town and in a part of it, for one's own meetings and those of others; a route or an action that
//! the matrix does not name fails it.

use std::collections::BTreeSet;
use std::path::Path;

use belfort::booking::Refusal;
use belfort::scheduler::{Caller, put_policy};
use belfort::texts::{Lang, text};
use belfort::town::{Action, Grant, Role, RoleScope, may};
use serde_json::json;

use crate::matrix_council::CouncilStage;
use crate::town::{Answer, Client, Town, booking};

const AN: &str = "an.peeters@stad.example";
const TOM: &str = "tom.wouters@stad.example";

/// What a route asks for.
#[derive(Clone, Copy, Debug)]
pub enum Need {
    /// Nothing: whoever has the address, or the secret in it.
    Nothing,
    /// To be signed in.
    SignedIn,
    /// A right in the whole town.
    Town(Action),
    /// A right in the whole town or in the building of what it is about, the town hall.
    Hall(Action),
    /// A right anywhere: what is shown is what it covers.
    Somewhere(Action),
    /// One of several rights, anywhere; a refusal names the first.
    OneOf(&'static [Action]),
    /// To be the organiser, or to have this right where the meeting is.
    Own(Action),
    /// A right in the whole town or for the body that sits.
    InBody(Action),
    /// The same; to others there is no such thing.
    Hidden(Action),
    /// To sit in the body, as nobody here does; to others there is no such thing.
    Sits,
}
use Need::{Hall, Hidden, InBody, Nothing, OneOf, Own, SignedIn, Sits, Somewhere, Town as InTown};

/// A way to ask, the route, where it is asked here, with which fields, and what that takes.
pub type Row = (&'static str, &'static str, String, String, Need);

/// The rights of those for whom there is something on the page of management.
const MANAGED: &[Action] =
    &[Action::ManageTown, Action::OverridePolicy, Action::ManageTokens, Action::ReadJournal];
/// Where a token that is not there would be revoked.
const NO_TOKEN: &str = "/manage/tokens/01a327cf-73a0-70da-920a-06af2ca40014/revoke";
/// How plain forms are sent.
const PLAIN: &str = "application/x-www-form-urlencoded";

/// What there is to act on, all in the town hall.
struct Stage {
    town: Town,
    meeting: String,
    held: String,
    unit: i64,
    person: String,
    feed: String,
    council: CouncilStage,
}

impl Stage {
    async fn new() -> Self {
        let town = Town::new(700);
        let own = town.staff();
        let made =
            own.post("/api/v1/meetings", booking("raadzaal", "2027-01-20T10:00", "2027-01-20T11:00")).await;
        let meeting = made.must(201).json()["id"].as_str().unwrap().to_owned();
        let feed = json!({ "scope": format!("person:{TOM}"), "level": "busy" });
        let tom = town.client(Role::Staff, Some(TOM), None);
        let feed = tom.post("/api/v1/feeds", feed).await.must(201).json()["id"].as_str().unwrap().to_owned();
        let mut wish = booking("collegezaal", "2027-01-20T10:00", "2027-01-20T11:00");
        wish["hold_min"] = json!(60);
        let held =
            own.post("/api/v1/meetings", wish).await.must(201).json()["id"].as_str().unwrap().to_owned();
        let rule = json!({ "id": "lengte", "effect": "deny", "test": "max_length", "minutes": 600 });
        let rule = serde_json::from_value(rule).unwrap();
        town.store.write_now(move |tx| put_policy(tx, &Caller::system(), 1, &rule)).unwrap_or_else(no);
        let unit = town.store.directory().units[0].resource.0;
        let person = town.person_id("els.claes@stad.example").to_string();
        let council = CouncilStage::new(&town);
        Self { meeting, held, unit, person, feed, council, town }
    }

    /// The routes of the whole house, with those of its bodies.
    fn rows(&self) -> Vec<Row> {
        self.house_rows().into_iter().chain(self.council.rows()).collect()
    }

    /// The routes. Fields are such that nobody who may changes anything: what they ask is wrong in itself.
    fn house_rows(&self) -> Vec<Row> {
        let m = |rest: &str| format!("/meetings/{}{rest}", self.meeting);
        let p = |rest: &str| format!("/manage/people/{}{rest}", self.person);
        let f = |rest: &str| format!("/calendars/{}{rest}", self.feed);
        let s = str::to_owned;
        let town = Action::ManageTown;
        let accounts = Action::ManageAccounts;
        let held = format!("meeting={}&do=approve&version=999", self.held);
        let stale = || s("version=999&scope=all&title=x");
        let member = || s("role=member&scope=town");
        let unit = format!("unit={}&active=1", self.unit);
        vec![
            ("GET", "/", s("/"), s(""), Nothing),
            ("GET", "/sign-in", s("/sign-in"), s(""), Nothing),
            ("POST", "/sign-in", s("/sign-in"), s(""), Nothing),
            ("GET", "/sign-in/code", s("/sign-in/code"), s(""), Nothing),
            ("POST", "/sign-in/code", s("/sign-in/code"), s(""), Nothing),
            ("POST", "/language", s("/language"), s("lang=nl"), Nothing),
            ("GET", "/forgotten", s("/forgotten"), s(""), Nothing),
            ("POST", "/forgotten", s("/forgotten"), s(""), Nothing),
            ("GET", "/account/open/{secret}", s("/account/open/none"), s(""), Nothing),
            ("POST", "/account/open/{secret}", s("/account/open/none"), s(""), Nothing),
            ("GET", "/join/{token}", s("/join/none"), s(""), Nothing),
            ("POST", "/join/{token}/here", s("/join/none/here"), s(""), Nothing),
            ("POST", "/join/{token}/left", s("/join/none/left"), s(""), Nothing),
            ("GET", "/answer/{token}", s("/answer/none"), s(""), Nothing),
            ("GET", "/answer/{token}/meeting.ics", s("/answer/none/meeting.ics"), s(""), Nothing),
            ("POST", "/answer/{token}/{choice}", s("/answer/none/accept"), s(""), Nothing),
            ("GET", "/rooms/{slug}", s("/rooms/raadzaal"), s(""), Nothing),
            ("GET", "/rooms/{slug}/photo", s("/rooms/raadzaal/photo"), s(""), Nothing),
            ("GET", "/rooms/{slug}/code", s("/rooms/raadzaal/code"), s(""), Nothing),
            ("GET", "/assets/{file}", s("/assets/belfort.css"), s(""), Nothing),
            ("GET", "/today", s("/today"), s(""), SignedIn),
            ("GET", "/account", s("/account"), s(""), SignedIn),
            ("POST", "/account/password", s("/account/password"), s(""), SignedIn),
            ("POST", "/account/second-factor", s("/account/second-factor"), s(""), SignedIn),
            ("POST", "/account/second-factor/off", s("/account/second-factor/off"), s(""), SignedIn),
            ("POST", "/account/sign-ins/end", s("/account/sign-ins/end"), s(""), SignedIn),
            ("GET", "/rooms", s("/rooms"), s(""), InTown(Action::ReadRooms)),
            ("GET", "/book", s("/book"), s(""), SignedIn),
            ("POST", "/book", s("/book"), s("do=book&date=2027-01-18"), InTown(Action::Book)),
            ("GET", "/calendars", s("/calendars"), s(""), InTown(Action::OwnFeeds)),
            ("POST", "/calendars", s("/calendars"), s("scope=planet"), InTown(Action::OwnFeeds)),
            ("GET", "/calendars/{id}", f(""), s(""), InTown(Action::OwnFeeds)),
            ("GET", "/meetings/{id}", m(""), s(""), SignedIn),
            ("POST", "/meetings/{id}/answer", m("/answer"), s("answer=x"), SignedIn),
            ("GET", "/meetings/{id}/change", m("/change"), s(""), Own(Action::ActForOthers)),
            ("POST", "/meetings/{id}/change", m("/change"), stale(), Own(Action::ActForOthers)),
            ("POST", "/meetings/{id}/cancel", m("/cancel"), stale(), Own(Action::ActForOthers)),
            ("POST", "/meetings/{id}/restore", m("/restore"), stale(), Own(Action::ActForOthers)),
            ("GET", "/manage", s("/manage"), s(""), OneOf(MANAGED)),
            ("GET", "/manage/approvals", s("/manage/approvals"), s(""), Somewhere(Action::OverridePolicy)),
            ("GET", "/manage/buildings", s("/manage/buildings"), s(""), Somewhere(town)),
            ("POST", "/manage/buildings", s("/manage/buildings"), s(""), InTown(town)),
            ("GET", "/manage/buildings/{slug}", s("/manage/buildings/stadhuis"), s(""), Hall(town)),
            ("POST", "/manage/buildings/{slug}", s("/manage/buildings/stadhuis"), s(""), Hall(town)),
            ("GET", "/manage/equipment", s("/manage/equipment"), s(""), Somewhere(town)),
            ("GET", "/manage/opening", s("/manage/opening"), s(""), Somewhere(town)),
            ("GET", "/manage/rooms", s("/manage/rooms"), s(""), Somewhere(town)),
            ("GET", "/manage/rooms/new", s("/manage/rooms/new"), s(""), Somewhere(town)),
            ("GET", "/manage/rooms/{slug}", s("/manage/rooms/raadzaal"), s(""), Hall(town)),
            ("POST", "/manage/rooms/{slug}", s("/manage/rooms/raadzaal"), s(""), Hall(town)),
            ("GET", "/manage/rules", s("/manage/rules"), s(""), Somewhere(town)),
            ("GET", "/manage/rules/new", s("/manage/rules/new"), s(""), Somewhere(town)),
            ("GET", "/manage/rules/try", s("/manage/rules/try"), s(""), Somewhere(town)),
            ("GET", "/manage/people", s("/manage/people"), s(""), InTown(town)),
            ("GET", "/manage/people/add", s("/manage/people/add"), s(""), InTown(town)),
            ("POST", "/manage/people/add", s("/manage/people/add"), s(""), InTown(town)),
            ("GET", "/manage/people/import", s("/manage/people/import"), s(""), InTown(town)),
            ("GET", "/manage/people/{id}", p(""), s(""), InTown(town)),
            ("GET", "/manage/people/{id}/change", p("/change"), s(""), InTown(town)),
            ("POST", "/manage/people/{id}/change", p("/change"), s(""), InTown(town)),
            ("GET", "/manage/people/{id}/leave", p("/leave"), s(""), InTown(accounts)),
            ("POST", "/manage/people/{id}/leave", p("/leave"), s(""), InTown(accounts)),
            ("POST", "/manage/people/{id}/roles", p("/roles"), member(), InTown(accounts)),
            ("POST", "/manage/people/{id}/roles/take", p("/roles/take"), member(), InTown(accounts)),
            ("POST", "/manage/people/{id}/link", p("/link"), s(""), InTown(accounts)),
            ("POST", "/manage/people/{id}/{deed}", p("/unlock"), s(""), InTown(accounts)),
            ("POST", "/manage/people/import", s("/manage/people/import"), s(""), InTown(town)),
            ("GET", "/account/mail", s("/account/mail"), s(""), Nothing),
            ("POST", "/account/mail", s("/account/mail"), s("quiet_from=x"), SignedIn),
            ("GET", "/account/password", s("/account/password"), s(""), Nothing),
            ("GET", "/account/second-factor", s("/account/second-factor"), s(""), Nothing),
            ("GET", "/account/second-factor/off", s("/account/second-factor/off"), s(""), Nothing),
            ("GET", "/calendars/{id}/rotate", f("/rotate"), s(""), Nothing),
            ("GET", "/people", s("/people?q=pee"), s(""), InTown(Action::ReadAgenda)),
            ("GET", "/meetings/{id}/services", m("/services"), s(""), Own(Action::ActForOthers)),
            ("POST", "/meetings/{id}/services", m("/services"), s("count-x=1"), Own(Action::ActForOthers)),
            ("POST", "/meetings/{id}/check-in", m("/check-in"), s("occurrence=x"), SignedIn),
            ("POST", "/meetings/{id}/take-back", m("/take-back"), s("occurrence=x"), SignedIn),
            ("GET", "/manage/health", s("/manage/health"), s(""), InTown(town)),
            ("GET", "/manage/journal", s("/manage/journal"), s(""), InTown(Action::ReadJournal)),
            ("GET", "/manage/journal.csv", s("/manage/journal.csv"), s(""), InTown(Action::ReadJournal)),
            ("POST", "/manage/journal/check", s("/manage/journal/check"), s(""), InTown(Action::ReadJournal)),
            ("GET", "/manage/orders", s("/manage/orders"), s(""), Somewhere(Action::OverridePolicy)),
            ("GET", "/manage/services", s("/manage/services"), s(""), InTown(town)),
            ("POST", "/manage/services", s("/manage/services"), s(""), InTown(town)),
            ("GET", "/manage/services/{slug}", s("/manage/services/koffie"), s(""), InTown(town)),
            ("POST", "/manage/services/{slug}", s("/manage/services/koffie"), s(""), InTown(town)),
            ("GET", "/manage/tokens", s("/manage/tokens"), s(""), InTown(Action::ManageTokens)),
            ("POST", "/manage/tokens", s("/manage/tokens"), s("role=x"), InTown(Action::ManageTokens)),
            ("POST", "/manage/tokens/{id}/revoke", s(NO_TOKEN), s(""), InTown(Action::ManageTokens)),
            ("POST", "/calendars/{id}/revoke", f("/revoke"), s("form="), SignedIn),
            ("POST", "/calendars/{id}/rotate", f("/rotate"), s(""), InTown(Action::OwnFeeds)),
            ("POST", "/manage/approvals", s("/manage/approvals"), held, Hall(Action::OverridePolicy)),
            ("POST", "/manage/equipment", s("/manage/equipment"), s("kind=beamer&site=stadhuis"), Hall(town)),
            ("POST", "/manage/equipment/use", s("/manage/equipment/use"), unit, Hall(town)),
            ("POST", "/manage/opening", s("/manage/opening"), s("place=room:raadzaal"), Hall(town)),
            ("POST", "/manage/opening/close", s("/manage/opening/close"), s(""), Somewhere(town)),
            ("POST", "/manage/opening/lift", s("/manage/opening/lift"), s("rule=none"), Somewhere(town)),
            ("POST", "/manage/rooms/new", s("/manage/rooms/new"), s(""), Somewhere(town)),
            ("POST", "/manage/rooms/{slug}/photo", s("/manage/rooms/raadzaal/photo"), s(""), Hall(town)),
            (
                "POST",
                "/manage/rooms/{slug}/photo/drop",
                s("/manage/rooms/raadzaal/photo/drop"),
                s(""),
                Hall(town),
            ),
            ("POST", "/manage/rooms/{slug}/use", s("/manage/rooms/raadzaal/use"), s("active=1"), Hall(town)),
            ("GET", "/manage/rules/change", s("/manage/rules/change?rule=lengte"), s(""), Somewhere(town)),
            ("POST", "/manage/rules/change", s("/manage/rules/change"), s("rule=lengte"), InTown(town)),
            ("POST", "/manage/rules/drop", s("/manage/rules/drop"), s("rule=none"), Somewhere(town)),
            ("POST", "/manage/rules/move", s("/manage/rules/move"), s("rule=lengte"), InTown(town)),
            ("POST", "/manage/rules/new", s("/manage/rules/new"), s(""), Somewhere(town)),
        ]
    }
}

fn no(refusal: Refusal) {
    panic!("{refusal:?}");
}

/// Somebody who asks, with what they were granted.
struct Asker {
    name: String,
    client: Client,
    token: String,
    grants: Vec<Grant>,
    owner: bool,
}

impl Asker {
    async fn new(town: &Town, email: &str, grants: &[Grant]) -> Self {
        let client = town.signed_in(email, grants);
        let page = client.get("/account").await.must(200).text();
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap().to_owned();
        let name = format!(
            "{email} {}",
            grants.iter().map(|g| format!("{}@{}", g.role, g.scope)).collect::<String>()
        );
        Self { name, client, token, grants: grants.to_vec(), owner: email == AN }
    }

    async fn ask(&self, (method, _, path, fields, _): &Row) -> Answer {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        let with_files = ["/photo", "/import", "/documents", "/version"];
        let carries_a_file = with_files.iter().any(|end| path.ends_with(end));
        let token = &self.token;
        let (kind, body) = match *method {
            "GET" => (PLAIN, String::new()),
            _ if carries_a_file => {
                let name = "Content-Disposition: form-data; name=\"form\"";
                ("multipart/form-data; boundary=x", format!("--x\r\n{name}\r\n\r\n{token}\r\n--x--\r\n"))
            }
            _ => (PLAIN, format!("form={token}&{fields}")),
        };
        self.client.raw(method, path, body.into_bytes(), kind, &headers).await
    }

    /// Whether the role table lets them. Everybody in the directory is staff.
    fn may(&self, need: Need, (hall_scope, body): (&RoleScope, &RoleScope)) -> bool {
        let town = |action| self.grants.iter().any(|g| g.scope == RoleScope::Town && may(g.role, action));
        let staff = |action| may(Role::Staff, action);
        let hall = |action| self.grants.iter().any(|g| g.scope == *hall_scope && may(g.role, action));
        let for_body = |action| self.grants.iter().any(|g| g.scope == *body && may(g.role, action));
        match need {
            Nothing | SignedIn => true,
            Sits => false,
            InBody(action) | Hidden(action) => staff(action) || town(action) || for_body(action),
            InTown(action) => staff(action) || town(action),
            Hall(action) => staff(action) || town(action) || hall(action),
            Somewhere(action) => staff(action) || self.grants.iter().any(|g| may(g.role, action)),
            OneOf(actions) => actions.iter().any(|action| self.may(Somewhere(*action), (hall_scope, body))),
            Own(action) => self.owner || town(action) || hall(action),
        }
    }
}

fn action_of(need: Need) -> Option<Action> {
    match need {
        Nothing | SignedIn | Sits => None,
        OneOf(actions) => actions.first().copied(),
        InTown(action) | Hall(action) | Somewhere(action) | Own(action) | InBody(action) | Hidden(action) => {
            Some(action)
        }
    }
}

/// What is wrong with an answer, if the table is to be believed.
fn judge(answer: &Answer, need: Need, allowed: bool) -> Option<String> {
    let status = answer.status.as_u16();
    let sent_away =
        answer.header("location").starts_with("/sign-in?") || answer.header("location") == "/sign-in";
    if allowed {
        let refused =
            status == 401 || status == 403 || sent_away && !matches!(need, Nothing) || status >= 500;
        return refused.then(|| format!("is refused with {status}: {}", sentence(answer)));
    }
    if matches!(need, Sits | Hidden(_)) {
        return (status != 404).then(|| format!("is answered {status} where nothing should be"));
    }
    let action = action_of(need)?;
    if status != 403 {
        return Some(format!("is answered {status} though the table forbids it: {}", sentence(answer)));
    }
    // The refusal names the right that is missing, and every role that has it.
    let html = answer.text().replace("&#39;", "'");
    let missing: Vec<String> = Role::that_may(action)
        .map(|role| text(Lang::Nl, &format!("role.{role}")).to_owned())
        .chain([text(Lang::Nl, action.key()).to_owned()])
        .filter(|words| !html.contains(words.as_str()))
        .collect();
    (!missing.is_empty()).then(|| format!("does not say {missing:?}: {}", sentence(answer)))
}

fn sentence(answer: &Answer) -> String {
    let html = answer.text();
    let (_, rest) = html.split_once("role=\"alert\"").unwrap_or(("", ""));
    rest.chars().take(240).collect()
}

#[tokio::test]
async fn every_page_and_form_asks_the_role_table() {
    let stage = Stage::new().await;
    let town = &stage.town;
    let directory = town.store.directory();
    let site = |slug: &str| RoleScope::Site(directory.site_named(slug).unwrap().id);
    let (body, other) = (RoleScope::Body(stage.council.body), RoleScope::Body(stage.council.other));
    let hall = site("stadhuis");
    let mut askers = vec![Asker::new(town, AN, &[]).await];
    for role in Role::GRANTS {
        for scope in [RoleScope::Town, hall.clone(), site("sociaal-huis"), body.clone(), other.clone()] {
            if role == Role::Admin && scope != RoleScope::Town {
                continue;
            }
            forget_grants(town);
            askers.push(Asker::new(town, TOM, &[Grant { role, scope }]).await);
            wrong_answers(&stage, askers.last().unwrap(), (&hall, &body)).await;
        }
    }
    forget_grants(town);
    wrong_answers(&stage, &askers[0], (&hall, &body)).await;
    for (method, _, path, _, need) in stage.rows() {
        let answer =
            town.anonymous().raw(method, &path, Vec::new(), "application/x-www-form-urlencoded", &[]).await;
        let away = answer.status.as_u16() == 303 && answer.header("location").starts_with("/sign-in");
        match need {
            Nothing => assert!(answer.status.as_u16() < 500, "{method} {path}"),
            _ => assert!(away, "{method} {path}: whoever is not signed in gets {}", answer.status),
        }
    }
    town.verify();
}

fn forget_grants(town: &Town) {
    let person = town.person_id(TOM);
    town.store
        .write_now(move |tx| {
            for grant in tx.grants(person)? {
                tx.delete_grant(person, &grant)?;
            }
            Ok::<_, belfort::store::StoreError>(())
        })
        .unwrap();
}

async fn wrong_answers(stage: &Stage, asker: &Asker, places: (&RoleScope, &RoleScope)) {
    let mut wrong = Vec::new();
    for row in stage.rows() {
        let answer = asker.ask(&row).await;
        let allowed = asker.may(row.4, places);
        // Somebody else's feed is not there at all.
        let theirs = row.1.starts_with("/calendars/{id}") && asker.owner;
        if let Some(what) = judge(&answer, row.4, allowed).filter(|_| !theirs) {
            wrong.push(format!("{} {} {:?} {what}", row.0, row.2, row.4));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", asker.name, wrong.join("\n"));
}

/// The text of every `mod.rs` below a folder: there routes are named.
fn route_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            route_files(&path, found);
        } else if path.ends_with("mod.rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[tokio::test]
async fn no_route_and_no_action_is_left_out() {
    let mut sources = Vec::new();
    route_files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web")), &mut sources);
    assert!(sources.len() >= 6, "the folders of pages were not found");
    let mut routes = BTreeSet::new();
    for part in sources.iter().flat_map(|source| source.split(".route(").skip(1)) {
        let path = part.split('"').nth(1).unwrap();
        for (call, method) in [("get(", "GET"), ("post(", "POST")] {
            if part.contains(&format!(" {call}")) || part.contains(&format!(".{call}")) {
                routes.insert((method, path.to_owned()));
            }
        }
    }
    let stage = Stage::new().await;
    let named: BTreeSet<(&str, String)> =
        stage.rows().into_iter().map(|row| (row.0, row.1.to_owned())).collect();
    let left_out: Vec<_> = routes
        .difference(&named)
        .filter(|(method, path)| !ELSEWHERE.contains(&(*method, path.as_str())))
        .collect();
    assert!(
        routes.len() > 190 && left_out.is_empty(),
        "{} routes, not in the matrix: {left_out:#?}",
        routes.len()
    );
    let asked: Vec<Action> = stage
        .rows()
        .into_iter()
        .flat_map(|row| match row.4 {
            OneOf(actions) => actions.to_vec(),
            need => action_of(need).into_iter().collect(),
        })
        .chain(OVER_THE_API.iter().copied())
        .collect();
    let unasked: Vec<_> = Action::ALL.into_iter().filter(|action| !asked.contains(action)).collect();
    assert!(unasked.is_empty(), "no route asks for {unasked:?}");
    let gone: Vec<_> = named.difference(&routes).collect();
    assert!(gone.is_empty(), "no such route: {gone:?}");
}

/// Actions that `rights.rs` asks at the doors of the API, role by role: no page has a route for them alone.
const OVER_THE_API: &[Action] =
    &[Action::RunMeeting, Action::BookNow, Action::BookSession, Action::Import, Action::SharedFeeds];

/// Routes that tests of their own ask: what they take depends on what is sent, or answering changes something.
const ELSEWHERE: &[(&str, &str)] = &[("POST", "/sign-out"), ("GET", "/live")];

/// Whatever their role: what is private is told to those on its list, and to nobody else on any page.
#[tokio::test]
async fn nobody_reads_a_private_meeting_of_others_on_any_page() {
    const SECRET: &str = "Zwijgplicht-7f3a";
    let mut stage = Stage::new().await;
    let mut wish = booking("raadzaal", "2027-01-18T10:00", "2027-01-18T11:00");
    wish["title"] = json!(format!("{SECRET} titel"));
    wish["description"] = json!(format!("{SECRET} omschrijving"));
    wish["privacy"] = json!("private");
    wish["conference"] = json!({ "url": format!("https://vergader.example/{SECRET}"), "dial_in": SECRET });
    wish["participants"] = json!([{ "email": "jan.maes@stad.example" }]);
    let made = stage.town.staff().post("/api/v1/meetings", wish).await.must(201).json();
    made["id"].as_str().unwrap().clone_into(&mut stage.meeting);
    let town = &stage.town;
    town.clock.advance(chrono::TimeDelta::minutes(65));
    let more = ["day", "week", "month"].map(|view| format!("/rooms/raadzaal?view={view}&date=2027-01-18"));
    let more: Vec<String> =
        more.into_iter().chain(["/people?q=peeters".to_owned(), m_subject(&stage)]).collect();
    let look = async |client: &Client| {
        let mut seen = Vec::new();
        let own = stage.rows().into_iter().filter(|row| row.0 == "GET").map(|row| row.2);
        for path in own.chain(more.iter().cloned()) {
            let answer = client.raw("GET", &path, Vec::new(), PLAIN, &[("accept", "text/html")]).await;
            if answer.text().contains(SECRET) {
                seen.push(path);
            }
        }
        seen
    };
    for email in [AN, "jan.maes@stad.example"] {
        let seen = look(&town.signed_in(email, &[])).await;
        assert!(seen.iter().any(|path| path.starts_with("/meetings/")), "{email} is on the list: {seen:?}");
    }
    assert_eq!(look(&town.anonymous()).await, Vec::<String>::new(), "anybody");
    for role in Role::GRANTS {
        forget_grants(town);
        let seen = look(&town.signed_in(TOM, &[Grant::town(role)])).await;
        assert_eq!(seen, Vec::<String>::new(), "{role}");
    }
}

fn m_subject(stage: &Stage) -> String {
    format!("/manage/journal?subject={}", stage.meeting)
}
