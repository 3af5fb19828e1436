use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use serde_json::json;
use signing::{Finding, KeyRecord};
use transport::Checked;

use super::*;
use crate::KeyRecords;

/// A DNS in which nothing is published but what a test puts there.
#[derive(Default)]
struct Dns(Mutex<HashMap<String, Checked>>);

impl Dns {
    fn hold(&self, name: &str, checked: Checked) {
        self.0.lock().unwrap().insert(name.to_owned(), checked);
    }

    /// Publishes the records of a selector of contoso.com.
    fn publish(&self, selector: &str) {
        for end in ["", "-ed25519"] {
            let name = format!("{selector}{end}._domainkey.contoso.com");
            self.hold(&name, Checked::Found(Finding::Published));
        }
    }
}

impl KeyRecords for Dns {
    fn check<'a>(
        &'a self,
        records: &'a [KeyRecord],
    ) -> Pin<Box<dyn Future<Output = Vec<Checked>> + Send + 'a>> {
        let held = self.0.lock().unwrap();
        let missing = Checked::Found(Finding::Missing);
        let found =
            records.iter().map(|record| held.get(&record.name()).unwrap_or(&missing).clone());
        let found: Vec<Checked> = found.collect();
        Box::pin(async move { found })
    }
}

fn with_dns() -> (Organization, Arc<Dns>) {
    let (mut organization, dns) = (Organization::new(), Arc::<Dns>::default());
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let (directory, server) = (organization.directory.clone(), "MBX01".parse().unwrap());
    organization.management = Management::with_queues(directory, Arc::new(NoQueues), server, clock)
        .with_key_records(dns.clone());
    (organization, dns)
}

const DOMAIN: &str = "contoso.com";

async fn config(organization: &Organization) -> Value {
    organization.get("Get-DkimSigningConfig", DOMAIN).await
}

