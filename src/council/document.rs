//! The documents of a session (stukken): their versions, who may read them, and the four rules about them.
//!
//! Bytes are stored by their hash and never change. What is put right after the convocation is another version, and
//! says so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{MediaKind, SessionPart, SessionState};
use crate::ids::{DocumentId, ItemId, PersonId, SessionId};
use crate::texts::Said;

/// Who may read a document, from the most open to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anybody, once it is released.
    Public,
    /// Those who sit in the body.
    Members,
    /// Those who sit in the body; it belongs to the part behind closed doors.
    Closed,
    /// Those who are named, one by one.
    Confidential,
}

impl Access {
    /// Every access, from the most open to the strictest.
    pub const ALL: [Self; 4] = [Self::Public, Self::Members, Self::Closed, Self::Confidential];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Members => "members",
            Self::Closed => "closed",
            Self::Confidential => "confidential",
        }
    }

    /// The most open access that a document may have in a part of the session (D2).
    #[must_use]
    pub const fn floor(part: SessionPart) -> Self {
        match part {
            SessionPart::Public => Self::Public,
            SessionPart::Closed => Self::Closed,
        }
    }
}

/// How far a version has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Being made.
    Draft,
    /// Handed in.
    Submitted,
    /// Goes with the next convocation.
    Approved,
    /// Went with a convocation: it stands in the members' file.
    Frozen,
    /// Went with a convocation; a later version has taken its place.
    Superseded,
    /// Open to anybody.
    Released,
}

impl DocumentState {
    /// Every state, in order.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Submitted, Self::Approved, Self::Frozen, Self::Superseded, Self::Released];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Frozen => "frozen",
            Self::Superseded => "superseded",
            Self::Released => "released",
        }
    }

    /// Whether it went with a convocation, so that members have it.
    #[must_use]
    pub const fn was_sent(self) -> bool {
        matches!(self, Self::Frozen | Self::Superseded | Self::Released)
    }

    /// Whether a version may go from here to there. What was sent never becomes a draft again; what was released can
    /// be taken back.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use DocumentState as S;
        matches!(
            (self, next),
            (S::Draft, S::Submitted | S::Approved)
                | (S::Submitted, S::Draft | S::Approved)
                | (S::Approved, S::Draft | S::Frozen)
                | (S::Frozen, S::Superseded | S::Released)
                | (S::Released, S::Superseded | S::Frozen)
        )
    }
}

/// A document of a session (stuk), whatever its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Identity.
    pub id: DocumentId,
    /// The session.
    pub session: SessionId,
    /// The item that it belongs to; none if it belongs to the session as a whole.
    pub item: Option<ItemId>,
    /// What people call it.
    pub title: String,
    /// Its place among the documents of its item, from 1 on.
    pub position: u32,
    /// Whether it can be fetched; else it is listed by its name and lies where one can look at it (D4).
    pub downloadable: bool,
}

/// What a version holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// SHA-256 of the bytes, under which they are kept.
    pub sha256: [u8; 32],
    /// What they are.
    pub kind: MediaKind,
    /// How many there are.
    pub length: u64,
    /// The name of the file as it came.
    pub name: String,
}

/// A version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentVersion {
    /// The document.
    pub document: DocumentId,
    /// From 1 on.
    pub number: u32,
    /// What it holds; nothing if the document exists on paper only.
    pub content: Option<Content>,
    /// Who made it; none for the program.
    pub made_by: Option<PersonId>,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who may read it.
    pub access: Access,
    /// How far it has come.
    pub state: DocumentState,
    /// The convocation that it went with.
    pub frozen_for: Option<u32>,
    /// The convocation after which it was made: it is marked as changed.
    pub changed_after: Option<u32>,
}

/// Who asks to read what belongs to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Anybody at all.
    Anybody,
    /// Somebody who sits in the body.
    Member {
        /// Whether they are named for this confidential document.
        named: bool,
        /// Whether they keep away from this item, for a conflict of interest.
        recused: bool,
    },
    /// Somebody who prepares the body's sessions.
    Clerk,
}

