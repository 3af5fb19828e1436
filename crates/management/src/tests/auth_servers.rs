use serde_json::{Value, json};

use super::Organization;

const METADATA: &str = "https://login.test/realms/mail/.well-known/openid-configuration";

fn server(name: &str, more: Value) -> Value {
    let mut parameters = json!({ "Name": name, "AuthMetadataUrl": METADATA, "Audience": "relais" });
    for (name, value) in more.as_object().into_iter().flatten() {
        parameters[name.as_str()] = value.clone();
    }
    parameters
}

#[tokio::test]
async fn life_of_an_authorization_server() {
    let organization = Organization::new();
    let created = organization.ok("New-AuthServer", server("Keycloak", json!({}))).await;
    assert_eq!(created.objects[0]["Enabled"], json!(true));
    assert_eq!(created.objects[0]["UserClaim"], json!(["email", "preferred_username", "upn"]));
    let change = json!({
        "Identity": "keycloak", "Enabled": false, "IssuerIdentifier": "https://sts.test/",
        "UserClaim": { "Add": "mail", "Remove": ["upn", "preferred_username"] }, "Name": "K",
    });
    organization.ok("Set-AuthServer", change).await;
    let changed = organization.get("Get-AuthServer", "K").await;
    assert_eq!(changed["UserClaim"], json!(["email", "mail"]));
    assert_eq!(changed["IssuerIdentifier"], json!("https://sts.test/"));
    assert_eq!((&changed["KeyCount"], &changed["LastError"]), (&json!(0), &Value::Null));
    let again = organization.ok("Set-AuthServer", json!({ "Identity": "K" })).await;
    assert_eq!(again.warnings.len(), 1);
    let refresh = json!({ "Identity": "K", "RefreshAuthMetadata": true });
    assert!(organization.ok("Set-AuthServer", refresh).await.warnings.is_empty());
    organization.ok("Remove-AuthServer", json!({ "Identity": "K" })).await;
    assert!(organization.all("Get-AuthServer", "Name").await.is_empty());
}

#[tokio::test]
async fn refusals() {
    let organization = Organization::new();
    organization.ok("New-AuthServer", server("Login", json!({}))).await;
    for (cmdlet, parameters, status, id) in [
        ("New-AuthServer", server("login", json!({})), 409, Some("AS-01")),
        ("New-AuthServer", server("B", json!({ "Audience": "two words" })), 400, Some("AS-02")),
        ("New-AuthServer", server("B", json!({ "UserClaim": [] })), 400, Some("AS-03")),
        ("New-AuthServer", server("B", json!({ "AuthMetadataUrl": "http://a.test/" })), 400, None),
        ("Set-AuthServer", json!({ "Identity": "Login", "Audience": "" }), 400, Some("AS-02")),
        ("Set-AuthServer", json!({ "Identity": "nobody", "Enabled": false }), 404, Some("SC-21")),
    ] {
        let problem = organization.refused(cmdlet, parameters).await;
        assert_eq!((problem.status, problem.id.as_deref()), (status, id), "{problem}");
    }
    for number in 2..=8 {
        organization.ok("New-AuthServer", server(&number.to_string(), json!({}))).await;
    }
    let problem = organization.refused("New-AuthServer", server("Ninth", json!({}))).await;
    assert_eq!((problem.status, problem.id.as_deref()), (409, Some("AS-04")), "{problem}");
}
