//! What a session is about: its items, and the versions of its agenda.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ItemId, PersonId, SessionId, VoteId};

/// The part of a session in which an item is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionPart {
    /// In the open (article 28).
    Public,
    /// Behind closed doors (besloten).
    Closed,
}

impl SessionPart {
    /// Both parts, in order.
    pub const ALL: [Self; 2] = [Self::Public, Self::Closed];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Closed => "closed",
        }
    }
}

/// Why an item is treated behind closed doors: the fixed list of article 28.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// It touches somebody's privacy (persoonlijke levenssfeer), article 28 paragraph 1, 1°.
    Privacy,
    /// Two thirds of those present decided so for reasons of public order, article 28 paragraph 1, 2°.
    PublicOrder,
    /// The law says so for this matter, such as individual staff.
    Statute,
    /// The body never meets in the open (college, permanent bureau).
    BodyIsClosed,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 4] = [Self::Privacy, Self::PublicOrder, Self::Statute, Self::BodyIsClosed];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::PublicOrder => "public_order",
            Self::Statute => "statute",
            Self::BodyIsClosed => "body_is_closed",
        }
    }
}

/// A section of an agenda, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The minutes of the session before.
    Minutes,
    /// Decisions.
    Decisions,
    /// Items that members added.
    MemberItems,
    /// Items whose urgency the session accepted.
    Urgent,
    /// Notices.
    Notices,
    /// Questions.
    Questions,
}

impl Section {
    /// Every section, in order.
    pub const ALL: [Self; 6] =
        [Self::Minutes, Self::Decisions, Self::MemberItems, Self::Urgent, Self::Notices, Self::Questions];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Decisions => "decisions",
            Self::MemberItems => "member_items",
            Self::Urgent => "urgent",
            Self::Notices => "notices",
            Self::Questions => "questions",
        }
    }

    /// Whether its items are decided, so that each needs a note and a draft decision.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Decisions | Self::MemberItems | Self::Urgent)
    }
}

/// Where an item comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The executive (college).
    College,
    /// The chair.
    Chair,
    /// A member (raadslid), article 21.
    Member,
    /// A citizen (burger).
    Citizen,
}

impl Origin {
    /// Every origin.
    pub const ALL: [Self; 4] = [Self::College, Self::Chair, Self::Member, Self::Citizen];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::College => "college",
            Self::Chair => "chair",
            Self::Member => "member",
            Self::Citizen => "citizen",
        }
    }
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Thought of.
    Idea,
    /// Being written.
    Drafting,
    /// Waits for whoever approves it.
    ForApproval,
    /// May be put on the agenda.
    Approved,
    /// Stands on a sealed agenda.
    OnAgenda,
    /// The session has dealt with it.
    Treated,
    /// Taken off before it was treated.
    Withdrawn,
}

impl ItemState {
    /// Every state, in order.
    pub const ALL: [Self; 7] = [
        Self::Idea,
        Self::Drafting,
        Self::ForApproval,
        Self::Approved,
        Self::OnAgenda,
        Self::Treated,
        Self::Withdrawn,
    ];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Drafting => "drafting",
            Self::ForApproval => "for_approval",
            Self::Approved => "approved",
            Self::OnAgenda => "on_agenda",
            Self::Treated => "treated",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether an item may go from here to there by hand; sealing and treating are acts of their own.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use ItemState as S;
        matches!(
            (self, next),
            (S::Idea, S::Drafting | S::ForApproval)
                | (S::Drafting, S::Idea | S::ForApproval)
                | (S::ForApproval, S::Drafting | S::Approved)
                | (S::Approved, S::Drafting)
                | (S::Idea | S::Drafting | S::ForApproval | S::Approved | S::OnAgenda, S::Withdrawn)
        )
    }
}

