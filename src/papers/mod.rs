//! Papers as bytes: whether a file is what it says and carries no virus, what it says, and one PDF of many.
//!
//! Nothing here knows people, rights or the store. What reads files of others runs outside the writer, survives their
//! faults, and stops at a limit.

mod office;
mod pack;
mod pdf_text;
mod probe;
mod scan;
mod vet;

pub use pack::{NotTaken, PackItem, PackPaper, PackPart, PackSheet, Packed, PaperContent, make_pack};
pub use probe::read_paper;
pub use scan::{Scanner, Verdict};
pub use vet::{Extracted, Unscanned, Vetted, Vetting, vet};

/// The most characters of a document that are read for the search.
const MOST_TEXT: usize = 2 << 20;

/// Runs what reads a file of others; a panic in it is nothing found.
fn survive<T>(work: impl FnOnce() -> Option<T> + std::panic::UnwindSafe) -> Option<T> {
    std::panic::catch_unwind(work).ok().flatten()
}
