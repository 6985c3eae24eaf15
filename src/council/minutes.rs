//! Minutes (notulen) and session report (zittingsverslag), drafted from what happened: in order, what was treated, what
//! became of it and how was voted (articles 277 and 278). Words are corrected item by item; figures are those of the
//! ledger and the votes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::publication::{FiledItem, FiledVote, SessionFile};
use super::{Choice, Majority, Outcome, SessionPart, VoteKind, VotePurpose, VoteState};
use crate::ids::{ItemId, MandateId, SessionId};
use crate::texts::{Lang, Said, day, known, text};

/// Where the minutes of a session stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minutes {
    /// The session.
    pub session: SessionId,
    /// Since when they are at the members' disposal, UTC (article 32).
    pub available_at: DateTime<Utc>,
    /// The session that approved them.
    pub approved_in: Option<SessionId>,
    /// When, UTC.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the chair signed them, UTC.
    pub signed_chair: Option<DateTime<Utc>>,
    /// When the general director signed them, UTC.
    pub signed_secretary: Option<DateTime<Utc>>,
}

/// A text of the minutes as members could read it. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinutesVersion {
    /// The session.
    pub session: SessionId,
    /// From 1 on.
    pub number: u32,
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// The minutes, both parts.
    pub content: String,
    /// The report of the public part.
    pub report: String,
    /// SHA-256 of both, one after the other.
    pub hash: [u8; 32],
}

/// A member's remark on the wording (article 32).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinutesRemark {
    /// Identity.
    pub id: Uuid,
    /// Whose.
    pub mandate: MandateId,
    /// On which item; none for the whole.
    pub item: Option<ItemId>,
    /// What.
    pub text: String,
    /// When, UTC.
    pub made_at: DateTime<Utc>,
    /// Whether it was taken over; none while nobody has answered.
    pub taken_over: Option<bool>,
}

/// The minutes of a session, both parts. For members and the archive, never for the public.
#[must_use]
pub fn minutes_text(file: &SessionFile, lang: Lang) -> String {
    let mut lines = opening(file, lang, "minutes.title");
    lines.push(said_names(file, lang, "minutes.present", &file.at_start));
    let absent: Vec<MandateId> =
        super::sitting(&mandates(file), file.session.opened.unwrap_or(file.session.planned))
            .into_iter()
            .map(|mandate| mandate.id)
            .filter(|id| !file.at_start.contains(id))
            .collect();
    if !absent.is_empty() {
        lines.push(said_names(file, lang, "minutes.absent", &absent));
    }
    for part in SessionPart::ALL {
        let items: Vec<&FiledItem> = treated(file, part).collect();
        if items.is_empty() {
            continue;
        }
        lines.extend([String::new(), known(lang, &format!("agenda.part_{}", part.word())).to_owned()]);
        for item in items {
            item_lines(file, item, lang, &mut lines);
        }
    }
    lines.extend(ending(file, lang));
    lines.join("\n") + "\n"
}

/// The report of the public part: topics and the essence of what was said (article 278). It holds nothing of the closed
/// part.
#[must_use]
pub fn report_text(file: &SessionFile, lang: Lang) -> String {
    let mut lines = opening(file, lang, "minutes.report_title");
    for item in treated(file, SessionPart::Public) {
        lines.extend([String::new(), heading(item)]);
        let summary = item.treatment.as_ref().map_or("", |treatment| treatment.summary.trim());
        let nothing = text(lang, "minutes.nothing_said");
        lines.push(if summary.is_empty() { nothing } else { summary }.to_owned());
    }
    lines.extend(ending(file, lang));
    lines.join("\n") + "\n"
}

fn mandates(file: &SessionFile) -> Vec<super::Mandate> {
    file.people.iter().map(|person| person.mandate.clone()).collect()
}

/// The items of a part that were treated, in the order in which they were.
fn treated(file: &SessionFile, part: SessionPart) -> impl Iterator<Item = &FiledItem> {
    let mut items: Vec<&FiledItem> =
        file.items.iter().filter(|filed| filed.item.part == part && filed.treatment.is_some()).collect();
    items.sort_by_key(|filed| filed.treatment.as_ref().map(|treatment| treatment.started));
    items.into_iter()
}

fn opening(file: &SessionFile, lang: Lang, title: &str) -> Vec<String> {
    let session = &file.session;
    let wall = session.zone.wall(session.planned);
    let clock = |at: DateTime<Utc>| session.zone.wall(at).format("%H:%M").to_string();
    let mut lines = vec![
        Said::new(title).with("body", &file.body.name).with("day", day(lang, wall.date())).speak(lang),
        String::new(),
        session.place.clone(),
    ];
    if let (Some(opened), Some(closed)) = (session.opened, session.closed) {
        let said = Said::new("minutes.hours").with("from", clock(opened)).with("to", clock(closed));
        lines.push(said.speak(lang));
    }
    for (key, office) in [("minutes.chair", session.chair), ("minutes.secretary", session.secretary)] {
        if let Some(id) = office {
            lines.push(said_names(file, lang, key, &[id]));
        }
    }
    lines
}

