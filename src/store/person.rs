//! People in SQL.

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::sql::{bad, maybe_instant, secs, words_in_sql, zone};
use super::{StoreError, Tx, View};
use crate::ids::PersonId;
use crate::texts::Lang;
use crate::town::{Person, PersonKind, Role, email_of, slug_of};

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

/// Which people of the directory are asked for, by how they sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleKind {
    /// All who have not left.
    #[default]
    All,
    /// Those with an account that is open.
    Account,
    /// Those without.
    NoAccount,
    /// Those who were invited and have chosen no password yet.
    Invited,
    /// Those whose account waits because of wrong passwords.
    Locked,
    /// Those who have left.
    Left,
}

impl PeopleKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::All, Self::Account, Self::NoAccount, Self::Invited, Self::Locked, Self::Left];

    /// The word for it in addresses of pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Account => "account",
            Self::NoAccount => "none",
            Self::Invited => "invited",
            Self::Locked => "locked",
            Self::Left => "left",
        }
    }
}

/// What people of the directory are asked for.
#[derive(Clone, Debug, Default)]
pub struct PeopleAsked {
    /// Parts of name, address or department, each of which must be there.
    pub words: Vec<String>,
    /// Those of one department.
    pub department: Option<String>,
    /// Those who were granted a role, anywhere.
    pub role: Option<Role>,
    /// By how they sign in.
    pub kind: PeopleKind,
}

/// Somebody of the directory, and how they sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub person: Person,
    /// When they left.
    pub left: Option<DateTime<Utc>>,
    /// Their account, as far as it is open.
    pub account: Option<AccountState>,
    /// The roles granted, each once.
    pub roles: Vec<Role>,
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// A password was chosen.
    pub password: bool,
    /// The second factor is on.
    pub second_factor: bool,
    /// Until when nothing is accepted.
    pub locked_until: Option<DateTime<Utc>>,
}

/// The condition of a search, of which the parameters are: words as JSON, department, role, kind, now.
const ASKED: &str = "person.kind = 'staff' AND erased IS NULL AND (left_at IS NOT NULL) = (?4 = 'left')
    AND NOT EXISTS (SELECT 1 FROM json_each(?1) WHERE
        instr(slug(name || ' ' || email || ' ' || coalesce(department, '')), json_each.value) = 0)
    AND (?2 IS NULL OR department = ?2)
    AND (?3 IS NULL OR EXISTS (SELECT 1 FROM role_grant WHERE role_grant.person = person.id AND role = ?3))
    AND CASE ?4 WHEN 'account' THEN account.person IS NOT NULL AND closed IS NULL
                WHEN 'none' THEN account.person IS NULL OR closed IS NOT NULL
                WHEN 'invited' THEN account.person IS NOT NULL AND closed IS NULL AND password IS NULL
                WHEN 'locked' THEN locked_until > ?5
                ELSE 1 END";

impl PeopleAsked {
    fn params(&self, now: DateTime<Utc>) -> [Value; 5] {
        let words: Vec<String> = self.words.iter().map(|word| slug_of(word)).collect();
        let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        [
            text(&serde_json::json!(words).to_string()),
            self.department.as_deref().map_or(Value::Null, text),
            self.role.map_or(Value::Null, |role| text(role.word())),
            text(self.kind.word()),
            Value::Integer(secs(now)),
        ]
    }
}

fn person_row(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    let open: bool = row.get(11)?;
    let account = AccountState {
        password: row.get(12)?,
        second_factor: row.get(13)?,
        locked_until: maybe_instant(row, 14)?,
    };
    let roles: Option<String> = row.get(15)?;
    Ok(PersonRow {
        person: person(row)?,
        left: maybe_instant(row, 10)?,
        account: open.then_some(account),
        roles: roles.iter().flat_map(|words| words.split(' ')).filter_map(|word| word.parse().ok()).collect(),
    })
}

