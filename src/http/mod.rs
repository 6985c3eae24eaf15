//! The HTTP door: sign-in by token, problems, the API, feeds, live events. Handlers extract, call one
//! function of `scheduler`, and render.

mod api;
mod app;
mod auth;
mod chain;
mod feeds;
mod idempotency;
mod json;
mod live;
mod lobby;
mod metrics;
mod packs;
mod params;
mod problem;
mod server;
mod sign_in;
mod timers;
mod watch;
mod zone_data;

pub use app::App;
pub use chain::ChainCheck;
pub use lobby::Arrival;
pub use packs::PackState;
pub use problem::Problem;
pub use server::{ServeConfig, router, serve};
pub use zone_data::{ZoneData, zone_data};
