//! A tap arrives exactly once, whatever happens on the way.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod kiosk_town;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use belfort::clock::Clock;
use belfort::ids::{IdSource, OccurrenceId};
use belfort::kiosk::cache::Cache;
use belfort::kiosk::clock::ServerClock;
use belfort::kiosk::desk::{Pending, Report};
use belfort::kiosk::link::{Link, Parts};
use belfort::kiosk::outbox::deliver;
use belfort::kiosk::sample;
use belfort::kiosk::upstream::Upstream;
use belfort::kiosk::{KioskError, Options, Theme, snapshot};
use belfort::texts::Lang;
use belfort::wire::{Command, Status};
use chrono::{DateTime, TimeDelta, Utc};
use kiosk_town::{Day, Town};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    sample::scene("check-in").1
}

fn check_in(number: u128) -> Pending {
    let (board, made_at) = sample::scene("check-in");
    let command = Command::CheckIn { occurrence: board.meetings[1].occurrence, made_at };
    Pending { uuid: Uuid::from_u128(number), command, made_at, lang: Lang::Fr }
}

fn upstream(town: &Town) -> Upstream {
    Upstream::new(&town.url(), "geheim", "raadzaal", None).unwrap()
}

/// Rounds of delivery until nothing is left.
fn deliver_all(cache: &Cache, town: &Town) -> Vec<Report> {
    let upstream = upstream(town);
    let mut reports = Vec::new();
    for _ in 0..20 {
        let round = deliver(cache, &upstream, now());
        reports.extend(round.reports);
        if !round.left {
            return reports;
        }
    }
    panic!("twenty rounds were not enough");
}

#[test]
fn a_cut_a_failure_and_a_repeat_make_one_check_in() {
    let town = Town::open("check-in");
    town.books.lock().unwrap().post_days.extend([
        Day::CutBefore,
        Day::CutAfterEffect,
        Day::Answer(500, "{\"title\":\"oops\"}"),
        Day::Answer(503, ""),
        Day::Answer(401, "{}"),
        Day::Answer(429, "{}"),
    ]);
    let cache = Cache::open(None).unwrap();
    assert!(cache.push(&check_in(1)));
    let reports = deliver_all(&cache, &town);
    assert_eq!(reports, [Report::Settled(Uuid::from_u128(1))]);
    assert!(cache.outbox().is_empty());
    let books = town.books.lock().unwrap();
    assert!(books.arrivals.len() >= 7, "every try went out: {}", books.arrivals.len());
    assert!(books.arrivals.iter().all(|arrival| arrival == &books.arrivals[0]), "word for word the same");
    assert_eq!(books.effects.values().sum::<u32>(), 1);
    assert_eq!(books.arrivals[0].key, Uuid::from_u128(1).to_string());
    assert_eq!((books.arrivals[0].lang.as_str(), books.arrivals[0].token.as_str()), ("fr", "Bearer geheim"));
    assert_eq!(books.board.meetings[1].status, Status::CheckedIn);
}

#[test]
fn a_failing_command_does_not_hold_up_the_next() {
    let town = Town::open("check-in");
    town.books.lock().unwrap().post_days.push_back(Day::Answer(500, ""));
    let cache = Cache::open(None).unwrap();
    let occurrence = OccurrenceId(Uuid::from_u128(3));
    let end = Pending { uuid: Uuid::from_u128(2), command: Command::End { occurrence }, ..check_in(2) };
    assert!(cache.push(&check_in(1)) && cache.push(&end));
    let round = deliver(&cache, &upstream(&town), now());
    assert_eq!(round.reports, [Report::Settled(Uuid::from_u128(2))]);
    let left = cache.outbox();
    assert_eq!((left.len(), left[0].tries, left[0].pending.uuid), (1, 1, Uuid::from_u128(1)));
    assert!(left[0].last_error.as_ref().unwrap().contains("500"));
}

