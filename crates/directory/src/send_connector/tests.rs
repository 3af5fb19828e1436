use model::Unlimited;
use serde_json::{Value, json};

use super::*;
use crate::{
    properties::{Properties, PropertyError},
    rule::RuleError,
    setting::Stored,
};

fn connector() -> SendConnector {
    let mut connector =
        SendConnector::with_defaults(Header::fresh(), "To Internet".parse().unwrap());
    set(
        &mut connector,
        &[("AddressSpaces", json!("*")), ("SourceTransportServers", json!("MBX01"))],
    );
    connector
}

fn set(connector: &mut SendConnector, values: &[(&str, Value)]) {
    for (name, value) in values {
        connector.set(name, value).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

fn with(values: &[(&str, Value)]) -> SendConnector {
    let mut connector = connector();
    set(&mut connector, values);
    connector
}

fn check(connector: &SendConnector) -> Result<(), RuleError> {
    connector.validate(&|name| name.eq_ignore_ascii_case("mbx01"))
}

fn credential() -> Option<Credential> {
    let password = vault::DataKey::ephemeral().seal(b"secret", "x").unwrap();
    Some(Credential { user_name: "relay".to_owned(), password })
}

#[test]
fn every_cross_rule_has_its_id() {
    let f = || json!(false);
    let t = || json!(true);
    let smart = |more: &[(&str, Value)]| {
        let mut values =
            vec![("DNSRoutingEnabled", json!(false)), ("SmartHosts", json!("10.20.0.5"))];
        values.extend_from_slice(more);
        with(&values)
    };
    let mut empty = connector();
    empty.address_spaces.clear();
    let mut helo_with_password =
        smart(&[("SmartHostAuthMechanism", json!("BasicAuth")), ("ForceHELO", t())]);
    helo_with_password.authentication_credential = credential();
    let mut never_tls =
        smart(&[("SmartHostAuthMechanism", json!("BasicAuthRequireTLS")), ("IgnoreSTARTTLS", t())]);
    never_tls.authentication_credential = credential();
    let oauth = |more: &[(&str, Value)]| {
        let mut values = vec![
            ("SmartHostAuthMechanism", json!("OAuth2")),
            ("OAuthTokenUrl", json!("https://login.a.test/token")),
            ("OAuthClientId", json!("relais")),
        ];
        values.extend_from_slice(more);
        let mut connector = smart(&values);
        connector.authentication_credential = credential();
        connector
    };
    let mut no_secret = oauth(&[]);
    no_secret.authentication_credential = None;
    let mut two_secrets = oauth(&[]);
    two_secrets.oauth_client_secret = credential().map(|credential| credential.password);
    let x400 = json!("X400:o=MySite;p=MyOrg;c=us;1");
    let table = [
        ("SC-03", empty),
        ("SC-04", with(&[("AddressSpaces", json!(["contoso.com;1", "SMTP:Contoso.com;5"]))])),
        ("SC-06", with(&[("SmartHosts", json!("10.20.0.5"))])),
        ("SC-07", with(&[("DNSRoutingEnabled", f())])),
        ("SC-09", smart(&[("SmartHostAuthMechanism", json!("BasicAuth"))])),
        ("SC-09", smart(&[("SmartHostAuthMechanism", json!("BasicAuthRequireTLS"))])),
        ("SC-10", with(&[("SmartHostAuthMechanism", json!("BasicAuth"))])),
        ("SC-10", with(&[("SmartHostAuthMechanism", json!("ExternalAuthoritative"))])),
        ("SC-11", with(&[("RequireTLS", t()), ("IgnoreSTARTTLS", t())])),
        ("SC-11", with(&[("RequireTLS", t()), ("ForceHELO", t())])),
        ("SC-11", helo_with_password),
        ("SC-11", never_tls),
        ("SC-09", no_secret),
        ("SC-11", oauth(&[("IgnoreSTARTTLS", t())])),
        ("SC-11", oauth(&[("ForceHELO", t())])),
        ("SC-28", smart(&[("SmartHostAuthMechanism", json!("ClientCertificate"))])),
        (
            "SC-11",
            smart(&[
                ("SmartHostAuthMechanism", json!("ClientCertificate")),
                ("TlsCertificateName", json!("<I>CN=CA<S>CN=a")),
                ("IgnoreSTARTTLS", t()),
            ]),
        ),
        ("SC-10", with(&[("SmartHostAuthMechanism", json!("ClientCertificate"))])),
        ("SC-26", oauth(&[("OAuthTokenUrl", json!(null))])),
        ("SC-26", oauth(&[("OAuthClientId", json!(null))])),
        ("SC-26", two_secrets),
        ("SC-26", oauth(&[("SmartHostAuthMechanism", json!("BasicAuth"))])),
        ("SC-26", with(&[("OAuthScope", json!("mail"))])),
        ("SC-12", with(&[("TlsAuthLevel", json!("EncryptionOnly"))])),
        ("SC-12", with(&[("TlsAuthLevel", json!("DomainValidation")), ("IgnoreSTARTTLS", t())])),
        ("SC-13", with(&[("TlsDomain", json!("mail.contoso.com"))])),
        (
            "SC-13",
            with(&[
                ("RequireTLS", t()),
                ("TlsAuthLevel", json!("CertificateValidation")),
                ("TlsDomain", json!("mail.contoso.com")),
            ]),
        ),
        ("SC-14", smart(&[("RequireTLS", t()), ("TlsAuthLevel", json!("DomainValidation"))])),
        ("SC-15", smart(&[("DomainSecureEnabled", t()), ("AddressSpaces", json!("contoso.com"))])),
        ("SC-15", with(&[("DomainSecureEnabled", t()), ("IgnoreSTARTTLS", t())])),
        ("SC-15", with(&[("DomainSecureEnabled", t()), ("AddressSpaces", json!("*.contoso.com"))])),
        ("SC-19", with(&[("SourceTransportServers", json!(["MBX01", "MBX02"]))])),
        ("SC-19", with(&[("SourceTransportServers", json!([]))])),
        ("SC-20", with(&[("SourceIPAddress", json!("192.0.2.1"))])),
        ("SC-25", with(&[("AddressSpaces", x400.clone())])),
        ("SC-25", with(&[("AddressSpaces", x400), ("DNSRoutingEnabled", f())])),
    ];
    for (id, connector) in table {
        let error = check(&connector).expect_err(id);
        assert_eq!(error.id, id, "{error}");
        assert!(error.message.contains(&error.allowed) && error.message.contains(error.parameter));
    }
}

#[test]
fn what_the_documents_allow_is_allowed() {
    let t = || json!(true);
    let smart = [
        ("DNSRoutingEnabled", json!(false)),
        ("SmartHosts", json!(["gate.alpha.test", "10.1.1.1"])),
    ];
    let mut basic = with(&smart);
    set(&mut basic, &[("SmartHostAuthMechanism", json!("BasicAuthRequireTLS"))]);
    basic.authentication_credential = credential();
    let mut oauth = with(&smart);
    set(
        &mut oauth,
        &[
            ("SmartHostAuthMechanism", json!("oauth2")),
            ("OAuthTokenUrl", json!("https://login.a.test/token")),
            ("OAuthClientId", json!("relais")),
            ("OAuthGrantType", json!("RefreshToken")),
        ],
    );
    oauth.authentication_credential = credential();
    oauth.oauth_client_secret = credential().map(|credential| credential.password);
    let stored = SendConnector::load(&oauth.store()).unwrap();
    assert_eq!(stored.oauth_client_secret, oauth.oauth_client_secret);
    assert!(!json!(oauth.view()).to_string().contains("v1:"), "secrets are not shown");
    let mut x400 = with(&smart);
    set(&mut x400, &[("AddressSpaces", json!(["X400:o=A;p=B;c=us;3", "contoso.com"]))]);
    for good in [
        connector(),
        with(&smart),
        basic,
        oauth,
        x400,
        with(&[("AddressSpaces", json!(["alpha.test", "beta.test;10", "*.gamma.test"]))]),
        with(&[
            ("FrontendProxyEnabled", t()),
            ("DomainSecureEnabled", t()),
            ("AddressSpaces", json!("a.test")),
        ]),
        with(&[
            ("RequireTLS", t()),
            ("TlsAuthLevel", json!("DomainValidation")),
            ("TlsDomain", json!("*.a.test")),
        ]),
        with(&[("RequireTLS", t()), ("TlsAuthLevel", json!("EncryptionOnly"))]),
        with(&[("IgnoreSTARTTLS", t())]),
        with(&[("Port", json!(10025))]),
    ] {
        check(&good).unwrap_or_else(|e| panic!("{e}"));
    }
}

#[test]
fn refused_values_name_rule_value_and_range() {
    let table = [
        ("Name", json!(""), "SC-02"),
        ("Name", json!("x".repeat(65)), "SC-02"),
        ("AddressSpaces", json!("*contoso.com"), "SC-04"),
        ("AddressSpaces", json!(["contoso.com", "a..b"]), "SC-04"),
        ("AddressSpaces", json!("contoso.com;101"), "SC-05"),
        ("SmartHosts", json!(" a.test"), "SC-08"),
        ("SmartHosts", json!(["10.0.0.1", "a_b"]), "SC-08"),
        ("ConnectionInactivityTimeOut", json!("00:00:00"), "SC-18"),
        ("ConnectionInactivityTimeOut", json!("1.00:00:01"), "SC-18"),
        ("ConnectionInactivityTimeOut", json!("soon"), "SC-18"),
        ("MaxMessageSize", json!("3GB"), "SC-18"),
        ("MaxMessageSize", json!("-1"), "SC-18"),
        ("MaxMessageSize", json!("big"), "SC-18"),
        ("Port", json!(0), "SC-18"),
        ("Port", json!(65536), "SC-18"),
        ("Port", json!("smtp"), "SC-18"),
        ("SmtpMaxMessagesPerConnection", json!(0), "SC-18"),
        ("SmtpMaxMessagesPerConnection", json!(2147483648_u64), "SC-18"),
        ("SmartHostAuthMechanism", json!(["None", "BasicAuth"]), "SC-23"),
        ("SmartHostAuthMechanism", json!("Kerberos"), "SC-23"),
        ("TlsAuthLevel", json!("Strict"), "SC-23"),
        ("ProtocolLoggingLevel", json!("All"), "SC-23"),
        ("ErrorPolicies", json!(["Default", "DowngradeDnsFailures"]), "SC-23"),
        ("ErrorPolicies", json!("Default,UpgradeCustomFailures"), "SC-23"),
        ("ErrorPolicies", json!("Sometimes"), "SC-23"),
        ("AuthenticationCredential", json!("user:password"), "SC-09"),
    ];
    for (name, value, expected) in table {
        let mut connector = connector();
        let before = connector.clone();
        match connector.set(&name.to_uppercase(), &value) {
            Err(PropertyError::Invalid { property, id, error }) => {
                assert_eq!((property.as_str(), id), (name, Some(expected)), "{error}");
                assert!(!error.allowed.is_empty(), "{error}");
            }
            other => panic!("{name} {value}: {other:?}"),
        }
        assert_eq!(connector, before);
    }
    let error = connector().set("Port", &json!(70000)).unwrap_err().to_string();
    assert!(error.contains("70000") && error.contains("from 1 to 65535"), "{error}");
    let error = connector().set("ConnectionInactivityTimeOut", &json!("2.00:00:00")).unwrap_err();
    assert!(error.to_string().contains("from 00:00:01 to 1.00:00:00"), "{error}");
    for unknown in ["Usage", "Identity", "Header", "Guid", "SmartHostsString", "DSNRoutingEnabled"]
    {
        let error = connector().set(unknown, &json!("x")).unwrap_err();
        assert_eq!(error, PropertyError::Unknown(unknown.to_owned()));
    }
}

#[test]
fn lists_are_replaced_or_edited() {
    let mut connector = with(&[("AddressSpaces", json!(["a.test", "b.test;5"]))]);
    set(
        &mut connector,
        &[("addressspaces", json!({"Add": ["c.test", "a.test"], "Remove": "b.test"}))],
    );
    let shown = connector.view()["AddressSpaces"].clone();
    assert_eq!(shown, json!(["SMTP:a.test;1", "SMTP:c.test;1"]));
    set(&mut connector, &[("SmartHosts", json!({"add": "10.0.0.1"}))]);
    set(&mut connector, &[("SmartHosts", json!({"remove": ["[10.0.0.1]", "x.test"]}))]);
    assert!(connector.smart_hosts.is_empty());
    set(&mut connector, &[("SourceTransportServers", json!({"Add": "MBX02"}))]);
    set(&mut connector, &[("SourceTransportServers", json!({"Remove": "mbx01"}))]);
    assert_eq!(connector.source_transport_servers, ["MBX02"]);
    assert!(connector.set("SmartHosts", &json!({"Append": "a.test"})).is_err());
    let many: Vec<String> = (0..2000).map(|n| format!("h{n}.test")).collect();
    assert!(connector.set("SmartHosts", &json!(many)).is_err());
    set(
        &mut connector,
        &[("SmartHosts", Value::Null), ("Comment", Value::Null), ("TlsAuthLevel", json!(""))],
    );
}

#[test]
fn shows_the_documented_list_in_the_documented_order() {
    let mut connector =
        with(&[("DNSRoutingEnabled", json!(false)), ("SmartHosts", json!(["a.test", "10.1.1.1"]))]);
    connector.authentication_credential = credential();
    let view = connector.view();
    let names: Vec<&str> = view.keys().map(String::as_str).collect();
    let documented = [
        "AddressSpaces",
        "AuthenticationCredential",
        "CloudServicesMailEnabled",
        "Comment",
        "ConnectedDomains",
        "ConnectionInactivityTimeOut",
        "DNSRoutingEnabled",
        "DomainSecureEnabled",
        "Enabled",
        "ErrorPolicies",
        "ForceHELO",
        "Fqdn",
        "FrontendProxyEnabled",
        "HomeMTA",
        "HomeMtaServerId",
        "Identity",
        "IgnoreSTARTTLS",
        "IsScopedConnector",
        "IsSmtpConnector",
        "LinkedReceiveConnector",
        "MaxMessageSize",
        "Name",
        "OAuthClientId",
        "OAuthGrantType",
        "OAuthScope",
        "OAuthTokenUrl",
        "Port",
        "ProtocolLoggingLevel",
        "RequireOorg",
        "RequireTLS",
        "ShareOfDomains",
        "SmartHostAuthMechanism",
        "SmartHosts",
        "SmartHostsString",
        "SmtpMaxMessagesPerConnection",
        "SourceIPAddress",
        "SourceRoutingGroup",
        "SourceTransportServers",
        "TlsAuthLevel",
        "TlsCertificateName",
        "TlsCipherSuites",
        "TlsDomain",
        "TlsMinimumVersion",
        "UseExternalDNSServersEnabled",
    ];
    assert_eq!(names[..documented.len()], documented);
    for (name, expected) in [
        ("AddressSpaces", json!(["SMTP:*;1"])),
        ("AuthenticationCredential", json!("relay")),
        ("ConnectionInactivityTimeOut", json!("00:10:00")),
        ("ErrorPolicies", json!("Default")),
        ("HomeMtaServerId", json!("MBX01")),
        ("Identity", json!("To Internet")),
        ("IsSmtpConnector", json!(true)),
        ("MaxMessageSize", json!("25 MB (26,214,400 bytes)")),
        ("Port", json!(25)),
        ("SmartHosts", json!(["a.test", "10.1.1.1"])),
        ("SmartHostsString", json!("a.test,10.1.1.1")),
        ("SourceIPAddress", json!("0.0.0.0")),
        ("TlsAuthLevel", Value::Null),
        ("Guid", json!(connector.header.guid.to_string())),
        ("DistinguishedName", json!("CN=To Internet,CN=Send Connectors,CN=Configuration")),
        ("IsValid", json!(true)),
    ] {
        assert_eq!(view[name], expected, "{name}");
    }
}

#[test]
fn usages_seed_what_was_decided() {
    let of = |usage| SendConnector::from_usage(Header::fresh(), "x".parse().unwrap(), usage);
    let partner = of(Usage::Partner);
    assert!(partner.require_tls);
    assert_eq!(partner.tls_auth_level, Some(TlsAuthLevel::DomainValidation));
    assert_eq!(of(Usage::Internal).max_message_size, Unlimited::Unlimited);
    for usage in [Usage::Custom, Usage::Internet] {
        assert_eq!(of(usage).max_message_size, Unlimited::Limited(ByteSize::mb(25)));
        assert!(!of(usage).require_tls);
    }
}

#[test]
fn sizes_given_in_bytes_are_rounded_up_and_kept_exact() {
    let size = |text: &str| with(&[("MaxMessageSize", json!(text))]).max_message_size;
    assert_eq!(size("1000"), Unlimited::Limited(ByteSize::kb(1)));
    assert_eq!(size("2147483647"), Unlimited::Limited(ByteSize::bytes(2_147_482_624)));
    assert_eq!(size("UNLIMITED"), Unlimited::Unlimited);
    assert_eq!(size("12 MB"), Unlimited::Limited(ByteSize::mb(12)));
    let odd = with(&[("MaxMessageSize", json!(10_000_385))]);
    assert_eq!(odd.max_message_size, Unlimited::Limited(ByteSize::kb(9767)));
    let mut exact = odd.clone();
    exact.max_message_size = Unlimited::Limited(ByteSize::bytes(10_000_385));
    assert_eq!(SendConnector::load(&exact.store()).unwrap(), exact);
    assert_eq!(
        with(&[("MaxMessageSize", odd.view()["MaxMessageSize"].clone())]).max_message_size,
        odd.max_message_size
    );
}

#[test]
fn what_an_older_version_stored_takes_defaults() {
    let connector = connector();
    let mut stored = connector.store();
    let map = stored.as_object_mut().unwrap();
    map.retain(|name, _| {
        ["Header", "Name", "AddressSpaces", "SourceTransportServers"].contains(&name.as_str())
    });
    map.insert("FromTheFuture".to_owned(), json!([1]));
    assert_eq!(serde_json::from_value::<SendConnector>(stored.clone()).unwrap(), connector);
    stored.as_object_mut().unwrap().remove("Name");
    assert!(serde_json::from_value::<SendConnector>(stored).is_err());
}
