//! The way out through Front End Transport of this site: which front ends there are, which one
//! is taken, and the SOCKS5 conversation with it under mutual TLS (DESIGN section 9).
//!
//! A front end through which no tunnel can be opened says nothing of the destination: that is kept
//! apart, so that the destination's retry ladder does not climb for it. What a front end answers,
//! and what happens in a tunnel that stood, counts for the destination, as it would without front
//! ends: else one bad destination would hold up all others. There is no way around front ends.

use std::{
    io,
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
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};
use tokio_rustls::client::TlsStream;

use crate::{
    blocked::{Blocked, Shut},
    health::{Health, Through},
    tunnel::Tunnel,
};

/// For the connection to a front end and the handshake, each.
const REACH: Duration = Duration::from_secs(10);
/// For a front end's answer; it gives up on the destination earlier.
const ANSWER: Duration = Duration::from_secs(35);
/// A front end that has not answered by then is at fault itself: it gives up on a target after
/// 25 seconds.
const OVERDUE: Duration = Duration::from_secs(27);
/// A request that is given up after so long without a connection to the front end shows a fault of that.
const LONG_ENOUGH: Duration = Duration::from_secs(4);
/// Connections that are being made to front ends at once; fewer than the
/// MaxInboundConnectionPerSource of their connectors (20) allows.
const SHAKING: usize = 16;
/// The longest field of the protocol, with the port behind a name.
const LONGEST_FIELD: usize = 257;

/// What all ways out through front ends share.
#[derive(Clone)]
pub struct FrontEnds {
    tls: Arc<MutualTls>,
    health: Arc<Health>,
    shaking: Arc<Semaphore>,
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
    nobody: Shut,
    /// The egress's name is said in EHLO (the connector has no Fqdn).
    names_egress: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The front end last gone through.
    through: Option<Arc<Through>>,
    /// Why no front end could be used.
    failure: Option<String>,
    /// Some front end has answered a request, whatever it said.
    answered: bool,
    /// The front end that is being waited for, and since when that is its own fault.
    waiting: Option<(String, Instant)>,
}

impl FrontEnds {
    /// Ways out that show this identity and take only front ends of the same organization.
    pub fn new(tls: Arc<MutualTls>) -> Self {
        let shaking = Arc::new(Semaphore::new(SHAKING));
        Self { tls, health: Arc::default(), shaking, turn: Arc::default() }
    }

    /// The way out of the server `here`. `names_egress`: EHLO says the egress's name.
    pub fn passage(&self, snapshot: &Snapshot, here: &Server, names_egress: bool) -> Passage {
        let mut candidates: Vec<FrontEnd> = serving(snapshot, here).collect();
        if !candidates.is_empty() {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % candidates.len();
            candidates.rotate_left(turn);
        }
        candidates.sort_by_key(|candidate| self.health.failed_lately(&candidate.name));
        Passage {
            front_ends: self.clone(),
            candidates,
            nobody: nobody(snapshot, here),
            names_egress,
            state: Mutex::default(),
        }
    }

    /// Why nothing of `here` can leave through a front end at the moment, as LastError. Where they all
    /// have failed, `None` lets one caller try for all others.
    pub fn barred(&self, snapshot: &Snapshot, here: &Server) -> Option<String> {
        self.shut(snapshot, here).map(|shut| shut.last_error())
    }

    /// The same.
    pub(crate) fn shut(&self, snapshot: &Snapshot, here: &Server) -> Option<Shut> {
        let names: Vec<String> = serving(snapshot, here).map(|front_end| front_end.name).collect();
        if names.is_empty() {
            return Some(nobody(snapshot, here));
        }
        let barred = self.health.barred(names.iter().map(String::as_str));
        barred.map(|(name, why)| Shut::Unusable(name, why))
    }
}

/// The servers of our site that have the role of a front end.
fn near<'a>(snapshot: &'a Snapshot, here: &'a Server) -> impl Iterator<Item = &'a Arc<Server>> {
    snapshot.servers.iter().filter(|s| s.is_client_access_server && s.site == here.site)
}

/// Those of them that take connections.
fn serving<'a>(
    snapshot: &'a Snapshot,
    here: &'a Server,
) -> impl Iterator<Item = FrontEnd> + use<'a> {
    near(snapshot, here)
        .filter(|server| server.front_end_serves())
        .filter_map(|server| front_end(snapshot, server, here))
}

