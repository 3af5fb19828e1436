//! What holds for all objects alike, and the settings of services.

use model::{Address, ByteSize, DomainName, ObjectName, TimeSpan, Unlimited};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::setting::Stored;

fn name(text: &str) -> ObjectName {
    text.parse().unwrap()
}

fn mailbox() -> Mailbox {
    let address: Address = "jean@contoso.com".parse().unwrap();
    let mut mailbox = Mailbox::with_defaults(Header::fresh(), name("Jean"), address);
    mailbox.set("EmailAddresses", &json!(["j@contoso.com"])).unwrap();
    mailbox.set("Languages", &json!("fr-fr")).unwrap();
    mailbox
}

/// Every property that can be set is shown, can be given back as it is shown, and changes
/// nothing then; what is stored is read back as the same; `null` never panics.
fn consistent<T: Properties + Stored + Clone + PartialEq + std::fmt::Debug>(object: &T) {
    let view = object.view();
    let mut copy = object.clone();
    for property in T::names() {
        let shown = view.get(*property).unwrap_or_else(|| panic!("{property} is not shown"));
        copy.set(property, shown).unwrap_or_else(|e| panic!("{property} {shown}: {e}"));
        assert_eq!(copy, *object, "{property}");
        let _ = object.clone().set(property, &Value::Null);
    }
    let text = object.store().to_string();
    assert_eq!(T::load(&serde_json::from_str(&text).unwrap()).unwrap(), *object);
}

#[test]
fn all_objects_are_consistent() {
    let fqdn: DomainName = "mbx01.contoso.com".parse().unwrap();
    consistent(&Organization::with_defaults(Header::fresh(), "Contoso".to_owned()));
    consistent(&TransportConfig::default());
    consistent(&TransportService::default());
    consistent(&FrontendTransportService::default());
    consistent(&Server::with_defaults(Header::fresh(), name("MBX01"), fqdn));
    consistent(&AcceptedDomain::of_type(
        Header::fresh(),
        "*.contoso.com".parse().unwrap(),
        name("contoso.com"),
        DomainType::InternalRelay,
    ));
    consistent(&SendConnector::from_usage(Header::fresh(), name("x"), Usage::Partner));
    consistent(&ReceiveConnector::from_usage(
        Header::fresh(),
        "MBX01".to_owned(),
        name("x"),
        Usage::Client,
    ));
    consistent(&mailbox());
    consistent(&RoleGroup::with_defaults(Header::fresh(), name("x")));
}

#[test]
fn defaults_of_services_keep_their_rules() {
    TransportService::default().validate().unwrap();
    FrontendTransportService::default().validate().unwrap();
    TransportConfig::default().validate().unwrap();
    mailbox().validate().unwrap();
}

#[test]
fn documented_ranges_of_the_transport_service() {
    for (property, low, high) in [
        ("TransientFailureRetryCount", json!(0), json!(15)),
        ("TransientFailureRetryInterval", json!("00:00:01"), json!("12:00:00")),
        ("OutboundConnectionFailureRetryInterval", json!("00:00:01"), json!("20.00:00:00")),
        ("MessageRetryInterval", json!("00:00:01"), json!("1.00:00:00")),
        ("DelayNotificationTimeout", json!("00:00:01"), json!("30.00:00:00")),
        ("MessageExpirationTimeout", json!("00:00:05"), json!("90.00:00:00")),
        ("QueueMaxIdleTime", json!("00:00:05"), json!("01:00:00")),
        ("MaxOutboundConnections", json!(1), json!(2147483647)),
        ("MaxPerDomainOutboundConnections", json!(1), json!("unlimited")),
        ("MaxConnectionRatePerMinute", json!(1), json!(2147483647)),
        ("MaxConcurrentMailboxDeliveries", json!(1), json!(256)),
        ("IntraOrgConnectorSmtpMaxMessagesPerConnection", json!(0), json!(2147483647)),
        ("PickupDirectoryMaxHeaderSize", json!(32768), json!(2147483647)),
        ("PickupDirectoryMaxMessagesPerMinute", json!(1), json!(20000)),
        ("PickupDirectoryMaxRecipientsPerMessage", json!(1), json!(10000)),
        ("PoisonThreshold", json!(1), json!(10)),
        ("SendProtocolLogMaxFileSize", json!(1), json!("unlimited")),
        ("MessageTrackingLogMaxFileSize", json!(1), json!("4GB")),
    ] {
        let mut service = TransportService::default();
        service.set(property, &low).unwrap_or_else(|e| panic!("{e}"));
        service.set(property, &high).unwrap_or_else(|e| panic!("{e}"));
    }
    for (property, value) in [
        ("TransientFailureRetryCount", json!(16)),
        ("TransientFailureRetryInterval", json!("12:00:01")),
        ("OutboundConnectionFailureRetryInterval", json!("00:00:00")),
        ("MessageRetryInterval", json!("1.00:00:01")),
        ("DelayNotificationTimeout", json!("31.00:00:00")),
        ("MessageExpirationTimeout", json!("00:00:04")),
        ("QueueMaxIdleTime", json!("01:00:01")),
        ("MaxOutboundConnections", json!(0)),
        ("MaxConcurrentMailboxDeliveries", json!(257)),
        ("PickupDirectoryMaxHeaderSize", json!("31KB")),
        ("PoisonThreshold", json!(11)),
        ("MessageTrackingLogMaxFileSize", json!("5GB")),
        ("ExternalDNSServers", json!("dns.contoso.com")),
        ("SendProtocolLogPath", json!("../up")),
    ] {
        let error = TransportService::default().set(property, &value).unwrap_err();
        assert!(matches!(error, PropertyError::Invalid { .. }), "{error}");
    }
}

