//! What the bodies deal with: `data/demo/council.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::council::{Ground, Origin, Section};
use crate::scheduler::council::ItemFields;

/// Something to decide.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matter {
    pub(super) title: String,
    #[serde(default)]
    pub(super) internal_title: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) note: String,
    pub(super) draft: String,
    #[serde(default)]
    pub(super) regulation: bool,
    #[serde(default)]
    pub(super) reason: String,
}

/// All of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matters {
    pub(super) general_director: String,
    pub(super) tool: String,
    pub(super) how: String,
    pub(super) join_url: String,
    pub(super) stream_url: String,
    pub(super) fallback_phone: String,
    pub(super) circumstances: Vec<String>,
    pub(super) matter: Vec<Matter>,
    pub(super) member_item: Matter,
    pub(super) late_item: Matter,
    pub(super) urgent_item: Matter,
    pub(super) election: Matter,
    pub(super) closed: Matter,
    pub(super) postponed: Matter,
    pub(super) college: Vec<Matter>,
    pub(super) committee: Vec<Matter>,
    pub(super) welfare: Matter,
}

/// The matters of the demo.
pub(super) static MATTERS: LazyLock<Matters> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../data/demo/council.toml")).expect("the demo's matters are TOML")
});

impl Matter {
    /// As an item in the open.
    pub(super) fn fields(&self) -> ItemFields {
        ItemFields {
            title: self.title.clone(),
            internal_title: self.internal_title.clone(),
            description: self.description.clone(),
            note: self.note.clone(),
            draft: self.draft.clone(),
            section: Section::Decisions,
            origin: Origin::College,
            planned_min: 10,
            regulation: self.regulation,
            ..ItemFields::default()
        }
    }

    /// As an item behind closed doors.
    pub(super) fn closed(&self, ground: Ground) -> ItemFields {
        ItemFields { ground: Some(ground), ..self.fields() }
    }
}
