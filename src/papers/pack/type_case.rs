//! The two weights of the house's letter: how wide words are, and where lines break.

use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// The letter in its regular weight.
pub(super) static REGULAR: &[u8] =
    include_bytes!("../../../data/fonts/AtkinsonHyperlegibleNext_400Regular.ttf");
/// The letter in bold.
pub(super) static BOLD: &[u8] = include_bytes!("../../../data/fonts/AtkinsonHyperlegibleNext_700Bold.ttf");

/// Of a letter: the widths of its first characters in thousandths of its size, so that they are looked up once.
struct Widths {
    common: Vec<f32>,
    font: FontRef<'static>,
}

impl Widths {
    fn of(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the embedded letters are whole, as a test checks");
        let mut widths = Self { common: Vec::new(), font };
        widths.common = (0..0x250).filter_map(char::from_u32).map(|c| widths.look_up(c)).collect();
        widths
    }

    fn look_up(&self, c: char) -> f32 {
        let glyph = self.font.charmap().map(c).unwrap_or_default();
        let metrics = self.font.glyph_metrics(Size::new(1_000.0), LocationRef::default());
        metrics.advance_width(glyph).unwrap_or(600.0)
    }

    fn char(&self, c: char) -> f32 {
        self.common.get(c as usize).copied().unwrap_or_else(|| self.look_up(c))
    }
}

static WIDTHS: LazyLock<[Widths; 2]> = LazyLock::new(|| [Widths::of(REGULAR), Widths::of(BOLD)]);

/// How wide a text is, in points. Pairs that are set closer are counted as if they were not, which is never too little.
pub(super) fn width(text: &str, size: f32, bold: bool) -> f32 {
    let widths = &WIDTHS[usize::from(bold)];
    text.chars().map(|c| widths.char(c)).sum::<f32>() * size / 1_000.0
}

/// A text in lines no wider than `room` points. Its own line breaks stay; a word that is wider is broken.
pub(super) fn lines(text: &str, size: f32, bold: bool, room: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim().lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&joined, size, bold) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if width(&line, size, bold) > room && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::take(&mut line));
                    line.push(c);
                }
            }
        }
        lines.push(line);
    }
    lines
}

/// A text on one line, cut off with an ellipsis where it is wider than `room` points.
pub(super) fn cut(text: &str, size: f32, bold: bool, room: f32) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&text, size, bold) <= room {
        return text;
    }
    let mut short = String::new();
    for c in text.chars() {
        if width(&short, size, bold) + width(&format!("{c}…"), size, bold) > room {
            break;
        }
        short.push(c);
    }
    short.trim_end().to_owned() + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text =
            "Goedkeuring van het gemeentelijk mobiliteitsplan Hottentottententententoonstelling\n\ntwee";
        let broken = lines(text, 11.0, false, 120.0);
        assert!(broken.iter().all(|line| width(line, 11.0, false) <= 120.0), "{broken:?}");
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(letters(&broken.concat()), letters(text));
        assert!(broken.contains(&String::new()), "an empty line stays");
        assert!(lines("", 11.0, false, 120.0).is_empty());
        assert!(lines("xxxx", 11.0, false, 0.5).len() == 4, "a letter that does not fit stands alone");
    }

    #[test]
    fn what_is_cut_off_fits() {
        assert_eq!(cut("kort  en\nklein", 11.0, false, 400.0), "kort en klein");
        let short = cut(&"lang ".repeat(40), 11.0, true, 100.0);
        assert!(short.ends_with('…') && width(&short, 11.0, true) <= 100.0, "{short}");
    }
}
