//! `belfort demo`.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use chrono::SubsecRound;
use serde_json::{Value, json};

use super::failure::Failure;
use super::feed::path_of;
use super::listing::out;
use super::serve::{serve, start_log, vetting};
use crate::booking::Refusal;
use crate::clock::Clock;
use crate::config;
use crate::council::sitting;
use crate::demo::{CHAMBER, Cast, PlayedYear, Scale, cast, found, play_council_year};
use crate::http::ServeConfig;
use crate::ids::{BodyId, IdSource};
use crate::scheduler::{
    Caller, NewApiToken, NewFeed, accept_link, grant_role, hash_password, invite_person, issue_api_token,
    issue_feed_token,
};
use crate::store::{FILE, FeedScope, Level, Store, Tx};
use crate::texts::{Lang, Said};
use crate::town::{Directory, Grant, Person, Role};

/// Serve a fictional municipality to try things on
///
/// Makes the municipality of Oudermeersch with 40 rooms, 1,000 staff, 35 councillors and their meetings around
/// today, and serves it. Without --data it lives in a temporary directory and is gone afterwards; with --data
/// it is kept, and a second start goes on with it. Tokens and feeds are made afresh at each start.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the municipality; a temporary one if absent
    #[arg(long, value_name = "DIR", env = "BELFORT_DATA", hide_env_values = true)]
    data: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes one that is free
    #[arg(long, value_name = "ADDR", default_value = config::LISTEN)]
    listen: SocketAddr,
    /// How much is booked
    #[arg(long, value_enum, default_value_t = Size::Fortnight)]
    scale: Size,
    /// Play a year of council, welfare council, college and committees instead, and serve what came of it
    #[arg(long, conflicts_with = "scale")]
    council_year: bool,
    /// Do not open the screen of the council chamber
    #[arg(long)]
    no_kiosk: bool,
    /// Print one line of JSON when ready
    #[arg(long)]
    json: bool,
    /// Number from which names and meetings are drawn
    #[arg(long, default_value_t = 1, hide = true)]
    seed: u64,
}

/// How much is booked.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Size {
    /// 600 meetings in the fortnight around today
    Fortnight,
    /// 50,000 meetings in the year around today
    Year,
}

impl From<Size> for Scale {
    fn from(size: Size) -> Self {
        match size {
            Size::Fortnight => Self::Fortnight,
            Size::Year => Self::Year,
        }
    }
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let args = &Args { listen: port_of(args)?, ..args.clone() };
    let kept = args.data.is_some();
    let dir = args.data.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("belfort-demo-{}", &IdSource::system().secret()[..8]))
    });
    let outcome = prepare(&dir, args, lang).and_then(|store| open_doors(&store, args, lang));
    if !kept {
        let _ = std::fs::remove_dir_all(&dir);
    }
    outcome
}

/// The address to listen on. Pages that are published name it, so a free port is chosen before the year is played.
fn port_of(args: &Args) -> Result<SocketAddr, Failure> {
    if !args.council_year || args.listen.port() != 0 {
        return Ok(args.listen);
    }
    let free = std::net::TcpListener::bind(args.listen).and_then(|socket| socket.local_addr());
    free.map_err(|error| Failure::file(Path::new(&args.listen.to_string()), &error))
}

/// Opens the municipality in `dir`, founding it if there is none.
fn prepare(dir: &Path, args: &Args, lang: Lang) -> Result<Store, Failure> {
    if !dir.join(FILE).exists() {
        let tell = |said: Said| {
            if !args.json {
                out(&said.speak(lang));
            }
        };
        tell(Said::new(if args.council_year { "demo.playing" } else { "demo.founding" }));
        if let Some(played) = make(dir, args)? {
            let (sessions, held) = (played.sessions, played.held);
            let said = Said::new("demo.played").with("sessions", sessions).with("held", held);
            tell(said.with("published", played.published));
        }
    }
    Ok(Store::open(dir, Clock::System, IdSource::system(), false)?)
}

/// Founds the municipality beside its place and moves it there when it is whole, so that an interrupted start
/// leaves no half town behind.
fn make(dir: &Path, args: &Args) -> Result<Option<PlayedYear>, Failure> {
    let making = dir.join("making");
    let failed = |error: std::io::Error| Failure::file(&making, &error);
    let _ = std::fs::remove_dir_all(&making);
    std::fs::create_dir_all(&making).map_err(failed)?;
    let now = Clock::System.now().trunc_subsecs(0);
    let store = Store::make(&making, Clock::mock(now), IdSource::system())?;
    let founded = if args.council_year {
        let base = format!("http://{}", args.listen);
        play_council_year(&store, now, &base, args.seed).map(Some)
    } else {
        found(&store, args.scale.into(), now, args.seed).map(|_| None)
    };
    store.close();
    let played = founded?;
    std::fs::File::open(making.join(FILE)).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::rename(making.join(FILE), dir.join(FILE)).map_err(failed)?;
    std::fs::remove_dir_all(&making).map_err(failed)?;
    Ok(played)
}

