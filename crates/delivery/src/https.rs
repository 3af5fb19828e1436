//! HTTPS as a client: one request over one connection, to whoever has a certificate of a trusted authority for
//! the name in the address. Nothing is followed, remembered or sent that was not asked for: no redirects,
//! proxies or cookies. Answers are bounded; whoever asks bounds the time.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use directory::{TokenHost, TokenUrl};
use dns::Resolver;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    client::conn::http1,
    header::{self, HeaderValue},
    http::request::Builder,
};
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
pub struct Https<'a> {
    /// Who opens connections.
    pub dialer: &'a dyn Dialer,
    /// Who vouches for whoever is asked.
    pub trust: &'a Arc<TrustAnchors>,
    /// Who finds him.
    pub resolver: &'a Resolver,
}

impl fmt::Debug for Https<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Https").finish_non_exhaustive()
    }
}

/// A connection to somebody who has proved who he is.
pub(crate) struct Proved {
    stream: TlsStream<TcpStream>,
    /// What may be shown to him.
    pub(crate) permit: Permit,
}

impl Https<'_> {
    /// The answer of whoever is at this address to one request, within half a minute. Its fields Host and Connection
    /// are written here.
    ///
    /// # Errors
    /// Why there is none, bounded.
    pub async fn ask(
        &self,
        url: &TokenUrl,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Zeroizing<Vec<u8>>>, String> {
        let unheard = |_| "it cannot be asked for".to_owned();
        *request.uri_mut() = url.path().parse().map_err(unheard)?;
        let host = HeaderValue::from_str(&url.authority()).map_err(|_| "its name".to_owned())?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        let asking = async { self.connect(url).await?.answer(request).await };
        let asked = timeout(PATIENCE, asking).await;
        asked.unwrap_or_else(|_| Err("it did not answer within 30 seconds".to_owned()))
    }

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
        let (parts, body) = self.answer(request).await?.into_parts();
        Ok((parts.status.as_u16(), body))
    }

    /// The whole answer.
    async fn answer(
        self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Zeroizing<Vec<u8>>>, String> {
        let broken = |error: hyper::Error| format!("the connection to it broke: {error}");
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEADER)
            .handshake(TokioIo::new(self.stream))
            .await
            .map_err(broken)?;
        let driver = tokio::spawn(connection);
        let _ends_with_us = AbortOnDrop(driver.abort_handle());
        let answer = sender.send_request(request).await.map_err(broken)?;
        let (parts, body) = answer.into_parts();
        let whole = Limited::new(body, MAX_ANSWER).collect().await;
        let whole =
            whole.map_err(|_| "its answer broke off or is larger than 64 KiB".to_owned())?;
        Ok(Response::from_parts(parts, Zeroizing::new(whole.to_bytes().to_vec())))
    }
}

/// Ends a task when whoever needs it is gone.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
