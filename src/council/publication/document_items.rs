//! The items of a document, and what became of them.

use super::document::Writer;
use super::document_votes::vote;
use super::facts::{PublicDecision, PublicItem, PublicTreatment};
use super::kind::PublicationKind;
use crate::council::{Outcome, Section};
use crate::texts::{Lang, Said, day};

/// The type of a decision that is a regulation (reglementen en verordeningen).
const REGULATION: &str =
    "https://data.vlaanderen.be/id/concept/BesluitType/67378dd0-5413-474b-8996-d992ef81637a";
/// Days from publication until a regulation is in force (article 288).
const IN_FORCE_DAYS: u64 = 5;

/// Writes all items, the open part first.
pub(super) fn items(writer: &mut Writer<'_>) {
    let facts = writer.facts;
    for (closed, key) in [(false, "portal.doc_public_part"), (true, "portal.doc_closed_part")] {
        let part: Vec<&PublicItem> = facts.items.iter().filter(|item| item.closed == closed).collect();
        if part.is_empty() {
            continue;
        }
        let heading = writer.t(key).to_owned();
        writer.page.leaf("h2", &[], &heading);
        writer.page.open("ol", &[("class", "points")]);
        for item in part {
            one(writer, item);
        }
        writer.page.close();
    }
}

fn one(writer: &mut Writer<'_>, item: &PublicItem) {
    writer.page.open("li", &[("id", &item.id.to_string())]);
    writer.page.leaf("span", &[("class", "number")], &item.number);
    writer.page.open("div", &[]);
    agenda_item(writer, item);
    if let Some(treatment) = &item.treatment {
        treated(writer, item, treatment);
    }
    writer.page.close();
    writer.page.close();
}

/// Writes a document that is about one decision.
pub(super) fn decision_alone(writer: &mut Writer<'_>) {
    for item in &writer.facts.items {
        agenda_item(writer, item);
        if let Some(treatment) = &item.treatment {
            treated(writer, item, treatment);
        }
    }
}

fn agenda_item(writer: &mut Writer<'_>, item: &PublicItem) {
    let about = [
        ("property", "besluit:behandelt"),
        ("resource", item.iri.as_str()),
        ("typeof", "besluit:Agendapunt"),
    ];
    writer.page.open("div", &about);
    if let Some(before) = &item.after {
        writer.page.datum(&[("property", "besluit:aangebrachtNa"), ("resource", before)]);
    }
    let heading = if writer.facts.kind.is_of_decision() { "h2" } else { "h3" };
    writer.page.leaf(heading, &[("property", "dct:title"), ("datatype", "xsd:string")], &item.title);
    if let Some(description) = &item.description {
        writer.page.leaf("p", &[("property", "dct:description"), ("datatype", "xsd:string")], description);
    }
    writer.page.open("p", &[("class", "small muted")]);
    let (doors, open) =
        if item.closed { ("portal.doc_closed", "false") } else { ("portal.doc_open", "true") };
    let word = writer.t(doors).to_owned();
    let flag = [("property", "besluit:geplandOpenbaar"), ("datatype", "xsd:boolean"), ("content", open)];
    writer.page.leaf("span", &flag, &word);
    if matches!(item.section, Section::MemberItems | Section::Urgent | Section::Notices | Section::Questions)
    {
        let section = writer.t(section_key(item.section)).to_owned();
        writer.page.text(" · ");
        writer.page.text(&section);
    }
    writer.page.close();
    references(writer, item);
    attachments(writer, item);
    writer.page.close();
}

const fn section_key(section: Section) -> &'static str {
    match section {
        Section::MemberItems => "portal.section_member_items",
        Section::Urgent => "portal.section_urgent",
        Section::Notices => "portal.section_notices",
        Section::Questions => "portal.section_questions",
        Section::Minutes | Section::Decisions => "portal.section_decisions",
    }
}

