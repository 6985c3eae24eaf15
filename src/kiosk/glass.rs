//! From our values to Slint's, one to one. No decisions here.

use slint::{ComponentHandle, SharedString};

use super::actions::{Action, ActionKind};
use super::desk::{Face, Notice, Page};
use super::options::Theme;
use super::people::RemotePerson;
use super::state::State;
use super::ui;
use super::view::{Named, Slot, SlotKind, View, short};
use crate::texts::Lang;
use crate::wire::{BoardRoom, RemoteState};

/// Characters that fit on a line of the narrow column, beside a mark and without.
const NAME_CHARS: usize = 32;
const TITLE_CHARS: usize = 36;
/// Lines left open between two rows.
const ROW_GAP: f32 = 0.5;

/// What stands on every page.
pub(super) fn sign(window: &ui::KioskWindow, face: &Face, identity: Option<&(BoardRoom, String)>) {
    let sign = window.global::<ui::SignAdapter>();
    if let Some((room, town)) = identity {
        sign.set_room_name(short(&room.name).into());
        sign.set_site(short(&room.site).into());
        sign.set_floor(short(&room.floor).into());
        sign.set_town(short(town).into());
    }
    let [weekday, day, month, hour, minute] = face.view.wall.map(count);
    sign.set_weekday(weekday);
    sign.set_day(day);
    sign.set_month(month);
    sign.set_hour(hour);
    sign.set_minute(minute);

    let shell = window.global::<ui::ShellAdapter>();
    shell.set_language(face.lang.code().into());
    shell.set_page(match face.page {
        Page::Room => ui::Page::Room,
        Page::Closed => ui::Page::Closed,
        Page::Idle => ui::Page::Idle,
    });
    window.global::<ui::Theme>().set_mode(match face.theme {
        Theme::Night => ui::ThemeMode::Night,
        Theme::Contrast => ui::ThemeMode::Contrast,
        Theme::Day | Theme::Auto => ui::ThemeMode::Day,
    });
    shell.set_drift_x(face.drift.0);
    shell.set_drift_y(face.drift.1);
    let closed = window.global::<ui::ClosedAdapter>();
    closed.set_until(face.view.until.as_str().into());
    closed.set_stale(face.view.stale);
    closed.set_known_at(face.view.known_at.as_str().into());
}

/// What the room page says, except its lists.
pub(super) fn room(window: &ui::KioskWindow, face: &Face, identity: Option<&(BoardRoom, String)>) {
    let (room, view) = (window.global::<ui::RoomAdapter>(), &face.view);
    room.set_state(state(view.state));
    room.set_stale(view.stale);
    room.set_known_at(view.known_at.as_str().into());
    room.set_until(view.until.as_str().into());
    room.set_starts_at(view.starts_at.as_str().into());
    room.set_early(view.early);
    room.set_minutes_left(view.minutes_left);
    room.set_book_minutes(count(view.book_minutes));
    room.set_now_mark(view.now_mark);
    room.set_waiting(i32::try_from(view.waiting).unwrap_or(i32::MAX));
    let (kind, sentence) = match &face.notice {
        None => (ui::NoticeKind::None, ""),
        Some(Notice::Sentence(sentence)) => (ui::NoticeKind::Sentence, sentence.as_str()),
        Some(Notice::Refused) => (ui::NoticeKind::Refused, ""),
        Some(Notice::Expired) => (ui::NoticeKind::Expired, ""),
    };
    room.set_notice_kind(kind);
    room.set_notice(sentence.into());
    meetings(&room, view);
    let people = view.people.clone().unwrap_or_default();
    room.set_has_people(view.people.is_some());
    room.set_in_room(count(people.in_room));
    room.set_expected(count(people.expected));
    room.set_remote_here(i32::try_from(people.remote_here).unwrap_or(i32::MAX));
    room.set_remote_total(i32::try_from(people.remote_total).unwrap_or(i32::MAX));
    if let Some((kit, _)) = identity {
        room.set_capacity(count(kit.capacity));
        room.set_hybrid(kit.hybrid);
        room.set_wheelchair(kit.wheelchair);
        room.set_hearing_loop(kit.hearing_loop);
    }
}

fn meetings(room: &ui::RoomAdapter<'_>, view: &View) {
    let (kind, title) = title(view.meeting.as_ref());
    room.set_title_kind(kind);
    room.set_title(title);
    let of = |named: &Option<Named>, part: fn(&Named) -> &str| {
        SharedString::from(named.as_ref().map(part).unwrap_or_default())
    };
    room.set_span(of(&view.meeting, |meeting| &meeting.span));
    room.set_organiser(of(&view.meeting, |meeting| &meeting.organiser));
    let (kind, title) = self::title(view.next.as_ref());
    room.set_next_kind(kind);
    room.set_next_title(title);
    room.set_next_span(of(&view.next, |meeting| &meeting.span));
}

