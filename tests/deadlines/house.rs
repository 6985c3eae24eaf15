//! A body's own rules of procedure: stricter than the law or refused.

use belfort::council::{Count, HouseOrder, HouseTerm, Severity};
use belfort::texts::Lang;

use super::{due, facts, kind, one};

fn order(rule: &str, n: Option<u32>, count: Option<Count>) -> HouseOrder {
    HouseOrder::default().with(rule, HouseTerm { n, count })
}

#[test]
fn a_stricter_term_is_counted_and_explained() {
    let facts = facts("at 2027-01-18T20:00 amended 2027-01-14T16:30");
    for (body, rule, n, count, ends) in [
        ("gemeenteraad", "convocation-sent", Some(10), None, "2027-01-08"),
        ("gemeenteraad", "convocation-sent", None, Some(Count::Clear), "2027-01-09"),
        ("gemeenteraad", "agenda-public", Some(11), Some(Count::Clear), "2027-01-06"),
        ("gemeenteraad", "member-item", None, Some(Count::Clear), "2027-01-12"),
        ("gemeenteraad", "amended-agenda-public", Some(12), None, "2027-01-15T04:30+01:00"),
        ("gemeenteraad", "decision-list", Some(3), None, "2027-01-21"),
        ("BE-BRU/gemeenteraad", "convocation-sent", Some(8), Some(Count::CalendarBefore), "2027-01-10"),
        // The law as seen gives no number: the body's own is all there is.
        ("managementteam", "convocation-sent", Some(2), None, "2027-01-16"),
        ("NL/gemeenteraad", "convocation-sent", Some(10), None, "2027-01-08"),
    ] {
        let rules = kind(body).rules().tightened_by(&order(rule, n, count)).unwrap();
        let deadline = one(&rules, &facts, rule);
        assert_eq!(deadline.due, due(ends), "{body} {rule}");
        let said = deadline.explanation.speak(Lang::Nl);
        assert!(said.contains("huishoudelijk reglement"), "{said}");
    }
}

#[test]
fn a_looser_term_is_refused_with_its_article() {
    for (body, rule, n, count, article, key) in [
        ("gemeenteraad", "convocation-sent", Some(7), None, "20", "deadline.house_looser_days"),
        ("gemeenteraad", "convocation-sent", Some(6), Some(Count::Clear), "20", "deadline.house_looser_days"),
        ("gemeenteraad", "decision-list", Some(11), None, "285+287", "deadline.house_looser_days_after"),
        ("gemeenteraad", "amended-agenda-public", Some(25), None, "22", "deadline.house_looser_hours_after"),
        ("gemeenteraad", "member-item", Some(7), None, "21", "deadline.house_fixed"),
        ("gemeenteraad", "complaint-window", Some(20), None, "332", "deadline.house_fixed"),
        ("gemeenteraad", "quorum", Some(1), None, "26", "deadline.house_no_term"),
        ("gemeenteraad", "agenda-public", None, Some(Count::HoursBefore), "22", "deadline.house_count"),
        ("gemeenteraad", "agenda-public", Some(366), None, "22", "deadline.house_range"),
        ("gemeenteraad", "agenda-public", Some(u32::MAX), None, "22", "deadline.house_range"),
        ("gemeenteraad", "coffee", Some(1), None, "18-39", "deadline.house_unknown"),
        (
            "BE-WAL/conseil-communal",
            "convocation-sent",
            None,
            Some(Count::CalendarBefore),
            "L1122-13",
            "deadline.house_looser_clear",
        ),
    ] {
        let refused = kind(body).rules().tightened_by(&order(rule, n, count)).unwrap_err();
        let [only] = refused.as_slice() else { panic!("{refused:?}") };
        assert_eq!((only.rule.as_str(), only.article.as_str()), (rule, article));
        assert_eq!((only.severity, only.said.key.as_str()), (Severity::Block, key), "{rule}");
    }
}

#[test]
fn every_fault_of_an_order_is_told() {
    let two = order("convocation-sent", Some(1), None).with("quorum", HouseTerm::default());
    let rules = kind("gemeenteraad").rules();
    let refused = rules.tightened_by(&two).unwrap_err();
    assert_eq!(refused.len(), 2);
    let said = rules.speak(&refused[0], Lang::En);
    assert_eq!(
        said,
        "Convocation sent (art. 20): That is less than the law asks. Give at least 8 calendar days."
    );
}

#[test]
fn no_order_changes_nothing() {
    let rules = kind("gemeenteraad").rules();
    assert_eq!(rules.tightened_by(&HouseOrder::default()).unwrap(), rules);
    let same = order("convocation-sent", Some(8), Some(Count::CalendarBefore));
    assert_eq!(rules.tightened_by(&same).unwrap(), rules);
}
