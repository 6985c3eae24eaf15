//! Writes a pack that was laid out as PDF.

use std::num::NonZeroU64;

use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{ConfigurationBuilder, PdfVersion};
use krilla::destination::{Destination, XyzDestination};
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{Metadata, PageLayout};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla::{Data, Document, SerializeSettings};

use super::plan::{A4, Bookmark, FOOT, Ink, MARGIN, Mark, Page, Plan};
use super::type_case::{BOLD, REGULAR, cut, width};
use super::{Loaded, PackSheet, share};

/// Why a pack cannot be written.
pub(super) enum Fault {
    /// This document cannot be taken in.
    Paper(usize),
    /// Something of ours.
    Ours(String),
}

/// What draws on pages.
struct Pen {
    regular: Font,
    bold: Font,
}

/// Writes the pack.
pub(super) fn draw(
    sheet: &PackSheet,
    plan: &Plan,
    loaded: &[Loaded],
    tell: &dyn Fn(u8),
) -> Result<Vec<u8>, Fault> {
    let font = |bytes: &'static [u8]| {
        Font::new(Data::from(bytes), 0)
            .ok_or_else(|| Fault::Ours("the embedded letters are broken".to_owned()))
    };
    let pen = Pen { regular: font(REGULAR)?, bold: font(BOLD)? };
    // The newest version, for the pages of others may need it.
    let newest = ConfigurationBuilder::new().with_version(PdfVersion::Pdf20).finish();
    let configuration = newest.map_err(|error| Fault::Ours(format!("{error:?}")))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let all = plan.pages.len();
    for (number, page) in plan.pages.iter().enumerate() {
        let foot = (plan.feet[number].as_str(), format!("{} / {all}", number + 1));
        pen.page(&mut document, page, &foot, loaded)?;
        tell(share(number + 1, all, 25, 60));
    }
    document.set_outline(outline(&plan.bookmarks));
    let metadata = Metadata::new()
        .title(format!("{} – {}", sheet.body, sheet.day))
        .language(sheet.lang.code().to_owned())
        .creator(sheet.town.clone())
        .page_layout(PageLayout::SinglePage);
    document.set_metadata(metadata);
    document.finish().map_err(|error| match error {
        KrillaError::Pdf(_, _, Some(at)) | KrillaError::Image(_, Some(at), _) => {
            Fault::Paper(usize::try_from(at.get() - 1).unwrap_or(usize::MAX))
        }
        other => Fault::Ours(other.to_string()),
    })
}

/// Bookmarks as a tree: each belongs to the last one before it that lies less deep.
fn outline(bookmarks: &[Bookmark]) -> Outline {
    let mut outline = Outline::new();
    let mut at = 0;
    while at < bookmarks.len() {
        outline.push_child(node(bookmarks, &mut at));
    }
    outline
}

fn node(bookmarks: &[Bookmark], at: &mut usize) -> OutlineNode {
    let own = &bookmarks[*at];
    let mut node = OutlineNode::new(own.words.clone(), top_of(own.page)).with_open(own.depth == 0);
    *at += 1;
    while bookmarks.get(*at).is_some_and(|next| next.depth > own.depth) {
        node.push_child(self::node(bookmarks, at));
    }
    node
}

fn top_of(page: usize) -> XyzDestination {
    XyzDestination::new(page, Point::from_xy(0.0, 0.0))
}

fn ours<T>(value: Option<T>, what: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Ours(what.to_owned()))
}

const fn color(ink: Ink) -> (u8, u8, u8) {
    match ink {
        Ink::Text => (0x1b, 0x1f, 0x2a),
        Ink::Muted => (0x56, 0x5b, 0x68),
        Ink::House => (0x1f, 0x3a, 0x5f),
        Ink::Closed => (0x4a, 0x3a, 0x6b),
        Ink::Paper => (0xff, 0xff, 0xff),
    }
}

fn fill(surface: &mut Surface<'_>, ink: Ink) {
    let (red, green, blue) = color(ink);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
}

