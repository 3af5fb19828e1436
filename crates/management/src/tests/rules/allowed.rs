//! What the documents allow: every form of a value with its canonical display, the rows of the TLS
//! truth table that are no refusals, usages, identities, and what a connector shows.

use serde_json::{Value, json};

use super::{credential, organization, smart, with};
use crate::tests::Organization;

const MB25: &str = "25 MB (26,214,400 bytes)";

async fn shown_after(organization: &Organization, parameters: Value) -> Value {
    let new = with(json!({ "Name": "Other", "AddressSpaces": "z.test" }), &parameters);
    let created = organization.ok("New-SendConnector", new).await.objects.remove(0);
    organization.ok("Remove-SendConnector", json!({ "Identity": "Other" })).await;
    // The same by a change shows the same.
    organization
        .ok("New-SendConnector", json!({ "Name": "Other", "AddressSpaces": "y.test" }))
        .await;
    let set = with(json!({ "Identity": "Other", "AddressSpaces": "z.test" }), &parameters);
    organization.ok("Set-SendConnector", set).await;
    let changed = organization.get("Get-SendConnector", "Other").await;
    organization.ok("Remove-SendConnector", json!({ "Identity": "Other" })).await;
    for (name, value) in created.as_object().unwrap() {
        let of_object =
            ["Guid", "WhenCreated", "WhenCreatedUTC", "ObjectVersion"].contains(&name.as_str());
        assert!(of_object || name.starts_with("WhenChanged") || changed[name] == *value, "{name}");
    }
    created
}

#[tokio::test]
async fn every_form_of_a_value_has_one_display() {
    let organization = organization().await;
    for (parameter, given, shown) in [
        ("AddressSpaces", json!("contoso.com"), json!(["SMTP:contoso.com;1"])),
        ("AddressSpaces", json!("contoso.com;1"), json!(["SMTP:contoso.com;1"])),
        ("AddressSpaces", json!("SMTP:contoso.com"), json!(["SMTP:contoso.com;1"])),
        ("AddressSpaces", json!("smtp:Contoso.com;1"), json!(["SMTP:contoso.com;1"])),
        ("AddressSpaces", json!("*"), json!(["SMTP:*;1"])),
        ("AddressSpaces", json!("SMTP:*;100"), json!(["SMTP:*;100"])),
        ("AddressSpaces", json!("*.contoso.com;100"), json!(["SMTP:*.contoso.com;100"])),
        ("AddressSpaces", json!("*.com"), json!(["SMTP:*.com;1"])),
        ("AddressSpaces", json!(["a.test", "b.test;7"]), json!(["SMTP:a.test;1", "SMTP:b.test;7"])),
        ("MaxMessageSize", json!("10MB"), json!("10 MB (10,485,760 bytes)")),
        ("MaxMessageSize", json!("10 MB"), json!("10 MB (10,485,760 bytes)")),
        ("MaxMessageSize", json!("25mb"), json!(MB25)),
        ("MaxMessageSize", json!(10_485_760), json!("10 MB (10,485,760 bytes)")),
        ("MaxMessageSize", json!(1), json!("1 KB (1,024 bytes)")),
        ("MaxMessageSize", json!("1025B"), json!("2 KB (2,048 bytes)")),
        ("MaxMessageSize", json!("1GB"), json!("1 GB (1,073,741,824 bytes)")),
        ("MaxMessageSize", json!("UNLIMITED"), json!("Unlimited")),
        ("MaxMessageSize", json!(0), json!("0 B (0 bytes)")),
        ("ConnectionInactivityTimeOut", json!("00:00:01"), json!("00:00:01")),
        ("ConnectionInactivityTimeOut", json!("1.00:00:00"), json!("1.00:00:00")),
        ("Port", json!(1), json!(1)),
        ("Port", json!("65535"), json!(65535)),
        ("SmtpMaxMessagesPerConnection", json!(2_147_483_647), json!(2_147_483_647)),
        ("ErrorPolicies", json!("default"), json!("Default")),
        (
            "ErrorPolicies",
            json!(["UpgradeCustomFailures", "downgradednsfailures"]),
            json!("DowngradeDnsFailures, UpgradeCustomFailures"),
        ),
        ("Fqdn", json!("Mail.Contoso.com"), json!("mail.contoso.com")),
        ("Fqdn", Value::Null, Value::Null),
        (
            "Comment",
            json!("free text, \"quoted\"; as it is"),
            json!("free text, \"quoted\"; as it is"),
        ),
        ("Comment", json!(""), Value::Null),
        ("SourceIPAddress", json!("0.0.0.0"), json!("0.0.0.0")),
        ("SourceTransportServers", json!("mbx01.contoso.com"), json!(["MBX01"])),
        ("ProtocolLoggingLevel", json!("VERBOSE"), json!("Verbose")),
        ("IsScopedConnector", json!(true), json!(true)),
        ("UseExternalDNSServersEnabled", json!(true), json!(true)),
        ("RequireOorg", json!(true), json!(true)),
        ("CloudServicesMailEnabled", json!(true), json!(true)),
        ("Force", json!(true), Value::Null),
        ("Confirm", json!(true), Value::Null),
        ("DomainController", json!("dc01.contoso.com"), Value::Null),
    ] {
        let connector = shown_after(&organization, json!({ parameter: given })).await;
        assert_eq!(connector[parameter], shown, "{parameter} {given}");
    }
    for (given, shown, joined) in [
        (json!("server.contoso.com"), json!(["server.contoso.com"]), "server.contoso.com"),
        (json!("10.10.1.1"), json!(["10.10.1.1"]), "10.10.1.1"),
        (json!("[10.10.1.1]"), json!(["10.10.1.1"]), "10.10.1.1"),
        (json!("[IPv6:2001:db8::1]"), json!(["2001:db8::1"]), "2001:db8::1"),
        (json!(["a.test", "10.1.1.1"]), json!(["a.test", "10.1.1.1"]), "a.test,10.1.1.1"),
    ] {
        let parameters = json!({ "DNSRoutingEnabled": false, "SmartHosts": given });
        let connector = shown_after(&organization, parameters).await;
        assert_eq!(connector["SmartHosts"], shown);
        assert_eq!(connector["SmartHostsString"], json!(joined));
    }
    let foreign = json!({ "AddressSpaces": "x400:o=MySite;p=MyOrg;a=adatum;c=us;3" });
    let connector = shown_after(&organization, smart(foreign)).await;
    assert_eq!(connector["AddressSpaces"], json!(["x400:o=MySite;p=MyOrg;a=adatum;c=us;3"]));
    assert_eq!(connector["IsSmtpConnector"], json!(false));
}

