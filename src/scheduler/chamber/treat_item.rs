//! Begins and ends the treatment of an item; what was decided is made of its draft.

use serde_json::json;

use super::Hall;
use super::figures::{figures, note};
use super::note_presence::end_recusals;
use super::open_session::must_not_vote;
use crate::booking::Refusal;
use crate::council::{
    AgendaItem, Article, Decision, ItemState, Law, Origin, Outcome, Section, SessionEventKind, SessionMode,
    SessionPart, Treatment, VoteOutcome, VotePurpose, VoteState,
};
use crate::ids::{DecisionId, ItemId, MandateId, SessionId};
use crate::scheduler::Caller;
use crate::scheduler::create_meeting::text_fault;
use crate::store::Tx;
use crate::texts::Said;

/// The longest text of a decision, and of a summary.
const LONGEST_TEXT: usize = 60_000;
/// The longest title.
const LONGEST_TITLE: usize = 500;

/// A decision as it is to be written down.
#[derive(Clone, Debug, Default)]
pub struct DecisionText {
    /// Its title; that of the item if empty.
    pub title: String,
    /// Its title in short.
    pub short_title: String,
    /// Its articles, one per paragraph; the item's draft if empty.
    pub articles: String,
}

/// How an item ends.
#[derive(Clone, Debug)]
pub struct EndItem {
    /// What became of it.
    pub outcome: Outcome,
    /// What was decided, if it was adopted: one decision of the draft if this is empty.
    pub decisions: Vec<DecisionText>,
    /// The essence of what was said (article 278).
    pub summary: String,
}

/// Begins an item. The count of those present is kept with it (rule Q1).
///
/// # Errors
/// [`Refusal::State`] if the session does not sit, another item is under way, this one was treated, it is urgent and was
/// not let in, doors, stream and screens do not fit its part, or too few are there.
pub fn begin_item(tx: &Tx<'_>, caller: &Caller, session: SessionId, id: ItemId) -> Result<(), Refusal> {
    let hall = Hall::load(tx, session)?;
    hall.must_conduct(caller)?;
    hall.must_sit()?;
    let item = hall.item(id)?.clone();
    if hall.under_way().is_some() {
        return Err(Refusal::State(Said::new("chamber.item_open")));
    }
    must_not_vote(&hall)?;
    if !item.is_live() || hall.treatments.iter().any(|treatment| treatment.item == id) {
        return Err(Refusal::State(Said::new("chamber.item_treated")));
    }
    on_the_agenda(&item)?;
    doors_fit(&hall, item.part)?;
    let count = hall.must_be_quorate(Some(id))?;
    let treatment = Treatment {
        item: id,
        started: hall.now,
        ended: None,
        public: item.part == SessionPart::Public,
        ledger_seq: hall.ledger().last(),
        quorum: count,
        outcome: None,
        summary: String::new(),
    };
    tx.insert_treatment(session, &treatment)?;
    tx.add_session_event(session, SessionEventKind::ItemBegun, (Some(id), None), "")?;
    let detail = json!({ "item": id, "public": treatment.public, "quorum": figures(&hall, &count) });
    note(tx, caller, &hall.session, ("item.begun", detail))
}

/// Refuses an item that is not on the agenda: it stands on a sealed one, or was let in for its urgency (article 23).
fn on_the_agenda(item: &AgendaItem) -> Result<(), Refusal> {
    match &item.urgency {
        Some(urgency) if urgency.vote.is_none() => {
            Err(Refusal::State(Said::new("chamber.urgency_first").with("article", Law::URGENCY)))
        }
        None if item.state != ItemState::OnAgenda => {
            Err(Refusal::State(Said::new("chamber.not_on_agenda").with("article", Law::URGENCY)))
        }
        _ => Ok(()),
    }
}

/// Refuses a closed item that anybody could follow, and a public one that nobody could (article 28).
fn doors_fit(hall: &Hall, part: SessionPart) -> Result<(), Refusal> {
    let refuse = |key: &str| Err(Refusal::State(Said::new(key).with("article", Law::PUBLIC)));
    match part {
        SessionPart::Closed if hall.doors_open() => refuse("chamber.close_doors"),
        SessionPart::Closed if hall.stream_up() => refuse("chamber.stop_stream"),
        SessionPart::Closed if hall.screens_on() => refuse("chamber.clear_screens"),
        SessionPart::Public if hall.session.mode == SessionMode::Digital && !hall.stream_up() => {
            Err(Refusal::State(Said::new("chamber.start_stream").with("article", Law::REMOTE)))
        }
        SessionPart::Public if hall.session.mode != SessionMode::Digital && !hall.doors_open() => {
            refuse("chamber.open_doors")
        }
        _ => Ok(()),
    }
}

/// Ends the item under way. Whoever left for it is back.
///
/// # Errors
/// [`Refusal::State`] if it is not under way, a vote is open, or votes say otherwise; [`Refusal::Invalid`] for texts.
pub fn end_item(
    tx: &Tx<'_>,
    caller: &Caller,
    (session, id): (SessionId, ItemId),
    end: &EndItem,
) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, session)?;
    hall.must_conduct(caller)?;
    hall.must_sit()?;
    let mut item = hall.item(id)?.clone();
    if hall.under_way().map(|treatment| treatment.item) != Some(id) {
        return Err(Refusal::State(Said::new("chamber.item_not_open")));
    }
    must_not_vote(&hall)?;
    votes_agree(tx, &hall, &item, end.outcome)?;
    let summary = checked(("summary", &end.summary), LONGEST_TEXT)?;
    super::speak::silence(tx, &hall)?;
    if !summary.is_empty() {
        tx.set_summary(id, summary)?;
    }
    let made = if end.outcome == Outcome::Decided { decide(tx, &hall, &item, end)? } else { Vec::new() };
    tx.end_treatment(id, end.outcome)?;
    tx.add_session_event(session, SessionEventKind::ItemEnded, (Some(id), None), "")?;
    item.state = ItemState::Treated;
    item.version += 1;
    tx.put_agenda_item(&item)?;
    let detail =
        json!({ "item": id, "at": hall.now.timestamp(), "outcome": end.outcome.word(), "decisions": made });
    note(tx, caller, &hall.session, ("item.ended", detail))?;
    end_recusals(tx, caller, &mut hall, id)
}

