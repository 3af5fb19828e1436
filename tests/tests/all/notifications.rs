//! Delivery status notifications (RFC 3461, 3464): who is told what, when, in which language, and
//! who is not.

use std::time::Duration;

use end_to_end::{Answers, Relais, SOON, Sink, Smtp, consistently};
use serde_json::json;

use crate::world::{PORT, World};

const REFUSAL: &str = "550 5.1.1 <u@a.test>: there is nobody of this name; see https://a.test/who";

/// A world whose mail host refuses every recipient.
fn refusing() -> (World, Sink) {
    let world = World::of(&["a"]);
    let answers = Answers::scripted(|verb, _, _| (verb == "RCPT").then(|| REFUSAL.to_owned()));
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    (world, sink)
}

/// Sends with options of MAIL and RCPT; the message is taken.
fn send(relais: &Relais, mail: &str, rcpt: &str, content: &str) {
    let mut smtp = Smtp::hello(relais.relay());
    for command in [format!("MAIL FROM:{mail}"), format!("RCPT TO:{rcpt}")] {
        let reply = smtp.say(&command);
        assert_eq!(reply.code, 250, "{command}: {reply:?}");
    }
    assert_eq!(smtp.say("DATA").code, 354);
    smtp.send(content.as_bytes());
    smtp.send(b".\r\n");
    assert_eq!(smtp.reply().code, 250);
}

const CONTENT: &str =
    "Message-ID: <original@contoso.com>\r\nSubject: the original\r\n\r\nits body\r\n";

#[test]
fn a_refusal_is_reported_with_the_words_of_the_other_side() {
    let (world, _sink) = refusing();
    let anna = world.sender("anna", &[]);
    send(
        &world.relais,
        &format!("<{anna}> ENVID=bill-7 RET=FULL"),
        "<u@a.test> ORCPT=rfc822;U+40a.test",
        CONTENT,
    );
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    let flat = report
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ")
        .replace("rfc822; ", "rfc822;")
        .replace("dns; ", "dns;");
    for part in [
        "multipart/report",
        "report-type=delivery-status",
        "message/delivery-status",
        "Reporting-MTA: dns;",
        "Original-Envelope-Id: bill-7",
        "Original-Recipient: rfc822;U@a.test",
        "u@a.test",
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns;",
        "there is nobody of this name; see https://a.test/who",
        "Subject: Undeliverable: the original",
        "Auto-Submitted: auto-replied",
        "its body",
    ] {
        assert!(flat.contains(part), "{part} is missing in\n{report}");
    }
    assert!(report.contains("Return-Path: <>"), "the report's own sender is null:\n{report}");
    world.relais.wait_until_empty(SOON);
}

#[test]
fn headers_only_when_that_is_asked_for() {
    let (world, _sink) = refusing();
    let anna = world.sender("anna", &[]);
    send(&world.relais, &format!("<{anna}> RET=HDRS"), "<u@a.test>", CONTENT);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(
        report.contains("text/rfc822-headers") && report.contains("<original@contoso.com>"),
        "{report}"
    );
    assert!(!report.contains("its body"), "{report}");
}

#[test]
fn a_french_mailbox_is_told_in_french() {
    let (world, _sink) = refusing();
    let marie = world.sender("marie", &["fr-FR"]);
    world.send_as(&marie, "u@a.test", "Bonjour");
    let report = world.relais.wait_for_mail(&marie, 1, SOON).remove(0);
    assert!(report.contains("Non remis") || report.contains("Non_remis"), "{report}");
    assert!(report.contains("Status: 5.1.1"), "the machine's part has no language:\n{report}");
}

