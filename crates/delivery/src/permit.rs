//! Who may be shown a connector's secrets. A sealed secret is opened, and an access token shown, only to
//! whoever holds a [`Permit`]; that is made from one of two things: a TLS session in which the other side
//! has proved who it is, or the administrator's word that it does not have to. Neither can be made
//! anywhere else, so that no way of signing in can forget to ask.

use std::{fmt, io, sync::Arc};

use directory::{Directory, SendConnector, SmartHostAuthMechanism};
use rustls::pki_types::ServerName;
use tls::{ClientPolicy, ClientSide, TlsError, TrustAnchors};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsConnector, client::TlsStream};
use vault::Sealed;
use zeroize::Zeroizing;

/// A handshake that is about to be made.
pub(crate) struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
    proves: bool,
}

/// In a TLS session that is up, the other side has shown a certificate of a trusted authority for the
/// name it is known by.
#[derive(Debug)]
pub(crate) struct Verified(());

/// The administrator has said that a password may go to whoever answers: he chose BasicAuth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdministratorsWord(());

/// Leave to open a secret and to show it to one other side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permit(());

/// A secret of a connector, as the directory keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedSecret {
    sealed: Sealed,
    context: String,
}

/// An access token. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccessToken(Arc<Zeroizing<String>>);

impl Handshake {
    /// One that succeeds only with a certificate of these authorities for this name. Blocks on the disk
    /// now and then.
    ///
    /// # Errors
    /// When there is no authority at all.
    pub(crate) fn verifying(
        trust: &TrustAnchors,
        side: &ClientSide,
        name: ServerName<'static>,
    ) -> Result<Self, TlsError> {
        let config = if side.is_plain() {
            trust.client_config()?
        } else {
            side.config(ClientPolicy::Authorities(trust.authorities()?))?
        };
        Ok(Self { connector: tls::connector(config), name, proves: true })
    }

    /// One that proves nothing about the name, whatever else it demands.
    pub(crate) fn other(connector: TlsConnector, name: ServerName<'static>) -> Self {
        Self { connector, name, proves: false }
    }

    /// Makes it. The caller bounds the time.
    pub(crate) async fn shake<S: AsyncRead + AsyncWrite + Unpin>(
        self,
        stream: S,
    ) -> io::Result<(TlsStream<S>, Option<Verified>)> {
        let stream = self.connector.connect(self.name, stream).await?;
        Ok((stream, self.proves.then_some(Verified(()))))
    }
}

impl AdministratorsWord {
    /// What the connector's administrator has said.
    pub(crate) fn of(connector: &SendConnector) -> Option<Self> {
        let mechanism = connector.smart_host_auth_mechanism;
        (mechanism == SmartHostAuthMechanism::BasicAuth).then_some(Self(()))
    }
}

impl Permit {
    /// To whoever is at the other end of that session.
    pub(crate) fn verified(_: &Verified) -> Self {
        Self(())
    }

    /// To the web server at the other end.
    pub(crate) fn proved(_: &https::Proved) -> Self {
        Self(())
    }

    /// To whoever answers.
    pub(crate) fn said(_: &AdministratorsWord) -> Self {
        Self(())
    }
}

impl SealedSecret {
    /// A secret that was sealed for `context`.
    pub(crate) fn new(sealed: Sealed, context: String) -> Self {
        Self { sealed, context }
    }

    /// Opens it; it is wiped when it is dropped.
    ///
    /// # Errors
    /// When it cannot be opened with this server's key; what to do is the caller's to say.
    pub(crate) fn open(
        &self,
        directory: &Directory,
        _: Permit,
    ) -> Result<Zeroizing<String>, CannotOpen> {
        directory.unseal(&self.sealed, &self.context).map_err(|_| CannotOpen)
    }

    /// The sealed form: what is new about a secret is known by it.
    pub(crate) fn sealed(&self) -> &Sealed {
        &self.sealed
    }
}

/// A secret cannot be opened with this server's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CannotOpen;

impl AccessToken {
    /// As the endpoint gave it.
    pub(crate) fn new(token: Zeroizing<String>) -> Self {
        Self(Arc::new(token))
    }

    /// The token, for one other side.
    pub(crate) fn show(&self, _: Permit) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}
