//! Choosing offers that differ: the cheapest first, then always the one that is cheapest with its likeness to
//! those before it.

use super::Search;
use super::grid::Grid;
use super::hours::{Calendar, PartOfDay};
use super::people::Ease;
use super::places::Pool;
use super::score::{Likeness, lateness};

/// A start and a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    /// Without its likeness to others.
    pub(super) cost: u32,
    pub(super) start: usize,
    /// Among the rooms of the pool.
    pub(super) rank: usize,
}

/// A start from which it could be. Its cost is worked out when it first comes near to being chosen, which most
/// starts never do.
struct Candidate {
    start: usize,
    part: PartOfDay,
    /// What the start costs the people, once it is known.
    time: Option<u32>,
    /// No offer of this start is cheaper.
    floor: u32,
    /// Likeness to the offers chosen so far, rooms left out.
    alike: u32,
}

/// The cheapest start and room under a limit.
pub(super) fn cheapest(ease: &Ease, pool: &mut Pool<'_, '_>, starts: &Grid, mut below: u32) -> Option<Pick> {
    let least = pool.least()?;
    let mut best = None;
    for start in starts.ones() {
        if lateness(start) + least >= below {
            break;
        }
        let time = ease.cost(start);
        if time + least >= below {
            continue;
        }
        if let Some((room, rank)) = pool.best(start, below - time, |_| Some(0)) {
            below = time + room;
            best = Some(Pick { cost: below, start, rank });
        }
    }
    best
}

/// The offers, in the order in which they are made.
pub(super) fn choose(search: &Search<'_>, ease: &Ease, pool: &mut Pool<'_, '_>, starts: &Grid) -> Vec<Pick> {
    let wanted = search.wanted;
    let calendar = Calendar::new(wanted.zone, wanted.window, search.scale);
    let Some(least) = pool.least() else { return Vec::new() };
    let candidate = |start| {
        let part = calendar.part(start);
        Candidate { start, part, time: None, floor: lateness(start) + least, alike: 0 }
    };
    let mut candidates: Vec<Candidate> = starts.ones().map(candidate).collect();
    let mut picks: Vec<Pick> = Vec::new();
    while picks.len() < wanted.count {
        let Some((at, pick)) = next(&mut candidates, ease, pool, &picks) else { break };
        let (start, part) = (candidates[at].start, candidates[at].part);
        for candidate in &mut candidates {
            candidate.alike += alike(candidate, start, part, search.frame.run);
        }
        picks.push(pick);
    }
    picks
}

/// The cheapest candidate as things are; ties go to the earlier start, then to the better room.
fn next(
    candidates: &mut [Candidate],
    ease: &Ease,
    pool: &mut Pool<'_, '_>,
    picks: &[Pick],
) -> Option<(usize, Pick)> {
    let (mut below, mut best) = (u32::MAX, None);
    for (at, candidate) in candidates.iter_mut().enumerate() {
        if candidate.floor.saturating_add(candidate.alike) >= below {
            continue;
        }
        let time = *candidate.time.get_or_insert_with(|| ease.cost(candidate.start));
        let spent = time + candidate.alike;
        let extra = |rank| {
            let taken = picks.iter().any(|pick| pick.start == candidate.start && pick.rank == rank);
            (!taken).then(|| same_room(picks, rank))
        };
        let room = pool.best(candidate.start, below.saturating_sub(spent), extra);
        // What rooms cost here only grows as more are taken, so this stays a floor.
        candidate.floor = room.map_or(below - candidate.alike, |(room, _)| time + room);
        if let Some((room, rank)) = room {
            below = spent + room;
            let cost = time + room - same_room(picks, rank);
            best = Some((at, Pick { cost, start: candidate.start, rank }));
        }
    }
    best
}

fn same_room(picks: &[Pick], rank: usize) -> u32 {
    let times = picks.iter().filter(|pick| pick.rank == rank).count();
    u32::try_from(times).unwrap_or(u32::MAX).saturating_mul(Likeness::SAME_ROOM)
}

/// The likeness of a candidate to an offer that starts at `start`.
fn alike(candidate: &Candidate, start: usize, part: PartOfDay, run: usize) -> u32 {
    if candidate.start == start {
        Likeness::SAME_START
    } else if candidate.start.abs_diff(start) < run {
        Likeness::OVERLAP
    } else if candidate.part == part {
        Likeness::SAME_PART
    } else if candidate.part.day == part.day {
        Likeness::SAME_DAY
    } else if candidate.part.part == part.part {
        Likeness::SAME_HOURS
    } else {
        0
    }
}