fn title(named: Option<&Named>) -> (ui::TitleKind, SharedString) {
    match named {
        None => (ui::TitleKind::None, SharedString::new()),
        Some(named) if named.closed => (ui::TitleKind::Closed, SharedString::new()),
        Some(Named { title: Some(title), .. }) => (ui::TitleKind::Plain, title.as_str().into()),
        Some(_) => (ui::TitleKind::Private, SharedString::new()),
    }
}

fn state(state: State) -> ui::RoomState {
    match state {
        State::Free => ui::RoomState::Free,
        State::Soon => ui::RoomState::Soon,
        State::CheckIn => ui::RoomState::CheckIn,
        State::Busy | State::Closed => ui::RoomState::Busy,
        State::Released => ui::RoomState::Released,
        State::Held => ui::RoomState::Held,
        State::Ended => ui::RoomState::Ended,
        State::Unknown => ui::RoomState::Unknown,
    }
}

/// A button as the glass knows it.
pub(super) fn action(action: Action) -> ui::Action {
    let kind = match action.kind {
        ActionKind::CheckIn => ui::ActionKind::CheckIn,
        ActionKind::Extend => ui::ActionKind::Extend,
        ActionKind::End => ui::ActionKind::End,
        ActionKind::Book => ui::ActionKind::Book,
        ActionKind::Undo => ui::ActionKind::Undo,
    };
    ui::Action { kind, minutes: count(action.minutes), enabled: true }
}

/// What a button of the glass means.
pub(super) fn intent(kind: ui::ActionKind) -> ActionKind {
    match kind {
        ui::ActionKind::CheckIn => ActionKind::CheckIn,
        ui::ActionKind::Extend => ActionKind::Extend,
        ui::ActionKind::End => ActionKind::End,
        ui::ActionKind::Book => ActionKind::Book,
        ui::ActionKind::Undo => ActionKind::Undo,
    }
}

/// Places rows under each other: each is `lines` high, with half a line between.
fn stack<'a, T: 'a, R>(
    rows: impl IntoIterator<Item = &'a T>,
    lines: impl Fn(&T) -> f32,
    row: impl Fn(&'a T, f32, f32) -> R,
) -> (Vec<R>, f32) {
    let mut top = 0.0;
    let mut placed = Vec::new();
    for each in rows {
        let high = lines(each);
        placed.push(row(each, top, high));
        top += high + ROW_GAP;
    }
    (placed, (top - ROW_GAP).max(0.0))
}

/// Those who take part from elsewhere, and how many lines they need.
pub(super) fn remote(view: &View) -> (Vec<ui::RemotePerson>, f32) {
    let people = view.people.iter().flat_map(|people| &people.remote);
    stack(people, |person| 1.0 + lines(&person.name, NAME_CHARS), person)
}

/// What comes later today, and how many lines it needs.
pub(super) fn coming(view: &View) -> (Vec<ui::Coming>, f32) {
    let shown = if view.people.is_some() { &[] } else { view.coming.as_slice() };
    stack(
        shown,
        |named| 1.0 + named.title.as_deref().map_or(1.0, |title| lines(title, TITLE_CHARS)),
        |named, top, lines| {
            let (kind, title) = title(Some(named));
            let span: SharedString = named.span.as_str().into();
            ui::Coming { key: span.clone(), span, kind, title, top, lines }
        },
    )
}

/// Lines a text takes in the narrow column.
fn lines(text: &str, fit: usize) -> f32 {
    match text.chars().count() {
        wide if wide <= fit => 1.0,
        wide if wide <= 2 * fit => 2.0,
        wide if wide <= 3 * fit => 3.0,
        _ => 4.0,
    }
}

/// Somebody from elsewhere, as the glass knows them.
fn person(person: &RemotePerson, top: f32, lines: f32) -> ui::RemotePerson {
    let presence = match person.state {
        RemoteState::Here => ui::Presence::Here,
        RemoteState::Lost => ui::Presence::Lost,
        RemoteState::Invited => ui::Presence::Invited,
        RemoteState::Left => ui::Presence::Left,
    };
    ui::RemotePerson {
        key: person.key.as_str().into(),
        name: person.name.as_str().into(),
        presence,
        since: person.since.as_str().into(),
        top,
        lines,
    }
}

/// A piece of the day line.
pub(super) fn slot(slot: &Slot) -> ui::Slot {
    let kind = match slot.kind {
        SlotKind::Planned => ui::SlotKind::Planned,
        SlotKind::Running => ui::SlotKind::Running,
        SlotKind::Closed => ui::SlotKind::Closed,
        SlotKind::Held => ui::SlotKind::Held,
        SlotKind::Over => ui::SlotKind::Over,
        SlotKind::GapNow => ui::SlotKind::GapNow,
    };
    ui::Slot { key: slot.key.as_str().into(), start: slot.start, end: slot.end, kind }
}

/// A language, named in itself.
pub(super) fn language(lang: Lang) -> ui::Language {
    ui::Language {
        code: lang.code().into(),
        short: lang.code().to_uppercase().into(),
        name: lang.name().into(),
    }
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
