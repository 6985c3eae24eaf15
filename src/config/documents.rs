//! What documents are held against that people send: how large they may be, and where viruses are looked for.

use crate::texts::Said;

/// The largest document that can be allowed, in MiB: it is kept in memory while it is read.
const MOST_MIB: u64 = 512;

/// What documents are held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentsConfig {
    /// The largest that may be sent, in MiB.
    pub max_mib: u64,
    /// Where clamd listens: `unix:/path` or `host:port`; nowhere if none.
    pub clamd: Option<String>,
    /// Whether documents are kept while clamd cannot be asked.
    pub keeps_unscanned: bool,
}

/// A setting: where it was given, and its text.
type Given = Option<(String, String)>;

/// Reads the three settings of documents. Faults are added to `faults`.
pub(super) fn read(mib: Given, clamd: Given, down: Given, faults: &mut Vec<Said>) -> DocumentsConfig {
    let mut config = DocumentsConfig { max_mib: 64, clamd: None, keeps_unscanned: false };
    if let Some((key, text)) = mib {
        match text.parse() {
            Ok(mib) if (1..=MOST_MIB).contains(&mib) => config.max_mib = mib,
            _ => faults.push(
                Said::new("config.document_mib").with("key", key).with("value", text).with("max", MOST_MIB),
            ),
        }
    }
    if let Some((key, text)) = clamd {
        if is_place(&text) {
            config.clamd = Some(text);
        } else {
            faults.push(Said::new("config.clamd").with("key", key).with("value", text));
        }
    }
    if let Some((key, text)) = down {
        match text.as_str() {
            "refuse" => {}
            "accept" => config.keeps_unscanned = true,
            _ => faults.push(Said::new("config.clamd_down").with("key", key).with("value", text)),
        }
    }
    config
}

/// Whether somebody can listen there.
fn is_place(text: &str) -> bool {
    if let Some(path) = text.strip_prefix("unix:") {
        return path.starts_with('/');
    }
    let host_port = text.strip_prefix("tcp:").unwrap_or(text).rsplit_once(':');
    host_port.is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains([' ', '/', '@']) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_documents_is_reported() {
        let given = |text: &str| Some(("key".to_owned(), text.to_owned()));
        let mut faults = Vec::new();
        read(given("0"), given("clamd"), given("perhaps"), &mut faults);
        let keys: Vec<&str> = faults.iter().map(|said| said.key.as_str()).collect();
        assert_eq!(keys, ["config.document_mib", "config.clamd", "config.clamd_down"]);
        faults.clear();
        let read_config = read(given("8"), given("unix:/run/clamav/clamd.ctl"), given("accept"), &mut faults);
        assert!(faults.is_empty());
        assert_eq!((read_config.max_mib, read_config.keeps_unscanned), (8, true));
        assert_eq!(read(None, None, None, &mut faults).max_mib, 64);
        for (place, fits) in
            [("127.0.0.1:3310", true), ("unix:run", false), ("tcp:clamd:3310", true), ("a:0", false)]
        {
            assert_eq!(is_place(place), fits, "{place}");
        }
    }
}
