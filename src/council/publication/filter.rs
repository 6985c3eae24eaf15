//! What everybody may read of a session. Closed matter never reaches a public renderer: those take a [`PublicView`],
//! a type that only this file can build.
//!
//! Of an item behind closed doors the public title and that it was closed are published, and of what was decided the
//! short description; never its note, draft, inner title, names, votes or text. The title of such a decision is that of
//! the item, for it was written to be read by anybody. A body that never meets in the open may choose to have it said
//! that a vote adopted a decision; not of what would be closed in any body, and not of secret votes.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, Utc};

use super::facts::{
    DecisionText, Facts, Named, PublicAttachment, PublicBody, PublicCount, PublicDecision, PublicItem,
    PublicPerson, PublicPlace, PublicReference, PublicSession, PublicTreatment, PublicVote,
};
use super::file::{FiledItem, FiledMandate, FiledVote, SessionFile};
use super::iri::{body_concept, given_or, made, unit_concept};
use super::kind::{Asked, PublicationKind};
use crate::council::{
    Choice, ClosedList, Decision, Ground, ItemState, MandateRole, SessionPart, VoteKind, VotePurpose,
    VoteState, sitting,
};
use crate::ids::{DecisionId, MandateId};
use crate::town::slug_of;

/// Why something cannot be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPublic {
    /// The body never meets in the open: of its sessions only the list of decisions is published.
    ClosedBody,
    /// It was decided behind closed doors.
    ClosedItem,
    /// The session took no such decision.
    NoDecision,
    /// The decision is no regulation.
    NoRegulation,
    /// There is no item that could be named.
    Empty,
}

impl NotPublic {
    /// The text key that says so.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ClosedBody => "portal.closed_body",
            Self::ClosedItem => "portal.closed_item",
            Self::NoDecision => "portal.no_decision",
            Self::NoRegulation => "portal.no_regulation",
            Self::Empty => "portal.empty",
        }
    }
}

/// What everybody may read of a session in one document: only [`PublicView::of`] builds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicView {
    facts: Facts,
}

impl PublicView {
    /// The public part of a session, as far as the document that is asked for goes.
    ///
    /// # Errors
    /// [`NotPublic`] if nothing of it may be published.
    pub fn of(file: &SessionFile, asked: Asked) -> Result<Self, NotPublic> {
        let kind = asked.kind();
        if file.body.never_public && kind != PublicationKind::DecisionList {
            return Err(NotPublic::ClosedBody);
        }
        let filter = Filter::new(file, kind);
        let items = match asked.decision() {
            Some(decision) => vec![filter.decided(decision)?],
            None => filter.items(),
        };
        if items.is_empty() {
            return Err(NotPublic::Empty);
        }
        let (noun, id) = match asked.decision() {
            Some(decision) => (kind.dutch(), decision.0),
            None => (kind.dutch(), file.session.id.0),
        };
        let document = made(&file.base, noun, id);
        let facts = Facts { kind, document, base: file.base.clone(), session: filter.session(), items };
        Ok(Self { facts })
    }

    /// What may be read.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// Whether an item was, or is to be, treated behind closed doors.
fn is_closed(file: &SessionFile, filed: &FiledItem) -> bool {
    let doors = filed.treatment.as_ref().is_some_and(|treatment| !treatment.public);
    file.body.never_public || filed.item.part == SessionPart::Closed || doors
}

struct Filter<'f> {
    file: &'f SessionFile,
    kind: PublicationKind,
    people: HashMap<MandateId, PublicPerson>,
    /// Whether it is published who was present.
    attendance: bool,
}

impl<'f> Filter<'f> {
    fn new(file: &'f SessionFile, kind: PublicationKind) -> Self {
        let people = file.people.iter().map(|filed| (filed.mandate.id, person(&file.base, filed))).collect();
        let attendance = file.body.council.rules.publish_attendance && !file.body.never_public;
        Self { file, kind, people, attendance }
    }

    fn iri(&self, noun: &str, id: impl std::fmt::Display) -> String {
        made(&self.file.base, noun, id)
    }

