//! What is demanded of a host before mail is given to it, and by whom: the connector, the DNS, or the message
//! itself (`demand::tagged`). What is demanded never becomes less because something failed.

use std::{fmt, sync::Arc};

use model::{DomainName, DomainPattern, EnhancedCode, TlsRequirement};
use mta_sts::{Mode, Policy};
use rustls::pki_types::ServerName;
use tls::{FailureKind, TlsaRecord};
use tls_report::{Applied, FailureType, PolicyType};

use crate::{Assurance, Requirement, Route, TlsUse, dane::Dane};

mod tagged;
#[cfg(test)]
mod tests;

pub(crate) use tagged::Naming;

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Check {
    /// It goes in clear.
    NoTls,
    /// Encrypted where that works, with any certificate; in clear otherwise.
    Opportunistic,
    /// Encrypted; any certificate.
    Encryption,
    /// Encrypted, with a certificate of a trusted authority for whomever.
    Authority,
    /// The same for one of these domains.
    Domains(Vec<DomainPattern>),
    /// The same for the host's own name.
    Name(ServerName<'static>),
    /// Encrypted, with a certificate that one of these records lets through; where that is an
    /// authority's, for one of these names.
    Dane { records: Vec<TlsaRecord>, names: Vec<ServerName<'static>> },
    /// Encrypted, with a certificate of the organization's authority for this server, which says the role
    /// Mailbox; ours is shown too.
    Server(ServerName<'static>),
}

/// A demand and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Demand {
    pub(crate) check: Check,
    pub(crate) by: By,
    /// What holds where this fails and is only tested (MTA-STS, mode testing).
    pub(crate) otherwise: Option<Box<Demand>>,
}

/// Whose demand it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum By {
    /// A setting of the connector, as `RequireTLS True`.
    Connector(String),
    /// The TLSA records of this name.
    Dane(DomainName),
    /// The MTA-STS policy of this domain.
    Sts(DomainName, Arc<Policy>),
    /// The message, which was sent with REQUIRETLS.
    Message,
}

/// Why a host is not to be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    /// In words.
    pub(crate) why: String,
    /// As what it is reported; what is no failure of the domain's is not.
    pub(crate) reported: Option<(FailureType, Applied)>,
    /// The status where it will be no other way at the next attempt.
    pub(crate) for_good: Option<EnhancedCode>,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connector(setting) => f.write_str(setting),
            Self::Dane(base) => write!(f, "TLSA records of {base}"),
            Self::Sts(domain, policy) => {
                write!(f, "MTA-STS policy of {domain} (mode {})", policy.mode())
            }
            Self::Message => f.write_str("REQUIRETLS of the message"),
        }
    }
}

