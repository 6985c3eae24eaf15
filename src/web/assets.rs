//! Style, script and type, built into the program, packed once.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

const ASSETS: &[(&str, &str, &[u8])] = &[
    ("belfort.css", "text/css; charset=utf-8", include_bytes!("assets/belfort.css")),
    ("belfort.js", "text/javascript; charset=utf-8", include_bytes!("assets/belfort.js")),
    ("belfort.svg", "image/svg+xml", include_bytes!("assets/belfort.svg")),
    ("lobby.js", "text/javascript; charset=utf-8", include_bytes!("assets/lobby.js")),
    ("400.ttf", "font/ttf", include_bytes!("../../data/fonts/AtkinsonHyperlegibleNext_400Regular.ttf")),
    ("700.ttf", "font/ttf", include_bytes!("../../data/fonts/AtkinsonHyperlegibleNext_700Bold.ttf")),
];

/// Each file packed, in the order of [`ASSETS`].
static PACKED: LazyLock<HashMap<&str, Vec<u8>>> = LazyLock::new(|| {
    let pack = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).and_then(|()| packer.finish()).unwrap_or_default()
    };
    ASSETS.iter().map(|(name, _, bytes)| (*name, pack(bytes))).collect()
});

/// `GET /assets/{file}`.
pub(super) async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some((name, kind, bytes)) = ASSETS.iter().find(|(name, ..)| *name == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let age = "public, max-age=3600";
    let packed = PACKED.get(name).filter(|packed| !packed.is_empty() && accepted.contains("gzip"));
    match packed {
        Some(packed) => {
            let about = [
                (header::CONTENT_TYPE, *kind),
                (header::CACHE_CONTROL, age),
                (header::CONTENT_ENCODING, "gzip"),
                (header::VARY, "accept-encoding"),
            ];
            (about, packed.as_slice()).into_response()
        }
        None => {
            let about = [
                (header::CONTENT_TYPE, *kind),
                (header::CACHE_CONTROL, age),
                (header::VARY, "accept-encoding"),
            ];
            (about, *bytes).into_response()
        }
    }
}
