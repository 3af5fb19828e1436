//! What the DNS demands of a host's certificate (RFC 7672). The look-up of TLSA records has three ends and
//! not two: there are some, there are none, and it is not known; only the second lets mail go as
//! before.

use dns::{Resolver, Validation};
use model::DomainName;
use tls::TlsaRecord;

/// What TLSA records say of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dane {
    /// Nothing: there are none, or nobody may believe them.
    Nothing,
    /// There are some, and none of use to mail: encrypted, whoever it is (RFC 7672 section 2.2).
    Unusable {
        /// The name they belong to.
        base: DomainName,
    },
    /// One of these must let the certificate through.
    Records {
        /// The name they belong to.
        base: DomainName,
        /// Those of use, at least one.
        records: Vec<TlsaRecord>,
    },
    /// It could not be found out; why. The host is not to be used.
    Unknown(String),
}

/// Looks for the TLSA records of SMTP at `port` of a host: at the first of these names that has some.
pub(crate) async fn look_up(resolver: &Resolver, port: u16, bases: &[DomainName]) -> Dane {
    for base in bases {
        let tlsa = match resolver.tlsa(port, base).await {
            Ok(tlsa) => tlsa,
            Err(why) => return Dane::Unknown(format!("_{port}._tcp.{base}: {why}")),
        };
        if tlsa.records.is_empty() {
            continue;
        }
        if let Validation::Lost(why) = resolver.validation() {
            return Dane::Unknown(format!(
                "{base} has TLSA records, and the resolver of this server validates no longer ({why})"
            ));
        }
        if !tlsa.secure {
            continue;
        }
        let usable =
            |r: &dns::TlsaData| TlsaRecord::usable(r.usage, r.selector, r.matching, &r.data);
        let records: Vec<TlsaRecord> = tlsa.records.iter().filter_map(usable).collect();
        let base = base.clone();
        return if records.is_empty() {
            Dane::Unusable { base }
        } else {
            Dane::Records { base, records }
        };
    }
    Dane::Nothing
}
