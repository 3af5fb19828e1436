//! From one server to several and back: what is refused, and what is done to the directory.

use std::sync::Mutex;

use cluster::{Holding, Member};
use model::TimeSpan;
use serde_json::json;
use tls::Fingerprint;
use vault::{JoinRequest, JoinToken, JoinTokens, Joining};
use zeroize::Zeroizing;

use super::*;
use crate::{MemberBindings, Membership, MembershipError, NewMember, Removal, Standing};

const ENGINE: &str = "host=db.contoso.com user=relais dbname=relais";

/// A server's membership, as somebody says it is.
pub(super) struct Pretended {
    standing: Mutex<Option<Standing>>,
    holding: Mutex<Option<Holding>>,
    done: Mutex<Vec<String>>,
    tokens: JoinTokens,
    clock: Arc<ManualClock>,
}

impl Pretended {
    fn note(&self, what: impl Into<String>) {
        self.done.lock().unwrap().push(what.into());
    }

    fn done(&self) -> Vec<String> {
        std::mem::take(&mut *self.done.lock().unwrap())
    }

    fn stand(&self, members: &[(&str, bool)]) {
        let member = |(name, lives): &(&str, bool)| Member {
            name: (*name).to_owned(),
            incarnation: 1,
            lives: *lives,
            fenced: !lives,
            version: "1".to_owned(),
            endpoints: json!({ "api": format!("{name}.contoso.com:443") }).to_string(),
            figures: json!({ "messages": 3 }).to_string(),
        };
        let members = members.iter().map(member).collect();
        *self.standing.lock().unwrap() =
            Some(Standing { members, is_seated: true, ..Standing::default() });
    }

    fn hold(&self, lives: bool, messages: u64) {
        *self.holding.lock().unwrap() = Some(Holding { incarnation: 2, lives, messages });
    }
}

impl Membership for Pretended {
    fn standing(&self) -> Option<Standing> {
        self.standing.lock().unwrap().clone()
    }

    fn enable<'a>(
        &'a self,
        connection: &'a str,
        password: Option<Zeroizing<String>>,
    ) -> BoxFuture<'a, Result<Vec<String>, MembershipError>> {
        self.note(format!("enable {connection} {}", password.is_some()));
        Box::pin(async { Ok(vec!["The engine is not redundant.".to_owned()]) })
    }

    fn disable(&self, force: bool) -> BoxFuture<'_, Result<Vec<String>, MembershipError>> {
        self.note(format!("disable {force}"));
        Box::pin(async { Ok(Vec::new()) })
    }

    fn holding<'a>(
        &'a self,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Option<Holding>, MembershipError>> {
        Box::pin(async { Ok(self.holding.lock().unwrap().clone()) })
    }

    fn give_up_seat<'a>(&'a self, server: &'a str) -> BoxFuture<'a, Result<(), MembershipError>> {
        self.note(format!("give up {server}"));
        Box::pin(async { Ok(()) })
    }

    fn leave(&self, removal: Removal) -> BoxFuture<'_, Result<u64, Problem>> {
        self.note("leave");
        Box::pin(async { removal().map(|()| 7) })
    }

    fn api(&self) -> String {
        "mbx01.contoso.com:443".to_owned()
    }

    fn tokens(&self) -> &JoinTokens {
        &self.tokens
    }

    fn authority(&self) -> Fingerprint {
        Fingerprint::from_bytes([1; 32])
    }

    fn hand_over(&self, server: &ObjectName) -> Result<Zeroizing<Vec<u8>>, MembershipError> {
        Ok(Zeroizing::new(format!("keys for {server}").into_bytes()))
    }
}

/// That of a server alone.
pub(super) fn pretended() -> Arc<Pretended> {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    Arc::new(Pretended {
        standing: Mutex::default(),
        holding: Mutex::default(),
        done: Mutex::default(),
        tokens: JoinTokens::new(clock.clone()),
        clock,
    })
}

/// An organization whose server is one of several, if `members` says so.
fn organization(members: &[(&str, bool)]) -> (Organization, Arc<Pretended>) {
    let mut organization = Organization::new();
    let pretended = pretended();
    if !members.is_empty() {
        pretended.stand(members);
    }
    organization.management = organization.management.with_membership(pretended.clone());
    (organization, pretended)
}

