//! Receive connectors: every property of management.md section 8.6 with the limits of
//! transport.md section 4, what each usage seeds, and which permissions one grants. The rules
//! between properties are in [`rules`].

mod access;
mod rules;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};

use model::{ByteSize, DomainName, ObjectName, TimeSpan, Unlimited};
use serde_json::Value;

use crate::{
    access::{AccessControlled, AccessEntry, SecurityPrincipal},
    properties::{Header, Listing, boilerplate, by_name, distinguished_name, properties},
    setting::MAX_INT,
    values::{
        AuthMechanisms, CertificateName, ExtendedProtectionPolicy, ExtendedRight, IpRange,
        MessageRateSource, PermissionGroups, ProtocolLoggingLevel, SizeMode, TlsCipherSuites,
        TlsVersion, TransportRole, Usage,
    },
};

properties! {
    /// Where and how a server receives. Defaults are those of `New-ReceiveConnector` with the
    /// usage Custom; bindings and remote ranges are empty and must be given.
    pub struct ReceiveConnector, view;
    fixed {
        header: Header, "Header";
        /// The server it belongs to.
        server: String, "Server";
    }
    given {
        name: ObjectName, "Name";
    }
    kept {
        /// Entries beside those of the permission groups and `ExtendedRights`.
        other_permissions: Vec<AccessEntry<ExtendedRight>> = Vec::new(), "OtherPermissions";
        /// What the permission groups would give, taken away one by one.
        withdrawn_permissions: Vec<AccessEntry<ExtendedRight>> = Vec::new(), "WithdrawnPermissions";
        /// Ours: the connector is for the outbound connections of Mailbox servers. No cmdlet sets
        /// it; the connector made at the first start has it.
        outbound_proxy: bool = false, "OutboundProxy";
    }
    settings {
        /// Stored only.
        advertise_client_settings: bool = false, "AdvertiseClientSettings";
        auth_mechanism: AuthMechanisms = AuthMechanisms::TLS, "AuthMechanism";
        /// The whole greeting, starting with 220; made from the name when absent.
        banner: Option<String> = None, "Banner";
        /// Bare LF is always refused, so this cannot be turned off.
        bare_linefeed_rejection_enabled: bool = true, "BareLinefeedRejectionEnabled";
        /// BINARYMIME is never offered, so this cannot be turned on.
        binary_mime_enabled: bool = false, "BinaryMimeEnabled";
        bindings: Vec<SocketAddr> = Vec::new(), "Bindings";
        chunking_enabled: bool = true, "ChunkingEnabled";
        comment: Option<String> = None, "Comment";
        connection_inactivity_timeout: TimeSpan = TimeSpan::minutes(5), "ConnectionInactivityTimeout"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        connection_timeout: TimeSpan = TimeSpan::minutes(10), "ConnectionTimeout"
            in (TimeSpan::seconds(1), TimeSpan::days(1));
        /// The accepted domain added to senders without one; stored only.
        default_domain: Option<String> = None, "DefaultDomain";
        delivery_status_notification_enabled: bool = true, "DeliveryStatusNotificationEnabled";
        domain_secure_enabled: bool = false, "DomainSecureEnabled";
        eight_bit_mime_enabled: bool = true, "EightBitMimeEnabled";
        /// Stored only.
        enable_auth_gssapi: bool = false, "EnableAuthGSSAPI";
        enabled: bool = true, "Enabled";
        enhanced_status_codes_enabled: bool = true, "EnhancedStatusCodesEnabled";
        /// Stored only.
        extended_protection_policy: ExtendedProtectionPolicy = ExtendedProtectionPolicy::None, "ExtendedProtectionPolicy";
        /// What anonymous clients may do beyond their permission group.
        extra_permissions: Vec<ExtendedRight> = Vec::new(), "ExtendedRights";
        /// The name in the greeting and the EHLO reply; the server's own when absent.
        fqdn: Option<DomainName> = None, "Fqdn";
        /// Ours: bindings on which TLS starts at once.
        implicit_tls_bindings: Vec<SocketAddr> = Vec::new(), "ImplicitTlsBindings";
        /// Stored only.
        long_addresses_enabled: bool = false, "LongAddressesEnabled";
        /// Exchange 2010's; stored only.
        max_acknowledgement_delay: TimeSpan = TimeSpan::seconds(30), "MaxAcknowledgementDelay"
            in (TimeSpan::seconds(0), TimeSpan::days(1));
        max_header_size: ByteSize = ByteSize::kb(128), "MaxHeaderSize"
            in (ByteSize::bytes(1), ByteSize::bytes(u64::from(MAX_INT)));
        /// Received fields a message may have.
        max_hop_count: u32 = 30, "MaxHopCount" in (1, 500);
        max_inbound_connection: Unlimited<u32> = Unlimited::Limited(5000), "MaxInboundConnection"
            in (1, MAX_INT);
        /// Per cent of the connections that are left.
        max_inbound_connection_percentage_per_source: u32 = 2, "MaxInboundConnectionPercentagePerSource"
            in (1, 100);
        max_inbound_connection_per_source: Unlimited<u32> = Unlimited::Limited(20), "MaxInboundConnectionPerSource"
            in (1, 10_000);
        /// Received fields of our own; 0: not counted.
        max_local_hop_count: u32 = 8, "MaxLocalHopCount" in (0, 50);
        /// 0: no limit.
        max_logon_failures: u32 = 3, "MaxLogonFailures" in (0, 10);
        max_message_size: ByteSize = ByteSize::mb(36), "MaxMessageSize"
            in (ByteSize::bytes(65_536), ByteSize::bytes(u64::from(MAX_INT)));
        max_protocol_errors: Unlimited<u32> = Unlimited::Limited(5), "MaxProtocolErrors"
            in (0, MAX_INT);
        max_recipients_per_message: u32 = 200, "MaxRecipientsPerMessage" in (1, 512_000);
        /// Messages a minute.
        message_rate_limit: Unlimited<u32> = Unlimited::Unlimited, "MessageRateLimit"
            in (1, MAX_INT);
        message_rate_source: MessageRateSource = MessageRateSource::IpAddress, "MessageRateSource";
        /// Stored only.
        orar_enabled: bool = false, "OrarEnabled";
        permission_groups: PermissionGroups = PermissionGroups::EMPTY, "PermissionGroups";
        pipelining_enabled: bool = true, "PipeliningEnabled";
        protocol_logging_level: ProtocolLoggingLevel = ProtocolLoggingLevel::None, "ProtocolLoggingLevel";
        remote_ip_ranges: Vec<IpRange> = Vec::new(), "RemoteIPRanges";
        require_ehlo_domain: bool = false, "RequireEHLODomain";
        require_tls: bool = false, "RequireTLS";
        /// Ours: what messages of strangers prove of their senders is found out and noted. Clients that sign in or
        /// may relay are no strangers.
        sender_authentication_enabled: bool = true, "SenderAuthenticationEnabled";
        /// Stored only.
        service_discovery_fqdn: Option<DomainName> = None, "ServiceDiscoveryFqdn";
        size_enabled: SizeMode = SizeMode::Enabled, "SizeEnabled";
        smtp_utf8_enabled: bool = true, "SmtpUtf8Enabled";
        /// Stored only.
        suppress_x_anonymous_tls: bool = false, "SuppressXAnonymousTls";
        /// How long an error reply to an anonymous client waits; zero: not.
        tarpit_interval: TimeSpan = TimeSpan::seconds(5), "TarpitInterval"
            in (TimeSpan::seconds(0), TimeSpan::minutes(10));
        tls_certificate_name: Option<CertificateName> = None, "TlsCertificateName";
        /// The cipher suites that are spoken; ours.
        tls_cipher_suites: TlsCipherSuites = TlsCipherSuites::EMPTY, "TlsCipherSuites";
        /// Stored only.
        tls_domain_capabilities: Vec<String> = Vec::new(), "TlsDomainCapabilities";
        /// The oldest version that is spoken; ours.
        tls_minimum_version: TlsVersion = TlsVersion::Tls12, "TlsMinimumVersion";
        transport_role: TransportRole = TransportRole::FrontendTransport, "TransportRole";
    }
}