#[tokio::test]
async fn the_allowed_rows_of_tls_and_authentication() {
    let organization = organization().await;
    for parameters in [
        json!({}),
        json!({ "RequireTLS": true }),
        json!({ "RequireTLS": true, "TlsAuthLevel": "EncryptionOnly" }),
        json!({ "RequireTLS": true, "TlsAuthLevel": "CertificateValidation" }),
        json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation" }),
        json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation", "TlsDomain": "*.z.test" }),
        json!({ "IgnoreSTARTTLS": true }),
        json!({ "ForceHELO": true }),
        json!({ "DomainSecureEnabled": true }),
        json!({ "DomainSecureEnabled": true, "FrontendProxyEnabled": true }),
        smart(json!({})),
        smart(json!({ "SmartHostAuthMechanism": "None" })),
        smart(json!({ "SmartHostAuthMechanism": "ExternalAuthoritative" })),
        smart(json!({
            "SmartHostAuthMechanism": "BasicAuth", "AuthenticationCredential": credential(),
        })),
        smart(json!({
            "SmartHostAuthMechanism": "BasicAuthRequireTLS",
            "AuthenticationCredential": credential(),
        })),
        smart(json!({
            "SmartHostAuthMechanism": "OAuth2", "AuthenticationCredential": credential(),
            "OAuthTokenUrl": "https://login.a.test/token", "OAuthClientId": "relais",
            "OAuthScope": "mail.send",
        })),
        smart(json!({
            "RequireTLS": true, "TlsAuthLevel": "DomainValidation", "TlsDomain": "gate.a.test",
        })),
        json!({ "TlsCertificateName": "<I>CN=Our CA<S>CN=mail.contoso.com" }),
    ] {
        let connector = shown_after(&organization, parameters.clone()).await;
        for (name, given) in parameters.as_object().unwrap() {
            let expected = match name.as_str() {
                "AuthenticationCredential" => json!("relay"),
                "SmartHosts" => json!(["gate.a.test"]),
                _ => given.clone(),
            };
            assert_eq!(connector[name], expected, "{parameters}");
        }
    }
}

