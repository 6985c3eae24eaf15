//! The JSON that server and kiosk agree on. Values only: no behaviour beyond reading and writing.

pub mod board;

pub use board::{
    Board, BoardEvent, BoardMeeting, BoardRoom, Command, CommandAnswer, Remote, RemoteState, Status,
};
