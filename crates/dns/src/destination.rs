//! The hosts that take a domain's mail, in the order in which they are tried (RFC 5321 section
//! 5.1, RFC 7505; routing.md section 5.2). A host that cannot be resolved never hides one that
//! can; an MX that is ourselves ends the list, so that mail cannot circle.

use std::net::IpAddr;

use futures_util::future::join_all;
use model::DomainName;
use rand::seq::SliceRandom;
use thiserror::Error;

use crate::{
    DnsError, MxRecord, Resolver,
    resolver::{HostAddresses, MailExchangers},
};

/// Hosts of one domain that are looked up; those of least preference beyond it are left out.
const MOST_HOSTS: usize = 20;

/// A host to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailHost {
    /// Its name.
    pub name: String,
    /// The preference of its MX record; 0 for a domain that is its own mail host.
    pub preference: u16,
    /// Where it is reached, IPv4 first. Never empty.
    pub addresses: Vec<IpAddr>,
    /// Where TLSA records about it are to be looked for, in this order; none where what leads to it has
    /// not been validated (RFC 7672 section 2.2).
    pub tlsa_bases: Vec<DomainName>,
    /// Whether what names it as a host of the domain has been validated.
    pub authentic: bool,
}

/// Why a domain has no host to try.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DestinationError {
    /// The domain does not exist: permanent.
    #[error("the domain does not exist (NXDOMAIN)")]
    NoSuchDomain,
    /// The domain says that it takes no mail (RFC 7505): permanent, 5.1.10.
    #[error("the domain accepts no mail (null MX)")]
    NullMx,
    /// The best host left is this server: permanent, 5.4.6.
    #[error("the mail hosts of the domain lead back to this server")]
    LoopsBack,
    /// The domain has MX records but none of their hosts can be reached by name: transient.
    #[error("{0}")]
    NoUsableHost(String),
    /// The domain exists but has neither MX records nor an address: permanent, 5.4.4.
    #[error("the domain has neither MX records nor an address")]
    NoRecords,
    /// Nobody could say: transient.
    #[error("{0}")]
    Temporary(String),
}

impl From<DnsError> for DestinationError {
    fn from(error: DnsError) -> Self {
        match error {
            DnsError::NoSuchDomain => Self::NoSuchDomain,
            DnsError::Temporary(why) => Self::Temporary(why),
        }
    }
}

/// By what this server would recognise itself among a domain's hosts. Loopback addresses count
/// as ours when at least one is listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnNames<'a> {
    /// Names of this server.
    pub names: &'a [DomainName],
    /// Addresses of this server.
    pub addresses: &'a [IpAddr],
}

impl OwnNames<'_> {
    fn has_name(&self, name: &DomainName) -> bool {
        self.names.contains(name)
    }

    fn has_any_of(&self, addresses: &[IpAddr]) -> bool {
        let loopback_is_ours = self.addresses.iter().any(|own| own.to_canonical().is_loopback());
        addresses.iter().any(|address| {
            (loopback_is_ours && address.is_loopback())
                || self.addresses.iter().any(|own| own.to_canonical() == *address)
        })
    }
}

/// The hosts of `domain`: by preference, in random order among equals, at most twenty. Hosts as
/// good as or worse than this server itself are left out.
///
/// # Errors
/// When there is no host to try; see [`DestinationError`] for which are permanent.
pub async fn mail_hosts(
    resolver: &Resolver,
    domain: &DomainName,
    own: &OwnNames<'_>,
) -> Result<Vec<MailHost>, DestinationError> {
    let MailExchangers { records, unusable, secure } = resolver.mail_exchangers(domain).await?;
    if records.is_empty() && unusable == 0 {
        return domain_itself(resolver, domain, own, secure).await;
    }
    let is_null = !records.is_empty() && records.iter().all(|record| record.exchange.is_none());
    if is_null && unusable == 0 {
        return Err(DestinationError::NullMx);
    }
    let mut candidates = ordered(records);
    let all = candidates.len();
    cut_at_own_name(&mut candidates, own);
    candidates.truncate(MOST_HOSTS);
    if candidates.is_empty() {
        return Err(if all == 0 { no_usable(domain) } else { DestinationError::LoopsBack });
    }
    let mut hosts = resolve_all(resolver, domain, candidates, own).await?;
    hosts.iter_mut().for_each(|host| host.authentic = secure);
    if !secure && !resolver.has_lost_validation() {
        // Whoever can forge the list of hosts can as well name one whose records are his own.
        hosts.iter_mut().for_each(|host| host.tlsa_bases.clear());
    }
    Ok(hosts)
}

