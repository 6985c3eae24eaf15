//! Calendars as Outlook, Exchange, Google, Apple, MRBS and Thunderbird write them, and broken ones.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use belfort::ical::event::{Kind, Partstat, Role};
use belfort::ical::guard::{MAX_BYTES, MAX_COMPONENTS};
use belfort::ical::{Incoming, Reading, read};
use belfort::texts::Lang;
use belfort::time::Zone;
use chrono::{NaiveDateTime, TimeDelta};

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M").unwrap()
}

fn reading(bytes: &[u8]) -> Reading {
    read(bytes, Zone::BRUSSELS, at("20290101T0000")).unwrap()
}

fn file(name: &str) -> Reading {
    let path = format!("{}/tests/data/ical/{name}.ics", env!("CARGO_MANIFEST_DIR"));
    reading(&std::fs::read(path).unwrap())
}

fn keys(reading: &Reading) -> Vec<&str> {
    reading.notes.iter().map(|note| note.key.as_str()).collect()
}

fn event<'r>(reading: &'r Reading, summary: &str) -> &'r Incoming {
    reading.events.iter().find(|event| event.summary == summary).unwrap_or_else(|| panic!("no {summary}"))
}

/// A calendar around the lines of one event.
fn around(lines: &str) -> Vec<u8> {
    let head =
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\nSUMMARY:S\n";
    format!("{head}{}\nEND:VEVENT\nEND:VCALENDAR\n", lines.trim()).into_bytes()
}

