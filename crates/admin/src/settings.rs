//! What the HTTPS interface is made of.

use std::{fmt, sync::Arc};

use identity::Authenticator;
use management::Management;
use model::Clock;
use prometheus_client::registry::Registry;
use serde::Serialize;
use tls::ServerTls;

/// What [`crate::serve`] needs.
pub struct AdminSettings {
    /// Runs the cmdlets.
    pub management: Arc<Management>,
    /// Verifies passwords.
    pub authenticator: Authenticator,
    /// The server's certificate; asked anew for every connection.
    pub tls: Arc<ServerTls>,
    /// What a client is told of where else to go.
    pub endpoints: Endpoints,
    /// Pages of the sandbox, if there is one. Reached without sign-in, from this machine only.
    pub sandbox: Option<axum::Router>,
    /// Whether new mail is refused at this moment.
    pub refuses_mail: Arc<dyn Fn() -> bool + Send + Sync>,
    /// What `/metrics` shows.
    pub metrics: Arc<Registry>,
    /// For limits by the minute.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for AdminSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminSettings").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

/// Where this server is reached for what, as `GET /api/v1/whoami` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    /// The server's name in the directory.
    pub server: String,
    /// Where users submit mail (STARTTLS and AUTH).
    pub submission: Endpoint,
    /// Where mail is taken without sign-in, if anywhere.
    pub relay: Option<Endpoint>,
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}
