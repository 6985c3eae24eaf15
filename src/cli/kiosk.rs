//! `belfort kiosk`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::kiosk::{KioskError, Options, Theme, run as open, snapshot};
use crate::texts::Lang;

/// Show a room's screen, or draw it to a file
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the server, such as `https://belfort.lan`
    #[arg(long, value_name = "URL")]
    server: String,
    /// PEM file with the authority that signed the server's certificate, if browsers do not know it
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Token of this device
    #[arg(long, env = "BELFORT_TOKEN", hide_env_values = true)]
    token: String,
    /// Slug of the room on whose door the screen hangs
    #[arg(long, value_name = "SLUG")]
    room: String,
    /// Draw one picture to this PNG file and end; needs no display
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Colours
    #[arg(long, value_enum, default_value_t = Colours::Auto)]
    theme: Colours,
    /// Size of the window or picture in pixels
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "1280x800")]
    size: (u32, u32),
    /// Directory that keeps the last board and unsent check-ins; only in memory if absent
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Take the whole glass
    #[arg(long)]
    fullscreen: bool,
}

/// Colours of the screen.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Colours {
    /// Day from 7 to 20 h, night otherwise
    Auto,
    /// Paper and full colours
    Day,
    /// Dark ground, coloured words
    Night,
    /// Black, white and yellow
    HighContrast,
}

/// Shows the screen; `lang` is what the command line asks for, and otherwise the room decides.
pub(super) fn run(args: Args, lang: Option<Lang>) -> ExitCode {
    let options = Options {
        server: args.server,
        ca: args.ca,
        token: args.token,
        room: args.room,
        lang,
        theme: match args.theme {
            Colours::Auto => Theme::Auto,
            Colours::Day => Theme::Day,
            Colours::Night => Theme::Night,
            Colours::HighContrast => Theme::Contrast,
        },
        data_dir: args.data,
        fullscreen: args.fullscreen,
        size: args.size,
    };
    let level = std::env::var("BELFORT_LOG").unwrap_or_else(|_| "info,winit=error".to_owned());
    if let Err(why) = crate::telemetry::log(&level) {
        eprintln!("BELFORT_LOG: {why}");
        return ExitCode::from(2);
    }
    let shown = match &args.snapshot {
        Some(file) => snapshot(options, file),
        None => open(options),
    };
    let Err(error) = shown else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    let usage =
        matches!(error, KioskError::Server(_) | KioskError::Authority { .. } | KioskError::Data { .. });
    ExitCode::from(if usage { 2 } else { 1 })
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let read = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let fits = |(w, h): &(u32, u32)| (320..=7_680).contains(w) && (320..=7_680).contains(h);
    read.filter(fits).ok_or_else(|| "width x height in pixels, such as 1280x800".to_owned())
}
