//! Delivers what was tapped: each command once, in order, for as long as it still means something.

use chrono::{DateTime, TimeDelta, Utc};

use super::cache::Cache;
use super::desk::{Pending, Report};
use super::upstream::{Outcome, Upstream};
use crate::wire::{Board, Command};

/// "From now" is said at the door; minutes later nobody waits there any more.
const NOW_LASTS: TimeDelta = TimeDelta::seconds(60);
/// What was reported yesterday decides nothing today.
const REPORT_LASTS: TimeDelta = TimeDelta::hours(24);

/// What a round of deliveries brought.
#[derive(Debug, Default, PartialEq)]
pub struct Round {
    /// What the desk should hear.
    pub reports: Vec<Report>,
    /// The newest board an answer carried.
    pub board: Option<Box<Board>>,
    /// The board must be read anew: something was refused, or an answer could not be read.
    pub look: bool,
    /// Something is left for later.
    pub left: bool,
    /// The server could not be reached.
    pub unreachable: Option<String>,
}

/// Sends what waits in the outbox.
pub fn deliver(cache: &Cache, upstream: &Upstream, now: DateTime<Utc>) -> Round {
    let mut round = Round::default();
    for letter in cache.outbox() {
        let pending = letter.pending;
        if expired(&pending, now) {
            cache.settle(&pending);
            round.reports.extend([Report::Settled(pending.uuid), Report::Expired]);
            round.look = true;
            continue;
        }
        match upstream.post(&pending) {
            Outcome::Taken(board) => {
                cache.settle(&pending);
                round.look |= board.is_none();
                round.board = board.or(round.board);
                round.reports.push(Report::Settled(pending.uuid));
            }
            Outcome::Refused(sentence) => {
                cache.settle(&pending);
                round.look = true;
                round.reports.push(Report::Settled(pending.uuid));
                round.reports.push(Report::Refused(sentence));
            }
            Outcome::Later(why) => {
                tracing::warn!(uuid = %pending.uuid, why, "a command waits");
                cache.failed(&pending, &why);
                round.left = true;
            }
            Outcome::Unknown(why) => {
                tracing::warn!(uuid = %pending.uuid, why, "a command may not have arrived");
                cache.failed(&pending, &why);
                round.left = true;
                round.unreachable = Some(why);
                break;
            }
        }
    }
    round
}

/// A wish "from now" is given up soon, so that nobody books a room they have long left; a report is kept.
fn expired(pending: &Pending, now: DateTime<Utc>) -> bool {
    let lasts = match pending.command {
        Command::BookNow { .. } | Command::Extend { .. } => NOW_LASTS,
        Command::CheckIn { .. } | Command::End { .. } | Command::UndoRelease { .. } => REPORT_LASTS,
    };
    now.signed_duration_since(pending.made_at) > lasts
}
