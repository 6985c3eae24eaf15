//! What a file is: told by its first bytes and held against its name, so that nothing else hides behind either.

use serde::{Deserialize, Serialize};

use crate::texts::Said;

/// What a document may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// Portable Document Format (ISO 32000).
    Pdf,
    /// Word processing, Office Open XML (ISO/IEC 29500).
    Docx,
    /// Spreadsheet, Office Open XML.
    Xlsx,
    /// Slides, Office Open XML.
    Pptx,
    /// Word processing, OpenDocument (ISO/IEC 26300).
    Odt,
    /// Spreadsheet, OpenDocument.
    Ods,
    /// Slides, OpenDocument.
    Odp,
    /// A picture.
    Png,
    /// A photo.
    Jpeg,
    /// Plain text.
    Txt,
    /// A table as text.
    Csv,
}

/// How far from the end the list of a ZIP archive is looked for (APPNOTE 4.3.12): thousands of files' worth.
const LIST: usize = 1 << 20;
/// What is looked at to tell that something is text.
const SAMPLE: usize = 64 << 10;

impl MediaKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Png,
        Self::Jpeg,
        Self::Txt,
        Self::Csv,
    ];

    /// The word for it in the store, and the end of a file's name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Odp => "odp",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Txt => "txt",
            Self::Csv => "csv",
        }
    }

    /// The media type (RFC 6838).
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            // Without a character set, as browsers are told not to guess and not to show it either.
            Self::Txt => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// The kind that the end of a name promises.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let end = name.rsplit_once('.')?.1.to_ascii_lowercase();
        let end = if end == "jpeg" { "jpg" } else { &end };
        Self::ALL.into_iter().find(|kind| kind.word() == end)
    }

    /// Whether the bytes are what the kind says.
    fn fits(self, bytes: &[u8]) -> bool {
        let list = &bytes[bytes.len().saturating_sub(LIST)..];
        let archive = bytes.starts_with(b"PK\x03\x04");
        match self {
            // Readers find the header within the first kilobyte (ISO 32000-1 annex H.3.4.1).
            Self::Pdf => holds(&bytes[..bytes.len().min(1_024)], b"%PDF-"),
            Self::Docx => archive && holds(list, b"word/document.xml"),
            Self::Xlsx => archive && holds(list, b"xl/workbook.xml"),
            Self::Pptx => archive && holds(list, b"ppt/presentation.xml"),
            // The first file says what it is, uncompressed (OpenDocument part 2, 3.3).
            Self::Odt | Self::Ods | Self::Odp => {
                let said = [b"mimetype", self.mime().as_bytes()].concat();
                archive && bytes.get(30..30 + said.len()) == Some(&said[..])
            }
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            Self::Txt | Self::Csv => {
                let odd = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
                !bytes.iter().take(SAMPLE).any(odd)
            }
        }
    }
}

/// What a file is, if its bytes are what its name says.
///
/// # Errors
/// A sentence: a kind that is not taken, bytes that are something else, a text with macros, nothing at all.
pub fn media_kind(name: &str, bytes: &[u8]) -> Result<MediaKind, Said> {
    if bytes.is_empty() {
        return Err(Said::new("documents.file_empty").with("file", name));
    }
    let Some(kind) = MediaKind::of_name(name) else {
        let kinds = MediaKind::ALL.map(MediaKind::word).join(", ");
        return Err(Said::new("documents.file_kind").with("file", name).with("kinds", kinds));
    };
    if !kind.fits(bytes) {
        return Err(Said::new("documents.file_other").with("file", name).with("kind", kind.word()));
    }
    let office = matches!(kind, MediaKind::Docx | MediaKind::Xlsx | MediaKind::Pptx);
    if office && holds(&bytes[bytes.len().saturating_sub(LIST)..], b"vbaProject.bin") {
        return Err(Said::new("documents.file_macros").with("file", name));
    }
    Ok(kind)
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odt() -> Vec<u8> {
        let head = [b"PK\x03\x04".as_slice(), &[0; 26]].concat();
        [head, b"mimetypeapplication/vnd.oasis.opendocument.text".to_vec()].concat()
    }

    #[test]
    fn a_file_is_what_its_name_and_its_bytes_both_say() {
        let docx = b"PK\x03\x04....word/document.xml....".to_vec();
        for (name, bytes, expected) in [
            ("nota.pdf", b"%PDF-1.7\n".to_vec(), Ok(MediaKind::Pdf)),
            ("NOTA.PDF", b"\n\n%PDF-1.4".to_vec(), Ok(MediaKind::Pdf)),
            ("nota.docx", docx.clone(), Ok(MediaKind::Docx)),
            ("nota.odt", odt(), Ok(MediaKind::Odt)),
            ("plan.jpeg", b"\xff\xd8\xff\xe0".to_vec(), Ok(MediaKind::Jpeg)),
            ("plan.png", b"\x89PNG\r\n\x1a\n".to_vec(), Ok(MediaKind::Png)),
            ("lijst.csv", "naam;plaats\r\nÉlise;Gent".as_bytes().to_vec(), Ok(MediaKind::Csv)),
            ("nota.txt", b"MZ\x90\x00".to_vec(), Err("documents.file_other")),
            ("nota.pdf", b"<html>".to_vec(), Err("documents.file_other")),
            ("nota.xlsx", docx.clone(), Err("documents.file_other")),
            ("nota.ods", odt(), Err("documents.file_other")),
            ("nota.exe", b"MZ".to_vec(), Err("documents.file_kind")),
            ("nota.docm", docx.clone(), Err("documents.file_kind")),
            ("nota", b"%PDF-1.7".to_vec(), Err("documents.file_kind")),
            ("nota.svg", b"<svg/>".to_vec(), Err("documents.file_kind")),
            ("nota.docx", [docx, b"word/vbaProject.bin".to_vec()].concat(), Err("documents.file_macros")),
            ("nota.pdf", Vec::new(), Err("documents.file_empty")),
        ] {
            let found = media_kind(name, &bytes).map_err(|said| said.key);
            assert_eq!(found, expected.map_err(str::to_owned), "{name}");
        }
    }
}
