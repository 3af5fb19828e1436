//! How many connections there may be: 512 in all, 64 from one address, so that one client cannot
//! keep the others out. A trusted proxy, which stands for many, is bound by the 512 alone; this
//! machine itself has a few places beyond them.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use parking_lot::Mutex;

use crate::{client::TrustedProxies, limiter::network};

const MAX: usize = 512;
const MAX_PER_CLIENT: usize = 64;
const MAX_LOCAL: usize = 16;

#[derive(Clone, Default)]
pub(crate) struct Connections {
    proxies: TrustedProxies,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// One open connection; counts as long as it lives.
pub(crate) struct Connection {
    connections: Connections,
    client: IpAddr,
}

impl Connections {
    pub(crate) fn new(proxies: TrustedProxies) -> Self {
        Self { proxies, ..Self::default() }
    }

    /// Room for one more connection from this address; `None` when there is none.
    pub(crate) fn open(&self, address: IpAddr) -> Option<Connection> {
        let client = network(address);
        let mut open = self.open.lock();
        let of_client = open.by_client.get(&client).copied().unwrap_or(0);
        // Whoever sits at the machine itself gets in when strangers have taken all other places.
        let local = address.to_canonical().is_loopback();
        let most = if local { MAX + MAX_LOCAL } else { MAX };
        let is_many = local || self.proxies.contain(address);
        if open.all >= most || (of_client >= MAX_PER_CLIENT && !is_many) {
            return None;
        }
        open.all += 1;
        open.by_client.insert(client, of_client + 1);
        Some(Connection { connections: self.clone(), client })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock();
        open.all = open.all.saturating_sub(1);
        if let Some(of_client) = open.by_client.get_mut(&self.client) {
            *of_client -= 1;
            if *of_client == 0 {
                open.by_client.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all() {
        let connections = Connections::default();
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let loopback: IpAddr = "::1".parse().unwrap();
        let mut open: Vec<_> =
            (0..MAX_PER_CLIENT).map(|_| connections.open(one).unwrap()).collect();
        assert!(connections.open(one).is_none());
        while open.len() < MAX {
            open.push(connections.open(loopback).unwrap());
        }
        let other: IpAddr = "192.0.2.2".parse().unwrap();
        assert!(connections.open(other).is_none());
        while open.len() < MAX + MAX_LOCAL {
            open.push(connections.open(loopback).unwrap());
        }
        assert!(connections.open(loopback).is_none());
        drop(open);
        assert!(connections.open(one).is_some());
        assert!(connections.open.lock().by_client.is_empty());
    }

    #[test]
    fn a_proxy_stands_for_many() {
        let proxy: IpAddr = "192.0.2.1".parse().unwrap();
        let connections = Connections::new(TrustedProxies::new(vec!["192.0.2.1".parse().unwrap()]));
        let open: Vec<_> = std::iter::from_fn(|| connections.open(proxy)).collect();
        assert_eq!(open.len(), MAX);
    }
}
