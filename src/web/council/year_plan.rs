//! The sessions of a year: what the pattern proposes, what it could not place and why, then the deed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Weekday};

use super::super::equipment_form::{equipment_of, gear_fields, kinds};
use super::super::form::{Ask, Field, Wrong, number};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::session_plan::{mode_fields, mode_of, reason_of};
use super::words::{dated, due_words};
use crate::booking::Refusal;
use crate::council::{
    CouncilBody, Dodge, Nth, Pattern, Proposed, Session, SessionMode, YearCalendar, YearPlan,
};
use crate::scheduler::council::{NewSession, YearWish, body_sheet, plan_session, propose_year};
use crate::texts::{Lang, Said, text};
use crate::time::Zone;

/// How long the session of the other body is planned to last, in minutes.
const JOINED_MIN: u32 = 60;

#[derive(Template)]
#[template(path = "council/year_plan.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    body: String,
    form: Vec<Field>,
    months: Vec<(u32, String, bool)>,
    /// The question once more, for the form that books.
    kept: Vec<(String, String)>,
    proposal: Option<Proposal>,
    booked: Vec<(String, String)>,
    refused: Vec<(String, String)>,
}

/// What is proposed.
struct Proposal {
    rows: Vec<Row>,
    unplaced: Vec<String>,
    years: Vec<(String, &'static str, &'static str)>,
}

/// A session of the proposal.
struct Row {
    value: String,
    day: String,
    remark: String,
    deadlines: Vec<(String, String)>,
}

/// `GET /council/bodies/{slug}/year`: with a pattern, what it proposes.
pub(super) async fn ask(
    insider: Insider,
    Path(slug): Path<String>,
    Asked(fields): Asked,
) -> Result<Response, Oops> {
    show(&insider, slug, fields, Vec::new(), Vec::new()).await
}

type Lines = Vec<(String, String)>;

