//! `belfort council year`.

use chrono::{NaiveTime, Weekday};
use serde_json::{Value, json};

use super::body::Body;
use super::deadlines::{dated, object};
use super::when::day;
use crate::cli::failure::Failure;
use crate::cli::listing::{Json, out, print};
use crate::clock::Clock;
use crate::council::{
    Dodge, Joined, Kind, Nth, Pattern, Proposed, YearCalendar, YearPlan, plan_year, school_breaks,
};
use crate::texts::{Lang, Said, text};
use crate::time::Zone;

/// Propose the sessions of a year, round holidays and school breaks, each with its deadlines
///
/// Needs no municipality. Says why a session was moved, which ones have no place, and whether there are as many as the
/// law asks for. School breaks are those of Flanders by the usual pattern; check them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    body: Body,
    /// First day
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day
    #[arg(long, value_name = "DAY")]
    to: String,
    /// Weekday: mon, tue, wed, thu, fri, sat or sun
    #[arg(long, value_name = "WEEKDAY", value_parser = weekday)]
    weekday: Weekday,
    /// Which of the month: 1 to 5, or last
    #[arg(long, value_name = "NTH", default_value = "last", value_parser = nth)]
    nth: Nth,
    /// Every so many weeks instead
    #[arg(long, value_name = "WEEKS", conflicts_with = "nth", value_parser = clap::value_parser!(u32).range(1..=52))]
    every: Option<u32>,
    /// Start on the wall clock
    #[arg(long, value_name = "TIME", default_value = "20:00")]
    time: String,
    /// A month without sessions, 1 to 12; once for each
    #[arg(long, value_name = "MONTH", value_parser = clap::value_parser!(u32).range(1..=12))]
    without: Vec<u32>,
    /// What becomes of a session on a holiday or a closing day
    #[arg(long, value_enum, default_value = "earlier")]
    holidays: Instead,
    /// What becomes of a session in a school break
    #[arg(long, value_enum, default_value = "keep")]
    breaks: InBreak,
    /// A closing day of the town hall; once for each
    #[arg(long, value_name = "DAY")]
    closed: Vec<String>,
    /// How many sessions a year needs by the body's own wish
    #[arg(long, value_name = "NUMBER")]
    minimum: Option<u32>,
    /// Kind of a body that meets on the same days; --own is not about it
    #[arg(long, value_name = "KIND")]
    with: Option<String>,
    /// How many minutes after the first it starts; 0 for a joint session
    #[arg(long, value_name = "MINUTES", default_value = "0", value_parser = clap::value_parser!(u32).range(0..1440))]
    after: u32,
    #[command(flatten)]
    json: Json,
}

/// What becomes of a session that cannot be on its day.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Instead {
    /// It is left out
    Skip,
    /// A week earlier
    Earlier,
    /// A week later
    Later,
}

/// What becomes of a session in a school break.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum InBreak {
    /// It stays, with a note
    Keep,
    /// It is left out
    Skip,
    /// A week earlier
    Earlier,
    /// A week later
    Later,
}

fn weekday(text: &str) -> Result<Weekday, String> {
    text.parse().map_err(|_| "mon, tue, wed, thu, fri, sat or sun".to_owned())
}

fn nth(text: &str) -> Result<Nth, String> {
    match text.parse() {
        _ if text == "last" => Ok(Nth::Last),
        Ok(n @ 1..=5) => Ok(Nth::From(n)),
        _ => Err("1 to 5, or last".to_owned()),
    }
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let zone = args.body.zone()?;
    let rules = args.body.rules(lang)?;
    let closed = args.closed.iter().map(|text| day(text)).collect::<Result<Vec<_>, _>>()?;
    let days = args.body.calendar(rules.kind())?.with_closures(closed);
    let plan = plan(args, zone, rules.kind())?;
    let usage = |said| Failure::Usage(vec![said]);
    let calendar = plan_year(&plan, &rules, &days, Clock::System.now()).map_err(usage)?;
    if args.json.json {
        out(&json_of(&calendar, zone, lang).to_string());
    } else {
        table(&calendar, zone, lang);
    }
    Ok(())
}

