//! Founds the town: legal bodies, buildings, rooms, equipment, people, bodies and rules.

use std::collections::HashSet;

use super::dice::Dice;
use super::facts::FACTS;
use crate::booking::Refusal;
use crate::scheduler::{
    Caller, NewBody, NewPerson, NewRoom, NewSite, RoomFields, SiteFields, add_body, add_legal_body,
    add_person, add_room, add_service, add_site, add_unit, put_policy, set_house,
};
use crate::store::Store;
use crate::texts::Lang;
use crate::town::{Kit, Service, slug_of};

/// Elected together, the chair first.
pub(super) const COUNCILLORS: usize = 35;

/// Writes everything that changes rarely. Each step sees what the one before it wrote.
pub(super) fn town(store: &Store, dice: &Dice) -> Result<(), Refusal> {
    store.write_now(|tx| {
        let (caller, town) = (Caller::system(), &FACTS.town);
        set_house(tx, &caller, "town", &town.name)?;
        for body in &town.legal_body {
            add_legal_body(tx, &caller, &body.name, &body.slug)?;
        }
        for site in &town.site {
            let fields = SiteFields {
                name: site.name.clone(),
                address: site.address.clone(),
                walk_min: site.walk_min,
            };
            let new = NewSite { slug: site.slug.clone(), fields };
            add_site(tx, &caller, &new)?;
        }
        Ok::<_, Refusal>(())
    })?;
    store.write_now(|tx| rooms(tx, true))?;
    store.write_now(|tx| rooms(tx, false))?;
    let everybody = people(dice);
    let councillors: Vec<String> = everybody[..COUNCILLORS].iter().map(|one| one.email.clone()).collect();
    store.write_now(move |tx| {
        for person in &everybody {
            add_person(tx, &Caller::system(), person)?;
        }
        Ok::<_, Refusal>(())
    })?;
    store.write_now(move |tx| {
        let caller = Caller::system();
        for body in &FACTS.town.body {
            let new = NewBody {
                slug: body.slug.clone(),
                name: body.name.clone(),
                kind: body.kind,
                legal_body: body.belongs_to.clone(),
                members: councillors[body.first..body.first + body.members].to_vec(),
            };
            add_body(tx, &caller, &new)?;
        }
        for (position, policy) in (10_u32..).step_by(10).zip(&FACTS.town.policy) {
            put_policy(tx, &caller, position, policy)?;
        }
        for service in &FACTS.town.service {
            let (name, contact) = (service.name.clone(), service.contact.clone());
            let (slug, lead_hours) = (String::new(), service.lead_hours);
            add_service(tx, &caller, &Service { slug, name, lead_hours, contact, active: true })?;
        }
        Ok(())
    })
}

fn rooms(tx: &crate::store::Tx<'_>, parts: bool) -> Result<(), Refusal> {
    let caller = Caller::system();
    for room in FACTS.town.room.iter().filter(|room| room.made_of.is_empty() == parts) {
        let fields = RoomFields {
            name: room.name.clone(),
            site: room.site.clone(),
            floor: room.floor.clone(),
            capacity: room.capacity,
            kit: Kit { hybrid: room.hybrid, wheelchair: room.wheelchair, hearing_loop: room.hearing_loop },
            setup_min: room.setup,
            cleanup_min: room.cleanup,
            group: room.group.clone(),
            check_in: room.check_in,
        };
        let new = NewRoom { slug: room.slug.clone(), made_of: room.made_of.clone(), fields };
        add_room(tx, &caller, &new)?;
    }
    if parts {
        for unit in &FACTS.town.unit {
            add_unit(tx, &caller, &unit.kind, &unit.name, &unit.site)?;
        }
    }
    Ok(())
}

/// The councillors, then the staff department by department; no two share an address.
fn people(dice: &Dice) -> Vec<NewPerson> {
    let facts = &FACTS.people;
    let mut known = HashSet::new();
    let mut everybody = vec![person(facts.chair.clone(), Lang::Nl, &facts.parties[0], true)];
    for index in 1..COUNCILLORS {
        let party = &facts.parties[index % facts.parties.len()];
        everybody.push(newcomer(dice, &mut known, |name| person(name, Lang::Nl, party, true)));
    }
    for department in &FACTS.town.department {
        for _ in 0..department.staff {
            let lang = dice.weighted(&[(90, Lang::Nl), (5, Lang::Fr), (2, Lang::De), (3, Lang::En)]);
            let made = newcomer(dice, &mut known, |name| person(name, lang, &department.name, false));
            everybody.push(made);
        }
    }
    everybody
}

/// Draws names until one gives an address that nobody has; there are four times as many as people.
fn newcomer(dice: &Dice, known: &mut HashSet<String>, make: impl Fn(String) -> NewPerson) -> NewPerson {
    let facts = &FACTS.people;
    loop {
        let drawn = make(format!("{} {}", dice.one(&facts.first), dice.one(&facts.last)));
        if known.insert(drawn.email.clone()) {
            return drawn;
        }
    }
}

fn person(name: String, lang: Lang, department: &str, hard: bool) -> NewPerson {
    let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
    let last = slug_of(last).replace('-', "");
    let email = format!("{}.{last}@{}", slug_of(first), FACTS.town.domain);
    NewPerson { email, lang: Some(lang), department: Some(department.to_owned()), hard, name }
}
