//! Who sits: seats, offices and their holders at any instant.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{MandateId, PersonId, TermId};

/// What somebody does in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateRole {
    /// Presides (voorzitter).
    Chair,
    /// Mayor (burgemeester).
    Mayor,
    /// Alderman (schepen).
    Alderman,
    /// Member (raadslid, lid).
    Member,
    /// Sits without a vote (raadgevend lid).
    Advisory,
    /// The official who writes the minutes (algemeen directeur, secretaris); holds no seat.
    Secretary,
}

impl MandateRole {
    /// Every role, in order of protocol.
    pub const ALL: [Self; 6] =
        [Self::Chair, Self::Mayor, Self::Alderman, Self::Member, Self::Advisory, Self::Secretary];

    /// The word for it in the store, in files and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chair => "chair",
            Self::Mayor => "mayor",
            Self::Alderman => "alderman",
            Self::Member => "member",
            Self::Advisory => "advisory",
            Self::Secretary => "secretary",
        }
    }

    /// Whether such a member belongs to the executive, who may not add items to the council's agenda (article 21).
    #[must_use]
    pub const fn is_executive(self) -> bool {
        matches!(self, Self::Mayor | Self::Alderman)
    }
}

/// How somebody holds a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MandateStatus {
    /// In their own right (effectief).
    Effective,
    /// In the place of somebody who is prevented (waarnemend).
    Acting,
    /// Holds the seat, but is prevented and does not sit (verhinderd).
    Prevented,
}

impl MandateStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Effective, Self::Acting, Self::Prevented];

    /// The word for it in the store, in files and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Effective => "effective",
            Self::Acting => "acting",
            Self::Prevented => "prevented",
        }
    }
}

/// Somebody's seat or office in a term (mandaat), for a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Identity.
    pub id: MandateId,
    /// The term.
    pub term: TermId,
    /// Who.
    pub person: PersonId,
    /// Which seat, from 1 on; none for those who sit without a vote.
    pub seat: Option<u32>,
    /// What they do.
    pub role: MandateRole,
    /// How they hold the seat.
    pub status: MandateStatus,
    /// Place in the order of precedence (rangorde), from 1 on.
    pub precedence: u32,
    /// Their group (fractie).
    pub fraction: Option<String>,
    /// Their identity in linked data; made from the address of the house if none is given.
    pub iri: Option<String>,
    /// From when, UTC.
    pub starts: DateTime<Utc>,
    /// Until when, UTC, exclusive; open if absent.
    pub ends: Option<DateTime<Utc>>,
}

impl Mandate {
    /// Whether it stands at an instant.
    #[must_use]
    pub fn stands_at(&self, at: DateTime<Utc>) -> bool {
        self.starts <= at && self.ends.is_none_or(|end| at < end)
    }

    /// Whether its holder is a sitting member (zittinghebbend lid) at an instant: with a seat, and not prevented.
    #[must_use]
    pub fn sits_at(&self, at: DateTime<Utc>) -> bool {
        self.seat.is_some() && self.status != MandateStatus::Prevented && self.stands_at(at)
    }
}

/// The sitting members at an instant, in order of precedence: one for each seat at most.
#[must_use]
pub fn sitting(mandates: &[Mandate], at: DateTime<Utc>) -> Vec<&Mandate> {
    let mut seats: BTreeMap<u32, &Mandate> = BTreeMap::new();
    for mandate in mandates.iter().filter(|mandate| mandate.sits_at(at)) {
        // Two for one seat cannot be stored; should it happen, the one who came last sits.
        if let Some(seat) = mandate.seat {
            let held = seats.entry(seat).or_insert(mandate);
            if held.starts < mandate.starts {
                *held = mandate;
            }
        }
    }
    let mut members: Vec<&Mandate> = seats.into_values().collect();
    members.sort_by_key(|mandate| (mandate.precedence, mandate.id));
    members
}

