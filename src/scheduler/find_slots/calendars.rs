//! Reading calendars: of the people, of each cell and of each unit of equipment, in the period asked for.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::request::Request;
use crate::booking::slots::{Attendee, Gear, Place, Wanted, WorkingHours};
use crate::booking::{Ask, Heads, open_on, walk_min};
use crate::scheduler::Caller;
use crate::store::{StoreError, View};
use crate::time::Interval;
use crate::town::{ResourceId, Room};

/// What others have, and when rooms may be used.
pub(super) struct Calendars {
    busy: HashMap<ResourceId, Vec<Interval>>,
    /// For each room of the request; none if no rule has a say.
    open: Vec<Option<Vec<Interval>>>,
}

/// The longest set-up or clean-up: claims that reach so close matter.
const MARGIN: TimeDelta = TimeDelta::days(1);

impl Calendars {
    pub(super) fn load(view: &View<'_>, caller: &Caller, request: &Request<'_>) -> Result<Self, StoreError> {
        let window = request.window.widened(MARGIN, MARGIN);
        let people = request.people.iter().filter_map(|invited| invited.person.resource);
        let cells = request.rooms.iter().flat_map(|(room, _)| room.cells.iter().copied());
        let units = view.directory().units.iter();
        let units = units.filter(|unit| request.equipment.iter().any(|(kind, _)| *kind == unit.kind));
        let mut busy = HashMap::new();
        for resource in people.chain(cells).chain(units.map(|unit| unit.resource)) {
            if let std::collections::hash_map::Entry::Vacant(entry) = busy.entry(resource) {
                entry.insert(view.claims_in(resource, window)?.into_iter().map(|taken| taken.time).collect());
            }
        }
        let open = request.rooms.iter().map(|(room, _)| opening(view, caller, request, room)).collect();
        Ok(Self { busy, open })
    }

    fn of(&self, resource: ResourceId) -> &[Interval] {
        self.busy.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// The question as the search takes it.
    pub(super) fn question<'q>(&'q self, view: &'q View<'_>, request: &'q Request<'_>) -> Wanted<'q> {
        let directory = view.directory();
        let people = request.people.iter().map(|invited| Attendee {
            name: &invited.person.name,
            part: invited.part,
            mode: invited.mode,
            hours: WorkingHours::office(invited.person.zone),
            busy: invited.person.resource.map_or(&[], |resource| self.of(resource)),
        });
        let places = request.rooms.iter().zip(&self.open).map(|((room, asked), open)| Place {
            name: &room.name,
            capacity: room.capacity,
            kit: room.kit,
            cells: room.cells.iter().map(|cell| self.of(*cell)).collect(),
            setup: TimeDelta::minutes(i64::from(room.setup_min)),
            cleanup: TimeDelta::minutes(i64::from(room.cleanup_min)),
            walk_min: walk_min(directory, request.near, room),
            open: open.as_deref(),
            asked: *asked,
        });
        let gear = request.equipment.iter().map(|(kind, count)| Gear {
            kind,
            count: *count,
            units: directory
                .units
                .iter()
                .filter(|u| u.active && u.kind == *kind)
                .map(|u| self.of(u.resource))
                .collect(),
        });
        Wanted {
            window: request.window,
            zone: directory.house.zone,
            times: request.times.clone(),
            length: request.length,
            people: people.collect(),
            extra: Heads { in_room: request.in_room_extra, remote: request.remote_extra, undecided: 0 },
            undecided_percent: directory.house.undecided_percent,
            kit: request.kit,
            gear: gear.collect(),
            places: places.collect(),
            count: request.count,
        }
    }
}

/// When rules let a room be used in the period; none if there is no rule at all.
fn opening(view: &View<'_>, caller: &Caller, request: &Request<'_>, room: &Room) -> Option<Vec<Interval>> {
    let directory = view.directory();
    if directory.policies.is_empty() {
        return None;
    }
    let ask = Ask {
        room,
        role: caller.role,
        heads: request.heads(),
        length: request.length,
        now: view.now(),
        zone: directory.house.zone,
    };
    Some(request.days.iter().flat_map(|day| open_on(&directory.policies, &ask, *day)).collect())
}
