//! Hosts that lose commands, although they offer PIPELINING (RFC 2920): for a day each is spoken to as it
//! can bear. Without that a message to one of them would meet the same silence at each attempt until it
//! expires.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use parking_lot::Mutex;
use tokio::time::Instant;

/// How long a host is remembered.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Most hosts remembered; with more, all are forgotten and met anew.
const MOST: usize = 10_000;

/// How a host is to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caution {
    /// One command at a time.
    OneByOne,
    /// Nothing behind the content of a message until it is answered.
    NothingBehindContent,
}

/// The hosts, by address.
#[derive(Debug, Default)]
pub(crate) struct Cautions(Mutex<HashMap<(IpAddr, Caution), Instant>>);

impl Cautions {
    /// A session with the host ended in a way that calls for this.
    pub(crate) fn note(&self, host: IpAddr, caution: Caution) {
        let mut hosts = self.0.lock();
        if hosts.len() >= MOST {
            hosts.clear();
        }
        hosts.insert((host, caution), Instant::now());
    }

    /// Whether the host is to be spoken to like that.
    pub(crate) fn call_for(&self, host: IpAddr, caution: Caution) -> bool {
        self.0.lock().get(&(host, caution)).is_some_and(|noted| noted.elapsed() < DAY)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_remembered_for_a_day_and_the_list_is_bounded() {
        let cautions = Cautions::default();
        let host = |n: u32| IpAddr::V4(Ipv4Addr::from_bits(n));
        let asked_singly = |n| cautions.call_for(host(n), Caution::OneByOne);
        cautions.note(host(1), Caution::OneByOne);
        assert!(asked_singly(1) && !asked_singly(2));
        assert!(!cautions.call_for(host(1), Caution::NothingBehindContent));
        tokio::time::advance(DAY).await;
        assert!(!asked_singly(1));
        for n in 0..3 * MOST as u32 {
            cautions.note(host(n), Caution::NothingBehindContent);
            assert!(cautions.0.lock().len() <= MOST);
        }
    }
}
