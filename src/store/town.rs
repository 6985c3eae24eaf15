//! The town in SQL: loading the directory whole, and the writes that change it.

use rusqlite::{Connection, params};

use super::{StoreError, Tx};
use crate::ids::{BodyId, PersonId, RoomId, SiteId};
use crate::texts::Lang;
use crate::town::{
    Body, Directory, HouseRules, Kit, LegalBody, Policy, ResourceId, Room, Service, Site, Unit,
};

/// Reads everything that changes rarely.
pub(super) fn load(conn: &Connection) -> Result<Directory, StoreError> {
    let mut directory = Directory::default();
    directory.house = house(conn)?;
    directory.sites =
        rows(conn, "SELECT id, slug, name, address, walk_min FROM site ORDER BY name", |row| {
            Ok(Site {
                id: row.get(0)?,
                slug: row.get(1)?,
                name: row.get(2)?,
                address: row.get(3)?,
                walk_min: row.get(4)?,
            })
        })?;
    directory.legal_bodies = rows(conn, "SELECT slug, name FROM legal_body ORDER BY slug", |row| {
        Ok(LegalBody { slug: row.get(0)?, name: row.get(1)? })
    })?;
    directory.rooms = rooms(conn)?;
    directory.units =
        rows(conn, "SELECT resource, kind, name, site, active FROM unit ORDER BY kind, name", |row| {
            Ok(Unit {
                resource: row.get(0)?,
                kind: row.get(1)?,
                name: row.get(2)?,
                site: row.get(3)?,
                active: row.get(4)?,
            })
        })?;
    directory.bodies = bodies(conn)?;
    let services = "SELECT slug, name, lead_hours, contact, active FROM service ORDER BY name, slug";
    directory.services = rows(conn, services, |row| {
        Ok(Service {
            slug: row.get(0)?,
            name: row.get(1)?,
            lead_hours: row.get(2)?,
            contact: row.get(3)?,
            active: row.get(4)?,
        })
    })?;
    directory.policies = policies(conn)?;
    Ok(directory.index())
}

fn rows<T>(
    conn: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    Ok(conn.prepare(sql)?.query_map([], read)?.collect::<Result<_, _>>()?)
}