/// What there is to choose from.
struct Offers {
    rooms: Lines,
    bodies: Lines,
    gear: Vec<String>,
    zone: Zone,
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: Fields,
    booked: Lines,
    refused: Lines,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let wish = fields.some("pattern").map(|_| ());
    let asked = fields.clone();
    let (sheet, offers, now) = insider
        .read(move |view, caller| {
            let directory = view.directory();
            let rooms = directory.rooms.iter().filter(|room| room.active);
            let rooms: Lines = rooms.map(|room| (room.slug.clone(), room.name.clone())).collect();
            let bodies = directory.bodies.iter().filter(|body| body.slug != slug);
            let bodies: Lines = bodies.map(|body| (body.slug.clone(), body.name.clone())).collect();
            let offers = Offers { rooms, bodies, gear: kinds(directory), zone: directory.house.zone };
            let sheet = body_sheet(view, caller, &slug)?;
            Ok((sheet, offers, view.now()))
        })
        .await?;
    let zone = offers.zone;
    let name = sheet.body.slug.clone();
    let found = match wish {
        Some(()) => insider
            .try_read(move |view, caller| propose_year(view, caller, &name, &wish_of(&asked, zone)?))
            .await
            .map(Some),
        None => Ok(None),
    };
    let (proposal, wrong) = match found {
        Ok(calendar) => (calendar.map(|calendar| proposal(lang, zone, &calendar)), None),
        Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => return Err(insider.oops(refusal)),
        Err(refusal) => (None, Some(Wrong::of(&refusal, lang))),
    };
    let ask = Ask { lang, fields: &fields, wrong: wrong.as_ref() };
    let next = zone.wall(now).date().year() + 1;
    let html = Page {
        shell: insider.shell(insider.t("year.plan")),
        slug: sheet.body.slug.clone(),
        body: sheet.body.name.clone(),
        form: form(ask, next, offers, sheet.law.as_ref()),
        months: months(lang, &fields),
        kept: fields.0.iter().filter(|(name, _)| !matches!(name.as_str(), "form" | "day")).cloned().collect(),
        proposal,
        booked,
        refused,
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn form(ask: Ask<'_>, year: i32, offers: Offers, law: Option<&CouncilBody>) -> Vec<Field> {
    let lang = ask.lang;
    let words = |pairs: &[(&str, &'static str)]| -> Lines {
        pairs.iter().map(|(value, key)| ((*value).to_owned(), text(lang, key).to_owned())).collect()
    };
    let days = text(lang, "date.weekdays").split(',').map(|day| day.trim().to_owned());
    let days = days.enumerate().map(|(index, day)| (index.to_string(), day));
    let dodges = words(&[
        ("skip", "year.dodge_skip"),
        ("earlier", "year.dodge_earlier"),
        ("later", "year.dodge_later"),
    ]);
    let keep = words(&[("", "year.dodge_keep")]).into_iter().chain(dodges.clone());
    let none = || (String::new(), text(lang, "session.none").to_owned());
    let mut fields = vec![
        ask.choice(
            "pattern",
            "year.pattern",
            "last",
            words(&[
                ("1", "year.first"),
                ("2", "year.second"),
                ("3", "year.third"),
                ("4", "year.fourth"),
                ("last", "year.last"),
                ("weekly", "year.weekly"),
            ]),
        ),
        ask.choice("weekday", "year.weekday", "1", days),
        ask.number("every", "year.every", 1, 52).help(text(lang, "year.every_help")),
        ask.special("time", "time", "year.hour", "19:00").required(),
        ask.special("date", "from", "council.from", &format!("{year}-01-01")).required(),
        ask.special("date", "to", "council.until", &format!("{year}-12-31")).required(),
        ask.choice("holidays", "year.on_holidays", "later", dodges),
        ask.choice("breaks", "year.on_breaks", "earlier", keep),
        ask.number("minimum", "year.minimum", 0, 366).help(text(lang, "year.minimum_help")),
        ask.choice("room", "session.room", "", [none()].into_iter().chain(offers.rooms)),
        ask.number("length_min", "session.length", 180, 1_440),
        ask.choice("joined", "year.joined", "", [none()].into_iter().chain(offers.bodies)),
        ask.number("after_min", "year.after", 0, 600).help(text(lang, "year.after_help")),
    ];
    fields.extend(gear_fields(ask, &offers.gear));
    fields.extend(mode_fields(ask, law, (SessionMode::Physical, None)));
    fields
}

/// The months, with those that are left out; July and August until something else was asked.
fn months(lang: Lang, fields: &Fields) -> Vec<(u32, String, bool)> {
    let asked = fields.some("pattern").is_some();
    let out: Vec<u32> = fields.all("without").filter_map(|month| month.parse().ok()).collect();
    let names = text(lang, "date.months").split(',').map(|name| name.trim().to_owned());
    let names = (1_u32..).zip(names);
    names
        .map(|(month, name)| (month, name, if asked { out.contains(&month) } else { matches!(month, 7 | 8) }))
        .collect()
}

/// What was asked for.
fn wish_of(fields: &Fields, zone: Zone) -> Result<YearWish, Refusal> {
    let day = |name: &str| {
        let day = fields.get(name).parse::<NaiveDate>();
        day.map_err(|_| Refusal::invalid(name, Said::new("request.date_bad").with("text", fields.get(name))))
    };
    let weekday = number(fields, "weekday", 0);
    let weekday = Weekday::try_from(u8::try_from(weekday.min(6)).unwrap_or(0)).unwrap_or(Weekday::Mon);
    let pattern = match fields.get("pattern") {
        "weekly" => Pattern::Weekly { weekday, every: number(fields, "every", 1) },
        "last" => Pattern::Monthly { nth: Nth::Last, weekday },
        nth => Pattern::Monthly { nth: Nth::From(nth.parse().unwrap_or(1)), weekday },
    };
    let dodge = |name: &str| match fields.get(name) {
        "skip" => Some(Dodge::Skip),
        "earlier" => Some(Dodge::WeekEarlier),
        "later" => Some(Dodge::WeekLater),
        _ => None,
    };
    let time = NaiveTime::parse_from_str(fields.get("time"), "%H:%M")
        .map_err(|_| Refusal::invalid("time", Said::new("year.time").with("text", fields.get("time"))))?;
    let plan = YearPlan {
        pattern,
        time,
        zone,
        from: day("from")?,
        to: day("to")?,
        without: fields.all("without").filter_map(|month| month.parse().ok()).collect(),
        holidays: dodge("holidays").unwrap_or(Dodge::WeekLater),
        breaks: dodge("breaks"),
        school_breaks: Vec::new(),
        minimum: Some(number(fields, "minimum", 0)).filter(|minimum| *minimum > 0),
        joined: None,
    };
    let joined = fields.some("joined").map(|slug| (slug.to_owned(), number(fields, "after_min", 0)));
    Ok(YearWish { plan, joined })
}

fn proposal(lang: Lang, zone: Zone, calendar: &YearCalendar) -> Proposal {
    let years = calendar.years.iter().filter_map(|year| {
        let (colour, word) = match (year.is_met(), year.is_whole) {
            (true, _) => ("free", "year.ok"),
            (false, true) => ("busy", "year.short"),
            (false, false) => ("soon", "year.part"),
        };
        Some((year.speak(lang)?, colour, text(lang, word)))
    });
    Proposal {
        rows: calendar.sessions.iter().map(|session| row(lang, zone, session)).collect(),
        unplaced: calendar.unplaced.iter().map(|remark| remark.speak(lang)).collect(),
        years: years.collect(),
    }
}

fn row(lang: Lang, zone: Zone, session: &Proposed) -> Row {
    let wall = zone.wall(session.start);
    let line = |deadline: &crate::council::Deadline| {
        (due_words(lang, zone, deadline.due), deadline.name.speak(lang).to_owned())
    };
    Row {
        value: wall.format("%Y-%m-%dT%H:%M").to_string(),
        day: format!("{} {}", dated(lang, session.day), wall.format("%H:%M")),
        remark: session.remark.as_ref().map_or_else(String::new, |remark| remark.speak(lang)),
        deadlines: session.deadlines.iter().map(line).collect(),
    }
}

/// `POST /council/bodies/{slug}/year`: books the days that were ticked, each by itself, so that one that is taken holds
/// up no other.
pub(super) async fn book(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let rooms: Vec<String> = fields.some("room").map(str::to_owned).into_iter().collect();
    let joined = fields.some("joined").map(|slug| (slug.to_owned(), number(&fields, "after_min", 0)));
    let (mut booked, mut refused) = (Vec::new(), Vec::new());
    for day in fields.all("day") {
        let Some(start) = super::body_read::wall(day) else { continue };
        let new = NewSession {
            body: slug.clone(),
            start,
            length_min: number(&fields, "length_min", 180),
            rooms: rooms.clone(),
            equipment: equipment_of(&fields),
            mode: mode_of(&fields),
            mode_reason: reason_of(&fields),
            ..NewSession::default()
        };
        let other = joined.clone();
        // Both or none: a session of the council does not stand without the one that was to follow it.
        let outcome = insider.write(move |tx, caller| {
            let session = plan_session(tx, caller, &new)?;
            if let Some((body, after_min)) = other {
                plan_session(tx, caller, &joined_to(&session, &new, body, after_min))?;
            }
            Ok(session)
        });
        match outcome.await {
            Ok(session) => booked.push((session.slug.clone(), super::words::when(lang, &session))),
            Err(refusal @ (Refusal::Forbidden { .. } | Refusal::Unknown(_))) => {
                return Err(insider.oops(refusal));
            }
            Err(refusal) => {
                let words = match &refusal {
                    Refusal::Invalid(faults) => {
                        faults.first().map_or_else(String::new, |f| f.said.speak(lang))
                    }
                    other => other.said().speak(lang),
                };
                refused.push((format!("{} {}", dated(lang, start.date()), start.format("%H:%M")), words));
            }
        }
    }
    show(&insider, slug, fields, booked, refused).await
}

/// The session of the other body: in the same room and stream and in the same way, with an agenda of its own.
fn joined_to(session: &Session, new: &NewSession, body: String, after_min: u32) -> NewSession {
    NewSession {
        body,
        start: new.start + TimeDelta::minutes(i64::from(after_min)),
        length_min: JOINED_MIN,
        joint_with: Some(session.slug.clone()),
        mode: new.mode,
        mode_reason: new.mode_reason.clone(),
        ..NewSession::default()
    }
}
