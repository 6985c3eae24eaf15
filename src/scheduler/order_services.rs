//! Orders services for a meeting: coffee, a technician. What is too near to be delivered is refused by the rule of
//! the service, to all but those who look after the house and can arrange it by telephone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::caller::place_of;
use super::create_meeting::{clip, list_fault, text_fault};
use super::{Caller, Made};
use crate::booking::{Fault, Meeting, MeetingStatus, Occurrence, Reason, Refusal, Run};
use crate::ids::MeetingId;
use crate::store::{NewEntry, Subjects, Tx};
use crate::texts::Said;
use crate::town::{Action, Order, Service};

/// The most of one service.
const MOST: u32 = 10_000;
/// Services of one meeting.
const MAX_SERVICES: usize = 50;
/// The longest note.
const LONGEST_NOTE: usize = 500;

/// A service that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderService {
    /// Slug of the service.
    pub service: String,
    /// How much, or for how many.
    pub count: u32,
    /// What else whoever delivers must know.
    #[serde(default)]
    pub note: String,
}

/// A service that is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderedService {
    /// Slug of the service.
    pub service: String,
    /// How much, or for how many.
    pub count: u32,
    /// What else whoever delivers must know.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The order stands for the dates that start then or later: for those before it came too late.
    pub from: DateTime<Utc>,
}

impl From<Order> for OrderedService {
    fn from(order: Order) -> Self {
        Self { service: order.service, count: order.count, note: order.note, from: order.valid_from }
    }
}

impl From<Order> for OrderService {
    fn from(order: Order) -> Self {
        Self { service: order.service, count: order.count, note: order.note }
    }
}

/// Makes the orders of a meeting those that are wanted: adds, changes, takes back.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who may not change the meeting; [`Refusal::Invalid`] for a service that is not
/// there; [`Refusal::Policy`] with a reason for each service that is too late; then nothing changes.
pub fn order_services(
    tx: &Tx<'_>,
    caller: &Caller,
    id: MeetingId,
    wanted: &[OrderService],
) -> Result<(), Refusal> {
    let mut meeting = tx.meeting(id)?.ok_or_else(|| Refusal::unknown("meeting", id))?;
    caller.must_own(tx, &meeting)?;
    if meeting.status == MeetingStatus::Cancelled {
        return Err(Refusal::State(Said::new("run.cancelled")));
    }
    let before = tx.orders(id)?;
    order(tx, caller, &meeting, &tx.occurrences(id)?, wanted)?;
    if tx.orders(id)? != before {
        // Whoever read the meeting has an old copy now; calendars show nothing of it.
        meeting.version += 1;
        tx.update_meeting(&meeting)?;
    }
    Ok(())
}

/// [`order_services`] for a meeting whose dates are at hand.
pub(super) fn order(
    tx: &Tx<'_>,
    caller: &Caller,
    meeting: &Meeting,
    dates: &[Occurrence],
    wanted: &[OrderService],
) -> Result<(), Refusal> {
    let stands = tx.orders(meeting.id)?;
    check(tx, &stands, wanted)?;
    let ahead: Vec<&Occurrence> =
        dates.iter().filter(|date| date.run == Run::Planned && date.time.end > tx.now()).collect();
    if ahead.is_empty() && !(wanted.is_empty() && stands.is_empty()) {
        return Err(Refusal::State(Said::new("run.ended")));
    }
    let late_anyway = caller.must_in(Action::ManageTown, &place_of(tx, meeting)?).is_ok();
    let desk = Desk { tx, caller, meeting, ahead, late_anyway };
    let mut late = Vec::new();
    for service in &tx.directory().services {
        let before = stands.iter().find(|order| order.service == service.slug);
        let after = wanted.iter().find(|order| order.service == service.slug);
        late.extend(desk.settle(service, before, after)?);
    }
    if late.is_empty() { Ok(()) } else { Err(Refusal::Policy(late)) }
}

