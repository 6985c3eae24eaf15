//! The documents of the fictional session.

use belfort::council::publication::{
    Asked, Edition, FiledItem, FiledVote, NotPublic, PublicView, SessionFile, render,
};
use belfort::council::{Choice, ClosedList, Ground, SessionPart, VoteKind, VotePurpose, VoteState};

use super::file::{decision_id, session_file};
use super::{BASE, document, edition};

/// How often a text stands in another.
fn times(page: &str, text: &str) -> usize {
    page.matches(text).count()
}

#[test]
fn an_agenda_says_what_is_planned_and_nothing_of_what_came() {
    let page = document(&session_file(BASE), Asked::Agenda).html;
    assert_eq!(
        times(&page, "typeof=\"besluit:Agendapunt\""),
        6,
        "five items, one of which names an earlier one"
    );
    assert_eq!(times(&page, "besluit:aangebrachtNa"), 4, "one chain over all items");
    assert_eq!(times(&page, "geplandOpenbaar\" datatype=\"xsd:boolean\" content=\"false\""), 1);
    assert!(page.contains("Reglement vergaderzalen &amp; &lt;zalen&gt;"), "text is text");
    for never in ["besluit:Stemming", "besluit:Besluit\"", "besluit:Behandeling", "startedAtTime", "Ada"] {
        assert!(!page.contains(never), "{never} stands on an agenda");
    }
}

#[test]
fn a_decision_list_says_what_was_decided_and_not_who_voted_how() {
    let page = document(&session_file(BASE), Asked::DecisionList).html;
    assert_eq!(times(&page, "eli:title\""), 4, "every decision with its title, the closed one too");
    assert!(
        page.contains(
            "besluit:classificatie\" resource=\"http://data.vlaanderen.be/id/concept/Bestuursorgaan"
        )
    );
    assert!(page.contains("typeof=\"lblodlg:Functionaris\""), "the secretary is an official");
    for never in ["heeftVoorstander", "aantalVoorstanders", "motivering", "werd het woord gevoerd"] {
        assert!(!page.contains(never), "{never} stands on a decision list");
    }
}

#[test]
fn minutes_name_who_voted_how_unless_it_was_secret() {
    let page = document(&session_file(BASE), Asked::Minutes).html;
    assert!(page.contains("org:classification"));
    let (_, after) = page.split_once("Stemming over punt 2").unwrap();
    let (roll_call, after) = after.split_once("Stemming over punt 3").unwrap();
    assert_eq!(times(roll_call, "besluit:heeftVoorstander"), 3);
    assert_eq!(times(roll_call, "besluit:heeftTegenstander"), 1);
    assert!(roll_call.contains("Nam niet deel aan de stemming"), "a fourth state beside abstention");
    let (secret, _) = after.split_once("prov:generated\"").unwrap();
    assert!(secret.contains("besluit:geheim\" datatype=\"xsd:boolean\" content=\"true\""));
    assert!(secret.contains("aantalVoorstanders\" datatype=\"xsd:integer\" content=\"4\""));
    for never in ["heeftVoorstander", "heeftTegenstander", "heeftOnthouder", "heeftStemmer"] {
        assert!(!secret.contains(never), "{never} of a secret vote");
    }
    assert_eq!(times(&page, "typeof=\"besluit:BehandelingVanAgendapunt\""), 4, "none of the closed item");
}

#[test]
fn attendance_is_published_only_where_the_body_says_so() {
    let mut file = session_file(BASE);
    file.body.council.rules.publish_attendance = false;
    let page = document(&file, Asked::Minutes).html;
    for never in ["heeftAanwezigeBijStart", "heeftAfwezigeBijStart", "Aanwezig bij dit punt", "Eva Staal"] {
        assert!(!page.contains(never), "{never}: who was there is not published");
    }
    assert!(page.contains("besluit:heeftTegenstander"), "who voted against is, as the law says");
    let unanimous = page.split_once("Stemming over punt 1").unwrap().1;
    let unanimous = unanimous.split_once("prov:generated\"").unwrap().0;
    assert!(
        !unanimous.contains("besluit:heeftVoorstander"),
        "to name all who were for is to say who was there"
    );
}

