use std::sync::{Arc, Mutex};

use model::{Guid, MessageId, Timestamp};
use serde_json::{Map, Value, json};
use transport::{MessageInfo, QueueError, QueueInfo, QueueName, RecipientInfo};

use super::*;
use crate::binding::Bound;
use crate::output::Output;
use crate::problem::Problem;

/// A Transport service that holds still.
#[derive(Default)]
struct Fake {
    queues: Vec<QueueInfo>,
    messages: Vec<MessageInfo>,
    done: Mutex<Vec<String>>,
}

impl QueueAdministration for Fake {
    fn queues(&self) -> Vec<QueueInfo> {
        self.queues.clone()
    }

    fn messages(&self) -> Vec<MessageInfo> {
        self.messages.clone()
    }

    fn retry_queue(
        &self,
        queue: QueueName,
        resubmit: bool,
    ) -> BoxFuture<'_, Result<(), QueueError>> {
        let info = self.queues.iter().find(|q| q.name == queue);
        let result = match info {
            None => Err(QueueError::NoSuchQueue(queue)),
            Some(info) if info.status != "Retry" => Err(QueueError::NotInRetry(queue)),
            Some(_) => {
                self.done.lock().unwrap().push(format!("retry {queue} {resubmit}"));
                Ok(())
            }
        };
        Box::pin(async move { result })
    }

    fn remove_message<'a>(
        &'a self,
        id: MessageId,
        queue: Option<&'a QueueName>,
        with_ndr: bool,
    ) -> BoxFuture<'a, Result<(), QueueError>> {
        Box::pin(async move {
            if queue == Some(&QueueName::Submission) {
                return Err(QueueError::Submission);
            }
            let queue = queue.map_or("*".to_owned(), ToString::to_string);
            self.done.lock().unwrap().push(format!("remove {queue} {id} {with_ndr}"));
            Ok(())
        })
    }
}

fn queue(
    name: QueueName,
    domain: &str,
    delivery_type: &'static str,
    status: &'static str,
    count: u64,
) -> QueueInfo {
    QueueInfo {
        name,
        next_hop_domain: domain.to_owned(),
        next_hop_connector: Guid::nil(),
        next_hop_category: if delivery_type == "DnsConnectorDelivery" {
            "External"
        } else {
            "Internal"
        },
        delivery_type,
        status,
        message_count: count,
        deferred_message_count: 0,
        counts_per_priority: [0, count, 0, 0],
        deferred_per_priority: [0; 4],
        last_error: (status == "Retry").then(|| "451 4.4.0 no answer".to_owned()),
        last_retry_time: None,
        next_retry_time: Some(Timestamp::from_millis(1_700_000_000_000)),
        first_retry_time: None,
        retry_count: 1,
        incoming_rate: 0.5,
        outgoing_rate: 0.0,
        velocity: -0.5,
        tls_domain: None,
    }
}

fn message(id: u64, queue: QueueName, from: &str) -> MessageInfo {
    MessageInfo {
        id: MessageId::new(id).unwrap(),
        queue,
        from_address: from.to_owned(),
        status: "Retry",
        subject: Some("Hello".to_owned()),
        size: 2048,
        source_name: "SMTP:Client Frontend MBX01".to_owned(),
        source_ip: None,
        date_received: Timestamp::from_millis(1_700_000_000_000),
        expiration_time: Timestamp::from_millis(1_700_172_800_000),
        internet_message_id: Some("<1@contoso.com>".to_owned()),
        last_error: None,
        retry_count: 0,
        priority: "Normal",
        defer_reason: "None",
        recipients: vec![RecipientInfo {
            address: "anna@fabrikam.com".to_owned(),
            kind: "External",
            status: "Retry",
            last_error: Some("451 4.4.0 no answer".to_owned()),
            next_hop: "To Internet".to_owned(),
        }],
    }
}

