//! Mail out: the outbox in words and calendar objects (iTIP, RFC 5546; in mail, RFC 6047), and its delivery by SMTP
//! (RFC 5321).

mod deliver;
mod line;
mod words;
mod write;

pub use deliver::{Delivered, Mailer};
pub use write::{Written, write_mail};
