//! Who sees what of a meeting. Closed matter never reaches a public renderer: those take a [`PublicView`],
//! a type that only this file can build.

use super::{Meeting, Privacy};
use crate::ids::PersonId;
use crate::town::Role;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer<'a> {
    /// Anybody: a citizen, a search engine.
    Public,
    /// A screen on a door.
    Screen,
    /// A reader of a feed whose level is `busy`: times and places only.
    Busy,
    /// Somebody signed in.
    Person {
        /// Who.
        person: PersonId,
        /// In what capacity.
        role: Role,
        /// Those on the list of the meeting.
        participants: &'a [PersonId],
    },
    /// An office without a person: a token of a role.
    Office(Role),
}

/// How much of a meeting somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// That the room is taken.
    Busy,
    /// Also what it is about and who organises.
    Title,
    /// Also who takes part and how to join.
    Full,
}

/// How much of `meeting` the viewer sees.
#[must_use]
pub fn sight(meeting: &Meeting, viewer: Viewer<'_>) -> Sight {
    match viewer {
        Viewer::Busy => Sight::Busy,
        Viewer::Public => match meeting.privacy {
            Privacy::Public => Sight::Title,
            _ => Sight::Busy,
        },
        Viewer::Screen => match meeting.privacy {
            Privacy::Public | Privacy::Internal => Sight::Title,
            Privacy::Private | Privacy::Closed => Sight::Busy,
        },
        Viewer::Person { person, role, participants } => {
            if meeting.organiser == person || participants.contains(&person) {
                Sight::Full
            } else {
                office(meeting.privacy, role)
            }
        }
        Viewer::Office(role) => office(meeting.privacy, role),
    }
}

fn office(privacy: Privacy, role: Role) -> Sight {
    match (privacy, role) {
        (_, Role::System) | (Privacy::Closed, Role::Clerk) => Sight::Full,
        (Privacy::Closed | Privacy::Private, _) => Sight::Busy,
        (Privacy::Internal, Role::Public) => Sight::Busy,
        (Privacy::Public, Role::Public) | (Privacy::Public | Privacy::Internal, Role::Device) => Sight::Title,
        (Privacy::Public | Privacy::Internal, _) => Sight::Full,
    }
}

/// What everybody may know of a meeting: only [`PublicView::of`] builds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicView {
    title: Option<String>,
    closed: bool,
}

impl PublicView {
    /// The public part of a meeting.
    #[must_use]
    pub fn of(meeting: &Meeting) -> Self {
        let seen = sight(meeting, Viewer::Public) >= Sight::Title;
        Self { title: seen.then(|| meeting.title.clone()), closed: meeting.privacy == Privacy::Closed }
    }

    /// The title, if the meeting is public.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// A closed session: may be called so, nothing more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::booking::{Conference, MeetingStatus};
    use crate::ids::MeetingId;
    use crate::time::Zone;
    use chrono::{DateTime, NaiveDateTime, TimeDelta};
    use uuid::Uuid;

    /// A meeting of no importance.
    pub(crate) fn meeting(privacy: Privacy) -> Meeting {
        Meeting {
            id: MeetingId(Uuid::nil()),
            uid: "u".into(),
            title: "Personeelszaken".into(),
            description: None,
            privacy,
            organiser: PersonId(Uuid::from_u128(1)),
            body: None,
            start: NaiveDateTime::default(),
            zone: Zone::BRUSSELS,
            length: TimeDelta::hours(1),
            rule: None,
            rooms: Vec::new(),
            equipment: Vec::new(),
            conference: Conference::default(),
            status: MeetingStatus::Live,
            held_until: None,
            version: 1,
            sequence: 0,
            created: DateTime::default(),
            modified: DateTime::default(),
            split_from: None,
            materialised_to: None,
            ad_hoc: false,
        }
    }

    #[test]
    fn who_sees_what() {
        use Sight::{Busy, Full, Title};
        let list = [PersonId(Uuid::from_u128(2))];
        let person = |n: u128, role| Viewer::Person {
            person: PersonId(Uuid::from_u128(n)),
            role,
            participants: &list,
        };
        // public, internal, private, closed
        for (viewer, seen) in [
            (Viewer::Public, [Title, Busy, Busy, Busy]),
            (Viewer::Screen, [Title, Title, Busy, Busy]),
            (Viewer::Busy, [Busy, Busy, Busy, Busy]),
            (person(1, Role::Staff), [Full, Full, Full, Full]),
            (person(2, Role::Staff), [Full, Full, Full, Full]),
            (person(3, Role::Staff), [Full, Full, Busy, Busy]),
            (person(3, Role::Clerk), [Full, Full, Busy, Full]),
            (person(3, Role::Admin), [Full, Full, Busy, Busy]),
            (Viewer::Office(Role::Device), [Title, Title, Busy, Busy]),
        ] {
            for (privacy, expected) in
                [Privacy::Public, Privacy::Internal, Privacy::Private, Privacy::Closed].into_iter().zip(seen)
            {
                assert_eq!(sight(&meeting(privacy), viewer), expected, "{viewer:?} {privacy:?}");
            }
        }
    }

    #[test]
    fn the_public_view_of_closed_matter_holds_no_title() {
        let view = PublicView::of(&meeting(Privacy::Closed));
        assert_eq!((view.title(), view.is_closed()), (None, true));
        assert_eq!(PublicView::of(&meeting(Privacy::Public)).title(), Some("Personeelszaken"));
    }
}