/// Who has a place in a session at an instant: the sitting members in order of precedence, then those who sit without a
/// vote.
#[must_use]
pub fn places(mandates: &[Mandate], at: DateTime<Utc>) -> Vec<&Mandate> {
    let mut places = sitting(mandates, at);
    places.extend(mandates.iter().filter(|mandate| mandate.seat.is_none() && mandate.stands_at(at)));
    places
}

/// Whom a session at an instant convenes: who has a place in it, each person once.
#[must_use]
pub fn convened(mandates: &[Mandate], at: DateTime<Utc>) -> Vec<&Mandate> {
    let mut people = BTreeSet::new();
    let mut members = places(mandates, at);
    members.retain(|mandate| people.insert(mandate.person));
    members
}

/// The first two mandates that would hold one seat at one time, of which invariant B1 allows but one.
#[must_use]
pub fn seat_clash(mandates: &[Mandate]) -> Option<(MandateId, MandateId)> {
    let holding = |m: &&Mandate| m.seat.is_some() && m.status != MandateStatus::Prevented;
    let mut held: Vec<&Mandate> = mandates.iter().filter(holding).collect();
    held.sort_by_key(|mandate| (mandate.term, mandate.seat, mandate.starts));
    held.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        let same = first.term == second.term && first.seat == second.seat;
        let meets = first.ends.is_none_or(|end| second.starts < end);
        (same && meets).then_some((first.id, second.id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3600, 0).unwrap()
    }

    fn mandate(id: u128, seat: u32, starts: i64, ends: Option<i64>) -> Mandate {
        Mandate {
            id: MandateId(Uuid::from_u128(id)),
            term: TermId(Uuid::from_u128(1)),
            person: PersonId(Uuid::from_u128(id + 100)),
            seat: Some(seat),
            role: MandateRole::Member,
            status: MandateStatus::Effective,
            precedence: u32::try_from(id).unwrap(),
            fraction: None,
            iri: None,
            starts: at(starts),
            ends: ends.map(at),
        }
    }

    fn ids(mandates: &[Mandate], hour: i64) -> Vec<u128> {
        sitting(mandates, at(hour)).iter().map(|m| m.id.0.as_u128()).collect()
    }

    #[test]
    fn a_successor_sits_from_the_instant_of_the_oath() {
        let mandates = [mandate(1, 1, 0, Some(10)), mandate(2, 1, 10, None), mandate(3, 2, 0, None)];
        assert_eq!(ids(&mandates, 9), [1, 3]);
        assert_eq!(ids(&mandates, 10), [2, 3]);
        assert_eq!(seat_clash(&mandates), None);
    }

    #[test]
    fn somebody_prevented_leaves_the_seat_to_whoever_acts() {
        let prevented = Mandate { status: MandateStatus::Prevented, ..mandate(1, 1, 5, None) };
        let acting = Mandate { status: MandateStatus::Acting, ..mandate(2, 1, 6, None) };
        let before = mandate(1, 1, 0, Some(5));
        let mandates = [before, prevented, acting];
        assert_eq!(ids(&mandates, 4), [1]);
        assert_eq!(ids(&mandates, 5), [0_u128; 0], "the seat is empty until somebody acts");
        assert_eq!(ids(&mandates, 7), [2]);
    }

    #[test]
    fn two_for_one_seat_are_found() {
        let clash = [mandate(1, 1, 0, Some(10)), mandate(2, 1, 9, None)];
        assert_eq!(seat_clash(&clash), Some((clash[0].id, clash[1].id)));
        let other = [mandate(1, 1, 0, None), mandate(2, 2, 0, None)];
        assert_eq!(seat_clash(&other), None);
        let endless = [mandate(1, 1, 0, None), mandate(2, 1, 50, Some(60))];
        assert!(seat_clash(&endless).is_some());
    }

    #[test]
    fn those_without_a_vote_do_not_sit() {
        let advisory = Mandate { seat: None, role: MandateRole::Advisory, ..mandate(1, 1, 0, None) };
        assert!(sitting(&[advisory], at(1)).is_empty());
    }
}
