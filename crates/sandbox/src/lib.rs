//! An Internet on loopback: DNS and mail hosts that behave and misbehave.
//!
//! For trying Relais and for its tests: real sockets, real DNS, real SMTP and TLS, and nothing
//! that leaves the machine. One list (`catalog.rs`) says which domains there are and what
//! their hosts do; the name server, the hosts and `/sandbox/api/domains` all follow it. What the
//! hosts accept is kept in memory, within bounds, for `/sandbox/api/messages`.

mod behaviour;
mod catalog;
mod conduct;
mod dialer;
mod mail_host;
mod name_server;
mod oddity;
mod plan;
mod session;
mod store;
mod web;
mod zone;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use delivery::Dialer;
use model::Clock;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    dialer::SandboxDialer,
    plan::{HostPlan, Plan},
    session::Host,
    store::Store,
};

pub use store::{SandboxMessage, SandboxTls};

/// A running pretend Internet. Its servers stop when it is dropped.
pub struct Sandbox {
    dns: SocketAddr,
    dialer: Arc<SandboxDialer>,
    store: Arc<Store>,
    _servers: JoinSet<()>,
}

impl Sandbox {
    /// Starts the name server and all mail hosts, on loopback and on ports the system chooses.
    /// Must be called on a tokio runtime.
    ///
    /// # Errors
    /// When a socket cannot be bound or a certificate cannot be made.
    pub async fn start(clock: Arc<dyn Clock>) -> io::Result<Arc<Self>> {
        let Plan { hosts, zone, .. } = Plan::new()?;
        let store = Arc::new(Store::default());
        let mut servers = JoinSet::new();
        let dns = name_server::start(Arc::new(zone), &mut servers).await?;
        let mut routes = HashMap::new();
        let limit = mail_host::connection_limit();
        for plan in hosts {
            let listener = bind(plan.address).await?;
            routes.insert(plan.address, listener.local_addr()?);
            let host = Host::new(&plan, acceptor(&plan)?, store.clone(), clock.clone());
            servers.spawn(mail_host::serve(listener, Arc::new(host), limit.clone()));
        }
        let dialer = Arc::new(SandboxDialer::new(routes));
        Ok(Arc::new(Self { dns, dialer, store, _servers: servers }))
    }

    /// Where the name server listens, on UDP and TCP: for a resolver's list of servers.
    pub fn dns(&self) -> SocketAddr {
        self.dns
    }

    /// Connects port 25 of the pretend hosts' addresses to the hosts here. Other loopback
    /// addresses are dialed as they are; everything else is refused, so that nothing leaves the
    /// machine.
    pub fn dialer(&self) -> Arc<dyn Dialer> {
        self.dialer.clone()
    }

    /// `GET /sandbox/api/messages` and `GET /sandbox/api/domains`, without any sign-in. Whoever
    /// serves this must let loopback peers only come near it.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        web::router(self.store.clone())
    }

    /// What the hosts have accepted, oldest first: the last 10,000 messages, at most 256 MB.
    pub fn messages(&self) -> Vec<SandboxMessage> {
        self.store.messages()
    }
}

/// A listener for a pretend address: of the same family when the machine has it.
async fn bind(pretend: IpAddr) -> io::Result<TcpListener> {
    if pretend.is_ipv6()
        && let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await
    {
        return Ok(listener);
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

/// TLS with a self-made certificate, as most of the Internet's mail hosts once had.
fn acceptor(plan: &HostPlan) -> io::Result<tokio_rustls::TlsAcceptor> {
    let made = rcgen::generate_simple_self_signed([plan.name.clone()]).map_err(io::Error::other)?;
    let identity = tls::Identity {
        chain: vec![made.cert.der().clone()],
        key: rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into(),
    };
    Ok(tls::ServerTls::new(identity).map_err(io::Error::other)?.acceptor())
}
