//! Conducting the session as a whole: its state, who presides, doors and stream, the floor.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::cockpit_read::show;
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::{MandateId, SessionId};
use crate::scheduler::{
    Caller, Signal, adjourn_session, close_session, conducted, declare_not_quorate, open_session, preside,
    resume_session, signal_session, start_speaking, stop_speaking, suspend_session,
};
use crate::store::Tx;
use crate::texts::Said;
use crate::web::oops::Oops;
use crate::web::visitor::{Fields, Insider, InsiderForm};

/// What a form does that knows no such act.
pub(super) fn no_such_act() -> Refusal {
    Refusal::State(Said::new("chamber.no_such_act"))
}

/// A member that a form names.
pub(super) fn mandate_of(text: &str) -> Result<MandateId, Refusal> {
    text.parse().map_err(|_| Refusal::unknown("mandate", "?"))
}

/// Does what a form asks for; what is refused is shown on the cockpit, with what was sent still in its fields.
pub(super) async fn act(
    app: &App,
    insider: &Insider,
    (slug, fields): (&str, Fields),
    work: impl FnOnce(&Tx<'_>, &Caller, SessionId, &Fields) -> Result<(), Refusal> + Send + 'static,
) -> Result<Response, Oops> {
    let (asked, sent) = (slug.to_owned(), fields.clone());
    let done =
        insider.write(move |tx, caller| work(tx, caller, conducted(tx, caller, &asked)?.id, &sent)).await;
    match done {
        Ok(()) => {
            // Whoever wrote something about a member goes on at that member, not at the top of the page.
            let member = fields.get("do").split_once(' ').and_then(|(_, id)| id.parse::<MandateId>().ok());
            let row = member.map_or_else(String::new, |id| format!("#m-{id}"));
            Ok(Redirect::to(&format!("/council/sessions/{slug}/chamber{row}")).into_response())
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, slug, (fields, Some(refusal))).await,
    }
}

/// `POST /council/sessions/{slug}/chamber/session`.
pub(super) async fn conduct(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    act(&app, &insider, (&slug, fields), |tx, caller, id, sent| match sent.get("do") {
        "open" => open_session(tx, caller, id, sent.get("reason")),
        "suspend" => suspend_session(tx, caller, id, sent.get("reason")),
        "resume" => resume_session(tx, caller, id),
        "close" => close_session(tx, caller, id, sent.ticked("leaving")),
        "adjourn" => adjourn_session(tx, caller, id, sent.get("reason")),
        "not_quorate" => declare_not_quorate(tx, caller, id),
        "preside" => {
            let chosen = (mandate_of(sent.get("chair"))?, mandate_of(sent.get("secretary"))?);
            preside(tx, caller, id, chosen)
        }
        _ => Err(no_such_act()),
    })
    .await
}

/// `POST /council/sessions/{slug}/chamber/signal`.
pub(super) async fn signal(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    act(&app, &insider, (&slug, fields), |tx, caller, id, sent| {
        let (what, on) = sent.get("do").split_once(' ').unwrap_or_default();
        let signal = match what {
            "doors" => Signal::Doors,
            "stream" => Signal::Stream,
            "screens" => Signal::Screens,
            _ => return Err(no_such_act()),
        };
        signal_session(tx, caller, id, (signal, on == "on"))
    })
    .await
}

/// `POST /council/sessions/{slug}/chamber/floor`.
pub(super) async fn floor(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    act(&app, &insider, (&slug, fields), |tx, caller, id, sent| match sent.get("mandate") {
        "" => stop_speaking(tx, caller, id),
        mandate => start_speaking(tx, caller, id, mandate_of(mandate)?),
    })
    .await
}
