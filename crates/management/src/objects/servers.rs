//! `Get-ExchangeServer`, `Get-TransportService` and `Set-TransportService` (management.md
//! sections 8.1 and 8.7).

use std::sync::Arc;

use directory::{Change, Header, Object, Properties, Server};
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
    let identity = call.bound.value("Identity").unwrap_or(&Value::Null);
    let present = one(&call.snapshot.servers, "Identity", identity)?;
    let mut server = Server::clone(&present);
    call.set_properties(&mut server.transport, &[])?;
    if server == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    server.validate().map_err(broken)?;
    let doing = format!("Changing the Transport service of server \"{}\"", present.name);
    call.change(vec![Change::Update { object: Object::Server(server) }], doing, Vec::new())
}
