//! What people read, by key, in four languages.
//!
//! Rules and doors carry keys and arguments; only this module holds sentences. The texts live in
//! `data/texts`, a file for each language; a test checks that every key exists in each with the same arguments.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A language Belfort speaks, by its BCP 47 code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Dutch, the default of a Flemish town.
    #[default]
    Nl,
    /// French.
    Fr,
    /// German.
    De,
    /// English.
    En,
}

impl Lang {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Nl, Self::Fr, Self::De, Self::En];

    /// The two-letter code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language, named in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::Fr => "Français",
            Self::De => "Deutsch",
            Self::En => "English",
        }
    }

    /// The language of a code such as `nl`, `nl-BE` or `FR_be`, if it is one of the four.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_', '.']).next().unwrap_or("").to_ascii_lowercase();
        Self::ALL.into_iter().find(|lang| lang.code() == primary)
    }

    /// The first language of an `Accept-Language` header (RFC 9110 12.5.4) that Belfort speaks,
    /// by descending quality.
    #[must_use]
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|part| {
                let mut fields = part.trim().split(';');
                let lang = Self::from_code(fields.next()?.trim())?;
                let quality = fields
                    .find_map(|field| field.trim().strip_prefix("q=").and_then(|q| q.parse().ok()))
                    .unwrap_or(1.0);
                (quality > 0.0).then_some((quality, lang))
            })
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map(|(_, lang)| *lang)
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Words that come with data rather than from `data/texts`, in each of the four languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Dutch.
    pub nl: String,
    /// French.
    pub fr: String,
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Asks `say` for the words of each language.
    #[must_use]
    pub fn each(say: impl Fn(Lang) -> String) -> Self {
        Self { nl: say(Lang::Nl), fr: say(Lang::Fr), de: say(Lang::De), en: say(Lang::En) }
    }

    /// The words in `lang`.
    #[must_use]
    pub fn speak(&self, lang: Lang) -> &str {
        match lang {
            Lang::Nl => &self.nl,
            Lang::Fr => &self.fr,
            Lang::De => &self.de,
            Lang::En => &self.en,
        }
    }
}

/// A sentence not yet spoken: a text key and what fills its braces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The key in `data/texts`, such as `booking.taken`.
    pub key: String,
    /// Values for the `{name}` places of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

impl Said {
    /// A sentence without arguments.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new() }
    }

    /// Adds the value of one `{name}`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// The sentence in `lang`. An unknown key is spoken as the key itself, so nothing is ever silent.
    #[must_use]
    pub fn speak(&self, lang: Lang) -> String {
        let Some(text) = TEXTS.get(&lang).and_then(|texts| texts.get(&self.key)) else {
            return self.key.clone();
        };
        let args: Vec<(String, String)> =
            self.args.iter().map(|(name, value)| (name.clone(), word(lang, name, value))).collect();
        fill(text, &args)
    }
}

/// The value of an argument as people read it: actions and roles are kept by their keys and words.
fn word(lang: Lang, name: &str, value: &str) -> String {
    let role = |word: &str| text(lang, &format!("role.{word}")).to_owned();
    match name {
        "action" => text(lang, value).to_owned(),
        "role" => role(value),
        "roles" => value.split(' ').map(role).collect::<Vec<_>>().join(", "),
        _ => moment(lang, value).unwrap_or_else(|| value.to_owned()),
    }
}

/// A wall time that was kept as `2027-03-30 18:15`, or a day as `2027-03-30`, as people read it.
fn moment(lang: Lang, value: &str) -> Option<String> {
    let dated = |day: chrono::NaiveDate| format!("{} {}", short_day(lang, day), day.format("%Y"));
    match value.len() {
        10 => value.parse().ok().map(dated),
        16 => {
            let at = chrono::NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M").ok()?;
            Some(format!("{} {}", dated(at.date()), at.format("%H:%M")))
        }
        _ => None,
    }
}

/// The text of `key` in `lang`; the key itself if it is unknown.
#[must_use]
pub fn text(lang: Lang, key: &str) -> &str {
    TEXTS.get(&lang).and_then(|texts| texts.get(key)).map_or(key, String::as_str)
}

/// A day in few letters: `di 18 jan`.
#[must_use]
pub fn short_day(lang: Lang, day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    let part = |key: &str, index: u32| {
        text(lang, key).split(',').nth(index as usize).unwrap_or("").trim().to_owned()
    };
    let weekday = part("date.weekdays_short", day.weekday().num_days_from_monday());
    let month = part("date.months_short", day.month0());
    Said::new("date.short").with("weekday", weekday).with("day", day.day()).with("month", month).speak(lang)
}

/// A day as people say it: `dinsdag 18 januari 2027`.
#[must_use]
pub fn day(lang: Lang, day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    let word = |key: &str, index: u32| {
        let names = text(lang, key);
        names.split(',').nth(index as usize).unwrap_or("").trim().to_owned()
    };
    Said::new("date.long")
        .with("weekday", word("date.weekdays", day.weekday().num_days_from_monday()))
        .with("day", day.day())
        .with("month", word("date.months", day.month0()))
        .with("year", day.year())
        .speak(lang)
}

