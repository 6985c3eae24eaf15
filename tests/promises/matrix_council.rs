//! The rows of the matrix for what bodies do: the clerk's pages, the chamber, documents, members' pages, the portal.

use belfort::booking::Refusal;
use belfort::council::{CouncilBody, Jurisdiction, MandateRole, MandateStatus, RulesOfProcedure};
use belfort::ids::BodyId;
use belfort::scheduler::council::{
    ItemFields, NewMandate, NewSession, NewTerm, add_item, add_mandate, add_term, plan_session, set_up_body,
};
use belfort::scheduler::{Caller, NewDocument, add_document};
use belfort::store::Tx;
use belfort::town::{Action, Body, BodyKind, Grant, Role, RoleScope};
use chrono::{NaiveDate, NaiveDateTime};

use crate::forms::send;
use crate::matrix::{Need, Row};
use crate::town::Town;

/// Somebody who is not there.
const NOBODY: &str = "01a327cf-73a0-70da-920a-06af2ca40014";
/// More than a note may hold.
const LONG: usize = 301;

/// What there is to act on: a body with a term, two members, a session and an item; and a body beside it.
pub struct CouncilStage {
    pub body: BodyId,
    pub other: BodyId,
    session: String,
    item: String,
    document: String,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

impl CouncilStage {
    pub fn new(town: &Town) -> Self {
        town.store.write_now(found).unwrap_or_else(|refusal: Refusal| panic!("{refusal:?}"))
    }

    /// Fields are such that nobody who may changes anything: what they ask is wrong in itself, or stands already.
    pub fn rows(&self) -> Vec<Row> {
        self.clerk_rows()
            .into_iter()
            .chain(self.session_rows())
            .chain(self.chamber_rows())
            .chain(self.document_rows())
            .chain(public_rows())
            .collect()
    }

    fn clerk_rows(&self) -> Vec<Row> {
        use Need::{InBody, Nothing, SignedIn};
        let b = |rest: &str| format!("/council/bodies/gemeenteraad{rest}");
        let s = str::to_owned;
        let prepare = InBody(Action::PrepareSession);
        let i = |rest: &str| format!("/council/items/{}{rest}", self.item);
        let term = "term=x&starts=2027-02-01&ends=2027-01-01&seats=3";
        vec![
            ("GET", "/council", s("/council"), s(""), SignedIn),
            ("GET", "/council/bodies/{slug}", b(""), s(""), prepare),
            ("GET", "/council/bodies/{slug}/rules", b("/rules"), s(""), prepare),
            ("POST", "/council/bodies/{slug}/rules", b("/rules"), s("kind=maan/raad"), prepare),
            ("GET", "/council/bodies/{slug}/terms", b("/terms"), s(""), Nothing),
            ("POST", "/council/bodies/{slug}/terms", b("/terms"), s(term), prepare),
            ("GET", "/council/bodies/{slug}/members", b("/members"), s(""), Nothing),
            ("POST", "/council/bodies/{slug}/members", b("/members"), s("from=2027-01-20T10:00"), prepare),
            (
                "POST",
                "/council/bodies/{slug}/members/end",
                b("/members/end"),
                format!("mandate={NOBODY}"),
                prepare,
            ),
            ("GET", "/council/bodies/{slug}/members/import", b("/members/import"), s(""), prepare),
            ("POST", "/council/bodies/{slug}/members/import", b("/members/import"), s(""), prepare),
            ("GET", "/council/bodies/{slug}/plan", b("/plan"), s(""), prepare),
            (
                "POST",
                "/council/bodies/{slug}/plan",
                b("/plan"),
                s("start=2027-03-15T19:00&length_min=1"),
                prepare,
            ),
            ("GET", "/council/bodies/{slug}/year", b("/year"), s(""), prepare),
            (
                "POST",
                "/council/bodies/{slug}/year",
                b("/year"),
                s("day=2027-03-15T19:00&length_min=1"),
                prepare,
            ),
            ("GET", "/council/items/{id}", i(""), s(""), prepare),
            ("POST", "/council/items/{id}", i(""), s("version=999"), prepare),
            ("POST", "/council/items/{id}/step", i("/step"), s("version=999&to=approved"), prepare),
            ("POST", "/council/items/{id}/move", i("/move"), s("place=1"), prepare),
            ("POST", "/council/items/{id}/again", i("/again"), s("session=none"), prepare),
        ]
    }

