//! Counting: what follows from ballots. A result is always computed, never entered.
//!
//! Where the law leaves something to the chair — who goes on when two have as many votes — the tally says what is open
//! and takes the chair's decision as data; it never decides by itself. Articles 33 to 35 are known from memory.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Choice, Majority, Quorum};

/// How many gave each answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// For.
    pub yes: u32,
    /// Against.
    pub no: u32,
    /// Abstentions; in secret, blank ballots.
    pub abstain: u32,
    /// Present, and took no part.
    pub not_voting: u32,
    /// For each candidate, in the order of the vote's list.
    pub candidates: Vec<u32>,
}

impl Totals {
    /// Counts choices of a vote with so many candidates. A ballot for somebody who is not on the list is blank.
    #[must_use]
    pub fn count(choices: impl IntoIterator<Item = Choice>, candidates: usize) -> Self {
        let mut totals = Self { candidates: vec![0; candidates], ..Self::default() };
        for choice in choices {
            let slot = match choice {
                Choice::For => &mut totals.yes,
                Choice::Against => &mut totals.no,
                Choice::NotVoting => &mut totals.not_voting,
                Choice::Candidate(place) => match totals.candidates.get_mut(place as usize) {
                    Some(slot) => slot,
                    None => &mut totals.abstain,
                },
                Choice::Abstain => &mut totals.abstain,
            };
            *slot += 1;
        }
        totals
    }

    /// Votes cast: those that count for the majority. Abstentions and blank ballots do not (article 33).
    #[must_use]
    pub fn cast(&self) -> u32 {
        self.yes + self.no + self.candidates.iter().sum::<u32>()
    }

    /// All ballots, whatever they say.
    #[must_use]
    pub fn ballots(&self) -> u32 {
        self.cast() + self.abstain + self.not_voting
    }

    /// Whether all who voted answered the same, so that no names are recorded (article 277).
    #[must_use]
    pub fn is_unanimous(&self) -> bool {
        let given = [self.yes, self.no, self.abstain, self.not_voting];
        given.iter().chain(&self.candidates).filter(|count| **count > 0).count() == 1
    }
}

/// On what ground the chair decided between candidates with as many votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieGround {
    /// The oldest goes first.
    Oldest,
    /// Drawn by lot.
    Lot,
    /// What the rules of procedure say.
    Rules,
}

impl TieGround {
    /// Every ground.
    pub const ALL: [Self; 3] = [Self::Oldest, Self::Lot, Self::Rules];

    /// The word for it in text keys and forms.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Lot => "lot",
            Self::Rules => "rules",
        }
    }
}

/// What the chair said when candidates had as many votes: who goes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieBreak {
    /// The candidates who go first, by place, as many as there are places.
    pub candidates: Vec<u32>,
    /// On what ground.
    pub ground: TieGround,
}

/// What follows from a vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum VoteOutcome {
    /// It passed.
    Adopted,
    /// It did not.
    Rejected,
    /// Somebody is chosen.
    Elected {
        /// By place.
        candidate: u32,
    },
    /// Nobody has more than half: another round between these two.
    SecondRound {
        /// By place, the one with more votes first.
        candidates: [u32; 2],
    },
    /// Not one valid ballot was given.
    NobodyElected,
}

/// Why nothing can be declared yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TallyFault {
    /// These have as many votes and cannot all go first: the chair says who does, and on what ground.
    Tied {
        /// By place.
        candidates: Vec<u32>,
        /// How many of them go first.
        places: usize,
    },
    /// The chair named others than those with as many votes, or not as many as there are places.
    NotTied,
    /// A tie was broken where there is none.
    NothingTied,
}

/// A declared result as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// The last line of the presence ledger then.
    pub ledger_seq: i64,
    /// How many were present then.
    pub quorum: Quorum,
    /// How many gave each answer.
    pub totals: Totals,
    /// What follows.
    pub outcome: VoteOutcome,
    /// What the chair said when candidates had as many votes.
    pub tie_break: Option<TieBreak>,
}

/// What follows from totals. `present` is the number present when the vote was opened, who are those that may vote.
///
/// # Errors
/// [`TallyFault`] when candidates have as many votes and the chair has not said who goes first, or said so without need.
pub fn outcome(
    majority: Majority,
    totals: &Totals,
    present: u32,
    tie_break: Option<&TieBreak>,
) -> Result<VoteOutcome, TallyFault> {
    let passes = match majority {
        // Article 33: more than half of the votes cast; a tie is a rejection.
        Majority::Absolute => 2 * totals.yes > totals.cast(),
        // Articles 23 and 28: of those present, not of those who vote.
        Majority::TwoThirdsPresent => totals.yes > 0 && 3 * totals.yes >= 2 * present,
        Majority::Elect { round } => return elect(round, totals, tie_break),
    };
    match tie_break {
        Some(_) => Err(TallyFault::NothingTied),
        None if passes => Ok(VoteOutcome::Adopted),
        None => Ok(VoteOutcome::Rejected),
    }
}

