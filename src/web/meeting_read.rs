//! A meeting: when and where, how to join, who takes part and how, what was done to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{DateTime, Utc};

use super::meeting_run::{Deed, deed};
use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::{Asked, Fields, Insider};
use super::words::{answer_word, clock, mode_word, moment, part_word, privacy_word, short_day};
use crate::booking::{Answer, Mode, Refusal, Sight, rule_in_words};
use crate::http::App;
use crate::ids::{MeetingId, PersonId};
use crate::scheduler::{
    Caller, HistoryLine, MeetingSheet, OccurrenceSheet, OrderedService, join_token, may_decide,
    meeting_history, meeting_sheet,
};
use crate::store::View;
use crate::texts::{Lang, Said, day, text};
use crate::time::Zone;
use crate::town::Directory;
use crate::wire::Status;

/// Dates listed before the rest is folded away.
const LISTED: usize = 12;

#[derive(Template)]
#[template(path = "meeting_read.html")]
struct Page {
    shell: Shell,
    id: String,
    title: String,
    state: Option<(&'static str, String)>,
    why: Option<String>,
    /// Where the request is decided about, for those who may.
    decide: Option<String>,
    when: String,
    rhythm: Option<String>,
    rooms: Vec<(String, String)>,
    equipment: Vec<String>,
    services: Vec<Ordered>,
    /// Where services are ordered, for those who may.
    order: Option<String>,
    organiser: Option<String>,
    on_behalf: Option<String>,
    privacy: &'static str,
    description: Option<String>,
    dial_in: Option<String>,
    join: Option<String>,
    mine: Option<Mine>,
    deed: Option<Deed>,
    people: Vec<Guest>,
    dates: Vec<DateRow>,
    later: Vec<DateRow>,
    series: bool,
    occurrence: String,
    may_change: bool,
    cancelled: bool,
    version: i64,
    history: Vec<Line>,
}

/// What somebody says of themself.
struct Mine {
    modes: Vec<(&'static str, &'static str, bool)>,
    answers: Vec<(&'static str, &'static str, bool)>,
}

/// A service that is ordered.
struct Ordered {
    what: String,
    note: String,
    /// It came too late for the date that is shown.
    late: bool,
}

/// Somebody on the list.
struct Guest {
    name: String,
    email: String,
    part: &'static str,
    mode: &'static str,
    answer: &'static str,
}

/// One date.
struct DateRow {
    id: String,
    words: String,
    rooms: Option<String>,
    state: Option<(&'static str, String)>,
    this: bool,
    why: Option<String>,
}

/// One line of the history.
struct Line {
    at: String,
    words: String,
}

/// All that the page reads.
struct Known {
    sheet: MeetingSheet,
    full: bool,
    organiser: Option<String>,
    reasons: Vec<(String, String)>,
    history: Vec<HistoryLine>,
    may_change: bool,
    /// Where the request is decided about, for those who may.
    decide: Option<String>,
    on_list: bool,
}

/// The id in an address; one that is none names nothing.
pub(super) fn meeting_id(insider: &Insider, text: &str) -> Result<MeetingId, Oops> {
    text.parse().map_err(|_| insider.oops(Refusal::unknown("meeting", "?")))
}

/// `GET /meetings/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    insider: Insider,
    Path(id): Path<String>,
    Asked(asked): Asked,
) -> Result<Response, Oops> {
    let id = meeting_id(&insider, &id)?;
    let known = insider.read(move |view, caller| know(view, caller, id)).await?;
    Ok(page(compose(&app, &insider, &asked, id, &known).render().unwrap_or_default()))
}

fn know(view: &View<'_>, caller: &Caller, id: MeetingId) -> Result<Known, Refusal> {
    let meeting = view.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    let list = view.participants(id)?;
    let people: Vec<PersonId> = list.iter().map(|p| p.person).collect();
    let sight = caller.sees(&meeting, &people);
    let organiser = view.person(meeting.organiser)?.map(|person| person.name);
    let reasons = if sight >= Sight::Title { view.cancel_reasons(id)? } else { Vec::new() };
    Ok(Known {
        sheet: meeting_sheet(view, caller, id)?,
        full: sight >= Sight::Full,
        organiser: organiser.filter(|_| sight >= Sight::Title),
        reasons: reasons.into_iter().map(|(id, why)| (id.to_string(), why)).collect(),
        history: meeting_history(view, caller, id)?,
        may_change: caller.must_own(view, &meeting).is_ok(),
        decide: may_decide(view, caller, &meeting)?.then(|| format!("/manage/approvals#r-{id}")),
        on_list: caller.person.is_some_and(|person| people.contains(&person)),
    })
}

fn compose(app: &App, insider: &Insider, asked: &Fields, id: MeetingId, known: &Known) -> Page {
    let lang = insider.lang();
    let directory = app.store.directory();
    let zone: Zone = known.sheet.zone.parse().unwrap_or(directory.house.zone);
    let now = app.store.clock().now();
    let sheet = &known.sheet;
    let wanted = asked.get("occurrence");
    let chosen = sheet
        .occurrences
        .iter()
        .find(|date| date.id == wanted)
        .or_else(|| sheet.occurrences.iter().find(|date| date.end > now && date.status != Status::Cancelled))
        .or_else(|| sheet.occurrences.last());
    let occurrence = chosen.map_or_else(String::new, |date| date.id.clone());
    let titled = chosen.and_then(|date| date.title.clone()).or_else(|| sheet.title.clone());
    let title = titled.unwrap_or_else(|| text(lang, "state.busy").to_owned());
    let slugs = chosen.and_then(|date| date.rooms.clone()).unwrap_or_else(|| sheet.rooms.clone());
    let own = asked_of(sheet, chosen, &insider.person().email).filter(|_| known.on_list);
    let joins = known.full && known.on_list && sheet.conference.as_ref().is_some_and(|c| c.url.is_some());
    let upcoming: Vec<&OccurrenceSheet> =
        sheet.occurrences.iter().filter(|date| date.end > now || date.id == occurrence).collect();
    let row = |date: &&OccurrenceSheet| date_row(&directory, lang, zone, date, &occurrence, &known.reasons);
    let over = chosen.is_none_or(|date| date.end <= now);
    let behind = known.history.last().and_then(|line| line.by.clone().filter(|_| line.for_person.is_some()));
    Page {
        shell: insider.shell(&title),
        id: id.to_string(),
        title,
        state: chosen.and_then(|date| state_of(lang, zone, sheet, date)),
        why: known.reasons.iter().find(|(id, _)| *id == occurrence).map(|(_, why)| why.clone()),
        decide: known.decide.clone(),
        when: chosen.map_or_else(String::new, |date| long_when(lang, zone, date.start, date.end)),
        rhythm: sheet.rrule.as_ref().map(|rule| rule_in_words(rule, lang)),
        rooms: named(&directory, &slugs),
        equipment: sheet.equipment.clone(),
        services: sheet.services.iter().map(|order| ordered(&directory, chosen, order)).collect(),
        order: (known.may_change && !over && directory.services.iter().any(|service| service.active))
            .then(|| format!("/meetings/{id}/services")),
        organiser: known.organiser.clone(),
        on_behalf: behind,
        privacy: privacy_word(lang, sheet.privacy),
        description: sheet.description.clone(),
        dial_in: sheet.conference.as_ref().and_then(|c| c.dial_in.clone()),
        join: (joins && !over)
            .then(|| format!("/join/{}", join_token(app.store.secret(), id, insider.person().id))),
        mine: own.filter(|_| !over).map(|(mode, answer)| mine(lang, mode, answer)),
        deed: chosen
            .filter(|_| known.may_change || known.on_list)
            .and_then(|date| deed(&directory, lang, date, (&slugs, sheet.body.is_some()), now)),
        people: people(lang, sheet, chosen),
        dates: upcoming.iter().take(LISTED).map(row).collect(),
        later: upcoming.iter().skip(LISTED).map(row).collect(),
        series: sheet.occurrences.len() > 1 || sheet.rrule.is_some(),
        may_change: known.may_change && !over,
        cancelled: chosen.is_some_and(|date| date.status == Status::Cancelled),
        occurrence,
        version: sheet.version,
        history: known.history.iter().map(|line| history_line(lang, directory.house.zone, line)).collect(),
    }
}

fn ordered(directory: &Directory, date: Option<&OccurrenceSheet>, order: &OrderedService) -> Ordered {
    let service = directory.service_named(&order.service);
    let name = service.map_or(order.service.as_str(), |service| &service.name);
    Ordered {
        what: format!("{} × {name}", order.count),
        note: order.note.clone(),
        late: date.is_some_and(|date| date.start < order.from),
    }
}

/// What somebody said of this date, or of all.
fn asked_of(sheet: &MeetingSheet, date: Option<&OccurrenceSheet>, email: &str) -> Option<(Mode, Answer)> {
    let here = date.map(|date| date.participants.as_slice()).unwrap_or_default();
    let all = here.iter().chain(sheet.participants.iter().flatten());
    all.filter(|p| p.email == email).map(|p| (p.mode, p.answer)).next()
}

fn mine(lang: Lang, mode: Mode, answer: Answer) -> Mine {
    let modes = [(Mode::InRoom, "in_room"), (Mode::Remote, "remote"), (Mode::Undecided, "undecided")];
    let answers =
        [(Answer::Accepted, "accepted"), (Answer::Tentative, "tentative"), (Answer::Declined, "declined")];
    Mine {
        modes: modes.map(|(m, word)| (word, mode_word(lang, m), m == mode)).to_vec(),
        answers: answers.map(|(a, word)| (word, answer_word(lang, a), a == answer)).to_vec(),
    }
}

fn people(lang: Lang, sheet: &MeetingSheet, date: Option<&OccurrenceSheet>) -> Vec<Guest> {
    let list = sheet.participants.iter().flatten();
    list.map(|p| {
        let (mode, answer) = asked_of(sheet, date, &p.email).unwrap_or((p.mode, p.answer));
        Guest {
            name: if p.name.is_empty() { p.email.clone() } else { p.name.clone() },
            email: p.email.clone(),
            part: part_word(lang, p.role),
            mode: mode_word(lang, mode),
            answer: answer_word(lang, answer),
        }
    })
    .collect()
}

fn named(directory: &Directory, slugs: &[String]) -> Vec<(String, String)> {
    let name = |slug: &String| directory.room_named(slug).map(|room| (slug.clone(), room.name.clone()));
    slugs.iter().filter_map(name).collect()
}

/// A stretch of time on the wall: `dinsdag 18 januari 2027, 10:00 – 11:00`.
pub(super) fn long_when(lang: Lang, zone: Zone, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let (start, end) = (zone.wall(from), zone.wall(to));
    if start.date() == end.date() {
        return format!("{}, {} – {}", day(lang, start.date()), clock(start), clock(end));
    }
    let until = format!("{} {}", day(lang, end.date()), clock(end));
    format!("{} {} – {until}", day(lang, start.date()), clock(start))
}

fn state_of(
    lang: Lang,
    zone: Zone,
    sheet: &MeetingSheet,
    date: &OccurrenceSheet,
) -> Option<(&'static str, String)> {
    let word = |key: &'static str| text(lang, key).to_owned();
    match date.status {
        Status::Cancelled => Some(("busy", word("state.cancelled"))),
        Status::Released => Some(("soon", word("state.released"))),
        Status::Held => Some((
            "soon",
            match sheet.held_until {
                Some(until) => Said::new("meeting.held").with("until", moment(lang, zone, until)).speak(lang),
                None => word("state.held"),
            },
        )),
        Status::Ended => Some(("", word("state.over"))),
        Status::CheckedIn => Some(("free", word("state.checked_in"))),
        Status::Planned => None,
    }
}

fn date_row(
    directory: &Directory,
    lang: Lang,
    zone: Zone,
    date: &OccurrenceSheet,
    chosen: &str,
    reasons: &[(String, String)],
) -> DateRow {
    let (start, end) = (zone.wall(date.start), zone.wall(date.end));
    let rooms = date.rooms.as_ref().map(|slugs| {
        named(directory, slugs).into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ")
    });
    let state = match date.status {
        Status::Cancelled => Some(("busy", text(lang, "state.cancelled").to_owned())),
        Status::Released => Some(("soon", text(lang, "state.released").to_owned())),
        _ => None,
    };
    DateRow {
        id: date.id.clone(),
        words: format!("{} {} – {}", short_day(lang, start.date()), clock(start), clock(end)),
        rooms,
        state,
        this: date.id == chosen,
        why: reasons.iter().find(|(id, _)| *id == date.id).map(|(_, why)| why.clone()),
    }
}

fn history_line(lang: Lang, zone: Zone, line: &HistoryLine) -> Line {
    let key = match line.action.as_str() {
        "meeting.created" => "history.created",
        "meeting.held" => "history.held",
        "meeting.approved" => "history.approved",
        "meeting.changed" | "meeting.split" => "history.changed",
        "meeting.handed_over" => "people.history_handed_over",
        "meeting.cancelled" => "history.cancelled",
        "meeting.refused" => "history.refused",
        "meeting.restored" => "history.restored",
        "meeting.checked_in" => "history.checked_in",
        "meeting.extended" => "history.extended",
        "meeting.ended" => "history.ended",
        "meeting.released" => "history.released",
        "meeting.release_undone" => "history.release_undone",
        "meeting.hold_expired" => "history.hold_expired",
        "meeting.booked_now" => "history.booked_now",
        "meeting.imported" => "history.imported",
        "order.placed" | "order.changed" => "history.ordered",
        "order.dropped" => "history.order_dropped",
        "participant.answered" => "history.answered",
        _ => "history.other",
    };
    let mut words = text(lang, key).to_owned();
    if let Some(by) = &line.by {
        words = Said::new("history.by").with("what", words).with("name", by).speak(lang);
    }
    if let Some(name) = &line.for_person {
        words = Said::new("history.for").with("what", words).with("name", name).speak(lang);
    }
    if !line.overridden.is_empty() {
        let rules = line.overridden.join(", ");
        words = Said::new("history.against").with("what", words).with("rules", rules).speak(lang);
    }
    Line { at: moment(lang, zone, line.at), words }
}
