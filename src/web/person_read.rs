//! One person: who they are, how they sign in, what they may do; and what is done for them.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::Oops;
use super::page;
use super::people_read::{Pill, role_word, state};
use super::person_change::person_id;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::{grant_words, moment};
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::PersonId;
use crate::scheduler::{
    Caller, PersonSheet, come_back, end_sign_ins, grant_role, person_sheet, post_link_mail,
    reset_second_factor, send_link, take_role, unlock_account,
};
use crate::store::Tx;
use crate::texts::{Lang, Said, text};
use crate::town::{Action, Directory, Grant, Role, RoleScope, may};

#[derive(Template)]
#[template(path = "person_read.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    /// Whether the reader looks after accounts.
    accounts: bool,
    left: Option<String>,
    state: Pill,
    /// Whether a password was chosen; nothing without an account.
    password: Option<bool>,
    locked: bool,
    second_factor: bool,
    signs: Vec<(&'static str, String)>,
    sign_ins: usize,
    /// A link to hand over, shown this once.
    link: Option<String>,
    grants: Vec<Granted>,
    roles: Vec<(&'static str, &'static str, String)>,
    places: Vec<(&'static str, Vec<(String, String)>)>,
    /// The role that was to be granted, as the form was sent.
    asked: Fields,
    wrong: Wrong,
}

/// A role that was granted.
struct Granted {
    words: String,
    role: &'static str,
    scope: String,
    may: String,
}

/// `GET /manage/people/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    show(&app, &insider, id, None, (Fields::default(), Wrong::default())).await
}

