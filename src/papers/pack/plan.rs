//! Lays a pack out: which words stand where on which page. Positions are in points from the top left corner of A4.

use super::type_case::{cut, lines, width};
use super::{Loaded, NotTaken, PackItem, PackPaper, PackSheet};
use crate::texts::{Said, text};

/// The sides of A4.
pub(super) const A4: (f32, f32) = (595.28, 841.89);
/// The margin on the left and on the right.
pub(super) const MARGIN: f32 = 56.0;
/// The height of the line at the foot of each page.
pub(super) const FOOT: f32 = 24.0;
const TOP: f32 = 64.0;
const BOTTOM: f32 = A4.1 - 64.0;
const ROOM: f32 = A4.0 - 2.0 * MARGIN;

/// The inks of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Muted,
    House,
    Closed,
    Paper,
}

/// Something that stands on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// Words on a base line.
    Words { x: f32, y: f32, size: f32, bold: bool, ink: Ink, words: String },
    /// A filled rectangle: left, top, width, height.
    Block { at: [f32; 4], ink: Ink },
    /// A rectangle that leads to a page, and what it leads to.
    Jump { at: [f32; 4], page: usize, to: String },
}

/// A page.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Our own.
    Own(Vec<Mark>),
    /// A page of a document.
    Taken { paper: usize, index: usize },
    /// Ours, with the picture of a document beneath `top`.
    Picture { marks: Vec<Mark>, paper: usize, top: f32 },
}

/// A bookmark: how deep it lies, what it says, where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bookmark {
    pub(super) depth: usize,
    pub(super) words: String,
    pub(super) page: usize,
}

/// A pack, laid out.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) pages: Vec<Page>,
    /// What the foot of each page says.
    pub(super) feet: Vec<String>,
    pub(super) bookmarks: Vec<Bookmark>,
}

/// Where things begin, for the agenda.
#[derive(Default)]
struct Places {
    items: Vec<usize>,
    papers: Vec<usize>,
}

/// Lays a pack out. The cover and the agenda need to know where the rest begins, and the rest how long they are: they
/// are laid out twice, for numbers take their room whatever they are.
pub(super) fn plan(sheet: &PackSheet, loaded: &[Loaded]) -> Plan {
    let front = front(sheet, &Places::default()).pages.len();
    let (rest, places) = rest(sheet, loaded, front);
    let mut plan = self::front(sheet, &places);
    plan.pages.extend(rest.pages);
    plan.feet.extend(rest.feet);
    plan.bookmarks.extend(rest.bookmarks);
    plan
}

/// Sets words on pages, one beneath the other.
struct Setter<'a> {
    sheet: &'a PackSheet,
    plan: Plan,
    marks: Vec<Mark>,
    foot: String,
    y: f32,
    /// Pages that stand before those of this setter.
    before: usize,
}

impl<'a> Setter<'a> {
    fn new(sheet: &'a PackSheet, before: usize) -> Self {
        Self { sheet, plan: Plan::default(), marks: Vec::new(), foot: String::new(), y: TOP, before }
    }

    fn t(&self, key: &'static str) -> &'static str {
        text(self.sheet.lang, key)
    }

    /// The number of the page at hand, from 0 on.
    fn here(&self) -> usize {
        self.before + self.plan.pages.len()
    }

    fn end_page(&mut self) {
        let marks = std::mem::take(&mut self.marks);
        self.add(Page::Own(marks));
    }

    fn add(&mut self, page: Page) {
        self.plan.pages.push(page);
        self.plan.feet.push(self.foot.clone());
        self.y = TOP;
    }

    /// Makes sure that so much room is left.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && !self.marks.is_empty() {
            self.end_page();
        }
    }

    fn bookmark(&mut self, depth: usize, words: String) {
        let page = self.here();
        self.plan.bookmarks.push(Bookmark { depth, words, page });
    }

    /// A text in as many lines as it takes, from `x` on.
    fn words(&mut self, words: &str, x: f32, size: f32, bold: bool, ink: Ink) {
        let leading = size * 1.4;
        for line in lines(words, size, bold, A4.0 - MARGIN - x) {
            self.need(leading);
            let y = self.y + size;
            self.marks.push(Mark::Words { x, y, size, bold, ink, words: line });
            self.y += leading;
        }
    }

    /// A heading that keeps a few lines of what follows with it.
    fn heading(&mut self, words: &str, size: f32, ink: Ink) {
        self.need(size * 1.4 + 48.0);
        self.words(words, MARGIN, size, true, ink);
        self.y += 4.0;
    }

    fn rule(&mut self) {
        self.marks.push(Mark::Block { at: [MARGIN, self.y, ROOM, 0.75], ink: Ink::Muted });
        self.y += 12.0;
    }

    /// A line of a list that leads to a page, with its number on the right.
    fn entry(&mut self, number: &str, words: &str, page: Option<usize>, indent: f32, size: f32) {
        let (x, end) = (MARGIN + indent, A4.0 - MARGIN);
        let inner = x + if number.is_empty() { 0.0 } else { 40.0 };
        let set = lines(words, size, false, end - 44.0 - inner);
        let leading = size * 1.4;
        self.need(if set.len() > 1 { leading * 3.0 } else { leading });
        let top = self.y;
        let plain = |x, y, words| Mark::Words { x, y, size, bold: false, ink: Ink::Text, words };
        if !number.is_empty() {
            let words = cut(number, size, true, 36.0);
            self.marks.push(Mark::Words { x, y: top + size, size, bold: true, ink: Ink::House, words });
        }
        for (line, words) in set.into_iter().enumerate() {
            self.need(leading);
            let y = self.y + size;
            self.marks.push(plain(inner, y, words));
            if line == 0
                && let Some(page) = page
            {
                let number = (page + 1).to_string();
                let x = end - width(&number, size, false);
                self.marks.push(plain(x, y, number));
            }
            self.y += leading;
        }
        if let Some(page) = page {
            let at = [x, top, end - x, (self.y - top).max(leading)];
            self.marks.push(Mark::Jump { at, page, to: words.to_owned() });
        }
    }
}

