//! Bodies in law, their terms, and who sits in them.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, instant, maybe_instant, secs};
use super::{StoreError, Tx, View};
use crate::council::{CouncilBody, Mandate, Term};
use crate::ids::{BodyId, MandateId, PersonId, TermId};

const BODY: &str = "SELECT body, kind, jurisdiction, iri, rules FROM council_body";
const TERM: &str = "SELECT id, body, name, starts, ends, seats, iri FROM body_term";
const MANDATE: &str =
    "SELECT id, term, person, seat, role, status, precedence, fraction, iri, starts, ends FROM mandate";

fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<NaiveDate> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| bad(column, &text))
}

fn body(row: &Row<'_>) -> rusqlite::Result<CouncilBody> {
    let rules: String = row.get(4)?;
    Ok(CouncilBody {
        body: row.get(0)?,
        kind: row.get(1)?,
        jurisdiction: row.get(2)?,
        iri: row.get(3)?,
        rules: serde_json::from_str(&rules).map_err(|_| bad(4, &rules))?,
    })
}

fn term(row: &Row<'_>) -> rusqlite::Result<Term> {
    Ok(Term {
        id: row.get(0)?,
        body: row.get(1)?,
        name: row.get(2)?,
        starts: day(row, 3)?,
        ends: day(row, 4)?,
        seats: row.get(5)?,
        iri: row.get(6)?,
    })
}

fn mandate(row: &Row<'_>) -> rusqlite::Result<Mandate> {
    Ok(Mandate {
        id: row.get(0)?,
        term: row.get(1)?,
        person: row.get(2)?,
        seat: row.get(3)?,
        role: row.get(4)?,
        status: row.get(5)?,
        precedence: row.get(6)?,
        fraction: row.get(7)?,
        iri: row.get(8)?,
        starts: instant(row, 9)?,
        ends: maybe_instant(row, 10)?,
    })
}

impl View<'_> {
    /// What a body is in law, if that was set.
    pub fn council_body(&self, id: BodyId) -> Result<Option<CouncilBody>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{BODY} WHERE body = ?1"))?;
        Ok(statement.query_row([id], body).optional()?)
    }

    /// Every body of which it is set what it is in law.
    pub fn council_bodies(&self) -> Result<Vec<CouncilBody>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{BODY} ORDER BY body"))?;
        Ok(statement.query_map([], body)?.collect::<Result<_, _>>()?)
    }

    /// The terms of a body, the latest first.
    pub fn terms(&self, body: BodyId) -> Result<Vec<Term>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("{TERM} WHERE body = ?1 ORDER BY starts DESC"))?;
        Ok(statement.query_map([body], term)?.collect::<Result<_, _>>()?)
    }

    /// A term.
    pub fn term(&self, id: TermId) -> Result<Option<Term>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{TERM} WHERE id = ?1"))?;
        Ok(statement.query_row([id], term).optional()?)
    }

    /// The mandates of a term, also those that have ended, by precedence and start.
    pub fn mandates(&self, term: TermId) -> Result<Vec<Mandate>, StoreError> {
        let sql = format!("{MANDATE} WHERE term = ?1 ORDER BY precedence, starts, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([term], mandate)?.collect::<Result<_, _>>()?)
    }

    /// A mandate.
    pub fn mandate(&self, id: MandateId) -> Result<Option<Mandate>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{MANDATE} WHERE id = ?1"))?;
        Ok(statement.query_row([id], mandate).optional()?)
    }

    /// Every mandate that somebody has or had, by start.
    pub fn mandates_of(&self, person: PersonId) -> Result<Vec<Mandate>, StoreError> {
        let sql = format!("{MANDATE} WHERE person = ?1 ORDER BY starts, id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([person], mandate)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Sets what a body is in law.
    pub fn put_council_body(&self, body: &CouncilBody) -> Result<(), StoreError> {
        let rules = serde_json::to_string(&body.rules).map_err(|e| StoreError::Damaged(e.to_string()))?;
        self.conn.execute(
            "INSERT INTO council_body (body, kind, jurisdiction, iri, rules) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (body) DO UPDATE SET kind = ?2, jurisdiction = ?3, iri = ?4, rules = ?5",
            params![body.body, body.kind, body.jurisdiction, body.iri, rules],
        )?;
        Ok(())
    }

    /// Adds a term.
    pub fn insert_term(&self, term: &Term) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO body_term (id, body, name, starts, ends, seats, iri) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                term.id,
                term.body,
                term.name,
                term.starts.to_string(),
                term.ends.to_string(),
                term.seats,
                term.iri
            ],
        )?;
        Ok(())
    }

    /// Adds a mandate, or changes one.
    pub fn put_mandate(&self, mandate: &Mandate) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO mandate (id, term, person, seat, role, status, precedence, fraction, iri, starts, ends)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET seat = ?4, role = ?5, status = ?6, precedence = ?7, fraction = ?8,
                 iri = ?9, starts = ?10, ends = ?11",
            )?
            .execute(params![
                mandate.id,
                mandate.term,
                mandate.person,
                mandate.seat,
                mandate.role,
                mandate.status,
                mandate.precedence,
                mandate.fraction,
                mandate.iri,
                secs(mandate.starts),
                mandate.ends.map(secs)
            ])?;
        Ok(())
    }

    /// Sets who belongs to a body for the scheduler: whose time its sessions claim, who sees them.
    pub fn set_body_members(&self, body: BodyId, members: &[PersonId]) -> Result<(), StoreError> {
        self.directory_changes();
        self.conn.execute("DELETE FROM body_member WHERE body = ?1", [body])?;
        let mut insert =
            self.conn.prepare_cached("INSERT INTO body_member (body, person) VALUES (?1, ?2)")?;
        for member in members {
            insert.execute(params![body, member])?;
        }
        Ok(())
    }
}
