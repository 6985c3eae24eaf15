//! What mail one wants: quiet hours, reminders and deadlines, on the page of one's account.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{NaiveTime, Timelike};

use super::account_read::{Shown, show};
use super::oops::Oops;
use super::visitor::{Fields, Insider, InsiderForm};
use crate::booking::{Fault, Refusal, Reminders};
use crate::council::DeadlineMail;
use crate::http::App;
use crate::scheduler::{MailWishes, set_mail_wishes};
use crate::texts::{Lang, Said, text};

/// The form as it stands.
pub(super) struct MailForm {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) choices: Vec<(&'static str, &'static str, bool)>,
    /// For those who prepare sessions: of which deadlines.
    pub(super) deadlines: Vec<(&'static str, &'static str, bool)>,
    /// Whether there is a mail server.
    pub(super) on: bool,
}

impl MailForm {
    /// The form with what holds, or with what was typed.
    pub(super) fn of(lang: Lang, on: bool, holds: &MailWishes, typed: Option<&Fields>) -> Self {
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (from, to) = holds.quiet.map_or_else(Default::default, |(from, to)| (clock(from), clock(to)));
        let told = holds.deadlines.map(|holds| typed.map_or(holds.word(), |fields| fields.get("deadlines")));
        let chosen = typed.map_or(holds.reminders.word(), |fields| fields.get("reminders"));
        Self {
            from: typed.map_or(from, |fields| fields.get("quiet_from").to_owned()),
            to: typed.map_or(to, |fields| fields.get("quiet_to").to_owned()),
            choices: Reminders::ALL
                .map(|each| (each.word(), reminders_word(lang, each), each.word() == chosen))
                .to_vec(),
            deadlines: told.map_or_else(Vec::new, |told| {
                let row = |each: DeadlineMail| (each.word(), deadlines_word(lang, each), each.word() == told);
                DeadlineMail::ALL.map(row).to_vec()
            }),
            on,
        }
    }
}

fn reminders_word(lang: Lang, reminders: Reminders) -> &'static str {
    match reminders {
        Reminders::None => text(lang, "account.reminders_none"),
        Reminders::Evening => text(lang, "account.reminders_evening"),
        Reminders::Hour => text(lang, "account.reminders_hour"),
        Reminders::Both => text(lang, "account.reminders_both"),
    }
}

fn deadlines_word(lang: Lang, wish: DeadlineMail) -> &'static str {
    match wish {
        DeadlineMail::None => text(lang, "account.deadlines_none"),
        DeadlineMail::Due => text(lang, "account.deadlines_due"),
        DeadlineMail::Soon => text(lang, "account.deadlines_soon"),
        DeadlineMail::Week => text(lang, "account.deadlines_week"),
    }
}

/// `POST /account/mail`.
pub(super) async fn save(
    State(app): State<App>,
    InsiderForm(insider, fields): InsiderForm,
) -> Result<Response, Oops> {
    match saved(&insider, &fields).await {
        Ok(()) => Ok(Redirect::to("/account?done=saved").into_response()),
        Err(refusal) => {
            let shown = Shown { refusal: Some(refusal), mail: Some(fields), ..Shown::default() };
            show(&app, &insider, shown).await
        }
    }
}

async fn saved(insider: &Insider, fields: &Fields) -> Result<(), Refusal> {
    let minute = |name: &str| {
        let at = NaiveTime::parse_from_str(fields.get(name), "%H:%M").ok()?;
        Some(at.hour() * 60 + at.minute())
    };
    let mut faults = Vec::new();
    let never = fields.some("quiet_from").is_none() && fields.some("quiet_to").is_none();
    for name in ["quiet_from", "quiet_to"] {
        if !never && minute(name).is_none() {
            faults.push(Fault::new(name, Said::new("account.quiet_time")));
        }
    }
    let quiet = minute("quiet_from").zip(minute("quiet_to")).filter(|(from, to)| from != to);
    let reminders = Reminders::ALL.into_iter().find(|each| each.word() == fields.get("reminders"));
    // Those who prepare no session are not asked.
    let deadlines =
        fields.some("deadlines").map(|word| DeadlineMail::ALL.into_iter().find(|each| each.word() == word));
    if deadlines == Some(None) {
        faults.push(Fault::new("deadlines", Said::new("account.reminders_unknown")));
    }
    let Some(reminders) = reminders.filter(|_| faults.is_empty()) else {
        if reminders.is_none() {
            faults.push(Fault::new("reminders", Said::new("account.reminders_unknown")));
        }
        return Err(Refusal::Invalid(faults));
    };
    let wanted = MailWishes { quiet, reminders, deadlines: deadlines.flatten() };
    insider.write(move |tx, caller| set_mail_wishes(tx, caller, &wanted)).await
}
