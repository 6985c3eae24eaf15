//! What OParl is made of, read once for an answer.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::objects::{self, Made};
use crate::booking::Refusal;
use crate::council::publication::{Facts, PublicationAct, PublicationKind};
use crate::council::{Mandate, Term};
use crate::scheduler::{PublishedSession, published_sessions, standing_facts};
use crate::store::{Publication, StoreError, View};
use crate::town::Body;

/// A session with what stands of it.
pub(super) struct Meeting {
    pub(super) session: PublishedSession,
    pub(super) facts: Option<Facts>,
    pub(super) made: Made,
}

/// A body of ours with its terms and members.
pub(super) struct Organization {
    pub(super) body: Body,
    pub(super) terms: Vec<Term>,
    pub(super) members: Vec<Member>,
}

/// A seat and who holds it.
pub(super) struct Member {
    pub(super) mandate: Mandate,
    pub(super) name: String,
}

/// Everything for an answer.
pub(super) struct Gathered {
    pub(super) base: String,
    legal: Vec<(String, String)>,
    organizations: Vec<Organization>,
    meetings: Vec<Meeting>,
}

/// Reads what stands in the register, and who sits in the bodies of which something does.
pub(super) fn gather(view: &View<'_>, base: &str) -> Result<Gathered, Refusal> {
    let mut meetings = Vec::new();
    for session in published_sessions(view, None)? {
        let facts = standing_facts(view, &session.documents)?;
        let made = Made::of(session.documents.iter().map(|entry| entry.published_at));
        meetings.push(Meeting { session, facts, made });
    }
    meetings.reverse();
    let directory = view.directory();
    let seen = |body: &&Body| meetings.iter().any(|meeting| meeting.session.body == body.slug);
    let mut organizations = Vec::new();
    for body in directory.bodies.iter().filter(seen) {
        organizations.push(organization(view, body)?);
    }
    let used = |slug: &str| organizations.iter().any(|each| each.body.legal_body == slug);
    let legal = directory.legal_bodies.iter().filter(|legal| used(&legal.slug));
    let legal = legal.map(|legal| (legal.slug.clone(), legal.name.clone())).collect();
    Ok(Gathered { base: base.to_owned(), legal, organizations, meetings })
}

fn organization(view: &View<'_>, body: &Body) -> Result<Organization, StoreError> {
    let terms = view.terms(body.id)?;
    let mut members = Vec::new();
    for term in &terms {
        for mandate in view.mandates(term.id)?.into_iter().filter(|mandate| mandate.seat.is_some()) {
            let Some(person) = view.person(mandate.person)? else { continue };
            members.push(Member { mandate, name: person.name });
        }
    }
    Ok(Organization { body: body.clone(), terms, members })
}

impl Gathered {
    /// Whether there is a legal person of this name in addresses.
    pub(super) fn has_body(&self, slug: &str) -> bool {
        self.legal.iter().any(|(known, _)| known == slug)
    }

    /// The legal persons.
    pub(super) fn bodies(&self) -> Vec<Value> {
        let body = |(slug, name): &(String, String)| {
            let terms: Vec<Value> = self.objects("terms", Some(slug));
            let made = Made::of(self.meetings_of(Some(slug)).map(|meeting| meeting.made.first));
            objects::body(&self.base, (slug, name), made, &terms)
        };
        self.legal.iter().map(body).collect()
    }

    fn organizations_of<'g>(&'g self, legal: Option<&'g str>) -> impl Iterator<Item = &'g Organization> {
        self.organizations.iter().filter(move |each| legal.is_none_or(|slug| each.body.legal_body == slug))
    }

    fn meetings_of<'g>(&'g self, legal: Option<&'g str>) -> impl Iterator<Item = &'g Meeting> {
        let of = move |meeting: &&Meeting| {
            self.organizations_of(legal).any(|each| each.body.slug == meeting.session.body)
        };
        self.meetings.iter().filter(of)
    }

    /// The objects of one kind, of one legal person if one is given.
    pub(super) fn objects(&self, kind: &str, legal: Option<&str>) -> Vec<Value> {
        let base = self.base.as_str();
        let organizations = || self.organizations_of(legal);
        let meetings = || self.meetings_of(legal);
        match kind {
            "organizations" => organizations().map(|each| objects::organization(base, each)).collect(),
            "persons" => self.persons(legal),
            "memberships" => {
                let members = organizations().flat_map(|each| each.members.iter().map(move |m| (each, m)));
                members.map(|(each, member)| objects::membership(base, each, member)).collect()
            }
            "terms" => {
                let terms = organizations().flat_map(|each| each.terms.iter().map(move |term| (each, term)));
                terms.map(|(each, term)| objects::term(base, each, term)).collect()
            }
            "meetings" => meetings().map(|each| objects::meeting(base, each)).collect(),
            "agendaitems" => meetings().flat_map(|each| objects::agenda_items(base, each)).collect(),
            "papers" => meetings().flat_map(|each| self.papers(each)).collect(),
            "files" => meetings()
                .flat_map(|each| each.session.documents.iter().map(move |entry| (each, entry)))
                .map(|(each, entry)| objects::file(base, &each.session, entry))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn papers(&self, meeting: &Meeting) -> Vec<Value> {
        let legal = self.organizations.iter().find(|each| each.body.slug == meeting.session.body);
        let legal = legal.map_or("", |each| each.body.legal_body.as_str());
        let decisions = meeting.session.documents.iter().filter(|entry| entry.kind.is_of_decision());
        // A regulation is also there as an extract: it is one paper, with its own text as main file.
        let double = |entry: &&Publication| {
            let own = |other: &Publication| {
                other.decision == entry.decision && other.kind == PublicationKind::Regulation
            };
            entry.kind == PublicationKind::Regulation || !meeting.session.documents.iter().any(own)
        };
        decisions.filter(double).map(|entry| objects::paper(&self.base, legal, meeting, entry)).collect()
    }

    fn persons(&self, legal: Option<&str>) -> Vec<Value> {
        let mut seen = std::collections::BTreeSet::new();
        let members = self.organizations_of(legal).flat_map(|each| &each.members);
        let first = members.filter(|member| seen.insert(member.mandate.person)).collect::<Vec<_>>();
        let person = |member: &&Member| {
            let of = |each: &Member| each.mandate.person == member.mandate.person;
            let all = self.organizations.iter().flat_map(|each| each.members.iter().map(move |m| (each, m)));
            let memberships: Vec<Value> = all
                .filter(|(_, each)| of(each))
                .map(|(each, member)| objects::membership(&self.base, each, member))
                .collect();
            let home = self.organizations_of(legal).find(|each| each.members.iter().any(of));
            objects::person(&self.base, home.map_or("", |each| &each.body.legal_body), member, &memberships)
        };
        first.iter().map(person).collect()
    }
}

/// A file that stood once and does no more, for it was taken back or another version took its place: that it was there is
/// still said (OParl 1.1, 2.8). Files are named by the number of their entry in the register.
pub(super) fn deleted_file(view: &View<'_>, base: &str, seq: i64) -> Result<Option<Value>, StoreError> {
    let entry = view.publication(seq)?.filter(|entry| entry.act == PublicationAct::Published);
    let Some(entry) = entry else { return Ok(None) };
    let editions = view.editions(entry.kind, entry.session, entry.decision)?;
    let Some(next) = editions.iter().find(|later| later.version > entry.version) else { return Ok(None) };
    let at = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Ok(Some(json!({
        "id": objects::file_id(base, seq), "type": "https://schema.oparl.org/1.1/File", "deleted": true,
        "created": at(entry.published_at), "modified": at(next.published_at),
    })))
}
