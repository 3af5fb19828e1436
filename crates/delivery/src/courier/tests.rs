//! The search for a host that talks, over real sockets and in a time of our own.

use std::{collections::HashMap, io, time::Duration};

use directory::{Header, SendConnector, SmartHost, Usage};
use dns::{Resolver, ResolverSettings};
use model::{AddressDomain, SystemClock, session_log::NoSessionLog};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::{BoxFuture, Resolvers};

/// Counts nothing.
struct Nobody;

impl CountSessions for Nobody {
    fn count(&self, _session: Session) {}
}

/// Leads pretend addresses to sockets here.
struct Detour(HashMap<IpAddr, SocketAddr>);

impl Dialer for Detour {
    fn dial(
        &self,
        target: SocketAddr,
        _source: Option<IpAddr>,
    ) -> BoxFuture<'_, io::Result<TcpStream>> {
        let to = self.0.get(&target.ip()).copied();
        Box::pin(
            async move { TcpStream::connect(to.ok_or(io::ErrorKind::ConnectionRefused)?).await },
        )
    }
}

/// A host whose greeting never ends: a byte every `pause`.
async fn trickling(pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                while stream.write_all(b"2").await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    address
}

/// A host that says what is due.
async fn good() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"220 good\r\n").await.unwrap();
            stream.read_exact(&mut [0; 4]).await.unwrap();
            stream.write_all(b"250 good\r\n").await.unwrap();
            tokio::spawn(async move { stream.read_to_end(&mut Vec::new()).await });
        }
    });
    address
}

fn host(number: u8) -> IpAddr {
    [192, 0, 2, number].into()
}

/// A route to these smart hosts, in this order.
fn route(hosts: &[IpAddr]) -> Route {
    let mut connector =
        SendConnector::from_usage(Header::fresh(), "Out".parse().unwrap(), Usage::Custom);
    connector.dns_routing_enabled = false;
    connector.smart_hosts = hosts.iter().map(|ip| SmartHost::Literal(*ip)).collect();
    let none = || Resolver::new(ResolverSettings::new(Vec::new()));
    let resolvers = Resolvers { internal: none(), external: none() };
    let fqdn: model::DomainName = "mbx01.contoso.com".parse().unwrap();
    let domain = AddressDomain::Name(fqdn.clone());
    Route::new(&connector, &domain, &fqdn, &resolvers, ClientSide::default()).unwrap()
}

/// Which of the hosts the search finds, and how long it takes. Addresses without a socket refuse.
async fn search(
    sockets: &[(IpAddr, SocketAddr)],
    hosts: &[IpAddr],
) -> (Result<String, String>, u64) {
    let place = tempfile::tempdir().unwrap();
    let key = vault::DataKey::ephemeral();
    let file = place.path().join("directory.db");
    let courier = Courier::new(CourierSettings {
        outward: crate::Outward::Direct(Arc::new(crate::DirectDialer)),
        dialer: Arc::new(Detour(sockets.iter().copied().collect())),
        log: Arc::new(NoSessionLog),
        directory: Directory::open(&file, key, Arc::new(SystemClock)).unwrap(),
        servers: crate::servers::tests::servers(crate::FromDirectory),
        trust: Arc::default(),
        refresh_tokens: place.path().join("oauth"),
        particular_replies: Arc::default(),
        own_addresses: Arc::new(Vec::new),
        clock: Arc::new(SystemClock),
        policies: Policies::open(
            &place.path().join("mta-sts"),
            Arc::new(SystemClock),
            Arc::default(),
            Arc::new(mta_sts::Direct),
        )
        .unwrap(),
        sessions: Arc::new(Nobody),
    });
    let (courier, route) = (courier.unwrap(), route(hosts));
    let began = Instant::now();
    let found = courier.find(&route, 0).await.unwrap();
    let connected = courier.connect(&route, found, None).await;
    let seconds = began.elapsed().as_secs();
    let told = connected.map(|c| c.host().to_owned()).map_err(|failure| failure.text().to_owned());
    (told, seconds)
}

#[tokio::test(start_paused = true)]
async fn a_host_that_trickles_does_not_keep_us_from_the_next() {
    let slow = trickling(Duration::from_secs(20)).await;
    let sockets = [(host(1), slow), (host(2), slow), (host(3), good().await)];
    let (found, seconds) = search(&sockets, &[host(1), host(2), host(3)]).await;
    assert_eq!(found.unwrap(), "[192.0.2.3] [192.0.2.3]");
    assert_eq!(seconds, 300 + 150, "half of what was left, each");
}

#[tokio::test(start_paused = true)]
async fn hosts_that_refuse_take_nobody_s_time() {
    let sockets = [(host(9), good().await)];
    let hosts: Vec<IpAddr> = (1..=9).map(host).collect();
    let (found, seconds) = search(&sockets, &hosts).await;
    assert_eq!((found.unwrap(), seconds), ("[192.0.2.9] [192.0.2.9]".to_owned(), 0));
}

#[tokio::test(start_paused = true)]
async fn the_search_ends_when_nobody_is_ever_done() {
    let slow = trickling(Duration::from_secs(20)).await;
    let hosts: Vec<IpAddr> = (1..=8).map(host).collect();
    let sockets: Vec<_> = hosts.iter().map(|ip| (*ip, slow)).collect();
    let (found, seconds) = search(&sockets, &hosts).await;
    let why = found.unwrap_err();
    assert!(why.contains("did not answer in time") || why.contains("took too long"), "{why}");
    assert_eq!(seconds, patience::SEARCH.as_secs());
}
