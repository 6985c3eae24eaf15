//! `belfort kiosk`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::kiosk::{Options, Theme, run as open, snapshot};
use crate::texts::Lang;

/// Show the screen of a room, in a window or as a picture
///
/// The screen shows the day of its room, who is there and who takes part from elsewhere, and takes check-ins.
/// It goes on from its cache while the server is away. Make its token with
/// `belfort token create --role device --room SLUG`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the server, such as http://belfort.lan:8080
    #[arg(long, value_name = "URL")]
    server: String,
    /// The token of this device; better in the environment, where other users do not see it
    #[arg(long, value_name = "TOKEN", env = "BELFORT_TOKEN", hide_env_values = true)]
    token: String,
    /// Slug of the room
    #[arg(long, value_name = "SLUG")]
    room: String,
    /// Draw the screen into a PNG file and end; needs no display
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Colours: auto, day, night or contrast
    #[arg(long, default_value = "auto", value_parser = theme)]
    theme: Theme,
    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = size)]
    size: (u32, u32),
    /// Directory for the cache and what waits to be sent; without it both are lost at the end
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Take the whole screen
    #[arg(long)]
    fullscreen: bool,
}

/// Shows the screen until it is closed, or draws it. `lang` is the language to return to.
pub(super) fn run(args: &Args, lang: Option<Lang>) -> ExitCode {
    let options = Options {
        server: args.server.clone(),
        token: args.token.clone(),
        room: args.room.clone(),
        lang,
        theme: args.theme,
        data_dir: args.cache.clone(),
        fullscreen: args.fullscreen,
        size: args.size,
    };
    let shown = match &args.snapshot {
        Some(file) => snapshot(options, file),
        None => open(options),
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}

fn theme(name: &str) -> Result<Theme, String> {
    Theme::from_name(name).ok_or_else(|| "auto, day, night or contrast".to_owned())
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = text.split_once('x').ok_or("such as 1280x800")?;
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| (320..=7680).contains(side));
    side(width).zip(side(height)).ok_or_else(|| "each side from 320 to 7680 pixels".to_owned())
}
