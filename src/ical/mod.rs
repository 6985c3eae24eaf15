//! Domain values to iCalendar and back (RFC 5545, 5546, 6868, 7986). Pure.
//!
//! Out: [`mod@write`] prints [`event`] values and [`mod@todo`] its own through the line-safe printer of [`text`], with
//! the zones of [`timezone`], [`itip`] for mails; [`mod@validate`] and [`exchange`] check what is about to be published.
//! In: [`mod@guard`] looks at the bytes before any parser does, [`mod@read`] turns them into our own values.

pub mod event;
pub mod exchange;
pub mod guard;
pub mod itip;
mod lines;
pub mod read;
pub mod text;
pub mod timezone;
pub mod todo;
pub mod validate;
pub mod windows_zones;
pub mod write;

pub use event::{
    Attendee, BusyStatus, CalendarInfo, Class, Conference, Feature, FeedEvent, Kind, Mailbox, Partstat, Role,
    Status, When,
};
pub use itip::{Method, write_itip};
pub use lines::Fault;
pub use read::{Incoming, IncomingOverride, ReadError, Reading, read};
pub use text::Uri;
pub use todo::{FeedTodo, TodoDue, TodoStatus, write_todo};
pub use write::{WRITER_VERSION, write_event, write_head, write_tail};
