//! A refusal as a page: what was refused, by which rule, what to do next.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::page;
use super::shell::Shell;
use crate::booking::Refusal;
use crate::http::Problem;
use crate::texts::Lang;

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
