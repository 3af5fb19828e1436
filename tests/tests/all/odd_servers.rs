//! Hosts that break the rules of SMTP, as the sandbox has them: what becomes of mail for each, how
//! often it arrives, and what the administrator reads.

use std::time::{Duration, Instant};

use end_to_end::{Relais, SERVER, SOON, Settings, Smtp, all_text, consistently, until};
use serde_json::{Value, json};

use crate::world::large;

const JEAN: &str = "jean@contoso.com";
const LONG: Duration = Duration::from_secs(60);

/// A sandbox in which nothing is tried again during a test.
fn patient() -> Relais {
    let settings =
        Settings { sandbox: true, glitch_retry_interval: "00:10:00", ..Settings::default() };
    connected(Relais::start(settings))
}

/// A sandbox in which everything is tried again after a second.
fn eager() -> Relais {
    let relais = connected(Relais::sandbox());
    relais.run(
        "Set-TransportService",
        json!({ "Identity": SERVER, "MessageRetryInterval": "00:00:01", "TransientFailureRetryInterval": "00:00:01" }),
    );
    relais
}

fn connected(relais: Relais) -> Relais {
    relais.run(
        "New-SendConnector",
        json!({ "Name": "All", "Internet": true, "AddressSpaces": ["*"] }),
    );
    relais
}

fn send(relais: &Relais, to: &[&str], subject: &str) {
    let content = end_to_end::message(JEAN, to[0], subject);
    let reply = Smtp::hello(relais.relay()).deliver(JEAN, to, &content);
    assert_eq!(reply.code, 250, "{to:?}: {reply:?}");
}

/// How often a message for this recipient has arrived.
fn arrived(messages: &[Value], to: &str) -> usize {
    let is_for = |m: &&Value| m["rcptTo"].as_array().is_some_and(|r| r.contains(&json!(to)));
    messages.iter().filter(is_for).count()
}

/// `EVENT status` of each event of the message with this subject.
fn events(relais: &Relais, subject: &str) -> Vec<String> {
    let rows = relais.run("Get-MessageTrackingLog", json!({ "MessageSubject": subject }));
    let one = |row: &Value| {
        let status = row["RecipientStatus"][0].as_str().unwrap_or_default();
        format!("{} {status}", row["EventId"].as_str().unwrap_or_default())
    };
    rows.iter().map(one).collect()
}

/// What is waiting for this recipient, and why.
fn waiting(relais: &Relais, to: &str) -> Option<(Value, String)> {
    let messages = relais.messages();
    let message = messages.iter().find(|m| m["Recipients"][0]["Address"] == to)?;
    let error = message["LastError"].as_str()?.to_owned();
    Some((message.clone(), error))
}

#[test]
fn odd_hosts_that_take_mail_get_each_message_once_and_at_once() {
    let relais = patient();
    let domains = [
        "slow-greeting.example",
        "fragments.example",
        "taken-reset.example",
        "one-message.example",
        "tls-refused.example",
        "tls-injected.example",
        "tls-drop.example",
        "contradiction.example",
        "no-reset.example",
        "no-goodbye.example",
    ];
    for domain in domains {
        for number in 0..3 {
            send(&relais, &[&format!("u{number}@{domain}")], domain);
        }
    }
    until("all have arrived", LONG, || {
        (relais.sandbox_messages().len() >= 3 * domains.len()).then_some(())
    });
    relais.wait_until_empty(SOON);
    let messages = relais.sandbox_messages();
    for domain in domains {
        for number in 0..3 {
            let to = format!("u{number}@{domain}");
            assert_eq!(arrived(&messages, &to), 1, "{to}");
        }
        let events = events(&relais, domain);
        let of = |id: &str| events.iter().filter(|event| event.starts_with(id)).count();
        assert_eq!((of("SEND"), of("DEFER"), of("FAIL")), (3, 0, 0), "{domain}: {events:?}");
    }
    for queue in relais.queues() {
        assert_eq!(queue["RetryCount"], 0, "no interval was waited for: {queue}");
    }
}

