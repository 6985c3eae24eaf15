//! Draws every state in every language, theme and shape into `target/kiosk-snapshots/`, to be looked at, and
//! checks what a machine can check: the right size, and that each language makes a different picture.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use belfort::kiosk::{Picture, Theme, sample};
use belfort::texts::Lang;
use chrono::TimeDelta;

const SHAPES: [(&str, (u32, u32)); 3] =
    [("landscape", (1280, 800)), ("hd", (1920, 1080)), ("portrait", (800, 1280))];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../kiosk-snapshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Without wishes, the common glass by day in every language, and one shape of each other theme in Dutch: a
/// minute of drawing. `KIOSK_SNAPSHOT=` draws all, `KIOSK_SNAPSHOT=closed-portrait` those with that in their name.
fn wanted(name: &str) -> bool {
    let usual = name.contains("-landscape-day-")
        || name.ends_with("-portrait-night-nl.png")
        || name.ends_with("-hd-contrast-nl.png");
    std::env::var("KIOSK_SNAPSHOT").map_or(usual, |wanted| name.contains(&wanted))
}

fn draw(scene: &str, shape: (&str, (u32, u32)), theme: Theme, lang: Lang) -> Option<Vec<u8>> {
    let name = format!("{scene}-{}-{}-{lang}.png", shape.0, theme.name());
    if !wanted(&name) {
        return None;
    }
    let stale = scene.starts_with("stale-");
    let (board, now) = sample::scene(scene.trim_start_matches("stale-"));
    let heard_at = if stale { now - TimeDelta::minutes(75) } else { now };
    let picture = Picture {
        board: (scene != "stale-nothing").then_some(&board),
        now,
        heard_at,
        pending: Vec::new(),
        refusal: None,
        lang,
        theme,
        size: shape.1,
        address: Some("http://belfort.stad.be/rooms/raadzaal"),
    };
    let file = folder().join(name);
    picture.save(&file).unwrap();
    let reader = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&file).unwrap()));
    let mut reader = reader.read_info().unwrap();
    assert_eq!(reader.info().size(), shape.1);
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let colours: BTreeSet<&[u8]> = pixels.chunks_exact(4).step_by(97).collect();
    assert!(colours.len() > 4, "{}: an empty picture", file.display());
    Some(pixels)
}

fn draw_all(theme: Theme) {
    let stale = ["stale-free", "stale-busy", "stale-nothing"];
    for scene in sample::SCENES.into_iter().chain(stale) {
        for shape in SHAPES {
            let drawn: Vec<_> =
                Lang::ALL.into_iter().filter_map(|lang| draw(scene, shape, theme, lang)).collect();
            let different: BTreeSet<&Vec<u8>> = drawn.iter().collect();
            let wordless = scene == "night";
            assert!(wordless || different.len() == drawn.len(), "{scene}: two languages look the same");
        }
    }
}

#[test]
fn every_state_by_day() {
    draw_all(Theme::Day);
}

#[test]
fn every_state_by_night() {
    draw_all(Theme::Night);
}

#[test]
fn every_state_in_high_contrast() {
    draw_all(Theme::Contrast);
}
