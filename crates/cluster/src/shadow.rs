//! The second durability ([`spool::Durability`]) on the engine: everything that waits goes there in one
//! statement and shares one commit. A thread of its own writes; nobody who accepts mail is ever blocked by it
//! for longer than [`PATIENCE`].
//!
//! While the engine is away nothing is kept for it: what it missed is found by comparing (`reconcile`), so
//! memory is bounded however long it is gone. [`Shadow::is_behind`] says that there is something to find.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex, MutexGuard};
use spool::{Copied, Durability, Judging, Verdict};
use tokio::sync::oneshot;

use crate::{
    EngineError,
    ledger::{Group, Ledger, Seat},
};

/// How long new mail waits for the engine before it is decided without it. Clients wait ten minutes (RFC 5321
/// section 4.5.3.2.6); an engine that answers so slowly is as good as away.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Content in one statement is bounded, beyond the first message.
const GROUP_BYTES: usize = 1 << 20;
/// So are its messages.
const GROUP_MESSAGES: usize = 512;
/// How long new mail waits for as much company as the last group had: a statement and its commit cost the engine more
/// than what one message adds to them.
const GATHER: Duration = Duration::from_millis(2);
/// What nobody waits for may wait this long for company.
const LINGER: Duration = Duration::from_millis(50);
/// Changes that nobody waits for, at most; beyond them the engine is behind and they are found again.
const MOST_OWED: usize = 200_000;
/// How often a lost engine is tried.
const RETRY: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// What the directory says of copies; asked each time.
pub trait CopyRules: Send + Sync {
    /// Whether mail is copied at all (`ShadowRedundancyEnabled`).
    fn copies(&self) -> bool;

    /// Whether new mail is accepted while it cannot be copied (not `RejectMessageOnShadowFailure`).
    fn may_be_alone(&self) -> bool;
}

/// Hears which finished messages the engine knows of now.
pub type Told = Box<dyn Fn(&[u64]) + Send + Sync>;

/// One hand-in.
struct Request {
    changes: Vec<Copied>,
    bytes: usize,
    waiter: Option<oneshot::Sender<Verdict>>,
}

#[derive(Default)]
struct Pending {
    requests: Vec<Request>,
    waiting: usize,
    /// How many waited in the last group.
    company: usize,
    owed: usize,
    closing: bool,
    /// The engine has been asked once whether it takes copies.
    asked: bool,
    /// Grows with each group that has been dealt with.
    rounds: u64,
    /// Since when a group is being written.
    busy: Option<Instant>,
}

/// The second durability of a server.
pub struct Shadow {
    pending: Mutex<Pending>,
    wake: Condvar,
    done: Condvar,
    /// The engine does not take anything now.
    away: AtomicBool,
    /// The seat is lost: nothing is accepted any more.
    fenced: AtomicBool,
    /// The engine has missed something.
    behind: AtomicBool,
    /// Messages that were accepted without a copy, since the start.
    alone: AtomicU64,
    /// Messages that the engine has taken, since the start.
    copied: AtomicU64,
    rules: Arc<dyn CopyRules>,
    told: Told,
}

impl std::fmt::Debug for Shadow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shadow")
            .field("away", &self.is_away())
            .field("behind", &self.is_behind())
            .finish_non_exhaustive()
    }
}

impl Shadow {
    /// A second durability that has not been given an engine yet: it is away and behind.
    pub fn new(rules: Arc<dyn CopyRules>, told: Told) -> Arc<Self> {
        Arc::new(Self {
            pending: Mutex::default(),
            wake: Condvar::new(),
            done: Condvar::new(),
            away: AtomicBool::new(true),
            fenced: AtomicBool::new(false),
            behind: AtomicBool::new(true),
            alone: AtomicU64::new(0),
            copied: AtomicU64::new(0),
            rules,
            told,
        })
    }

    /// Whether the engine takes nothing now.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// Whether the engine takes nothing, or has not answered for `span` to what is being written.
    pub fn is_silent_for(&self, span: Duration) -> bool {
        let busy = self.pending.lock().busy;
        self.is_away() || busy.is_some_and(|since| since.elapsed() >= span)
    }

