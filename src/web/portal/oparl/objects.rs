//! The objects of OParl 1.1, each with the fields that its schema asks for and those that we know.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::gather::{Meeting, Member, Organization};
use crate::council::publication::{PublicItem, PublicationKind};
use crate::council::{MandateRole, SessionState, Term};
use crate::ids::DecisionId;
use crate::scheduler::PublishedSession;
use crate::store::Publication;
use crate::texts::{Lang, text};

/// When an object was made and last changed.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub(super) first: DateTime<Utc>,
    pub(super) last: DateTime<Utc>,
}

impl Made {
    /// From the instants at which something was published.
    pub(super) fn of(instants: impl Iterator<Item = DateTime<Utc>>) -> Self {
        let all: Vec<DateTime<Utc>> = instants.collect();
        let first = all.iter().min().copied().unwrap_or_default();
        Self { first, last: all.iter().max().copied().unwrap_or(first) }
    }

    fn on(self, mut object: Value) -> Value {
        object["created"] = instant(self.first).into();
        object["modified"] = instant(self.last).into();
        object
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn kind(name: &str) -> String {
    format!("https://schema.oparl.org/1.1/{name}")
}

/// The address of a file.
pub(super) fn file_id(base: &str, seq: i64) -> String {
    format!("{base}/oparl/files/{seq}")
}

fn organization_id(base: &str, body: &str) -> String {
    format!("{base}/oparl/organizations/{body}")
}

fn meeting_id(base: &str, slug: &str) -> String {
    format!("{base}/oparl/meetings/{slug}")
}

/// The system.
pub(super) fn system(base: &str, town: &str) -> Value {
    json!({
        "id": format!("{base}/oparl"),
        "type": kind("System"),
        "oparlVersion": kind("").trim_end_matches('/'),
        "body": format!("{base}/oparl/bodies"),
        "name": town,
        "website": format!("{base}/zittingen"),
    })
}

/// A legal person.
pub(super) fn body(base: &str, (slug, name): (&str, &str), made: Made, terms: &[Value]) -> Value {
    let id = format!("{base}/oparl/bodies/{slug}");
    let list = |name: &str| format!("{id}/{name}");
    made.on(json!({
        "id": id,
        "type": kind("Body"),
        "system": format!("{base}/oparl"),
        "name": name,
        "website": format!("{base}/zittingen"),
        "organization": list("organizations"),
        "person": list("persons"),
        "meeting": list("meetings"),
        "paper": list("papers"),
        "agendaItem": list("agendaitems"),
        "file": list("files"),
        "membership": list("memberships"),
        "legislativeTermList": list("terms"),
        "legislativeTerm": terms,
    }))
}

/// A term, with the start as the instant at which it came to be known.
pub(super) fn term(base: &str, organization: &Organization, term: &Term) -> Value {
    let from = term.starts.and_time(chrono::NaiveTime::MIN).and_utc();
    Made { first: from, last: from }.on(json!({
        "id": format!("{base}/oparl/terms/{}", term.id),
        "type": kind("LegislativeTerm"),
        "body": format!("{base}/oparl/bodies/{}", organization.body.legal_body),
        "name": format!("{} {}", organization.body.name, term.name),
        "startDate": term.starts.to_string(),
        "endDate": term.ends.to_string(),
    }))
}

/// A body of ours.
pub(super) fn organization(base: &str, organization: &Organization) -> Value {
    let body = &organization.body;
    let made = Made::of(
        organization.terms.iter().map(|term| term.starts.and_time(chrono::NaiveTime::MIN).and_utc()),
    );
    let members = organization.members.iter().map(|member| membership_id(base, member));
    made.on(json!({
        "id": organization_id(base, &body.slug),
        "type": kind("Organization"),
        "body": format!("{base}/oparl/bodies/{}", body.legal_body),
        "name": body.name,
        "membership": members.collect::<Vec<_>>(),
        "meeting": format!("{base}/oparl/bodies/{}/meetings", body.legal_body),
        "web": format!("{base}/zittingen?body={}", body.slug),
    }))
}

fn membership_id(base: &str, member: &Member) -> String {
    format!("{base}/oparl/memberships/{}", member.mandate.id)
}

fn person_id(base: &str, member: &Member) -> String {
    format!("{base}/oparl/persons/{}", member.mandate.person)
}

/// Somebody's seat in a body.
pub(super) fn membership(base: &str, organization: &Organization, member: &Member) -> Value {
    let mandate = &member.mandate;
    let made = Made::of([Some(mandate.starts), mandate.ends].into_iter().flatten());
    let mut object = json!({
        "id": membership_id(base, member),
        "type": kind("Membership"),
        "person": person_id(base, member),
        "organization": organization_id(base, &organization.body.slug),
        "role": role(mandate.role),
        "votingRight": mandate.role != MandateRole::Advisory,
        "startDate": mandate.starts.date_naive().to_string(),
    });
    if let Some(ends) = mandate.ends {
        object["endDate"] = ends.date_naive().to_string().into();
    }
    made.on(object)
}

fn role(role: MandateRole) -> &'static str {
    match role {
        MandateRole::Chair => text(Lang::Nl, "portal.role_chair"),
        MandateRole::Mayor => text(Lang::Nl, "portal.role_mayor"),
        MandateRole::Alderman => text(Lang::Nl, "portal.role_alderman"),
        MandateRole::Member => text(Lang::Nl, "portal.role_member"),
        MandateRole::Advisory => text(Lang::Nl, "portal.role_advisory"),
        MandateRole::Secretary => text(Lang::Nl, "portal.doc_secretary"),
    }
}

/// Somebody with a seat: their name and their seats, nothing else.
pub(super) fn person(base: &str, legal: &str, member: &Member, memberships: &[Value]) -> Value {
    let (given, family) = member.name.trim().split_once(' ').unwrap_or((member.name.trim(), ""));
    Made::of([member.mandate.starts].into_iter()).on(json!({
        "id": person_id(base, member),
        "type": kind("Person"),
        "body": format!("{base}/oparl/bodies/{legal}"),
        "name": member.name,
        "givenName": given,
        "familyName": family,
        "membership": memberships,
    }))
}

/// A session.
pub(super) fn meeting(base: &str, meeting: &Meeting) -> Value {
    let session = &meeting.session;
    let id = meeting_id(base, &session.slug);
    let mut object = json!({
        "id": id,
        "type": kind("Meeting"),
        "name": session.body_name,
        "meetingState": match session.state {
            SessionState::Draft | SessionState::Scheduled => "terminiert",
            SessionState::Convened | SessionState::Open | SessionState::Suspended => "eingeladen",
            _ if session.state.was_held() => "durchgeführt",
            _ => "terminiert",
        },
        "cancelled": matches!(session.state, SessionState::Cancelled | SessionState::NotQuorate),
        "start": session.planned.to_rfc3339_opts(SecondsFormat::Secs, false),
        "organization": [organization_id(base, &session.body)],
        "agendaItem": agenda_items(base, meeting),
        "web": format!("{base}/zittingen/{}", session.slug),
    });
    if !session.place.is_empty() {
        object["location"] = meeting.made.on(json!({
            "id": format!("{id}#location"), "type": kind("Location"), "description": session.place,
        }));
    }
    if let Some(ended) = meeting.facts.as_ref().and_then(|facts| facts.session.ended) {
        object["end"] = ended.to_rfc3339_opts(SecondsFormat::Secs, false).into();
    }
    let present = meeting.facts.as_ref().and_then(|facts| facts.session.at_start.as_ref());
    if let Some(present) = present {
        let people = present.iter().map(|person| format!("{base}/oparl/persons/{}", person.person));
        object["participant"] = people.collect::<Vec<_>>().into();
    }
    let mut further = Vec::new();
    for entry in &session.documents {
        match entry.kind {
            PublicationKind::Agenda => object["invitation"] = file(base, session, entry),
            PublicationKind::Minutes => object["resultsProtocol"] = file(base, session, entry),
            _ => further.push(file(base, session, entry)),
        }
    }
    if !further.is_empty() {
        object["auxiliaryFile"] = further.into();
    }
    meeting.made.on(object)
}

/// The items of a session.
pub(super) fn agenda_items(base: &str, meeting: &Meeting) -> Vec<Value> {
    let items = meeting.facts.iter().flat_map(|facts| &facts.items);
    (0..).zip(items).map(|(order, item)| agenda_item(base, meeting, (order, item))).collect()
}

fn agenda_item(base: &str, meeting: &Meeting, (order, item): (u32, &PublicItem)) -> Value {
    let mut object = json!({
        "id": format!("{base}/oparl/agendaitems/{}", item.id),
        "type": kind("AgendaItem"),
        "meeting": meeting_id(base, &meeting.session.slug),
        "number": item.number,
        "order": order,
        "name": item.title,
        "public": !item.closed,
    });
    if let Some(treatment) = &item.treatment {
        if let Some(outcome) = treatment.outcome {
            object["result"] = outcome_word(outcome).into();
        }
        let titles: Vec<&str> = treatment.decisions.iter().map(|decision| decision.title.as_str()).collect();
        if !titles.is_empty() {
            object["resolutionText"] = titles.join("\n").into();
        }
    }
    meeting.made.on(object)
}

fn outcome_word(outcome: crate::council::Outcome) -> &'static str {
    text(Lang::Nl, crate::council::publication::outcome_key(outcome))
}

