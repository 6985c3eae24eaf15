//! A vote as it is published: what was asked, what came of it, and who answered what unless it was secret.

use super::document::Writer;
use super::facts::{Named, PublicCount, PublicItem, PublicPerson, PublicVote};
use crate::texts::{Lang, Said};

/// Writes a vote on an item. Of a closed one what was asked is its title, which people need not read twice.
pub(super) fn vote(writer: &mut Writer<'_>, item: &PublicItem, vote: &PublicVote) {
    let about = [
        ("property", "besluit:heeftStemming"),
        ("resource", vote.iri.as_str()),
        ("typeof", "besluit:Stemming"),
        ("class", "vote"),
    ];
    writer.page.open("div", &about);
    let (asked, nl) = (("property", "besluit:onderwerp"), ("lang", "nl"));
    if item.closed {
        writer.page.datum(&[asked, nl, ("content", &vote.subject)]);
    } else {
        writer.page.leaf("p", &[asked, nl, ("class", "label")], &vote.subject);
    }
    let result = result(writer, vote);
    writer.page.leaf("p", &[("property", "besluit:gevolg"), ("lang", "nl")], &result);
    if let Some(count) = &vote.count {
        counted(writer, vote, count);
    }
    writer.page.close();
}

fn result(writer: &Writer<'_>, vote: &PublicVote) -> String {
    match (vote.adopted, &vote.elected) {
        (_, Some(name)) => Said::new("portal.doc_elected").with("name", name).speak(Lang::Nl),
        (Some(true), None) => writer.t("portal.doc_adopted").to_owned(),
        (Some(false), None) => writer.t("portal.doc_not_adopted").to_owned(),
        (None, None) => writer.t("portal.doc_no_result").to_owned(),
    }
}

fn counted(writer: &mut Writer<'_>, vote: &PublicVote, count: &PublicCount) {
    let secret = if vote.secret { "true" } else { "false" };
    writer.value("besluit:geheim", "xsd:boolean", secret);
    let totals = &count.totals;
    for (property, number) in [
        ("besluit:aantalVoorstanders", totals.yes),
        ("besluit:aantalTegenstanders", totals.no),
        ("besluit:aantalOnthouders", totals.abstain),
    ] {
        writer.value(property, "xsd:integer", &number.to_string());
    }
    if vote.secret {
        let word = writer.t("portal.doc_secret").to_owned();
        writer.page.leaf("p", &[("class", "small muted")], &word);
    }
    let nobody = Named::default();
    let named = count.named.as_ref().unwrap_or(&nobody);
    writer.page.open("table", &[("class", "list votes")]);
    if totals.candidates.is_empty() {
        let voted = "besluit:heeftStemmer besluit:heeftAanwezige";
        group(
            writer,
            "portal.doc_for",
            totals.yes,
            (&format!("besluit:heeftVoorstander {voted}"), &named.in_favour),
        );
        group(
            writer,
            "portal.doc_against",
            totals.no,
            (&format!("besluit:heeftTegenstander {voted}"), &named.against),
        );
        group(
            writer,
            "portal.doc_abstain",
            totals.abstain,
            (&format!("besluit:heeftOnthouder {voted}"), &named.abstained),
        );
        if totals.not_voting > 0 {
            group(
                writer,
                "portal.doc_not_voting",
                totals.not_voting,
                ("besluit:heeftAanwezige", &named.not_voting),
            );
        }
    } else {
        for (name, votes) in count.candidates.iter().zip(&totals.candidates) {
            row(writer, name, *votes);
            writer.page.leaf("td", &[("class", "none")], "");
            writer.page.close();
        }
        if totals.abstain > 0 {
            group(writer, "portal.doc_blank", totals.abstain, ("besluit:heeftOnthouder", &named.abstained));
        }
    }
    writer.page.close();
    // Who was present at the vote and stands in no group: all of a secret vote.
    let shown = [&named.in_favour, &named.against, &named.abstained, &named.not_voting];
    let shown: Vec<_> = shown.into_iter().flatten().map(|person| person.mandate).collect();
    for person in count.present.iter().filter(|person| !shown.contains(&person.mandate)) {
        writer.page.datum(&[
            ("property", "besluit:heeftAanwezige"),
            ("resource", &person.iri),
            ("typeof", "mandaat:Mandataris"),
        ]);
    }
}

fn group(writer: &mut Writer<'_>, key: &str, number: u32, (properties, people): (&str, &[PublicPerson])) {
    let word = writer.t(key).to_owned();
    row(writer, &word, number);
    writer.page.open("td", if people.is_empty() { &[("class", "none")] } else { &[] });
    writer.names(properties, people);
    writer.page.close();
    writer.page.close();
}

fn row(writer: &mut Writer<'_>, word: &str, number: u32) {
    writer.page.open("tr", &[]);
    writer.page.leaf("th", &[("scope", "row")], word);
    writer.page.leaf("td", &[("class", "tnum")], &number.to_string());
}
