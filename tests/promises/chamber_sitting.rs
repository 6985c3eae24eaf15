//! A session is opened, sits and ends as the law has it: who must be there, doors, urgency, items, fees.

use belfort::council::{
    Ballot, Choice, Majority, Outcome, SessionEventKind, SessionMode, SessionState, VoteOutcome, VotePurpose,
};
use belfort::presence::{Channel, IdentifiedBy, PresenceKind, Source};
use belfort::scheduler::{
    Caller, DeclareVote, EndItem, NotePresence, Signal, adjourn_session, annul_vote, begin_item,
    cast_ballots, close_session, compute_fees, declare_not_quorate, declare_vote, end_item, fees_csv,
    note_presence, open_session, preside, resume_session, signal_session, start_speaking, summarise_item,
    suspend_session,
};
use belfort::texts::Lang;
use belfort::town::{Grant, Role};
use chrono::TimeDelta;

use crate::chamber_stage::{CLOSED, DECISION, NOTICE, Stage, URGENT, item, key, send, tested};

fn ended(outcome: Outcome) -> EndItem {
    EndItem { outcome, decisions: Vec::new(), summary: "Kort besproken.".into() }
}

/// All of the first so many members vote the same, and it is declared.
fn vote_all(stage: &Stage, question: belfort::scheduler::OpenVote, choices: &[Choice]) -> VoteOutcome {
    let vote = stage.put(question).unwrap();
    let ballots: Vec<Ballot> = stage
        .seats
        .iter()
        .zip(choices)
        .map(|(seat, choice)| Ballot { mandate: *seat, choice: *choice })
        .collect();
    stage.act(move |tx, caller| cast_ballots(tx, caller, vote, &ballots)).unwrap();
    stage.act(move |tx, caller| declare_vote(tx, caller, vote, &DeclareVote::default())).unwrap()
}

#[tokio::test]
async fn a_session_opens_with_chair_secretary_and_quorum_and_keeps_its_hour() {
    let stage = Stage::new(901).await;
    let session = stage.session;
    let open = || stage.act(move |tx, caller| open_session(tx, caller, session, ""));
    assert_eq!(key(open()), "chamber.no_chair");
    stage.note(0, PresenceKind::Arrive(Channel::Room)).unwrap();
    assert_eq!(key(open()), "chamber.no_secretary");
    stage.note(7, PresenceKind::Arrive(Channel::Room)).unwrap();
    for place in 1..3 {
        stage.note(place, PresenceKind::Arrive(Channel::Room)).unwrap();
    }
    // The secretary has no seat and counts for nothing: three of seven.
    assert_eq!(key(open()), "chamber.no_quorum");
    stage.pass(600);
    stage.note(3, PresenceKind::Arrive(Channel::Room)).unwrap();
    let planned = stage.hall().session.planned;
    open().unwrap();
    let opened = stage.hall().session;
    assert_eq!((opened.state, opened.planned), (SessionState::Open, planned));
    assert_eq!(opened.opened, Some(planned + TimeDelta::seconds(600)));
    assert_eq!(key(open()), "chamber.not_convened");
    assert_eq!(key(stage.note(3, PresenceKind::Arrive(Channel::Room))), "chamber.already_there");
    stage.verify();
}

#[tokio::test]
async fn too_few_members_make_no_session_and_it_is_said_only_at_its_hour() {
    let stage = Stage::new(902).await;
    let session = stage.session;
    stage
        .act(move |tx, _| {
            let mut later = tx.session(session)?.unwrap();
            later.planned += TimeDelta::hours(1);
            tx.put_session(&later).map_err(Into::into)
        })
        .unwrap();
    let give_up = || stage.act(move |tx, caller| declare_not_quorate(tx, caller, session));
    stage.fill(3);
    assert_eq!(key(give_up()), "chamber.too_early");
    stage.pass(3_600);
    stage.note(3, PresenceKind::Arrive(Channel::Room)).unwrap();
    assert_eq!(key(give_up()), "chamber.is_quorate");
    stage.note(3, PresenceKind::Leave).unwrap();
    give_up().unwrap();
    let hall = stage.hall();
    assert_eq!((hall.session.state, hall.session.opened), (SessionState::NotQuorate, None));
    let fees = stage.read(|view| compute_fees(view, &Caller::system(), session).unwrap());
    assert!(fees.iter().all(|line| line.fee.cents == 0), "the rules of procedure pay no such session");
}

