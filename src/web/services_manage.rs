//! What can be ordered: all services, one more, one that changes.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Ask, Field, Wrong, number};
use super::meeting_services::about;
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{add_service, change_service};
use crate::town::{Action, Service};

#[derive(Template)]
#[template(path = "services_manage.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    rows: Vec<Row>,
    form: Vec<Field>,
}

#[derive(Template)]
#[template(path = "service_change.html")]
struct ChangePage {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    form: Vec<Field>,
}

/// One service.
struct Row {
    slug: String,
    name: String,
    about: String,
    active: bool,
}

fn form(insider: &Insider, ask: Ask<'_>, stands: &Service) -> Vec<Field> {
    vec![
        ask.text("name", "services.name", &stands.name, 120).required().help(insider.t("services.name_help")),
        ask.number("lead_hours", "services.lead", stands.lead_hours, 8_760)
            .required()
            .help(insider.t("services.lead_help")),
        ask.text("contact", "services.contact", &stands.contact, 200)
            .help(insider.t("services.contact_help")),
    ]
}

fn service_of(fields: &Fields, slug: &str, active: bool) -> Service {
    Service {
        slug: slug.to_owned(),
        name: fields.get("name").to_owned(),
        lead_hours: number(fields, "lead_hours", 0),
        contact: fields.get("contact").to_owned(),
        active,
    }
}

/// `GET /manage/services`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    show(&app, &insider, &Fields::default(), None)
}

fn show(app: &App, insider: &Insider, fields: &Fields, refusal: Option<&Refusal>) -> Result<Response, Oops> {
    insider.caller().must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let (directory, lang) = (app.store.directory(), insider.lang());
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let row = |service: &Service| Row {
        slug: service.slug.clone(),
        name: service.name.clone(),
        about: about(lang, service),
        active: service.active,
    };
    let html = Page {
        shell: insider.shell(insider.t("manage.services")),
        rows: directory.services.iter().map(row).collect(),
        form: form(insider, ask, &Service { lead_hours: 48, ..service_of(&Fields::default(), "", true) }),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/services`.
pub(super) async fn add(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let new = service_of(&fields, "", true);
    match insider.write(move |tx, caller| add_service(tx, caller, &new).map(|_| ())).await {
        Ok(()) => Ok(Redirect::to("/manage/services?done=saved").into_response()),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, &fields, Some(&refusal)),
    }
}

/// `GET /manage/services/{slug}`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(slug): Path<String>,
) -> Result<Response, Oops> {
    show_one(&app, &insider, &slug, &Fields::default(), None)
}

fn show_one(
    app: &App,
    insider: &Insider,
    slug: &str,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Result<Response, Oops> {
    insider.caller().must(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let directory = app.store.directory();
    let service = directory.service_named(slug);
    let service = service.ok_or_else(|| insider.oops(Refusal::unknown("service", slug)))?;
    let wrong = refusal.map(|refusal| Wrong::of(refusal, insider.lang()));
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let mut form = form(insider, ask, service);
    let active = ask.tick("active", "services.active", service.active);
    form.push(active.help(insider.t("services.active_help")));
    let (shell, slug) = (insider.shell(&service.name), service.slug.clone());
    Ok(page(ChangePage { shell, wrong, slug, form }.render().unwrap_or_default()))
}

/// `POST /manage/services/{slug}`.
pub(super) async fn change(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let changed = service_of(&fields, &slug, fields.ticked("active"));
    match insider.write(move |tx, caller| change_service(tx, caller, &changed)).await {
        Ok(()) => Ok(Redirect::to("/manage/services?done=saved").into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show_one(&app, &insider, &slug, &fields, Some(&refusal)),
    }
}
