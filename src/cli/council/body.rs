//! The body whose sessions a command is about: its kind, its own rules, its calendar.

use serde_json::json;

use crate::cli::failure::Failure;
use crate::council::{HouseOrder, HouseTerm, Jurisdiction, Kind, RuleSet, Violation};
use crate::texts::{Lang, Said};
use crate::time::{WorkingDays, Zone};

/// The body whose sessions a command is about.
#[derive(Debug, clap::Args)]
pub(super) struct Body {
    /// Kind of body, such as gemeenteraad
    #[arg(long, value_name = "KIND")]
    kind: String,
    /// Whose law: BE-VLG, BE-BRU, BE-WAL or NL
    #[arg(long, value_name = "CODE", default_value = "BE-VLG")]
    jurisdiction: String,
    /// Time zone of the body
    #[arg(long, value_name = "ZONE", default_value = "Europe/Brussels")]
    zone: String,
    /// A term of the body's own rules, stricter than the law: RULE=N, RULE=clear or RULE=N,clear; once for each
    #[arg(long, value_name = "TERM")]
    own: Vec<String>,
    /// A holiday besides the public ones on which the town hall is closed, such as flemish-community; once for each
    #[arg(long, value_name = "ID")]
    holiday: Vec<String>,
}

impl Body {
    pub(super) fn zone(&self) -> Result<Zone, Failure> {
        let unknown = |_| Failure::Usage(vec![Said::new("time.unknown_zone").with("zone", &self.zone)]);
        self.zone.parse().map_err(unknown)
    }

    /// The rules of law for it, tightened by its own.
    pub(super) fn rules(&self, lang: Lang) -> Result<RuleSet, Failure> {
        let kind = self.jurisdiction.parse().and_then(|jurisdiction: Jurisdiction| {
            let whole = self.kind.contains('/');
            if whole { self.kind.parse() } else { Kind::of(jurisdiction, &self.kind) }
        });
        let rules = kind.map_err(|unknown| Failure::Usage(vec![unknown.0]))?.rules();
        let mut order = HouseOrder::default();
        for term in &self.own {
            let (rule, term) = own_term(term)?;
            order = order.with(&rule, term);
        }
        rules.tightened_by(&order).map_err(|faults| {
            Failure::Usage(faults.iter().map(|fault| refused(&rules, fault, lang)).collect())
        })
    }

    /// The days on which its town hall works.
    pub(super) fn calendar(&self, kind: Kind) -> Result<WorkingDays, Failure> {
        let rules = kind.jurisdiction().holidays();
        let known = |id: &&String| rules.iter().any(|rule| rule.id == **id);
        if let Some(unknown) = self.holiday.iter().find(|id| !known(id)) {
            let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
            let said =
                Said::new("deadline.unknown_holiday").with("text", unknown).with("known", ids.join(", "));
            return Err(Failure::Usage(vec![said]));
        }
        let also: Vec<&str> = self.holiday.iter().map(String::as_str).collect();
        Ok(WorkingDays::observing(rules, &also))
    }
}

fn refused(rules: &RuleSet, fault: &Violation, lang: Lang) -> Said {
    let Some(rule) = rules.get(&fault.rule) else { return fault.said.clone() };
    Said::new("deadline.own_refused")
        .with("what", rule.name.speak(lang))
        .with("article", rule.cited(lang))
        .with("why", fault.said.speak(lang))
}

/// `RULE=N`, `RULE=clear` or `RULE=N,clear`.
fn own_term(text: &str) -> Result<(String, HouseTerm), Failure> {
    let unreadable = || Failure::Usage(vec![Said::new("deadline.own_unreadable").with("text", text)]);
    let (rule, parts) = text.split_once('=').ok_or_else(unreadable)?;
    let mut term = HouseTerm::default();
    for part in parts.split(',') {
        match part.parse() {
            Ok(n) => term.n = Some(n),
            Err(_) => term.count = Some(serde_json::from_value(json!(part)).map_err(|_| unreadable())?),
        }
    }
    Ok((rule.to_owned(), term))
}
