//! The convocation (oproeping): what it must say, and the letter that says it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AgendaContent, CouncilBody, Session, SessionMode, SessionPart, VersionKind};
use crate::ids::{DocumentId, MandateId, SessionId, hex};
use crate::texts::{Lang, Said, day, known, text};

/// A convocation as it was sealed. Never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convocation {
    /// The session.
    pub session: SessionId,
    /// From 1 on; later ones are supplementary.
    pub number: u32,
    /// What it is for.
    pub kind: VersionKind,
    /// The version of the agenda that it sends.
    pub agenda_version: u32,
    /// Why it comes later than the law asks (article 20).
    pub urgent_reason: Option<String>,
    /// Exactly what was sent.
    pub letter: String,
    /// SHA-256 of it.
    pub hash: [u8; 32],
    /// When it was sealed, UTC.
    pub sealed_at: DateTime<Utc>,
}

/// A document that went with a convocation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedDocument {
    /// The document.
    pub document: DocumentId,
    /// Which version of it.
    pub version: u32,
    /// SHA-256 of what it holds; none if it lies at the secretariat.
    pub sha256: Option<[u8; 32]>,
}

impl SealedDocument {
    /// What the common hash of all documents is taken over, a line for each, in their order.
    #[must_use]
    pub fn lines(all: &[Self]) -> String {
        let line = |one: &Self| {
            format!(
                "{} {} {}\n",
                one.document,
                one.version,
                one.sha256.map(|sha| hex(&sha)).unwrap_or_default()
            )
        };
        all.iter().map(line).collect()
    }
}

/// How a member is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchChannel {
    /// By mail, with a link to the file.
    Email,
    /// In the members' file, seen when they open it.
    Portal,
    /// Handed over on paper.
    Paper,
}

impl DispatchChannel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Email, Self::Portal, Self::Paper];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Portal => "portal",
            Self::Paper => "paper",
        }
    }
}

/// How far a dispatch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchState {
    /// Waits, or is being tried.
    Queued,
    /// It is the member's: the mail server took it, they opened the file, it was handed over.
    Sent,
    /// It was refused for good: another way must be found.
    Failed,
}

impl DispatchState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Failed];

    /// The word for it in the store and in text keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// One way on which one member was reached, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// Identity.
    pub id: Uuid,
    /// The session.
    pub session: SessionId,
    /// The convocation.
    pub number: u32,
    /// The member.
    pub mandate: MandateId,
    /// The way.
    pub channel: DispatchChannel,
    /// How far it has come.
    pub state: DispatchState,
    /// Since when, UTC.
    pub queued_at: DateTime<Utc>,
    /// When it became the member's, UTC.
    pub sent_at: Option<DateTime<Utc>>,
    /// What proves it: the mail server's words; else the id of whoever handed it over or opened it.
    pub evidence: String,
    /// When the member first opened the file, UTC.
    pub opened_at: Option<DateTime<Utc>>,
}

/// How a whole convocation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Some wait.
    Sending,
    /// Every member was reached; the last at this instant, which is the legal moment.
    Proven(DateTime<Utc>),
    /// Of so many members no way has worked yet: they must be reached otherwise.
    PartlyFailed(usize),
}

/// How a convocation stands, given how each member was tried to be reached. A member counts as reached by the way that
/// worked first; the convocation, when the last member was.
#[must_use]
pub fn proof(dispatches: &[Dispatch]) -> Proof {
    let mut members: Vec<MandateId> = dispatches.iter().map(|dispatch| dispatch.mandate).collect();
    members.sort_unstable();
    members.dedup();
    let (mut last, mut waiting, mut failed) = (None, false, 0);
    for member in members {
        let ways = || dispatches.iter().filter(|dispatch| dispatch.mandate == member);
        match ways().filter_map(|dispatch| dispatch.sent_at).min() {
            Some(at) => last = last.max(Some(at)),
            None if ways().any(|dispatch| dispatch.state == DispatchState::Queued) => waiting = true,
            None => failed += 1,
        }
    }
    match (failed, waiting, last) {
        (0, false, Some(at)) => Proof::Proven(at),
        (0, _, _) => Proof::Sending,
        (failed, ..) => Proof::PartlyFailed(failed),
    }
}

