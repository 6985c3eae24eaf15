//! A refusal as a page: what was refused, by which rule, what to do next.

use askama::Template;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use super::shell::Shell;
use super::visitor::Visitor;
use crate::booking::Refusal;
use crate::http::Problem;
use crate::texts::{Lang, Said, text};

/// A refusal with all that its page needs.
pub(super) struct Oops {
    /// What was refused.
    pub(super) refusal: Refusal,
    /// The frame, in the language of whoever was refused.
    pub(super) shell: Box<Shell>,
    /// Where they wanted to go.
    pub(super) path: String,
}

#[derive(Template)]
#[template(path = "oops.html")]
struct Page<'a> {
    shell: &'a Shell,
    problem: Problem,
}

/// What is wrong with a form: field and sentence, the field empty if it is none of them.
pub(super) fn faults(lang: Lang, refusal: Refusal) -> Vec<(String, String)> {
    match refusal {
        Refusal::Invalid(faults) => {
            faults.into_iter().map(|fault| (fault.field, fault.said.speak(lang))).collect()
        }
        other => vec![(String::new(), other.said().speak(lang))],
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        if self.refusal == Refusal::Unauthorised {
            let to: String = form_urlencoded::byte_serialize(self.path.as_bytes()).collect();
            let place = if self.path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?to={to}") };
            return Redirect::to(&place).into_response();
        }
        let problem = Problem::new(&self.refusal, self.shell.lang);
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = page(Page { shell: &self.shell, problem }.render().unwrap_or_default());
        *response.status_mut() = status;
        response
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    shell: Shell,
    sentence: String,
}

/// One sentence as a page.
pub(super) fn message(visitor: &Visitor, title: &str, said: &Said, status: StatusCode) -> Response {
    let shell = visitor.shell(text(visitor.lang, title));
    let mut response =
        page(Message { shell, sentence: said.speak(visitor.lang) }.render().unwrap_or_default());
    *response.status_mut() = status;
    response
}

/// An address where nothing is: a page for browsers, a problem for programs.
pub(super) async fn not_here(headers: HeaderMap, visitor: Visitor) -> Response {
    // The path may hold a secret: it is not said back.
    lost(&headers, &visitor, &Refusal::Unknown(Said::new("request.not_found")))
}

/// A way of asking that an address does not know, such as reading where a form is sent.
pub(super) async fn not_so(method: Method, headers: HeaderMap, visitor: Visitor) -> Response {
    lost(&headers, &visitor, &Refusal::State(Said::new("request.method").with("method", method)))
}

fn lost(headers: &HeaderMap, visitor: &Visitor, refusal: &Refusal) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        return visitor.oops(refusal.clone()).into_response();
    }
    Problem::new(refusal, visitor.lang).respond(visitor.lang)
}
