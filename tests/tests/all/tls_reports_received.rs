//! Reports that others send about our domains (RFC 8460): composed here as large providers write them, signed by
//! dkimpy, sent by swaks, shown by Get-TlsReport.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use end_to_end::{NameServer, Relais, SOON, Settings, SigningKey, address, all_text, swaks, until};
use model::{Clock, SystemClock, TimeSpan};
use serde_json::{Value, json};

const REPORTER: &str = "reporter.test";
const TO: &str = "postmaster@contoso.com";

/// A server that strangers write to, and the key that a large provider signs with.
struct Site {
    relais: Relais,
    key: SigningKey,
    _dns: NameServer,
}

impl Site {
    fn new() -> Self {
        let key = SigningKey::make(REPORTER, "s1");
        let dns = NameServer::start(address(), &[&key.record()]);
        let relais = Relais::start(Settings { dns: Some(dns.address()), ..Settings::default() });
        Self { relais, key, _dns: dns }
    }

    /// Hands content in as a stranger does.
    fn hand_in(&self, content: &str) {
        let directory = tempfile::tempdir().expect("temporary directory");
        let file = directory.path().join("message");
        std::fs::write(&file, content).expect("message file");
        let data = format!("@{}", file.display());
        let (good, said) = swaks(
            self.relais.front(),
            &["--from", &format!("tls@{REPORTER}"), "--to", TO, "--data", &data],
        );
        assert!(good && said.contains("250 2.6.0"), "{said}");
    }

    fn reports(&self, parameters: Value) -> Vec<Value> {
        self.relais.run("Get-TlsReport", parameters)
    }

    /// Waits until the log says that of a message.
    fn wait_for_log(&self, wanted: &str) {
        until(wanted, SOON, || self.relais.log().contains(wanted).then_some(()));
    }

    /// Waits until the message with this subject is in a mailbox.
    fn wait_for_mail(&self, subject: &str) {
        let mailboxes = self.relais.data().join("mailboxes");
        until(subject, SOON, || all_text(&mailboxes).contains(subject).then_some(()));
    }

