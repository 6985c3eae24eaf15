//! How fast the best times and rooms are found: CPU-bound, one thread, each search another one.
//!
//! `cargo bench --no-default-features --features server --bench slots`. A measurement begins with lists of busy
//! stretches, as the store gives them, and ends with offers and their reasons: the working hours of each zone,
//! the opening hours, the bits of every calendar and the one change that would help most are all inside.

use std::hint::black_box;
use std::time::{Duration, Instant};

use belfort::booking::slots::{Attendee, Found, Gear, Place, Wanted, WorkingHours, daily, find};
use belfort::booking::{Heads, Mode, Part};
use belfort::time::{Interval, Zone};
use belfort::town::Kit;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

const PEOPLE: usize = 12;
const REMOTE: usize = 4;
const ROOMS: usize = 50;
/// Different towns, so that no search finds its calendars warm from the one before.
const TOWNS: u64 = 40;
const SEARCHES: usize = 4_000;

fn main() {
    println!("| search | offers | p50 | p99 | worst |");
    println!("| --- | --- | --- | --- | --- |");
    for weeks in [4, 26] {
        // A quarter, a half and three quarters of the working day taken; the last leaves hardly a time for all.
        for (busy, load) in [("quiet", 1), ("usual", 2), ("crowded", 3)] {
            report(weeks, busy, load);
        }
    }
}

fn report(weeks: i64, name: &str, load: u64) {
    let towns: Vec<Town> = (0..TOWNS).map(|seed| Town::new(seed, weeks, load)).collect();
    let mut times: Vec<Duration> = Vec::with_capacity(SEARCHES);
    let mut offers = 0;
    for n in 0..SEARCHES {
        let town = &towns[n % towns.len()];
        let begun = Instant::now();
        let found = black_box(town.search());
        times.push(begun.elapsed());
        offers += found.offers.len();
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e6;
    let tenths = offers * 10 / SEARCHES;
    println!(
        "| best 5 slots, {PEOPLE} people ({REMOTE} remote), {ROOMS} rooms, {weeks} weeks, {name} | {}.{} | {:.0} us | {:.0} us | {:.0} us |",
        tenths / 10,
        tenths % 10,
        at(50),
        at(99),
        at(100)
    );
}

/// Chance that repeats (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }

    fn minutes(&mut self, choices: u64, step: i64) -> i64 {
        i64::try_from(self.below(choices)).unwrap_or(0) * step
    }
}

struct Town {
    window: Interval,
    people: Vec<Vec<Interval>>,
    rooms: Vec<(u32, bool, u32, Vec<Interval>)>,
    units: Vec<Vec<Interval>>,
}

impl Town {
    fn new(seed: u64, weeks: i64, load: u64) -> Self {
        let mut chance = Chance(seed);
        // Monday 15 February 2027, so that a clock change lies in the longer window.
        let start: DateTime<Utc> = DateTime::from_timestamp(1_802_646_000, 0).unwrap_or_default();
        let window = Interval { start, end: start + TimeDelta::weeks(weeks) };
        let people = (0..PEOPLE).map(|_| calendar(&mut chance, window, load)).collect();
        let rooms = (0..ROOMS)
            .map(|_| {
                let seats = 4 + u32::try_from(chance.below(30)).unwrap_or(0);
                let walk = u32::try_from(chance.below(3)).unwrap_or(0) * 6;
                (seats, chance.below(3) > 0, walk, calendar(&mut chance, window, load + 1))
            })
            .collect();
        let units = (0..3).map(|_| calendar(&mut chance, window, load)).collect();
        Self { window, people, rooms, units }
    }

    fn search(&self) -> Found {
        let clock = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let hours = |from, to| -> Vec<Interval> {
            daily(Zone::BRUSSELS, clock(from), clock(to), self.window).map(|(_, time)| time).collect()
        };
        let (times, open) = (hours(8, 18), hours(7, 22));
        let lisbon: Zone = "Europe/Lisbon".parse().unwrap_or(Zone::BRUSSELS);
        let new_york: Zone = "America/New_York".parse().unwrap_or(Zone::BRUSSELS);
        let people = self.people.iter().enumerate().map(|(n, busy)| Attendee {
            name: "An Peeters",
            part: if n % 3 == 2 { Part::Optional } else { Part::Required },
            mode: if n < REMOTE { Mode::Remote } else { Mode::InRoom },
            hours: WorkingHours::office(match n {
                0 | 1 => lisbon,
                2 => new_york,
                _ => Zone::BRUSSELS,
            }),
            busy,
        });
        let minutes = |minutes| TimeDelta::minutes(minutes);
        let places = self.rooms.iter().map(|(capacity, hybrid, walk_min, busy)| Place {
            name: "Zaal",
            capacity: *capacity,
            kit: Kit { hybrid: *hybrid, ..Kit::default() },
            cells: vec![busy],
            setup: minutes(15),
            cleanup: minutes(10),
            walk_min: *walk_min,
            open: Some(&open),
            asked: false,
        });
        let units = self.units.iter().map(Vec::as_slice).collect();
        find(&Wanted {
            window: self.window,
            zone: Zone::BRUSSELS,
            times,
            length: minutes(60),
            people: people.collect(),
            extra: Heads::default(),
            undecided_percent: 50,
            kit: Kit::default(),
            gear: vec![Gear { kind: "scherm", count: 1, units }],
            places: places.collect(),
            count: 5,
        })
    }
}

/// Meetings of half an hour to two hours between 7 and 18 hours UTC, Monday to Friday; so many quarters of the
/// working day are taken.
fn calendar(chance: &mut Chance, window: Interval, load: u64) -> Vec<Interval> {
    let mut busy = Vec::new();
    let mut day = window.start;
    while day < window.end {
        if (day - window.start).num_days() % 7 < 5 {
            let mut at = day + TimeDelta::hours(8);
            while at < day + TimeDelta::hours(18) {
                let length = TimeDelta::minutes(30 + chance.minutes(4, 30));
                if chance.below(5) < load {
                    busy.push(Interval { start: at, end: at + length });
                }
                at += length;
            }
        }
        day += TimeDelta::days(1);
    }
    busy
}
