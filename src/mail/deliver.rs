//! The worker that empties the outbox: claims, writes, hands over, settles. `scheduler/deliver_mail.rs` says what is
//! promised.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use lettre::Address;
use tokio::sync::{Notify, watch};

use super::line::{Handed, Line};
use super::write::{Written, write_mail};
use crate::booking::Refusal;
use crate::config::MailConfig;
use crate::scheduler::{Attempt, LEASE, MailLinks, claim_mail, mail_sheet, put_mail_back, settle_mail};
use crate::store::{QueuedMail, Store, StoreError};

/// Connections to the mail server at once.
const CONNECTIONS: usize = 4;
/// Mails claimed at a time by one connection.
const BATCH: usize = 8;
/// As many as keep every connection busy.
const ENOUGH: u32 = 32;
/// The longest time that one attempt takes: connecting, commands and the answer to the message.
const LONGEST: TimeDelta = TimeDelta::minutes(20);
/// A connection that nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(20);
/// How long a mail that is in hand may go on after the program was asked to stop: less than the server's grace.
const PATIENCE: Duration = Duration::from_secs(3);

/// Sends what is in the outbox.
#[derive(Clone)]
pub struct Mailer {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    config: MailConfig,
    links: MailLinks,
    idle: Mutex<Vec<(Line, Instant)>>,
    pace: watch::Sender<Pace>,
}

/// How sending ends: first nothing new is begun, then what is in hand is let go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    Going,
    Stopping,
    Leaving,
}

/// What became of the mails of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Taken by the mail server.
    pub sent: usize,
    /// To be tried again.
    pub later: usize,
    /// Refused for good.
    pub refused: usize,
    /// Overtaken, or without anybody to read them.
    pub needless: usize,
}