fn one(lines: &str) -> Incoming {
    reading(&around(lines)).events.remove(0)
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

#[test]
fn outlook() {
    let reading = file("outlook");
    assert_eq!(reading.method.as_deref(), Some("PUBLISH"));
    assert_eq!(keys(&reading), Vec::<&str>::new());
    assert_eq!(reading.events.len(), 3);
    let weekly = event(&reading, "Dienstoverleg");
    assert!(weekly.uid.starts_with("040000008200E000") && weekly.uid.ends_with("D8E9F00"), "{}", weekly.uid);
    assert_eq!((weekly.start_wall, weekly.length), (at("20270105T0900"), TimeDelta::minutes(90)));
    assert_eq!(weekly.zone.name(), "Europe/Berlin");
    assert_eq!(weekly.rule.as_deref(), Some("FREQ=WEEKLY;UNTIL=20270629T070000Z;BYDAY=TU"));
    assert_eq!(weekly.exdates, [at("20270216T0900"), at("20270406T0900")]);
    assert_eq!(
        weekly.description.as_deref(),
        Some("Wekelijks overleg van de dienst.\n\nAgenda: punten van vorige week, varia; nieuwe zaken.")
    );
    assert_eq!((weekly.sequence, weekly.private, weekly.transparent), (2, false, false));
    let leave = event(&reading, "Verlof");
    assert!(leave.all_day && leave.private && leave.transparent);
    assert_eq!((leave.start_wall, leave.length), (at("20270405T0000"), TimeDelta::days(5)));
    let call = event(&reading, "Call zusterstad");
    assert_eq!(call.zone.name(), "America/New_York", "worked out from the rules of the VTIMEZONE");
    assert_eq!(call.start_wall, at("20270315T1000"));
}

#[test]
fn exchange() {
    let reading = file("exchange");
    assert_eq!(reading.method.as_deref(), Some("REQUEST"));
    assert_eq!(reading.events.len(), 1);
    let series = &reading.events[0];
    assert_eq!(series.zone, Zone::BRUSSELS, "Romance Standard Time");
    assert_eq!(series.rule.as_deref(), Some("FREQ=MONTHLY;COUNT=6;INTERVAL=1;BYDAY=2TH"));
    assert_eq!(series.organizer.as_ref().unwrap().address, "els.verbruggen@voorbeeld.be");
    let people: Vec<_> = series
        .attendees
        .iter()
        .map(|who| {
            (
                who.mailbox.name.as_deref().unwrap(),
                who.mailbox.address.as_str(),
                who.role,
                who.partstat,
                who.kind,
            )
        })
        .collect();
    assert_eq!(
        people,
        [
            (
                "Peeters, An",
                "an.peeters@voorbeeld.be",
                Role::Required,
                Partstat::NeedsAction,
                Kind::Individual
            ),
            (
                "Youssef El Amrani",
                "youssef.elamrani@voorbeeld.be",
                Role::Optional,
                Partstat::Accepted,
                Kind::Individual
            ),
            (
                "Raadzaal",
                "raadzaal@voorbeeld.be",
                Role::NonParticipant,
                Partstat::NeedsAction,
                Kind::Resource
            ),
        ]
    );
    assert_eq!(
        series.conference.as_deref(),
        Some(
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_ABC%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d"
        )
    );
    assert_eq!(series.overrides.len(), 1);
    let moved = &series.overrides[0];
    assert_eq!((moved.original, moved.start_wall), (at("20270311T1930"), at("20270312T1800")));
    assert_eq!((moved.length, moved.sequence, moved.cancelled), (hours(2), 4, false));
    assert_eq!(moved.location.as_deref(), Some("Trouwzaal"));
}

#[test]
fn google() {
    let reading = file("google");
    assert_eq!(reading.events.len(), 3);
    let single = event(&reading, "Boekvoorstelling: « L’été » , met receptie");
    assert_eq!(
        (single.start_wall, single.zone),
        (at("20270610T1800"), Zone::BRUSSELS),
        "UTC becomes wall time"
    );
    assert_eq!(single.conference.as_deref(), Some("https://meet.google.com/abc-defg-hij"));
    let series = event(&reading, "Leesclub");
    assert_eq!(series.exdates, [at("20270405T2000")]);
    let changes: Vec<_> = series
        .overrides
        .iter()
        .map(|change| (change.original, change.start_wall, change.cancelled))
        .collect();
    assert_eq!(
        changes,
        [
            (at("20270503T2000"), at("20270503T2030"), false),
            // RECURRENCE-ID in UTC, brought to the zone of the series.
            (at("20270607T2000"), at("20270607T2000"), true),
        ]
    );
    assert!(event(&reading, "Nationale feestdag").all_day);
}

#[test]
fn apple() {
    let reading = file("apple");
    assert_eq!(keys(&reading), ["ical.gap_moved", "ical.not_an_event"]);
    let series = event(&reading, "College van burgemeester en schepenen");
    assert_eq!(series.organizer.as_ref().unwrap().address, "sofie.desmet@voorbeeld.be", "from EMAIL");
    let chair = &series.attendees[0];
    assert_eq!(chair.mailbox.name.as_deref(), Some("Jan \"de Schepen\" Willems"), "RFC 6868");
    assert_eq!((chair.role, chair.partstat), (Role::Chair, Partstat::Tentative));
    assert_eq!(series.attendees[1].kind, Kind::Room);
    assert_eq!(series.location.as_deref(), Some("Collegezaal, Markt 1, 9999 Voorbeeld, België"));
    let night = event(&reading, "Nachtwacht serverpark");
    assert_eq!(
        (night.start_wall, night.length),
        (at("20270328T0330"), hours(1)),
        "moved out of the spring gap"
    );
    let day = event(&reading, "Dag van de Arbeid");
    assert_eq!((day.all_day, day.length), (true, TimeDelta::days(1)), "no DTEND");
    assert_eq!(day.rule.as_deref(), Some("FREQ=YEARLY"));
}

#[test]
fn mrbs() {
    let reading = file("mrbs");
    assert_eq!(keys(&reading), Vec::<&str>::new());
    let fanfare = event(&reading, "Repetitie fanfare");
    assert_eq!(fanfare.rule.as_deref(), Some("FREQ=WEEKLY;UNTIL=20270401T180000Z;INTERVAL=2;BYDAY=TH"));
    assert_eq!(fanfare.location.as_deref(), Some("Gemeentehuis;Feestzaal"));
    assert_eq!(fanfare.organizer.as_ref().unwrap().name.as_deref(), Some("Dirk Maes"));
    let cleaning = event(&reading, "Opkuis");
    assert_eq!(cleaning.rdates, [at("20270120T0800"), at("20270121T0800")]);
    assert!(cleaning.private && !cleaning.cancelled);
}

#[test]
fn thunderbird() {
    let reading = file("thunderbird");
    let council = event(&reading, "OCMW-raad");
    assert_eq!(council.zone, Zone::BRUSSELS, "behind the prefix /mozilla.org/20050126_1/");
    assert_eq!(council.exdates, [at("20270720T2030")], "EXDATE of another type means that day");
    assert_eq!(council.conference.as_deref(), Some("https://meet.voorbeeld.be/ocmw"));
    let floating = event(&reading, "Zonder zone");
    assert_eq!((floating.zone, floating.length), (Zone::BRUSSELS, hours(26)));
}

#[test]
fn broken_but_readable() {
    let reading = file("broken");
    assert_eq!(
        keys(&reading),
        ["ical.stray_lines", "ical.zone_unknown", "ical.end_before_start", "ical.no_start", "ical.uid_twice"]
    );
    let newest = event(&reading, "Werkoverleg (nieuw)");
    assert_eq!(
        (newest.sequence, newest.cancelled),
        (2, true),
        "the highest SEQUENCE wins, over two calendars"
    );
    assert!(reading.events.iter().all(|event| event.summary != "Werkoverleg"));
    assert!(event(&reading, "Zonder UID").uid.starts_with("no-uid-"));
    let orphan = event(&reading, "Een datum zonder reeks");
    assert_eq!(orphan.recurrence_id, Some(at("20270208T1000")));
    assert_eq!(orphan.start_wall, at("20270208T1100"));
    for note in &reading.notes {
        for lang in Lang::ALL {
            assert!(!note.speak(lang).contains('{'), "{}", note.speak(lang));
        }
    }
    let old = file("windows1252");
    assert_eq!(keys(&old), ["ical.not_utf8"]);
    assert_eq!(old.events[0].summary, "Café “De Kroon” – overleg");
}

#[test]
fn stray_lines_are_added_to_the_text_before_them() {
    let event = one("DTSTART:20270203T140000Z\nDESCRIPTION:een\ntwee\n drie\nLOCATION:Zaal");
    assert_eq!(event.description.as_deref(), Some("een\ntweedrie"));
    assert_eq!(event.location.as_deref(), Some("Zaal"));
}

#[test]
fn what_a_start_and_an_end_can_look_like() {
    for (lines, wall, zone, length_min) in [
        (
            "DTSTART;TZID=Europe/Brussels:20270203T140000\nDTEND;TZID=Europe/Brussels:20270203T150000",
            "20270203T1400",
            "Europe/Brussels",
            60,
        ),
        (
            "DTSTART;TZID=\"Europe/Brussels\":20270203T140000\nDURATION:PT45M",
            "20270203T1400",
            "Europe/Brussels",
            45,
        ),
        ("DTSTART;TZID=Tokyo Standard Time:20270203T140000", "20270203T1400", "Asia/Tokyo", 0),
        (
            "DTSTART;TZID=\"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris\":20270203T140000",
            "20270203T1400",
            "Europe/Brussels",
            0,
        ),
        ("DTSTART;TZID=romance standard time:20270203T140000", "20270203T1400", "Europe/Brussels", 0),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/America/Argentina/Ushuaia:20270203T140000",
            "20270203T1400",
            "America/Argentina/Ushuaia",
            0,
        ),
        ("DTSTART:20270203T140000Z\nDTEND:20270203T150000Z", "20270203T1500", "Europe/Brussels", 60),
        ("DTSTART:20270703T140000Z\nRRULE:FREQ=DAILY;COUNT=3", "20270703T1400", "UTC", 0),
        (
            "DTSTART:20270203T140000\nDTEND;TZID=Europe/London:20270203T140000",
            "20270203T1400",
            "Europe/Brussels",
            60,
        ),
        (
            "DTSTART;TZID=Europe/Brussels:20270327T230000\nDTEND;TZID=Europe/Brussels:20270328T060000",
            "20270327T2300",
            "Europe/Brussels",
            360,
        ),
        (
            "DTSTART;TZID=Europe/Brussels:20270327T230000\nDURATION:P1D",
            "20270327T2300",
            "Europe/Brussels",
            1440,
        ),
        (
            "DTSTART;TZID=Europe/Brussels:20270327T230000\nDTEND;TZID=Europe/Brussels:20270328T230000",
            "20270327T2300",
            "Europe/Brussels",
            1440,
        ),
        ("DTSTART:20271031T003000Z\nDURATION:PT1H", "20271031T0230", "Europe/Brussels", 60),
        // The second half past two has no name on the wall; a day from midnight UTC is no day on the wall.
        ("DTSTART:20271031T013000Z\nDURATION:PT1H", "20271031T0130", "UTC", 60),
        ("DTSTART:20271031T000000Z\nDTEND:20271101T000000Z", "20271031T0000", "UTC", 1440),
        ("DTSTART;VALUE=DATE:20270203T140000", "20270203T1400", "Europe/Brussels", 0),
        ("DTSTART;VALUE=DATE;TZID=Europe/London:20270203T140000", "20270203T1400", "Europe/London", 0),
        (
            "DTSTART;TZID=Europe/Brussels:20270327T230000\nDURATION:PT24H",
            "20270327T2300",
            "Europe/Brussels",
            1440,
        ),
        ("DTSTART;VALUE=DATE:20270203\nDTEND;VALUE=DATE:20270205", "20270203T0000", "Europe/Brussels", 2880),
        ("DTSTART:20270203", "20270203T0000", "Europe/Brussels", 1440),
        ("DTSTART;VALUE=DATE:20270203\nDURATION:P1W", "20270203T0000", "Europe/Brussels", 10080),
        ("DTSTART;VALUE=DATE:20270203\nDTEND;VALUE=DATE:20270203", "20270203T0000", "Europe/Brussels", 1440),
        ("DTSTART:20270203T140000+0100", "20270203T1400", "Europe/Brussels", 0),
        ("DTSTART:20270203T14", "20270203T1400", "Europe/Brussels", 0),
    ] {
        let event = one(lines);
        assert_eq!((event.start_wall, event.zone.name()), (at(wall), zone), "{lines}");
        assert_eq!(event.length, TimeDelta::minutes(length_min), "{lines}");
    }
}

