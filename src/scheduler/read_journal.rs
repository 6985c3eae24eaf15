//! The journal for people: the same entries, with names looked up when they are read. Somebody whose data were wiped
//! has no name any more; what a meeting is about is told to whoever may know it.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Caller;
use crate::booking::{Refusal, Sight};
use crate::ids::{BodyId, MeetingId, PersonId, RoomId, SiteId, TokenId};
use crate::store::{ChainFault, JournalAsked, JournalEntry, NewEntry, StoreError, Subjects, Tx, View};
use crate::texts::Said;
use crate::town::{Action, Role};

/// The name under which the outcome of the last check is kept.
const CHECKED: &str = "journal_checked";

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    /// What happens by itself, and the command line.
    Program,
    /// Somebody; without a name, if it was wiped.
    Person(PersonId, Option<String>),
    /// A token without a person: a screen, by what people call it.
    Token(String),
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing that has a name.
    Nothing,
    /// A meeting, with its title if the reader may know it.
    Meeting(MeetingId, Option<String>),
    /// Somebody; without a name, if it was wiped.
    Person(PersonId, Option<String>),
    /// A room, building, body or token, by name.
    Named(String),
}

/// One line of the journal.
#[derive(Clone, Debug)]
pub struct JournalLine {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Doer,
    /// What, as `noun.verb`.
    pub action: String,
    /// The main subject as an id.
    pub subject: Option<Uuid>,
    /// The main subject as people know it.
    pub about: About,
    /// On whose behalf, when it was not the actor's own and is not the subject.
    pub for_name: Option<String>,
    /// Rules that were overridden.
    pub overridden: Vec<String>,
    /// Further figures of the action.
    pub detail: Option<Value>,
}

/// How the journal was found when it was last checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalChecked {
    /// When.
    pub at: DateTime<Utc>,
    /// How many entries hold.
    pub entries: i64,
    /// The hash of the last of them, in hexadecimal.
    pub head: String,
    /// The first entry that does not hold, and why.
    pub fault: Option<(i64, String)>,
}

/// Lines of the journal, newest first: up to `limit` with a number below `before`.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read it.
pub fn journal_lines(
    view: &View<'_>,
    caller: &Caller,
    asked: &JournalAsked,
    before: i64,
    limit: u32,
) -> Result<Vec<JournalLine>, Refusal> {
    caller.must(Action::ReadJournal)?;
    let mut names = Names { view, caller, people: HashMap::new(), tokens: None };
    let mut lines = Vec::new();
    for entry in view.journal_search(asked, before, limit)? {
        lines.push(names.line(entry)?);
    }
    Ok(lines)
}

/// Names that were looked up already.
struct Names<'a> {
    view: &'a View<'a>,
    caller: &'a Caller,
    people: HashMap<PersonId, Option<String>>,
    tokens: Option<HashMap<TokenId, String>>,
}

