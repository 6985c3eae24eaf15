//! Folding the ledger of a session: rules P1 to P5, intervals, corrections, and that every fold is repeatable.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::presence::{changes, present, quorum};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn member(number: u128) -> MandateId {
    MandateId(Uuid::from_u128(number))
}

fn item(number: u128) -> ItemId {
    ItemId(Uuid::from_u128(number))
}

fn line(seq: i64, who: u128, second: i64, kind: PresenceKind) -> PresenceEvent {
    let identified_by = IdentifiedBy::SeenByChair;
    PresenceEvent { seq, mandate: member(who), kind, at: at(second), source: Source::Clerk, identified_by }
}

fn unseen(event: PresenceEvent) -> PresenceEvent {
    PresenceEvent { identified_by: IdentifiedBy::TwoFactor, source: Source::Portal, ..event }
}

fn ledger(events: &[PresenceEvent]) -> Ledger<'_> {
    Ledger { events, grace: TimeDelta::seconds(60) }
}

fn word(ledger: &Ledger<'_>, who: u128, second: i64) -> &'static str {
    ledger.state_of(member(who), at(second)).word()
}

#[test]
fn a_broken_line_counts_for_the_grace_period_and_ends_presence_when_it_broke() {
    use PresenceKind::{Arrive, ConnectionLost, Reconnected, Seen};
    let lines = [
        line(1, 1, 0, Arrive(Channel::Remote)),
        line(2, 1, 100, ConnectionLost),
        unseen(line(3, 1, 130, Reconnected)),
        line(4, 1, 200, ConnectionLost),
        unseen(line(5, 1, 400, Reconnected)),
        line(6, 1, 420, Seen),
    ];
    let ledger = ledger(&lines);
    for (second, expected, counts) in [
        (50, "remote", true),
        (100, "lost", true),
        (130, "remote", true),
        (259, "lost", true),
        (260, "absent", false),
        (400, "unseen", false),
        (420, "remote", true),
    ] {
        assert_eq!(word(&ledger, 1, second), expected, "at {second}");
        assert_eq!(ledger.state_of(member(1), at(second)).counts().is_some(), counts, "at {second}");
    }
    let spans = ledger.intervals(member(1), at(500));
    let expected = [(0, 200), (400, 500)].map(|(from, to)| Interval { start: at(from), end: at(to) });
    assert_eq!(spans, expected, "P3: they left when the line broke; on return a new interval");
    let open = ledger.intervals(member(1), at(230));
    assert_eq!(open, [Interval { start: at(0), end: at(230) }], "within the grace period they are there");
    assert_eq!(ledger.expiries(at(500)), [(member(1), at(260))]);
}

#[test]
fn lines_that_cannot_follow_are_refused() {
    use LedgerFault as F;
    use PresenceKind as K;
    let lines = [
        line(1, 1, 0, K::Arrive(Channel::Room)),
        unseen(line(2, 2, 0, K::Arrive(Channel::Remote))),
        line(3, 3, 0, K::Arrive(Channel::Remote)),
        line(4, 3, 10, K::ConnectionLost),
        line(5, 4, 0, K::Arrive(Channel::Room)),
        line(6, 4, 20, K::RecuseStart(item(1))),
    ];
    let ledger = ledger(&lines);
    let wrong = || K::Correct { of: 2, reason: "typed wrongly".into() };
    for (who, second, kind, expected) in [
        (1, 30, K::Arrive(Channel::Room), Err(F::AlreadyThere)),
        (1, 30, K::Arrive(Channel::Remote), Err(F::AlreadyThere)),
        (1, 30, K::Excuse, Err(F::AlreadyThere)),
        (1, 30, K::SwitchChannel(Channel::Room), Err(F::SameChannel)),
        (1, 30, K::SwitchChannel(Channel::Remote), Ok(())),
        (1, 30, K::ConnectionLost, Err(F::NotRemote)),
        (1, 30, K::RecuseEnd, Err(F::NotRecused)),
        (1, 30, K::Leave, Ok(())),
        (1, -5, K::Leave, Err(F::WrongTime)),
        (1, 99, K::Leave, Err(F::WrongTime)),
        (2, 30, K::Seen, Ok(())),
        (2, 30, K::Reconnected, Err(F::NotLost)),
        (3, 30, K::Seen, Err(F::NotThere)),
        (3, 30, K::Reconnected, Ok(())),
        (3, 80, K::Leave, Err(F::NotThere)),
        (4, 30, K::RecuseStart(item(2)), Err(F::AlreadyRecused)),
        (4, 30, K::RecuseEnd, Ok(())),
        (5, 30, K::Leave, Err(F::NotThere)),
        (5, 30, K::RecuseStart(item(1)), Err(F::NotThere)),
        (5, 30, K::Excuse, Ok(())),
        (2, 30, wrong(), Ok(())),
        (1, 30, wrong(), Err(F::NoSuchLine)),
    ] {
        let event = line(7, who, second, kind);
        assert_eq!(ledger.admits(&event, at(90)), expected, "{event:?}");
    }
}

#[test]
fn absent_for_one_item_is_one_act_and_no_absence_from_the_session() {
    use PresenceKind as K;
    let lines = [
        line(1, 1, 0, K::Arrive(Channel::Room)),
        line(2, 1, 50, K::RecuseStart(item(9))),
        line(3, 1, 80, K::RecuseEnd),
        line(4, 1, 90, K::Leave),
    ];
    let ledger = ledger(&lines);
    assert_eq!(ledger.state_of(member(1), at(60)), Presence::Recused(item(9)));
    assert_eq!(ledger.state_of(member(1), at(60)).counts(), None);
    assert_eq!(ledger.state_of(member(1), at(85)), Presence::InRoom);
    assert_eq!(ledger.intervals(member(1), at(100)), [Interval { start: at(0), end: at(90) }]);
    let numbers: Vec<(u32, u32)> =
        changes(&ledger, &[member(1)], at(100)).iter().map(|c| (c.before, c.after)).collect();
    assert_eq!(numbers, [(0, 1), (1, 0), (0, 1), (1, 0)], "each change of the number is told");
}

#[test]
fn a_corrected_line_counts_no_more_but_what_was_known_before_stays() {
    use PresenceKind as K;
    let lines = [
        line(1, 1, 0, K::Arrive(Channel::Room)),
        line(2, 1, 50, K::Leave),
        line(3, 1, 70, K::Correct { of: 2, reason: "it was somebody else".into() }),
        line(4, 2, 70, K::Arrive(Channel::Room)),
    ];
    let ledger = ledger(&lines);
    assert_eq!(word(&ledger, 1, 60), "in_room");
    assert_eq!(word(&ledger.up_to(2), 1, 60), "absent", "as it was known when line 2 was the last");
    let sitting = [member(1), member(2), member(3)];
    assert_eq!(quorum(&ledger.up_to(2), &sitting, at(60), false).present(), 0);
    assert_eq!(quorum(&ledger, &sitting, at(70), false).present(), 2);
    assert_eq!(present(&ledger, &sitting, at(70)), [member(1), member(2)]);
    let again = line(5, 1, 80, K::Correct { of: 2, reason: "twice".into() });
    assert_eq!(ledger.admits(&again, at(90)), Err(LedgerFault::NoSuchLine));
}

fn kind() -> impl Strategy<Value = PresenceKind> {
    use PresenceKind as K;
    let channel = || prop_oneof![Just(Channel::Room), Just(Channel::Remote)];
    prop_oneof![
        Just(K::Excuse),
        channel().prop_map(K::Arrive),
        Just(K::Leave),
        channel().prop_map(K::SwitchChannel),
        Just(K::ConnectionLost),
        Just(K::Reconnected),
        Just(K::Seen),
        (1_u128..3).prop_map(|number| K::RecuseStart(item(number))),
        Just(K::RecuseEnd),
        (1_i64..30).prop_map(|of| K::Correct { of, reason: "wrong".into() }),
    ]
}

/// A ledger made of those random lines that it admits, a few seconds apart.
fn ledgers() -> impl Strategy<Value = Vec<PresenceEvent>> {
    prop::collection::vec((1_u128..5, 0_i64..90, any::<bool>(), kind()), 0..60).prop_map(|drawn| {
        let (mut lines, mut now): (Vec<PresenceEvent>, i64) = (Vec::new(), 0);
        for (who, later, seen, kind) in drawn {
            now += later;
            let seq = i64::try_from(lines.len()).unwrap() + 1;
            let event = line(seq, who, now, kind);
            let event = if seen { event } else { unseen(event) };
            if ledger(&lines).admits(&event, at(now)).is_ok() {
                lines.push(event);
            }
        }
        lines
    })
}

proptest! {
    #[test]
    fn a_fold_to_any_line_is_what_was_known_then(lines in ledgers()) {
        let whole = ledger(&lines);
        for event in &lines {
            let then = ledger(&lines[..usize::try_from(event.seq).unwrap()]);
            prop_assert_eq!(whole.up_to(event.seq).states(event.at), then.states(event.at));
        }
    }

    #[test]
    fn nobody_counts_twice_and_the_log_of_changes_ends_at_the_count(lines in ledgers(), later in 0_i64..200) {
        let ledger = ledger(&lines);
        let until = lines.iter().map(|line| line.at).max().unwrap_or(at(0)) + TimeDelta::seconds(later);
        let sitting: Vec<MandateId> = (1..4).map(member).collect();
        let counted = quorum(&ledger, &sitting, until, false);
        prop_assert!(counted.present() as usize <= sitting.len());
        prop_assert_eq!(present(&ledger, &sitting, until).len(), counted.present() as usize);
        let told = changes(&ledger, &sitting, until);
        prop_assert_eq!(told.last().map_or(0, |change| change.after), counted.present());
        prop_assert!(told.windows(2).all(|pair| pair[0].after == pair[1].before));
    }

    #[test]
    fn intervals_are_apart_and_agree_with_the_states(lines in ledgers()) {
        let ledger = ledger(&lines);
        let until = lines.iter().map(|line| line.at).max().unwrap_or(at(0)) + TimeDelta::seconds(30);
        for who in (1..5).map(member) {
            let spans = ledger.intervals(who, until);
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            for span in &spans {
                let inside = ledger.state_of(who, span.start);
                prop_assert!(!matches!(inside, Presence::Absent { .. }), "{:?} at {}", inside, span.start);
            }
        }
    }
}
