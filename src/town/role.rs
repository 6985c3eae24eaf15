//! Who may do what: one table, used by every door.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{BodyId, SiteId};

/// In what capacity somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Anybody in the directory.
    Staff,
    /// The council's secretariat.
    Clerk,
    /// Presides over a body.
    Chair,
    /// Sits in a body.
    Member,
    /// Looks after rooms and their rules.
    Manager,
    /// Looks after the installation.
    Admin,
    /// A screen at a room's door.
    Device,
    /// The installation itself: timers, the command line.
    System,
    /// Anybody at all, without a sign-in.
    Public,
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
    /// Prepare sessions: bodies and mandates, agenda, documents, convocation, minutes.
    PrepareSession,
    /// Conduct a session: open and close it, take down who is there, put to the vote.
    ConductSession,
    /// Publish agendas, lists of decisions, minutes and regulations.
    PublishSession,
    /// Read the journal.
    ReadJournal,
    /// Import calendars.
    Import,
    /// Add and change rooms, people, bodies, policies.
    ManageTown,
    /// Make and revoke tokens of any role.
    ManageTokens,
    /// Invite people to sign in, grant roles, close accounts.
    ManageAccounts,
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
            Self::PrepareSession => "action.prepare_session",
            Self::ConductSession => "action.conduct_session",
            Self::PublishSession => "action.publish_session",
            Self::ReadJournal => "action.read_journal",
            Self::Import => "action.import",
            Self::ManageTown => "action.manage_town",
            Self::ManageAccounts => "action.manage_accounts",
            Self::ManageTokens => "action.manage_tokens",
            Self::OwnFeeds => "action.own_feeds",
            Self::SharedFeeds => "action.shared_feeds",
        }
    }

    /// Every action, for the matrix test.
    pub const ALL: [Self; 18] = [
        Self::ReadRooms,
        Self::ReadAgenda,
        Self::Book,
        Self::ActForOthers,
        Self::OverridePolicy,
        Self::RunMeeting,
        Self::BookNow,
        Self::BookSession,
        Self::PrepareSession,
        Self::ConductSession,
        Self::PublishSession,
        Self::ReadJournal,
        Self::Import,
        Self::ManageTown,
        Self::ManageTokens,
        Self::ManageAccounts,
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
        Role::Manager => !matches!(
            action,
            A::ManageTokens
                | A::ManageAccounts
                | A::BookSession
                | A::PrepareSession
                | A::ConductSession
                | A::PublishSession
        ),
        Role::Clerk => !matches!(action, A::ManageTokens | A::ManageAccounts | A::ManageTown),
        Role::Chair if matches!(action, A::ConductSession) => true,
        Role::Staff | Role::Chair | Role::Member => {
            matches!(action, A::ReadRooms | A::ReadAgenda | A::Book | A::RunMeeting | A::OwnFeeds)
        }
        Role::Device => matches!(action, A::ReadRooms | A::RunMeeting | A::BookNow),
        Role::Public => false,
    }
}

/// A part of the town in which a role counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoleScope {
    /// All of it.
    Town,
    /// What happens in one building.
    Site(SiteId),
    /// What one body does.
    Body(BodyId),
    /// What people of one department organise.
    Department(String),
}

impl fmt::Display for RoleScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Town => f.write_str("town"),
            Self::Site(id) => write!(f, "site:{id}"),
            Self::Body(id) => write!(f, "body:{id}"),
            Self::Department(name) => write!(f, "department:{name}"),
        }
    }
}

impl FromStr for RoleScope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("no part of the town: {text}");
        match text.split_once(':') {
            None if text == "town" => Ok(Self::Town),
            Some(("site", id)) => id.parse().map(Self::Site).map_err(|_| wrong()),
            Some(("body", id)) => id.parse().map(Self::Body).map_err(|_| wrong()),
            Some(("department", name)) if !name.trim().is_empty() => Ok(Self::Department(name.to_owned())),
            _ => Err(wrong()),
        }
    }
}

/// A role in a part of the town.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// In what capacity.
    pub role: Role,
    /// Where it counts.
    pub scope: RoleScope,
}

/// What a right is asked about: the parts of the town that it touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// The buildings of its rooms.
    pub sites: Vec<SiteId>,
    /// The body that sits.
    pub body: Option<BodyId>,
    /// The department of whoever organises it.
    pub department: Option<String>,
}

impl Grant {
    /// A role in the whole town.
    #[must_use]
    pub fn town(role: Role) -> Self {
        Self { role, scope: RoleScope::Town }
    }

    /// Whether the grant counts for a matter. One that lies in two buildings is covered by a grant for both only
    /// if each is granted, so a single one does not.
    #[must_use]
    pub fn covers(&self, matter: &Matter) -> bool {
        match &self.scope {
            RoleScope::Town => true,
            RoleScope::Site(site) => !matter.sites.is_empty() && matter.sites.iter().all(|s| s == site),
            RoleScope::Body(body) => matter.body == Some(*body),
            RoleScope::Department(name) => matter.department.as_ref() == Some(name),
        }
    }
}