/// The connection is closed after each message, which is seen when the next is to be sent.
#[test]
fn a_kept_connection_that_died_costs_a_reconnect_and_no_interval() {
    let relais = patient();
    let begun = Instant::now();
    for number in 0..3 {
        send(&relais, &["u@one-message.example"], "kept");
        relais.wait_in_sandbox(number + 1, SOON);
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "an interval is ten minutes");
    relais.wait_until_empty(SOON);
    let rows = events(&relais, "kept");
    assert!(!rows.iter().any(|row| row.starts_with("DEFER")), "{rows:?}");
    for queue in relais.queues() {
        assert_eq!(
            (&queue["RetryCount"], &queue["LastError"]),
            (&json!(0), &Value::Null),
            "{queue}"
        );
    }
}

#[test]
fn a_message_in_doubt_is_sent_again_and_arrives_twice_at_most() {
    let relais = patient();
    let verbose = json!({ "Identity": "All", "ProtocolLoggingLevel": "Verbose" });
    relais.run("Set-SendConnector", verbose);
    send(&relais, &["u@taken-drop.example"], "in doubt");
    let (message, error) =
        until("the message waits", SOON, || waiting(&relais, "u@taken-drop.example"));
    assert_eq!(message["Status"], "Retry");
    assert!(error.starts_with("451 4.4.2 Delivery in doubt: mx1.taken-drop.example"), "{error}");
    assert!(error.contains("may arrive twice"), "{error}");
    assert_eq!(arrived(&relais.sandbox_messages(), "u@taken-drop.example"), 1, "and it has");
    let rows = events(&relais, "in doubt");
    assert!(
        rows.iter().any(|row| row.starts_with("DEFER 451 4.4.2 Delivery in doubt")),
        "{rows:?}"
    );
    assert!(relais.log().contains("delivery in doubt"));
    for log in ["Connectivity/Hub", "ProtocolLog/Hub/SmtpSend"] {
        until(&format!("{log} says it"), SOON, || {
            let text = all_text(&relais.data().join("logs").join(log));
            text.contains("Delivery in doubt").then_some(())
        });
    }
    consistently("it is not sent again at once", Duration::from_secs(1), || {
        relais.sandbox_messages().len() == 1
    });
    drop(relais);

    let relais = eager();
    send(&relais, &["u@taken-drop.example"], "in doubt");
    relais.wait_in_sandbox(2, SOON);
    relais.wait_until_empty(SOON);
    assert_eq!(arrived(&relais.sandbox_messages(), "u@taken-drop.example"), 2);
}

#[test]
fn a_host_that_closes_behind_a_content_costs_a_connection_and_no_wait() {
    let relais = patient();
    relais.run(
        "Set-TransportService",
        json!({ "Identity": SERVER, "MaxPerDomainOutboundConnections": 1 }),
    );
    relais.run("Set-SendConnector", json!({ "Identity": "All", "Enabled": false }));
    for n in 0..5 {
        send(&relais, &[&format!("u{n}@loses-behind.example")], "in a row");
    }
    relais.wait_for_unreachable(5);
    relais.run("Set-SendConnector", json!({ "Identity": "All", "Enabled": true }));
    let messages = relais.wait_in_sandbox(5, LONG);
    for n in 0..5 {
        assert_eq!(arrived(&messages, &format!("u{n}@loses-behind.example")), 1);
    }
    relais.wait_until_empty(SOON);
}

#[test]
fn a_host_that_loses_groups_is_asked_one_by_one_the_next_time() {
    let relais = eager();
    send(&relais, &["u@loses-group.example"], "group");
    relais.wait_in_sandbox(1, SOON);
    relais.wait_until_empty(SOON);
    assert_eq!(relais.sandbox_messages().len(), 1);
    // From now on without a loss.
    send(&relais, &["v@loses-group.example"], "one by one");
    relais.wait_in_sandbox(2, SOON);
    let rows = until("it is told", SOON, || {
        let rows = events(&relais, "one by one");
        rows.iter().any(|row| row.starts_with("SEND")).then_some(rows)
    });
    assert!(!rows.iter().any(|row| row.starts_with("DEFER")), "{rows:?}");
}

