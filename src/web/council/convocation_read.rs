//! The convocation of a session: what it lacks, what was sealed, and how each member was reached.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::form::Wrong;
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Insider, InsiderForm};
use super::super::words::moment;
use super::after;
use super::session_read::{Head, head};
use super::words::{DeadlineRow, deadline_row, text_of};
use crate::booking::Refusal;
use crate::council::{
    Convocation, Dispatch, DispatchChannel, DispatchState, Kind, Proof, SealedDocument, SessionState,
    missing, proof,
};
use crate::ids::{DocumentId, MandateId, SessionId, hex};
use crate::scheduler::council::{
    Convene, SessionSheet, convene as seal, convocations_are_whole, fixed_content, reach_member,
    session_sheet,
};
use crate::scheduler::left_behind;
use crate::store::View;
use crate::texts::{Lang, Said, text};

#[derive(Template)]
#[template(path = "council/convocation_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    head: Head,
    term: Option<DeadlineRow>,
    lacks: Vec<&'static str>,
    no_agenda: bool,
    ready: bool,
    /// Documents that do not go, for they are not approved: address and title.
    left: Vec<(String, String)>,
    members: Vec<(String, String)>,
    sealed: Vec<Sealed>,
    whole: bool,
}

/// A convocation that was sealed.
struct Sealed {
    number: u32,
    words: String,
    letter: String,
    hash: String,
    urgent: Option<String>,
    proof: (&'static str, String),
    /// What went with it: address, title and version, hash.
    documents: Vec<(String, String, String)>,
    rows: Vec<Row>,
}

/// How one member was reached.
struct Row {
    mandate: String,
    name: String,
    ways: Vec<String>,
    class: &'static str,
    state: &'static str,
    opened: String,
    /// What can still be done: channel and word.
    next: Vec<(&'static str, &'static str)>,
}

/// `GET /council/sessions/{slug}/convocation`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, None).await
}