/// Whether somebody with these grants may do `action` in a matter.
#[must_use]
pub fn may_in(grants: &[Grant], action: Action, matter: &Matter) -> bool {
    grants.iter().any(|grant| may(grant.role, action) && grant.covers(matter))
}

impl Role {
    /// Every role that a token can have.
    pub const TOKENS: [Self; 5] = [Self::Staff, Self::Clerk, Self::Manager, Self::Admin, Self::Device];

    /// Every role that somebody can be granted.
    pub const GRANTS: [Self; 6] =
        [Self::Staff, Self::Member, Self::Chair, Self::Clerk, Self::Manager, Self::Admin];

    /// Every role there is, for the matrix.
    pub const ALL: [Self; 9] = [
        Self::Public,
        Self::Device,
        Self::Staff,
        Self::Member,
        Self::Chair,
        Self::Clerk,
        Self::Manager,
        Self::Admin,
        Self::System,
    ];

    /// The roles that people hold and that may do `action`: whom to ask.
    pub fn that_may(action: Action) -> impl Iterator<Item = Self> {
        Self::GRANTS.into_iter().filter(move |role| may(*role, action))
    }

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
            Self::Chair => "chair",
            Self::Member => "member",
            Self::Public => "public",
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
        Self::GRANTS
            .into_iter()
            .chain([Self::Device])
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
        let expected: [(Action, [bool; 5]); 18] = [
            (Action::ReadRooms, [true, true, true, true, true]),
            (Action::ReadAgenda, [true, true, true, true, false]),
            (Action::Book, [true, true, true, true, false]),
            (Action::ActForOthers, [false, true, true, true, false]),
            (Action::OverridePolicy, [false, true, true, true, false]),
            (Action::RunMeeting, [true, true, true, true, true]),
            (Action::BookNow, [false, true, true, true, true]),
            (Action::BookSession, [false, true, false, true, false]),
            (Action::PrepareSession, [false, true, false, true, false]),
            (Action::ConductSession, [false, true, false, true, false]),
            (Action::PublishSession, [false, true, false, true, false]),
            (Action::ReadJournal, [false, true, true, true, false]),
            (Action::Import, [false, true, true, true, false]),
            (Action::ManageTown, [false, false, true, true, false]),
            (Action::ManageTokens, [false, false, false, true, false]),
            (Action::ManageAccounts, [false, false, false, true, false]),
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

    #[test]
    fn a_chair_also_conducts_a_member_may_what_staff_may_and_the_public_nothing() {
        for action in Action::ALL {
            let conducts = action == Action::ConductSession;
            assert_eq!(may(Role::Chair, action), conducts || may(Role::Staff, action), "{action:?}");
            assert_eq!(may(Role::Member, action), may(Role::Staff, action), "{action:?}");
            assert!(!may(Role::Public, action), "{action:?}");
            assert!(Role::that_may(action).any(|role| role == Role::Admin), "nobody to ask: {action:?}");
        }
    }

    #[test]
    fn a_role_counts_in_its_part_of_the_town_only() {
        let site = |n: u128| SiteId(uuid::Uuid::from_u128(n));
        let body = |n: u128| BodyId(uuid::Uuid::from_u128(n));
        let here = |scope| [Grant { role: Role::Manager, scope }];
        let matter = Matter { sites: vec![site(1)], body: Some(body(7)), department: Some("Sport".into()) };
        let both = Matter { sites: vec![site(1), site(2)], ..Matter::default() };
        for (scope, in_matter, in_both) in [
            (RoleScope::Town, true, true),
            (RoleScope::Site(site(1)), true, false),
            (RoleScope::Site(site(2)), false, false),
            (RoleScope::Body(body(7)), true, false),
            (RoleScope::Body(body(8)), false, false),
            (RoleScope::Department("Sport".into()), true, false),
            (RoleScope::Department("Jeugd".into()), false, false),
        ] {
            let text = scope.to_string();
            assert_eq!(text.parse::<RoleScope>().as_ref(), Ok(&scope));
            assert_eq!(may_in(&here(scope.clone()), Action::ActForOthers, &matter), in_matter, "{text}");
            assert_eq!(may_in(&here(scope), Action::ActForOthers, &both), in_both, "{text}");
        }
        let nowhere = Matter::default();
        assert!(
            !may_in(&here(RoleScope::Site(site(1))), Action::ActForOthers, &nowhere),
            "no room, no building"
        );
        for wrong in ["", "site:", "site:x", "department: ", "planet:1"] {
            assert!(wrong.parse::<RoleScope>().is_err(), "{wrong}");
        }
    }
}