#[test]
fn recipients_over_the_maximum_go_in_further_transactions_at_once() {
    let relais = patient();
    let names: Vec<String> = (0..8).map(|n| format!("u{n}@few-recipients.example")).collect();
    send(&relais, &names.iter().map(String::as_str).collect::<Vec<_>>(), "many");
    let messages = relais.wait_in_sandbox(3, SOON);
    let sizes: Vec<usize> =
        messages.iter().filter_map(|m| m["rcptTo"].as_array().map(Vec::len)).collect();
    assert_eq!(sizes, [3, 3, 2]);
    relais.wait_until_empty(SOON);
    assert!(names.iter().all(|name| arrived(&messages, name) == 1));
}

#[test]
fn odd_refusals_are_refusals() {
    let relais = patient();
    let cases = [
        ("u@long-reply.example", "5.1.1"),
        ("u@unusual-code.example", "5.7.1"),
        ("u@control.example", "5.1.1"),
        // The enhanced code contradicts, so only the basic one counts.
        ("no@contradiction.example", "5.0.0"),
    ];
    for (to, _) in cases {
        send(&relais, &[to], to);
    }
    let reports = relais.wait_for_mail(JEAN, cases.len(), SOON);
    for (to, status) in cases {
        let about = |r: &&String| {
            r.contains(&format!("rfc822;{to}")) || r.contains(&format!("rfc822; {to}"))
        };
        let report = reports.iter().find(about).unwrap_or_else(|| panic!("no report about {to}"));
        assert!(report.contains(&format!("Status: {status}")), "{report}");
        assert!(report.len() < 50_000, "{} bytes about {to}", report.len());
        assert!(!report.contains(['\0', '\x1b']), "control characters in the report about {to}");
        assert!(!report.replace("\r\n", "").contains('\r'));
    }
    relais.wait_until_empty(SOON);
    let logs = until("the logs show it made harmless", SOON, || {
        let logs = all_text(&relais.data().join("logs"));
        logs.contains("550 5.1.1 No ?such?[31m user?here").then_some(logs)
    });
    assert!(!logs.contains(['\0', '\x1b']) && !relais.log().contains('\0'));
    send(&relais, &["later@contradiction.example"], "for now");
    let (_, error) = until("it waits", SOON, || waiting(&relais, "later@contradiction.example"));
    assert!(error.starts_with("450 5.1.1"), "{error}");
}

#[test]
fn hosts_that_fail_make_mail_wait_and_say_why() {
    let relais = patient();
    let cases = [
        ("closing-hello.example", "421 4.3.2 Service going down"),
        ("closing-mail.example", "421 4.3.2 Service going down"),
        ("closing-rcpt.example", "421 4.3.2 Service going down"),
        ("closing-data.example", "421 4.3.2 Service going down"),
        ("closing-content.example", "421 4.3.2 Service going down"),
        ("drop-connection.example", "closed the connection"),
        ("drop-hello.example", "closed the connection"),
        ("drop-mail.example", "closed the connection"),
        ("drop-rcpt.example", "closed the connection"),
        ("drop-data.example", "closed the connection"),
        ("endless-reply.example", "a reply of more than 100 lines"),
        ("endless-line.example", "a reply line of more than 65536 bytes"),
        ("two-codes.example", "one reply with two codes, 250 and 550"),
        ("no-go-ahead.example", "a reply out of place: \"250 2.0.0 Ok"),
        ("go-ahead.example", "a reply out of place: \"354 Go ahead"),
        ("early.example", "answered before it was asked"),
        ("taken-early.example", "answered before it was asked"),
        ("refused-greeting.example", "554 5.7.1 No mail from you"),
        ("hello-later.example", "451 4.3.0 Not yet"),
        // Its TLS works: what it says under it is no reason to send in clear.
        ("tls-busy.example", "421 4.3.2 Service going down"),
    ];
    for (domain, _) in cases {
        send(&relais, &[&format!("u@{domain}")], domain);
    }
    for (domain, expected) in cases {
        let to = format!("u@{domain}");
        let (message, error) =
            until(&format!("mail for {domain} waits"), LONG, || waiting(&relais, &to));
        assert!(error.contains(expected), "{domain}: {error}");
        assert!(error.len() < 1_000 && !error.contains("Reply {"), "{domain}: {error}");
        assert_eq!(message["Status"], "Retry", "{domain}");
    }
    consistently("nothing has arrived, nothing bounces", Duration::from_secs(1), || {
        relais.sandbox_messages().is_empty() && relais.maildir(JEAN).is_empty()
    });
}

