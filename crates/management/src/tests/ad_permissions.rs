use serde_json::{Value, json};

use super::Organization;

const ANONYMOUS: &str = "NT AUTHORITY\\ANONYMOUS LOGON";
const RELAY: &str = "ms-Exch-SMTP-Accept-Any-Recipient";

async fn with_connectors() -> Organization {
    let organization = Organization::new();
    organization.ok("New-SendConnector", json!({ "Name": "Out", "AddressSpaces": "*" })).await;
    let relay = json!({
        "Name": "Relay", "Bindings": "0.0.0.0:2599", "RemoteIPRanges": "10.0.0.0/8",
        "PermissionGroups": "AnonymousUsers",
    });
    organization.ok("New-ReceiveConnector", relay).await;
    organization
}

/// `User: right` of a connector, refusals with a minus.
async fn rights(organization: &Organization, connector: &str, user: &str) -> Vec<String> {
    let listed =
        organization.ok("Get-ADPermission", json!({ "Identity": connector, "User": user })).await;
    let right = |o: &Value| {
        assert_eq!(o["IsInherited"], json!(false));
        assert_eq!(o["AccessRights"], json!(["ExtendedRight"]));
        let sign = if o["Deny"] == json!(true) { "-" } else { "" };
        format!("{sign}{}", o["ExtendedRights"][0].as_str().unwrap())
    };
    listed.objects.iter().map(right).collect()
}

#[tokio::test]
async fn every_send_connector_begins_with_the_documented_set() {
    let organization = Organization::new();
    const ORGANIZATION: &str = "ms-Exch-Send-Headers-Organization";
    const FOREST: &str = "ms-Exch-Send-Headers-Forest";
    const ROUTING: &str = "ms-Exch-Send-Headers-Routing";
    const EXCH50: &str = "ms-Exch-SMTP-Send-Exch50";
    const SHADOW: &str = "ms-Exch-SMTP-Send-XShadow";
    for usage in ["Custom", "Internal", "Internet", "Partner"] {
        let new = json!({ "Name": usage, "AddressSpaces": "a.test", "Usage": usage });
        organization.ok("New-SendConnector", new).await;
        for (user, expected) in [
            (ANONYMOUS, vec![ROUTING]),
            ("NT AUTHORITY\\Authenticated Users", vec![]),
            ("MS Exchange\\Exchange Servers", vec![ORGANIZATION, FOREST, ROUTING, EXCH50, SHADOW]),
            ("Hub Transport Servers", vec![ORGANIZATION, FOREST, ROUTING, EXCH50, SHADOW]),
            ("Edge Transport Servers", vec![ORGANIZATION, FOREST, ROUTING, EXCH50, SHADOW]),
            ("Externally Secured Servers", vec![ROUTING, EXCH50]),
            ("ExchangeLegacyInterop", vec![ROUTING, EXCH50]),
            ("Partner Servers", vec![ROUTING]),
        ] {
            assert_eq!(rights(&organization, usage, user).await, expected, "{usage} {user}");
        }
    }
}

#[tokio::test]
async fn rights_on_a_send_connector_are_taken_and_given_back() {
    let organization = with_connectors().await;
    let routing = json!({
        "Identity": "Out", "User": ANONYMOUS, "AccessRights": "ExtendedRight",
        "ExtendedRights": "MS-EXCH-send-headers-routing",
    });
    organization.ok("Remove-ADPermission", routing.clone()).await;
    assert!(rights(&organization, "Out", ANONYMOUS).await.is_empty());
    let again = organization.ok("Remove-ADPermission", routing.clone()).await;
    assert_eq!(
        again.warnings,
        ["The grant of ms-Exch-Send-Headers-Routing to \"NT AUTHORITY\\ANONYMOUS LOGON\" is not \
          present on \"Out\"."]
    );
    let mut back = routing.clone();
    back["ExtendedRights"] =
        json!("ms-Exch-Send-Headers-Routing, ms-Exch-Send-Headers-Organization");
    let added = organization.ok("Add-ADPermission", back.clone()).await;
    assert_eq!(
        added.objects[0],
        json!({
            "Identity": "Out", "User": ANONYMOUS, "Deny": false, "IsInherited": false,
            "ExtendedRights": ["ms-Exch-Send-Headers-Routing"], "AccessRights": ["ExtendedRight"],
            "InheritanceType": "All",
        })
    );
    assert_eq!(added.objects.len(), 2);
    let twice = organization.ok("Add-ADPermission", back).await;
    assert_eq!((twice.objects.len(), twice.warnings.len()), (0, 2));
    // A refusal stands beside the grant and is removed by itself.
    let mut deny = routing;
    deny["Deny"] = json!(true);
    organization.ok("Add-ADPermission", deny.clone()).await;
    let present = rights(&organization, "Out", ANONYMOUS).await;
    assert!(present.contains(&"-ms-Exch-Send-Headers-Routing".to_owned()), "{present:?}");
    organization.ok("Remove-ADPermission", deny).await;
    assert_eq!(rights(&organization, "Out", ANONYMOUS).await.len(), 2);
    let no_effect = json!({
        "Identity": "Out", "User": ANONYMOUS, "ExtendedRights": "ms-Exch-SMTP-Send-XShadow",
    });
    let warned = organization.ok("Add-ADPermission", no_effect).await;
    assert_eq!(
        warned.warnings,
        ["ms-Exch-SMTP-Send-XShadow is stored, but has no effect in this version."]
    );
}

