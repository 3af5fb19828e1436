//! `Test-DomainPublishing` with findings that are given.

use std::sync::{Arc, Mutex};

use directory::AcceptedDomain;
use model::DomainName;
use publishing::{Check, Finding, Status};
use serde_json::{Value, json};
use texts::{Language, Sentence, publishing::SPF_MISSING};

use super::Organization;
use crate::{BoxFuture, Caller, Examined, Holds, PublishingOracle};

/// Says the same of every domain, and remembers which it was asked about.
#[derive(Default)]
pub(super) struct SameOfAll(Mutex<Vec<String>>);

impl PublishingOracle for SameOfAll {
    fn examine(&self, domains: Vec<Arc<AcceptedDomain>>) -> BoxFuture<'_, Examined> {
        let names: Vec<DomainName> =
            domains.iter().filter_map(|domain| domain.domain().cloned()).collect();
        *self.0.lock().unwrap() = domains.iter().map(|d| d.domain_name.to_string()).collect();
        let finding = |name: &DomainName| Finding {
            check: Check::Spf,
            status: Status::Missing,
            name: name.to_string(),
            kind: "TXT",
            recommended: Some("v=spf1 ip4:203.0.113.7 ~all".to_owned()),
            published: None,
            detail: vec![Sentence::new(SPF_MISSING).with(name)],
        };
        let examined = names.into_iter().map(|name| (name.clone(), vec![finding(&name)])).collect();
        Box::pin(async { examined })
    }
}

async fn organization(domains: &[&str]) -> (Organization, Arc<SameOfAll>) {
    let mut organization = Organization::new();
    let oracle = Arc::new(SameOfAll::default());
    organization.management = organization.management.with_publishing(oracle.clone());
    for domain in domains {
        let name = domain.replace('*', "star");
        organization
            .ok(
                "New-AcceptedDomain",
                json!({ "Name": name, "DomainName": domain, "DomainType": "InternalRelay" }),
            )
            .await;
    }
    (organization, oracle)
}

#[tokio::test]
async fn rows_are_in_the_callers_language() {
    let (organization, _) = organization(&[]).await;
    let english = organization.ok("Test-DomainPublishing", json!({})).await.objects;
    let wanted = json!([{
        "Domain": "contoso.com",
        "Check": "SPF",
        "Status": "Missing",
        "RecordName": "contoso.com",
        "RecordType": "TXT",
        "Recommended": "v=spf1 ip4:203.0.113.7 ~all",
        "Published": null,
        "Detail": "contoso.com has no SPF record, by which receivers know who may send for it: publish the record shown.",
    }]);
    assert_eq!(Value::from(english.clone()), wanted);
    let french = Caller { language: Language::French, ..organization.administrator.clone() };
    let french = organization.run_as(&french, "Test-DomainPublishing", json!({})).await.unwrap();
    let detail = french.objects[0]["Detail"].as_str().unwrap();
    assert!(detail.starts_with("contoso.com n’a pas d’enregistrement SPF"), "{detail}");
    // What is described is what is given.
    let shapes = crate::shapes();
    let shape = shapes.iter().find(|shape| shape.type_name == "DomainPublishing").unwrap();
    let described: Vec<&str> = shape.properties.iter().map(|p| p.name.as_str()).collect();
    let given: Vec<&str> = english[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(described, given);
    let holds = |name: &str| shape.properties.iter().find(|p| p.name == name).unwrap().holds;
    assert_eq!(holds("Status"), Holds::Words(&["Good", "Warning", "Bad", "Missing", "Unknown"]));
    let Holds::Words(checks) = holds("Check") else { panic!("words") };
    assert_eq!(checks.len(), 10);
    assert!(checks.iter().all(|check| !check.is_empty()));
}

#[tokio::test]
async fn domains_are_named_or_all() {
    let (organization, oracle) = organization(&["*.contoso.com", "fabrikam.com", "*"]).await;
    let asked = |identity: Option<&'static str>| {
        let parameters = identity.map_or(json!({}), |identity| json!({ "Identity": identity }));
        let (organization, oracle) = (&organization, &oracle);
        async move {
            organization.ok("Test-DomainPublishing", parameters).await;
            oracle.0.lock().unwrap().clone()
        }
    };
    // The records of a domain with its subdomains are those of the domain.
    let all = asked(None).await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().any(|name| name == "fabrikam.com"), "{all:?}");
    assert_eq!(asked(Some("fabrikam.com")).await, ["fabrikam.com"]);
    assert_eq!(asked(Some("*.contoso.com")).await, ["*.contoso.com"]);
    let any = organization.refused("Test-DomainPublishing", json!({ "Identity": "star" })).await;
    assert_eq!((any.status, any.parameter.as_deref()), (400, Some("Identity")));
    assert!(any.french().is_some(), "{any}");
    let none = organization.refused("Test-DomainPublishing", json!({ "Identity": "x.test" })).await;
    assert_eq!(none.status, 404);
    let help_desk = organization.member_of("Help Desk", "Paul");
    let refused = organization.run_as(&help_desk, "Test-DomainPublishing", json!({})).await;
    assert_eq!(refused.unwrap_err().status, 403);
}

#[tokio::test]
async fn a_hundred_domains_are_enough_for_one_command() {
    let names: Vec<String> = (0..105).map(|number| format!("d{number}.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (organization, _) = organization(&names).await;
    let output = organization.ok("Test-DomainPublishing", json!({})).await;
    assert_eq!(output.objects.len(), 100);
    assert_eq!(output.warnings.len(), 1, "{:?}", output.warnings);
}

#[tokio::test]
async fn without_a_transport_service_nobody_can_be_asked() {
    let refused = Organization::new().refused("Test-DomainPublishing", json!({})).await;
    assert_eq!(refused.status, 503);
}