    /// Sessions that failed, as the metrics have them.
    fn failed(&self, result_type: &str) -> Option<String> {
        let (_, text) = self.relais.http("GET", "/metrics", None, None);
        let name = "relais_tls_report_failed_sessions_total";
        let start = format!("{name}{{result_type=\"{result_type}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
    }
}

/// A day's report, so many days ago, about two domains of which one is ours.
fn report(id: &str, days: u64, failed: u64) -> Value {
    let date = (SystemClock.now() - TimeSpan::days(days)).iso();
    let day = &date[..10];
    let policy = |domain: &str| {
        json!({
            "policy": {
                "policy-type": "sts",
                "policy-string": ["version: STSv1", "mode: enforce", "mx: mx1.contoso.com", "max_age: 86400"],
                "policy-domain": domain,
                "mx-host": ["mx1.contoso.com"],
            },
            "summary": { "total-successful-session-count": 88, "total-failure-session-count": failed },
            "failure-details": [{
                "result-type": "certificate-expired",
                "sending-mta-ip": "203.0.113.5",
                "receiving-ip": "192.0.2.1",
                "receiving-mx-hostname": "mx1.contoso.com",
                "failed-session-count": failed,
            }],
        })
    };
    json!({
        "organization-name": "Large Provider Inc.",
        "date-range": { "start-datetime": format!("{day}T00:00:00Z"), "end-datetime": format!("{day}T23:59:59Z") },
        "contact-info": "smtp-tls-reporting@reporter.test",
        "report-id": id,
        "policies": [policy("contoso.com"), policy("elsewhere.example")],
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = Command::new("gzip")
        .args(["-9", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip");
    let mut input = gzip.stdin.take().expect("its input");
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&bytes).expect("written"));
    let output = gzip.wait_with_output().expect("gzip");
    writing.join().expect("written");
    output.stdout
}

/// The message that brings `attachment`.
fn letter(subject: &str, attachment: &[u8]) -> String {
    let text = STANDARD.encode(attachment);
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!(
        "MIME-Version: 1.0\r\nDate: Mon, 30 Nov 2026 04:00:00 +0000\r\nMessage-ID: <{subject}@{REPORTER}>\r\n\
         TLS-Report-Domain: contoso.com\r\nTLS-Report-Submitter: {REPORTER}\r\nSubject: {subject}\r\n\
         From: tls@{REPORTER}\r\nTo: {TO}\r\n\
         Content-Type: multipart/report; boundary=\"000000000000b3\"; report-type=tlsrpt\r\n\r\n\
         --000000000000b3\r\nContent-Type: text/plain; charset=\"UTF-8\"; format=flowed; delsp=yes\r\n\r\n\
         This is an aggregate TLS report.\r\n\
         --000000000000b3\r\nContent-Type: application/tlsrpt+gzip; name=\"report.json.gz\"\r\n\
         Content-Disposition: attachment; filename=\"report.json.gz\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--000000000000b3--\r\n",
        lines.join("\r\n")
    )
}

fn letter_with(subject: &str, report: &Value) -> String {
    letter(subject, &gzip(report.to_string().as_bytes()))
}

#[test]
fn a_signed_report_is_shown_with_what_to_do() {
    let mut site = Site::new();
    site.hand_in(&site.key.sign(&letter_with("first-report", &report("1", 1, 12))));
    let rows = until("the report", SOON, || {
        let rows = site.reports(json!({}));
        (!rows.is_empty()).then_some(rows)
    });
    // Of the domain that is not ours nothing is kept.
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let row = &rows[0];
    for (name, value) in [
        ("Domain", json!("contoso.com")),
        ("PolicyType", json!("sts")),
        ("Organization", json!("Large Provider Inc.")),
        ("Submitter", json!(REPORTER)),
        ("Verified", json!(true)),
        ("SuccessfulSessions", json!(88)),
        ("FailedSessions", json!(12)),
        ("ReportId", json!("1")),
        (
            "Failures",
            json!(["12 certificate-expired at mx1.contoso.com (192.0.2.1), from 203.0.113.5"]),
        ),
    ] {
        assert_eq!(row[name], value, "{name}: {row:#}");
    }
    assert_eq!(site.failed("certificate-expired").as_deref(), Some("12"));
    // The message goes its way as any other.
    site.wait_for_mail("first-report");
    // Sent again, it takes its own place and is not counted twice.
    site.hand_in(&site.key.sign(&letter_with("second-report", &report("1", 1, 13))));
    until("the corrected report", SOON, || {
        let rows = site.reports(json!({ "Domain": "contoso.com" }));
        (rows[0]["FailedSessions"] == json!(13)).then_some(())
    });
    assert_eq!(site.reports(json!({})).len(), 1);
    assert_eq!(site.failed("certificate-expired").as_deref(), Some("12"));
    // Over a restart it is kept.
    site.relais.stop();
    site.relais.resume();
    let shown = site.relais.shell_ok("Get-TlsReport contoso.com -FailuresOnly | Format-List");
    assert!(
        shown.contains("Large Provider Inc.") && shown.contains("has expired: renew it"),
        "{shown}"
    );
    let shown =
        site.relais.shell_ok("Get-TlsReport | Format-Table Domain,Organization,FailedSessions");
    assert!(shown.contains("contoso.com") && shown.contains("13"), "{shown}");
}

#[test]
fn what_nobody_has_signed_is_not_counted() {
    let site = Site::new();
    let other = SigningKey::make("evil.test", "s1");
    let changed = site
        .key
        .sign(&letter_with("changed-report", &report("changed", 1, 5)))
        .replace("aggregate TLS report", "aggregate report");
    let letters = [
        letter_with("unsigned-report", &report("unsigned", 1, 7)),
        other.sign(&letter_with("foreign-report", &report("foreign", 1, 9))),
        changed,
    ];
    letters.iter().for_each(|content| site.hand_in(content));
    until("three reports", SOON, || {
        (site.reports(json!({ "IncludeUnverified": true })).len() == 3).then_some(())
    });
    assert!(site.reports(json!({})).is_empty());
    assert_eq!(site.failed("certificate-expired"), None);
    let all = site.reports(json!({ "IncludeUnverified": true }));
    assert!(all.iter().all(|row| row["Verified"] == json!(false)), "{all:#?}");
    let said = site.relais.shell_ok("Get-TlsReport");
    assert!(said.contains("3 reports are not shown"), "{said}");
}

#[test]
fn bombs_and_rubbish_are_delivered_and_left_alone() {
    let site = Site::new();
    let elsewhere = {
        let mut report = report("elsewhere", 1, 1);
        report["policies"].as_array_mut().expect("policies").remove(0);
        report
    };
    for (subject, content, why) in [
        (
            "bomb-report",
            letter("bomb-report", &gzip(&vec![b' '; 64 << 20])),
            "becomes larger than 10 MiB",
        ),
        ("rubbish-report", letter("rubbish-report", b"no gzip at all"), "it is no gzip"),
        (
            "text-report",
            letter("text-report", &gzip(b"{\"organization-name\":")),
            "it is no report",
        ),
        ("old-report", letter_with("old-report", &report("old", 100, 1)), "more than 90 days ago"),
        ("other-report", letter_with("other-report", &elsewhere), "about no accepted domain"),
    ] {
        site.hand_in(&site.key.sign(&content));
        site.wait_for_log(why);
        site.wait_for_mail(subject);
    }
    assert!(site.reports(json!({ "IncludeUnverified": true })).is_empty());
    // And goes on reading.
    site.hand_in(&site.key.sign(&letter_with("good-report", &report("good", 2, 0))));
    until("a good report", SOON, || (site.reports(json!({})).len() == 1).then_some(()));
    assert!(site.reports(json!({ "FailuresOnly": true })).is_empty());
}
