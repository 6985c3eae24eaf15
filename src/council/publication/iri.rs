//! Identities in linked data: those that were given, and those made below the address of the house.

use std::fmt::Display;

/// Kinds of bodies and what they are called in the code list `BestuursorgaanClassificatieCode`; whether their legal
/// person is a municipality, a public centre for social welfare or a district.
const BODIES: [(&str, &str, Legal); 7] = [
    ("gemeenteraad", "5ab0e9b8a3b2ca7c5e000005", Legal::Town),
    ("college-van-burgemeester-en-schepenen", "5ab0e9b8a3b2ca7c5e000006", Legal::Town),
    ("raad-voor-maatschappelijk-welzijn", "5ab0e9b8a3b2ca7c5e000007", Legal::Welfare),
    ("vast-bureau", "5ab0e9b8a3b2ca7c5e000008", Legal::Welfare),
    ("bijzonder-comite-sociale-dienst", "5ab0e9b8a3b2ca7c5e000009", Legal::Welfare),
    ("districtsraad", "5ab0e9b8a3b2ca7c5e00000a", Legal::District),
    ("districtscollege", "5ab0e9b8a3b2ca7c5e00000b", Legal::District),
];

/// Bodies that never meet in the open, of those that are known by kind (articles 52, 83 and others).
const NEVER_PUBLIC: [&str; 5] = [
    "college-van-burgemeester-en-schepenen",
    "vast-bureau",
    "bijzonder-comite-sociale-dienst",
    "districtscollege",
    "managementteam",
];

#[derive(Clone, Copy)]
enum Legal {
    Town,
    Welfare,
    District,
}

/// Whether bodies of this kind never meet in the open.
#[must_use]
pub fn never_public(kind: &str) -> bool {
    NEVER_PUBLIC.contains(&kind)
}

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
pub(super) fn body_concept(base: &str, kind: &str) -> String {
    match BODIES.iter().find(|(known, ..)| *known == kind) {
        Some((_, code, _)) => {
            format!("http://data.vlaanderen.be/id/concept/BestuursorgaanClassificatieCode/{code}")
        }
        None => made(base, "bestuursorgaan-soorten", kind),
    }
}

/// What the legal person of a body is, as a concept of the code list `BestuurseenheidClassificatieCode`.
pub(super) fn unit_concept(kind: &str) -> String {
    let legal = BODIES.iter().find(|(known, ..)| *known == kind).map_or(Legal::Town, |(_, _, legal)| *legal);
    let code = match legal {
        Legal::Town => "5ab0e9b8a3b2ca7c5e000001",
        Legal::Welfare => "5ab0e9b8a3b2ca7c5e000002",
        Legal::District => "5ab0e9b8a3b2ca7c5e000003",
    };
    format!("http://data.vlaanderen.be/id/concept/BestuurseenheidClassificatieCode/{code}")
}
