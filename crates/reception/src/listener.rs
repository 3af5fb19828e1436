//! The sockets: one for each binding of an enabled Receive connector of this server, opened
//! and closed as the directory changes. A connection goes to the connector whose remote range
//! fits it most closely (routing.md section 8).

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use certificates::Shown;
use directory::{Directory, ReceiveConnector, Snapshot, TransportRole};
use identity::{Authenticator, TokenVerifier};
use model::{Clock, EventSink, ObjectName, session_log::SessionLog};
use prometheus_client::registry::Registry;
use socket2::{Domain, Protocol, Socket, Type};
use tls::{MutualTls, TrustAnchors};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Intake,
    admission::{Admission, Denied},
    conversation::Conversation,
    metrics::ReceptionMetrics,
    policy::Policy,
    sender_proof::{CurrentResolver, SenderProof},
    session::Session,
    shared::Shared,
};

/// How long sessions may take to come to an end when the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// What reception needs from the rest of the server.
pub struct ReceptionSettings {
    /// Receive connectors, domains, mailboxes.
    pub directory: Directory,
    /// This server.
    pub server: ObjectName,
    /// Our name in greetings and trace fields.
    pub fqdn: String,
    /// Who takes messages over.
    pub intake: Arc<dyn Intake>,
    /// Who checks passwords.
    pub authenticator: Authenticator,
    /// Who judges access tokens.
    pub tokens: TokenVerifier,
    /// Our certificates.
    pub shown: Arc<Shown>,
    /// How other servers of the organization prove who they are.
    pub servers: Arc<MutualTls>,
    /// Who vouches for clients.
    pub trust: Arc<TrustAnchors>,
    /// Who looks up what strangers' messages prove of their senders.
    pub resolver: CurrentResolver,
    /// Who is told of events.
    pub events: Arc<dyn EventSink>,
    /// Who writes the logs of sessions.
    pub session_log: Arc<dyn SessionLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Running reception of one server.
pub struct Reception {
    stop: watch::Sender<bool>,
    metrics: Arc<ReceptionMetrics>,
    keeper: JoinHandle<()>,
}

/// A socket and how connections on it begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Binding {
    address: SocketAddr,
    implicit_tls: bool,
}

impl Binding {
    /// Whether this one's socket takes the other's connections: every address of its port.
    fn covers(&self, other: &Self) -> bool {
        self.address.ip().is_unspecified()
            && !other.address.ip().is_unspecified()
            && self.address.is_ipv4() == other.address.is_ipv4()
            && self.address.port() == other.address.port()
            && self.implicit_tls == other.implicit_tls
    }
}

impl Reception {
    /// Opens the sockets of every enabled Receive connector of the server and keeps them as the
    /// directory says. One that cannot be opened is logged and tried again. Must be called on a
    /// tokio runtime.
    pub fn start(settings: ReceptionSettings) -> Self {
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            directory: settings.directory,
            server: settings.server,
            fqdn: settings.fqdn,
            intake: settings.intake,
            authenticator: settings.authenticator,
            tokens: settings.tokens,
            shown: settings.shown,
            servers: settings.servers,
            trust: settings.trust,
            events: settings.events,
            session_log: settings.session_log,
            clock: settings.clock,
            admission: Arc::new(Admission::default()),
            sender_proof: Arc::new(SenderProof::new(settings.resolver)),
            stop: stopped,
        });
        let mut keeper = Keeper { shared, open: HashMap::new() };
        if let Err(error) = keeper.reconcile() {
            // A directory setting must not keep the server from starting: it could never be
            // mended then.
            tracing::error!(%error, "a Receive connector cannot listen; it is tried again");
        }
        let metrics = ReceptionMetrics {
            directory: keeper.shared.directory.clone(),
            admission: Arc::clone(&keeper.shared.admission),
            sender_proof: Arc::clone(&keeper.shared.sender_proof),
        };
        Self { stop, metrics: Arc::new(metrics), keeper: tokio::spawn(keeper.run()) }
    }

    /// Makes connections and what they hold readable in `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(Arc::clone(&self.metrics)));
    }

    /// Stops listening, lets sessions finish what they are in the middle of, and ends them.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.keeper.await.is_err() {
            tracing::error!("reception ended badly");
        }
    }
}

