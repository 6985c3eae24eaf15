//! What may be booked, by which rule, and how a booking lives: pure functions of values.

mod claim;
mod hybrid;
mod meeting;
mod opening;
mod policy;
mod privacy;
mod refusal;
mod remind;
mod rhythm;
mod run;
mod search;
mod series;
pub mod slots;

pub use claim::{Claim, Strength, claims_of};
pub use hybrid::{Heads, heads, hybrid_reasons};
pub use meeting::{
    Answer, Conference, Meeting, MeetingStatus, Mode, Occurrence, Part, Participant, Privacy, Run,
};
pub use opening::{Ask, open_on};
pub use policy::{Facts, Reason, evaluate};
pub use privacy::{PublicView, Sight, Viewer, sight};
pub use refusal::{Alternative, Conflict, Fault, Refusal, Wish};
pub use remind::{Reminder, Reminders, due_reminders, longest_warning, next_reminder, warn_at};
pub use rhythm::{Rhythm, Step, rule_in_words};
pub use run::{CheckInRule, Timetable, book_now_room, timetable};
pub use search::{Candidate, Query, Verdict, rank, walk_min};
pub use series::{Choice, ChoiceAction, Slot, apply_choice};
