//! What a random session is to be: its items, their papers, what is said of each, and which words nobody outside may
//! read. Open words are open in every part of it that is published.

use std::cell::Cell;

use belfort::council::{Access, DocumentState, Ground, Outcome};
use belfort::scheduler::DecisionText;
use belfort::scheduler::council::ItemFields;

use crate::bodies::COLLEGE;
use crate::dice::Dice;

/// Every word that nobody outside may read begins with it.
pub const MARK: &str = "merkgeheim";
/// Every word that anybody may read begins with it.
pub const OPEN: &str = "openwoord";

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands on the agenda and is treated.
    Treated,
    /// It never gets beyond a draft.
    Draft,
    /// It is taken back before the agenda is fixed.
    Withdrawn,
    /// A member hands it in after the agenda was fixed, and it is not fixed again.
    HandedIn,
}

/// A paper of an item, and how far it comes by itself; what is approved is sent with the convocation.
#[derive(Clone, Debug)]
pub struct Paper {
    pub title: String,
    pub words: String,
    pub access: Access,
    pub state: DocumentState,
    pub pdf: bool,
    /// Words of a later version that is not sent.
    pub later: Option<String>,
}

/// An item.
#[derive(Clone, Debug)]
pub struct Item {
    pub fields: ItemFields,
    pub fate: Fate,
    pub papers: Vec<Paper>,
    pub outcome: Outcome,
    pub subject: String,
    /// Why a first vote was annulled, if there was one.
    pub annulled: Option<String>,
    pub decision: DecisionText,
    pub summary: String,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Plan {
    pub body: &'static str,
    /// What its public addresses say of it: nothing at all, its agenda alone, or all that there is.
    pub published: usize,
    pub place: String,
    /// Why members may take part from elsewhere, if they may.
    pub hybrid: Option<String>,
    pub items: Vec<Item>,
    pub remark: String,
    pub suspended: Option<String>,
    pub ready: String,
    /// Whether what may be released is.
    pub releases: bool,
}

/// Nothing is published of the session.
pub const NOTHING: usize = 0;
/// Its agenda alone.
pub const AGENDA: usize = 1;

/// Words, each with what it stands in.
struct Words<'a> {
    tag: &'a str,
    count: Cell<u32>,
}

impl Words<'_> {
    fn word(&self, kind: &str, field: &str) -> String {
        self.count.set(self.count.get() + 1);
        format!("{kind}{field}{}n{}", self.tag, self.count.get())
    }

    fn mark(&self, field: &str) -> String {
        self.word(MARK, field)
    }

    /// A word of a field that nobody outside may read if `closed`.
    fn of(&self, closed: bool, field: &str) -> String {
        self.word(if closed { MARK } else { OPEN }, field)
    }
}

impl Plan {
    /// Draws a session of a body; `tag` tells its words from those of others.
    pub fn draw(dice: &Dice, tag: &str, body: &'static str) -> Self {
        let words = Words { tag, count: Cell::new(0) };
        let published = dice.below(4);
        let items =
            (0..=dice.below(4)).map(|place| item(dice, &words, (body, published), place == 0)).collect();
        let hidden = body == COLLEGE;
        Self {
            body,
            published,
            // A college meets where it meets; a council somewhere that everybody may come to.
            place: if hidden && dice.one_in(2) { words.mark("plaats") } else { String::new() },
            hybrid: dice.one_in(3).then(|| words.mark("reden")),
            items,
            remark: words.mark("opmerking"),
            suspended: dice.one_in(3).then(|| words.mark("schorsing")),
            ready: words.mark("voorbereiding"),
            releases: dice.below(3) > 0,
        }
    }
}

/// Draws an item; the first is always treated, for nobody is convened for nothing.
fn item(dice: &Dice, words: &Words<'_>, (body, published): (&str, usize), first: bool) -> Item {
    let never = body == COLLEGE;
    let fate = match dice.below(7) {
        _ if first => Fate::Treated,
        0 => Fate::Draft,
        1 => Fate::Withdrawn,
        2 if !never => Fate::HandedIn,
        _ => Fate::Treated,
    };
    let on_agenda = fate == Fate::Treated;
    let closed = never || dice.one_in(2);
    // The title of a closed item is known once something is published; that of an open one is sent to anybody.
    let title = !on_agenda || closed && (published == NOTHING || never && published == AGENDA);
    let outcome = dice.of(&[Outcome::Decided, Outcome::Decided, Outcome::Postponed, Outcome::Noted]);
    // The note becomes the ground of what is decided, and that is published.
    let note = closed || !on_agenda || outcome != Outcome::Decided || published <= AGENDA;
    let told = closed || !on_agenda || published <= AGENDA;
    let ground = dice.of(&[Ground::Privacy, Ground::Statute, Ground::PublicOrder]);
    Item {
        fields: ItemFields {
            title: words.of(title, "titel"),
            internal_title: words.mark("innerlijk"),
            description: words.of(never || title, "omschrijving"),
            note: words.of(note, "nota"),
            draft: words.mark("ontwerp"),
            ground: closed.then_some(if never { Ground::BodyIsClosed } else { ground }),
            secret: closed && dice.one_in(2),
            regulation: !closed && dice.one_in(3),
            ..ItemFields::default()
        },
        fate,
        papers: (0..dice.below(3)).map(|_| paper(dice, words, closed || !on_agenda)).collect(),
        outcome,
        subject: words.of(told, "onderwerp"),
        annulled: dice.one_in(4).then(|| words.mark("vernietigd")),
        decision: DecisionText {
            title: words.of(told, "besluit"),
            short_title: words.of(told, "kort"),
            articles: format!("{}\n\n{}", words.of(told, "artikel"), words.of(told, "tekst")),
        },
        summary: words.of(told, "verslag"),
    }
}

fn paper(dice: &Dice, words: &Words<'_>, closed: bool) -> Paper {
    let state = dice.of(&[DocumentState::Draft, DocumentState::Submitted, DocumentState::Approved]);
    let access = if closed {
        dice.of(&[Access::Closed, Access::Confidential])
    } else {
        dice.of(&[Access::Public, Access::Public, Access::Members, Access::Confidential])
    };
    let hidden = access != Access::Public || state != DocumentState::Approved;
    Paper {
        title: words.of(hidden, "stuk"),
        words: words.of(hidden, "blad"),
        access,
        state,
        pdf: dice.one_in(4),
        later: dice.one_in(4).then(|| words.mark("later")),
    }
}
