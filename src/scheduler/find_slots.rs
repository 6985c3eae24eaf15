//! Finds the best times and rooms for people: reads their calendars, and asks [`crate::booking::slots`].
//!
//! Calendars of others are used, not shown: an answer says that somebody is away, never why or with whom.

mod calendars;
mod request;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Caller;
use crate::booking::slots::{Offer, Relaxation, Relaxed, find};
use crate::booking::{Facts, Heads, Mode, Part, Refusal, evaluate};
use crate::store::View;
use crate::texts::Said;
use crate::town::{Action, Effect};

use calendars::Calendars;
use request::Request;

/// Somebody who is to take part.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotParticipant {
    /// Address, in the directory.
    pub email: String,
    /// How they take part: whoever has not said is counted by the share of the house.
    #[serde(default)]
    #[schema(value_type = String, example = "remote")]
    pub mode: Mode,
    /// What for: all but the optional have to be free.
    #[serde(default)]
    #[schema(value_type = String, example = "required")]
    pub part: Part,
}

/// What is sought. Days and times of day are those of the town's clock.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindSlots {
    /// Who takes part.
    #[serde(default)]
    pub participants: Vec<SlotParticipant>,
    /// More heads in the room, without a name.
    #[serde(default)]
    pub in_room_extra: u32,
    /// More heads elsewhere, without a name.
    #[serde(default)]
    pub remote_extra: u32,
    /// Length in minutes.
    pub length_min: u32,
    /// First day, as `2027-01-18`; today if absent.
    #[serde(default)]
    pub from: Option<String>,
    /// Last day; four weeks from the first if absent, 26 at most.
    #[serde(default)]
    pub to: Option<String>,
    /// Not before this time of day, as `08:00`, which it is if absent.
    #[serde(default)]
    pub earliest: Option<String>,
    /// Over by this time of day; `18:00` if absent, `00:00` for midnight.
    #[serde(default)]
    pub latest: Option<String>,
    /// On which days of the week, 1 is Monday; Monday to Friday if absent.
    #[serde(default)]
    pub weekdays: Option<Vec<u32>>,
    /// Camera, microphones and screen are needed; they are for whoever is remote anyhow.
    #[serde(default)]
    pub hybrid: bool,
    /// It must be usable in a wheelchair.
    #[serde(default)]
    pub wheelchair: bool,
    /// A hearing loop is needed.
    #[serde(default)]
    pub hearing_loop: bool,
    /// Kinds of equipment; name a kind twice for two units.
    #[serde(default)]
    pub equipment: Vec<String>,
    /// Slug of the building preferred.
    #[serde(default)]
    pub near: Option<String>,
    /// Slugs of the only rooms to look at; all if absent.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// Offers at most, up to 20; 5 if absent.
    #[serde(default)]
    pub count: Option<usize>,
}

/// A time and a room that suit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotOffer {
    /// Start.
    pub start: DateTime<Utc>,
    /// End.
    pub end: DateTime<Utc>,
    /// The start by the town's clock.
    pub local_start: NaiveDateTime,
    /// The end by the town's clock.
    pub local_end: NaiveDateTime,
    /// Slug of the room; none if nobody needs a seat.
    pub room: Option<String>,
    /// What it costs people and house; lower is better.
    pub score: u32,
    /// What speaks for and against it.
    pub reasons: Vec<Said>,
}