async fn show(insider: &Insider, slug: String, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let lang = insider.lang();
    let (sheet, whole, left, papers) = insider
        .read(move |view, caller| {
            let sheet = session_sheet(view, caller, &slug)?;
            let whole = convocations_are_whole(view, sheet.session.id)?;
            let left = left_behind(view, &sheet.session)?;
            let mut papers = Papers { titles: titles(view, sheet.session.id)?, sealed: Vec::new() };
            for sealed in &sheet.convocations {
                papers.sealed.push(view.sealed_documents(sheet.session.id, sealed.number)?);
            }
            Ok((sheet, whole, left, papers))
        })
        .await?;
    let last = sheet.versions.last();
    let content = last.map(fixed_content).transpose().map_err(|refusal| insider.oops(refusal))?;
    let in_public = sheet.law.kind().is_ok_and(Kind::is_public);
    let lacks = content.as_ref().map(|agenda| missing(&sheet.session, &sheet.law, agenda, in_public));
    let open = matches!(sheet.session.state, SessionState::Scheduled | SessionState::Convened);
    let sent = sheet.convocations.last().map(|sealed| sealed.agenda_version);
    let term = sheet.deadlines.iter().find(|deadline| deadline.rule == "convocation-sent");
    let blocks = sheet.convocations.iter().zip(&papers.sealed);
    let mut sealed: Vec<Sealed> =
        blocks.map(|(one, sent)| sealed_block(lang, &sheet, one, papers.rows(lang, sent))).collect();
    sealed.reverse();
    let html = Page {
        shell: insider.shell(&sheet.body.name),
        head: head(insider, &sheet, "/convocation"),
        term: term.map(|deadline| deadline_row(lang, sheet.session.zone, deadline)),
        lacks: lacks.iter().flatten().map(|field| text_of(lang, "convocation.lacks_", field)).collect(),
        no_agenda: last.is_none(),
        ready: open && last.is_some() && last.map(|version| version.number) != sent,
        members: sheet.seats.iter().map(|seat| (seat.mandate.id.to_string(), seat.name.clone())).collect(),
        left: left.into_iter().map(|one| (format!("/council/documents/{}", one.id), one.title)).collect(),
        sealed,
        whole,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The documents of the convocations of a session.
struct Papers {
    titles: BTreeMap<DocumentId, String>,
    sealed: Vec<Vec<SealedDocument>>,
}

impl Papers {
    fn rows(&self, lang: Lang, sent: &[SealedDocument]) -> Vec<(String, String, String)> {
        let row = |one: &SealedDocument| {
            let title = self.titles.get(&one.document).map_or("–", String::as_str);
            let said = Said::new("convocation.document").with("title", title).with("version", one.version);
            let hash = one.sha256.map(|hash| hex(&hash)).unwrap_or_default();
            (format!("/council/documents/{}", one.document), said.speak(lang), hash)
        };
        sent.iter().map(row).collect()
    }
}

fn titles(view: &View<'_>, session: SessionId) -> Result<BTreeMap<DocumentId, String>, Refusal> {
    Ok(view.documents(session)?.into_iter().map(|document| (document.id, document.title)).collect())
}

fn sealed_block(
    lang: Lang,
    sheet: &SessionSheet,
    one: &Convocation,
    documents: Vec<(String, String, String)>,
) -> Sealed {
    let ways: Vec<&Dispatch> = sheet.dispatches.iter().filter(|d| d.number == one.number).collect();
    let owned: Vec<Dispatch> = ways.iter().map(|d| (*d).clone()).collect();
    let zone = sheet.session.zone;
    let proof = match proof(&owned) {
        Proof::Proven(at) => {
            ("free", Said::new("convocation.proven").with("when", moment(lang, zone, at)).speak(lang))
        }
        Proof::Sending => ("soon", text(lang, "convocation.sending").to_owned()),
        Proof::PartlyFailed(count) => {
            ("busy", Said::new("convocation.partly_failed").with("count", count).speak(lang))
        }
    };
    let words = Said::new("convocation.sealed_at")
        .with("number", one.number)
        .with("kind", text_of(lang, "agenda.kind_", one.kind.word()))
        .with("version", one.agenda_version)
        .with("when", moment(lang, zone, one.sealed_at));
    let newest = sheet.convocations.last().is_some_and(|last| last.number == one.number);
    let mut members: Vec<MandateId> = ways.iter().map(|d| d.mandate).collect();
    members.dedup();
    members.sort_unstable_by_key(|id| sheet.name_of(*id).unwrap_or("").to_owned());
    members.dedup();
    Sealed {
        number: one.number,
        words: words.speak(lang),
        letter: one.letter.clone(),
        hash: hex(&one.hash),
        urgent: one.urgent_reason.clone(),
        proof,
        documents,
        rows: members.into_iter().map(|member| row(lang, sheet, member, &ways, newest)).collect(),
    }
}

fn row(lang: Lang, sheet: &SessionSheet, member: MandateId, ways: &[&Dispatch], newest: bool) -> Row {
    let own: Vec<&&Dispatch> = ways.iter().filter(|dispatch| dispatch.mandate == member).collect();
    let zone = sheet.session.zone;
    let word = |d: &Dispatch| {
        let channel = text_of(lang, "convocation.channel_", d.channel.word());
        let state = text_of(lang, "convocation.state_", d.state.word());
        let at = d.sent_at.map_or_else(String::new, |at| format!(" {}", moment(lang, zone, at)));
        // Of the other ways the evidence is an id, for those who check.
        let told = d.channel == DispatchChannel::Email && !d.evidence.is_empty();
        let evidence = if told { format!(" ({})", d.evidence) } else { String::new() };
        format!("{channel}: {state}{at}{evidence}")
    };
    let sent = own.iter().any(|d| d.state == DispatchState::Sent);
    let waits = own.iter().any(|d| d.state == DispatchState::Queued);
    let (class, state) = match (sent, waits) {
        (true, _) => ("free", text(lang, "convocation.state_sent")),
        (false, true) => ("soon", text(lang, "convocation.state_queued")),
        (false, false) => ("busy", text(lang, "convocation.state_failed")),
    };
    let tried = |channel: DispatchChannel| {
        own.iter().any(|d| d.channel == channel && d.state != DispatchState::Queued)
    };
    let all = [
        (DispatchChannel::Paper, "convocation.hand_over"),
        (DispatchChannel::Portal, "convocation.by_portal"),
        (DispatchChannel::Email, "convocation.by_mail"),
    ];
    let next = all.into_iter().filter(|(channel, _)| newest && !sent && !tried(*channel));
    let next = next.filter(|(channel, _)| {
        *channel == DispatchChannel::Paper || !own.iter().any(|d| d.channel == *channel)
    });
    let opened = own.iter().filter_map(|d| d.opened_at).min();
    Row {
        mandate: member.to_string(),
        name: sheet.name_of(member).unwrap_or("–").to_owned(),
        ways: own.iter().map(|d| word(d)).collect(),
        class,
        state,
        opened: opened.map_or_else(|| "–".to_owned(), |at| moment(lang, zone, at)),
        next: next.map(|(channel, key)| (channel.word(), text(lang, key))).collect(),
    }
}

/// `POST /council/sessions/{slug}/convocation`.
pub(super) async fn convene(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let on_paper = fields.all("paper").filter_map(|id| id.parse().ok());
    let wanted = Convene {
        urgent_reason: fields.get("urgent_reason").to_owned(),
        channels: on_paper.map(|id| (id, DispatchChannel::Paper)).collect(),
    };
    let name = slug.clone();
    let outcome = insider.write(move |tx, caller| seal(tx, caller, &name, &wanted).map(|_| ())).await;
    match after(&insider, outcome, &format!("/council/sessions/{slug}/convocation?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, Some(wrong)).await,
    }
}

/// `POST /council/sessions/{slug}/convocation/reach`.
pub(super) async fn reach(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let member = fields.get("mandate").parse();
    let channel = DispatchChannel::ALL.into_iter().find(|channel| channel.word() == fields.get("channel"));
    let name = slug.clone();
    let outcome = insider
        .write(move |tx, caller| {
            let member = member.map_err(|_| Refusal::unknown("mandate", "?"))?;
            let channel = channel.ok_or_else(|| Refusal::unknown("channel", "?"))?;
            reach_member(tx, caller, &name, member, channel).map(|_| ())
        })
        .await;
    match after(&insider, outcome, &format!("/council/sessions/{slug}/convocation?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, Some(wrong)).await,
    }
}
