//! Find and book: who, how long, when; rooms ranked with their reasons; a series with a choice for each date
//! that does not fit.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};

use super::equipment_form::{equipment_of, gear};
use super::meeting_people::{Choices, Unclear, resolve};
use super::meeting_rooms::{RoomLine, search_of, verdicts};
use super::meeting_services::{ServiceLine, service_lines, services_of};
use super::meeting_times::{Times, times_of};
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider, InsiderForm};
use super::words::{clock, privacy_word, short_day};
use crate::booking::{
    Choice, ChoiceAction, Conference, Mode, Part, Privacy, Refusal, Rhythm, Step, rule_in_words,
};
use crate::http::{App, Problem};
use crate::scheduler::{
    CreateMeeting, Invite, OnConflict, create_meeting, known_people, search_rooms, suggest,
};
use crate::texts::{Lang, text};
use crate::town::Directory;

/// Lines for people on a fresh form, and more when they are filled.
const LINES: usize = 4;
/// The most lines: longer lists come by the interface for programs.
const MOST_LINES: usize = 60;
#[derive(Template)]
#[template(path = "meeting_book.html")]
struct Page {
    shell: Shell,
    wish: Wish,
    lines: Vec<PersonLine>,
    known: Vec<(String, String)>,
    weekdays: Vec<(u32, String, bool)>,
    months: Vec<(u32, String, bool)>,
    places: Vec<(String, String, bool)>,
    nth: String,
    privacies: Vec<(&'static str, &'static str, bool)>,
    services: Vec<ServiceLine>,
    gear: Vec<(String, String)>,
    ordered: bool,
    searched: bool,
    suited: Vec<RoomLine>,
    unsuited: Vec<RoomLine>,
    wrong: Option<Problem>,
    clashes: Vec<Clash>,
    dates: Vec<String>,
    rhythm: Option<String>,
    times: Option<Times>,
}

impl Page {
    /// Where on the page a field of the request is.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn place(&self, field: &str) -> String {
        let line = field
            .strip_prefix("participants[")
            .and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        match (line, field) {
            (Some(line), _) => format!("p-{}", line + 1),
            (None, "start") => "date".to_owned(),
            (None, "end") => "to".to_owned(),
            (None, other) => other.split(['.', '[']).next().unwrap_or("").to_owned(),
        }
    }
}

/// What the form holds.
#[derive(Clone, Default)]
pub(super) struct Wish {
    title: String,
    description: String,
    pub(super) date: String,
    pub(super) from: String,
    to: String,
    room: String,
    room_name: String,
    pub(super) in_room: String,
    pub(super) remote: String,
    pub(super) hybrid: bool,
    pub(super) wheelchair: bool,
    pub(super) hearing_loop: bool,
    /// Slug of the building preferred.
    pub(super) near: String,
    /// Last day and hours between which times are sought.
    pub(super) last: String,
    pub(super) earliest: String,
    pub(super) latest: String,
    url: String,
    dial_in: String,
    organiser: String,
    repeat: String,
    every: String,
    until: String,
    count: String,
}

impl Wish {
    /// Whether times are sought otherwise than four weeks ahead, during the day.
    fn window_set(&self) -> bool {
        [&self.last, &self.earliest, &self.latest].into_iter().any(|field| !field.is_empty())
    }
}

/// One line for somebody who takes part.
struct PersonLine {
    number: usize,
    email: String,
    mode: String,
    part: String,
    wrong: Option<String>,
    /// Whom the name may mean.
    choices: Vec<(String, String)>,
}

/// One date of a series that does not fit, and what can be done.
struct Clash {
    key: String,
    words: String,
    why: String,
    choices: Vec<(String, String, bool)>,
}

/// What the page shows beside the form.
#[derive(Default)]
struct Shown {
    /// What was refused.
    refusal: Option<Refusal>,
    /// The dates of a series that fits.
    dates: Vec<NaiveDateTime>,
    /// Whom the names on the form may mean.
    choices: Choices,
}

/// `GET /book`.
pub(super) async fn ask(
    State(app): State<App>,
    insider: Insider,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    show(&app, &insider, &asked, Shown::default()).await
}

