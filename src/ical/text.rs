//! Content lines that cannot be broken: escaping and folding while writing (RFC 5545 3.1, 3.3.11, RFC 6868).
//!
//! Whatever the value holds, one property stays one property: control characters never reach the output,
//! no line is longer than 75 octets, and no character is cut in two.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};

/// Octets of a line without its CRLF (RFC 5545 3.1).
pub const MAX_LINE: usize = 75;

/// A URI that is safe in a content line: everything that is not printable ASCII, and quotes, backslashes and
/// angle brackets, is percent-encoded when it is made (RFC 3986 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uri(String);

impl Uri {
    /// The encoded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Uri {
    fn from(text: &str) -> Self {
        let mut uri = Vec::with_capacity(text.len());
        for &byte in text.trim().as_bytes() {
            push_uri_byte(&mut uri, byte);
        }
        // Only ASCII was pushed.
        Self(String::from_utf8(uri).unwrap_or_default())
    }
}

impl From<String> for Uri {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn push_uri_byte(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if is_uri_byte(byte) {
        out.push(byte);
    } else {
        out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
}

/// A percent sign stays: what is already encoded is not encoded again.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// One content line being written. [`Line::end`] closes it; the parts in between can hold anything.
#[derive(Debug)]
pub struct Line<'a> {
    out: &'a mut Vec<u8>,
    /// Octets already on the current physical line.
    column: usize,
}

impl<'a> Line<'a> {
    /// Starts a line with a property name.
    pub fn new(out: &'a mut Vec<u8>, name: &'static str) -> Self {
        out.extend_from_slice(name.as_bytes());
        Self { out, column: name.len() }
    }

    /// Adds text of our own that needs neither escaping nor cleaning, such as `;VALUE=DATE:`.
    #[must_use]
    pub fn raw(mut self, text: &'static str) -> Self {
        self.push(text);
        self
    }

    /// Adds a value of ours that is ASCII and free of separators, such as a zone name or a rule.
    #[must_use]
    pub fn token(mut self, text: &str) -> Self {
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.push(text);
        } else {
            for c in text.chars().filter(char::is_ascii_graphic) {
                self.push(c.encode_utf8(&mut [0; 4]));
            }
        }
        self
    }

