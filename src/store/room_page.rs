//! What the page of a room shows beside its days: how one finds it, and a photo.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::sql::{instant, secs};
use super::{StoreError, Tx, View};
use crate::ids::RoomId;

/// The photo of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// `image/jpeg` or `image/png`.
    pub kind: String,
    /// When it was put there.
    pub changed: DateTime<Utc>,
    /// The picture itself.
    pub bytes: Vec<u8>,
}

impl View<'_> {
    /// How one finds a room; empty if nobody has written it down.
    pub fn directions(&self, room: RoomId) -> Result<String, StoreError> {
        let sql = "SELECT directions FROM room WHERE id = ?1";
        let found = self.conn.prepare_cached(sql)?.query_row([room], |row| row.get(0)).optional()?;
        Ok(found.unwrap_or_default())
    }

    /// When the photo of a room was put there; none if it has none.
    pub fn photo_changed(&self, room: RoomId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT changed FROM room_photo WHERE room = ?1";
        Ok(self.conn.prepare_cached(sql)?.query_row([room], |row| instant(row, 0)).optional()?)
    }

    /// The photo of a room.
    pub fn photo(&self, room: RoomId) -> Result<Option<Photo>, StoreError> {
        let sql = "SELECT kind, changed, bytes FROM room_photo WHERE room = ?1";
        let photo = |row: &rusqlite::Row<'_>| {
            Ok(Photo { kind: row.get(0)?, changed: instant(row, 1)?, bytes: row.get(2)? })
        };
        Ok(self.conn.prepare_cached(sql)?.query_row([room], photo).optional()?)
    }
}

impl Tx<'_> {
    /// Writes down how one finds a room.
    pub fn set_directions(&self, room: RoomId, directions: &str) -> Result<(), StoreError> {
        self.conn.execute("UPDATE room SET directions = ?2 WHERE id = ?1", params![room, directions])?;
        Ok(())
    }

    /// Puts the photo of a room in the place of the one before.
    pub fn put_photo(&self, room: RoomId, kind: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO room_photo (room, kind, changed, bytes) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (room) DO UPDATE SET kind = ?2, changed = ?3, bytes = ?4",
            params![room, kind, secs(self.now()), bytes],
        )?;
        Ok(())
    }

    /// Takes the photo of a room away; false if it had none.
    pub fn drop_photo(&self, room: RoomId) -> Result<bool, StoreError> {
        Ok(self.conn.execute("DELETE FROM room_photo WHERE room = ?1", [room])? == 1)
    }
}
