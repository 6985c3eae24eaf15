//! Tokens: bearer tokens of the API and secret addresses of feeds. Only their SHA-256 is kept.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::sql::{bad, instant, maybe_instant, secs, words_in_sql};
use super::{StoreError, Tx, View};
use crate::ids::{BodyId, PersonId, RoomId, SiteId, TokenId};
use crate::town::Role;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The API.
    Api,
    /// One feed.
    Feed,
}

/// How much a feed shows; fixed per token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Times and places.
    Busy,
    /// Also titles, as far as staff may see them.
    Title,
    /// Also join links, and attendees where the owner's own feed asks for them.
    Full,
    /// What the council publishes: public sessions by title, closed ones as closed.
    CouncilPublic,
}

/// What a feed is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FeedScope {
    /// One room.
    Room(RoomId),
    /// One person's agenda.
    Person(PersonId),
    /// One body's sessions.
    Body(BodyId),
    /// All rooms of a building.
    Site(SiteId),
    /// Everything.
    Town,
    /// What somebody who prepares sessions has to do and by when: for one body, or for all of theirs.
    Deadlines(PersonId, Option<BodyId>),
    /// The sessions of a body as one sees them who sits in it or prepares them.
    Sessions(PersonId, BodyId),
}

impl FeedScope {
    /// Whose feed it is: it speaks their language and shows what they may know, with links of their own.
    #[must_use]
    pub const fn owner(self) -> Option<PersonId> {
        match self {
            Self::Person(id) | Self::Deadlines(id, _) | Self::Sessions(id, _) => Some(id),
            Self::Room(_) | Self::Body(_) | Self::Site(_) | Self::Town => None,
        }
    }

    /// Whether it is made of what bodies do rather than of meetings. The rights of its owner, asked at each look, say
    /// how much it shows: its level is always the full one.
    #[must_use]
    pub const fn is_of_council(self) -> bool {
        matches!(self, Self::Deadlines(..) | Self::Sessions(..))
    }
}

mod words {
    use super::words_in_sql;
    use super::{Level, TokenKind};
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! {
        TokenKind { Api = "api", Feed = "feed" }
        Level { Busy = "busy", Title = "title", Full = "full", CouncilPublic = "council_public" }
    }
}

impl fmt::Display for FeedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(id) => write!(f, "room:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Body(id) => write!(f, "body:{id}"),
            Self::Site(id) => write!(f, "site:{id}"),
            Self::Town => f.write_str("town"),
            Self::Deadlines(person, None) => write!(f, "deadlines:{person}"),
            Self::Deadlines(person, Some(body)) => write!(f, "deadlines:{person}:{body}"),
            Self::Sessions(person, body) => write!(f, "sessions:{person}:{body}"),
        }
    }
}

impl FromStr for FeedScope {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("room", id)) => Ok(Self::Room(id.parse()?)),
            Some(("person", id)) => Ok(Self::Person(id.parse()?)),
            Some(("body", id)) => Ok(Self::Body(id.parse()?)),
            Some(("site", id)) => Ok(Self::Site(id.parse()?)),
            Some(("deadlines", ids)) => Ok(match ids.split_once(':') {
                Some((person, body)) => Self::Deadlines(person.parse()?, Some(body.parse()?)),
                None => Self::Deadlines(ids.parse()?, None),
            }),
            Some(("sessions", ids)) => {
                let (person, body) = ids.split_once(':').unwrap_or((ids, ""));
                Ok(Self::Sessions(person.parse()?, body.parse()?))
            }
            _ => Ok(Self::Town),
        }
    }
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The role, for a token of the API.
    pub role: Option<Role>,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// The room at whose door the device hangs.
    pub room: Option<RoomId>,
    /// What a feed is of, and how much it shows.
    pub feed: Option<(FeedScope, Level)>,
    /// A feed of the owner's own that asks for attendees.
    pub attendees: bool,
    /// What people call it.
    pub label: String,
}

/// A token as kept: everything but the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// What it opens.
    pub kind: TokenKind,
    /// The role, for a token of the API.
    pub role: Option<Role>,
    /// Whose it is.
    pub person: Option<PersonId>,
    /// The room of a device.
    pub room: Option<RoomId>,
    /// What a feed is of, and how much it shows.
    pub feed: Option<(FeedScope, Level)>,
    /// A feed that names attendees.
    pub attendees: bool,
    /// What people call it.
    pub label: String,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last used, to the minute or so.
    pub last_used: Option<DateTime<Utc>>,
    /// The program that last used it.
    pub last_agent: Option<String>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// When it stops working, because another has taken its place.
    pub ends: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn works(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && self.ends.is_none_or(|ends| now < ends)
    }
}