/// Section 5: defaults; section 5.1: what only goes out, and the order of `Format-List`.
#[tokio::test]
async fn a_new_connector_shows_the_documented_properties_in_order() {
    let organization = organization().await;
    let shown = organization.get("Get-SendConnector", "Present").await;
    let documented = [
        ("AddressSpaces", json!(["SMTP:a.test;1"])),
        ("AuthenticationCredential", Value::Null),
        ("CloudServicesMailEnabled", json!(false)),
        ("Comment", Value::Null),
        ("ConnectedDomains", json!([])),
        ("ConnectionInactivityTimeOut", json!("00:10:00")),
        ("DNSRoutingEnabled", json!(true)),
        ("DomainSecureEnabled", json!(false)),
        ("Enabled", json!(true)),
        ("ErrorPolicies", json!("Default")),
        ("ForceHELO", json!(false)),
        ("Fqdn", Value::Null),
        ("FrontendProxyEnabled", json!(false)),
        ("HomeMTA", json!("Microsoft MTA")),
        ("HomeMtaServerId", json!("MBX01")),
        ("Identity", json!("Present")),
        ("IgnoreSTARTTLS", json!(false)),
        ("IsScopedConnector", json!(false)),
        ("IsSmtpConnector", json!(true)),
        ("LinkedReceiveConnector", Value::Null),
        ("MaxMessageSize", json!(MB25)),
        ("Name", json!("Present")),
        ("OAuthClientId", Value::Null),
        ("OAuthGrantType", json!("ClientCredentials")),
        ("OAuthScope", Value::Null),
        ("OAuthTokenUrl", Value::Null),
        ("Port", json!(25)),
        ("ProtocolLoggingLevel", json!("None")),
        ("RequireOorg", json!(false)),
        ("RequireTLS", json!(false)),
        ("ShareOfDomains", json!(100)),
        ("SmartHostAuthMechanism", json!("None")),
        ("SmartHosts", json!([])),
        ("SmartHostsString", json!("")),
        ("SmtpMaxMessagesPerConnection", json!(20)),
        ("SourceIPAddress", json!("0.0.0.0")),
        ("SourceRoutingGroup", json!("Exchange Routing Group (DWBGZMFD01QNBJR)")),
        ("SourceTransportServers", json!(["MBX01"])),
        ("TlsAuthLevel", Value::Null),
        ("TlsCertificateName", Value::Null),
        ("TlsCipherSuites", json!("All")),
        ("TlsDomain", Value::Null),
        ("TlsMinimumVersion", json!("Tls12")),
        ("UseExternalDNSServersEnabled", json!(false)),
    ];
    let names: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    for (i, (name, value)) in documented.iter().enumerate() {
        assert_eq!((names[i], &shown[*name]), (*name, value));
    }
    for name in [
        "Guid",
        "DistinguishedName",
        "ObjectClass",
        "WhenChanged",
        "WhenChangedUTC",
        "WhenCreated",
        "WhenCreatedUTC",
        "Id",
        "OriginatingServer",
        "IsValid",
        "ObjectState",
        "ObjectVersion",
        "AdminDisplayName",
        "ExchangeVersion",
    ] {
        assert!(names[documented.len()..].contains(&name), "{name}");
    }
    assert!(shown.get("Usage").is_none() && shown.get("Permissions").is_none());
    let columns = cmdlets::find("Get-SendConnector").unwrap().output.columns;
    assert_eq!(columns, ["Identity", "AddressSpaces", "Enabled"]);
}

/// Section 2 and DESIGN section 12.
#[tokio::test]
async fn usages_differ_in_size_and_tls_only() {
    let organization = organization().await;
    let custom = shown_after_new(&organization, json!({})).await;
    for (usage, differences) in [
        ("Custom", json!({})),
        ("Internet", json!({})),
        ("Internal", json!({ "MaxMessageSize": "Unlimited" })),
        ("Partner", json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation" })),
    ] {
        for parameters in [json!({ "Usage": usage }), json!({ usage: true })] {
            let shown = shown_after_new(&organization, parameters.clone()).await;
            for (name, value) in custom.as_object().unwrap() {
                if !name.starts_with("When") && name != "Guid" {
                    let expected = differences.get(name).unwrap_or(value);
                    assert_eq!(&shown[name], expected, "{parameters} {name}");
                }
            }
        }
    }
}

async fn shown_after_new(organization: &Organization, parameters: Value) -> Value {
    let new = with(json!({ "Name": "Other", "AddressSpaces": "z.test" }), &parameters);
    let created = organization.ok("New-SendConnector", new).await.objects.remove(0);
    organization.ok("Remove-SendConnector", json!({ "Identity": "Other" })).await;
    created
}

/// Section 6, for all three cmdlets that take an identity.
#[tokio::test]
async fn every_form_of_an_identity_names_the_connector() {
    let organization = organization().await;
    let shown = organization.get("Get-SendConnector", "Present").await;
    let text = |property: &str| shown[property].as_str().unwrap().to_owned();
    let forms = [
        json!("Present"),
        json!("PRESENT"),
        json!(text("Guid")),
        json!(text("Guid").to_uppercase()),
        json!("MBX01\\Present"),
        json!("mbx01\\present"),
        json!(text("DistinguishedName")),
        json!(text("DistinguishedName").to_lowercase()),
        shown.clone(),
    ];
    for (number, identity) in forms.iter().enumerate() {
        let found = organization.ok("Get-SendConnector", json!({ "Identity": identity })).await;
        assert_eq!(found.objects.len(), 1, "{identity}");
        let comment = format!("change {number}");
        let set = json!({ "Identity": identity, "Comment": comment });
        organization.ok("Set-SendConnector", set).await;
        assert_eq!(
            organization.get("Get-SendConnector", "Present").await["Comment"],
            json!(comment)
        );
        let what_if = json!({ "Identity": identity, "WhatIf": true });
        let output = organization.ok("Remove-SendConnector", what_if).await;
        let expected = "What if: Removing Send connector \"Present\".";
        assert_eq!(output.what_if.as_deref(), Some(expected));
    }
    for identity in [json!({}), json!({ "Identity": null })] {
        let all = organization.ok("Get-SendConnector", identity).await;
        assert_eq!(all.objects.len(), 2);
    }
}
