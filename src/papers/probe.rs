//! Reads a PDF of others in a process of its own: what nests without end exhausts the stack, and that ends a process
//! whatever it would rather do. Only what came through is ever opened in ours.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Extracted, MOST_TEXT, pack, pdf_text};

/// How long the reading may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The most bytes of an answer: a letter takes up to six in JSON.
const LONGEST_ANSWER: u64 = 8 * MOST_TEXT as u64;

/// Reads a PDF here: what it says, and how many pages it has if a pack can take them in.
#[must_use]
pub fn read_paper(bytes: &[u8]) -> Extracted {
    let read = pdf_text::read(bytes);
    let pages = read.pages.filter(|_| pack::can_be_packed(bytes));
    Extracted { pages, ..read }
}

/// Has `reader`, which is this program, read a PDF. Nothing of it is known if it falls or takes too long.
pub(super) fn probe(reader: &Path, bytes: &[u8]) -> Extracted {
    answer_of(reader, bytes).and_then(|answer| serde_json::from_slice(&answer).ok()).unwrap_or_default()
}

fn answer_of(reader: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(reader)
        .arg("read-paper")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .inspect_err(|error| tracing::error!(%error, "a document cannot be read in a process of its own"))
        .ok()?;
    let (mut into, from) = (child.stdin.take()?, child.stdout.take()?);
    thread::scope(|scope| {
        // A reader that has fallen takes no more: then there is no answer either.
        scope.spawn(move || into.write_all(bytes).is_ok());
        let answer = scope.spawn(move || {
            let mut answer = Vec::new();
            from.take(LONGEST_ANSWER).read_to_end(&mut answer).ok().map(|_| answer)
        });
        let begun = Instant::now();
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status.success(),
                Ok(None) if begun.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break false;
                }
            }
        };
        answer.join().ok().flatten().filter(|_| ended)
    })
}
