//! Disk space: a ballast file to drop when the disk is full, and a watch that stops writing early.
//!
//! On a full disk SQLite can neither delete nor checkpoint, so room for that is kept aside.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Below this many free bytes writing stops.
const RESERVE: u64 = 192 * 1024;
/// Kept aside on a disk with room for it.
const BALLAST: u64 = 1024 * 1024;

/// Watches one directory.
pub(super) struct Space {
    dir: PathBuf,
    full: bool,
}

/// Bytes that can still be written in `dir`; nothing if the system does not say.
pub(super) fn free_bytes(dir: &Path) -> Option<u64> {
    rustix::fs::statvfs(dir).ok().map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize))
}

impl Space {
    pub(super) fn watch(dir: &Path) -> Self {
        let space = Self { dir: dir.to_owned(), full: false };
        space.load_ballast();
        space
    }

    /// Whether writing must stop now. Asks the file system, so not to be called for every job.
    pub(super) fn is_full(&mut self) -> bool {
        let free = self.free();
        // Some slack between stopping and starting again, so that it does not flutter.
        let limit = if self.full { RESERVE * 2 } else { RESERVE };
        let full = free < limit;
        if self.full && !full {
            tracing::warn!(free_bytes = free, "space again: the store takes bookings");
            self.load_ballast();
        }
        self.full = full;
        full
    }

    /// A write failed for lack of space: drops the ballast, so that rollback and checkpoint have room.
    pub(super) fn ran_out(&mut self) {
        self.full = true;
        if std::fs::remove_file(self.ballast()).is_ok() {
            tracing::error!("the disk is full: the store is read-only until space is made");
        }
    }

    fn free(&self) -> u64 {
        free_bytes(&self.dir).unwrap_or(u64::MAX)
    }

    fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }

    fn load_ballast(&self) {
        let path = self.ballast();
        if path.exists() {
            return;
        }
        let size = BALLAST.min(self.free() / 16);
        let written = File::create(&path).and_then(|mut file| {
            // Real bytes: a sparse file would reserve nothing.
            for _ in 0..size / 4096 {
                file.write_all(&[0x42; 4096])?;
            }
            file.sync_all()
        });
        if let Err(error) = written {
            let _ = std::fs::remove_file(&path);
            tracing::warn!(%error, "no room for the ballast file");
        }
    }
}
