use serde_json::{Value, json};

use super::Organization;

async fn with_internet_connector() -> Organization {
    let organization = Organization::new();
    let parameters =
        json!({ "Name": "Contoso.com Send Connector", "AddressSpaces": "*", "Internet": true });
    organization.ok("New-SendConnector", parameters).await;
    organization
}

const NAME: &str = "Contoso.com Send Connector";

#[tokio::test]
async fn the_documented_internet_connector() {
    let organization = Organization::new();
    assert!(organization.ok("Get-SendConnector", json!({})).await.objects.is_empty());
    let parameters = json!({ "Name": NAME, "AddressSpaces": "*", "Internet": true });
    let created = organization.ok("New-SendConnector", parameters).await;
    assert!(created.warnings.is_empty(), "{:?}", created.warnings);
    let shown = organization.get("Get-SendConnector", NAME).await;
    assert_eq!(created.objects, std::slice::from_ref(&shown));
    for (property, value) in [
        ("AddressSpaces", json!(["SMTP:*;1"])),
        ("DNSRoutingEnabled", json!(true)),
        ("SmartHosts", json!([])),
        ("SmartHostAuthMechanism", json!("None")),
        ("IsScopedConnector", json!(false)),
        ("SourceTransportServers", json!(["MBX01"])),
        ("Enabled", json!(true)),
        ("FrontendProxyEnabled", json!(false)),
        ("UseExternalDNSServersEnabled", json!(false)),
        ("RequireTLS", json!(false)),
        ("IgnoreSTARTTLS", json!(false)),
        ("TlsAuthLevel", Value::Null),
        ("DomainSecureEnabled", json!(false)),
        ("MaxMessageSize", json!("25 MB (26,214,400 bytes)")),
        ("Port", json!(25)),
        ("Fqdn", Value::Null),
        ("ConnectionInactivityTimeOut", json!("00:10:00")),
        ("SmtpMaxMessagesPerConnection", json!(20)),
        ("ProtocolLoggingLevel", json!("None")),
        ("Identity", json!(NAME)),
    ] {
        assert_eq!(shown[property], value, "{property}");
    }
    for column in cmdlets::find("Get-SendConnector").unwrap().output.columns {
        assert!(shown.get(column).is_some(), "{column}");
    }
}

#[tokio::test]
async fn changes_of_the_walkthrough() {
    let organization = with_internet_connector().await;
    let set = |mut parameters: Value| {
        parameters["Identity"] = json!(NAME);
        organization.ok("Set-SendConnector", parameters)
    };
    let proxied = set(json!({ "FrontendProxyEnabled": true })).await;
    assert!(proxied.objects.is_empty() && proxied.warnings.is_empty(), "{:?}", proxied.warnings);
    set(json!({ "FrontEndProxyEnabled": false })).await;
    set(json!({ "ConnectionInactivityTimeOut": "00:20:00", "MaxMessageSize": "12MB" })).await;
    set(json!({ "ProtocolLoggingLevel": "verbose" })).await;
    set(json!({ "AddressSpaces": { "Add": ["fabrikam.com;2"] } })).await;
    set(json!({ "Enabled": false, "Comment": "seed" })).await;
    let shown = organization.get("Get-SendConnector", NAME).await;
    assert_eq!(shown["MaxMessageSize"], json!("12 MB (12,582,912 bytes)"));
    assert_eq!(shown["ConnectionInactivityTimeOut"], json!("00:20:00"));
    assert_eq!(shown["ProtocolLoggingLevel"], json!("Verbose"));
    assert_eq!(shown["AddressSpaces"], json!(["SMTP:*;1", "SMTP:fabrikam.com;2"]));
    assert_eq!(shown["Enabled"], json!(false));

    let smart = json!({ "DNSRoutingEnabled": false, "SmartHosts": "relay.contoso.com" });
    set(smart).await;
    set(json!({ "Name": "New name" })).await;
    let renamed = organization.get("Get-SendConnector", "new NAME").await;
    assert_eq!(renamed["SmartHosts"], json!(["relay.contoso.com"]));
    let gone = organization.refused("Get-SendConnector", json!({ "Identity": NAME })).await;
    assert_eq!((gone.status, gone.id.as_deref()), (404, Some("SC-21")));

    organization.ok("Remove-SendConnector", json!({ "Identity": "New name" })).await;
    assert!(organization.ok("Get-SendConnector", json!({})).await.objects.is_empty());
}

