//! What all requests share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::body::Bytes;
use identity::Authenticator;
use management::Management;
use prometheus_client::registry::Registry;

use crate::{
    body::Bodies,
    limiter::SignInLimiter,
    openapi,
    settings::{AdminSettings, Endpoints},
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
    pub(crate) refuses_mail: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(crate) metrics: Arc<Registry>,
    stopping: Arc<AtomicBool>,
}

impl App {
    pub(crate) fn new(settings: AdminSettings) -> Self {
        Self {
            management: settings.management,
            authenticator: settings.authenticator,
            endpoints: Arc::new(settings.endpoints),
            limiter: SignInLimiter::new(settings.clock),
            refuses_mail: settings.refuses_mail,
            metrics: settings.metrics,
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
}
