//! `belfort read-paper`: the server starts this for each PDF that comes in, so that no file can end the server itself.

use std::io::{Read, Write};

use super::failure::Failure;
use crate::papers::read_paper;
use crate::texts::Lang;

/// Reads a PDF from standard input and says as JSON what it holds
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_: &Args, _: Lang) -> Result<(), Failure> {
    let broken = |error: std::io::Error| Failure::file(std::path::Path::new("-"), &error);
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(broken)?;
    let read = serde_json::to_vec(&read_paper(&bytes)).unwrap_or_default();
    std::io::stdout().lock().write_all(&read).map_err(broken)
}
