//! Calendar links: those there are, and making one. Its address is shown this once.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::calendar_words::{
    Reach, Way, level_word, levels, program, scope_value, scope_words, ways, webcal,
};
use super::oops::{Oops, faults};
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::words::{moment, qr};
use crate::booking::Refusal;
use crate::http::App;
use crate::scheduler::{NewFeed, feed_scopes, issue_feed_token, list_tokens};
use crate::store::{FeedScope, Level, Token};
use crate::texts::{Said, text};
use crate::town::Directory;

#[derive(Template)]
#[template(path = "calendars_read.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    groups: Vec<Group>,
    levels: Vec<(&'static str, &'static str, &'static str, bool)>,
    /// Some of the calendars show what their reader may know, whatever is chosen.
    by_right: bool,
    attendees: bool,
    label: String,
    wrong: Vec<(String, String)>,
}

impl Page {
    /// What is wrong with a field.
    fn wrong_with(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(name, _)| name == field).map(|(_, why)| why.as_str())
    }
}

/// Calendars of one kind, to choose from: value, name, whether it is chosen.
struct Group {
    name: &'static str,
    options: Vec<(String, String, bool)>,
}

/// A calendar link in words.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) of: String,
    pub(super) shows: &'static str,
    pub(super) made: String,
    pub(super) used: Option<(String, String)>,
    pub(super) ends: Option<String>,
}

#[derive(Template)]
#[template(path = "calendar_made.html")]
struct MadePage {
    shell: Shell,
    label: String,
    url: String,
    /// The same as things to do, for programs that keep lists of tasks.
    tasks: Option<String>,
    code: String,
    ways: [Way; 4],
    warning: Option<String>,
    replaces: bool,
}

/// `GET /calendars`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    show(&app, &insider, &asked, None).await
}

/// `POST /calendars`.
pub(super) async fn make(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    match made(&app, &insider, &fields).await {
        Ok((made, secret)) => Ok(made_page(&app, &insider, made, &secret, false)),
        Err(refusal) => show(&app, &insider, &fields, Some(refusal)).await,
    }
}

async fn made(app: &App, insider: &Insider, fields: &Fields) -> Result<(NewFeed, String), Refusal> {
    let directory = app.store.directory();
    let scopes = {
        let caller = insider.caller().clone();
        app.read(move |view| feed_scopes(view, &caller)).await?
    };
    // Only what is on the list can be chosen: anything else is a form of yesterday.
    let wanted = fields.get("scope");
    let scope = scopes.into_iter().find(|scope| scope_value(&directory, *scope) == wanted);
    let scope = scope.ok_or_else(|| Refusal::invalid("scope", Said::new("calendars.scope_unknown")))?;
    let level = levels(insider.lang()).into_iter().find(|(_, word, ..)| *word == fields.get("level"));
    let (level, ..) = level.ok_or_else(|| Refusal::invalid("level", Said::new("calendars.level_unknown")))?;
    let named = || scope_words(&directory, insider.lang(), scope, insider.person().id);
    let label = fields.some("label").map_or_else(named, str::to_owned);
    let new = NewFeed { scope, level, attendees: fields.ticked("attendees"), label };
    insider
        .write(move |tx, caller| {
            let (_, secret) = issue_feed_token(tx, caller, &new)?;
            Ok((new, secret))
        })
        .await
}

/// The page that shows a secret address, this once.
pub(super) fn made_page(
    app: &App,
    insider: &Insider,
    made: NewFeed,
    secret: &str,
    replaces: bool,
) -> Response {
    let NewFeed { label, scope, .. } = made;
    let url = format!("{}/feeds/{secret}.ics", app.base_url);
    let tasks = matches!(scope, FeedScope::Deadlines(..)).then(|| format!("{url}?as=todos"));
    let reach = Reach::of(&app.base_url);
    let html = MadePage {
        shell: insider.shell(insider.t("calendars.made")),
        code: qr(&webcal(&url)),
        ways: ways(insider.lang(), reach, &url, &label),
        warning: reach.warning(insider.lang(), &app.base_url),
        tasks,
        label,
        url,
        replaces,
    };
    page(html.render().unwrap_or_default())
}

