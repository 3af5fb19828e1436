//! Certificates as the cmdlets keep them; what is shown where is tried end to end.

use serde_json::json;

use super::*;

const THUMBPRINT: &str = "419A926F5430753A3E1CBED4F20B1B57108FA6C6";

async fn refused(organization: &Organization, cmdlet: &str, parameters: Value) -> Problem {
    organization.run(cmdlet, parameters).await.unwrap_err()
}

#[tokio::test]
async fn every_refusal_says_why_in_both_languages() {
    let organization = Organization::new();
    let import = json!({ "FileData": certificate() });
    organization.run("Import-ExchangeCertificate", import.clone()).await.unwrap();
    let names = "<I>CN=mail.contoso.com<S>CN=mail.contoso.com";
    let named = json!({
        "Name": "Out", "AddressSpaces": "*", "TlsCertificateName": names,
    });
    organization.run("New-SendConnector", named).await.unwrap();
    let request = json!({ "GenerateRequest": true, "DomainName": "asked.test" });
    let asked = organization.run("New-ExchangeCertificate", request).await.unwrap();
    let asked = asked.objects[0]["Thumbprint"].clone();
    for (cmdlet, parameters, id, about) in [
        ("Import-ExchangeCertificate", import, Some("EC-01"), "Name"),
        ("Import-ExchangeCertificate", json!({ "FileData": "aGVsbG8=" }), None, "FileData"),
        (
            "New-ExchangeCertificate",
            json!({ "FriendlyName": "x".repeat(64) }),
            Some("EC-02"),
            "FriendlyName",
        ),
        (
            "Enable-ExchangeCertificate",
            json!({ "Identity": asked, "Services": "SMTP" }),
            Some("EC-03"),
            "Services",
        ),
        (
            "Remove-ExchangeCertificate",
            json!({ "Identity": THUMBPRINT }),
            Some("EC-05"),
            "Identity",
        ),
        (
            "Export-ExchangeCertificate",
            json!({ "Identity": THUMBPRINT, "Password": "s3cret" }),
            None,
            "Identity",
        ),
        ("New-ExchangeCertificate", json!({ "SubjectName": "mail" }), None, "SubjectName"),
        ("New-ExchangeCertificate", json!({ "DomainName": "a b" }), None, "DomainName"),
        ("New-ExchangeCertificate", json!({ "KeySize": 1024 }), None, "KeySize"),
    ] {
        let problem = refused(&organization, cmdlet, parameters).await;
        assert_eq!(
            (problem.id.as_deref(), problem.parameter.as_deref()),
            (id, Some(about)),
            "{problem}"
        );
        // That names are unique is told as for every object.
        if id != Some("EC-01") {
            assert!(problem.french().is_some(), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_certificate_is_called_by_thumbprint_server_and_as_windows_shows_it() {
    let organization = Organization::new();
    let import = json!({ "FileData": certificate(), "PrivateKeyExportable": true });
    organization.run("Import-ExchangeCertificate", import).await.unwrap();
    let spaced: Vec<String> =
        THUMBPRINT.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into()).collect();
    for identity in
        [THUMBPRINT.to_lowercase(), format!("MBX01\\{THUMBPRINT}"), spaced.join(" ").to_lowercase()]
    {
        let found = organization.get("Get-ExchangeCertificate", &identity).await;
        assert_eq!(found["Thumbprint"], THUMBPRINT);
        assert_eq!(found["Status"], "DateInvalid", "it was made long after the test's today");
    }
    let wrong = json!({ "DomainName": "other.contoso.com" });
    assert!(organization.run("Get-ExchangeCertificate", wrong).await.unwrap().objects.is_empty());
    let export = json!({ "Identity": THUMBPRINT, "Password": "s3cret" });
    let given = organization.run("Export-ExchangeCertificate", export).await.unwrap();
    assert_eq!(given.objects[0]["FileType"], "Pfx");
    // The audit log knows of it, and nothing of the password or the file.
    let log = organization.directory.audit_log(100).unwrap();
    let written = format!("{log:?}");
    assert!(written.contains("Export-ExchangeCertificate"));
    assert!(!written.contains("s3cret") && !written.contains(&certificate()[..40]), "{written}");
}

#[tokio::test]
async fn services_are_added_and_taken_back() {
    let organization = Organization::new();
    let import = json!({ "FileData": certificate() });
    organization.run("Import-ExchangeCertificate", import).await.unwrap();
    for (services, after) in [("SMTP", "SMTP"), ("IIS", "IIS, SMTP"), ("None", "None")] {
        let enable = json!({ "Identity": THUMBPRINT, "Services": services });
        organization.run("Enable-ExchangeCertificate", enable).await.unwrap();
        let shown = organization.get("Get-ExchangeCertificate", THUMBPRINT).await;
        assert_eq!(shown["Services"], after);
    }
}

#[tokio::test]
async fn an_exception_is_for_one_domain_and_has_an_end() {
    let organization = Organization::new();
    let partner = json!({ "Name": "Partner", "DomainName": "partner.example" });
    organization.run("New-RemoteDomain", partner).await.unwrap();
    let until = |identity: &str, date: Value| {
        let parameters = json!({ "Identity": identity, "TlsExceptionUntil": date });
        organization.run("Set-RemoteDomain", parameters)
    };
    let set = until("Partner", json!("2023-12-31")).await.unwrap();
    assert!(set.warnings[0].contains("DANE and MTA-STS"), "{:?}", set.warnings);
    let shown = organization.get("Get-RemoteDomain", "Partner").await;
    assert_eq!(shown["TlsExceptionUntil"], "2023-12-31T00:00:00.000Z");
    for (identity, date, id) in [
        ("Partner", "2024-12-31", "RD-09"),
        ("Partner", "2023-01-01", "RD-09"),
        ("Default", "2023-12-31", "RD-08"),
    ] {
        let problem = until(identity, json!(date)).await.unwrap_err();
        assert_eq!(problem.id.as_deref(), Some(id), "{problem}");
        assert!(problem.french().is_some(), "{problem}");
    }
    until("Partner", Value::Null).await.unwrap();
    let shown = organization.get("Get-RemoteDomain", "Partner").await;
    assert_eq!(shown["TlsExceptionUntil"], Value::Null);
}
