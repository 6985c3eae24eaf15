//! What has happened by now: people came to their meetings, or did not and the room was given free.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::book::Booked;
use super::dice::Dice;
use crate::booking::Refusal;
use crate::ids::OccurrenceId;
use crate::scheduler::{Caller, check_in, tick};
use crate::store::Store;

/// Lives through the period up to `now`; returns to how many dates somebody came.
pub(super) fn until(store: &Store, booked: &Booked, now: DateTime<Utc>, seed: u64) -> Result<usize, Refusal> {
    let dice = Dice::new(seed ^ 0x11FE);
    let mut moments: BTreeMap<DateTime<Utc>, Vec<OccurrenceId>> = BTreeMap::new();
    for date in &booked.dates {
        let at = date.time.start + TimeDelta::minutes(2);
        if at < now && (dice.percent(93) || Some(date.id) == booked.on_screen) {
            moments.entry(at).or_default().push(date.id);
        }
    }
    let came = Arc::new(AtomicUsize::new(0));
    // One job per moment, queued together so that they share commits; each sets the clock for the next.
    let mut waiting = Vec::new();
    let instants: Vec<DateTime<Utc>> = moments.keys().copied().collect();
    if let Some(first) = instants.first() {
        store.clock().set(*first);
    }
    for (index, dates) in moments.into_values().enumerate() {
        let (clock, came) = (store.clock().clone(), Arc::clone(&came));
        let next = instants.get(index + 1).copied().unwrap_or(now);
        waiting.push(store.write(move |tx| {
            let outcome = arrive(tx, &dates);
            clock.set(next);
            came.fetch_add(*outcome.as_ref().unwrap_or(&0), Ordering::Relaxed);
            outcome.map(|_| ())
        }));
        if waiting.len() == 200 {
            for answer in waiting.drain(..) {
                answer.wait()?;
            }
        }
    }
    for answer in waiting {
        answer.wait()?;
    }
    store.write_now(|tx| tick(tx, &BTreeSet::new()))?;
    Ok(came.load(Ordering::Relaxed))
}

fn arrive(tx: &crate::store::Tx<'_>, dates: &[OccurrenceId]) -> Result<usize, Refusal> {
    tick(tx, &BTreeSet::new())?;
    for id in dates {
        check_in(tx, &Caller::system(), *id, tx.now())?;
    }
    Ok(dates.len())
}
