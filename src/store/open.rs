//! Opening a file: pragmas, migrations, refusal of what is newer, foreign or damaged.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::StoreError;
use crate::ids::IdSource;
use crate::town::slug_of;

/// Marks the file as ours ("BLFT"), so that a foreign database is refused with a sentence.
const APPLICATION_ID: i64 = 0x424C_4654;

/// Each step takes the schema from its index to the next version, in one transaction.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_town.sql"),
    include_str!("migrations/0002_sign_in.sql"),
    include_str!("migrations/0003_mail.sql"),
    include_str!("migrations/0004_room_pages.sql"),
    include_str!("migrations/0005_house.sql"),
    include_str!("migrations/0006_people.sql"),
    include_str!("migrations/0007_reminders.sql"),
    include_str!("migrations/0008_council.sql"),
    include_str!("migrations/0009_chamber.sql"),
    include_str!("migrations/0010_portal.sql"),
    include_str!("migrations/0011_documents.sql"),
    include_str!("migrations/0012_convocation.sql"),
    include_str!("migrations/0013_minutes.sql"),
    include_str!("migrations/0014_deadline_mail.sql"),
    include_str!("migrations/0015_sealed_documents.sql"),
    include_str!("migrations/0016_search_unmoved.sql"),
    include_str!("migrations/0017_recused_never_vote.sql"),
];

/// Opens the one read-write connection, creating or upgrading the file.
pub(super) fn open_writer(path: &Path, create: bool) -> Result<Connection, StoreError> {
    if !create && !path.exists() {
        return Err(StoreError::Missing(path.display().to_string()));
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let mut conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    // WAL lets readers work on snapshots while the writer commits; FULL makes each commit wait for the disk.
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "cache_size", -65_536)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // Long checkpoints show as slow commits; every 1,000 pages (4 MB) keeps each under a few milliseconds.
    conn.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    keep_statements(&conn)?;
    teach_slug(&conn)?;
    migrate(&mut conn)?;
    Ok(conn)
}

/// Lets commits return before they are on disk: what is being made is made anew if the machine fails.
pub(super) fn wait_for_nothing(conn: &Connection) -> Result<(), StoreError> {
    Ok(conn.pragma_update(None, "synchronous", "OFF")?)
}

/// Opens a read-only connection on a file that [`open_writer`] has migrated.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "mmap_size", 1_i64 << 30)?;
    conn.pragma_update(None, "cache_size", -16_384)?;
    keep_statements(&conn)?;
    teach_slug(&conn)?;
    Ok(conn)
}

/// SQLite knows no accents: names are compared and sorted as they are written in addresses of pages.
fn teach_slug(conn: &Connection) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("slug", 1, flags, |context| Ok(slug_of(&context.get::<String>(0)?)))?;
    Ok(())
}

/// Each statement is planned once. Without the guarantee, SQLite plans it anew whenever a bound value might tell
/// for another plan; ours are written so that no value does.
fn keep_statements(conn: &Connection) -> Result<(), StoreError> {
    conn.set_prepared_statement_cache_capacity(256);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let number = |name: &str, conn: &Connection| -> Result<i64, StoreError> {
        Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
    };
    let (found, application) = (number("user_version", conn)?, number("application_id", conn)?);
    let empty = conn.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).optional()?.is_none();
    if application != APPLICATION_ID && !empty {
        return Err(StoreError::Damaged("this is a database of another program".to_owned()));
    }
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (step, sql) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", step)?;
        tx.commit()?;
    }
    Ok(())
}

