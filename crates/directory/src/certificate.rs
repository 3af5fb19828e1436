//! Certificates of the servers (management.md section 9.1): each belongs to one server and is known there by
//! its thumbprint. What is in one is read by who shows it; here it is kept.

use model::{HttpsUrl, ObjectName};
use serde_json::Value;

use crate::{
    properties::{Header, Listing, boilerplate, properties},
    rule::RuleError,
    values::{CertificateMaterial, CertificateServices},
};

properties! {
    /// A certificate of a server.
    pub struct ExchangeCertificate, view;
    fixed {
        header: Header, "Header";
        /// The server whose it is.
        server: String, "Server";
        /// SHA-1 over the certificate: 40 hexadecimal digits, upper case.
        thumbprint: ObjectName, "Thumbprint";
        material: CertificateMaterial, "Material";
    }
    kept {
        /// The directory of the ACME server it was obtained from (RFC 8555); the server renews it itself.
        acme_directory: Option<HttpsUrl> = None, "AcmeDirectory";
    }
    settings {
        friendly_name: String = "Relais".to_owned(), "FriendlyName";
        services: CertificateServices = CertificateServices::EMPTY, "Services";
        /// Whether Export-ExchangeCertificate gives its key out.
        private_key_exportable: bool = false, "PrivateKeyExportable";
    }
}

impl ExchangeCertificate {
    /// The longest friendly name, in characters.
    const LONGEST_NAME: usize = 63;

    /// `Server\Thumbprint`.
    pub fn identity(&self) -> String {
        format!("{}\\{}", self.server, self.thumbprint)
    }

    /// What a sealed private key is bound to.
    pub fn context(&self) -> String {
        format!("certificate/{}", self.header.guid)
    }

    /// Whether it only stands for one that has been asked for.
    pub fn is_request(&self) -> bool {
        self.material.request.is_some()
    }

    /// Checks everything that concerns more than one value: EC-02 to EC-04.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn validate(&self) -> Result<(), RuleError> {
        let name = &self.friendly_name;
        if name.chars().count() > Self::LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(RuleError::new(
                "EC-02",
                "FriendlyName",
                name,
                "a friendly name is a line of fewer than 64 characters",
                "Give a shorter one",
            ));
        }
        if self.services.is_empty() {
            return Ok(());
        }
        if self.is_request() {
            return Err(RuleError::new(
                "EC-03",
                "Services",
                self.services,
                "the certificate has been asked for and is not here yet",
                "Import what the authority has issued with Import-ExchangeCertificate first",
            ));
        }
        if self.material.private_key.is_none() {
            return Err(RuleError::new(
                "EC-04",
                "Services",
                self.services,
                "the private key of the certificate is not here",
                "Import the certificate together with its key, as a PKCS #12 file (.pfx)",
            ));
        }
        Ok(())
    }
}

/// What is in the certificate stands empty for who reads it and fills it in.
fn view(certificate: &ExchangeCertificate, settings: Listing) -> Listing {
    let text = || Value::from("");
    let mut listing = vec![
        ("Thumbprint", Value::from(certificate.thumbprint.as_str())),
        (
            "AcmeDirectory",
            certificate
                .acme_directory
                .as_ref()
                .map_or(Value::Null, |url| Value::from(url.to_string())),
        ),
        ("CertificateDomains", Value::Array(Vec::new())),
        ("HasPrivateKey", Value::Bool(certificate.material.private_key.is_some())),
        ("IsSelfSigned", Value::Bool(false)),
        ("Issuer", text()),
        ("KeyAlgorithm", text()),
        ("NotAfter", Value::Null),
        ("NotBefore", Value::Null),
        ("PublicKeySize", Value::from(0)),
        ("Request", Value::from(certificate.material.request.clone())),
        ("RootCAType", text()),
        ("SerialNumber", text()),
        ("Status", text()),
        ("Subject", text()),
        ("TlsaRecord", text()),
        ("Server", Value::from(certificate.server.clone())),
        ("Identity", Value::from(certificate.identity())),
    ];
    listing.extend(settings);
    listing.extend(boilerplate(
        &certificate.header,
        &certificate.identity(),
        format!("CN={},CN={},CN=Certificates", certificate.thumbprint, certificate.server),
        &["top", "msExchCertificate"],
    ));
    listing
}