impl Demand {
    /// What is demanded of a host by which mail for `route` may go. `reference` is its own name, `naming`
    /// says how it is known to be a host of the destination.
    ///
    /// A connector that demands a certificate of a trusted authority is more particular than the DNS:
    /// its word counts, and nobody else's is asked for. TLSA records that can be used count more than an
    /// MTA-STS policy (RFC 8461 section 2).
    pub(crate) fn of(
        route: &Route,
        (host, reference): (&str, &ServerName<'static>),
        (dane, naming): (Dane, &Naming),
        sts: Option<&Arc<Policy>>,
    ) -> Result<Self, Unusable> {
        if route.requirement == TlsRequirement::Required {
            return Self::of_tagged(route, (host, reference), (dane, naming), sts);
        }
        let has_dane = matches!(dane, Dane::Records { .. } | Dane::Unknown(_));
        let plain = Self::without_policy(route, reference, dane)?;
        match (sts, route.asks_for_policy_of()) {
            (Some(policy), Some(domain)) if !has_dane && policy.mode() != Mode::None => {
                plain.under((host, reference), domain, policy)
            }
            _ => Ok(plain),
        }
    }

    /// The same where an MTA-STS policy counts (RFC 8461 section 4).
    fn under(
        self,
        (host, reference): (&str, &ServerName<'static>),
        domain: &DomainName,
        policy: &Arc<Policy>,
    ) -> Result<Self, Unusable> {
        let is_named = is_named_by(policy, host);
        let by = By::Sts(domain.clone(), Arc::clone(policy));
        let enforced = policy.mode() == Mode::Enforce;
        if !is_named && enforced {
            return Err(not_named(domain, policy, host));
        }
        if !is_named {
            return Ok(Self { by, ..self });
        }
        let otherwise = (!enforced).then(|| Box::new(self));
        Ok(Self { check: Check::Name(reference.clone()), by, otherwise })
    }

    fn without_policy(
        route: &Route,
        reference: &ServerName<'static>,
        dane: Dane,
    ) -> Result<Self, Unusable> {
        let (check, by) = match (&route.tls, dane) {
            (
                TlsUse::Opportunistic | TlsUse::Required(Assurance::Encryption),
                Dane::Unknown(why),
            ) => {
                return Err(Unusable {
                    why: format!(
                        "451 4.7.324 dnssec-invalid: what the certificate of the host must be is not \
                         known: {why}"
                    ),
                    reported: Some((FailureType::DnssecInvalid, Applied::none())),
                    for_good: None,
                });
            }
            (
                TlsUse::Opportunistic | TlsUse::Required(Assurance::Encryption),
                Dane::Records { base, records },
            ) => {
                let names = names(route, &base);
                (Check::Dane { records, names }, By::Dane(base))
            }
            (TlsUse::Opportunistic, Dane::Unusable { base }) => (Check::Encryption, By::Dane(base)),
            (TlsUse::Never, _) => (Check::NoTls, By::Connector("IgnoreSTARTTLS True".to_owned())),
            (TlsUse::Opportunistic, Dane::Nothing) => {
                (Check::Opportunistic, By::Connector("RequireTLS False".to_owned()))
            }
            (TlsUse::Required(assurance), _) => {
                let check = match assurance {
                    Assurance::Encryption => Check::Encryption,
                    Assurance::Authority => Check::Authority,
                    Assurance::Domains(domains) | Assurance::Mutual(domains) => {
                        Check::Domains(domains.clone())
                    }
                    Assurance::HostName => Check::Name(reference.clone()),
                    Assurance::Server => Check::Server(reference.clone()),
                };
                (check, By::Connector(route.demanding_setting()))
            }
        };
        Ok(Self { check, by, otherwise: None })
    }

    /// What is demanded of another server of the organization; messages with REQUIRETLS demand no more.
    pub(crate) fn of_server(route: &Route, name: ServerName<'static>) -> Self {
        let by = By::Connector(route.demanding_setting());
        Self { check: Check::Server(name), by, otherwise: None }
    }

    /// Where this is only tested: what holds when it fails.
    pub(crate) fn otherwise(&self) -> Option<&Self> {
        self.otherwise.as_deref()
    }

    /// What is demanded, for people.
    pub(crate) fn requirement(&self) -> Requirement {
        match &self.check {
            Check::NoTls => Requirement::Clear,
            Check::Opportunistic => Requirement::Opportunistic,
            Check::Encryption => Requirement::Encryption,
            Check::Authority => Requirement::Authority,
            Check::Domains(domains) => {
                Requirement::Names(domains.iter().map(ToString::to_string).collect())
            }
            Check::Name(name) | Check::Server(name) => {
                Requirement::Names(vec![name.to_str().into_owned()])
            }
            Check::Dane { .. } => Requirement::Tlsa,
        }
    }

    /// The TLSA records that count.
    pub(crate) fn tlsa(&self) -> Vec<String> {
        match &self.check {
            Check::Dane { records, .. } => records.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether mail may go in clear where encryption fails.
    pub(crate) fn allows_clear(&self) -> bool {
        matches!(self.check, Check::NoTls | Check::Opportunistic)
    }

    /// What is said where `host` gives no encryption, as it `refuses`.
    pub(crate) fn unencrypted(&self, host: &str, refusal: &str) -> String {
        match &self.by {
            By::Connector(setting) => format!("451 4.7.4 {setting}: {host} {refusal}"),
            By::Dane(base) => format!(
                "451 4.7.321 starttls-not-supported: the TLSA records of {base} demand encryption; \
                 {host} {refusal}"
            ),
            By::Sts(domain, _) => format!(
                "451 4.7.321 starttls-not-supported: the MTA-STS policy of {domain} demands \
                 encryption; {host} {refusal}"
            ),
            By::Message => format!("451 4.7.10 REQUIRETLS: {host} {refusal}"),
        }
    }

    /// What is said where the handshake with `host` failed in this way.
    pub(crate) fn no_handshake(&self, host: &str, kind: FailureKind, why: &str) -> String {
        match &self.by {
            By::Connector(_) => format!("454 4.7.5 The TLS handshake with {host} failed: {why}"),
            // It did not come to a certificate: the records are not to blame.
            By::Dane(base) if kind == FailureKind::Other => format!(
                "454 4.7.5 The TLS handshake with {host} failed as the TLSA records of {base} demand it: \
                 {why}"
            ),
            By::Dane(base) => {
                format!("451 4.7.323 tlsa-invalid: {host} and the TLSA records of {base}: {why}")
            }
            By::Sts(domain, _) => format!(
                "454 4.7.5 The TLS handshake with {host} failed as the MTA-STS policy of {domain} \
                 demands it: {why}"
            ),
            By::Message => {
                format!("454 4.7.10 REQUIRETLS: the TLS handshake with {host} failed: {why}")
            }
        }
    }

    /// As what a handshake that failed like this is reported (RFC 8460 section 4.3).
    pub(crate) fn failure_type(&self, kind: FailureKind) -> FailureType {
        match kind {
            FailureKind::NotTrusted if matches!(self.check, Check::Dane { .. }) => {
                FailureType::TlsaInvalid
            }
            FailureKind::NotTrusted => FailureType::CertificateNotTrusted,
            FailureKind::Expired => FailureType::CertificateExpired,
            FailureKind::OtherName => FailureType::CertificateHostMismatch,
            FailureKind::Other => FailureType::ValidationFailure,
        }
    }

    /// The policy of the domain's that was applied. What a connector of ours demands is none.
    pub(crate) fn applied(&self) -> Applied {
        match &self.by {
            By::Connector(_) | By::Message => Applied::none(),
            By::Dane(base) => Applied {
                policy_type: PolicyType::Tlsa,
                policy_string: self.tlsa(),
                mx_host: vec![base.to_string()],
            },
            By::Sts(_, policy) => applied_policy(policy),
        }
    }

    /// By what connections differ that lead to the same hosts: mail may go over another's only where both
    /// demand the same.
    pub(crate) fn kind(&self, domain: Option<&DomainName>) -> String {
        let domain = || domain.map(ToString::to_string).unwrap_or_default();
        match &self.check {
            // Others may lead to the same hosts in clear.
            Check::Encryption if matches!(self.by, By::Dane(_)) => "DANE, encryption".to_owned(),
            Check::Name(_) if self.otherwise.is_some() => "MTA-STS, tested".to_owned(),
            Check::Name(_) if matches!(self.by, By::Sts(..)) => "MTA-STS".to_owned(),
            Check::NoTls
            | Check::Opportunistic
            | Check::Encryption
            | Check::Authority
            | Check::Name(_)
            | Check::Server(_) => String::new(),
            Check::Domains(_) => domain(),
            Check::Dane { records, .. } if records.iter().all(TlsaRecord::is_of_server) => {
                "DANE".to_owned()
            }
            // The name of the destination may be what the certificate is for.
            Check::Dane { .. } => format!("DANE {}", domain()),
        }
    }
}

/// Whether the policy names this host.
fn is_named_by(policy: &Policy, host: &str) -> bool {
    host.parse().is_ok_and(|host: DomainName| policy.allows(&host))
}

/// A host that an enforced policy does not name.
fn not_named(domain: &DomainName, policy: &Policy, host: &str) -> Unusable {
    Unusable {
        why: format!(
            "451 4.7.5 The MTA-STS policy of {domain} does not name its mail host {host}: \
             the domain's DNS may be forged"
        ),
        reported: Some((FailureType::ValidationFailure, applied_policy(policy))),
        for_good: None,
    }
}

/// A policy as reports show it.
fn applied_policy(policy: &Policy) -> Applied {
    Applied {
        policy_type: PolicyType::Sts,
        policy_string: policy.lines().collect(),
        mx_host: policy.mx().iter().map(ToString::to_string).collect(),
    }
}

/// RFC 7672 section 3.2.2: the name that the records belong to, and that of the destination.
fn names(route: &Route, base: &DomainName) -> Vec<ServerName<'static>> {
    let domain = route.destination.domain();
    let both = [Some(base), domain].into_iter().flatten();
    both.filter_map(|name| ServerName::try_from(name.to_string()).ok()).collect()
}