#[test]
fn a_zone_named_by_nobody_is_found_by_its_clock() {
    let zone = |name: &str, standard: (&str, &str), daylight: (&str, &str)| {
        format!(
            "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:16010101T030000\n\
             TZOFFSETFROM:{}\nTZOFFSETTO:{}\nRRULE:{}\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n\
             TZOFFSETFROM:{}\nTZOFFSETTO:{}\nRRULE:{}\nEND:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u\n\
             DTSTART;TZID={name}:20270203T140000\nEND:VEVENT\nEND:VCALENDAR\n",
            daylight.0, standard.0, standard.1, standard.0, daylight.0, daylight.1
        )
    };
    let (march, october) = ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU");
    for (text, expected) in [
        (zone("Werf", ("+0100", october), ("+0200", march)), "Europe/Brussels"),
        (zone("Mijn kantoor", ("+0000", october), ("+0100", march)), "Europe/London"),
        (zone("Oost", ("+0200", october), ("+0300", march)), "Europe/Helsinki"),
    ] {
        let reading = reading(text.as_bytes());
        assert_eq!(reading.events[0].zone.name(), expected);
        assert_eq!(keys(&reading), Vec::<&str>::new());
    }
    let nobody = zone("Mars", ("+0717", october), ("+0817", march));
    let reading = reading(nobody.as_bytes());
    assert_eq!((reading.events[0].zone, keys(&reading)), (Zone::BRUSSELS, vec!["ical.zone_unknown"]));
}

