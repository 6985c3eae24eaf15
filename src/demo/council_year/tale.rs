//! The tale of the year: what is done for each session on which day, and what goes otherwise than planned.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::PlayedYear;
use super::matters::MATTERS;
use super::night;
use super::run::Stage;
use super::year::Planned;
use crate::booking::Refusal;
use crate::council::publication::Asked;
use crate::council::{AgendaItem, Ground, ItemState, ModeReason, SessionMode, SessionState};
use crate::scheduler::council::{
    Convene, ItemFields, NewSession, add_item, add_minutes_item, approve_minutes, cancel_session,
    change_mode, convene, fix_agenda, move_session, offer_minutes, open_convocation, plan_session,
    plan_test_calls, sign_minutes, step_item, submit_item, table_again,
};
use crate::scheduler::{Publish, publish_session};

/// How long before a hybrid session its test call is planned.
const TEST_CALL: TimeDelta = TimeDelta::hours(1);

/// What goes otherwise in a session of the council, by its place in the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    Postpones,
    Moves,
    LateItem,
    Urgent,
    Hybrid,
    NoQuorum,
    Election,
    Closed,
    Plain,
}

impl Twist {
    fn of(body: &str, place: usize) -> Self {
        const ORDER: [Twist; 8] = [
            Twist::Postpones,
            Twist::Moves,
            Twist::LateItem,
            Twist::Urgent,
            Twist::Hybrid,
            Twist::NoQuorum,
            Twist::Election,
            Twist::Closed,
        ];
        if body == "gemeenteraad" { ORDER.get(place).copied().unwrap_or(Self::Plain) } else { Self::Plain }
    }
}

/// Something that is done on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Prepare,
    Disturb,
    Hold,
    PublishDecisions,
    OfferMinutes,
    PublishMinutes,
}

struct Teller<'a, 's> {
    stage: &'a Stage<'s>,
    todo: Vec<(DateTime<Utc>, usize, Step, Planned)>,
    count: usize,
    played: PlayedYear,
}

/// Plays the year up to `now`.
pub(super) fn tell(stage: &Stage<'_>, plan: &[Planned], now: DateTime<Utc>) -> Result<PlayedYear, Refusal> {
    let played = PlayedYear { sessions: plan.len(), ..PlayedYear::default() };
    let mut teller = Teller { stage, todo: Vec::new(), count: 0, played };
    for planned in plan {
        teller.schedule(planned);
    }
    while let Some(next) = teller.next() {
        let (at, _, step, planned) = next;
        if at > now {
            break;
        }
        stage.at(at);
        teller.take(step, &planned)?;
    }
    let published = stage.store.read(|view| {
        let count = view.publication_count()?;
        Ok::<_, Refusal>(count)
    })?;
    teller.played.published = usize::try_from(published).unwrap_or(0);
    Ok(teller.played)
}

impl Teller<'_, '_> {
    fn next(&mut self) -> Option<(DateTime<Utc>, usize, Step, Planned)> {
        let (place, _) = self.todo.iter().enumerate().min_by_key(|(_, (at, count, ..))| (*at, *count))?;
        Some(self.todo.remove(place))
    }

    fn put(&mut self, at: DateTime<Utc>, step: Step, planned: &Planned) {
        self.count += 1;
        self.todo.push((at, self.count, step, planned.clone()));
    }

    fn schedule(&mut self, planned: &Planned) {
        let weekly = planned.body == "college";
        let twist = Twist::of(planned.body, planned.place);
        let (days, hour) = if weekly { (-4, 11) } else { (-12, 10) };
        self.put(self.working_hour(planned.at, days, hour), Step::Prepare, planned);
        let disturbed = match twist {
            Twist::Moves => Some((-10, 15)),
            Twist::LateItem => Some((-2, 21)),
            _ => None,
        };
        if let Some((days, hour)) = disturbed {
            self.put(self.working_hour(planned.at, days, hour), Step::Disturb, planned);
        }
        if twist != Twist::Moves {
            self.put(planned.at, Step::Hold, planned);
        }
    }

