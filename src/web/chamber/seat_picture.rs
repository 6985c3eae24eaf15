//! The quorum as a bar of seats: filled in the room, half filled from elsewhere, empty absent, and a line behind the seat
//! that is needed. The sentence beside it says the same, so the picture itself is silent.

use std::fmt::Write as _;

use crate::presence::{Presence, RemoteLine};

/// Width and height of a seat with its gap.
const STEP: usize = 20;
/// Radius of a seat.
const RADIUS: usize = 8;

/// What a seat shows, in the order in which seats stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seat {
    /// Counted, in the room.
    Room,
    /// Counted, from elsewhere.
    Remote,
    /// There, and not counted.
    Uncounted,
    /// Not there.
    Empty,
}

impl Seat {
    /// What the seat of a member shows.
    pub(super) fn of(presence: Presence) -> Self {
        match presence {
            Presence::InRoom => Self::Room,
            Presence::Remote(RemoteLine::Confirmed | RemoteLine::Lost { confirmed: true, .. }) => {
                Self::Remote
            }
            Presence::Remote(_) | Presence::Recused(_) => Self::Uncounted,
            Presence::Absent { .. } => Self::Empty,
        }
    }
}

/// The picture, as SVG without style or script.
pub(super) fn picture(mut seats: Vec<Seat>, needed: usize) -> String {
    seats.sort_unstable();
    let (width, height) = (seats.len() * STEP + 8, STEP + 12);
    let mut svg = format!(
        "<svg class=\"seats\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\" focusable=\"false\">"
    );
    let middle = height / 2;
    for (place, seat) in seats.iter().enumerate() {
        let centre = place * STEP + STEP / 2;
        // Writing to a string cannot fail.
        let _ = match seat {
            Seat::Room => {
                write!(svg, "<circle class=\"room\" cx=\"{centre}\" cy=\"{middle}\" r=\"{RADIUS}\"/>")
            }
            Seat::Remote => {
                let (top, bottom) = (middle - RADIUS, middle + RADIUS);
                let half = format!("M{centre} {top}A{RADIUS} {RADIUS} 0 0 0 {centre} {bottom}Z");
                write!(
                    svg,
                    "<circle class=\"edge\" cx=\"{centre}\" cy=\"{middle}\" r=\"{RADIUS}\"/><path class=\"room\" d=\"{half}\"/>"
                )
            }
            Seat::Uncounted => {
                write!(svg, "<circle class=\"edge dashed\" cx=\"{centre}\" cy=\"{middle}\" r=\"{RADIUS}\"/>")
            }
            Seat::Empty => {
                write!(svg, "<circle class=\"empty\" cx=\"{centre}\" cy=\"{middle}\" r=\"{RADIUS}\"/>")
            }
        };
    }
    let line = needed.min(seats.len()) * STEP;
    let _ =
        write!(svg, "<line class=\"needed\" x1=\"{line}\" x2=\"{line}\" y1=\"0\" y2=\"{height}\"/></svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_for_each_member_and_a_line_where_it_is_enough() {
        let seats = vec![Seat::Empty, Seat::Remote, Seat::Room, Seat::Uncounted, Seat::Room];
        let svg = picture(seats, 3);
        assert_eq!(svg.matches("<circle").count(), 5);
        assert_eq!(svg.matches("<path").count(), 1, "half a seat for the one who is elsewhere");
        assert!(svg.contains("class=\"needed\" x1=\"60\""), "{svg}");
        assert!(svg.find("dashed") > svg.find("<path"), "counted seats stand first: {svg}");
    }
}
