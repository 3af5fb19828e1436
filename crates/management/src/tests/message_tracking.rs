//! `Get-MessageTrackingLog` on a log with a few messages.

use model::{
    Address, Directionality, Event, EventSink, EventSource, MessageEvent, MessageEventKind,
    MessageFacts, Peer, RecipientResult, TimeSpan, Unlimited,
};
use serde_json::json;
use tracking::{MessageTrackingLog, TrackingSettings, files::LogSettings};

use super::*;

/// 2026-11-24T12:00:00Z
const NOON: i64 = 1_795_521_600_000;

struct Place {
    organization: Organization,
    log: MessageTrackingLog,
    _logs: tempfile::TempDir,
}

fn place() -> Place {
    let logs = tempfile::tempdir().unwrap();
    let settings = TrackingSettings {
        enabled: true,
        log: LogSettings {
            folder: Some(logs.path().to_owned()),
            max_file_size: Unlimited::Unlimited,
            max_directory_size: Unlimited::Unlimited,
            max_age: TimeSpan::days(30),
        },
        subjects: true,
    };
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(NOON)));
    let log = MessageTrackingLog::start(settings, None, clock).unwrap();
    let mut organization = Organization::new();
    organization.management = organization.management.with_tracking(log.clone());
    Place { organization, log, _logs: logs }
}

impl Place {
    /// A message `id` to these recipients that was sent `seconds` after noon.
    fn sent(&self, id: u64, seconds: i64, to: &[&str]) {
        let to: Vec<Address> = to.iter().map(|text| text.parse().unwrap()).collect();
        let message_id = format!("<{id}@contoso.com>");
        let event = MessageEvent {
            kind: MessageEventKind::Send,
            source: EventSource::Smtp,
            message: MessageFacts {
                id: MessageId::new(id).unwrap(),
                network_id: Guid::nil(),
                internet_message_id: Some(&message_id),
                subject: Some("Quarterly Report"),
                sender: "jean@contoso.com",
                size: 100,
                accepted_at: Timestamp::from_millis(NOON),
                original_client: None,
                directionality: Directionality::Originating,
                tls: model::TlsRequirement::Default,
            },
            recipients: to
                .iter()
                .map(|recipient| RecipientResult { recipient, status: "250 ok; done" })
                .collect(),
            connector: "Out",
            client: Peer::default(),
            server: Peer { name: "mx.example.net", address: None },
            related_recipient: None,
            reference: String::new(),
        };
        self.log.emit(Timestamp::from_millis(NOON + seconds * 1_000), &Event::Message(&event));
    }

    /// The numbers of the messages found.
    async fn found(&self, parameters: Value) -> Vec<u64> {
        let output = self.organization.ok("Get-MessageTrackingLog", parameters).await;
        assert_eq!(output.warnings, Vec::<String>::new());
        output.objects.iter().map(|row| row["InternalMessageId"].as_u64().unwrap()).collect()
    }
}

#[tokio::test]
async fn every_parameter_narrows_the_search() {
    let place = place();
    place.sent(1, 0, &["a@example.net", "b@example.net"]);
    place.sent(2, 10, &["c@example.net"]);
    place.sent(3, -86_400, &["a@example.net"]);
    for (parameters, expected) in [
        (json!({}), vec![3, 1, 2]),
        (json!({"Start": "2026-11-24"}), vec![1, 2]),
        (json!({"Start": "11/24/2026 12:00:10 PM"}), vec![2]),
        (json!({"End": "2026-11-24T12:00:10Z"}), vec![3, 1]),
        (json!({"End": "2026-11-24 12:00:11"}), vec![3, 1, 2]),
        (json!({"EventId": "Send"}), vec![3, 1, 2]),
        (json!({"EventId": "FAIL"}), vec![]),
        (json!({"Source": "smtp", "InternalMessageId": 2}), vec![2]),
        (json!({"InternalMessageId": "22"}), vec![]),
        (json!({"MessageId": "<1@contoso.com>"}), vec![1]),
        (json!({"MessageId": "1@contoso.com"}), vec![1]),
        (json!({"MessageSubject": "report", "Sender": "Jean@Contoso.com"}), vec![3, 1, 2]),
        (json!({"MessageSubject": "reports"}), vec![]),
        (json!({"Recipients": ["C@example.net", "b@example.net"]}), vec![1, 2]),
        (json!({"Recipients": "b@example.net,c@example.net"}), vec![1, 2]),
        (json!({"NetworkMessageId": Guid::nil().to_string(), "Server": "MBX01"}), vec![3, 1, 2]),
        (json!({"Reference": "x"}), vec![]),
        (json!({"ResultSize": "unlimited"}), vec![3, 1, 2]),
    ] {
        assert_eq!(place.found(parameters.clone()).await, expected, "{parameters}");
    }
}

#[tokio::test]
async fn a_row_has_the_documented_properties() {
    let place = place();
    place.sent(1, 0, &["a@example.net", "b@example.net"]);
    let rows = place.organization.ok("Get-MessageTrackingLog", json!({})).await.objects;
    assert_eq!(rows[0]["Timestamp"], "2026-11-24T12:00:00.000Z");
    assert_eq!(rows[0]["Recipients"], json!(["a@example.net", "b@example.net"]));
    assert_eq!(rows[0]["RecipientStatus"], json!(["250 ok; done", "250 ok; done"]));
    assert_eq!(rows[0]["ClientIp"], Value::Null);
    assert_eq!(rows[0]["TotalBytes"], 100);
    // Ours, behind the documented ones.
    assert_eq!(rows[0]["Server"], "MBX01");
    assert_eq!(rows[0].as_object().unwrap().len(), 28);
}

#[tokio::test]
async fn what_was_cut_off_is_said() {
    let place = place();
    for id in 1..=3 {
        place.sent(id, 0, &["a@example.net"]);
    }
    let output = place.organization.ok("Get-MessageTrackingLog", json!({"ResultSize": 2})).await;
    assert_eq!(output.objects.len(), 2);
    assert!(output.warnings[0].contains("ResultSize"), "{:?}", output.warnings);
    assert_eq!(place.found(json!({"ResultSize": 3})).await, [1, 2, 3]);
}

#[tokio::test]
async fn no_more_than_a_few_search_at_once() {
    let place = place();
    place.sent(1, 0, &["a@example.net"]);
    place.log.flush().await;
    let turns = Arc::clone(&place.organization.management.tracking.as_ref().unwrap().turns);
    let others = turns.acquire_many_owned(2).await.unwrap();
    tokio::time::pause();
    let refused = place.organization.run("Get-MessageTrackingLog", json!({})).await;
    tokio::time::resume();
    assert_eq!(refused.unwrap_err().status, 503);
    drop(others);
    assert_eq!(place.found(json!({})).await, [1]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let place = place();
    for (parameters, status) in [
        (json!({"Start": "yesterday"}), 400),
        (json!({"Start": "2026-11-25", "End": "2026-11-24"}), 400),
        (json!({"Server": "MBX09"}), 404),
        (json!({"ResultSize": -1}), 400),
    ] {
        let problem = place.organization.run("Get-MessageTrackingLog", parameters).await;
        assert_eq!(problem.unwrap_err().status, status);
    }
}
