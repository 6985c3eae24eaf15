//! Feeds: their exact bytes, and that nothing a person can type breaks them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use belfort::ical::validate::validate;
use belfort::ical::{
    Attendee, BusyStatus, CalendarInfo, Class, Conference, Feature, FeedEvent, FeedTodo, Kind, Mailbox,
    Partstat, Role, Status, TodoDue, TodoStatus, Uri, When, exchange, read, write_event, write_head,
    write_tail, write_todo,
};
use belfort::time::Zone;
use belfort::time::recurrence::Rule;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M").unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    wall(text).and_utc()
}

fn info() -> CalendarInfo {
    CalendarInfo {
        name: "Raadzaal; stad, Voorbeeld".into(),
        description: Some("Wat er in de raadzaal gebeurt".into()),
        zone: Zone::BRUSSELS,
        last_modified: instant("20270102T0304"),
        refresh_min: 60,
        source: Some(Uri::from("https://zalen.voorbeeld.be/feeds/room/raadzaal.ics")),
        color: Some("teal".into()),
        url: Some(Uri::from("https://zalen.voorbeeld.be/room/raadzaal")),
    }
}

fn event() -> FeedEvent {
    FeedEvent {
        uid: "01890a5d-ac96-774b-bcce-b302099a8058".into(),
        sequence: 0,
        dtstamp: instant("20270102T0304"),
        created: instant("20270101T0000"),
        last_modified: instant("20270102T0304"),
        when: When::Timed { start: wall("20270325T1930"), end: wall("20270325T2230"), zone: Zone::BRUSSELS },
        rule: None,
        exdates: Vec::new(),
        recurrence_id: None,
        summary: "Gemeenteraad".into(),
        description: None,
        location: None,
        categories: Vec::new(),
        status: Status::Confirmed,
        transparent: false,
        busy_status: None,
        class: Class::Public,
        url: None,
        conferences: Vec::new(),
        organizer: None,
        attendees: Vec::new(),
        related_to: None,
    }
}

/// An event with everything an event can have.
fn full_event() -> FeedEvent {
    let start = wall("20270325T1930");
    FeedEvent {
        sequence: 12,
        rule: Some(
            Rule::parse("FREQ=MONTHLY;BYDAY=-1TH;UNTIL=20271028T183000Z", start, Zone::BRUSSELS).unwrap(),
        ),
        exdates: vec![wall("20270624T1930"), wall("20270729T1930")],
        summary: "Gemeenteraad: begroting, deel 1; \"vragen\"".into(),
        description: Some(
            "Deelnemen: https://meet.voorbeeld.be/raad\n\nAgenda:\n1. Begroting\\wijziging é – 你好".into(),
        ),
        location: Some("Raadzaal, Markt 1".into()),
        categories: vec!["Gemeenteraad".into(), "Openbaar, live".into()],
        status: Status::Tentative,
        busy_status: Some(BusyStatus::Busy),
        class: Class::Confidential,
        url: Some(Uri::from("https://zalen.voorbeeld.be/meeting/1?a=b c")),
        conferences: vec![
            Conference {
                uri: Uri::from("https://meet.voorbeeld.be/raad"),
                label: "Deelnemen \"online\"".into(),
                features: vec![Feature::Audio, Feature::Video],
            },
            Conference {
                uri: Uri::from("tel:+3225550100"),
                label: String::new(),
                features: vec![Feature::Phone],
            },
        ],
        organizer: Some(Mailbox {
            name: Some("Secretariaat, Stad".into()),
            address: "secretariaat@voorbeeld.be".into(),
        }),
        attendees: vec![Attendee {
            mailbox: Mailbox {
                name: Some("An \"de\" Peeters^".into()),
                address: "an.peeters@voorbeeld.be".into(),
            },
            role: Role::Chair,
            partstat: Partstat::Accepted,
            kind: Kind::Individual,
        }],
        related_to: Some("01890a5d-ac96-774b-bcce-b302099a8059".into()),
        ..event()
    }
}

fn feed(events: &[FeedEvent], zones: &[Zone]) -> Vec<u8> {
    let mut out = Vec::new();
    write_head(&mut out, &info(), zones);
    for event in events {
        write_event(&mut out, event);
    }
    write_tail(&mut out);
    out
}

