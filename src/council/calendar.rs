//! Holidays of Belgium and school breaks of Flanders as they are embedded (`data/council`), read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::texts::Words;
use crate::time::{Holiday, SchoolBreak};

#[derive(Deserialize)]
struct Holidays {
    rules: Vec<Holiday>,
}

#[derive(Deserialize)]
struct Breaks {
    names: BTreeMap<String, Words>,
    years: BTreeMap<String, Vec<Stretch>>,
}

#[derive(Deserialize)]
struct Stretch {
    id: String,
    from: NaiveDate,
    to: NaiveDate,
}

static HOLIDAYS: LazyLock<Vec<Holiday>> = LazyLock::new(|| {
    let read: Holidays = serde_json::from_str(include_str!("../../data/council/holidays-be.json"))
        .expect("the embedded holidays are read by every test of them");
    read.rules
});

static BREAKS: LazyLock<Vec<SchoolBreak>> = LazyLock::new(|| {
    let read: Breaks = serde_json::from_str(include_str!("../../data/council/school-breaks.json"))
        .expect("the embedded school breaks are read by every test of them");
    let stretches = read.years.into_values().flatten();
    stretches
        .map(|Stretch { id, from, to }| SchoolBreak { name: read.names[&id].clone(), from, to })
        .collect()
});

/// The holidays of Belgium: the public ones, and the regional and administrative ones that a town may observe.
#[must_use]
pub fn holidays() -> &'static [Holiday] {
    &HOLIDAYS
}

/// The school breaks of Flanders by date, as far as they are known. They are of the mark memory: computed by the
/// usual pattern, for a clerk to replace.
#[must_use]
pub fn school_breaks() -> &'static [SchoolBreak] {
    &BREAKS
}
