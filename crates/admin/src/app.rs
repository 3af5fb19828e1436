//! What all requests share, and which path leads where.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{Response, StatusCode},
    middleware::{Next, from_fn, map_response},
    response::IntoResponse,
    routing::{get, post},
};
use identity::Authenticator;
use management::Management;
use model::Clock;

use crate::{
    api, body::Bodies, headers::strict, limiter::SignInLimiter, openapi, refusal::Refusal,
    settings::Endpoints, sign_in::Peer,
};

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) management: Arc<Management>,
    pub(crate) authenticator: Authenticator,
    pub(crate) endpoints: Arc<Endpoints>,
    pub(crate) limiter: SignInLimiter,
    pub(crate) bodies: Bodies,
    /// The API's description, made once.
    pub(crate) openapi: Bytes,
    stopping: Arc<AtomicBool>,
}

impl App {
    pub(crate) fn new(
        management: Arc<Management>,
        authenticator: Authenticator,
        endpoints: Endpoints,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            management,
            authenticator,
            endpoints: Arc::new(endpoints),
            limiter: SignInLimiter::new(clock),
            bodies: Bodies::new(),
            openapi: Bytes::from(openapi::document(cmdlets::all()).to_string()),
            stopping: Arc::default(),
        }
    }

    /// From now on the server is not ready for new work.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Which path leads where. The sandbox's pages come without sign-in, to this machine only.
    pub(crate) fn router(&self, sandbox: Option<Router>) -> Router {
        let own = Router::new()
            .route("/api/v1/cmdlets/{name}", post(api::run))
            .route("/api/v1/whoami", get(api::who_am_i))
            .route("/api/openapi.json", get(api::openapi))
            .route("/livez", get(api::live))
            .route("/readyz", get(api::ready))
            .with_state(self.clone());
        let all = match sandbox {
            Some(sandbox) => own.merge(sandbox.layer(from_fn(loopback_only))),
            None => own,
        };
        all.fallback(api::nothing_here)
            .method_not_allowed_fallback(api::wrong_method)
            .layer(map_response(strict))
    }
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
