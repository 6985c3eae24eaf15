//! Promise: a change or cancellation of a series reaches the dates that were meant, and no others: what is over
//! stays as it was, and what was left out stays out.

use crate::town::{Client, Town, booking};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn weekly(client: &Client, rrule: &str, more: Value) -> Value {
    let mut wish = booking("groene-kamer", "2027-01-19T14:00", "2027-01-19T15:00");
    wish["rrule"] = json!(rrule);
    for (field, value) in more.as_object().unwrap() {
        wish[field] = value.clone();
    }
    client.post("/api/v1/meetings", wish).await.must(201).json()
}

/// The starts of the dates of a series that are called off, or of the others.
async fn dates(client: &Client, id: &Value, cancelled: bool) -> Vec<String> {
    let sheet = client.get(&path(id, "")).await.must(200).json();
    let dates = sheet["occurrences"].as_array().unwrap().iter();
    let dates = dates.filter(|date| (date["status"] == "cancelled") == cancelled);
    dates.map(|date| date["local_start"].as_str().unwrap()[..16].to_owned()).collect()
}

fn path(id: &Value, query: &str) -> String {
    format!("/api/v1/meetings/{}{query}", id.as_str().unwrap())
}

#[tokio::test]
async fn this_date_is_one_date_also_when_no_other_is_made_yet() {
    let town = Town::new(1);
    let staff = town.staff();
    // Every third year: the horizon holds one date of it.
    let made = weekly(&staff, "FREQ=YEARLY;INTERVAL=3", json!({})).await;
    assert_eq!(made["occurrences"].as_array().unwrap().len(), 1, "{made}");
    let change = json!({ "start": "2027-01-19T16:00", "end": "2027-01-19T17:00" });
    let query = "?scope=this&occurrence=2027-01-19T14:00:00";
    let changed = staff.patch(&path(&made["id"], query), change).await.must(200).json();
    assert_eq!(changed["occurrences"][0]["local_start"], "2027-01-19T16:00:00");
    assert_eq!(changed["start"], made["start"], "the series stays as it was: {changed}");
    let whole = json!({ "privacy": "private" });
    staff.patch(&path(&made["id"], query), whole).await.must(422);
}

#[tokio::test]
async fn to_cancel_all_is_to_cancel_what_lies_ahead() {
    let town = Town::new(1);
    let staff = town.staff();
    let made = weekly(&staff, "FREQ=WEEKLY;COUNT=4", json!({})).await;
    let id = &made["id"];
    town.pass(TimeDelta::days(9)).await;
    let past = staff.delete(&path(id, "?scope=this&occurrence=2027-01-19T14:00:00")).await;
    let problem = past.refused(409, "nl");
    assert_eq!(problem["code"], "run.ended", "what is over cannot be called off");
    staff
        .refused_in_all_languages(
            "DELETE",
            &path(id, "?scope=this&occurrence=2027-01-19T14:00:00"),
            None,
            409,
        )
        .await;
    staff.delete(&path(id, "?scope=all")).await.must(200);
    let sheet = staff.get(&path(id, "")).await.must(200).json();
    assert_eq!(sheet["status"], "live", "it took place: {sheet}");
    assert_eq!(dates(&staff, id, true).await, ["2027-02-02T14:00", "2027-02-09T14:00"]);
    assert_eq!(dates(&staff, id, false).await, ["2027-01-19T14:00", "2027-01-26T14:00"]);
    staff
        .post("/api/v1/meetings", booking("groene-kamer", "2027-02-02T14:00", "2027-02-02T15:00"))
        .await
        .must(201);
    // When nothing lies ahead there is nothing to call off.
    town.pass(TimeDelta::days(30)).await;
    assert_eq!(staff.delete(&path(id, "?scope=all")).await.refused(409, "nl")["code"], "run.ended");
    town.verify();
}

#[tokio::test]
async fn what_was_left_out_stays_out_when_the_time_changes() {
    let town = Town::new(1);
    let staff = town.staff();
    let skip = json!({ "choices": [{ "occurrence": "2027-02-02T14:00:00", "action": "skip" }] });
    for rrule in ["FREQ=WEEKLY;COUNT=5", "FREQ=WEEKLY;UNTIL=20270216", "FREQ=WEEKLY"] {
        let made = weekly(&staff, rrule, skip.clone()).await;
        let id = &made["id"];
        let one = path(id, "?scope=this&occurrence=2027-02-09T14:00:00");
        staff.delete(&one).await.must(200);
        let change = json!({ "start": "2027-01-19T16:00", "end": "2027-01-19T17:30" });
        staff.patch(&path(id, ""), change).await.must(200);
        let starts = dates(&staff, id, false).await;
        assert_eq!(
            starts[..3],
            ["2027-01-19T16:00", "2027-01-26T16:00", "2027-02-16T16:00"],
            "{rrule}: neither the date left out nor the one called off comes back"
        );
        assert_eq!(starts.len() > 3, rrule == "FREQ=WEEKLY");
        // Nor from a date in the middle on.
        let change = json!({ "start": "2027-01-26T10:00", "end": "2027-01-26T11:00" });
        let following = path(id, "?scope=following&occurrence=2027-01-26T16:00:00");
        let tail = staff.patch(&following, change).await.must(200).json();
        let starts = dates(&staff, &tail["id"], false).await;
        assert_eq!(starts[..2], ["2027-01-26T10:00", "2027-02-16T10:00"], "{rrule}");
        // A new rule is a new rule.
        if rrule == "FREQ=WEEKLY;COUNT=5" {
            let change = json!({ "rrule": "FREQ=WEEKLY;COUNT=3" });
            staff.patch(&path(&tail["id"], ""), change).await.must(200);
            let starts = dates(&staff, &tail["id"], false).await;
            assert_eq!(starts, ["2027-01-26T10:00", "2027-02-02T10:00"]);
        }
        for id in [id, &tail["id"]] {
            staff.delete(&path(id, "")).await.must(200);
        }
    }
    town.verify();
}
