//! A room screen as a PNG, drawn without any display: for e-paper signs, documents and tests.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter};
use slint::{ComponentHandle, PhysicalSize, PlatformError};

use super::adapter::Panel;
use super::clock::ServerClock;
use super::desk::{Desk, Pending, Report};
use super::options::{KioskError, Theme};
use crate::clock::Clock;
use crate::texts::Lang;
use crate::wire::Board;

/// No screen is larger; a larger picture would only eat memory.
const SIDE_MAX: u32 = 7_680;

/// What is to be drawn.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    /// The day; without one, the screen says that it knows none.
    pub board: Option<&'a Board>,
    /// The moment.
    pub now: DateTime<Utc>,
    /// When the server was last heard; [`Picture::now`] if the board is fresh.
    pub heard_at: DateTime<Utc>,
    /// Commands still to be sent.
    pub pending: Vec<Pending>,
    /// A sentence of refusal, if one is to be shown.
    pub refusal: Option<&'a str>,
    /// The language.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// The address in the code for telephones.
    pub address: Option<&'a str>,
}

/// Draws a fresh `board` as it stands at `now`.
pub fn snapshot_board(
    board: &Board,
    now: DateTime<Utc>,
    (lang, theme, size): (Lang, Theme, (u32, u32)),
    file: &Path,
) -> Result<(), KioskError> {
    let pending = Vec::new();
    let board = Some(board);
    Picture { board, now, heard_at: now, pending, refusal: None, lang, theme, size, address: None }.save(file)
}

impl Picture<'_> {
    /// Draws the picture into `file`.
    pub fn save(self, file: &Path) -> Result<(), KioskError> {
        let size = PhysicalSize::new(self.size.0.clamp(1, SIDE_MAX), self.size.1.clamp(1, SIDE_MAX));
        drawing_board()?;
        let panel = self.panel()?;
        let window = panel.window().window();
        window.set_size(size);
        panel.window().show()?;
        panel.window().invoke_fit();
        let pixels = window.take_snapshot()?;
        panel.window().hide()?;
        write_png(file, pixels.width(), pixels.height(), pixels.as_bytes())
            .map_err(|error| KioskError::Picture(format!("{}: {error}", file.display())))
    }

    fn panel(self) -> Result<Panel, PlatformError> {
        let clock = ServerClock::new(&Clock::mock(self.now));
        let kept = self.board.map(|board| (board.clone(), self.heard_at));
        let mut desk = Desk::new(clock, Some(self.lang), self.theme).remembering(kept, self.pending);
        if let Some(sentence) = self.refusal {
            desk.take(Report::Refused(sentence.to_owned()));
        }
        Panel::new(desk, self.address, Box::new(|_, _, _| None))
    }
}

fn write_png(file: &Path, width: u32, height: u32, pixels: &[u8]) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

/// Makes windows of this thread pictures, unless they are already.
fn drawing_board() -> Result<(), KioskError> {
    thread_local! {
        static READY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if READY.get() {
        return Ok(());
    }
    slint::platform::set_platform(Box::new(Easel))
        .map_err(|error| KioskError::Picture(format!("a window is already open here ({error})")))?;
    READY.set(true);
    Ok(())
}

/// A platform whose windows exist only in memory.
struct Easel;

impl Platform for Easel {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer))
    }
}
