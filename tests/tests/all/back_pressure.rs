//! Back pressure: what is scarce refuses or delays new mail, says so, loses nothing of what was
//! accepted, and is over by itself. (The spool's own disk: `no_loss`.)

use std::time::{Duration, Instant};

use end_to_end::{
    Ledger, Letter, Relais, SOON, Settings, SmallDisk, Smtp, message, python_send, read_metrics,
    swaks, until,
};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

const SCARCE: &str = "452 4.3.1 Insufficient system resources";

fn world(toml: &'static str) -> World {
    let world = World::of_with(&["a"], Settings { toml, ..Settings::default() });
    world.relais.send_connector("A", "a.test", PORT);
    world
}

/// How a resource stands.
fn standing(relais: &Relais, resource: &str) -> Value {
    let rows = relais.run("Get-BackPressure", json!({ "Identity": resource }));
    rows.into_iter().next().expect("one row")
}

fn wait_for_level(relais: &Relais, resource: &str, level: &str) {
    until(&format!("{resource} is {level}"), SOON, || {
        (standing(relais, resource)["Level"] == level).then_some(())
    });
}

/// The log's lines about a resource with these documented event ids.
fn logged(relais: &Relais, resource: &str, ids: &str) -> usize {
    let (of, id) = (format!("resource={resource} "), format!("event_id=\"{ids}\""));
    relais.log().lines().filter(|line| line.contains(&of) && line.contains(&id)).count()
}

/// MAIL on a connection of its own: connections are accepted at every level.
fn mail(relais: &Relais) -> String {
    Smtp::hello(relais.relay()).say(&format!("MAIL FROM:<{STRANGER}>")).text()
}

/// The samples of `/metrics`, as Prometheus reads them.
fn metrics(relais: &Relais) -> String {
    let (status, text) = relais.http("GET", "/metrics", None, None);
    assert_eq!(status, 200, "{text}");
    let (is_right, read) = read_metrics(&text);
    assert!(is_right, "{read}\n{text}");
    read
}

fn sample(metrics: &str, name: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = found.unwrap_or_else(|| panic!("no sample {name} in\n{metrics}"));
    value.parse().unwrap_or_else(|_| panic!("{name} is {value}"))
}

/// The log disk fills with somebody else's file and is cleared again.
#[test]
fn a_full_log_disk_refuses_new_mail_until_there_is_room() {
    let disk = SmallDisk::of(32);
    let world = world("");
    let relais = &world.relais;
    let sink = world.sink(PORT);
    let logs = disk.data().join("tracking").display().to_string();
    world.transport(json!({ "MessageTrackingLogPath": logs }));
    world.send("u1@a.test", "before");
    wait_for_level(relais, "LogDisk", "Normal");
    disk.fill(1 << 20);
    wait_for_level(relais, "LogDisk", "High");
    assert_eq!(mail(relais), SCARCE);
    let (is_sent, said) = swaks(relais.relay(), &["--from", STRANGER, "--to", "u2@a.test"]);
    assert!(!is_sent && said.contains(SCARCE), "{said}");
    assert_eq!(relais.http("GET", "/readyz", None, None).0, 503);
    assert_eq!(relais.http("GET", "/livez", None, None).0, 200);
    let row = standing(relais, "LogDisk");
    assert_eq!((&row["NewMail"], &row["PreviousLevel"]), (&json!("Refused"), &json!("Normal")));
    assert!(row["Place"].as_str().unwrap().ends_with("tracking"), "{row}");
    let pressed = metrics(relais);
    assert_eq!(sample(&pressed, "relais_resource_level{resource=LogDisk}") as u64, 2);
    assert_eq!(sample(&pressed, "relais_new_mail{}") as u64, 3);
    assert_eq!(logged(relais, "LogDisk", "15004 15006"), 1, "{}", relais.log());
    disk.clear();
    wait_for_level(relais, "LogDisk", "Normal");
    assert_eq!(logged(relais, "LogDisk", "15005"), 1, "{}", relais.log());
    until("it is ready", SOON, || {
        (relais.http("GET", "/readyz", None, None).0 == 200).then_some(())
    });
    world.send("u3@a.test", "after");
    sink.wait_for(2, SOON);
}

