//! `*-ReceiveConnector` (management.md section 8.6).

use std::sync::Arc;

use directory::{
    Change, Header, Object, Properties, ReceiveConnector, Server, TransportRole, Usage,
};
use model::ObjectName;
use serde_json::{Map, Value};

use super::exchange_certificates::is_here;
use super::usage::usage;
use crate::call::{Call, broken, set};
use crate::lookup::{Named, one, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

const USAGES: [Usage; 5] =
    [Usage::Custom, Usage::Client, Usage::Internal, Usage::Internet, Usage::Partner];
/// Parameters that are not set as they come.
const OWN: [&str; 1] = ["DefaultDomain"];

impl Named for ReceiveConnector {
    const KIND: &'static str = "Receive connector";
    const NAME_RULE: &'static str = "RC-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    /// `Server\Name`.
    fn is_also_called(&self, text: &str) -> bool {
        self.identity().to_lowercase() == text
    }

    fn full_name(&self) -> String {
        self.identity()
    }
}

/// `Get-ReceiveConnector`: one, those of a server, or all.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let mut found =
        some(&call.snapshot.receive_connectors, "Identity", call.bound.some("Identity"))?;
    if let Some(identity) = call.bound.some("Server") {
        let server = one(&call.snapshot.servers, "Server", identity)?;
        found.retain(|connector| server.name.is(&connector.server));
    }
    let objects = found.iter().map(|connector| Value::Object(connector.view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-ReceiveConnector`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let usage = usage(call.bound, &USAGES)?;
    check_usage(call, usage)?;
    let server = server(call)?;
    let name = super::name(call)?;
    let mut connector =
        ReceiveConnector::from_usage(Header::fresh(), server.name.to_string(), name, usage);
    if !server.is_client_access_server {
        connector.transport_role = TransportRole::HubTransport;
    }
    configure(call, &mut connector)?;
    let guid = connector.header.guid;
    let doing = format!("Creating Receive connector \"{}\"", connector.identity());
    let warnings = warnings(call, &connector, |_| true);
    let change = Change::Create(Object::ReceiveConnector(connector));
    let mut output = call.change(vec![change], doing, warnings)?;
    let snapshot = call.directory.snapshot();
    let created = snapshot.receive_connectors.iter().find(|c| c.header.guid == guid);
    output.objects.extend(created.map(|connector| Value::Object(connector.view())));
    Ok(output)
}

/// `Set-ReceiveConnector`.
pub(crate) fn set_connector(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut connector = ReceiveConnector::clone(&present);
    configure(call, &mut connector)?;
    if connector == *present {
        return Ok(call.unchanged(&present.identity()));
    }
    let doing = format!("Changing Receive connector \"{}\"", present.identity());
    let warnings = warnings(call, &connector, |parameter| call.bound.has(parameter));
    let change = Change::Update { object: Object::ReceiveConnector(connector) };
    call.change(vec![change], doing, warnings)
}

/// `Remove-ReceiveConnector`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let connector = named(call)?;
    let Header { guid, version, .. } = connector.header;
    let doing = format!("Removing Receive connector \"{}\"", connector.identity());
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<ReceiveConnector>, Problem> {
    call.identified(&call.snapshot.receive_connectors)
}

/// The server the new connector belongs to: this one unless given.
fn server(call: &Call<'_>) -> Result<Arc<Server>, Problem> {
    let this = Value::from(call.server.as_str());
    one(&call.snapshot.servers, "Server", call.bound.some("Server").unwrap_or(&this))
}

/// Client and Internal bring their bindings, Internet its remote ranges: giving them is refused.
fn check_usage(call: &Call<'_>, usage: Usage) -> Result<(), Problem> {
    let fixed = match usage {
        Usage::Client | Usage::Internal => "Bindings",
        Usage::Internet => "RemoteIPRanges",
        Usage::Custom | Usage::Partner => return Ok(()),
    };
    if !call.bound.has(fixed) {
        return Ok(());
    }
    Err(Problem::bad(format!(
        "Parameter '{fixed}' cannot be used with the usage {usage}, which sets it; change it \
         afterwards with Set-ReceiveConnector."
    ))
    .about(fixed))
}

/// Sets what was given and checks the rules, those among the server's connectors included.
fn configure(call: &Call<'_>, connector: &mut ReceiveConnector) -> Result<(), Problem> {
    call.set_properties(connector, &OWN)?;
    if call.bound.has("PermissionGroups") {
        connector.restore_groups();
    }
    match call.bound.value("DefaultDomain") {
        None => {}
        Some(Value::Null) => set(connector, "DefaultDomain", &Value::Null)?,
        Some(identity) => {
            let domain = one(&call.snapshot.accepted_domains, "DefaultDomain", identity)?;
            set(connector, "DefaultDomain", &Value::from(domain.domain_name.to_string()))?;
        }
    }
    refuse_same_name(&call.snapshot.receive_connectors, connector)?;
    connector.validate().map_err(broken)?;
    call.snapshot
        .receive_connectors
        .iter()
        .filter(|other| other.header.guid != connector.header.guid)
        .filter(|other| other.server.eq_ignore_ascii_case(&connector.server))
        .try_for_each(|other| connector.check_against(other).map_err(broken))
}

/// What an administrator should know of settings that `concerns` says he has just given.
fn warnings(
    call: &Call<'_>,
    connector: &ReceiveConnector,
    concerns: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if connector.enable_auth_gssapi && concerns("EnableAuthGSSAPI") {
        warnings.push("EnableAuthGSSAPI is stored, but has no effect in this version.".to_owned());
    }
    if let Some(name) = &connector.tls_certificate_name
        && concerns("TlsCertificateName")
        && !is_here(call, name)
    {
        warnings.push(format!(
            "This server has no certificate \"{name}\" with its private key: clients are shown another until \
             Import-ExchangeCertificate has brought it."
        ));
    }
    warnings
}
