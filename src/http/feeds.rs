//! `GET /feeds/{token}.ics`: subscriptions. The entity tag is known without rendering; a change renders only
//! the meetings that changed; the bytes are kept plain and gzipped until the feed is touched. Of deadlines there are two
//! calendars at one address: days, and with `?as=todos` things to do.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

use super::App;
use super::auth::lang_of;
use super::params::{Path, Query};
use super::problem::Refused;
use crate::booking::Refusal;
use crate::ids::{MeetingId, TokenId};
use crate::scheduler::{
    FeedAs, FeedSpec, FeedState, Rendered, assemble, council_feed, feed_state, render_meeting,
};
use crate::store::{FeedScope, JournalEntry, Level, TokenKind, View};
use crate::texts::Said;
use crate::town::Directory;

/// Feeds kept rendered; the one used longest ago makes room.
const MAX_KEPT: usize = 2_000;

type Key = (FeedScope, Level, bool, FeedAs);

/// What a secret opens, and until when if that is known.
type Opened = (TokenId, Key, Option<DateTime<Utc>>);

/// Rendered feeds, and which tokens open them.
#[derive(Default)]
pub(super) struct FeedCache {
    feeds: Mutex<HashMap<Key, Arc<Mutex<Slot>>>>,
    tokens: Mutex<HashMap<String, Opened>>,
}

#[derive(Default)]
struct Slot {
    /// Nothing has touched the feed since it was last looked at.
    fresh: bool,
    kept: Option<Kept>,
}

#[derive(Clone)]
struct Kept {
    state: FeedState,
    modified: DateTime<Utc>,
    plain: Bytes,
    gzip: Bytes,
    meetings: HashMap<MeetingId, (i64, Arc<Rendered>)>,
}

impl FeedCache {
    /// Marks the feeds that an entry of the journal touches.
    pub(super) fn touch(&self, directory: &Directory, entry: &JournalEntry) {
        let subjects = &entry.subjects;
        // Rooms, people and tokens themselves changed: names and rights may differ everywhere.
        if subjects.meeting.is_none() {
            self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clear();
            self.for_each(|_, slot| slot.fresh = false);
            return;
        }
        let rooms: Vec<_> = subjects.rooms.iter().filter_map(|id| directory.room(*id)).collect();
        self.for_each(|(scope, ..), slot| {
            let touched = match scope {
                FeedScope::Town => true,
                FeedScope::Person(id) => subjects.people.contains(id),
                FeedScope::Body(id) | FeedScope::Sessions(_, id) | FeedScope::Deadlines(_, Some(id)) => {
                    subjects.body == Some(*id)
                }
                FeedScope::Deadlines(_, None) => subjects.body.is_some(),
                FeedScope::Site(id) => rooms.iter().any(|room| room.site == *id),
                FeedScope::Room(id) => {
                    let cells = directory.room(*id).map(|room| room.cells.as_slice()).unwrap_or_default();
                    rooms.iter().any(|room| room.cells.iter().any(|cell| cells.contains(cell)))
                }
            };
            slot.fresh &= !touched;
        });
    }

