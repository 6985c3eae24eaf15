//! The log of the whole process, looked through as it is written.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::EnvFilter;

use crate::plan::MARK;

/// What was logged.
#[derive(Default)]
struct Lines {
    count: usize,
    leaks: Vec<String>,
}

/// The log, a line at a time.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Lines>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.count += 1;
        if line.to_lowercase().contains(MARK) {
            lines.leaks.push(line.into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub fn lines(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// Fails if a mark stands in it.
    pub fn must_be_clean(&self) {
        let leaks = &self.0.lock().unwrap_or_else(PoisonError::into_inner).leaks;
        assert!(leaks.is_empty(), "the log holds closed words: {:#?}", &leaks[..leaks.len().min(5)]);
    }
}

/// Looks from now on through what every module logs, as much as an operator who looks for a fault would ask for.
pub fn capture() -> Log {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("debug"))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    log
}
