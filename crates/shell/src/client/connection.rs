//! One HTTPS connection, kept as long as the server keeps it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::tls_stream::TlsStream;

/// Largest answer read.
const MAX_BODY: usize = 256 << 20;
/// How long an idle connection is used again: well within what servers keep them.
const KEPT: Duration = Duration::from_secs(15);

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// The request certainly did not reach the server.
    NotSent,
    /// It may have.
    Unknown(String),
}

/// A connection.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    used: Instant,
}

impl Connection {
    pub(super) async fn new(stream: TlsStream) -> Result<Self, Lost> {
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|e| Lost::Unknown(e.to_string()))?;
        tokio::spawn(async move {
            // Its end is noticed by whoever sends next.
            let _ = connection.await;
        });
        Ok(Self { sender, used: Instant::now() })
    }

    /// Whether it may be used again.
    pub(super) fn is_fresh(&self) -> bool {
        !self.sender.is_closed() && self.used.elapsed() < KEPT
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
        patience: Duration,
    ) -> Result<Answer, Lost> {
        match timeout(patience, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(Lost::Unknown("no answer in time".into())),
        }
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Lost> {
        self.sender.ready().await.map_err(|_| Lost::NotSent)?;
        let response = self.sender.send_request(request).await.map_err(|error| {
            if error.is_canceled() { Lost::NotSent } else { Lost::Unknown(error.to_string()) }
        })?;
        self.used = Instant::now();
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .map_err(|error| Lost::Unknown(error.to_string()))?;
        Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}