#[tokio::test]
async fn life_of_a_configuration() {
    let (organization, dns) = with_dns();
    let made =
        organization.ok("New-DkimSigningConfig", json!({ "DomainName": "Contoso.com" })).await;
    let shown = &made.objects[0];
    assert_eq!(shown["Domain"], json!("contoso.com"));
    assert_eq!((&shown["Enabled"], &shown["Status"]), (&json!(false), &json!("NotChecked")));
    assert_eq!(shown["Algorithms"], json!("RsaSha256, Ed25519Sha256"));
    assert_eq!((&shown["Selector1KeySize"], &shown["Selector2KeySize"]), (&json!(2048), &json!(0)));
    assert_eq!(shown["Selector1RecordName"], json!("relais1._domainkey.contoso.com"));
    let rsa = shown["Selector1Record"].as_str().unwrap();
    assert!(rsa.starts_with("v=DKIM1; k=rsa; p=MIIB") && rsa.len() > 255, "{rsa}");
    let ed25519 = shown["Selector1Ed25519Record"].as_str().unwrap();
    assert!(ed25519.starts_with("v=DKIM1; k=ed25519; p="), "{ed25519}");
    let lines = shown["Records"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    let line = lines[0].as_str().unwrap();
    assert!(line.starts_with("relais1._domainkey.contoso.com. IN TXT \"v=DKIM1; k=rsa; p="));
    assert_eq!(line.matches('"').count(), 4, "in two strings");
    assert!(made.warnings[0].contains(line), "what is to be published is said");

    // Not before everybody can verify it.
    let enable = json!({ "Identity": DOMAIN, "Enabled": true });
    let problem = organization.refused("Set-DkimSigningConfig", enable.clone()).await;
    assert_eq!((problem.status, problem.id.as_deref()), (409, Some("DK-06")));
    assert!(
        problem.message.contains("relais1._domainkey.contoso.com has no TXT record"),
        "{problem}"
    );
    dns.publish("relais1");
    organization.ok("Set-DkimSigningConfig", enable).await;
    let shown = config(&organization).await;
    assert_eq!((&shown["Enabled"], &shown["Status"]), (&json!(true), &json!("Valid")));
    assert_eq!(shown["StatusDetail"], Value::Null);
    assert_eq!(shown["LastChecked"], json!("2023-11-14T22:13:20.000Z"));

    let rotated = organization.ok("Rotate-DkimSigningConfig", json!({ "Identity": DOMAIN })).await;
    assert_eq!(rotated.objects[0]["RotateOnDate"], json!("2023-11-18T22:13:20.000Z"), "four days");
    assert!(rotated.warnings[0].contains("relais2._domainkey.contoso.com. IN TXT"));
    assert!(rotated.warnings[1].contains("Keep the records of relais1 seven days"));
    let shown = config(&organization).await;
    assert_eq!(shown["SelectorBeforeRotateOnDate"], json!("relais1"));
    assert_eq!(shown["SelectorAfterRotateOnDate"], json!("relais2"));
    assert_eq!(shown["Status"], json!("RecordMissing"), "of the next selector");
    assert_ne!(shown["Selector1PublicKey"], shown["Selector2PublicKey"]);
    let again =
        organization.refused("Rotate-DkimSigningConfig", json!({ "Identity": DOMAIN })).await;
    assert_eq!((again.status, again.id.as_deref()), (409, Some("DK-05")));
    assert!(again.french().is_some(), "{again}");
    let sooner = json!({ "Identity": DOMAIN, "RotateOnDate": "2023-11-15 10:00" });
    organization.ok("Set-DkimSigningConfig", sooner).await;
    assert_eq!(config(&organization).await["RotateOnDate"], json!("2023-11-15T10:00:00.000Z"));
    dns.publish("relais2");
    assert_eq!(config(&organization).await["Status"], json!("Valid"));

    let removed = organization.ok("Remove-DkimSigningConfig", json!({ "Identity": DOMAIN })).await;
    assert!(removed.warnings[0].contains("seven days"));
    assert!(organization.all("Get-DkimSigningConfig", "Domain").await.is_empty());
}

#[tokio::test]
async fn status_says_what_is_wrong_with_which_record() {
    let (organization, dns) = with_dns();
    organization.ok("New-DkimSigningConfig", json!({ "DomainName": DOMAIN })).await;
    let (rsa, ed25519) =
        ("relais1._domainkey.contoso.com", "relais1-ed25519._domainkey.contoso.com");
    let shown = config(&organization).await;
    assert_eq!(shown["Status"], json!("RecordMissing"));
    dns.hold(rsa, Checked::Found(Finding::Differs("its p= is another key".to_owned())));
    let shown = config(&organization).await;
    assert_eq!(shown["Status"], json!("RecordDiffers"));
    let enable = json!({ "Identity": DOMAIN, "Enabled": true });
    let problem = organization.refused("Set-DkimSigningConfig", enable).await;
    assert_eq!(
        problem.french().unwrap(),
        format!(
            "Enabled : le courrier de contoso.com n’est pas encore signé : {rsa} n’est pas \
             l’enregistrement à publier : son p= est une autre clé ; {ed25519} n’a pas \
             d’enregistrement TXT. Publiez les enregistrements que montre Get-DkimSigningConfig, \
             puis réessayez ; ou employez -Force."
        )
    );
    assert_eq!(
        shown["StatusDetail"],
        json!(format!(
            "{rsa} is not the record to publish: its p= is another key; {ed25519} has no TXT record"
        ))
    );
    dns.publish("relais1");
    dns.hold(ed25519, Checked::Not("no answer within 5 seconds".to_owned()));
    let shown = config(&organization).await;
    assert_eq!(shown["Status"], json!("NotChecked"));
    assert_eq!(
        shown["StatusDetail"],
        json!(format!("{ed25519} could not be looked up: no answer within 5 seconds"))
    );
    // What is not signed with needs no record; what is added does.
    let only = |algorithms: &str| json!({ "Identity": DOMAIN, "Algorithms": algorithms });
    organization.ok("Set-DkimSigningConfig", only("RsaSha256")).await;
    assert_eq!(config(&organization).await["Status"], json!("Valid"));
    let enable = json!({ "Identity": DOMAIN, "Enabled": true });
    organization.ok("Set-DkimSigningConfig", enable).await;
    let problem =
        organization.refused("Set-DkimSigningConfig", only("RsaSha256, Ed25519Sha256")).await;
    assert_eq!(problem.id.as_deref(), Some("DK-06"), "{problem}");
    let mut forced = only("RsaSha256, Ed25519Sha256");
    forced["Force"] = json!(true);
    organization.ok("Set-DkimSigningConfig", forced).await;
    // To sign less, or nothing, asks nobody.
    organization.ok("Set-DkimSigningConfig", only("RsaSha256")).await;
    organization.ok("Set-DkimSigningConfig", json!({ "Identity": DOMAIN, "Enabled": false })).await;
}

/// Neither in what is shown nor in the audit log, in the clear or sealed.
#[tokio::test]
async fn private_keys_are_shown_to_nobody() {
    let (organization, _) = with_dns();
    let made = organization.ok("New-DkimSigningConfig", json!({ "DomainName": DOMAIN })).await;
    let rotated = organization.ok("Rotate-DkimSigningConfig", json!({ "Identity": DOMAIN })).await;
    let snapshot = organization.directory.snapshot();
    let config = &snapshot.dkim_signing_configs[0];
    let shown = self::config(&organization).await;
    let log = organization.directory.audit_log(10).unwrap();
    let said = format!("{made:?} {rotated:?} {shown} {log:?} {config:?}");
    for selector in [&config.selector1, &config.selector2] {
        let keys = selector.keys.as_ref().unwrap();
        for (name, key) in
            [(selector.name.clone(), &keys.rsa), (selector.ed25519_name(), &keys.ed25519)]
        {
            let context = config.context(&name);
            let private = organization.directory.unseal(&key.private, &context).unwrap();
            assert!(!said.contains(private.as_str()) && !said.contains(&private[..40]));
            assert!(!said.contains(key.private.as_str()));
            assert!(said.contains(&key.public));
            // Sealed for one selector of one object, and for no other.
            let other = config.context("other");
            assert!(organization.directory.unseal(&key.private, &other).is_err());
        }
    }
}

#[tokio::test]
async fn refusals() {
    let (organization, _) = with_dns();
    let new = |parameters: Value| {
        let mut parameters = parameters;
        parameters["DomainName"] = json!("fabrikam.com");
        parameters
    };
    organization.ok("New-DkimSigningConfig", json!({ "DomainName": DOMAIN })).await;
    let set = |property: &str, value: Value| json!({ "Identity": DOMAIN, property: value });
    for (cmdlet, parameters, status, id) in [
        ("New-DkimSigningConfig", json!({ "DomainName": "CONTOSO.com" }), 409, Some("DK-01")),
        ("New-DkimSigningConfig", json!({ "DomainName": "a b" }), 400, None),
        ("New-DkimSigningConfig", json!({}), 400, None),
        ("New-DkimSigningConfig", new(json!({ "Selector1": "a.b" })), 400, Some("DK-02")),
        ("New-DkimSigningConfig", new(json!({ "Selector1": "relais2" })), 400, Some("DK-02")),
        ("New-DkimSigningConfig", new(json!({ "KeySize": 1024 })), 400, Some("DK-03")),
        ("New-DkimSigningConfig", new(json!({ "KeySize": -1 })), 400, Some("SC-18")),
        ("New-DkimSigningConfig", new(json!({ "Algorithms": "md5" })), 400, Some("SC-23")),
        ("New-DkimSigningConfig", new(json!({ "Enabled": true })), 409, Some("DK-06")),
        ("Set-DkimSigningConfig", set("RotateOnDate", json!("2023-12-01")), 409, Some("DK-07")),
        ("Set-DkimSigningConfig", set("HeaderCanonicalization", json!("x")), 400, Some("SC-23")),
        ("Set-DkimSigningConfig", json!({ "Identity": "a.test" }), 404, Some("SC-21")),
        ("Rotate-DkimSigningConfig", set("RotateOnDate", json!("soon")), 400, None),
        ("Rotate-DkimSigningConfig", set("KeySize", json!(3072)), 400, Some("DK-03")),
        ("Remove-DkimSigningConfig", json!({ "Identity": "a.test" }), 404, Some("SC-21")),
    ] {
        let problem = organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, status, "{cmdlet} {parameters}: {problem}");
        if let Some(id) = id {
            assert_eq!(problem.id.as_deref(), Some(id), "{cmdlet} {parameters}: {problem}");
            assert!(!id.starts_with("DK-") || problem.french().is_some(), "no French: {problem}");
        }
    }
}

