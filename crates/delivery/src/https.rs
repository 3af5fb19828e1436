//! HTTPS as a client: one request over one connection, to whoever has a certificate of a trusted authority for
//! the name in the address. Nothing is followed, remembered or sent that was not asked for: no redirects,
//! proxies or cookies. Answers are bounded; whoever asks bounds the time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use directory::{TokenHost, TokenUrl};
use dns::Resolver;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, client::conn::http1, header, http::request::Builder};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tls::{ClientSide, HandshakeFailure, TrustAnchors};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use crate::{
    Dialer,
    permit::{Handshake, Permit},
};

/// The longest a whole request may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// The largest header of an answer, in bytes.
const MAX_HEADER: usize = 32 * 1024;
/// Addresses tried of one host.
const MOST_ADDRESSES: usize = 4;

/// What it takes to ask.
#[derive(Clone, Copy)]
pub(crate) struct Https<'a> {
    pub(crate) dialer: &'a dyn Dialer,
    pub(crate) trust: &'a Arc<TrustAnchors>,
    pub(crate) resolver: &'a Resolver,
}

/// A connection to somebody who has proved who he is.
pub(crate) struct Proved {
    stream: TlsStream<TcpStream>,
    /// What may be shown to him.
    pub(crate) permit: Permit,
}

impl Https<'_> {
    /// Connects to the host of an address.
    ///
    /// # Errors
    /// Why not, bounded.
    pub(crate) async fn connect(&self, url: &TokenUrl) -> Result<Proved, String> {
        let socket = self.dial(url).await?;
        self.encrypt(url, socket).await
    }

    async fn dial(&self, url: &TokenUrl) -> Result<TcpStream, String> {
        let addresses = match url.host() {
            TokenHost::Address(address) => vec![*address],
            TokenHost::Name(name) => {
                let found = self.resolver.addresses(name).await;
                found.map_err(|error| format!("{name} was not found in the DNS: {error}"))?
            }
        };
        let mut why = "it has no address".to_owned();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            let target = SocketAddr::new(address, url.port());
            match timeout(PATIENCE / 3, self.dialer.dial(target, None)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => why = format!("no connection to {target}: {error}"),
                Err(_) => why = format!("no connection to {target}: timed out"),
            }
        }
        Err(why)
    }

    async fn encrypt(&self, url: &TokenUrl, socket: TcpStream) -> Result<Proved, String> {
        let name = match url.host() {
            TokenHost::Address(address) => ServerName::IpAddress((*address).into()),
            TokenHost::Name(name) => ServerName::try_from(name.to_string())
                .map_err(|_| format!("no certificate can name {name}"))?,
        };
        let trust = Arc::clone(self.trust);
        let handshake = tokio::task::spawn_blocking(move || {
            Handshake::verifying(&trust, &ClientSide::default(), name)
        });
        let handshake = handshake.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        let failed = |why: &str| format!("the TLS handshake failed: {why}");
        match handshake.shake(socket).await {
            Ok((stream, Some(verified))) => {
                Ok(Proved { stream, permit: Permit::verified(&verified) })
            }
            Ok((_, None)) => Err(failed("it has not proved who it is")),
            Err(error) => Err(failed(&HandshakeFailure::of(&error).text)),
        }
    }
}

/// A request to an address.
pub(crate) fn post(url: &TokenUrl, content_type: &'static str) -> Builder {
    Request::post(url.path())
        .header(header::HOST, url.authority())
        .header(header::CONTENT_TYPE, content_type)
        .header(header::USER_AGENT, "Relais")
        .header(header::CONNECTION, "close")
}

impl Proved {
    /// Status and body of the answer.
    ///
    /// # Errors
    /// When there is no whole answer, or a larger one than 64 KiB.
    pub(crate) async fn exchange(
        self,
        request: Request<Full<Bytes>>,
    ) -> Result<(u16, Zeroizing<Vec<u8>>), String> {
        let broken = |error: hyper::Error| format!("the connection to it broke: {error}");
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEADER)
            .handshake(TokioIo::new(self.stream))
            .await
            .map_err(broken)?;
        let driver = tokio::spawn(connection);
        let _ends_with_us = AbortOnDrop(driver.abort_handle());
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status().as_u16();
        let whole = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        let whole =
            whole.map_err(|_| "its answer broke off or is larger than 64 KiB".to_owned())?;
        Ok((status, Zeroizing::new(whole.to_bytes().to_vec())))
    }
}

/// Ends a task when whoever needs it is gone.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
