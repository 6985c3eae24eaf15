//! Writes a line into the ledger of presence.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::json;

use super::Hall;
use super::figures::{line, note};
use super::open_session::reason;
use crate::booking::Refusal;
use crate::council::{MandateStatus, SessionMode, SessionState};
use crate::ids::{MandateId, SessionId};
use crate::presence::{Channel, IdentifiedBy, LedgerFault, Presence, PresenceKind, Source};
use crate::scheduler::Caller;
use crate::store::{NewPresence, Tx};
use crate::texts::Said;
use crate::town::{Action, Role};

/// How long before the planned hour somebody may be taken down as there.
const EARLIEST: TimeDelta = TimeDelta::hours(12);

/// What is to be written.
#[derive(Clone, Debug)]
pub struct NotePresence {
    /// The member.
    pub mandate: MandateId,
    /// What happened.
    pub kind: PresenceKind,
    /// When, UTC, if not now; only the clerk says so.
    pub at: Option<DateTime<Utc>>,
    /// Who writes it.
    pub source: Source,
    /// How it is known that it was them.
    pub identified_by: IdentifiedBy,
}

/// Writes a line: as the clerk anything, at a screen who came into its room and who left it, as a member one's own
/// coming and going from elsewhere.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not write such a line; [`Refusal::State`] for one that cannot follow those
/// that there are, or when the session is not to be attended.
pub fn note_presence(
    tx: &Tx<'_>,
    caller: &Caller,
    session: SessionId,
    new: &NotePresence,
) -> Result<(), Refusal> {
    let mut hall = Hall::load(tx, session)?;
    let new = allowed(tx, &hall, caller, new.clone())?;
    let at = new.at.unwrap_or(hall.now);
    fits(&hall, &new, at)?;
    let (mandate, kind) = (new.mandate, new.kind);
    let line = NewPresence { mandate, kind, at, source: new.source, identified_by: new.identified_by };
    append(tx, caller, &mut hall, line)
}

/// Adds a line that may be added, also to the hall, and tells the journal how many were present before and after.
fn append(tx: &Tx<'_>, caller: &Caller, hall: &mut Hall, new: NewPresence) -> Result<(), Refusal> {
    let ledger = hall.ledger();
    ledger
        .admits(&new.clone().numbered(ledger.last() + 1), hall.now)
        .map_err(|fault| refused(hall, &new, fault))?;
    let before = hall.quorum(None).present();
    let added = tx.add_presence(hall.session.id, new)?;
    let mut detail = line(&added);
    hall.lines.push(added);
    let after = hall.quorum(None).present();
    detail["noted"] = json!(hall.now.timestamp());
    detail["present"] = json!([before, after]);
    note(tx, caller, &hall.session, ("presence.noted", detail))
}

/// The line as this caller may write it.
fn allowed(
    tx: &Tx<'_>,
    hall: &Hall,
    caller: &Caller,
    mut new: NotePresence,
) -> Result<NotePresence, Refusal> {
    let forbidden = || Refusal::Forbidden { action: Action::ConductSession, role: caller.role };
    match new.source {
        Source::Kiosk => {
            let meeting = hall.session.meeting.map(|id| tx.meeting(id)).transpose()?.flatten();
            let here = |room| meeting.as_ref().is_some_and(|meeting| meeting.rooms.contains(&room));
            let proved = matches!(new.identified_by, IdentifiedBy::Badge | IdentifiedBy::Pin);
            let kinds = matches!(new.kind, PresenceKind::Arrive(Channel::Room) | PresenceKind::Leave);
            if caller.role != Role::Device || !caller.room.is_some_and(here) || !proved || !kinds {
                return Err(forbidden());
            }
            // Whoever is remote and comes into the room changes the way they take part; the screen knows only the room.
            let remote = matches!(hall.presence(new.mandate), Presence::Remote(_));
            if remote && new.kind == PresenceKind::Arrive(Channel::Room) {
                new.kind = PresenceKind::SwitchChannel(Channel::Room);
            }
            new.at = None;
        }
        Source::Clerk | Source::AvBridge => hall.must_conduct(caller)?,
        Source::Portal => {
            if hall.seat_of(caller) != Some(new.mandate) {
                return Err(forbidden());
            }
            let in_room = matches!(hall.presence(new.mandate), Presence::InRoom | Presence::Recused(_));
            let own = match new.kind {
                PresenceKind::Excuse | PresenceKind::Arrive(Channel::Remote) | PresenceKind::Reconnected => {
                    true
                }
                PresenceKind::Leave | PresenceKind::ConnectionLost => !in_room,
                _ => false,
            };
            if !own {
                return Err(forbidden());
            }
            let account = caller.person.map(|person| tx.account(person)).transpose()?.flatten();
            let second = account.is_some_and(|account| account.totp.is_some());
            // Nobody sees and hears themselves: chair or secretary confirm it.
            new.identified_by = if second { IdentifiedBy::TwoFactor } else { IdentifiedBy::SignedIn };
            new.at = None;
        }
    }
    Ok(new)
}

