//! What can be published of a session, corrected, or taken back.

use axum::extract::{Path, State};
use axum::response::Response;

use super::super::oops::Oops;
use super::super::visitor::InsiderForm;
use super::super::words::moment;
use super::session_after::{Found, done};
use crate::booking::Refusal;
use crate::council::publication::{Asked, PublicationAct, PublicationKind};
use crate::http::App;
use crate::ids::DecisionId;
use crate::scheduler::{Publish, publish_session, withdraw_publication};
use crate::store::Publication;
use crate::texts::{Lang, Said, text};

/// A document that can be published, and what of it is.
pub(super) struct Row {
    pub(super) asked: String,
    pub(super) name: String,
    /// Where it stands, and since when; nowhere if it was never published, or was taken back.
    pub(super) stands: Option<(String, String)>,
    /// When and why it was taken back, if it was.
    pub(super) withdrawn: Option<String>,
    pub(super) ready: bool,
    pub(super) word: &'static str,
}

impl Row {
    /// Whether something was published before, so that everybody is told why there is a version more.
    pub(super) fn needs_reason(&self) -> bool {
        self.stands.is_some() || self.withdrawn.is_some()
    }
}

/// Everything that can be published of the session, with what stands of it.
pub(super) fn rows(lang: Lang, found: &Found) -> Vec<Row> {
    let mut rows = vec![
        row(lang, found, Asked::Agenda, text(lang, "minutes.publish_agenda")),
        row(lang, found, Asked::DecisionList, text(lang, "minutes.publish_decisions")),
        row(lang, found, Asked::Minutes, text(lang, "minutes.publish_minutes")),
    ];
    for (id, title, regulation) in &found.decisions {
        let name = Said::new("minutes.publish_extract").with("title", title).speak(lang);
        rows.push(row(lang, found, Asked::Extract(*id), &name));
        if *regulation {
            let name = Said::new("minutes.publish_regulation").with("title", title).speak(lang);
            rows.push(row(lang, found, Asked::Regulation(*id), &name));
        }
    }
    rows
}

fn row(lang: Lang, found: &Found, asked: Asked, name: &str) -> Row {
    let same = |entry: &&Publication| entry.kind == asked.kind() && entry.decision == asked.decision();
    let last = found.publications.iter().rfind(same);
    let when = |entry: &Publication| moment(lang, found.sheet.session.zone, entry.published_at);
    let (standing, gone) = match last {
        Some(entry) if entry.act == PublicationAct::Withdrawn => (None, Some(entry)),
        other => (other, None),
    };
    Row {
        asked: word_of(asked),
        name: name.to_owned(),
        stands: standing.map(|entry| {
            let said = Said::new("minutes.published_at").with("version", entry.version);
            (entry.place().to_owned(), said.with("when", when(entry)).speak(lang))
        }),
        withdrawn: gone.map(|entry| {
            let said = Said::new("minutes.withdrawn_at").with("when", when(entry));
            said.with("reason", entry.reason.as_deref().unwrap_or("–")).speak(lang)
        }),
        ready: asked.kind().is_ready(found.sheet.session.state, !found.sheet.versions.is_empty()),
        word: text(lang, if standing.is_some() { "minutes.correct" } else { "minutes.publish" }),
    }
}

/// How a form names a document.
fn word_of(asked: Asked) -> String {
    match asked.decision() {
        Some(id) => format!("{}:{id}", asked.kind().word()),
        None => asked.kind().word().to_owned(),
    }
}

fn asked_of(word: &str) -> Option<Asked> {
    let (kind, id) = word.split_once(':').map_or((word, None), |(kind, id)| (kind, Some(id)));
    let id: Option<DecisionId> = id.and_then(|id| id.parse().ok());
    let is = |wanted: PublicationKind| wanted.word() == kind;
    match id {
        None if is(PublicationKind::Agenda) => Some(Asked::Agenda),
        None if is(PublicationKind::DecisionList) => Some(Asked::DecisionList),
        None if is(PublicationKind::Minutes) => Some(Asked::Minutes),
        Some(id) if is(PublicationKind::Extract) => Some(Asked::Extract(id)),
        Some(id) if is(PublicationKind::Regulation) => Some(Asked::Regulation(id)),
        _ => None,
    }
}

/// `POST /council/sessions/{slug}/after/publish`: what `what` names is published, corrected, or with `do=withdraw` taken
/// back.
pub(super) async fn publish(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let asked = asked_of(fields.get("what"));
    let withdraw = fields.get("do") == "withdraw";
    let (name, reason) = (slug.clone(), fields.get("reason").to_owned());
    let base = app.base_url.clone();
    let outcome = insider
        .write(move |tx, caller| {
            let asked = asked.ok_or_else(|| Refusal::unknown("publication", "?"))?;
            let wish = Publish { session: name, asked, reason };
            let entry = if withdraw {
                withdraw_publication(tx, caller, &wish)
            } else {
                publish_session(tx, caller, &base, &wish)
            };
            entry.map(|_| ())
        })
        .await;
    done(&insider, slug, outcome).await
}
