//! The roles a certificate of the organization speaks of: URIs among its alternative names.

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// What a server of the organization may be to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the Transport service.
    Mailbox,
    /// Runs Front End Transport.
    ClientAccess,
}

impl Role {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mailbox, Self::ClientAccess];

    /// The URI that stands for the role in a certificate.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Mailbox => "relais:role:Mailbox",
            Self::ClientAccess => "relais:role:ClientAccess",
        }
    }

    /// Whether the certificate has the role. One that cannot be read has none.
    pub fn is_in(self, certificate: &CertificateDer<'_>) -> bool {
        let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return false };
        let Ok(Some(names)) = parsed.subject_alternative_name() else { return false };
        names.value.general_names.iter().any(|name| *name == GeneralName::URI(self.uri()))
    }
}

/// Whether the certificate is for the server of this name. One that cannot be read is for nobody.
pub fn is_named(certificate: &CertificateDer<'_>, name: &str) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return false };
    let Ok(Some(names)) = parsed.subject_alternative_name() else { return false };
    let is_it = |general: &GeneralName<'_>| matches!(general, GeneralName::DNSName(dns) if dns.eq_ignore_ascii_case(name));
    names.value.general_names.iter().any(is_it)
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mailbox => "Mailbox",
            Self::ClientAccess => "ClientAccess",
        })
    }
}
