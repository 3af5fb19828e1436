//! Who may connect at all: connections per connector and per source, connections and messages
//! a minute (transport.md section 4), and how much content may be in memory.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use directory::ReceiveConnector;
use model::{Guid, Timestamp, Unlimited};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::{
    message_rate::{FromSource, MessageRate, Sender},
    minute::{Minute, minute_of},
};

/// Failed sign-ins of one source within a minute, after which it has to wait.
const MOST_FAILURES: u32 = 20;
/// Sources remembered before those of past minutes are forgotten.
const MOST_REMEMBERED: usize = 100_000;
/// A session's content is counted for its source in steps of this size.
const STEP: usize = 256 << 10;

/// Counts for all connectors of a server.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    connectors: Mutex<HashMap<Guid, Connections>>,
    started: Mutex<Minute>,
    /// Messages of each connector: what one is sent is not held against another's clients.
    messages: Mutex<HashMap<Guid, MessageRate>>,
    /// Failed sign-ins by source.
    failures: Mutex<HashMap<IpAddr, Minute>>,
    /// Connections that were not admitted.
    denied: Mutex<HashMap<Denied, u64>>,
    buffered: AtomicUsize,
    /// Of the sources whose sessions hold much.
    buffered_by_source: Mutex<HashMap<IpAddr, usize>>,
    /// Told when a session has ended.
    ended: Notify,
}

#[derive(Debug, Default)]
struct Connections {
    total: u32,
    by_source: HashMap<IpAddr, u32>,
}

/// Why a connection was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Denied {
    /// MaxInboundConnection.
    Connector,
    /// MaxInboundConnectionPerSource or …PercentagePerSource.
    Source,
    /// MaxConnectionRatePerMinute.
    Rate,
}

impl Denied {
    const ALL: [Self; 3] = [Self::Connector, Self::Source, Self::Rate];

    /// The setting that says so.
    pub(crate) fn limit(self) -> &'static str {
        match self {
            Self::Connector => "MaxInboundConnection",
            Self::Source => {
                "MaxInboundConnectionPerSource or MaxInboundConnectionPercentagePerSource"
            }
            Self::Rate => "MaxConnectionRatePerMinute",
        }
    }
}

/// A connection's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    connector: Guid,
    source: IpAddr,
    buffered: usize,
    /// What this session sent, where its source cannot be remembered.
    sent: Mutex<FromSource>,
}

impl Admission {
    /// Counts a connection in, or says which limit it would break.
    pub(crate) fn admit(
        self: &Arc<Self>,
        connector: &ReceiveConnector,
        source: IpAddr,
        rate_per_minute: u32,
        now: Timestamp,
    ) -> Result<Admitted, Denied> {
        let source = group(source);
        let mut connectors = self.connectors.lock();
        let connections = connectors.entry(connector.header.guid).or_default();
        let theirs = connections.by_source.get(&source).copied().unwrap_or(0);
        if !connector.max_inbound_connection.allows(&(connections.total + 1)) {
            return Err(Denied::Connector);
        }
        let share = share_of_rest(connector, connections.total);
        if !connector.max_inbound_connection_per_source.allows(&(theirs + 1)) || theirs + 1 > share
        {
            return Err(Denied::Source);
        }
        // Counted last: a source that has had its share must not use up everybody's.
        if self.started.lock().count(now) > rate_per_minute {
            return Err(Denied::Rate);
        }
        connections.total += 1;
        connections.by_source.insert(source, theirs + 1);
        Ok(Admitted {
            admission: Arc::clone(self),
            connector: connector.header.guid,
            source,
            buffered: 0,
            sent: Mutex::default(),
        })
    }

    /// Waits until no session is left.
    pub(crate) async fn empty(&self) {
        loop {
            let ended = self.ended.notified();
            if self.connectors.lock().values().all(|connections| connections.total == 0) {
                return;
            }
            ended.await;
        }
    }

    /// Connections that are open, by connector.
    pub(crate) fn open(&self) -> HashMap<Guid, u32> {
        self.connectors.lock().iter().map(|(guid, c)| (*guid, c.total)).collect()
    }