/// What became of an item in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Adopted.
    Decided,
    /// Voted down.
    Rejected,
    /// Taken note of, without a decision.
    Noted,
    /// Put off: it was treated, and the decision is to put it off. It comes back as another item.
    Postponed,
    /// Taken off by whoever brought it.
    Withdrawn,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [Self::Decided, Self::Rejected, Self::Noted, Self::Postponed, Self::Withdrawn];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Rejected => "rejected",
            Self::Noted => "noted",
            Self::Postponed => "postponed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why an item came after the agenda was sealed, and how the session let it in (article 23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgency {
    /// The reason.
    pub reason: String,
    /// The vote by two thirds of those present that let it in; none yet, and it may not be treated.
    pub vote: Option<VoteId>,
}

/// An item of an agenda (agendapunt).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaItem {
    /// Identity.
    pub id: ItemId,
    /// The session.
    pub session: SessionId,
    /// The part in which it is treated.
    pub part: SessionPart,
    /// Why behind closed doors; present if, and only if, it is.
    pub ground: Option<Ground>,
    /// The section it stands in.
    pub section: Section,
    /// Its place within part and section, from 1 on; changed by dragging.
    pub position: u32,
    /// Its number, once a version of the agenda was sealed with it; then it never changes.
    pub number: Option<String>,
    /// The title that anybody may read. Of a closed item it is published if it names nobody.
    pub title: String,
    /// What only those may read who may read the file; empty if the title says all.
    pub internal_title: String,
    /// A short description that anybody may read.
    pub description: String,
    /// The explanatory note (toelichting).
    pub note: String,
    /// The draft decision (ontwerpbesluit): one article per paragraph.
    pub draft: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Who handed it in.
    pub submitted_by: Option<PersonId>,
    /// When it was handed in, UTC: for a member's item its term is counted against this.
    pub submitted_at: DateTime<Utc>,
    /// Who presents it.
    pub rapporteur: Option<PersonId>,
    /// How long it is planned to take.
    pub planned_min: u32,
    /// Whether it is voted on in secret (article 34).
    pub secret: bool,
    /// Whether it is a regulation, to be published in full (article 286).
    pub regulation: bool,
    /// Earlier items that it takes up again.
    pub references: Vec<ItemId>,
    /// Present if it came after the agenda was sealed by way of urgency.
    pub urgency: Option<Urgency>,
    /// How far it has come.
    pub state: ItemState,
    /// Counts its changes, from 1 on.
    pub version: i64,
}

impl AgendaItem {
    /// Whether it has what an item needs before it may be convened (article 21 asks as much of members).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.section.is_decided() || (!self.note.trim().is_empty() && !self.draft.trim().is_empty())
    }

    /// Whether it counts: it was not taken off.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state != ItemState::Withdrawn
    }

    /// Where it stands on the agenda: the public part first, then section and place.
    #[must_use]
    pub fn order(&self) -> (SessionPart, Section, u32, ItemId) {
        (self.part, self.section, self.position, self.id)
    }
}

/// What a version of an agenda is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionKind {
    /// The first, sent with the convocation (ontwerpagenda).
    First,
    /// With items that members added (aanvullende agenda), article 22.
    Supplementary,
    /// With items let in for their urgency (article 23).
    Urgent,
    /// For another hour: the session was moved after it was convened.
    Moved,
}

impl VersionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::First, Self::Supplementary, Self::Urgent, Self::Moved];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Supplementary => "supplementary",
            Self::Urgent => "urgent",
            Self::Moved => "moved",
        }
    }

    /// Whether it adds to what was sent before; else it convenes by itself, and its own term counts.
    #[must_use]
    pub const fn adds(self) -> bool {
        matches!(self, Self::Supplementary | Self::Urgent)
    }
}

/// A version of an agenda as it was fixed. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgendaVersion {
    /// The session.
    pub session: SessionId,
    /// From 1 on.
    pub number: u32,
    /// What it is for.
    pub kind: VersionKind,
    /// When it was fixed, UTC: the 24 hours of article 22 run from here.
    pub fixed_at: DateTime<Utc>,
    /// Exactly what was fixed, as canonical JSON.
    pub content: String,
    /// SHA-256 of it.
    pub hash: [u8; 32],
}
