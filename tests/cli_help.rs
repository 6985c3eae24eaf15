//! The help of every command, as one text: a change of a word is a change that somebody reads.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::process::Command;

fn help(words: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_belfort")).args(words).arg("--help").env_clear().output().unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names below "Commands:".
fn commands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    list.take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The help of a command and of those below it. The room screen has its own, where it is built in.
fn all(words: &[&str], text: &mut String) {
    let own = help(words);
    let shown: Vec<&str> = own.lines().filter(|line| !line.starts_with("  kiosk")).collect();
    *text += &format!("===== belfort {}\n{}\n\n", words.join(" "), shown.join("\n").trim_end());
    for name in commands(&own).iter().filter(|name| *name != "kiosk") {
        all(&[words, &[name.as_str()]].concat(), text);
    }
}

#[test]
fn the_help_of_every_command() {
    let mut text = String::new();
    all(&[], &mut text);
    assert!(text.contains("===== belfort policy put"), "{text}");
    insta::assert_snapshot!(text);
}
