//! Services, and what is ordered of them.

use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

use super::sql::{instant, secs};
use super::{StoreError, Tx, View};
use crate::ids::{MeetingId, OccurrenceId};
use crate::town::{Order, Service};

fn order(row: &Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order { service: row.get(0)?, count: row.get(1)?, note: row.get(2)?, valid_from: instant(row, 3)? })
}

impl View<'_> {
    /// What is ordered for a meeting, by name of the service in addresses.
    pub fn orders(&self, meeting: MeetingId) -> Result<Vec<Order>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT service, count, note, valid_from FROM service_order WHERE meeting = ?1 ORDER BY service",
        )?;
        Ok(statement.query_map([meeting], order)?.collect::<Result<_, _>>()?)
    }

    /// The orders that stand for dates which start between two instants, in order of start; also of dates that
    /// were called off.
    pub fn orders_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<(OccurrenceId, Order)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT o.service, o.count, o.note, o.valid_from, d.id
             FROM service_order o JOIN occurrence d ON d.meeting = o.meeting
             WHERE d.starts >= ?1 AND d.starts < ?2 AND d.starts >= o.valid_from
             ORDER BY d.starts, d.id, o.service",
        )?;
        let rows =
            statement.query_map(params![secs(from), secs(to)], |row| Ok((row.get(4)?, order(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds or changes a service.
    pub fn put_service(&self, service: &Service) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute(
            "INSERT INTO service (slug, name, lead_hours, contact, active) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (slug) DO UPDATE SET name = ?2, lead_hours = ?3, contact = ?4, active = ?5",
            params![service.slug, service.name, service.lead_hours, service.contact, service.active],
        )?;
        Ok(())
    }

    /// Orders a service for a meeting, or changes the order.
    pub fn put_order(&self, meeting: MeetingId, order: &Order) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO service_order (meeting, service, count, note, valid_from) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (meeting, service) DO UPDATE SET count = ?3, note = ?4, valid_from = ?5",
            )?
            .execute(params![meeting, order.service, order.count, order.note, secs(order.valid_from)])?;
        Ok(())
    }

    /// Takes an order back.
    pub fn drop_order(&self, meeting: MeetingId, service: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM service_order WHERE meeting = ?1 AND service = ?2")?
            .execute(params![meeting, service])?;
        Ok(())
    }
}
