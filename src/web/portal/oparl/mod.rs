//! What is published as OParl 1.1 (oparl.org, 2018): objects with addresses, and lists of them page by page.
//!
//! A body of OParl is a legal person, an organization of OParl a body of ours. Everything comes from the register and
//! from mandates by election, which are public.

mod gather;
mod objects;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

use self::gather::Gathered;
use super::{FRESH, tagged};
use crate::booking::Refusal;
use crate::http::App;
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::{Asked, Fields, Visitor};

/// Objects on a page of a list.
const PER_PAGE: usize = 100;

/// The kinds of objects that have lists of their own, as they stand in addresses.
const LISTS: [&str; 8] =
    ["organizations", "persons", "memberships", "meetings", "agendaitems", "papers", "files", "terms"];

/// The addresses of OParl.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/oparl", get(system))
        .route("/oparl/bodies", get(bodies))
        .route("/oparl/{kind}/{id}", get(object))
        .route("/oparl/bodies/{slug}/{list}", get(list))
}

/// `GET /oparl`: the system, by which a client begins.
async fn system(State(app): State<App>, headers: HeaderMap) -> Response {
    let town = app.store.directory().house.town.clone();
    answer(&headers, &objects::system(&app.base_url, &town))
}

/// `GET /oparl/bodies`.
async fn bodies(
    State(app): State<App>,
    visitor: Visitor,
    Asked(asked): Asked,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let all = gather(&app, &visitor).await?.bodies();
    let address = format!("{}/oparl/bodies", app.base_url);
    Ok(answer(&headers, &page_of(&visitor, &address, &asked, all)?))
}

/// `GET /oparl/bodies/{slug}/{list}`.
async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Path((slug, list)): Path<(String, String)>,
    Asked(asked): Asked,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let gathered = gather(&app, &visitor).await?;
    let known = LISTS.contains(&list.as_str()) && gathered.has_body(&slug);
    if !known {
        return Err(unknown(&visitor));
    }
    let address = format!("{}/oparl/bodies/{slug}/{list}", app.base_url);
    let all = gathered.objects(&list, Some(&slug));
    Ok(answer(&headers, &page_of(&visitor, &address, &asked, all)?))
}

/// `GET /oparl/{kind}/{id}`: one object.
async fn object(
    State(app): State<App>,
    visitor: Visitor,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let gathered = gather(&app, &visitor).await?;
    let all = match kind.as_str() {
        "bodies" => gathered.bodies(),
        kind if LISTS.contains(&kind) => gathered.objects(kind, None),
        _ => Vec::new(),
    };
    let address = format!("{}/oparl/{kind}/{id}", app.base_url);
    let found = all.into_iter().find(|object| object["id"] == address);
    let found = match (found, kind.as_str(), id.parse()) {
        (None, "files", Ok(seq)) => deleted_file(&app, &visitor, seq).await?,
        (found, ..) => found,
    };
    Ok(answer(&headers, &found.ok_or_else(|| unknown(&visitor))?))
}

async fn deleted_file(app: &App, visitor: &Visitor, seq: i64) -> Result<Option<Value>, Oops> {
    let base = app.base_url.clone();
    let found = app.read(move |view| Ok(gather::deleted_file(view, &base, seq)?)).await;
    found.map_err(|refusal| visitor.oops(refusal))
}

async fn gather(app: &App, visitor: &Visitor) -> Result<Gathered, Oops> {
    let base = app.base_url.clone();
    app.read(move |view| gather::gather(view, &base)).await.map_err(|refusal| visitor.oops(refusal))
}

fn unknown(visitor: &Visitor) -> Oops {
    visitor.oops(Refusal::Unknown(Said::new("portal.not_published")))
}

/// JSON for programs of any origin (OParl 1.1, 2.4).
fn answer(headers: &HeaderMap, value: &Value) -> Response {
    let bytes = value.to_string().into_bytes();
    let mut response = tagged(headers, "application/json", ("", FRESH), bytes);
    response.headers_mut().remove(header::ETAG);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A page of a list, filtered by when objects were made or changed (OParl 1.1, 2.5.1 and 2.5.4).
fn page_of(visitor: &Visitor, address: &str, asked: &Fields, all: Vec<Value>) -> Result<Value, Oops> {
    let mut kept = Vec::new();
    let mut limits = Vec::new();
    for (name, field, since) in [
        ("created_since", "created", true),
        ("created_until", "created", false),
        ("modified_since", "modified", true),
        ("modified_until", "modified", false),
    ] {
        let Some(text) = asked.some(name) else { continue };
        // A plus sign that was not encoded reads as a space.
        let at = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
        let wrong = || Refusal::invalid(name, Said::new("portal.no_instant").with("text", name));
        limits.push((field, at.map_err(|_| visitor.oops(wrong()))?, since));
        kept.push((name, text.to_owned()));
    }
    let fits = |object: &Value| limits.iter().all(|limit| within(object, limit));
    let all: Vec<Value> = all.into_iter().filter(fits).collect();
    let pages = all.len().div_ceil(PER_PAGE).max(1);
    let page = asked.get("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let link = |page: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept.iter()).append_pair("page", &page.to_string());
        format!("{address}?{}", query.finish())
    };
    let mut links = json!({ "first": link(1), "self": link(page), "last": link(pages) });
    if page > 1 {
        links["prev"] = link(page - 1).into();
    }
    if page < pages {
        links["next"] = link(page + 1).into();
    }
    let (count, skip) = (all.len(), (page - 1) * PER_PAGE);
    let data: Vec<Value> = all.into_iter().skip(skip).take(PER_PAGE).collect();
    Ok(json!({
        "data": data,
        "pagination": {
            "totalElements": count, "elementsPerPage": PER_PAGE, "currentPage": page, "totalPages": pages,
        },
        "links": links,
    }))
}

fn within(object: &Value, (field, limit, since): &(&str, DateTime<FixedOffset>, bool)) -> bool {
    let at = object[*field].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    at.is_some_and(|at| if *since { at >= *limit } else { at <= *limit })
}