/// The municipality's own secret, made at the first opening.
pub(super) fn secret(conn: &Connection, ids: &IdSource) -> Result<Vec<u8>, StoreError> {
    conn.execute(
        "INSERT INTO setting (key, value) VALUES ('secret', ?1) ON CONFLICT (key) DO NOTHING",
        [ids.secret() + &ids.secret()],
    )?;
    let secret: String =
        conn.query_row("SELECT value FROM setting WHERE key = 'secret'", [], |row| row.get(0))?;
    Ok(secret.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_a_foreign_and_a_truncated_file_are_refused_with_their_own_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("belfort.db");
        assert!(matches!(open_writer(&path, false), Err(StoreError::Missing(_))));
        drop(open_writer(&path, true).unwrap());

        let conn = Connection::open(&path).unwrap();
        conn.pragma_update(None, "user_version", 99).unwrap();
        drop(conn);
        assert!(matches!(open_writer(&path, false), Err(StoreError::Newer { found: 99, .. })));

        let foreign = dir.path().join("foreign.db");
        Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(open_writer(&foreign, false), Err(StoreError::Damaged(_))));

        let torn = dir.path().join("torn.db");
        drop(open_writer(&torn, true).unwrap());
        let bytes = std::fs::read(&torn).unwrap();
        std::fs::write(&torn, &bytes[..bytes.len() / 3]).unwrap();
        let opened = open_writer(&torn, false).and_then(|conn| {
            secret(&conn, &IdSource::seeded(1))?;
            super::super::town::load(&conn)
        });
        assert!(matches!(opened, Err(StoreError::Damaged(_))), "{:?}", opened.err());

        let text = dir.path().join("text.db");
        std::fs::write(&text, "this is not a database at all, but long enough to be read".repeat(20))
            .unwrap();
        assert!(matches!(open_writer(&text, false), Err(StoreError::Damaged(_))));
    }

    #[test]
    fn an_older_file_keeps_its_mail_and_its_dates_are_reminded_of() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("belfort.db");
        let conn = Connection::open(&path).unwrap();
        let reminders = MIGRATIONS.iter().position(|sql| sql.contains("remind_at")).unwrap();
        for sql in &MIGRATIONS[..reminders] {
            conn.execute_batch(sql).unwrap();
        }
        conn.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        conn.pragma_update(None, "user_version", i64::try_from(reminders).unwrap()).unwrap();
        let date = |id: u8, starts: &str| {
            format!(
                "INSERT INTO occurrence (id, meeting, original, starts, ends, run, own_rooms, check_ins)
                 SELECT randomblob(16), id, '2027-01-0{id}T10:00:00', unixepoch() + {starts},
                 unixepoch() + {starts} + 60, 'planned', 0, 0 FROM meeting;"
            )
        };
        let rows = "INSERT INTO person (id, kind, email, name, lang, zone, hard)
                VALUES (randomblob(16), 'guest', 'a@b.example', 'A', 'nl', 'UTC', 0);
            INSERT INTO meeting (id, title, privacy, organiser, wall_start, zone, length_s, equipment, status, version,
                sequence, created, modified, ad_hoc)
                SELECT randomblob(16), 't', 'internal', id, '2027-01-01T10:00:00', 'UTC', 3600, '[]', 'live', 1, 0, 0, 0, 0
                FROM person;
            INSERT INTO mail SELECT randomblob(16), NULL, '', id, 'account', 7, 'queued', 1, 1, 0, 5, 6, NULL, 'note'
                FROM person;";
        conn.execute_batch(rows).unwrap();
        conn.execute_batch(&[date(1, "-3600"), date(2, "3600"), date(3, "864000")].concat()).unwrap();
        drop(conn);
        let conn = open_writer(&path, false).unwrap();
        let mut statement =
            conn.prepare("SELECT remind_at - unixepoch() FROM occurrence ORDER BY original").unwrap();
        let due: Vec<Option<i64>> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(due[0], None, "what is over reminds nobody");
        assert!(due[1].unwrap().abs() < 60, "{due:?}");
        assert!((due[2].unwrap() - (864_000 - 129_600)).abs() < 60, "{due:?}");
        let kept: (String, i64, i64, String) = conn
            .query_row("SELECT kind, sequence, in_hand, note FROM mail", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap();
        assert_eq!(kept, ("account".to_owned(), 7, 1, "note".to_owned()));
    }

    #[test]
    fn the_probe_uses_the_order_of_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let conn = open_writer(&dir.path().join("belfort.db"), true).unwrap();
        let plan: String = conn
            .query_row(
                "EXPLAIN QUERY PLAN SELECT ends FROM claim WHERE resource = 1 AND starts < 9 AND live = 1
                 AND strength <> 'soft' ORDER BY starts DESC LIMIT 1",
                [],
                |row| row.get(3),
            )
            .unwrap();
        assert_eq!(plan, "SEARCH claim USING PRIMARY KEY (resource=? AND starts<?)");
    }
}