#[test]
fn a_refusal_is_final_and_spoken() {
    for (status, body, sentence) in [
        (409, "{\"title\":\"Taken\",\"detail\":\"La salle est déjà prise.\"}", "La salle est déjà prise."),
        (422, "{\"title\":\"Trop tard\"}", "Trop tard"),
        (403, "<html>", ""),
    ] {
        let town = Town::open("check-in");
        town.books.lock().unwrap().post_days.push_back(Day::Answer(status, body));
        let cache = Cache::open(None).unwrap();
        assert!(cache.push(&check_in(1)));
        let round = deliver(&cache, &upstream(&town), now());
        let wanted = [Report::Settled(Uuid::from_u128(1)), Report::Refused(sentence.into())];
        assert_eq!(round.reports, wanted, "{status}");
        assert!(round.look && !round.left && cache.outbox().is_empty());
        assert_eq!(town.books.lock().unwrap().arrivals.len(), 1);
    }
}

#[test]
fn a_taken_command_with_an_unreadable_answer_is_not_repeated() {
    for day in [Day::Answer(200, "{\"board\":7}"), Day::Answer(204, ""), Day::Huge(3 * 1024 * 1024)] {
        let town = Town::open("check-in");
        town.books.lock().unwrap().post_days.push_back(day);
        let cache = Cache::open(None).unwrap();
        assert!(cache.push(&check_in(1)));
        let round = deliver(&cache, &upstream(&town), now());
        assert_eq!(round.reports, [Report::Settled(Uuid::from_u128(1))]);
        assert!(round.look && round.board.is_none() && cache.outbox().is_empty());
    }
}

#[test]
fn a_wish_from_now_is_given_up_a_report_is_kept() {
    let town = Town::open("free-rest");
    let cache = Cache::open(None).unwrap();
    let old = |number, command, seconds| Pending {
        uuid: Uuid::from_u128(number),
        command,
        made_at: now() - TimeDelta::seconds(seconds),
        lang: Lang::Nl,
    };
    assert!(cache.push(&old(1, Command::BookNow { minutes: 30 }, 61)));
    assert!(cache.push(&Pending { made_at: now() - TimeDelta::hours(2), ..check_in(2) }));
    assert!(cache.push(&old(3, Command::BookNow { minutes: 15 }, 59)));
    let reports = deliver_all(&cache, &town);
    let settled = |number| Report::Settled(Uuid::from_u128(number));
    assert_eq!(reports, [settled(1), Report::Expired, settled(2), settled(3)]);
    let keys: Vec<_> =
        town.books.lock().unwrap().arrivals.iter().map(|arrival| arrival.key.clone()).collect();
    assert_eq!(keys, [Uuid::from_u128(2).to_string(), Uuid::from_u128(3).to_string()]);
}

/// A link to `url`, its cache and clock, and what it reports.
fn link(url: &str) -> (Link, Arc<Cache>, ServerClock, Receiver<Report>) {
    let cache = Arc::new(Cache::open(None).unwrap());
    let clock = ServerClock::new(&Clock::System);
    let (sender, reports) = channel();
    let sink =
        Box::new(move |news: Vec<Report>| news.into_iter().for_each(|each| sender.send(each).unwrap_or(())));
    let upstream = Upstream::new(url, "geheim", "raadzaal", None).unwrap();
    let parts =
        Parts { upstream, cache: cache.clone(), clock: clock.clone(), ids: IdSource::seeded(1), sink };
    (Link::start(parts).unwrap(), cache, clock, reports)
}

/// Waits for a report that `wanted` likes.
fn wait(reports: &Receiver<Report>, wanted: impl Fn(&Report) -> bool) -> Report {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let report = reports.recv_timeout(until.saturating_duration_since(Instant::now()));
        let report = report.expect("the link reported within twenty seconds");
        if wanted(&report) {
            return report;
        }
    }
}

fn has_status(status: Status) -> impl Fn(&Report) -> bool {
    move |report| matches!(report, Report::Board(board) if board.meetings[1].status == status)
}

