//! Which versions of TLS and which cipher suites are spoken.

use std::sync::Arc;

use rustls::{
    SupportedProtocolVersion,
    crypto::CryptoProvider,
    version::{TLS12, TLS13},
};

use crate::{TlsError, provider::provider};

/// What both sides have to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TlsTerms {
    /// Whether TLS 1.2 is too old.
    pub only_tls13: bool,
    /// The suites by their registered names, such as `TLS_AES_256_GCM_SHA384`; all where there is none.
    pub suites: Vec<String>,
}

impl TlsTerms {
    /// The versions, the newest first.
    pub(crate) fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        static ALL: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        static NEWEST: [&SupportedProtocolVersion; 1] = [&TLS13];
        if self.only_tls13 { &NEWEST } else { &ALL }
    }

    /// A provider of these suites.
    ///
    /// # Errors
    /// When none is left that the versions know.
    pub(crate) fn provider(&self) -> Result<Arc<CryptoProvider>, TlsError> {
        if self.suites.is_empty() {
            return Ok(provider());
        }
        let mut chosen = CryptoProvider::clone(&provider());
        chosen.cipher_suites.retain(|suite| {
            let name = registered(suite);
            self.suites.iter().any(|wanted| wanted.eq_ignore_ascii_case(&name))
        });
        let versions = self.versions();
        let speaks = |suite: &rustls::SupportedCipherSuite| {
            versions.iter().any(|version| version.version == suite.version().version)
        };
        if !chosen.cipher_suites.iter().any(speaks) {
            return Err(TlsError::NoSuite(self.suites.join(", ")));
        }
        Ok(Arc::new(chosen))
    }
}

/// The library's own names for suites of TLS 1.3 start with TLS13_.
fn registered(suite: &rustls::SupportedCipherSuite) -> String {
    suite.suite().as_str().unwrap_or_default().replace("TLS13_", "TLS_")
}
