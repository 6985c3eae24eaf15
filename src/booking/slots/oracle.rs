//! The same search without bits: every start, every room, every stretch, by comparing instants. Slow and plain,
//! so that the fast one can be held against it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use proptest::prelude::*;

use super::grid::GRAIN_S;
use super::score::{Likeness, NEAR_H, SHORT_GAP, gaps, lateness, nuisance, of_place};
use super::*;
use crate::town::Kit;

const GRAIN: TimeDelta = TimeDelta::seconds(GRAIN_S);

/// An offer as the oracle sees it: raw cost, start, place.
type Plain = (u32, DateTime<Utc>, Option<usize>);

fn free(busy: &[Interval], time: Interval) -> bool {
    busy.iter().all(|other| !other.overlaps(&time))
}

fn within(stretches: &[Interval], time: Interval) -> bool {
    stretches.iter().any(|stretch| stretch.start <= time.start && time.end <= stretch.end)
}

fn whole_quarters(length: TimeDelta) -> TimeDelta {
    GRAIN * i32::try_from(grains_of(length)).unwrap()
}

fn first_start(window: Interval) -> DateTime<Utc> {
    let first = (window.start.timestamp() + GRAIN_S - 1).div_euclid(GRAIN_S);
    DateTime::from_timestamp(first * GRAIN_S, 0).unwrap()
}

fn people_suit(wanted: &Wanted<'_>, time: Interval) -> bool {
    within(&wanted.times, time)
        && wanted.people.iter().all(|person| person.part == Part::Optional || free(person.busy, time))
        && wanted
            .gear
            .iter()
            .all(|gear| gear.units.iter().filter(|unit| free(unit, time)).count() >= gear.count)
}

fn people_cost(wanted: &Wanted<'_>, time: Interval) -> u32 {
    let (mut away, mut near, mut far) = (0, 0, 0);
    for person in &wanted.people {
        let around = |hours| {
            let margin = TimeDelta::hours(hours);
            let work = person
                .hours
                .within(wanted.window.widened(TimeDelta::days(1), TimeDelta::days(1)))
                .into_iter();
            within(&work.map(|work| work.widened(margin, margin)).collect::<Vec<_>>(), time)
        };
        if person.part == Part::Optional && !free(person.busy, time) {
            away += 1;
        } else if !around(0) {
            let count = if around(NEAR_H) { &mut near } else { &mut far };
            *count += 1;
        }
    }
    let late = (time.start - first_start(wanted.window)).num_seconds() / GRAIN_S;
    lateness(usize::try_from(late).unwrap()) + nuisance(away, near, far)
}

fn place_suits(wanted: &Wanted<'_>, place: &Place<'_>, time: Interval) -> bool {
    let heads = wanted.heads();
    place.capacity >= heads.seats(wanted.undecided_percent)
        && (place.asked || wanted.places.iter().all(|place| !place.asked))
        && (place.kit.hybrid || heads.remote == 0 && !wanted.kit.hybrid)
        && (place.kit.wheelchair || !wanted.kit.wheelchair)
        && (place.kit.hearing_loop || !wanted.kit.hearing_loop)
        && place.open.is_none_or(|open| within(open, time))
        && place.cells.iter().all(|cell| free(cell, time.widened(place.setup, place.cleanup)))
}

/// Whether a gap of one to three quarters is left next to the meeting, as quarters go.
fn gap(place: &Place<'_>, window: Interval, step: impl Fn(i32) -> DateTime<Utc>) -> bool {
    let last = window.end.timestamp().div_euclid(GRAIN_S) * GRAIN_S;
    let taken = |n: i32| {
        let start = step(n);
        let inside = start >= first_start(window) && start.timestamp() < last;
        let quarter = Interval { start, end: start + GRAIN };
        inside && !place.cells.iter().all(|cell| free(cell, quarter.widened(place.setup, place.cleanup)))
    };
    !taken(0) && (1..i32::try_from(SHORT_GAP).unwrap()).any(taken)
}

fn place_cost(wanted: &Wanted<'_>, place: &Place<'_>, time: Interval) -> u32 {
    let heads = wanted.heads();
    let seats = heads.seats(wanted.undecided_percent);
    let before = gap(place, wanted.window, |n| time.start - GRAIN * (n + 1));
    let after = gap(place, wanted.window, |n| time.end + GRAIN * n);
    of_place(place, seats, wanted.kit.hybrid || heads.remote > 0) + gaps(before, after)
}

