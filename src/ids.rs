//! Typed identifiers and the one source of randomness.
//!
//! Ids are `UUIDv7` (RFC 9562 5.7): they sort by creation time, so rows are appended to an index and not
//! scattered over it. Secrets are 160 random bits in base32.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A meeting, single or recurring.
    MeetingId,
    /// One date of a meeting; stable for life, also when the date moves.
    OccurrenceId,
    /// Somebody in the directory.
    PersonId,
    /// Something that can be booked by name: a room is a set of cells.
    RoomId,
    /// A place with an address.
    SiteId,
    /// A council, college or committee.
    BodyId,
    /// A bearer, feed or join token; never the secret itself.
    TokenId,
    /// A policy rule.
    RuleId,
    /// One sign-in of somebody in one browser; never the cookie itself.
    SignInId,
    /// A term of a body (bestuursperiode): those who were chosen together.
    TermId,
    /// Somebody's seat or office in a term (mandaat).
    MandateId,
    /// A sitting of a body (zitting).
    SessionId,
    /// An item of an agenda (agendapunt).
    ItemId,
    /// A document of a session (stuk), whatever its versions.
    DocumentId,
    /// A vote (stemming).
    VoteId,
    /// A decision (besluit).
    DecisionId,
}

/// Makes ids and secrets; seeded in tests so that a run can be repeated.
#[derive(Clone, Debug)]
pub struct IdSource {
    rng: Arc<Mutex<StdRng>>,
}

impl IdSource {
    /// A source seeded by the operating system.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the home of randomness")]
        let rng = StdRng::from_rng(&mut rand::rng());
        Self { rng: Arc::new(Mutex::new(rng)) }
    }

    /// A source that yields the same ids for the same seed and instants.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rng: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    /// A fresh `UUIDv7` stamped with `now`.
    #[must_use]
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A secret of 160 random bits, 32 characters of lower-case base32 (RFC 4648 6).
    #[must_use]
    pub fn secret(&self) -> String {
        let mut random = [0_u8; 20];
        self.fill(&mut random);
        base32(&random)
    }

    /// Random bytes: salts, shared secrets.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut random = [0_u8; N];
        self.fill(&mut random);
        random
    }

    /// A number below `below`, which must not be zero.
    #[must_use]
    pub fn below(&self, below: u64) -> u64 {
        let mut bytes = [0_u8; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes) % below.max(1)
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// RFC 4648 base32, lower case, no padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(buffer << (5 - bits) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_repeat_by_seed() {
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        let (a, b) = (IdSource::seeded(7), IdSource::seeded(7));
        let first = a.uuid(at(1_000));
        assert_eq!(first, b.uuid(at(1_000)));
        assert!(first < a.uuid(at(2_000)));
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn a_secret_is_32_characters_of_base32() {
        let secret = IdSource::seeded(1).secret();
        assert_eq!(secret.len(), 32);
        assert!(secret.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)));
        assert_eq!(base32(b"fooba"), "mzxw6ytb", "the example of RFC 4648 10");
    }
}
