//! Settings of the server: `belfort.toml` in the data directory, then the environment, then the command line.
//! Every mistake is reported, not only the first.

mod documents;
mod mail;

use std::net::SocketAddr;
use std::path::Path;

use toml::{Table, Value};

use crate::texts::Said;

pub use documents::DocumentsConfig;
pub use mail::{MailConfig, Security};

/// Name of the file in the data directory.
pub const FILE: &str = "belfort.toml";
/// Where the server listens unless told otherwise.
pub const LISTEN: &str = "127.0.0.1:8080";

/// How the server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The address under which people reach it, when a proxy stands before it; without a slash at its end.
    pub base_url: Option<String>,
    /// What to log, as `tracing` reads it: `info`, `belfort=debug`.
    pub log: String,
    /// How mail is sent; none if it is not.
    pub mail: Option<MailConfig>,
    /// What documents are held against that people send.
    pub documents: DocumentsConfig,
}

/// Reads the settings of the data directory `dir`. `env` gives the value of an environment variable, `listen`
/// is what the command line says.
///
/// # Errors
/// A sentence for each mistake.
pub fn read(
    dir: &Path,
    env: impl Fn(&str) -> Option<String>,
    listen: Option<&str>,
) -> Result<Config, Vec<Said>> {
    let path = dir.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let said = Said::new("config.unreadable").with("file", path.display()).with("why", error);
            return Err(vec![said]);
        }
    };
    parse(&text, env, listen)
}

fn parse(
    text: &str,
    env: impl Fn(&str) -> Option<String>,
    listen: Option<&str>,
) -> Result<Config, Vec<Said>> {
    let mut faults = Vec::new();
    let mut table = text.parse::<Table>().unwrap_or_else(|error| {
        faults.push(Said::new("config.syntax").with("file", FILE).with("why", one_line(&error.to_string())));
        Table::new()
    });
    let mut setting = |key: &str, variable: &str| {
        let filed = match table.remove(key) {
            None => None,
            Some(Value::String(text)) => Some((key.to_owned(), text)),
            Some(Value::Integer(number)) if key.ends_with("_s") || key.ends_with("_mib") => {
                Some((key.to_owned(), number.to_string()))
            }
            Some(other) => {
                let said = Said::new("config.not_text").with("key", key).with("value", other.type_str());
                faults.push(said);
                None
            }
        };
        env(variable).map(|value| (variable.to_owned(), value)).or(filed)
    };
    let listen_setting = setting("listen", "BELFORT_LISTEN");
    let base_url = setting("base_url", "BELFORT_BASE_URL");
    let log = setting("log", "BELFORT_LOG");
    let smtp_url = setting("smtp_url", "BELFORT_SMTP_URL");
    let mail_from = setting("mail_from", "BELFORT_MAIL_FROM");
    let mail_retry = setting("mail_retry_s", "BELFORT_MAIL_RETRY_S");
    let document_mib = setting("document_mib", "BELFORT_DOCUMENT_MIB");
    let clamd = setting("clamd", "BELFORT_CLAMD");
    let clamd_down = setting("clamd_down", "BELFORT_CLAMD_DOWN");
    for key in table.keys() {
        faults.push(Said::new("config.unknown").with("key", key).with("file", FILE));
    }
    let wanted = listen.map(|text| ("--listen".to_owned(), text.to_owned())).or(listen_setting);
    let (key, text) = wanted.unwrap_or_else(|| ("listen".to_owned(), LISTEN.to_owned()));
    let address = text.parse::<SocketAddr>().ok();
    if address.is_none() {
        faults.push(Said::new("config.listen").with("key", key).with("value", text));
    }
    let base_url = base_url.and_then(|(key, text)| {
        let url = text.trim_end_matches('/').to_owned();
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let fits = host.is_some_and(|host| !host.is_empty() && !host.contains([' ', '?', '#', '"', '<']));
        if !fits {
            faults.push(Said::new("config.base_url").with("key", key).with("value", text));
        }
        fits.then_some(url)
    });
    let mail = mail::read(smtp_url, mail_from, mail_retry, &mut faults);
    let documents = documents::read(document_mib, clamd, clamd_down, &mut faults);
    match address {
        Some(listen) if faults.is_empty() => {
            let log = log.map_or_else(|| "info".to_owned(), |(_, text)| text);
            Ok(Config { listen, base_url, log, mail, documents })
        }
        _ => Err(faults),
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    fn keys(outcome: Result<Config, Vec<Said>>) -> Vec<String> {
        outcome.unwrap_err().into_iter().map(|said| said.key).collect()
    }

    #[test]
    fn file_then_environment_then_command_line() {
        let file = "listen = \"127.0.0.1:1\"\nbase_url = \"https://zalen.example/\"";
        let env = |name: &str| (name == "BELFORT_LISTEN").then(|| "127.0.0.1:2".to_owned());
        let from_file = parse(file, none, None).unwrap();
        assert_eq!(from_file.listen.port(), 1);
        assert_eq!(from_file.base_url.as_deref(), Some("https://zalen.example"));
        assert_eq!(parse(file, env, None).unwrap().listen.port(), 2);
        assert_eq!(parse(file, env, Some("127.0.0.1:3")).unwrap().listen.port(), 3);
        assert_eq!(parse("", none, None).unwrap().listen.to_string(), LISTEN);
    }

    #[test]
    fn every_mistake_is_reported() {
        let file = "listen = 8080\nbase_url = \"zalen.example\"\nlog = \"info\"\nlsiten = \"x\"";
        let env = |name: &str| (name == "BELFORT_LISTEN").then(|| "everywhere".to_owned());
        assert_eq!(
            keys(parse(file, env, None)),
            ["config.not_text", "config.unknown", "config.listen", "config.base_url"]
        );
        assert_eq!(keys(parse("listen = ", none, Some("nowhere"))), ["config.syntax", "config.listen"]);
    }
}