fn elect(round: u8, totals: &Totals, tie_break: Option<&TieBreak>) -> Result<VoteOutcome, TallyFault> {
    let votes = |place: u32| totals.candidates.get(place as usize).copied().unwrap_or(0);
    let mut ranked: Vec<u32> = (0_u32..).take(totals.candidates.len()).collect();
    ranked.sort_by_key(|place| (std::cmp::Reverse(votes(*place)), *place));
    let with =
        |count: u32| ranked.iter().copied().filter(|place| votes(*place) == count).collect::<Vec<u32>>();
    let valid = totals.cast();
    let most = ranked.first().map_or(0, |best| votes(*best));
    if valid == 0 || most == 0 {
        return untied(tie_break, VoteOutcome::NobodyElected);
    }
    let leading = with(most);
    if 2 * most > valid {
        return untied(tie_break, VoteOutcome::Elected { candidate: leading[0] });
    }
    if round > 1 {
        // In the last round whoever has most is chosen.
        let candidate = go_first(&leading, 1, tie_break)?[0];
        return Ok(VoteOutcome::Elected { candidate });
    }
    if leading.len() > 1 {
        let two = go_first(&leading, 2, tie_break)?;
        return Ok(VoteOutcome::SecondRound { candidates: [two[0], two[1]] });
    }
    let runner_up = ranked.get(1).map_or(0, |place| votes(*place));
    if runner_up == 0 {
        // One name with half the votes or less, the rest against it: there is nobody to meet in another round.
        return untied(tie_break, VoteOutcome::NobodyElected);
    }
    let second = go_first(&with(runner_up), 1, tie_break)?[0];
    Ok(VoteOutcome::SecondRound { candidates: [leading[0], second] })
}

fn untied(tie_break: Option<&TieBreak>, outcome: VoteOutcome) -> Result<VoteOutcome, TallyFault> {
    if tie_break.is_some() { Err(TallyFault::NothingTied) } else { Ok(outcome) }
}

