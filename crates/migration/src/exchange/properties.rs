//! What is known of the properties of Exchange's Send connectors.

use crate::Outcome;

/// A property that is `True` or `False`.
#[derive(Debug)]
pub(super) struct Flag {
    /// Its name there and here.
    pub(super) name: &'static str,
    /// What a new connector has.
    pub(super) default: bool,
    /// What becomes of the other value.
    pub(super) outcome: Outcome,
    /// What is said of the other value.
    pub(super) why: &'static str,
}

const fn flag(name: &'static str, why: &'static str) -> Flag {
    Flag { name, default: false, outcome: Outcome::Carried, why }
}

/// The plain flags.
pub(super) const FLAGS: [Flag; 8] = [
    Flag {
        default: true,
        ..flag(
            "Enabled",
            "It is made switched off; Set-SendConnector -Enabled $true switches it on.",
        )
    },
    flag(
        "CloudServicesMailEnabled",
        "Known header fields of the organization are handed to a hybrid deployment.",
    ),
    flag("ForceHELO", ""),
    flag(
        "FrontendProxyEnabled",
        "Needs a server with the role of a front end (docs/front-end.md); mail waits until there is one.",
    ),
    flag("IgnoreSTARTTLS", ""),
    Flag {
        outcome: Outcome::Decision,
        ..flag(
            "IsScopedConnector",
            "Only servers in the site of the source servers use it, and sites here are those of Relais's servers, \
             not of Active Directory. As it stands it is carried over; take it out of the line where there is one site.",
        )
    },
    flag("RequireTLS", ""),
    flag(
        "UseExternalDNSServersEnabled",
        "Name those servers with Set-TransportService -ExternalDNSServers first.",
    ),
];

/// What Exchange keeps for itself, or works out of other properties.
const BOOKKEEPING: [&str; 31] = [
    "AdminDisplayName",
    "DistinguishedName",
    "ExchangeObjectId",
    "ExchangeVersion",
    "Guid",
    "HomeMTA",
    "HomeMtaServerId",
    "Id",
    "Identity",
    "IsSmtpConnector",
    "IsValid",
    "ObjectCategory",
    "ObjectClass",
    "ObjectState",
    "OrganizationId",
    "OrganizationalUnitRoot",
    "OriginatingServer",
    "PSComputerName",
    "PSShowComputerName",
    "PSSourceJobInstanceId",
    "RunspaceId",
    "SmartHostsString",
    "SourceRoutingGroup",
    "WhenChanged",
    "WhenChangedUTC",
    "WhenCreated",
    "WhenCreatedUTC",
    "CertificateSubject",
    "DirectoryBackendType",
    "MaximumSupportedExchangeObjectVersion",
    "Schema",
];

/// Whether nothing of a property is to be carried over.
pub(super) fn is_bookkeeping(name: &str) -> bool {
    BOOKKEEPING.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The order in which parameters are written.
pub(super) const ORDER: [&str; 28] = [
    "Name",
    "Enabled",
    "AddressSpaces",
    "IsScopedConnector",
    "DNSRoutingEnabled",
    "SmartHosts",
    "Port",
    "SmartHostAuthMechanism",
    "AuthenticationCredential",
    "RequireTLS",
    "TlsAuthLevel",
    "TlsDomain",
    "TlsCertificateName",
    "IgnoreSTARTTLS",
    "DomainSecureEnabled",
    "ForceHELO",
    "Fqdn",
    "FrontendProxyEnabled",
    "UseExternalDNSServersEnabled",
    "MaxMessageSize",
    "ConnectionInactivityTimeOut",
    "SmtpMaxMessagesPerConnection",
    "ErrorPolicies",
    "ProtocolLoggingLevel",
    "CloudServicesMailEnabled",
    "SourceTransportServers",
    "Comment",
    "RequireOorg",
];