fn rooms(conn: &Connection) -> Result<Vec<Room>, StoreError> {
    let mut rooms = rows(
        conn,
        "SELECT id, slug, name, site, floor, capacity, hybrid, wheelchair, hearing_loop, setup_min,
         cleanup_min, room_group, check_in, active FROM room ORDER BY name, slug",
        |row| {
            Ok(Room {
                id: row.get(0)?,
                slug: row.get(1)?,
                name: row.get(2)?,
                site: row.get(3)?,
                floor: row.get(4)?,
                capacity: row.get(5)?,
                kit: Kit { hybrid: row.get(6)?, wheelchair: row.get(7)?, hearing_loop: row.get(8)? },
                cells: Vec::new(),
                setup_min: row.get(9)?,
                cleanup_min: row.get(10)?,
                group: row.get(11)?,
                check_in: row.get(12)?,
                active: row.get(13)?,
            })
        },
    )?;
    let cells: Vec<(RoomId, ResourceId)> =
        rows(conn, "SELECT room, resource FROM room_cell ORDER BY room, resource", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    for room in &mut rooms {
        room.cells = cells.iter().filter(|(id, _)| *id == room.id).map(|(_, cell)| *cell).collect();
    }
    Ok(rooms)
}

fn bodies(conn: &Connection) -> Result<Vec<Body>, StoreError> {
    let mut bodies = rows(conn, "SELECT id, slug, name, kind, legal_body FROM body ORDER BY name", |row| {
        Ok(Body {
            id: row.get(0)?,
            slug: row.get(1)?,
            name: row.get(2)?,
            kind: row.get(3)?,
            legal_body: row.get(4)?,
            members: Vec::new(),
        })
    })?;
    let members: Vec<(BodyId, PersonId)> =
        rows(conn, "SELECT body, person FROM body_member ORDER BY body, person", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    for body in &mut bodies {
        body.members = members.iter().filter(|(id, _)| *id == body.id).map(|(_, who)| *who).collect();
    }
    Ok(bodies)
}

fn policies(conn: &Connection) -> Result<Vec<Policy>, StoreError> {
    let rules: Vec<String> = rows(conn, "SELECT rule FROM policy ORDER BY position, id", |row| row.get(0))?;
    rules
        .iter()
        .map(|rule| {
            serde_json::from_str(rule).map_err(|error| StoreError::Damaged(format!("policy {rule}: {error}")))
        })
        .collect()
}

fn house(conn: &Connection) -> Result<HouseRules, StoreError> {
    let mut house = HouseRules::default();
    let settings: Vec<(String, String)> =
        rows(conn, "SELECT key, value FROM setting WHERE key LIKE 'house.%'", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    for (key, value) in settings {
        let number = value.parse::<u32>();
        match (key.as_str(), number) {
            ("house.town", _) => house.town = value,
            ("house.zone", _) => house.zone = value.parse().unwrap_or(house.zone),
            ("house.languages", _) => {
                house.languages = value.split(',').filter_map(Lang::from_code).collect();
            }
            ("house.check_in_before_min", Ok(n)) => house.check_in_before_min = n,
            ("house.grace_min", Ok(n)) => house.grace_min = n,
            ("house.undo_min", Ok(n)) => house.undo_min = n,
            ("house.undecided_percent", Ok(n)) => house.undecided_percent = n,
            ("house.guest_retention_days", Ok(n)) => house.guest_retention_days = n,
            ("house.hold_min", Ok(n)) => house.hold_min = n,
            ("house.holidays", _) => {
                house.holidays = value.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect();
            }
            ("house.mail", _) => house.mail = value == "on",
            _ => tracing::warn!(key, "an unknown or unreadable setting is ignored"),
        }
    }
    Ok(house)
}

impl Tx<'_> {
    /// Sets a house setting, such as `house.grace_min`.
    pub fn set_house(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            params![key, value],
        )?;
        Ok(())
    }

    /// Adds a legal body.
    pub fn insert_legal_body(&self, body: &LegalBody) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn
            .execute("INSERT INTO legal_body (slug, name) VALUES (?1, ?2)", params![body.slug, body.name])?;
        Ok(())
    }

    /// Adds a building.
    pub fn insert_site(&self, site: &Site) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "INSERT INTO site (id, slug, name, address, walk_min) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![site.id, site.slug, site.name, site.address, site.walk_min],
        )?;
        Ok(())
    }

    /// Changes what a building is called and where it is.
    pub fn update_site(&self, site: &Site) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "UPDATE site SET name = ?2, address = ?3, walk_min = ?4 WHERE id = ?1",
            params![site.id, site.name, site.address, site.walk_min],
        )?;
        Ok(())
    }

    /// A new cell of a room.
    pub fn new_cell(&self) -> Result<ResourceId, StoreError> {
        self.new_resource("cell")
    }

    pub(super) fn new_resource(&self, kind: &str) -> Result<ResourceId, StoreError> {
        self.conn.prepare_cached("INSERT INTO resource (kind) VALUES (?1)")?.execute([kind])?;
        Ok(ResourceId(self.conn.last_insert_rowid()))
    }

    /// Adds a room over cells that exist.
    pub fn insert_room(&self, room: &Room) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn
            .prepare_cached(
                "INSERT INTO room (id, slug, name, site, floor, capacity, hybrid, wheelchair, hearing_loop,
                 setup_min, cleanup_min, room_group, check_in, active)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                room.id,
                room.slug,
                room.name,
                room.site,
                room.floor,
                room.capacity,
                room.kit.hybrid,
                room.kit.wheelchair,
                room.kit.hearing_loop,
                room.setup_min,
                room.cleanup_min,
                room.group,
                room.check_in,
                room.active,
            ])?;
        for cell in &room.cells {
            self.conn
                .prepare_cached("INSERT INTO room_cell (room, resource) VALUES (?1, ?2)")?
                .execute(params![room.id, cell])?;
        }
        Ok(())
    }

    /// Changes what a room is called and fitted with; its cells stay.
    pub fn update_room(&self, room: &Room) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "UPDATE room SET name = ?2, floor = ?3, capacity = ?4, hybrid = ?5, wheelchair = ?6,
             hearing_loop = ?7, setup_min = ?8, cleanup_min = ?9, room_group = ?10, check_in = ?11,
             active = ?12, site = ?13 WHERE id = ?1",
            params![
                room.id,
                room.name,
                room.floor,
                room.capacity,
                room.kit.hybrid,
                room.kit.wheelchair,
                room.kit.hearing_loop,
                room.setup_min,
                room.cleanup_min,
                room.group,
                room.check_in,
                room.active,
                room.site,
            ],
        )?;
        Ok(())
    }

    /// Adds a piece of equipment of `kind`.
    pub fn insert_unit(&self, kind: &str, name: &str, site: SiteId) -> Result<ResourceId, StoreError> {
        self.directory_changes();
        let resource = self.new_resource("unit")?;
        self.conn.execute(
            "INSERT INTO unit (resource, kind, name, site) VALUES (?1, ?2, ?3, ?4)",
            params![resource, kind, name, site],
        )?;
        Ok(resource)
    }

    /// Takes a piece of equipment out of use, or back in.
    pub fn set_unit_active(&self, unit: ResourceId, active: bool) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute("UPDATE unit SET active = ?2 WHERE resource = ?1", params![unit, active])?;
        Ok(())
    }

    /// Adds a body with its members.
    pub fn insert_body(&self, body: &Body) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "INSERT INTO body (id, slug, name, kind, legal_body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![body.id, body.slug, body.name, body.kind, body.legal_body],
        )?;
        for member in &body.members {
            self.conn
                .prepare_cached("INSERT INTO body_member (body, person) VALUES (?1, ?2)")?
                .execute(params![body.id, member])?;
        }
        Ok(())
    }

    /// Takes somebody out of every body.
    pub fn leave_bodies(&self, person: PersonId) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute("DELETE FROM body_member WHERE person = ?1", [person])?;
        Ok(())
    }

    /// Gives a policy rule its place among the others.
    pub fn place_policy(&self, id: &str, position: u32) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute("UPDATE policy SET position = ?2 WHERE id = ?1", params![id, position])?;
        Ok(())
    }

    /// Removes a policy rule; false if there was none.
    pub fn drop_policy(&self, id: &str) -> Result<bool, StoreError> {
        self.directory_changes();
        Ok(self.conn.execute("DELETE FROM policy WHERE id = ?1", [id])? == 1)
    }

    /// Adds or replaces a policy rule.
    pub fn put_policy(&self, position: u32, policy: &Policy) -> Result<(), StoreError> {
        self.directory_changes();
        let rule = serde_json::to_string(policy)
            .map_err(|error| StoreError::Sql(format!("policy {}: {error}", policy.id)))?;
        self.conn.execute(
            "INSERT INTO policy (id, position, rule) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET position = ?2, rule = ?3",
            params![policy.id, position, rule],
        )?;
        Ok(())
    }
}
