//! Promise: who may read a document is one table, and every door keeps to it: the file itself, its page, the members'
//! file, the search and the pack.

use belfort::council::{Access, DocumentState, SessionPart};
use belfort::ids::DocumentId;
use belfort::scheduler::{set_readers, set_recused};
use belfort::town::{Grant, Role, RoleScope};

use crate::documents_stage::{ONE, RECUSED, SLUG, STAFF, Stage, TWO};
use crate::forms;
use crate::town::Client;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Stranger,
    Staff,
    Manager,
    Member,
    Named,
    Recused,
    Clerk,
    ClerkOfTheBody,
}

impl Who {
    const ALL: [Self; 8] = [
        Self::Stranger,
        Self::Staff,
        Self::Manager,
        Self::Member,
        Self::Named,
        Self::Recused,
        Self::Clerk,
        Self::ClerkOfTheBody,
    ];

    fn client(self, stage: &Stage) -> Client {
        match self {
            Self::Stranger => stage.town.anonymous(),
            Self::Staff => stage.member(STAFF),
            Self::Manager => stage.town.signed_in("tom.wouters@stad.example", &[Grant::town(Role::Manager)]),
            Self::Member => stage.member(ONE),
            Self::Named => stage.member(TWO),
            Self::Recused => stage.member(RECUSED),
            Self::Clerk => stage.clerk(),
            Self::ClerkOfTheBody => {
                let grant = Grant { role: Role::Clerk, scope: RoleScope::Body(stage.body) };
                stage.town.signed_in("an.peeters@stad.example", &[grant])
            }
        }
    }

    /// The table, written down apart from the program: by who asks, access and whether it was sent or released.
    fn reads(self, access: Access, state: DocumentState) -> bool {
        use DocumentState as S;
        let sent = matches!(state, S::Frozen | S::Superseded | S::Released);
        match self {
            Self::Clerk | Self::ClerkOfTheBody => true,
            _ if state == S::Released => true,
            Self::Stranger | Self::Staff | Self::Manager | Self::Recused => false,
            Self::Member => sent && access != Access::Confidential,
            Self::Named => sent,
        }
    }
}

/// Every document that the rules allow: part, access, state.
fn documents(stage: &Stage) -> Vec<(DocumentId, Access, DocumentState, String)> {
    use DocumentState as S;
    stage.convene();
    let mut made = Vec::new();
    for (item, part) in stage.items.into_iter().zip(SessionPart::ALL) {
        for access in Access::ALL.into_iter().filter(|access| *access >= Access::floor(part)) {
            for state in [S::Draft, S::Submitted, S::Approved, S::Frozen, S::Released] {
                if state == S::Released && access != Access::Public {
                    continue;
                }
                let word = format!("woord{}{}{}", part.word(), access.word(), state.word());
                let id = stage.document(Some(item), &word, access, S::Draft);
                made.push((id, access, state, word));
            }
        }
    }
    let named = stage.town.person_id(TWO);
    for (id, access, state, _) in &made {
        let (id, access) = (*id, *access);
        if access == Access::Confidential {
            stage.act(move |tx, caller| set_readers(tx, caller, id, &[named]));
        }
        // Freezing takes all that is approved along: what stays approved comes last.
        if state.was_sent() {
            stage.bring(id, *state);
        }
    }
    for (id, _, state, _) in made.iter().filter(|(_, _, state, _)| !state.was_sent()) {
        stage.bring(*id, *state);
    }
    made
}

#[tokio::test]
async fn the_table_holds_at_every_door() {
    let stage = Stage::new(3_101);
    let documents = documents(&stage);
    assert_eq!(documents.len(), 17 + 8);
    for who in Who::ALL {
        let client = who.client(&stage);
        let signed_in = who != Who::Stranger;
        let file = client.get(&format!("/council/sessions/{SLUG}/file")).await.text();
        for (id, access, state, word) in &documents {
            let case = format!("{who:?} {access:?} {state:?}");
            let may = who.reads(*access, *state);
            let refused = if signed_in { 404 } else { 303 };
            let page = client.get(&format!("/council/documents/{id}")).await;
            assert_eq!(page.status.as_u16(), if may { 200 } else { refused }, "page: {case}");
            assert_eq!(page.text().contains(word.as_str()), may, "page: {case}");
            let bytes = client.get(&format!("/council/documents/{id}/versions/1")).await;
            assert_eq!(bytes.status.as_u16(), if may { 200 } else { refused }, "bytes: {case}");
            assert_eq!(bytes.bytes.starts_with(b"%PDF"), may, "bytes: {case}");
            if signed_in {
                assert_eq!(file.contains(word.as_str()), may, "file: {case}");
                let found = client.get(&format!("/council/search?q={word}")).await.must(200).text();
                assert_eq!(found.contains(&format!("/council/documents/{id}")), may, "search: {case}");
            }
        }
    }
    stage.town.verify();
}

