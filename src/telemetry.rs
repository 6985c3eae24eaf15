//! Structured logs: JSON lines on standard error, readable lines on a terminal. What is never logged: tokens,
//! paths that may hold one, names, addresses of people.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log; `BELFORT_LOG` sets the level (`info` if absent). A second start is ignored.
pub fn log() {
    let filter = EnvFilter::try_from_env("BELFORT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().try_init()
    };
    // A test or the demo may have started it before.
    drop(started);
}
