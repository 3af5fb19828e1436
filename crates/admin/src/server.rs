//! Sockets, TLS, HTTP/1.1, and an orderly end.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use certificates::Shown;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tower::ServiceExt;

use crate::{
    app::App,
    client::Peer,
    connections::{Connection, Connections},
    deadline::Deadline,
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
    let app = App::new(settings);
    let router = router::router(&app, sandbox);
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
                            router: router.clone(),
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

/// One client's connection.
struct Session {
    shown: Arc<Shown>,
    router: Router,
    peer: SocketAddr,
    stopped: watch::Receiver<bool>,
    _place: Connection,
}

impl Session {
    async fn run(mut self, stream: TcpStream) {
        // Answers are small and waited for. Works without, too.
        let _ = stream.set_nodelay(true);
        // What cannot be shown has been logged.
        let Some(acceptor) = self.shown.https_acceptor() else { return };
        let handshake = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream));
        let stream = tokio::select! {
            _ = self.stopped.wait_for(|stopped| *stopped) => return,
            shaken = handshake => match shaken {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => {
                    tracing::debug!(client = %self.peer, %error, "no TLS handshake");
                    return;
                }
                Err(_) => return,
            },
        };
        let peer = Peer(self.peer.ip());
        let router = self.router.clone();
        let deadline = Deadline(Instant::now() + CONNECTION_LIFE + LIFE_GRACE - ENDLESS_MARGIN);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(deadline);
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
