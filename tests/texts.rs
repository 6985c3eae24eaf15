//! Every sentence that the code asks for is written, and every sentence that is written is asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Groups of which keys are put together at run time, or by the doors.
const COMPUTED: [&str; 27] = [
    "action.",
    "agenda.field_",
    "agenda.ground_",
    "agenda.kind_",
    "agenda.origin_",
    "agenda.part_",
    "agenda.section_",
    "agenda.state_",
    "answer.",
    "convocation.channel_",
    "convocation.lacks_",
    "convocation.state_",
    "did.",
    "feed.",
    "import.",
    "lobby.",
    "mandate.role_",
    "mandate.status_",
    "problem.",
    "readiness.call_",
    "readiness.state_",
    "readiness.what_",
    "request.",
    "role.",
    "session.mode_",
    "session.state_",
    "unknown.",
];
/// Single sentences written ahead of the door that will say them.
const AHEAD: [&str; 3] = ["access.device_only", "server.busy", "server.shutting_down"];

/// Sources and the templates beside them.
fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sources lie beside the tests") {
        let path = entry.expect("an entry of a folder can be read").path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs" || end == "html") {
            found.push(path);
        }
    }
}

/// Every source file with its path, without comments and without the tests at its end.
fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    source_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 10, "the sources were not found");
    files
        .into_iter()
        .map(|path| {
            let code = code(&path);
            (path, code)
        })
        .collect()
}

fn code(path: &Path) -> String {
    let source = std::fs::read_to_string(path).expect("a source file is text");
    let end = source
        .match_indices("#[cfg(test)]")
        .map(|(at, _)| at)
        .find(|at| {
            source[*at..].lines().nth(1).is_some_and(|line| line.contains("mod ") && line.ends_with('{'))
        })
        .unwrap_or(source.len());
    let lines = source[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |code, line| code + line + "\n")
}

/// The files of one language: that of the whole house, and one in each folder beside it.
fn files(lang: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/texts");
    let entries = std::fs::read_dir(&folder).expect("the texts are there");
    let parts = entries.map(|entry| entry.expect("an entry of a folder can be read").path());
    let folders = parts.filter(|path| path.is_dir()).chain([folder.clone()]);
    let paths = folders.map(|folder| folder.join(format!("{lang}.toml")));
    paths
        .map(|path| {
            let file = std::fs::read_to_string(&path).expect("every folder has the four languages");
            (path, file)
        })
        .collect()
}

/// The keys of the English files; that the others have the same is tested beside the code. Files share no key.
fn written() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (path, file) in files("en") {
        for line in file.lines() {
            let key = line.strip_prefix('"').and_then(|rest| rest.split_once("\" = \""));
            if let Some((key, _)) = key {
                assert!(keys.insert(key.to_owned()), "{} says {key} again", path.display());
            }
        }
    }
    keys
}

/// The string literal that `code` starts with.
fn literal(code: &str) -> Option<&str> {
    code.trim_start().strip_prefix('"')?.split('"').next()
}

/// The code behind each call of `name`, from its first argument on; methods of that name are others.
fn calls<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(name).filter_map(move |(at, _)| {
        let before = code[..at].chars().next_back();
        let whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
        code[at + name.len()..].strip_prefix('(').filter(|_| whole)
    })
}

/// What comes after the first comma that belongs to the call itself, not to a call inside it.
fn second_argument(arguments: &str) -> Option<&str> {
    let mut depth = 0_u32;
    for (at, c) in arguments.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => return Some(&arguments[at + 1..]),
            _ => {}
        }
    }
    None
}

/// Whether a literal has the form of a key; another function called `text` takes names of properties.
fn is_key(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.split_once('.').is_some_and(|(group, name)| word(group) && word(name))
}

/// The keys that `code` asks for in so many words.
fn asked(code: &str) -> BTreeSet<String> {
    let said = calls(code, "Said::new").filter_map(literal).map(str::to_owned);
    let text = calls(code, "text").filter_map(second_argument).filter_map(literal);
    let text = text.filter(|key| is_key(key)).map(str::to_owned);
    let unknown = calls(code, "Refusal::unknown").filter_map(literal).map(|what| format!("unknown.{what}"));
    // Templates ask their page: `shell.t("key")`.
    let page = code.split(".t(").skip(1).filter_map(literal).filter(|key| is_key(key)).map(str::to_owned);
    said.chain(text).chain(unknown).chain(page).collect()
}

