//! The command line as its user meets it: the real binary, its exit codes and its sentences.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn belfort(data: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_belfort"))
        .args(words)
        .env_clear()
        .env("BELFORT_DATA", data)
        .env("LANG", "en_GB.UTF-8")
        .output()
        .unwrap()
}

/// Exit code, standard output, standard error.
fn run(data: &Path, words: &[&str]) -> (i32, String, String) {
    let output = belfort(data, words);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs what must succeed; returns its output.
fn done(data: &Path, words: &[&str]) -> String {
    let (code, out, err) = run(data, words);
    assert_eq!(code, 0, "{words:?}: {err}");
    out
}

fn listed(data: &Path, words: &[&str]) -> Vec<Value> {
    serde_json::from_str(&done(data, &[words, &["list", "--json"]].concat())).unwrap()
}

fn town() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    done(dir.path(), &["init", "--town", "Proefstad"]);
    done(dir.path(), &["room", "add", "Raadzaal", "--site", "stadhuis", "--capacity", "60", "--hybrid"]);
    done(dir.path(), &["person", "add", "an.peeters@proefstad.example", "--name", "An Peeters"]);
    dir
}

#[test]
fn a_town_is_made_and_not_made_twice() {
    let dir = town();
    let (code, _, err) = run(dir.path(), &["init", "--town", "Andere stad"]);
    assert_eq!(code, 1);
    assert!(err.contains("There is a municipality in"), "{err}");
    let state: Value = serde_json::from_str(&done(dir.path(), &["check", "--json"])).unwrap();
    assert_eq!(
        (&state["town"], &state["rooms"], &state["people"]),
        (&"Proefstad".into(), &1.into(), &1.into())
    );
    assert_eq!(state["verified"]["clean"], true);
    assert!(state["free_bytes"].as_u64().unwrap() > 0);
}

#[test]
fn a_refused_init_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let (code, _, err) = run(dir.path(), &["init", "--town", "Proefstad", "--zone", "Europe/Brugge"]);
    assert_eq!(
        (code, err.as_str()),
        (1, "zone: \"Europe/Brugge\" does not fit this setting. Check the value.\n")
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_divisible_hall_shares_its_cells() {
    let dir = town();
    for part in ["Zaal A", "Zaal B"] {
        done(dir.path(), &["room", "add", part, "--site", "stadhuis", "--capacity", "20"]);
    }
    let parts = ["--made-of", "zaal-a", "--made-of", "zaal-b"];
    let add = ["room", "add", "Zaal A+B", "--site", "stadhuis", "--capacity", "45"];
    done(dir.path(), &[&add[..], &parts].concat());
    let rooms = listed(dir.path(), &["room"]);
    let cells = |slug: &str| {
        let room = rooms.iter().find(|room| room["slug"] == slug).unwrap();
        room["cells"].as_array().unwrap().clone()
    };
    assert_eq!(cells("zaal-a-b"), [cells("zaal-a"), cells("zaal-b")].concat());
}

#[test]
fn refusals_are_sentences_with_exit_code_1_and_usage_is_2() {
    let dir = town();
    for (words, code, sentence) in [
        (
            &["room", "add", "Raadzaal", "--site", "stadhuis", "--capacity", "9"][..],
            1,
            "raadzaal exists already. Choose another name.",
        ),
        (
            &["room", "add", "Kelder", "--site", "stadhuis", "--capacity", "0"],
            1,
            "capacity: A room has 1 to 20000 seats.",
        ),
        (
            &["person", "add", "an.peeters@proefstad.example", "--name", "An"],
            1,
            "an.peeters@proefstad.example is known already.",
        ),
        (&["token", "create", "--role", "device"], 1, "room: A screen hangs at a room. Give the room."),
        (&["token", "create", "--role", "clerk"], 1, "person: Only a screen is nobody. Give the person."),
        (
            &["feed", "create", "--scope", "town", "--level", "full", "--attendees"],
            1,
            "attendees: Names and addresses of attendees are only in the full calendar of a person.",
        ),
        (&["feed", "create", "--scope", "zaal", "--level", "busy"], 2, "\"zaal\" is not a scope."),
        (&["verify", "--data", "/nonexistent"], 2, ""),
        (&["token", "create", "--role", "mayor"], 2, "no such role: mayor"),
        (&["room", "add", "Kelder"], 2, "--site <SITE>"),
    ] {
        let (got, out, err) = run(dir.path(), words);
        assert_eq!(got, code, "{words:?}: {err}");
        assert!(err.contains(sentence), "{words:?}: {err}");
        assert!(!err.contains("Refusal") && !err.contains("Error {"), "{err}");
        assert_eq!(out, "", "{words:?}");
    }
}

#[test]
fn sentences_follow_the_language() {
    let dir = town();
    let again = ["room", "add", "Raadzaal", "--site", "stadhuis", "--capacity", "9"];
    for (lang, sentence) in [
        ("nl", "raadzaal bestaat al."),
        ("fr", "raadzaal existe déjà."),
        ("de", "raadzaal gibt es schon."),
        ("en", "raadzaal exists already."),
    ] {
        let (code, _, err) = run(dir.path(), &[&["--lang", lang][..], &again].concat());
        assert_eq!(code, 1);
        assert!(err.starts_with(sentence), "{lang}: {err}");
    }
}

#[test]
fn a_token_is_shown_once_listed_and_revoked() {
    let dir = town();
    let create = ["token", "create", "--role", "clerk", "--person", "an.peeters@proefstad.example", "--json"];
    let made: Value = serde_json::from_str(&done(dir.path(), &create)).unwrap();
    let secret = made["token"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    let tokens = listed(dir.path(), &["token"]);
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0]["person"], "an.peeters@proefstad.example");
    assert!(!tokens[0].to_string().contains(secret), "the secret is not kept");
    let id = tokens[0]["id"].as_str().unwrap();
    done(dir.path(), &["token", "revoke", id]);
    assert!(listed(dir.path(), &["token"])[0]["revoked"].is_string());
    let (code, _, err) = run(dir.path(), &["token", "revoke", id]);
    assert_eq!((code, err.as_str()), (1, "This key was revoked before. Nothing has changed.\n"));
}

