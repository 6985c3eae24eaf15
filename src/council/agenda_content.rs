//! What a fixed agenda holds, its numbers, and what is different in the next one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AgendaItem, Ground, ItemState, LateNumbers, Section, Session, SessionMode, SessionPart};
use crate::ids::ItemId;

/// What is fixed of a session and its agenda. Its JSON is what is sealed: fields in this order, no spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaContent {
    /// The session's name in addresses.
    pub session: String,
    /// When it is planned to start, UTC.
    pub planned: DateTime<Utc>,
    /// Where.
    pub place: String,
    /// In which way.
    pub mode: SessionMode,
    /// First or second convocation.
    pub convocation_no: u8,
    /// Its items, in order.
    pub items: Vec<FixedItem>,
}

/// An item as it was fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedItem {
    /// The item.
    pub id: ItemId,
    /// Its part.
    pub part: SessionPart,
    /// Why behind closed doors.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ground: Option<Ground>,
    /// Its section.
    pub section: Section,
    /// Its number.
    pub number: String,
    /// The title that anybody may read.
    pub title: String,
    /// What only the members read.
    pub internal_title: String,
    /// The short description that anybody may read.
    pub description: String,
    /// The explanatory note.
    pub note: String,
    /// The draft decision.
    pub draft: String,
    /// Earlier items that it takes up again.
    pub references: Vec<ItemId>,
}

impl AgendaContent {
    /// What would be fixed now: items with a number, in order.
    #[must_use]
    pub fn of(session: &Session, items: &[AgendaItem]) -> Self {
        let mut live: Vec<&AgendaItem> = items.iter().filter(|item| item.is_live()).collect();
        live.sort_by_key(|item| item.order());
        let fixed = live.into_iter().filter_map(|item| {
            Some(FixedItem {
                id: item.id,
                part: item.part,
                ground: item.ground,
                section: item.section,
                number: item.number.clone()?,
                title: item.title.clone(),
                internal_title: item.internal_title.clone(),
                description: item.description.clone(),
                note: item.note.clone(),
                draft: item.draft.clone(),
                references: item.references.clone(),
            })
        });
        Self {
            session: session.slug.clone(),
            planned: session.planned,
            place: session.place.clone(),
            mode: session.mode,
            convocation_no: session.convocation_no,
            items: fixed.collect(),
        }
    }
}

/// Gives numbers to the items that come onto the agenda now; those that have one keep it. The first time each part
/// counts from 1; later ones are numbered as the body chose, so that no number is ever used again.
pub fn number(items: &mut [AgendaItem], first: bool, late: LateNumbers) {
    items.sort_by_key(AgendaItem::order);
    for part in SessionPart::ALL {
        let taken = items.iter().filter(|item| item.part == part && item.number.is_some()).count();
        let mut next = taken + 1;
        let mut added = prefixed(items, part) + 1;
        let fresh = items.iter_mut().filter(|item| item.part == part && item.number.is_none());
        for item in fresh.filter(|item| item.state == ItemState::Approved) {
            item.number = Some(if first || late == LateNumbers::Continued {
                next += 1;
                (next - 1).to_string()
            } else {
                added += 1;
                format!("AP{}", added - 1)
            });
        }
    }
}

fn prefixed(items: &[AgendaItem], part: SessionPart) -> usize {
    let numbers = items.iter().filter(|item| item.part == part).filter_map(|item| item.number.as_deref());
    numbers.filter(|number| number.starts_with("AP")).count()
}

