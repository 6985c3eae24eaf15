//! What an offer costs. Lower is better; the weights are in one place so that they can be weighed.

use super::Place;
use crate::booking::search::room_cost;

/// Grains that cost 1 by passing: half a day. A day's delay costs 2.
const LATE_GRAINS: usize = 48;
/// Somebody optional is not free.
const AWAY: u32 = 10;
/// Somebody has to take part outside working hours, up to [`NEAR_H`] before or after.
const OFF_HOURS: u32 = 8;
/// Somebody has to take part at night or on a day off.
const FAR_OFF_HOURS: u32 = 30;
/// Hours around the working day that are a nuisance, not more.
pub(super) const NEAR_H: i64 = 2;
/// A gap too short for a meeting is left in the room, before or after.
const GAP: u32 = 2;
/// Gaps shorter than so many grains are lost.
pub(super) const SHORT_GAP: usize = 4;

/// The cost of waiting until a grain.
pub(super) fn lateness(start: usize) -> u32 {
    u32::try_from(start / LATE_GRAINS).unwrap_or(u32::MAX)
}

/// The cost of a start to the people: those away, those near their working hours, those far from them.
pub(super) fn nuisance(away: u32, near: u32, far: u32) -> u32 {
    away * AWAY + near * OFF_HOURS + far * FAR_OFF_HOURS
}

/// The cost of a room for `seats`, whenever it is: the walk, idle seats, fittings that others need.
pub(super) fn of_place(place: &Place<'_>, seats: u32, hybrid: bool) -> u32 {
    let unused_kit = place.kit.hybrid && !hybrid;
    let waste = place.capacity.saturating_sub(seats);
    room_cost(place.walk_min, waste, unused_kit, place.cells.len()) / 10
}

/// The cost of the gaps that are left in the room.
pub(super) fn gaps(before: bool, after: bool) -> u32 {
    (u32::from(before) + u32::from(after)) * GAP
}

/// How alike two offers are, as a cost to the later one: what people want is a choice, not five neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Likeness;

impl Likeness {
    /// The same start in another room.
    pub(super) const SAME_START: u32 = 290;
    /// Another start at which one would still be sitting.
    pub(super) const OVERLAP: u32 = 90;
    /// The same part of the same day.
    pub(super) const SAME_PART: u32 = 60;
    /// The same day.
    pub(super) const SAME_DAY: u32 = 25;
    /// The same part of another day.
    pub(super) const SAME_HOURS: u32 = 4;
    /// The same room.
    pub(super) const SAME_ROOM: u32 = 3;
}
