//! Sign out, and choose a language.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::sign_in_begin::local;
use super::visitor::{COOKIE, Form, InsiderForm, LANGUAGE, form_token_fits, set_cookie};
use crate::http::App;
use crate::scheduler::{end_sign_in, set_language};
use crate::texts::Lang;

/// `POST /sign-out`.
pub(super) async fn end(InsiderForm(insider, _): InsiderForm) -> Response {
    let (person, id) = (insider.person().id, insider.signed_in.sign_in.id);
    if let Err(refusal) = insider.write(move |tx, _| end_sign_in(tx, person, id)).await {
        return insider.oops(refusal).into_response();
    }
    let mut response = Redirect::to("/sign-in?done=signed_out").into_response();
    response.headers_mut().append(header::SET_COOKIE, set_cookie(COOKIE, ""));
    response
}

/// `POST /language`: kept with the person, or in a cookie for whoever is not signed in.
pub(super) async fn language(State(app): State<App>, Form(visitor, fields): Form) -> Response {
    let lang = Lang::from_code(fields.get("lang")).unwrap_or(visitor.lang);
    let mut response = Redirect::to(local(fields.get("to"))).into_response();
    if let Some(who) = visitor.who.as_ref().filter(|who| form_token_fits(&app, who, fields.get("form"))) {
        let caller = who.caller.clone();
        if let Err(refusal) = app.write(move |tx| set_language(tx, &caller, lang)).await {
            return visitor.oops(refusal).into_response();
        }
    }
    let cookie = format!("{LANGUAGE}={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
