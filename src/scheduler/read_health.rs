//! How the installation stands: what it holds, how its mail goes, when it was last backed up and checked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Caller;
use super::read_journal::JournalChecked;
use crate::booking::Refusal;
use crate::ids::RoomId;
use crate::store::{MailState, PeopleAsked, StoreError, TokenKind, Tx, View};
use crate::town::{Action, Role};

/// The name under which it is kept when a backup was last made.
const BACKUP: &str = "backup";

/// How the installation stands.
#[derive(Clone, Debug)]
pub struct Health {
    /// The version of the file's tables, and the newest that this program knows.
    pub schema: (i64, usize),
    /// Entries of the journal.
    pub entries: i64,
    /// How the journal was found when it was last checked.
    pub checked: Option<JournalChecked>,
    /// When a backup was last made and found sound.
    pub backup: Option<DateTime<Utc>>,
    /// Mails that wait.
    pub queued: u64,
    /// Mails that were refused or given up.
    pub failed: u64,
    /// When the mail was queued that waits longest.
    pub oldest: Option<DateTime<Utc>>,
    /// Rooms at which a screen should hang: a token of theirs works.
    pub screens: BTreeSet<RoomId>,
    /// Feeds that work.
    pub feeds: usize,
    /// People of the directory.
    pub people: u32,
    /// Meetings, and their dates.
    pub meetings: (u64, u64),
}

/// How the installation stands, for those who look after the town.
///
/// # Errors
/// [`Refusal::Forbidden`] for others.
pub fn read_health(view: &View<'_>, caller: &Caller) -> Result<Health, Refusal> {
    caller.must(Action::ManageTown)?;
    let mails = view.mail_counts()?;
    let mail = |state| mails.get(&state).copied().unwrap_or(0);
    let tokens: Vec<_> = view.tokens()?.into_iter().filter(|token| token.works(view.now())).collect();
    let screens = tokens.iter().filter(|token| token.role == Some(Role::Device));
    Ok(Health {
        schema: view.schema()?,
        entries: view.journal_head()?,
        checked: super::journal_checked(view, caller)?,
        backup: view.kept(BACKUP)?,
        queued: mail(MailState::Queued),
        failed: mail(MailState::Failed) + mail(MailState::GivenUp),
        oldest: view.oldest_queued_mail()?,
        screens: screens.filter_map(|token| token.room).collect(),
        feeds: tokens.iter().filter(|token| token.kind == TokenKind::Feed).count(),
        people: view.people(&PeopleAsked::default(), 0, 0)?.1,
        meetings: view.counts()?,
    })
}

/// Keeps when a backup was made and found sound.
///
/// # Errors
/// Those of the store.
pub fn keep_backup_time(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.keep(BACKUP, &tx.now())
}