#[tokio::test]
async fn loss_of_quorum_blocks_beginning_voting_and_declaring() {
    let stage = Stage::new(903).await.opened(4);
    stage.begin(DECISION).unwrap();
    let vote = stage.put(stage.question(DECISION, Majority::Absolute)).unwrap();
    let ballots: Vec<Ballot> =
        stage.seats[..4].iter().map(|seat| Ballot { mandate: *seat, choice: Choice::For }).collect();
    stage.act(move |tx, caller| cast_ballots(tx, caller, vote, &ballots)).unwrap();
    stage.note(3, PresenceKind::Leave).unwrap();
    let declare = || stage.act(move |tx, caller| declare_vote(tx, caller, vote, &DeclareVote::default()));
    let refused = declare().unwrap_err();
    let said = refused.said().speak(Lang::En);
    assert_eq!(
        said, "3 members are present and 4 are needed (art. 26 DLB*).",
        "with the article, marked as memory"
    );
    stage.pass(30);
    stage.note(3, PresenceKind::Arrive(Channel::Room)).unwrap();
    assert_eq!(declare().unwrap(), VoteOutcome::Adopted);
    stage.note(3, PresenceKind::Leave).unwrap();
    assert_eq!(key(stage.put(stage.question(DECISION, Majority::Absolute))), "chamber.no_quorum");
    let (session, id) = (stage.session, stage.items[DECISION]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, id), &ended(Outcome::Decided))).unwrap();
    assert_eq!(key(stage.begin(NOTICE)), "chamber.no_quorum");
    stage.verify();
}

#[tokio::test]
async fn after_a_second_convocation_old_items_are_decided_whatever_the_number_and_new_ones_are_not() {
    let stage = Stage::new(904).await;
    let first = stage.session;
    stage.fill(2);
    stage.act(move |tx, caller| declare_not_quorate(tx, caller, first)).unwrap();
    let (old, seats) = (stage.items[DECISION], stage.seats.clone());
    let (second, again, fresh) = stage
        .act(move |tx, _| {
            let session = belfort::council::Session {
                id: belfort::ids::SessionId(tx.fresh()),
                slug: "tweede".into(),
                meeting: None,
                state: SessionState::Convened,
                convocation_no: 2,
                previous: Some(first),
                version: 1,
                ..tx.session(first)?.unwrap()
            };
            tx.put_session(&session)?;
            let mut again = item(tx, session.id, DECISION, "Reglement");
            again.references = vec![old];
            let fresh = belfort::council::AgendaItem {
                position: 9,
                number: Some("9".into()),
                ..item(tx, session.id, DECISION, "Nieuw")
            };
            tx.put_agenda_item(&again)?;
            tx.put_agenda_item(&fresh)?;
            Ok((session.id, again.id, fresh.id))
        })
        .unwrap();
    for seat in [seats[0], seats[1], seats[7]] {
        let (source, identified_by) = (Source::Clerk, IdentifiedBy::SeenByChair);
        let kind = PresenceKind::Arrive(Channel::Room);
        let new = NotePresence { mandate: seat, kind, at: None, source, identified_by };
        stage.act(move |tx, caller| note_presence(tx, caller, second, &new)).unwrap();
    }
    stage.act(move |tx, caller| open_session(tx, caller, second, "Wie belt, deed dat al.")).unwrap();
    let begin = |id| stage.act(move |tx, caller| begin_item(tx, caller, second, id));
    assert_eq!(key(begin(fresh)), "chamber.no_quorum", "only items that come for the second time");
    begin(again).unwrap();
    let question =
        belfort::scheduler::OpenVote { item: again, ..stage.question(DECISION, Majority::Absolute) };
    let vote =
        stage.act(move |tx, caller| belfort::scheduler::open_vote(tx, caller, second, &question)).unwrap();
    let ballots: Vec<Ballot> =
        seats[..2].iter().map(|s| Ballot { mandate: *s, choice: Choice::For }).collect();
    stage.act(move |tx, caller| cast_ballots(tx, caller, vote, &ballots)).unwrap();
    let result =
        stage.act(move |tx, caller| declare_vote(tx, caller, vote, &DeclareVote::default())).unwrap();
    assert_eq!(result, VoteOutcome::Adopted);
    let stored = stage.read(|view| view.treatment(again).unwrap().unwrap());
    assert!(stored.quorum.exempt && stored.quorum.present() == 2, "{stored:?}");
}

