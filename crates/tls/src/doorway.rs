//! One port for servers of the organization and for everybody else: who names our protocol in his ClientHello (ALPN,
//! RFC 7301) is asked for a certificate of the organization's authority and shown ours of it; everybody else is
//! shown what he would be shown anyway, and asked for nothing more.

use std::{io, sync::Arc};

use rustls::{ClientConfig, server::Acceptor};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor, TlsConnector, server::TlsStream};

use crate::{MutualTls, Role};

/// The protocol's name: SMTP between servers of one organization. Not registered.
const SMTP_BETWEEN_SERVERS: &[u8] = b"relais-smtp";

impl MutualTls {
    /// Opens one connection to a server with this role at a port that others use too. Ask again for every
    /// connection.
    pub fn doorway_connector(&self, server: Role) -> TlsConnector {
        let mut config = ClientConfig::clone(self.connector(server).config());
        config.alpn_protocols = vec![SMTP_BETWEEN_SERVERS.to_vec()];
        TlsConnector::from(Arc::new(config))
    }

    /// Accepts one connection at such a port: of a server with this role, or `otherwise`; says whether it is of
    /// a server. Who names the protocol and has no such certificate is refused.
    ///
    /// # Errors
    /// When there is no agreement on TLS.
    pub async fn accept_or<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        client: Role,
        otherwise: &TlsAcceptor,
        stream: S,
    ) -> io::Result<(TlsStream<S>, bool)> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let named = hello.client_hello().alpn();
        let is_ours = named.is_some_and(|mut names| names.any(|name| name == SMTP_BETWEEN_SERVERS));
        let acceptor = if is_ours { &self.acceptor(client) } else { otherwise };
        let stream = hello.into_stream(Arc::clone(acceptor.config())).await?;
        Ok((stream, is_ours))
    }
}