/// The cover and the agenda.
fn front(sheet: &PackSheet, places: &Places) -> Plan {
    let mut set = Setter::new(sheet, 0);
    set.foot = format!("{} · {}", sheet.body, sheet.day);
    set.bookmark(0, sheet.body.clone());
    set.marks.push(Mark::Block { at: [0.0, 0.0, A4.0, 96.0], ink: Ink::House });
    let town = cut(&sheet.town, 16.0, true, ROOM);
    set.marks.push(Mark::Words { x: MARGIN, y: 58.0, size: 16.0, bold: true, ink: Ink::Paper, words: town });
    set.y = 152.0;
    set.words(&sheet.body, MARGIN, 34.0, true, Ink::Text);
    set.words(&sheet.day, MARGIN, 18.0, false, Ink::Text);
    set.y += 28.0;
    for (label, value) in &sheet.facts {
        set.need(40.0);
        set.words(label, MARGIN, 10.0, false, Ink::Muted);
        set.words(value, MARGIN, 13.0, false, Ink::Text);
        set.y += 10.0;
    }
    set.end_page();
    agenda(&mut set, places);
    set.end_page();
    set.plan
}

fn agenda(set: &mut Setter<'_>, places: &Places) {
    let sheet = set.sheet;
    set.bookmark(0, set.t("pack.agenda").to_owned());
    set.words(set.t("pack.agenda"), MARGIN, 26.0, true, Ink::Text);
    set.y += 8.0;
    for (index, paper) in sheet.papers.iter().enumerate() {
        set.entry("", &paper.title, Some(places.papers.get(index).copied().unwrap_or(0)), 0.0, 11.0);
    }
    let mut index = 0;
    for part in &sheet.parts {
        set.y += 14.0;
        set.heading(&part.name, 14.0, if part.closed { Ink::Closed } else { Ink::House });
        for item in &part.items {
            set.entry(
                &item.number,
                &item.title,
                Some(places.items.get(index).copied().unwrap_or(0)),
                0.0,
                11.0,
            );
            if !item.when.is_empty() {
                set.words(&item.when, MARGIN + 40.0, 9.5, false, Ink::Muted);
            }
            set.y += 6.0;
            index += 1;
        }
    }
    for note in &sheet.notes {
        set.y += 14.0;
        set.words(note, MARGIN, 11.0, false, Ink::Muted);
    }
}

/// The documents of the session, then each item with its documents.
fn rest(sheet: &PackSheet, loaded: &[Loaded], before: usize) -> (Plan, Places) {
    let mut set = Setter::new(sheet, before);
    let mut places = Places::default();
    let mut at = 0;
    for paper in &sheet.papers {
        places.papers.push(set.here());
        take_in(&mut set, paper, at, 0, loaded);
        at += 1;
    }
    for part in &sheet.parts {
        if part.items.is_empty() {
            continue;
        }
        set.bookmark(0, part.name.clone());
        for item in &part.items {
            places.items.push(set.here());
            let name = join(&item.number, &item.title);
            let closed = part.closed.then_some(part.name.as_str());
            // Each page of the closed part says so, also those of its documents.
            set.foot = join_mark(closed.unwrap_or(""), &name);
            set.bookmark(1, name);
            let one = |first| {
                let begin = starts(&item.papers, &loaded[at..], first);
                item_sheet(&set, item, closed, &begin)
            };
            // Where the documents begin is known once it is known how long the sheet before them is.
            let length = one(0).pages.len();
            let one = one(set.here() + length);
            set.plan.pages.extend(one.pages);
            set.plan.feet.extend(one.feet);
            for paper in &item.papers {
                take_in(&mut set, paper, at, 2, loaded);
                at += 1;
            }
        }
    }
    (set.plan, places)
}

