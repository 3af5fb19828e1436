use serde_json::json;

use super::Organization;

#[tokio::test]
async fn life_of_a_mailbox() {
    let organization = Organization::new();
    let parameters = json!({ "Name": "Eva", "Password": "correct horse" });
    let created = organization.ok("New-Mailbox", parameters).await;
    assert_eq!(created.objects[0]["PrimarySmtpAddress"], json!("Eva@contoso.com"));
    assert!(!format!("{created:?}").contains("argon2"));
    let stored = || {
        let snapshot = organization.directory.snapshot();
        snapshot.mailboxes.iter().find(|m| m.name.is("Eva")).unwrap().clone()
    };
    let first = stored().password.clone().unwrap();
    assert!(first.argon2id.starts_with("$argon2id$"));

    let change = json!({
        "Identity": "eva@contoso.com", "PrimarySmtpAddress": "eva.m@contoso.com",
        "Languages": ["fr-FR", "en"], "MaxSendSize": "5MB", "RecipientLimits": 50,
        "Password": "another horse",
    });
    organization.ok("Set-Mailbox", change).await;
    let shown = organization.get("Get-Mailbox", "eva.m@contoso.com").await;
    assert_eq!(shown["Languages"], json!(["fr-FR", "en"]));
    assert_eq!(shown["MaxSendSize"], json!("5 MB (5,242,880 bytes)"));
    assert_eq!(shown["RecipientLimits"], json!(50));
    // The former address still receives.
    assert_eq!(shown["EmailAddresses"], json!(["Eva@contoso.com"]));
    assert_ne!(stored().password.clone().unwrap(), first);
    let log = format!("{:?}", organization.directory.audit_log(10).unwrap());
    assert!(log.contains("Set-Mailbox") && !log.contains("horse"), "{log}");

    let same = json!({ "Identity": "Eva", "MaxSendSize": "5MB" });
    assert_eq!(organization.ok("Set-Mailbox", same).await.warnings.len(), 1);
    organization.ok("Set-Mailbox", json!({ "Identity": "Eva", "Password": null })).await;
    assert!(stored().password.is_none());
    organization.ok("Remove-Mailbox", json!({ "Identity": "Eva" })).await;
    assert_eq!(organization.all("Get-Mailbox", "Name").await, ["Administrator", "Jean"]);
}

#[tokio::test]
async fn addresses_belong_to_one_mailbox_and_an_accepted_domain() {
    let organization = Organization::new();
    let new = |address: &str| json!({ "Name": "Eva", "PrimarySmtpAddress": address });
    for (cmdlet, parameters, status) in [
        ("New-Mailbox", new("JEAN@contoso.com"), 409),
        ("New-Mailbox", new("eva@elsewhere.test"), 400),
        ("New-Mailbox", new("eva@[192.0.2.1]"), 400),
        ("New-Mailbox", new("nonsense"), 400),
        ("New-Mailbox", json!({ "Name": "Jean", "PrimarySmtpAddress": "j@contoso.com" }), 409),
        ("New-Mailbox", json!({ "Name": "With blank" }), 400),
        ("New-Mailbox", json!({ "Name": "CONTOSO\\Eva" }), 400),
        (
            "New-Mailbox",
            json!({ "Name": "jean@contoso.com", "PrimarySmtpAddress": "e@contoso.com" }),
            409,
        ),
        ("New-Mailbox", json!({ "Name": "Eva", "Password": "" }), 400),
        (
            "Set-Mailbox",
            json!({ "Identity": "Jean", "EmailAddresses": "administrator@contoso.com" }),
            409,
        ),
        ("Set-Mailbox", json!({ "Identity": "Jean", "EmailAddresses": ["a@elsewhere.test"] }), 400),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, status, "{cmdlet} {parameters}: {problem}");
    }
    let add = json!({ "Identity": "Jean", "EmailAddresses": { "Add": "sales@contoso.com" } });
    organization.ok("Set-Mailbox", add).await;
    let problem = organization.refused("New-Mailbox", new("Sales@contoso.com")).await;
    assert!(problem.message.contains("Jean"), "{problem}");
}

#[tokio::test]
async fn administrators_remain() {
    let organization = Organization::new();
    for (cmdlet, parameters) in [
        ("Remove-Mailbox", json!({ "Identity": "Administrator" })),
        ("Set-Mailbox", json!({ "Identity": "Administrator", "Name": "Root" })),
        ("Set-Mailbox", json!({ "Identity": "Administrator", "Password": null })),
        (
            "Remove-RoleGroupMember",
            json!({ "Identity": "Organization Management", "Member": "Administrator" }),
        ),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, 409, "{cmdlet} {parameters}: {problem}");
    }
    let second = organization.member_of("Organization Management", "Second");
    let leave = json!({ "Identity": "Organization Management", "Member": "Administrator" });
    organization.ok("Remove-RoleGroupMember", leave).await;
    let remove = json!({ "Identity": "Second" });
    let problem = organization.run_as(&second, "Remove-Mailbox", remove).await.unwrap_err();
    assert!(problem.message.contains("last member"), "{problem}");
}

#[tokio::test]
async fn removing_a_mailbox_leaves_its_role_groups() {
    let organization = Organization::new();
    let caller = organization.member_of("Help Desk", "Anna");
    organization.ok("Remove-Mailbox", json!({ "Identity": "Anna" })).await;
    let snapshot = organization.directory.snapshot();
    assert!(snapshot.role_groups.iter().all(|g| !g.members.contains(&caller.mailbox.unwrap())));
    assert!(organization.management.allowed(&caller).is_empty());
}

#[tokio::test]
async fn nobody_takes_over_a_mightier_mailbox() {
    let organization = Organization::new();
    let helper = organization.member_of("Recipient Management", "Helper");
    for (cmdlet, parameters) in [
        ("Set-Mailbox", json!({ "Identity": "Administrator", "Password": "mine now" })),
        ("Set-Mailbox", json!({ "Identity": "Administrator", "EmailAddresses": "x@contoso.com" })),
        ("Remove-Mailbox", json!({ "Identity": "Administrator" })),
    ] {
        let result = organization.run_as(&helper, cmdlet, parameters.clone()).await;
        let problem = result.unwrap_err();
        assert!(matches!(problem.status, 403 | 409), "{parameters}: {problem}");
    }
    for parameters in [
        json!({ "Identity": "Administrator", "MaxSendSize": "20MB" }),
        json!({ "Identity": "Jean", "Password": "reset for him" }),
        json!({ "Identity": "Helper", "Password": "my own" }),
    ] {
        organization.run_as(&helper, "Set-Mailbox", parameters).await.unwrap();
    }
}
