//! What is shown in a session, in words.

use crate::council::{
    Choice, Majority, Outcome, Quorum, SessionEventKind, SessionState, TieGround, Totals, Urn, Vote,
    VoteKind, VoteOutcome, VotePurpose,
};
use crate::presence::{Presence, PresenceKind, RemoteLine};
use crate::texts::{Lang, Said, text};

/// Where a session stands.
pub(super) fn state(lang: Lang, state: SessionState) -> &'static str {
    match state {
        SessionState::Draft | SessionState::Scheduled => text(lang, "chamber.state_ahead"),
        SessionState::Convened => text(lang, "chamber.state_convened"),
        SessionState::Open => text(lang, "chamber.state_open"),
        SessionState::Suspended => text(lang, "chamber.state_suspended"),
        SessionState::Closed
        | SessionState::MinutesDraft
        | SessionState::MinutesApproved
        | SessionState::Archived => text(lang, "chamber.state_closed"),
        SessionState::Cancelled => text(lang, "chamber.state_cancelled"),
        SessionState::NotQuorate => text(lang, "chamber.state_not_quorate"),
        SessionState::Adjourned => text(lang, "chamber.state_adjourned"),
    }
}

/// Where a member is, and the class of its mark.
pub(super) fn presence(lang: Lang, presence: Presence) -> (&'static str, &'static str) {
    match presence {
        Presence::Absent { excused: false } => ("", text(lang, "chamber.is_absent")),
        Presence::Absent { excused: true } => ("", text(lang, "chamber.is_excused")),
        Presence::InRoom => ("free", text(lang, "chamber.is_in_room")),
        Presence::Remote(RemoteLine::Confirmed) => ("free", text(lang, "chamber.is_remote")),
        Presence::Remote(RemoteLine::Unseen) => ("soon", text(lang, "chamber.is_unseen")),
        Presence::Remote(RemoteLine::Lost { .. }) => ("busy", text(lang, "chamber.is_lost")),
        Presence::Recused(_) => ("closed", text(lang, "chamber.is_recused")),
    }
}

/// How many are there and how many have to be.
pub(super) fn quorum(lang: Lang, count: &Quorum) -> String {
    let said = Said::new("chamber.quorum").with("present", count.present()).with("sitting", count.sitting);
    said.with("room", count.room).with("remote", count.remote).with("needed", count.needed).speak(lang)
}

/// What happened to a member.
pub(super) fn happened(lang: Lang, kind: &PresenceKind) -> &'static str {
    use crate::presence::Channel;
    match kind {
        PresenceKind::Excuse => text(lang, "chamber.line_excuse"),
        PresenceKind::Arrive(Channel::Room) => text(lang, "chamber.line_arrive_room"),
        PresenceKind::Arrive(Channel::Remote) => text(lang, "chamber.line_arrive_remote"),
        PresenceKind::Leave => text(lang, "chamber.line_leave"),
        PresenceKind::SwitchChannel(Channel::Room) => text(lang, "chamber.line_switch_room"),
        PresenceKind::SwitchChannel(Channel::Remote) => text(lang, "chamber.line_switch_remote"),
        PresenceKind::ConnectionLost => text(lang, "chamber.line_lost"),
        PresenceKind::Reconnected => text(lang, "chamber.line_back"),
        PresenceKind::Seen => text(lang, "chamber.line_seen"),
        PresenceKind::RecuseStart(_) => text(lang, "chamber.line_recuse"),
        PresenceKind::RecuseEnd => text(lang, "chamber.line_recuse_end"),
        PresenceKind::Correct { .. } => text(lang, "chamber.line_correct"),
    }
}

/// What happened to the session.
pub(super) fn event(lang: Lang, kind: SessionEventKind) -> &'static str {
    use SessionEventKind as K;
    match kind {
        K::Opened => text(lang, "chamber.event_opened"),
        K::Suspended => text(lang, "chamber.event_suspended"),
        K::Resumed => text(lang, "chamber.event_resumed"),
        K::Closed => text(lang, "chamber.event_closed"),
        K::Adjourned => text(lang, "chamber.event_adjourned"),
        K::NotQuorate => text(lang, "chamber.event_not_quorate"),
        K::ItemBegun => text(lang, "chamber.event_item_begun"),
        K::ItemEnded => text(lang, "chamber.event_item_ended"),
        K::DoorsOpen => text(lang, "chamber.event_doors_open"),
        K::DoorsClosed => text(lang, "chamber.event_doors_closed"),
        K::StreamUp => text(lang, "chamber.event_stream_up"),
        K::StreamDown => text(lang, "chamber.event_stream_down"),
        K::ScreensOn => text(lang, "chamber.event_screens_on"),
        K::ScreensOff => text(lang, "chamber.event_screens_off"),
        K::SpeakerStarted => text(lang, "chamber.event_speaker_started"),
        K::SpeakerStopped => text(lang, "chamber.event_speaker_stopped"),
    }
}

/// What became of an item.
pub(super) fn outcome(lang: Lang, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Decided => text(lang, "chamber.decided"),
        Outcome::Rejected => text(lang, "chamber.rejected"),
        Outcome::Noted => text(lang, "chamber.noted"),
        Outcome::Postponed => text(lang, "chamber.postponed"),
        Outcome::Withdrawn => text(lang, "chamber.withdrawn"),
    }
}

