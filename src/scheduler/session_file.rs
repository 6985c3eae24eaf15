//! Takes together all that the house knows of a session, for the filter that decides what of it is public.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::council::fixed_content;
use super::read_published::meets_in_the_open;
use crate::booking::Refusal;
use crate::council::publication::{
    Asked, Attachment, EarlierItem, FiledBody, FiledItem, FiledMandate, FiledVote, SessionFile, Unit,
};
use crate::council::{
    AgendaItem, AgendaVersion, Decision, DocumentVersion, Mandate, Reader as Viewing, Session, SessionPart,
    Totals, Treatment, Vote, VoteOutcome, VoteState, may_read, sitting,
};
use crate::ids::{DocumentId, ItemId, MandateId};
use crate::presence::{Ledger, PresenceEvent, present};
use crate::store::{StoreError, View};
use crate::town::Body;

/// The file of a session. `base` is where people reach the house, without slash at the end.
///
/// For the agenda its items are those of the last fixed version, in the words that were fixed.
///
/// # Errors
/// [`Refusal::Unknown`] if the body or the term is gone; those of the store.
pub(super) fn session_file(
    view: &View<'_>,
    base: &str,
    session: &Session,
    asked: Asked,
) -> Result<SessionFile, Refusal> {
    let body = view.directory().body(session.body).ok_or_else(|| Refusal::unknown("body", session.body))?;
    let council = view.council_body(body.id)?.ok_or_else(|| Refusal::unknown("body", session.body))?;
    let term = view.term(session.term)?.ok_or_else(|| Refusal::unknown("term", session.term))?;
    let people = people(view, session)?;
    let versions = view.agenda_versions(session.id)?;
    let reader = Reader::new((view, base), session, &people, council.rules.lost_grace_s)?;
    let (mut items, mut shown) = (reader.items()?, session.clone());
    if asked == Asked::Agenda {
        as_fixed(&mut shown, &mut items, versions.last())?;
    }
    let closed = !meets_in_the_open(body, Some(&council));
    Ok(SessionFile {
        base: base.to_owned(),
        unit: unit(view, body)?,
        body: FiledBody {
            id: body.id,
            slug: body.slug.clone(),
            name: body.name.clone(),
            council,
            never_public: closed,
        },
        term,
        session: shown,
        at_start: session.opened.map(|at| reader.present(&reader.ledger(), at)).unwrap_or_default(),
        people,
        items,
        agenda_version: versions.last().map(|version| version.number),
    })
}

/// Puts what was fixed in the place of what may have changed since.
fn as_fixed(
    session: &mut Session,
    items: &mut Vec<FiledItem>,
    version: Option<&AgendaVersion>,
) -> Result<(), Refusal> {
    let Some(version) = version else {
        items.clear();
        return Ok(());
    };
    let fixed = fixed_content(version)?;
    (session.planned, session.place, session.mode) = (fixed.planned, fixed.place, fixed.mode);
    let mut live: HashMap<ItemId, FiledItem> = items.drain(..).map(|filed| (filed.item.id, filed)).collect();
    for line in fixed.items {
        let Some(mut filed) = live.remove(&line.id) else { continue };
        // What was closed since is closed, whatever was fixed.
        filed.item.part = filed.item.part.max(line.part);
        filed.item.number = Some(line.number);
        filed.item.title = line.title;
        filed.item.description = line.description;
        items.push(filed);
    }
    Ok(())
}

fn unit(view: &View<'_>, body: &Body) -> Result<Unit, StoreError> {
    let directory = view.directory();
    let legal = directory.legal_bodies.iter().find(|legal| legal.slug == body.legal_body);
    let area = directory.house.town.clone();
    Ok(Unit {
        slug: body.legal_body.clone(),
        name: legal.map_or_else(|| area.clone(), |legal| legal.name.clone()),
        iri: view.public_identity("unit", &body.legal_body)?,
        area_iri: view.public_identity("area", &body.legal_body)?,
        area,
    })
}

fn people(view: &View<'_>, session: &Session) -> Result<Vec<FiledMandate>, StoreError> {
    let mut people = Vec::new();
    for mandate in view.mandates(session.term)? {
        let Some(person) = view.person(mandate.person)? else { continue };
        let person_iri = view.public_identity("person", &person.id.to_string())?;
        people.push(FiledMandate { mandate, name: person.name, person_iri });
    }
    Ok(people)
}

struct Reader<'v> {
    view: &'v View<'v>,
    base: &'v str,
    session: &'v Session,
    mandates: Vec<Mandate>,
    events: Vec<PresenceEvent>,
    grace: TimeDelta,
}

