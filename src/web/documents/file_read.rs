//! The members' file of a session: what a member may read, item by item; what is new to them is marked.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::words::{counted, item_words, session_words, size_words, state_word};
use crate::council::{Reader, SessionPart};
use crate::scheduler::council::open_convocation;
use crate::scheduler::{Caller, FileItem, MembersFile, Paper, members_file};
use crate::store::View;
use crate::texts::{Lang, Said, text};
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::Insider;

#[derive(Template)]
#[template(path = "documents/file_read.html")]
struct Page {
    shell: Shell,
    slug: String,
    session: String,
    clerk: bool,
    /// The name of the body in addresses, for those who can have its sessions in their calendar.
    body: Option<String>,
    unread: Option<String>,
    papers: Vec<Row>,
    parts: Vec<(&'static str, bool, Vec<Item>)>,
}

/// One item.
struct Item {
    id: String,
    name: String,
    internal: String,
    planned: Option<String>,
    recused: bool,
    note: String,
    draft: String,
    papers: Vec<Row>,
}

/// One document.
struct Row {
    title: String,
    about: String,
    new: bool,
    changed: bool,
    /// How far it is, for those who have it before it is sent.
    unsent: Option<&'static str>,
    /// Where it is fetched; nowhere if it is only listed.
    fetch: Option<String>,
    /// Where its other versions are, if it has some.
    versions: Option<String>,
}

/// `GET /council/sessions/{slug}/file`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    let asked = slug.clone();
    let read = move |view: &View<'_>, caller: &Caller| {
        let file = members_file(view, caller, &asked)?;
        let unopened = match caller.person.filter(|_| file.sits) {
            Some(person) => !view.unopened_dispatches(file.session.id, person)?.is_empty(),
            None => false,
        };
        let follows = file.sits || file.reader == Reader::Clerk;
        let body = view.directory().body(file.session.body).filter(|_| follows).map(|body| body.slug.clone());
        Ok((file, unopened, body))
    };
    let (file, unopened, body) = insider.read(read).await?;
    if unopened {
        // Whoever opens the file has what was sent to them there.
        let session = file.session.id;
        let opened = insider.write(move |tx, caller| open_convocation(tx, caller, session)).await;
        opened.map_err(|refusal| insider.oops(refusal))?;
    }
    let lang = insider.lang();
    let marks = file.sits;
    let unread = file.unread();
    let html = Page {
        shell: insider.shell(insider.t("documents.file_title")),
        session: session_words(lang, &file.body, &file.session),
        clerk: file.reader == Reader::Clerk,
        body,
        unread: marks.then(|| match unread {
            0 => text(lang, "documents.unread_none").to_owned(),
            count => counted(lang, "documents.unread", count),
        }),
        papers: file.papers.iter().map(|paper| row(lang, paper, marks)).collect(),
        parts: parts(lang, &file),
        slug,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn parts(lang: Lang, file: &MembersFile) -> Vec<(&'static str, bool, Vec<Item>)> {
    let of = |part: SessionPart| -> Vec<Item> {
        file.items.iter().filter(|item| item.part == part).map(|one| item(lang, one, file.sits)).collect()
    };
    let named = [(text(lang, "pack.part_public"), false), (text(lang, "pack.part_closed"), true)];
    let parts =
        SessionPart::ALL.into_iter().zip(named).map(|(part, (name, closed))| (name, closed, of(part)));
    parts.filter(|(_, _, items)| !items.is_empty()).collect()
}

fn item(lang: Lang, item: &FileItem, marks: bool) -> Item {
    let minutes = || Said::new("documents.minutes").with("count", item.planned_min).speak(lang);
    Item {
        id: item.id.to_string(),
        name: item_words(item.number.as_deref(), &item.title),
        internal: item.internal_title.clone(),
        planned: (item.planned_min > 0).then(minutes),
        recused: item.recused,
        note: item.note.clone(),
        draft: item.draft.clone(),
        papers: item.papers.iter().map(|paper| row(lang, paper, marks)).collect(),
    }
}

fn row(lang: Lang, paper: &Paper, marks: bool) -> Row {
    let place = format!("/council/documents/{}", paper.document.id);
    Row {
        title: paper.document.title.clone(),
        about: size_words(lang, &paper.version),
        new: marks && paper.is_unread(),
        changed: paper.version.changed_after.is_some(),
        unsent: (!paper.version.state.was_sent()).then(|| state_word(lang, paper.version.state)),
        fetch: paper.fetch.then(|| format!("{place}/versions/{}", paper.version.number)),
        versions: (paper.versions > 1).then_some(place),
    }
}
