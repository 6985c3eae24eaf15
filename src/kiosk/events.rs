//! Server-sent events, line by line (WHATWG HTML 9.2.6), as far as a kiosk needs them.

use std::io::{BufRead, ErrorKind};

use chrono::{DateTime, Utc};

use crate::wire::BoardEvent;

/// Longer lines are not ours.
const LINE_MAX_BYTES: usize = 64 * 1024;

/// What a stream has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something about the room changed, with the journal entry if it was named.
    Changed(Option<i64>),
    /// The server is alive, with its clock if it was named.
    Alive(Option<DateTime<Utc>>),
}

/// Puts lines together to events.
#[derive(Debug, Default)]
pub struct Parser {
    event: String,
    data: String,
    id: Option<i64>,
}

impl Parser {
    /// Takes a line without its end; an empty line completes an event.
    pub fn line(&mut self, line: &str) -> Option<Heard> {
        if line.is_empty() {
            return self.complete();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => return Some(Heard::Alive(None)),
            "event" => value.clone_into(&mut self.event),
            "id" => self.id = value.parse().ok(),
            "data" if self.data.len() + value.len() <= LINE_MAX_BYTES => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
        None
    }

    fn complete(&mut self) -> Option<Heard> {
        let (event, data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
        let id = self.id.take();
        if event.is_empty() && data.is_empty() {
            return None;
        }
        Some(match serde_json::from_str::<BoardEvent>(&data) {
            Ok(BoardEvent::Changed { seq }) => Heard::Changed(Some(seq)),
            Ok(BoardEvent::Heartbeat { server_time }) => Heard::Alive(Some(server_time)),
            Err(_) if event == "changed" => Heard::Changed(id),
            Err(_) => Heard::Alive(None),
        })
    }
}

/// Reads one line into `line`, without its end; `false` at the end of the stream. A line without end, or not
/// in UTF-8, is an error.
pub fn read_line(from: &mut impl BufRead, line: &mut String) -> std::io::Result<bool> {
    let mut bytes = Vec::new();
    loop {
        let chunk = match from.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(false);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        bytes.extend_from_slice(&chunk[..end.unwrap_or(chunk.len())]);
        let used = end.map_or(chunk.len(), |end| end + 1);
        from.consume(used);
        if bytes.len() > LINE_MAX_BYTES {
            return Err(std::io::Error::new(ErrorKind::InvalidData, "a line without end"));
        }
        if end.is_some() {
            break;
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    *line = String::from_utf8(bytes).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(stream: &str) -> Vec<Heard> {
        let (mut reader, mut parser, mut line) = (stream.as_bytes(), Parser::default(), String::new());
        let mut heard = Vec::new();
        while read_line(&mut reader, &mut line).unwrap() {
            heard.extend(parser.line(&line));
        }
        heard
    }

    #[test]
    fn events_come_in_many_shapes() {
        let time = "2027-01-19T08:00:00Z".parse().unwrap();
        for (stream, heard) in [
            ("data: {\"type\":\"changed\",\"seq\":7}\n\n", vec![Heard::Changed(Some(7))]),
            ("id: 8\r\nevent: changed\r\ndata: {}\r\n\r\n", vec![Heard::Changed(Some(8))]),
            ("event:changed\n\n", vec![Heard::Changed(None)]),
            (
                "data: {\"type\":\"heartbeat\",\ndata: \"server_time\":\"2027-01-19T08:00:00Z\"}\n\n",
                vec![Heard::Alive(Some(time))],
            ),
            (": keep alive\n\n", vec![Heard::Alive(None)]),
            ("data: {\"type\":\"something_new\"}\n\n", vec![Heard::Alive(None)]),
            ("data: not json\n\n\n\n", vec![Heard::Alive(None)]),
            ("id: 3\nretry: 100\n\ndata: cut off in the midd", vec![]),
        ] {
            assert_eq!(hear(stream), heard, "{stream:?}");
        }
    }

    #[test]
    fn a_line_without_end_and_bytes_that_are_no_text_are_errors() {
        let endless = vec![b'x'; LINE_MAX_BYTES + 2];
        assert!(read_line(&mut endless.as_slice(), &mut String::new()).is_err());
        assert!(read_line(&mut &b"\xff\xfe\n"[..], &mut String::new()).is_err());
    }
}