#[test]
fn feeds_of_every_scope_are_listed_by_name() {
    let dir = town();
    let member = "an.peeters@proefstad.example";
    done(dir.path(), &["body", "add", "Gemeenteraad", "--kind", "council", "--member", member]);
    let scopes = ["room:raadzaal", &format!("person:{member}"), "body:gemeenteraad", "site:stadhuis", "town"];
    for scope in scopes {
        let path = done(dir.path(), &["feed", "create", "--scope", scope, "--level", "busy"]);
        assert!(path.starts_with("/feeds/") && path.trim_end().rsplit('.').next() == Some("ics"), "{path}");
    }
    let feeds = listed(dir.path(), &["feed"]);
    let named: BTreeSet<&str> = feeds.iter().map(|feed| feed["scope"].as_str().unwrap()).collect();
    assert_eq!(named, BTreeSet::from(scopes));
}

#[test]
fn people_are_imported_all_or_none() {
    let dir = town();
    let file = dir.path().join("people.csv");
    let list = "email;name;lang;councillor\nbo@proefstad.example;Bo Maes;fr;ja\n\
                an.peeters@proefstad.example;An Peeters;nl;\n";
    fs::write(&file, list).unwrap();
    let import = ["person", "import", file.to_str().unwrap()];
    assert_eq!(done(dir.path(), &import), "1 added, 0 changed, 1 unchanged.\n");
    assert_eq!(done(dir.path(), &import), "0 added, 0 changed, 2 unchanged.\n");
    let bo = listed(dir.path(), &["person"]).into_iter().find(|one| one["name"] == "Bo Maes").unwrap();
    assert_eq!((&bo["lang"], &bo["councillor"]), (&"fr".into(), &true.into()));

    fs::write(&file, "email,name\ncas@proefstad.example,Cas\nnobody,Dee\n").unwrap();
    let (code, _, err) = run(dir.path(), &import);
    assert_eq!(code, 1);
    assert!(err.starts_with("Nothing was imported; line 3: "), "{err}");
    assert_eq!(listed(dir.path(), &["person"]).len(), 2);
}

#[test]
fn somebody_leaves_and_what_they_organised_is_arranged() {
    let dir = town();
    let add = |email: &str, name: &str| {
        done(dir.path(), &["person", "add", email, "--name", name]);
    };
    add("bo@proefstad.example", "Bo Maes");
    add("cas@proefstad.example", "Cas Peeters");
    let file = dir.path().join("in.ics");
    fs::write(&file, CALENDAR).unwrap();
    let room = [
        "import",
        "ics",
        file.to_str().unwrap(),
        "--room",
        "raadzaal",
        "--organiser",
        "bo@proefstad.example",
    ];
    done(dir.path(), &room);
    let leave = ["person", "leave", "bo@proefstad.example"];
    let (code, ..) = run(dir.path(), &leave);
    assert_eq!(code, 2, "what becomes of the meetings must be said");
    let (code, _, err) = run(dir.path(), &[&leave[..], &["--to", "nobody@proefstad.example"]].concat());
    assert!(code == 1 && err.contains("nobody@proefstad.example"), "{err}");
    let said = done(dir.path(), &[&leave[..], &["--to", "cas@proefstad.example"]].concat());
    assert!(said.contains("bo@proefstad.example has left"), "{said}");
    let left: Vec<Value> = listed(dir.path(), &["person"]);
    assert!(!left.iter().any(|one| one["email"] == "bo@proefstad.example"), "{left:?}");
    let (code, _, err) = run(dir.path(), &[&leave[..], &["--cancel"]].concat());
    assert!(code == 1 && err.contains("has already left"), "{err}");
}

