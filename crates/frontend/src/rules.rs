//! Where a front end connects to: mail ports of the open Internet, the smart hosts of connectors
//! that go through front ends, and the networks of the settings file; web servers and its own DNS servers
//! where the settings file lends them too. A pure decision over a directory snapshot, so that a stolen
//! certificate is no way into the organization's networks.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use directory::{IpRange, SendConnector, SmartHost, Snapshot};

use crate::special;

/// SMTP, submission under TLS, submission.
const MAIL_PORTS: [u16; 3] = [25, 465, 587];
/// HTTPS.
const HTTPS_PORT: u16 = 443;
/// The port of DNS servers, which are asked for without an address.
const DNS_PORT: u16 = 53;

/// What the settings file lends to Mailbox servers besides mail ports of the open Internet.
#[derive(Debug, Clone, Default)]
pub struct Lent {
    /// Networks that may be connected to although they are not the open Internet.
    pub allowed: Vec<IpRange>,
    /// Ports of web servers; none where they are not lent.
    pub https_ports: Vec<u16>,
    /// DNS servers that are asked for Mailbox servers, in this order.
    pub dns: Vec<SocketAddr>,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mail,
    Https,
    /// One of this front end's DNS servers, whichever.
    Dns,
}

/// Why a target is not connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Neither a mail port nor the port of a connector.
    Port(u16),
    /// Web servers are not lent.
    Https(u16),
    /// No DNS servers are lent.
    Dns,
    /// Not an address of the open Internet.
    Special(&'static str),
    /// This machine itself.
    Own,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(port) => write!(
                f,
                "port {port} is not 25, 465, 587 or the Port of a Send connector that goes \
                 through front ends"
            ),
            Self::Https(port) => {
                write!(f, "port {port} is a web server's, and [frontend] allow_https is not true")
            }
            Self::Dns => f.write_str("[frontend] dns names no DNS server"),
            Self::Special(kind) => write!(
                f,
                "the address is {kind}; allowed are smart hosts given as addresses, and the \
                 networks in [frontend] allow of relais.toml"
            ),
            Self::Own => f.write_str("the address is this server's own"),
        }
    }
}

/// Whether the target may be connected to, and what it is. `is_own` says whether an address is this
/// machine's.
pub(crate) fn judge(
    snapshot: &Snapshot,
    lent: &Lent,
    target: SocketAddr,
    is_own: impl Fn(IpAddr) -> bool,
) -> Result<Kind, Refusal> {
    let (address, port) = (target.ip().to_canonical(), target.port());
    if address.is_unspecified() && port == DNS_PORT {
        return if lent.dns.is_empty() { Err(Refusal::Dns) } else { Ok(Kind::Dns) };
    }
    let kind = kind_of(snapshot, lent, port)?;
    let is_smart_host = |connector: &SendConnector| {
        connector.port == port
            && !connector.dns_routing_enabled
            && connector.smart_hosts.contains(&SmartHost::Literal(address))
    };
    let is_configured = lent.allowed.iter().any(|range| range.contains(address))
        || (kind == Kind::Mail && through(snapshot).any(is_smart_host));
    match special::kind(address) {
        _ if is_configured => Ok(kind),
        Some(what) => Err(Refusal::Special(what)),
        None if is_own(address) => Err(Refusal::Own),
        None => Ok(kind),
    }
}

/// What a port is for.
fn kind_of(snapshot: &Snapshot, lent: &Lent, port: u16) -> Result<Kind, Refusal> {
    if MAIL_PORTS.contains(&port) || through(snapshot).any(|connector| connector.port == port) {
        return Ok(Kind::Mail);
    }
    let mut urls = snapshot.send_connectors.iter().filter(|c| c.enabled);
    let is_endpoint =
        urls.any(|c| c.oauth_token_url.as_ref().is_some_and(|url| url.port() == port));
    match () {
        () if lent.https_ports.contains(&port) => Ok(Kind::Https),
        () if is_endpoint && !lent.https_ports.is_empty() => Ok(Kind::Https),
        () if is_endpoint || port == HTTPS_PORT => Err(Refusal::Https(port)),
        () => Err(Refusal::Port(port)),
    }
}

/// The connectors that go through front ends.
fn through(snapshot: &Snapshot) -> impl Iterator<Item = &SendConnector> {
    let connectors = snapshot.send_connectors.iter().map(AsRef::as_ref);
    connectors.filter(|c| c.enabled && c.frontend_proxy_enabled)
}

#[cfg(test)]
mod tests {
    use directory::{Header, Object, Usage};

    use super::*;

    fn snapshot(change: impl FnOnce(&mut SendConnector)) -> Snapshot {
        let name = "out".parse().unwrap();
        let mut connector = SendConnector::from_usage(Header::fresh(), name, Usage::Custom);
        connector.frontend_proxy_enabled = true;
        change(&mut connector);
        Snapshot::of([Object::from(connector)])
    }

    fn through_smart_host(connector: &mut SendConnector) {
        connector.dns_routing_enabled = false;
        connector.smart_hosts = vec!["10.0.0.5".parse().unwrap(), "relay.x".parse().unwrap()];
        connector.port = 2500;
    }

    fn verdict(snapshot: &Snapshot, allowed: &str, target: &str) -> Result<(), Refusal> {
        let allowed = allowed.split_whitespace().map(|r| r.parse().unwrap()).collect();
        judged(snapshot, &Lent { allowed, ..Lent::default() }, target).map(|_| ())
    }

    fn judged(snapshot: &Snapshot, lent: &Lent, target: &str) -> Result<Kind, Refusal> {
        let own: IpAddr = "203.0.113.1".parse().unwrap();
        judge(snapshot, lent, target.parse().unwrap(), |address| address == own)
    }