#[test]
fn dates_and_rules_of_a_series() {
    let series = "DTSTART;TZID=Europe/Brussels:20270301T100000\nDTEND;TZID=Europe/Brussels:20270301T110000\n";
    let event = one(&format!(
        "{series}RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE:20270308T090000Z\nEXDATE;TZID=Europe/London:20270315T090000\n\
         RDATE;VALUE=PERIOD;TZID=Europe/Brussels:20270402T100000/PT1H\nRDATE;VALUE=DATE:20270404"
    ));
    assert_eq!(event.exdates, [at("20270308T1000"), at("20270315T1000")]);
    assert_eq!(event.rdates, [at("20270402T1000"), at("20270404T1000")]);
    // The parser would have left out what it does not know; we see all of it.
    let raw = one(&format!("{series}RRULE;X-A=b:FREQ=MONTHLY;BYMONTHDAY=99;RSCALE=HEBREW;X=1"));
    assert_eq!(raw.rule.as_deref(), Some("FREQ=MONTHLY;BYMONTHDAY=99;RSCALE=HEBREW;X=1"));
    let two = one(&format!(
        "{series}RRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=3\nEXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2"
    ));
    assert_eq!(two.rule.as_deref(), Some("FREQ=WEEKLY;COUNT=2"));
    assert_eq!(two.rdates, [at("20270302T1000"), at("20270303T1000")]);
    assert_eq!(two.exdates, [at("20270301T1000"), at("20270303T1000")]);
}

