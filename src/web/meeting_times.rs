//! The best times for the people on the form, and the one change that would help most.

use super::meeting_book::{Wish, minutes_of, people_of};
use super::visitor::{Fields, Insider};
use super::words::{clock, short_day};
use crate::booking::{Mode, Part, Refusal};
use crate::http::App;
use crate::scheduler::{FindSlots, SlotOffer, SlotParticipant, find_slots};
use crate::texts::{Lang, text};
use crate::town::Directory;

/// What is offered.
pub(super) struct Times {
    /// Best first.
    pub(super) options: Vec<Offer>,
    /// The one change that would help most.
    pub(super) relax: Option<Relax>,
}

/// A time and a room.
pub(super) struct Offer {
    /// When, in words.
    pub(super) when: String,
    /// Where, in words.
    pub(super) room: String,
    /// What the button sends.
    pub(super) value: String,
    /// What speaks for and against it.
    pub(super) reasons: Vec<String>,
}

/// A change of the request, and what it makes possible.
pub(super) struct Relax {
    /// The change in words.
    pub(super) said: String,
    /// The offer.
    pub(super) option: Offer,
}

/// Looks for times from the day on the form; nothing if the form has no length.
pub(super) async fn times_of(
    app: &App,
    insider: &Insider,
    wish: &Wish,
    fields: &Fields,
) -> Option<Result<Times, Refusal>> {
    let wanted = wanted(insider, wish, fields)?;
    let caller = insider.caller().clone();
    let found = app.read(move |view| find_slots(view, &caller, &wanted)).await;
    let (directory, lang) = (app.store.directory(), insider.lang());
    Some(found.map(|slots| Times {
        options: slots.options.iter().map(|offer| option(&directory, lang, offer)).collect(),
        relax: slots.relax.map(|relax| Relax {
            said: relax.said.speak(lang),
            option: option(&directory, lang, &relax.offer),
        }),
    }))
}

fn wanted(insider: &Insider, wish: &Wish, fields: &Fields) -> Option<FindSlots> {
    let person = |(email, mode, part): (String, String, String)| SlotParticipant {
        email,
        mode: match mode.as_str() {
            "remote" => Mode::Remote,
            "undecided" => Mode::Undecided,
            _ => Mode::InRoom,
        },
        part: if part == "optional" { Part::Optional } else { Part::Required },
    };
    let mut participants: Vec<SlotParticipant> =
        people_of(fields).filter(|(email, ..)| !email.is_empty()).map(person).collect();
    let own = &insider.person().email;
    // Whoever books is there too, unless they book for somebody else or have put themselves on the list.
    if fields.some("organiser").is_none() && participants.iter().all(|p| p.email != *own) {
        let (email, part) = (own.clone(), Part::Required);
        participants.push(SlotParticipant { email, mode: Mode::InRoom, part });
    }
    let extra = |text: &str| text.parse::<u32>().unwrap_or(0);
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Some(FindSlots {
        participants,
        in_room_extra: extra(&wish.in_room),
        remote_extra: extra(&wish.remote),
        length_min: u32::try_from(minutes_of(wish)).ok()?,
        from: Some(wish.date.clone()),
        to: some(&wish.last),
        earliest: some(&wish.earliest),
        latest: some(&wish.latest),
        near: some(&wish.near),
        hybrid: wish.hybrid,
        wheelchair: wish.wheelchair,
        hearing_loop: wish.hearing_loop,
        ..FindSlots::default()
    })
}

fn option(directory: &Directory, lang: Lang, offer: &SlotOffer) -> Offer {
    let (start, end) = (offer.local_start, offer.local_end);
    let slug = offer.room.clone().unwrap_or_default();
    let name = directory.room_named(&slug).map_or_else(|| text(lang, "today.online"), |room| &room.name);
    let iso = "%Y-%m-%dT%H:%M";
    Offer {
        when: format!("{} {} – {}", short_day(lang, start.date()), clock(start), clock(end)),
        room: name.to_owned(),
        value: format!("{} {} {slug}", start.format(iso), end.format(iso)),
        reasons: offer.reasons.iter().map(|said| said.speak(lang)).collect(),
    }
}
