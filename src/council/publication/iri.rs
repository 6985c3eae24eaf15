//! Identities in linked data: those that were given, and those made below the address of the house.

use std::fmt::Display;

use crate::council::{CouncilBody, Kind};

/// An identity below the address of the house.
pub(super) fn made(base: &str, noun: &str, id: impl Display) -> String {
    format!("{base}/id/{noun}/{id}")
}

/// An identity that was given, if it can be one at all; else one below the address of the house.
pub(super) fn given_or(given: Option<&str>, base: &str, noun: &str, id: impl Display) -> String {
    match given.map(str::trim).filter(|iri| is_iri(iri)) {
        Some(iri) => iri.to_owned(),
        None => made(base, noun, id),
    }
}

/// Whether text can stand between the angle brackets of Turtle: absolute, without what RFC 3987 leaves out.
#[must_use]
pub fn is_iri(text: &str) -> bool {
    let absolute = text.starts_with("http://") || text.starts_with("https://");
    absolute
        && !text
            .chars()
            .any(|c| c <= ' ' || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'))
}

/// What a body is, as a concept; a kind that no code list knows gets a concept of the house.
pub(super) fn body_concept(base: &str, council: &CouncilBody) -> String {
    let known = council.kind().ok().and_then(Kind::classification);
    known.map_or_else(|| made(base, "bestuursorgaan-soorten", &council.kind), str::to_owned)
}

/// What the legal person of a body is, as a concept; where no code list knows it, one of the house by whose law it is.
pub(super) fn unit_concept(base: &str, council: &CouncilBody) -> String {
    let known = council.kind().ok().and_then(Kind::unit_classification);
    known.map_or_else(|| made(base, "bestuurseenheid-soorten", &council.jurisdiction), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::council::{Jurisdiction, RulesOfProcedure};

    #[test]
    fn every_kind_has_its_own_concept_and_only_flemish_ones_those_of_flanders() {
        let mut concepts = std::collections::BTreeSet::new();
        for kind in Jurisdiction::ALL.into_iter().flat_map(Jurisdiction::kinds) {
            let council = CouncilBody {
                body: crate::ids::BodyId(uuid::Uuid::nil()),
                kind: kind.id().to_owned(),
                jurisdiction: kind.jurisdiction().code().to_owned(),
                iri: None,
                rules: RulesOfProcedure::default(),
            };
            let flemish = kind.jurisdiction() == Jurisdiction::Flanders;
            let unit = unit_concept("https://stad.example", &council);
            assert_eq!(unit.contains("data.vlaanderen.be"), flemish, "{kind}: {unit}");
            let body = body_concept("https://stad.example", &council);
            assert!(flemish || body.starts_with("https://stad.example/id/"), "{kind}: {body}");
            assert!(is_iri(&body) && is_iri(&unit));
            assert_eq!(council.never_public(), !kind.is_public());
            concepts.insert((flemish, body));
        }
        // Councils of towns in Brussels and the Netherlands are called the same.
        assert_eq!(concepts.len() + 1, Jurisdiction::ALL.into_iter().flat_map(Jurisdiction::kinds).count());
    }
}
