//! A keep-alive HTTP/1.1 client that does no more than it must, so that it measures the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Client {
    writer: TcpStream,
    reader: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Client {
    pub fn connect(at: SocketAddr) -> Self {
        let writer = TcpStream::connect(at).unwrap();
        writer.set_nodelay(true).unwrap();
        writer.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let reader = BufReader::with_capacity(64 * 1024, writer.try_clone().unwrap());
        Self { writer, reader, body: Vec::new() }
    }

    /// Sends a whole request, reads a whole answer: its status and body.
    pub fn send(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.writer.write_all(request).unwrap();
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let mut length = 0;
        loop {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body).unwrap();
        (status, &self.body)
    }

    /// The stream itself, for bodies without end.
    pub fn lines(mut self, request: &[u8]) -> BufReader<TcpStream> {
        self.writer.write_all(request).unwrap();
        self.reader
    }
}

pub fn get(path: &str, token: &str, more: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: b\r\nauthorization: Bearer {token}\r\n{more}\r\n").into_bytes()
}

/// Reads a page as a browser that is signed in does.
pub fn page(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: b\r\naccept-encoding: identity\r\ncookie: __Host-belfort={cookie}\r\n\r\n").into_bytes()
}

pub fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: b\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
