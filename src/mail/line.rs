//! One connection to the mail server, step by step, so that it is known how far a mail came when it breaks.

use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use crate::config::{MailConfig, Security};

/// How long a command may take (RFC 5321 4.5.3.2 wants five minutes; a mail server of one's own is quicker).
const COMMAND: Duration = Duration::from_mins(2);
/// How long the answer to the message may take (RFC 5321 4.5.3.2.6): hanging up early makes duplicates.
const MESSAGE: Duration = Duration::from_mins(10);

/// How the mail server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Handed {
    /// 250 after the message: it is the mail server's now. What it said.
    Taken(String),
    /// Not now: a code of 400 and some, or the line broke before the message was whole.
    Later(String),
    /// The message was whole and no answer came: it may have been taken.
    Unknown(String),
    /// Never: a code of 500 and some.
    Refused(u16, String),
}

/// A connection that is open.
pub(super) struct Line {
    connection: AsyncSmtpConnection,
}

impl Line {
    /// Connects, secures the line and signs in, as the settings say.
    pub(super) async fn open(config: &MailConfig) -> Result<Self, String> {
        let tls = || TlsParameters::new(config.host.clone()).map_err(|error| error.to_string());
        let hello = ClientId::default();
        let wrapped = if config.security == Security::Tls { Some(tls()?) } else { None };
        let server = (config.host.as_str(), config.port);
        let opening = AsyncSmtpConnection::connect_tokio1(server, Some(COMMAND), &hello, wrapped, None);
        let mut connection = in_time(COMMAND, opening).await?;
        if config.security == Security::StartTls {
            in_time(COMMAND, connection.starttls(tls()?, &hello)).await?;
        }
        if let Some((user, password)) = &config.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            in_time(COMMAND, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(Self { connection })
    }

    /// Whether another mail may go over it.
    pub(super) fn is_whole(&self) -> bool {
        !self.connection.has_broken()
    }

    /// Says goodbye.
    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.connection.abort()).await;
    }

    /// Hands over one mail to one recipient.
    pub(super) async fn hand(&mut self, from: &Address, to: &Address, message: &[u8]) -> Handed {
        let mut options = vec![];
        if !to.to_string().is_ascii() {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                // RFC 6531 3.1.1: such an address cannot be written to through this server.
                return Handed::Refused(553, "the mail server knows no addresses beyond ASCII".to_owned());
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        if !message.is_ascii() {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let handed = self.dialogue(from, to, message, options).await;
        let whole = match &handed {
            Handed::Taken(_) => true,
            Handed::Unknown(_) => false,
            // After a refusal the line is as good as before, if it still answers.
            Handed::Later(_) | Handed::Refused(..) => {
                matches!(timeout(COMMAND, self.connection.command(Rset)).await, Ok(Ok(_)))
            }
        };
        if !whole {
            let _ = timeout(Duration::from_secs(2), self.connection.abort()).await;
        }
        handed
    }

    async fn dialogue(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
        options: Vec<MailParameter>,
    ) -> Handed {
        let mail = Mail::new(Some(from.clone()), options);
        if let Err(refused) = step(self.connection.command(mail)).await {
            return refused;
        }
        if let Err(refused) = step(self.connection.command(Rcpt::new(to.clone(), vec![]))).await {
            return refused;
        }
        if let Err(refused) = step(self.connection.command(Data)).await {
            return refused;
        }
        match timeout(MESSAGE, self.connection.message(message)).await {
            Ok(Ok(reply)) => {
                let said: Vec<&str> = reply.message().collect();
                Handed::Taken(format!("{} {}", reply.code(), said.join(" ")))
            }
            Ok(Err(error)) => match judged(&error) {
                // No code: the line broke somewhere between the first byte and the answer.
                Handed::Later(why) if error.status().is_none() => Handed::Unknown(why),
                judged => judged,
            },
            Err(_) => Handed::Unknown("no answer to the message in time".to_owned()),
        }
    }
}

async fn step<T>(command: impl Future<Output = Result<T, Error>>) -> Result<(), Handed> {
    match timeout(COMMAND, command).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(judged(&error)),
        Err(_) => Err(Handed::Later("no answer in time".to_owned())),
    }
}

fn judged(error: &Error) -> Handed {
    match error.status() {
        Some(code) if error.is_permanent() => {
            Handed::Refused(code.to_string().parse().unwrap_or(500), error.to_string())
        }
        _ => Handed::Later(error.to_string()),
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}
