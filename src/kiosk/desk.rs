//! What the screen knows and what was done to it, between the link on one side and the glass on the other.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::actions::{Action, command};
use super::clock::ServerClock;
use super::expect::expect;
use super::options::Theme;
use super::state::State;
use super::view::{Known, View, short, view};
use crate::texts::Lang;
use crate::wire::{Board, BoardRoom, Command};

/// After so long without a touch the language goes back to the default.
pub const IDLE_AFTER: Duration = Duration::from_secs(30);
/// How long a message stays.
pub const NOTICE_FOR: Duration = Duration::from_secs(8);
/// By night the screen sleeps this long after a touch.
pub const SLEEP_AFTER: Duration = Duration::from_mins(1);

/// What the link has to tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A board as it is now.
    Board(Box<Board>),
    /// The server is there, and the last board still true.
    Heard,
    /// A command was taken by the server, or given up.
    Settled(Uuid),
    /// A command was refused, with the server's sentence for whoever stands at the door, if it had one.
    Refused(String),
    /// A wish "from now" could not be delivered in time and was given up.
    Expired,
}

/// A passing message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The server's own words.
    Sentence(String),
    /// It refused without a word.
    Refused,
    /// The wish came too late to be sent.
    Expired,
}

/// A command the server has not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its idempotency key.
    pub uuid: Uuid,
    /// What is asked.
    pub command: Command,
    /// When the glass was touched, by the server's clock.
    pub made_at: DateTime<Utc>,
    /// The language on the glass at that moment, for the answer.
    pub lang: Lang,
}

/// Which page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The room page.
    Room,
    /// The closed session.
    Closed,
    /// The drifting clock.
    Idle,
}

/// What is to be shown at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Which page.
    pub page: Page,
    /// What it says.
    pub view: View,
    /// In which language.
    pub lang: Lang,
    /// In which colours, never [`Theme::Auto`].
    pub theme: Theme,
    /// A passing message.
    pub notice: Option<Notice>,
    /// How far the picture has drifted, -1 to 1 either way.
    pub drift: (f32, f32),
}

/// What the screen knows and what was done to it.
#[derive(Debug)]
pub struct Desk {
    clock: ServerClock,
    board: Option<Board>,
    heard_at: Option<DateTime<Utc>>,
    pending: Vec<Pending>,
    notice: Option<(Notice, Duration)>,
    home_lang: Option<Lang>,
    lang: Option<Lang>,
    theme: Theme,
    contrast: bool,
    touched_at: Option<Duration>,
}

impl Desk {
    /// A desk that knows nothing yet. `lang` is the language to return to.
    #[must_use]
    pub fn new(clock: ServerClock, lang: Option<Lang>, theme: Theme) -> Self {
        Self {
            clock,
            board: None,
            heard_at: None,
            pending: Vec::new(),
            notice: None,
            home_lang: lang,
            lang: None,
            theme,
            contrast: theme == Theme::Contrast,
            touched_at: None,
        }
    }

    /// Takes up what was kept from an earlier run.
    #[must_use]
    pub fn remembering(mut self, kept: Option<(Board, DateTime<Utc>)>, pending: Vec<Pending>) -> Self {
        (self.board, self.heard_at) = kept.unzip();
        self.pending = pending;
        self
    }

    /// Takes in what the link tells.
    pub fn take(&mut self, report: Report) {
        match report {
            Report::Board(board) => {
                self.heard_at = Some(self.clock.now());
                self.board = Some(*board);
            }
            Report::Heard => self.heard_at = Some(self.clock.now()),
            Report::Settled(uuid) => self.pending.retain(|pending| pending.uuid != uuid),
            Report::Refused(text) if text.trim().is_empty() => self.say(Notice::Refused),
            Report::Refused(text) => self.say(Notice::Sentence(short(&text))),
            Report::Expired => self.say(Notice::Expired),
        }
    }

    fn say(&mut self, notice: Notice) {
        self.notice = Some((notice, self.clock.elapsed() + NOTICE_FOR));
    }

    /// What a tap on `action` asks, if the button still means something.
    #[must_use]
    pub fn tap(&self, action: Action) -> Option<(Command, DateTime<Utc>)> {
        let now = self.clock.now();
        Some((command(&self.expected()?, action, now)?, now))
    }

