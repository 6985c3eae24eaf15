//! How our values look in SQL.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::booking::{Answer, Mode, Part, Privacy, Strength};
use crate::council::publication::{PublicationAct, PublicationKind};
use crate::council::{
    Access, CallResult, DispatchChannel, DispatchState, DocumentState, Ground, ItemState, MandateRole,
    MandateStatus, MediaKind, Origin, Outcome, Readied, ReadyState, Section, SessionEventKind, SessionMode,
    SessionPart, SessionState, Urn, VersionKind, VoteKind, VotePurpose, VoteState,
};
use crate::ids::{
    BodyId, DecisionId, DocumentId, ItemId, MandateId, MeetingId, OccurrenceId, PersonId, RoomId, SessionId,
    SignInId, SiteId, TermId, TokenId, VoteId,
};
use crate::presence::{Assurance, Channel, Evidence, IdentifiedBy, Source};
use crate::time::Zone;
use crate::town::{BodyKind, ResourceId};

macro_rules! ids_in_sql {
    ($($id:ident),+) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
            }
        }
        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let bytes = value.as_blob()?;
                Uuid::from_slice(bytes).map(Self).map_err(|e| FromSqlError::Other(Box::new(e)))
            }
        }
    )+};
}
ids_in_sql!(
    BodyId,
    DecisionId,
    DocumentId,
    ItemId,
    MandateId,
    MeetingId,
    OccurrenceId,
    PersonId,
    RoomId,
    SessionId,
    SignInId,
    SiteId,
    TermId,
    TokenId,
    VoteId
);

impl ToSql for ResourceId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for ResourceId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

/// Enumerations are kept by word; the CHECK constraints hold the same words.
macro_rules! words_in_sql {
    ($($kind:ident { $($variant:ident = $word:literal),+ $(,)? })+) => {$(
        impl ToSql for $kind {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(match self { $(Self::$variant => $word),+ }.as_bytes())))
            }
        }
        impl FromSql for $kind {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)+
                    other => Err(FromSqlError::Other(format!("unknown word {other:?}").into())),
                }
            }
        }
    )+};
}
pub(super) use words_in_sql;

words_in_sql! {
    Privacy { Public = "public", Internal = "internal", Private = "private", Closed = "closed" }
    Mode { InRoom = "in_room", Remote = "remote", Undecided = "undecided" }
    Part { Chair = "chair", Required = "required", Optional = "optional" }
    Answer { None = "none", Accepted = "accepted", Declined = "declined", Tentative = "tentative" }
    Strength { Hard = "hard", Hold = "hold", Soft = "soft" }
    Evidence { Joined = "joined", Lost = "lost", Left = "left" }
    Assurance { Claimed = "claimed", Reported = "reported", Verified = "verified", Confirmed = "confirmed" }
    BodyKind { Council = "council", College = "college", Committee = "committee" }
}

/// Enumerations that know their own words.
macro_rules! own_words_in_sql {
    ($($kind:ident),+ $(,)?) => {$(
        impl ToSql for $kind {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.word().as_bytes())))
            }
        }
        impl FromSql for $kind {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let text = value.as_str()?;
                let known = Self::ALL.into_iter().find(|kind| kind.word() == text);
                known.ok_or_else(|| FromSqlError::Other(format!("unknown word {text:?}").into()))
            }
        }
    )+};
}

own_words_in_sql!(
    Access,
    CallResult,
    Channel,
    DispatchChannel,
    DispatchState,
    DocumentState,
    Ground,
    IdentifiedBy,
    ItemState,
    MandateRole,
    MandateStatus,
    MediaKind,
    Origin,
    Outcome,
    PublicationAct,
    PublicationKind,
    Readied,
    ReadyState,
    Section,
    SessionEventKind,
    SessionMode,
    SessionPart,
    SessionState,
    Source,
    Urn,
    VersionKind,
    VoteKind,
    VotePurpose,
    VoteState
);

/// An instant column.
pub(super) fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    Ok(at(row.get(column)?))
}

/// An instant column that may be null.
pub(super) fn maybe_instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(at))
}

/// The instant of a number of seconds; out of range is the epoch, which no CHECK lets in.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// The seconds of an instant.
pub(super) fn secs(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}

/// A wall time as it is kept.
pub(super) fn wall_text(wall: NaiveDateTime) -> String {
    wall.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A wall time column.
pub(super) fn wall(row: &Row<'_>, column: usize) -> rusqlite::Result<NaiveDateTime> {
    let text: String = row.get(column)?;
    parse_wall(&text).ok_or_else(|| bad(column, &text))
}

/// A wall time from its text.
pub(super) fn parse_wall(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()
}

/// A zone column.
pub(super) fn zone(row: &Row<'_>, column: usize) -> rusqlite::Result<Zone> {
    let text: String = row.get(column)?;
    Zone::from_str(&text).map_err(|_| bad(column, &text))
}

/// A value in the file that the file's own constraints should not have let in.
pub(super) fn bad(column: usize, text: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        rusqlite::types::Type::Text,
        format!("cannot read {text:?}").into(),
    )
}