/// How an item differs between two versions of an agenda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is new.
    Added(ItemId),
    /// It is gone.
    Removed(ItemId),
    /// These fields are different.
    Changed(ItemId, Vec<&'static str>),
    /// When, where or how the session meets is different.
    Session(Vec<&'static str>),
}

/// What is different in a later version of an agenda, in the order of the later one.
#[must_use]
pub fn differences(old: &AgendaContent, new: &AgendaContent) -> Vec<Difference> {
    let mut found = Vec::new();
    let about: Vec<&'static str> = [
        ("planned", old.planned != new.planned),
        ("place", old.place != new.place),
        ("mode", old.mode != new.mode),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect();
    if !about.is_empty() {
        found.push(Difference::Session(about));
    }
    for item in &new.items {
        match old.items.iter().find(|other| other.id == item.id) {
            None => found.push(Difference::Added(item.id)),
            Some(other) if other == item => {}
            Some(other) => found.push(Difference::Changed(item.id, fields(other, item))),
        }
    }
    let gone = old.items.iter().filter(|item| !new.items.iter().any(|other| other.id == item.id));
    found.extend(gone.map(|item| Difference::Removed(item.id)));
    found
}

fn fields(old: &FixedItem, new: &FixedItem) -> Vec<&'static str> {
    [
        ("part", old.part != new.part || old.ground != new.ground),
        ("section", old.section != new.section),
        ("title", old.title != new.title || old.internal_title != new.internal_title),
        ("description", old.description != new.description),
        ("note", old.note != new.note),
        ("draft", old.draft != new.draft),
        ("references", old.references != new.references),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::council::Origin;
    use crate::ids::SessionId;
    use uuid::Uuid;

    fn item(id: u128, part: SessionPart, position: u32) -> AgendaItem {
        AgendaItem {
            id: ItemId(Uuid::from_u128(id)),
            session: SessionId(Uuid::nil()),
            part,
            ground: (part == SessionPart::Closed).then_some(Ground::Privacy),
            section: Section::Decisions,
            position,
            number: None,
            title: format!("punt {id}"),
            internal_title: String::new(),
            description: String::new(),
            note: "nota".into(),
            draft: "Artikel 1".into(),
            origin: Origin::College,
            submitted_by: None,
            submitted_at: DateTime::UNIX_EPOCH,
            rapporteur: None,
            planned_min: 5,
            secret: false,
            regulation: false,
            references: Vec::new(),
            urgency: None,
            state: ItemState::Approved,
            version: 1,
        }
    }

    fn numbers(items: &[AgendaItem]) -> Vec<(u128, &str)> {
        items.iter().map(|i| (i.id.0.as_u128(), i.number.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn numbers_follow_the_order_once_and_then_stay() {
        use SessionPart::{Closed, Public};
        for (late, first_late, second_late) in
            [(LateNumbers::Prefixed, "AP1", "AP2"), (LateNumbers::Continued, "3", "4")]
        {
            let mut items = vec![item(2, Public, 2), item(9, Closed, 1), item(1, Public, 1)];
            items.push(AgendaItem { state: ItemState::Drafting, ..item(3, Public, 3) });
            number(&mut items, true, late);
            assert_eq!(numbers(&items), [(1, "1"), (2, "2"), (3, "-"), (9, "1")]);
            // One was dragged to the front, one was approved since, one is quite new.
            items[1].position = 1;
            items[0].position = 2;
            items[2].state = ItemState::Approved;
            number(&mut items, false, late);
            assert_eq!(numbers(&items), [(2, "2"), (1, "1"), (3, first_late), (9, "1")]);
            items.push(item(4, Public, 4));
            number(&mut items, false, late);
            assert_eq!(items[3].number.as_deref(), Some(second_late));
        }
    }

    #[test]
    fn what_is_different_is_named() {
        let content = |items: Vec<FixedItem>, place: &str| AgendaContent {
            session: "gemeenteraad-2027-01-18".into(),
            planned: DateTime::UNIX_EPOCH,
            place: place.into(),
            mode: SessionMode::Physical,
            convocation_no: 1,
            items,
        };
        let fixed = |id: u128, note: &str| FixedItem {
            id: ItemId(Uuid::from_u128(id)),
            part: SessionPart::Public,
            ground: None,
            section: Section::Decisions,
            number: id.to_string(),
            title: "t".into(),
            internal_title: String::new(),
            description: String::new(),
            note: note.into(),
            draft: String::new(),
            references: Vec::new(),
        };
        let old = content(vec![fixed(1, "a"), fixed(2, "a")], "raadzaal");
        assert!(differences(&old, &old.clone()).is_empty());
        let new = content(vec![fixed(1, "b"), fixed(3, "a")], "feestzaal");
        let id = |n| ItemId(Uuid::from_u128(n));
        assert_eq!(
            differences(&old, &new),
            [
                Difference::Session(vec!["place"]),
                Difference::Changed(id(1), vec!["note"]),
                Difference::Added(id(3)),
                Difference::Removed(id(2)),
            ]
        );
    }
}