/// `POST /book`: books, looks for rooms or dates, or adds lines, by the button that was pressed.
pub(super) async fn book(
    State(app): State<App>,
    InsiderForm(insider, mut fields): InsiderForm,
) -> Result<Response, Oops> {
    let Unclear { faults, choices } = resolve(&insider, &mut fields).await?;
    if !faults.is_empty() {
        // Nothing is looked for or booked before it is clear for whom.
        fields.0.retain(|(name, _)| name != "do");
        let refusal = Some(Refusal::Invalid(faults));
        return show(&app, &insider, &fields, Shown { refusal, choices, ..Shown::default() }).await;
    }
    if let Some(slug) = fields.some("take").map(str::to_owned) {
        fields.0.retain(|(name, _)| name != "room" && name != "take" && name != "do");
        fields.0.push(("room".to_owned(), slug));
    } else if let Some(time) = fields.some("pick").map(str::to_owned) {
        pick(&mut fields, &time);
        return show(&app, &insider, &fields, Shown::default()).await;
    } else if fields.get("do") != "book" && fields.get("do") != "dates" {
        return show(&app, &insider, &fields, Shown::default()).await;
    }
    let mut wanted = wanted(&insider, &fields);
    wanted.dry_run = fields.get("do") == "dates";
    let look = wanted.dry_run;
    let work = move |tx: &crate::store::Tx<'_>, caller: &crate::scheduler::Caller| {
        let made = create_meeting(tx, caller, &wanted)?;
        let zone = made.meeting.zone;
        let dates: Vec<NaiveDateTime> = made.occurrences.iter().map(|d| zone.wall(d.time.start)).collect();
        Ok((made.meeting.id, dates))
    };
    let caller = insider.caller().clone();
    let outcome = if look {
        app.rehearse(move |tx| work(tx, &caller)).await
    } else {
        app.write(move |tx| work(tx, &caller)).await
    };
    match outcome {
        Ok((_, dates)) if look => show(&app, &insider, &fields, Shown { dates, ..Shown::default() }).await,
        Ok((id, _)) => Ok(Redirect::to(&format!("/meetings/{id}?done=booked")).into_response()),
        Err(refusal) => {
            let refusal = match refusal {
                Refusal::Taken { wish: Some(_), .. } => {
                    app.read(move |view| suggest(view, refusal)).await.unwrap_or_else(|refusal| refusal)
                }
                other => other,
            };
            show(&app, &insider, &fields, Shown { refusal: Some(refusal), ..Shown::default() }).await
        }
    }
}

