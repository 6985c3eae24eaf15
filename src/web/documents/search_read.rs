//! Searches sessions and their documents. What somebody may not read is not found.

use askama::Template;
use axum::response::Response;

use super::words::session_words_at;
use crate::scheduler::{CouncilFound, MOST_COUNCIL_FOUND, search_council};
use crate::texts::Lang;
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Asked, Insider};

#[derive(Template)]
#[template(path = "documents/search_read.html")]
struct Page {
    shell: Shell,
    typed: String,
    found: Option<Vec<Row>>,
    cut: bool,
}

/// Something that was found.
struct Row {
    link: String,
    title: String,
    session: String,
    document: bool,
    snippet: Vec<(String, bool)>,
}

/// `GET /council/search`.
pub(super) async fn read(insider: Insider, Asked(asked): Asked) -> Result<Response, Oops> {
    let lang = insider.lang();
    let typed: String = asked.get("q").chars().take(200).collect();
    let found = if typed.is_empty() {
        None
    } else {
        let words = typed.clone();
        Some(insider.read(move |view, caller| search_council(view, caller, &words)).await?)
    };
    let cut = found.as_ref().is_some_and(|found| found.len() == MOST_COUNCIL_FOUND);
    let shell = insider.shell(insider.t("documents.search"));
    let found = found.map(|found| found.into_iter().map(|one| row(lang, one)).collect());
    Ok(page(Page { shell, typed, found, cut }.render().unwrap_or_default()))
}

fn row(lang: Lang, found: CouncilFound) -> Row {
    let link = match (found.document, found.item) {
        (Some((id, _)), _) => format!("/council/documents/{id}"),
        (None, Some(item)) => format!("/council/sessions/{}/file#i-{item}", found.session),
        (None, None) => format!("/council/sessions/{}/file", found.session),
    };
    Row {
        link,
        title: found.title,
        session: session_words_at(lang, &found.body, found.zone, found.planned),
        document: found.document.is_some(),
        snippet: found.snippet,
    }
}
