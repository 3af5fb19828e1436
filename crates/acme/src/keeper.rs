//! The task that keeps the certificate: looks at the start, whenever the directory changes and every hour whether a new
//! one is needed, and obtains it. A failure is said in the log and at `/metrics`, and waited over; nothing else depends
//! on it.

use std::{panic::AssertUnwindSafe, path::PathBuf, sync::Arc, time::Duration};

use certificates::RequestedKey;
use directory::Directory;
use futures_util::FutureExt;
use https::Dial;
use model::{Clock, ObjectName, TimeSpan, Timestamp};
use parking_lot::Mutex;
use prometheus_client::registry::Registry;
use tls::TrustAnchors;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::{
    AcmeSettings, KeyKind,
    account::Accounts,
    advice::Advice,
    attempts::Attempts,
    client::Client,
    failure::Failure,
    file,
    judge::{Need, judge},
    metrics::{Board, Standing},
    order::{self, Obtained, Wanted},
    resolver::FreshResolver,
    stage::Stage,
    store::{self, Present},
};

/// The longest between two looks.
const OFTEN: Duration = Duration::from_secs(3600);
/// The shortest: a directory that changes all the time is not looked at all the time.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest an attempt may take.
const PATIENCE: Duration = Duration::from_secs(45 * 60);
/// How long proofs may take to be taken down when the server stops.
const CLEARING: Duration = Duration::from_secs(10);
/// How long a server is left alone that limits us and does not say for how long.
const LIMITED: Duration = Duration::from_secs(3600);

/// What it takes to keep a certificate.
pub struct AcmeParts {
    /// What is wanted.
    pub settings: AcmeSettings,
    /// Where it is put.
    pub directory: Directory,
    /// Whose it is.
    pub server: ObjectName,
    /// Where accounts and attempts are remembered; made when it is needed.
    pub place: PathBuf,
    /// Who opens connections.
    pub dial: Arc<dyn Dial>,
    /// Who vouches for the ACME server.
    pub trust: Arc<TrustAnchors>,
    /// Who finds it, and sees TXT records as the outside does.
    pub resolver: FreshResolver,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A certificate that is being kept.
pub struct Acme {
    stop: watch::Sender<bool>,
    board: Board,
    task: JoinHandle<()>,
}

impl Acme {
    /// Begins to keep it. Must be called on a tokio runtime.
    pub fn start(parts: AcmeParts) -> Self {
        let (stop, stopped) = watch::channel(false);
        let board = Board::default();
        let task = tokio::spawn(Keeper::new(parts, board.clone()).run(stopped));
        Self { stop, board, task }
    }

    /// Makes its state readable in `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.board.clone()));
    }

    /// Ends an order that runs, and takes its proofs down.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            tracing::error!("the keeping of the ACME certificate ended badly");
        }
    }
}

struct Keeper {
    settings: AcmeSettings,
    directory: Directory,
    server: ObjectName,
    clock: Arc<dyn Clock>,
    client: Client,
    accounts: Accounts,
    memory: PathBuf,
    stage: Stage,
    attempts: Attempts,
    advice: Option<Advice>,
    board: Board,
}

