//! Placing the dates of a meeting anew, after its time, place or people changed.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};

use super::Caller;
use super::change_meeting::{ChangeMeeting, plan};
use super::create_meeting::{far, refuse_denied, settle};
use super::decide_meeting::keep_reasons;
use super::invite::list_of;
use super::place::{claim_all, judge_all};
use crate::booking::{Conflict, Meeting, MeetingStatus, Occurrence, Reason, Refusal, Run, Slot};
use crate::ids::RoomId;
use crate::store::{StoreError, Tx};
use crate::time::recurrence::{MAX_OCCURRENCES, Rule};
use crate::town::Action;

/// The dates that the rule of a series gives and that it does not have: left out when it was booked, or by the
/// calendar it came from. Beyond the horizon nothing is left out, only not made yet.
pub(super) fn left_out(meeting: &Meeting, dates: &[Occurrence]) -> Vec<NaiveDateTime> {
    let Some(text) = &meeting.rule else { return Vec::new() };
    let Ok(rule) = Rule::parse(text, meeting.start, meeting.zone) else { return Vec::new() };
    let until = meeting.materialised_to.unwrap_or_else(|| far(meeting.start));
    let mut given = rule.occurrences(meeting.start, meeting.start, until, MAX_OCCURRENCES + 1);
    given.retain(|at| dates.iter().all(|date| date.original != *at));
    given
}

/// Placing the dates of a meeting anew.
pub(super) struct Rework<'a> {
    pub(super) before: &'a [Occurrence],
    pub(super) wanted: &'a [NaiveDateTime],
    /// The original of each wanted date before a shift.
    pub(super) renamed: &'a HashMap<NaiveDateTime, NaiveDateTime>,
    /// How long the meeting was before.
    pub(super) nominal: TimeDelta,
    /// Where it was before.
    pub(super) former_rooms: &'a [RoomId],
    pub(super) change: &'a ChangeMeeting,
}

impl Rework<'_> {
    fn former(&self, original: NaiveDateTime) -> Option<&Occurrence> {
        let was = self.renamed.get(&original).copied().unwrap_or(original);
        self.before.iter().find(|date| date.original == was)
    }

    pub(super) fn place(
        &self,
        tx: &Tx<'_>,
        caller: &Caller,
        meeting: &mut Meeting,
    ) -> Result<(Vec<Reason>, Vec<Conflict>), Refusal> {
        tx.update_meeting(meeting)?;
        let kept: Vec<_> = self.wanted.iter().filter_map(|at| self.former(*at)).map(|date| date.id).collect();
        for date in self.before.iter().filter(|date| date.time.end > tx.now()) {
            if !kept.contains(&date.id) {
                tx.delete_occurrence(date.id)?;
            } else if date.run == Run::Planned {
                tx.drop_claims(date.id)?;
            }
        }
        let slots = self.slots(tx, meeting)?;
        let (list, people) = list_of(tx, meeting)?;
        let judged = judge_all(tx, &plan(meeting, &list, &people, caller, self.change), slots)?;
        refuse_denied(&judged)?;
        if judged.needs_approval && caller.must(Action::OverridePolicy).is_err() {
            let minutes = i64::from(tx.directory().house.hold_min);
            meeting.status = MeetingStatus::Held;
            meeting.held_until = Some(tx.now() + TimeDelta::minutes(minutes));
            tx.update_meeting(meeting)?;
            keep_reasons(tx, meeting, &judged)?;
        }
        let plan = plan(meeting, &list, &people, caller, self.change);
        let known = |slot: &Slot| {
            let former = self.former(slot.original)?;
            Some(Occurrence { original: slot.original, ..former.clone() })
        };
        let mut placement = claim_all(tx, &plan, judged.fit, known)?;
        placement.conflicts.extend(judged.conflicts);
        let conflicts = settle(tx, self.change.on_conflict, &plan, &mut placement, &known)?;
        for conflict in &conflicts {
            if placement.occurrences.iter().all(|date| date.original != conflict.start) {
                self.leave_out(tx, conflict.start)?;
            }
        }
        let mut warnings = judged.warnings;
        warnings.append(&mut placement.warnings);
        Ok((warnings, conflicts))
    }

    /// The dates to be claimed: those ahead that were not called off. A date with a time or room of its own
    /// keeps it, unless the change names new rooms.
    fn slots(&self, tx: &Tx<'_>, meeting: &Meeting) -> Result<Vec<Slot>, Refusal> {
        let mut slots = Vec::with_capacity(self.wanted.len());
        for original in self.wanted {
            let mut slot = Slot::new(*original, meeting.length, meeting.zone);
            if let Some(former) = self.former(*original) {
                if former.time.end <= tx.now() {
                    continue;
                }
                if former.run != Run::Planned {
                    let mut renamed = Occurrence { original: *original, ..former.clone() };
                    if former.run == Run::Released {
                        // It can still be taken back, and then it is where it was.
                        let was = former.rooms_or(self.former_rooms).to_vec();
                        renamed.rooms = Some(was).filter(|rooms| *rooms != meeting.rooms);
                    }
                    tx.update_occurrence(&renamed, None)?;
                    continue;
                }
                let alone = self.before.len() == 1 && self.change.moves();
                let was = Slot::new(former.original, self.nominal, meeting.zone).time;
                if former.time != was && !alone {
                    slot.time = former.time;
                    slot.start = meeting.zone.wall(former.time.start);
                }
                slot.rooms = former.rooms.clone().filter(|_: &Vec<RoomId>| self.change.rooms.is_none());
            } else if slot.time.end <= tx.now() {
                continue;
            }
            slots.push(slot);
        }
        Ok(slots)
    }

    fn leave_out(&self, tx: &Tx<'_>, original: NaiveDateTime) -> Result<(), StoreError> {
        let Some(former) = self.former(original) else { return Ok(()) };
        let gone = Occurrence { original, run: Run::Cancelled, cancelled: Some(tx.now()), ..former.clone() };
        tx.update_occurrence(&gone, None)
    }
}
