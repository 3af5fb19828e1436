//! Which path leads where, and who may walk it.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode},
    middleware::{Next, from_fn, from_fn_with_state, map_response},
    response::IntoResponse,
    routing::{get, post},
};

use crate::{
    api,
    app::App,
    events,
    headers::{quiet_for_browsers, strict},
    join_api, metrics, pages,
    refusal::{Refusal, in_readers_language},
    session_api,
    sign_in::client,
};

/// Where Exchange has its admin center and web mail.
const ELSEWHERE: [&str; 8] =
    ["/ecp", "/ecp/", "/ecp/{*rest}", "/owa", "/owa/", "/owa/{*rest}", "/admin", "/admin/"];

/// Which path leads where. The sandbox's pages come without sign-in, to this machine only.
pub(crate) fn router(app: &App, sandbox: Option<Router>) -> Router {
    let session = get(session_api::show).post(session_api::begin).delete(session_api::end);
    let mut own = Router::new()
        .route("/", get(pages::index))
        .route("/favicon.svg", get(pages::icon))
        .route("/assets/{*path}", get(pages::asset))
        .route("/api/v1/session", session)
        .route("/api/v1/events", get(events::follow))
        .route("/api/v1/cmdlets/{name}", post(api::run))
        .route("/api/v1/whoami", get(api::who_am_i))
        .route(peers::JOIN, post(join_api::join))
        .route("/api/openapi.json", get(api::openapi))
        .route("/livez", get(api::live))
        .route("/readyz", get(api::ready))
        .route("/metrics", get(metrics::show));
    for path in ELSEWHERE {
        own = own.route(path, get(pages::elsewhere));
    }
    let own = own.with_state(app.clone());
    let all = match sandbox {
        Some(sandbox) => own.merge(sandbox.layer(from_fn_with_state(app.clone(), loopback_only))),
        None => own,
    };
    all.fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(from_fn(quiet_for_browsers))
        .layer(from_fn(in_readers_language))
        .layer(map_response(strict))
}

async fn loopback_only(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match client(&app, &parts) {
        Ok(address) if address.is_loopback() => next.run(Request::from_parts(parts, body)).await,
        _ => Refusal::new(
            StatusCode::FORBIDDEN,
            "The sandbox's pages are shown only on the machine it runs on.",
        )
        .into_response(),
    }
}
