use serde_json::json;

use super::Organization;
use crate::Caller;

#[tokio::test]
async fn missing_role_names_what_is_needed() {
    let organization = Organization::new();
    let caller = organization.member_of("Server Management", "Sam");
    let parameters = json!({ "Name": "x", "AddressSpaces": "*" });
    let problem = organization.run_as(&caller, "New-SendConnector", parameters).await.unwrap_err();
    assert_eq!((problem.status, problem.id.as_deref()), (403, Some("SC-24")));
    assert!(problem.message.contains("'Send Connectors'"), "{problem}");
    assert!(problem.message.contains("Organization Management"), "{problem}");
    let limit = json!({ "Identity": "MBX01", "MaxOutboundConnections": 900 });
    organization.run_as(&caller, "Set-TransportService", limit).await.unwrap();
}

#[tokio::test]
async fn built_in_groups_hold_the_documented_roles() {
    let organization = Organization::new();
    for group in cmdlets::BUILT_IN_ROLE_GROUPS {
        let name = group.name.replace(' ', "");
        let caller = organization.member_of(group.name, &name);
        let expected: Vec<&str> = cmdlets::all()
            .iter()
            .filter(|cmdlet| cmdlet.roles.iter().any(|role| group.roles.contains(role)))
            .map(|cmdlet| cmdlet.name)
            .collect();
        assert_eq!(organization.management.allowed(&caller), expected, "{}", group.name);
    }
}

#[tokio::test]
async fn view_only_members_change_nothing() {
    let organization = Organization::new();
    let caller = organization.member_of("View-Only Organization Management", "Vera");
    for name in organization.management.allowed(&caller) {
        assert!(!cmdlets::find(name).unwrap().changes, "{name}");
    }
    organization.run_as(&caller, "Get-Queue", json!({})).await.unwrap();
}

#[tokio::test]
async fn membership_counts_from_the_next_call_on() {
    let organization = Organization::new();
    let helper = organization.member_of("Help Desk", "Hans");
    let get = || organization.run_as(&helper, "Get-SendConnector", json!({}));
    assert_eq!(get().await.unwrap_err().status, 403);
    let member = json!({ "Identity": "Organization Management", "Member": "hans@contoso.com" });
    organization.ok("Add-RoleGroupMember", member.clone()).await;
    get().await.unwrap();
    organization.ok("Remove-RoleGroupMember", member).await;
    assert_eq!(get().await.unwrap_err().status, 403);
}

#[tokio::test]
async fn callers_without_mailbox() {
    let organization = Organization::new();
    let mut caller = Caller {
        user: "system".to_owned(),
        mailbox: None,
        role_groups: vec!["organization management".to_owned()],
        client: None,
        dates: Default::default(),
        language: Default::default(),
    };
    organization.run_as(&caller, "Get-SendConnector", json!({})).await.unwrap();
    caller.role_groups = vec!["Nothing".to_owned()];
    assert!(organization.management.allowed(&caller).is_empty());
    // The names count for nothing once there is a mailbox.
    let jean = organization.directory.snapshot();
    let jean = jean.mailboxes.iter().find(|m| m.name.is("Jean")).unwrap();
    caller.role_groups = vec!["Organization Management".to_owned()];
    caller.mailbox = Some(jean.header.guid);
    assert!(organization.management.allowed(&caller).is_empty());
}

#[tokio::test]
async fn role_groups() {
    let organization = Organization::new();
    organization.member_of("Help Desk", "Hans");
    let group = organization.get("Get-RoleGroup", "Help Desk").await;
    assert_eq!(group["Members"], json!(["Hans"]));
    assert!(group["AssignedRoles"].as_array().is_some_and(|roles| !roles.is_empty()));
    let filter = json!({ "Filter": "Name -like 'Help*'" });
    assert_eq!(organization.ok("Get-RoleGroup", filter).await.objects.len(), 1);
    let limited = organization.ok("Get-RoleGroup", json!({ "ResultSize": 2 })).await;
    assert_eq!((limited.objects.len(), limited.warnings.len()), (2, 1));
    let members = organization.ok("Get-RoleGroupMember", json!({ "Identity": "help desk" })).await;
    assert_eq!(members.objects[0]["Name"], json!("Hans"));
    assert_eq!(members.objects[0]["RecipientType"], json!("UserMailbox"));
    for (cmdlet, member, status) in [
        ("Add-RoleGroupMember", "Hans", 409),
        ("Remove-RoleGroupMember", "Jean", 404),
        ("Add-RoleGroupMember", "Nobody", 404),
    ] {
        let parameters = json!({ "Identity": "Help Desk", "Member": member });
        let problem = organization.refused(cmdlet, parameters).await;
        assert_eq!(problem.status, status, "{cmdlet} {member}: {problem}");
    }
}