#[test]
fn cross_rules_of_the_transport_service() {
    let with = |values: &[(&str, Value)]| {
        let mut service = TransportService::default();
        for (property, value) in values {
            service.set(property, value).unwrap();
        }
        service.validate().map_err(|e| e.id)
    };
    let paths = |pickup: &str, replay: &str| {
        with(&[("PickupDirectoryPath", json!(pickup)), ("ReplayDirectoryPath", json!(replay))])
    };
    assert_eq!(paths("/mail/in", "/mail//in/"), Err("TS-05"));
    assert_eq!(paths("/mail/in", "/mail/replay"), Ok(()));
    assert_eq!(with(&[("ReplayDirectoryPath", json!("/mail/in"))]), Ok(()));
    assert_eq!(with(&[("MaxOutboundConnections", json!(10))]), Err("TS-01"));
    assert_eq!(with(&[("MaxPerDomainOutboundConnections", json!("unlimited"))]), Err("TS-01"));
    assert_eq!(with(&[("DelayNotificationTimeout", json!("00:30:00"))]), Err("TS-02"));
    assert_eq!(with(&[("DelayNotificationTimeout", json!("00:30:01"))]), Ok(()));
    assert_eq!(with(&[("ExternalDNSServers", json!("10.0.0.53"))]), Err("TS-03"));
    let own = [
        ("InternalDNSAdapterEnabled", json!(false)),
        ("InternalDNSServers", json!(["10.0.0.53", "127.0.0.1:5353"])),
    ];
    assert_eq!(with(&own), Ok(()));
    assert_eq!(with(&[("SendProtocolLogMaxFileSize", json!("251MB"))]), Err("TS-04"));
    assert_eq!(with(&[("ConnectivityLogMaxFileSize", json!("unlimited"))]), Err("TS-04"));
    assert_eq!(
        with(&[
            ("QueueLogMaxFileSize", json!("1TB")),
            ("QueueLogMaxDirectorySize", json!("unlimited"))
        ]),
        Ok(())
    );
    assert_eq!(with(&[("ReceiveProtocolLogPath", Value::Null)]), Ok(()));
}

#[test]
fn documented_defaults() {
    let service = TransportService::default();
    assert_eq!(service.delay_notification_timeout, TimeSpan::hours(4));
    assert_eq!(service.message_expiration_timeout, TimeSpan::days(2));
    assert_eq!(service.max_outbound_connections, Unlimited::Limited(1000));
    let config = TransportConfig::default().view();
    assert_eq!(config["MaxSendSize"], json!("10 MB (10,485,760 bytes)"));
    assert_eq!(
        config["GenerateCopyOfDSNFor"],
        json!(["5.4.8", "5.4.6", "5.4.4", "5.2.4", "5.2.0", "5.1.4"])
    );
    assert_eq!(config["ExternalPostmasterAddress"], Value::Null);
    assert_eq!(config["DSNConversionMode"], json!("UseExchangeDSNs"));
}

