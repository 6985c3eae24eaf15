//! The people and the equipment: from which starts all that are needed are free, and what a start costs them.

use super::grid::{Grid, Scale};
use super::hours::{WorkingHours, starts_within};
use super::score::{NEAR_H, lateness, nuisance};
use super::{Gear, Wanted};
use crate::time::Interval;
use chrono::TimeDelta;

/// Who or what is not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spared {
    Nobody,
    Person(usize),
    Gear(usize),
}

/// The calendars of a search as bits.
pub(super) struct Crowd<'a> {
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) scale: Scale,
    /// For each person the grains in which they are free.
    free: Vec<Grid>,
    /// For each kind of equipment, for each unit.
    gear: Vec<Vec<Grid>>,
    /// The different working hours, each once.
    shifts: Vec<Shift>,
    /// For each person, which of them.
    shift_of: Vec<usize>,
}

/// The working time of some of the people.
struct Shift {
    hours: WorkingHours,
    working: Vec<Interval>,
    /// Of these people, how many have to come.
    needed: u32,
}

fn free(scale: Scale, busy: &[Interval]) -> Grid {
    Grid::of(scale.grains, busy.iter().map(|span| scale.touched(span, 0, 0))).inverted()
}

impl<'a> Crowd<'a> {
    pub(super) fn new(wanted: &'a Wanted<'a>, scale: Scale) -> Self {
        let mut shifts: Vec<Shift> = Vec::new();
        let mut shift_of = Vec::with_capacity(wanted.people.len());
        for person in &wanted.people {
            let at = shifts.iter().position(|shift| shift.hours == person.hours).unwrap_or_else(|| {
                let margin = TimeDelta::hours(NEAR_H);
                let working = person.hours.within(wanted.window.widened(margin, margin));
                shifts.push(Shift { hours: person.hours, working, needed: 0 });
                shifts.len() - 1
            });
            shifts[at].needed += u32::from(person.needed());
            shift_of.push(at);
        }
        let units = |gear: &Gear<'_>| gear.units.iter().map(|busy| free(scale, busy)).collect();
        Self {
            wanted,
            scale,
            free: wanted.people.iter().map(|person| free(scale, person.busy)).collect(),
            gear: wanted.gear.iter().map(units).collect(),
            shifts,
            shift_of,
        }
    }

    /// What does not depend on who comes, for one length.
    pub(super) fn frame(&self, run: usize, times: &[Interval]) -> Frame {
        let grains = self.scale.grains;
        let gear = self.gear.iter().zip(&self.wanted.gear);
        Frame {
            run,
            times: starts_within(self.scale, times, run),
            gear: gear.map(|(units, gear)| enough(units, gear.count, run, grains)).collect(),
        }
    }

    /// The starts inside a frame from which everybody needed, and the equipment, is free.
    pub(super) fn starts(&self, frame: &Frame, spared: Spared) -> Grid {
        let mut all = Grid::full(self.scale.grains);
        for (at, person) in self.wanted.people.iter().enumerate() {
            if person.needed() && spared != Spared::Person(at) {
                all = all.and(&self.free[at]);
            }
        }
        let mut starts = all.runs(frame.run).and(&frame.times);
        for (at, gear) in frame.gear.iter().enumerate() {
            if spared != Spared::Gear(at) {
                starts = starts.and(gear);
            }
        }
        starts
    }
}

/// The starts that the times allow and for which there is equipment.
pub(super) struct Frame {
    pub(super) run: usize,
    /// The starts that the times allow.
    pub(super) times: Grid,
    /// For each kind of equipment, the starts for which there is enough.
    gear: Vec<Grid>,
}

impl Frame {
    /// The same with other times.
    pub(super) fn at(&self, scale: Scale, times: &[Interval]) -> Self {
        Self { run: self.run, times: starts_within(scale, times, self.run), gear: self.gear.clone() }
    }
}

/// The starts from which at least `count` of some units are free.
fn enough(units: &[Grid], count: usize, run: usize, grains: usize) -> Grid {
    // at_least[k]: more than k of the units seen so far are free.
    let mut at_least = vec![Grid::empty(grains); count];
    for unit in units {
        let free = unit.clone().runs(run);
        for k in (0..count).rev() {
            let one_more = if k == 0 { free.clone() } else { at_least[k - 1].clone().and(&free) };
            at_least[k] = one_more.or(&at_least[k]);
        }
    }
    at_least.pop().unwrap_or_else(|| Grid::full(grains))
}

/// How hard a start is on some people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strain {
    Working,
    Near,
    Far,
}

/// What each start costs the people, for one length.
pub(super) struct Ease {
    shifts: Vec<ShiftStarts>,
    optional: Vec<Optional>,
}

struct ShiftStarts {
    working: Grid,
    near: Grid,
    needed: u32,
}

struct Optional {
    person: usize,
    free: Grid,
    shift: usize,
}

impl Ease {
    pub(super) fn new(crowd: &Crowd<'_>, run: usize) -> Self {
        let scale = crowd.scale;
        let shifts = crowd.shifts.iter().map(|shift| {
            let margin = TimeDelta::hours(NEAR_H);
            let near: Vec<Interval> = shift.working.iter().map(|time| time.widened(margin, margin)).collect();
            ShiftStarts {
                working: starts_within(scale, &shift.working, run),
                near: starts_within(scale, &near, run),
                needed: shift.needed,
            }
        });
        let people = crowd.wanted.people.iter().enumerate().filter(|(_, person)| !person.needed());
        let optional = people.map(|(person, _)| Optional {
            person,
            free: crowd.free[person].clone().runs(run),
            shift: crowd.shift_of[person],
        });
        Self { shifts: shifts.collect(), optional: optional.collect() }
    }

    fn strain(&self, shift: usize, start: usize) -> Strain {
        match &self.shifts[shift] {
            shift if shift.working.has(start) => Strain::Working,
            shift if shift.near.has(start) => Strain::Near,
            _ => Strain::Far,
        }
    }

    /// The cost of a start, whatever the room.
    pub(super) fn cost(&self, start: usize) -> u32 {
        let (mut away, mut near, mut far) = (0, 0, 0);
        let mut count = |strain, heads| match strain {
            Strain::Working => {}
            Strain::Near => near += heads,
            Strain::Far => far += heads,
        };
        for (at, shift) in self.shifts.iter().enumerate().filter(|(_, shift)| shift.needed > 0) {
            count(self.strain(at, start), shift.needed);
        }
        for person in &self.optional {
            if person.free.has(start) {
                count(self.strain(person.shift, start), 1);
            } else {
                away += 1;
            }
        }
        lateness(start) + nuisance(away, near, far)
    }

    /// The optional people who are not free.
    pub(super) fn away(&self, start: usize) -> impl Iterator<Item = usize> {
        self.optional.iter().filter(move |person| !person.free.has(start)).map(|person| person.person)
    }

    /// The people for whom it is outside working hours, by the zone of their clock.
    pub(super) fn strained<'c>(
        &self,
        crowd: &'c Crowd<'_>,
        start: usize,
    ) -> Vec<(&'c WorkingHours, Vec<usize>)> {
        let away: Vec<usize> = self.away(start).collect();
        let mut strained = Vec::new();
        for (at, shift) in crowd.shifts.iter().enumerate() {
            if self.strain(at, start) == Strain::Working {
                continue;
            }
            let people = crowd.shift_of.iter().enumerate().filter(|(_, of)| **of == at).map(|(who, _)| who);
            let people: Vec<usize> = people.filter(|who| !away.contains(who)).collect();
            if !people.is_empty() {
                strained.push((&shift.hours, people));
            }
        }
        strained
    }
}
