//! Feeds of one's own and shared ones: make, list, revoke.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::booking::Refusal;
use crate::http::App;
use crate::http::idempotency::{Conditions, Reply, once};
use crate::http::json::JsonBody;
use crate::http::params::Path;
use crate::http::problem::{In, Problem, Refused};
use crate::ids::TokenId;
use crate::scheduler::{Caller, NewFeed, issue_feed_token, list_tokens, revoke_token};
use crate::store::{FeedScope, Level, TokenKind, View};
use crate::texts::Said;
use crate::town::Action;

/// A feed to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFeedSheet {
    /// `town`, or `room:`, `site:`, `body:` with a slug, or `person:` with an address; one's own `deadlines`, of all
    /// bodies or of one (`deadlines:` with a slug), and the sessions that one attends or prepares (`sessions:`).
    scope: String,
    /// `busy`, `title`, `full` or `council_public`; deadlines and sessions are always `full`.
    #[schema(value_type = String, example = "title")]
    level: Level,
    /// Names attendees; only in one's own full feed.
    #[serde(default)]
    attendees: bool,
    /// What to call it.
    #[serde(default)]
    label: String,
}

/// A feed as listed; the address is shown only when it is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FeedSheet {
    id: String,
    label: String,
    #[schema(value_type = String)]
    level: Level,
    scope: String,
    created: DateTime<Utc>,
    last_used: Option<DateTime<Utc>>,
    last_agent: Option<String>,
    revoked: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webcal: Option<String>,
}

/// Reads a scope as people write it.
pub(super) fn scope_of(view: &View<'_>, caller: &Caller, text: &str) -> Result<FeedScope, Refusal> {
    let directory = view.directory();
    let own = || caller.person.ok_or(Refusal::Unauthorised);
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let unknown = |what: &str| {
        let short: String = name.chars().take(80).collect();
        Refusal::invalid("scope", Said::new(&format!("unknown.{what}")).with("name", short))
    };
    Ok(match kind {
        "town" => FeedScope::Town,
        "room" => FeedScope::Room(directory.room_named(name).ok_or_else(|| unknown("room"))?.id),
        "site" => FeedScope::Site(directory.site_named(name).ok_or_else(|| unknown("site"))?.id),
        "body" => FeedScope::Body(directory.body_named(name).ok_or_else(|| unknown("body"))?.id),
        "deadlines" if name.is_empty() => FeedScope::Deadlines(own()?, None),
        "deadlines" => {
            let body = directory.body_named(name).ok_or_else(|| unknown("body"))?.id;
            FeedScope::Deadlines(own()?, Some(body))
        }
        "sessions" => {
            FeedScope::Sessions(own()?, directory.body_named(name).ok_or_else(|| unknown("body"))?.id)
        }
        "person" => FeedScope::Person(view.person_at(name)?.ok_or_else(|| unknown("person"))?.id),
        _ => return Err(unknown("feed")),
    })
}

/// Makes a feed; its address is shown this once.
#[utoipa::path(post, path = "/api/v1/feeds", request_body = NewFeedSheet, responses(
    (status = 201, body = FeedSheet), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn make_feed(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody<NewFeedSheet>,
) -> Result<Reply, Refused> {
    let lang = caller.lang;
    // Before anything is looked up: a refusal must not tell who is in the directory.
    caller.must(Action::OwnFeeds).say_in(lang)?;
    let conditions = Conditions::read(&headers, "POST feeds", &body.bytes).say_in(lang)?;
    let (wanted, base_url) = (body.value, app.base_url.clone());
    once(&app, &caller, conditions, false, move |tx, caller, _| {
        let scope = scope_of(tx, caller, &wanted.scope)?;
        let label = if wanted.label.trim().is_empty() { wanted.scope.clone() } else { wanted.label.clone() };
        let new = NewFeed { scope, level: wanted.level, attendees: wanted.attendees, label };
        let (id, secret) = issue_feed_token(tx, caller, &new)?;
        let url = format!("{base_url}/feeds/{secret}.ics");
        let webcal = format!("webcal://{}", url.split_once("://").map_or(url.as_str(), |(_, rest)| rest));
        let sheet = FeedSheet {
            id: id.to_string(),
            label: new.label,
            level: if scope.is_of_council() { Level::Full } else { wanted.level },
            scope: wanted.scope,
            created: tx.now(),
            last_used: None,
            last_agent: None,
            revoked: None,
            url: Some(url),
            webcal: Some(webcal),
        };
        Reply::json(StatusCode::CREATED, 1, &sheet)
    })
    .await
    .say_in(lang)
}

/// Lists the feeds that the caller may see, with their last use.
#[utoipa::path(get, path = "/api/v1/feeds", responses((status = 200, body = Vec<FeedSheet>)))]
pub(super) async fn feeds(State(app): State<App>, caller: Caller) -> Result<Json<Vec<FeedSheet>>, Refused> {
    let lang = caller.lang;
    let tokens = app.read(move |view| list_tokens(view, &caller)).await.say_in(lang)?;
    let sheets = tokens
        .into_iter()
        .filter(|token| token.kind == TokenKind::Feed)
        .filter_map(|token| {
            let (scope, level) = token.feed?;
            Some(FeedSheet {
                id: token.id.to_string(),
                label: token.label,
                level,
                scope: scope.to_string(),
                created: token.created,
                last_used: token.last_used,
                last_agent: token.last_agent,
                revoked: token.revoked,
                url: None,
                webcal: None,
            })
        })
        .collect();
    Ok(Json(sheets))
}

/// Revokes a feed: from now on it answers 410.
#[utoipa::path(delete, path = "/api/v1/feeds/{id}", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn revoke_feed(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let lang = caller.lang;
    let unknown = || Refusal::unknown("token", id.chars().take(40).collect::<String>());
    let id: TokenId = id.parse().map_err(|_| unknown()).say_in(lang)?;
    app.write(move |tx| revoke_token(tx, &caller, id)).await.say_in(lang)?;
    Ok(StatusCode::NO_CONTENT)
}
