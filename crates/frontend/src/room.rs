//! Who may come in: strangers, whose handshake is not done, have a small room of their own with a
//! share for each source, so that they cannot keep Mailbox servers out; tunnels have the places of
//! the connector's MaxInboundConnection.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use directory::ReceiveConnector;
use parking_lot::Mutex;

/// Strangers at once, whatever connectors allow.
const STRANGERS: u32 = 256;

/// The places of a front end; clones are the same room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room(Arc<Places>);

#[derive(Debug, Default)]
struct Places {
    tunnels: AtomicU32,
    strangers: Mutex<Strangers>,
}

#[derive(Debug, Default)]
struct Strangers {
    total: u32,
    by_source: HashMap<IpAddr, u32>,
}

/// A stranger's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Stranger {
    room: Room,
    source: IpAddr,
    /// MaxInboundConnection.
    limit: u32,
}

/// A tunnel's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place(Room);

impl Room {
    /// A place for the handshake of this source: as many as the connector's
    /// MaxInboundConnectionPerSource and its percentage of the places that are left.
    pub(crate) fn enter(&self, connector: &ReceiveConnector, source: IpAddr) -> Option<Stranger> {
        let limit = connector.max_inbound_connection.limit().unwrap_or(u32::MAX);
        let left = limit.saturating_sub(self.0.tunnels.load(Ordering::Relaxed));
        let percentage = u64::from(connector.max_inbound_connection_percentage_per_source);
        let share = (u64::from(left) * percentage / 100).max(1);
        let per_source = connector.max_inbound_connection_per_source.limit().unwrap_or(u32::MAX);
        let source = network(source);
        let mut strangers = self.0.strangers.lock();
        let present = strangers.by_source.get(&source).copied().unwrap_or(0);
        if left == 0
            || strangers.total >= STRANGERS
            || present >= per_source
            || u64::from(present) >= share
        {
            return None;
        }
        strangers.total += 1;
        strangers.by_source.insert(source, present + 1);
        Some(Stranger { room: self.clone(), source, limit })
    }
}

impl Stranger {
    /// One of the places for tunnels, for who is no stranger any more.
    pub(crate) fn settle(self) -> Option<Place> {
        let tunnels = &self.room.0.tunnels;
        let before = tunnels.fetch_add(1, Ordering::Relaxed);
        let place = Place(self.room.clone());
        (before < self.limit).then_some(place)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut strangers = self.room.0.strangers.lock();
        strangers.total = strangers.total.saturating_sub(1);
        if let Some(present) = strangers.by_source.get_mut(&self.source) {
            *present = present.saturating_sub(1);
            if *present == 0 {
                strangers.by_source.remove(&self.source);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.tunnels.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whoever has one IPv6 address has all of its /64.
fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use directory::Header;
    use model::Unlimited;

    use super::*;

    fn connector(change: impl FnOnce(&mut ReceiveConnector)) -> ReceiveConnector {
        let name = "proxy".parse().unwrap();
        let mut connector =
            ReceiveConnector::with_defaults(Header::fresh(), "MBX01".to_owned(), name);
        change(&mut connector);
        connector
    }

    fn source(n: u16) -> IpAddr {
        let [high, low] = n.to_be_bytes();
        IpAddr::from([192, 0, high, low])
    }

    #[test]
    fn a_source_fills_its_share_and_no_more() {
        let (room, connector) = (Room::default(), connector(|_| {}));
        let mut inside: Vec<Stranger> =
            (0..20).map(|_| room.enter(&connector, source(1)).unwrap()).collect();
        assert!(room.enter(&connector, source(1)).is_none());
        assert!(room.enter(&connector, source(2)).is_some());
        // Whose handshake is done leaves his place to the next.
        let tunnel = inside.pop().unwrap().settle();
        assert!(tunnel.is_some() && room.enter(&connector, source(1)).is_some());
    }

    #[test]
    fn strangers_take_no_places_of_tunnels() {
        let (room, connector) = (Room::default(), connector(|_| {}));
        let strangers: Vec<Stranger> =
            (0..1000).filter_map(|n| room.enter(&connector, source(n))).collect();
        assert_eq!(strangers.len() as u32, STRANGERS);
        drop(strangers);
        let mut tunnels = Vec::new();
        while let Some(stranger) = room.enter(&connector, source(1)) {
            tunnels.push(stranger.settle().unwrap());
        }
        assert_eq!(tunnels.len(), 5000, "MaxInboundConnection, from one source");
        tunnels.pop();
        assert!(room.enter(&connector, source(2)).is_some());
    }

    #[test]
    fn the_last_place_is_given_once() {
        let room = Room::default();
        let one = connector(|c| {
            c.max_inbound_connection = Unlimited::Limited(1);
            c.max_inbound_connection_percentage_per_source = 100;
        });
        let (first, second) = (room.enter(&one, source(1)), room.enter(&one, source(2)));
        let tunnel = first.unwrap().settle();
        assert!(tunnel.is_some() && second.unwrap().settle().is_none());
        drop(tunnel);
        assert!(room.enter(&one, source(3)).unwrap().settle().is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_source() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:0:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
