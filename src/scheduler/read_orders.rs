//! What is ordered for some days, for those who see to it.

use chrono::{Days, NaiveDate};

use super::Caller;
use super::caller::{matter_of, place_with};
use super::read_meeting::rooms_of_date;
use crate::booking::{MeetingStatus, Refusal, Run, Sight};
use crate::ids::{MeetingId, OccurrenceId, PersonId};
use crate::store::View;
use crate::time::Interval;
use crate::town::{Action, Matter, Order};

/// The most days that are read at once.
const MOST_DAYS: u32 = 31;

/// How sure it is that it must be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The meeting takes place.
    Stands,
    /// The meeting waits for consent.
    Asked,
    /// The meeting was called off: nothing is to be delivered.
    Gone,
}

/// One order for one date.
#[derive(Clone, Debug)]
pub struct OrderedDate {
    /// What, how much, and what else is to be known.
    pub order: Order,
    /// Name of the service.
    pub service: String,
    /// The meeting.
    pub meeting: MeetingId,
    /// The date.
    pub occurrence: OccurrenceId,
    /// When.
    pub time: Interval,
    /// Names of the rooms.
    pub rooms: Vec<String>,
    /// What it is about; none if withheld.
    pub title: Option<String>,
    /// Who organises; none if withheld.
    pub organiser: Option<String>,
    /// Whether it takes place.
    pub need: Need,
}

/// The orders of `days` days from `day` on, in order of start, in the buildings that the caller looks after.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who look after none.
pub fn read_orders(
    view: &View<'_>,
    caller: &Caller,
    day: NaiveDate,
    days: u32,
) -> Result<Vec<OrderedDate>, Refusal> {
    caller.must_somewhere(Action::OverridePolicy)?;
    let directory = view.directory();
    let zone = directory.house.zone;
    let last = day.checked_add_days(Days::new(u64::from(days.clamp(1, MOST_DAYS)) - 1)).unwrap_or(day);
    let mut lines = Vec::new();
    for (occurrence, order) in view.orders_between(zone.day(day).start, zone.day(last).end)? {
        let Some(date) = view.occurrence(occurrence)? else { continue };
        let Some(meeting) = view.meeting(date.meeting)? else { continue };
        let sites = place_with(view, date.rooms_or(&meeting.rooms)).sites;
        let here = Matter { sites, ..matter_of(view, &meeting)? };
        if caller.must_in(Action::OverridePolicy, &here).is_err() {
            continue;
        }
        let people: Vec<PersonId> = view.participants(meeting.id)?.iter().map(|p| p.person).collect();
        let knows = caller.sees(&meeting, &people) >= Sight::Title;
        let organiser = view.person(meeting.organiser)?.map(|person| person.name);
        let service = directory.service_named(&order.service);
        lines.push(OrderedDate {
            service: service.map_or_else(|| order.service.clone(), |service| service.name.clone()),
            meeting: meeting.id,
            occurrence,
            time: date.time,
            rooms: rooms_of_date(view, &meeting, &date).iter().map(|room| room.name.clone()).collect(),
            title: knows.then(|| date.title.clone().unwrap_or_else(|| meeting.title.clone())),
            organiser: organiser.filter(|_| knows),
            need: match (date.run, meeting.status) {
                (Run::Planned, MeetingStatus::Held) => Need::Asked,
                (Run::Planned, _) => Need::Stands,
                _ => Need::Gone,
            },
            order,
        });
    }
    Ok(lines)
}
