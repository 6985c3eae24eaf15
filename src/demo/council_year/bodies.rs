//! Sets the bodies up in law: kinds, rules of procedure, a term, and who sits.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use super::matters::MATTERS;
use super::run::Stage;
use crate::booking::Refusal;
use crate::council::{
    ClosedList, CouncilBody, FeePolicy, MandateRole, MandateStatus, RemoteTool, RulesOfProcedure, SessionMode,
};
use crate::ids::BodyId;
use crate::scheduler::council::{NewMandate, NewTerm, add_mandate, add_term, set_up_body};
use crate::scheduler::{Caller, NewPerson, add_person};
use crate::town::Body;

/// What each body of the demo is in law.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("gemeenteraad", "gemeenteraad"),
    ("raad-voor-maatschappelijk-welzijn", "raad-voor-maatschappelijk-welzijn"),
    ("college", "college-van-burgemeester-en-schepenen"),
    ("vast-bureau", "vast-bureau"),
    ("bijzonder-comite", "bijzonder-comite-sociale-dienst"),
    ("commissie-ruimte", "gemeenteraadscommissie"),
    ("commissie-financien", "gemeenteraadscommissie"),
    ("commissie-samenleven", "gemeenteraadscommissie"),
];

/// Sets every body up, with a term that covers the year.
pub(super) fn set_up(stage: &Stage<'_>, start: DateTime<Utc>) -> Result<(), Refusal> {
    let director = director(stage)?;
    let first = NaiveDate::from_ymd_opt(start.year() - 1, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(start.year() + 4, 12, 31).unwrap_or_default();
    let everybody: Vec<Body> = stage.store.directory().bodies.clone();
    let councillors = councillors(stage, &everybody)?;
    for (slug, kind) in KINDS {
        let Some(body) = everybody.iter().find(|body| body.slug == *slug) else { continue };
        let law = law(body, kind);
        let name = (*slug).to_owned();
        let seated: Vec<String> = councillors
            .iter()
            .filter(|(person, _)| body.members.contains(person))
            .map(|(_, email)| email.clone())
            .collect();
        let (director, executive) = (director.clone(), executive(&everybody, &councillors));
        let college = kind.starts_with("college") || *kind == "vast-bureau";
        stage.act(move |tx, caller| {
            set_up_body(tx, caller, &name, &law)?;
            let seats = u32::try_from(seated.len()).unwrap_or(1);
            let term = format!("{}-{}", first.year(), last.year());
            let new = NewTerm { name: term, starts: first, ends: last, seats, iri: None };
            add_term(tx, caller, &name, &new)?;
            // The council is chaired by the first who does not belong to the executive, which chairs itself.
            let free = seated.iter().find(|email| !executive.contains(email)).cloned();
            for (place, email) in seated.iter().enumerate() {
                let chairs =
                    if college { executive.first() == Some(email) } else { free.as_ref() == Some(email) };
                let role = role_of(chairs, executive.iter().position(|one| one == email));
                let seat = Some(u32::try_from(place).unwrap_or(0) + 1);
                add_mandate(tx, caller, &name, &mandate((&name, email), seat, role, first))?;
            }
            add_mandate(
                tx,
                caller,
                &name,
                &mandate((&name, &director), None, MandateRole::Secretary, first),
            )?;
            Ok(())
        })?;
    }
    Ok(())
}

fn role_of(chairs: bool, executive: Option<usize>) -> MandateRole {
    match (chairs, executive) {
        (true, _) => MandateRole::Chair,
        (false, Some(0)) => MandateRole::Mayor,
        (false, Some(_)) => MandateRole::Alderman,
        (false, None) => MandateRole::Member,
    }
}

/// A mandate with its identity where the Flemish government keeps those of mandataries: a fictional one.
fn mandate(
    (body, email): (&str, &str),
    seat: Option<u32>,
    role: MandateRole,
    first: NaiveDate,
) -> NewMandate {
    let iri = match seat {
        Some(seat) => format!("http://data.lblod.info/id/mandatarissen/oudermeersch-{body}-{seat}"),
        None => format!("http://data.lblod.info/id/functionarissen/oudermeersch-{body}"),
    };
    NewMandate {
        email: email.to_owned(),
        name: String::new(),
        seat,
        role,
        status: MandateStatus::Effective,
        precedence: None,
        fraction: None,
        iri: Some(iri),
        from: first.and_time(NaiveTime::MIN),
        until: None,
    }
}

/// The councillors: person and address.
fn councillors(stage: &Stage<'_>, bodies: &[Body]) -> Result<Vec<(crate::ids::PersonId, String)>, Refusal> {
    let council = bodies.iter().find(|body| body.slug == "gemeenteraad");
    let members = council.map_or(Vec::new(), |body| body.members.clone());
    stage.store.read(|view| {
        let mut list = Vec::with_capacity(members.len());
        for person in members {
            if let Some(known) = view.person(person)? {
                list.push((person, known.email));
            }
        }
        Ok(list)
    })
}

/// Addresses of mayor and aldermen, the mayor first: the members of the college.
fn executive(bodies: &[Body], councillors: &[(crate::ids::PersonId, String)]) -> Vec<String> {
    let college = bodies.iter().find(|body| body.slug == "college");
    let members = college.map_or(&[][..], |body| &body.members);
    councillors
        .iter()
        .filter(|(person, _)| members.contains(person))
        .map(|(_, email)| email.clone())
        .collect()
}

/// The general director, who writes the minutes of every body.
fn director(stage: &Stage<'_>) -> Result<String, Refusal> {
    let email = "algemeen.directeur@oudermeersch.example".to_owned();
    let new = NewPerson {
        email: email.clone(),
        name: MATTERS.general_director.clone(),
        lang: None,
        department: Some("Secretariaat".to_owned()),
        hard: false,
    };
    stage.store.write_now(move |tx| add_person(tx, &Caller::system(), &new))?;
    Ok(email)
}

fn law(body: &Body, kind: &str) -> CouncilBody {
    let council = matches!(kind, "gemeenteraad" | "raad-voor-maatschappelijk-welzijn");
    CouncilBody {
        body: BodyId(body.id.0),
        kind: kind.to_owned(),
        jurisdiction: "BE-VLG".to_owned(),
        iri: None,
        rules: RulesOfProcedure {
            modes: if council { SessionMode::ALL.to_vec() } else { vec![SessionMode::Physical] },
            circumstances: if council { MATTERS.circumstances.clone() } else { Vec::new() },
            mode_decided_by: "voorzitter".to_owned(),
            closed_list: if kind.starts_with("college") { ClosedList::Adopted } else { ClosedList::Titles },
            remote: RemoteTool {
                name: MATTERS.tool.clone(),
                how: MATTERS.how.clone(),
                join_url: MATTERS.join_url.clone(),
                fallback_phone: MATTERS.fallback_phone.clone(),
                stream_url: MATTERS.stream_url.clone(),
            },
            fee: FeePolicy { amount_cents: 20_000, ..FeePolicy::default() },
            ..RulesOfProcedure::default()
        },
    }
}