#[test]
fn rules_are_put_replaced_and_read_strictly() {
    let dir = town();
    let file = dir.path().join("rules.toml");
    let put = ["policy", "put", file.to_str().unwrap()];
    let rule = |minutes: u32| {
        format!("[[policy]]\nid = \"short\"\neffect = \"deny\"\ntest = \"max_length\"\nminutes = {minutes}\n")
    };
    fs::write(&file, rule(60)).unwrap();
    assert_eq!(done(dir.path(), &put), "1 rules apply from now on.\n");
    fs::write(&file, rule(90)).unwrap();
    done(dir.path(), &put);
    let rules = listed(dir.path(), &["policy"]);
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["test"]["minutes"], 90);
    fs::write(&file, "[[policy]]\nid = \"x\"\neffect = \"maybe\"\ntest = \"never\"\n").unwrap();
    let (code, _, err) = run(dir.path(), &put);
    assert_eq!(code, 1);
    assert!(err.contains("cannot be read") && err.contains("maybe"), "{err}");
}

#[test]
fn settings_are_checked_all_at_once_before_anything_starts() {
    let dir = town();
    fs::write(dir.path().join("belfort.toml"), "lsiten = \"x\"\nbase_url = \"zalen.example\"\nlog = 3\n")
        .unwrap();
    let (code, out, err) = run(dir.path(), &["serve", "--listen", "everywhere"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(err.lines().count(), 4, "{err}");
    for piece in ["\"lsiten\"", "\"zalen.example\"", "log: this must be text", "\"everywhere\""] {
        assert!(err.contains(piece), "{piece}: {err}");
    }
}

#[test]
fn a_pack_of_a_session_that_is_not_there_is_refused() {
    let dir = town();
    let file = dir.path().join("bundel.pdf");
    let words = ["export", "pack", "gemeenteraad-2027-01-18", "--out", file.to_str().unwrap()];
    let (code, out, err) = run(dir.path(), &words);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("gemeenteraad-2027-01-18") && !file.exists(), "{err}");
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//test//EN\r\nBEGIN:VEVENT\r\n\
    UID:one@elsewhere.example\r\nDTSTAMP:20990101T000000Z\r\nDTSTART:20990105T090000Z\r\n\
    DTEND:20990105T100000Z\r\nSUMMARY:Werfvergadering\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_level_of_logging_that_is_none_is_refused() {
    let dir = town();
    fs::write(dir.path().join("belfort.toml"), "log = \"belfort=loudly\"").unwrap();
    let (code, _, err) = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("belfort=loudly") && err.contains("for example info"), "{err}");
}

#[test]
fn a_calendar_is_imported_once_and_comes_out_again() {
    let dir = town();
    let file = dir.path().join("in.ics");
    fs::write(&file, CALENDAR).unwrap();
    let organiser = ["--organiser", "an.peeters@proefstad.example"];
    let import = [&["import", "ics", file.to_str().unwrap(), "--room", "raadzaal"][..], &organiser].concat();
    let rehearsed = done(dir.path(), &[&import[..], &["--dry-run"]].concat());
    assert!(rehearsed.contains("1 added, 0 changed"), "{rehearsed}");
    assert_eq!(done(dir.path(), &["export", "json"]), "", "a rehearsal leaves nothing");
    assert!(done(dir.path(), &import).contains("1 added, 0 changed"));
    assert!(done(dir.path(), &import).contains("0 added, 0 changed, 1 unchanged"));
    let exported: Value = serde_json::from_str(&done(dir.path(), &["export", "json"])).unwrap();
    assert_eq!(exported["uid"], "one@elsewhere.example");
    assert_eq!(exported["rooms"], serde_json::json!(["raadzaal"]));
    let calendar = done(dir.path(), &["export", "ics", "--scope", "room:raadzaal"]);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"), "{calendar}");

    fs::write(&file, CALENDAR.replace("one@", "two@").replace("Werf", "Andere ")).unwrap();
    let (code, _, err) = run(dir.path(), &import);
    assert_eq!(code, 1, "{err}");
    assert!(err.starts_with("Mon 5 Jan 2099 10:00: "), "{err}");
    fs::write(&file, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n").unwrap();
    assert_eq!(run(dir.path(), &import).0, 1);
}