/// What is said where no front end of the site takes connections.
fn nobody(snapshot: &Snapshot, here: &Server) -> Shut {
    let names: Vec<String> = near(snapshot, here).map(|server| server.name.to_string()).collect();
    if names.is_empty() {
        Shut::None(here.site.to_string())
    } else {
        Shut::Inactive(names.join(", "))
    }
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
        self.state.lock().through.as_ref().map(|through| through.front_end.clone())
    }

    /// Why no front end could be used, when that is so.
    pub(crate) fn failure(&self) -> Option<String> {
        self.state.lock().failure.clone()
    }

    /// The time for the search is over: was it a front end that used it up?
    pub(crate) fn given_up(&self) {
        let mut state = self.state.lock();
        let Some((name, overdue)) = state.waiting.take() else { return };
        if !state.answered || Instant::now() >= overdue {
            let why = "it did not answer in time".to_owned();
            self.front_ends.health.failed(&name, &why);
            state.failure = Some(Shut::Unusable(name, why).last_error());
        }
    }

    /// Whoever waited has gone. A front end that could not be connected to for so long is at fault; one that
    /// was asked already may be trying its target.
    fn abandoned(&self) {
        let Some((name, overdue)) = self.state.lock().waiting.take() else { return };
        if Instant::now() >= overdue + LONG_ENOUGH {
            self.front_ends.health.failed(&name, "no connection to it in time");
        }
    }

    /// [`Self::open`] for whoever may not wait for its end.
    pub(crate) async fn open_for_request(&self, target: SocketAddr) -> Result<Tunnel, Blocked> {
        let _noticed = Noticed(self);
        self.open(target).await
    }

    /// Opens a tunnel to `target` through the first front end that works.
    pub(crate) async fn open(&self, target: SocketAddr) -> Result<Tunnel, Blocked> {
        let health = &self.front_ends.health;
        let mut last = self.nobody.clone();
        for candidate in &self.candidates {
            let opened = self.reach(candidate, target).await;
            self.state.lock().waiting = None;
            match opened {
                Err(Blocked::FrontEnd(shut)) => {
                    if let Shut::Unusable(name, why) = &shut {
                        health.failed(name, why);
                    }
                    last = shut;
                }
                answered => {
                    health.works(&candidate.name);
                    self.state.lock().answered = true;
                    return answered;
                }
            }
        }
        self.state.lock().failure = Some(last.last_error());
        Err(Blocked::FrontEnd(last))
    }

    async fn reach(&self, front_end: &FrontEnd, target: SocketAddr) -> Result<Tunnel, Blocked> {
        let name = &front_end.name;
        let broke = |why: &str| Blocked::FrontEnd(Shut::Unusable(name.clone(), why.to_owned()));
        self.wait_for(name, Duration::ZERO);
        let place = Arc::clone(&self.front_ends.shaking).acquire_owned().await;
        let place = place.map_err(|_| broke("this server stops"))?;
        let mut stream = self.connect(front_end).await.map_err(|why| broke(&why))?;
        self.wait_for(name, OVERDUE);
        let (reply, bound) = match timeout(ANSWER, ask(&mut stream, target, place)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(broke(&told(&error))),
            Err(_) => return Err(broke("it did not answer in time")),
        };
        if reply != Reply::Succeeded {
            return Err(Blocked::Target(reply, name.clone()));
        }
        let through = Arc::new(Through::new(name, &self.front_ends.health));
        self.state.lock().through = Some(Arc::clone(&through));
        let egress = bound.map(|bound| bound.ip());
        let hello = self.names_egress.then(|| front_end.name_of(egress).to_string());
        Ok(Tunnel::new(stream, through, egress, hello))
    }

    fn wait_for(&self, front_end: &str, patience: Duration) {
        self.state.lock().waiting = Some((front_end.to_owned(), Instant::now() + patience));
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
        shaken.map_err(|error| told(&error))
    }
}

/// Notices that whoever waited has gone.
struct Noticed<'a>(&'a Passage);

impl Drop for Noticed<'_> {
    fn drop(&mut self) {
        self.0.abandoned();
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
}

/// How the conversation with a front end ended. In TLS 1.3 a refusal of our certificate comes
/// only after the handshake.
fn told(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(tls) if is_about_certificate(tls) => {
            format!("its certificate or ours was refused: {error}")
        }
        Some(_) => format!("the TLS handshake failed: {error}"),
        None if is_end(error.kind()) => format!(
            "it closed the connection before it answered (see RemoteIPRanges, MaxInboundConnection \
             and MaxInboundConnectionPerSource of its Receive connector): {error}"
        ),
        None => error.to_string(),
    }
}