/// Fills a time and room that were offered into the form: `START END ROOM`.
fn pick(fields: &mut Fields, time: &str) {
    let mut parts = time.split(' ');
    let (Some(start), Some(end), Some(room)) = (parts.next(), parts.next(), parts.next()) else { return };
    let (Some((date, from)), Some((_, to))) = (start.split_once('T'), end.split_once('T')) else { return };
    let new = [("date", date), ("from", from), ("to", to), ("room", room)];
    fields.0.retain(|(name, _)| name != "pick" && name != "do" && new.iter().all(|(n, _)| n != name));
    fields.0.extend(new.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

async fn show(
    app: &App,
    insider: &Insider,
    fields: &Fields,
    Shown { refusal, dates, choices }: Shown,
) -> Result<Response, Oops> {
    let directory = app.store.directory();
    let lang = insider.lang();
    let now = directory.house.zone.wall(app.store.clock().now());
    let wish = wish_of(&directory, fields, now);
    let searched = fields.get("do") == "rooms" || matches!(refusal, Some(Refusal::Taken { .. }));
    let found = match search_of(&wish, fields).filter(|_| searched) {
        Some(search) => Some(insider.read(move |view, caller| search_rooms(view, caller, &search)).await),
        None => None,
    };
    let times = if fields.get("do") == "times" { times_of(app, insider, &wish, fields).await } else { None };
    let (times, refusal) = match times {
        Some(Err(refusal)) => (None, Some(refusal)),
        Some(Ok(times)) => (Some(times), refusal),
        None => (None, refusal),
    };
    let (suited, unsuited) = match found {
        Some(Ok(found)) => verdicts(&directory, lang, &found),
        Some(Err(oops)) => return Err(oops),
        None => (Vec::new(), Vec::new()),
    };
    let start = start_of(&wish.date, &wish.from);
    let rule = start.and_then(|start| rhythm_of(fields, start).rule(start));
    let clashes = clashes_of(&directory, lang, refusal.as_ref(), fields, rule.is_some());
    let problem = refusal.as_ref().map(|refusal| Problem::new(refusal, lang));
    let html = Page {
        shell: insider.shell(insider.t("menu.book")),
        lines: lines_of(lang, fields, refusal.as_ref(), &choices),
        known: insider.read(known_people).await?,
        weekdays: weekdays(lang, fields),
        months: months(lang, fields),
        places: places(&directory, &wish.near),
        nth: start.map_or_else(String::new, |start| nth_words(lang, start)),
        privacies: privacies(lang, fields),
        services: service_lines(&directory, lang, fields, &[], refusal.as_ref()),
        gear: gear(&directory, fields),
        ordered: !services_of(fields).is_empty() || !equipment_of(fields).is_empty(),
        searched,
        suited,
        unsuited,
        wrong: problem,
        clashes,
        dates: dates.iter().map(|at| format!("{} {}", short_day(lang, at.date()), clock(*at))).collect(),
        rhythm: rule.map(|rule| rule_in_words(&rule, lang)),
        times,
        wish,
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// What the form holds; a fresh one begins at the next full hour.
fn wish_of(directory: &Directory, fields: &Fields, now: NaiveDateTime) -> Wish {
    let next = now + TimeDelta::hours(1);
    let full = NaiveTime::from_hms_opt(next.hour(), 0, 0).unwrap_or_default();
    let or = |name: &str, else_: String| fields.some(name).map_or(else_, str::to_owned);
    let from = or("from", full.format("%H:%M").to_string());
    let later = NaiveTime::parse_from_str(&from, "%H:%M").unwrap_or(full) + TimeDelta::hours(1);
    let text = |name: &str| fields.get(name).to_owned();
    let room = text("room");
    Wish {
        title: text("title"),
        description: text("description"),
        date: or("date", next.date().to_string()),
        to: or("to", later.format("%H:%M").to_string()),
        from,
        room_name: directory.room_named(&room).map_or_else(String::new, |room| room.name.clone()),
        room,
        in_room: text("in_room"),
        remote: text("remote"),
        hybrid: fields.ticked("hybrid"),
        wheelchair: fields.ticked("wheelchair"),
        hearing_loop: fields.ticked("hearing_loop"),
        near: Some(text("near")).filter(|slug| directory.site_named(slug).is_some()).unwrap_or_default(),
        last: text("last"),
        earliest: text("earliest"),
        latest: text("latest"),
        url: text("url"),
        dial_in: text("dial_in"),
        organiser: text("organiser"),
        repeat: or("repeat", "once".to_owned()),
        every: or("every", "1".to_owned()),
        until: text("until"),
        count: text("count"),
    }
}

pub(super) fn start_of(date: &str, from: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(&format!("{date}T{from}"), "%Y-%m-%dT%H:%M").ok()
}

/// How many minutes lie between two times of day; past midnight if the second is the earlier.
pub(super) fn minutes_of(wish: &Wish) -> i64 {
    let read = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    match (read(&wish.from), read(&wish.to)) {
        (Some(from), Some(to)) if to > from => (to - from).num_minutes(),
        (Some(from), Some(to)) => (to - from).num_minutes() + 1440,
        _ => 60,
    }
}

/// The lines for people: address, how, what for.
pub(super) fn people_of(fields: &Fields) -> impl Iterator<Item = (String, String, String)> {
    let column = |name: &str| -> Vec<String> {
        fields.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned()).collect()
    };
    let (modes, parts) = (column("mode"), column("part"));
    column("person").into_iter().take(MOST_LINES).enumerate().map(move |(at, email)| {
        let or = |list: &[String], else_: &str| list.get(at).cloned().unwrap_or_else(|| else_.to_owned());
        (email, or(&modes, "in_room"), or(&parts, "required"))
    })
}

fn lines_of(lang: Lang, fields: &Fields, refusal: Option<&Refusal>, choices: &Choices) -> Vec<PersonLine> {
    let mut lines: Vec<PersonLine> = people_of(fields)
        .filter(|(email, ..)| !email.is_empty())
        .enumerate()
        .map(|(number, (email, mode, part))| {
            let field = format!("participants[{number}]");
            let wrong = match refusal {
                Some(Refusal::Invalid(faults)) => faults
                    .iter()
                    .find(|fault| fault.field.starts_with(&field))
                    .map(|fault| fault.said.speak(lang)),
                _ => None,
            };
            let choices = choices.get(&number).cloned().unwrap_or_default();
            PersonLine { number: number + 1, email, mode, part, wrong, choices }
        })
        .collect();
    let empty = if fields.get("do") == "more" { LINES * 2 } else { LINES };
    for number in lines.len()..(lines.len() + empty).min(MOST_LINES) {
        let (email, mode, part) = (String::new(), "in_room".to_owned(), "required".to_owned());
        let (number, choices) = (number + 1, Vec::new());
        lines.push(PersonLine { number, email, mode, part, wrong: None, choices });
    }
    lines
}

/// The days of the week to tick. None is ticked beforehand: the day of the date is meant then, also after the date
/// is changed.
fn weekdays(lang: Lang, fields: &Fields) -> Vec<(u32, String, bool)> {
    let names = text(lang, "date.weekdays");
    let ticked: Vec<&str> = fields.all("weekday").collect();
    let day = |(index, name): (usize, &str)| {
        let index = u32::try_from(index).unwrap_or(0);
        let on = ticked.contains(&index.to_string().as_str());
        (index, name.trim().to_owned(), on)
    };
    names.split(',').enumerate().map(day).collect()
}

fn months(lang: Lang, fields: &Fields) -> Vec<(u32, String, bool)> {
    let ticked: Vec<&str> = fields.all("without").collect();
    let names = text(lang, "date.months").split(',').map(str::trim);
    (1..=12)
        .zip(names)
        .map(|(n, name)| (n, name.to_owned(), ticked.contains(&n.to_string().as_str())))
        .collect()
}

/// The buildings, the preferred one chosen.
fn places(directory: &Directory, near: &str) -> Vec<(String, String, bool)> {
    let place = |site: &crate::town::Site| (site.slug.clone(), site.name.clone(), site.slug == near);
    directory.sites.iter().map(place).collect()
}

/// Which weekday of its month the start is, in words.
fn nth_words(lang: Lang, start: NaiveDateTime) -> String {
    let rhythm = Rhythm { step: Step::MonthlyWeekday, ..Rhythm::default() };
    rhythm.rule(start).map_or_else(String::new, |rule| rule_in_words(&rule, lang))
}

fn privacies(lang: Lang, fields: &Fields) -> Vec<(&'static str, &'static str, bool)> {
    let all = [("internal", Privacy::Internal), ("public", Privacy::Public), ("private", Privacy::Private)];
    let chosen = fields.some("privacy").unwrap_or("internal");
    all.map(|(word, privacy)| (word, privacy_word(lang, privacy), word == chosen)).to_vec()
}

/// The rhythm that the form describes.
fn rhythm_of(fields: &Fields, start: NaiveDateTime) -> Rhythm {
    let step = match fields.get("repeat") {
        "daily" => Step::Daily,
        "weekly" => Step::Weekly,
        "monthly_day" => Step::MonthlyDay,
        "monthly_weekday" | "monthly_last" => Step::MonthlyWeekday,
        _ => Step::Once,
    };
    let all =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let weekday = |text: &str| all.get(text.parse::<usize>().ok()?).copied();
    let mut without: Vec<u32> = fields
        .all("without")
        .filter_map(|month| month.parse().ok())
        .filter(|m| (1..=12).contains(m))
        .collect();
    // A series that leaves out its own month would not begin.
    without.retain(|month| *month != start.month());
    Rhythm {
        step,
        every: fields.get("every").parse().unwrap_or(1).clamp(1, 52),
        weekdays: fields.all("weekday").filter_map(weekday).collect(),
        from_end: fields.get("repeat") == "monthly_last",
        without,
        until: fields.get("until").parse::<NaiveDate>().ok(),
        count: fields.get("count").parse().ok().filter(|count| (1..=1_000).contains(count)),
    }
}

/// The request that the form makes.
fn wanted(insider: &Insider, fields: &Fields) -> CreateMeeting {
    let (date, from, to) = (fields.get("date"), fields.get("from"), fields.get("to"));
    let start = start_of(date, from);
    let ends_next_day = to <= from;
    let last =
        date.parse::<NaiveDate>().ok().and_then(|d| if ends_next_day { d.succ_opt() } else { Some(d) });
    let participants =
        people_of(fields).filter(|(email, ..)| !email.is_empty()).map(|(email, mode, part)| Invite {
            email,
            mode: match mode.as_str() {
                "remote" => Mode::Remote,
                "undecided" => Mode::Undecided,
                _ => Mode::InRoom,
            },
            role: match part.as_str() {
                "chair" => Part::Chair,
                "optional" => Part::Optional,
                _ => Part::Required,
            },
            ..Invite::default()
        });
    let some = |name: &str| fields.some(name).map(str::to_owned);
    CreateMeeting {
        title: fields.get("title").to_owned(),
        description: some("description"),
        start: format!("{date}T{from}"),
        end: format!("{}T{to}", last.map_or_else(|| date.to_owned(), |day| day.to_string())),
        rooms: some("room").into_iter().collect(),
        privacy: match fields.get("privacy") {
            "public" => Privacy::Public,
            "private" => Privacy::Private,
            _ => Privacy::Internal,
        },
        rrule: start.and_then(|start| rhythm_of(fields, start).rule(start)),
        participants: participants.collect(),
        services: services_of(fields),
        equipment: equipment_of(fields),
        conference: Conference { url: some("url"), dial_in: some("dial_in") },
        organiser: some("organiser").filter(|email| *email != insider.person().email),
        choices: choices_of(fields),
        on_conflict: OnConflict::Refuse,
        ..CreateMeeting::default()
    }
}

/// What was chosen for dates that do not fit: `skip`, `room SLUG`, `shift WALL`.
fn choices_of(fields: &Fields) -> Vec<Choice> {
    let wall = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok();
    let chosen = fields.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("choice-")?, value)));
    chosen
        .filter_map(|(date, value)| {
            let action = match value.split_once(' ') {
                None if value == "skip" => ChoiceAction::Skip,
                Some(("room", slug)) => ChoiceAction::Room { room: slug.to_owned() },
                Some(("shift", start)) => ChoiceAction::Shift { start: wall(start)? },
                _ => return None,
            };
            Some(Choice { occurrence: wall(date)?, action })
        })
        .collect()
}

