//! Cmdlets for other servers: two that run in this process and ask each other, and one that is away.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use directory::{Change, Object};
use peers::{Question, Unanswered};
use rustls::pki_types::CertificateDer;
use serde_json::json;
use tls::Role;
use transport::{MessageDetails, MessageView};
use vault::Authority;

use super::*;
use crate::{NotMember, OtherServers};

/// A Transport service that holds still.
struct Still {
    queues: Vec<QueueInfo>,
    messages: Vec<(u64, &'static str)>,
    suspended: Mutex<Vec<QueueName>>,
}

fn details() -> MessageDetails {
    MessageDetails {
        source_name: "SMTP:Relay".to_owned(),
        source_ip: None,
        internet_message_id: None,
        tls: model::TlsRequirement::Default,
        recipients: Vec::new(),
    }
}

impl QueueAdministration for Still {
    fn queues(&self) -> Vec<QueueInfo> {
        self.queues.clone()
    }
    fn visit_messages(
        &self,
        scope: &MessageScope,
        visit: &mut Visit<'_>,
    ) -> Result<(), QueueError> {
        for (id, from) in &self.messages {
            let (id, queue) = (MessageId::new(*id).unwrap(), QueueName::Delivery(3));
            let mut view = MessageView::new(id, queue, &details);
            view.from_address = from;
            if scope.includes(id, queue) && visit(&view).is_break() {
                break;
            }
        }
        Ok(())
    }
    fn suspend_queue(&self, queue: QueueName) -> Acted<'_> {
        self.suspended.lock().unwrap().push(queue);
        Box::pin(async { Ok(()) })
    }
    fn resume_queue(&self, queue: QueueName, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NoSuchQueue(queue)) })
    }
    fn retry_queue(&self, queue: QueueName, _: bool, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async move { Err(QueueError::NotInRetry(queue)) })
    }
    fn act(&self, _: MessageScope, _: Matches, _: MessageAction, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async { Ok(()) })
    }
    fn redirect(&self, _: Vec<String>, _: Arc<Progress>) -> Acted<'_> {
        Box::pin(async { Ok(()) })
    }
    fn export(
        &self,
        id: MessageId,
        _: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>> {
        Box::pin(async move { Err(QueueError::NoSuchMessage(id)) })
    }
}

fn queue(number: u64, domain: &str, count: u64) -> QueueInfo {
    QueueInfo {
        name: QueueName::Delivery(number),
        next_hop_domain: domain.to_owned(),
        next_hop_connector: Guid::nil(),
        next_hop_category: "External",
        delivery_type: "DnsConnectorDelivery",
        status: "Retry",
        message_count: count,
        deferred_message_count: 1,
        counts_per_priority: [0, count, 0, 0],
        deferred_per_priority: [0; 4],
        last_error: None,
        last_retry_time: None,
        next_retry_time: None,
        first_retry_time: None,
        retry_count: 1,
        incoming_rate: 0.0,
        outgoing_rate: 0.0,
        velocity: 0.0,
        tls_domain: None,
        tls_requirement: "Default",
        pool: None,
    }
}

/// Brings questions of one server to another.
struct Wire {
    certificate: CertificateDer<'static>,
    servers: Mutex<HashMap<String, Arc<Management>>>,
    /// Whether answers are lost on their way, or come as something else.
    loses: AtomicBool,
    garbles: AtomicBool,
}

impl OtherServers for Wire {
    fn ask<'a>(
        &'a self,
        server: &'a Server,
        question: Question,
    ) -> BoxFuture<'a, Result<Bytes, Unanswered>> {
        let found = self.servers.lock().unwrap().get(&server.name.key()).cloned();
        Box::pin(async move {
            let unheard = || Unanswered { why: "cannot be reached".to_owned(), heard: false };
            let management = found.ok_or_else(unheard)?;
            let cmdlet = question.path.strip_prefix(peers::CMDLETS).unwrap();
            let body = serde_json::from_slice(&question.body).unwrap();
            let answer = management.answer_peer(&self.certificate, cmdlet, body).await.unwrap();
            if self.garbles.load(Ordering::Relaxed) {
                return Ok(Bytes::from_static(b"{\"objects\": 7}"));
            }
            let lost = || Unanswered { why: "did not answer".to_owned(), heard: true };
            if self.loses.load(Ordering::Relaxed) {
                Err(lost())
            } else {
                Ok(answer.to_string().into())
            }
        })
    }
}

