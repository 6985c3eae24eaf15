//! The mail server to send through, read from its address.

use crate::texts::Said;

/// How mail leaves the house.
#[derive(Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// How the line is secured.
    pub security: Security,
    /// Name or address of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Name and password, if it asks for them.
    pub credentials: Option<(String, String)>,
    /// Name under which mail is sent, if any.
    pub from_name: Option<String>,
    /// Address from which mail is sent.
    pub from: String,
    /// Seconds after which a first failure is tried again; later ones wait longer.
    pub retry_s: u32,
}

impl std::fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the password, which would end in a log.
        f.debug_struct("MailConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// How the line to the mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: a server on the same machine or in the same rack.
    Plain,
    /// By STARTTLS, or nothing is sent (RFC 3207).
    StartTls,
    /// From the first byte (RFC 8314).
    Tls,
}

/// A setting: where it was given, and its text.
type Given = Option<(String, String)>;

/// Reads the three settings of mail; none if no mail server is given. Faults are added to `faults`.
pub(super) fn read(url: Given, from: Given, retry: Given, faults: &mut Vec<Said>) -> Option<MailConfig> {
    let retry_s = match retry {
        None => Some(60),
        Some((key, text)) => {
            let seconds = text.parse().ok().filter(|seconds| (1..=3_600).contains(seconds));
            if seconds.is_none() {
                faults.push(Said::new("config.mail_retry").with("key", key).with("value", text));
            }
            seconds
        }
    };
    let from = match from {
        None => None,
        Some((key, text)) => {
            let sender = sender(&text);
            if sender.is_none() {
                faults.push(Said::new("config.mail_from").with("key", key).with("value", &text));
            }
            Some(sender)
        }
    };
    let (key, text) = url?;
    // The text holds a password: it is not said back.
    let server = server(&text);
    match &server {
        Err(fault) => faults.push(Said::new(fault).with("key", key)),
        Ok(_) if from.is_none() => faults.push(Said::new("config.mail_from_missing")),
        Ok(_) => {}
    }
    let ((security, host, port, credentials), (from_name, from)) = (server.ok()?, from??);
    Some(MailConfig { security, host, port, credentials, from_name, from, retry_s: retry_s? })
}

type Server = (Security, String, u16, Option<(String, String)>);

/// `smtp://host:25`, `smtp+starttls://user:password@host:587`, `smtps://…`; percent-encoded where needed.
fn server(text: &str) -> Result<Server, &'static str> {
    let bad = "config.smtp_url";
    let (scheme, rest) = text.trim().split_once("://").ok_or(bad)?;
    let (security, port) = match scheme {
        "smtp" => (Security::Plain, 25),
        "smtp+starttls" => (Security::StartTls, 587),
        "smtps" => (Security::Tls, 465),
        _ => return Err(bad),
    };
    let (login, address) = match rest.trim_end_matches('/').rsplit_once('@') {
        Some((login, address)) => (Some(login), address),
        None => (None, rest.trim_end_matches('/')),
    };
    let (host, port) = match address.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((host, "")) => (host, port),
        Some((host, after)) => (host, after.strip_prefix(':').and_then(|p| p.parse().ok()).ok_or(bad)?),
        None => match address.split_once(':') {
            Some((host, digits)) => (host, digits.parse().map_err(|_| bad)?),
            None => (address, port),
        },
    };
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if host.is_empty() || port == 0 || !host.chars().all(named) {
        return Err(bad);
    }
    let credentials = match login {
        None => None,
        Some(login) => {
            let (user, password) = login.split_once(':').ok_or(bad)?;
            Some((decoded(user).ok_or(bad)?, decoded(password).ok_or(bad)?))
        }
    };
    let here = matches!(host, "localhost" | "127.0.0.1" | "::1");
    if credentials.is_some() && security == Security::Plain && !here {
        return Err("config.smtp_plain_password");
    }
    Ok((security, host.to_owned(), port, credentials))
}

/// Percent-encoding taken off (RFC 3986 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// `rooms@town.example` or `Town hall <rooms@town.example>`.
fn sender(text: &str) -> Option<(Option<String>, String)> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, address)) => (Some(name.trim().trim_matches('"').to_owned()), address.trim()),
        None => (None, text),
    };
    let (local, domain) = address.split_once('@')?;
    let word = |text: &str| {
        !text.is_empty()
            && text.len() <= 200
            && text.split('.').all(|part| !part.is_empty())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_{|}~.-".contains(&b))
    };
    let sound =
        word(local) && word(domain) && !name.as_ref().is_some_and(|n| n.chars().any(char::is_control));
    sound.then(|| (name.filter(|name| !name.is_empty()), address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_servers() {
        let login = || Some(("an@stad".to_owned(), "p:w/".to_owned()));
        for (text, expected) in [
            ("smtp://mail.stad.example", Ok((Security::Plain, "mail.stad.example", 25, None))),
            ("smtp://127.0.0.1:1025/", Ok((Security::Plain, "127.0.0.1", 1025, None))),
            ("smtp://[::1]:2525", Ok((Security::Plain, "::1", 2525, None))),
            (
                "smtp+starttls://an%40stad:p%3Aw%2F@mail.stad.example:587",
                Ok((Security::StartTls, "mail.stad.example", 587, login())),
            ),
            (
                "smtps://an%40stad:p%3Aw%2F@mail.stad.example",
                Ok((Security::Tls, "mail.stad.example", 465, login())),
            ),
            ("smtp://an:pw@mail.stad.example", Err("config.smtp_plain_password")),
            ("smtp://", Err("config.smtp_url")),
            ("mail.stad.example:25", Err("config.smtp_url")),
            ("http://mail.stad.example", Err("config.smtp_url")),
            ("smtp://mail.stad.example:0", Err("config.smtp_url")),
            ("smtp://mail.stad.example:x", Err("config.smtp_url")),
            ("smtps://an@mail.stad.example", Err("config.smtp_url")),
            ("smtps://an:%zz@mail.stad.example", Err("config.smtp_url")),
        ] {
            let expected =
                expected.map(|(security, host, port, login)| (security, host.to_owned(), port, login));
            assert_eq!(server(text), expected, "{text}");
        }
    }

    #[test]
    fn senders() {
        assert_eq!(sender("zalen@stad.example"), Some((None, "zalen@stad.example".into())));
        let named = Some((Some("Stad Proef".to_owned()), "zalen@stad.example".to_owned()));
        assert_eq!(sender("\"Stad Proef\" <zalen@stad.example>"), named);
        for bad in ["zalen", "@stad.example", "a b@stad.example", "zalen@stad..example", "A\r\nB <a@b.c>", ""]
        {
            assert_eq!(sender(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn every_mistake_of_mail_is_reported_and_no_password() {
        let given = |key: &str, text: &str| Some((key.to_owned(), text.to_owned()));
        let mut faults = Vec::new();
        let url = given("smtp_url", "smtp://an:geheim@mail.example:25");
        assert!(read(url, given("mail_from", "x"), given("mail_retry_s", "0"), &mut faults).is_none());
        let keys: Vec<&str> = faults.iter().map(|said| said.key.as_str()).collect();
        assert_eq!(keys, ["config.mail_retry", "config.mail_from", "config.smtp_plain_password"]);
        assert!(!format!("{faults:?}").contains("geheim"));
        faults.clear();
        assert!(read(given("smtp_url", "smtp://localhost"), None, None, &mut faults).is_none());
        assert_eq!(faults[0].key, "config.mail_from_missing");
        faults.clear();
        assert!(
            read(None, given("mail_from", "a@b.example"), None, &mut faults).is_none() && faults.is_empty()
        );
    }
}
