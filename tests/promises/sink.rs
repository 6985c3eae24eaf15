//! A mail server of a few lines on a socket: it keeps what it took, and misbehaves as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with the next message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Take,
    /// 451 to RCPT.
    Greylist,
    /// 550 to RCPT.
    Refuse,
    /// Hangs up in the middle of the message.
    DropInData,
    /// Takes the message and hangs up without a word.
    KeepSilent,
    /// Takes the message and answers after so many milliseconds.
    Dawdle(u64),
}

/// What arrived, answered or not.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub text: String,
    pub answered: bool,
}

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    moods: Arc<Mutex<Vec<Mood>>>,
    connections: Arc<Mutex<usize>>,
}

impl Sink {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self { port, taken: Arc::default(), moods: Arc::default(), connections: Arc::default() };
        let own = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *own.connections.lock().unwrap() += 1;
                let own = own.clone();
                tokio::spawn(async move { own.serve(stream).await });
            }
        });
        sink
    }

    /// How the next messages are treated, in order; then all are taken.
    pub fn expect(&self, moods: &[Mood]) {
        *self.moods.lock().unwrap() = moods.iter().rev().copied().collect();
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.taken.lock().unwrap().clear();
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut wire = BufReader::new(stream);
        let mut to = String::new();
        let mut mood = Mood::Take;
        wire.write_all(b"220 sink\r\n").await.ok()?;
        let mut line = String::new();
        loop {
            line.clear();
            if wire.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let reply: &[u8] = match line.get(..4).unwrap_or("").to_ascii_uppercase().as_str() {
                "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
                "RCPT" => {
                    mood = self.moods.lock().unwrap().pop().unwrap_or(Mood::Take);
                    line[8..].trim().trim_matches(['<', '>']).clone_into(&mut to);
                    match mood {
                        Mood::Greylist => b"451 later\r\n",
                        Mood::Refuse => b"550 nobody here\r\n",
                        _ => b"250 ok\r\n",
                    }
                }
                "DATA" => {
                    wire.write_all(b"354 go on\r\n").await.ok()?;
                    let text = read_message(&mut wire, mood == Mood::DropInData).await?;
                    if let Mood::Dawdle(millis) = mood {
                        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                    }
                    let answered = matches!(mood, Mood::Take | Mood::Dawdle(_));
                    self.taken.lock().unwrap().push(Taken { to: to.clone(), text, answered });
                    if !answered {
                        return None;
                    }
                    b"250 taken\r\n"
                }
                "QUIT" => return None,
                _ => b"250 ok\r\n",
            };
            wire.write_all(reply).await.ok()?;
        }
    }
}

async fn read_message(wire: &mut BufReader<TcpStream>, hang_up: bool) -> Option<String> {
    let mut text = String::new();
    for number in 0.. {
        let from = text.len();
        if hang_up && number == 5 || wire.read_line(&mut text).await.ok()? == 0 {
            return None;
        }
        if &text[from..] == ".\r\n" {
            text.truncate(from);
            break;
        }
        if text[from..].starts_with('.') {
            // RFC 5321 4.5.2.
            text.remove(from);
        }
    }
    Some(text)
}
