//! What can be managed: a page with the places that the reader's roles open.

use askama::Template;
use axum::response::Response;

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::Insider;
use crate::scheduler::Caller;
use crate::town::Action;

/// Where something is managed: its address, its name, what one finds there, and the right that it takes.
const PLACES: &[(&str, &str, &str, Action)] = &[
    ("/manage/people", "people.title", "people.what", Action::ManageTown),
    ("/manage/tokens", "tokens.title", "tokens.what", Action::ManageTokens),
    ("/manage/journal", "journal.title", "journal.what", Action::ReadJournal),
    ("/manage/health", "health.title", "health.what", Action::ManageTown),
];

#[derive(Template)]
#[template(path = "manage_read.html")]
struct Page {
    shell: Shell,
    places: Vec<(&'static str, String, String)>,
}

/// Whether there is anything that `caller` may manage, in the town or in a part of it.
pub(super) fn manages(caller: &Caller) -> bool {
    PLACES.iter().any(|(.., action)| caller.may_somewhere(*action))
}

/// `GET /manage`.
pub(super) async fn read(insider: Insider) -> Result<Response, Oops> {
    let caller = insider.caller();
    let places: Vec<_> = PLACES
        .iter()
        .filter(|(.., action)| caller.may_somewhere(*action))
        .map(|(path, name, what, _)| (*path, insider.t(name).to_owned(), insider.t(what).to_owned()))
        .collect();
    if places.is_empty() {
        caller.must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    }
    let shell = insider.shell(insider.t("menu.manage"));
    Ok(page(Page { shell, places }.render().unwrap_or_default()))
}
