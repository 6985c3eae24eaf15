//! The feed of what is published, in Turtle (W3C RDF 1.1): an event stream whose members never change (LDES 1.0, TREE).
//!
//! Each entry of the register is a member, and a correction is one more. Pages hold a fixed number of members; one that
//! is full never changes again.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::iri::is_iri;
use super::kind::PublicationKind;

/// Members on a page.
pub const MEMBERS_PER_PAGE: u32 = 100;

/// A member of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number in the register.
    pub seq: i64,
    /// What was published.
    pub kind: PublicationKind,
    /// The document, whatever its version.
    pub document: String,
    /// Where this version stands.
    pub location: String,
    /// When, UTC.
    pub at: DateTime<Utc>,
}

const PREFIXES: &str = "@prefix ldes: <https://w3id.org/ldes#> .
@prefix tree: <https://w3id.org/tree#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

/// The shape that members have, as the Flemish government publishes it.
const SHAPE: &str = "https://lblod.github.io/pages-vendors/assets/shacl/shacl-publication-stream.ttl";

/// How many pages hold `count` members; there is always one.
#[must_use]
pub fn pages(count: i64) -> i64 {
    let per_page = i64::from(MEMBERS_PER_PAGE);
    (count.max(0) + per_page - 1).div_euclid(per_page).max(1)
}

/// The stream itself, with the address of its first page.
#[must_use]
pub fn stream(base: &str) -> String {
    let mut turtle = PREFIXES.to_owned();
    head(&mut turtle, base);
    let _ = writeln!(turtle, "<{base}/ldes/1> a tree:Node .");
    turtle
}

// Writing to a string cannot fail, here and below.
fn head(turtle: &mut String, base: &str) {
    let _ = writeln!(
        turtle,
        "<{base}/ldes> a ldes:EventStream ;\n  ldes:timestampPath prov:generatedAtTime ; \
         ldes:versionOfPath dct:isVersionOf ;\n  tree:shape <{SHAPE}> ;\n  tree:view <{base}/ldes/1> ."
    );
}

/// A page of the stream, from 1 on, which leads to the next one if there is one.
#[must_use]
pub fn page(base: &str, number: i64, members: &[Member], next: Option<DateTime<Utc>>) -> String {
    let mut turtle = PREFIXES.to_owned();
    head(&mut turtle, base);
    match next {
        None => {
            let _ = writeln!(turtle, "<{base}/ldes/{number}> a tree:Node .");
        }
        Some(from) => {
            let _ = writeln!(
                turtle,
                "<{base}/ldes/{number}> a tree:Node ;\n  tree:relation [ a tree:GreaterThanOrEqualToRelation ; \
                 tree:path prov:generatedAtTime ;\n    tree:value \"{}\"^^xsd:dateTime ; tree:node <{base}/ldes/{}> ] .",
                from.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                number + 1
            );
        }
    }
    for member in members {
        write_member(&mut turtle, base, member);
    }
    turtle
}

fn write_member(turtle: &mut String, base: &str, member: &Member) {
    // What is no address would break the page for all others; the register refuses it, and so does the feed.
    if !is_iri(&member.document) || !is_iri(&member.location) {
        return;
    }
    let seq = member.seq;
    let _ = writeln!(turtle, "<{base}/ldes> tree:member <{base}/bekendmakingen/{seq}> .");
    let _ = writeln!(
        turtle,
        "<{base}/bekendmakingen/{seq}> a foaf:Document ;\n  dct:isVersionOf <{}> ;\n  prov:atLocation <{}> ;\n  \
         dct:type <{}> ;\n  prov:generatedAtTime \"{}\"^^xsd:dateTime .",
        member.document,
        member.location,
        member.kind.document_type(),
        member.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_the_next_and_holds_only_addresses() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let member = |location: &str| Member {
            seq: 7,
            kind: PublicationKind::Agenda,
            document: "https://b.example/id/agenda/1".into(),
            location: location.into(),
            at,
        };
        let turtle = page("https://b.example", 1, &[member("https://b.example/a/v/1")], Some(at));
        assert!(turtle.contains("tree:node <https://b.example/ldes/2>"));
        assert!(turtle.contains("tree:member <https://b.example/bekendmakingen/7>"));
        let broken = page("https://b.example", 2, &[member("https://b.example/> a <x")], None);
        assert!(!broken.contains("tree:member") && !broken.contains("tree:relation"));
        assert_eq!([0, 1, 100, 101].map(pages), [1, 1, 1, 2]);
    }
}
