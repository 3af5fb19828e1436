//! The way out through Front End Transport of this site: which front ends there are, which one
//! is taken, and the SOCKS5 conversation with it under mutual TLS (DESIGN section 9).
//!
//! A front end that fails says nothing of the destination: its failure is kept apart, so that the
//! destination's retry ladder does not climb for it. There is no way around front ends.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use directory::{Egress, Server, Snapshot};
use model::DomainName;
use parking_lot::Mutex;
use rustls::pki_types::ServerName;
use socks::{Client, ClientStep, Reply, Request};
use tls::{MutualTls, Role};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_rustls::client::TlsStream;

use crate::tunnel::Tunnel;

/// For the connection to a front end and the handshake, each.
const REACH: Duration = Duration::from_secs(10);
/// For a front end's answer; it gives up on the destination earlier.
const ANSWER: Duration = Duration::from_secs(35);
/// A front end that has just failed is not tried again for this long: with many queues waiting
/// for it, one attempt speaks for all.
const PAUSE: Duration = Duration::from_secs(2);
/// A front end that failed lately comes after the others for this long.
const LAST: Duration = Duration::from_secs(60);
/// The longest field of the protocol, with the port behind a name.
const LONGEST_FIELD: usize = 257;

/// What all ways out through front ends share.
#[derive(Clone)]
pub struct FrontEnds {
    tls: Arc<MutualTls>,
    /// When each failed last, and why.
    failures: Arc<Mutex<HashMap<String, (Instant, String)>>>,
    turn: Arc<AtomicUsize>,
}

/// A front end of this site that takes connections.
struct FrontEnd {
    name: String,
    fqdn: DomainName,
    addresses: Vec<SocketAddr>,
    egresses: Vec<Egress>,
}

/// The way out of one route, as the directory was when it was taken.
pub struct Passage {
    front_ends: FrontEnds,
    /// In the order in which they are tried.
    candidates: Vec<FrontEnd>,
    /// What to say where there is none.
    nobody: String,
    /// The egress's name is said in EHLO (the connector has no Fqdn).
    names_egress: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The front end last gone through.
    through: Option<String>,
    /// Why no front end could be used, or the one in use was lost.
    failure: Option<String>,
}

/// What stands in the way.
pub(crate) enum Blocked {
    /// The front end works; the target cannot be reached from there.
    Target(String),
    /// No front end works.
    FrontEnd(String),
}

impl FrontEnds {
    /// Ways out that show this identity and take only front ends of the same organization.
    pub fn new(tls: Arc<MutualTls>) -> Self {
        Self { tls, failures: Arc::default(), turn: Arc::default() }
    }

    /// The way out of the server `here`. `names_egress`: EHLO says the egress's name.
    pub fn passage(&self, snapshot: &Snapshot, here: &Server, names_egress: bool) -> Passage {
        let near =
            || snapshot.servers.iter().filter(|s| s.is_client_access_server && s.site == here.site);
        let serving = near().filter(|server| server.front_end_serves());
        let mut candidates: Vec<FrontEnd> =
            serving.filter_map(|server| front_end(snapshot, server, here)).collect();
        if !candidates.is_empty() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % candidates.len();
            candidates.rotate_left(turn);
        }
        candidates.sort_by_key(|candidate| self.failed_within(&candidate.name, LAST).is_some());
        let names: Vec<String> = near().map(|server| server.name.to_string()).collect();
        Passage {
            front_ends: self.clone(),
            candidates,
            nobody: nobody(&names, &here.site),
            names_egress,
            state: Mutex::default(),
        }
    }

    fn failed_within(&self, name: &str, span: Duration) -> Option<String> {
        let failures = self.failures.lock();
        let (at, why) = failures.get(name)?;
        (at.elapsed() < span).then(|| why.clone())
    }
}

