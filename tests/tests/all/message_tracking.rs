//! The message tracking log (transport.md section 10): what `Get-MessageTrackingLog` and the files
//! say of messages that were sent, put off and refused, also after a kill.

use end_to_end::{Answers, LogRow, SERVER, SOON, Sink, log_files, log_rows, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

/// The 27 fields in their documented order.
const FIELDS: &str = "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

fn tracked(world: &World, parameters: Value) -> Vec<Value> {
    world.relais.run("Get-MessageTrackingLog", parameters)
}

/// Waits for the event; all events of its message.
fn events_of(world: &World, subject: &str, last: &str) -> Vec<Value> {
    until(&format!("{last} of {subject}"), SOON, || {
        let rows = tracked(world, json!({ "MessageSubject": subject }));
        rows.iter().any(|row| row["EventId"] == last).then_some(rows)
    })
}

fn ids(rows: &[Value]) -> Vec<String> {
    let one = |row: &Value| format!("{} {}", row["EventId"], row["Source"]).replace('"', "");
    rows.iter().map(one).collect()
}

#[test]
fn a_message_that_is_sent_has_one_receive_and_one_send() {
    let world = World::of(&["a", "b"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("To Test", "*", PORT);
    world.send("u@a.test", "number 1, \"quoted\".");
    sink.wait_for(1, SOON);
    let rows = events_of(&world, "number 1", "SEND");
    assert_eq!(ids(&rows), ["RECEIVE SMTP", "SEND SMTP"]);
    let (receive, send) = (&rows[0], &rows[1]);
    for row in &rows {
        assert_eq!(row["Recipients"], json!(["u@a.test"]));
        assert_eq!(row["Sender"], STRANGER);
        assert_eq!(row["ReturnPath"], STRANGER);
        assert_eq!(row["MessageSubject"], "number 1, \"quoted\".");
        assert_eq!(row["RecipientCount"], 1);
        assert_eq!(row["Directionality"], "Incoming");
        assert_eq!(row["NetworkMessageId"], receive["NetworkMessageId"]);
        assert_eq!(row["InternalMessageId"], receive["InternalMessageId"]);
        assert!(row["OriginalClientIp"].is_string());
    }
    let connector = receive["ConnectorId"].as_str().expect("a connector");
    assert!(connector.starts_with(&format!("{SERVER}\\")), "{connector}");
    assert!(receive["ClientIp"].is_string() && receive["ClientHostname"].is_string());
    assert_eq!(send["ConnectorId"], "To Test");
    assert_eq!(send["ServerIp"], world.host.to_string());
    assert_eq!(send["ServerHostname"], "mail.test");
    assert!(send["RecipientStatus"][0].as_str().is_some_and(|s| s.starts_with("250")));
    assert_eq!(send["MessageInfo"], receive["Timestamp"]);

    // The same in the files.
    let folder = world.relais.data().join("logs/MessageTracking");
    let files = log_files(&folder, "MSGTRK");
    let text = std::fs::read_to_string(&files[0]).expect("the log is readable");
    let header: Vec<&str> = text.lines().take(5).collect();
    assert_eq!(header[0], "#Software: Relais");
    assert_eq!(header[2], "#Log-Type: Message Tracking Log");
    assert_eq!(header[4], FIELDS);
    let rows: Vec<LogRow> = log_rows(&folder, "MSGTRK");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].field("event-id"), "SEND");
    assert_eq!(rows[1].field("connector-id"), "To Test");
    assert_eq!(rows[1].field("message-subject"), "number 1, \"quoted\".");

    // And in the shell.
    let shown = world.relais.shell_ok("Get-MessageTrackingLog -EventId Send -Recipients u@a.test");
    for column in ["EventId", "Source", "Sender", "Recipients", "MessageSubject", "SEND"] {
        assert!(shown.contains(column), "{shown}");
    }
    let piped = "Get-ExchangeServer | Get-MessageTrackingLog -Start 1/1/2026 | Measure-Object | ForEach-Object { $_.Count }";
    assert_eq!(world.relais.shell_ok(piped).trim(), "2");
}

#[test]
fn what_fails_and_what_is_put_off_says_why() {
    let world = World::patient(&["a", "b"]);
    let anna = world.sender("anna", &[]);
    let answers = Answers::scripted(|command, argument, _| match (command, argument) {
        ("RCPT", to) if to.contains("never") => Some("550 5.1.1 no such user; sorry".to_owned()),
        ("RCPT", to) if to.contains("later") => Some("451 4.7.1 greylisted".to_owned()),
        _ => None,
    });
    let _sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("Out", "*", PORT);
    world.send_as(&anna, "never@a.test", "to fail");
    let rows = events_of(&world, "to fail", "FAIL");
    let failed = rows.iter().find(|row| row["EventId"] == "FAIL").expect("it failed");
    assert_eq!(failed["Source"], "SMTP");
    assert_eq!(failed["RecipientStatus"], json!(["550 5.1.1 no such user; sorry"]));
    let message_id = failed["MessageId"].as_str().expect("a Message-ID");
    let reports = tracked(&world, json!({ "EventId": "DSN", "Reference": message_id }));
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(reports[0]["Recipients"], json!([anna]));
    assert_eq!(reports[0]["ReturnPath"], "<>");
    world.relais.wait_for_mail(&anna, 1, SOON);
    events_of(&world, reports[0]["MessageSubject"].as_str().expect("a subject"), "DELIVER");

    world.send_as(&anna, "later@b.test", "to wait");
    let rows = events_of(&world, "to wait", "DEFER");
    assert_eq!(ids(&rows), ["RECEIVE SMTP", "DEFER SMTP"]);
    assert_eq!(rows[1]["RecipientStatus"], json!(["451 4.7.1 greylisted"]));
    assert_eq!(rows[1]["Directionality"], "Originating");
}

/// A kill right after the deliveries: every event stands in the log; twice only what happened
/// twice, because the kill came before the outcome was durable.
#[test]
fn a_kill_loses_no_event_and_doubles_none() {
    let mut world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("Out", "*", PORT);
    for number in 0..20 {
        world.send(&format!("u{number}@a.test"), &format!("number {number}."));
    }
    sink.wait_for(20, SOON);
    world.relais.kill();
    world.relais.resume();
    world.relais.wait_until_empty(SOON);
    for number in 0..20 {
        let to = format!("u{number}@a.test");
        let rows =
            |event: &str| tracked(&world, json!({ "EventId": event, "Recipients": to })).len();
        let delivered =
            sink.received().iter().filter(|m| m.recipients.concat().contains(&to)).count();
        assert_eq!(rows("RECEIVE"), 1, "{to}");
        assert!((1..=delivered).contains(&rows("SEND")), "{to}, delivered {delivered} times");
    }
}

#[test]
fn settings_count_at_once() {
    let world = World::of(&["a"]);
    let sink = world.sink(PORT);
    world.relais.send_connector("Out", "*", PORT);
    world.transport(json!({ "MessageTrackingLogSubjectLoggingEnabled": false }));
    world.send("u1@a.test", "a secret subject");
    sink.wait_for(1, SOON);
    let sends = json!({ "EventId": "SEND" });
    let rows = until("the first", SOON, || {
        Some(tracked(&world, sends.clone())).filter(|rows| rows.len() == 1)
    });
    assert_eq!(rows[0]["MessageSubject"], Value::Null);
    world.transport(json!({ "MessageTrackingLogEnabled": false }));
    world.send("u2@a.test", "nobody logs this");
    sink.wait_for(2, SOON);
    world.relais.wait_until_empty(SOON);
    assert_eq!(tracked(&world, sends.clone()).len(), 1, "what was written is still found");
    let path = "logs/Elsewhere";
    world.transport(json!({ "MessageTrackingLogEnabled": true, "MessageTrackingLogPath": path }));
    world.send("u3@a.test", "logged elsewhere");
    sink.wait_for(3, SOON);
    let rows = until("the third", SOON, || {
        Some(tracked(&world, sends.clone())).filter(|rows| rows.len() == 1)
    });
    assert_eq!(rows[0]["Recipients"], json!(["u3@a.test"]));
    assert_eq!(log_files(&world.relais.data().join(path), "MSGTRK").len(), 1);
}
