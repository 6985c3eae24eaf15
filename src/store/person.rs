//! People in SQL.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::sql::{bad, maybe_instant, secs, words_in_sql, zone};
use super::{StoreError, Tx, View};
use crate::ids::PersonId;
use crate::texts::Lang;
use crate::town::{Person, PersonKind};

mod words {
    use super::PersonKind;
    use super::words_in_sql;
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! { PersonKind { Staff = "staff", Guest = "guest" } }
}

const COLUMNS: &str = "id, kind, email, name, lang, zone, department, resource, hard, expires";

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let lang: String = row.get(4)?;
    Ok(Person {
        id: row.get(0)?,
        kind: row.get(1)?,
        email: row.get(2)?,
        name: row.get(3)?,
        lang: Lang::from_code(&lang).ok_or_else(|| bad(4, &lang))?,
        zone: zone(row, 5)?,
        department: row.get(6)?,
        resource: row.get(7)?,
        hard: row.get(8)?,
        expires: maybe_instant(row, 9)?,
    })
}

impl View<'_> {
    /// The person with this id.
    pub fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE id = ?1"))?
            .query_row([id], person)
            .optional()?)
    }

    /// The person with this address, which must be in the form of `town::email_of`.
    pub fn person_by_email(&self, email: &str) -> Result<Option<Person>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE email = ?1"))?
            .query_row([email], person)
            .optional()?)
    }

    /// People of the directory in order of address, after address `after`.
    pub fn staff(&self, after: &str, limit: u32) -> Result<Vec<Person>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM person WHERE kind = 'staff' AND email > ?1 ORDER BY email LIMIT ?2"
        ))?;
        Ok(statement.query_map(params![after, limit], person)?.collect::<Result<_, _>>()?)
    }

    /// People of the directory whose name is like each of up to four patterns, in order of name; not the doors that
    /// book for whoever stands before them.
    pub fn staff_like(&self, patterns: &[String]) -> Result<Vec<Person>, StoreError> {
        let like = |at: usize| patterns.get(at).map_or("%", String::as_str);
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM person WHERE kind = 'staff' AND resource IS NOT NULL AND erased IS NULL
             AND name LIKE ?1 AND name LIKE ?2 AND name LIKE ?3 AND name LIKE ?4
             AND email NOT LIKE '%@belfort.invalid' ORDER BY name COLLATE NOCASE, id"
        ))?;
        let rows = statement.query_map(params![like(0), like(1), like(2), like(3)], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Address and name of those on the lists of the last hundred meetings of somebody, the latest first.
    pub fn met_by(&self, person: PersonId, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "WITH own (meeting) AS (
                 SELECT meeting FROM participant WHERE person = ?1
                 UNION SELECT id FROM meeting WHERE organiser = ?1 ORDER BY 1 DESC LIMIT 100)
             SELECT person.email, person.name FROM own JOIN participant USING (meeting)
             JOIN person ON person.id = participant.person
             WHERE person.id <> ?1 AND person.erased IS NULL
             GROUP BY person.id ORDER BY max(own.meeting) DESC, person.name LIMIT ?2",
        )?;
        let rows = statement.query_map(params![person, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Guests whose data are to be wiped at `now`.
    pub fn expired_guests(&self, now: DateTime<Utc>) -> Result<Vec<PersonId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM person WHERE expires IS NOT NULL AND expires <= ?1 AND erased IS NULL",
        )?;
        Ok(statement.query_map([secs(now)], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Adds somebody; staff get a resource for their time.
    pub fn insert_person(&self, new: &Person) -> Result<Person, StoreError> {
        let mut person = new.clone();
        if person.kind == PersonKind::Staff && person.resource.is_none() {
            person.resource = Some(self.new_resource("person")?);
        }
        self.conn
            .prepare_cached(&format!(
                "INSERT INTO person ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
            ))?
            .execute(params![
                person.id,
                person.kind,
                person.email,
                person.name,
                person.lang.code(),
                person.zone.name(),
                person.department,
                person.resource,
                person.hard,
                person.expires.map(secs),
            ])?;
        Ok(person)
    }

    /// Sets the language somebody is written to in.
    pub fn set_person_lang(&self, person: PersonId, lang: Lang) -> Result<(), StoreError> {
        self.conn.execute("UPDATE person SET lang = ?2 WHERE id = ?1", params![person, lang.code()])?;
        Ok(())
    }

    /// Keeps a guest's data until `expires` at least.
    pub fn keep_guest_until(&self, person: PersonId, expires: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE person SET expires = ?2 WHERE id = ?1 AND expires < ?2")?
            .execute(params![person, secs(expires)])?;
        Ok(())
    }

    /// Wipes name, address and zone of a guest. The id stays, so lists and journal keep their shape.
    pub fn erase_person(&self, person: PersonId) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE person SET email = 'erased-' || lower(hex(id)) || '@invalid', name = '', zone = 'UTC',
             department = NULL, erased = ?2 WHERE id = ?1",
            params![person, secs(self.now())],
        )?;
        // Calendars that name them are rendered anew.
        self.conn.execute(
            "UPDATE meeting SET version = version + 1
             WHERE id IN (SELECT meeting FROM participant WHERE person = ?1)",
            params![person],
        )?;
        Ok(())
    }
}
