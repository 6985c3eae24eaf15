//! Structured logs: JSON lines on standard error, readable lines on a terminal. What is never logged: tokens,
//! paths that may hold one, names, addresses of people.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log. `filter`: what to log, as `tracing` reads it, such as `info` or `belfort=debug`. A second
/// start is ignored.
///
/// # Errors
/// What cannot be read in `filter`.
pub fn log(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| error.to_string())?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().try_init()
    };
    // A test or the demo may have started it before.
    drop(started);
    Ok(())
}