fn newcomer(name: &str) -> NewMember {
    let at = |port: u16| vec![format!("192.0.2.2:{port}").parse().unwrap()];
    NewMember {
        name: name.parse().unwrap(),
        fqdn: None,
        is_mailbox_server: true,
        is_client_access_server: true,
        bindings: MemberBindings {
            default_frontend: at(25),
            client_frontend: at(587),
            client_frontend_implicit_tls: at(465),
            outbound_proxy: at(717),
            default_hub: at(2525),
        },
    }
}

async fn token(organization: &Organization, parameters: Value) -> JoinToken {
    let made = organization.ok("New-JoinToken", parameters).await.objects.remove(0);
    made["Token"].as_str().unwrap().parse().unwrap()
}

fn ask(token: &JoinToken, member: &NewMember) -> Joining {
    Joining::ask(token, serde_json::to_string(member).unwrap()).unwrap()
}

async fn join(organization: &Organization, asked: &JoinRequest) -> Result<Vec<u8>, Problem> {
    let client = Some("192.0.2.2".parse().unwrap());
    let answer = organization.management.join(client, asked.clone()).await?;
    Ok(serde_json::to_vec(&answer).unwrap())
}

#[tokio::test]
async fn a_token_brings_one_server_in_once() {
    let (organization, _) = organization(&[("MBX01", true)]);
    let token = token(&organization, json!({})).await;
    let joining = ask(&token, &newcomer("MBX02"));
    let asked = joining.asked().clone();
    let answer = join(&organization, &asked).await.unwrap();
    let handed = joining.open(&serde_json::from_slice(&answer).unwrap()).unwrap();
    assert_eq!(handed.as_slice(), b"keys for MBX02");

    let server = organization.get("Get-ExchangeServer", "MBX02").await;
    assert_eq!(server["Fqdn"], "mbx02.contoso.com");
    let connectors = organization.all("Get-ReceiveConnector", "Identity").await;
    let its = connectors.iter().filter(|name| name.starts_with("MBX02\\")).count();
    assert_eq!(its, 4, "{connectors:?}");
    let record = organization.directory.audit_log(1).unwrap().remove(0);
    assert_eq!(
        (record.audit.cmdlet.as_str(), &record.audit.parameters["Name"]),
        ("join", &json!("MBX02"))
    );
    assert_eq!(record.audit.client, Some("192.0.2.2".parse().unwrap()));

    let again = join(&organization, &asked).await.unwrap_err();
    assert_eq!((again.status, again.id.as_deref()), (403, Some("JN-01")));
}

#[tokio::test]
async fn wrong_and_old_tokens_bring_nobody_in() {
    let (organization, pretended) = organization(&[("MBX01", true)]);
    let stranger = JoinToken::new(Fingerprint::from_bytes([1; 32])).unwrap();
    let asked = ask(&stranger, &newcomer("MBX02"));
    assert_eq!(join(&organization, asked.asked()).await.unwrap_err().status, 403);
    let token = token(&organization, json!({ "ValidFor": "00:10:00" })).await;
    pretended.clock.advance(TimeSpan::minutes(10));
    let late = ask(&token, &newcomer("MBX02"));
    assert_eq!(join(&organization, late.asked()).await.unwrap_err().status, 403);
    assert!(organization.directory.snapshot().server("MBX02").is_none());
    for wrong in ["00:00:30", "2.00:00:00", "soon"] {
        let problem = organization.refused("New-JoinToken", json!({ "ValidFor": wrong })).await;
        assert_eq!((problem.status, problem.parameter.as_deref()), (400, Some("ValidFor")));
    }
}

