//! What a server shows of itself: a certificate chain with its private key, and what it is shown for. The
//! key is sealed with the data key and never shown.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use model::ValueError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::Sealed;

use super::enumeration::{enumeration, flags};
use crate::{
    rule::{Refused, RuleError},
    setting::Stored,
};

flags! {
    /// For what a certificate is shown (management.md section 9.1; the others there have no service
    /// here).
    pub struct CertificateServices, empty "None";
    /// The admin center and the API.
    IIS = 0, "IIS";
    /// Receive connectors.
    SMTP = 1, "SMTP";
}

enumeration! {
    /// The oldest version of TLS that is spoken. Ours.
    pub enum TlsVersion {
        /// TLS 1.2 (RFC 5246).
        Tls12 = "Tls12",
        /// TLS 1.3 (RFC 8446).
        Tls13 = "Tls13",
    }
}

flags! {
    /// The cipher suites that are spoken, by their registered names. Ours.
    pub struct TlsCipherSuites, empty "All";
    /// Of TLS 1.3.
    AES_256_GCM = 0, "TLS_AES_256_GCM_SHA384";
    /// Of TLS 1.3.
    AES_128_GCM = 1, "TLS_AES_128_GCM_SHA256";
    /// Of TLS 1.3.
    CHACHA20 = 2, "TLS_CHACHA20_POLY1305_SHA256";
    /// Of TLS 1.2.
    ECDSA_AES_256_GCM = 3, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    /// Of TLS 1.2.
    ECDSA_AES_128_GCM = 4, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    /// Of TLS 1.2.
    ECDSA_CHACHA20 = 5, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
    /// Of TLS 1.2.
    RSA_AES_256_GCM = 6, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    /// Of TLS 1.2.
    RSA_AES_128_GCM = 7, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    /// Of TLS 1.2.
    RSA_CHACHA20 = 8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
}

impl TlsCipherSuites {
    /// The suites of TLS 1.3.
    pub const TLS13: Self = Self(0b111);

    /// The registered names of those in the set; none for the empty set, which is all.
    pub fn names(self) -> Vec<String> {
        let members = Self::MEMBERS.iter().filter(|(member, _)| self.contains(*member));
        members.map(|(_, name)| (*name).to_owned()).collect()
    }

    /// Whether a suite of this version is in the set, or the set is all.
    pub fn speak(self, oldest: TlsVersion) -> bool {
        self.is_empty() || oldest == TlsVersion::Tls12 || self.0 & Self::TLS13.0 != 0
    }
}

/// A certificate chain, its key where that is here, and the request it stands for where it is only asked
/// for. Its `Debug` shows nothing of the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CertificateMaterial {
    /// The certificate, then those that lead to its authority; DER.
    #[serde(with = "base64_list")]
    pub chain: Vec<Vec<u8>>,
    /// The private key (PKCS #8, base64), sealed with `Directory::seal`.
    pub private_key: Option<Sealed>,
    /// The request (PKCS #10, PEM) for which the certificate stands until the real one is imported.
    #[serde(default)]
    pub request: Option<String>,
}

mod base64_list {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(list: &[Vec<u8>], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(|item| STANDARD.encode(item)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| STANDARD.decode(text).map_err(D::Error::custom)).collect()
    }
}

impl Stored for CertificateMaterial {
    fn store(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn load(value: &Value) -> Result<Self, Refused> {
        // What stands there is not repeated: it may be a key.
        Self::deserialize(value)
            .map_err(|_| ValueError::new("", "is not a stored certificate", "a certificate").into())
    }
}

impl fmt::Debug for CertificateMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateMaterial")
            .field("chain", &self.chain.len())
            .field("has_private_key", &self.private_key.is_some())
            .field("is_request", &self.request.is_some())
            .finish()
    }
}

/// Whether anything is left to speak: SC-27, RC-19.
///
/// # Errors
/// When none of the suites is of a version that is spoken.
pub(crate) fn speak(
    id: &'static str,
    suites: TlsCipherSuites,
    oldest: TlsVersion,
) -> Result<(), RuleError> {
    if suites.speak(oldest) {
        return Ok(());
    }
    Err(RuleError::new(
        id,
        "TlsCipherSuites",
        suites,
        format!("with TlsMinimumVersion {oldest} none of these cipher suites can be spoken"),
        "Add a suite of TLS 1.3, such as TLS_AES_256_GCM_SHA384, or set TlsCipherSuites to All",
    ))
}