    /// Connections that were denied, by the setting that says so.
    pub(crate) fn denied(&self) -> [(&'static str, u64); 3] {
        let counts = self.denied.lock();
        Denied::ALL.map(|why| (why.limit(), counts.get(&why).copied().unwrap_or(0)))
    }

    /// Counts a connection that was denied.
    pub(crate) fn count_denied(&self, why: Denied) {
        *self.denied.lock().entry(why).or_default() += 1;
    }

    /// Bytes of content in memory, all sessions together.
    pub(crate) fn buffered(&self) -> usize {
        self.buffered.load(Ordering::Relaxed)
    }
}

/// Whom a limit per source counts as one: an address, or an IPv6 network of 64 bits, which is
/// the least anybody is given.
fn group(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V4(_) => source,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// How many connections one source may have: a percentage of what is left, at least one.
fn share_of_rest(connector: &ReceiveConnector, total: u32) -> u32 {
    match connector.max_inbound_connection {
        Unlimited::Unlimited => u32::MAX,
        Unlimited::Limited(limit) => {
            let percentage = u64::from(connector.max_inbound_connection_percentage_per_source);
            let rest = u64::from(limit.saturating_sub(total)) * percentage / 100;
            u32::try_from(rest).unwrap_or(u32::MAX).max(1)
        }
    }
}

impl Admitted {
    /// Counts a message; `false` when more than `MessageRateLimit` of them came within this
    /// minute from whom `MessageRateSource` says: the source, the sender, or either.
    pub(crate) fn may_send(
        &self,
        connector: &ReceiveConnector,
        sender: Sender<'_>,
        now: Timestamp,
    ) -> bool {
        let Unlimited::Limited(limit) = connector.message_rate_limit else { return true };
        let rule = (limit, connector.message_rate_source);
        let mut messages = self.admission.messages.lock();
        let rate = messages.entry(self.connector).or_default();
        rate.may_send(rule, (self.source, sender), &mut self.sent.lock(), now)
    }

    /// Whether the source may try to sign in: not after too many failures within this minute,
    /// over however many connections.
    pub(crate) fn may_sign_in(&self, now: Timestamp) -> bool {
        let this_minute = minute_of(now);
        let failures = self.admission.failures.lock();
        failures
            .get(&self.source)
            .is_none_or(|m| m.number != this_minute || m.count < MOST_FAILURES)
    }

    /// Counts a failed sign-in.
    pub(crate) fn sign_in_failed(&self, now: Timestamp) {
        let mut failures = self.admission.failures.lock();
        if failures.len() > MOST_REMEMBERED {
            failures.retain(|_, minute| minute.number == minute_of(now));
        }
        failures.entry(self.source).or_default().count(now);
    }

    /// Says how much content this session holds now; returns what all sessions hold.
    pub(crate) fn holds(&mut self, bytes: usize) -> usize {
        let total = &self.admission.buffered;
        let before = std::mem::replace(&mut self.buffered, bytes);
        if before / STEP != bytes / STEP {
            let mut by_source = self.admission.buffered_by_source.lock();
            let theirs = by_source.entry(self.source).or_default();
            *theirs = (*theirs + bytes / STEP * STEP).saturating_sub(before / STEP * STEP);
            if *theirs == 0 {
                by_source.remove(&self.source);
            }
        }
        if bytes >= before {
            total.fetch_add(bytes - before, Ordering::Relaxed) + (bytes - before)
        } else {
            total.fetch_sub(before - bytes, Ordering::Relaxed) - (before - bytes)
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.holds(0);
        self.give_back();
        self.admission.ended.notify_waiters();
    }
}

impl Admitted {
    /// Bytes of content that sessions of the same source hold, but for small amounts.
    pub(crate) fn held_by_source(&self) -> usize {
        self.admission.buffered_by_source.lock().get(&self.source).copied().unwrap_or(0)
    }

    fn give_back(&self) {
        let mut connectors = self.admission.connectors.lock();
        let Some(connections) = connectors.get_mut(&self.connector) else { return };
        connections.total = connections.total.saturating_sub(1);
        if let Some(theirs) = connections.by_source.get_mut(&self.source) {
            *theirs -= 1;
            if *theirs == 0 {
                connections.by_source.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests;
