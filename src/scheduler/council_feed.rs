//! Feeds of what bodies do, for those who sit in them or prepare their sessions. Unlike those of meetings they are made
//! anew whenever something has touched them: they are small, and one publication moves several of their entries.

use sha2::{Digest, Sha256};

use super::council::{deadline_entries, session_entries};
use super::render_feed::{FeedSpec, FeedState, assemble};
use super::sign_in::in_full;
use super::{Caller, council_reader::CouncilReader};
use crate::booking::Refusal;
use crate::ids::BodyId;
use crate::store::{FeedScope, View};
use crate::town::Action;

/// A feed of what bodies do, whole.
#[derive(Clone, Debug)]
pub struct CouncilFeed {
    /// What tells whether it is still right; its tag is one of the bytes themselves.
    pub state: FeedState,
    /// The calendar.
    pub bytes: Vec<u8>,
}

/// Renders a feed of what bodies do, as far as its owner may know it now: one who has lost the right finds it empty.
///
/// # Errors
/// Those of the store; [`Refusal::Internal`] for a feed of meetings.
pub fn council_feed(view: &View<'_>, spec: &FeedSpec) -> Result<CouncilFeed, Refusal> {
    let owner = spec.scope.owner().map(|person| in_full(view, person)).transpose()?.flatten();
    let entries = match (spec.scope, owner) {
        (FeedScope::Deadlines(_, body), Some(owner)) => {
            deadline_entries(view, &owner, (&spec.base_url, body, spec.shape))?
        }
        (FeedScope::Sessions(_, body), Some(owner)) => session_entries(view, &owner, (spec, body))?,
        _ if spec.scope.is_of_council() => Vec::new(),
        _ => return Err(Refusal::Internal(format!("a feed of meetings: {}", spec.scope))),
    };
    let bytes = assemble(view, spec, &entries.iter().collect::<Vec<_>>())?;
    let digest = Sha256::digest(&bytes);
    let day = view.directory().house.zone.wall(view.now()).date();
    let etag = format!("\"{}\"", super::join_link::hex(&digest[..12]));
    Ok(CouncilFeed { state: FeedState { keys: Vec::new(), etag, day, frame: digest.into() }, bytes })
}

/// Refuses a feed of what bodies do to those whom it would show nothing.
pub(super) fn must_follow(view: &View<'_>, caller: &Caller, scope: FeedScope) -> Result<(), Refusal> {
    match scope {
        FeedScope::Deadlines(_, None) => caller.must_somewhere(Action::PrepareSession),
        FeedScope::Sessions(_, body) if CouncilReader::of(view, caller)?.sits_in(body) => Ok(()),
        FeedScope::Deadlines(_, Some(body)) | FeedScope::Sessions(_, body) => prepares(caller, body),
        _ => Ok(()),
    }
}

fn prepares(caller: &Caller, body: BodyId) -> Result<(), Refusal> {
    caller.must_in(Action::PrepareSession, &super::council_reader::of_body(body))
}
