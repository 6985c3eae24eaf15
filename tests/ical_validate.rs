//! The strict validator finds what is wrong, and the Exchange linter what Outlook would misread.

#![expect(clippy::too_many_lines, reason = "tables of faults")]

use belfort::ical::{exchange, validate::validate};

const ZONE: &str = "BEGIN:VTIMEZONE\nTZID:Europe/Brussels\nBEGIN:STANDARD\nDTSTART:19961027T030000\nTZOFFSETFROM:+0200\n\
    TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
    DTSTART:19810329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n\
    END:DAYLIGHT\nEND:VTIMEZONE\n";
const START: &str = "DTSTART;TZID=Europe/Brussels:20270302T100000\n";

fn calendar(event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nPRODID:x\nVERSION:2.0\n{ZONE}BEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\n{event}\
         END:VEVENT\nEND:VCALENDAR\n"
    )
}

fn good() -> String {
    calendar(&format!("{START}DTEND;TZID=Europe/Brussels:20270302T110000\nSUMMARY:S\n"))
}

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn a_good_calendar_has_no_faults() {
    assert_eq!(validate(&crlf(&good())), Ok(1));
    let more = calendar(&format!(
        "{START}DURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270601T080000Z\nEXDATE;TZID=Europe/Brussels:20270309T100000\n\
         SUMMARY:a\\, b\\; c\\\\ d\\n\nATTENDEE;CN=\"A, B: ^'c^'\":mailto:a@b.be\nCATEGORIES:a,b\nX-ANY:x;y,z\n\
         CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=\"L\":https://x.be/a;b\n"
    ));
    assert_eq!(validate(&crlf(&more)), Ok(1));
}

