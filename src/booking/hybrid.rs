//! The hybrid rule: the room must seat those who come, and be fitted for those who do not.

use super::{Conference, Mode, Participant, Reason};
use crate::booking::Answer;
use crate::texts::Said;
use crate::town::Room;

/// How many take part, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Said they come to the room.
    pub in_room: u32,
    /// Join from elsewhere.
    pub remote: u32,
    /// Have not said.
    pub undecided: u32,
}

impl Heads {
    /// Seats to reserve: all who come and `undecided_percent` of those who have not said, rounded up.
    #[must_use]
    pub fn seats(&self, undecided_percent: u32) -> u32 {
        let undecided = self.undecided.saturating_mul(undecided_percent.min(100)).div_ceil(100);
        self.in_room.saturating_add(undecided)
    }
}

/// Counts the participants who have not declined.
#[must_use]
pub fn heads(participants: &[Participant]) -> Heads {
    let mut heads = Heads::default();
    for participant in participants.iter().filter(|p| p.answer != Answer::Declined) {
        match participant.mode {
            Mode::InRoom => heads.in_room += 1,
            Mode::Remote => heads.remote += 1,
            Mode::Undecided => heads.undecided += 1,
        }
    }
    heads
}

/// Why these rooms do not suit these people: too few seats together, somebody remote without kit or link.
#[must_use]
pub fn hybrid_reasons(
    heads: Heads,
    rooms: &[&Room],
    conference: &Conference,
    undecided_percent: u32,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let seats = heads.seats(undecided_percent);
    let capacity: u32 = rooms.iter().map(|room| room.capacity).sum();
    if !rooms.is_empty() && seats > capacity {
        reasons.push(Reason::deny(
            "house.capacity",
            Said::new("policy.capacity").with("seats", seats).with("capacity", capacity),
        ));
    }
    if heads.remote > 0 {
        if !rooms.is_empty() && !rooms.iter().any(|room| room.kit.hybrid) {
            reasons.push(Reason::deny(
                "house.hybrid-kit",
                Said::new("policy.hybrid_kit").with("room", &rooms[0].name).with("remote", heads.remote),
            ));
        }
        if conference.url.is_none() && conference.dial_in.is_none() {
            reasons.push(Reason::deny(
                "house.join-link",
                Said::new("policy.join_link").with("remote", heads.remote),
            ));
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_undecided_are_expected_rounded_up() {
        for (in_room, undecided, percent, seats) in
            [(8, 0, 50, 8), (8, 3, 50, 10), (0, 1, 50, 1), (2, 10, 0, 2), (2, 10, 100, 12), (2, 10, 400, 12)]
        {
            assert_eq!(Heads { in_room, remote: 5, undecided }.seats(percent), seats);
        }
    }
}