#[tokio::test]
async fn an_urgent_item_needs_two_thirds_of_those_present_before_it_is_begun() {
    let stage = Stage::new(905).await.opened(7);
    assert_eq!(key(stage.begin(URGENT)), "chamber.urgency_first");
    let urgency = || belfort::scheduler::OpenVote {
        purpose: VotePurpose::Urgency,
        ..stage.question(URGENT, Majority::TwoThirdsPresent)
    };
    let half = belfort::scheduler::OpenVote { majority: Majority::Absolute, ..urgency() };
    assert_eq!(key(stage.put(half)), "chamber.urgency_majority");
    use Choice::{Abstain, Against, For};
    // Four of seven for, three abstain: a majority, but not two thirds of those present.
    let four = vote_all(&stage, urgency(), &[For, For, For, For, Abstain, Abstain, Abstain]);
    assert_eq!(four, VoteOutcome::Rejected);
    assert_eq!(key(stage.begin(URGENT)), "chamber.urgency_first");
    let five = vote_all(&stage, urgency(), &[For, For, For, For, For, Against, Against]);
    assert_eq!(five, VoteOutcome::Adopted);
    let votes = stage.read(|view| view.votes(stage.session).unwrap());
    let annul = |place: usize| {
        let vote = votes[place].id;
        stage.act(move |tx, caller| annul_vote(tx, caller, vote, "fout"))
    };
    // The first did not let the item in, so that nothing is taken away with it.
    annul(0).unwrap();
    assert_eq!(key(annul(0)), "chamber.vote_stands", "once");
    stage.begin(URGENT).unwrap();
    assert_eq!(key(annul(1)), "chamber.vote_stands", "the item rests on it");
    stage.verify();
}

#[tokio::test]
async fn a_hybrid_session_without_a_test_call_opens_only_with_a_reason() {
    let stage = Stage::new(914).await;
    let (session, seat) = (stage.session, stage.seats[3]);
    stage.act(move |tx, _| tx.put_test_call(session, &tested(seat, None)).map_err(Into::into)).unwrap();
    stage.fill(5);
    let clerk = stage.town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
    let cockpit = format!("/council/sessions/{}/chamber", Stage::SLUG);
    assert!(clerk.get(&cockpit).await.must(200).text().contains("id=\"open-reason\""));
    let open = async |reason: &str| {
        send(&clerk, &cockpit, &format!("{cockpit}/session"), &[("do", "open"), ("reason", reason)]).await
    };
    let refused = open(" ").await.must(200).text();
    assert!(refused.contains("role=\"alert\"") && refused.contains("testgesprek"), "{refused}");
    open("Iedereen zit toch in de zaal.").await.must(303);
    let opened = stage.hall().events.into_iter().find(|event| event.kind == SessionEventKind::Opened);
    assert_eq!(opened.unwrap().reason, "Iedereen zit toch in de zaal.");
    stage.verify();
}

#[tokio::test]
async fn an_urgent_item_is_out_again_when_the_vote_that_let_it_in_is_void() {
    let stage = Stage::new(910).await.opened(5);
    let question = belfort::scheduler::OpenVote {
        purpose: VotePurpose::Urgency,
        ..stage.question(URGENT, Majority::TwoThirdsPresent)
    };
    assert_eq!(vote_all(&stage, question, &[Choice::For; 5]), VoteOutcome::Adopted);
    let clerk = stage.town.signed_in("griet.clerk@stad.example", &[Grant::town(Role::Clerk)]);
    let cockpit = format!("/council/sessions/{}/chamber", Stage::SLUG);
    let vote = stage.hall().votes[0].id.to_string();
    let page = clerk.get(&cockpit).await.must(200).text();
    assert!(page.contains("value=\"annul\""), "the cockpit offers it: {page}");
    let fields = [("do", "annul"), ("vote", vote.as_str()), ("reason", "Verkeerd geteld.")];
    send(&clerk, &cockpit, &format!("{cockpit}/vote"), &fields).await.must(303);
    assert_eq!(key(stage.begin(URGENT)), "chamber.urgency_first");
}

