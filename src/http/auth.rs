//! Who calls: bearer tokens (RFC 6750), and the language to answer in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::App;
use super::problem::Refused;
use crate::booking::Refusal;
use crate::scheduler::Caller;
use crate::store::{TokenKind, View};
use crate::texts::Lang;

/// The language a request asks for, or the house's.
pub(super) fn lang_of(app: &App, headers: &HeaderMap) -> Lang {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .and_then(Lang::from_accept)
        .unwrap_or_else(|| app.store.directory().house.lang())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let lang = lang_of(app, &parts.headers);
        let secret = bearer(&parts.headers).ok_or(Refused(Refusal::Unauthorised, lang))?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        // A look-up by key takes microseconds: not worth a hop to another thread.
        let caller =
            app.store.read(|view| caller(view, secret, lang)).map_err(|refusal| Refused(refusal, lang))?;
        app.used(crate::ids::TokenId(caller.token), agent);
        app.heard(&caller);
        Ok(caller)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn caller(view: &View<'_>, secret: &str, lang: Lang) -> Result<Caller, Refusal> {
    let token = view.token_by_secret(secret)?.filter(|token| token.revoked.is_none());
    let token = token.filter(|token| token.kind == TokenKind::Api).ok_or(Refusal::Unauthorised)?;
    let role = token.role.ok_or(Refusal::Unauthorised)?;
    Ok(Caller { token: token.id.0, role, person: token.person, room: token.room, grants: Vec::new(), lang })
}
