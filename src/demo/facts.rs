//! What is known of the fictional municipality: the tables of `data/demo`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::booking::Privacy;
use crate::texts::Lang;
use crate::town::{BodyKind, Policy};

/// `data/demo/town.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Town {
    pub name: String,
    pub domain: String,
    pub legal_body: Vec<LegalBody>,
    pub site: Vec<Site>,
    pub room: Vec<Room>,
    pub unit: Vec<Unit>,
    pub department: Vec<Department>,
    pub body: Vec<Body>,
    pub session: Vec<Session>,
    pub policy: Vec<Policy>,
    pub service: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub name: String,
    pub lead_hours: u32,
    pub contact: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LegalBody {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub slug: String,
    pub name: String,
    pub address: String,
    pub walk_min: u32,
}

/// How the demo books a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Use {
    Office,
    Hall,
    Council,
    Wedding,
}

/// A row of the table; each of its fittings is a yes or a no there too.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "fittings are independent of each other")]
pub(super) struct Room {
    pub slug: String,
    pub name: String,
    pub site: String,
    pub floor: String,
    pub capacity: u32,
    #[serde(default)]
    pub hybrid: bool,
    #[serde(default)]
    pub wheelchair: bool,
    #[serde(default)]
    pub hearing_loop: bool,
    #[serde(default)]
    pub setup: u32,
    #[serde(default)]
    pub cleanup: u32,
    pub group: Option<String>,
    #[serde(default)]
    pub made_of: Vec<String>,
    #[serde(default)]
    pub check_in: bool,
    #[serde(rename = "use")]
    pub used_for: Use,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub kind: String,
    pub name: String,
    pub site: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Department {
    pub name: String,
    pub staff: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    pub slug: String,
    pub name: String,
    pub kind: BodyKind,
    #[serde(rename = "legal_body")]
    pub belongs_to: String,
    pub first: usize,
    pub members: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Session {
    pub body: String,
    pub title: String,
    pub room: String,
    pub rrule: String,
    pub start: String,
    pub minutes: i64,
    pub privacy: Privacy,
    pub remote: usize,
}

/// `data/demo/people.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub first: Vec<String>,
    pub last: Vec<String>,
    pub chair: String,
    pub parties: Vec<String>,
    pub guest: Vec<Guest>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guest {
    pub name: String,
    pub email: String,
    pub zone: String,
    pub lang: Lang,
}

/// `data/demo/meetings.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meetings {
    pub nl: Vec<String>,
    pub fr: Vec<String>,
    pub de: Vec<String>,
    pub en: Vec<String>,
    pub council: Vec<String>,
    pub hall: Vec<String>,
    pub weekly: String,
    pub biweekly: String,
    pub monthly: String,
    pub now: String,
    pub next: String,
    pub wedding: String,
}

/// Everything there is to know.
pub(super) struct Facts {
    pub town: Town,
    pub people: People,
    pub meetings: Meetings,
}

pub(super) static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts {
    town: read(include_str!("../../data/demo/town.toml")),
    people: read(include_str!("../../data/demo/people.toml")),
    meetings: read(include_str!("../../data/demo/meetings.toml")),
});

fn read<T: serde::de::DeserializeOwned>(source: &str) -> T {
    toml::from_str(source).expect("the embedded facts are well-formed, as a test checks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_hold_together() {
        let facts = &*FACTS;
        let town = &facts.town;
        assert_eq!(town.room.len(), 40);
        assert_eq!(town.department.iter().map(|department| department.staff).sum::<usize>(), 1_000);
        for room in &town.room {
            assert!(town.site.iter().any(|site| site.slug == room.site), "{}", room.slug);
            for part in &room.made_of {
                assert!(town.room.iter().any(|other| other.slug == *part), "{part}");
            }
        }
        for session in &town.session {
            assert!(town.body.iter().any(|body| body.slug == session.body), "{}", session.body);
            assert!(town.room.iter().any(|room| room.slug == session.room), "{}", session.room);
        }
        for guest in &facts.people.guest {
            assert!(guest.zone.parse::<crate::time::Zone>().is_ok(), "{}", guest.zone);
            assert!(guest.email.ends_with(".example"), "{} could be somebody", guest.email);
        }
    }
}