/// The dates of a series that do not fit, each with what can be done; choices made before are kept.
fn clashes_of(
    directory: &Directory,
    lang: Lang,
    refusal: Option<&Refusal>,
    fields: &Fields,
    series: bool,
) -> Vec<Clash> {
    let Some(Refusal::Taken { conflicts, .. }) = refusal.filter(|_| series) else { return Vec::new() };
    let iso = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M:%S").to_string();
    let mut clashes: Vec<Clash> = Vec::new();
    for conflict in conflicts {
        let key = iso(conflict.start);
        if clashes.iter().any(|clash| clash.key == key) {
            continue;
        }
        let kept = fields.get(&format!("choice-{key}"));
        let mut choices = vec![("skip".to_owned(), text(lang, "book.skip").to_owned())];
        for other in &conflict.substitutes {
            let name = directory.room_named(&other.room).map_or(other.room.as_str(), |room| &room.name);
            if other.start == conflict.start {
                choices.push((format!("room {}", other.room), name.to_owned()));
            } else {
                let words = format!("{name}, {} – {}", clock(other.start), clock(other.end));
                choices.push((format!("shift {}", iso(other.start)), words));
            }
        }
        let first = choices.get(1).or(choices.first()).map(|(value, _)| value.clone()).unwrap_or_default();
        let chosen = if choices.iter().any(|(value, _)| value == kept) { kept.to_owned() } else { first };
        clashes.push(Clash {
            words: format!("{} {}", short_day(lang, conflict.start.date()), clock(conflict.start)),
            why: conflict.why.speak(lang),
            choices: choices
                .into_iter()
                .map(|(value, word)| (value.clone(), word, value == chosen))
                .collect(),
            key,
        });
    }
    // Choices for dates that fit by now stay chosen.
    for (name, value) in &fields.0 {
        let Some(key) = name.strip_prefix("choice-") else { continue };
        if clashes.iter().all(|clash| clash.key != key) {
            let words = NaiveDateTime::parse_from_str(key, "%Y-%m-%dT%H:%M:%S").map_or_else(
                |_| key.to_owned(),
                |at| format!("{} {}", short_day(lang, at.date()), clock(at)),
            );
            let choices = vec![(value.clone(), text(lang, "book.as_chosen").to_owned(), true)];
            clashes.push(Clash { key: key.to_owned(), words, why: String::new(), choices });
        }
    }
    clashes
}
