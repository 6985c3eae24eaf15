//! A document: what it is, its versions, and the file itself. Open to whoever may read it, the public included.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::words::{
    access_choices, access_word, attachment, item_choices, item_words, people_of, session_words, size_words,
    state_class, state_word,
};
use crate::booking::Refusal;
use crate::council::{Access, DocumentState, DocumentVersion, Reader};
use crate::http::App;
use crate::ids::DocumentId;
use crate::scheduler::{Caller, DocumentSheet, document_sheet, open_document, read_document};
use crate::store::View;
use crate::texts::{Lang, Said, text};
use crate::time::Zone;
use crate::town::{Action, Matter};
use crate::web::form::{Ask, Field, Wrong};
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Fields, Visitor};
use crate::web::words::moment;

#[derive(Template)]
#[template(path = "documents/document_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    id: String,
    slug: String,
    session: String,
    item: Option<String>,
    access: &'static str,
    open: bool,
    versions: Vec<Row>,
    clerk: Option<Clerk>,
}

/// One version.
struct Row {
    number: u32,
    words: String,
    about: String,
    state: &'static str,
    class: &'static str,
    changed: Option<String>,
    fetch: bool,
}

/// What those see who prepare the session.
struct Clerk {
    steps: Vec<(&'static str, String)>,
    stuck: Option<&'static str>,
    fields: Vec<Field>,
    access: Field,
    limits: String,
    /// Who can be named, and whether they are; nothing unless it is confidential.
    people: Option<Vec<(String, String, bool)>>,
    receipts: Vec<(String, String)>,
}

/// All that the page of one document needs.
struct Loaded {
    sheet: DocumentSheet,
    items: Vec<(String, String)>,
    people: Vec<(String, String)>,
}

fn load(view: &View<'_>, caller: &Caller, lang: Lang, id: DocumentId) -> Result<Loaded, Refusal> {
    let sheet = document_sheet(view, caller, id)?;
    let (mut items, mut people) = (Vec::new(), Vec::new());
    if sheet.reader == Reader::Clerk {
        let mut all = view.agenda_items(sheet.session.id)?;
        all.retain(|item| item.is_live() || sheet.document.item == Some(item.id));
        items = item_choices(lang, &all);
        people = people_of(view, &sheet.session)?;
    }
    Ok(Loaded { sheet, items, people })
}

/// `GET /council/documents/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let id = id_of(&visitor, &id)?;
    show(&app, &visitor, id, &Fields::default(), None).await
}

/// The id in an address.
pub(super) fn id_of(visitor: &Visitor, text: &str) -> Result<DocumentId, Oops> {
    text.parse().map_err(|_| visitor.oops(unknown(text)))
}

/// That there is no such document, for an address that is none.
pub(super) fn unknown(text: &str) -> Refusal {
    let short: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    Refusal::unknown("document", short)
}

