//! No word is cut off and no two lie on each other: every state, language and shape, with the longest names.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use belfort::clock::Clock;
use belfort::kiosk::adapter::Panel;
use belfort::kiosk::clock::ServerClock;
use belfort::kiosk::desk::{Desk, Pending, Report};
use belfort::kiosk::{Theme, sample};
use belfort::texts::Lang;
use belfort::wire::{Board, Command};
use chrono::{DateTime, TimeDelta, Utc};
use i_slint_backend_testing::{ElementQuery, TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle, PhysicalSize};
use uuid::Uuid;

const SHAPES: [(u32, u32); 3] = [(1280, 800), (1920, 1080), (800, 1280)];
const LONG_ROOM: &str = "Vergaderzaal Burgemeester Van den Bossche";
const LONG_TITLE: &str = "Lokale adviescommissie omtrent de minimale levering van elektriciteit en gas";

struct Rect {
    what: String,
    x: f32,
    y: f32,
    right: f32,
    bottom: f32,
}

impl Rect {
    fn overlaps(&self, other: &Self) -> bool {
        let slack = 1.0;
        self.x + slack < other.right
            && other.x + slack < self.right
            && self.y + slack < other.bottom
            && other.y + slack < self.bottom
    }
}

/// Every text on the glass.
fn texts(panel: &Panel) -> Vec<Rect> {
    let all = ElementQuery::from_root(panel.window()).match_descendants().match_inherits("Text").find_all();
    let texts = all.into_iter().filter_map(|text| {
        let what = text.accessible_label()?.to_string();
        let (at, size) = (text.absolute_position(), text.size());
        let empty = what.is_empty() || size.width < 1.0;
        (!empty).then_some(Rect {
            what,
            x: at.x,
            y: at.y,
            right: at.x + size.width,
            bottom: at.y + size.height,
        })
    });
    let mut texts: Vec<Rect> = texts.collect();
    // A component and what it inherits from are one text to the eye.
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| {
        seen.insert((text.what.clone(), [text.x, text.y, text.right, text.bottom].map(f32::to_bits)))
    });
    texts
}

fn panel(board: &Board, now: DateTime<Utc>, lang: Lang, stale: bool, crowd: bool) -> Panel {
    let options =
        TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
    // Only the first window of a test sets the platform.
    let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
    let heard_at = if stale { now - TimeDelta::minutes(75) } else { now };
    let pending = if crowd {
        let command = Command::End { occurrence: belfort::ids::OccurrenceId(Uuid::from_u128(9)) };
        vec![Pending { uuid: Uuid::from_u128(1), command, made_at: now, lang }]
    } else {
        Vec::new()
    };
    let clock = ServerClock::new(&Clock::mock(now));
    let kept = Some((board.clone(), heard_at));
    let mut desk = Desk::new(clock, Some(lang), Theme::Day).remembering(kept, pending);
    if crowd {
        desk.take(Report::Refused("De zaal is intussen bezet door een andere vergadering.".into()));
    }
    Panel::new(desk, Some("http://belfort.stad.be/rooms/raadzaal"), Box::new(|_, _, _| None)).unwrap()
}