fn ending(file: &SessionFile, lang: Lang) -> Vec<String> {
    let session = &file.session;
    let Some(closed) = session.closed else { return Vec::new() };
    let at = session.zone.wall(closed).format("%H:%M");
    vec![String::new(), Said::new("minutes.closed").with("time", at).speak(lang)]
}

fn said_names(file: &SessionFile, lang: Lang, key: &str, ids: &[MandateId]) -> String {
    let names: Vec<&str> = ids.iter().filter_map(|id| name(file, *id)).collect();
    Said::new(key).with("names", names.join(", ")).speak(lang)
}

fn name(file: &SessionFile, id: MandateId) -> Option<&str> {
    file.people.iter().find(|person| person.mandate.id == id).map(|person| person.name.as_str())
}

fn heading(filed: &FiledItem) -> String {
    let item = &filed.item;
    let title = if item.internal_title.is_empty() { &item.title } else { &item.internal_title };
    item.number.as_ref().map_or_else(|| title.clone(), |number| format!("{number}. {title}"))
}

fn item_lines(file: &SessionFile, filed: &FiledItem, lang: Lang, lines: &mut Vec<String>) {
    lines.extend([String::new(), heading(filed)]);
    let Some(treatment) = &filed.treatment else { return };
    let gone: Vec<MandateId> =
        file.at_start.iter().filter(|id| !filed.present.contains(id)).copied().collect();
    let come: Vec<MandateId> =
        filed.present.iter().filter(|id| !file.at_start.contains(id)).copied().collect();
    for (key, ids) in [("minutes.not_there", gone), ("minutes.also_there", come)] {
        if !ids.is_empty() {
            lines.push(said_names(file, lang, key, &ids));
        }
    }
    if !treatment.summary.trim().is_empty() {
        lines.push(treatment.summary.trim().to_owned());
    }
    for vote in filed.votes.iter().filter(|vote| vote.vote.state == VoteState::Declared) {
        vote_lines(file, vote, lang, lines);
    }
    for decision in &filed.decisions {
        if !decision.motivation.trim().is_empty() {
            lines.push(decision.motivation.trim().to_owned());
        }
        lines.push(text(lang, "minutes.decides").to_owned());
        lines.extend(decision.articles.iter().map(|article| format!("{}. {}", article.number, article.text)));
    }
    lines.push(outcome_line(treatment.outcome, lang).to_owned());
}

fn outcome_line(outcome: Option<Outcome>, lang: Lang) -> &'static str {
    text(
        lang,
        match outcome {
            Some(Outcome::Decided) => "minutes.decided",
            Some(Outcome::Rejected) => "minutes.rejected",
            Some(Outcome::Noted) => "minutes.noted",
            Some(Outcome::Postponed) => "minutes.postponed",
            Some(Outcome::Withdrawn) => "minutes.withdrawn",
            None => "minutes.open",
        },
    )
}

/// How was voted: of a public vote with each name, of a secret one the totals alone (article 277).
fn vote_lines(file: &SessionFile, filed: &FiledVote, lang: Lang, lines: &mut Vec<String>) {
    let (vote, totals) = (&filed.vote, &filed.totals);
    let kind = match (vote.kind, vote.purpose) {
        (_, VotePurpose::Urgency) => "minutes.vote_urgency",
        (VoteKind::Secret, _) => "minutes.vote_secret",
        _ => "minutes.vote_public",
    };
    let mut line = Said::new(kind).with("subject", &vote.subject).speak(lang);
    if matches!(vote.majority, Majority::Elect { .. }) {
        let counts = vote.candidates.iter().zip(&totals.candidates);
        let counts: Vec<String> = counts.map(|(name, count)| format!("{name} {count}")).collect();
        line = format!("{line} {}", counts.join(", "));
        let chosen = filed.elected.and_then(|place| vote.candidates.get(place as usize));
        let said = chosen.map(|name| Said::new("minutes.elected").with("name", name).speak(lang));
        lines.push(format!(
            "{line}. {}",
            said.unwrap_or_else(|| text(lang, "minutes.nobody_elected").to_owned())
        ));
        return;
    }
    let said = Said::new("minutes.totals").with("yes", totals.yes).with("no", totals.no);
    lines.push(format!("{line} {}", said.with("abstain", totals.abstain).speak(lang)));
    if vote.kind == VoteKind::Secret {
        return;
    }
    for (choice, key) in [
        (Choice::For, "minutes.voted_for"),
        (Choice::Against, "minutes.voted_against"),
        (Choice::Abstain, "minutes.abstained"),
        (Choice::NotVoting, "minutes.did_not_vote"),
    ] {
        let who: Vec<MandateId> = filed
            .ballots
            .iter()
            .filter(|ballot| ballot.choice == choice)
            .map(|ballot| ballot.mandate)
            .collect();
        // Where all agree no names are taken down (article 277).
        if !who.is_empty() && who.len() < filed.ballots.len() {
            lines.push(said_names(file, lang, key, &who));
        }
    }
}
