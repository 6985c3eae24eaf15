//! `belfort council`.

mod body;
mod deadlines;
mod when;
mod year;

use super::failure::Failure;
use crate::texts::Lang;

/// Say what the law asks of sessions of councils and colleges
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Deadlines(deadlines::Args),
    Year(year::Args),
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Deadlines(args) => deadlines::run(args, lang),
        Command::Year(args) => year::run(args, lang),
    }
}
