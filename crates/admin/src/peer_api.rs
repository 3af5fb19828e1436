//! What other Mailbox servers of the organization ask: cmdlets for their users.
//!
//! Served on connections that were opened as theirs and on no others; nothing else is served there. Who asks was proven in
//! the handshake, and is looked up at every request: a connection does not outlive a server's place in the organization.

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    http::StatusCode,
    routing::post,
};
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use crate::{api, app::App, refusal::Refusal};

/// The certificate the other side has proven to be its own, put into every request of such a connection.
#[derive(Clone)]
pub(crate) struct ShownByPeer(pub(crate) CertificateDer<'static>);

/// Which path leads where for other servers.
pub(crate) fn router(app: &App) -> Router {
    Router::new()
        .route(&format!("{}{{name}}", peers::CMDLETS), post(run))
        .with_state(app.clone())
        .fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method)
}

/// `POST /peer/v1/cmdlets/{name}`
async fn run(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Json<Value>, Refusal> {
    let Path(name) = name.map_err(|_| api::not_found())?;
    let (parts, body) = request.into_parts();
    let shown = parts.extensions.get::<ShownByPeer>().ok_or_else(api::not_found)?;
    let question = app.bodies.parameters(&parts.headers, body).await?;
    let answered = app.management.answer_peer(&shown.0, &name, question.map).await;
    answered.map(Json).map_err(|stranger| Refusal::new(StatusCode::FORBIDDEN, stranger.to_string()))
}