    /// An hour of the wall clock so many days before or after a session.
    fn working_hour(&self, at: DateTime<Utc>, days: i64, hour: u32) -> DateTime<Utc> {
        let zone = self.stage.store.directory().house.zone;
        let day = zone.wall(at).date() + TimeDelta::days(days);
        zone.resolve(day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())).instant
    }

    fn take(&mut self, step: Step, planned: &Planned) -> Result<(), Refusal> {
        let session = self.stage.session(&planned.slug)?;
        if session.state == SessionState::Cancelled {
            return Ok(());
        }
        match step {
            Step::Prepare => self.prepare(planned),
            Step::Disturb => self.disturb(planned),
            Step::Hold => self.hold(planned),
            Step::PublishDecisions => self.publish_decisions(planned),
            Step::OfferMinutes => {
                let slug = planned.slug.clone();
                self.stage.act(move |tx, caller| offer_minutes(tx, caller, &slug).map(|_| ()))
            }
            Step::PublishMinutes => self.publish(planned, Asked::Minutes),
        }
    }

    /// Fills the agenda, fixes it, publishes it and convenes; members then open their file.
    fn prepare(&mut self, planned: &Planned) -> Result<(), Refusal> {
        let twist = Twist::of(planned.body, planned.place);
        if planned.place > 0 || twist == Twist::NoQuorum {
            self.minutes_item(&planned.slug)?;
        }
        if twist == Twist::Hybrid {
            let slug = planned.slug.clone();
            let reason = ModeReason {
                circumstance: MATTERS.circumstances[0].clone(),
                reason: "Door ijzel zijn de wegen naar twee deelgemeenten afgesloten.".to_owned(),
            };
            self.stage
                .act(move |tx, caller| change_mode(tx, caller, &slug, SessionMode::Hybrid, Some(&reason)))?;
            let (slug, call) = (planned.slug.clone(), self.stage.session(&planned.slug)?.planned - TEST_CALL);
            self.stage.act(move |tx, caller| plan_test_calls(tx, caller, &slug, call))?;
        }
        for fields in matters(planned, twist) {
            self.approved_item(&planned.slug, fields)?;
        }
        if twist == Twist::Moves {
            self.bring_back(&planned.slug)?;
        }
        if twist == Twist::LateItem {
            self.member_item(planned)?;
        }
        self.fix_and_convene(planned, "")
    }

    fn minutes_item(&self, slug: &str) -> Result<(), Refusal> {
        let slug = slug.to_owned();
        self.stage.act(move |tx, caller| add_minutes_item(tx, caller, &slug).map(|_| ()))
    }

    fn approved_item(&self, slug: &str, fields: ItemFields) -> Result<AgendaItem, Refusal> {
        let slug = slug.to_owned();
        self.stage.act(move |tx, caller| {
            let item = add_item(tx, caller, &slug, &fields)?;
            step_item(tx, caller, item.id, None, ItemState::ForApproval)?;
            step_item(tx, caller, item.id, None, ItemState::Approved)
        })
    }

    /// Brings what was put off back to this session.
    fn bring_back(&self, slug: &str) -> Result<(), Refusal> {
        let slug = slug.to_owned();
        self.stage.act(move |tx, caller| {
            let session = tx.session_named(&slug)?.ok_or_else(|| Refusal::unknown("session", &slug))?;
            let Some(before) = tx.session_before(session.body, session.planned)? else { return Ok(()) };
            let items = tx.agenda_items(before.id)?;
            for put_off in items.iter().filter(|item| item.title == MATTERS.postponed.title) {
                let again = table_again(tx, caller, put_off.id, &slug)?;
                step_item(tx, caller, again.id, None, ItemState::ForApproval)?;
                step_item(tx, caller, again.id, None, ItemState::Approved)?;
            }
            Ok(())
        })
    }

    /// A member who does not belong to the executive hands an item in, in time.
    fn member_item(&self, planned: &Planned) -> Result<(), Refusal> {
        let (slug, fields) = (planned.slug.clone(), MATTERS.member_item.fields());
        let Some(person) = self.stage.backbencher(&slug)? else { return Ok(()) };
        self.stage.act_as(person, move |tx, caller| submit_item(tx, caller, &slug, &fields).map(|_| ()))
    }

    fn fix_and_convene(&mut self, planned: &Planned, urgent: &str) -> Result<(), Refusal> {
        let (slug, urgent_reason) = (planned.slug.clone(), urgent.to_owned());
        self.stage.act(move |tx, caller| {
            fix_agenda(tx, caller, &slug)?;
            convene(tx, caller, &slug, &Convene { urgent_reason, channels: Vec::new() }).map(|_| ())
        })?;
        self.stage.pass(600);
        if is_public(planned.body) {
            self.publish(planned, Asked::Agenda)?;
        }
        let session = self.stage.session(&planned.slug)?;
        let mut people: Vec<_> =
            self.stage.members(&session)?.into_iter().map(|(_, person)| person).collect();
        let director = session.secretary;
        let secretary = self
            .stage
            .store
            .read(|view| Ok::<_, Refusal>(director.map(|id| view.mandate(id)).transpose()?.flatten()))?;
        people.extend(secretary.map(|mandate| mandate.person));
        for person in people {
            self.stage.act_as(person, move |tx, caller| open_convocation(tx, caller, session.id))?;
        }
        Ok(())
    }

    /// What happens between convocation and session.
    fn disturb(&mut self, planned: &Planned) -> Result<(), Refusal> {
        match Twist::of(planned.body, planned.place) {
            Twist::Moves => self.moves(planned),
            Twist::LateItem => self.comes_late(planned),
            _ => Ok(()),
        }
    }

    /// The council moves three days on; what that breaks asks for a reason, and for a new convocation.
    fn moves(&mut self, planned: &Planned) -> Result<(), Refusal> {
        let zone = self.stage.store.directory().house.zone;
        let start = zone.wall(planned.at) + TimeDelta::days(3);
        let slug = planned.slug.clone();
        let tried =
            self.stage.act(move |tx, caller| move_session(tx, caller, &slug, start, &[], "").map(|_| ()));
        if let Err(refusal) = tried {
            self.played.refused.push(refusal.code().to_owned());
        }
        let slug = planned.slug.clone();
        let reason = "De raadzaal is door waterschade niet beschikbaar op de eerste datum.";
        if self.stage.session(&slug)?.planned == planned.at {
            let moved = slug.clone();
            self.stage
                .act(move |tx, caller| move_session(tx, caller, &moved, start, &[], reason).map(|_| ()))?;
        }
        let at = self.stage.session(&slug)?.planned;
        let moved = Planned { at, ..planned.clone() };
        self.fix_and_convene(&moved, reason)?;
        self.put(at, Step::Hold, &moved);
        Ok(())
    }

    /// A member comes with an item after the term of article 21.
    fn comes_late(&mut self, planned: &Planned) -> Result<(), Refusal> {
        let (slug, fields) = (planned.slug.clone(), MATTERS.late_item.fields());
        let Some(person) = self.stage.backbencher(&slug)? else { return Ok(()) };
        let tried =
            self.stage.act_as(person, move |tx, caller| submit_item(tx, caller, &slug, &fields).map(|_| ()));
        match tried {
            Err(refusal) => self.played.refused.push(refusal.code().to_owned()),
            Ok(()) => return Err(Refusal::Internal("a late item was taken".to_owned())),
        }
        Ok(())
    }

    fn hold(&mut self, planned: &Planned) -> Result<(), Refusal> {
        let twist = Twist::of(planned.body, planned.place);
        if twist == Twist::NoQuorum {
            return self.too_few(planned);
        }
        self.sit(planned, twist)
    }

    /// Holds a session, and does what follows from it.
    fn sit(&mut self, planned: &Planned, twist: Twist) -> Result<(), Refusal> {
        let before = night::hold(self.stage, planned, twist)?;
        self.played.held += 1;
        if twist == Twist::Urgent {
            // The agenda that was fixed anew that evening is public within 24 hours (article 22).
            self.publish(planned, Asked::Agenda)?;
        }
        if let Some(before) = before {
            let slug = before.slug.clone();
            self.stage.act(move |tx, caller| {
                approve_minutes(tx, caller, &slug)?;
                sign_minutes(tx, caller, &slug, true)?;
                sign_minutes(tx, caller, &slug, false).map(|_| ())
            })?;
            if is_public(planned.body) {
                let earlier = Planned { slug: before.slug, at: before.planned, ..planned.clone() };
                let at = self.working_hour(planned.at, 1, 14);
                self.put(at, Step::PublishMinutes, &earlier);
            }
        }
        let at = planned.at;
        if planned.body != "bijzonder-comite" {
            let publish = self.working_hour(at, 3, 10);
            self.put(publish, Step::PublishDecisions, planned);
        }
        let offer = self.working_hour(at, if planned.body == "college" { 2 } else { 5 }, 16);
        self.put(offer, Step::OfferMinutes, planned);
        Ok(())
    }

    /// Too few come; the same items come back after a second convocation, and then the number no longer matters.
    fn too_few(&mut self, planned: &Planned) -> Result<(), Refusal> {
        night::wait_in_vain(self.stage, planned)?;
        let welfare = planned.slug.replace("gemeenteraad", "raad-voor-maatschappelijk-welzijn");
        let reason =
            "De gemeenteraad was niet in aantal; beide raden worden opnieuw bijeengeroepen.".to_owned();
        self.stage.act(move |tx, caller| cancel_session(tx, caller, &welfare, &reason).map(|_| ()))?;
        let failed = self.stage.session(&planned.slug)?;
        let zone = self.stage.store.directory().house.zone;
        let new = NewSession {
            body: planned.body.to_owned(),
            start: zone.wall(planned.at) + TimeDelta::days(10),
            length_min: 180,
            rooms: vec!["raadzaal".to_owned()],
            previous: Some(failed.id),
            second: true,
            organiser: Some(self.stage.clerk_email.clone()),
            ..NewSession::default()
        };
        let again = self.stage.act(move |tx, caller| plan_session(tx, caller, &new))?;
        let (from, to) = (failed.id, again.slug.clone());
        self.stage.act(move |tx, caller| {
            for item in tx.agenda_items(from)?.into_iter().filter(|item| item.state == ItemState::OnAgenda) {
                let item = table_again(tx, caller, item.id, &to)?;
                step_item(tx, caller, item.id, None, ItemState::ForApproval)?;
                step_item(tx, caller, item.id, None, ItemState::Approved)?;
            }
            Ok(())
        })?;
        // A place beyond the twists: it goes as any other.
        let second = Planned { slug: again.slug, at: again.planned, body: planned.body, place: 100 };
        self.stage.pass(3_600);
        self.fix_and_convene(&second, "")?;
        self.played.sessions += 1;
        self.put(second.at, Step::Hold, &second);
        Ok(())
    }

    fn publish_decisions(&mut self, planned: &Planned) -> Result<(), Refusal> {
        self.publish(planned, Asked::DecisionList)?;
        if planned.body != "gemeenteraad" {
            return Ok(());
        }
        let session = self.stage.session(&planned.slug)?;
        let (decisions, items) = self
            .stage
            .store
            .read(|view| Ok::<_, Refusal>((view.decisions(session.id)?, view.agenda_items(session.id)?)))?;
        for decision in decisions {
            let open = items.iter().any(|item| item.id == decision.item && item.ground.is_none());
            if open {
                self.publish(planned, Asked::Extract(decision.id))?;
            }
            if open && decision.regulation {
                self.publish(planned, Asked::Regulation(decision.id))?;
            }
        }
        Ok(())
    }

    fn publish(&self, planned: &Planned, asked: Asked) -> Result<(), Refusal> {
        let base = self.stage.base.clone();
        let corrects = "Nieuwe versie na wijziging van de agenda.".to_owned();
        let wish = Publish { session: planned.slug.clone(), asked, reason: corrects };
        self.stage.act(move |tx, caller| publish_session(tx, caller, &base, &wish).map(|_| ()))
    }
}

