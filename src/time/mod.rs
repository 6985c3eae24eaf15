//! Intervals, wall time and zones, recurrence, holidays and working days. Pure.

mod holiday;
mod interval;
pub mod recurrence;
mod wall;
mod working_day;

pub use holiday::{Holiday, HolidayKind, SchoolBreak, easter, holidays_of};
pub use interval::Interval;
pub use wall::{Resolved, Shift, Zone};
pub use working_day::WorkingDays;