/// Whether somebody may read what has this access and has come this far. The one place where that is decided.
#[must_use]
pub const fn may_read(reader: Reader, access: Access, state: DocumentState) -> bool {
    if matches!((access, state), (Access::Public, DocumentState::Released)) {
        return true;
    }
    match reader {
        Reader::Clerk => true,
        Reader::Anybody | Reader::Member { recused: true, .. } => false,
        Reader::Member { named, .. } => {
            state.was_sent() && (named || !matches!(access, Access::Confidential))
        }
    }
}

/// When a body lets its documents out to the public (D3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseRule {
    /// From the convocation on.
    #[default]
    WithAgenda,
    /// Once the session is over.
    AfterSession,
    /// Not at all.
    Never,
}

impl ReleaseRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::WithAgenda, Self::AfterSession, Self::Never];

    /// The word for it in files and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WithAgenda => "with_agenda",
            Self::AfterSession => "after_session",
            Self::Never => "never",
        }
    }

    /// Whether a session in this state lets its documents out.
    #[must_use]
    pub const fn allows(self, state: SessionState) -> bool {
        match self {
            Self::Never => false,
            Self::AfterSession => state.was_held(),
            Self::WithAgenda => {
                state.was_held() || state.is_under_way() || matches!(state, SessionState::Convened)
            }
        }
    }
}

/// The rules about documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentRule {
    /// D1: what went with a convocation never changes.
    SentStays,
    /// D2: a document is no more open than the part in which its item is treated.
    NoMoreOpenThanItem,
    /// D3: only what is public is released, and only when the body's rules let it.
    ReleasedIfPublic,
    /// D4: what cannot be fetched is listed by its name.
    ListedByName,
}

impl DocumentRule {
    /// Every rule.
    pub const ALL: [Self; 4] =
        [Self::SentStays, Self::NoMoreOpenThanItem, Self::ReleasedIfPublic, Self::ListedByName];

    /// Where it comes from: an article of the decree over local government (DLB), or a question to its standard.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            // The file is available from the dispatch on; a document that is missing lets a member attack the decision.
            Self::SentStays => "DLB 20",
            Self::NoMoreOpenThanItem => "DLB 28",
            Self::ReleasedIfPublic => "DLB 38",
            Self::ListedByName => "OSLO-Standaarden #136",
        }
    }

    /// How sure it is: `verified` in an official text, `practice` of a council's own rules. The text of article 20 was
    /// seen as quoted by the authorities; that of article 38 in decisions of councils.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::SentStays | Self::NoMoreOpenThanItem | Self::ListedByName => "verified",
            Self::ReleasedIfPublic => "practice",
        }
    }

    /// The sentence of a refusal under this rule.
    #[must_use]
    pub fn said(self, key: &str) -> Said {
        Said::new(key).with("article", self.article())
    }
}

/// Refuses an access that is more open than the part in which the item is treated (D2).
///
/// # Errors
/// The sentence, with the article.
pub fn check_access(access: Access, part: Option<SessionPart>) -> Result<(), Said> {
    match part {
        Some(part) if access < Access::floor(part) => {
            Err(DocumentRule::NoMoreOpenThanItem.said("documents.too_open"))
        }
        _ => Ok(()),
    }
}