/// LastError where no front end of the site takes connections.
fn nobody(names: &[String], site: &str) -> String {
    let advice = "the message waits: it is never sent around the front end";
    if names.is_empty() {
        return format!(
            "451 4.4.0 FrontendProxyEnabled True: no server of site \"{site}\" has the role \
             ClientAccess; {advice}"
        );
    }
    let list = names.join(", ");
    format!(
        "451 4.4.0 FrontendProxyEnabled True: Front End Transport of {list} is not Active or has no \
         enabled \"Outbound Proxy Frontend\" Receive connector; {advice}. See \
         Get-ServerComponentState and Get-ReceiveConnector"
    )
}

/// Where the server's front end takes us; `None` where its connector is missing or off.
fn front_end(snapshot: &Snapshot, server: &Server, here: &Server) -> Option<FrontEnd> {
    let is_here = server.header.guid == here.header.guid;
    let mut addresses: Vec<SocketAddr> = snapshot
        .receive_connectors
        .iter()
        .filter(|c| c.enabled && server.name.is(&c.server) && c.is_outbound_proxy())
        .flat_map(|connector| connector.bindings.iter().copied())
        .filter_map(|binding| reachable(binding, is_here))
        .collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses.dedup();
    (!addresses.is_empty()).then(|| FrontEnd {
        name: server.name.to_string(),
        fqdn: server.fqdn.clone(),
        addresses,
        egresses: server.frontend.egress_addresses.clone(),
    })
}

/// How a binding is reached: "every address" on this machine over loopback. Of another server
/// only addresses that are named in its binding are known here.
fn reachable(binding: SocketAddr, is_here: bool) -> Option<SocketAddr> {
    if !binding.ip().is_unspecified() {
        return (is_here || !binding.ip().is_loopback()).then_some(binding);
    }
    let loopback: IpAddr =
        if binding.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    is_here.then(|| SocketAddr::new(loopback, binding.port()))
}

impl Passage {
    /// The front end the connection goes through.
    pub(crate) fn through(&self) -> Option<String> {
        self.state.lock().through.clone()
    }

    /// Why the way out itself failed, when it did.
    pub(crate) fn failure(&self) -> Option<String> {
        self.state.lock().failure.clone()
    }

    /// The way out failed.
    pub(crate) fn fail(&self, why: &str) {
        self.state.lock().failure.get_or_insert_with(|| why.to_owned());
    }

    /// The tunnel was lost: not the target's doing, which would have ended it in order.
    pub(crate) fn lost(&self, error: &std::io::Error) {
        let name = self.through().unwrap_or_default();
        self.fail(&format!(
            "451 4.4.2 The connection through front end {name} was lost: {error}; it is tried \
             again shortly"
        ));
    }

    /// Says without trying when there is no front end that could be tried now.
    pub(crate) fn is_blocked(&self) -> Option<String> {
        let mut why = self.nobody.clone();
        for candidate in &self.candidates {
            why = self.front_ends.failed_within(&candidate.name, PAUSE)?;
        }
        self.fail(&why);
        Some(why)
    }

    /// Opens a tunnel to `target` through the first front end that works.
    pub(crate) async fn open(self: &Arc<Self>, target: SocketAddr) -> Result<Tunnel, Blocked> {
        let mut last = self.nobody.clone();
        for candidate in &self.candidates {
            let opened = self.reach(candidate, target).await;
            let mut failures = self.front_ends.failures.lock();
            match opened {
                Err(Blocked::FrontEnd(why)) => {
                    tracing::warn!(front_end = candidate.name, why, "front end not usable");
                    failures.insert(candidate.name.clone(), (Instant::now(), why.clone()));
                    last = why;
                }
                answered => {
                    failures.remove(&candidate.name);
                    self.state.lock().through = Some(candidate.name.clone());
                    return answered;
                }
            }
        }
        self.fail(&last);
        Err(Blocked::FrontEnd(last))
    }

