//! A town of 50 rooms and 200 people on disk, served on loopback.

use std::net::SocketAddr;
use std::sync::mpsc::channel;

use belfort::booking::Refusal;
use belfort::clock::Clock;
use belfort::http::{ServeConfig, serve};
use belfort::ids::{IdSource, PersonId, RoomId, SiteId};
use belfort::scheduler::{Caller, NewApiToken, issue_api_token};
use belfort::store::Store;
use belfort::texts::Lang;
use belfort::time::Zone;
use belfort::town::{Kit, Person, PersonKind, Role, Room, Site};
use tempfile::TempDir;

pub const ROOMS: usize = 50;

pub struct Town {
    pub store: Store,
    pub token: String,
    pub organiser: PersonId,
    pub rooms: Vec<RoomId>,
    _dir: TempDir,
}

impl Town {
    pub fn new() -> Self {
        // Not in /tmp, which may be memory: commits are to reach a disk.
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = Store::open(dir.path(), Clock::System, IdSource::system(), true).unwrap();
        let (token, organiser, rooms) = store
            .write_now(|tx| {
                let site = Site {
                    id: SiteId(tx.fresh()),
                    slug: "stadhuis".into(),
                    name: "Stadhuis".into(),
                    address: "Markt 1".into(),
                    walk_min: 0,
                };
                tx.insert_site(&site)?;
                let mut rooms = Vec::new();
                for n in 0..ROOMS {
                    let room = room(RoomId(tx.fresh()), n, site.id, tx.new_cell()?);
                    tx.insert_room(&room)?;
                    rooms.push(room.id);
                }
                let mut organiser = None;
                for n in 0..200 {
                    let person = tx.insert_person(&person(PersonId(tx.fresh()), n))?;
                    organiser.get_or_insert(person.id);
                }
                let organiser = organiser.unwrap();
                let new = NewApiToken {
                    role: Role::Admin,
                    person: Some(organiser),
                    room: None,
                    label: "load".into(),
                };
                let (_, token) = issue_api_token(tx, &Caller::system(), &new)?;
                Ok::<_, Refusal>((token, organiser, rooms))
            })
            .unwrap();
        Self { store, token, organiser, rooms, _dir: dir }
    }

    /// Serves on a free port until the process ends.
    pub fn serve(&self) -> SocketAddr {
        serve_store(&self.store)
    }
}

/// Serves any town on a free port until the process ends.
pub fn serve_store(store: &Store) -> SocketAddr {
    let (ready, address) = channel();
    let store = store.clone();
    std::thread::spawn(move || {
        let listen = "127.0.0.1:0".parse().unwrap();
        let config = ServeConfig { listen, base_url: None, vetting: belfort::papers::Vetting::default() };
        serve(&store, &config, belfort::web::pages(), |at, _| ready.send(at).unwrap()).unwrap();
    });
    address.recv().unwrap()
}

fn room(id: RoomId, n: usize, site: SiteId, cell: belfort::town::ResourceId) -> Room {
    Room {
        id,
        slug: format!("zaal-{n}"),
        name: format!("Zaal {n}"),
        site,
        floor: "1".into(),
        capacity: 20,
        kit: Kit { hybrid: true, ..Kit::default() },
        cells: vec![cell],
        setup_min: 0,
        cleanup_min: 0,
        group: None,
        check_in: false,
        active: true,
    }
}

fn person(id: PersonId, n: usize) -> Person {
    Person {
        id,
        kind: PersonKind::Staff,
        email: format!("p{n}@stad.example"),
        name: format!("Persoon {n}"),
        lang: Lang::Nl,
        zone: Zone::BRUSSELS,
        department: None,
        resource: None,
        hard: false,
        expires: None,
    }
}

/// A booking of half an hour: the `n`th free slot from tomorrow on, spread over the rooms.
pub fn slot(n: usize) -> (usize, chrono::NaiveDateTime) {
    let room = n % ROOMS;
    let half_hours = i64::try_from(n / ROOMS).unwrap();
    let first = chrono::Days::new(1);
    let day = (Clock::System.now().date_naive() + first).and_hms_opt(0, 0, 0).unwrap();
    (room, day + chrono::TimeDelta::minutes(30 * half_hours))
}

pub fn body(n: usize, extra: &str) -> String {
    let (room, start) = slot(n);
    let end = start + chrono::TimeDelta::minutes(30);
    format!(
        r#"{{"title":"Overleg {n}","start":"{}","end":"{}","rooms":["zaal-{room}"]{extra}}}"#,
        start.format("%Y-%m-%dT%H:%M"),
        end.format("%Y-%m-%dT%H:%M")
    )
}
