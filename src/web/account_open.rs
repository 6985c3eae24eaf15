//! The pages behind links that are good once: the first set-up, an invitation, a new password; and the page that
//! asks for such a link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::{Oops, faults};
use super::page;
use super::shell::Shell;
use super::sign_in_begin::enter;
use super::visitor::{Fields, Form, Visitor, agent};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{
    LinkMail, SetUp, accept_link, link_purpose, password_fits, post_link_mail, request_reset, set_up,
};
use crate::store::{LinkKind, Tx};
use crate::texts::{Said, text};

#[derive(Template)]
#[template(path = "account_open.html")]
struct Page<'a> {
    shell: Shell,
    secret: &'a str,
    first: bool,
    email: String,
    name: String,
    wrong: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "account_recover.html")]
struct RecoverPage {
    shell: Shell,
    sent: bool,
    mail: bool,
}

/// `GET /account/open/{secret}`.
pub(super) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> Result<Response, Oops> {
    show(&app, visitor, &secret, &Fields::default(), None).await
}

async fn show(
    app: &App,
    mut visitor: Visitor,
    secret: &str,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Oops> {
    let wanted = secret.to_owned();
    let (link, person) =
        app.read(move |view| link_purpose(view, &wanted)).await.map_err(|refusal| visitor.oops(refusal))?;
    if let Some(person) = &person {
        visitor = visitor.reading(person.lang);
    }
    let lang = visitor.lang;
    let first = link.kind == LinkKind::SetUp;
    let title = match link.kind {
        LinkKind::SetUp => "account.set_up_title",
        LinkKind::Invitation => "account.invitation_title",
        LinkKind::Reset => "account.reset_title",
    };
    let shell = visitor.shell(text(lang, title));
    let wrong = refusal.map(|refusal| faults(lang, refusal)).unwrap_or_default();
    let email = person.as_ref().map_or_else(|| fields.get("email").to_owned(), |p| p.email.clone());
    let name = person.map_or_else(|| fields.get("name").to_owned(), |p| p.name);
    Ok(page(Page { shell, secret, first, email, name, wrong }.render().unwrap_or_default()))
}

/// `POST /account/open/{secret}`: sets the password and signs in.
pub(super) async fn open(
    State(app): State<App>,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(visitor, fields): Form,
) -> Result<Response, Oops> {
    match opened(&app, &visitor, &secret, &fields).await {
        Ok(email) => {
            let password = fields.exact("password").to_owned();
            match app.sign_in(email, password, agent(&headers)).await {
                Ok(step) if !step.pending => Ok(enter(&step, "/today")),
                _ => Ok(Redirect::to("/sign-in").into_response()),
            }
        }
        Err(refusal @ Refusal::Unknown(_)) => Err(visitor.oops(refusal)),
        Err(refusal) => show(&app, visitor, &secret, &fields, Some(refusal)).await,
    }
}

/// Sets the password; returns the address to sign in with.
async fn opened(app: &App, visitor: &Visitor, secret: &str, fields: &Fields) -> Result<String, Refusal> {
    let wanted = secret.to_owned();
    let (link, person) = app.read(move |view| link_purpose(view, &wanted)).await?;
    let email = person.map_or_else(|| fields.get("email").to_owned(), |person| person.email);
    let password = fields.exact("password").to_owned();
    password_fits(&password, &email)?;
    if password != fields.exact("again") {
        return Err(Refusal::invalid("again", Said::new("account.password_again")));
    }
    let phc = app.new_password(password).await?;
    let secret = secret.to_owned();
    if link.kind == LinkKind::SetUp {
        let name = fields.get("name").to_owned();
        let wanted = SetUp { email: email.clone(), name, password: phc, lang: visitor.lang };
        app.write(move |tx| set_up(tx, &secret, &wanted)).await?;
    } else {
        app.write(move |tx| accept_link(tx, &secret, &phc)).await?;
    }
    Ok(email)
}

/// `GET /forgotten`.
pub(super) async fn forgotten(State(app): State<App>, visitor: Visitor) -> Response {
    recover_page(&app, &visitor, false)
}

/// `POST /forgotten`: the answer is the same whether there is such an account or not.
pub(super) async fn recover(State(app): State<App>, Form(visitor, fields): Form) -> Result<Response, Oops> {
    let email = fields.get("email").to_owned();
    let base = app.base_url.clone();
    let work = move |tx: &Tx<'_>| {
        if let Some((person, secret)) = request_reset(tx, &email)? {
            post_link_mail(tx, person.id, LinkMail::Reset, &format!("{base}/account/open/{secret}"))?;
        }
        Ok(())
    };
    app.write(work).await.map_err(|refusal| visitor.oops(refusal))?;
    Ok(recover_page(&app, &visitor, true))
}

fn recover_page(app: &App, visitor: &Visitor, sent: bool) -> Response {
    let shell = visitor.shell(text(visitor.lang, "account.recover_title"));
    page(RecoverPage { shell, sent, mail: app.store.directory().house.mail }.render().unwrap_or_default())
}
