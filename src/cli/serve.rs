//! `belfort serve`.

use std::net::SocketAddr;

use super::failure::Failure;
use super::listing::out;
use super::open::Data;
use crate::clock::Clock;
use crate::config::{self, DocumentsConfig, MailConfig};
use crate::http::ServeConfig;
use crate::ids::IdSource;
use crate::mail::Mailer;
use crate::papers::{Unscanned, Vetting};
use crate::scheduler::open_set_up;
use crate::scheduler::switch_mail;
use crate::store::Store;
use crate::texts::{Lang, Said};

/// Run the server
///
/// Settings come from belfort.toml in the data directory, then from the environment (`BELFORT_LISTEN`,
/// `BELFORT_BASE_URL`, `BELFORT_LOG`, `BELFORT_SMTP_URL`, `BELFORT_MAIL_FROM`, `BELFORT_MAIL_RETRY_S`,
/// `BELFORT_DOCUMENT_MIB`, `BELFORT_CLAMD`, `BELFORT_CLAMD_DOWN`), then from the options. Ends gracefully on SIGINT and SIGTERM.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub(super) fn run(args: &Args, lang: Lang) -> Result<(), Failure> {
    let env = |name: &str| std::env::var(name).ok();
    let config = config::read(&args.data.data, env, args.listen.as_deref()).map_err(Failure::Usage)?;
    start_log(&config.log)?;
    let store = Store::open(&args.data.data, Clock::System, IdSource::system(), false)?;
    let listen = config.listen;
    let first = store.write_now(open_set_up)?;
    let base_url = config.base_url.clone();
    let ready = move |at: SocketAddr| {
        out(&Said::new("cli.serving").with("url", format!("http://{at}")).speak(lang));
        if let Some(secret) = first {
            let base = base_url.unwrap_or_else(|| format!("http://{at}"));
            let url = format!("{base}/account/open/{secret}");
            out(&Said::new("cli.set_up").with("url", url).speak(lang));
        }
    };
    let served = ServeConfig { listen, base_url: config.base_url, vetting: vetting(&config.documents) };
    serve(&store, &served, config.mail, ready)
}

/// What documents are held against, from the settings.
pub(super) fn vetting(config: &DocumentsConfig) -> Vetting {
    Vetting {
        max_bytes: config.max_mib << 20,
        // The settings were read: what is no place was refused there.
        scanner: config.clamd.as_deref().and_then(|place| place.parse().ok()),
        // A file must not end the server: it is read in a process of its own first.
        reader: std::env::current_exe().ok(),
        unscanned: if config.keeps_unscanned { Unscanned::Accept } else { Unscanned::Refuse },
    }
}

/// Starts the log at the level of the settings.
pub(super) fn start_log(level: &str) -> Result<(), Failure> {
    crate::telemetry::log(level)
        .map_err(|why| Failure::Usage(vec![Said::new("config.log").with("value", level).with("why", why)]))
}

/// Serves until told to stop, then closes the store. Mail is sent, and queued, only with a mail server.
pub(super) fn serve(
    store: &Store,
    config: &ServeConfig,
    mail: Option<MailConfig>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let (listen, on) = (config.listen, mail.is_some());
    store.write_now(move |tx| switch_mail(tx, on))?;
    let served = crate::http::serve(store, config, crate::web::pages(), |at, app| {
        if let Some(mail) = mail {
            app.beside(Mailer::new(store, mail, &app.base_url).run(app.stopped()));
        }
        ready(at);
    });
    store.close();
    served.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Usage(vec![Said::new("cli.in_use").with("listen", listen)]),
        _ => Failure::Said(Said::new("cli.serve").with("listen", listen).with("why", error)),
    })
}
