//! Lists on standard output: columns for people, one JSON array for programs.

use serde_json::Value;

/// Whether a listing is for a program.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Json {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints rows of named values: aligned columns under their names, or an array of objects.
pub(super) fn print(json: bool, columns: &[&str], rows: Vec<Vec<Value>>) {
    if json {
        let objects = rows
            .into_iter()
            .map(|row| Value::Object(columns.iter().map(|name| (*name).to_owned()).zip(row).collect()));
        out(&Value::Array(objects.collect()).to_string());
        return;
    }
    let mut table: Vec<Vec<String>> = vec![columns.iter().map(|name| (*name).to_owned()).collect()];
    table.extend(rows.iter().map(|row| row.iter().map(plain).collect()));
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for row in &table {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        out(cells.join("  ").trim_end());
    }
}

/// Prints one line; a reader that has gone away (`| head`) ends the output and is no fault.
pub(super) fn out(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// A value without what a terminal would obey: names come from outside.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
