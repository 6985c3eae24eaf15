//! Equipment that travels: what there is, one more, out of use and back.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Ask, Field, Wrong};
use super::oops::Oops;
use super::page;
use super::rooms_manage::tended;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{add_unit, use_unit};
use crate::town::ResourceId;

#[derive(Template)]
#[template(path = "units_manage.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    rows: Vec<Row>,
    form: Vec<Field>,
}

/// One piece.
struct Row {
    resource: i64,
    kind: String,
    name: String,
    site: String,
    active: bool,
}

/// `GET /manage/equipment`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    show(&app, &insider, &Fields::default(), None)
}

fn show(app: &App, insider: &Insider, fields: &Fields, refusal: Option<&Refusal>) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let sites = tended(insider, &directory)?;
    let wrong = refusal.map(|refusal| Wrong::of(refusal, insider.lang()));
    let ask = Ask { lang: insider.lang(), fields, wrong: wrong.as_ref() };
    let mut kinds: Vec<String> = directory.units.iter().map(|unit| unit.kind.clone()).collect();
    kinds.dedup();
    let rows = directory.units.iter().filter_map(|unit| {
        let site = sites.iter().find(|site| site.id == unit.site)?;
        Some(Row {
            resource: unit.resource.0,
            kind: unit.kind.clone(),
            name: unit.name.clone(),
            site: site.name.clone(),
            active: unit.active,
        })
    });
    let first = sites.first().map_or("", |site| site.slug.as_str());
    let choices = sites.iter().map(|site| (site.slug.clone(), site.name.clone()));
    let html = Page {
        shell: insider.shell(insider.t("manage.units")),
        rows: rows.collect(),
        form: vec![
            ask.text("kind", "manage.unit_kind", "", 80)
                .required()
                .known(kinds)
                .help(insider.t("manage.unit_kind_help")),
            ask.text("name", "manage.unit_name", "", 200).required().help(insider.t("manage.unit_name_help")),
            ask.choice("site", "manage.unit_site", first, choices),
        ],
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// `POST /manage/equipment`.
pub(super) async fn add(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let [kind, name, site] = ["kind", "name", "site"].map(|field| fields.get(field).to_owned());
    let outcome =
        insider.write(move |tx, caller| add_unit(tx, caller, &kind, &name, &site).map(|_| ())).await;
    answer(&app, &insider, &fields, outcome)
}

/// `POST /manage/equipment/use`.
pub(super) async fn put_in_use(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let (unit, active) = (ResourceId(fields.get("unit").parse().unwrap_or(0)), fields.get("active") == "1");
    let outcome = insider.write(move |tx, caller| use_unit(tx, caller, unit, active)).await;
    answer(&app, &insider, &Fields::default(), outcome)
}

fn answer(
    app: &App,
    insider: &Insider,
    fields: &Fields,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(Redirect::to("/manage/equipment?done=saved").into_response()),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, fields, Some(&refusal)),
    }
}