    #[test]
    fn web_servers_and_dns_are_lent_by_the_settings_file_alone() {
        let endpoint = |connector: &mut SendConnector| {
            connector.oauth_token_url = Some("https://login.example:8443/token".parse().unwrap());
        };
        let (plain, with_endpoint) = (snapshot(|_| {}), snapshot(endpoint));
        let nothing = Lent::default();
        assert_eq!(judged(&plain, &nothing, "192.0.2.1:443"), Err(Refusal::Https(443)));
        assert_eq!(judged(&with_endpoint, &nothing, "192.0.2.1:8443"), Err(Refusal::Https(8443)));
        assert_eq!(judged(&plain, &nothing, "0.0.0.0:53"), Err(Refusal::Dns));
        let lent = Lent {
            https_ports: vec![443],
            dns: vec!["127.0.0.1:53".parse().unwrap()],
            ..Lent::default()
        };
        assert_eq!(judged(&plain, &lent, "192.0.2.1:443"), Ok(Kind::Https));
        assert_eq!(judged(&with_endpoint, &lent, "192.0.2.1:8443"), Ok(Kind::Https));
        assert_eq!(judged(&plain, &lent, "192.0.2.1:8443"), Err(Refusal::Port(8443)));
        assert_eq!(judged(&plain, &lent, "0.0.0.0:53"), Ok(Kind::Dns));
        assert_eq!(judged(&plain, &lent, "[::]:53"), Ok(Kind::Dns));
        assert_eq!(judged(&plain, &lent, "192.0.2.1:25"), Ok(Kind::Mail));
        // The front end's own servers, and no others; no internal addresses.
        for target in ["127.0.0.1:53", "192.0.2.1:53", "0.0.0.0:54", "0.0.0.0:853"] {
            assert!(matches!(judged(&plain, &lent, target), Err(Refusal::Port(_))), "{target}");
        }
        for target in
            ["127.0.0.1:443", "10.0.0.1:443", "[::ffff:169.254.169.254]:443", "0.0.0.0:443"]
        {
            assert!(matches!(judged(&plain, &lent, target), Err(Refusal::Special(_))), "{target}");
        }
        assert_eq!(judged(&plain, &lent, "203.0.113.1:443"), Err(Refusal::Own));
        // A smart host on a private address is one for mail only.
        let smart = snapshot(|connector| {
            through_smart_host(connector);
            connector.port = 443;
        });
        assert_eq!(judged(&smart, &lent, "10.0.0.5:443"), Ok(Kind::Mail));
    }

    #[test]
    fn mail_ports_of_the_open_internet_and_nothing_else() {
        let snapshot = snapshot(|_| {});
        let ask = |target| verdict(&snapshot, "", target);
        for target in ["192.0.2.1:25", "192.0.2.1:465", "192.0.2.1:587", "[2001:db8::1]:25"] {
            assert_eq!(ask(target), Ok(()), "{target}");
        }
        for port in [22, 80, 3306, 2500] {
            let target = format!("192.0.2.1:{port}");
            assert_eq!(verdict(&snapshot, "", &target), Err(Refusal::Port(port)));
        }
        assert_eq!(ask("127.0.0.1:25"), Err(Refusal::Special("loopback")));
        assert_eq!(ask("[::ffff:10.0.0.1]:25"), Err(Refusal::Special("private")));
        assert_eq!(ask("169.254.169.254:587"), Err(Refusal::Special("link-local")));
        assert_eq!(ask("203.0.113.1:25"), Err(Refusal::Own));
    }

    #[test]
    fn what_is_configured_is_allowed_on_its_port_only() {
        let snapshot = snapshot(through_smart_host);
        let ask = |target| verdict(&snapshot, "", target);
        assert_eq!(ask("10.0.0.5:2500"), Ok(()));
        assert_eq!(ask("[::ffff:10.0.0.5]:2500"), Ok(()));
        assert_eq!(ask("10.0.0.5:25"), Err(Refusal::Special("private")));
        assert_eq!(ask("10.0.0.6:2500"), Err(Refusal::Special("private")));
        assert_eq!(ask("10.0.0.5:22"), Err(Refusal::Port(22)));
        // A connector's port counts for other hosts of the open Internet too.
        assert_eq!(ask("192.0.2.9:2500"), Ok(()));
    }

    #[test]
    fn a_connector_that_is_off_or_goes_directly_allows_nothing() {
        for change in [
            (|c: &mut SendConnector| c.enabled = false) as fn(&mut SendConnector),
            |c: &mut SendConnector| c.frontend_proxy_enabled = false,
        ] {
            let snapshot = snapshot(|connector| {
                through_smart_host(connector);
                change(connector);
            });
            assert_eq!(verdict(&snapshot, "", "10.0.0.5:2500"), Err(Refusal::Port(2500)));
        }
        // Smart hosts that DNS routing leaves unused are not reachable either.
        let snapshot = snapshot(|connector| {
            through_smart_host(connector);
            connector.dns_routing_enabled = true;
        });
        assert!(verdict(&snapshot, "", "10.0.0.5:2500").is_err());
    }

    #[test]
    fn networks_of_the_settings_file_are_allowed_on_mail_ports() {
        let snapshot = snapshot(|_| {});
        let allowed = "127.0.0.0/8 203.0.113.1";
        assert_eq!(verdict(&snapshot, allowed, "127.0.0.9:25"), Ok(()));
        assert_eq!(verdict(&snapshot, allowed, "203.0.113.1:25"), Ok(()));
        assert_eq!(verdict(&snapshot, allowed, "127.0.0.9:22"), Err(Refusal::Port(22)));
        assert_eq!(verdict(&snapshot, allowed, "10.0.0.9:25"), Err(Refusal::Special("private")));
    }
}
