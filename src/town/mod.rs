//! The town hall: places, rooms with their cells and kit, people, roles. Pure.

mod directory;
mod name;
mod person;
mod policy;
mod role;
mod room;
mod service;

pub use directory::{Body, BodyKind, Directory, HouseRules, LegalBody, Site};
pub use name::{letters, name_fits, patterns, same_name};
pub use person::{Person, PersonKind, email_of};
pub use policy::{Effect, Policy, Scope, Test, Window};
pub use role::{Action, Grant, Matter, Role, RoleScope, may, may_in};
pub use room::{Kit, ResourceId, Room, Unit, slug_of};
pub use service::{Order, Service};
