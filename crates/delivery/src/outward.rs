//! How this server reaches what is no mail host: web servers (policies, access tokens, reports) and, where
//! it has no way of its own, DNS servers. Directly, or through front ends as mail does.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use directory::Directory;
use dns::{BoxedStream, Tunnels};
use model::ObjectName;

use crate::{BoxFuture, Dialer, FrontEnds};

/// What a front end is asked for where one of its own DNS servers is meant: "this host", which no other
/// target can be (RFC 1122 section 3.2.1.3).
const DNS_OF_FRONT_END: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 53);
/// Where DNS servers are allowed.
const DNS_TARGETS: &str = "[frontend] dns of its relais.toml names no DNS server";
/// Where web servers are allowed.
const HTTPS_TARGETS: &str = "[frontend] allow_https of its relais.toml: port 443 of the Internet, and the ports \
                             of OAuthTokenUrl";

/// The way out of requests.
#[derive(Clone)]
pub enum Outward {
    /// From this machine.
    Direct(Arc<dyn Dialer>),
    /// Through front ends.
    FrontEnds(Arc<Gateway>),
}

/// The front ends of a server's site, as the directory has them at the moment.
pub struct Gateway {
    front_ends: FrontEnds,
    directory: Directory,
    server: ObjectName,
}

impl Outward {
    /// Through the front ends of the site of `server`.
    pub fn through(front_ends: FrontEnds, directory: Directory, server: ObjectName) -> Self {
        Self::FrontEnds(Arc::new(Gateway { front_ends, directory, server }))
    }

    /// A connection to a port of a web server. The caller bounds the time.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn reach(&self, target: SocketAddr) -> io::Result<BoxedStream> {
        match self {
            Self::Direct(dialer) => Ok(Box::new(dialer.dial(target, None).await?)),
            Self::FrontEnds(gateway) => gateway.reach(target, HTTPS_TARGETS).await,
        }
    }
}

impl Gateway {
    async fn reach(&self, target: SocketAddr, allowed: &str) -> io::Result<BoxedStream> {
        let snapshot = self.directory.snapshot();
        let here = snapshot.server(self.server.as_str());
        let here = here.ok_or_else(|| io::Error::other("this server is not in the directory"))?;
        if let Some(shut) = self.front_ends.shut(&snapshot, here) {
            return Err(io::Error::other(shut.of_request()));
        }
        let passage = self.front_ends.passage(&snapshot, here, false);
        match passage.open_for_request(target).await {
            Ok(tunnel) => Ok(Box::new(tunnel)),
            Err(blocked) => Err(io::Error::other(blocked.of_request(allowed))),
        }
    }
}

impl https::Dial for Outward {
    fn dial(&self, target: SocketAddr) -> BoxFuture<'_, io::Result<BoxedStream>> {
        Box::pin(self.reach(target))
    }
}

impl Tunnels for Gateway {
    fn open(&self) -> BoxFuture<'_, io::Result<BoxedStream>> {
        Box::pin(self.reach(DNS_OF_FRONT_END, DNS_TARGETS))
    }
}
