//! Which servers a screen believes, and what to say of one it does not.

use std::path::Path;
use std::sync::Arc;

use rustls::CertificateError as Fault;
use ureq::tls::{PemItem, RootCerts, parse_pem};

use super::options::KioskError;

/// The authorities whose certificates are believed: those of `file`, a PEM file, and no others; those every
/// browser knows if absent.
pub fn roots(file: Option<&Path>) -> Result<RootCerts, KioskError> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
    let failed = |reason: String| KioskError::Authority { path: file.display().to_string(), reason };
    let pem = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        // A key or another thing may lie beside it.
        if let PemItem::Certificate(certificate) = item.map_err(|error| failed(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(failed("there is none in it".to_owned()));
    }
    Ok(RootCerts::Specific(Arc::new(found)))
}

/// Why a request failed, so that whoever hangs the screen can mend it.
#[must_use]
pub fn reason(error: &ureq::Error) -> String {
    let fault = match refusal(error) {
        Some(rustls::Error::InvalidCertificate(fault)) => fault,
        Some(other) => return format!("no encrypted connection can be made: {other}"),
        None => return error.to_string(),
    };
    match fault {
        Fault::UnknownIssuer | Fault::BadSignature => {
            "the server's certificate is of an authority unknown here; name the file with that authority's own \
             certificate with --ca"
                .to_owned()
        }
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => {
            "the server's certificate is for another name than the one asked for".to_owned()
        }
        Fault::Expired
        | Fault::ExpiredContext { .. }
        | Fault::NotValidYet
        | Fault::NotValidYetContext { .. } => {
            "the server's certificate is not valid today; renew it, or set the clock of this machine".to_owned()
        }
        other => format!("the server's certificate is not accepted: {other}"),
    }
}

/// What encryption had to say, if that was it.
fn refusal(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(refusal) => Some(refusal),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