#[test]
fn each_fault_is_found_with_its_rule() {
    let event = |line: &str| calendar(&format!("{START}{line}\n"));
    let long = "x".repeat(80);
    let twin = format!("BEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\n{START}END:VEVENT\nEND:VCALENDAR\n");
    let rows: Vec<(String, &str, &str)> = vec![
        (good().replace("PRODID:x\n", ""), "RFC 5545 3.6", "VCALENDAR without PRODID"),
        (good().replace("VERSION:2.0", "VERSION:1.0"), "RFC 5545 3.8", "bad value of VERSION: 1.0"),
        (good().replace("VERSION:2.0", "VERSION:2.0\nMETHOD:PUBLISH"), "RFC 5545 3.6", "METHOD in a feed"),
        (good().replace("UID:u\n", ""), "RFC 5545 3.6", "VEVENT without UID"),
        (good().replace("UID:u\n", "UID:\n"), "RFC 7986 5.3", "UID must have 1 to 255 octets"),
        (good().replace("DTSTAMP:20270101T000000Z\n", ""), "RFC 5545 3.6", "VEVENT without DTSTAMP"),
        (
            good().replace("DTSTAMP:20270101T000000Z", "DTSTAMP:20270101T000000"),
            "RFC 5545 3.3.5",
            "bad value of DTSTAMP: 20270101T000000",
        ),
        (good().replace(START, ""), "RFC 5545 3.6", "VEVENT without DTSTART"),
        (good().replace("20270302T11", "20270302T09"), "RFC 5545 3.8.2.2", "DTEND is not after DTSTART"),
        (
            good().replace("DTEND;TZID=Europe/Brussels:20270302T110000", "DTEND;VALUE=DATE:20270303"),
            "RFC 5545 3.8.2.2",
            "DTEND of another type than DTSTART",
        ),
        (good().replace(ZONE, ""), "RFC 5545 3.2.19", "no VTIMEZONE for Europe/Brussels"),
        (good().replace("TZOFFSETTO:+0100\n", ""), "RFC 5545 3.6", "STANDARD without TZOFFSETTO"),
        (good().replace("+0100", "+01:00"), "RFC 5545 3.3.14", "bad value of TZOFFSETTO: +01:00"),
        (good().replace("END:VEVENT\n", ""), "RFC 5545 3.6", "END:VCALENDAR without BEGIN"),
        (good().replace("END:VCALENDAR\n", &twin), "RFC 5545 3.8.4.7", "this event is there twice"),
        (format!("{0}{0}", good()), "RFC 5545 3.4", "not exactly one calendar"),
        (event("DTSTART:20270302T100000Z"), "RFC 5545 3.6", "DTSTART more than once"),
        (event("SUMMARY:a\nSUMMARY:b"), "RFC 5545 3.6", "SUMMARY more than once"),
        (event("DTEND:20270302T110000Z\nDURATION:PT1H"), "RFC 5545 3.6", "both DTEND and DURATION"),
        (event("SUMMARY:a,b"), "RFC 5545 3.3.11", "bad value of SUMMARY: a,b"),
        (event("SUMMARY:a\\x"), "RFC 5545 3.3.11", "bad value of SUMMARY: a\\x"),
        (event("SUMMARY:a\\"), "RFC 5545 3.3.11", "bad value of SUMMARY: a\\"),
        (event("LOCATION:a;b"), "RFC 5545 3.3.11", "bad value of LOCATION: a;b"),
        (event("URL:geen adres"), "RFC 5545 3.3.13", "bad value of URL: geen adres"),
        (event("ATTENDEE:a@b.be"), "RFC 5545 3.3.13", "bad value of ATTENDEE: a@b.be"),
        (event("SEQUENCE:-1"), "RFC 5545 3.3.8", "bad value of SEQUENCE: -1"),
        (event("STATUS:DONE"), "RFC 5545 3.8", "bad value of STATUS: DONE"),
        (event("EXDATE;VALUE=DATE:20270309"), "RFC 5545 3.8.5.1", "EXDATE of another type than DTSTART"),
        (event("EXDATE:20270309T090000Z"), "RFC 5545 3.8.5.1", "EXDATE of another type than DTSTART"),
        (
            event("RECURRENCE-ID;VALUE=DATE:20270309"),
            "RFC 5545 3.8.4.4",
            "RECURRENCE-ID of another type than DTSTART",
        ),
        (event("RRULE:FREQ=DAILY;UNTIL=20270309"), "RFC 5545 3.3.10", "UNTIL of another type than DTSTART"),
        (event("RRULE:FREQ=HOURLY"), "RFC 5545 3.3.10", "bad value of RRULE: FREQ=HOURLY"),
        (
            event("EXDATE;TZID=Europe/Brussels:20270231T100000"),
            "RFC 5545 3.3.5",
            "bad value of EXDATE: 20270231T100000",
        ),
        (event("ATTENDEE;CN=\"a^b\":mailto:a@b.be"), "RFC 6868 3.1", "bad escape in CN"),
        (
            event("ATTENDEE;CN=a\"b:mailto:a@b.be"),
            "RFC 5545 3.1",
            "bad parameter value: ATTENDEE;CN=a\"b:mailto:a@b.be",
        ),
        (event("ATTENDEE;X=1:mailto:a@b.be"), "RFC 5545 3.2", "parameter X"),
        (event("zomaar tekst"), "RFC 5545 3.1", "no colon: zomaar tekst"),
        (event("FOO:bar"), "RFC 5545 3.8.8.2", "bad value of FOO: bar"),
        (event(&format!("SUMMARY:{long}")), "RFC 5545 3.1", "line of more than 75 octets"),
        (event("SUMMARY:a\u{7}b"), "RFC 5545 3.1", "control character"),
        (event("SUMMARY:a\u{85}b"), "RFC 5545 3.1", "control character"),
        (event("\nSUMMARY:a"), "RFC 5545 3.1", "blank line"),
        (event("BEGIN:VALARM\nEND:VALARM"), "RFC 5545 3.6", "VALARM inside of VEVENT"),
        (format!("\u{FEFF}{}", good()), "RFC 5545 3.1", "byte order mark"),
    ];
    for (text, rule, what) in rows {
        let faults = validate(&crlf(&text)).expect_err(what);
        assert!(faults.iter().any(|fault| fault.rule == rule && fault.what == what), "{what}: {faults:?}");
        assert!(faults[0].said().speak(belfort::texts::Lang::Nl).contains("RFC"), "{what}");
    }
}