impl Keeper {
    fn new(parts: AcmeParts, board: Board) -> Self {
        let client = Client {
            dial: parts.dial,
            trust: parts.trust,
            resolver: Arc::clone(&parts.resolver),
            clock: Arc::clone(&parts.clock),
            refused_for: Arc::new(Mutex::new(None)),
        };
        Self {
            stage: Stage::new(&parts.settings.challenge, parts.resolver),
            attempts: Attempts::new(parts.settings.wanted()),
            memory: parts.place.join("attempts.json"),
            accounts: Accounts { place: parts.place, directory: parts.directory.clone() },
            settings: parts.settings,
            directory: parts.directory,
            server: parts.server,
            clock: parts.clock,
            client,
            advice: None,
            board,
        }
    }

    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut changed = self.directory.subscribe();
        let remembered: Attempts = file::read(self.memory.clone()).await.unwrap_or_default();
        self.attempts = remembered.after_start(&self.settings.wanted(), self.clock.now());
        // A port that is taken is said now, and not when it is needed.
        if let Err(failure) = self.stage.open() {
            tracing::error!("{}", failure.why);
        }
        loop {
            let before = self.attempts.clone();
            let rest = tokio::select! {
                rest = self.look() => rest,
                _ = stop.changed() => {
                    self.leave(before).await;
                    return;
                }
            };
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = stop.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(rest.saturating_sub(PAUSE)) => {}
                change = changed.changed() => if change.is_err() { return },
                _ = stop.changed() => return,
            }
        }
    }

    /// The server stops in the middle of an attempt: that is no failure.
    async fn leave(&mut self, before: Attempts) {
        if timeout(CLEARING, self.stage.clear()).await.is_err() {
            tracing::warn!("some proofs for the ACME server could not be taken down at the stop");
        }
        self.attempts = before;
        self.remember().await;
    }

    /// Looks whether a certificate is needed and obtains it; how long nothing needs to be done then.
    async fn look(&mut self) -> Duration {
        let present = store::present(&self.directory, &self.server, &self.settings);
        self.tell(present.as_ref());
        let now = self.clock.now();
        self.listen_to_advice(present.as_ref(), now).await;
        let held = present.as_ref().map(|present| &present.held);
        let advised = self.advice.as_ref().and_then(|advice| advice.at);
        match judge(held, &self.settings.names(), advised, now) {
            Need::Later(at) => rest(now, at),
            Need::Now(why) => match self.attempts.not_before {
                Some(at) if at > now => rest(now, at),
                _ => {
                    self.attempt(why, present).await;
                    PAUSE
                }
            },
        }
    }

    async fn attempt(&mut self, because: &'static str, present: Option<Present>) {
        let names = self.settings.names().join(", ");
        let from = self.settings.directory.to_string();
        tracing::info!(names, from, because, "a certificate is asked for");
        // Should the server die in the middle of it, another does not follow at once.
        let before = self.attempts.clone();
        self.attempts.failed(self.clock.now(), "it broke off in the middle", None, rand::random());
        self.remember().await;
        self.attempts = before;
        *self.client.refused_for.lock() = None;
        let had_one = present.as_ref().is_some_and(|one| one.held.not_after > self.clock.now());
        let obtained = timeout(PATIENCE, contained(self.obtain_and_keep(present))).await;
        self.stage.clear().await;
        let obtained = obtained.unwrap_or_else(|_| {
            Err(Failure::new(format!("it took longer than {} minutes", PATIENCE.as_secs() / 60)))
        });
        let now = self.clock.now();
        match obtained {
            Ok(until) => {
                self.attempts.succeeded(now, until.since(now));
                tracing::info!(names, from, %until, "a certificate was obtained and is shown from now on");
            }
            Err(failure) => {
                let asked = self.asked_for(&failure);
                self.attempts.failed(now, &failure.why, asked, rand::random());
                let again = self.attempts.not_before.unwrap_or(now);
                let why = &failure.why;
                let sentence = format!(
                    "the certificate for {names} could not be obtained from {from}: {why}; it is tried again at {again}"
                );
                if had_one {
                    tracing::warn!("{sentence}");
                } else {
                    tracing::error!("{sentence}");
                }
            }
        }
        self.remember().await;
        self.tell(store::present(&self.directory, &self.server, &self.settings).as_ref());
    }

    /// For how long the server wants to be left alone.
    fn asked_for(&self, failure: &Failure) -> Option<Duration> {
        let told = failure.retry_after.or(*self.client.refused_for.lock());
        if failure.is("rateLimited") { Some(told.unwrap_or(LIMITED)) } else { told }
    }

    /// Until when what was obtained counts.
    async fn obtain_and_keep(&mut self, present: Option<Present>) -> Result<Timestamp, Failure> {
        let obtained = match self.obtain(present.as_ref()).await {
            Err(failure) if failure.is("accountDoesNotExist") => {
                tracing::warn!(directory = %self.settings.directory, "the ACME account is gone; a new one is made");
                self.accounts.forget(&self.settings.directory).await;
                self.stage.clear().await;
                self.obtain(present.as_ref()).await?
            }
            other => other?,
        };
        let until = obtained.facts.not_after;
        store::keep(&self.directory, &self.server, &self.settings, obtained, present).await?;
        Ok(until)
    }

    async fn obtain(&mut self, present: Option<&Present>) -> Result<Obtained, Failure> {
        let account = self.accounts.open(&self.settings, &self.client).await?;
        let wanted = Wanted {
            domains: &self.settings.domains,
            key: self.key(present)?,
            replaces: present.and_then(Present::leaf),
        };
        order::obtain(&account, wanted, &mut self.stage, self.clock.now()).await
    }

    fn key(&self, present: Option<&Present>) -> Result<RequestedKey, Failure> {
        if let Some(present) = present.filter(|_| self.settings.reuse_key) {
            let key = certificates::private_key(&self.directory, &present.certificate);
            return key
                .map(RequestedKey::Same)
                .ok_or_else(|| Failure::new("the present key cannot be opened"));
        }
        Ok(match self.settings.key {
            KeyKind::Ecdsa => RequestedKey::Ecdsa,
            KeyKind::Rsa => RequestedKey::Rsa,
        })
    }

    /// Asks the authority when to renew, where that is not known. Not while it is to be left alone.
    async fn listen_to_advice(&mut self, present: Option<&Present>, now: Timestamp) {
        let Some((present, leaf)) = present.and_then(|one| Some((one, one.leaf()?))) else {
            self.advice = None;
            return;
        };
        let thumbprint = present.certificate.thumbprint.as_str();
        let earlier = self.advice.take().filter(|advice| advice.thumbprint == thumbprint);
        if let Some(advice) = earlier.clone().filter(|advice| advice.again > now) {
            self.advice = Some(advice);
            return;
        }
        let wait = self.attempts.not_before.filter(|_| self.attempts.failures > 0);
        if wait.is_some_and(|at| at > now) {
            self.advice = earlier;
            return;
        }
        let asked = contained(async {
            let account = self.accounts.open(&self.settings, &self.client).await?;
            Ok(Advice::ask(&account, &leaf, thumbprint, earlier.as_ref(), now).await)
        });
        let asked = asked.await.inspect_err(|failure| {
            tracing::debug!(why = failure.why, "no advice when to renew");
        });
        self.advice = asked.ok().or(earlier).or_else(|| Some(Advice::none(thumbprint, now)));
    }

    fn tell(&self, present: Option<&Present>) {
        self.board.show(Standing {
            expiry: present.map(|present| present.held.not_after),
            failed: self.attempts.failed,
            failures: self.attempts.failures,
        });
    }

    async fn remember(&self) {
        if let Err(error) = file::write(self.memory.clone(), &self.attempts).await {
            let path = self.memory.display();
            tracing::error!(%path, %error, "what was tried with ACME could not be written down");
        }
    }
}

/// A panic is a failure like others.
async fn contained<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.unwrap_or_else(|_| Err(Failure::new("the work on it broke off")))
}

/// Until that moment, or until the next look.
fn rest(now: Timestamp, at: Timestamp) -> Duration {
    let span: TimeSpan = at.since(now);
    span.as_duration().clamp(PAUSE, OFTEN)
}
