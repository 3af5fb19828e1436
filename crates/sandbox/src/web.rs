//! What the sandbox shows over HTTP, as JSON.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};

use crate::{
    catalog::{Domain, domains as all_domains},
    store::{SandboxMessage, Store},
};

/// The two pages.
pub(crate) fn router(store: Arc<Store>) -> Router {
    Router::new()
        .route("/sandbox/api/messages", get(messages))
        .route("/sandbox/api/domains", get(domains))
        .with_state(store)
}

async fn messages(State(store): State<Arc<Store>>) -> Json<Vec<SandboxMessage>> {
    Json(store.messages())
}

async fn domains() -> Json<Vec<&'static Domain>> {
    Json(all_domains().collect())
}
