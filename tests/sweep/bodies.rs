//! A council that meets in the open and a college that never does, each with its members.

use belfort::booking::Refusal;
use belfort::council::{
    ClosedList, CouncilBody, Jurisdiction, MandateRole, MandateStatus, RemoteTool, RulesOfProcedure,
    SessionMode,
};
use belfort::ids::BodyId;
use belfort::scheduler::council::{NewMandate, NewTerm, add_mandate, add_term, set_up_body};
use belfort::scheduler::{Caller, switch_mail};
use belfort::store::Tx;
use belfort::town::{Body, BodyKind};
use chrono::NaiveDate;

use crate::plan::MARK;

pub const COUNCIL: &str = "gemeenteraad";
pub const COLLEGE: &str = "college";
/// In which they may meet from elsewhere.
pub const CIRCUMSTANCE: &str = "Overmacht";
/// Those who sit in the council, the chair first; the last writes the minutes. The fourth does not sit in the college.
pub const MEMBERS: [&str; 6] = ["een", "twee", "drie", "vier", "vijf", "secretaris"];

/// The address of a member.
pub fn email(place: usize) -> String {
    format!("{}@raad.example", MEMBERS[place])
}

/// Adds the college to the bodies of the town, which has a council.
pub fn found_college(tx: &Tx<'_>) -> Result<(), Refusal> {
    switch_mail(tx, true)?;
    tx.insert_body(&Body {
        id: BodyId(tx.fresh()),
        slug: COLLEGE.into(),
        name: "College".into(),
        kind: BodyKind::College,
        legal_body: "stad".into(),
        members: Vec::new(),
    })?;
    Ok(())
}

/// Sets both up in law, with a term and mandates.
pub fn set_up(tx: &Tx<'_>) -> Result<(), Refusal> {
    seat(tx, COUNCIL, "gemeenteraad")?;
    seat(tx, COLLEGE, "college-van-burgemeester-en-schepenen")
}

fn seat(tx: &Tx<'_>, slug: &str, kind: &str) -> Result<(), Refusal> {
    let system = Caller::system();
    let law = CouncilBody {
        body: BodyId(uuid::Uuid::nil()),
        kind: kind.into(),
        jurisdiction: Jurisdiction::Flanders.code().into(),
        iri: None,
        rules: RulesOfProcedure {
            modes: vec![SessionMode::Physical, SessionMode::Hybrid],
            circumstances: vec![CIRCUMSTANCE.into()],
            closed_list: ClosedList::Adopted,
            remote: RemoteTool {
                name: format!("{MARK}gereedschap"),
                how: format!("{MARK}werkwijze"),
                join_url: format!("https://vergader.example/{MARK}kamer"),
                fallback_phone: format!("{MARK}nummer"),
                stream_url: "https://stroom.example/raad".into(),
            },
            ..RulesOfProcedure::default()
        },
    };
    set_up_body(tx, &system, slug, &law)?;
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let (starts, ends) = (day(2025, 1, 1), day(2030, 12, 31));
    let seats = u32::try_from(MEMBERS.len()).unwrap() - 1;
    add_term(tx, &system, slug, &NewTerm { name: "2025-2030".into(), starts, ends, seats, iri: None })?;
    for (place, name) in MEMBERS.iter().enumerate().filter(|(place, _)| slug == COUNCIL || *place != 3) {
        let role = match place {
            0 => MandateRole::Chair,
            5 => MandateRole::Secretary,
            _ => MandateRole::Member,
        };
        let new = NewMandate {
            email: email(place),
            name: format!("Lid {name}"),
            seat: (role != MandateRole::Secretary).then(|| u32::try_from(place).unwrap() + 1),
            role,
            status: MandateStatus::Effective,
            precedence: None,
            fraction: Some("Lijst".into()),
            iri: None,
            from: starts.and_hms_opt(0, 0, 0).unwrap(),
            until: None,
        };
        add_mandate(tx, &system, slug, &new)?;
    }
    Ok(())
}