fn fake() -> Arc<Fake> {
    use QueueName::{Delivery, Submission, Unreachable};
    Arc::new(Fake {
        queues: vec![
            queue(Submission, "Submission", "Undefined", "Ready", 0),
            queue(Delivery(12), "fabrikam.com", "DnsConnectorDelivery", "Retry", 7),
            queue(Delivery(3), "mail.fabrikam.com", "DnsConnectorDelivery", "Active", 1),
            queue(Unreachable, "Unreachable Domain", "Unreachable", "Ready", 2),
        ],
        messages: vec![
            message(9, Delivery(12), "eva@contoso.com"),
            message(5, Delivery(12), "jean@contoso.com"),
            message(5, Unreachable, "jean@contoso.com"),
            message(6, Submission, "<>"),
        ],
        done: Mutex::default(),
    })
}

async fn run(fake: &Arc<Fake>, cmdlet: &str, parameters: Value) -> Result<Output, Problem> {
    let Value::Object(map): Value = parameters else { panic!("an object") };
    let map: Map<String, Value> = map;
    let bound = Bound::new(cmdlets::find(cmdlet).unwrap(), map)?;
    let call = QueueCall {
        queues: Arc::clone(fake) as Arc<dyn QueueAdministration>,
        place: Place::new("MBX01", ["mbx01.contoso.com".to_owned()], ["MBX02".to_owned()]),
        bound: &bound,
        now: Timestamp::from_millis(1_700_000_060_000),
    };
    match cmdlet {
        "Get-Queue" => get_queue(call).await,
        "Retry-Queue" => retry_queue(call).await,
        "Get-Message" => get_message(call).await,
        _ => remove_message(call).await,
    }
}

