//! Properties with any number of a few documented values.

use super::enumeration::flags;

flags! {
    /// How errors of a destination are judged (send-connectors.md section 5.2).
    pub struct ErrorPolicies, empty "Default";
    /// Every DNS failure is transient.
    DOWNGRADE_DNS_FAILURES = 0, "DowngradeDnsFailures";
    /// Particular permanent replies are transient.
    DOWNGRADE_CUSTOM_FAILURES = 1, "DowngradeCustomFailures";
    /// Particular transient replies are permanent.
    UPGRADE_CUSTOM_FAILURES = 2, "UpgradeCustomFailures";
}

flags! {
    /// How clients of a Receive connector may authenticate (management.md section 8.6).
    pub struct AuthMechanisms, empty "None";
    /// STARTTLS is offered.
    TLS = 0, "Tls";
    /// Kerberos and NTLM; stored only.
    INTEGRATED = 1, "Integrated";
    /// AUTH with user name and password.
    BASIC_AUTH = 2, "BasicAuth";
    /// AUTH with user name and password, only under TLS.
    BASIC_AUTH_REQUIRE_TLS = 3, "BasicAuthRequireTLS";
    /// Servers of the organization.
    EXCHANGE_SERVER = 4, "ExchangeServer";
    /// The link is secured by other means.
    EXTERNAL_AUTHORITATIVE = 5, "ExternalAuthoritative";
}

flags! {
    /// Who may use a Receive connector (routing.md section 8).
    pub struct PermissionGroups, empty "None";
    /// Anybody.
    ANONYMOUS_USERS = 0, "AnonymousUsers";
    /// Users who signed in.
    EXCHANGE_USERS = 1, "ExchangeUsers";
    /// Servers of the organization.
    EXCHANGE_SERVERS = 2, "ExchangeServers";
    /// Older servers of the organization.
    EXCHANGE_LEGACY_SERVERS = 3, "ExchangeLegacyServers";
    /// Partners.
    PARTNERS = 4, "Partners";
    /// Permissions were granted one by one.
    CUSTOM = 5, "Custom";
}
