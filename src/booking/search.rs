//! Ranks rooms for a request, with the reason for each that is rejected.

use serde::Serialize;

use super::Heads;
use crate::ids::SiteId;
use crate::texts::Said;
use crate::time::Interval;
use crate::town::{Directory, Kit, Room};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// Visible time.
    pub time: Interval,
    /// Who takes part.
    pub heads: Heads,
    /// Fittings that are needed.
    pub kit: Kit,
    /// The building preferred.
    pub near: Option<SiteId>,
}

/// A room and what speaks for or against it.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The room.
    pub room: &'a Room,
    /// The first stretch for which another has it, set-up and clean-up included.
    pub taken: Option<Interval>,
    /// A rule of the house that objects.
    pub objection: Option<Said>,
}

/// What came of one room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Slug of the room.
    pub room: String,
    /// Lower is better; none for a room that is rejected.
    pub score: Option<u32>,
    /// Why it is rejected, or why it stands where it stands.
    pub reasons: Vec<Said>,
}

/// Judges every candidate: those that suit first, best first, then the rejected ones in order of name.
/// Ties are broken by name, so the same question gets the same answer.
#[must_use]
pub fn rank(directory: &Directory, query: &Query, candidates: &[Candidate<'_>]) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> =
        candidates.iter().map(|candidate| judge(directory, query, candidate)).collect();
    verdicts.sort_by(|a, b| {
        let key = |v: &Verdict| (v.score.is_none(), v.score);
        key(a).cmp(&key(b)).then_with(|| a.room.cmp(&b.room))
    });
    verdicts
}

fn judge(directory: &Directory, query: &Query, candidate: &Candidate<'_>) -> Verdict {
    let room = candidate.room;
    let seats = query.heads.seats(directory.house.undecided_percent);
    let mut against = Vec::new();
    if room.capacity < seats {
        against.push(Said::new("search.too_small").with("capacity", room.capacity).with("seats", seats));
    }
    for (needed, has, key) in [
        (query.kit.hybrid || query.heads.remote > 0, room.kit.hybrid, "search.no_hybrid"),
        (query.kit.wheelchair, room.kit.wheelchair, "search.no_wheelchair"),
        (query.kit.hearing_loop, room.kit.hearing_loop, "search.no_hearing_loop"),
    ] {
        if needed && !has {
            against.push(Said::new(key));
        }
    }
    if let Some(taken) = candidate.taken {
        let wall = |at| directory.house.zone.wall(at).format("%H:%M").to_string();
        against.push(Said::new("search.taken").with("from", wall(taken.start)).with("to", wall(taken.end)));
    }
    against.extend(candidate.objection.clone());
    if !against.is_empty() {
        return Verdict { room: room.slug.clone(), score: None, reasons: against };
    }
    let walk = walk_min(directory, query.near, room);
    let waste = room.capacity - seats;
    Verdict {
        room: room.slug.clone(),
        score: Some(room_cost(walk, waste, unused_kit(query, room), room.cells.len())),
        reasons: vec![
            Said::new("search.suits").with("capacity", room.capacity).with("spare", waste).with("walk", walk),
        ],
    }
}

/// Minutes on foot between the room and the building preferred, or the town hall.
#[must_use]
pub fn walk_min(directory: &Directory, near: Option<SiteId>, room: &Room) -> u32 {
    let walk = |site: SiteId| directory.site(site).map_or(0, |site| site.walk_min);
    match near {
        Some(near) if near == room.site => 0,
        // Sites are known by their distance from the town hall; the detour over it bounds any other way.
        Some(near) => walk(near).saturating_add(walk(room.site)),
        None => walk(room.site),
    }
}

fn unused_kit(query: &Query, room: &Room) -> bool {
    room.kit.hybrid && query.heads.remote == 0 && !query.kit.hybrid
}

/// What a room that suits costs: the walk in minutes, idle seats, and what others may need more: rooms fitted
/// for hybrid meetings, and halls whose cells block other rooms.
pub(super) fn room_cost(walk_min: u32, spare_seats: u32, unused_kit: bool, cells: usize) -> u32 {
    let cells = u32::try_from(cells).unwrap_or(u32::MAX);
    let scarcity = u32::from(unused_kit) * 15 + cells.saturating_sub(1).saturating_mul(10);
    walk_min.saturating_mul(10).saturating_add(spare_seats.saturating_mul(2)).saturating_add(scarcity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RoomId;
    use crate::town::{ResourceId, Site};
    use chrono::DateTime;
    use uuid::Uuid;

    fn room(n: u128, capacity: u32, hybrid: bool, site: u128) -> Room {
        Room {
            id: RoomId(Uuid::from_u128(n)),
            slug: format!("zaal-{n}"),
            name: format!("Zaal {n}"),
            site: SiteId(Uuid::from_u128(site)),
            floor: "0".into(),
            capacity,
            kit: Kit { hybrid, ..Kit::default() },
            cells: vec![ResourceId(i64::try_from(n).unwrap())],
            setup_min: 0,
            cleanup_min: 0,
            group: None,
            check_in: true,
            active: true,
        }
    }

    #[test]
    fn a_room_for_8_and_3_remote_near_the_town_hall() {
        let site = |n: u128, walk_min| Site {
            id: SiteId(Uuid::from_u128(n)),
            slug: format!("site-{n}"),
            name: String::new(),
            address: String::new(),
            walk_min,
        };
        let mut directory = Directory::default();
        directory.sites = vec![site(1, 0), site(2, 12)];
        directory.rooms = vec![
            room(1, 10, true, 1),
            room(2, 8, true, 2),
            room(3, 6, true, 1),
            room(4, 12, false, 1),
            room(5, 40, true, 1),
        ];
        let directory = directory.index();
        let at = |h: i64| DateTime::from_timestamp(1_800_000_000 + h * 3600, 0).unwrap();
        let query = Query {
            time: Interval::new(at(0), at(1)).unwrap(),
            heads: Heads { in_room: 8, remote: 3, undecided: 0 },
            kit: Kit::default(),
            near: Some(SiteId(Uuid::from_u128(1))),
        };
        let candidates: Vec<_> = directory
            .rooms
            .iter()
            .map(|room| Candidate {
                room,
                taken: (room.slug == "zaal-5").then_some(query.time),
                objection: None,
            })
            .collect();
        let verdicts = rank(&directory, &query, &candidates);
        let order: Vec<_> = verdicts.iter().map(|v| (v.room.as_str(), v.reasons[0].key.as_str())).collect();
        assert_eq!(
            order,
            [
                ("zaal-1", "search.suits"),
                ("zaal-2", "search.suits"),
                ("zaal-3", "search.too_small"),
                ("zaal-4", "search.no_hybrid"),
                ("zaal-5", "search.taken"),
            ]
        );
    }
}
