use serde_json::json;

use super::Organization;

#[tokio::test]
async fn life_of_a_remote_domain() {
    let organization = Organization::new();
    assert_eq!(organization.all("Get-RemoteDomain", "DomainName").await, ["*"]);
    let default = organization.get("Get-RemoteDomain", "Default").await;
    assert_eq!(
        (&default["AutoReplyEnabled"], &default["Identity"]),
        (&json!(false), &json!("Default"))
    );
    let add = json!({ "Name": "Fabrikam", "DomainName": "*.Fabrikam.com" });
    let created = organization.ok("New-RemoteDomain", add).await;
    assert_eq!(created.objects[0]["DomainName"], json!("*.fabrikam.com"));
    assert_eq!(created.objects[0]["AutoReplyEnabled"], json!(true));
    let change = json!({
        "Identity": "*.fabrikam.com", "NDREnabled": false, "LineWrapSize": 76, "TNEFEnabled": false,
        "Name": "F",
    });
    organization.ok("Set-RemoteDomain", change).await;
    let changed = organization.get("Get-RemoteDomain", "F").await;
    assert_eq!(changed["NDREnabled"], json!(false));
    assert_eq!(changed["TNEFEnabled"], json!(false));
    let empty = json!({ "Identity": "F", "TNEFEnabled": null });
    organization.ok("Set-RemoteDomain", empty).await;
    assert_eq!(organization.get("Get-RemoteDomain", "F").await["TNEFEnabled"], json!(null));
    let again = organization.ok("Set-RemoteDomain", json!({ "Identity": "F" })).await;
    assert_eq!(again.warnings.len(), 1);
    organization.ok("Remove-RemoteDomain", json!({ "Identity": "F" })).await;
    assert_eq!(organization.all("Get-RemoteDomain", "Name").await, ["Default"]);
}

#[tokio::test]
async fn out_of_office_and_internal_go_together() {
    let organization = Organization::new();
    let set = |parameters: serde_json::Value| {
        let mut parameters = parameters;
        parameters["Identity"] = json!("Default");
        parameters
    };
    organization.ok("Set-RemoteDomain", set(json!({ "AllowedOOFType": "InternalLegacy" }))).await;
    assert_eq!(organization.get("Get-RemoteDomain", "Default").await["IsInternal"], json!(true));
    organization.ok("Set-RemoteDomain", set(json!({ "IsInternal": false }))).await;
    let default = organization.get("Get-RemoteDomain", "Default").await;
    assert_eq!(default["AllowedOOFType"], json!("ExternalLegacy"));
    let both = set(json!({ "AllowedOOFType": "InternalLegacy", "IsInternal": false }));
    let problem = organization.refused("Set-RemoteDomain", both).await;
    assert_eq!((problem.status, problem.id.as_deref()), (400, Some("RD-04")), "{problem}");
}

#[tokio::test]
async fn refusals() {
    let organization = Organization::new();
    let add = |name: &str, domain: &str| json!({ "Name": name, "DomainName": domain });
    organization.ok("New-RemoteDomain", add("Fabrikam", "fabrikam.com")).await;
    let set = |property: &str, value: serde_json::Value| json!({ "Identity": "Fabrikam", property: value });
    for (cmdlet, parameters, status, id) in [
        ("New-RemoteDomain", add("Other", "FABRIKAM.com"), 409, Some("RD-01")),
        ("New-RemoteDomain", add("Other", "*"), 409, Some("RD-01")),
        ("New-RemoteDomain", add("Other", "contoso.com"), 409, Some("RD-03")),
        ("New-AcceptedDomain", add("Other", "fabrikam.com"), 409, Some("RD-03")),
        ("New-RemoteDomain", add("fabrikam", "other.test"), 409, Some("RD-07")),
        ("New-RemoteDomain", add("Other", "other.test."), 400, None),
        ("New-RemoteDomain", json!({ "Name": "Other" }), 400, None),
        ("Set-RemoteDomain", set("DomainName", json!("a.test")), 400, None),
        ("Set-RemoteDomain", set("LineWrapSize", json!(133)), 400, Some("SC-18")),
        ("Set-RemoteDomain", set("CharacterSet", json!("a b")), 400, Some("RD-05")),
        ("Set-RemoteDomain", set("RequiredCharsetCoverage", json!(101)), 400, Some("RD-06")),
        ("Remove-RemoteDomain", json!({ "Identity": "Default" }), 409, Some("RD-02")),
        ("Remove-RemoteDomain", json!({ "Identity": "*" }), 409, Some("RD-02")),
        ("Remove-RemoteDomain", json!({ "Identity": "None" }), 404, None),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, status, "{cmdlet} {parameters}: {problem}");
        if id.is_some() {
            assert_eq!(problem.id.as_deref(), id, "{cmdlet} {parameters}: {problem}");
        }
    }
    // Relaying to everywhere does not make everything ours.
    let relay = json!({ "Name": "All", "DomainName": "*", "DomainType": "ExternalRelay" });
    organization.ok("New-AcceptedDomain", relay).await;
}
