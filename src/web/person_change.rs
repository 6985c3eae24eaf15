//! Somebody is added to the directory, or what it says of them is changed.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::PersonId;
use crate::scheduler::{ChangePerson, NewPerson, add_person, change_person, person_sheet};
use crate::texts::Lang;
use crate::town::Action;

#[derive(Template)]
#[template(path = "person_change.html")]
struct Page {
    shell: Shell,
    /// Empty for somebody new.
    id: String,
    name: String,
    email: String,
    department: String,
    departments: Vec<String>,
    lang: Lang,
    hard: bool,
    wrong: Wrong,
}

/// The id in the address of a page.
pub(super) fn person_id(insider: &Insider, text: &str) -> Result<PersonId, Oops> {
    let short: String = text.chars().take(40).collect();
    text.parse().map_err(|_| insider.oops(Refusal::unknown("person", short)))
}

/// `GET /manage/people/add`.
pub(super) async fn ask_new(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    let lang = app.store.directory().house.lang();
    let fields = Fields(vec![("lang".to_owned(), lang.code().to_owned())]);
    show(&insider, None, &fields, Wrong::default()).await
}

/// `POST /manage/people/add`.
pub(super) async fn add(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let new = NewPerson {
        email: fields.get("email").to_owned(),
        name: fields.get("name").to_owned(),
        lang: Lang::from_code(fields.get("lang")),
        department: fields.some("department").map(str::to_owned),
        hard: fields.ticked("hard"),
    };
    match insider.write(move |tx, caller| add_person(tx, caller, &new)).await {
        Ok(person) => {
            Ok(Redirect::to(&format!("/manage/people/{}?done=person_added", person.id)).into_response())
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        // That the address is known already is about the address.
        Err(refusal) => show(&insider, None, &fields, Wrong::about(refusal, "email", insider.lang())).await,
    }
}

/// `GET /manage/people/{id}/change`.
pub(super) async fn ask(insider: Insider, Path(id): Path<String>) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let person = insider.read(move |view, caller| Ok(person_sheet(view, caller, id)?.person)).await?;
    let mut fields = Fields::default();
    let mut set = |name: &str, value: &str| fields.0.push((name.to_owned(), value.to_owned()));
    set("name", &person.name);
    set("email", &person.email);
    set("department", person.department.as_deref().unwrap_or(""));
    set("lang", person.lang.code());
    set("hard", if person.hard { "1" } else { "" });
    show(&insider, Some(id), &fields, Wrong::default()).await
}

/// `POST /manage/people/{id}/change`.
pub(super) async fn change(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let wanted = ChangePerson {
        email: Some(fields.get("email").to_owned()),
        name: Some(fields.get("name").to_owned()),
        lang: Lang::from_code(fields.get("lang")),
        department: Some(fields.get("department").to_owned()),
        hard: Some(fields.ticked("hard")),
    };
    match insider.write(move |tx, caller| change_person(tx, caller, id, &wanted).map(|_| ())).await {
        Ok(()) => Ok(Redirect::to(&format!("/manage/people/{id}?done=person_saved")).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => show(&insider, Some(id), &fields, Wrong::of(refusal, insider.lang())).await,
    }
}

async fn show(
    insider: &Insider,
    id: Option<PersonId>,
    fields: &Fields,
    wrong: Wrong,
) -> Result<Response, Oops> {
    let departments = insider
        .read(|view, caller| {
            caller.must(Action::ManageTown)?;
            Ok(view.departments()?)
        })
        .await?;
    let title = if id.is_some() { insider.t("people.change") } else { insider.t("people.add") };
    let html = Page {
        shell: insider.shell(title),
        id: id.map(|id| id.to_string()).unwrap_or_default(),
        name: fields.get("name").to_owned(),
        email: fields.get("email").to_owned(),
        department: fields.get("department").to_owned(),
        departments,
        lang: Lang::from_code(fields.get("lang")).unwrap_or_default(),
        hard: fields.ticked("hard"),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}
