//! Calendar links in words: of what they are, what they show, who reads them, and how each program takes them.

use std::net::IpAddr;

use crate::ids::PersonId;
use crate::store::{FeedScope, Level};
use crate::texts::{Lang, Said, text};
use crate::town::Directory;

/// How much calendar links can show: the word of a form, the name, and what it means.
pub(super) fn levels(lang: Lang) -> [(Level, &'static str, &'static str, &'static str); 4] {
    [
        (Level::Busy, "busy", text(lang, "calendars.busy"), text(lang, "calendars.busy_what")),
        (Level::Title, "title", text(lang, "calendars.title"), text(lang, "calendars.title_what")),
        (Level::Full, "full", text(lang, "calendars.full"), text(lang, "calendars.full_what")),
        (
            Level::CouncilPublic,
            "council_public",
            text(lang, "calendars.council_public"),
            text(lang, "calendars.council_public_what"),
        ),
    ]
}

/// What a link shows, as a name.
pub(super) fn level_word(lang: Lang, level: Level) -> &'static str {
    levels(lang).into_iter().find(|(known, ..)| *known == level).map_or("", |(_, _, name, _)| name)
}

/// Of what a link is, for `reader`.
pub(super) fn scope_words(directory: &Directory, lang: Lang, scope: FeedScope, reader: PersonId) -> String {
    let of = |key: &'static str, name: Option<&String>| {
        Said::new(key).with("name", name.map_or("", String::as_str)).speak(lang)
    };
    match scope {
        FeedScope::Person(id) if id == reader => text(lang, "calendars.own").to_owned(),
        FeedScope::Person(_) => text(lang, "calendars.of_somebody").to_owned(),
        FeedScope::Room(id) => directory.room(id).map_or_else(String::new, |room| room.name.clone()),
        FeedScope::Site(id) => of("calendars.of_site", directory.site(id).map(|site| &site.name)),
        FeedScope::Body(id) => of("calendars.of_body", directory.body(id).map(|body| &body.name)),
        FeedScope::Town => text(lang, "calendars.of_town").to_owned(),
        FeedScope::Deadlines(_, None) => text(lang, "calendars.of_deadlines").to_owned(),
        FeedScope::Deadlines(_, Some(id)) => {
            of("calendars.of_deadlines_body", directory.body(id).map(|body| &body.name))
        }
        FeedScope::Sessions(_, id) => of("calendars.of_sessions", directory.body(id).map(|body| &body.name)),
    }
}

/// The word of a form for what a link is of.
pub(super) fn scope_value(directory: &Directory, scope: FeedScope) -> String {
    let named = |kind: &str, slug: Option<&String>| format!("{kind}:{}", slug.map_or("", String::as_str));
    match scope {
        FeedScope::Person(_) => "own".to_owned(),
        FeedScope::Room(id) => named("room", directory.room(id).map(|room| &room.slug)),
        FeedScope::Site(id) => named("site", directory.site(id).map(|site| &site.slug)),
        FeedScope::Body(id) => named("body", directory.body(id).map(|body| &body.slug)),
        FeedScope::Town => "town".to_owned(),
        FeedScope::Deadlines(_, None) => "deadlines".to_owned(),
        FeedScope::Deadlines(_, Some(id)) => named("deadlines", directory.body(id).map(|body| &body.slug)),
        FeedScope::Sessions(_, id) => named("sessions", directory.body(id).map(|body| &body.slug)),
    }
}

/// The program behind what it calls itself, as people call it.
pub(super) fn program(lang: Lang, agent: &str) -> String {
    let told = agent.to_ascii_lowercase();
    // The first that fits: Thunderbird says Mozilla and Macintosh too.
    let known = [
        ("thunderbird", "Thunderbird"),
        ("google", "Google"),
        ("outlook", "Outlook"),
        ("microsoft office", "Outlook"),
        ("exchange", "Outlook"),
        ("nextcloud", "Nextcloud"),
        ("icsx5", "ICSx⁵"),
        ("evolution", "Evolution"),
        ("dataaccessd", "Apple"),
        ("calendaragent", "Apple"),
        ("remindd", "Apple"),
        ("ios/", "Apple"),
        ("macos/", "Apple"),
    ];
    if let Some((_, name)) = known.into_iter().find(|(sign, _)| told.contains(sign)) {
        return name.to_owned();
    }
    if told.starts_with("mozilla/") {
        return text(lang, "calendars.a_browser").to_owned();
    }
    let name: String = agent.split(['/', ' ', '(']).next().unwrap_or("").chars().take(40).collect();
    Said::new("calendars.a_program").with("name", name).speak(lang)
}

/// From where the address of this server can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// From anywhere, unread by others.
    Internet,
    /// From anywhere, but what goes over the line can be read.
    Plain,
    /// From the town's own network.
    Inside,
    /// From the computer on which it runs.
    Here,
}

impl Reach {
    /// How far `base_url` reaches, by its looks.
    pub(super) fn of(base_url: &str) -> Self {
        let (scheme, rest) = base_url.split_once("://").unwrap_or(("", base_url));
        let host = host_of(rest).to_ascii_lowercase();
        if let Ok(address) = host.parse::<IpAddr>() {
            let inside = match address {
                IpAddr::V4(four) => four.is_private() || four.is_link_local(),
                IpAddr::V6(six) => six.is_unique_local() || six.is_unicast_link_local(),
            };
            if address.is_loopback() || address.is_unspecified() {
                return Self::Here;
            }
            if inside {
                return Self::Inside;
            }
        } else if host == "localhost" || host.ends_with(".localhost") {
            return Self::Here;
        } else if !host.contains('.')
            || [".local", ".lan", ".internal", ".intranet", ".home.arpa"].iter().any(|e| host.ends_with(e))
        {
            return Self::Inside;
        }
        if scheme == "https" { Self::Internet } else { Self::Plain }
    }

