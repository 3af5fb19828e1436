//! `Get-TransportSecurity`, which is ours: what would be demanded of the other side, before a message is sent.

use crate::declaration::{Cmdlet, Output, Parameter, Text};
use crate::kind::Kind;
use crate::roles::{SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION};
use crate::standard::parameters;

/// The names of what a message can want of TLS.
const REQUIREMENTS: &[&str] = &["Default", "Required", "NotRequired"];

pub(crate) const CMDLETS: &[Cmdlet] = &[Cmdlet {
    name: "Get-TransportSecurity",
    synopsis: Text {
        en: "Shows what is demanded of the hosts that mail for a recipient goes to, by whom, and what was seen of them last; \
             without a recipient, whether signatures in the DNS are believed.",
        fr: "Affiche ce qui est exigé des hôtes auxquels va le courrier d'un destinataire, par qui, et ce qui en a été vu en \
             dernier ; sans destinataire, si les signatures du DNS sont crues.",
    },
    sets: &[],
    default_set: None,
    parameters: parameters![[
        Parameter::new(
            "Recipient",
            Kind::SmtpAddress,
            "The recipient: one e-mail address. Without it, what holds for all mail is shown.",
            "Le destinataire : une seule adresse de messagerie. Sans lui, ce qui vaut pour tout le courrier est affiché.",
        )
        .at(1),
        Parameter::new(
            "TlsRequirement",
            Kind::Enum(REQUIREMENTS),
            "What the message itself wants of TLS (RFC 8689): Required is REQUIRETLS, NotRequired the header field \
             TLS-Required: No.",
            "Ce que le message lui-même veut de TLS (RFC 8689) : Required est REQUIRETLS, NotRequired le champ d'en-tête \
             TLS-Required: No.",
        ),
    ]],
    roles: &[SEND_CONNECTORS, TRANSPORT_QUEUES, VIEW_ONLY_CONFIGURATION],
    confirms: false,
    supports_should_process: false,
    changes: false,
    output: Output {
        columns: &["Host", "Address", "Requirement", "RequiredBy", "LastTls"],
        type_name: "TransportSecurity",
    },
}];
