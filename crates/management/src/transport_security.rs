//! `Get-TransportSecurity`: what would be demanded of the hosts that mail for a recipient goes to, by whom, and
//! what was seen of them last; whether signatures in the DNS are believed.

use model::{Address, TlsRequirement};
use serde_json::{Value, json};
use transport::{HostSecurity, Requirement, Security, Sighting, Transport, Validation, Way};

use crate::binding::Bound;
use crate::output::Output;
use crate::problem::Problem;
use crate::property_shape::{Holds, PropertyShape};
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

    /// How far the DNS servers that are asked are believed about signatures.
    fn validation(&self) -> Validation;
}

impl SecurityOracle for Transport {
    fn security_of<'a>(
        &'a self,
        recipient: &'a Address,
        tls: TlsRequirement,
    ) -> BoxFuture<'a, Security> {
        Box::pin(Transport::security_of(self, recipient, tls))
    }

    fn validation(&self) -> Validation {
        Transport::validation(self)
    }
}

/// The recipient that is asked about, where one is.
pub(crate) fn recipient(bound: &Bound) -> Result<Option<Address>, Problem> {
    let Some(text) = bound.text("Recipient") else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|error| Problem::value("Recipient", &error))
}

/// What the message that is asked about wants of TLS.
pub(crate) fn requirement(bound: &Bound) -> Result<TlsRequirement, Problem> {
    let Some(word) = bound.text("TlsRequirement") else { return Ok(TlsRequirement::Default) };
    word.parse().map_err(|error| Problem::value("TlsRequirement", &error))
}

/// What holds for all mail.
pub(crate) fn in_general(validation: &Validation) -> Output {
    Output { objects: vec![row(Value::Null, validation)], ..Output::default() }
}

fn row(recipient: Value, validation: &Validation) -> Value {
    let (validation, why) = described(validation);
    json!({
        "Recipient": recipient,
        "SendConnector": null,
        "NextHop": null,
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
}

/// What a row looks like.
pub(crate) fn shape() -> Vec<PropertyShape> {
    let property =
        |name: &str, holds, nullable| PropertyShape { name: name.to_owned(), holds, nullable };
    vec![
        property("Recipient", Holds::Text, true),
        property("SendConnector", Holds::Text, true),
        property("NextHop", Holds::Text, true),
        property("DnssecValidation", Holds::Words(VALIDATIONS), false),
        property("DnssecValidationDetail", Holds::Text, true),
        property("Host", Holds::Text, true),
        property("Address", Holds::Text, true),
        property("Requirement", Holds::Words(REQUIREMENTS), true),
        property("RequiredBy", Holds::Text, true),
        property("Names", Holds::Texts, false),
        property("TlsaRecords", Holds::Texts, false),
        property("Detail", Holds::Text, true),
        property("LastSeen", Holds::Moment, true),
        property("LastTls", Holds::Text, true),
        property("LastCertificate", Holds::Text, true),
        property("LastFailure", Holds::Text, true),
    ]
}

const VALIDATIONS: &[&str] = &["Proven", "Off", "Lost"];

/// The names that [`Requirement::name`] gives.
const REQUIREMENTS: &[&str] = &[
    "None",
    "Opportunistic",
    "Encryption",
    "CertificateValidation",
    "DomainValidation",
    "Dane",
    "Unknown",
];

/// One row for each address of each host.
pub(crate) fn shown(recipient: &Address, security: Security) -> Output {
    let row = |connector: Value, next_hop: Value| {
        let mut row = row(Value::from(recipient.to_string()), &security.validation);
        row["SendConnector"] = connector;
        row["NextHop"] = next_hop;
        row
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

fn described(validation: &Validation) -> (&'static str, Value) {
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
