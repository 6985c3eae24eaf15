//! Buildings: all of them, one more, one that changes.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Ask, Field, Wrong, number};
use super::oops::Oops;
use super::page;
use super::rooms_manage::{must_tend, tended};
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{NewSite, SiteFields, add_site, change_site};
use crate::town::{Action, Site};

#[derive(Template)]
#[template(path = "sites_manage.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    rows: Vec<Row>,
    /// The form for one more, for those who look after the whole town.
    form: Option<Vec<Field>>,
}

#[derive(Template)]
#[template(path = "site_change.html")]
struct ChangePage {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    form: Vec<Field>,
}

/// One building.
struct Row {
    slug: String,
    name: String,
    address: String,
    walk_min: u32,
    rooms: usize,
}

fn form(insider: &Insider, ask: Ask<'_>, stands: &SiteFields) -> Vec<Field> {
    vec![
        ask.text("name", "manage.site_name", &stands.name, 200).required(),
        ask.text("address", "manage.site_address", &stands.address, 300)
            .help(insider.t("manage.site_address_help")),
        ask.number("walk_min", "manage.site_walk", stands.walk_min, 240)
            .help(insider.t("manage.site_walk_help")),
    ]
}

fn fields_of(fields: &Fields) -> SiteFields {
    SiteFields {
        name: fields.get("name").to_owned(),
        address: fields.get("address").to_owned(),
        walk_min: number(fields, "walk_min", 0),
    }
}

/// `GET /manage/buildings`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    show(&app, &insider, &Fields::default(), None)
}

fn show(app: &App, insider: &Insider, fields: &Fields, refusal: Option<&Refusal>) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let rooms = |site: &Site| directory.rooms.iter().filter(|room| room.site == site.id).count();
    let row = |site: &&Site| Row {
        slug: site.slug.clone(),
        name: site.name.clone(),
        address: site.address.clone(),
        walk_min: site.walk_min,
        rooms: rooms(site),
    };
    let wrong = refusal.map(|refusal| Wrong::of(refusal, insider.lang()));
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let may_add = insider.caller().must(Action::ManageTown).is_ok();
    let html = Page {
        shell: insider.shell(insider.t("manage.sites")),
        rows: tended(insider, &directory)?.iter().map(row).collect(),
        form: may_add.then(|| form(insider, ask, &SiteFields::default())),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/buildings`.
pub(super) async fn add(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let new = NewSite { slug: String::new(), fields: fields_of(&fields) };
    match insider.write(move |tx, caller| add_site(tx, caller, &new).map(|_| ())).await {
        Ok(()) => Ok(Redirect::to("/manage/buildings?done=saved").into_response()),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, &fields, Some(&refusal)),
    }
}

/// `GET /manage/buildings/{slug}`.
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
    let directory = app.store.directory();
    tended(insider, &directory)?;
    let site = directory.site_named(slug).ok_or_else(|| insider.oops(Refusal::unknown("site", slug)))?;
    must_tend(insider, site.id)?;
    let wrong = refusal.map(|refusal| Wrong::of(refusal, insider.lang()));
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let stands =
        SiteFields { name: site.name.clone(), address: site.address.clone(), walk_min: site.walk_min };
    let html = ChangePage {
        shell: insider.shell(&site.name),
        slug: site.slug.clone(),
        form: form(insider, ask, &stands),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/buildings/{slug}`.
pub(super) async fn change(
    State(app): State<App>,
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (said, wanted) = (fields_of(&fields), slug.clone());
    match insider.write(move |tx, caller| change_site(tx, caller, &wanted, &said).map(|_| ())).await {
        Ok(()) => Ok(Redirect::to("/manage/buildings?done=saved").into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show_one(&app, &insider, &slug, &fields, Some(&refusal)),
    }
}