#[test]
fn every_key_in_the_code_is_written() {
    let written = written();
    let mut count = 0;
    let mut missing = Vec::new();
    for (path, code) in sources() {
        let asked = asked(&code);
        count += asked.len();
        missing.extend(asked.difference(&written).map(|key| format!("{key} ({})", path.display())));
    }
    assert!(count > 100, "only {count} keys were found in the code");
    assert!(missing.is_empty(), "not in data/texts: {missing:#?}");
}

#[test]
fn every_action_has_a_name() {
    let written = written();
    for (path, code) in sources() {
        let names = code.split('"').filter(|part| part.starts_with("action.") && is_key(part));
        let missing: Vec<&str> = names.filter(|name| !written.contains(*name)).collect();
        assert!(missing.is_empty(), "{}: not in data/texts: {missing:?}", path.display());
    }
}

/// The actions that are journalled, as they stand where an entry is made.
fn journalled(code: &str) -> BTreeSet<String> {
    let entries = code.split("NewEntry {").skip(1).filter_map(|rest| rest.split('}').next());
    let named =
        entries.filter_map(|entry| entry.split_once("action: ")).filter_map(|(_, rest)| literal(rest));
    let noted = calls(code, "note").filter_map(|arguments| {
        let arguments = arguments.split(';').next().unwrap_or_default();
        arguments.split('"').skip(1).step_by(2).find(|part| is_key(part))
    });
    // What is done to a body, a session or an item is journalled by one function for each.
    let logged = ["log_body", "log_session", "log_item"].into_iter().flat_map(|name| {
        calls(code, name).filter_map(|arguments| {
            let arguments = arguments.split(';').next().unwrap_or_default();
            arguments.split('"').skip(1).step_by(2).find(|part| is_key(part)).map(str::to_owned)
        })
    });
    let said = code.split("let action =").skip(1).filter_map(|rest| rest.split(';').next());
    let said = said.flat_map(|rest| rest.split('"').skip(1).step_by(2));
    named.chain(noted).chain(said).filter(|key| is_key(key)).map(str::to_owned).chain(logged).collect()
}

#[test]
fn every_deed_in_the_journal_has_words() {
    let written = written();
    let (mut count, mut missing) = (0, Vec::new());
    for (path, code) in sources().iter().filter(|(path, _)| path.to_string_lossy().contains("scheduler")) {
        let deeds = journalled(code);
        count += deeds.len();
        let words = |deed: &&String| written.contains(&format!("did.{}", deed.replace('.', "_")));
        missing.extend(
            deeds.iter().filter(|deed| !words(deed)).map(|deed| format!("{deed} ({})", path.display())),
        );
    }
    assert!(count > 30, "only {count} deeds were found in the code");
    assert!(missing.is_empty(), "no words for the page of the journal, as did.noun_verb: {missing:#?}");
}

#[test]
fn every_written_sentence_is_used() {
    let sources = sources();
    let used = |key: &str| sources.iter().any(|(_, code)| code.contains(&format!("\"{key}\"")));
    let idle: Vec<String> = written()
        .into_iter()
        .filter(|key| !COMPUTED.iter().any(|group| key.starts_with(group)))
        .filter(|key| !AHEAD.contains(&key.as_str()) && !used(key))
        .collect();
    assert!(idle.is_empty(), "written in data/texts but never said: {idle:#?}");
}

#[test]
fn the_files_are_in_order() {
    for lang in ["nl", "fr", "de", "en"] {
        for (path, file) in files(lang) {
            for group in file.split("\n\n").filter(|group| !group.trim().is_empty()) {
                let heading = group.lines().next().unwrap_or_default();
                assert!(heading.starts_with("# "), "{}: no heading: {heading}", path.display());
                let keys: Vec<&str> =
                    group.lines().skip(1).filter_map(|line| line.split('"').nth(1)).collect();
                assert!(keys.is_sorted(), "{}: {heading} is not in order of the alphabet", path.display());
            }
        }
    }
}

#[test]
fn the_scanner_sees_what_rust_sees() {
    let code = "Said::new(\n    \"a.b\").with(\"c\", 1); text(lang, \"d.e\"); line.text(x, \"f.g\");
        text(f(1, \"h.i\"), \"j.k\"); text(component, \"TZID\"); Refusal::unknown(\"room\", id); wall_text(a, \"l.m\")";
    let found: Vec<String> = asked(code).into_iter().collect();
    assert_eq!(found, ["a.b", "d.e", "j.k", "unknown.room"]);
}
