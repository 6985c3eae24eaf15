//! Who is here: heads in the room, names from elsewhere.

use super::day::hours_minutes;
use super::view::short;
use crate::wire::{Board, BoardMeeting, Remote, RemoteState};

/// Who takes part in the meeting at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Seen in the room.
    pub in_room: u32,
    /// Said they would sit in the room.
    pub expected: u32,
    /// Connected from elsewhere.
    pub remote_here: usize,
    /// Expected from elsewhere.
    pub remote_total: usize,
    /// Those who may be named: the connected first, then by name.
    pub remote: Vec<RemotePerson>,
}

/// Somebody who takes part from elsewhere and may be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePerson {
    /// Tells two people of one name apart.
    pub key: String,
    /// The name.
    pub name: String,
    /// What the roster says of them.
    pub state: RemoteState,
    /// Since when, as on the clock; empty if unknown.
    pub since: String,
}

/// Who takes part in `meeting`.
#[must_use]
pub fn people(board: &Board, meeting: &BoardMeeting) -> People {
    let mut named: Vec<(&str, &Remote)> =
        meeting.remote.iter().filter_map(|remote| Some((remote.name.as_deref()?, remote))).collect();
    named.sort_by_key(|(name, remote)| (rank(remote.state), name.to_lowercase()));
    let mut remote: Vec<RemotePerson> = Vec::with_capacity(named.len());
    for (name, person) in named {
        let twins = remote.iter().filter(|other| other.name == name).count();
        remote.push(RemotePerson {
            key: format!("{name}#{twins}"),
            name: short(name),
            state: person.state,
            since: person.since.map(|since| hours_minutes(board, since)).unwrap_or_default(),
        });
    }
    People {
        in_room: meeting.in_room,
        expected: meeting.expected_in_room,
        remote_here: meeting.remote.iter().filter(|remote| remote.state == RemoteState::Here).count(),
        remote_total: meeting.remote.len(),
        remote,
    }
}

/// Those who need attention or are there come before those who are only expected.
fn rank(state: RemoteState) -> u8 {
    match state {
        RemoteState::Lost => 0,
        RemoteState::Here => 1,
        RemoteState::Invited => 2,
        RemoteState::Left => 3,
    }
}
