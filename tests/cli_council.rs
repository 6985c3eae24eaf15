//! `belfort council`: what a clerk types and reads, without any municipality.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::process::{Command, Output};

use serde_json::{Value, json};

fn council(command: &str, words: &str) -> Output {
    let mut belfort = Command::new(env!("CARGO_BIN_EXE_belfort"));
    belfort.args(["--lang", "nl", "council", command]).args(words.split_whitespace());
    belfort.env_clear().output().unwrap()
}

fn belfort(words: &str) -> Output {
    council("deadlines", words)
}

fn listed(words: &str) -> Vec<Value> {
    let output = belfort(&format!("{words} --json"));
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn of<'a>(list: &'a [Value], rule: &str) -> &'a Value {
    list.iter().find(|deadline| deadline["rule"] == rule).unwrap_or_else(|| panic!("{rule}"))
}

#[test]
fn each_deadline_comes_with_rule_article_mark_and_four_explanations() {
    let list = listed("--kind gemeenteraad --at 2027-01-18T20:00");
    assert_eq!(list.len(), 9);
    for deadline in &list {
        for field in ["rule", "article", "mark", "due", "last_working_day", "state"] {
            assert!(deadline[field].as_str().is_some_and(|value| !value.is_empty()), "{deadline}");
        }
        for lang in ["nl", "fr", "de", "en"] {
            assert!(deadline["explanation"][lang].as_str().unwrap().len() > 40, "{deadline}");
        }
    }
    let sent = of(&list, "convocation-sent");
    assert_eq!(sent["due"], "2027-01-10");
    assert_eq!(sent["last_working_day"], "2027-01-08");
    assert_eq!((&sent["article"], &sent["mark"]), (&json!("20"), &json!("practice")));
}

#[test]
fn what_is_said_of_the_session_changes_what_is_counted() {
    for (words, rule, due) in [
        (
            "--kind gemeenteraad --at 2027-01-18T20:00 --next 2027-02-22T20:00",
            "draft-minutes-available",
            "2027-02-14",
        ),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --decided 2027-01-19", "decision-list", "2027-01-29"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --decided 2027-01-19", "entry-into-force", "2027-02-03"),
        (
            "--kind gemeenteraad --at 2027-01-18T20:00 --published 2027-01-20",
            "entry-into-force",
            "2027-01-25",
        ),
        (
            "--kind gemeenteraad --at 2027-01-18T20:00 --own convocation-sent=10,clear",
            "convocation-sent",
            "2027-01-07",
        ),
        (
            "--kind gemeenteraad --at 2027-01-18T20:00 --sent 2027-01-07T09:00",
            "dossier-available",
            "2027-01-07T09:00:00+01:00",
        ),
        (
            "--kind gemeenteraad --at 2027-03-29T20:00 --amended 2027-03-27T12:00",
            "amended-agenda-public",
            "2027-03-28T13:00:00+02:00",
        ),
        (
            "--kind gemeenteraad --jurisdiction BE-BRU --convocation 2 --at 2027-01-18T20:00",
            "convocation-sent",
            "2027-01-15",
        ),
        ("--kind BE-WAL/conseil-communal --at 2027-01-18T20:00", "convocation-sent", "2027-01-10"),
        (
            "--kind gemeenteraad --jurisdiction NL --convocation 2 --at 2027-10-31T20:00 --zone Europe/Amsterdam",
            "second-convocation-sent",
            "2027-10-30T21:00:00+02:00",
        ),
        ("--kind gemeenteraad --at 2027-01-18T23:30-05:00", "convocation-sent", "2027-01-11"),
    ] {
        assert_eq!(of(&listed(words), rule)["due"], due, "{words}");
    }
    let closed = "--kind gemeenteraad --at 2028-07-19T20:00 --holiday flemish-community";
    assert_eq!(of(&listed(closed), "agenda-public")["last_working_day"], "2028-07-10");
    let late = "--kind gemeenteraad --at 2027-01-18T20:00 --now 2027-01-11";
    assert_eq!(of(&listed(late), "agenda-public")["state"], "missed");
}

