//! Everything about the town that changes rarely, in one value that readers share.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Policy, ResourceId, Room, Service, Unit};
use crate::ids::{BodyId, PersonId, RoomId, SiteId};
use crate::texts::Lang;
use crate::time::Zone;

/// A legal person with its own council: town, OCMW, police zone. They share rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegalBody {
    /// The name in addresses.
    pub slug: String,
    /// The full name.
    pub name: String,
}

/// A building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Identity.
    pub id: SiteId,
    /// The name in addresses.
    pub slug: String,
    /// The name on the front.
    pub name: String,
    /// The postal address, for LOCATION lines.
    pub address: String,
    /// Minutes on foot from the town hall; ranks the room search.
    pub walk_min: u32,
}

/// What kind of sitting a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Town or welfare council: public sessions.
    Council,
    /// College or permanent bureau: closed sessions.
    College,
    /// A committee.
    Committee,
}

/// A council, college or committee (bestuursorgaan).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Identity.
    pub id: BodyId,
    /// The name in addresses.
    pub slug: String,
    /// The full name.
    pub name: String,
    /// Its kind of sitting.
    pub kind: BodyKind,
    /// Slug of the legal body it belongs to.
    pub legal_body: String,
    /// Its members.
    pub members: Vec<PersonId>,
}

/// Settings of the house that rules need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseRules {
    /// The town's name.
    pub town: String,
    /// The zone in which the rooms live.
    pub zone: Zone,
    /// Languages offered, the default first.
    pub languages: Vec<Lang>,
    /// Minutes before the start from which people may check in.
    pub check_in_before_min: u32,
    /// Minutes after the start when an unvisited room is given free.
    pub grace_min: u32,
    /// Minutes during which a release can be undone.
    pub undo_min: u32,
    /// Share, in percent, of the undecided who are expected in the room.
    pub undecided_percent: u32,
    /// Days after a guest's last meeting when their personal data are wiped.
    pub guest_retention_days: u32,
    /// Minutes that a hold lasts unless asked otherwise.
    pub hold_min: u32,
    /// Holidays that the town observes beside the legal ones, by their ids in `data/council/holidays-be.json`.
    pub holidays: Vec<String>,
    /// Whether mail can be sent: the server has been given a mail server. Without, the outbox is not filled.
    pub mail: bool,
}

impl HouseRules {
    /// The language of whoever asks for none: the first of those offered.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.languages.first().copied().unwrap_or_default()
    }
}

impl Default for HouseRules {
    fn default() -> Self {
        Self {
            town: "Belfort".to_owned(),
            zone: Zone::BRUSSELS,
            languages: Lang::ALL.to_vec(),
            check_in_before_min: 15,
            grace_min: 10,
            undo_min: 10,
            undecided_percent: 50,
            guest_retention_days: 90,
            hold_min: 24 * 60,
            holidays: vec!["flemish-community".to_owned()],
            mail: false,
        }
    }
}

/// The town as the rules see it. Built by the store, shared by reference, replaced whole when it changes.
/// Its parts are public to read; [`Directory::index`] must follow a change of them.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// House settings.
    pub house: HouseRules,
    /// Buildings.
    pub sites: Vec<Site>,
    /// Legal bodies.
    pub legal_bodies: Vec<LegalBody>,
    /// Rooms in order of name.
    pub rooms: Vec<Room>,
    /// Equipment.
    pub units: Vec<Unit>,
    /// Councils, colleges, committees.
    pub bodies: Vec<Body>,
    /// What can be ordered, in order of name.
    pub services: Vec<Service>,
    /// Policy rules in force.
    pub policies: Vec<Policy>,
    room_by_id: HashMap<RoomId, usize>,
    room_by_slug: HashMap<String, usize>,
    rooms_by_cell: HashMap<ResourceId, Vec<usize>>,
}

impl Directory {
    /// Indexes the rooms.
    #[must_use]
    pub fn index(mut self) -> Self {
        self.room_by_id = self.rooms.iter().enumerate().map(|(i, room)| (room.id, i)).collect();
        self.room_by_slug = self.rooms.iter().enumerate().map(|(i, r)| (r.slug.clone(), i)).collect();
        self.rooms_by_cell = HashMap::new();
        for (i, room) in self.rooms.iter().enumerate() {
            for cell in &room.cells {
                self.rooms_by_cell.entry(*cell).or_default().push(i);
            }
        }
        self
    }

    /// The room with this id.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.room_by_id.get(&id).map(|i| &self.rooms[*i])
    }

    /// The room with this slug.
    #[must_use]
    pub fn room_named(&self, slug: &str) -> Option<&Room> {
        self.room_by_slug.get(slug).map(|i| &self.rooms[*i])
    }

    /// The rooms that stand on a cell: one for an ordinary room, several for a part of a divisible hall.
    pub fn rooms_on(&self, cell: ResourceId) -> impl Iterator<Item = &Room> {
        self.rooms_by_cell.get(&cell).into_iter().flatten().map(|i| &self.rooms[*i])
    }

    /// The building with this id.
    #[must_use]
    pub fn site(&self, id: SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// The building with this slug.
    #[must_use]
    pub fn site_named(&self, slug: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.slug == slug)
    }

    /// The service with this slug.
    #[must_use]
    pub fn service_named(&self, slug: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.slug == slug)
    }

    /// The body with this id.
    #[must_use]
    pub fn body(&self, id: BodyId) -> Option<&Body> {
        self.bodies.iter().find(|body| body.id == id)
    }

    /// The body with this slug.
    #[must_use]
    pub fn body_named(&self, slug: &str) -> Option<&Body> {
        self.bodies.iter().find(|body| body.slug == slug)
    }
}
