//! What is examined: a domain of an organization, and what the organization is.

use std::net::IpAddr;

use model::DomainName;
use signing::KeyRecord;
use tls::ShownChain;

/// A domain, and what its organization is.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The domain.
    pub domain: DomainName,
    /// Whether all its recipients are here, so that its mail should come here.
    pub is_all_here: bool,
    /// The hosts of the organization.
    pub own: Own,
    /// Who sends directly to other domains.
    pub senders: Vec<Sender>,
    /// The smart hosts through which mail also leaves, as they are configured.
    pub smart_hosts: Vec<String>,
    /// With what mail from the domain is signed; none where it is not.
    pub signing: Option<Signing>,
    /// The id for a new MTA-STS record: 1 to 32 letters and digits.
    pub policy_id: String,
}

/// The hosts of an organization that receive.
#[derive(Debug, Clone)]
pub struct Own {
    /// The one that a new MX record should name.
    pub mail_host: DomainName,
    /// All names that its servers have.
    pub names: Vec<DomainName>,
    /// Public addresses that its servers have by their settings.
    pub addresses: Vec<IpAddr>,
    /// Those of them that are this server's.
    pub here_addresses: Vec<IpAddr>,
    /// The names that are this server's, with what it shows to whoever asks for them; none where that is not
    /// known.
    pub here: Vec<(DomainName, Option<Certificate>)>,
}

impl Own {
    /// Whether this is a name of this server.
    pub(crate) fn is_here(&self, host: &DomainName) -> bool {
        self.here.iter().any(|(name, _)| name == host)
    }

    /// What this server shows for this name of its own.
    pub(crate) fn certificate(&self, host: &DomainName) -> Option<&Certificate> {
        self.here.iter().find(|(name, _)| name == host)?.1.as_ref()
    }
}

/// A certificate that this server shows.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// It, with the chain that leads to its authority.
    pub shown: ShownChain,
    /// Whether it is made anew with another key at each start, by the organization's authority at the chain's
    /// end, which stays.
    pub is_made_here: bool,
}

/// A name under which, and the addresses from which, mail is sent directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name in EHLO.
    pub name: DomainName,
    /// The public addresses that settings say; those of the name in the DNS count where there are none.
    pub addresses: Vec<IpAddr>,
    /// The command that says the address: `Set-TransportService MBX01 -ExternalIPAddress …`.
    pub tell_address: String,
    /// The command that gives another name.
    pub tell_name: String,
}

/// With what mail from a domain is signed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// The domain whose configuration it is: this one, or one above it.
    pub domain: DomainName,
    /// Whether it signs.
    pub is_enabled: bool,
    /// The records that it needs.
    pub keys: Vec<NeededKey>,
}

/// A record that verifiers need.
#[derive(Debug, Clone)]
pub struct NeededKey {
    /// The record.
    pub record: KeyRecord,
    /// What for.
    pub need: Need,
}

/// What a key's record is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It signs, or will once signing is enabled.
    Signs,
    /// It is to take over.
    Next,
    /// It has signed what may still be on its way.
    Before,
}
