//! The head of a document: which body sat, when and where, who presided, who was there.

use super::document::{Writer, iso, kind_key, said_instant};
use super::facts::PublicPerson;
use super::kind::PublicationKind;
use crate::council::SessionMode;
use crate::texts::{Lang, Said, day};

/// Writes the head of a document.
pub(super) fn session(writer: &mut Writer<'_>) {
    let session = &writer.facts.session;
    let kind = writer.t(kind_key(writer.facts.kind)).to_owned();
    let home = format!("/zittingen/{}", session.slug);
    let date = day(Lang::Nl, session.planned.date_naive());
    writer.page.open("p", &[("class", "crumbs")]);
    writer.page.leaf("a", &[("href", &home)], &format!("{}, {date}", session.body.name));
    writer.page.close();
    writer.page.open("h1", &[]);
    writer.page.text(&kind);
    writer.page.text(" ");
    body(writer);
    writer.page.close();
    correction(writer);
    when_and_where(writer);
    document(writer);
    if writer.facts.kind.is_of_decision() {
        offices(writer);
    } else if !writer.is(PublicationKind::Agenda) {
        offices(writer);
        attendance(writer);
    }
}

/// The visible mark of a correction.
fn correction(writer: &mut Writer<'_>) {
    let Some(reason) = &writer.edition.correction else { return };
    let said = Said::new("portal.doc_corrected")
        .with("at", said_instant(writer.edition.at))
        .with("version", writer.edition.version)
        .with("reason", reason)
        .speak(Lang::Nl);
    writer.page.leaf("p", &[("class", "notice warn")], &said);
}

/// The body. Its kind is said in one way on decision lists and in another elsewhere: the application profiles differ.
fn body(writer: &mut Writer<'_>) {
    let body = &writer.facts.session.body;
    let kind = match writer.facts.kind {
        PublicationKind::DecisionList => "besluit:classificatie",
        _ => "org:classification",
    };
    let about = [
        ("property", "besluit:isGehoudenDoor"),
        ("resource", body.iri.as_str()),
        ("typeof", "besluit:Bestuursorgaan"),
    ];
    writer.page.open("span", &about);
    writer.concept(kind, &body.classification);
    writer.page.leaf("span", &[("property", "skos:prefLabel"), ("datatype", "xsd:string")], &body.name);
    let unit = [
        ("property", "besluit:bestuurt"),
        ("resource", body.unit_iri.as_str()),
        ("typeof", "besluit:Bestuurseenheid"),
    ];
    writer.page.open("span", &unit);
    writer.concept("besluit:classificatie", &body.unit_classification);
    writer.value("skos:prefLabel", "xsd:string", &body.unit);
    let area = [
        ("property", "besluit:werkingsgebied"),
        ("resource", body.area_iri.as_str()),
        ("typeof", "prov:Location"),
    ];
    writer.page.open("span", &area);
    writer.value("rdfs:label", "xsd:string", &body.area);
    writer.value("ext:werkingsgebiedNiveau", "xsd:string", "Gemeente");
    writer.page.close();
    writer.page.close();
    writer.page.close();
}

fn when_and_where(writer: &mut Writer<'_>) {
    let session = &writer.facts.session;
    writer.page.open("dl", &[("class", "facts")]);
    fact(writer, "portal.doc_planned", |writer| {
        writer.instant("besluit:geplandeStart", session.planned, &said_instant(session.planned));
    });
    if let (Some(started), Some(ended)) = (session.started, session.ended) {
        fact(writer, "portal.doc_held", |writer| {
            writer.instant("prov:startedAtTime", started, &started.format("%H:%M").to_string());
            writer.page.text(" – ");
            let last = if ended.date_naive() == started.date_naive() {
                ended.format("%H:%M").to_string()
            } else {
                said_instant(ended)
            };
            writer.instant("prov:endedAtTime", ended, &last);
        });
    }
    if let Some(place) = &session.place {
        fact(writer, "portal.doc_place", |writer| {
            let about = [
                ("property", "prov:atLocation"),
                ("resource", place.iri.as_str()),
                ("typeof", "prov:Location"),
            ];
            writer.page.open("span", &about);
            writer.page.leaf("span", &[("property", "rdfs:label"), ("datatype", "xsd:string")], &place.name);
            writer.page.close();
        });
    }
    if session.mode != SessionMode::Physical {
        fact(writer, "portal.doc_mode", |writer| {
            let word = match session.mode {
                SessionMode::Hybrid => writer.t("portal.mode_hybrid"),
                _ => writer.t("portal.mode_digital"),
            };
            writer.page.text(word);
        });
    }
    if let Some(version) = session.agenda_version {
        fact(writer, "portal.doc_agenda_version", |writer| writer.page.text(&version.to_string()));
    }
    writer.page.close();
}

