//! Passwords: argon2id (RFC 9106), kept as PHC strings. Each takes tens of milliseconds on purpose, so none is
//! made or compared in the writer.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::booking::Refusal;
use crate::ids::IdSource;
use crate::texts::Said;

/// The fewest characters of a password (NIST SP 800-63B asks for eight at least).
const SHORTEST: usize = 10;
/// The most: more is no password but an attempt to keep us busy.
const LONGEST: usize = 200;

/// Compared against when there is no account, so that the time taken does not tell who has one. Of no password
/// that can be entered: it is too short.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YmVsZm9ydGJlbGZvcnQ$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Refuses what is too short, too long, made of a few signs only, or the address itself.
///
/// # Errors
/// [`Refusal::Invalid`] of the field `password`, with what to do.
pub fn password_fits(password: &str, email: &str) -> Result<(), Refusal> {
    let refuse = |said: Said| Err(Refusal::invalid("password", said));
    let count = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&count) {
        return refuse(Said::new("account.password_length").with("min", SHORTEST).with("max", LONGEST));
    }
    let mut signs: Vec<char> = password.chars().collect();
    signs.sort_unstable();
    signs.dedup();
    let local = email.split('@').next().unwrap_or("");
    let lower = password.to_lowercase();
    if signs.len() < 5 || lower == email || !local.is_empty() && lower.trim_matches(char::is_numeric) == local
    {
        return refuse(Said::new("account.password_weak"));
    }
    Ok(())
}

/// The PHC string of a password, with a salt of its own.
///
/// # Errors
/// [`Refusal::Internal`] if the library refuses; it has no reason to.
pub fn hash_password(ids: &IdSource, password: &str) -> Result<String, Refusal> {
    let salt = ids.bytes::<16>();
    let made = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    made.map(|hash| hash.to_string()).map_err(|error| Refusal::Internal(error.to_string()))
}

/// Whether `password` is the one of `phc`; without an account it takes as long, and is not.
#[must_use]
pub fn verify_password(phc: Option<&str>, password: &str) -> bool {
    let known = phc.is_some();
    let Ok(hash) = PasswordHash::new(phc.unwrap_or(NOBODY)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    known && right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_own_hash_only() {
        let ids = IdSource::seeded(1);
        let (a, b) =
            (hash_password(&ids, "de klok luidt").unwrap(), hash_password(&ids, "de klok luidt").unwrap());
        assert_ne!(a, b, "each has its salt");
        assert!(a.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{a}");
        assert!(verify_password(Some(&a), "de klok luidt") && verify_password(Some(&b), "de klok luidt"));
        for wrong in ["", "De klok luidt", "de klok luidt ", "de klok"] {
            assert!(!verify_password(Some(&a), wrong), "{wrong}");
        }
        assert!(!verify_password(None, "de klok luidt"));
        assert!(PasswordHash::new(NOBODY).is_ok(), "else it would take no time");
        assert!(!verify_password(Some("plain"), "plain"));
    }

    #[test]
    fn what_is_no_password() {
        for (password, fits) in [
            ("", false),
            ("kort12345", false),
            ("aaaaaaaaaaaaaaa", false),
            ("abababababab", false),
            ("an.peeters@stad.example", false),
            ("an.peeters2026", false),
            ("de klok luidt", true),
            ("élan vital 5", true),
            (&"lang ".repeat(41), false),
        ] {
            assert_eq!(password_fits(password, "an.peeters@stad.example").is_ok(), fits, "{password}");
        }
    }
}
