//! A session conducted in a browser, from opening to closing, and who may.

use belfort::council::{Ballot, Choice, Majority, RulesOfProcedure, SessionState};
use belfort::presence::{Channel, PresenceKind};
use belfort::scheduler::set_recused;
use belfort::town::{Grant, Role, RoleScope};

use crate::chamber_stage::{DECISION, ELECTION, NOTICE, Stage, key, send};
use crate::town::{Answer, Client};

const COCKPIT: &str = "/council/sessions/gemeenteraad-2027-01-18/chamber";
const PART: &str = "/council/sessions/gemeenteraad-2027-01-18/take-part";
const GRIET: &str = "griet.clerk@stad.example";

async fn act(client: &Client, what: &str, fields: &[(&str, &str)]) -> Answer {
    send(client, COCKPIT, &format!("{COCKPIT}/{what}"), fields).await
}

#[tokio::test]
async fn a_clerk_conducts_a_session_from_opening_to_closing() {
    let stage = Stage::new(941).await;
    let clerk = stage.town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let seat = |place: usize| stage.seats[place].to_string();
    let page = clerk.get(COCKPIT).await.must(200).text();
    for words in
        ["Zitting nog niet geopend", "0 van de 7 leden aanwezig", "Nodig: 4", "Lid een", "1. Reglement"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(page.matches("<circle").count(), 7, "a seat for each member");
    let refused = act(&clerk, "session", &[("do", "open")]).await.must(200).text();
    assert!(refused.contains("role=\"alert\"") && refused.contains("De voorzitter is er niet"), "{refused}");
    // One is written down alone, the others together.
    let none = act(&clerk, "presence", &[("do", "arrive_room")]).await.must(200).text();
    assert!(none.contains("Er is niemand aangevinkt"), "{none}");
    let alone = act(&clerk, "presence", &[("do", &format!("arrive_room {}", seat(0)))]).await.must(303);
    let row = format!("{COCKPIT}#m-{}", seat(0));
    assert_eq!(alone.header("location"), row, "the page goes on at that member");
    let others = [1, 2, 3, 7].map(seat);
    let ticked = others.iter().map(|member| ("member", member.as_str()));
    let together: Vec<_> = [("do", "arrive_room")].into_iter().chain(ticked).collect();
    act(&clerk, "presence", &together).await.must(303);
    act(&clerk, "presence", &[("do", &format!("arrive_remote {}", seat(4)))]).await.must(303);
    act(&clerk, "session", &[("do", "open")]).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("5 van de 7 leden aanwezig: 4 in de zaal, 1 op afstand"), "{page}");

    let item = stage.items[DECISION].to_string();
    act(&clerk, "item", &[("do", "begin"), ("item", &item)]).await.must(303);
    act(&clerk, "floor", &[("mandate", &seat(1))]).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("Lid twee heeft het woord sinds 09:00") && page.contains("Openbaar"), "{page}");
    let open = [
        ("do", "open"),
        ("item", item.as_str()),
        ("kind", "show_of_hands"),
        ("majority", "absolute"),
        ("subject", "Akkoord?"),
    ];
    act(&clerk, "vote", &open).await.must(303);
    let vote = stage.hall().open_vote().unwrap().id.to_string();
    let first = format!("ballot-{}", seat(0));
    // A mark that was not taken down goes with whatever button is pressed, and stays when that is refused.
    let early =
        act(&clerk, "vote", &[("do", "declare"), ("vote", &vote), (&first, "against")]).await.must(200);
    let mark = format!("name=\"{first}\" value=\"against\" checked");
    assert!(
        early.text().contains("Nog 4 aanwezige leden") && early.text().contains(&mark),
        "{}",
        early.text()
    );
    act(&clerk, "vote", &[("do", "rest for"), ("vote", &vote), (&first, "against")]).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("5 van 5 hebben gestemd") && page.contains("Zoals het nu staat:"), "{page}");
    act(&clerk, "vote", &[("do", "declare"), ("vote", &vote)]).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("Voor: 4, Tegen: 1"), "{page}");

    // What was typed is still there when an end is refused.
    // Browsers end lines as networks do.
    let text = "Artikel van de raad.\r\n\r\nTweede.";
    let end = |outcome: &'static str| {
        [
            ("do", "end"),
            ("item", item.as_str()),
            ("outcome", outcome),
            ("articles", text),
            ("summary", "Kort."),
        ]
    };
    let refused = act(&clerk, "item", &end("rejected")).await.must(200).text();
    assert!(refused.contains("role=\"alert\"") && refused.contains("Artikel van de raad."), "{refused}");
    act(&clerk, "item", &end("decided")).await.must(303);
    let decided = stage.read(|view| view.decisions(stage.session).unwrap());
    assert_eq!(decided[0].articles.len(), 2);

    // Somebody left ten minutes ago, and it was somebody else: one line, corrected.
    stage.pass(900);
    act(&clerk, "presence", &[("do", &format!("leave {}", seat(3))), ("time", "09:05")]).await.must(303);
    let line = stage.hall().lines.last().unwrap().clone();
    assert_eq!(stage.hall().session.zone.wall(line.at).format("%H:%M").to_string(), "09:05");
    let number = line.seq.to_string();
    let wrong =
        act(&clerk, "presence", &[("do", "correct"), ("line", &number), ("reason", "  ")]).await.must(200);
    assert!(wrong.text().contains("role=\"alert\""));
    act(&clerk, "presence", &[("do", "correct"), ("line", &number), ("reason", "Vergist")]).await.must(303);
    assert_eq!(stage.hall().quorum(None).present(), 5);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("Aanwezig: 4 wordt 5"), "each change of the number is told: {page}");

    act(&clerk, "signal", &[("do", "stream on")]).await.must(303);
    act(&clerk, "signal", &[("do", "stream off")]).await.must(303);
    let notice = stage.items[NOTICE].to_string();
    act(&clerk, "item", &[("do", "begin"), ("item", &notice)]).await.must(303);
    stage.pass(181);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("De openbare stream is al 3 min weg"), "{page}");
    act(&clerk, "item", &[("do", "end"), ("item", &notice), ("outcome", "noted")]).await.must(303);
    act(&clerk, "session", &[("do", "suspend"), ("reason", "Stream weg")]).await.must(303);
    assert!(clerk.get(COCKPIT).await.must(200).text().contains("Zitting geschorst"));
    act(&clerk, "session", &[("do", "resume")]).await.must(303);
    let left = act(&clerk, "session", &[("do", "close")]).await.must(200).text();
    assert!(left.contains("3 punten zijn niet behandeld"), "{left}");
    act(&clerk, "session", &[("do", "close"), ("leaving", "1")]).await.must(303);
    assert_eq!(stage.hall().session.state, SessionState::Closed);
    let csv = clerk.get(&format!("{COCKPIT}/fees.csv")).await.must(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.text().contains("\"Lid een\";1;"), "{}", csv.text());
    stage.verify();
}