/// Content that clients are sending takes the memory; when they have gone it is there again.
#[test]
fn scarce_memory_refuses_new_mail_until_it_is_free() {
    let world =
        world("[resources]\nprocess_memory_limit = \"200MB\"\nPrivateBytesHistoryDepth = 1\n");
    let relais = &world.relais;
    let relay = json!({ "Identity": "Relay", "MaxMessageSize": "200MB" });
    relais.run("Set-ReceiveConnector", relay);
    wait_for_level(relais, "ProcessMemory", "Normal");
    let part = vec![b'x'; 76].into_iter().chain(*b"\r\n").collect::<Vec<u8>>().repeat(10_000);
    // 150 MB: less than what sessions may hold together, so that it is the process's memory that
    // is scarce, and no session is closed.
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut smtp = Smtp::hello(relais.relay());
        // The last ones may find it scarce already.
        if smtp.say(&format!("MAIL FROM:<{STRANGER}>")).code == 250 {
            assert_eq!(smtp.say("RCPT TO:<u1@a.test>").code, 250);
            assert_eq!(smtp.say("DATA").code, 354);
            // Beyond the header nothing but MaxMessageSize limits it.
            smtp.send(b"Subject: large\r\n\r\n");
            for _ in 0..40 {
                smtp.send(&part);
            }
        }
        held.push(smtp);
    }
    until("memory is scarce", SOON, || {
        (standing(relais, "ProcessMemory")["NewMail"] != "Accepted").then_some(())
    });
    assert_eq!(mail(relais), SCARCE);
    let said = by_python(relais);
    assert!(said.contains(SCARCE), "{said}");
    assert_eq!(logged(relais, "ProcessMemory", "15004 15007").min(1), 1, "{}", relais.log());
    let row = standing(relais, "ProcessMemory");
    assert!(row["Capacity"].as_str().unwrap().starts_with("200 MB "), "{row}");
    drop(held);
    wait_for_level(relais, "ProcessMemory", "Normal");
    world.send("u2@a.test", "after");
    assert!(logged(relais, "ProcessMemory", "15005") >= 1, "{}", relais.log());
}

/// Python's smtplib submits a small message; what it said.
fn by_python(relais: &Relais) -> String {
    let place = tempfile::tempdir().unwrap();
    let content = place.path().join("content");
    std::fs::write(&content, message(STRANGER, "u1@a.test", "python")).unwrap();
    let content = content.display().to_string();
    let arguments = ["none", "", "", STRANGER, &content, "u1@a.test"];
    python_send(relais.relay(), &relais.authority(), &arguments).1
}

/// More is accepted than is categorized: MAIL is answered later, then refused.
#[test]
fn a_submission_queue_that_is_too_long_delays_and_then_refuses() {
    let world = world(
        "[resources]\nresource_monitoring_interval = \"00:00:01\"\n\
         SubmissionQueueHighThreshold = 1000\nSubmissionQueueMediumThreshold = 1\n\
         SubmissionQueueNormalThreshold = 0\nSubmissionQueueHistoryDepth = 4\n\
         SMTPStartThrottlingDelayInterval = \"00:00:01\"\n\
         SMTPMaxThrottlingDelayInterval = \"00:00:01\"\n",
    );
    let relais = &world.relais;
    let sink = world.sink(PORT);
    let ledger = Ledger::new();
    let letter =
        |number| Letter { from: STRANGER.to_owned(), to: format!("u{number}@a.test"), size: 1000 };
    // Enough of them that some message is accepted in every second.
    let senders = ledger.send(relais.relay(), 12, letter);
    until("MAIL is delayed", SOON, || {
        let begun = Instant::now();
        let answer = mail(relais);
        (answer.starts_with("250") && begun.elapsed() >= Duration::from_secs(1)).then_some(())
    });
    until("MAIL is refused", SOON, || (ledger.refused().len() > 10).then_some(()));
    // Nothing is accepted now, so that the queue is empty again.
    let before = ledger.count();
    until("mail is accepted again", SOON, || (ledger.count() > before + 20).then_some(()));
    senders.stop();
    for (number, reply) in ledger.refused() {
        assert_eq!(reply.text(), SCARCE, "message {number}");
    }
    let log = relais.log();
    for text in ["new mail is delayed", "new mail is refused with 452 4.3.1", "pressure is over"] {
        assert!(log.contains(text), "{text}:\n{log}");
    }
    wait_for_level(relais, "SubmissionQueue", "Normal");
    let delivered = until("all that was accepted arrives", SOON, || {
        let received = sink.received();
        (received.len() >= ledger.count()).then_some(received)
    });
    assert_eq!(delivered.len(), ledger.count());
}

