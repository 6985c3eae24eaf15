//! Opening hours for each weekday, and days on which the house, a group or a room is closed or open for other
//! hours. Before a closure is kept, the meetings that it strikes are named.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDate, NaiveTime};

use super::form::{Ask, Field, Wrong};
use super::oops::Oops;
use super::page;
use super::room_change::Ahead;
use super::rule_change::read as read_field;
use super::rule_words::{place, places, scope_of, span, value_of};
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use crate::booking::{Fault, Refusal};
use crate::http::App;
use crate::scheduler::{DateAhead, Hours, hours_of, lift_closure, put_closure, set_opening, struck_by};
use crate::texts::{Lang, Said, text};
use crate::town::{Action, Directory, Policy, Scope, Test};

/// Meetings that are named; the others are counted.
const NAMED: usize = 30;

#[derive(Template)]
#[template(path = "opening_manage.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    place: Field,
    value: String,
    name: String,
    week: Vec<Day>,
    closures: Vec<Closure>,
    form: Vec<Field>,
    hours: Vec<Field>,
    why: Field,
    struck: Option<(usize, Vec<Ahead>)>,
}

/// A weekday in the form.
struct Day {
    number: usize,
    name: String,
    from: String,
    to: String,
    closed: bool,
    wrong: bool,
}

/// A closure in the list.
struct Closure {
    id: String,
    days: String,
    place: String,
    hours: Option<String>,
    why: String,
    mine: bool,
}

/// `GET /manage/opening?place=`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    show(&app, &insider, &asked, None, None)
}

