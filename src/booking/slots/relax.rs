//! The one change of a request that would help most.

use chrono::TimeDelta;

use super::diverse::{Pick, cheapest};
use super::grid::Grid;
use super::people::{Ease, Frame, Spared};
use super::places::{Need, Pool};
use super::{Offer, Part, Search, reasons};
use crate::booking::Mode;
use crate::texts::Said;
use crate::time::Interval;

/// What could be asked for differently. People and equipment are named by their place in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaxation {
    /// Somebody joins remotely who would have come to the room.
    Remote(usize),
    /// It lasts so many minutes less.
    Shorter(u32),
    /// It may begin an hour earlier in the day.
    Earlier,
    /// It may end an hour later in the day.
    Later,
    /// Any room will do, not only those asked for.
    AnyRoom,
    /// Without this equipment.
    WithoutGear(usize),
    /// Without camera and sound, which nobody remote needs.
    WithoutHybrid,
    /// Without a hearing loop.
    WithoutLoop,
    /// Somebody who has to come need not. Whoever chairs always does.
    Without(usize),
}

/// A change, and the offer that it would make possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxed {
    /// What would be different.
    pub change: Relaxation,
    /// The same in words.
    pub said: Said,
    /// The best offer then.
    pub offer: Offer,
}

/// A change is worth asking for if it saves so much: five days, or somebody's night.
const WORTH: u32 = 10;

impl Relaxation {
    /// What it costs people to agree to it.
    fn price(self) -> u32 {
        match self {
            Self::Remote(_) | Self::AnyRoom => 4,
            Self::Shorter(minutes) => minutes / 4,
            Self::Earlier | Self::Later | Self::WithoutGear(_) | Self::WithoutHybrid => 6,
            Self::WithoutLoop => 12,
            Self::Without(_) => 15,
        }
    }

    fn said(self, search: &Search<'_>) -> Said {
        let wanted = search.wanted;
        match self {
            Self::Remote(who) => Said::new("slots.relax_remote").with("name", wanted.people[who].name),
            Self::Shorter(minutes) => Said::new("slots.relax_shorter").with("minutes", minutes),
            Self::Earlier => Said::new("slots.relax_earlier"),
            Self::Later => Said::new("slots.relax_later"),
            Self::AnyRoom => Said::new("slots.relax_any_room"),
            Self::WithoutGear(at) => Said::new("slots.relax_gear").with("kind", wanted.gear[at].kind),
            Self::WithoutHybrid => Said::new("slots.relax_hybrid"),
            Self::WithoutLoop => Said::new("slots.relax_loop"),
            Self::Without(who) => Said::new("slots.relax_person").with("name", wanted.people[who].name),
        }
    }
}

/// The changes that could be proposed, in the order in which ties are decided.
fn changes(search: &Search<'_>, need: Need) -> Vec<Relaxation> {
    let wanted = search.wanted;
    let mut changes = Vec::new();
    changes.extend(who_could_be_remote(search).map(Relaxation::Remote));
    let shorter = [15, 30].into_iter().filter(|minutes| wanted.length > TimeDelta::minutes(*minutes));
    changes.extend(shorter.filter_map(|minutes| u32::try_from(minutes).ok()).map(Relaxation::Shorter));
    changes.extend([Relaxation::Earlier, Relaxation::Later]);
    changes.extend(need.asked.then_some(Relaxation::AnyRoom));
    changes.extend((0..wanted.gear.len()).map(Relaxation::WithoutGear));
    let idle = wanted.kit.hybrid && wanted.heads().remote == 0;
    changes.extend(idle.then_some(Relaxation::WithoutHybrid));
    changes.extend(wanted.kit.hearing_loop.then_some(Relaxation::WithoutLoop));
    let people = wanted.people.iter().enumerate().filter(|(_, person)| person.part == Part::Required);
    changes.extend(people.map(|(who, _)| Relaxation::Without(who)));
    changes
}

/// A seat is a seat, so one person is named: somebody optional if there is, and not the chair.
fn who_could_be_remote(search: &Search<'_>) -> Option<usize> {
    let people = search.wanted.people.iter().enumerate();
    people
        .filter(|(_, person)| person.mode == Mode::InRoom && person.part != Part::Chair)
        .max_by_key(|(at, person)| (person.part == Part::Optional, *at))
        .map(|(at, _)| at)
}