async fn identities(cmdlet: &str, parameters: Value) -> Vec<String> {
    let output = run(&fake(), cmdlet, parameters.clone()).await;
    let output = output.unwrap_or_else(|e| panic!("{parameters}: {e}"));
    output.objects.iter().map(|o| o["Identity"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn queues_by_identity() {
    let all = ["MBX01\\Submission", "MBX01\\Unreachable", "MBX01\\3", "MBX01\\12"];
    for (identity, found) in [
        (json!({}), &all[..]),
        (json!({ "Identity": null }), &all),
        (json!({ "Identity": "*" }), &all),
        (json!({ "Identity": "mbx01\\*" }), &all),
        (json!({ "Server": "MBX01.contoso.com" }), &all),
        (json!({ "Server": { "Name": "MBX01", "Guid": "x" } }), &all),
        (json!({ "Identity": "unreachable" }), &all[1..2]),
        (json!({ "Identity": "MBX01\\12" }), &all[3..]),
        (json!({ "Identity": 12 }), &all[3..]),
        (json!({ "Identity": "fabrikam.com" }), &all[3..]),
        (json!({ "Identity": "*fabrikam.com" }), &all[2..]),
        (json!({ "Identity": { "Identity": "MBX01\\3" } }), &all[2..3]),
        (json!({ "Identity": "nowhere.test" }), &[]),
    ] {
        assert_eq!(identities("Get-Queue", identity.clone()).await, found, "{identity}");
    }
    for (identity, status) in [
        (json!({ "Identity": "99" }), 404),
        (json!({ "Identity": "MBX02\\3" }), 400),
        (json!({ "Identity": "NONE\\3" }), 404),
        (json!({ "Server": "NONE" }), 404),
        (json!({ "Identity": "MBX01\\Shadow\\3" }), 400),
        (json!({ "Identity": {} }), 400),
    ] {
        let problem = run(&fake(), "Get-Queue", identity.clone()).await.unwrap_err();
        assert_eq!(problem.status, status, "{identity}: {problem}");
    }
}

#[tokio::test]
async fn queues_by_kind_and_filter() {
    for (parameters, found) in [
        (json!({ "Include": "External" }), vec!["MBX01\\3", "MBX01\\12"]),
        (json!({ "Include": ["Internal", "Empty"] }), vec!["MBX01\\Submission"]),
        (json!({ "Exclude": "Empty,External" }), vec!["MBX01\\Unreachable"]),
        (
            json!({ "Exclude": "DnsConnectorDelivery", "Include": "Internal" }),
            vec!["MBX01\\Submission", "MBX01\\Unreachable"],
        ),
        (json!({ "Filter": "Status -eq 'retry' -and MessageCount -gt 5" }), vec!["MBX01\\12"]),
        (json!({ "Filter": "Identity -like '*\\3'" }), vec!["MBX01\\3"]),
        (json!({ "Filter": "LastError -ne $null" }), vec!["MBX01\\12"]),
        (json!({ "SortOrder": "-MessageCount", "ResultSize": 1 }), vec!["MBX01\\12"]),
    ] {
        assert_eq!(identities("Get-Queue", parameters.clone()).await, found, "{parameters}");
    }
    let problem = run(&fake(), "Get-Queue", json!({ "Filter": "Foo -eq 1" })).await.unwrap_err();
    assert_eq!(problem.parameter.as_deref(), Some("Filter"));
}

#[tokio::test]
async fn queue_properties_in_documented_order() {
    let output = run(&fake(), "Get-Queue", json!({ "Identity": "12" })).await.unwrap();
    let object = output.objects[0].as_object().unwrap();
    let names: Vec<_> = object.keys().take(5).map(String::as_str).collect();
    assert_eq!(
        names,
        ["Identity", "QueueIdentity", "NextHopDomain", "NextHopConnector", "NextHopCategory"]
    );
    assert_eq!(object["MessageCount"], json!(7));
    assert_eq!(object["Velocity"], json!(-0.5));
    assert_eq!(object["NextRetryTime"], json!("2023-11-14T22:13:20.000Z"));
    assert_eq!(object["LastRetryTime"], Value::Null);
    for column in cmdlets::find("Get-Queue").unwrap().output.columns {
        assert!(object.contains_key(*column), "{column}");
    }
}

#[tokio::test]
async fn retry() {
    let fake = fake();
    let what_if = json!({ "Identity": "12", "WhatIf": true });
    let output = run(&fake, "Retry-Queue", what_if).await.unwrap();
    assert_eq!(output.what_if.as_deref(), Some("What if: Retrying queue \"MBX01\\12\"."));
    assert!(fake.done.lock().unwrap().is_empty());
    run(&fake, "Retry-Queue", json!({ "Identity": "fabrikam.com" })).await.unwrap();
    run(&fake, "Retry-Queue", json!({ "Filter": "Status -eq 'Retry'", "Resubmit": true }))
        .await
        .unwrap();
    assert_eq!(*fake.done.lock().unwrap(), ["retry 12 false", "retry 12 true"]);
    for (parameters, status) in [
        (json!({ "Identity": "3" }), 409),
        (json!({ "Identity": "77" }), 404),
        (json!({ "Identity": "*fabrikam.com" }), 400),
        (json!({ "Filter": "Status -eq 'Active'" }), 409),
    ] {
        let problem = run(&fake, "Retry-Queue", parameters.clone()).await.unwrap_err();
        assert_eq!(problem.status, status, "{parameters}: {problem}");
    }
    let mixed = json!({ "Filter": "DeliveryType -eq 'DnsConnectorDelivery'" });
    let output = run(&fake, "Retry-Queue", mixed).await.unwrap();
    assert_eq!(output.warnings, ["Queue 3 is not in Retry: only such a queue can be retried."]);
    let none = json!({ "Filter": "NextHopDomain -eq 'nowhere.test'" });
    assert_eq!(run(&fake, "Retry-Queue", none).await.unwrap(), Output::default());
}

#[tokio::test]
async fn messages_by_identity_queue_and_filter() {
    for (parameters, found) in [
        (
            json!({}),
            vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5", "MBX01\\Submission\\6", "MBX01\\12\\9"],
        ),
        (json!({ "Identity": "5" }), vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5"]),
        (json!({ "Identity": "*\\5" }), vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5"]),
        (json!({ "Identity": "MBX01\\*\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Identity": "MBX01\\fabrikam.com\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Identity": "12\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Queue": "Unreachable" }), vec!["MBX01\\Unreachable\\5"]),
        (json!({ "Queue": "*fabrikam.com" }), vec!["MBX01\\12\\5", "MBX01\\12\\9"]),
        (json!({ "Queue": { "Identity": "MBX01\\12" } }), vec!["MBX01\\12\\5", "MBX01\\12\\9"]),
        (
            json!({ "Filter": "FromAddress -like '*contoso.com' -and Size -gt 1KB" }),
            vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5", "MBX01\\12\\9"],
        ),
        (
            json!({ "Filter": "Recipients -like '*anna@fabrikam.com*' -and Queue -eq 'mbx01\\12'" }),
            vec!["MBX01\\12\\5", "MBX01\\12\\9"],
        ),
        (json!({ "Filter": "MessageLatency -ge '00:02:00'" }), vec![]),
    ] {
        assert_eq!(identities("Get-Message", parameters.clone()).await, found, "{parameters}");
    }
    for (identity, status) in [("77", 404), ("MBX01\\12\\x", 400), ("NONE\\12\\5", 404), ("a", 400)]
    {
        let problem =
            run(&fake(), "Get-Message", json!({ "Identity": identity })).await.unwrap_err();
        assert_eq!(problem.status, status, "{identity}: {problem}");
    }
}

#[tokio::test]
async fn recipients_only_when_asked_for() {
    let blank = run(&fake(), "Get-Message", json!({ "Identity": "9" })).await.unwrap();
    assert_eq!(blank.objects[0]["Recipients"], Value::Null);
    assert_eq!(blank.objects[0]["Size"], json!("2 KB (2,048 bytes)"));
    assert_eq!(blank.objects[0]["MessageLatency"], json!("00:01:00"));
    let parameters = json!({ "Identity": "9", "IncludeRecipientInfo": true });
    let full = run(&fake(), "Get-Message", parameters).await.unwrap();
    assert_eq!(
        full.objects[0]["Recipients"],
        json!([{
            "Address": "anna@fabrikam.com", "Type": "External", "FinalDestination": "To Internet",
            "Status": "Retry", "LastError": "451 4.4.0 no answer",
        }])
    );
    let keys = |o: &Value| o.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&full.objects[0]), keys(&blank.objects[0]));
}

#[tokio::test]
async fn remove() {
    let fake = fake();
    let what_if = json!({ "Identity": "MBX01\\12\\5", "WhatIf": true, "WithNDR": false });
    let output = run(&fake, "Remove-Message", what_if).await.unwrap();
    assert!(output.what_if.unwrap().ends_with("\"MBX01\\12\\5\" without a non-delivery report."));
    run(&fake, "Remove-Message", json!({ "Identity": "MBX01\\12\\5" })).await.unwrap();
    run(&fake, "Remove-Message", json!({ "Identity": "5", "WithNDR": false })).await.unwrap();
    run(&fake, "Remove-Message", json!({ "Filter": "FromAddress -eq 'eva@contoso.com'" }))
        .await
        .unwrap();
    let done = ["remove 12 5 true", "remove * 5 false", "remove 12 9 true"];
    assert_eq!(*fake.done.lock().unwrap(), done);
    let submission = json!({ "Identity": "MBX01\\Submission\\6" });
    let problem = run(&fake, "Remove-Message", submission).await.unwrap_err();
    assert_eq!(problem.status, 409);
    let gone = run(&fake, "Remove-Message", json!({ "Identity": "77" })).await.unwrap_err();
    assert_eq!((gone.status, gone.id.as_deref()), (404, Some("SC-21")));
    let mixed = json!({ "Filter": "Subject -eq 'Hello'" });
    let output = run(&fake, "Remove-Message", mixed).await.unwrap();
    assert_eq!(output.warnings.len(), 1, "{:?}", output.warnings);
}
