//! Opens connections: the one place that decides which socket a mail host's port is reached at.
//! The sandbox puts its pretend Internet here; a front end will put its proxy here.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
};

use tokio::net::{TcpSocket, TcpStream};

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
            Ok(stream)
        })
    }
}
