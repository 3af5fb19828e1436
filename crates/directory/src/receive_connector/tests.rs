use serde_json::{Value, json};

use super::*;
use crate::{properties::Properties, rule::RuleError};

fn with(values: &[(&str, Value)]) -> ReceiveConnector {
    let mut connector = ReceiveConnector::with_defaults(
        Header::fresh(),
        "MBX01".to_owned(),
        "Relay".parse().unwrap(),
    );
    let given =
        [("Bindings", json!("10.20.0.7:25")), ("RemoteIPRanges", json!("10.30.0.1-10.30.0.40"))];
    for (name, value) in given.iter().chain(values) {
        connector.set(name, value).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    connector
}

#[test]
fn every_rule_of_one_connector() {
    let t = || json!(true);
    let table = [
        ("RC-02", with(&[("Bindings", Value::Null)])),
        ("RC-03", with(&[("Bindings", json!(["10.0.0.1:25", "10.0.0.1:25"]))])),
        ("RC-03", with(&[("ImplicitTlsBindings", json!("10.20.0.7:25"))])),
        ("RC-04", with(&[("RemoteIPRanges", Value::Null)])),
        ("RC-07", with(&[("AuthMechanism", json!("Tls,BasicAuthRequireTLS"))])),
        ("RC-07", with(&[("AuthMechanism", json!(["BasicAuth", "BasicAuthRequireTLS"]))])),
        ("RC-08", with(&[("AuthMechanism", json!("ExternalAuthoritative,BasicAuth"))])),
        ("RC-09", with(&[("AuthMechanism", json!("Tls,ExternalAuthoritative"))])),
        ("RC-10", with(&[("AuthMechanism", json!("None")), ("RequireTLS", t())])),
        ("RC-11", with(&[("AuthMechanism", json!("None")), ("DomainSecureEnabled", t())])),
        (
            "RC-11",
            with(&[
                ("AuthMechanism", json!("Tls,ExternalAuthoritative")),
                ("PermissionGroups", json!("ExchangeServers")),
                ("DomainSecureEnabled", t()),
            ]),
        ),
        ("RC-12", with(&[("BinaryMimeEnabled", t())])),
        ("RC-13", with(&[("BareLinefeedRejectionEnabled", json!(false))])),
        ("RC-14", with(&[("ConnectionInactivityTimeout", json!("00:10:00"))])),
        ("RC-15", with(&[("Banner", json!("mail.contoso.com ready"))])),
        ("RC-15", with(&[("Banner", json!("220 two\r\n220 lines"))])),
        ("RC-15", with(&[("Banner", json!("220 caf\u{e9}"))])),
    ];
    for (id, connector) in table {
        let error: RuleError = connector.validate().expect_err(id);
        assert_eq!(error.id, id, "{error}");
    }
    assert_eq!(with(&[("Banner", json!("220 Contoso"))]).greeting(), Some("Contoso"));
    for good in [
        with(&[]),
        with(&[("Banner", json!("220 Contoso"))]),
        with(&[("AuthMechanism", json!("Tls,BasicAuth,BasicAuthRequireTLS")), ("RequireTLS", t())]),
        with(&[
            ("AuthMechanism", json!("ExternalAuthoritative")),
            ("PermissionGroups", json!("ExchangeServers")),
        ]),
    ] {
        good.validate().unwrap_or_else(|e| panic!("{e}"));
    }
}

#[test]
fn refused_values() {
    for (name, value) in [
        ("AuthMechanism", json!("None,Tls")),
        ("AuthMechanism", json!("Digest")),
        ("PermissionGroups", json!(["None", "Partners"])),
        ("Bindings", json!("10.0.0.1")),
        ("Bindings", json!("10.0.0.1:0")),
        ("RemoteIPRanges", json!("10.0.0.9-10.0.0.1")),
        ("MaxMessageSize", json!("63KB")),
        ("MaxMessageSize", json!("unlimited")),
        ("MaxHopCount", json!(501)),
        ("MaxLocalHopCount", json!(51)),
        ("MaxInboundConnection", json!(0)),
        ("MaxInboundConnectionPerSource", json!(10_001)),
        ("MaxInboundConnectionPercentagePerSource", json!(101)),
        ("MaxLogonFailures", json!(11)),
        ("MaxRecipientsPerMessage", json!(512_001)),
        ("MaxHeaderSize", json!(0)),
        ("ConnectionInactivityTimeout", json!("1.00:00:01")),
        ("MessageRateLimit", json!(0)),
        ("SizeEnabled", json!("On")),
        ("ExtendedRights", json!("Everything")),
        ("Enabled", json!("True")),
        ("Server", json!("MBX02")),
    ] {
        assert!(with(&[]).set(name, &value).is_err(), "{name} {value}");
    }
}

#[test]
fn connectors_of_one_server_stay_apart() {
    let relay = with(&[]);
    let other = |values: &[(&str, Value)]| {
        let mut other = with(values);
        other.name = "Other".parse().unwrap();
        other
    };
    let id = |other: &ReceiveConnector| other.check_against(&relay).map_err(|e| e.id);
    assert_eq!(id(&other(&[])), Err("RC-05"));
    assert_eq!(id(&other(&[("RemoteIPRanges", json!("10.30.0.20-10.30.0.60"))])), Err("RC-06"));
    assert_eq!(id(&other(&[("TransportRole", json!("HubTransport"))])), Err("RC-16"));
    assert_eq!(id(&other(&[("RemoteIPRanges", json!("10.0.0.0/8"))])), Ok(()));
    assert_eq!(id(&other(&[("RemoteIPRanges", json!("10.30.0.7"))])), Ok(()));
    assert_eq!(id(&other(&[("Bindings", json!("10.20.0.8:25"))])), Ok(()));
}

#[test]
fn nobody_else_listens_where_outbound_connections_are_taken() {
    let mut proxy = with(&[("Bindings", json!("0.0.0.0:717"))]);
    proxy.outbound_proxy = true;
    let other = |binding: &str| {
        let range = ("RemoteIPRanges", json!("10.30.0.7"));
        let mut other = with(&[("Bindings", json!(binding)), range]);
        other.name = "Other".parse().unwrap();
        other
    };
    for binding in ["0.0.0.0:717", "10.20.0.8:717"] {
        let other = other(binding);
        assert_eq!(other.check_against(&proxy).map_err(|e| e.id), Err("RC-18"), "{binding}");
        assert_eq!(proxy.check_against(&other).map_err(|e| e.id), Err("RC-18"), "{binding}");
    }
    for binding in ["0.0.0.0:718", "[::]:717"] {
        assert!(other(binding).check_against(&proxy).is_ok(), "{binding}");
    }
    // Permissions do not decide it.
    assert!(proxy.is_outbound_proxy());
    let mut servers = other("0.0.0.0:25");
    servers.set("PermissionGroups", &json!("ExchangeServers")).unwrap();
    assert!(!servers.is_outbound_proxy());
    assert!(servers.set("OutboundProxy", &json!(true)).is_err());
}

#[test]
fn usages_seed_the_documented_table() {
    let of = |usage| {
        ReceiveConnector::from_usage(Header::fresh(), "S".to_owned(), "n".parse().unwrap(), usage)
    };
    let table = [
        (
            Usage::Client,
            "ExchangeUsers",
            "Tls, Integrated, BasicAuth, BasicAuthRequireTLS",
            "0.0.0.0:587",
            0,
        ),
        (
            Usage::Internal,
            "ExchangeServers, ExchangeLegacyServers",
            "Tls, ExchangeServer",
            "0.0.0.0:25",
            0,
        ),
        (Usage::Internet, "AnonymousUsers", "Tls", "", 2),
        (Usage::Partner, "Partners", "Tls", "", 0),
        (Usage::Custom, "None", "Tls", "", 0),
    ];
    for (usage, groups, mechanisms, binding, ranges) in table {
        let connector = of(usage);
        assert_eq!(connector.permission_groups.to_string(), groups);
        assert_eq!(connector.auth_mechanism.to_string(), mechanisms);
        assert_eq!(
            connector.bindings.first().map(ToString::to_string).unwrap_or_default(),
            binding
        );
        assert_eq!(connector.remote_ip_ranges.len(), ranges);
    }
}

#[test]
fn rights_are_granted_one_by_one() {
    let mut connector = with(&[]);
    assert!(!connector.grants(ExtendedRight::AcceptAnyRecipient));
    connector.set("ExtendedRights", &json!({"Add": "ms-exch-smtp-accept-any-recipient"})).unwrap();
    assert!(connector.grants(ExtendedRight::AcceptAnyRecipient));
    let view = connector.view();
    assert_eq!(view["ExtendedRights"], json!(["ms-Exch-SMTP-Accept-Any-Recipient"]));
    assert_eq!(view["Identity"], json!("MBX01\\Relay"));
    assert_eq!(view["RemoteIPRanges"], json!(["10.30.0.1-10.30.0.40"]));
    assert_eq!(view["MaxMessageSize"], json!("36 MB (37,748,736 bytes)"));
}

#[test]
fn connectors_of_before_have_senders_looked_at() {
    let off = with(&[("SenderAuthenticationEnabled", json!(false))]);
    let mut stored = serde_json::to_value(&off).unwrap();
    let read = |stored: &Value| {
        serde_json::from_value::<ReceiveConnector>(stored.clone())
            .unwrap()
            .sender_authentication_enabled
    };
    assert!(!read(&stored));
    stored.as_object_mut().unwrap().remove("SenderAuthenticationEnabled").unwrap();
    assert!(read(&stored), "one that was stored before there was such a property");
}
