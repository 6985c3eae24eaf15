//! What the bytes of a foreign calendar must withstand before any parser sees them.
//!
//! The guard unfolds the lines itself (RFC 5545 3.1), so nothing can hide behind a fold, and hands on clean
//! text: UTF-8, no control characters, LF line ends, no folds, balanced components, one VCALENDAR at a time.
//! It never recurses, and its work grows with the input only.

use crate::texts::Said;

/// Largest input, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// Components inside one another; a real calendar has three.
pub const MAX_DEPTH: usize = 8;
/// Components in the input.
pub const MAX_COMPONENTS: usize = 20_000;
/// Content lines after unfolding.
pub const MAX_LINES: usize = 400_000;
/// Parameters of one property.
pub const MAX_PARAMETERS: usize = 64;

/// Why bytes are not let through, as a sentence for who brought them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("calendar refused: {}", .0.key)]
pub struct GuardError(pub Said);

/// Text that a parser may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guarded {
    /// Each VCALENDAR of the input on its own, unfolded, LF line ends.
    pub calendars: Vec<String>,
    /// What was mended.
    pub notes: Vec<Said>,
}

fn refuse<T>(said: Said) -> Result<T, GuardError> {
    Err(GuardError(said))
}

/// Checks the bytes and cleans them.
///
/// Mended, with a note: text that is not UTF-8 (read as Windows-1252), lines that are no content lines (added
/// to the text before them, or left out). Mended silently: a byte order mark, blanks before the calendar, LF or
/// CR line ends, blank lines, control characters, folds within a character.
pub fn guard(bytes: &[u8]) -> Result<Guarded, GuardError> {
    if bytes.len() > MAX_BYTES {
        return refuse(Said::new("ical.too_large").with("max", MAX_BYTES / 1024 / 1024));
    }
    // Exchange pads names of zones with zeroes, which are left out like other control characters; a file that is
    // full of them is no text.
    if bytes.iter().filter(|byte| **byte == 0).nth(bytes.len() / 100).is_some() {
        return refuse(Said::new("ical.not_a_calendar"));
    }
    let unfolded = unfold(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    let mut guarded = Guarded::default();
    let text = String::from_utf8(unfolded).unwrap_or_else(|error| {
        guarded.notes.push(Said::new("ical.not_utf8"));
        error.into_bytes().iter().map(|byte| windows_1252(*byte)).collect()
    });
    let mut sorter = Sorter::default();
    for line in text.split('\n') {
        sorter.take(line)?;
    }
    sorter.finish(guarded)
}

/// Joins folded lines and leaves out CR and control characters. Works on bytes because a fold may stand in
/// the middle of a character (RFC 5545 3.1).
fn unfold(bytes: &[u8]) -> Vec<u8> {
    // Lines that end with CR alone come from very old programs.
    let line_end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split(|byte| *byte == line_end) {
        let line = match line {
            [b' ' | b'\t', rest @ ..] if !out.is_empty() => rest,
            _ => {
                out.push(b'\n');
                line
            }
        };
        out.extend(
            line.iter()
                .map(|byte| if *byte == b'\t' { b' ' } else { *byte })
                .filter(|byte| !byte.is_ascii_control()),
        );
    }
    out
}

/// Follows the components and sorts the lines into calendars.
#[derive(Debug, Default)]
struct Sorter {
    calendars: Vec<String>,
    /// Names of the open components, at most [`MAX_DEPTH`].
    open: Vec<String>,
    components: usize,
    lines: usize,
    /// Lines that are no content lines.
    junk: usize,
    /// The last line is a text to which a stray line can be added.
    in_text: bool,
}

impl Sorter {
    fn take(&mut self, line: &str) -> Result<(), GuardError> {
        // Before the first calendar a blank cannot be a fold.
        let line = if self.calendars.is_empty() { line.trim_start() } else { line };
        if line.trim().is_empty() {
            return Ok(());
        }
        self.lines += 1;
        if self.lines > MAX_LINES {
            return refuse(Said::new("ical.too_many_lines").with("max", MAX_LINES));
        }
        let Some(name) = property_name(line) else {
            self.stray(line);
            return Ok(());
        };
        if name.eq_ignore_ascii_case("BEGIN") {
            return self.begin(component_name(line));
        }
        if name.eq_ignore_ascii_case("END") {
            return self.end(&component_name(line));
        }
        if self.open.is_empty() {
            self.junk += 1;
            return Ok(());
        }
        if parameters(line) > MAX_PARAMETERS {
            return refuse(Said::new("ical.too_many_parameters").with("line", self.lines));
        }
        self.in_text = ["DESCRIPTION", "SUMMARY", "LOCATION", "COMMENT"]
            .iter()
            .any(|text| name.eq_ignore_ascii_case(text));
        self.push("", line);
        Ok(())
    }

    fn begin(&mut self, name: String) -> Result<(), GuardError> {
        self.in_text = false;
        self.components += 1;
        if self.open.is_empty() {
            if name != "VCALENDAR" {
                return refuse(Said::new("ical.not_a_calendar"));
            }
            self.calendars.push(String::new());
        }
        if self.components > MAX_COMPONENTS {
            return refuse(Said::new("ical.too_many_components").with("max", MAX_COMPONENTS));
        }
        if self.open.len() >= MAX_DEPTH {
            return refuse(Said::new("ical.too_deep").with("line", self.lines).with("max", MAX_DEPTH));
        }
        self.push("BEGIN:", &name);
        self.open.push(name);
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), GuardError> {
        self.in_text = false;
        if self.open.pop().as_deref() != Some(name) {
            return refuse(Said::new("ical.unbalanced").with("line", self.lines));
        }
        self.push("END:", name);
        Ok(())
    }

    /// A line that is no content line: a program wrote a line end into a text without escaping it.
    fn stray(&mut self, line: &str) {
        self.junk += 1;
        if let Some(calendar) = self.calendars.last_mut().filter(|_| self.in_text) {
            calendar.pop();
            calendar.push_str("\\n");
            calendar.push_str(line);
            calendar.push('\n');
        }
    }

    fn push(&mut self, start: &str, rest: &str) {
        if let Some(calendar) = self.calendars.last_mut() {
            calendar.push_str(start);
            calendar.push_str(rest);
            calendar.push('\n');
        }
    }

    fn finish(self, mut guarded: Guarded) -> Result<Guarded, GuardError> {
        if self.calendars.is_empty() {
            return refuse(Said::new("ical.not_a_calendar"));
        }
        if !self.open.is_empty() {
            return refuse(Said::new("ical.truncated"));
        }
        if self.junk > 0 {
            guarded.notes.push(Said::new("ical.stray_lines").with("count", self.junk));
        }
        guarded.calendars = self.calendars;
        Ok(guarded)
    }
}

/// The name of a content line, `name *(";" param) ":" value` (RFC 5545 3.1); none if it is not one.
fn property_name(line: &str) -> Option<&str> {
    let end = line.find([':', ';'])?;
    let name = line[..end].trim_end();
    let fits =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (fits && line[end..].contains(':')).then_some(name)
}

fn component_name(line: &str) -> String {
    line.rsplit_once(':').map_or("", |(_, name)| name).trim().to_ascii_uppercase()
}

/// Semicolons before the value, outside of quotes.
fn parameters(line: &str) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b':' if !quoted => break,
            b';' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// The character of a byte in Windows-1252, what old Outlook writes; undefined bytes stay control characters
/// and are shown as the replacement character.
#[must_use]
pub fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}',
        '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
