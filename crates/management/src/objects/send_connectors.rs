//! `*-SendConnector` (send-connectors.md sections 2, 5 to 7).

use std::sync::Arc;

use directory::{
    Change, Credential, DirectoryError, Header, OAuthGrantType, Object, Properties, SendConnector,
    SmartHostAuthMechanism, Snapshot, Usage,
};
use model::ObjectName;
use serde_json::{Map, Value, json};

use super::exchange_certificates::is_here;
use super::usage::usage;
use crate::binding::{credential, is_edit};
use crate::call::{Call, broken, set};
use crate::lookup::{Named, one, refuse_same_name, some};
use crate::output::Output;
use crate::problem::Problem;

const USAGES: [Usage; 4] = [Usage::Custom, Usage::Internal, Usage::Internet, Usage::Partner];
/// Parameters that are not set as they come.
const OWN: [&str; 3] = ["AuthenticationCredential", "OAuthClientSecret", "SourceTransportServers"];

impl Named for SendConnector {
    const KIND: &'static str = "Send connector";
    const NAME_RULE: &'static str = "SC-01";

    fn header(&self) -> &Header {
        &self.header
    }

    fn name(&self) -> &ObjectName {
        &self.name
    }

    fn properties(&self) -> Map<String, Value> {
        self.view()
    }

    /// `Server\Name`, where the server is one of its sources.
    fn is_also_called(&self, text: &str) -> bool {
        text.split_once('\\').is_some_and(|(server, name)| {
            self.name.key() == name
                && self.source_transport_servers.iter().any(|s| s.eq_ignore_ascii_case(server))
        })
    }
}

/// `Get-SendConnector`.
pub(crate) fn get(call: &Call<'_>) -> Result<Output, Problem> {
    let found = some(&call.snapshot.send_connectors, "Identity", call.bound.some("Identity"))?;
    let objects = found.iter().map(|connector| Value::Object(connector.view())).collect();
    Ok(Output { objects, ..Output::default() })
}

/// `New-SendConnector`.
pub(crate) fn new(call: &Call<'_>) -> Result<Output, Problem> {
    let usage = usage(call.bound, &USAGES)?;
    let mut connector = SendConnector::from_usage(Header::fresh(), super::name(call)?, usage);
    without_moot_presets(call, &mut connector);
    connector.source_transport_servers = vec![call.server.to_string()];
    configure(call, &mut connector)?;
    let guid = connector.header.guid;
    let doing = format!("Creating Send connector \"{}\"", connector.name);
    let warnings = warnings(call, &connector, |_| true);
    let change = Change::Create(Object::SendConnector(connector));
    let mut output = call.change(vec![change], doing, warnings)?;
    let snapshot = call.directory.snapshot();
    let created = snapshot.send_connectors.iter().find(|c| c.header.guid == guid);
    output.objects.extend(created.map(|connector| Value::Object(connector.view())));
    Ok(output)
}

/// `Set-SendConnector`.
pub(crate) fn set_connector(call: &Call<'_>) -> Result<Output, Problem> {
    let present = named(call)?;
    let mut connector = SendConnector::clone(&present);
    configure(call, &mut connector)?;
    if connector == *present {
        return Ok(call.unchanged(present.name.as_str()));
    }
    let doing = format!("Changing Send connector \"{}\"", present.name);
    let warnings = warnings(call, &connector, |parameter| call.bound.has(parameter));
    call.change(vec![Change::Update { object: Object::SendConnector(connector) }], doing, warnings)
}

/// `Remove-SendConnector`.
pub(crate) fn remove(call: &Call<'_>) -> Result<Output, Problem> {
    let Header { guid, version, .. } = named(call)?.header;
    let doing = format!("Removing Send connector \"{}\"", named(call)?.name);
    call.change(vec![Change::Remove { guid, version }], doing, Vec::new())
}

fn named(call: &Call<'_>) -> Result<Arc<SendConnector>, Problem> {
    call.identified(&call.snapshot.send_connectors)
}

/// Where the command switches TLS off itself, what the usage asks of certificates is moot.
fn without_moot_presets(call: &Call<'_>, connector: &mut SendConnector) {
    let switched_off = call.bound.value("RequireTLS") == Some(&Value::Bool(false));
    if switched_off && !call.bound.has("TlsAuthLevel") {
        connector.tls_auth_level = None;
    }
}

/// Sets what was given and checks the rules.
fn configure(call: &Call<'_>, connector: &mut SendConnector) -> Result<(), Problem> {
    call.set_properties(connector, &OWN)?;
    if let Some(value) = call.bound.value("SourceTransportServers") {
        let servers = server_names(&call.snapshot, value)?;
        set(connector, "SourceTransportServers", &servers)?;
    }
    match call.bound.value("AuthenticationCredential") {
        Some(Value::Null) => connector.authentication_credential = None,
        Some(value) => {
            connector.authentication_credential = Some(sealed(call, connector, value)?);
        }
        None => {}
    }
    match call.bound.value("OAuthClientSecret") {
        Some(Value::String(secret)) if !secret.is_empty() => {
            let context = connector.client_secret_context();
            connector.oauth_client_secret = Some(encrypted(call.directory.seal(secret, &context))?);
        }
        Some(_) => connector.oauth_client_secret = None,
        // Nobody sees that there is one: where nothing uses it any more it goes by itself.
        None if !uses_client_secret(connector) => connector.oauth_client_secret = None,
        None => {}
    }
    refuse_same_name(&call.snapshot.send_connectors, connector)?;
    connector.validate(&|name| call.snapshot.is_mailbox_server(name)).map_err(broken)
}

