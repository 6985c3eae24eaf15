//! Who is where, and what can be written down about each.

use super::seat_picture::{Seat, picture};
use super::words;
use crate::council::{Mandate, MandateRole, SessionMode};
use crate::ids::MandateId;
use crate::presence::{Presence, RemoteLine};
use crate::scheduler::Hall;
use crate::texts::{Lang, text};

/// What one waits for.
const AWAITED: [&str; 5] = ["arrive_room", "arrive_remote", "seen", "back", "recuse_end"];

/// One member.
pub(super) struct Seated {
    pub(super) id: MandateId,
    pub(super) name: String,
    /// Office and group.
    pub(super) about: String,
    pub(super) class: &'static str,
    pub(super) state: &'static str,
    /// Whether they are not there yet: they can be ticked, and written down together with others.
    pub(super) awaited: bool,
    /// What can be written down: its value and its words.
    pub(super) deeds: Vec<(&'static str, &'static str)>,
    /// The value of what is waited for: that they come, are seen, are back. That somebody goes never stands out.
    pub(super) stands_out: Option<&'static str>,
    /// Whether they can be given the floor.
    pub(super) can_speak: bool,
    pub(super) speaks: bool,
}

/// Everybody who has a place in the session.
pub(super) fn seated(lang: Lang, hall: &Hall) -> Vec<Seated> {
    let states = hall.ledger().states(hall.now);
    let speaker = hall.speaker().map(|(mandate, _)| mandate);
    let row = |mandate: &Mandate| {
        let absent = Presence::Absent { excused: false };
        let presence = states.get(&mandate.id).copied().unwrap_or(absent);
        let (class, state) = words::presence(lang, presence);
        let sits = hall.session.state == crate::council::SessionState::Open;
        let deeds = deeds(lang, hall, presence);
        let heard = matches!(presence, Presence::InRoom | Presence::Remote(RemoteLine::Confirmed));
        Seated {
            id: mandate.id,
            name: name(lang, hall, mandate.id),
            about: about(lang, hall, mandate),
            class,
            state,
            awaited: matches!(presence, Presence::Absent { .. }) && !deeds.is_empty(),
            stands_out: deeds.iter().map(|(value, _)| *value).find(|value| AWAITED.contains(value)),
            deeds,
            can_speak: sits && heard && speaker != Some(mandate.id),
            speaks: speaker == Some(mandate.id),
        }
    };
    hall.places().into_iter().map(row).collect()
}

/// The name of a member; a word for somebody whose data were wiped.
pub(super) fn name(lang: Lang, hall: &Hall, mandate: MandateId) -> String {
    let known = hall.names.get(&mandate).filter(|name| !name.is_empty());
    known.cloned().unwrap_or_else(|| text(lang, "journal.wiped").to_owned())
}

fn about(lang: Lang, hall: &Hall, mandate: &Mandate) -> String {
    let chair = hall.session.chair == Some(mandate.id);
    let office = match mandate.role {
        _ if chair => Some(text(lang, "chamber.role_chair")),
        MandateRole::Mayor => Some(text(lang, "chamber.role_mayor")),
        MandateRole::Alderman => Some(text(lang, "chamber.role_alderman")),
        MandateRole::Advisory => Some(text(lang, "chamber.role_advisory")),
        MandateRole::Secretary => Some(text(lang, "chamber.role_secretary")),
        MandateRole::Chair | MandateRole::Member => None,
    };
    let parts = [office, mandate.fraction.as_deref()];
    parts.into_iter().flatten().collect::<Vec<&str>>().join(", ")
}

/// What can be written down about all who are ticked, while some are not there yet.
pub(super) fn together(lang: Lang, hall: &Hall, members: &[Seated]) -> Vec<(&'static str, &'static str)> {
    let awaited = members.iter().filter(|member| member.awaited).count();
    if awaited < 2 { Vec::new() } else { deeds(lang, hall, Presence::Absent { excused: false }) }
}

/// What can be written down about somebody, by where they are; the value is the verb of the form.
fn deeds(lang: Lang, hall: &Hall, presence: Presence) -> Vec<(&'static str, &'static str)> {
    let (room, remote) =
        (hall.session.mode != SessionMode::Digital, hall.session.mode != SessionMode::Physical);
    let leave = ("leave", text(lang, "chamber.do_leave"));
    let recuse = hall.under_way().map(|_| ("recuse", text(lang, "chamber.do_recuse")));
    let to_room = room.then(|| ("switch_room", text(lang, "chamber.do_switch_room")));
    let mut deeds = Vec::new();
    if !hall.takes_attendance() {
        // Long before, one can say that one cannot come; afterwards nothing changes any more.
        let excuse = hall.session.state.lies_ahead() && presence == Presence::Absent { excused: false };
        deeds.extend(excuse.then(|| ("excuse", text(lang, "chamber.do_excuse"))));
        return deeds;
    }
    match presence {
        Presence::Absent { excused } => {
            deeds.extend(room.then(|| ("arrive_room", text(lang, "chamber.do_room"))));
            deeds.extend(remote.then(|| ("arrive_remote", text(lang, "chamber.do_remote"))));
            deeds.extend((!excused).then(|| ("excuse", text(lang, "chamber.do_excuse"))));
        }
        Presence::InRoom => {
            deeds.push(leave);
            deeds.extend(recuse);
            deeds.extend(remote.then(|| ("switch_remote", text(lang, "chamber.do_switch_remote"))));
        }
        Presence::Remote(RemoteLine::Confirmed) => {
            deeds.extend([("lost", text(lang, "chamber.do_lost")), leave]);
            deeds.extend(recuse);
            deeds.extend(to_room);
        }
        Presence::Remote(RemoteLine::Unseen) => {
            deeds.extend([
                ("seen", text(lang, "chamber.do_seen")),
                ("lost", text(lang, "chamber.do_lost")),
                leave,
            ]);
            deeds.extend(to_room);
        }
        Presence::Remote(RemoteLine::Lost { .. }) => {
            deeds.extend([("back", text(lang, "chamber.do_back")), leave]);
            deeds.extend(to_room);
        }
        Presence::Recused(_) => deeds.extend([("recuse_end", text(lang, "chamber.do_recuse_end")), leave]),
    }
    deeds
}

/// The seats of the sitting members as a picture.
pub(super) fn seats(hall: &Hall) -> String {
    let states = hall.ledger().states(hall.now);
    let absent = Presence::Absent { excused: false };
    let seat = |id: &MandateId| Seat::of(states.get(id).copied().unwrap_or(absent));
    let seats: Vec<Seat> = hall.sitting(hall.now).iter().map(seat).collect();
    let needed = hall.quorum(None).needed as usize;
    picture(seats, needed)
}