/// MBX01 and MBX02, which run, MBX03, which is away, and the front end CAS01.
struct Servers {
    organization: Organization,
    second: Arc<Still>,
    wire: Arc<Wire>,
}

fn servers() -> Servers {
    let mut organization = Organization::new();
    organization.add_server("MBX02", true);
    organization.add_server("MBX03", true);
    organization.add_server("CAS01", false);
    let clock: Arc<dyn Clock> =
        Arc::new(ManualClock::new(Timestamp::from_millis(1_700_000_000_000)));
    let wire = Arc::new(Wire {
        certificate: certificate_of("mbx01.contoso.com"),
        servers: Mutex::default(),
        loses: AtomicBool::new(false),
        garbles: AtomicBool::new(false),
    });
    let still = |queues: &[(u64, &str, u64)], messages: &[(u64, &'static str)]| {
        Arc::new(Still {
            queues: queues.iter().map(|(n, domain, count)| queue(*n, domain, *count)).collect(),
            messages: messages.to_vec(),
            suspended: Mutex::default(),
        })
    };
    let first = still(
        &[(3, "fabrikam.com", 40), (4, "a.example", 12), (5, "few.example", 2)],
        &[(7, "b@contoso.com"), (9, "d@contoso.com")],
    );
    let second = still(
        &[(3, "Fabrikam.com", 10), (8, "b.example", 50)],
        &[(2, "c@contoso.com"), (30, "a@contoso.com")],
    );
    let management = |name: &str, queues: &Arc<Still>| {
        let queues: Arc<dyn QueueAdministration> = Arc::clone(queues) as _;
        let name: ObjectName = name.parse().unwrap();
        Management::with_queues(organization.directory.clone(), queues, name, Arc::clone(&clock))
            .with_other_servers(Arc::clone(&wire) as _)
    };
    let other = Arc::new(management("MBX02", &second));
    wire.servers.lock().unwrap().insert("mbx02".to_owned(), other);
    organization.management = management("MBX01", &first);
    Servers { organization, second, wire }
}

fn certificate_of(name: &str) -> CertificateDer<'static> {
    let place = tempfile::tempdir().unwrap();
    let (key, clock) = (DataKey::ephemeral(), model::SystemClock);
    let authority = Authority::load_or_create(place.path(), &key, "Contoso", &clock).unwrap();
    let mut member = authority.issue_member(&[name.to_owned()], &[Role::Mailbox], &clock).unwrap();
    member.chain.remove(0)
}

impl Servers {
    /// The property of all rows, and the warnings.
    async fn shown(
        &self,
        cmdlet: &str,
        property: &str,
        parameters: Value,
    ) -> (Vec<String>, Vec<String>) {
        let output = self.organization.ok(cmdlet, parameters).await;
        let text = |row: &Value| row[property].as_str().unwrap().to_owned();
        (output.objects.iter().map(text).collect(), output.warnings)
    }
}

const AWAY: &str = "Server 'MBX03' is missing in this answer: it cannot be reached.";

#[tokio::test]
async fn a_command_runs_where_its_object_is() {
    let servers = servers();
    for named in [
        json!({ "Server": "mbx02" }),
        json!({ "Server": "MBX02.contoso.com" }),
        json!({ "Server": { "Name": "MBX02", "Identity": "x" } }),
        json!({ "Identity": "MBX02\\*" }),
    ] {
        let found = servers.shown("Get-Queue", "Identity", named.clone()).await;
        assert_eq!(found.0, ["MBX02\\3", "MBX02\\8"], "{named}");
        assert!(found.1.is_empty());
    }
    let local = servers.shown("Get-Queue", "Identity", json!({})).await;
    assert_eq!(local.0, ["MBX01\\3", "MBX01\\4", "MBX01\\5"], "without a name it is this server");
    for named in [
        json!({ "Queue": "MBX02\\3" }),
        json!({ "Server": "MBX02" }),
        json!({ "Identity": "MBX02\\*\\30" }),
    ] {
        let found = servers.shown("Get-Message", "Identity", named.clone()).await.0;
        assert_eq!(found.last().unwrap(), "MBX02\\3\\30", "{named}");
    }
    servers.organization.ok("Suspend-Queue", json!({ "Identity": "MBX02\\b.example" })).await;
    assert_eq!(*servers.second.suspended.lock().unwrap(), [QueueName::Delivery(8)]);
    let said = servers
        .organization
        .ok("Suspend-Queue", json!({ "Identity": "MBX02\\3", "WhatIf": true }))
        .await;
    assert_eq!(said.what_if.unwrap(), "What if: Suspending queue \"MBX02\\3\".");
    // What the other server says stays what it said.
    let problem = servers.organization.run("Get-Queue", json!({ "Identity": "MBX02\\99" })).await;
    let problem = problem.unwrap_err();
    assert_eq!((problem.status, problem.id.as_deref()), (404, Some("SC-21")));
    let pressure = servers.organization.ok("Get-BackPressure", json!({ "Server": "MBX02" })).await;
    assert!(pressure.objects.is_empty());
    servers.organization.ok("Get-QueueAction", json!({ "Server": "MBX02" })).await;
}

