//! What was negotiated, in the words trace fields and logs use.

use rustls::{ClientConnection, CommonState, ServerConnection};

/// Protocol version and cipher suite of a finished handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSummary {
    /// `TLS1.2` or `TLS1.3`.
    pub protocol: String,
    /// The suite's registered name, such as `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
}

impl TlsSummary {
    /// Of a connection we accepted. Before the handshake is finished both parts are `unknown`.
    pub fn of_server(connection: &ServerConnection) -> Self {
        Self::of(connection)
    }

    /// Of a connection we opened. Before the handshake is finished both parts are `unknown`.
    pub fn of_client(connection: &ClientConnection) -> Self {
        Self::of(connection)
    }

    fn of(connection: &CommonState) -> Self {
        let unknown = || "unknown".to_owned();
        let protocol = connection
            .protocol_version()
            .and_then(|version| version.as_str().map(|text| text.replace("TLSv1_", "TLS1.")))
            .unwrap_or_else(unknown);
        // The library's own names for TLS 1.3 suites start with TLS13_.
        let cipher = connection
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str().map(|text| text.replace("TLS13_", "TLS_")))
            .unwrap_or_else(unknown);
        Self { protocol, cipher }
    }
}
