//! `belfort account`.

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use crate::booking::Refusal;
use crate::scheduler::{Caller, close_account, grant_role, invite_person};
use crate::texts::{Lang, Said};
use crate::town::{Grant, Person, Role};

/// Invite people to sign in, and close accounts
///
/// For whoever has the machine: also the way back in when nobody can sign in any more.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print a link with which somebody of the directory chooses a password; it works once, for a week
    Invite {
        #[command(flatten)]
        data: Data,
        /// Address of the person
        email: String,
        /// Also grant this role for the whole town: clerk, chair, member, manager, admin
        #[arg(long)]
        role: Option<Role>,
        /// Where people reach the server
        #[arg(long, value_name = "URL", env = "BELFORT_BASE_URL", default_value = "http://127.0.0.1:8080")]
        base_url: String,
    },
    /// End somebody's sign-ins, roles and tokens
    Close {
        #[command(flatten)]
        data: Data,
        /// Address of the person
        email: String,
    },
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        Command::Invite { data, email, role, base_url } => {
            let store = data.open()?;
            let person = person_of(&store, email)?;
            let role = *role;
            let secret = store.write_now(move |tx| {
                let caller = Caller::system();
                if let Some(role) = role {
                    grant_role(tx, &caller, person.id, &Grant::town(role))?;
                }
                invite_person(tx, &caller, person.id)
            })?;
            out(&format!("{}/account/open/{secret}", base_url.trim_end_matches('/')));
            eprintln!("{}", Said::new("cli.account_link").speak(lang));
        }
        Command::Close { data, email } => {
            let store = data.open()?;
            let person = person_of(&store, email)?;
            store.write_now(move |tx| close_account(tx, &Caller::system(), person.id))?;
            out(&Said::new("cli.account_closed").with("email", email).speak(lang));
        }
    }
    Ok(())
}

fn person_of(store: &crate::store::Store, email: &str) -> Result<Person, Failure> {
    let unknown = || Refusal::unknown("person", email);
    Ok(store.read(|view| view.person_at(email))?.ok_or_else(unknown)?)
}
