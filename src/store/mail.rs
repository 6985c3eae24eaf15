//! The outbox in SQL: what is to be sent to whom, what was tried, and what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::sql::{instant, parse_wall, secs, wall_text, words_in_sql};
use super::{StoreError, Tx, View};
use crate::ids::{MeetingId, PersonId};
use crate::town::Role;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Come, if you can (METHOD:REQUEST).
    Invitation,
    /// What you were invited to is different now (METHOD:REQUEST).
    Change,
    /// It does not take place, or not with you (METHOD:CANCEL).
    Cancellation,
    /// A booking waits for your consent.
    Asked,
    /// Your booking was approved, or has lapsed.
    Decided,
    /// People answered your invitation.
    Answered,
    /// A link about one's own account.
    Account,
    /// What you take part in tomorrow.
    EveningReminder,
    /// What you take part in within the hour.
    HourReminder,
    /// Nobody has come to your meeting: its room is given free soon.
    ReleaseSoon,
    /// Nobody came to your meeting: its room was given free.
    Released,
    /// A body that you sit in is convened.
    Convocation,
    /// What is to be done for the sessions that you prepare.
    Deadlines,
}

impl MailKind {
    /// The word in the store and in the journal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Change => "change",
            Self::Cancellation => "cancellation",
            Self::Asked => "asked",
            Self::Decided => "decided",
            Self::Answered => "answered",
            Self::Account => "account",
            Self::EveningReminder => "evening_reminder",
            Self::HourReminder => "hour_reminder",
            Self::ReleaseSoon => "release_soon",
            Self::Released => "released",
            Self::Convocation => "convocation",
            Self::Deadlines => "deadlines",
        }
    }

    /// Whether it changes what is in the recipient's calendar.
    #[must_use]
    pub const fn is_calendar(self) -> bool {
        matches!(self, Self::Invitation | Self::Change | Self::Cancellation)
    }

    /// Whether it is about what happens on the day of one date.
    #[must_use]
    pub const fn is_about_a_day(self) -> bool {
        matches!(self, Self::EveningReminder | Self::HourReminder | Self::ReleaseSoon | Self::Released)
    }

    /// Whether it reminds of a date.
    #[must_use]
    pub const fn is_reminder(self) -> bool {
        matches!(self, Self::EveningReminder | Self::HourReminder)
    }
}

/// How far a mail has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MailState {
    /// Waits, or is being tried.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Failed,
    /// Nobody took it for two days, or there is nobody to send it to any more.
    GivenUp,
    /// Something newer was to be said before it was sent.
    Superseded,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sent, Self::Failed, Self::GivenUp, Self::Superseded];

    /// The word in the store and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::Superseded => "superseded",
        }
    }
}

mod words {
    use super::{MailKind, MailState, words_in_sql};
    use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
    words_in_sql! {
        MailKind {
            Invitation = "invitation", Change = "change", Cancellation = "cancellation", Asked = "asked",
            Decided = "decided", Answered = "answered", Account = "account",
            EveningReminder = "evening_reminder", HourReminder = "hour_reminder",
            ReleaseSoon = "release_soon", Released = "released", Convocation = "convocation",
            Deadlines = "deadlines",
        }
        MailState {
            Queued = "queued", Sent = "sent", Failed = "failed", GivenUp = "given_up", Superseded = "superseded",
        }
    }
}

/// A mail to be queued.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// The meeting; none for an account.
    pub meeting: Option<MeetingId>,
    /// The original wall time of the one date that it is about, or the first of the day that it tells of.
    pub date: Option<NaiveDateTime>,
    /// To whom.
    pub person: PersonId,
    /// What about.
    pub kind: MailKind,
    /// SEQUENCE of the meeting when it was queued.
    pub sequence: u32,
    /// Not before.
    pub next_at: DateTime<Utc>,
    /// What cannot be read from the meeting later.
    pub note: Option<&'a str>,
}

/// A mail that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMail {
    /// Its key, of which its Message-ID is made.
    pub id: Uuid,
    /// The meeting; none for an account.
    pub meeting: Option<MeetingId>,
    /// The original wall time of the one date that it is about.
    pub date: Option<NaiveDateTime>,
    /// To whom.
    pub person: PersonId,
    /// What about.
    pub kind: MailKind,
    /// SEQUENCE of the meeting when it was queued.
    pub sequence: u32,
    /// Attempts so far, this one included once it is claimed.
    pub attempts: u32,
    /// When it was queued.
    pub created: DateTime<Utc>,
    /// What cannot be read from the meeting later.
    pub note: Option<String>,
    /// The dispatch of a convocation that it is.
    pub dispatch: Option<Uuid>,
}

