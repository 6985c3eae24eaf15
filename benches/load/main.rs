//! What the server can carry, each figure beside the raw limit of the same run: SQLite commits of the same
//! rows, and a server that only sends a prebuilt buffer.
//!
//! `cargo bench --bench load --no-default-features --features server [-- NAME ...]`
//!
//! Loopback only; bounded in count and time. Ratios are to be quoted, not single figures: machines differ.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on says so by panicking")]

mod client;
mod core;
mod council;
mod create;
mod feeds;
mod live;
mod pages;
#[path = "../../tests/support/papers.rs"]
#[expect(dead_code, reason = "what a PDF says is not read here")]
mod papers;
mod report;
mod size;
mod town;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    println!("| work | figure | raw limit, same run | ratio |");
    println!("| --- | --- | --- | --- |");
    if asked("create") {
        create::measure();
    }
    if asked("core") {
        core::measure();
    }
    if asked("feeds") {
        feeds::measure();
    }
    if asked("pages") {
        pages::measure();
    }
    if asked("council") {
        council::measure();
    }
    if asked("size") {
        size::measure();
    }
    if asked("live") {
        live::measure();
    }
}