#[tokio::test]
async fn what_cannot_be_entered_leaves_the_token_good() {
    let (organization, _) = organization(&[("MBX01", true)]);
    let token = token(&organization, json!({})).await;
    let taken = join(&organization, ask(&token, &newcomer("mbx01")).asked()).await.unwrap_err();
    assert_eq!((taken.status, taken.id.as_deref()), (409, Some("SV-01")));
    let nothing = NewMember {
        is_mailbox_server: false,
        is_client_access_server: false,
        ..newcomer("EDGE01")
    };
    assert_eq!(join(&organization, ask(&token, &nothing).asked()).await.unwrap_err().status, 400);
    let odd = Joining::ask(&token, "{}".to_owned()).unwrap();
    assert_eq!(join(&organization, odd.asked()).await.unwrap_err().status, 400);
    let front = NewMember { is_mailbox_server: false, ..newcomer("EDGE01") };
    join(&organization, ask(&token, &front).asked()).await.unwrap();
    let server = organization.get("Get-ExchangeServer", "EDGE01").await;
    assert_eq!(
        (&server["IsMailboxServer"], &server["IsClientAccessServer"]),
        (&json!(false), &json!(true))
    );
    let connectors = organization.all("Get-ReceiveConnector", "Identity").await;
    assert!(connectors.contains(&"EDGE01\\Default Frontend EDGE01".to_owned()), "{connectors:?}");
    assert!(!connectors.contains(&"EDGE01\\Default EDGE01".to_owned()), "{connectors:?}");
}

#[tokio::test]
async fn the_engine_is_enabled_and_disabled_by_whoever_may() {
    let (organization, pretended) = organization(&[]);
    let secret = json!({ "Engine": format!("{ENGINE} password=s3cret") });
    let problem = organization.refused("Enable-Cluster", secret).await;
    assert_eq!((problem.status, problem.parameter.as_deref()), (400, Some("Engine")));
    assert!(!problem.to_string().contains("s3cret"), "{problem}");
    let nonsense = json!({ "Engine": "host" });
    assert_eq!(organization.refused("Enable-Cluster", nonsense).await.status, 400);
    let manager = organization.member_of("Server Management", "Operator");
    for cmdlet in ["Enable-Cluster", "Disable-Cluster", "New-JoinToken"] {
        let parameters =
            if cmdlet == "Enable-Cluster" { json!({ "Engine": ENGINE }) } else { json!({}) };
        let problem = organization.run_as(&manager, cmdlet, parameters).await.unwrap_err();
        assert_eq!(problem.status, 403, "{cmdlet}");
    }
    assert_eq!(organization.refused("Disable-Cluster", json!({})).await.status, 409);
    assert_eq!(organization.refused("New-JoinToken", json!({})).await.status, 409);
    let said = organization.ok("Enable-Cluster", json!({ "Engine": ENGINE, "WhatIf": true })).await;
    assert!(said.what_if.is_some() && pretended.done().is_empty());

    let enabled = json!({ "Engine": ENGINE, "Password": "s3cret" });
    let output = organization.ok("Enable-Cluster", enabled).await;
    assert_eq!(output.warnings, ["The engine is not redundant."]);
    assert_eq!(pretended.done(), [format!("enable {ENGINE} true")]);
    let record = organization.directory.audit_log(1).unwrap().remove(0);
    assert_eq!(record.audit.cmdlet, "Enable-Cluster");
    assert_eq!(record.audit.parameters["Password"], "********");

    pretended.stand(&[("MBX01", true)]);
    assert_eq!(
        organization.refused("Enable-Cluster", json!({ "Engine": ENGINE })).await.status,
        409
    );
    organization.add_server("MBX02", true);
    let problem = organization.refused("Disable-Cluster", json!({})).await;
    assert!(problem.message.contains("MBX02"), "{problem}");
    organization.ok("Remove-Server", json!({ "Identity": "MBX02" })).await;
    organization.ok("Disable-Cluster", json!({ "Force": true })).await;
    assert_eq!(pretended.done(), ["give up MBX02", "disable true"]);
}

