//! Forms that carry a file (`multipart/form-data`, RFC 7578), read whole: the files are small and few.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use multer::{Constraints, Multipart, SizeLimit};

use super::oops::Oops;
use super::visitor::{Fields, Insider, insider_form, is_insider};
use crate::booking::Refusal;
use crate::http::App;
use crate::texts::Said;

/// The most bytes that such a form may send: a photo as telephones take it is read, so that it can be said how large
/// one may be.
const LONGEST_UPLOAD: u64 = 16 << 20;

/// The most bytes that are read of somebody who has not signed in, to answer them where they can.
const LONGEST_OF_STRANGERS: u64 = 64 << 10;

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
        // Whoever has not signed in has no file to send: nothing of theirs is kept in memory.
        let longest = if is_insider(app, &parts)? { LONGEST_UPLOAD } else { LONGEST_OF_STRANGERS };
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        // What is broken has no fields, and so no token of ours.
        let (fields, file, whole) = read(kind, body, longest).await;
        let insider = insider_form(app, &parts, &fields)?;
        if !whole {
            let said = Said::new("request.body_too_large").with("max_kib", LONGEST_UPLOAD / 1024);
            return Err(insider.oops(Refusal::State(said)));
        }
        Ok(Self { insider, fields, file })
    }
}

/// The fields, the file, and whether all of it came.
async fn read(kind: &str, body: Body, longest: u64) -> (Fields, Option<Vec<u8>>, bool) {
    let (mut fields, mut file) = (Fields::default(), None);
    let Ok(boundary) = multer::parse_boundary(kind) else { return (fields, file, true) };
    let limit = Constraints::new().size_limit(SizeLimit::new().whole_stream(longest));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, limit);
    loop {
        let part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return (fields, file, true),
            Err(_) => return (fields, file, false),
        };
        let name = part.name().map(str::to_owned);
        let chosen = part.file_name().map(|name| !name.is_empty());
        let Ok(content) = part.bytes().await else { return (fields, file, false) };
        match (chosen, name) {
            (Some(true), _) => file = Some(content.to_vec()),
            (None, Some(name)) => fields.0.push((name, String::from_utf8_lossy(&content).into_owned())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parts(body: &'static [u8]) -> (Fields, Option<Vec<u8>>, bool) {
        read("multipart/form-data; boundary=xyz", Body::from(body), LONGEST_UPLOAD).await
    }

    #[tokio::test]
    async fn a_form_as_browsers_send_it() {
        let body = b"--xyz\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\ntoken\r\n--xyz\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"p;.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            a;b\r\n--xy\r\n\xff\r\n--xyz--\r\n";
        let (fields, file, whole) = parts(body).await;
        assert_eq!((fields.get("form"), whole), ("token", true));
        assert_eq!(file, Some(b"a;b\r\n--xy\r\n\xff".to_vec()));
    }

    #[tokio::test]
    async fn broken_forms_have_no_fields() {
        for body in [
            &b""[..],
            b"--xyz",
            b"--xyz\r\n\r\n",
            b"--abc\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--abc--",
        ] {
            let (fields, file, _) = parts(body).await;
            assert!(fields.0.is_empty() && file.is_none());
        }
        let none =
            b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--xyz--\r\n";
        assert!(parts(none).await.1.is_none());
    }
}