const COLUMNS: &str = "id, kind, role, person, room, scope, level, attendees, label, created, last_used, \
    last_agent, revoked, ends";

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let role: Option<String> = row.get(2)?;
    let scope: Option<String> = row.get(5)?;
    let level: Option<Level> = row.get(6)?;
    let scope = scope.map(|text| text.parse::<FeedScope>().map_err(|_| bad(5, &text))).transpose()?;
    Ok(Token {
        id: row.get(0)?,
        kind: row.get(1)?,
        role: role.map(|word| word.parse::<Role>().map_err(|_| bad(2, &word))).transpose()?,
        person: row.get(3)?,
        room: row.get(4)?,
        feed: scope.zip(level),
        attendees: row.get(7)?,
        label: row.get(8)?,
        created: instant(row, 9)?,
        last_used: maybe_instant(row, 10)?,
        last_agent: row.get(11)?,
        revoked: maybe_instant(row, 12)?,
        ends: maybe_instant(row, 13)?,
    })
}

/// What is kept of a secret.
pub(super) fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl View<'_> {
    /// The token with this secret, also if it was revoked.
    pub fn token_by_secret(&self, secret: &str) -> Result<Option<Token>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM token WHERE hash = ?1"))?
            .query_row([hash_of(secret)], token)
            .optional()?)
    }

    /// Whether there is a token with this id and it was revoked.
    pub fn token_is_revoked(&self, id: TokenId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM token WHERE id = ?1 AND revoked IS NOT NULL)";
        Ok(self.conn.prepare_cached(sql)?.query_row([id], |row| row.get(0))?)
    }

    /// The roles of the API tokens of a person that work.
    pub fn token_roles(&self, person: PersonId) -> Result<Vec<Role>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT role FROM token WHERE person = ?1 AND role IS NOT NULL AND revoked IS NULL
             AND (ends IS NULL OR ends > ?2) ORDER BY role",
        )?;
        let rows = statement.query_map(params![person, secs(self.now())], |row| {
            let word: String = row.get(0)?;
            word.parse::<Role>().map_err(|_| bad(0, &word))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All tokens, newest first.
    pub fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let mut statement = self.conn.prepare(&format!("SELECT {COLUMNS} FROM token ORDER BY id DESC"))?;
        Ok(statement.query_map([], token)?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Makes a token; returns its id and, this once, its secret.
    pub fn insert_token(&self, new: &NewToken) -> Result<(TokenId, String), StoreError> {
        let (id, secret) = (TokenId(self.fresh()), self.ids.secret());
        let kind = if new.feed.is_some() { TokenKind::Feed } else { TokenKind::Api };
        self.conn
            .prepare_cached(
                "INSERT INTO token (id, hash, kind, role, person, room, scope, level, attendees, label, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                id,
                hash_of(&secret),
                kind,
                new.role.map(Role::word),
                new.person,
                new.room,
                new.feed.map(|(scope, _)| scope.to_string()),
                new.feed.map(|(_, level)| level),
                new.attendees,
                new.label,
                secs(self.now()),
            ])?;
        Ok((id, secret))
    }

    /// Revokes a token; false if there is none with this id, or it was revoked before.
    pub fn revoke_token(&self, id: TokenId) -> Result<bool, StoreError> {
        let rows = self.conn.execute(
            "UPDATE token SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL",
            params![id, secs(self.now())],
        )?;
        Ok(rows == 1)
    }

    /// Lets a token work until `ends` and no longer.
    pub fn end_token(&self, id: TokenId, ends: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn.execute("UPDATE token SET ends = ?2 WHERE id = ?1", params![id, secs(ends)])?;
        Ok(())
    }

    /// Notes when and by what program a token was last used.
    pub fn touch_token(&self, id: TokenId, at: DateTime<Utc>, agent: Option<&str>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE token SET last_used = ?2, last_agent = coalesce(?3, last_agent) WHERE id = ?1",
            )?
            .execute(params![id, secs(at), agent])?;
        Ok(())
    }
}
