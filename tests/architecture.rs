//! The map in `src/lib.rs` and the table in `ARCHITECTURE.md`, checked against what is written: which module
//! imports which, which one owns which crate, what is pure, how long a file may be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in layer order, each with what it may import beside itself. Imports point up this list only.
const TABLE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("ids", &[]),
    ("texts", &[]),
    ("config", &["texts"]),
    ("telemetry", &[]),
    // The JSON that server and kiosk agree on: a leaf, for the kiosk knows nothing else of the server.
    ("wire", &["ids", "texts"]),
    ("time", &["ids", "texts"]),
    ("town", &["ids", "texts", "time"]),
    ("booking", &["ids", "texts", "wire", "time", "town"]),
    ("council", &["ids", "texts", "time", "town", "booking"]),
    ("presence", &["ids", "texts", "wire", "time", "town", "booking", "council"]),
    ("ical", &["ids", "texts", "time", "town", "booking", "council", "presence"]),
    // Reads and writes files of others, and asks the virus scanner: bytes, no store.
    ("papers", &["ids", "texts", "council"]),
    ("store", &["clock", "ids", "texts", "time", "town", "booking", "council", "presence"]),
    (
        "scheduler",
        &[
            "ids", "texts", "wire", "time", "town", "booking", "council", "presence", "ical", "papers",
            "store",
        ],
    ),
    (
        "demo",
        &["presence", "clock", "ids", "texts", "time", "town", "booking", "council", "store", "scheduler"],
    ),
    ("conference", &["ids", "texts", "time", "town", "booking", "store", "scheduler"]),
    ("mail", &["clock", "ids", "texts", "config", "time", "town", "booking", "ical", "store", "scheduler"]),
    (
        "http",
        &[
            "clock",
            "ids",
            "texts",
            "wire",
            "time",
            "town",
            "booking",
            "council",
            "presence",
            "ical",
            "papers",
            "store",
            "scheduler",
        ],
    ),
    (
        "web",
        &[
            "ids",
            "texts",
            "wire",
            "time",
            "town",
            "booking",
            "council",
            "presence",
            "papers",
            "store",
            "scheduler",
            "http",
        ],
    ),
    // The composition root: it puts everything together.
    (
        "cli",
        &[
            "clock",
            "ids",
            "texts",
            "config",
            "telemetry",
            "wire",
            "time",
            "town",
            "booking",
            "council",
            "presence",
            "ical",
            "papers",
            "store",
            "scheduler",
            "demo",
            "conference",
            "mail",
            "http",
            "web",
            "kiosk",
        ],
    ),
    // The room screen may not know the server: it has leaves and the wire, and nothing else.
    ("kiosk", &["clock", "ids", "texts", "telemetry", "wire"]),
];

/// Functions of values: no clock, chance, SQL, HTTP, async, threads or files.
const PURE: &[&str] = &["time", "town", "booking", "council", "presence", "ical"];

/// What the pure modules may not speak of, as words.
const IMPURE: &[&str] = &[
    "crate::clock",
    "rand::",
    "rusqlite",
    "axum",
    "tokio",
    "std::thread",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "async fn",
    "async move",
    ".await",
];

/// External crates and the places that may name them; a place is a file or a directory under `src`.
const OWNERS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store", "kiosk/cache.rs"]),
    ("axum", &["http", "web"]),
    ("tower_http", &["http", "web/mod.rs"]),
    ("hyper", &["http/server.rs"]),
    ("hyper_util", &["http/server.rs"]),
    ("tokio", &["http", "mail", "store/writer.rs", "web/upload.rs"]),
    ("lettre", &["mail"]),
    ("tokio_stream", &["http"]),
    ("utoipa_axum", &["http"]),
    // What the scheduler answers is described where it is defined.
    ("utoipa", &["http", "scheduler"]),
    ("askama", &["mail/write.rs", "web"]),
    ("flate2", &["http/feeds.rs", "web/assets.rs"]),
    ("prometheus_client", &["http/metrics.rs"]),
    ("rustix", &["store/space.rs", "cli/check.rs"]),
    ("hmac", &["scheduler/join_link.rs"]),
    ("sha2", &["http", "papers", "scheduler", "store"]),
    ("clap", &["cli"]),
    ("calcard", &["ical"]),
    ("chrono_tz", &["time/wall.rs", "ical/read/zones.rs"]),
    ("rrule", &["time/recurrence"]),
    ("rand", &["ids.rs"]),
    ("tracing_subscriber", &["telemetry.rs"]),
    ("toml", &["texts.rs", "config.rs", "demo/facts.rs", "demo/council_year/matters.rs", "cli/policy.rs"]),
    ("slint", &["kiosk"]),
    ("fontique", &["kiosk"]),
    ("ureq", &["kiosk"]),
    ("rustls", &["kiosk/trust.rs"]),
    ("qrcode", &["kiosk", "web/words.rs"]),
    ("argon2", &["scheduler/password.rs"]),
    ("totp_rs", &["scheduler/sign_in.rs"]),
    ("form_urlencoded", &["web"]),
    ("png", &["kiosk"]),
    ("krilla", &["papers/pack"]),
    ("skrifa", &["papers/pack/type_case.rs"]),
    ("hayro_interpret", &["papers/pdf_text.rs", "papers/pack/paper.rs"]),
    ("kurbo", &["papers/pdf_text.rs"]),
    ("quick_xml", &["papers/office.rs"]),
    ("zip", &["papers/office.rs"]),
];

