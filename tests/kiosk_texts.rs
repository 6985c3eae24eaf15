//! Every sentence of the glass exists in Dutch, French and German, with the same places for values.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

type Key = (String, String, Option<String>);

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "slint") {
            found.push(path);
        }
    }
}

/// The quoted string `text` starts with, and the rest.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let end = text.char_indices().find(|(at, c)| *c == '"' && !text[..*at].ends_with('\\'))?.0;
    Some((text[..end].to_owned(), &text[end + 1..]))
}

/// Every `@tr(...)` of the screen: context, sentence, plural.
fn spoken() -> BTreeSet<Key> {
    let mut files = Vec::new();
    sources(Path::new("ui"), &mut files);
    let mut keys = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for call in source.split("@tr(").skip(1) {
            let (first, rest) = quoted(call).unwrap_or_else(|| panic!("{}: {call:.40}", file.display()));
            let (context, (sentence, rest)) = match rest.trim_start().strip_prefix("=>") {
                Some(rest) => (first, quoted(rest).unwrap()),
                None => (String::new(), (first, rest)),
            };
            let plural = rest.trim_start().strip_prefix('|').map(|rest| quoted(rest).unwrap().0);
            keys.insert((context, sentence, plural));
        }
    }
    keys
}

/// A catalogue: its header and, by key, its forms.
fn catalogue(lang: &str) -> (String, BTreeMap<Key, Vec<String>>) {
    let text = std::fs::read_to_string(format!("ui/lang/{lang}/LC_MESSAGES/belfort.po")).unwrap();
    let mut entries = BTreeMap::new();
    let mut header = String::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let (mut context, mut sentence, mut plural, mut forms) =
            (String::new(), String::new(), None, Vec::new());
        for line in block.lines() {
            let value = || quoted(&line[line.find('"').unwrap()..]).unwrap().0;
            match line.split_whitespace().next().unwrap_or("") {
                "msgctxt" => context = value(),
                "msgid" => sentence = value(),
                "msgid_plural" => plural = Some(value()),
                word if word.starts_with("msgstr") => forms.push(value()),
                _ => header.push_str(line),
            }
        }
        if !sentence.is_empty() {
            let twice = entries.insert((context, sentence.clone(), plural), forms);
            assert!(twice.is_none(), "{lang}: {sentence:?} stands twice");
        }
    }
    (header, entries)
}

/// The `{..}` places of a sentence.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
}

#[test]
fn every_sentence_has_all_translations_and_no_catalogue_has_more() {
    let spoken = spoken();
    assert!(spoken.len() > 60, "{}", spoken.len());
    for lang in ["nl", "fr", "de"] {
        let (_, entries) = catalogue(lang);
        let known: BTreeSet<&Key> = entries.keys().collect();
        let missing: Vec<_> = spoken.iter().filter(|key| !known.contains(key)).collect();
        let stray: Vec<_> = known.iter().filter(|key| !spoken.contains(**key)).collect();
        assert!(missing.is_empty() && stray.is_empty(), "{lang}: missing {missing:?}, stray {stray:?}");
        for ((_, sentence, plural), forms) in &entries {
            assert_eq!(forms.len(), if plural.is_some() { 2 } else { 1 }, "{lang}: {sentence}");
            for form in forms {
                assert!(!form.trim().is_empty() && !form.contains('!'), "{lang}: {sentence} says {form:?}");
                let wanted = places(plural.as_ref().unwrap_or(sentence));
                assert_eq!(places(form), wanted, "{lang}: {sentence} says {form:?}");
            }
        }
    }
}

#[test]
fn each_language_counts_in_its_own_way() {
    for (lang, rule) in [("nl", "(n != 1)"), ("fr", "(n > 1)"), ("de", "(n != 1)")] {
        let (header, _) = catalogue(lang);
        assert!(header.contains(&format!("nplurals=2; plural={rule};")), "{lang}: {header}");
        assert!(header.contains("charset=UTF-8") && header.contains(&format!("Language: {lang}")));
        assert!(!header.contains("Date"), "a time stamp would change at every extraction");
    }
}

#[test]
fn no_plain_sentence_hides_in_the_screen() {
    let mut files = Vec::new();
    sources(Path::new("ui"), &mut files);
    for file in files {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let says = ["text: \"", "label: \""].iter().any(|start| line.trim().starts_with(start));
            let words = quoted(line.split_once(": ").map_or("", |(_, rest)| rest)).map(|(text, _)| text);
            let plain = says && words.is_some_and(|text| text.chars().any(char::is_alphabetic));
            assert!(!plain, "{}: {line}", file.display());
        }
    }
}