#[tokio::test]
async fn what_if_and_no_change_write_nothing() {
    let organization = with_internet_connector().await;
    let revision = organization.directory.snapshot().revision;
    for (cmdlet, parameters, text) in [
        (
            "New-SendConnector",
            json!({ "Name": "Other", "AddressSpaces": "a.test", "WhatIf": true }),
            "What if: Creating Send connector \"Other\".",
        ),
        (
            "Set-SendConnector",
            json!({ "Identity": NAME, "Enabled": false, "wi": true }),
            "What if: Changing Send connector \"Contoso.com Send Connector\".",
        ),
        (
            "Remove-SendConnector",
            json!({ "Identity": NAME, "WhatIf": true }),
            "What if: Removing Send connector \"Contoso.com Send Connector\".",
        ),
    ] {
        let output = organization.ok(cmdlet, parameters).await;
        assert_eq!(output.what_if.as_deref(), Some(text));
        assert!(output.objects.is_empty());
    }
    let same = json!({ "Identity": NAME, "Enabled": true, "AddressSpaces": "SMTP:*;1" });
    let output = organization.ok("Set-SendConnector", same).await;
    assert_eq!(
        output.warnings,
        ["The command completed successfully but no settings of 'Contoso.com Send Connector' \
          have been modified."]
    );
    assert_eq!(organization.directory.snapshot().revision, revision);
    // WhatIf validates all the same.
    let wrong = json!({ "Name": "Other", "AddressSpaces": "a.test;101", "WhatIf": true });
    assert_eq!(organization.refused("New-SendConnector", wrong).await.id.as_deref(), Some("SC-05"));
}

#[tokio::test]
async fn documented_refusals_on_creation() {
    let organization = with_internet_connector().await;
    for (parameters, id, parameter) in [
        (json!({ "Name": NAME.to_uppercase() }), "SC-01", "Name"),
        (json!({ "Name": "" }), "SC-02", "Name"),
        (json!({ "Name": "x".repeat(65) }), "SC-02", "Name"),
        (json!({ "AddressSpaces": [] }), "SC-03", "AddressSpaces"),
        (json!({ "AddressSpaces": "*contoso.com" }), "SC-04", "AddressSpaces"),
        (json!({ "AddressSpaces": "a..b" }), "SC-04", "AddressSpaces"),
        (json!({ "AddressSpaces": "a.test;0" }), "SC-05", "AddressSpaces"),
        (json!({ "SmartHosts": "10.0.0.1" }), "SC-06", "SmartHosts"),
        (json!({ "DNSRoutingEnabled": false }), "SC-07", "DNSRoutingEnabled"),
        (json!({ "DNSRoutingEnabled": false, "SmartHosts": " a" }), "SC-08", "SmartHosts"),
        (
            json!({ "DNSRoutingEnabled": false, "SmartHosts": "a.test",
                    "SmartHostAuthMechanism": "BasicAuth" }),
            "SC-09",
            "AuthenticationCredential",
        ),
        (
            json!({ "SmartHostAuthMechanism": "BasicAuth",
                    "AuthenticationCredential": { "UserName": "u", "Password": "p" } }),
            "SC-10",
            "SmartHostAuthMechanism",
        ),
        (json!({ "RequireTLS": true, "IgnoreSTARTTLS": true }), "SC-11", "RequireTLS"),
        (json!({ "TlsAuthLevel": "EncryptionOnly" }), "SC-12", "TlsAuthLevel"),
        (json!({ "TlsDomain": "a.test" }), "SC-13", "TlsDomain"),
        (
            json!({ "RequireTLS": true, "TlsAuthLevel": "DomainValidation",
                    "DNSRoutingEnabled": false, "SmartHosts": "a.test" }),
            "SC-14",
            "TlsDomain",
        ),
        (
            json!({ "AddressSpaces": "*", "DomainSecureEnabled": true }),
            "SC-15",
            "DomainSecureEnabled",
        ),
        (json!({ "Internet": true, "Partner": true }), "SC-16", "Usage"),
        (json!({ "Internet": true, "Usage": "Internet" }), "SC-16", "Usage"),
        (json!({ "Port": 0 }), "SC-18", "Port"),
        (
            json!({ "ConnectionInactivityTimeOut": "2.00:00:00" }),
            "SC-18",
            "ConnectionInactivityTimeOut",
        ),
        (json!({ "SourceTransportServers": "MBX09" }), "SC-19", "SourceTransportServers"),
        (json!({ "SourceIPAddress": "192.0.2.1" }), "SC-20", "SourceIPAddress"),
        (json!({ "Usage": "Client" }), "SC-23", "Usage"),
        (json!({ "AddressSpaces": "X400:c=us;1" }), "SC-25", "AddressSpaces"),
    ] {
        let mut all = json!({ "Name": "Other", "AddressSpaces": "a.test" });
        for (name, value) in parameters.as_object().unwrap() {
            all[name] = value.clone();
        }
        let problem = organization.refused("New-SendConnector", all).await;
        assert_eq!(problem.id.as_deref(), Some(id), "{parameters}: {problem}");
        assert_eq!(problem.parameter.as_deref(), Some(parameter), "{parameters}: {problem}");
        assert_eq!(problem.status, if id == "SC-01" { 409 } else { 400 }, "{parameters}");
    }
    let missing = organization.refused("New-SendConnector", json!({ "Name": "Other" })).await;
    assert_eq!(missing.id.as_deref(), Some("SC-03"));
}

