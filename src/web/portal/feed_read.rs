//! The feed of what is published, as linked data (LDES): harvesters follow it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{FOREVER, FRESH, tagged};
use crate::booking::Refusal;
use crate::council::publication::feed::{self, MEMBERS_PER_PAGE, Member, pages};
use crate::http::App;
use crate::store::Publication;
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::Visitor;

const TURTLE: &str = "text/turtle; charset=utf-8";

/// `GET /ldes`: the stream, which leads to its first page.
pub(super) async fn stream(State(app): State<App>, headers: HeaderMap) -> Response {
    tagged(&headers, TURTLE, ("stream", FRESH), feed::stream(&app.base_url).into_bytes())
}

/// `GET /ldes/{number}`: a page of it. One that is full never changes.
pub(super) async fn page_of_stream(
    State(app): State<App>,
    visitor: Visitor,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Oops> {
    let number: i64 = number.parse().unwrap_or(0);
    let read = app.read(move |view| {
        let unknown = || Refusal::Unknown(Said::new("portal.not_published"));
        let count = view.publication_count()?;
        if number < 1 || number > pages(count) {
            return Err(unknown());
        }
        let after = (number - 1) * i64::from(MEMBERS_PER_PAGE);
        // One more than the page holds: when the next page starts.
        Ok(view.publications(after, MEMBERS_PER_PAGE + 1)?)
    });
    let mut entries = read.await.map_err(|refusal| visitor.oops(refusal))?;
    let next = entries.get(MEMBERS_PER_PAGE as usize).map(|entry| entry.published_at);
    entries.truncate(MEMBERS_PER_PAGE as usize);
    let tag = format!("ldes-{number}-{}-{}", entries.len(), next.is_some());
    let members: Vec<Member> = entries.into_iter().map(member).collect();
    let age = if next.is_some() { FOREVER } else { FRESH };
    let turtle = feed::page(&app.base_url, number, &members, next);
    Ok(tagged(&headers, TURTLE, (&tag, age), turtle.into_bytes()))
}

fn member(entry: Publication) -> Member {
    Member {
        seq: entry.seq,
        kind: entry.kind,
        document: entry.document,
        location: entry.url,
        at: entry.published_at,
    }
}
