//! Who asks, and what they may do.

use uuid::Uuid;

use crate::booking::{Meeting, Participant, Refusal, Sight, Viewer, sight};
use crate::ids::{PersonId, RoomId};
use crate::texts::Lang;
use crate::town::{Action, Role, may};

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
    /// The language to answer in.
    pub lang: Lang,
}

impl Caller {
    /// The program itself: timers, the command line, the demo.
    #[must_use]
    pub fn system() -> Self {
        Self { token: Uuid::nil(), role: Role::System, person: None, room: None, lang: Lang::default() }
    }

    /// The author in the journal: the person if there is one, else the token.
    #[must_use]
    pub fn actor(&self) -> Option<Uuid> {
        match self.person {
            Some(person) => Some(person.0),
            None => (!self.token.is_nil()).then_some(self.token),
        }
    }

    /// Refuses what the role table does not allow.
    pub fn must(&self, action: Action) -> Result<(), Refusal> {
        if may(self.role, action) { Ok(()) } else { Err(Refusal::Forbidden { action, role: self.role }) }
    }

    /// Refuses to touch a meeting of somebody else without the right to act for others.
    pub fn must_own(&self, meeting: &Meeting) -> Result<(), Refusal> {
        if self.person == Some(meeting.organiser) {
            return self.must(Action::Book);
        }
        if meeting.is_session() {
            return self.must(Action::BookSession);
        }
        self.must(Action::ActForOthers)
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

    /// How much of a meeting the caller sees, given who is on its list.
    #[must_use]
    pub fn sees(&self, meeting: &Meeting, participants: &[PersonId]) -> Sight {
        let viewer = match self.person {
            Some(person) => Viewer::Person { person, role: self.role, participants },
            None => Viewer::Office(self.role),
        };
        sight(meeting, viewer)
    }
}
