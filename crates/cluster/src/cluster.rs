//! One server among the others: it takes its seat, compares its spool with the engine, gives the spool its
//! second durability, and then keeps three threads: one that beats, one that copies mail, one that takes over
//! what servers leave and compares again where something may have been missed.

mod figures;
mod here;
mod leave;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use model::{Clock, Timestamp};
use parking_lot::{Condvar, Mutex};
use spool::{Batch, Incarnation, Spool, SpoolError};
use tokio::sync::watch;

use crate::{
    BEAT, Engine, EngineError, HangUp, Postgres,
    inheritance::{Heir, InheritError, inherit_page},
    lease::{Lease, Policy, SIGN},
    ledger::{Beat, Claim, Ledger, Member, Pulse, Seat},
    reconcile::{Age, Findings, Occasion, reconcile},
    shadow::{CopyRules, Handle, PATIENCE, Shadow},
};

pub use figures::Figures;
use here::Here;

/// How long is waited for what was handed in to the engine, before it is compared.
const FLUSH: Duration = Duration::from_secs(10);
/// So long the engine may be silent until a server that must not be alone delivers nothing more.
const IN_DOUBT: Duration = BEAT;
/// So long it may be silent to the copies while beats go to another primary.
const STUCK: Duration = Duration::from_secs(5);
/// How often the spool's mark is raised.
const MARK: Duration = Duration::from_secs(10);
/// How often old tombstones are looked for.
const BURY: Duration = Duration::from_secs(600);

/// What the rest of the server tells and is told. Called from this room's threads; it may not block for long.
pub trait Host: Send + Sync {
    /// Where other servers reach this one, as JSON.
    fn endpoints(&self) -> String;

    /// How its queues stand, as JSON.
    fn figures(&self) -> String;

    /// Whether mail is copied at all (`ShadowRedundancyEnabled`).
    fn copies(&self) -> bool;

    /// What the directory says of mail that cannot be made redundant.
    fn policy(&self) -> Policy;

    /// What all servers told with their last heartbeats.
    fn heard(&self, members: &[Member]);

    /// The directory has had this revision at least.
    fn revision(&self, revision: u64);

    /// How long a finished message is remembered.
    fn remembers(&self) -> Duration;
}

/// What the host says, as the copies ask it.
struct Rules(Arc<dyn Host>);

impl CopyRules for Rules {
    fn copies(&self) -> bool {
        self.0.copies()
    }

    fn may_be_alone(&self) -> bool {
        self.0.policy() == Policy::Preferred
    }
}

/// Why a server could not take its place.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The system gives no thread.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<InheritError> for ClusterError {
    fn from(error: InheritError) -> Self {
        match error {
            InheritError::Engine(error) => Self::Engine(error),
            InheritError::Spool(error) => Self::Spool(error),
        }
    }
}

/// Who this server is.
pub struct ClusterSettings {
    /// The engine.
    pub engine: Engine,
    /// The server's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its spool, in which nothing is queued yet.
    pub spool: Spool,
    /// The rest of the server.
    pub host: Arc<dyn Host>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why the server is to begin again: everything it holds has to be compared before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeginAgain {
    /// Its seat was lost: others may have its messages.
    Fenced,
    /// It began without the engine, which is back.
    EngineIsBack,
}

/// A server's membership, while it lives.
pub struct Cluster {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the threads share.
struct Shared {
    engine: Engine,
    name: String,
    spool: Spool,
    host: Arc<dyn Host>,
    shadow: Arc<Shadow>,
    /// The connection over which it copies.
    copies: Mutex<Option<HangUp>>,
    /// From which on times count.
    begun: Instant,
    lease: Mutex<Lease>,
    members: watch::Sender<Vec<Member>>,
    again: watch::Sender<Option<BeginAgain>>,
    /// The seat, once it is taken.
    seat: Mutex<Option<Seat>>,
    /// A mark that is durable, and the last one that the engine has heard of.
    mark: Mutex<(u64, u64)>,
    /// Something may be missing on either side.
    compare: AtomicBool,
    /// Messages of other servers that have become this one's.
    taken_over: AtomicU64,
    stop: Mutex<bool>,
    wake: Condvar,
}

impl Cluster {
    /// Takes the server's place: compares its spool with the engine and gives it its second durability. Without
    /// an engine that answers it begins all the same: it then has no copies of new mail, and asks to begin again
    /// once the engine is back. Blocks.
    ///
    /// # Errors
    /// When the engine refuses this server, or the spool fails.
    pub fn start(settings: ClusterSettings) -> Result<Self, ClusterError> {
        let ClusterSettings { engine, name, version, spool, host, clock } = settings;
        spool.skip_past(floor(clock.now()));
        let rules = Arc::new(Rules(Arc::clone(&host)));
        let told = spool.clone();
        let shadow = Shadow::new(
            rules,
            Box::new(move |ids| {
                let mut batch = Batch::new();
                batch.told(ids);
                told.commit_later(batch);
            }),
        );
        let shared = Arc::new(Shared {
            engine,
            name: name.clone(),
            seat: Mutex::new(None),
            mark: Mutex::new((spool.mark()?, 0)),
            spool,
            host,
            shadow,
            copies: Mutex::default(),
            begun: Instant::now(),
            lease: Mutex::new(Lease::new()),
            members: watch::Sender::new(Vec::new()),
            again: watch::Sender::new(None),
            compare: AtomicBool::new(false),
            taken_over: AtomicU64::new(0),
            stop: Mutex::new(false),
            wake: Condvar::new(),
        });
        let cluster = Self { shared, threads: Mutex::default() };
        cluster.spawn("signs of life", Shared::keep_giving_signs)?;
        let claim = Claim { name, incarnation: None, version };
        match cluster.shared.begin(claim.clone()) {
            Ok(seat) => cluster.go(seat)?,
            Err(ClusterError::Engine(
                EngineError::Unreachable(reason) | EngineError::NotDurable(reason),
            )) => {
                tracing::error!(
                    reason,
                    "ALERT: the engine cannot be reached: this server begins without it"
                );
                let now = cluster.shared.now();
                cluster.shared.lease.lock().missed(now, now);
                cluster.shared.spool.attach(Arc::new(Handle(Arc::clone(&cluster.shared.shadow))));
                cluster.spawn("engine", Shared::wait_for_engine)?;
            }
            Err(error) => return Err(error),
        }
        Ok(cluster)
    }

