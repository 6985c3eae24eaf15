//! The agenda pack: one PDF with cover, agenda, a sheet for each item and all its documents, with bookmarks.
//!
//! What goes in was chosen before: nothing here knows who will read it. `plan` lays out, `draw` writes.

mod draw;
mod paper;
mod plan;
mod type_case;

use std::panic::AssertUnwindSafe;

use super::survive;
use crate::council::MediaKind;
use crate::texts::Lang;
use paper::{Loaded, load};

/// What goes into a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackSheet {
    /// The language of its own words.
    pub lang: Lang,
    /// The town.
    pub town: String,
    /// The body.
    pub body: String,
    /// The day, in words.
    pub day: String,
    /// What the cover says: labels and values.
    pub facts: Vec<(String, String)>,
    /// Sentences beneath the agenda.
    pub notes: Vec<String>,
    /// The parts of the session, in order.
    pub parts: Vec<PackPart>,
    /// Documents of the session as a whole.
    pub papers: Vec<PackPaper>,
}

/// A part of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackPart {
    /// Its name, in words.
    pub name: String,
    /// Whether it is behind closed doors: its sheets say so.
    pub closed: bool,
    /// Its items, in order.
    pub items: Vec<PackItem>,
}

/// An item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackItem {
    /// Its number on the agenda; empty if it has none yet.
    pub number: String,
    /// Its title.
    pub title: String,
    /// When it is planned to begin, and for how long, in words.
    pub when: String,
    /// The explanatory note.
    pub note: String,
    /// The draft decision.
    pub draft: String,
    /// Its documents, in order.
    pub papers: Vec<PackPaper>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackPaper {
    /// What people call it.
    pub title: String,
    /// What is to be said about it, such as that it changed; empty if nothing.
    pub mark: String,
    /// What it holds.
    pub content: PaperContent,
}

/// What a document holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperContent {
    /// Bytes, by their hash.
    File(MediaKind, [u8; 32]),
    /// Nothing that can be taken in.
    Named(NotTaken),
}

/// Why a document has a page with its name only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It lies where one can look at it.
    OnPaper,
    /// It is of a kind of which no pages can be made here.
    Kind,
    /// It cannot be read.
    Broken,
    /// It asks for a password.
    Locked,
}

/// A pack that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Documents that have a page with their name only.
    pub named: usize,
}

impl PackSheet {
    /// Takes those documents in by their name only whose hash fits.
    pub fn name_only(&mut self, fits: impl Fn(&[u8; 32]) -> bool) {
        let items = self.parts.iter_mut().flat_map(|part| &mut part.items);
        for paper in self.papers.iter_mut().chain(items.flat_map(|item| &mut item.papers)) {
            if matches!(&paper.content, PaperContent::File(_, sha256) if fits(sha256)) {
                paper.content = PaperContent::Named(NotTaken::Broken);
            }
        }
    }

    /// Every document, in the order in which they stand.
    fn papers(&self) -> impl Iterator<Item = &PackPaper> {
        let items = self.parts.iter().flat_map(|part| &part.items);
        self.papers.iter().chain(items.flat_map(|item| &item.papers))
    }
}

/// Makes a pack. `fetch` gives the bytes of a hash, `tell` is told the percentage that is done. Takes seconds: not for
/// async code. A document that cannot be taken in gets a page with its name.
///
/// # Errors
/// What was wrong, for the log: a fault of ours.
pub fn make_pack(
    sheet: &PackSheet,
    fetch: &mut dyn FnMut(&[u8; 32]) -> Option<Vec<u8>>,
    tell: &dyn Fn(u8),
) -> Result<Packed, String> {
    let all = sheet.papers().count().max(1);
    let mut loaded = Vec::new();
    for (index, paper) in sheet.papers().enumerate() {
        loaded.push(load(&paper.content, fetch));
        tell(share(index + 1, all, 0, 25));
    }
    for _ in 0..=loaded.len() {
        let plan = plan::plan(sheet, &loaded);
        let made = survive(AssertUnwindSafe(|| Some(draw::draw(sheet, &plan, &loaded, tell))));
        match made {
            Some(Ok(bytes)) => {
                tell(100);
                let named = loaded.iter().filter(|paper| matches!(paper, Loaded::Named(_))).count();
                return Ok(Packed { bytes, pages: plan.pages.len(), named });
            }
            Some(Err(draw::Fault::Paper(index))) if index < loaded.len() => {
                loaded[index] = Loaded::Named(NotTaken::Broken);
            }
            Some(Err(draw::Fault::Paper(index))) => return Err(format!("no document {index}")),
            Some(Err(draw::Fault::Ours(why))) => return Err(why),
            // Which of them it was is found by taking in each alone.
            None if !drop_broken(sheet, &mut loaded) => return Err("the pack cannot be drawn".to_owned()),
            None => {}
        }
    }
    Err("no document can be taken in".to_owned())
}

/// Whether a pack can take in the pages of this PDF.
pub(super) fn can_be_packed(bytes: &[u8]) -> bool {
    let content = PaperContent::File(MediaKind::Pdf, [0; 32]);
    let papers = vec![PackPaper { title: String::new(), mark: String::new(), content }];
    let sheet = PackSheet { papers, ..PackSheet::default() };
    make_pack(&sheet, &mut |_| Some(bytes.to_vec()), &|_| {}).is_ok_and(|pack| pack.named == 0)
}

/// Gives those documents a page with their name that cannot be drawn by themselves; false if each of them can.
fn drop_broken(sheet: &PackSheet, loaded: &mut [Loaded]) -> bool {
    let mut found = false;
    for (index, paper) in sheet.papers().enumerate() {
        let alone = PackSheet { papers: vec![paper.clone()], parts: Vec::new(), ..sheet.clone() };
        let one = std::slice::from_ref(&loaded[index]);
        let drawn =
            survive(AssertUnwindSafe(|| draw::draw(&alone, &plan::plan(&alone, one), one, &|_| {}).ok()));
        if drawn.is_none() {
            loaded[index] = Loaded::Named(NotTaken::Broken);
            found = true;
        }
    }
    found
}

/// The percentage between two others at which `done` of `all` stands.
fn share(done: usize, all: usize, from: u8, to: u8) -> u8 {
    let span = usize::from(to - from) * done / all.max(1);
    from + u8::try_from(span).unwrap_or(0).min(to - from)
}