/// The sentence of a key that was put together at run time, from a closed list; an unknown one is heard as a question
/// mark.
#[must_use]
pub fn known(lang: Lang, key: &str) -> &'static str {
    TEXTS.get(&lang).and_then(|texts| texts.get(key)).map_or("?", String::as_str)
}

/// A stretch of wall time as people say it: `dinsdag 18 januari 2027, 10:00–11:00 (Europe/Brussels)`.
#[must_use]
pub fn span(
    lang: Lang,
    from: chrono::NaiveDateTime,
    to: chrono::NaiveDateTime,
    zone: impl fmt::Display,
) -> String {
    let clock = |at: chrono::NaiveDateTime| at.format("%H:%M");
    let (first, last) = (day(lang, from.date()), day(lang, to.date()));
    if from.date() == to.date() {
        format!("{first}, {}–{} ({zone})", clock(from), clock(to))
    } else {
        format!("{first}, {} – {last}, {} ({zone})", clock(from), clock(to))
    }
}

fn fill(text: &str, args: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        out.push_str(&rest[..open]);
        let name = &rest[open + 1..open + close];
        match args.iter().find(|(arg, _)| arg == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// The embedded files of one language: what the whole house says, and one folder for each part of the council's work.
macro_rules! files {
    ($lang:literal) => {
        [
            include_str!(concat!("../data/texts/", $lang, ".toml")),
            include_str!(concat!("../data/texts/chamber/", $lang, ".toml")),
            include_str!(concat!("../data/texts/council/", $lang, ".toml")),
            include_str!(concat!("../data/texts/deadlines/", $lang, ".toml")),
            include_str!(concat!("../data/texts/documents/", $lang, ".toml")),
            include_str!(concat!("../data/texts/minutes/", $lang, ".toml")),
            include_str!(concat!("../data/texts/portal/", $lang, ".toml")),
        ]
    };
}

static TEXTS: LazyLock<HashMap<Lang, HashMap<String, String>>> = LazyLock::new(|| {
    Lang::ALL
        .into_iter()
        .map(|lang| {
            let files = match lang {
                Lang::Nl => files!("nl"),
                Lang::Fr => files!("fr"),
                Lang::De => files!("de"),
                Lang::En => files!("en"),
            };
            let read = |file| -> HashMap<String, String> {
                toml::from_str(file).expect("the embedded texts are flat TOML, as a test checks")
            };
            (lang, files.into_iter().flat_map(read).collect())
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
    }

    #[test]
    fn every_key_exists_in_four_languages_with_the_same_arguments() {
        let dutch = &TEXTS[&Lang::Nl];
        assert!(!dutch.is_empty());
        for lang in Lang::ALL {
            let texts = &TEXTS[&lang];
            let missing: Vec<_> = dutch.keys().filter(|key| !texts.contains_key(*key)).collect();
            let extra: Vec<_> = texts.keys().filter(|key| !dutch.contains_key(*key)).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{lang}: missing {missing:?}, extra {extra:?}");
            for (key, text) in texts {
                assert!(!text.trim().is_empty(), "{lang} {key} is empty");
                assert_eq!(places(text), places(&dutch[key]), "{lang} {key} has other arguments");
            }
        }
    }

    #[test]
    fn arguments_are_filled_and_unknown_keys_are_heard() {
        assert_eq!(
            fill("van {a} tot {b}", &[("a".into(), "9".into()), ("b".into(), "{a}".into())]),
            "van 9 tot {a}"
        );
        assert_eq!(fill("open { brace", &[]), "open { brace");
        assert_eq!(Said::new("no.such.key").speak(Lang::Nl), "no.such.key");
    }

    #[test]
    fn times_in_a_sentence_are_said_as_people_say_them() {
        for (kept, lang, said) in [
            ("2027-03-30 18:15", Lang::Nl, "di 30 mrt 2027 18:15"),
            ("2027-03-30 18:15", Lang::De, "Di 30. März 2027 18:15"),
            ("2027-03-30", Lang::En, "Tue 30 Mar 2027"),
            ("2027-02-30", Lang::Nl, "2027-02-30"),
            ("18:15", Lang::Nl, "18:15"),
        ] {
            assert_eq!(word(lang, "from", kept), said);
        }
    }

    #[test]
    fn a_day_is_said_in_four_languages() {
        let date = chrono::NaiveDate::from_ymd_opt(2027, 1, 18).unwrap();
        let said: Vec<_> = Lang::ALL.into_iter().map(|lang| day(lang, date)).collect();
        assert_eq!(
            said,
            [
                "maandag 18 januari 2027",
                "lundi 18 janvier 2027",
                "Montag, 18. Januar 2027",
                "Monday 18 January 2027"
            ]
        );
    }

    #[test]
    fn the_best_accepted_language_wins() {
        for (header, lang) in [
            ("nl-BE,nl;q=0.9,en;q=0.8", Some(Lang::Nl)),
            ("es, en;q=0.5, fr;q=0.7", Some(Lang::Fr)),
            ("de;q=0, en;q=0.1", Some(Lang::En)),
            ("es", None),
            ("", None),
        ] {
            assert_eq!(Lang::from_accept(header), lang, "{header}");
        }
    }
}