    /// Begins to beat and to copy.
    fn go(&self, seat: Seat) -> Result<(), ClusterError> {
        *self.shared.seat.lock() = Some(seat.clone());
        let shadow = Arc::clone(&self.shared.shadow);
        let ledger = Box::new(Postgres::new(self.shared.engine.clone(), "copies")?);
        *self.shared.copies.lock() = Some(ledger.line());
        let copies = seat.clone();
        self.spawn("copies", move |_| shadow.run(ledger, copies))?;
        self.shared.spool.attach(Arc::new(Handle(Arc::clone(&self.shared.shadow))));
        let ledger = self.shared.ledger("heartbeat")?;
        self.spawn("heartbeat", move |shared| shared.keep_beating(&seat, ledger))?;
        // Before anybody submits mail.
        self.shared.shadow.wait_until_asked(PATIENCE);
        Ok(())
    }

    /// Takes over what servers leave from now on: `heir` stores and queues it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn inherit_by(&self, heir: Arc<dyn Heir>) -> Result<(), ClusterError> {
        let ledger = self.shared.ledger("take-over")?;
        self.spawn("take-over", move |shared| shared.keep_inheriting(heir.as_ref(), ledger))
    }

    fn spawn(
        &self,
        name: &str,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> Result<(), ClusterError> {
        let shared = Arc::clone(&self.shared);
        let thread =
            std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&shared))?;
        self.threads.lock().push(thread);
        Ok(())
    }

    /// Whether a delivery may be begun now.
    pub fn may_deliver(&self) -> bool {
        self.shared.may_deliver()
    }

    /// A handle that answers [`Cluster::may_deliver`].
    pub fn permit(&self) -> Arc<dyn Fn() -> bool + Send + Sync> {
        let shared = Arc::clone(&self.shared);
        Arc::new(move || shared.may_deliver())
    }

    /// All servers, as the last beat found them; none before it.
    pub fn members(&self) -> watch::Receiver<Vec<Member>> {
        self.shared.members.subscribe()
    }

    /// Tells when the server has to begin again.
    pub fn begin_again(&self) -> watch::Receiver<Option<BeginAgain>> {
        self.shared.again.subscribe()
    }

    /// The copies of mail.
    pub fn shadow(&self) -> Arc<Shadow> {
        Arc::clone(&self.shared.shadow)
    }

    /// Ends: what was handed in is written, and no thread is left. The seat stays taken until its lease ends.
    /// Blocks.
    pub fn stop(&self) {
        self.shared.shadow.flush(FLUSH);
        self.shared.spool.detach();
        *self.shared.stop.lock() = true;
        self.shared.wake.notify_all();
        self.shared.shadow.close();
        for thread in std::mem::take(&mut *self.threads.lock()) {
            if thread.join().is_err() {
                tracing::error!("a thread of the cluster ended badly");
            }
        }
    }
}

impl Shared {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn may_deliver(&self) -> bool {
        let policy = self.host.policy();
        // What is delivered meanwhile would be sent again by whoever takes it over.
        let is_in_doubt = policy == Policy::Required && self.shadow.is_silent_for(IN_DOUBT);
        !is_in_doubt && self.lease.lock().may_deliver(self.now(), policy)
    }

