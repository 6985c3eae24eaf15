//! Items of agendas, and the versions that were fixed.

use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{AgendaItem, AgendaVersion};
use crate::ids::{ItemId, SessionId};

const ITEM: &str = "SELECT id, session, part, ground, section, position, number, title, internal_title, description, note,
    draft, origin, submitted_by, submitted_at, rapporteur, planned_min, secret, regulation, urgency, state, version,
    (SELECT group_concat(hex(earlier)) FROM agenda_item_reference WHERE item = id) FROM agenda_item";

fn item(row: &Row<'_>) -> rusqlite::Result<AgendaItem> {
    let urgency: Option<String> = row.get(19)?;
    let references: Option<String> = row.get(22)?;
    let earlier = references.as_deref().unwrap_or_default().split(',').filter(|id| !id.is_empty());
    Ok(AgendaItem {
        id: row.get(0)?,
        session: row.get(1)?,
        part: row.get(2)?,
        ground: row.get(3)?,
        section: row.get(4)?,
        position: row.get(5)?,
        number: row.get(6)?,
        title: row.get(7)?,
        internal_title: row.get(8)?,
        description: row.get(9)?,
        note: row.get(10)?,
        draft: row.get(11)?,
        origin: row.get(12)?,
        submitted_by: row.get(13)?,
        submitted_at: instant(row, 14)?,
        rapporteur: row.get(15)?,
        planned_min: row.get(16)?,
        secret: row.get(17)?,
        regulation: row.get(18)?,
        urgency: urgency.map(|json| serde_json::from_str(&json).map_err(|_| bad(19, &json))).transpose()?,
        state: row.get(20)?,
        version: row.get(21)?,
        references: earlier.map(|id| id.parse().map_err(|_| bad(22, id))).collect::<Result<_, _>>()?,
    })
}

fn version(row: &Row<'_>) -> rusqlite::Result<AgendaVersion> {
    Ok(AgendaVersion {
        session: row.get(0)?,
        number: row.get(1)?,
        kind: row.get(2)?,
        fixed_at: instant(row, 3)?,
        content: row.get(4)?,
        hash: row.get(5)?,
    })
}

impl View<'_> {
    /// An item.
    pub fn agenda_item(&self, id: ItemId) -> Result<Option<AgendaItem>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{ITEM} WHERE id = ?1"))?;
        Ok(statement.query_row([id], item).optional()?)
    }

    /// The items of a session in the order of its agenda, also those that were withdrawn.
    pub fn agenda_items(&self, session: SessionId) -> Result<Vec<AgendaItem>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{ITEM} WHERE session = ?1"))?;
        let mut items: Vec<AgendaItem> = statement.query_map([session], item)?.collect::<Result<_, _>>()?;
        items.sort_by_key(AgendaItem::order);
        Ok(items)
    }

    /// Later items that take an item up again, with their sessions.
    pub fn later_items(&self, earlier: ItemId) -> Result<Vec<(ItemId, SessionId)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.id, i.session FROM agenda_item_reference r JOIN agenda_item i ON i.id = r.item
             WHERE r.earlier = ?1 ORDER BY i.id",
        )?;
        Ok(statement.query_map([earlier], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// The fixed versions of an agenda, by number.
    pub fn agenda_versions(&self, session: SessionId) -> Result<Vec<AgendaVersion>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT session, number, kind, fixed_at, content, hash FROM agenda_version WHERE session = ?1
             ORDER BY number",
        )?;
        Ok(statement.query_map([session], version)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds an item, or changes one.
    pub fn put_agenda_item(&self, item: &AgendaItem) -> Result<(), StoreError> {
        let urgency = item.urgency.as_ref().map(serde_json::to_string).transpose();
        let urgency = urgency.map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.conn
            .prepare_cached(
                "INSERT INTO agenda_item (id, session, part, ground, section, position, number, title, internal_title,
                 description, note, draft, origin, submitted_by, submitted_at, rapporteur, planned_min, secret,
                 regulation, urgency, state, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                 ?21, ?22)
                 ON CONFLICT (id) DO UPDATE SET part = ?3, ground = ?4, section = ?5, position = ?6, number = ?7,
                 title = ?8, internal_title = ?9, description = ?10, note = ?11, draft = ?12, origin = ?13,
                 submitted_by = ?14, submitted_at = ?15, rapporteur = ?16, planned_min = ?17, secret = ?18,
                 regulation = ?19, urgency = ?20, state = ?21, version = ?22",
            )?
            .execute(params![
                item.id,
                item.session,
                item.part,
                item.ground,
                item.section,
                item.position,
                item.number,
                item.title,
                item.internal_title,
                item.description,
                item.note,
                item.draft,
                item.origin,
                item.submitted_by,
                secs(item.submitted_at),
                item.rapporteur,
                item.planned_min,
                item.secret,
                item.regulation,
                urgency,
                item.state,
                item.version
            ])?;
        self.put_references(item)
    }

    fn put_references(&self, item: &AgendaItem) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM agenda_item_reference WHERE item = ?1")?.execute([item.id])?;
        let mut insert =
            self.conn.prepare_cached("INSERT INTO agenda_item_reference (item, earlier) VALUES (?1, ?2)")?;
        for earlier in &item.references {
            insert.execute(params![item.id, earlier])?;
        }
        Ok(())
    }

    /// Adds a fixed version of an agenda.
    pub fn insert_agenda_version(&self, version: &AgendaVersion) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO agenda_version (session, number, kind, fixed_at, content, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                version.session,
                version.number,
                version.kind,
                secs(version.fixed_at),
                version.content,
                version.hash
            ],
        )?;
        Ok(())
    }
}