#[tokio::test]
async fn who_does_not_answer_is_named_and_why() {
    let servers = servers();
    for (cmdlet, parameters) in [
        ("Get-Queue", json!({ "Server": "MBX03" })),
        ("Suspend-Queue", json!({ "Identity": "MBX03\\3" })),
        ("Get-QueueDigest", json!({ "Server": "MBX03" })),
        ("Get-MessageTrackingLog", json!({ "Server": "MBX03" })),
    ] {
        let problem = servers.organization.refused(cmdlet, parameters).await;
        assert_eq!(problem.message, "Server 'MBX03' cannot be reached.", "{cmdlet}");
        assert_eq!((problem.status, problem.value.as_deref()), (503, Some("MBX03")));
    }
    // An answer that was lost may have been about something done.
    servers.wire.loses.store(true, Ordering::Relaxed);
    let problem =
        servers.organization.run("Suspend-Queue", json!({ "Identity": "MBX02\\3" })).await;
    let text = problem.unwrap_err().message;
    assert!(text.starts_with("Server 'MBX02' did not answer. Whether"), "{text}");
    servers.wire.garbles.store(true, Ordering::Relaxed);
    let problem = servers.organization.refused("Get-Queue", json!({ "Server": "MBX02" })).await;
    assert_eq!(problem.message, "Server 'MBX02' gave an answer that cannot be read.");
    servers.wire.garbles.store(false, Ordering::Relaxed);
    // Where nobody answers there is nothing to show.
    let nobody = json!({ "Server": ["MBX02", "MBX03"] });
    let problem = servers.organization.refused("Get-QueueDigest", nobody).await;
    assert!(problem.message.contains("'MBX02'") && problem.message.contains("'MBX03'"));
}

#[tokio::test]
async fn lists_of_all_servers_are_one_list() {
    let servers = servers();
    let all = json!({ "Server": "*" });
    let (found, warnings) = servers.shown("Get-Queue", "Identity", all.clone()).await;
    assert_eq!(found, ["MBX01\\3", "MBX01\\4", "MBX01\\5", "MBX02\\3", "MBX02\\8"]);
    assert_eq!(warnings, [AWAY]);
    let sorted = json!({ "Server": "*", "SortOrder": "-MessageCount", "ResultSize": 3 });
    let (found, warnings) = servers.shown("Get-Queue", "Identity", sorted).await;
    assert_eq!(found, ["MBX02\\8", "MBX01\\3", "MBX01\\4"]);
    assert_eq!(warnings[0], AWAY);
    assert!(warnings[1].contains("more results") && warnings[1].contains("(3)"), "{warnings:?}");
    let sorted = json!({ "Server": "*", "SortOrder": "FromAddress" });
    let (found, _) = servers.shown("Get-Message", "Identity", sorted).await;
    assert_eq!(found, ["MBX02\\3\\30", "MBX01\\3\\7", "MBX02\\3\\2", "MBX01\\3\\9"]);
    // By itself a number orders by number, within its server.
    let (found, _) = servers.shown("Get-Message", "Identity", all).await;
    assert_eq!(found, ["MBX01\\3\\7", "MBX01\\3\\9", "MBX02\\3\\2", "MBX02\\3\\30"]);
    let filtered = json!({ "Server": "*", "Filter": "NextHopDomain -eq 'fabrikam.com'" });
    let (found, _) = servers.shown("Get-Queue", "Identity", filtered).await;
    assert_eq!(found, ["MBX01\\3", "MBX02\\3"]);
}