#[test]
fn a_body_that_never_meets_in_public_publishes_titles_alone() {
    let mut file = session_file(BASE);
    file.body.never_public = true;
    for asked in
        [Asked::Agenda, Asked::Minutes, Asked::Extract(decision_id(1)), Asked::Regulation(decision_id(2))]
    {
        assert_eq!(PublicView::of(&file, asked), Err(NotPublic::ClosedBody), "{asked:?}");
    }
    let page = document(&file, Asked::DecisionList).html;
    assert!(page.contains("Notulen van de vorige zitting"));
    for never in ["Korte omschrijving", "besluit:Stemming", "heeftAanwezigeBijStart", "Goedgekeurd"] {
        assert!(!page.contains(never), "{never}");
    }
}

/// A college of which every item is closed because the body is, and which has it said what a vote adopted.
fn college() -> SessionFile {
    let mut file = session_file(BASE);
    file.body.never_public = true;
    file.body.council.rules.closed_list = ClosedList::Adopted;
    for filed in &mut file.items {
        (filed.item.part, filed.item.ground) = (SessionPart::Closed, Some(Ground::BodyIsClosed));
    }
    file
}

#[test]
fn a_closed_body_may_have_it_said_what_a_vote_adopted_and_no_more() {
    let file = college();
    let page = document(&file, Asked::DecisionList).html;
    let adopted = |filed: &&FiledVote| {
        filed.vote.kind != VoteKind::Secret
            && filed.vote.purpose == VotePurpose::Substance
            && filed.adopted == Some(true)
    };
    let count = file.items.iter().flat_map(|filed| &filed.votes).filter(adopted).count();
    assert!(
        count > 0 && times(&page, "typeof=\"besluit:Stemming\"") == count,
        "{count} votes adopted something"
    );
    assert_eq!(times(&page, "property=\"besluit:gevolg\""), count);
    let title = &file.items[0].item.title;
    assert!(
        page.contains(&format!("besluit:onderwerp\" lang=\"nl\" content=\"{title}\"")),
        "asked was the title"
    );
    for never in
        ["besluit:aantal", "heeftVoorstander", "heeftAanwezige", "besluit:geheim", "Korte omschrijving"]
    {
        assert!(!page.contains(never), "{never}");
    }
    for filed in file.items.iter().flat_map(|filed| &filed.votes) {
        assert!(
            !page.contains(&filed.vote.subject),
            "what was asked is written for the body: {}",
            filed.vote.subject
        );
    }
}

