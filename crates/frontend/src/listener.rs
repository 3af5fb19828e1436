//! The sockets of outbound proxying: the bindings of this server's "Outbound Proxy Frontend"
//! connectors, opened and closed as the directory and `Set-ServerComponentState` say.

use std::{
    collections::{HashMap, HashSet},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use delivery::{Dialer, OwnAddresses};
use directory::{Directory, ReceiveConnector, Snapshot};
use model::{ObjectName, session_log::SessionLog};
use socket2::{Domain, Protocol, Socket, Type};
use tls::MutualTls;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::{
    room::{Room, Stranger},
    rules::Lent,
    session::{self, Shared},
};

/// How long tunnels may take to come to an end when the server stops.
const DRAIN: Duration = Duration::from_secs(10);
/// A binding that could not be opened is tried again this often.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What a front end is made of.
pub struct FrontEndSettings {
    /// Connectors, states, egress addresses.
    pub directory: Directory,
    /// This server.
    pub server: ObjectName,
    /// Its certificate for the organization's other servers.
    pub tls: Arc<MutualTls>,
    /// Who opens connections outwards.
    pub dialer: Arc<dyn Dialer>,
    /// What its settings file lends to Mailbox servers.
    pub lent: Lent,
    /// Addresses of this machine, which are not connected to.
    pub own_addresses: OwnAddresses,
    /// Who writes the connectivity log.
    pub log: Arc<dyn SessionLog>,
}

/// Running Front End Transport, outbound. Nothing of it outlives the process.
pub struct FrontEnd {
    stop: watch::Sender<bool>,
    keeper: JoinHandle<()>,
}

impl FrontEnd {
    /// Listens where the directory says, and goes on doing so. Must be called on a tokio runtime.
    pub fn start(settings: FrontEndSettings) -> Self {
        let (stop, stopped) = watch::channel(false);
        let FrontEndSettings { directory, server, tls, dialer, lent, own_addresses, log } =
            settings;
        let shared = Shared { directory, server, tls, dialer, lent, own_addresses, log };
        let shared = Arc::new(shared);
        let mut keeper = Keeper { shared, open: HashMap::new(), tunnels: Arc::default() };
        keeper.reconcile();
        Self { stop, keeper: tokio::spawn(keeper.run(stopped)) }
    }

    /// Stops listening and lets tunnels end; those that do not within ten seconds are cut.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.keeper.await.is_err() {
            tracing::error!("the front end ended badly");
        }
    }
}

/// Keeps the open sockets equal to what the directory asks for.
struct Keeper {
    shared: Arc<Shared>,
    /// Aborting one closes its socket; tunnels that came through it go on.
    open: HashMap<SocketAddr, JoinHandle<()>>,
    tunnels: Arc<Tunnels>,
}

/// The tunnels there are.
#[derive(Default)]
struct Tunnels {
    room: Room,
    tasks: parking_lot::Mutex<JoinSet<()>>,
}

impl Keeper {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut changed = self.shared.directory.subscribe();
        loop {
            tokio::select! {
                change = changed.changed() => if change.is_err() { break },
                _ = stop.changed() => break,
                () = tokio::time::sleep(TRY_AGAIN) => {}
            }
            self.reconcile();
        }
        for (_, listening) in self.open.drain() {
            listening.abort();
        }
        let mut tasks = std::mem::take(&mut *self.tunnels.tasks.lock());
        let ended = async { while tasks.join_next().await.is_some() {} };
        if timeout(DRAIN, ended).await.is_err() {
            tracing::warn!("some tunnels of the front end were cut off at the stop");
        }
    }

    fn reconcile(&mut self) {
        let wanted = bindings(&self.shared.directory.snapshot(), &self.shared.server);
        self.open.retain(|address, listening| {
            let keep = wanted.contains(address) && !listening.is_finished();
            if !keep {
                listening.abort();
                tracing::info!(%address, "front end: no longer listening");
            }
            keep
        });
        for address in wanted {
            if self.open.contains_key(&address) {
                continue;
            }
            match listen(address) {
                Ok(listener) => {
                    tracing::info!(%address, "front end: listening for Mailbox servers");
                    let (shared, tunnels) = (Arc::clone(&self.shared), Arc::clone(&self.tunnels));
                    self.open.insert(address, tokio::spawn(accept(shared, tunnels, listener)));
                }
                Err(error) => {
                    tracing::error!(%address, %error, "front end: cannot listen; it is tried again");
                }
            }
        }
    }
}

/// Where to listen: nowhere when Front End Transport is not Active here.
fn bindings(snapshot: &Snapshot, server: &ObjectName) -> HashSet<SocketAddr> {
    let serves = snapshot.server(server.as_str()).is_some_and(|server| server.front_end_serves());
    let connectors = snapshot.receive_connectors.iter().filter(|c| serves && is_ours(c, server));
    let all: HashSet<SocketAddr> = connectors.flat_map(|c| c.bindings.iter().copied()).collect();
    // Where every address of a port is wanted, its socket serves single addresses too.
    let covered = |address: &SocketAddr| {
        let any: std::net::IpAddr =
            if address.is_ipv4() { [0; 4].into() } else { [0u16; 8].into() };
        !address.ip().is_unspecified() && all.contains(&SocketAddr::new(any, address.port()))
    };
    all.iter().filter(|address| !covered(address)).copied().collect()
}

fn is_ours(connector: &ReceiveConnector, server: &ObjectName) -> bool {
    connector.enabled && server.is(&connector.server) && connector.is_outbound_proxy()
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
async fn accept(shared: Arc<Shared>, tunnels: Arc<Tunnels>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => match welcome(&shared, &tunnels.room, &stream, remote) {
                Some(stranger) => start(&shared, &tunnels, stream, stranger, remote),
                None => {
                    tracing::debug!(%remote, "front end: connection refused by the connector");
                }
            },
            Err(error) => {
                // Out of descriptors, most likely: give tunnels a moment to end.
                tracing::warn!(%error, "front end: cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// A place for the handshake, where a connector takes this source and has room.
fn welcome(
    shared: &Shared,
    room: &Room,
    stream: &TcpStream,
    remote: SocketAddr,
) -> Option<Stranger> {
    let snapshot = shared.directory.snapshot();
    let local = stream.local_addr().ok()?;
    let source = remote.ip().to_canonical();
    let mut ours = snapshot.receive_connectors.iter().filter(|c| is_ours(c, &shared.server));
    let connector = ours.find(|connector| {
        let is_bound = connector.bindings.iter().any(|bound| {
            bound.port() == local.port()
                && (bound.ip().is_unspecified() || bound.ip() == local.ip())
        });
        is_bound && connector.remote_ip_ranges.iter().any(|range| range.contains(source))
    })?;
    room.enter(connector, source)
}

fn start(
    shared: &Arc<Shared>,
    tunnels: &Arc<Tunnels>,
    stream: TcpStream,
    stranger: Stranger,
    remote: SocketAddr,
) {
    let _ = stream.set_nodelay(true);
    let shared = Arc::clone(shared);
    let mut tasks = tunnels.tasks.lock();
    // Those that have ended are let go of here, so that the set does not grow.
    while tasks.try_join_next().is_some() {}
    tasks.spawn(async move { session::run(&shared, stream, stranger, remote).await });
}
