//! What is said of new objects is what they have.

use serde_json::{Value, json};

use crate::{SettingShape, settings};

fn of(get: &str, property: &str) -> SettingShape {
    let all = settings();
    let found = all.into_iter().find(|one| one.shown_by.name == get).unwrap();
    found.properties.into_iter().find(|one| one.name == property).unwrap()
}

#[test]
fn defaults_are_those_of_the_code() {
    let port = of("Get-SendConnector", "Port");
    assert_eq!(port.default, Some(json!(25)));
    assert_eq!(of("Get-SendConnector", "SmartHosts").default, Some(json!([])));
    assert_eq!(of("Get-SendConnector", "Name").default, None, "a name is the object's own");
    assert_eq!(of("Get-Mailbox", "PrimarySmtpAddress").default, None);
    let hops = of("Get-ReceiveConnector", "MaxHopCount");
    assert_eq!(
        (hops.default, hops.range.unwrap()),
        (Some(json!(30)), ["1", "500"].map(String::from))
    );
}

#[test]
fn what_a_usage_changes_is_told() {
    let size = of("Get-SendConnector", "MaxMessageSize");
    assert_eq!(size.by_usage, [("Internal", json!("Unlimited"))]);
    let groups = of("Get-ReceiveConnector", "PermissionGroups");
    let anonymous = groups.by_usage.iter().find(|(usage, _)| *usage == "Internet").unwrap();
    assert_eq!(anonymous.1, json!("AnonymousUsers"));
}

#[test]
fn everything_shown_is_told() {
    for one in settings() {
        let get = one.shown_by.name;
        assert!(one.properties.len() > 3 || get == "Get-AuthServer", "{get}");
        assert!(
            one.properties.iter().any(|p| p.default.as_ref().is_some_and(|d| *d != Value::Null)),
            "{get}"
        );
    }
    let known: Vec<&str> = settings().iter().map(|one| one.shown_by.name).collect();
    for get in ["Get-SendConnector", "Get-TransportConfig", "Get-FrontendTransportService"] {
        assert!(known.contains(&get), "{known:?}");
    }
}