fn sealed(
    call: &Call<'_>,
    connector: &SendConnector,
    value: &Value,
) -> Result<Credential, Problem> {
    let (user_name, password) = credential(value).ok_or_else(|| {
        Problem::bad("Parameter 'AuthenticationCredential': a user name and a password are needed.")
            .rule("SC-09")
    })?;
    let context = connector.header.guid.to_string();
    let password = encrypted(call.directory.seal(password, &context))?;
    Ok(Credential { user_name: user_name.to_owned(), password })
}

fn uses_client_secret(connector: &SendConnector) -> bool {
    connector.smart_host_auth_mechanism == SmartHostAuthMechanism::OAuth2
        && connector.oauth_grant_type == OAuthGrantType::RefreshToken
}

fn encrypted<T>(sealed: Result<T, DirectoryError>) -> Result<T, Problem> {
    sealed.map_err(|_| Problem::internal("The credential could not be encrypted."))
}

/// The names of the servers an administrator gives in any form; `@{Add=…; Remove=…}` stays so.
fn server_names(snapshot: &Snapshot, value: &Value) -> Result<Value, Problem> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(items) => {
            items.iter().map(|item| server_names(snapshot, item)).collect::<Result<_, _>>()
        }
        Value::Object(edit) if is_edit(edit) => {
            let names = |(key, value): (&String, &Value)| {
                Ok::<_, Problem>((key.clone(), server_names(snapshot, value)?))
            };
            Ok(Value::Object(edit.iter().map(names).collect::<Result<_, _>>()?))
        }
        item => {
            // What is missing is not what the command is about: the value is wrong.
            let server =
                one(&snapshot.servers, "SourceTransportServers", item).map_err(|problem| {
                    broken(SendConnector::no_source(&problem.value.unwrap_or_default()))
                })?;
            Ok(json!(server.name.as_str()))
        }
    }
}

/// Whether there are connectors for everything that this one takes a share of.
fn others_take_the_rest(call: &Call<'_>, connector: &SendConnector) -> bool {
    let whole = |other: &&Arc<SendConnector>| {
        other.header.guid != connector.header.guid && other.enabled && other.share_of_domains == 100
    };
    let others: Vec<_> = call.snapshot.send_connectors.iter().filter(whole).collect();
    let covers = |pattern: &model::DomainPattern, other: &Arc<SendConnector>| {
        let mut patterns = other.address_spaces.iter().filter_map(|space| space.smtp_pattern());
        patterns.any(|candidate| candidate.covers(pattern))
    };
    let mut patterns = connector.address_spaces.iter().filter_map(|space| space.smtp_pattern());
    patterns.all(|pattern| others.iter().any(|other| covers(pattern, other)))
}

/// What an administrator should know of settings that `concerns` says he has just given.
fn warnings(
    call: &Call<'_>,
    connector: &SendConnector,
    concerns: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let mechanism = connector.smart_host_auth_mechanism;
    if concerns("SmartHostAuthMechanism") && mechanism == SmartHostAuthMechanism::BasicAuth {
        warnings.push(
            "With SmartHostAuthMechanism BasicAuth, user name and password are sent in clear \
             where the smart host does not offer TLS. BasicAuthRequireTLS sends them under TLS only."
                .to_owned(),
        );
    }
    if concerns("ShareOfDomains")
        && connector.share_of_domains < 100
        && !others_take_the_rest(call, connector)
    {
        warnings.push(format!(
            "No other enabled connector takes all domains of {}: mail to those outside the share of {} % waits in the \
             Unreachable queue until one does.",
            connector.address_spaces.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            connector.share_of_domains
        ));
    }
    let waits = |property: &str, value: &str| {
        format!(
            "{property} {value} is stored, but this version cannot satisfy it yet: mail for this \
             connector waits in its queue (451 4.4.0) rather than leave without it."
        )
    };
    if concerns("SmartHostAuthMechanism") && mechanism == SmartHostAuthMechanism::ExchangeServer {
        warnings.push(waits("SmartHostAuthMechanism", &mechanism.to_string()));
    }
    if let Some(name) = &connector.tls_certificate_name
        && concerns("TlsCertificateName")
        && !is_here(call, name)
    {
        warnings.push(format!(
            "This server has no certificate \"{name}\" with its private key: mail for this connector waits in \
             its queue (451 4.4.0) until Import-ExchangeCertificate has brought it."
        ));
    }
    warnings
}
