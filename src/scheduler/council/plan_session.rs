//! Plans a session: its room and its members' time are claimed in the same transaction, or it is not planned.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::json;

use super::super::create_meeting::{clip, text_fault};
use super::super::invite::Invite;
use super::super::{Caller, CreateMeeting, create_meeting};
use super::{law_of, log_session, tended_body};
use crate::booking::{Conference, Mode, Part, Privacy, Refusal};
use crate::council::{
    CouncilBody, Kind, Mandate, MandateRole, ModeReason, Publicness, Remote, Session, SessionMode,
    SessionState, convened,
};
use crate::ids::{MeetingId, SessionId};
use crate::store::{Tx, View};
use crate::texts::Said;
use crate::town::Body;

/// A session to be planned.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// Slug of the body.
    pub body: String,
    /// Wall time of the start, in the zone of the house.
    pub start: NaiveDateTime,
    /// How long it is planned to last, in minutes.
    pub length_min: u32,
    /// Slugs of its rooms, the main room first; none for a draft without a room.
    pub rooms: Vec<String>,
    /// Kinds of equipment.
    pub equipment: Vec<String>,
    /// Where, in words; made of the room if empty.
    pub place: String,
    /// In which way it meets.
    pub mode: SessionMode,
    /// Why, if that is the exception.
    pub mode_reason: Option<ModeReason>,
    /// Slug of the session whose room and stream it shares.
    pub joint_with: Option<String>,
    /// The session that it repeats for want of members, or continues.
    pub previous: Option<SessionId>,
    /// Whether it repeats one for want of members (second convocation, article 26).
    pub second: bool,
    /// Address of who answers for the booking, if not the caller.
    pub organiser: Option<String>,
}

/// Plans a session of a body.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`], [`Refusal::Invalid`]; [`Refusal::Taken`] if another has the room or a
/// member is in session elsewhere; [`Refusal::State`] if the body may not meet in this way, or has no members then.
pub fn plan_session(tx: &Tx<'_>, caller: &Caller, new: &NewSession) -> Result<Session, Refusal> {
    let body = tended_body(tx, caller, &new.body)?.clone();
    let law = law_of(tx, &body)?;
    let zone = tx.directory().house.zone;
    let planned = zone.resolve(new.start).instant;
    let term = tx.terms(body.id)?.into_iter().find(|term| term.covers(new.start.date()));
    let term =
        term.ok_or_else(|| Refusal::State(Said::new("council.no_term").with("date", new.start.date())))?;
    check(new)?;
    check_mode(&law, new.mode, new.mode_reason.as_ref())?;
    let mandates = tx.mandates(term.id)?;
    let joint = new.joint_with.as_ref().map(|slug| joined(tx, slug)).transpose()?;
    let sitting = Sitting { body: &body, law: &law, mandates: &mandates, planned };
    // A digital session and one held elsewhere claim their members' time too.
    let elsewhere = new.mode == SessionMode::Digital || !new.place.trim().is_empty();
    let books = !new.rooms.is_empty() || elsewhere && joint.is_none();
    let meeting = if books { Some(book(tx, caller, new, &sitting)?) } else { None };
    let session = Session {
        id: SessionId(tx.fresh()),
        slug: free_slug(tx, &body, new.start)?,
        body: body.id,
        term: term.id,
        meeting,
        planned,
        zone,
        length_min: new.length_min,
        place: place_of(tx, new, joint.as_ref()),
        mode: new.mode,
        mode_reason: new.mode_reason.clone(),
        chair: officer(&mandates, MandateRole::Chair, planned),
        secretary: officer(&mandates, MandateRole::Secretary, planned),
        joint_with: joint.map(|session| session.id),
        convocation_no: if new.second { 2 } else { 1 },
        previous: new.previous,
        stream_url: law.rules.remote.stream_url.clone(),
        state: if meeting.is_some() || new.joint_with.is_some() {
            SessionState::Scheduled
        } else {
            SessionState::Draft
        },
        opened: None,
        closed: None,
        version: 1,
    };
    tx.put_session(&session)?;
    let detail = json!({ "planned": planned.timestamp(), "mode": session.mode, "term": term.id,
        "convocation_no": session.convocation_no });
    log_session(tx, caller, "session.planned", &session, Some(detail))?;
    Ok(session)
}

fn check(new: &NewSession) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if !(15..=1_440).contains(&new.length_min) {
        faults.push(crate::booking::Fault::new("length_min", Said::new("council.length")));
    }
    faults.extend(text_fault("place", &new.place, 200, false));
    if let Some(reason) = &new.mode_reason {
        faults.extend(text_fault("mode_reason", &reason.reason, 500, false));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// Whether the body may meet in this way: as its rules of procedure allow, and in the exceptional circumstances that
/// they name, with a reason (article 20 paragraph 3).
pub(super) fn check_mode(
    law: &CouncilBody,
    mode: SessionMode,
    reason: Option<&ModeReason>,
) -> Result<(), Refusal> {
    if !law.rules.modes.contains(&mode) {
        return Err(Refusal::invalid("mode", Said::new("council.mode_not_allowed")));
    }
    let only_then = law.kind().is_ok_and(|kind| kind.remote() == Remote::ExceptionalOnly);
    let exceptional = mode != SessionMode::Physical && (only_then || !law.rules.circumstances.is_empty());
    if !exceptional {
        return Ok(());
    }
    let named = reason.filter(|reason| law.rules.circumstances.contains(&reason.circumstance));
    match named.filter(|reason| !reason.reason.trim().is_empty()) {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid("mode_reason", Said::new("council.mode_reason"))),
    }
}

