//! The sandbox's way out: to its own hosts, to loopback, and nowhere else.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
};

use delivery::{BoxFuture, Dialer, DirectDialer};
use tokio::net::TcpStream;

const SMTP_PORT: u16 = 25;

/// Connects pretend addresses to real listeners.
#[derive(Debug)]
pub(crate) struct SandboxDialer {
    routes: HashMap<IpAddr, SocketAddr>,
}

impl SandboxDialer {
    /// A dialer that knows the listeners of these pretend addresses.
    pub(crate) fn new(routes: HashMap<IpAddr, SocketAddr>) -> Self {
        Self { routes }
    }

    /// Where a connection to `target` really goes.
    fn real_target(&self, target: SocketAddr) -> io::Result<SocketAddr> {
        let address = target.ip().to_canonical();
        if let Some(listener) = self.routes.get(&address).filter(|_| target.port() == SMTP_PORT) {
            return Ok(*listener);
        }
        if address.is_loopback() {
            return Ok(SocketAddr::new(address, target.port()));
        }
        Err(if is_pretend(address) {
            io::ErrorKind::ConnectionRefused.into()
        } else {
            io::ErrorKind::NetworkUnreachable.into()
        })
    }
}

impl Dialer for SandboxDialer {
    fn dial(
        &self,
        target: SocketAddr,
        source: Option<IpAddr>,
    ) -> BoxFuture<'_, io::Result<TcpStream>> {
        match self.real_target(target) {
            Ok(real) => {
                // Only a loopback address can reach a loopback listener.
                let source = source
                    .filter(|source| source.is_loopback() && source.is_ipv4() == real.is_ipv4());
                Box::pin(async move { DirectDialer.dial(real, source).await })
            }
            Err(refused) => Box::pin(async move { Err(refused) }),
        }
    }
}

/// Whether the address lies in a network reserved for documents (RFC 5737, RFC 3849).
fn is_pretend(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_documentation(),
        IpAddr::V6(v6) => v6.segments()[..2] == [0x2001, 0xdb8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_machine() {
        let listener: SocketAddr = "127.0.0.1:40001".parse().unwrap();
        let dialer = SandboxDialer::new(HashMap::from([("192.0.2.10".parse().unwrap(), listener)]));
        let goes = |target: &str| {
            dialer.real_target(target.parse().unwrap()).map_err(|refused| refused.kind())
        };
        assert_eq!(goes("192.0.2.10:25"), Ok(listener));
        assert_eq!(goes("[::ffff:192.0.2.10]:25"), Ok(listener));
        assert_eq!(goes("127.0.0.5:2500"), Ok("127.0.0.5:2500".parse().unwrap()));
        assert_eq!(goes("[::1]:2500"), Ok("[::1]:2500".parse().unwrap()));
        for refused in ["192.0.2.10:587", "192.0.2.11:25", "198.51.100.1:25", "[2001:db8::1]:25"] {
            assert_eq!(goes(refused), Err(io::ErrorKind::ConnectionRefused), "{refused}");
        }
        for outside in ["8.8.8.8:25", "0.0.0.0:25", "[2001:4860::1]:25", "10.0.0.1:25"] {
            assert_eq!(goes(outside), Err(io::ErrorKind::NetworkUnreachable), "{outside}");
        }
    }
}
