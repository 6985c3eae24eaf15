//! A form with a file, as browsers send it (RFC 7578): few fields, at most one file, all in memory.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;

use super::oops::Oops;
use super::visitor::{Fields, Form, Insider, trusted};
use crate::booking::Refusal;
use crate::http::App;
use crate::texts::Said;

/// The most bytes that a form with a photo may send: a photo as telephones take it is read, so that it can be said
/// how large one may be.
const LONGEST: usize = 16 << 20;

/// A form with a file, of somebody who is signed in, sent from a page of ours.
pub(super) struct InsiderUpload(pub(super) Insider, pub(super) Vec<u8>);

impl FromRequest<App> for InsiderUpload {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = kind.and_then(boundary).map(str::to_owned);
        let (visitor, bytes) = Form::body(request, app, LONGEST).await?;
        let Some(boundary) = boundary else {
            return Err(visitor.oops(Refusal::State(Said::new("request.form_token"))));
        };
        let (fields, file) = parts(&bytes, &boundary);
        Ok(Self(trusted(visitor, app, &fields)?, file))
    }
}

/// What stands between the parts.
fn boundary(kind: &str) -> Option<&str> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let boundary = rest.split_once("boundary=")?.1.split(';').next()?.trim().trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The fields, and the file.
fn parts(bytes: &Bytes, boundary: &str) -> (Fields, Vec<u8>) {
    let (mut fields, mut file) = (Fields::default(), Vec::new());
    // The first boundary has no line before it.
    let first = format!("--{boundary}");
    let Some(mut rest) = bytes.strip_prefix(first.as_bytes()) else { return (fields, file) };
    let between = format!("\r\n--{boundary}");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(part, between.as_bytes()) else { break };
        if let Some(head_end) = find(&part[..end], b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&part[..head_end]);
            let body = &part[head_end + 4..end];
            match (parameter(&head, "filename"), parameter(&head, "name")) {
                (Some(_), _) => file = body.to_vec(),
                (None, Some(name)) => fields.0.push((name, String::from_utf8_lossy(body).into_owned())),
                (None, None) => {}
            }
        }
        rest = &part[end + between.len()..];
    }
    (fields, file)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A parameter of the line that names a part.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let named = format!("{name}=\"");
    let value = line.split("; ").find_map(|part| part.strip_prefix(named.as_str()))?;
    Some(value.split('"').next().unwrap_or("").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_a_file_are_read_and_what_is_broken_is_left() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nzegel\r\n--xyz\r\n\
            Content-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
            \x89PNG\r\n\r\n--x\x00\r\n--xyz--\r\n";
        let (fields, file) = parts(&Bytes::from_static(body), "xyz");
        assert_eq!((fields.get("form"), file.as_slice()), ("zegel", &b"\x89PNG\r\n\r\n--x\x00"[..]));
        for broken in [&b""[..], b"--xyz", b"--xyz\r\n", b"--xyz\r\n\r\n--xyz--", &body[..60], b"xyz"] {
            let (fields, file) = parts(&Bytes::copy_from_slice(broken), "xyz");
            assert!(fields.0.is_empty() && file.is_empty(), "{broken:?}");
        }
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\"; x=y"), Some("a b"));
        for none in ["multipart/form-data", "text/plain; boundary=x", "multipart/form-data; boundary="] {
            assert_eq!(boundary(none), None, "{none}");
        }
    }
}
