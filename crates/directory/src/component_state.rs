//! Which parts of a server serve: what all requesters together ask for.

use serde_json::{Map, Value};

use crate::{
    properties::OBJECT_VERSION,
    server::Server,
    values::{Component, RequestedState, ServiceState, TransportRole},
};

impl Server {
    /// The state of a part: the strictest that anybody asks for, of it or of the whole server.
    pub fn state_of(&self, component: Component) -> ServiceState {
        let asked = |state| {
            self.component_states.iter().any(|requested| {
                requested.state == state
                    && (requested.component == component
                        || requested.component == Component::ServerWideOffline)
            })
        };
        if asked(ServiceState::Inactive) {
            ServiceState::Inactive
        } else if asked(ServiceState::Draining) {
            ServiceState::Draining
        } else {
            ServiceState::Active
        }
    }

    /// Whether the Transport service sends what it has.
    pub fn sends(&self) -> bool {
        self.state_of(Component::HubTransport) != ServiceState::Inactive
    }

    /// Whether the Transport service takes new mail.
    pub fn takes_mail(&self) -> bool {
        self.state_of(Component::HubTransport) == ServiceState::Active
    }

    /// Whether Receive connectors of this role take mail: none does while the Transport service
    /// takes no mail, since nobody could be handed a message.
    pub fn takes_mail_through(&self, role: TransportRole) -> bool {
        let in_service = match role {
            TransportRole::FrontendTransport => {
                self.state_of(Component::FrontendTransport) == ServiceState::Active
            }
            TransportRole::HubTransport => true,
        };
        in_service && self.takes_mail()
    }

    /// Whether the server has Front End Transport and it takes new connections.
    pub fn front_end_serves(&self) -> bool {
        self.is_client_access_server
            && self.state_of(Component::FrontendTransport) == ServiceState::Active
    }

    /// Notes what a requester asks for; what he asked for before is forgotten.
    pub fn request_state(&mut self, wanted: RequestedState) {
        let of_same = |s: &&mut RequestedState| {
            (s.component, s.requester) == (wanted.component, wanted.requester)
        };
        match self.component_states.iter_mut().find(of_same) {
            Some(present) => present.state = wanted.state,
            // Active is what holds where nobody asks for anything.
            None if wanted.state == ServiceState::Active => {}
            None => self.component_states.push(wanted),
        }
    }

    /// What `Get-ServerComponentState` shows of one part.
    pub fn component_view(&self, component: Component) -> Map<String, Value> {
        let requests = self.component_states.iter().filter(|s| s.component == component);
        let local: Vec<String> = requests.map(|s| format!("{}:{}", s.requester, s.state)).collect();
        let text = |text: &str| Value::from(text.to_owned());
        Map::from_iter([
            ("Server".to_owned(), text(self.fqdn.as_str())),
            ("Component".to_owned(), text(component.name())),
            ("State".to_owned(), text(self.state_of(component).name())),
            ("LocalStates".to_owned(), Value::from(local)),
            ("Identity".to_owned(), text(self.name.as_str())),
            (OBJECT_VERSION.to_owned(), Value::from(self.header.version)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use model::ObjectName;

    use super::*;
    use crate::properties::Header;

    fn server() -> Server {
        let name: ObjectName = "MBX01".parse().unwrap();
        Server::with_defaults(Header::fresh(), name, "mbx01.contoso.com".parse().unwrap())
    }

    #[test]
    fn a_part_is_active_only_when_nobody_asks_otherwise() {
        let mut server = server();
        assert!(server.sends() && server.takes_mail() && server.front_end_serves());
        let mut ask = |text: &str| {
            server.request_state(text.parse().unwrap());
            (server.sends(), server.takes_mail(), server.front_end_serves())
        };
        assert_eq!(ask("FrontendTransport;Maintenance;Inactive"), (true, true, false));
        assert_eq!(ask("FrontendTransport;HealthAPI;Active"), (true, true, false));
        assert_eq!(ask("HubTransport;Maintenance;Draining"), (true, false, false));
        assert_eq!(ask("FrontendTransport;Maintenance;Active"), (true, false, true));
        assert_eq!(ask("ServerWideOffline;Sidelined;Inactive"), (false, false, false));
        assert_eq!(ask("ServerWideOffline;Sidelined;Active"), (true, false, true));
        assert_eq!(server.component_states.len(), 3);
        let view = server.component_view(Component::HubTransport);
        assert_eq!(view["State"], "Draining");
        assert_eq!(view["LocalStates"][0], "Maintenance:Draining");
    }

    #[test]
    fn a_front_door_is_closed_alone_and_with_the_house() {
        let mut server = server();
        let mut ask = |text: &str| {
            server.request_state(text.parse().unwrap());
            [TransportRole::FrontendTransport, TransportRole::HubTransport]
                .map(|role| server.takes_mail_through(role))
        };
        assert_eq!(ask("FrontendTransport;Maintenance;Draining"), [false, true]);
        assert_eq!(ask("FrontendTransport;Maintenance;Active"), [true, true]);
        assert_eq!(ask("HubTransport;Maintenance;Draining"), [false, false]);
        assert_eq!(ask("HubTransport;Maintenance;Active"), [true, true]);
        assert_eq!(ask("ServerWideOffline;Maintenance;Inactive"), [false, false]);
    }
}
