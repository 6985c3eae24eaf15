//! Why would this be refused? All rules that object and all that is in the way, by booking it for real and undoing
//! it at once.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::TimeDelta;

use super::form::{Ask, Field, Wrong, number};
use super::oops::Oops;
use super::page;
use super::rule_words::{ROLES, effect, sentence};
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider};
use super::words::room_words;
use crate::booking::{Conference, Heads, Reason};
use crate::http::App;
use crate::scheduler::{CreateMeeting, Trial, TryBooking, try_booking};
use crate::texts::{Lang, text};
use crate::town::{Action, Directory, Role};

#[derive(Template)]
#[template(path = "rule_try.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    what: Vec<Field>,
    when: Vec<Field>,
    heads: Vec<Field>,
    link: Field,
    verdict: Option<Verdict>,
}

/// What would come of it.
struct Verdict {
    class: &'static str,
    said: &'static str,
    lines: Vec<Line>,
}

/// One reason.
struct Line {
    effect: (&'static str, &'static str),
    said: String,
    /// The rule, and how it reads; rules of the program itself have no page.
    rule: Option<(String, String)>,
}

/// `GET /manage/rules/try`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let caller = insider.caller();
    caller.must_somewhere(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let directory = app.store.directory();
    let lang = insider.lang();
    let tried = if asked.some("room").is_some() {
        let (caller, trial) = (caller.clone(), trial_of(&insider, &asked));
        Some(app.rehearse(move |tx| try_booking(tx, &caller, &trial)).await)
    } else {
        None
    };
    let (wrong, verdict) = match tried {
        Some(Ok(trial)) => (None, Some(verdict(&directory, lang, &trial))),
        Some(Err(refusal)) => (Some(Wrong::of(&refusal, lang)), None),
        None => (None, None),
    };
    let now = directory.house.zone.wall(app.store.clock().now());
    let ask = Ask { lang, fields: &asked, wrong: wrong.as_ref() };
    let tomorrow = (now + TimeDelta::days(1)).date().to_string();
    let sent = asked.some("room").is_some();
    let html = Page {
        shell: insider.shell(insider.t("rules.try")),
        what: what(ask, &directory),
        when: vec![
            ask.special("date", "date", "book.date", &tomorrow).required(),
            ask.special("time", "from", "book.from", "10:00").required(),
            ask.special("time", "to", "book.to", "11:00").required(),
        ],
        heads: vec![
            ask.number("in_room", "rules.in_room", 0, 20_000),
            ask.number("remote", "rules.remote", 0, 20_000),
            ask.number("future", "rules.future", 0, 1_000).help(insider.t("rules.future_help")),
        ],
        link: ask.tick("link", "rules.link", !sent || asked.ticked("link")),
        verdict,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn what(ask: Ask<'_>, directory: &Directory) -> Vec<Field> {
    let rooms = directory.rooms.iter().map(|room| (room.slug.clone(), room_words(directory, room)));
    let roles = ROLES.map(|role| (role.to_string(), text(ask.lang, &format!("role.{role}")).to_owned()));
    vec![ask.choice("role", "rules.role", "staff", roles), ask.choice("room", "manage.room", "", rooms)]
}

fn trial_of(insider: &Insider, fields: &Fields) -> TryBooking {
    let at = |field: &str| format!("{}T{}", fields.get("date"), fields.get(field));
    let url = fields.ticked("link").then(|| "https://example.invalid/".to_owned());
    TryBooking {
        role: Role::from_str(fields.get("role")).unwrap_or(Role::Staff),
        heads: Heads {
            in_room: number(fields, "in_room", 0),
            remote: number(fields, "remote", 0),
            undecided: 0,
        },
        future_meetings: number(fields, "future", 0),
        wanted: CreateMeeting {
            title: insider.t("rules.try").to_owned(),
            start: at("from"),
            end: at("to"),
            rooms: vec![fields.get("room").to_owned()],
            conference: Conference { url, dial_in: None },
            ..CreateMeeting::default()
        },
    }
}

fn verdict(directory: &Directory, lang: Lang, trial: &Trial) -> Verdict {
    let (class, said) = if trial.refused() {
        ("bad", text(lang, "rules.would_refuse"))
    } else if trial.asks {
        ("warn", text(lang, "rules.would_ask"))
    } else {
        ("good", text(lang, "rules.would_book"))
    };
    let plain = |said: String| Line { effect: ("busy", text(lang, "rules.effect_deny")), said, rule: None };
    let mut lines: Vec<Line> = trial.faults.iter().map(|fault| plain(fault.said.speak(lang))).collect();
    lines.extend(trial.reasons.iter().map(|reason| line(directory, lang, reason)));
    lines.extend(trial.conflicts.iter().map(|conflict| plain(conflict.why.speak(lang))));
    Verdict { class, said, lines }
}

fn line(directory: &Directory, lang: Lang, reason: &Reason) -> Line {
    let policy = directory.policies.iter().find(|policy| policy.id == reason.rule);
    Line {
        effect: effect(lang, reason.effect),
        said: reason.said.speak(lang),
        rule: policy.map(|policy| (policy.id.clone(), sentence(directory, lang, policy))),
    }
}
