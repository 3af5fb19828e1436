//! The cmdlets against a Transport service that holds still.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use model::{Guid, ManualClock, MessageId, Timestamp};
use serde_json::{Map, Value, json};
use transport::{
    Exported, Matches, MessageAction, MessageDetails, MessageScope, MessageView, Progress,
    QueueError, QueueInfo, QueueName, RecipientInfo,
};

use super::*;
use crate::binding::Bound;
use crate::output::Output;
use crate::problem::Problem;

/// A Transport service that holds still.
struct Fake {
    queues: Vec<QueueInfo>,
    messages: Vec<Mail>,
    done: Mutex<Vec<String>>,
    actions: Actions,
}

/// A message in a queue.
#[derive(Clone)]
struct Mail {
    id: MessageId,
    queue: QueueName,
    from: &'static str,
    status: &'static str,
}

fn details() -> MessageDetails {
    MessageDetails {
        source_name: "SMTP:Client Frontend MBX01".to_owned(),
        source_ip: None,
        internet_message_id: Some("<1@contoso.com>".to_owned()),
        tls: model::TlsRequirement::Default,
        recipients: vec![RecipientInfo {
            address: "anna@fabrikam.com".to_owned(),
            kind: "External",
            status: "Retry",
            last_error: Some("451 4.4.0 no answer".to_owned()),
            next_hop: "To Internet".to_owned(),
        }],
    }
}

impl Fake {
    fn note(&self, text: String) {
        self.done.lock().unwrap().push(text);
    }

    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn find(&self, queue: QueueName) -> Result<&QueueInfo, QueueError> {
        self.queues.iter().find(|q| q.name == queue).ok_or(QueueError::NoSuchQueue(queue))
    }
}

impl QueueAdministration for Fake {
    fn queues(&self) -> Vec<QueueInfo> {
        self.queues.clone()
    }

    fn visit_messages(
        &self,
        scope: &MessageScope,
        visit: &mut Visit<'_>,
    ) -> Result<(), QueueError> {
        for mail in self.messages.iter().filter(|m| scope.includes(m.id, m.queue)) {
            let mut view = MessageView::new(mail.id, mail.queue, &details);
            view.from_address = mail.from;
            view.status = mail.status;
            view.subject = Some("Hello");
            view.size = 2048;
            view.date_received = Timestamp::from_millis(1_700_000_000_000);
            view.expiration_time = Timestamp::from_millis(1_700_172_800_000);
            if visit(&view).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn suspend_queue(&self, queue: QueueName) -> Acted<'_> {
        let result = self.find(queue).map(|_| self.note(format!("suspend {queue}")));
        Box::pin(async move { result })
    }

    fn resume_queue(&self, queue: QueueName, _: Arc<Progress>) -> Acted<'_> {
        let result = self.find(queue).map(|_| self.note(format!("resume {queue}")));
        Box::pin(async move { result })
    }

    fn retry_queue(&self, queue: QueueName, resubmit: bool, progress: Arc<Progress>) -> Acted<'_> {
        let result = match self.find(queue) {
            Err(error) => Err(error),
            Ok(info) if info.status != "Retry" => Err(QueueError::NotInRetry(queue)),
            Ok(info) => {
                self.note(format!("retry {queue} {resubmit}"));
                if resubmit {
                    progress.matched.fetch_add(info.message_count, Ordering::Relaxed);
                    progress.done.fetch_add(info.message_count - 1, Ordering::Relaxed);
                    progress.refuse(&QueueError::Broke, 1);
                }
                Ok(())
            }
        };
        Box::pin(async move { result })
    }

    fn act(
        &self,
        scope: MessageScope,
        matches: Matches,
        action: MessageAction,
        progress: Arc<Progress>,
    ) -> Acted<'_> {
        Box::pin(async move {
            let mut found = Vec::new();
            self.visit_messages(&scope, &mut |view| {
                if matches(view) {
                    found.push((view.id, view.queue));
                }
                ControlFlow::Continue(())
            })?;
            for (id, queue) in found {
                if progress.is_cancelled() {
                    break;
                }
                progress.matched.fetch_add(1, Ordering::Relaxed);
                if queue == QueueName::Submission {
                    progress.refuse(&QueueError::Submission, 1);
                } else {
                    self.note(format!("{action:?} {queue} {id}"));
                    progress.done.fetch_add(1, Ordering::Relaxed);
                }
            }
            Ok(())
        })
    }

    fn redirect(&self, targets: Vec<String>, progress: Arc<Progress>) -> Acted<'_> {
        self.note(format!("redirect {}", targets.join(" ")));
        progress.done.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }

    fn export(
        &self,
        id: MessageId,
        queue: Option<QueueName>,
    ) -> BoxFuture<'_, Result<Exported, QueueError>> {
        let mut mails = self.messages.iter().filter(|m| m.id == id);
        let found = mails.find(|m| queue.is_none_or(|queue| queue == m.queue));
        let result = match found {
            None => Err(QueueError::NoSuchMessage(id)),
            Some(mail) if mail.status != "Suspended" => Err(QueueError::NotSuspended(id)),
            Some(_) => Ok(Exported { content: Bytes::from_static(b"X-Sender: <a@b.test>\r\n") }),
        };
        Box::pin(async move { result })
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
        tls_requirement: "Default",
        pool: None,
    }
}

