//! What the program keeps of its own doings, to be shown to those who look after it: when the journal was last
//! checked, when a backup was last made. No settings: nothing depends on it.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{StoreError, Tx, View};

impl View<'_> {
    /// What was kept under this name; nothing if it is not there, or was written by another version.
    pub fn kept<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT value FROM setting WHERE key = 'kept.' || ?1")?;
        let text: Option<String> = statement.query_row([name], |row| row.get(0)).optional()?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

impl Tx<'_> {
    /// Keeps a value under a name, in place of what was kept before.
    pub fn keep<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Sql(error.to_string()))?;
        self.conn.execute(
            "INSERT INTO setting (key, value) VALUES ('kept.' || ?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = ?2",
            params![name, text],
        )?;
        Ok(())
    }
}
