//! What members are paid for a session, and the file for the payroll.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::Hall;
use crate::booking::Refusal;
use crate::council::{Fee, Paid, SessionEventKind, SessionState, fee};
use crate::ids::{MandateId, SessionId};
use crate::scheduler::Caller;
use crate::store::View;
use crate::texts::Said;
use crate::time::Interval;

/// What a member is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeLine {
    /// The mandate.
    pub mandate: MandateId,
    /// The name of its holder; empty if their data were wiped.
    pub name: String,
    /// Whether they presided.
    pub chair: bool,
    /// What they are paid, and why.
    pub fee: Fee,
}

/// What everybody is paid who has a seat: from the intervals in which they were there, not from a signature (article 17
/// paragraph 2).
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever does not conduct sessions of the body; [`Refusal::State`] before it is over.
pub fn compute_fees(view: &View<'_>, caller: &Caller, id: SessionId) -> Result<Vec<FeeLine>, Refusal> {
    let hall = Hall::load(view, id)?;
    hall.must_conduct(caller)?;
    let continues = match hall.session.previous {
        Some(previous) if hall.session.convocation_no == 1 => {
            view.session(previous)?.is_some_and(|session| session.state == SessionState::Adjourned)
        }
        _ => false,
    };
    let paid = match hall.session.state {
        SessionState::NotQuorate => Paid::NoQuorum,
        state if !state.was_held() => return Err(Refusal::State(Said::new("chamber.not_over"))),
        _ if continues => Paid::Resumed,
        _ => Paid::Sat,
    };
    let (sat, end) = sat(&hall);
    let line = |mandate: MandateId| {
        let chair = hall.session.chair == Some(mandate);
        let present = hall.ledger().intervals(mandate, end);
        let fee = fee(&hall.rules.fee, paid, chair, (&sat, &present));
        FeeLine { mandate, name: hall.name(mandate), chair, fee }
    };
    // Whoever sat at any time of it: a successor may have taken the oath in this very session.
    let seated = |m: &&crate::council::Mandate| {
        m.seat.is_some() && (m.sits_at(end) || sat.iter().any(|span| m.sits_at(span.start)))
    };
    Ok(hall.mandates.iter().filter(seated).map(|mandate| line(mandate.id)).collect())
}

/// The stretches in which the session sat, and its end.
fn sat(hall: &Hall) -> (Vec<Interval>, DateTime<Utc>) {
    use SessionEventKind as K;
    let (mut spans, mut since, mut end) = (Vec::new(), None, hall.now);
    for event in &hall.events {
        match event.kind {
            K::Opened | K::Resumed => since = Some(event.at),
            K::Suspended | K::Closed | K::Adjourned => {
                let start: Option<DateTime<Utc>> = since.take();
                spans.extend(start.and_then(|start| Interval::new(start, event.at)));
                end = event.at;
            }
            K::NotQuorate => end = event.at,
            _ => {}
        }
    }
    (spans, end)
}

/// The file for the payroll: RFC 4180, amounts in euro with a comma, as spreadsheets here read them, and so parted by
/// semicolons.
#[must_use]
pub fn fees_csv(lines: &[FeeLine]) -> String {
    let mut csv = String::from("mandate;name;chair;present_seconds;share_percent;ground;euro\r\n");
    for line in lines {
        let (fee, chair) = (&line.fee, u8::from(line.chair));
        let (euro, cents) = (fee.cents / 100, fee.cents % 100);
        // A cell that begins with a sign is taken for a formula by spreadsheets.
        let formula = line.name.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let name = format!("{}{}", if formula { "'" } else { "" }, line.name.replace('"', "\"\""));
        let _ = write!(csv, "{};\"{name}\";{chair};{};", line.mandate, fee.present_s);
        let _ = write!(csv, "{};{};{euro},{cents:02}\r\n", fee.share_percent, fee.ground.word());
    }
    csv
}
