//! Why something was not done. Every door turns these into its own form; the sentences are in `data/texts`.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{Heads, Reason};
use crate::ids::RoomId;
use crate::texts::Said;
use crate::time::{Interval, Zone};
use crate::town::{Action, Effect, Role};

/// One date in one place that does not fit, and what would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The wall time of the date that was asked for.
    pub start: NaiveDateTime,
    /// Slug of the room, or kind of the equipment, or address of the person.
    pub resource: String,
    /// The stretch for which it is taken by another, as an instant; none when a rule objects.
    pub taken: Option<Interval>,
    /// Why, in words.
    pub why: Said,
    /// What would fit.
    pub substitutes: Vec<Alternative>,
}

/// Something else that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// Slug of the room.
    pub room: String,
    /// Wall start.
    pub start: NaiveDateTime,
    /// Wall end.
    pub end: NaiveDateTime,
}

/// What was wished for when it did not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Who takes part.
    pub heads: Heads,
    /// The rooms asked for.
    pub rooms: Vec<RoomId>,
    /// How long.
    pub length: TimeDelta,
    /// In which zone.
    pub zone: Zone,
}

/// One field of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The field as the caller named it.
    pub field: String,
    /// What is wrong with it and what to do.
    pub said: Said,
}

impl Fault {
    /// A fault of one field.
    #[must_use]
    pub fn new(field: &str, said: Said) -> Self {
        Self { field: field.to_owned(), said }
    }
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another has it. `booking.taken`.
    Taken {
        /// Each date and place that does not fit.
        conflicts: Vec<Conflict>,
        /// What would fit instead, for a single date.
        alternatives: Vec<Alternative>,
        /// What was wished for, from which alternatives are found outside the writer.
        wish: Option<Box<Wish>>,
    },
    /// Rules object. `booking.policy`.
    Policy(Vec<Reason>),
    /// The role table does not allow it. `access.forbidden`.
    Forbidden {
        /// What was tried.
        action: Action,
        /// In what capacity.
        role: Role,
    },
    /// No token, or one that is unknown or revoked. `access.unauthorised`.
    Unauthorised,
    /// There is no such thing, or none that the caller may see.
    Unknown(Said),
    /// The request itself is wrong. `request.invalid`.
    Invalid(Vec<Fault>),
    /// Somebody else changed it first. `request.stale`.
    Stale {
        /// The version that is current.
        current: i64,
    },
    /// It cannot be done in this state: too early to check in, already ended.
    State(Said),
    /// The idempotency key came before with another request. `request.key_reused`.
    KeyReused,
    /// The store cannot take it now: disk full, shutting down, damaged.
    Unavailable(Said),
    /// A fault of ours; the sentence says no more than that, the log holds the rest.
    Internal(String),
}

impl Refusal {
    /// One wrong field.
    #[must_use]
    pub fn invalid(field: &str, said: Said) -> Self {
        Self::Invalid(vec![Fault::new(field, said)])
    }

    /// There is no `what` called `name`.
    #[must_use]
    pub fn unknown(what: &str, name: impl std::fmt::Display) -> Self {
        Self::Unknown(Said::new(&format!("unknown.{what}")).with("name", name))
    }

    /// The sentence and, by its key, the machine-readable code.
    #[must_use]
    pub fn said(&self) -> Said {
        match self {
            Self::Taken { conflicts, .. } => match conflicts.first() {
                Some(conflict) => conflict.why.clone(),
                None => Said::new("booking.just_taken"),
            },
            Self::Policy(reasons) => match reasons.iter().find(|reason| reason.effect == Effect::Deny) {
                Some(reason) => reason.said.clone(),
                None => Said::new("booking.policy"),
            },
            Self::Forbidden { action, role } => {
                let allowed: Vec<&str> = Role::that_may(*action).map(Role::word).collect();
                let said = Said::new("access.forbidden").with("role", role).with("action", action.key());
                said.with("roles", allowed.join(" "))
            }
            Self::Unauthorised => Said::new("access.unauthorised"),
            Self::Unknown(said) | Self::State(said) | Self::Unavailable(said) => said.clone(),
            Self::Invalid(faults) => match faults.first() {
                Some(fault) => Said::new("request.invalid_field")
                    .with("field", &fault.field)
                    .with("why", &fault.said.key),
                None => Said::new("request.invalid"),
            },
            Self::Stale { current } => Said::new("request.stale").with("version", current),
            Self::KeyReused => Said::new("request.key_reused"),
            Self::Internal(_) => Said::new("server.internal"),
        }
    }

    /// The stable code of the refusal for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Taken { .. } => "booking.taken",
            Self::Policy(_) => "booking.policy",
            Self::Forbidden { .. } => "access.forbidden",
            Self::Unauthorised => "access.unauthorised",
            Self::Unknown(said) | Self::State(said) | Self::Unavailable(said) => &said.key,
            Self::Invalid(_) => "request.invalid",
            Self::Stale { .. } => "request.stale",
            Self::KeyReused => "request.key_reused",
            Self::Internal(_) => "server.internal",
        }
    }
}
