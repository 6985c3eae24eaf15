//! The document that is published: HTML with its facts in RDFa (W3C RDFa 1.1), the same bytes for as long as it lives.
//!
//! It is in Dutch, the language of administration of a Flemish town; its words are texts like all others. Elements
//! that carry `property` and `resource` and have children also carry `typeof`, else they would not become the subject
//! of what stands in them (RDFa Core 7.5).

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::facts::{Facts, PublicPerson};
use super::filter::PublicView;
use super::kind::PublicationKind;
use super::markup::Markup;
use super::{document_items, document_session};
use crate::texts::{Lang, Said, day, text};

/// What is true of one edition of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// From 1 on.
    pub version: u32,
    /// When it is published, on the wall of the town.
    pub at: DateTime<FixedOffset>,
    /// The day on which its first version was published.
    pub first: NaiveDate,
    /// Why it takes the place of the version before.
    pub correction: Option<String>,
    /// The name of the town.
    pub town: String,
}

/// A document, ready to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The page.
    pub html: String,
    /// What people read of it, for the search.
    pub plain: String,
    /// Its title.
    pub title: String,
}

/// The prefixes that the pages use (RDFa Core 5).
const PREFIXES: &str = "besluit: http://data.vlaanderen.be/ns/besluit# mandaat: http://data.vlaanderen.be/ns/mandaat# \
    eli: http://data.europa.eu/eli/ontology# prov: http://www.w3.org/ns/prov# dct: http://purl.org/dc/terms/ \
    skos: http://www.w3.org/2004/02/skos/core# org: http://www.w3.org/ns/org# foaf: http://xmlns.com/foaf/0.1/ \
    ext: http://mu.semte.ch/vocabularies/ext/ person: http://www.w3.org/ns/person# \
    persoon: http://data.vlaanderen.be/ns/persoon# lblodlg: http://data.lblod.info/vocabularies/leidinggevenden/ \
    lblodBesluit: http://lblod.data.gift/vocabularies/besluit/ xsd: http://www.w3.org/2001/XMLSchema# \
    rdfs: http://www.w3.org/2000/01/rdf-schema#";

/// The tower of the house, as every page has it.
const TOWER: &str = "M12 1l4 5v3h-1v3h2v11h-3v-5h-4v5H7V12h2V9H8V6z";

/// The concept of the Dutch language (EU Publications Office).
pub(super) const DUTCH: &str = "http://publications.europa.eu/resource/authority/language/NLD";

/// Whoever writes a document: the page so far, what it is about, and its words.
pub(super) struct Writer<'v> {
    pub(super) page: Markup,
    pub(super) facts: &'v Facts,
    pub(super) edition: &'v Edition,
}

impl Writer<'_> {
    /// A word of the document.
    #[expect(clippy::unused_self, reason = "the test of the texts looks for calls of this name")]
    pub(super) fn t<'k>(&self, key: &'k str) -> &'k str {
        text(Lang::Nl, key)
    }

    /// Whether the document is of this kind.
    pub(super) fn is(&self, kind: PublicationKind) -> bool {
        self.facts.kind == kind
    }

    /// A value that people do not see.
    pub(super) fn value(&mut self, property: &str, datatype: &str, content: &str) {
        self.page.datum(&[("property", property), ("datatype", datatype), ("content", content)]);
    }

    /// A concept that people do not see.
    pub(super) fn concept(&mut self, property: &str, iri: &str) {
        self.page.datum(&[("property", property), ("resource", iri), ("typeof", "skos:Concept")]);
    }

    /// An instant as people read it.
    pub(super) fn instant(&mut self, property: &str, at: DateTime<FixedOffset>, words: &str) {
        let iso = iso(at);
        self.page.leaf(
            "time",
            &[("property", property), ("datatype", "xsd:dateTime"), ("datetime", &iso), ("content", &iso)],
            words,
        );
    }

    /// A list of names, each pointing to a mandate under the properties given.
    pub(super) fn names(&mut self, properties: &str, people: &[PublicPerson]) {
        for (index, person) in people.iter().enumerate() {
            if index > 0 {
                self.page.text(", ");
            }
            let about = [
                ("property", properties),
                ("resource", person.iri.as_str()),
                ("typeof", "mandaat:Mandataris"),
            ];
            self.page.leaf("span", &about, &person.name());
        }
    }
}

