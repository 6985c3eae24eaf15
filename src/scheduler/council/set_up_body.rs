//! Sets what a body is in law, and opens a term of it.

use chrono::NaiveDate;
use serde_json::json;

use super::super::Caller;
use super::super::create_meeting::text_fault;
use super::{law_of, log_body, tended_body};
use crate::booking::{Fault, Refusal};
use crate::council::publication::is_iri;
use crate::council::{CouncilBody, RulesOfProcedure, SessionMode, Term, Violation};
use crate::ids::TermId;
use crate::store::Tx;
use crate::texts::Said;

/// The longest identity in linked data, in bytes.
const LONGEST_IRI: usize = 300;

/// Sets what a body is in law: its kind, whose law it follows, and what its own rules of procedure say.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`], [`Refusal::Invalid`] for wrong fields.
pub fn set_up_body(
    tx: &Tx<'_>,
    caller: &Caller,
    slug: &str,
    law: &CouncilBody,
) -> Result<CouncilBody, Refusal> {
    let id = tended_body(tx, caller, slug)?.id;
    let kind = law.kind().map_err(|unknown| Refusal::invalid("kind", unknown.0))?;
    let law = CouncilBody { body: id, iri: iri_of(law.iri.as_deref())?, ..law.clone() };
    let mut faults = faults(&law.rules);
    let rules = kind.rules();
    if let Err(looser) = rules.tightened_by(&law.rules.terms) {
        let said = |one: &Violation| Said::new("council.breaks").with("what", rules.speak(one, caller.lang));
        faults.extend(looser.iter().map(|one| Fault::new("terms", said(one))));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    if tx.council_body(id)?.as_ref() != Some(&law) {
        tx.put_council_body(&law)?;
        log_body(
            tx,
            caller,
            "body.set_up",
            id,
            json!({ "kind": law.kind, "jurisdiction": law.jurisdiction }),
        )?;
    }
    Ok(law)
}

fn faults(rules: &RulesOfProcedure) -> Vec<Fault> {
    let mut faults = Vec::new();
    if rules.modes.is_empty() {
        faults.push(Fault::new("modes", Said::new("council.no_mode")));
    }
    let elsewhere = rules.modes.iter().any(|mode| *mode != SessionMode::Physical);
    if elsewhere && rules.remote.name.trim().is_empty() {
        faults.push(Fault::new("remote_name", Said::new("council.no_tool")));
    }
    if rules.fee.chair_percent > 200 || rules.fee.min_share_percent > 100 {
        faults.push(Fault::new("fee_chair_percent", Said::new("council.fee_percent")));
    }
    faults.extend(text_fault("remote_name", &rules.remote.name, 120, false));
    faults.extend(text_fault("remote_how", &rules.remote.how, 2_000, false));
    faults.extend(text_fault("mode_decided_by", &rules.mode_decided_by, 200, false));
    for (field, url) in [("stream_url", &rules.remote.stream_url), ("join_url", &rules.remote.join_url)] {
        if !url.trim().is_empty() && !url.trim().starts_with("https://") {
            faults.push(Fault::new(field, Said::new("council.https")));
        }
    }
    for circumstance in &rules.circumstances {
        faults.extend(text_fault("circumstances", circumstance, 200, true));
    }
    faults
}

/// An identity in linked data: an address, or nothing.
pub(super) fn iri_of(text: Option<&str>) -> Result<Option<String>, Refusal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let Some(iri) = text else { return Ok(None) };
    if iri.len() > LONGEST_IRI || !is_iri(iri) || iri.contains(char::is_whitespace) {
        return Err(Refusal::invalid("iri", Said::new("council.bad_iri")));
    }
    Ok(Some(iri.to_owned()))
}

/// A term to be opened.
#[derive(Clone, Debug)]
pub struct NewTerm {
    /// Its name, such as `2025-2030`.
    pub name: String,
    /// Its first day.
    pub starts: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
    /// How many seats there are.
    pub seats: u32,
    /// Its identity in linked data.
    pub iri: Option<String>,
}

/// Opens a term of a body.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields or a term that overlaps another.
pub fn add_term(tx: &Tx<'_>, caller: &Caller, slug: &str, new: &NewTerm) -> Result<Term, Refusal> {
    let body = tended_body(tx, caller, slug)?;
    law_of(tx, body)?;
    let mut faults = Vec::new();
    faults.extend(text_fault("name", new.name.trim(), 60, true));
    if new.ends < new.starts {
        faults.push(Fault::new("ends", Said::new("council.term_ends")));
    }
    if !(1..=500).contains(&new.seats) {
        faults.push(Fault::new("seats", Said::new("council.seats")));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    let clash =
        tx.terms(body.id)?.into_iter().find(|term| term.starts <= new.ends && new.starts <= term.ends);
    if let Some(other) = clash {
        return Err(Refusal::invalid("starts", Said::new("council.term_overlaps").with("term", other.name)));
    }
    let term = Term {
        id: TermId(tx.fresh()),
        body: body.id,
        name: new.name.trim().to_owned(),
        starts: new.starts,
        ends: new.ends,
        seats: new.seats,
        iri: iri_of(new.iri.as_deref())?,
    };
    tx.insert_term(&term)?;
    log_body(tx, caller, "body.term_added", body.id, json!({ "term": term.id, "seats": term.seats }))?;
    Ok(term)
}