#[tokio::test]
async fn a_server_is_removed_once_nothing_needs_it() {
    let (organization, pretended) = organization(&[("MBX01", true), ("MBX02", false)]);
    let remove = |more: Value| {
        let mut parameters = json!({ "Identity": "MBX02" });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    assert_eq!(organization.refused("Remove-Server", remove(json!({}))).await.status, 404);
    assert_eq!(
        organization.refused("Remove-Server", json!({ "Identity": "MBX01" })).await.status,
        409
    );
    let token = token(&organization, json!({})).await;
    join(&organization, ask(&token, &newcomer("MBX02")).asked()).await.unwrap();
    for name in ["Out", "Partner"] {
        let parameters = json!({
            "Name": name, "AddressSpaces": format!("{name}.test"),
            "SourceTransportServers": ["MBX01", "mbx02"],
        });
        organization.ok("New-SendConnector", parameters).await;
    }
    let problem = organization.refused("Remove-Server", remove(json!({ "Force": true }))).await;
    assert_eq!((problem.status, problem.id.as_deref()), (409, Some("SV-02")));
    assert!(problem.message.contains("connectors \"Out\", \"Partner\""), "{problem}");
    for name in ["Out", "Partner"] {
        let parameters = json!({ "Identity": name, "SourceTransportServers": "MBX01" });
        organization.ok("Set-SendConnector", parameters).await;
    }
    pretended.hold(true, 0);
    let problem = organization.refused("Remove-Server", remove(json!({ "Force": true }))).await;
    assert!(problem.message.contains("lives"), "{problem}");
    pretended.hold(false, 3);
    let problem = organization.refused("Remove-Server", remove(json!({}))).await;
    assert!(problem.message.starts_with("3 messages"), "{problem}");
    assert!(pretended.done().is_empty());
    organization.ok("Remove-Server", remove(json!({ "WhatIf": true, "Force": true }))).await;
    let output = organization.ok("Remove-Server", remove(json!({ "Force": true }))).await;
    assert_eq!(output.warnings, ["3 messages of the server are taken over now."]);
    assert_eq!(pretended.done(), ["give up MBX02"]);
    assert_eq!(organization.all("Get-ExchangeServer", "Name").await, ["MBX01"]);
    let connectors = organization.all("Get-ReceiveConnector", "Identity").await;
    assert!(connectors.iter().all(|name| name.starts_with("MBX01\\")), "{connectors:?}");
    // A seat without a server in the directory can go, too.
    pretended.hold(false, 0);
    organization.ok("Remove-Server", remove(json!({}))).await;
    assert_eq!(pretended.done(), ["give up MBX02"]);
}

#[tokio::test]
async fn this_server_leaves_only_to_others_that_live() {
    let (organization, pretended) = organization(&[]);
    let leave = json!({ "Leave": true });
    assert_eq!(organization.refused("Remove-Server", leave.clone()).await.status, 409);
    pretended.stand(&[("MBX01", true), ("MBX02", false)]);
    organization.add_server("MBX02", true);
    assert_eq!(organization.refused("Remove-Server", leave.clone()).await.status, 409);
    pretended.stand(&[("MBX01", true), ("MBX02", true)]);
    let out = json!({ "Name": "Out", "AddressSpaces": "*" });
    organization.ok("New-SendConnector", out).await;
    let problem = organization.refused("Remove-Server", leave.clone()).await;
    assert_eq!(problem.id.as_deref(), Some("SV-02"));
    let to_other = json!({ "Identity": "Out", "SourceTransportServers": "MBX02" });
    organization.ok("Set-SendConnector", to_other).await;
    assert!(pretended.done().is_empty());
    let output = organization.ok("Remove-Server", leave).await;
    assert!(output.warnings[0].contains("Others take 7 messages over"), "{output:?}");
    assert_eq!(pretended.done(), ["leave"]);
    assert!(organization.directory.snapshot().server("MBX01").is_none());
}

#[tokio::test]
async fn the_status_has_a_row_for_each() {
    let (organization, pretended) = organization(&[]);
    let alone = organization.ok("Get-ClusterStatus", json!({})).await.objects;
    assert_eq!(
        (alone.len(), &alone[0]["Engine"], &alone[0]["Lives"], &alone[0]["Redundancy"]),
        (1, &json!("None"), &json!(true), &json!("None"))
    );
    pretended.stand(&[("MBX01", true), ("mbx00", false)]);
    organization.add_server("MBX02", true);
    let rows = organization.ok("Get-ClusterStatus", json!({})).await.objects;
    let told: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!([
                row["Server"],
                row["Lives"],
                row["IsInDirectory"],
                row["Engine"],
                row["Messages"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["mbx00", false, false, null, 3]),
            json!(["MBX01", true, true, "Reachable", 3]),
            json!(["MBX02", false, true, null, null]),
        ]
    );
    assert_eq!(
        (&rows[1]["Redundancy"], &rows[1]["Api"]),
        (&json!("Redundant"), &json!("MBX01.contoso.com:443"))
    );
}