/// A term and what is said of it.
pub(super) fn fact<'v>(writer: &mut Writer<'v>, key: &str, said: impl FnOnce(&mut Writer<'v>)) {
    let word = writer.t(key).to_owned();
    writer.page.open("div", &[]);
    writer.page.leaf("dt", &[], &word);
    writer.page.open("dd", &[]);
    said(writer);
    writer.page.close();
    writer.page.close();
}

/// The document itself, and the day of its publication.
fn document(writer: &mut Writer<'_>) {
    let kind = writer.facts.kind;
    let types = format!("foaf:Document {}", kind.document_type());
    let about = [
        ("property", kind.property()),
        ("resource", writer.facts.document.as_str()),
        ("typeof", types.as_str()),
    ];
    writer.page.open("span", &about);
    writer.value("eli:date_publication", "xsd:date", &writer.edition.at.date_naive().to_string());
    writer.value("prov:generatedAtTime", "xsd:dateTime", &iso(writer.edition.at));
    writer.page.close();
}

/// Who presided, and who wrote the minutes: a functionary, not a member.
fn offices(writer: &mut Writer<'_>) {
    let (chair, secretary) = (&writer.facts.session.chair, &writer.facts.session.secretary);
    if chair.is_none() && secretary.is_none() {
        return;
    }
    writer.page.open("dl", &[("class", "facts")]);
    if let Some(chair) = chair {
        fact(writer, "portal.doc_chair", |writer| {
            member(writer, "span", "besluit:heeftVoorzitter", chair);
        });
    }
    if let Some(secretary) = secretary {
        fact(writer, "portal.doc_secretary", |writer| {
            let about = [
                ("property", "besluit:heeftSecretaris"),
                ("resource", secretary.iri.as_str()),
                ("typeof", "lblodlg:Functionaris"),
            ];
            writer.page.leaf("span", &about, &secretary.name());
        });
    }
    writer.page.close();
}

/// Who was there at the start and who was not, each with what is known of them in public.
fn attendance(writer: &mut Writer<'_>) {
    let Some(present) = &writer.facts.session.at_start else { return };
    let heading = writer.t("portal.doc_present").to_owned();
    writer.page.leaf("h2", &[], &heading);
    people(writer, "besluit:heeftAanwezigeBijStart", present);
    let absent = &writer.facts.session.absent;
    if !absent.is_empty() {
        let heading = writer.t("portal.doc_absent").to_owned();
        writer.page.leaf("h2", &[], &heading);
        people(writer, "ext:heeftAfwezigeBijStart", absent);
    }
}

fn people(writer: &mut Writer<'_>, property: &str, people: &[PublicPerson]) {
    writer.page.open("ul", &[("class", "people")]);
    for person in people {
        writer.page.open("li", &[]);
        member(writer, "span", property, person);
        if let Some(group) = &person.fraction {
            writer.page.text(&format!(" ({group})"));
        }
        writer.page.close();
    }
    writer.page.close();
}

/// A member with the person behind the mandate.
fn member(writer: &mut Writer<'_>, tag: &'static str, property: &str, person: &PublicPerson) {
    let about = [("property", property), ("resource", person.iri.as_str()), ("typeof", "mandaat:Mandataris")];
    writer.page.open(tag, &about);
    let who = [
        ("property", "mandaat:isBestuurlijkeAliasVan"),
        ("resource", person.person_iri.as_str()),
        ("typeof", "person:Person"),
    ];
    writer.page.open("span", &who);
    let text = |property| [("property", property), ("datatype", "xsd:string")];
    writer.page.leaf("span", &text("persoon:gebruikteVoornaam"), &person.given);
    writer.page.text(" ");
    writer.page.leaf("span", &text("foaf:familyName"), &person.family);
    writer.page.close();
    writer.page.close();
}
