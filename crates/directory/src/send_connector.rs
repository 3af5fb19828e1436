//! Send connectors: every property of send-connectors.md section 5 with its default and range,
//! what each usage seeds, and how `Format-List` shows one. The rules between properties are in
//! [`rules`].

mod access;
mod rules;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr};

use model::{ByteSize, DomainName, DomainPattern, HttpsUrl, ObjectName, TimeSpan, Unlimited};
use serde_json::Value;
use vault::Sealed;

use crate::{
    access::AccessEntry,
    properties::{Header, Listing, boilerplate, by_name, distinguished_name, properties},
    setting::MAX_INT,
    values::{
        AddressSpace, CertificateName, Credential, ErrorPolicies, OAuthGrantType,
        ProtocolLoggingLevel, SendRight, SmartHost, SmartHostAuthMechanism, TlsAuthLevel,
        TlsCipherSuites, TlsVersion, Usage,
    },
};

properties! {
    /// One way out of the organization. Defaults are those of `New-SendConnector`.
    pub struct SendConnector, view;
    fixed {
        header: Header, "Header";
    }
    given {
        name: ObjectName, "Name";
    }
    kept {
        /// Read and changed by `*-ADPermission`.
        permissions: Vec<AccessEntry<SendRight>> = access::documented(), "Permissions";
        /// With OAuthGrantType RefreshToken: the client's secret, where it has one, sealed.
        oauth_client_secret: Option<Sealed> = None, "OAuthClientSecret";
    }
    settings {
        address_spaces: Vec<AddressSpace> = Vec::new(), "AddressSpaces";
        /// Needed by both Basic mechanisms and by OAuth2; set the field, with the password sealed.
        authentication_credential: Option<Credential> = None, "AuthenticationCredential";
        cloud_services_mail_enabled: bool = false, "CloudServicesMailEnabled";
        comment: Option<String> = None, "Comment";
        /// How long an idle connection is kept.
        connection_inactivity_time_out: TimeSpan = TimeSpan::minutes(10), "ConnectionInactivityTimeOut"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        /// By the recipient domain's DNS records; otherwise to the smart hosts.
        dns_routing_enabled: bool = true, "DNSRoutingEnabled";
        domain_secure_enabled: bool = false, "DomainSecureEnabled";
        enabled: bool = true, "Enabled";
        error_policies: ErrorPolicies = ErrorPolicies::EMPTY, "ErrorPolicies";
        force_helo: bool = false, "ForceHELO";
        /// The name in EHLO; the server's own when absent.
        fqdn: Option<DomainName> = None, "Fqdn";
        frontend_proxy_enabled: bool = false, "FrontendProxyEnabled";
        ignore_start_tls: bool = false, "IgnoreSTARTTLS";
        is_scoped_connector: bool = false, "IsScopedConnector";
        max_message_size: Unlimited<ByteSize> = Unlimited::Limited(ByteSize::mb(25)), "MaxMessageSize"
            in (ByteSize::bytes(0), ByteSize::bytes(u64::from(MAX_INT)));
        /// How we are known at the token endpoint; ours.
        oauth_client_id: Option<String> = None, "OAuthClientId";
        /// What access tokens are asked for with; ours.
        oauth_grant_type: OAuthGrantType = OAuthGrantType::ClientCredentials, "OAuthGrantType";
        /// What access tokens are asked for, where the endpoint wants to be told; ours.
        oauth_scope: Option<String> = None, "OAuthScope";
        /// Where access tokens are given out; ours.
        oauth_token_url: Option<HttpsUrl> = None, "OAuthTokenUrl";
        port: u16 = 25, "Port" in (1, 65535);
        protocol_logging_level: ProtocolLoggingLevel = ProtocolLoggingLevel::None, "ProtocolLoggingLevel";
        /// Reserved: stored only.
        require_oorg: bool = false, "RequireOorg";
        require_tls: bool = false, "RequireTLS";
        /// Per cent of the recipients' domains that it takes, always the same ones; another connector takes the others. Ours.
        share_of_domains: u32 = 100, "ShareOfDomains" in (1, 100);
        smart_host_auth_mechanism: SmartHostAuthMechanism = SmartHostAuthMechanism::None, "SmartHostAuthMechanism";
        smart_hosts: Vec<SmartHost> = Vec::new(), "SmartHosts";
        smtp_max_messages_per_connection: u32 = 20, "SmtpMaxMessagesPerConnection" in (1, MAX_INT);
        /// Any address (`0.0.0.0`) on Mailbox servers.
        source_ip_address: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED), "SourceIPAddress";
        /// Names of the servers that use the connector.
        source_transport_servers: Vec<String> = Vec::new(), "SourceTransportServers";
        tls_auth_level: Option<TlsAuthLevel> = None, "TlsAuthLevel";
        tls_certificate_name: Option<CertificateName> = None, "TlsCertificateName";
        /// The cipher suites that are spoken; ours.
        tls_cipher_suites: TlsCipherSuites = TlsCipherSuites::EMPTY, "TlsCipherSuites";
        tls_domain: Option<DomainPattern> = None, "TlsDomain";
        /// The oldest version that is spoken; ours.
        tls_minimum_version: TlsVersion = TlsVersion::Tls12, "TlsMinimumVersion";
        use_external_dns_servers_enabled: bool = false, "UseExternalDNSServersEnabled";
    }
}

impl SendConnector {
    /// A connector as the usage seeds it; parameters that are given are set afterwards. Partner
    /// asks for TLS with a certificate for the recipient's domain; Internal has no size limit.
    /// Client is no usage of Send connectors and seeds nothing.
    pub fn from_usage(header: Header, name: ObjectName, usage: Usage) -> Self {
        let mut connector = Self::with_defaults(header, name);
        match usage {
            Usage::Partner => {
                connector.require_tls = true;
                connector.tls_auth_level = Some(TlsAuthLevel::DomainValidation);
            }
            Usage::Internal => connector.max_message_size = Unlimited::Unlimited,
            Usage::Custom | Usage::Internet | Usage::Client => {}
        }
        connector
    }

    /// What [`Self::oauth_client_secret`] is sealed for.
    pub fn client_secret_context(&self) -> String {
        format!("{} OAuthClientSecret", self.header.guid)
    }

    /// Whether it carries other than SMTP address spaces.
    pub fn has_foreign_spaces(&self) -> bool {
        self.address_spaces.iter().any(|space| space.smtp_pattern().is_none())
    }

    /// The connector's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        distinguished_name(self.name.as_str(), "CN=Send Connectors,CN=Configuration")
    }
}

fn view(connector: &SendConnector, mut listing: Listing) -> Listing {
    let name = connector.name.as_str();
    let smart_hosts: Vec<String> = connector.smart_hosts.iter().map(ToString::to_string).collect();
    listing.extend([
        ("ConnectedDomains", Value::Array(Vec::new())),
        ("HomeMTA", Value::from("Microsoft MTA")),
        ("HomeMtaServerId", Value::from(connector.source_transport_servers.first().cloned())),
        ("Identity", Value::from(name)),
        ("IsSmtpConnector", Value::Bool(!connector.has_foreign_spaces())),
        ("LinkedReceiveConnector", Value::Null),
        ("SmartHostsString", Value::from(smart_hosts.join(","))),
        ("SourceRoutingGroup", Value::from("Exchange Routing Group (DWBGZMFD01QNBJR)")),
    ]);
    let mut listing = by_name(listing);
    listing.extend(boilerplate(
        &connector.header,
        name,
        connector.distinguished_name(),
        &["top", "msExchConnector", "mailGateway", "msExchRoutingSMTPConnector"],
    ));
    listing
}
