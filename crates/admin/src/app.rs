//! What all requests share.

use std::sync::Arc;

use axum::body::Bytes;
use identity::Authenticator;
use management::Management;
use prometheus_client::registry::Registry;
use tokio::sync::watch;

use crate::{
    body::Bodies,
    client::TrustedProxies,
    limiter::SignInLimiter,
    openapi,
    sessions::{Session, Sessions},
    settings::{AdminSettings, Endpoints},
};

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) management: Arc<Management>,
    pub(crate) authenticator: Authenticator,
    pub(crate) endpoints: Arc<Endpoints>,
    pub(crate) limiter: SignInLimiter,
    pub(crate) sessions: Sessions,
    pub(crate) proxies: TrustedProxies,
    /// Whether there is an Internet of our own to look into.
    pub(crate) is_sandbox: bool,
    pub(crate) bodies: Bodies,
    /// The API's description, made once.
    pub(crate) openapi: Bytes,
    pub(crate) refuses_mail: Arc<dyn Fn() -> bool + Send + Sync>,
    pub(crate) metrics: Arc<Registry>,
    stopping: Arc<watch::Sender<bool>>,
}

impl App {
    pub(crate) fn new(settings: AdminSettings) -> Self {
        Self {
            management: settings.management,
            authenticator: settings.authenticator,
            endpoints: Arc::new(settings.endpoints),
            limiter: SignInLimiter::new(Arc::clone(&settings.clock)),
            sessions: Sessions::new(settings.sessions, settings.clock),
            proxies: TrustedProxies::new(settings.trusted_proxies),
            is_sandbox: settings.sandbox.is_some(),
            refuses_mail: settings.refuses_mail,
            metrics: settings.metrics,
            bodies: Bodies::new(),
            openapi: Bytes::from(
                openapi::document(cmdlets::all(), &management::shapes()).to_string(),
            ),
            stopping: Arc::default(),
        }
    }

    /// Whether a session has not ended and its owner may still come in.
    pub(crate) fn still(&self, session: &Session) -> bool {
        self.sessions.find(session.id).is_some()
            && self.authenticator.readmit(&session.pass).is_some()
    }

    /// From now on the server is not ready for new work.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Tells when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }
}
