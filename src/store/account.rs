//! Accounts in SQL: passwords as argon2id, second factors, recovery codes, roles granted, links that are good
//! once.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, instant, maybe_instant, secs, words_in_sql};
use super::token::hash_of;
use super::{StoreError, Tx, View};
use crate::ids::PersonId;
use crate::town::{Grant, Role, RoleScope};

/// What a link that is good once opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The first account of a municipality.
    SetUp,
    /// Somebody's first password.
    Invitation,
    /// Somebody's new password.
    Reset,
}

mod words {
    use super::{LinkKind, words_in_sql};
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! { LinkKind { SetUp = "set_up", Invitation = "invitation", Reset = "reset" } }
}

/// How somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The password as a PHC string of argon2id; none until it is first set.
    pub password: Option<String>,
    /// The shared secret of the second factor, once it was confirmed.
    pub totp: Option<[u8; 20]>,
    /// The last step of the second factor that was accepted.
    pub totp_step: u64,
    /// Wrong passwords and codes in a row.
    pub failures: u32,
    /// Until when nothing is accepted.
    pub locked_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When its owner left.
    pub closed: Option<DateTime<Utc>>,
}

/// A link that is good once, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLink {
    /// What it opens.
    pub kind: LinkKind,
    /// For whom; nobody for the first set-up.
    pub person: Option<PersonId>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Until when it is good.
    pub expires: DateTime<Utc>,
    /// When it was used.
    pub used: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "person, password, totp, totp_step, failures, locked_until, created, closed";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let step: i64 = row.get(3)?;
    Ok(Account {
        person: row.get(0)?,
        password: row.get(1)?,
        totp: row.get(2)?,
        totp_step: u64::try_from(step).map_err(|_| bad(3, "a negative step"))?,
        failures: row.get(4)?,
        locked_until: maybe_instant(row, 5)?,
        created: instant(row, 6)?,
        closed: maybe_instant(row, 7)?,
    })
}