#[test]
fn all_day_series_take_dates_only() {
    let event = one(
        "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE;TZID=Europe/Brussels:20270302T120000",
    );
    assert_eq!(event.exdates, [at("20270302T0000")]);
}

#[test]
fn a_cancellation_cancels() {
    let text = String::from_utf8(around("DTSTART:20270301T100000Z")).unwrap();
    let cancel = text.replace("VERSION:2.0", "METHOD:CANCEL\nVERSION:2.0");
    let reading = reading(cancel.as_bytes());
    assert_eq!(reading.method.as_deref(), Some("CANCEL"));
    assert!(reading.events[0].cancelled);
}

#[test]
fn addresses_and_links() {
    let with = |line: &str| one(&format!("DTSTART:20270301T100000Z\n{line}"));
    for (line, address, name) in [
        ("ORGANIZER;CN=An:MAILTO:an@voorbeeld.be", Some("an@voorbeeld.be"), Some("An")),
        ("ORGANIZER:mailto:a%2Bb@voorbeeld.be", Some("a+b@voorbeeld.be"), None),
        ("ORGANIZER;CN=an@voorbeeld.be:mailto:an@voorbeeld.be", Some("an@voorbeeld.be"), None),
        (
            "ORGANIZER;CN=\"Een^nTwee ^^ ^'drie^'\":mailto:an@voorbeeld.be",
            Some("an@voorbeeld.be"),
            Some("Een Twee ^ \"drie\""),
        ),
        (
            "ORGANIZER;CN=\"Peeters\\, An\":mailto:an@voorbeeld.be",
            Some("an@voorbeeld.be"),
            Some("Peeters, An"),
        ),
        ("ORGANIZER;CN=\"C:\\\":mailto:an@voorbeeld.be", Some("an@voorbeeld.be"), Some("C:\\")),
        ("ORGANIZER:invalid:nomail", None, None),
        ("ORGANIZER:mailto:evil@x%0D%0AATTENDEE:mailto:b@x", None, None),
        ("ORGANIZER;EMAIL=an@voorbeeld.be:urn:uuid:1", Some("an@voorbeeld.be"), None),
    ] {
        let organizer = with(line).organizer;
        assert_eq!(organizer.as_ref().map(|who| who.address.as_str()), address, "{line}");
        assert_eq!(organizer.as_ref().and_then(|who| who.name.as_deref()), name, "{line}");
    }
    for (line, link) in [
        ("CONFERENCE;VALUE=URI:https://a.be/x", Some("https://a.be/x")),
        ("X-GOOGLE-CONFERENCE:https://meet.google.com/a;b=c", Some("https://meet.google.com/a;b=c")),
        ("LOCATION:https://us02web.zoom.us/j/123?pwd=x", Some("https://us02web.zoom.us/j/123?pwd=x")),
        (
            "DESCRIPTION:Zie https://voorbeeld.be en <https://teams.live.com/meet/1>.",
            Some("https://teams.live.com/meet/1"),
        ),
        ("DESCRIPTION:https://evilzoom.us/j/1 https://zoom.us.evil.be/", None),
        ("CONFERENCE;VALUE=URI:javascript:alert(1)", None),
        ("URL:https://voorbeeld.be/punt", None),
    ] {
        assert_eq!(with(line).conference.as_deref(), link, "{line}");
    }
}

#[test]
fn what_programs_leave_around_a_calendar_does_no_harm() {
    // Blanks before the first line, and the zeroes with which Exchange fills up names of zones.
    let zone = format!("Europe/London{}", "\0".repeat(3));
    let lines = format!("DTSTART;TZID={zone}:20270203T140000\nDESCRIPTION:{}", "x".repeat(300));
    let mut bytes = b"    ".to_vec();
    bytes.extend(around(&lines));
    let reading = reading(&bytes);
    assert_eq!((reading.events[0].zone.name(), keys(&reading)), ("Europe/London", Vec::new()));
}

