//! Fixes an agenda: numbers what is approved and seals exactly that. What was sealed never changes.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::Caller;
use super::super::create_meeting::clip;
use super::edit_agenda::prepared_session;
use super::{law_of_body, log_session};
use crate::booking::Refusal;
use crate::council::{
    AgendaContent, AgendaItem, AgendaVersion, ItemState, Section, Session, VersionKind, number,
};
use crate::ids::hex;
use crate::store::{Tx, View};
use crate::texts::Said;

/// Fixes the next version of an agenda: the first is sent with the convocation, later ones add what came since.
///
/// # Errors
/// [`Refusal::State`] if nothing is approved, nothing is different, or an item lacks what it needs.
pub fn fix_agenda(tx: &Tx<'_>, caller: &Caller, slug: &str) -> Result<AgendaVersion, Refusal> {
    let session = prepared_session(tx, caller, slug)?;
    if !session.state.lies_ahead() && !session.state.is_under_way() {
        return Err(Refusal::State(Said::new("agenda.over")));
    }
    let versions = tx.agenda_versions(session.id)?;
    let mut items = tx.agenda_items(session.id)?;
    let rules = law_of_body(tx, session.body)?.rules;
    let waiting = |item: &&AgendaItem| item.state == ItemState::Approved;
    if let Some(bare) = items.iter().filter(waiting).find(|item| rules.needs_draft && !item.is_complete()) {
        return Err(Refusal::State(Said::new("agenda.incomplete").with("title", clip(&bare.title))));
    }
    let urgent = items.iter().filter(waiting).any(|item| item.section == Section::Urgent);
    number(&mut items, versions.is_empty(), rules.late_numbers);
    for item in items.iter_mut().filter(|item| item.state == ItemState::Approved) {
        item.state = ItemState::OnAgenda;
        item.version += 1;
        tx.put_agenda_item(item)?;
    }
    let content = AgendaContent::of(&session, &items);
    if content.items.is_empty() {
        return Err(Refusal::State(Said::new("agenda.nothing_approved")));
    }
    let content = serde_json::to_string(&content).map_err(|error| Refusal::Internal(error.to_string()))?;
    if versions.last().is_some_and(|last| last.content == content) {
        return Err(Refusal::State(Said::new("agenda.nothing_new")));
    }
    let kind = match versions.last().map(fixed_content).transpose()? {
        None => VersionKind::First,
        Some(last) if last.planned != session.planned => VersionKind::Moved,
        Some(_) if urgent => VersionKind::Urgent,
        Some(_) => VersionKind::Supplementary,
    };
    let version = AgendaVersion {
        session: session.id,
        number: u32::try_from(versions.len()).unwrap_or(u32::MAX) + 1,
        kind,
        fixed_at: tx.now(),
        hash: Sha256::digest(content.as_bytes()).into(),
        content,
    };
    tx.insert_agenda_version(&version)?;
    log_fixed(tx, caller, &session, &version)?;
    Ok(version)
}

fn log_fixed(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    version: &AgendaVersion,
) -> Result<(), Refusal> {
    let hash = hex(&version.hash);
    let detail = json!({ "version": version.number, "kind": version.kind, "sha256": hash });
    log_session(tx, caller, "agenda.fixed", session, Some(detail))
}

/// What a fixed agenda holds.
///
/// # Errors
/// [`Refusal::Internal`] if it is not what we wrote.
pub fn fixed_content(version: &AgendaVersion) -> Result<AgendaContent, Refusal> {
    serde_json::from_str(&version.content)
        .map_err(|error| Refusal::Internal(format!("fixed agenda: {error}")))
}

/// Whether the fixed versions of an agenda are still what was sealed.
///
/// # Errors
/// Those of the store.
pub fn agenda_is_whole(view: &View<'_>, session: &Session) -> Result<bool, Refusal> {
    let whole = |version: &AgendaVersion| {
        let hash: [u8; 32] = Sha256::digest(version.content.as_bytes()).into();
        hash == version.hash
    };
    Ok(view.agenda_versions(session.id)?.iter().all(whole))
}
