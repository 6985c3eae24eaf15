//! The glass: what can be touched does what it says, in four languages, by finger and by screen reader.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use belfort::clock::Clock;
use belfort::kiosk::adapter::Panel;
use belfort::kiosk::clock::ServerClock;
use belfort::kiosk::desk::{Desk, Report};
use belfort::kiosk::{Theme, sample, ui};
use belfort::texts::Lang;
use belfort::wire::Command;
use chrono::TimeDelta;
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use slint::platform::PointerEventButton;
use slint::{ComponentHandle, Model, PhysicalSize};
use uuid::Uuid;

type Asked = Rc<RefCell<Vec<(Command, Lang)>>>;

struct Door {
    panel: Panel,
    machine: Clock,
    asked: Asked,
}

impl Door {
    /// The door in `scene`, drawn with the real typeface on `size` pixels, but on no display.
    fn with(scene: &str, size: (u32, u32), theme: Theme) -> Self {
        let options = TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        };
        // Fails on the second door of a test, which then shares the first one's platform.
        let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
        let (board, now) = sample::scene(scene);
        let machine = Clock::mock(now);
        let mut desk = Desk::new(ServerClock::new(&machine), Some(Lang::Nl), theme);
        desk.take(Report::Board(Box::new(board)));
        let asked = Asked::default();
        let heard = asked.clone();
        let send = move |command: &Command, _, lang| {
            heard.borrow_mut().push((command.clone(), lang));
            Some(Uuid::from_u128(7))
        };
        let panel = Panel::new(desk, Some("http://belfort.stad.be/rooms/raadzaal"), Box::new(send)).unwrap();
        panel.window().window().set_size(PhysicalSize::new(size.0, size.1));
        panel.window().show().unwrap();
        panel.window().invoke_fit();
        panel.refresh();
        Self { panel, machine, asked }
    }

    fn new(scene: &str) -> Self {
        Self::with(scene, (1280, 800), Theme::Day)
    }

    fn find(&self, label: &str) -> ElementHandle {
        let found: Vec<_> = ElementHandle::find_by_accessible_label(self.panel.window(), label).collect();
        assert_eq!(found.len(), 1, "{label:?} stands {} times among {:?}", found.len(), self.labels());
        found.into_iter().next().unwrap()
    }

    fn shows(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.panel.window(), label).next().is_some()
    }

    /// Every button once: a component and what it inherits from are one element to a finger.
    fn buttons(&self) -> Vec<ElementHandle> {
        let all = ElementQuery::from_root(self.panel.window()).match_descendants();
        let mut buttons = all.match_accessible_role(AccessibleRole::Button).find_all();
        let place = |button: &ElementHandle| {
            let (at, size) = (button.absolute_position(), button.size());
            (button.accessible_label(), [at.x, at.y, size.width, size.height].map(f32::to_bits))
        };
        buttons.sort_by_key(place);
        buttons.dedup_by_key(|button| place(button));
        buttons
    }

    fn labels(&self) -> Vec<String> {
        let all = ElementQuery::from_root(self.panel.window()).match_descendants();
        all.find_all().iter().filter_map(|element| Some(element.accessible_label()?.to_string())).collect()
    }

    fn pass(&self, seconds: i64) {
        self.machine.advance(TimeDelta::seconds(seconds));
        self.panel.refresh();
    }

    fn tap(&self, label: &str) {
        self.find(label).mock_single_click(PointerEventButton::Left);
    }
}

#[test]
fn checking_in_by_screen_reader_and_by_finger_asks_the_same() {
    let (board, now) = sample::scene("check-in");
    let wanted = Command::CheckIn { occurrence: board.meetings[1].occurrence, made_at: now };
    let door = Door::new("check-in");
    assert!(door.shows("Niemand ingecheckt") && door.shows("vrij over 4 min"));
    door.find("Inchecken").invoke_accessible_default_action();
    assert_eq!(*door.asked.borrow(), [(wanted.clone(), Lang::Nl)]);
    assert!(door.shows("Bezet") && !door.shows("Inchecken"), "the glass answers before the server does");
    assert!(door.shows("1 bericht wacht op de server"));

    let door = Door::new("check-in");
    door.tap("Inchecken");
    assert_eq!(*door.asked.borrow(), [(wanted, Lang::Nl)]);
}

#[test]
fn a_key_presses_the_focused_button_and_shows_where_it_is() {
    let door = Door::new("check-in");
    let window = door.panel.window().window();
    for _ in 0..20 {
        window.dispatch_event(slint::platform::WindowEvent::KeyPressed {
            text: slint::platform::Key::Tab.into(),
        });
        window.dispatch_event(slint::platform::WindowEvent::KeyPressed {
            text: slint::platform::Key::Return.into(),
        });
        if !door.asked.borrow().is_empty() {
            return;
        }
    }
    panic!("twenty tabs did not reach the check-in");
}

#[test]
fn free_time_is_booked_by_button_and_on_the_day_line() {
    let door = Door::new("free-rest");
    door.tap("30 min boeken");
    assert_eq!(door.asked.borrow()[0].0, Command::BookNow { minutes: 30 });
    let door = Door::new("free-rest");
    door.tap("De vrije tijd op de dagbalk boeken, 15 min");
    assert_eq!(door.asked.borrow()[0].0, Command::BookNow { minutes: 15 });
    assert!(door.shows("Bezet"));
}

#[test]
fn ending_asks_twice_and_forgets() {
    let door = Door::new("ad-hoc");
    door.tap("Vergadering afsluiten");
    assert!(door.asked.borrow().is_empty());
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_secs(7));
    door.tap("Vergadering afsluiten");
    door.tap("Tik nog eens om af te sluiten");
    assert!(matches!(door.asked.borrow()[..], [(Command::End { .. }, Lang::Nl)]));
}

