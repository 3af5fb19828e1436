//! The certificates that a server shows, and the TLSA records that let them through.

use rustls::pki_types::CertificateDer;

use crate::{CertificateFacts, TlsaRecord, covers, dane::key_digest};

/// The chain that a server shows, its own certificate first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownChain(Vec<CertificateDer<'static>>);

impl ShownChain {
    /// The chain of an identity.
    #[must_use]
    pub fn of(chain: Vec<CertificateDer<'static>>) -> Self {
        Self(chain)
    }

    /// The record of the certificate's own key: `3 1 1` and the SHA-256 digest in hexadecimal digits. None
    /// where there is no certificate that can be read.
    #[must_use]
    pub fn record_of_key(&self) -> Option<String> {
        record("3 1 1", self.0.first()?)
    }

    /// The record of the key of the authority at the chain's end: `2 1 1` and the digest. None where the chain
    /// is the certificate alone: then the authority is not shown, and the record would fit nothing (RFC
    /// 7672 section 3.1.2).
    #[must_use]
    pub fn record_of_authority(&self) -> Option<String> {
        record("2 1 1", self.0.get(1..)?.last()?)
    }

    /// Whether the certificate is for this name.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        let names = self.0.first().and_then(|own| CertificateFacts::of(own).content);
        names.is_some_and(|content| content.names.iter().any(|name| covers(name, host)))
    }

    /// Whether the record names the certificate itself.
    #[must_use]
    pub fn is_named_by(&self, record: &TlsaRecord) -> bool {
        record.is_of_server() && self.0.first().is_some_and(|own| record.names(own))
    }

    /// Whether the record names an authority of the chain, and so lets the certificate through for the names
    /// that it is for.
    #[must_use]
    pub fn is_vouched_for_by(&self, record: &TlsaRecord) -> bool {
        let mut authorities = self.0.iter().skip(1);
        !record.is_of_server() && authorities.any(|authority| record.names(authority))
    }
}

fn record(numbers: &str, certificate: &CertificateDer<'_>) -> Option<String> {
    let digest = key_digest(certificate)?;
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{numbers} {digits}"))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};

    use super::*;

    fn parsed(record: &str) -> TlsaRecord {
        let words: Vec<&str> = record.split(' ').collect();
        let number = |at: usize| words[at].parse().unwrap();
        let data: Vec<u8> = (0..words[3].len() / 2)
            .map(|at| u8::from_str_radix(&words[3][2 * at..2 * at + 2], 16).unwrap())
            .collect();
        TlsaRecord::usable(number(0), number(1), number(2), &data).unwrap()
    }

    #[test]
    fn records_fit_what_is_shown_and_nothing_else() {
        let authority = CertifiedIssuer::self_signed(
            CertificateParams::new(Vec::new()).unwrap(),
            KeyPair::generate().unwrap(),
        )
        .unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["mx.example".to_owned()]).unwrap();
        let leaf = params.signed_by(&key, &authority).unwrap();
        let shown = ShownChain::of(vec![leaf.der().clone(), authority.der().clone()]);
        let own = parsed(&shown.record_of_key().unwrap());
        let vouching = parsed(&shown.record_of_authority().unwrap());
        assert!(shown.is_named_by(&own) && !shown.is_vouched_for_by(&own));
        assert!(shown.is_vouched_for_by(&vouching) && !shown.is_named_by(&vouching));
        assert!(shown.is_for("MX.example") && !shown.is_for("other.example"));
        let other = ShownChain::of(vec![authority.der().clone()]);
        assert!(!other.is_named_by(&own) && !other.is_vouched_for_by(&vouching));
        assert_eq!(other.record_of_authority(), None);
        assert_eq!(ShownChain::of(Vec::new()).record_of_key(), None);
    }
}
