//! Backup, restore and verify through the real binary: what was there comes back, and nothing that is damaged,
//! newer or not ours is put in place.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use belfort::clock::Clock;
use belfort::demo::{Scale, found};
use belfort::ids::IdSource;
use belfort::store::{FILE, Store};

fn belfort(words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_belfort"))
        .args(words)
        .env_clear()
        .env("LANG", "en_GB.UTF-8")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn done(words: &[&str]) -> String {
    let (code, out, err) = belfort(words);
    assert_eq!(code, 0, "{words:?}: {err}");
    out
}

fn demo(dir: &Path) -> PathBuf {
    let now = "2027-01-21T09:30:00Z".parse().unwrap();
    let store = Store::open(dir, Clock::mock(now), IdSource::seeded(1), true).unwrap();
    found(&store, Scale::Fortnight, now, 1).unwrap();
    store.close();
    dir.join(FILE)
}

fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn what_was_backed_up_comes_back() {
    let here = tempfile::tempdir().unwrap();
    demo(here.path());
    let (backup, there) = (here.path().join("copy.db"), here.path().join("there"));
    let said = done(&["backup", "--data", word(here.path()), word(&backup)]);
    assert!(said.contains("(600 meetings)"), "{said}");
    assert!(done(&["verify", "--file", word(&backup)]).contains("600 meetings"));

    let (code, _, err) = belfort(&["backup", "--data", word(here.path()), word(&backup)]);
    assert_eq!(code, 1, "a backup is not overwritten: {err}");

    done(&["restore", "--data", word(&there), word(&backup)]);
    let export = |dir: &Path| done(&["export", "json", "--data", word(dir)]);
    let exported = export(&there);
    assert_eq!(exported.lines().count(), 600);
    assert_eq!(exported, export(here.path()));
    assert!(done(&["check", "--data", word(&there)]).contains("nothing booked twice"));
}

#[test]
fn a_municipality_that_is_there_is_moved_aside_and_only_if_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    for (place, town) in [(&old, "Oudstad"), (&new, "Nieuwstad")] {
        done(&["init", "--data", word(place), "--town", town]);
    }
    let backup = dir.path().join("old.db");
    done(&["backup", "--data", word(&old), word(&backup)]);
    let (code, _, err) = belfort(&["restore", "--data", word(&new), word(&backup)]);
    assert_eq!(code, 1);
    assert!(err.contains("Give --replace to move it aside."), "{err}");
    assert!(done(&["check", "--data", word(&new)]).contains("Nieuwstad"));

    done(&["restore", "--data", word(&new), word(&backup), "--replace"]);
    assert!(done(&["check", "--data", word(&new)]).contains("Oudstad"));
    let aside = fs::read_dir(&new)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("replaced-"))
        .unwrap();
    assert!(done(&["check", "--data", word(&aside)]).contains("Nieuwstad"));
}

#[test]
fn a_damaged_file_ends_with_3_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let file = demo(dir.path());
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 65_536].fill(0xA5);
    fs::write(&file, &bytes).unwrap();
    let there = dir.path().join("there");
    for words in [
        &["verify", "--data", word(dir.path())][..],
        &["check", "--data", word(dir.path())],
        &["restore", "--data", word(&there), word(&file)],
    ] {
        let (code, _, err) = belfort(words);
        assert_eq!(code, 3, "{words:?}: {err}");
        assert!(err.contains("is damaged"), "{words:?}: {err}");
    }
    assert!(!there.exists(), "nothing damaged is put in place");

    fs::write(&file, "this is a letter and no database at all".repeat(40)).unwrap();
    let (code, _, err) = belfort(&["room", "list", "--data", word(dir.path())]);
    assert_eq!(code, 3, "{err}");
}

#[test]
fn an_entry_of_the_journal_that_was_changed_is_found() {
    let dir = tempfile::tempdir().unwrap();
    done(&["init", "--data", word(dir.path()), "--town", "Proefstad"]);
    let file = dir.path().join(FILE);
    let conn = rusqlite::Connection::open(&file).unwrap();
    conn.execute_batch("DROP TRIGGER journal_never_changes; UPDATE journal SET action = 'x' WHERE seq = 2;")
        .unwrap();
    drop(conn);
    let (code, _, err) = belfort(&["verify", "--data", word(dir.path())]);
    assert_eq!(code, 3);
    assert!(err.contains("journal 2: its content was changed"), "{err}");
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (dir.path().join("here"), dir.path().join("there"));
    done(&["init", "--data", word(&here), "--town", "Proefstad"]);
    let conn = rusqlite::Connection::open(here.join(FILE)).unwrap();
    let known = conn.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let expected = belfort::store::StoreError::Newer { found: 99, known }.said();
    let sentence = expected.speak(belfort::texts::Lang::En);
    for words in [
        &["room", "list", "--data", word(&here)][..],
        &["restore", "--data", word(&there), word(&here.join(FILE))],
    ] {
        let (code, _, err) = belfort(words);
        assert_eq!((code, err.trim_end()), (1, sentence.as_str()), "{words:?}");
    }
    assert!(!there.join(FILE).exists());
}
