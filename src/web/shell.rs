//! The frame of every page: the town's name, where one can go, who one is.

use super::manage_read::manages;
use super::visitor::{Fields, form_token};
use crate::http::App;
use crate::scheduler::{SignedIn, waiting};
use crate::store::StoreError;
use crate::texts::{Lang, text};
use crate::town::Action;

/// The frame of a page.
pub(super) struct Shell {
    /// The language of the page.
    pub(super) lang: Lang,
    /// The town's name.
    pub(super) town: String,
    /// What the page is.
    pub(super) title: String,
    /// Who looks at it, if signed in.
    pub(super) who: Option<Who>,
    /// What was just done, in words.
    pub(super) done: Option<&'static str>,
    /// The address of this page, to come back to.
    pub(super) path: String,
}

/// Whoever looks at a page.
pub(super) struct Who {
    /// The name shown.
    pub(super) name: String,
    /// The token that forms carry.
    pub(super) form: String,
    /// Whether they may make calendar links.
    pub(super) feeds: bool,
    /// Whether there is anything for them to manage.
    pub(super) manages: bool,
    /// Whether they prepare sessions or sit in a body.
    pub(super) council: bool,
    /// Requests that wait for their decision.
    pub(super) waiting: usize,
}

/// One entry of the menu.
pub(super) struct Entry {
    /// The address.
    pub(super) path: &'static str,
    /// What it is.
    pub(super) word: &'static str,
    /// Whether the page at hand lies there.
    pub(super) here: bool,
    /// How much waits there.
    pub(super) waiting: usize,
}

impl Shell {
    /// The frame of a page called `title` at `path`.
    pub(super) fn new(app: &App, lang: Lang, title: &str, who: Option<&SignedIn>, path: &str) -> Self {
        let town = app.store.directory().house.town.clone();
        let who = who.map(|who| Who {
            name: who.person.name.clone(),
            form: form_token(app, who),
            feeds: who.caller.may_somewhere(Action::OwnFeeds),
            manages: manages(&who.caller),
            council: sits(app, who),
            waiting: waits(app, who),
        });
        let asked = Fields::read(path.split_once('?').map_or("", |(_, query)| query).as_bytes());
        let done = asked.some("done").and_then(|word| done(lang, word));
        Self { lang, town, title: title.to_owned(), who, done, path: path.to_owned() }
    }

    /// A text in the language of the page.
    pub(super) fn t<'k>(&self, key: &'k str) -> &'k str {
        text(self.lang, key)
    }

    /// The token that forms carry; empty if nobody is signed in.
    pub(super) fn form(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.form)
    }

    /// Requests that wait for the reader's decision.
    pub(super) fn waiting(&self) -> usize {
        self.who.as_ref().map_or(0, |who| who.waiting)
    }

    /// Where one can go.
    pub(super) fn menu(&self) -> Vec<Entry> {
        let all = [("/today", "menu.today"), ("/book", "menu.book"), ("/rooms", "menu.rooms")];
        let (feeds, manages) = self.who.as_ref().map_or((false, false), |who| (who.feeds, who.manages));
        let council = self.who.as_ref().is_some_and(|who| who.council);
        let places = all
            .into_iter()
            .chain(council.then_some(("/council", "menu.council")))
            .chain(feeds.then_some(("/calendars", "menu.calendars")))
            .chain(manages.then_some(("/manage", "menu.manage")));
        let here = |path: &str| {
            self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        let waits = |path: &str| if path == "/manage" { self.waiting() } else { 0 };
        let entry =
            |(path, key)| Entry { path, word: text(self.lang, key), here: here(path), waiting: waits(path) };
        places.map(entry).collect()
    }

    /// The languages there are.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(super) fn languages(&self) -> [(Lang, &'static str); 4] {
        Lang::ALL.map(|lang| (lang, lang.name()))
    }
}

/// Whether somebody prepares sessions, or holds or held a mandate.
fn sits(app: &App, who: &SignedIn) -> bool {
    let prepares = who.caller.may_somewhere(Action::PrepareSession);
    prepares
        || who.caller.person.is_some_and(|person| {
            app.store.read(|view| Ok::<_, StoreError>(!view.mandates_of(person)?.is_empty())).unwrap_or(false)
        })
}

/// How many requests wait for somebody; few are held at a time, so that this is not worth a hop to another thread.
fn waits(app: &App, who: &SignedIn) -> usize {
    app.store.read(|view| waiting(view, &who.caller)).unwrap_or(0)
}

/// The sentence for what was just done; only words that we know, for they come with the address.
fn done(lang: Lang, word: &str) -> Option<&'static str> {
    let key = DONE.iter().find(|(known, _)| *known == word)?.1;
    Some(text(lang, key))
}

/// What pages say after a form was sent.
const DONE: &[(&str, &str)] = &[
    ("answered", "done.answered"),
    ("approved", "done.approved"),
    ("booked", "done.booked"),
    ("cancelled", "done.cancelled"),
    ("changed", "done.changed"),
    ("checked_in", "done.checked_in"),
    ("closed", "done.closed"),
    ("granted", "done.granted"),
    ("language", "done.language"),
    ("left", "people.done_left"),
    ("link_sent", "people.done_link"),
    ("ordered", "done.ordered"),
    ("password", "done.password"),
    ("people_imported", "people.done_imported"),
    ("person_added", "people.done_added"),
    ("person_back", "people.done_back"),
    ("person_saved", "people.done_saved"),
    ("refused", "done.refused"),
    ("removed", "done.removed"),
    ("restored", "done.restored"),
    ("revoked", "done.revoked"),
    ("role_taken", "people.done_taken"),
    ("saved", "done.saved"),
    ("second_factor_off", "done.second_factor_off"),
    ("second_factor_reset", "people.done_second"),
    ("sign_ins_ended", "people.done_sign_ins"),
    ("signed_out", "done.signed_out"),
    ("taken_back", "done.taken_back"),
    ("unlocked", "people.done_unlocked"),
];
