//! Who asks, and what they may do.

use uuid::Uuid;

use crate::booking::{Meeting, Participant, Refusal, Sight, Viewer, sight};
use crate::ids::{PersonId, RoomId, SiteId};
use crate::store::{StoreError, View};
use crate::texts::Lang;
use crate::town::{Action, Grant, Matter, Role, may, may_in};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token, or nil for the program itself.
    pub token: Uuid,
    /// In what capacity.
    pub role: Role,
    /// The person behind the token.
    pub person: Option<PersonId>,
    /// The room at whose door a device hangs.
    pub room: Option<RoomId>,
    /// What the person was granted beyond the role, each in its part of the town; nothing for a token.
    pub grants: Vec<Grant>,
    /// The language to answer in.
    pub lang: Lang,
}

impl Caller {
    /// The program itself: timers, the command line, the demo.
    #[must_use]
    pub fn system() -> Self {
        Self {
            token: Uuid::nil(),
            role: Role::System,
            person: None,
            room: None,
            grants: Vec::new(),
            lang: Lang::default(),
        }
    }

    /// Anybody at all, without a sign-in.
    #[must_use]
    pub fn public(lang: Lang) -> Self {
        Self { role: Role::Public, lang, ..Self::system() }
    }

    /// The author in the journal: the person if there is one, else the token.
    #[must_use]
    pub fn actor(&self) -> Option<Uuid> {
        match self.person {
            Some(person) => Some(person.0),
            None => (!self.token.is_nil()).then_some(self.token),
        }
    }

    /// Refuses what the role table does not allow in the whole town.
    pub fn must(&self, action: Action) -> Result<(), Refusal> {
        self.must_in(action, &Matter::default())
    }

    /// Refuses what the role table does not allow in this matter, neither to the role nor to what was granted.
    pub fn must_in(&self, action: Action, matter: &Matter) -> Result<(), Refusal> {
        if may(self.role, action) || may_in(&self.grants, action, matter) {
            return Ok(());
        }
        Err(Refusal::Forbidden { action, role: self.role })
    }

    /// Whether the role table allows it anywhere: in the whole town, or in a part of it by a grant.
    #[must_use]
    pub fn may_somewhere(&self, action: Action) -> bool {
        may(self.role, action) || self.grants.iter().any(|grant| may(grant.role, action))
    }

    /// Refuses what the role table allows nowhere: what is then shown or done is asked about by itself.
    pub fn must_somewhere(&self, action: Action) -> Result<(), Refusal> {
        if self.may_somewhere(action) { Ok(()) } else { self.must(action) }
    }

    /// Refuses to touch a meeting of somebody else without the right to act for others, where it is held or for
    /// whom it is.
    pub fn must_own(&self, view: &View<'_>, meeting: &Meeting) -> Result<(), Refusal> {
        if self.person == Some(meeting.organiser) {
            return self.must(Action::Book);
        }
        let action = if meeting.is_session() { Action::BookSession } else { Action::ActForOthers };
        if may(self.role, action) {
            return Ok(());
        }
        self.must_in(action, &matter_of(view, meeting)?)
    }

    /// Refuses to change what a meeting is about, or who knows of it, to those who may not know it themselves:
    /// whoever looks after a room may move or cancel what is in it, and no more.
    pub fn must_see(&self, meeting: &Meeting, participants: &[Participant]) -> Result<(), Refusal> {
        let people: Vec<PersonId> = participants.iter().map(|p| p.person).collect();
        if self.sees(meeting, &people) >= Sight::Title {
            return Ok(());
        }
        Err(Refusal::Forbidden { action: Action::ActForOthers, role: self.role })
    }

    /// How much of a meeting the caller sees, given who is on its list. A role for a body shows its sessions.
    #[must_use]
    pub fn sees(&self, meeting: &Meeting, participants: &[PersonId]) -> Sight {
        let Some(person) = self.person else { return sight(meeting, Viewer::Office(self.role)) };
        let matter = Matter { body: meeting.body, ..Matter::default() };
        let granted = self.grants.iter().filter(|grant| grant.covers(&matter)).map(|grant| grant.role);
        let seen = granted
            .chain([self.role])
            .map(|role| sight(meeting, Viewer::Person { person, role, participants }));
        seen.max().unwrap_or(Sight::Busy)
    }
}

/// Refuses to look after what lies in these buildings to those who do not look after all of them.
pub(super) fn must_tend(caller: &Caller, sites: &[SiteId]) -> Result<(), Refusal> {
    caller.must_in(Action::ManageTown, &Matter { sites: sites.to_vec(), ..Matter::default() })
}

/// The parts of the town that a meeting touches.
pub(super) fn matter_of(view: &View<'_>, meeting: &Meeting) -> Result<Matter, StoreError> {
    let department = view.person(meeting.organiser)?.and_then(|person| person.department);
    Ok(Matter { body: meeting.body, department, ..place_of(view, meeting)? })
}

/// Where a meeting is held, also on dates ahead that have rooms of their own. Consent to the use of rooms is asked
/// about in this matter: it is for those who look after all of them, whoever it is that sits there.
pub(super) fn place_of(view: &View<'_>, meeting: &Meeting) -> Result<Matter, StoreError> {
    let mut rooms = meeting.rooms.clone();
    rooms.extend(view.own_rooms_ahead(meeting.id)?);
    Ok(place_with(view, &rooms))
}

/// The place that rooms are in.
pub(super) fn place_with(view: &View<'_>, rooms: &[RoomId]) -> Matter {
    let directory = view.directory();
    let mut sites: Vec<_> = rooms.iter().filter_map(|id| Some(directory.room(*id)?.site)).collect();
    sites.sort_unstable();
    sites.dedup();
    Matter { sites, ..Matter::default() }
}
