//! Rooms, the cells they are made of, and equipment that can be booked with them.

use serde::{Deserialize, Serialize};

use crate::ids::{RoomId, SiteId};

/// Something that can be claimed: a cell of a room, a piece of equipment, a person's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(pub i64);

/// What a room is fitted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kit {
    /// Camera, microphones and screen for remote participants.
    pub hybrid: bool,
    /// Reachable and usable in a wheelchair.
    pub wheelchair: bool,
    /// Has a hearing loop.
    pub hearing_loop: bool,
}

/// Something booked by name. A divisible hall has several rooms over the same cells: A, B, A+B.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Identity.
    pub id: RoomId,
    /// The name in addresses.
    pub slug: String,
    /// The name on the sign.
    pub name: String,
    /// The building.
    pub site: SiteId,
    /// The floor as people say it.
    pub floor: String,
    /// Seats in this layout.
    pub capacity: u32,
    /// Fittings.
    pub kit: Kit,
    /// The cells claimed by a booking, at least one.
    pub cells: Vec<ResourceId>,
    /// Minutes needed before a meeting; part of the claim, not of the meeting.
    pub setup_min: u32,
    /// Minutes needed after a meeting.
    pub cleanup_min: u32,
    /// A named set of rooms to which policy rules may apply.
    pub group: Option<String>,
    /// Meetings must be checked in to, or the room is given free.
    pub check_in: bool,
    /// Can be booked.
    pub active: bool,
}

impl Room {
    /// Whether it is a part of another room: that one has its cells and more.
    #[must_use]
    pub fn part_of(&self, whole: &Self) -> bool {
        self.cells.len() < whole.cells.len() && self.cells.iter().all(|cell| whole.cells.contains(cell))
    }
}

/// One piece of equipment that travels: a projector, an interpreter's booth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What is claimed.
    pub resource: ResourceId,
    /// The kind people ask for, such as `projector`.
    pub kind: String,
    /// The label on it.
    pub name: String,
    /// Where it is kept.
    pub site: SiteId,
    /// Can be booked.
    pub active: bool,
}

/// The address form of a name: lower case, ASCII letters and digits, words joined by hyphens.
#[must_use]
pub fn slug_of(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        match plain(c) {
            Some(letter) => slug.push(letter),
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

fn plain(c: char) -> Option<char> {
    let lower = c.to_lowercase().next()?;
    Some(match lower {
        'a'..='z' | '0'..='9' => lower,
        'à' | 'á' | 'â' | 'ä' | 'å' | 'ã' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'ş' | 'ș' | 'ś' | 'š' => 's',
        'ţ' | 'ț' | 'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for (name, slug) in [
            ("Raadzaal", "raadzaal"),
            ("Zaal A+B (theater)", "zaal-a-b-theater"),
            ("  Café Ñandú 2 ", "cafe-nandu-2"),
            ("!!!", ""),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }
}
