//! Changes that are made only to the version that was read.

use serde_json::json;

use super::*;

/// Each command that changes an object that was there, as it is harmless, and what shows the object.
const CHANGES: &[(&str, &str, &str)] = &[
    ("Set-SendConnector", r#"{"Identity":"Out","Comment":"c"}"#, "Get-SendConnector Out"),
    ("Remove-SendConnector", r#"{"Identity":"Out"}"#, "Get-SendConnector Out"),
    (
        "Set-AcceptedDomain",
        r#"{"Identity":"fabrikam.com","Name":"f"}"#,
        "Get-AcceptedDomain fabrikam.com",
    ),
    ("Remove-AcceptedDomain", r#"{"Identity":"fabrikam.com"}"#, "Get-AcceptedDomain fabrikam.com"),
    (
        "Set-RemoteDomain",
        r#"{"Identity":"Partner","NDREnabled":false}"#,
        "Get-RemoteDomain Partner",
    ),
    ("Set-AuthServer", r#"{"Identity":"Login","Enabled":false}"#, "Get-AuthServer Login"),
    ("Remove-AuthServer", r#"{"Identity":"Login"}"#, "Get-AuthServer Login"),
    ("Remove-RemoteDomain", r#"{"Identity":"Partner"}"#, "Get-RemoteDomain Partner"),
    (
        "Set-ReceiveConnector",
        r#"{"Identity":"MBX01\\In","Comment":"c"}"#,
        "Get-ReceiveConnector MBX01\\In",
    ),
    ("Remove-ReceiveConnector", r#"{"Identity":"MBX01\\In"}"#, "Get-ReceiveConnector MBX01\\In"),
    ("Set-Mailbox", r#"{"Identity":"Jean","Languages":"fr"}"#, "Get-Mailbox Jean"),
    ("Remove-Mailbox", r#"{"Identity":"Jean"}"#, "Get-Mailbox Jean"),
    (
        "Set-DistributionGroup",
        r#"{"Identity":"team","Notes":"Ours"}"#,
        "Get-DistributionGroup team",
    ),
    ("Remove-DistributionGroup", r#"{"Identity":"team"}"#, "Get-DistributionGroup team"),
    (
        "Add-DistributionGroupMember",
        r#"{"Identity":"team","Member":"eva"}"#,
        "Get-DistributionGroup team",
    ),
    (
        "Remove-DistributionGroupMember",
        r#"{"Identity":"team","Member":"Jean"}"#,
        "Get-DistributionGroup team",
    ),
    ("Set-LdapDirectory", r#"{"Identity":"AD","Enabled":false}"#, "Get-LdapDirectory AD"),
    ("Remove-LdapDirectory", r#"{"Identity":"AD"}"#, "Get-LdapDirectory AD"),
    ("Set-MailContact", r#"{"Identity":"eva","DisplayName":"E"}"#, "Get-MailContact eva"),
    ("Remove-MailContact", r#"{"Identity":"eva"}"#, "Get-MailContact eva"),
    (
        "Add-RoleGroupMember",
        r#"{"Identity":"Help Desk","Member":"Jean"}"#,
        "Get-RoleGroup Help Desk",
    ),
    (
        "Remove-RoleGroupMember",
        r#"{"Identity":"Organization Management","Member":"Jean"}"#,
        "Get-RoleGroup Organization Management",
    ),
    (
        "Set-TransportService",
        r#"{"Identity":"MBX01","MaxOutboundConnections":700}"#,
        "Get-TransportService MBX01",
    ),
    (
        "Set-FrontendTransportService",
        r#"{"Identity":"MBX01\\Frontend","MaxConnectionRatePerMinute":7}"#,
        "Get-FrontendTransportService MBX01",
    ),
    (
        "Set-ServerComponentState",
        r#"{"Identity":"MBX01","Component":"HubTransport","State":"Draining","Requester":"Maintenance"}"#,
        "Get-ServerComponentState MBX01",
    ),
    ("Set-TransportConfig", r#"{"MaxSendSize":"20MB"}"#, "Get-TransportConfig "),
    (
        "Add-ADPermission",
        r#"{"Identity":"Out","User":"NT AUTHORITY\\ANONYMOUS LOGON","ExtendedRights":"ms-Exch-SMTP-Send-XShadow"}"#,
        "Get-SendConnector Out",
    ),
    (
        "Remove-ADPermission",
        r#"{"Identity":"MBX01\\In","User":"NT AUTHORITY\\ANONYMOUS LOGON","ExtendedRights":"ms-Exch-SMTP-Submit"}"#,
        "Get-ReceiveConnector MBX01\\In",
    ),
    (
        "Set-DkimSigningConfig",
        r#"{"Identity":"contoso.com","BodyCanonicalization":"Simple"}"#,
        "Get-DkimSigningConfig contoso.com",
    ),
    (
        "Rotate-DkimSigningConfig",
        r#"{"Identity":"contoso.com"}"#,
        "Get-DkimSigningConfig contoso.com",
    ),
    (
        "Remove-DkimSigningConfig",
        r#"{"Identity":"contoso.com"}"#,
        "Get-DkimSigningConfig contoso.com",
    ),
    (
        "Enable-ExchangeCertificate",
        r#"{"Identity":"419A926F5430753A3E1CBED4F20B1B57108FA6C6","Services":"IIS"}"#,
        "Get-ExchangeCertificate 419A926F5430753A3E1CBED4F20B1B57108FA6C6",
    ),
    (
        "Remove-ExchangeCertificate",
        r#"{"Identity":"419A926F5430753A3E1CBED4F20B1B57108FA6C6"}"#,
        "Get-ExchangeCertificate 419A926F5430753A3E1CBED4F20B1B57108FA6C6",
    ),
];

async fn filled() -> Organization {
    let organization = Organization::new();
    let group = json!({ "Identity": "Organization Management", "Member": "Jean" });
    for (cmdlet, parameters) in [
        ("New-SendConnector", json!({ "Name": "Out", "AddressSpaces": "*" })),
        ("New-AcceptedDomain", json!({ "Name": "fabrikam.com", "DomainName": "fabrikam.com" })),
        ("New-DistributionGroup", json!({ "Name": "team", "Members": "Jean" })),
        ("New-MailContact", json!({ "Name": "eva", "ExternalEmailAddress": "eva@a.test" })),
        ("New-RemoteDomain", json!({ "Name": "Partner", "DomainName": "partner.example" })),
        (
            "New-LdapDirectory",
            json!({ "Name": "AD", "Servers": "ldaps://dc1.test", "BaseDN": "DC=a,DC=test" }),
        ),
        (
            "New-AuthServer",
            json!({ "Name": "Login", "AuthMetadataUrl": "https://a.test/", "Audience": "x" }),
        ),
        (
            "New-ReceiveConnector",
            json!({
                "Name": "In", "Custom": true, "Bindings": "127.0.0.1:2626",
                "RemoteIPRanges": "127.0.0.1", "PermissionGroups": "AnonymousUsers",
            }),
        ),
        ("Add-RoleGroupMember", group),
        ("New-DkimSigningConfig", json!({ "DomainName": "contoso.com" })),
        ("Import-ExchangeCertificate", json!({ "FileData": certificate() })),
    ] {
        organization.run(cmdlet, parameters).await.unwrap();
    }
    organization
}

impl Organization {
    async fn run_on(
        &self,
        cmdlet: &str,
        parameters: Value,
        version: u64,
    ) -> Result<Output, Problem> {
        let Value::Object(map) = parameters else { panic!("parameters are an object") };
        self.management.run_on_version(&self.administrator, cmdlet, map, Some(version)).await
    }

    async fn version(&self, shown_by: &str) -> u64 {
        let (cmdlet, identity) = shown_by.split_once(' ').unwrap();
        let parameters =
            if identity.is_empty() { json!({}) } else { json!({ "Identity": identity }) };
        let shown = self.run(cmdlet, parameters).await.unwrap();
        shown.objects[0]["ObjectVersion"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn a_change_is_made_to_the_version_that_was_read_only() {
    for (cmdlet, parameters, shown_by) in CHANGES {
        let organization = filled().await;
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        let version = organization.version(shown_by).await;
        let before = organization.directory.snapshot().revision;
        let mut only_said = parameters.clone();
        only_said["WhatIf"] = json!(true);
        for wrong in [version - 1, version + 1] {
            for parameters in [&parameters, &only_said] {
                let refused = organization.run_on(cmdlet, parameters.clone(), wrong).await;
                let problem = refused.unwrap_err();
                assert_eq!(
                    (problem.status, problem.id.as_deref()),
                    (412, Some("changed")),
                    "{cmdlet}: {problem}"
                );
            }
        }
        assert_eq!(organization.directory.snapshot().revision, before, "{cmdlet}");
        organization.run_on(cmdlet, only_said, version).await.unwrap();
        let made = organization.run_on(cmdlet, parameters.clone(), version).await;
        made.unwrap_or_else(|problem| panic!("{cmdlet}: {problem}"));
        assert!(organization.directory.snapshot().revision > before, "{cmdlet}");
        let late = organization.run_on(cmdlet, parameters, version).await.unwrap_err();
        assert!([404, 412].contains(&late.status), "{cmdlet}: {late}");
    }
}

#[test]
fn every_such_command_is_tried() {
    for cmdlet in cmdlets::all() {
        let is_change =
            matches!(cmdlet.verb(), "Set" | "Remove" | "Rotate" | "Add" | "Enable" | "Disable");
        // What is done to servers is done to more than one object.
        if is_change && !["Message", "Cluster", "Server"].contains(&cmdlet.noun()) {
            assert!(CHANGES.iter().any(|(name, ..)| *name == cmdlet.name), "{}", cmdlet.name);
        }
    }
}

#[tokio::test]
async fn a_version_is_refused_where_there_is_none() {
    let organization = filled().await;
    for (cmdlet, parameters) in [
        ("Get-SendConnector", json!({})),
        ("Remove-Server", json!({ "Identity": "MBX01" })),
        ("Disable-Cluster", json!({})),
        ("New-SendConnector", json!({ "Name": "New", "AddressSpaces": "*" })),
        ("New-SendConnector", json!({ "Name": "New", "AddressSpaces": "*", "WhatIf": true })),
        ("Suspend-Queue", json!({ "Identity": "MBX01\\Submission" })),
        ("Remove-Message", json!({ "Identity": "1" })),
    ] {
        let problem = organization.run_on(cmdlet, parameters, 1).await.unwrap_err();
        assert_eq!(problem.status, 400, "{cmdlet}: {problem}");
    }
}