#[tokio::test]
async fn a_secret_vote_is_counted_from_the_box_and_an_election_goes_to_its_second_round() {
    let stage = Stage::new(942).await.opened(7);
    let clerk = stage.town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    stage.begin(ELECTION).unwrap();
    let item = stage.items[ELECTION].to_string();
    let open = [
        ("do", "open"),
        ("item", item.as_str()),
        ("kind", "secret"),
        ("urn", "paper"),
        ("majority", "elect"),
        ("subject", "Wie?"),
        ("candidates", "Anna\nBert\n\nCleo"),
    ];
    act(&clerk, "vote", &open).await.must(303);
    let vote = stage.hall().open_vote().unwrap().id.to_string();
    let mut handed: Vec<(&str, String)> =
        stage.seats[..7].iter().map(|seat| ("handed_in", seat.to_string())).collect();
    handed.extend([("do", "hand_in".to_owned()), ("vote", vote.clone())]);
    let fields: Vec<(&str, &str)> = handed.iter().map(|(k, v)| (*k, v.as_str())).collect();
    act(&clerk, "vote", &fields).await.must(303);
    let counts = |extra: &[(&'static str, &'static str)]| {
        let mut all = vec![("do", "declare"), ("count-candidate-0", "3"), ("count-candidate-1", "3")];
        all.extend([("count-candidate-2", "1"), ("count-abstain", "0")]);
        all.extend_from_slice(extra);
        all
    };
    let mut wrong = counts(&[("vote", "")]);
    wrong[1].1 = "4";
    let wrong: Vec<(&str, &str)> =
        wrong.into_iter().map(|(k, v)| (k, if k == "vote" { vote.as_str() } else { v })).collect();
    let refused = act(&clerk, "vote", &wrong).await.must(200).text();
    assert!(
        refused.contains("8 biljetten geteld en 7 afgegeven") && refused.contains("value=\"4\""),
        "{refused}"
    );
    let right: Vec<(&str, &str)> = counts(&[("vote", "")])
        .into_iter()
        .map(|(k, v)| (k, if k == "vote" { vote.as_str() } else { v }))
        .collect();
    act(&clerk, "vote", &right).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("tweede ronde tussen Anna en Bert"), "{page}");
    act(&clerk, "vote", &[("do", "second_round"), ("vote", &vote)]).await.must(303);
    assert_eq!(stage.hall().open_vote().unwrap().candidates, ["Anna", "Bert"]);
    let second = stage.hall().open_vote().unwrap().id.to_string();
    act(&clerk, "vote", &[("do", "annul"), ("vote", &second), ("reason", "Bus viel om")]).await.must(303);
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains("Bus viel om") && page.contains("value=\"second_round\""), "{page}");
    let journal = stage.town.manager().get("/api/v1/journal").await.must(200).text();
    assert!(
        journal.contains("vote.annulled") && !journal.contains("Bus viel om") && !journal.contains("Anna"),
        "no names"
    );
}

