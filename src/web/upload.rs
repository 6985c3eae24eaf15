//! Forms that carry a file (`multipart/form-data`, RFC 7578), read whole: the files are small and few.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use multer::{Constraints, Multipart, SizeLimit};

use super::oops::Oops;
use super::visitor::{Fields, Insider, insider_form, insider_of, is_insider};
use crate::booking::Refusal;
use crate::http::App;
use crate::papers::{Vetted, vet};
use crate::texts::Said;
use crate::town::Action;

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

/// The fields, the last file, and whether all of it came.
async fn read(kind: &str, body: Body, longest: u64) -> (Fields, Option<Vec<u8>>, bool) {
    let (fields, mut files, whole) = read_all(kind, body, longest).await;
    (fields, files.pop().map(|(_, bytes)| bytes), whole)
}

/// A file with its name.
type File = (String, Vec<u8>);

/// The fields, the files, and whether all of it came.
async fn read_all(kind: &str, body: Body, longest: u64) -> (Fields, Vec<File>, bool) {
    let (mut fields, mut files) = (Fields::default(), Vec::new());
    let Ok(boundary) = multer::parse_boundary(kind) else { return (fields, files, true) };
    let limit = Constraints::new().size_limit(SizeLimit::new().whole_stream(longest));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, limit);
    loop {
        let part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return (fields, files, true),
            Err(_) => return (fields, files, false),
        };
        let name = part.name().map(str::to_owned);
        let chosen = part.file_name().map(str::to_owned);
        let Ok(content) = part.bytes().await else { return (fields, files, false) };
        match (chosen, name) {
            (Some(file), _) if !file.is_empty() => files.push((file, content.to_vec())),
            (None, Some(name)) => fields.0.push((name, String::from_utf8_lossy(&content).into_owned())),
            _ => {}
        }
    }
}

/// A form with any number of documents, of somebody who prepares sessions, sent from a page of ours. Each file was
/// vetted, or is refused with a sentence.
pub(super) struct Documents {
    /// Who sent it.
    pub(super) insider: Insider,
    /// The fields that are no file.
    pub(super) fields: Fields,
    /// The files that may be kept.
    pub(super) files: Vec<Vetted>,
    /// What is wrong with the others.
    pub(super) refused: Vec<Said>,
}

/// How many of the largest documents one form may bring.
const DOCUMENTS_AT_ONCE: u64 = 4;

impl FromRequest<App> for Documents {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let (parts, body) = request.into_parts();
        // Only those have documents to send who prepare sessions somewhere.
        let prepares = is_insider(app, &parts)?
            && insider_of(app, &parts)?.caller().may_somewhere(Action::PrepareSession);
        let longest = if prepares { app.vetting.max_bytes * DOCUMENTS_AT_ONCE } else { LONGEST_OF_STRANGERS };
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        // What says itself that it is too large is not read at all.
        let said_length = header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        let large = || Refusal::State(Said::new("request.body_too_large").with("max_kib", longest / 1024));
        if said_length.is_some_and(|length| length > longest + LONGEST_OF_STRANGERS) {
            return Err(insider_of(app, &parts)?.oops(large()));
        }
        let (fields, files, whole) =
            read_all(header(header::CONTENT_TYPE).unwrap_or(""), body, longest).await;
        if !whole {
            // Its token may not have been read either.
            return Err(insider_of(app, &parts)?.oops(large()));
        }
        let insider = insider_form(app, &parts, &fields)?;
        let (files, refused) = vet_all(app, files).await.map_err(|refusal| insider.oops(refusal))?;
        Ok(Self { insider, fields, files, refused })
    }
}

/// Vets files off the threads that serve: it reads them and asks the scanner.
async fn vet_all(app: &App, files: Vec<File>) -> Result<(Vec<Vetted>, Vec<Said>), Refusal> {
    let vetting = app.vetting.clone();
    let work = move || {
        let (mut kept, mut refused) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            match vet(&name, bytes, &vetting) {
                Ok(file) => kept.push(file),
                Err(said) => refused.push(said),
            }
        }
        (kept, refused)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::Internal(error.to_string()))
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
