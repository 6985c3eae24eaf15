//! The rooms for a meeting on the form, ranked with their reasons.

use super::meeting_book::{Wish, minutes_of, people_of, start_of};
use super::visitor::Fields;
use crate::booking::Heads;
use crate::scheduler::{Found, SearchRooms};
use crate::texts::Lang;
use crate::town::{Directory, Kit};

/// Rooms named that do not suit, with the reason.
const UNSUITED: usize = 40;

/// One room with what speaks for or against it.
pub(super) struct RoomLine {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) site: String,
    pub(super) seats: u32,
    pub(super) reasons: Vec<String>,
}

/// The search for rooms that the form describes; nothing if it has no start.
pub(super) fn search_of(wish: &Wish, fields: &Fields) -> Option<SearchRooms> {
    start_of(&wish.date, &wish.from)?;
    let named = |mode: &str| {
        let people = people_of(fields).filter(|(email, m, _)| !email.is_empty() && m == mode).count();
        u32::try_from(people).unwrap_or(u32::MAX)
    };
    let extra = |text: &str| text.parse::<u32>().unwrap_or(0).min(100_000);
    let heads = Heads {
        in_room: named("in_room") + extra(&wish.in_room),
        remote: named("remote") + extra(&wish.remote),
        undecided: named("undecided"),
    };
    Some(SearchRooms {
        start: format!("{}T{}", wish.date, wish.from),
        minutes: minutes_of(wish),
        zone: None,
        heads,
        kit: Kit { hybrid: wish.hybrid, wheelchair: wish.wheelchair, hearing_loop: wish.hearing_loop },
        near: Some(wish.near.clone()).filter(|slug| !slug.is_empty()),
    })
}

/// The rooms that suit, best first, and those that do not, with the reasons.
pub(super) fn verdicts(directory: &Directory, lang: Lang, found: &Found) -> (Vec<RoomLine>, Vec<RoomLine>) {
    let line = |verdict: &crate::booking::Verdict| {
        let room = directory.room_named(&verdict.room)?;
        Some(RoomLine {
            slug: room.slug.clone(),
            name: room.name.clone(),
            site: directory.site(room.site).map_or_else(String::new, |site| site.name.clone()),
            seats: room.capacity,
            reasons: verdict.reasons.iter().map(|said| said.speak(lang)).collect(),
        })
    };
    let suited = found.verdicts.iter().filter(|v| v.score.is_some()).filter_map(line).collect();
    let rejected = found.verdicts.iter().filter(|v| v.score.is_none());
    (suited, rejected.filter_map(line).take(UNSUITED).collect())
}