/// An instant of XML Schema.
pub(super) fn iso(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// `maandag 18 januari 2027 om 20:00 uur`.
pub(super) fn said_instant(at: DateTime<FixedOffset>) -> String {
    let date = day(Lang::Nl, at.date_naive());
    Said::new("portal.doc_at").with("day", date).with("time", at.format("%H:%M")).speak(Lang::Nl)
}

/// The title of a document: `Agenda van de Gemeenteraad, maandag 18 januari 2027`.
fn title(facts: &Facts) -> String {
    let date = day(Lang::Nl, facts.session.planned.date_naive());
    let decision = facts
        .items
        .iter()
        .filter_map(|item| item.treatment.as_ref())
        .find_map(|treatment| treatment.decisions.first().map(|decision| decision.title.clone()));
    match decision.filter(|_| facts.kind.is_of_decision()) {
        Some(title) => title,
        None => Said::new("portal.doc_title")
            .with("kind", text(Lang::Nl, kind_key(facts.kind)))
            .with("body", &facts.session.body.name)
            .with("day", date)
            .speak(Lang::Nl),
    }
}

/// The text key of what a document is called.
#[must_use]
pub const fn kind_key(kind: PublicationKind) -> &'static str {
    match kind {
        PublicationKind::Agenda => "portal.kind_agenda",
        PublicationKind::DecisionList => "portal.kind_decision_list",
        PublicationKind::Minutes => "portal.kind_minutes",
        PublicationKind::Extract => "portal.kind_extract",
        PublicationKind::Regulation => "portal.kind_regulation",
    }
}

/// Writes a document.
#[must_use]
pub fn render(view: &PublicView, edition: &Edition) -> Rendered {
    let facts = view.facts();
    let title = title(facts);
    let mut writer = Writer { page: Markup::default(), facts, edition };
    head(&mut writer, &title);
    let session = &facts.session;
    writer.page.open("article", &[("resource", &session.iri), ("typeof", "besluit:Zitting")]);
    document_session::session(&mut writer);
    if facts.kind.is_of_decision() {
        document_items::decision_alone(&mut writer);
    } else {
        document_items::items(&mut writer);
    }
    writer.page.close();
    foot(&mut writer);
    let (html, plain) = writer.page.finish();
    Rendered { html: format!("<!doctype html>\n{html}\n"), plain, title }
}

fn head(writer: &mut Writer<'_>, title: &str) {
    let town = writer.edition.town.clone();
    let (skip, home) = (writer.t("page.skip"), writer.t("portal.sessions"));
    let page = &mut writer.page;
    page.open("html", &[("lang", "nl")]);
    page.open("head", &[]);
    page.void("meta", &[("charset", "utf-8")]);
    page.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    page.leaf("title", &[], &format!("{title} – {town}"));
    page.void("link", &[("rel", "stylesheet"), ("href", "/assets/belfort.css")]);
    page.void("link", &[("rel", "icon"), ("href", "/assets/belfort.svg"), ("type", "image/svg+xml")]);
    page.close();
    page.open("body", &[("prefix", PREFIXES)]);
    page.leaf("a", &[("class", "skip"), ("href", "#main")], skip);
    page.open("header", &[("class", "top")]);
    page.open("div", &[("class", "bar")]);
    page.open("a", &[("class", "town"), ("href", "/zittingen")]);
    page.open("svg", &[("class", "tower"), ("viewBox", "0 0 24 24"), ("aria-hidden", "true")]);
    page.leaf("path", &[("d", TOWER)], "");
    page.close();
    page.text(&town);
    page.close();
    page.open("nav", &[("aria-label", home)]);
    page.open("ul", &[]);
    page.open("li", &[]);
    page.leaf("a", &[("href", "/zittingen")], home);
    for _ in 0..5 {
        page.close();
    }
    page.open("main", &[("id", "main"), ("class", "document")]);
}

/// What article 287 wants said beside a decision: when it was published, how to read it in full, how to complain.
fn foot(writer: &mut Writer<'_>) {
    let edition = writer.edition;
    let published = Said::new("portal.doc_published")
        .with("version", edition.version)
        .with("at", said_instant(edition.at))
        .speak(Lang::Nl);
    writer.page.open("footer", &[("class", "small")]);
    writer.page.leaf("p", &[], &published);
    if !writer.is(PublicationKind::Agenda) {
        let (inspect, complain) = (writer.t("portal.doc_inspect"), writer.t("portal.doc_complain"));
        writer.page.leaf("p", &[], inspect);
        writer.page.leaf("p", &[], complain);
    }
    let register = writer.t("portal.doc_register");
    writer.page.open("p", &[]);
    writer.page.leaf("a", &[("href", "/bekendmakingen")], register);
    writer.page.close();
    writer.page.close();
}
