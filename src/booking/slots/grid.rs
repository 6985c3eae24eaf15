//! Time cut into quarters of an hour, and sets of quarters as bits.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use crate::time::Interval;

/// Seconds of a grain. Every zone in use is a whole number of quarters away from UTC.
pub(super) const GRAIN_S: i64 = 15 * 60;

/// The grains of a window: the whole quarters inside it, the first of them number 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    origin: i64,
    pub(super) grains: usize,
}

impl Scale {
    pub(super) fn new(window: Interval) -> Self {
        let first = (window.start.timestamp() + GRAIN_S - 1).div_euclid(GRAIN_S);
        let end = window.end.timestamp().div_euclid(GRAIN_S);
        Self { origin: first * GRAIN_S, grains: usize::try_from(end - first).unwrap_or(0) }
    }

    /// The grain that begins at or before `second`, kept inside the window.
    #[inline]
    fn grain(self, second: i64) -> usize {
        usize::try_from((second - self.origin).div_euclid(GRAIN_S)).unwrap_or(0).min(self.grains)
    }

    /// The grains that a stretch touches when it is widened by seconds before and after.
    #[inline]
    pub(super) fn touched(self, span: &Interval, before: i64, after: i64) -> Range<usize> {
        let start = self.grain(span.start.timestamp() - before);
        start..self.grain(span.end.timestamp() + after + GRAIN_S - 1)
    }

    /// The grains that lie wholly inside a stretch.
    pub(super) fn inside(self, span: &Interval) -> Range<usize> {
        let start = self.grain(span.start.timestamp() + GRAIN_S - 1);
        start..self.grain(span.end.timestamp())
    }

    /// The starts from which `run` grains lie inside a stretch.
    pub(super) fn starts_inside(self, span: &Interval, run: usize) -> Range<usize> {
        let inside = self.inside(span);
        inside.start..(inside.end + 1).saturating_sub(run)
    }

    /// The instant at which a grain begins.
    pub(super) fn at(self, grain: usize) -> DateTime<Utc> {
        let offset = i64::try_from(grain).unwrap_or(i64::MAX).saturating_mul(GRAIN_S);
        DateTime::from_timestamp(self.origin.saturating_add(offset), 0).unwrap_or_default()
    }
}

/// Whole grains that a length covers.
pub(super) fn grains_of(length: TimeDelta) -> usize {
    usize::try_from((length.num_seconds() + GRAIN_S - 1).div_euclid(GRAIN_S)).unwrap_or(0).max(1)
}

/// A set of grains. What lies beyond the window is in no set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    words: Vec<u64>,
    grains: usize,
}

impl Grid {
    /// No grain.
    pub(super) fn empty(grains: usize) -> Self {
        Self { words: vec![0; grains.div_ceil(64)], grains }
    }

    /// Every grain.
    pub(super) fn full(grains: usize) -> Self {
        let mut grid = Self { words: vec![u64::MAX; grains.div_ceil(64)], grains };
        grid.trim();
        grid
    }

    /// The union of stretches.
    pub(super) fn of(grains: usize, ranges: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut grid = Self::empty(grains);
        for range in ranges {
            grid.add(range);
        }
        grid
    }

    fn trim(&mut self) {
        if let Some(last) = self.words.last_mut()
            && !self.grains.is_multiple_of(64)
        {
            *last &= (1 << (self.grains % 64)) - 1;
        }
    }

    /// Adds a stretch of grains.
    #[inline]
    pub(super) fn add(&mut self, range: Range<usize>) {
        let end = range.end.min(self.grains);
        if range.start >= end {
            return;
        }
        let (first, last) = (range.start / 64, (end - 1) / 64);
        let low = u64::MAX << (range.start % 64);
        let high = u64::MAX >> (63 - (end - 1) % 64);
        if first == last {
            self.words[first] |= low & high;
            return;
        }
        self.words[first] |= low;
        self.words[first + 1..last].fill(u64::MAX);
        self.words[last] |= high;
    }

    /// Whether a grain is in the set.
    #[inline]
    pub(super) fn has(&self, grain: usize) -> bool {
        self.words.get(grain / 64).is_some_and(|word| word >> (grain % 64) & 1 == 1)
    }

    /// How many are.
    pub(super) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The grains in order.
    pub(super) fn ones(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }

    fn with(mut self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word = join(*word, *other);
        }
        self
    }

    /// The grains in both.
    pub(super) fn and(self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    /// The grains in either.
    pub(super) fn or(self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    /// The grains that are not in the other.
    pub(super) fn without(self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    /// The grains that are not in this one.
    pub(super) fn inverted(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
        self
    }

    /// Keeps the grains of which the one `by` later is in the set too.
    fn keep_with_later(&mut self, by: usize) {
        let (words, bits) = (by / 64, by % 64);
        for at in 0..self.words.len() {
            // Words before this one are done with and not read again.
            let word = |at: usize| self.words.get(at).copied().unwrap_or(0);
            let low = word(at + words) >> bits;
            let later = if bits == 0 { low } else { low | word(at + words + 1) << (64 - bits) };
            self.words[at] &= later;
        }
    }

    /// The grains from which `run` grains on end are in the set, by doubling shifts: what is free for one is
    /// free for two if its neighbour is, then for four, and so on.
    pub(super) fn runs(mut self, run: usize) -> Self {
        let mut have = 1;
        while have < run {
            let step = have.min(run - have);
            self.keep_with_later(step);
            have += step;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grains_are_rounded_outward_for_what_is_taken_and_inward_for_what_is_open() {
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).unwrap();
        let span = |a, b| Interval::new(at(a), at(b)).unwrap();
        let scale = Scale::new(span(7, 187));
        assert_eq!((scale.at(0), scale.grains), (at(15), 11), "whole quarters inside the window");
        for (from, to, before, after, touched, inside) in [
            (15, 30, 0, 0, 0..1, 0..1),
            (16, 44, 0, 0, 0..2, 1..1),
            (30, 60, 10, 5, 0..4, 1..3),
            (0, 20, 0, 0, 0..1, 0..0),
            (170, 400, 0, 0, 10..11, 11..11),
        ] {
            let span = span(from, to);
            assert_eq!(scale.touched(&span, before * 60, after * 60), touched, "{from} to {to}");
            assert_eq!(scale.inside(&span), inside, "{from} to {to}");
        }
    }

    #[test]
    fn runs_are_those_of_a_list_of_flags() {
        let flags: Vec<bool> = (0..200_usize).map(|n| n > 12 || n % 7 != 3).collect();
        let set = |flags: &[bool]| {
            Grid::of(flags.len(), flags.iter().enumerate().filter(|(_, f)| **f).map(|(n, _)| n..n + 1))
        };
        let grid = set(&flags);
        assert_eq!(grid.ones().count(), grid.count());
        for run in [1, 2, 3, 4, 7, 9, 63, 64, 65, 100, 199, 200, 201] {
            let runs: Vec<bool> =
                (0..200).map(|n| (n..n + run).all(|n| flags.get(n).is_some_and(|f| *f))).collect();
            assert_eq!(grid.clone().runs(run), set(&runs), "{run} on end");
        }
        let mut long = Grid::empty(200);
        long.add(10..190);
        assert_eq!((long.count(), long.has(9), long.has(10), long.has(189)), (180, false, true, true));
        assert_eq!(long.clone().inverted().count(), 20);
        assert_eq!(Grid::full(200).without(&Grid::full(200)).count(), 0);
    }
}