/// What somebody knows of a meeting from mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A mail about it reached them, or may have.
    Told,
    /// None reached them: it still waits, or was refused.
    NotTold,
    /// No mail is on file.
    NoMail,
}

/// Mails by state.
pub type MailCounts = BTreeMap<MailState, u64>;

const COLUMNS: &str = "id, meeting, date, person, kind, sequence, attempts, created, note, dispatch";

fn queued(row: &Row<'_>) -> rusqlite::Result<QueuedMail> {
    let date: String = row.get(2)?;
    Ok(QueuedMail {
        id: Uuid::from_bytes(row.get(0)?),
        meeting: row.get(1)?,
        date: parse_wall(&date),
        person: row.get(3)?,
        kind: row.get(4)?,
        sequence: row.get(5)?,
        attempts: row.get(6)?,
        created: instant(row, 7)?,
        note: row.get(8)?,
        dispatch: row.get::<_, Option<[u8; 16]>>(9)?.map(Uuid::from_bytes),
    })
}

fn date_text(date: Option<NaiveDateTime>) -> String {
    date.map_or_else(String::new, wall_text)
}

impl View<'_> {
    /// Mails whose time has come, the longest waiting first.
    pub fn due_mail(&self, limit: u32) -> Result<Vec<QueuedMail>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM mail WHERE state = 'queued' AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![secs(self.now()), limit], queued)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a newer mail to the same person waits that says all that `mail` says.
    pub fn is_overtaken(&self, mail: &QueuedMail) -> Result<bool, StoreError> {
        if !mail.kind.is_calendar() {
            return Ok(false);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT 1 FROM mail WHERE meeting = ?1 AND person = ?2 AND (date = '' OR date = ?3) AND sequence > ?4
             AND kind IN ('invitation', 'change', 'cancellation') AND state = 'queued' LIMIT 1",
        )?;
        let date = date_text(mail.date);
        let found = statement.query_row(params![mail.meeting, mail.person, date, mail.sequence], |_| Ok(()));
        Ok(found.optional()?.is_some())
    }

    /// What `person` knows of a meeting from mail.
    pub fn known_by_mail(&self, meeting: MeetingId, person: PersonId) -> Result<Known, StoreError> {
        let told: Option<bool> = self
            .conn
            .prepare_cached(
                "SELECT max(state = 'sent' OR in_hand OR doubtful) FROM mail
                 WHERE meeting = ?1 AND person = ?2 AND kind IN ('invitation', 'change')",
            )?
            .query_row(params![meeting, person], |row| row.get(0))?;
        Ok(match told {
            Some(true) => Known::Told,
            Some(false) => Known::NotTold,
            None => Known::NoMail,
        })
    }

    /// How the last mail of each kind to each person about a meeting stands; nothing superseded.
    pub fn mail_of_meeting(
        &self,
        meeting: MeetingId,
    ) -> Result<Vec<(PersonId, MailKind, MailState)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT person, kind, state FROM mail WHERE meeting = ?1 AND state <> 'superseded'
             ORDER BY sequence, id",
        )?;
        let rows = statement.query_map([meeting], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many mails there are in each state, of those still on file.
    pub fn mail_counts(&self) -> Result<MailCounts, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT state, count(*) FROM mail GROUP BY state")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Minutes of the day, in the person's own zone, between which nothing is sent that can wait; none for
    /// somebody whose data were wiped.
    pub fn quiet_hours(&self, person: PersonId) -> Result<Option<(u32, u32)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT quiet_from, quiet_to FROM person WHERE id = ?1 AND erased IS NULL")?
            .query_row([person], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// The people who hold a token of `role`.
    pub fn holders_of(&self, role: Role) -> Result<Vec<PersonId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT person FROM token WHERE role = ?1 AND person IS NOT NULL AND revoked IS NULL",
        )?;
        Ok(statement.query_map([role.word()], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Queues a mail; the same once more is no second one.
    pub fn queue_mail(&self, new: &NewMail<'_>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO mail (id, meeting, date, person, kind, sequence, state, attempts, in_hand, doubtful,
                 next_at, created, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', 0, 0, 0, ?7, ?8, ?9)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                self.fresh().into_bytes(),
                new.meeting,
                date_text(new.date),
                new.person,
                new.kind,
                new.sequence,
                secs(new.next_at),
                secs(self.now()),
                new.note,
            ])?;
        Ok(())
    }

    /// Drops what waits for `person` about a meeting and is overtaken: about `date`, or about all of it. With
    /// `calendar` what changes calendars, else mails of the one kind. What may have arrived is kept on file.
    /// Answers when the earliest of them was due.
    pub fn supersede_mail(
        &self,
        meeting: MeetingId,
        person: PersonId,
        date: Option<NaiveDateTime>,
        kind: MailKind,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        const WHICH: &str = "meeting = ?1 AND person = ?2 AND (?3 = '' OR date = ?3) AND state = 'queued'
            AND (kind = ?4 OR ?4 IN ('invitation', 'change', 'cancellation')
                 AND kind IN ('invitation', 'change', 'cancellation'))";
        let date = date_text(date);
        let earliest: Option<i64> = self
            .conn
            .prepare_cached(&format!("SELECT min(next_at) FROM mail WHERE {WHICH}"))?
            .query_row(params![meeting, person, date, kind], |row| row.get(0))?;
        if earliest.is_some() {
            self.conn
                .prepare_cached(&format!("DELETE FROM mail WHERE {WHICH} AND in_hand = 0 AND doubtful = 0"))?
                .execute(params![meeting, person, date, kind])?;
            self.conn
                .prepare_cached(&format!(
                    "UPDATE mail SET state = 'superseded', settled = ?5, note = NULL WHERE {WHICH}"
                ))?
                .execute(params![meeting, person, date, kind, secs(self.now())])?;
        }
        Ok(earliest.map(super::sql::at))
    }

    /// Claims a mail for an attempt; if nothing is heard of it until `lease`, another attempt may begin. A claim
    /// that ran out so may have arrived.
    pub fn claim_mail(&self, id: Uuid, lease: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE mail SET attempts = attempts + 1, doubtful = max(doubtful, in_hand), in_hand = 1,
                 next_at = ?2 WHERE id = ?1",
            )?
            .execute(params![id.into_bytes(), secs(lease)])?;
        Ok(())
    }

    /// Takes back the claim that made attempt number `attempt`: it was not begun.
    pub fn unclaim_mail(&self, id: Uuid, attempt: u32) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE mail SET attempts = attempts - 1, in_hand = 0,
                 next_at = CASE state WHEN 'queued' THEN ?3 ELSE next_at END
                 WHERE id = ?1 AND attempts = ?2 AND in_hand = 1",
            )?
            .execute(params![id.into_bytes(), attempt, secs(self.now())])?;
        Ok(())
    }

    /// Lets a mail wait until `at` before it is looked at again.
    pub fn postpone_mail(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE mail SET next_at = ?2 WHERE id = ?1 AND state = 'queued'")?
            .execute(params![id.into_bytes(), secs(at)])?;
        Ok(())
    }

    /// Writes down that attempt number `attempt` failed and when to try again; `doubtful` if it may have arrived.
    pub fn retry_mail(
        &self,
        id: Uuid,
        attempt: u32,
        at: DateTime<Utc>,
        doubtful: bool,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE mail SET in_hand = 0, doubtful = max(doubtful, ?4),
                 next_at = CASE state WHEN 'queued' THEN ?3 ELSE next_at END WHERE id = ?1 AND attempts = ?2",
            )?
            .execute(params![id.into_bytes(), attempt, secs(at), doubtful])?;
        Ok(())
    }

    /// Settles a mail, and wipes its note. One that was superseded meanwhile is still noted as sent if it was.
    pub fn settle_mail(&self, id: Uuid, state: MailState) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE mail SET state = ?2, in_hand = 0, settled = ?3, note = NULL
                 WHERE id = ?1 AND (state = 'queued' OR ?2 = 'sent')",
            )?
            .execute(params![id.into_bytes(), state, secs(self.now())])?;
        Ok(())
    }

    /// Forgets mails that were settled before `before`; returns how many.
    pub fn forget_mail(&self, before: DateTime<Utc>) -> Result<usize, StoreError> {
        Ok(self.conn.execute("DELETE FROM mail WHERE settled < ?1", [secs(before)])?)
    }

    /// Sets the minutes of the day between which somebody is sent nothing that can wait.
    pub fn set_quiet_hours(&self, person: PersonId, from: u32, to: u32) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE person SET quiet_from = ?2, quiet_to = ?3 WHERE id = ?1",
            params![person, from, to],
        )?;
        Ok(())
    }
}