/// Every offer there is.
fn all(wanted: &Wanted<'_>) -> Vec<Plain> {
    let heads = wanted.heads();
    let needs_room =
        heads.seats(wanted.undecided_percent) > 0 || wanted.places.iter().any(|place| place.asked);
    let length = whole_quarters(wanted.length);
    let mut offers = Vec::new();
    let mut start = first_start(wanted.window);
    while start + length <= wanted.window.end {
        let time = Interval { start, end: start + length };
        if people_suit(wanted, time) {
            let people = people_cost(wanted, time);
            if needs_room {
                for (at, place) in wanted.places.iter().enumerate() {
                    if place_suits(wanted, place, time) {
                        offers.push((people + place_cost(wanted, place, time), start, Some(at)));
                    }
                }
            } else {
                offers.push((people, start, None));
            }
        }
        start += GRAIN;
    }
    offers
}

/// Chooses from all offers, one by one.
fn chosen(wanted: &Wanted<'_>) -> Vec<Plain> {
    let heads = wanted.heads();
    let seats = heads.seats(wanted.undecided_percent);
    let mut ranked: Vec<usize> = (0..wanted.places.len()).collect();
    ranked.sort_by_key(|at| of_place(&wanted.places[*at], seats, wanted.kit.hybrid || heads.remote > 0));
    let rank: HashMap<usize, usize> = ranked.iter().enumerate().map(|(rank, at)| (*at, rank)).collect();
    let part = |at: DateTime<Utc>| {
        let wall = wanted.zone.wall(at);
        (wall.date(), if wall.hour() < 12 { 0 } else { 1 + u8::from(wall.hour() >= 17) })
    };
    let length = whole_quarters(wanted.length);
    let alike = |(_, start, place): &Plain, (_, other, other_place): &Plain| {
        let ((day, hours), (other_day, other_hours)) = (part(*start), part(*other));
        let time = if start == other {
            Likeness::SAME_START
        } else if (*start - *other).abs() < length {
            Likeness::OVERLAP
        } else if (day, hours) == (other_day, other_hours) {
            Likeness::SAME_PART
        } else if day == other_day {
            Likeness::SAME_DAY
        } else if hours == other_hours {
            Likeness::SAME_HOURS
        } else {
            0
        };
        time + if place == other_place { Likeness::SAME_ROOM } else { 0 }
    };
    let mut left = all(wanted);
    let mut chosen: Vec<Plain> = Vec::new();
    while chosen.len() < wanted.count {
        let cost = |offer: &Plain| offer.0 + chosen.iter().map(|other| alike(offer, other)).sum::<u32>();
        let key = |offer: &Plain| (cost(offer), offer.1, offer.2.map(|at| rank[&at]));
        let Some(best) = left.iter().copied().min_by_key(key) else { break };
        left.retain(|offer| *offer != best);
        chosen.push(best);
    }
    chosen
}

/// A request whose parts own what [`Wanted`] borrows.
#[derive(Clone, Debug)]
struct Case {
    /// Minutes of each busy stretch from the start of the window, for calendars of people, cells and units.
    busy: Vec<Vec<(i64, i64)>>,
    people: Vec<(u8, u8, u8)>,
    places: Vec<(u32, bool, bool, i64, i64, u32, u8)>,
    gear: usize,
    length: i64,
    undecided: u32,
    start: i64,
    days: i64,
    times: u8,
    any_asked: bool,
}

const DAY_MIN: i64 = 24 * 60;
/// Friday before the clocks of Europe go forward, in UTC.
const BASE: i64 = 1_806_019_200;