/// What no order can be.
fn check(tx: &Tx<'_>, stands: &[Order], wanted: &[OrderService]) -> Result<(), Refusal> {
    let mut faults: Vec<Fault> = list_fault("services", wanted.len(), MAX_SERVICES).into_iter().collect();
    for (at, order) in wanted.iter().take(MAX_SERVICES).enumerate() {
        let field = format!("services.{}", order.service);
        let known = tx.directory().service_named(&order.service);
        let kept = stands.iter().any(|before| before.service == order.service);
        let twice = wanted[..at].iter().any(|other| other.service == order.service);
        if known.is_none_or(|service| !service.active && !kept) || twice {
            let said = Said::new("unknown.service").with("name", clip(&order.service));
            faults.push(Fault::new("services", said));
        } else if order.count == 0 || order.count > MOST {
            faults.push(Fault::new(&field, Said::new("services.count").with("max", MOST)));
        }
        faults.extend(text_fault(&field, &order.note, LONGEST_NOTE, false));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// Where orders for one meeting are taken.
struct Desk<'a> {
    tx: &'a Tx<'a>,
    caller: &'a Caller,
    meeting: &'a Meeting,
    ahead: Vec<&'a Occurrence>,
    /// Whether orders are taken that are too late: whoever looks after the house arranges them.
    late_anyway: bool,
}

impl Desk<'_> {
    /// Writes one order, or says why it is too late.
    fn settle(
        &self,
        service: &Service,
        before: Option<&Order>,
        after: Option<&OrderService>,
    ) -> Result<Option<Reason>, Refusal> {
        let edge = edge(self.tx, service);
        let said = match (before, after) {
            (None, None) => return Ok(None),
            (Some(was), Some(is)) if was.count == is.count && was.note == is.note.trim() => return Ok(None),
            (None, Some(_)) => {
                let in_time = self.ahead.iter().any(|date| date.time.start >= edge);
                (!in_time).then(|| too_late("services.too_late", service))
            }
            (Some(was), _) => {
                let fixed = |date: &&&Occurrence| (was.valid_from..edge).contains(&date.time.start);
                self.ahead.iter().find(fixed).map(|date| {
                    let start = self.meeting.zone.wall(date.time.start);
                    too_late("services.fixed", service).with("date", start.format("%Y-%m-%d %H:%M"))
                })
            }
        };
        let rule = rule_of(service);
        if let Some(said) = said.as_ref().filter(|_| !self.late_anyway) {
            return Ok(Some(Reason::deny(&rule, said.clone())));
        }
        let overridden = said.map(|_| rule);
        let valid_from = match before {
            Some(was) => was.valid_from,
            None if overridden.is_some() => self.tx.now(),
            None => edge,
        };
        let action = match (before, after) {
            (_, None) => "order.dropped",
            (None, Some(_)) => "order.placed",
            (Some(_), Some(_)) => "order.changed",
        };
        match after {
            None => self.tx.drop_order(self.meeting.id, &service.slug)?,
            Some(is) => {
                let note = is.note.trim().to_owned();
                let order = Order { service: service.slug.clone(), count: is.count, note, valid_from };
                self.tx.put_order(self.meeting.id, &order)?;
            }
        }
        self.journal(action, service, after.map(|is| is.count), overridden)?;
        Ok(None)
    }

    /// The journal has how much of what, not the note: people write names in notes.
    fn journal(
        &self,
        action: &str,
        service: &Service,
        count: Option<u32>,
        overridden: Option<String>,
    ) -> Result<(), Refusal> {
        let subjects = Subjects {
            meeting: Some(self.meeting.id),
            rooms: self.meeting.rooms.clone(),
            overridden: overridden.into_iter().collect(),
            detail: Some(json!({ "service": service.slug, "count": count })),
            ..Subjects::default()
        };
        let (actor, subject) = (self.caller.actor(), Some(self.meeting.id.0));
        self.tx.journal(&NewEntry { actor, action, subject, subjects })?;
        Ok(())
    }
}

/// A date that starts before this is too near.
fn edge(tx: &Tx<'_>, service: &Service) -> DateTime<Utc> {
    tx.now() + TimeDelta::hours(i64::from(service.lead_hours))
}

/// The id by which reasons cite the rule of a service.
fn rule_of(service: &Service) -> String {
    format!("service.{}", service.slug)
}

/// A sentence about a service that is too late, with whom to ask if somebody is known.
fn too_late(key: &str, service: &Service) -> Said {
    let contact = if service.contact.is_empty() { "–" } else { &service.contact };
    Said::new(key).with("service", &service.name).with("hours", service.lead_hours).with("contact", contact)
}

/// The tail of a series that was split has what was ordered for the whole.
pub(super) fn hand_over(tx: &Tx<'_>, head: MeetingId, tail: MeetingId) -> Result<(), Refusal> {
    for order in tx.orders(head)? {
        tx.put_order(tail, &order)?;
    }
    Ok(())
}

/// Refuses to move a date so near that what is ordered for it cannot be delivered. Whoever looks after the house
/// arranges it, and the order goes along.
pub(super) fn still_in_time(
    tx: &Tx<'_>,
    caller: &Caller,
    before: &[Occurrence],
    made: &Made,
) -> Result<(), Refusal> {
    let orders = tx.orders(made.meeting.id)?;
    if orders.is_empty() {
        return Ok(());
    }
    let arranges = caller.must_in(Action::ManageTown, &place_of(tx, &made.meeting)?).is_ok();
    let was = |date: &Occurrence| before.iter().find(|other| other.id == date.id).map(|o| o.time.start);
    let planned = || made.occurrences.iter().filter(|date| date.run == Run::Planned);
    let mut late = Vec::new();
    for order in orders {
        let service = tx.directory().service_named(&order.service);
        let Some(service) = service else { continue };
        // For a date that was too near when it was ordered there is nothing to deliver.
        let stood = |date: &Occurrence| was(date).is_some_and(|start| start >= order.valid_from);
        let stands = |date: &Occurrence| date.time.start >= order.valid_from;
        let moved = planned().filter(|date| was(date) != Some(date.time.start));
        let near = moved.filter(|date| (stood(date) || stands(date)) && date.time.start < edge(tx, service));
        let Some(date) = near.min_by_key(|date| date.time.start) else { continue };
        if !arranges {
            let start = made.meeting.zone.wall(date.time.start);
            let said = too_late("services.moved", service).with("date", start.format("%Y-%m-%d %H:%M"));
            late.push(Reason::deny(&rule_of(service), said));
        } else if planned().all(|other| stood(other) || stands(other) || other.time.start < date.time.start) {
            let valid_from = order.valid_from.min(date.time.start);
            tx.put_order(made.meeting.id, &Order { valid_from, ..order })?;
        }
    }
    if late.is_empty() { Ok(()) } else { Err(Refusal::Policy(late)) }
}