fn check(panel: &Panel, size: (u32, u32), case: &str) {
    let (width, height) =
        (f32::from(u16::try_from(size.0).unwrap()), f32::from(u16::try_from(size.1).unwrap()));
    panel.window().window().set_size(PhysicalSize::new(size.0, size.1));
    panel.window().show().unwrap();
    panel.window().invoke_fit();
    panel.refresh();
    let texts = texts(panel);
    assert!(texts.len() >= 2, "{case}: nothing to read");
    for text in &texts {
        let inside =
            text.x >= 0.0 && text.y >= 0.0 && text.right <= width + 1.0 && text.bottom <= height + 1.0;
        assert!(inside, "{case}: {:?} leaves the glass: {} to {}", text.what, text.x, text.right);
    }
    for (index, one) in texts.iter().enumerate() {
        for other in &texts[index + 1..] {
            let (a, b) = (&one.what, &other.what);
            assert!(
                !one.overlaps(other),
                "{case} {size:?}: {a:?} ({}..{}) lies on {b:?} ({}..{})",
                one.y,
                one.bottom,
                other.y,
                other.bottom
            );
        }
    }
    let all = ElementQuery::from_root(panel.window()).match_descendants();
    for field in all.match_inherits("StateField").find_all() {
        let end = field.absolute_position().y + field.size().height;
        let within =
            ElementQuery::from_root(panel.window()).match_descendants().match_inherits("ActionButton");
        for button in within.find_all() {
            let bottom = button.absolute_position().y + button.size().height;
            assert!(bottom <= end - 12.0, "{case} {size:?}: a button is cut at {end}, it reaches {bottom}");
        }
    }
}

#[test]
fn every_state_fits_in_every_language_and_shape() {
    for scene in sample::SCENES {
        for stale in [false, true] {
            for lang in Lang::ALL {
                let (board, now) = sample::scene(scene);
                let panel = panel(&board, now, lang, stale, false);
                for size in SHAPES {
                    check(&panel, size, &format!("{scene} {lang} stale {stale}"));
                }
            }
        }
    }
}

/// A picture that never moves burns in: each page wanders by a few whole pixels, always covers the glass, and
/// nothing to be read leaves it.
#[test]
fn a_standing_page_wanders_by_a_few_pixels() {
    for scene in ["busy", "closed"] {
        for size in SHAPES {
            let (mut board, start) = sample::scene(scene);
            for meeting in &mut board.meetings {
                meeting.end += TimeDelta::hours(2);
            }
            let name = board.room.name.clone();
            let (mut across, mut down) = (Vec::new(), Vec::new());
            for minute in (0..60).step_by(3) {
                let panel = panel(&board, start + TimeDelta::minutes(minute), Lang::Nl, false, false);
                let case = format!("{scene} {size:?} after {minute} min");
                check(&panel, size, &case);
                let texts = texts(&panel);
                let sign = texts.iter().find(|text| text.what == name).unwrap();
                across.push(sign.x);
                down.push(sign.y);
                let picture = panel.window().window().take_snapshot().unwrap();
                let pixels = picture.as_slice();
                let at = |x: u32, y: u32| pixels[(y * size.0 + x) as usize];
                for (x, y) in [(0, 0), (size.0 - 1, 0), (0, size.1 - 1), (size.0 - 1, size.1 - 1)] {
                    let inward = at(x.clamp(16, size.0 - 17), y.clamp(16, size.1 - 17));
                    assert_eq!(at(x, y), inward, "{case}: an edge of the page is seen at {x}, {y}");
                }
            }
            for way in [&mut across, &mut down] {
                way.sort_by(f32::total_cmp);
                let reach = way[way.len() - 1] - way[0];
                assert!((4.0..16.0).contains(&reach), "{scene} {size:?}: wanders by {reach}");
                assert!(
                    way.iter().all(|place| (place - way[0]).fract() == 0.0),
                    "letters would blur: {way:?}"
                );
            }
        }
    }
}

#[test]
fn the_longest_names_and_every_message_at_once_still_fit() {
    for scene in sample::SCENES {
        for lang in Lang::ALL {
            let (mut board, now) = sample::scene(scene);
            board.room.name = LONG_ROOM.into();
            board.room.site = "Administratief centrum De Nieuwe Kouter".into();
            board.room.floor = "gelijkvloers".into();
            for meeting in &mut board.meetings {
                if meeting.title.is_some() {
                    meeting.title = Some(LONG_TITLE.into());
                    meeting.organiser = Some("Marie-Christine Vandenbroucke-De Smet".into());
                }
            }
            let panel = panel(&board, now, lang, false, true);
            for size in SHAPES {
                check(&panel, size, &format!("long {scene} {lang}"));
            }
        }
    }
}