async fn show(
    app: &App,
    insider: &Insider,
    id: PersonId,
    link: Option<String>,
    (asked, wrong): (Fields, Wrong),
) -> Result<Response, Oops> {
    let (sheet, departments, now) = insider
        .read(move |view, caller| Ok((person_sheet(view, caller, id)?, view.departments()?, view.now())))
        .await?;
    let directory = app.store.directory();
    let (lang, zone) = (insider.lang(), directory.house.zone);
    let account = sheet.account.as_ref().filter(|account| account.closed.is_none());
    let locked = account.is_some_and(|account| account.locked_until.is_some_and(|until| until > now));
    let password = account.map(|account| account.password.is_some());
    let html = Page {
        shell: insider.shell(&sheet.person.name),
        id: id.to_string(),
        name: sheet.person.name.clone(),
        facts: facts(&directory, lang, &sheet),
        accounts: insider.caller().must(Action::ManageAccounts).is_ok(),
        left: sheet.left.map(|at| moment(lang, zone, at)),
        state: state(lang, sheet.left.is_some(), password, locked),
        password,
        locked,
        second_factor: account.is_some_and(|account| account.totp.is_some()),
        signs: signs(&directory, lang, &sheet, locked),
        sign_ins: sheet.sign_ins,
        link,
        grants: sheet.grants.iter().map(|grant| granted(&directory, lang, grant)).collect(),
        roles: roles(lang),
        places: places(&directory, lang, departments),
        asked,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What the directory says of somebody.
fn facts(directory: &Directory, lang: Lang, sheet: &PersonSheet) -> Vec<(&'static str, String)> {
    let person = &sheet.person;
    let bodies: Vec<&str> =
        sheet.bodies.iter().filter_map(|id| directory.body(*id)).map(|body| body.name.as_str()).collect();
    let hard = if person.hard { text(lang, "people.hard").to_owned() } else { String::new() };
    [
        (text(lang, "people.email"), person.email.clone()),
        (text(lang, "people.department"), person.department.clone().unwrap_or_default()),
        (text(lang, "people.lang"), person.lang.name().to_owned()),
        (text(lang, "people.sits_in"), bodies.join(", ")),
        (text(lang, "people.calendar"), hard),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// How somebody signs in.
fn signs(
    directory: &Directory,
    lang: Lang,
    sheet: &PersonSheet,
    locked: bool,
) -> Vec<(&'static str, String)> {
    let when = |at| moment(lang, directory.house.zone, at);
    let mut signs = Vec::new();
    if let Some(at) = sheet.last_sign_in {
        signs.push((text(lang, "people.last_sign_in"), when(at)));
    }
    if let Some(until) = sheet.account.as_ref().and_then(|account| account.locked_until).filter(|_| locked) {
        signs.push((text(lang, "people.locked_until"), when(until)));
    }
    let on = sheet.account.as_ref().is_some_and(|account| account.totp.is_some());
    if sheet.account.as_ref().is_some_and(|account| account.password.is_some()) {
        let word = if on { text(lang, "people.on") } else { text(lang, "people.off") };
        signs.push((text(lang, "account.second_factor"), word.to_owned()));
        signs.push((text(lang, "people.browsers"), sheet.sign_ins.to_string()));
    }
    if sheet.tokens > 0 {
        signs.push((text(lang, "people.tokens"), sheet.tokens.to_string()));
    }
    signs
}

fn granted(directory: &Directory, lang: Lang, grant: &Grant) -> Granted {
    Granted {
        words: grant_words(directory, lang, grant),
        role: grant.role.word(),
        scope: grant.scope.to_string(),
        may: may_words(lang, grant.role),
    }
}

/// What a role may do beyond what all staff may, from the table of roles.
pub(super) fn may_words(lang: Lang, role: Role) -> String {
    let more = Action::ALL.into_iter().filter(|action| may(role, *action) && !may(Role::Staff, *action));
    let words: Vec<&str> = more.map(|action| text(lang, action.key())).collect();
    if words.is_empty() {
        return text(lang, "people.may_staff").to_owned();
    }
    Said::new("people.may").with("what", words.join("; ")).speak(lang)
}

/// The roles that can be granted, each with what it may do.
fn roles(lang: Lang) -> Vec<(&'static str, &'static str, String)> {
    let grants = Role::GRANTS.into_iter().filter(|role| *role != Role::Staff);
    grants.map(|role| (role.word(), role_word(lang, role), may_words(lang, role))).collect()
}

/// The parts of the town in which a role can count, by kind.
fn places(
    directory: &Directory,
    lang: Lang,
    departments: Vec<String>,
) -> Vec<(&'static str, Vec<(String, String)>)> {
    let sites = directory.sites.iter().map(|site| (RoleScope::Site(site.id).to_string(), site.name.clone()));
    let bodies =
        directory.bodies.iter().map(|body| (RoleScope::Body(body.id).to_string(), body.name.clone()));
    let departments =
        departments.into_iter().map(|name| (RoleScope::Department(name.clone()).to_string(), name));
    vec![
        (text(lang, "people.in_site"), sites.collect()),
        (text(lang, "people.in_body"), bodies.collect()),
        (text(lang, "people.in_department"), departments.collect()),
    ]
}

/// `POST /manage/people/{id}/link`: an invitation or a new password, by mail or to be handed over.
pub(super) async fn link(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let base = app.base_url.clone();
    let made = insider.write(move |tx, caller| {
        let (purpose, secret) = send_link(tx, caller, id)?;
        let url = format!("{base}/account/open/{secret}");
        Ok((!post_link_mail(tx, id, purpose, &url)?).then_some(url))
    });
    match made.await.map_err(|refusal| insider.oops(refusal))? {
        None => Ok(back(id, "link_sent")),
        link => show(&app, &insider, id, link, (Fields::default(), Wrong::default())).await,
    }
}

/// `POST /manage/people/{id}/{deed}`: what is done for somebody without further questions.
pub(super) async fn look_after(
    Path((id, deed)): Path<(String, String)>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    type Deed = fn(&Tx<'_>, &Caller, PersonId) -> Result<(), Refusal>;
    let id = person_id(&insider, &id)?;
    let known: Option<(Deed, &str)> = match deed.as_str() {
        "sign-ins" => Some((end_sign_ins, "sign_ins_ended")),
        "unlock" => Some((unlock_account, "unlocked")),
        "second-factor" => Some((reset_second_factor, "second_factor_reset")),
        "back" => Some((come_back, "person_back")),
        _ => None,
    };
    let unknown = || insider.oops(Refusal::Unknown(Said::new("request.not_found")));
    let (work, done) = known.ok_or_else(unknown)?;
    insider.write(move |tx, caller| work(tx, caller, id)).await.map_err(|refusal| insider.oops(refusal))?;
    Ok(back(id, done))
}

/// `POST /manage/people/{id}/roles`: grants a role.
pub(super) async fn grant(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let outcome = match (fields.get("role").parse::<Role>(), fields.get("scope").parse::<RoleScope>()) {
        (Ok(role), Ok(scope)) => {
            let grant = Grant { role, scope };
            insider.write(move |tx, caller| grant_role(tx, caller, id, &grant)).await
        }
        (Err(_), _) => Err(Refusal::invalid("role", Said::new("account.role"))),
        (_, Err(_)) => Err(Refusal::invalid("scope", Said::new("people.which_part"))),
    };
    answer(&app, &insider, id, outcome, "granted", fields).await
}

/// `POST /manage/people/{id}/roles/take`: takes a role back.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let id = person_id(&insider, &id)?;
    let outcome = match (fields.get("role").parse::<Role>(), fields.exact("scope").parse::<RoleScope>()) {
        (Ok(role), Ok(scope)) => {
            let grant = Grant { role, scope };
            insider.write(move |tx, caller| take_role(tx, caller, id, &grant)).await
        }
        _ => Err(Refusal::State(Said::new("people.role_not_held"))),
    };
    answer(&app, &insider, id, outcome, "role_taken", Fields::default()).await
}

async fn answer(
    app: &App,
    insider: &Insider,
    id: PersonId,
    outcome: Result<(), Refusal>,
    done: &str,
    fields: Fields,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => Ok(back(id, done)),
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, id, None, (fields, Wrong::of(refusal, insider.lang()))).await,
    }
}

fn back(id: PersonId, done: &str) -> Response {
    Redirect::to(&format!("/manage/people/{id}?done={done}")).into_response()
}