/// The secrets of this start.
struct Keys {
    accounts: Vec<(Role, String)>,
    password: String,
    tokens: Vec<(Role, String)>,
    feeds: Vec<(String, Level, String)>,
}

fn open_doors(store: &Store, args: &Args, lang: Lang) -> Result<(), Failure> {
    // Long enough to be accepted, short enough to be typed.
    let password = format!("klok-{}", &store.ids().secret()[..10]);
    let phc = hash_password(store.ids(), &password)?;
    let mut keys = store.write_now(move |tx| make_keys(tx, &phc))?;
    keys.password = password;
    let keys = keys;
    let rooms: Vec<String> = store.directory().rooms.iter().map(|room| room.slug.clone()).collect();
    let (dir, json, no_kiosk) = (store.dir().to_owned(), args.json, args.no_kiosk);
    let council_year = args.council_year;
    let screen = Screen::default();
    let ready = |at: SocketAddr| {
        let base = format!("http://{at}");
        if json {
            let mut line = machine_line(&base, &dir, &keys, &rooms);
            if council_year {
                line["portal_url"] = json!(format!("{base}/zittingen"));
                line["ldes_url"] = json!(format!("{base}/ldes"));
            }
            out(&line.to_string());
        } else {
            for line in human_lines(&base, &dir, &keys, (council_year, lang)) {
                out(&line);
            }
        }
        if !no_kiosk && !json {
            screen.open(&base, keys.device());
        }
    };
    start_log(&std::env::var("BELFORT_LOG").unwrap_or_else(|_| "info".to_owned()))?;
    let env = |name: &str| std::env::var(name).ok();
    let config = config::read(store.dir(), env, None).map_err(Failure::Usage)?;
    let serving =
        ServeConfig { listen: args.listen, base_url: config.base_url, vetting: vetting(&config.documents) };
    let served = serve(store, &serving, config.mail, ready);
    screen.close();
    served
}

impl Keys {
    fn device(&self) -> &str {
        let found = self.tokens.iter().find(|(role, _)| *role == Role::Device);
        found.map_or("", |(_, secret)| secret)
    }
}

/// The screen of the chamber, in a process of its own: a window wants the main thread, and so does the server.
#[derive(Default)]
struct Screen(Cell<Option<Child>>);

impl Screen {
    /// Opens it where a display is there and the program has the screen built in.
    fn open(&self, base: &str, token: &str) {
        let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
        if !display || !cfg!(feature = "kiosk") {
            return;
        }
        let Ok(program) = std::env::current_exe() else { return };
        let started = Command::new(program)
            .args(["kiosk", "--server", base, "--room", CHAMBER])
            // Not among the arguments, which everybody on the machine can read.
            .env("BELFORT_TOKEN", token)
            .spawn();
        match started {
            Ok(child) => self.0.set(Some(child)),
            Err(error) => tracing::warn!(%error, "the screen cannot be started"),
        }
    }