#[test]
fn the_bytes_of_a_feed() {
    let changed = FeedEvent {
        recurrence_id: Some(wall("20270429T1930")),
        when: When::Timed { start: wall("20270430T2000"), end: wall("20270430T2200"), zone: Zone::BRUSSELS },
        status: Status::Cancelled,
        ..event()
    };
    let days = FeedEvent {
        uid: "01890a5d-ac96-774b-bcce-b302099a8060".into(),
        when: When::AllDay {
            first: NaiveDate::from_ymd_opt(2027, 7, 5).unwrap(),
            until: NaiveDate::from_ymd_opt(2027, 7, 10).unwrap(),
        },
        rule: Some(Rule::parse("FREQ=YEARLY;UNTIL=20300705", wall("20270705T0000"), Zone::BRUSSELS).unwrap()),
        exdates: vec![wall("20280705T0000")],
        summary: "Zaal gesloten".into(),
        transparent: true,
        ..event()
    };
    let utc = FeedEvent {
        uid: "01890a5d-ac96-774b-bcce-b302099a8061".into(),
        when: When::Timed { start: wall("20270325T1930"), end: wall("20270325T1930"), zone: Zone::UTC },
        ..event()
    };
    let bytes = feed(&[full_event(), changed, days, utc], &[Zone::BRUSSELS, Zone::UTC, Zone::BRUSSELS]);
    assert_eq!(validate(&bytes), Ok(4));
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.lines().count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn the_same_values_give_the_same_bytes_and_blobs_stand_on_their_own() {
    let (one, two) = (full_event(), FeedEvent { uid: "x".into(), ..event() });
    assert_eq!(feed(&[one.clone(), two.clone()], &[]), feed(&[one.clone(), two.clone()], &[]));
    let mut blobs = Vec::new();
    write_head(&mut blobs, &info(), &[]);
    for event in [&one, &two] {
        let mut blob = Vec::new();
        write_event(&mut blob, event);
        assert!(blob.starts_with(b"BEGIN:VEVENT\r\n") && blob.ends_with(b"END:VEVENT\r\n"));
        blobs.extend(blob);
    }
    write_tail(&mut blobs);
    assert_eq!(blobs, feed(&[one, two], &[]));
}

#[test]
fn outlook_can_read_what_we_publish() {
    let bytes = feed(&[full_event()], &[Zone::BRUSSELS]);
    assert_eq!(exchange::lint(&bytes), []);
}

#[test]
fn lines_are_folded_between_characters() {
    for (unit, count) in [
        ("a", 500),
        ("é", 300),
        ("你", 200),
        ("👩‍⚖️", 80),
        (",", 200),
        ("\n", 200),
        ("x\u{301}", 200),
        (" ", 200),
    ] {
        for shift in 0..4 {
            let summary = format!("{}{}", "z".repeat(shift), unit.repeat(count));
            let bytes = feed(&[FeedEvent { summary: summary.clone(), ..event() }], &[Zone::BRUSSELS]);
            assert_eq!(validate(&bytes), Ok(1), "{unit} {shift}");
            let reading = read(&bytes, Zone::BRUSSELS, wall("20290101T0000")).unwrap();
            assert_eq!(seen(&reading.events[0].summary), seen(&summary));
        }
    }
}

#[test]
fn nothing_becomes_another_property() {
    let evil = "x\r\nATTENDEE:mailto:evil@x\nEND:VEVENT\rBEGIN:VEVENT\u{85}X:1\u{2028}Y:2\u{0}\u{7f}\u{9f}\"; ROLE=CHAIR:";
    let event = FeedEvent {
        uid: format!("u{evil}"),
        summary: evil.into(),
        description: Some(evil.into()),
        location: Some(evil.into()),
        categories: vec![evil.into(), evil.into()],
        url: Some(Uri::from(format!("https://x/{evil}"))),
        conferences: vec![Conference {
            uri: Uri::from(format!("https://x/{evil}")),
            label: evil.into(),
            features: Vec::new(),
        }],
        organizer: Some(Mailbox { name: Some(evil.into()), address: format!("a@b{evil}") }),
        attendees: vec![Attendee {
            mailbox: Mailbox { name: Some(evil.into()), address: format!("a@b{evil}") },
            role: Role::Optional,
            partstat: Partstat::NeedsAction,
            kind: Kind::Room,
        }],
        related_to: Some(evil.into()),
        ..event()
    };
    let mut out = Vec::new();
    let info = CalendarInfo {
        name: evil.into(),
        description: Some(evil.into()),
        source: Some(Uri::from(format!("https://x/{evil}"))),
        color: Some(evil.into()),
        ..info()
    };
    write_head(&mut out, &info, &[Zone::BRUSSELS]);
    write_event(&mut out, &event);
    write_tail(&mut out);
    assert_eq!(validate(&out), Ok(1), "{}", String::from_utf8_lossy(&out));
    let unfolded = String::from_utf8(out).unwrap().replace("\r\n ", "");
    let count = |name: &str| unfolded.lines().filter(|line| line.starts_with(name)).count();
    assert_eq!((count("ATTENDEE"), count("BEGIN:VEVENT"), count("X:"), count("Y:")), (1, 1, 0, 0));
    assert!(unfolded.lines().any(|line| line.starts_with("ATTENDEE;CUTYPE=ROOM;ROLE=OPT-PARTICIPANT;")));
}

/// What a reader sees of a text on one line: spaces single, control characters gone.
fn seen(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(|c| c.is_whitespace() && *c != '\r' && *c != '\u{b}' && *c != '\u{c}' || !c.is_control())
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as people and attackers type it.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => "[a-z ]{1,20}",
        2 => prop::sample::select(vec![
            "\r\n", "\n", "\r", "\t", "\\", "\\n", ";", ",", ":", "\"", "^", "^n", "^'", "\u{0}", "\u{85}", "\u{9f}",
            "\u{2028}", "\u{FEFF}", "\u{202E}", "é", "e\u{301}", "👩‍⚖️", "\u{10FFFF}", " ", "  ", "BEGIN:VEVENT", "\u{a0}",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn some<T: std::fmt::Debug + Clone>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(strategy)
}

fn any_event() -> impl Strategy<Value = FeedEvent> {
    let texts = (nasty(), some(nasty()), some(nasty()), prop::collection::vec(nasty(), 0..3), some(nasty()));
    let people = prop::collection::vec((some(nasty()), "[a-z.+%]{1,20}@[a-z]{1,20}\\.be"), 0..4);
    let flags = (any::<bool>(), 0_usize..3, 0_usize..3, any::<bool>(), any::<u32>());
    let times =
        (0_i64..4_000, 0_i64..1_440, 1_i64..3_000, 0_usize..4, prop::collection::vec(1_i64..500, 0..3));
    (texts, people, flags, times, nasty()).prop_map(|(texts, people, flags, times, label)| {
        let (day, minute, length_min, kind, exdays) = times;
        let first = wall("20200101T0000") + TimeDelta::days(day);
        let start = first + TimeDelta::minutes(minute);
        let zone: Zone = ["Europe/Brussels", "America/New_York", "UTC", "Asia/Tokyo"][kind].parse().unwrap();
        let when = if flags.0 {
            When::AllDay {
                first: first.date(),
                until: first.date() + TimeDelta::days(1 + length_min / 1_440),
            }
        } else {
            When::Timed { start, end: start + TimeDelta::minutes(length_min), zone }
        };
        let base = if flags.0 { first } else { start };
        let mailbox = |(name, address): &(Option<String>, String)| Mailbox {
            name: name.clone(),
            address: address.clone(),
        };
        FeedEvent {
            sequence: flags.4,
            when,
            rule: flags.3.then(|| Rule::parse("FREQ=DAILY;INTERVAL=3;COUNT=9", base, zone).unwrap()),
            exdates: exdays.iter().map(|day| base + TimeDelta::days(*day)).collect(),
            summary: texts.0,
            description: texts.1,
            location: texts.2,
            categories: texts.3,
            status: [Status::Confirmed, Status::Tentative, Status::Cancelled][flags.1],
            class: [Class::Public, Class::Private, Class::Confidential][flags.2],
            transparent: flags.3,
            conferences: vec![Conference {
                uri: Uri::from(label.as_str()),
                label,
                features: vec![Feature::Video],
            }],
            organizer: people.first().map(mailbox),
            attendees: people
                .iter()
                .map(|who| Attendee {
                    mailbox: mailbox(who),
                    role: Role::Required,
                    partstat: Partstat::Tentative,
                    kind: Kind::Individual,
                })
                .collect(),
            related_to: texts.4,
            ..event()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_valid_and_read_back_the_same(mut event in any_event()) {
        // A conference of arbitrary text is no URI; the writer keeps it on one line, the validator judges it.
        event.conferences[0].uri = Uri::from(format!("https://x.be/{}", event.conferences[0].label));
        let zones: Vec<Zone> = match event.when { When::Timed { zone, .. } => vec![zone], When::AllDay { .. } => vec![Zone::BRUSSELS] };
        let mut head_zones = zones.clone();
        head_zones.push(Zone::BRUSSELS);
        let bytes = feed(&[event.clone()], &head_zones);
        prop_assert_eq!(validate(&bytes), Ok(1), "{}", String::from_utf8_lossy(&bytes));
        for line in bytes.split(|byte| *byte == b'\n') {
            prop_assert!(line.len() <= 76, "75 octets and CR");
        }
        let reading = read(&bytes, zones[0], wall("20290101T0000")).unwrap();
        prop_assert_eq!(&reading.method, &None);
        prop_assert_eq!(reading.events.len(), 1);
        let back = &reading.events[0];
        prop_assert_eq!(seen(&back.summary), seen(&event.summary));
        prop_assert_eq!(seen(back.description.as_deref().unwrap_or("")), seen(event.description.as_deref().unwrap_or("")));
        // The lines of an address are read as one line with commas: only the rest is compared.
        let place = |text: Option<&str>| seen(text.unwrap_or("")).replace([',', ' '], "");
        prop_assert_eq!(place(back.location.as_deref()), place(event.location.as_deref()));
        prop_assert_eq!(back.sequence, event.sequence);
        prop_assert_eq!(back.cancelled, event.status == Status::Cancelled);
        prop_assert_eq!(back.private, event.class != Class::Public);
        prop_assert_eq!(back.transparent, event.transparent);
        prop_assert_eq!(&back.rule, &event.rule.as_ref().map(ToString::to_string));
        prop_assert_eq!(back.attendees.len(), event.attendees.len(), "attendees out = in");
        for (theirs, ours) in back.attendees.iter().zip(&event.attendees) {
            prop_assert_eq!(&theirs.mailbox.address, &ours.mailbox.address);
            prop_assert_eq!(
                seen(theirs.mailbox.name.as_deref().unwrap_or("")),
                seen(&ours.mailbox.name.as_deref().unwrap_or("").replace('\\', "/"))
            );
            prop_assert_eq!((theirs.role, theirs.partstat), (ours.role, ours.partstat));
        }
        match event.when {
            When::AllDay { first, until } => {
                prop_assert!(back.all_day);
                prop_assert_eq!(back.start_wall.date(), first);
                prop_assert_eq!(back.length, until - first);
            }
            When::Timed { start, end, zone } => {
                let resolved = zone.resolve(start);
                prop_assert_eq!(back.zone.resolve(back.start_wall).instant, resolved.instant);
                prop_assert_eq!(back.length, (zone.resolve(end).instant - resolved.instant).max(TimeDelta::zero()));
            }
        }
        // A single event in UTC comes back in the zone of the calendar, so instants are compared.
        let own = if event.rule.is_some() || matches!(event.when, When::AllDay { .. }) { back.zone } else { zones[0] };
        let instants = |zone: Zone, walls: &[NaiveDateTime]| -> std::collections::BTreeSet<DateTime<Utc>> {
            walls.iter().map(|wall| zone.resolve(*wall).instant).collect()
        };
        // Without a rule there is nothing to leave out, and the second autumn hour has no wall time of its own.
        if event.rule.is_some() {
            prop_assert_eq!(instants(back.zone, &back.exdates), instants(own, &event.exdates));
        }
    }
}

#[test]
fn things_to_do_are_written_with_the_day_or_the_instant_by_which() {
    let todo = FeedTodo {
        uid: "01890a5d-ac96-774b-bcce-b302099a8058-decision-list".into(),
        sequence: 7,
        modified: instant("20270102T0304"),
        due: TodoDue::Day(NaiveDate::from_ymd_opt(2027, 1, 28).unwrap()),
        summary: "Besluitenlijst bekendgemaakt; Gemeenteraad, di 18 jan".into(),
        description: Some("Uiterlijk 28 januari\nart. 285".into()),
        categories: vec!["Gemeenteraad".into()],
        status: TodoStatus::NeedsAction,
        url: Some(Uri::from("https://zalen.voorbeeld.be/council/sessions/gemeenteraad-2027-01-18")),
    };
    let at = TodoDue::At { wall: wall("20270117T2000"), zone: Zone::BRUSSELS };
    let utc = TodoDue::At { wall: wall("20270117T1900"), zone: Zone::UTC };
    let done = TodoStatus::Completed(instant("20270120T0900"));
    let mut out = Vec::new();
    write_head(&mut out, &info(), &[Zone::BRUSSELS]);
    write_todo(&mut out, &todo);
    write_todo(&mut out, &FeedTodo { uid: "a".into(), due: at, status: done, ..todo.clone() });
    write_todo(&mut out, &FeedTodo { uid: "b".into(), due: utc, status: TodoStatus::Cancelled, ..todo });
    write_tail(&mut out);
    assert_eq!(validate(&out), Ok(3));
    let text = String::from_utf8(out).unwrap();
    let todos = text.split("END:VTIMEZONE\r\n").nth(1).unwrap();
    for line in [
        "DUE;VALUE=DATE:20270128\r\n",
        "STATUS:NEEDS-ACTION\r\n",
        "SUMMARY:Besluitenlijst bekendgemaakt\\; Gemeenteraad\\, di 18 jan\r\n",
        "DESCRIPTION:Uiterlijk 28 januari\\nart. 285\r\n",
        "DUE;TZID=Europe/Brussels:20270117T200000\r\n",
        "STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\nCOMPLETED:20270120T090000Z\r\n",
        "DUE:20270117T190000Z\r\n",
        "STATUS:CANCELLED\r\n",
    ] {
        assert!(todos.contains(line), "{line}: {todos}");
    }
    assert!(!todos.contains("TRANSP") && !todos.contains("DTEND"), "{todos}");
    assert_eq!(exchange::lint(text.as_bytes()), [], "Outlook looks past what is to be done");
}
