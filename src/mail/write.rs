//! A mail as bytes: headers, a plain and a coloured part, and the calendar object (RFC 5322, 2046, 6047 2.4).

use std::time::SystemTime;

use askama::Template;
use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::words::Letter;
use crate::config::MailConfig;
use crate::ical::{Method, write_itip};
use crate::scheduler::{MailSheet, Matter};
use crate::texts::Lang;

/// A mail as it goes over the line.
#[derive(Clone, Debug)]
pub struct Written {
    /// The recipient's address.
    pub to: String,
    /// Its Message-ID, with angle brackets: the same for each attempt.
    pub message_id: String,
    /// Headers and body.
    pub bytes: Vec<u8>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    lang: Lang,
    town: &'a str,
    letter: &'a Letter,
}

/// Nobody's holiday notice answers this (RFC 3834 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes `sheet` as a mail of `town`, dated `now`. A meeting's part says in its type what its METHOD says
/// (RFC 6047 2.4); more objects of the same meeting, as calendars cannot hold them in one, follow in parts of
/// their own.
///
/// # Errors
/// What cannot be written, for the log: an address that no mail can go to.
pub fn write_mail(
    sheet: &MailSheet,
    config: &MailConfig,
    town: &str,
    now: DateTime<Utc>,
) -> Result<Written, String> {
    let lang = sheet.to.lang;
    let letter = Letter::of(sheet, town);
    let html = Page { lang, town, letter: &letter }.render().map_err(|error| error.to_string())?;
    let domain = config.from.rsplit('@').next().unwrap_or("localhost");
    let message_id = format!("<{}@{domain}>", sheet.id);
    let from_name = config.from_name.clone().unwrap_or_else(|| town.to_owned());
    let mut builder = Message::builder()
        .message_id(Some(message_id.clone()))
        .date(SystemTime::from(now))
        .from(mailbox(&from_name, &config.from)?)
        .to(mailbox(&sheet.to.name, &sheet.to.email)?)
        .subject(one_line(&letter.subject))
        .header(AutoSubmitted);
    let mut parts = MultiPart::alternative()
        .singlepart(SinglePart::plain(letter.plain()))
        .singlepart(SinglePart::html(html));
    let mut further = Vec::new();
    if let Matter::Meeting(news) = &sheet.matter {
        if let Some((name, address)) = &news.organiser {
            builder = builder.reply_to(mailbox(name, address)?);
        }
        let mut objects = news
            .objects
            .iter()
            .map(|events| calendar_part(news.method, write_itip(news.method, &config.from, events)));
        if let Some(first) = objects.next() {
            parts = parts.singlepart(first?);
        }
        further = objects.collect::<Result<_, _>>()?;
    }
    if !further.is_empty() {
        parts = further.into_iter().fold(MultiPart::mixed().multipart(parts), MultiPart::singlepart);
    }
    let message = builder.multipart(parts).map_err(|error| error.to_string())?;
    Ok(Written { to: sheet.to.email.clone(), message_id, bytes: message.formatted() })
}

fn calendar_part(method: Method, object: Vec<u8>) -> Result<SinglePart, String> {
    let kind = format!("text/calendar; method={}; charset=UTF-8", method.word());
    let kind = ContentType::parse(&kind).map_err(|error| error.to_string())?;
    let object = String::from_utf8(object).map_err(|error| error.to_string())?;
    Ok(SinglePart::builder().header(kind).body(object))
}

fn mailbox(name: &str, address: &str) -> Result<Mailbox, String> {
    let address: Address = address.parse().map_err(|_| "no address that mail can go to".to_owned())?;
    Ok(Mailbox::new(Some(one_line(name)).filter(|name| !name.is_empty()), address))
}

/// Header values hold one line; whatever people type.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