#[tokio::test]
async fn a_time_that_is_typed_after_midnight_or_on_later_days_is_one_of_the_evening() {
    let stage = Stage::new(911).await;
    let session = stage.session;
    let wall = |text: &str| belfort::time::Zone::BRUSSELS.resolve(text.parse().unwrap()).instant;
    stage
        .act(move |tx, _| {
            let mut evening = tx.session(session)?.unwrap();
            evening.planned = wall("2027-01-18T20:00:00");
            tx.put_session(&evening).map_err(Into::into)
        })
        .unwrap();
    stage.pass(11 * 3_600 + 600);
    let stage = stage.opened(5);
    let at = |stage: &Stage, time: &str| stage.hall().instant_of(time.parse().unwrap());
    assert_eq!(stage.hall().now, wall("2027-01-18T20:10:00"));
    assert_eq!(at(&stage, "20:05:00"), wall("2027-01-18T20:05:00"));
    assert_eq!(at(&stage, "20:30:00"), wall("2027-01-18T20:30:00"), "lies ahead, and is refused as such");
    stage.pass(4 * 3_600);
    assert_eq!(at(&stage, "23:55:00"), wall("2027-01-18T23:55:00"));
    assert_eq!(at(&stage, "00:05:00"), wall("2027-01-19T00:05:00"));
    stage.act(move |tx, caller| close_session(tx, caller, session, true)).unwrap();
    stage.pass(3 * 86_400);
    assert_eq!(at(&stage, "23:55:00"), wall("2027-01-18T23:55:00"), "of the day of the session");
    assert_eq!(at(&stage, "00:05:00"), wall("2027-01-19T00:05:00"));
}

#[tokio::test]
async fn an_excuse_is_corrected_long_before_and_no_line_comes_back_in_a_session_in_the_room() {
    let stage = Stage::new(912).await;
    let session = stage.session;
    let change = move |mode: SessionMode, hours: i64| {
        move |tx: &belfort::store::Tx<'_>, _: &Caller| {
            let mut changed = tx.session(session)?.unwrap();
            changed.mode = mode;
            changed.planned += TimeDelta::hours(hours);
            tx.put_session(&changed).map_err(Into::into)
        }
    };
    stage.act(change(SessionMode::Physical, 72)).unwrap();
    stage.note(2, PresenceKind::Excuse).unwrap();
    stage.note(2, PresenceKind::Correct { of: 1, reason: "Het was Lid vier.".into() }).unwrap();
    assert_eq!(stage.hall().presence(stage.seats[2]).word(), "absent");
    assert_eq!(key(stage.note(2, PresenceKind::Arrive(Channel::Room))), "chamber.too_early");
    stage.act(change(SessionMode::Physical, -72)).unwrap();
    for kind in [PresenceKind::Reconnected, PresenceKind::Arrive(Channel::Remote)] {
        assert_eq!(key(stage.note(3, kind)), "chamber.only_in_room");
    }
}

#[tokio::test]
async fn a_summary_is_written_until_the_minutes_are_approved_and_never_after() {
    let stage = Stage::new(913).await.opened(5);
    stage.begin(NOTICE).unwrap();
    let (session, id) = (stage.session, stage.items[NOTICE]);
    stage.act(move |tx, caller| end_item(tx, caller, (session, id), &ended(Outcome::Noted))).unwrap();
    let write =
        || stage.act(move |tx, caller| summarise_item(tx, caller, (session, id), "Uitvoeriger besproken."));
    write().unwrap();
    stage.act(move |tx, caller| close_session(tx, caller, session, true)).unwrap();
    write().unwrap();
    for (state, may) in [
        (SessionState::MinutesDraft, true),
        (SessionState::MinutesApproved, false),
        (SessionState::Archived, false),
    ] {
        stage
            .act(move |tx, _| {
                let session = tx.session(session)?.unwrap();
                tx.put_session(&belfort::council::Session { state, ..session }).map_err(Into::into)
            })
            .unwrap();
        assert_eq!(write().is_ok(), may, "{state:?}");
    }
    assert_eq!(key(write()), "chamber.over");
}