#[tokio::test]
async fn a_member_takes_part_from_elsewhere_and_votes_on_a_device() {
    let stage = Stage::new(943).await.opened(4);
    let clerk = stage.town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let member = stage.member(5);
    let page = member.get(PART).await.must(200).text();
    assert!(page.contains("Ik neem deel op afstand") && page.contains("Vergadertool"), "{page}");
    send(&member, PART, &format!("{PART}/presence"), &[("do", "join")]).await.must(303);
    let page = member.get(PART).await.must(200).text();
    assert!(page.contains("U telt mee zodra"), "{page}");
    assert_eq!(stage.hall().quorum(None).present(), 4, "nobody confirms themselves");
    act(&clerk, "presence", &[("do", &format!("seen {}", stage.seats[5]))]).await.must(303);
    assert_eq!(stage.hall().quorum(None).remote, 1);

    stage.begin(DECISION).unwrap();
    let item = stage.items[DECISION].to_string();
    let open = [
        ("do", "open"),
        ("item", item.as_str()),
        ("kind", "electronic"),
        ("majority", "absolute"),
        ("subject", "Akkoord?"),
    ];
    act(&clerk, "vote", &open).await.must(303);
    let vote = stage.hall().open_vote().unwrap().id.to_string();
    let mine = format!("{PART}/vote");
    send(&member, PART, &mine, &[("vote", &vote), ("choice", "against")]).await.must(303);
    let page = member.get(PART).await.must(200).text();
    assert!(page.contains("value=\"against\" id=\"c-against\" aria-pressed=\"true\""), "{page}");
    assert!(page.contains("Uw stem: Tegen."), "{page}");
    // The clerk changes nobody's vote, but takes down those of members without a device.
    let ballot = format!("ballot-{}", stage.seats[5]);
    let other = act(&clerk, "vote", &[("do", "cast"), ("vote", &vote), (&ballot, "for")]).await.must(200);
    assert!(other.text().contains("heeft al op een toestel gestemd"), "{}", other.text());
    for place in 0..3 {
        send(&stage.member(place), PART, &mine, &[("vote", &vote), ("choice", "for")]).await.must(303);
    }
    let early = act(&clerk, "vote", &[("do", "declare"), ("vote", &vote)]).await.must(200).text();
    assert!(early.contains("Nog 1 aanwezige leden"), "{early}");
    let bare = format!("ballot-{}", stage.seats[3]);
    act(&clerk, "vote", &[("do", "cast"), ("vote", &vote), (&bare, "for")]).await.must(303);
    act(&clerk, "vote", &[("do", "declare"), ("vote", &vote)]).await.must(303);
    assert!(clerk.get(COCKPIT).await.text().contains("Voor: 4, Tegen: 1"));
    send(&member, PART, &format!("{PART}/presence"), &[("do", "leave")]).await.must(303);
    assert_eq!(stage.hall().quorum(None).present(), 4);
    // Whoever sits in the room says nothing of themselves here.
    send(&stage.member(0), PART, &format!("{PART}/presence"), &[("do", "leave")]).await.must(403);
    stage.verify();
}