/// What an item is made into, and how.
type Change = (&'static str, fn(&mut FiledItem));

#[test]
fn a_closed_body_says_nothing_of_what_would_be_closed_anywhere() {
    let changes: [Change; 5] = [
        ("an item about a person", |filed| filed.item.ground = Some(Ground::Privacy)),
        ("a secret vote", |filed| filed.votes.iter_mut().for_each(|one| one.vote.kind = VoteKind::Secret)),
        ("what was not adopted", |filed| filed.votes.iter_mut().for_each(|one| one.adopted = Some(false))),
        ("a vote that decided nothing", |filed| filed.decisions.clear()),
        ("a void vote", |filed| {
            filed.votes.iter_mut().for_each(|one| one.vote.state = VoteState::Annulled);
        }),
    ];
    for (what, change) in changes {
        let mut file = college();
        file.items.iter_mut().for_each(change);
        let page = document(&file, Asked::DecisionList).html;
        assert!(!page.contains("besluit:Stemming"), "{what} is not published");
    }
    let mut open = session_file(BASE);
    open.body.council.rules.closed_list = ClosedList::Adopted;
    let stands = document(&session_file(BASE), Asked::DecisionList).html;
    assert_eq!(
        document(&open, Asked::DecisionList).html,
        stands,
        "closed items of a council stay as they were"
    );
}

#[test]
fn an_extract_is_one_decision_and_a_regulation_its_text() {
    let file = session_file(BASE);
    let extract = document(&file, Asked::Extract(decision_id(2)));
    assert_eq!(extract.title, "Reglement op het gebruik van de vergaderzalen");
    assert_eq!(times(&extract.html, "typeof=\"besluit:Agendapunt\""), 1);
    assert!(extract.html.contains("besluit:heeftTegenstander") && extract.html.contains("Artikel 2"));
    let regulation = document(&file, Asked::Regulation(decision_id(2))).html;
    assert!(regulation.contains("first_date_entry_in_force\" datatype=\"xsd:date\" content=\"2027-01-26\""));
    assert!(!regulation.contains("besluit:Stemming"), "a regulation is its text");
    let refused = |asked| PublicView::of(&file, asked).unwrap_err();
    assert_eq!(refused(Asked::Regulation(decision_id(1))), NotPublic::NoRegulation);
    assert_eq!(refused(Asked::Extract(decision_id(5))), NotPublic::ClosedItem);
    assert_eq!(refused(Asked::Extract(decision_id(9))), NotPublic::NoDecision);
}

#[test]
fn a_correction_is_seen_and_puts_off_no_regulation() {
    let view = PublicView::of(&session_file(BASE), Asked::Regulation(decision_id(2))).unwrap();
    let later: chrono::DateTime<chrono::FixedOffset> = "2027-02-01T09:00:00+01:00".parse().unwrap();
    let second =
        Edition { version: 2, at: later, correction: Some("Artikel 2 ontbrak.".into()), ..edition() };
    let page = render(&view, &second).html;
    assert!(page.contains("Verbeterd op maandag 1 februari 2027") && page.contains("Artikel 2 ontbrak."));
    assert!(page.contains("eli:date_publication\" datatype=\"xsd:date\" content=\"2027-02-01\""));
    assert!(page.contains("first_date_entry_in_force\" datatype=\"xsd:date\" content=\"2027-01-26\""));
}

#[test]
fn an_item_whose_doors_were_closed_is_closed_though_it_was_planned_public() {
    let mut file = session_file(BASE);
    file.items[1].treatment.as_mut().unwrap().public = false;
    let page = document(&file, Asked::Minutes).html;
    assert!(
        !page.contains("Artikel 2 ontbrak") && times(&page, "content=\"3\"") == 0,
        "no count of its vote"
    );
    let asked = Asked::Regulation(decision_id(2));
    assert_eq!(PublicView::of(&file, asked).unwrap_err(), NotPublic::ClosedItem);
}

#[test]
fn an_annulled_vote_is_not_published() {
    let mut file = session_file(BASE);
    file.items[1].votes[0].vote.state = belfort::council::VoteState::Annulled;
    file.items[1].votes[0].ballots[0].choice = Choice::Abstain;
    assert!(!document(&file, Asked::Minutes).html.contains("Stemming over punt 2"));
}

#[test]
fn the_same_facts_give_the_same_bytes_and_words_to_search() {
    let file = session_file(BASE);
    let all = [
        ("agenda", Asked::Agenda),
        ("besluitenlijst", Asked::DecisionList),
        ("notulen", Asked::Minutes),
        ("uittreksel", Asked::Extract(decision_id(2))),
        ("reglement", Asked::Regulation(decision_id(2))),
    ];
    for (name, asked) in all {
        let page = document(&file, asked);
        assert!(page.plain.contains("Reglement vergaderzalen & <zalen>"), "{name}: the search reads words");
        assert_eq!(page, document(&file, asked), "{name}: the same bytes for the same facts");
    }
}