/// Earlier items that this one takes up again: each is said to be an item, and so says its title and its doors.
fn references(writer: &mut Writer<'_>, item: &PublicItem) {
    for earlier in &item.earlier {
        let word = writer.t("portal.doc_takes_up").to_owned();
        let open = if earlier.closed { "false" } else { "true" };
        writer.page.open("p", &[("class", "small")]);
        writer.page.text(&word);
        writer.page.text(" ");
        let about = [
            ("property", "dct:references"),
            ("resource", earlier.iri.as_str()),
            ("typeof", "besluit:Agendapunt"),
        ];
        writer.page.open("span", &about);
        writer.page.leaf("span", &[("property", "dct:title"), ("datatype", "xsd:string")], &earlier.title);
        writer.value("besluit:geplandOpenbaar", "xsd:boolean", open);
        writer.page.close();
        writer.page.close();
    }
}

/// What lies with an item; what cannot be had from here stands with its name alone (OSLO question 136).
fn attachments(writer: &mut Writer<'_>, item: &PublicItem) {
    if item.attachments.is_empty() {
        return;
    }
    let word = writer.t("portal.doc_attachments").to_owned();
    writer.page.leaf("p", &[("class", "small label")], &word);
    writer.page.open("ul", &[("class", "small")]);
    for attachment in &item.attachments {
        writer.page.open("li", &[]);
        let about = [
            ("property", "eli:related_to"),
            ("resource", attachment.iri.as_str()),
            ("typeof", "foaf:Document"),
        ];
        writer.page.open("span", &about);
        writer.page.datum(&[("property", "dct:isPartOf"), ("resource", &item.iri)]);
        writer.page.open("span", &[("property", "dct:title"), ("datatype", "xsd:string")]);
        match &attachment.url {
            // Without an attribute `property` a link says nothing about its place, and its text is the title.
            Some(url) => writer.page.leaf("a", &[("href", url)], &attachment.name),
            None => writer.page.text(&attachment.name),
        }
        writer.page.close();
        writer.page.close();
        writer.page.close();
    }
    writer.page.close();
}

fn treated(writer: &mut Writer<'_>, item: &PublicItem, treatment: &PublicTreatment) {
    let about = [("resource", treatment.iri.as_str()), ("typeof", "besluit:BehandelingVanAgendapunt")];
    writer.page.open("div", &about);
    writer.page.datum(&[("property", "dct:subject"), ("resource", &item.iri)]);
    if !writer.is(PublicationKind::DecisionList) {
        if let Some(before) = &treatment.after {
            writer.page.datum(&[("property", "besluit:gebeurtNa"), ("resource", before)]);
        }
        writer.value("besluit:openbaar", "xsd:boolean", if item.closed { "false" } else { "true" });
        at_item(writer, treatment);
    }
    if let Some(outcome) = treatment.outcome {
        let word = writer.t(outcome_key(outcome)).to_owned();
        writer.page.open("p", &[]);
        writer.page.leaf("span", &[("class", "tag")], &word);
        writer.page.close();
    }
    for paragraph in treatment.summary.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        writer.page.leaf("p", &[], paragraph.trim());
    }
    for each in &treatment.votes {
        vote(writer, item, each);
    }
    for each in &treatment.decisions {
        decision(writer, treatment, each);
    }
    writer.page.close();
}

/// The text key of what became of an item.
#[must_use]
pub const fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Decided => "portal.outcome_decided",
        Outcome::Rejected => "portal.outcome_rejected",
        Outcome::Noted => "portal.outcome_noted",
        Outcome::Postponed => "portal.outcome_postponed",
        Outcome::Withdrawn => "portal.outcome_withdrawn",
    }
}

/// Who was present at the item and who led it: a set of its own, apart from that of the session and of each vote.
fn at_item(writer: &mut Writer<'_>, treatment: &PublicTreatment) {
    let Some(present) = &treatment.present else { return };
    let said = Said::new("portal.doc_present_item").with("count", present.len()).speak(Lang::Nl);
    writer.page.open("p", &[("class", "small muted")]);
    writer.page.text(&said);
    writer.page.text(" ");
    writer.names("besluit:heeftAanwezige", present);
    writer.page.close();
    // The profile wants a member for the secretary of an item; ours is an official and is named for the session.
    if let Some(chair) = &writer.facts.session.chair {
        let about = [
            ("property", "besluit:heeftVoorzitter"),
            ("resource", chair.iri.as_str()),
            ("typeof", "mandaat:Mandataris"),
        ];
        writer.page.datum(&about);
    }
}

