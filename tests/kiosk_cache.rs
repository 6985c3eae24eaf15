//! The cache survives restarts, cut power and damage; the day and the taps in it, too.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use belfort::kiosk::cache::Cache;
use belfort::kiosk::desk::Pending;
use belfort::kiosk::sample;
use belfort::texts::Lang;
use belfort::wire::Command;
use uuid::Uuid;

fn pending(number: u128) -> Pending {
    let (_, made_at) = sample::scene("free");
    let command = Command::BookNow { minutes: 15 };
    Pending { uuid: Uuid::from_u128(number), command, made_at, lang: Lang::De }
}

fn fill(dir: &Path) {
    let cache = Cache::open(Some(dir)).unwrap();
    let (mut board, now) = sample::scene("busy");
    board.server_time = now;
    cache.keep_board(&board);
    cache.keep("lang", "fr");
    assert!(cache.push(&pending(1)) && cache.push(&pending(2)));
    cache.failed(&pending(1), "nobody there");
}

#[test]
fn everything_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let cache = Cache::open(Some(dir.path())).unwrap();
    let (board, now) = sample::scene("busy");
    let (kept, fetched_at) = cache.board("raadzaal").unwrap();
    assert_eq!((kept.meetings, fetched_at), (board.meetings, now));
    assert!(cache.board("kelder").is_none(), "another room's day is not ours");
    assert_eq!(cache.kept("lang").as_deref(), Some("fr"));
    let outbox = cache.outbox();
    let letters: Vec<_> = outbox.iter().map(|letter| (letter.pending.clone(), letter.tries)).collect();
    assert_eq!(letters, [(pending(1), 1), (pending(2), 0)]);
    assert_eq!(outbox[0].last_error.as_deref(), Some("nobody there"));
    cache.settle(&pending(1));
    drop(cache);
    let cache = Cache::open(Some(dir.path())).unwrap();
    assert_eq!(cache.outbox().len(), 1);
    assert!(cache.moved().is_none());
}

#[test]
fn a_damaged_file_is_moved_aside_and_a_new_one_begun() {
    for damage in ["garbage", "middle", "newer", "other"] {
        let dir = tempfile::tempdir().unwrap();
        fill(dir.path());
        let file = dir.path().join("kiosk.sqlite");
        match damage {
            "garbage" => std::fs::write(&file, b"this was never a database, but it is long enough").unwrap(),
            "middle" => {
                let mut bytes = std::fs::read(&file).unwrap();
                let end = bytes.len();
                bytes[4096..end].fill(0xA5);
                std::fs::write(&file, bytes).unwrap();
            }
            "newer" => {
                let db = rusqlite::Connection::open(&file).unwrap();
                db.pragma_update(None, "user_version", 99).unwrap();
            }
            _ => {
                let db = rusqlite::Connection::open(&file).unwrap();
                db.execute_batch("DROP TABLE outbox; CREATE TABLE outbox (x)").unwrap();
            }
        }
        let before = std::fs::read(&file).unwrap();
        let cache = Cache::open(Some(dir.path())).unwrap();
        let moved = cache.moved().unwrap_or_else(|| panic!("{damage} went unnoticed"));
        let kept = std::fs::read(moved).unwrap() == before;
        assert!(kept, "{damage}: something of the old file is lost");
        assert!(cache.board("raadzaal").is_none() && cache.outbox().is_empty());
        assert!(cache.push(&pending(3)));
        drop(cache);
        let cache = Cache::open(Some(dir.path())).unwrap();
        assert_eq!(cache.outbox().len(), 1, "{damage}: the new file works");
    }
}

#[test]
fn a_key_is_kept_once_and_damaged_rows_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(dir.path())).unwrap();
    assert!(cache.push(&pending(1)));
    let db = rusqlite::Connection::open(dir.path().join("kiosk.sqlite")).unwrap();
    db.execute("INSERT INTO outbox (uuid, kind, payload, lang, made_at) VALUES ('x', '', '{', '', 0)", [])
        .unwrap();
    let sql = "INSERT INTO kept (key, value) VALUES ('board', '{\"seq\": \"many\"}')";
    db.execute(sql, []).unwrap();
    assert_eq!(cache.outbox().len(), 1);
    assert!(cache.board("raadzaal").is_none());
}

#[test]
fn a_disk_that_refuses_does_not_lose_the_tap() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(Some(dir.path())).unwrap();
    assert!(cache.push(&pending(1)));
    let db = rusqlite::Connection::open(dir.path().join("kiosk.sqlite")).unwrap();
    db.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    )
    .unwrap();
    assert!(cache.push(&pending(2)));
    let keys: Vec<_> = cache.outbox().iter().map(|letter| letter.pending.uuid.as_u128()).collect();
    assert_eq!(keys, [1, 2], "the outbox goes on in memory");
}

#[test]
fn an_impossible_directory_is_said_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let sentence = Cache::open(Some(&file)).unwrap_err().to_string();
    assert!(sentence.contains("a-file") && sentence.contains("Choose a directory"), "{sentence}");
}
