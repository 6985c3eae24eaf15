//! The sessions of which something is published, and the search of what is published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::Datelike;

use super::public_page;
use super::words::{Link, kind_word, link, moment, state};
use crate::http::App;
use crate::scheduler::{PublishedSession, published_sessions};
use crate::store::PublishedHit;
use crate::texts::{Lang, text};
use crate::web::oops::Oops;
use crate::web::pager::Pager;
use crate::web::shell::Shell;
use crate::web::visitor::{Asked, Visitor};

/// Sessions on a page.
const PER_PAGE: u32 = 40;
/// The most that a search shows.
const MOST_FOUND: u32 = 50;

#[derive(Template)]
#[template(path = "portal/sessions_list.html")]
struct Page {
    shell: Shell,
    typed: String,
    bodies: Vec<(String, String, bool)>,
    years: Vec<(i32, bool)>,
    rows: Vec<Row>,
    hits: Option<Vec<Hit>>,
    pager: Pager,
    calendar: String,
}

/// A session in the list.
struct Row {
    slug: String,
    body: String,
    when: String,
    place: String,
    state: (&'static str, &'static str),
    links: Vec<Link>,
}

/// Something that was found.
struct Hit {
    title: String,
    kind: &'static str,
    path: String,
    /// Words around it; those that were looked for are marked.
    around: Vec<(bool, String)>,
}

/// `GET /zittingen`.
pub(super) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let typed: String = asked.get("q").chars().take(200).collect();
    let wanted = typed.clone();
    let (all, hits) = app
        .read(move |view| {
            let all = published_sessions(view, None)?;
            Ok((all, view.search_published(&wanted, MOST_FOUND)?))
        })
        .await
        .map_err(|refusal| visitor.oops(refusal))?;
    let (body, year) = (asked.get("body"), asked.get("year").parse::<i32>().ok());
    let fits = |session: &&PublishedSession| {
        (body.is_empty() || session.body == body) && year.is_none_or(|year| session.planned.year() == year)
    };
    let shown: Vec<&PublishedSession> = all.iter().filter(fits).collect();
    let count = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let skip = (Pager::page(&asked) - 1).saturating_mul(PER_PAGE);
    let lang = visitor.lang;
    let on_page = shown.into_iter().skip(skip as usize).take(PER_PAGE as usize);
    let html = Page {
        shell: visitor.shell(text(lang, "portal.sessions")),
        bodies: bodies(&all, body),
        years: years(&all, year),
        rows: on_page.map(|session| row(&app, lang, session)).collect(),
        hits: (!typed.is_empty()).then(|| hits.into_iter().map(|hit| found(lang, hit)).collect()),
        pager: Pager::new(lang, "/zittingen", &asked, count, PER_PAGE),
        calendar: if body.is_empty() { String::new() } else { format!("/zittingen.ics?body={body}") },
        typed,
    };
    Ok(public_page(html.render().unwrap_or_default()))
}

fn bodies(all: &[PublishedSession], wanted: &str) -> Vec<(String, String, bool)> {
    let mut bodies: Vec<_> = all
        .iter()
        .map(|session| (session.body.clone(), session.body_name.clone(), session.body == wanted))
        .collect();
    bodies.sort_by(|a, b| a.1.cmp(&b.1));
    bodies.dedup();
    bodies
}

fn years(all: &[PublishedSession], wanted: Option<i32>) -> Vec<(i32, bool)> {
    let mut years: Vec<i32> = all.iter().map(|session| session.planned.year()).collect();
    years.dedup();
    years.into_iter().map(|year| (year, wanted == Some(year))).collect()
}

fn row(app: &App, lang: Lang, session: &PublishedSession) -> Row {
    let zone = app.store.directory().house.zone;
    let of_session = session.documents.iter().filter(|entry| !entry.kind.is_of_decision());
    Row {
        slug: session.slug.clone(),
        body: session.body_name.clone(),
        when: moment(lang, session.planned),
        place: session.place.clone(),
        state: state(lang, session.state),
        links: of_session.map(|entry| link(lang, entry, zone)).collect(),
    }
}

fn found(lang: Lang, hit: PublishedHit) -> Hit {
    Hit {
        kind: kind_word(lang, hit.entry.kind),
        path: hit.entry.place().to_owned(),
        around: marked(&hit.around),
        title: hit.entry.title,
    }
}

/// A text with what stands between U+0002 and U+0003 marked.
fn marked(text: &str) -> Vec<(bool, String)> {
    let mut pieces = Vec::new();
    for (index, part) in text.split('\u{2}').enumerate() {
        match part.split_once('\u{3}') {
            Some((inside, after)) if index > 0 => {
                pieces.push((true, inside.to_owned()));
                pieces.push((false, after.to_owned()));
            }
            _ => pieces.push((false, part.to_owned())),
        }
    }
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn what_was_found_is_marked_and_nothing_else() {
        let plain = |text: &str| (false, text.to_owned());
        let found = (true, "zaal".to_owned());
        assert_eq!(marked("de \u{2}zaal\u{3} <b>"), [plain("de "), found, plain(" <b>")]);
        assert_eq!(marked("geen"), [plain("geen")]);
        assert_eq!(marked("\u{3}los"), [plain("\u{3}los")]);
    }
}