/// All addresses, as most connectors have it.
pub(crate) fn everywhere() -> Vec<IpRange> {
    vec![IpRange::ALL_V6, IpRange::ALL_V4]
}

impl ReceiveConnector {
    /// Whether this is where Front End Transport takes outbound connections of our own Mailbox
    /// servers. Their certificates say who they are; SMTP is not spoken there, whatever its
    /// permissions are.
    pub fn is_outbound_proxy(&self) -> bool {
        self.outbound_proxy && self.transport_role == TransportRole::FrontendTransport
    }

    /// A connector as the usage seeds it (management.md section 8.6); parameters that are given
    /// are set afterwards. Client and Internal bring their bindings, Internet its remote ranges.
    pub fn from_usage(header: Header, server: String, name: ObjectName, usage: Usage) -> Self {
        let mut connector = Self::with_defaults(header, server, name);
        let all = |port| vec![SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))];
        match usage {
            Usage::Client => {
                connector.permission_groups = PermissionGroups::EXCHANGE_USERS;
                connector.auth_mechanism = AuthMechanisms::TLS
                    | AuthMechanisms::BASIC_AUTH
                    | AuthMechanisms::BASIC_AUTH_REQUIRE_TLS
                    | AuthMechanisms::INTEGRATED;
                connector.bindings = all(587);
            }
            Usage::Internal => {
                connector.permission_groups =
                    PermissionGroups::EXCHANGE_LEGACY_SERVERS | PermissionGroups::EXCHANGE_SERVERS;
                connector.auth_mechanism = AuthMechanisms::TLS | AuthMechanisms::EXCHANGE_SERVER;
                connector.bindings = all(25);
            }
            Usage::Internet => {
                connector.permission_groups = PermissionGroups::ANONYMOUS_USERS;
                connector.remote_ip_ranges = everywhere();
            }
            Usage::Partner => connector.permission_groups = PermissionGroups::PARTNERS,
            Usage::Custom => {}
        }
        connector
    }

    /// Whether anonymous clients hold a right.
    pub fn grants(&self, right: ExtendedRight) -> bool {
        self.permits(SecurityPrincipal::AnonymousLogon, right)
    }

    /// The greeting after its code, where one was given: the banner without `220 `.
    pub fn greeting(&self) -> Option<&str> {
        self.banner.as_deref().map(|banner| banner.strip_prefix("220 ").unwrap_or(banner))
    }

    /// `Server\Name`, which is unique.
    pub fn identity(&self) -> String {
        format!("{}\\{}", self.server, self.name)
    }

    /// The connector's distinguished name, one of its identities.
    pub fn distinguished_name(&self) -> String {
        let server = distinguished_name(&self.server, "CN=Servers,CN=Configuration");
        distinguished_name(self.name.as_str(), &format!("CN=SMTP Receive Connectors,{server}"))
    }
}

fn view(connector: &ReceiveConnector, mut listing: Listing) -> Listing {
    let identity = connector.identity();
    listing.extend([
        ("Identity", Value::from(identity.as_str())),
        ("Server", Value::from(connector.server.as_str())),
    ]);
    let mut listing = by_name(listing);
    listing.extend(boilerplate(
        &connector.header,
        &identity,
        connector.distinguished_name(),
        &["top", "msExchSmtpReceiveConnector"],
    ));
    listing
}