fn decision(writer: &mut Writer<'_>, treatment: &PublicTreatment, decision: &PublicDecision) {
    let kinds = if decision.regulation {
        format!("besluit:Besluit {REGULATION}")
    } else {
        "besluit:Besluit".to_owned()
    };
    let about = [
        ("property", "prov:generated"),
        ("resource", decision.iri.as_str()),
        ("typeof", kinds.as_str()),
        ("class", "card decision"),
    ];
    writer.page.open("div", &about);
    writer.page.datum(&[("property", "prov:wasGeneratedBy"), ("resource", &treatment.iri)]);
    let heading = if writer.facts.kind.is_of_decision() { "h3" } else { "h4" };
    writer.page.leaf(heading, &[("property", "eli:title"), ("datatype", "xsd:string")], &decision.title);
    writer.value("eli:title_short", "xsd:string", &decision.short_title);
    if let Some(description) = &decision.description {
        writer.value("eli:description", "xsd:string", description);
    }
    writer.concept("eli:language", super::document::DUTCH);
    in_force(writer, decision);
    if let Some(text) = &decision.text {
        let word = writer.t("portal.doc_motivation").to_owned();
        writer.page.leaf("p", &[("class", "label")], &word);
        writer.page.open("div", &[("property", "besluit:motivering"), ("lang", "nl")]);
        paragraphs(writer, &text.motivation);
        writer.page.close();
        articles(writer, decision);
    }
    writer.page.close();
}

/// When a decision was taken and published, and from when a regulation is in force.
fn in_force(writer: &mut Writer<'_>, decision: &PublicDecision) {
    let published = writer.edition.at.date_naive();
    writer.value("eli:date_publication", "xsd:date", &published.to_string());
    let taken = Said::new("portal.doc_taken").with("day", day(Lang::Nl, decision.taken)).speak(Lang::Nl);
    writer.page.leaf("p", &[("class", "small muted")], &taken);
    if writer.is(PublicationKind::Regulation) {
        // A correction of the page does not put off what is in force since the first publication.
        let first = writer.edition.first;
        let from = first.checked_add_days(chrono::Days::new(IN_FORCE_DAYS)).unwrap_or(first);
        let said = Said::new("portal.doc_in_force").with("day", day(Lang::Nl, from)).speak(Lang::Nl);
        writer.page.open("p", &[]);
        let about = [("property", "eli:first_date_entry_in_force"), ("datatype", "xsd:date")];
        let from = from.to_string();
        writer.page.leaf("span", &[about[0], about[1], ("content", &from)], &said);
        writer.page.close();
    }
}

fn paragraphs(writer: &mut Writer<'_>, text: &str) {
    for paragraph in text.split('\n').filter(|paragraph| !paragraph.trim().is_empty()) {
        writer.page.leaf("p", &[], paragraph.trim());
    }
}

/// The articles. The value of a decision is its whole text, so that an opening sentence stands directly in it.
fn articles(writer: &mut Writer<'_>, decision: &PublicDecision) {
    let Some(text) = &decision.text else { return };
    let opening =
        Said::new("portal.doc_decides").with("body", &writer.facts.session.body.name).speak(Lang::Nl);
    writer.page.open("div", &[("property", "prov:value"), ("datatype", "xsd:string"), ("class", "articles")]);
    writer.page.text(&opening);
    for (index, article) in (1..).zip(&text.articles) {
        let iri = format!("{}/id/artikels/{}-{index}", writer.facts.base, decision.id);
        let about = [("property", "eli:has_part"), ("resource", iri.as_str()), ("typeof", "besluit:Artikel")];
        writer.page.open("div", &about);
        let number = [("property", "eli:number"), ("datatype", "xsd:string"), ("class", "label")];
        writer.page.leaf("p", &number, &article.number);
        writer.value("eli:title", "xsd:string", &article.number);
        writer.concept("eli:language", super::document::DUTCH);
        writer.page.open("div", &[("property", "prov:value"), ("datatype", "xsd:string")]);
        paragraphs(writer, &article.text);
        writer.page.close();
        writer.page.close();
    }
    writer.page.close();
}
