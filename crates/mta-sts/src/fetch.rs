//! One GET of a policy file (RFC 8461 section 3.3): HTTPS with a certificate that is valid for the
//! policy host, answered by 200 and text/plain, at most 64 KiB within a minute. Nothing is
//! followed, remembered or sent that was not asked for: no redirects, proxies or cookies.

use std::{error::Error as _, sync::Arc, time::Duration};

use bytes::Bytes;
use dns::Resolver;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Request, StatusCode,
    body::{Body, Incoming},
    client::conn::http1,
    header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use model::DomainName;
use rustls::{ClientConfig, pki_types::ServerName};
use thiserror::Error;
use tls::TrustAnchors;
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{Instant, timeout},
};
use tokio_rustls::client::TlsStream;

use crate::{BoxedStream, Connect, policy::LARGEST_FILE};

/// How long a whole fetch may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Fetches under way at once; more wait their turn, for which they lose none of their time.
const MOST_FETCHES: usize = 128;
/// Most bytes of the head of an answer.
const LARGEST_HEAD: usize = 64 << 10;
/// Longest text of an error kept, in characters: some quote what a certificate says.
const LONGEST_TEXT: usize = 300;

const HTTPS: u16 = 443;
const PATH: &str = "/.well-known/mta-sts.txt";

/// Why no file was given out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The policy host was not reached: no address, or none that answers.
    #[error("{0}")]
    Connect(String),
    /// Its certificate was not accepted: expired, of an authority that does not count, or without
    /// the host's name.
    #[error("its host's certificate was not accepted: {0}")]
    Certificate(String),
    /// There was no TLS for another reason.
    #[error("TLS with its host failed: {0}")]
    Tls(String),
    /// The answer was no HTTP, or broke off.
    #[error("its host gave no whole answer: {0}")]
    Http(String),
    /// The answer's status was another than 200. Redirects are not followed.
    #[error("its host answered {0} where 200 is needed")]
    Status(u16),
    /// The answer was no text.
    #[error("its host answered with {0} where text/plain is needed")]
    MediaType(String),
    /// The answer was larger than 64 KiB.
    #[error("its host's answer is larger than 64 KiB")]
    TooLarge,
    /// The whole was not done within a minute.
    #[error("it took longer than {} s", .0.as_secs_f32())]
    TooSlow(Duration),
    /// What is missing is on our side, and no fault of the domain: no authority to trust.
    #[error("{0}")]
    Ours(String),
}

/// Fetches policy files.
pub(crate) struct Fetcher {
    anchors: Arc<TrustAnchors>,
    connect: Arc<dyn Connect>,
    turns: Semaphore,
    patience: Duration,
}

impl Fetcher {
    pub(crate) fn new(
        anchors: Arc<TrustAnchors>,
        connect: Arc<dyn Connect>,
        patience: Duration,
    ) -> Self {
        Self { anchors, connect, turns: Semaphore::new(MOST_FETCHES), patience }
    }

    /// The file that `domain`'s policy host gives out.
    pub(crate) async fn fetch(
        &self,
        domain: &DomainName,
        resolver: &Resolver,
    ) -> Result<Bytes, FetchError> {
        // Closed never, so an error would only mean more fetches than turns.
        let _turn = self.turns.acquire().await;
        let begun = Instant::now();
        let fetched = timeout(self.patience, self.fetch_untimed(domain, resolver)).await;
        tracing::debug!(%domain, took = ?begun.elapsed(), "MTA-STS policy asked for");
        fetched.unwrap_or(Err(FetchError::TooSlow(self.patience)))
    }

    async fn fetch_untimed(
        &self,
        domain: &DomainName,
        resolver: &Resolver,
    ) -> Result<Bytes, FetchError> {
        let host: DomainName = format!("mta-sts.{domain}")
            .parse()
            .map_err(|_| FetchError::Connect("the name of its host would be too long".into()))?;
        let config = self.config().await?;
        let stream = self
            .connect
            .connect(&host, HTTPS, resolver)
            .await
            .map_err(|e| FetchError::Connect(clean(&e.to_string())))?;
        get(encrypted(&host, stream, config).await?, &host).await
    }

    /// Reading the machine's authorities blocks now and then.
    async fn config(&self) -> Result<Arc<ClientConfig>, FetchError> {
        let anchors = Arc::clone(&self.anchors);
        match spawn_blocking(move || anchors.client_config()).await {
            Ok(Ok(config)) => Ok(config),
            Ok(Err(error)) => Err(FetchError::Ours(error.to_string())),
            Err(error) => Err(FetchError::Ours(error.to_string())),
        }
    }
}

async fn encrypted(
    host: &DomainName,
    stream: BoxedStream,
    config: Arc<ClientConfig>,
) -> Result<TlsStream<BoxedStream>, FetchError> {
    let name = ServerName::try_from(host.as_str().to_owned())
        .map_err(|e| FetchError::Tls(e.to_string()))?;
    tls::connector(config).connect(name, stream).await.map_err(|error| {
        let text = clean(&error.to_string());
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
                FetchError::Certificate(text)
            }
            _ => FetchError::Tls(text),
        }
    })
}

async fn get(stream: TlsStream<BoxedStream>, host: &DomainName) -> Result<Bytes, FetchError> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(http)?;
    let exchange = async move {
        let (head, body) = sender.send_request(request(host)?).await.map_err(http)?.into_parts();
        check_head(head.status, &head.headers)?;
        whole(body).await
    };
    // The exchange learns of the connection's end by itself, and may have more to read then.
    let driver = async {
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        result = exchange => result,
        result = driver => result,
    }
}

fn request(host: &DomainName) -> Result<Request<Empty<Bytes>>, FetchError> {
    Request::get(PATH)
        .header(HOST, host.as_str())
        .header(USER_AGENT, "Relais")
        .header(CONNECTION, "close")
        .body(Empty::new())
        .map_err(|e| FetchError::Ours(e.to_string()))
}

fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), FetchError> {
    if status != StatusCode::OK {
        return Err(FetchError::Status(status.as_u16()));
    }
    let given = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let given = given.as_deref().unwrap_or("no media type");
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("text/plain") {
        return Err(FetchError::MediaType(clean(given)));
    }
    Ok(())
}

async fn whole(body: Incoming) -> Result<Bytes, FetchError> {
    let most = LARGEST_FILE as u64;
    if body.size_hint().lower() > most {
        return Err(FetchError::TooLarge);
    }
    match Limited::new(body, LARGEST_FILE).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
        Err(error) => Err(FetchError::Http(clean(&error.to_string()))),
    }
}

fn http(error: hyper::Error) -> FetchError {
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text = format!("{text}: {cause}");
    }
    FetchError::Http(clean(&text))
}

/// Short, and without what a stranger may have put in to upset a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST_TEXT).collect()
}