    fn for_each(&self, mut act: impl FnMut(&Key, &mut Slot)) {
        // The map is copied, so that a feed that is being rendered does not hold up the others.
        let slots: Vec<_> = {
            let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
            feeds.iter().map(|(key, slot)| (*key, Arc::clone(slot))).collect()
        };
        for (key, slot) in slots {
            act(&key, &mut slot.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn slot(&self, key: Key) -> Arc<Mutex<Slot>> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        if feeds.len() >= MAX_KEPT && !feeds.contains_key(&key) {
            feeds.clear();
        }
        Arc::clone(feeds.entry(key).or_default())
    }
}

/// What an address asks for beside its secret.
#[derive(Deserialize)]
pub(super) struct FeedAsked {
    /// `events` or `todos`.
    #[serde(rename = "as")]
    shape: Option<String>,
}

/// `GET` and `HEAD /feeds/{token}.ics`.
pub(super) async fn feed(
    State(app): State<App>,
    Path(file): Path<String>,
    Query(asked): Query<FeedAsked>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let lang = lang_of(&app, &headers);
    let refused = |refusal| Refused(refusal, lang);
    let secret = file.strip_suffix(".ics").unwrap_or(&file);
    app.catch_up().map_err(|error| refused(error.into()))?;
    let (token, mut key, ends) = opened(&app, secret).map_err(refused)?;
    key.3 = shape_of(key.0, asked.shape.as_deref()).map_err(refused)?;
    if ends.is_some_and(|ends| ends <= app.store.clock().now()) {
        return Err(refused(Refusal::State(Said::new("feed.revoked"))));
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    app.used(token, agent);
    let kept = if let Some(kept) = fresh(&app, key) {
        kept
    } else {
        let worker = app.clone();
        tokio::task::spawn_blocking(move || refresh(&worker, key))
            .await
            .unwrap_or_else(|error| Err(Refusal::Internal(error.to_string())))
            .map_err(refused)?
    };
    Ok(respond(&kept, &headers, key))
}

/// As what the entries are asked for; only deadlines are things to do.
fn shape_of(scope: FeedScope, asked: Option<&str>) -> Result<FeedAs, Refusal> {
    let Some(word) = asked else { return Ok(FeedAs::Events) };
    let todos = matches!(scope, FeedScope::Deadlines(..));
    let shape = FeedAs::of(word).filter(|shape| *shape == FeedAs::Events || todos);
    shape.ok_or_else(|| Refusal::invalid("as", Said::new("feed.as_unknown")))
}

/// What a secret opens; a revoked one is gone (410), an unknown one is not found (404).
fn opened(app: &App, secret: &str) -> Result<Opened, Refusal> {
    if let Some(known) = app.feeds.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(secret) {
        return Ok(*known);
    }
    let found = app.store.read(|view| view.token_by_secret(secret))?;
    let unknown = || Refusal::Unknown(Said::new("feed.unknown"));
    let token = found.filter(|token| token.kind == TokenKind::Feed).ok_or_else(unknown)?;
    if token.revoked.is_some() {
        return Err(Refusal::State(Said::new("feed.revoked")));
    }
    let (scope, level) = token.feed.ok_or_else(unknown)?;
    let known = (token.id, (scope, level, token.attendees, FeedAs::Events), token.ends);
    let mut tokens = app.feeds.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    if tokens.len() > MAX_KEPT * 4 {
        tokens.clear();
    }
    tokens.insert(secret.to_owned(), known);
    Ok(known)
}

fn today(app: &App) -> NaiveDate {
    app.store.directory().house.zone.wall(app.store.clock().now()).date()
}

/// The feed as kept, if nothing has touched it and the day is still the same.
fn fresh(app: &App, key: Key) -> Option<Kept> {
    let slot = app.feeds.slot(key);
    let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = slot.kept.as_ref().filter(|kept| slot.fresh && kept.state.day == today(app));
    kept.cloned()
}

/// Looks at the feed again and renders what has changed.
fn refresh(app: &App, key: Key) -> Result<Kept, Refusal> {
    let spec = FeedSpec {
        scope: key.0,
        level: key.1,
        attendees: key.2,
        shape: key.3,
        base_url: app.base_url.clone(),
        secret: app.store.secret().to_vec(),
    };
    let slot = app.feeds.slot(key);
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    // Set before reading: a commit in between marks it touched again.
    slot.fresh = true;
    let former = slot.kept.take();
    let kept = app.store.read(|view| match former {
        Some(kept) if slot.fresh => render(view, &spec, Some(kept)),
        _ => render(view, &spec, None),
    });
    match kept {
        Ok(kept) => {
            slot.kept = Some(kept.clone());
            Ok(kept)
        }
        Err(refusal) => {
            slot.fresh = false;
            Err(refusal)
        }
    }
}

fn render(view: &View<'_>, spec: &FeedSpec, former: Option<Kept>) -> Result<Kept, Refusal> {
    if spec.scope.is_of_council() {
        return render_whole(view, spec, former);
    }
    let state = feed_state(view, spec)?;
    let known = former.as_ref().is_some_and(|kept| kept.state.frame == state.frame);
    let mut old = match former {
        Some(kept) if kept.state.etag == state.etag => return Ok(Kept { state, ..kept }),
        Some(kept) if known => kept.meetings,
        _ => HashMap::new(),
    };
    let mut meetings = HashMap::with_capacity(state.keys.len());
    let mut order = Vec::with_capacity(state.keys.len());
    for key in &state.keys {
        let rendered = match old.remove(&key.id) {
            Some((version, rendered)) if version == key.version => rendered,
            _ => match render_meeting(view, spec, key.id)? {
                Some(rendered) => Arc::new(rendered),
                None => continue,
            },
        };
        order.push(Arc::clone(&rendered));
        meetings.insert(key.id, (key.version, rendered));
    }
    let newest = order.iter().map(|rendered| rendered.modified).max().unwrap_or_default();
    let modified = newest.max(touched_at(view, state.day)?).trunc_subsecs(0);
    let plain = assemble(view, spec, &order.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
    let gzip = compress(&plain);
    Ok(Kept { state, modified, plain: plain.into(), gzip: gzip.into(), meetings })
}

/// Renders a feed of what bodies do; the former one stays if its bytes are the same.
fn render_whole(view: &View<'_>, spec: &FeedSpec, former: Option<Kept>) -> Result<Kept, Refusal> {
    let feed = council_feed(view, spec)?;
    if let Some(kept) = former.filter(|kept| kept.state.etag == feed.state.etag) {
        return Ok(Kept { state: feed.state, ..kept });
    }
    let modified = touched_at(view, feed.state.day)?.trunc_subsecs(0);
    let gzip = compress(&feed.bytes).into();
    Ok(Kept { state: feed.state, modified, plain: feed.bytes.into(), gzip, meetings: HashMap::new() })
}

/// When a feed may have changed last. What has left it changed it too, although nothing in it is newer, and so did
/// midnight, which moves the window: rather too late than too early, and never back, not even after a restart.
fn touched_at(view: &View<'_>, day: NaiveDate) -> Result<DateTime<Utc>, Refusal> {
    let midnight = view.directory().house.zone.day(day).start;
    Ok(midnight.max(view.journalled_at()?))
}

fn compress(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::new(3));
    // Writing to memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

/// Whether `Accept-Encoding` names gzip, or anything, with a weight above zero (RFC 9110 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    let weight = |wanted: &str| {
        accepted.split(',').find_map(|item| {
            let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
            let weight =
                parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            coding.trim().eq_ignore_ascii_case(wanted).then_some(weight.unwrap_or(0.0))
        })
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

fn respond(kept: &Kept, headers: &HeaderMap, key: Key) -> Response {
    let gzip =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(takes_gzip);
    // The tag of each coding is its own (RFC 9110 8.8.3.3).
    let tag = &kept.state.etag;
    let etag = if gzip { format!("{}-gz\"", &tag[..tag.len() - 1]) } else { tag.clone() };
    let mut response = if not_modified(kept, headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if gzip {
        ([(header::CONTENT_ENCODING, "gzip")], kept.gzip.clone()).into_response()
    } else {
        kept.plain.clone().into_response()
    };
    let out = response.headers_mut();
    let public = key.1 == Level::CouncilPublic;
    let caching = if public {
        "public, max-age=300, stale-while-revalidate=60"
    } else {
        "private, max-age=300, must-revalidate"
    };
    let modified = kept.modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            out.insert(name, value);
        }
    };
    set(header::ETAG, &etag);
    set(header::LAST_MODIFIED, &modified);
    set(header::CACHE_CONTROL, caching);
    set(header::VARY, "Accept-Encoding");
    set(header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    set(header::CONTENT_DISPOSITION, "inline; filename=\"belfort.ics\"");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    set(header::REFERRER_POLICY, "no-referrer");
    response
}

/// `If-None-Match` wins over `If-Modified-Since` (RFC 9110 13.1.3); either coding's tag will do, for both
/// stand for the same calendar.
fn not_modified(kept: &Kept, headers: &HeaderMap) -> bool {
    if let Some(value) = headers.get(header::IF_NONE_MATCH) {
        let bare = kept.state.etag.trim_matches('"');
        return value.to_str().unwrap_or("").split(',').any(|tag| {
            let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
            tag == "*" || tag == bare || tag.strip_suffix("-gz") == Some(bare)
        });
    }
    headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .is_some_and(|since| kept.modified <= since)
}
