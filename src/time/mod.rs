//! Intervals, wall time and zones, recurrence. Pure.

mod interval;
pub mod recurrence;
mod wall;

pub use interval::Interval;
pub use wall::{Resolved, Shift, Zone};
