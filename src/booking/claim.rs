//! Claims: who has which resource when. Live claims of one resource never overlap.
//!
//! Every door goes through here: a meeting claims each cell of each of its rooms, from set-up to clean-up,
//! a unit of each kind of equipment, and the time of the people who take part.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::ids::OccurrenceId;
use crate::time::Interval;
use crate::town::{ResourceId, Room};

/// How strongly a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Enforced: no other hard claim or hold may overlap.
    Hard,
    /// Enforced until it expires: pending approval, waiting list.
    Hold,
    /// A staff calendar: warns and scores, forbids nothing.
    Soft,
}

/// A resource taken for a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What is taken.
    pub resource: ResourceId,
    /// When, including set-up and clean-up.
    pub time: Interval,
    /// By which date of which meeting.
    pub occurrence: OccurrenceId,
    /// How strongly.
    pub strength: Strength,
}

/// The claims of one date on the cells of its rooms: set-up before and clean-up after belong to the claim,
/// not to the visible meeting.
#[must_use]
pub fn claims_of(
    rooms: &[&Room],
    time: Interval,
    occurrence: OccurrenceId,
    strength: Strength,
) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::with_capacity(rooms.len());
    for room in rooms {
        let time = time.widened(minutes(room.setup_min), minutes(room.cleanup_min));
        for &resource in &room.cells {
            match claims.iter_mut().find(|claim| claim.resource == resource) {
                // Two rooms of one booking may share a cell (A+B and B): one claim covers both.
                Some(claim) => {
                    claim.time.start = claim.time.start.min(time.start);
                    claim.time.end = claim.time.end.max(time.end);
                }
                None => claims.push(Claim { resource, time, occurrence, strength }),
            }
        }
    }
    claims
}

fn minutes(count: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RoomId, SiteId};
    use crate::town::Kit;
    use chrono::DateTime;
    use uuid::Uuid;

    fn room(cells: &[i64], setup_min: u32, cleanup_min: u32) -> Room {
        Room {
            id: RoomId(Uuid::nil()),
            slug: "zaal".into(),
            name: "Zaal".into(),
            site: SiteId(Uuid::nil()),
            floor: "0".into(),
            capacity: 10,
            kit: Kit::default(),
            cells: cells.iter().map(|c| ResourceId(*c)).collect(),
            setup_min,
            cleanup_min,
            group: None,
            check_in: false,
            active: true,
        }
    }

    #[test]
    fn a_combination_claims_every_cell_with_set_up_and_clean_up_once() {
        let at = |m: i64| DateTime::from_timestamp(m * 60, 0).unwrap();
        let time = Interval::new(at(60), at(120)).unwrap();
        let (ab, b) = (room(&[1, 2], 15, 30), room(&[2], 0, 45));
        let claims = claims_of(&[&ab, &b], time, OccurrenceId(Uuid::nil()), Strength::Hard);
        let spans: Vec<_> = claims.iter().map(|c| (c.resource.0, c.time.start, c.time.end)).collect();
        assert_eq!(spans, [(1, at(45), at(150)), (2, at(45), at(165))]);
    }
}
