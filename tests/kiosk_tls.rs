//! A screen speaks with a server behind TLS, and says what is wrong with one it does not believe.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "only what TLS changes is tried here; the outbox tries the rest")]
mod kiosk_town;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use belfort::kiosk::events::read_line;
use belfort::kiosk::options::KioskError;
use belfort::kiosk::upstream::Upstream;
use kiosk_town::Town;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls").join(name)
}

/// A door with TLS before `town`, under the certificate in `certificate`.
fn door(town: &Town, certificate: &str) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_file(file(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, behind) = (listener.local_addr().unwrap(), town.address);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tls = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            std::thread::spawn(move || carry(tls, TcpStream::connect(behind).unwrap()));
        }
    });
    address
}

/// Carries bytes both ways until one side ends.
fn carry(mut outside: StreamOwned<ServerConnection, TcpStream>, mut inside: TcpStream) {
    let blink = Some(Duration::from_millis(5));
    while outside.conn.is_handshaking() {
        if outside.conn.complete_io(&mut outside.sock).is_err() {
            return;
        }
    }
    outside.sock.set_read_timeout(blink).unwrap();
    inside.set_read_timeout(blink).unwrap();
    while pass(&mut outside, &mut inside) && pass(&mut inside, &mut outside) {}
}

fn pass(from: &mut impl Read, to: &mut impl Write) -> bool {
    let mut bytes = [0; 16_384];
    match from.read(&mut bytes) {
        Ok(0) => false,
        Ok(read) => to.write_all(&bytes[..read]).and_then(|()| to.flush()).is_ok(),
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

fn upstream(address: SocketAddr, ca: Option<&str>) -> Result<Upstream, KioskError> {
    let ca = ca.map(file);
    Upstream::new(&format!("https://{address}"), "geheim", "raadzaal", ca.as_deref())
}

#[test]
fn the_board_and_the_events_come_through_tls() {
    let town = Town::open("busy");
    let upstream = upstream(door(&town, "server.pem"), Some("authority.pem")).unwrap();
    let board = upstream.board().unwrap();
    assert_eq!(board.room.name, "Raadzaal");
    let mut events = upstream.events(board.seq).unwrap();
    town.say("data: {\"type\":\"changed\",\"seq\":9}\n\n");
    let mut line = String::new();
    assert!(read_line(&mut events, &mut line).unwrap());
    assert!(line.contains("\"seq\":9"), "{line}");
}

#[test]
fn a_server_that_cannot_be_believed_hears_nothing_and_the_reason_is_said() {
    for (certificate, ca, reason) in [
        ("server.pem", Some("stranger.pem"), "unknown here"),
        ("server.pem", None, "unknown here"),
        ("expired.pem", Some("authority.pem"), "not valid today"),
        ("elsewhere.pem", Some("authority.pem"), "another name"),
    ] {
        let town = Town::open("busy");
        let refused = upstream(door(&town, certificate), ca).unwrap().board().unwrap_err();
        assert!(refused.contains(reason), "{certificate} {ca:?}: {refused}");
        assert_eq!(town.books.lock().unwrap().boards_read, 0, "{certificate}: the token went out");
    }
}

#[test]
fn a_file_without_a_certificate_is_refused_at_the_start() {
    let address = "127.0.0.1:1".parse().unwrap();
    for name in ["server.key", "make", "no-such-file.pem"] {
        let refused = upstream(address, Some(name)).unwrap_err();
        assert!(matches!(&refused, KioskError::Authority { path, .. } if path.ends_with(name)), "{refused}");
    }
}
