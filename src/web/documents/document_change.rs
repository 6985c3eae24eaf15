//! The forms of a document, for those who prepare its session.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::document_read::{show, unknown};
use super::words::{access_of, state_of};
use crate::booking::{Fault, Refusal};
use crate::http::App;
use crate::ids::{DocumentId, PersonId};
use crate::scheduler::{DocumentFields, add_version, change_document, change_state, set_access, set_readers};
use crate::texts::Said;
use crate::web::form::number;
use crate::web::oops::Oops;
use crate::web::upload::Documents;
use crate::web::visitor::{Fields, Insider, InsiderForm};

fn id_of(insider: &Insider, text: &str) -> Result<DocumentId, Oops> {
    text.parse().map_err(|_| insider.oops(unknown(text)))
}

/// `POST /council/documents/{id}/change`.
pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = id_of(&insider, &id)?;
    let said = DocumentFields {
        title: fields.get("title").to_owned(),
        item: fields.some("item").and_then(|id| id.parse().ok()),
        position: number(&fields, "position", 1),
        downloadable: !fields.ticked("listed"),
    };
    let outcome = insider.write(move |tx, caller| change_document(tx, caller, id, &said)).await;
    answer(&app, insider, id, &fields, outcome).await
}

/// `POST /council/documents/{id}/access`.
pub(super) async fn access(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = id_of(&insider, &id)?;
    let access = access_of(fields.get("access"));
    let outcome = insider
        .write(move |tx, caller| {
            let access =
                access.ok_or_else(|| Refusal::invalid("access", Said::new("documents.no_access")))?;
            set_access(tx, caller, id, access)
        })
        .await;
    answer(&app, insider, id, &fields, outcome).await
}

/// `POST /council/documents/{id}/readers`.
pub(super) async fn readers(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = id_of(&insider, &id)?;
    let people: Vec<PersonId> = fields.all("person").filter_map(|id| id.parse().ok()).collect();
    let outcome = insider.write(move |tx, caller| set_readers(tx, caller, id, &people)).await;
    answer(&app, insider, id, &fields, outcome).await
}

/// `POST /council/documents/{id}/state`.
pub(super) async fn state(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = id_of(&insider, &id)?;
    let state = state_of(fields.get("state"));
    let outcome = insider
        .write(move |tx, caller| {
            let state = state.ok_or_else(|| Refusal::State(Said::new("documents.no_step")))?;
            change_state(tx, caller, id, state)
        })
        .await;
    answer(&app, insider, id, &fields, outcome).await
}

/// `POST /council/documents/{id}/version`.
pub(super) async fn version(
    State(app): State<App>,
    Path(id): Path<String>,
    Documents { insider, fields, mut files, mut refused }: Documents,
) -> Result<Response, Oops> {
    let id = id_of(&insider, &id)?;
    let outcome = match (files.pop(), refused.pop()) {
        (Some(file), None) => {
            insider.write(move |tx, caller| add_version(tx, caller, id, &file).map(|_| ())).await
        }
        (_, Some(said)) => Err(Refusal::Invalid(vec![Fault::new("files", said)])),
        (None, None) => Err(Refusal::invalid("files", Said::new("documents.file_missing"))),
    };
    answer(&app, insider, id, &fields, outcome).await
}

async fn answer(
    app: &App,
    insider: Insider,
    id: DocumentId,
    fields: &Fields,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/council/documents/{id}?done=saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, &insider.visitor(), id, fields, Some(&refusal)).await,
    }
}
