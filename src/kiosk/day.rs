//! Wall time of a board, from the offsets the server sent along: a kiosk needs no time zone database.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, TimeDelta, Timelike, Utc};

use crate::wire::Board;

/// The hours the day line shows.
const LINE_FROM_H: f32 = 7.0;
const LINE_LENGTH_H: f32 = 15.0;

/// What the clock on the wall shows at `at`; without a board, what the machine's own zone says.
#[must_use]
pub fn wall(board: Option<&Board>, at: DateTime<Utc>) -> NaiveDateTime {
    let Some(board) = board else { return at.with_timezone(&Local).naive_local() };
    let mut offset_s = board.offsets.first().map_or(0, |(_, offset_s)| *offset_s);
    for (from, next_s) in &board.offsets {
        if *from <= at {
            offset_s = *next_s;
        }
    }
    let offset_s = FixedOffset::east_opt(offset_s).map_or(0, |offset| offset.local_minus_utc());
    at.naive_utc().checked_add_signed(TimeDelta::seconds(offset_s.into())).unwrap_or(at.naive_utc())
}

/// Hours and minutes as people write them, `09:05`.
#[must_use]
pub fn hours_minutes(board: &Board, at: DateTime<Utc>) -> String {
    wall(Some(board), at).format("%H:%M").to_string()
}

/// From when till when, `09:05 – 10:30`.
#[must_use]
pub fn span(board: &Board, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    format!("{} – {}", hours_minutes(board, start), hours_minutes(board, end))
}

/// Where `at` lies on the day line, 0 at 7 h and 1 at 22 h, cut off at both ends.
#[must_use]
pub fn on_line(board: &Board, at: DateTime<Utc>) -> f32 {
    let wall = wall(Some(board), at);
    match wall.date().cmp(&board.day) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => {
            let minutes = u16::try_from(wall.hour() * 60 + wall.minute()).unwrap_or(0);
            ((f32::from(minutes) / 60.0 - LINE_FROM_H) / LINE_LENGTH_H).clamp(0.0, 1.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kiosk::sample;

    #[test]
    fn wall_time_follows_the_offsets_of_the_day() {
        for (day, instant, shown) in [
            ("2027-01-19", "2027-01-19T08:05:00Z", "09:05"),
            ("2027-07-01", "2027-07-01T08:05:00Z", "10:05"),
            ("2027-03-28", "2027-03-28T00:59:00Z", "01:59"), // the last minute of winter time
            ("2027-03-28", "2027-03-28T01:00:00Z", "03:00"), // 02:00 does not exist
            ("2027-10-31", "2027-10-31T00:30:00Z", "02:30"), // the first 02:30
            ("2027-10-31", "2027-10-31T01:30:00Z", "02:30"), // the second
        ] {
            let board = sample::board(day);
            assert_eq!(hours_minutes(&board, instant.parse().unwrap()), shown, "{instant}");
        }
    }

    #[test]
    fn absurd_offsets_and_instants_end_nothing() {
        let mut board = sample::board("2027-01-19");
        board.offsets = vec![(DateTime::<Utc>::MIN_UTC, i32::MAX)];
        assert_eq!(wall(Some(&board), DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC.naive_utc());
        board.offsets = vec![(DateTime::<Utc>::MIN_UTC, 86_399)];
        let _ = wall(Some(&board), DateTime::<Utc>::MAX_UTC);
        board.offsets.clear();
        assert_eq!(hours_minutes(&board, "2027-01-19T08:05:00Z".parse().unwrap()), "08:05");
    }

    #[test]
    fn the_line_runs_from_seven_to_twenty_two() {
        let board = sample::board("2027-01-19");
        for (wall, place) in [("06:00", 0.0), ("07:00", 0.0), ("14:30", 0.5), ("22:00", 1.0), ("23:30", 1.0)]
        {
            assert!((on_line(&board, sample::at(&board, wall)) - place).abs() < 1e-6, "{wall}");
        }
        assert!(on_line(&board, board.day_end) > 0.99 && on_line(&board, board.day_start) < 0.01);
    }
}