    fn session_rows(&self) -> Vec<Row> {
        use Need::{InBody, Sits};
        let p = |rest: &str| format!("/council/sessions/{}{rest}", self.session);
        let s = str::to_owned;
        let prepare = InBody(Action::PrepareSession);
        let note = format!("what=room&state=done&note={}", "x".repeat(LONG));
        let reach = format!("mandate={NOBODY}&channel=email");
        let call = format!("mandate={NOBODY}&result=good");
        let publish = InBody(Action::PublishSession);
        vec![
            ("GET", "/council/sessions/{slug}", p(""), s(""), prepare),
            ("GET", "/council/sessions/{slug}/move", p("/move"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/move", p("/move"), s("start=2020-01-01T10:00"), prepare),
            ("GET", "/council/sessions/{slug}/mode", p("/mode"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/mode", p("/mode"), s("mode=hybrid"), prepare),
            ("POST", "/council/sessions/{slug}/cancel", p("/cancel"), s("reason="), prepare),
            ("GET", "/council/sessions/{slug}/agenda", p("/agenda"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/agenda", p("/agenda"), s("title="), prepare),
            ("POST", "/council/sessions/{slug}/agenda/fix", p("/agenda/fix"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/agenda/minutes", p("/agenda/minutes"), s(""), prepare),
            ("GET", "/council/sessions/{slug}/agenda/{number}", p("/agenda/1"), s(""), prepare),
            ("GET", "/council/sessions/{slug}/convocation", p("/convocation"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/convocation", p("/convocation"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/convocation/reach", p("/convocation/reach"), reach, prepare),
            ("GET", "/council/sessions/{slug}/ready", p("/ready"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/ready", p("/ready"), note, prepare),
            (
                "POST",
                "/council/sessions/{slug}/ready/calls",
                p("/ready/calls"),
                s("at=2028-01-01T10:00"),
                prepare,
            ),
            ("POST", "/council/sessions/{slug}/ready/call", p("/ready/call"), call, prepare),
            ("GET", "/council/sessions/{slug}/submit", p("/submit"), s(""), Sits),
            ("POST", "/council/sessions/{slug}/submit", p("/submit"), s("title=x"), Sits),
            ("GET", "/council/sessions/{slug}/after", p("/after"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/after", p("/after"), s("do=nothing"), prepare),
            (
                "POST",
                "/council/sessions/{slug}/after/publish",
                p("/after/publish"),
                s("what=minutes"),
                publish,
            ),
            (
                "POST",
                "/council/sessions/{slug}/after/remark",
                p("/after/remark"),
                format!("remark={NOBODY}"),
                prepare,
            ),
            ("GET", "/council/sessions/{slug}/minutes", p("/minutes"), s(""), Sits),
            ("POST", "/council/sessions/{slug}/minutes", p("/minutes"), s("text=x"), Sits),
        ]
    }

    fn chamber_rows(&self) -> Vec<Row> {
        use Need::{InBody, Sits};
        let p = |rest: &str| format!("/council/sessions/{}{rest}", self.session);
        let s = str::to_owned;
        let conduct = InBody(Action::ConductSession);
        let vote = format!("vote={NOBODY}&choice=for");
        vec![
            ("GET", "/council/sessions/{slug}/chamber", p("/chamber"), s(""), conduct),
            ("GET", "/council/sessions/{slug}/chamber/fees.csv", p("/chamber/fees.csv"), s(""), conduct),
            ("POST", "/council/sessions/{slug}/chamber/floor", p("/chamber/floor"), s(""), conduct),
            ("POST", "/council/sessions/{slug}/chamber/item", p("/chamber/item"), s("do=x"), conduct),
            ("POST", "/council/sessions/{slug}/chamber/presence", p("/chamber/presence"), s("do=x"), conduct),
            ("POST", "/council/sessions/{slug}/chamber/session", p("/chamber/session"), s("do=x"), conduct),
            ("POST", "/council/sessions/{slug}/chamber/signal", p("/chamber/signal"), s("do=x"), conduct),
            ("POST", "/council/sessions/{slug}/chamber/vote", p("/chamber/vote"), s("do=x"), conduct),
            ("GET", "/council/sessions/{slug}/take-part", p("/take-part"), s(""), Sits),
            (
                "POST",
                "/council/sessions/{slug}/take-part/presence",
                p("/take-part/presence"),
                s("do=join"),
                Sits,
            ),
            ("POST", "/council/sessions/{slug}/take-part/vote", p("/take-part/vote"), vote, Sits),
        ]
    }

    fn document_rows(&self) -> Vec<Row> {
        use Need::{Hidden, InBody, SignedIn};
        let d = |rest: &str| format!("/council/documents/{}{rest}", self.document);
        let p = |rest: &str| format!("/council/sessions/{}{rest}", self.session);
        let s = str::to_owned;
        let (prepare, hidden) = (InBody(Action::PrepareSession), Hidden(Action::PrepareSession));
        let recusals = p(&format!("/recusals/{}", self.item));
        let nobody = || format!("person={NOBODY}");
        vec![
            ("GET", "/council/documents/{id}", d(""), s(""), hidden),
            ("GET", "/council/documents/{id}/versions/{number}", d("/versions/1"), s(""), hidden),
            ("POST", "/council/documents/{id}/access", d("/access"), s("access=members"), prepare),
            ("POST", "/council/documents/{id}/change", d("/change"), s("title="), prepare),
            ("POST", "/council/documents/{id}/readers", d("/readers"), nobody(), prepare),
            ("POST", "/council/documents/{id}/state", d("/state"), s("state=draft"), prepare),
            ("POST", "/council/documents/{id}/version", d("/version"), s(""), hidden),
            ("GET", "/council/search", s("/council/search"), s(""), SignedIn),
            ("GET", "/council/sessions/{slug}/documents", p("/documents"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/documents", p("/documents"), s(""), prepare),
            ("POST", "/council/sessions/{slug}/documents/release", p("/documents/release"), s(""), prepare),
            (
                "POST",
                "/council/sessions/{slug}/documents/state",
                p("/documents/state"),
                s("state=x"),
                prepare,
            ),
            ("GET", "/council/sessions/{slug}/file", p("/file"), s(""), hidden),
            ("GET", "/council/sessions/{slug}/pack", p("/pack"), s(""), hidden),
            ("POST", "/council/sessions/{slug}/pack", p("/pack"), s("for=public"), hidden),
            ("GET", "/council/sessions/{slug}/pack.pdf", p("/pack.pdf"), s(""), hidden),
            ("GET", "/council/sessions/{slug}/recusals/{item}", recusals.clone(), s(""), prepare),
            ("POST", "/council/sessions/{slug}/recusals/{item}", recusals, nobody(), prepare),
        ]
    }
}

/// What anybody may read once it is published; nothing is, here.
fn public_rows() -> Vec<Row> {
    let none = [
        ("/zittingen", "/zittingen"),
        ("/zittingen.ics", "/zittingen.ics"),
        ("/zittingen/{slug}", "/zittingen/none"),
        ("/zittingen/{slug}/{document}", "/zittingen/none/agenda"),
        ("/zittingen/{slug}/{document}/v/{version}", "/zittingen/none/agenda/v/1"),
        ("/besluiten/{id}", "/besluiten/none"),
        ("/besluiten/{id}/v/{version}", "/besluiten/none/v/1"),
        ("/reglementen", "/reglementen"),
        ("/reglementen/{id}", "/reglementen/none"),
        ("/reglementen/{id}/v/{version}", "/reglementen/none/v/1"),
        ("/bekendmakingen", "/bekendmakingen"),
        ("/bekendmakingen.csv", "/bekendmakingen.csv"),
        ("/bekendmakingen.json", "/bekendmakingen.json"),
        ("/bekendmakingen/{seq}", "/bekendmakingen/1"),
        ("/id/{noun}/{id}", "/id/zitting/none"),
        ("/ldes", "/ldes"),
        ("/ldes/{number}", "/ldes/1"),
        ("/oparl", "/oparl"),
        ("/oparl/bodies", "/oparl/bodies"),
        ("/oparl/{kind}/{id}", "/oparl/meeting/none"),
        ("/oparl/bodies/{slug}/{list}", "/oparl/bodies/stad/meetings"),
    ];
    none.map(|(route, path)| ("GET", route, path.to_owned(), String::new(), Need::Nothing)).into()
}

fn found(tx: &Tx<'_>) -> Result<CouncilStage, Refusal> {
    let system = Caller::system();
    let body = tx.directory().body_named("gemeenteraad").unwrap().id;
    let other = BodyId(tx.fresh());
    tx.insert_body(&Body {
        id: other,
        slug: "vast-bureau".into(),
        name: "Vast bureau".into(),
        kind: BodyKind::Council,
        legal_body: "ocmw".into(),
        members: Vec::new(),
    })?;
    let law = CouncilBody {
        body,
        kind: "gemeenteraad".into(),
        jurisdiction: Jurisdiction::Flanders.code().into(),
        iri: None,
        rules: RulesOfProcedure::default(),
    };
    set_up_body(tx, &system, "gemeenteraad", &law)?;
    let (starts, ends) = (day("2025-01-01"), day("2030-12-31"));
    let term = NewTerm { name: "2025-2030".into(), starts, ends, seats: 3, iri: None };
    add_term(tx, &system, "gemeenteraad", &term)?;
    for (seat, email) in [(1, "raad.een@stad.example"), (2, "raad.twee@stad.example")] {
        let role = if seat == 1 { MandateRole::Chair } else { MandateRole::Member };
        add_mandate(
            tx,
            &system,
            "gemeenteraad",
            &NewMandate {
                email: email.into(),
                name: String::new(),
                seat: Some(seat),
                role,
                status: MandateStatus::Effective,
                precedence: None,
                fraction: None,
                iri: None,
                from: at("2025-01-06T20:00:00"),
                until: None,
            },
        )?;
    }
    let wanted = NewSession {
        body: "gemeenteraad".into(),
        start: at("2027-02-15T19:00:00"),
        length_min: 180,
        rooms: vec!["raadzaal".into()],
        organiser: Some("griet.clerk@stad.example".into()),
        ..NewSession::default()
    };
    let session = plan_session(tx, &system, &wanted)?;
    let fields = ItemFields { title: "Reglement op de markten".into(), ..ItemFields::default() };
    let item = add_item(tx, &system, &session.slug, &fields)?;
    let paper = NewDocument {
        session: session.slug.clone(),
        item: None,
        title: "Nota".into(),
        access: None,
        downloadable: false,
    };
    let document = add_document(tx, &system, &paper, None)?.to_string();
    Ok(CouncilStage { body, other, session: session.slug, item: item.id.to_string(), document })
}

/// What only those who sit in a session are shown, they are shown: without any role, and of their own sessions.
#[tokio::test]
async fn a_member_hands_in_items_and_takes_part_by_their_mandate() {
    let town = Town::new(701);
    let stage = CouncilStage::new(&town);
    let member = town.signed_in("raad.twee@stad.example", &[]);
    let path = |rest: &str| format!("/council/sessions/{}{rest}", stage.session);
    for page in ["/submit", "/take-part", "/minutes", "/file"] {
        member.get(&path(page)).await.must(200);
    }
    // The clerk, who prepares it all, does not sit in it.
    let clerk = town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
    for page in ["/submit", "/take-part", "/minutes"] {
        clerk.get(&path(page)).await.must(404);
    }
    let item =
        [("title", "Fietsenstalling"), ("note", "Er is er geen."), ("draft", "Artikel 1. Er komt er een.")];
    send(&clerk, "/account", &path("/submit"), &item).await.must(404);
    let done = send(&member, "/account", &path("/submit"), &item).await.must(303);
    assert!(done.header("location").ends_with("/submit?done=saved"), "they see there how far it is");
    // A mandate gives no right to prepare.
    member.get(&path("/agenda")).await.must(403);
    // A right for another body gives none here.
    let scope = RoleScope::Body(stage.other);
    let beside = town.signed_in("els.claes@stad.example", &[Grant { role: Role::Clerk, scope }]);
    beside.get(&path("/agenda")).await.must(403);
    beside.get("/council/bodies/vast-bureau").await.must(200);
    town.verify();
}
