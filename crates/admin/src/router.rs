//! Which path leads where, and who may walk it.

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Response, StatusCode},
    middleware::{Next, from_fn, map_response},
    response::IntoResponse,
    routing::{get, post},
};

use crate::{api, app::App, headers::strict, metrics, refusal::Refusal, sign_in::Peer};

/// Which path leads where. The sandbox's pages come without sign-in, to this machine only.
pub(crate) fn router(app: &App, sandbox: Option<Router>) -> Router {
    let own = Router::new()
        .route("/api/v1/cmdlets/{name}", post(api::run))
        .route("/api/v1/whoami", get(api::who_am_i))
        .route("/api/openapi.json", get(api::openapi))
        .route("/livez", get(api::live))
        .route("/readyz", get(api::ready))
        .route("/metrics", get(metrics::show))
        .with_state(app.clone());
    let all = match sandbox {
        Some(sandbox) => own.merge(sandbox.layer(from_fn(loopback_only))),
        None => own,
    };
    all.fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(map_response(strict))
}

async fn loopback_only(request: Request, next: Next) -> Response<Body> {
    match request.extensions().get::<Peer>() {
        Some(Peer(address)) if address.to_canonical().is_loopback() => next.run(request).await,
        _ => Refusal::new(
            StatusCode::FORBIDDEN,
            "The sandbox's pages are shown only on the machine it runs on.",
        )
        .into_response(),
    }
}