#[test]
fn transport_config_lists_are_edited_and_checked() {
    let mut config = TransportConfig::default();
    let edit = json!({"Add": "5.3.4", "Remove": ["5.4.4", "5.4.8"]});
    config.set("GenerateCopyOfDSNFor", &edit).unwrap();
    assert_eq!(
        config.view()["GenerateCopyOfDSNFor"],
        json!(["5.4.6", "5.2.4", "5.2.0", "5.1.4", "5.3.4"])
    );
    config.set("TLSSendDomainSecureList", &json!(["a.test", "*.b.test"])).unwrap();
    assert_eq!(config.validate().unwrap_err().id, "TC-01");
    assert!(config.set("MaxSendSize", &json!("3GB")).is_err());
    config.set("MaxSendSize", &json!("unlimited")).unwrap();
    config.set("MaxReceiveSize", &json!(2147482624_u64)).unwrap();
    assert_eq!(config.max_receive_size, Unlimited::Limited(ByteSize::bytes(2_147_482_624)));
}

#[test]
fn servers_show_roles_and_services() {
    let mut server =
        Server::with_defaults(Header::fresh(), name("MBX01"), "mbx01.contoso.com".parse().unwrap());
    server.transport.set("MessageRetryInterval", &json!("00:20:00")).unwrap();
    let view = server.view();
    assert_eq!(view["ServerRole"], json!("Mailbox, ClientAccess"));
    assert_eq!(view["Domain"], json!("contoso.com"));
    let transport = server.transport_view();
    assert_eq!(transport.keys().next().map(String::as_str), Some("Name"));
    assert_eq!(transport["MessageRetryInterval"], json!("00:20:00"));
    assert_eq!(transport["Identity"], json!("MBX01"));
    assert_eq!(server.frontend_view()["Name"], json!("MBX01\\Frontend"));
    assert_eq!(Server::load(&server.store()).unwrap(), server);
}

#[test]
fn accepted_domains_and_mailboxes_check_themselves() {
    let domain = |pattern: &str, domain_type| {
        AcceptedDomain::of_type(Header::fresh(), pattern.parse().unwrap(), name("d"), domain_type)
    };
    assert_eq!(domain("*", DomainType::Authoritative).validate().unwrap_err().id, "AD-03");
    let mut any = domain("*", DomainType::ExternalRelay);
    assert!(any.validate().is_ok() && !any.address_book_enabled);
    any.default = true;
    assert_eq!(any.validate().unwrap_err().id, "AD-04");
    assert!(domain("*.contoso.com", DomainType::Authoritative).validate().is_ok());
    let mut mailbox = mailbox();
    mailbox.set("EmailAddresses", &json!(["a@contoso.com", "A@contoso.com"])).unwrap();
    assert_eq!(mailbox.validate().unwrap_err().id, "MB-03");
}

#[test]
fn passwords_are_neither_shown_nor_printed() {
    let mut mailbox = mailbox();
    mailbox.password = Some(PasswordRecord {
        argon2id: "$argon2id$verifier".to_owned(),
        scram_sha_256: ScramRecord {
            salt: "salt".to_owned(),
            iterations: 4096,
            stored_key: "storedkey".to_owned(),
            server_key: "serverkey".to_owned(),
        },
    });
    let shown = format!("{:?} {}", mailbox, Value::Object(mailbox.view()));
    for secret in ["$argon2id$", "storedkey", "serverkey"] {
        assert!(!shown.contains(secret));
    }
    assert_eq!(mailbox.view()["HasPassword"], json!(true));
    assert_eq!(Mailbox::load(&mailbox.store()).unwrap(), mailbox);
}

#[test]
fn names_are_escaped_in_distinguished_names() {
    let connector = SendConnector::with_defaults(Header::fresh(), name("#a, b=c"));
    assert_eq!(
        connector.distinguished_name(),
        "CN=\\#a\\, b\\=c,CN=Send Connectors,CN=Configuration"
    );
}

/// What an API client might send for a property.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "[0-9:.;*a-z/ -]{0,20}".prop_map(Value::from),
        "[0-9]{1,20}(KB|MB|TB|)".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("(Add|Remove|x)", inner), 0..3)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Whatever is sent is refused without a trace or kept as it will be stored and shown.
fn survives<T: Properties + Stored + Clone + PartialEq + std::fmt::Debug>(
    object: &T,
    value: &Value,
) {
    for property in T::names() {
        let mut changed = object.clone();
        match changed.set(property, value) {
            Ok(()) => assert_eq!(T::load(&changed.store()).unwrap(), changed, "{property}"),
            Err(_) => assert_eq!(changed, *object, "{property}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_is_sent_does_harm(value in any_json()) {
        survives(&SendConnector::with_defaults(Header::fresh(), name("x")), &value);
        survives(&ReceiveConnector::with_defaults(Header::fresh(), "s".to_owned(), name("x")), &value);
        survives(&mailbox(), &value);
        survives(&TransportConfig::default(), &value);
        survives(&RoleGroup::with_defaults(Header::fresh(), name("x")), &value);
    }
}
