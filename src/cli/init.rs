//! `belfort init`.

use std::path::PathBuf;

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use crate::clock::Clock;
use crate::ids::IdSource;
use crate::scheduler::{Caller, NewSite, SiteFields, add_legal_body, add_site, set_house};
use crate::store::{FILE, Store};
use crate::texts::{Lang, Said};

/// Make a municipality
///
/// Makes the directory with an empty municipality: the town as legal body and a building called "Stadhuis" or
/// what --site says. Rooms, people and tokens follow with `belfort room`, `person` and `token`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Name of the town
    #[arg(long)]
    town: String,
    /// IANA time zone of its rooms
    #[arg(long, default_value = "Europe/Brussels")]
    zone: String,
    /// Name of its first building
    #[arg(long, default_value = "Stadhuis")]
    site: String,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let dir: &PathBuf = &args.data.data;
    if dir.join(FILE).exists() {
        return Err(Failure::Said(Said::new("cli.exists").with("path", dir.display())));
    }
    std::fs::create_dir_all(dir).map_err(|error| Failure::file(dir, &error))?;
    let store = Store::open(dir, Clock::System, IdSource::system(), true)?;
    let (town, zone, site) = (args.town.clone(), args.zone.clone(), args.site.clone());
    let founded = store.write_now(move |tx| {
        let caller = Caller::system();
        set_house(tx, &caller, "town", &town)?;
        set_house(tx, &caller, "zone", &zone)?;
        add_legal_body(tx, &caller, &town, "")?;
        add_site(
            tx,
            &caller,
            &NewSite { fields: SiteFields { name: site, ..SiteFields::default() }, ..NewSite::default() },
        )?;
        Ok::<_, Failure>(())
    });
    store.close();
    if let Err(failure) = founded {
        // Nothing was founded, so nothing is left behind that would look like a municipality.
        for name in [FILE, "belfort.db-wal", "belfort.db-shm", "ballast"] {
            let _ = std::fs::remove_file(dir.join(name));
        }
        return Err(failure);
    }
    out(&Said::new("cli.init_done").with("town", &args.town).with("path", dir.display()).speak(lang));
    Ok(())
}
