//! Files as people send them, and what a PDF says.

use std::fmt::Write as _;

use belfort::papers::{Vetted, Vetting, vet};

/// A file that was vetted without a scanner.
#[track_caller]
pub fn file(name: &str, bytes: Vec<u8>) -> Vetted {
    vet(name, bytes, &Vetting::default()).unwrap_or_else(|said| panic!("{said:?}"))
}

/// A PDF with a page for each text, written by hand: nothing of the program that is tested has a part in it.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 4 + 2 * n)).collect();
    objects.push(format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()));
    objects
        .push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned());
    for (n, words) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> \
             /Contents {} 0 R >>",
            5 + 2 * n
        ));
        let stream = format!("BT /F1 14 Tf 72 720 Td ({words}) Tj ET");
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
    }
    let mut bytes = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        let _ = write!(bytes, "{} 0 obj\n{object}\nendobj\n", n + 1);
    }
    let start = bytes.len();
    let _ = write!(bytes, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(bytes, "{place:010} 00000 n ");
    }
    let size = objects.len() + 1;
    let _ = write!(bytes, "trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    bytes.into_bytes()
}

/// What a PDF says, read by the program's own reader; another reader reads it in `tests/papers`.
pub fn words_of(pdf: &[u8]) -> String {
    let vetted = vet("bundel.pdf", pdf.to_vec(), &Vetting::default()).unwrap();
    vetted.extracted().text.clone().unwrap_or_default()
}
