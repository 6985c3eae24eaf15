//! How the installation stands: each thing in words with its state, for those who look after it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};

use super::oops::Oops;
use super::page;
use super::shell::Shell;
use super::visitor::Insider;
use super::words::moment;
use crate::http::{App, ZoneData, zone_data};
use crate::scheduler::{Health, read_health};
use crate::store::Disk;
use crate::texts::{Lang, Said, text};
use crate::time::Zone;
use crate::town::Directory;

/// Below so many free bytes somebody should make room.
const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
/// A backup that is older than this is too old.
const BACKUP_OLD: TimeDelta = TimeDelta::hours(48);
/// Mail that waits longer than this does not get through.
const MAIL_SLOW: TimeDelta = TimeDelta::hours(1);

#[derive(Template)]
#[template(path = "health_read.html")]
struct Page {
    shell: Shell,
    /// What asks for attention, in a word and its class.
    all: (&'static str, &'static str),
    rows: Vec<Row>,
    counts: Vec<(&'static str, String)>,
}

/// One thing, how it stands, and in what words.
struct Row {
    name: &'static str,
    class: &'static str,
    state: &'static str,
    words: Vec<String>,
}

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Good,
    Look,
    Bad,
}

impl Standing {
    /// Needs attention if `so`.
    fn look(so: bool) -> Self {
        if so { Self::Look } else { Self::Good }
    }

    fn words(self, lang: Lang) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("free", text(lang, "health.good")),
            Self::Look => ("soon", text(lang, "health.look")),
            Self::Bad => ("busy", text(lang, "health.bad")),
        }
    }
}

/// What all rows are made from.
struct Facts<'a> {
    lang: Lang,
    zone: Zone,
    now: DateTime<Utc>,
    directory: &'a Directory,
    health: &'a Health,
    disk: Disk,
}

/// `GET /manage/health`.
pub(super) async fn read(State(app): State<App>, insider: Insider) -> Result<Response, Oops> {
    let health = insider.read(read_health).await?;
    let directory = app.store.directory();
    let facts = Facts {
        lang: insider.lang(),
        zone: directory.house.zone,
        now: app.store.clock().now(),
        directory: &directory,
        health: &health,
        disk: app.store.disk(),
    };
    let states = [
        facts.writing(),
        facts.space(),
        facts.backup(),
        facts.journal(),
        facts.mail(),
        facts.screens(&app),
        facts.zone_data(),
        facts.version(),
    ];
    let worst = states.iter().map(|(_, state, _)| *state).max().unwrap_or(Standing::Good);
    let lang = facts.lang;
    let rows = states.into_iter().map(|(name, state, said)| {
        let (class, state) = state.words(lang);
        Row {
            name: text(lang, name),
            class,
            state,
            words: said.iter().map(|said| said.speak(lang)).collect(),
        }
    });
    let html = Page {
        shell: insider.shell(insider.t("health.title")),
        all: match worst {
            Standing::Good => ("good", text(lang, "health.all_good")),
            Standing::Look => ("warn", text(lang, "health.all_look")),
            Standing::Bad => ("bad", text(lang, "health.all_bad")),
        },
        rows: rows.collect(),
        counts: facts.counts(&app),
    };
    Ok(page(html.render().unwrap_or_default()))
}