/// Keeps the open sockets equal to what the directory asks for.
struct Keeper {
    shared: Arc<Shared>,
    /// Aborting one closes its socket; sessions that came through it go on.
    open: HashMap<Binding, JoinHandle<()>>,
}

impl Keeper {
    async fn run(mut self) {
        let mut changed = self.shared.directory.subscribe();
        let mut stop = self.shared.stop.clone();
        loop {
            tokio::select! {
                change = changed.changed() => if change.is_err() { break },
                _ = stop.changed() => break,
                // A binding that could not be opened may have become free.
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
            if let Err(error) = self.reconcile() {
                tracing::warn!(%error, "a Receive connector cannot listen");
            }
        }
        for (_, listening) in self.open.drain() {
            listening.abort();
        }
        if timeout(DRAIN, self.shared.admission.empty()).await.is_err() {
            tracing::warn!("some sessions were cut off at the stop");
        }
    }

    /// Opens what is missing, closes what is no longer wanted. The first failure is returned
    /// after everything else has been done.
    fn reconcile(&mut self) -> io::Result<()> {
        let wanted = bindings(&self.shared.directory.snapshot(), &self.shared.server);
        self.open.retain(|binding, listening| {
            let keep = wanted.contains(binding) && !listening.is_finished();
            if !keep {
                listening.abort();
            }
            keep
        });
        let mut failure = None;
        for binding in wanted {
            if self.open.contains_key(&binding) {
                continue;
            }
            match listen(binding.address) {
                Ok(listener) => {
                    tracing::info!(address = %binding.address, implicit_tls = binding.implicit_tls, "listening");
                    let accepting = accept(Arc::clone(&self.shared), binding, listener);
                    self.open.insert(binding, tokio::spawn(accepting));
                }
                Err(error) => {
                    let error = io::Error::new(
                        error.kind(),
                        format!("cannot listen on {}: {error}", binding.address),
                    );
                    failure.get_or_insert(error);
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

/// The bindings of this server's enabled connectors that admit anybody.
fn bindings(snapshot: &Snapshot, server: &ObjectName) -> Vec<Binding> {
    let mut bindings: Vec<Binding> = Vec::new();
    for connector in open_connectors(snapshot, server) {
        let plain = connector.bindings.iter().map(|a| (*a, false));
        let implicit = connector.implicit_tls_bindings.iter().map(|a| (*a, true));
        for (address, implicit_tls) in plain.chain(implicit) {
            let binding = Binding { address, implicit_tls };
            if !bindings.contains(&binding) {
                bindings.push(binding);
            }
        }
    }
    // Where every address of a port is wanted, its socket serves single addresses too: the
    // system does not open both.
    let all = bindings.clone();
    bindings.retain(|binding| !all.iter().any(|other| other.covers(binding)));
    bindings
}

/// The connectors that take connections now: those whose part of the server is in service.
fn open_connectors<'a>(
    snapshot: &'a Snapshot,
    server: &ObjectName,
) -> impl Iterator<Item = &'a Arc<ReceiveConnector>> {
    let here = snapshot.server(server.as_str());
    snapshot.receive_connectors.iter().filter(move |connector| {
        here.is_some_and(|server| server.takes_mail_through(connector.transport_role))
            && serves(connector, server)
    })
}

/// Whether SMTP is spoken on the connector of this server. On that of the outbound proxy it is
/// not, whatever permissions it has been given: its port is the front end's.
fn serves(connector: &ReceiveConnector, server: &ObjectName) -> bool {
    connector.enabled
        && server.is(&connector.server)
        && !connector.is_outbound_proxy()
        && Policy::serves_anybody(connector)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// Accepts for as long as the binding is wanted.
async fn accept(shared: Arc<Shared>, binding: Binding, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let _ = stream.set_nodelay(true);
                start_session(&shared, binding, stream, remote);
            }
            Err(error) => {
                // Out of descriptors, most likely: give sessions a moment to end.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn start_session(shared: &Arc<Shared>, binding: Binding, stream: TcpStream, peer: SocketAddr) {
    let snapshot = shared.directory.snapshot();
    let remote = peer.ip().to_canonical();
    let local = stream.local_addr().unwrap_or(binding.address);
    let Some(connector) = choose(&snapshot, &shared.server, binding, local, remote) else {
        tracing::debug!(%remote, address = %binding.address, "no Receive connector for this source");
        return;
    };
    let rate = snapshot.server(shared.server.as_str()).map_or(u32::MAX, |server| {
        match connector.transport_role {
            TransportRole::FrontendTransport => server.frontend.max_connection_rate_per_minute,
            TransportRole::HubTransport => server.transport.max_connection_rate_per_minute,
        }
    });
    let peer = SocketAddr::new(remote, peer.port());
    let conversation = Conversation::begin(&shared.session_log, connector, Some(local), peer);
    match shared.admission.admit(connector, remote, rate, shared.clock.now()) {
        Ok(admitted) => {
            let (shared, connector) = (Arc::clone(shared), Arc::clone(connector));
            tokio::spawn(Session::run(
                shared,
                connector,
                remote,
                admitted,
                (stream, binding.implicit_tls),
                conversation,
            ));
        }
        Err(denied) => {
            shared.admission.count_denied(denied);
            tracing::debug!(%remote, ?denied, connector = %connector.name, "connection refused");
            tokio::spawn(refuse(stream, denied, binding.implicit_tls, conversation));
        }
    }
}

/// The connector of this binding whose remote range holds `remote` and is the narrowest.
fn choose<'a>(
    snapshot: &'a Snapshot,
    server: &ObjectName,
    binding: Binding,
    local: SocketAddr,
    remote: IpAddr,
) -> Option<&'a Arc<ReceiveConnector>> {
    let of_binding = |connector: &ReceiveConnector| {
        let bound = bound(connector, binding);
        bound.contains(&binding.address) || bound.contains(&local)
    };
    open_connectors(snapshot, server)
        .filter(|c| of_binding(c))
        .filter_map(|c| {
            let narrowest =
                c.remote_ip_ranges.iter().filter(|r| r.contains(remote)).map(|r| r.size()).min();
            // Among equal ranges, the connector of exactly this address.
            narrowest.map(|size| ((size, !bound(c, binding).contains(&local)), c))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, connector)| connector)
}

/// The connector's addresses of the binding's kind.
fn bound(connector: &ReceiveConnector, binding: Binding) -> &[SocketAddr] {
    if binding.implicit_tls { &connector.implicit_tls_bindings } else { &connector.bindings }
}

/// Says why, where that can be said in clear, and closes.
async fn refuse(
    stream: TcpStream,
    denied: Denied,
    implicit_tls: bool,
    mut conversation: Conversation,
) {
    let text = match denied {
        Denied::Connector => "421 4.3.2 Service not available: too many connections",
        Denied::Source => {
            "421 4.3.2 The maximum number of concurrent connections has exceeded the limit for this source"
        }
        Denied::Rate => "421 4.3.2 The maximum rate of new connections has been exceeded",
    };
    if !implicit_tls {
        let _ = stream.writable().await;
        let _ = stream.try_write(format!("{text}\r\n").as_bytes());
        conversation.said(text, denied.limit());
    }
}

#[cfg(test)]
mod tests {
    use directory::{ExtendedRight, Header, PermissionGroups, Usage};

    use super::*;

    #[test]
    fn a_right_of_anybody_does_not_make_the_outbound_proxy_speak_smtp() {
        let mut connector = ReceiveConnector::from_usage(
            Header::fresh(),
            "MBX01".to_owned(),
            "Outbound Proxy Frontend MBX01".parse().unwrap(),
            Usage::Custom,
        );
        connector.outbound_proxy = true;
        connector.permission_groups = PermissionGroups::EXCHANGE_SERVERS;
        connector.extra_permissions = vec![ExtendedRight::Submit];
        let server = "MBX01".parse().unwrap();
        assert!(connector.is_outbound_proxy() && Policy::serves_anybody(&connector));
        assert!(!serves(&connector, &server));
        connector.outbound_proxy = false;
        assert!(serves(&connector, &server), "another connector for servers is no proxy");
    }
}