impl View<'_> {
    /// People as asked for, in order of name: `limit` of them after the first `skip`, and how many there are.
    pub fn people(
        &self,
        asked: &PeopleAsked,
        skip: u32,
        limit: u32,
    ) -> Result<(Vec<PersonRow>, u32), StoreError> {
        let from = format!("FROM person LEFT JOIN account ON account.person = person.id WHERE {ASKED}");
        let values = asked.params(self.now());
        let count = self
            .conn
            .prepare_cached(&format!("SELECT count(*) {from}"))?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, left_at, account.person IS NOT NULL AND closed IS NULL, password IS NOT NULL,
                    totp IS NOT NULL, locked_until,
                    (SELECT group_concat(role, ' ') FROM (SELECT DISTINCT role FROM role_grant
                     WHERE role_grant.person = person.id ORDER BY role))
             {from} ORDER BY slug(name), email LIMIT ?6 OFFSET ?7"
        ))?;
        let paged = values.into_iter().chain([Value::Integer(limit.into()), Value::Integer(skip.into())]);
        let rows = statement.query_map(params_from_iter(paged), person_row)?;
        Ok((rows.collect::<Result<_, _>>()?, count))
    }

    /// The departments that people of the directory have, in order.
    pub fn departments(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT department FROM person
             WHERE kind = 'staff' AND erased IS NULL AND department IS NOT NULL ORDER BY slug(department)",
        )?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// When somebody left the house.
    pub fn left_at(&self, person: PersonId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql = "SELECT left_at FROM person WHERE id = ?1";
        let left = self.conn.prepare_cached(sql)?.query_row([person], |row| maybe_instant(row, 0));
        Ok(left.optional()?.flatten())
    }
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

    /// Whoever has this address, however people write it; nobody if it is none.
    pub fn person_at(&self, address: &str) -> Result<Option<Person>, StoreError> {
        match email_of(address) {
            Some(email) => self.person_by_email(&email),
            None => Ok(None),
        }
    }

    /// Whoever works in the house and has this address, however people write it.
    pub fn colleague_at(&self, address: &str) -> Result<Option<Person>, StoreError> {
        Ok(self.person_at(address)?.filter(|person| person.kind == PersonKind::Staff))
    }

    /// People of the directory who have not left, in order of address, after address `after`.
    pub fn staff(&self, after: &str, limit: u32) -> Result<Vec<Person>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM person WHERE kind = 'staff' AND left_at IS NULL AND email > ?1
             ORDER BY email LIMIT ?2"
        ))?;
        Ok(statement.query_map(params![after, limit], person)?.collect::<Result<_, _>>()?)
    }

    /// People of the directory who have not left and whose name is like each of up to four patterns, in order of name;
    /// not the doors that book for whoever stands before them.
    pub fn staff_like(&self, patterns: &[String]) -> Result<Vec<Person>, StoreError> {
        let like = |at: usize| patterns.get(at).map_or("%", String::as_str);
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM person WHERE kind = 'staff' AND resource IS NOT NULL AND erased IS NULL
             AND left_at IS NULL AND name LIKE ?1 AND name LIKE ?2 AND name LIKE ?3 AND name LIKE ?4
             AND email NOT LIKE '%@belfort.invalid' ORDER BY name COLLATE NOCASE, id"
        ))?;
        let rows = statement.query_map(params![like(0), like(1), like(2), like(3)], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Address and name of those on the lists of the last hundred meetings of somebody who have not left, the latest first.
    pub fn met_by(&self, person: PersonId, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "WITH own (meeting) AS (
                 SELECT meeting FROM participant WHERE person = ?1
                 UNION SELECT id FROM meeting WHERE organiser = ?1 ORDER BY 1 DESC LIMIT 100)
             SELECT person.email, person.name FROM own JOIN participant USING (meeting)
             JOIN person ON person.id = participant.person
             WHERE person.id <> ?1 AND person.erased IS NULL AND person.left_at IS NULL
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

    /// Makes a guest somebody of the directory, with a resource for their time; what they were invited to stays.
    pub fn promote_guest(&self, person: &Person) -> Result<Person, StoreError> {
        let resource = self.new_resource("person")?;
        self.conn.execute(
            "UPDATE person SET kind = 'staff', resource = ?2, expires = NULL WHERE id = ?1",
            params![person.id, resource],
        )?;
        let staff =
            Person { kind: PersonKind::Staff, resource: Some(resource), expires: None, ..person.clone() };
        self.update_person(&staff)?;
        Ok(staff)
    }

    /// Changes what somebody is called, where they are reached and where they work. Calendars that name them are
    /// rendered anew.
    pub fn update_person(&self, person: &Person) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE person SET email = ?2, name = ?3, lang = ?4, department = ?5, hard = ?6 WHERE id = ?1",
            params![person.id, person.email, person.name, person.lang.code(), person.department, person.hard],
        )?;
        self.conn.execute(
            "UPDATE meeting SET version = version + 1 WHERE organiser = ?1
             OR id IN (SELECT meeting FROM participant WHERE person = ?1)",
            [person.id],
        )?;
        Ok(())
    }

    /// Notes that somebody left the house, or is back.
    pub fn set_left(&self, person: PersonId, left: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let sql = "UPDATE person SET left_at = ?2 WHERE id = ?1";
        self.conn.execute(sql, params![person, left.map(secs)])?;
        Ok(())
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