#[tokio::test]
async fn digests_sum_up_several_servers() {
    let servers = servers();
    let groups = |output: &Output| -> Vec<(String, u64, usize)> {
        let group = |group: &Value| {
            let details = group["Details"].as_array().unwrap().len();
            let value = group["GroupByValue"].as_str().unwrap().to_lowercase();
            (value, group["MessageCount"].as_u64().unwrap(), details)
        };
        output.objects.iter().map(group).collect()
    };
    let expected = |some: &[(&str, u64, usize)]| -> Vec<(String, u64, usize)> {
        some.iter().map(|(value, count, details)| ((*value).to_owned(), *count, *details)).collect()
    };
    let all = [("b.example", 50, 1), ("fabrikam.com", 50, 2), ("a.example", 12, 1)];
    for (scope, warnings) in [
        (json!({ "Forest": true }), 1),
        (json!({ "Server": "*" }), 1),
        (json!({ "Site": "Default-First-Site-Name" }), 1),
        (json!({ "Server": ["MBX02", "MBX01", "mbx02"] }), 0),
    ] {
        let output = servers.organization.ok("Get-QueueDigest", scope.clone()).await;
        assert_eq!(groups(&output), expected(&all), "{scope}");
        assert_eq!(output.warnings.len(), warnings, "{scope}");
        assert!(output.warnings.iter().all(|text| text == AWAY));
    }
    let by_server = json!({ "Forest": true, "GroupBy": "ServerName" });
    let output = servers.organization.ok("Get-QueueDigest", by_server).await;
    assert_eq!(groups(&output), expected(&[("mbx02", 60, 2), ("mbx01", 52, 2)]));
    let details = &output.objects[0]["Details"][0];
    assert_eq!(
        (&details["QueueIdentity"], &details["ServerIdentity"]),
        (&json!("MBX02\\8"), &json!("MBX02"))
    );
    // The largest of all, not the largest of each.
    let first = json!({ "Server": ["MBX01", "MBX02"], "ResultSize": 1, "Timeout": "00:00:05" });
    let output = servers.organization.ok("Get-QueueDigest", first).await;
    assert_eq!(groups(&output), expected(&all[..1]));
    assert_eq!(output.warnings, ["There are 2 more results. Use ResultSize to see more at once."]);
}

#[tokio::test]
async fn what_makes_no_sense_for_several_servers_is_refused() {
    let servers = servers();
    for (cmdlet, parameters, status, part) in [
        ("Get-Queue", json!({ "Server": "CAS01" }), 400, "no Mailbox server"),
        ("Get-QueueDigest", json!({ "Server": "CAS01" }), 400, "no Mailbox server"),
        ("Get-Queue", json!({ "Server": "MBX09" }), 404, "no server"),
        ("Get-QueueDigest", json!({ "Server": ["MBX01", "MBX09"] }), 404, "no server 'MBX09'"),
        ("Get-QueueDigest", json!({ "Site": ["Paris"] }), 404, "Paris"),
        ("Get-QueueDigest", json!({ "Forest": true, "Timeout": "01:00:00" }), 400, "00:05:00"),
        ("Get-Queue", json!({ "Server": "*", "BookmarkIndex": 1 }), 400, "pages are of one server"),
        ("Get-Queue", json!({ "Server": "*", "Filter": "x" }), 400, "Filter"),
        (
            "Suspend-Queue",
            json!({ "Server": "*", "Filter": "MessageCount -gt 1" }),
            400,
            "one server",
        ),
        ("Remove-Message", json!({ "Server": "*", "Filter": "Size -gt 1" }), 400, "one server"),
    ] {
        let problem = servers.organization.refused(cmdlet, parameters.clone()).await;
        assert_eq!(problem.status, status, "{cmdlet} {parameters}: {problem}");
        assert!(problem.message.contains(part), "{cmdlet} {parameters}: {problem}");
    }
}

