//! The attendance fee (presentiegeld): article 17 paragraph 2; government order of 6 July 2018, articles 15 to 18.
//!
//! Paid is who was effectively present: signing and leaving is not enough. What somebody was present for is measured in
//! the time that the session sat, without its suspensions. To leave the room for an item in which one has an interest is
//! no absence here, for the ledger keeps it apart from leaving the session.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::FeePolicy;
use crate::time::Interval;

/// The chair's fee is at most double (article 17 paragraph 2).
const MOST_CHAIR_PERCENT: u32 = 200;

/// What a fee is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    /// A session that sat.
    Sat,
    /// One that continues another that was broken off.
    Resumed,
    /// One for which too few came.
    NoQuorum,
}

/// Why a fee is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeGround {
    /// Present for long enough.
    Present,
    /// Present, but not for long enough.
    TooShort,
    /// Not present.
    Absent,
    /// The rules of procedure do not pay such a session.
    NotPaid,
}

impl FeeGround {
    /// The word for it in text keys and in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::TooShort => "too_short",
            Self::Absent => "absent",
            Self::NotPaid => "not_paid",
        }
    }
}

/// What somebody is paid for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fee {
    /// Seconds for which they were present while it sat.
    pub present_s: i64,
    /// The share of the session in whole percent, rounded down.
    pub share_percent: u32,
    /// Cents of euro.
    pub cents: u32,
    /// Why.
    pub ground: FeeGround,
}

/// What somebody is paid who was present in `present`, of a session that sat in `sat`: intervals in order that do not
/// overlap.
#[must_use]
pub fn fee(policy: &FeePolicy, paid: Paid, chair: bool, (sat, present): (&[Interval], &[Interval])) -> Fee {
    let total: TimeDelta = sat.iter().map(Interval::length).sum();
    let common: TimeDelta =
        sat.iter().flat_map(|span| present.iter().map(move |here| shared(*span, *here))).sum();
    let came = !present.is_empty();
    let (total_s, present_s) = (total.num_seconds(), common.num_seconds());
    let share = if total_s == 0 { 0 } else { present_s * 100 / total_s };
    let share_percent = u32::try_from(share).unwrap_or(0);
    let ground = match paid {
        Paid::NoQuorum if !policy.pays_no_quorum => FeeGround::NotPaid,
        Paid::Resumed if !policy.pays_resumed => FeeGround::NotPaid,
        Paid::NoQuorum if came => FeeGround::Present,
        _ if present_s == 0 => FeeGround::Absent,
        _ if present_s * 100 < total_s * i64::from(policy.min_share_percent) => FeeGround::TooShort,
        _ => FeeGround::Present,
    };
    let percent = if chair { policy.chair_percent.min(MOST_CHAIR_PERCENT) } else { 100 };
    let due = u64::from(policy.amount_cents) * u64::from(percent) / 100;
    let cents = if ground == FeeGround::Present { u32::try_from(due).unwrap_or(u32::MAX) } else { 0 };
    Fee { present_s, share_percent, cents, ground }
}

fn shared(a: Interval, b: Interval) -> TimeDelta {
    let (start, end): (DateTime<Utc>, DateTime<Utc>) = (a.start.max(b.start), a.end.min(b.end));
    if start < end { end - start } else { TimeDelta::zero() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from_min: i64, to_min: i64) -> Interval {
        let at = |min: i64| DateTime::from_timestamp(1_800_000_000 + min * 60, 0).unwrap();
        Interval { start: at(from_min), end: at(to_min) }
    }

    fn policy() -> FeePolicy {
        FeePolicy { amount_cents: 20_000, min_share_percent: 50, ..FeePolicy::default() }
    }

    #[test]
    fn who_was_effectively_present_is_paid() {
        use FeeGround::{Absent, NotPaid, Present, TooShort};
        // Two hours, suspended for half an hour in between: ninety minutes count.
        let sat = [span(0, 60), span(90, 120)];
        type Row = (&'static str, Paid, bool, Vec<Interval>, u32, u32, FeeGround);
        let rows: Vec<Row> = vec![
            ("all of it", Paid::Sat, false, vec![span(-10, 120)], 100, 20_000, Present),
            ("the chair, double", Paid::Sat, true, vec![span(-10, 120)], 100, 40_000, Present),
            ("signed and left", Paid::Sat, false, vec![span(-10, 1)], 1, 0, TooShort),
            ("exactly half", Paid::Sat, false, vec![span(0, 45)], 50, 20_000, Present),
            ("a minute less", Paid::Sat, false, vec![span(0, 44)], 48, 0, TooShort),
            ("only while suspended", Paid::Sat, false, vec![span(60, 90)], 0, 0, Absent),
            ("in two parts", Paid::Sat, false, vec![span(0, 30), span(90, 120)], 66, 20_000, Present),
            ("never", Paid::Sat, false, vec![], 0, 0, Absent),
            ("a session that resumes another", Paid::Resumed, false, vec![span(0, 120)], 100, 0, NotPaid),
            ("no quorum", Paid::NoQuorum, false, vec![span(-10, 1)], 1, 0, NotPaid),
        ];
        for (case, paid, chair, present, share, cents, ground) in rows {
            let found = fee(&policy(), paid, chair, (&sat, &present));
            assert_eq!((found.share_percent, found.cents, found.ground), (share, cents, ground), "{case}");
        }
        let generous = FeePolicy { pays_no_quorum: true, pays_resumed: true, ..policy() };
        assert_eq!(fee(&generous, Paid::NoQuorum, false, (&[], &[span(0, 5)])).cents, 20_000);
        assert_eq!(fee(&generous, Paid::Resumed, false, (&sat, &[span(0, 120)])).cents, 20_000);
        let greedy = FeePolicy { chair_percent: 500, ..policy() };
        assert_eq!(fee(&greedy, Paid::Sat, true, (&sat, &sat)).cents, 40_000, "at most double");
    }
}
