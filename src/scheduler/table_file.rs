//! Tables as spreadsheets and other programs write them: CSV (RFC 4180) with commas, semicolons or tabs, in UTF-8 or
//! Windows-1252. The first row names the columns.

use crate::ical::guard::windows_1252;
use crate::texts::Said;

/// The most bytes that a table may have.
pub(super) const MAX_BYTES: usize = 1024 * 1024;
/// The most rows that are read.
const MAX_ROWS: usize = 5_000;

/// A table that was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The names of its columns, as written.
    pub(super) head: Vec<String>,
    /// The rows that hold anything, each with the number of the line on which it begins.
    pub(super) rows: Vec<(usize, Vec<String>)>,
    /// What was done to read it.
    pub(super) notes: Vec<Said>,
    /// The table as text.
    pub(super) text: String,
}

/// Reads a table; what is wrong with one that cannot be read.
pub(super) fn read_table(bytes: &[u8]) -> Result<Table, Said> {
    if bytes.len() > MAX_BYTES {
        return Err(Said::new("people.csv_large").with("rows", MAX_ROWS));
    }
    let mut notes = Vec::new();
    let text = text_of(bytes, &mut notes)?;
    let head = text.lines().next().unwrap_or("");
    let separator = [';', '\t'].into_iter().find(|c| head.contains(*c)).unwrap_or(',');
    let mut all = rows(&text, separator)?.into_iter();
    let (_, head) = all.next().ok_or_else(|| Said::new("people.csv_head"))?;
    let rows = all.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty())).collect();
    Ok(Table { head, rows, notes, text })
}

fn text_of(bytes: &[u8], notes: &mut Vec<Said>) -> Result<String, Said> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Said::new("people.csv_workbook"));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err(Said::new("people.csv_utf16"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    notes.push(Said::new("people.csv_windows"));
    Ok(bytes.iter().map(|byte| windows_1252(*byte)).collect())
}

/// Splits a text into rows with the number of the line on which each begins.
fn rows(text: &str, separator: char) -> Result<Vec<(usize, Vec<String>)>, Said> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut began, mut quoted, mut opened) = (1, 1, false, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if quoted || cell.is_empty() => {
                quoted = !quoted;
                opened = line;
            }
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut row)));
                line += 1;
                began = line;
            }
            c if c == separator && !quoted => row.push(std::mem::take(&mut cell)),
            c => {
                line += usize::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if quoted {
        return Err(Said::new("people.csv_quote").with("line", opened));
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((began, row));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_separators_quotes_and_lines() {
        let quoted = rows("a,\"b \"\"c\"\"\nd\"\ne", ',').unwrap();
        assert_eq!(quoted, [(1, vec!["a".to_owned(), "b \"c\"\nd".to_owned()]), (3, vec!["e".to_owned()])]);
    }
}
