//! A blocking HTTP/1.1 client over a socket: loopback only, one connection, bounded in time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The longest body that is read.
const MAX_BODY: usize = 64 << 20;

/// One connection, made at first need and again after it broke.
pub struct Http {
    at: SocketAddr,
    token: Option<String>,
    wire: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

impl Http {
    pub fn new(at: SocketAddr, token: Option<&str>) -> Self {
        assert!(at.ip().is_loopback());
        Self { at, token: token.map(str::to_owned), wire: None }
    }

    pub fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, &[], None)
    }

    pub fn post(&mut self, path: &str, key: Option<&str>, body: &serde_json::Value) -> io::Result<Reply> {
        let headers: Vec<_> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
        self.send("POST", path, &headers, Some(body))
    }

    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&serde_json::Value>,
    ) -> io::Result<Reply> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.at);
        if let Some(token) = &self.token {
            head.extend(["authorization: Bearer ", token, "\r\n"]);
        }
        for (name, value) in headers {
            head.extend([*name, ": ", value, "\r\n"]);
        }
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        if !body.is_empty() {
            let length = body.len().to_string();
            head.extend(["content-type: application/json\r\ncontent-length: ", &length, "\r\n"]);
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend(body);
        let outcome = self.exchange(&bytes);
        if outcome.is_err() {
            self.wire = None;
        }
        outcome
    }

    fn exchange(&mut self, bytes: &[u8]) -> io::Result<Reply> {
        if self.wire.is_none() {
            let wire = TcpStream::connect_timeout(&self.at, Duration::from_secs(5))?;
            wire.set_nodelay(true)?;
            wire.set_read_timeout(Some(Duration::from_mins(1)))?;
            self.wire = Some(BufReader::new(wire));
        }
        let wire = self.wire.as_mut().ok_or_else(|| broken("no connection"))?;
        wire.get_mut().write_all(bytes)?;
        let reply = read_reply(wire)?;
        if reply.header("connection").eq_ignore_ascii_case("close") {
            self.wire = None;
        }
        Ok(reply)
    }
}

fn read_line(wire: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if wire.take(64 << 10).read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// Reads one reply, by length or in chunks.
pub fn read_reply(wire: &mut impl BufRead) -> io::Result<Reply> {
    let first = read_line(wire)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| broken(&first))?;
    let mut reply = Reply { status, headers: Vec::new(), body: Vec::new() };
    loop {
        let line = read_line(wire)?;
        let Some((name, value)) = line.split_once(':') else { break };
        reply.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    if reply.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        loop {
            let size = usize::from_str_radix(&read_line(wire)?, 16).map_err(|_| broken("chunk size"))?;
            if reply.body.len() + size > MAX_BODY {
                return Err(broken("too long"));
            }
            let from = reply.body.len();
            reply.body.resize(from + size, 0);
            wire.read_exact(&mut reply.body[from..])?;
            read_line_end(wire)?;
            if size == 0 {
                return Ok(reply);
            }
        }
    }
    let length: usize = reply.header("content-length").parse().unwrap_or(0);
    if length > MAX_BODY {
        return Err(broken("too long"));
    }
    reply.body.resize(length, 0);
    wire.read_exact(&mut reply.body)?;
    Ok(reply)
}

fn read_line_end(wire: &mut impl Read) -> io::Result<()> {
    wire.read_exact(&mut [0; 2])
}
