//! The rooms: which suit, from which starts they are free, and which is best at a start.

use super::grid::{Grid, Scale};
use super::hours::starts_within;
use super::score::{SHORT_GAP, gaps, of_place};
use super::{Place, Search, Wanted};
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

    pub(super) fn suits(&self, place: &Place<'_>) -> bool {
        place.capacity >= self.seats
            && (place.asked || !self.asked)
            && (place.kit.hybrid || !self.kit.hybrid)
            && (place.kit.wheelchair || !self.kit.wheelchair)
            && (place.kit.hearing_loop || !self.kit.hearing_loop)
    }

    /// Whether people need a room at all.
    fn room(&self) -> bool {
        self.seats > 0 || self.asked
    }
}

/// The rooms that suit, best first. Their calendars become bits when a start first gets to them: the better
/// rooms mostly serve, and the others are never looked at.
pub(super) struct Pool<'a> {
    scale: Scale,
    run: usize,
    pub(super) need: Need,
    ranked: Vec<Ranked<'a>>,
}

struct Ranked<'a> {
    /// None: nobody needs a seat, and it is nowhere.
    place: Option<(usize, &'a Place<'a>)>,
    cost: u32,
    bits: Option<Bits>,
}

struct Bits {
    starts: Grid,
    /// Starts that leave a gap too short for a meeting before, or after.
    gap_before: Grid,
    gap_after: Grid,
}

impl<'a> Pool<'a> {
    /// The rooms that suit `need` and did not already suit `except`.
    pub(super) fn new(search: &Search<'a>, run: usize, need: Need, except: Option<Need>) -> Self {
        let places = search.wanted.places.iter().enumerate();
        let suits = |place: &Place<'_>| need.suits(place) && !except.is_some_and(|other| other.suits(place));
        let mut ranked: Vec<Ranked<'a>> = if need.room() {
            places
                .filter(|(_, place)| suits(place))
                .map(|(at, place)| Ranked {
                    place: Some((at, place)),
                    cost: of_place(place, need.seats, need.kit.hybrid),
                    bits: None,
                })
                .collect()
        } else {
            vec![Ranked { place: None, cost: 0, bits: None }]
        };
        ranked.sort_by_key(|ranked| ranked.cost);
        Self { scale: search.scale, run, need, ranked }
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
        self.ranked[rank].place
    }

    /// The best room that is free from a start: its cost, with what `extra` adds to a rank, and its rank.
    /// Ranks for which `extra` is none are left out.
    pub(super) fn best(
        &mut self,
        start: usize,
        below: u32,
        extra: impl Fn(usize) -> Option<u32>,
    ) -> Option<(u32, usize)> {
        let (mut below, mut best) = (below, None);
        for (rank, ranked) in self.ranked.iter_mut().enumerate() {
            if ranked.cost >= below {
                break;
            }
            let Some(extra) = extra(rank) else { continue };
            let (scale, run, place) = (self.scale, self.run, ranked.place);
            let bits = ranked.bits.get_or_insert_with(|| Bits::of(scale, run, place.map(|(_, place)| place)));
            if !bits.starts.has(start) {
                continue;
            }
            let gaps = gaps(bits.gap_before.has(start), bits.gap_after.has(start));
            let cost = ranked.cost + gaps + extra;
            if cost < below {
                (below, best) = (cost, Some((cost, rank)));
            }
        }
        best
    }
}

impl Bits {
    fn of(scale: Scale, run: usize, place: Option<&Place<'_>>) -> Self {
        let mut busy = Grid::empty(scale.grains);
        let Some(place) = place else {
            let none = Grid::empty(scale.grains);
            return Self { starts: busy.inverted().runs(run), gap_before: none.clone(), gap_after: none };
        };
        // My set-up must not reach into what ends before me, nor my clean-up into what begins after: the taken
        // stretches grow by as much instead, and meetings stay as they are seen.
        let (setup, cleanup) = (place.setup.num_seconds(), place.cleanup.num_seconds());
        for span in place.cells.iter().flat_map(|cell| cell.iter()) {
            busy.add(scale.touched(span, cleanup, setup));
        }
        let any = |grids: [Grid; SHORT_GAP - 1]| grids.into_iter().reduce(|a, b| a.or(&b));
        let before = any(std::array::from_fn(|gap| busy.later(gap + 2)));
        let after = any(std::array::from_fn(|gap| busy.earlier(run + gap + 1)));
        let gap_before = before.unwrap_or_else(|| busy.clone()).without(&busy.later(1));
        let gap_after = after.unwrap_or_else(|| busy.clone()).without(&busy.earlier(run));
        let mut starts = busy.inverted().runs(run);
        if let Some(open) = place.open {
            starts = starts.and(&starts_within(scale, open, run));
        }
        Self { starts, gap_before, gap_after }
    }
}
