//! Parts of a server that can be taken out of service, and who has asked for it
//! (`Set-ServerComponentState`). A part is Active only when every requester leaves it so.

use std::{fmt, str::FromStr};

use model::ValueError;

use super::enumeration::{enumeration, text_serde};
use crate::setting::text_setting;

enumeration! {
    /// A part of a server.
    pub enum Component {
        /// Both of the others.
        ServerWideOffline = "ServerWideOffline",
        /// The Transport service.
        HubTransport = "HubTransport",
        /// Front End Transport.
        FrontendTransport = "FrontendTransport",
    }
}

enumeration! {
    /// Whether a part serves.
    pub enum ServiceState {
        /// It serves.
        Active = "Active",
        /// It finishes what it has and takes nothing new.
        Draining = "Draining",
        /// It does nothing.
        Inactive = "Inactive",
    }
}

enumeration! {
    /// On whose behalf a state is set.
    pub enum Requester {
        /// Monitoring.
        HealthApi = "HealthAPI",
        /// An administrator who works on the server.
        Maintenance = "Maintenance",
        /// The server is kept aside.
        Sidelined = "Sidelined",
        /// For normal work.
        Functional = "Functional",
        /// Set-up.
        Deployment = "Deployment",
    }
}

/// What one requester wants of one part: `Component;Requester;State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedState {
    /// The part.
    pub component: Component,
    /// Who asks.
    pub requester: Requester,
    /// For what.
    pub state: ServiceState,
}

impl FromStr for RequestedState {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parts: Vec<&str> = text.split(';').collect();
        let [component, requester, state] = parts[..] else {
            let allowed = "Component;Requester;State";
            return Err(ValueError::new(text, "is not the state of a component", allowed));
        };
        Ok(Self {
            component: component.parse()?,
            requester: requester.parse()?,
            state: state.parse()?,
        })
    }
}

impl fmt::Display for RequestedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{};{}", self.component, self.requester, self.state)
    }
}

text_serde!(RequestedState);
text_setting!(RequestedState, None, "Component;Requester;State");