#[test]
fn things_to_do_have_rules_of_their_own() {
    let calendar = |todo: &str| {
        crlf(&format!(
            "BEGIN:VCALENDAR\nPRODID:x\nVERSION:2.0\n{ZONE}BEGIN:VTODO\nUID:u\nDTSTAMP:20270101T000000Z\n{todo}\
             END:VTODO\nEND:VCALENDAR\n"
        ))
    };
    for good in [
        "",
        "DUE;VALUE=DATE:20270302\nSTATUS:NEEDS-ACTION\n",
        "DUE;TZID=Europe/Brussels:20270302T200000\nSTATUS:COMPLETED\nPERCENT-COMPLETE:100\nCOMPLETED:20270301T090000Z\n",
        "DTSTART;VALUE=DATE:20270301\nDUE;VALUE=DATE:20270302\nSTATUS:CANCELLED\n",
    ] {
        assert_eq!(validate(&calendar(good)), Ok(1), "{good}");
    }
    for (bad, rule, what) in [
        ("DUE:20270302\n", "RFC 5545 3.3.5", "bad value of DUE: 20270302"),
        ("DUE;VALUE=DATE:20270302\nDUE;VALUE=DATE:20270303\n", "RFC 5545 3.6", "DUE more than once"),
        ("DUE;VALUE=DATE:20270302\nDURATION:P1D\n", "RFC 5545 3.6", "both DUE and DURATION"),
        ("DTEND;VALUE=DATE:20270302\n", "RFC 5545 3.6", "DTEND in a VTODO"),
        ("TRANSP:TRANSPARENT\n", "RFC 5545 3.6", "TRANSP in a VTODO"),
        ("STATUS:CONFIRMED\n", "RFC 5545 3.8", "bad value of STATUS: CONFIRMED"),
        ("PERCENT-COMPLETE:101\n", "RFC 5545 3.8.1.8", "bad value of PERCENT-COMPLETE: 101"),
        (
            "COMPLETED;TZID=Europe/Brussels:20270301T090000\n",
            "RFC 5545 3.3.5",
            "bad value of COMPLETED: 20270301T090000",
        ),
        (
            "DTSTART;VALUE=DATE:20270303\nDUE;VALUE=DATE:20270302\n",
            "RFC 5545 3.8.2.3",
            "DUE is not after DTSTART",
        ),
        (
            "DTSTART;VALUE=DATE:20270301\nDUE;TZID=Europe/Brussels:20270302T200000\n",
            "RFC 5545 3.8.2.3",
            "DUE of another type than DTSTART",
        ),
    ] {
        let faults = validate(&calendar(bad)).unwrap_err();
        assert!(faults.iter().any(|fault| fault.rule == rule && fault.what == what), "{bad}: {faults:?}");
    }
    let event = String::from_utf8(crlf(&good().replace("SUMMARY:S\n", "DUE;VALUE=DATE:20270302\n"))).unwrap();
    let faults = validate(event.as_bytes()).unwrap_err();
    assert!(faults.iter().any(|fault| fault.what == "DUE in a VEVENT"), "{faults:?}");
}

#[test]
fn bytes_that_are_no_text_are_faults() {
    for (bytes, what) in [
        (good().into_bytes(), "does not end with CRLF"),
        (crlf(&good()).strip_suffix(b"\r\n").unwrap().to_vec(), "does not end with CRLF"),
        (b"BEGIN:VCALENDAR\r\n\xFF\r\n".to_vec(), "not UTF-8"),
        (format!("BEGIN:VCALENDAR\n{}", "X-A:b\r\n").into_bytes(), "line end without CR"),
        (b"BEGIN:VCALENDAR\r\nX-A:b\rX-B:c\r\n".to_vec(), "control character"),
        (Vec::new(), "does not end with CRLF"),
        (b"\r\n".to_vec(), "blank line"),
        ("BEGIN:VCALENDAR\r\n".repeat(100_000).into_bytes(), "VCALENDAR inside of VCALENDAR"),
    ] {
        let faults = validate(&bytes).expect_err(what);
        assert!(faults.iter().any(|fault| fault.what.contains(what)), "{what}: {faults:?}");
        assert!(faults.len() <= 60, "faults are counted, not collected without end");
    }
}

