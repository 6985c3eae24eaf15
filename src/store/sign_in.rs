//! Sign-ins in SQL: who is signed in with which browser. The cookie's secret is kept only as SHA-256.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{instant, maybe_instant, secs};
use super::token::hash_of;
use super::{StoreError, Tx, View};
use crate::ids::{PersonId, SignInId};

/// One sign-in of somebody in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Identity.
    pub id: SignInId,
    /// Who.
    pub person: PersonId,
    /// Waits for the second factor.
    pub pending: bool,
    /// When it began.
    pub created: DateTime<Utc>,
    /// When it was last used, to the minute or so.
    pub last_seen: DateTime<Utc>,
    /// The browser.
    pub agent: Option<String>,
    /// When it was ended.
    pub ended: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "id, person, pending, created, last_seen, agent, ended";

fn sign_in(row: &Row<'_>) -> rusqlite::Result<SignIn> {
    Ok(SignIn {
        id: row.get(0)?,
        person: row.get(1)?,
        pending: row.get(2)?,
        created: instant(row, 3)?,
        last_seen: instant(row, 4)?,
        agent: row.get(5)?,
        ended: maybe_instant(row, 6)?,
    })
}

impl View<'_> {
    /// The sign-in with this secret, also if it has ended.
    pub fn sign_in_by_secret(&self, secret: &str) -> Result<Option<SignIn>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM sign_in WHERE hash = ?1");
        Ok(self.conn.prepare_cached(&sql)?.query_row([hash_of(secret)], sign_in).optional()?)
    }

    /// The sign-ins of a person that have not ended, newest first.
    pub fn sign_ins(&self, person: PersonId) -> Result<Vec<SignIn>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM sign_in WHERE person = ?1 AND ended IS NULL ORDER BY id DESC");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_map([person], sign_in)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Begins a sign-in; returns its id and, this once, its secret. It never takes a secret from outside, so
    /// nobody can be made to sign in with one that another knows.
    pub fn begin_sign_in(
        &self,
        person: PersonId,
        pending: bool,
        agent: Option<&str>,
    ) -> Result<(SignInId, String), StoreError> {
        let (id, secret) = (SignInId(self.fresh()), self.ids.secret());
        self.conn.execute(
            "INSERT INTO sign_in (id, hash, person, pending, created, last_seen, agent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
            params![id, hash_of(&secret), person, pending, secs(self.now()), agent],
        )?;
        Ok((id, secret))
    }

    /// Ends a sign-in; false if it is not one of the person's, or has ended.
    pub fn end_sign_in(&self, person: PersonId, id: SignInId) -> Result<bool, StoreError> {
        let rows = self.conn.execute(
            "UPDATE sign_in SET ended = ?3 WHERE id = ?1 AND person = ?2 AND ended IS NULL",
            params![id, person, secs(self.now())],
        )?;
        Ok(rows == 1)
    }

    /// Ends all sign-ins of a person but `except`.
    pub fn end_sign_ins(&self, person: PersonId, except: Option<SignInId>) -> Result<usize, StoreError> {
        Ok(self.conn.execute(
            "UPDATE sign_in SET ended = ?3 WHERE person = ?1 AND id IS NOT ?2 AND ended IS NULL",
            params![person, except, secs(self.now())],
        )?)
    }

    /// Notes when a sign-in was last used.
    pub fn touch_sign_in(&self, id: SignInId, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE sign_in SET last_seen = max(last_seen, ?2) WHERE id = ?1")?
            .execute(params![id, secs(at)])?;
        Ok(())
    }

    /// Forgets sign-ins that began before `before`, and links that have expired.
    pub fn forget_sign_ins(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM sign_in WHERE created < ?1", [secs(before)])?;
        self.conn.execute("DELETE FROM account_link WHERE expires < ?1", [secs(before)])?;
        Ok(())
    }
}