/// Whether the public may follow a body of the demo.
pub(super) fn is_public(body: &str) -> bool {
    !matches!(body, "college" | "vast-bureau" | "bijzonder-comite")
}

/// What is on the agenda of a session.
fn matters(planned: &Planned, twist: Twist) -> Vec<ItemFields> {
    let matters = &MATTERS;
    match planned.body {
        "gemeenteraad" => {
            let count = matters.matter.len();
            let pick = |offset: usize| matters.matter[(planned.place * 3 + offset) % count].fields();
            let mut list = vec![pick(0), pick(1), pick(2)];
            match twist {
                Twist::Postpones => list.push(matters.postponed.fields()),
                Twist::Election => list.push(ItemFields { secret: true, ..matters.election.fields() }),
                Twist::Closed => {
                    list.push(ItemFields { secret: true, ..matters.closed.closed(Ground::Privacy) });
                }
                _ => {}
            }
            list
        }
        "raad-voor-maatschappelijk-welzijn" => vec![matters.welfare.fields()],
        "college" => {
            let count = matters.college.len();
            let pick = |offset: usize| {
                matters.college[(planned.place + offset) % count].closed(Ground::BodyIsClosed)
            };
            vec![pick(0), pick(1)]
        }
        "bijzonder-comite" => vec![matters.closed.closed(Ground::BodyIsClosed)],
        _ => vec![matters.committee[0].fields()],
    }
}