/// What a convocation lacks, by the names of fields; it may not be sealed before (article 20; for remote meetings
/// AGW 23 September 2021 article 1, adopted for every body).
#[must_use]
pub fn missing(
    session: &Session,
    law: &CouncilBody,
    agenda: &AgendaContent,
    in_public: bool,
) -> Vec<&'static str> {
    let remote = &law.rules.remote;
    let elsewhere = session.mode != SessionMode::Physical;
    let exceptional = elsewhere && !law.rules.circumstances.is_empty();
    let empty = |text: &str| text.trim().is_empty();
    [
        ("place", session.mode != SessionMode::Digital && empty(&session.place)),
        ("agenda", agenda.items.is_empty()),
        ("chair", session.chair.is_none()),
        ("mode_reason", exceptional && session.mode_reason.is_none()),
        ("tool", elsewhere && empty(&remote.name)),
        ("how", elsewhere && empty(&remote.how)),
        ("join_url", elsewhere && empty(&remote.join_url)),
        ("fallback_phone", elsewhere && empty(&remote.fallback_phone)),
        ("stream", elsewhere && in_public && empty(&session.stream_url)),
    ]
    .into_iter()
    .filter_map(|(field, lacks)| lacks.then_some(field))
    .collect()
}

/// What the letter says beside the session and its agenda.
#[derive(Clone, Debug)]
pub struct LetterFacts<'a> {
    /// The name of the body.
    pub body: &'a str,
    /// Its rules.
    pub law: &'a CouncilBody,
    /// The session.
    pub session: &'a Session,
    /// Exactly what is sent as its agenda.
    pub agenda: &'a AgendaContent,
    /// What it is for.
    pub kind: VersionKind,
    /// Why it comes later than the law asks.
    pub urgent_reason: Option<&'a str>,
    /// When the test call is, UTC.
    pub test_call: Option<DateTime<Utc>>,
    /// How many documents go with it, and the SHA-256 of [`SealedDocument::lines`] in hexadecimal. Their titles stand
    /// in the file alone: not each of them is for each member.
    pub documents: (usize, &'a str),
    /// The name of who convenes.
    pub chair: &'a str,
}

/// The letter, in the language in which the body works. It is what is sealed: no word of it may change afterwards.
#[must_use]
pub fn letter(facts: &LetterFacts<'_>, lang: Lang) -> String {
    let session = facts.session;
    let wall = session.zone.wall(session.planned);
    let said = |key: &str| Said::new(key);
    let first = match facts.kind {
        VersionKind::First if session.convocation_no == 2 => "convocation.letter_second",
        VersionKind::First => "convocation.letter_first",
        VersionKind::Supplementary => "convocation.letter_supplementary",
        VersionKind::Urgent => "convocation.letter_urgent",
        VersionKind::Moved => "convocation.letter_moved",
    };
    let mut lines = vec![
        Said::new(first).with("body", facts.body).speak(lang),
        String::new(),
        said("convocation.letter_when")
            .with("day", day(lang, wall.date()))
            .with("hour", wall.format("%H:%M"))
            .speak(lang),
    ];
    if !session.place.is_empty() {
        lines.push(said("convocation.letter_where").with("place", &session.place).speak(lang));
    }
    if let Some(reason) = facts.urgent_reason {
        lines.push(said("convocation.letter_reason").with("reason", reason).speak(lang));
    }
    remote_lines(facts, lang, &mut lines);
    for part in SessionPart::ALL {
        part_lines(facts.agenda, part, lang, &mut lines);
    }
    let (count, hash) = facts.documents;
    if count > 0 {
        let said = Said::new("convocation.letter_documents").with("count", count).with("hash", hash);
        lines.extend([String::new(), said.speak(lang)]);
    }
    lines.extend([String::new(), facts.chair.to_owned()]);
    lines.push(text(lang, "mandate.role_chair").to_owned());
    lines.join("\n") + "\n"
}

