//! A server that is not one of the organization yet asks one that is. It has no certificate; whom it asks has to be of
//! the authority that it was told of, and shows its certificate of that authority to who says so by ALPN.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode, header};
use rustls::pki_types::ServerName;
use tls::{ClientPolicy, Fingerprint, JOIN_PROTOCOL, client_config, connector};
use tokio::time::timeout;

use crate::{
    Endpoint,
    ask::{detail, open, told},
};

/// The path.
pub const JOIN: &str = "/api/v1/join";
/// How long a connection may take, the look-up of its name included.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the handshake may take.
const SHAKE: Duration = Duration::from_secs(10);
/// How long the answer may take: the engine is asked for it.
const ANSWER: Duration = Duration::from_secs(60);
/// The largest answer, in bytes.
const LARGEST: usize = 256 << 10;

/// Brings `body` to the server at `endpoint` that is of this authority, and gives its answer.
///
/// # Errors
/// Why there is none, as a sentence without its full stop.
pub async fn ask_to_join(
    endpoint: &Endpoint,
    authority: Fingerprint,
    body: Bytes,
) -> Result<Bytes, String> {
    let failed = |why: String| format!("{endpoint}: {why}");
    let stream = timeout(CONNECT, open(endpoint)).await;
    let stream = stream.map_err(|_| failed("no connection within 10 seconds".to_owned()))?;
    let stream = stream.map_err(|error| failed(error.to_string()))?;
    let name = ServerName::try_from(endpoint.host().to_owned())
        .map_err(|_| failed("that is no name a certificate can have".to_owned()))?;
    let config = client_config(ClientPolicy::Pinned(authority));
    let mut config = config.map_err(|error| failed(error.to_string()))?.as_ref().clone();
    config.alpn_protocols = vec![JOIN_PROTOCOL.to_vec()];
    let shaking = connector(Arc::new(config)).connect(name, stream);
    let stream = timeout(SHAKE, shaking).await;
    let stream = stream.map_err(|_| failed("the TLS handshake took too long".to_owned()))?;
    let stream = stream.map_err(|error| failed(told(&error)))?;
    let request = Request::post(JOIN)
        .header(header::HOST, endpoint.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Relais")
        .header(header::CONNECTION, "close")
        .body(Full::new(body))
        .map_err(|_| failed("it cannot be asked that".to_owned()))?;
    let answer = timeout(ANSWER, https::exchange_over(stream, request, LARGEST)).await;
    let answer = answer.map_err(|_| {
        failed(
            "no answer within a minute; whether the server has joined says Get-ClusterStatus there"
                .to_owned(),
        )
    })?;
    let answer = answer.map_err(|why| {
        failed(format!("{why}; whether the server has joined says Get-ClusterStatus there"))
    })?;
    if answer.status() == StatusCode::OK {
        return Ok(answer.into_body());
    }
    Err(detail(answer.status(), answer.body()))
}