impl<'v> Reader<'v> {
    fn new(
        (view, base): (&'v View<'v>, &'v str),
        session: &'v Session,
        people: &[FiledMandate],
        grace_s: u32,
    ) -> Result<Self, StoreError> {
        let mandates = people.iter().map(|filed| filed.mandate.clone()).collect();
        let events = view.presence_events(session.id)?;
        Ok(Self { view, base, session, mandates, events, grace: TimeDelta::seconds(i64::from(grace_s)) })
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger { events: &self.events, grace: self.grace }
    }

    /// The sitting members who were present at an instant. What the ledger was corrected to since counts.
    fn present(&self, ledger: &Ledger<'_>, at: DateTime<Utc>) -> Vec<MandateId> {
        let sitting: Vec<MandateId> =
            sitting(&self.mandates, at).into_iter().map(|mandate| mandate.id).collect();
        present(ledger, &sitting, at)
    }

    fn items(&self) -> Result<Vec<FiledItem>, StoreError> {
        let id = self.session.id;
        let mut treatments: HashMap<ItemId, Treatment> =
            self.view.treatments(id)?.into_iter().map(|treatment| (treatment.item, treatment)).collect();
        let mut decisions: HashMap<ItemId, Vec<Decision>> = HashMap::new();
        for decision in self.view.decisions(id)? {
            decisions.entry(decision.item).or_default().push(decision);
        }
        let mut votes: HashMap<ItemId, Vec<FiledVote>> = HashMap::new();
        for vote in self.view.votes(id)? {
            votes.entry(vote.item).or_default().push(self.vote(vote)?);
        }
        let mut attachments = self.attachments()?;
        let mut filed = Vec::new();
        for item in self.view.agenda_items(id)? {
            let treatment = treatments.remove(&item.id);
            let at = treatment.as_ref().map(|treatment| treatment.started);
            filed.push(FiledItem {
                present: at.map(|at| self.present(&self.ledger(), at)).unwrap_or_default(),
                earlier: self.earlier(&item)?,
                votes: votes.remove(&item.id).unwrap_or_default(),
                decisions: decisions.remove(&item.id).unwrap_or_default(),
                attachments: attachments.remove(&item.id).unwrap_or_default(),
                treatment,
                item,
            });
        }
        Ok(filed)
    }

    /// The documents of each item: those that were released to anybody may be had, or named if they lie elsewhere; of
    /// the others not even the name is public.
    fn attachments(&self) -> Result<HashMap<ItemId, Vec<Attachment>>, StoreError> {
        let mut released: HashMap<DocumentId, DocumentVersion> = HashMap::new();
        let versions = self.view.versions_of_session(self.session.id)?;
        for version in versions.into_iter().filter(|v| may_read(Viewing::Anybody, v.access, v.state)) {
            let known = released.get(&version.document);
            if known.is_none_or(|known| known.number < version.number) {
                released.insert(version.document, version);
            }
        }
        let mut attachments: HashMap<ItemId, Vec<Attachment>> = HashMap::new();
        for document in self.view.documents(self.session.id)? {
            let Some(item) = document.item else { continue };
            let version = released.get(&document.id);
            let had = version.filter(|version| document.downloadable && version.content.is_some());
            let place = |version: &DocumentVersion| {
                format!("{}/council/documents/{}/versions/{}", self.base, document.id, version.number)
            };
            let (url, public) = (had.map(place), version.is_some());
            attachments.entry(item).or_default().push(Attachment { name: document.title, url, public });
        }
        Ok(attachments)
    }

    fn earlier(&self, item: &AgendaItem) -> Result<Vec<EarlierItem>, StoreError> {
        let mut earlier = Vec::new();
        for id in &item.references {
            // What never stood on a fixed agenda has no title that anybody may read.
            let item = self.view.agenda_item(*id)?.filter(|item| item.number.is_some());
            let Some(item) = item else { continue };
            let doors = self.view.treatment(*id)?.is_some_and(|treatment| !treatment.public);
            let closed = doors || item.part == SessionPart::Closed;
            earlier.push(EarlierItem { id: *id, title: item.title, closed });
        }
        Ok(earlier)
    }

    /// A vote with what was declared. Of one that was not declared nothing is known to the public.
    fn vote(&self, vote: Vote) -> Result<FiledVote, StoreError> {
        let result = self.view.vote_result(vote.id)?.filter(|_| vote.state == VoteState::Declared);
        let Some(result) = result else {
            let (ballots, totals, present) = (Vec::new(), Totals::default(), Vec::new());
            return Ok(FiledVote { vote, ballots, totals, adopted: None, elected: None, present });
        };
        // Those who were counted when it was declared: a later correction does not change who could vote.
        let counted = self.ledger().up_to(result.declared.ledger_seq);
        Ok(FiledVote {
            present: self.present(&counted, result.declared.at),
            adopted: match result.outcome {
                VoteOutcome::Adopted => Some(true),
                VoteOutcome::Rejected => Some(false),
                _ => None,
            },
            elected: match result.outcome {
                VoteOutcome::Elected { candidate } => Some(candidate),
                _ => None,
            },
            ballots: result.ballots,
            totals: result.totals,
            vote,
        })
    }
}
