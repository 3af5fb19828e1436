use cmdlets::Availability;
use directory::{
    AcceptedDomain, DistributionGroup, MailContact, Mailbox, Properties, ReceiveConnector,
    SendConnector, TransportConfig, TransportService,
};
use serde_json::json;

use super::Organization;

#[tokio::test]
async fn transport_service() {
    let organization = Organization::new();
    let set = json!({
        "Identity": "MBX01", "TransientFailureRetryCount": 2,
        "TransientFailureRetryInterval": "00:00:45", "ExternalDNSAdapterEnabled": false,
        "ExternalDNSServers": ["192.0.2.53", "[2001:db8::53]:5353"],
        "WlmLogPath": "C:\\Logs",
    });
    organization.ok("Set-TransportService", set.clone()).await;
    let shown = organization.get("Get-TransportService", "mbx01.contoso.com").await;
    assert_eq!(shown["Name"], json!("MBX01"));
    assert_eq!(shown["TransientFailureRetryInterval"], json!("00:00:45"));
    assert_eq!(shown["ExternalDNSServers"].as_array().unwrap().len(), 2);
    assert_eq!(organization.ok("Set-TransportService", set).await.warnings.len(), 1);
    for (parameters, id) in [
        (json!({ "PoisonThreshold": 11 }), Some("SC-18")),
        (json!({ "MessageExpirationTimeout": "00:00:01" }), Some("SC-18")),
        (json!({ "ExternalDNSProtocolOption": "Udp" }), Some("SC-23")),
    ] {
        let mut all = parameters.clone();
        all["Identity"] = json!("MBX01");
        let problem = organization.refused("Set-TransportService", all).await;
        assert_eq!(problem.id.as_deref(), id, "{parameters}: {problem}");
    }
    let per_domain = json!({ "Identity": "MBX01", "MaxPerDomainOutboundConnections": 5000 });
    organization.refused("Set-TransportService", per_domain).await;
}

#[tokio::test]
async fn transport_config() {
    let organization = Organization::new();
    organization
        .ok("Set-TransportConfig", json!({ "MaxSendSize": "Unlimited", "Force": true }))
        .await;
    let edit = json!({ "GenerateCopyOfDSNFor": { "Add": "5.3.4", "Remove": "5.4.4" } });
    organization.ok("Set-TransportConfig", edit).await;
    let config = organization.ok("Get-TransportConfig", json!({})).await.objects.remove(0);
    assert_eq!(config["MaxSendSize"], json!("Unlimited"));
    let codes = config["GenerateCopyOfDSNFor"].as_array().unwrap();
    assert!(codes.contains(&json!("5.3.4")) && !codes.contains(&json!("5.4.4")));
    let same = json!({ "MaxSendSize": "unlimited" });
    assert_eq!(organization.ok("Set-TransportConfig", same).await.warnings.len(), 1);
    let wildcard = json!({ "TLSSendDomainSecureList": "*.contoso.com" });
    assert_eq!(organization.refused("Set-TransportConfig", wildcard).await.status, 400);
}

#[tokio::test]
async fn servers() {
    let organization = Organization::new();
    organization.add_server("CAS01", false);
    assert_eq!(organization.all("Get-ExchangeServer", "Name").await, ["CAS01", "MBX01"]);
    assert_eq!(organization.all("Get-TransportService", "Name").await, ["MBX01"]);
    let none = organization.ok("Get-ExchangeServer", json!({ "Domain": "fabrikam.com" })).await;
    assert!(none.objects.is_empty());
    let all = organization.ok("Get-ExchangeServer", json!({ "Domain": "contoso.com" })).await;
    assert_eq!(all.objects.len(), 2);
    let both = json!({ "Domain": "contoso.com", "Identity": "MBX01" });
    assert_eq!(organization.refused("Get-ExchangeServer", both).await.status, 400);
    let server = organization.get("Get-ExchangeServer", "MBX01").await;
    for column in cmdlets::find("Get-ExchangeServer").unwrap().output.columns {
        assert!(server.get(column).is_some(), "{column}");
    }
}

#[tokio::test]
async fn queue_actions_are_audited() {
    let organization = Organization::new();
    let before = organization.directory.audit_log(100).unwrap().len();
    organization.refused("Retry-Queue", json!({ "Identity": "12" })).await;
    organization.ok("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'", "WhatIf": true })).await;
    assert_eq!(organization.directory.audit_log(100).unwrap().len(), before);
    organization.ok("Retry-Queue", json!({ "Filter": "Status -eq 'Retry'" })).await;
    let log = organization.directory.audit_log(100).unwrap();
    assert_eq!(log.len(), before + 1);
    assert!(format!("{log:?}").contains("Retry-Queue"));
}

/// Parameters that are read by the cmdlet itself rather than set as properties.
const READ: [&str; 27] = [
    "Identity",
    "Confirm",
    "WhatIf",
    "DomainController",
    "Force",
    "Usage",
    "Custom",
    "Internal",
    "Internet",
    "Partner",
    "Client",
    "Server",
    "Name",
    "DomainName",
    "DomainType",
    "MakeDefault",
    "Password",
    "Member",
    "Members",
    "Alias",
    "AcceptMessagesOnlyFromSendersOrMembers",
    "ExternalEmailAddress",
    "ForwardingAddress",
    "PrimarySmtpAddress",
    "SourceTransportServers",
    "AuthenticationCredential",
    "OAuthClientSecret",
];

#[test]
fn no_parameter_is_silently_lost() {
    for (noun, names) in [
        ("SendConnector", SendConnector::names()),
        ("ReceiveConnector", ReceiveConnector::names()),
        ("AcceptedDomain", AcceptedDomain::names()),
        ("Mailbox", Mailbox::names()),
        ("DistributionGroup", DistributionGroup::names()),
        ("MailContact", MailContact::names()),
        ("TransportService", TransportService::names()),
        ("TransportConfig", TransportConfig::names()),
    ] {
        for cmdlet in cmdlets::all() {
            if !cmdlet.changes || cmdlet.noun() != noun {
                continue;
            }
            for parameter in cmdlet.parameters {
                let known = names.contains(&parameter.name)
                    || READ.contains(&parameter.name)
                    || parameter.availability != Availability::Current;
                assert!(known, "{} -{} has no effect", cmdlet.name, parameter.name);
            }
            // And what can be set can be given.
            for name in names.iter().filter(|_| cmdlet.verb() == "Set") {
                assert!(cmdlet.parameter(name).is_some(), "{} lacks -{name}", cmdlet.name);
            }
        }
    }
}
