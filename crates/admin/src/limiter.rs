//! Failed sign-ins, by client address: ten in a minute, then nobody from there is asked for
//! his password until the minute is over.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use model::{Clock, TimeSpan, Timestamp};
use parking_lot::Mutex;

/// What failures are counted over.
const WINDOW: TimeSpan = TimeSpan::minutes(1);
/// Failures within it after which an address has to wait.
const MAX_FAILURES: u32 = 10;
/// Sign-ins of one address that may be under way together: bounds how many guesses can be
/// made before the first of them has failed.
const MAX_PENDING: u32 = 64;
/// Most addresses remembered; the one whose minute began first is forgotten for a new one.
const MAX_ADDRESSES: usize = 10_000;

/// Cheap to clone; clones count together.
#[derive(Clone)]
pub(crate) struct SignInLimiter(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    clients: Mutex<HashMap<IpAddr, Client>>,
}

struct Client {
    since: Timestamp,
    failures: u32,
    pending: u32,
}

/// Has to wait this many seconds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany(pub(crate) u64);

/// A sign-in under way. Counts as failed only when [`Attempt::failed`] says so.
pub(crate) struct Attempt {
    limiter: SignInLimiter,
    client: IpAddr,
}

impl SignInLimiter {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner { clock, clients: Mutex::default() }))
    }

    /// Begins a sign-in from this address.
    pub(crate) fn begin(&self, address: IpAddr) -> Result<Attempt, TooMany> {
        let key = network(address);
        let now = self.0.clock.now();
        let mut clients = self.0.clients.lock();
        if clients.len() >= MAX_ADDRESSES && !clients.contains_key(&key) {
            forget(&mut clients, now);
        }
        let client = clients.entry(key).or_insert(Client { since: now, failures: 0, pending: 0 });
        if client.is_over(now) {
            (client.since, client.failures) = (now, 0);
        }
        if client.failures >= MAX_FAILURES {
            let left = (client.since + WINDOW).since(now).as_millis().div_ceil(1000);
            return Err(TooMany(left.max(1)));
        }
        if client.pending >= MAX_PENDING {
            return Err(TooMany(1));
        }
        client.pending += 1;
        Ok(Attempt { limiter: self.clone(), client: key })
    }
}

impl Client {
    /// Whether its minute is over; so it is when the clock was set back.
    fn is_over(&self, now: Timestamp) -> bool {
        now < self.since || now.since(self.since) >= WINDOW
    }
}

impl Attempt {
    /// The password was wrong.
    pub(crate) fn failed(self) {
        if let Some(client) = self.limiter.0.clients.lock().get_mut(&self.client) {
            client.failures += 1;
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut clients = self.limiter.0.clients.lock();
        if let Some(client) = clients.get_mut(&self.client) {
            client.pending = client.pending.saturating_sub(1);
            if client.pending == 0 && client.failures == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

/// Makes room: forgets who has nothing to wait for any more, else who has waited longest.
fn forget(clients: &mut HashMap<IpAddr, Client>, now: Timestamp) {
    clients.retain(|_, client| client.pending > 0 || !client.is_over(now));
    if clients.len() >= MAX_ADDRESSES
        && let Some(oldest) = clients.iter().min_by_key(|(_, c)| c.since).map(|(key, _)| *key)
    {
        clients.remove(&oldest);
    }
}

/// Who is counted as one: an IPv4 address, or the /64 that every IPv6 host may choose from.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use model::ManualClock;

    use super::*;

    fn limiter() -> (SignInLimiter, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
        (SignInLimiter::new(clock.clone()), clock)
    }

    fn v4(last: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + last).to_be_bytes())
    }

    #[test]
    fn ten_failures_close_the_door_for_a_minute() {
        let (limiter, clock) = limiter();
        for _ in 0..10 {
            limiter.begin(v4(1)).unwrap().failed();
        }
        clock.advance(TimeSpan::seconds(18));
        assert_eq!(limiter.begin(v4(1)).err(), Some(TooMany(42)));
        assert!(limiter.begin(v4(2)).is_ok());
        clock.advance(TimeSpan::seconds(42));
        assert!(limiter.begin(v4(1)).is_ok());
    }

    #[test]
    fn successes_and_abandoned_attempts_leave_nothing() {
        let (limiter, _) = limiter();
        for _ in 0..1000 {
            drop(limiter.begin(v4(1)).unwrap());
        }
        assert!(limiter.0.clients.lock().is_empty());
        let pending: Vec<_> = (0..MAX_PENDING).map(|_| limiter.begin(v4(1)).unwrap()).collect();
        assert_eq!(limiter.begin(v4(1)).err(), Some(TooMany(1)));
        drop(pending);
        assert!(limiter.begin(v4(1)).is_ok());
    }

    #[test]
    fn one_ipv6_host_is_one_client() {
        let (limiter, _) = limiter();
        for i in 0..10 {
            limiter.begin(format!("2001:db8::{i}").parse().unwrap()).unwrap().failed();
        }
        assert!(limiter.begin("2001:db8::ffff".parse().unwrap()).is_err());
        assert!(limiter.begin("2001:db8:0:1::".parse().unwrap()).is_ok());
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), v4(1));
    }

    #[test]
    fn it_remembers_a_bounded_number_of_addresses() {
        let (limiter, clock) = limiter();
        limiter.begin(v4(0)).unwrap().failed();
        clock.advance(TimeSpan::seconds(1));
        for i in 1..=u32::try_from(MAX_ADDRESSES).unwrap() {
            limiter.begin(v4(i)).unwrap().failed();
        }
        let clients = limiter.0.clients.lock();
        assert_eq!(clients.len(), MAX_ADDRESSES);
        assert!(!clients.contains_key(&v4(0)));
    }
}
