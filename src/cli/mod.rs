//! The command line: one file per command, and the place where the parts are put together.

#[cfg(feature = "server")]
mod account;
#[cfg(feature = "server")]
mod backup;
#[cfg(feature = "server")]
mod body;
#[cfg(feature = "server")]
mod check;
#[cfg(feature = "server")]
mod council;
#[cfg(feature = "server")]
mod demo;
#[cfg(feature = "server")]
mod export;
#[cfg(feature = "server")]
mod failure;
#[cfg(feature = "server")]
mod feed;
#[cfg(feature = "server")]
mod import;
#[cfg(feature = "server")]
mod init;
#[cfg(feature = "kiosk")]
mod kiosk;
#[cfg(feature = "server")]
mod listing;
#[cfg(feature = "server")]
mod open;
#[cfg(feature = "server")]
mod paper;
#[cfg(feature = "server")]
mod person;
#[cfg(feature = "server")]
mod policy;
#[cfg(feature = "server")]
mod restore;
#[cfg(feature = "server")]
mod room;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod token;
#[cfg(feature = "server")]
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::texts::Lang;

/// Belfort: a self-hosted scheduler for town halls
#[derive(Debug, Parser)]
#[command(name = "belfort", version, max_term_width = 100)]
struct Cli {
    /// Language of sentences: nl, fr, de or en; otherwise that of `LC_ALL`, `LC_MESSAGES` or LANG
    #[arg(long, global = true, value_parser = language)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

/// What to do. Exit codes: 0 done, 1 refused, 2 usage or configuration, 3 data damaged.
#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "server")]
    Init(init::Args),
    #[cfg(feature = "server")]
    Serve(serve::Args),
    #[cfg(feature = "server")]
    Demo(demo::Args),
    #[cfg(feature = "kiosk")]
    Kiosk(kiosk::Args),
    #[cfg(feature = "server")]
    Room(room::Args),
    #[cfg(feature = "server")]
    Person(person::Args),
    #[cfg(feature = "server")]
    Body(body::Args),
    #[cfg(feature = "server")]
    Council(council::Args),
    #[cfg(feature = "server")]
    Policy(policy::Args),
    #[cfg(feature = "server")]
    Account(account::Args),
    #[cfg(feature = "server")]
    Token(token::Args),
    #[cfg(feature = "server")]
    Feed(feed::Args),
    #[cfg(feature = "server")]
    Import(import::Args),
    #[cfg(feature = "server")]
    Export(export::Args),
    #[cfg(feature = "server")]
    Check(check::Args),
    #[cfg(feature = "server")]
    Verify(verify::Args),
    #[cfg(feature = "server")]
    Backup(backup::Args),
    #[cfg(feature = "server")]
    Restore(restore::Args),
    #[cfg(feature = "server")]
    #[command(hide = true)]
    ReadPaper(paper::Args),
}

/// Runs the program. Usage errors and `--help` are answered by clap, with exit codes 2 and 0.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { lang, command } = Cli::parse();
    match command {
        #[cfg(feature = "kiosk")]
        Command::Kiosk(args) => kiosk::run(args, lang),
        #[cfg(feature = "server")]
        command => {
            let lang = lang.unwrap_or_else(environment_language);
            match dispatch(&command, lang) {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => failure.report(lang),
            }
        }
    }
}

#[cfg(feature = "server")]
fn dispatch(command: &Command, lang: Lang) -> Result<(), failure::Failure> {
    match command {
        Command::Init(args) => init::run(args, lang),
        Command::Serve(args) => serve::run(args, lang),
        Command::Demo(args) => demo::run(args, lang),
        #[cfg(feature = "kiosk")]
        Command::Kiosk(_) => Ok(()),
        Command::Room(args) => room::run(args, lang),
        Command::Person(args) => person::run(args, lang),
        Command::Body(args) => body::run(args, lang),
        Command::Council(args) => council::run(args, lang),
        Command::Policy(args) => policy::run(args, lang),
        Command::Account(args) => account::run(args, lang),
        Command::Token(args) => token::run(args, lang),
        Command::Feed(args) => feed::run(args, lang),
        Command::Import(args) => import::run(args, lang),
        Command::Export(args) => export::run(args, lang),
        Command::Check(args) => check::run(args, lang),
        Command::Verify(args) => verify::run(args, lang),
        Command::Backup(args) => backup::run(args, lang),
        Command::Restore(args) => restore::run(args, lang),
        Command::ReadPaper(args) => paper::run(args, lang),
    }
}

fn language(code: &str) -> Result<Lang, String> {
    Lang::from_code(code).ok_or_else(|| "nl, fr, de or en".to_owned())
}

/// POSIX: the first of these that is set counts. `C` and unknown languages read English, as their other
/// programs do.
#[cfg(feature = "server")]
fn environment_language() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let code = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    code.as_deref().and_then(Lang::from_code).unwrap_or(Lang::En)
}
