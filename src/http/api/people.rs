//! What people may do, and what becomes of their meetings when they leave.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::booking::Refusal;
use crate::http::App;
use crate::http::idempotency::{Conditions, Reply, once};
use crate::http::json::JsonBody;
use crate::http::params::Path;
use crate::http::problem::{In, Problem, Refused};
use crate::ids::PersonId;
use crate::scheduler::{Caller, Fate, Leave, grant_role, leave_house, person_sheet, take_role};
use crate::store::View;
use crate::texts::Said;
use crate::town::{Action, Directory, Grant, Role, RoleScope};

/// A role that somebody was granted, beyond what all staff may.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RoleSheet {
    /// `clerk`, `chair`, `member`, `manager` or `admin`.
    #[schema(value_type = String, example = "manager")]
    role: Role,
    /// Where it counts: `town`, or `site:`, `body:` with a slug, or `department:` with a name.
    #[schema(example = "site:stadhuis")]
    scope: String,
}

/// How somebody leaves.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LeaveSheet {
    /// Address of whoever organises their meetings from now on; a private meeting goes only to somebody who may know
    /// it, and is called off otherwise.
    to: Option<String>,
    /// Call their meetings off instead.
    cancel: bool,
    /// Why, for those who would have come.
    reason: String,
    /// Only say what would come of it.
    dry_run: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct LeftSheet {
    /// Meetings that another organises now.
    handed_over: usize,
    /// Meetings that were called off.
    cancelled: usize,
    /// Lists of others that they are no longer on.
    lists: usize,
}

fn person_of(view: &View<'_>, text: &str) -> Result<PersonId, Refusal> {
    let unknown = || Refusal::unknown("person", text.chars().take(80).collect::<String>());
    Ok(view.colleague_at(text)?.ok_or_else(unknown)?.id)
}

/// A role in a part of the town, as people write them.
fn grant_of(directory: &Directory, role: &str, scope: &str) -> Result<Grant, Refusal> {
    let role = role.parse().map_err(|_| Refusal::invalid("role", Said::new("account.role")))?;
    let wrong = || Refusal::invalid("scope", Said::new("people.which_part"));
    let scope = match scope.split_once(':') {
        None if scope == "town" => RoleScope::Town,
        Some(("site", slug)) => RoleScope::Site(directory.site_named(slug).ok_or_else(wrong)?.id),
        Some(("body", slug)) => RoleScope::Body(directory.body_named(slug).ok_or_else(wrong)?.id),
        Some(("department", name)) if !name.trim().is_empty() => RoleScope::Department(name.to_owned()),
        _ => return Err(wrong()),
    };
    Ok(Grant { role, scope })
}

fn sheet_of(directory: &Directory, grant: &Grant) -> RoleSheet {
    let scope = match &grant.scope {
        RoleScope::Site(id) => directory.site(*id).map(|site| format!("site:{}", site.slug)),
        RoleScope::Body(id) => directory.body(*id).map(|body| format!("body:{}", body.slug)),
        other => Some(other.to_string()),
    };
    RoleSheet { role: grant.role, scope: scope.unwrap_or_else(|| grant.scope.to_string()) }
}

/// The roles that somebody was granted.
#[utoipa::path(get, path = "/api/v1/people/{email}/roles", params(("email" = String, Path)),
    responses((status = 200, body = Vec<RoleSheet>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn roles(
    State(app): State<App>,
    caller: Caller,
    Path(email): Path<String>,
) -> Result<Json<Vec<RoleSheet>>, Refused> {
    let lang = caller.lang;
    // Before anything is looked up: a refusal must not tell who is in the directory.
    caller.must(Action::ManageTown).say_in(lang)?;
    let sheets = app.read(move |view| {
        let grants = person_sheet(view, &caller, person_of(view, &email)?)?.grants;
        Ok(grants.iter().map(|grant| sheet_of(view.directory(), grant)).collect())
    });
    Ok(Json(sheets.await.say_in(lang)?))
}

/// Grants a role in a part of the town; granting it twice is granting it.
#[utoipa::path(put, path = "/api/v1/people/{email}/roles/{role}/{scope}", params(("email" = String, Path),
    ("role" = String, Path), ("scope" = String, Path)), responses((status = 204), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn grant(
    State(app): State<App>,
    caller: Caller,
    Path((email, role, scope)): Path<(String, String, String)>,
) -> Result<StatusCode, Refused> {
    let lang = caller.lang;
    caller.must(Action::ManageAccounts).say_in(lang)?;
    let granted = app.write(move |tx| {
        let grant = grant_of(tx.directory(), &role, &scope)?;
        grant_role(tx, &caller, person_of(tx, &email)?, &grant)
    });
    granted.await.say_in(lang)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role back; the last administrator stays.
#[utoipa::path(delete, path = "/api/v1/people/{email}/roles/{role}/{scope}", params(("email" = String, Path),
    ("role" = String, Path), ("scope" = String, Path)), responses((status = 204), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    Path((email, role, scope)): Path<(String, String, String)>,
) -> Result<StatusCode, Refused> {
    let lang = caller.lang;
    caller.must(Action::ManageAccounts).say_in(lang)?;
    let taken = app.write(move |tx| {
        let grant = grant_of(tx.directory(), &role, &scope)?;
        take_role(tx, &caller, person_of(tx, &email)?, &grant)
    });
    taken.await.say_in(lang)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody leaves the house: their meetings are handed over or called off, they are taken off the lists of others,
/// and their account, tokens and feeds end. All of it, or nothing.
#[utoipa::path(post, path = "/api/v1/people/{email}/leave", params(("email" = String, Path)),
    request_body = LeaveSheet, responses((status = 200, body = LeftSheet), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn leave(
    State(app): State<App>,
    caller: Caller,
    Path(email): Path<String>,
    headers: HeaderMap,
    body: JsonBody<LeaveSheet>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    caller.must(Action::ManageAccounts).say_in(lang)?;
    let conditions = Conditions::read(&headers, &format!("POST leave {email}"), &body.bytes).say_in(lang)?;
    let wanted = body.value;
    once(&app, &caller, conditions, wanted.dry_run, move |tx, caller, _| {
        let rest = match (&wanted.to, wanted.cancel) {
            (Some(_), true) => return Err(Refusal::invalid("cancel", Said::new("people.which_fate"))),
            (Some(to), false) => Some(Fate::HandOver(person_of(tx, to)?)),
            (None, cancel) => cancel.then_some(Fate::Cancel),
        };
        let who = person_of(tx, &email)?;
        let leave = Leave { who, rest, each: Vec::new(), reason: wanted.reason.clone() };
        let done = leave_house(tx, caller, &leave)?;
        let sheet = LeftSheet { handed_over: done.handed_over, cancelled: done.cancelled, lists: done.lists };
        Reply::json(StatusCode::OK, 1, &sheet)
    })
    .await
    .say_in(lang)
}
