//! Opens connections: the one place that decides which socket a mail host's port is reached at.
//! The sandbox puts its pretend Internet here; a front end will put its proxy here.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    time::Duration,
};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpSocket, TcpStream};

/// How long a host's machine may say nothing at all.
const SILENCE: Duration = Duration::from_secs(60);

/// A future that is sent between threads and lives as long as what it borrows.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How a connection to a mail host is opened.
pub trait Dialer: Send + Sync {
    /// Connects to `target`, from the local address `source` when one is asked for. The caller
    /// bounds the time.
    fn dial(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
    ) -> BoxFuture<'_, io::Result<TcpStream>>;
}

/// Connects to exactly the address it is given.
#[derive(Debug, Clone, Copy, Default)]
pub struct DirectDialer;

impl Dialer for DirectDialer {
    fn dial(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
    ) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(async move {
            let socket = if target.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
            if let Some(source) = source {
                socket.bind(SocketAddr::new(source, 0))?;
            }
            let stream = socket.connect(target).await?;
            stream.set_nodelay(true)?;
            end_when_silent(&stream);
            Ok(stream)
        })
    }
}

/// A host that takes its time still says that it is there; one that a network has cut off does not. An answer may
/// take ten minutes (RFC 5321 section 4.5.3.2.6): nobody waits for it on a line that is dead.
fn end_when_silent(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(SILENCE / 2).with_interval(SILENCE / 6);
    // Works without, too.
    let _ = socket.set_tcp_keepalive(&keepalive);
    let _ = socket.set_tcp_user_timeout(Some(SILENCE));
}
