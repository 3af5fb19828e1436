use serde_json::json;

use super::Organization;

#[tokio::test]
async fn recipients_are_found_by_how_their_words_begin() {
    let organization = Organization::new();
    let eva = json!({
        "Name": "Eva Extern", "DisplayName": "Dr. Éva Extern", "ExternalEmailAddress": "e.brandt@fabrikam.com",
        "EmailAddresses": ["partner@contoso.com"],
    });
    organization.ok("New-MailContact", eva).await;
    organization.ok("New-DistributionGroup", json!({ "Name": "Sales-East" })).await;
    for (typed, found) in [
        ("extern ev", vec!["Eva Extern"]),
        ("ÉV", vec!["Eva Extern"]),
        ("brandt@fab", vec!["Eva Extern"]),
        ("partner@contoso.com", vec!["Eva Extern"]),
        ("east", vec!["Sales-East"]),
        ("con", vec!["Administrator", "Eva Extern", "Jean", "Sales-East"]),
        ("va", vec![]),
        ("jean extern", vec![]),
        (" @ ", vec!["Administrator", "Eva Extern", "Jean", "Sales-East"]),
    ] {
        let objects = organization.ok("Get-Recipient", json!({ "Anr": typed })).await.objects;
        let names: Vec<&str> = objects.iter().filter_map(|row| row["Name"].as_str()).collect();
        assert_eq!(names, found, "{typed}");
    }
    let groups = json!({ "Anr": "e", "RecipientType": "MailUniversalDistributionGroup" });
    assert_eq!(organization.ok("Get-Recipient", groups).await.objects.len(), 1);
}

#[tokio::test]
async fn an_address_is_its_owners_whatever_others_are_called() {
    let organization = Organization::new();
    let named = json!({ "Name": "jean@contoso.com", "PrimarySmtpAddress": "list@contoso.com" });
    organization.ok("New-DistributionGroup", named).await;
    let jean = json!({ "Name": "Jean", "PrimarySmtpAddress": "team@contoso.com" });
    organization.ok("New-DistributionGroup", jean).await;
    let all = json!({ "Name": "All", "Members": ["JEAN@contoso.com", "list@contoso.com"] });
    organization.ok("New-DistributionGroup", all).await;
    let members = json!({ "Identity": "All" });
    let objects = organization.ok("Get-DistributionGroupMember", members).await.objects;
    let addresses: Vec<_> = objects.iter().map(|row| row["PrimarySmtpAddress"].clone()).collect();
    assert_eq!(addresses, ["jean@contoso.com", "list@contoso.com"]);
    // A name that several have is none.
    let member = json!({ "Identity": "All", "Member": "Jean" });
    assert!(organization.refused("Add-DistributionGroupMember", member).await.french().is_some());
}

#[tokio::test]
async fn refusals_of_recipients_are_told_in_french() {
    let organization = Organization::new();
    organization.ok("New-DistributionGroup", json!({ "Name": "Sales" })).await;
    organization.ok("New-DistributionGroup", json!({ "Name": "All", "Members": "Sales" })).await;
    let only = json!({ "Identity": "All", "AcceptMessagesOnlyFromSendersOrMembers": "Sales" });
    organization.ok("Set-DistributionGroup", only).await;
    let press = json!({ "Name": "Press", "ExternalEmailAddress": "press@fabrikam.com" });
    organization.ok("New-MailContact", press).await;
    let contact = |address: &str| json!({ "Name": "Eva", "ExternalEmailAddress": address });
    let jean = |part: serde_json::Value| {
        let mut parameters = json!({ "Identity": "Jean" });
        parameters.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        parameters
    };
    let member = |group: &str, name: &str| json!({ "Identity": group, "Member": name });
    let twice = json!(["a@contoso.com", "a@contoso.com"]);
    for (cmdlet, parameters) in [
        ("New-DistributionGroup", json!({ "Name": "Sales" })),
        ("New-MailContact", json!({ "Name": "Press", "ExternalEmailAddress": "p@fabrikam.com" })),
        ("New-MailContact", contact("jean@contoso.com")),
        ("New-MailContact", contact("sales@contoso.com")),
        ("New-MailContact", contact("press@fabrikam.com")),
        ("New-MailContact", contact("nobody")),
        ("New-Mailbox", json!({ "Name": "With blank" })),
        ("New-Mailbox", json!({ "Name": "Eva", "PrimarySmtpAddress": "eva@elsewhere.test" })),
        ("New-Mailbox", json!({ "Name": "CONTOSO\\Eva", "PrimarySmtpAddress": "e@contoso.com" })),
        (
            "New-Mailbox",
            json!({ "Name": "jean@contoso.com", "PrimarySmtpAddress": "e@contoso.com" }),
        ),
        ("New-Mailbox", json!({ "Name": "Eva", "Password": "" })),
        ("Set-Mailbox", jean(json!({ "EmailAddresses": twice }))),
        ("Set-Mailbox", jean(json!({ "ForwardingAddress": "Nobody" }))),
        ("Set-Mailbox", jean(json!({ "ForwardingAddress": "Jean" }))),
        ("Set-Mailbox", jean(json!({ "ForwardingSmtpAddress": "nonsense" }))),
        ("Set-Mailbox", jean(json!({ "MaxSendSize": "much" }))),
        ("Set-Mailbox", jean(json!({ "RecipientLimits": -1 }))),
        ("Set-Mailbox", jean(json!({ "Languages": "no language" }))),
        ("Set-Mailbox", json!({ "Identity": "Administrator", "Name": "Other" })),
        ("Set-Mailbox", json!({ "Identity": "Administrator", "Password": null })),
        ("Remove-Mailbox", json!({ "Identity": "Administrator" })),
        ("Get-MailContact", json!({ "Identity": "Nobody" })),
        ("Add-DistributionGroupMember", member("All", "Sales")),
        ("Add-DistributionGroupMember", member("All", "All")),
        ("Remove-DistributionGroupMember", member("All", "Jean")),
        ("Remove-DistributionGroup", json!({ "Identity": "Sales" })),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert!(problem.french().is_some(), "{cmdlet} {parameters}: {problem:?}");
    }
}
