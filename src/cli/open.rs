//! Opening the municipality that a command works on.

use std::path::PathBuf;

use crate::clock::Clock;
use crate::ids::IdSource;
use crate::store::{Store, StoreError};

/// Where the municipality is kept.
#[derive(Debug, clap::Args)]
pub(super) struct Data {
    /// Directory of the municipality
    #[arg(long, value_name = "DIR", env = "BELFORT_DATA", hide_env_values = true)]
    pub data: PathBuf,
}

impl Data {
    /// Opens what is there; it may be in use by a server.
    pub(super) fn open(&self) -> Result<Open, StoreError> {
        Store::open(&self.data, Clock::System, IdSource::system(), false).map(Open)
    }
}

/// An open store that is closed when the command ends, so that nothing stays in the write-ahead log.
pub(super) struct Open(Store);

impl std::ops::Deref for Open {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}