#[test]
fn tls_that_fails_makes_mail_wait_where_it_is_required() {
    let relais = patient();
    relais.run("Set-SendConnector", json!({ "Identity": "All", "RequireTLS": true }));
    let cases = [
        (
            "tls-refused.example",
            "451 4.7.4 RequireTLS True: mx1.tls-refused.example refuses STARTTLS: 454 4.7.0 TLS not available",
        ),
        ("tls-injected.example", "the remote server sent more than its reply to STARTTLS"),
        ("tls-drop.example", "454 4.7.5 The TLS handshake with mx1.tls-drop.example"),
        ("no-tls.example", "451 4.7.4 RequireTLS True: mx1.no-tls.example does not offer STARTTLS"),
    ];
    for (domain, _) in cases {
        send(&relais, &[&format!("u@{domain}")], domain);
    }
    for (domain, expected) in cases {
        let to = format!("u@{domain}");
        let (_, error) = until(&format!("mail for {domain} waits"), LONG, || waiting(&relais, &to));
        assert!(error.contains(expected), "{domain}: {error}");
    }
    assert!(relais.sandbox_messages().is_empty());
}

#[test]
fn a_connection_that_is_cut_in_the_content_is_told_as_that() {
    let relais = eager();
    let content = format!("Subject: large\r\n\r\n{}", large(4 << 20));
    let reply = Smtp::hello(relais.relay()).deliver(JEAN, &["u@drop-content.example"], &content);
    assert_eq!(reply.code, 250, "{reply:?}");
    let (_, error) = until("it waits", SOON, || waiting(&relais, "u@drop-content.example"));
    assert!(error.contains("in the middle of the message's content"), "{error}");
    assert!(relais.sandbox_messages().is_empty());
}

/// Hosts whose replies have no end cost neither memory nor the mail of others.
#[test]
fn endless_replies_cost_little() {
    let relais = eager();
    for number in 0..20 {
        for domain in ["trickle.example", "endless-reply.example", "endless-line.example"] {
            send(&relais, &[&format!("u{number}@{domain}")], domain);
        }
        send(&relais, &[&format!("u{number}@example.net")], "others");
    }
    let others =
        |messages: &[Value]| messages.iter().filter(|m| m["domain"] == "example.net").count();
    until("the others' mail arrives", LONG, || {
        (others(&relais.sandbox_messages()) == 20).then_some(())
    });
    for domain in ["endless-reply.example", "endless-line.example"] {
        until("several attempts", LONG, || {
            let queues = relais.queues();
            let queue = queues.iter().find(|q| q["NextHopDomain"] == domain)?;
            queue["RetryCount"].as_u64().filter(|count| *count >= 3)
        });
    }
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", relais.process_id())).expect("/proc");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("peak memory");
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(kilobytes < 400_000, "peak memory of {kilobytes} kB");
}

#[test]
fn each_recipient_gets_what_was_said_about_him() {
    let relais = patient();
    let all =
        ["yes@mixed.example", "no@mixed.example", "later@mixed.example", "also@mixed.example"];
    send(&relais, &all, "mixture");
    let report = relais.wait_for_mail(JEAN, 1, SOON).remove(0);
    assert!(report.contains("no@mixed.example") && report.contains("Status: 5.1.1"), "{report}");
    let (message, error) = until("one waits", SOON, || waiting(&relais, "later@mixed.example"));
    assert!(error.starts_with("450 4.2.1 Mailbox busy"), "{error}");
    assert_eq!(message["Recipients"].as_array().map(Vec::len), Some(1), "the others are done");
    let taken = relais.sandbox_messages();
    assert_eq!(taken.len(), 1, "one transaction");
    assert_eq!(taken[0]["rcptTo"], json!(["yes@mixed.example", "also@mixed.example"]));
}
