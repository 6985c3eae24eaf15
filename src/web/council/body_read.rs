//! A body: its terms, who sits in it, its sessions.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::super::form::{Ask, Field, Wrong, number};
use super::super::oops::Oops;
use super::super::page;
use super::super::shell::Shell;
use super::super::visitor::{Fields, Insider, InsiderForm};
use super::after;
use super::council_read::{SessionRow, session_row};
use super::words::{dated, text_of};
use crate::booking::Refusal;
use crate::council::{MandateRole, MandateStatus, Term};
use crate::scheduler::council::{
    BodySheet, NewMandate, NewTerm, Seat, add_mandate, add_term as open_term, body_sheet, end_mandate,
};
use crate::texts::{Lang, Said};
use crate::time::Zone;

#[derive(Template)]
#[template(path = "council/body_read.html")]
struct Page {
    shell: Shell,
    wrong: Option<Wrong>,
    slug: String,
    kind: Option<String>,
    terms: Vec<TermBlock>,
    sessions: Vec<SessionRow>,
    /// Those that are over, the latest first.
    earlier: Vec<SessionRow>,
    term_form: Vec<Field>,
    seat_form: Vec<Field>,
}

/// A term with its mandates.
struct TermBlock {
    name: String,
    about: String,
    seats: Vec<SeatRow>,
}

/// Somebody's mandate as a line of a list.
struct SeatRow {
    id: String,
    name: String,
    seat: String,
    role: &'static str,
    status: &'static str,
    fraction: String,
    time: String,
    sits: bool,
    open: bool,
}

/// `GET /council/bodies/{slug}`.
pub(super) async fn read(insider: Insider, Path(slug): Path<String>) -> Result<Response, Oops> {
    show(&insider, slug, &Fields::default(), None).await
}

/// `GET` of a form that is on the page of the body.
pub(super) async fn back(Path(slug): Path<String>) -> Redirect {
    Redirect::to(&format!("/council/bodies/{slug}"))
}

async fn show(
    insider: &Insider,
    slug: String,
    fields: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, Oops> {
    let lang = insider.lang();
    let (sheet, zone) = insider
        .read(move |view, caller| Ok((body_sheet(view, caller, &slug)?, view.directory().house.zone)))
        .await?;
    let kind = sheet.law.as_ref().and_then(|law| law.kind().ok());
    let ask = Ask { lang, fields, wrong: wrong.as_ref() };
    let rows = sheet.sessions.iter().map(|session| session_row(lang, &sheet.body.name, session));
    let (mut earlier, sessions): (Vec<_>, Vec<_>) = rows.partition(|row| row.closed);
    earlier.reverse();
    let html = Page {
        shell: insider.shell(&sheet.body.name),
        slug: sheet.body.slug.clone(),
        kind: kind.map(|kind| format!("{} · {}", kind.name().speak(lang), kind.jurisdiction().law())),
        terms: sheet.terms.iter().map(|(term, seats)| term_block(lang, zone, term, seats)).collect(),
        sessions,
        earlier,
        term_form: term_form(ask),
        seat_form: seat_form(ask, &sheet),
        wrong,
    };
    Ok(page(html.render().unwrap_or_default()))
}

fn term_block(lang: Lang, zone: Zone, term: &Term, seats: &[Seat]) -> TermBlock {
    let about = Said::new("council.term_about")
        .with("from", term.starts)
        .with("to", term.ends)
        .with("seats", term.seats)
        .with("taken", seats.iter().filter(|seat| seat.sits).count());
    TermBlock {
        name: term.name.clone(),
        about: about.speak(lang),
        seats: seats.iter().map(|seat| seat_row(lang, zone, seat)).collect(),
    }
}

fn seat_row(lang: Lang, zone: Zone, seat: &Seat) -> SeatRow {
    let mandate = &seat.mandate;
    let from = dated(lang, zone.wall(mandate.starts).date());
    // A mandate ends when its last day has passed.
    let until = mandate.ends.map(|end| dated(lang, zone.wall(end - TimeDelta::seconds(1)).date()));
    SeatRow {
        id: mandate.id.to_string(),
        name: seat.name.clone(),
        seat: mandate.seat.map_or_else(|| "–".to_owned(), |number| number.to_string()),
        role: text_of(lang, "mandate.role_", mandate.role.word()),
        status: text_of(lang, "mandate.status_", mandate.status.word()),
        fraction: mandate.fraction.clone().unwrap_or_else(|| "–".to_owned()),
        time: format!("{from} – {}", until.unwrap_or_default()),
        sits: seat.sits || mandate.seat.is_none(),
        open: mandate.ends.is_none(),
    }
}

fn term_form(ask: Ask<'_>) -> Vec<Field> {
    vec![
        ask.text("term", "council.term_name", "", 60).required(),
        ask.special("date", "starts", "council.from", "").required(),
        ask.special("date", "ends", "council.until", "").required(),
        ask.number("seats", "council.seats_number", 0, 500).required(),
        ask.text("iri", "council.iri", "", 300),
    ]
}

fn seat_form(ask: Ask<'_>, sheet: &BodySheet) -> Vec<Field> {
    let lang = ask.lang;
    let roles = MandateRole::ALL
        .map(|role| (role.word().to_owned(), text_of(lang, "mandate.role_", role.word()).to_owned()));
    let statuses = MandateStatus::ALL
        .map(|status| (status.word().to_owned(), text_of(lang, "mandate.status_", status.word()).to_owned()));
    let mut fractions: Vec<String> = sheet
        .terms
        .iter()
        .flat_map(|(_, seats)| seats.iter().filter_map(|seat| seat.mandate.fraction.clone()))
        .collect();
    fractions.sort();
    fractions.dedup();
    vec![
        ask.special("email", "email", "people.email", "").required(),
        ask.text("name", "people.name", "", 200).help(crate::texts::text(lang, "council.name_help")),
        ask.number("seat", "council.seat", 0, 500).help(crate::texts::text(lang, "council.seat_help")),
        ask.choice("role", "council.role", "member", roles),
        ask.choice("status", "council.status", "effective", statuses),
        ask.text("fraction", "council.fraction", "", 200).known(fractions),
        ask.special("datetime-local", "from", "council.from", "").required(),
        ask.special("datetime-local", "until", "council.until", ""),
    ]
}

/// `POST /council/bodies/{slug}/terms`.
pub(super) async fn add_term(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let day = |name: &str| fields.get(name).parse::<NaiveDate>().ok();
    let (Some(starts), Some(ends)) = (day("starts"), day("ends")) else {
        let wrong = Wrong::of(&Refusal::invalid("starts", Said::new("rules.unreadable")), insider.lang());
        return show(&insider, slug, &fields, Some(wrong)).await;
    };
    let new = NewTerm {
        name: fields.get("term").to_owned(),
        starts,
        ends,
        seats: number(&fields, "seats", 0),
        iri: fields.some("iri").map(str::to_owned),
    };
    let body = slug.clone();
    let outcome = insider.write(move |tx, caller| open_term(tx, caller, &body, &new).map(|_| ())).await;
    match after(&insider, outcome, &format!("/council/bodies/{slug}?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, &fields, Some(wrong)).await,
    }
}

/// A wall time as browsers send it; nothing for an empty field.
pub(super) fn wall(text: &str) -> Option<NaiveDateTime> {
    let whole = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let whole = whole.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"));
    whole.ok().or_else(|| text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN)))
}

