//! The rooms: which suit, from which starts they are free, and which is best at a start.

use std::cell::OnceCell;

use super::grid::{Grid, Scale};
use super::hours::starts_within;
use super::score::{SHORT_GAP, gaps, of_place};
use super::{Place, Wanted};
use crate::time::Interval;
use crate::town::Kit;

/// What is asked of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) seats: u32,
    pub(super) kit: Kit,
    /// Only rooms asked for by name.
    pub(super) asked: bool,
}

impl Need {
    pub(super) fn of(wanted: &Wanted<'_>) -> Self {
        let heads = wanted.heads();
        let hybrid = wanted.kit.hybrid || heads.remote > 0;
        Self {
            seats: heads.seats(wanted.undecided_percent),
            kit: Kit { hybrid, ..wanted.kit },
            asked: wanted.places.iter().any(|place| place.asked),
        }
    }

    pub(super) fn suits(self, place: &Place<'_>) -> bool {
        place.capacity >= self.seats
            && (place.asked || !self.asked)
            && (place.kit.hybrid || !self.kit.hybrid)
            && (place.kit.wheelchair || !self.kit.wheelchair)
            && (place.kit.hearing_loop || !self.kit.hearing_loop)
    }

    pub(super) fn with_kit(mut self, change: impl FnOnce(&mut Kit)) -> Self {
        change(&mut self.kit);
        self
    }

    /// Whether people need a room at all.
    fn room(self) -> bool {
        self.seats > 0 || self.asked
    }
}

/// When each room is taken, for all that look at the rooms. Calendars become bits when a start first gets to
/// their room: the better rooms mostly serve, and the others are never looked at.
pub(super) struct Taken<'a> {
    places: &'a [Place<'a>],
    scale: Scale,
    grids: Vec<OnceCell<Grid>>,
}

impl<'a> Taken<'a> {
    pub(super) fn new(places: &'a [Place<'a>], scale: Scale) -> Self {
        Self { places, scale, grids: places.iter().map(|_| OnceCell::new()).collect() }
    }

    /// My set-up must not reach into what ends before me, nor my clean-up into what begins after: the taken
    /// stretches grow by as much instead, and meetings stay as they are seen.
    fn grid(&self, place: usize) -> &Grid {
        self.grids[place].get_or_init(|| {
            let room = &self.places[place];
            let (setup, cleanup) = (room.setup.num_seconds(), room.cleanup.num_seconds());
            let spans = room.cells.iter().flat_map(|cell| cell.iter());
            Grid::of(self.scale.grains, spans.map(|span| self.scale.touched(span, cleanup, setup)))
        })
    }
}

/// The rooms that suit, best first.
pub(super) struct Pool<'s, 'a> {
    taken: &'s Taken<'a>,
    run: usize,
    pub(super) need: Need,
    ranked: Vec<Ranked>,
    /// The starts within opening hours, once for all rooms that have the same.
    open: Vec<(&'a [Interval], Grid)>,
}

struct Ranked {
    /// None: nobody needs a seat, and it is nowhere.
    place: Option<usize>,
    cost: u32,
    starts: Option<Grid>,
}

impl<'s, 'a> Pool<'s, 'a> {
    /// The rooms that suit `need` and did not already suit `except`.
    pub(super) fn new(taken: &'s Taken<'a>, run: usize, need: Need, except: Option<Need>) -> Self {
        let mut ranked = vec![Ranked { place: None, cost: 0, starts: None }];
        if need.room() {
            let new =
                |place: &Place<'_>| need.suits(place) && !except.is_some_and(|other| other.suits(place));
            let places = taken.places.iter().enumerate().filter(|(_, place)| new(place));
            ranked = places
                .map(|(at, place)| {
                    let cost = of_place(place, need.seats, need.kit.hybrid);
                    Ranked { place: Some(at), cost, starts: None }
                })
                .collect();
        }
        ranked.sort_by_key(|ranked| ranked.cost);
        Self { taken, run, need, ranked, open: Vec::new() }
    }

    /// The cost of the best room, if there is any.
    pub(super) fn least(&self) -> Option<u32> {
        self.ranked.first().map(|ranked| ranked.cost)
    }

    /// How many rooms suit.
    pub(super) fn rooms(&self) -> usize {
        self.ranked.iter().filter(|ranked| ranked.place.is_some()).count()
    }

    /// The place of a rank.
    pub(super) fn place(&self, rank: usize) -> Option<(usize, &'a Place<'a>)> {
        self.ranked[rank].place.map(|at| (at, &self.taken.places[at]))
    }

    /// The best room that is free from a start, if it costs less than `below`: its cost, with what `extra` adds
    /// to a rank, and its rank. Ranks for which `extra` is none are left out.
    pub(super) fn best(
        &mut self,
        start: usize,
        mut below: u32,
        extra: impl Fn(usize) -> Option<u32>,
    ) -> Option<(u32, usize)> {
        let mut best = None;
        for (rank, ranked) in self.ranked.iter_mut().enumerate() {
            if ranked.cost >= below {
                break;
            }
            let Some(place) = ranked.place else {
                return extra(rank).filter(|cost| *cost < below).map(|cost| (cost, rank));
            };
            let (taken, run, open) = (self.taken, self.run, &mut self.open);
            let starts = ranked.starts.get_or_insert_with(|| free_starts(taken, place, run, open));
            if !starts.has(start) {
                continue;
            }
            let Some(extra) = extra(rank) else { continue };
            let cost = ranked.cost + short_gaps(self.taken.grid(place), start, self.run) + extra;
            if cost < below {
                (below, best) = (cost, Some((cost, rank)));
            }
        }
        best
    }
}

/// The starts from which a room is free for `run` grains, and open.
fn free_starts<'a>(
    taken: &Taken<'a>,
    place: usize,
    run: usize,
    known: &mut Vec<(&'a [Interval], Grid)>,
) -> Grid {
    let free = taken.grid(place).clone().inverted().runs(run);
    let Some(open) = taken.places[place].open else { return free };
    if let Some((_, starts)) = known.iter().find(|(hours, _)| std::ptr::eq(*hours, open)) {
        return free.and(starts);
    }
    let starts = starts_within(taken.scale, open, run);
    known.push((open, starts));
    free.and(&known[known.len() - 1].1)
}

/// The cost of the gaps, too short for a meeting, that a meeting leaves beside it.
fn short_gaps(taken: &Grid, start: usize, run: usize) -> u32 {
    let before = |gap: usize| start.checked_sub(gap + 1).is_some_and(|grain| taken.has(grain));
    let after = |gap: usize| taken.has(start + run + gap);
    gaps(!before(0) && (1..SHORT_GAP).any(before), !after(0) && (1..SHORT_GAP).any(after))
}