#[test]
fn hostile_and_wrong_input_ends_with_a_sentence() {
    let nested = |n: usize| {
        format!("BEGIN:VCALENDAR\n{}{}END:VCALENDAR\n", "BEGIN:X\n".repeat(n), "END:X\n".repeat(n))
            .into_bytes()
    };
    let many =
        format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", "BEGIN:VEVENT\nEND:VEVENT\n".repeat(MAX_COMPONENTS));
    let event = String::from_utf8(around("DTSTART:20270301T100000Z")).unwrap();
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "ical.not_a_calendar"),
        (b"<!doctype html><html>".to_vec(), "ical.not_a_calendar"),
        (b"PK\x03\x04\0\0\0".to_vec(), "ical.not_a_calendar"),
        ("\u{FEFF}".into(), "ical.not_a_calendar"),
        (b"BEGIN:VCARD\nEND:VCARD\n".to_vec(), "ical.not_a_calendar"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n".to_vec(), "ical.not_a_calendar"),
        (vec![b'A'; MAX_BYTES + 1], "ical.too_large"),
        (nested(8), "ical.too_deep"),
        (nested(100_000), "ical.too_deep"),
        ("BEGIN:VCALENDAR\n".repeat(100_000).into_bytes(), "ical.too_deep"),
        // Hidden behind folds.
        ("BEG\n IN:VCALENDAR\n".repeat(9).into_bytes(), "ical.too_deep"),
        (many.into_bytes(), "ical.too_many_components"),
        (
            format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", "A:\n".repeat(400_000)).into_bytes(),
            "ical.too_many_lines",
        ),
        (around(&format!("ATTENDEE{}:mailto:a@b.be", ";X=1".repeat(20_000))), "ical.too_many_parameters"),
        (event.replace("END:VCALENDAR\n", "").into_bytes(), "ical.truncated"),
        (event.replace("END:VEVENT", "END:VTODO").into_bytes(), "ical.unbalanced"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n".to_vec(), "ical.unbalanced"),
    ];
    for (bytes, key) in rows {
        let error = read(&bytes, Zone::BRUSSELS, at("20290101T0000")).unwrap_err();
        assert_eq!(error.0.key, key, "{:.40}", String::from_utf8_lossy(&bytes));
        for lang in Lang::ALL {
            assert!(error.0.speak(lang).len() > 40 && !error.0.speak(lang).contains('{'), "{key} {lang}");
        }
    }
    assert_eq!(reading(&nested(7)).events, [], "seven inside of one another is allowed");
}

#[test]
fn costly_input_is_read_in_bounded_time() {
    let calendar = |zone: &str, event: &str| {
        format!("BEGIN:VCALENDAR\n{zone}BEGIN:VEVENT\nUID:u\nSUMMARY:S\n{event}END:VEVENT\nEND:VCALENDAR\n")
    };
    let strange = "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\n\
        TZOFFSETTO:+0117\nRRULE:FREQ=DAILY;COUNT=4294967295\nEND:STANDARD\nEND:VTIMEZONE\n";
    let yearly = strange.replace("FREQ=DAILY;COUNT=4294967295", "FREQ=YEARLY");
    let start = "DTSTART:20270301T100000Z\n";
    let rows = [
        calendar("", &format!("DTSTART;TZID={}:20270301T100000\n", "/".repeat(1_000_000))),
        calendar("", &format!("{start}EXDATE:{}\n", "20270301T100000Z,".repeat(200_000))),
        calendar("", &format!("{start}{}", "RRULE:FREQ=DAILY;COUNT=4294967295\n".repeat(20_000))),
        calendar("", &format!("{start}{}", "EXRULE:FREQ=YEARLY;BYYEARDAY=366;BYMONTH=2\n".repeat(20_000))),
        calendar("", &format!("{start}{}", "ATTENDEE;CN=x:mailto:a@b.be\n".repeat(100_000))),
        calendar("", &format!("{start}DESCRIPTION:{}\n", "https://".repeat(500_000))),
        calendar("", &format!("{start}DESCRIPTION:{}\n", "x\n ".repeat(1_000_000))),
        calendar("", &format!("{start}ORGANIZER:mailto:{}\n", "%".repeat(1_000_000))),
        calendar(strange, "DTSTART;TZID=Z:20270301T100000\n").repeat(4_000),
        calendar(&yearly, "DTSTART;TZID=Z:20270301T100000\n").repeat(4_000),
    ];
    for text in rows {
        let begin = std::time::Instant::now();
        let _ = read(text.as_bytes(), Zone::BRUSSELS, at("20290101T0000"));
        let took = begin.elapsed();
        // Debug builds on a loaded machine; optimised ones take a tenth.
        assert!(took < std::time::Duration::from_secs(10), "{text:.120} took {took:?}");
    }
}