impl Names<'_> {
    fn line(&mut self, entry: JournalEntry) -> Result<JournalLine, StoreError> {
        let about = self.about(&entry)?;
        let behalf = entry
            .subjects
            .for_person
            .filter(|person| entry.actor != Some(person.0) && entry.subject != Some(person.0));
        let for_name = match behalf {
            Some(person) => self.person(person)?.and_then(unless_wiped),
            None => None,
        };
        Ok(JournalLine {
            seq: entry.seq,
            at: entry.at,
            by: self.doer(entry.actor)?,
            action: entry.action,
            subject: entry.subject,
            about,
            for_name,
            overridden: entry.subjects.overridden,
            detail: entry.subjects.detail,
        })
    }

    /// The name of a person: nothing if there is no such person, an empty one if it was wiped.
    fn person(&mut self, id: PersonId) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.people.get(&id) {
            return Ok(known.clone());
        }
        let found = self.view.person(id)?.map(|person| person.name);
        self.people.insert(id, found.clone());
        Ok(found)
    }

    fn token(&mut self, id: TokenId) -> Result<Option<String>, StoreError> {
        if self.tokens.is_none() {
            let tokens = self.view.tokens()?;
            self.tokens = Some(tokens.into_iter().map(|token| (token.id, self.label(&token))).collect());
        }
        Ok(self.tokens.as_ref().and_then(|tokens| tokens.get(&id)).cloned())
    }

    /// What people call a token: its label, or the room at whose door it hangs.
    fn label(&self, token: &crate::store::Token) -> String {
        let room = || token.room.and_then(|id| self.view.directory().room(id)).map(|room| room.name.clone());
        if token.label.is_empty() { room().unwrap_or_default() } else { token.label.clone() }
    }

    fn doer(&mut self, actor: Option<Uuid>) -> Result<Doer, StoreError> {
        let Some(id) = actor else { return Ok(Doer::Program) };
        if let Some(name) = self.person(PersonId(id))? {
            return Ok(Doer::Person(PersonId(id), unless_wiped(name)));
        }
        Ok(Doer::Token(self.token(TokenId(id))?.unwrap_or_default()))
    }

    fn about(&mut self, entry: &JournalEntry) -> Result<About, StoreError> {
        let directory = self.view.directory();
        let named = |name: Option<String>| name.map_or(About::Nothing, About::Named);
        let Some(id) = entry.subject else {
            return Ok(match &entry.subjects.detail {
                Some(detail) => {
                    named(["slug", "rule", "setting", "service"].iter().find_map(|key| word(detail, key)))
                }
                None => About::Nothing,
            });
        };
        Ok(match entry.action.split('.').next().unwrap_or("") {
            "room" => named(directory.room(RoomId(id)).map(|room| room.name.clone())),
            "site" => named(directory.site(SiteId(id)).map(|site| site.name.clone())),
            "body" => named(directory.body(BodyId(id)).map(|body| body.name.clone())),
            "token" => named(self.token(TokenId(id))?),
            _ => match self.person(PersonId(id))? {
                Some(name) => About::Person(PersonId(id), unless_wiped(name)),
                None => self.meeting(MeetingId(id))?,
            },
        })
    }

    fn meeting(&self, id: MeetingId) -> Result<About, StoreError> {
        let Some(meeting) = self.view.meeting(id)? else { return Ok(About::Nothing) };
        let people: Vec<PersonId> = self.view.participants(id)?.iter().map(|p| p.person).collect();
        let seen = self.caller.sees(&meeting, &people) >= Sight::Title;
        Ok(About::Meeting(id, seen.then_some(meeting.title)))
    }
}

/// A name; nothing if it was wiped.
fn unless_wiped(name: String) -> Option<String> {
    Some(name).filter(|name| !name.is_empty())
}

fn word(detail: &Value, key: &str) -> Option<String> {
    detail.get(key)?.as_str().map(str::to_owned)
}

/// How the journal was found when it was last checked.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read it.
pub fn journal_checked(view: &View<'_>, caller: &Caller) -> Result<Option<JournalChecked>, Refusal> {
    caller.must(Action::ReadJournal)?;
    Ok(view.kept(CHECKED)?)
}

/// Recomputes the chain of the whole journal, telling now and then how many entries hold so far.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read it, and those of the store.
pub fn check_journal(
    view: &View<'_>,
    caller: &Caller,
    tell: impl FnMut(i64),
) -> Result<JournalChecked, Refusal> {
    caller.must(Action::ReadJournal)?;
    let head = view.journal_hash()?.map_or_else(String::new, |hash| hex(&hash));
    let (entries, fault) = match view.verify_chain_telling(tell)? {
        Ok(entries) => (entries, None),
        Err(ChainFault { seq, what }) => (seq - 1, Some((seq, what.to_owned()))),
    };
    Ok(JournalChecked { at: view.now(), entries, head, fault })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Keeps the outcome of a check, and that it was made.
///
/// # Errors
/// Those of the store.
pub fn keep_journal_check(tx: &Tx<'_>, caller: &Caller, checked: &JournalChecked) -> Result<(), Refusal> {
    caller.must(Action::ReadJournal)?;
    tx.keep(CHECKED, checked)?;
    let detail =
        json!({ "entries": checked.entries, "head": checked.head, "holds": checked.fault.is_none() });
    let subjects = Subjects { detail: Some(detail), ..Subjects::default() };
    tx.journal(&NewEntry { actor: caller.actor(), action: "journal.checked", subject: None, subjects })?;
    Ok(())
}

/// The id that somebody means who writes an id, an address of a person or the slug of a room.
///
/// # Errors
/// [`Refusal::Invalid`] of `field` if it is none of them.
pub fn subject_named(view: &View<'_>, field: &str, text: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if let Some(person) = view.person_at(text)? {
        return Ok(person.id.0);
    }
    let room = view.directory().room_named(text).map(|room| room.id.0);
    let short: String = text.chars().take(80).collect();
    room.ok_or_else(|| Refusal::invalid(field, Said::new("journal.no_subject").with("name", short)))
}

/// A role by the word that the journal keeps.
#[must_use]
pub fn journal_role(detail: &Value) -> Option<Role> {
    word(detail, "role")?.parse().ok()
}
