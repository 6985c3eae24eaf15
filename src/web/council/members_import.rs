//! A list of members from a spreadsheet: first what would become of it, then the deed.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::form::Wrong;
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::upload::Upload;
use super::super::visitor::Insider;
use crate::booking::Refusal;
use crate::scheduler::council::{MandateLine, body_sheet, import_mandates, read_mandates};
use crate::store::{Tx, View};
use crate::texts::Said;

#[derive(Template)]
#[template(path = "council/members_import.html")]
struct Page {
    shell: Shell,
    slug: String,
    body: String,
    wrong: Option<Wrong>,
    preview: Option<Preview>,
}

/// What would become of a list.
struct Preview {
    csv: String,
    said: String,
    any: bool,
    wrong: Vec<(usize, String, String)>,
}

/// `GET /council/bodies/{slug}/members/import`.
pub(super) async fn ask(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    let name = name_of(&insider, &slug).await?;
    Ok(show(&insider, (slug, name), None, None))
}

/// The name of the body, for those who look after it.
async fn name_of(insider: &Insider, slug: &str) -> Result<String, Oops> {
    let slug = slug.to_owned();
    Ok(insider.read(move |view, caller| body_sheet(view, caller, &slug)).await?.body.name)
}

fn show(
    insider: &Insider,
    (slug, body): (String, String),
    wrong: Option<Wrong>,
    preview: Option<Preview>,
) -> Response {
    let html = Page { shell: insider.shell(insider.t("council.import")), slug, body, wrong, preview };
    page(html.render().unwrap_or_default())
}

/// `POST /council/bodies/{slug}/members/import`: a file is previewed; what was previewed is taken over.
pub(super) async fn import(Path(slug): Path<String>, upload: Upload) -> Result<Response, Oops> {
    let Upload { insider, fields, file } = upload;
    // Who may not look after the body is told so before anything is said of the file.
    let name = name_of(&insider, &slug).await?;
    let apply = fields.ticked("apply");
    let bytes = if apply { Some(fields.exact("csv").as_bytes().to_vec()) } else { file };
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
        let refusal = Refusal::invalid("file", Said::new("people.import_no_file"));
        return Ok(show(&insider, (slug, name), Some(Wrong::of(&refusal, insider.lang())), None));
    };
    let body = slug.clone();
    let csv = String::from_utf8_lossy(&bytes).into_owned();
    let outcome = if apply {
        insider.write(move |tx, caller| take_over(tx, caller, &body, &bytes)).await
    } else {
        // What would become of it is what becomes of it, taken back.
        insider.rehearse(move |tx, caller| take_over(tx, caller, &body, &bytes)).await
    };
    match outcome {
        Ok(_) if apply => {
            Ok(Redirect::to(&format!("/council/bodies/{slug}?done=people_imported")).into_response())
        }
        Ok(lines) => {
            let preview = preview(&insider, csv, &lines);
            Ok(show(&insider, (slug, name), None, Some(preview)))
        }
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => Ok(show(&insider, (slug, name), Some(Wrong::of(&refusal, insider.lang())), None)),
    }
}

fn take_over(
    tx: &Tx<'_>,
    caller: &crate::scheduler::Caller,
    body: &str,
    bytes: &[u8],
) -> Result<Vec<MandateLine>, Refusal> {
    let view: &View<'_> = tx;
    let day = view.directory().house.zone.wall(view.now()).date();
    let rows = read_mandates(view, bytes, day)?;
    import_mandates(tx, caller, body, &rows)
}

fn preview(insider: &Insider, csv: String, lines: &[MandateLine]) -> Preview {
    let wrong: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let why = line.wrong.as_ref()?.speak(insider.lang());
            Some((line.row.line, line.row.email.clone(), why))
        })
        .collect();
    let said = Said::new("council.import_summary")
        .with("good", lines.len() - wrong.len())
        .with("wrong", wrong.len());
    Preview { csv, said: said.speak(insider.lang()), any: lines.len() > wrong.len(), wrong }
}