/// The change that would help most. `starts` are those that suit everybody as things are, `best` the offer.
pub(super) fn relax(
    search: &Search<'_>,
    pool: &mut Pool<'_, '_>,
    starts: &Grid,
    ease: &Ease,
    best: Option<&Pick>,
) -> Option<Relaxed> {
    // What a change must stay under, its price included.
    let mut below = best.map_or(u32::MAX, |best| best.cost.saturating_sub(WORTH));
    let mut found = None;
    for change in changes(search, pool.need) {
        if below <= change.price() {
            continue;
        }
        let Some((cost, offer)) = attempt(search, pool, starts, ease, change, below - change.price()) else {
            continue;
        };
        below = cost + change.price();
        found = Some(Relaxed { change, said: change.said(search), offer });
    }
    found
}

/// The best offer under a changed request, if it costs less than `below`. Only what is new can help: other
/// starts in the same rooms, or other rooms.
fn attempt(
    search: &Search<'_>,
    pool: &mut Pool<'_, '_>,
    starts: &Grid,
    ease: &Ease,
    change: Relaxation,
    below: u32,
) -> Option<(u32, Offer)> {
    let need = pool.need;
    let (frame, times) = (&search.frame, &search.wanted.times);
    let freed = |frame: &Frame, spared| search.crowd.starts(frame, spared).without(starts);
    let moved = |earlier_h, later_h| frame.at(search.scale, &moved(times, earlier_h, later_h));
    let (freed, other) = match change {
        Relaxation::Shorter(minutes) => return shorter(search, need, minutes, below),
        Relaxation::Without(who) => (freed(frame, Spared::Person(who)), None),
        Relaxation::WithoutGear(at) => (freed(frame, Spared::Gear(at)), None),
        Relaxation::Earlier => (freed(&moved(1, 0), Spared::Nobody), None),
        Relaxation::Later => (freed(&moved(0, 1), Spared::Nobody), None),
        Relaxation::AnyRoom => (starts.clone(), Some(Need { asked: false, ..need })),
        Relaxation::WithoutHybrid => (starts.clone(), Some(need.with_kit(|kit| kit.hybrid = false))),
        Relaxation::WithoutLoop => (starts.clone(), Some(need.with_kit(|kit| kit.hearing_loop = false))),
        Relaxation::Remote(_) => {
            let hybrid = need.with_kit(|kit| kit.hybrid = true);
            (starts.clone(), Some(Need { seats: need.seats.saturating_sub(1), ..hybrid }))
        }
    };
    let mut others = other.map(|other| Pool::new(&search.taken, frame.run, other, Some(need)));
    let asked = (search.wanted.length, below);
    let (cost, mut offer) = match &mut others {
        Some(others) => best_offer(search, ease, others, &freed, asked)?,
        None => best_offer(search, ease, pool, &freed, asked)?,
    };
    if let Relaxation::Without(who) = change {
        reasons::spare(search, &mut offer, who);
    }
    Some((cost, offer))
}

/// The best offer from some starts, and what it costs.
fn best_offer(
    search: &Search<'_>,
    ease: &Ease,
    pool: &mut Pool<'_, '_>,
    starts: &Grid,
    (length, below): (TimeDelta, u32),
) -> Option<(u32, Offer)> {
    let pick = cheapest(ease, pool, starts, below)?;
    Some((pick.cost, reasons::offer(search, ease, pool, &pick, length)))
}

fn shorter(search: &Search<'_>, need: Need, minutes: u32, below: u32) -> Option<(u32, Offer)> {
    let length = search.wanted.length - TimeDelta::minutes(i64::from(minutes));
    let run = super::grains_of(length);
    let starts = search.crowd.starts(&search.crowd.frame(run, &search.wanted.times), Spared::Nobody);
    let ease = Ease::new(&search.crowd, run);
    let mut pool = Pool::new(&search.taken, run, need, None);
    best_offer(search, &ease, &mut pool, &starts, (length, below))
}

fn moved(times: &[Interval], earlier_h: i64, later_h: i64) -> Vec<Interval> {
    times.iter().map(|time| time.widened(TimeDelta::hours(earlier_h), TimeDelta::hours(later_h))).collect()
}