impl Pen {
    fn page(
        &self,
        document: &mut Document,
        page: &Page,
        foot: &(&str, String),
        loaded: &[Loaded],
    ) -> Result<(), Fault> {
        let (w, h) = match page {
            Page::Taken { paper, index } => match &loaded[*paper] {
                Loaded::Pages(_, sizes) => sizes[*index],
                Loaded::Picture(_) | Loaded::Named(_) => return Err(Fault::Paper(*paper)),
            },
            Page::Own(_) | Page::Picture { .. } => A4,
        };
        let mut sheet = document.start_page_with(ours(PageSettings::from_wh(w, h), "a page without size")?);
        let mut surface = sheet.surface();
        match page {
            Page::Own(marks) => self.marks(&mut surface, marks)?,
            Page::Taken { paper, index } => take(&mut surface, (*paper, *index), (w, h), loaded)?,
            Page::Picture { marks, paper, top } => {
                self.marks(&mut surface, marks)?;
                picture(&mut surface, *paper, *top, loaded)?;
            }
        }
        self.foot(&mut surface, foot, (w, h));
        surface.finish();
        if let Page::Own(marks) = page {
            for mark in marks {
                if let Mark::Jump { at: [x, y, w, h], page, to } = mark {
                    let target = Target::Destination(Destination::Xyz(top_of(*page)));
                    let rect = ours(Rect::from_xywh(*x, *y, *w, *h), "a jump without size")?;
                    sheet.add_annotation(Annotation::new_link(
                        LinkAnnotation::new(rect, target),
                        Some(to.clone()),
                    ));
                }
            }
        }
        sheet.finish();
        Ok(())
    }

    fn marks(&self, surface: &mut Surface<'_>, marks: &[Mark]) -> Result<(), Fault> {
        for mark in marks {
            match mark {
                Mark::Words { x, y, size, bold, ink, words } => {
                    fill(surface, *ink);
                    let font = if *bold { &self.bold } else { &self.regular };
                    self.words(surface, (*x, *y), font, *size, words);
                }
                Mark::Block { at: [x, y, w, h], ink } => {
                    fill(surface, *ink);
                    let mut path = PathBuilder::new();
                    path.push_rect(ours(Rect::from_xywh(*x, *y, *w, *h), "a block without size")?);
                    surface.draw_path(&ours(path.finish(), "a block without size")?);
                }
                Mark::Jump { .. } => {}
            }
        }
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "letters belong to the pen")]
    fn words(&self, surface: &mut Surface<'_>, at: (f32, f32), font: &Font, size: f32, words: &str) {
        if !words.is_empty() {
            surface.draw_text(
                Point::from_xy(at.0, at.1),
                font.clone(),
                size,
                words,
                false,
                TextDirection::Auto,
            );
        }
    }

    /// The line at the foot: what one reads, and the number of the page. It is as large as the page is wide allows.
    fn foot(&self, surface: &mut Surface<'_>, (words, number): &(&str, String), (w, h): (f32, f32)) {
        let size = 8.0 * (w / A4.0).clamp(0.4, 3.0);
        let margin = MARGIN * w / A4.0;
        let y = h - FOOT * (size / 8.0) * 0.35;
        let end = width(number, size, false);
        fill(surface, Ink::Muted);
        let words = cut(words, size, false, (w - 2.0 * margin - end - 12.0).max(0.0));
        self.words(surface, (margin, y), &self.regular, size, &words);
        self.words(surface, (w - margin - end, y), &self.regular, size, number);
    }
}

fn place(paper: usize) -> NonZeroU64 {
    NonZeroU64::MIN.saturating_add(paper as u64)
}

/// A page of a document, a little smaller, so that the line at the foot lies on nothing of it.
fn take(
    surface: &mut Surface<'_>,
    (paper, index): (usize, usize),
    (w, h): (f32, f32),
    loaded: &[Loaded],
) -> Result<(), Fault> {
    let Loaded::Pages(pdf, _) = &loaded[paper] else { return Err(Fault::Paper(paper)) };
    let foot = FOOT * (w / A4.0).clamp(0.4, 3.0);
    let scale = ((h - foot) / h).max(0.5);
    surface.set_location(place(paper));
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, w * (1.0 - scale) / 2.0, 0.0));
    surface.draw_pdf_page(pdf, ours(Size::from_wh(w, h), "a page without size")?, index);
    surface.pop();
    surface.reset_location();
    Ok(())
}

/// A picture as large as there is room beneath `top`.
fn picture(surface: &mut Surface<'_>, paper: usize, top: f32, loaded: &[Loaded]) -> Result<(), Fault> {
    let Loaded::Picture(image) = &loaded[paper] else { return Err(Fault::Paper(paper)) };
    let (w, h) = image.size();
    // More dots than this on a side are no picture that was taken in.
    let side = |dots: u32| f32::from(u16::try_from(dots).unwrap_or(u16::MAX)).max(1.0);
    let (w, h) = (side(w), side(h));
    let (room_w, room_h) = (A4.0 - 2.0 * MARGIN, (A4.1 - top - 2.0 * FOOT).max(40.0));
    // Never larger than at 96 dots an inch: a small picture stays small.
    let scale = (room_w / w).min(room_h / h).min(0.75);
    surface.set_location(place(paper));
    surface.push_transform(&Transform::from_translate(MARGIN, top));
    surface.draw_image(image.clone(), ours(Size::from_wh(w * scale, h * scale), "a picture without size")?);
    surface.pop();
    surface.reset_location();
    Ok(())
}
