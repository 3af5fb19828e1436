//! `Get-TransportSecurity` with answers that are given.

use std::sync::Arc;

use model::{Address, TlsRequirement};
use serde_json::json;
use transport::{Security, Validation, Way};

use super::Organization;
use crate::{BoxFuture, SecurityOracle};

/// Whoever is written to is here, and the DNS servers are elsewhere.
pub(super) struct AllStaysHere;

impl SecurityOracle for AllStaysHere {
    fn security_of<'a>(&'a self, _: &'a Address, _: TlsRequirement) -> BoxFuture<'a, Security> {
        Box::pin(async { Security { way: Way::Here, validation: Validation::Remote } })
    }

    fn validation(&self) -> Validation {
        Validation::Remote
    }
}

#[tokio::test]
async fn a_recipient_or_what_holds_for_all_mail() {
    let mut organization = Organization::new();
    let nobody = organization.refused("Get-TransportSecurity", json!({})).await;
    assert_eq!(nobody.status, 503, "{nobody}");
    organization.management = organization.management.with_security(Arc::new(AllStaysHere));
    let asked = async |parameters| {
        let rows = organization.ok("Get-TransportSecurity", parameters).await.objects;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        (row["Recipient"].clone(), row["Detail"].clone(), row["DnssecValidation"].clone())
    };
    assert_eq!(asked(json!({})).await, (json!(null), json!(null), json!("Off")));
    let one = asked(json!({ "Recipient": "anna@b.test", "TlsRequirement": "Required" })).await;
    let stays = json!("The message stays in the organization.");
    assert_eq!(one, (json!("anna@b.test"), stays, json!("Off")));
    let bad = organization.refused("Get-TransportSecurity", json!({ "Recipient": "anna" })).await;
    assert_eq!((bad.status, bad.parameter.as_deref()), (400, Some("Recipient")));
}