#[test]
fn no_report_about_a_report_nor_where_none_is_wanted() {
    let (world, _sink) = refusing();
    let anna = world.sender("anna", &[]);
    send(&world.relais, "<>", "<u@a.test>", CONTENT);
    send(&world.relais, &format!("<{anna}>"), "<u@a.test> NOTIFY=NEVER", CONTENT);
    send(&world.relais, &format!("<{anna}>"), "<u@a.test> NOTIFY=DELAY", CONTENT);
    world.relais.wait_until_empty(SOON);
    consistently("nobody is told", Duration::from_secs(1), || {
        world.relais.maildir(&anna).is_empty() && world.relais.messages().is_empty()
    });
}

#[test]
fn success_is_reported_when_asked_for() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    // Into a mailbox: delivered. To a host without DSN: relayed.
    send(
        &world.relais,
        &format!("<{anna}>"),
        "<administrator@contoso.com> NOTIFY=SUCCESS",
        CONTENT,
    );
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Action: delivered"), "{report}");
    let _sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    send(&world.relais, &format!("<{anna}>"), "<u@a.test> NOTIFY=SUCCESS,FAILURE", CONTENT);
    let reports = world.relais.wait_for_mail(&anna, 2, SOON);
    assert!(reports.iter().any(|r| r.contains("Action: relayed")), "{reports:?}");
    send(&world.relais, &format!("<{anna}>"), "<u@a.test>", CONTENT);
    world.relais.wait_until_empty(SOON);
    consistently("unasked, nothing is said", Duration::from_secs(1), || {
        world.relais.maildir(&anna).len() == 2
    });
}

#[test]
fn requests_are_passed_on_to_a_host_that_understands_them() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    let mut answers = Answers::default();
    answers.extensions.push("DSN");
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    send(
        &world.relais,
        &format!("<{anna}> RET=HDRS ENVID=bill+2B7"),
        "<u@a.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;other+40a.test",
        CONTENT,
    );
    let arrived = sink.wait_for(1, SOON).remove(0);
    assert!(
        arrived.mail.contains("RET=HDRS") && arrived.mail.contains("ENVID=bill+2B7"),
        "{}",
        arrived.mail
    );
    let recipient = &arrived.recipients[0];
    assert!(recipient.contains("ORCPT=rfc822;other+40a.test"), "{recipient}");
    assert!(recipient.contains("NOTIFY=SUCCESS,DELAY"), "{recipient}");
    consistently("the next host reports, not we", Duration::from_secs(1), || {
        world.relais.maildir(&anna).is_empty()
    });
}

#[test]
fn late_mail_is_announced_once_and_given_up_in_the_end() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    // Nothing listens at the mail host.
    world.relais.send_connector("All", "*", PORT);
    world.transport(json!({
        "TransientFailureRetryCount": 1,
        "TransientFailureRetryInterval": "00:00:01",
        "DelayNotificationTimeout": "00:00:02",
        "MessageExpirationTimeout": "00:00:08",
    }));
    world.send_as(&anna, "u@a.test", "late");
    let delayed = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    for part in ["Action: delayed", "Will-Retry-Until: ", "Status: 4.4.7"] {
        assert!(delayed.contains(part), "{part} is missing in\n{delayed}");
    }
    assert_eq!(world.relais.messages().len(), 1, "it still waits");
    let both = world.relais.wait_for_mail(&anna, 2, SOON);
    let expired = both.iter().find(|r| r.contains("Action: failed")).expect("a failure report");
    assert!(expired.contains("4.4.7") && expired.contains("QUEUE.Expired"), "{expired}");
    world.relais.wait_until_empty(SOON);
    consistently("two reports", Duration::from_secs(1), || world.relais.maildir(&anna).len() == 2);
}

#[test]
fn mail_in_unreachable_expires_too() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    world.transport(json!({
        "TransientFailureRetryCount": 0,
        "DelayNotificationTimeout": "00:00:20",
        "MessageExpirationTimeout": "00:00:05",
    }));
    world.send_as(&anna, "u@a.test", "nobody carries it");
    world.relais.wait_for_unreachable(1);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert!(report.contains("Action: failed") && report.contains("4.4.7"), "{report}");
}

