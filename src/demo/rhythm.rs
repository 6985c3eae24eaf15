//! When a town hall meets: full mornings on Tuesday and Thursday, a thin Friday afternoon, evenings in the hall,
//! weddings on Saturday.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::dice::Dice;
use super::facts::Use;

/// Minutes that a meeting lasts, with how often it does.
const LENGTHS: [(usize, i64); 7] = [(18, 30), (10, 45), (38, 60), (18, 90), (10, 120), (3, 150), (3, 180)];
/// Half hours at which office meetings begin, as minutes after midnight.
const STARTS: [(usize, u32); 16] = [
    (4, 510),
    (14, 540),
    (8, 570),
    (13, 600),
    (8, 630),
    (7, 660),
    (2, 720),
    (4, 780),
    (10, 810),
    (12, 840),
    (6, 870),
    (8, 900),
    (6, 930),
    (5, 960),
    (2, 990),
    (2, 1_020),
];

/// Draws when something begins and how long it lasts; `crowded` draws from all quarters of the day, because
/// the usual hours are full.
pub(super) fn draw(
    dice: &Dice,
    (from, to): (NaiveDate, NaiveDate),
    used_for: Use,
    crowded: bool,
) -> (NaiveDateTime, TimeDelta) {
    let days = usize::try_from((to - from).num_days()).unwrap_or(1);
    let day = loop {
        let day = from + TimeDelta::days(i64::try_from(dice.below(days)).unwrap_or(0));
        if dice.percent(busyness(day, used_for)) {
            break day;
        }
    };
    let quarters = |from: u32, count: usize| from + 15 * u32::try_from(dice.below(count)).unwrap_or(0);
    let (minute, length) = match used_for {
        Use::Office if crowded => (quarters(480, 38), 30),
        Use::Office => (dice.weighted(&STARTS), dice.weighted(&LENGTHS)),
        Use::Hall => (dice.weighted(&[(3, 540), (3, 810), (4, 1_140), (3, 1_170)]), 120 + 30 * quarter(dice)),
        Use::Council => (dice.weighted(&[(3, 570), (3, 840), (4, 1_140)]), 60 + 30 * quarter(dice)),
        Use::Wedding => (dice.weighted(&[(3, 600), (3, 690), (2, 840), (2, 930)]), 30),
    };
    (day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute.into()), TimeDelta::minutes(length))
}

fn quarter(dice: &Dice) -> i64 {
    i64::try_from(dice.below(3)).unwrap_or(0)
}

/// How busy a day is, in percent of the busiest.
fn busyness(day: NaiveDate, used_for: Use) -> usize {
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
    match used_for {
        Use::Office => [80, 100, 75, 100, 55, 0, 0][weekday],
        Use::Hall => [30, 50, 60, 70, 60, 100, 40][weekday],
        Use::Council => [40, 80, 80, 100, 50, 0, 0][weekday],
        Use::Wedding => [0, 0, 0, 0, 40, 100, 0][weekday],
    }
}
