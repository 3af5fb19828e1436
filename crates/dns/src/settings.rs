//! Whom to ask, how, and for how long (routing.md section 5.1; resolv.conf(5)).

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
    path::Path,
    sync::Arc,
    time::Duration,
};

use crate::{anchors::TrustAnchors, line::Line};

const DNS_PORT: u16 = 53;
/// Servers kept of a list; a look-up that had to ask more would be over its time anyway.
const MOST_SERVERS: usize = 8;
/// A resolv.conf larger than this is not one.
const LARGEST_FILE: u64 = 1 << 20;

/// `InternalDNSProtocolOption`, `ExternalDNSProtocolOption`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// UDP, and TCP when an answer was truncated.
    #[default]
    Any,
    /// TCP from the start.
    UseTcpOnly,
    /// Never TCP: of a truncated answer the whole records are used.
    UseUdpOnly,
}

/// Who validates signatures (DNSSEC).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Validator {
    /// The DNS servers: their word counts where they are on this machine and have shown that they do.
    #[default]
    Resolver,
    /// Relais itself, from these anchors. The servers may be anywhere; they have to pass signatures on.
    BuiltIn(Arc<TrustAnchors>),
}

/// How DNS servers are reached.
#[derive(Debug, Clone, Default)]
pub enum Way {
    /// From this machine.
    #[default]
    Direct,
    /// Over connections that somebody else opens to servers of his own; the list of servers is not used,
    /// nor is UDP.
    Through(Arc<Line>),
}

impl PartialEq for Way {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Direct, Self::Direct) => true,
            (Self::Through(one), Self::Through(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Way {}

/// What a [`crate::Resolver`] works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolverSettings {
    /// Recursive servers, asked in this order. At most eight are used.
    pub servers: Vec<SocketAddr>,
    /// Over what they are asked.
    pub protocol: Protocol,
    /// How long one server may take for one question.
    pub server_timeout: Duration,
    /// How long a whole look-up may take, CNAMEs and all servers included.
    pub total_timeout: Duration,
    /// Who validates signatures.
    pub validator: Validator,
    /// How the servers are reached.
    pub way: Way,
}

impl ResolverSettings {
    /// These servers, with the documented times: 5 seconds a server, 1 minute in all.
    pub fn new(mut servers: Vec<SocketAddr>) -> Self {
        servers.truncate(MOST_SERVERS);
        Self {
            servers,
            protocol: Protocol::Any,
            server_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(60),
            validator: Validator::Resolver,
            way: Way::Direct,
        }
    }

    /// The `nameserver` lines of a file in the form of resolv.conf(5); without any, the server
    /// on this machine.
    ///
    /// # Errors
    /// When the file cannot be read, or is larger than 1 MiB.
    pub fn from_resolv_conf(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.len() > LARGEST_FILE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too large for a resolv.conf"));
        }
        let mut servers = name_servers(&fs::read_to_string(path)?);
        if servers.is_empty() {
            servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, DNS_PORT)));
        }
        Ok(Self::new(servers))
    }
}

fn name_servers(text: &str) -> Vec<SocketAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            match (words.next(), words.next()) {
                (Some("nameserver"), Some(address)) => server_address(address),
                _ => None,
            }
        })
        .collect()
}

fn server_address(text: &str) -> Option<SocketAddr> {
    let Some((address, scope)) = text.split_once('%') else {
        return text.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, DNS_PORT));
    };
    let address: Ipv6Addr = address.parse().ok()?;
    Some(SocketAddrV6::new(address, DNS_PORT, 0, scope_id(scope)?).into())
}

/// A link-local server is written with its interface: by number, or by name.
fn scope_id(scope: &str) -> Option<u32> {
    if let Ok(number) = scope.parse() {
        return Some(number);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if scope.is_empty() || scope.starts_with('.') || !scope.chars().all(is_plain) {
        return None;
    }
    let index = Path::new("/sys/class/net").join(scope).join("ifindex");
    fs::read_to_string(index).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_name_servers_only() {
        let text = "# nameserver 192.0.2.9\n; x\nsearch a.example\nnameserver 192.0.2.1\n\
                    nameserver\t2001:db8::1 trailing\nnameserver nonsense\nnameserver fe80::1%3\n\
                    nameserver fe80::1%../..\nnameserver\n";
        let wanted: Vec<SocketAddr> = ["192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%3]:53"]
            .iter()
            .map(|a| a.parse().unwrap())
            .collect();
        assert_eq!(name_servers(text), wanted);
    }

    #[test]
    fn no_line_means_this_machine() {
        let file = std::env::temp_dir().join(format!("relais-resolv-{}", std::process::id()));
        fs::write(&file, "search a.example\n").unwrap();
        let settings = ResolverSettings::from_resolv_conf(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(settings.servers, vec!["127.0.0.1:53".parse().unwrap()]);
        assert_eq!(settings.server_timeout, Duration::from_secs(5));
        assert_eq!(settings.total_timeout, Duration::from_secs(60));
        assert!(ResolverSettings::from_resolv_conf(&file).is_err());
    }
}
