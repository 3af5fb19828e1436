//! Where a server is: its addresses and names, and what it tells others of them.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use admin::{Endpoint, Endpoints};
use delivery::OwnAddresses;
use model::{DomainName, ObjectName};

use crate::config::Config;

/// The addresses of this machine. Loopback is always among them, unless mail exchangers may be
/// there.
pub(crate) fn own_addresses(loopback_next_hops: bool) -> OwnAddresses {
    Arc::new(move || {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(%error, "the addresses of this machine cannot be read");
            Vec::new()
        });
        let found = interfaces.iter().map(|i| i.ip()).filter(|ip| !ip.is_loopback());
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        found.chain(loopback.into_iter().filter(|_| !loopback_next_hops)).collect()
    })
}

/// Where a client on this machine submits mail.
pub(super) fn endpoints(config: &Config, server: &ObjectName, sandbox: bool) -> Endpoints {
    let endpoint = |configured: Option<&Vec<SocketAddr>>, port: u16| {
        let address = configured
            .and_then(|list| list.first().copied())
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], port)));
        let ip =
            if address.ip().is_unspecified() { IpAddr::from([127, 0, 0, 1]) } else { address.ip() };
        Endpoint { host: ip.to_string(), port: address.port() }
    };
    Endpoints {
        server: server.to_string(),
        submission: endpoint(config.listen.client_frontend.as_ref(), 587),
        relay: sandbox.then(|| endpoint(config.listen.sandbox_relay.as_ref(), 10025)),
    }
}

/// Where other servers reach the API.
pub(super) fn published(fqdn: &DomainName, admin: SocketAddr) -> String {
    if admin.ip().is_unspecified() { format!("{fqdn}:{}", admin.port()) } else { admin.to_string() }
}

pub(super) fn names(fqdn: &DomainName, admin: SocketAddr) -> Vec<String> {
    let mut names =
        vec![fqdn.to_string(), "localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let ip = admin.ip();
    if !ip.is_unspecified() && !names.contains(&ip.to_string()) {
        names.push(ip.to_string());
    }
    names
}
