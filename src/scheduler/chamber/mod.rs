//! What is done during a session. Every act loads the hall as it stands, asks the rules, saves and journals in one
//! transaction. The journal carries ids and figures enough to count anew, from it alone, who was present, each quorum
//! and each result (`tests/council/recompute.py`); of a secret vote it carries totals and who handed in, never more.

mod cast_ballot;
mod compute_fees;
mod declare_vote;
mod end_session;
mod figures;
mod hall;
mod note_presence;
mod open_session;
mod open_vote;
mod signal_session;
mod speak;
mod treat_item;

pub use cast_ballot::{cast_ballots, hand_in_device, hand_in_paper};
pub use compute_fees::{FeeLine, compute_fees, fees_csv};
pub use declare_vote::{DeclareVote, annul_vote, declare_vote};
pub use end_session::{adjourn_session, close_session, declare_not_quorate};
pub use hall::{Hall, conducted, read_hall, read_seat};
pub use note_presence::{NotePresence, note_presence};
pub use open_session::{open_session, preside, resume_session, suspend_session};
pub use open_vote::{OpenVote, open_vote};
pub use signal_session::{Signal, signal_session};
pub use speak::{start_speaking, stop_speaking};
pub use treat_item::{DecisionText, EndItem, begin_item, end_item, summarise_item};
