//! Where a front end connects to: mail ports of the open Internet, the smart hosts of connectors
//! that go through front ends, and the networks of the settings file. A pure decision over a
//! directory snapshot, so that a stolen certificate is no way into the organization's networks.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use directory::{IpRange, SendConnector, SmartHost, Snapshot};

use crate::special;

/// SMTP, submission under TLS, submission.
const MAIL_PORTS: [u16; 3] = [25, 465, 587];

/// Why a target is not connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Neither a mail port nor the port of a connector.
    Port(u16),
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
            Self::Special(kind) => write!(
                f,
                "the address is {kind}; allowed are smart hosts given as addresses, and the \
                 networks in [frontend] allow of relais.toml"
            ),
            Self::Own => f.write_str("the address is this server's own"),
        }
    }
}

/// Whether the target may be connected to. `is_own` says whether an address is this machine's.
pub(crate) fn judge(
    snapshot: &Snapshot,
    allowed: &[IpRange],
    target: SocketAddr,
    is_own: impl Fn(IpAddr) -> bool,
) -> Result<(), Refusal> {
    let address = target.ip().to_canonical();
    let through = || {
        let connectors = snapshot.send_connectors.iter();
        connectors.filter(|c| c.enabled && c.frontend_proxy_enabled)
    };
    let (mail, port) = (MAIL_PORTS.contains(&target.port()), target.port());
    if !mail && !through().any(|connector| connector.port == port) {
        return Err(Refusal::Port(port));
    }
    let is_smart_host = |connector: &SendConnector| {
        connector.port == port
            && !connector.dns_routing_enabled
            && connector.smart_hosts.contains(&SmartHost::Literal(address))
    };
    let is_configured = allowed.iter().any(|range| range.contains(address))
        || through().any(|connector| is_smart_host(connector));
    match special::kind(address) {
        _ if is_configured => Ok(()),
        Some(kind) => Err(Refusal::Special(kind)),
        None if is_own(address) => Err(Refusal::Own),
        None => Ok(()),
    }
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
        let allowed: Vec<IpRange> =
            allowed.split_whitespace().map(|r| r.parse().unwrap()).collect();
        let own: IpAddr = "203.0.113.1".parse().unwrap();
        judge(snapshot, &allowed, target.parse().unwrap(), |address| address == own)
    }

    #[test]
    fn mail_ports_of_the_open_internet_and_nothing_else() {
        let snapshot = snapshot(|_| {});
        let ask = |target| verdict(&snapshot, "", target);
        for target in ["192.0.2.1:25", "192.0.2.1:465", "192.0.2.1:587", "[2001:db8::1]:25"] {
            assert_eq!(ask(target), Ok(()), "{target}");
        }
        for port in [22, 80, 443, 3306, 2500] {
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
