//! What a stranger's message is sealed with (ARC, RFC 8617) when it leaves again: what reception noted of it,
//! and by whose key. `signing` does it.

use std::sync::Arc;

use ::signing::ChainStatus;
use directory::{DkimAlgorithms, DkimSigningConfig, Snapshot};
use model::{AddressDomain, DomainName};
use spool::MessageRecord;

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    /// What stands behind the colon of our Authentication-Results.
    pub(crate) results: String,
    /// What the chain was worth with which the message came.
    pub(crate) status: ChainStatus,
}

/// The seal for a stranger's message that `host` has taken; `None` where nothing was noted of it, or its
/// chain could not be judged.
pub(crate) fn seal(content: &[u8], host: &str) -> Option<Seal> {
    of_results(message::results_of(content, host)?)
}

/// The same of a message that another of these hosts of the organization has handed on.
pub(crate) fn seal_relayed(content: &[u8], hosts: &[&str]) -> Option<Seal> {
    of_results(message::results_behind_hops(content, hosts)?)
}

fn of_results(results: &str) -> Option<Seal> {
    // The last of them is the chain's, and has nothing of a peer in front of its blank.
    let last = results.rsplit(';').next()?.trim_start().strip_prefix("arc=")?;
    let status = match last.split_ascii_whitespace().next()? {
        "none" => ChainStatus::None,
        "pass" => ChainStatus::Pass,
        "fail" => ChainStatus::Fail,
        _ => return None,
    };
    Some(Seal { results: results.to_owned(), status })
}

/// Whose key seals: of the domain that the message was for, else of the default domain, else of any accepted
/// domain; where it has an RSA key, since nobody verifies others.
pub(crate) fn sealer<'a>(
    snapshot: &'a Snapshot,
    record: &MessageRecord,
) -> Option<&'a Arc<DkimSigningConfig>> {
    let with_rsa = |domain: &DomainName| {
        let config = snapshot.signing_config(domain);
        config.filter(|config| config.algorithms.contains(DkimAlgorithms::RSA))
    };
    let asked_for = record.envelope.recipients.iter().filter_map(|recipient| {
        let domain = recipient.address.domain();
        snapshot.accepted_domain(domain)?;
        match domain {
            AddressDomain::Name(name) => Some(name),
            AddressDomain::Literal(_) => None,
        }
    });
    let accepted = snapshot.accepted_domains.iter().filter_map(|domain| domain.domain());
    asked_for.chain(snapshot.default_domain()).chain(accepted).find_map(with_rsa)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "mx.contoso.com";

    #[test]
    fn what_reception_noted_is_sealed() {
        let noted = |results: &str| {
            let content = format!(
                "Authentication-Results: {HOST};\r\n\t{results}\r\nFrom: a@b.test\r\n\r\nx\r\n"
            );
            seal(content.as_bytes(), HOST)
        };
        for (results, status) in [
            ("spf=none;\r\n\tarc=none", Some(ChainStatus::None)),
            (
                "spf=none;\r\n\tarc=pass (i=2)\r\n\t\tsmtp.remote-ip=192.0.2.1",
                Some(ChainStatus::Pass),
            ),
            ("spf=none;\r\n\tarc=fail (incomplete sets)", Some(ChainStatus::Fail)),
            ("spf=none;\r\n\tarc=temperror (no answer)", None),
            ("spf=none", None),
            ("arc=pass;\r\n\tspf=none smtp.mailfrom=\"; arc=\"", None),
        ] {
            let found = noted(results);
            assert_eq!(found.as_ref().map(|seal| seal.status), status, "{results}");
            if let Some(seal) = found {
                assert_eq!(seal.results, format!(" {HOST};\r\n\t{results}"));
            }
        }
        let others = "Authentication-Results: mx.other.test; arc=pass\r\n\r\nx\r\n";
        assert_eq!(seal(others.as_bytes(), HOST), None);
        assert_eq!(seal(b"From: a@b.test\r\n\r\nx\r\n", HOST), None);
    }
}
