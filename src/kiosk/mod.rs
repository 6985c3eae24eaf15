//! The room screen: a window on the wall that knows only `wire`.

pub mod ui;