async fn show(
    app: &App,
    insider: &Insider,
    fields: &Fields,
    refusal: Option<Refusal>,
) -> Result<Response, Oops> {
    let (tokens, scopes) =
        insider.read(|view, caller| Ok((list_tokens(view, caller)?, feed_scopes(view, caller)?))).await?;
    let directory = app.store.directory();
    let now = app.store.clock().now();
    let wanted = fields.some("scope").unwrap_or("own");
    // Whoever may share more than their own agenda does not share everything of it by an oversight.
    let own = scopes.iter().all(|scope| scope.owner().is_some());
    let level = fields.some("level").unwrap_or(if own { "full" } else { "title" });
    let rows = tokens.iter().filter(|token| mine(insider, token, now));
    let html = Page {
        shell: insider.shell(insider.t("menu.calendars")),
        rows: rows.filter_map(|token| row(&directory, insider, token)).collect(),
        groups: groups(&directory, insider, &scopes, wanted),
        levels: levels(insider.lang())
            .map(|(_, word, name, what)| (word, name, what, word == level))
            .to_vec(),
        by_right: scopes.iter().any(|scope| scope.is_of_council()),
        attendees: fields.ticked("attendees"),
        label: fields.get("label").to_owned(),
        wrong: refusal.map_or_else(Vec::new, |refusal| faults(insider.lang(), refusal)),
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// Links that work: one's own, and those that are shared. Those of other people's agendas are theirs to see.
fn mine(insider: &Insider, token: &Token, now: DateTime<Utc>) -> bool {
    let others =
        |(scope, _): (FeedScope, Level)| scope.owner().is_some_and(|owner| owner != insider.person().id);
    token.works(now) && !token.feed.is_none_or(others)
}

/// A link in words.
pub(super) fn row(directory: &Directory, insider: &Insider, token: &Token) -> Option<Row> {
    let (lang, zone) = (insider.lang(), directory.house.zone);
    let (scope, level) = token.feed?;
    let of = scope_words(directory, lang, scope, insider.person().id);
    let by = token.last_agent.as_deref().map_or_else(String::new, |agent| program(lang, agent));
    Some(Row {
        id: token.id.to_string(),
        label: if token.label.is_empty() { of.clone() } else { token.label.clone() },
        of,
        shows: level_word(lang, level),
        made: moment(lang, zone, token.created),
        used: token.last_used.map(|at| (moment(lang, zone, at), by)),
        ends: token.ends.map(|at| moment(lang, zone, at)),
    })
}

/// What can be chosen, by kind.
fn groups(directory: &Directory, insider: &Insider, scopes: &[FeedScope], wanted: &str) -> Vec<Group> {
    let group = |key: &'static str| Group { name: text(insider.lang(), key), options: Vec::new() };
    let mut groups = [
        group("calendars.mine"),
        group("calendars.deadlines"),
        group("calendars.sessions"),
        group("calendars.shared"),
        group("calendars.rooms"),
        group("calendars.bodies"),
    ];
    for scope in scopes {
        let kind = match scope {
            FeedScope::Person(_) => 0,
            FeedScope::Deadlines(..) => 1,
            FeedScope::Sessions(..) => 2,
            FeedScope::Town | FeedScope::Site(_) => 3,
            FeedScope::Room(_) => 4,
            FeedScope::Body(_) => 5,
        };
        let value = scope_value(directory, *scope);
        let name = scope_words(directory, insider.lang(), *scope, insider.person().id);
        let on = value == wanted;
        groups[kind].options.push((value, name, on));
    }
    groups.into_iter().filter(|group| !group.options.is_empty()).collect()
}
