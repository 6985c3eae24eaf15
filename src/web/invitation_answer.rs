//! The page behind the personal link of an invitation: what, when, where, and the buttons to answer. Opening it says
//! nothing yet, for programs that look through mail open links too; only a button does.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDateTime;
use serde::Deserialize;

use super::oops::message;
use super::page;
use super::shell::Shell;
use super::visitor::Visitor;
use crate::booking::{Answer, Mode, Refusal};
use crate::http::App;
use crate::ids::{MeetingId, PersonId};
use crate::scheduler::{
    DateSheet, InvitationSheet, InvitationState, MailLinks, WhenSheet, answer_by_link, invitation_calendar,
    invitation_sheet, read_answer_token,
};
use crate::texts::{Lang, Said, day, span, text};

#[derive(Template)]
#[template(path = "invitation_answer.html")]
struct Page<'a> {
    shell: Shell,
    lang: Lang,
    sheet: &'a InvitationSheet,
    token: &'a str,
    chosen: &'a str,
    /// The one date that the link is about.
    date: Option<&'a DateSheet>,
}

/// A button: its word in the address, and its label.
struct Choice {
    word: &'static str,
    label: String,
}

impl Page<'_> {
    fn t<'k>(&self, key: &'k str) -> &'k str {
        text(self.lang, key)
    }

    fn is_open(&self) -> bool {
        self.sheet.state == InvitationState::Open
    }

    fn when(&self) -> Option<String> {
        self.shown_when().map(|when| span(self.lang, when.there.0, when.there.1, when.there.2))
    }

    fn shown_when(&self) -> Option<WhenSheet> {
        self.date.map_or(self.sheet.when, |date| Some(date.when))
    }

    /// What an answer is for, in the address of its button.
    fn query(&self) -> String {
        self.date.map_or_else(String::new, |date| date.original.format("?date=%Y-%m-%dT%H:%M:%S").to_string())
    }

    fn when_here(&self) -> Option<String> {
        self.shown_when()?.here.map(|(from, to, zone)| span(self.lang, from, to, zone))
    }

    fn places(&self) -> Vec<String> {
        self.sheet.places.iter().map(|place| place.line(self.lang)).collect()
    }

    /// How it stands: what they said, or why there is nothing to say.
    fn state(&self) -> String {
        match self.sheet.state {
            InvitationState::Cancelled => self.t("answer.cancelled").to_owned(),
            InvitationState::Over => self.t("answer.over").to_owned(),
            InvitationState::Open => match self.date {
                Some(date) => self.said(date.answer, date.mode),
                None => self.said(self.sheet.answer, self.sheet.mode),
            },
        }
    }

    fn said(&self, answer: Answer, mode: Mode) -> String {
        let key = match (answer, mode) {
            (Answer::None, _) => return self.t("answer.none").to_owned(),
            (Answer::Accepted, Mode::InRoom) => "answer.in_room",
            (Answer::Accepted, Mode::Remote) => "answer.remote",
            (Answer::Accepted, Mode::Undecided) => "answer.accepted",
            (Answer::Tentative, _) => "answer.tentative",
            (Answer::Declined, _) => "answer.declined",
        };
        Said::new("answer.said").with("answer", self.t(key)).speak(self.lang)
    }

    /// The buttons; the one chosen in the mail comes first.
    fn choices(&self) -> Vec<Choice> {
        let (room, remote) = self.sheet.ways;
        let choice = |word, key: &'static str| Choice { word, label: text(self.lang, key).to_owned() };
        let mut choices = Vec::new();
        choices.extend(room.then(|| choice("in_room", "answer.in_room")));
        choices.extend(remote.then(|| choice("remote", "answer.remote")));
        choices.extend((!room && !remote).then(|| choice("accept", "answer.accepted")));
        choices.push(choice("tentative", "answer.tentative"));
        choices.push(choice("decline", "answer.declined"));
        choices.sort_by_key(|choice| choice.word != self.chosen);
        choices
    }

    fn is_loud(&self, choice: &Choice) -> bool {
        self.chosen.is_empty() && choice.word != "decline" && choice.word != "tentative"
            || choice.word == self.chosen
    }

    fn date_line(&self, date: &DateSheet) -> String {
        let (from, to, zone) = date.when.here.unwrap_or(date.when.there);
        span(self.lang, from, to, zone)
    }

    fn one_date(&self, date: &DateSheet) -> String {
        let at = date.when.there.0.date();
        Said::new("answer.one_date").with("date", day(self.lang, at)).speak(self.lang)
    }
}