/// What is counted adds up, and Prometheus can read it.
#[test]
fn metrics_count_what_happened() {
    let world = world("");
    let relais = &world.relais;
    let sink = world.sink(PORT);
    for number in 0..5 {
        world.send(&format!("u{number}@a.test"), "counted");
    }
    world.send("nobody@unroutable.test", "waits");
    sink.wait_for(5, SOON);
    relais.wait_for_unreachable(1);
    let read = until("all are counted", SOON, || {
        let read = metrics(relais);
        let sent = "relais_messages_total{event=SEND,source=SMTP} 5";
        read.lines().any(|line| line == sent).then_some(read)
    });
    for (name, least, most) in [
        ("relais_messages_total{event=RECEIVE,source=SMTP}", 6.0, 6.0),
        ("relais_recipients_total{event=SEND,source=SMTP}", 5.0, 5.0),
        ("relais_queue_messages{kind=Unreachable,status=Ready}", 1.0, 1.0),
        ("relais_queue_messages{kind=Submission,status=Ready}", 0.0, 0.0),
        ("relais_longest_queue_messages{next_hop=,queue=other}", 0.0, 0.0),
        ("relais_resource_level{resource=SubmissionQueue}", 0.0, 0.0),
        ("relais_new_mail{}", 0.0, 0.0),
        ("relais_spool_commit_seconds_count{}", 6.0, 1000.0),
        ("relais_spool_commit_content_bytes_sum{}", 500.0, 1e6),
        ("relais_spool_file_bytes{file=store}", 4096.0, 1e9),
        ("relais_spool_stopped{}", 0.0, 0.0),
        ("relais_tracking_log_full{}", 0.0, 0.0),
        ("relais_inbound_connections{connector=Relay}", 0.0, 10.0),
        ("relais_outbound_connections{}", 0.0, 20.0),
        ("relais_resource{resource=DatabaseDisk,unit=bytes,what=high}", 1.0, 1e18),
    ] {
        let value = sample(&read, name);
        assert!((least..=most).contains(&value), "{name} is {value}");
    }
    for family in ["# relais_messages counter", "# relais_spool_commit_seconds histogram"] {
        assert!(read.lines().any(|line| line == family), "{family}");
    }
    // From elsewhere it needs a sign-in; who only has a mailbox may not.
    relais.mailbox("Reader", "a Secret of the Reader 5");
    let held = Smtp::hello(relais.relay());
    let open = until("the connection is counted", SOON, || {
        let read = metrics(relais);
        (sample(&read, "relais_inbound_connections{connector=Relay}") >= 1.0).then_some(read)
    });
    drop(held);
    assert!(!open.contains("a.test}"), "no series for a domain beyond the longest queues");
    let xml = relais.run(
        "Get-ExchangeDiagnosticInfo",
        json!({ "Process": "EdgeTransport", "Component": "ResourceThrottling" }),
    );
    let text = xml[0]["Result"].as_str().expect("XML");
    assert!(text.contains("<ResourceMeter Resource=\"PrivateBytes\" CurrentResourceUse=\"Low\""));
    let shown = relais.shell_ok("Get-BackPressure | Format-Table Resource,Level,NewMail");
    assert!(shown.contains("ProcessMemory"), "{shown}");
}
