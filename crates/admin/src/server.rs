//! Sockets, TLS, HTTP/1.1, and an orderly end.
//!
//! What a client says first decides whom it is taken for: who offers [`PEER_PROTOCOL`] by ALPN has to show a certificate of
//! another Mailbox server of the organization, and is served what is for such and nothing else; all others are asked for
//! no certificate and never get there.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use certificates::Shown;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tls::{JOIN_PROTOCOL, MutualTls, PEER_PROTOCOL};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};
use tower::ServiceExt;

use crate::{
    app::App,
    client::Peer,
    connections::{Connection, Connections},
    deadline::Deadline,
    peer_api::{self, ShownByPeer},
    router,
    settings::AdminSettings,
};

/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request's header may take, and how long a connection may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest request header, in bytes, and most fields in it.
const MAX_HEADER: usize = 32 << 10;
const MAX_FIELDS: usize = 64;
/// Most bytes read ahead of what is understood.
const MAX_BUFFER: usize = 64 << 10;
/// After this time a connection takes no further request, so that a client which does not read
/// its answers cannot stay for ever.
const CONNECTION_LIFE: Duration = Duration::from_secs(300);
/// How long a request under way may still take when its connection's time is over.
const LIFE_GRACE: Duration = Duration::from_secs(60);
/// How much of that an endless answer leaves.
const ENDLESS_MARGIN: Duration = Duration::from_secs(10);
/// How long a request under way may still take when the server stops.
const STOP_GRACE: Duration = Duration::from_secs(10);
/// Pause after the system could not give us a connection (no descriptors, no memory).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is done; then takes no new connection, lets requests under way
/// finish (at most 10 s), and returns.
///
/// # Errors
/// When the listener is none. While serving there are none: accepting is tried again.
pub async fn serve(
    listener: TcpListener,
    settings: AdminSettings,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let (shown, sandbox) = (Arc::clone(&settings.shown), settings.sandbox.clone());
    let peers = settings.peers.clone();
    let app = App::new(settings);
    let routers = Routers { open: router::router(&app, sandbox), peers: peer_api::router(&app) };
    let connections = Connections::new(app.proxies.clone());
    let (stop, stopped) = watch::channel(false);
    let mut running = JoinSet::new();
    tracing::info!(%address, "administration listens");
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = running.join_next(), if !running.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // No room: the connection is closed again at once.
                    if let Some(place) = connections.open(peer.ip()) {
                        let session = Session {
                            shown: Arc::clone(&shown),
                            peers: peers.clone(),
                            routers: routers.clone(),
                            peer,
                            stopped: stopped.clone(),
                            _place: place,
                        };
                        running.spawn(session.run(stream));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    app.stop();
    // Connections are told; when nobody listens, none is left.
    let _ = stop.send(true);
    let all_done = async { while running.join_next().await.is_some() {} };
    if timeout(STOP_GRACE + Duration::from_secs(1), all_done).await.is_err() {
        tracing::warn!("requests were still under way at the end");
    }
    Ok(())
}

/// Which path leads where: for everybody, and for other servers.
#[derive(Clone)]
struct Routers {
    open: Router,
    peers: Router,
}

/// One client's connection.
struct Session {
    shown: Arc<Shown>,
    peers: Option<Arc<MutualTls>>,
    routers: Routers,
    peer: SocketAddr,
    stopped: watch::Receiver<bool>,
    _place: Connection,
}

impl Session {
    async fn run(mut self, stream: TcpStream) {
        // Answers are small and waited for. Works without, too.
        let _ = stream.set_nodelay(true);
        let handshake = shake(self.shown.as_ref(), self.peers.as_deref(), stream);
        let stream = tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => return,
            shaken = timeout(HANDSHAKE_TIMEOUT, handshake) => match shaken {
                Ok(Ok(Some(stream))) => stream,
                // What cannot be shown has been logged.
                Ok(Ok(None)) => return,
                Ok(Err(error)) => {
                    tracing::debug!(client = %self.peer, %error, "no TLS handshake");
                    return;
                }
                Err(_) => return,
            },
        };
        let peer = Peer(self.peer.ip());
        let shown = certificate_of_peer(&stream);
        let routers = self.routers.clone();
        let router = if shown.is_some() { routers.peers } else { routers.open };
        let deadline = Deadline(Instant::now() + CONNECTION_LIFE + LIFE_GRACE - ENDLESS_MARGIN);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(deadline);
            if let Some(shown) = &shown {
                request.extensions_mut().insert(shown.clone());
            }
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_header_size(MAX_HEADER)
            .max_headers(MAX_FIELDS)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            result = connection.as_mut() => Ok(result),
            () = sleep(CONNECTION_LIFE) => Err(LIFE_GRACE),
            _ = self.stopped.wait_for(|stopped| *stopped) => Err(STOP_GRACE),
        };
        let result = match ended {
            Ok(result) => result,
            Err(grace) => {
                connection.as_mut().graceful_shutdown();
                timeout(grace, connection).await.unwrap_or(Ok(()))
            }
        };
        if let Err(error) = result {
            tracing::debug!(client = %self.peer, %error, "connection ended early");
        }
    }
}

/// The handshake; `None` where there is no certificate to show.
async fn shake(
    shown: &Shown,
    peers: Option<&MutualTls>,
    stream: TcpStream,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    let offers = |protocol: &[u8]| {
        let hello = start.client_hello();
        hello.alpn().is_some_and(|mut offered| offered.any(|one| one == protocol))
    };
    let acceptor = match peers.filter(|_| offers(PEER_PROTOCOL)) {
        Some(peers) => Some(peers.peer_acceptor()),
        None if offers(JOIN_PROTOCOL) => shown.join_acceptor(),
        None => shown.https_acceptor(),
    };
    let Some(acceptor) = acceptor else { return Ok(None) };
    start.into_stream(Arc::clone(acceptor.config())).await.map(Some)
}

/// What the other side has proven to be its own, where it was taken for another server.
fn certificate_of_peer(stream: &TlsStream<TcpStream>) -> Option<ShownByPeer> {
    let session = stream.get_ref().1;
    let leaf = session.peer_certificates()?.first()?.clone().into_owned();
    (session.alpn_protocol() == Some(PEER_PROTOCOL)).then_some(ShownByPeer(leaf))
}
