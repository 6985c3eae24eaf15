//! What a PDF says, page by page: its letters in the order in which they are drawn, with the spaces between them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Rect};

use super::{Extracted, MOST_TEXT, survive};

/// How long one file is read for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The font for files that bring none: only its shapes differ, not what is read.
static FONT: &[u8] = include_bytes!("../../data/fonts/AtkinsonHyperlegibleNext_400Regular.ttf");

/// What a PDF says and how many pages it has; nothing of either if it cannot be read.
pub(super) fn read(bytes: &[u8]) -> Extracted {
    let bytes = bytes.to_vec();
    let Some(pdf) = survive(AssertUnwindSafe(|| Pdf::new(bytes).ok())) else { return Extracted::default() };
    let pages =
        survive(AssertUnwindSafe(|| u32::try_from(pdf.pages().len()).ok())).filter(|pages| *pages > 0);
    let text = survive(AssertUnwindSafe(|| Some(words(&pdf)))).filter(|text| !text.trim().is_empty());
    Extracted { text, pages }
}

fn words(pdf: &Pdf) -> String {
    let begun = Instant::now();
    let cache = InterpreterCache::new();
    let mut pen = Pen::default();
    for page in pdf.pages().iter() {
        let settings = InterpreterSettings {
            font_resolver: Arc::new(|_| Some((Arc::new(FONT), 0))),
            ..InterpreterSettings::default()
        };
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(Affine::IDENTITY, bounds, &cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut pen);
        pen.end_line();
        if pen.text.len() >= MOST_TEXT || begun.elapsed() > PATIENCE {
            break;
        }
    }
    pen.text
}

/// Draws nothing and writes down letters.
#[derive(Default)]
struct Pen {
    text: String,
    /// Where the last letter ended, and how large it was.
    at: Option<(f64, f64, f64)>,
}

impl Pen {
    fn end_line(&mut self) {
        self.at = None;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// A space where there is room for one, a new line where the writing moves up or down.
    fn move_to(&mut self, x: f64, y: f64, size: f64) {
        let Some((last_x, last_y, last_size)) = self.at else { return };
        let line = size.max(last_size);
        if (y - last_y).abs() > line * 0.5 {
            self.end_line();
        } else if (x - last_x > line * 0.15 || x < last_x - line * 2.0) && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }
}

impl<'a> Device<'a> for Pen {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        let placed = transform * glyph_transform;
        let ([along, across, ..], spot) = (placed.as_coeffs(), placed.translation());
        let scale = along.hypot(across).max(f64::MIN_POSITIVE);
        // Outlines come in thousandths of the size; a line may run in any direction over the page.
        let size = scale * 1_000.0;
        let x = (spot.x * along + spot.y * across) / scale;
        let y = (spot.y * along - spot.x * across) / scale;
        let advance = match glyph {
            Glyph::Outline(outline) => outline.advance_width().map(f64::from),
            Glyph::Type3(_) => None,
        };
        self.move_to(x, y, size);
        self.at = Some((x + advance.unwrap_or(500.0) / 1_000.0 * size, y, size));
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) if !letter.is_control() => self.text.push(letter),
            Some(BfString::String(text)) => self.text.extend(text.chars().filter(|c| !c.is_control())),
            _ => {}
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