#[test]
fn one_tap_changes_every_word_and_quiet_brings_the_language_back() {
    let door = Door::new("busy");
    for (name, word, until) in [
        ("Français", "Occupé", "jusqu’à 11:30"),
        ("Deutsch", "Besetzt", "bis 11:30"),
        ("English", "Occupied", "until 11:30"),
        ("Nederlands", "Bezet", "tot 11:30"),
        ("Français", "Occupé", "jusqu’à 11:30"),
    ] {
        door.tap(name);
        assert!(door.shows(word) && door.shows(until), "{name}: {:?}", door.labels());
    }
    door.tap("15 min de plus");
    assert_eq!(door.asked.borrow()[0].1, Lang::Fr, "the answer will be in the language on the glass");
    door.pass(29);
    assert!(door.shows("Occupé"));
    door.pass(1);
    assert!(door.shows("Bezet"));
}

#[test]
fn plurals_follow_each_language() {
    let door = Door::new("free-rest");
    for (seats, words) in [
        (1, ["1 plaats", "1 place", "1 Platz", "1 seat"]),
        (42, ["42 plaatsen", "42 places", "42 Plätze", "42 seats"]),
    ] {
        let (mut board, _) = sample::scene("free-rest");
        board.room.capacity = seats;
        door.panel.report(Report::Board(Box::new(board)));
        for (language, word) in ["Nederlands", "Français", "Deutsch", "English"].into_iter().zip(words) {
            door.tap(language);
            assert!(door.shows(word), "{word}: {:?}", door.labels());
        }
    }
}

#[test]
fn a_touch_wakes_the_night_and_does_nothing_else() {
    let door = Door::new("night");
    assert_eq!(door.buttons().len(), 1, "asleep, the whole glass is one button: {:?}", door.labels());
    let whole = door.find("Scherm wekken");
    assert!((whole.size().width, whole.size().height) == (1280.0, 800.0));
    whole.mock_single_click(PointerEventButton::Left);
    assert!(door.asked.borrow().is_empty());
    assert!(door.shows("Vrij") && !door.shows("Scherm wekken"));
    door.pass(60);
    assert!(door.shows("Scherm wekken"));
}

#[test]
fn a_closed_session_shows_no_name_and_no_action() {
    let door = Door::new("closed");
    assert!(door.shows("Besloten zitting"));
    let labels = door.labels().join("|");
    for secret in ["Sociale dienst", "Bijzonder", "Teamoverleg", "In de zaal", "Op afstand"] {
        assert!(!labels.contains(secret), "{secret} in {labels}");
    }
    assert_eq!(door.buttons().len(), 5, "four languages and contrast");
}

#[test]
fn everything_that_can_be_touched_is_large_low_and_named_once() {
    for size in [(1280, 800), (1920, 1080), (800, 1280)] {
        for scene in sample::SCENES.into_iter().filter(|scene| *scene != "night") {
            let door = Door::with(scene, size, Theme::Day);
            let mut names = BTreeMap::new();
            for button in door.buttons() {
                let label = button.accessible_label().unwrap_or_default().to_string();
                let (at, extent) = (button.absolute_position(), button.size());
                assert!(extent.width >= 64.0 && extent.height >= 64.0, "{scene} {label}: {extent:?}");
                let third = f32::from(u16::try_from(size.1).unwrap()) / 3.0;
                assert!(at.y >= third, "{scene} {label} hangs at {} of {size:?}", at.y);
                *names.entry(label).or_insert(0) += 1;
            }
            assert!(names.len() >= 5 && !names.contains_key(""), "{scene}: {names:?}");
            assert!(names.values().all(|count| *count == 1), "{scene}: {names:?}");
        }
    }
}

#[test]
fn contrast_can_be_switched_by_anybody() {
    let door = Door::new("busy");
    let mode = || door.panel.window().global::<ui::Theme>().get_mode();
    assert_eq!(mode(), ui::ThemeMode::Day);
    door.tap("Hoog contrast");
    assert_eq!(mode(), ui::ThemeMode::Contrast);
    door.tap("Hoog contrast");
    assert_eq!(mode(), ui::ThemeMode::Day);
}

/// WCAG 2.2, "relative luminance".
fn luminance(color: slint::Color) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(color.red()) + 0.7152 * part(color.green()) + 0.0722 * part(color.blue())
}

#[test]
fn every_ink_can_be_read_on_its_fill() {
    let source = std::fs::read_to_string("ui/theme.slint").unwrap();
    let inks = source.lines().filter_map(|line| line.trim().strip_prefix("out property <color> "));
    let inks: Vec<&str> =
        inks.filter_map(|line| line.split(':').next()).filter(|name| name.contains("on-")).collect();
    assert!(inks.len() >= 14);
    for theme in [Theme::Day, Theme::Night, Theme::Contrast] {
        let door = Door::with("busy", (1280, 800), theme);
        let pairs: Vec<_> = door.panel.window().global::<ui::Theme>().get_pairs().iter().collect();
        for ink in &inks {
            assert!(pairs.iter().any(|pair| pair.name == *ink), "{ink} has no pair");
        }
        for pair in pairs {
            let (one, other) = (luminance(pair.fill), luminance(pair.ink));
            let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            let least = if theme == Theme::Contrast { 7.0 } else { f64::from(pair.least) };
            assert!(ratio >= least, "{} {}: {ratio:.2} < {least}", theme.name(), pair.name);
        }
    }
}