fn message(id: u64, queue: QueueName, from: &'static str) -> Mail {
    Mail { id: MessageId::new(id).unwrap(), queue, from, status: "Retry" }
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
        // In the order in which a Transport service shows them.
        messages: vec![
            message(5, Unreachable, "jean@contoso.com"),
            message(5, Delivery(12), "jean@contoso.com"),
            message(6, Submission, "<>"),
            message(9, Delivery(12), "eva@contoso.com"),
            Mail { status: "Suspended", ..message(11, Delivery(3), "paul@contoso.com") },
        ],
        done: Mutex::default(),
        actions: Actions::new(Arc::new(ManualClock::new(Timestamp::from_millis(0)))),
    })
}

async fn run(fake: &Arc<Fake>, cmdlet: &str, parameters: Value) -> Result<Output, Problem> {
    let Value::Object(map): Value = parameters else { panic!("an object") };
    let map: Map<String, Value> = map;
    let bound = Arc::new(Bound::new(cmdlets::find(cmdlet).unwrap(), map)?);
    let place = Place::new(
        "MBX01",
        ["mbx01.contoso.com".to_owned()],
        ["MBX02", "CAS03"].map(str::to_owned),
    );
    let second = vec!["MBX02".to_owned(), "mbx02.contoso.com".to_owned()];
    let place = place.beside([(second, "mbx02.contoso.com".to_owned())]);
    let call = QueueCall {
        queues: Arc::clone(fake) as Arc<dyn QueueAdministration>,
        actions: fake.actions.clone(),
        place: place.in_site("Default-First-Site-Name"),
        bound,
        user: "Anna".to_owned(),
        dates: DateOrder::MonthFirst,
        now: Timestamp::from_millis(1_700_000_060_000),
        progress: Arc::default(),
    };
    queue_cmdlet(cmdlet).unwrap().run(call).await
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
        (json!({ "Identity": "MBX01\\Shadow\\3" }), 404),
        (json!({ "Identity": "MBX01\\Shadow\\3\\4" }), 400),
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
    assert!(fake.done().is_empty());
    run(&fake, "Retry-Queue", json!({ "Identity": "fabrikam.com" })).await.unwrap();
    run(&fake, "Retry-Queue", json!({ "Filter": "Status -eq 'Retry'", "Resubmit": true }))
        .await
        .unwrap();
    assert_eq!(fake.done(), ["retry 12 false", "retry 12 true"]);
    let resubmit = json!({ "Identity": "MBX01\\12", "Resubmit": true });
    let output = run(&fake, "Retry-Queue", resubmit).await.unwrap();
    assert_eq!(output.warnings.len(), 1);
    assert!(output.warnings[0].starts_with("1 messages were not routed again: "), "{output:?}");
    let actions = run(&fake, "Get-QueueAction", json!({})).await.unwrap().objects;
    let last = actions.last().unwrap();
    let shown = ["Cmdlet", "Filter", "State", "Matched", "Done", "Refused"].map(|f| &last[f]);
    let filter = json!("Identity -eq 'MBX01\\12'");
    let expected = [json!("Retry-Queue"), filter, json!("Completed"), json!(7), json!(6), json!(1)];
    assert_eq!(shown, expected.each_ref());
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
            vec![
                "MBX01\\Unreachable\\5",
                "MBX01\\12\\5",
                "MBX01\\Submission\\6",
                "MBX01\\12\\9",
                "MBX01\\3\\11",
            ],
        ),
        (json!({ "Identity": "5" }), vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5"]),
        (json!({ "Identity": "*\\5" }), vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5"]),
        (json!({ "Identity": "MBX01\\*\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Identity": "MBX01\\fabrikam.com\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Identity": "12\\9" }), vec!["MBX01\\12\\9"]),
        (json!({ "Queue": "Unreachable" }), vec!["MBX01\\Unreachable\\5"]),
        (json!({ "Queue": "*fabrikam.com" }), vec!["MBX01\\12\\5", "MBX01\\12\\9", "MBX01\\3\\11"]),
        (
            json!({ "Filter": "Queue -eq 'MBX01\\fabrikam.com'" }),
            vec!["MBX01\\12\\5", "MBX01\\12\\9"],
        ),
        (json!({ "Filter": "Queue -like '*\\mail.*'" }), vec!["MBX01\\3\\11"]),
        (json!({ "Filter": "Identity -eq 'mbx01\\3\\11'" }), vec!["MBX01\\3\\11"]),
        (json!({ "Filter": "{Status -eq \"Suspended\"}" }), vec!["MBX01\\3\\11"]),
        (json!({ "Queue": { "Identity": "MBX01\\12" } }), vec!["MBX01\\12\\5", "MBX01\\12\\9"]),
        (
            json!({ "Filter": "FromAddress -like '*contoso.com' -and Size -gt 1KB" }),
            vec!["MBX01\\Unreachable\\5", "MBX01\\12\\5", "MBX01\\12\\9", "MBX01\\3\\11"],
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
    for parameters in [
        json!({ "Identity": "MBX01\\12\\5" }),
        json!({ "Identity": "5", "WithNDR": false }),
        json!({ "Filter": "FromAddress -eq 'eva@contoso.com'" }),
        json!({ "Filter": "FromAddress -eq 'nobody@contoso.com'" }),
    ] {
        assert_eq!(run(&fake, "Remove-Message", parameters).await.unwrap(), Output::default());
    }
    let done = [
        "Remove { with_ndr: true } 12 5",
        "Remove { with_ndr: false } Unreachable 5",
        "Remove { with_ndr: false } 12 5",
        "Remove { with_ndr: true } 12 9",
    ];
    assert_eq!(fake.done(), done);
    let submission = json!({ "Identity": "MBX01\\Submission\\6" });
    let problem = run(&fake, "Remove-Message", submission).await.unwrap_err();
    assert_eq!(problem.status, 409);
    let gone = run(&fake, "Remove-Message", json!({ "Identity": "77" })).await.unwrap_err();
    assert_eq!((gone.status, gone.id.as_deref()), (404, Some("SC-21")));
    let mixed = json!({ "Filter": "Subject -eq 'Hello'" });
    let output = run(&fake, "Remove-Message", mixed).await.unwrap();
    let warning = "1 messages were not removed: Messages in the Submission queue wait to be \
                   categorized: they cannot be suspended, removed or exported.";
    assert_eq!(output.warnings, [warning]);
}

#[tokio::test]
async fn messages_suspended_and_resumed() {
    let fake = fake();
    let by_filter = json!({ "Filter": "FromAddress -like 'jean@*'", "Server": "MBX01" });
    let what_if = json!({ "Filter": "FromAddress -like 'jean@*'", "WhatIf": true });
    let output = run(&fake, "Suspend-Message", what_if).await.unwrap();
    assert_eq!(output.what_if.as_deref(), Some("What if: Suspending 2 messages."));
    run(&fake, "Suspend-Message", by_filter).await.unwrap();
    run(&fake, "Resume-Message", json!({ "Identity": "MBX01\\12\\9" })).await.unwrap();
    assert_eq!(fake.done(), ["Suspend Unreachable 5", "Suspend 12 5", "Resume 12 9"]);
    for (parameters, status) in [
        (json!({ "Identity": "77" }), 404),
        (json!({ "Filter": "Status -like 'Re*'" }), 400),
        (json!({ "Filter": "Status -eq 'Waiting'" }), 400),
        (json!({ "Filter": "Size -gt 1KB -or Size -lt 2KB" }), 400),
        (json!({ "Filter": "Size -gt 1KB", "Identity": "9" }), 400),
        (json!({}), 400),
    ] {
        let problem = run(&fake, "Resume-Message", parameters.clone()).await.unwrap_err();
        assert_eq!(problem.status, status, "{parameters}: {problem}");
    }
}

#[tokio::test]
async fn queues_suspended_and_resumed() {
    let fake = fake();
    run(&fake, "Suspend-Queue", json!({ "Identity": "MBX01\\fabrikam.com" })).await.unwrap();
    run(&fake, "Suspend-Queue", json!({ "Filter": "MessageCount -ge 2" })).await.unwrap();
    run(&fake, "Resume-Queue", json!({ "Identity": "Unreachable" })).await.unwrap();
    let done = ["suspend 12", "suspend Unreachable", "suspend 12", "resume Unreachable"];
    assert_eq!(fake.done(), done);
    let what_if = json!({ "Filter": "MessageCount -ge 2", "WhatIf": true });
    let output = run(&fake, "Resume-Queue", what_if).await.unwrap();
    assert_eq!(output.what_if.as_deref(), Some("What if: Resuming 2 queues."));
    let problem = run(&fake, "Suspend-Queue", json!({ "Identity": "99" })).await.unwrap_err();
    assert_eq!(problem.status, 404);
}

#[tokio::test]
async fn export() {
    let fake = fake();
    let output = run(&fake, "Export-Message", json!({ "Identity": "11" })).await.unwrap();
    let object =
        json!({ "Identity": "MBX01\\3\\11", "FileData": "WC1TZW5kZXI6IDxhQGIudGVzdD4NCg==" });
    assert_eq!(output.objects, [object]);
    for (identity, status) in [("9", 409), ("77", 404), ("MBX01\\12\\11", 404)] {
        let problem = run(&fake, "Export-Message", json!({ "Identity": identity })).await;
        let problem = problem.unwrap_err();
        assert_eq!(problem.status, status, "{identity}: {problem}");
    }
}

#[tokio::test]
async fn actions_are_remembered_and_stopped() {
    let fake = fake();
    run(&fake, "Suspend-Message", json!({ "Filter": "Subject -eq 'Hello'" })).await.unwrap();
    run(&fake, "Suspend-Queue", json!({ "Filter": "MessageCount -ge 2" })).await.unwrap();
    // One by its identity is none of these.
    run(&fake, "Suspend-Message", json!({ "Identity": "9" })).await.unwrap();
    let shown = run(&fake, "Get-QueueAction", json!({})).await.unwrap().objects;
    let numbers = |name: &str| shown.iter().map(|o| o[name].clone()).collect::<Vec<_>>();
    assert_eq!(numbers("Cmdlet"), ["Suspend-Message", "Suspend-Queue"]);
    assert_eq!(numbers("Matched"), [5, 2]);
    assert_eq!(
        (numbers("Done"), numbers("Refused")),
        (vec![json!(4), json!(2)], vec![json!(1), json!(0)])
    );
    assert_eq!(numbers("State"), ["Completed", "Completed"]);
    assert_eq!(
        (&shown[0]["User"], &shown[0]["Filter"]),
        (&json!("Anna"), &json!("Subject -eq 'Hello'"))
    );
    for (identity, status) in [("1", 409), ("7", 404), ("x", 400)] {
        let problem = run(&fake, "Stop-QueueAction", json!({ "Identity": identity })).await;
        assert_eq!(problem.unwrap_err().status, status, "{identity}");
    }
    let under_way = Arc::<Progress>::default();
    let running =
        fake.actions.begin("Remove-Message", "Eva", String::new(), Arc::clone(&under_way)).ok();
    run(&fake, "Stop-QueueAction", json!({ "Identity": "3" })).await.unwrap();
    assert!(under_way.is_cancelled());
    let one = run(&fake, "Get-QueueAction", json!({ "Identity": 3 })).await.unwrap().objects;
    assert_eq!((one.len(), &one[0]["State"]), (1, &json!("Cancelling")));
    drop(running);
}

#[tokio::test]
async fn digest() {
    let mut fake = fake();
    let queues = &mut Arc::get_mut(&mut fake).unwrap().queues;
    queues[1].message_count = 40;
    queues[2].message_count = 12;
    for number in [20, 21] {
        let name = QueueName::Delivery(number);
        queues.push(queue(name, "FABRIKAM.com", "DnsConnectorDelivery", "Retry", number));
    }
    let small = queue(QueueName::Delivery(22), "x.test", "DnsConnectorDelivery", "Retry", 9);
    queues.push(small.clone());
    queues.push(QueueInfo { name: QueueName::Delivery(23), status: "Suspended", ..small });
    let groups = |output: Output| -> Vec<(String, u64)> {
        let of = |o: &Value| {
            (o["GroupByValue"].as_str().unwrap().to_owned(), o["MessageCount"].as_u64().unwrap())
        };
        output.objects.iter().map(of).collect()
    };
    let owned = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect()
    };
    let by_domain =
        [("fabrikam.com", 81), ("mail.fabrikam.com", 12), ("x.test", 9), ("Unreachable Domain", 2)];
    for (parameters, expected) in [
        (json!({ "Server": "MBX01" }), &by_domain[..]),
        (json!({ "Server": ["mbx01.contoso.com"] }), &by_domain),
        (json!({ "Site": "default-first-site-name" }), &by_domain),
        (json!({ "Forest": true, "ResultSize": 2 }), &by_domain[..2]),
        (
            json!({ "Forest": true, "Include": "External", "Exclude": "Empty", "Filter": "MessageCount -gt 10" }),
            &by_domain[..2],
        ),
        (
            json!({ "Forest": true, "GroupBy": "Status" }),
            &[("Retry", 81), ("Active", 12), ("Suspended", 9), ("Ready", 2)],
        ),
        (json!({ "Forest": true, "GroupBy": "ServerName" }), &[("MBX01", 104)]),
    ] {
        let output = run(&fake, "Get-QueueDigest", parameters.clone()).await.unwrap();
        assert_eq!(groups(output), owned(expected), "{parameters}");
    }
    let details = |output: Output| output.objects[0]["Details"].clone();
    let of = |level: &str| json!({ "Server": "MBX01", "DetailsLevel": level });
    let none = run(&fake, "Get-QueueDigest", of("None")).await.unwrap();
    assert_eq!(details(none), json!([]));
    let normal = run(&fake, "Get-QueueDigest", of("Normal")).await.unwrap();
    let first =
        json!({ "QueueIdentity": "MBX01\\12", "ServerIdentity": "MBX01", "MessageCount": 40 });
    assert_eq!(details(normal)[0], first);
    let verbose = run(&fake, "Get-QueueDigest", of("Verbose")).await.unwrap();
    assert_eq!(details(verbose)[0]["DeliveryType"], "DnsConnectorDelivery");
    for (parameters, status) in [
        (json!({ "Dag": "DAG1" }), 404),
        (json!({ "Site": "Paris" }), 404),
        (json!({ "Server": "MBX02" }), 400),
        (json!({ "Server": "MBX01", "Forest": true }), 400),
        (json!({ "Server": "MBX01", "Filter": "Status -like 'R*'" }), 400),
    ] {
        let problem = run(&fake, "Get-QueueDigest", parameters.clone()).await.unwrap_err();
        assert_eq!(problem.status, status, "{parameters}: {problem}");
    }
}

#[tokio::test]
async fn redirect_takes_other_mailbox_servers() {
    for (target, status, part) in [
        ("cas03", 400, "no Mailbox server"),
        ("mbx01.contoso.com", 400, "itself"),
        ("mbx09.contoso.com", 404, "There is no server"),
    ] {
        let parameters = json!({ "Server": "MBX01", "Target": target });
        let problem = run(&fake(), "Redirect-Message", parameters).await.unwrap_err();
        assert_eq!(problem.status, status, "{problem}");
        assert!(problem.message.contains(part), "{problem}");
        assert_eq!(problem.parameter.as_deref(), Some("Target"));
    }
    let fake = fake();
    let twice = json!({ "Server": "MBX01", "Target": ["mbx02", "MBX02.contoso.com"] });
    let mut what_if = twice.clone();
    what_if["WhatIf"] = json!(true);
    let output = run(&fake, "Redirect-Message", what_if).await.unwrap();
    assert!(output.what_if.is_some_and(|text| text.contains("to mbx02.contoso.com.")));
    assert_eq!(fake.done.lock().unwrap().as_slice(), [] as [&str; 0]);
    run(&fake, "Redirect-Message", twice).await.unwrap();
    assert_eq!(fake.done.lock().unwrap().as_slice(), ["redirect mbx02.contoso.com"]);
    assert_eq!(fake.actions.all().len(), 1);
}
