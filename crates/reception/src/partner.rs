//! Partners: clients that show a certificate of a trusted authority for a domain in
//! TLSReceiveDomainSecureList (management.md section 8.5, send-connectors.md section 5.4).

use certificates::Facts;
use model::{DomainName, DomainPattern, Timestamp};
use rustls::pki_types::CertificateDer;
use tls::TrustAnchors;

/// The domains of the list that the certificate, leaf first, is for: the domain itself, or a host in it.
/// Blocks on the disk now and then.
///
/// # Errors
/// Why the certificate proves nothing, in words.
pub(crate) fn proved(
    chain: &[CertificateDer<'_>],
    trust: &TrustAnchors,
    list: &[DomainPattern],
    now: Timestamp,
) -> Result<Vec<DomainName>, String> {
    let leaf = chain.first().ok_or("there is no certificate")?;
    let roots = trust.authorities().map_err(|error| error.to_string())?;
    tls::vouched(chain, &roots, now)?;
    let facts = Facts::of(leaf).map_err(|error| error.to_string())?;
    let is_proved = |domain: &DomainName| {
        facts.domains.iter().any(|name| {
            // A star stands for a host in the domain behind it.
            let name = name.strip_prefix("*.").unwrap_or(name);
            name.parse().is_ok_and(|name: DomainName| name.is_within(domain))
        })
    };
    let listed = list.iter().filter_map(|pattern| match pattern {
        DomainPattern::Exact(domain) => Some(domain),
        DomainPattern::Any | DomainPattern::Subdomains(_) => None,
    });
    Ok(listed.filter(|domain| is_proved(domain)).cloned().collect())
}