    async fn reach(
        self: &Arc<Self>,
        front_end: &FrontEnd,
        target: SocketAddr,
    ) -> Result<Tunnel, Blocked> {
        let mut stream = self.connect(front_end).await.map_err(|why| {
            Blocked::FrontEnd(format!(
                "451 4.4.1 Front end {} cannot be used: {why}. Mail for this connector waits for \
                 it. See that Front End Transport is Active there (Get-ServerComponentState {}) \
                 and that its TCP port can be reached",
                front_end.name, front_end.name
            ))
        })?;
        let (reply, bound) = match timeout(ANSWER, ask(&mut stream, target)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(front_end.broke(&error.to_string())),
            Err(_) => return Err(front_end.broke("it did not answer in time")),
        };
        let name = &front_end.name;
        match reply {
            Reply::Succeeded => {}
            Reply::NotAllowed => {
                return Err(Blocked::Target(format!(
                    "front end {name} does not allow this target: {reply} (mail ports of the \
                     Internet, smart hosts, and [frontend] allow of its relais.toml)"
                )));
            }
            reply if reply.is_about_target() => {
                return Err(Blocked::Target(format!("{reply}, through front end {name}")));
            }
            reply => return Err(front_end.broke(&reply.to_string())),
        }
        let egress = bound.map(|bound| bound.ip());
        let hello = self.names_egress.then(|| front_end.name_of(egress).to_string());
        Ok(Tunnel::new(stream, Arc::clone(self), egress, hello))
    }

    /// A connection to the first address of a front end that takes it.
    async fn connect(&self, front_end: &FrontEnd) -> Result<TlsStream<TcpStream>, String> {
        let name = ServerName::try_from(front_end.fqdn.to_string())
            .map_err(|_| format!("{} is not a name for a certificate", front_end.fqdn))?;
        let mut failed = Vec::new();
        for address in &front_end.addresses {
            match self.connect_to(*address, name.clone()).await {
                Ok(stream) => return Ok(stream),
                Err(why) => failed.push(format!("{address}: {why}")),
            }
        }
        Err(failed.join("; "))
    }

    async fn connect_to(
        &self,
        address: SocketAddr,
        name: ServerName<'static>,
    ) -> Result<TlsStream<TcpStream>, String> {
        let late = || "timed out".to_owned();
        let stream = timeout(REACH, TcpStream::connect(address)).await.map_err(|_| late())?;
        let stream = stream.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        let connector = self.front_ends.tls.connector(Role::ClientAccess);
        let shaken = timeout(REACH, connector.connect(name, stream)).await.map_err(|_| late())?;
        shaken.map_err(|error| format!("its certificate or ours was refused: {error}"))
    }
}

impl FrontEnd {
    /// The name the outside sees at this egress.
    fn name_of(&self, egress: Option<IpAddr>) -> &DomainName {
        let named = egress.and_then(|address| {
            self.egresses.iter().find(|egress| egress.address == address.to_canonical())
        });
        named.map_or(&self.fqdn, |egress| &egress.name)
    }

    fn broke(&self, why: &str) -> Blocked {
        Blocked::FrontEnd(format!(
            "451 4.4.1 Front end {} cannot be used: {why}. Mail for this connector waits for it; \
             its log says more",
            self.name
        ))
    }
}

/// Asks for the target; what is read is exactly the answer, so that the rest is the tunnel's.
async fn ask(
    stream: &mut TlsStream<TcpStream>,
    target: SocketAddr,
) -> std::io::Result<(Reply, Option<SocketAddr>)> {
    let mut machine = Client::new(Request { target, egress: None });
    let mut need = machine.begins_with();
    let mut field = [0; LONGEST_FIELD];
    loop {
        stream.write_all(&machine.take_output()).await?;
        stream.flush().await?;
        let field = field.get_mut(..need).ok_or(std::io::ErrorKind::InvalidData)?;
        stream.read_exact(field).await?;
        match machine.feed(field).map_err(std::io::Error::other)? {
            ClientStep::Need(n) => need = n,
            ClientStep::Answered(reply, bound) => return Ok((reply, bound)),
        }
    }
}
