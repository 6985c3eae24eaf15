//! Puts the parts of a screen together and lets them run.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use slint::{ComponentHandle, LogicalSize, Timer, TimerMode};

use super::adapter::{Panel, Send};
use super::cache::Cache;
use super::clock::ServerClock;
use super::desk::{Desk, Pending, Report};
use super::link::{Link, Parts, Poke};
use super::options::{KioskError, Options, Theme};
use super::picture::Picture;
use super::qr;
use super::ui;
use super::upstream::Upstream;
use crate::clock::Clock;
use crate::ids::IdSource;
use crate::texts::Lang;

/// Opens the window and shows the room until it is closed. Shows the cached day at once, and the true one as
/// soon as the server answers.
#[expect(clippy::needless_pass_by_value, reason = "a running screen owns what it was told")]
pub fn run(options: Options) -> Result<(), KioskError> {
    let upstream = upstream(&options)?;
    let cache = Arc::new(Cache::open(options.data_dir.as_deref())?);
    let (clock, ids) = (ServerClock::new(&Clock::System), IdSource::system());
    let desk = desk(&options, &cache, &clock);
    let address = qr::address(&options.server, &options.room);
    let poke = Rc::new(RefCell::new(None::<Poke>));
    let send = send(cache.clone(), ids.clone(), poke.clone());
    let panel = Panel::new(desk, address.as_deref(), send)?;
    open(&panel, &options);

    let (reports, arrived) = channel();
    let sink = sink(reports, panel.window().as_weak());
    let link = Link::start(Parts { upstream, cache: cache.clone(), clock, ids, sink })?;
    *poke.borrow_mut() = Some(link.poke());
    let _heartbeat = heartbeat(&panel, arrived, cache);
    panel.window().run()?;
    Ok(())
}

/// Asks the server for the board once and draws it into `file`. Needs no display.
#[expect(clippy::needless_pass_by_value, reason = "called like `run`")]
pub fn snapshot(options: Options, file: &Path) -> Result<(), KioskError> {
    let upstream = upstream(&options)?;
    let board = upstream.board().map_err(KioskError::NoBoard)?;
    let lang = options.lang.or(board.languages.first().copied()).unwrap_or_default();
    let address = qr::address(&options.server, &options.room);
    let picture = Picture {
        board: Some(&board),
        now: board.server_time,
        heard_at: board.server_time,
        pending: Vec::new(),
        refusal: None,
        lang,
        theme: options.theme,
        size: options.size,
        address: address.as_deref(),
    };
    picture.save(file)
}

fn upstream(options: &Options) -> Result<Upstream, KioskError> {
    Upstream::new(&options.server, &options.token, &options.room, options.ca.as_deref())
}

/// A desk with what an earlier run left. Whoever started the screen stands before it, so that by night, too, it
/// shows the room for a while.
fn desk(options: &Options, cache: &Cache, clock: &ServerClock) -> Desk {
    let lang = options.lang.or_else(|| Lang::from_code(&cache.kept("lang")?));
    let contrast = cache.kept("contrast").is_some_and(|kept| kept == "true");
    let theme = if contrast { Theme::Contrast } else { options.theme };
    let pending = cache.outbox().into_iter().map(|letter| letter.pending).collect();
    let mut desk = Desk::new(clock.clone(), lang, theme).remembering(cache.board(&options.room), pending);
    desk.touch();
    desk
}

/// Writes each command down before it is shown as taken.
fn send(cache: Arc<Cache>, ids: IdSource, poke: Rc<RefCell<Option<Poke>>>) -> Send {
    Box::new(move |command, made_at, lang| {
        let uuid = ids.uuid(made_at);
        let kept = cache.push(&Pending { uuid, command: command.clone(), made_at, lang });
        if let Some(poke) = poke.borrow().as_ref() {
            poke.poke();
        }
        kept.then_some(uuid)
    })
}

/// Hands reports from the link's thread to the window's.
fn sink(reports: Sender<Vec<Report>>, glass: slint::Weak<ui::KioskWindow>) -> super::link::Sink {
    Box::new(move |news| {
        // Both fail only once the window is gone.
        let _ = reports.send(news);
        let _ = glass.upgrade_in_event_loop(|window| window.global::<ui::ShellAdapter>().invoke_arrived());
    })
}

/// Looks at the clock every second, and at once when the link has news.
fn heartbeat(panel: &Panel, arrived: Receiver<Vec<Report>>, cache: Arc<Cache>) -> Timer {
    let refresher = panel.refresher();
    let refresh = Rc::new(move || refresher(arrived.try_iter().flatten().collect()));
    let at_once = refresh.clone();
    panel.window().global::<ui::ShellAdapter>().on_arrived(move || at_once());
    let kept = RefCell::new(None);
    let looks = panel.looks();
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, Duration::from_secs(1), move || {
        refresh();
        let Some((lang, contrast)) = looks() else { return };
        if kept.replace(Some((lang, contrast))) != Some((lang, contrast)) {
            cache.keep("lang", lang.code());
            cache.keep("contrast", if contrast { "true" } else { "false" });
        }
    });
    timer
}

fn open(panel: &Panel, options: &Options) {
    let window = panel.window().window();
    let (width, height) = options.size;
    if options.fullscreen {
        window.set_fullscreen(true);
    } else if let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) {
        window.set_size(LogicalSize::new(width.into(), height.into()));
    }
    panel.window().invoke_fit();
}