impl Hall {
    /// The instant, UTC, of a time of day that somebody types about this session: of the day on which it was closed or
    /// else of today, on its own wall; of the day before if that lies ahead and the session had begun by then, as after
    /// midnight.
    #[must_use]
    pub fn instant_of(&self, time: NaiveTime) -> DateTime<Utc> {
        let zone = self.session.zone;
        let end = self.session.closed.unwrap_or(self.now);
        let day = zone.wall(end).date();
        let at = |day: NaiveDate| zone.resolve(day.and_time(time)).instant;
        let earlier = day.pred_opt().map(at).filter(|_| at(day) > end);
        let began = self.session.opened.unwrap_or(self.session.planned);
        earlier.filter(|earlier| *earlier >= began - EARLIEST).unwrap_or_else(|| at(day))
    }
}

/// What the session, its mode and the mandate allow.
fn fits(hall: &Hall, new: &NotePresence, at: DateTime<Utc>) -> Result<(), Refusal> {
    let state = hall.session.state;
    let excuse = matches!(new.kind, PresenceKind::Excuse | PresenceKind::Correct { .. });
    let ahead = state == SessionState::Scheduled && excuse;
    let sits = state == SessionState::Convened || state.is_under_way() || ahead;
    // What was taken down wrongly is put right until the minutes are approved.
    let after = state.awaits_minutes()
        && new.source == Source::Clerk
        && (matches!(new.kind, PresenceKind::Correct { .. })
            || hall.session.closed.is_some_and(|end| at <= end));
    if !sits && !after {
        return Err(Refusal::State(Said::new("chamber.no_attending")));
    }
    if at < hall.session.planned - EARLIEST && !excuse {
        return Err(Refusal::State(Said::new("chamber.too_early")));
    }
    // Rule P5: nobody before their mandate starts, or while prevented.
    let mandate = hall.mandate(new.mandate)?;
    if !mandate.stands_at(at) || mandate.status == MandateStatus::Prevented {
        return Err(Refusal::State(Said::new("chamber.no_mandate")));
    }
    match &new.kind {
        PresenceKind::Arrive(Channel::Remote)
        | PresenceKind::SwitchChannel(Channel::Remote)
        | PresenceKind::Reconnected
            if hall.session.mode == SessionMode::Physical =>
        {
            Err(Refusal::State(Said::new("chamber.only_in_room")))
        }
        PresenceKind::Arrive(Channel::Room) | PresenceKind::SwitchChannel(Channel::Room)
            if hall.session.mode == SessionMode::Digital =>
        {
            Err(Refusal::State(Said::new("chamber.only_remote")))
        }
        PresenceKind::RecuseStart(item) => {
            hall.item(*item)?;
            voted_already(hall, new.mandate)
        }
        PresenceKind::Correct { reason: why, .. } => reason(why).map(|_| ()),
        _ => Ok(()),
    }
}

/// Refuses to leave for an item on which one is voting: a ballot stands or the vote is annulled.
fn voted_already(hall: &Hall, mandate: MandateId) -> Result<(), Refusal> {
    match hall.open_vote() {
        Some(vote) if hall.electorate(vote).contains(&mandate) => {
            Err(Refusal::State(Said::new("chamber.recuse_before")))
        }
        _ => Ok(()),
    }
}

/// Why a line cannot be added, in words.
fn refused(hall: &Hall, new: &NewPresence, fault: LedgerFault) -> Refusal {
    let name = hall.name(new.mandate);
    let said = match fault {
        LedgerFault::AlreadyThere => Said::new("chamber.already_there"),
        LedgerFault::NotThere => Said::new("chamber.not_there"),
        LedgerFault::SameChannel => Said::new("chamber.same_channel"),
        LedgerFault::NotRemote => Said::new("chamber.not_remote"),
        LedgerFault::NotLost => Said::new("chamber.not_lost"),
        LedgerFault::AlreadySeen => Said::new("chamber.already_seen"),
        LedgerFault::AlreadyRecused => Said::new("chamber.already_recused"),
        LedgerFault::NotRecused => Said::new("chamber.not_recused"),
        LedgerFault::NoSuchLine => Said::new("chamber.no_such_line"),
        LedgerFault::WrongTime => Said::new("chamber.wrong_time"),
    };
    Refusal::State(said.with("name", name))
}

/// Ends the absence of those who left for an item: they come back when it is over, without an act of their own.
pub(super) fn end_recusals(
    tx: &Tx<'_>,
    caller: &Caller,
    hall: &mut Hall,
    item: crate::ids::ItemId,
) -> Result<(), Refusal> {
    let states = hall.ledger().states(hall.now);
    for (mandate, _) in states.into_iter().filter(|(_, state)| *state == Presence::Recused(item)) {
        let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
        let kind = PresenceKind::RecuseEnd;
        let at = hall.now;
        append(tx, caller, hall, NewPresence { mandate, kind, at, source, identified_by })?;
    }
    Ok(())
}
