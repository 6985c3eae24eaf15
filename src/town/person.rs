//! People: staff and councillors of the directory, and guests from elsewhere.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ResourceId;
use crate::ids::PersonId;
use crate::texts::Lang;
use crate::time::Zone;

/// Where we know somebody from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// In the directory of the town.
    Staff,
    /// Invited by e-mail address: a citizen, an expert, another town.
    Guest,
}

/// Somebody who books or takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Identity; the journal carries this and never the name.
    pub id: PersonId,
    /// Staff or guest.
    pub kind: PersonKind,
    /// Address, lower case; unique.
    pub email: String,
    /// The name shown.
    pub name: String,
    /// The language written to.
    pub lang: Lang,
    /// Where they are when they take part from elsewhere.
    pub zone: Zone,
    /// Department or party, for policies and quotas.
    pub department: Option<String>,
    /// Their time, claimed by meetings; guests have none.
    pub resource: Option<ResourceId>,
    /// Their claims are enforced (technicians, interpreters, councillors in session), not only warned of.
    pub hard: bool,
    /// When a guest's personal data are wiped; none for staff.
    pub expires: Option<DateTime<Utc>>,
}

/// An e-mail address in the form in which it is kept, or none if it is not one (RFC 5321 4.1.2, without the
/// quoted and literal forms that no town hall has ever used).
#[must_use]
pub fn email_of(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    let domain_ok = domain.len() <= 255
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    (local_ok && domain_ok).then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, kept) in [
            ("An.Peeters@Stad.example", Some("an.peeters@stad.example")),
            (" jan+zaal@ocmw.example ", Some("jan+zaal@ocmw.example")),
            ("no-at-sign", None),
            ("two@@stad.example", None),
            ("a b@stad.example", None),
            ("x@-stad.example", None),
            ("x@stad..example", None),
            ("x@stad.example\r\nATTENDEE:mailto:y@z", None),
        ] {
            assert_eq!(email_of(text).as_deref(), kept, "{text}");
        }
    }
}