impl Mailer {
    /// A mailer of an open store; links lead to `base_url`.
    #[must_use]
    pub fn new(store: &Store, config: MailConfig, base_url: &str) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        let links = MailLinks { base_url, secret: store.secret().to_vec() };
        let (idle, pace) = (Mutex::default(), watch::Sender::new(Pace::Going));
        Self { inner: Arc::new(Inner { store: store.clone(), config, links, idle, pace }) }
    }

    /// Sends what is due, again and again, until `stop` comes; then all that is claimed is sent or put back.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) {
        let halting = self.clone();
        tokio::spawn(async move {
            stop.await;
            halting.halt().await;
        });
        let wake = Arc::new(Notify::new());
        let bell = Arc::clone(&wake);
        self.inner.store.on_commit(move || bell.notify_one());
        while !self.has_come(Pace::Stopping) {
            // Commits of this process wake us at once, what time makes due within a second.
            tokio::select! {
                _ = tokio::time::timeout(Duration::from_secs(1), wake.notified()) => {}
                () = self.until(Pace::Stopping) => break,
            }
            // A busy hour commits thousands of times a second: mail may wait for a blink.
            tokio::time::sleep(Duration::from_millis(50)).await;
            if let Err(refusal) = self.deliver().await {
                tracing::error!(?refusal, "mail cannot be sent just now; it waits in the outbox");
                let _ = tokio::time::timeout(Duration::from_secs(5), self.until(Pace::Stopping)).await;
            }
            self.close_idle(IDLE).await;
        }
        self.close_idle(Duration::ZERO).await;
    }

    /// Begins no more mails; what is claimed and not begun is put back for the next program at once. What is in
    /// hand a while later is let go of: it may have arrived, and is tried again as such.
    async fn halt(&self) {
        self.inner.pace.send_replace(Pace::Stopping);
        tokio::time::sleep(PATIENCE).await;
        self.inner.pace.send_replace(Pace::Leaving);
    }

    fn has_come(&self, pace: Pace) -> bool {
        *self.inner.pace.borrow() >= pace
    }

    async fn until(&self, pace: Pace) {
        // The sender lives as long as we do.
        let _ = self.inner.pace.subscribe().wait_for(|now| *now >= pace).await;
    }

    /// Sends all that is due, over a few connections at once.
    ///
    /// # Errors
    /// Those of the store; what was claimed is then tried again after the lease.
    pub async fn deliver(&self) -> Result<Delivered, Refusal> {
        let mut all = Delivered::default();
        let store = self.inner.store.clone();
        let due = blocking(move || store.read(|view| Ok(view.due_mail(ENOUGH)?.len()))).await?;
        let lines = due.div_ceil(BATCH).clamp(usize::from(due > 0), CONNECTIONS);
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..lines {
            let mailer = self.clone();
            workers.spawn(async move { mailer.work().await });
        }
        let mut failure = None;
        while let Some(done) = workers.join_next().await {
            match done.unwrap_or_else(|error| Err(Refusal::Internal(error.to_string()))) {
                Ok(own) => {
                    all.sent += own.sent;
                    all.later += own.later;
                    all.refused += own.refused;
                    all.needless += own.needless;
                }
                Err(refusal) => failure = Some(refusal),
            }
        }
        failure.map_or(Ok(all), Err)
    }

    /// Claims and sends over one connection until nothing is due.
    async fn work(&self) -> Result<Delivered, Refusal> {
        let mut done = Delivered::default();
        let mut line = self.take_idle();
        while !self.has_come(Pace::Stopping) {
            let since = self.inner.store.clock().now();
            let mut claimed = VecDeque::from(self.inner.store.write(|tx| claim_mail(tx, BATCH)).await?);
            if claimed.is_empty() {
                break;
            }
            // Past the lease somebody else may claim it before we are done.
            let in_time = || self.inner.store.clock().now() - since + LONGEST <= LEASE;
            while in_time()
                && !self.has_come(Pace::Stopping)
                && let Some(mail) = claimed.pop_front()
            {
                let attempt = self.attempt(&mail, &mut line).await?;
                match attempt {
                    Attempt::Sent(_) => done.sent += 1,
                    Attempt::NotNow { .. } => done.later += 1,
                    Attempt::Refused(_) => done.refused += 1,
                    Attempt::Needless => done.needless += 1,
                }
                self.inner.store.write(move |tx| settle_mail(tx, &mail, &attempt)).await?;
            }
            if !claimed.is_empty() {
                self.inner.store.write(move |tx| put_mail_back(tx, claimed.make_contiguous())).await?;
            }
        }
        if let Some(line) = line.filter(Line::is_whole) {
            self.idle().push((line, Instant::now()));
        }
        Ok(done)
    }

    async fn attempt(&self, mail: &QueuedMail, line: &mut Option<Line>) -> Result<Attempt, Refusal> {
        let inner = Arc::clone(&self.inner);
        let wanted = mail.clone();
        let written = blocking(move || {
            let sheet = inner.store.read(|view| {
                let sheet = mail_sheet(view, &wanted, &inner.links)?;
                Ok::<_, Refusal>(sheet.map(|sheet| (sheet, view.directory().house.town.clone())))
            })?;
            Ok(sheet.map(|(sheet, town)| write_mail(&sheet, &inner.config, &town, inner.store.clock().now())))
        })
        .await?;
        let written = match written {
            None => return Ok(Attempt::Needless),
            Some(Ok(written)) => written,
            Some(Err(why)) => {
                tracing::error!(mail = %mail.id, why, "a mail cannot be written");
                return Ok(Attempt::Refused(0));
            }
        };
        Ok(self.judge(mail, self.hand(&written, line).await))
    }

    async fn hand(&self, written: &Written, line: &mut Option<Line>) -> Handed {
        let config = &self.inner.config;
        let (Ok(from), Ok(to)) = (config.from.parse::<Address>(), written.to.parse::<Address>()) else {
            return Handed::Refused(553, "no address".to_owned());
        };
        loop {
            // A line that was used before may have been hung up on since: that is no failure of the mail.
            let used = line.as_ref().is_some_and(Line::is_whole);
            let mut open = match line.take().filter(Line::is_whole) {
                Some(open) => open,
                None => match self.unless_leaving(Box::pin(Line::open(config))).await {
                    Some(Ok(open)) => open,
                    Some(Err(why)) => return Handed::Later(why),
                    None => return Handed::Later("the program ends".to_owned()),
                },
            };
            let Some(handed) = self.unless_leaving(Box::pin(open.hand(&from, &to, &written.bytes))).await
            else {
                return Handed::Unknown("the program ends".to_owned());
            };
            let broke = !open.is_whole();
            if !broke {
                *line = Some(open);
            }
            match handed {
                Handed::Later(_) if broke && used => {}
                handed => return handed,
            }
        }
    }

    /// What `work` comes to, unless the program cannot wait for it any more.
    async fn unless_leaving<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.until(Pace::Leaving) => None,
        }
    }

    /// The answer as an outcome: waits of 1, 5, 15, 60, 120 ... 240 minutes for two days, times the setting.
    fn judge(&self, mail: &QueuedMail, handed: Handed) -> Attempt {
        let (why, doubtful) = match handed {
            Handed::Taken(reply) => return Attempt::Sent(reply),
            Handed::Refused(code, why) => {
                tracing::warn!(mail = %mail.id, code, why = said(&why), "a mail was refused for good");
                return Attempt::Refused(code);
            }
            Handed::Later(why) => (why, false),
            Handed::Unknown(why) => (why, true),
        };
        tracing::info!(mail = %mail.id, attempt = mail.attempts, why = said(&why), "a mail is tried again later");
        let minute = TimeDelta::seconds(i64::from(self.inner.config.retry_s));
        let waits = [1, 5, 15, 60, 120, 240];
        let wait = waits.get(mail.attempts.saturating_sub(1) as usize).copied().unwrap_or(240);
        let at = self.inner.store.clock().now() + minute * wait;
        Attempt::NotNow { at, until: mail.created + minute * (48 * 60), doubtful }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Line, Instant)>> {
        self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_idle(&self) -> Option<Line> {
        let (line, since) = self.idle().pop()?;
        (since.elapsed() < IDLE).then_some(line)
    }

    async fn close_idle(&self, age: Duration) {
        let old: Vec<Line> = {
            let mut idle = self.idle();
            let kept = idle.iter().position(|(_, since)| since.elapsed() < age).unwrap_or(idle.len());
            idle.drain(..kept).map(|(line, _)| line).collect()
        };
        for line in old {
            line.close().await;
        }
    }
}

/// What a mail server said, without the address that it says back.
fn said(why: &str) -> String {
    why.split_whitespace().filter(|word| !word.contains('@')).take(20).collect::<Vec<_>>().join(" ")
}

/// Runs a read on a blocking thread.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Refusal::from(StoreError::Sql(error.to_string()))))
}