/// How votes are given.
pub(super) fn kind(lang: Lang, kind: VoteKind) -> &'static str {
    match kind {
        VoteKind::RollCall => text(lang, "chamber.kind_roll_call"),
        VoteKind::ShowOfHands => text(lang, "chamber.kind_show_of_hands"),
        VoteKind::Electronic => text(lang, "chamber.kind_electronic"),
        VoteKind::Secret => text(lang, "chamber.kind_secret"),
    }
}

/// Where secret ballots go.
pub(super) fn urn(lang: Lang, urn: Urn) -> &'static str {
    match urn {
        Urn::Paper => text(lang, "chamber.urn_paper"),
        Urn::Electronic => text(lang, "chamber.urn_electronic"),
    }
}

/// What it takes to win.
pub(super) fn majority(lang: Lang, vote: &Vote) -> String {
    match (vote.majority, vote.purpose) {
        (Majority::Absolute, _) => text(lang, "chamber.majority_absolute").to_owned(),
        (Majority::TwoThirdsPresent, VotePurpose::Urgency) => {
            text(lang, "chamber.majority_urgency").to_owned()
        }
        (Majority::TwoThirdsPresent, VotePurpose::Substance) => {
            text(lang, "chamber.majority_two_thirds").to_owned()
        }
        (Majority::Elect { round }, _) => {
            Said::new("chamber.majority_elect").with("round", round).speak(lang)
        }
    }
}

/// What somebody answers.
pub(super) fn choice(lang: Lang, vote: &Vote, choice: Choice) -> String {
    let secret = vote.kind == VoteKind::Secret || matches!(vote.majority, Majority::Elect { .. });
    match choice {
        Choice::For => text(lang, "chamber.for").to_owned(),
        Choice::Against => text(lang, "chamber.against").to_owned(),
        Choice::Abstain if secret => text(lang, "chamber.blank").to_owned(),
        Choice::Abstain => text(lang, "chamber.abstain").to_owned(),
        Choice::NotVoting => text(lang, "chamber.not_voting").to_owned(),
        Choice::Candidate(place) => candidate(vote, place),
    }
}

/// The name of a candidate.
pub(super) fn candidate(vote: &Vote, place: u32) -> String {
    vote.candidates.get(place as usize).cloned().unwrap_or_default()
}

/// The answers that can be given in a vote.
pub(super) fn choices(vote: &Vote) -> Vec<Choice> {
    let mut all: Vec<Choice> = match vote.majority {
        Majority::Elect { .. } => {
            (0_u32..).zip(&vote.candidates).map(|(place, _)| Choice::Candidate(place)).collect()
        }
        _ => vec![Choice::For, Choice::Against],
    };
    all.push(Choice::Abstain);
    if vote.kind != VoteKind::Secret {
        all.push(Choice::NotVoting);
    }
    all
}

/// A choice as a form sends it: its word, and a candidate's place behind a dash.
pub(super) fn choice_value(choice: Choice) -> String {
    match choice {
        Choice::Candidate(place) => format!("candidate-{place}"),
        other => other.word().to_owned(),
    }
}

/// The choice that a form sent.
pub(super) fn choice_of(value: &str) -> Option<Choice> {
    match value.split_once('-') {
        Some((word, place)) => Choice::of(word, Some(place.parse().ok()?)),
        None => Choice::of(value, None),
    }
}

/// How many gave an answer.
pub(super) fn count(totals: &Totals, choice: Choice) -> u32 {
    match choice {
        Choice::For => totals.yes,
        Choice::Against => totals.no,
        Choice::Abstain => totals.abstain,
        Choice::NotVoting => totals.not_voting,
        Choice::Candidate(place) => totals.candidates.get(place as usize).copied().unwrap_or(0),
    }
}

/// What follows from a vote.
pub(super) fn result(lang: Lang, vote: &Vote, outcome: &VoteOutcome) -> String {
    match outcome {
        VoteOutcome::Adopted if vote.purpose == VotePurpose::Urgency => {
            text(lang, "chamber.urgency_in").to_owned()
        }
        VoteOutcome::Rejected if vote.purpose == VotePurpose::Urgency => {
            text(lang, "chamber.urgency_out").to_owned()
        }
        VoteOutcome::Adopted => text(lang, "chamber.adopted").to_owned(),
        VoteOutcome::Rejected => text(lang, "chamber.rejected").to_owned(),
        VoteOutcome::Elected { candidate: place } => {
            Said::new("chamber.elected").with("name", candidate(vote, *place)).speak(lang)
        }
        VoteOutcome::SecondRound { candidates: [first, second] } => {
            let said = Said::new("chamber.second_round").with("first", candidate(vote, *first));
            said.with("second", candidate(vote, *second)).speak(lang)
        }
        VoteOutcome::NobodyElected => text(lang, "chamber.nobody_elected").to_owned(),
    }
}

/// On what ground the chair decides.
pub(super) fn ground(lang: Lang, ground: TieGround) -> &'static str {
    match ground {
        TieGround::Oldest => text(lang, "chamber.tie_oldest"),
        TieGround::Lot => text(lang, "chamber.tie_lot"),
        TieGround::Rules => text(lang, "chamber.tie_rules"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_travel_in_forms() {
        for choice in
            [Choice::For, Choice::Against, Choice::Abstain, Choice::NotVoting, Choice::Candidate(12)]
        {
            assert_eq!(choice_of(&choice_value(choice)), Some(choice));
        }
        for wrong in ["", "candidate", "for-1", "candidate-x", "candidate--1", "perhaps"] {
            assert_eq!(choice_of(wrong), None, "{wrong}");
        }
    }
}