#[tokio::test]
async fn a_closed_item_waits_for_doors_stream_and_screens() {
    let stage = Stage::new(906).await.opened(5);
    let session = stage.session;
    let signal = |what, on| stage.act(move |tx, caller| signal_session(tx, caller, session, (what, on)));
    signal(Signal::Stream, true).unwrap();
    for (what, refused) in [
        (Signal::Doors, "chamber.close_doors"),
        (Signal::Stream, "chamber.stop_stream"),
        (Signal::Screens, "chamber.clear_screens"),
    ] {
        assert_eq!(key(stage.begin(CLOSED)), refused);
        signal(what, false).unwrap();
    }
    stage.begin(CLOSED).unwrap();
    for what in [Signal::Doors, Signal::Stream, Signal::Screens] {
        assert_eq!(key(signal(what, true)), "chamber.closed_item_open");
    }
    let id = stage.items[CLOSED];
    stage.act(move |tx, caller| end_item(tx, caller, (session, id), &ended(Outcome::Postponed))).unwrap();
    assert_eq!(key(stage.begin(NOTICE)), "chamber.open_doors");
    signal(Signal::Doors, true).unwrap();
    stage.begin(NOTICE).unwrap();
    assert_eq!(key(signal(Signal::Doors, false)), "chamber.public_item_open");
    let treatments = stage.read(|view| view.treatments(session).unwrap());
    assert_eq!(treatments.iter().map(|t| t.public).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn what_is_decided_was_voted_on_and_becomes_articles_of_the_draft() {
    let stage = Stage::new(907).await.opened(5);
    let (session, id) = (stage.session, stage.items[DECISION]);
    stage.begin(DECISION).unwrap();
    assert_eq!(key(stage.begin(NOTICE)), "chamber.item_open");
    let end = |outcome| stage.act(move |tx, caller| end_item(tx, caller, (session, id), &ended(outcome)));
    assert_eq!(key(end(Outcome::Decided)), "chamber.votes_disagree", "nothing was voted on");
    let choices = [Choice::For, Choice::For, Choice::Against, Choice::Against, Choice::Abstain];
    assert_eq!(
        vote_all(&stage, stage.question(DECISION, Majority::Absolute), &choices),
        VoteOutcome::Rejected
    );
    assert_eq!(key(end(Outcome::Decided)), "chamber.votes_disagree", "a tie is a rejection");
    let void = stage.hall().votes[0].id;
    stage.act(move |tx, caller| annul_vote(tx, caller, void, "Verkeerd geteld.")).unwrap();
    let choices = [Choice::For, Choice::For, Choice::For, Choice::Against, Choice::Abstain];
    assert_eq!(
        vote_all(&stage, stage.question(DECISION, Majority::Absolute), &choices),
        VoteOutcome::Adopted
    );
    assert_eq!(key(end(Outcome::Rejected)), "chamber.votes_disagree");
    end(Outcome::Decided).unwrap();
    let decisions = stage.read(|view| view.decisions(session).unwrap());
    let articles: Vec<&str> = decisions[0].articles.iter().map(|a| a.text.as_str()).collect();
    assert_eq!(articles, ["De raad keurt het goed.", "Dit besluit wordt bekendgemaakt."]);
    assert!(decisions[0].regulation && decisions[0].motivation.contains("toelichting"));
    let treated = stage.read(|view| view.treatment(id).unwrap().unwrap());
    assert_eq!((treated.outcome, treated.summary.as_str()), (Some(Outcome::Decided), "Kort besproken."));
    assert_eq!(key(stage.begin(DECISION)), "chamber.item_treated");
    // What was decided and declared cannot be changed in the file either.
    let conn = rusqlite::Connection::open(stage.town.dir.path().join("belfort.db")).unwrap();
    for sql in [
        "UPDATE decision SET title = 'x'",
        "DELETE FROM decision",
        "UPDATE treatment SET outcome = 'noted'",
        "UPDATE treatment SET room = 7",
        "UPDATE vote SET subject = 'x'",
        "UPDATE vote SET declared = NULL, state = 'open' WHERE state = 'declared'",
        "UPDATE ballot SET choice = 'for'",
        "DELETE FROM ballot",
        "UPDATE presence_event SET at = at + 1",
        "DELETE FROM presence_event",
        "DELETE FROM session_event",
    ] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
    stage.verify();
}

#[tokio::test]
async fn a_session_is_suspended_broken_off_or_closed_and_paid_by_what_was_attended() {
    let stage = Stage::new(908).await.opened(5);
    let session = stage.session;
    stage.pass(1_800);
    stage.act(move |tx, caller| suspend_session(tx, caller, session, "Koffie")).unwrap();
    assert_eq!(key(stage.begin(NOTICE)), "chamber.not_open");
    stage.pass(1_800);
    stage.act(move |tx, caller| resume_session(tx, caller, session)).unwrap();
    // Two come late: one for half of what is left, one for all of it. One leaves at once.
    stage.note(5, PresenceKind::Arrive(Channel::Remote)).unwrap();
    stage.note(4, PresenceKind::Leave).unwrap();
    let seat = stage.seats[1];
    stage.act(move |tx, caller| start_speaking(tx, caller, session, seat)).unwrap();
    stage.pass(900);
    stage.note(6, PresenceKind::Arrive(Channel::Room)).unwrap();
    stage.pass(900);
    let close = |leaving| stage.act(move |tx, caller| close_session(tx, caller, session, leaving));
    assert_eq!(key(close(false)), "chamber.items_left");
    let fees = stage.town.store.read(|view| compute_fees(view, &Caller::system(), session));
    assert_eq!(key(fees), "chamber.not_over");
    close(true).unwrap();
    let events = stage.read(|view| view.session_events(session).unwrap());
    let last: Vec<SessionEventKind> = events.iter().rev().take(2).map(|event| event.kind).collect();
    assert_eq!(last, [SessionEventKind::Closed, SessionEventKind::SpeakerStopped]);
    // It sat for an hour: half before the break and half after.
    let fees = stage.read(|view| compute_fees(view, &Caller::system(), session).unwrap());
    let shares: Vec<(u32, u32)> = fees.iter().map(|line| (line.fee.share_percent, line.fee.cents)).collect();
    assert_eq!(
        shares,
        [(100, 40_000), (100, 20_000), (100, 20_000), (100, 20_000), (50, 20_000), (50, 20_000), (25, 0)]
    );
    let csv = fees_csv(&fees);
    assert_eq!(csv.lines().count(), 8);
    assert!(csv.contains(";\"Lid een\";1;3600;100;present;400,00\r\n"), "{csv}");
    assert!(csv.contains(";\"Lid zeven\";0;900;25;too_short;0,00\r\n"), "{csv}");
    assert_eq!(key(stage.begin(NOTICE)), "chamber.not_open");
    let adjourn = stage.act(move |tx, caller| adjourn_session(tx, caller, session, "Te laat"));
    assert_eq!(key(adjourn), "chamber.not_open");
    stage.verify();
}

#[tokio::test]
async fn whoever_was_to_preside_is_replaced_and_a_badge_at_the_door_counts() {
    let stage = Stage::new(909).await;
    let (session, seats) = (stage.session, stage.seats.clone());
    let (two, secretary) = (seats[1], seats[7]);
    let wrong = stage.act(move |tx, caller| preside(tx, caller, session, (secretary, secretary)));
    assert_eq!(key(wrong), "chamber.cannot_preside");
    let wrong = stage.act(move |tx, caller| preside(tx, caller, session, (two, two)));
    assert_eq!(key(wrong), "chamber.cannot_write");
    stage.act(move |tx, caller| preside(tx, caller, session, (two, secretary))).unwrap();
    let screen = |room: &str| Caller {
        role: Role::Device,
        room: Some(stage.town.room_id(room)),
        token: uuid::Uuid::from_u128(7),
        ..Caller::system()
    };
    let badge = |caller: Caller, place: usize, kind: PresenceKind, by: IdentifiedBy| {
        let new =
            NotePresence { mandate: seats[place], kind, at: None, source: Source::Kiosk, identified_by: by };
        stage.town.store.write_now(move |tx| note_presence(tx, &caller, session, &new))
    };
    let arrive = || PresenceKind::Arrive(Channel::Room);
    for (room, kind, by) in [
        ("collegezaal", arrive(), IdentifiedBy::Badge),
        ("raadzaal", arrive(), IdentifiedBy::SeenByChair),
        ("raadzaal", PresenceKind::Arrive(Channel::Remote), IdentifiedBy::Badge),
        ("raadzaal", PresenceKind::Seen, IdentifiedBy::Pin),
        ("raadzaal", PresenceKind::RecuseEnd, IdentifiedBy::Badge),
    ] {
        assert_eq!(key(badge(screen(room), 1, kind, by)), "access.forbidden", "{room} {by:?}");
    }
    for place in [1, 2, 3, 4] {
        badge(screen("raadzaal"), place, arrive(), IdentifiedBy::Badge).unwrap();
    }
    stage.note(7, arrive()).unwrap();
    stage.act(move |tx, caller| open_session(tx, caller, session, "")).unwrap();
    // Somebody remote who touches the screen at the door changes the way they take part.
    stage.note(5, PresenceKind::Arrive(Channel::Remote)).unwrap();
    badge(screen("raadzaal"), 5, arrive(), IdentifiedBy::Pin).unwrap();
    let count = stage.hall().quorum(None);
    assert_eq!((count.room, count.remote), (5, 0));
    stage.verify();
}
