//! Documents as they are taken in: pages of a PDF, a picture, or a name.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use hayro_interpret::hayro_syntax::page::Page;
use krilla::Data;
use krilla::image::Image;
use krilla::pdf::{Pdf, PdfDocument};

use super::{NotTaken, PaperContent};
use crate::council::MediaKind;
use crate::papers::survive;

/// The smallest and the largest side of a page, in points (ISO 32000-1 annex C.2).
const SIDES: std::ops::RangeInclusive<f32> = 3.0..=14_400.0;

/// The most dots of a picture: a small file can unpack to a great one, and each dot takes four bytes of memory.
const MOST_DOTS: u64 = 60_000_000;

/// A document, ready to be drawn.
pub(super) enum Loaded {
    /// Pages with their width and height in points.
    Pages(PdfDocument, Vec<(f32, f32)>),
    /// A picture.
    Picture(Image),
    /// Its name only.
    Named(NotTaken),
}

/// Loads a document.
pub(super) fn load(content: &PaperContent, fetch: &mut dyn FnMut(&[u8; 32]) -> Option<Vec<u8>>) -> Loaded {
    let (kind, sha256) = match content {
        PaperContent::Named(why) => return Loaded::Named(*why),
        PaperContent::File(kind, sha256) => (*kind, sha256),
    };
    if !matches!(kind, MediaKind::Pdf | MediaKind::Png | MediaKind::Jpeg) {
        return Loaded::Named(NotTaken::Kind);
    }
    let Some(bytes) = fetch(sha256) else { return Loaded::Named(NotTaken::Broken) };
    let loaded = survive(AssertUnwindSafe(|| match kind {
        MediaKind::Pdf => Some(pages(bytes)),
        MediaKind::Png => Image::from_png(Data::from(bytes), true).ok().map(Loaded::Picture),
        _ => Image::from_jpeg(Data::from(bytes), true).ok().map(Loaded::Picture),
    }));
    match loaded {
        Some(Loaded::Picture(image)) if dots(&image) > MOST_DOTS => Loaded::Named(NotTaken::Broken),
        other => other.unwrap_or(Loaded::Named(NotTaken::Broken)),
    }
}

fn dots(image: &Image) -> u64 {
    let (w, h) = image.size();
    u64::from(w) * u64::from(h)
}

fn pages(bytes: Vec<u8>) -> Loaded {
    let pdf = match Pdf::new(bytes) {
        Ok(pdf) => Arc::new(pdf),
        Err(error) => {
            let locked = format!("{error:?}").starts_with("Decryption");
            return Loaded::Named(if locked { NotTaken::Locked } else { NotTaken::Broken });
        }
    };
    let sizes: Vec<(f32, f32)> = pdf.pages().iter().map(Page::render_dimensions).collect();
    let sound = |(width, height): &(f32, f32)| SIDES.contains(width) && SIDES.contains(height);
    if sizes.is_empty() || !sizes.iter().all(sound) {
        return Loaded::Named(NotTaken::Broken);
    }
    Loaded::Pages(PdfDocument::new(pdf), sizes)
}