impl Case {
    fn check(&self, test: impl Fn(&Wanted<'_>)) {
        let at = |minute: i64| DateTime::from_timestamp(BASE + (self.start + minute) * 60, 0).unwrap();
        let window = Interval::new(at(0), at(self.days * DAY_MIN)).unwrap();
        let busy: Vec<Vec<Interval>> = self
            .busy
            .iter()
            .map(|list| {
                list.iter().filter_map(|(from, len)| Interval::new(at(*from), at(from + len))).collect()
            })
            .collect();
        let calendar = |n: usize| busy.get(n).map_or(&[][..], Vec::as_slice);
        let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let daily_within =
            |from, to| daily(Zone::BRUSSELS, clock(from), clock(to), window).map(|(_, t)| t).collect();
        let open: Vec<Interval> = daily_within(9, 16);
        let zones = ["Europe/Brussels", "Europe/Lisbon", "Asia/Tokyo", "America/New_York"];
        let wanted = Wanted {
            window,
            zone: Zone::BRUSSELS,
            times: match self.times {
                0 => vec![window],
                1 => daily_within(8, 18),
                _ => daily_within(10, 13),
            },
            length: TimeDelta::minutes(self.length),
            people: self
                .people
                .iter()
                .enumerate()
                .map(|(n, (part, mode, zone))| Attendee {
                    name: "An",
                    part: [Part::Required, Part::Optional, Part::Chair][usize::from(*part % 3)],
                    mode: [Mode::InRoom, Mode::Remote, Mode::Undecided][usize::from(*mode % 3)],
                    hours: WorkingHours::office(zones[usize::from(*zone % 4)].parse().unwrap()),
                    busy: calendar(n),
                })
                .collect(),
            extra: Heads::default(),
            undecided_percent: self.undecided,
            kit: Kit::default(),
            gear: (0..self.gear)
                .map(|n| Gear { kind: "scherm", count: n + 1, units: vec![calendar(10), calendar(11), &[]] })
                .collect(),
            places: self
                .places
                .iter()
                .enumerate()
                .map(|(n, (capacity, hybrid, asked, setup, cleanup, walk_min, hours))| Place {
                    name: "Zaal",
                    capacity: *capacity,
                    kit: Kit { hybrid: *hybrid, ..Kit::default() },
                    cells: vec![calendar(6 + n % 4), calendar(6 + n / 2)],
                    setup: TimeDelta::minutes(*setup),
                    cleanup: TimeDelta::minutes(*cleanup),
                    walk_min: *walk_min,
                    open: (*hours == 0).then_some(open.as_slice()),
                    asked: *asked && self.any_asked,
                })
                .collect(),
            count: 5,
        };
        test(&wanted);
    }
}

fn case() -> impl Strategy<Value = Case> {
    let stretch = (-300..4 * DAY_MIN, 1..400_i64);
    let busy = prop::collection::vec(prop::collection::vec(stretch, 0..18), 12);
    let people = prop::collection::vec(any::<(u8, u8, u8)>(), 0..6);
    let place = (0..12_u32, any::<bool>(), any::<bool>(), 0..40_i64, 0..40_i64, 0..15_u32, 0..3_u8);
    let places = prop::collection::vec(place, 0..6);
    let rest = (0..3_usize, 1..200_i64, 0..=100_u32, 0..100_i64, 1..5_i64, 0..3_u8, any::<bool>());
    (busy, people, places, rest).prop_map(|(busy, people, places, rest)| {
        let (gear, length, undecided, start, days, times, any_asked) = rest;
        Case { busy, people, places, gear, length, undecided, start, days, times, any_asked }
    })
}

fn plain(wanted: &Wanted<'_>, found: &Found) -> Vec<Plain> {
    let _ = wanted;
    found.offers.iter().map(|offer| (offer.cost, offer.time.start, offer.place)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_offers_are_those_of_the_oracle(case in case()) {
        case.check(|wanted| {
            let found = find(wanted);
            assert_eq!(plain(wanted, &found), chosen(wanted));
            assert_eq!(found, find(wanted), "the same question gets the same answer");
        });
    }

    #[test]
    fn nothing_that_fits_is_missed(case in case()) {
        let mut case = case;
        case.days = 1;
        case.check(|wanted| {
            let wanted = Wanted { count: 10_000, ..wanted.clone() };
            let mut found = plain(&wanted, &find(&wanted));
            let mut all = all(&wanted);
            found.sort_unstable();
            all.sort_unstable();
            assert_eq!(found, all);
        });
    }

    #[test]
    fn a_relaxation_keeps_its_promise(case in case()) {
        case.check(|wanted| {
            let found = find(wanted);
            let Some(relaxed) = found.relaxed else { return };
            let changed = changed(wanted, relaxed.change);
            let mut all = all(&changed);
            all.sort_unstable();
            let offer = relaxed.offer;
            assert!(
                all.iter().any(|(_, start, place)| (*start, *place) == (offer.time.start, offer.place)),
                "{:?} makes {offer:?} possible",
                relaxed.change
            );
            if let Some(best) = found.offers.first() {
                assert!(offer.cost < best.cost, "{:?} is worth asking for", relaxed.change);
            }
        });
    }
}

/// The request with a change.
fn changed<'a>(wanted: &Wanted<'a>, change: Relaxation) -> Wanted<'a> {
    let mut changed = wanted.clone();
    let hour = TimeDelta::hours(1);
    match change {
        Relaxation::Remote(who) => changed.people[who].mode = Mode::Remote,
        Relaxation::Shorter(minutes) => changed.length -= TimeDelta::minutes(i64::from(minutes)),
        Relaxation::Earlier => changed.times.iter_mut().for_each(|time| time.start -= hour),
        Relaxation::Later => changed.times.iter_mut().for_each(|time| time.end += hour),
        Relaxation::AnyRoom => changed.places.iter_mut().for_each(|place| place.asked = false),
        Relaxation::WithoutGear(at) => changed.gear[at].count = 0,
        Relaxation::WithoutHybrid => changed.kit.hybrid = false,
        Relaxation::WithoutLoop => changed.kit.hearing_loop = false,
        Relaxation::Without(who) => changed.people[who].part = Part::Optional,
    }
    changed
}
