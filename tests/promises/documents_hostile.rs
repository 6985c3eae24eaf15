//! Promise: no file, however broken, ends the program or a pack: it is refused, or it has a page with its name.

use belfort::council::{DocumentState, MediaKind};
use belfort::papers::{PackPaper, PackSheet, PaperContent, Vetting, make_pack, vet};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::documents_stage::{ONE, SLUG, Stage, pdf};

/// A pack of one file.
fn packed(bytes: &[u8]) -> Result<belfort::papers::Packed, String> {
    let papers = vec![PackPaper {
        title: "Bijlage".into(),
        mark: String::new(),
        content: PaperContent::File(MediaKind::Pdf, [0; 32]),
    }];
    let sheet =
        PackSheet { body: "Gemeenteraad".into(), day: "vandaag".into(), papers, ..PackSheet::default() };
    make_pack(&sheet, &mut |_| Some(bytes.to_vec()), &|_| {})
}

#[test]
fn whatever_became_of_a_pdf_the_pack_is_made() {
    let whole = pdf(&["een", "twee", "drie"]);
    let pack = packed(&whole).unwrap();
    assert_eq!((pack.pages, pack.named), (5, 0), "cover, agenda and three pages");
    let mut dice = StdRng::seed_from_u64(77);
    let mut named = 0;
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..dice.random_range(1..12) {
            let at = dice.random_range(0..bytes.len());
            match dice.random_range(0..3) {
                0 => bytes[at] = dice.random(),
                1 => bytes.truncate(at.max(1)),
                _ => {
                    let piece = bytes[at..(at + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let _ = vet("bijlage.pdf", bytes.clone(), &Vetting::default());
        let pack = packed(&bytes).unwrap();
        assert!(pack.bytes.starts_with(b"%PDF") && pack.pages >= 3);
        named += pack.named;
    }
    assert!(named > 0, "some were broken beyond reading");
}

#[test]
fn references_that_go_round_and_pages_of_no_size_are_survived() {
    let ring = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] \
        /Count 2 >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF";
    assert_eq!(packed(ring).unwrap().named, 1);
    let text = String::from_utf8(pdf(&["een"])).unwrap();
    for size in ["0 0 0 0", "0 0 1e9 1e9", "0 0 -5 -5", "0 0 nan 1"] {
        let odd = text.replace("0 0 595 842", size);
        assert!(packed(odd.as_bytes()).unwrap().bytes.starts_with(b"%PDF"), "{size}");
    }
}

/// A PDF of which something nests without end, in the open or packed in a stream: it exhausts whatever stack there is.
fn endless(text: &str) -> Vec<u8> {
    let deep = format!("{}{}", "[".repeat(300_000), "]".repeat(300_000));
    text.replace("/Resources", &format!("/Deep {deep} /Resources")).into_bytes()
}

#[tokio::test]
async fn a_file_that_would_end_the_program_ends_its_reader_only() {
    let reader = Some(env!("CARGO_BIN_EXE_belfort").into());
    let vetting = Vetting { reader, ..Vetting::default() };
    let good = vet("goed.pdf", pdf(&["leesbaar", "twee"]), &vetting).unwrap();
    assert_eq!(good.extracted().pages, Some(2));
    assert!(good.extracted().text.as_deref().is_some_and(|text| text.contains("leesbaar")));
    let text = String::from_utf8(pdf(&["een"])).unwrap();
    let bad = vet("diep.pdf", endless(&text), &vetting).unwrap();
    assert_eq!((bad.extracted().pages, bad.extracted().text.as_deref()), (None, None));
    let stage = Stage::new(3_601);
    for (title, file) in [("Goed", &good), ("Diep", &bad)] {
        let id = stage.add(None, title, None, file);
        stage.bring(id, DocumentState::Approved);
    }
    stage.convene();
    let member = stage.member(ONE);
    assert!(stage.pack(&member, "own").await.bytes.starts_with(b"%PDF"));
    let page = member.get(&format!("/council/sessions/{SLUG}/pack")).await.must(200).text();
    assert!(page.contains("Alleen met hun naam opgenomen: 1"), "{page}");
}