#[tokio::test]
async fn what_if_makes_no_keys_and_changes_nothing() {
    let (organization, _) = with_dns();
    let before = organization.directory.snapshot().revision;
    let would = json!({ "DomainName": DOMAIN, "WhatIf": true });
    let output = organization.ok("New-DkimSigningConfig", would).await;
    assert!(output.what_if.unwrap().contains("\"contoso.com\"") && output.objects.is_empty());
    assert_eq!(organization.directory.snapshot().revision, before);
    organization.ok("New-DkimSigningConfig", json!({ "DomainName": DOMAIN })).await;
    let before = organization.directory.snapshot().revision;
    let would = json!({ "Identity": DOMAIN, "WhatIf": true });
    let output = organization.ok("Rotate-DkimSigningConfig", would.clone()).await;
    assert!(output.what_if.unwrap().contains("\"relais2\""));
    organization.ok("Remove-DkimSigningConfig", would).await;
    assert_eq!(organization.directory.snapshot().revision, before);
}

#[tokio::test]
async fn names_sizes_and_forms_are_the_administrators() {
    let (organization, _) = with_dns();
    let parameters = json!({
        "DomainName": "mail.fabrikam.com", "KeySize": 4096, "Selector1": "A1", "Selector2": "b-2",
        "BodyCanonicalization": "simple", "Algorithms": ["Ed25519Sha256"], "Enabled": true,
        "Force": true,
    });
    let shown = organization.ok("New-DkimSigningConfig", parameters).await.objects.remove(0);
    assert_eq!(shown["Selector1RecordName"], json!("a1._domainkey.mail.fabrikam.com"));
    assert_eq!(
        shown["Selector1Ed25519RecordName"],
        json!("a1-ed25519._domainkey.mail.fabrikam.com")
    );
    assert_eq!((&shown["Selector1KeySize"], &shown["KeySize"]), (&json!(4096), &json!(4096)));
    assert_eq!(
        (&shown["BodyCanonicalization"], &shown["Enabled"]),
        (&json!("Simple"), &json!(true))
    );
    assert_eq!(shown["Algorithms"], json!("Ed25519Sha256"));
    let stranger =
        organization.ok("New-DkimSigningConfig", json!({ "DomainName": "other.test" })).await;
    assert!(stranger.warnings[1].contains("not an accepted domain"), "{:?}", stranger.warnings);
}
