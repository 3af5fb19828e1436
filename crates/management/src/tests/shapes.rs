//! What the API says of objects is what they are.

use serde_json::json;

use super::*;
use crate::{Holds, PropertyShape, Shape, shapes};

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

fn check(shape: &Shape, object: &Value) {
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
    let organization = Organization::new();
    for (cmdlet, parameters) in [
        ("New-SendConnector", json!({ "Name": "Out", "AddressSpaces": "*", "Fqdn": "a.test" })),
        (
            "New-SendConnector",
            json!({ "Name": "P", "AddressSpaces": "b.test", "Usage": "Partner" }),
        ),
        ("New-RemoteDomain", json!({ "Name": "Partner", "DomainName": "partner.example" })),
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
            .find(|c| c.verb() == "Get" && c.output.type_name == shape.type_name);
        let of_queues = ["Queue", "Message", "MessageTrackingEvent"].contains(&shape.type_name);
        let Some(cmdlet) = found.filter(|_| !of_queues) else { continue };
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