/// A document that stands.
pub(super) fn file(base: &str, session: &PublishedSession, entry: &Publication) -> Value {
    let made = Made::of([entry.published_at].into_iter());
    made.on(json!({
        "id": file_id(base, entry.seq),
        "type": kind("File"),
        "name": entry.title,
        "fileName": format!("{}-{}-v{}.html", session.slug, entry.kind.dutch(), entry.version),
        "mimeType": "text/html",
        "date": entry.published_at.date_naive().to_string(),
        "accessUrl": entry.url,
        "meeting": [meeting_id(base, &session.slug)],
    }))
}

/// A decision in full.
pub(super) fn paper(base: &str, legal: &str, meeting: &Meeting, entry: &Publication) -> Value {
    let decision = entry.decision.map(|id| id.to_string()).unwrap_or_default();
    let word = match entry.kind {
        PublicationKind::Regulation => text(Lang::Nl, "portal.kind_regulation"),
        _ => text(Lang::Nl, "portal.section_decisions"),
    };
    let date = taken(meeting, entry.decision).unwrap_or_else(|| entry.published_at.date_naive());
    Made::of([entry.published_at].into_iter()).on(json!({
        "id": format!("{base}/oparl/papers/{decision}"),
        "type": kind("Paper"),
        "body": format!("{base}/oparl/bodies/{legal}"),
        "name": entry.title,
        "date": date.to_string(),
        "paperType": word,
        "mainFile": file(base, &meeting.session, entry),
        "underDirectionOf": [organization_id(base, &meeting.session.body)],
        "web": entry.url,
    }))
}

fn taken(meeting: &Meeting, decision: Option<DecisionId>) -> Option<chrono::NaiveDate> {
    let items = meeting.facts.iter().flat_map(|facts| &facts.items);
    let decisions =
        items.filter_map(|item| item.treatment.as_ref()).flat_map(|treatment| &treatment.decisions);
    decisions.filter(|taken| Some(taken.id) == decision).map(|taken| taken.taken).next()
}