/// Who sits, and when.
struct Sitting<'a> {
    body: &'a Body,
    law: &'a CouncilBody,
    mandates: &'a [Mandate],
    planned: DateTime<Utc>,
}

fn book(tx: &Tx<'_>, caller: &Caller, new: &NewSession, who: &Sitting<'_>) -> Result<MeetingId, Refusal> {
    let end = new.start + TimeDelta::minutes(i64::from(new.length_min));
    let conference = conference_of(who.law, new.mode);
    let wanted = CreateMeeting {
        title: who.body.name.clone(),
        start: new.start.format("%Y-%m-%dT%H:%M").to_string(),
        end: end.format("%Y-%m-%dT%H:%M").to_string(),
        rooms: new.rooms.clone(),
        equipment: new.equipment.clone(),
        privacy: privacy_of(who.law),
        participants: invites(tx, who, new.mode)?,
        conference,
        body: Some(who.body.slug.clone()),
        organiser: new.organiser.clone(),
        uninvited: true,
        ..CreateMeeting::default()
    };
    Ok(create_meeting(tx, caller, &wanted)?.meeting.id)
}

/// Claims rooms, and the time of those who sit, for a session that was planned without.
pub(super) fn book_later(
    tx: &Tx<'_>,
    caller: &Caller,
    session: &Session,
    (start, rooms): (NaiveDateTime, &[String]),
) -> Result<MeetingId, Refusal> {
    let body = tx.directory().body(session.body).ok_or_else(|| Refusal::unknown("body", session.body))?;
    let (law, mandates) = (law_of(tx, body)?, tx.mandates(session.term)?);
    let planned = session.zone.resolve(start).instant;
    let new = NewSession {
        start,
        length_min: session.length_min,
        rooms: rooms.to_vec(),
        mode: session.mode,
        ..NewSession::default()
    };
    book(tx, caller, &new, &Sitting { body, law: &law, mandates: &mandates, planned })
}

/// How those who are elsewhere join a session that meets in this way.
pub(super) fn conference_of(law: &CouncilBody, mode: SessionMode) -> Conference {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    match mode {
        SessionMode::Physical => Conference::default(),
        SessionMode::Hybrid | SessionMode::Digital => Conference {
            url: some(&law.rules.remote.join_url),
            dial_in: some(&law.rules.remote.fallback_phone),
        },
    }
}

/// What those who do not sit in a body may know of its sessions: a college meets behind closed doors.
pub(super) fn privacy_of(law: &CouncilBody) -> Privacy {
    match law.kind().map(Kind::publicness) {
        Ok(Publicness::PublicUnlessClosed) => Privacy::Public,
        Ok(Publicness::Internal) => Privacy::Private,
        Ok(Publicness::Closed) | Err(_) => Privacy::Closed,
    }
}

/// Those whom the session convenes.
fn invites(view: &View<'_>, who: &Sitting<'_>, mode: SessionMode) -> Result<Vec<Invite>, Refusal> {
    let members = convened(who.mandates, who.planned);
    if members.is_empty() {
        return Err(Refusal::State(Said::new("council.nobody_sits").with("name", &who.body.name)));
    }
    let mut invites = Vec::with_capacity(members.len());
    for mandate in members {
        let person =
            view.person(mandate.person)?.ok_or_else(|| Refusal::unknown("person", mandate.person))?;
        let mode = match mode {
            SessionMode::Physical => Mode::InRoom,
            SessionMode::Hybrid => Mode::Undecided,
            SessionMode::Digital => Mode::Remote,
        };
        let role = if mandate.role == MandateRole::Chair { Part::Chair } else { Part::Required };
        invites.push(Invite { email: person.email, mode, role, ..Invite::default() });
    }
    Ok(invites)
}

fn joined(view: &View<'_>, slug: &str) -> Result<Session, Refusal> {
    view.session_named(slug)?.ok_or_else(|| Refusal::unknown("session", clip(slug)))
}

/// Who holds an office at an instant.
pub(super) fn officer(
    mandates: &[Mandate],
    role: MandateRole,
    at: DateTime<Utc>,
) -> Option<crate::ids::MandateId> {
    mandates.iter().find(|mandate| mandate.role == role && mandate.stands_at(at)).map(|mandate| mandate.id)
}

/// Where it is held, in words: as given, or the room and its building, or where the joint session is.
fn place_of(view: &View<'_>, new: &NewSession, joint: Option<&Session>) -> String {
    if !new.place.trim().is_empty() {
        return new.place.trim().to_owned();
    }
    let room = place_in(view, &new.rooms);
    room.or_else(|| joint.map(|joint| joint.place.clone())).unwrap_or_default()
}

/// The first of some rooms and its building, in words.
pub(super) fn place_in(view: &View<'_>, rooms: &[String]) -> Option<String> {
    let directory = view.directory();
    let room = directory.room_named(rooms.first()?)?;
    Some(match directory.site(room.site) {
        Some(site) => format!("{}, {}", room.name, site.name),
        None => room.name.clone(),
    })
}

/// The name of a session in addresses: body and date; with a number if there is one already.
fn free_slug(view: &View<'_>, body: &Body, start: NaiveDateTime) -> Result<String, Refusal> {
    let base = format!("{}-{}", body.slug, start.date());
    let numbered = |n: u32| if n == 1 { base.clone() } else { format!("{base}-{n}") };
    for n in 1..100 {
        if view.session_named(&numbered(n))?.is_none() {
            return Ok(numbered(n));
        }
    }
    Err(Refusal::State(Said::new("council.too_many").with("date", start.date())))
}
