use serde_json::json;

use super::Organization;

#[tokio::test]
async fn life_of_an_accepted_domain() {
    let organization = Organization::new();
    assert_eq!(organization.all("Get-AcceptedDomain", "DomainName").await, ["contoso.com"]);
    let what_if = json!({ "Name": "Fabrikam", "DomainName": "fabrikam.com", "WhatIf": true });
    let output = organization.ok("New-AcceptedDomain", what_if).await;
    assert_eq!(
        output.what_if.as_deref(),
        Some("What if: Creating Accepted Domain \"Fabrikam\" with domain name \"fabrikam.com\".")
    );
    let parameters =
        json!({ "Name": "Fabrikam", "DomainName": "fabrikam.com", "DomainType": "internalrelay" });
    let created = organization.ok("New-AcceptedDomain", parameters).await;
    assert_eq!(created.objects[0]["DomainType"], json!("InternalRelay"));
    assert_eq!(created.objects[0]["Default"], json!(false));

    organization
        .ok("Set-AcceptedDomain", json!({ "Identity": "fabrikam.com", "MakeDefault": true }))
        .await;
    assert_eq!(organization.get("Get-AcceptedDomain", "Fabrikam").await["Default"], json!(true));
    let former = organization.get("Get-AcceptedDomain", "contoso.com").await;
    assert_eq!(former["Default"], json!(false));
    for same in [json!({ "MakeDefault": true }), json!({ "MakeDefault": false }), json!({})] {
        let mut parameters = same;
        parameters["Identity"] = json!("Fabrikam");
        let output = organization.ok("Set-AcceptedDomain", parameters).await;
        assert_eq!(output.warnings.len(), 1);
    }
    let rename = json!({ "Identity": "Fabrikam", "Name": "F", "DomainType": "Authoritative" });
    organization.ok("Set-AcceptedDomain", rename).await;
    assert_eq!(
        organization.get("Get-AcceptedDomain", "F").await["DomainType"],
        json!("Authoritative")
    );
}

#[tokio::test]
async fn refusals() {
    let organization = Organization::new();
    let add = |name: &str, domain: &str| json!({ "Name": name, "DomainName": domain });
    organization.ok("New-AcceptedDomain", add("Sub", "*.fabrikam.com")).await;
    for (cmdlet, parameters, status) in [
        ("New-AcceptedDomain", add("Other", "CONTOSO.com"), 409),
        ("New-AcceptedDomain", add("sub", "other.test"), 409),
        ("New-AcceptedDomain", add("Other", "not a domain"), 400),
        ("New-AcceptedDomain", add("Other", "*x.test"), 400),
        ("New-AcceptedDomain", add("Other", "*"), 400),
        ("New-AcceptedDomain", json!({ "Name": "Other" }), 400),
        ("Set-AcceptedDomain", json!({ "Identity": "Sub", "DomainName": "a.test" }), 400),
        ("Set-AcceptedDomain", json!({ "Identity": "None", "Name": "x" }), 404),
        ("Remove-AcceptedDomain", json!({ "Identity": "contoso.com" }), 409),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, status, "{cmdlet} {parameters}: {problem}");
    }
    // A wildcard domain is found by its own name, although it begins with a star.
    organization.get("Get-AcceptedDomain", "*.fabrikam.com").await;
}

#[tokio::test]
async fn a_domain_in_use_stays() {
    let organization = Organization::new();
    let add = |name: &str, domain: &str| json!({ "Name": name, "DomainName": domain });
    organization.ok("New-AcceptedDomain", add("Wide", "*.fabrikam.com")).await;
    organization.ok("New-AcceptedDomain", add("Sales", "sales.fabrikam.com")).await;
    let eva = json!({ "Name": "Eva", "PrimarySmtpAddress": "eva@sales.fabrikam.com" });
    organization.ok("New-Mailbox", eva).await;
    // Either domain may go while the other one still covers the address, but not both.
    organization.ok("Remove-AcceptedDomain", json!({ "Identity": "Wide" })).await;
    let problem =
        organization.refused("Remove-AcceptedDomain", json!({ "Identity": "Sales" })).await;
    assert_eq!(problem.status, 409);
    assert!(problem.message.contains("eva@sales.fabrikam.com"), "{problem}");
    organization.ok("Remove-Mailbox", json!({ "Identity": "Eva" })).await;
    organization.ok("Remove-AcceptedDomain", json!({ "Identity": "Sales" })).await;
}
