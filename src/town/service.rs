//! What can be ordered for a meeting beside a room: catering, a technician.

use chrono::{DateTime, Utc};

/// Something that somebody delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The name in addresses, by which rules cite it.
    pub slug: String,
    /// The name people know.
    pub name: String,
    /// How many hours before the start it must be ordered.
    pub lead_hours: u32,
    /// Whom to call or write to; may be empty.
    pub contact: String,
    /// Can be ordered.
    pub active: bool,
}

/// A service ordered for a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Slug of the service.
    pub service: String,
    /// How much, or for how many.
    pub count: u32,
    /// What else whoever delivers must know.
    pub note: String,
    /// It stands for the dates that start then or later.
    pub valid_from: DateTime<Utc>,
}
