//! The deadlines of a session, as its body's law and its own rules of procedure have them.

use chrono::{DateTime, NaiveDate, Utc};

use crate::booking::Refusal;
use crate::council::publication::PublicationKind;
use crate::council::{
    Anchor, ConvocationNo, CouncilBody, Deadline, Due, Fulfilment, Happened, Proof, RuleSet, Session,
    SessionFacts, SessionState, Severity, deadlines, proof,
};
use crate::store::View;
use crate::texts::{Lang, Said};
use crate::time::{Interval, WorkingDays};

/// The rules for the sessions of a body: those of its law, tightened by its own.
pub(super) fn rules_of(law: &CouncilBody) -> Result<RuleSet, Refusal> {
    let rules = law.kind().map_err(|unknown| Refusal::State(unknown.0))?.rules();
    // Terms that are looser than the law are refused when they are set; the law stands should any be on file.
    Ok(rules.tightened_by(&law.rules.terms).unwrap_or(rules))
}

/// The days on which the town hall works, as its law and its own settings have them.
pub(super) fn working_days(view: &View<'_>, law: &CouncilBody) -> WorkingDays {
    let holidays = law.kind().map_or(&[][..], |kind| kind.jurisdiction().holidays());
    let also: Vec<&str> = view.directory().house.holidays.iter().map(String::as_str).collect();
    WorkingDays::observing(holidays, &also)
}

/// What is known of a session when its terms are counted.
pub(super) fn facts_of(view: &View<'_>, session: &Session) -> Result<SessionFacts, Refusal> {
    let versions = view.agenda_versions(session.id)?;
    let following = view.session_after(session.body, session.planned)?;
    let second = session.convocation_no == 2;
    Ok(SessionFacts {
        convocation: if second { ConvocationNo::Second } else { ConvocationNo::First },
        decided: session.closed,
        amended: versions.iter().skip(1).map(|version| version.fixed_at).collect(),
        next_start: following.map(|next| next.planned),
        published: in_force(view, session)?,
        happened: happened(view, session)?,
        ..SessionFacts::planned(session.planned, session.zone)
    })
}

/// When the first regulation of a session was published, from which it takes effect (article 288).
fn in_force(view: &View<'_>, session: &Session) -> Result<Option<DateTime<Utc>>, Refusal> {
    let mut first: Option<DateTime<Utc>> = None;
    for decision in view.decisions(session.id)?.into_iter().filter(|decision| decision.regulation) {
        let editions = view.editions(PublicationKind::Regulation, session.id, Some(decision.id))?;
        let at = editions.first().map(|entry| entry.published_at);
        first = match (first, at) {
            (Some(known), Some(at)) => Some(known.min(at)),
            (known, at) => known.or(at),
        };
    }
    Ok(first)
}

fn happened(view: &View<'_>, session: &Session) -> Result<Vec<Happened>, Refusal> {
    let mut list = Vec::new();
    let done = |rule: &str, at: DateTime<Utc>| Happened {
        rule: rule.to_owned(),
        of: None,
        outcome: Fulfilment::Done(at),
    };
    for (rule, at) in published(view, session)?.into_iter().chain(written(view, session)?) {
        list.push(done(rule, at));
    }
    list.extend(amended(view, session)?);
    let sealed = view.convocations(session.id)?;
    let Some(first) = sealed.iter().rev().find(|sealed| !sealed.kind.adds()) else { return Ok(list) };
    let mut sent = view.dispatches(session.id)?;
    sent.retain(|dispatch| dispatch.number == first.number);
    if let Proof::Proven(at) = proof(&sent) {
        list.push(done("convocation-sent", at));
        list.push(done("dossier-available", at));
    }
    if let Some(reason) = &first.urgent_reason {
        let outcome = Fulfilment::Waived(reason.clone());
        list.push(Happened { rule: "convocation-sent".to_owned(), of: None, outcome });
    }
    Ok(list)
}

/// What was published of a session, and when first; of regulations, when the last of them was.
fn published(view: &View<'_>, session: &Session) -> Result<Vec<(&'static str, DateTime<Utc>)>, Refusal> {
    let mut list = Vec::new();
    let first = |kind| -> Result<Option<DateTime<Utc>>, Refusal> {
        Ok(view.editions(kind, session.id, None)?.first().map(|entry| entry.published_at))
    };
    list.extend(first(PublicationKind::Agenda)?.map(|at| ("agenda-public", at)));
    list.extend(first(PublicationKind::DecisionList)?.map(|at| ("decision-list", at)));
    let regulations = view.decisions(session.id)?.into_iter().filter(|decision| decision.regulation);
    let mut last = None;
    for decision in regulations {
        let editions = view.editions(PublicationKind::Regulation, session.id, Some(decision.id))?;
        let Some(entry) = editions.first() else { return Ok(list) };
        last = last.max(Some(entry.published_at));
    }
    list.extend(last.map(|at| ("regulations-full-text", at)));
    Ok(list)
}

