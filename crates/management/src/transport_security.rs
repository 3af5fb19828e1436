//! `Get-TransportSecurity`: what would be demanded of the hosts that mail for a recipient goes to, by whom, and
//! what was seen of them last.

use model::{Address, TlsRequirement};
use serde_json::{Value, json};
use transport::{HostSecurity, Requirement, Security, Sighting, Transport, Validation, Way};

use crate::binding::Bound;
use crate::output::Output;
use crate::problem::Problem;
use crate::queues::BoxFuture;

/// The cmdlet's name.
pub(crate) const GET_TRANSPORT_SECURITY: &str = "Get-TransportSecurity";

/// Who knows what is demanded.
pub trait SecurityOracle: Send + Sync {
    /// What is known about mail for this recipient that wants this of TLS itself; the DNS is asked.
    fn security_of<'a>(
        &'a self,
        recipient: &'a Address,
        tls: TlsRequirement,
    ) -> BoxFuture<'a, Security>;
}

impl SecurityOracle for Transport {
    fn security_of<'a>(
        &'a self,
        recipient: &'a Address,
        tls: TlsRequirement,
    ) -> BoxFuture<'a, Security> {
        Box::pin(Transport::security_of(self, recipient, tls))
    }
}

/// The recipient that is asked about.
pub(crate) fn recipient(bound: &Bound) -> Result<Address, Problem> {
    let text = bound.text("Recipient").unwrap_or_default();
    text.trim().parse().map_err(|error| Problem::value("Recipient", &error))
}

/// What the message that is asked about wants of TLS.
pub(crate) fn requirement(bound: &Bound) -> Result<TlsRequirement, Problem> {
    let Some(word) = bound.text("TlsRequirement") else { return Ok(TlsRequirement::Default) };
    word.parse().map_err(|error| Problem::value("TlsRequirement", &error))
}

/// One row for each address of each host.
pub(crate) fn shown(recipient: &Address, security: Security) -> Output {
    let (validation, why) = validation(&security.validation);
    let row = |connector: Value, next_hop: Value| {
        json!({
            "Recipient": recipient.to_string(),
            "SendConnector": connector,
            "NextHop": next_hop,
            "DnssecValidation": validation,
            "DnssecValidationDetail": why,
            "Host": null,
            "Address": null,
            "Requirement": null,
            "RequiredBy": null,
            "Names": [],
            "TlsaRecords": [],
            "Detail": null,
            "LastSeen": null,
            "LastTls": null,
            "LastCertificate": null,
            "LastFailure": null,
        })
    };
    let without_hosts = |mut row: Value, detail: String| {
        row["Detail"] = Value::from(detail);
        vec![row]
    };
    let objects = match security.way {
        Way::Here => without_hosts(
            row(Value::Null, Value::Null),
            "The message stays in the organization.".to_owned(),
        ),
        Way::Nowhere => without_hosts(
            row(Value::Null, Value::Null),
            "No Send connector of this server takes the message.".to_owned(),
        ),
        Way::Elsewhere(connector) => without_hosts(
            row(Value::from(connector), Value::Null),
            "This server is no source server of the connector.".to_owned(),
        ),
        Way::Connector { name, next_hop, exception, hosts } => {
            let mut row = row(Value::from(name), Value::from(next_hop));
            if let Some(until) = exception {
                row["Detail"] = Value::from(format!(
                    "What the DNS demands is not demanded until {}: TlsExceptionUntil of the remote domain.",
                    until.iso()
                ));
            }
            match hosts {
                Err(why) => without_hosts(row, why),
                Ok(hosts) => hosts.into_iter().map(|host| with_host(row.clone(), host)).collect(),
            }
        }
    };
    Output { objects, ..Output::default() }
}

fn with_host(mut row: Value, host: HostSecurity) -> Value {
    row["Host"] = Value::from(host.host);
    row["Address"] = Value::from(host.address.to_string());
    row["Requirement"] = Value::from(host.requirement.name());
    row["RequiredBy"] = Value::from(Some(host.by).filter(|by| !by.is_empty()));
    row["TlsaRecords"] = Value::from(host.tlsa);
    match host.requirement {
        Requirement::Names(names) => row["Names"] = Value::from(names),
        Requirement::Unknown(why) => row["Detail"] = Value::from(why),
        _ => {}
    }
    if let Some(Sighting { at, tls, failure }) = host.last {
        row["LastSeen"] = Value::from(at.iso());
        if let Some((tls, certificate)) = tls {
            row["LastTls"] = Value::from(tls);
            row["LastCertificate"] = Value::from(certificate);
        }
        row["LastFailure"] = Value::from(failure);
    }
    row
}

fn validation(validation: &Validation) -> (&'static str, Value) {
    match validation {
        Validation::Proven => ("Proven", Value::Null),
        Validation::Remote => (
            "Off",
            Value::from("the DNS servers are not on this machine: nothing protects their answers"),
        ),
        Validation::Unproven(why) => ("Off", Value::from(why.as_str())),
        Validation::Lost(why) => ("Lost", Value::from(why.as_str())),
    }
}
