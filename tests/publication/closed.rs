//! Random sessions with a mark in every field that nobody may read: no mark in any document, any fact, any text.

use belfort::council::publication::{Asked, Attachment, PublicView, SessionFile, render};
use belfort::council::{Article, Choice, Ground, Outcome, SessionPart, VoteKind, VoteState};
use proptest::prelude::*;

use super::file::{decision_id, session_file};
use super::{BASE, edition};

/// What no public text may hold.
const MARK: &str = "GEHEIM";

/// How an item of the random session is.
#[derive(Clone, Debug)]
struct Plan {
    closed: bool,
    doors: bool,
    treated: bool,
    outcome: usize,
    secret: bool,
    state: usize,
}

fn plan() -> impl Strategy<Value = Plan> {
    (any::<bool>(), any::<bool>(), any::<bool>(), 0..5_usize, any::<bool>(), 0..3_usize).prop_map(
        |(closed, doors, treated, outcome, secret, state)| Plan {
            closed,
            doors,
            treated,
            outcome,
            secret,
            state,
        },
    )
}

/// Marks all that is closed in item `n` and says whether it is.
fn mark(file: &mut SessionFile, n: usize, plan: &Plan) {
    let never = file.body.never_public;
    let filed = &mut file.items[n];
    filed.item.part = if plan.closed { SessionPart::Closed } else { SessionPart::Public };
    filed.item.ground = plan.closed.then_some(Ground::Privacy);
    filed.item.internal_title = format!("{MARK} innerlijke titel");
    filed.item.note = format!("{MARK} toelichting");
    filed.item.draft = format!("{MARK} ontwerp");
    filed.attachments.push(Attachment { name: format!("{MARK} stuk"), url: None, public: false });
    if let Some(treatment) = &mut filed.treatment {
        treatment.public = plan.doors;
        treatment.outcome = Some(Outcome::ALL[plan.outcome]);
    }
    if !plan.treated {
        filed.treatment = None;
    }
    for vote in &mut filed.votes {
        vote.vote.state = [VoteState::Open, VoteState::Declared, VoteState::Annulled][plan.state];
        vote.vote.kind = if plan.secret { VoteKind::Secret } else { VoteKind::RollCall };
        if vote.vote.state != VoteState::Declared {
            vote.vote.subject = format!("{MARK} niet afgekondigd");
        }
    }
    if !(plan.closed || never || (plan.treated && !plan.doors)) {
        return;
    }
    filed.attachments.push(Attachment {
        name: format!("{MARK} bijlage"),
        url: Some(format!("https://x.example/{MARK}")),
        public: true,
    });
    if let Some(treatment) = &mut filed.treatment {
        treatment.summary = format!("{MARK} wat gezegd werd");
    }
    for vote in &mut filed.votes {
        vote.vote.subject = format!("{MARK} onderwerp");
        vote.vote.candidates = vec![format!("{MARK} kandidaat")];
        vote.elected = Some(0);
    }
    for decision in &mut filed.decisions {
        decision.title = format!("{MARK} titel van het besluit");
        decision.short_title = format!("{MARK} korte titel");
        decision.motivation = format!("{MARK} motivering");
        decision.articles = vec![Article { number: format!("{MARK} 1"), text: format!("{MARK} tekst") }];
    }
    if never {
        filed.item.description = format!("{MARK} omschrijving");
    }
}

/// Everything that is made for the public of a session.
fn everything(file: &SessionFile) -> Vec<String> {
    let decisions = (1..=5).flat_map(|n| [Asked::Extract(decision_id(n)), Asked::Regulation(decision_id(n))]);
    let asked = [Asked::Agenda, Asked::DecisionList, Asked::Minutes].into_iter().chain(decisions);
    let mut all = Vec::new();
    for asked in asked {
        let Ok(view) = PublicView::of(file, asked) else { continue };
        let page = render(&view, &edition());
        all.extend([page.html, page.plain, page.title, serde_json::to_string(view.facts()).unwrap()]);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_closed_word_is_ever_published(
        plans in prop::collection::vec(plan(), 5),
        never in any::<bool>(),
        attendance in any::<bool>(),
    ) {
        let mut file = session_file(BASE);
        file.body.never_public = never;
        file.body.council.rules.publish_attendance = attendance;
        for (n, plan) in plans.iter().enumerate() {
            mark(&mut file, n, plan);
        }
        let all = everything(&file);
        prop_assert!(!all.is_empty());
        for text in all {
            let at = text.find(MARK);
            prop_assert!(at.is_none(), "{}", &text[at.unwrap_or(0).saturating_sub(200)..][..300.min(text.len())]);
        }
    }

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