#[tokio::test]
async fn the_asked_server_finds_out_who_may() {
    let servers = servers();
    let other = Arc::clone(&servers.wire.servers.lock().unwrap()["mbx02"]);
    let ask = |certificate: &CertificateDer<'static>, cmdlet: &'static str, mailbox: Guid| {
        let (other, certificate) = (Arc::clone(&other), certificate.clone());
        async move {
            let parameters = json!({ "Server": "MBX02" });
            let Value::Object(body) =
                json!({ "mailbox": mailbox.to_string(), "parameters": parameters })
            else {
                panic!("an object")
            };
            other.answer_peer(&certificate, cmdlet, body).await
        }
    };
    let ours = servers.wire.certificate.clone();
    let administrator = servers.organization.administrator.mailbox.unwrap();
    let good = ask(&ours, "Get-Queue", administrator).await.unwrap();
    assert_eq!(good["objects"][0]["Identity"], "MBX02\\3");
    let helper = servers.organization.member_of("Help Desk", "Hans").mailbox.unwrap();
    let refused = ask(&ours, "Get-Queue", helper).await.unwrap();
    assert_eq!(
        (&refused["problem"]["status"], &refused["problem"]["id"]),
        (&json!(403), &json!("SC-24"))
    );
    let unknown = ask(&ours, "Get-Queue", Header::fresh().guid).await.unwrap();
    assert_eq!(unknown["problem"]["status"], 403);
    // Nothing but what is on this server is done for others, and nothing is asked on.
    for cmdlet in ["Get-Mailbox", "Send-TestMessage", "Set-TransportConfig", "Get-Nothing"] {
        let refused = ask(&ours, cmdlet, administrator).await.unwrap();
        assert_eq!(refused["problem"]["status"], 404, "{cmdlet}");
    }
    let Value::Object(body) = json!({
        "mailbox": administrator.to_string(), "parameters": { "Server": "MBX01" },
    }) else {
        panic!("an object")
    };
    let refused = other.answer_peer(&ours, "Get-Queue", body).await.unwrap();
    assert_eq!(refused["problem"]["status"], 400, "{refused}");
    for garbage in [
        json!({}),
        json!({ "mailbox": "x", "parameters": {} }),
        json!({ "mailbox": administrator.to_string(), "parameters": [] }),
    ] {
        let Value::Object(body) = garbage else { panic!("an object") };
        let refused = other.answer_peer(&ours, "Get-Queue", body).await.unwrap();
        assert_eq!(refused["problem"]["status"], 400, "{refused}");
    }
    // A front end, a server that has gone, and one that is known by no name.
    for name in ["cas01.contoso.com", "mbx07.contoso.com", "contoso.com"] {
        assert_eq!(ask(&certificate_of(name), "Get-Queue", administrator).await, Err(NotMember));
    }
}

#[tokio::test]
async fn actions_are_written_to_the_audit_log_once() {
    let servers = servers();
    let records = || servers.organization.directory.audit_log(100).unwrap().len();
    let before = records();
    servers.organization.ok("Suspend-Queue", json!({ "Identity": "MBX02\\3" })).await;
    assert_eq!(records(), before + 1);
    let entries = servers.organization.directory.audit_log(1).unwrap();
    let last = &entries[0];
    assert_eq!(
        (last.audit.user.as_str(), last.audit.cmdlet.as_str()),
        ("Administrator", "Suspend-Queue")
    );
    assert_eq!(last.audit.client, Some("192.0.2.7".parse().unwrap()));
}

#[tokio::test]
async fn a_server_that_loses_its_role_is_not_asked() {
    let servers = servers();
    let snapshot = servers.organization.directory.snapshot();
    let mut away = Server::clone(snapshot.server("MBX03").unwrap());
    away.is_mailbox_server = false;
    let change = Change::Update { object: Object::Server(away) };
    servers.organization.directory.apply(vec![change], system()).unwrap();
    let (_, warnings) = servers.shown("Get-Queue", "Identity", json!({ "Server": "*" })).await;
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[tokio::test]
async fn who_is_no_mailbox_server_asks_nobody() {
    let servers = servers();
    let snapshot = servers.organization.directory.snapshot();
    let mut here = Server::clone(snapshot.server("MBX01").unwrap());
    here.is_mailbox_server = false;
    let change = Change::Update { object: Object::Server(here) };
    servers.organization.directory.apply(vec![change], system()).unwrap();
    let problem = servers.organization.refused("Get-Queue", json!({ "Server": "MBX02" })).await;
    assert!(problem.message.contains("which is no Mailbox server"), "{problem}");
    let (found, _) = servers.shown("Get-Queue", "Identity", json!({ "Server": "*" })).await;
    assert_eq!(found.len(), 3, "its own are shown");
}

#[tokio::test]
async fn however_many_are_missing_each_is_named() {
    let servers = servers();
    let names: Vec<String> = (10..40).map(|number| format!("MBX{number}")).collect();
    names.iter().for_each(|name| servers.organization.add_server(name, true));
    let (found, warnings) = servers.shown("Get-Queue", "Identity", json!({ "Server": "*" })).await;
    assert_eq!(found.len(), 5);
    for name in names.iter().map(String::as_str).chain(["MBX03"]) {
        let named = format!("'{name}'");
        assert!(warnings.iter().any(|text| text.contains(&named)), "{name}: {warnings:?}");
    }
    // As many, and as long, as an answer's header holds.
    assert!(warnings.len() < 20 && warnings.iter().all(|text| text.len() < 1000));
}
