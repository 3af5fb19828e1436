//! Every rule of Send connectors with the words of its refusal: SC-01 to SC-25 and the tables they
//! come from. Each row is tried on creation and on change; nothing may have changed afterwards.

mod allowed;
mod combinations;
mod single;
mod values;

use serde_json::{Value, json};

use super::Organization;
use crate::Problem;

/// What a refusal must say, word for word.
#[derive(Debug, PartialEq)]
struct Refusal {
    status: u16,
    id: Option<String>,
    parameter: Option<String>,
    value: Option<String>,
    allowed: Option<String>,
    message: String,
}

impl Refusal {
    fn of(problem: Problem) -> Self {
        assert!(problem.french().is_some(), "not known in French: {problem:?}");
        let Problem { status, id, parameter, value, allowed, message } = problem;
        Self { status, id, parameter, value, allowed, message }
    }

    fn new(id: &str, parameter: &str, value: &str, allowed: &str, message: String) -> Self {
        Self {
            status: 400,
            id: (!id.is_empty()).then(|| id.to_owned()),
            parameter: Some(parameter.to_owned()),
            value: Some(value.to_owned()),
            allowed: Some(allowed.to_owned()),
            message,
        }
    }
}

/// A value that cannot be; 200 characters of it are repeated.
fn value(id: &str, parameter: &str, value: &str, problem: &str, allowed: &str) -> Refusal {
    let value = &value[..value.len().min(200)];
    let message = format!("Parameter '{parameter}': \"{value}\" {problem}. Allowed: {allowed}.");
    Refusal::new(id, parameter, value, allowed, message)
}

/// Values that cannot be together.
fn together(id: &str, parameter: &str, value: &str, problem: &str, allowed: &str) -> Refusal {
    let message = format!("{parameter}: {problem}. {allowed}.");
    Refusal::new(id, parameter, value, allowed, message)
}

/// What an enumeration or a wrongly typed value is told.
const HERE: &str = "cannot be used here";

/// `parameters` with a smart host instead of DNS.
fn smart(mut parameters: Value) -> Value {
    parameters["DNSRoutingEnabled"] = json!(false);
    parameters["SmartHosts"] = json!("gate.a.test");
    parameters
}

fn credential() -> Value {
    json!({ "UserName": "relay", "Password": "hunter2" })
}

fn with(base: Value, more: &Value) -> Value {
    let mut all = base;
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

async fn organization() -> Organization {
    let organization = Organization::new();
    organization.add_server("CAS01", false);
    for name in ["Present", "Taken"] {
        let new = json!({ "Name": name, "AddressSpaces": "a.test" });
        organization.ok("New-SendConnector", new).await;
    }
    organization
}

#[tokio::test]
async fn each_refusal_says_what_it_must_and_changes_nothing() {
    let organization = organization().await;
    let before = organization.get("Get-SendConnector", "Present").await;
    let mut wrong = Vec::new();
    for (parameters, expected) in values::rows().into_iter().chain(combinations::rows()) {
        let new = with(json!({ "Name": "Other", "AddressSpaces": "a.test" }), &parameters);
        let set = with(json!({ "Identity": "Present" }), &parameters);
        for (cmdlet, all) in [("New-SendConnector", new), ("Set-SendConnector", set)] {
            // With -WhatIf too: what is refused is refused before it is said what would be done.
            for what_if in [false, true] {
                let all = with(all.clone(), &json!({ "WhatIf": what_if }));
                let refusal = Refusal::of(organization.refused(cmdlet, all.clone()).await);
                if refusal != expected {
                    wrong.push(format!("{cmdlet} {all}\n  {refusal:?}\n  {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(organization.get("Get-SendConnector", "Present").await, before);
    assert_eq!(organization.all("Get-SendConnector", "Name").await, ["Present", "Taken"]);
}

#[tokio::test]
async fn a_refused_change_of_several_settings_changes_none() {
    let organization = organization().await;
    let before = organization.get("Get-SendConnector", "Present").await;
    for last in [json!({ "Port": 0 }), json!({ "RequireTLS": true, "IgnoreSTARTTLS": true })] {
        let several = json!({
            "Identity": "Present", "Comment": "new", "Enabled": false, "Name": "Renamed",
            "AddressSpaces": { "Add": "b.test;7" }, "MaxMessageSize": "1MB",
        });
        organization.refused("Set-SendConnector", with(several, &last)).await;
        assert_eq!(organization.get("Get-SendConnector", "Present").await, before);
    }
}

#[tokio::test]
async fn an_ambiguous_identity_lists_what_it_names() {
    let organization = organization().await;
    // A name that is another's Server\Name.
    let new = json!({ "Name": "MBX01\\Taken", "AddressSpaces": "*" });
    organization.ok("New-SendConnector", new).await;
    let ambiguous = json!({ "Identity": "mbx01\\taken" });
    let problem = organization.refused("Remove-SendConnector", ambiguous).await;
    assert_eq!((problem.status, problem.id.as_deref()), (409, Some("SC-22")));
    assert_eq!(
        problem.message,
        "'mbx01\\taken' names several objects: MBX01\\Taken, Taken. Exactly one must be named."
    );
}

#[tokio::test]
async fn without_the_role_nothing_is_done_and_the_role_is_named() {
    let organization = organization().await;
    let manager = organization.member_of("Server Management", "manager");
    let before = organization.directory.snapshot().revision;
    for (cmdlet, parameters) in [
        ("New-SendConnector", json!({ "Name": "Other", "AddressSpaces": "*" })),
        ("Set-SendConnector", json!({ "Identity": "Present", "Enabled": false })),
        ("Remove-SendConnector", json!({ "Identity": "Present" })),
    ] {
        let problem = organization.run_as(&manager, cmdlet, parameters).await.unwrap_err();
        let expected = Refusal {
            status: 403,
            parameter: None,
            ..Refusal::new(
                "SC-24",
                "",
                cmdlet,
                "Send Connectors",
                format!(
                    "You may not run {cmdlet}: it needs the management role 'Send Connectors', \
                     held by the members of: Organization Management."
                ),
            )
        };
        assert_eq!(Refusal::of(problem), expected);
    }
    assert_eq!(organization.directory.snapshot().revision, before);
}