/// Refuses to release what is not public, what did not go with a convocation, and what the body does not let out (D3).
///
/// # Errors
/// The sentence, with the article.
pub fn check_release(
    version: &DocumentVersion,
    rule: ReleaseRule,
    session: SessionState,
) -> Result<(), Said> {
    let refused = |key| Err(DocumentRule::ReleasedIfPublic.said(key));
    if version.access != Access::Public {
        return refused("documents.release_not_public");
    }
    if version.state != DocumentState::Frozen {
        return refused("documents.release_not_sent");
    }
    if !rule.allows(session) {
        return refused("documents.release_not_now");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Access as A;
    use DocumentState as S;

    #[test]
    fn the_table_of_who_reads_what() {
        let member = |named, recused| Reader::Member { named, recused };
        for access in A::ALL {
            for state in S::ALL {
                let open = access == A::Public && state == S::Released;
                let filed = state.was_sent();
                let cases = [
                    (Reader::Anybody, open),
                    (Reader::Clerk, true),
                    (member(false, false), filed && access != A::Confidential),
                    (member(true, false), filed),
                    (member(false, true), open),
                    (member(true, true), open),
                ];
                for (reader, expected) in cases {
                    assert_eq!(may_read(reader, access, state), expected, "{reader:?} {access:?} {state:?}");
                }
            }
        }
    }

    #[test]
    fn what_was_sent_never_becomes_a_draft_again() {
        for from in S::ALL.into_iter().filter(|state| state.was_sent()) {
            for to in S::ALL.into_iter().filter(|state| !state.was_sent()) {
                assert!(!from.may_become(to), "{from:?} {to:?}");
            }
        }
        assert!(S::ALL.iter().all(|state| !S::Superseded.may_become(*state)), "superseded is an end");
        assert!(S::Approved.may_become(S::Frozen) && !S::Draft.may_become(S::Frozen));
        assert!(!S::Approved.may_become(S::Released), "only what was sent is released");
    }

    #[test]
    fn a_closed_item_has_no_open_documents() {
        for (access, fits) in
            [(A::Public, false), (A::Members, false), (A::Closed, true), (A::Confidential, true)]
        {
            assert_eq!(check_access(access, Some(SessionPart::Closed)).is_ok(), fits, "{access:?}");
            assert!(check_access(access, Some(SessionPart::Public)).is_ok());
            assert!(check_access(access, None).is_ok());
        }
        let said = check_access(A::Public, Some(SessionPart::Closed)).unwrap_err();
        assert_eq!(said.args, [("article".to_owned(), "DLB 28".to_owned())]);
    }

    #[test]
    fn only_what_is_public_and_was_sent_is_released() {
        let version = DocumentVersion {
            document: DocumentId(uuid::Uuid::nil()),
            number: 1,
            content: None,
            made_by: None,
            at: DateTime::UNIX_EPOCH,
            access: A::Public,
            state: S::Frozen,
            frozen_for: Some(1),
            changed_after: None,
        };
        let with = |access, state| DocumentVersion { access, state, ..version.clone() };
        let key = |version: &DocumentVersion, rule, session| {
            check_release(version, rule, session).err().map(|said| said.key)
        };
        use SessionState as Sit;
        let rule = ReleaseRule::WithAgenda;
        assert_eq!(key(&version, rule, Sit::Convened), None);
        assert_eq!(key(&version, rule, Sit::Scheduled).as_deref(), Some("documents.release_not_now"));
        assert_eq!(key(&version, rule, Sit::Cancelled).as_deref(), Some("documents.release_not_now"));
        for access in [A::Members, A::Closed, A::Confidential] {
            let said = key(&with(access, S::Frozen), rule, Sit::Convened);
            assert_eq!(said.as_deref(), Some("documents.release_not_public"));
        }
        let said = key(&with(A::Public, S::Approved), rule, Sit::Convened);
        assert_eq!(said.as_deref(), Some("documents.release_not_sent"));
        assert!(key(&version, ReleaseRule::AfterSession, Sit::Open).is_some());
        assert!(key(&version, ReleaseRule::AfterSession, Sit::Closed).is_none());
        assert!(Sit::ALL.iter().all(|state| !ReleaseRule::Never.allows(*state)));
    }

    #[test]
    fn every_rule_says_where_it_comes_from() {
        for rule in DocumentRule::ALL {
            assert!(!rule.article().is_empty() && ["verified", "practice"].contains(&rule.mark()));
        }
    }
}
