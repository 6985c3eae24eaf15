//! What is ordered for a meeting: the form, on its own page and on that of booking.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Wrong, number};
use super::meeting_read::meeting_id;
use super::oops::Oops;
use super::page;
use super::rule_words::time;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::MeetingId;
use crate::scheduler::{OrderService, meeting_sheet, order_services};
use crate::texts::{Lang, Said};
use crate::town::{Directory, Service};

#[derive(Template)]
#[template(path = "meeting_services.html")]
struct Page {
    shell: Shell,
    id: String,
    title: String,
    wrong: Option<Wrong>,
    services: Vec<ServiceLine>,
}

/// One service in a form.
pub(super) struct ServiceLine {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) count: String,
    pub(super) note: String,
    pub(super) wrong: Option<String>,
}

/// The services that can be ordered, and those that are, as they were sent or as they stand.
pub(super) fn service_lines(
    directory: &Directory,
    lang: Lang,
    fields: &Fields,
    stands: &[OrderService],
    refusal: Option<&Refusal>,
) -> Vec<ServiceLine> {
    let ordered = |service: &Service| stands.iter().find(|order| order.service == service.slug);
    let shown = directory.services.iter().filter(|service| service.active || ordered(service).is_some());
    let line = |service: &Service| {
        let or = |name: &str, stands: String| {
            let name = format!("{name}-{}", service.slug);
            let sent = fields.0.iter().any(|(key, _)| *key == name);
            if sent { fields.get(&name).to_owned() } else { stands }
        };
        let order = ordered(service);
        ServiceLine {
            slug: service.slug.clone(),
            name: service.name.clone(),
            about: about(lang, service),
            count: or("count", order.map_or_else(String::new, |order| order.count.to_string())),
            note: or("note", order.map_or_else(String::new, |order| order.note.clone())),
            wrong: wrong_with(lang, &service.slug, refusal),
        }
    };
    shown.map(line).collect()
}

/// How long beforehand, and whom to ask.
pub(super) fn about(lang: Lang, service: &Service) -> String {
    let lead = (service.lead_hours > 0).then(|| {
        let hours = time(lang, i64::from(service.lead_hours) * 60);
        Said::new("services.lead_words").with("time", hours).speak(lang)
    });
    let contact = Some(service.contact.clone()).filter(|contact| !contact.is_empty());
    lead.into_iter().chain(contact).collect::<Vec<_>>().join(" · ")
}

fn wrong_with(lang: Lang, slug: &str, refusal: Option<&Refusal>) -> Option<String> {
    match refusal? {
        Refusal::Invalid(faults) => {
            let field = format!("services.{slug}");
            faults.iter().find(|fault| fault.field == field).map(|fault| fault.said.speak(lang))
        }
        Refusal::Policy(reasons) => {
            let rule = format!("service.{slug}");
            reasons.iter().find(|reason| reason.rule == rule).map(|reason| reason.said.speak(lang))
        }
        _ => None,
    }
}

/// What a form orders: every service with a number.
pub(super) fn services_of(fields: &Fields) -> Vec<OrderService> {
    let counts = fields.0.iter().filter_map(|(name, _)| name.strip_prefix("count-"));
    let order = |slug: &str| {
        let count = number(fields, &format!("count-{slug}"), 0);
        let note = fields.get(&format!("note-{slug}")).to_owned();
        (count > 0).then(|| OrderService { service: slug.to_owned(), count, note })
    };
    counts.filter_map(order).collect()
}

/// `GET /meetings/{id}/services`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    show(&app, &insider, id, &Fields::default(), None).await
}

async fn show(
    app: &App,
    insider: &Insider,
    id: MeetingId,
    fields: &Fields,
    refusal: Option<&Refusal>,
) -> Result<Response, Oops> {
    let (sheet, stands) = insider
        .read(move |view, caller| {
            let meeting = view.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
            caller.must_own(view, &meeting)?;
            let stands = view.orders(id)?.into_iter().map(OrderService::from).collect::<Vec<_>>();
            Ok((meeting_sheet(view, caller, id)?, stands))
        })
        .await?;
    let directory = app.store.directory();
    let html = Page {
        shell: insider.shell(insider.t("services.title")),
        id: id.to_string(),
        title: sheet.title.unwrap_or_else(|| insider.t("state.busy").to_owned()),
        services: service_lines(&directory, insider.lang(), fields, &stands, refusal),
        wrong: refusal.map(|refusal| Wrong::of(refusal, insider.lang())),
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /meetings/{id}/services`.
pub(super) async fn order(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    let wanted = services_of(&fields);
    match insider.write(move |tx, caller| order_services(tx, caller, id, &wanted)).await {
        Ok(()) => Ok(Redirect::to(&format!("/meetings/{id}?done=ordered")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, id, &fields, Some(&refusal)).await,
    }
}