    fn ledger(&self, purpose: &str) -> Result<Postgres, EngineError> {
        Postgres::new(self.engine.clone(), &format!("{} {purpose}", self.name))
    }

    /// Waits; whether it is to end.
    fn rest(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let mut stop = self.stop.lock();
        while !*stop && !self.wake.wait_until(&mut stop, until).timed_out() {}
        *stop
    }

    /// Takes the seat and compares, before anything of the spool is queued.
    fn begin(&self, mut claim: Claim) -> Result<Seat, ClusterError> {
        let mut ledger = self.ledger("start")?;
        let cluster = ledger.cluster()?;
        let known = self.spool.incarnation()?.filter(|known| known.cluster == cluster);
        claim.incarnation = known.as_ref().map(|known| known.number);
        let asked = self.now();
        let seated = ledger.sit(&claim)?;
        let seat = seated.seat;
        if known.is_none() {
            let number = seat.incarnation;
            let mut batch = Batch::new();
            batch.incarnation(Some(Incarnation { cluster, number }));
            self.spool.commit_here_blocking(batch)?;
        }
        let age = Age::of(self.mark.lock().0, seated.mark);
        if age == Age::Older {
            tracing::error!(
                "ALERT: this spool is older than what the engine has heard of it (it was brought back from a backup?): what it lacks is brought from the engine, and some mail may be sent twice"
            );
        }
        let here = Here(&self.spool, self.host.copies());
        if age == Age::Newer && seated.mark > 0 {
            tracing::error!(
                "ALERT: the engine has forgotten what it had heard of this spool (it was brought back from a backup?): what it lacks is inserted again"
            );
        }
        // A server that has never been here may have mail under way: nothing of it can be another's.
        let occasion = if known.is_none() { Occasion::Running } else { Occasion::Start(age) };
        let findings = reconcile(
            &mut ledger,
            &seat,
            (&here, &here),
            (occasion, self.spool.upcoming_id()),
            &|| {},
        )?;
        tell(&findings);
        // What came and went meanwhile is compared once more, with the copies running.
        self.shadow.set_behind(known.is_none());
        // The seat came with a lease, as with a beat that was sent then.
        self.lease.lock().renewed(asked);
        Ok(seat)
    }

    /// Begins again once there is an engine.
    fn wait_for_engine(&self) {
        loop {
            let begun = self.now();
            let asked = self.ledger("start").and_then(|mut ledger| ledger.cluster());
            match asked {
                Ok(_) => {
                    self.again.send_replace(Some(BeginAgain::EngineIsBack));
                    return;
                }
                Err(_) => self.lease.lock().missed(begun, self.now()),
            }
            if self.rest(BEAT) {
                return;
            }
        }
    }

    fn keep_giving_signs(&self) {
        loop {
            self.lease.lock().awake(self.now());
            if self.rest(SIGN) {
                return;
            }
        }
    }

    fn keep_beating(&self, seat: &Seat, mut ledger: Postgres) {
        let mut engine = None;
        loop {
            let sent = self.now();
            let beat = Beat {
                mark: self.mark.lock().0,
                endpoints: self.host.endpoints(),
                figures: self.host.figures(),
            };
            match ledger.beat(seat, &beat) {
                Ok(pulse) => {
                    self.mark.lock().1 = beat.mark;
                    self.heard(sent, pulse, &mut engine);
                }
                Err(EngineError::Fenced) => return self.fenced(),
                Err(error) => {
                    tracing::warn!(%error, "a heartbeat was not answered");
                    self.lease.lock().missed(sent, self.now());
                }
            }
            if self.shadow.is_shut_out() {
                return self.fenced();
            }
            let passed = self.now().saturating_sub(sent);
            if self.rest(BEAT.saturating_sub(passed).max(BEAT / 10)) {
                return;
            }
        }
    }

    fn heard(&self, sent: Duration, pulse: Pulse, engine: &mut Option<String>) {
        self.lease.lock().renewed(sent);
        if engine.replace(pulse.engine.clone()).is_some_and(|before| before != pulse.engine) {
            tracing::error!(
                "ALERT: the engine has another primary, or was started again: what it holds is compared with the spool"
            );
            self.compare.store(true, Ordering::SeqCst);
        }
        self.host.heard(&pulse.members);
        // A primary that hangs keeps its connections open.
        if self.shadow.is_silent_for(STUCK)
            && let Some(copies) = &*self.copies.lock()
        {
            copies.hang_up_from(&pulse.engine);
        }
        self.members.send_replace(pulse.members);
        self.host.revision(pulse.revision);
    }