    fn wall(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.file.session.zone.tz()).fixed_offset()
    }

    /// Those of a list whom we know, in its order.
    fn named(&self, mandates: &[MandateId]) -> Vec<PublicPerson> {
        mandates.iter().filter_map(|id| self.people.get(id).cloned()).collect()
    }

    fn session(&self) -> PublicSession {
        let session = &self.file.session;
        let held = self.kind != PublicationKind::Agenda;
        let place = session.place.trim();
        let told = !place.is_empty() && !self.file.body.never_public;
        let place =
            told.then(|| PublicPlace { iri: self.iri("locaties", slug_of(place)), name: place.to_owned() });
        let office = |id: Option<MandateId>| id.and_then(|id| self.people.get(&id).cloned());
        let shown = held && self.attendance;
        PublicSession {
            id: session.id,
            iri: self.iri("zittingen", session.id),
            slug: session.slug.clone(),
            body: self.body(),
            planned: self.wall(session.planned),
            place,
            mode: session.mode,
            started: session.opened.filter(|_| held).map(|at| self.wall(at)),
            ended: session.closed.filter(|_| held).map(|at| self.wall(at)),
            chair: office(session.chair).filter(|_| held),
            secretary: office(session.secretary).filter(|_| held),
            at_start: shown.then(|| self.named(&self.file.at_start)),
            absent: if shown { self.absent() } else { Vec::new() },
            agenda_version: self.file.agenda_version.filter(|_| !held),
        }
    }

    fn absent(&self) -> Vec<PublicPerson> {
        let Some(opened) = self.file.session.opened else { return Vec::new() };
        let mandates: Vec<_> = self.file.people.iter().map(|filed| filed.mandate.clone()).collect();
        let absent = sitting(&mandates, opened).into_iter().map(|mandate| mandate.id);
        let absent: Vec<_> = absent.filter(|id| !self.file.at_start.contains(id)).collect();
        self.named(&absent)
    }

    fn body(&self) -> PublicBody {
        let (file, body) = (self.file, &self.file.body);
        let base = &file.base;
        PublicBody {
            id: body.id,
            slug: body.slug.clone(),
            iri: given_or(file.term.iri.as_deref(), base, "bestuursorganen", file.term.id),
            name: body.name.clone(),
            classification: body_concept(base, &body.council),
            unit: file.unit.name.clone(),
            unit_iri: given_or(file.unit.iri.as_deref(), base, "bestuurseenheden", &file.unit.slug),
            unit_classification: unit_concept(base, &body.council),
            area: file.unit.area.clone(),
            area_iri: given_or(file.unit.area_iri.as_deref(), base, "werkingsgebieden", &file.unit.slug),
        }
    }

    /// Everything that stands on the agenda: what was fixed has a number, what was taken off before has none.
    fn items(&self) -> Vec<PublicItem> {
        let on_it = |filed: &&FiledItem| filed.item.number.is_some() || filed.treatment.is_some();
        let left =
            |filed: &&FiledItem| filed.item.state != ItemState::Withdrawn || filed.item.number.is_some();
        let mut items: Vec<PublicItem> = Vec::new();
        let mut treated = None;
        for filed in self.file.items.iter().filter(on_it).filter(left) {
            let after = items.last().map(|before| before.iri.clone());
            let item = self.item(filed, after, treated.clone());
            treated = item.treatment.as_ref().map(|treatment| treatment.iri.clone()).or(treated);
            items.push(item);
        }
        items
    }

    /// The item of a decision, with that decision alone.
    fn decided(&self, decision: DecisionId) -> Result<PublicItem, NotPublic> {
        let has = |filed: &&FiledItem| filed.decisions.iter().any(|taken| taken.id == decision);
        let filed = self.file.items.iter().find(has).ok_or(NotPublic::NoDecision)?;
        if is_closed(self.file, filed) {
            return Err(NotPublic::ClosedItem);
        }
        let mut item = self.item(filed, None, None);
        let treatment = item.treatment.as_mut().ok_or(NotPublic::NoDecision)?;
        treatment.decisions.retain(|taken| taken.id == decision);
        // The report of what was said belongs to the minutes; a regulation is its text and nothing else.
        treatment.summary.clear();
        if self.kind == PublicationKind::Regulation {
            if !treatment.decisions.iter().all(|taken| taken.regulation) {
                return Err(NotPublic::NoRegulation);
            }
            treatment.votes.clear();
            treatment.present = None;
        }
        Ok(item)
    }

    fn item(&self, filed: &FiledItem, after: Option<String>, treated: Option<String>) -> PublicItem {
        let item = &filed.item;
        let closed = is_closed(self.file, filed);
        let description = Some(item.description.trim().to_owned()).filter(|text| !text.is_empty());
        PublicItem {
            id: item.id,
            iri: self.iri("agendapunten", item.id),
            after,
            number: item.number.clone().unwrap_or_default(),
            title: item.title.clone(),
            description: description.filter(|_| !closed),
            closed,
            section: item.section,
            earlier: filed
                .earlier
                .iter()
                .map(|earlier| PublicReference {
                    iri: self.iri("agendapunten", earlier.id),
                    title: earlier.title.clone(),
                    closed: earlier.closed,
                })
                .collect(),
            attachments: if closed { Vec::new() } else { self.attachments(filed) },
            treatment: self.treatment(filed, closed, treated),
        }
    }

    fn attachments(&self, filed: &FiledItem) -> Vec<PublicAttachment> {
        let public = (1..).zip(filed.attachments.iter().filter(|attachment| attachment.public));
        let attachment = |(n, attachment): (u32, &super::file::Attachment)| PublicAttachment {
            iri: match &attachment.url {
                Some(url) => url.clone(),
                None => self.iri("bijlagen", format!("{}-{n}", filed.item.id)),
            },
            name: attachment.name.clone(),
            url: attachment.url.clone(),
        };
        public.map(attachment).collect()
    }

    fn treatment(&self, filed: &FiledItem, closed: bool, after: Option<String>) -> Option<PublicTreatment> {
        let treatment = filed.treatment.as_ref()?;
        let list = self.kind == PublicationKind::DecisionList;
        if self.kind == PublicationKind::Agenda || (closed && !list) {
            return None;
        }
        let iri = self.iri("behandelingen-van-agendapunten", filed.item.id);
        let decisions =
            filed.decisions.iter().map(|decision| self.decision(filed, decision, closed)).collect();
        if closed {
            let (outcome, present, summary, votes) = (None, None, String::new(), self.adoptions(filed));
            return Some(PublicTreatment { iri, after, outcome, present, summary, votes, decisions });
        }
        let declared = filed.votes.iter().filter(|filed| filed.vote.state == VoteState::Declared);
        Some(PublicTreatment {
            iri,
            after,
            outcome: treatment.outcome,
            present: (self.attendance && !list).then(|| self.named(&filed.present)),
            summary: if list { String::new() } else { treatment.summary.trim().to_owned() },
            votes: declared.map(|vote| self.vote(vote)).collect(),
            decisions,
        })
    }

    /// That votes of a closed body adopted what it decided, without a word of theirs.
    fn adoptions(&self, filed: &FiledItem) -> Vec<PublicVote> {
        let body = &self.file.body;
        // Closed for another reason too, such as somebody's privacy: closed in any body.
        let closed_anyway = filed.item.ground.is_some_and(|ground| ground != Ground::BodyIsClosed);
        let told = body.council.rules.closed_list == ClosedList::Adopted;
        if !body.never_public || !told || closed_anyway || filed.decisions.is_empty() {
            return Vec::new();
        }
        let adopts = |filed: &&FiledVote| {
            let vote = &filed.vote;
            let open = vote.kind != VoteKind::Secret && vote.purpose == VotePurpose::Substance;
            open && vote.state == VoteState::Declared && filed.adopted == Some(true)
        };
        let adoption = |found: &FiledVote| PublicVote {
            id: found.vote.id,
            iri: self.iri("stemmingen", found.vote.id),
            subject: filed.item.title.clone(),
            secret: false,
            adopted: Some(true),
            elected: None,
            count: None,
        };
        filed.votes.iter().filter(adopts).map(adoption).collect()
    }

    fn decision(&self, filed: &FiledItem, decision: &Decision, closed: bool) -> PublicDecision {
        let title = if closed { &filed.item.title } else { &decision.title };
        let short = Some(decision.short_title.trim()).filter(|short| !short.is_empty() && !closed);
        let description = Some(filed.item.description.trim()).filter(|text| !text.is_empty());
        let full = !closed && self.kind != PublicationKind::DecisionList;
        PublicDecision {
            id: decision.id,
            iri: self.iri("besluiten", decision.id),
            title: title.clone(),
            short_title: short.unwrap_or(title).to_owned(),
            // Of a body that never meets in the open no more than the titles are known.
            description: description.filter(|_| !self.file.body.never_public).map(str::to_owned),
            text: full.then(|| DecisionText {
                motivation: decision.motivation.trim().to_owned(),
                articles: decision.articles.clone(),
            }),
            regulation: decision.regulation && !closed,
            taken: self.wall(decision.taken).date_naive(),
        }
    }

    fn vote(&self, filed: &FiledVote) -> PublicVote {
        let vote = &filed.vote;
        let candidate = |place: u32| vote.candidates.get(usize::try_from(place).ok()?).cloned();
        PublicVote {
            id: vote.id,
            iri: self.iri("stemmingen", vote.id),
            subject: vote.subject.clone(),
            secret: vote.kind == VoteKind::Secret,
            adopted: filed.adopted,
            elected: filed.elected.and_then(candidate),
            count: (self.kind != PublicationKind::DecisionList).then(|| self.count(filed)),
        }
    }

    fn count(&self, filed: &FiledVote) -> PublicCount {
        let secret = filed.vote.kind == VoteKind::Secret;
        let named = (!secret && !filed.ballots.is_empty()).then(|| self.groups(filed));
        // A vote in which nobody differed need not name anybody (article 277), and who voted was present.
        let split = |named: &Named| !named.against.is_empty() || !named.abstained.is_empty();
        PublicCount {
            totals: filed.totals.clone(),
            candidates: filed.vote.candidates.clone(),
            present: if self.attendance { self.named(&filed.present) } else { Vec::new() },
            named: named.filter(|named| self.attendance || split(named)),
        }
    }

    fn groups(&self, filed: &FiledVote) -> Named {
        let mut named = Named::default();
        for ballot in &filed.ballots {
            let Some(person) = self.people.get(&ballot.mandate) else { continue };
            let group = match ballot.choice {
                Choice::For => &mut named.in_favour,
                Choice::Against => &mut named.against,
                Choice::Abstain => &mut named.abstained,
                // Present without a vote: to name them is to publish attendance.
                Choice::NotVoting if !self.attendance => continue,
                Choice::NotVoting => &mut named.not_voting,
                Choice::Candidate(_) => &mut named.chose,
            };
            group.push(person.clone());
        }
        named
    }
}

/// Somebody with a mandate. The official who writes the minutes is no member but a functionary.
fn person(base: &str, filed: &FiledMandate) -> PublicPerson {
    let mandate = &filed.mandate;
    let noun = if mandate.role == MandateRole::Secretary { "functionarissen" } else { "mandatarissen" };
    let (given, family) = filed.name.trim().split_once(' ').unwrap_or((filed.name.trim(), ""));
    PublicPerson {
        mandate: mandate.id,
        iri: given_or(mandate.iri.as_deref(), base, noun, mandate.id),
        person: mandate.person,
        person_iri: given_or(filed.person_iri.as_deref(), base, "personen", mandate.person),
        given: given.to_owned(),
        family: family.trim().to_owned(),
        role: mandate.role,
        fraction: mandate.fraction.clone(),
    }
}
