//! What the HTTPS interface is made of.

use std::{fmt, sync::Arc};

use certificates::Shown;
use directory::IpRange;
use identity::Authenticator;
use management::Management;
use model::{Clock, TimeSpan, ValueError};
use prometheus_client::registry::Registry;
use serde::Serialize;
use tls::MutualTls;

/// What [`crate::serve`] needs.
pub struct AdminSettings {
    /// Runs the cmdlets.
    pub management: Arc<Management>,
    /// Verifies passwords.
    pub authenticator: Authenticator,
    /// The server's certificates; asked anew for every connection.
    pub shown: Arc<Shown>,
    /// Its identity towards the organization's other servers, if they may ask here.
    pub peers: Option<Arc<MutualTls>>,
    /// What a client is told of where else to go.
    pub endpoints: Endpoints,
    /// Pages of the sandbox, if there is one. Reached without sign-in, from this machine only.
    pub sandbox: Option<axum::Router>,
    /// Whether new mail is refused at this moment.
    pub refuses_mail: Arc<dyn Fn() -> bool + Send + Sync>,
    /// What `/metrics` shows.
    pub metrics: Arc<Registry>,
    /// How long somebody stays signed in with a browser.
    pub sessions: SessionLimits,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpRange>,
    /// For limits by the minute, and sessions.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for AdminSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminSettings").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

/// How long a session may be idle, and how long it lasts at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    idle: TimeSpan,
    life: TimeSpan,
}

impl SessionLimits {
    const SHORTEST: TimeSpan = TimeSpan::minutes(1);
    const LONGEST: TimeSpan = TimeSpan::days(30);

    /// Both from a minute to thirty days.
    ///
    /// # Errors
    /// When one of them is shorter or longer.
    pub fn new(idle: TimeSpan, life: TimeSpan) -> Result<Self, ValueError> {
        for span in [idle, life] {
            if !(Self::SHORTEST..=Self::LONGEST).contains(&span) {
                let allowed = format!("{} to {}", Self::SHORTEST, Self::LONGEST);
                return Err(ValueError::new(
                    &span.to_string(),
                    "is no time for a session",
                    &allowed,
                ));
            }
        }
        Ok(Self { idle, life })
    }

    /// After how long without its user a session ends.
    pub fn idle(self) -> TimeSpan {
        self.idle
    }

    /// After how long it ends in any case.
    pub fn life(self) -> TimeSpan {
        self.life
    }
}

impl Default for SessionLimits {
    /// Half an hour, twelve hours.
    fn default() -> Self {
        Self { idle: TimeSpan::minutes(30), life: TimeSpan::hours(12) }
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
