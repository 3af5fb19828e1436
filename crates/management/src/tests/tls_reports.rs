//! `Get-TlsReport` with reports that are given.

use std::sync::Arc;

use model::Timestamp;
use serde_json::{Value, json};
use texts::Language;
use tls_report::{Kept, ReceivedReport};

use super::{Organization, shapes::check};
use crate::{Caller, TlsReportOracle, shapes};

/// These.
pub(super) struct Given(Vec<Kept>);

impl TlsReportOracle for Given {
    fn received(&self) -> Vec<Kept> {
        self.0.clone()
    }
}

fn report(day: &str, organization: &str, failures: &[(&str, u64)]) -> ReceivedReport {
    let details: Vec<Value> = failures
        .iter()
        .map(|(kind, count)| {
            json!({
                "result-type": kind, "failed-session-count": count, "sending-mta-ip": "203.0.113.5",
                "receiving-mx-hostname": "mx1.contoso.com", "receiving-ip": "192.0.2.1",
            })
        })
        .collect();
    let failed: u64 = failures.iter().map(|(_, count)| count).sum();
    let text = json!({
        "organization-name": organization, "report-id": day, "contact-info": "x@y.example",
        "date-range": {
            "start-datetime": format!("{day}T00:00:00Z"), "end-datetime": format!("{day}T23:59:59Z"),
        },
        "policies": [{
            "policy": { "policy-type": "sts", "policy-domain": "contoso.com", "mx-host": ["*.contoso.com"] },
            "summary": { "total-successful-session-count": 90, "total-failure-session-count": failed },
            "failure-details": details,
        }, {
            "policy": { "policy-type": "no-policy-found", "policy-domain": "fabrikam.com" },
            "summary": { "total-successful-session-count": 7, "total-failure-session-count": 0 },
        }],
    });
    ReceivedReport::read(text.to_string().as_bytes()).unwrap()
}

/// Two reports that were signed, and one that was not.
pub(super) fn reports() -> Arc<Given> {
    let kept = |report, submitter: &str, signers: &[&str]| {
        let signers: Vec<String> = signers.iter().map(|&signer| signer.to_owned()).collect();
        let now = Timestamp::from_millis(1_796_000_000_000);
        Kept::new(report, submitter.to_owned(), &signers, now)
    };
    let failures = [("certificate-expired", 12), ("certificate-expired", 1), ("something-new", 2)];
    Arc::new(Given(vec![
        kept(report("2026-11-20", "Google Inc.", &[]), "google.com", &["google.com"]),
        kept(report("2026-11-21", "Microsoft", &failures), "microsoft.com", &["microsoft.com"]),
        kept(report("2026-11-22", "Google Inc.", &failures), "google.com", &["evil.example"]),
    ]))
}

fn organization() -> Organization {
    let mut organization = Organization::new();
    organization.management = organization.management.with_tls_reports(reports());
    organization
}

/// Domain, organization and failed sessions of each row.
async fn rows(organization: &Organization, parameters: Value) -> Vec<String> {
    let output = organization.ok("Get-TlsReport", parameters).await;
    let text = |row: &Value, name: &str| row[name].to_string().replace('"', "");
    let row = |row: &Value| {
        let of = ["Domain", "Organization", "FailedSessions"].map(|name| text(row, name));
        of.join(" ")
    };
    output.objects.iter().map(row).collect()
}

#[tokio::test]
async fn a_row_for_each_policy_the_latest_first() {
    let organization = organization();
    let all = [
        "contoso.com Microsoft 15",
        "fabrikam.com Microsoft 0",
        "contoso.com Google Inc. 0",
        "fabrikam.com Google Inc. 0",
    ];
    assert_eq!(rows(&organization, json!({})).await, all);
    for (parameters, wanted) in [
        (json!({ "Domain": "fabrikam.com" }), &[all[1], all[3]][..]),
        (json!({ "FailuresOnly": true }), &all[..1]),
        (json!({ "Organization": "GOOGLE" }), &all[2..]),
        (json!({ "Organization": "microsoft.com" }), &all[..2]),
        (json!({ "StartDate": "2026-11-21" }), &all[..2]),
        (json!({ "EndDate": "2026-11-21" }), &all[2..]),
        (json!({ "ResultSize": 1 }), &all[..1]),
        (json!({ "Domain": "elsewhere.example" }), &[]),
    ] {
        assert_eq!(rows(&organization, parameters.clone()).await, wanted, "{parameters}");
    }
    let everything = organization.ok("Get-TlsReport", json!({ "IncludeUnverified": true })).await;
    assert_eq!(everything.objects.len(), 6);
    assert_eq!(everything.objects[0]["Verified"], json!(false));
    let hidden = organization.ok("Get-TlsReport", json!({})).await.warnings;
    assert!(hidden[0].contains("IncludeUnverified"), "{hidden:?}");
}

#[tokio::test]
async fn failures_are_explained_in_the_callers_language() {
    let organization = organization();
    let only = json!({ "FailuresOnly": true });
    let row = organization.ok("Get-TlsReport", only.clone()).await.objects.remove(0);
    let kind = shapes().into_iter().find(|shape| shape.type_name == "TlsReport").unwrap();
    check(&kind, &row);
    assert_eq!(
        row["Failures"][0],
        json!("12 certificate-expired at mx1.contoso.com (192.0.2.1), from 203.0.113.5")
    );
    let advice = row["Advice"].as_array().unwrap();
    assert_eq!(advice.len(), 2);
    assert!(advice[0].as_str().unwrap().starts_with(
        "certificate-expired: The certificate of a mail host of contoso.com has expired: renew it"
    ));
    assert!(advice[1].as_str().unwrap().starts_with("something-new: A failure that has no name"));
    let detail = &row["FailureDetails"][1];
    assert_eq!((&detail["Count"], &detail["ReceivingMx"]), (&json!(1), &json!("mx1.contoso.com")));
    let kind = shapes().into_iter().find(|shape| shape.type_name == "TlsReportFailure").unwrap();
    check(&kind, detail);
    let french = Caller { language: Language::French, ..organization.administrator.clone() };
    let row = organization.run_as(&french, "Get-TlsReport", only).await.unwrap().objects.remove(0);
    assert!(row["Advice"][0].as_str().unwrap().contains("a expiré : renouvelez-le"), "{row}");
}

#[tokio::test]
async fn refusals() {
    let organization = organization();
    for parameters in [
        json!({ "StartDate": "soon" }),
        json!({ "StartDate": "2026-11-22", "EndDate": "2026-11-21" }),
        json!({ "Domain": "not a domain" }),
    ] {
        assert_eq!(organization.refused("Get-TlsReport", parameters).await.status, 400);
    }
    let without = Organization::new();
    assert_eq!(without.refused("Get-TlsReport", json!({})).await.status, 503);
}
