//! Asks clamd whether bytes carry a virus: `INSTREAM` over a socket of the machine or a line (clamd(8)).

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// How long a line may take to be there.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the scanner may say nothing: it reads large archives in this time.
const ANSWER: Duration = Duration::from_mins(1);
/// The bytes of one chunk.
const CHUNK: usize = 64 << 10;
/// The longest answer that is read.
const LONGEST_ANSWER: u64 = 4 << 10;

/// Where clamd listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// A socket of this machine, such as `unix:/run/clamav/clamd.ctl`.
    Unix(PathBuf),
    /// Name or address with a port, such as `127.0.0.1:3310`.
    Tcp(String),
}

/// What the scanner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It knows nothing against it.
    Clean,
    /// It found this.
    Found(String),
}

impl FromStr for Scanner {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return if path.is_absolute() { Ok(Self::Unix(path)) } else { Err(()) };
        }
        let (host, port) = text.strip_prefix("tcp:").unwrap_or(text).rsplit_once(':').ok_or(())?;
        let named = !host.is_empty() && !host.contains([' ', '/', '@']);
        let numbered = port.parse::<u16>().is_ok_and(|port| port > 0);
        if named && numbered { Ok(Self::Tcp(format!("{host}:{port}"))) } else { Err(()) }
    }
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => f.write_str(address),
        }
    }
}

impl Scanner {
    /// Has the bytes looked through. Waits for the answer.
    ///
    /// # Errors
    /// The scanner cannot be reached, says nothing in time, or could not look: larger than its own limit.
    pub fn scan(&self, bytes: &[u8]) -> io::Result<Verdict> {
        match self {
            Self::Tcp(address) => {
                let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
                for at in address.to_socket_addrs()? {
                    match TcpStream::connect_timeout(&at, CONNECT) {
                        Ok(line) => {
                            line.set_read_timeout(Some(ANSWER))?;
                            line.set_write_timeout(Some(ANSWER))?;
                            return stream(line, bytes);
                        }
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
            #[cfg(unix)]
            Self::Unix(path) => {
                let line = std::os::unix::net::UnixStream::connect(path)?;
                line.set_read_timeout(Some(ANSWER))?;
                line.set_write_timeout(Some(ANSWER))?;
                stream(line, bytes)
            }
            #[cfg(not(unix))]
            Self::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// Sends the bytes in chunks, each after its length; one of no length ends them.
fn stream(mut line: impl Read + Write, bytes: &[u8]) -> io::Result<Verdict> {
    let sent = send(&mut line, bytes);
    let mut answer = Vec::new();
    let heard = line.take(LONGEST_ANSWER).read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.split('\0').next().unwrap_or_default().trim();
    // Whoever has found something, or has had enough, may hang up before it has all: then its answer counts.
    if answer.is_empty() {
        sent?;
        heard?;
    }
    let said = answer.strip_prefix("stream: ").unwrap_or(answer);
    match said.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Found(name.to_owned())),
        None if said == "OK" => Ok(Verdict::Clean),
        None => Err(io::Error::other(if said.is_empty() { "no answer" } else { said }.to_owned())),
    }
}

fn send(line: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    line.write_all(b"zINSTREAM\0")?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        line.write_all(&length.to_be_bytes())?;
        line.write_all(chunk)?;
    }
    line.write_all(&[0; 4])?;
    line.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// A peer that speaks the protocol from its own side: reads the chunks to their end, or hangs up after `most`
    /// bytes, and answers. Gives back what it read.
    fn peer(answer: &'static [u8], most: usize) -> (Scanner, thread::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scanner = listener.local_addr().unwrap().to_string().parse().unwrap();
        let run = thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let mut command = [0; 10];
            line.read_exact(&mut command).unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut read = Vec::new();
            loop {
                let mut length = [0; 4];
                line.read_exact(&mut length).unwrap();
                let length = u32::from_be_bytes(length) as usize;
                let from = read.len();
                read.resize(from + length, 0);
                line.read_exact(&mut read[from..]).unwrap();
                if length == 0 || read.len() >= most {
                    break;
                }
            }
            line.write_all(answer).unwrap();
            read
        });
        (scanner, run)
    }

    #[test]
    fn the_bytes_arrive_whole_and_the_answer_is_read() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for (answer, expected) in [
            (&b"stream: OK\0"[..], Verdict::Clean),
            (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict::Found("Win.Test.EICAR_HDB-1".into())),
        ] {
            let (scanner, run) = peer(answer, usize::MAX);
            assert_eq!(scanner.scan(&bytes).unwrap(), expected);
            assert_eq!(run.join().unwrap(), bytes);
        }
    }

    #[test]
    fn a_scanner_that_has_had_enough_is_heard_and_one_that_is_gone_is_an_error() {
        let (scanner, run) = peer(b"INSTREAM size limit exceeded. ERROR\0", 70_000);
        let error = scanner.scan(&[0; 150_000]).unwrap_err();
        run.join().unwrap();
        assert!(!error.to_string().is_empty());
        let (scanner, run) = peer(b"", usize::MAX);
        assert!(scanner.scan(b"x").is_err(), "no answer is no verdict");
        run.join().unwrap();
        assert!(scanner.scan(b"x").is_err(), "nobody listens any more");
        let missing: Scanner = "unix:/nowhere/clamd.ctl".parse().unwrap();
        assert!(missing.scan(b"x").is_err());
    }

    #[test]
    fn addresses() {
        for (text, said) in [
            ("unix:/run/clamav/clamd.ctl", Some("unix:/run/clamav/clamd.ctl")),
            ("tcp:127.0.0.1:3310", Some("127.0.0.1:3310")),
            ("clamd.stad.example:3310", Some("clamd.stad.example:3310")),
            ("[::1]:3310", Some("[::1]:3310")),
            ("unix:clamd.ctl", None),
            ("/run/clamav/clamd.ctl", None),
            ("127.0.0.1", None),
            ("127.0.0.1:0", None),
            ("", None),
        ] {
            let read = text.parse::<Scanner>().ok().map(|scanner| scanner.to_string());
            assert_eq!(read.as_deref(), said, "{text}");
        }
    }
}
