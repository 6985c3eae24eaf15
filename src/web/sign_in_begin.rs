//! Sign in: address and password, then a code if there is a second factor.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use super::shell::Shell;
use super::visitor::{Asked, COOKIE, Fields, Form, PENDING, Visitor, agent, cookie, set_cookie};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::Step;

#[derive(Template)]
#[template(path = "sign_in_begin.html")]
struct Page<'a> {
    shell: Shell,
    to: &'a str,
    email: &'a str,
    wrong: Option<String>,
    insecure: bool,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    shell: Shell,
    to: &'a str,
    wrong: Option<String>,
}

/// `GET /sign-in`.
pub(super) async fn ask(State(app): State<App>, visitor: Visitor, Asked(asked): Asked) -> Response {
    if visitor.who.is_some() {
        return Redirect::to("/today").into_response();
    }
    show(&app, &visitor, &asked, None)
}

fn show(app: &App, visitor: &Visitor, fields: &Fields, wrong: Option<&Refusal>) -> Response {
    let shell = visitor.shell(crate::texts::text(visitor.lang, "sign_in.title"));
    let wrong = wrong.map(|refusal| refusal.said().speak(visitor.lang));
    let (to, email) = (local(fields.get("to")), fields.get("email"));
    let html = Page { shell, to, email, wrong, insecure: insecure(&app.base_url) }.render();
    page(html.unwrap_or_default())
}

/// `POST /sign-in`.
pub(super) async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    Form(visitor, fields): Form,
) -> Response {
    let (email, password) = (fields.get("email").to_owned(), fields.exact("password").to_owned());
    match app.sign_in(email, password, agent(&headers)).await {
        Ok(step) if step.pending => {
            let to: String = form_urlencoded::byte_serialize(local(fields.get("to")).as_bytes()).collect();
            let mut response = Redirect::to(&format!("/sign-in/code?to={to}")).into_response();
            response.headers_mut().append(header::SET_COOKIE, set_cookie(PENDING, &step.secret));
            response
        }
        Ok(step) => enter(&step, local(fields.get("to"))),
        Err(refusal) => show(&app, &visitor, &fields, Some(&refusal)),
    }
}

/// Goes on to where somebody wanted to go, signed in.
pub(super) fn enter(step: &Step, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, set_cookie(COOKIE, &step.secret));
    headers.append(header::SET_COOKIE, set_cookie(PENDING, ""));
    response
}

/// `GET /sign-in/code`.
pub(super) async fn ask_code(visitor: Visitor, headers: HeaderMap, Asked(asked): Asked) -> Response {
    if cookie(&headers, PENDING).is_none() {
        return Redirect::to("/sign-in").into_response();
    }
    show_code(&visitor, &asked, None)
}

fn show_code(visitor: &Visitor, fields: &Fields, wrong: Option<&Refusal>) -> Response {
    let shell = visitor.shell(crate::texts::text(visitor.lang, "sign_in.code_title"));
    let wrong = wrong.map(|refusal| refusal.said().speak(visitor.lang));
    page(CodePage { shell, to: local(fields.get("to")), wrong }.render().unwrap_or_default())
}

/// `POST /sign-in/code`.
pub(super) async fn code(
    State(app): State<App>,
    headers: HeaderMap,
    Form(visitor, fields): Form,
) -> Response {
    let Some(secret) = cookie(&headers, PENDING) else { return Redirect::to("/sign-in").into_response() };
    match app.sign_in_code(secret.to_owned(), fields.get("code").to_owned(), agent(&headers)).await {
        Ok(step) => enter(&step, local(fields.get("to"))),
        Err(Refusal::Unauthorised) => Redirect::to("/sign-in").into_response(),
        Err(refusal) => show_code(&visitor, &fields, Some(&refusal)),
    }
}

/// A place on this host, or the page of today: an address that came with a form never leads elsewhere.
pub(super) fn local(to: &str) -> &str {
    let inside = to.starts_with('/')
        && !to.starts_with("//")
        && !to.starts_with("/\\")
        && to.len() <= 500
        && to.bytes().all(|b| b.is_ascii_graphic());
    if inside { to } else { "/today" }
}

/// Browsers keep our cookie only over TLS, or from the same machine.
fn insecure(base_url: &str) -> bool {
    let Some(host) = base_url.strip_prefix("http://") else { return false };
    let near = ["localhost", "127.", "[::1]"];
    !near.iter().any(|start| host.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for (to, kept) in [
            ("/rooms/raadzaal?day=2027-01-18", true),
            ("", false),
            ("https://evil.example/", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("/\t/evil.example", false),
            ("/a\r\nset-cookie: x", false),
        ] {
            assert_eq!(local(to) == to, kept, "{to:?}");
        }
        assert!(insecure("http://zalen.stad.example") && !insecure("http://127.0.0.1:8080"));
        assert!(!insecure("https://zalen.stad.example"));
    }
}