#[tokio::test]
async fn groups_of_a_receive_connector_are_listed_right_by_right() {
    let organization = with_connectors().await;
    let identity = "MBX01\\Relay";
    assert_eq!(
        rights(&organization, identity, ANONYMOUS).await,
        ["ms-Exch-SMTP-Submit", "ms-Exch-SMTP-Accept-Any-Sender", "ms-Exch-Accept-Headers-Routing"]
    );
    let all = json!({
        "Identity": identity,
        "PermissionGroups": "ExchangeUsers, ExchangeServers, ExchangeLegacyServers, Partners",
    });
    organization.ok("Set-ReceiveConnector", all).await;
    for (user, count, headers) in [
        (ANONYMOUS, 0, false),
        ("Authenticated Users", 4, false),
        ("Exchange Servers", 11, true),
        ("Hub Transport Servers", 11, true),
        ("Edge Transport Servers", 11, true),
        ("Externally Secured Servers", 9, false),
        ("Legacy Exchange Servers", 9, false),
        ("Partner Servers", 2, false),
    ] {
        let held = rights(&organization, identity, user).await;
        assert_eq!(held.len(), count, "{user}: {held:?}");
        let organization_headers = "ms-Exch-Accept-Headers-Organization".to_owned();
        assert_eq!(held.contains(&organization_headers), headers, "{user}");
    }
}

#[tokio::test]
async fn the_classic_anonymous_relay() {
    let organization = with_connectors().await;
    let piped = organization.get("Get-ReceiveConnector", "MBX01\\Relay").await;
    let grant =
        json!({ "Identity": piped, "User": ANONYMOUS, "ExtendedRights": RELAY.to_lowercase() });
    organization.ok("Add-ADPermission", grant.clone()).await;
    let shown = organization.get("Get-ReceiveConnector", "MBX01\\Relay").await;
    assert_eq!(shown["ExtendedRights"], json!([RELAY]));
    assert!(rights(&organization, "Relay", ANONYMOUS).await.contains(&RELAY.to_owned()));
    organization.ok("Remove-ADPermission", grant).await;
    let shown = organization.get("Get-ReceiveConnector", "MBX01\\Relay").await;
    assert_eq!(shown["ExtendedRights"], json!([]));
    // What a permission group gives can be taken away, until the groups are named again.
    let submit =
        json!({ "Identity": "Relay", "User": ANONYMOUS, "ExtendedRights": "ms-Exch-SMTP-Submit" });
    let held = |organization| async move {
        let held = rights(organization, "Relay", ANONYMOUS).await;
        held.contains(&"ms-Exch-SMTP-Submit".to_owned())
    };
    organization.ok("Remove-ADPermission", submit.clone()).await;
    assert!(!held(&organization).await);
    organization.ok("Add-ADPermission", submit.clone()).await;
    assert!(held(&organization).await);
    organization.ok("Remove-ADPermission", submit).await;
    let groups = json!({ "Identity": "MBX01\\Relay", "PermissionGroups": "AnonymousUsers" });
    organization.ok("Set-ReceiveConnector", groups).await;
    assert!(held(&organization).await);
}

