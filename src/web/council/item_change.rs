//! An item of an agenda: what is said of it, and the steps it takes until it stands there.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::form::{Ask, Field, Wrong, number};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::after;
use super::words::{item_word, text_of, when};
use crate::booking::Refusal;
use crate::council::{AgendaItem, Ground, ItemState, Origin, Section};
use crate::ids::ItemId;
use crate::scheduler::council::{
    ItemFields, ItemSheet, change_item, item_sheet, move_item, step_item, table_again,
};
use crate::texts::{Lang, text};

#[derive(Template)]
#[template(path = "council/item_change.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    id: String,
    version: i64,
    session: String,
    body: String,
    when: String,
    number: Option<String>,
    state: &'static str,
    by: Option<String>,
    /// What can be changed; nothing of what is over.
    form: Vec<Field>,
    /// Of what is over: what stands, each with its name.
    stands: Vec<(&'static str, String)>,
    /// Word, what the button says, whether it leads back.
    steps: Vec<(&'static str, &'static str, bool)>,
    withdraw: bool,
    later: Vec<(String, String)>,
}

/// What is said of an item in a form; as `stands` until it was sent.
pub(super) fn item_form(
    insider: &Insider,
    fields: &Fields,
    wrong: Option<&Wrong>,
    stands: &ItemFields,
) -> Vec<Field> {
    let lang = insider.lang();
    let ask = Ask { lang, fields, wrong };
    let grounds = Ground::ALL
        .map(|ground| (ground.word().to_owned(), text_of(lang, "agenda.ground_", ground.word()).to_owned()));
    let open = [(String::new(), text(lang, "agenda.in_public").to_owned())];
    let sections =
        Section::ALL.map(|s| (s.word().to_owned(), text_of(lang, "agenda.section_", s.word()).to_owned()));
    let origins =
        Origin::ALL.map(|o| (o.word().to_owned(), text_of(lang, "agenda.origin_", o.word()).to_owned()));
    vec![
        ask.text("title", "agenda.title", &stands.title, 300).required().help(insider.t("agenda.title_help")),
        ask.text("internal_title", "agenda.internal_title", &stands.internal_title, 300)
            .help(insider.t("agenda.internal_title_help")),
        ask.area("description", "agenda.description", &stands.description, 2_000),
        ask.choice("section", "agenda.section", stands.section.word(), sections),
        ask.choice(
            "ground",
            "agenda.ground",
            stands.ground.map_or("", Ground::word),
            open.into_iter().chain(grounds),
        )
        .help(insider.t("agenda.ground_help")),
        ask.choice("origin", "agenda.origin", stands.origin.word(), origins),
        ask.area("note", "agenda.note", &stands.note, 50_000).help(insider.t("agenda.note_help")),
        ask.area("draft", "agenda.draft", &stands.draft, 50_000).help(insider.t("agenda.draft_help")),
        ask.special("email", "rapporteur", "agenda.rapporteur", &stands.rapporteur),
        ask.number("planned_min", "agenda.planned_min", stands.planned_min, 600),
        ask.tick("secret", "agenda.secret", stands.secret).help(insider.t("agenda.secret_help")),
        ask.tick("regulation", "agenda.regulation", stands.regulation)
            .help(insider.t("agenda.regulation_help")),
        ask.area("urgent_reason", "agenda.urgent_reason_label", &stands.urgent_reason, 1_000)
            .help(insider.t("agenda.urgent_help")),
    ]
}

/// What was sent.
pub(super) fn fields_of(fields: &Fields) -> ItemFields {
    let text = |name: &str| fields.get(name).to_owned();
    ItemFields {
        title: text("title"),
        internal_title: text("internal_title"),
        description: text("description"),
        note: text("note"),
        draft: text("draft"),
        ground: Ground::ALL.into_iter().find(|ground| ground.word() == fields.get("ground")),
        section: Section::ALL
            .into_iter()
            .find(|section| section.word() == fields.get("section"))
            .unwrap_or(Section::Decisions),
        origin: Origin::ALL
            .into_iter()
            .find(|origin| origin.word() == fields.get("origin"))
            .unwrap_or(Origin::College),
        rapporteur: text("rapporteur"),
        planned_min: number(fields, "planned_min", 5),
        secret: fields.ticked("secret"),
        regulation: fields.ticked("regulation"),
        urgent_reason: text("urgent_reason"),
    }
}

fn stands(sheet: &ItemSheet) -> ItemFields {
    let item = &sheet.item;
    let rapporteur = item.rapporteur.and_then(|person| sheet.names.get(&person));
    ItemFields::of(item, rapporteur.map_or_else(String::new, |(_, email)| email.clone()))
}

/// `GET /council/items/{id}`.
pub(super) async fn ask(insider: Insider, Path(id): Path<String>) -> Result<Response, Oops> {
    show(&insider, &id, &Fields::default(), None).await
}

fn item_id(insider: &Insider, id: &str) -> Result<ItemId, Oops> {
    id.parse().map_err(|_| insider.oops(Refusal::unknown("item", id)))
}

