//! Connections and TLS handshakes under the reasons to trust, and the question when there is none.

use std::io;
use std::time::Duration;

use rustls::pki_types::ServerName;
use thiserror::Error;
use tls::{ClientPolicy, Fingerprint, client_config, connector};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::address::ServerAddress;
use super::trust::{Anchor, Trust};

/// How long a connection or handshake may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A TLS connection.
pub(crate) type TlsStream = tokio_rustls::client::TlsStream<TcpStream>;

/// Asks whether a server with this fingerprint is the right one; `false` is no.
pub(crate) type Question<'a> = &'a mut dyn FnMut(&ServerAddress, Fingerprint) -> bool;

/// Why there is no connection.
#[derive(Debug, Error)]
pub(crate) enum ConnectError {
    /// Nobody answers there.
    #[error("There is no connection to {address}: {problem}.")]
    Unreachable { address: String, problem: String },
    /// TLS failed for another reason than trust.
    #[error("TLS with {address} failed: {problem}.")]
    Tls { address: String, problem: String },
    /// The server is not the one that is trusted.
    #[error("{0}")]
    Untrusted(String),
}

/// Opens a TCP connection.
pub(crate) async fn dial(address: &ServerAddress) -> Result<TcpStream, ConnectError> {
    let unreachable =
        |problem: String| ConnectError::Unreachable { address: address.to_string(), problem };
    let target = (address.host.as_str(), address.port);
    match timeout(PATIENCE, TcpStream::connect(target)).await {
        Ok(Ok(stream)) => {
            // Requests are small and wait for their answers; a failure here only costs time.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err(unreachable(plain(&error))),
        Err(_) => Err(unreachable("no answer in time".into())),
    }
}

/// What an error says, without the number of the operating system.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        _ => error.to_string(),
    }
}

/// A TLS handshake on an open connection.
pub(crate) async fn begin_tls(
    stream: TcpStream,
    address: &ServerAddress,
    policy: ClientPolicy,
) -> Result<TlsStream, ConnectError> {
    let failed = |problem: String| ConnectError::Tls { address: address.to_string(), problem };
    let name = ServerName::try_from(address.host.clone())
        .map_err(|_| failed(format!("'{}' is not a server's name", address.host)))?;
    let config = client_config(policy).map_err(|e| failed(e.to_string()))?;
    match timeout(PATIENCE, connector(config).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(if is_distrust(&error) {
            ConnectError::Untrusted(error.to_string())
        } else {
            failed(error.to_string())
        }),
        Err(_) => Err(failed("no answer in time".into())),
    }
}

fn is_distrust(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(
        inner,
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
    )
}

/// Connects to a server that is trusted for a reason, or that somebody confirms.
pub(crate) async fn secure(
    address: &ServerAddress,
    trust: &Trust,
    question: Option<Question<'_>>,
) -> Result<(TlsStream, Anchor), ConnectError> {
    let mut refusals = Vec::new();
    for anchor in trust.anchors(address) {
        let stream = dial(address).await?;
        match begin_tls(stream, address, anchor.policy()).await {
            Ok(stream) => return Ok((stream, anchor)),
            Err(ConnectError::Untrusted(problem)) if anchor.is_binding() => {
                return Err(ConnectError::Untrusted(mismatch(address, trust, &anchor, &problem)));
            }
            Err(ConnectError::Untrusted(problem)) => {
                refusals.push(format!("{} does not vouch for it ({problem})", anchor.described()));
            }
            Err(other) => return Err(other),
        }
    }
    let fingerprint = presented(address).await?;
    let Some(question) = question else {
        return Err(ConnectError::Untrusted(unknown(address, fingerprint, &refusals)));
    };
    if !question(address, fingerprint) {
        return Err(ConnectError::Untrusted(format!("The server at {address} was not confirmed.")));
    }
    let anchor = Anchor::Confirmed(fingerprint);
    let stream = begin_tls(dial(address).await?, address, anchor.policy()).await?;
    Ok((stream, anchor))
}

/// The fingerprint of the last certificate a server presents: its authority's, where it sends it.
/// Nothing is said over this connection.
async fn presented(address: &ServerAddress) -> Result<Fingerprint, ConnectError> {
    let stream = dial(address).await?;
    let stream = begin_tls(stream, address, ClientPolicy::Opportunistic).await?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or(&[]);
    chain.last().map(Fingerprint::of).ok_or_else(|| ConnectError::Tls {
        address: address.to_string(),
        problem: "the server presents no certificate".into(),
    })
}

fn mismatch(address: &ServerAddress, trust: &Trust, anchor: &Anchor, problem: &str) -> String {
    let mut text = format!(
        "The server at {address} does not match {} ({problem}). It may be another server.",
        anchor.described()
    );
    if let (Anchor::Confirmed(_), Some(path)) = (anchor, trust.known.path()) {
        text.push_str(&format!(
            " If its certificate authority was really replaced, remove its line from {}.",
            path.display()
        ));
    }
    text
}

fn unknown(address: &ServerAddress, fingerprint: Fingerprint, refusals: &[String]) -> String {
    let why =
        if refusals.is_empty() { String::new() } else { format!(": {}", refusals.join("; ")) };
    format!(
        "The server at {address} is not known{why}. Compare its fingerprint {fingerprint} with the one the server shows at its start, then give it with --fingerprint or RELAIS_FINGERPRINT, or run the shell on a terminal and confirm it."
    )
}