    /// Adds a TEXT value (RFC 5545 3.3.11): `\`, `;`, `,` and line ends are escaped, other control
    /// characters left out, a tab becomes a space.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut at = 0;
        while at < bytes.len() {
            if !TEXT_STOP[usize::from(bytes[at])] {
                at += 1;
                continue;
            }
            let Some((length, replacement)) = text_replacement(&bytes[at..]) else {
                at += 1;
                continue;
            };
            self.push(&text[from..at]);
            self.push_whole(replacement);
            at += length;
            from = at;
        }
        self.push(&text[from..]);
        self
    }

    /// Adds a URI, which is safe already.
    #[must_use]
    pub fn uri(mut self, uri: &Uri) -> Self {
        self.push(uri.as_str());
        self
    }

    /// Adds `mailto:` and the address, percent-encoded where RFC 6068 2 asks for it.
    #[must_use]
    pub fn mailto(mut self, address: &str) -> Self {
        self.push("mailto:");
        if address.bytes().all(|byte| is_uri_byte(byte) && byte != b'%') {
            self.push(address);
        } else {
            let mut encoded = Vec::with_capacity(address.len() + 8);
            for &byte in address.trim().as_bytes() {
                match byte {
                    b'%' => encoded.extend(b"%25"),
                    _ => push_uri_byte(&mut encoded, byte),
                }
            }
            self.push(std::str::from_utf8(&encoded).unwrap_or_default());
        }
        self
    }

    /// Adds a parameter, `;CN="An Peeters"`: always quoted, encoded by RFC 6868, without control characters; a
    /// backslash becomes a slash.
    #[must_use]
    pub fn param(mut self, name: &'static str, value: &str) -> Self {
        self.push(";");
        self.push(name);
        self.push("=\"");
        let mut from = 0;
        for (at, c) in value.char_indices() {
            let replacement = match c {
                '^' => "^^",
                '"' => "^'",
                // Several readers take it for an escape, and then `\"` hides the closing quote.
                '\\' => "/",
                '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => "^n",
                '\t' => " ",
                c if c.is_control() => "",
                _ => continue,
            };
            self.push(&value[from..at]);
            self.push_whole(replacement);
            from = at + c.len_utf8();
        }
        self.push(&value[from..]);
        self.push("\"");
        self
    }

    /// Adds a DATE-TIME without zone: `20270325T193000`.
    #[must_use]
    pub fn wall(mut self, wall: NaiveDateTime) -> Self {
        let bytes = date_time(wall);
        self.ascii(&bytes[..15]);
        self
    }

    /// Adds a DATE-TIME in UTC: `20270325T183000Z`.
    #[must_use]
    pub fn instant(mut self, at: DateTime<Utc>) -> Self {
        let bytes = date_time(at.naive_utc());
        self.ascii(&bytes);
        self
    }

    /// Adds a DATE: `20270325`.
    #[must_use]
    pub fn date(mut self, day: NaiveDate) -> Self {
        let bytes = date_time(day.and_time(chrono::NaiveTime::MIN));
        self.ascii(&bytes[..8]);
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(mut self, number: u32) -> Self {
        let mut digits = [0_u8; 10];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = digit(rest % 10);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.ascii(&digits[at..]);
        self
    }

    /// Ends the line.
    pub fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }

    /// Adds ASCII that is not cut.
    fn ascii(&mut self, bytes: &[u8]) {
        if self.column + bytes.len() > MAX_LINE {
            self.fold();
        }
        self.out.extend_from_slice(bytes);
        self.column += bytes.len();
    }

    /// Adds text without control characters, folding between characters.
    fn push(&mut self, mut text: &str) {
        while self.column + text.len() > MAX_LINE {
            let mut cut = MAX_LINE - self.column;
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            self.out.extend_from_slice(&text.as_bytes()[..cut]);
            text = &text[cut..];
            self.fold();
        }
        self.out.extend_from_slice(text.as_bytes());
        self.column += text.len();
    }

    /// Adds an escape of one or two characters that must stay together: some readers unfold after unescaping.
    fn push_whole(&mut self, escape: &str) {
        self.ascii(escape.as_bytes());
    }

    fn fold(&mut self) {
        self.out.extend_from_slice(b"\r\n ");
        self.column = 1;
    }
}

/// Bytes at which a TEXT value may need a replacement: the lead bytes of the control characters in UTF-8
/// (U+0080 to U+009F start with C2, U+2028 and U+2029 with E2) and what 3.3.11 escapes.
static TEXT_STOP: [bool; 256] = {
    let mut stop = [false; 256];
    let mut byte = 0;
    while byte < 32 {
        stop[byte] = true;
        byte += 1;
    }
    stop[0x7F] = true;
    stop[b'\\' as usize] = true;
    stop[b';' as usize] = true;
    stop[b',' as usize] = true;
    stop[0xC2] = true;
    stop[0xE2] = true;
    stop
};

/// How many bytes to replace at the start of `bytes`, and by what; none if they can stay.
fn text_replacement(bytes: &[u8]) -> Option<(usize, &'static str)> {
    match bytes {
        [b'\\', ..] => Some((1, "\\\\")),
        [b';', ..] => Some((1, "\\;")),
        [b',', ..] => Some((1, "\\,")),
        [b'\n', ..] => Some((1, "\\n")),
        [b'\t', ..] => Some((1, " ")),
        [0xC2, 0x85, ..] => Some((2, "\\n")),
        [0xC2, 0x80..=0x9F, ..] => Some((2, "")),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => Some((3, "\\n")),
        [0xC2 | 0xE2, ..] => None,
        _ => Some((1, "")),
    }
}

/// `20270325T193000Z`; years outside of 0 to 9999 cannot be written and are brought to the nearest.
fn date_time(at: NaiveDateTime) -> [u8; 16] {
    let mut out = *b"00000000T000000Z";
    let year = u32::try_from(at.year().clamp(0, 9_999)).unwrap_or(0);
    two(&mut out[0..2], year / 100);
    two(&mut out[2..4], year % 100);
    two(&mut out[4..6], at.month());
    two(&mut out[6..8], at.day());
    two(&mut out[9..11], at.hour());
    two(&mut out[11..13], at.minute());
    two(&mut out[13..15], at.second());
    out
}

fn two(out: &mut [u8], number: u32) {
    out[0] = digit(number / 10);
    out[1] = digit(number % 10);
}

fn digit(number: u32) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or(0)
}