async fn show(insider: &Insider, id: &str, fields: &Fields, wrong: Option<Wrong>) -> Result<Response, Oops> {
    let lang = insider.lang();
    let id = item_id(insider, id)?;
    let sheet = insider.read(move |view, caller| item_sheet(view, caller, id)).await?;
    let item = &sheet.item;
    let by = item.submitted_by.and_then(|person| sheet.names.get(&person)).map(|(name, _)| name.clone());
    let fields_now = stands(&sheet);
    let (form, stands) = if sheet.may_change() {
        (item_form(insider, fields, wrong.as_ref(), &fields_now), Vec::new())
    } else {
        (Vec::new(), said(lang, fields_now))
    };
    let html = Page {
        shell: insider.shell(&item.title),
        id: item.id.to_string(),
        version: item.version,
        session: sheet.session.slug.clone(),
        body: sheet.body.name.clone(),
        when: when(lang, &sheet.session),
        number: item.number.clone(),
        state: item_word(lang, item.state),
        by,
        form,
        stands,
        steps: steps(insider, item),
        withdraw: item.state.may_become(ItemState::Withdrawn) && sheet.session.state.lies_ahead(),
        later: sheet.later.iter().map(|session| (session.slug.clone(), when(lang, session))).collect(),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What stands of an item, each with its name; what was left open is left out.
fn said(lang: Lang, stands: ItemFields) -> Vec<(&'static str, String)> {
    let ground = match stands.ground {
        Some(ground) => text_of(lang, "agenda.ground_", ground.word()),
        None => text(lang, "agenda.in_public"),
    };
    let ticked = |on: bool| if on { text(lang, "manage.yes").to_owned() } else { String::new() };
    let all = [
        ("agenda.internal_title", stands.internal_title),
        ("agenda.description", stands.description),
        ("agenda.section", text_of(lang, "agenda.section_", stands.section.word()).to_owned()),
        ("agenda.ground", ground.to_owned()),
        ("agenda.origin", text_of(lang, "agenda.origin_", stands.origin.word()).to_owned()),
        ("agenda.note", stands.note),
        ("agenda.draft", stands.draft),
        ("agenda.rapporteur", stands.rapporteur),
        ("agenda.planned_min", stands.planned_min.to_string()),
        ("agenda.secret", ticked(stands.secret)),
        ("agenda.regulation", ticked(stands.regulation)),
        ("agenda.urgent_reason_label", stands.urgent_reason),
    ];
    let filled = all.into_iter().filter(|(_, said)| !said.trim().is_empty());
    filled.map(|(key, said)| (text(lang, key), said)).collect()
}

/// The steps that an item can take from where it is, each with what its button says and whether it leads back.
fn steps(insider: &Insider, item: &AgendaItem) -> Vec<(&'static str, &'static str, bool)> {
    let all = [
        (ItemState::Drafting, "agenda.to_drafting"),
        (ItemState::ForApproval, "agenda.to_approval"),
        (ItemState::Approved, "agenda.to_approved"),
    ];
    let open = all.into_iter().filter(|(next, _)| item.state.may_become(*next));
    let back = |next: ItemState| next == ItemState::Drafting && item.state != ItemState::Idea;
    open.map(|(next, key)| (next.word(), text(insider.lang(), key), back(next))).collect()
}

/// `POST /council/items/{id}`.
pub(super) async fn change(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let item = item_id(&insider, &id)?;
    let (new, seen) = (fields_of(&fields), fields.get("version").parse().ok());
    let outcome =
        insider.write(move |tx, caller| change_item(tx, caller, item, seen, &new).map(|_| ())).await;
    match after(&insider, outcome, &format!("/council/items/{id}?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, &id, &fields, Some(wrong)).await,
    }
}

/// `POST /council/items/{id}/step`.
pub(super) async fn step(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let item = item_id(&insider, &id)?;
    let next = ItemState::ALL.into_iter().find(|state| state.word() == fields.get("to"));
    let seen = fields.get("version").parse().ok();
    let outcome = insider
        .write(move |tx, caller| {
            let next = next.ok_or_else(|| Refusal::State(crate::texts::Said::new("agenda.no_such_step")))?;
            step_item(tx, caller, item, seen, next).map(|_| ())
        })
        .await;
    match after(&insider, outcome, &format!("/council/items/{id}?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, &id, &Fields::default(), Some(wrong)).await,
    }
}

/// `POST /council/items/{id}/move`: by a button one place on or back, by dragging to any.
pub(super) async fn shift(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let item = item_id(&insider, &id)?;
    let place = number(&fields, "place", 1);
    let place = match fields.get("by") {
        "up" => place.saturating_sub(1),
        "down" => place.saturating_add(1),
        _ => place,
    };
    let outcome = insider
        .write(move |tx, caller| {
            move_item(tx, caller, item, place)?;
            Ok(item_sheet(tx, caller, item)?.session.slug)
        })
        .await;
    let slug = outcome.map_err(|refusal| insider.oops(refusal))?;
    // Whoever moves it by key goes on from where it stands now.
    Ok(Redirect::to(&format!("/council/sessions/{slug}/agenda#a-{item}")).into_response())
}

/// `POST /council/items/{id}/again`: brings an item back to a later session.
pub(super) async fn again(
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let item = item_id(&insider, &id)?;
    let slug = fields.get("session").to_owned();
    match insider.write(move |tx, caller| table_again(tx, caller, item, &slug)).await {
        Ok(item) => Ok(Redirect::to(&format!("/council/items/{}?done=saved", item.id)).into_response()),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => Err(insider.oops(refusal)),
        Err(refusal) => {
            let wrong = Wrong::of(&refusal, insider.lang());
            show(&insider, &id, &Fields::default(), Some(wrong)).await
        }
    }
}