    fn close(&self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Lets the people behind the tokens sign in to the pages too, all with one password.
fn open_accounts(tx: &Tx<'_>, phc: &str, cast: &[(Role, &Person)]) -> Result<Vec<(Role, String)>, Failure> {
    let caller = Caller::system();
    for (role, person) in cast {
        let link = invite_person(tx, &caller, person.id)?;
        accept_link(tx, &link, phc)?;
        if *role != Role::Staff {
            grant_role(tx, &caller, person.id, &Grant::town(*role))?;
        }
    }
    Ok(cast.iter().map(|(role, person)| (*role, person.email.clone())).collect())
}

fn make_keys(tx: &Tx<'_>, phc: &str) -> Result<Keys, Failure> {
    let directory = tx.directory();
    let missing = || Failure::Said(Said::new("demo.not_demo"));
    let Cast { staff, clerk, manager, admin } = cast(tx)?.ok_or_else(missing)?;
    let chamber = directory.room_named(CHAMBER).ok_or_else(missing)?.id;
    let council = directory.body_named("gemeenteraad").ok_or_else(missing)?.id;
    let site = directory.site_named("stadhuis").ok_or_else(missing)?.id;
    let token = |role: Role, person: Option<&Person>| -> Result<(Role, String), Refusal> {
        let room = (role == Role::Device).then_some(chamber);
        let label = format!("demo {role}");
        let new = NewApiToken { role, person: person.map(|person| person.id), room, label };
        Ok((role, issue_api_token(tx, &Caller::system(), &new)?.1))
    };
    let feed = |name: &str, scope, level| -> Result<(String, Level, String), Refusal> {
        let attendees = matches!(scope, FeedScope::Person(_));
        let new = NewFeed { scope, level, attendees, label: label_of(directory, scope) };
        Ok((name.to_owned(), level, issue_feed_token(tx, &Caller::system(), &new)?.1))
    };
    let own = format!("person:{}", staff.email);
    let mut feeds = vec![
        feed("room:raadzaal", FeedScope::Room(chamber), Level::Title)?,
        feed(&own, FeedScope::Person(staff.id), Level::Full)?,
        feed("body:gemeenteraad", FeedScope::Body(council), Level::CouncilPublic)?,
        feed("site:stadhuis", FeedScope::Site(site), Level::Title)?,
        feed("town", FeedScope::Town, Level::Busy)?,
    ];
    // Once it is set what the council is in law, there is something to do for it, and somebody sits in it.
    if let Some(member) = councillor(tx, council)? {
        let deadlines = FeedScope::Deadlines(clerk.id, None);
        feeds.push(feed(&format!("deadlines:{}", clerk.email), deadlines, Level::Full)?);
        let sessions = FeedScope::Sessions(member.id, council);
        feeds.push(feed(&format!("sessions:{}:gemeenteraad", member.email), sessions, Level::Full)?);
    }
    let cast =
        [(Role::Staff, &staff), (Role::Clerk, &clerk), (Role::Manager, &manager), (Role::Admin, &admin)];
    Ok(Keys {
        accounts: open_accounts(tx, phc, &cast)?,
        password: String::new(),
        tokens: vec![
            token(Role::Staff, Some(&staff))?,
            token(Role::Clerk, Some(&clerk))?,
            token(Role::Manager, Some(&manager))?,
            token(Role::Admin, Some(&admin))?,
            token(Role::Device, None)?,
        ],
        feeds,
    })
}

/// Somebody who sits in a body now, by precedence.
fn councillor(tx: &Tx<'_>, body: BodyId) -> Result<Option<Person>, Refusal> {
    let now = tx.now();
    for term in tx.terms(body)? {
        let mandates = tx.mandates(term.id)?;
        if let Some(mandate) = sitting(&mandates, now).into_iter().next_back() {
            return Ok(tx.person(mandate.person)?);
        }
    }
    Ok(None)
}

/// What a feed of the demo is called on its owner's page.
fn label_of(directory: &Directory, scope: FeedScope) -> String {
    let name = match scope {
        FeedScope::Room(id) => directory.room(id).map(|room| room.name.clone()),
        FeedScope::Site(id) => directory.site(id).map(|site| site.name.clone()),
        FeedScope::Body(id) => directory.body(id).map(|body| body.name.clone()),
        FeedScope::Person(_) | FeedScope::Deadlines(..) => Some("Thunderbird".to_owned()),
        FeedScope::Sessions(_, id) => directory.body(id).map(|body| body.name.clone()),
        FeedScope::Town => None,
    };
    name.unwrap_or_else(|| directory.house.town.clone())
}

fn machine_line(base: &str, dir: &Path, keys: &Keys, rooms: &[String]) -> Value {
    let tokens: serde_json::Map<String, Value> =
        keys.tokens.iter().map(|(role, secret)| (role.to_string(), json!(secret))).collect();
    let feeds: Vec<Value> = keys
        .feeds
        .iter()
        .map(|(scope, level, secret)| {
            json!({ "scope": scope, "privacy": level, "url": format!("{base}{}", path_of(secret)) })
        })
        .collect();
    let accounts: serde_json::Map<String, Value> = keys
        .accounts
        .iter()
        .map(|(role, email)| (role.to_string(), json!({ "email": email, "password": keys.password })))
        .collect();
    json!({
        "base_url": base, "data": dir, "tokens": tokens, "feeds": feeds, "rooms": rooms, "accounts": accounts,
    })
}

fn human_lines(base: &str, dir: &Path, keys: &Keys, (council_year, lang): (bool, Lang)) -> Vec<String> {
    let say = |said: Said| said.speak(lang);
    let mut lines = vec![String::new(), format!("{}  {base}/", say(Said::new("demo.web")))];
    // Without the year nothing was published.
    lines.extend(council_year.then(|| format!("{}  {base}/zittingen", say(Said::new("demo.portal")))));
    lines.extend([
        format!("{}  {base}/api/v1/openapi.json", say(Said::new("demo.openapi"))),
        format!("{}  {}", say(Said::new("demo.data")), dir.display()),
        String::new(),
        say(Said::new("demo.accounts").with("password", &keys.password)),
    ]);
    lines.extend(keys.accounts.iter().map(|(role, email)| format!("  {:<8} {email}", role.word())));
    lines.extend([String::new(), say(Said::new("demo.tokens"))]);
    lines.extend(keys.tokens.iter().map(|(role, secret)| format!("  {:<8} {secret}", role.word())));
    lines.extend([String::new(), say(Said::new("demo.feeds"))]);
    for (scope, level, secret) in &keys.feeds {
        let level = json!(level).as_str().unwrap_or_default().to_owned();
        lines.push(format!("  {scope} ({level})"));
        lines.push(format!("    {base}{}", path_of(secret)));
    }
    let subscribe = keys.feeds.first().map(|(_, _, secret)| {
        let host = base.trim_start_matches("http://");
        format!("{}  webcal://{host}{}", say(Said::new("demo.subscribe")), path_of(secret))
    });
    lines.extend([String::new()]);
    lines.extend(subscribe);
    let device = keys.device();
    lines.extend([
        say(Said::new("demo.kiosk")),
        format!("  belfort kiosk --server {base} --room {CHAMBER} --token {device} --snapshot raadzaal.png"),
        String::new(),
        say(Said::new("demo.stop")),
    ]);
    lines
}
