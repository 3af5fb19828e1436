//! Daily reports of what became of TLS (RFC 8460): counted with real sessions, kept across a restart, sent to whom
//! the DNS of the domain names.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use end_to_end::{Authority, PolicyWeb, SOON, Settings, Smtp, address, message, until};
use serde_json::{Value, json};

use crate::world::{PORT, STRANGER, World};

/// Lets what was counted today have been counted so many days ago, and be due now.
fn let_days_pass(counted: &mut Value, days: i64) {
    let day = counted["day"].as_i64().expect("a day") - days;
    let domains = counted["tally"]["domains"].take();
    let due =
        domains.as_object().expect("domains").iter().map(
            |(domain, tally)| json!({ "domain": domain, "day": day, "tally": tally, "at": 0 }),
        );
    counted["due"] = due.collect();
    counted["tally"] = json!({ "domains": {} });
}

/// The JSON of the attachment of a report.
fn unpacked(mail: &str) -> Value {
    let (_, attachment) =
        mail.split_once("Content-Type: application/tlsrpt+gzip").expect("a report");
    let (_, text) = attachment.split_once("\r\n\r\n").expect("its body");
    let (text, _) = text.split_once("\r\n--report-").expect("its end");
    let mut gunzip = Command::new("sh")
        .args(["-c", "base64 -d | gunzip"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gunzip");
    let mut input = gunzip.stdin.take().expect("its input");
    input.write_all(text.replace('\r', "").as_bytes()).expect("base64");
    drop(input);
    let output = gunzip.wait_with_output().expect("gunzip");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_domain_that_asks_for_it_is_told_once_a_day() {
    let mut world = World::of_with(&["a", "b", "c"], Settings::default());
    world.dns.add(&[
        "_smtp._tls.a TXT \"v=TLSRPTv1; rua=mailto:tls@b.test\"",
        "_smtp._tls.c TXT \"v=TLSRPTv2; rua=mailto:nobody@b.test\"",
    ]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    let mut smtp = Smtp::hello(world.relais.relay());
    for to in ["u@a.test", "u@b.test", "u@c.test"] {
        assert_eq!(smtp.deliver(STRANGER, &[to], &message(STRANGER, to, "x")).code, 250);
    }
    sink.wait_for(3, SOON);
    world.relais.stop();
    let file = world.relais.data().join("tls-reports.json");
    let bytes = std::fs::read(&file).expect("what was counted");
    let mut counted: Value = serde_json::from_slice(&bytes).expect("JSON");
    let_days_pass(&mut counted, 2);
    std::fs::write(&file, counted.to_string()).expect("written");
    world.relais.resume();
    let mail = sink.wait_for(4, SOON).remove(3);
    assert_eq!(mail.recipients, ["TO:<tls@b.test>"]);
    assert!(mail.mail.contains("<postmaster@contoso.com>"), "{}", mail.mail);
    let text = mail.text();
    for field in [
        "TLS-Report-Domain: a.test",
        "TLS-Report-Submitter: contoso.com",
        "TLS-Required: No",
        "report-type=\"tlsrpt\"",
        "filename=\"contoso.com!a.test!",
    ] {
        assert!(text.contains(field), "{field}: {text}");
    }
    let report = unpacked(&text);
    assert_eq!(report["organization-name"], "Contoso");
    assert_eq!(report["policies"][0]["policy"]["policy-type"], "no-policy-found");
    assert_eq!(report["policies"][0]["policy"]["policy-domain"], "a.test");
    assert_eq!(report["policies"][0]["summary"]["total-failure-session-count"], 1);
    let failure = &report["policies"][0]["failure-details"][0];
    assert_eq!(failure["result-type"], "starttls-not-supported");
    assert_eq!(failure["receiving-mx-hostname"], "mail.test");
    assert_eq!(failure["receiving-ip"], world.host.to_string());
    // Neither b, which asks for none, nor c, whose record is of another kind.
    world.relais.wait_until_empty(SOON);
    assert_eq!(sink.count(), 4);
}

/// The counts of a stopped server.
fn counted(world: &World) -> Value {
    let bytes = std::fs::read(world.relais.data().join("tls-reports.json"));
    serde_json::from_slice(&bytes.expect("what was counted")).expect("JSON")
}

fn write(world: &World, counted: &Value) {
    let file = world.relais.data().join("tls-reports.json");
    std::fs::write(file, counted.to_string()).expect("written");
}

#[test]
fn a_web_server_that_asks_for_it_is_told_until_it_takes_it() {
    let authority = Authority::new("Trusted");
    let settings =
        Settings { trusted_ca_files: vec![authority.certificate()], ..Settings::default() };
    let mut world = World::of_with(&["a"], settings);
    let at = address();
    let web = PolicyWeb::start(at, &authority.issue("DNS:reports.test"), &[]);
    let rua = format!("https://reports.test:{}/v1/tls", PolicyWeb::PORT);
    world
        .dns
        .add(&[&format!("reports A {at}"), &format!("_smtp._tls.a TXT \"v=TLSRPTv1; rua={rua}\"")]);
    let sink = world.sink(PORT);
    world.relais.send_connector("All", "*", PORT);
    world.send("u@a.test", "x");
    sink.wait_for(1, SOON);
    world.relais.stop();
    let mut state = counted(&world);
    let_days_pass(&mut state, 1);
    write(&world, &state);
    world.relais.resume();
    until("the first is refused", SOON, || web.has_refused().then_some(()));
    until("the refusal is in the log", SOON, || {
        world.relais.log().contains("TLS report not sent").then_some(())
    });
    assert!(web.posted().is_empty());
    // It waits an hour.
    world.relais.stop();
    let mut state = counted(&world);
    assert_eq!(state["due"][0]["left"], json!([rua]));
    state["due"][0]["at"] = json!(0);
    write(&world, &state);
    world.relais.resume();
    let posted = until("the report is taken", SOON, || {
        Some(web.posted()).filter(|posted| !posted.is_empty())
    });
    let (name, body) = &posted[0];
    assert!(name.ends_with("application tlsrpt+gzip"), "{name}");
    let mut gunzip = Command::new("gunzip")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gunzip");
    gunzip.stdin.take().expect("its input").write_all(body).expect("gzip");
    let output = gunzip.wait_with_output().expect("gunzip");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["policies"][0]["policy"]["policy-domain"], "a.test");
    world.relais.stop();
    assert_eq!(counted(&world)["due"], json!([]));
}
