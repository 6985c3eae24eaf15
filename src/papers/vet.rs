//! Whether a file may be kept: small enough, what it says it is, without a virus. Only what was vetted is stored.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::probe::{probe, read_paper};
use super::{Scanner, Verdict, office};
use crate::council::{MediaKind, media_kind};
use crate::texts::Said;

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 160;

/// What happens to files while the scanner cannot be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unscanned {
    /// They are refused.
    #[default]
    Refuse,
    /// They are kept, and the log says so.
    Accept,
}

/// What a file is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vetting {
    /// The most bytes of one file.
    pub max_bytes: u64,
    /// Where viruses are looked for; nowhere if none.
    pub scanner: Option<Scanner>,
    /// What happens while it cannot be asked.
    pub unscanned: Unscanned,
    /// The program that reads a PDF in a process of its own: this one. None in a program that may fall over a file.
    pub reader: Option<PathBuf>,
}

impl Default for Vetting {
    fn default() -> Self {
        Self { max_bytes: 64 << 20, scanner: None, unscanned: Unscanned::Refuse, reader: None }
    }
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// Its words; none if it says nothing that could be read.
    pub text: Option<String>,
    /// How many pages, of a PDF that could be read and of which a pack can take them in.
    pub pages: Option<u32>,
}

/// A file that was vetted: there is no other way to make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vetted {
    name: String,
    kind: MediaKind,
    sha256: [u8; 32],
    bytes: Vec<u8>,
    extracted: Extracted,
}

impl Vetted {
    /// The name of the file, without path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> MediaKind {
        self.kind
    }

    /// The hash of its bytes.
    #[must_use]
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says.
    #[must_use]
    pub const fn extracted(&self) -> &Extracted {
        &self.extracted
    }
}

/// Vets a file as it came. Reads and waits: not for async code.
///
/// # Errors
/// A sentence: too large, not what its name says, a kind that is not taken, a virus, no answer from the scanner.
pub fn vet(name: &str, bytes: Vec<u8>, vetting: &Vetting) -> Result<Vetted, Said> {
    let name = file_name(name);
    if bytes.len() as u64 > vetting.max_bytes {
        let said = Said::new("documents.file_large").with("file", &name);
        return Err(said.with("max_mib", vetting.max_bytes >> 20));
    }
    let kind = media_kind(&name, &bytes)?;
    if let Some(scanner) = &vetting.scanner {
        match scanner.scan(&bytes) {
            Ok(Verdict::Clean) => {}
            Ok(Verdict::Found(found)) => {
                return Err(Said::new("documents.file_virus").with("file", &name).with("virus", found));
            }
            Err(error) if vetting.unscanned == Unscanned::Accept => {
                tracing::warn!(%scanner, %error, "a file was kept without being scanned");
            }
            Err(error) => {
                tracing::error!(%scanner, %error, "a file could not be scanned and was refused");
                return Err(Said::new("documents.scanner_down").with("file", &name));
            }
        }
    }
    let extracted = extract(kind, &bytes, vetting);
    Ok(Vetted { sha256: Sha256::digest(&bytes).into(), name, kind, bytes, extracted })
}

fn extract(kind: MediaKind, bytes: &[u8], vetting: &Vetting) -> Extracted {
    let text = match kind {
        MediaKind::Pdf => {
            return vetting
                .reader
                .as_deref()
                .map_or_else(|| read_paper(bytes), |reader| probe(reader, bytes));
        }
        MediaKind::Png | MediaKind::Jpeg => None,
        MediaKind::Txt | MediaKind::Csv => Some(plain(bytes)),
        MediaKind::Docx
        | MediaKind::Xlsx
        | MediaKind::Pptx
        | MediaKind::Odt
        | MediaKind::Ods
        | MediaKind::Odp => office::read(kind, bytes),
    };
    Extracted { text: text.filter(|text| !text.trim().is_empty()), pages: None }
}

/// Text in UTF-8, or else in the encoding of older Windows files, as far as its letters go.
fn plain(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    text.chars().take(super::MOST_TEXT).collect()
}

/// The last part of a path, without what no file system takes.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd =
        |c: char| c.is_control() || matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?') || is_override(c);
    let clean: String = last.chars().filter(|c| !odd(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    let skip = clean.chars().count().saturating_sub(LONGEST_NAME);
    clean.chars().skip(skip).collect()
}

/// Marks that turn the direction of reading hide the true end of a name.
fn is_override(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        for (given, kept) in [
            ("C:\\Users\\an\\nota.pdf", "nota.pdf"),
            ("../../etc/passwd.txt", "passwd.txt"),
            ("\u{202e}fdp.exe\u{202c}.pdf", "fdp.exe.pdf"),
            ("a\"b\r\n.pdf", "ab.pdf"),
            ("..pdf", "pdf"),
        ] {
            assert_eq!(file_name(given), kept);
        }
        assert_eq!(file_name(&format!("{}.pdf", "x".repeat(500))).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn what_is_too_large_or_something_else_is_refused_before_it_is_read() {
        let small = Vetting { max_bytes: 10, ..Vetting::default() };
        let key = |said: Said| said.key;
        assert_eq!(vet("a.txt", vec![b'a'; 11], &small).map_err(key), Err("documents.file_large".into()));
        let found = vet("a.pdf", b"MZ".to_vec(), &Vetting::default()).map_err(key);
        assert_eq!(found, Err("documents.file_other".into()));
        let down = Vetting { scanner: "unix:/nowhere".parse().ok(), ..Vetting::default() };
        assert_eq!(vet("a.txt", b"a".to_vec(), &down).map_err(key), Err("documents.scanner_down".into()));
        let lenient = Vetting { unscanned: Unscanned::Accept, ..down };
        assert!(vet("a.txt", b"a".to_vec(), &lenient).is_ok());
    }

    #[test]
    fn plain_text_is_read_in_either_encoding() {
        let text = |bytes: &[u8]| vet("a.txt", bytes.to_vec(), &Vetting::default()).unwrap().extracted.text;
        assert_eq!(text("\u{feff}caf\u{e9}".as_bytes()).as_deref(), Some("café"));
        assert_eq!(text(b"caf\xe9").as_deref(), Some("café"));
        assert_eq!(text(b" \n "), None);
    }
}
