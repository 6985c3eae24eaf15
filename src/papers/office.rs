//! The words in files of text processors, spreadsheets and slides: XML in a ZIP archive.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{MOST_TEXT, survive};
use crate::council::MediaKind;

/// The most bytes that are unpacked of one part: a small file can unpack to a great one.
const MOST_PART: u64 = 32 << 20;
/// The most parts that are read of one file: slides.
const MOST_PARTS: usize = 500;

/// The words of a file; none if it cannot be read.
pub(super) fn read(kind: MediaKind, bytes: &[u8]) -> Option<String> {
    survive(|| {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
        let mut text = String::new();
        for part in parts(kind, &archive) {
            let mut xml = Vec::new();
            archive.by_name(&part).ok()?.take(MOST_PART).read_to_end(&mut xml).ok()?;
            words(kind, &String::from_utf8_lossy(&xml), &mut text);
            if text.len() >= MOST_TEXT {
                break;
            }
        }
        Some(text)
    })
}

/// The parts of a file that hold its words.
fn parts(kind: MediaKind, archive: &ZipArchive<Cursor<&[u8]>>) -> Vec<String> {
    let named = |name: &str| match kind {
        MediaKind::Docx => ["word/document.xml", "word/footnotes.xml", "word/endnotes.xml"].contains(&name),
        MediaKind::Xlsx => name == "xl/sharedStrings.xml",
        MediaKind::Pptx => name.strip_prefix("ppt/slides/slide").is_some_and(|rest| !rest.contains('/')),
        _ => name == "content.xml",
    };
    let mut found: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| named(name))
        .map(std::borrow::Cow::into_owned)
        .take(MOST_PARTS)
        .collect();
    // `slide10` comes after `slide9`.
    found.sort_by_key(|name| (name.len(), name.clone()));
    found
}

/// Adds the words of one part. In Office Open XML they stand in elements called `t`, in OpenDocument in whatever is in
/// a paragraph or a heading.
fn words(kind: MediaKind, xml: &str, text: &mut String) {
    let open = matches!(kind, MediaKind::Odt | MediaKind::Ods | MediaKind::Odp);
    let holds = |name: &[u8]| if open { matches!(name, b"p" | b"h") } else { name == b"t" };
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_u32;
    while text.len() < MOST_TEXT {
        match reader.read_event() {
            Ok(Event::Start(tag)) if holds(tag.local_name().as_ref().as_bytes()) => depth += 1,
            Ok(Event::Empty(tag))
                if matches!(tag.local_name().as_ref(), "tab" | "s" | "br" | "line-break") =>
            {
                text.push(' ');
            }
            Ok(Event::End(tag)) => {
                let name = tag.local_name();
                if holds(name.as_ref().as_bytes()) {
                    depth = depth.saturating_sub(1);
                }
                if matches!(name.as_ref(), "p" | "h" | "si") {
                    text.push('\n');
                }
            }
            Ok(Event::Text(part)) if depth > 0 => text.push_str(&part),
            Ok(Event::GeneralRef(name)) if depth > 0 => text.push(character(&name)),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// What a reference stands for; entities of the file's own are not followed.
fn character(name: &quick_xml::events::BytesRef<'_>) -> char {
    match &**name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => name.resolve_char_ref().ok().flatten().unwrap_or(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_words_of_a_text_and_of_slides_in_order() {
        let docx = archive(&[(
            "word/document.xml",
            "<w:document><w:body><w:p><w:r><w:t>Fiets</w:t></w:r><w:r><w:t>pad &amp; caf&#233;</w:t></w:r></w:p>\
             <w:p><w:instrText>PAGE</w:instrText><w:r><w:t>Twee</w:t></w:r></w:p></w:body></w:document>",
        )]);
        assert_eq!(read(MediaKind::Docx, &docx).as_deref(), Some("Fietspad & café\nTwee\n"));
        let slide = |word: &str| format!("<p:sld><a:p><a:r><a:t>{word}</a:t></a:r></a:p></p:sld>");
        let pptx = archive(&[
            ("ppt/slides/slide10.xml", &slide("tien")),
            ("ppt/slides/slide9.xml", &slide("negen")),
            ("ppt/slides/_rels/slide9.xml.rels", "<x><t>nee</t></x>"),
        ]);
        assert_eq!(read(MediaKind::Pptx, &pptx).as_deref(), Some("negen\ntien\n"));
        let odt = archive(&[(
            "content.xml",
            "<office:document-content><style:x>nee</style:x><text:h>Kop</text:h><text:p>Een<text:s/><text:span>twee\
             </text:span></text:p></office:document-content>",
        )]);
        assert_eq!(read(MediaKind::Odt, &odt).as_deref(), Some("Kop\nEen twee\n"));
    }

    #[test]
    fn what_is_broken_or_unpacks_without_end_is_read_as_far_as_it_goes() {
        assert_eq!(read(MediaKind::Docx, b"PK\x03\x04 nothing"), None);
        let entity = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><w:p><w:t>&a;b</w:t></w:p>";
        assert_eq!(
            read(MediaKind::Docx, &archive(&[("word/document.xml", entity)])).as_deref(),
            Some(" b\n")
        );
        let bomb = archive(&[("content.xml", &format!("<text:p>{}</text:p>", "a".repeat(40 << 20)))]);
        assert!(bomb.len() < 100_000);
        assert!(read(MediaKind::Odt, &bomb).unwrap().len() <= MOST_PART as usize);
    }
}
