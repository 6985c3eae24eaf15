//! Tells why a booking would be refused, or that it would not: by booking it for real in a transaction that is
//! rolled back, so that the answer cannot differ from what happens.

use super::create_meeting::{Draft, choose};
use super::place::{claim_all, judge_all};
use super::{Caller, CreateMeeting};
use crate::booking::{Answer, Conflict, Fault, Heads, Mode, Part, Participant, Reason, Refusal};
use crate::ids::PersonId;
use crate::store::{NewMeeting, Tx};
use crate::town::{Action, Role};

/// The most people that are imagined.
const MOST: u32 = 20_000;

/// A booking to be tried.
#[derive(Clone, Debug)]
pub struct TryBooking {
    /// In what capacity it would be booked.
    pub role: Role,
    /// What: title and people do not matter.
    pub wanted: CreateMeeting,
    /// How many take part.
    pub heads: Heads,
    /// Meetings that whoever books has in the future already.
    pub future_meetings: u32,
}

/// What would come of it.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// What is wrong with the request itself.
    pub faults: Vec<Fault>,
    /// Rules that object, whatever they do.
    pub reasons: Vec<Reason>,
    /// Who has the room.
    pub conflicts: Vec<Conflict>,
    /// It would wait for consent.
    pub asks: bool,
}

impl Trial {
    /// Whether nothing would be booked.
    #[must_use]
    pub fn refused(&self) -> bool {
        let denied = self.reasons.iter().any(|reason| reason.effect == crate::town::Effect::Deny);
        denied || !self.faults.is_empty() || !self.conflicts.is_empty()
    }
}

/// Tries a booking. Only for a transaction that is rolled back.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who look after nothing, and for a role that may not book at all.
pub fn try_booking(tx: &Tx<'_>, caller: &Caller, trial: &TryBooking) -> Result<Trial, Refusal> {
    caller.must_somewhere(Action::ManageTown)?;
    let other = Caller { role: trial.role, grants: Vec::new(), ..caller.clone() };
    other.must(Action::Book)?;
    let wanted = &trial.wanted;
    let mut draft = match Draft::check(tx, &other, wanted) {
        Ok(draft) => draft,
        Err(Refusal::Invalid(faults)) => return Ok(Trial { faults, ..Trial::default() }),
        Err(refusal) => return Err(refusal),
    };
    draft.future_meetings = trial.future_meetings;
    let list = imagined(trial.heads);
    let slots = choose(tx, &draft, &[])?;
    let meeting = draft.meeting(tx, wanted);
    let plan = draft.plan(&other, wanted, &meeting, &list, &[]);
    let judged = judge_all(tx, &plan, slots.clone())?;
    tx.insert_meeting(&NewMeeting {
        meeting: &meeting,
        participants: &[],
        imported_uid: None,
        import_digest: None,
    })?;
    let placed = claim_all(tx, &plan, slots, |_| None)?;
    let mut reasons = judged.denied;
    reasons.extend(judged.warnings);
    Ok(Trial { faults: Vec::new(), reasons, conflicts: placed.conflicts, asks: judged.needs_approval })
}

/// People who only count.
fn imagined(heads: Heads) -> Vec<Participant> {
    let people = |mode: Mode, count: u32| {
        (0..count.min(MOST)).map(move |_| Participant {
            person: PersonId(uuid::Uuid::nil()),
            email: String::new(),
            name: String::new(),
            part: Part::Required,
            mode,
            answer: Answer::Accepted,
        })
    };
    people(Mode::InRoom, heads.in_room).chain(people(Mode::Remote, heads.remote)).collect()
}