/// What the link in the mail says beside the token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// Which button is to stand out.
    r#as: String,
    /// The date that an answer is for; all if absent.
    date: Option<String>,
}

/// `GET /answer/{token}`.
pub(super) async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(wish): Query<Wish>,
    visitor: Visitor,
) -> Response {
    let sheet = match ids(&app, &token) {
        Ok((meeting, person)) => app.read(move |view| invitation_sheet(view, meeting, person)).await,
        Err(refusal) => Err(refusal),
    };
    match sheet {
        Ok(sheet) => render(visitor, &sheet, &token, &wish),
        Err(refusal) => refused(&visitor, &refusal),
    }
}

/// `POST /answer/{token}/{choice}`: the answer itself. Leads back to the page, so that reloading asks nothing twice.
pub(super) async fn answer(
    State(app): State<App>,
    Path((token, choice)): Path<(String, String)>,
    Query(wish): Query<Wish>,
    visitor: Visitor,
) -> Response {
    let (answer, mode) = match choice.as_str() {
        "in_room" => (Answer::Accepted, Some(Mode::InRoom)),
        "remote" => (Answer::Accepted, Some(Mode::Remote)),
        "accept" => (Answer::Accepted, None),
        "tentative" => (Answer::Tentative, None),
        "decline" => (Answer::Declined, None),
        _ => return refused(&visitor, &unknown()),
    };
    let outcome = match ids(&app, &token) {
        Ok((meeting, person)) => {
            app.write(move |tx| answer_by_link(tx, meeting, person, answer, mode, wish.date)).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        // The token is ours by now: digits and letters only.
        Ok(()) => Redirect::to(&format!("/answer/{token}")).into_response(),
        Err(refusal) => refused(&visitor, &refusal),
    }
}

/// `GET /answer/{token}/meeting.ics`: the meeting for one's own calendar.
pub(super) async fn calendar(
    State(app): State<App>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response {
    let links = MailLinks { base_url: app.base_url.clone(), secret: app.store.secret().to_vec() };
    let calendar = match ids(&app, &token) {
        Ok((meeting, person)) => {
            app.read(move |view| invitation_calendar(view, meeting, person, &links)).await
        }
        Err(refusal) => Err(refusal),
    };
    match calendar {
        Ok(bytes) => {
            let mut response = page(String::new());
            *response.body_mut() = bytes.into();
            let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
            let name = HeaderValue::from_static("attachment; filename=\"meeting.ics\"");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            response
        }
        Err(refusal) => refused(&visitor, &refusal),
    }
}

fn unknown() -> Refusal {
    Refusal::Unknown(Said::new("answer.unknown"))
}

fn ids(app: &App, token: &str) -> Result<(MeetingId, PersonId), Refusal> {
    read_answer_token(app.store.secret(), token).ok_or_else(unknown)
}

fn render(visitor: Visitor, sheet: &InvitationSheet, token: &str, wish: &Wish) -> Response {
    let visitor = visitor.reading(sheet.lang);
    let shell = visitor.shell(&sheet.title);
    let wanted = wish.date.as_deref().and_then(|text| text.parse::<NaiveDateTime>().ok());
    let date = sheet.dates.iter().find(|date| Some(date.original) == wanted);
    let page_of = Page { shell, lang: visitor.lang, sheet, token, chosen: &wish.r#as, date };
    match page_of.render() {
        Ok(html) => page(html),
        Err(error) => {
            tracing::error!(%error, "the page of an invitation cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn refused(visitor: &Visitor, refusal: &Refusal) -> Response {
    let (said, status) = match refusal {
        Refusal::State(said) => (said.clone(), StatusCode::CONFLICT),
        Refusal::Unknown(_) => (Said::new("answer.unknown"), StatusCode::NOT_FOUND),
        Refusal::Unavailable(said) => (said.clone(), StatusCode::SERVICE_UNAVAILABLE),
        _ => (Said::new("server.internal"), StatusCode::INTERNAL_SERVER_ERROR),
    };
    message(visitor, "answer.title", &said, status)
}
