//! The documents of a session, for those who prepare it: add several at once, see how far each is and who has read it,
//! take them on together.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::words::{
    access_choices, access_of, access_word, counted, item_choices, item_words, size_words, state_class,
    state_of, state_word,
};
use crate::booking::Refusal;
use crate::council::{AgendaItem, Document, DocumentState, DocumentVersion, Session, SessionPart, sitting};
use crate::http::App;
use crate::ids::{DocumentId, ItemId};
use crate::scheduler::{
    Caller, NewDocument, SessionDocuments, add_document, change_state, documents_of, release_documents,
};
use crate::store::{Receipt, View};
use crate::texts::{Lang, Said, text};
use crate::town::{Action, Body, Matter};
use crate::web::council::{Head, head_of};
use crate::web::form::{Ask, Field, Wrong};
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::upload::Documents;
use crate::web::visitor::{Fields, Insider, InsiderForm};

#[derive(Template)]
#[template(path = "documents/documents_manage.html")]
struct Page {
    shell: Shell,
    head: Head,
    slug: String,
    wrong: Option<Wrong>,
    fields: Vec<Field>,
    limits: String,
    groups: Vec<Group>,
    steps: Vec<(&'static str, &'static str)>,
    count: String,
    publishes: bool,
}

/// The documents of one item.
struct Group {
    id: String,
    name: String,
    closed: bool,
    /// The item, unless they are those of the session as a whole.
    item: Option<String>,
    recused: Option<String>,
    rows: Vec<Row>,
}

/// One document.
struct Row {
    id: String,
    title: String,
    about: String,
    access: &'static str,
    state: &'static str,
    class: &'static str,
    changed: bool,
    read: Option<String>,
}

/// What the page shows.
struct Loaded {
    session: Session,
    body: Body,
    items: Vec<AgendaItem>,
    documents: Vec<(Document, DocumentVersion)>,
    receipts: Vec<Receipt>,
    recusals: Vec<ItemId>,
    members: usize,
}

fn load(view: &View<'_>, caller: &Caller, slug: &str) -> Result<Loaded, Refusal> {
    let SessionDocuments { session, documents, .. } = documents_of(view, caller, slug)?;
    let body = view.directory().body(session.body).ok_or_else(|| Refusal::unknown("session", slug))?.clone();
    let mut items = view.agenda_items(session.id)?;
    items.retain(AgendaItem::is_live);
    Ok(Loaded {
        items,
        receipts: view.receipts(session.id)?,
        recusals: view.recusals(session.id)?.into_iter().map(|(item, _)| item).collect(),
        members: sitting(&view.mandates(session.term)?, view.now()).len(),
        session,
        body,
        documents,
    })
}

/// `GET /council/sessions/{slug}/documents`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    show(&app, &insider, slug, &Fields::default(), None).await
}