fn plan(args: &Args, zone: Zone, kind: Kind) -> Result<YearPlan, Failure> {
    let time = NaiveTime::parse_from_str(&args.time, "%H:%M");
    let time = time.map_err(|_| Failure::Usage(vec![Said::new("year.time").with("text", &args.time)]))?;
    let weekday = args.weekday;
    let joined = args.with.as_ref().map(|with| {
        let found = Kind::of(kind.jurisdiction(), with).map_err(|unknown| Failure::Usage(vec![unknown.0]))?;
        Ok::<_, Failure>(Joined { rules: found.rules(), after_min: args.after })
    });
    Ok(YearPlan {
        pattern: match args.every {
            Some(every) => Pattern::Weekly { weekday, every },
            None => Pattern::Monthly { nth: args.nth, weekday },
        },
        time,
        zone,
        from: day(&args.from)?,
        to: day(&args.to)?,
        without: args.without.clone(),
        holidays: match args.holidays {
            Instead::Skip => Dodge::Skip,
            Instead::Earlier => Dodge::WeekEarlier,
            Instead::Later => Dodge::WeekLater,
        },
        breaks: match args.breaks {
            InBreak::Keep => None,
            InBreak::Skip => Some(Dodge::Skip),
            InBreak::Earlier => Some(Dodge::WeekEarlier),
            InBreak::Later => Some(Dodge::WeekLater),
        },
        school_breaks: school_breaks().to_vec(),
        minimum: args.minimum,
        joined: joined.transpose()?,
    })
}

fn json_of(calendar: &YearCalendar, zone: Zone, lang: Lang) -> Value {
    let deadlines = |list: &[crate::council::Deadline]| -> Value {
        list.iter().map(|deadline| object(deadline, zone)).collect()
    };
    let start = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone.tz()).to_rfc3339();
    let session = |session: &Proposed| {
        json!({
            "start": start(session.start),
            "remark": session.remark.as_ref().map(|remark| remark.speak(lang)),
            "deadlines": deadlines(&session.deadlines),
            "joined": session.joined.as_ref().map(|(at, list)| {
                json!({ "start": start(*at), "deadlines": deadlines(list) })
            }),
        })
    };
    json!({
        "sessions": calendar.sessions.iter().map(session).collect::<Vec<_>>(),
        "unplaced": calendar.unplaced.iter().map(|remark| remark.speak(lang)).collect::<Vec<_>>(),
        "years": calendar.years.iter().map(|count| json!({
            "year": count.year,
            "planned": count.planned,
            "needed": count.needed,
            "met": count.is_met(),
            "whole_year": count.is_whole,
            "said": count.speak(lang),
        })).collect::<Vec<_>>(),
    })
}

fn table(calendar: &YearCalendar, zone: Zone, lang: Lang) {
    let columns =
        [text(lang, "year.column_day"), text(lang, "year.column_send"), text(lang, "year.column_note")];
    let row = |session: &Proposed| {
        let send = session.deadlines.iter().find(|deadline| deadline.rule == "convocation-sent");
        let start = zone.wall(session.start);
        vec![
            json!(format!("{} {}", dated(session.day, lang), start.format("%H:%M"))),
            json!(send.map(|deadline| dated(deadline.last_working_day, lang))),
            json!(session.remark.as_ref().map(|remark| remark.speak(lang)).unwrap_or_default()),
        ]
    };
    print(false, &columns, calendar.sessions.iter().map(row).collect());
    let unplaced = calendar.unplaced.iter().map(|remark| remark.speak(lang));
    let years = calendar.years.iter().filter_map(|count| count.speak(lang));
    for sentence in unplaced.chain(years) {
        out(&sentence);
    }
}
