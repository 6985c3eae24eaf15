//! The agenda pack: begun by a press, made beside everything else, watched in percent, fetched when it is there.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::words::{attachment, session_words};
use crate::booking::Refusal;
use crate::http::{App, PackState};
use crate::papers::Packed;
use crate::scheduler::{PackFor, members_file};
use crate::texts::{Lang, Said};
use crate::time::Zone;
use crate::web::oops::Oops;
use crate::web::page;
use crate::web::shell::Shell;
use crate::web::visitor::{Asked, Insider, InsiderForm};
use crate::web::words::moment;

#[derive(Template)]
#[template(path = "documents/pack_read.html")]
struct Page {
    shell: Shell,
    slug: String,
    session: String,
    packs: Vec<Pack>,
}

/// One kind of pack.
struct Pack {
    word: &'static str,
    name: String,
    what: String,
    running: Option<u8>,
    ready: Option<String>,
    failed: Option<String>,
}

/// The word of an address for whom a pack is.
fn whom_of(word: &str) -> PackFor {
    if word == "public" { PackFor::Public } else { PackFor::Oneself }
}

/// `GET /council/sessions/{slug}/pack`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    let asked = slug.clone();
    let file = insider.read(move |view, caller| members_file(view, caller, &asked)).await?;
    let (lang, zone) = (insider.lang(), file.session.zone);
    let mut packs = Vec::new();
    for (whom, word, name, what) in [
        (PackFor::Oneself, "own", "pack.own", "pack.own_what"),
        (PackFor::Public, "public", "pack.public", "pack.public_what"),
    ] {
        let state = match app.pack_state(insider.caller(), &slug, whom).await {
            Ok(state) => state,
            // There is nothing for the public yet.
            Err(Refusal::Unknown(_)) => continue,
            Err(refusal) => return Err(insider.oops(refusal)),
        };
        packs.push(pack(lang, zone, (word, insider.t(name).to_owned(), insider.t(what).to_owned()), state));
    }
    let shell = insider.shell(insider.t("documents.pack"));
    let session = session_words(lang, &file.body, &file.session);
    Ok(page(Page { shell, slug, session, packs }.render().unwrap_or_default()))
}

fn pack(
    lang: Lang,
    zone: Zone,
    (word, name, what): (&'static str, String, String),
    state: PackState,
) -> Pack {
    let (mut running, mut ready, mut failed) = (None, None, None);
    match state {
        PackState::None => {}
        PackState::Running(percent) => running = Some(percent),
        PackState::Ready { made, pack } => {
            let said = Said::new("pack.ready").with("at", moment(lang, zone, made)).with("pages", pack.pages);
            let named = Said::new("pack.named").with("count", pack.named).speak(lang);
            let named = if pack.named > 0 { format!(" {named}") } else { String::new() };
            ready = Some(said.speak(lang) + &named);
        }
        PackState::Failed(refusal) => failed = Some(refusal.said().speak(lang)),
    }
    Pack { word, name, what, running, ready, failed }
}

/// `POST /council/sessions/{slug}/pack`.
pub(super) async fn begin(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let whom = whom_of(fields.get("for"));
    let begun = app.begin_pack(insider.caller(), &slug, whom).await;
    begun.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to(&format!("/council/sessions/{slug}/pack")).into_response())
}

/// The bytes of a pack, sent from where it is kept.
struct PackBytes(Arc<Packed>);

impl AsRef<[u8]> for PackBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// `GET /council/sessions/{slug}/pack.pdf`.
pub(super) async fn download(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let whom = whom_of(asked.get("for"));
    let state = app.pack_state(insider.caller(), &slug, whom).await;
    match state.map_err(|refusal| insider.oops(refusal))? {
        PackState::Ready { pack, .. } => {
            let name =
                if whom == PackFor::Public { format!("{slug}-public.pdf") } else { format!("{slug}.pdf") };
            Ok(attachment(Bytes::from_owner(PackBytes(pack)), "application/pdf", &name))
        }
        _ => Err(insider.oops(Refusal::State(Said::new("pack.not_there")))),
    }
}
