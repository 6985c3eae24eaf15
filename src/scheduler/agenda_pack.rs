//! What goes into the agenda pack of a session: for whoever asks, exactly what they may read; for the public, what
//! anybody may.

use chrono::{Duration, NaiveDateTime};

use super::Caller;
use super::council_reader::{CouncilReader, session_called};
use super::members_file::{FileItem, MembersFile, Paper, read_file};
use crate::booking::Refusal;
use crate::council::{DocumentVersion, Reader, RemoteTool, Session, SessionMode, SessionPart};
use crate::ids::SessionId;
use crate::papers::{NotTaken, PackItem, PackPaper, PackPart, PackSheet, PaperContent};
use crate::store::View;
use crate::texts::{Lang, Said, day, text};

/// For whom a pack is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PackFor {
    /// Whoever asks: all that they may read.
    Oneself,
    /// The public: nothing that is closed, and nothing that was not released.
    Public,
}

/// What goes into the pack of a session.
///
/// # Errors
/// [`Refusal::Unknown`] for a session that is not there, or of which there is nothing to read.
pub fn agenda_pack(
    view: &View<'_>,
    caller: &Caller,
    slug: &str,
    whom: PackFor,
) -> Result<(SessionId, PackSheet), Refusal> {
    let nobody = Caller::public(caller.lang);
    let caller = if whom == PackFor::Public { &nobody } else { caller };
    let session = session_called(view, slug)?;
    let file = read_file(view, &CouncilReader::of(view, caller)?, session, caller.person)?;
    if file.items.is_empty() && file.all_papers().next().is_none() {
        return Err(Refusal::Unknown(Said::new("documents.nothing_to_pack")));
    }
    let remote = view.council_body(file.session.body)?.map(|body| body.rules.remote).unwrap_or_default();
    let zone = file.session.zone;
    let start = zone.wall(file.session.planned);
    let mut sheet = PackSheet {
        lang: caller.lang,
        town: view.directory().house.town.clone(),
        body: file.body.clone(),
        day: day(caller.lang, start.date()),
        facts: facts(caller.lang, &file, &remote, start),
        notes: Vec::new(),
        parts: parts(caller.lang, &file, start),
        papers: papers(caller.lang, &file.papers),
    };
    let unreadable = view.unreadable(file.session.id)?;
    sheet.name_only(|sha256| unreadable.contains(sha256));
    let sealed_closed = |item: &crate::council::AgendaItem| {
        item.is_live() && item.part == SessionPart::Closed && super::members_file::is_sealed(item)
    };
    // That there is a closed part is public; what is in it is not.
    if file.reader == Reader::Anybody && view.agenda_items(file.session.id)?.iter().any(sealed_closed) {
        sheet.notes.push(text(caller.lang, "pack.closed_follows").to_owned());
    }
    Ok((file.session.id, sheet))
}

/// What the cover says.
fn facts(lang: Lang, file: &MembersFile, remote: &RemoteTool, start: NaiveDateTime) -> Vec<(String, String)> {
    let session = &file.session;
    let mut facts = vec![
        ("pack.time", start.format("%H:%M").to_string()),
        ("pack.place", session.place.clone()),
        ("pack.mode", text(lang, mode_key(session.mode)).to_owned()),
    ];
    if session.convocation_no == 2 {
        facts.push(("pack.convocation", text(lang, "pack.second_convocation").to_owned()));
    }
    // How members get in is for members.
    if session.mode != SessionMode::Physical && file.reader != Reader::Anybody {
        facts.push(("pack.connect", connect(lang, remote)));
    }
    facts.push(("pack.stream", stream(session, remote)));
    let filled = facts.into_iter().filter(|(_, value)| !value.trim().is_empty());
    filled.map(|(key, value)| (text(lang, key).to_owned(), value)).collect()
}

fn stream(session: &Session, remote: &RemoteTool) -> String {
    let remotely = session.mode != SessionMode::Physical;
    match session.stream_url.as_str() {
        "" if remotely => remote.stream_url.clone(),
        url => url.to_owned(),
    }
}

fn connect(lang: Lang, remote: &RemoteTool) -> String {
    let phone = Some(&remote.fallback_phone).filter(|phone| !phone.is_empty());
    let phone = phone.map(|phone| Said::new("pack.phone").with("phone", phone).speak(lang));
    let lines = [remote.name.clone(), remote.how.clone(), phone.unwrap_or_default()];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text key of a mode.
fn mode_key(mode: SessionMode) -> &'static str {
    match mode {
        SessionMode::Physical => "pack.mode_physical",
        SessionMode::Hybrid => "pack.mode_hybrid",
        SessionMode::Digital => "pack.mode_digital",
    }
}

/// The parts with their items, each with the hour at which it comes up if all goes as planned.
fn parts(lang: Lang, file: &MembersFile, start: NaiveDateTime) -> Vec<PackPart> {
    let mut parts: Vec<PackPart> = Vec::new();
    let mut at = start;
    for part in SessionPart::ALL {
        let mut items = Vec::new();
        for item in file.items.iter().filter(|item| item.part == part) {
            items.push(pack_item(lang, item, at));
            at += Duration::minutes(i64::from(item.planned_min));
        }
        if !items.is_empty() {
            let closed = part == SessionPart::Closed;
            let name = text(lang, if closed { "pack.part_closed" } else { "pack.part_public" });
            parts.push(PackPart { name: name.to_owned(), closed, items });
        }
    }
    parts
}

fn pack_item(lang: Lang, item: &FileItem, at: NaiveDateTime) -> PackItem {
    let when = Said::new("pack.when").with("at", at.format("%H:%M")).with("minutes", item.planned_min);
    let title = match item.internal_title.trim() {
        "" => item.title.clone(),
        internal => format!("{} – {internal}", item.title),
    };
    PackItem {
        number: item.number.clone().unwrap_or_default(),
        title,
        when: if item.planned_min == 0 { at.format("%H:%M").to_string() } else { when.speak(lang) },
        note: if item.recused { text(lang, "pack.recused").to_owned() } else { item.note.clone() },
        draft: item.draft.clone(),
        papers: papers(lang, &item.papers),
    }
}

fn papers(lang: Lang, papers: &[Paper]) -> Vec<PackPaper> {
    let paper = |paper: &Paper| PackPaper {
        title: paper.document.title.clone(),
        mark: mark(lang, &paper.version).to_owned(),
        content: match &paper.version.content {
            Some(content) if paper.fetch => PaperContent::File(content.kind, content.sha256),
            _ => PaperContent::Named(NotTaken::OnPaper),
        },
    };
    papers.iter().map(paper).collect()
}

/// What is to be said of a version: those who prepare a session also have what was not sent yet.
fn mark(lang: Lang, version: &DocumentVersion) -> &'static str {
    if !version.state.was_sent() {
        return text(lang, "pack.not_sent");
    }
    if version.changed_after.is_some() { text(lang, "pack.changed") } else { "" }
}