/// Refuses an outcome that votes do not bear out: what is decided was voted on, but for minutes that nobody remarks on
/// (article 32).
fn votes_agree(tx: &Tx<'_>, hall: &Hall, item: &AgendaItem, outcome: Outcome) -> Result<(), Refusal> {
    let on_it = |vote: &&crate::council::Vote| {
        vote.item == item.id && vote.purpose == VotePurpose::Substance && vote.state == VoteState::Declared
    };
    let last = hall.votes.iter().rev().find(on_it);
    let result = last.map(|vote| tx.vote_result(vote.id)).transpose()?.flatten();
    let passed =
        result.map(|result| matches!(result.outcome, VoteOutcome::Adopted | VoteOutcome::Elected { .. }));
    let fits = match (outcome, passed) {
        (Outcome::Decided, None) => item.section == Section::Minutes,
        (Outcome::Decided, Some(passed)) => passed,
        (Outcome::Rejected, passed) => passed == Some(false),
        _ => true,
    };
    if fits { Ok(()) } else { Err(Refusal::State(Said::new("chamber.votes_disagree"))) }
}

fn checked<'t>((field, text): (&str, &'t str), longest: usize) -> Result<&'t str, Refusal> {
    let text = text.trim();
    match text_fault(field, text, longest, false) {
        Some(fault) => Err(Refusal::Invalid(vec![fault])),
        None => Ok(text),
    }
}

fn decide(tx: &Tx<'_>, hall: &Hall, item: &AgendaItem, end: &EndItem) -> Result<Vec<DecisionId>, Refusal> {
    let of_the_draft = [DecisionText::default()];
    let texts = if end.decisions.is_empty() { &of_the_draft[..] } else { &end.decisions };
    let mut made = Vec::new();
    for text in texts {
        let title = checked(("title", &text.title), LONGEST_TITLE)?;
        let short = checked(("short_title", &text.short_title), LONGEST_TITLE)?;
        let written = checked(("articles", &text.articles), LONGEST_TEXT)?;
        let written = if written.is_empty() { item.draft.as_str() } else { written };
        let decision = Decision {
            id: DecisionId(tx.fresh()),
            item: item.id,
            title: if title.is_empty() { item.title.clone() } else { title.to_owned() },
            short_title: short.to_owned(),
            motivation: item.note.clone(),
            articles: articles(written, &item.title),
            regulation: item.regulation,
            proposed_by: proposer(hall, item),
            taken: hall.now,
        };
        tx.insert_decision(&decision)?;
        made.push(decision.id);
    }
    Ok(made)
}

/// One article per paragraph; what has no text decides what its title says.
fn articles(text: &str, title: &str) -> Vec<Article> {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let mut articles: Vec<Article> = (1..)
        .zip(paragraphs)
        .map(|(number, text)| Article { number: format!("Artikel {number}"), text: text.to_owned() })
        .collect();
    if articles.is_empty() {
        articles.push(Article { number: "Enig artikel".to_owned(), text: title.to_owned() });
    }
    articles
}

/// The mandate of the member who brought an item.
fn proposer(hall: &Hall, item: &AgendaItem) -> Option<MandateId> {
    let person = item.submitted_by.filter(|_| item.origin == Origin::Member)?;
    hall.mandates.iter().find(|m| m.person == person && m.stands_at(item.submitted_at)).map(|m| m.id)
}

/// Writes down the essence of what was said about an item, while it is treated or after, until the minutes are approved.
///
/// # Errors
/// [`Refusal::State`] if it was not begun or the minutes are approved; [`Refusal::Invalid`] for a text too long.
pub fn summarise_item(
    tx: &Tx<'_>,
    caller: &Caller,
    (session, id): (SessionId, ItemId),
    summary: &str,
) -> Result<(), Refusal> {
    let hall = Hall::load(tx, session)?;
    hall.must_conduct(caller)?;
    if !hall.can_summarise() {
        return Err(Refusal::State(Said::new("chamber.over")));
    }
    if !hall.treatments.iter().any(|treatment| treatment.item == id) {
        return Err(Refusal::State(Said::new("chamber.item_not_open")));
    }
    tx.set_summary(id, checked(("summary", summary), LONGEST_TEXT)?)?;
    note(tx, caller, &hall.session, ("item.summarised", json!({ "item": id })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_becomes_one_article_per_paragraph() {
        let made = articles("De raad keurt goed.\n\n  Dit besluit wordt\nbekendgemaakt.  \n\n\n\n", "Titel");
        let pairs: Vec<(&str, &str)> = made.iter().map(|a| (a.number.as_str(), a.text.as_str())).collect();
        assert_eq!(
            pairs,
            [("Artikel 1", "De raad keurt goed."), ("Artikel 2", "Dit besluit wordt\nbekendgemaakt.")]
        );
        assert_eq!(articles("  \n\n ", "Titel")[0].text, "Titel");
    }
}
