//! Random sessions, held from the first item to the last publication in the real store, with a mark in everything that
//! nobody outside may read: no mark at any address that anybody or any member of staff can open, in no feed, live event,
//! search result, pack or problem, on no screen, in no mail to those who do not sit, in no line of the log.
//!
//! Each town is drawn from a seed, which a failure names. `BELFORT_SWEEP=10000` holds that many sessions,
//! `BELFORT_SWEEP_SEED=7` those of one town.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod bodies;
#[path = "../support/crawl.rs"]
mod crawl;
#[path = "../support/dice.rs"]
mod dice;
mod eyes;
mod log;
#[path = "../support/papers.rs"]
mod papers;
mod plan;
mod story;
#[path = "../promises/town.rs"]
#[expect(dead_code, reason = "the whole cast of the promises, of which not all play here")]
mod town;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bodies::{COLLEGE, COUNCIL};
use dice::Dice;
use eyes::{Seen, look_about, look_everywhere};
use plan::Plan;
use story::Story;
use town::Town;

/// Sessions of a town: by which body each is held.
const HELD_BY: [&str; 4] = [COUNCIL, COUNCIL, COLLEGE, COUNCIL];
/// Sessions that are held if nobody asks for more.
const SESSIONS: u64 = 160;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn nothing_closed_is_seen_from_outside() {
    let log = log::capture();
    let towns = match asked("BELFORT_SWEEP_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..asked("BELFORT_SWEEP").unwrap_or(SESSIONS).div_ceil(HELD_BY.len() as u64),
    };
    let (next, seen) = (AtomicU64::new(towns.start), Mutex::new(Seen::default()));
    let sweep = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= towns.end {
                break;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| town(seed)));
            match outcome {
                Ok(more) => seen.lock().unwrap_or_else(PoisonError::into_inner).add(&more),
                Err(panic) => {
                    eprintln!("the town of seed {seed}: again with BELFORT_SWEEP_SEED={seed}");
                    resume_unwind(panic);
                }
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(sweep))));
    let seen = seen.into_inner().unwrap();
    let lines = log.lines();
    println!("{} towns: {seen:?}; {lines} lines of log", towns.end - towns.start);
    log.must_be_clean();
    let towns = usize::try_from(towns.end - towns.start).unwrap();
    seen.must_be_enough(towns);
    assert!(lines > 200 * towns, "only {lines} lines of log: was it captured?");
}

/// Plays a town and looks at it from outside, on the way and at the end.
fn town(seed: u64) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (town, dice) = (Town::new(seed), Dice::new(seed));
    for step in [bodies::found_college, bodies::set_up] {
        town.store.write_now(step).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    }
    let mut eyes = runtime.block_on(eyes::Eyes::open(&town));
    let mut stories: Vec<Story<'_>> = Vec::new();
    for (place, body) in HELD_BY.into_iter().enumerate() {
        let plan = Plan::draw(&dice, &format!("{seed}x{place}"), body);
        let mut story = Story::prepare(&town, plan);
        let before = stories.iter_mut().rev().find(|story| story.body() == body);
        story.hold(before, |story| runtime.block_on(look_about(&mut eyes, &town, &story.closed())));
        stories.push(story);
    }
    stories.iter_mut().for_each(Story::publish_the_rest);
    let closed: Vec<String> = stories.iter().flat_map(Story::closed).collect();
    runtime.block_on(look_everywhere(&mut eyes, &town, &closed));
    town.verify();
    eyes.end()
}