fn is_end(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(kind, UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

fn is_about_certificate(error: &rustls::Error) -> bool {
    use rustls::{AlertDescription as Alert, Error};
    match error {
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => true,
        Error::AlertReceived(alert) => matches!(
            alert,
            Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied
                | Alert::CertificateRequired
        ),
        _ => false,
    }
}

/// Asks for the target; what is read is exactly the answer, so that the rest is the tunnel's. The
/// `place` is given back with the first word of the front end, which knows then who we are.
async fn ask(
    stream: &mut TlsStream<TcpStream>,
    target: SocketAddr,
    place: OwnedSemaphorePermit,
) -> io::Result<(Reply, Option<SocketAddr>)> {
    let mut place = Some(place);
    let mut machine = Client::new(Request { target, egress: None });
    let mut need = machine.begins_with();
    let mut field = [0; LONGEST_FIELD];
    loop {
        stream.write_all(&machine.take_output()).await?;
        stream.flush().await?;
        let field = field.get_mut(..need).ok_or(io::ErrorKind::InvalidData)?;
        stream.read_exact(field).await?;
        drop(place.take());
        match machine.feed(field).map_err(io::Error::other)? {
            ClientStep::Need(n) => need = n,
            ClientStep::Answered(reply, bound) => return Ok((reply, bound)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_blamed_only_where_they_are_to_blame() {
        let refused = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
        let refused = io::Error::new(io::ErrorKind::InvalidData, refused);
        assert!(told(&refused).starts_with("its certificate or ours was refused"));
        let closed = io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof");
        assert!(told(&closed).starts_with("it closed the connection"), "{}", told(&closed));
        let garbage = rustls::Error::DecryptError;
        let garbage = io::Error::new(io::ErrorKind::InvalidData, garbage);
        assert!(told(&garbage).starts_with("the TLS handshake failed"));
    }

    /// A way out whose front ends are of no interest.
    fn passage() -> Passage {
        let (place, clock) = (tempfile::tempdir().unwrap(), model::SystemClock);
        let key = vault::DataKey::load_or_create(&place.path().join("data.key")).unwrap();
        let authority =
            vault::Authority::load_or_create(place.path(), &key, "Contoso", &clock).unwrap();
        let names = ["mbx01.contoso.com".to_owned()];
        let member = authority.issue_member(&names, &Role::ALL, &clock).unwrap();
        let tls = MutualTls::new(&member, authority.certificate()).unwrap();
        Passage {
            front_ends: FrontEnds::new(Arc::new(tls)),
            candidates: Vec::new(),
            nobody: Shut::None("Nowhere".to_owned()),
            names_egress: false,
            state: Mutex::default(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_given_up_shows_only_a_front_end_that_takes_no_connection() {
        for (patience, waited, failed) in
            [(Duration::ZERO, 2, false), (Duration::ZERO, 5, true), (OVERDUE, 10, false)]
        {
            let passage = passage();
            passage.wait_for("MBX01", patience);
            tokio::time::advance(Duration::from_secs(waited)).await;
            drop(Noticed(&passage));
            assert_eq!(passage.front_ends.health.failed_lately("MBX01"), failed, "{waited}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_search_that_ends_at_a_silent_front_end_is_not_the_destinations_fault() {
        // It has said nothing at all.
        let silent = passage();
        silent.wait_for("MBX01", OVERDUE);
        silent.given_up();
        assert!(silent.failure().is_some_and(|why| why.contains("did not answer in time")));
        assert!(silent.front_ends.health.failed_lately("MBX01"));
        // It has answered before and may still be trying this host; later it is overdue.
        let trying = passage();
        trying.state.lock().answered = true;
        trying.wait_for("MBX01", OVERDUE);
        let of_now = trying.state.lock().waiting.clone();
        trying.given_up();
        assert_eq!(trying.failure(), None);
        trying.state.lock().waiting = of_now;
        tokio::time::advance(OVERDUE).await;
        trying.given_up();
        assert!(trying.failure().is_some());
        // No front end was waited for: the host itself was slow.
        let slow = passage();
        slow.given_up();
        assert_eq!(slow.failure(), None);
    }
}