    /// The language on the glass.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| self.home_lang())
    }

    /// Remembers a command until the server has taken it.
    pub fn expect(&mut self, pending: Pending) {
        self.pending.push(pending);
    }

    /// Somebody touched the glass.
    pub fn touch(&mut self) {
        self.touched_at = Some(self.clock.elapsed());
    }

    /// Somebody chose a language.
    pub fn choose(&mut self, lang: Lang) {
        self.lang = Some(lang);
    }

    /// Somebody wants stronger, or again softer, contrast.
    pub fn toggle_contrast(&mut self) {
        self.contrast = !self.contrast;
    }

    /// High contrast is on.
    #[must_use]
    pub fn contrast(&self) -> bool {
        self.contrast
    }

    /// The board as the server will probably have it once all is sent.
    #[must_use]
    pub fn expected(&self) -> Option<Board> {
        let mut board = self.board.clone()?;
        for pending in &self.pending {
            expect(&mut board, &pending.command, pending.made_at);
        }
        Some(board)
    }

    /// Languages offered: those of the room, or all before it is known.
    #[must_use]
    pub fn languages(&self) -> Vec<Lang> {
        match &self.board {
            Some(board) if !board.languages.is_empty() => board.languages.clone(),
            _ => Lang::ALL.to_vec(),
        }
    }

    /// The room and its town, once known.
    #[must_use]
    pub fn identity(&self) -> Option<(BoardRoom, String)> {
        self.board.as_ref().map(|board| (board.room.clone(), board.town.clone()))
    }

    /// The language the screen returns to.
    #[must_use]
    pub fn home_lang(&self) -> Lang {
        let first = self.board.as_ref().and_then(|board| board.languages.first().copied());
        self.home_lang.or(first).unwrap_or_default()
    }

    /// What is to be shown now. Lets a language go that nobody reads any more.
    pub fn face(&mut self) -> Face {
        let rest = self.touched_at.map(|at| self.clock.elapsed().saturating_sub(at));
        if rest.is_none_or(|rest| rest >= IDLE_AFTER) {
            self.lang = None;
        }
        if self.notice.as_ref().is_some_and(|(_, until)| self.clock.elapsed() >= *until) {
            self.notice = None;
        }
        let board = self.expected();
        let known = Known { board: board.as_ref(), heard_at: self.heard_at, waiting: self.pending.len() };
        let view = view(&known, self.clock.now());
        let asleep = view.night && rest.is_none_or(|rest| rest >= SLEEP_AFTER);
        let page = match view.state {
            State::Closed => Page::Closed,
            _ if asleep => Page::Idle,
            _ => Page::Room,
        };
        Face {
            page,
            lang: self.lang(),
            theme: self.colours(view.wall[3]),
            notice: self.notice.as_ref().map(|(notice, _)| notice.clone()),
            drift: drift(view.wall[3] * 60 + view.wall[4]),
            view,
        }
    }

    fn colours(&self, hour: u32) -> Theme {
        match self.theme {
            _ if self.contrast => Theme::Contrast,
            Theme::Night => Theme::Night,
            Theme::Auto if !(7..20).contains(&hour) => Theme::Night,
            _ => Theme::Day,
        }
    }
}

/// A slow walk over the glass, one step a minute, that comes back to no point within an hour.
fn drift(minute: u32) -> (f32, f32) {
    let walk = |period: u16| {
        let part = f32::from(u16::try_from(minute).unwrap_or(0) % period) / f32::from(period);
        (part * std::f32::consts::TAU).sin() * 0.9
    };
    (walk(61), walk(47))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::kiosk::actions::ActionKind;
    use crate::kiosk::sample;
    use chrono::TimeDelta;

    fn desk(scene: &str) -> (Desk, Clock) {
        let (board, now) = sample::scene(scene);
        let machine = Clock::mock(now);
        let mut desk = Desk::new(ServerClock::new(&machine), None, Theme::Auto);
        desk.take(Report::Board(Box::new(board)));
        (desk, machine)
    }

    #[test]
    fn the_language_returns_after_thirty_quiet_seconds() {
        let (mut desk, machine) = desk("busy");
        assert_eq!(desk.face().lang, Lang::Nl);
        desk.touch();
        desk.choose(Lang::Fr);
        machine.advance(TimeDelta::seconds(29));
        assert_eq!(desk.face().lang, Lang::Fr);
        desk.touch();
        machine.advance(TimeDelta::seconds(29));
        assert_eq!(desk.face().lang, Lang::Fr, "each touch counts anew");
        machine.advance(TimeDelta::seconds(1));
        assert_eq!(desk.face().lang, Lang::Nl);
    }

    #[test]
    fn a_tap_shows_at_once_and_stays_until_settled() {
        let (mut desk, _) = desk("check-in");
        let tap = Action { kind: ActionKind::CheckIn, minutes: 0 };
        let (command, made_at) = desk.tap(tap).unwrap();
        let uuid = Uuid::from_u128(1);
        desk.expect(Pending { uuid, command, made_at, lang: desk.lang() });
        let face = desk.face();
        assert_eq!((face.view.state, face.view.waiting), (State::Busy, 1));
        assert_eq!(desk.tap(tap), None, "a second tap has no button left");
        desk.take(Report::Settled(uuid));
        assert_eq!(desk.face().view.state, State::CheckIn, "refused: the board holds again");
    }

    #[test]
    fn pages_follow_the_state_and_the_night() {
        for (scene, page) in [("closed", Page::Closed), ("night", Page::Idle), ("busy", Page::Room)] {
            assert_eq!(desk(scene).0.face().page, page, "{scene}");
        }
        let (mut desk, machine) = desk("night");
        desk.touch();
        let face = desk.face();
        assert_eq!((face.page, face.theme), (Page::Room, Theme::Night));
        machine.advance(TimeDelta::seconds(60));
        assert_eq!(desk.face().page, Page::Idle);
        desk.toggle_contrast();
        assert_eq!(desk.face().theme, Theme::Contrast);
    }

    #[test]
    fn a_message_goes_away_by_itself() {
        let (mut desk, machine) = desk("busy");
        for (report, notice) in [
            (Report::Refused("De zaal is al bezet.".into()), Notice::Sentence("De zaal is al bezet.".into())),
            (Report::Refused(String::new()), Notice::Refused),
            (Report::Expired, Notice::Expired),
        ] {
            desk.take(report);
            assert_eq!(desk.face().notice, Some(notice));
        }
        machine.advance(TimeDelta::seconds(8));
        assert_eq!(desk.face().notice, None);
    }

    #[test]
    fn the_idle_clock_moves_each_minute_and_stays_on_the_glass() {
        for minute in 0..1440 {
            let (x, y) = drift(minute);
            assert!(x.abs() <= 0.9 && y.abs() <= 0.9);
            assert!(minute == 0 || drift(minute - 1) != (x, y), "{minute}");
        }
    }
}
