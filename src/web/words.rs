//! Values as people read them on pages: days, times, roles, codes.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use qrcode::{Color, EcLevel, QrCode};

use crate::booking::{Answer, Mode, Part, Privacy};
pub(super) use crate::texts::short_day;
use crate::texts::{Lang, text};
use crate::time::Zone;
use crate::town::{Directory, Grant, RoleScope, Room};

/// The name of a month with its year: `januari 2027`.
pub(super) fn month(lang: Lang, day: NaiveDate) -> String {
    let names = text(lang, "date.months");
    let name = names.split(',').nth(day.month0() as usize).unwrap_or("").trim();
    format!("{name} {}", day.year())
}

/// A time of day, 24 hours.
pub(super) fn clock(at: NaiveDateTime) -> String {
    at.format("%H:%M").to_string()
}

/// An instant on the wall of the town: `di 18 jan 14:05`.
pub(super) fn moment(lang: Lang, zone: Zone, at: DateTime<Utc>) -> String {
    let wall = zone.wall(at);
    format!("{} {}", short_day(lang, wall.date()), clock(wall))
}

/// A room with its building, for a list over several: `Raadzaal (Stadhuis)`.
pub(super) fn room_words(directory: &Directory, room: &Room) -> String {
    format!("{} ({})", room.name, directory.site(room.site).map_or("", |site| site.name.as_str()))
}

/// How somebody takes part.
pub(super) fn mode_word(lang: Lang, mode: Mode) -> &'static str {
    text(lang, mode.key())
}

/// What somebody said to an invitation.
pub(super) fn answer_word(lang: Lang, answer: Answer) -> &'static str {
    match answer {
        Answer::None => text(lang, "reply.none"),
        Answer::Accepted => text(lang, "reply.accepted"),
        Answer::Tentative => text(lang, "reply.tentative"),
        Answer::Declined => text(lang, "reply.declined"),
    }
}

/// What for somebody is on a list.
pub(super) fn part_word(lang: Lang, part: Part) -> &'static str {
    match part {
        Part::Chair => text(lang, "part.chair"),
        Part::Required => text(lang, "part.required"),
        Part::Optional => text(lang, "part.optional"),
    }
}

/// Who may see what a meeting is about.
pub(super) fn privacy_word(lang: Lang, privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => text(lang, "privacy.public"),
        Privacy::Internal => text(lang, "privacy.internal"),
        Privacy::Private => text(lang, "privacy.private"),
        Privacy::Closed => text(lang, "privacy.closed"),
    }
}

/// A role with the part of the town where it counts.
pub(super) fn grant_words(directory: &Directory, lang: Lang, grant: &Grant) -> String {
    let role = text(lang, &format!("role.{}", grant.role)).to_owned();
    let place = match &grant.scope {
        RoleScope::Town => return role,
        RoleScope::Site(id) => directory.site(*id).map(|site| site.name.clone()),
        RoleScope::Body(id) => directory.body(*id).map(|body| body.name.clone()),
        RoleScope::Department(name) => Some(name.clone()),
    };
    format!("{role} ({})", place.unwrap_or_default())
}

/// A browser and its system as people call them, from what it says of itself (RFC 9110 10.1.5): `Firefox, Windows`.
/// Browsers name those that they want to be taken for, so the order tells which it is.
pub(super) fn browser(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let found = |list: &[(&str, &'static str)]| {
        list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// A code for telephones as a picture, dark on white with the quiet zone of four modules (ISO/IEC 18004); empty
/// if the text is too long for one.
pub(super) fn qr(content: &str) -> String {
    use std::fmt::Write as _;
    let Ok(code) = QrCode::with_error_correction_level(content, EcLevel::M) else { return String::new() };
    let modules = code.width();
    let side = modules + 8;
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (row, column) = (index / modules + 4, index % modules + 4);
            // Writing to a string cannot fail.
            let _ = write!(path, "M{column} {row}h1v1h-1z");
        }
    }
    format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_say_them() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 18).unwrap();
        for (lang, short) in [
            (Lang::Nl, "ma 18 jan"),
            (Lang::Fr, "lun 18 jan"),
            (Lang::De, "Mo 18. Jan"),
            (Lang::En, "Mon 18 Jan"),
        ] {
            assert_eq!(short_day(lang, day), short);
        }
    }

    #[test]
    fn browsers_as_people_call_them() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0";
        for (agent, name) in [
            (format!("{windows} Safari/537.36 Edg/150.0.0.0"), "Edge, Windows"),
            (format!("{windows} Safari/537.36"), "Chrome, Windows"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1".into(),
                "Safari, iPhone",
            ),
            ("curl/8.9.1".into(), "curl/8.9.1"),
        ] {
            assert_eq!(browser(&agent), name);
        }
        assert_eq!(browser(&"é".repeat(200)).chars().count(), 40);
    }

    #[test]
    fn a_code_is_a_picture_without_style_or_script() {
        let svg = qr("https://zalen.stad.example/rooms/raadzaal");
        assert!(svg.starts_with("<svg") && svg.contains("h1v1h-1z") && !svg.contains("style="), "{svg}");
        assert_eq!(qr(&"x".repeat(5_000)), "");
    }
}