#[tokio::test]
async fn refusals_change_nothing() {
    let organization = with_connectors().await;
    organization.ok("New-SendConnector", json!({ "Name": "Relay", "AddressSpaces": "*" })).await;
    for (parameters, status, id, text) in [
        (
            json!({ "Identity": "Nothing" }),
            404,
            "SC-21",
            "The operation couldn't be performed because the connector 'Nothing' couldn't be found.",
        ),
        (
            json!({ "Identity": "Relay" }),
            409,
            "SC-22",
            "'Relay' names a Send connector and the Receive connector 'MBX01\\Relay'. Exactly one \
             must be named, for example by its GUID.",
        ),
        (
            json!({ "User": "Everyone" }),
            400,
            "SC-23",
            "Parameter 'User': \"Everyone\" is not one of the possible values. Allowed: \
             NT AUTHORITY\\ANONYMOUS LOGON, NT AUTHORITY\\Authenticated Users, \
             MS Exchange\\Exchange Servers, MS Exchange\\Hub Transport Servers, \
             MS Exchange\\Edge Transport Servers, MS Exchange\\Externally Secured Servers, \
             MS Exchange\\Legacy Exchange Servers, MS Exchange\\Partner Servers.",
        ),
        (
            json!({ "ExtendedRights": RELAY }),
            400,
            "SC-23",
            "Parameter 'ExtendedRights': \"ms-Exch-SMTP-Accept-Any-Recipient\" is not one of the \
             possible values. Allowed: ms-Exch-Send-Headers-Organization, \
             ms-Exch-Send-Headers-Forest, ms-Exch-Send-Headers-Routing, \
             ms-Exch-SMTP-Send-Exch50, ms-Exch-SMTP-Send-XShadow.",
        ),
        (
            json!({ "ExtendedRights": [] }),
            400,
            "SC-23",
            "Parameter 'ExtendedRights': at least one right is needed. Allowed: \
             ms-Exch-Send-Headers-Organization, ms-Exch-Send-Headers-Forest, \
             ms-Exch-Send-Headers-Routing, ms-Exch-SMTP-Send-Exch50, ms-Exch-SMTP-Send-XShadow.",
        ),
        (
            json!({ "AccessRights": "GenericAll" }),
            400,
            "SC-23",
            "Parameter 'AccessRights': \"GenericAll\" cannot be used here. Allowed: one of \
             ExtendedRight.",
        ),
    ] {
        let mut all = json!({
            "Identity": "Out", "User": ANONYMOUS, "ExtendedRights": "ms-Exch-Send-Headers-Forest",
        });
        for (name, value) in parameters.as_object().unwrap() {
            all[name] = value.clone();
        }
        for cmdlet in ["Add-ADPermission", "Remove-ADPermission"] {
            let problem = organization.refused(cmdlet, all.clone()).await;
            assert_eq!(problem.message, text, "{cmdlet} {parameters}");
            assert_eq!((problem.status, problem.id.as_deref()), (status, Some(id)), "{parameters}");
        }
    }
    let revision = organization.directory.snapshot().revision;
    let what_if = json!({
        "Identity": "Out", "User": ANONYMOUS, "ExtendedRights": "ms-Exch-Send-Headers-Forest",
        "WhatIf": true,
    });
    let output = organization.ok("Add-ADPermission", what_if).await;
    assert_eq!(
        output.what_if.as_deref(),
        Some("What if: Adding permissions on Send connector \"Out\".")
    );
    assert!(output.objects.is_empty());
    assert_eq!(organization.directory.snapshot().revision, revision);
}

#[tokio::test]
async fn whoever_changes_connectors_of_a_kind_changes_their_permissions() {
    let organization = with_connectors().await;
    let server_manager = organization.member_of("Server Management", "servers");
    let of = |identity: &str, right: &str| json!({ "Identity": identity, "User": ANONYMOUS, "ExtendedRights": right });
    let sending = of("Out", "ms-Exch-Send-Headers-Forest");
    let problem =
        organization.run_as(&server_manager, "Add-ADPermission", sending).await.unwrap_err();
    assert_eq!((problem.status, problem.id.as_deref()), (403, Some("SC-24")));
    assert_eq!(
        problem.message,
        "You may not run Add-ADPermission: it needs the management role 'Send Connectors', held by \
         the members of: Organization Management."
    );
    let receiving = of("MBX01\\Relay", RELAY);
    organization.run_as(&server_manager, "Add-ADPermission", receiving).await.unwrap();
    let viewer = organization.member_of("View-Only Organization Management", "viewer");
    let look = json!({ "Identity": "Out" });
    assert!(
        !organization.run_as(&viewer, "Get-ADPermission", look).await.unwrap().objects.is_empty()
    );
}