struct Source {
    /// Path under `src`, with slashes.
    path: String,
    /// The text without comments and string contents, line by line.
    code: Vec<String>,
    /// The text as written.
    text: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.code.iter().map(String::as_str))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 50, "the sources are read");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, code: code_of(&text), text }
    };
    files.into_iter().map(read).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
}

/// Lines without `//` comments and without what stands between quotes, so that prose is not taken for code.
fn code_of(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut quoted = false;
    for line in text.lines() {
        let mut code = String::new();
        let mut rest = line.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' if quoted => {
                    rest.next();
                }
                '"' => {
                    quoted = !quoted;
                    code.push('"');
                }
                // The characters '"' and '\"' open no string.
                '\'' if !quoted && rest.peek() == Some(&'"') => {
                    rest.next();
                    rest.next();
                }
                '/' if !quoted && rest.peek() == Some(&'/') => break,
                _ if quoted => {}
                c => code.push(c),
            }
        }
        lines.push(code);
    }
    lines
}

/// Whether `word` stands in `line` and is not part of a longer name.
fn names(line: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let open = word.ends_with(|c: char| !inside(c));
        !before.is_some_and(inside) && (open || !after.is_some_and(inside))
    })
}

/// The modules of this crate that a file names: `crate::x`, `crate::{x, y}`.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.lines() {
        for (at, prefix) in line.match_indices("crate::") {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &line[at + prefix.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let heads = list.trim_end_matches([';', '}']).split(',').map(first_word);
                found.extend(heads.map(|head| (number, head)));
            } else {
                found.push((number, first_word(rest)));
            }
        }
    }
    found.retain(|(_, name)| !name.is_empty());
    found
}

fn first_word(text: &str) -> String {
    text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn fail_with(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_table_is_a_list_of_layers() {
    let place = |name: &str| TABLE.iter().position(|(module, _)| *module == name);
    for (at, (module, may)) in TABLE.iter().enumerate() {
        for other in *may {
            // The command line is the composition root and may open the screen, which stands beside it.
            let upwards =
                place(other).is_some_and(|other| other < at) || (*module == "cli" && *other == "kiosk");
            assert!(upwards, "{module} may not import {other}: imports point up the list only");
        }
    }
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut faults = Vec::new();
    for source in sources() {
        let module = source.module();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let Some((_, may)) = TABLE.iter().find(|(name, _)| *name == module) else {
            faults.push(format!("src/{}: module `{module}` is not in the table", source.path));
            continue;
        };
        for (number, name) in imports(&source) {
            let known = TABLE.iter().any(|(module, _)| *module == name);
            if known && name != module && !may.contains(&name.as_str()) {
                faults.push(format!("src/{}:{number}: `{module}` may not import `{name}`", source.path));
            }
        }
    }
    fail_with(&faults);
}

#[test]
fn every_external_crate_has_its_owner() {
    let mut faults = Vec::new();
    for source in sources() {
        for (krate, owners) in OWNERS {
            let owned = owners.iter().any(|owner| {
                source.path == *owner
                    || source.path.strip_prefix(owner).is_some_and(|rest| rest.starts_with('/'))
            });
            if owned {
                continue;
            }
            for (number, line) in source.lines() {
                let used = names(line, &format!("{krate}::")) || line.trim() == format!("use {krate};");
                if used && !line.contains(&format!("::{krate}::")) {
                    faults.push(format!("src/{}:{number}: {krate} belongs to {owners:?}", source.path));
                }
            }
        }
    }
    fail_with(&faults);
}

#[test]
fn the_pure_modules_are_pure() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.module())) {
        for (number, line) in source.lines() {
            for word in IMPURE.iter().filter(|word| line.contains(**word) && names_impure(line, word)) {
                faults.push(format!("src/{}:{number}: a pure module speaks of `{word}`", source.path));
            }
        }
    }
    fail_with(&faults);
}

fn names_impure(line: &str, word: &str) -> bool {
    word.starts_with('.') || names(line, word)
}

#[test]
fn files_are_short_and_nothing_is_put_off() {
    let mut faults = Vec::new();
    for source in sources() {
        let length = source.text.lines().count();
        if length > 600 {
            faults.push(format!(
                "src/{}: {length} lines; a file of more than 600 holds two things",
                source.path
            ));
        }
        for (number, line) in source.lines() {
            for word in ["#[allow(", "#![allow(", "todo!", "unimplemented!", "dbg!"] {
                if line.contains(word) {
                    faults.push(format!("src/{}:{number}: `{word}` does not stay", source.path));
                }
            }
        }
    }
    fail_with(&faults);
}

#[test]
fn the_scan_itself_sees_what_it_should() {
    let code = code_of(
        "let a = \"crate::http\"; // crate::http\nuse crate::{store, texts};\nlet q = '\"'; rand::rng()",
    );
    assert_eq!(code, ["let a = \"\"; ", "use crate::{store, texts};", "let q = ; rand::rng()"]);
    let source = Source { path: "town/x.rs".to_owned(), code, text: String::new() };
    assert_eq!(imports(&source), [(2, "store".to_owned()), (2, "texts".to_owned())]);
    assert!(names("tokio::sync", "tokio::") && !names("my_tokio::sync", "tokio::"));
}
