//! What the API says of objects is what they are.

use serde_json::json;
use transport::{HostSecurity, Requirement, Security, Sighting, Validation, Way};

use super::*;
use crate::{Holds, PropertyShape, Shape, shapes, transport_security};

fn fits(property: &PropertyShape, value: &Value) -> bool {
    let all = |is: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(is));
    match (property.holds, value) {
        (_, Value::Null) => property.nullable,
        (Holds::Text | Holds::Moment, value) => value.is_string(),
        (Holds::Words(words), value) => value.as_str().is_some_and(|word| words.contains(&word)),
        (Holds::Integer, value) => value.is_i64() || value.is_u64(),
        (Holds::Number, value) => value.is_number(),
        (Holds::IntegerOrUnlimited, value) => value.is_u64() || *value == "Unlimited",
        (Holds::Boolean, value) => value.is_boolean(),
        (Holds::Texts, _) => all(Value::is_string),
        (Holds::Integers, _) => all(Value::is_number),
        (Holds::Objects(_), _) => all(Value::is_object),
    }
}

pub(super) fn check(shape: &Shape, object: &Value) {
    let object = object.as_object().unwrap();
    let names: Vec<&String> = object.keys().collect();
    let known: Vec<&String> = shape.properties.iter().map(|property| &property.name).collect();
    assert_eq!(names, known, "{}", shape.type_name);
    for property in &shape.properties {
        let value = &object[&property.name];
        assert!(fits(property, value), "{}: {property:?} {value}", shape.type_name);
    }
}