/// The hosts behind the name of a smart host: its MX records, else its own addresses.
///
/// # Errors
/// When there is no host to try.
pub async fn smart_host(
    resolver: &Resolver,
    name: &DomainName,
) -> Result<Vec<MailHost>, DestinationError> {
    let own = OwnNames::default();
    match mail_hosts(resolver, name, &own).await {
        // The administrator named this host: what it says about mail for its name is no bar.
        Err(error @ (DestinationError::NullMx | DestinationError::NoUsableHost(_))) => {
            domain_itself(resolver, name, &own, true).await.map_err(|_| error)
        }
        other => other,
    }
}

/// A domain without MX records is its own mail host (RFC 5321 section 5.1); `secure` where it has been
/// validated that it has none.
async fn domain_itself(
    resolver: &Resolver,
    domain: &DomainName,
    own: &OwnNames<'_>,
    secure: bool,
) -> Result<Vec<MailHost>, DestinationError> {
    let HostAddresses { addresses: found, mut tlsa_bases } =
        resolver.host_addresses(domain).await?;
    if !secure && !resolver.has_lost_validation() {
        tlsa_bases.clear();
    }
    let none_at_all = found.is_empty();
    let addresses = usable(found);
    if none_at_all {
        Err(DestinationError::NoRecords)
    } else if own.has_name(domain) || own.has_any_of(&addresses) {
        Err(DestinationError::LoopsBack)
    } else if addresses.is_empty() {
        Err(no_usable(domain))
    } else {
        Ok(vec![MailHost {
            name: domain.to_string(),
            preference: 0,
            addresses,
            tlsa_bases,
            authentic: secure,
        }])
    }
}

/// A host whose addresses are not known yet.
struct Candidate {
    preference: u16,
    name: DomainName,
}

/// By preference, random among equals, each host once at its best preference.
fn ordered(records: Vec<MxRecord>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = records
        .into_iter()
        .filter_map(|MxRecord { preference, exchange }| {
            exchange.map(|name| Candidate { preference, name })
        })
        .collect();
    candidates.shuffle(&mut rand::rng());
    candidates.sort_by_key(|candidate| candidate.preference);
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.name.clone()));
    candidates
}

fn cut_at_own_name(candidates: &mut Vec<Candidate>, own: &OwnNames<'_>) {
    let ours = candidates.iter().find(|candidate| own.has_name(&candidate.name));
    if let Some(limit) = ours.map(|candidate| candidate.preference) {
        candidates.retain(|candidate| candidate.preference < limit);
    }
}

async fn resolve_all(
    resolver: &Resolver,
    domain: &DomainName,
    candidates: Vec<Candidate>,
    own: &OwnNames<'_>,
) -> Result<Vec<MailHost>, DestinationError> {
    let lookups = candidates.iter().map(|candidate| resolver.host_addresses(&candidate.name));
    let answers = join_all(lookups).await;
    let mut hosts = Vec::new();
    let mut undecided = None;
    let mut limit = None;
    for (candidate, answer) in candidates.into_iter().zip(answers) {
        let answer = answer.map(|found| (usable(found.addresses), found.tlsa_bases));
        match answer {
            Ok((addresses, _)) if own.has_any_of(&addresses) => {
                limit = Some(candidate.preference);
                break;
            }
            Ok((addresses, _)) if addresses.is_empty() => {}
            Ok((addresses, tlsa_bases)) => hosts.push(MailHost {
                name: candidate.name.to_string(),
                preference: candidate.preference,
                addresses,
                tlsa_bases,
                authentic: false,
            }),
            Err(DnsError::NoSuchDomain) => {}
            Err(DnsError::Temporary(why)) => {
                undecided.get_or_insert(format!("{}: {why}", candidate.name));
            }
        }
    }
    if let Some(limit) = limit {
        hosts.retain(|host| host.preference < limit);
    }
    match (hosts.is_empty(), undecided, limit) {
        (false, _, _) => Ok(hosts),
        // A better host than ourselves may exist: it only could not be looked up now.
        (true, Some(why), _) => Err(DestinationError::Temporary(why)),
        (true, None, Some(_)) => Err(DestinationError::LoopsBack),
        (true, None, None) => Err(no_usable(domain)),
    }
}

fn no_usable(domain: &DomainName) -> DestinationError {
    DestinationError::NoUsableHost(format!("none of the mail hosts of {domain} has an address"))
}

/// Leaves out what is no host's address. Connecting to 0.0.0.0 would reach this very machine.
fn usable(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let is_usable = |address: &IpAddr| {
        let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
        !address.is_unspecified() && !address.is_multicast() && !broadcast
    };
    let mut kept: Vec<IpAddr> = Vec::new();
    for address in addresses.iter().map(IpAddr::to_canonical).filter(is_usable) {
        if !kept.contains(&address) {
            kept.push(address);
        }
    }
    kept
}
