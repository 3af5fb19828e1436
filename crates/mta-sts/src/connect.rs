//! Who opens the connection to a policy host. Usually this machine; in an organization whose
//! Mailbox servers have no way out it may be a front end.

use std::{io, net::SocketAddr, time::Duration};

use dns::{BoxedStream, DnsError, Resolver, Stream};
use futures_util::future::BoxFuture;
use model::DomainName;
use tokio::{net::TcpStream, time::timeout};

/// Addresses tried of one host: who publishes more is not reached by more of them.
const MOST_ADDRESSES: usize = 8;
/// How long one address may take, so that a dead one leaves time for the next.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens connections to policy hosts.
pub trait Connect: Send + Sync {
    /// Connects to `port` of `host`, whose addresses are asked of `resolver`. The caller bounds the
    /// time, and speaks TLS over what it is given.
    ///
    /// # Errors
    /// When the host has no address, or none that answers; the text says which.
    fn connect<'a>(
        &'a self,
        host: &'a DomainName,
        port: u16,
        resolver: &'a Resolver,
    ) -> BoxFuture<'a, io::Result<BoxedStream>>;
}

/// Connects from this machine: at most eight addresses, one after the other, ten seconds each.
/// Private ones are not left out, since a domain of one's own may have no others; a host hears
/// nothing but the beginning of TLS before it has shown a certificate for its name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

impl Connect for Direct {
    fn connect<'a>(
        &'a self,
        host: &'a DomainName,
        port: u16,
        resolver: &'a Resolver,
    ) -> BoxFuture<'a, io::Result<BoxedStream>> {
        Box::pin(first_that_answers((host, port), resolver, TcpStream::connect::<SocketAddr>))
    }
}

/// Connects to the first address of a host that answers, as `dial` does: at most eight, one after the
/// other, ten seconds each.
///
/// # Errors
/// When the host has no address, or none that answers; the text says which.
pub async fn first_that_answers<S, F>(
    (host, port): (&DomainName, u16),
    resolver: &Resolver,
    dial: impl Fn(SocketAddr) -> F,
) -> io::Result<BoxedStream>
where
    S: Stream + 'static,
    F: Future<Output = io::Result<S>>,
{
    let addresses = resolver.addresses(host).await.map_err(unknown)?;
    let mut failures = Vec::new();
    for address in addresses.into_iter().take(MOST_ADDRESSES) {
        match timeout(PATIENCE, dial(SocketAddr::new(address, port))).await {
            Ok(Ok(stream)) => return Ok(Box::new(stream) as BoxedStream),
            Ok(Err(error)) => failures.push(format!("{address}: {error}")),
            Err(_) => failures.push(format!("{address}: no answer")),
        }
    }
    if failures.is_empty() {
        failures.push("the host has no address".to_owned());
    }
    Err(io::Error::other(failures.join("; ")))
}

fn unknown(error: DnsError) -> io::Error {
    io::Error::other(format!("its addresses are not known: {error}"))
}