fn remote_lines(facts: &LetterFacts<'_>, lang: Lang, lines: &mut Vec<String>) {
    let (session, remote) = (facts.session, &facts.law.rules.remote);
    if session.mode == SessionMode::Physical {
        return;
    }
    let mode = known(lang, &format!("session.mode_{}", session.mode.word()));
    lines.extend([String::new(), Said::new("convocation.letter_mode").with("mode", mode).speak(lang)]);
    if let Some(reason) = &session.mode_reason {
        let said = Said::new("convocation.letter_mode_reason").with("circumstance", &reason.circumstance);
        lines.push(said.with("reason", &reason.reason).speak(lang));
    }
    let tool = Said::new("convocation.letter_tool").with("tool", &remote.name);
    lines.push(tool.with("how", &remote.how).speak(lang));
    lines.push(Said::new("convocation.letter_join").with("url", &remote.join_url).speak(lang));
    lines.push(Said::new("convocation.letter_phone").with("phone", &remote.fallback_phone).speak(lang));
    if let Some(at) = facts.test_call {
        let wall = session.zone.wall(at);
        let at = format!("{}, {}", day(lang, wall.date()), wall.format("%H:%M"));
        lines.push(Said::new("convocation.letter_test").with("at", at).speak(lang));
    }
    if !session.stream_url.is_empty() {
        lines.push(Said::new("convocation.letter_stream").with("url", &session.stream_url).speak(lang));
    }
}

fn part_lines(agenda: &AgendaContent, part: SessionPart, lang: Lang, lines: &mut Vec<String>) {
    let items: Vec<_> = agenda.items.iter().filter(|item| item.part == part).collect();
    if items.is_empty() {
        return;
    }
    lines.extend([String::new(), known(lang, &format!("agenda.part_{}", part.word())).to_owned()]);
    let mut section = None;
    for item in items {
        if section.replace(item.section) != Some(item.section) {
            lines.push(format!("  {}", known(lang, &format!("agenda.section_{}", item.section.word()))));
        }
        let title = if item.internal_title.is_empty() { &item.title } else { &item.internal_title };
        lines.push(format!("    {}. {title}", item.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispatch(member: u128, channel: DispatchChannel, state: DispatchState, sent: Option<i64>) -> Dispatch {
        Dispatch {
            id: Uuid::from_u128(member),
            session: SessionId(Uuid::nil()),
            number: 1,
            mandate: MandateId(Uuid::from_u128(member)),
            channel,
            state,
            queued_at: DateTime::UNIX_EPOCH,
            sent_at: sent.map(|second| DateTime::from_timestamp(second, 0).unwrap()),
            evidence: String::new(),
            opened_at: None,
        }
    }

    #[test]
    fn a_convocation_is_proven_when_its_last_member_was_reached() {
        use DispatchChannel::{Email, Paper};
        use DispatchState::{Failed, Queued, Sent};
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let mut ways = vec![dispatch(1, Email, Sent, Some(10)), dispatch(2, Email, Queued, None)];
        assert_eq!(proof(&ways), Proof::Sending);
        ways[1] = dispatch(2, Email, Failed, None);
        assert_eq!(proof(&ways), Proof::PartlyFailed(1), "the next step: paper");
        ways.push(dispatch(2, Paper, Sent, Some(50)));
        assert_eq!(proof(&ways), Proof::Proven(at(50)));
        ways.push(dispatch(1, Paper, Sent, Some(90)));
        assert_eq!(proof(&ways), Proof::Proven(at(50)), "whoever was reached stays reached");
        assert_eq!(proof(&[]), Proof::Sending);
    }
}
