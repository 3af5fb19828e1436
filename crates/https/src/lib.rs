//! HTTPS as a client: one request over one connection, to whoever has a certificate of a trusted authority for
//! the name in the address. Nothing is followed, remembered or sent that was not asked for: no redirects,
//! proxies or cookies. Answers are bounded; whoever asks bounds the time ([`PATIENCE`]).

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use dns::{BoxedStream, Resolver};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::http1,
    header::{self, HeaderValue},
    http::request::Builder,
};
use hyper_util::rt::TokioIo;
use model::{HttpsHost, HttpsUrl};
use rustls::pki_types::ServerName;
use tls::{HandshakeFailure, TrustAnchors};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

/// The longest a whole request may take.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// The largest header of an answer, in bytes.
const MAX_HEADER: usize = 32 * 1024;
/// Addresses tried of one host.
const MOST_ADDRESSES: usize = 4;

/// How a connection to a web server is opened.
pub trait Dial: Send + Sync {
    /// Connects. The caller bounds the time.
    fn dial(
        &self,
        target: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<BoxedStream>> + Send + '_>>;
}

/// What it takes to ask.
#[derive(Clone, Copy)]
pub struct Https<'a> {
    /// Who opens connections.
    pub dial: &'a dyn Dial,
    /// Whose certificates count.
    pub trust: &'a Arc<TrustAnchors>,
    /// Who knows addresses.
    pub resolver: &'a Resolver,
}

impl fmt::Debug for Https<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Https").finish_non_exhaustive()
    }
}

/// A connection to somebody who has proved who he is: it cannot be had otherwise.
pub struct Proved {
    stream: TlsStream<BoxedStream>,
}

impl fmt::Debug for Proved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proved").finish_non_exhaustive()
    }
}

impl Https<'_> {
    /// The answer of whoever is at this address to one request, within half a minute. Its fields Host and Connection
    /// are written here.
    ///
    /// # Errors
    /// Why there is none, bounded.
    pub async fn ask(
        &self,
        url: &HttpsUrl,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, String> {
        let unheard = |_| "it cannot be asked for".to_owned();
        *request.uri_mut() = url.path().parse().map_err(unheard)?;
        let host = HeaderValue::from_str(&url.authority()).map_err(|_| "its name".to_owned())?;
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        let asking = async { self.connect(url).await?.answer(request, MAX_ANSWER).await };
        let asked = timeout(PATIENCE, asking).await;
        asked.unwrap_or_else(|_| Err("it did not answer within 30 seconds".to_owned()))
    }

    /// Connects to the host of an address.
    ///
    /// # Errors
    /// Why not, bounded.
    pub async fn connect(&self, url: &HttpsUrl) -> Result<Proved, String> {
        let socket = self.dial(url).await?;
        self.encrypt(url, socket).await
    }

    async fn dial(&self, url: &HttpsUrl) -> Result<BoxedStream, String> {
        let addresses = match url.host() {
            HttpsHost::Address(address) => vec![*address],
            HttpsHost::Name(name) => {
                let found = self.resolver.addresses(name).await;
                found.map_err(|error| format!("{name} was not found in the DNS: {error}"))?
            }
        };
        let mut why = "it has no address".to_owned();
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            let target = SocketAddr::new(address, url.port());
            match timeout(PATIENCE / 3, self.dial.dial(target)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => why = format!("no connection to {target}: {error}"),
                Err(_) => why = format!("no connection to {target}: timed out"),
            }
        }
        Err(why)
    }

    async fn encrypt(&self, url: &HttpsUrl, socket: BoxedStream) -> Result<Proved, String> {
        let name = match url.host() {
            HttpsHost::Address(address) => ServerName::IpAddress((*address).into()),
            HttpsHost::Name(name) => ServerName::try_from(name.to_string())
                .map_err(|_| format!("no certificate can name {name}"))?,
        };
        let trust = Arc::clone(self.trust);
        // Reading the machine's authorities blocks now and then.
        let config = tokio::task::spawn_blocking(move || trust.client_config());
        let config = config.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        match tls::connector(config).connect(name, socket).await {
            Ok(stream) => Ok(Proved { stream }),
            Err(error) => {
                Err(format!("the TLS handshake failed: {}", HandshakeFailure::of(&error).text))
            }
        }
    }
}

/// A question to an address.
pub fn get(url: &HttpsUrl, accept: &'static str) -> Builder {
    with_head(Request::get(url.path()), url).header(header::ACCEPT, accept)
}

/// Something brought to an address.
pub fn post(url: &HttpsUrl, content_type: &'static str) -> Builder {
    with_head(Request::post(url.path()), url).header(header::CONTENT_TYPE, content_type)
}

fn with_head(request: Builder, url: &HttpsUrl) -> Builder {
    request
        .header(header::HOST, url.authority())
        .header(header::USER_AGENT, "Relais")
        .header(header::CONNECTION, "close")
}

impl Proved {
    /// Status and body of the answer.
    ///
    /// # Errors
    /// When there is no whole answer, or a larger one than 64 KiB.
    pub async fn exchange(
        self,
        request: Request<Full<Bytes>>,
    ) -> Result<(u16, Zeroizing<Vec<u8>>), String> {
        let (status, whole) = self.answered(request, MAX_ANSWER).await?;
        Ok((status, Zeroizing::new(whole.to_vec())))
    }

    /// Status and body of the answer, which may have so many bytes.
    ///
    /// # Errors
    /// When there is no whole answer, or a larger one.
    pub async fn answered(
        self,
        request: Request<Full<Bytes>>,
        largest: usize,
    ) -> Result<(u16, Bytes), String> {
        let (parts, body) = self.answer(request, largest).await?.into_parts();
        Ok((parts.status.as_u16(), body))
    }

    /// The whole answer, which may have so many bytes.
    async fn answer(
        self,
        request: Request<Full<Bytes>>,
        largest: usize,
    ) -> Result<Response<Bytes>, String> {
        exchange_over(self.stream, request, largest).await
    }
}

/// The whole answer to one request over a connection, of at most so many bytes. Whoever calls has found out who is at its
/// other end, and bounds the time.
///
/// # Errors
/// When there is no whole answer, or a larger one.
pub async fn exchange_over(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Full<Bytes>>,
    largest: usize,
) -> Result<Response<Bytes>, String> {
    let broken = |error: hyper::Error| format!("the connection to it broke: {error}");
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEADER)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let driver = tokio::spawn(connection);
    let _ends_with_us = AbortOnDrop(driver.abort_handle());
    let answer = sender.send_request(request).await.map_err(broken)?;
    let (parts, body) = answer.into_parts();
    Ok(Response::from_parts(parts, whole(body, largest).await?))
}

async fn whole(body: Incoming, largest: usize) -> Result<Bytes, String> {
    let whole = Limited::new(body, largest).collect().await.map_err(|_| {
        format!("its answer broke off or is larger than {} KiB", largest.div_ceil(1024))
    })?;
    Ok(whole.to_bytes())
}

/// Ends a task when whoever needs it is gone.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
