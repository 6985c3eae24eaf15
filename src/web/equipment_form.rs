//! Equipment in forms: a number for each kind that there is.

use super::form::{Ask, Field, number};
use super::visitor::Fields;
use crate::town::Directory;

/// The most pieces of one kind of equipment: more is refused as more than there are.
const MOST_PIECES: u32 = 60;

/// The kinds of equipment in use.
pub(super) fn kinds(directory: &Directory) -> Vec<String> {
    let units = directory.units.iter().filter(|unit| unit.active);
    let mut kinds: Vec<String> = units.map(|unit| unit.kind.clone()).collect();
    kinds.dedup();
    kinds
}

/// The kinds of equipment, each with how many were asked for.
pub(super) fn gear(directory: &Directory, fields: &Fields) -> Vec<(String, String)> {
    let asked = |kind: String| {
        let count = fields.get(&format!("gear-{kind}")).to_owned();
        (kind, count)
    };
    kinds(directory).into_iter().map(asked).collect()
}

/// A field for each kind: how many of it.
pub(super) fn gear_fields(ask: Ask<'_>, kinds: &[String]) -> Vec<Field> {
    let field = |kind: &String| {
        ask.number(&format!("gear-{kind}"), "session.equipment", 0, MOST_PIECES)
            .label(&crate::texts::Said::new("session.equipment").with("kind", kind).speak(ask.lang))
    };
    kinds.iter().map(field).collect()
}

/// The equipment that a form asks for: a kind named once for each piece.
pub(super) fn equipment_of(fields: &Fields) -> Vec<String> {
    let kinds = fields.0.iter().filter_map(|(name, _)| name.strip_prefix("gear-"));
    let pieces = |kind: &str| {
        let count = number(fields, &format!("gear-{kind}"), 0).min(MOST_PIECES);
        vec![kind.to_owned(); usize::try_from(count).unwrap_or(0)]
    };
    kinds.flat_map(pieces).collect()
}