#[tokio::test]
async fn objects_are_as_described() {
    let mut organization = Organization::new();
    organization.management = organization.management.with_tls_reports(tls_reports::reports());
    for (cmdlet, parameters) in [
        ("New-SendConnector", json!({ "Name": "Out", "AddressSpaces": "*", "Fqdn": "a.test" })),
        (
            "New-SendConnector",
            json!({ "Name": "P", "AddressSpaces": "b.test", "Usage": "Partner" }),
        ),
        ("New-Mailbox", json!({ "Name": "paul" })),
        (
            "New-MailContact",
            json!({ "Name": "eva", "ExternalEmailAddress": "eva@a.test", "DisplayName": "Eva" }),
        ),
        ("New-DistributionGroup", json!({ "Name": "team", "Members": ["paul", "eva"] })),
        (
            "Set-DistributionGroup",
            json!({ "Identity": "team", "AcceptMessagesOnlyFromSendersOrMembers": "paul" }),
        ),
        ("Set-Mailbox", json!({ "Identity": "paul", "ForwardingAddress": "eva" })),
        ("New-RemoteDomain", json!({ "Name": "Partner", "DomainName": "partner.example" })),
        (
            "New-AuthServer",
            json!({
                "Name": "Login", "AuthMetadataUrl": "https://login.test/metadata",
                "Audience": "relais",
            }),
        ),
        (
            "New-LdapDirectory",
            json!({ "Name": "AD", "Servers": "ldaps://dc1.test", "BaseDN": "DC=a,DC=test" }),
        ),
        ("New-DkimSigningConfig", json!({ "DomainName": "contoso.com" })),
        ("New-DkimSigningConfig", json!({ "DomainName": "other.example" })),
        ("Rotate-DkimSigningConfig", json!({ "Identity": "other.example" })),
        ("Import-ExchangeCertificate", json!({ "FileData": certificate() })),
        ("New-ExchangeCertificate", json!({ "GenerateRequest": true })),
        (
            "Set-TransportService",
            json!({
                "Identity": "MBX01", "PickupDirectoryPath": "/srv/pickup",
                "MaxOutboundConnections": "Unlimited", "MessageTrackingLogPath": null,
            }),
        ),
        ("Set-TransportConfig", json!({ "MaxSendSize": "Unlimited" })),
        ("Set-Mailbox", json!({ "Identity": "Jean", "Languages": "fr" })),
    ] {
        organization.run(cmdlet, parameters).await.unwrap();
    }
    let mut checked = 0;
    for shape in shapes() {
        let found = cmdlets::all()
            .iter()
            .rfind(|c| c.verb() == "Get" && c.output.type_name == shape.type_name);
        let of_transport = ["Queue", "Message", "MessageTrackingEvent", "TransportSecurity"]
            .contains(&shape.type_name);
        let Some(cmdlet) = found.filter(|_| !of_transport) else { continue };
        let parameters = match shape.type_name {
            "RoleGroupMember" => json!({ "Identity": "Organization Management" }),
            _ => json!({}),
        };
        let objects = organization.run(cmdlet.name, parameters).await.unwrap().objects;
        assert!(!objects.is_empty(), "{}", cmdlet.name);
        for object in &objects {
            check(&shape, object);
        }
        checked += objects.len();
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn rows_of_transport_security_are_as_described() {
    let shapes = shapes();
    let shape = shapes.iter().find(|shape| shape.type_name == "TransportSecurity").unwrap();
    let at = Timestamp::from_millis(1_700_000_000_000);
    let host = |requirement, last| HostSecurity {
        host: "mx.test".to_owned(),
        address: [192, 0, 2, 1].into(),
        requirement,
        by: "RequireTLS True".to_owned(),
        tlsa: vec!["3 1 1 00".to_owned()],
        last,
    };
    let seen = |tls, failure| Some(Sighting { at, tls, failure });
    let hosts = vec![
        host(Requirement::Clear, None),
        host(Requirement::Opportunistic, seen(None, None)),
        host(Requirement::Encryption, seen(Some(("TLS1.3".into(), "subject".into())), None)),
        host(Requirement::Authority, seen(None, Some("454 4.7.5".to_owned()))),
        host(Requirement::Names(vec!["mx.test".to_owned()]), None),
        host(Requirement::Tlsa, None),
        host(Requirement::Unknown("451 4.7.324".to_owned()), None),
    ];
    let known = Way::Connector {
        name: "Out".to_owned(),
        next_hop: "b.test".to_owned(),
        exception: Some(at),
        hosts: Ok(hosts),
    };
    let ways = [
        (known, Validation::Proven),
        (Way::Here, Validation::Remote),
        (Way::Nowhere, Validation::Unproven("not tried yet".to_owned())),
        (Way::Elsewhere("Out".to_owned()), Validation::Lost("why".to_owned())),
    ];
    let recipient = "a@b.test".parse().unwrap();
    let mut rows = transport_security::in_general(&Validation::Remote).objects;
    for (way, validation) in ways {
        rows.extend(transport_security::shown(&recipient, Security { way, validation }).objects);
    }
    assert_eq!(rows.len(), 11);
    for row in &rows {
        check(shape, row);
    }
}

#[test]
fn what_can_be_emptied_is_known() {
    let shapes = shapes();
    let holds = |type_name: &str, name: &str| {
        let shape = shapes.iter().find(|shape| shape.type_name == type_name).unwrap();
        let property = shape.properties.iter().find(|p| p.name == name).unwrap();
        (property.holds, property.nullable)
    };
    assert_eq!(holds("SendConnector", "Fqdn"), (Holds::Text, true));
    assert_eq!(holds("SendConnector", "SourceIPAddress"), (Holds::Text, false));
    assert_eq!(holds("SendConnector", "SmartHosts"), (Holds::Texts, false));
    assert_eq!(holds("SendConnector", "ObjectVersion"), (Holds::Integer, false));
    assert_eq!(holds("Queue", "LastRetryTime"), (Holds::Moment, true));
    assert_eq!(holds("Queue", "MessageCount"), (Holds::Integer, false));
    assert!(matches!(holds("SendConnector", "TlsAuthLevel"), (Holds::Words(_), true)));
    assert_eq!(holds("Message", "Recipients"), (Holds::Objects("MessageRecipient"), true));
}
