//! What would be demanded of each host of a route, by whom, and what was seen of the host last: for people who
//! want to know before, or why.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use model::{Clock, Timestamp};
use parking_lot::Mutex;

/// Hosts remembered at most; with more, all are forgotten and seen anew.
const MOST: usize = 10_000;

/// One address of one host, and what is demanded there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSecurity {
    /// The host's name; its address in brackets where it was given by that.
    pub host: String,
    /// Its address.
    pub address: IpAddr,
    /// What is demanded.
    pub requirement: Requirement,
    /// By whom: a setting of the connector, or the TLSA records of a name.
    pub by: String,
    /// The TLSA records that count, as in a zone file, their data cut.
    pub tlsa: Vec<String>,
    /// What was seen of it last, since this server started.
    pub last: Option<Sighting>,
}

/// What is demanded of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing; it is not even tried (IgnoreSTARTTLS).
    Clear,
    /// Encryption where it works.
    Opportunistic,
    /// Encryption.
    Encryption,
    /// And a certificate of a trusted authority.
    Authority,
    /// And that for one of these names.
    Names(Vec<String>),
    /// And a certificate that a TLSA record lets through.
    Tlsa,
    /// It could not be found out; the host is not used. Why.
    Unknown(String),
}

impl Requirement {
    /// The name it has in `Get-TransportSecurity`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Clear => "None",
            Self::Opportunistic => "Opportunistic",
            Self::Encryption => "Encryption",
            Self::Authority => "CertificateValidation",
            Self::Names(_) => "DomainValidation",
            Self::Tlsa => "Dane",
            Self::Unknown(_) => "Unknown",
        }
    }
}

/// What was seen of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When.
    pub at: Timestamp,
    /// Protocol and suite, and what the certificate said of itself; nothing where there was no encryption.
    pub tls: Option<(String, String)>,
    /// Why there was no session as it was demanded.
    pub failure: Option<String>,
}

/// What has been seen of hosts, by name and address.
pub(crate) struct Sightings {
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<(String, IpAddr), Sighting>>,
}

impl Sightings {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, seen: Mutex::default() }
    }

    /// A session with the host is up, or failed.
    pub(crate) fn note(
        &self,
        (host, address): (&str, IpAddr),
        tls: Option<(String, String)>,
        failure: Option<String>,
    ) {
        let sighting = Sighting { at: self.clock.now(), tls, failure };
        let mut seen = self.seen.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert((host.to_ascii_lowercase(), address), sighting);
    }

    pub(crate) fn last(&self, host: &str, address: IpAddr) -> Option<Sighting> {
        self.seen.lock().get(&(host.to_ascii_lowercase(), address)).cloned()
    }
}