#[tokio::test]
async fn usages_seed_settings() {
    let organization = Organization::new();
    for (name, extra, require_tls, level, size) in [
        ("Internal", json!({}), false, Value::Null, "Unlimited"),
        ("Partner", json!({}), true, json!("DomainValidation"), "25 MB (26,214,400 bytes)"),
        (
            "Custom",
            json!({ "MaxMessageSize": "1MB" }),
            false,
            Value::Null,
            "1 MB (1,048,576 bytes)",
        ),
        ("Partner", json!({ "RequireTLS": false }), false, Value::Null, "25 MB (26,214,400 bytes)"),
        (
            "Partner",
            json!({ "TlsAuthLevel": "EncryptionOnly" }),
            true,
            json!("EncryptionOnly"),
            "25 MB (26,214,400 bytes)",
        ),
    ] {
        let mut parameters = extra.clone();
        parameters["Name"] = json!(name);
        parameters["AddressSpaces"] = json!("a.test");
        parameters["Usage"] = json!(name.to_lowercase());
        let created = organization.ok("New-SendConnector", parameters).await;
        let shown = &created.objects[0];
        assert_eq!(shown["RequireTLS"], json!(require_tls), "{name} {extra}");
        assert_eq!(shown["TlsAuthLevel"], level, "{name} {extra}");
        assert_eq!(shown["MaxMessageSize"], json!(size), "{name} {extra}");
        assert!(created.warnings.is_empty(), "{:?}", created.warnings);
        organization.ok("Remove-SendConnector", json!({ "Identity": name })).await;
    }
}

#[tokio::test]
async fn credentials_are_sealed_and_hidden() {
    let organization = Organization::new();
    let parameters = json!({
        "Name": "Relay", "AddressSpaces": "*", "DNSRoutingEnabled": false,
        "SmartHosts": "192.168.100.1", "SmartHostAuthMechanism": "BasicAuth",
        "AuthenticationCredential": { "UserName": "relay", "Password": "hunter2" },
    });
    let created = organization.ok("New-SendConnector", parameters).await;
    assert_eq!(created.warnings.len(), 1, "{:?}", created.warnings);
    assert!(created.warnings[0].contains("clear"));
    let everything = format!("{:?} {:?}", created, organization.directory.audit_log(10).unwrap());
    assert!(everything.contains("relay") && !everything.contains("hunter2"), "{everything}");
    let snapshot = organization.directory.snapshot();
    let connector = &snapshot.send_connectors[0];
    let credential = connector.authentication_credential.as_ref().unwrap();
    assert_eq!(credential.user_name, "relay");
    let context = connector.header.guid.to_string();
    let password = organization.directory.unseal(&credential.password, &context).unwrap();
    assert_eq!(password.as_str(), "hunter2");
    // -Force hides warnings.
    let again = json!({
        "Identity": "Relay", "Force": true,
        "AuthenticationCredential": { "UserName": "other", "Password": "x" },
    });
    assert!(organization.ok("Set-SendConnector", again).await.warnings.is_empty());
}

