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
    pub name: Cow<'a, str>,
    pub params: Vec<(String, String)>,
    pub value: String,
}

impl Content<'_> {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Joins folded lines; each with the number of its first physical line. Ends at nothing, judges nothing.
pub(super) fn unfolded(text: &str) -> Vec<(usize, Cow<'_, str>)> {
    let mut lines: Vec<(usize, Cow<'_, str>)> = Vec::new();
    for (index, line) in text.split("\r\n").enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, whole))) => whole.to_mut().push_str(rest),
            _ => lines.push((index + 1, Cow::Borrowed(line))),
        }
    }
    lines
}

/// Takes a content line apart: `name *(";" param) ":" value`.
pub(super) fn content(line: usize, text: &str) -> Result<Content<'_>, Fault> {
    const RULE: &str = "RFC 5545 3.1";
    let fault =
        |what: &str| Fault::new(line, RULE, format!("{what}: {}", text.chars().take(40).collect::<String>()));
    let end = text.find([':', ';']).ok_or_else(|| fault("no colon"))?;
    let name = &text[..end];
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(fault("no property name"));
    }
    let mut params = Vec::new();
    let mut rest = &text[end..];
    while let Some(param) = rest.strip_prefix(';') {
        let equals = param.find('=').ok_or_else(|| fault("parameter without value"))?;
        let (value, after) = param_value(&param[equals + 1..]).ok_or_else(|| fault("bad parameter value"))?;
        let own = &param[..equals];
        if own.is_empty() || !own.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(fault("bad parameter name"));
        }
        params.push((own.to_owned(), value));
        rest = after;
    }
    let value = rest.strip_prefix(':').ok_or_else(|| fault("no colon"))?;
    Ok(Content { line, name: Cow::Borrowed(name), params, value: value.to_owned() })
}

/// `*("," value)`: quoted values may hold `:;,`, others not; neither may hold a quote (RFC 5545 3.2).
fn param_value(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            out.push_str(&quoted[..end]);
            rest = &quoted[end + 1..];
        } else {
            let end = rest.find([':', ';', ',', '"'])?;
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        match rest.as_bytes().first()? {
            b',' => {
                out.push(',');
                rest = &rest[1..];
            }
            b':' | b';' => return Some((out, rest)),
            _ => return None,
        }
    }
}
