use serde_json::{Value, json};

use super::Organization;

#[tokio::test]
async fn a_relay_connector() {
    let organization = Organization::new();
    let parameters = json!({
        "Name": "Relay", "Usage": "Custom", "Bindings": "10.20.0.7:25",
        "RemoteIPRanges": "10.30.0.1-10.30.0.40", "PermissionGroups": "AnonymousUsers",
        "ExtendedRights": "ms-Exch-SMTP-Accept-Any-Recipient",
    });
    let created = organization.ok("New-ReceiveConnector", parameters).await;
    assert_eq!(created.objects[0]["Identity"], json!("MBX01\\Relay"));
    for identity in ["Relay", "mbx01\\relay", "*\\Relay", "Rel*"] {
        let shown = organization.get("Get-ReceiveConnector", identity).await;
        assert_eq!(shown["Bindings"], json!(["10.20.0.7:25"]), "{identity}");
    }
    let set = json!({
        "Identity": "MBX01\\Relay", "MaxMessageSize": "50MB", "AuthMechanism": ["Tls", "BasicAuth"],
        "TarpitInterval": "00:00:00", "DefaultDomain": "contoso.com",
        "RemoteIPRanges": { "Add": "10.40.0.0/16" },
    });
    organization.ok("Set-ReceiveConnector", set.clone()).await;
    let shown = organization.get("Get-ReceiveConnector", "Relay").await;
    assert_eq!(shown["MaxMessageSize"], json!("50 MB (52,428,800 bytes)"));
    assert_eq!(shown["DefaultDomain"], json!("contoso.com"));
    assert_eq!(organization.ok("Set-ReceiveConnector", set).await.warnings.len(), 1);
    organization.ok("Remove-ReceiveConnector", json!({ "Identity": "Relay" })).await;
    organization.refused("Get-ReceiveConnector", json!({ "Identity": "Relay" })).await;
}

#[tokio::test]
async fn usages_and_their_parameters() {
    let organization = Organization::new();
    organization.add_server("MBX02", true);
    let new = |extra: Value| {
        let mut parameters = json!({ "Name": "New", "Server": "MBX02" });
        for (name, value) in extra.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        parameters
    };
    for (extra, groups, bindings) in [
        (json!({ "Client": true, "RemoteIPRanges": "10.0.0.0/8" }), "ExchangeUsers", "0.0.0.0:587"),
        (
            json!({ "Usage": "Internal", "RemoteIPRanges": "10.0.0.0/8" }),
            "ExchangeServers, ExchangeLegacyServers",
            "0.0.0.0:25",
        ),
        (json!({ "Internet": true, "Bindings": "10.0.0.1:26" }), "AnonymousUsers", "10.0.0.1:26"),
        (
            json!({ "Partner": true, "Bindings": "10.0.0.1:26", "RemoteIPRanges": "192.0.2.1" }),
            "Partners",
            "10.0.0.1:26",
        ),
        (
            json!({ "Bindings": "10.0.0.1:26", "RemoteIPRanges": "192.0.2.1" }),
            "None",
            "10.0.0.1:26",
        ),
    ] {
        let created = organization.ok("New-ReceiveConnector", new(extra.clone())).await;
        assert_eq!(created.objects[0]["PermissionGroups"], json!(groups), "{extra}");
        assert_eq!(created.objects[0]["Bindings"], json!([bindings]), "{extra}");
        assert_eq!(created.objects[0]["TransportRole"], json!("FrontendTransport"), "{extra}");
        organization.ok("Remove-ReceiveConnector", json!({ "Identity": "MBX02\\New" })).await;
    }
    for (extra, parameter) in [
        (json!({ "Client": true, "Bindings": "10.0.0.1:26" }), "Bindings"),
        (json!({ "Usage": "Internal", "Bindings": "10.0.0.1:26" }), "Bindings"),
        (json!({ "Usage": "Internet", "RemoteIPRanges": "192.0.2.1" }), "RemoteIPRanges"),
        (json!({ "Internet": true }), "Bindings"),
        (json!({ "Partner": true, "Bindings": "10.0.0.1:26" }), "RemoteIPRanges"),
        (json!({ "Client": true }), "RemoteIPRanges"),
        (json!({}), "Bindings"),
        (json!({ "Client": true, "Partner": true }), "Partner"),
        (json!({ "Server": "MBX09", "Client": true }), "Server"),
    ] {
        let problem = organization.refused("New-ReceiveConnector", new(extra.clone())).await;
        assert_eq!(problem.parameter.as_deref(), Some(parameter), "{extra}: {problem}");
    }
}

#[tokio::test]
async fn connectors_of_a_server_do_not_collide() {
    let organization = Organization::new();
    organization.add_server("MBX02", true);
    let parameters = |server: &str| json!({ "Name": "Twin", "Server": server, "Internet": true, "Bindings": "10.0.0.1:25" });
    organization.ok("New-ReceiveConnector", parameters("MBX01")).await;
    let twice = organization.refused("New-ReceiveConnector", parameters("MBX01")).await;
    assert!(matches!(twice.status, 400 | 409), "{twice}");
    // The same on another server is another connector; its bare name is then ambiguous.
    organization.ok("New-ReceiveConnector", parameters("MBX02")).await;
    let problem =
        organization.refused("Remove-ReceiveConnector", json!({ "Identity": "Twin" })).await;
    assert_eq!((problem.status, problem.id.as_deref()), (409, Some("SC-22")));
    assert!(problem.message.contains("MBX01\\Twin, MBX02\\Twin"), "{problem}");
    let of_server = organization.ok("Get-ReceiveConnector", json!({ "Server": "mbx02" })).await;
    assert_eq!(of_server.objects.len(), 1);
    let by_object = json!({ "Identity": of_server.objects[0] });
    organization.ok("Remove-ReceiveConnector", by_object).await;
    organization.ok("Remove-ReceiveConnector", json!({ "Identity": "Twin" })).await;
}
