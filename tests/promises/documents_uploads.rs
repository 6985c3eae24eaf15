//! Promise: only files that are what they say come in, none that is too large and none with a virus; what is refused is
//! named, and the others are kept.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use belfort::http::{App, router};
use belfort::papers::{Unscanned, Vetting};
use belfort::scheduler::{NewDocument, add_document};
use belfort::web::pages;

use crate::documents_stage::{SLUG, STAFF, Stage, file, form_body, pdf, send_files};
use crate::forms::field;
use crate::town::Town;

/// The string by which virus scanners are tried (EICAR, 2003), in two halves so that this file is no find itself.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

/// A town that holds files against `vetting`.
fn town(seed: u64, vetting: Vetting) -> Town {
    let town = Town::new(seed);
    let app = App::vetting(town.store.clone(), "http://belfort.test", vetting);
    let router = router(&app, pages());
    Town { app, router, ..town }
}

fn place() -> String {
    format!("/council/sessions/{SLUG}/documents")
}

fn titles(stage: &Stage) -> Vec<String> {
    let documents = stage.town.store.read(|view| view.documents(stage.session)).unwrap();
    let mut titles: Vec<String> = documents.into_iter().map(|document| document.title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn several_files_come_in_at_once_and_what_is_something_else_is_named() {
    let stage = Stage::new(3_501);
    let clerk = stage.clerk();
    let good = pdf(&["nota"]);
    let item = stage.items[0].to_string();
    let files: [(&str, &[u8]); 4] = [
        ("nota.pdf", &good),
        ("lijst.csv", b"a;b"),
        ("rekening.pdf", b"MZ\x90"),
        ("macro.docm", b"PK\x03\x04"),
    ];
    let fields = [("item", item.as_str()), ("title", "Titel van geen van hen")];
    let page = send_files(&clerk, &place(), &place(), &fields, &files).await.must(200).text();
    assert!(page.contains("rekening.pdf") && page.contains("geen pdf-bestand"), "{page}");
    assert!(page.contains("macro.docm") && page.contains("De andere bestanden zijn bewaard: 2"), "{page}");
    assert_eq!(titles(&stage), ["lijst", "nota"]);
    let one: [(&str, &[u8]); 1] = [("plan.pdf", &good)];
    let named = [("item", item.as_str()), ("title", "Plan"), ("access", "members")];
    send_files(&clerk, &place(), &place(), &named, &one).await.must(303);
    assert_eq!(titles(&stage), ["Plan", "lijst", "nota"]);
    let nothing = send_files(&clerk, &place(), &place(), &[("title", "Leeg")], &[]).await.must(200).text();
    assert!(nothing.contains("Kies een bestand"), "{nothing}");
    let closed = stage.items[1].to_string();
    let open = [("item", closed.as_str()), ("access", "public")];
    let refused = send_files(&clerk, &place(), &place(), &open, &one).await.must(200).text();
    assert!(refused.contains("DLB 28"), "{refused}");
    stage.town.verify();
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_not_read_to_its_end() {
    let stage = Stage::on(town(3_502, Vetting { max_bytes: 1 << 20, ..Vetting::default() }));
    let clerk = stage.clerk();
    let large = vec![b'a'; (1 << 20) + 1];
    let page = send_files(&clerk, &place(), &place(), &[], &[("groot.txt", &large)]).await.must(200).text();
    assert!(page.contains("ten hoogste 1 MiB"), "{page}");
    let token = field(&clerk.get(&place()).await.must(200).text(), "form");
    let endless = form_body(&[("form", &token)], &[("groot.txt", &vec![b'a'; 6 << 20])]);
    let kind = "multipart/form-data; boundary=grens";
    let length = endless.len().to_string();
    let said = [("sec-fetch-site", "same-origin"), ("content-length", length.as_str())];
    clerk.raw("POST", &place(), endless.clone(), kind, &said).await.must(413);
    clerk.raw("POST", &place(), endless.clone(), kind, &said[..1]).await.must(413);
    // Whoever prepares no session has no document to send: hardly anything of theirs is read.
    let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    stage.town.anonymous().trickled(&place(), endless, kind, &read).await;
    assert!(read.load(std::sync::atomic::Ordering::SeqCst) < 256 << 10);
    stage.member(STAFF).get(&place()).await.must(403);
    assert!(titles(&stage).is_empty());
}

/// A peer that speaks clamd's protocol from its own side and finds what holds the test string.
fn clamd(rounds: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for _ in 0..rounds {
            let (mut line, _) = listener.accept().unwrap();
            let mut command = [0; 10];
            line.read_exact(&mut command).unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut bytes = Vec::new();
            loop {
                let mut length = [0; 4];
                line.read_exact(&mut length).unwrap();
                let length = u32::from_be_bytes(length) as usize;
                if length == 0 {
                    break;
                }
                let from = bytes.len();
                bytes.resize(from + length, 0);
                line.read_exact(&mut bytes[from..]).unwrap();
            }
            let found = bytes.windows(68).any(|window| window == eicar());
            let answer: &[u8] = if found { b"stream: Eicar-Test-Signature FOUND\0" } else { b"stream: OK\0" };
            line.write_all(answer).unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_virus_is_refused_by_name_and_nothing_is_kept_while_the_scanner_is_away() {
    let address = std::env::var("BELFORT_TEST_CLAMD").unwrap_or_else(|_| clamd(2));
    let vetting = Vetting { scanner: Some(address.parse().unwrap()), ..Vetting::default() };
    let stage = Stage::on(town(3_503, vetting.clone()));
    let clerk = stage.clerk();
    let infected = eicar();
    let files: [(&str, &[u8]); 2] = [("factuur.txt", &infected), ("nota.txt", b"alles in orde")];
    let page = send_files(&clerk, &place(), &place(), &[], &files).await.must(200).text();
    assert!(
        page.contains("factuur.txt") && page.contains("bevat een virus") && page.contains("icar"),
        "{page}"
    );
    assert_eq!(titles(&stage), ["nota"]);

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let away = Vetting { scanner: Some(nobody.parse().unwrap()), ..vetting };
    let stage = Stage::on(town(3_504, away.clone()));
    let one: [(&str, &[u8]); 1] = [("nota.txt", b"alles in orde")];
    let page = send_files(&stage.clerk(), &place(), &place(), &[], &one).await.must(200).text();
    assert!(page.contains("kon niet op virussen worden nagekeken"), "{page}");
    assert!(titles(&stage).is_empty());
    let stage = Stage::on(town(3_505, Vetting { unscanned: Unscanned::Accept, ..away }));
    send_files(&stage.clerk(), &place(), &place(), &[], &one).await.must(303);
    assert_eq!(titles(&stage), ["nota"]);
}

#[tokio::test]
async fn a_session_with_three_hundred_documents_is_shown_at_once() {
    let stage = Stage::new(3_506);
    let items = stage.items;
    stage.act(move |tx, caller| {
        (0..300).try_for_each(|number| {
            let paper = file("nota.txt", format!("stuk {number}").into_bytes());
            let new = NewDocument {
                session: SLUG.into(),
                item: Some(items[number % 2]),
                title: format!("Stuk {number}"),
                access: None,
                downloadable: true,
            };
            add_document(tx, caller, &new, Some(&paper)).map(|_| ())
        })
    });
    let clerk = stage.clerk();
    let begun = std::time::Instant::now();
    let page = clerk.get(&place()).await.must(200).text();
    println!("300 documents: {:?}, {} bytes", begun.elapsed(), page.len());
    assert_eq!(page.matches("name=\"document\"").count(), 300);
    let begun = std::time::Instant::now();
    let found = clerk.get("/council/search?q=stuk").await.must(200).text();
    println!("search in 300: {:?}", begun.elapsed());
    assert!(found.contains("De eerste 50 worden getoond"));
}
