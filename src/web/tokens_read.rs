//! Tokens of the API: room screens and programs. Listed with their last use, made with a secret that is shown once,
//! and revoked.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::oops::Oops;
use super::page;
use super::people_read::role_word;
use super::person_leave::colleague;
use super::shell::Shell;
use super::visitor::{Fields, Insider, InsiderForm};
use super::words::moment;
use super::wrong::Wrong;
use crate::booking::Refusal;
use crate::http::App;
use crate::ids::TokenId;
use crate::scheduler::{NewApiToken, issue_api_token, list_tokens, revoke_token};
use crate::store::{Token, TokenKind, Tx, View};
use crate::texts::{Lang, text};
use crate::time::Zone;
use crate::town::{Action, Directory, Role};

/// Revoked tokens that are still shown: the latest.
const REVOKED_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "tokens_read.html")]
struct Page {
    shell: Shell,
    working: Vec<Row>,
    revoked: Vec<Row>,
    rooms: Vec<(String, String, bool)>,
    roles: Vec<(&'static str, &'static str, bool)>,
    staff: Vec<(String, String)>,
    asked: Fields,
    made: Option<Made>,
    wrong: Wrong,
}

/// A token that was made just now: its secret, and for a screen how it is started with it.
struct Made {
    secret: String,
    command: Option<String>,
}

/// One token.
struct Row {
    id: String,
    label: String,
    role: &'static str,
    whose: String,
    made: String,
    used: String,
    agent: String,
    ended: String,
}

/// `GET /manage/tokens`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    show(&app, &insider, Fields::default(), None, Wrong::default()).await
}

async fn show(
    app: &App,
    insider: &Insider,
    asked: Fields,
    made: Option<Made>,
    wrong: Wrong,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let (rows, staff) = insider
        .read(move |view, caller| {
            caller.must(Action::ManageTokens)?;
            let tokens = list_tokens(view, caller)?;
            let api = tokens.iter().filter(|token| token.kind == TokenKind::Api);
            let rows: Result<Vec<_>, Refusal> =
                api.map(|token| Ok((token.works(view.now()), row(view, lang, token)?))).collect();
            Ok((rows?, view.staff("", 2_000)?))
        })
        .await?;
    let directory = app.store.directory();
    let (working, revoked): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(works, _)| *works);
    let chosen = |name: &str, value: &str| asked.get(name) == value;
    let people = Role::TOKENS.into_iter().filter(|role| *role != Role::Device);
    let html = Page {
        shell: insider.shell(insider.t("tokens.title")),
        working: working.into_iter().map(|(_, row)| row).collect(),
        revoked: revoked.into_iter().take(REVOKED_SHOWN).map(|(_, row)| row).collect(),
        rooms: rooms(&directory).map(|(slug, name)| (slug.clone(), name, chosen("room", &slug))).collect(),
        roles: people.map(|role| (role.word(), role_word(lang, role), chosen("role", role.word()))).collect(),
        staff: staff.into_iter().map(|person| (person.email, person.name)).collect(),
        asked,
        made,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn rooms(directory: &Directory) -> impl Iterator<Item = (String, String)> {
    directory.rooms.iter().filter(|room| room.active).map(|room| (room.slug.clone(), room.name.clone()))
}

fn row(view: &View<'_>, lang: Lang, token: &Token) -> Result<Row, Refusal> {
    let directory = view.directory();
    let zone: Zone = directory.house.zone;
    let person = token.person.map(|id| view.person(id)).transpose()?.flatten();
    let room = token.room.and_then(|id| directory.room(id));
    let whose = [room.map(|room| room.name.clone()), person.map(|person| person.name)];
    let ended = token.revoked.or(token.ends.filter(|ends| *ends <= view.now()));
    let when = |at| moment(lang, zone, at);
    Ok(Row {
        id: token.id.to_string(),
        label: token.label.clone(),
        role: token.role.map_or("", |role| role_word(lang, role)),
        whose: whose.into_iter().flatten().collect::<Vec<_>>().join(", "),
        made: when(token.created),
        used: token.last_used.map_or_else(|| text(lang, "tokens.never").to_owned(), when),
        agent: token.last_agent.clone().unwrap_or_default(),
        ended: ended.map(when).unwrap_or_default(),
    })
}

/// `POST /manage/tokens`: makes one; the secret is shown this once.
pub(super) async fn make(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let sent = fields.clone();
    let work = move |tx: &Tx<'_>, caller: &_| {
        issue_api_token(tx, caller, &wanted(tx, &sent)?).map(|(_, secret)| secret)
    };
    match insider.write(work).await {
        Ok(secret) => {
            let command =
                (fields.get("kind") == "screen").then(|| command(&app, &secret, fields.get("room")));
            show(&app, &insider, Fields::default(), Some(Made { secret, command }), Wrong::default()).await
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(&app, &insider, fields, None, Wrong::of(refusal, insider.lang())).await,
    }
}

/// What the form asks for.
fn wanted(view: &View<'_>, fields: &Fields) -> Result<NewApiToken, Refusal> {
    let label = fields.get("label").to_owned();
    if fields.get("kind") == "screen" {
        let room = view.directory().room_named(fields.get("room")).map(|room| room.id);
        return Ok(NewApiToken { role: Role::Device, person: None, room, label });
    }
    let role = fields.get("role").parse().ok().filter(|role| Role::TOKENS.contains(role));
    let role = role.ok_or_else(|| Refusal::invalid("role", crate::texts::Said::new("token.role")))?;
    let person = Some(colleague(view, "person", fields.get("person"))?);
    Ok(NewApiToken { role, person, room: None, label })
}

/// How a screen is started.
fn command(app: &App, secret: &str, room: &str) -> String {
    let server = &app.base_url;
    format!(
        "BELFORT_TOKEN={secret} belfort kiosk --server {server} --room {room} --data ./belfort-kiosk --fullscreen"
    )
}

/// `POST /manage/tokens/{id}/revoke`.
pub(super) async fn revoke(
    Path(id): Path<String>,
    InsiderForm(insider, _): InsiderForm,
) -> Result<Response, Oops> {
    let short: String = id.chars().take(40).collect();
    let unknown = || insider.oops(Refusal::unknown("token", short.clone()));
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let work = move |tx: &Tx<'_>, caller: &crate::scheduler::Caller| {
        caller.must(Action::ManageTokens)?;
        revoke_token(tx, caller, id)
    };
    insider.write(work).await.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/manage/tokens?done=revoked").into_response())
}
