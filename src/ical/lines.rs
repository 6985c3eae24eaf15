//! Content lines taken apart strictly (RFC 5545 3.1), for the checks of what we publish.

use std::borrow::Cow;
use std::fmt;

use crate::texts::Said;

/// One thing that is wrong with a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Physical line, from 1; 0 if it is about the whole.
    pub line: usize,
    /// The rule that is broken: `RFC 5545 3.6.1`.
    pub rule: &'static str,
    /// What was found, in English, for the log.
    pub what: String,
}

impl Fault {
    pub(super) fn new(line: usize, rule: &'static str, what: impl Into<String>) -> Self {
        Self { line, rule, what: what.into() }
    }

    /// The fault as a sentence for a person.
    #[must_use]
    pub fn said(&self) -> Said {
        Said::new("ical.fault").with("line", self.line).with("rule", self.rule).with("what", &self.what)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} ({})", self.line, self.what, self.rule)
    }
}

/// A content line. Names are as written; quotes around parameter values are taken off.
#[derive(Debug)]
pub(super) struct Content<'a> {
    /// Physical line on which it starts, from 1.
    pub line: usize,
    pub name: &'a str,
    pub params: Vec<(&'a str, Cow<'a, str>)>,
    pub value: &'a str,
}

impl Content<'_> {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_ref())
    }
}

/// Joins folded lines; each with the number of its first physical line. Judges nothing.
pub(super) fn unfolded(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    // Splitting at one byte is much faster than at two; whoever judges line ends has done so before.
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut lines = lines.enumerate().peekable();
    std::iter::from_fn(move || {
        let (index, first) = lines.next()?;
        let mut whole = Cow::Borrowed(first);
        while let Some((_, rest)) = lines.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
            whole.to_mut().push_str(&rest[1..]);
        }
        Some((index + 1, whole))
    })
}

/// Takes a content line apart: `name *(";" param) ":" value`.
pub(super) fn content(line: usize, text: &str) -> Result<Content<'_>, Fault> {
    const RULE: &str = "RFC 5545 3.1";
    let fault =
        |what: &str| Fault::new(line, RULE, format!("{what}: {}", text.chars().take(40).collect::<String>()));
    let end = text.bytes().position(|byte| matches!(byte, b':' | b';')).ok_or_else(|| fault("no colon"))?;
    let (name, mut rest) = text.split_at(end);
    if !is_name(name) {
        return Err(fault("no property name"));
    }
    let mut params = Vec::new();
    while let Some(param) = rest.strip_prefix(';') {
        let (own, text) = param.split_once('=').ok_or_else(|| fault("parameter without value"))?;
        let (value, after) = param_value(text).ok_or_else(|| fault("bad parameter value"))?;
        if !is_name(own) {
            return Err(fault("bad parameter name"));
        }
        params.push((own, value));
        rest = after;
    }
    let value = rest.strip_prefix(':').ok_or_else(|| fault("no colon"))?;
    Ok(Content { line, name, params, value })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `*("," value)`: quoted values may hold `:;,`, others not; neither may hold a quote (RFC 5545 3.2).
fn param_value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut out = Cow::Borrowed("");
    let mut rest = text;
    loop {
        let value = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            rest = &quoted[end + 1..];
            &quoted[..end]
        } else {
            let end = rest.bytes().position(|byte| matches!(byte, b':' | b';' | b',' | b'"'))?;
            let value = &rest[..end];
            rest = &rest[end..];
            value
        };
        out += value;
        match rest.as_bytes().first()? {
            b',' => {
                out += ",";
                rest = &rest[1..];
            }
            b':' | b';' => return Some((out, rest)),
            _ => return None,
        }
    }
}