impl View<'_> {
    /// The account of a person.
    pub fn account(&self, person: PersonId) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account WHERE person = ?1");
        Ok(self.conn.prepare_cached(&sql)?.query_row([person], account).optional()?)
    }

    /// Whether anybody can sign in and look after the installation.
    pub fn has_admin(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM role_grant JOIN account USING (person)
                   WHERE role = 'admin' AND scope = 'town' AND closed IS NULL AND password IS NOT NULL LIMIT 1";
        Ok(self.conn.prepare_cached(sql)?.query_row([], |_| Ok(())).optional()?.is_some())
    }

    /// What a person was granted beyond what all staff may.
    pub fn grants(&self, person: PersonId) -> Result<Vec<Grant>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT role, scope FROM role_grant WHERE person = ?1")?;
        Ok(statement.query_map([person], grant)?.collect::<Result<_, _>>()?)
    }

    /// Everybody who was granted something.
    pub fn all_grants(&self) -> Result<Vec<(PersonId, Grant)>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT role, scope, person FROM role_grant")?;
        let rows = statement.query_map([], |row| Ok((row.get(2)?, grant(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The link with this secret, also if it was used or has expired.
    pub fn account_link(&self, secret: &str) -> Result<Option<AccountLink>, StoreError> {
        let sql = "SELECT kind, person, created, expires, used FROM account_link WHERE hash = ?1";
        let link = |row: &Row<'_>| {
            Ok(AccountLink {
                kind: row.get(0)?,
                person: row.get(1)?,
                created: instant(row, 2)?,
                expires: instant(row, 3)?,
                used: maybe_instant(row, 4)?,
            })
        };
        Ok(self.conn.prepare_cached(sql)?.query_row([hash_of(secret)], link).optional()?)
    }

    /// How many recovery codes of a person are still good.
    pub fn recovery_codes_left(&self, person: PersonId) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM recovery_code WHERE person = ?1 AND used IS NULL";
        Ok(self.conn.prepare_cached(sql)?.query_row([person], |row| row.get(0))?)
    }
}

fn grant(row: &Row<'_>) -> rusqlite::Result<Grant> {
    let (role, scope): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(Grant {
        role: role.parse::<Role>().map_err(|_| bad(0, &role))?,
        scope: scope.parse::<RoleScope>().map_err(|_| bad(1, &scope))?,
    })
}

impl Tx<'_> {
    /// Makes an account that has no password yet; one that is there stays as it is, but opens again.
    pub fn open_account(&self, person: PersonId) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO account (person, totp_step, failures, created) VALUES (?1, 0, 0, ?2)
             ON CONFLICT (person) DO UPDATE SET closed = NULL",
            params![person, secs(self.now())],
        )?;
        Ok(())
    }

    /// Closes an account: nothing opens it until it is opened again.
    pub fn close_account(&self, person: PersonId) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE account SET closed = ?2, password = NULL, totp = NULL WHERE person = ?1",
            params![person, secs(self.now())],
        )?;
        self.conn.execute("DELETE FROM recovery_code WHERE person = ?1", [person])?;
        self.conn.execute("DELETE FROM role_grant WHERE person = ?1", [person])?;
        Ok(())
    }

    /// Sets the password, a PHC string; what was counted against the account is forgotten.
    pub fn set_password(&self, person: PersonId, phc: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE account SET password = ?2, failures = 0, locked_until = NULL WHERE person = ?1",
            params![person, phc],
        )?;
        Ok(())
    }

    /// Sets the second factor, or takes it away with its recovery codes.
    pub fn set_totp(&self, person: PersonId, secret: Option<[u8; 20]>) -> Result<(), StoreError> {
        self.conn.execute("UPDATE account SET totp = ?2 WHERE person = ?1", params![person, secret])?;
        self.conn.execute("DELETE FROM recovery_code WHERE person = ?1", [person])?;
        Ok(())
    }

    /// Takes a step of the second factor; false if it, or a later one, was taken before.
    pub fn take_totp_step(&self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let rows = self.conn.execute(
            "UPDATE account SET totp_step = ?2 WHERE person = ?1 AND totp_step < ?2",
            params![person, step],
        )?;
        Ok(rows == 1)
    }

    /// Counts what was wrong in a row, and until when nothing is accepted.
    pub fn count_failures(
        &self,
        person: PersonId,
        failures: u32,
        locked_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE account SET failures = ?2, locked_until = ?3 WHERE person = ?1",
            params![person, failures, locked_until.map(secs)],
        )?;
        Ok(())
    }

    /// Keeps a recovery code.
    pub fn insert_recovery_code(&self, person: PersonId, code: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO recovery_code (hash, person) VALUES (?1, ?2)",
            params![hash_of(code), person],
        )?;
        Ok(())
    }

    /// Takes a recovery code; false if it is not one of the person's, or was used.
    pub fn take_recovery_code(&self, person: PersonId, code: &str) -> Result<bool, StoreError> {
        let rows = self.conn.execute(
            "UPDATE recovery_code SET used = ?3 WHERE hash = ?1 AND person = ?2 AND used IS NULL",
            params![hash_of(code), person, secs(self.now())],
        )?;
        Ok(rows == 1)
    }

    /// Makes a link that is good once; those of the same kind for the same person end. Returns its secret.
    pub fn insert_account_link(
        &self,
        kind: LinkKind,
        person: Option<PersonId>,
        expires: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let secret = self.ids.secret();
        self.conn.execute(
            "DELETE FROM account_link WHERE expires < ?1 OR (kind = ?2 AND person IS ?3 AND used IS NULL)",
            params![secs(self.now()), kind, person],
        )?;
        self.conn.execute(
            "INSERT INTO account_link (hash, kind, person, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![hash_of(&secret), kind, person, secs(self.now()), secs(expires)],
        )?;
        Ok(secret)
    }

    /// Uses a link up; false if it is unknown, expired or was used before.
    pub fn use_account_link(&self, secret: &str) -> Result<bool, StoreError> {
        let rows = self.conn.execute(
            "UPDATE account_link SET used = ?2 WHERE hash = ?1 AND used IS NULL AND expires > ?2",
            params![hash_of(secret), secs(self.now())],
        )?;
        Ok(rows == 1)
    }

    /// Grants a role; granting it twice is granting it.
    pub fn insert_grant(&self, person: PersonId, grant: &Grant) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO role_grant (person, role, scope) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![person, grant.role.word(), grant.scope.to_string()],
        )?;
        Ok(())
    }

    /// Takes a role back; false if it was not granted.
    pub fn delete_grant(&self, person: PersonId, grant: &Grant) -> Result<bool, StoreError> {
        let rows = self.conn.execute(
            "DELETE FROM role_grant WHERE person = ?1 AND role = ?2 AND scope = ?3",
            params![person, grant.role.word(), grant.scope.to_string()],
        )?;
        Ok(rows == 1)
    }

    /// Whether an admin of the whole town is left who can sign in, besides `person`.
    pub fn another_admin(&self, person: PersonId) -> Result<bool, StoreError> {
        let sql =
            "SELECT 1 FROM role_grant JOIN account USING (person) WHERE role = 'admin' AND scope = 'town'
                   AND closed IS NULL AND password IS NOT NULL AND person <> ?1 LIMIT 1";
        Ok(self.conn.prepare_cached(sql)?.query_row([person], |_| Ok(())).optional()?.is_some())
    }
}
