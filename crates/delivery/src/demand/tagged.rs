//! What a message that was sent with REQUIRETLS demands of a host (RFC 8689 section 4.2.1): that it is known to be
//! a host of the destination, and that its certificate proves that it is this host. That it offers REQUIRETLS
//! itself shows only in the session (`courier`). Pure: no I/O.

use std::sync::Arc;

use model::EnhancedCode;
use mta_sts::{Mode, Policy};
use rustls::pki_types::ServerName;

use super::{By, Check, Demand, Unusable, is_named_by, not_named};
use crate::{Assurance, Route, TlsUse, dane::Dane};

/// "Encryption needed" (RFC 5248, RFC 8689 section 8): there is no way to a session that is secure enough.
const NO_SECURITY: EnhancedCode = EnhancedCode::new(5, 7, 10);

/// How a host is known to be one of the destination's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Naming {
    /// An administrator names it, or the recipient's address does.
    Given,
    /// The DNS names it, and the answer has been validated.
    Signed,
    /// The DNS names it, and the domain does not sign that.
    Unsigned,
    /// The DNS names it, and this server cannot tell whether that is signed; why.
    Unknown(String),
}

impl Demand {
    /// The same for a message with REQUIRETLS. What a connector says of the certificate counts where it is
    /// more particular than the host's name; what it says of no TLS at all makes the message wait.
    pub(super) fn of_tagged(
        route: &Route,
        (host, reference): (&str, &ServerName<'static>),
        (dane, naming): (Dane, &Naming),
        sts: Option<&Arc<Policy>>,
    ) -> Result<Self, Unusable> {
        match (&route.tls, &dane) {
            (TlsUse::Never, _) => Err(for_now(
                "the connector uses no TLS (IgnoreSTARTTLS or ForceHELO True)".to_owned(),
            )),
            // The name that is demanded is not the DNS's, or the DNS is signed.
            (TlsUse::Required(Assurance::Domains(_) | Assurance::HostName), _)
            | (
                TlsUse::Opportunistic | TlsUse::Required(Assurance::Encryption),
                Dane::Records { .. } | Dane::Unknown(_),
            ) => Self::without_policy(route, reference, dane),
            (TlsUse::Opportunistic | TlsUse::Required(_), _) => {
                let by = named_by(route, host, naming, sts)?;
                Ok(Self { check: Check::Name(reference.clone()), by, otherwise: None })
            }
        }
    }
}

/// Who says that the host is one of the destination's. A policy that is only tested says it to nobody.
fn named_by(
    route: &Route,
    host: &str,
    naming: &Naming,
    sts: Option<&Arc<Policy>>,
) -> Result<By, Unusable> {
    let policy = sts.filter(|policy| policy.mode() != Mode::None);
    let policy = policy.and_then(|policy| Some((route.destination.domain()?, policy)));
    if let Some((domain, policy)) = policy {
        let is_named = is_named_by(policy, host);
        if policy.mode() == Mode::Enforce && !is_named {
            return Err(not_named(domain, policy, host));
        }
        let is_known =
            policy.mode() == Mode::Enforce || matches!(naming, Naming::Given | Naming::Signed);
        if is_named && is_known {
            return Ok(By::Sts(domain.clone(), Arc::clone(policy)));
        }
    }
    let destination = &route.destination;
    match naming {
        Naming::Given | Naming::Signed => Ok(By::Message),
        Naming::Unsigned => Err(Unusable {
            why: format!(
                "550 {NO_SECURITY} REQUIRETLS: {destination} names its mail host {host} neither in signed DNS \
                 (DNSSEC) nor in an MTA-STS policy of mode enforce"
            ),
            reported: None,
            for_good: Some(NO_SECURITY),
        }),
        Naming::Unknown(why) => Err(for_now(format!(
            "whether {host} is a mail host of {destination} is not known for sure: {why}"
        ))),
    }
}

fn for_now(why: String) -> Unusable {
    Unusable { why: format!("451 4.7.10 REQUIRETLS: {why}"), reported: None, for_good: None }
}
