//! `Get-ExchangeServer`, `*-TransportService` and `*-FrontendTransportService` (management.md
//! sections 8.1, 8.2 and 8.7), `*-ServerComponentState`.

use std::sync::Arc;

use directory::{
    Change, Component, Header, Object, Properties, RequestedState, Server, ServiceState,
};
use model::{DomainName, ObjectName};
use serde_json::{Map, Value};

use crate::call::{Call, broken};
use crate::lookup::{Named, one, some};
use crate::output::Output;
use crate::problem::Problem;

impl Named for Server {
    const KIND: &'static str = "server";
    const NAME_RULE: &'static str = "SV-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    /// Its FQDN.
    fn is_also_called(&self, text: &str) -> bool {
        self.fqdn.as_str().eq_ignore_ascii_case(text)
    }
}

/// `Get-ExchangeServer`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let mut found = some(&call.snapshot.servers, "Identity", call.bound.some("Identity"))?;
    if let Some(text) = call.bound.text("Domain") {
        let domain: DomainName = text.parse().map_err(|error| Problem::value("Domain", &error))?;
        found.retain(|server| server.fqdn.is_within(&domain));
    }
    let objects = found.iter().map(|server| Value::Object(server.view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `Get-TransportService`: the servers that run it.
pub(crate) fn get_transport_service(call: &Call<'_>) -> Result<Output, Problem> {
    let servers: Vec<Arc<Server>> =
        call.snapshot.servers.iter().filter(|server| server.is_mailbox_server).cloned().collect();
    let found = some(&servers, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|server| Value::Object(server.transport_view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `Set-TransportService`.
pub(crate) fn set_transport_service(call: &Call<'_>) -> Result<Output, Problem> {
    let present = call.identified(&call.snapshot.servers)?;
    let mut server = Server::clone(&present);
    call.set_properties(&mut server.transport, &[])?;
    if server == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    server.validate().map_err(broken)?;
    let doing = format!("Changing the Transport service of server \"{}\"", present.name);
    call.change(vec![Change::Update { object: Object::Server(server) }], doing, Vec::new())
}

/// `Get-FrontendTransportService`: the servers that run it.
pub(crate) fn get_frontend_transport_service(call: &Call<'_>) -> Result<Output, Problem> {
    let servers: Vec<Arc<Server>> = call
        .snapshot
        .servers
        .iter()
        .filter(|server| server.is_client_access_server)
        .cloned()
        .collect();
    let identity = call.bound.some("Identity").map(without_frontend);
    let found = some(&servers, "Identity", identity.as_ref())?;
    let objects = found.iter().map(|server| Value::Object(server.frontend_view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `Set-FrontendTransportService`.
pub(crate) fn set_frontend_transport_service(call: &Call<'_>) -> Result<Output, Problem> {
    let identity = without_frontend(call.bound.value("Identity").unwrap_or(&Value::Null));
    let present = call.found(one(&call.snapshot.servers, "Identity", &identity)?)?;
    let mut server = Server::clone(&present);
    call.set_properties(&mut server.frontend, &[])?;
    if server == *present {
        return Ok(call.unchanged(&format!("{}\\Frontend", present.name)));
    }
    server.validate().map_err(broken)?;
    let doing = format!("Changing Front End Transport of server \"{}\"", present.name);
    call.change(vec![Change::Update { object: Object::Server(server) }], doing, Vec::new())
}

/// The server that `Server\Frontend` names.
fn without_frontend(identity: &Value) -> Value {
    let server = |text: &str| {
        let (server, service) = text.trim().rsplit_once('\\')?;
        service.eq_ignore_ascii_case("Frontend").then(|| Value::from(server))
    };
    identity.as_str().and_then(server).unwrap_or_else(|| identity.clone())
}

/// `Get-ServerComponentState`.
pub(crate) fn get_component_state(call: &Call<'_>) -> Result<Output, Problem> {
    let identity = call.bound.value("Identity").unwrap_or(&Value::Null);
    let server = one(&call.snapshot.servers, "Identity", identity)?;
    let components: Vec<Component> = match call.bound.text("Component") {
        Some(text) => vec![parsed("Component", &text)?],
        None => vec![
            Component::ServerWideOffline,
            Component::HubTransport,
            Component::FrontendTransport,
        ],
    };
    let shown = |component| Value::Object(server.component_view(component));
    Ok(Output { objects: components.into_iter().map(shown).collect(), ..Output::default() })
}

/// `Set-ServerComponentState`.
pub(crate) fn set_component_state(call: &Call<'_>) -> Result<Output, Problem> {
    let present = call.identified(&call.snapshot.servers)?;
    let text = |parameter| call.bound.text(parameter).unwrap_or_default();
    let wanted = RequestedState {
        component: parsed("Component", &text("Component"))?,
        requester: parsed("Requester", &text("Requester"))?,
        state: parsed("State", &text("State"))?,
    };
    let mut server = Server::clone(&present);
    server.request_state(wanted);
    if server.component_states == present.component_states {
        return Ok(call.unchanged(present.name.as_str()));
    }
    let (component, state) = (wanted.component, wanted.state);
    let doing = format!("Setting {component} of server \"{}\" {state}", present.name);
    let mut warnings = Vec::new();
    // Said, because the command succeeds and nothing starts.
    if state == ServiceState::Active && server.state_of(component) != ServiceState::Active {
        let others = server.component_states.iter().filter(|other| {
            other.state != ServiceState::Active
                && (other.component == component || other.component == Component::ServerWideOffline)
        });
        let others: Vec<String> = others
            .map(|other| format!("{} ({} {})", other.requester, other.component, other.state))
            .collect();
        warnings.push(format!(
            "{component} is still {}: that is asked for by {}.",
            server.state_of(component),
            others.join(", ")
        ));
    }
    call.change(vec![Change::Update { object: Object::Server(server) }], doing, warnings)
}

fn parsed<T: std::str::FromStr<Err = model::ValueError>>(
    parameter: &str,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::value(parameter, &error).rule("SC-23"))
}