    /// Whether the engine may lack something that is durable here.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::SeqCst)
    }

    /// Says whether it does. Whoever compares says no *before* it begins, so that what is missed meanwhile
    /// counts.
    pub fn set_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::SeqCst);
    }

    /// Accepts nothing any more: the seat is lost.
    pub fn shut_out(&self) {
        self.fenced.store(true, Ordering::SeqCst);
        self.go_away("this server has lost its place");
    }

    /// Whether the seat was found to be lost while writing.
    pub fn is_shut_out(&self) -> bool {
        self.fenced.load(Ordering::SeqCst)
    }

    /// Messages accepted alone and messages copied since the start.
    pub fn counts(&self) -> (u64, u64) {
        (self.alone.load(Ordering::Relaxed), self.copied.load(Ordering::Relaxed))
    }

    /// Waits until what was handed in before has been written, or given up. Blocks; not longer than `limit`.
    pub fn flush(&self, limit: Duration) {
        let mut pending = self.pending.lock();
        // What is being written and what waits now: two rounds at the most.
        let until = pending.rounds + 2;
        let deadline = Instant::now() + limit;
        while (pending.busy.is_some() || !pending.requests.is_empty()) && pending.rounds < until {
            if self.done.wait_until(&mut pending, deadline).timed_out() {
                return;
            }
        }
    }

    /// Waits until the engine has been asked for the first time whether it takes copies: what is accepted before that is
    /// known is accepted alone.
    pub fn wait_until_asked(&self, limit: Duration) {
        let mut pending = self.pending.lock();
        let deadline = Instant::now() + limit;
        while !pending.asked && !pending.closing {
            if self.done.wait_until(&mut pending, deadline).timed_out() {
                return;
            }
        }
    }

    fn has_asked(&self) {
        self.pending.lock().asked = true;
        self.done.notify_all();
    }

    /// Tells the writing thread to end.
    pub fn close(&self) {
        self.pending.lock().closing = true;
        self.wake.notify_all();
        self.done.notify_all();
    }

    /// What the writing thread does until it is closed.
    pub fn run(self: Arc<Self>, mut ledger: Box<dyn Ledger>, seat: Seat) {
        let mut failures = 0_usize;
        while !self.is_shut_out() {
            if self.is_away() {
                // An empty group is a question: is it there, and is the seat ours?
                match ledger.write(&seat, &Group::default()) {
                    Ok(()) => {
                        failures = 0;
                        self.come_back();
                        self.has_asked();
                    }
                    Err(EngineError::Fenced) => {
                        self.has_asked();
                        return self.shut_out();
                    }
                    Err(error) => {
                        self.has_asked();
                        if failures == 0 {
                            tracing::error!(%error, "ALERT: the engine cannot be reached: mail is not redundant until it is back");
                        }
                        let pause = RETRY[failures.min(RETRY.len() - 1)];
                        failures += 1;
                        if self.rest(pause) {
                            return;
                        }
                        continue;
                    }
                }
            }
            let Some(requests) = self.take() else { return };
            self.write(ledger.as_mut(), &seat, requests);
        }
    }

    /// Waits; whether it is to end.
    fn rest(&self, pause: Duration) -> bool {
        let mut pending = self.pending.lock();
        if !pending.closing {
            self.wake.wait_for(&mut pending, pause);
        }
        pending.closing
    }

    fn come_back(&self) {
        self.away.store(false, Ordering::SeqCst);
        tracing::info!("the engine takes copies of new mail");
    }

    /// Takes what may share a statement; `None` at the end.
    fn take(&self) -> Option<Vec<Request>> {
        let mut pending = self.pending.lock();
        while pending.requests.is_empty() {
            if pending.closing {
                return None;
            }
            self.wake.wait(&mut pending);
        }
        self.gather(&mut pending);
        let (mut bytes, mut count) = (0, 0);
        let fitting = pending.requests.iter().take_while(|request| {
            let is_first = count == 0;
            bytes += request.bytes;
            count += 1;
            is_first || (bytes <= GROUP_BYTES && count <= GROUP_MESSAGES)
        });
        let fitting = fitting.count();
        let taken: Vec<_> = pending.requests.drain(..fitting).collect();
        pending.company = taken.iter().filter(|request| request.waiter.is_some()).count();
        pending.waiting -= pending.company;
        pending.owed -= owed(&taken);
        pending.busy = Some(Instant::now());
        Some(taken)
    }

    /// Waits a little for what may share the statement.
    fn gather(&self, pending: &mut MutexGuard<'_, Pending>) {
        let begun = Instant::now();
        while !pending.closing {
            let patience = if pending.waiting == 0 { LINGER } else { GATHER };
            let is_enough = pending.waiting >= pending.company && pending.waiting > 0;
            if is_enough || self.wake.wait_until(pending, begun + patience).timed_out() {
                return;
            }
        }
    }

    fn write(&self, ledger: &mut dyn Ledger, seat: &Seat, mut requests: Vec<Request>) {
        let changes = |requests: &[Request]| {
            Group::of(requests.iter().flat_map(|request| request.changes.iter().cloned()))
        };
        let result = ledger.write(seat, &changes(&requests));
        match result {
            Ok(()) => self.written(requests),
            Err(EngineError::Refused(_)) if requests.len() > 1 => {
                // One of them may be the reason: each by itself.
                for request in requests.drain(..) {
                    let single = ledger.write(seat, &changes(std::slice::from_ref(&request)));
                    self.judge(vec![request], single);
                }
            }
            failed => self.judge(requests, failed),
        }
        let mut pending = self.pending.lock();
        pending.busy = None;
        pending.rounds += 1;
        self.done.notify_all();
    }

    fn written(&self, requests: Vec<Request>) {
        let changes = requests.iter().flat_map(|request| &request.changes);
        let finished: Vec<u64> = changes.filter_map(finished).collect();
        self.answer(requests, Verdict::Durable);
        if !finished.is_empty() {
            (self.told)(&finished);
        }
    }

    fn judge(&self, requests: Vec<Request>, result: Result<(), EngineError>) {
        match result {
            Ok(()) => self.written(requests),
            Err(EngineError::Fenced) => {
                self.answer(requests, Verdict::Refused);
                self.shut_out();
            }
            Err(EngineError::Refused(reason)) => {
                tracing::error!(reason, "ALERT: the engine refused a copy of a message");
                self.set_behind(true);
                let verdict = self.without();
                self.answer(requests, verdict);
            }
            Err(error) => {
                self.set_behind(true);
                let verdict = self.without();
                self.answer(requests, verdict);
                self.go_away(&error.to_string());
            }
        }
    }

    /// Answers whoever waits, and keeps nothing: from now on new mail is decided without the engine.
    fn go_away(&self, reason: &str) {
        if !self.away.swap(true, Ordering::SeqCst) {
            tracing::error!(
                reason,
                "ALERT: the engine has stopped taking copies: mail is not redundant until it takes them again"
            );
        }
        self.set_behind(true);
        let given_up = {
            let mut pending = self.pending.lock();
            (pending.waiting, pending.owed) = (0, 0);
            std::mem::take(&mut pending.requests)
        };
        let verdict = self.without();
        self.answer(given_up, verdict);
    }

    /// What becomes of new mail that cannot be made redundant.
    fn without(&self) -> Verdict {
        if !self.is_shut_out() && self.rules.may_be_alone() {
            Verdict::Alone
        } else {
            Verdict::Refused
        }
    }

    fn answer(&self, requests: Vec<Request>, verdict: Verdict) {
        for request in requests {
            if let Some(waiter) = request.waiter {
                // Who has stopped waiting has decided by himself.
                if waiter.send(verdict).is_ok() {
                    self.count(verdict);
                }
            }
        }
    }

    fn count(&self, verdict: Verdict) {
        match verdict {
            Verdict::Durable => self.copied.fetch_add(1, Ordering::Relaxed),
            Verdict::Alone => self.alone.fetch_add(1, Ordering::Relaxed),
            Verdict::Refused => 0,
        };
    }

    fn push(&self, changes: Vec<Copied>, waiter: Option<oneshot::Sender<Verdict>>) -> bool {
        let bytes = changes.iter().map(size).sum();
        let mut pending = self.pending.lock();
        if self.is_away() || pending.closing {
            return false;
        }
        let is_waited_for = waiter.is_some();
        if is_waited_for {
            pending.waiting += 1;
        } else if pending.owed + changes.len() > MOST_OWED {
            return false;
        } else {
            pending.owed += changes.len();
        }
        pending.requests.push(Request { changes, bytes, waiter });
        // Nobody is woken for what changes nothing: most mail arrives while the thread gathers.
        let is_first = pending.requests.len() == 1 || (is_waited_for && pending.waiting == 1);
        if is_first || (is_waited_for && pending.waiting >= pending.company) {
            self.wake.notify_one();
        }
        true
    }
}

