//! The people of the directory: find, filter, page by page.

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::oops::Oops;
use super::page;
use super::pager::Pager;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider};
use crate::scheduler::{PEOPLE_PER_PAGE, list_people};
use crate::store::{PeopleAsked, PeopleKind, PersonRow};
use crate::texts::{Lang, Said, text};
use crate::town::Role;

#[derive(Template)]
#[template(path = "people_read.html")]
struct Page {
    shell: Shell,
    find: String,
    departments: Vec<(String, bool)>,
    roles: Vec<(&'static str, &'static str, bool)>,
    kinds: Vec<(&'static str, &'static str, bool)>,
    count: String,
    rows: Vec<Row>,
    pager: Pager,
}

/// One person.
struct Row {
    id: String,
    name: String,
    email: String,
    department: String,
    state: Pill,
    roles: Vec<&'static str>,
}

/// How an account stands, and the class of the pill around it.
pub(super) struct Pill {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
}

/// `GET /manage/people`.
pub(super) async fn read(insider: Insider, Asked(asked): Asked) -> Result<Response, Oops> {
    let (wanted, number, lang) = (wanted(&asked), Pager::page(&asked), insider.lang());
    let query = wanted.clone();
    let (found, now) = insider
        .read(move |view, caller| Ok((list_people(view, caller, &query, number)?, view.now())))
        .await?;
    let chosen = wanted.department.as_deref();
    let html = Page {
        shell: insider.shell(insider.t("people.title")),
        find: asked.get("find").to_owned(),
        departments: found
            .departments
            .into_iter()
            .map(|name| {
                let on = chosen == Some(name.as_str());
                (name, on)
            })
            .collect(),
        roles: Role::GRANTS
            .into_iter()
            .filter(|role| *role != Role::Staff)
            .map(|role| (role.word(), role_word(lang, role), wanted.role == Some(role)))
            .collect(),
        kinds: PeopleKind::ALL
            .into_iter()
            .map(|kind| (kind.word(), kind_word(lang, kind), wanted.kind == kind))
            .collect(),
        count: count(lang, found.count),
        rows: found.rows.iter().map(|row| line(lang, row, now)).collect(),
        pager: Pager::new(lang, "/manage/people", &asked, found.count, PEOPLE_PER_PAGE),
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn wanted(asked: &Fields) -> PeopleAsked {
    let kind = |word: &str| PeopleKind::ALL.into_iter().find(|kind| kind.word() == word);
    PeopleAsked {
        words: asked.get("find").split_whitespace().take(8).map(str::to_owned).collect(),
        department: asked.some("department").map(str::to_owned),
        role: asked.some("role").and_then(|word| word.parse().ok()),
        kind: kind(asked.get("account")).unwrap_or_default(),
    }
}

fn count(lang: Lang, count: u32) -> String {
    if count == 1 {
        return text(lang, "people.count_one").to_owned();
    }
    Said::new("people.count").with("count", count).speak(lang)
}

/// The name of a role.
pub(super) fn role_word(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::Staff => text(lang, "role.staff"),
        Role::Clerk => text(lang, "role.clerk"),
        Role::Chair => text(lang, "role.chair"),
        Role::Member => text(lang, "role.member"),
        Role::Manager => text(lang, "role.manager"),
        Role::Admin => text(lang, "role.admin"),
        Role::Device => text(lang, "role.device"),
        Role::System => text(lang, "role.system"),
        Role::Public => text(lang, "role.public"),
    }
}

fn kind_word(lang: Lang, kind: PeopleKind) -> &'static str {
    match kind {
        PeopleKind::All => text(lang, "people.kind_all"),
        PeopleKind::Account => text(lang, "people.kind_account"),
        PeopleKind::NoAccount => text(lang, "people.kind_none"),
        PeopleKind::Invited => text(lang, "people.kind_invited"),
        PeopleKind::Locked => text(lang, "people.kind_locked"),
        PeopleKind::Left => text(lang, "people.kind_left"),
    }
}

fn line(lang: Lang, row: &PersonRow, now: DateTime<Utc>) -> Row {
    let (password, locked) = row
        .account
        .map_or((None, false), |a| (Some(a.password), a.locked_until.is_some_and(|until| until > now)));
    Row {
        id: row.person.id.to_string(),
        name: row.person.name.clone(),
        email: row.person.email.clone(),
        department: row.person.department.clone().unwrap_or_default(),
        state: state(lang, row.left.is_some(), password, locked),
        roles: row.roles.iter().map(|role| role_word(lang, *role)).collect(),
    }
}

/// How an account stands: `password` is whether one was chosen, if there is an account.
pub(super) fn state(lang: Lang, left: bool, password: Option<bool>, locked: bool) -> Pill {
    let (class, word) = match (left, password) {
        (true, _) => ("", text(lang, "people.state_left")),
        (_, None) => ("", text(lang, "people.state_none")),
        _ if locked => ("busy", text(lang, "people.state_locked")),
        (_, Some(false)) => ("soon", text(lang, "people.state_invited")),
        (_, Some(true)) => ("free", text(lang, "people.state_active")),
    };
    Pill { class, word }
}