/// The page on which each document begins, if the first begins on page `from`.
fn starts(papers: &[PackPaper], loaded: &[Loaded], from: usize) -> Vec<usize> {
    let mut next = from;
    let mut starts = Vec::new();
    for (_, paper) in papers.iter().zip(loaded) {
        starts.push(next);
        next += match paper {
            Loaded::Pages(_, sizes) => sizes.len(),
            Loaded::Picture(_) | Loaded::Named(_) => 1,
        };
    }
    starts
}

/// The sheet of an item: what it is about, its note, its draft, and its documents with the pages on which they begin.
fn item_sheet(whole: &Setter<'_>, item: &PackItem, closed: Option<&str>, begin: &[usize]) -> Plan {
    let mut set = Setter::new(whole.sheet, whole.here());
    set.foot.clone_from(&whole.foot);
    title(&mut set, item, closed);
    list(&mut set, item, begin);
    set.end_page();
    set.plan
}

fn title(set: &mut Setter<'_>, item: &PackItem, closed: Option<&str>) {
    if let Some(part) = closed {
        set.marks.push(Mark::Block { at: [0.0, 0.0, A4.0, 12.0], ink: Ink::Closed });
        set.words(part, MARGIN, 11.0, true, Ink::Closed);
    }
    if !item.number.is_empty() {
        set.words(&item.number, MARGIN, 26.0, true, Ink::House);
    }
    set.words(&item.title, MARGIN, 20.0, true, Ink::Text);
    if !item.when.is_empty() {
        set.words(&item.when, MARGIN, 11.0, false, Ink::Muted);
    }
    set.y += 8.0;
    set.rule();
    for (key, body) in [("pack.note", &item.note), ("pack.draft", &item.draft)] {
        if !body.trim().is_empty() {
            set.heading(set.t(key), 13.0, Ink::House);
            set.words(body, MARGIN, 11.0, false, Ink::Text);
            set.y += 16.0;
        }
    }
}

fn list(set: &mut Setter<'_>, item: &PackItem, begin: &[usize]) {
    if item.papers.is_empty() {
        return;
    }
    set.heading(set.t("pack.documents"), 13.0, Ink::House);
    for (paper, page) in item.papers.iter().zip(begin) {
        set.entry("", &join_mark(&paper.title, &paper.mark), Some(*page), 0.0, 11.0);
        set.y += 4.0;
    }
}

/// Takes in the pages of a document, its picture, or a page with its name.
fn take_in(set: &mut Setter<'_>, paper: &PackPaper, at: usize, depth: usize, loaded: &[Loaded]) {
    let name = join_mark(&paper.title, &paper.mark);
    set.bookmark(depth, name.clone());
    let foot = join_mark(&set.foot, &name);
    let before = std::mem::replace(&mut set.foot, foot);
    match &loaded[at] {
        Loaded::Pages(_, sizes) => {
            for index in 0..sizes.len() {
                set.add(Page::Taken { paper: at, index });
            }
        }
        Loaded::Picture(_) => {
            set.words(&name, MARGIN, 13.0, true, Ink::Text);
            let (marks, top) = (std::mem::take(&mut set.marks), set.y + 8.0);
            set.add(Page::Picture { marks, paper: at, top });
        }
        Loaded::Named(why) => {
            set.words(&name, MARGIN, 20.0, true, Ink::Text);
            set.y += 8.0;
            set.rule();
            let key = match why {
                NotTaken::OnPaper => "pack.on_paper",
                NotTaken::Kind => "pack.kind",
                NotTaken::Broken => "pack.broken",
                NotTaken::Locked => "pack.locked",
            };
            set.words(&Said::new(key).speak(set.sheet.lang), MARGIN, 12.0, false, Ink::Text);
            set.end_page();
        }
    }
    set.foot = before;
}

fn join(number: &str, title: &str) -> String {
    if number.is_empty() { title.to_owned() } else { format!("{number}. {title}") }
}

fn join_mark(words: &str, mark: &str) -> String {
    match (words, mark) {
        (words, "") => words.to_owned(),
        ("", mark) => mark.to_owned(),
        (words, mark) => format!("{words} · {mark}"),
    }
}