/// `POST /council/bodies/{slug}/members`.
pub(super) async fn seat(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let Some(from) = wall(fields.get("from")) else {
        let wrong = Wrong::of(&Refusal::invalid("from", Said::new("rules.unreadable")), insider.lang());
        return show(&insider, slug, &fields, Some(wrong)).await;
    };
    let word = |name: &str| fields.get(name).to_owned();
    let role = MandateRole::ALL.into_iter().find(|role| role.word() == fields.get("role"));
    let status = MandateStatus::ALL.into_iter().find(|status| status.word() == fields.get("status"));
    let new = NewMandate {
        email: word("email"),
        name: word("name"),
        seat: Some(number(&fields, "seat", 0)).filter(|seat| *seat > 0),
        role: role.unwrap_or(MandateRole::Member),
        status: status.unwrap_or(MandateStatus::Effective),
        precedence: None,
        fraction: fields.some("fraction").map(str::to_owned),
        iri: None,
        from,
        until: wall(fields.get("until")),
    };
    let body = slug.clone();
    let outcome = insider.write(move |tx, caller| add_mandate(tx, caller, &body, &new).map(|_| ())).await;
    match after(&insider, outcome, &format!("/council/bodies/{slug}?done=saved"))? {
        Ok(response) => Ok(response),
        Err((_, wrong)) => show(&insider, slug, &fields, Some(wrong)).await,
    }
}

/// `POST /council/bodies/{slug}/members/end`.
pub(super) async fn end(
    Path(slug): Path<String>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    let body = slug.clone();
    let (id, until) = (fields.get("mandate").parse(), wall(fields.get("until")));
    let outcome = insider
        .write(move |tx, caller| {
            let id = id.map_err(|_| Refusal::unknown("mandate", "?"))?;
            let zone = tx.directory().house.zone;
            let at = until.map_or(tx.now(), |wall| zone.resolve(wall).instant);
            end_mandate(tx, caller, &body, id, at).map(|_| ())
        })
        .await;
    match after(&insider, outcome, &format!("/council/bodies/{slug}?done=saved"))? {
        Ok(response) => Ok(response.into_response()),
        Err((_, wrong)) => show(&insider, slug, &fields, Some(wrong)).await,
    }
}
