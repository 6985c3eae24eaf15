//! The urns of secret votes on devices. They are memory, never disk: a ballot that came to the file one at a time would
//! tell, to whoever compares two copies of the file, who gave it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::council::Choice;
use crate::ids::VoteId;

/// The urns that are open. They hold how often each answer was given, and no ballot by itself: nothing in them tells
/// which came first. They end with the program; a vote whose urn is lost has fewer ballots than were handed in, cannot
/// be declared, and is annulled and held again.
#[derive(Debug, Default)]
pub struct Urns(Mutex<HashMap<VoteId, Vec<Choice>>>);

impl Urns {
    /// Puts a ballot in. It lies among those that say the same.
    pub fn put(&self, vote: VoteId, choice: Choice) {
        let mut urns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let urn = urns.entry(vote).or_default();
        let place = urn.partition_point(|other| *other <= choice);
        urn.insert(place, choice);
    }

    /// What lies in an urn, answer by answer.
    #[must_use]
    pub fn look(&self, vote: VoteId) -> Vec<Choice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&vote).cloned().unwrap_or_default()
    }

    /// Forgets an urn, once it was counted or its vote annulled.
    pub fn forget(&self, vote: VoteId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&vote);
    }
}