#[test]
fn a_link_follows_the_server_through_bad_days() {
    let town = Town::open("check-in");
    town.books.lock().unwrap().board_days.extend([
        Day::Answer(200, "no board at all"),
        Day::Huge(3 * 1024 * 1024),
        Day::CutBefore,
    ]);
    let (_link, cache, clock, reports) = link(&town.url());
    wait(&reports, has_status(Status::Planned));
    assert_eq!(town.books.lock().unwrap().boards_read, 4, "three bad answers were survived");
    assert!((clock.now() - now()).num_seconds().abs() < 20, "the clock is the server's");
    // Shown first, kept a moment later.
    let patience = Instant::now() + Duration::from_secs(5);
    while cache.board("raadzaal").is_none() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(cache.board("raadzaal").unwrap().0.meetings.len(), 4);

    town.say("id: 1\ndata: {\"type\":\"changed\",\"seq\":1}\n\n: old news\n\n");
    town.say("data: {\"type\":\"heartbeat\",\"server_time\":\"2027-01-19T12:00:00Z\"}\n\n");
    wait(&reports, |report| *report == Report::Heard);
    std::thread::sleep(Duration::from_millis(300));
    assert!((clock.now() - "2027-01-19T12:00:00Z".parse::<DateTime<Utc>>().unwrap()).num_seconds() < 20);
    assert_eq!(town.books.lock().unwrap().boards_read, 4, "news we have is not read again");

    {
        let mut books = town.books.lock().unwrap();
        books.board.seq = 9;
        books.board.meetings[1].status = Status::CheckedIn;
    }
    town.say("event: changed\nid: 9\ndata: {\"type\":\"changed\",\"seq\":9}\n\n");
    wait(&reports, has_status(Status::CheckedIn));

    town.books.lock().unwrap().board.meetings[1].status = Status::Ended;
    town.hang_up();
    wait(&reports, has_status(Status::Ended));
    town.say(": there\n\n");
    wait(&reports, |report| *report == Report::Heard);
    assert_eq!(town.books.lock().unwrap().last_event_ids, ["1", "9"], "the stream resumes where it was");
}

#[test]
fn a_tap_while_the_server_is_away_arrives_when_it_is_back() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (link, cache, _, reports) = link(&format!("http://{address}"));
    let mut pending = check_in(5);
    // The link has no server's clock yet, so it goes by the machine's.
    pending.made_at = Clock::System.now();
    assert!(cache.push(&pending));
    link.poke().poke();
    std::thread::sleep(Duration::from_millis(300));
    assert!(cache.outbox()[0].tries >= 1 && reports.try_recv().is_err());

    let town = Town::open_at(&address.to_string(), "check-in");
    wait(&reports, |report| *report == Report::Settled(Uuid::from_u128(5)));
    assert!(cache.outbox().is_empty());
    link.poke().poke();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(town.books.lock().unwrap().arrivals.len(), 1);
}

#[test]
fn a_board_of_another_room_or_a_backward_day_is_not_shown() {
    let town = Town::open("busy");
    let upstream = upstream(&town);
    assert_eq!(upstream.board().unwrap().room.name, "Raadzaal");
    let good = town.books.lock().unwrap().board.clone();
    town.books.lock().unwrap().board.room.slug = "kelder".into();
    assert!(upstream.board().is_err());
    let mut backward = good.clone();
    backward.day_end = backward.day_start;
    town.books.lock().unwrap().board = backward;
    assert!(upstream.board().is_err());
    let mut shuffled = good.clone();
    shuffled.meetings.reverse();
    shuffled.meetings[0].end = shuffled.meetings[0].start;
    town.books.lock().unwrap().board = shuffled;
    let read = upstream.board().unwrap();
    assert_eq!(read.meetings[..], good.meetings[..3], "in order, without what has no length");
}

fn draw(server: String, file: &std::path::Path) -> Result<(), KioskError> {
    let (token, room) = ("geheim".into(), "raadzaal".into());
    let (lang, theme, size) = (None, Theme::Day, (800, 480));
    let options =
        Options { server, ca: None, token, room, lang, theme, data_dir: None, fullscreen: false, size };
    snapshot(options, file)
}

#[test]
fn a_picture_is_drawn_straight_from_the_server_or_the_reason_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("door.png");
    let town = Town::open("busy");
    draw(town.url(), &file).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(bytes[16..24], [0, 0, 3, 32, 0, 0, 1, 224], "a PNG of 800 by 480");

    town.books.lock().unwrap().board_days.push_back(Day::Answer(403, "{}"));
    for (server, reason) in [
        (town.url(), "403"),
        ("http://127.0.0.1:1".into(), "no board"),
        ("belfort.lan".into(), "http://belfort.lan:8080"),
    ] {
        let sentence = draw(server.clone(), &file).unwrap_err().to_string();
        assert!(sentence.contains(reason), "{server}: {sentence}");
    }
}