#[tokio::test]
async fn a_file_is_handed_over_so_that_no_browser_runs_it() {
    let stage = Stage::new(3_102);
    let id = stage.document(None, "bijlage é", Access::Members, DocumentState::Frozen);
    let answer = stage.member(ONE).get(&format!("/council/documents/{id}/versions/1")).await.must(200);
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    assert!(answer.header("content-security-policy").contains("sandbox"));
    let said = answer.header("content-disposition");
    assert!(
        said.starts_with("attachment;") && said.ends_with("filename*=UTF-8''bijlage%20%C3%A9.pdf"),
        "{said}"
    );
    assert!(answer.header("content-encoding").is_empty(), "a document is not packed again");
    stage.member(ONE).get(&format!("/council/documents/{id}/versions/2")).await.must(404);
    stage.member(ONE).get("/council/documents/none").await.must(404);
    stage.member(ONE).get(&format!("/council/documents/{id}/versions/x")).await.must(400);
}

#[tokio::test]
async fn what_is_only_listed_is_known_by_its_name_and_not_handed_over() {
    let stage = Stage::new(3_103);
    let clerk = stage.clerk();
    let page = format!("/council/sessions/{SLUG}/documents");
    let item = stage.items[0].to_string();
    let fields =
        [("title", "Plan op groot formaat"), ("listed", "1"), ("item", item.as_str()), ("access", "public")];
    crate::documents_stage::send_files(&clerk, &page, &page, &fields, &[]).await.must(303);
    let text = clerk.get(&page).await.must(200).text();
    let id =
        text.split("/council/documents/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    forms::send(&clerk, &page, &format!("{page}/state"), &[("document", &id), ("state", "approved")])
        .await
        .must(303);
    stage.convene();
    for email in [ONE, TWO] {
        let member = stage.member(email);
        let file = member.get(&format!("/council/sessions/{SLUG}/file")).await.must(200).text();
        assert!(file.contains("Plan op groot formaat") && file.contains("Ligt ter inzage"), "{file}");
        member.get(&format!("/council/documents/{id}/versions/1")).await.must(409);
    }
}

#[tokio::test]
async fn those_who_do_not_prepare_sessions_change_nothing() {
    let stage = Stage::new(3_104);
    let id = stage.document(Some(stage.items[0]), "stuk", Access::Public, DocumentState::Frozen);
    let clerk = stage.clerk();
    let manage = format!("/council/sessions/{SLUG}/documents");
    let recusals = format!("/council/sessions/{SLUG}/recusals/{}", stage.items[0]);
    clerk.get(&recusals).await.must(200);
    for who in [Who::Staff, Who::Manager, Who::Member] {
        let client = who.client(&stage);
        client.get(&manage).await.must(403);
        client.get(&recusals).await.must(403);
        for (path, fields) in [
            (format!("/council/documents/{id}/access"), vec![("access", "public")]),
            (format!("/council/documents/{id}/change"), vec![("title", "x"), ("position", "1")]),
            (format!("/council/documents/{id}/state"), vec![("state", "released")]),
            (format!("/council/documents/{id}/readers"), vec![]),
            (format!("{manage}/release"), vec![]),
            (recusals.clone(), vec![]),
        ] {
            forms::send(&client, "/account", &path, &fields).await.must(403);
        }
        let answer =
            crate::documents_stage::send_files(&client, "/account", &manage, &[], &[("a.txt", b"a")]).await;
        answer.must(403);
    }
    assert_eq!(stage.town.store.read(|view| view.documents(stage.session)).unwrap().len(), 1);
}

#[tokio::test]
async fn somebody_who_is_recused_later_loses_what_they_could_read() {
    let stage = Stage::new(3_105);
    let id = stage.document(Some(stage.items[1]), "dossier", Access::Closed, DocumentState::Approved);
    stage.convene();
    let member = stage.member(ONE);
    let path = format!("/council/documents/{id}/versions/1");
    member.get(&path).await.must(200);
    let pack = stage.pack(&member, "own").await;
    assert!(pack.bytes.starts_with(b"%PDF"));
    let (item, person) = (stage.items[1], stage.town.person_id(ONE));
    stage.act(move |tx, caller| set_recused(tx, caller, SLUG, item, &[person]));
    member.get(&path).await.must(404);
    // The pack that was made before holds what they may not read any more.
    member.get(&format!("/council/sessions/{SLUG}/pack.pdf?for=own")).await.must(409);
    let file = member.get(&format!("/council/sessions/{SLUG}/file")).await.must(200).text();
    assert!(file.contains("U onthoudt zich van dit punt") && !file.contains("merkbesloten"), "{file}");
}