#[tokio::test]
async fn only_those_who_conduct_sessions_of_the_body_see_the_cockpit_and_only_members_take_part() {
    let stage = Stage::with(944, RulesOfProcedure::default()).await;
    let chair = Grant { role: Role::Chair, scope: RoleScope::Body(stage.body) };
    let elsewhere =
        Grant { role: Role::Chair, scope: RoleScope::Body(belfort::ids::BodyId(uuid::Uuid::from_u128(9))) };
    let others = [
        stage.town.signed_in("an.peeters@stad.example", &[]),
        stage.town.signed_in("tom.wouters@stad.example", &[Grant::town(Role::Manager)]),
        stage.town.signed_in("els.claes@stad.example", &[elsewhere]),
        stage.member(3),
    ];
    let posts: [(&str, &[(&str, &str)]); 6] = [
        ("floor", &[("mandate", "")]),
        ("item", &[("do", "begin"), ("item", "00000000-0000-0000-0000-000000000001")]),
        ("presence", &[("do", "leave 00000000-0000-0000-0000-000000000001")]),
        ("session", &[("do", "open")]),
        ("signal", &[("do", "stream on")]),
        ("vote", &[("do", "declare"), ("vote", "00000000-0000-0000-0000-000000000001")]),
    ];
    for other in &others {
        other.get(COCKPIT).await.must(403);
        other.get(&format!("{COCKPIT}/fees.csv")).await.must(403);
        for (what, fields) in posts {
            send(other, "/account", &format!("{COCKPIT}/{what}"), fields).await.must(403);
        }
    }
    for outsider in &others[..3] {
        outsider.get(PART).await.must(404);
        send(outsider, "/account", &format!("{PART}/presence"), &[("do", "join")]).await.must(404);
    }
    stage.town.anonymous().get(COCKPIT).await.must(303);
    stage.town.anonymous().get(PART).await.must(303);
    let presides = stage.town.signed_in("jan.maes@stad.example", &[chair]);
    presides.get(COCKPIT).await.must(200);
    presides.get("/council/sessions/geen/chamber").await.must(404);
    for lang in ["nl", "fr", "de", "en"] {
        presides.clone().speaking(lang).get(COCKPIT).await.must(200);
    }
    // Every act says that it does not know what it is asked for.
    for what in ["item", "presence", "session", "signal", "vote"] {
        let answer = send(&presides, COCKPIT, &format!("{COCKPIT}/{what}"), &[("do", "dance")]).await;
        assert!(matches!(answer.status.as_u16(), 200 | 404), "{what}: {}", answer.status);
        assert!(answer.text().contains("role=\"alert\"") || answer.status == 404, "{what}");
    }
    stage.note(6, PresenceKind::Arrive(Channel::Room)).unwrap();
    assert!(stage.member(6).get(PART).await.must(200).text().contains("In de zaal"));
}

#[tokio::test]
async fn whoever_keeps_away_from_an_item_is_named_until_they_have_left_for_it() {
    let stage = Stage::new(946).await.opened(5);
    let clerk = stage.town.signed_in(GRIET, &[Grant::town(Role::Clerk)]);
    let (item, person) = (stage.items[DECISION], stage.hall().mandates[2].person);
    stage.act(move |tx, _| Ok(tx.set_recused(item, &[person])?)).unwrap();
    let warned = "Onthouden zich van dit punt";
    assert!(!clerk.get(COCKPIT).await.must(200).text().contains(warned), "the item is not treated yet");
    stage.begin(DECISION).unwrap();
    let page = clerk.get(COCKPIT).await.must(200).text();
    assert!(page.contains(&format!("{warned} en zijn nog aanwezig: Lid drie.")), "{page}");
    assert_eq!(key(stage.put(stage.question(DECISION, Majority::Absolute))), "chamber.recused_here");
    act(&clerk, "presence", &[("do", &format!("recuse {}", stage.seats[2]))]).await.must(303);
    assert!(!clerk.get(COCKPIT).await.must(200).text().contains(warned));
    let vote = stage.put(stage.question(DECISION, Majority::Absolute)).unwrap();
    let other = stage.hall().mandates[3].person;
    let now = stage.act(move |tx, caller| set_recused(tx, caller, Stage::SLUG, item, &[person, other]));
    assert_eq!(key(now), "documents.recused_in_vote", "who votes is settled when the vote is opened");
    // The store says so too: whatever door a ballot comes through.
    let ballot = Ballot { mandate: stage.seats[2], choice: Choice::For };
    let stored = stage.act(move |tx, _| Ok(tx.put_ballot(vote, &ballot)?)).unwrap_err();
    assert!(format!("{stored:?}").contains("does not vote on it"), "{stored:?}");
    stage.verify();
}
