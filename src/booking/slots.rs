//! The best times and rooms for people who are rarely all free: "five slots for twelve people across their
//! calendars and zones".
//!
//! Time is cut into quarters of an hour and every calendar becomes a set of bits; a meeting may start where
//! enough free bits follow each other for everybody who has to come. Among those starts and the rooms that
//! suit, offers are taken one by one, cheapest first, each made dearer by its likeness to those taken before.
//! A length that is no whole number of quarters takes up the next whole number.
//!
//! The same question gets the same answer: ties go to the earlier start, then to the better room, then to the
//! room named first.

mod diverse;
mod grid;
mod hours;
#[cfg(test)]
mod oracle;
mod people;
mod places;
mod reasons;
mod relax;
mod score;

use chrono::TimeDelta;

use super::{Heads, Mode, Part};
use crate::texts::Said;
use crate::time::{Interval, Zone};
use crate::town::Kit;

use diverse::choose;
use grid::{Scale, grains_of};
pub use hours::{WorkingHours, daily};
use people::{Crowd, Ease, Frame, Spared};
use places::{Need, Pool, Taken};
pub use relax::{Relaxation, Relaxed};

/// Somebody who is to take part.
#[derive(Clone, Debug)]
pub struct Attendee<'a> {
    /// The name as shown in reasons.
    pub name: &'a str,
    /// What for: everybody but the optional has to be free.
    pub part: Part,
    /// How.
    pub mode: Mode,
    /// When they work, and where; at other times they can come, at a cost.
    pub hours: WorkingHours,
    /// When they are taken, in any order.
    pub busy: &'a [Interval],
}

impl Attendee<'_> {
    fn needed(&self) -> bool {
        self.part != Part::Optional
    }
}

/// A room in which it could be.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The name as shown in reasons.
    pub name: &'a str,
    /// Seats.
    pub capacity: u32,
    /// Fittings.
    pub kit: Kit,
    /// For each cell, when others have it with their set-up and clean-up, in any order.
    pub cells: Vec<&'a [Interval]>,
    /// How long it is prepared before a meeting.
    pub setup: TimeDelta,
    /// How long it is cleared after a meeting.
    pub cleanup: TimeDelta,
    /// Minutes on foot from where people would rather be.
    pub walk_min: u32,
    /// When the room may be used: a meeting lies within one of these, its set-up and clean-up need not.
    /// None for always.
    pub open: Option<&'a [Interval]>,
    /// Asked for by name: if any room is, only those count.
    pub asked: bool,
}

/// Equipment that is to be there.
#[derive(Clone, Debug)]
pub struct Gear<'a> {
    /// The kind as people call it.
    pub kind: &'a str,
    /// How many units.
    pub count: usize,
    /// For each unit there is, when it is taken.
    pub units: Vec<&'a [Interval]>,
}

/// What is sought.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The meeting lies inside.
    pub window: Interval,
    /// The zone of the house, in which days and their parts are counted.
    pub zone: Zone,
    /// The meeting lies within one of these, such as 9 to 17 of each day.
    pub times: Vec<Interval>,
    /// How long, more than nothing.
    pub length: TimeDelta,
    /// Who takes part.
    pub people: Vec<Attendee<'a>>,
    /// More heads, without a calendar.
    pub extra: Heads,
    /// The share of the undecided who are expected in the room.
    pub undecided_percent: u32,
    /// Fittings asked for; whoever is remote asks for hybrid kit.
    pub kit: Kit,
    /// Equipment asked for.
    pub gear: Vec<Gear<'a>>,
    /// The rooms there are.
    pub places: Vec<Place<'a>>,
    /// Offers at most.
    pub count: usize,
}

impl Wanted<'_> {
    /// How many take part, and how.
    #[must_use]
    pub fn heads(&self) -> Heads {
        let mut heads = self.extra;
        for person in &self.people {
            let count = match person.mode {
                Mode::InRoom => &mut heads.in_room,
                Mode::Remote => &mut heads.remote,
                Mode::Undecided => &mut heads.undecided,
            };
            *count = count.saturating_add(1);
        }
        heads
    }
}

/// A time and a room that suit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// When, as visible.
    pub time: Interval,
    /// Which of the places; none if nobody needs a seat.
    pub place: Option<usize>,
    /// What it costs people and house; lower is better.
    pub cost: u32,
    /// What speaks for and against it.
    pub reasons: Vec<Said>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Considered {
    /// Starts inside the times that were asked for.
    pub starts: usize,
    /// Of those, how many suit everybody who has to come.
    pub suit_people: usize,
    /// Rooms that are large enough and fitted.
    pub rooms: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The offers, best first, each after the first chosen to differ from those before it.
    pub offers: Vec<Offer>,
    /// The one change of the request that would help most, if one would help enough to be worth asking.
    pub relaxed: Option<Relaxed>,
    /// How much was looked at.
    pub considered: Considered,
}

/// What one search shares between its steps.
struct Search<'a> {
    wanted: &'a Wanted<'a>,
    scale: Scale,
    crowd: Crowd<'a>,
    taken: Taken<'a>,
    frame: Frame,
}

/// Finds the best times and rooms.
#[must_use]
pub fn find(wanted: &Wanted<'_>) -> Found {
    let scale = Scale::new(wanted.window);
    let crowd = Crowd::new(wanted, scale);
    let frame = crowd.frame(grains_of(wanted.length), &wanted.times);
    let search = Search { wanted, scale, crowd, taken: Taken::new(&wanted.places, scale), frame };
    let mut pool = Pool::new(&search.taken, search.frame.run, Need::of(wanted), None);
    let starts = search.crowd.starts(&search.frame, Spared::Nobody);
    let ease = Ease::new(&search.crowd, search.frame.run);
    let picks = choose(&search, &ease, &mut pool, &starts);
    let relaxed = relax::relax(&search, &mut pool, &starts, &ease, picks.first());
    let offers =
        picks.iter().map(|pick| reasons::offer(&search, &ease, &pool, pick, wanted.length)).collect();
    let considered =
        Considered { starts: search.frame.times.count(), suit_people: starts.count(), rooms: pool.rooms() };
    Found { offers, relaxed, considered }
}