#[test]
fn what_exchange_would_misread() {
    let series =
        |lines: &str| calendar(&format!("{START}DTEND;TZID=Europe/Brussels:20270302T110000\n{lines}\n"));
    let twice = ZONE.replace("END:VTIMEZONE\n", "BEGIN:STANDARD\nDTSTART:20300101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n");
    let moved = "BEGIN:VEVENT\nUID:u\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID;TZID=Europe/Brussels:20270309T100000\n\
        DTSTART;TZID=Europe/Brussels:20270316T140000\nEND:VEVENT\nEND:VCALENDAR\n";
    let rows: Vec<(String, Option<&str>)> = vec![
        (series("RRULE:FREQ=WEEKLY;BYDAY=TU"), None),
        (
            series(
                "RRULE:FREQ=WEEKLY;BYDAY=TU\nEXDATE;TZID=Europe/Brussels:20270309T100000\nRDATE;TZID=Europe/Brussels:20270310T100000",
            ),
            None,
        ),
        (good().replace(ZONE, &twice), Some("2 STANDARD and 1 DAYLIGHT in a VTIMEZONE")),
        (good().replace("BYDAY=-1SU", "BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU"), None),
        (
            good().replace("BYDAY=-1SU", "BYDAY=1SU,-1SU"),
            Some("rule of a VTIMEZONE: FREQ=YEARLY;BYMONTH=10;BYDAY=1SU,-1SU"),
        ),
        (series("RDATE;TZID=Europe/Brussels:20270303T100000"), Some("u: RDATE without RRULE")),
        (
            series("RRULE:FREQ=WEEKLY;BYDAY=TU\nRDATE;TZID=Europe/Brussels:20270310T100000"),
            Some("u: RDATE without an EXDATE that it moves"),
        ),
        (series("RRULE:FREQ=YEARLY;BYWEEKNO=9;BYDAY=TU"), Some("u: rule of no recurrence template")),
        (series("RRULE:FREQ=MONTHLY;BYDAY=5TU"), Some("u: rule of no recurrence template")),
        (series("RRULE:FREQ=MONTHLY;BYMONTHDAY=-2"), Some("u: rule of no recurrence template")),
        (series("RRULE:FREQ=WEEKLY;BYDAY=WE"), Some("u: the rule does not make the start")),
        (
            series("RRULE:FREQ=WEEKLY;BYDAY=TU").replace("END:VCALENDAR\n", moved),
            Some("u: two occurrences on one day"),
        ),
        (
            series("RRULE:FREQ=DAILY")
                .replace("DTEND;TZID=Europe/Brussels:20270302", "DTEND;TZID=Europe/Brussels:20270303"),
            Some("u: occurrences overlap"),
        ),
        (
            good().replace(
                "SUMMARY:S",
                "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Brussels:20270302T100000",
            ),
            Some("RANGE"),
        ),
        (good().replace("VERSION:2.0", "VERSION:2.0\nMETHOD:PUBLISH"), Some("METHOD in a feed")),
        ("geen agenda\n".to_owned(), Some("calendar refused: ical.not_a_calendar")),
    ];
    for (text, expected) in rows {
        let faults = exchange::lint(&crlf(&text));
        match expected {
            None if text.contains("BYMONTHDAY=25") => {
                assert_eq!(faults.len(), 2, "both observances: {faults:?}");
            }
            None => assert_eq!(faults, [], "{text}"),
            Some(what) => assert!(faults.iter().any(|fault| fault.what == what), "{what}: {faults:?}"),
        }
    }
}
