//! Who may do what: one table, used by every door.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// In what capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Anybody in the directory.
    Staff,
    /// The council's secretariat.
    Clerk,
    /// Looks after rooms and their rules.
    Manager,
    /// Looks after the installation.
    Admin,
    /// A screen at a room's door.
    Device,
    /// The installation itself: timers, the command line.
    System,
}

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See rooms, days and free times.
    ReadRooms,
    /// Look up people's agendas.
    ReadAgenda,
    /// Book a meeting in one's own name.
    Book,
    /// Book, change or cancel a meeting of somebody else.
    ActForOthers,
    /// Book against a policy rule; each use is journalled.
    OverridePolicy,
    /// Check in, extend, end, undo a release.
    RunMeeting,
    /// Book a free room at its door.
    BookNow,
    /// Book council, college and committee sessions.
    BookSession,
    /// Read the journal.
    ReadJournal,
    /// Import calendars.
    Import,
    /// Add and change rooms, people, bodies, policies.
    ManageTown,
    /// Make and revoke tokens of any role.
    ManageTokens,
    /// Make and revoke one's own feeds.
    OwnFeeds,
    /// Make shared feeds of rooms, bodies, sites.
    SharedFeeds,
}

impl Action {
    /// The text key that names the action in a refusal.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReadRooms => "action.read_rooms",
            Self::ReadAgenda => "action.read_agenda",
            Self::Book => "action.book",
            Self::ActForOthers => "action.act_for_others",
            Self::OverridePolicy => "action.override_policy",
            Self::RunMeeting => "action.run_meeting",
            Self::BookNow => "action.book_now",
            Self::BookSession => "action.book_session",
            Self::ReadJournal => "action.read_journal",
            Self::Import => "action.import",
            Self::ManageTown => "action.manage_town",
            Self::ManageTokens => "action.manage_tokens",
            Self::OwnFeeds => "action.own_feeds",
            Self::SharedFeeds => "action.shared_feeds",
        }
    }

    /// Every action, for the matrix test.
    pub const ALL: [Self; 14] = [
        Self::ReadRooms,
        Self::ReadAgenda,
        Self::Book,
        Self::ActForOthers,
        Self::OverridePolicy,
        Self::RunMeeting,
        Self::BookNow,
        Self::BookSession,
        Self::ReadJournal,
        Self::Import,
        Self::ManageTown,
        Self::ManageTokens,
        Self::OwnFeeds,
        Self::SharedFeeds,
    ];
}

/// Whether the role table allows `role` to do `action`.
#[must_use]
pub const fn may(role: Role, action: Action) -> bool {
    use Action as A;
    match role {
        Role::System | Role::Admin => true,
        Role::Manager => !matches!(action, A::ManageTokens | A::BookSession),
        Role::Clerk => !matches!(action, A::ManageTokens | A::ManageTown),
        Role::Staff => {
            matches!(action, A::ReadRooms | A::ReadAgenda | A::Book | A::RunMeeting | A::OwnFeeds)
        }
        Role::Device => matches!(action, A::ReadRooms | A::RunMeeting | A::BookNow),
    }
}

impl Role {
    /// Every role that a token can have.
    pub const TOKENS: [Self; 5] = [Self::Staff, Self::Clerk, Self::Manager, Self::Admin, Self::Device];

    /// The word for the role on the command line and in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Clerk => "clerk",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Device => "device",
            Self::System => "system",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::TOKENS
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or_else(|| format!("no such role: {word} (staff, clerk, manager, admin, device)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_roles() {
        // One line per action: staff, clerk, manager, admin, device.
        let expected: [(Action, [bool; 5]); 14] = [
            (Action::ReadRooms, [true, true, true, true, true]),
            (Action::ReadAgenda, [true, true, true, true, false]),
            (Action::Book, [true, true, true, true, false]),
            (Action::ActForOthers, [false, true, true, true, false]),
            (Action::OverridePolicy, [false, true, true, true, false]),
            (Action::RunMeeting, [true, true, true, true, true]),
            (Action::BookNow, [false, true, true, true, true]),
            (Action::BookSession, [false, true, false, true, false]),
            (Action::ReadJournal, [false, true, true, true, false]),
            (Action::Import, [false, true, true, true, false]),
            (Action::ManageTown, [false, false, true, true, false]),
            (Action::ManageTokens, [false, false, false, true, false]),
            (Action::OwnFeeds, [true, true, true, true, false]),
            (Action::SharedFeeds, [false, true, true, true, false]),
        ];
        assert_eq!(expected.len(), Action::ALL.len());
        for (action, row) in expected {
            for (role, allowed) in Role::TOKENS.into_iter().zip(row) {
                assert_eq!(may(role, action), allowed, "{role} {action:?}");
            }
        }
    }
}