/// When each amended agenda was made public: by the first edition that came after it was fixed (article 22).
fn amended(view: &View<'_>, session: &Session) -> Result<Vec<Happened>, Refusal> {
    let editions = view.editions(PublicationKind::Agenda, session.id, None)?;
    let versions = view.agenda_versions(session.id)?;
    let made_public = |fixed_at: DateTime<Utc>| {
        let edition = editions.iter().find(|entry| entry.published_at >= fixed_at)?;
        let outcome = Fulfilment::Done(edition.published_at);
        Some(Happened { rule: "amended-agenda-public".to_owned(), of: Some(fixed_at), outcome })
    };
    Ok(versions.iter().skip(1).filter_map(|version| made_public(version.fixed_at)).collect())
}

/// How far the minutes of a session have come.
fn written(view: &View<'_>, session: &Session) -> Result<Vec<(&'static str, DateTime<Utc>)>, Refusal> {
    let Some(minutes) = view.minutes(session.id)? else { return Ok(Vec::new()) };
    let mut list = vec![("draft-minutes-available", minutes.available_at)];
    list.extend(minutes.approved_at.map(|at| ("minutes-approved", at)));
    Ok(list)
}

/// The deadlines of a session as they stand now, by the day on which they end; none for one that does not take place.
///
/// # Errors
/// [`Refusal::State`] if it is not set what its body is in law.
pub fn session_deadlines(view: &View<'_>, session: &Session) -> Result<Vec<Deadline>, Refusal> {
    if takes_place(session) { counted_deadlines(view, session) } else { Ok(Vec::new()) }
}

/// Whether there is, or will have been, a session of which terms can be kept.
pub(super) const fn takes_place(session: &Session) -> bool {
    !matches!(session.state, SessionState::Cancelled | SessionState::NotQuorate)
}

/// [`session_deadlines`], also of a session that does not take place: what was to be done for it.
pub(super) fn counted_deadlines(view: &View<'_>, session: &Session) -> Result<Vec<Deadline>, Refusal> {
    let law = super::law_of_body(view, session.body)?;
    let facts = facts_of(view, session)?;
    let mut list = deadlines(&facts, &rules_of(&law)?, &working_days(view, &law), view.now());
    // Once it is known that nothing general was ordered, nothing of the kind is to be published.
    let none = session.state.was_held() && !view.decisions(session.id)?.iter().any(|one| one.regulation);
    list.retain(|one| !none || !matches!(one.rule.as_str(), "regulations-full-text" | "entry-into-force"));
    // Nobody knows when minutes must lie ready, or are approved, before the session that approves them is planned.
    list.retain(|one| one.basis.anchor != Anchor::Approval || !one.basis.assumed);
    Ok(list)
}

/// The deadlines of all sessions of bodies that the caller prepares, whose terms end within a window.
///
/// # Errors
/// Those of the store.
pub fn board_deadlines(
    view: &View<'_>,
    caller: &super::super::Caller,
    window: Interval,
) -> Result<Vec<(Session, Deadline)>, Refusal> {
    // Terms reach at most so far before or after their session.
    let reach = chrono::TimeDelta::days(120);
    let around = window.widened(reach, reach);
    let mut list = Vec::new();
    for session in view.sessions_within(around)? {
        if super::must_for(caller, crate::town::Action::PrepareSession, session.body).is_err() {
            continue;
        }
        for deadline in session_deadlines(view, &session)? {
            if window.contains(deadline.due.end(session.zone)) {
                list.push((session.clone(), deadline));
            }
        }
    }
    list.sort_by_key(|(session, deadline)| (deadline.last_working_day, session.planned));
    Ok(list)
}

/// The last day of a rule for a session; none if its law counts no days for it.
pub(super) fn due_day(
    session: &Session,
    law: &CouncilBody,
    rule: &str,
) -> Result<Option<NaiveDate>, Refusal> {
    Ok(due(session, law, rule)?.map(|due| due.day(session.zone)))
}

/// What goes against a rule, in words with its name and article; the bare sentence where the law has no such rule.
pub(super) fn against(rules: &RuleSet, rule: &str, severity: Severity, said: Said, lang: Lang) -> Said {
    match rules.get(rule) {
        Some(rule) => {
            let words = rules.speak(&rule.violated(severity, said), lang);
            Said::new("council.breaks").with("what", words)
        }
        None => said,
    }
}

/// When the term of a rule ends for a session of which nothing has happened yet.
pub(super) fn due(session: &Session, law: &CouncilBody, rule: &str) -> Result<Option<Due>, Refusal> {
    let second = session.convocation_no == 2;
    let facts = SessionFacts {
        convocation: if second { ConvocationNo::Second } else { ConvocationNo::First },
        ..SessionFacts::planned(session.planned, session.zone)
    };
    let list = deadlines(&facts, &rules_of(law)?, &WorkingDays::default(), session.planned);
    Ok(list.into_iter().find(|deadline| deadline.rule == rule).map(|deadline| deadline.due))
}