/// The change of the request that would help most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotRelax {
    /// Which: `remote`, `shorter`, `earlier`, `later`, `any_room`, `without_equipment`, `without_hybrid`,
    /// `without_hearing_loop` or `without_person`.
    pub change: &'static str,
    /// Address of the person, or kind of the equipment.
    pub whom: Option<String>,
    /// The change in words.
    pub said: Said,
    /// The offer that it makes possible.
    pub offer: SlotOffer,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlotsConsidered {
    /// Starts at which it could be by day and hour.
    pub starts: usize,
    /// Of those, how many suit everybody who has to come, and the equipment.
    pub suit_people: usize,
    /// Rooms that are large enough and fitted.
    pub rooms: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slots {
    /// The offers, best first, chosen to differ.
    pub options: Vec<SlotOffer>,
    /// The one change that would help most, if one would help enough.
    pub relax: Option<SlotRelax>,
    /// How much was looked at.
    pub considered: SlotsConsidered,
    /// What is to be known about the answer: calendars that are not known, why there is no offer.
    pub notes: Vec<Said>,
}

/// Finds the best times and rooms for people.
///
/// # Errors
/// [`Refusal::Invalid`] for wrong fields, with a sentence for each: somebody or something unknown, no length or
/// one that is longer than the hours of a day asked for, more than 26 weeks, more than 60 people.
pub fn find_slots(view: &View<'_>, caller: &Caller, wanted: &FindSlots) -> Result<Slots, Refusal> {
    caller.must(Action::ReadRooms)?;
    if !wanted.participants.is_empty() {
        caller.must(Action::ReadAgenda)?;
    }
    let request = Request::read(view, wanted)?;
    let calendars = Calendars::load(view, caller, &request)?;
    let question = calendars.question(view, &request);
    let found = find(&question);
    let heads = request.heads();
    let options = found.offers.iter();
    let options: Vec<SlotOffer> =
        options.filter_map(|offer| judged(view, caller, &request, heads, offer)).collect();
    let relax = found.relaxed.and_then(|relaxed| relax(view, caller, &request, heads, &relaxed));
    let considered = SlotsConsidered {
        starts: found.considered.starts,
        suit_people: found.considered.suit_people,
        rooms: found.considered.rooms,
    };
    let notes = notes(view, &request, heads, options.is_empty(), considered);
    Ok(Slots { options, relax, considered, notes })
}

/// An offer with what rules say of it short of no; none if one denies it after all, as rules may that look at
/// a length that was changed.
fn judged(
    view: &View<'_>,
    caller: &Caller,
    request: &Request<'_>,
    heads: Heads,
    offer: &Offer,
) -> Option<SlotOffer> {
    let directory = view.directory();
    let zone = directory.house.zone;
    let (local_start, local_end) = (zone.wall(offer.time.start), zone.wall(offer.time.end));
    let room = offer.place.map(|at| request.rooms[at].0);
    let mut reasons = offer.reasons.clone();
    if let Some(room) = room {
        let facts = Facts {
            now: view.now(),
            role: caller.role,
            time: offer.time,
            start: local_start,
            end: local_end,
            room,
            heads,
            future_meetings: 0,
        };
        for reason in evaluate(&directory.policies, &facts) {
            if reason.effect == Effect::Deny {
                return None;
            }
            reasons.push(reason.said);
        }
    }
    Some(SlotOffer {
        start: offer.time.start,
        end: offer.time.end,
        local_start,
        local_end,
        room: room.map(|room| room.slug.clone()),
        score: offer.cost,
        reasons,
    })
}

fn relax(
    view: &View<'_>,
    caller: &Caller,
    request: &Request<'_>,
    heads: Heads,
    relaxed: &Relaxed,
) -> Option<SlotRelax> {
    let email = |who: usize| Some(request.people[who].person.email.clone());
    let (change, whom) = match relaxed.change {
        Relaxation::Remote(who) => ("remote", email(who)),
        Relaxation::Shorter(_) => ("shorter", None),
        Relaxation::Earlier => ("earlier", None),
        Relaxation::Later => ("later", None),
        Relaxation::AnyRoom => ("any_room", None),
        Relaxation::WithoutGear(at) => ("without_equipment", Some(request.equipment[at].0.to_owned())),
        Relaxation::WithoutHybrid => ("without_hybrid", None),
        Relaxation::WithoutLoop => ("without_hearing_loop", None),
        Relaxation::Without(who) => ("without_person", email(who)),
    };
    let offer = judged(view, caller, request, heads, &relaxed.offer)?;
    Some(SlotRelax { change, whom, said: relaxed.said.clone(), offer })
}

fn notes(
    view: &View<'_>,
    request: &Request<'_>,
    heads: Heads,
    nothing: bool,
    considered: SlotsConsidered,
) -> Vec<Said> {
    let mut notes = Vec::new();
    let guests = request.people.iter().filter(|invited| invited.person.resource.is_none());
    let guests: Vec<&str> = guests.map(|invited| invited.person.name.as_str()).collect();
    if !guests.is_empty() {
        notes.push(Said::new("slots.no_calendar").with("names", guests.join(", ")));
    }
    if nothing {
        let seats = heads.seats(view.directory().house.undecided_percent);
        notes.push(match considered {
            SlotsConsidered { starts: 0, .. } => Said::new("slots.no_start"),
            SlotsConsidered { rooms: 0, .. } if seats > 0 => {
                Said::new("slots.no_room_suits").with("seats", seats)
            }
            SlotsConsidered { suit_people: 0, .. } => Said::new("slots.nobody_free"),
            _ => Said::new("slots.no_room_free"),
        });
    }
    notes
}