fn show(
    app: &App,
    insider: &Insider,
    fields: &Fields,
    refusal: Option<&Refusal>,
    struck: Option<&[DateAhead]>,
) -> Result<Response, Oops> {
    let caller = insider.caller();
    caller.must_somewhere(Action::ManageTown).map_err(|refusal| insider.oops(refusal))?;
    let (directory, lang) = (app.store.directory(), insider.lang());
    let all = places(insider, &directory);
    let asked = fields.get("place");
    let value = all.iter().find(|(value, _)| value == asked).or(all.first());
    let value = value.map_or_else(String::new, |(value, _)| value.clone());
    let scope = scope_of(&value, None);
    let wrong = refusal.map(|refusal| Wrong::of(refusal, lang));
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let zone = directory.house.zone;
    let today = zone.wall(app.store.clock().now()).date();
    let ahead = |dates: &[DateAhead]| {
        let named = dates.iter().take(NAMED).map(|date| Ahead::of(lang, zone, date));
        (dates.len(), named.collect())
    };
    let html = Page {
        shell: insider.shell(insider.t("manage.opening")),
        place: ask.choice("place", "rules.place", &value, all.clone()),
        name: place(&directory, lang, &scope),
        week: week(lang, fields, &hours_of(&directory.policies, &scope), refusal),
        closures: closures(&directory, lang, today, &all),
        form: vec![
            ask.special("date", "first", "opening.first", &today.to_string()).required(),
            ask.special("date", "last", "opening.last", "").help(insider.t("opening.last_help")),
        ],
        hours: vec![
            ask.special("time", "from", "opening.open_from", "").help(insider.t("opening.open_help")),
            ask.special("time", "to", "opening.open_to", ""),
        ],
        why: ask.text("why", "opening.why", "", 200).required().help(insider.t("opening.why_help")),
        struck: struck.map(ahead),
        value,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The week as it was sent, or as it stands.
fn week(lang: Lang, fields: &Fields, stands: &[Hours; 7], refusal: Option<&Refusal>) -> Vec<Day> {
    let sent = fields.0.iter().any(|(name, _)| name == "from1");
    let faults: &[Fault] = if let Some(Refusal::Invalid(faults)) = refusal { faults } else { &[] };
    let clock = |time: NaiveTime| time.format("%H:%M").to_string();
    let names = text(lang, "date.weekdays").split(',');
    let day = |(at, (name, hours)): (usize, (&str, &Hours))| {
        let number = at + 1;
        let (from, to) = match *hours {
            Hours::Open(from, to) => (clock(from), clock(to)),
            _ => (String::new(), String::new()),
        };
        let or = |field: &str, stands: String| {
            if sent { fields.get(&format!("{field}{number}")).to_owned() } else { stands }
        };
        Day {
            number,
            name: name.trim().to_owned(),
            from: or("from", from),
            to: or("to", to),
            closed: if sent { fields.ticked(&format!("closed{number}")) } else { *hours == Hours::Closed },
            wrong: faults
                .iter()
                .any(|f| f.field == format!("from{number}") || f.field == format!("to{number}")),
        }
    };
    names.zip(stands).enumerate().map(day).collect()
}

fn closures(
    directory: &Directory,
    lang: Lang,
    today: NaiveDate,
    places: &[(String, String)],
) -> Vec<Closure> {
    let ahead = |policy: &&Policy| policy.is_closure() && policy.window.to.is_none_or(|to| to >= today);
    let mut found: Vec<&Policy> = directory.policies.iter().filter(ahead).collect();
    found.sort_by_key(|policy| (policy.window.from, policy.id.clone()));
    let closure = |policy: &Policy| Closure {
        id: policy.id.clone(),
        days: span(lang, policy.window.from, policy.window.to).unwrap_or_default(),
        place: place(directory, lang, &policy.scope),
        hours: match policy.test {
            Test::OpeningHours { from, to } => Some(
                Said::new("opening.open_between")
                    .with("from", from.format("%H:%M"))
                    .with("to", to.format("%H:%M"))
                    .speak(lang),
            ),
            _ => None,
        },
        why: policy.note.clone().unwrap_or_default(),
        mine: places.iter().any(|(value, _)| *value == value_of(&policy.scope)),
    };
    found.into_iter().map(closure).collect()
}

/// `POST /manage/opening`: the hours of a week.
pub(super) async fn set(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let scope = scope_of(fields.get("place"), None);
    let place = fields.get("place").to_owned();
    let outcome = match week_of(&fields) {
        Ok(week) => insider.write(move |tx, caller| set_opening(tx, caller, &scope, &week)).await,
        Err(refusal) => Err(refusal),
    };
    answer(&app, &insider, &fields, &place, outcome)
}

/// The hours that a form says. Monday's can stand for all working days.
fn week_of(fields: &Fields) -> Result<[Hours; 7], Refusal> {
    let mut faults = Vec::new();
    let mut week = [Hours::Any; 7];
    for (number, hours) in (1..).zip(&mut week) {
        let (from, to) = (format!("from{number}"), format!("to{number}"));
        if fields.ticked(&format!("closed{number}")) {
            *hours = Hours::Closed;
        } else if fields.some(&from).is_some() || fields.some(&to).is_some() {
            let from = read_field(fields, &from, &mut faults);
            let to = read_field(fields, &to, &mut faults);
            *hours = from.zip(to).map_or(Hours::Any, |(from, to)| Hours::Open(from, to));
        }
    }
    if fields.ticked("same") {
        let monday = week[0];
        week[1..5].fill(monday);
        faults.retain(|fault| !matches!(fault.field.as_bytes().last(), Some(b'2'..=b'5')));
    }
    if faults.is_empty() { Ok(week) } else { Err(Refusal::Invalid(faults)) }
}

/// What a form says of a closure.
struct Wanted {
    scope: Scope,
    days: (NaiveDate, NaiveDate),
    hours: Option<(NaiveTime, NaiveTime)>,
    why: String,
}

fn wanted(fields: &Fields) -> Result<Wanted, Refusal> {
    let mut faults = Vec::new();
    let first = read_field(fields, "first", &mut faults);
    let last = fields.some("last").map_or(first, |_| read_field(fields, "last", &mut faults));
    let hours = (fields.some("from").is_some() || fields.some("to").is_some()).then(|| {
        let from =
            fields.some("from").map_or(Some(NaiveTime::MIN), |_| read_field(fields, "from", &mut faults));
        let to = fields.some("to").map_or(Some(NaiveTime::MIN), |_| read_field(fields, "to", &mut faults));
        from.zip(to)
    });
    if let Some((first, last)) = first.zip(last)
        && last < first
    {
        faults.push(Fault::new("last", Said::new("opening.backwards")));
    }
    if let Some(Some((from, to))) = hours
        && to <= from
        && to != NaiveTime::MIN
    {
        faults.push(Fault::new("to", Said::new("town.rule_hours")));
    }
    if fields.some("why").is_none() {
        faults.push(Fault::new("why", Said::new("opening.why_needed")));
    }
    match first.zip(last) {
        Some(days) if faults.is_empty() => Ok(Wanted {
            scope: scope_of(fields.get("place"), None),
            days,
            hours: hours.flatten(),
            why: fields.get("why").to_owned(),
        }),
        _ => Err(Refusal::Invalid(faults)),
    }
}

/// `POST /manage/opening/close`: names the meetings that a closure strikes, or keeps it.
pub(super) async fn close(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let place = fields.get("place").to_owned();
    let wanted = match wanted(&fields) {
        Ok(wanted) => wanted,
        Err(refusal) => return show(&app, &insider, &fields, Some(&refusal), None),
    };
    if fields.get("do") != "save" {
        let struck = insider
            .read(move |view, caller| struck_by(view, caller, &wanted.scope, wanted.days, wanted.hours))
            .await?;
        return show(&app, &insider, &fields, None, Some(&struck));
    }
    let outcome = insider
        .write(move |tx, caller| {
            put_closure(tx, caller, &wanted.scope, wanted.days, wanted.hours, &wanted.why).map(|_| ())
        })
        .await;
    answer(&app, &insider, &fields, &place, outcome)
}

/// `POST /manage/opening/lift`.
pub(super) async fn lift(InsiderForm(insider, fields): InsiderForm) -> Result<Response, Oops> {
    let id = fields.get("rule").to_owned();
    let outcome = insider.write(move |tx, caller| lift_closure(tx, caller, &id)).await;
    outcome.map_err(|refusal| insider.oops(refusal))?;
    Ok(Redirect::to("/manage/opening?done=removed").into_response())
}

fn answer(
    app: &App,
    insider: &Insider,
    fields: &Fields,
    place: &str,
    outcome: Result<(), Refusal>,
) -> Result<Response, Oops> {
    match outcome {
        Ok(()) => {
            let place: String = form_urlencoded::byte_serialize(place.as_bytes()).collect();
            Ok(Redirect::to(&format!("/manage/opening?place={place}&done=saved")).into_response())
        }
        Err(refusal @ Refusal::Forbidden { .. }) => Err(insider.oops(refusal)),
        Err(refusal) => show(app, insider, fields, Some(&refusal), None),
    }
}