/// Who goes first of several with as many votes: all, if there is a place for each; else whom the chair named.
fn go_first(tied: &[u32], places: usize, said: Option<&TieBreak>) -> Result<Vec<u32>, TallyFault> {
    match said {
        None if tied.len() == places => Ok(tied.to_vec()),
        None => Err(TallyFault::Tied { candidates: tied.to_vec(), places }),
        Some(_) if tied.len() == places => Err(TallyFault::NothingTied),
        Some(said) => {
            let mut named = said.candidates.clone();
            named.sort_unstable();
            named.dedup();
            let fits = named.len() == places && named.iter().all(|place| tied.contains(place));
            if fits { Ok(said.candidates.clone()) } else { Err(TallyFault::NotTied) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn totals(yes: u32, no: u32, abstain: u32) -> Totals {
        Totals { yes, no, abstain, ..Totals::default() }
    }

    fn lot(candidates: &[u32]) -> TieBreak {
        TieBreak { candidates: candidates.to_vec(), ground: TieGround::Lot }
    }

    #[test]
    fn majorities_as_the_articles_have_them() {
        use Majority::{Absolute, TwoThirdsPresent};
        use VoteOutcome::{Adopted, Rejected};
        for (article, majority, yes, no, abstain, present, expected) in [
            ("33: more than half", Absolute, 13, 12, 0, 25, Adopted),
            ("33: a tie is a rejection", Absolute, 12, 12, 1, 25, Rejected),
            ("33: abstentions do not count", Absolute, 1, 0, 24, 25, Adopted),
            ("33: nobody voted for or against", Absolute, 0, 0, 25, 25, Rejected),
            ("23: two thirds of 24", TwoThirdsPresent, 16, 8, 0, 24, Adopted),
            ("23: one short of two thirds", TwoThirdsPresent, 15, 0, 9, 24, Rejected),
            ("23: of 25, not of those who vote", TwoThirdsPresent, 16, 0, 9, 25, Rejected),
            ("23: 17 of 25", TwoThirdsPresent, 17, 0, 8, 25, Adopted),
            ("23: nobody", TwoThirdsPresent, 0, 0, 0, 0, Rejected),
        ] {
            let found = outcome(majority, &totals(yes, no, abstain), present, None);
            assert_eq!(found, Ok(expected), "{article}");
        }
        assert_eq!(
            outcome(Absolute, &totals(2, 2, 0), 4, Some(&lot(&[0]))),
            Err(TallyFault::NothingTied),
            "a tied vote on an item is no election"
        );
    }

    #[test]
    fn elections_go_to_a_second_round_and_ties_to_the_chair() {
        use VoteOutcome::{Elected, NobodyElected, SecondRound};
        let tied =
            |candidates: &[u32], places| Err(TallyFault::Tied { candidates: candidates.to_vec(), places });
        type Row = (u8, &'static [u32], Option<TieBreak>, Result<VoteOutcome, TallyFault>);
        let rows: Vec<Row> = vec![
            (1, &[13, 12], None, Ok(Elected { candidate: 0 })),
            (1, &[12, 12], None, Ok(SecondRound { candidates: [0, 1] })),
            (1, &[9, 10, 6], None, Ok(SecondRound { candidates: [1, 0] })),
            (1, &[10, 6, 6], None, tied(&[1, 2], 1)),
            (1, &[10, 6, 6], Some(lot(&[2])), Ok(SecondRound { candidates: [0, 2] })),
            (1, &[10, 6, 6], Some(lot(&[0])), Err(TallyFault::NotTied)),
            (1, &[8, 8, 8], None, tied(&[0, 1, 2], 2)),
            (1, &[8, 8, 8], Some(lot(&[2, 0])), Ok(SecondRound { candidates: [2, 0] })),
            (1, &[8, 8, 8], Some(lot(&[2, 2])), Err(TallyFault::NotTied)),
            (1, &[13, 12], Some(lot(&[1])), Err(TallyFault::NothingTied)),
            (2, &[12, 12], None, tied(&[0, 1], 1)),
            (2, &[12, 12], Some(lot(&[1])), Ok(Elected { candidate: 1 })),
            (2, &[11, 12], None, Ok(Elected { candidate: 1 })),
            (1, &[0, 0], None, Ok(NobodyElected)),
            (1, &[1], None, Ok(Elected { candidate: 0 })),
        ];
        for (round, votes, said, expected) in rows {
            let given = Totals { candidates: votes.to_vec(), abstain: 1, ..Totals::default() };
            let found = outcome(Majority::Elect { round }, &given, 25, said.as_ref());
            assert_eq!(found, expected, "round {round}, {votes:?}, {said:?}");
        }
        let single = Totals { candidates: vec![5], no: 6, ..Totals::default() };
        assert_eq!(outcome(Majority::Elect { round: 1 }, &single, 11, None), Ok(NobodyElected));
    }

    #[test]
    fn unanimous_is_when_all_say_the_same() {
        assert!(totals(7, 0, 0).is_unanimous());
        assert!(!totals(7, 0, 1).is_unanimous() && !Totals::default().is_unanimous());
    }

    fn choice() -> impl Strategy<Value = Choice> {
        prop_oneof![
            Just(Choice::For),
            Just(Choice::Against),
            Just(Choice::Abstain),
            Just(Choice::NotVoting),
            (0_u32..5).prop_map(Choice::Candidate),
        ]
    }

    proptest! {
        #[test]
        fn every_ballot_counts_once(choices in prop::collection::vec(choice(), 0..80), candidates in 0_usize..5) {
            let totals = Totals::count(choices.iter().copied(), candidates);
            prop_assert_eq!(totals.ballots() as usize, choices.len());
            prop_assert!(totals.cast() <= totals.ballots());
            let mut other_way = choices;
            other_way.reverse();
            prop_assert_eq!(Totals::count(other_way, candidates), totals, "their order tells nothing");
        }

        #[test]
        fn more_votes_for_never_turn_adopted_into_rejected(yes in 0_u32..60, no in 0_u32..60, more in 0_u32..10) {
            let adopted = |yes| outcome(Majority::Absolute, &totals(yes, no, 0), 120, None) == Ok(VoteOutcome::Adopted);
            prop_assert!(!adopted(yes) || adopted(yes + more));
            prop_assert!(!(adopted(yes) && yes <= no), "no majority without more votes for than against");
        }

        #[test]
        fn whoever_is_elected_has_most(votes in prop::collection::vec(0_u32..30, 1..6), round in 1_u8..3) {
            let given = Totals { candidates: votes.clone(), ..Totals::default() };
            let most = votes.iter().max().copied().unwrap_or(0);
            match outcome(Majority::Elect { round }, &given, 180, None) {
                Ok(VoteOutcome::Elected { candidate }) => prop_assert_eq!(votes[candidate as usize], most),
                Ok(VoteOutcome::SecondRound { candidates: [first, second] }) => {
                    prop_assert_eq!(votes[first as usize], most);
                    prop_assert!(round == 1 && first != second && 2 * most <= votes.iter().sum::<u32>());
                }
                Ok(VoteOutcome::NobodyElected) => prop_assert!(most == 0),
                Ok(other) => prop_assert!(false, "{other:?} in an election"),
                Err(TallyFault::Tied { candidates, places }) => prop_assert!(candidates.len() > places),
                Err(other) => prop_assert!(false, "{other:?} though nobody broke a tie"),
            }
        }
    }
}