#[test]
fn a_table_says_it_in_the_language_of_the_reader() {
    let output = belfort("--kind gemeenteraad --at 2027-01-18T20:00 --now 2027-01-04");
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "Uiterlijk",
        "zo 10 jan 2027   vr 8 jan 2027    Agenda bekendgemaakt",
        "nagekeken",
        "Een termijn schuift niet op",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let none = String::from_utf8(belfort("--kind managementteam --at 2027-01-18T20:00").stdout).unwrap();
    assert!(none.contains("geen wettelijke termijn"), "{none}");
    assert!(listed("--kind managementteam --at 2027-01-18T20:00").is_empty());
}

#[test]
fn what_cannot_be_read_is_answered_by_a_sentence_and_code_2() {
    for (words, said) in [
        ("--kind parlement --at 2027-01-18T20:00", "gemeenteraad, raad-voor"),
        ("--kind gemeenteraad --at 2027-02-30T20:00", "2027-01-18T14:00"),
        ("--kind gemeenteraad --at 2027-01-18", "2027-01-18T14:00"),
        ("--kind gemeenteraad --at 2027-03-28T02:30", "de klok gaat vooruit"),
        ("--kind gemeenteraad --at 99999-01-18T20:00", "2027-01-18T14:00"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --zone Europe/Brugge", "Europe/Brussels"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --jurisdiction LU", "BE-VLG, BE-BRU"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --own convocation-sent=7", "(art. 20): Dat is minder"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --own convocation-sent", "convocation-sent=10"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --own koffie=3", "geen regel \"koffie\""),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --holiday sinterklaas", "new-year, easter-monday"),
        ("--kind gemeenteraad --at 2027-01-18T20:00 --convocation 3", "1..=2"),
    ] {
        let output = belfort(words);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {stderr}");
        assert!(stderr.contains(said), "{words}: {stderr}");
        assert!(output.stdout.is_empty(), "{words}");
    }
}

const YEAR: &str =
    "--kind gemeenteraad --from 2027-01-01 --to 2027-12-31 --weekday tue --without 7 --without 8";

#[test]
fn a_year_is_proposed_as_a_table() {
    let output = council("year", &format!("{YEAR} --breaks earlier"));
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "di 26 jan 2027 20:00  ma 18 jan 2027",
        "di 23 mrt 2027 20:00  ma 15 mrt 2027",
        "Verplaatst van di 30 mrt 2027: schoolvakantie (Paasvakantie).",
        "2027: 10 zittingen, genoeg voor de 10 die nodig zijn. Bron: art. 18, nagekeken",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn a_year_is_proposed_to_programs_with_every_deadline() {
    let with = "--with raad-voor-maatschappelijk-welzijn --after 60 --minimum 12 --json";
    let output = council("year", &format!("{YEAR} --time 19:00 --closed 2027-01-26 {with}"));
    let year: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sessions = year["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 10);
    // The last Tuesday is a closing day.
    assert_eq!(sessions[0]["start"], "2027-01-19T19:00:00+01:00");
    assert_eq!(sessions[0]["joined"]["start"], "2027-01-19T20:00:00+01:00");
    assert_eq!(of(sessions[0]["deadlines"].as_array().unwrap(), "convocation-sent")["due"], "2027-01-11");
    assert_eq!(
        sessions[2]["remark"],
        "Blijft staan op een dag met een bijzonderheid: schoolvakantie (Paasvakantie)."
    );
    let count = &year["years"][0];
    assert_eq!((&count["planned"], &count["needed"], &count["met"]), (&json!(10), &json!(12), &json!(false)));
}

#[test]
fn a_year_that_cannot_be_read_is_answered_by_a_sentence_and_code_2() {
    for (words, said) in [
        (format!("{YEAR} --time 8u"), "Schrijf het als 20:00"),
        (format!("{YEAR} --nth 6"), "1 to 5, or last"),
        (format!("{YEAR} --closed morgen"), "Schrijf een datum als 2027-01-18"),
        (format!("{YEAR} --with senaat"), "gemeenteraad, raad-voor"),
        (
            "--kind gemeenteraad --from 2027-02-01 --to 2027-01-01 --weekday mon".to_owned(),
            "Kies een andere periode",
        ),
        ("--kind gemeenteraad --from 2027-02-01 --to 2027-03-01 --weekday ma".to_owned(), "mon, tue, wed"),
    ] {
        let output = council("year", &words);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {stderr}");
        assert!(stderr.contains(said), "{words}: {stderr}");
    }
}
