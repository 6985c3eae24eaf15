//! In which way a session meets: changed until its members are convened.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::form::{Ask, Field, Wrong};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::after;
use super::session_plan::{mode_fields, mode_of, reason_of};
use super::session_read::{Head, head};
use crate::scheduler::council::{change_mode, session_sheet};

#[derive(Template)]
#[template(path = "council/session_mode.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    form: Vec<Field>,
}

/// `GET /council/sessions/{slug}/mode`.
pub(super) async fn ask(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, &Fields::default(), None).await
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let sheet = insider.read(move |view, caller| session_sheet(view, caller, &slug)).await?;
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let stands = (sheet.session.mode, sheet.session.mode_reason.as_ref());
    let form = mode_fields(ask, Some(&sheet.law), stands);
    let html = Page {
        shell: insider.shell(insider.t("session.mode_change")),
        head: head(insider, &sheet, "/mode"),
        form,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /council/sessions/{slug}/mode`.
pub(super) async fn change(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (name, mode, reason) = (slug.clone(), mode_of(&fields), reason_of(&fields));
    let outcome =
        insider.write(move |tx, caller| change_mode(tx, caller, &name, mode, reason.as_ref())).await;
    match after(&insider, outcome, &format!("/council/sessions/{slug}?done=changed"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, &fields, Some(wrong)).await,
    }
}
