//! What all requests share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::body::Bytes;
use identity::Authenticator;
use management::Management;
use model::Clock;

use crate::{body::Bodies, limiter::SignInLimiter, openapi, settings::Endpoints};

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
}
