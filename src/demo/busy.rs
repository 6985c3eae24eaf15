//! Who and what is taken when, so that the generator asks only for what is free.

use std::collections::{BTreeMap, HashMap};

use crate::booking::claims_of;
use crate::ids::OccurrenceId;
use crate::time::Interval;
use crate::town::{ResourceId, Room};

/// Stretches by resource, in seconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Busy {
    taken: HashMap<ResourceId, BTreeMap<i64, i64>>,
}

impl Busy {
    /// Whether nothing overlaps `time`. Stretches of one resource do not overlap, so the last that begins
    /// before the end is the only one that can.
    pub(super) fn is_free(&self, resource: ResourceId, time: Interval) -> bool {
        let Some(taken) = self.taken.get(&resource) else { return true };
        let last = taken.range(..time.end.timestamp()).next_back();
        last.is_none_or(|(_, end)| *end <= time.start.timestamp())
    }

    pub(super) fn take(&mut self, resource: ResourceId, time: Interval) {
        let end = self.taken.entry(resource).or_default().entry(time.start.timestamp()).or_default();
        *end = (*end).max(time.end.timestamp());
    }

    /// Whether a room can be had, with its set-up and clean-up.
    pub(super) fn room_is_free(&self, room: &Room, time: Interval) -> bool {
        claims(room, time).iter().all(|(resource, time)| self.is_free(*resource, *time))
    }

    pub(super) fn take_room(&mut self, room: &Room, time: Interval) {
        for (resource, time) in claims(room, time) {
            self.take(resource, time);
        }
    }
}

fn claims(room: &Room, time: Interval) -> Vec<(ResourceId, Interval)> {
    let nobody = OccurrenceId(uuid::Uuid::nil());
    claims_of(&[room], time, nobody, crate::booking::Strength::Hard)
        .into_iter()
        .map(|claim| (claim.resource, claim.time))
        .collect()
}