async fn show(
    app: &App,
    insider: &Insider,
    slug: String,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Result<Response, Oops> {
    let asked = slug.clone();
    let loaded = insider.read(move |view, caller| load(view, caller, &asked)).await?;
    let lang = insider.lang();
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let matter = Matter { body: Some(loaded.session.body), ..Matter::default() };
    let mib = app.vetting.max_bytes >> 20;
    let html = Page {
        shell: insider.shell(insider.t("documents.title")),
        head: head_of(insider, (&loaded.session, &loaded.body), "/documents"),
        fields: form(insider, ask, &loaded),
        limits: Said::new("documents.limits").with("max_mib", mib).speak(lang),
        count: counted(lang, "documents.count", loaded.documents.len()),
        groups: groups(lang, loaded),
        steps: vec![
            (DocumentState::Submitted.word(), text(lang, "documents.hand_in")),
            (DocumentState::Approved.word(), text(lang, "documents.approve")),
            (DocumentState::Draft.word(), text(lang, "documents.to_draft")),
        ],
        publishes: insider.caller().must_in(Action::PublishSession, &matter).is_ok(),
        slug,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn form(insider: &Insider, ask: Ask<'_>, loaded: &Loaded) -> Vec<Field> {
    let lang = insider.lang();
    let default = (String::new(), insider.t("documents.access_of_item").to_owned());
    let choices = [default].into_iter().chain(access_choices(lang));
    vec![
        ask.choice("item", "documents.item", "", item_choices(lang, &loaded.items)),
        ask.text("title", "documents.name", "", 300).help(insider.t("documents.name_help")),
        ask.choice("access", "documents.access", "", choices).help(insider.t("documents.access_help")),
        ask.tick("listed", "documents.listed", false).help(insider.t("documents.listed_help")),
    ]
}

/// The documents by item, in the order of the agenda; items without documents too, for somebody may miss one.
fn groups(lang: Lang, loaded: Loaded) -> Vec<Group> {
    let Loaded { items, documents, receipts, recusals, members, .. } = loaded;
    let mut read: HashMap<(DocumentId, u32), usize> = HashMap::new();
    for receipt in &receipts {
        *read.entry((receipt.document, receipt.number)).or_default() += 1;
    }
    let mut rows: HashMap<Option<ItemId>, Vec<Row>> = HashMap::new();
    for (document, version) in &documents {
        let count = read.get(&(document.id, version.number)).copied().unwrap_or(0);
        rows.entry(document.item).or_default().push(row(lang, (document, version), (count, members)));
    }
    let session = Group {
        id: "session".to_owned(),
        name: text(lang, "documents.of_session").to_owned(),
        closed: false,
        item: None,
        recused: None,
        rows: rows.remove(&None).unwrap_or_default(),
    };
    let of_item = |item: &AgendaItem| {
        let count = recusals.iter().filter(|recused| **recused == item.id).count();
        Group {
            id: item.id.to_string(),
            name: item_words(item.number.as_deref(), &item.title),
            closed: item.part == SessionPart::Closed,
            item: Some(item.id.to_string()),
            recused: (count > 0).then(|| counted(lang, "documents.recused_count", count)),
            rows: rows.remove(&Some(item.id)).unwrap_or_default(),
        }
    };
    let mut groups: Vec<Group> = items.iter().map(of_item).collect();
    groups.insert(0, session);
    groups
}

fn row(
    lang: Lang,
    (document, version): (&Document, &DocumentVersion),
    (read, members): (usize, usize),
) -> Row {
    let number = Said::new("documents.version_short").with("number", version.number).speak(lang);
    let of = || Said::new("documents.read_by").with("count", read).with("members", members).speak(lang);
    Row {
        id: document.id.to_string(),
        title: document.title.clone(),
        about: format!("{number} · {}", size_words(lang, version)),
        access: access_word(lang, version.access),
        state: state_word(lang, version.state),
        class: state_class(version.state),
        changed: version.changed_after.is_some(),
        read: version.state.was_sent().then(of),
    }
}

/// `POST /council/sessions/{slug}/documents`: adds each file as a document, or one that is only listed. What may be kept
/// is kept; what may not is named.
pub(super) async fn add(
    State(app): State<App>,
    Path(slug): Path<String>,
    Documents { insider, fields, files, refused }: Documents,
) -> Result<Response, Oops> {
    let new = NewDocument {
        session: slug.clone(),
        item: fields.some("item").and_then(|id| id.parse().ok()),
        title: fields.get("title").to_owned(),
        access: access_of(fields.get("access")),
        downloadable: !fields.ticked("listed"),
    };
    let kept = files.len();
    let none = files.is_empty() && !refused.is_empty();
    let outcome = insider
        .write(move |tx, caller| {
            if files.is_empty() && !none {
                return add_document(tx, caller, &new, None).map(|_| ());
            }
            // One title for several files would be the name of none of them.
            let title = if files.len() == 1 { new.title.clone() } else { String::new() };
            let each = NewDocument { title, ..new };
            files.iter().try_for_each(|file| add_document(tx, caller, &each, Some(file)).map(|_| ()))
        })
        .await;
    match outcome {
        Ok(()) if refused.is_empty() => {
            Ok(Redirect::to(&format!("/council/sessions/{slug}/documents?done=saved")).into_response())
        }
        Ok(()) => {
            let mut faults: Vec<_> =
                refused.into_iter().map(|said| crate::booking::Fault::new("files", said)).collect();
            if kept > 0 {
                let said = Said::new("documents.others_kept").with("count", kept);
                faults.push(crate::booking::Fault::new("files", said));
            }
            show(&app, &insider, slug, &Fields::default(), Some(&Refusal::Invalid(faults))).await
        }
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, slug, &fields, Some(&refusal)).await,
    }
}

/// `POST /council/sessions/{slug}/documents/state`: takes all that are ticked on, or none.
pub(super) async fn states(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let state = state_of(fields.get("state"));
    let ids: Vec<DocumentId> = fields.all("document").filter_map(|id| id.parse().ok()).collect();
    let outcome = insider
        .write(move |tx, caller| {
            let state = state.ok_or_else(|| Refusal::State(Said::new("documents.no_step")))?;
            ids.into_iter().try_for_each(|id| change_state(tx, caller, id, state))
        })
        .await;
    answer(&app, &insider, slug, outcome).await
}

/// `POST /council/sessions/{slug}/documents/release`.
pub(super) async fn release(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let wanted = slug.clone();
    let outcome = insider.write(move |tx, caller| release_documents(tx, caller, &wanted).map(|_| ())).await;
    answer(&app, &insider, slug, outcome).await
}

async fn answer(
    app: &App,
    insider: &Insider,
    slug: String,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/council/sessions/{slug}/documents?done=saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, slug, &Fields::default(), Some(&refusal)).await,
    }
}