fn owed(requests: &[Request]) -> usize {
    let unwaited = requests.iter().filter(|request| request.waiter.is_none());
    unwaited.map(|request| request.changes.len()).sum()
}

fn finished(change: &Copied) -> Option<u64> {
    match change {
        Copied::Remove(id) => Some(id.as_u64()),
        _ => None,
    }
}

fn size(change: &Copied) -> usize {
    match change {
        Copied::Insert(copy) => copy.content.len() + copy.record.len(),
        _ => 32,
    }
}

/// A handle for the spool.
pub(crate) struct Handle(pub(crate) Arc<Shadow>);

impl Durability for Handle {
    fn refuses(&self) -> bool {
        let shadow = &self.0;
        let may_have_none = !shadow.rules.copies() && !shadow.is_shut_out();
        !may_have_none && shadow.is_away() && shadow.without() == Verdict::Refused
    }

    fn accept(&self, mail: Vec<Copied>) -> Judging {
        let shadow = Arc::clone(&self.0);
        if !shadow.rules.copies() && !shadow.is_shut_out() {
            return Box::pin(std::future::ready(Verdict::Durable));
        }
        let (sender, receiver) = oneshot::channel();
        let is_asked = shadow.push(mail, Some(sender));
        Box::pin(async move {
            if is_asked {
                match tokio::time::timeout(PATIENCE, receiver).await {
                    Ok(Ok(verdict)) => {
                        if verdict == Verdict::Alone {
                            // A comparison since then may have come before it was durable here.
                            shadow.set_behind(true);
                        }
                        return verdict;
                    }
                    // The thread has ended.
                    Ok(Err(_)) => {}
                    Err(_) => shadow.go_away("it does not answer"),
                }
            }
            shadow.set_behind(true);
            let verdict = shadow.without();
            shadow.count(verdict);
            verdict
        })
    }

    fn learn(&self, mut changes: Vec<Copied>) {
        if !self.0.rules.copies() {
            changes.retain(|change| !matches!(change, Copied::Insert(_)));
        }
        if !changes.is_empty() && !self.0.push(changes, None) {
            self.0.set_behind(true);
        }
    }
}

#[cfg(test)]
#[path = "shadow_tests.rs"]
mod tests;
