//! A connection through a front end, for SMTP to be spoken in. An end in order is the target's;
//! anything else is the front end's doing, and is noted as that. The session is over either way:
//! nobody knows how much of it has reached the target.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use crate::health::Through;

/// What is said of a tunnel that broke off; senders read it too, so it names nothing of ours.
const BROKEN: &str = "the outbound gateway broke off";

/// The tunnel.
pub(crate) struct Tunnel {
    stream: TlsStream<TcpStream>,
    through: Arc<Through>,
    /// The address the outside sees, where the front end says it.
    pub(crate) egress: Option<IpAddr>,
    /// Our name in EHLO at that address, unless the connector has one.
    pub(crate) hello: Option<String>,
}

impl Tunnel {
    pub(crate) fn new(
        stream: TlsStream<TcpStream>,
        through: Arc<Through>,
        egress: Option<IpAddr>,
        hello: Option<String>,
    ) -> Self {
        Self { stream, through, egress, hello }
    }

    /// Our end of the connection to the front end.
    pub(crate) fn local(&self) -> Option<SocketAddr> {
        self.stream.get_ref().0.local_addr().ok()
    }
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if let Poll::Ready(Err(error)) = &read {
            self.through.broke(error);
            return Poll::Ready(Err(io::Error::new(error.kind(), BROKEN)));
        }
        read
    }
}

impl AsyncWrite for Tunnel {
    // A write may fail because the end in order has not been read yet: only reads tell.
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
