//! Style, script and type, built into the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `GET /assets/{file}`.
pub(super) async fn asset(Path(file): Path<String>) -> Response {
    let (kind, bytes): (&str, &'static [u8]) = match file.as_str() {
        "belfort.css" => ("text/css; charset=utf-8", include_bytes!("assets/belfort.css")),
        "lobby.js" => ("text/javascript; charset=utf-8", include_bytes!("assets/lobby.js")),
        "400.ttf" => ("font/ttf", include_bytes!("../../data/fonts/AtkinsonHyperlegibleNext_400Regular.ttf")),
        "700.ttf" => ("font/ttf", include_bytes!("../../data/fonts/AtkinsonHyperlegibleNext_700Bold.ttf")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=86400")], bytes).into_response()
}
