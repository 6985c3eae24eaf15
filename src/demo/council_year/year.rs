//! The calendar of the year: when each body sits, and what is done for each session when.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc, Weekday};

use super::run::Stage;
use crate::booking::Refusal;
use crate::council::{Dodge, Nth, Pattern, Session, YearPlan};
use crate::scheduler::council::{NewSession, YearWish, plan_session, propose_year};

/// How a body of the demo meets.
struct Habit {
    body: &'static str,
    pattern: Pattern,
    hour: u32,
    room: &'static str,
    length_min: u32,
    without: &'static [u32],
}

const HABITS: &[Habit] = &[
    Habit {
        body: "gemeenteraad",
        pattern: Pattern::Monthly { nth: Nth::Last, weekday: Weekday::Mon },
        hour: 19,
        room: "raadzaal",
        length_min: 180,
        without: &[7, 8],
    },
    Habit {
        body: "college",
        pattern: Pattern::Weekly { weekday: Weekday::Fri, every: 1 },
        hour: 9,
        room: "collegezaal",
        length_min: 120,
        without: &[],
    },
    Habit {
        body: "commissie-ruimte",
        pattern: Pattern::Monthly { nth: Nth::From(2), weekday: Weekday::Tue },
        hour: 19,
        room: "raadzaal",
        length_min: 90,
        without: &[1, 3, 5, 7, 8, 10, 12],
    },
    Habit {
        body: "commissie-financien",
        pattern: Pattern::Monthly { nth: Nth::From(2), weekday: Weekday::Wed },
        hour: 19,
        room: "raadzaal",
        length_min: 90,
        without: &[2, 4, 6, 7, 8, 9, 11],
    },
    Habit {
        body: "commissie-samenleven",
        pattern: Pattern::Monthly { nth: Nth::From(2), weekday: Weekday::Thu },
        hour: 19,
        room: "raadzaal",
        length_min: 90,
        without: &[1, 3, 5, 7, 8, 10, 12],
    },
    Habit {
        body: "bijzonder-comite",
        pattern: Pattern::Monthly { nth: Nth::From(1), weekday: Weekday::Wed },
        hour: 14,
        room: "collegezaal",
        length_min: 120,
        without: &[2, 4, 6, 7, 8, 10, 12],
    },
];

/// A planned session and its place among those of its body.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) slug: String,
    pub(super) body: &'static str,
    pub(super) at: DateTime<Utc>,
    pub(super) place: usize,
}

/// Books the sessions of the year: chamber and members are claimed.
pub(super) fn plan(
    stage: &Stage<'_>,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Planned>, Refusal> {
    let mut planned = Vec::new();
    for habit in HABITS {
        for (place, session) in plan_habit(stage, habit, start, now)?.into_iter().enumerate() {
            if habit.body == "gemeenteraad" {
                planned.push(join(stage, &session, place)?);
            }
            planned.push(Planned { slug: session.slug, body: habit.body, at: session.planned, place });
        }
    }
    planned.sort_by_key(|one| one.at);
    Ok(planned)
}

fn plan_habit(
    stage: &Stage<'_>,
    habit: &Habit,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Session>, Refusal> {
    let zone = stage.store.directory().house.zone;
    let day = |at: DateTime<Utc>| zone.wall(at).date();
    let plan = YearPlan {
        pattern: habit.pattern,
        time: NaiveTime::from_hms_opt(habit.hour, 0, 0).unwrap_or_default(),
        zone,
        from: day(start + TimeDelta::days(35)),
        // Some lie ahead: half prepared, or only planned.
        to: day(now + TimeDelta::days(75)),
        without: habit.without.to_vec(),
        holidays: Dodge::WeekEarlier,
        breaks: if habit.body == "college" { None } else { Some(Dodge::WeekEarlier) },
        school_breaks: Vec::new(),
        minimum: None,
        joined: None,
    };
    let body = habit.body.to_owned();
    let wish = YearWish { plan, joined: None };
    let calendar = stage.act(move |tx, caller| propose_year(tx, caller, &body, &wish))?;
    let mut sessions = Vec::new();
    for proposed in calendar.sessions {
        let new = NewSession {
            body: habit.body.to_owned(),
            start: zone.wall(proposed.start),
            length_min: habit.length_min,
            rooms: vec![habit.room.to_owned()],
            organiser: Some(stage.clerk_email.clone()),
            ..NewSession::default()
        };
        sessions.push(stage.act(move |tx, caller| plan_session(tx, caller, &new))?);
    }
    Ok(sessions)
}

/// The welfare council sits after the council: in the same room, with an agenda of its own.
fn join(stage: &Stage<'_>, council: &Session, place: usize) -> Result<Planned, Refusal> {
    let zone = stage.store.directory().house.zone;
    let new = NewSession {
        body: "raad-voor-maatschappelijk-welzijn".to_owned(),
        start: zone.wall(council.planned) + TimeDelta::minutes(150),
        length_min: 60,
        joint_with: Some(council.slug.clone()),
        organiser: Some(stage.clerk_email.clone()),
        ..NewSession::default()
    };
    let session = stage.act(move |tx, caller| plan_session(tx, caller, &new))?;
    Ok(Planned { slug: session.slug, body: "raad-voor-maatschappelijk-welzijn", at: session.planned, place })
}
