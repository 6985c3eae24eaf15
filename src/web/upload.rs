//! Forms that carry a file (`multipart/form-data`, RFC 7578), read whole: the files are small and few.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};

use super::oops::Oops;
use super::visitor::{Fields, Insider, insider_form};
use crate::booking::Refusal;
use crate::http::App;
use crate::texts::Said;

/// The most bytes that such a form may send: a list of people, and what stands around it.
const LONGEST_UPLOAD: usize = 1536 * 1024;

/// A form with a file, of somebody who is signed in, sent from a page of ours.
pub(super) struct Upload {
    /// Who sent it.
    pub(super) insider: Insider,
    /// The fields that are no file.
    pub(super) fields: Fields,
    /// The file; nothing if none was chosen.
    pub(super) file: Option<Vec<u8>>,
}

impl FromRequest<App> for Upload {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, LONGEST_UPLOAD).await.ok();
        let (fields, file) = read(&parts.headers, bytes.as_ref());
        let insider = insider_form(app, &parts, &fields)?;
        if bytes.is_none() {
            let said = Said::new("request.body_too_large").with("max_kib", LONGEST_UPLOAD / 1024);
            return Err(insider.oops(Refusal::State(said)));
        }
        Ok(Self { insider, fields, file })
    }
}

fn read(headers: &HeaderMap, bytes: Option<&Bytes>) -> (Fields, Option<Vec<u8>>) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let boundary = kind.strip_prefix("multipart/form-data").and_then(|rest| rest.split_once("boundary="));
    match (boundary, bytes) {
        (Some((_, boundary)), Some(bytes)) => parts_of(bytes, boundary.trim_matches('"')),
        _ => (Fields::default(), None),
    }
}

/// The fields and the file of a form; what has no name is left out.
fn parts_of(bytes: &[u8], boundary: &str) -> (Fields, Option<Vec<u8>>) {
    let line = format!("\r\n--{boundary}");
    let (mut fields, mut file) = (Fields::default(), None);
    // The first boundary stands at the very beginning, without a line before it.
    let start = bytes.strip_prefix(&line.as_bytes()[2..]).unwrap_or(b"");
    for part in split(start, line.as_bytes()) {
        let Some(at) = find(part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..at]);
        let content = &part[at + 4..];
        let said = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"));
        let Some(name) = said.and_then(|said| parameter(said, "name")) else { continue };
        match said.and_then(|said| parameter(said, "filename")) {
            Some("") => {}
            Some(_) => file = Some(content.to_vec()),
            None => fields.0.push((name.to_owned(), String::from_utf8_lossy(content).into_owned())),
        }
    }
    (fields, file)
}

/// The value of a parameter of a header, in quotes as browsers write it.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let wanted = format!("; {name}=\"");
    let at = header.find(&wanted)? + wanted.len();
    // A quote within is written as %22.
    header[at..].split('"').next()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// What stands before each separator; what comes after the last is no part.
fn split<'b>(mut bytes: &'b [u8], separator: &'b [u8]) -> impl Iterator<Item = &'b [u8]> {
    std::iter::from_fn(move || {
        let at = find(bytes, separator)?;
        let part = &bytes[..at];
        bytes = &bytes[at + separator.len()..];
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_as_browsers_send_it() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\ntoken\r\n--xyz\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"p;.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            a;b\r\n--xy\r\n\xff\r\n--xyz--\r\n";
        let (fields, file) = parts_of(body, "xyz");
        assert_eq!(fields.get("form"), "token");
        assert_eq!(file, Some(b"a;b\r\n--xy\r\n\xff".to_vec()));
    }

    #[test]
    fn broken_forms_have_no_fields() {
        for body in [
            &b""[..],
            b"--xyz",
            b"--xyz\r\n\r\n",
            b"--abc\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--abc--",
        ] {
            let (fields, file) = parts_of(body, "xyz");
            assert!(fields.0.is_empty() && file.is_none());
        }
        let none =
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x--\r\n";
        assert!(parts_of(none, "x").1.is_none());
    }
}
