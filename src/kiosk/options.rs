//! What a screen is told when it is started, and what can go wrong.

use std::path::PathBuf;

use crate::texts::Lang;

/// What a screen is told when it is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of the server, such as `http://belfort.lan:8080`.
    pub server: String,
    /// A PEM file with the authority that signed the server's certificate; those every browser knows if absent.
    pub ca: Option<PathBuf>,
    /// The secret of this device.
    pub token: String,
    /// The room on whose door the screen hangs, by its name in addresses.
    pub room: String,
    /// The language to return to; the first one the room offers if absent.
    pub lang: Option<Lang>,
    /// The colours.
    pub theme: Theme,
    /// Where the last board and unsent commands are kept; only in memory if absent.
    pub data_dir: Option<PathBuf>,
    /// Take the whole glass.
    pub fullscreen: bool,
    /// Size of the window or picture in pixels, width by height.
    pub size: (u32, u32),
}

/// The colours of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Day from 7 to 20 h, night otherwise.
    #[default]
    Auto,
    /// Paper and full colours.
    Day,
    /// Dark ground, coloured words.
    Night,
    /// Black, white and yellow.
    Contrast,
}

impl Theme {
    /// The name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Day => "day",
            Self::Night => "night",
            Self::Contrast => "contrast",
        }
    }

    /// The theme of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::Day, Self::Night, Self::Contrast].into_iter().find(|theme| theme.name() == name)
    }
}

/// Why a screen cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum KioskError {
    /// The window system refused.
    #[error("The screen cannot be opened: {0}. Is a display attached and DISPLAY set?")]
    Window(#[from] slint::PlatformError),
    /// The directory for the cache cannot be used.
    #[error("The kiosk cannot keep its data in {path}: {reason}. Choose a directory it may write to.")]
    Data {
        /// The directory.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The address of the server is not one.
    #[error("\"{0}\" is not the address of a server; it should look like http://belfort.lan:8080.")]
    Server(String),
    /// The file of the authority cannot be used.
    #[error(
        "No certificate can be read from {path}: {reason}. It should be a PEM file with the authority's own."
    )]
    Authority {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The server could not be asked.
    #[error("The server gave no board for this room: {0}")]
    NoBoard(String),
    /// The picture cannot be drawn or written.
    #[error("The picture cannot be made: {0}")]
    Picture(String),
    /// A thread could not be started.
    #[error("The kiosk cannot start its link to the server: {0}")]
    Link(#[from] std::io::Error),
}
