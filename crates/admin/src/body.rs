//! Request bodies: bounded in size, in time, and in what all of them together may hold.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use serde::de::DeserializeOwned;
use vault::JoinRequest;
use zeroize::Zeroizing;

use crate::{credentials::Credentials, refusal::Refusal};

/// Largest body, in bytes.
const MAX_BODY: usize = 8 << 20;
/// What of a larger one is read and forgotten, so that its sender gets to read the answer: one that
/// is cut off while it sends may never see it.
const MAX_FORGOTTEN: usize = 32 << 20;
/// A body up to this size needs no permit.
const SMALL_BODY: usize = 64 << 10;
/// How many larger ones may be held at the same time.
const LARGE_AT_ONCE: usize = 8;
/// How long a client may take to send one.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest body of a sign-in: the longest name and password, each character escaped.
const MAX_SIGN_IN: usize = 16 << 10;
/// How long somebody unknown may take.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads bodies. Cheap to clone; clones share the bound.
#[derive(Clone)]
pub(crate) struct Bodies(Arc<Semaphore>);

/// Parameters, with the right to hold that much memory while they are used.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) map: Map<String, Value>,
    pub(crate) _held: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(LARGE_AT_ONCE)))
    }

    /// The body as a JSON object; an empty body is an empty object.
    pub(crate) async fn parameters(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Parameters, Refusal> {
        let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "The body took too long.");
        let (bytes, held) = timeout(BODY_TIMEOUT, self.read(body)).await.map_err(late)??;
        if bytes.is_empty() {
            return Ok(Parameters { map: Map::new(), _held: held });
        }
        if !is_json(headers) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The parameters must be sent as Content-Type: application/json.",
            ));
        }
        let wrong = |detail: String| Refusal::new(StatusCode::BAD_REQUEST, detail);
        // The parser's own message has a line and a column, nothing of the text.
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(map)) => Ok(Parameters { map, _held: held }),
            Ok(_) => Err(wrong("The parameters must be a JSON object.".to_owned())),
            Err(e) => Err(wrong(format!("The body is not JSON: {e}."))),
        }
    }

    /// A user name and a password, from somebody unknown: bounded tightly.
    pub(crate) async fn credentials(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Credentials, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "A sign-in must be sent as Content-Type: application/json.",
            ));
        }
        let wrong = "A sign-in is a JSON object with the texts \"user\" and \"password\".";
        of_stranger(body, wrong).await
    }

    /// A new server's question, as tightly.
    pub(crate) async fn question_to_join(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<JoinRequest, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "A question to join must be sent as Content-Type: application/json.",
            ));
        }
        of_stranger(body, "That is not what a new server asks: use relais join.").await
    }

    async fn read(
        &self,
        mut body: Body,
    ) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Refusal> {
        let mut bytes = Vec::new();
        let mut held = None;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Refusal::new(StatusCode::BAD_REQUEST, "The body ended before its time.")
            })?;
            let Ok(data) = frame.into_data() else { continue };
            let length = bytes.len() + data.len();
            if length > MAX_BODY {
                drop((bytes, held));
                forget_rest(&mut body).await;
                return Err(Refusal::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("The body is larger than {MAX_BODY} bytes."),
                ));
            }
            if length > SMALL_BODY && held.is_none() {
                held = Some(Arc::clone(&self.0).acquire_owned().await.map_err(|_| {
                    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.")
                })?);
            }
            bytes.extend_from_slice(&data);
        }
        Ok((bytes, held))
    }
}

/// Reads what somebody unknown says. Nothing of it is repeated: it may hold a password.
async fn of_stranger<T: DeserializeOwned>(body: Body, wrong: &str) -> Result<T, Refusal> {
    let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "The body took too long.");
    let bytes = timeout(SIGN_IN_TIMEOUT, sign_in_bytes(body)).await.map_err(late)??;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, wrong))
}

async fn sign_in_bytes(body: Body) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut body = Limited::new(body, MAX_SIGN_IN);
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_SIGN_IN));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            let text = "The body is too large, or ended before its time.";
            Refusal::new(StatusCode::BAD_REQUEST, text)
        })?;
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}

/// The caller bounds the time.
async fn forget_rest(body: &mut Body) {
    let mut forgotten = 0;
    while let Some(Ok(frame)) = body.frame().await
        && forgotten < MAX_FORGOTTEN
    {
        forgotten += frame.data_ref().map_or(0, |data| data.len());
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: &'static str, body: impl Into<Body>) -> Result<usize, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
        match Bodies::new().parameters(&headers, body.into()).await {
            Ok(parameters) => Ok(parameters.map.len()),
            Err(refusal) => {
                use axum::response::IntoResponse;
                assert!(!format!("{refusal:?}").contains("s3cret"));
                Err(refusal.into_response().status().as_u16())
            }
        }
    }

    #[tokio::test]
    async fn only_bounded_json_objects_are_taken() {
        const JSON: &str = "application/json";
        assert_eq!(read("text/plain", "").await, Ok(0));
        assert_eq!(read("Application/JSON; charset=utf-8", r#"{"A":1}"#).await, Ok(1));
        assert_eq!(read("text/plain", r#"{"A":1}"#).await, Err(415));
        assert_eq!(read(JSON, r#"["s3cret"]"#).await, Err(400));
        assert_eq!(read(JSON, r#""s3cret"#).await, Err(400));
        assert_eq!(read(JSON, r#"{"Password":"s3cret" "x"}"#).await, Err(400));
        assert_eq!(read(JSON, "[".repeat(100_000)).await, Err(400));
        let long = |n: usize| format!(r#"{{"A":"{}"}}"#, "x".repeat(n));
        assert_eq!(read(JSON, long(MAX_BODY - 8)).await, Ok(1));
        assert_eq!(read(JSON, long(MAX_BODY - 7)).await, Err(413));
    }
}