    /// What those who use a link should know; nothing if all is well.
    pub(super) fn warning(self, lang: Lang, base_url: &str) -> Option<String> {
        let host = host_of(base_url.split_once("://").map_or(base_url, |(_, rest)| rest));
        let key = match self {
            Self::Internet => return None,
            Self::Plain => "calendars.reach_plain",
            Self::Inside => "calendars.reach_inside",
            Self::Here => "calendars.reach_here",
        };
        Some(Said::new(key).with("host", host).speak(lang))
    }
}

/// The host of what comes after `://`.
fn host_of(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or("");
    match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(""),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

/// A program with the link that makes it take a calendar, and what to expect of it.
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// None if it cannot reach the server.
    pub(super) link: Option<String>,
}

/// How each program takes the calendar at `url`, called `label`. Outlook wants the address itself, the others one
/// that begins with `webcal`; Outlook on the web and Google fetch from their own machines.
pub(super) fn ways(lang: Lang, reach: Reach, url: &str, label: &str) -> [Way; 4] {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let webcal = webcal(url);
    // Spaces as %20: Outlook shows a plus as it stands.
    let name = encoded(label).replace('+', "%20");
    let far = matches!(reach, Reach::Internet | Reach::Plain);
    let outlook =
        format!("https://outlook.office.com/calendar/0/addfromweb?url={}&name={name}", encoded(url));
    let google = format!("https://calendar.google.com/calendar/r?cid={}", encoded(&webcal));
    let way = |name, what, link| Way { name, what, link };
    [
        way("Outlook (Microsoft 365)", text(lang, "calendars.outlook"), far.then_some(outlook)),
        way("Google", text(lang, "calendars.google"), far.then_some(google)),
        way("Apple (iPhone, iPad, Mac)", text(lang, "calendars.apple"), Some(webcal.clone())),
        way("Thunderbird", text(lang, "calendars.thunderbird"), Some(webcal)),
    ]
}

/// The address as calendar programs register it.
pub(super) fn webcal(url: &str) -> String {
    format!("webcal://{}", url.split_once("://").map_or(url, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_where_an_address_can_be_reached() {
        for (base_url, reach) in [
            ("https://zalen.stad.example", Reach::Internet),
            ("https://zalen.stad.example:8443/x", Reach::Internet),
            ("https://198.51.100.7", Reach::Internet),
            ("http://zalen.stad.example", Reach::Plain),
            ("https://zalen", Reach::Inside),
            ("https://zalen.local", Reach::Inside),
            ("https://10.0.0.7:8080", Reach::Inside),
            ("http://192.168.1.7", Reach::Inside),
            ("https://[fd00::7]:8080", Reach::Inside),
            ("http://127.0.0.1:8080", Reach::Here),
            ("http://[::1]:8080", Reach::Here),
            ("https://LOCALHOST", Reach::Here),
        ] {
            assert_eq!(Reach::of(base_url), reach, "{base_url}");
            assert_eq!(reach.warning(Lang::Nl, base_url).is_none(), reach == Reach::Internet);
        }
        let said = Reach::Here.warning(Lang::Nl, "http://[::1]:8080").unwrap();
        assert!(said.contains("::1"), "{said}");
    }

    #[test]
    fn programs_by_the_names_that_people_know() {
        for (agent, name) in [
            ("Google-Calendar-Importer,gzip(gfe)", "Google"),
            ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", "Outlook"),
            ("Microsoft.Exchange/15.20", "Outlook"),
            ("iOS/17.5 (21F79) dataaccessd/1.0", "Apple"),
            ("macOS/14.5 (23F79) CalendarAgent/1000", "Apple"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Thunderbird/140.0", "Thunderbird"),
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "een browser"),
            ("khal/0.11 <x>", "khal"),
        ] {
            assert!(program(Lang::Nl, agent).contains(name), "{agent}: {}", program(Lang::Nl, agent));
        }
    }

    #[test]
    fn each_program_gets_the_address_in_its_own_form() {
        let url = "https://zalen.stad.example/feeds/abc.ics";
        let links = ways(Lang::Nl, Reach::Internet, url, "Mijn agenda & zo").map(|way| way.link.unwrap());
        assert_eq!(
            links[0],
            "https://outlook.office.com/calendar/0/addfromweb?url=https%3A%2F%2Fzalen.stad.example%2Ffeeds%2F\
             abc.ics&name=Mijn%20agenda%20%26%20zo"
        );
        assert_eq!(
            links[1],
            "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fzalen.stad.example%2Ffeeds%2Fabc.ics"
        );
        assert_eq!(links[2], "webcal://zalen.stad.example/feeds/abc.ics");
        let near = ways(Lang::Nl, Reach::Here, "http://127.0.0.1:1/feeds/abc.ics", "x").map(|way| way.link);
        assert!(near[0].is_none() && near[1].is_none() && near[2].is_some());
    }
}