#[tokio::test]
async fn a_client_secret_is_sealed_hidden_and_goes_when_nothing_uses_it() {
    let organization = Organization::new();
    let parameters = json!({
        "Name": "Relay", "AddressSpaces": "*", "DNSRoutingEnabled": false,
        "SmartHosts": "relay.test", "SmartHostAuthMechanism": "OAuth2",
        "AuthenticationCredential": { "UserName": "relay@contoso.com", "Password": "hunter2" },
        "OAuthTokenUrl": "https://login.test/token", "OAuthClientId": "relais",
        "OAuthGrantType": "RefreshToken", "OAuthClientSecret": "hunter3",
    });
    let created = organization.ok("New-SendConnector", parameters).await;
    assert!(created.warnings.is_empty(), "{:?}", created.warnings);
    let audited = organization.directory.audit_log(10).unwrap();
    let everything = format!("{created:?} {audited:?}");
    assert!(!everything.contains("hunter"), "{everything}");
    let secret = || {
        let snapshot = organization.directory.snapshot();
        let connector = &snapshot.send_connectors[0];
        let sealed = connector.oauth_client_secret.clone()?;
        let context = connector.client_secret_context();
        Some(organization.directory.unseal(&sealed, &context).unwrap().to_string())
    };
    assert_eq!(secret().as_deref(), Some("hunter3"));
    let set = async |parameters: serde_json::Value| {
        let mut parameters = parameters;
        parameters["Identity"] = json!("Relay");
        organization.ok("Set-SendConnector", parameters).await
    };
    set(json!({ "OAuthScope": "mail" })).await;
    assert_eq!(secret().as_deref(), Some("hunter3"), "it stays while it is used");
    set(json!({ "OAuthClientSecret": null })).await;
    assert_eq!(secret(), None);
    set(json!({ "OAuthClientSecret": "hunter4" })).await;
    assert_eq!(secret().as_deref(), Some("hunter4"));
    set(json!({ "OAuthGrantType": "ClientCredentials" })).await;
    assert_eq!(secret(), None);
}

#[tokio::test]
async fn identities() {
    let organization = with_internet_connector().await;
    let shown = organization.get("Get-SendConnector", NAME).await;
    let guid = shown["Guid"].as_str().unwrap().to_owned();
    let dn = shown["DistinguishedName"].as_str().unwrap().to_owned();
    for identity in [
        json!(guid),
        json!(guid.to_uppercase()),
        json!(dn),
        json!("MBX01\\contoso.com send connector"),
        json!("Contoso*"),
        json!("*send connector"),
        shown.clone(),
        json!({ "Identity": NAME }),
        json!({ "Guid": guid, "Name": "something else" }),
    ] {
        let found = organization.ok("Get-SendConnector", json!({ "Identity": identity })).await;
        assert_eq!(found.objects.len(), 1, "{identity}");
    }
    for identity in [
        json!("MBX02\\Contoso.com Send Connector"),
        json!("Contoso"),
        json!("CN=Other"),
        json!("CN=Contoso.com Send Connector,CN=Elsewhere"),
        json!(""),
        json!({}),
        json!({ "Guid": "00000000-0000-0000-0000-000000000001" }),
    ] {
        let parameters = json!({ "Identity": identity });
        let problem = organization.refused("Set-SendConnector", parameters).await;
        assert_eq!((problem.status, problem.id.as_deref()), (404, Some("SC-21")), "{identity}");
    }
    let none = organization.ok("Get-SendConnector", json!({ "Identity": "zzz*" })).await;
    assert!(none.objects.is_empty());
    let middle = organization.refused("Get-SendConnector", json!({ "Identity": "a*b" })).await;
    assert_eq!(middle.status, 400);
}

#[tokio::test]
async fn source_servers_in_any_form() {
    let organization = with_internet_connector().await;
    organization.add_server("MBX02", true);
    organization.add_server("CAS01", false);
    let set = |servers: Value| {
        organization.run(
            "Set-SendConnector",
            json!({ "Identity": NAME, "SourceTransportServers": servers }),
        )
    };
    let sources = || async {
        organization.get("Get-SendConnector", NAME).await["SourceTransportServers"].clone()
    };
    set(json!(["mbx02.contoso.com"])).await.unwrap();
    assert_eq!(sources().await, json!(["MBX02"]));
    set(json!({ "Add": [{ "Name": "MBX01" }] })).await.unwrap();
    assert_eq!(sources().await, json!(["MBX02", "MBX01"]));
    set(json!({ "Remove": "mbx02" })).await.unwrap();
    assert_eq!(sources().await, json!(["MBX01"]));
    for wrong in [json!("CAS01"), json!([]), json!("MBX07"), Value::Null] {
        let problem = set(wrong.clone()).await.unwrap_err();
        assert_eq!(problem.id.as_deref(), Some("SC-19"), "{wrong}: {problem}");
    }
}
