use proptest::prelude::*;
use serde_json::json;

use super::*;

fn bind(cmdlet: &str, parameters: Value) -> Result<Bound, Problem> {
    let Value::Object(map) = parameters else { panic!("an object") };
    Bound::new(cmdlets::find(cmdlet).unwrap(), map)
}

fn problem(cmdlet: &str, parameters: Value) -> Problem {
    bind(cmdlet, parameters).err().unwrap()
}

#[test]
fn names_aliases_and_values() {
    let bound = bind(
        "new-sendconnector",
        json!({ "NAME": "Out", "addressspaces": "*", "wi": true, "Internet": true, "Port": "26" }),
    )
    .unwrap();
    assert_eq!(bound.text("Name").as_deref(), Some("Out"));
    assert_eq!(bound.texts("AddressSpaces"), ["*"]);
    assert!(bound.is_true("WhatIf") && bound.is_true("Internet") && !bound.is_true("Partner"));
    assert_eq!(bound.int("Port"), Some(26));
    assert!(bound.has("Port") && !bound.has("Fqdn"));
}

#[test]
fn unknown_missing_and_doubled() {
    let unknown = problem("Get-SendConnector", json!({ "Nane": 1 }));
    assert_eq!(unknown.message, "A parameter cannot be found that matches parameter name 'Nane'.");
    assert_eq!(unknown.status, 400);
    let usage = problem("Set-SendConnector", json!({ "Identity": "x", "Usage": "Internet" }));
    assert_eq!(usage.id.as_deref(), Some("SC-17"));
    let missing = problem("New-SendConnector", json!({ "Name": "x" }));
    assert_eq!(missing.id.as_deref(), Some("SC-03"));
    assert_eq!(missing.parameter.as_deref(), Some("AddressSpaces"));
    let null = problem("Set-SendConnector", json!({ "Identity": null }));
    assert!(null.message.contains("null"), "{null}");
    let twice =
        problem("Remove-SendConnector", json!({ "Identity": "x", "wi": true, "WhatIf": true }));
    assert!(twice.message.contains("more than once"));
    let old = problem(
        "New-SendConnector",
        json!({ "Name": "x", "AddressSpaces": "*", "IsCoexistenceConnector": false }),
    );
    assert!(old.message.contains("2010"), "{old}");
}

#[test]
fn forms_of_values() {
    let set = |name: &str, value: Value| {
        let mut map = Map::new();
        map.insert("Identity".into(), json!("x"));
        map.insert(name.into(), value);
        bind("Set-SendConnector", Value::Object(map))
    };
    for (name, value) in [
        ("Enabled", json!(false)),
        ("Fqdn", Value::Null),
        ("Fqdn", json!("")),
        ("Fqdn", json!("mail.contoso.com")),
        ("MaxMessageSize", json!("unlimited")),
        ("MaxMessageSize", json!(10_485_760)),
        ("MaxMessageSize", json!("10MB")),
        ("ConnectionInactivityTimeOut", json!("00:20:00")),
        ("TlsAuthLevel", json!("encryptiononly")),
        ("TlsAuthLevel", Value::Null),
        ("ErrorPolicies", json!("DowngradeDnsFailures, UpgradeCustomFailures")),
        ("ErrorPolicies", json!(["Default"])),
        ("AddressSpaces", json!({ "Add": ["a.test"], "remove": "b.test" })),
        ("AddressSpaces", json!(["a.test", "b.test"])),
        ("AuthenticationCredential", json!({ "username": "u", "password": "p" })),
        ("AuthenticationCredential", Value::Null),
        ("SourceTransportServers", json!([{ "Name": "MBX01" }])),
        ("SourceIPAddress", json!("::1")),
        ("DomainController", json!("dc1.contoso.com")),
    ] {
        let refused = set(name, value.clone()).err();
        assert!(refused.is_none(), "{name} {value}: {refused:?}");
    }
    for (name, value, id) in [
        ("Enabled", json!("True"), None),
        ("Enabled", Value::Null, None),
        ("TlsAuthLevel", json!("Strict"), Some("SC-23")),
        ("SmartHostAuthMechanism", json!(["None", "BasicAuth"]), Some("SC-23")),
        ("ErrorPolicies", json!("Default,Other"), Some("SC-23")),
        ("AddressSpaces", json!({ "Ad": ["a.test"] }), None),
        ("AddressSpaces", json!([["a"]]), None),
        ("AuthenticationCredential", json!("secret"), Some("SC-09")),
        ("SourceIPAddress", json!("here"), Some("SC-18")),
        // What has a range is read by the directory; what is no value at all is not.
        ("Port", json!([25]), Some("SC-18")),
        ("MaxMessageSize", json!({ "Add": 1 }), Some("SC-18")),
        ("DomainController", json!("not a name"), None),
        ("Identity", json!(["a"]), None),
    ] {
        let problem = set(name, value.clone()).err().unwrap_or_else(|| panic!("{name} {value}"));
        assert_eq!(problem.id.as_deref(), id, "{name} {value}: {problem}");
        assert_eq!(problem.parameter.as_deref(), Some(name), "{problem}");
        assert_eq!(problem.status, 400);
        assert!(problem.message.contains(name), "{problem}");
        assert!(!problem.message.contains("secret"), "{problem}");
    }
}

#[test]
fn parameter_sets() {
    assert!(bind("Get-Queue", json!({})).is_ok());
    let both = problem("Get-Queue", json!({ "Identity": "1", "Filter": "Status -eq 'Retry'" }));
    assert!(both.message.contains("'Identity' and 'Filter'"), "{both}");
    assert_eq!(problem("Retry-Queue", json!({})).parameter.as_deref(), Some("Identity"));
    assert!(bind("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'" })).is_ok());
    assert_eq!(
        problem("Retry-Queue", json!({ "Server": "x" })).parameter.as_deref(),
        Some("Filter")
    );
    let usages =
        problem("New-ReceiveConnector", json!({ "Name": "x", "Client": true, "Partner": true }));
    assert!(usages.message.contains("cannot be used together"), "{usages}");
    let false_switch = json!({ "Name": "x", "Client": true, "Partner": false });
    assert!(bind("New-ReceiveConnector", false_switch).is_ok());
}

#[test]
fn secrets_are_hidden() {
    let bound = bind(
        "Set-SendConnector",
        json!({
            "Identity": "x",
            "AuthenticationCredential": { "UserName": "u", "Password": "hunter2" },
        }),
    )
    .unwrap();
    let shown = Value::Object(bound.for_audit()).to_string();
    assert!(shown.contains("\"u\"") && !shown.contains("hunter2"), "{shown}");
    let bound = bind("Set-Mailbox", json!({ "Identity": "x", "Password": "hunter2" })).unwrap();
    assert!(!Value::Object(bound.for_audit()).to_string().contains("hunter2"));
    let wrong = problem("Set-Mailbox", json!({ "Identity": "x", "Password": ["hunter2"] }));
    assert!(!format!("{wrong:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn never_fails_on_rubbish(name in "[A-Za-z]{0,20}", text in ".{0,50}", number in any::<f64>()) {
        for cmdlet in cmdlets::all() {
            for value in [json!(text), json!(number), json!([text]), json!({ "Add": text })] {
                let mut map = Map::new();
                map.insert(name.clone(), value.clone());
                map.insert("Identity".into(), value);
                let _ = Bound::new(cmdlet, map);
            }
        }
    }
}
