//! A body in law: its kind, its rules of procedure (huishoudelijk reglement), its terms.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{HouseOrder, Jurisdiction, Kind, ReleaseRule, SessionMode, UnknownKind};
use crate::ids::{BodyId, TermId};

/// What a body is in law, beside what it is to the scheduler (`town::Body`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilBody {
    /// The body.
    pub body: BodyId,
    /// Its kind in law, a word of `data/council/rules.json` such as `gemeenteraad`.
    pub kind: String,
    /// Whose law it follows, such as `BE-VLG`.
    pub jurisdiction: String,
    /// Its identity in linked data; made from the address of the house if none is given.
    pub iri: Option<String>,
    /// What its own rules of procedure say.
    pub rules: RulesOfProcedure,
}

impl CouncilBody {
    /// Its kind in law.
    ///
    /// # Errors
    /// If there is no such kind, or no such law: what is stored was checked when it was set.
    pub fn kind(&self) -> Result<Kind, UnknownKind> {
        let jurisdiction: Jurisdiction = self.jurisdiction.parse()?;
        Kind::of(jurisdiction, &self.kind)
    }

    /// Whether its sessions are closed to the public from beginning to end (articles 52, 83 and others); so is a body of
    /// which the law is not known.
    #[must_use]
    pub fn never_public(&self) -> bool {
        !self.kind().is_ok_and(Kind::is_public)
    }
}

/// What a body's own rules of procedure say (huishoudelijk reglement, article 38).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RulesOfProcedure {
    /// In which ways it may meet; physical is the rule.
    pub modes: Vec<SessionMode>,
    /// The exceptional circumstances in which it may meet otherwise (article 20 paragraph 3).
    pub circumstances: Vec<String>,
    /// Who decides so: an office, in words.
    pub mode_decided_by: String,
    /// Terms that are stricter than the law's.
    pub terms: HouseOrder,
    /// Whether members who take part remotely may vote in secret.
    pub remote_secret_ballot: bool,
    /// Whether the names of those present are published; never of a body that never meets in the open.
    pub publish_attendance: bool,
    /// What the decision list of a body that never meets in the open says.
    pub closed_list: ClosedList,
    /// Numbers of items that come after the agenda was sealed.
    pub late_numbers: LateNumbers,
    /// Whether an item needs an explanatory note and a draft decision before it may be convened.
    pub needs_draft: bool,
    /// Seconds for which somebody whose line broke still counts as present.
    pub lost_grace_s: u32,
    /// Seconds without the public stream after which the chair is asked to suspend.
    pub stream_grace_s: u32,
    /// Hours before a hybrid session from which a missing test call is shown.
    pub test_call_hours: u32,
    /// What members need to take part remotely.
    pub remote: RemoteTool,
    /// What members are paid for sitting.
    pub fee: FeePolicy,
    /// When its documents may be let out to the public.
    pub release: ReleaseRule,
}

impl Default for RulesOfProcedure {
    fn default() -> Self {
        Self {
            modes: vec![SessionMode::Physical],
            circumstances: Vec::new(),
            mode_decided_by: String::new(),
            terms: HouseOrder::default(),
            remote_secret_ballot: false,
            publish_attendance: true,
            closed_list: ClosedList::Titles,
            late_numbers: LateNumbers::Prefixed,
            needs_draft: true,
            lost_grace_s: 60,
            stream_grace_s: 120,
            test_call_hours: 48,
            remote: RemoteTool::default(),
            fee: FeePolicy::default(),
            release: ReleaseRule::default(),
        }
    }
}

/// What the decision list says of a body that never meets in the open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedList {
    /// What was decided, by its title.
    #[default]
    Titles,
    /// And which decisions a vote adopted: that alone, without numbers or names. No article asks for it; the official
    /// validator gives no level to a list without a vote.
    Adopted,
}

/// How items that come after the agenda was sealed are numbered; those before keep their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateNumbers {
    /// `AP1`, `AP2` (aanvullend punt).
    #[default]
    Prefixed,
    /// The next number.
    Continued,
}

/// What a convocation to a remote meeting must say of the tool (AGW 23 September 2021 article 1, adopted for all).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RemoteTool {
    /// Its commercial name.
    pub name: String,
    /// How to connect and take part, in a few sentences.
    pub how: String,
    /// Where members join: an address.
    pub join_url: String,
    /// The telephone number to call when the connection fails.
    pub fallback_phone: String,
    /// Where the public follows: an address.
    pub stream_url: String,
}

/// The attendance fee (presentiegeld): article 17 paragraph 2; government order of 6 July 2018, articles 15 to 18.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeePolicy {
    /// Cents of euro for one session.
    pub amount_cents: u32,
    /// The chair's fee in percent of it; at most 200.
    pub chair_percent: u32,
    /// The share of the session, in percent, that somebody must have been present for.
    pub min_share_percent: u32,
    /// Whether a session that could not be opened for want of members is paid.
    pub pays_no_quorum: bool,
    /// Whether a session that resumes an adjourned one is paid again.
    pub pays_resumed: bool,
}

impl Default for FeePolicy {
    fn default() -> Self {
        Self {
            amount_cents: 0,
            chair_percent: 200,
            min_share_percent: 50,
            pays_no_quorum: false,
            pays_resumed: false,
        }
    }
}

/// A term of a body (bestuursperiode): those who were chosen together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Identity.
    pub id: TermId,
    /// The body.
    pub body: BodyId,
    /// Its name, such as `2025-2030`.
    pub name: String,
    /// Its first day, in the zone of the house.
    pub starts: NaiveDate,
    /// Its last day, in the zone of the house.
    pub ends: NaiveDate,
    /// How many seats there are.
    pub seats: u32,
    /// Its identity in linked data; made from the address of the house if none is given.
    pub iri: Option<String>,
}

impl Term {
    /// Whether a day lies in the term.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.starts <= day && day <= self.ends
    }
}
