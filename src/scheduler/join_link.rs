//! Personal links to join and to answer: who, which meeting, sealed with the municipality's secret for one purpose.
//!
//! Nothing is stored for a link: it names the meeting and the person and carries a seal over both. It ends
//! with the person's place on the list.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::ids::{MeetingId, PersonId};

const SEAL: usize = 12;

/// What a link is for; part of its seal, so that one is never taken for the other.
const JOIN: &[u8] = b"join";
const ANSWER: &[u8] = b"answer";

/// The secret part of the link by which `person` joins `meeting`.
#[must_use]
pub fn join_token(secret: &[u8], meeting: MeetingId, person: PersonId) -> String {
    token(secret, JOIN, meeting, person)
}

/// Whom a join token lets in, and where; none if its seal is not ours.
#[must_use]
pub fn read_join_token(secret: &[u8], token: &str) -> Option<(MeetingId, PersonId)> {
    read_token(secret, JOIN, token)
}

/// The secret part of the link by which `person` answers the invitation to `meeting`.
#[must_use]
pub fn answer_token(secret: &[u8], meeting: MeetingId, person: PersonId) -> String {
    token(secret, ANSWER, meeting, person)
}

/// Whose answer to which meeting a token carries; none if its seal is not ours.
#[must_use]
pub fn read_answer_token(secret: &[u8], token: &str) -> Option<(MeetingId, PersonId)> {
    read_token(secret, ANSWER, token)
}

fn token(secret: &[u8], purpose: &[u8], meeting: MeetingId, person: PersonId) -> String {
    let mut bytes = Vec::with_capacity(32 + SEAL);
    bytes.extend_from_slice(meeting.0.as_bytes());
    bytes.extend_from_slice(person.0.as_bytes());
    let seal = seal(secret, purpose, &bytes);
    bytes.extend_from_slice(&seal[..SEAL]);
    hex(&bytes)
}

fn read_token(secret: &[u8], purpose: &[u8], token: &str) -> Option<(MeetingId, PersonId)> {
    let bytes = unhex(token).filter(|bytes| bytes.len() == 32 + SEAL)?;
    let expected = seal(secret, purpose, &bytes[..32]);
    // Every byte is compared, so that the time taken tells nothing about the seal.
    let differs = bytes[32..].iter().zip(&expected).fold(0, |acc, (a, b)| acc | (a ^ b));
    let id = |range| Uuid::from_slice(&bytes[range]).ok();
    (differs == 0).then_some(())?;
    Some((MeetingId(id(0..16)?), PersonId(id(16..32)?)))
}

/// A name for `text` that tells nothing about it to those without the secret, and the same each time.
#[must_use]
pub fn pseudonym(secret: &[u8], purpose: &[u8], text: &str) -> String {
    hex(&seal(secret, purpose, text.as_bytes())[..16])
}

fn seal(secret: &[u8], purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(purpose);
    mac.update(&[0]);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_for_its_own_person_and_meeting_only() {
        let (meeting, person) = (MeetingId(Uuid::from_u128(7)), PersonId(Uuid::from_u128(9)));
        let token = join_token(b"secret", meeting, person);
        assert_eq!(read_join_token(b"secret", &token), Some((meeting, person)));
        assert_eq!(read_join_token(b"other", &token), None);
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(bytes).unwrap();
            assert_eq!(read_join_token(b"secret", &forged), None, "digit {position}");
        }
        for odd in ["", "00", "zz", "é", &token[1..]] {
            assert_eq!(read_join_token(b"secret", odd), None);
        }
    }

    #[test]
    fn a_link_serves_one_purpose() {
        let (meeting, person) = (MeetingId(Uuid::from_u128(7)), PersonId(Uuid::from_u128(9)));
        let (join, answer) =
            (join_token(b"secret", meeting, person), answer_token(b"secret", meeting, person));
        assert_eq!(read_answer_token(b"secret", &answer), Some((meeting, person)));
        assert_eq!(read_answer_token(b"secret", &join), None);
        assert_eq!(read_join_token(b"secret", &answer), None);
    }

    #[test]
    fn pseudonyms_differ_by_purpose() {
        assert_eq!(pseudonym(b"s", b"busy", "u"), pseudonym(b"s", b"busy", "u"));
        assert_ne!(pseudonym(b"s", b"busy", "u"), pseudonym(b"s", b"title", "u"));
    }
}
