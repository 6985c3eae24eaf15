//! Proposes the sessions of a year, round the holidays and school breaks that we know, with every deadline.

use super::super::Caller;
use super::deadlines::{rules_of, working_days};
use super::{law_of, tended_body};
use crate::booking::Refusal;
use crate::council::{Joined, YearCalendar, YearPlan, plan_year, school_breaks};
use crate::store::View;
use crate::texts::Said;

/// What is asked for, beside the plan itself: the body that meets on the same days.
#[derive(Clone, Debug)]
pub struct YearWish {
    /// The plan; its school breaks and its joined body are filled in here.
    pub plan: YearPlan,
    /// Slug of a body that meets on the same days, and how many minutes later; 0 for a joint session.
    pub joined: Option<(String, u32)>,
}

/// Proposes the sessions of a year; nothing is booked.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Unknown`]; [`Refusal::State`] for a period that cannot be planned.
pub fn propose_year(
    view: &View<'_>,
    caller: &Caller,
    slug: &str,
    wish: &YearWish,
) -> Result<YearCalendar, Refusal> {
    let body = tended_body(view, caller, slug)?;
    let law = law_of(view, body)?;
    let joined = match &wish.joined {
        Some((other, after_min)) => {
            let other = tended_body(view, caller, other)?;
            Some(Joined { rules: rules_of(&law_of(view, other)?)?, after_min: *after_min })
        }
        None => None,
    };
    let plan = YearPlan { school_breaks: school_breaks().to_vec(), joined, ..wish.plan.clone() };
    plan_year(&plan, &rules_of(&law)?, &working_days(view, &law), view.now())
        .map_err(|said: Said| Refusal::State(said))
}