/// One report for what fails together; each recipient with its own reason.
#[test]
fn recipients_that_fail_together_are_reported_together() {
    let world = World::of(&["a"]);
    let anna = world.sender("anna", &[]);
    let answers = Answers::scripted(|verb, argument, _| match verb {
        "RCPT" if argument.contains("no1") => Some("550 5.1.1 No such user".to_owned()),
        "RCPT" if argument.contains("no2") => Some("552 5.2.2 Mailbox full for ever".to_owned()),
        _ => None,
    });
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    let to = ["no1@a.test", "yes@a.test", "no2@a.test"];
    let reply = Smtp::hello(world.relais.relay()).deliver(&anna, &to, CONTENT);
    assert_eq!(reply.code, 250);
    assert_eq!(sink.wait_for(1, SOON)[0].recipients, ["TO:<yes@a.test>"]);
    let report = world.relais.wait_for_mail(&anna, 1, SOON).remove(0);
    assert_eq!(report.matches("Action: failed").count(), 2, "{report}");
    assert!(report.contains("Status: 5.1.1") && report.contains("Status: 5.2.2"), "{report}");
    consistently("one report", Duration::from_secs(1), || world.relais.maildir(&anna).len() == 1);
}

/// A sender elsewhere gets his report by mail, from the null path, to his own server.
#[test]
fn a_report_leaves_by_the_connector_like_any_mail() {
    let world = World::of(&["a", "b"]);
    let answers = Answers::scripted(|verb, argument, _| {
        (verb == "RCPT" && argument.contains("@a.test")).then(|| REFUSAL.to_owned())
    });
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    world.send_as("sender@b.test", "u@a.test", "from outside");
    let arrived = sink.wait_for(1, SOON).remove(0);
    assert!(arrived.mail.starts_with("FROM:<>"), "{}", arrived.mail);
    assert_eq!(arrived.recipients, ["TO:<sender@b.test>"]);
    assert!(arrived.text().contains("Status: 5.1.1"), "{}", arrived.text());
    world.send_as("sender@nowhere.test", "u@a.test", "to nobody");
    // nowhere.test does not exist: the report cannot be delivered, and there is none about it.
    world.relais.wait_until_empty(SOON);
}

/// A remote domain made in the shell decides what senders there are told.
#[test]
fn a_remote_domain_may_be_told_nothing() {
    let world = World::of(&["a", "quiet", "told"]);
    let answers = Answers::scripted(|verb, argument, _| {
        (verb == "RCPT" && argument.contains("@a.test")).then(|| REFUSAL.to_owned())
    });
    let sink = Sink::answering(world.host, PORT, answers);
    world.relais.send_connector("All", "*", PORT);
    let shown = world.relais.shell_ok(
        "New-RemoteDomain Quiet -DomainName quiet.test | Set-RemoteDomain -NDREnabled $false
         New-RemoteDomain Told -DomainName *.told.test | Out-Null
         Set-RemoteDomain *.told.test -NDRDiagnosticInfoEnabled $false -TNEFEnabled $null -Confirm:$false
         Get-RemoteDomain | Sort-Object Name | ForEach-Object { \"$($_.Name) $($_.NDREnabled)\" }",
    );
    for line in ["Default True", "Quiet False", "Told True"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let (good, said) = world.relais.shell("Remove-RemoteDomain Default -Confirm:$false");
    assert!(!good && said.contains("cannot be removed"), "{said}");
    world.send_as("sender@quiet.test", "u@a.test", "to be told nothing");
    world.relais.wait_until_empty(SOON);
    world.send_as("sender@told.test", "u@a.test", "to be told little");
    let arrived = sink.wait_for(1, SOON).remove(0);
    assert_eq!(arrived.recipients, ["TO:<sender@told.test>"]);
    let text = arrived.text();
    assert!(text.contains("Status: 5.1.1"), "{text}");
    assert!(
        !text.contains("there is nobody of this name") && !text.contains("mail.test"),
        "{text}"
    );
}
