//! `GET /metrics`: what the rooms count, as OpenMetrics text.
//!
//! From this machine without sign-in, as collectors there expect; from elsewhere, or through a
//! proxy on this machine, for whoever may run `Get-BackPressure`.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header, request::Parts},
};
use prometheus_client::encoding::text::encode;

use crate::{app::App, client::Peer, refusal::Refusal, sign_in::SignedIn};

/// The cmdlet that shows the same in words: who may run it may read this.
const READER: &str = "Get-BackPressure";
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// `GET /metrics`
pub(crate) async fn show(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let (mut parts, _) = request.into_parts();
    if !is_from_here(&parts) {
        let SignedIn { caller } = SignedIn::from_request_parts(&mut parts, &app).await?;
        if !app.management.allowed(&caller).contains(&READER) {
            let text = "Metrics are for whoever may run Get-BackPressure.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, text));
        }
    }
    let registry = Arc::clone(&app.metrics);
    // Queues are locked and files looked at.
    let encoded = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        encode(&mut text, &registry).map(|()| text)
    });
    match encoded.await {
        Ok(Ok(text)) => {
            let mut response = Response::new(Body::from(text));
            response.headers_mut().insert(header::CONTENT_TYPE, OPEN_METRICS);
            Ok(response)
        }
        _ => Err(Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The metrics could not be put together.",
        )),
    }
}

/// Whether somebody on this machine asks for himself.
fn is_from_here(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<Peer>();
    peer.is_some_and(|Peer(address)| address.to_canonical().is_loopback())
        && !is_forwarded(&parts.headers)
        // A browser that another site uses.
        && parts.headers.get("sec-fetch-site").is_none_or(|site| site == "none")
}

/// Whether a proxy says that it asks for somebody else.
fn is_forwarded(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|h| headers.contains_key(*h))
}
