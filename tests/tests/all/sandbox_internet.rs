//! The pretend Internet: each of its domains behaves as `/sandbox/api/domains` says.

use std::time::Duration;

use end_to_end::{Relais, SERVER, SOON, Smtp, consistently, until};
use serde_json::{Value, json};

const JEAN: &str = "jean@contoso.com";

fn sandbox() -> Relais {
    let relais = Relais::sandbox();
    relais.run(
        "Set-TransportService",
        json!({ "Identity": SERVER, "MessageRetryInterval": "00:00:01", "TransientFailureRetryInterval": "00:00:01" }),
    );
    relais.run(
        "New-SendConnector",
        json!({ "Name": "All", "Internet": true, "AddressSpaces": ["*"] }),
    );
    relais
}

fn send(relais: &Relais, to: &str) {
    let content = end_to_end::message(JEAN, to, to);
    let reply = Smtp::hello(relais.relay()).deliver(JEAN, &[to], &content);
    assert_eq!(reply.code, 250, "{to}: {reply:?}");
}

fn has_arrived(messages: &[Value], to: &str) -> bool {
    messages.iter().any(|m| m["rcptTo"].as_array().is_some_and(|r| r.contains(&json!(to))))
}

#[test]
fn good_domains_take_the_mail() {
    let relais = sandbox();
    let domains = [
        "example.net",
        "example.org",
        "no-tls.example",
        "broken-tls.example",
        "implicit-mx.example",
        "cname.example",
        "greylist.example",
        "slow.example",
        "seven-bit.example",
        "helo-only.example",
    ];
    for domain in domains {
        send(&relais, &format!("u@{domain}"));
    }
    until("all have arrived", Duration::from_secs(60), || {
        let messages = relais.sandbox_messages();
        domains.iter().all(|domain| has_arrived(&messages, &format!("u@{domain}"))).then_some(())
    });
    relais.wait_until_empty(SOON);
    let messages = relais.sandbox_messages();
    assert_eq!(messages.len(), domains.len(), "each once");
    let tls = |domain: &str| {
        let to = json!(format!("u@{domain}"));
        messages
            .iter()
            .find(|m| m["rcptTo"].as_array().is_some_and(|r| r.contains(&to)))
            .map(|m| m["tls"].is_object())
    };
    assert_eq!(tls("example.net"), Some(true));
    assert_eq!(tls("no-tls.example"), Some(false));
    assert_eq!(
        tls("broken-tls.example"),
        Some(false),
        "opportunistic: in clear rather than not at all"
    );
}

#[test]
fn refusing_domains_give_reports_in_french() {
    let relais = sandbox();
    let cases = [
        ("reject.example", "5.1.1"),
        ("reject-data.example", "5.7.1"),
        ("null-mx.example", "5.1.10"),
        ("nxdomain.example", "5.4.4"),
        ("not-in-the-list.example", "5.4.4"),
    ];
    for (domain, _) in cases {
        send(&relais, &format!("u@{domain}"));
    }
    let reports = relais.wait_for_mail(JEAN, cases.len(), SOON);
    for (domain, status) in cases {
        let report = reports.iter().find(|r| {
            r.contains(&format!("rfc822;u@{domain}")) || r.contains(&format!("rfc822; u@{domain}"))
        });
        let report = report.unwrap_or_else(|| panic!("no report about {domain} in {reports:?}"));
        assert!(report.contains(&format!("Status: {status}")), "{report}");
        assert!(report.contains("Non remis") || report.contains("Non_remis"), "{report}");
    }
    relais.wait_until_empty(SOON);
}

#[test]
fn failing_domains_make_mail_wait() {
    let relais = sandbox();
    let cases = [
        ("dead-mx.example", "451 4.4.0 Primary target IP address responded with"),
        ("no-such-host.example", "451 4.4.0 DNS query failed"),
        ("servfail.example", "451 4.4.0 DNS query failed"),
        ("busy.example", "421 4.3.2"),
        ("full.example", "452 4.2.2"),
    ];
    for (domain, _) in cases {
        send(&relais, &format!("u@{domain}"));
    }
    for (domain, error) in cases {
        until(&format!("{domain} waits with {error}"), Duration::from_secs(60), || {
            let of_domain = |m: &&Value| m["Recipients"][0]["Address"] == format!("u@{domain}");
            let messages = relais.messages();
            let found = messages.iter().find(of_domain)?;
            found["LastError"].as_str().filter(|e| e.contains(error)).map(|_| ())
        });
    }
    consistently("nothing arrives, nothing bounces", Duration::from_secs(1), || {
        relais.sandbox_messages().is_empty() && relais.maildir(JEAN).is_empty()
    });
}

#[test]
fn the_list_of_domains_is_complete() {
    let relais = Relais::sandbox();
    let (status, body) = relais.http("GET", "/sandbox/api/domains", None, None);
    assert_eq!(status, 200);
    let domains: Vec<Value> = serde_json::from_str(&body).expect("JSON");
    for name in [
        "example.net",
        "example.org",
        "null-mx.example",
        "dead-mx.example",
        "greylist.example",
        "reject.example",
        "no-tls.example",
    ] {
        let domain = domains.iter().find(|d| d["name"] == name);
        let text = domain.and_then(|d| d["text"].as_str()).unwrap_or_default();
        assert!(text.len() > 10, "{name} is not explained: {domain:?}");
    }
}

/// A sandbox never touches the real Internet.
#[test]
fn real_addresses_are_out_of_reach() {
    let relais = sandbox();
    send(&relais, "u@[192.0.2.77]");
    send(&relais, "u@[9.9.9.9]");
    until("both fail", SOON, || {
        let messages = relais.messages();
        let failed = messages
            .iter()
            .filter(|m| m["LastError"].as_str().is_some_and(|e| e.starts_with("451 4.4.0")));
        (failed.count() == 2).then_some(())
    });
}
