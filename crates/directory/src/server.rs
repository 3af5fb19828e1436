//! Servers: one object per machine, with its roles and the settings of its two services
//! (management.md sections 8.1, 8.2 and 8.7).

use model::{DomainName, ObjectName};
use serde_json::{Map, Value};

use crate::{
    frontend_service::FrontendTransportService,
    properties::{
        Header, Listing, Properties, boilerplate, distinguished_name, properties, to_map,
    },
    rule::RuleError,
    transport_service::TransportService,
    values::RequestedState,
};

properties! {
    /// A machine of the organization.
    pub struct Server, view;
    fixed {
        header: Header, "Header";
        /// Unique; compared without regard to case.
        name: ObjectName, "Name";
        /// Its own name in greetings and trace fields.
        fqdn: DomainName, "Fqdn";
    }
    kept {
        /// Runs the Transport service.
        is_mailbox_server: bool = true, "IsMailboxServer";
        /// Runs Front End Transport.
        is_client_access_server: bool = true, "IsClientAccessServer";
        /// Set by `Set-TransportService`.
        transport: TransportService = TransportService::default(), "TransportService";
        /// Set by `Set-FrontendTransportService`.
        frontend: FrontendTransportService = FrontendTransportService::default(), "FrontendTransportService";
        /// Set by `Set-ServerComponentState`; at most one per part and requester.
        component_states: Vec<RequestedState> = Vec::new(), "ComponentStates";
    }
    settings {
        /// Servers of one site are near each other.
        site: String = "Default-First-Site-Name".to_owned(), "Site";
    }
}

impl Server {
    /// Checks both services.
    ///
    /// # Errors
    /// The first broken rule, `TS-nn`.
    pub fn validate(&self) -> Result<(), RuleError> {
        self.transport.validate()?;
        self.frontend.validate()
    }

    /// What `Get-TransportService` shows.
    pub fn transport_view(&self) -> Map<String, Value> {
        self.service_view(self.name.to_string(), self.transport.view())
    }

    /// What `Get-FrontendTransportService` shows: its name is `Server\Frontend`.
    pub fn frontend_view(&self) -> Map<String, Value> {
        self.service_view(format!("{}\\Frontend", self.name), self.frontend.view())
    }

    /// The server's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Servers,CN=Configuration")
    }

    fn service_view(&self, name: String, settings: Map<String, Value>) -> Map<String, Value> {
        let mut view = Map::new();
        view.insert("Name".to_owned(), Value::from(name.clone()));
        view.extend(settings);
        view.insert("Identity".to_owned(), Value::from(name.clone()));
        view.extend(to_map(self.directory_part(&name)));
        view
    }

    fn directory_part(&self, id: &str) -> Listing {
        boilerplate(
            &self.header,
            id,
            self.distinguished_name(),
            &["top", "server", "msExchExchangeServer"],
        )
    }

    fn roles(&self) -> String {
        let roles =
            [(self.is_mailbox_server, "Mailbox"), (self.is_client_access_server, "ClientAccess")];
        let held: Vec<&str> = roles.iter().filter(|(held, _)| *held).map(|(_, r)| *r).collect();
        if held.is_empty() { "None".to_owned() } else { held.join(", ") }
    }
}

fn view(server: &Server, _: Listing) -> Listing {
    let name = server.name.as_str();
    let version = format!("Version 15.0 (Relais {})", env!("CARGO_PKG_VERSION"));
    let mut listing = vec![
        ("Name", Value::from(name)),
        ("Site", Value::from(server.site.as_str())),
        ("ServerRole", Value::from(server.roles())),
        ("Edition", Value::from("Standard")),
        ("AdminDisplayVersion", Value::from(version)),
        ("Fqdn", Value::from(server.fqdn.as_str())),
        ("Domain", Value::from(server.fqdn.as_str().split_once('.').map(|(_, domain)| domain))),
        ("IsClientAccessServer", Value::Bool(server.is_client_access_server)),
        ("IsEdgeServer", Value::Bool(false)),
        ("IsFrontendTransportServer", Value::Bool(server.is_client_access_server)),
        ("IsHubTransportServer", Value::Bool(server.is_mailbox_server)),
        ("IsMailboxServer", Value::Bool(server.is_mailbox_server)),
        ("Identity", Value::from(name)),
    ];
    listing.extend(server.directory_part(name));
    listing
}
