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
    (APPROVALS, "manage.approvals", "manage.approvals_what", Action::OverridePolicy),
    ("/manage/orders", "manage.orders", "manage.orders_what", Action::OverridePolicy),
    ("/manage/rooms", "manage.rooms", "manage.rooms_what", Action::ManageTown),
    ("/manage/opening", "manage.opening", "manage.opening_what", Action::ManageTown),
    ("/manage/rules", "manage.rules", "manage.rules_what", Action::ManageTown),
    ("/manage/services", "manage.services", "manage.services_what", Action::ManageTown),
    ("/manage/buildings", "manage.sites", "manage.sites_what", Action::ManageTown),
    ("/manage/equipment", "manage.units", "manage.units_what", Action::ManageTown),
    ("/manage/people", "people.title", "people.what", Action::ManageTown),
    ("/manage/tokens", "tokens.title", "tokens.what", Action::ManageTokens),
    ("/manage/journal", "journal.title", "journal.what", Action::ReadJournal),
    ("/manage/health", "health.title", "health.what", Action::ManageTown),
];
/// Where requests wait.
const APPROVALS: &str = "/manage/approvals";

#[derive(Template)]
#[template(path = "manage_read.html")]
struct Page {
    shell: Shell,
    places: Vec<Place>,
}

/// Where something is managed.
struct Place {
    path: &'static str,
    name: String,
    what: String,
    /// How much waits there.
    waiting: usize,
}

/// Whether there is anything that `caller` may manage, in the town or in a part of it.
pub(super) fn manages(caller: &Caller) -> bool {
    PLACES.iter().any(|(.., action)| caller.may_somewhere(*action))
}

/// `GET /manage`.
pub(super) async fn read(insider: Insider) -> Result<Response, Oops> {
    let shell = insider.shell(insider.t("menu.manage"));
    let waits = shell.waiting();
    let caller = insider.caller();
    let places: Vec<_> = PLACES
        .iter()
        .filter(|(.., action)| caller.may_somewhere(*action))
        .map(|(path, name, what, _)| Place {
            path,
            name: insider.t(name).to_owned(),
            what: insider.t(what).to_owned(),
            waiting: if *path == APPROVALS { waits } else { 0 },
        })
        .collect();
    if places.is_empty() {
        caller.must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    }
    Ok(page(Page { shell, places }.render().unwrap_or_default()))
}