/// The key of its name, how it stands, and what there is to say.
type Stands = (&'static str, Standing, Vec<Said>);

impl Facts<'_> {
    fn when(&self, at: DateTime<Utc>) -> String {
        moment(self.lang, self.zone, at)
    }

    fn writing(&self) -> Stands {
        if self.disk.read_only {
            return ("health.writing", Standing::Bad, vec![Said::new("health.read_only")]);
        }
        ("health.writing", Standing::Good, vec![Said::new("health.writes")])
    }

    fn space(&self) -> Stands {
        let file = Said::new("health.file").with("size", size(self.lang, self.disk.file));
        let Some(free) = self.disk.free else { return ("health.space", Standing::Good, vec![file]) };
        let said = Said::new("health.free").with("size", size(self.lang, free));
        let state = Standing::look(free < LITTLE_SPACE);
        let mut words = vec![said, file];
        if state == Standing::Look {
            words.push(Said::new("health.make_room"));
        }
        ("health.space", state, words)
    }

    fn backup(&self) -> Stands {
        match self.health.backup {
            None => ("health.backup", Standing::Look, vec![Said::new("health.no_backup")]),
            Some(at) => {
                let old = self.now - at > BACKUP_OLD;
                let mut words = vec![Said::new("health.backup_at").with("when", self.when(at))];
                if old {
                    words.push(Said::new("health.backup_old"));
                }
                ("health.backup", Standing::look(old), words)
            }
        }
    }

    fn journal(&self) -> Stands {
        let entries = Said::new("health.entries").with("count", self.health.entries);
        match &self.health.checked {
            Some(checked) if checked.fault.is_some() => {
                ("journal.title", Standing::Bad, vec![entries, Said::new("health.journal_broken")])
            }
            Some(checked) => {
                let when = Said::new("health.journal_checked").with("when", self.when(checked.at));
                ("journal.title", Standing::Good, vec![entries, when])
            }
            None => ("journal.title", Standing::Good, vec![entries, Said::new("health.journal_never")]),
        }
    }

    fn mail(&self) -> Stands {
        let health = self.health;
        if !self.directory.house.mail {
            return ("health.mail", Standing::Look, vec![Said::new("health.mail_off")]);
        }
        let mut words = vec![Said::new("health.queued").with("count", health.queued)];
        let slow = health.oldest.filter(|at| self.now - *at > MAIL_SLOW);
        words.extend(slow.map(|at| Said::new("health.oldest").with("when", self.when(at))));
        if health.failed > 0 {
            words.push(Said::new("health.failed").with("count", health.failed));
        }
        ("health.mail", Standing::look(slow.is_some() || health.failed > 0), words)
    }

    fn screens(&self, app: &App) -> Stands {
        if self.health.screens.is_empty() {
            return ("health.screens", Standing::Good, vec![Said::new("health.no_screens")]);
        }
        let heard = app.screens_heard();
        let mut silent: Vec<&str> = self
            .health
            .screens
            .iter()
            .filter(|room| !heard.contains(room))
            .filter_map(|room| self.directory.room(*room))
            .map(|room| room.name.as_str())
            .collect();
        silent.sort_unstable();
        let count = self.health.screens.len() - silent.len();
        let mut words =
            vec![Said::new("health.heard").with("count", count).with("all", self.health.screens.len())];
        if !silent.is_empty() {
            words.push(Said::new("health.silent").with("rooms", silent.join(", ")));
        }
        ("health.screens", Standing::look(!silent.is_empty()), words)
    }

    fn zone_data(&self) -> Stands {
        let said = |key: &str| Said::new(key).with("zone", self.zone.name());
        match zone_data(self.zone, self.now) {
            ZoneData::Agree => ("health.zone", Standing::Good, vec![said("health.zone_agrees")]),
            ZoneData::Nothing => ("health.zone", Standing::Good, vec![said("health.zone_nothing")]),
            ZoneData::Differ(at) => {
                ("health.zone", Standing::Bad, vec![said("health.zone_differs").with("when", self.when(at))])
            }
        }
    }

    fn version(&self) -> Stands {
        let (version, known) = self.health.schema;
        let said = Said::new("health.version_is")
            .with("version", env!("CARGO_PKG_VERSION"))
            .with("schema", version)
            .with("known", known);
        ("health.version", Standing::Good, vec![said])
    }

    fn counts(&self, app: &App) -> Vec<(&'static str, String)> {
        let (directory, health, lang) = (self.directory, self.health, self.lang);
        vec![
            (text(lang, "people.title"), health.people.to_string()),
            (text(lang, "menu.rooms"), directory.rooms.len().to_string()),
            (text(lang, "health.sites"), directory.sites.len().to_string()),
            (text(lang, "health.bodies"), directory.bodies.len().to_string()),
            (text(lang, "health.rules"), directory.policies.len().to_string()),
            (text(lang, "health.meetings"), health.meetings.0.to_string()),
            (text(lang, "health.dates"), health.meetings.1.to_string()),
            (text(lang, "health.feeds"), health.feeds.to_string()),
            (text(lang, "health.streams"), app.open_streams().to_string()),
        ]
    }
}

/// A number of bytes as people say it.
fn size(lang: Lang, bytes: u64) -> String {
    let point = if lang == Lang::En { '.' } else { ',' };
    let tenths = |unit: u64| format!("{}{point}{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::size;
    use crate::texts::Lang;

    #[test]
    fn sizes_as_people_say_them() {
        for (bytes, said) in [(1, "1 kB"), (2_540_000, "2,5 MB"), (12_000_000_000, "12,0 GB")] {
            assert_eq!(size(Lang::Nl, bytes), said);
            assert_eq!(size(Lang::En, bytes), said.replace(',', "."));
        }
    }
}
