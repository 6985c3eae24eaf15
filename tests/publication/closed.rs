//! Ten thousand random sessions with a mark in every field that nobody may read: no mark in any document, any fact, any
//! text. What the store, the pages and the log make of such sessions is in `tests/sweep`.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use belfort::council::publication::{
    Asked, Attachment, FiledItem, FiledVote, PublicView, SessionFile, render,
};
use belfort::council::{
    Article, Choice, ClosedList, Decision, Ground, ItemState, Outcome, SessionPart, VoteKind, VoteState,
};
use proptest::prelude::*;

use super::dice::Dice;
use super::file::session_file;
use super::{BASE, edition};

/// What no public text may hold.
const MARK: &str = "GEHEIM";
/// How many sessions are drawn.
const SESSIONS: u64 = 10_000;

/// A field that nobody may read, filled with a mark that says which it is.
fn mark(field: &str) -> String {
    format!("{MARK} {field}")
}

/// A random session of one to five items, marked, from the same seed always the same.
fn session(seed: u64) -> SessionFile {
    let dice = Dice::new(seed);
    let mut file = session_file(BASE);
    let never = dice.one_in(5);
    file.body.never_public = never;
    file.body.council.rules.publish_attendance = dice.one_in(2);
    file.body.council.rules.closed_list = dice.of(&[ClosedList::Titles, ClosedList::Adopted]);
    if never {
        file.session.place = mark("place");
        file.session.stream_url = format!("https://stroom.example/{MARK}");
    }
    if never || !file.body.council.rules.publish_attendance {
        // Was away, and did nothing that is published.
        file.people[6].name = mark("absent");
    }
    let left = 1 + dice.below(file.items.len());
    while file.items.len() > left {
        file.items.remove(dice.below(file.items.len()));
    }
    for filed in &mut file.items {
        item(&dice, never, filed);
    }
    file
}

/// Draws what became of an item, and marks all that is closed in it.
fn item(dice: &Dice, never: bool, filed: &mut FiledItem) {
    let (part, doors) = (dice.one_in(2), dice.one_in(2));
    filed.item.part = if part { SessionPart::Closed } else { SessionPart::Public };
    filed.item.ground = part.then(|| dice.of(&Ground::ALL));
    filed.item.state = dice.of(&ItemState::ALL);
    filed.item.internal_title = mark("internal title");
    filed.item.note = mark("note");
    filed.item.draft = mark("draft");
    filed.attachments.push(Attachment { name: mark("paper"), url: None, public: false });
    match &mut filed.treatment {
        Some(_) if dice.one_in(4) => filed.treatment = None,
        Some(treatment) => {
            treatment.public = !doors;
            treatment.outcome = Some(dice.of(&Outcome::ALL));
        }
        None => {}
    }
    for filed in &mut filed.votes {
        vote(dice, filed);
    }
    if filed.treatment.is_none() && dice.one_in(3) {
        // Never stood on an agenda: handed in, thought of, or taken back.
        filed.item.number = None;
        filed.item.title = mark("title");
        filed.item.description = mark("description");
        return close(filed);
    }
    if never {
        filed.item.description = mark("description");
    }
    if part || never || filed.treatment.as_ref().is_some_and(|treatment| !treatment.public) {
        close(filed);
    }
}

fn vote(dice: &Dice, filed: &mut FiledVote) {
    filed.vote.state = dice.of(&[VoteState::Open, VoteState::Declared, VoteState::Annulled]);
    filed.vote.kind = dice.of(&[VoteKind::Secret, VoteKind::RollCall]);
    filed.vote.annulled_because = Some(mark("why annulled"));
    if filed.vote.state != VoteState::Declared {
        mark_vote(filed);
    }
}

fn mark_vote(filed: &mut FiledVote) {
    filed.vote.subject = mark("subject");
    filed.vote.candidates = vec![mark("candidate")];
    filed.elected = Some(0);
}

/// Marks what was done behind closed doors.
fn close(filed: &mut FiledItem) {
    let url = Some(format!("https://x.example/{MARK}"));
    filed.attachments.push(Attachment { name: mark("attachment"), url, public: true });
    if let Some(treatment) = &mut filed.treatment {
        treatment.summary = mark("summary");
    }
    filed.votes.iter_mut().for_each(mark_vote);
    for decision in &mut filed.decisions {
        *decision = Decision {
            title: mark("title of the decision"),
            short_title: mark("short title"),
            motivation: mark("motivation"),
            articles: vec![Article { number: mark("1"), text: mark("article") }],
            ..decision.clone()
        };
    }
}

/// Everything that is made for the public of a session.
fn everything(file: &SessionFile) -> Vec<String> {
    let taken = file.items.iter().flat_map(|filed| &filed.decisions);
    let alone = taken.flat_map(|decision| [Asked::Extract(decision.id), Asked::Regulation(decision.id)]);
    let asked = [Asked::Agenda, Asked::DecisionList, Asked::Minutes].into_iter().chain(alone);
    let mut all = Vec::new();
    for asked in asked {
        let Ok(view) = PublicView::of(file, asked) else { continue };
        let page = render(&view, &edition());
        all.extend([page.html, page.plain, page.title, serde_json::to_string(view.facts()).unwrap()]);
    }
    all
}

/// What stands around the first mark in a text.
fn leak(text: &str) -> Option<&str> {
    let at = text.find(MARK)?;
    let from = (0..=at.saturating_sub(150)).rev().find(|n| text.is_char_boundary(*n)).unwrap_or(0);
    let to = (at + 60..text.len()).find(|n| text.is_char_boundary(*n)).unwrap_or(text.len());
    Some(&text[from..to])
}

#[test]
fn no_closed_word_is_ever_published() {
    let (next, texts) = (AtomicU64::new(0), AtomicUsize::new(0));
    let sweep = || loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= SESSIONS {
            break;
        }
        let all = everything(&session(seed));
        texts.fetch_add(all.len(), Ordering::Relaxed);
        let leaks: Vec<&str> = all.iter().filter_map(|text| leak(text)).collect();
        assert!(leaks.is_empty(), "the session of seed {seed}: {leaks:#?}");
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(sweep))));
    let texts = texts.into_inner();
    assert!(texts > 100_000, "only {texts} texts came of {SESSIONS} sessions");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_secret_vote_links_nobody_to_a_choice(choices in prop::collection::vec(0..4_usize, 6)) {
        let mut file = session_file(BASE);
        // Ballots that should not be there at all are not published either.
        let all = [Choice::For, Choice::Against, Choice::Abstain, Choice::NotVoting];
        let vote = &mut file.items[1].votes[0];
        vote.vote.kind = VoteKind::Secret;
        for (ballot, choice) in vote.ballots.iter_mut().zip(&choices) {
            ballot.choice = all[*choice];
        }
        let with = everything(&file);
        file.items[1].votes[0].ballots.clear();
        prop_assert_eq!(with, everything(&file));
    }
}