/// The page of a document, with what is wrong with a form.
pub(super) async fn show(
    app: &App,
    visitor: &Visitor,
    id: DocumentId,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Result<Response, Oops> {
    let (caller, lang) = (visitor.caller(), visitor.lang);
    let loaded = app.read(move |view| load(view, &caller, lang, id)).await;
    // Whoever is not signed in may be let in when they are.
    let loaded = loaded.map_err(|refusal| match refusal {
        Refusal::Unknown(_) if visitor.who.is_none() => visitor.oops(Refusal::Unauthorised),
        other => visitor.oops(other),
    })?;
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let sheet = &loaded.sheet;
    let last = sheet.versions.first().map(|(version, _)| version);
    let clerk = (sheet.reader == Reader::Clerk).then(|| clerk(app, visitor, ask, &loaded));
    let html = Page {
        shell: visitor.shell(&sheet.document.title),
        id: id.to_string(),
        slug: sheet.session.slug.clone(),
        session: session_words(lang, &sheet.body, &sheet.session),
        item: sheet.item.as_ref().map(|item| item_words(item.number.as_deref(), &item.title)),
        access: last.map_or("", |last| access_word(lang, last.access)),
        open: visitor.who.is_some(),
        versions: sheet
            .versions
            .iter()
            .map(|(version, maker)| row(lang, sheet, version, maker.as_deref()))
            .collect(),
        clerk,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn row(lang: Lang, sheet: &DocumentSheet, version: &DocumentVersion, maker: Option<&str>) -> Row {
    let made = moment(lang, sheet.session.zone, version.at);
    let about = [Some(made.as_str()), maker.filter(|name| !name.is_empty())];
    let changed = version
        .changed_after
        .map(|number| Said::new("documents.changed_after").with("number", number).speak(lang));
    Row {
        number: version.number,
        words: Said::new("documents.version").with("number", version.number).speak(lang),
        about: about
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain([size_words(lang, version)])
            .collect::<Vec<_>>()
            .join(" · "),
        state: state_word(lang, version.state),
        class: state_class(version.state),
        changed,
        fetch: sheet.fetch && version.content.is_some(),
    }
}

fn clerk(app: &App, visitor: &Visitor, ask: Ask<'_>, loaded: &Loaded) -> Clerk {
    let (sheet, lang) = (&loaded.sheet, visitor.lang);
    let document = &sheet.document;
    let last = sheet.versions.first().map(|(version, _)| version);
    let item = document.item.map(|id| id.to_string()).unwrap_or_default();
    let access = last.map_or(Access::Members, |last| last.access);
    let named = |(id, name): &(String, String)| {
        let on = sheet.named.iter().any(|person| person.to_string() == *id);
        (id.clone(), name.clone(), on)
    };
    let matter = Matter { body: Some(sheet.session.body), ..Matter::default() };
    let publishes = visitor.caller().must_in(Action::PublishSession, &matter).is_ok();
    let steps = last.map(|last| steps(lang, last, publishes)).unwrap_or_default();
    let waits =
        last.is_some_and(|last| last.state == DocumentState::Approved && last.changed_after.is_none());
    Clerk {
        steps,
        stuck: waits.then(|| text(lang, "documents.goes_with_convocation")),
        fields: vec![
            ask.text("title", "documents.name", &document.title, 300).required(),
            ask.choice("item", "documents.item", &item, loaded.items.clone()),
            ask.number("position", "documents.place", document.position, 9_999),
            ask.tick("listed", "documents.listed", !document.downloadable),
        ],
        access: ask.choice("access", "documents.access", access.word(), access_choices(lang)),
        limits: Said::new("documents.limits").with("max_mib", app.vetting.max_bytes >> 20).speak(lang),
        people: (access == Access::Confidential).then(|| loaded.people.iter().map(named).collect()),
        receipts: receipts(lang, sheet.session.zone, sheet),
    }
}

/// The steps that the last version may take by hand.
fn steps(lang: Lang, last: &DocumentVersion, publishes: bool) -> Vec<(&'static str, String)> {
    let open = |next: &DocumentState| {
        let public = *next == DocumentState::Released || last.state == DocumentState::Released;
        last.state.may_become(*next)
            && *next != DocumentState::Superseded
            && (*next != DocumentState::Frozen
                || last.changed_after.is_some()
                || last.state == DocumentState::Released)
            && (!public || (publishes && last.access == Access::Public))
    };
    let word = |next: DocumentState| match (last.state, next) {
        (DocumentState::Released, _) => text(lang, "documents.take_back"),
        (_, DocumentState::Frozen) => text(lang, "documents.put_in_file"),
        (_, DocumentState::Released) => text(lang, "documents.release_one"),
        (_, DocumentState::Approved) => text(lang, "documents.approve"),
        (_, DocumentState::Submitted) => text(lang, "documents.hand_in"),
        (_, _) => text(lang, "documents.to_draft"),
    };
    DocumentState::ALL.into_iter().filter(open).map(|next| (next.word(), word(next).to_owned())).collect()
}

fn receipts(lang: Lang, zone: Zone, sheet: &DocumentSheet) -> Vec<(String, String)> {
    let line = |(number, name, at): &(u32, String, chrono::DateTime<chrono::Utc>)| {
        let number = Said::new("documents.version_short").with("number", number).speak(lang);
        (name.clone(), format!("{number} · {}", moment(lang, zone, *at)))
    };
    sheet.receipts.iter().map(line).collect()
}

/// `GET /council/documents/{id}/versions/{number}`: the file itself. A member leaves a receipt before it is handed over.
pub(super) async fn download(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, number)): Path<(String, u32)>,
) -> Result<Response, Oops> {
    let id = id_of(&visitor, &id)?;
    let caller = visitor.caller();
    let asking = caller.clone();
    let opened = app.read(move |view| open_document(view, &asking, id, number)).await;
    let opened = opened.map_err(|refusal| match refusal {
        Refusal::Unknown(_) if visitor.who.is_none() => visitor.oops(Refusal::Unauthorised),
        other => visitor.oops(other),
    })?;
    if opened.receipt_due {
        let noted = app.write(move |tx| read_document(tx, &caller, id, number)).await;
        noted.map_err(|refusal| visitor.oops(refusal))?;
    }
    Ok(attachment(opened.bytes, opened.kind.mime(), &opened.name))
}
