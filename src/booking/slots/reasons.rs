//! What speaks for and against an offer, in sentences. Of people it says that they are away, never why.

use chrono::TimeDelta;

use super::diverse::Pick;
use super::people::Ease;
use super::places::Pool;
use super::{Offer, Search};
use crate::texts::Said;
use crate::time::{Interval, Zone};

/// Names in one sentence.
const NAMED: usize = 8;

/// The offer of a pick, with its reasons.
pub(super) fn offer(
    search: &Search<'_>,
    ease: &Ease,
    pool: &Pool<'_, '_>,
    pick: &Pick,
    length: TimeDelta,
) -> Offer {
    let start = search.scale.at(pick.start);
    let time = Interval { start, end: start + length };
    let mut reasons = vec![of_people(search, ease, pick.start)];
    for (hours, people) in ease.strained(&search.crowd, pick.start) {
        reasons.push(off_hours(hours.zone, time, &names(search, &people)));
    }
    match pool.place(pick.rank) {
        None => reasons.push(Said::new("slots.no_room")),
        Some((_, place)) => {
            let seats = pool.need.seats;
            reasons.push(Said::new("slots.seats").with("capacity", place.capacity).with("seats", seats));
            if place.walk_min > 0 {
                reasons.push(Said::new("slots.walk").with("minutes", place.walk_min));
            }
        }
    }
    Offer { time, place: pool.place(pick.rank).map(|(at, _)| at), cost: pick.cost, reasons }
}

/// Says of an offer made possible by doing without somebody that it is so.
pub(super) fn spare(search: &Search<'_>, offer: &mut Offer, who: usize) {
    if let Some(first) = offer.reasons.first_mut() {
        *first = Said::new("slots.away_needed").with("name", search.wanted.people[who].name);
    }
}

fn of_people(search: &Search<'_>, ease: &Ease, start: usize) -> Said {
    let away: Vec<usize> = ease.away(start).collect();
    if away.is_empty() {
        return Said::new("slots.everyone_free");
    }
    Said::new("slots.away").with("names", names(search, &away))
}

fn names(search: &Search<'_>, people: &[usize]) -> String {
    let named: Vec<&str> = people.iter().take(NAMED).map(|who| search.wanted.people[*who].name).collect();
    let more = people.len().saturating_sub(NAMED);
    if more == 0 { named.join(", ") } else { format!("{} +{more}", named.join(", ")) }
}

fn off_hours(zone: Zone, time: Interval, names: &str) -> Said {
    let clock = |at| zone.wall(at).format("%H:%M");
    let city = zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    Said::new("slots.off_hours")
        .with("from", clock(time.start))
        .with("to", clock(time.end))
        .with("city", city)
        .with("names", names)
}
