//! The front page: what this server is, and where its doors are.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{asked_lang, page};
use crate::http::App;
use crate::texts::{Lang, text};

#[derive(Template)]
#[template(path = "home_read.html")]
struct Page<'a> {
    lang: Lang,
    town: &'a str,
    rooms: usize,
}

impl Page<'_> {
    fn t<'k>(&self, key: &'k str) -> &'k str {
        text(self.lang, key)
    }
}

/// `GET /`.
pub(super) async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    let directory = app.store.directory();
    let lang = asked_lang(&app, &headers);
    let rooms = directory.rooms.iter().filter(|room| room.active).count();
    page(Page { lang, town: &directory.house.town, rooms }.render().unwrap_or_default())
}
