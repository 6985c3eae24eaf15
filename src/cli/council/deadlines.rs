//! `belfort council deadlines`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::body::Body;
use super::when::{day_or_instant, instant};
use crate::cli::failure::Failure;
use crate::cli::listing::{Json, out, print};
use crate::clock::Clock;
use crate::council::{
    Anchor, ConvocationNo, Deadline, DeadlineState, Due, Fulfilment, Happened, Kind, Mark, SessionFacts,
    deadlines, shift,
};
use crate::texts::{Lang, Said, short_day, text};
use crate::time::Zone;

/// Tell the deadlines of a session, each with its rule, article and how sure we are of it
///
/// Needs no municipality. What has not been said is expected: decisions on the day of the session, publication on the
/// last day for it; such terms are counted anew once it is known. Draft minutes are those of the meeting before, as
/// long as --next is absent. The term for an amended agenda is told for each --amended.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    body: Body,
    /// Planned start on the wall clock, as 2027-01-18T20:00
    #[arg(long, value_name = "TIME")]
    at: String,
    /// 1, or 2 after a session without quorum
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=2))]
    convocation: u8,
    /// When the convocation was sent
    #[arg(long, value_name = "TIME")]
    sent: Option<String>,
    /// When an amended agenda was fixed; once for each
    #[arg(long, value_name = "TIME")]
    amended: Vec<String>,
    /// Day on which the decisions were taken
    #[arg(long, value_name = "DAY")]
    decided: Option<String>,
    /// Day on which a regulation was published
    #[arg(long, value_name = "DAY")]
    published: Option<String>,
    /// Start of the next meeting, which approves the minutes of this one
    #[arg(long, value_name = "TIME")]
    next: Option<String>,
    /// At what time to say how the deadlines stand; otherwise now
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    #[command(flatten)]
    json: Json,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let zone = args.body.zone()?;
    let rules = args.body.rules(lang)?;
    let days = args.body.calendar(rules.kind())?;
    let facts = facts(args, zone)?;
    let now = match &args.now {
        Some(text) => day_or_instant(text, zone)?,
        None => Clock::System.now(),
    };
    let list = deadlines(&facts, &rules, &days, now);
    if args.json.json {
        let objects: Vec<Value> = list.iter().map(|deadline| object(deadline, zone)).collect();
        out(&Value::Array(objects).to_string());
    } else {
        table(&list, zone, lang);
        notes(&list, rules.kind(), lang);
    }
    Ok(())
}

fn facts(args: &Args, zone: Zone) -> Result<SessionFacts, Failure> {
    let read = |text: &Option<String>, how: Reader| text.as_ref().map(|text| how(text, zone)).transpose();
    let sent = read(&args.sent, instant)?.map(|at| Happened {
        rule: "convocation-sent".to_owned(),
        of: None,
        outcome: Fulfilment::Done(at),
    });
    Ok(SessionFacts {
        convocation: if args.convocation == 2 { ConvocationNo::Second } else { ConvocationNo::First },
        decided: read(&args.decided, day_or_instant)?,
        amended: args.amended.iter().map(|text| instant(text, zone)).collect::<Result<_, _>>()?,
        published: read(&args.published, day_or_instant)?,
        next_start: read(&args.next, instant)?,
        happened: sent.into_iter().collect(),
        ..SessionFacts::planned(instant(&args.at, zone)?, zone)
    })
}

type Reader = fn(&str, Zone) -> Result<DateTime<Utc>, Failure>;

pub(super) fn object(deadline: &Deadline, zone: Zone) -> Value {
    json!({
        "rule": deadline.rule,
        "name": deadline.name,
        "article": deadline.article,
        "mark": deadline.mark,
        "role": deadline.role,
        "n": deadline.n,
        "count": deadline.count,
        "counted_from": {
            "anchor": deadline.basis.anchor,
            "at": deadline.basis.at.iso(zone),
            "expected": deadline.basis.assumed,
        },
        "due": deadline.due.iso(zone),
        "last_working_day": deadline.last_working_day,
        "state": deadline.state.word(),
        "explanation": deadline.explanation,
    })
}

fn table(list: &[Deadline], zone: Zone, lang: Lang) {
    let columns = [
        text(lang, "deadline.column_due"),
        text(lang, "deadline.column_target"),
        text(lang, "deadline.column_rule"),
        text(lang, "deadline.column_article"),
        text(lang, "deadline.column_mark"),
        text(lang, "deadline.column_state"),
    ];
    let row = |deadline: &Deadline| {
        let star = if is_expected(deadline) { "*" } else { "" };
        vec![
            json!(format!("{}{star}", ends(deadline.due, zone, lang))),
            json!(dated(deadline.last_working_day, lang)),
            json!(deadline.name.speak(lang)),
            json!(deadline.article),
            json!(mark(deadline.mark, lang)),
            json!(state(&deadline.state, lang)),
        ]
    };
    if !list.is_empty() {
        print(false, &columns, list.iter().map(row).collect());
    }
}

/// What stands below the table: why each deadline is one, and what it does not say.
fn notes(list: &[Deadline], kind: Kind, lang: Lang) {
    if list.is_empty() {
        out(&Said::new("deadline.none").with("kind", kind.name().speak(lang)).speak(lang));
        return;
    }
    if list.iter().any(is_expected) {
        out(&format!("* {}", text(lang, "deadline.expected")));
    }
    out("");
    for deadline in list {
        out(&format!("{}: {}", deadline.name.speak(lang), deadline.explanation.speak(lang)));
    }
    out(shift().explanation.speak(lang));
    if kind.jurisdiction().holidays().is_empty() {
        out(text(lang, "deadline.no_holidays"));
    }
}

/// Whether it was counted from something that may still come on another day.
fn is_expected(deadline: &Deadline) -> bool {
    deadline.basis.assumed && deadline.basis.anchor != Anchor::Approval
}

fn ends(due: Due, zone: Zone, lang: Lang) -> String {
    let day = dated(due.day(zone), lang);
    match due {
        Due::Date(_) => day,
        Due::Instant(at) => format!("{day} {}", zone.wall(at).format("%H:%M")),
    }
}

pub(super) fn dated(day: chrono::NaiveDate, lang: Lang) -> String {
    format!("{} {}", short_day(lang, day), day.format("%Y"))
}

fn mark(mark: Mark, lang: Lang) -> &'static str {
    match mark {
        Mark::Verified => text(lang, "deadline.mark_verified"),
        Mark::Practice => text(lang, "deadline.mark_practice"),
        Mark::Memory => text(lang, "deadline.mark_memory"),
    }
}

fn state(state: &DeadlineState, lang: Lang) -> &'static str {
    match state {
        DeadlineState::Ahead => text(lang, "deadline.state_ahead"),
        DeadlineState::DueSoon => text(lang, "deadline.state_due_soon"),
        DeadlineState::Met(_) => text(lang, "deadline.state_met"),
        DeadlineState::Missed => text(lang, "deadline.state_missed"),
        DeadlineState::Waived(_) => text(lang, "deadline.state_waived"),
    }
}