    fn fenced(&self) {
        tracing::error!(
            "ALERT: this server has lost its place: others take its messages over; it begins again and compares"
        );
        self.lease.lock().fenced();
        self.shadow.shut_out();
        self.again.send_replace(Some(BeginAgain::Fenced));
    }

    fn keep_inheriting(&self, heir: &dyn Heir, mut ledger: Postgres) {
        let (mut marked, mut buried) = (self.begun, self.begun);
        let mut copied = self.host.copies();
        loop {
            if self.rest(BEAT / 2) {
                return;
            }
            if self.host.copies() != std::mem::replace(&mut copied, self.host.copies()) && copied {
                // What came while nothing was copied.
                self.shadow.set_behind(true);
            }
            if marked.elapsed() >= MARK {
                marked = Instant::now();
                self.raise_mark();
            }
            let Some(seat) = self.seat() else { continue };
            if !self.lease.lock().lasts(self.now()) {
                continue;
            }
            if let Err(error) = self.inherit(&mut ledger, &seat, heir) {
                tracing::warn!(%error, "messages could not be taken over or compared; it is tried again");
            }
            if buried.elapsed() >= BURY {
                buried = Instant::now();
                let age = self.host.remembers().as_secs();
                while ledger.bury(age).is_ok_and(|count| count > 0) {}
            }
        }
    }
}

impl Shared {
    fn seat(&self) -> Option<Seat> {
        self.seat.lock().clone()
    }

    /// Takes over what servers have left, and compares where something may have been missed. Neither waits for the
    /// other to succeed: mail of a server that is gone waits for nobody else.
    fn inherit(
        &self,
        ledger: &mut Postgres,
        seat: &Seat,
        heir: &dyn Heir,
    ) -> Result<(), InheritError> {
        let taken = self.take_over(ledger, seat, heir);
        if !self.shadow.is_away()
            && (self.compare.swap(false, Ordering::SeqCst) || self.shadow.is_behind())
        {
            self.compare_running(ledger, seat, heir)?;
        }
        taken
    }

    fn take_over(
        &self,
        ledger: &mut Postgres,
        seat: &Seat,
        heir: &dyn Heir,
    ) -> Result<(), InheritError> {
        for name in ledger.fence(seat)? {
            tracing::error!(
                server = name,
                "ALERT: a server has not been heard of since its lease ended: its messages are taken over"
            );
        }
        for estate in ledger.estates()? {
            let mut count = 0;
            // Page by page, as long as this server is one itself.
            while self.lease.lock().lasts(self.now()) && !*self.stop.lock() {
                let page = inherit_page(ledger, seat, &estate, heir).inspect_err(|_| {
                    self.compare.store(true, Ordering::SeqCst);
                })?;
                if page == 0 {
                    break;
                }
                count += page;
                self.taken_over.fetch_add(page, Ordering::Relaxed);
            }
            if count > 0 {
                tracing::warn!(server = estate.name, count, "messages were taken over");
            }
        }
        Ok(())
    }

    fn compare_running(
        &self,
        ledger: &mut Postgres,
        seat: &Seat,
        heir: &dyn Heir,
    ) -> Result<(), InheritError> {
        // Before it begins: what is missed from now on counts.
        self.shadow.set_behind(false);
        let here = Here(&self.spool, self.host.copies());
        let when = (Occasion::Running, self.spool.upcoming_id());
        let compared = reconcile(ledger, seat, (&here, heir), when, &|| self.shadow.flush(FLUSH));
        match compared {
            Ok(findings) => tell(&findings),
            Err(error) => {
                self.shadow.set_behind(true);
                return Err(error);
            }
        }
        Ok(())
    }

    fn raise_mark(&self) {
        let (mark, heard) = *self.mark.lock();
        if mark != heard {
            // Never far ahead of the engine: a spool that is has outlived what the engine knew.
            return;
        }
        let next = mark + 1;
        let mut batch = Batch::new();
        batch.mark(next);
        match self.spool.commit_here_blocking(batch) {
            Ok(()) => self.mark.lock().0 = next,
            Err(error) => tracing::warn!(%error, "the spool's mark could not be raised"),
        }
    }
}

/// No number up to this may be given out from now on: a spool that was brought back from a backup must not use
/// those again which it gave out after the backup, since the engine knows other messages by them. Below 2^53
/// for eleven thousand years, and ahead of 16,000 messages a second.
fn floor(now: Timestamp) -> u64 {
    u64::try_from(now.as_millis() / 1_000).unwrap_or(0) << 14
}

fn tell(findings: &Findings) {
    if *findings == Findings::default() {
        return;
    }
    let Findings { inserted, finished, brought, gone } = findings;
    tracing::warn!(
        inserted,
        finished,
        brought,
        gone,
        "spool and engine were compared: messages that were inserted into the engine again, finished there, brought from it, and dropped here since they are finished or another server's"
    );
}
